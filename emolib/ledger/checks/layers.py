"""Checks of printed layer tables."""

from __future__ import annotations

from collections.abc import Iterator

from emolib.ledger import layers, tables
from emolib.ledger.document import Document
from emolib.ledger.layers import Layer, Mended
from emolib.ledger.outcomes import Result, Sorting, listed
from emolib.ledger.tables import Table


def layer_tables(document: Document) -> Iterator[Result]:
    """Shapes and parameters of each layer follow from the layer before."""
    met = set()
    for table in document.of_kind("layers"):
        rows = layer_rows(table)
        if not rows or table.rows in met:  # a table repeated has its slips once
            continue
        met.add(table.rows)
        found = Sorting("layers", [table.id])
        ways = layers.mended([layer for layer, _ in rows])
        wrong = {cell for way in ways for cell in way.wrong}
        for place, _ in layers.problems([layer for layer, _ in rows]):
            layer, label = rows[place]
            bad = [what for what in _COLUMNS if (place, what) in wrong]
            good = [what for what in _COLUMNS if (place, what) not in wrong]
            for what in bad:
                told = layer_problem(rows, place, what, ways)
                problem = f"{table.where}, {rows[place][0].name}: {told}."
                about = table.claims_of(label, _column(table, what))
                found.add(about, problem, either=len(ways) > 1)
            if good:
                columns = [_column(table, what) for what in good]
                found.add(table.claims_of(label, *columns))
        yield from found.results(
            f"{table.where}: shapes and parameters that follow from the layer before "
            "in {n} comparisons."
        )
        yield from _parameter_total(table)


_COLUMNS = {"shape": "output shape", "parameters": "parameters"}


def _column(table: Table, what: str) -> str:
    """The column of a table's shapes, or of its parameters."""
    return next(c for c in table.columns if c.lower() == _COLUMNS[what])


def layer_problem(
    rows: list[tuple[Layer, str]],
    place: int,
    what: str,
    ways: list[Mended],
) -> str:
    """What is wrong with a row's shape or its parameters."""
    layer, before = rows[place][0], rows[place - 1][0].name
    if what == "parameters":
        return f"{layer.parameters} parameters do not follow from {before}"
    others = dict.fromkeys(
        str(way.shapes[place]) for way in ways if way.shapes[place] != layer.shape
    )
    told = f"the output {layer.shape} does not fit the rows around it"
    return f"{told}; {listed([*others])} would" if others else told


def layer_rows(table: Table) -> list[tuple[Layer, str]]:
    """The layers of a table with their labels; none if it lacks a column for them."""
    heads = [column.lower() for column in table.columns]
    if "output shape" not in heads or "parameters" not in heads:
        return []
    shape, count = heads.index("output shape"), heads.index("parameters")
    return [
        (layers.read(row[0], row[shape], row[count]), row[0])
        for row in table.rows
        if not row[0].lower().startswith("total")
    ]


def _parameter_total(table: Table) -> Iterator[Result]:
    column = _column(table, "parameters")
    counts = {label: tables.whole(table, label, column) for label in table.labels}
    stated = {k: n for k, n in counts.items() if k.lower().startswith("total")}
    parts = sum(n or 0 for label, n in counts.items() if label not in stated)
    for label, total in stated.items():
        told = f"{table.where}: the parameters add up to {parts}, {label}: {total}."
        outcome = "consistent" if parts == total else "inconsistent"
        about = table.claims_of(label, column)
        yield Result("layers", outcome, about, told, (table.id,))
