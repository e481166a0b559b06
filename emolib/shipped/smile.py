"""The smile detector's eyes: a face found, turned upright and cut; its two views.

One view is histograms of oriented gradients of the whole face, the other the mouth
itself, small and of one contrast: teeth are bright, which gradients do not say.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from emolib.features import faces, regions
from emolib.features.faces import Box
from emolib.shipped.linear import Answer, Linear, load

SIDE, APART, DOWN = 64, 28.0, 16.0
"""Pixels of the cut of a face, between its eyes, and above them."""

MOUTH = (20, 16)  # pixels across and down
TURNS = (0, -20, 20)  # degrees a picture is turned by where no eyes are seen in it
DARK = 100  # a picture whose brightest points are darker is lightened first
LARGE = 1280  # pixels, of the longer side; a larger picture is brought to it
SMALLEST = 40  # pixels; a face smaller than that was never learned
EDGE = 0.02  # of the face's width

REASONS = {
    "no face": "look into the camera, with light from the front",
    "two faces": "cut the picture so that one face is left",
    "face at the edge": "move the face to the middle of the picture",
    "face too small": "come nearer: the face should be 60 pixels wide or more",
    "unsure": "below the threshold that was fixed beforehand",
}
"""Why the smile detector abstains, and what can be done."""

_MOUTH_APART, _MOUTH_UP = 14.0, 5.0  # of the mouth's cut; it begins below the eyes
_FINER = 4
_SHARE = 1 / 6  # weight of the mouth beside the gradients


class Face(NamedTuple):
    """One face of a picture.

    Attributes:
        box: where it is.
        eyes: the middles of both, in pixels of the picture, the left one first.
        others: how many more faces at least half as wide there are.
    """

    box: Box
    eyes: np.ndarray
    others: int


def find(image: np.ndarray) -> Face | None:
    """The largest face in which eyes are seen; without any, the largest.

    Where none are seen, the picture is turned to both sides and looked at again.

    Args:
        image: uint8, RGB of shape (height, width, 3) or grey (height, width).
    """
    import cv2

    grey = _lightened(_grey(image))
    first = None
    for turn in TURNS:
        across = grey.shape[1] / 2, grey.shape[0] / 2
        matrix = cv2.getRotationMatrix2D(across, turn, 1.0)
        upright = cv2.warpAffine(grey, matrix, grey.shape[::-1]) if turn else grey
        back = cv2.invertAffineTransform(matrix)
        boxes = _boxes(upright)
        for box in boxes:
            if 2 * box[2] < boxes[0][2]:  # beside such a face, that is none
                break
            near = sum(2 * other[2] >= box[2] for other in boxes) - 1
            eyes = regions.eyes_in(_softened(regions.cut(upright, box)))
            found = _placed(box, eyes, back, near)
            if not np.array_equal(eyes, regions.USUAL):
                return found
            first = first or found
    return first


def _placed(box: Box, eyes: np.ndarray, back: np.ndarray, others: int) -> Face:
    """A face found in a turned picture, at its place in the picture itself."""
    corners = np.array(box[:2]) + np.array(box[2:]) * [[0.5, 0.5], *eyes]
    middle, *places = corners @ back[:, :2].T + back[:, 2]
    corner = np.rint(middle - np.array(box[2:]) / 2).astype(int).tolist()
    return Face((*corner, *box[2:]), np.array(places), others)


def described(image: np.ndarray, eyes: np.ndarray, jitter=(0, 0, 0, 0)) -> np.ndarray:
    """Both views of a face: float32, 2084 numbers.

    Args:
        image: as `find`'s.
        eyes: as it gives them.
        jitter: enlarged by this share, turned by radians, moved across and down by
            distances between the eyes.
    """
    import cv2

    grey = _grey(image)
    whole = _cut(grey, eyes, APART, (SIDE, SIDE), DOWN, jitter)
    gradients = cv2.HOGDescriptor((SIDE, SIDE), (16, 16), (8, 8), (8, 8), 9)
    large = MOUTH[0] * _FINER, MOUTH[1] * _FINER
    cut = (_MOUTH_APART * _FINER, large, -_MOUTH_UP * _FINER, jitter)
    mouth = cv2.resize(_cut(grey, eyes, *cut), MOUTH, interpolation=cv2.INTER_AREA)
    mouth = (mouth - mouth.mean()) / (mouth.std() + 5)
    both = gradients.compute(whole).ravel(), _SHARE * mouth.ravel()
    return np.concatenate(both).astype(np.float32)


def upright(image: np.ndarray, eyes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A face as it is looked at, large enough to be shown: grey, and its eyes in it.

    Args:
        image, eyes: as `described`'s.
    """
    size = SIDE * _FINER
    cut = _cut(
        _grey(image), eyes, APART * _FINER, (size, size), DOWN * _FINER, (0, 0, 0, 0)
    )
    level = np.array([[-APART / 2, DOWN], [APART / 2, DOWN]]) + [SIDE / 2, 0]
    return cut, level * _FINER


def mouth(eyes: np.ndarray) -> np.ndarray:
    """The corners of the part around the mouth, in pixels of the picture, (4, 2).

    Args:
        eyes: as `described`'s.
    """
    along = (eyes[1] - eyes[0]) / _MOUTH_APART
    down = np.array([-along[1], along[0]])
    middle = eyes.mean(axis=0) + _MOUTH_UP * down
    half = MOUTH[0] / 2 * along
    low = MOUTH[1] * down
    return np.array([middle - half, middle + half, middle + half + low,
                     middle - half + low])  # fmt: skip


def reason(image: np.ndarray, face: Face | None) -> str:
    """Why nothing can be said of a picture; one of `REASONS`, or ""."""
    if face is None:
        return "no face"
    if face.others:
        return "two faces"
    left, top, width, height = face.box
    rows, columns = image.shape[:2]
    room = min(left, top, columns - left - width, rows - top - height)
    if room < EDGE * width:
        return "face at the edge"
    return "face too small" if width < SMALLEST else ""


def answer(image: np.ndarray, model: Linear | None = None) -> tuple[Answer, Box | None]:
    """What the smile detector says of a picture, and of which face in it."""
    import cv2

    scale = min(1.0, LARGE / max(image.shape[:2]))
    if scale < 1:  # nothing more would be seen in it
        image = cv2.resize(
            image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
        )
    face = find(image)
    why = reason(image, face)
    if face is None:
        return Answer("", why, {}), None
    model = model or load("smile")
    box = tuple(round(value / scale) for value in face.box)
    return model.answer(described(image, face.eyes), why), box


def _grey(image: np.ndarray) -> np.ndarray:
    import cv2

    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image


def _lightened(grey: np.ndarray) -> np.ndarray:
    brightest = np.percentile(grey[::4, ::4], 99)
    if not 0 < brightest < DARK:
        return grey
    return np.minimum(grey * (255 / brightest), 255).astype(np.uint8)


def _softened(face: np.ndarray) -> np.ndarray:
    """Without the grain that hides eyes."""
    import cv2

    return cv2.GaussianBlur(face, (0, 0), max(len(face) / 120, 0.3))


def _boxes(grey: np.ndarray) -> list[Box]:
    """All faces, the largest first."""
    found, scale = faces.detected(grey)
    boxes = np.rint(found / scale).astype(int)
    return sorted(map(tuple, boxes.tolist()), key=lambda box: -box[2] * box[3])


def _cut(grey, eyes, apart, size, down, jitter) -> np.ndarray:
    """A part of a face, eyes level and at their place."""
    import cv2

    larger, turn, *shift = jitter
    across, below = eyes[1] - eyes[0]
    scale = (1 + larger) * apart / max(float(np.hypot(across, below)), 1e-6)
    if scale < 1:  # else a point in so many would be taken, and the others left out
        grey = cv2.GaussianBlur(grey, (0, 0), max(0.4 / scale - 0.4, 0.05))
    angle = np.arctan2(below, across) + turn
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    matrix = np.array([[cosine, sine], [-sine, cosine]])
    target = np.array([size[0] / 2, down]) + np.array(shift) * apart
    matrix = np.column_stack([matrix, target - matrix @ eyes.mean(axis=0)])
    return cv2.warpAffine(grey, matrix, size, borderMode=cv2.BORDER_REPLICATE)
