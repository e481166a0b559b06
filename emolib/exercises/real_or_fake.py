"""Checks of the exercises of chapter E."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from emolib.exercises import Wrong, a_function, a_number, a_split, check

CLASSES, CLIPS, BATCH = 12, 120, 24


@check
def check_1(answer: Callable) -> str:
    """The multi-focal loss of one answer."""
    loss = a_function(answer)
    shares, y, alpha, gamma = np.array([0.7, 0.2, 0.1]), 1, 0.25, 2.0
    true, false = _halves(shares, y, alpha, gamma)
    found = a_number(loss(shares, y, alpha, gamma))
    for value, hint in (
        (true, "that is the first half alone, of the true class; what of the others?"),
        (true - false, "here the minus before the sum stands before one half only"),
        ((true + false) / 3, "add the classes up, without a mean over them"),
        (-true - false, "a loss is above zero: mind the minus before the sum"),
        (-math.log(shares[y]), "that is cross-entropy: nothing is weighed"),
    ):
        if abs(found - value) < 1e-6:
            raise Wrong(hint)
    for given in (
        (shares, y, alpha, gamma),
        (np.array([0.1, 0.6, 0.2, 0.1]), 3, 0.6, 0.5),
        (np.array([0.5, 0.5]), 0, 0.5, 0.0),
    ):
        if abs(a_number(loss(*given)) - sum(_halves(*given))) > 1e-6:
            raise Wrong(
                "the true class has alpha and what is missing to one, to the power of "
                "gamma; each other class 1 - alpha and its own share, to that power"
            )
    sure = np.array([0.98, 0.01, 0.01])
    ratio = sum(_halves(sure, 1, alpha, gamma)) / (true + false)
    return f"Sure of a wrong class, it is {ratio:.0f} times as much."


@check
def check_2(answer: Callable, items: pd.DataFrame) -> str:
    """A fifth of the people tested, by a sorted and seeded list."""
    divide = a_function(answer)
    train, test = a_split(lambda table: divide(table, 0), items)
    learned, tested = (set(items["subject"].iloc[side]) for side in (train, test))
    people = sorted(set(items["subject"]))
    if learned & tested:
        raise Wrong(f"{len(learned & tested)} people are on both sides")
    if len(train) + len(test) != len(items):
        raise Wrong("each item belongs on one side")
    if len(tested) != round(len(people) / 5):
        raise Wrong(f"a fifth of {len(people)} people is asked for")
    turned = items.sample(frac=1, random_state=3).reset_index(drop=True)
    _, again = a_split(lambda table: divide(table, 0), turned)
    if set(turned["subject"].iloc[again]) != tested:
        raise Wrong(
            "the same table in another order divides people otherwise, as folders "
            "would in the order that some machine lists them in"
        )
    others = [a_split(lambda t, s=s: divide(t, s), items)[1] for s in range(1, 6)]
    if all(set(items["subject"].iloc[side]) == tested for side in others):
        raise Wrong("another seed should test other people")
    return f"{len(tested)} people are tested: the result is theirs."


@check
def check_3(answer: Callable) -> str:
    """Both answers right, and what that were if the tasks were independent."""
    together = a_function(answer)
    draw = np.random.default_rng(0)
    for size, share in ((12, 0.5), (400, 0.7)):
        one = draw.random(size) < share
        other = np.where(one, draw.random(size) < 0.8, draw.random(size) < 0.4)
        try:
            both, independent = together(one, other)
        except TypeError:
            raise Wrong("two numbers are asked for") from None
        right, product = (one & other).mean(), one.mean() * other.mean()
        if abs(both - product) < 1e-9 and abs(independent - right) < 1e-9:
            raise Wrong("the two have changed places")
        if abs(both - (one | other).mean()) < 1e-9:
            raise Wrong("both must be right, not one of them")
        if abs(both - right) > 1e-9:
            raise Wrong("of how many items are both answers right?")
        if abs(independent - (one.mean() + other.mean()) / 2) < 1e-9:
            raise Wrong(
                "that is a mean; with which probability do two tosses both win?"
            )
        if abs(independent - product) > 1e-9:
            raise Wrong(
                "if knowing the one told nothing of the other, both would be ..."
            )
    return (
        "Were an image that is easy in one task easy in the other, more would be right "
        "together than the product says."
    )


@check
def check_4(answer: Callable) -> str:
    """A forced choice: of the two clips of a person and emotion, one is genuine."""
    choose = a_function(answer)
    draw = np.random.default_rng(2)
    pairs = pd.DataFrame(
        {
            "subject": np.repeat(["p", "q", "r", "s", "t", "u"], 4),
            "emotion": np.tile(["sad", "sad", "happy", "happy"], 6),
            "score": draw.random(24) + np.repeat([0, 0.4, -0.4, 0, 0.8, -0.8], 4),
        }
    ).sample(frac=1, random_state=1, ignore_index=True)
    groups = pairs.groupby(["subject", "emotion"])["score"]
    right = (pairs["score"] == groups.transform("max")).to_numpy()
    found = np.asarray(choose(pairs.copy()))
    if found.shape != right.shape:
        raise Wrong("one answer a clip is asked for, true or false")
    if (found.astype(bool) == right).all():
        alone = ((pairs["score"] > pairs["score"].median()) == right).mean()
        return f"One cut for all clips agrees with it in {100 * alone:.0f} %."
    own = pairs["score"] > pairs.groupby("subject")["score"].transform("median")
    if (found == (pairs["score"] > pairs["score"].median()).to_numpy()).all():
        raise Wrong("that is one cut for all; whose clip it is, and of what, is given")
    if (found == own.to_numpy()).all():
        raise Wrong("that cuts at each person's median; the emotion is given as well")
    if (found.astype(bool) == ~right).all():
        raise Wrong("a higher score means rather genuine")
    raise Wrong("of each person and emotion there are two clips: one of them is chosen")


@check
def check_5(answer: tuple[float, float]) -> str:
    """Losses of a network without any opinion."""
    try:
        mean, shown = (a_number(part, 0) for part in answer)
    except (TypeError, ValueError):
        raise Wrong("two numbers are asked for") from None
    chance = math.log(CLASSES)
    if abs(mean - chance) > 0.01:
        if abs(mean - math.log2(CLASSES)) < 0.01:
            raise Wrong("these are bits; cross-entropy has the natural logarithm")
        if abs(mean - 1 / CLASSES) < 0.01:
            raise Wrong("that is the share of the right class; the loss is ... of it")
        raise Wrong("each of the twelve classes has the same share of its confidence")
    expected = CLIPS / BATCH * chance / CLIPS
    if abs(shown - chance / CLIPS) < 1e-4:
        raise Wrong("how many batches are there, each with a mean of its own?")
    if abs(shown - expected) > 5e-4:
        raise Wrong(
            "each batch adds its mean to the sum, and the sum is divided by how many "
            "clips there are"
        )
    return "Table 4.7 has four losses near it, with accuracies near guessing."


@check
def check_6(answer: Callable) -> str:
    """Losses weighted by the precision of each task in a batch."""
    total = a_function(answer)
    y = {"emotion": np.array([0, 0, 1, 2, 3, 3]), "authenticity": np.array([0, 1] * 3)}
    said = {
        "emotion": np.array([0, 1, 1, 1, 3, 0]),
        "authenticity": np.array([0, 0, 0, 0, 0, 1]),
    }
    losses = {"emotion": 1.5, "authenticity": 0.7}
    found = a_number(total(losses, said, y))
    kinds = {
        "a sum": dict.fromkeys(y, 1.0),
        "accuracy": {task: (said[task] == y[task]).mean() for task in y},
        "recall": {task: _recall(said[task], y[task]) for task in y},
        "answered": {task: _precision(said[task], y[task], True) for task in y},
        "precision": {task: _precision(said[task], y[task]) for task in y},
    }
    worth = {k: sum(w[t] * losses[t] for t in y) for k, w in kinds.items()}
    if abs(found - worth["precision"]) < 1e-6:
        return (
            f"The plain sum is {worth['a sum']:.1f}, this {found:.2f}: lower, and no "
            "answer has changed."
        )
    for kind, hint in (
        ("a sum", "that is the plain sum: each loss times its task's precision"),
        ("accuracy", "that is accuracy, which published code calls precision"),
        ("recall", "of the answers for a class, not of its items, which are right?"),
        ("answered", "a class that is never answered, and is there, has a precision "
         "of 0"),
    ):  # fmt: skip
        if abs(found - worth[kind]) < 1e-6:
            raise Wrong(hint)
    raise Wrong(
        "for each task: of the answers for each class the share that is right, the "
        "mean over classes; times its loss; both together"
    )


def _halves(
    shares: np.ndarray, y: int, alpha: float, gamma: float
) -> tuple[float, float]:
    """Both halves of the multi-focal loss, each above zero."""
    true, others = shares[y], np.delete(shares, y)
    first = -alpha * (1 - true) ** gamma * math.log(true)
    return first, -((1 - alpha) * others**gamma * np.log(1 - others)).sum()


def _precision(said: Any, y: Any, answered_only: bool = False) -> float:
    classes = np.unique(said) if answered_only else np.union1d(said, y)
    shares = [(y[said == c] == c).mean() if (said == c).any() else 0 for c in classes]
    return float(np.mean(shares))


def _recall(said: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean([(said[y == c] == c).mean() for c in np.unique(y)]))
