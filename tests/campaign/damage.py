"""Ways in which files get damaged, drawn from a seed."""

from __future__ import annotations

import re

import numpy as np

LONGEST = 200


def flipped(content: bytearray, random: np.random.Generator) -> None:
    """One to three bits."""
    for _ in range(random.integers(1, 4)):
        content[_place(content, random)] ^= 1 << int(random.integers(8))


def zeroed(content: bytearray, random: np.random.Generator) -> None:
    """A run of bytes, as of a block that was never written."""
    start, stop = _run(content, random)
    content[start:stop] = bytes(stop - start)


def noisy(content: bytearray, random: np.random.Generator) -> None:
    start, stop = _run(content, random)
    content[start:stop] = random.bytes(stop - start)


def shortened(content: bytearray, random: np.random.Generator) -> None:
    """A run of bytes is lost."""
    start, stop = _run(content, random)
    del content[start:stop]


def lengthened(content: bytearray, random: np.random.Generator) -> None:
    """Bytes that stand there twice."""
    start, stop = _run(content, random)
    content[start:start] = content[start:stop]


def cut(content: bytearray, random: np.random.Generator) -> None:
    """All from somewhere on is lost."""
    del content[_place(content, random) :]


KINDS = (flipped, zeroed, noisy, shortened, lengthened, cut)


def damaged(content: bytes, number: int, random: np.random.Generator) -> bytes:
    """The same with one kind of damage; the kinds take turns."""
    found = bytearray(content)
    while bytes(found) == content:
        KINDS[number % len(KINDS)](found, random)
    return bytes(found)


def differences(before: bytes, after: bytes) -> tuple[int, int]:
    """From where to where they differ; lengths that differ, to the end."""
    if len(before) != len(after):
        return _first(before, after), max(len(before), len(after))
    a, b = np.frombuffer(before, np.uint8), np.frombuffer(after, np.uint8)
    places = np.flatnonzero(a != b)
    return int(places[0]), int(places[-1]) + 1


def _first(before: bytes, after: bytes) -> int:
    size = min(len(before), len(after))
    a, b = np.frombuffer(before, np.uint8, size), np.frombuffer(after, np.uint8, size)
    places = np.flatnonzero(a != b)
    return int(places[0]) if len(places) else size


def _place(content: bytearray, random: np.random.Generator) -> int:
    """Anywhere; every third time near an end, where headers and indices stand."""
    size = len(content)
    near = min(size, 600)
    side = random.integers(6)
    if side == 0:
        return int(random.integers(near))
    if side == 1:
        return int(size - 1 - random.integers(near))
    return int(random.integers(size))


def _run(content: bytearray, random: np.random.Generator) -> tuple[int, int]:
    start = _place(content, random)
    return start, min(len(content), start + int(random.integers(1, LONGEST)))


ODD = (
    *("", "null", "~", "[]", "{}", "-1", "0", "1e999", "NaN", "x / 0", "2000000000"),
    *(
        "999999999999999999999999",
        "yes",
        "'",
        '"',
        "\\",
        "\t",
        "\0",
        "\u202e",
        "<script>",
    ),
    *("&a *a", "!!python/object:os.system", "[" * 60_000, "{a: " * 3000, "é".encode()),
    *(
        b"\xff\xfe",
        "- - - -",
        "1" * 5000,
        "2026-01-01",
        "0x1F",
        "\ufeff",
        "..",
        "|",
        ">",
    ),
)
_WORD = re.compile(rb"[\w.+-]+")


def misspelt(content: bytes, random: np.random.Generator) -> bytes:
    """A text in which a word is odd, or a line is lost, doubled or moved."""
    if random.integers(3):
        words = list(_WORD.finditer(content))
        word = words[random.integers(len(words))]
        odd = ODD[random.integers(len(ODD))]
        odd = odd if isinstance(odd, bytes) else odd.encode()
        return content[: word.start()] + odd + content[word.end() :]
    lines = content.splitlines(keepends=True)
    place, other = random.integers(len(lines), size=2)
    kind = random.integers(3)
    if kind == 0:
        del lines[place]
    elif kind == 1:
        lines.insert(other, lines[place])
    else:
        lines[place], lines[other] = lines[other], lines[place]
    return b"".join(lines)
