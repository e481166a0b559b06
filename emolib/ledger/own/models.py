"""What the scores of a model, or of a fold, contradict: row by row."""

from __future__ import annotations

import math
from collections.abc import Iterator

from emolib.ledger import arithmetic
from emolib.ledger.arithmetic import Interval
from emolib.ledger.outcomes import listed, nearest
from emolib.ledger.own import fitting, folds, kinds, numbers, quantities
from emolib.ledger.own.looking import (
    NOT_HERE,
    UNSURE_WHY,
    Look,
    Unchecked,
    cell_text,
    f1_looks,
    items_of,
    of_means,
    said_matrices,
)
from emolib.ledger.own.sheets import Sheet


def model_looks(sheet: Sheet, programme: bool) -> Iterator[Look | Unchecked]:
    for row in sheet.rows():
        means = of_means(sheet, row)
        exact = sheet.facts.get("average") == "positive" and not means
        yield from f1_looks(sheet, row, exact)
        yield from _weighted(sheet, row)
        yield from _granularity(sheet, row, means)
        yield from _two_classes(sheet, row, means)
        yield from _spread(sheet, row)
        if sheet.facts.get("folds") and sheet.kind == "results":
            if programme:
                yield from folds.programme(sheet, row)
            else:
                yield Unchecked("folds", sheet.labels[row], NOT_HERE)


def _weighted(sheet: Sheet, row: int) -> Iterator[Look]:
    """A weighted mean of recalls is the accuracy, and so is every micro average."""
    accuracy = sheet.column("accuracy")
    for column, quantity in enumerate(sheet.columns):
        same = quantity.average == "micro" or (
            quantity.average == "weighted" and quantity.key == "recall"
        )
        if not same or accuracy is None:
            continue
        if None in (sheet.cells[row][accuracy], sheet.cells[row][column]):
            continue

        def problem(mode: str, column: int = column) -> str:
            one, other = (sheet.share(row, c, mode) for c in (accuracy, column))
            if one.meets(other):
                return ""
            return (
                f"{sheet.columns[column].said} is the accuracy by another name: "
                f"{cell_text(sheet, row, column)} beside "
                f"{cell_text(sheet, row, accuracy)}"
            )

        worst = "inconsistent"
        if quantity.average == "micro":  # items may be of several classes
            worst = "in tension, by inference"
        cells = ((row, accuracy), (row, column))
        yield Look("weighted", sheet.labels[row], cells, problem, worst)


def _granularity(sheet: Sheet, row: int, means: bool) -> Iterator[Look | Unchecked]:
    """A score that is a whole number of items, out of as many as it is a share of."""
    counted = items_of(sheet, row)
    known = sheet.kind == "folds" or sheet.first in kinds.NO_CLASSES
    mixed = len(sheet.sizes) > 1 and not known
    for column, quantity in enumerate(sheet.columns):
        of = quantities.DENOMINATORS.get(quantity.key)
        if not of or sheet.cells[row][column] is None:
            continue
        n, why = counted[of], ""
        cell, right = sheet.cells[row][column], sheet.count(row, "right")
        n = cell.right[1] if cell.right and not n else n
        whole = sheet.count(row, "support") or sheet.count(row, "total")
        if quantity.key == "accuracy" and right is not None and whole:
            yield _right_ones(sheet, row, column, right, whole)
            continue
        if means:
            why = "means over folds are no whole numbers of items"
        elif sheet.by_class and of == "all items":
            why = f"{quantity.said} of a class may be of its items or of all"
        elif mixed and of == "all items":
            why = f"{quantity.said} may be of a class, of its items or of all"
        elif not n and of == "all items" and not sheet.tested and sheet.sizes:
            head = sheet.columns[sheet.column("support")].said
            why = f"{head} may be of the corpus or the training; say n:"
        elif not n:
            why = f"{quantity.said}: {of} are not counted"
        if why:
            yield Unchecked("granularity", sheet.labels[row], why)
            continue

        def problem(mode: str, column: int = column, n: int = n) -> str:
            share = sheet.share(row, column, mode)
            if arithmetic.possible_hits(n, recall=share):
                return ""
            form = f".{sheet.cells[row][column].places}f"
            told = f"{sheet.columns[column].said} {cell_text(sheet, row, column)}"
            near = nearest(share, n, sheet.scale(column), form)
            return f"{told} cannot come from {n} items; {near}"

        yield Look("granularity", sheet.labels[row], ((row, column),), problem)


def _right_ones(sheet: Sheet, row: int, column: int, right: int, whole: int) -> Look:
    """An accuracy beside the right items and all of them."""

    def problem(mode: str) -> str:
        value = right / whole
        share = sheet.share(row, column, mode)
        if right <= whole and share.meets(Interval(value, value)):
            return ""
        printed = f"{sheet.columns[column].said} {cell_text(sheet, row, column)}"
        return f"{printed}; {right} of {whole} are {value / sheet.scale(column):.4g}"

    counts = (sheet.column("support"), sheet.column("total"))
    used = [column, sheet.column("right"), *(c for c in counts if c is not None)]
    cells = tuple((row, c) for c in used if sheet.cells[row][c] is not None)
    return Look("granularity", sheet.labels[row], cells, problem)


WAYS = {
    "positive": "of the positive class",
    "negative": "of the negative class",
    "macro": "macro averages",
    "weighted": "weighted averages",
}


def _two_classes(sheet: Sheet, row: int, means: bool) -> Iterator[Look | Unchecked]:
    """One matrix of two classes gives all scores of a row at once."""
    label, counted = sheet.labels[row], items_of(sheet, row)
    p, n = counted["the positive items"], counted["the negative items"]
    columns = [
        c
        for c, q in enumerate(sheet.columns)
        if q.key in fitting.OF_TWO and sheet.cells[row][c] is not None
        and q.average in ("", sheet.facts.get("average"), "macro")
        and (q.average != "macro" or q.key == "balanced")
    ]  # fmt: skip
    if not columns:
        return
    if not p or not n or means or sheet.facts.get("classes", 2) != 2:
        why = "of two classes, how many items are positive and negative is not given"
        if means:
            why = "these are means over folds, of which each has a matrix of its own"
        if sheet.facts.get("classes", 2) != 2:
            why = "one matrix of several classes gives no such row alone"
        yield Unchecked("one-matrix", label, why)
        return
    stated = sheet.facts.get("average")

    def scores(mode: str) -> list[tuple[str, Interval]]:
        return [(sheet.columns[c].key, sheet.share(row, c, mode)) for c in columns]

    def fits(mode: str, way: str) -> list[tuple[int, int]] | None:
        if way == "negative":  # then each score's positive class is the other
            return fitting.of_two(n, p, scores(mode), "positive")
        return fitting.of_two(p, n, scores(mode), way)

    ways = [stated] if stated in WAYS else ["positive"]
    first = fits("rounded", ways[0])
    if first is None:
        many = f"more than {fitting.MOST:,} matrices would have to be tried"
        yield Unchecked("one-matrix", label, f"{many}; give more scores of the row")
        return
    if any(look.problem(mode) for look in _granularity(sheet, row, means)
           if isinstance(look, Look) for mode in ("rounded",)):  # fmt: skip
        return  # told already
    others = [] if stated else ["negative", "macro", "weighted"]
    other = ""
    sure = sheet.facts.get("digits") == "rounded"
    if not first and (sure or not fits("cut", ways[0])):
        found = [way for way in others for mode in numbers.ROUNDING if fits(mode, way)]
        other = found[0] if found else ""

    def problem(mode: str) -> str:
        if first if mode == "rounded" else fits(mode, ways[0]):
            return ""
        given = [f"{sheet.columns[c].said} {cell_text(sheet, row, c)}" for c in columns]
        told = f"no confusion matrix of {p} positive and {n} negative items gives "
        told += listed(given, 9)
        if other:
            told += f"; as scores {WAYS[other]} they fit: say average: {other}"
        return told

    worst = "remark" if other else "inconsistent"
    fit = [((tp, p - tp), (n - tn, tn)) for tp, tn in first]
    cells = tuple((row, c) for c in columns)
    yield Look("one-matrix", label, cells, problem, worst, lambda: said_matrices(fit))


def _spread(sheet: Sheet, row: int) -> Iterator[Look | Unchecked]:
    """A standard deviation of shares is no larger than if all were 0 or 1."""
    folds = sheet.facts.get("folds") or 2
    for column, quantity in enumerate(sheet.columns):
        number = sheet.cells[row][column]
        score = quantity.key and quantity.key not in quantities.COUNTS
        if number is None or number.spread is None or not score:
            continue
        if quantity.key in quantities.SIGNED:
            continue
        if number.unsure:
            yield Unchecked("deviation", sheet.labels[row], UNSURE_WHY)
            continue

        def problem(mode: str, column: int = column) -> str:
            number = sheet.cells[row][column]
            low, high = sheet.share(row, column, mode)
            middle = min(max(0.5, low), high)
            most = math.sqrt(max(0.0, middle * (1 - middle)) * folds / (folds - 1))
            if (
                number.spread_between(mode, sheet.scale(column)).low
                <= most + fitting.EDGE
            ):
                return ""
            limit = f"{most / sheet.scale(column):.4g}"
            return (
                f"{number.text}: shares with this mean deviate by {limit} at most, "
                "even if all are 0 or 1"
            )

        said = sheet.facts.get("deviation") == "standard"
        worst = "inconsistent" if said else "in tension, by inference"
        yield Look("deviation", sheet.labels[row], ((row, column),), problem, worst)
