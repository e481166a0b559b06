"""Inputs that are read from stored arrays where they are used."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from emolib import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from emolib.features.store import Arrays, Features


class Stream:
    """Inputs of one shape that are read from stored arrays where they are used.

    `stream[rows]` gives the inputs of some rows, so that memory does not grow
    with their number.

    Args:
        arrays: from `extract`, or a `Chain` of several.
        take: for each row, the number of its array and which part of it: a place
            (one frame), or from where to where along its first axis.
        length: of parts, none of which is longer; they are filled up with zeros
            behind, to so many steps.
        channel: a last axis of length 1 is added, as pictures have it.

    Raises:
        UsageError: if there is no row, or one that is not of that kind.
    """

    def __init__(
        self,
        arrays: Arrays | Chain,
        take: Sequence[tuple[int, int] | tuple[int, int, int]],
        length: int | None = None,
        channel: bool = False,
    ) -> None:
        self._take = [tuple(map(int, one)) for one in take]
        if not self._take:
            raise UsageError("a stream of no rows: nothing is taken")
        for row, (_, *where) in enumerate(self._take):
            if length is None:
                fits = len(where) == 1
            else:
                fits = len(where) == 2 and 0 < where[1] - where[0] <= length
            if not fits:
                wanted = "one place" if length is None else f"1 to {length} steps"
                raise UsageError(f"row {row} takes {where} of its array, not {wanted}")
        first = arrays[self._take[0][0]]
        inner = first.shape[1:] if length is None else (length, *first.shape[1:])
        inner = (*inner, 1) if channel else inner
        self._arrays, self._length, self._channel = arrays, length, channel
        self.shape, self.dtype = (len(self._take), *inner), first.dtype

    def __len__(self) -> int:
        return len(self._take)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        found = self[:]
        return found if dtype is None else found.astype(dtype)

    def __getitem__(self, rows: int | Sequence[int] | slice) -> np.ndarray:
        if isinstance(rows, int):
            if rows >= len(self):  # so that a loop over all of them ends
                raise IndexError(rows)
            return self[[rows]][0]
        if isinstance(rows, slice):
            rows = range(*rows.indices(len(self)))
        found = np.zeros((len(rows), *self.shape[1:]), self.dtype)
        for place, row in enumerate(rows):
            number, *where = self._take[row]
            if len(where) == 1:
                part = self._arrays[number][where[0]]
                found[place] = part[..., None] if self._channel else part
            else:
                part = self._arrays[number][where[0] : where[1]]
                part = part[..., None] if self._channel else part
                found[place, : len(part)] = part
        return found

    def take(self, rows: Sequence[int]) -> Stream:
        """Some of the rows, read where they are used like these."""
        kept = [self._take[row] for row in rows]
        return Stream(self._arrays, kept, self._length, self._channel)

    def checksum(self) -> str:
        """Of all inputs, from the store's checksums: nothing is read for it."""
        digest = blake2b(digest_size=8)
        for number, *where in self._take:
            digest.update(f"{self._arrays.checksums[number]} {where};".encode())
        return digest.hexdigest()


class Chain:
    """Stored arrays of several features one after the other, for a `Stream`.

    Args:
        parts: from `extract`, such as the pictures of a sound and of its copies; the
            arrays of the second are numbered on from those of the first.
    """

    def __init__(self, *parts: Arrays) -> None:
        self._parts = parts
        self._place = [(k, i) for k, part in enumerate(parts) for i in range(len(part))]
        self.checksums = [one for part in parts for one in part.checksums]

    def __len__(self) -> int:
        return len(self._place)

    def __getitem__(self, number: int) -> np.ndarray:
        part, inner = self._place[number]
        return self._parts[part][inner]


class Together:
    """Streams side by side as one input with a field for each, read where it is used.

    Args:
        streams: one a field, by its name; of one length.

    Raises:
        UsageError: if their lengths differ.
    """

    def __init__(self, **streams: Stream) -> None:
        lengths = {name: len(stream) for name, stream in streams.items()}
        if len(set(lengths.values())) != 1:
            raise UsageError(f"streams of one length are wanted, not {lengths}")
        self._streams = streams
        self.shape = (next(iter(lengths.values())),)
        self.dtype = np.dtype(
            [(name, s.dtype, s.shape[1:]) for name, s in streams.items()]
        )

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Sequence[int] | slice) -> np.ndarray:
        if isinstance(rows, slice):
            rows = range(*rows.indices(len(self)))
        found = np.empty(len(rows), self.dtype)
        for name, stream in self._streams.items():
            found[name] = stream[rows]
        return found

    def take(self, rows: Sequence[int]) -> Together:
        """Some of the rows, read where they are used like these."""
        return Together(**{n: s.take(rows) for n, s in self._streams.items()})

    def checksum(self) -> str:
        """Of all inputs, from the store's checksums."""
        told = [f"{name} {s.checksum()};" for name, s in self._streams.items()]
        return blake2b("".join(told).encode(), digest_size=8).hexdigest()


def shared(*features: Features) -> tuple[pd.DataFrame, list[np.ndarray]]:
    """The clips that have an array of every feature.

    Returns:
        Their rows of the manifest, in its order and numbered anew, and for each
        feature the numbers of their arrays.
    """
    tables = [feature.manifest for feature in features]
    everywhere = set.intersection(*(set(table["clip"]) for table in tables))
    rows = [np.flatnonzero(table["clip"].isin(everywhere)) for table in tables]
    return tables[0].iloc[rows[0]].reset_index(drop=True), rows
