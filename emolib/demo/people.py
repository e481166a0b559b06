"""What people look like: proportions, colours, hair, glasses, age."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emolib.demo.causes import Causes

Colour = tuple[float, float, float]

# fmt: off
SKIN = ((246, 212, 186), (235, 194, 163), (217, 170, 134), (190, 138, 103),
        (156, 108, 78), (122, 82, 60))
HAIR = ((34, 27, 25), (62, 42, 32), (96, 62, 40), (130, 72, 44), (178, 136, 84),
        (150, 144, 138))
IRIS = ((74, 48, 34), (104, 92, 58), (88, 122, 146))
MENS_STYLES = ("short", "side", "curly", "bald", "short")
WOMENS_STYLES = ("long", "bun", "fringe", "curly", "bob", "side")
# Parts of irrational numbers: their multiples fill the unit interval evenly.
RATIOS = np.array([0.618, 0.4142, 0.7321, 0.7549, 0.2361, 0.6458, 0.3166])
# fmt: on


@dataclass(frozen=True)
class Person:
    """One person's looks; lengths in half heads, colours in RGB."""

    width: float
    jaw: float
    chin: float
    eye_gap: float
    eye_size: float
    nose: float
    mouth_width: float
    lips: float
    brow: float
    brow_height: float
    age: float
    skin: Colour
    hair: Colour
    iris: Colour
    cloth: Colour
    style: str
    part: float
    glasses: bool
    beard: float
    asymmetry: float


def person(causes: Causes) -> Person:
    """Draw a person; at identity dose 0 everybody is the average one."""
    draws, dose = causes.draws("identity", "face"), causes.dose("identity")
    female = 0.5 + (causes.female - 0.5) * dose
    z = np.clip(draws.normal(size=12), -1.8, 1.8) * dose
    # Evenly spread, not drawn: eight people already differ in all that strikes.
    start = causes.draws("people", "face").random(len(RATIOS))
    tone, age, shade, cut, glasses, beard, iris = (causes.identity * RATIOS + start) % 1
    age = 0.35 + dose * (age - 0.35)
    tone = 0.3 + dose * (tone - 0.3)
    shade = 0.3 + dose * (shade * (1 - 0.95 * tone) - 0.3)
    shade += (1 - shade) * np.clip((age - 0.6) * 3, 0, 1)  # greying
    styles = MENS_STYLES if causes.female < 0.5 else WOMENS_STYLES
    return Person(
        width=0.745 + 0.025 * z[0] - 0.02 * female,
        jaw=2.8 - 0.6 * female + 0.3 * z[1],
        chin=0.10 + 0.09 * female + 0.03 * z[2],
        eye_gap=0.335 + 0.012 * z[3],
        eye_size=0.155 + 0.012 * female + 0.007 * z[4],
        nose=1 + 0.13 * z[5] - 0.12 * female,
        mouth_width=0.27 + 0.02 * z[6],
        lips=1 + 0.2 * z[7] + 0.2 * female + 0.3 * tone,
        brow=1.15 - 0.45 * female + 0.18 * z[8],
        brow_height=0.285 + 0.02 * z[9] + 0.02 * female,
        age=age,
        skin=_mix(SKIN, tone),
        hair=_mix(HAIR, shade),
        iris=_mix(IRIS, iris * (tone < 0.5) * dose),
        cloth=tuple(80 + dose * (40 + 130 * draws.random(3) - 80)),
        style=styles[int(cut * len(styles))] if dose >= 0.5 else "short",
        part=0.25 * np.sign(z[10]) * dose,
        glasses=bool(glasses < 0.3 and dose >= 0.5),
        beard=np.clip(2 * beard - 0.8, 0, 1) * (causes.female < 0.5) * dose,
        asymmetry=0.02 * z[11],
    )


def _mix(colours: tuple[Colour, ...], place: float) -> Colour:
    """A colour on the way along a row of colours."""
    place = np.clip(place, 0, 1) * (len(colours) - 1)
    stops = range(len(colours))
    return tuple(
        np.interp(place, stops, channel) for channel in zip(*colours, strict=True)
    )
