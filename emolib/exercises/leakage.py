"""Checks of the exercises of the chapter on leakage."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from emolib.exercises import Wrong, a_function, a_number, check

CLOSED = {"windows", "copies", "pictures", "person"}
"""The leaks that keeping people apart closes, by their short names."""


@check
def check_1(answer: Callable) -> str:
    """Standardised by what the training side knows."""
    scaled = a_function(answer)
    chance = np.random.default_rng(0)
    x = chance.normal(5, 2, (40, 3)) + np.linspace(0, 6, 40)[:, None]
    train = np.arange(30)
    found = np.asarray(scaled(x.copy(), train), float)
    if found.shape != x.shape:
        raise Wrong(f"all {len(x)} rows are asked for, of {x.shape[1]} numbers each")
    if not np.allclose(found[train].mean(axis=0), 0, atol=1e-6):
        raise Wrong("the training rows do not have mean 0: whose mean was taken away?")
    if not np.allclose(found[train].std(axis=0), 1, atol=0.03):
        raise Wrong("the training rows do not have a spread of 1")
    other = x.copy()
    other[30:] += chance.normal(size=(10, 3))
    if not np.allclose(scaled(other, train)[train], found[train]):
        raise Wrong("the training rows change when only test rows do")
    gaps = (found[30:] - found[:1]) * x[train].std(axis=0)
    if not np.allclose(gaps, x[30:] - x[:1], rtol=0.05):
        raise Wrong("test rows are moved and stretched as the training rows are")
    return "Nothing that is known of the test rows went into it."


@check
def check_2(answer: Iterable[str], leaks: Iterable[str]) -> str:
    """Which leaks keeping people apart closes."""
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise Wrong("a set of short names is asked for")
    named, known = set(answer), set(leaks)
    if unknown := named - known:
        raise Wrong(f"{sorted(map(str, unknown))[0]} is no short name of a leak here")
    if extra := named - CLOSED:
        raise Wrong(
            f"{len(extra)} of those named stay open: do they need anything of a tested "
            "person on the training side?"
        )
    if lacking := (CLOSED & known) - named:
        raise Wrong(
            f"{len(lacking)} more: what else can only pass where somebody is on both "
            "sides?"
        )
    return "The others pass whoever is apart: a sentence with others, the rest by hand."


@check
def check_3(answer: Callable) -> str:
    """What the best of several runs is expected to have."""
    luck = a_function(answer)
    for scores, n, expected in (
        ([0.4, 0.5, 0.6], 3, 0.6),
        ([0.4, 0.5, 0.6], 1, 0.5),
        ([0.4, 0.5, 0.6], 2, (0.5 + 0.6 + 0.6) / 3),
        ([0.2, 0.3, 0.5, 0.8], 2, (0.3 + 0.5 + 0.8 + 0.5 + 0.8 + 0.8) / 6),
    ):
        found = a_number(luck(scores, n))
        if abs(found - expected) > 0.01:
            raise Wrong(
                f"of {scores} the best of {n} comes out as {found:.3f}. Take every way "
                "to pick so many of them, and the mean of what is best in each"
            )
    return "So much is gained by trying again, and by nothing else."


@check
def check_4(answer: Callable) -> str:
    """Pictures that are all but equal, put together."""
    groups = a_function(answer)
    for seed, spread in ((0, 1.0), (1, 30.0)):
        chance = np.random.default_rng(seed)
        whose = chance.permutation(np.repeat(np.arange(12), [1, 2, 3] * 4))
        pictures = spread * chance.normal(size=(12, 64))[whose]
        pictures += spread * 0.02 * chance.normal(size=pictures.shape)
        found = list(groups(pictures.copy()))
        if len(found) != len(pictures):
            raise Wrong(f"a name for each of {len(pictures)} pictures is asked for")
        alike = np.equal.outer(found, found)
        true = np.equal.outer(whose, whose)
        if (true & ~alike).any():
            raise Wrong("two pictures that are all but equal got two names")
        if (alike & ~true).any():
            raise Wrong(
                "two pictures that have nothing to do with each other got one name; "
                "near is near beside the usual distance"
            )
    return "Now `ClipKFold` can hold them apart, whatever their files are called."


def _listener() -> type:
    """A class; what it descends from is imported when it is wanted."""
    from sklearn.base import BaseEstimator, ClassifierMixin

    class Listener(ClassifierMixin, BaseEstimator):
        """Knows people by their first number, and notes whom it is asked about."""

        asked: list[tuple[set, set]] = []

        def fit(self, x: Any, y: Any) -> Listener:
            x = np.asarray(x)
            self.classes_, self.known_ = np.unique(y), set(x[:, 0])
            return self

        def predict_proba(self, x: Any) -> np.ndarray:
            x = np.asarray(x)
            type(self).asked.append((self.known_, set(x[:, 0])))
            shares = np.abs(np.sin(x[:, :1] + np.arange(len(self.classes_)) + 1)) + 0.1
            return shares / shares.sum(axis=1, keepdims=True)

        def predict(self, x: Any) -> np.ndarray:
            return self.classes_[self.predict_proba(x).argmax(axis=1)]

    return Listener


@check
def check_5(answer: Callable) -> str:
    """What a stacker may learn from: answers about people who were not trained on."""
    told = a_function(answer)
    people, y = np.repeat(np.arange(6), 6), np.tile(np.arange(3), 12)
    x = np.column_stack([people, np.arange(36.0)])
    listener = _listener()
    found = np.asarray(told(listener(), x, y, people), float)
    if found.shape != (36, 3):
        raise Wrong("a row for each item and a column for each class are asked for")
    if not np.allclose(found, listener().fit(x, y).predict_proba(x)):
        raise Wrong("the rows are not in the items' own order")
    if any(known & of for known, of in listener.asked[:-1]):
        raise Wrong("a model was asked about people whom it had learned from")
    if not listener.asked[:-1]:
        raise Wrong("the model was never asked")
    return "A stacker that learns from these sees each model as strangers see it."
