"""Features on disk: computed once, read many times.

One folder holds one feature with one set of parameters. Every process that
computes something appends to a part of its own, so no locks are needed:

- `part-NAME.bin`: the arrays, one after the other;
- `part-NAME.index`: one line for each, written after its array is. A process
  killed, or a disk full, between the two leaves bytes that no line names, never
  a line that names missing bytes.

A line is JSON, a tab and a checksum of the JSON; one that is not whole counts as
not there. It holds for a path as long as the file has the size, the time of
change and, in the places looked at, the bytes it had. Each array has a checksum,
compared when the array is first read: what a disk damaged is computed again and
put back in its place, or refused.

An index may be deleted, and so may the folder: what is missing is computed again.
"""

from __future__ import annotations

import io
import json
import mmap
import os
import secrets
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import asdict, fields, is_dataclass
from functools import lru_cache
from hashlib import blake2b, sha256
from math import prod
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from emolib import ROOT, EmolibError, UsageError, code
from emolib.features.film import at_once
from emolib.features.inputs import Stream as Stream
from emolib.media import MediaError, row_of
from emolib.progress import reported

_FORMAT = 2  # of lines and parts: others lie in other folders
_SAMPLES, _SAMPLE = 4, 1024  # places looked at in a file, bytes at each
_MISSING = 0

Result = np.ndarray | MediaError | OSError


class Feature(Protocol):
    """A frozen dataclass that turns a file into one array."""

    name: str

    def __call__(self, path: str) -> np.ndarray: ...


class Entry(NamedTuple):
    """What the store knows of one file: where its array lies, or its problem."""

    offset: int
    shape: tuple[int, ...]
    dtype: str
    checksum: str
    problem: str


class Index:
    """The entries of some files, in columns: a row costs bytes, not objects."""

    def __init__(self, count: int) -> None:
        self.part = np.full(count, -1, np.int32)  # -1: nothing known
        self.form = np.zeros(count, np.int32)
        self.offset = np.zeros(count, np.int64)
        self.checksum = np.zeros(count, np.uint64)
        self.problems = {}
        self._parts: dict[Path, int] = {}
        self._forms: dict[tuple[tuple[int, ...], str], int] = {}

    def put(self, row: int, part: Path, entry: Entry) -> None:
        """Set a row; a later entry replaces an earlier one."""
        form = entry.shape, entry.dtype
        self.part[row] = self._parts.setdefault(part, len(self._parts))
        self.form[row] = self._forms.setdefault(form, len(self._forms))
        self.offset[row] = entry.offset
        self.checksum[row] = int(entry.checksum or "0", 16)
        self.problems.pop(row, None)
        if entry.problem:
            self.problems[row] = entry.problem

    @property
    def parts(self) -> list[Path]:
        """The part files, as `part` numbers them."""
        return list(self._parts)

    @property
    def forms(self) -> list[tuple[tuple[int, ...], str]]:
        """Shapes and types, as `form` numbers them."""
        return list(self._forms)


class Arrays(Sequence):
    """The stored arrays, read from disk where they are used, never writable.

    Attributes:
        checksums: of each array's bytes, 16 hexadecimal digits, as they were
            when it was computed.
    """

    def __init__(
        self, index: Index, rows: np.ndarray, again: Callable[[int], np.ndarray]
    ) -> None:
        self._forms, self._form = index.forms, index.form[rows]
        self._parts, self._part = index.parts, index.part[rows]
        self._offset = index.offset[rows]
        used = set(self._part.tolist())
        self._maps = {number: _map(self._parts[number]) for number in used}
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
            if _checksum(array) != self.checksums[number]:
                self._mend(range(len(self))[number], array)
            self._sound[number] = True
        return array

    def _mend(self, number: int, damaged: np.ndarray) -> None:
        """Compute the array again and, if it is the same one, put it in its place."""
        part, wanted = self._parts[self._part[number]], self.checksums[number]
        try:
            fresh = np.ascontiguousarray(self._again(number))
            if _checksum(fresh) == wanted:
                with part.open("r+b") as data:
                    data.seek(int(self._offset[number]))
                    data.write(fresh.reshape(-1).view(np.uint8))
        except Exception as error:  # whatever the feature's own code may raise
            raise _damaged(part, str(error)) from error
        if _checksum(damaged) != wanted:  # the bytes on disk, seen through the map
            raise _damaged(part, "another array comes out now")


class Features:
    """One array a clip, aligned to a manifest.

    Attributes:
        feature: what the arrays were computed with.
        manifest: the rows that have an array, in the given order, numbered anew.
        arrays: `arrays[i]` belongs to row i of the manifest.
        problems: clip, path and problem of the rows that have none.
    """

    def __init__(
        self, feature: Feature, manifest: pd.DataFrame, index: Index, rows: np.ndarray
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
    states = np.array([_state(path) for path in paths], np.int64)
    parts = [_Part(place / folder_name(f), paths, states) for f in features]
    wanted = np.stack([part.lacks() for part in parts])
    todo = np.flatnonzero(wanted.any(axis=0)).tolist()
    if todo:
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
                        parts[number].put(row, result, opened)
    return [
        Features(f, manifest, part.index, rows)
        for f, part in zip(features, parts, strict=True)
    ]


def folder_name(feature: Feature) -> str:
    """The folder of a feature: its name and a hash of parameters and code."""
    inner = [getattr(feature, field.name) for field in fields(feature)]
    kinds = [type(feature), *(type(part) for part in inner if is_dataclass(part))]
    ours = all(kind.__module__.startswith("emolib.") for kind in kinds)
    reached = [thing for kind in kinds for thing in (kind, kind.__call__)]
    meaning = (_meaning if ours else code.meaning)(*reached)
    parameters = {"code": meaning, "format": _FORMAT, **asdict(feature)}
    text = json.dumps(parameters, sort_keys=True)
    return f"{feature.name}-{sha256(text.encode()).hexdigest()[:12]}"


# This package's code does not change while it runs; a notebook's may.
_meaning = lru_cache(code.meaning)


def _state(path: str) -> int:
    """A clip's file as it is now: size, time of change and some of its bytes.

    All of a small file and four places of a larger one; of a table of pictures,
    where the clip's row begins. A file put in the place of another is noticed
    though it has the same size and the same time.
    """
    file, start = row_of(path)
    try:
        facts = os.stat(file or path)  # noqa: PTH116 - Path.stat is several times slower
    except (OSError, ValueError):  # no path may hold a zero byte
        return _MISSING
    if not stat.S_ISREG(facts.st_mode):
        return _MISSING
    last = max(0, facts.st_size - _SAMPLE)
    places = [start] if file else {last * i // (_SAMPLES - 1) for i in range(_SAMPLES)}
    samples = [f"{facts.st_size} {facts.st_mtime_ns} ".encode()]
    with suppress(OSError):  # what cannot be read is tried, and named, later
        source = os.open(file or path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            for place in sorted(places):
                os.lseek(source, place, os.SEEK_SET)
                samples.append(os.read(source, _SAMPLE))
        finally:
            os.close(source)
    digest = blake2b(b"".join(samples), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) or 1


def _compute(
    features: Sequence[Feature],
    work: Iterable[tuple[str, Sequence[int]]],
    pool: ThreadPoolExecutor,
    ahead: int,
) -> Iterator[list[Result]]:
    """Each file's arrays, one a feature that it wants, or what is wrong with it.

    Threads, because reading, transforming and decoding all release Python's lock
    and a thread starts in no time. Only `ahead` files are under way at once, so
    that memory stays flat.
    """

    def one(path: str, which: Sequence[int]) -> list[Result]:
        some = [features[number] for number in which]
        outcomes = zip(some, at_once(path, some), strict=True)
        return [_result(feature, path, outcome) for feature, outcome in outcomes]

    waiting = deque()
    for path, which in work:
        waiting.append(pool.submit(one, path, which))
        if len(waiting) == ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _result(feature: Feature, path: str, outcome: np.ndarray | Exception) -> Result:
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


class _Part:
    """What a feature's folder knows of some files, and the part that is added.

    The part is begun with its first result; each is safe before the next is taken.
    """

    def __init__(self, folder: Path, paths: Sequence[str], states: np.ndarray) -> None:
        self.folder, self.paths, self.states = folder, paths, states
        self.index = _read_index(folder, paths, states)
        missing = np.flatnonzero(states == _MISSING).tolist()
        self.index.problems |= dict.fromkeys(missing, "missing")
        self.part, self.offset, self.stored = None, 0, 0

    def lacks(self) -> np.ndarray:
        """Which files are to be computed."""
        return (self.index.part < 0) & (self.states != _MISSING)

    def put(self, row: int, result: Result, opened: ExitStack) -> None:
        """Append a row's result."""
        try:
            if self.part is None:
                self._begin(opened)
            entry = _entry(self.offset, result)
            if isinstance(result, np.ndarray):
                _write(self.data, result.reshape(-1).view(np.uint8))
                self.offset += result.nbytes
            # What the system refused may be well tomorrow, the file unchanged.
            if getattr(result, "lasting", not isinstance(result, OSError)):
                known = [self.paths[row], int(self.states[row]), *entry]
                _write(self.lines, _line(json.dumps(known).encode()))
        except OSError as error:
            raise EmolibError(
                f"{self.folder}: cannot be written ({error.strerror or error}). "
                f"{self.stored} new features are kept: make room and run again to go "
                "on from there, or choose another cache folder"
            ) from error
        self.index.put(row, self.part, entry)
        self.stored += 1

    def _begin(self, opened: ExitStack) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        _sweep(self.folder)
        part = self.folder / f"part-{secrets.token_hex(8)}.bin"
        # The index first: a part without one has lost it.
        lines = part.with_suffix(".index").open("xb", buffering=0)
        self.lines = opened.enter_context(lines)
        self.data = opened.enter_context(part.open("xb", buffering=0))
        self.part = part


def _sweep(folder: Path) -> None:
    """Delete the parts whose index someone has deleted: nothing names their bytes."""
    for part in folder.glob("part-*.bin"):
        if not part.with_suffix(".index").exists():
            with suppress(OSError):
                part.unlink()


def _entry(offset: int, result: Result) -> Entry:
    if isinstance(result, np.ndarray):
        checksum = _checksum(result)
        return Entry(offset, result.shape, result.dtype.str, checksum, "")
    problem = result.problem if isinstance(result, MediaError) else str(result)
    return Entry(offset, (), "", "", problem)


def _checksum(content: np.ndarray | bytes) -> str:
    if isinstance(content, np.ndarray):
        content = content.reshape(-1).view(np.uint8)
    return blake2b(content, digest_size=8).hexdigest()


def _line(known: bytes) -> bytes:
    return known + b"\t" + _checksum(known).encode() + b"\n"


def _write(file, data: bytes | np.ndarray) -> None:
    """Write all of it: an unbuffered file may take only a part at once."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _read_index(folder: Path, paths: Sequence[str], states: np.ndarray) -> Index:
    """What the folder's parts hold of these files as they are now.

    Lines that are not whole count as not there.
    """
    known = Index(len(paths))
    row_of_path = {path: row for row, path in enumerate(paths)}
    for lines in sorted(folder.glob("part-*.index")):
        part = lines.with_suffix(".bin")
        try:
            # Lines first, then the size: another process may be writing.
            text = lines.read_bytes()
            size = part.stat().st_size if part.exists() else -1
        except OSError as error:
            raise _unreadable(lines, error) from error
        for line in io.BytesIO(text):
            json_text = line.rpartition(b"\t")[0]
            if line != _line(json_text):
                continue
            path, state, offset, shape, dtype, checksum, problem = json.loads(json_text)
            row = row_of_path.get(path)
            if row is None or state != states[row]:
                continue
            entry = Entry(offset, tuple(shape), dtype, checksum, problem)
            if offset + _bytes(entry) <= size:
                known.put(row, part, entry)
    return known


def _bytes(entry: Entry) -> int:
    return 0 if entry.problem else np.dtype(entry.dtype).itemsize * prod(entry.shape)


def _map(part: Path) -> mmap.mmap:
    try:
        with part.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise _unreadable(part, error) from error


def _unreadable(file: Path, error: OSError) -> EmolibError:
    return EmolibError(
        f"{file}: cannot be read ({error.strerror or error}); delete {file.parent} "
        "to have its features computed again, or choose another cache folder"
    )


def _damaged(part: Path, why: str) -> EmolibError:
    return EmolibError(
        f"{part}: an array in it is damaged and cannot be put right ({why}); delete "
        f"{part.parent} and run again to have its features computed anew"
    )
