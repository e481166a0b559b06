"""Three regions of a face: all of it, the eyes with what frames them, the brows.

Eyes and brows are cut by where the two eyes are. OpenCV's cascade for eyes looks for
them in the face that its cascade for faces finds and, where there is none, in the
whole picture. Two finds count as eyes if they are level, alike in size and on both
sides of the middle. Where no such pair is found, the eyes are taken to be where they
are in most faces: 38 % down the face's box, or the picture's if no face is found
either, at 30 % and 70 % of its width. Which of the three it was is kept.

Both cuts are tied to the eyes, not to the brows, so that a brow that is raised is
higher in its cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import local
from typing import ClassVar, NamedTuple

import numpy as np

from emolib.features.faces import Box, find_face
from emolib.media import read_image

RULES = ("eyes", "face", "picture")
"""What a cut goes by: two eyes that were found, else the face, else the picture."""

NAMES = ("face", "eyes", "brows")
USUAL = np.array([[0.30, 0.38], [0.70, 0.38]])  # of a face's box: across, down
# Width and height of a cut, and how far its middle lies above the eyes', in distances
# between the eyes.
CUTS = {"eyes": (2.0, 0.7, 0.03), "brows": (2.0, 0.55, 0.31)}
_FACES_AT, _EYES_AT = 120, 192  # pixels that a picture and a face are brought to
_SMALLEST_EYE = 24  # of these pixels; the cascade was trained on 20
_thread = local()  # a cascade keeps state while it searches: one for each thread


class Located(NamedTuple):
    """Where eyes and brows are in a picture, and which of `RULES` says so."""

    rule: str
    eyes: Box
    brows: Box


@dataclass(frozen=True)
class Regions:
    """The face as it is in a still, its eye frame and its brows, in grey.

    Args:
        size: width and height of each, in pixels; what is not square is stretched.
    """

    size: int = 48

    name: ClassVar[str] = "regions"

    def __call__(self, path: str | Path) -> np.ndarray:
        """Face, eye frame, brows and a map of the cuts, uint8, (4, size, size).

        The map tells where in the face they lie: 1 eyes, 2 brows, 3 both; besides it
        holds 4 times the number of the rule, everywhere.

        Raises:
            MediaError: if the file cannot be used.
        """
        import cv2

        return self.of(cv2.cvtColor(read_image(path), cv2.COLOR_RGB2GRAY))

    def of(self, grey: np.ndarray) -> np.ndarray:
        """The same of a picture, uint8 of shape (height, width)."""
        found = locate(grey)
        cuts = [grey, cut(grey, found.eyes), cut(grey, found.brows)]
        where = np.full(grey.shape, 4 * RULES.index(found.rule), np.uint8)
        for bit, (left, top, width, height) in ((1, found.eyes), (2, found.brows)):
            rows = slice(max(top, 0), max(top + height, 0))
            where[rows, max(left, 0) : max(left + width, 0)] += np.uint8(bit)
        planes = [_scaled(part, self.size) for part in cuts]
        return np.stack([*planes, _scaled(where, self.size, exactly=True)])


def fields(arrays: Sequence[np.ndarray], names: Sequence[str] = NAMES) -> np.ndarray:
    """What `Regions` gave as inputs by name, for `experiment.examples`.

    Args:
        arrays: such as `store.extract(Regions(), clips).arrays`.
        names: which of `NAMES` are wanted.

    Returns:
        A structured array with a field for each, uint8 of shape (size, size, 1).

    >>> fields([np.zeros((4, 48, 48), np.uint8)] * 2, ["eyes"])["eyes"].shape
    (2, 48, 48, 1)
    """
    shape = (*arrays[0].shape[1:], 1)
    found = np.zeros(len(arrays), [(name, np.uint8, shape) for name in names])
    for row, array in zip(found, arrays, strict=True):
        for name in names:
            row[name] = array[NAMES.index(name)][..., None]
    return found


def rules(arrays: Sequence[np.ndarray]) -> list[str]:
    """By which of `RULES` each picture was cut.

    >>> rules([np.full((4, 48, 48), 4 * 2 + 1, np.uint8)])
    ['picture']
    """
    return [RULES[int(array[3, 0, 0]) // 4] for array in arrays]


def locate(grey: np.ndarray) -> Located:
    """Find eye frame and brows in a picture of one face.

    Args:
        grey: uint8 of shape (height, width).

    Example:
        >>> locate(np.full((100, 100), 128, np.uint8)).rule
        'picture'
    """
    face = _face(grey)
    whole = (0, 0, grey.shape[1], grey.shape[0])
    for box in (face, whole):
        if box and (eyes := _eyes(cut(grey, box))) is not None:
            return _around(eyes, box, "eyes")
    return _around(USUAL, face or whole, "face" if face else "picture")


def cut(grey: np.ndarray, box: Box) -> np.ndarray:
    """A part of a picture; what lies beyond its edge is the edge repeated."""
    left, top, width, height = box
    rows = np.clip(np.arange(top, top + height), 0, grey.shape[0] - 1)
    columns = np.clip(np.arange(left, left + width), 0, grey.shape[1] - 1)
    return grey[np.ix_(rows, columns)]


def eyes_in(face: np.ndarray) -> np.ndarray:
    """Where the eyes are in a grey picture of a face alone, as shares of it.

    Across and down, the left one in the picture first; where no pair is found, the
    place that most faces have them at.

    >>> eyes_in(np.full((90, 90), 128, np.uint8)).tolist()
    [[0.3, 0.38], [0.7, 0.38]]
    """
    found = _eyes(face)
    return USUAL if found is None else found


def _around(eyes: np.ndarray, box: Box, rule: str) -> Located:
    """The cuts around two eyes, whose places are shares of a box."""
    left, right = eyes * box[2:] + np.array(box[:2])
    apart = float(np.hypot(*(right - left)))
    across, down = (left + right) / 2
    boxes = {}
    for name, (width, height, above) in CUTS.items():
        size = np.maximum(np.rint([width * apart, height * apart]), 1)
        corner = np.rint([across, down - above * apart] - size / 2)
        boxes[name] = tuple(np.append(corner, size).astype(int).tolist())
    return Located(rule, **boxes)


def _face(grey: np.ndarray) -> Box | None:
    """The face's box: searched in a picture that is small, but not too small."""
    import cv2

    scale = _FACES_AT / len(grey)
    small = max(round(grey.shape[1] * scale), 1), _FACES_AT
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    found = find_face(cv2.resize(grey, small, interpolation=method))
    return found and tuple(round(value / scale) for value in found)


def _eyes(face: np.ndarray) -> np.ndarray | None:
    """The middles of both eyes as shares of the picture, the left one first."""
    import cv2

    method = cv2.INTER_AREA if len(face) > _EYES_AT else cv2.INTER_CUBIC
    large = cv2.resize(face, (_EYES_AT, _EYES_AT), interpolation=method)
    found = _cascade().detectMultiScale(
        large[: int(0.65 * _EYES_AT)],  # below are nostrils and corners of the mouth
        scaleFactor=1.1,
        minNeighbors=3,
        minSize=(_SMALLEST_EYE,) * 2,
        maxSize=(int(0.4 * _EYES_AT),) * 2,
    )
    boxes = np.asarray(found, float).reshape(-1, 4) / _EYES_AT
    pairs = [(one, other) for one in boxes for other in boxes]
    fits = [pair for pair in pairs if _odd(*pair) < np.inf]
    if not fits:
        return None
    return np.array(
        [box[:2] + box[2:] / 2 for box in min(fits, key=lambda p: _odd(*p))]
    )


def _odd(left: np.ndarray, right: np.ndarray) -> float:
    """How little two boxes look like a pair of eyes; infinite if they are none."""
    centres = np.array([box[:2] + box[2:] / 2 for box in (left, right)])
    across, down = centres[1] - centres[0]
    aside, unlike = abs(centres[:, 0].mean() - 0.5), abs(np.log(left[2] / right[2]))
    level = abs(down) <= 0.25 * across
    if not (0.25 < across < 0.6 and level and unlike < 0.5 and aside < 0.15):
        return np.inf
    return aside + abs(down) + 0.2 * unlike


def _scaled(part: np.ndarray, size: int, exactly: bool = False) -> np.ndarray:
    """Brought to a square; `exactly`: without values that were not there."""
    import cv2

    # Averaging loses nothing where a picture shrinks; it would show blocks where it
    # grows.
    small = min(part.shape) < size
    method = cv2.INTER_LINEAR if small else cv2.INTER_AREA
    method = cv2.INTER_NEAREST if exactly else method
    return cv2.resize(part, (size, size), interpolation=method)


def _cascade():
    import cv2

    if not hasattr(_thread, "cascade"):
        file = "haarcascade_eye.xml"
        _thread.cascade = cv2.CascadeClassifier(cv2.data.haarcascades + file)
    return _thread.cascade
