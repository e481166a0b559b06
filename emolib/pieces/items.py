"""Clips taken apart into items: vectors, pictures, films, windows, copies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolib import UsageError, experiment
from emolib.features import audio, augment, recording, store
from emolib.labels import LabelSpace

if TYPE_CHECKING:
    from emolib.experiment import Examples
    from emolib.features.store import Features


def vectors(
    features: Features,
    space: LabelSpace | Mapping[str, LabelSpace],
    of: Callable[[np.ndarray], np.ndarray],
) -> Examples:
    """One vector a clip.

    Args:
        features: from `store.extract`.
        space: the classes.
        of: makes a vector of an array, such as `audio.statistics`.
    """
    x = np.stack([of(array) for array in features.arrays])
    return experiment.examples(features, x, space)


def tabled(
    features: Features, of: Callable[[np.ndarray], np.ndarray] | None = None
) -> pd.DataFrame:
    """One vector a clip as a table, a row a clip.

    Args:
        features: from `store.extract`.
        of: makes a vector of an array; by default the array is one.
    """
    vectors = [array if of is None else of(array) for array in features.arrays]
    return pd.DataFrame(np.stack(vectors), features.manifest["clip"])


def side_by_side(
    tables: Mapping[str, pd.DataFrame], clips: pd.DataFrame, space: LabelSpace
) -> Examples:
    """Several descriptions of the same clips, a field each.

    Args:
        tables: of each field a row a clip, such as `tabled` gives.
        clips: their manifest. A clip that one of the tables lacks is left out.
        space: the classes.
    """
    known = [clips["clip"].isin(table.index) for table in tables.values()]
    clips = clips[np.all(known, axis=0)].reset_index(drop=True)
    kinds = [(n, np.float32, (t.shape[1],)) for n, t in tables.items()]
    x = np.zeros(len(clips), kinds)
    for name, table in tables.items():
        x[name] = table.loc[clips["clip"]]
    return experiment.examples(clips, x, space)


def turned(pictures: np.ndarray, kind: str, seed: int = 0) -> np.ndarray:
    """Pictures as training sees them: turned, scaled and flipped at random.

    Args:
        pictures: 0 to 255, shape (pictures, height, width, channels).
        kind: as `models.common.augmentation` takes it.
        seed: of the lots.
    """
    import keras

    from emolib.models import common

    keras.utils.set_random_seed(seed)
    x = np.asarray(pictures, np.float32)
    for layer in common.augmentation(kind):
        x = layer(x, training=True)
    return np.asarray(x).round().astype(np.uint8)


def spread(array: np.ndarray, count: int) -> np.ndarray:
    """So many pictures of a film, evenly spaced, its ends left out.

    >>> spread(np.arange(9), 3)
    array([2, 4, 6])
    """
    places = np.linspace(0, len(array) - 1, count + 2)[1:-1]
    return array[places.round().astype(int)]


def frames(features: Features, space: LabelSpace, every: int = 1) -> Examples:
    """Each frame of each film as an item, read where it is used.

    Args:
        features: from `store.extract` with `faces.Frames`.
        space: the classes.
        every: the film's own frames from one to the next; numbers them.
    """
    counts = [len(array) for array in features.arrays]
    parts = [[{"frame": every * i} for i in range(count)] for count in counts]
    places = [(n, i) for n, count in enumerate(counts) for i in range(count)]
    return experiment.examples(
        features, store.Stream(features.arrays, places), space, parts
    )


def films(features: Features, space: LabelSpace | Mapping[str, LabelSpace]) -> Examples:
    """Each clip's pictures as one item, read where they are used.

    Args:
        features: from `store.extract` with `faces.Moments`.
        space: the classes; for several tasks those of each, by column.
    """
    count = len(features.arrays[0])
    places = [(number, 0, count) for number in range(len(features.arrays))]
    return experiment.examples(
        features, store.Stream(features.arrays, places, count), space
    )


def out_of_order(films: Examples, seed: int = 0) -> Examples:
    """The same films, the pictures of each in an order of its own, drawn by lot.

    What a network has of them it does not have from their order in time.

    Args:
        films: from `films`.
        seed: of the lots.
    """
    x = np.array(films.x[:])
    for clip, shots in zip(films.items["clip"], x, strict=True):
        shots[:] = augment.generator(seed, 0, clip).permutation(shots)
    return replace(films, x=x)


def windows(features: Features, space: LabelSpace, length: int, hop: int) -> Examples:
    """Windows of each clip, read where they are used; see `audio.windows`.

    A clip shorter than `length` is one window, filled up with zeros behind.
    """
    cuts = [audio.windows(array, length, hop) for array in features.arrays]
    parts = [[{"start": a, "stop": b} for a, b in of_clip] for of_clip in cuts]
    places = [(n, a, b) for n, of_clip in enumerate(cuts) for a, b in of_clip]
    stream = store.Stream(features.arrays, places, length)
    return experiment.examples(features, stream, space, parts)


def copies(
    several: Sequence[Features],
    space: LabelSpace,
    of: Callable[[np.ndarray], np.ndarray],
) -> Examples:
    """Each clip with its augmented copies, one vector each.

    Args:
        several: features of the same clips: copy 0 as they are, then one changed
            way after the other, such as `augment.Augmented` makes.
        space: the classes.
        of: makes a vector of an array.

    Raises:
        UsageError: if they are not of the same clips.
    """
    first = several[0]
    clips = list(first.manifest["clip"])
    if any(list(one.manifest["clip"]) != clips for one in several):
        raise UsageError("these features are not of the same clips in the same order")
    parts = [[{"copy": n} for n in range(len(several))]] * len(clips)
    x = [of(one.arrays[n]) for n in range(len(clips)) for one in several]
    return experiment.examples(first, np.stack(x), space, parts)


def summed(stack: np.ndarray) -> np.ndarray:
    """One vector of a stack (rows, frames), of what is not filling.

    Mean and spread of each row and of its changes, as `audio.statistics` has them.

    >>> summed(np.array([[1.0, 3.0, 0.0]])).tolist()
    [2.0, 1.0, 2.0, 0.0]
    """
    stack = stack[..., 0] if stack.ndim == 3 else stack
    return audio.statistics(stack[:, stack.any(axis=0)].T)


def in_short(examples: Examples) -> Examples:
    """The same examples, each stack as one vector; see `summed`."""
    return replace(examples, x=np.stack([*map(summed, examples.x)]))


def stackings(clips: pd.DataFrame) -> dict[str, np.ndarray]:
    """What 77 rows of document A's input may have been, by name: (sounds, 77, 150).

    At 16 kHz, but for the one that is brought to librosa's own rate.
    """

    def rows(
        mels: int = 0, coefficients: int = 0, bins: int = 0, rate: int = 16000
    ) -> np.ndarray:
        feature = audio.Stack(rate, mels, coefficients, bins)
        feature = feature if rate == 16000 else recording.Delivered(feature)
        return np.stack([*store.extract(feature, clips).arrays])

    def levels(bins: int) -> np.ndarray:
        """As mel bands have them: below the clip's loudest, and filling stays zero."""
        found = rows(bins=bins)
        level = 20 * np.log10(np.maximum(found, 1e-5))
        level -= level.max(axis=(1, 2), keepdims=True)
        return np.where(found == 0, 0, np.maximum(level, -audio.DYNAMIC_RANGE))

    mel, mfcc = np.split(rows(64, 13), [64], axis=1)
    parts = {
        "64 mel, 13 MFCC": (mel, mfcc),
        "13 MFCC, 64 mel": (mfcc, mel),
        "64 mel not in dB": (10 ** (mel / 10), mfcc),
        "64 STFT, 13 MFCC": (rows(bins=64), mfcc),
        "64 STFT in dB, 13 MFCC": (levels(64), mfcc),
        "32 mel, 32 STFT in dB, 13 MFCC": (rows(32), levels(32), mfcc),
        "64 mel, 13 MFCC at 22,050 Hz": (rows(64, 13, rate=22050),),
        "60 mel, 17 MFCC": (rows(60, 17),),
        "65 mel, 12 MFCC": (rows(65, 12),),
        "77 mel": (rows(77),),
        "57 mel, 20 MFCC": (rows(57, 20),),
        "37 mel, 40 MFCC": (rows(37, 40),),
    }
    return {name: np.concatenate(of, axis=1) for name, of in parts.items()}


def told(examples: Examples, **settings: Any) -> Examples:
    """The same examples, and what else their records are to tell of them."""
    return replace(examples, settings={**examples.settings, **settings})


def filled(examples: Examples) -> np.ndarray:
    """How many columns of each stack hold a sound; what is behind is zeros."""
    return (np.array(examples.x) != 0).any(axis=(1, 3)).sum(axis=1)


def cut_alike(examples: Examples) -> Examples:
    """Stacks as `in_short`, all cut to the length of the shortest sound among them."""
    shortest = int(filled(examples).min())
    cut = replace(examples, x=np.array(examples.x)[:, :, :shortest])
    return told(in_short(cut), columns=shortest)
