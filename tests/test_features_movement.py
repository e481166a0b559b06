"""The winners' descriptor by hand, and what a linear model makes of pairs.

Movement of a film against the studio's truth.
"""

import cv2
import numpy as np
import pytest
from scipy import signal
from sklearn.linear_model import LogisticRegression

from emolib import UsageError, labels, streams
from emolib.features import faces, film, movement
from emolib.features.movement import CHANNELS, Movement
from emolib.media import MediaError
from emolib.studio import Causes, face, truth
from emolib.studio.film import write_video


def told(series, channel=0, **settings):
    numbers = movement.descriptor(np.asarray(series, float), **settings)
    rows = numbers.reshape(-1, len(movement.NUMBERS))
    return dict(zip(movement.NUMBERS, rows[channel], strict=True))


def test_seven_channels_and_six_emotions_are_440_numbers():
    clips = np.random.default_rng(0).normal(size=(6, 40, 7))
    found = movement.descriptors(clips, emotions=labels.SASEFE.classes)
    assert found.shape == (6, 440) and found.dtype == np.float32
    assert (found[:, -6:] == np.eye(6)).all()
    assert len(movement.STATISTICS) == 17 and len(movement.NUMBERS) == 62


def test_a_value_by_hand():
    """Ten frames, ten a second: up twice, over the mean of 2 for five of them."""
    series = [0, 0, 4, 4, 0, 0, 1, 6, 4, 1]
    found = told(np.transpose([series]), rate=10, cutoff=None)
    expected = {
        "mean": 2,
        "median": 1,
        "minimum": 0,
        "maximum": 6,
        "range": 6,
        "deviation": np.sqrt(46 / 9),  # squares: 86 - 10 * 4
        "middle half": 4,  # sorted 0 0 0 0 1 1 4 4 4 6: the 3rd and the 8th
        "middle four fifths": 5,  # midway between 4 and 6, and 0
        "mean deviation": 2,
        "time of maximum": 0.7,
        "share above mean": 0.4,
        "share above threshold": 0.4,  # 1 is not above 1
        "times above mean": 2,
        "times above threshold": 2,
        "area": 0.2,
        "area by range": 2 / 6,
        "first crossing to maximum": 0.5,
    }
    for name, value in expected.items():
        assert found[f"value {name}"] == pytest.approx(value), name
    for name in movement.SQUARED:
        assert found[f"value {name} squared"] == pytest.approx(expected[name] ** 2)
    speed = np.diff(series) * 10
    assert found["speed mean"] == pytest.approx(speed.mean())
    assert found["speed maximum"] == 50 and found["speed time of maximum"] == 0.6
    assert found["acceleration minimum"] == np.diff(speed).min() * 10


def test_each_signal_is_smoothed_after_it_is_taken():
    series = np.random.default_rng(1).normal(size=(60, 1)).cumsum(axis=0)
    b, a = signal.butter(1, 2 / 15)
    smooth = [signal.filtfilt(b, a, series[:, 0], padlen=3)]
    for _ in range(2):
        smooth.append(signal.filtfilt(b, a, np.diff(smooth[-1]) * 30, padlen=3))
    found = told(series, rate=30, cutoff=2)
    for name, one in zip(movement.SIGNALS, smooth, strict=True):
        assert found[f"{name} maximum"] == pytest.approx(one.max())
        assert found[f"{name} deviation"] == pytest.approx(one.std(ddof=1))


def test_a_longer_film_of_the_same_movement_says_the_same():
    """What counts is seconds, not frames."""
    slow, fast = (
        told(np.sin(np.arange(0, 4, 1 / rate))[:, None], rate=rate)
        for rate in (100, 200)
    )
    for name in movement.NUMBERS[:34]:  # acceleration feels the ends
        assert slow[name] == pytest.approx(fast[name], rel=0.03, abs=0.03), name


def test_what_does_not_move_has_no_time_to_its_maximum_and_other_channels_stay():
    still = np.full((30, 2), 0.1)
    still[:, 1] = np.sin(np.arange(30))
    found, beside = told(still), told(still, 1)
    assert found["value mean"] == pytest.approx(0.1)
    moving = {n: v for n, v in found.items() if "value m" not in n}
    assert max(map(abs, moving.values())) < 1e-12, moving
    assert beside == pytest.approx(told(still[:, 1:]))


def test_what_cannot_be_described_is_refused():
    for series in (np.zeros((5, 1)), np.zeros(9), np.full((9, 1), np.nan)):
        with pytest.raises(UsageError, match="six frames or more"):
            movement.descriptor(series)
    with pytest.raises(UsageError, match="cut-off"):
        movement.descriptor(np.zeros((9, 1)), rate=2)
    with pytest.raises(UsageError, match="one of each"):
        movement.within(np.zeros((2, 1)), ["p"], ["sad"])


def test_less_the_mean_of_a_pair_a_line_learns_what_it_learns_of_differences():
    chance = np.random.default_rng(0)
    x, genuine = chance.normal(size=(80, 5)), np.tile([1, 0], 40)
    x[:, 0] += genuine / 2
    who = np.repeat(np.arange(40), 2)
    x += chance.normal(size=(40, 5))[who] * 9
    centred = movement.within(x, who, ["sad"] * 80)
    pairs = x.reshape(40, 2, 5)
    differences = (pairs - pairs[:, ::-1]).reshape(80, 5)
    line = LogisticRegression(C=4).fit(centred, genuine)
    theirs = LogisticRegression(C=1).fit(differences, genuine)
    np.testing.assert_allclose(line.coef_, 2 * theirs.coef_, rtol=1e-2)
    order = chance.permutation(80)
    again = movement.within(x[order], who[order], ["sad"] * 80)
    np.testing.assert_allclose(again, centred[order])


# -- movement of a film ------------------------------------------------------

HOW = (24, 8, (320, 320), np.zeros(2))  # three seconds


def acted(person, emotion):
    """Pictures, and the true course of the channels since the first of them."""
    causes = Causes(person, emotion, take="a", setup=person)
    points = truth.points(causes, *HOW)
    nose = points["head"][:, :1]
    brow, mouth = points["brow"] - nose, points["mouth"] - nose
    upper, lower = points["lid"][:, :2], points["lid"][:, 2:]
    left, right = np.moveaxis(np.sort(mouth[:, :2], axis=1), 1, 0)
    known = {
        "brows up": -brow[..., 1].mean(axis=1),
        "lids closed": (upper - lower)[..., 1].mean(axis=1),
        "corners up": -mouth[:, :2, 1].mean(axis=1),
        "corners out": (right - left)[:, 0],
        "mouth open": mouth[:, 3, 1] - mouth[:, 2, 1],
    }
    return np.stack(list(face.frames(causes, *HOW))), known


@pytest.fixture(scope="module")
def smiling():
    return acted(7, "happy")


def of_pictures(pictures, folder, **how):
    file = folder / "face.mp4"
    write_video(file, pictures, 8)
    return dict(zip(CHANNELS, Movement(**how)(file).T, strict=True))


def test_channels_follow_what_truly_moves(smiling, tmp_path):
    """What moves in a display; lids, which blink, in both."""
    expected = {
        "happy": {"lids closed": 0.85, "corners up": 0.85, "corners out": 0.85},
        "surprised": {"lids closed": 0.85, "brows up": 0.5, "mouth open": 0.8},
    }
    for emotion, least in expected.items():
        pictures, known = smiling if emotion == "happy" else acted(3, emotion)
        found = of_pictures(pictures, tmp_path)
        for name, share in least.items():
            assert np.corrcoef(known[name], found[name])[0, 1] > share, name


def test_a_head_that_moves_as_a_whole_shows_nothing(smiling, tmp_path):
    first = smiling[0][0]
    moved = [
        cv2.warpAffine(first, np.float32([[1, 0, n], [0, 1, -n]]), (320, 320),
                       borderMode=cv2.BORDER_REPLICATE)
        for n in range(6)
    ]  # fmt: skip
    found = of_pictures(moved, tmp_path)
    still = {name: abs(values).max() for name, values in found.items()}
    closed = still.pop("lids closed")
    assert closed < 0.15 and max(still.values()) < 0.05


def test_a_mirrored_face_is_uneven_the_other_way(smiling, tmp_path):
    found = of_pictures(smiling[0], tmp_path)
    mirrored = of_pictures(smiling[0][:, :, ::-1], tmp_path)
    for name in ("corners up", "corners out", "lids closed"):
        assert np.corrcoef(found[name], mirrored[name])[0, 1] > 0.9
    assert np.corrcoef(found["uneven"], mirrored["uneven"])[0, 1] < -0.7


def test_frames_before_the_first_face_count_and_some_are_skipped(smiling, tmp_path):
    dark = np.zeros_like(smiling[0][:3])
    write_video(tmp_path / "a.mp4", [*dark, *smiling[0][:9]], 8)
    rows = Movement()(tmp_path / "a.mp4")
    assert rows.shape == (12, 7) and rows.dtype == np.float32
    assert abs(rows[3]).max() == 0  # the first with a face is where all begins
    assert np.isfinite(rows).all()
    assert len(Movement(every=2)(tmp_path / "a.mp4")) == 6


def test_a_film_tells_how_many_frames_a_second_it_has(smiling, tmp_path):
    for rate in (8, 25, 100):
        write_video(tmp_path / "a.mp4", smiling[0][:7], rate)
        assert streams.frame_rate(tmp_path / "a.mp4") == rate
    (tmp_path / "a.mp4").write_bytes(b"no film")
    with pytest.raises(MediaError):
        streams.frame_rate(tmp_path / "a.mp4")


def test_a_film_is_decoded_once_for_pictures_and_movement(smiling, tmp_path):
    file = tmp_path / "a.mp4"
    write_video(file, smiling[0][:8], 8)
    frames, moving = faces.Frames(2, 32), Movement()
    both = film.at_once(str(file), [frames, moving])
    assert np.array_equal(both[0], frames(file))
    assert np.array_equal(both[1], moving(file))


def test_a_film_without_a_face_or_too_short_is_named(smiling, tmp_path):
    file = tmp_path / "a.mp4"
    write_video(file, np.zeros((8, 64, 64, 3), np.uint8), 8)
    with pytest.raises(MediaError, match="no face in any frame"):
        Movement()(file)
    write_video(file, smiling[0][:4], 8)
    with pytest.raises(MediaError, match="4 frames, fewer than 6"):
        Movement()(file)
    for wrong in ({"method": "guess"}, {"every": 0}, {"side": 8}):
        with pytest.raises(UsageError, match="method 'guess'|every is|1 or more"):
            Movement(**wrong)
