"""A study's own networks put to a new file: those whose weights a run kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

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
    """A trained network, and how a sound or a picture becomes its input.

    Attributes:
        part: "voice" or "face".
        name: what it is, and what it learned from.
        tested: how often it was right where it was tested, if anybody knows.
        classes: in the order of its answers.
        given: samples, or an RGB picture, to a batch of one input, and the face in it.
        shares: probabilities of inputs as the network takes them, one row an input.
    """

    part: str
    name: str
    tested: str
    classes: tuple[str, ...]
    given: Callable[[np.ndarray], tuple[np.ndarray | None, Box | None]]
    shares: Callable[[np.ndarray], np.ndarray]

    surety = "as the network gives it, not calibrated: such networks are too sure"

    def answer(self, content: np.ndarray) -> tuple[Answer, Box | None]:
        """What it says, and of which face; it is silent of nothing alone."""
        if self.part == "voice" and np.abs(content).max(initial=0) < QUIETEST_PEAK:
            return Answer("", "silent", {}), None
        x, box = self.given(content)
        if x is None:
            return Answer("", "no face", {}), None
        (shares,) = self.shares(x)
        named = dict(zip(self.classes, map(float, shares), strict=True))
        return Answer(self.classes[int(shares.argmax())], "", named), box

    def looked(self, content: np.ndarray, answer: Answer) -> Looked:
        """What it was given, and what of it its answer hangs on."""
        number = self.classes.index(answer.label)
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
            found[way[0]] = of_run(recorded)
        except EmolibError as error:
            refused.append(str(error))
    if not found:
        why = f" ({refused[0]})" if refused else ""
        raise EmolibError(
            f"{slug}: no run here has kept weights that a file can be put to{why}; "
            f"make some from rendered clips with: emolib run {slug} --profile smoke"
        )
    return list(found.values())


def of_run(run: records.Recorded, fold: int = 0) -> Trained:
    """The network of one fold of a run.

    Raises:
        EmolibError: if its weights are not there or of other code, or nobody knows
            how a sound or a picture becomes its input.
    """
    told, way = run.record, _way(run.record)
    if not way or not told["complete"]:
        raise EmolibError(
            f"{told['id']}: a network of one feature of one sound or one picture, "
            "trained in a run that was finished, can be put to a file; this is none"
        )
    beside = "rendered clips" if told["source"] == "demo" else told["corpus"]
    right = run.metrics["accuracy"]["value"]
    return Trained(
        way[0],
        f"{told['study']}/{told['id']} ({told['source']} {told['corpus']})",
        f"{beside}, {told['protocol']}: {100 * right:.0f} % right; "
        "what it does with other recordings was not measured",
        run.space.classes,
        way[1],
        partial(rebuilding.answered, told, run.model(fold)),
    )


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
        return "face", framed(told["size"], told["face"])
    if told.keys() in ({f.name for f in fields(kind)} for kind in (Still, Moments)):
        return "face", framed(told["size"], True, told.get("colour", True))
    return None


def _padded(mfcc: Mfcc, shape: list[int]) -> Callable:
    """The coefficients over time; of each the mean, where one step is wanted."""

    def given(samples: np.ndarray) -> tuple[np.ndarray, None]:
        found = mfcc.of(samples)
        if shape[1] == 1:
            return found.mean(axis=0)[None, :, None], None
        return pad([found], shape[0]), None

    return given


def framed(size: int, face: bool, colour: bool = True) -> Callable:
    """How a picture, or the face in it, becomes a square, as `Trained.given` wants."""
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
