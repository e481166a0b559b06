"""Checks of the order in which names stand: of matrices, reports and counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from emolib.corpora import CORPORA
from emolib.evaluation.metrics import class_rates
from emolib.ledger import arithmetic, tables
from emolib.ledger.document import Document
from emolib.ledger.outcomes import Result, listed, probability
from emolib.ledger.reading import (
    class_scores,
    corpora_of,
    counts_met,
    documented_counts,
    frame,
    held_out,
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
    from scipy.optimize import linear_sum_assignment

    names = list(matrix.index)
    rates = class_rates(matrix) if scores else {}
    totals = matrix.sum(axis=1).to_numpy(float)
    wanted = [counts[name] for name in names]
    expected = np.array(arithmetic.expected(totals, wanted, share))
    cost = np.minimum((totals[:, None] - expected) ** 2 / expected, 25)
    for (metric, label), stated in (scores or {}).items():
        cost[:, names.index(label)] += 10 * ~_met(rates[metric], stated, decimals)
    order = sorted(names)
    away = [
        [abs(row - order.index(name)) for name in names] for row in range(len(names))
    ]
    cost += 1e-6 * np.array(away)
    _, columns = linear_sum_assignment(cost)
    return [names[column] for column in columns]


def _met(value: float | np.ndarray, stated: float, decimals: int):
    return abs(value - stated) <= 0.5 * 10**-decimals + 1e-9


# --- a matrix, or a report ------------------------------------------------------------


def order(document: Document) -> Iterator[Result]:
    """The classes of a matrix, or report, stand in the order of their names."""
    for table in document.of_kind("matrix", "scores"):
        if found := _orders(document, table):
            yield _order_result(document, table, *found)


def reading(document: Document, table: Table) -> tuple[list[str], str]:
    """The order in which a matrix' rows fit, and how to say so."""
    found = _orders(document, table)
    if not found or not _misnamed(found[1]):
        return list(table.labels), ""
    return found[2], f", its rows read {_in_order(table, found[2])},"


def _orders(
    document: Document, table: Table
) -> tuple[str, pd.DataFrame, list[str]] | None:
    """Where the expected totals are from; fits by order; the order that fits best."""
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
    best = fitting_order(cells, counts, stated, 2, share)
    orders = {"printed": list(totals), "best": best, "sorted": _sorted(table)}
    fits = pd.DataFrame.from_dict(
        {
            name: order_fit(_renamed(cells, names), counts, stated, 2, share)
            for name, names in orders.items()
        },
        orient="index",
    )
    if _explains(fits):
        fits.loc["best"], best = fits.loc["sorted"], orders["sorted"]
    return source, fits, best


def _explains(fits: pd.DataFrame) -> bool:
    """Whether the alphabetical order, a simple one, does nearly what the best does."""
    printed, best, simple = (fits.loc[name] for name in ("printed", "best", "sorted"))
    gained = printed["chi_square"] - simple["chi_square"]
    most = gained >= 0.8 * (printed["chi_square"] - best["chi_square"])
    return simple["scores_met"] >= best["scores_met"] and bool(
        simple["near"] >= best["near"] or most
    )


def _renamed(cells: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    if len(cells.columns) == len(cells.index):
        return rename_classes(cells, names)
    return cells.set_axis(names)


def _sorted(table: Table) -> list[str]:
    return sorted(tables.totals(table))


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
    return ({}, "", None) if None in found.values() else (found, source, share)


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


def _misnamed(fits: pd.DataFrame) -> bool:
    """Whether the printed names fit badly, and others much better."""
    printed, best = fits.loc["printed"], fits.loc["best"]
    badly = printed["p"] < 0.001 or printed["scores_met"] < best["scores_met"]
    better = best["chi_square"] < printed["chi_square"] / 2
    more = any(best[what] > printed[what] for what in ("scores_met", "near"))
    return bool(badly and (better or more))


def _order_result(
    document: Document, table: Table, source: str, fits: pd.DataFrame, best: list[str]
) -> Result:
    printed, other = fits.loc["printed"], fits.loc["best"]
    freedom = len(best) - (_expected(document, table)[2] is None)
    told = (
        f"{table.where}: against {source}, the class totals give a chi-square of "
        f"{printed['chi_square']:.4g} as printed"
    )
    reads = [claim.id for claim in document.claims if claim.reads == table.id]
    if not _misnamed(fits):
        fitting = printed["p"] >= 0.001
        outcome = "consistent" if fitting else "cannot be checked"
        told += f" (p {probability(printed['p'])}, {freedom} degrees of freedom)"
        told += "." if fitting else "; no other order of the names fits much better."
        return Result("order", outcome, (table.id,), told, tuple(reads))
    told += (
        f" and {other['chi_square']:.4g} {_in_order(table, best)}, on {freedom} "
        "degrees of freedom."
    )
    if printed["scores"]:
        told += (
            f" Class scores met, of {printed['scores']:.0f} stated: "
            f"{printed['scores_met']:.0f} as printed, {other['scores_met']:.0f} so."
        )
    if other["near"] > printed["near"]:
        told += (
            f" Rows within one item of their share, of {len(best)}: "
            f"{printed['near']:.0f} as printed, {other['near']:.0f} so."
        )
    moved = [
        (label, n, name)
        for (label, n), name in zip(tables.totals(table).items(), best, strict=True)
        if label != name
    ]
    told += " Read so, " + listed([f"{a} ({n}) is {b}" for a, n, b in moved], 8) + "."
    ids = [id for label, _, _ in moved for id in table.claims_of(label)]
    return Result("order", "inconsistent", (table.id, *ids, *reads), told)


def _in_order(table: Table, best: list[str]) -> str:
    return (
        "in alphabetical order"
        if best == _sorted(table)
        else "in the order that fits best"
    )


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
        same = [other for other in document.tables if other.groups_of == table.id]
        ids = [
            id
            for one in (table, *same)
            for label in moved
            if label in one.labels
            for id in one.claims_of(label)
        ]
        order = stated_order(document, list(read.values()))
        said = f", that of {order.where}," if order else ""
        told += (
            f"; in the order {listed([*read.values()], 12)}{said} "
            f"{counts_met(table, read)} are, and in no order are there more."
        )
        about = dict.fromkeys((table.id, *(one.id for one in same), *ids))
        beside = (order.id,) if order else ()
        yield Result("count-order", "inconsistent", tuple(about), told, beside)
