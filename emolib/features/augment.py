"""Sound and pictures changed on purpose: more copies to train on, or worse ones.

A changed clip is a feature like any other, so that the store keeps it. What is
drawn by chance follows from the clip's name, the copy's number and a seed, never
from the order in which clips are computed: a clip sounds the same in any subset.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from emolib import UsageError
from emolib.features.audio import Mfcc, samples_at
from emolib.features.faces import Frames, find_face
from emolib.media import MediaError, read_frames

if TYPE_CHECKING:
    from emolib.features.pictures import SoundPicture

GREY = 127  # of a bar over a face: neither light nor dark


@dataclass(frozen=True)
class Augmented:
    """A feature of the sound after one change.

    Args:
        feature: what is computed of the changed sound.
        change: "noise", "pitch", "stretch" or "shift"; see `CHANGES`.
        amount: how much, in the change's own unit: decibels that the sound is
            above the noise, semitones up, times as long, seconds later.
        copy: number of the copy; another one has other noise.
        seed: of what is drawn by chance.
    """

    feature: Mfcc | SoundPicture
    change: str
    amount: float
    copy: int = 1
    seed: int = 0

    name: ClassVar[str] = "augmented"
    version: ClassVar[int] = 1

    def __post_init__(self) -> None:
        if self.change not in CHANGES:
            raise UsageError(
                f"no change {self.change!r} of a sound; there are {', '.join(CHANGES)}"
            )
        if self.change == "stretch" and self.amount <= 0:
            raise UsageError(f"amount={self.amount}: a sound of no length is left")

    def __call__(self, path: str | Path) -> np.ndarray:
        """The feature of the changed sound, as `feature` gives it.

        Raises:
            MediaError: if the feature cannot use the file.
        """
        return self.heard(samples_at(path, self.rate), path)

    @property
    def rate(self) -> int:
        """Sampling rate of what is changed, in Hz."""
        return self.feature.rate

    def heard(self, samples: np.ndarray, path: str | Path) -> np.ndarray:
        """The same of a sound that was read already."""
        chance = generator(self.seed, self.copy, Path(path).stem)
        changed = CHANGES[self.change](samples, self.rate, self.amount, chance)
        return self.feature.of(changed)


@dataclass(frozen=True)
class Covered:
    """A video's frames with a grey bar across the face.

    Args:
        feature: which frames, and how large.
        share: how much of the face's height is covered, from its middle outwards.
    """

    feature: Frames
    share: float

    name: ClassVar[str] = "covered"
    version: ClassVar[int] = 1

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise UsageError(f"share={self.share} is not between 0 and 1")

    def __call__(self, path: str | Path) -> np.ndarray:
        """The pictures, as `feature` gives them; the bar stays where it is.

        Raises:
            MediaError: if the file cannot be used, or no frame shows a face.
        """
        pictures = self.feature(path).copy()
        size = self.feature.size
        left, top, width, height = face_of(path, self.feature.every)
        middle, half = top + height / 2, self.share * height / 2
        rows = slice(round(size * (middle - half)), round(size * (middle + half)))
        pictures[:, rows, round(size * left) : round(size * (left + width))] = GREY
        return pictures


@lru_cache(4096)
def face_of(path: str | Path, every: int = 5) -> tuple[float, float, float, float]:
    """Where the face is in the first frame that shows one, in shares of the picture.

    Args:
        path: a video file.
        every: look at frames 0, `every`, 2 x `every`, ...

    Returns:
        Left, top, width and height, each between 0 and 1.
    """
    for _, image in read_frames(path, every):
        if box := find_face(image):
            rows, columns = image.shape[:2]
            sides = columns, rows, columns, rows
            return tuple(value / side for value, side in zip(box, sides, strict=True))
    raise MediaError(path, "no face in any frame")


def generator(seed: int, copy: int, clip: str) -> np.random.Generator:
    """Chance that depends on nothing but these three."""
    digest = hashlib.blake2b(f"{seed} {copy} {clip}".encode(), digest_size=8)
    return np.random.default_rng(int.from_bytes(digest.digest()))


def noise(
    samples: np.ndarray, rate: int, amount: float, chance: np.random.Generator
) -> np.ndarray:
    r"""White noise added, so many decibels below the sound.

    .. math:: \text{amount} = 10 \log_{10}
              \frac{\sum_t \text{sound}_t^2}{\sum_t \text{noise}_t^2}

    over the whole clip, its pauses included. 20 is a hum one hears, 0 as loud as
    the voice.
    """
    drawn = chance.standard_normal(len(samples))
    power = np.mean(np.square(samples, dtype=np.float64))
    # By the power it turned out to have, so that the ratio is exact.
    wanted = power / 10 ** (amount / 10)
    drawn *= np.sqrt(wanted / np.mean(drawn**2))
    return (samples + drawn).astype(np.float32)


def pitch(
    samples: np.ndarray, rate: int, amount: float, chance: np.random.Generator
) -> np.ndarray:
    """So many semitones higher (below 0: lower), as long as before.

    Formants move along, as if the speaker were smaller.
    """
    from librosa.effects import pitch_shift

    return pitch_shift(samples, sr=rate, n_steps=amount).astype(np.float32)


def stretch(
    samples: np.ndarray, rate: int, amount: float, chance: np.random.Generator
) -> np.ndarray:
    """So many times as long, at the same pitch."""
    from librosa.effects import time_stretch

    return time_stretch(samples, rate=1 / amount).astype(np.float32)


def shift(
    samples: np.ndarray, rate: int, amount: float, chance: np.random.Generator
) -> np.ndarray:
    """So many seconds later; what leaves at the end comes in at the beginning."""
    return np.roll(samples, round(amount * rate))


CHANGES: dict[str, Callable[..., np.ndarray]] = {
    "noise": noise,
    "pitch": pitch,
    "stretch": stretch,
    "shift": shift,
}
