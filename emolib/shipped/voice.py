"""The voice model's ears: functionals of a sound, and when to say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from emolib.features import audio, voicing
from emolib.shipped.linear import Answer, Linear, load

RATE = 16000
SHORTEST = 0.5  # seconds
QUIETEST = -55.0  # decibels of full scale, of the loudest frame
CLIPPED = 0.005  # share of samples at full scale
HEARD = 35.0  # decibels below the loudest frame that count as sounding
VOICED = 0.6  # strength of pitch

REASONS = {
    "too short": "less than half a second; record a sentence",
    "silent": "nothing but silence; look at the microphone, come nearer",
    "clipped": "louder than the recording can hold; lower the gain, record again",
    "no voice": "a noise, a hum or music, no voice as those it learned from",
    "unsure": "below the threshold that was fixed beforehand",
}
"""Why the voice model abstains, and what can be done."""

_LAST = 3  # numbers behind the functionals, of the recording and not of the voice
_MIDDLE = voicing.FRAME / 2  # a frame's middle, in seconds from where it starts


@dataclass(frozen=True)
class Functionals:
    """A sound in one row: of timbre, pitch, loudness and pace where it sounds.

    Means and spreads of MFCCs and of their change in the frames that sound (the mean of
    the first coefficient, which is how loud it was recorded, left out); quantiles and
    movement of the pitch, share of voice, spread of the level, voiced stretches a
    second. Behind them: the loudest frame in decibels, seconds, share of samples at
    full scale.
    """

    rate: int = RATE

    name: ClassVar[str] = "voice-functionals"

    def __call__(self, path: str | Path) -> np.ndarray:
        """The row, float32.

        Raises:
            MediaError: if the file cannot be used, or was sampled below `rate`.
        """
        return self.of(audio.samples_at(path, self.rate))

    def of(self, samples: np.ndarray) -> np.ndarray:
        """The row of samples that were taken at `rate`."""
        found = voicing.track(samples, self.rate)
        heard = found.level > found.level.max() - HEARD
        coefficients = audio.mfcc(samples, self.rate)
        timbre = audio.statistics(coefficients[_at(heard, len(coefficients))])[1:]
        clipped = float((np.abs(samples) > 0.999).mean())
        last = [found.level.max(), len(samples) / self.rate, clipped]
        return np.concatenate([timbre, _pitch(found, heard), last]).astype(np.float32)


def asked(row: np.ndarray) -> np.ndarray:
    """What of a row, or of rows, the model is given."""
    return row[..., :-_LAST]


def measures(row: np.ndarray) -> np.ndarray:
    """Share of voice and spread of the level: what noise and hum lack."""
    return row[..., [-_LAST - 5, -_LAST - 3]]


def reason(row: np.ndarray, limits: tuple[float, ...]) -> str:
    """Why nothing can be said of a row; one of `REASONS`, or ""."""
    loudest, seconds, clipped = row[-_LAST:]
    if seconds < SHORTEST:
        return "too short"
    if loudest < QUIETEST:
        return "silent"
    if clipped > CLIPPED:
        return "clipped"
    return "no voice" if (measures(row) < np.array(limits)).any() else ""


def answer(samples: np.ndarray, model: Linear | None = None) -> Answer:
    """What the voice model says of mono samples at `RATE`."""
    model = model or load("voice")
    if len(samples) < SHORTEST * RATE:
        return Answer("", "too short", {})
    row = Functionals().of(samples)
    return model.answer(asked(row), reason(row, model.limits))


def _at(heard: np.ndarray, frames: int) -> np.ndarray:
    """Which frames of the MFCCs lie where the track says that it sounds."""
    times = np.arange(frames) * audio.Mfcc.hop / RATE
    places = np.rint((times - _MIDDLE) / voicing.HOP).astype(int)
    chosen = heard[np.clip(places, 0, len(heard) - 1)]
    return chosen if chosen.any() else np.ones(frames, bool)


def _pitch(found: voicing.Track, heard: np.ndarray) -> np.ndarray:
    voiced = heard & (found.strength > VOICED)
    octaves = np.log2(found.pitch)
    steps = np.abs(np.diff(octaves))[voiced[1:] & voiced[:-1]]
    known = octaves[voiced] if voiced.any() else np.log2([voicing.LOWEST])
    level = found.level[heard]
    begins = (np.diff(voiced.astype(int)) == 1).sum()
    return np.array([
        *np.quantile(known, [0.1, 0.5, 0.9]),
        known.std(),
        np.minimum(steps, 0.2).mean() if len(steps) else 0,  # a jump is an error
        voiced.sum() / heard.sum(),
        found.strength[heard].mean(),
        level.std(),
        np.quantile(level, 0.9) - np.median(level),
        begins / (len(voiced) * voicing.HOP),
    ])  # fmt: skip
