"""What is true of a rendered film: where its points are in each frame, when it peaks.

The points are those that the renderer draws its strokes through. Nothing here
changes what is rendered, so that it counts in no rendering's version.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from emolib.studio import face
from emolib.studio.causes import Causes
from emolib.studio.expression import PULLS, UNITS, _depth
from emolib.studio.places import _Strokes

PARTS = ("brow", "lid", "mouth", "head", "wall")
HEAD = ((0, 0.05), (-0.45, 0.28), (0.45, 0.28), (0, -0.55), (0, 0.9))
"""Ridge of the nose, cheeks, forehead and chin, in half heads; see `portrait`."""
WALL = ((0.08, 0.08), (0.92, 0.08))
"""Beside the head, in shares of the canvas; it moves as the whole picture does."""


def points(
    causes: Causes,
    count: int,
    rate: float,
    size: tuple[int, int],
    opening: np.ndarray,
) -> dict[str, np.ndarray]:
    """Where brows, lids, mouth and head are in each frame of `face.frames`.

    Args:
        causes, count, rate, size, opening: as for `face.frames`.

    Returns:
        For each of `PARTS` an array (frames, points, 2), in pixels of the picture,
        across and down. Of each brow the inner end, the middle and the outer end;
        of each eye the middle of the upper and of the lower lid; of the mouth the
        corners, the middle of the upper edge of the upper lip and that of the lower
        edge of the lower one; of head and wall what `HEAD` and `WALL` name.
    """
    found = list(_places(causes, count, rate, size, opening))
    return {part: np.stack([one[part] for one in found]) for part in PARTS}


def apex(authenticity: float = 0.0) -> tuple[float, float]:
    """From which share of a clip to which its display stands, whatever the take.

    Args:
        authenticity: 1 genuine, 0 posed.

    >>> [round(share, 2) for share in apex()]
    [0.2, 0.73]
    """
    onset, stays = (
        posed + authenticity * (genuine - posed)
        for posed, genuine in (face.ONSET, face.APEX)
    )
    return 0.09 + onset, 0.04 + stays  # the earliest and latest start of `face._halves`


def _places(causes, count, rate, size, opening) -> Iterator[dict[str, np.ndarray]]:
    # As `face.frames` has it.
    times = np.arange(count) / rate
    units = face._halves(causes, times, count / rate)
    place = np.linspace(0, len(opening) - 1, count)
    units[..., face.JAW] = np.interp(place, np.arange(len(opening)), opening)[:, None]
    canvas = _Told(replace(causes, emotion="neutral"), *size, 1.0)
    poses, turns = face._poses(causes, times, canvas, size)
    for halves, pose, turned in zip(units, poses, turns, strict=True):
        told = canvas.told(halves, turned)
        yield {
            part: places @ pose[:, :2].T + pose[:, 2] for part, places in told.items()
        }


class _Told(_Strokes):
    """A face that keeps the course of its strokes by the colour they have."""

    def told(self, halves: np.ndarray, turned: np.ndarray) -> dict[str, np.ndarray]:
        """Points by part, in pixels of the canvas."""
        self.strokes: dict[str, list[np.ndarray]] = {}
        self.draw(halves, turned)
        brows = [_middle(one)[[0, 5, -1]] for one in self.strokes["brow"]]
        lower = [one[len(one) // 2] for one in self.strokes["lid"]]
        upper = [_middle(one)[6] for one in self.strokes["lash"]]
        (above,), (below,) = self.strokes["upper lip"], self.strokes["lip"]
        seam = len(above) // 2
        mouth = above[[0, seam - 1, seam // 2]], below[seam + seam // 2][None]
        return {
            "brow": np.concatenate(brows),
            "lid": np.stack([*upper, *lower]),
            "mouth": np.concatenate(mouth),
            "head": self._head(halves, turned),
            "wall": np.array(WALL) * self.shape[::-1],
        }

    def _palette(self) -> dict[str, str]:
        return {name: name for name in super()._palette()}  # a stroke by its name

    def _bend(self, halves: np.ndarray) -> None:
        return None

    def _folds(self, picture, moves) -> None: ...

    def _spectacles(self, picture) -> None: ...

    def _fill(self, picture, points, colour, origin=(0, 0)) -> None:
        self.strokes.setdefault(colour, []).append(self._points(points, origin) / 16)

    def _line(self, picture, points, colour, width, origin=(0, 0)) -> None:
        self._fill(picture, points, colour)

    def _head(self, halves: np.ndarray, turned: np.ndarray) -> np.ndarray:
        """Points of the skin: pulled by muscles, moved by a turn of the head."""
        start = np.array(HEAD, float)
        at = start
        for _ in range(5):  # the skin is bent by what acts at the place it comes to
            at = start + self._pull(at, halves) + _depth(*at.T)[:, None] * turned
        return at * self.unit + self.centre

    @staticmethod
    def _pull(at: np.ndarray, halves: np.ndarray) -> np.ndarray:
        total = np.zeros_like(at)
        for unit, (x, y, reach_x, reach_y, out, down) in PULLS.items():
            for side in (-1, 1) if x else (0,):
                across = (at[:, 0] - side * x) / reach_x
                hill = np.exp(-(across**2) - ((at[:, 1] - y) / reach_y) ** 2)
                share = halves[:, UNITS.index(unit)] @ [(1 - side) / 2, (1 + side) / 2]
                total += share * hill[:, None] * [side * out, down]
        return total


def _middle(outline: np.ndarray) -> np.ndarray:
    """The course between the two edges of a band."""
    half = len(outline) // 2
    return (outline[:half] + outline[half:][::-1]) / 2
