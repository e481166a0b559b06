"""Where in a rendered still the eyes and the brows are, and how far cuts miss them.

The strokes that make them are laid as in `expression`, and only their points kept.
Nothing is painted, and nothing here decides what a rendering looks like.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from emolib.features import regions
from emolib.studio import face, files, twins
from emolib.studio.causes import Causes
from emolib.studio.expression import MOVES, WEIGHTS, Expression


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


def motion_missed(count: int, profile: str = "quick") -> pd.DataFrame:
    """Mean distance between where flow says a point goes and where it goes.

    In films of RAVDESS's twin as they come out of the codec, on grey pictures of their
    own size. "standing still" is the answer of one who says that nothing moves: the
    mean motion itself.

    Args:
        count: of films, evenly spaced among the twin's.
        profile: how fine they are; those of "quick" have 160 x 160 pixels and 15
            frames a second.

    Returns:
        A row a method: pixels for each of `truth.PARTS`, and the time a pair of
        frames takes.
    """
    import tempfile
    import time

    from emolib.features import flow
    from emolib.media import pixels, read_film
    from emolib.studio import files, truth
    from emolib.studio.film import write_video

    form = twins.form("ravdess", profile)
    clips = [clip for clip in twins.plan("ravdess", profile) if clip.film]
    missed: dict[tuple[str, str], list[float]] = {}
    seconds, pairs = dict.fromkeys(flow.METHODS, 0.0), 0
    for clip in twins.base.every(clips, count):
        opening = files.sound(clip.causes, form).opening
        frames = round(form.seconds * form.frame_rate)
        how = (clip.causes, frames, form.frame_rate, form.size, opening)
        with tempfile.TemporaryDirectory() as folder:
            film = Path(folder) / "film.mp4"
            write_video(film, face.frames(*how), form.frame_rate)
            greys = [pixels(frame, colour=False) for _, frame in read_film(film)]
        points = truth.points(*how)
        for part, places in points.items():
            moved = np.hypot(*np.moveaxis(np.diff(places, axis=0), -1, 0))
            missed.setdefault(("standing still", part), []).extend(moved.ravel())
        pairs += len(greys) - 1
        for name, make in flow.METHODS.items():
            measure, start = make(), time.perf_counter()
            found = [measure(*two) for two in itertools.pairwise(greys)]
            seconds[name] += time.perf_counter() - start
            for part, places in points.items():
                wrong = missed.setdefault((name, part), [])
                steps = zip(found, itertools.pairwise(places), strict=True)
                wrong.extend(d for f, two in steps for d in flow.errors(f, *two))
    rows = [
        {"method": name}
        | {part: float(np.mean(missed[name, part])) for part in truth.PARTS}
        | {"ms a pair": 1e3 * seconds[name] / pairs if name in seconds else np.nan}
        for name in ("standing still", *flow.METHODS)
    ]
    return pd.DataFrame(rows)
