"""Checks of the exercises of chapter A."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from emolib.exercises import Wrong, a_function, a_split, check

ROWS, FRAMES, MELS = 77, 150, 64
SEPARABLE = {(1, 32): 73, (32, 64): 2400, (64, 128): 8896}
"""Weights of the layers that Table 3 prints, by channels in and filters."""


@check
def check_1(answer: Callable) -> str:
    """A feature's number as a band or coefficient, and a frame."""
    located = a_function(answer)
    for feature in (0, 109, 4275, 9599, 9600, 9881, 11549):
        row, frame = divmod(feature, FRAMES)
        kind, number = ("mel", row) if row < MELS else ("MFCC", row - MELS)
        found = located(feature)
        if not isinstance(found, (tuple, list)):
            raise Wrong("three things are asked for: kind, number, frame")
        found = tuple(found)
        if found == (kind, number, frame):
            continue
        turned = divmod(feature, ROWS)
        if len(found) == 3 and found[2] != frame and found[2] in turned:
            raise Wrong(
                f"feature {feature}: a stack is flattened row by row, so that the next "
                "number is the next moment of the same row"
            )
        if len(found) == 3 and found[2] == frame and feature >= 9600:
            raise Wrong(
                f"feature {feature}: the frame is right. Coefficients lie below the "
                f"{MELS} bands, and are counted from 0 again"
            )
        raise Wrong(
            f"feature {feature} lies elsewhere; kinds are 'mel' and 'MFCC', and all is "
            "counted from 0, as Python does"
        )
    return "Feature 9881 is a coefficient late in the sound, no band of its spectrum."


@check
def check_2(answer: Callable) -> str:
    """How many weights a separable convolution has."""
    parameters = a_function(answer)
    for (channels, filters), count in SEPARABLE.items():
        found = parameters(channels, filters, 3)
        if found == 9 * channels * filters + filters:
            raise Wrong(
                "that is a plain convolution. A separable one has a filter of its own "
                "for each channel, and then mixes the channels point by point"
            )
        if found == count - filters:
            raise Wrong("nearly: each filter adds a number of its own as well")
        if found != count:
            raise Wrong(f"{channels} channels, {filters} filters: {found} is not it")
    if parameters(16, 24, 5) != 25 * 16 + 16 * 24 + 24:
        raise Wrong("it holds for 3 x 3; another size of kernel gives another number")
    plain = sum(9 * c * f + f for c, f in SEPARABLE)
    return f"Plain convolutions of these sizes would have {plain:,} weights."


@check
def check_3(answer: Any, heard: Any) -> str:
    """The filling behind a sound as quiet as silence."""
    given = getattr(answer, "x", answer)
    before = np.asarray(heard.x).reshape(len(heard), ROWS, FRAMES)
    try:
        now = np.asarray(given).reshape(before.shape)
    except (TypeError, ValueError):
        raise Wrong("as many sounds of the same size are asked for") from None
    behind = _behind(before)
    if not behind.any():
        raise Wrong("none of these sounds is filled up; take shorter ones")
    kept = np.where(behind[:, None], 0, now - before)
    if np.abs(kept).max() > 1e-3:
        raise Wrong("what is sound should stay as it is; change what lies behind it")
    lowest = before[:, :MELS].min(axis=(1, 2))
    filled = [row[:MELS, mask] for row, mask in zip(now, behind, strict=True)]
    pairs = [(part, low) for part, low in zip(filled, lowest, strict=True) if part.size]
    if any((part > low + 1e-3).any() for part, low in pairs):
        raise Wrong(
            "behind a sound its bands should be as low as the lowest that the same "
            "sound has"
        )
    return (
        f"{100 * behind.mean():.0f} % of all frames are filling. Train with it: does "
        "the network still tell the corpora apart?"
    )


@check
def check_4(answer: Callable) -> str:
    """Genuine or posed by all of the probability, not by the likeliest class."""
    read_off = a_function(answer)
    draw = np.random.default_rng(0)
    scores = draw.dirichlet(np.full(14, 0.3), 200)
    before = scores.copy()
    posed = scores[:, 7:].sum(axis=1)
    found = np.asarray(read_off(scores))
    if not np.array_equal(scores, before):
        raise Wrong("the probabilities handed over were changed: work on a copy")
    if found.shape != (200, 2):
        raise Wrong("a row an item and two columns are asked for: genuine, then posed")
    if np.allclose(found, np.stack([1 - posed, posed], axis=1)):
        other = ((scores.argmax(axis=1) > 6) != (posed > 0.5)).mean()
        return (
            f"In this draw the likeliest class lies on the other side for "
            f"{100 * other:.0f} % of the items: a report should say which way it went."
        )
    if np.allclose(found, np.stack([posed, 1 - posed], axis=1)):
        raise Wrong("the columns have changed places: genuine comes first")
    if np.isin(found, (0, 1)).all():
        raise Wrong("that is a decision; the probability of either side is asked for")
    if not np.allclose(found.sum(axis=1), 1):
        raise Wrong("the two columns should make one together")
    raise Wrong("the first seven classes are genuine ones, the last seven posed")


@check
def check_5(answer: Callable, items: pd.DataFrame) -> str:
    """A split in which every corpus that is tested is new, on both sides."""
    from emolib.models.posed_genuine import FILED

    train, test = a_split(answer, items)
    trained, tested = (set(items["corpus"].iloc[side]) for side in (train, test))
    if shared := trained & tested:
        raise Wrong(f"{len(shared)} corpora are on both sides")
    for name, corpora in (("train on", trained), ("test", tested)):
        if len(kinds := {FILED[corpus] for corpus in corpora}) < 2:
            raise Wrong(f"you {name} {kinds.pop()} ones only: nothing is told apart")
    if len(train) + len(test) < len(items):
        raise Wrong("some items are on neither side")
    return (
        f"Tested are {', '.join(sorted(tested))}. What a model has learned of other "
        "corpora's rooms does not help it there."
    )


@check
def check_6(answer: Callable) -> str:
    """How far two explanations name the same ten features."""
    alike = a_function(answer)
    draw = np.random.default_rng(0)
    for same in (0, 3, 7, 10):
        one, other = _two_explanations(draw, same)
        found, share = alike(one, other), same / (20 - same)
        if isinstance(found, (int, float, np.number)) and abs(found - share) < 1e-9:
            continue
        if np.isclose(float(found), same / 10):
            raise Wrong(
                "divide by how many features are named at all, by either of the two"
            )
        raise Wrong(
            "ten features each, those with the largest weights, whatever their sign; "
            "of all that are named, which share do both name?"
        )
    return "Ask it of LIME with two seeds: few draws make few features stay."


def _behind(stacks: np.ndarray) -> np.ndarray:
    """For each stack, which frames are filling: zeros in all rows, up to the end."""
    sound = stacks.any(axis=1)
    after = np.cumsum(sound[:, ::-1], axis=1)[:, ::-1]
    return after == 0


def _two_explanations(
    draw: np.random.Generator, same: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weights of 400 features twice, so many of the ten largest being the same."""
    names = draw.permutation(400)
    found = []
    for top in (names[:10], np.append(names[:same], names[10 : 20 - same])):
        weights = draw.normal(0, 0.1, 400).clip(-0.5, 0.5)
        weights[top] = draw.choice([-1, 1], 10) * draw.uniform(1, 2, 10)
        found.append(weights)
    return found[0], found[1]
