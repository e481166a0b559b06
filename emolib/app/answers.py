"""What the live demo says of a sound, a picture or a film, and which models it asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from emolib import EmolibError, UsageError, media, predict
from emolib.app import shown
from emolib.corpora.base import SOUND_SUFFIXES
from emolib.shipped import voice
from emolib.streams import frame_rate

LONGEST = 60.0
"""Seconds of a sound or a film."""

PICTURES = 40
"""Of a film that are looked at, at most, evenly spread."""

STUDIES = {
    "": "The book's two small models",
    "A": "A: posed or genuine",
    "B": "B: speech and stills",
    "C": "C: confidence fusion",
    "D": "D: voice and frames, each alone (no early fusion)",
    "E": "E: real or fake (faces)",
}


class Models:
    """Those that are asked, loaded once, and a study's made if it has none.

    Args:
        data: a folder of demo data.
        further: networks whose weights were given.
    """

    def __init__(self, data: str, further: Sequence[Any] = ()) -> None:
        self.data, self._lock, self._found = data, Lock(), {}
        self.titles = dict(STUDIES)
        if further:
            names = ", ".join(one.name for one in further)
            self.titles["given"] = f"Weights that were given: {names}"
            self._found["given"] = list(further)
        self.asking = Lock()  # Keras and torch are asked by one at a time

    def of(self, study: str) -> Iterator[str | list[Any]]:
        """Words while something is made, then the models.

        Raises:
            UsageError: for an unknown study.
            EmolibError: if none can be made.
        """
        if study not in self.titles:
            raise UsageError(f"no study {study!r}")
        if study not in self._found:
            if not self._lock.acquire(blocking=False):
                yield "A study's networks are being made ready; a moment."
                self._lock.acquire()
            try:
                if study not in self._found:
                    yield from self._made(study)
            finally:
                self._lock.release()
        yield self._found[study]

    def _made(self, study: str) -> Iterator[str]:
        if not study:
            self._found[""] = predict.models()
            return
        yield f"Study {study}'s networks are being loaded."
        try:
            found = predict.models(study)
        except EmolibError:
            yield (
                f"No network of study {study} has been trained on this machine. A "
                "small one learns now from a few rendered faces and voices, which "
                "takes about a minute. What it says of a real person means nothing."
            )
            from emolib import starters

            starters.make(study, self.data)
            found = predict.models(study)
        self._found[study] = found


def heard(path: Path, models: list[Any]) -> str:
    """A panel's words about a sound.

    Raises:
        EmolibError: if the file cannot be used.
    """
    ears = about("voice", models)
    _short_enough(path)
    rows: list[dict] = []
    predict.predict(path, [ears], rows.append)
    (part,) = predict.summed(rows)
    pictures = ""
    if part.probabilities and part.asked == 1:
        ((_, samples),) = predict.windows(path, voice.RATE)
        pictures = shown.listened(ears, samples)
    return shown.answer([part], models, pictures)


def seen(image: np.ndarray, models: list[Any], live: bool = False) -> str:
    """A panel's words about a picture.

    Args:
        image: RGB.
        models: from `predict.models`.
        live: fewer words, and no place is covered to see what the answer hangs on.

    Raises:
        EmolibError: if no model is about pictures.
    """
    one, image = about("face", models), smaller(image)
    row = predict.row_of(one, image, Path("picture"))
    return shown.answer(
        predict.summed([row]), models, shown.faces(one, image, row, live), live
    )


def watched(path: Path, models: list[Any]) -> str:
    """A panel's words about a film, or about a sound alone.

    Raises:
        EmolibError: if the file cannot be used.
    """
    if path.suffix.lower() in SOUND_SUFFIXES:
        return heard(path, models)
    seconds = _short_enough(path)
    every = 1
    with suppress(EmolibError):  # without pictures it says so below
        every = max(round(seconds * frame_rate(path) / PICTURES), 1)
    rows: list[dict] = []
    predict.predict(path, models, rows.append, every)
    pictures = ""
    faced = [row for row in rows if row["part"] == "face" and row["width"]]
    if faced:
        surest = max(faced, key=lambda row: (bool(row["answer"]), row["sure"] or 0))
        eyes = about("face", models)
        number = round(surest["start"] * frame_rate(path))
        frames = (f for n, f in media.read_frames(path) if n >= number)
        pictures = shown.faces(eyes, next(frames), surest)
    return shown.answer(predict.summed(rows), models, pictures)


def about(part: str, models: list[Any]) -> Any:
    """The model of a part."""
    for one in models:
        if one.part == part:
            return one
    raise EmolibError(
        f"this study's networks say nothing of a {part}; choose other models above"
    )


def _short_enough(path: Path) -> float:
    if path.suffix.lower() not in predict.SUFFIXES:
        return 0.0  # `predict` says what it takes
    media.existing(path)
    seconds = predict.seconds(path)
    if seconds > LONGEST:
        raise EmolibError(
            f"{path.name}: {seconds:.0f} seconds long; at most {LONGEST:.0f} here "
            "(emolib predict takes longer ones)"
        )
    return seconds


def smaller(image: np.ndarray, side: int = 1280) -> np.ndarray:
    import cv2

    share = side / max(image.shape[:2])
    if share >= 1:
        return image
    size = (
        max(round(image.shape[1] * share), 1),
        max(round(image.shape[0] * share), 1),
    )
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
