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
from emolib.media import MediaError
from emolib.progress import reported

State = tuple[str, int, int]
"""A file as it was before it was read: path, size, time of change in nanoseconds."""

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

    part: Path
    offset: int
    shape: tuple[int, ...]
    dtype: str
    problem: str


class Arrays(Sequence):
    """The stored arrays, read from disk where they are used, never writable."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries
        self._maps = {part: _map(part) for part in {entry.part for entry in entries}}

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, number: int) -> np.ndarray:
        entry = self._entries[number]
        count = prod(entry.shape)
        flat = np.frombuffer(self._maps[entry.part], entry.dtype, count, entry.offset)
        return flat.reshape(entry.shape)


class Features:
    """One array a clip, aligned to a manifest.

    Attributes:
        manifest: the rows that have an array, in the given order, numbered anew.
        arrays: `arrays[i]` belongs to row i of the manifest.
        problems: clip, path and problem of the rows that have none.
    """

    def __init__(self, manifest: pd.DataFrame, entries: list[Entry]) -> None:
        kept = np.array([not entry.problem for entry in entries], dtype=bool)
        self.manifest = manifest[kept].reset_index(drop=True)
        self.arrays = Arrays([entry for entry in entries if not entry.problem])
        problems = [entry.problem for entry in entries if entry.problem]
        lost = manifest.loc[~kept, ["clip", "path"]].reset_index(drop=True)
        self.problems = lost.assign(problem=pd.Series(problems, dtype="str"))

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
    states = [_state(path) for path in manifest["path"].tolist()]
    known = _read_index(folder)
    wanted = [state for state in dict.fromkeys(states) if state not in known]
    todo = [state for state in wanted if state[1] >= 0]
    if todo:
        from threadpoolctl import threadpool_limits

        # Linear algebra stays in our threads: with threads of its own on top,
        # all of them wait for one another.
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(workers) as pool:
            results = _compute(feature, todo, pool, ahead=2 * workers)
            if progress:
                results = reported(results, len(todo), feature.name)
            known.update(_store(results, folder))
    gone = Entry(folder, 0, (), "", "missing")
    return Features(manifest, [known.get(state, gone) for state in states])


def folder_name(feature: Feature) -> str:
    """The folder of a feature: its name and a hash of parameters and version."""
    parameters = {"version": feature.version, **asdict(feature)}
    text = json.dumps(parameters, sort_keys=True)
    return f"{feature.name}-{sha256(text.encode()).hexdigest()[:12]}"


def _state(path: str) -> State:
    try:
        facts = os.stat(path)  # noqa: PTH116 - Path.stat is several times slower
    except OSError:
        return path, -1, -1
    return path, facts.st_size, facts.st_mtime_ns


def _compute(
    feature: Feature, states: list[State], pool: ThreadPoolExecutor, ahead: int
) -> Iterator[tuple[State, Result]]:
    """Each file's array, or what is wrong with it.

    Threads, because reading, transforming and decoding all release Python's lock
    and a thread starts in no time. Only `ahead` files are under way at once, so
    that memory stays flat.
    """

    def one(state: State) -> tuple[State, Result]:
        try:
            array = np.ascontiguousarray(feature(state[0]))
        except (MediaError, OSError) as error:
            return state, error
        except Exception as error:
            raise EmolibError(f"{state[0]}: {feature.name} failed: {error}") from error
        return state, array if array.size else MediaError(state[0], "empty feature")

    waiting = deque()
    for state in states:
        waiting.append(pool.submit(one, state))
        if len(waiting) == ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _store(results: Iterable[tuple[State, Result]], folder: Path) -> dict[State, Entry]:
    """Append results to a new part; each is safe before the next is taken."""
    stored: dict[State, Entry] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"part-{secrets.token_hex(8)}.bin"
        with (
            part.open("xb", buffering=0) as data,
            part.with_suffix(".index").open("xb", buffering=0) as index,
        ):
            offset = 0
            for state, result in results:
                entry = _entry(part, offset, result)
                if isinstance(result, np.ndarray):
                    _write(data, result.reshape(-1).view(np.uint8))
                    offset += result.nbytes
                # What the system refused may be well tomorrow, the file unchanged.
                if not isinstance(result, OSError):
                    line = json.dumps([*state, *entry[1:]])
                    _write(index, line.encode() + b"\n")
                stored[state] = entry
    except OSError as error:
        raise EmolibError(
            f"{folder}: cannot be written ({error.strerror or error}). "
            f"{len(stored)} new features are kept: make room and run again to go on "
            "from there, or choose another cache folder"
        ) from error
    return stored


def _entry(part: Path, offset: int, result: Result) -> Entry:
    if isinstance(result, np.ndarray):
        return Entry(part, offset, result.shape, result.dtype.str, "")
    problem = result.problem if isinstance(result, MediaError) else str(result)
    return Entry(part, offset, (), "", problem)


def _write(file, data: bytes | np.ndarray) -> None:
    """Write all of it: an unbuffered file may take only a part at once."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _read_index(folder: Path) -> dict[State, Entry]:
    """What the folder's parts hold. Lines that are not whole count as not there."""
    known: dict[State, Entry] = {}
    for index in sorted(folder.glob("part-*.index")):
        part = index.with_suffix(".bin")
        lines = index.read_bytes().splitlines()
        # Asked for after the lines are read: another process may be writing.
        size = part.stat().st_size if part.exists() else -1
        for line in lines:
            try:
                path, length, changed, offset, shape, dtype, problem = json.loads(line)
            except ValueError:
                continue
            entry = Entry(part, offset, tuple(shape), dtype, problem)
            if offset + _bytes(entry) <= size:
                known[path, length, changed] = entry
    return known


def _bytes(entry: Entry) -> int:
    return 0 if entry.problem else np.dtype(entry.dtype).itemsize * prod(entry.shape)


def _map(part: Path) -> mmap.mmap:
    with part.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
