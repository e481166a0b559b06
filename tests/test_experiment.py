"""From items to a record: fold by fold, resumable, honest about who is watched."""

import numpy as np
import pandas as pd
import pytest

from emolib import UsageError, experiment, labels, protocols, records

SPACE = labels.LabelSpace("two", ("happy", "sad"))
PEOPLE, TAKES = 4, 6


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
                }
            )
    return pd.DataFrame(rows)


def open_run(clips, tmp_path, protocol, **more):
    return records.open_run(
        study="confidence-fusion",
        experiment="toy",
        source="demo",
        corpus="toy",
        protocol=protocol.name,
        model="toy",
        profile="smoke",
        seed=0,
        manifest=clips,
        space=SPACE,
        folds=protocol.folds,
        folder=tmp_path / "runs",
        **more,
    )


def oracle(items):
    """A learner that is right about everything, and counts its calls."""

    def learn(split, checkpoint):
        learn.calls.append(split.fold)
        scores = SPACE.one_hot(items["emotion"].iloc[split.test])
        return experiment.Learned(scores)

    learn.calls = []
    return learn


def test_a_killed_experiment_goes_on_with_the_fold_it_lacks(clips, tmp_path):
    items, protocol = experiment.items_of(clips), protocols.SubjectKFold(4)
    learn = oracle(items)

    def killed(split, checkpoint):
        if split.fold == 2:
            raise KeyboardInterrupt
        return learn(split, checkpoint)

    with pytest.raises(KeyboardInterrupt):
        experiment.run_folds(
            open_run(clips, tmp_path, protocol), protocol, items, killed
        )
    run = experiment.run_folds(
        open_run(clips, tmp_path, protocol), protocol, items, learn
    )

    assert learn.calls == [0, 1, 2, 3]
    assert run.record["complete"] and run.metrics["accuracy"]["value"] == 1
    assert sorted(run.predictions["clip"]) == sorted(clips["clip"])
    assert all(fold["leak"]["subject"] == 0 for fold in run.record["folds"])


def test_items_repeat_their_clip_and_tell_their_parts(clips):
    parts = [[{"start": 0, "stop": 2}, {"start": 1, "stop": 3}]] * len(clips)
    items = experiment.items_of(clips, parts)
    assert len(items) == 2 * len(clips)
    assert items["clip"].tolist() == list(np.repeat(clips["clip"], 2))
    assert items["stop"].tolist() == [2, 3] * len(clips)


@pytest.mark.parametrize(
    ("validate_on", "watches_test"),
    [("test", True), ("people", False), ("clips", False)],
)
def test_what_is_watched_while_training(clips, validate_on, watches_test):
    items = experiment.items_of(clips)
    split = next(protocols.SubjectKFold(2).split(items))
    train, watched = experiment._watched(items, split, validate_on, seed=0)
    seen = set(items["subject"].iloc[train])

    assert bool(set(watched) & set(split.test)) is watches_test
    assert not set(train) & (set(watched) | set(split.test))
    if validate_on == "people":
        assert not seen & set(items["subject"].iloc[watched])


def test_a_probability_column_is_its_class_whatever_the_training_side_lacks(clips):
    items = experiment.items_of(clips)
    three = labels.LabelSpace("three", ("bored", "happy", "sad"))
    x = three.one_hot(items["emotion"])[:, 1:]
    from emolib.models import baselines

    learn = experiment.sklearn_learner(x, items, three, baselines.nearest)
    split = next(protocols.SubjectKFold(2).split(items))
    scores = learn(split, None).probabilities
    assert (scores[:, 0] == 0).all()
    assert (
        three.decode(scores.argmax(axis=1)) == items["emotion"].iloc[split.test]
    ).all()


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


def test_a_network_does_not_depend_on_those_traced_before_it(clips, tmp_path):
    """Dropout, a fallen learning rate and inputs of another spread included."""
    import keras
    from keras import layers

    from emolib import training

    items = experiment.items_of(clips)
    x = np.random.default_rng(0).normal(size=(len(items), 3)).astype(np.float32)
    x[: len(x) // 2] *= 5  # of other people than the second half

    def build(like):
        inputs = keras.Input((3,))
        mean, variance = like.mean(axis=0), like.var(axis=0)
        scaled = layers.Normalization(mean=mean, variance=variance)(inputs)
        hidden = layers.Dropout(0.5)(layers.Dense(4, activation="relu")(scaled))
        outputs = layers.Dense(2, activation="softmax")(hidden)
        model = keras.Model(inputs, outputs)
        model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
        return model

    def answers(alone, build):
        learn = experiment.keras_learner(
            x, items, SPACE, build, epochs=4, batch=4, seed=0,
            reduce_rate=(1, 0.5), validate_on="test",
        )  # fmt: skip
        for split in protocols.checked(protocols.SubjectKFold(4), items):
            if alone:
                training._TRACED.clear()
            learned = learn(split, tmp_path / "checkpoint")
            (tmp_path / "checkpoint").unlink()
            yield learned.probabilities, learned.model

    for wanted in (build, lambda like: build(x)):  # of its own spread, of one spread
        alone, models = zip(*answers(True, wanted), strict=True)
        assert len(set(models)) == 4
        together, models = zip(*answers(False, wanted), strict=True)
        assert len(set(models)) == (4 if wanted is build else 1)
        np.testing.assert_array_equal(alone, together)
