"""Checks of the exercises of the chapter on confounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from emolib.exercises import Wrong, a_function, a_number, check


@check
def check_1(answer: Mapping) -> str:
    """Which design shows that a result rested on a planted cause."""
    if not isinstance(answer, Mapping):
        raise Wrong(f"a dict is asked for, not {type(answer).__name__}")
    seen_by = {"person": "people", "sentence": "sentences", "room": "rooms"}
    if missing := set(seen_by) - set(answer):
        raise Wrong(f"nothing is said of {', '.join(sorted(missing))}")
    for cause, design in seen_by.items():
        if answer[cause] not in ("clips", *seen_by.values()):
            raise Wrong(f"{answer[cause]!r} is none of the four designs")
        if answer[cause] != design:
            raise Wrong(
                f"with {answer[cause]} apart, both sides still share every {cause}"
            )
    return "Each design sees what it holds apart, and nothing that both sides share."


@check
def check_2(answer: Callable) -> str:
    """The most that one threshold on one number can be right."""
    best = a_function(answer)
    cases = [
        ([1, 2, 3, 4], [0, 0, 1, 1], "the classes lie apart", 1.0),
        ([1, 2, 3, 4], [1, 1, 0, 0], "the higher numbers are of class 0", 1.0),
        ([1, 2, 3, 4], [0, 1, 1, 0], "one class lies between the other", 0.75),
        ([5, 5, 5, 5], [0, 1, 1, 1], "all numbers are the same", 0.75),
        ([1, 1, 2, 2], [0, 1, 0, 1], "numbers are equal by twos", 0.5),
    ]
    for x, y, what, expected in cases:
        told = a_number(best(np.array(x), np.array(y)), 0, 1)
        if abs(told - expected) > 1e-9:
            raise Wrong(f"where {what}, {told:g} is not the most that can be right")
    return "So much may stand in one number that nobody meant to record."


@check
def check_3(answer: Callable) -> str:
    """Which items show a class with a cause that training never had together."""
    unmet = a_function(answer)
    items = pd.DataFrame(
        {
            "emotion": ["sad", "sad", "happy", "happy", "sad", "happy"],
            "sentence": ["one", "two", "one", "two", "one", "one"],
            "room": ["a", "a", "a", "b", "b", "b"],
        }
    )
    for cause, train, expected in (
        ("sentence", [0, 3], [False, True, True, False, False, True]),
        ("room", [0, 3], [False, False, True, False, True, False]),
        ("sentence", [0, 1, 2, 3], [False] * 6),
    ):
        told = np.asarray(unmet(items, np.array(train), cause))
        if told.shape != (len(items),) or told.dtype != bool:
            raise Wrong(f"{len(items)} values, each true or false, are asked for")
        if told.tolist() != expected:
            n = np.flatnonzero(told != expected)[0]
            one = items.loc[n]
            raise Wrong(
                f"trained on {train}: {one['emotion']} with {cause} {one[cause]} is "
                f"{'known' if told[n] else 'new'} there"
            )
    return "On these a model has to choose between the two."


@check
def check_4(answer: Callable) -> str:
    """How often most of several raters are right."""
    majority = a_function(answer)
    for share, raters in ((0.7, 1), (0.7, 3), (0.6, 5), (0.4, 7), (0.5, 9)):
        told = a_number(majority(share, raters), 0, 1)
        if abs(told - _most(share, raters)) > 1e-9:
            raise Wrong(
                f"of {raters} raters who are each right in {share:g} of cases, most "
                f"are not right in {told:.3f} of them: how many of {raters} are most?"
            )
    return "Voting lifts those who are right more often than not, and no others."


@check
def check_5(answer: Callable) -> str:
    """How many raters a machine is worth."""
    worth = a_function(answer)
    for machine, share in ((0.6, 0.7), (0.75, 0.7), (0.9, 0.7), (0.9, 0.55)):
        told = a_number(worth(machine, share), 1)
        if told != (wanted := _worth(machine, share)):
            raise Wrong(
                f"a machine that is right in {machine:g} of cases, raters in "
                f"{share:g}: {told:g} is too {'many' if told > wanted else 'few'}, if "
                "their number is odd"
            )
    if worth(0.8, 0.5) != math.inf:
        raise Wrong("of raters who toss a coin no number is enough: give math.inf")
    return "That holds for raters who err each for themselves; real ones err together."


def _most(share: float, raters: int) -> float:
    from scipy.stats import binom

    return float(binom.sf(raters // 2, raters, share))


def _worth(machine: float, share: float) -> int:
    return next(n for n in range(1, 9999, 2) if _most(share, n) >= machine)
