"""Films and sounds side by side as items, and which frames of a film are taken."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from emolib import labels, ledger, pieces, protocols, results, studio
from emolib.features.store import Features
from emolib.studio import Causes, face, probes, truth

SPACE = labels.LabelSpace("two", ("happy", "sad"))
CLIPS = ("a", "b", "c", "d")


class Arrays(list):
    """As the store gives them: with a checksum each."""

    @property
    def checksums(self):
        return [str(array.sum()) for array in self]


def stored(clips, array_of):
    """Features whose arrays tell clip, frame and kind."""
    found = Features.__new__(Features)
    found.feature = None
    found.arrays = Arrays(array_of(clip) for clip in clips)
    found.manifest = pd.DataFrame(
        {
            "clip": list(clips), "subject": [c.upper() for c in clips], "sentence": "",
            "emotion": ["sad" if c in "bd" else "happy" for c in clips],
            "corpus": "toy", "path": __file__, "source": "demo",
        }
    )  # fmt: skip
    return found


def film(kind, frames=6):
    """Frames of 2 x 2 pixels: the value is clip, frame and kind."""

    def array(clip):
        values = 40 * CLIPS.index(clip) + 5 * np.arange(frames) + kind
        shape = np.ones((1, 2, 2, 3), np.uint8)
        return values[:, None, None, None].astype(np.uint8) * shape

    return array


def sound(copy):
    value = lambda clip: 10 * CLIPS.index(clip) + copy  # noqa: E731
    return lambda clip: np.full((2, 2, 1), value(clip), np.uint8)


@pytest.fixture
def inputs():
    return {
        "frame": stored(CLIPS, film(0)),
        "flow": stored("acd", film(1)),  # of one clip there is none
        "mel": [stored(CLIPS, sound(copy)) for copy in range(3)],
    }


def test_what_belongs_together_stands_side_by_side(inputs):
    frames = {"a": [0, 3, 5], "c": [1, 2, 4], "d": [0, 1, 2], "b": [0, 1, 2]}
    found = pieces.samples(inputs, SPACE, frames)
    assert found.items["clip"].tolist() == list("aaacccddd")
    assert found.items["frame"].tolist() == [0, 3, 5, 1, 2, 4, 0, 1, 2]
    assert found.items["copy"].tolist() == [0, 1, 2] * 3
    x = found.x[:]
    for row, item in enumerate(found.items.itertuples()):
        clip = CLIPS.index(item.clip)
        assert (x["frame"][row] == 40 * clip + 5 * item.frame).all()
        assert (x["flow"][row] == 40 * clip + 5 * item.frame + 1).all()
        assert (x["mel"][row] == 10 * clip + item.copy).all()
    assert found.settings == {"inputs": "frame & flow & mel"}
    (split,) = protocols.checked(protocols.AugmentedBeforeSplit(0.3), found.items)
    assert len(split.test) == 3


def test_one_input_is_given_as_it_is(inputs):
    only = pieces.samples({"mel": inputs["mel"]}, SPACE, clips=["b"], row="x")
    assert only.x[:].shape == (3, 2, 2, 1)
    assert only.x[:][:, 0, 0, 0].tolist() == [10, 11, 12]
    assert only.settings == {"inputs": "mel", "row": "x"}
    frames = pieces.every_frame(inputs["frame"], 4)
    every = pieces.samples({"frame": inputs["frame"]}, SPACE, frames)
    assert "copy" not in every.items
    assert every.items["frame"].tolist() == [0, 4] * 4


def test_clips_of_other_classes_are_left_out(inputs):
    happy = labels.LabelSpace("one", ("happy", "angry"))
    found = pieces.samples({"mel": inputs["mel"][:1]}, happy)
    assert found.items["clip"].tolist() == ["a", "c"]


def test_one_input_hidden_leaves_the_others(inputs):
    frames = pieces.frames_within(inputs["frame"], 2, (0.2, 0.8))
    assert frames["a"] == [1, 4]
    found = pieces.samples(inputs, SPACE, frames)
    hidden = pieces.hidden(found, "flow")
    assert len(np.unique(hidden.x["flow"])) == 1 < len(np.unique(found.x[:]["flow"]))
    assert (hidden.x["mel"] == found.x[:]["mel"]).all()
    assert hidden.digest != found.digest


def test_frames_by_lot_do_not_depend_on_the_other_clips():
    every = pieces.frames_by_lot(stored(CLIPS, film(0)), 3, seed=4)
    few = pieces.frames_by_lot(stored("d", film(0)), 3, seed=4)
    assert few == {"d": every["d"]} and len(set(map(tuple, every.values()))) > 1
    assert all(sorted(set(of)) == of and len(of) == 3 for of in every.values())
    assert pieces.frames_by_lot(stored("a", film(0, 2)), 3)["a"] == [0, 1]


def test_the_surest_frames_with_and_without_the_answer(inputs):
    frames = pieces.every_frame(inputs["frame"])
    examples = pieces.samples({"frame": inputs["frame"]}, SPACE, frames)
    happy = np.tile([0.9, 0.1, 0.6, 0.45, 0.2, 0.95], 4)
    answers = examples.items[["clip"]].assign(label=examples.items["emotion"])
    answers = answers.assign(happy=happy, sad=1 - happy)
    assert pieces.surest_frames(answers, examples, 3)["b"] == [0, 1, 5]
    own = pieces.surest_frames(answers, examples, 2, own=True)
    assert own["a"] == [0, 5] and own["b"] == [1, 4]


# -- what carries an emotion ------------------------------------------------


def swing(emotion, repetition, times, by="motion"):
    causes = Causes(3, emotion, repetition=repetition)
    return probes._swings(causes, by, list(labels.FIVE), times)


def test_no_single_frame_of_a_swinging_face_tells_its_emotion():
    """Own and other displays have the same distribution at any moment."""
    from scipy.stats import ks_2samp

    moment = np.array([0.4])
    shares = np.stack([swing("happy", n, moment)[0] for n in range(3000)])
    own = list(labels.FIVE).index("happy")
    others = np.delete(shares, own, axis=1)
    for other in others.T:
        assert ks_2samp(shares[:, own], other).pvalue > 1e-3
    assert abs(np.corrcoef(shares.T) - np.eye(5)).max() < 0.08


def test_its_motion_does():
    times = np.arange(30) / 15
    for number in range(5):
        moved = np.ptp(swing("sad", number, times), axis=0)
        assert (moved > 0.3).tolist() == [c == "sad" for c in labels.FIVE]
        assert moved.sum() == moved.max()
    stood = swing("sad", 0, times, "posture")
    assert (np.ptp(stood, axis=0) == 0).all() and (stood[0] > 0).sum() == 1


def test_films_are_rendered_once(tmp_path):
    how = (tmp_path, "motion", 1, 2, list(labels.FIVE), "smoke")
    clips = probes.carried(*how)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.mp4")}
    assert len(before) == 2 == clips["emotion"].nunique()
    assert probes.carried(*how).equals(clips)
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_the_height_of_a_display_is_within_every_take():
    for authenticity in (0.0, 1.0):
        first, last = truth.apex(authenticity)
        for take in range(20):
            causes = Causes(
                2, "happy", authenticity=authenticity, take=str(take),
                doses=(("identity.style", 0.0),),
            )  # fmt: skip
            times = np.linspace(0, 1, 201)
            smile = face.action_units(causes, times, 1.0)[:, face.UNITS.index("12")]
            at = (times >= first) & (times <= last)
            assert smile[at].min() > 0.98 * smile.max()


def test_as_many_clips_as_published_and_no_finer():
    asked = {"corpus": "baum-1", "profile": "smoke", "seed": 0, "settings": {}}
    asked |= {"subjects": 31, "emotions": list(labels.SIX)}
    few, whole = (studio.planned(asked | more) for more in ({}, {"published": True}))
    acted = [clip for clip in whole if clip.part == "BAUM1a"]
    assert abs(len(acted) - 273 * 6 / 9) < 6 and len(few) < len(acted)
    assert len({clip.causes.identity for clip in acted}) == 31


# -- answers joined late ----------------------------------------------------


def test_a_voice_and_a_face_are_joined_in_every_way():
    draw, truth = np.random.default_rng(0), np.tile([0, 1], 30)

    def answered(sure):
        told = np.clip(0.5 + sure * (0.5 - truth) + draw.normal(0, 0.1, 60), 0.05, 0.95)
        table = pd.DataFrame({"happy": told, "sad": 1 - told})
        return SimpleNamespace(
            predictions=table.assign(
                clip=[f"{n:02}" for n in range(60)], label=SPACE.decode(truth),
                subject=[f"s{n % 6}" for n in range(60)], fold=np.arange(60) % 3,
            )
        )  # fmt: skip

    found = pieces.joined_late([answered(0.6), answered(0.1)], SPACE)
    assert set(found) == {
        "voice", "face", "product", "logistic-regression", "k-NN", "linear-SVM",
        "RBF-SVM",
    }  # fmt: skip
    right = {
        name: (table[list(SPACE)].idxmax(axis=1) == table["label"]).mean()
        for name, table in found.items()
    }
    assert right["voice"] > 0.95 > 0.9 > right["face"]
    assert min(right[name] for name in set(right) - {"face"}) > 0.9


# -- tables along the epochs ------------------------------------------------


class Trained:
    """A run as far as tables by epochs ask it."""

    seeds = 2

    def __init__(self, *curves):
        self.runs = [self.of(curve) for curve in curves]

    def of(self, curve):
        one = type("One", (), {})()
        epochs = range(1, len(curve) + 1)
        told = {"fold": 0, "epoch": epochs, "val_accuracy": curve}
        one.history = pd.DataFrame(told)
        return one


def test_accuracies_along_a_training_stand_beside_the_document_s():
    run = Trained(np.arange(8) / 10, np.arange(8) / 10 + 0.1)
    ours = results.along({"change 3": run})
    assert ours.iloc[0].tolist() == pytest.approx([0.15, 0.35, 0.55, 0.75, 8, 2])
    both = ledger.along("D.table3", {"change 3": run})
    assert both["document"].loc["change 3"].tolist() == [
        "0.4964", "0.519", "0.6817", "0.7159",
    ]  # fmt: skip
    assert both["here"].loc["change 1"].isna().all()
    by_row = ledger.along("D.table1", {"Frames": run})
    assert by_row["document"].loc["Frames", "40"] == "0.8589"
