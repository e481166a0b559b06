"""Where a cause shows: clips rendered again, with it and without it.

Every draw belongs to one cause, so two renderings that differ in one dose differ
nowhere but where that cause acts: what a recogniser should look at to find it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.studio import RECORD, face, files, planned, twins
from emolib.studio.causes import Causes


def pairs(
    manifest: pd.DataFrame, cause: str, rate: int = 16000
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each clip's picture or samples, as they are and without a cause.

    Args:
        manifest: clips of rendered corpora, from `corpora.index`.
        cause: a name in `DOSES`, such as "authenticity.eyes".
        rate: that sounds are brought to, in Hz.

    Yields:
        Both. Sounds may differ in length where the cause changes the pace.

    Raises:
        UsageError: for recordings that were not rendered, rows of a table, films, or
            an unknown cause.
    """
    for causes, form in _causes(manifest, of_film=False):
        yield tuple(
            _rendered(one, form, rate) for one in (causes, _without(causes, cause))
        )


def as_genuine(
    manifest: pd.DataFrame, shares: Iterable[float], rate: int = 16000
) -> Iterator[np.ndarray]:
    """Each clip's picture or samples, were it so far genuine, all else as it is.

    Args:
        manifest, rate: as in `pairs`.
        shares: of each clip, 0 (posed) to 1.

    Raises:
        UsageError: as `pairs`.
    """
    known = _causes(manifest, of_film=False)
    for (causes, form), share in zip(known, shares, strict=True):
        yield _rendered(replace(causes, authenticity=share), form, rate)


def pictures(
    manifest: pd.DataFrame, cause: str, wanted: Callable[[int], Sequence[int]]
) -> Iterator[tuple[list[np.ndarray], list[np.ndarray]]]:
    """Pictures of each silent film, as they are and without a cause.

    Args:
        manifest, cause: as in `pairs`; of films.
        wanted: the numbers of the pictures in a film of so many, in their order.

    Yields:
        Both, RGB; as they are before a codec has been at them.

    Raises:
        UsageError: for what was not rendered, is no film, or a film with sound, whose
            voice moves the mouth.
    """
    for causes, form in _causes(manifest, of_film=True):
        if form.sound_rate:
            raise UsageError("these films have sound, and a voice moves the mouth")
        count = round(form.seconds * form.frame_rate)
        numbers = [int(number) for number in wanted(count)]
        found = []
        for one in (causes, _without(causes, cause)):
            film = face.frames(one, count, form.frame_rate, form.size, np.zeros(2))
            some = dict(enumerate(itertools.islice(film, max(numbers) + 1)))
            found.append([some[number] for number in numbers])
        yield tuple(found)


def _without(causes: Causes, cause: str) -> Causes:
    return replace(causes, doses=tuple((dict(causes.doses) | {cause: 0.0}).items()))


def _causes(
    manifest: pd.DataFrame, of_film: bool
) -> Iterator[tuple[Causes, twins.Form]]:
    """What each clip follows from, and how its files are made."""
    plans: dict[Path, tuple[twins.Form, list[twins.Clip]]] = {}
    for path in map(Path, manifest["path"]):
        folder = next((p for p in path.parents if (p / RECORD).exists()), None)
        if folder is None:
            raise UsageError(f"{path}: not rendered, so nobody knows its causes")
        if folder not in plans:
            plans[folder] = _plan(folder)
        form, clips = plans[folder]
        name = path.relative_to(folder).as_posix()
        named = (
            c for c in clips if name == (c.film if of_film else c.sound or c.still)
        )
        clip = next(named, None)
        if clip is None:
            kind = "no film" if of_film else "neither a sound nor a picture of its own"
            raise UsageError(f"{path}: {kind}")
        yield clip.causes, form


def _plan(folder: Path) -> tuple[twins.Form, list[twins.Clip]]:
    """How a corpus was rendered, and its clips."""
    asked = json.loads((folder / RECORD).read_text("utf-8"))
    return twins.form(asked["corpus"], asked["profile"]), planned(asked)


def _rendered(causes: Causes, form: twins.Form, rate: int) -> np.ndarray:
    import soxr

    speech = files.sound(causes, form)
    if speech is None:
        return files.picture(causes, form)
    return soxr.resample(speech.samples, speech.rate, rate)
