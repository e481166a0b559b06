"""The set-up a face is recorded in: light, wall, framing and camera.

In a plain studio (dose 0) the light is white and comes from the front, the wall
has the one colour of its place, the face sits in the middle, and the camera adds a
trace of noise only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emolib.studio.causes import PLACES, Causes


@dataclass(frozen=True)
class Light:
    """Side: from -1.7 (picture's left) to 1.7; colour; 1 is plain strength."""

    side: float
    warmth: float
    strength: float

    @property
    def colour(self) -> np.ndarray:
        """What it multiplies red, green and blue by."""
        return self.strength * np.array(
            [1 + 0.035 * self.warmth, 1, 1 - 0.05 * self.warmth]
        )


@dataclass(frozen=True)
class Background:
    """The wall's colour."""

    red: float
    green: float
    blue: float


@dataclass(frozen=True)
class Framing:
    """How large the head is, and where; as shares of the picture's sides."""

    distance: float
    across: float
    down: float


@dataclass(frozen=True)
class Setup:
    """One recording set-up.

    Noise is in grey levels (standard deviation), `resolution` the share of
    pixels along a side that survive, `compression` the quality of the JPEG round
    trip in percent (100: none).
    """

    light: Light
    background: Background
    framing: Framing
    noise: float
    resolution: float
    compression: float


def setup(causes: Causes) -> Setup:
    """Draw a set-up; parts at dose 0 are those of a plain studio in that place."""
    place = PLACES[causes.place]
    side, warmth, strength, _ = _normal(causes, "setup.light")
    red, green, blue, grey = _normal(causes, "setup.background")
    distance, across, down, _ = _normal(causes, "setup.framing")
    noise = abs(_normal(causes, "setup.noise")[0])
    coarse = causes.dose("setup.resolution") * _even(causes, "setup.resolution")
    packed = causes.dose("setup.compression") * _even(causes, "setup.compression")
    tint = 16 * np.array([red, green, blue]) + 26 * grey
    wall = np.clip(place.wall + tint, 60, 215)
    return Setup(
        light=Light(side, warmth, 1 + 0.09 * strength),
        background=Background(*wall.tolist()),
        framing=Framing(1 - 0.05 * distance, 0.025 * across, 0.015 * down),
        noise=0.7 + 0.9 * noise,
        resolution=place.detail * (1 - 0.36 * coarse),
        compression=round(place.quality - 45 * packed**0.5),
    )


def expose(picture: np.ndarray, setup: Setup, draws: np.random.Generator) -> np.ndarray:
    """The picture as this set-up's lens, sensor and encoder leave it.

    Args:
        picture: RGB, uint8.
        setup: whose camera.
        draws: the noise of this very take.
    """
    import cv2

    height, width = picture.shape[:2]
    if setup.resolution < 1:
        # Of a picture as small as a thumbnail nothing would be left.
        share = max(setup.resolution, min(40 / min(width, height), 1))
        kept = round(width * share), round(height * share)
        picture = cv2.resize(picture, kept, interpolation=cv2.INTER_AREA)
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
    grain = draws.integers(0, 256, (height, width), dtype=np.uint8)
    levels = np.rint((np.arange(256) - 127.5) * setup.noise / 73.9).astype(np.int8)
    grain = cv2.LUT(grain, levels)
    picture = cv2.add(picture, cv2.merge([grain] * 3), dtype=cv2.CV_8U)
    if setup.compression < 100:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(setup.compression)]
        # OpenCV takes the channels for blue, green, red: the round trip is the
        # same but for how brightness weighs them, so they are swapped for it.
        picture = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        packed = cv2.imencode(".jpg", picture, quality)[1]
        picture = cv2.imdecode(packed, cv2.IMREAD_COLOR)
        picture = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    return picture


def _normal(causes: Causes, part: str) -> list[float]:
    """Four normal draws, scaled by the part's dose, without far outliers."""
    draws = np.clip(causes.draws(part, "picture").normal(size=4), -1.7, 1.7)
    return (causes.dose(part) * draws).tolist()


def _even(causes: Causes, part: str) -> float:
    return causes.draws(part, "picture").random()
