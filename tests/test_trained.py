"""A study's own network, from the weights that a run here kept."""

from pathlib import Path
from types import SimpleNamespace

import cv2
import keras  # noqa: F401  (sorts this file among the tests that load it)
import numpy as np
import pandas as pd
import pytest

from emolib import experiment, labels, learners, predict, protocols, records, trained
from emolib.features import audio, faces, pictures, regions
from emolib.features.faces import Frames, Moments
from emolib.models.confidence_fusion import frame_cnn

SPACE = labels.CREMAD


def seen_of(folder):
    """What `store.extract` gives, of pictures made here."""
    clips = pd.DataFrame({"clip": [f"c{k}" for k in range(12)]})
    clips["path"] = [str(folder / f"{clip}.mp4") for clip in clips["clip"]]
    for path in clips["path"]:
        Path(path).write_text("a film")  # a record looks at its file
    clips["subject"] = [f"p{k // 6}" for k in range(12)]
    clips["emotion"] = [*SPACE, *SPACE]
    clips = clips.assign(sentence="a", corpus="ravdess", source="demo")
    return SimpleNamespace(feature=Frames(size=48), manifest=clips)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOLIB_RUNS", str(tmp_path))
    pictures = np.random.default_rng(0).integers(0, 255, (12, 48, 48, 3), np.uint8)
    seen = experiment.examples(seen_of(tmp_path), pictures, SPACE)
    network = learners.Network(frame_cnn, {"width": 0.05}, epochs=1)
    study = experiment.Study("confidence-fusion", profile="smoke", runs=tmp_path)
    way = protocols.LeaveOneSubjectOut()
    return study.run("face", seen, network, way, folds=1, keep=True), pictures, seen


def test_a_kept_network_answers_a_new_picture_as_it_did_in_the_study(run):
    kept, pictures, seen = run
    (found,) = trained.of_study("C")
    assert found.part == "face" and kept.record["id"] in found.name
    assert "rendered clips" in found.tested
    answered = kept.answers(seen)[list(SPACE)].to_numpy()
    for picture, shares in zip(pictures[:3], answered, strict=False):
        told, _ = found.answer(picture)
        assert list(told.probabilities.values()) == pytest.approx(shares, abs=1e-5)
        assert told.label == SPACE.classes[int(shares.argmax())]
    assert [one.part for one in predict.models("C")] == ["face"]


def test_weights_of_other_inputs_are_not_asked(run):
    kept, _, _ = run
    record = records.load(kept.folder.parent)[0]
    assert trained._way(record)[0] == "face"
    for change in ({"feature.edges": True}, {"feature.size": 48}):
        told = {"parameters": change}
        assert trained._way(record | told) is None


@pytest.fixture(scope="module")
def face():
    """A rendered face, a little off the middle of a larger picture."""
    from emolib.studio import Causes
    from emolib.studio.face import still

    scene = np.full((240, 320, 3), 110, np.uint8)
    scene[20:220, 40:240] = still(Causes(1, "happy"), size=(200, 200))
    return scene


def way(feature, shape, task="emotion"):
    told = {f"feature.{name}": value for name, value in vars(feature).items()}
    return trained._way({"task": task, "inputs": {"shape": shape}, "parameters": told})


def test_a_picture_becomes_what_the_study_learned_from(face):
    box = faces.find_face(face)
    left, top, width, height = box
    cut = face[top : top + height, left : left + width]
    for feature, task in ((Frames(5, 32, True), "emotion"), (Moments(2, 32), "twelve")):
        part, given = way(feature, [32, 32, 3], task)
        x, found = given(face)
        assert (part, found) == ("face", box)
        np.testing.assert_array_equal(x[0], faces._cut(face, box, 32))
    x, found = way(faces.Still(48, False), [48, 48, 1])[1](face)
    grey = cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY)
    expected = cv2.resize(grey, (48, 48), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(x[0, :, :, 0], expected)
    shapes = dict.fromkeys(regions.NAMES, [48, 48, 1])
    x, found = way(regions.Regions(48), shapes, "fourteen")[1](face)
    assert found == box and x.dtype.names == regions.NAMES
    np.testing.assert_array_equal(x["face"][0, :, :, 0], expected)
    assert way(Frames(5, 32, True), [32, 32, 3])[1](np.zeros_like(face)) == (None, None)


def test_a_sound_becomes_what_the_study_learned_from():
    samples = np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32)
    drawn, stack = pictures.SoundPicture(size=32), audio.Stack()
    part, given = way(drawn, [32, 32, 1])
    np.testing.assert_array_equal(given(samples)[0][0], drawn.of(samples))
    numbers = stack.of(samples)
    x, _ = way(stack, [*numbers.shape, 1], "fourteen")[1](samples)
    np.testing.assert_array_equal(x[0, :, :, 0], numbers)
    mfcc = audio.Mfcc(16000)
    found = mfcc.of(samples)
    x, _ = way(mfcc, [found.shape[1], 1])[1](samples)
    np.testing.assert_allclose(x[0, :, 0], found.mean(axis=0))
    x, _ = way(mfcc, [200, found.shape[1]])[1](samples)
    np.testing.assert_array_equal(x[0, -len(found) :], found)
    assert way(mfcc, [200, 40], "person") is None


def test_what_it_looked_at_is_what_it_was_given(run, face):
    (found,) = trained.of_study("C")
    said, _ = found.answer(face)
    looked = found.looked(face, said)
    assert looked.given.shape == (48, 48, 3) and looked.falls.shape == (7, 7)
    covered = found.given(face)[0]
    covered[0, :12, :12] = 127
    (shares,) = found.shares(covered)
    fall = said.sure - shares[SPACE.classes.index(said.label)]
    assert looked.falls[0, 0] == pytest.approx(fall, abs=1e-5)
