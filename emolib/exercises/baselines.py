"""Checks of the exercises of the chapter on baselines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from emolib.exercises import Wrong, a_function, a_number, check


@check
def check_1(answer: Callable) -> str:
    """A choice by held-out people of the training side."""
    chosen = a_function(answer)
    for swapped in (False, True):
        models, x, y, people = _listener_and_rememberer()
        models = models[::-1] if swapped else models
        number = chosen(models, x.copy(), y.copy(), people.copy())
        if number not in (0, 1):
            raise Wrong("the number of a model is asked for, from 0")
        if number != int(not swapped):
            raise Wrong(
                "a model was chosen that knows people again and has learned nothing "
                "of the classes: whom was it asked about?"
            )
    return "What it is right about now, it is right about in strangers."


def _listener_and_rememberer() -> tuple[list, np.ndarray, np.ndarray, np.ndarray]:
    """A model that knows people by heart, one that hears; each person has a habit."""
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.tree import DecisionTreeClassifier

    chance = np.random.default_rng(0)
    people = np.repeat(np.arange(12), 10)
    # Nine in ten clips of a person are of one class, so that knowing them pays.
    habit = np.tile([0, 1], 6)[people]
    y = np.where(chance.random(120) < 0.9, habit, 1 - habit)
    heard = y + chance.normal(0, 0.8, 120)
    x = np.column_stack([100 * chance.permutation(12)[people], heard])
    return (
        [KNeighborsClassifier(1), _second(DecisionTreeClassifier(max_depth=1))],
        x,
        y,
        people,
    )


def _second(model: Any) -> Any:
    """A model that is given the second number alone."""
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import make_pipeline

    return make_pipeline(ColumnTransformer([("heard", "passthrough", [1])]), model)


@check
def check_2(answer: Callable) -> str:
    """Bayes' rule for two models that both know how frequent the classes are."""
    joined = a_function(answer)
    chance = np.random.default_rng(1)
    shares = np.array([0.1, 0.3, 0.6])
    ways = [chance.dirichlet(np.ones(5), 3) for _ in range(2)]  # of what is seen
    seen = chance.integers(0, 5, size=(40, 2))
    likely = [way[:, seen[:, n]].T for n, way in enumerate(ways)]
    a, b = (one * shares / (one * shares).sum(axis=1, keepdims=True) for one in likely)
    both = likely[0] * likely[1] * shares
    wanted = both / both.sum(axis=1, keepdims=True)
    found = np.asarray(joined(a.copy(), b.copy(), shares.copy()), float)
    if found.shape != wanted.shape:
        raise Wrong("a row for each clip and a column for each class are asked for")
    if not np.allclose(found.sum(axis=1), 1):
        raise Wrong("the rows do not sum to one")
    plain = a * b / (a * b).sum(axis=1, keepdims=True)
    if np.allclose(found, plain):
        raise Wrong(
            "that is the plain product, in which frequent classes are favoured twice"
        )
    if not np.allclose(found, wanted, atol=1e-6):
        raise Wrong("how frequent a class is should count once: it is in both tables")
    return "With equal shares it is the plain product again."


@check
def check_3(answer: Callable) -> str:
    """A person's mean, shrunk."""
    shrunk = a_function(answer)
    chance = np.random.default_rng(2)
    between, within = np.array([4.0, 1.0, 0.0]), np.array([1.0, 1.0, 2.0])
    for count in (1, 8, 60):
        clips = chance.normal(1, 1, size=(count, 3))
        found = np.asarray(shrunk(clips.copy(), between, within), float)
        if found.shape != (3,):
            raise Wrong("one number for each column is asked for")
        if count == 1 and np.allclose(found, clips.mean(axis=0)):
            raise Wrong("of a single clip, all of the mean is believed")
        wanted = count * between / (count * between + within) * clips.mean(axis=0)
        if not np.allclose(found, wanted):
            raise Wrong(f"with {count} clips it is shrunk too far, or not far enough")
    return "Many clips speak for themselves; few are believed as far as people differ."


@check
def check_4(answer: Callable) -> str:
    """What the best of several equal systems is expected to have."""
    from scipy.stats import binom

    luckiest = a_function(answer)
    for systems, share, clips in ((1, 0.5, 100), (20, 0.5, 100), (24, 0.125, 1440)):
        found = a_number(luckiest(systems, share, clips), 0, 1)
        below = binom.cdf(np.arange(clips), clips, share) ** systems
        wanted = (clips - below.sum()) / clips
        # A simulation is as good as the formula: it may be off by a little.
        if abs(found - wanted) > 0.004:
            raise Wrong(
                f"the best of {systems}, each right on {share:g} of {clips} clips: "
                f"{found:.3f} is {'more' if found > wanted else 'less'} than expected"
            )
    return "So much is to be had for nothing by asking often."


@check
def check_5(answer: Callable) -> str:
    """Which questions stand in no plan."""
    unplanned = a_function(answer)
    for planned, asked in (
        (["a", "b", "c"], ["a", "b"]),
        (["a", "b"], ["b", "c", "a"]),
        (["a", "b"], ["a", "a", "a", "b"]),
        (["a", "a", "b"], ["a", "a", "d", "d"]),
    ):
        found = unplanned(list(planned), list(asked))
        if isinstance(found, str) or not hasattr(found, "__iter__"):
            raise Wrong("a list of questions is asked for")
        found, wanted = Counter(found), Counter(asked) - Counter(planned)
        if found != wanted:
            extra = found - wanted
            raise Wrong(
                f"planned {planned}, asked {asked}: "
                + (
                    "too many are named"
                    if extra
                    else "some are not named, or too rarely"
                )
            )
    return "Whoever keeps such a list can say how often they looked."
