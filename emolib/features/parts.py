"""How the store's arrays lie on disk.

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
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from hashlib import blake2b
from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np

from emolib import EmolibError
from emolib.media import MediaError, row_of

FORMAT = 2  # of lines and parts: others lie in other folders
_SAMPLES, _SAMPLE = 4, 1024  # places looked at in a file, bytes at each
_MISSING = 0

Result = np.ndarray | MediaError | OSError


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


def state_of(path: str) -> int:
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


class Part:
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
                _write(self.lines, line_of(json.dumps(known).encode()))
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
        checksum = checksum_of(result)
        return Entry(offset, result.shape, result.dtype.str, checksum, "")
    problem = result.problem if isinstance(result, MediaError) else str(result)
    return Entry(offset, (), "", "", problem)


def checksum_of(content: np.ndarray | bytes) -> str:
    if isinstance(content, np.ndarray):
        content = content.reshape(-1).view(np.uint8)
    return blake2b(content, digest_size=8).hexdigest()


def line_of(known: bytes) -> bytes:
    return known + b"\t" + checksum_of(known).encode() + b"\n"


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
            if line != line_of(json_text):
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


def map_of(part: Path) -> mmap.mmap:
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


def damaged(part: Path, why: str) -> EmolibError:
    return EmolibError(
        f"{part}: an array in it is damaged and cannot be put right ({why}); delete "
        f"{part.parent} and run again to have its features computed anew"
    )
