"""A film looked at and listened to once, whatever is asked of it.

A feature that looks has a method `seen`, which turns a film's frames into arrays one
by one. One that listens has a `rate` and a method `of`, which turns samples into one
array, or `heard`, where chance that follows from the clip comes in. Called with a
path, each does the same for itself alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import tee
from typing import Any

import numpy as np

from emolib.features.audio import samples_at
from emolib.media import read_film

Outcome = np.ndarray | Exception


def at_once(path: str, features: Sequence[Any]) -> list[Outcome]:
    """What each feature gives of a file, or what it raises.

    The pictures are decoded once for all features that look, the sound once a
    sampling rate for all that listen. Each gives what it gives alone: a film without
    sound still shows its pictures.
    """
    if len(features) == 1:
        return [_tried(features[0], path)]
    looking = [feature for feature in features if hasattr(feature, "seen")]
    found = dict(zip(map(id, looking), _seen(path, looking), strict=True))
    sounds: dict[int, Outcome] = {}
    for feature in features:
        if id(feature) in found:
            continue
        if not _listens(feature):
            found[id(feature)] = _tried(feature, path)
            continue
        if feature.rate not in sounds:
            sounds[feature.rate] = _tried(_sound, path, feature.rate)
        sound = sounds[feature.rate]
        unheard = isinstance(sound, Exception)
        found[id(feature)] = sound if unheard else _tried(_heard, feature, sound, path)
    return [found[id(feature)] for feature in features]


def _listens(feature: Any) -> bool:
    hears = hasattr(feature, "heard") or hasattr(feature, "of")
    return hears and hasattr(feature, "rate")


def _sound(path: str, rate: int) -> np.ndarray:
    """Samples for several features, none of which can change them for the others."""
    samples = samples_at(path, rate)
    samples.flags.writeable = False
    return samples


def _heard(feature: Any, samples: np.ndarray, path: str) -> np.ndarray:
    of_clip = hasattr(feature, "heard")
    return feature.heard(samples, path) if of_clip else feature.of(samples)


def _tried(function, *arguments) -> Outcome:
    try:
        return function(*arguments)
    except Exception as error:  # whatever a feature's own code may raise
        return error


class _Once:
    """A film's frames; what stopped them stops everyone who asks for more."""

    def __init__(self, path: str) -> None:
        self.frames, self.error = read_film(path), None

    def __iter__(self) -> _Once:
        return self

    def __next__(self) -> tuple[int, Any]:
        if self.error:
            raise self.error
        try:
            return next(self.frames)
        except StopIteration:
            raise  # kept, it would keep all that the film gave, through its traceback
        except Exception as error:
            self.error = error
            raise


def _seen(path: str, features: Sequence[Any]) -> list[Outcome]:
    """Each feature's pictures of a film that runs once.

    Whoever has taken the fewest frames goes next, so that few of them wait.
    """
    taken = [0] * len(features)

    def counted(number: int, frames: Iterator) -> Iterator:
        for frame in frames:
            taken[number] += 1
            yield frame

    copies = tee(_Once(path), len(features))
    going = {
        number: feature.seen(counted(number, copies[number]), path)
        for number, feature in enumerate(features)
    }
    given: list[list[np.ndarray]] = [[] for _ in features]
    outcomes: list[Any] = [None] * len(features)
    while going:
        number = min(going, key=taken.__getitem__)
        try:
            given[number].append(next(going[number]))
            continue
        except StopIteration:
            outcomes[number] = _tried(np.stack, given[number])
        except Exception as error:
            outcomes[number] = error
        del going[number]
    return outcomes
