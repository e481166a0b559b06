"""Small pictures: a still, or a video's frames, whole or of the face in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from emolib import UsageError
from emolib.media import MediaError, pixels, read_film, read_image

if TYPE_CHECKING:
    import av

    Film = Iterable[tuple[int, av.VideoFrame]]

Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""

_DETECTION_HEIGHT = 240  # pixels; a larger picture only costs time
_SMALLEST_FACE = 24  # what the cascade was trained on
_thread = local()  # a cascade keeps state while it searches: one for each thread


@dataclass(frozen=True)
class Frames:
    """Every n-th frame of a video, scaled to a square.

    Args:
        every: keep frames 0, `every`, 2 x `every`, ...
        size: width and height of the pictures, in pixels.
        face: cut out the largest face; False keeps the whole frame.
    """

    every: int = 5
    size: int = 64
    face: bool = False

    name: ClassVar[str] = "frames"

    def __call__(self, path: str | Path) -> np.ndarray:
        """The pictures, uint8 RGB of shape (frames, size, size, 3).

        A frame in which no face is found is cut where the last one was (before
        the first find: where that one is), so that picture i is always frame
        i x `every`.

        Raises:
            MediaError: if the file cannot be used, or no frame shows a face.
        """
        return np.stack(list(self.seen(read_film(path), path)))

    def seen(self, frames: Film, path: str | Path) -> Iterator[np.ndarray]:
        """The pictures of a film that is being read, one by one."""
        box: Box | None = None
        before: list[np.ndarray] = []  # frames that wait for the first face
        for number, frame in frames:
            if number % self.every:
                continue
            if not self.face:
                yield pixels(frame, (self.size, self.size))
                continue
            image = pixels(frame)
            box = find_face(image) or box
            before.append(image)
            if box:
                yield from (_cut(waiting, box, self.size) for waiting in before)
                before.clear()
        if self.face and box is None:
            raise MediaError(path, "no face in any frame")


@dataclass(frozen=True)
class Moments:
    """So many pictures from a share of a film, evenly spaced, each of the face alone.

    Args:
        count: how many.
        size: width and height of the pictures, in pixels.
        start, stop: the share of the film that they are taken from: document E takes
            0.4 to 0.9, where a display is at its fullest.
    """

    count: int = 4
    size: int = 80
    start: float = 0.4
    stop: float = 0.9

    name: ClassVar[str] = "moments"

    def __post_init__(self) -> None:
        if self.count < 1 or not 0 <= self.start < self.stop <= 1:
            raise UsageError(
                f"count={self.count}, start={self.start}, stop={self.stop}: count is "
                "1 or more, start and stop are shares of a film, the one before the "
                "other"
            )

    def __call__(self, path: str | Path) -> np.ndarray:
        """The pictures, uint8 RGB of shape (count, size, size, 3).

        A picture in which no face is found is cut where the last one was (before the
        first find: where that one is), and where none of them shows one, as some other
        frame of the film does; of several faces the largest is taken. A film of fewer
        frames than are wanted shows some of them twice.

        Raises:
            MediaError: if the file cannot be used, or no frame shows a face.
        """
        last = sum(1 for _ in read_film(path)) - 1
        ends = self.start * last, self.stop * last
        wanted = np.linspace(*ends, self.count).round().astype(int).tolist()
        images = {n: pixels(f) for n, f in read_film(path) if n in set(wanted)}
        boxes = [find_face(images[n]) for n in wanted]
        others = (find_face(pixels(f)) for n, f in read_film(path) if n not in images)
        box = next(filter(None, [*boxes]), None) or next(filter(None, others), None)
        if box is None:
            raise MediaError(path, "no face in any frame")
        found = []
        for n, own in zip(wanted, boxes, strict=True):
            box = own or box
            found.append(_cut(images[n], box, self.size))
        return np.stack(found)


@dataclass(frozen=True)
class Still:
    """A picture, scaled to a square.

    Args:
        size: width and height, in pixels.
        colour: RGB; False gives grey, weighed as the eye does.
    """

    size: int = 48
    colour: bool = True

    name: ClassVar[str] = "still"

    def __call__(self, path: str | Path) -> np.ndarray:
        """The picture, uint8 of shape (size, size, 3), or (size, size, 1) if grey.

        Raises:
            MediaError: if the file cannot be used.
        """
        import cv2

        image = read_image(path)
        if not self.colour:
            image = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        square = (self.size, self.size)
        # Averaging loses nothing where a picture shrinks; it would show blocks
        # where it grows.
        small = min(image.shape[:2]) < self.size
        method = cv2.INTER_LINEAR if small else cv2.INTER_AREA
        image = cv2.resize(image, square, interpolation=method)
        return image.reshape(self.size, self.size, -1)


def find_face(image: np.ndarray) -> Box | None:
    """The largest frontal face in a picture, by OpenCV's Haar cascade.

    Args:
        image: uint8, RGB of shape (height, width, 3) or grey (height, width).

    Returns:
        Left, top, width and height, or None. Faces lower than a tenth of the
        picture are not looked for: nobody records an emotion that way.

    Example:
        >>> find_face(np.zeros((240, 320, 3), dtype=np.uint8)) is None
        True
    """
    import cv2

    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
    found, scale = detected(grey)
    if not len(found):
        return None
    largest = max(found, key=lambda box: box[2] * box[3])
    left, top, width, height = (round(float(value) / scale) for value in largest)
    rows, columns = image.shape[:2]
    return left, top, min(width, columns - left), min(height, rows - top)


def detected(grey: np.ndarray) -> tuple[np.ndarray, float]:
    """All faces that the cascade finds in a grey picture, which it looks at smaller.

    Returns:
        A box a row, in pixels of the smaller picture, and its size as a share.

    >>> found, share = detected(np.zeros((480, 640), np.uint8))
    >>> found.shape, share
    ((0, 4), 0.5)
    """
    import cv2

    scale = min(1.0, _DETECTION_HEIGHT / len(grey))
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = _cascade().detectMultiScale(
        grey, scaleFactor=1.1, minNeighbors=3, minSize=(_SMALLEST_FACE,) * 2
    )
    return np.asarray(found).reshape(-1, 4), scale


def _cascade():
    import cv2

    if not hasattr(_thread, "cascade"):
        file = "haarcascade_frontalface_default.xml"
        _thread.cascade = cv2.CascadeClassifier(cv2.data.haarcascades + file)
    return _thread.cascade


def _cut(image: np.ndarray, box: Box, size: int) -> np.ndarray:
    import cv2

    left, top, width, height = box
    face = image[top : top + height, left : left + width]
    return cv2.resize(face, (size, size), interpolation=cv2.INTER_AREA)
