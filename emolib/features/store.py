"""Features on disk: computed once, read many times.

One folder holds one feature with one set of parameters. Every process that
computes something appends to a part of its own, so no locks are needed:

- `part-NAME.bin`: the arrays, one after the other;
- `part-NAME.index`: one JSON line for each, written after its array is. A
  process killed, or a disk full, between the two leaves bytes that no line
  names, never a line that names missing bytes.

A line holds for a path as long as the file has the size and the time of change
that the line gives. Nothing is ever written over: to make room, delete the
folder.
"""

from __future__ import annotations

import io
import json
import mmap
import os
import secrets
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from emolib import ROOT, EmolibError, UsageError
from emolib.media import MediaError, file_of
from emolib.progress import reported

State = tuple[int, int]
"""A file as it was before it was read: size and time of change in nanoseconds."""

Result = np.ndarray | MediaError | OSError


class Feature(Protocol):
    """A frozen dataclass that turns a file into one array.

    `version` goes up when the code gives other numbers for the same parameters.
    """

    name: str
    version: int

    def __call__(self, path: str) -> np.ndarray: ...


class Entry(NamedTuple):
    """What the store knows of one file: where its array lies, or its problem."""

    offset: int
    shape: tuple[int, ...]
    dtype: str
    problem: str


class Index:
    """The entries of some files, in columns: a row costs bytes, not objects."""

    def __init__(self, count: int) -> None:
        self.part = np.full(count, -1, np.int32)  # -1: nothing known
        self.form = np.zeros(count, np.int32)
        self.offset = np.zeros(count, np.int64)
        self.problems = {}
        self._parts: dict[Path, int] = {}
        self._forms: dict[tuple[tuple[int, ...], str], int] = {}

    def put(self, row: int, part: Path, entry: Entry) -> None:
        """Set a row; a later entry replaces an earlier one."""
        form = entry.shape, entry.dtype
        self.part[row] = self._parts.setdefault(part, len(self._parts))
        self.form[row] = self._forms.setdefault(form, len(self._forms))
        self.offset[row] = entry.offset
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
    """The stored arrays, read from disk where they are used, never writable."""

    def __init__(self, index: Index, rows: np.ndarray) -> None:
        self._forms, self._form = index.forms, index.form[rows]
        self._part, self._offset = index.part[rows], index.offset[rows]
        used, parts = set(self._part.tolist()), index.parts
        self._maps = {number: _map(parts[number]) for number in used}

    def __len__(self) -> int:
        return len(self._part)

    def __getitem__(self, number: int) -> np.ndarray:
        shape, dtype = self._forms[self._form[number]]
        data, offset = self._maps[int(self._part[number])], self._offset[number]
        return np.frombuffer(data, dtype, prod(shape), offset).reshape(shape)


class Features:
    """One array a clip, aligned to a manifest.

    Attributes:
        manifest: the rows that have an array, in the given order, numbered anew.
        arrays: `arrays[i]` belongs to row i of the manifest.
        problems: clip, path and problem of the rows that have none.
    """

    def __init__(self, manifest: pd.DataFrame, index: Index, rows: np.ndarray) -> None:
        lost = np.isin(rows, list(index.problems))
        self.manifest = manifest[~lost].reset_index(drop=True)
        self.arrays = Arrays(index, rows[~lost])
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

    Files that are missing or cannot be used end up in `problems`; the others are
    computed all the same. Whatever is computed is kept at once, so that a run
    that was stopped goes on where it was.

    Args:
        feature: such as `audio.Mfcc()` or `faces.Frames()`.
        manifest: a table with `clip` and `path`, from `corpora.index`.
        cache: folder of all stored features; default `cache` in the project.
        workers: threads; default one a processor.
        progress: report on stderr when it takes more than a few seconds.

    Raises:
        UsageError: if the manifest has no paths, or `workers` is below 1.
        EmolibError: if the disk is full, or the feature's own code fails.
    """
    missing = {"clip", "path"} - set(manifest.columns)
    if missing:
        raise UsageError(f"the manifest has no column {sorted(missing)}")
    workers = (os.cpu_count() or 1) if workers is None else workers
    if workers < 1:
        raise UsageError(f"workers={workers} must be 1 or more")
    folder = ROOT / Path(cache or "cache").expanduser() / folder_name(feature)
    rows, paths = pd.factorize(manifest["path"])
    states = np.array([_state(path) for path in paths], np.int64).reshape(-1, 2)
    index = _read_index(folder, paths, states)
    missing = np.flatnonzero(states[:, 0] < 0).tolist()
    index.problems |= dict.fromkeys(missing, "missing")
    todo = np.flatnonzero((index.part < 0) & (states[:, 0] >= 0)).tolist()
    if todo:
        from threadpoolctl import threadpool_limits

        # Linear algebra stays in our threads: with threads of its own on top,
        # all of them wait for one another.
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(workers) as pool:
            results = _compute(feature, paths[todo], pool, ahead=2 * workers)
            if progress:
                results = reported(results, len(todo), feature.name)
            _store(zip(todo, results, strict=True), folder, index, paths, states)
    return Features(manifest, index, rows)


def folder_name(feature: Feature) -> str:
    """The folder of a feature: its name and a hash of parameters and version."""
    parameters = {"version": feature.version, **asdict(feature)}
    text = json.dumps(parameters, sort_keys=True)
    return f"{feature.name}-{sha256(text.encode()).hexdigest()[:12]}"


def _state(path: str) -> State:
    try:
        facts = os.stat(file_of(path))  # noqa: PTH116 - Path.stat is several times slower
    except OSError:
        return -1, -1
    return facts.st_size, facts.st_mtime_ns


def _compute(
    feature: Feature, paths: Iterable[str], pool: ThreadPoolExecutor, ahead: int
) -> Iterator[Result]:
    """Each file's array, or what is wrong with it.

    Threads, because reading, transforming and decoding all release Python's lock
    and a thread starts in no time. Only `ahead` files are under way at once, so
    that memory stays flat.
    """

    def one(path: str) -> Result:
        try:
            array = np.ascontiguousarray(feature(path))
        except (MediaError, OSError) as error:
            return error
        except Exception as error:
            raise EmolibError(f"{path}: {feature.name} failed: {error}") from error
        return array if array.size else MediaError(path, "empty feature")

    waiting = deque()
    for path in paths:
        waiting.append(pool.submit(one, path))
        if len(waiting) == ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _store(
    results: Iterable[tuple[int, Result]],
    folder: Path,
    index: Index,
    paths: Sequence[str],
    states: np.ndarray,
) -> None:
    """Append rows' results to a new part; each is safe before the next is taken."""
    stored = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"part-{secrets.token_hex(8)}.bin"
        with (
            part.open("xb", buffering=0) as data,
            part.with_suffix(".index").open("xb", buffering=0) as lines,
        ):
            offset = 0
            for row, result in results:
                entry = _entry(offset, result)
                if isinstance(result, np.ndarray):
                    _write(data, result.reshape(-1).view(np.uint8))
                    offset += result.nbytes
                # What the system refused may be well tomorrow, the file unchanged.
                if not isinstance(result, OSError):
                    line = json.dumps([paths[row], *states[row].tolist(), *entry])
                    _write(lines, line.encode() + b"\n")
                index.put(row, part, entry)
                stored += 1
    except OSError as error:
        raise EmolibError(
            f"{folder}: cannot be written ({error.strerror or error}). "
            f"{stored} new features are kept: make room and run again to go on "
            "from there, or choose another cache folder"
        ) from error


def _entry(offset: int, result: Result) -> Entry:
    if isinstance(result, np.ndarray):
        return Entry(offset, result.shape, result.dtype.str, "")
    problem = result.problem if isinstance(result, MediaError) else str(result)
    return Entry(offset, (), "", problem)


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
    row_of = {path: row for row, path in enumerate(paths)}
    for lines in sorted(folder.glob("part-*.index")):
        part = lines.with_suffix(".bin")
        # Lines first, then the size: another process may be writing.
        text = lines.read_bytes()
        size = part.stat().st_size if part.exists() else -1
        for line in io.BytesIO(text):
            try:
                path, length, changed, offset, shape, dtype, problem = json.loads(line)
            except ValueError:
                continue
            row = row_of.get(path)
            if row is None or (length, changed) != tuple(states[row]):
                continue
            entry = Entry(offset, tuple(shape), dtype, problem)
            if offset + _bytes(entry) <= size:
                known.put(row, part, entry)
    return known


def _bytes(entry: Entry) -> int:
    return 0 if entry.problem else np.dtype(entry.dtype).itemsize * prod(entry.shape)


def _map(part: Path) -> mmap.mmap:
    with part.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
