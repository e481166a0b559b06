"""What intervals near a score of one are worth, and what stands where nobody errs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

import numpy as np

from emolib import PUBLISHED

COVERAGE = "benchmarks/intervals.json"
"""How often intervals hold the truth, as `benchmarks/intervals.py` found."""


def least(n: int, level: float = 0.95) -> float:
    """The least accuracy that fits n people none of whom errs; exact, one-sided.

    They do not differ, so no interval can be had from how they differ. But whoever is
    right in a share of cases errs nowhere with that probability at most: with a mean of
    less than this, n people would err nowhere in fewer than one set of twenty.

    >>> round(least(12), 3)
    0.779
    """
    return (1 - level) ** (1 / n)


def held(metric: str, found: Mapping) -> str:
    """How often an interval so near one holds the truth; "" if about as often as it
    says. Of the simulated cells that are nearest in people, between those nearest in
    the score: people differ more in the one and less in the other.

    Args:
        metric: such as `accuracy`.
        found: its value, low and n, as a record holds them.

    >>> near = {"value": 0.95, "low": 0.9, "n": 24}
    >>> held("accuracy", near).partition(" in about ")[0]
    ' So near one such an interval holds the truth'
    >>> held("accuracy", near | {"value": 0.8})
    ''
    """
    value, low = found["value"], found["low"]
    if low is None or np.isnan(low) or low == 1 or value < 0.9:
        return ""
    told, means = _covered(), (0.5, 0.8, 0.95, 0.99)
    score = metric if metric in ("uar", "macro_f1") else "accuracy"
    used = [row for row in told if row["in use"] and row["score"] == score]
    people = min((row["people"] for row in used), key=lambda n: abs(n - found["n"]))
    shares = sorted(
        float(np.interp(value, means, [row[str(mean)] for mean in means]))
        for row in used
        if row["people"] == people
    )
    if shares[0] >= 0.93:
        return ""
    often = f"{100 * shares[0]:.0f} to {100 * shares[-1]:.0f} of 100 cases, not in 95"
    return f" So near one such an interval holds the truth in about {often}."


@cache
def _covered() -> list[dict]:
    return json.loads((PUBLISHED / COVERAGE).read_text("utf-8"))["rows"]
