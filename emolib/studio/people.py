"""What people look like: proportions, colours, hair, glasses, age.

Each part of a person comes from draws of its own and obeys its own dose, so that
any of them can be switched off without moving the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emolib.studio.causes import Causes

Colour = tuple[float, float, float]

# fmt: off
SKIN = ((247, 211, 184), (235, 193, 160), (215, 168, 130), (188, 136, 100),
        (156, 108, 78), (124, 84, 62))
HAIR = ((33, 27, 26), (58, 40, 32), (92, 61, 41), (128, 70, 43), (158, 116, 72))
GREY = (156, 152, 148)
IRIS = ((66, 42, 30), (98, 84, 52), (82, 114, 138))
RIMS = ((44, 40, 44), (92, 52, 34), (118, 112, 108))
CLOTH = ((62, 66, 84), (58, 92, 138), (48, 116, 110), (92, 122, 66), (190, 178, 92),
         (206, 204, 198), (158, 58, 74), (108, 66, 122))
MENS_CUTS = ("short", "swept", "curly", "crop", "parted", "bald")
WOMENS_CUTS = ("long", "bun", "bob", "curly", "waves", "fringe", "pixie")
NECKLINES = ("round", "v", "collar")
# fmt: on


@dataclass(frozen=True)
class Shape:
    """Proportions; lengths in half heads."""

    width: float
    jaw: float
    chin: float
    eye_gap: float
    eye_size: float
    eye_tilt: float
    lashes: float
    nose: float
    mouth_width: float
    lips: float
    asymmetry: float


@dataclass(frozen=True)
class Skin:
    """Skin tone from 0 (light) to 1 (dark), and the colour of the eyes."""

    tone: float
    colour: Colour
    iris: Colour


@dataclass(frozen=True)
class Hair:
    """Cut, colour and beard; the beard from 0 (none) to 1 (full)."""

    cut: str
    shade: float
    colour: Colour
    part: float
    volume: float
    line: float
    beard: float
    moustache: float


@dataclass(frozen=True)
class Brows:
    """How thick they are and how far above the eyes."""

    thickness: float
    height: float


@dataclass(frozen=True)
class Glasses:
    """Whether worn; from round (2) to square (4) rims, thin or thick."""

    worn: bool
    squareness: float
    rim: float
    colour: Colour


@dataclass(frozen=True)
class Age:
    """From 0 (young) to 1 (old), and how far the hair is grey."""

    lines: float
    grey: float


@dataclass(frozen=True)
class Clothes:
    """What is seen of them."""

    neckline: str
    colour: Colour


@dataclass(frozen=True)
class Person:
    """One person's looks, part by part."""

    shape: Shape
    skin: Skin
    hair: Hair
    brows: Brows
    glasses: Glasses
    age: Age
    clothes: Clothes

    @property
    def hair_colour(self) -> np.ndarray:
        """The hair's own colour and the grey of age, mixed."""
        own, grey = np.array(self.hair.colour), np.array(GREY)
        return own + self.age.grey * (grey - own)


def person(causes: Causes) -> Person:
    """Draw a person; parts at dose 0 are those of the average one."""
    return Person(
        _shape(causes), _skin(causes), _hair(causes), _brows(causes),
        _glasses(causes), _age(causes), _clothes(causes),
    )  # fmt: skip


def _shape(causes: Causes) -> Shape:
    dose, z = _normal(causes, "identity.shape", 10)
    female = _female(causes, dose)
    return Shape(
        width=0.735 + 0.025 * z[0] - 0.02 * female,
        jaw=2.8 - 0.6 * female + 0.3 * z[1],
        chin=0.10 + 0.09 * female + 0.03 * z[2],
        eye_gap=0.335 + 0.012 * z[3],
        eye_size=0.166 + 0.008 * female + 0.006 * z[4],
        eye_tilt=0.018 + 0.014 * z[5],
        lashes=0.024 + 0.007 * female,
        nose=1 + 0.13 * z[6] - 0.12 * female,
        mouth_width=0.27 + 0.02 * z[7],
        lips=1.05 + 0.2 * z[8] + 0.2 * female,
        asymmetry=0.012 * z[9],
    )


def _skin(causes: Causes) -> Skin:
    dose = causes.dose("identity.skin")
    tone = 0.3 + dose * (_spread(causes, "skin") - 0.3)
    iris = dose * _spread(causes, "iris") * np.clip(2.2 - 4 * tone, 0, 1)
    return Skin(float(tone), _mix(SKIN, tone), _mix(IRIS, iris))


def _hair(causes: Causes) -> Hair:
    dose, z = _normal(causes, "identity.hair", 3)
    shade = 0.3 + dose * (_spread(causes, "shade") ** 1.3 - 0.3)
    cuts = MENS_CUTS if causes.female < 0.5 else WOMENS_CUTS
    cut = cuts[int(_spread(causes, "hair") * len(cuts))]
    bearded = dose * (causes.female < 0.5)
    beard, moustache = _beard(_spread(causes, "beard"))
    return Hair(
        cut=_mostly(causes, "identity.hair", cut, "short"),
        shade=float(shade),
        colour=_mix(HAIR, shade),
        part=0.22 * float(np.sign(z[0])) * dose,
        volume=0.025 * z[1],
        line=0.025 * z[2],
        beard=bearded * beard,
        moustache=bearded * moustache,
    )


def _beard(chance: float) -> tuple[float, float]:
    """Beard and moustache: most have neither, some stubble, few more."""
    if chance < 0.5:
        return 0.0, 0.0
    if chance < 0.7:
        return 0.35, 0.35
    return (0.95, 0.9) if chance < 0.88 else (0.0, 0.9)


def _brows(causes: Causes) -> Brows:
    dose, z = _normal(causes, "identity.brows", 2)
    female = _female(causes, dose)
    return Brows(1.15 - 0.4 * female + 0.16 * z[0], 0.305 + 0.015 * (z[1] + female))


def _glasses(causes: Causes) -> Glasses:
    dose, z = _normal(causes, "identity.glasses", 3)
    return Glasses(
        worn=bool(_spread(causes, "glasses") < 0.3 * dose),
        squareness=3 + 0.6 * z[0],
        rim=0.017 + 0.004 * z[1],
        colour=_mix(RIMS, 0.5 + 0.4 * z[2]),
    )


def _age(causes: Causes) -> Age:
    age = 0.35 + causes.dose("identity.age") * (_spread(causes, "age") - 0.35)
    return Age(float(age), float(np.clip((age - 0.62) * 3, 0, 1)))


def _clothes(causes: Causes) -> Clothes:
    dose = causes.dose("identity.clothes")
    place, light = causes.draws("identity.clothes", "colour").random(2)
    colour = (0.85 + 0.3 * light) * np.array(_mix(CLOTH, place))
    neckline = NECKLINES[int(_spread(causes, "clothes") * len(NECKLINES))]
    return Clothes(
        neckline=_mostly(causes, "identity.clothes", neckline, "round"),
        colour=tuple((90 + dose * (colour - 90)).tolist()),
    )


def _normal(causes: Causes, part: str, count: int) -> tuple[float, list[float]]:
    """A part's dose, and normal draws scaled by it without far outliers."""
    dose = causes.dose(part)
    draws = causes.draws(part, "looks").normal(size=count)
    return dose, (dose * np.clip(draws, -1.8, 1.8)).tolist()


def _spread(causes: Causes, what: str) -> float:
    """Evenly spread, not drawn: a small cast already differs in all that strikes.

    Of eight people in a row each has an eighth of the range to himself; so have
    the four with odd numbers and the four with even ones a quarter each.
    """
    place = (causes.identity - 1) // 2
    odd = causes.identity % 2
    group = causes.draws("people", f"{what} {place // 4}")
    order, swapped = group.permuted([range(4)] * 2, axis=1), group.integers(2)
    eighth = 2 * order[odd, place % 4] + (odd ^ swapped)
    return float((eighth + group.random((2, 4))[odd, place % 4]) / 8)


def _mostly(causes: Causes, part: str, own: str, common: str) -> str:
    """A thing with no halves: a share as large as the dose has its own."""
    share = causes.draws(part, "own").random()
    return own if share < causes.dose(part) else common


def _female(causes: Causes, dose: float) -> float:
    return 0.5 + (causes.female - 0.5) * dose


def _mix(colours: tuple[Colour, ...], place: float) -> Colour:
    """A colour on the way along a row of colours."""
    place = np.clip(place, 0, 1) * (len(colours) - 1)
    stops = range(len(colours))
    return tuple(
        float(np.interp(place, stops, channel))
        for channel in zip(*colours, strict=True)
    )
