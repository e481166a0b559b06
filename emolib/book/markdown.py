"""Markdown from what records, tables, ledgers and file names hold.

Here, and nowhere else, such text is escaped: `table`, `link` and `code` take any
text for plain words unless it is `Markup`, which only these functions make.
"""

from __future__ import annotations

import re


class Markup(str):
    """Markdown of our own making, which stands in a page as it is."""


def plain(text: object) -> Markup:
    """Text as Markdown that shows it as it is, on one line.

    >>> plain("a_b [c] <d>")
    'a\\\\_b \\\\[c\\\\] \\\\<d\\\\>'
    """
    if isinstance(text, Markup):
        return text
    return Markup(_spaced(text).strip(" "))


def code(text: object) -> Markup:
    """Text as a span of code.

    >>> code("a`b")
    '``a`b``'
    """
    line = _line(text).strip(" ")
    longest = max(map(len, re.findall("`+", line)), default=0)
    fence, space = "`" * (longest + 1), " " if "`" in (line[:1], line[-1:]) else ""
    return Markup(f"{fence}{space}{line}{space}{fence}" if line else "")


def sentence(text: str) -> Markup:
    """Plain text in which backticks mark code, and nothing else means anything.

    >>> sentence("by `a command`, <b>")
    'by `a command`\\\\, \\\\<b\\\\>'
    """
    parts = text.split("`")
    if len(parts) % 2 == 0:  # one of them stands alone
        return plain(text)
    made = [code(part) if n % 2 else _spaced(part) for n, part in enumerate(parts)]
    return Markup("".join(made).strip())


def link(text: object, target: str) -> Markup:
    """A link to an `anchor` of any page."""
    return Markup(f"[{plain(text)}](#{target})")


def labelled(text: object, target: str) -> Markup:
    """Text that links may lead to."""
    return Markup(f"[{plain(text)}]{{#{target}}}")


def anchor(kind: str, name: str) -> str:
    """The place on a page that a link can lead to, in letters any link may have.

    >>> anchor("claim", "C.audio.accuracy")
    'claim-c-audio-accuracy'
    """
    return f"{kind}-{re.sub('[^a-z0-9]+', '-', name.lower())}"


def table(head: tuple, rows: list[tuple], style: str = "") -> str:
    """A Markdown table.

    Args:
        style: a class that the style sheet or a script knows.
    """
    lines = [f"| {' | '.join(map(_cell, line))} |\n" for line in [head, *rows]]
    lines.insert(1, f"| {' | '.join(['---'] * len(head))} |\n")
    text = "".join(lines)
    return f"```{{table}}\n:class: {style}\n\n{text}```\n" if style else text


def _cell(text: object) -> str:
    return plain(text).replace("|", r"\|")


def _spaced(text: object) -> str:
    """Escaped: every sign that could mean something, wherever it stands."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", _line(text))


def _line(text: object) -> str:
    """On one line; a no-break space stays what it is."""
    return re.sub(r"(?:[^\S\xa0]|[\x00-\x1f])+", " ", str(text))
