"""Tables as they are pasted: Markdown, CSV, a printed report, a bare matrix.

What stands before a table in lines of its own are facts about it (`n: 300`), or its
title. Several tables may follow each other, an empty line or words between.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from emolib.ledger.own import quantities


class Fault(Exception):
    """What is wrong in a text: the line, and what to do there."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line, self.problem = line, problem


@dataclass(frozen=True)
class Grid:
    """Cells as printed, with what was said of them.

    Args:
        title: what stands above it.
        facts: name -> value, from lines such as `n: 300`.
        columns: the heads; the first is that of the rows' labels.
        rows: a row's first cell is its label.
        lines: of the heads, then of each row, in the file.
    """

    title: str
    facts: dict[str, str]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    fact_lines: dict[str, int] = field(default_factory=dict)


FACTS = {
    "kind": "what the table is: scores, matrix, results, folds, counts, layers",
    "n": "how many items were tested",
    "unit": '"%" for per cent, "share" for shares',
    "positive": "how many positive items were tested",
    "negative": "how many negative items were tested",
    "average": "of precision, recall, F1: positive, macro, weighted, micro",
    "classes": "how many classes there are",
    "accuracy": "the accuracy that is stated of a report or matrix",
    "folds": "how many folds the numbers are of",
    "fold sizes": "items of each fold: numbers, positive+negative, or even",
    "stratified": "yes if each fold holds the classes in equal shares",
    "aggregation": "mean over folds, or pooled",
    "digits": "rounded if none are cut off",
    "deviation": "standard if what stands behind a number is a standard deviation",
    "of": "the system that the table is about",
    "corpus": "a corpus that this book knows",
    "split": "which share was tested",
}
"""What may be said of a table in a line before it."""

SAME = {
    "items": "n",
    "test items": "n",
    "samples": "n",
    "positives": "positive",
    "negatives": "negative",
    "averaging": "average",
    "system": "of",
}
MOST_ROWS = 20_000
MOST_ROWS_IN_PAGE = 2000
FACT = re.compile(r"^[#>*\s-]*([A-Za-z][A-Za-z ]{0,20}?)\s*[:=]\s*(\S.*?)\s*$")
RULE = re.compile(r"^[\s|:+=_-]*[-=_][\s|:+=_-]*$")
PARAMETERS = re.compile(r"^(non-)?[a-z]* ?params$", re.I)
"""What Keras says below a table of layers."""
TOTAL = re.compile(r"^\s*total params\s*:\s*([0-9,]+)", re.I)
_WORD = r"[A-Za-z0-9_\u00c0-\uffff]+"  # the same in Python and in a browser
NUMBERS = re.compile(rf"[0-9.,]+ ?%?([ ,;]+{_WORD} ?[:=] ?[0-9.,]+ ?%?)*")
SENTENCE = re.compile(r"[A-Za-z]{2,}[.!?]?" + rf"\s+{_WORD}" * 5)
BARE = re.compile(
    r"^(\s*(np\.)?array\()?[\s\[\](),;0-9.+eE-]*[0-9][\s\[\](),;0-9.+eE-]*$"
)
BOX = {
    place: "-" if chr(place) in "\u2500\u2501\u2550" else "|"
    for place in range(0x2500, 0x2580)
}
"""Lines drawn around tables -> those of Markdown."""


def read(text: str) -> list[Grid]:
    """The tables of a text.

    Raises:
        Fault: if a line cannot be read as part of a table.

    >>> (grid,) = read("n: 4\\n\\n| class | recall |\\n|---|---|\\n| a | 0.5 |\\n")
    >>> grid.facts, grid.columns, grid.rows
    ({'n': '4'}, ('class', 'recall'), (('a', '0.5'),))
    """
    grids: list[Grid] = []
    title, facts, places = "", {}, {}
    for number, block in _whole(list(_blocks(text))):
        if _separator(block) is None:
            for place, line in enumerate(block, number):
                name, value = _fact(line, place)
                if (total := TOTAL.match(line)) and grids:
                    grids[-1] = _with_total(grids[-1], total[1], place)
                if name:
                    facts[name], places[name] = value, place
                elif line.strip(" #*>-+=|"):
                    title = line.lstrip(" #*>").rstrip(" #*:")
            continue
        grids.append(_grid(title, facts, places, number, block))
        title, facts, places = "", {}, {}
    if grids and places:
        (name, line), *_ = places.items()
        what = f"{name!r} stands below the last table; put it above the table it is of"
        raise Fault(line, what)
    if not grids:
        raise Fault(
            1,
            "no table found; give one in Markdown, as CSV, as scikit-learn prints a "
            "report, or as YAML",
        )
    return grids


def _with_total(grid: Grid, digits: str, line: int) -> Grid:
    """A table of layers with the sum of its parameters that stands below it."""
    row = ("Total params", *[""] * (len(grid.columns) - 2), digits)
    if not any("output shape" in quantities.bare(head) for head in grid.columns):
        return grid
    return replace(grid, rows=(*grid.rows, row), lines=(*grid.lines, line))


def _whole(blocks: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """The blocks of a text, unless a line without cells stands within a table.

    Raises:
        Fault: if one does.
    """
    for before, (number, block), after in zip(
        blocks, blocks[1:], blocks[2:], strict=False
    ):
        mark, own = _separator(before[1]), _separator(block)
        alone = len(block) == 1 and own is None and mark is not None
        near = before[0] + len(before[1]) == number and number + 1 == after[0]
        same = mark == _kind(after[1][0], None) and not _fact(block[0], 0, True)[0]
        if alone and near and same:
            what = f"{block[0].strip()!r} stands between two rows of a table"
            raise Fault(
                number, f"{what}; give it cells, or leave lines empty around it"
            )
    return blocks


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that belong together: of a table, or words between two."""
    block: list[str] = []
    start, kind = 1, None
    lines = text.lstrip("\ufeff").translate(BOX).splitlines()
    for number, line in enumerate(lines, 1):
        words = "" if line.strip().startswith("```") else line
        now = _kind(words, kind)
        # scikit-learn leaves lines empty within a report.
        if not words.strip() and kind == "blanks":
            after = next((one for one in lines[number:] if one.strip()), "")
            if _kind(after, kind) == "blanks" and not _heads(after):
                block.append("")
                continue
        # pandas leaves a line to the name of the rows.
        if now == "words" and kind == "blanks" and len(block) == 1:
            after = lines[number] if number < len(lines) else ""
            if re.fullmatch(r"\S+", words.strip()) and _kind(after, kind) == "blanks":
                block.append("")
                continue
        if now != kind:
            if block:
                yield start, block
            block, start, kind = [], number, now
        if words.strip():
            block.append(line)
    if block:
        yield start, block


def _kind(line: str, before: str | None) -> str | None:
    """Which way of writing a table a line belongs to; "words" for none."""
    if not line.strip():
        return None
    if before in ("blanks", "|") and RULE.match(line):
        return before
    said = FACT.match(line)
    below = said and PARAMETERS.match(said[1].strip())
    if below or _fact(line, 0, known=True)[0]:
        return "words"
    for mark in "|\t;":
        if mark in line:
            return mark
    if BARE.match(line) and line.lstrip().startswith(","):
        return ","  # classes called by numbers, nothing above them
    if BARE.match(line):
        # In a printed report a class may be called 0 or 1; a matrix has brackets.
        in_report = before == "blanks" and len(_wide(line)) > 1 and "[" not in line
        return before if before == "," or in_report else "numbers"
    if before == "blanks" and len(_wide(line)) > 1:  # shapes have commas
        return before
    if (
        "," in line
        and (before == "," or len(_comma_cells(line)) > 1)
        and _cells_like(line)
    ):
        return ","
    if len(_wide(line)) > 1 and re.search(r"\s{2,}\S", line.strip()):
        return "blanks"
    return "words"


def _comma_cells(line: str) -> list[str]:
    return next(csv.reader([line]), [])


def _cells_like(line: str) -> bool:
    """Whether a line with commas is of a table and no sentence."""
    return not SENTENCE.search(line)


def _separator(block: list[str]) -> str | None:
    kind = _kind(block[0], None)
    return None if kind == "words" or (len(block) < 2 and kind != "|") else kind


def _heads(line: str) -> bool:
    """Whether a line of words apart is the first of a printed report."""
    return sum(quantities.read(cell).key != "" for cell in _wide(line)) > 1


def _wide(line: str) -> list[str]:
    return re.split(r"\s{2,}", line.strip())


def _fact(line: str, number: int, known: bool = False) -> tuple[str, str]:
    """A line's fact: its name and value; empty if it is none."""
    match = None if "|" in line else FACT.match(line)
    if not match:
        return "", ""
    name = quantities.bare(match[1])
    name = SAME.get(name, name)
    if name in FACTS:
        return name, match[2].strip("\"'` ")
    keras = PARAMETERS.match(match[1].strip())
    if not known and NUMBERS.fullmatch(match[2]) and not keras:
        near = difflib.get_close_matches(name, FACTS, n=1) or ["n"]
        what = f"{match[1].strip()!r} is no fact that a check knows"
        raise Fault(number, f"{what}; did you mean {near[0]}? ({', '.join(FACTS)})")
    return "", ""


def _grid(
    title: str,
    facts: dict[str, str],
    places: dict[str, int],
    number: int,
    block: list[str],
) -> Grid:
    mark = _separator(block)
    rows, lines = [], []
    for place, line in enumerate(block, number):
        if RULE.match(line) and mark in ("|", "blanks"):
            continue
        cells = _cells(line, mark)
        if any(cells):
            rows.append(cells)
            lines.append(place)
    if not rows:
        raise Fault(number, "a table without cells; give its rows")
    refuse_long(lines)
    if mark == "numbers":
        rows, lines = _named(rows, lines)
    rows = _squared(rows, lines, mark)
    columns = tuple(
        head or ("" if place else "row") for place, head in enumerate(rows[0])
    )
    return Grid(title, facts, columns, tuple(rows[1:]), tuple(lines), places)


def refuse_long(lines: Sequence[int]) -> None:
    """A table of so many rows is none of results.

    Raises:
        Fault: if it has more than `MOST_ROWS`.
    """
    if len(lines) - 1 > MOST_ROWS:
        what = f"more than {MOST_ROWS:,} rows; give a table of results, not of items"
        raise Fault(lines[MOST_ROWS + 1], f"{what}, or check it in parts")


def _cells(line: str, mark: str) -> tuple[str, ...]:
    if mark == "|":
        bare = line.strip().replace("\\|", "\0")
        bare = bare.removeprefix("|").removesuffix("|")
        return tuple(_plain(cell).replace("\0", "|") for cell in bare.split("|"))
    if mark == "numbers":
        bare = re.sub(r"^\s*(np\.)?array", "", line)
        return tuple(re.sub(r"[\[\](),;]", " ", bare).split())
    if mark == "blanks":
        return tuple(_wide(line))
    cells = next(csv.reader([line], delimiter=mark), [])
    return tuple(_plain(cell) for cell in cells)


def _plain(cell: str) -> str:
    """A cell without what marks it bold, slanted or footnoted."""
    return re.sub(r"\*\*|__|`|[\u2020\u2021]|\*$|^\*", "", cell.strip()).strip()


def _named(
    rows: list[tuple[str, ...]], lines: list[int]
) -> tuple[list[tuple[str, ...]], list[int]]:
    """A matrix of numbers alone: its classes are 1, 2, ..."""
    width = len(rows[0])
    heads = ("true", *(str(place) for place in range(1, width + 1)))
    named = [(str(place), *row) for place, row in enumerate(rows, 1)]
    return [heads, *named], [lines[0], *lines]


def _squared(
    rows: list[tuple[str, ...]], lines: list[int], mark: str
) -> list[tuple[str, ...]]:
    """All rows as wide as the heads; a printed report leaves cells out."""
    heads = rows[0]
    widest = max(map(len, rows[1:]), default=0)
    if mark == "blanks" and widest == len(heads) + 1:
        heads = ("", *heads)
    while mark != "blanks" and heads and not heads[-1] and widest < len(heads):
        heads = heads[:-1]
    made = [heads]
    for row, line in zip(rows[1:], lines[1:], strict=True):
        short = len(heads) - len(row)
        if mark == "blanks" and short > 0 and quantities.row(row[0]):
            row = (row[0], *[""] * short, *row[1:])  # set to the right
        elif short > 0 and mark in (",", ";", "\t") and len(row) > 1:
            row = (*row, *[""] * short)
        elif short < 0 and not any(row[len(heads) :]):
            row = row[: len(heads)]
        if len(row) != len(heads):
            what = f"{len(row)} cells under {len(heads)} heads"
            raise Fault(line, f"{what}; give each row as many, unprinted ones blank")
        made.append(row)
    return made
