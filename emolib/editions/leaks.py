"""Whether a folder gives a solution away, however it is written down there.

What is looked for are lines of solutions that stand nowhere in what readers are shown
anyway. Every file is read as bytes, as text, without its tags and escapes, and what is
packed in it (base64, zip, gzip, a picture's own text) is unpacked and read too.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

SHORTEST = 24
"""Characters, without spaces, of a line that is looked for; shorter ones stand
anywhere."""

DEEPEST = 4
"""How often something may be packed into something else."""

_PACKED = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")
_ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.S)
_SPOKEN = {"n": "\n", "t": "\t", "r": "\r"}


def marks(solutions: Iterable[str], shown: Iterable[str] = ()) -> list[str]:
    """Lines by which a solution is known, without their spaces.

    Args:
        solutions: code.
        shown: code and prose that readers are given anyway.
    """
    given = squeezed("\n".join(shown))
    lines = {squeezed(line) for text in solutions for line in _told(text)}
    return sorted(line for line in lines if len(line) >= SHORTEST and line not in given)


def _told(code: str) -> Iterator[str]:
    """Lines of code that say how something is done; a short text as a whole."""
    lines = [line.strip() for line in code.splitlines()]
    plain = ("import ", "from ", "def ", '"""', "#")
    yield from (line for line in lines if not line.startswith(plain))


def squeezed(text: str) -> str:
    """A text without spaces.

    >>> squeezed("a = [1,\\n     2]")
    'a=[1,2]'
    """
    return "".join(text.split())


def found(folder: Path, marks: Iterable[str]) -> list[tuple[Path, str]]:
    """Every file that holds one of these marks, with the mark."""
    marks = list(marks)
    return [
        (path, mark)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for mark in _in_bytes(path.read_bytes(), marks)
    ]


def _in_bytes(content: bytes, marks: list[str], depth: int = 0) -> list[str]:
    texts = [content.translate(None, b" \n\t\r")]
    if b"\0" not in content:  # text, not a picture or sound
        told = content.decode("utf-8", "replace")
        texts += [squeezed(one).encode() for one in _readings(told)]
    held = {
        m for m in marks for known in [m.encode()] if any(known in x for x in texts)
    }
    if depth < DEEPEST:
        for inner in _unpacked(content):
            held.update(_in_bytes(inner, marks, depth + 1))
    return sorted(held)


def _readings(text: str) -> Iterator[str]:
    """A text as a browser or a program would read it."""
    unescaped = _ESCAPED.sub(_meant, text) if "\\" in text else text
    for one in dict.fromkeys([text, unescaped]):
        if "%" in one:
            yield urllib.parse.unquote(one)
        if "<" in one or "&" in one:
            yield _plain(one)
            if "&lt;" in one or "&amp;" in one:  # a page within a page
                yield _plain(html.unescape(one))
    yield unescaped


def _plain(page: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", "", page))


def _meant(escape: re.Match) -> str:
    name = escape[1]
    if len(name) > 1:
        return chr(int(name[1:], 16))
    return _SPOKEN.get(name, name)


def _unpacked(content: bytes) -> Iterator[bytes]:
    """What is packed in some bytes: base64, archives, text in pictures."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif content.startswith(b"\x1f\x8b"):
        yield zlib.decompress(content, wbits=31)
    elif content.startswith(b"\x89PNG"):
        yield from _told_by_png(content)
    else:
        for match in _PACKED.finditer(content):
            packed = match.group().rstrip(b"=").translate(_STANDARD)
            with_end = packed + b"=" * (-len(packed) % 4)
            try:
                yield base64.b64decode(with_end, validate=True)
            except binascii.Error:  # a long word, or a checksum
                continue


_STANDARD = bytes.maketrans(b"-_", b"+/")


def _told_by_png(content: bytes) -> Iterator[bytes]:
    """The text chunks of a picture, unpacked."""
    place = 8
    while place + 8 <= len(content):
        size = int.from_bytes(content[place : place + 4])
        kind, body = content[place + 4 : place + 8], content[place + 8 :][:size]
        if kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf"):
            yield body
            for packed in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", body):
                try:
                    yield zlib.decompressobj().decompress(body[packed.start() :])
                except zlib.error:
                    continue
        place += 12 + size
