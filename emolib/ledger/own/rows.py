"""What one table's numbers say of each other, row by row.

Each check yields what it looked at, and what is wrong there by one way of rounding.
A digit is called impossible only if it is by both: rounded to the nearest, and cut off.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from emolib.ledger import arithmetic
from emolib.ledger.arithmetic import Interval
from emolib.ledger.outcomes import listed, span
from emolib.ledger.own import fitting, quantities, sheets
from emolib.ledger.own.sheets import Sheet

EDGE = fitting.EDGE
_TRIPLE = ("precision", "recall", "f1")
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
    good: str = ""


class Unchecked(NamedTuple):
    """What a check could not look at, and why."""

    check: str
    row: str
    why: str


def looks(sheet: Sheet, programme: bool = True) -> Iterator[Look | Unchecked]:
    """All that the checks look at in a table.

    Args:
        programme: whether folds are held to a programme over whole numbers.
    """
    if sheet.kind == "scores":
        yield from _report(sheet)
    elif sheet.kind == "matrix":
        yield from _matrix(sheet)
    elif sheet.kind in ("results", "folds"):
        yield from _models(sheet, programme)
        if sheet.kind == "folds":
            yield from _over_folds(sheet)
    elif sheet.kind == "counts":
        yield from _totals(sheet)


def _meet(one: Interval, other: Interval) -> bool:
    return one.low <= other.high + EDGE and other.low <= one.high + EDGE


def _text(sheet: Sheet, row: int, column: int) -> str:
    number = sheet.cells[row][column]
    return number.text if number else ""


# --- F1 ---------------------------------------------------------------------------


def f1_between(precision: Interval, recall: Interval) -> Interval:
    """What a mean F1 can be beside a mean precision and a mean recall.

    Of one class it is their harmonic mean; of several, over classes or folds, it is
    not above that, since the harmonic mean is concave, and not below P + R - 1.

    >>> [round(end, 2) for end in f1_between(Interval(0.9, 0.9), Interval(0.5, 0.5))]
    [0.4, 0.64]
    """
    high = arithmetic.f1_bounds(precision, recall).high
    return Interval(max(0.0, precision.low + recall.low - 1), high)


def _f1(sheet: Sheet, row: int, exact: bool) -> Iterator[Look]:
    """F1 beside precision and recall: their harmonic mean, or no more than it."""
    averages = {quantity.average for quantity in sheet.columns if quantity.key == "f1"}
    for average in sorted(averages):
        p, r, f = (_beside(sheet, key, average) for key in _TRIPLE)
        if None in (p, r, f) or any(sheet.cells[row][c] is None for c in (p, r, f)):
            continue

        def problem(mode: str, p: int = p, r: int = r, f: int = f) -> str:
            precision, recall, f1 = (sheet.share(row, c, mode) for c in (p, r, f))
            allowed = f1_between(precision, recall)
            if exact:
                allowed = arithmetic.f1_bounds(precision, recall)
            if _meet(f1, allowed):
                return ""
            what = "give" if exact else "however averaged, allow"
            return (
                f"a precision of {_text(sheet, row, p)} and a recall of "
                f"{_text(sheet, row, r)} {what} an F1 of "
                f"{span(allowed, sheet.scale(f))}, not {_text(sheet, row, f)}"
            )

        cells = tuple((row, c) for c in (p, r, f))
        yield Look("f1" if exact else "f1-bounds", sheet.labels[row], cells, problem)


def _beside(sheet: Sheet, key: str, average: str) -> int | None:
    """The column of a score by one way of averaging."""
    column = sheet.column(key, average)
    if column is None and key == "recall":
        other = {"": "sensitivity", "macro": "balanced"}.get(average, "")
        column = sheet.column(other) if other else None
    return column


# --- a report on classes ----------------------------------------------------------


def _report(sheet: Sheet) -> Iterator[Look | Unchecked]:
    classes = sheet.rows()
    partial = bool(sheet.rows("micro", "samples"))
    supports = {row: sheet.count(row, "support") for row in classes}
    known = bool(classes) and None not in supports.values()
    total = sum(supports.values()) if known else None
    for row in classes:
        yield from _f1(sheet, row, exact=True)
        if supports[row]:
            bound = total if known and not partial else None
            yield from _whole_items(sheet, row, supports[row], bound)
        elif sheet.column("recall") is not None:
            why = "the class's support is not given"
            yield Unchecked("whole-items", sheet.labels[row], why)
    for row in sheet.rows("macro", "weighted", "micro", "mean", "samples"):
        if sheet.role(sheet.labels[row]) in ("macro", "weighted"):
            yield from _f1(sheet, row, exact=False)
        yield from _averages(sheet, row, classes, supports if known else None)
    yield from _supports(sheet, classes, total, partial)
    if partial:
        why = "a micro or samples average: some classes only, or items of several"
        yield Unchecked("accuracy", ALL, why)
        yield Unchecked("one-matrix", ALL, why)
        return
    yield from _accuracy(sheet, classes, supports if known else None)
    yield from _one_matrix(sheet, classes, supports if known else None)


def _scores(sheet: Sheet, row: int, mode: str) -> dict[str, Interval | None]:
    found = {key: sheet.share(row, sheet.column(key, ""), mode) for key in _TRIPLE}
    if found["recall"] is None:
        found["recall"] = sheet.share(row, sheet.column("sensitivity", ""), mode)
    return found


def _columns(sheet: Sheet, row: int) -> list[int]:
    """Columns of a row's precision, recall and F1 that are printed."""
    columns = [_beside(sheet, key, "") for key in _TRIPLE]
    return [c for c in columns if c is not None and sheet.cells[row][c] is not None]


def _hits(
    sheet: Sheet, row: int, n: int, total: int | None, mode: str
) -> list[fitting.Hits]:
    return fitting.hits(n, **_scores(sheet, row, mode), total=total)


def _whole_items(sheet: Sheet, row: int, n: int, total: int | None) -> Iterator[Look]:
    columns = _columns(sheet, row)
    if not columns:
        return

    def problem(mode: str) -> str:
        if _hits(sheet, row, n, total, mode):
            return ""
        if any(look.problem(mode) for look in _f1(sheet, row, exact=True)):
            return ""  # told by F1 already
        recall = _scores(sheet, row, mode)["recall"]
        if recall and not arithmetic.possible_hits(n, recall=recall):
            column = _beside(sheet, "recall", "")
            scale = sheet.scale(column)
            near = math.floor((recall.low + recall.high) / 2 * n)
            told = [f"{k} give {k / n / scale:.4g}" for k in (near, near + 1) if k <= n]
            text = _text(sheet, row, column)
            return f"a recall of {text} cannot come from {n} items; {listed(told)}"
        told = [f"{sheet.columns[c].said} {_text(sheet, row, c)}" for c in columns]
        return (
            f"no whole numbers of right and predicted items give {listed(told)} with "
            f"{n} true items"
        )

    support = sheet.column("support")
    cells = (*((row, c) for c in columns), (row, support))
    yield Look("whole-items", sheet.labels[row], cells, problem)


def _averages(
    sheet: Sheet, row: int, classes: list[int], supports: dict[int, int] | None
) -> Iterator[Look | Unchecked]:
    role, label = sheet.role(sheet.labels[row]), sheet.labels[row]
    for column, quantity in enumerate(sheet.columns):
        if quantity.key in quantities.COUNTS or not quantity.key:
            continue
        if sheet.cells[row][column] is None:
            continue
        given = [(r, column) for r in classes]
        whole = classes and all(sheet.cells[r][c] is not None for r, c in given)
        if role == "micro" and quantity.key == "f1" or role == "samples":
            yield from _micro_f1(sheet, row, column, role)
            continue
        if not whole or (role == "micro" and quantity.key == "precision"):
            why = "the classes' scores are not all printed"
            if whole:
                why = "a micro average of precision needs the items predicted"
            yield Unchecked("averages", label, why)
            continue
        if role == "micro" and not supports:
            yield Unchecked("averages", label, "the classes' supports are not given")
            continue

        def problem(mode: str, column: int = column) -> str:
            stated = sheet.share(row, column, mode)
            allowed = _means(sheet, column, classes, supports, role, mode)
            if any(_meet(stated, one) for one in allowed):
                return ""
            told = listed([span(one, sheet.scale(column)) for one in allowed[:2]])
            return (
                f"{sheet.columns[column].said} is printed as "
                f"{_text(sheet, row, column)}; the classes' scores give {told}"
            )

        yield Look("averages", label, ((row, column), *given), problem)


def _micro_f1(sheet: Sheet, row: int, column: int, role: str) -> Iterator[Look]:
    if role == "micro":
        for look in _f1(sheet, row, exact=True):
            yield look._replace(check="averages")


def _means(
    sheet: Sheet,
    column: int,
    classes: list[int],
    supports: dict[int, int] | None,
    role: str,
    mode: str,
) -> list[Interval]:
    """What an average can be: of some, none is told from the others."""
    values = [sheet.share(r, column, mode) for r in classes]
    allowed = []
    if role in ("macro", "mean"):
        allowed.append(arithmetic.mean_bounds(values))
        if sheet.columns[column].key == "f1":  # some take F1 of the averages
            both = []
            for key in ("precision", "recall"):
                other = _beside(sheet, key, "")
                cells = [] if other is None else [
                    sheet.share(r, other, mode) for r in classes
                ]  # fmt: skip
                if cells and None not in cells:
                    both.append(arithmetic.mean_bounds(cells))
            if len(both) == 2:
                allowed.append(arithmetic.f1_bounds(*both))
    if role in ("weighted", "mean", "micro"):
        weights = [supports[r] for r in classes] if supports else None
        if weights and sum(weights):
            allowed.append(arithmetic.mean_bounds(values, weights))
        elif not weights:  # some mean, of weights that nobody knows
            allowed = [Interval(min(v[0] for v in values), max(v[1] for v in values))]
    if role == "mean" and supports:  # of all items together: the accuracy
        recall = _beside(sheet, "recall", "")
        cells = (
            [] if recall is None else [sheet.share(r, recall, mode) for r in classes]
        )
        weights = [supports[r] for r in classes]
        if cells and None not in cells and sum(weights):
            allowed.append(arithmetic.mean_bounds(cells, weights))
    return allowed


def _supports(
    sheet: Sheet, classes: list[int], total: int | None, partial: bool
) -> Iterator[Look | Unchecked]:
    column = sheet.column("support")
    if total is None:
        if column is not None:
            yield Unchecked("supports", ALL, "a class's support is not printed")
        return
    given = tuple((r, column) for r in classes)
    roles = ("macro", "weighted", "micro", "mean", "total", "accuracy", "samples")
    printed: dict[float, list[int]] = {}
    for row in sheet.rows(*roles):
        number = sheet.cells[row][column]
        if number is not None:
            printed.setdefault(number.value, []).append(row)
    for value, among in printed.items():
        text = _text(sheet, among[0], column)
        told = f"the classes' supports add up to {total}, not {text}"
        cells = (*given, *((row, column) for row in among))
        problem = _differs(told, value != total)
        yield Look("supports", sheet.labels[among[0]], cells, problem)
    if sheet.facts.get("n") and sheet.facts["n"] not in printed and not partial:
        told = f"the classes' supports add up to {total}, not {sheet.facts['n']}"
        wrong = sheet.facts["n"] != total
        yield Look("supports", ALL, given, _differs(told, wrong))


def _differs(told: str, wrong: bool) -> Problem:
    return lambda mode: told if wrong else ""


def _stated(sheet: Sheet, columns: list[int]) -> Iterator[tuple[tuple, str, Callable]]:
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


def _score_columns(sheet: Sheet) -> list[int]:
    return [
        c for c, q in enumerate(sheet.columns)
        if q.key and q.key not in quantities.COUNTS and q.key != "class"
    ]  # fmt: skip


def _accuracy(
    sheet: Sheet, classes: list[int], supports: dict[int, int] | None
) -> Iterator[Look | Unchecked]:
    """Accuracy is the recall of the classes, weighted by their supports."""
    stated = list(_stated(sheet, _score_columns(sheet)))
    recall = _beside(sheet, "recall", "")
    if not stated:
        return
    given = [] if recall is None else [(r, recall) for r in classes]
    if not given or any(sheet.cells[r][c] is None for r, c in given):
        yield Unchecked("accuracy", ALL, "the recalls of the classes are not all given")
        return
    for cells, text, share in stated:

        def problem(mode: str, share: Callable = share, text: str = text) -> str:
            allowed = _accuracies(sheet, classes, supports, recall, mode)
            if _meet(share(mode), allowed):
                return ""
            what = "and supports " if supports else ""
            return (
                f"the recalls {what}of the classes give an accuracy of "
                f"{span(allowed, sheet.scale(recall))}, not {text}"
            )

        label = sheet.labels[cells[0][0]] if cells else "accuracy"
        yield Look("accuracy", label, (*cells, *given), problem)


def _accuracies(
    sheet: Sheet,
    classes: list[int],
    supports: dict[int, int] | None,
    recall: int,
    mode: str,
) -> Interval:
    values = [sheet.share(r, recall, mode) for r in classes]
    if not supports or not sum(supports.values()):
        return Interval(min(v.low for v in values), max(v.high for v in values))
    right = [_hits(sheet, r, supports[r], None, mode) for r in classes if supports[r]]
    if all(right):  # whole items leave less room than rounded recalls
        total = sum(supports.values())
        least, most = (sum(f(h[0] for h in one) for one in right) for f in (min, max))
        return Interval(least / total, most / total)
    return arithmetic.mean_bounds(values, [supports[r] for r in classes])


def _one_matrix(
    sheet: Sheet, classes: list[int], supports: dict[int, int] | None
) -> Iterator[Look | Unchecked]:
    """One confusion matrix gives the scores of all classes, and the accuracy."""
    columns = {c for row in classes for c in _columns(sheet, row)}
    if len(classes) < 2 or not columns:
        return
    if not supports or not all(supports.values()):
        why = "it takes the support of every class, above 0"
        yield Unchecked("one-matrix", ALL, why)
        return
    counted, total = [supports[r] for r in classes], sum(supports.values())
    stated = list(_stated(sheet, _score_columns(sheet)))

    def found(mode: str) -> list[list[fitting.Hits]]:
        return [_hits(sheet, r, supports[r], total, mode) for r in classes]

    def right(mode: str) -> Interval | None:
        shares = [share(mode) for _, _, share in stated]
        if not shares:
            return None
        low, high = max(s.low for s in shares), min(s.high for s in shares)
        return Interval(low * total - EDGE * total, high * total + EDGE * total)

    def problem(mode: str) -> str:
        each = found(mode)
        if not all(each):
            return "the scores of a class alone do not fit its support"
        if not fitting.predicted(each, counted, None):
            return (
                "no confusion matrix gives these scores: the items predicted as each "
                f"class do not add up to the {total} there are"
            )
        if len(classes) == 2 and not fitting.matrices_of_two(
            each, counted, right(mode)
        ):
            return "no confusion matrix of the two classes gives these scores together"
        if fitting.predicted(each, counted, right(mode)):
            return ""
        return "no confusion matrix gives these scores and the accuracy at once"

    if not any(all(found(mode)) for mode in sheets.ROUNDING):
        yield Unchecked("one-matrix", ALL, "the scores of a class alone do not fit")
        return
    good, each = "", found("rounded")
    if len(classes) == 2 and all(each):
        fits = fitting.matrices_of_two(each, counted, right("rounded"))
        good = matrices(fits)
    cells = [(r, c) for r in classes for c in sorted(columns)]
    cells += [cell for some, _, _ in stated for cell in some]
    cells += [(r, sheet.column("support")) for r in classes]
    yield Look("one-matrix", ALL, tuple(cells), problem, good=good)


def matrices(fits: list[tuple[int, int, int, int]]) -> str:
    """The matrices that fit, in words.

    >>> matrices([(8, 2, 5, 5)])
    'the one matrix that fits: 8 2 / 5 5'
    """
    told = [f"{a} {b} / {c} {d}" for a, b, c, d in fits[:3]]
    if len(fits) == 1:
        return f"the one matrix that fits: {told[0]}"
    more = f" and {len(fits) - 3} more" if len(fits) > 3 else ""
    return f"matrices that fit: {', '.join(told)}{more}" if fits else ""


# --- a confusion matrix -----------------------------------------------------------


def _matrix(sheet: Sheet) -> Iterator[Look | Unchecked]:
    size = sheet.classes
    inside = [(r, c) for r in range(size) for c in range(size)]
    if any(sheet.cells[r][c] is None for r, c in inside):
        yield Unchecked("matrix", ALL, "not all of its cells are legible")
        return
    if sheets.counts(sheet):
        yield from _counted(sheet, size)
    else:
        yield from _shares(sheet, size)


def _counted(sheet: Sheet, size: int) -> Iterator[Look | Unchecked]:
    cells = [[int(sheet.cells[r][c].value) for c in range(size)] for r in range(size)]
    down = [sum(row) for row in cells]
    across = [sum(row[c] for row in cells) for c in range(size)]
    total, right = sum(down), sum(cells[k][k] for k in range(size))
    told = 0
    for row, column, allowed, check in _margins(sheet, size, cells, down, across):
        told += 1
        yield _margin(sheet, size, row, column, allowed, check)
    if total and sheet.facts.get("n"):
        told += 1
        n = sheet.facts["n"]
        inside = tuple((r, c) for r in range(size) for c in range(size))
        wrong = _differs(f"its cells add up to {total}, not {n}", n != total)
        yield Look("totals", ALL, inside, wrong)
    for stated, text, share in _stated(sheet, _score_columns(sheet)) if total else ():
        told += 1
        inside = tuple((r, c) for r in range(size) for c in range(size))

        def problem(mode: str, share: Callable = share, text: str = text) -> str:
            if _meet(share(mode), Interval(right / total, right / total)):
                return ""
            found = f"{right} of {total} items stand on the diagonal"
            return f"{found}, {100 * right / total:.2f} %, not {text}"

        yield Look("accuracy", "accuracy", (*stated, *inside), problem)
    if not told:
        why = (
            "counts alone contradict nothing: give accuracy: or n: above it, a total, "
            "or the report beside it"
        )
        yield Unchecked("matrix", ALL, why)


def _margins(
    sheet: Sheet, size: int, cells: list[list[int]], down: list[int], across: list[int]
) -> Iterator[tuple[int, int, float, str]]:
    """What stands beside and below a matrix: place, and what it must be."""
    for column in range(size, len(sheet.columns)):
        key = sheet.columns[column].key
        for r in range(size):
            if key in ("total", "support"):
                yield r, column, down[r], "totals"
            elif key in ("recall", "sensitivity", "accuracy") and down[r]:
                yield r, column, cells[r][r] / down[r], "margins"
            elif key == "precision" and across[r]:
                yield r, column, cells[r][r] / across[r], "margins"
    for r in range(size, len(sheet.labels)):
        total = quantities.row(sheet.labels[r]) == "total"
        precision = quantities.read(sheet.labels[r]).key == "precision"
        for c in range(size):
            if total:
                yield r, c, across[c], "totals"
            elif precision and across[c]:
                yield r, c, cells[c][c] / across[c], "margins"
        for c in range(size, len(sheet.columns)):
            if total and sheet.columns[c].key in ("total", "support"):
                yield r, c, sum(down), "totals"


def _margin(
    sheet: Sheet, size: int, row: int, column: int, allowed: float, check: str
) -> Look:
    number = sheet.cells[row][column]
    if row < size:
        used = [(row, c) for c in range(size)]
        if sheet.columns[column].key == "precision":
            used = [(r, row) for r in range(size)]
    else:
        used = [(r, column) for r in range(size)] if column < size else []

    def problem(mode: str) -> str:
        if number is None:
            return ""
        if check == "totals":
            if number.value == allowed:
                return ""
            return (
                f"{_named(sheet, row, column)}: {number.text}; the items are {allowed}"
            )
        scale = 0.01 if number.percent or abs(number.value) > 1 else 1.0
        if _meet(number.between(mode, scale), Interval(allowed, allowed)):
            return ""
        told = f"{_named(sheet, row, column)}: {number.text}; the matrix gives "
        return f"{told}{allowed / scale:.4g}"

    cells = ((row, column), *used) if number is not None else ()
    return Look(check, sheet.labels[row], cells, problem)


def _named(sheet: Sheet, row: int, column: int) -> str:
    head = sheet.columns[column].said
    return f"{head}" if sheet.columns[column].key != "class" else f"of {head}"


def _shares(sheet: Sheet, size: int) -> Iterator[Look | Unchecked]:
    """A matrix in per cents or shares: of rows, of columns or of all."""
    numbers = [[sheet.cells[r][c] for c in range(size)] for r in range(size)]
    scale, span_of = sheet.scale(0), range(size)
    lines = {
        "row": [[(r, c) for c in span_of] for r in span_of],
        "column": [[(r, c) for r in span_of] for c in span_of],
        "matrix": [[(r, c) for r in span_of for c in span_of]],
    }

    def total(cells: list[tuple[int, int]], mode: str) -> Interval:
        values = [numbers[r][c].between(mode, scale) for r, c in cells]
        return Interval(sum(v.low for v in values), sum(v.high for v in values))

    def whole(cells: list[tuple[int, int]], mode: str) -> bool:
        return _meet(total(cells, mode), Interval(1.0, 1.0))

    met = {
        way: sum(any(whole(cells, mode) for mode in sheets.ROUNDING) for cells in some)
        for way, some in lines.items()
    }
    best = max(lines, key=lambda way: met[way] / len(lines[way]))
    if 2 * met[best] < len(lines[best]):
        why = "neither its rows nor its columns add up to a whole"
        yield Unchecked("sums", ALL, why)
        return
    for place, cells in enumerate(lines[best]):

        def problem(mode: str, cells: list = cells) -> str:
            if whole(cells, mode):
                return ""
            unit = " %" if sheet.percents[0] else ""
            told = span(total(cells, mode), scale)
            return f"the {best} adds up to {told}{unit}"

        above = all(total(cells, mode).low > 1 for mode in sheets.ROUNDING)
        worst = "inconsistent" if above else "in tension, by inference"
        label = sheet.labels[place] if best == "row" else ALL
        label = sheet.columns[place].said if best == "column" else label
        yield Look("sums", label, tuple(cells), problem, worst)
    if best == "row":
        yield from _recalls(sheet, size)


def _recalls(sheet: Sheet, size: int) -> Iterator[Look]:
    """Of a matrix in shares of rows the diagonal holds the recalls."""
    diagonal = [(k, k) for k in range(size)]
    column = sheet.column("support")
    column = sheet.column("total") if column is None else column
    for row in range(size) if column is not None else ():
        number = sheet.cells[row][column]
        if number is None or number.places or number.value in (0, 1, 100):
            continue
        n = int(number.value)

        def problem(mode: str, row: int = row, n: int = n) -> str:
            for c in range(size):
                share = sheet.share(row, c, mode)
                if not arithmetic.possible_hits(n, recall=share):
                    return f"{_text(sheet, row, c)} cannot come from {n} items"
            return ""

        cells = (*((row, c) for c in range(size)), (row, column))
        yield Look("whole-items", sheet.labels[row], cells, problem)
    for stated, text, share in _stated(sheet, []):

        def between(mode: str, share: Callable = share, text: str = text) -> str:
            values = [sheet.share(k, k, mode) for k in range(size)]
            allowed = Interval(min(v.low for v in values), max(v.high for v in values))
            if _meet(share(mode), allowed):
                return ""
            return f"an accuracy of {text} is not between the recalls of the classes"

        yield Look("accuracy", "accuracy", (*stated, *diagonal), between)


# --- rows that are models, or folds -----------------------------------------------


def _models(sheet: Sheet, programme: bool) -> Iterator[Look | Unchecked]:
    for row in sheet.rows():
        means = _of_means(sheet, row)
        exact = sheet.facts.get("average") == "positive" and not means
        yield from _f1(sheet, row, exact)
        yield from _weighted(sheet, row)
        yield from _granularity(sheet, row, means)
        yield from _two_classes(sheet, row, means)
        yield from _spread(sheet, row)
        if sheet.facts.get("folds") and sheet.kind == "results":
            if programme:
                yield from _programme(sheet, row)
            else:
                yield Unchecked("folds", sheet.labels[row], "not checked here")


def _of_means(sheet: Sheet, row: int) -> bool:
    """Whether a row's numbers are means over folds or runs."""
    spread = any(n is not None and n.spread is not None for n in sheet.cells[row])
    folds = sheet.facts.get("folds") and sheet.facts.get("aggregation") != "pooled"
    return bool(spread or (folds and sheet.kind == "results"))


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
            if _meet(one, other):
                return ""
            return (
                f"{sheet.columns[column].said} is the accuracy by another name: "
                f"{_text(sheet, row, column)} beside {_text(sheet, row, accuracy)}"
            )

        worst = "inconsistent"
        if quantity.average == "micro":  # items may be of several classes
            worst = "in tension, by inference"
        cells = ((row, accuracy), (row, column))
        yield Look("weighted", sheet.labels[row], cells, problem, worst)


def _items(sheet: Sheet, row: int) -> dict[str, int | None]:
    """How many items a row was tested on: all, positive ones, negative ones."""
    sizes = sheet.facts.get("fold sizes")
    p, n = (
        sheet.count(row, key) if sheet.column(key) is not None else sheet.facts.get(key)
        for key in ("positive", "negative")
    )
    total = sheet.count(row, "support")
    if total is None and sheet.kind == "folds":
        place = sheet.rows().index(row)
        if isinstance(sizes, list) and len(sizes) == len(sheet.rows()):
            total = sizes[place]
        p = n = None if sheet.column("positive") is None else p
        return {"all": total, "positive": p, "negative": n}
    if total is None:
        total = sheet.facts.get("n") or (p + n if p and n else None)
    return {"all": total, "positive": p, "negative": n}


_OF = {
    "accuracy": "all",
    "error": "all",
    "sensitivity": "positive",
    "fnr": "positive",
    "specificity": "negative",
    "fpr": "negative",
}


def _granularity(sheet: Sheet, row: int, means: bool) -> Iterator[Look | Unchecked]:
    """A score that is a whole number of items, out of as many as it is a share of."""
    counted = _items(sheet, row)
    for column, quantity in enumerate(sheet.columns):
        if quantity.key not in _OF or sheet.cells[row][column] is None:
            continue
        n = counted[_OF[quantity.key]]
        if means:
            why = "means over folds are no whole numbers of items"
            yield Unchecked("granularity", sheet.labels[row], why)
        if means or not n:
            continue

        def problem(mode: str, column: int = column, n: int = n) -> str:
            share = sheet.share(row, column, mode)
            if arithmetic.possible_hits(n, recall=share):
                return ""
            scale = sheet.scale(column)
            places = sheet.cells[row][column].places
            near = math.floor((share.low + share.high) / 2 * n)
            told = [
                f"{k} give {k / n / scale:.{places}f}"
                for k in (near, near + 1)
                if k <= n
            ]
            text = _text(sheet, row, column)
            head = sheet.columns[column].said
            return f"{head} {text} cannot come from {n} items; {listed(told)}"

        yield Look("granularity", sheet.labels[row], ((row, column),), problem)


_WAYS = {
    "positive": "of the positive class",
    "negative": "of the negative class",
    "macro": "macro averages",
    "weighted": "weighted averages",
}


def _two_classes(sheet: Sheet, row: int, means: bool) -> Iterator[Look | Unchecked]:
    """One matrix of two classes gives all scores of a row at once."""
    label, counted = sheet.labels[row], _items(sheet, row)
    p, n = counted["positive"], counted["negative"]
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
        why = "how many items are positive and how many negative is not given"
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

    ways = [stated] if stated in _WAYS else ["positive"]
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
        found = [way for way in others for mode in sheets.ROUNDING if fits(mode, way)]
        other = found[0] if found else ""

    def problem(mode: str) -> str:
        if first if mode == "rounded" else fits(mode, ways[0]):
            return ""
        given = [f"{sheet.columns[c].said} {_text(sheet, row, c)}" for c in columns]
        told = f"no confusion matrix of {p} positive and {n} negative items gives "
        told += listed(given, 9)
        if other:
            told += f"; as scores {_WAYS[other]} they fit: say average: {other}"
        return told

    worst = "remark" if other else "inconsistent"
    told = [(tp, p - tp, n - tn, tn) for tp, tn in first]
    cells = tuple((row, c) for c in columns)
    yield Look("one-matrix", label, cells, problem, worst, matrices(told))


def _spread(sheet: Sheet, row: int) -> Iterator[Look]:
    """A standard deviation of shares is no larger than if all were 0 or 1."""
    folds = sheet.facts.get("folds") or 2
    for column, quantity in enumerate(sheet.columns):
        number = sheet.cells[row][column]
        score = quantity.key and quantity.key not in quantities.COUNTS
        if number is None or number.spread is None or not score:
            continue
        if quantity.key in quantities.SIGNED:
            continue

        def problem(mode: str, column: int = column) -> str:
            number = sheet.cells[row][column]
            low, high = sheet.share(row, column, mode)
            middle = min(max(0.5, low), high)
            most = math.sqrt(max(0.0, middle * (1 - middle)) * folds / (folds - 1))
            if number.spread_between(mode, sheet.scale(column)).low <= most + EDGE:
                return ""
            limit = f"{most / sheet.scale(column):.4g}"
            return (
                f"{number.text}: shares with this mean deviate by {limit} at most, "
                "even if all are 0 or 1"
            )

        said = sheet.facts.get("deviation") == "standard"
        worst = "inconsistent" if said else "in tension, by inference"
        yield Look("deviation", sheet.labels[row], ((row, column),), problem, worst)


def _fold_sizes(
    sheet: Sheet, p: int | None, n: int | None
) -> list[list[tuple[int, int]]]:
    """The ways that a table's folds can be divided, as far as it says so."""
    facts, folds = sheet.facts, sheet.facts["folds"]
    if facts.get("stratified") and p and n:
        turned = [(a, b) for b, a in fitting.stratified(n, p, folds)]
        return [fitting.stratified(p, n, folds), turned]
    sizes = facts.get("fold sizes")
    total = facts.get("n") or (p + n if p and n else None)
    if sizes == "even" and total:
        sizes = fitting.even(total, folds)
    if isinstance(sizes, list) and len(sizes) == folds:
        return [[(size, 0) for size in sizes]]
    return []


def _programme(sheet: Sheet, row: int) -> Iterator[Look | Unchecked]:
    """Means over folds can come from whole numbers of right items in each."""
    counted, label = _items(sheet, row), sheet.labels[row]
    p, n = counted["positive"], counted["negative"]
    ways = _fold_sizes(sheet, p, n)
    known = fitting.OF_FOLDS if ways and ways[0][0][1] else ("accuracy", "error")
    columns = [
        c
        for c, q in enumerate(sheet.columns)
        if q.key in known and q.average in ("", "macro")
        and sheet.cells[row][c] is not None
        and (q.key != "recall" or sheet.facts.get("average") == "positive")
    ]  # fmt: skip
    if not ways or not columns:
        why = "say stratified: yes with positive: and negative:, or fold sizes:"
        if ways:
            why = "no score of the row is a straight line in the items of each fold"
        yield Unchecked("folds", label, why)
        return
    if sum(a + b for a, b in ways[0]) > 100_000 or len(ways[0]) > 50:
        yield Unchecked("folds", label, "too many folds or items for a programme")
        return

    def fits(mode: str) -> bool | None:
        scores = {sheet.columns[c].key: sheet.share(row, c, mode) for c in columns}
        found = {fitting.of_folds(sizes, scores) for sizes in ways}
        pooled = sheet.facts.get("aggregation") != "mean" and p and n
        if pooled and True not in found:  # or counted together over all folds
            found.add(fitting.of_two(p, n, list(scores.items())) != [])
        return True if True in found else (None if None in found else False)

    first = fits("rounded")
    if first is None:
        yield Unchecked("folds", label, "the programme came to no end in ten seconds")
        return

    def problem(mode: str) -> str:
        if first if mode == "rounded" else fits(mode) is not False:
            return ""
        given = [f"{sheet.columns[c].said} {_text(sheet, row, c)}" for c in columns]
        return (
            f"no whole numbers of right items in {len(ways[0])} folds give "
            f"{listed(given, 9)}"
        )

    yield Look("folds", label, tuple((row, c) for c in columns), problem)


def _over_folds(sheet: Sheet) -> Iterator[Look | Unchecked]:
    """What is printed below folds is their mean and their deviation."""
    folds = sheet.rows()
    for row in sheet.rows("mean", "macro", "deviation"):
        for column, quantity in enumerate(sheet.columns):
            score = quantity.key and quantity.key not in quantities.COUNTS
            given = [(r, column) for r in folds]
            if not score or sheet.cells[row][column] is None:
                continue
            if len(folds) < 2 or any(sheet.cells[r][c] is None for r, c in given):
                why = "not all folds are printed"
                yield Unchecked("mean", sheet.labels[row], why)
                continue
            cells = ((row, column), *given)
            if sheet.role(sheet.labels[row]) == "deviation":
                problem = _deviation_problem(sheet, row, column, folds, False)
                yield Look("deviation", sheet.labels[row], cells, problem)
                continue
            problem = _mean_problem(sheet, row, column, folds)
            yield Look("mean", sheet.labels[row], cells, problem)
            if sheet.cells[row][column].spread is not None:
                problem = _deviation_problem(sheet, row, column, folds, True)
                said = sheet.facts.get("deviation") == "standard"
                worst = "inconsistent" if said else "in tension, by inference"
                yield Look("deviation", sheet.labels[row], cells, problem, worst)


def _mean_problem(sheet: Sheet, row: int, column: int, folds: list[int]) -> Problem:
    weights = [_items(sheet, r)["all"] for r in folds]

    def problem(mode: str) -> str:
        values = [sheet.share(r, column, mode) for r in folds]
        allowed = [arithmetic.mean_bounds(values)]
        if all(weights):  # or of all items together
            allowed.append(arithmetic.mean_bounds(values, weights))
        stated = sheet.share(row, column, mode)
        if any(_meet(stated, one) for one in allowed):
            return ""
        return (
            f"{sheet.columns[column].said}: the mean of {len(folds)} is "
            f"{span(allowed[0], sheet.scale(column))}, not {_text(sheet, row, column)}"
        )

    return problem


def _deviation_problem(
    sheet: Sheet, row: int, column: int, folds: list[int], behind: bool
) -> Problem:
    def problem(mode: str) -> str:
        scale = sheet.scale(column)
        number = sheet.cells[row][column]
        stated = number.between(mode, scale)
        if behind:
            stated = number.spread_between(mode, scale)
        values = [sheet.share(r, column, mode) for r in folds]
        allowed = list(fitting.deviations(values))
        if any(_meet(stated, one) for one in allowed):
            return ""
        told = listed([span(one, scale) for one in allowed])
        return (
            f"{sheet.columns[column].said}: the folds deviate by {told}, not "
            f"{number.text}"
        )

    return problem


# --- counts -----------------------------------------------------------------------


_PEOPLE = re.compile(r"people|subject|speaker|actor|person|participant", re.I)


def _totals(sheet: Sheet) -> Iterator[Look | Unchecked]:
    """Totals of rows and columns are what they add up."""
    rows, told = sheet.rows(), 0
    plain = [c for c, q in enumerate(sheet.columns) if q.key != "total"]
    for row in sheet.rows("total"):
        for column in range(len(sheet.columns)):
            used = [(r, column) for r in rows]
            for look in _sum(sheet, (row, column), used, sheet.labels[row]):
                told += 1
                yield look
    for column, quantity in enumerate(sheet.columns):
        if quantity.key != "total" or len(plain) < 2:
            continue
        for row in range(len(sheet.labels)):
            used = [(row, c) for c in plain]
            for look in _sum(sheet, (row, column), used, sheet.labels[row]):
                told += 1
                yield look
    if not told:
        yield Unchecked("totals", ALL, "no row or column is called total")


def _sum(
    sheet: Sheet, place: tuple[int, int], used: list[tuple[int, int]], label: str
) -> Iterator[Look]:
    total = sheet.cells[place[0]][place[1]]
    parts = [sheet.cells[r][c] for r, c in used]
    if total is None or None in parts or not parts:
        return
    if _PEOPLE.search(sheet.columns[place[1]].said):  # one may be in several classes
        return
    found = int(sum(part.value for part in parts))
    head = sheet.columns[place[1]].said
    wrong = _differs(
        f"{head}: the counts add up to {found}, not {total.text}",
        found != total.value,
    )
    # Columns may be of different things; rows of a table of classes are not.
    worst = "inconsistent" if used[0][1] == place[1] else "in tension, by inference"
    yield Look("totals", label, (place, *used), wrong, worst)
