"""Checks of class scores, averages and confusion matrices against each other."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import pandas as pd

from emolib.ledger import arithmetic, tables
from emolib.ledger.arithmetic import Interval
from emolib.ledger.checks import orders
from emolib.ledger.document import Document
from emolib.ledger.outcomes import (
    Result,
    Sorting,
    f1_told,
    listed,
    nearest,
    percent,
    span,
)
from emolib.ledger.reading import (
    METRICS,
    accuracies_of,
    cells_of,
    class_scores,
    frame,
    gather,
    rename_classes,
    stated_accuracies,
    stated_scores,
)
from emolib.ledger.tables import Table


def f1(document: Document) -> Iterator[Result]:
    """F1 lies where rounded precision and recall allow."""
    for table in document.of_kind("scores"):
        for columns in tables.variants(table).values():
            if not {*METRICS} <= {*columns}:
                continue
            found, nothing = Sorting("f1", [table.id]), []
            for label in tables.class_labels(table):
                cells = cells_of(table, label, columns)
                if _nothing(table, label, columns):
                    nothing.append(label)
                elif None not in (cells[m] for m in METRICS):
                    problem = _f1_problem(table, label, columns, cells)
                    _add_row(found, table, label, columns, problem)
            yield from _all_zero(table, columns, nothing)
            yield from found.results(
                f"{table.where}: the F1 of {{n}} classes lies where precision and "
                "recall, rounded as they are, allow."
            )


def _f1_problem(table: Table, label: str, columns: dict, cells: dict) -> str:
    allowed = arithmetic.f1_bounds(cells["precision"], cells["recall"])
    if cells["f1"].meets(allowed):
        return ""
    printed = [table.row(label)[columns[metric]] for metric in METRICS]
    told = f1_told(allowed, table.scale(columns["f1"]), printed)
    return f"{table.where}, {label}: {told}."


def whole_items(document: Document) -> Iterator[Result]:
    """The scores of a class can come from whole numbers of items."""
    for table in document.of_kind("scores"):
        for columns in tables.variants(table).values():
            if "support" not in columns:
                continue
            found = Sorting("whole-items", [table.id])
            for label in tables.class_labels(table):
                cells = cells_of(table, label, columns)
                n = tables.whole(table, label, columns["support"])
                if not n or not any(cells.get(m) for m in METRICS):
                    continue
                if _nothing(table, label, columns):  # of any number of items
                    continue
                if _told_by_f1(cells):
                    continue
                problem = _items_problem(table, label, columns, n)
                _add_row(found, table, label, columns, problem)
            yield from found.results(
                f"{table.where}: the scores of {{n}} classes can come from as many "
                "whole items as their support says."
            )


def _nothing(table: Table, label: str, columns: dict) -> bool:
    """Whether precision, recall and F1 are printed as 0: nothing contradicts that."""
    row = table.row(label)
    texts = [arithmetic.number(row[columns[m]]) for m in METRICS if m in columns]
    return len(texts) == len(METRICS) and all(t and not float(t) for t in texts)


def _all_zero(table: Table, columns: dict, labels: list[str]) -> Iterator[Result]:
    """Classes that are never found: their scores are 0 together, whatever else."""
    if not labels:
        return
    scores = [columns[m] for m in METRICS]
    about = [id for label in labels for id in table.claims_of(label, *scores)]
    told = f"{table.where}: precision, recall and F1 of {len(labels)} classes are 0, "
    told += "all three as they must if one is."
    yield Result("f1", "trivially consistent", tuple(about), told, (table.id,))


def _told_by_f1(cells: dict) -> bool:
    """Whether a row fails without its support already."""
    if not all(cells.get(m) for m in METRICS):
        return False
    return not cells["f1"].meets(
        arithmetic.f1_bounds(cells["precision"], cells["recall"])
    )


def _add_row(
    found: Sorting, table: Table, label: str, columns: dict, problem: str
) -> None:
    """A row's scores: those that are wrong, if any are, and those beside them."""
    scores = [columns[m] for m in METRICS if m in columns]
    wrong, either = _culprits(table, label, columns) if problem else ([], False)
    wrong = wrong or scores
    right = [column for column in scores if column not in wrong]
    beside = table.claims_of(label, *right) if right else ()
    found.add(table.claims_of(label, *wrong), problem, beside, either=either)


def _culprits(table: Table, label: str, columns: dict) -> tuple[list[str], bool]:
    """The columns whose score is wrong; whether it may be only one of them.

    The others are possible without it. As few as may be are left out. Of several ways
    to do so, what all leave out is wrong; if that is nothing, one or another is.
    """
    cells = {m: cells_of(table, label, columns).get(m) for m in METRICS}
    given = [m for m in METRICS if cells[m]]
    for few in range(1, len(given)):
        ways = [
            out
            for out in itertools.combinations(given, few)
            if _possible(
                table, label, columns, {m: cells[m] for m in {*given} - {*out}}
            )
        ]
        sure = [m for m in given if ways and all(m in out for out in ways)]
        if sure:
            return [columns[m] for m in sure], False
        if ways:
            wrong = dict.fromkeys(m for out in ways for m in out)
            return [columns[m] for m in wrong], True
    return [], False


def _possible(table: Table, label: str, columns: dict, cells: dict) -> bool:
    """Whether some whole numbers of items, or some shares, give a row's scores."""
    n = tables.whole(table, label, columns.get("support"))
    if n:
        total = sum(tables.totals(table).values()) or None
        total = None if tables.partial(table) else total
        return bool(arithmetic.possible_hits(n, **cells, total=total))
    return len(cells) < len(METRICS) or not _told_by_f1(cells)


def _items_problem(table: Table, label: str, columns: dict, n: int) -> str:
    cells = {m: cells_of(table, label, columns).get(m) for m in METRICS}
    given = {m: cell for m, cell in cells.items() if cell}
    if _possible(table, label, columns, given):
        return ""
    row, scale = table.row(label), table.scale(columns.get("recall"))
    if cells["recall"] and not arithmetic.possible_hits(n, recall=cells["recall"]):
        return (
            f"{table.where}, {label}: a recall of {row[columns['recall']]} cannot come "
            f"from {n} items; {nearest(cells['recall'], n, scale)}."
        )
    told = listed([f"{m} {row[columns[m]]}" for m in METRICS if cells[m]])
    return (
        f"{table.where}, {label}: no whole numbers of right and predicted items give "
        f"{told} with {n} true items."
    )


def averages(document: Document) -> Iterator[Result]:
    """Macro and weighted averages are those of the classes' scores."""
    for table in document.of_kind("scores"):
        found = Sorting("averages", [table.id])
        for label in table.labels:
            kind = tables.average(label)
            for columns in (
                tables.variants(table).values() if kind != "accuracy" else ()
            ):
                for metric in METRICS:
                    stated = tables.interval(table, label, columns.get(metric))
                    allowed = stated and _average(table, label, columns, metric)
                    if allowed:
                        problem = _average_problem(
                            table, label, columns[metric], allowed
                        )
                        found.add(table.claims_of(label, columns[metric]), problem)
        yield from found.results(
            f"{table.where}: {{n}} averages are those of the classes' scores."
        )


def _average(
    table: Table, label: str, columns: dict, metric: str
) -> list[Interval] | None:
    """What an average can be; None if the classes do not tell, or it is none."""
    kind = tables.average(label)
    if kind == "micro":
        return _micro(table, label, columns, metric)
    return _mean(table, kind, columns, metric) if kind in _MEANS else None


_MEANS = ("macro", "weighted")


def _micro(
    table: Table, label: str, columns: dict, metric: str
) -> list[Interval] | None:
    """Recall over all items is the weighted mean; F1 is that of the row's other two."""
    if metric == "recall":
        return _mean(table, "weighted", columns, metric)
    cells = cells_of(table, label, columns)
    if metric == "f1" and cells.get("precision") and cells.get("recall"):
        return [arithmetic.f1_bounds(cells["precision"], cells["recall"])]
    return None


def _mean(table: Table, kind: str, columns: dict, metric: str) -> list[Interval] | None:
    labels = tables.class_labels(table)
    values = [tables.interval(table, label, columns[metric]) for label in labels]
    weights = [tables.whole(table, label, columns.get("support")) for label in labels]
    if None in values or (kind == "weighted" and None in weights):
        return None
    parts = []
    if metric == "f1" and {*METRICS} <= {*columns}:
        for m in ("precision", "recall"):
            cells = [tables.interval(table, label, columns[m]) for label in labels]
            parts += [] if None in cells else [cells]
    return arithmetic.average_bounds(kind, values, weights, parts)


def _average_problem(
    table: Table, label: str, column: str, allowed: list[Interval]
) -> str:
    stated = tables.interval(table, label, column)
    if any(stated.meets(one) for one in allowed):
        return ""
    return (
        f"{table.where}: the {label} of {column} is printed as "
        f"{table.row(label)[column]}; the classes' scores give "
        f"{span(allowed[0], table.scale(column))}."
    )


def accuracy(document: Document) -> Iterator[Result]:
    """Accuracy is the recall of the classes, weighted by their supports.

    One of the two is wrong where it is not. A report on some classes only tells
    nothing of the accuracy on all.
    """
    for table in document.of_kind("scores"):
        if tables.partial(table):
            continue
        for columns in tables.variants(table).values():
            allowed = _accuracy(table, columns)
            if allowed is None:
                continue
            found = Sorting("accuracy", [table.id])
            for id, stated, text in stated_accuracies(document, table, columns):
                problem = ""
                if not stated.meets(allowed):
                    problem = (
                        f"{table.where}: recalls and supports give an accuracy of "
                        f"{span(allowed)}, but {text} is stated."
                    )
                found.add([id, table.id], problem, either=True)
            yield from found.results(
                f"{table.where}: recalls and supports give an accuracy of "
                f"{span(allowed)}, as stated ({{n}})."
            )


def _accuracy(table: Table, columns: dict) -> Interval | None:
    """The accuracy that recalls and supports allow."""
    labels = tables.class_labels(table)
    recalls = [tables.interval(table, label, columns.get("recall")) for label in labels]
    supports = [tables.whole(table, label, columns.get("support")) for label in labels]
    if not labels or None in recalls or None in supports:
        return None
    hits = [
        arithmetic.possible_hits(
            n, **{m: cells_of(table, label, columns).get(m) for m in METRICS}
        )
        for label, n in zip(labels, supports, strict=True)
    ]
    if all(hits):  # whole items leave less room than rounded recalls
        low, high = (sum(f(h[0] for h in hit) for hit in hits) for f in (min, max))
        return Interval(low / sum(supports), high / sum(supports))
    return arithmetic.mean_bounds(recalls, supports)


def supports(document: Document) -> Iterator[Result]:
    """Supports add up, and are the row sums of the confusion matrix."""
    for table in document.of_kind("scores"):
        totals = tables.totals(table)
        if not totals:
            continue
        yield from _sum_of_supports(table, sum(totals.values()))
        for matrix in document.of_kind("matrix"):
            if matrix.of == table.of:
                yield from _row_sums(table, totals, matrix)


def _sum_of_supports(table: Table, total: int) -> Iterator[Result]:
    printed = list(_printed_totals(table))
    wrong = [f"{who} {n}" for who, n in printed if n != total]
    if printed:
        told = f"{table.where}: the supports of the classes add up to {total}"
        told += f"; printed are, {listed(wrong)}." if wrong else ", as printed."
        outcome = "inconsistent" if wrong else "consistent"
        yield Result("supports", outcome, (table.id,), told)


def _printed_totals(table: Table) -> Iterator[tuple[str, int]]:
    for columns in tables.variants(table).values():
        for label in table.labels:
            is_class = label in tables.class_labels(table)
            printed = tables.whole(table, label, columns.get("support"))
            if not is_class and printed is not None:
                yield f"in the row {label}", printed
        break
    stated = table.n is not None and table.n_from == "stated"
    if stated and not tables.partial(table):
        yield "in the text", table.n


def _row_sums(table: Table, totals: dict[str, int], matrix: Table) -> Iterator[Result]:
    sums = tables.totals(matrix)
    shared = {tables.slug(label): n for label, n in totals.items()}
    rows = {tables.slug(label): n for label, n in sums.items()}
    if not rows or {*rows} != {*shared}:
        return
    about, beside = (matrix.id,), (table.id,)
    if rows == shared:
        evidence = f"{matrix.where}: the rows add up to the supports of {table.where}."
        yield Result("supports", "consistent", about, evidence, beside)
        return
    told = listed([f"{label} {n} against {shared[label]}" for label, n in rows.items()
                   if n != shared[label]])  # fmt: skip
    evidence = f"{matrix.where}: rows and supports of {table.where} differ: {told}."
    if sorted(rows.values()) == sorted(shared.values()):
        evidence += " The same numbers stand under other names."
    ids = tuple(id for label in sums for id in matrix.claims_of(label))
    yield Result("supports", "inconsistent", (*about, *ids), evidence, beside)


def matrix(document: Document) -> Iterator[Result]:
    """Accuracy and class scores are those of the confusion matrix."""
    for printed in document.of_kind("matrix"):
        cells = frame(printed)
        if cells is None:
            continue
        yield from _matrix_accuracy(document, printed, cells)
        yield from _most_above(document, printed, cells)
        order, settled, told = orders.reading(document, printed)
        named = rename_classes(cells, order)
        stated = stated_scores(document, printed.of, settled)
        found = Sorting("matrix", [printed.id])
        rates = class_scores(named)
        for (metric, label), claim in stated.items():
            value = float(rates.loc[label, metric])
            if math.isnan(
                value
            ):  # never answered, or never there: printed as one likes
                continue
            problem = ""
            if not claim.interval.meets(Interval(value, value)):
                problem = (
                    f"{printed.where}{told} gives {label}, {metric}: {value:.4f}; "
                    f"{claim.where} says {claim.text}."
                )
            found.add([claim.id], problem, inference=bool(told))
        yield from found.results(
            f"{printed.where}{told} gives {{n}} class scores as they are stated.",
            inference=bool(told),
        )


def _most_above(
    document: Document, printed: Table, cells: pd.DataFrame
) -> Iterator[Result]:
    """What is said of most classes' scores holds of the matrix, whatever their names.

    Under other names the rows have the same scores.
    """
    rates = class_scores(cells)[list(METRICS)]
    for claim in document.claims:
        if claim.reads != printed.id or claim.bound != "above" or not claim.value:
            continue
        if claim.quantifier not in ("most", "every") or claim.unit not in ("", "%"):
            continue
        above = int((rates > claim.interval.low).all(axis=1).sum())
        needed = len(rates) // 2 + 1 if claim.quantifier == "most" else len(rates)
        told = (
            f"{claim.where}, {claim.quantity}: {claim.text}; by {printed.where} "
            f"precision, recall and F1 of {above} of {len(rates)} classes are, "
            "whatever their names."
        )
        outcome = "consistent" if above >= needed else "inconsistent"
        yield Result("matrix", outcome, (claim.id,), told, (printed.id,))


def _matrix_accuracy(
    document: Document, printed: Table, cells: pd.DataFrame
) -> Iterator[Result]:
    right = sum(int(cells.iloc[i, i]) for i in range(len(cells)))
    n = int(cells.to_numpy().sum())
    found = Sorting("matrix", [printed.id])
    told = f"{printed.where} has {right} of {n} items on its diagonal"
    for id, stated, text in accuracies_of(document, printed.of):
        share = Interval(right / n, right / n)
        found.add([id], "" if stated.meets(share) else (
            f"{told}, {percent(right / n)}; {text} is stated."))  # fmt: skip
    yield from found.results(f"{told}, {percent(right / n)}, as stated ({{n}}).")


def groups(document: Document) -> Iterator[Result]:
    """A table over groups of classes follows from the table over the classes."""
    for table in document.tables:
        parent = document.table.get(table.groups_of)
        if parent is None or table.kind == "counts":
            continue
        fine, coarse = tables.totals(parent), tables.totals(table)
        found, recalls = (Sorting("groups", [parent.id, table.id]) for _ in "ab")
        for label, members in table.groups.items():
            if not fine or label not in coarse:
                continue
            total = sum(fine[member] for member in members)
            problem = "" if total == coarse[label] else (
                f"{table.where}: {label} has {coarse[label]} items, its classes in "
                f"{parent.where} have {total}."
            )  # fmt: skip
            found.add(table.claims_of(label), problem)
            problem = _recall_problem(table, label, parent, members, fine)
            if problem is not None:
                recalls.add(table.claims_of(label), problem)
        if parent.kind == "matrix" and frame(parent) is not None:
            _gathered(document, table, parent, found)
        yield from found.results(
            f"{table.where} follows from {parent.where}: {{n}} comparisons."
        )
        yield from recalls.results(
            f"{table.where}: {{n}} groups have as many right at least as their classes "
            f"in {parent.where}; most numbers would do.",
            good="trivially consistent",
        )


def _recall_problem(
    table: Table, label: str, parent: Table, members: list[str], fine: dict[str, int]
) -> str | None:
    """Items right in their class are right in their group; None if not known."""
    if table.kind != "scores" or parent.kind != "scores":
        return None
    columns = next(iter(tables.variants(table).values()), {})
    theirs = next(iter(tables.variants(parent).values()), {})
    group = tables.interval(table, label, columns.get("recall"))
    recalls = [tables.interval(parent, m, theirs.get("recall")) for m in members]
    if group is None or None in recalls:
        return None
    least = arithmetic.mean_bounds(recalls, [fine[m] for m in members]).low
    if group.high >= least:
        return ""
    return (
        f"{table.where}: {label} has a recall of {span(group)}, but in {parent.where} "
        f"{percent(least)} of its items are right even by class."
    )


def _gathered(document: Document, table: Table, parent: Table, found: Sorting) -> None:
    """A matrix, or scores, over groups against the matrix over the classes."""
    whole = gather(frame(parent), table.groups)
    if table.kind == "matrix":
        own = frame(table)
        same = own is not None and (own.loc[whole.index, whole.index] == whole).all(
            None
        )
        told = f"gathered by group, {parent.where} gives {whole.to_numpy().tolist()}"
        found.add([table.id], "" if same else f"{table.where}: {told}.")
        return
    rates = class_scores(whole)
    for (metric, label), claim in stated_scores(
        document, table.of, [*whole.index]
    ).items():
        value = float(rates.loc[label, metric])
        if math.isnan(value):
            continue
        found.add([claim.id], "" if claim.interval.meets(Interval(value, value)) else (
            f"{parent.where}, gathered by group, gives {label}, {metric}: "
            f"{value:.4f}; {claim.where} says {claim.text}."))  # fmt: skip
