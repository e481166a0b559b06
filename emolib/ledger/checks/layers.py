"""Checks of printed layer tables."""

from __future__ import annotations

from collections.abc import Iterator

from emolib.ledger import layers, tables
from emolib.ledger.document import Document
from emolib.ledger.outcomes import Result, Sorting
from emolib.ledger.tables import Table


def layer_tables(document: Document) -> Iterator[Result]:
    """Shapes and parameters of each layer follow from the layer before."""
    met = set()
    for table in document.of_kind("layers"):
        rows = _layer_rows(table)
        if not rows or table.rows in met:  # a table repeated has its slips once
            continue
        met.add(table.rows)
        found = Sorting("layers", [table.id])
        for place, problems in layers.problems([layer for layer, _ in rows]):
            layer, label = rows[place]
            told = f"{table.where}, {layer.name}: {'; '.join(problems)}."
            found.add(table.claims_of(label), told if problems else "")
        yield from found.results(
            f"{table.where}: {{n}} layers have the shape and the parameters that "
            "follow from the layer before."
        )
        yield from _parameter_total(table)


def _layer_rows(table: Table) -> list[tuple[layers.Layer, str]]:
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
    column = next(c for c in table.columns if c.lower() == "parameters")
    counts = {label: tables.whole(table, label, column) for label in table.labels}
    stated = {k: n for k, n in counts.items() if k.lower().startswith("total")}
    parts = sum(n or 0 for label, n in counts.items() if label not in stated)
    for label, total in stated.items():
        told = f"{table.where}: the parameters add up to {parts}, {label}: {total}."
        outcome = "consistent" if parts == total else "inconsistent"
        yield Result(
            "layers", outcome, table.claims_of(label, column), told, (table.id,)
        )
