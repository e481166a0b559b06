"""Features on disk: computed once, read many times.

One folder holds one feature with one set of parameters; `parts` says how arrays lie
in it. What was computed is kept at once: a process killed, or a disk full, loses
nothing before. An array holds for a file as long as the file is what it was. It has
a checksum, compared when it is first read: what a disk damaged is computed again and
put back in its place, or refused.

A folder may be deleted: what is missing is computed again.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, fields, is_dataclass
from functools import lru_cache
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from emolib import ROOT, EmolibError, UsageError, code
from emolib.features import parts
from emolib.features.film import at_once
from emolib.features.inputs import Stream as Stream
from emolib.media import MediaError
from emolib.progress import reported


class Feature(Protocol):
    """A frozen dataclass that turns a file into one array."""

    name: str

    def __call__(self, path: str) -> np.ndarray: ...


class Arrays(Sequence):
    """The stored arrays, read from disk where they are used, never writable.

    Attributes:
        checksums: of each array's bytes, 16 hexadecimal digits, as they were
            when it was computed.
    """

    def __init__(
        self, index: parts.Index, rows: np.ndarray, again: Callable[[int], np.ndarray]
    ) -> None:
        self._forms, self._form = index.forms, index.form[rows]
        self._parts, self._part = index.parts, index.part[rows]
        self._offset = index.offset[rows]
        used = set(self._part.tolist())
        self._maps = {number: parts.map_of(self._parts[number]) for number in used}
        self.checksums = [f"{value:016x}" for value in index.checksum[rows].tolist()]
        self._sound = np.zeros(len(rows), bool)
        self._again = again

    def __len__(self) -> int:
        return len(self._part)

    def __getitem__(self, number: int) -> np.ndarray:
        shape, dtype = self._forms[self._form[number]]
        data, offset = self._maps[int(self._part[number])], self._offset[number]
        array = np.frombuffer(data, dtype, prod(shape), offset).reshape(shape)
        if not self._sound[number]:
            if parts.checksum_of(array) != self.checksums[number]:
                self._mend(range(len(self))[number], array)
            self._sound[number] = True
        return array

    def _mend(self, number: int, damaged: np.ndarray) -> None:
        """Compute the array again and, if it is the same one, put it in its place."""
        part, wanted = self._parts[self._part[number]], self.checksums[number]
        try:
            fresh = np.ascontiguousarray(self._again(number))
            if parts.checksum_of(fresh) == wanted:
                with part.open("r+b") as data:
                    data.seek(int(self._offset[number]))
                    data.write(fresh.reshape(-1).view(np.uint8))
        except Exception as error:  # whatever the feature's own code may raise
            raise parts.damaged(part, str(error)) from error
        # The bytes on disk, seen through the map.
        if parts.checksum_of(damaged) != wanted:
            raise parts.damaged(part, "another array comes out now")


class Features:
    """One array a clip, aligned to a manifest.

    Attributes:
        feature: what the arrays were computed with.
        manifest: the rows that have an array, in the given order, numbered anew.
        arrays: `arrays[i]` belongs to row i of the manifest.
        problems: clip, path and problem of the rows that have none.
    """

    def __init__(
        self, feature: Feature, manifest: pd.DataFrame, index: parts.Index, rows
    ) -> None:
        lost = np.isin(rows, list(index.problems))
        self.feature = feature
        self.manifest = manifest[~lost].reset_index(drop=True)
        paths = self.manifest["path"]
        self.arrays = Arrays(index, rows[~lost], lambda row: feature(paths[row]))
        problems = [index.problems[row] for row in rows[lost].tolist()]
        without = manifest.loc[lost, ["clip", "path"]].reset_index(drop=True)
        self.problems = without.assign(problem=pd.Series(problems, dtype="str"))

    def __len__(self) -> int:
        return len(self.arrays)


def extract(
    feature: Feature,
    manifest: pd.DataFrame,
    cache: str | Path | None = None,
    workers: int | None = None,
    progress: bool = True,
) -> Features:
    """Compute a feature for every clip of a manifest, or read what is stored.

    Files that are missing, cannot be used or give numbers that are not finite end
    up in `problems`; the others are computed all the same. Whatever is computed is
    kept at once, so that a run that was stopped goes on where it was.

    Args:
        feature: such as `audio.Mfcc()` or `faces.Frames()`.
        manifest: a table with `clip` and `path`, from `corpora.index`.
        cache: folder of all stored features; default `cache` in the project.
        workers: threads; default one a processor.
        progress: report on stderr when it takes more than a few seconds.

    Raises:
        UsageError: if the manifest has no paths, or `workers` is below 1.
        EmolibError: if the disk is full, the cache cannot be read, or the feature's
            own code fails.
    """
    return extract_together([feature], manifest, cache, workers, progress)[0]


def extract_together(
    features: Sequence[Feature],
    manifest: pd.DataFrame,
    cache: str | Path | None = None,
    workers: int | None = None,
    progress: bool = True,
) -> list[Features]:
    """`extract` for several features: a film is decoded once for all of them.

    Each has the folder that it has alone; what lies there is not computed again.
    """
    missing = {"clip", "path"} - set(manifest.columns)
    if missing:
        raise UsageError(f"the manifest has no column {sorted(missing)}")
    workers = (os.cpu_count() or 1) if workers is None else workers
    if workers < 1:
        raise UsageError(f"workers={workers} must be 1 or more")
    place = ROOT / Path(cache or "cache").expanduser()
    rows, paths = pd.factorize(manifest["path"])
    states = np.array([parts.state_of(path) for path in paths], np.int64)
    kept = [parts.Part(place / folder_name(f), paths, states) for f in features]
    wanted = np.stack([part.lacks() for part in kept])
    todo = np.flatnonzero(wanted.any(axis=0)).tolist()
    if todo:
        # In several threads at once it may find itself half imported.
        import cv2  # noqa: F401
        from threadpoolctl import threadpool_limits

        work = [(paths[row], np.flatnonzero(wanted[:, row])) for row in todo]
        # Linear algebra stays in our threads: with threads of its own on top,
        # all of them wait for one another.
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(workers) as pool:
            results = _compute(features, work, pool, ahead=2 * workers)
            if progress:
                name = ", ".join(dict.fromkeys(feature.name for feature in features))
                results = reported(results, len(todo), name)
            with ExitStack() as opened:
                for row, (_, which), some in zip(todo, work, results, strict=True):
                    for number, result in zip(which, some, strict=True):
                        kept[number].put(row, result, opened)
    return [
        Features(f, manifest, part.index, rows)
        for f, part in zip(features, kept, strict=True)
    ]


def folder_name(feature: Feature) -> str:
    """The folder of a feature: its name and a hash of parameters and code."""
    inner = [getattr(feature, field.name) for field in fields(feature)]
    kinds = [type(feature), *(type(part) for part in inner if is_dataclass(part))]
    ours = all(kind.__module__.startswith("emolib.") for kind in kinds)
    reached = [thing for kind in kinds for thing in (kind, kind.__call__)]
    meaning = (_meaning if ours else code.meaning)(*reached)
    parameters = {"code": meaning, "format": parts.FORMAT, **asdict(feature)}
    text = json.dumps(parameters, sort_keys=True)
    return f"{feature.name}-{sha256(text.encode()).hexdigest()[:12]}"


# This package's code does not change while it runs; a notebook's may.
_meaning = lru_cache(code.meaning)


def _compute(
    features: Sequence[Feature],
    work: Iterable[tuple[str, Sequence[int]]],
    pool: ThreadPoolExecutor,
    ahead: int,
) -> Iterator[list[parts.Result]]:
    """Each file's arrays, one a feature that it wants, or what is wrong with it.

    Threads, because reading, transforming and decoding all release Python's lock
    and a thread starts in no time. Only `ahead` files are under way at once, so
    that memory stays flat. The first that succeeds goes alone: OpenCV, which it may
    import, comes out in parts where several threads import it at the same time.
    """

    def one(path: str, which: Sequence[int]) -> list[parts.Result]:
        some = [features[number] for number in which]
        outcomes = zip(some, at_once(path, some), strict=True)
        return [_result(feature, path, outcome) for feature, outcome in outcomes]

    waiting, alone = deque(), True
    for path, which in work:
        waiting.append(pool.submit(one, path, which))
        if alone or len(waiting) == ahead:
            given = waiting.popleft().result()
            alone = alone and any(isinstance(part, Exception) for part in given)
            yield given
    while waiting:
        yield waiting.popleft().result()


def _result(
    feature: Feature, path: str, outcome: np.ndarray | Exception
) -> parts.Result:
    if isinstance(outcome, (MediaError, OSError)):
        return outcome
    try:
        if isinstance(outcome, Exception):
            raise outcome
        array = np.ascontiguousarray(outcome)
        if array.dtype.kind not in "biuf":
            raise TypeError(f"it gives {array.dtype}, not numbers")
    except Exception as error:
        raise EmolibError(f"{path}: {feature.name} failed: {error}") from error
    if not array.size:
        return MediaError(path, "empty feature")
    if not np.isfinite(array).all():
        return MediaError(path, "feature not finite")
    return array
