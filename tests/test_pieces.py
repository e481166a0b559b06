"""Clips as items, and answers put together, against what is counted by hand."""

import itertools
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from emolib import (
    EmolibError,
    UsageError,
    experiment,
    fusion,
    labels,
    learners,
    pieces,
    protocols,
    records,
    results,
)
from emolib.features import audio, recording
from emolib.features.store import Features
from emolib.models import baselines, common
from emolib.records import reading
from emolib.studio import Causes, probes

SPACE = labels.LabelSpace("two", ("happy", "sad"))
LENGTHS = (7, 4, 9, 5)


class Arrays(list):
    """As the store gives them: with a checksum each."""

    @property
    def checksums(self):
        return [str(array.sum()) for array in self]


@pytest.fixture
def features(tmp_path):
    """Four clips of as many people; a value tells clip and moment."""
    found = Features.__new__(Features)
    found.arrays = Arrays(
        np.full((length, 3), 100 * clip, np.float32) + np.arange(length)[:, None]
        for clip, length in enumerate(LENGTHS)
    )
    found.manifest = pd.DataFrame(
        {"clip": [f"toy/{n}" for n in range(4)], "subject": list("abcd"),
         "sentence": "1", "emotion": ["happy", "sad"] * 2, "corpus": "toy",
         "source": "demo", "path": [str(tmp_path / f"{n}.wav") for n in range(4)]}
    )  # fmt: skip
    for number, path in enumerate(found.manifest["path"]):
        (tmp_path / path).write_bytes(bytes([number]))
    found.feature = None
    return found


def test_every_frame_is_an_item(features):
    seen = pieces.frames(features, SPACE, every=5)
    assert len(seen) == sum(LENGTHS)
    assert seen.items["frame"].tolist()[:8] == [0, 5, 10, 15, 20, 25, 30, 0]
    assert seen.items["clip"].tolist()[7:11] == ["toy/1"] * 4
    assert seen.x[range(len(seen))][:, 0].tolist()[6:9] == [6, 100, 101]


def test_windows_are_cut_and_filled_up(features):
    cut = pieces.windows(features, SPACE, length=5, hop=2)
    assert list(cut.items[["start", "stop"]].itertuples(index=False, name=None)) == [
        *[(0, 5), (2, 7), (0, 4)], *[(0, 5), (2, 7), (4, 9)], (0, 5)
    ]  # fmt: skip
    assert cut.x[[1]][0, :, 0].tolist() == [2, 3, 4, 5, 6]
    assert cut.x[[2]][0, :, 0].tolist() == [100, 101, 102, 103, 0]


def test_copies_stand_with_their_clip(features):
    louder = Features.__new__(Features)
    louder.manifest, louder.feature = features.manifest, None
    louder.arrays = [array + 1000 for array in features.arrays]
    both = pieces.copies([features, louder], SPACE, lambda array: array[0])
    assert both.items["copy"].tolist() == [0, 1] * 4
    assert both.items["clip"].tolist()[:4] == ["toy/0", "toy/0", "toy/1", "toy/1"]
    assert both.x[:, 0].tolist()[:4] == [0, 1000, 100, 1100]
    louder.manifest = features.manifest[::-1].reset_index(drop=True)
    with pytest.raises(UsageError, match="not of the same clips"):
        pieces.copies([features, louder], SPACE, np.ravel)


def answers(scores, clips="abc"):
    table = pd.DataFrame(scores, columns=list(SPACE))
    return table.assign(clip=list(clips), subject=list(clips), label="sad", fold=0)


def test_rules_join_answers_about_the_same_clips():
    voice = answers([[0.6, 0.4], [0.5, 0.5], [0.2, 0.8]])
    face = answers([[0.1, 0.9], [0.7, 0.3], [0.4, 0.6]])
    found = pieces.joined([voice, face], SPACE, ["confidence", "mean"])
    assert list(found) == ["voice", "face", "confidence", "mean"]
    expected = [[0.1, 0.9], [0.7, 0.3], [0.2, 0.8]]
    assert np.allclose(found["confidence"][list(SPACE)], expected)
    assert np.allclose(found["mean"]["happy"], [0.35, 0.6, 0.3])
    assert found["mean"]["clip"].tolist() == list("abc")
    with pytest.raises(UsageError, match="voice and face answer about other clips"):
        pieces.joined([voice, answers([[1, 0]] * 3, "acb")], SPACE)


@pytest.mark.parametrize("key", ["subject", "label", "fold"])
def test_answers_of_other_people_truths_or_folds_are_not_joined(key):
    voice = answers([[0.6, 0.4]] * 3)
    face = voice.assign(**{key: [*voice[key][:2], 1]})
    with pytest.raises(UsageError, match=f"answer about other {key}s"):
        pieces.joined([voice, face], SPACE)
    pieces.joined([voice, voice], SPACE)


def test_an_unknown_rule_is_refused_with_the_nearest():
    both = [answers([[0.6, 0.4]] * 3)] * 2
    with pytest.raises(UsageError, match=r"did you mean confidence\?\); .*stacked"):
        pieces.joined(both, SPACE, ["confidense"])


def test_a_stacker_is_learned_from_the_other_folds():
    rng = np.random.default_rng(0)
    truth = np.tile([0, 1], 30)
    shares = np.clip(0.5 + 0.2 * (truth - 0.5) + rng.normal(0, 0.1, 60), 0.05, 0.95)
    table = pd.DataFrame({"happy": 1 - shares, "sad": shares}).assign(
        clip=[f"{n:02}" for n in range(60)], label=SPACE.decode(truth),
        subject=[f"s{n % 6}" for n in range(60)], fold=[n % 3 for n in range(60)],
    )  # fmt: skip
    found = pieces.joined([table, table], SPACE, [pieces.STACKED])[pieces.STACKED]
    both = [table[list(SPACE)].to_numpy()] * 2
    expected = fusion.stacked(both, truth, table["fold"], table["subject"])
    assert np.allclose(found[list(SPACE)], expected)


def linear(shape, classes):
    import keras

    inputs = keras.Input(shape)
    return common.compiled(
        keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(inputs))
    )


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "folders", lambda: [tmp_path / "runs"])
    monkeypatch.setattr(records, "committed_folder", lambda: tmp_path / "runs")
    return experiment.Study("confidence-fusion", "smoke", runs=tmp_path / "runs")


def test_each_fold_s_model_is_asked_about_its_own_test_side(study, features):
    clean = pieces.vectors(features, SPACE, lambda array: array[0] / 100)
    network = learners.Network(linear, epochs=1)
    apart = protocols.SubjectKFold(2)
    run = study.run("one", clean, network, apart, keep=True, commit=True)
    again = pieces.asked(run, clean)
    expected = experiment.by_clip(run.predictions, SPACE)
    assert again["clip"].tolist() == expected["clip"].tolist()
    assert again["fold"].tolist() == expected["fold"].tolist()
    assert np.allclose(again[list(SPACE)], expected[list(SPACE)], atol=1e-6)
    other = pieces.asked(run, clean.take([0, 2]))
    assert other["clip"].tolist() == ["toy/0", "toy/2"]
    twice = pieces.fused([run, run], "product")
    squared = expected[list(SPACE)] ** 2
    squared = squared.div(squared.sum(axis=1), axis=0)
    assert np.allclose(twice[list(SPACE)], squared)
    clean.items.loc[[1, 3], "clip"] = ["toy/8", "toy/9"]
    with pytest.raises(UsageError, match="did not test toy/8 and 1 more"):
        pieces.asked(run, clean)
    known = pieces.asked(run, clean, some=True)
    assert known["clip"].tolist() == ["toy/0", "toy/2"]


def test_a_classifier_is_fitted_again_for_each_fold(study, features):
    clean = pieces.vectors(features, SPACE, lambda array: array[0] / 100)
    learner, apart = learners.Classifier(baselines.linear()), protocols.SubjectKFold(2)
    run = study.run("two", clean, learner, apart)
    again = pieces.refitted(learner, clean, apart, clean)
    expected = experiment.by_clip(run.predictions, SPACE)
    assert again["clip"].tolist() == expected["clip"].tolist()
    assert again["fold"].tolist() == expected["fold"].tolist()
    assert np.allclose(again[list(SPACE)], expected[list(SPACE)], atol=1e-6)


def test_tables_of_no_runs_are_empty():
    assert results.accuracies({}).empty and results.comparisons({}).empty


def test_a_grid_is_named_by_what_differs(study, features):
    vectors = pieces.vectors(features, SPACE, lambda array: array[0] / 100)
    by_now = results.demo("confidence-fusion")
    kept = results.demo("confidence-fusion", live=True)
    for epochs in (1, 2):
        network = learners.Network(linear, epochs=epochs)
        study.run(
            "grid", vectors, network, protocols.SubjectKFold(2), seeds=2, commit=True
        )
    found = kept.grid("grid", "epochs", "batch")
    assert list(found) == [(1, 32), (2, 32)] and not by_now.grid("grid", "epochs")
    assert found[1, 32].seeds == 2
    assert list(kept.grid("grid", "epochs", epochs=2)) == [2]
    with pytest.raises(EmolibError, match="alike in batch"):
        kept.grid("grid", "batch")


def test_clips_rendered_into_memory_are_recorded_without_files(study):
    deal = probes.tied(6, 4, {"setup": 0.5})
    other = probes.tied(6, 4, {"setup": 0.5}, swapped=True)
    x = np.array([[one.setup // 2] for one in deal], float)
    given = pieces.rendered(deal, x, setup=0.5)
    learner = learners.Classifier(baselines.linear(), "linear")
    run = study.run("tied", given, learner, protocols.SubjectKFold(3))
    assert run.metrics["accuracy"]["value"] == 1
    assert run.record["parameters"]["feature.setup"] == 0.5
    assert run.record["source"] == "demo" and run.record["inputs"]["manifest"]
    swapped = pieces.rendered(other, 1 - x, setup=0.5)
    answers = pieces.refitted(learner, given, protocols.SubjectKFold(3), swapped)
    told = study.add_answers("swapped", answers, [run], "linear")
    assert told.metrics["accuracy"]["value"] == 0  # it has learned the room
    assert list(given.items["clip"]) == list(swapped.items["clip"])


@pytest.mark.parametrize("trace", [0.0, 0.6])
def test_what_is_felt_shows_in_posed_clips_alone_and_is_fixed_or_drawn(trace):
    shown = [Causes(1, "angry", authenticity=kind, repetition=n)
             for n, kind in enumerate((1.0, 0.0))]  # fmt: skip
    felt = {"angry": "happy"}
    fixed, drawn = (pieces.over_felt(shown, felt, trace, lot) for lot in (False, True))
    assert fixed.settings == {"trace": trace, "by_lot": False}
    assert np.allclose(fixed.x[0], -fixed.x[1], atol=1e-6)  # each less their mean
    plain = pieces.over_felt(shown, felt, 0.0).x
    assert np.array_equal(fixed.x, plain) == np.array_equal(drawn.x, plain)
    assert np.array_equal(fixed.x, plain) == (trace == 0)


# -- voices and faces of others, groups of classes ----------------------------


def people_of(corpus, count, takes, first):
    """Clips of people who show both classes in turn, inputs that tell them apart."""
    numbers = range(count * takes)
    manifest = pd.DataFrame(
        {"clip": [f"{corpus}/{n}" for n in numbers], "corpus": corpus,
         "subject": [f"{corpus} {n // takes}" for n in numbers], "sentence": "1",
         "emotion": [SPACE.classes[n % 2] for n in numbers], "source": "demo",
         "path": "nowhere"}
    )  # fmt: skip
    values = np.arange(first, first + len(manifest), dtype=np.float32)
    return manifest, values


@pytest.mark.parametrize("matched", [True, False])
def test_a_voice_gets_a_face_of_its_troupe_and_its_class(matched):
    manifest, values = people_of("voices", 6, 4, 0)
    sounds = experiment.examples(manifest, values[:, None], SPACE)
    manifest, values = people_of("faces", 6, 4, 100)
    faces = experiment.examples(manifest, values.astype([("face", "f4")]), SPACE)
    found = pieces.couples(sounds, faces, troupes=3, matched=matched)
    assert len(found) == len(sounds) and found.items["subject"].nunique() == 3
    heard = found.x["sound"][:, 0].astype(int)
    looked = found.x["face"].astype(int) - 100
    np.testing.assert_array_equal(heard // 4 % 3, looked // 4 % 3)  # the same troupe
    alike = (heard % 2 == looked % 2).mean()
    assert alike == 1 if matched else 0.2 < alike < 0.8
    other = pieces.couples(sounds, faces, troupes=3, matched=matched, seed=1)
    assert list(other.items["clip"]) == list(found.items["clip"])
    assert (other.x["face"] != found.x["face"]).any()


def test_a_voice_without_a_face_of_its_class_is_left_out(capsys):
    manifest, values = people_of("voices", 2, 4, 0)
    sounds = experiment.examples(manifest, values[:, None], SPACE)
    manifest, values = people_of("faces", 2, 4, 100)
    faces = experiment.examples(manifest, values.astype([("face", "f4")]), SPACE)
    sad = faces.take(faces.items["emotion"] == "sad")
    found = pieces.couples(sounds, sad, troupes=1)
    assert set(found.items["emotion"]) == {"sad"}
    assert "4 of 8 sounds left out" in capsys.readouterr().out


def test_groups_of_classes_keep_the_decision():
    four = labels.LabelSpace("four", ("a", "b", "c", "d"))

    class Answered:
        predictions = pd.DataFrame(
            {"clip": ["1", "2"], "subject": "x", "fold": 0, "label": ["a", "d"],
             "a": [0.4, 0.1], "b": [0.0, 0.2], "c": [0.3, 0.25], "d": [0.3, 0.45]}
        )  # fmt: skip
        space = four

    found = pieces.gathered(Answered(), {"ab": ["a", "b"], "cd": ["c", "d"]})
    # By the sum of its classes the first would be cd.
    assert found[["ab", "cd"]].idxmax(axis=1).tolist() == ["ab", "cd"]
    assert found["label"].tolist() == ["ab", "cd"]
    np.testing.assert_allclose(found[["ab", "cd"]].sum(axis=1), 1)
    np.testing.assert_allclose(found["ab"], [0.4 / 0.7, 0.2 / 0.65])


def test_each_corpus_of_one_kind_is_left_out_with_each_of_the_other():
    items = [people_of(name, 2, 2, 0)[0] for name in "abc"]
    manifest = pd.concat(items, ignore_index=True)
    manifest["kind"] = manifest["corpus"].map({"a": "x", "b": "y", "c": "x"})
    two = labels.LabelSpace("kinds", ("x", "y"))
    examples = experiment.examples(
        manifest, np.zeros((len(manifest), 1)), two, task="kind"
    )
    found = pieces.left_out(examples, "kind")
    assert [found[name].test for name in found] == [("a", "b"), ("c", "b")]
    assert pieces.by_corpus(examples).space.classes == ("a", "b", "c")
    assert pieces.drawn(manifest, 1)["corpus"].tolist() == list("aabbcc")


# -- a forced choice ---------------------------------------------------------


def clips_of_three():
    """p: three sad clips and two happy ones; q: sad, genuine alone."""
    rows = [
        ("1", "p", "sad", "genuine"), ("2", "p", "sad", "posed"),
        ("3", "p", "sad", "posed"), ("4", "p", "happy", "genuine"),
        ("5", "p", "happy", "posed"), ("6", "q", "sad", "genuine"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["clip", "subject", "emotion", "authenticity"])


def test_one_clip_of_either_kind_for_each_person_and_emotion():
    clips = clips_of_three()
    drawn = {tuple(pieces.one_of_each(clips, seed)["clip"]) for seed in range(20)}
    assert drawn == {("1", "2", "4", "5"), ("1", "3", "4", "5")}
    again = pieces.one_of_each(clips, 7)
    assert again.equals(pieces.one_of_each(clips, 7))


@dataclass(frozen=True)
class Timed:
    """Learns nothing, and says that an item took half a second when all was warm."""

    epochs: int
    batch: int
    reduce_rate: tuple = (3, 0.5)
    watch: str = "people"

    def fit(self, examples, split):
        assert (self.epochs, self.watch, self.reduce_rate) == (2, "nothing", None)
        seconds = [60.0, len(split.train) / 2]
        return SimpleNamespace(history=pd.DataFrame({"seconds": seconds}))


@pytest.mark.parametrize("batch", [1, 8])
def test_long_training_is_foreseen_by_folds_and_epochs(features, batch):
    """Four folds, each trained on three clips of four: twelve items an epoch."""
    shown = pieces.vectors(features, SPACE, lambda array: array.mean(axis=0))
    apart = protocols.LeaveOneSubjectOut()
    hours = pieces.foreseen({"short": Timed(1, batch), "long": Timed(600, batch)},
                            shown, apart, batches=2)  # fmt: skip
    assert hours.to_dict() == pytest.approx({"short": 6 / 3600, "long": 1.0})


def test_answers_become_a_choice_of_two():
    clips = clips_of_three()
    pairs = clips[clips["clip"].isin(["1", "2", "4", "5"])]
    told = pairs[["clip", "subject"]].assign(label=pairs["authenticity"], fold=0)
    told = told.assign(genuine=[0.2, 0.1, 0.9, 0.9], posed=[0.8, 0.9, 0.1, 0.1])
    found = pieces.forced(told, clips)
    assert found["genuine"].tolist() == [1, 0, 0.5, 0.5]
    assert found["posed"].tolist() == [0, 1, 0.5, 0.5]
    assert told["genuine"].tolist() == [0.2, 0.1, 0.9, 0.9]  # as they were
    other_way = pieces.forced(told, clips, "posed")
    assert other_way["genuine"].tolist() == [1, 0, 0.5, 0.5]


def test_a_choice_needs_a_counterpart_and_two_classes():
    clips = clips_of_three()
    told = clips[["clip", "subject"]].assign(label=clips["authenticity"], fold=0)
    told = told.assign(genuine=0.5, posed=0.5)
    with pytest.raises(UsageError, match="1 of 6 clips have no counterpart"):
        pieces.forced(told, clips)
    with pytest.raises(UsageError, match="what 6 shows"):
        pieces.forced(told, clips.iloc[:5])
    with pytest.raises(UsageError, match="between two classes"):
        pieces.forced(told.assign(third=0.0), clips)


def answered(table, space):
    """A run as far as `emotion_told` looks at it."""
    return SimpleNamespace(predictions=table, space=space)


def test_twelve_classes_are_asked_how_genuine_a_clip_is_whose_emotion_is_told():
    twelve = [*labels.TWELVE]
    clips = pd.DataFrame({
        "clip": ["a", "b"], "emotion": ["sad", "happy"],
        "authenticity": ["genuine", "posed"],
    })  # fmt: skip
    frames = pd.DataFrame(0.0, range(3), twelve).assign(
        clip=["a", "a", "b"], subject="p", fold=0,
        label=["sad", "sad", "posed happy"],
    )  # fmt: skip
    frames.loc[[0, 1], "sad"] = 0.1, 0.3
    frames.loc[[0, 1], "posed sad"] = 0.2, 0.0
    frames.loc[2, ["happy", "posed happy", "angry"]] = 0.1, 0.3, 0.6
    found = pieces.emotion_told(answered(frames, labels.TWELVE), clips)
    assert found["label"].tolist() == ["genuine", "posed"]
    np.testing.assert_allclose(found["genuine"], [0.4 / 0.6, 0.25])
    np.testing.assert_allclose(found["genuine"] + found["posed"], 1)


def test_two_classes_are_told_clip_by_clip():
    frames = pd.DataFrame({
        "clip": ["a", "a"], "subject": "p", "fold": 0, "label": "posed",
        "genuine": [0.2, 0.4], "posed": [0.8, 0.6],
    })  # fmt: skip
    found = pieces.emotion_told(answered(frames, labels.AUTHENTICITY), None)
    assert found["genuine"].tolist() == [pytest.approx(0.3)]


def test_a_film_is_one_item_of_all_its_pictures(features):
    features.arrays = Arrays(array[:4] for array in features.arrays)
    films = pieces.films(features, SPACE)
    assert films.shape == (4, 3) and len(films) == 4
    assert films.x[[2]][0, :, 0].tolist() == [200, 201, 202, 203]
    assert films.items["clip"].tolist() == [f"toy/{n}" for n in range(4)]


def test_between_corpora_all_learn_from_equally_many():
    people = {"one": 4, "other": 2}
    rows = [
        {"clip": f"{corpus}/{n}", "subject": f"{corpus} {n % count}", "sentence": "",
         "emotion": SPACE.classes[n // 4 % 2], "corpus": corpus, "source": "demo"}
        for corpus, count in people.items() for n in range(24)
    ]  # fmt: skip
    given = experiment.examples(pd.DataFrame(rows), np.arange(48.0)[:, None], SPACE)
    given = replace(given, settings={"ends": "cut"})
    found = pieces.between_corpora(given, folds=3)
    assert list(found) == list(itertools.product(people, repeat=2))
    sizes = {way.train_size for _, way in found.values()}
    assert sizes == {12}  # of the two people of the other corpus one is tested
    part, way = found["one", "other"]
    assert part.settings == {"ends": "cut", "learned": "one"}
    assert way.test == ("other",) and len(part) == 48
    part, way = found["one", "one"]
    assert way.folds == 3 and set(part.items["corpus"]) == {"one"}
    assert found["other", "other"][1].folds == 2


def test_means_of_action_units_by_intensity(tmp_path):
    (tmp_path / "ravdess_visual").mkdir()
    said = ["05-01-01-01-01", "03-02-01-01-01", "05-02-01-01-02"]
    rows = [f"{n};{n + 0.5};01-01-{name}" for n, name in enumerate(said)]
    table = "\n".join(["AU01_r;AU02_c;name", *reversed(rows)])
    (tmp_path / "ravdess_visual" / "action_units_mean.csv").write_text(table)
    clips = pd.DataFrame(
        {"clip": [*(f"ravdess/03-01-{name}" for name in said), "tess/a"],
         "corpus": ["ravdess"] * 3 + ["tess"], "subject": ["1", "1", "2", "3"],
         "emotion": ["angry", "happy", "angry", "sad"], "sentence": "kids",
         "intensity": ["normal", "strong", "strong", "strong"], "source": "real"}
    )  # fmt: skip
    found = pieces.by_units(str(tmp_path), clips, labels.FIVE, "strong")
    assert found.x.tolist() == [[1.0, 1.5], [2.0, 2.5]]
    assert found.items["emotion"].tolist() == ["happy", "angry"]
    assert found.items["clip"].tolist() == [
        f"ravdess/01-{said[1]}",
        f"ravdess/01-{said[2]}",
    ]
    assert found.settings == {"intensity": "strong"}


def test_a_voice_and_a_face_are_joined_in_five_ways():
    rng = np.random.default_rng(0)
    told = {"clip": [f"c{n:02}" for n in range(40)], "fold": np.arange(40) // 20,
            "subject": [f"s{n // 10}" for n in range(40)],
            "label": [SPACE.classes[n % 2] for n in range(40)]}  # fmt: skip
    both = [
        SimpleNamespace(
            predictions=pd.DataFrame(told).join(
                pd.DataFrame(rng.dirichlet([1, 1], 40), columns=list(SPACE))
            )
        )
        for _ in range(2)
    ]
    found = pieces.joined_late(both, SPACE)
    ways = ["logistic-regression", "k-NN", "linear-SVM", "RBF-SVM"]
    assert list(found) == ["voice", "face", "product", *ways]
    voice, face = (found[name][list(SPACE)].to_numpy() for name in ("voice", "face"))
    np.testing.assert_allclose(
        found["product"][list(SPACE)], fusion.product([voice, face])
    )
    for table in found.values():
        assert sorted(table["clip"]) == told["clip"]


def test_descriptions_of_the_same_clips_stand_side_by_side(features):
    sums = pieces.tabled(features, lambda array: array.sum(axis=0))
    assert list(sums.index) == [f"toy/{n}" for n in range(4)]
    firsts = pd.DataFrame({"a": [3, 0, 1]}, index=["toy/3", "toy/0", "toy/1"])
    both = pieces.side_by_side(
        {"sums": sums, "firsts": firsts}, features.manifest, SPACE
    )
    # The clip that one of them lacks is left out; the others keep the clips' order.
    assert both.items["clip"].tolist() == ["toy/0", "toy/1", "toy/3"]
    assert both.x["firsts"].ravel().tolist() == [0, 1, 3]
    assert both.x["sums"][2].tolist() == features.arrays[3].sum(axis=0).tolist()


def test_two_tasks_balanced_by_one_of_them_test_the_same_clips():
    names = [f"toy/{n}" for n in range(60)]
    items = pd.DataFrame({"clip": names, "subject": names})
    items["fourteen"] = np.repeat(["a", "b", "c"], [36, 18, 6])
    items["filed"] = np.where(items["fourteen"] == "b", "posed", "genuine")
    (fine,) = protocols.RandomClips(0.2, seed=1).split(items, "fourteen")
    (coarse,) = pieces.Balanced(0.2, seed=1).split(items, "filed")
    (own,) = protocols.RandomClips(0.2, seed=1).split(items, "filed")
    np.testing.assert_array_equal(coarse.test, fine.test)
    assert set(own.test) != set(fine.test)


def test_of_more_corpora_one_is_new_and_the_last_one_goes_first(features):
    four = pieces.vectors(features, SPACE, lambda array: array[0])
    items = four.items.assign(corpus=["one", "two", "three", "new"])
    grown = pieces.growing(replace(four, items=items), ["one", "two"], "new")
    assert {n: [*some.items["corpus"]] for n, some in grown.items()} == {
        2: ["one", "two", "new"],
        1: ["one", "new"],
    }
    assert [some.settings["corpora"] for some in grown.values()] == [2, 1]


def test_a_product_is_divided_by_the_shares_of_what_was_learned():
    """Of what each fold does not test, a class that it lacks counts as one item."""
    names = [f"toy/{n}" for n in range(6)]
    items = pd.DataFrame({"clip": names, "subject": names, "emotion": "happy"})
    items.loc[5, "emotion"] = "sad"
    spare = [c for c in experiment.ITEM_COLUMNS if c not in items]
    known = experiment.examples(
        items.assign(**dict.fromkeys(spare, "")), np.eye(6), SPACE
    )
    answers = pd.DataFrame(
        {
            "clip": names,
            "subject": names,
            "label": items["emotion"],
            "fold": [0] * 3 + [1] * 3,
        }
        | {"happy": 0.8, "sad": 0.2}
    )
    found = pieces.divided(answers, known)
    # Fold 0 learned from two happy and one sad clip: 0.8 / 2 against 0.2 / 1.
    np.testing.assert_allclose(
        found.loc[0, ["happy", "sad"]].astype(float), [2 / 3, 1 / 3]
    )
    # Fold 1 from three happy ones and none that is sad.
    np.testing.assert_allclose(
        found.loc[5, ["happy", "sad"]].astype(float), [4 / 7, 3 / 7]
    )
    assert [*found] == [*answers] and found["clip"].equals(answers["clip"])


def test_records_of_what_is_listened_to_are_told_how(features, monkeypatch):
    """The way, its own settings and its feature's: "delivered" alone says no rate."""
    ways = {"low": recording.Alike(audio.Stack(8000, level=False), loudness=-20.0)}

    def extract(way, clips):
        return SimpleNamespace(
            feature=way, manifest=clips, arrays=[*np.zeros((len(clips), 77, 150))]
        )

    monkeypatch.setattr(pieces.filed.store, "extract", extract)
    told = pieces.listened(features.manifest, ways, SPACE)["low"].settings
    expected = {"made": "low", "loudness": -20.0, "rate": 8000, "level": False}
    assert expected.items() <= told.items()
    assert told["mels"] == 64 and "feature" not in told


def test_cut_to_the_shortest_nothing_is_left_of_length(features):
    stacks = np.ones((4, 3, 9, 1), np.float32)
    for row, length in enumerate((9, 5, 7, 6)):
        stacks[row, :, length:] = 0
    long = pieces.vectors(features, SPACE, lambda array: array[0])
    long = replace(long, x=stacks)
    assert pieces.filled(long).tolist() == [9, 5, 7, 6]
    cut = pieces.cut_alike(long)
    assert cut.settings["columns"] == 5
    assert (cut.x == cut.x[0]).all()
