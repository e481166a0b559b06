"""A face in motion: which action units (AU) an emotion moves, when, how far.

Which units belong to which emotion, and what share of people use the optional
ones, follows Du, Tao & Martinez (2014, table 1). Genuine displays rise and fall
more slowly and take the muscles around the eyes along (Ekman, Davidson & Friesen,
1990; Cohn & Schmidt, 2004). The mouth follows the voice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from emolib.demo.causes import Causes
from emolib.demo.portrait import UNITS, Portrait, ease, portrait

# fmt: off
PROTOTYPES = {  # share of people who use a unit; 1: everybody
    "neutral":   {},
    "happy":     {"12": 1, "25": 1, "6": .51},
    "sad":       {"4": 1, "15": 1, "1": .60, "6": .50, "17": .67},
    "fearful":   {"1": 1, "4": 1, "20": 1, "25": 1, "2": .57, "5": .63, "26": .33},
    "angry":     {"4": 1, "7": 1, "24": 1, "10": .26, "17": .52, "23": .29},
    "surprised": {"1": 1, "2": 1, "25": 1, "26": 1, "5": .66},
    "disgusted": {"9": 1, "10": 1, "17": 1, "4": .31, "24": .26},
    "contempt":  {"14": 1},  # Ekman & Friesen (1986)
    "calm": {}, "bored": {},
}
FAINT = {  # not in the literature above: weak displays that everybody shows
    "calm": {"12": .25, "43": .3},
    "bored": {"43": .5, "17": .4},
}
HEAD = {  # nod (+ down), tilt and turn of a full display, in degrees
    "happy": (-2, 3, 2), "sad": (6, 4, 2), "angry": (3, 0, 0), "fearful": (-3, 2, 4),
    "disgusted": (0, 3, 6), "surprised": (-4, 0, 0), "contempt": (-3, 3, 4),
    "bored": (2, 6, 3),
}
# fmt: on
EYES = [UNITS.index("6"), UNITS.index("7")]
LIDS = UNITS.index("43")


def frames(
    causes: Causes,
    count: int,
    rate: float,
    size: tuple[int, int],
    opening: np.ndarray,
) -> Iterator[np.ndarray]:
    """Render the pictures of a clip.

    Args:
        causes: what it follows from.
        count: number of frames.
        rate: frames a second.
        size: width and height in pixels.
        opening: how far the voice opens the mouth, 0 to 1, evenly spaced in time.

    Yields:
        RGB pictures, uint8, (height, width, 3).
    """
    import cv2

    session = replace(
        causes, emotion="neutral", strength=0, authenticity=0, sentence=0,
        repetition=0, take="",
    )  # fmt: skip
    canvas = portrait(session, *size)
    times = np.arange(count) / rate
    units = action_units(causes, times, count / rate)
    place = np.linspace(0, len(opening) - 1, count)
    units[:, UNITS.index("jaw")] = np.interp(place, np.arange(len(opening)), opening)
    poses = _poses(causes, times, canvas, size)
    camera = causes.draws("take", "camera")
    for moment in range(count):
        picture = canvas.draw(units[moment])
        # Posed and reduced in one go: each pixel is the mean of those it covers.
        picture = cv2.warpAffine(
            picture, poses[moment], size, borderMode=cv2.BORDER_REFLECT_101
        )
        yield canvas.expose(picture, camera)


def action_units(causes: Causes, times: np.ndarray, length: float) -> np.ndarray:
    """Strength of each action unit at each time, one column each of `UNITS`.

    A display rises (onset), stays (apex) and falls (offset) within the clip.
    """
    genuine, take = causes.genuine("onset"), causes.dose("take")
    chance = causes.draws("take", "face")
    spread, restless = chance.normal(size=(2, len(UNITS)))
    early, late = chance.random(2) * take
    amounts = causes.shown("face") * _display(causes) * np.exp(0.2 * take * spread)
    restless = 0.13 * take * np.clip(restless - 0.4, 0, 2)
    restless[LIDS] *= 0.3

    onset = (0.12 + 0.06 * genuine) * length
    offset = (0.12 + 0.18 * genuine) * length
    rise = ease((times - (0.06 + 0.05 * early) * length) / onset)
    fall = ease(((0.97 - 0.06 * late) * length - times) / offset)
    units = np.outer(np.minimum(rise, fall), amounts) + restless
    units[:, LIDS] += _blinks(times, chance)
    return np.clip(units, 0, 1.2)


def _display(causes: Causes) -> np.ndarray:
    """How far this person moves each unit to show this emotion fully.

    An optional unit is used or not; the average person (identity dose 0) uses it
    in part. Posed displays leave out much of what the eyes would do.
    """
    identity, genuine = causes.dose("identity.style"), causes.genuine("eyes")
    style = causes.draws("identity.style", "face")
    threshold, gain = style.random(len(UNITS)), style.normal(0, 0.25, len(UNITS))
    amounts = np.zeros(len(UNITS))
    for unit, share in PROTOTYPES[causes.emotion].items():
        k = UNITS.index(unit)
        amounts[k] = share + identity * ((threshold[k] < share) - share)
    amounts[EYES] *= 0.55 + 0.45 * genuine
    if causes.emotion == "happy":
        amounts[EYES[0]] = max(amounts[EYES[0]], genuine)
    for unit, strength in FAINT.get(causes.emotion, {}).items():
        amounts[UNITS.index(unit)] = strength
    return amounts * np.exp(identity * gain)


def _blinks(times: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Closed eyes for a fifth of a second, every other second or so."""
    moments = np.cumsum(chance.exponential(2.2, 6)) + 0.3
    nearest = np.abs(times[:, None] - moments).min(axis=1)
    return np.clip(1.4 - nearest / 0.09, 0, 1)


def _poses(causes: Causes, times: np.ndarray, canvas: Portrait, size) -> np.ndarray:
    """A 2 x 3 matrix a frame: the head sways a little, and nods with emotion."""
    draws, take = causes.draws("take", "pose"), causes.dose("take")
    phases, rates = draws.uniform(0, 2 * np.pi, 4), draws.uniform(0.2, 0.7, 4)
    sway = np.sin(2 * np.pi * rates[:, None] * times + phases[:, None])
    restless = take * (0.6 * sway + draws.normal(size=4)[:, None])
    nod, tilt, turn = causes.shown("face") * np.array(
        HEAD.get(causes.emotion, (0, 0, 0))
    )
    side = 1 if causes.draws("identity.style", "pose").random() < 0.5 else -1
    grown = ease(times / 0.5)
    angle = np.radians(side * tilt * grown + 1.5 * restless[0])
    across = side * 0.012 * turn * grown + 0.03 * restless[1]
    down = 0.014 * nod * grown + 0.02 * restless[2]
    zoom = (1 + 0.015 * restless[3]) * size[1] / canvas.shape[0]
    turned = zoom * np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    )
    # The head turns about its middle, which comes to lie where it is to be.
    goal = canvas.centre[:, None] * size[1] / canvas.shape[0]
    goal = goal + zoom * canvas.unit * np.stack([across, down])
    shift = goal - np.einsum("ijt,j->it", turned, canvas.centre)
    return np.concatenate([turned, shift[:, None]], axis=1).transpose(2, 0, 1)
