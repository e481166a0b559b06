"""What a confusion matrix, or a table of counts, contradicts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from emolib.ledger import arithmetic
from emolib.ledger.arithmetic import Interval
from emolib.ledger.outcomes import span
from emolib.ledger.own import numbers, quantities, sheets
from emolib.ledger.own.looking import (
    ALL,
    Look,
    Unchecked,
    accuracies_stated,
    cell_text,
    differs,
    score_columns,
)
from emolib.ledger.own.sheets import Sheet

TENSION = "in tension, by inference"


def matrix_looks(sheet: Sheet) -> Iterator[Look | Unchecked]:
    size = sheet.classes
    inside = [(r, c) for r in range(size) for c in range(size)]
    if any(sheet.cells[r][c] is None for r, c in inside):
        yield Unchecked(
            "matrix", ALL, "not all of its cells are legible; write 0 for none"
        )
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
    beside = _marginal(sheet, size, cells, down, across)
    told = len(beside)
    yield from beside
    if total and sheet.facts.get("n"):
        told += 1
        n = sheet.facts["n"]
        inside = tuple((r, c) for r in range(size) for c in range(size))
        wrong = differs(f"its cells add up to {total}, not {n}", n != total)
        yield Look("totals", ALL, inside, wrong)
    for stated, text, share in (
        accuracies_stated(sheet, score_columns(sheet)) if total else ()
    ):
        told += 1
        inside = tuple((r, c) for r in range(size) for c in range(size))

        def problem(mode: str, share: Callable = share, text: str = text) -> str:
            if share(mode).meets(Interval(right / total, right / total)):
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


def _marginal(
    sheet: Sheet, size: int, cells: list[list[int]], down: list[int], across: list[int]
) -> list[Look]:
    """What stands beside and below a matrix; one look if the matrix is turned over."""

    def looks(down: list[int], across: list[int]) -> list[Look]:
        margins = _margins(sheet, size, cells, down, across)
        return [_margin(sheet, size, *margin) for margin in margins]

    def wrong(look: Look) -> bool:
        return all(look.problem(mode) for mode in numbers.ROUNDING)

    as_is = looks(down, across)
    scores = [look for look in as_is if look.check == "margins"]
    over = [look for look in looks(across, down) if look.check == "margins"]
    if not any(map(wrong, scores)) or any(map(wrong, over)):
        return as_is
    told = (
        "recalls and precisions fit the matrix turned over, not as it stands: "
        "predicted classes stand down where true ones should (say Predicted / True "
        "above the rows), or the two are exchanged"
    )
    cells_ = tuple(dict.fromkeys(cell for look in scores for cell in look.cells))
    turned = Look("transposed", ALL, cells_, differs(told, True), TENSION)
    return [*(look for look in as_is if look.check == "totals"), turned]


def _margins(
    sheet: Sheet, size: int, cells: list[list[int]], down: list[int], across: list[int]
) -> Iterator[tuple[int, int, float, str]]:
    """What stands beside and below a matrix: place, and what it must be."""
    for column in range(size, len(sheet.columns)):
        key = sheet.columns[column].key
        for r in range(size):
            if key in ("total", "support"):
                yield r, column, sum(cells[r]), "totals"
            elif key in ("recall", "sensitivity", "accuracy") and down[r]:
                yield r, column, cells[r][r] / down[r], "margins"
            elif key == "precision" and across[r]:
                yield r, column, cells[r][r] / across[r], "margins"
    for r in range(size, len(sheet.labels)):
        total = quantities.row(sheet.labels[r]) == "total"
        key = quantities.read(sheet.labels[r]).key
        for c in range(size):
            if total:
                yield r, c, sum(row[c] for row in cells), "totals"
            elif key == "precision" and across[c]:
                yield r, c, cells[c][c] / across[c], "margins"
            elif key in ("recall", "sensitivity") and down[c]:
                yield r, c, cells[c][c] / down[c], "margins"
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
        if quantities.read(sheet.labels[row]).key in ("recall", "sensitivity"):
            used = [(column, c) for c in range(size)]

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
        if number.between(mode, scale).meets(Interval(allowed, allowed)):
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
    cells_of = [[sheet.cells[r][c] for c in range(size)] for r in range(size)]
    scale, span_of = sheet.scale(0), range(size)
    lines = {
        "row": [[(r, c) for c in span_of] for r in span_of],
        "column": [[(r, c) for r in span_of] for c in span_of],
        "matrix": [[(r, c) for r in span_of for c in span_of]],
    }

    def total(cells: list[tuple[int, int]], mode: str) -> Interval:
        values = [cells_of[r][c].between(mode, scale) for r, c in cells]
        return Interval(sum(v.low for v in values), sum(v.high for v in values))

    def whole(cells: list[tuple[int, int]], mode: str) -> bool:
        return total(cells, mode).meets(Interval(1.0, 1.0))

    met = {
        way: sum(any(whole(cells, mode) for mode in numbers.ROUNDING) for cells in some)
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

        above = all(total(cells, mode).low > 1 for mode in numbers.ROUNDING)
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
                    return f"{cell_text(sheet, row, c)} cannot come from {n} items"
            return ""

        cells = (*((row, c) for c in range(size)), (row, column))
        yield Look("whole-items", sheet.labels[row], cells, problem)
    for stated, text, share in accuracies_stated(sheet, []):

        def between(mode: str, share: Callable = share, text: str = text) -> str:
            values = [sheet.share(k, k, mode) for k in range(size)]
            allowed = Interval(min(v.low for v in values), max(v.high for v in values))
            if share(mode).meets(allowed):
                return ""
            return f"an accuracy of {text} is not between the recalls of the classes"

        yield Look("accuracy", "accuracy", (*stated, *diagonal), between)


# --- counts -----------------------------------------------------------------------


PEOPLE = re.compile(r"people|subject|speaker|actor|person|participant", re.I)


def totals_looks(sheet: Sheet) -> Iterator[Look | Unchecked]:
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
    if PEOPLE.search(sheet.columns[place[1]].said):  # one may be in several classes
        return
    found = int(sum(part.value for part in parts))
    head = sheet.columns[place[1]].said
    wrong = differs(
        f"{head}: the counts add up to {found}, not {total.text}",
        found != total.value,
    )
    # Columns may be of different things; rows of a table of classes are not.
    worst = "inconsistent" if used[0][1] == place[1] else "in tension, by inference"
    yield Look("totals", label, (place, *used), wrong, worst)
