"""What a camera or a microphone gives, answered as it comes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from emolib import integrity, predict
from emolib.app import answers, shown
from emolib.shipped import voice

EVERY, HOP = 0.1, 0.5
"""Seconds from one live picture to the next, and between answers to live sound."""

WINDOW = 3.0
"""Seconds of live sound that are answered; it moves on with each stretch."""


class Stretch:
    """The last seconds of a microphone, which come in small pieces.

    Gradio keeps only the newest piece where an answer takes longer than the next one
    takes to come. What is lost so is counted.
    """

    def __init__(self) -> None:
        self.samples = np.empty(0, np.float32)
        self._came: list[tuple[float, float]] = []  # when, and how many seconds
        self._new = 0.0

    def add(self, samples: np.ndarray, rate: int) -> None:
        """Take what was recorded since, and forget what is older than `WINDOW`."""
        import soxr

        if rate != voice.RATE:
            samples = soxr.resample(samples, rate, voice.RATE)
        size = round(WINDOW * voice.RATE)
        self.samples = np.concatenate([self.samples, samples])[-size:]
        now, seconds = time.monotonic(), len(samples) / voice.RATE
        self._came = [one for one in self._came if now - one[0] < WINDOW]
        self._came.append((now, seconds))
        self._new += seconds

    def due(self) -> bool:
        """Whether as much is new as is waited for; it is not new any more."""
        due = self._new >= HOP
        self._new = 0.0 if due else self._new
        return due

    @property
    def heard(self) -> float:
        """The share of the time that was heard since the oldest piece came."""
        passed = self._came[-1][0] - self._came[0][0] if self._came else 0.0
        if passed < 1:
            return 1.0
        return min(sum(seconds for _, seconds in self._came[1:]) / passed, 1.0)


def chunk(path: Path) -> tuple[np.ndarray, int]:
    """A piece of sound as the page writes it: mono samples, and their rate.

    Raises:
        MediaError: if it is no such piece.
    """
    import soundfile

    with integrity.decoding(path, "audio"):  # its header tells no length
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return samples.mean(axis=1), rate


def face(image: np.ndarray, models: list[Any]) -> str:
    """What is said of a picture of a camera, in time for the next one."""
    return answers.seen(answers.smaller(image, 640), models, live=True)


def sound(stretch: Stretch, models: list[Any]) -> str:
    """What is said of the last seconds of a microphone.

    Raises:
        EmolibError: if no model is about sounds.
    """
    ears = answers.about("voice", models)
    row = predict.row_of(ears, stretch.samples, Path("microphone"))
    lost = ""
    if stretch.heard < 0.8:
        lost = (
            f"<p>Only {100 * stretch.heard:.0f} % of the sound was heard: this machine "
            "is too busy to follow it.</p>"
        )
    return shown.answer(predict.summed([row]), models, lost, live=True)
