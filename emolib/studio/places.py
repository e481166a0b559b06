"""Where in a rendered still the eyes and the brows are, and how far cuts miss them.

The strokes that make them are laid as in `expression`, and only their points kept.
Nothing is painted, and nothing here decides what a rendering looks like.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from emolib.features import regions
from emolib.studio import face, files, twins
from emolib.studio.causes import Causes
from emolib.studio.expression import MOVES, WEIGHTS, Expression

if TYPE_CHECKING:
    import pandas as pd


class Places(NamedTuple):
    """Left, top, width and height of both eyes and of both brows, in pixels.

    Eyes are lids, lashes and the crease above them; `head` is the face's width.
    """

    eyes: tuple[float, ...]
    brows: tuple[float, ...]
    head: float


def still(causes: Causes, size: tuple[int, int], zoom: float = 1.0) -> Places:
    """The places in the picture that `face.still` renders from the same.

    >>> places = still(Causes(1, "happy"), (48, 48), zoom=1.5)
    >>> places.brows[1] < places.eyes[1]
    True
    """
    session = replace(
        causes, emotion="neutral", strength=0, authenticity=0, sentence=0,
        repetition=0, take="",
    )  # fmt: skip
    strokes = _Strokes(session, *size, zoom)
    units = face._sides(causes) * face._display(causes) + face._restless(causes)
    halves = np.clip(units, 0, 1.2) @ WEIGHTS.T
    moves = [dict(zip(MOVES, half, strict=True)) for half in halves]
    (pose,), (strokes.turned,) = face._poses(causes, np.array([1.0]), strokes, size)
    boxes = {}
    for name, lay in (("eyes", strokes._eye), ("brows", strokes._brow)):
        points = []
        for side, move in zip((-1, 1), moves, strict=True):
            lay(points, side, move)
        placed = np.concatenate(points) @ pose[:, :2].T + pose[:, 2]
        corner = placed.min(axis=0)
        boxes[name] = (*corner.tolist(), *np.ptp(placed, axis=0).tolist())
    zoomed = float(np.hypot(*pose[:, 0]))
    return Places(**boxes, head=2 * strokes.who.shape.width * strokes.unit * zoomed)


def missed(
    corpus: str, profile: str = "quick", size: int | None = 48, every: int = 1
) -> pd.DataFrame:
    """How far the cuts of `regions.locate` lie from eyes and brows.

    Args:
        corpus: whose twin's stills; they are rendered for this and not kept.
        profile: as `twins.plan` has it.
        size: pixels that a picture is brought to before; None leaves it as it is.
        every: take every so manieth still.

    Returns:
        A row a still: corpus, clip, emotion, the rule that cut it, and how far the
        middle of either cut is from that of the true box, as a share of the face's
        width.
    """
    import cv2
    import pandas as pd

    form, rows = twins.form(corpus, profile), []
    for clip in twins.plan(corpus, profile)[::every]:
        picture = files.picture(clip.causes, form)
        if not form.grey:
            picture = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        if size:
            picture = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
        scale = len(picture) / form.size[1]
        truth = still(clip.causes, form.size, form.zoom)
        found = regions.locate(picture)
        row = {"corpus": corpus, "clip": clip.causes.take}
        row |= {"emotion": clip.causes.emotion, "rule": found.rule}
        for name in ("eyes", "brows"):
            away = _middle(getattr(found, name)) - scale * _middle(getattr(truth, name))
            row[name] = float(np.hypot(*away)) / (scale * truth.head)
        rows.append(row)
    return pd.DataFrame(rows)


def _middle(box: tuple[float, ...]) -> np.ndarray:
    return np.array(box[:2]) + np.array(box[2:]) / 2


class _Strokes(Expression):
    """A face of which nothing is painted: strokes leave their points in a list."""

    def _paint(self, session: Causes) -> np.ndarray:
        self.strands = self.bare = None
        return np.empty(0)

    def _fill(self, picture, points, colour, origin=(0, 0)) -> None:
        picture.append(self._points(points) / 16)

    def _line(self, picture, points, colour, width, origin=(0, 0)) -> None:
        picture.append(self._points(points) / 16)

    def _eyeball(self, picture, side, move, top, bottom) -> None:
        """Lies between the lids."""
