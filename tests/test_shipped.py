"""The two models that come with the book: small, carded, silent when they should."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file
from scipy.special import softmax

from emolib import corpora, shipped
from emolib.features import regions, voicing
from emolib.models import baselines
from emolib.shipped import linear, making, smile, voice

RATE = voice.RATE
rng = np.random.default_rng(0)


# -- what is shipped ----------------------------------------------------------


@pytest.mark.parametrize("name", shipped.NAMES)
def test_a_model_is_small_and_keeps_no_item(name):
    file = shipped.FOLDER / f"{name}.safetensors"
    assert file.stat().st_size < 1_000_000
    arrays, card, model = load_file(file), shipped.card(name), linear.load(name)
    assert set(arrays) == {"weights", "offset", "numbers"}
    assert card["classes"] == ", ".join(model.classes)
    # One weight for each number that is seen or heard and each class, and no more.
    seen = smile.described(np.zeros((99, 99), np.uint8), np.array([[30, 40], [60, 40]]))
    heard = voice.asked(voice.Functionals().of(rng.normal(0, 0.1, RATE)))
    inputs = len({"voice": heard, "smile": seen}[name])
    assert model.weights.shape == (inputs, len(model.classes))
    assert card["numbers"] == model.weights.size + model.offset.size
    assert card["threshold"] == pytest.approx(model.threshold, abs=1e-3)


@pytest.mark.parametrize("name", shipped.NAMES)
def test_a_card_says_whose_data_and_how_it_did(name):
    card = shipped.card(name)
    assert card["licence"] == {"voice": "CC0 1.0", "smile": "CC BY 4.0"}[name]
    assert card["attribution"] and card["url"].startswith("http") and card["not"]
    for row in card["rows"]:
        for part in ("accuracy", "answered", "right"):
            value, low, high = (row[part][key] for key in ("value", "low", "high"))
            assert value is None or 0 <= value <= 1
            assert low is None or low <= value <= high
        unanswered = sum(row["reasons"].values())
        share = 1 - unanswered / row["items"]
        assert share == pytest.approx(row["answered"]["value"], abs=1e-4)
    missed = any("Asked for were 93 right" in limit for limit in card["not"])
    assert missed == (name == "smile" and card["rows"][0]["accuracy"]["value"] < 0.93)
    people = {"voice": 10, "smile": 102}[name]
    assert card["rows"][0]["people"] == people and card["rows"][0]["beside"]
    assert (
        shipped.told(name).count("right if all are answered")
        == ({"voice": 3, "smile": 1}[name])
    )


def test_the_smile_s_card_holds_its_conditions_sexes_and_groups():
    rows = {row["tested"]: row for row in shipped.card("smile")["rows"]}
    assert {*making.CONDITIONS, "female", "male", "white", "black"} <= set(rows)
    assert rows["female"]["people"] + rows["male"]["people"] == 102
    assert all(rows[name]["items"] == 204 for name in making.CONDITIONS)


# -- when nothing is said -----------------------------------------------------


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (np.zeros(RATE, np.float32), "silent"),
        (rng.normal(0, 1e-4, 2 * RATE), "silent"),
        (rng.normal(0, 0.1, RATE // 4), "too short"),
        (np.sign(np.sin(np.arange(2 * RATE) / 20)), "clipped"),
        *((making._sound(kind, 3 * RATE, rng), "no voice") for kind in making.SOUNDS),
    ],
)
def test_the_voice_says_nothing_of_what_is_no_voice(samples, reason):
    found = voice.answer(samples.astype(np.float32))
    assert (found.label, found.reason) == ("", reason) and reason in voice.REASONS


def test_a_picture_without_a_face_is_not_answered():
    said, box = smile.answer(np.full((200, 200, 3), 128, np.uint8))
    assert (said.label, said.reason, box) == ("", "no face", None)


def test_of_two_boxes_the_face_is_the_one_with_eyes(monkeypatch):
    face, collar = (10, 10, 60, 60), (90, 90, 80, 80)
    seen = np.array([[0.25, 0.4], [0.75, 0.4]])
    monkeypatch.setattr(smile, "_boxes", lambda grey: [collar, face])
    monkeypatch.setattr(
        smile.regions,
        "eyes_in",
        lambda cut: seen if len(cut) == 60 else regions.USUAL,
    )
    found = smile.find(np.full((200, 200), 128, np.uint8))
    assert found.box == face and found.others == 1
    np.testing.assert_allclose(found.eyes, [[25, 34], [55, 34]])


def test_below_the_threshold_nothing_is_said():
    weights = np.array([[0.0, 2.0]])
    model = linear.Linear(("no", "yes"), weights, np.zeros(2), 1.0, threshold=0.8)
    assert model.answer(np.array([1.0])).label == "yes"  # 1 / (1 + exp(-2)) = 0.88
    unsure = model.answer(np.array([0.5]))  # 0.73
    assert (unsure.label, unsure.reason) == ("", "unsure")
    assert unsure.sure == pytest.approx(1 / (1 + np.exp(-1)))


# -- what is heard and seen ---------------------------------------------------


@pytest.mark.parametrize("pitch", [80, 220, 450])
def test_a_pitch_is_found_under_some_noise(pitch):
    times = np.arange(RATE) / RATE
    sound = sum(np.sin(2 * np.pi * k * pitch * times) / k for k in range(1, 6))
    found = voicing.track(sound + rng.normal(0, 0.1, RATE), RATE)
    assert np.median(found.pitch[:-3]) == pytest.approx(pitch, rel=0.02)
    assert np.median(found.strength) > 0.8


def test_loudness_changes_neither_pitch_nor_timbre():
    tone = np.sin(np.arange(2 * RATE) / 12) * np.hanning(2 * RATE)
    loud, soft = (voice.Functionals().of(gain * tone) for gain in (0.8, 0.2))
    np.testing.assert_allclose(voice.asked(loud), voice.asked(soft), atol=2e-2)
    assert loud[-3] - soft[-3] == pytest.approx(20 * np.log10(4), abs=1e-2)


def test_a_cut_face_stands_upright_wherever_its_eyes_are():
    picture = np.zeros((300, 300), np.uint8)
    picture[100:110, 90:100] = picture[140:150, 150:160] = 255  # eyes aslant
    eyes = np.array([[95.0, 105.0], [155.0, 145.0]])
    cut = smile._cut(picture, eyes, 28, (64, 64), 16, (0, 0, 0, 0))
    rows, columns = np.nonzero(cut > 100)
    assert abs(rows - 16).max() < 5  # level
    assert columns.min() < 20 and columns.max() > 44


# -- how they are made --------------------------------------------------------


def toy(classes=2, people=6, each=12, numbers=4):
    """Rows that tell their class, with a person each."""
    y = np.tile(np.arange(classes), people * each // classes)
    x = np.random.default_rng(1).normal(size=(len(y), numbers)) + 2.0 * y[:, None]
    subject = np.repeat([f"p{k}" for k in range(people)], each)
    items = pd.DataFrame({"subject": subject, "emotion": y.astype(str)})
    return items.assign(clip=[f"c{k}" for k in range(len(y))]), x, y


@pytest.mark.parametrize("classes", [2, 3])
def test_the_arrays_answer_as_sklearn_does(classes):
    _, x, y = toy(classes)
    names = tuple("abc"[:classes])
    made = making._learner(x, y, names)(np.arange(len(x)), 0.5)
    fitted = baselines.linear().set_params(logisticregression__C=0.5).fit(x, y)
    np.testing.assert_allclose(
        made.probabilities(x), fitted.predict_proba(x), rtol=1e-6
    )


def test_the_lowest_threshold_that_reaches_the_aim_is_taken():
    sure = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    right = np.array([True, True, True, False, False])
    assert making._threshold(sure, right, "smile") == 0.7  # 3 of 3; then 3 of 4
    assert making._threshold(sure, right, "voice") == 0.7
    assert making._threshold(sure, ~right, "smile") == 1.0


def test_whoever_is_left_out_chooses_nothing():
    items, x, y = toy()
    rows = np.flatnonzero(items["subject"] != "p0")
    fits = []
    for truth in (y, np.where(items["subject"] == "p0", 1 - y, y)):
        learn = making._learner(x, truth, ("no", "yes"))
        fits.append(making._chosen("smile", learn, items.iloc[rows], rows, x, truth))
    assert np.array_equal(fits[0].weights, fits[1].weights)
    assert fits[0].threshold == fits[1].threshold
    assert fits[0].temperature == fits[1].temperature


def real(name: str) -> str:
    """The folder of published recordings, if EMOLIB_DATA names one that has them."""
    data = os.environ.get("EMOLIB_DATA", "")
    there = (Path(data) / name).is_dir() and data
    if not there or (Path(data) / name / corpora.base.RENDERED).exists():
        pytest.skip(f"EMOLIB_DATA names no folder with {name} as it was published")
    return data


def test_the_voice_made_again_is_the_shipped_one():
    known = making.voices(real("emodb"))
    again, kept = known.whole(), linear.load("voice")
    x = voice.asked(known.x)
    shares = softmax(again.logits(x) / again.temperature, axis=1)
    np.testing.assert_allclose(shares, kept.probabilities(x), atol=0.01)
    assert again.threshold == pytest.approx(kept.threshold, abs=0.01)


def test_the_smile_made_again_is_the_shipped_one():
    known, _, _ = making.smiles(real("london_faces"))
    again, kept = known.whole(), linear.load("smile")
    np.testing.assert_allclose(
        again.probabilities(known.x), kept.probabilities(known.x), atol=0.01
    )
