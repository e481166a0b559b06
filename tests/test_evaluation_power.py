"""Power by simulation against the noncentral t of scipy, and against studies drawn."""

import numpy as np
import pytest
from scipy import stats

from emolib import UsageError
from emolib.evaluation import power
from emolib.evaluation.intervals import interval


def by_formula(people, gain, deviation, level=0.95):
    """Of a t test on people whose means are normal: the noncentral t distribution."""
    critical = stats.t.ppf((1 + level) / 2, people - 1)
    return stats.nct.sf(critical, people - 1, gain / deviation * people**0.5)


@pytest.mark.parametrize("people", [10, 20, 50])
@pytest.mark.parametrize("mean, spread", [(0.55, 0.1), (0.6, 0.1), (0.53, 0.0)])
def test_power_against_chance_is_that_of_the_noncentral_t(people, mean, spread):
    """Variance of a person's share: of people, and p (1 - p) / clips within them."""
    clips = 60
    within = (mean * (1 - mean) - spread**2) / clips
    expected = by_formula(people, mean - 0.5, (spread**2 + within) ** 0.5)
    found = power.of_accuracy(people, mean, spread, clips)
    assert found == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("people, gain, spread", [(10, 0.1, 0.1), (40, 0.04, 0.0)])
def test_power_between_two_systems_too(people, gain, spread):
    """A clip's difference is 1, 0 or -1; its square is `differing` on average."""
    clips, differing = 60, 0.3
    within = (differing - gain**2 - spread**2) / clips
    expected = by_formula(people, gain, (spread**2 + within) ** 0.5)
    found = power.of_difference(people, gain, spread, clips, differing)
    assert found == pytest.approx(expected, abs=0.03)


def test_where_there_is_nothing_it_is_found_as_often_as_the_level_allows():
    """Two-sided at 95 %: above chance in 2.5 % of studies."""
    for found in (
        power.of_accuracy(10, 0.5, 0.1, 12),
        power.of_difference(10, 0.0, 0.1, 12),
    ):
        assert 0.015 < found < 0.037


def test_people_needed_by_formula():
    within = (0.55 * 0.45 - 0.01) / 12
    deviation = (0.01 + within) ** 0.5
    expected = next(n for n in range(2, 500) if by_formula(n, 0.05, deviation) >= 0.8)
    found = power.needed(lambda people: power.of_accuracy(people, 0.55, 0.1, 12))
    assert found == pytest.approx(expected, rel=0.1)
    assert power.needed(lambda people: 0.1) is None
    assert power.needed(lambda people: 1.0) == 2


def test_an_outlook_is_what_is_found_and_who_is_needed():
    drawn = {"spread": 0.1, "clips": 12, "sets": 400}
    found = power.outlook(0.2, 10, differing=0.4, **drawn)
    assert found["found with 10 people"] == power.of_accuracy(10, 0.7, **drawn)
    guessing = found["people, against guessing"]
    assert power.of_accuracy(guessing, 0.7, **drawn) >= 0.8
    assert power.of_accuracy(guessing - 1, 0.7, **drawn) < 0.8
    two = power.needed(lambda n: power.of_difference(n, 0.2, differing=0.4, **drawn))
    assert found["people, two systems"] == two


def test_the_spread_of_people_is_found_again():
    draw = np.random.default_rng(0)
    own = draw.beta(12, 12, 3000)  # a spread of 0.1
    right = draw.random((3000, 12)) < own[:, None]
    people = np.repeat(np.arange(3000), 12)
    assert power.spread(right.ravel(), people) == pytest.approx(0.1, abs=0.01)
    alike = draw.random(36000) < 0.5
    assert power.spread(alike, people) < 0.03
    with pytest.raises(UsageError, match="two people"):
        power.spread([1, 0], ["p", "q"])


def test_an_interval_of_a_number_alone_covers_as_often_as_it_says():
    draw = np.random.default_rng(1)
    own = draw.beta(12, 12, (4000, 10))
    values = (draw.binomial(12, own) / 12).mean(axis=1)
    spread = 0.1 * (11 / 12) ** 0.5  # a binomial's own part is p (1 - p) / 12 less it
    found = [power.interval_of(value, 10, 12, spread) for value in values]
    inside = np.mean([one.low <= 0.5 <= one.high for one in found])
    assert 0.95 <= inside < 0.98  # that spread is known, and t wider than needed


def test_it_is_the_interval_over_people_where_they_are_known():
    """Ten people, twelve clips each; the spread that they show, chance included."""
    shares = np.array([3, 5, 6, 6, 7, 7, 8, 6, 5, 4])
    right = (np.arange(12) < shares[:, None]).ravel().astype(float)
    known = interval(right, np.repeat(np.arange(10), 12))
    value, means = right.mean(), shares / 12
    spread = (means.var(ddof=1) - value * (1 - value) / 12).clip(0) ** 0.5
    found = power.interval_of(value, 10, 12, spread)
    if spread:
        assert found.low == pytest.approx(known.low)
    assert found.high - found.low >= known.high - known.low - 1e-9


def test_what_cannot_be_is_refused():
    with pytest.raises(UsageError, match="differ by less than"):
        power.of_accuracy(10, 0.9, 0.4, 12)
    with pytest.raises(UsageError, match="needs two"):
        power.of_accuracy(1, 0.5, 0.1, 12)
    with pytest.raises(UsageError, match="answer otherwise"):
        power.of_difference(10, 0.2, 0.1, 12, differing=0.1)
    with pytest.raises(UsageError, match="needs two"):
        power.interval_of(0.5, 1, 12)
