"""Sound as mel-frequency cepstral coefficients (MFCC), alone or with more.

The numbers are librosa's, without librosa's import, and safe to compute in threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np

from emolib import UsageError
from emolib.files import write_atomic
from emolib.media import MediaError, read_sound

QUIETEST_POWER = 1e-10
DYNAMIC_RANGE = 80.0  # dB below the loudest band of the clip
_BLOCK = 256  # frames transformed at once: a long recording needs no more memory


@dataclass(frozen=True)
class Mfcc:
    """MFCCs of a sound file, as `librosa.feature.mfcc` gives them.

    Args:
        rate: sampling rate the sound is brought to, in Hz.
        n_mfcc: how many coefficients to keep.
        n_fft: samples in a window.
        hop: samples from one window to the next.
        n_mels: mel bands the coefficients are made from.
    """

    rate: int = 16000
    n_mfcc: int = 40
    n_fft: int = 2048
    hop: int = 512
    n_mels: int = 128

    name: ClassVar[str] = "mfcc"

    def __call__(self, path: str | Path) -> np.ndarray:
        """The coefficients, float32 of shape (frames, n_mfcc).

        Raises:
            MediaError: if the file cannot be used, or was sampled below `rate`:
                its upper bands would hold nothing, which a model would learn.
        """
        return self.of(samples_at(path, self.rate))

    def of(self, samples: np.ndarray) -> np.ndarray:
        """The coefficients of samples that were taken at `rate`."""
        return mfcc(samples, self.rate, self.n_mfcc, self.n_fft, self.hop, self.n_mels)


@dataclass(frozen=True)
class Stack:
    """Several descriptions of a sound, one above the other, of one length.

    From the top: mel bands in decibels below the clip's loudest; MFCCs, as `Mfcc`
    gives them; the spectrum's magnitude in bands of equal width. What is longer is
    cut, what is shorter filled with zeros behind. (Zero decibels is the loudest
    that there is: the filling says aloud how long a clip was.)

    Args:
        rate, n_fft, hop: as `Mfcc`'s.
        mels, coefficients, bins: rows of each of the three; 0 leaves it out.
        frames: columns.
        level: bring the sound's peak to 1 first.
    """

    rate: int = 16000
    mels: int = 64
    coefficients: int = 13
    bins: int = 0
    frames: int = 150
    n_fft: int = 2048
    hop: int = 512
    level: bool = True

    name: ClassVar[str] = "stack"

    def __post_init__(self) -> None:
        if self.mels + self.coefficients + self.bins < 1 or self.frames < 1:
            raise UsageError(f"{self}: nothing is stacked, or no frame of it")
        if self.bins > self.n_fft // 2 + 1:
            raise UsageError(f"{self}: n_fft gives {self.n_fft // 2 + 1} bins at most")

    def __call__(self, path: str | Path) -> np.ndarray:
        """The stack, float32 of shape (rows, frames).

        Raises:
            MediaError: as `Mfcc`.
        """
        return self.of(samples_at(path, self.rate))

    def of(self, samples: np.ndarray) -> np.ndarray:
        """The stack of samples that were taken at `rate`."""
        samples = samples / np.abs(samples).max() if self.level else samples
        cut, rows = (self.n_fft, self.hop), []
        if self.mels:
            found = decibels(samples, self.rate, *cut, self.mels)
            rows.append(found - found.max())
        if self.coefficients:
            rows.append(mfcc(samples, self.rate, self.coefficients, *cut))
        if self.bins:
            rows.append(_bands(samples, *cut, _even_filters(self.n_fft, self.bins), 1))
        found = np.concatenate(rows, axis=1)[: self.frames].T
        return np.pad(found, ((0, 0), (0, self.frames - found.shape[1])))


@dataclass(frozen=True)
class Waveform:
    """The beginning of a sound itself, in rows one below the other.

    Args:
        rate: sampling rate it is brought to, in Hz.
        rows, frames: of the array; together the samples that are kept. What is
            shorter is filled with zeros behind.
    """

    rate: int = 2400
    rows: int = 77
    frames: int = 150

    name: ClassVar[str] = "waveform"

    def __call__(self, path: str | Path) -> np.ndarray:
        """The samples, float32 of shape (rows, frames), their peak at 1.

        Raises:
            MediaError: as `Mfcc`.
        """
        return self.of(samples_at(path, self.rate))

    def of(self, samples: np.ndarray) -> np.ndarray:
        """The same of samples that were taken at `rate`."""
        wanted = self.rows * self.frames
        kept = (samples / np.abs(samples).max()).astype(np.float32)[:wanted]
        return np.pad(kept, (0, wanted - len(kept))).reshape(self.rows, self.frames)


def samples_at(path: str | Path, rate: int) -> np.ndarray:
    """Mono samples of a sound file at exactly this rate.

    Raises:
        MediaError: if the file cannot be used, or was sampled below `rate`.
    """
    samples, own_rate = read_sound(path, rate)
    if own_rate < rate:
        raise MediaError(path, f"sampled at {own_rate} Hz, below {rate} Hz")
    return samples


def mfcc(
    samples: np.ndarray,
    rate: int,
    n_mfcc: int = 40,
    n_fft: int = 2048,
    hop: int = 512,
    n_mels: int = 128,
) -> np.ndarray:
    r"""Mel-frequency cepstral coefficients.

    .. math:: c_k = \mathrm{DCT}_k\left(10 \log_{10} \max(M |X|^2, 10^{-10})\right)

    with :math:`X` the Fourier transform of a Hann window's samples, :math:`M`
    the mel filters, and nothing more than 80 dB below the clip's loudest band.

    Args:
        samples: mono samples.
        rate, n_mfcc, n_fft, hop, n_mels: see `Mfcc`.

    Returns:
        float32 of shape (1 + len(samples) // hop, n_mfcc): time first.

    Raises:
        UsageError: if there are more coefficients than bands.

    Example:
        >>> mfcc(np.sin(np.arange(16000) / 5), 16000).shape
        (32, 40)
    """
    from scipy.fft import dct

    if n_mfcc > n_mels:
        raise UsageError(f"n_mfcc={n_mfcc} is more than n_mels={n_mels} can give")
    bands = decibels(samples, rate, n_fft, hop, n_mels)
    return np.ascontiguousarray(dct(bands, norm="ortho")[:, :n_mfcc])


def decibels(
    samples: np.ndarray,
    rate: int,
    n_fft: int = 2048,
    hop: int = 512,
    n_mels: int = 128,
) -> np.ndarray:
    """Mel bands in decibels, nothing more than 80 below the clip's loudest.

    As `librosa.power_to_db(librosa.feature.melspectrogram(...))`, time first.
    """
    energy = _bands(samples, n_fft, hop, _mel_filters(rate, n_fft, n_mels), power=2)
    found = 10 * np.log10(np.maximum(energy, QUIETEST_POWER))
    return np.maximum(found, found.max() - DYNAMIC_RANGE, out=found)


def _bands(
    samples: np.ndarray, n_fft: int, hop: int, filters: np.ndarray, power: int
) -> np.ndarray:
    """A power of the spectrum's magnitude, weighed into bands, frame by frame."""
    from scipy.fft import rfft

    window = _window(n_fft)
    padded = np.pad(samples, n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    # Double, then single precision, in librosa's order: near the quietest bands
    # any other order is off by more than 1e-4.
    energy = np.empty((len(frames), len(filters)), dtype=np.float32)
    for start in range(0, len(frames), _BLOCK):
        some = frames[start : start + _BLOCK] * window
        spectrum = rfft(some, overwrite_x=True).astype(np.complex64)
        energy[start : start + _BLOCK] = np.abs(spectrum) ** power @ filters.T
    return energy


@cache
def _window(n_fft: int) -> np.ndarray:
    """A periodic Hann window."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)


@cache
def _mel_filters(rate: int, n_fft: int, n_mels: int) -> np.ndarray:
    """Triangular filters of equal area, shape (n_mels, n_fft // 2 + 1)."""
    edges = _hertz(np.linspace(0, _mel(rate / 2), n_mels + 2))
    distance = edges[:, None] - np.fft.rfftfreq(n_fft, 1 / rate)
    width = np.diff(edges)[:, None]
    rising = -distance[:-2] / width[:-1]
    falling = distance[2:] / width[1:]
    filters = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    filters *= (2 / (edges[2:] - edges[:-2]))[:, None]
    return filters


@cache
def _even_filters(n_fft: int, bins: int) -> np.ndarray:
    """Means over neighbouring frequencies, shape (bins, n_fft // 2 + 1)."""
    count = n_fft // 2 + 1
    band = np.arange(count) * bins // count == np.arange(bins)[:, None]
    return (band / band.sum(axis=1, keepdims=True)).astype(np.float32)


# Slaney's mel scale: linear up to 1000 Hz (15 mel), 27 mel to a factor of 6.4 above.
_HERTZ_PER_MEL = 200 / 3
_LOG_STEP = np.log(6.4) / 27


def _mel(hertz: float) -> float:
    if hertz < 1000:
        return hertz / _HERTZ_PER_MEL
    return 15 + np.log(hertz / 1000) / _LOG_STEP


def _hertz(mel: np.ndarray) -> np.ndarray:
    above = 1000 * np.exp(_LOG_STEP * (mel - 15))
    return np.where(mel < 15, _HERTZ_PER_MEL * mel, above)


def mel_edges(rate: int, bands: int) -> np.ndarray:
    """Edges in Hz of bands that are equally wide in mel, from 0 to half the rate.

    Of n triangular filters, filter k reaches from edge k to edge k + 2 of n + 1 bands.

    Example:
        >>> mel_edges(16000, 2).round().tolist()
        [0.0, 1689.0, 8000.0]
    """
    return _hertz(np.linspace(0, _mel(rate / 2), bands + 1))


def statistics(array: np.ndarray) -> np.ndarray:
    """One vector for a whole clip: what a linear baseline can use.

    Args:
        array: shape (frames, bins).

    Returns:
        float32 of length 4 x bins: mean and standard deviation over time of the
        bins, then of their change from frame to frame.

    Example:
        >>> statistics(np.array([[0.0], [4.0]])).tolist()
        [2.0, 2.0, 4.0, 0.0]
    """
    array = np.asarray(array, dtype=np.float64)
    # A single frame does not change.
    change = np.diff(array, axis=0) if len(array) > 1 else np.zeros_like(array)
    parts = [f(a, axis=0) for a in (array, change) for f in (np.mean, np.std)]
    return np.concatenate(parts).astype(np.float32)


def pad(arrays: Sequence[np.ndarray], length: int | None = None) -> np.ndarray:
    """Clips of different length as one array, zeros in front.

    In front, as Keras' `pad_sequences` does unless told otherwise: a recurrent
    layer then ends on speech, not on a second of nothing.

    Args:
        arrays: each of shape (frames, bins).
        length: frames to give every clip; of longer ones the beginning is cut.
            None takes the longest.

    Returns:
        float32 of shape (clips, length, bins).

    Raises:
        UsageError: if there are no arrays.

    Example:
        >>> pad([np.ones((1, 2)), np.ones((3, 2))])[0].tolist()
        [[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]]
    """
    if not len(arrays):
        raise UsageError("no arrays to pad: the list of clips is empty")
    length = length or max(len(array) for array in arrays)
    padded = np.zeros((len(arrays), length, arrays[0].shape[1]), dtype=np.float32)
    for row, array in zip(padded, arrays, strict=True):
        row[max(length - len(array), 0) :] = array[-length:]
    return padded


def windows(array: np.ndarray, length: int, hop: int) -> list[tuple[int, int]]:
    """Where windows of `length` frames start and stop, every `hop` frames.

    A clip shorter than `length` gives one window, the whole of it; what is left
    at the end of a longer one and fills no window is dropped.

    Example:
        >>> windows(np.zeros((10, 40)), length=4, hop=3)
        [(0, 4), (3, 7), (6, 10)]
    """
    if length < 1 or hop < 1:
        raise UsageError(f"length={length} and hop={hop} must be 1 or more")
    last = max(len(array) - length, 0)
    return [
        (start, min(start + length, len(array))) for start in range(0, last + 1, hop)
    ]


def picture(array: np.ndarray, path: str | Path) -> None:
    """Write MFCCs as a PNG: time to the right, coefficients upwards.

    Four pixels a value, from the array's lowest value (dark) to its highest.

    Args:
        array: shape (frames, bins).
        path: the file to write, ending in .png.
    """
    import cv2

    span = np.ptp(array) or 1.0  # a constant array is all dark
    grey = ((array - array.min()) * (255 / span)).astype(np.uint8).T[::-1]
    large = np.repeat(np.repeat(grey, 4, axis=0), 4, axis=1)
    _, png = cv2.imencode(".png", cv2.applyColorMap(large, cv2.COLORMAP_VIRIDIS))
    write_atomic(path, lambda temporary: temporary.write_bytes(png.tobytes()))
