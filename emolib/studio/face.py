"""A face in motion: which action units (AU) an emotion moves, when, how far.

Which units belong to which emotion, and what share of people use the optional
ones, follows Du, Tao & Martinez (2014, table 1) for the basic emotions, Ekman &
Friesen (1986) for contempt and Prkachin & Solomon (2008) for pain; the others are
our choice. The mouth follows the voice.

Genuine displays differ from posed ones in five ways. They rise more slowly (Cohn
& Schmidt, 2004; Schmidt et al., 2006) and fade more slowly (Schmidt et al., 2006),
are shown for a shorter time (our choice), take the muscles around the eyes along
(Ekman, Davidson & Friesen, 1990, of smiles), and are more alike on both sides
(Ekman, Hager & Friesen, 1981; Schmidt et al., 2006, found no such difference in
smiles). How far they differ is our choice throughout.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

import numpy as np

from emolib.studio.camera import expose, setup
from emolib.studio.causes import Causes
from emolib.studio.expression import UNITS, Expression, expression
from emolib.studio.people import person
from emolib.studio.portrait import ease

# fmt: off
PROTOTYPES = {  # share of people who use a unit; 1: everybody
    "neutral":   {},
    "happy":     {"12": 1, "25": 1, "6": .51},
    "sad":       {"4": 1, "15": 1, "1": .60, "6": .50, "17": .67},
    "fearful":   {"1": 1, "4": 1, "20": 1, "25": 1, "2": .57, "5": .63, "26": .33},
    "angry":     {"4": 1, "7": 1, "24": 1, "10": .26, "17": .52, "23": .29},
    "surprised": {"1": 1, "2": 1, "25": 1, "26": 1, "5": .66},
    "disgusted": {"9": 1, "10": 1, "17": 1, "4": .31, "24": .26},
    "contempt":  {"14": 1},
    # "6 or 7" and "9 or 10" in the source; the shares are ours.
    "pain":      {"4": 1, "43": .8, "7": 1, "6": .6, "10": 1, "9": .5},
}
OURS = {  # how far everybody moves a unit in displays without such a source
    "calm":          {"12": .25, "43": .25},
    "bored":         {"43": .3, "17": .4, "64": .2},
    "pleasure":      {"43": 1, "12": .55, "6": .5, "25": .5},
    "achievement":   {"12": .9, "6": .6, "25": 1, "26": .9, "7": .5},
    "interested":    {"1": .6, "2": .7, "5": .3, "12": .2},
    "unsure":        {"1": .8, "2": .3, "4": .3, "15": .5, "14": .4, "62": .4},
    "bothered":      {"4": .7, "7": .3, "10": .5, "15": .4},
    "concentrating": {"4": .6, "7": .7, "23": .6, "64": .6},
    "thinking":      {"4": .3, "2": .4, "24": .5, "63": 1, "61": .8},
}
HEAD = {  # nod (+ down), tilt and turn of a full display, in degrees
    "happy": (-2, 3, 2), "sad": (6, 4, 2), "angry": (3, 0, 0), "fearful": (-3, 2, 4),
    "disgusted": (0, 3, 6), "surprised": (-4, 0, 0), "contempt": (-3, 3, 4),
    "bored": (2, 6, 3), "pain": (2, 4, 4), "pleasure": (-4, 3, 0),
    "achievement": (-6, 0, 0), "interested": (1, 3, 0), "unsure": (1, 6, 2),
    "bothered": (1, 2, 5), "concentrating": (4, 0, 0), "thinking": (-3, 3, 5),
}
# Shares of a clip: how long a posed and a genuine display take to rise, how long
# after their beginning they start to fade, and how long they take for that.
ONSET, APEX, OFFSET = (.11, .34), (.69, .54), (.11, .32)
# fmt: on
LEAN = 0.28  # by how much a posed display is stronger on one side
EYES = [UNITS.index(unit) for unit in ("5", "6", "7")]
LIDS, JAW = UNITS.index("43"), UNITS.index("jaw")
PAIRED = np.isin(UNITS, ["1", "2", "4", "6", "7", "9", "10", "12", "14", "15", "20"])
GAZE = [UNITS.index(unit) for unit in ("61", "62", "63", "64")]


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
    times = np.arange(count) / rate
    units = _halves(causes, times, count / rate)
    place = np.linspace(0, len(opening) - 1, count)
    units[..., JAW] = np.interp(place, np.arange(len(opening)), opening)[:, None]
    yield from _pictures(causes, units, times, size, zoom=1.0)


def still(causes: Causes, size: tuple[int, int], zoom: float = 1.0) -> np.ndarray:
    """Render one picture at the apex of the display, eyes open unless it shuts them.

    Args:
        causes: what it follows from.
        size: width and height in pixels.
        zoom: how much closer than in a video the face is; at 1.7 a square shows
            it from the hairline to the chin.

    Returns:
        RGB picture, uint8, (height, width, 3).
    """
    units = _sides(causes) * _display(causes) + _restless(causes)
    units = np.clip(units, 0, 1.2)[None]
    apex = np.array([1.0])  # seconds: the head has turned by then
    return next(_pictures(causes, units, apex, size, zoom))


def facts(causes: Causes) -> dict[str, float | str]:
    """What a picture is rendered from, in numbers: a row of the truth table.

    >>> average = Causes(3, "happy", doses=(("identity", 0.0),))
    >>> facts(average)["identity.hair.cut"]
    'short'
    """
    known = {"identity": asdict(person(causes)), "setup": asdict(setup(causes))}
    known["identity"]["style"] = {"side": _side(causes)}
    onset, apex, offset = _timing(causes)
    known["authenticity"] = {
        "onset": onset, "apex": apex, "offset": offset,
        "eyes": causes.genuine("eyes"), "symmetry": 1 - abs(_lean(causes)),
    }  # fmt: skip
    units = zip(UNITS, _display(causes, chance=False).tolist(), strict=True)
    known["emotion"] = {"face": causes.shown("face"), "unit": dict(units)}
    return dict(_flat(known))


def _flat(known: dict, path: str = "") -> Iterator[tuple[str, float | str]]:
    """Nested values under dotted names; a colour is three of them."""
    for name, value in known.items():
        if isinstance(value, tuple):
            value = dict(zip(("red", "green", "blue"), value, strict=True))
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{name}.")
        else:
            yield path + name, value if isinstance(value, str) else float(value)


def _pictures(
    causes: Causes,
    units: np.ndarray,
    times: np.ndarray,
    size: tuple[int, int],
    zoom: float,
) -> Iterator[np.ndarray]:
    import cv2

    session = replace(
        causes, emotion="neutral", strength=0, authenticity=0, sentence=0,
        repetition=0, take="",
    )  # fmt: skip
    canvas = expression(session, *size, zoom)
    poses, turns = _poses(causes, times, canvas, size)
    camera = causes.draws("take", "camera")
    for halves, pose, turned in zip(units, poses, turns, strict=True):
        picture = canvas.draw(halves, turned)
        # Posed and reduced in one go: each pixel is the mean of those it covers.
        fine = max(canvas.over // 2, 1)
        larger = size[0] * fine, size[1] * fine
        edge = cv2.BORDER_REPLICATE
        picture = cv2.warpAffine(picture, fine * pose, larger, borderMode=edge)
        if fine > 1:
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        yield expose(picture, canvas.setup, camera)


def action_units(causes: Causes, times: np.ndarray, length: float) -> np.ndarray:
    """Strength of each action unit at each time, one column each of `UNITS`.

    A display rises (onset), stays (apex) and falls (offset) within the clip. Where
    the halves of the face differ, this is their mean.
    """
    return _halves(causes, times, length).mean(axis=1)


def _halves(causes: Causes, times: np.ndarray, length: float) -> np.ndarray:
    """`action_units` of the picture's left and right half of the face."""
    onset, apex, offset = (share * length for share in _timing(causes))
    chance = causes.draws("take", "timing")
    early, longer = chance.random(2) * causes.dose("take")
    start = (0.04 + 0.05 * early) * length
    end = start + apex * (1 + 0.08 * longer) + offset
    moment = np.minimum(ease((times - start) / onset), ease((end - times) / offset))
    display = _sides(causes) * _display(causes)
    units = moment[:, None, None] * display + _restless(causes)
    units[..., GAZE] += causes.dose("take") * _glances(times, chance)[:, None]
    units[..., LIDS] += _blinks(times, chance)[:, None]
    return np.clip(units, 0, 1.2)


def _timing(causes: Causes) -> tuple[float, ...]:
    """`ONSET`, `APEX` and `OFFSET` of this display."""
    return tuple(
        posed + causes.genuine(part) * (genuine - posed)
        for part, (posed, genuine) in zip(
            ("onset", "apex", "offset"), (ONSET, APEX, OFFSET), strict=True
        )
    )


def _display(causes: Causes, chance: bool = True) -> np.ndarray:
    """How far this person moves each unit at the apex of this display.

    An optional unit is used or not; the average person (identity dose 0) uses it
    in part. Posed displays leave out much of what the eyes would do. Two takes
    differ, unless `chance` is off.
    """
    identity, genuine = causes.dose("identity.style"), causes.genuine("eyes")
    style = causes.draws("identity.style", "face")
    threshold, gain = style.random(len(UNITS)), style.normal(0, 0.25, len(UNITS))
    amounts = np.zeros(len(UNITS))
    for unit, share in PROTOTYPES.get(causes.emotion, {}).items():
        k = UNITS.index(unit)
        amounts[k] = share + identity * ((threshold[k] < share) - share)
        if k in EYES:  # genuinely, everybody uses it
            amounts[k] += genuine * (1 - amounts[k])
    for unit, strength in OURS.get(causes.emotion, {}).items():
        amounts[UNITS.index(unit)] = strength
    amounts[EYES] *= 0.4 + 0.6 * genuine
    spread = causes.draws("take", "face").normal(0, 0.2, len(UNITS))
    gain = identity * gain + chance * causes.dose("take") * spread
    return causes.shown("face") * amounts * np.exp(gain)


def _restless(causes: Causes) -> np.ndarray:
    """What muscles do besides, another bit in each take."""
    amounts = causes.draws("take", "restless").normal(size=len(UNITS))
    amounts = 0.13 * causes.dose("take") * np.clip(amounts - 0.4, 0, 2)
    amounts[LIDS] *= 0.3
    return amounts


def _glances(times: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """The eyes wander a little, in jumps."""
    moments = np.cumsum(chance.exponential(0.9, 20))
    places = chance.normal(0, 0.18, (21, 2))
    across, up = places[np.searchsorted(moments, times)].T
    return np.clip(np.stack([across, -across, up, -up], axis=1), 0, 1)


def _blinks(times: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Closed eyes for a fifth of a second, every other second or so."""
    moments = np.cumsum(chance.exponential(2.2, 6)) + 0.3
    nearest = np.abs(times[:, None] - moments).min(axis=1)
    return np.clip(1.4 - nearest / 0.09, 0, 1)


def _side(causes: Causes) -> int:
    """The side that displays more: 1 the person's left, as in most; -1 the right."""
    draw = causes.draws("identity.style", "side").random()
    return -1 if draw < 0.2 * causes.dose("identity.style") else 1


def _lean(causes: Causes) -> float:
    """By what share a display is stronger on the person's left; below 0: right."""
    spread = 0.2 * causes.dose("take") * causes.draws("take", "side").normal()
    lean = LEAN * np.exp(spread) * (1 - causes.genuine("symmetry"))
    return _side(causes) * float(lean)


def _sides(causes: Causes) -> np.ndarray:
    """What share of each unit the picture's left and right half show; 1: all.

    Contempt is drawn on one side, as its source has it.
    """
    lean = _lean(causes) * PAIRED
    if causes.emotion == "contempt":
        lean[UNITS.index("14")] = _side(causes)
    return np.stack([1 - lean, 1 + lean])  # the person's left is the picture's right


def _poses(
    causes: Causes, times: np.ndarray, canvas: Expression, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """How the head is held: it sways a little, and moves with emotion.

    Returns:
        For each frame a 2 x 3 matrix from the canvas to the picture, and how far
        the tip of the nose has moved across and down in half heads.
    """
    draws, take = causes.draws("take", "pose"), causes.dose("take")
    phases, rates = draws.uniform(0, 2 * np.pi, 6), draws.uniform(0.2, 0.7, 6)
    sway = np.sin(2 * np.pi * rates[:, None] * times + phases[:, None])
    restless = take * (0.6 * sway + draws.normal(size=6)[:, None])
    shown = causes.shown("face") * ease(times / 0.5)
    nod, tilt, turn = np.outer(HEAD.get(causes.emotion, (0, 0, 0)), shown)
    side = 1 if causes.draws("identity.style", "pose").random() < 0.5 else -1
    angle = np.radians(side * tilt + 1.5 * restless[0])
    across = 0.005 * side * turn + 0.02 * restless[1]
    down = 0.006 * nod + 0.015 * restless[2]
    zoom = (1 + 0.015 * restless[3]) * size[1] / canvas.shape[0]
    turned = np.stack(
        [0.011 * side * turn + 0.016 * restless[4], 0.010 * nod + 0.012 * restless[5]]
    )
    matrix = zoom * np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    )
    # The head tilts about its middle, which comes to lie where it is to be.
    goal = canvas.centre[:, None] * size[1] / canvas.shape[0]
    goal = goal + zoom * canvas.unit * np.stack([across, down])
    shift = goal - np.einsum("ijt,j->it", matrix, canvas.centre)
    poses = np.concatenate([matrix, shift[:, None]], axis=1).transpose(2, 0, 1)
    return poses, turned.T
