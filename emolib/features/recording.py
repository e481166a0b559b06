"""What a recording says of how it was made, and nothing of what is heard on it.

Two corpora differ in more than what people do in them: in rates, levels, and how
tightly the clips were cut. Whoever can tell corpora apart by that needs no ear.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from emolib.features.audio import Stack, samples_at
from emolib.media import read_sound

FACTS = ("silence before", "silence behind", "bandwidth", "loudness", "length")
"""What `Recording` gives, in its order."""

QUIET, FAINT = 40.0, 60.0  # decibels below the loudest moment, the strongest frequency


@dataclass(frozen=True)
class Recording:
    """Five numbers about a sound file as it is; see `facts`."""

    name: ClassVar[str] = "recording"

    def __call__(self, path: str | Path) -> np.ndarray:
        """The numbers, float32, in the order of `FACTS`.

        Raises:
            MediaError: if the file cannot be used.
        """
        return facts(*read_sound(path))


def facts(samples: np.ndarray, rate: int) -> np.ndarray:
    r"""How a sound was recorded and cut.

    Seconds before the first and behind the last moment (of ten milliseconds) that
    is less than 40 dB below the loudest one; the highest frequency in Hz whose power
    is less than 60 dB below the strongest one's; the loudness,

    .. math:: 10 \log_{10} \frac{1}{n} \sum_t \text{sample}_t^2

    and the length in seconds.

    >>> tone = np.sin(np.arange(4000) * np.pi / 4)
    >>> before, behind, _, _, length = facts(np.r_[np.zeros(4000), tone], 8000)
    >>> before, behind, length
    (np.float32(0.5), np.float32(0.0), np.float32(1.0))
    """
    from scipy.signal import welch

    first, last = sounding(samples, rate)
    frequencies, strength = welch(samples, rate, nperseg=min(1024, len(samples)))
    present = frequencies[strength > strength.max() * 10 ** (-FAINT / 10)]
    loudness = 10 * np.log10(np.square(samples, dtype=np.float64).mean())
    silent = first / rate, (len(samples) - last) / rate
    return np.array([*silent, present.max(), loudness, len(samples) / rate], np.float32)


def sounding(samples: np.ndarray, rate: int) -> tuple[int, int]:
    """Where a sound begins and ends: the first sample of it and the first behind it."""
    step = max(rate // 100, 1)
    power = np.square(samples, dtype=np.float64)
    moments = np.add.reduceat(power, np.arange(0, len(power), step))
    heard = np.flatnonzero(moments > moments.max() * 10 ** (-QUIET / 10))
    return int(heard[0] * step), int(min((heard[-1] + 1) * step, len(samples)))


@dataclass(frozen=True)
class Delivered:
    """A feature of a sound brought to its rate from below as well.

    So does `librosa.load`, which brings everything to 22,050 Hz unless told not to.
    Above half of its own rate such a sound holds nothing, and that can be learned.
    """

    feature: Stack

    name: ClassVar[str] = "delivered"

    def __call__(self, path: str | Path) -> np.ndarray:
        """The feature, as `feature` gives it.

        Raises:
            MediaError: if the file cannot be used.
        """
        import soxr

        wanted = self.feature.rate
        samples, rate = read_sound(path, wanted)
        if rate < wanted:
            samples = soxr.resample(samples, rate, wanted)
        return self.feature.of(samples)


@dataclass(frozen=True)
class Alike:
    """A feature of a sound of which silence at its ends and loudness say nothing.

    The silence is cut off, as `facts` finds it, and the rest brought to one loudness.
    """

    feature: Stack
    loudness: float = -26.0

    name: ClassVar[str] = "alike"

    def __call__(self, path: str | Path) -> np.ndarray:
        """The feature, as `feature` gives it.

        Raises:
            MediaError: as `feature` does.
        """
        rate = self.feature.rate
        samples = samples_at(path, rate)
        samples = samples[slice(*sounding(samples, rate))]
        power = np.square(samples, dtype=np.float64).mean()
        return self.feature.of(samples * np.sqrt(10 ** (self.loudness / 10) / power))
