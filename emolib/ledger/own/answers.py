"""What the checks of one table answer: row by row, with what they cannot see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from emolib.ledger.arithmetic import Interval
from emolib.ledger.outcomes import listed
from emolib.ledger.own import (
    fitting,
    folds,
    matrices,
    models,
    numbers,
    quantities,
    reports,
    sheets,
)
from emolib.ledger.own.looking import ALL, NOT_HERE, Look, Unchecked
from emolib.ledger.own.sheets import Sheet


@dataclass(frozen=True)
class Answer:
    """What one check says of one row.

    Args:
        table, row: where.
        check: its name.
        outcome: one of `emolib.ledger.OUTCOMES`.
        told: what is wrong, what fits, or why it cannot be checked.
        cells: row and column of the numbers that it looked at.
    """

    table: str
    row: str
    check: str
    outcome: str
    told: str
    cells: tuple[tuple[int, int], ...] = ()


def answers(sheet: Sheet, page: bool = False, words: bool = True) -> list[Answer]:
    """Everything that the checks say of a table, and what none of them looked at.

    Args:
        page: whether only the checks that the page has are made.
        words: whether what fits is told, which takes a search for matrices.
    """
    found: list[Answer] = []
    told_of: set[Answer] = set()
    cut: list[tuple[int, str]] = []
    looked: list[Look] = []
    left_out = _left_out(sheet) if page else ()
    for look in _looks(sheet, page):
        if look.check in left_out:
            continue
        if isinstance(look, Unchecked):
            one = Answer(sheet.name, look.row, look.check, _NOT, look.why)
            if one not in told_of:
                told_of.add(one)
                found.append(one)
        elif look.cells:
            problem, outcome, told = look.problem("rounded"), "consistent", ""
            sure = sheet.facts.get("digits") == "rounded"
            if problem and (sure or look.problem("cut")):
                outcome, told = look.worst, problem
            elif problem:
                cut.append((len(found), problem))
                told = CUT
            else:
                looked.append(look)
                told = look.good() if words else ""
            one = Answer(sheet.name, look.row, look.check, outcome, told, look.cells)
            found.append(one)
    other = next((one for one in looked if one.problem("cut")), None) if cut else None
    if sheet.guess:
        found = [_guessed(one, sheet.guess) for one in found]
    for place, problem in cut if other else ():
        told = f"{problem}; cut off digits would fit, but others here are rounded"
        mixed = {"outcome": "in tension, by inference", "told": told}
        found[place] = replace(found[place], **mixed)
    found += [Answer(sheet.name, ALL, check, _NOT, NOT_HERE) for check in left_out]
    left = [*_left_over(sheet, found)]
    if not found and not left:
        left = [Answer(sheet.name, ALL, "none", _NOT, "no number that a check knows")]
    return [*found, *left]


def _guessed(answer: Answer, guess: str) -> Answer:
    """What is wrong if a table is what it was taken for."""
    if answer.outcome != "inconsistent":
        return answer
    told = f"{answer.told}; {guess}"
    return replace(answer, outcome="in tension, by inference", told=told)


LEFT_OUT = {
    "scores": ("one-matrix",),
    "folds": ("mean", "deviation"),
    "results": ("deviation",),
}
"""Kinds of tables -> checks that the page has not: of more lines than they notice."""


def _left_out(sheet: Sheet) -> tuple[str, ...]:
    """The checks of a table that the page has not."""
    spread = any(n and n.spread is not None for row in sheet.cells for n in row)
    wanted = sheet.kind != "results" or spread
    return LEFT_OUT.get(sheet.kind, ()) if wanted else ()


def _looks(sheet: Sheet, page: bool) -> Iterator[Look | Unchecked]:
    """All that the checks look at in a table."""
    if sheet.kind == "scores":
        yield from reports.report_looks(sheet)
    elif sheet.kind == "matrix":
        yield from matrices.matrix_looks(sheet)
    elif sheet.kind in ("results", "folds"):
        yield from models.model_looks(sheet, programme=not page)
        if sheet.kind == "folds":
            yield from folds.over_folds(sheet)
    elif sheet.kind == "counts":
        yield from matrices.totals_looks(sheet)
    elif sheet.kind == "layers":
        yield Unchecked("layers", ALL, "only the command line knows layers")
    elif sheet.kind == "other":
        why = "no head is one that a check knows; say kind: or call a column accuracy"
        yield Unchecked("none", ALL, why)


_NOT = "cannot be checked"
CUT = "only if digits were cut off, not rounded; if none are, say digits: rounded"


def _left_over(sheet: Sheet, found: list[Answer]) -> Iterator[Answer]:
    """Numbers that no check looked at, by row, with the reason."""
    seen = {cell for answer in found for cell in answer.cells}
    if sheet.kind in ("layers", "other", "counts"):
        return
    plain = set(sheet.rows())
    for r, label in enumerate(sheet.labels):
        reasons: dict[str, list[str]] = {}
        for c, quantity in enumerate(sheet.columns):
            if sheet.cells[r][c] is None or (r, c) in seen:
                continue
            if quantity.key in quantities.COUNTS or quantity.key == "class":
                continue
            told = sheet.kind != "scores" and r in plain  # by granularity
            if told and quantity.key in quantities.DENOMINATORS:
                continue
            why = quantities.WHY_NOT.get(quantity.key)
            if why is None:
                of = quantities.DENOMINATORS[quantity.key]
                why = f"{of} are not counted"
            if quantity.key == "recall" and sheet.kind == "scores":
                why = "neither its support nor precision and F1 stand beside it"
            reasons.setdefault(why, []).append(quantity.said)
        for why, heads in reasons.items():
            yield Answer(sheet.name, label, "none", _NOT, f"{listed(heads, 9)}: {why}")


# --- a report beside its matrix ---------------------------------------------------


def beside(all_sheets: Sequence[Sheet]) -> Iterator[Answer]:
    """A report on classes held against the matrix of the same system.

    They are of one system if both say so, or neither says of which it is.
    """
    for matrix in all_sheets:
        if matrix.kind != "matrix" or not sheets.counts(matrix):
            continue
        inside = [row[: matrix.classes] for row in matrix.cells[: matrix.classes]]
        if any(None in row for row in inside):
            continue
        for report in all_sheets:
            same = report.kind == "scores" and report.of == matrix.of
            if same and (pairs := _classes_alike(matrix, report)):
                yield from _held_against(matrix, report, pairs)


def _classes_alike(matrix: Sheet, report: Sheet) -> list[tuple[int, int]]:
    """Rows of a report with the place of each class in the matrix."""
    places = {quantities.bare(matrix.columns[c].said): c for c in range(matrix.classes)}
    places |= {quantities.bare(matrix.labels[c]): c for c in range(matrix.classes)}
    found = [
        (row, places.get(quantities.bare(report.labels[row]), -1))
        for row in report.rows()
    ]
    whole = len(found) == matrix.classes and all(place >= 0 for _, place in found)
    return found if whole else []


def _held_against(
    matrix: Sheet, report: Sheet, pairs: list[tuple[int, int]]
) -> Iterator[Answer]:
    size = matrix.classes
    cells = [[int(matrix.cells[r][c].value) for c in range(size)] for r in range(size)]
    as_is = _differences(cells, report, pairs)
    if not as_is[0]:
        return
    name = f"{matrix.name} beside {report.name}"
    compared, wrong = as_is
    turned = _differences(
        [list(row) for row in zip(*cells, strict=True)], report, pairs
    )
    if wrong and not turned[1]:
        told = (
            f"{matrix.name} gives {len(wrong)} of {compared} numbers of {report.name} "
            "otherwise, and turned over it gives all: predicted classes stand down "
            "where true ones should, or precision and recall are exchanged"
        )
        yield Answer(name, ALL, "transposed", "in tension, by inference", told)
        return
    for label, told in wrong:
        yield Answer(name, label, "matrix", "inconsistent", told)
    if compared > len(wrong):
        told = f"{compared - len(wrong)} of {compared} numbers are the matrix' own"
        yield Answer(name, ALL, "matrix", "consistent", told)


def _differences(
    cells: list[list[int]], report: Sheet, pairs: list[tuple[int, int]]
) -> tuple[int, list[tuple[str, str]]]:
    """How many numbers were compared, and those that are not the matrix' own."""
    compared, wrong = 0, []
    for row, place in pairs:
        right, true = cells[place][place], sum(cells[place])
        said = sum(line[place] for line in cells)
        given = {
            "precision": right / said if said else None,
            "recall": right / true if true else None,
            "sensitivity": right / true if true else None,
            "f1": 2 * right / (true + said) if true + said else None,
        }
        for column, quantity in enumerate(report.columns):
            number = report.cells[row][column]
            if number is None or quantity.average:
                continue
            label = report.labels[row]
            if quantity.key == "support":
                compared += 1
                if number.value != true:
                    wrong.append((label, f"support {number.text}; the row has {true}"))
            elif given.get(quantity.key) is not None:
                compared += 1
                value = given[quantity.key]
                if not any(
                    report.share(row, column, mode).meets(Interval(value, value))
                    for mode in numbers.ROUNDING
                ):
                    told = f"{quantity.said} {number.text}; the matrix gives "
                    wrong.append((label, f"{told}{value / report.scale(column):.4g}"))
    return compared, wrong


# --- what the checks would notice -------------------------------------------------


TOGETHER = "together"


def power(sheet: Sheet, found: list[Answer], page: bool = False) -> dict[str, tuple]:
    """By check: how many one-step changes it would notice, of how many tried.

    Each number that a check looked at is moved by one unit of its last digit, up and
    down, and all is checked again. Numbers of rows that it finds wrong are left out.
    """
    accusing = {(a.check, a.row) for a in found if _accuses(a)}
    looked: dict[tuple[int, int], set[tuple[str, str]]] = {}
    for answer in found:
        if answer.outcome != _NOT and (answer.check, answer.row) not in accusing:
            for cell in answer.cells:
                looked.setdefault(cell, set()).add((answer.check, answer.row))
    changes = [(cell, step) for cell in looked for step in (1, -1)]
    most = max(1, min(fitting.MOST_CHANGES, fitting.MOST_LOOKS // max(1, len(looked))))
    stride = -(-len(changes) // most) or 1
    tried, noticed = Counter(), Counter()
    for cell, step in changes[::stride]:
        other = moved(sheet, cell, step)
        if other is None:
            continue
        new = {(a.check, a.row) for a in answers(other, page, False) if _accuses(a)}
        fresh = {check for check, _ in new - accusing}
        for check in {check for check, _ in looked[cell]}:
            tried[check] += 1
            noticed[check] += check in fresh
        tried[TOGETHER] += 1
        noticed[TOGETHER] += bool(fresh)
    return {check: (noticed[check], tried[check]) for check in tried}


def _accuses(answer: Answer) -> bool:
    return answer.outcome in ("inconsistent", "in tension, by inference")


def moved(sheet: Sheet, cell: tuple[int, int], step: int) -> Sheet | None:
    """A table with one number a step of its last digit higher or lower.

    None if it could not stand there.
    """
    r, c = cell
    number = sheet.cells[r][c]
    if number is None or number.right:  # a blank among cells, or exact
        return None
    value = round(number.value * 10**number.places) + step
    whole = sheet.columns[c].key in quantities.COUNTS
    top = (100 if sheet.percents[c] else 1) * 10**number.places
    if sheet.kind == "counts" or whole or sheets.counts(sheet) and c < sheet.classes:
        top = 10**9
    if not 0 <= value <= top:
        return None
    value /= 10**number.places
    text = f"{value:.{number.places}f}"
    changed = replace(number, value=value, text=text)
    line = tuple(changed if k == c else n for k, n in enumerate(sheet.cells[r]))
    cells = tuple(line if k == r else row for k, row in enumerate(sheet.cells))
    return replace(sheet, cells=cells)
