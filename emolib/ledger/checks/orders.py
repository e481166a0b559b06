"""Checks of the order in which names stand: of matrices, reports and counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from emolib.corpora import CORPORA
from emolib.ledger import tables
from emolib.ledger.document import Claim, Document
from emolib.ledger.ordering import GAIN, Order, cost_of, costs, order_fit, weighed
from emolib.ledger.outcomes import Result, listed, probability
from emolib.ledger.reading import (
    MOST_CLASSES,
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

# --- a matrix, or a report ------------------------------------------------------------


def order(document: Document) -> Iterator[Result]:
    """The classes of a matrix, or report, stand in the order of their names."""
    for table in document.of_kind("matrix", "scores"):
        if found := _orders(document, table):
            yield from _order_results(document, table, *found)


def reading(document: Document, table: Table) -> tuple[list[str], list[str], str]:
    """The order in which a matrix' rows fit, the names settled, and how to say so."""
    found = _orders(document, table)
    if not found or not _misnamed(table, *found[1:]):
        return list(table.labels), list(table.labels), ""
    order = found[2]
    settled = [name for row, name in enumerate(order.names) if row in order.settled]
    return [*order.names], settled, f", its rows read {_in_order(table, order)},"


def _orders(
    document: Document, table: Table
) -> tuple[str, pd.DataFrame, Order | None] | None:
    """Where the expected totals are from; fits by order; what the data say of it.

    No other order is looked for where none could fit so much better.
    """
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
    names, cost = costs(cells, counts, stated, 2, share)
    order, read = None, {"printed": names}
    if cost_of(names, cost, names) >= GAIN:
        order = weighed(names, cost)
        read["best"] = [*order.names]
    fits = {
        name: order_fit(_renamed(cells, names), counts, stated, 2, share)
        for name, names in read.items()
    }
    return source, pd.DataFrame.from_dict(fits, orient="index"), order


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


_FITS = 0.001
"""Below so small a probability the totals of the classes do not fit under any names."""


def _misnamed(table: Table, fits: pd.DataFrame, order: Order | None) -> bool:
    """Whether the printed names fit badly, and others fit.

    Where none do, the items were not drawn in the corpus' proportions, and their
    totals tell nothing of the names.
    """
    if order is None or [*order.names] == [*tables.totals(table)]:
        return False
    return bool(order.gain >= GAIN and fits.loc["best", "p"] >= _FITS)


def _order_results(
    document: Document,
    table: Table,
    source: str,
    fits: pd.DataFrame,
    order: Order | None,
) -> Iterator[Result]:
    printed, freedom = fits.loc["printed"], len(tables.totals(table))
    freedom -= _expected(document, table)[2] is None
    told = (
        f"{table.where}: against {source}, the class totals give a chi-square of "
        f"{printed['chi_square']:.4g} as printed"
    )
    reads = [claim for claim in document.claims if claim.reads == table.id]
    if not _misnamed(table, fits, order):
        fitting = printed["p"] >= _FITS
        outcome = "consistent" if fitting else "cannot be checked"
        told += f" (p {probability(printed['p'])}, {freedom} degrees of freedom)"
        told += "." if fitting else "; no other order of the names fits."
        beside = tuple(claim.id for claim in reads)
        yield Result("order", outcome, (table.id,), told, beside)
        return
    told += f" and {fits.loc['best', 'chi_square']:.4g} {_in_order(table, order)}, on "
    told += f"{freedom} degrees of freedom.{_better(fits)}"
    rows = [*tables.totals(table).items()]
    named = [
        (label, n, name, place in order.settled)
        for place, ((label, n), name) in enumerate(zip(rows, order.names, strict=True))
    ]
    moved = [row for row in named if row[0] != row[2] and row[3]]
    sure = [f"{label} ({n}) is {name}" for label, n, name, _ in moved]
    open_ = [label for label, _, _, settled in named if not settled]
    told += f" {order.told[0].upper()}{order.told[1:]}"
    told += f"; so {listed(sure, 14)}." if sure else "."
    if open_:
        told += f" Not settled is what {listed(open_, 14)} should be called."
    about = [id for label, *_ in moved for id in table.claims_of(label)]
    beside = [id for label in open_ for id in table.claims_of(label)]
    yield Result("order", "inconsistent", _once(table.id, *about), told, _once(*beside))
    yield from _read_off(table, reads, [row[0] for row in moved], sure)


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
        if len(documented) < 2 or len(table.rows) > MOST_CLASSES:
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
