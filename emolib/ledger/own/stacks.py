"""What a table of layers contradicts, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from emolib.ledger import arithmetic, layers
from emolib.ledger.checks.layers import layer_problem, layer_rows
from emolib.ledger.layers import Layer
from emolib.ledger.outcomes import listed
from emolib.ledger.own import fitting
from emolib.ledger.own.answers import Answer
from emolib.ledger.own.looking import ALL
from emolib.ledger.own.numbers import BLANK
from emolib.ledger.own.pasted import Fault
from emolib.ledger.tables import Table

_NOT = "cannot be checked"
PARTS = ("shape", "parameters")


def stack_answers(table: Table, name: str) -> list[Answer]:
    """What is said of each layer, and of the parameters' sum.

    Args:
        name: what the table is called.

    Raises:
        Fault: for parameters that are no number.
    """
    rows = layer_rows(table)
    if not rows:
        why = "it takes a column output shape and one of parameters"
        return [Answer(name, ALL, "layers", _NOT, why)]
    _refuse_words(table)
    found = [layer for layer, _ in rows]
    ways = layers.mended(found)
    wrong = {cell for way in ways for cell in way.wrong}
    looked = {place for place, _ in layers.problems(found)}
    made = []
    for place, (layer, label) in enumerate(rows):
        bad = [part for part in PARTS if (place, part) in wrong]
        outcome, told = "consistent", ""
        if place not in looked:
            outcome = _NOT
            told = "what it does, its shape or the shape before it is not known"
        elif bad:
            outcome = "inconsistent"
            told = listed([layer_problem(rows, place, part, ways) for part in bad])
        made.append(Answer(name, label or layer.name, "layers", outcome, told))
    return [*made, *_totals(table, name, found)]


def stack_power(table: Table) -> tuple[int, int]:
    """How many one-step changes of sizes and parameters are noticed, of how many."""
    found = [layer for layer, _ in layer_rows(table)]
    before, looked = _wrong(found), {place for place, _ in layers.problems(found)}
    changes = [
        change
        for place in sorted(looked - {place for place, _ in before})
        for change in _changes(place, found[place])
    ]
    stride = -(-len(changes) // fitting.MOST_CHANGES) or 1
    noticed = tried = 0
    for place, other in changes[::stride]:
        tried += 1
        noticed += bool(_wrong([*found[:place], other, *found[place + 1 :]]) - before)
    return noticed, tried


def _wrong(found: Sequence[Layer]) -> set[tuple[int, str]]:
    return {cell for way in layers.mended(list(found)) for cell in way.wrong}


def _changes(place: int, layer: Layer) -> Iterator[tuple[int, Layer]]:
    for step in (1, -1):
        if layer.parameters is not None and layer.parameters + step >= 0:
            yield place, replace(layer, parameters=layer.parameters + step)
        for k, size in enumerate(layer.shape):
            if size + step > 0:
                shape = (*layer.shape[:k], size + step, *layer.shape[k + 1 :])
                yield place, replace(layer, shape=shape)


def _refuse_words(table: Table) -> None:
    place = [column.lower() for column in table.columns].index("parameters")
    for line, row in zip(table.lines[1:], table.rows, strict=True):
        cell = row[place].strip()
        if cell.lower() not in BLANK and arithmetic.number(cell) is None:
            what = f"{row[0]!r}, {table.columns[place]!r}: {cell!r} is no number"
            raise Fault(line, f"{what}; correct it, or put ? for unreadable")


def _totals(table: Table, name: str, found: Sequence[Layer]) -> Iterator[Answer]:
    place = [column.lower() for column in table.columns].index("parameters")
    parts = sum(layer.parameters or 0 for layer in found)
    for row in table.rows:
        digits = arithmetic.number(row[place])
        if row[0].lower().startswith("total") and digits:
            right = float(digits) == parts
            told = (
                "" if right else f"the parameters add up to {parts}, not {row[place]}"
            )
            outcome = "consistent" if right else "inconsistent"
            yield Answer(name, row[0], "layers", outcome, told)
