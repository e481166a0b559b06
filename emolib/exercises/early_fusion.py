"""Checks of the exercises of chapter D."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from emolib.exercises import Wrong, a_function, a_split, check


@check
def check_1(answer: Callable) -> str:
    """The motion of one window, from its nine equations."""
    solve = a_function(answer)
    rng = np.random.default_rng(0)
    across, down, noise = rng.normal(size=(3, 9))
    later = -(0.3 * across - 0.2 * down) + 0.05 * noise
    wanted = _least_squares(across, down, later)
    found = np.asarray(solve(across, down, later), dtype=float).ravel()
    if found.shape != (2,):
        raise Wrong("two numbers are asked for: how far to the right, how far down")
    if np.allclose(found, wanted, atol=1e-6):
        return "Nine equations, two unknowns, and a residue that nobody can remove."
    if np.allclose(found, -wanted, atol=1e-6):
        raise Wrong("it goes the other way: on which side of the equation is the time?")
    if np.allclose(found, wanted[::-1], atol=1e-6):
        raise Wrong("which of the two is to the right?")
    left = np.square(found[0] * across + found[1] * down + later).sum()
    least = np.square(wanted[0] * across + wanted[1] * down + later).sum()
    raise Wrong(
        f"the nine equations are missed by {left:.3f} together (squared), and "
        f"{least:.3f} is possible: all nine count, and both slopes in each"
    )


@check
def check_2(answer: Callable) -> str:
    """The colour of a motion."""
    colour = a_function(answer)
    asked = {
        "at rest": (0.0, 0.0), "to the right": (2.0, 0.0), "down": (0.0, 2.0),
        "to the left": (-2.0, 0.0), "up": (0.0, -2.0), "half as far": (1.0, 0.0),
        "aslant": (1.2, 1.6), "too far": (0.0, 9.0),
    }  # fmt: skip
    for name, (u, v) in asked.items():
        found = np.asarray(colour(u, v, 2.0), dtype=float).ravel()
        if found.shape != (3,):
            raise Wrong("three numbers are asked for: red, green, blue, 0 to 255")
        if np.abs(found - _drawn(u, v, 2.0)).max() <= 8:
            continue
        if name in ("at rest", "half as far"):
            raise Wrong(f"{name}: brightness is the length as a share of the scale")
        if name == "too far":
            raise Wrong("what is longer than the scale is no brighter than that")
        raise Wrong(
            f"{name}: the hue is the direction, once around the circle from red, "
            "clockwise on the screen, since down is positive"
        )
    return "Black stands still, and nothing is ever white."


@check
def check_3(answer: Callable) -> str:
    """Weights and biases of the first dense layer, by the size of a picture."""
    count = a_function(answer)
    for pixels in (64, 32, 96, 224, 100):
        side = pixels // 32
        wanted = side * side * 512 * 2048 + 2048
        found = count(pixels)
        if found == wanted:
            continue
        if found == wanted - 2048:
            raise Wrong("each unit also adds a number of its own")
        if found == side * 512 * 2048 + 2048:
            raise Wrong("a picture has two sides")
        if pixels == 100:
            raise Wrong("100 pixels: a pooling leaves out a row that has no partner")
        raise Wrong(
            f"{pixels} pixels: halve them once for each of five poolings; what is left "
            "comes 512 times, and each number goes to each of 2048 units"
        )
    return f"At 224 pixels {count(224):,}: for 172 sounds."


@check
def check_4(answer: Callable) -> str:
    """A split in which the altered copies of a clip stay with it."""
    items = _copies()
    train, test = a_split(answer, items)
    if len(np.intersect1d(train, test)):
        raise Wrong("some items are on both sides")
    if len(train) + len(test) != len(items):
        raise Wrong("some items are on neither side: every copy is to be used")
    clips = items["clip"].to_numpy()
    both = np.intersect1d(clips[train], clips[test])
    if len(both):
        raise Wrong(
            f"{len(both)} of {items['clip'].nunique()} clips have copies on both "
            "sides: what is it that has to be drawn?"
        )
    share = items["clip"].iloc[test].nunique() / items["clip"].nunique()
    if not 0.1 <= share <= 0.35:
        raise Wrong(f"{share:.0%} of the clips are tested; a fifth is asked for")
    order = np.random.default_rng(1).permutation(len(items))
    mixed = items.iloc[order].reset_index(drop=True)
    again = mixed["clip"].to_numpy()
    train, test = a_split(answer, mixed)
    if len(np.intersect1d(again[train], again[test])):
        raise Wrong("with the rows in another order it divides clips")
    return "Every model that was only remembering now has nothing to remember."


@check
def check_5(answer: Callable) -> str:
    """Three frames a clip of which a model is surest, whatever the label."""
    choose = a_function(answer)
    table = _answers()
    found = _frames(choose(table.copy()), table)
    other = table.assign(label=table["label"].to_numpy()[::-1])
    if _frames(choose(other), table) != found:
        raise Wrong(
            "with other labels it chooses other frames: then it knows the answer "
            "of the clips that are to be tested"
        )
    sure = table[_CLASSES].max(axis=1)
    for clip, part in table.groupby("clip"):
        best = set(part.loc[sure[part.index].nlargest(3).index, "frame"])
        if found[clip] == best:
            continue
        least = sure[part.index].nsmallest(3).index
        if found[clip] == set(part.loc[least, "frame"]):
            raise Wrong(f"{clip}: these are the three that it is least sure of")
        raise Wrong(
            f"{clip}: frame {min(best - found[clip])} is missing. How sure is a model "
            "of a frame, if nobody says what is right?"
        )
    return "What a model that has met the clip is surest of is another matter."


@check
def check_6(answer: Callable) -> str:
    """One vector a clip: the mean of its segments."""
    pool = a_function(answer)
    rng = np.random.default_rng(0)
    clips = np.array(list("abacbacaab"))  # in no order, of unequal length
    vectors = rng.normal(size=(10, 4))
    found = pool(vectors, clips)
    if isinstance(found, pd.DataFrame):
        found = {clip: row.to_numpy() for clip, row in found.iterrows()}
    if not isinstance(found, Mapping) or set(found) != set("abc"):
        raise Wrong("one vector for each clip is asked for, by the clip's name")
    for clip in "abc":
        part, given = vectors[clips == clip], np.asarray(found[clip], dtype=float)
        if given.shape != (4,):
            raise Wrong(f"clip {clip}: as many numbers as a segment has")
        if np.allclose(given, part.mean(axis=0)):
            continue
        if np.allclose(given, part.sum(axis=0)):
            raise Wrong(f"clip {clip}: a longer clip would weigh more; divide")
        raise Wrong(f"clip {clip} has {len(part)} segments; are these its own?")
    return "As long for every clip, which is what a linear machine needs."


_CLASSES = ["angry", "disgusted", "fearful", "happy", "sad"]


def _least_squares(across: np.ndarray, down: np.ndarray, later: np.ndarray):
    equations = np.stack([across, down], axis=1)
    return np.linalg.lstsq(equations, -later, rcond=None)[0]


def _drawn(u: float, v: float, scale: float) -> np.ndarray:
    """By the wheel: hue from the angle, value from the length."""
    import colorsys

    hue = np.arctan2(v, u) / (2 * np.pi) % 1
    value = min(float(np.hypot(u, v)) / scale, 1.0)
    return 255 * np.array(colorsys.hsv_to_rgb(hue, 1.0, value))


def _copies() -> pd.DataFrame:
    """Forty clips of eight people with two altered copies each."""
    rows = [
        {"clip": f"c{n:02}", "subject": f"s{n % 8}", "copy": copy,
         "emotion": _CLASSES[n % 5]}
        for n in range(40) for copy in range(3)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _answers() -> pd.DataFrame:
    """A model's answers about eight clips of six to nine frames."""
    rng = np.random.default_rng(0)
    parts = []
    for n in range(8):
        count = 6 + n % 4
        scores = rng.dirichlet(np.ones(5), count)
        told = {
            "clip": f"c{n}",
            "frame": 5 * np.arange(count),
            "label": _CLASSES[n % 5],
        }
        parts.append(pd.DataFrame(told).join(pd.DataFrame(scores, columns=_CLASSES)))
    return pd.concat(parts, ignore_index=True).sample(frac=1, random_state=0)


def _frames(answer: Any, table: pd.DataFrame) -> dict[str, set]:
    """The answer as the frames of each clip."""
    if not isinstance(answer, Mapping) or set(answer) != set(table["clip"]):
        raise Wrong("for each clip, by its name, its three frames are asked for")
    found = {clip: {int(frame) for frame in some} for clip, some in answer.items()}
    if {len(some) for some in found.values()} != {3}:
        raise Wrong("three frames a clip, no more and no fewer")
    return found
