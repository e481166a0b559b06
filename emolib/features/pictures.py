"""Sound as a small picture: the six ways that document D compares.

The numbers are librosa's. They are drawn straight into the pixels that a network
sees: no axes, no margins, no colour scale, nothing saved and read back. A clip
spans the picture from left to right whatever its length, as in a figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np

from emolib import UsageError
from emolib.features.audio import (
    DYNAMIC_RANGE,
    QUIETEST_POWER,
    _window,
    decibels,
    samples_at,
)

_BLOCK = 256  # frames transformed at once: a long recording needs no more memory


@dataclass(frozen=True)
class SoundPicture:
    """A sound as a grey picture.

    Args:
        kind: one of `KINDS`.
        rate: sampling rate the sound is brought to, in Hz.
        n_fft: samples in a window.
        hop: samples from one window to the next.
        n_mels: bands of the mel spectrogram.
        size: width and height of the picture, in pixels.
    """

    kind: str = "mel spectrogram"
    rate: int = 16000
    n_fft: int = 2048
    hop: int = 512
    n_mels: int = 128
    size: int = 64

    name: ClassVar[str] = "sound-picture"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UsageError(
                f"no picture {self.kind!r} of a sound; there are {', '.join(KINDS)}"
            )

    def __call__(self, path: str | Path) -> np.ndarray:
        """The picture, uint8 of shape (size, size, 1), white on black.

        Raises:
            MediaError: if the file cannot be used, or was sampled below `rate`.
        """
        return self.of(samples_at(path, self.rate))

    def of(self, samples: np.ndarray) -> np.ndarray:
        """The picture of samples that were taken at `rate`."""
        _, drawn = KINDS[self.kind]
        grey = drawn(self.numbers(samples), self)
        return np.rint(255 * np.clip(grey, 0, 1)).astype(np.uint8)[:, :, None]

    def numbers(self, samples: np.ndarray) -> np.ndarray:
        """What is drawn: values over time, or (frames, bins)."""
        found, _ = KINDS[self.kind]
        return found(samples, self)


# -- numbers ----------------------------------------------------------------


def _waveform(samples: np.ndarray, how: SoundPicture) -> np.ndarray:
    return samples


def _centroid(samples: np.ndarray, how: SoundPicture) -> np.ndarray:
    r"""Where the middle of the magnitudes lies, in Hz.

    .. math:: c = \sum_k f_k |X_k| / \sum_k |X_k|
    """
    frequencies = np.fft.rfftfreq(how.n_fft, 1 / how.rate)
    return _each(samples, how, lambda size: _shares(size) @ frequencies)


def _bandwidth(samples: np.ndarray, how: SoundPicture) -> np.ndarray:
    r"""How far from the centroid they lie, in Hz.

    .. math:: b = \sqrt{\sum_k |X_k| (f_k - c)^2 / \sum_k |X_k|}
    """
    frequencies = np.fft.rfftfreq(how.n_fft, 1 / how.rate)

    def spread(size: np.ndarray) -> np.ndarray:
        shares = _shares(size)
        distance = frequencies - (shares @ frequencies)[:, None]
        return np.sqrt((shares * distance**2).sum(axis=1))

    return _each(samples, how, spread)


def _chromagram(samples: np.ndarray, how: SoundPicture) -> np.ndarray:
    """Energy of the twelve pitch classes, C first, the strongest of a frame being 1.

    Tuned to 440 Hz: librosa's own guess of a clip's tuning means nothing for speech.
    """
    filters = _chroma_filters(how.rate, how.n_fft)

    def classes(size: np.ndarray) -> np.ndarray:
        energy = size**2 @ filters.T
        strongest = energy.max(axis=1, keepdims=True)
        return energy / np.where(strongest > np.finfo(np.float32).tiny, strongest, 1)

    return _each(samples, how, classes)


def _spectrogram(samples: np.ndarray, how: SoundPicture) -> np.ndarray:
    """Decibels of each frequency below the loudest of the clip, at most 80."""
    power = _each(samples, how, np.square)
    found = 10 * np.log10(np.maximum(power, QUIETEST_POWER))
    return np.maximum(found - found.max(), -DYNAMIC_RANGE)


def _mel_spectrogram(samples: np.ndarray, how: SoundPicture) -> np.ndarray:
    """The same of mel bands."""
    found = decibels(samples, how.rate, how.n_fft, how.hop, how.n_mels)
    return found - found.max()


def _each(
    samples: np.ndarray, how: SoundPicture, of: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Something of each frame's magnitudes, block by block."""

    def blocks() -> Iterator[np.ndarray]:
        from scipy.fft import rfft

        padded = np.pad(samples, how.n_fft // 2)
        frames = np.lib.stride_tricks.sliding_window_view(padded, how.n_fft)
        frames, window = frames[:: how.hop], _window(how.n_fft)
        for start in range(0, len(frames), _BLOCK):
            some = frames[start : start + _BLOCK] * window
            yield of(np.abs(rfft(some, overwrite_x=True).astype(np.complex64)))

    return np.concatenate(list(blocks()))


def _shares(size: np.ndarray) -> np.ndarray:
    """Each magnitude's share of its frame; nothing of a silent one."""
    total = size.sum(axis=1, keepdims=True)
    return size / np.where(total > np.finfo(np.float32).tiny, total, 1)


@cache
def _chroma_filters(rate: int, n_fft: int) -> np.ndarray:
    from librosa.filters import chroma

    return chroma(sr=rate, n_fft=n_fft, tuning=0.0)


# -- drawings ---------------------------------------------------------------


def _swing(values: np.ndarray, how: SoundPicture) -> np.ndarray:
    """A wave around the middle, its highest peak at the edge."""
    return _line(0.5 + values / (2 * np.abs(values).max()), how.size)


def _curve(values: np.ndarray, how: SoundPicture) -> np.ndarray:
    """A curve from 0 Hz at the bottom to half the sampling rate at the top."""
    return _line(2 * values / how.rate, how.size)


def _line(heights: np.ndarray, size: int) -> np.ndarray:
    """A line a pixel thick through heights from 0 to 1, evenly spaced in time.

    A column is white from its lowest to its highest point, the edges by the share
    of a pixel that is covered.
    """
    # Fewer points than columns are joined; a column ends where the next begins.
    places = np.linspace(0, len(heights) - 1, max(len(heights), 2 * size + 1))
    heights = np.interp(places, np.arange(len(heights)), heights)
    ends = np.linspace(0, len(heights) - 1, size + 1).round().astype(int)
    low = np.minimum.reduceat(heights, ends[:-1])
    high = np.maximum.reduceat(heights, ends[:-1])
    joint = heights[ends[1:]]
    low, high = np.minimum(low, joint), np.maximum(high, joint)
    middle, half = (low + high) / 2 * (size - 1) + 0.5, (high - low) / 2 * (size - 1)
    rows = np.arange(size)[::-1, None]  # the lowest is the last
    top = np.minimum(rows + 1, middle + half + 0.5)
    bottom = np.maximum(rows, middle - half - 0.5)
    return np.clip(top - bottom, 0, 1)


def _plane(values: np.ndarray, how: SoundPicture) -> np.ndarray:
    """Values from 0 to 1: time to the right, bins upwards."""
    plane = values.T[::-1].astype(np.float32)
    return _scaled(_scaled(plane, how.size).T, how.size).T


def _loudness(values: np.ndarray, how: SoundPicture) -> np.ndarray:
    """Decibels: white the loudest, black what is 80 below it or more."""
    return _plane(1 + values / DYNAMIC_RANGE, how)


def _scaled(plane: np.ndarray, size: int) -> np.ndarray:
    """A plane as wide as wanted: means of more columns, blends of fewer."""
    import cv2

    many = plane.shape[1] > size
    method = cv2.INTER_AREA if many else cv2.INTER_LINEAR
    plane = np.ascontiguousarray(plane)
    return cv2.resize(plane, (size, len(plane)), interpolation=method)


KINDS = {
    "waveform": (_waveform, _swing),
    "spectral centroid": (_centroid, _curve),
    "spectral bandwidth": (_bandwidth, _curve),
    "chromagram": (_chromagram, _plane),
    "spectrogram": (_spectrogram, _loudness),
    "mel spectrogram": (_mel_spectrogram, _loudness),
}
"""What each kind finds in samples, and how it is drawn."""
