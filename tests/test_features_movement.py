"""The winners' descriptor by hand, and what a linear model makes of pairs."""

import numpy as np
import pytest
from scipy import signal
from sklearn.linear_model import LogisticRegression

from emolib import UsageError, labels
from emolib.features import movement


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
