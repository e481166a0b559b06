"""A printed table as data: cells as they stand on the page, digits kept.

The cells of a table are written as they are read, a line a row, `|` between
cells, the first line being the columns' heads:

    class | precision | recall
    happy | 0.61      | 0.70

A blank cell: nothing is printed there. A `?`: it cannot be read.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from emolib.corpora.base import WORDS
from emolib.ledger import arithmetic
from emolib.ledger.arithmetic import Interval

KINDS = {
    "scores": "precision, recall, F1 (and support) of each class",
    "matrix": "a confusion matrix: true classes down, predicted across",
    "counts": "items of each class in each corpus",
    "layers": "layers, output shapes, parameters",
    "results": "a result for each variant of a system",
    "comparison": "a document's result beside those of others",
    "other": "anything else",
}
UNREADABLE = "?"
_SCORED = ("scores", "results", "comparison")
AVERAGES = {
    "accuracy": ("accuracy",),
    "micro": ("micro avg", "micro average", "micro"),
    "macro": ("macro avg", "macro average", "macro"),
    "weighted": ("weighted avg", "weighted average", "weighted"),
    "samples": ("samples avg", "samples average", "samples"),
}
"""Rows of a report on all classes together, by the names they go under.

scikit-learn prints a micro average in the place of the accuracy where a report is on
some classes only, or where an item may be of several; then one of samples, too.
"""

_METRIC = re.compile(r"(precision|recall|f1|f-1|f-score|support)\b(?:[ -]score)?(.*)")
_EMOTIONS = WORDS | {"calm": "calm", "pleasant surprise": "surprised"}


@dataclass(frozen=True)
class Table:
    """A printed table.

    Args:
        id: `LETTER.name`; what claims and findings point to.
        kind: one of `KINDS`: says which checks apply.
        of: the system, or corpus, that it is about: its claims' ids begin so.
        unit: of its numbers ("%"), or a unit for each column that has one.
        claims: the columns whose cells are claims; `data`, `split`, `n`, `n_from`,
            `at_most`, `protocol`, `corpus` and `classes` are theirs too.
        corpus: names in `emolib.corpora`, where its items come from; for a table
            of counts, column -> corpus where the head does not say it.
        classes: how many there are to guess among, or how many for each column.
        same_as: a table whose cells are the same quantities, or row -> the claim that
            gives its quantity again.
        systems: row -> the system that it is, where another table is about that.
        groups_of: a table that this one gathers, by `groups`: own row -> its rows
            (scores, matrix), or own column -> its columns (counts).
        drawn_from: a table of counts that the test items were drawn from, and
            `drawn`: how the classes are called there, as own prefix -> column.
        facts: of a reader's own table, what else is said of it (`own.pasted.FACTS`).
        columns, rows: the cells, from `cells`; a row's first is its label.
        lines: of the file where the heads stand, then each row.
    """

    id: str
    where: str
    title: str
    kind: str
    of: str
    unit: str | Mapping[str, str] = ""
    data: str = ""
    split: str = ""
    n: int | None = None
    n_from: str = ""
    at_most: int | None = None
    protocol: str = ""
    corpus: str | Mapping[str, str] = ""
    classes: str | int | Mapping[str, int] | None = None
    claims: tuple[str, ...] = ()
    kind_of_claims: str = ""
    same_as: str | Mapping[str, str] = ""
    systems: Mapping[str, str] = field(default_factory=dict)
    groups_of: str = ""
    groups: Mapping[str, list[str]] = field(default_factory=dict)
    drawn_from: str = ""
    drawn: Mapping[str, str] = field(default_factory=dict)
    lost: str = ""
    note: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[int, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The rows' labels, in the printed order."""
        return tuple(row[0] for row in self.rows)

    def row(self, label: str) -> dict[str, str]:
        """A row's cells by column."""
        return dict(self._cells[label])

    @functools.cached_property
    def _cells(self) -> dict[str, dict[str, str]]:
        """Each row's cells by column; of two rows of one label the first."""
        return {
            row[0]: dict(zip(self.columns[1:], row[1:], strict=True))
            for row in reversed(self.rows)
        }

    def unit_of(self, column: str) -> str:
        """The unit of a column's numbers."""
        if isinstance(self.unit, str):
            return self.unit
        return self.unit.get(column, "")

    def scale(self, column: str) -> float:
        """What turns a column's numbers into shares."""
        return 0.01 if self.unit_of(column) == "%" else 1.0

    def claim_id(self, column: str, label: str) -> str:
        """How the claim of a cell is called, if the column has claims."""
        return f"{self.of}.{slug(column)}.{slug(label)}"

    def claims_of(self, label: str, *columns: str) -> tuple[str, ...]:
        """The claims of a row; the table itself if its cells are none."""
        cells = self.row(label)
        found = [
            self.claim_id(column, label)
            for column in columns or self.columns[1:]
            if column in self.claims and cells[column] not in ("", UNREADABLE)
        ]
        return tuple(found) or (self.id,)


@functools.cache
def slug(text: str) -> str:
    """A name as it stands in an id.

    >>> slug("Posed Angry"), slug("F1-score (w/o FE)")
    ('posed-angry', 'f1-score-w-o-fe')
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def emotion(label: str) -> str:
    """A class by its canonical name; as it is where that is unknown.

    >>> emotion("Happiness"), emotion("real disgust")
    ('happy', 'real disgust')
    """
    return _EMOTIONS.get(label.lower().strip(), label.lower().strip())


@functools.cache
def average(label: str) -> str:
    """Which row of all classes together a label names; empty if it is a class.

    >>> average("Macro avg"), average("happy")
    ('macro', '')
    """
    bare = re.sub(r"[\s.-]+", " ", label.lower()).strip()
    return next((key for key, names in AVERAGES.items() if bare in names), "")


# --- reading the cells ----------------------------------------------------------------


def parse(text: str) -> list[tuple[int, tuple[str, ...]]]:
    """Lines of cells with their place in the text; empty lines are left out."""
    return [
        (place, tuple(cell.strip() for cell in line.split("|")))
        for place, line in enumerate(text.splitlines())
        if line.strip()
    ]


def faults(table: Table, numbers: bool = True) -> Iterator[tuple[int, str]]:
    """What is wrong with a table's cells: the line, and what to do.

    Args:
        numbers: whether their numbers are looked at, too.
    """
    heads, *lines = table.lines
    twice = _repeated([c.lower() for c in table.columns])
    if twice or not all(table.columns):
        yield heads, f"column {twice or 'without a name'!r}; name each once"
    if not table.rows:
        yield heads, "only heads; give at least one row"
    for line, row in zip(lines, table.rows, strict=True):
        if len(row) != len(table.columns):
            problem = f"{len(row)} cells under {len(table.columns)} heads"
            yield line, f"{problem}; separate cells by |, leave unprinted ones blank"
    named_once = table.kind in ("scores", "matrix", "counts") or table.claims
    seen: dict[object, int] = {}
    for line, row in zip(lines, table.rows, strict=True):
        key = row[0].lower() if named_once else row
        if key in seen and table.kind != "layers":
            what = f"row {row[0]!r} stands in line {seen[key]} too"
            yield line, f"{what}; tell the two apart"
        seen.setdefault(key, line)
    for column in table.claims:
        if column not in table.columns[1:]:
            yield heads, f"claims: no column {column!r} among {list(table.columns[1:])}"
    if not numbers:
        return
    yield from _wrong_numbers(table, lines)
    if table.kind == "matrix":
        yield from _not_square(table, heads, lines)


_MOST_ITEMS = 10**7


def _wrong_numbers(table: Table, lines: list[int]) -> Iterator[tuple[int, str]]:
    for line, row in zip(lines, table.rows, strict=True):
        for column, cell in zip(table.columns[1:], row[1:], strict=False):
            told = f"{row[0]!r}, {column!r}: {cell!r}"
            if cell in ("", UNREADABLE):
                continue
            text = arithmetic.number(cell)
            if text is None:
                numeric = column in table.claims and table.kind in _SCORED
                if numeric or table.kind in ("matrix", "counts"):
                    yield line, f"{told} is no number; put ? where it is unreadable"
                continue
            whole = table.kind in ("matrix", "counts") or metric(column)[0] == "support"
            # scikit-learn prints supports as 9.0 where no answer at all is right.
            counted = table.kind == "scores" and float(text).is_integer()
            odd = arithmetic.decimals(text) and not counted
            if whole and (odd or float(text) < 0):
                yield line, f"{told} counts items; give a whole number, not below 0"
            if whole and float(text) > _MOST_ITEMS:
                yield line, f"{told} counts more items than any corpus has"
            score = column in table.claims or metric(column)[0]
            share = score and not whole and table.unit_of(column) == "%"
            plain = table.kind == "scores" and metric(column)[0] and not whole
            if share and not 0 <= float(text) <= 100:
                yield line, f"{told} is above 100 % or below 0; correct cell or unit"
            elif plain and not share and not 0 <= float(text) <= 1:
                yield line, f'{told} is no share; give unit: "%" for per cent'


def _not_square(
    table: Table, heads: int, lines: list[int]
) -> Iterator[tuple[int, str]]:
    predicted = table.columns[1:]
    if len(table.rows) != len(predicted):
        size = f"{len(table.rows)} rows by {len(predicted)} columns"
        yield heads, f"the matrix is not square: {size}; give a row for each class"
        return
    for line, true, name in zip(lines, table.labels, predicted, strict=True):
        if true != name:
            yield line, f"row {true!r} stands where column {name!r} does; same order"


def _repeated(names: list[str]) -> str:
    return next((name for name in names if names.count(name) > 1), "")


# --- what a table holds ---------------------------------------------------------------


@functools.cache
def metric(column: str) -> tuple[str, str]:
    """Which score a column holds, and of which variant.

    >>> metric("F1-score"), metric("Recall w/o FE"), metric("epochs")
    (('f1', ''), ('recall', 'w/o fe'), ('', ''))
    """
    match = _METRIC.fullmatch(column.lower().strip())
    if not match:
        return "", ""
    name = "f1" if match[1].startswith("f") else match[1]
    return name, match[2].strip(" ,()-")


def variants(table: Table) -> dict[str, dict[str, str]]:
    """Columns of scores by variant: variant -> score -> column.

    A column of supports belongs to all of them.
    """
    found: dict[str, dict[str, str]] = {}
    for column in table.columns[1:]:
        name, variant = metric(column)
        if name and name != "support":
            found.setdefault(variant, {})[name] = column
    supports = {metric(c)[1]: c for c in table.columns[1:] if metric(c)[0] == "support"}
    for variant, columns in found.items():
        if support := supports.get(variant, supports.get("")):
            columns["support"] = support
    return found


def interval(table: Table, label: str, column: str | None) -> Interval | None:
    """What a cell may have been before rounding, as a share; None if not legible."""
    text = arithmetic.number(table.row(label).get(column or "", ""))
    return arithmetic.rounded(text, table.scale(column)) if text else None


def whole(table: Table, label: str, column: str | None) -> int | None:
    """A cell that counts items."""
    text = arithmetic.number(table.row(label).get(column or "", ""))
    return int(float(text)) if text else None


def class_labels(table: Table) -> list[str]:
    """Rows that are classes, not averages or totals."""
    return [
        label
        for label in table.labels
        if not average(label) and label.lower() not in ("total", "all", "sum", "")
    ]


def partial(table: Table) -> bool:
    """Whether there may be items beside those of the classes, or items of several."""
    return any(average(label) in ("micro", "samples") for label in table.labels)


def totals(table: Table) -> dict[str, int]:
    """True items of each class: supports, or row sums; empty if not all are legible."""
    found: dict[str, int | None] = {}
    if table.kind == "matrix":
        for label in table.labels:
            cells = [arithmetic.number(cell) for cell in table.row(label).values()]
            found[label] = sum(int(c) for c in cells) if all(cells) else None
    elif table.kind == "scores":
        support = next((c for c in variants(table).values() if "support" in c), {})
        for label in class_labels(table):
            found[label] = whole(table, label, support.get("support"))
    return found if found and None not in found.values() else {}
