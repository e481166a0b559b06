"""What is said over folds: their mean, their deviation, and whole items in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from emolib.ledger import arithmetic
from emolib.ledger.arithmetic import Interval
from emolib.ledger.outcomes import listed, span
from emolib.ledger.own import fitting, quantities
from emolib.ledger.own.looking import (
    TRIPLE,
    UNSURE_WHY,
    Look,
    Problem,
    Unchecked,
    cell_text,
    column_of,
    items_of,
)
from emolib.ledger.own.sheets import Sheet


def _fold_sizes(
    sheet: Sheet, p: int | None, n: int | None
) -> list[list[tuple[int, int]]]:
    """The ways that a table's folds can be divided, as far as it says so."""
    facts, folds = sheet.facts, sheet.facts["folds"]
    if len(parts := facts.get("fold parts", [])) == folds:
        return [parts]
    if facts.get("stratified") and p and n:
        turned = [(a, b) for b, a in fitting.stratified(n, p, folds)]
        return [fitting.stratified(p, n, folds), turned]
    sizes = facts.get("fold sizes")
    total = facts.get("n") or (p + n if p and n else None)
    if sizes == "even" and total:
        sizes = fitting.even(total, folds)
        if p and n and (divided := fitting.divisions(p, sizes)):
            return divided
    if isinstance(sizes, list) and len(sizes) == folds:
        return [[(size, 0) for size in sizes]]
    return []


def programme(sheet: Sheet, row: int) -> Iterator[Look | Unchecked]:
    """Means over folds can come from whole numbers of right items in each."""
    counted, label, facts = items_of(sheet, row), sheet.labels[row], sheet.facts
    p, n = counted["the positive items"], counted["the negative items"]
    ways = _fold_sizes(sheet, p, n)
    apart = ways and any(negative for _, negative in ways[0])
    known = fitting.OF_FOLDS if apart else ("accuracy", "error")
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
        found: set[bool | None] = set()
        for sizes in ways:
            found.add(fitting.of_folds(sizes, scores))
            if True in found:
                return True
        # Or counted together over all folds.
        if sheet.facts.get("aggregation") != "mean" and p and n:
            found.add(fitting.of_two(p, n, list(scores.items())) != [])
        return True if True in found else (None if None in found else False)

    first = fits("rounded")
    if first is None:
        yield Unchecked("folds", label, "the programme came to no end in ten seconds")
        return

    def problem(mode: str) -> str:
        if first if mode == "rounded" else fits(mode) is not False:
            return ""
        given = [f"{sheet.columns[c].said} {cell_text(sheet, row, c)}" for c in columns]
        return (
            f"no whole numbers of right items in {len(ways[0])} folds give "
            f"{listed(given, 9)}"
        )

    told = facts.get("stratified") or facts.get("fold parts") or not apart
    worst = "inconsistent" if told else "in tension, by inference"  # both in each fold
    yield Look("folds", label, tuple((row, c) for c in columns), problem, worst)


def over_folds(sheet: Sheet) -> Iterator[Look | Unchecked]:
    """What is printed below folds is their mean and their deviation."""
    folds = sheet.rows()
    for row in sheet.rows("mean", "macro", "total", "deviation"):
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
            if why := _not_the_mean(sheet, row, column):
                yield Unchecked("mean", sheet.labels[row], why)
            else:
                problem = _mean_problem(sheet, row, column, folds)
                good = _known_of(sheet, row, column)
                yield Look("mean", sheet.labels[row], cells, problem, good=good)
            if sheet.cells[row][column].unsure:
                yield Unchecked("deviation", sheet.labels[row], UNSURE_WHY)
            elif sheet.cells[row][column].spread is not None:
                problem = _deviation_problem(sheet, row, column, folds, True)
                said = sheet.facts.get("deviation") == "standard"
                worst = "inconsistent" if said else "in tension, by inference"
                yield Look("deviation", sheet.labels[row], cells, problem, worst)


MEDIANTS = (
    *("accuracy", "error", "precision", "recall", "f1", "sensitivity", "specificity"),
    *("npv", "fpr", "fnr", "jaccard"),
)
"""Scores that lie between those of the folds where all are counted together."""


def _pooled(sheet: Sheet, row: int) -> bool:
    """Whether what stands below folds may be of all their items together."""
    said = sheet.facts.get("aggregation")
    if said:
        return said == "pooled"
    return "mean" not in quantities.bare(sheet.labels[row]).split()


def _known_of(sheet: Sheet, row: int, column: int) -> Callable[[], str]:
    """What is all that is known, where the folds' items are not counted."""
    items = all(items_of(sheet, r)["all items"] for r in sheet.rows())
    sized = items and sheet.columns[column].key in ("accuracy", "error")
    told = "between the folds, and more is not known of all together without a column n"
    return (lambda: told) if _pooled(sheet, row) and not sized else str


def _not_the_mean(sheet: Sheet, row: int, column: int) -> str:
    """Why nothing is known of what stands below folds."""
    quantity = sheet.columns[column]
    if sheet.facts.get("aggregation") == "pooled":
        return "of all folds together, which is no mean of theirs"
    average = quantity.average or sheet.facts.get("average", "")
    plain = quantity.key in MEDIANTS and (
        average in ("positive", "micro") or not average and quantity.key not in TRIPLE
    )
    if _pooled(sheet, row) and not plain:
        return f"{quantity.said} may be of all folds together; say aggregation: mean"
    return ""


def _mean_problem(sheet: Sheet, row: int, column: int, folds: list[int]) -> Problem:
    weights = [items_of(sheet, r)["all items"] for r in folds]
    quantity = sheet.columns[column]
    # Others are weighted by what was positive, or predicted so.
    sized = all(weights) and quantity.key in ("accuracy", "error")

    def mean(key: str, mode: str) -> Interval | None:
        other = column_of(sheet, key, quantity.average)
        values = [sheet.share(r, other, mode) for r in folds]
        return None if None in values else arithmetic.mean_bounds(values)

    def problem(mode: str) -> str:
        values = [sheet.share(r, column, mode) for r in folds]
        allowed = [arithmetic.mean_bounds(values)]
        if all(weights):  # or of all items together
            allowed.append(arithmetic.mean_bounds(values, weights))
        if _pooled(sheet, row) and not sized:
            ends = min(v.low for v in values), max(v.high for v in values)
            allowed = [Interval(*ends)]
        parts = [mean(key, mode) for key in ("precision", "recall")]
        if quantity.key == "f1" and None not in parts:
            allowed.append(arithmetic.f1_bounds(*parts))
        stated = sheet.share(row, column, mode)
        if any(stated.meets(one) for one in allowed):
            return ""
        return (
            f"{quantity.said}: the mean of {len(folds)} is "
            f"{span(allowed[0], sheet.scale(column))}, not "
            f"{cell_text(sheet, row, column)}"
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
        if any(stated.meets(one) for one in allowed):
            return ""
        told = listed([span(one, scale) for one in allowed])
        return (
            f"{sheet.columns[column].said}: the folds deviate by {told}, not "
            f"{number.text}"
        )

    return problem
