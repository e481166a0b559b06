"""Checks of the order in which names stand: of matrices, reports and counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from emolib.corpora import CORPORA
from emolib.evaluation.metrics import class_rates
from emolib.ledger import arithmetic, tables
from emolib.ledger.document import Claim, Document
from emolib.ledger.outcomes import Result, listed, probability
from emolib.ledger.reading import (
    class_scores,
    corpora_of,
    count_met,
    counts_met,
    documented_counts,
    frame,
    held_out,
    matches,
    read_order,
    rename_classes,
    stated_order,
    stated_scores,
)
from emolib.ledger.tables import Table, emotion

# --- which order fits -----------------------------------------------------------------


def reorder(
    matrix: pd.DataFrame,
    candidates: Mapping[str, Iterable[str]],
    counts: Mapping[str, int],
    scores: Mapping[tuple[str, str], float],
    decimals: int = 2,
) -> pd.DataFrame:
    r"""Which order of class names a confusion matrix was really drawn in.

    A wrong order leaves the accuracy as it is but gives each row another class.
    Two things show it: row totals that are not in the corpus' proportions (see
    `chi_square`), and scores stated for a class that are not the row's.

    Args:
        matrix: counts under the printed names.
        candidates: name of an order -> the class names in it, or a label space.
        counts: clips of each class in the corpus.
        scores: (metric, class) -> the stated precision, recall or f1.
        decimals: digits after the point in `scores`.

    Returns:
        A row for the printed order and for each candidate: chi_square, p (small:
        the totals do not fit, were items drawn independently), scores_met, scores.

    Raises:
        UsageError: if a candidate does not hold the matrix' classes.
    """
    orders = {"printed": matrix.index, **candidates}
    rows = {
        name: order_fit(rename_classes(matrix, order), counts, scores, decimals)
        for name, order in orders.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("order")
    return table.drop(columns="near")


def order_fit(
    matrix: pd.DataFrame,
    counts: Mapping[str, float],
    scores: Mapping[tuple[str, str], float] | None = None,
    decimals: int = 2,
    share: float | None = None,
) -> dict[str, float]:
    """How well a matrix fits under its names: a row of `reorder`, and `near`.

    `near` counts the rows within one item of their share: all of them, if the draw
    was balanced by class.

    Args:
        matrix: one column of items for each class will do if there are no scores.
        share: of the items drawn, if known.
    """
    totals = matrix.sum(axis=1)
    documented = [counts[name] for name in matrix.index]
    statistic, p = arithmetic.chi_square(totals, documented, share)
    wanted = np.array(arithmetic.expected(totals, documented, share))
    rates = class_scores(matrix) if scores else matrix
    met = [
        _met(rates.loc[label, metric], stated, decimals)
        for (metric, label), stated in (scores or {}).items()
    ]
    return {
        "chi_square": statistic,
        "p": p,
        "scores_met": sum(met),
        "scores": len(met),
        "near": int((abs(totals - wanted) <= 1).sum()),
    }


def fitting_order(
    matrix: pd.DataFrame,
    counts: Mapping[str, float],
    scores: Mapping[tuple[str, str], float] | None = None,
    decimals: int = 2,
    share: float | None = None,
) -> list[str]:
    r"""The order of the names under which totals and class scores fit best.

    Each row costs its part of $\chi^2$, up to 25 (a count may be wrong by itself),
    and 10 for every score stated for the class that is not the row's; the cheapest
    assignment of names to rows is found among all. Of equally cheap ones it is the
    one nearest to the alphabetical order, in which most tools sort names.

    Args:
        matrix: counts under the printed names; true classes alone (one column
            `items`) will do where there are no scores.
        counts: clips of each class in the corpus.
        scores: (metric, class) -> the stated precision, recall or f1.
        decimals: digits after the point in `scores`.
        share: of the clips drawn, if known.

    >>> matrix = pd.DataFrame([[9, 1], [3, 17]], list("ba"), list("ba"))
    >>> fitting_order(matrix, {"a": 50, "b": 100})
    ['a', 'b']
    """
    return _nearest(*_costs(matrix, counts, scores, decimals, share))


def _costs(
    matrix: pd.DataFrame,
    counts: Mapping[str, float],
    scores: Mapping[tuple[str, str], float] | None,
    decimals: int,
    share: float | None,
) -> tuple[list[str], np.ndarray]:
    """The names, and what each costs (across) as the name of each row (down)."""
    names = list(matrix.index)
    rates = class_rates(matrix) if scores else {}
    totals = matrix.sum(axis=1).to_numpy(float)
    wanted = [counts[name] for name in names]
    expected = np.array(arithmetic.expected(totals, wanted, share))
    cost = np.minimum((totals[:, None] - expected) ** 2 / expected, 25)
    for (metric, label), stated in (scores or {}).items():
        cost[:, names.index(label)] += 10 * ~_met(rates[metric], stated, decimals)
    return names, cost


def _nearest(names: list[str], cost: np.ndarray) -> list[str]:
    """The cheapest order; of several, the one nearest to the alphabet's."""
    from scipy.optimize import linear_sum_assignment

    order = sorted(names)
    away = [
        [abs(row - order.index(name)) for name in names] for row in range(len(names))
    ]
    _, columns = linear_sum_assignment(cost + 1e-6 * np.array(away))
    return [names[column] for column in columns]


def _met(value: float | np.ndarray, stated: float, decimals: int):
    """Whether a score is the one stated; one that has no value may be printed as 0."""
    value = np.nan_to_num(value)
    return abs(value - stated) <= 0.5 * 10**-decimals + 1e-9


# --- what is settled ----------------------------------------------------------------

SLACK = 4.0
"""Orders whose cost is so little above the least fit as well: odds of seven to one."""

GAIN = 25.0
"""What another order must save for the printed one to be wrong.

Were items drawn independently, so much is a matter of hundreds of thousands to one.
"""

MANY = 100_000
"""So many orders are counted, and no more."""


@dataclass(frozen=True)
class Order:
    """What the data say of the order of some names.

    Args:
        names: an order that fits best, the alphabet's if it is one.
        settled: rows, by place, that have one name in all orders that fit as well.
        ways: how many orders fit as well; `MANY` for that many or more.
        gain: what the best saves beside the printed one.
    """

    names: tuple[str, ...]
    settled: frozenset[int]
    ways: int
    gain: float

    @property
    def told(self) -> str:
        """How many orders fit, in words."""
        if self.ways == 1:
            return "no other order of the names fits as well"
        many = f"at least {MANY:,}" if self.ways >= MANY else f"{self.ways:,}"
        return f"{many} orders of the names fit equally well"


def weighed(names: list[str], cost: np.ndarray, slack: float = SLACK) -> Order:
    """What the cost of each name for each row says of their order.

    >>> alike = np.array([[0.0, 0, 9], [0, 0, 9], [9, 9, 0]])
    >>> found = weighed(["a", "b", "c"], alike)
    >>> found.ways, sorted(found.settled), found.gain
    (2, [2], 0.0)
    """
    from scipy.optimize import linear_sum_assignment

    def least(costs: np.ndarray) -> float:
        return float(costs[linear_sum_assignment(costs)].sum())

    best, lowest = _nearest(names, cost), least(cost)
    simple = sorted(names)
    if _cost(names, cost, simple) <= lowest + slack:
        best = simple
    settled = set()
    for row, name in enumerate(best):
        without = cost.copy()
        without[row, names.index(name)] = 1e6
        if least(without) > lowest + slack:
            settled.add(row)
    ways = _ways(cost, lowest + slack)
    gain = _cost(names, cost, names) - lowest
    return Order(tuple(best), frozenset(settled), ways, gain)


def _cost(names: list[str], cost: np.ndarray, order: Iterable[str]) -> float:
    return float(sum(cost[row, names.index(name)] for row, name in enumerate(order)))


def _ways(cost: np.ndarray, most: float) -> int:
    """How many assignments cost no more than `most`, up to `MANY`."""
    n = len(cost)
    rest = [*np.cumsum(cost.min(axis=1)[::-1])[::-1], 0.0]  # what rows cost at least
    found = 0

    def count(row: int, free: int, spent: float) -> None:
        nonlocal found
        if spent + rest[row] > most + 1e-9 or found >= MANY:
            return
        if row == n:
            found += 1
            return
        for column in range(n):
            if free >> column & 1:
                count(row + 1, free & ~(1 << column), spent + cost[row, column])

    count(0, (1 << n) - 1, 0.0)
    return found


# --- a matrix, or a report ------------------------------------------------------------


def order(document: Document) -> Iterator[Result]:
    """The classes of a matrix, or report, stand in the order of their names."""
    for table in document.of_kind("matrix", "scores"):
        if found := _orders(document, table):
            yield from _order_results(document, table, *found)


def reading(document: Document, table: Table) -> tuple[list[str], list[str], str]:
    """The order in which a matrix' rows fit, the names settled, and how to say so."""
    found = _orders(document, table)
    if not found or not _misnamed(table, found[2]):
        return list(table.labels), list(table.labels), ""
    order = found[2]
    settled = [name for row, name in enumerate(order.names) if row in order.settled]
    return [*order.names], settled, f", its rows read {_in_order(table, order)},"


def _orders(document: Document, table: Table) -> tuple[str, pd.DataFrame, Order] | None:
    """Where the expected totals are from; fits by order; what the data say of it."""
    totals = tables.totals(table)
    counts, source, share = _expected(document, table)
    if not counts or len(totals) < 2 or not sum(totals.values()):
        return None
    cells, stated = frame(table) if table.kind == "matrix" else None, {}
    if cells is None:
        cells = pd.DataFrame({"items": totals})
    else:
        claims = stated_scores(document, table.of, list(cells.index))
        stated = {key: claim.value for key, claim in claims.items() if not claim.unit}
    order = weighed(*_costs(cells, counts, stated, 2, share))
    fits = pd.DataFrame.from_dict(
        {
            name: order_fit(_renamed(cells, names), counts, stated, 2, share)
            for name, names in (("printed", [*totals]), ("best", [*order.names]))
        },
        orient="index",
    )
    return source, fits, order


def _renamed(cells: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    if len(cells.columns) == len(cells.index):
        return rename_classes(cells, names)
    return cells.set_axis(names)


def _expected(
    document: Document, table: Table
) -> tuple[dict[str, float], str, float | None]:
    """Items of each class to draw from, who says so, and the share that was drawn."""
    labels, share = list(tables.totals(table)), held_out(table)
    if table.drawn_from:  # what was drawn need not be what is printed: `draws` tells
        return {}, "", None
    if report := _report(document, table):
        supports = {tables.slug(label): n for label, n in tables.totals(report).items()}
        found = {label: supports[tables.slug(label)] for label in labels}
        source, share = f"the supports of {report.where}", 1.0
    else:
        known = [CORPORA.get(name) for name in corpora_of(table)]
        if not known or not all(corpus and corpus.counts for corpus in known):
            return {}, "", None
        found = {
            label: sum(corpus.counts.get(emotion(label), 0) for corpus in known) or None
            for label in labels
        }
        source = f"the counts of {listed([corpus.title for corpus in known])}"
    wanting = not all(found.values())  # a class that nothing is expected of
    return ({}, "", None) if wanting else (found, source, share)


def _report(document: Document, matrix: Table) -> Table | None:
    """The scores of a matrix' own system, if they give supports of its classes."""
    wanted = {tables.slug(label) for label in matrix.labels}
    for table in document.of_kind("scores") if matrix.kind == "matrix" else ():
        if (
            table.of == matrix.of
            and {*map(tables.slug, tables.totals(table))} == wanted
        ):
            return table
    return None


def _misnamed(table: Table, order: Order) -> bool:
    """Whether the printed names fit badly, and others much better."""
    return order.gain >= GAIN and [*order.names] != [*tables.totals(table)]


def _order_results(
    document: Document, table: Table, source: str, fits: pd.DataFrame, order: Order
) -> Iterator[Result]:
    printed, freedom = fits.loc["printed"], len(order.names)
    freedom -= _expected(document, table)[2] is None
    told = (
        f"{table.where}: against {source}, the class totals give a chi-square of "
        f"{printed['chi_square']:.4g} as printed"
    )
    reads = [claim for claim in document.claims if claim.reads == table.id]
    if not _misnamed(table, order):
        fitting = printed["p"] >= 0.001
        outcome = "consistent" if fitting else "cannot be checked"
        told += f" (p {probability(printed['p'])}, {freedom} degrees of freedom)"
        told += "." if fitting else "; no other order of the names fits much better."
        beside = tuple(claim.id for claim in reads)
        yield Result("order", outcome, (table.id,), told, beside)
        return
    told += f" and {fits.loc['best', 'chi_square']:.4g} {_in_order(table, order)}, on "
    told += f"{freedom} degrees of freedom.{_better(fits)}"
    rows = [*tables.totals(table).items()]
    moved = [
        (label, n, name, place in order.settled)
        for place, ((label, n), name) in enumerate(zip(rows, order.names, strict=True))
        if label != name
    ]
    sure = [f"{label} ({n}) is {name}" for label, n, name, settled in moved if settled]
    open_ = [label for label, _, _, settled in moved if not settled]
    told += f" {order.told[0].upper()}{order.told[1:]}"
    told += f"; so {listed(sure, 14)}." if sure else "."
    if open_:
        told += f" Not settled is what {listed(open_, 14)} should be called."
    about = [id for label, *_, yes in moved if yes for id in table.claims_of(label)]
    beside = [id for label in open_ for id in table.claims_of(label)]
    yield Result("order", "inconsistent", _once(table.id, *about), told, _once(*beside))
    yield from _read_off(table, reads, [row[0] for row in moved if row[3]], sure)


def _once(*ids: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))


def _better(fits: pd.DataFrame) -> str:
    """What else the other order meets that the printed one does not."""
    printed, other = fits.loc["printed"], fits.loc["best"]
    told = ""
    if printed["scores"]:
        told += (
            f" Class scores met, of {printed['scores']:.0f} stated: "
            f"{printed['scores_met']:.0f} as printed, {other['scores_met']:.0f} so."
        )
    if other["near"] > printed["near"]:
        told += (
            f" Rows within one item of their share: {printed['near']:.0f} as printed, "
            f"{other['near']:.0f} so."
        )
    return told


def _read_off(
    table: Table, reads: list[Claim], moved: list[str], sure: list[str]
) -> Iterator[Result]:
    """What a text reads off rows that have another's name is said of the wrong ones."""
    wrong = [
        claim
        for claim in reads
        if any(re.search(rf"\b{re.escape(label)}\b", _words(claim)) for label in moved)
    ]
    if wrong:
        told = f"{table.where}, by its numbers: {listed(sure, 14)}. The text goes by "
        told += f"the printed names: {'; '.join(_words(claim) for claim in wrong)}."
        ids = tuple(claim.id for claim in wrong)
        yield Result("order", "inconsistent", ids, told, (table.id,), inference=True)


def _words(claim: Claim) -> str:
    return f"{claim.quantity}: {claim.stated}"


def _in_order(table: Table, order: Order) -> str:
    alphabetical = [*order.names] == sorted(tables.totals(table))
    return "in alphabetical order" if alphabetical else "in an order that fits best"


# --- a table of counts ----------------------------------------------------------------


def count_order(document: Document) -> Iterator[Result]:
    """Counts stand under their own names: in no other order do more fit the corpora."""
    for table in document.of_kind("counts"):
        documented = documented_counts(table)
        if len(documented) < 2:
            continue
        read = read_order(document, table)
        cells = len(documented) * len(read)
        told = (
            f"{table.where}: of {cells} counts in {len(documented)} corpora, "
            f"{counts_met(table, dict(zip(read, read, strict=True)))} are those "
            "documented for the class whose name they stand under"
        )
        moved = [label for label in read if read[label] != label]
        if not moved:
            told += "; in no other order of the names are there many more."
            yield Result("count-order", "consistent", (table.id,), told)
            continue
        order = stated_order(document, list(read.values()))
        said = f", that of {order.where}," if order else ""
        met = np.array(matches(table, [*read]))
        fits = weighed([*read], -met.astype(float), slack=0)
        told += (
            f"; in the order {listed([*read.values()], 12)}{said} "
            f"{counts_met(table, read)} are. In no order are there more, and "
            f"{fits.told}."
        )
        settled = [label for place, label in enumerate(read) if place in fits.settled]
        about, beside = _misplaced(document, table, read, settled)
        beside = (*beside, order.id) if order else beside
        yield Result("count-order", "inconsistent", about, told, beside)


def _misplaced(
    document: Document, table: Table, read: Mapping[str, str], settled: list[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Counts that are another class', and those that only stand in the same rows.

    A sum of counts is misplaced if one of them is.
    """
    wrong = {
        (label, column)
        for column, counts in documented_counts(table).items()
        for label in settled
        if not count_met(table, label, column, label, counts)
        and count_met(table, label, column, read[label], counts)
    }
    about, beside = [table.id], []
    for label in read:
        for column in table.columns[1:]:
            ids = table.claims_of(label, column)
            (about if (label, column) in wrong else beside).extend(ids)
    for other in [one for one in document.tables if one.groups_of == table.id]:
        about.append(other.id)
        for column, members in other.groups.items():
            for label in other.labels:
                ids = other.claims_of(label, column)
                summed = any((label, member) in wrong for member in members)
                (about if summed else beside).extend(ids)
    about = _once(*about)
    return about, tuple(id for id in _once(*beside) if id not in about)
