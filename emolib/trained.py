"""A study's own networks put to a new file: those whose weights a local run kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from emolib import EmolibError, rebuilding, records, runs
from emolib.features import regions
from emolib.features.audio import Mfcc, Stack, pad
from emolib.features.faces import Box, Frames, Moments, Still, find_face
from emolib.features.pictures import SoundPicture
from emolib.looking import Looked, in_picture, in_sound
from emolib.media import QUIETEST_PEAK
from emolib.shipped.linear import Answer

RATE = 16000

TASKS = ("emotion", "fourteen", "twelve")
"""What an answer can be about: emotions, alone or as genuine and posed ones."""


@dataclass
class Trained:
    """A network of a run here, and how a sound or a picture becomes its input.

    Attributes:
        part: "voice" or "face".
        run: its record.
        model: built again.
        given: samples, or an RGB picture, to a batch of one input, and the face in it.
    """

    part: str
    run: records.Recorded
    model: Any
    given: Callable[[np.ndarray], tuple[np.ndarray | None, Box | None]]

    surety = "as the network gives it, not calibrated: such networks are too sure"

    @property
    def name(self) -> str:
        """Study, record, and what it learned from."""
        told = self.run.record
        return f"{told['study']}/{told['id']} ({told['source']} {told['corpus']})"

    @property
    def tested(self) -> str:
        """How often it was right where it was tested, and under which protocol."""
        found = self.run.metrics["accuracy"]["value"]
        told = self.run.record
        beside = "rendered clips" if told["source"] == "demo" else told["corpus"]
        return (
            f"{beside}, {told['protocol']}: {100 * found:.0f} % right; "
            "what it does with other recordings was not measured"
        )

    def answer(self, content: np.ndarray) -> tuple[Answer, Box | None]:
        """What it says, and of which face; it is silent of nothing alone."""
        if self.part == "voice" and np.abs(content).max(initial=0) < QUIETEST_PEAK:
            return Answer("", "silent", {}), None
        x, box = self.given(content)
        if x is None:
            return Answer("", "no face", {}), None
        (shares,) = self.shares(x)
        classes = self.run.space.classes
        named = dict(zip(classes, map(float, shares), strict=True))
        return Answer(classes[int(shares.argmax())], "", named), box

    def shares(self, x: np.ndarray) -> np.ndarray:
        """Probabilities of inputs as the network takes them, one row an input."""
        return rebuilding.answered(self.run.record, self.model, x)

    def looked(self, content: np.ndarray, answer: Answer) -> Looked:
        """What it was given, and what of it its answer hangs on."""
        number = self.run.space.classes.index(answer.label)
        if self.part == "voice":

            def shares(rows: np.ndarray) -> np.ndarray:
                return self.shares(np.concatenate([self.given(row)[0] for row in rows]))

            return in_sound(shares, content, number)
        x, _ = self.given(content)
        if x.dtype.names:  # a face in parts, of which one square covers several
            return Looked(np.repeat(x["face"][0], 3, axis=2), np.empty(0))
        return in_picture(self.shares, x[0], number)

    def framed(self, image: np.ndarray, box: Box) -> np.ndarray:
        """A picture with the face that was used."""
        from emolib.predict import framed

        return framed(image, box)


def of_study(study: str) -> list[Trained]:
    """The newest network for each part that a study's runs here can give back.

    Raises:
        UsageError: for an unknown study.
        EmolibError: if no run here has kept weights that can be asked of a file.
    """
    runs.check_study(study)
    slug, found, refused = runs.slug(study), {}, []
    for recorded in sorted(_kept(slug), key=_finished, reverse=True):
        way = _way(recorded.record)
        if not way or way[0] in found:
            continue
        try:
            found[way[0]] = Trained(way[0], recorded, recorded.model(), way[1])
        except EmolibError as error:
            refused.append(str(error))
    if not found:
        why = f" ({refused[0]})" if refused else ""
        raise EmolibError(
            f"{slug}: no run here has kept weights that a file can be put to{why}; "
            f"make some from rendered clips with: emolib run {slug} --profile smoke"
        )
    return list(found.values())


def _kept(slug: str) -> Iterator[records.Recorded]:
    for folder in records.folders():
        if not (Path(folder) / slug).is_dir():
            continue
        for record in records.load(Path(folder) / slug):
            recorded = records.Recorded(record)
            if rebuilding.weights_file(record, recorded.folder, 0).exists():
                yield recorded


def _finished(recorded: records.Recorded) -> str:
    return recorded.record["provenance"]["finished"]


def _way(record: dict) -> tuple[str, Callable] | None:
    """Which part a network is of and how its input is made; None if nobody knows.

    Known are inputs that one feature of one sound or one picture makes.
    """
    told = {
        name.removeprefix("feature."): value
        for name, value in record["parameters"].items()
        if name.startswith("feature.")
    }
    shape = record["inputs"].get("shape")
    if record["task"] not in TASKS:
        return None
    if isinstance(shape, dict):
        same = told.keys() == {f.name for f in fields(regions.Regions)}
        return ("face", _in_parts(told["size"], list(shape))) if same else None
    if told.keys() == {f.name for f in fields(Mfcc)} and told["rate"] == RATE:
        return ("voice", _padded(Mfcc(**told), shape)) if len(shape) == 2 else None
    if told.keys() == {f.name for f in fields(Stack)} and told["rate"] == RATE:
        stack = Stack(**told)
        return "voice", lambda samples: (stack.of(samples).reshape(1, *shape), None)
    if told.keys() == {f.name for f in fields(SoundPicture)} and told["rate"] == RATE:
        drawn = SoundPicture(**told)
        return "voice", lambda samples: (drawn.of(samples)[None], None)
    if len(shape) != 3:
        return None
    if told.keys() == {f.name for f in fields(Frames)}:
        return "face", _framed(told["size"], told["face"])
    if told.keys() in ({f.name for f in fields(kind)} for kind in (Still, Moments)):
        return "face", _framed(told["size"], True, told.get("colour", True))
    return None


def _padded(mfcc: Mfcc, shape: list[int]) -> Callable:
    """The coefficients over time; of each the mean, where one step is wanted."""

    def given(samples: np.ndarray) -> tuple[np.ndarray, None]:
        found = mfcc.of(samples)
        if shape[1] == 1:
            return found.mean(axis=0)[None, :, None], None
        return pad([found], shape[0]), None

    return given


def _framed(size: int, face: bool, colour: bool = True) -> Callable:
    """A picture, or the face in it, as a square."""
    import cv2

    def given(image: np.ndarray) -> tuple[np.ndarray | None, Box | None]:
        image, box = _face_of(image) if face else (image, None)
        if image is None:
            return None, None
        if not colour:
            image = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        small = min(image.shape[:2]) < size
        method = cv2.INTER_LINEAR if small else cv2.INTER_AREA
        square = cv2.resize(image, (size, size), interpolation=method)
        return square.reshape(1, size, size, -1), box

    return given


def _in_parts(size: int, names: list[str]) -> Callable:
    """The face, its eyes and its brows."""
    import cv2

    def given(image: np.ndarray) -> tuple[np.ndarray | None, Box | None]:
        image, box = _face_of(image)
        if image is None:
            return None, None
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        return regions.fields([regions.Regions(size).of(grey)], names), box

    return given


def _face_of(image: np.ndarray) -> tuple[np.ndarray | None, Box | None]:
    box = find_face(image)
    if box is None:
        return None, None
    left, top, width, height = box
    return image[top : top + height, left : left + width], box
