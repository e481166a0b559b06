"""A clip in one row of numbers: how what moves in a face rises, falls and lasts.

The descriptor of the winners of the 2017 challenge on real and fake emotions (Saxen
and others 2017; code: fsaxen/NIT-ICCV17Challenge). They took the strengths of seven
muscles, as an estimator of theirs gave them; any series of numbers will do. Here it
is what moves around brows, eyes and mouth, by optical flow: `Movement`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from emolib import UsageError
from emolib.features import regions
from emolib.features.faces import find_face
from emolib.features.flow import METHODS
from emolib.labels import SASEFE, LabelSpace
from emolib.media import MediaError, pixels, read_film

if TYPE_CHECKING:
    from emolib.features.faces import Film

STATISTICS = (
    *("mean", "median", "minimum", "maximum"),
    *("range", "deviation", "middle half", "middle four fifths", "mean deviation"),
    *("time of maximum", "share above mean", "share above threshold"),
    *("times above mean", "times above threshold", "area", "area by range"),
    "first crossing to maximum",
)
"""What is said of a signal. The threshold is halfway from its minimum to its mean."""
SIGNALS = ("value", "speed", "acceleration")
SQUARED = (*STATISTICS[:9], "area", "area by range")
"""What of the value stands there squared as well, so that a line can bend."""
NUMBERS = (
    *(f"{signal} {name}" for signal in SIGNALS for name in STATISTICS),
    *(f"value {name} squared" for name in SQUARED),
)


CHANNELS = (
    *("brows up", "lids closed", "cheeks up"),
    *("corners up", "corners out", "mouth open", "uneven"),
)
"""What `Movement` follows, in place of the winners' seven muscles. "uneven" is how
much further up the mouth's right corner in the picture goes than the left one."""

PLACES = {
    "brow": (-0.85, -0.55, 0.85, -0.2),
    "left eye": (-0.75, -0.18, -0.25, 0.18),
    "right eye": (0.25, -0.18, 0.75, 0.18),
    "cheeks": (-0.8, 0.25, 0.8, 0.6),
    "left corner": (-0.6, 0.85, -0.25, 1.25),
    "right corner": (0.25, 0.85, 0.6, 1.25),
    "upper lip": (-0.2, 0.55, 0.2, 0.85),
    "chin": (-0.25, 1.15, 0.25, 1.6),
}
"""Left, top, right and bottom of what is looked at, from between the eyes, in
distances between them."""


@dataclass(frozen=True)
class Movement:
    """What moves around eyes and mouth of a film: a row a frame, a column a channel.

    The face is found, and its eyes, in the first frame that shows one; `PLACES` lie
    around them, and stay for the whole film. Each frame's motion since that first one
    is measured densely, so that no errors add up, less the head's own: that of most of
    the face. Unit is the distance between the eyes. A lid that closes hides what is
    below it, which is no motion: "lids closed" is the share that the eyes have lost of
    their contrast.

    Args:
        every: take frames 0, `every`, 2 x `every`, ...
        side: width and height that the face's box is brought to, in pixels.
        method: one of `flow.METHODS`.
        least: fewest frames of a film; one with fewer is refused.
    """

    every: int = 1
    side: int = 128
    method: str = "dis"
    least: int = 6

    name: ClassVar[str] = "movement"

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise UsageError(
                f"no method {self.method!r}; there are {', '.join(METHODS)}"
            )
        if self.every < 1 or self.least < 1 or self.side < 32:
            raise UsageError(
                f"every={self.every}, least={self.least}, side={self.side}: every and "
                "least are 1 or more, side 32 or more"
            )

    def __call__(self, path: str | Path) -> np.ndarray:
        """The channels, float32, (frames, channels).

        Raises:
            MediaError: if the file cannot be used, has fewer frames than `least`, or
                no frame shows a face.
        """
        return np.stack(list(self.seen(read_film(path), path)))

    def seen(self, frames: Film, path: str | Path) -> Iterator[np.ndarray]:
        """The rows of a film that is being read, one by one."""
        face, waiting, count = None, [], 0  # frames until the first face
        for number, frame in frames:
            if number % self.every:
                continue
            count += 1
            waiting.append(pixels(frame, colour=False))
            face = face or _Face.found(waiting[-1], self)
            if face:
                yield from map(face.moved, waiting)
                waiting.clear()
        if count < self.least:
            some = f"{count or 1} frame{'s' * (count > 1)}"
            raise MediaError(path, f"{some}, fewer than {self.least}")
        if face is None:
            raise MediaError(path, "no face in any frame")


class _Face:
    """A face as it is at first, and how it moves from there."""

    def __init__(self, grey: np.ndarray, box: tuple, how: Movement) -> None:
        self.box, self.side = box, how.side
        self.first = self._cut(grey)
        # It keeps state from one pair to the next: one for each film.
        self.measure = METHODS[how.method]()
        eyes = regions.eyes_in(self.first) * how.side
        (left, right), middle = eyes, eyes.mean(axis=0)
        self.apart = float(np.hypot(*(right - left)))
        edges = np.array(list(PLACES.values())).reshape(-1, 2, 2) * self.apart + middle
        edges = np.rint(edges).astype(int).clip(0, how.side)
        self.places = dict(zip(PLACES, edges, strict=True))
        self.open = self._contrast(self.first)

    @classmethod
    def found(cls, grey: np.ndarray, how: Movement) -> _Face | None:
        """The largest face in a picture, if there is one."""
        box = find_face(grey)
        return cls(grey, box, how) if box else None

    def moved(self, grey: np.ndarray) -> np.ndarray:
        """The channels of a frame."""
        now = self._cut(grey)
        flow = self.measure(self.first, now) / np.float32(self.apart)
        flow = flow - np.median(flow.reshape(-1, 2), axis=0)
        at = {name: self._at(flow, name).mean(axis=(0, 1)) for name in PLACES}
        left, right = at["left corner"], at["right corner"]
        return np.array(
            [
                -at["brow"][1],
                1 - self._contrast(now) / self.open,
                -at["cheeks"][1],
                -(left[1] + right[1]) / 2,
                (right[0] - left[0]) / 2,
                at["chin"][1] - at["upper lip"][1],
                left[1] - right[1],
            ],
            np.float32,
        )

    def _cut(self, grey: np.ndarray) -> np.ndarray:
        import cv2

        part = regions.cut(grey, self.box)
        shrinks = len(part) > self.side
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        return cv2.resize(part, (self.side, self.side), interpolation=method)

    def _at(self, picture: np.ndarray, name: str) -> np.ndarray:
        (left, top), (right, bottom) = self.places[name]
        return picture[top:bottom, left:right]

    def _contrast(self, grey: np.ndarray) -> float:
        """How far brightness varies in the eyes; never 0."""
        spread = [self._at(grey, f"{side} eye").std() for side in ("left", "right")]
        return float(np.mean(spread)) + 1


def descriptor(
    series: np.ndarray, rate: float = 100.0, cutoff: float | None = 1.0
) -> np.ndarray:
    """`NUMBERS` of each channel, one channel after the other.

    Value, speed and acceleration are each smoothed back and forth by a Butterworth
    filter of first order. Of a signal that does not move, what is divided by its
    range is 0, and so is what looks for a crossing.

    Args:
        series: movement, (frames, channels).
        rate: frames a second.
        cutoff: of the smoothing, in Hertz; None smooths nothing.

    Raises:
        UsageError: if there are fewer than six frames, a number is missing, or the
            cut-off is too high for the rate.

    >>> rises = descriptor(np.arange(50.0)[:, None], rate=10, cutoff=None)
    >>> dict(zip(NUMBERS, rises.round(2).tolist()))["speed mean"]
    10.0
    """
    series = np.asarray(series, dtype=np.float64)
    if series.ndim != 2 or len(series) < 6 or not np.isfinite(series).all():
        raise UsageError(
            f"a series of shape {series.shape}: wanted are six frames or more, one a "
            "row, of one channel or more, without missing numbers"
        )
    smooth = _smoothing(rate, cutoff)
    still = np.ptp(series, axis=0) == 0  # and not moved by a filter's last digits
    signals = [np.where(still, series, smooth(series))]
    for _ in SIGNALS[1:]:
        signals.append(smooth(np.diff(signals[-1], axis=0) * rate))
    told = [_statistics(signal, rate) for signal in signals]
    squares = told[0][[STATISTICS.index(name) for name in SQUARED]] ** 2
    return np.concatenate([*told, squares]).T.ravel()


def descriptors(
    clips: Iterable[np.ndarray],
    rate: float = 100.0,
    cutoff: float | None = 1.0,
    emotions: Sequence[str] | None = None,
    space: LabelSpace = SASEFE,
) -> np.ndarray:
    """`descriptor` of each clip, one row a clip, float32.

    Args:
        emotions: what each clip shows, where that is given; it then stands behind,
            one column a class. Seven channels and six emotions make 440 numbers.
        space: its classes.
    """
    rows = np.stack([descriptor(clip, rate, cutoff) for clip in clips])
    if emotions is not None:
        rows = np.hstack([rows, space.one_hot(emotions)])
    return rows.astype(np.float32)


def within(x: np.ndarray, people: Sequence[str], emotions: Sequence[str]) -> np.ndarray:
    """Rows less the mean of their person's rows that show the same emotion.

    What a linear model learns of these is how to rank: of two clips, each less their
    mean is half of one less the other, which is what the winners train on. Who asks
    about a clip must then have its counterpart.

    >>> within(np.array([[1.0], [3.0], [9.0]]), ["p", "p", "q"], ["sad"] * 3).ravel()
    array([-1.,  1.,  0.])
    """
    import pandas as pd

    x = np.asarray(x)
    if not len(x) == len(people) == len(emotions):
        raise UsageError(
            f"{len(x)} rows, {len(people)} people and {len(emotions)} emotions: there "
            "must be one of each"
        )
    both = pd.MultiIndex.from_arrays([list(people), list(emotions)])
    codes, groups = pd.factorize(both)
    sums = np.zeros((len(groups), *x.shape[1:]))
    np.add.at(sums, codes, x)
    return (x - (sums / np.bincount(codes)[:, None])[codes]).astype(x.dtype)


def _smoothing(rate: float, cutoff: float | None):
    from scipy.signal import butter, filtfilt

    if cutoff is None:
        return lambda signal: signal
    if not 0 < cutoff < rate / 2:
        raise UsageError(
            f"cutoff={cutoff} Hz, rate={rate} a second: the cut-off lies between 0 and "
            "half the rate"
        )
    b, a = butter(1, cutoff / (rate / 2))
    # As many steps are mirrored at the ends as Matlab's filtfilt mirrors.
    return lambda signal: filtfilt(b, a, signal, axis=0, padlen=3)


def _statistics(signal: np.ndarray, rate: float) -> np.ndarray:
    """`STATISTICS`, one row each, of every column."""
    least, most = signal.min(0), signal.max(0)
    mean = signal.mean(0).clip(least, most)  # it may miss a constant's last digit
    # Matlab's percentiles stand in the middle of their steps.
    tenth, quarter, rest, last = np.percentile(
        signal, (10, 25, 75, 90), axis=0, method="hazen"
    )
    above, over = signal > mean, signal > (least + mean) / 2
    area, spread = (signal - least).sum(0) / rate, most - least
    peak = signal.argmax(0)
    moves = spread > 0
    return np.stack([
        *(mean, np.median(signal, axis=0), least, most),
        *(spread, signal.std(0, ddof=1), rest - quarter, last - tenth),
        *(abs(signal - mean).mean(0), peak / rate, above.mean(0), over.mean(0)),
        *(_rises(above), _rises(over), area / 10),
        np.divide(area, spread, out=np.zeros_like(area), where=moves),
        np.where(moves, peak - _crossings(above).argmax(0), 0) / rate,
    ])  # fmt: skip


def _crossings(above: np.ndarray) -> np.ndarray:
    """Where a signal is on another side than just before; never at its first step."""
    found = np.zeros_like(above)
    found[1:] = above[1:] != above[:-1]
    return found


def _rises(above: np.ndarray) -> np.ndarray:
    """How many stretches there are, counted as half the crossings, rounded up."""
    return np.ceil(_crossings(above).sum(0) / 2)
