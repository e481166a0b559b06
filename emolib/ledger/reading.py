"""What checks share: how a document's tables and claims are read.

Which accuracies and class scores are stated of a system, what a claim counts, which
corpora a table of counts is about, and in which order its names stand.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from emolib import UsageError
from emolib.corpora import CORPORA
from emolib.evaluation.metrics import class_rates
from emolib.ledger import arithmetic, tables
from emolib.ledger.arithmetic import Interval
from emolib.ledger.document import Claim, Document
from emolib.ledger.tables import Table, emotion

METRICS = ("precision", "recall", "f1")

_NO_SHARE = re.compile(
    r"\b(loss|error|f1|precision|auc|roc|macro|weighted|mean|gain|epochs?)\b"
)


# --- what is stated of a system -------------------------------------------------------


def stated_scores(
    document: Document, of: str, labels: list[str]
) -> dict[tuple[str, str], Claim]:
    """Claims of class scores of a system: (metric, class) -> claim."""
    found = {}
    for metric in METRICS:
        for label in labels:
            claim = document.claim.get(f"{of}.{metric}.{tables.slug(label)}")
            if claim and claim.interval:
                found[metric, label] = claim
    return found


def accuracies_of(document: Document, of: str) -> Iterator[tuple[str, Interval, str]]:
    """Accuracies stated of a system, in tables of scores and as a claim."""
    told = set()
    for table in document.of_kind("scores"):
        if table.of == of:
            for columns in tables.variants(table).values():
                for id, stated, text in stated_accuracies(document, table, columns):
                    if id not in told:
                        yield id, stated, text
                    told.add(id)
    for claim in accuracy_claims(document, of):
        if claim.id not in told:
            yield claim.id, claim.interval, claim.text


def stated_accuracies(
    document: Document, table: Table, columns: dict
) -> Iterator[tuple[str, Interval, str]]:
    """Accuracies stated of a table's system: in its rows, and as a claim."""
    for label in table.labels:
        if tables.average(label) == "accuracy":
            for column in (columns[m] for m in METRICS if m in columns):
                if (cell := tables.interval(table, label, column)) is not None:
                    text = table.row(label)[column]
                    yield table.claims_of(label, column)[0], cell, text
    for claim in accuracy_claims(document, table.of):
        yield claim.id, claim.interval, claim.text


def accuracy_claims(document: Document, of: str) -> Iterator[Claim]:
    """A system's accuracy in sentences, and in tables that have a row for it."""
    ids = [f"{of}.accuracy"] + [
        table.claim_id("accuracy", label)
        for table in document.of_kind("results", "comparison")
        for label, system in table.systems.items()
        if system == of
    ]
    for id in ids:
        if id in document.claim and document.claim[id].interval:
            yield document.claim[id]


def cells_of(table: Table, label: str, columns: dict) -> dict[str, Interval | None]:
    """A class' scores as shares."""
    return {m: tables.interval(table, label, c) for m, c in columns.items()}


# --- matrices -------------------------------------------------------------------------


def frame(table: Table) -> pd.DataFrame | None:
    """A confusion matrix as numbers, true classes down; None if not all legible."""
    rows = [
        [arithmetic.number(c) for c in table.row(label).values()]
        for label in table.labels
    ]
    if any(cell is None for row in rows for cell in row):
        return None
    return pd.DataFrame(
        [[int(cell) for cell in row] for row in rows],
        index=pd.Index(table.labels, name="true"),
        columns=pd.Index(table.columns[1:], name="predicted"),
    )


def class_scores(matrix: pd.DataFrame) -> pd.DataFrame:
    """Precision, recall, F1 and items of each class of a printed confusion matrix.

    Args:
        matrix: counts, true classes down, predicted across, in one order.
    """
    rates = class_rates(matrix) | {"items": matrix.sum(axis=1)}
    return pd.DataFrame(rates, index=matrix.index)


def gather(matrix: pd.DataFrame, groups: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """A confusion matrix over groups of its classes.

    >>> cells = [[5, 1, 2], [0, 7, 1], [3, 0, 9]]
    >>> matrix = pd.DataFrame(cells, list("abc"), list("abc"))
    >>> gather(matrix, {"ab": "ab", "c": "c"}).to_numpy().tolist()
    [[13, 3], [3, 9]]
    """
    cells = [
        [int(matrix.loc[list(rows), list(columns)].to_numpy().sum())
         for columns in groups.values()]
        for rows in groups.values()
    ]  # fmt: skip
    return pd.DataFrame(cells, index=list(groups), columns=list(groups))


def rename_classes(matrix: pd.DataFrame, order: Iterable[str]) -> pd.DataFrame:
    """The same cells in the same places under other names.

    Raises:
        UsageError: if `order` does not hold the matrix' own names.
    """
    order = list(order)
    if sorted(order) != sorted(matrix.index):
        raise UsageError(
            f"order {order} does not hold the matrix' classes "
            f"{list(matrix.index)}; give each of them once"
        )
    renamed = matrix.copy()
    renamed.index = pd.Index(order, name=matrix.index.name)
    renamed.columns = pd.Index(order, name=matrix.columns.name)
    return renamed


# --- what a claim counts --------------------------------------------------------------


def is_accuracy(claim: Claim) -> bool:
    """Whether a claim is a share of items that are right."""
    # Of a table's cell the column says what it is, the row only of which variant.
    words = claim.quantity.split(",")[0] if claim.table else claim.quantity
    is_share = claim.unit == "%" or (claim.value is not None and 0 <= claim.value <= 1)
    return bool(
        claim.kind == "result"
        and claim.digits
        and is_share
        and claim.unit in ("%", "")
        and not _NO_SHARE.search(words.lower())
    )


def percents(claim: Claim) -> str:
    """The number in per cent, digits kept.

    >>> claim = Claim("A.x", "", "", stated="0.8424", kind="result")
    >>> percents(claim)
    '84.24'
    """
    if claim.unit == "%":
        return claim.digits
    places = max(arithmetic.decimals(claim.digits) - 2, 0)
    return f"{100 * claim.value:.{places}f}"


def held_out(entry: Table | Claim) -> float | None:
    """The share held out, where the split says it: "20 % tested"."""
    match = re.search(r"(\d+(?:\.\d+)?) ?% (?:tested|validated)", entry.split)
    return float(match[1]) / 100 if match else None


def clips_tested(claim: Claim) -> int | None:
    """Clips behind a claim's test items, if corpus and share say how many."""
    corpus, share = CORPORA.get(claim.corpus), held_out(claim)
    if corpus is None or not corpus.clips or share is None:
        return None
    return math.ceil(share * corpus.clips)


def corpora_of(entry: Table | Claim) -> list[str]:
    """The corpora that an entry names."""
    return re.findall(r"[^\s,]+", entry.corpus) if isinstance(entry.corpus, str) else []


# --- tables of counts -----------------------------------------------------------------


def corpus_columns(table: Table) -> Iterator[tuple[str, str, dict[str, int]]]:
    """Columns of a table of counts that are known corpora, by canonical class."""
    names = {tables.slug(name): name for name in CORPORA}
    told = table.corpus if isinstance(table.corpus, Mapping) else {}
    for column in table.columns[1:]:
        name = told.get(column) or names.get(tables.slug(column), "")
        if name in CORPORA:
            cells = {
                r: tables.whole(table, r, column) for r in tables.class_labels(table)
            }
            yield column, name, {r: n for r, n in cells.items() if n is not None}


def documented_counts(table: Table) -> dict[str, dict[str, int]]:
    """Documented counts by canonical class, for the columns that are known corpora."""
    return {
        column: CORPORA[corpus].counts
        for column, corpus, _ in corpus_columns(table)
        if CORPORA[corpus].counts
    }


def counts_met(table: Table, read: Mapping[str, str]) -> int:
    """How many counts are those documented for the class that a row is read as.

    A class that a corpus does not have is met by none.
    """
    return sum(
        count_met(table, label, column, read[label], documented)
        for column, documented in documented_counts(table).items()
        for label in read
    )


def matches(table: Table, labels: list[str]) -> list[list[int]]:
    """How many counts of each row (down) are those of each class (across)."""
    documented = documented_counts(table)
    return [
        [
            sum(count_met(table, row, c, name, documented[c]) for c in documented)
            for name in labels
        ]
        for row in labels
    ]


def count_met(
    table: Table, label: str, column: str, name: str, documented: Mapping[str, int]
) -> bool:
    """Whether a count is the one documented for a class."""
    return tables.whole(table, label, column) == documented.get(emotion(name), 0)


MOST_CLASSES = 100
"""Of more classes no order is sought."""


def read_order(document: Document, table: Table) -> dict[str, str]:
    """What each row's name should be: the printed names where they fit well enough.

    Of all orders of the names it is one in which most counts are those documented; of
    several such, the one that the document states in a claim, else the alphabet's.
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    labels = tables.class_labels(table)
    as_printed = {label: label for label in labels}
    # Nothing but totals; nothing documented; or more rows than any corpus has classes.
    if not labels or not documented_counts(table) or len(labels) > MOST_CLASSES:
        return as_printed
    met = matches(table, labels)
    stated = stated_order(document, labels)
    likely = stated.stated.split(", ") if stated else sorted(labels)
    place = {name: number for number, name in enumerate(likely)}
    away = [[abs(row - place[name]) for name in labels] for row in range(len(labels))]
    rows, columns = linear_sum_assignment(-np.array(met) + 1e-3 * np.array(away))
    best = dict(zip(labels, (labels[column] for column in columns), strict=True))
    gained = np.array(met)[rows, columns].sum() - np.trace(met)
    return best if gained > 2 else as_printed


def stated_order(document: Document, labels: list[str]) -> Claim | None:
    """The claim that lists just these classes, in the document's own order."""
    wanted = sorted(labels)
    orders = (c for c in document.claims if sorted(c.stated.split(", ")) == wanted)
    return next(orders, None)
