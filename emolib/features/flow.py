"""Motion in a film: measured for every pixel, and drawn as colour.

The document's equation is Lucas and Kanade's, for a few points; what it draws is
dense, of every pixel. `lucas_kanade` is the equation by hand, `Flow` the pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from emolib import UsageError
from emolib.features.faces import find_face
from emolib.media import MediaError, pixels, read_film

if TYPE_CHECKING:
    from emolib.features.faces import Film

Measure = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From two grey pictures to the motion of each pixel, (height, width, 2): how many
pixels to the right, how many down."""


@dataclass(frozen=True)
class Flow:
    """A film's motion as pictures, one for each of `faces.Frames`' frames.

    The colour tells the direction, the brightness how far: red is to the right,
    yellowish green down, turquoise to the left, violet up, black stands still.
    Motion is measured from the frame before, by number: a frame that a film of
    changing rate lacks stands still, and the next one makes up for it. The first
    frame has none before it; it gets the motion from it to the second.

    Args:
        every: draw frames 0, `every`, 2 x `every`, ...; motion is always measured
            from one frame to the next.
        size: width and height of the pictures, in pixels.
        method: one of `METHODS`.
        measured: width and height of the pictures that motion is measured in: frames
            are scaled to this square, as `Frames` scales them to its own.
        scale: how far is drawn brightest, as a share of the picture's side from one
            frame to the next; what is faster is no brighter. 0 makes the fastest
            pixel of each picture the brightest, as OpenCV's tutorial does, which
            the document refers to: a face that hardly moves then looks like one
            that moves fast.
        face: cut out where the largest face is in the first frame that shows one.
            One place for the whole film: a frame that is cut out anew moves.
        least: fewest frames of a film; one with fewer is refused.
    """

    every: int = 1
    size: int = 64
    method: str = "dis"
    measured: int = 160
    scale: float = 0.01
    face: bool = False
    least: int = 2

    name: ClassVar[str] = "flow"

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise UsageError(
                f"no method {self.method!r}; there are {', '.join(METHODS)}"
            )
        if self.scale < 0 or self.every < 1 or self.least < 2:
            raise UsageError(
                f"scale={self.scale}, every={self.every}, least={self.least}: scale "
                "is 0 or more, every 1 or more, least 2 or more"
            )

    def __call__(self, path: str | Path) -> np.ndarray:
        """The pictures, uint8 RGB of shape (frames, size, size, 3).

        Raises:
            MediaError: if the file cannot be used, has fewer frames than `least`, or
                no frame shows a face that is to be cut out.
        """
        return np.stack(list(self.seen(read_film(path), path)))

    def seen(self, frames: Film, path: str | Path) -> Iterator[np.ndarray]:
        """The pictures of a film that is being read, one by one."""
        waiting: list[np.ndarray] = []  # until the first face
        place = None if self.face else (0.0, 0.0, 1.0, 1.0)
        count = 0
        for flow, frame in self._flows(frames):
            count += 1
            place = place or _face_in(frame)
            if (count - 1) % self.every == 0:
                waiting.append(flow)
            if place:
                yield from (self._picture(one, place) for one in waiting)
                waiting.clear()
        if count < self.least:
            some = f"{count or 1} frame{'s' * (count > 1)}"
            raise MediaError(path, f"{some}, fewer than {self.least}")
        if place is None:
            raise MediaError(path, "no face in any frame")

    def _flows(self, frames: Film) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Each frame's motion, in shares of the picture, and the frame."""
        measure, square = METHODS[self.method](), (self.measured,) * 2
        first = before = None
        for _, frame in frames:
            grey = pixels(frame, square, colour=False)
            if before is None:
                first = frame
            else:
                flow = measure(before, grey)
                flow /= np.float32(self.measured)  # in place: half the memory to fill
                if first is not None:
                    yield flow, first
                    first = None
                yield flow, frame
            before = grey

    def _picture(
        self, flow: np.ndarray, place: tuple[float, float, float, float]
    ) -> np.ndarray:
        import cv2

        left, top, width, height = (round(self.measured * share) for share in place)
        part = flow[top : top + height, left : left + width]
        # Motions are averaged, not colours: two that are opposed cancel.
        shrinks = min(part.shape[:2]) > self.size
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        return drawn(
            cv2.resize(part, (self.size,) * 2, interpolation=method), self.scale
        )


def _face_in(frame) -> tuple[float, float, float, float] | None:
    """Where the largest face is, in shares of the picture."""
    grey = pixels(frame, colour=False)
    if not (box := find_face(grey)):
        return None
    height, width = grey.shape
    sides = width, height, width, height
    return tuple(value / side for value, side in zip(box, sides, strict=True))


def drawn(flow: np.ndarray, scale: float) -> np.ndarray:
    """Motion as colour: direction as hue, length as brightness.

    Args:
        flow: (height, width, 2), to the right and down.
        scale: the length that is drawn brightest; 0 takes the longest there is.

    Returns:
        RGB, uint8, (height, width, 3).

    >>> drawn(np.array([[[1.0, 0.0], [0.0, 0.0], [0.0, -0.5]]]), scale=1.0).tolist()
    [[[255, 0, 0], [0, 0, 0], [64, 0, 128]]]
    """
    import cv2

    across, down = np.moveaxis(flow.astype(np.float32), -1, 0)
    length, angle = cv2.cartToPolar(across, down)
    most = scale or float(length.max()) or 1.0
    hue = np.rint(angle * (90 / np.pi)) % 180  # OpenCV's hues are half degrees
    light = np.rint(255 * np.minimum(length / most, 1))
    parts = np.stack([hue, np.full_like(hue, 255), light], axis=2).astype(np.uint8)
    return cv2.cvtColor(parts, cv2.COLOR_HSV2RGB)


# -- measuring --------------------------------------------------------------


def dis() -> Measure:
    """Dense inverse search, by OpenCV: patches first, then made smooth."""
    import cv2

    # It keeps state from one pair to the next: one for each film.
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return lambda before, after: search.calc(before, after, None)


def farneback() -> Measure:
    """Farneback's expansion in polynomials, with the settings of OpenCV's tutorial."""
    import cv2

    settings = dict(
        pyr_scale=0.5, levels=3, winsize=15, iterations=3, poly_n=5, poly_sigma=1.2,
        flags=0,
    )  # fmt: skip
    return lambda before, after: cv2.calcOpticalFlowFarneback(
        before, after, None, **settings
    )


METHODS: dict[str, Callable[[], Measure]] = {"dis": dis, "farneback": farneback}
"""By name; `benchmarks/flow.py` holds both against true motion. On a face dense
inverse search is nearer to it; on a wall without texture it follows what the film's
codec left there, where Farneback's says that nothing moves."""


def lucas_kanade(
    before: np.ndarray,
    after: np.ndarray,
    point: tuple[float, float],
    window: int = 3,
    steps: int = 1,
) -> np.ndarray:
    r"""Where a point has gone, from the equation of optical flow.

    Each pixel of the window gives one equation

    .. math:: I_x u + I_y v = -I_t

    and nine of them for two unknowns are solved by least squares:

    .. math:: A^T A \, d = -A^T I_t, \quad A = [I_x \; I_y].

    It holds for small motions. A further step moves the window by what was found
    and solves for what is left, as OpenCV does.

    Args:
        before, after: grey pictures.
        point: across and down.
        window: width and height of the window, odd.
        steps: how often it is solved.

    Returns:
        How far it has gone to the right and down, in pixels.

    Raises:
        UsageError: if the window shows no two directions: then nothing tells how
            the point has moved.
    """
    reach = np.arange(window) - window // 2
    across, down = np.meshgrid(point[0] + reach, point[1] + reach)
    slopes = [_sampled(slope, across, down).ravel() for slope in _slopes(before)]
    equations = np.stack(slopes, axis=1)
    normal = equations.T @ equations
    if np.linalg.eigvalsh(normal)[0] < 1e-3 * window**2:
        raise UsageError(f"at {point} the picture has no two directions to go by")
    here, moved = _sampled(before, across, down), np.zeros(2)
    for _ in range(steps):
        there = _sampled(after, across + moved[0], down + moved[1])
        moved = moved - np.linalg.solve(normal, equations.T @ (there - here).ravel())
    return moved


def _slopes(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How brightness rises to the right and down, a pixel (Scharr's filters)."""
    from scipy.ndimage import correlate1d

    picture = picture.astype(np.float64)
    rise, mean = np.array([-0.5, 0, 0.5]), np.array([3, 10, 3]) / 16
    across = correlate1d(correlate1d(picture, rise, axis=1), mean, axis=0)
    down = correlate1d(correlate1d(picture, rise, axis=0), mean, axis=1)
    return across, down


def _sampled(picture: np.ndarray, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Values between pixels, blended of four."""
    from scipy.ndimage import map_coordinates

    picture = picture.astype(np.float64)
    return map_coordinates(picture, [down, across], order=1, mode="nearest")


def errors(flow: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """How far each point's measured motion ends from where the point is.

    Args:
        flow: (height, width, 2), in pixels, to the right and down.
        before: (points, 2), where they were, across and down.
        after: the same, where they are.

    Returns:
        (points,), in pixels.

    >>> still = np.zeros((4, 4, 2))
    >>> errors(still, np.array([[1.0, 1.0]]), np.array([[1.0, 3.0]])).tolist()
    [2.0]
    """
    told = [_sampled(flow[..., axis], *before.T) for axis in (0, 1)]
    return np.hypot(*(before + np.stack(told, axis=1) - after).T)
