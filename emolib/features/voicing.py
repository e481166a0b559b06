"""How high a voice is, and whether there is one: pitch by autocorrelation.

A sound that repeats itself after a time looks like itself moved by that time. How
much like itself, between 0 and 1, tells a voice from a noise; the time is one over
the pitch.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

LOWEST, HIGHEST = 60.0, 500.0
"""Pitches that are looked for, in Hz."""

FRAME, HOP = 0.04, 0.016
"""Seconds of a frame, two and a half of the longest periods, and between two."""

NEARLY = 0.9
"""Of the highest peak; an earlier one so high is taken instead."""

_BLOCK = 512  # frames transformed at once
_FLOOR = 1e-10


class Track(NamedTuple):
    """What is found in each frame of a sound.

    Attributes:
        pitch: in Hz, of the strongest period.
        strength: how alike the sound is to itself a period later, 0 to 1.
        level: in decibels of full scale.
    """

    pitch: np.ndarray
    strength: np.ndarray
    level: np.ndarray


def track(samples: np.ndarray, rate: int) -> Track:
    r"""Pitch, its strength and the level, frame by frame.

    .. math:: r_k = \frac{\sum_t x_t x_{t+k}}{\sum_t x_t^2} \Big/
              \frac{\sum_t w_t w_{t+k}}{\sum_t w_t^2}

    with :math:`w` the window; the pitch is :math:`1/k` of the first peak of
    :math:`r` within `LOWEST` and `HIGHEST` that is nearly the highest. A value that
    is no peak, as a slow noise has, counts as none.

    Args:
        samples: mono samples.
        rate: their sampling rate in Hz.

    Example:
        >>> tone = np.sin(2 * np.pi * 200 * np.arange(16000) / 16000)
        >>> found = track(tone, 16000)
        >>> round(float(np.median(found.pitch))), bool(found.strength.min() > 0.9)
        (200, True)
    """
    from scipy.fft import irfft, next_fast_len, rfft

    length, hop = round(FRAME * rate), round(HOP * rate)
    padded = np.pad(samples, (0, max(length - len(samples), 0)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, length)[::hop]
    size, window = next_fast_len(2 * length), np.hanning(length)
    first, last = int(rate / HIGHEST), min(int(rate / LOWEST), length - 2)
    own = irfft(np.abs(rfft(window, size)) ** 2, size)[: last + 2]
    found = []
    for start in range(0, len(frames), _BLOCK):
        some = frames[start : start + _BLOCK].astype(np.float64)
        level = 10 * np.log10(np.maximum((some**2).mean(axis=1), _FLOOR))
        some = (some - some.mean(axis=1, keepdims=True)) * window
        alike = irfft(np.abs(rfft(some, size)) ** 2, size)[:, : last + 2]
        alike = alike / np.maximum(alike[:, :1], _FLOOR) / (own / own[0])
        middle = alike[:, first : last + 1]
        peak = (middle >= alike[:, first - 1 : last]) & (
            middle >= alike[:, first + 1 :]
        )
        height = np.where(peak, middle, 0.0)
        # What repeats itself does so after two periods as well: the first counts.
        high = height >= NEARLY * height.max(axis=1, keepdims=True)
        place = high.argmax(axis=1)
        strength = np.clip(height[np.arange(len(some)), place], 0, 1)
        found.append((rate / (place + first), strength, level))
    return Track(*(np.concatenate(part) for part in zip(*found, strict=True)))
