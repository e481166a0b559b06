"""Sounds and pictures of which some places are left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from emolib import UsageError
from emolib.features import audio

GREY = 127


def occlusion(
    predict: Callable[[np.ndarray], np.ndarray],
    picture: np.ndarray,
    number: int,
    side: int = 16,
    step: int = 8,
) -> np.ndarray:
    """By how much a class becomes less probable when a place is covered.

    A grey square is laid over one place after the other. Where the probability
    falls, the model looked; where it rises, something spoke against the class.

    Args:
        predict: pictures (n, height, width, colours) to probabilities.
        picture: uint8, RGB.
        number: of the class.
        side, step: of the square, and from one place to the next, in pixels.

    Returns:
        The fall at each place, shape (places down, places across).

    Raises:
        UsageError: if the square is larger than the picture.
    """
    tops, lefts = (range(0, size - side + 1, step) for size in picture.shape[:2])
    if not tops or not lefts:
        raise UsageError(f"a square of {side} pixels does not fit {picture.shape[:2]}")
    places = [(top, left) for top in tops for left in lefts]
    pictures = np.repeat(picture[None], len(places) + 1, axis=0)
    for covered, (top, left) in zip(pictures[1:], places, strict=True):
        covered[top : top + side, left : left + side] = GREY
    first, *others = np.asarray(predict(pictures))[:, number]
    return (first - np.array(others)).reshape(len(tops), len(lefts))


# -- a sound in bands and moments -------------------------------------------


@dataclass(frozen=True)
class Sounds:
    """Sounds of which bands and moments can be left out; see `parts`.

    Args:
        samples: of each sound, at the stack's rate.
        stack: what a model is given of them.
        bands, moments: as in `parts`.
    """

    samples: Sequence[np.ndarray]
    stack: audio.Stack
    bands: int = 8
    moments: int = 10

    @property
    def places(self) -> int:
        """How many parts a sound has."""
        return self.bands * self.moments

    def versions(self, number: int, held: np.ndarray) -> np.ndarray:
        """One sound with the parts that each row of `held` keeps, as stacks."""
        rate = self.stack.rate
        cut = parts(self.samples[number], rate, self.bands, self.moments)
        return np.stack([self.stack.of(one @ cut) for one in held])

    def left(self, held: np.ndarray) -> np.ndarray:
        """Each sound with the parts that its own row keeps, as stacks."""
        each = [self.versions(k, row[None]) for k, row in enumerate(held)]
        return np.concatenate(each)

    def over(self, maps: np.ndarray) -> np.ndarray:
        """Maps over stacks, in any resolution, as maps over parts; see `by_part`."""
        full = [enlarged(map, self.shape) for map in maps]
        seconds = [len(samples) / self.stack.rate for samples in self.samples]
        sizes = self.bands, self.moments
        pairs = zip(full, seconds, strict=True)
        return np.stack([by_part(map, self.stack, s, *sizes) for map, s in pairs])

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and frames of a stack."""
        rows = self.stack.mels + self.stack.coefficients + self.stack.bins
        return rows, self.stack.frames


def parts(
    samples: np.ndarray, rate: int, bands: int = 8, moments: int = 10
) -> np.ndarray:
    """A sound taken apart into bands and moments that add up to it.

    What is left of it when some are left out is the sum of the others, and can be
    heard: `held @ parts(...)`.

    Args:
        samples: mono.
        rate: samples a second.
        bands: of frequency, equally wide in mel, from the lowest.
        moments: equally long.

    Returns:
        float32 (bands x moments, samples): all moments of the lowest band, then of
        the next.
    """
    from scipy.fft import irfft, rfft

    spectrum = rfft(samples)
    heard = np.linspace(0, rate / 2, len(spectrum))
    filters = _shares(heard, audio.mel_edges(rate, bands))
    moments_at = np.linspace(0, len(samples), moments + 1)
    windows = _shares(np.arange(len(samples)) + 0.5, moments_at)
    split = irfft(filters * spectrum, len(samples), axis=1)
    found = split[:, None] * windows
    return found.reshape(-1, len(samples)).astype(np.float32)


def by_part(
    map: np.ndarray,
    stack: audio.Stack,
    seconds: float,
    bands: int = 8,
    moments: int = 10,
) -> np.ndarray:
    """A map over a stack as one over the sound's bands and moments.

    A mel row adds to the band that it lies in. MFCCs speak of all bands, so what a
    moment's other rows hold is dealt out evenly. What lies behind the clip's end
    belongs to nothing.

    Args:
        map: (rows, frames) as the stack has them.
        stack: what the sound was turned into.
        seconds: length of the sound.
        bands, moments: as in `parts`.

    Returns:
        (bands x moments,)
    """
    middles = audio.mel_edges(stack.rate, stack.mels + 1)[1:-1]
    rows = np.full((bands, len(map)), 1 / bands)
    rows[:, : stack.mels] = _shares(middles, audio.mel_edges(stack.rate, bands))
    times = np.arange(stack.frames) * stack.hop / stack.rate
    frames = _shares(times, np.linspace(0, seconds, moments + 1)) * (times <= seconds)
    return (rows @ map @ frames.T).ravel()


def _shares(places: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """How far each place lies between two edges, (edges - 1, places).

    Around an edge one passes into the next; at each place they add up to 1.
    """
    widths = np.diff(edges)
    fade = 0.2 * np.minimum(widths[:-1], widths[1:])[:, None]
    above = np.clip((places - edges[1:-1, None]) / fade + 0.5, 0, 1)
    above = np.vstack([np.ones(len(places)), above, np.zeros(len(places))])
    return above[:-1] - above[1:]


# -- a picture in cells -----------------------------------------------------


@dataclass(frozen=True)
class Pictures:
    """Pictures of which cells can be covered; see `covered`.

    Args:
        x: pictures; of several a clip a structured array.
        fill: what covers.
        cells: how many a side.
    """

    x: np.ndarray
    fill: np.ndarray
    cells: int = 8

    @property
    def places(self) -> int:
        """How many cells a clip has."""
        return len(self.x.dtype.names or [""]) * self.cells**2

    def versions(self, number: int, held: np.ndarray) -> np.ndarray:
        """One clip, with the cells that each row of `held` keeps."""
        return covered(self.x[number], held, self.fill, self.cells)

    def left(self, held: np.ndarray) -> np.ndarray:
        """Each clip with the cells that its own row keeps."""
        each = [self.versions(k, row[None]) for k, row in enumerate(held)]
        return np.concatenate(each)

    def over(self, maps: np.ndarray | Mapping[str, np.ndarray]) -> np.ndarray:
        """Maps over pictures, in any resolution, as maps over cells."""
        if isinstance(maps, Mapping):
            each = [self.over(maps[name]) for name in self.x.dtype.names]
            return np.concatenate(each, axis=1)
        return np.stack([by_cell(map, self.cells) for map in maps])


@dataclass(frozen=True)
class Films(Pictures):
    """Films of which cells can be covered, each picture's its own.

    Args:
        x: films, (items, pictures, height, width, colours).
        fill: what covers, a film.
        cells: how many a side.
    """

    @property
    def places(self) -> int:
        """How many cells a film has, those of one picture after the other's."""
        return self.x.shape[1] * self.cells**2

    def versions(self, number: int, held: np.ndarray) -> np.ndarray:
        """One film, with the cells that each row of `held` keeps."""
        each = zip(
            self.x[number], np.split(held, self.x.shape[1], axis=1), self.fill,
            strict=True,
        )  # fmt: skip
        shown = [covered(one, its, fill, self.cells) for one, its, fill in each]
        return np.stack(shown, axis=1)

    def over(self, maps: np.ndarray) -> np.ndarray:
        """Maps over films, in any resolution, as maps over cells.

        Where a map has fewer moments than the film has pictures, several pictures
        share one.
        """
        at = (np.arange(self.x.shape[1]) * maps.shape[1]) // self.x.shape[1]
        each = [[by_cell(map[n], self.cells) for n in at] for map in maps]
        return np.stack([np.concatenate(one) for one in each])


def covered(
    one: np.ndarray, held: np.ndarray, fill: np.ndarray, cells: int = 8
) -> np.ndarray:
    """A picture in which cells are filled with something else.

    Args:
        one: (height, width, channels); of several pictures a row of a structured
            array, whose fields' cells come one picture after the other.
        held: which cells stay, (n, pictures x cells x cells), row by row.
        fill: what covers, such as the mean of the training pictures; like `one`.
        cells: how many a side.

    Returns:
        n pictures.
    """
    import cv2

    if names := one.dtype.names:
        found = np.empty(len(held), one.dtype)
        each = np.split(held, len(names), axis=1)
        for name, its in zip(names, each, strict=True):
            found[name] = covered(one[name], its, fill[name], cells)
        return found
    grids = held.reshape(-1, cells, cells).astype(np.uint8)
    size = one.shape[1::-1]
    kept_here = [cv2.resize(g, size, interpolation=cv2.INTER_NEAREST) for g in grids]
    return np.where(np.stack(kept_here)[..., None], one, fill).astype(one.dtype)


def by_cell(map: np.ndarray, cells: int = 8) -> np.ndarray:
    """A map as means over `cells` x `cells` cells, row by row."""
    return _resized(map, (cells, cells)).ravel()


def enlarged(map: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A map as high and wide as what was looked at."""
    return _resized(map, shape)


def _resized(map: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    import cv2

    smaller = shape[0] <= map.shape[0] and shape[1] <= map.shape[1]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return cv2.resize(map.astype(np.float32), shape[::-1], interpolation=way)
