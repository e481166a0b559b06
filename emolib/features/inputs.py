"""Inputs that are read from stored arrays where they are used."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from emolib import UsageError

if TYPE_CHECKING:
    from emolib.features.store import Arrays


class Stream:
    """Inputs of one shape that are read from stored arrays where they are used.

    `stream[rows]` gives the inputs of some rows, so that memory does not grow
    with their number.

    Args:
        arrays: from `extract`.
        take: for each row, the number of its array and which part of it: a place
            (one frame), or from where to where along its first axis.
        length: of parts, none of which is longer; they are filled up with zeros
            behind, to so many steps.

    Raises:
        UsageError: if there is no row, or one that is not of that kind.
    """

    def __init__(
        self,
        arrays: Arrays,
        take: Sequence[tuple[int, int] | tuple[int, int, int]],
        length: int | None = None,
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
        self._arrays, self._length = arrays, length
        self.shape, self.dtype = (len(self._take), *inner), first.dtype

    def __len__(self) -> int:
        return len(self._take)

    def __getitem__(self, rows: Sequence[int] | slice) -> np.ndarray:
        if isinstance(rows, slice):
            rows = range(*rows.indices(len(self)))
        found = np.zeros((len(rows), *self.shape[1:]), self.dtype)
        for place, row in enumerate(rows):
            number, *where = self._take[row]
            if len(where) == 1:
                found[place] = self._arrays[number][where[0]]
            else:
                part = self._arrays[number][where[0] : where[1]]
                found[place, : len(part)] = part
        return found

    def take(self, rows: Sequence[int]) -> Stream:
        """Some of the rows, read where they are used like these."""
        return Stream(self._arrays, [self._take[row] for row in rows], self._length)

    def checksum(self) -> str:
        """Of all inputs, from the store's checksums: nothing is read for it."""
        digest = blake2b(digest_size=8)
        for number, *where in self._take:
            digest.update(f"{self._arrays.checksums[number]} {where};".encode())
        return digest.hexdigest()
