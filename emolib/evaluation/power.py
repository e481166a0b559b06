"""How many people a result needs before it can be told from another one.

People differ, and clips are few. So whole studies are drawn: people with an accuracy
of their own each, clips that they get right by it, and the test that is used here,
Student's t on people's means. How often it finds what is there is its power.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from emolib import UsageError
from emolib.evaluation.intervals import Interval
from emolib.evaluation.items import group_codes

MOST = 4096
"""More people than this are not drawn: each costs memory for every study."""


def spread(right: ArrayLike, people: ArrayLike) -> float:
    """By how much people's own accuracies differ (a standard deviation).

    What is only the chance of few clips is taken off; 0 where there is no more.

    Args:
        right: 1 or 0 for each clip, or a share.
        people: whom each shows.

    >>> spread([1, 1, 1, 1, 0, 0, 0, 0], ["p"] * 4 + ["q"] * 4)
    0.7071067811865476
    """
    right = np.asarray(right, np.float64)
    codes, size = group_codes(people, len(right))
    counts = np.bincount(codes, minlength=size)
    if size < 2 or counts.min() < 2:
        raise UsageError("a spread needs two people, and two clips of each")
    means = np.bincount(codes, right, size) / counts
    squares = np.bincount(codes, (right - means[codes]) ** 2, size)
    by_chance = squares / (counts - 1) / counts
    return math.sqrt(max(means.var(ddof=1) - by_chance.mean(), 0.0))


def of_accuracy(
    people: int,
    mean: float,
    spread: float,
    clips: int,
    chance: float = 0.5,
    sets: int = 4000,
    seed: int = 0,
    level: float = 0.95,
) -> float:
    """How often an accuracy is found to be above chance.

    Args:
        people: how many are tested.
        mean: the true accuracy, over all people that there are.
        spread: by how much people differ; see `spread`.
        clips: of each person.
        chance: what guessing gives.
        sets: how many studies are drawn.
        seed: of the draws.
        level: of the two-sided test.

    >>> of_accuracy(10, 1.0, 0.0, 12)
    1.0
    """
    draw = np.random.default_rng(seed)
    own = _beta(draw, mean, spread, (sets, people))
    return _found(draw.binomial(clips, own) / clips - chance, level)


def of_difference(
    people: int,
    gain: float,
    spread: float,
    clips: int,
    differing: float = 0.3,
    sets: int = 4000,
    seed: int = 0,
    level: float = 0.95,
) -> float:
    """How often one system is found to be better than another on the same clips.

    Args:
        gain: the true difference of their accuracies, over all people.
        spread: by how much it differs from person to person.
        differing: the share of clips that just one of the two gets right.
        people, clips, sets, seed, level: as in `of_accuracy`.
    """
    if not abs(gain) <= differing <= 1:
        raise UsageError(
            f"gain={gain}, differing={differing}: systems that differ by a gain answer "
            "otherwise at least that often, and at most always"
        )
    draw = np.random.default_rng(seed)
    scaled = _beta(draw, *_to_unit(gain, spread, differing), (sets, people))
    differ = draw.binomial(clips, differing, (sets, people))
    only_one = draw.binomial(differ, scaled)
    return _found((2 * only_one - differ) / clips, level)


def needed(power: Callable[[int], float], wanted: float = 0.8) -> int | None:
    """The fewest people with which a study has the power that is wanted.

    Args:
        power: of a number of people, such as
            `lambda people: of_accuracy(people, 0.55, 0.1, 12)`.
        wanted: how often it is to find what is there.

    Returns:
        None if `MOST` are too few.

    >>> needed(lambda people: people / 100)
    80
    """
    high = 2
    while power(high) < wanted:
        high *= 2
        if high > MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= wanted else (middle, high)
    return high


def outlook(
    gain: float,
    people: int,
    differing: float = 0.3,
    wanted: float = 0.8,
    **drawn: float,
) -> dict[str, float | int | None]:
    """What studies make of a true gain in accuracy, against guessing and between two.

    Args:
        gain: over guessing among two, or of one system over another.
        people: of the study in question.
        differing: as in `of_difference`.
        wanted: as in `needed`.
        drawn: spread, clips, sets, seed, level, as in `of_accuracy`.

    Returns:
        How often that study finds the gain over guessing, and how many people find it
        as often as is wanted, against guessing and of two systems.
    """
    guessing = partial(of_accuracy, mean=0.5 + gain, **drawn)
    another = partial(of_difference, gain=gain, differing=differing, **drawn)
    return {
        f"found with {people} people": guessing(people),
        "people, against guessing": needed(guessing, wanted),
        "people, two systems": needed(another, wanted),
    }


def interval_of(
    value: float, people: int, clips: int, spread: float = 0.0, level: float = 0.95
) -> Interval:
    r"""The interval of an accuracy of which nothing but the number is known.

    .. math:: p \pm t_{n-1} \sqrt{\frac{s^2 + p (1 - p) / m}{n}}

    with n people, m clips of each, and s the spread, which is supposed. With s = 0 it
    is as narrow as it can be: nobody is easier to read than anybody else.

    Args:
        value: the accuracy.
        people, clips, spread, level: as in `of_accuracy`; several pictures of a clip
            that say the same are one clip.

    >>> print(interval_of(0.5, 10, 12))
    50.0 % [39.7, 60.3], 10 subjects
    """
    from scipy.special import stdtrit

    if people < 2:
        raise UsageError(f"people={people}: an interval over people needs two of them")
    variance = (spread**2 + value * (1 - value) / clips) / people
    half = float(stdtrit(people - 1, (1 + level) / 2)) * math.sqrt(variance)
    return Interval(value, max(value - half, 0.0), min(value + half, 1.0), people)


def _beta(
    draw: np.random.Generator, mean: float, spread: float, shape: tuple[int, int]
) -> np.ndarray:
    """Shares around a mean; from a beta distribution of that spread."""
    if not 0 <= mean <= 1 or spread < 0:
        raise UsageError(f"mean={mean}, spread={spread}: a share, and not below 0")
    room = mean * (1 - mean)
    if spread == 0 or room == 0:
        return np.full(shape, mean)
    if spread**2 >= room:
        raise UsageError(
            f"spread={spread}: shares with a mean of {mean} differ by less than "
            f"{math.sqrt(room):.3g}"
        )
    strength = room / spread**2 - 1
    return draw.beta(mean * strength, (1 - mean) * strength, shape)


def _to_unit(gain: float, spread: float, differing: float) -> tuple[float, float]:
    """Of clips on which two systems differ, the share of the first, and its spread."""
    return (1 + gain / differing) / 2, spread / differing / 2


def _found(values: np.ndarray, level: float) -> float:
    """The share of studies, a row each, whose t test says above 0."""
    from scipy.special import stdtrit

    people = values.shape[1]
    if people < 2:
        raise UsageError(f"people={people}: a test over people needs two of them")
    error = values.std(axis=1, ddof=1) / math.sqrt(people)
    mean = values.mean(axis=1)
    beyond = float(stdtrit(people - 1, (1 + level) / 2))
    return float((mean > beyond * error).mean())
