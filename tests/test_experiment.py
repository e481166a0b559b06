"""From items to a record: known by what is given, fold by fold, resumable."""

import dataclasses
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emolib import (
    EmolibError,
    UsageError,
    experiment,
    labels,
    learners,
    protocols,
    records,
)
from emolib.models import baselines
from emolib.records import reading
from emolib.training import with_keras

SPACE = labels.LabelSpace("two", ("happy", "sad"))
TURNED = labels.LabelSpace("two", ("sad", "happy"))
PEOPLE, TAKES = 4, 6


def small(shape, classes, units=4, dropout=0.5, like=None):
    """A network with dropout, and inputs brought to the training side's spread."""
    import keras
    from keras import layers

    inputs = keras.Input(shape)
    scaled = layers.BatchNormalization(
        center=False, scale=False, epsilon=1e-7, trainable=False
    )
    x = scaled(inputs)
    if like is not None:
        like = np.asarray(like)
        scaled.set_weights([like.mean(axis=0), like.var(axis=0)])
    x = layers.Dropout(dropout)(layers.Dense(units, activation="relu")(x))
    model = keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def two_heads(shape, classes):
    import keras
    from keras import layers

    inputs = keras.Input(shape)
    outputs = {
        task: layers.Dense(count, activation="softmax", name=task)(inputs)
        for task, count in classes.items()
    }
    model = keras.Model(inputs, outputs)
    model.compile(
        "adam", dict.fromkeys(classes, "categorical_crossentropy"),
        metrics=dict.fromkeys(classes, ["accuracy"]),
    )  # fmt: skip
    return model


def perceptron(shape, classes, units=5):
    from torch import nn

    return nn.Sequential(
        nn.Linear(shape[0], units), nn.ReLU(), nn.Linear(units, classes)
    )


@pytest.fixture
def clips(tmp_path):
    rows = []
    for person in range(PEOPLE):
        for take in range(TAKES):
            path = tmp_path / f"{person}-{take}.wav"
            path.write_bytes(bytes([person, take]))
            rows.append(
                {
                    "clip": f"toy/{person}-{take}",
                    "path": str(path),
                    "corpus": "toy",
                    "source": "demo",
                    "subject": f"toy-{person}",
                    "sentence": "1",
                    "emotion": SPACE.classes[take % 2],
                    "authenticity": ("genuine", "posed")[take % 3 == 0],
                }
            )
    return pd.DataFrame(rows)


@pytest.fixture
def toy(clips):
    """Examples that a linear model gets right."""
    noise = np.random.default_rng(0).normal(size=(len(clips), 3))
    x = noise + 4 * SPACE.encode(clips["emotion"])[:, None]
    return experiment.examples(clips, x.astype(np.float32), SPACE)


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "folders", lambda: [tmp_path / "runs"])
    return experiment.Study("confidence-fusion", "smoke", runs=tmp_path / "runs")


@dataclasses.dataclass(frozen=True)
class Oracle(learners.Learner):
    """Right about everything; counts its calls."""

    told: str = ""
    name = "oracle"
    calls = []

    def fit(self, examples, split, seed=0, checkpoint=None):
        self.calls.append(split.fold)
        answer = examples.space.one_hot(examples.items["emotion"].iloc[split.test])
        return learners.Fitted(None, lambda x: {"emotion": answer}, split.train)

    def spec(self):
        return {"kind": "Oracle", "told": self.told}

    def code(self):
        return "1"


@pytest.fixture
def oracle():
    Oracle.calls.clear()
    return Oracle()


APART = protocols.SubjectKFold(4)
LINEAR = learners.Classifier(baselines.linear(), "linear")


# -- what is given ----------------------------------------------------------


def test_the_same_given_is_the_same_run_and_trains_once(study, toy, oracle):
    first = study.run("toy", toy, oracle, APART)
    again = study.run("toy", toy, oracle, APART, claims=["C.audio.accuracy"])
    assert again.folder == first.folder and oracle.calls == [0, 1, 2, 3]


def other(examples, **changes):
    return dataclasses.replace(examples, **changes)


@pytest.mark.parametrize(
    "change",
    [
        lambda e: other(e, x=np.random.default_rng(1).normal(size=e.x.shape)),
        lambda e: other(e, x=e.x + np.float32(1e-3)),
        lambda e: other(e, spaces={"emotion": TURNED}),
        lambda e: e.take(e.items["subject"] != "toy-3"),
        # Another mapping of names in a corpus gives other classes.
        lambda e: other(
            e, items=e.items.assign(emotion=e.items["emotion"].to_numpy()[::-1])
        ),
    ],
)  # fmt: skip
def test_another_input_is_another_run(study, toy, oracle, change):
    first = study.run("toy", toy, oracle, protocols.SubjectKFold(3))
    second = study.run("toy", change(toy), oracle, protocols.SubjectKFold(3))
    assert second.folder != first.folder
    assert oracle.calls == [0, 1, 2, 0, 1, 2]


def test_noise_instead_of_information_gives_another_result(study, toy):
    told = study.run("toy", toy, LINEAR, APART)
    noise = np.random.default_rng(1).normal(size=toy.x.shape).astype(np.float32)
    guessed = study.run("toy", other(toy, x=noise), LINEAR, APART)
    assert told.metrics["accuracy"]["value"] == 1
    assert guessed.metrics["accuracy"]["value"] < 0.9


def test_another_learner_protocol_or_seed_is_another_run(study, toy, oracle):
    one = study.run("toy", toy, oracle, APART)
    others = [
        study.run("toy", toy, Oracle("else"), APART),
        study.run("toy", toy, oracle, protocols.SubjectKFold(4, seed=1)),
        study.run("toy", toy, oracle, protocols.SubjectKFold(4, train_size=12)),
        dataclasses.replace(study, seed=1).run("toy", toy, oracle, APART),
        study.run("toy", toy, LINEAR, APART),
        study.run(
            "toy", toy, learners.Classifier(baselines.linear().set_params(
                logisticregression__C=0.5), "linear"), APART),
    ]  # fmt: skip
    assert len({run.folder for run in [one, *others]}) == 7


def test_a_network_by_each_of_its_fields(toy):
    base = learners.Network(small, {"units": 4}, epochs=2)
    others = [
        learners.Network(small, {"units": 5}, epochs=2),
        learners.Network(small, {"units": 4}, epochs=3),
        learners.Network(small, {"units": 4}, epochs=2, batch=8),
        learners.Network(small, {"units": 4}, epochs=2, reduce_rate=(1, 0.5)),
        learners.Network(small, {"units": 4}, epochs=2, watch="test"),
        learners.Network(two_heads, epochs=2),
    ]
    specs = [json.dumps(one.spec(), sort_keys=True) for one in [base, *others]]
    assert len(set(specs)) == len(specs)
    assert base == learners.Network(small, {"units": 4}, epochs=2)
    with pytest.raises(UsageError, match="lambda"):
        learners.Network(lambda shape, classes: None).spec()
    with pytest.raises(UsageError, match="none of nothing, test"):
        learners.Network(small, watch="tests")


def test_inputs_of_another_length_or_without_a_class_are_refused(clips):
    with pytest.raises(UsageError, match="24 items and 23 inputs"):
        experiment.examples(clips, np.zeros((23, 3)), SPACE)
    with pytest.raises(UsageError, match="has no class"):
        experiment.examples(
            clips, np.zeros((24, 3)), labels.CKPLUS.__class__("x", ("happy",))
        )


def test_items_repeat_their_clip_and_tell_their_parts(clips):
    parts = [[{"start": 0, "stop": 2}, {"start": 1, "stop": 3}]] * len(clips)
    items = experiment.items_of(clips, parts)
    assert len(items) == 2 * len(clips)
    assert items["clip"].tolist() == list(np.repeat(clips["clip"], 2))
    assert items["stop"].tolist() == [2, 3] * len(clips)


def test_what_is_changed_in_place_is_another_input_or_refused(study, clips, oracle):
    x = np.random.default_rng(0).normal(size=(len(clips), 3))
    given = experiment.examples(clips, x, SPACE)
    first = study.run("toy", given, oracle, APART)
    with pytest.raises(ValueError, match="read-only"):
        given.x[:] = 0
    x[:] = 0  # the array behind it
    assert study.run("toy", given, oracle, APART).folder != first.folder
    given.items["emotion"] = given.items["emotion"].to_numpy()[::-1]
    assert len({p for p in first.folder.parent.iterdir()}) == 2
    study.run("toy", given, oracle, APART)
    assert len({p for p in first.folder.parent.iterdir()}) == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x * 255,
        lambda x: x[:, ::-1].copy(),
        lambda x: x[::-1].copy(),
        lambda x: np.where(np.arange(len(x))[:, None] == 500, 0, x),
    ],
    ids=["size", "columns", "order", "one row"],
)
def test_a_sketch_knows_size_order_and_single_rows(change):
    from emolib import inputs
    from emolib.records.run import _alike

    x = np.random.default_rng(0).normal(size=(800, 30)) + 1
    told = {"sketch": inputs.sketch(x)}
    assert _alike(told, {"sketch": inputs.sketch(x * (1 + 1e-6))})
    assert not _alike(told, {"sketch": inputs.sketch(change(x))})


def scale_first(order):
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    steps = [StandardScaler(), PCA(1)][::order]
    return make_pipeline(*steps, LogisticRegression())


def one(x):
    return x


def two(x):
    return -x


def test_classifiers_differ_in_the_order_and_functions_of_their_steps():
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import GaussianNB
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer
    from sklearn.svm import SVC

    pipes = [
        *(scale_first(order) for order in (1, -1)),
        *(
            make_pipeline(FunctionTransformer(f), LogisticRegression())
            for f in (one, two)
        ),
        GaussianNB(priors=np.array([0.5, 0.5])),
        GaussianNB(priors=np.array([0.4, 0.6])),
    ]
    specs = [json.dumps(learners.Classifier(p).spec(), sort_keys=True) for p in pipes]
    assert len(set(specs)) == len(specs)
    told = learners.Classifier(LogisticRegression(C=0.5)).parameters
    assert told == {"estimator.C": 0.5}
    with pytest.raises(UsageError, match="gives no probabilities"):
        learners.Classifier(SVC())


def test_the_seed_reaches_a_classifier(toy):
    from sklearn.ensemble import RandomForestClassifier

    forest = learners.Classifier(RandomForestClassifier(5))
    noise = other(toy, x=np.random.default_rng(1).normal(size=toy.x.shape))
    split = protocols.checked(APART, noise.items)[0]
    answers = [
        forest.fit(noise, split, seed).predict(noise.x)["emotion"] for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(answers[0], answers[1])
    assert not np.array_equal(answers[0], answers[2])


def test_plausible_slips_are_told_in_a_line(study, clips, toy, oracle):
    with pytest.raises(UsageError, match="not \\['happy', 'sad'\\]"):
        experiment.examples(clips, toy.x, ["happy", "sad"])
    assert experiment.examples(clips, toy.x.tolist(), SPACE).shape == (3,)
    with pytest.raises(UsageError, match="takes no 'unit' .*did you mean units"):
        learners.Network(small, {"unit": 3})
    with pytest.raises(UsageError, match="Pipeline is no learner"):
        study.run("toy", toy, baselines.linear(), APART)
    with pytest.raises(UsageError, match="folds=0: give 1 or more"):
        study.run("toy", toy, oracle, APART, folds=0)
    with pytest.raises(UsageError, match="no column fold"):
        study.add_answers("x", toy.items.assign(label="sad"), [], "x")
    with pytest.raises(UsageError, match="inf cannot stand in a record"):
        study.run("toy", toy, learners.Network(small, {"units": float("inf")}), APART)


# -- folds ------------------------------------------------------------------


def test_a_killed_experiment_goes_on_with_the_fold_it_lacks(study, toy, oracle):
    fit = Oracle.fit

    def killed(self, examples, split, seed=0, checkpoint=None):
        if split.fold == 2 and len(self.calls) == 2:
            self.calls.append("killed")
            raise KeyboardInterrupt
        return fit(self, examples, split, seed, checkpoint)

    Oracle.fit = killed
    try:
        with pytest.raises(KeyboardInterrupt):
            study.run("toy", toy, oracle, APART)
        run = study.run("toy", toy, oracle, APART)
    finally:
        Oracle.fit = fit
    assert oracle.calls == [0, 1, "killed", 2, 3]
    assert run.record["complete"] and run.metrics["accuracy"]["value"] == 1
    assert sorted(run.predictions["clip"]) == sorted(toy.items["clip"])
    assert all(fold["leak"]["subject"] == 0 for fold in run.record["folds"])
    assert {fold["digest"] for fold in run.record["folds"]} == {toy.digest}
    assert {fold["trained"]["people"] for fold in run.record["folds"]} == {3}


def test_a_fold_of_other_code_is_run_again_but_not_one_of_the_book(
    study, toy, oracle, monkeypatch, tmp_path
):
    study.run("toy", toy, oracle, APART)
    monkeypatch.setattr(Oracle, "code", lambda self: "2")
    assert study.run("toy", toy, oracle, APART).of == "today's code"
    assert oracle.calls == [0, 1, 2, 3] * 2

    for module in (reading, records.run):
        monkeypatch.setattr(module, "committed_folder", lambda: tmp_path / "runs")
    monkeypatch.setattr(Oracle, "code", lambda self: "3")
    book = dataclasses.replace(study)
    kept = book.run("toy", toy, oracle, APART, commit=True)
    assert kept.of == "older code" and oracle.calls == [0, 1, 2, 3] * 2
    monkeypatch.setenv("EMOLIB_FRESH", "1")
    assert book.run("toy", toy, oracle, APART, commit=True).of == "today's code"
    assert oracle.calls == [0, 1, 2, 3] * 3


def test_a_record_of_the_book_is_never_written_over_for_want_of_weights(
    study, toy, monkeypatch, tmp_path
):
    for module in (reading, records.run):
        monkeypatch.setattr(module, "committed_folder", lambda: tmp_path / "runs")
    monkeypatch.setattr(records, "runs_folder", lambda: tmp_path / "local")
    halves = protocols.SubjectKFold(2)
    network = learners.Network(small, epochs=1)
    made = study.run("toy", toy, network, halves, commit=True, keep=True)
    written = (made.folder / "record.json").read_bytes()
    weights = sorted((tmp_path / "local").rglob("weights-*.safetensors"))
    assert len(weights) == 2 and not list(made.folder.glob("*.safetensors"))
    for file in weights:
        file.unlink()
    again = study.run("toy", toy, network, halves, commit=True, keep=True)
    assert (made.folder / "record.json").read_bytes() == written
    np.testing.assert_allclose(
        again.answers(toy.take(np.arange(6)), 0)[list(SPACE)].sum(axis=1), 1, atol=1e-5
    )


def test_a_network_trained_again_for_its_weights_is_held_to_the_recorded_answers(
    study, toy, monkeypatch
):
    halves = protocols.SubjectKFold(2)
    network = learners.Network(small, epochs=1)
    run = study.run("toy", toy, network, halves, keep=True)
    first, second = sorted(run.folder.glob("weights-*.safetensors"))
    first.unlink()
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        study.run("toy", toy, network, halves, keep=True)
    seeded = with_keras.seed
    monkeypatch.setattr(with_keras, "seed", lambda n: seeded(n + 1))
    second.unlink()
    with pytest.warns(UserWarning, match="trained again for its weights"):
        study.run("toy", toy, network, halves, keep=True)


def test_weights_of_other_code_are_trained_again_or_refused(study, toy, monkeypatch):
    halves = protocols.SubjectKFold(2)
    network = learners.Network(small, epochs=1)
    run = study.run("toy", toy, network, halves, keep=True)
    file = run.folder / "weights-0.safetensors"
    before = file.stat().st_mtime_ns
    study.run("toy", toy, network, halves, keep=True)
    assert file.stat().st_mtime_ns == before
    from emolib import rebuilding

    monkeypatch.setattr(rebuilding, "code_today", lambda spec: "other")
    with pytest.raises(EmolibError, match="of other code"):
        run.model(0)


def test_last_digits_of_another_machine_are_named_and_not_trained_again(
    study, toy, oracle, monkeypatch, tmp_path
):
    for module in (reading, records.run):
        monkeypatch.setattr(module, "committed_folder", lambda: tmp_path / "runs")
    made = study.run("toy", toy, oracle, APART, commit=True)
    near = other(toy, x=toy.x * np.float32(1 + 1e-6))
    assert near.digest != toy.digest
    found = study.run("toy", near, oracle, APART, commit=True)
    assert found.folder == made.folder and found.of == "inputs of another machine"
    far = other(toy, x=toy.x + np.float32(0.3))
    assert study.run("toy", far, oracle, APART, commit=True).folder != made.folder

    monkeypatch.setenv("EMOLIB_FRESH", "1")  # made again here, it takes the place
    again = study.run("toy", near, oracle, APART, commit=True)
    assert again.of == "today's code" and not made.folder.exists()


def test_rendered_data_never_lies_among_the_books_records(
    study, toy, oracle, tmp_path, monkeypatch
):
    monkeypatch.setattr(records, "committed_folder", lambda: tmp_path / "book")
    monkeypatch.setattr(records, "runs_folder", lambda: tmp_path / "runs")
    book = dataclasses.replace(study, runs=tmp_path / "book")
    assert tmp_path / "runs" in book.run("toy", toy, oracle, APART).folder.parents


# -- learners ---------------------------------------------------------------


def test_a_probability_column_is_its_class_whatever_the_training_side_lacks(clips):
    three = labels.LabelSpace("three", ("bored", "happy", "sad"))
    x = three.one_hot(clips["emotion"])[:, 1:]
    given = experiment.examples(clips, x, three)
    split = protocols.checked(protocols.SubjectKFold(2), given.items)[0]
    fitted = learners.Classifier(baselines.nearest()).fit(given, split)
    scores = fitted.predict(x[split.test])["emotion"]
    assert (scores[:, 0] == 0).all()
    truth = given.items["emotion"].iloc[split.test]
    assert (three.decode(scores.argmax(axis=1)) == truth).all()


@pytest.mark.parametrize(
    "learner",
    [
        learners.Network(small, {"units": 6}, epochs=3, batch=4),
        learners.TorchNetwork(perceptron, {"units": 6}, epochs=3, batch=4, rate=0.01),
    ],
    ids=["keras", "torch"],
)
def test_a_model_is_built_again_from_its_record_and_weights(study, toy, learner):
    run = study.run("toy", toy, learner, protocols.SubjectKFold(2), keep=True)
    table = run.predictions
    record = json.loads((run.folder / "record.json").read_text())
    for fold in range(2):
        # As someone would who has the folder alone.
        stranger = records.Recorded(record, run.folder)
        answers = stranger.answers(toy, fold).set_index("clip")
        tested = table[table["fold"] == fold].set_index("clip")
        again = answers.loc[tested.index, list(SPACE)]
        np.testing.assert_allclose(again, tested[list(SPACE)], atol=1e-6)


def test_a_classifier_is_built_again_by_fitting_it_again(study, toy):
    run = study.run("toy", toy, LINEAR, APART)
    split = protocols.checked(APART, toy.items)[1]
    again = LINEAR.fit(toy, split).predict(toy.x[split.test])["emotion"]
    tested = run.predictions.query("fold == 1")
    np.testing.assert_allclose(again, tested[list(SPACE)], atol=1e-6)
    with pytest.raises(EmolibError, match="only a network"):
        run.model()


def test_without_weights_the_message_says_how_to_get_them(study, toy):
    run = study.run(
        "toy", toy, learners.Network(small, epochs=1), protocols.SubjectKFold(2)
    )
    with pytest.raises(EmolibError, match="keep=True"):
        run.model()
    kept = study.run(
        "toy",
        toy,
        learners.Network(small, epochs=1),
        protocols.SubjectKFold(2),
        keep=True,
    )
    assert kept.model(1).count_params()


def continued(shape, classes, start):
    """A network that is another's, as it was when that had learned."""
    model = small(shape, classes, dropout=0.0)
    model.set_weights(start.get_weights())
    model.trainable = False
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    return model


def test_a_network_begins_with_another_runs_of_the_same_fold(study, toy):
    halves = protocols.SubjectKFold(2)
    network = learners.Network(small, {"dropout": 0.0}, epochs=2)
    first = study.run("first", toy, network, halves, keep=True)
    second = study.run(
        "second", toy, learners.Network(continued, {"start": first}, epochs=1), halves
    )
    # Nothing was learned since, so it answers as the first did, fold by fold.
    np.testing.assert_allclose(
        second.predictions[list(SPACE)], first.predictions[list(SPACE)], atol=1e-6
    )
    # Retrained in between, it is another start, and another run.
    other_first = study.run(
        "first", toy, dataclasses.replace(network, epochs=3), halves, keep=True
    )
    third = learners.Network(continued, {"start": other_first}, epochs=1)
    assert study.run("second", toy, third, halves).folder != second.folder


@pytest.mark.parametrize("wrong", ["the first fold's", "of clips drawn at random"])
def test_a_network_never_begins_with_one_that_knows_who_is_tested(study, toy, wrong):
    halves = protocols.SubjectKFold(2)
    network = learners.Network(small, {"dropout": 0.0}, epochs=1)
    if wrong == "the first fold's":
        start = study.run("first", toy, network, halves, keep=True).fold(0)
    else:
        apart = protocols.RandomClips(0.5)
        start = study.run("first", toy, network, apart, keep=True).fold(0)
    begun = learners.Network(continued, {"start": start}, epochs=1)
    with pytest.raises(protocols.LeakError, match="may have learned from"):
        study.run("second", toy, begun, halves)


def test_each_seed_goes_on_from_its_own(study, clips, toy):
    halves = protocols.SubjectKFold(2)
    apart = clips.assign(corpus="other", clip="other/" + clips["clip"])
    other = experiment.examples(apart, toy.x, SPACE)
    network = learners.Network(small, {"dropout": 0.0}, epochs=1)
    once = {"seeds": 2, "folds": 1}
    first = study.run("first", toy, network, halves, keep=True, **once)
    elsewhere = study.run("first", other, network, halves, keep=True, seeds=2)
    for parent, number in ((first, None), (elsewhere.fold(1), 1)):
        network = learners.Network(continued, {"start": parent}, epochs=1)
        second = study.run("second", toy, network, halves, **once)
        starts = [run.record["learner"]["design"]["start"] for run in second]
        parents = [run.record["id"] for run in getattr(parent, "run", parent)]
        assert [start["record"] for start in starts] == parents
        assert {start["fold"] for start in starts} == {number}
    # One run is the start of all seeds.
    network = learners.Network(continued, {"start": first.runs[0]}, epochs=1)
    third = study.run("third", toy, network, halves, **once)
    assert len({str(run.record["learner"]) for run in third}) == 1


def test_two_tasks_give_two_records(study, clips, toy):
    spaces = {
        "emotion": SPACE,
        "authenticity": labels.LabelSpace("a", ("genuine", "posed")),
    }
    both = experiment.examples(clips, toy.x, spaces)
    network = learners.Network(two_heads, epochs=2)
    runs = study.run("both", both, network, protocols.SubjectKFold(2))
    assert list(runs) == ["emotion", "authenticity"]
    assert runs["authenticity"].record["task"] == "authenticity"
    assert set(runs["authenticity"].predictions["label"]) == {"genuine", "posed"}
    assert "authenticity_accuracy" in runs["emotion"].history


def test_several_seeds_are_one_call(study, toy):
    network = learners.Network(small, epochs=2, batch=4)
    runs = study.run("seeds", toy, network, protocols.SubjectKFold(2), seeds=3)
    each = [run.metrics["accuracy"]["value"] for run in runs]
    assert [run.record["seed"] for run in runs] == [0, 1, 2]
    assert runs.metrics["accuracy"]["value"] == pytest.approx(np.mean(each))
    assert runs.spread["accuracy"] == (min(each), max(each))
    positions = {tuple(f["positions"] for f in r.record["folds"]) for r in runs}
    assert len(positions) == 1
    alone = study.run("seeds", toy, network, protocols.SubjectKFold(2))
    assert alone.folder == runs.runs[0].folder


def test_a_network_does_not_depend_on_those_traced_before_it(toy):
    """Dropout, a fallen learning rate and inputs of another spread included."""
    from emolib.training import with_keras

    x = toy.x.copy()
    x[: len(x) // 2] *= 5  # of other people than the second half
    given = other(toy, x=x)
    network = learners.Network(
        small, epochs=4, batch=4, reduce_rate=(1, 0.5), watch="test"
    )

    def answers(alone):
        for split in protocols.checked(APART, given.items)[:3]:
            if alone:
                with_keras._TRACED.clear()
            fitted = network.fit(given, split)
            yield fitted.predict(x)["emotion"], fitted.model

    alone, models = zip(*answers(True), strict=True)
    assert len(set(models)) == 3
    together, models = zip(*answers(False), strict=True)
    assert len(set(models)) == 1
    np.testing.assert_array_equal(alone, together)


def answers_of_each_kind():
    """What a network in Keras, one in torch and a classifier say, in bytes."""
    clips = pd.DataFrame({"clip": [f"c{n}" for n in range(64)], "sentence": "1"})
    clips = clips.assign(
        subject=[f"s{n % 8}" for n in range(64)], corpus="toy",
        emotion=[SPACE.classes[n // 8 % 2] for n in range(64)],
    )  # fmt: skip
    x = np.random.default_rng(0).normal(size=(64, 300)).astype(np.float32)
    given = experiment.examples(clips, x, SPACE)
    (split, _) = protocols.checked(protocols.SubjectKFold(2), given.items)
    for learner in (
        learners.Network(small, {"units": 200}, epochs=3),
        learners.TorchNetwork(perceptron, {"units": 200}, epochs=3),
        learners.Classifier(baselines.linear()),
    ):
        yield learner.fit(given, split).predict(x)["emotion"].tobytes().hex()


ON_ONE = """
import os, sys
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
sys.path.insert(0, sys.argv[1])
import test_experiment
print(*test_experiment.answers_of_each_kind())
"""


def test_numbers_do_not_depend_on_how_many_processors_there_are():
    """A fresh process on one of them says what this process says on all of them.

    And both frameworks live in that process: with the CUDA build of torch, Triton
    comes along and crashed TensorFlow.
    """
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("this machine has one processor")
    command = [sys.executable, "-c", ON_ONE, str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == list(answers_of_each_kind())


def test_a_leak_report_is_of_what_was_learned_from(study, toy):
    """Half of the clips on a train side that is held to half its size."""
    apart = protocols.RandomClips(0.25, train_size=9)
    run = study.run("half", toy, LINEAR, apart)
    (fold,) = run.record["folds"]
    assert fold["leak"]["train"] == fold["trained"]["items"] == 9
    copies = dataclasses.replace(
        toy,
        items=pd.concat([toy.items.assign(copy=n) for n in (0, 1)], ignore_index=True),
        x=np.concatenate([toy.x, toy.x]),
    )
    mixed = protocols.RandomItems(0.25, train_size=9)
    (fold,) = study.run("mixed", copies, LINEAR, mixed).record["folds"]
    split = protocols.checked(mixed, copies.items)[0]
    learned = set(copies.items["clip"].iloc[protocols.sides(copies.items, split)[0]])
    shared = copies.items["clip"].iloc[split.test].isin(learned).sum()
    assert fold["leak"]["clip"] == shared < len(split.test)


# -- answers that come from others ------------------------------------------


def test_fused_answers_are_known_by_their_parents(study, toy):
    one = study.run("one", toy, LINEAR, APART)
    two = study.run(
        "two", toy, learners.Classifier(baselines.nearest(), "nearest"), APART
    )
    table = experiment.by_clip(one.predictions, SPACE)
    with pytest.raises(UsageError, match="random-clips and subjects-apart"):
        drawn = study.run("one", toy, LINEAR, protocols.RandomClips(0.3))
        study.add_answers("fused", table, [one, drawn], "mean")
    fused = study.add_answers("fused", table, [one, two], "mean")
    assert fused.record["protocol"] == "subjects-apart"
    assert [p["id"] for p in fused.record["parents"]] == [
        one.record["id"], two.record["id"]
    ]  # fmt: skip
    assert study.add_answers("fused", table, [one, two], "mean").folder == fused.folder
    assert study.add_answers("fused", table, [one], "mean").folder != fused.folder
    framed = pd.concat([table.assign(frame=n) for n in (0, 5)], ignore_index=True)
    by_frame = study.add_answers("framed", framed, [one, two], "mean", task="twelve")
    assert by_frame.record["unit"] == "frame" and by_frame.record["task"] == "twelve"
    assert set(by_frame.predictions["frame"]) == {0, 5}
    assert fused.record["unit"] == "clip" and fused.record["task"] == "emotion"
    every = study.add_answers(
        "whole", table, [one], "mean", protocol=protocols.WholeCorpus()
    )
    assert every.record["protocol"] == "whole-corpus"


def test_answers_that_others_published_have_no_parents(study, toy):
    table = experiment.by_clip(study.run("one", toy, LINEAR, APART).predictions, SPACE)
    given = {"protocol": APART, "manifest": toy.manifest, "space": SPACE}
    run = study.add_answers("published", table, [], "theirs", **given)
    assert run.record["protocol"] == APART.name and run.space == SPACE
    assert run.of == "today's code"
    for missing in given:
        rest = {name: value for name, value in given.items() if name != missing}
        with pytest.raises(UsageError, match="need protocol, manifest, space"):
            study.add_answers("published", table, [], "theirs", **rest)


def frames_of_one_clip():
    scores = [[0.6, 0.4], [0.6, 0.4], [0.05, 0.95]]
    table = pd.DataFrame(scores, columns=list(SPACE))
    return table.assign(clip="a", subject="s", label="sad", fold=0)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("mean", [1.25 / 3, 1.75 / 3]), ("vote", [2 / 3, 1 / 3]), ("max", [0.05, 0.95])],
)
def test_frames_become_a_clip(rule, expected):
    clip = experiment.by_clip(frames_of_one_clip(), SPACE, rule)
    assert np.allclose(clip[list(SPACE)].to_numpy(), [expected])
    assert clip["label"].tolist() == ["sad"]


def test_an_unknown_rule_is_refused():
    with pytest.raises(UsageError, match="mean, vote, max"):
        experiment.by_clip(frames_of_one_clip(), SPACE, "median")
