"""A clip in one row of numbers: how what moves in a face rises, falls and lasts.

The descriptor of the winners of the 2017 challenge on real and fake emotions (Saxen
and others 2017; code: fsaxen/NIT-ICCV17Challenge). They took the strengths of seven
muscles, as an estimator of theirs gave them; any series of numbers will do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from emolib import UsageError
from emolib.labels import SASEFE, LabelSpace

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
