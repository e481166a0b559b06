"""Checks of the exercises of the chapter on the studio."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from emolib.exercises import Wrong, a_function, a_number, check

SOUNDS = 10


@check
def check_1(answer: Callable) -> str:
    """Doses that let in one part of a cause and nothing else."""
    from emolib.studio import DOSES, Causes

    only = a_function(answer)
    parts = [name for name in DOSES if "." in name or name in ("sentence", "take")]
    for part in ("setup.light", "authenticity.eyes", "identity.pitch", "take"):
        doses = only(part)
        if not isinstance(doses, Mapping):
            raise Wrong(f"doses as a dict are asked for, not {type(doses).__name__}")
        causes = Causes(1, "happy", doses=tuple(doses.items()))
        if causes.dose(part) != 1:
            raise Wrong(
                f"{part} itself is at dose {causes.dose(part):g}: its own dose and "
                "that of the cause that it belongs to are multiplied"
            )
        if left := [name for name in parts if name != part and causes.dose(name)]:
            raise Wrong(f"with {part}, {left[0]} is let in too: what is not set is 1")
    return "One part of a clip can be moved while everything else stands still."


@check
def check_2(answer: Sequence) -> str:
    """The action units in which a genuine smile differs if only its eyes do."""
    if isinstance(answer, str) or not isinstance(answer, (Sequence, set, np.ndarray)):
        raise Wrong("a list of units is asked for, such as the keys of UNITS")
    named = {str(unit) for unit in answer}
    moved = _moved_by_the_eyes()
    if extra := named - moved:
        raise Wrong(
            f"{', '.join(sorted(extra))}: not that far; compare `emotion.unit` of "
            "`face.facts` for both smiles, with all other parts at dose 0"
        )
    if named != moved:
        raise Wrong("something does differ: look through `face.facts` of both smiles")
    return "What is called smiling with the eyes: the cheeks lift the lower lids."


@check
def check_3(answer: float) -> str:
    """The least number right of ten that guessing seldom reaches."""
    from scipy.stats import binom

    number = a_number(answer, 0, SOUNDS)
    if number != round(number):
        raise Wrong("sounds are counted: a whole number")
    chance = binom.sf(number - 1, SOUNDS, 1 / SOUNDS)
    if chance >= 0.05:
        raise Wrong(
            f"by guessing, so many or more are right in {chance:.0%} of all tests: "
            "too often"
        )
    if binom.sf(number - 2, SOUNDS, 1 / SOUNDS) < 0.05:
        raise Wrong("guessing seldom gets so far with one right less, too")
    return f"Guessing gets so many, or more, in {chance:.1%} of all tests."


@check
def check_4(answer: Callable) -> str:
    """The p of a result among shuffled classes."""
    p_of = a_function(answer)
    truth = np.array(["a", "b"] * 4)
    for named, expected, what in (
        (truth, 1 / 70, "all eight of eight are right"),
        (np.full(8, "a"), 1.0, "one class is named throughout"),
        (truth[::-1], 1.0, "all are wrong"),
    ):
        p = a_number(p_of(truth, named), 0, 1)
        if p == 0:
            raise Wrong("never 0: the true order is one of the orders that count")
        if abs(p - expected) > 0.015:
            raise Wrong(
                f"where {what}, p comes out as {p:.3g}. Count the shuffles that are "
                "right as often as the true classes, or more often"
            )
    return "So often would chance do as well; nothing had to be assumed for it."


@check
def check_5(answer: Sequence, items: pd.DataFrame) -> str:
    """Folds that hold sentences apart."""
    folds = [_fold(fold, len(items)) for fold in _pairs(answer)]
    told = items["sentence"].to_numpy()
    for train, test in folds:
        if shared := set(told[train]) & set(told[test]):
            raise Wrong(f"sentence {min(shared)} is on both sides of a fold")
    times = np.bincount(
        np.concatenate([test for _, test in folds]), minlength=len(items)
    )
    if (times != 1).any():
        raise Wrong(
            f"{(times != 1).sum()} of {len(items)} clips are not tested exactly once; "
            "how many sentences are there, and so how many folds?"
        )
    return "The people are on both sides: what is held apart must be said of a result."


@check
def check_6(answer: Sequence, items: pd.DataFrame) -> str:
    """Clips whose emotion is tied to the room."""
    kept = np.asarray(answer)
    if kept.shape != (len(items),) or kept.dtype != bool:
        raise Wrong(f"{len(items)} values, each true or false, are asked for")
    bright = items["emotion"].isin(["happy", "calm", "surprised"]).to_numpy()
    below = (items["setup"] < 2).to_numpy()
    if (kept & (bright != below)).any():
        number = int(np.flatnonzero(kept & (bright != below))[0])
        clip = items.iloc[number]
        raise Wrong(
            f"clip {clip['clip']} is kept, {clip['emotion']} in set-up {clip['setup']}"
        )
    if not (kept == (bright == below)).all():
        missing = items[~kept & (bright == below)].iloc[0]
        raise Wrong(
            f"clip {missing['clip']} is left out, {missing['emotion']} in set-up "
            f"{missing['setup']}, which is allowed"
        )
    return f"{kept.sum()} clips, in which the room alone tells one half from the other."


@check
def check_7(
    answer: Mapping, looked_at: Callable, items: pd.DataFrame, matched: Mapping
) -> str:
    """What it is worth to the nearest neighbour to have met the people."""
    if not isinstance(answer, Mapping) or set(answer) != {"", "identity", "setup"}:
        raise Wrong('a dict with the keys "", "identity" and "setup" is asked for')
    for cause, told in answer.items():
        x = looked_at(cause, 0.0)["face"] if cause else looked_at()["face"]
        right = {name: _nearest(x, items, rule) for name, rule in matched.items()}
        gap = right["clips apart"] - right["people apart"]
        if abs(a_number(told, -1, 1) - gap) > 0.005:
            without = f"without {cause}" if cause else "with every cause there"
            raise Wrong(
                f"{without} it is another difference: the share that is right with "
                "clips apart, less that with people apart, both by face"
            )
    return "Without people who differ, there is nobody to be recognised."


def _moved_by_the_eyes() -> set[str]:
    from emolib.studio import DOSES, Causes, face

    doses = {n: float(n == "authenticity.eyes") for n in DOSES if "." in n}
    doses["emotion.face"] = 1.0
    posed, genuine = (
        face.facts(Causes(2, "happy", authenticity=a, doses=tuple(doses.items())))
        for a in (0, 1)
    )
    unit = "emotion.unit."
    return {
        name.removeprefix(unit)
        for name in posed
        if name.startswith(unit) and posed[name] != genuine[name]
    }


def _pairs(answer: Any) -> list:
    folds = list(answer) if isinstance(answer, (Sequence, zip)) else []
    if not folds or any(not hasattr(f, "__len__") or len(f) != 2 for f in folds):
        raise Wrong(
            "a list of pairs is asked for, positions to train on and to test; "
            "`protocols.pairs` makes them"
        )
    return folds


def _fold(fold: Any, count: int) -> tuple[np.ndarray, np.ndarray]:
    train, test = (np.asarray(side) for side in fold)
    whole = all(side.ndim == 1 and side.dtype.kind in "iu" for side in (train, test))
    if not whole or max(train.max(), test.max()) >= count:
        raise Wrong(f"each side holds positions from 0 to {count - 1}")
    return train, test


def _nearest(x: np.ndarray, items: pd.DataFrame, protocol: Any) -> float:
    from sklearn.model_selection import cross_val_predict

    from emolib import protocols
    from emolib.models import baselines

    folds = protocols.pairs(protocol, items)
    named = cross_val_predict(baselines.nearest(), x, items["emotion"], cv=folds)
    return float((named == items["emotion"]).mean())
