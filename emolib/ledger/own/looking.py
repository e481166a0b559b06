"""What a check looks at in a table, and what several checks need for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from emolib.ledger import arithmetic
from emolib.ledger.arithmetic import Interval
from emolib.ledger.outcomes import f1_told
from emolib.ledger.own import fitting, quantities
from emolib.ledger.own.kinds import CORPUS_HEADS
from emolib.ledger.own.sheets import Sheet

TRIPLE = ("precision", "recall", "f1")
ALL = "all rows"

Problem = Callable[[str], str]
"""What is wrong by a way of rounding; empty if nothing is."""


class Look(NamedTuple):
    """What a check looked at.

    Args:
        check: its name.
        row: the label of the row that it is about, or `ALL`.
        cells: row and column of each number that it used.
        problem: what is wrong, for "rounded" or "cut".
        worst: what it comes to if something is.
        good: what to say if nothing is; empty for nothing.
    """

    check: str
    row: str
    cells: tuple[tuple[int, int], ...]
    problem: Problem
    worst: str = "inconsistent"
    good: Callable[[], str] = str


NOT_HERE = "not checked here; emolib ledger --check does"
"""Of what the page leaves to the command line."""
UNSURE_WHY = "what stands in brackets may be a rank, a reference or a count; write +-"


class Unchecked(NamedTuple):
    """What a check could not look at, and why."""

    check: str
    row: str
    why: str


def cell_text(sheet: Sheet, row: int, column: int) -> str:
    number = sheet.cells[row][column]
    return number.text if number else ""


def differs(told: str, wrong: bool) -> Problem:
    return lambda mode: told if wrong else ""


def accuracies_stated(
    sheet: Sheet, columns: list[int]
) -> Iterator[tuple[tuple, str, Callable]]:
    """Accuracies that a report or a matrix comes with: cells, text, interval."""
    seen = set()
    for row in sheet.rows("accuracy"):
        for column in columns:
            number = sheet.cells[row][column]
            if number is not None and number.text not in seen:
                seen.add(number.text)

                def share(mode: str, row: int = row, column: int = column) -> Interval:
                    return sheet.share(row, column, mode)

                yield ((row, column),), number.text, share
    number = sheet.facts.get("accuracy")
    if number is not None and number.text not in seen:
        scale = 0.01 if number.percent or number.value > 1 else 1.0
        yield (), number.text, lambda mode: number.between(mode, scale)


def score_columns(sheet: Sheet) -> list[int]:
    return [
        c for c, q in enumerate(sheet.columns)
        if q.key and q.key not in quantities.COUNTS and q.key != "class"
    ]  # fmt: skip


def items_of(sheet: Sheet, row: int) -> dict[str, int | None]:
    """How many items a row was tested on, by `quantities.DENOMINATORS`."""
    sizes = sheet.facts.get("fold sizes")
    p, n = (
        sheet.count(row, key) if sheet.column(key) is not None else sheet.facts.get(key)
        for key in ("positive", "negative")
    )
    total = sheet.count(row, "support") if sheet.tested else None
    if total is None and sheet.kind == "folds":
        if isinstance(sizes, list) and len(sizes) == len(sheet.places):
            total = sizes[sheet.places[row]]
        p = n = None if sheet.column("positive") is None else p
        return _counted(total, p, n)
    if total is None:
        total = sheet.facts.get("n") or (p + n if p and n else None)
    return _counted(total, p, n)


def _counted(*items: int | None) -> dict[str, int | None]:
    names = ("all items", "the positive items", "the negative items")
    return dict(zip(names, items, strict=True))


OVER_FOLDS = re.compile(  # said so that Python and a browser find the same
    r"(?<![A-Za-z0-9_])(folds?|cv|runs|seeds|means?|averaged?|averages|avg|medians?"
    r"|loso|losocv|loo|loocv|logo|lopo|losgo|repetitions?|repeated|repeats|trials"
    r"|jackknife|bootstrap|bootstrapped)(?![A-Za-z0-9_])|cross.?val|[0-9].?folds?"
    r"|leave.?(one|two|some|p)|per.?(speaker|subject|person|participant|actor|session)"
    r"|(speaker|subject|person|participant|actor|session).?wise",
    re.I,
)


def of_means(sheet: Sheet, row: int) -> bool:
    """Whether a row's numbers are means over folds or runs, or may be."""
    spread = any(n is not None and n.spread is not None for n in sheet.cells[row])
    of_folds = sheet.kind == "folds" and sheet.first not in CORPUS_HEADS
    if spread or of_folds:
        return spread
    pooled = sheet.facts.get("aggregation") == "pooled"
    words = "" if sheet.kind == "scores" else sheet.words[row]  # of a class or average
    said = OVER_FOLDS.search(f"{sheet.name} {words}")
    return not pooled and bool(said or sheet.facts.get("folds"))


def f1_looks(sheet: Sheet, row: int, exact: bool) -> Iterator[Look]:
    """F1 beside precision and recall: their harmonic mean, or no more than it."""
    averages = {quantity.average for quantity in sheet.columns if quantity.key == "f1"}
    for average in sorted(averages):
        p, r, f = (column_of(sheet, key, average) for key in TRIPLE)
        if None in (p, r, f) or any(sheet.cells[row][c] is None for c in (p, r, f)):
            continue

        def problem(mode: str, p: int = p, r: int = r, f: int = f) -> str:
            precision, recall, f1 = (sheet.share(row, c, mode) for c in (p, r, f))
            bounds = arithmetic.f1_bounds if exact else arithmetic.mean_f1_bounds
            allowed = bounds(precision, recall)
            if f1.meets(allowed):
                return ""
            texts = [cell_text(sheet, row, c) for c in (p, r, f)]
            told = f1_told(allowed, sheet.scale(f), texts)
            return told if exact else f"however averaged, {told}"

        cells = tuple((row, c) for c in (p, r, f))
        yield Look("f1" if exact else "f1-bounds", sheet.labels[row], cells, problem)


def column_of(sheet: Sheet, key: str, average: str) -> int | None:
    """The column of a score by one way of averaging."""
    column = sheet.column(key, average)
    if column is None and key == "recall":
        other = {"": "sensitivity", "macro": "balanced"}.get(average, "")
        column = sheet.column(other) if other else None
    return column


def said_matrices(fits: Sequence[fitting.Matrix], whole: bool = True) -> str:
    """The matrices that fit, in words; of larger ones the first alone.

    Args:
        whole: whether there are no others.

    >>> said_matrices([((8, 2), (5, 5))])
    'the one matrix that fits: 8 2 / 5 5'
    """
    stopped = "" if whole else f"; the search stopped after {fitting.STEPS:,} steps"
    if not fits:
        return f"no matrix is found yet{stopped}" if stopped else ""
    shown = 3 if len(fits[0]) < 4 else 1
    told = [" / ".join(" ".join(map(str, row)) for row in one) for one in fits[:shown]]
    if len(fits) == 1 and whole:
        return f"the one matrix that fits: {told[0]}"
    if more := len(fits) - len(told) or "":
        more = f" and {'' if whole else 'at least '}{more:,} more"
    return f"matrices that fit: {', '.join(told)}{more}{stopped}"
