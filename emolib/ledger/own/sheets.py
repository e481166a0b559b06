"""A table with its numbers read: rows and columns that checks can ask."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from emolib.ledger.arithmetic import Interval
from emolib.ledger.own import facts as said
from emolib.ledger.own import kinds, numbers, quantities
from emolib.ledger.own.numbers import BLANK, MOST_ITEMS, Number
from emolib.ledger.own.pasted import Fault, Grid
from emolib.ledger.own.quantities import Quantity


@dataclass(frozen=True)
class Sheet:
    """A table whose numbers are read.

    Args:
        name: what it is called in answers.
        kind: one of `kinds.KINDS`.
        labels: of the rows.
        columns: what each holds, without the labels'.
        cells: the numbers, row by row; None where nothing is printed.
        percents: which columns are in per cent.
        facts: numbers and words that are said of it.
        lines: of the heads, then of each row.
        classes: of a matrix, the columns that are classes; they are its first.
        of: the system that it is about.
        by_class: whether its rows are classes.
        first: what stands above its rows' labels, bare.
        words: of each row, its label and its cells that are no numbers.
        guess: what else its rows may be, and what to say then; empty if that is clear.
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    columns: tuple[Quantity, ...]
    cells: tuple[tuple[Number | None, ...], ...]
    percents: tuple[bool, ...]
    facts: dict[str, object]
    lines: tuple[int, ...]
    classes: int = 0
    of: str = ""
    by_class: bool = False
    first: str = ""
    words: tuple[str, ...] = ()
    guess: str = ""

    def scale(self, column: int) -> float:
        """What turns a column's numbers into shares."""
        return 0.01 if self.percents[column] else 1.0

    def column(self, key: str, average: str | None = None) -> int | None:
        """The first column that holds a quantity."""
        for place, quantity in enumerate(self.columns):
            if quantity.key == key and average in (None, quantity.average):
                return place
        return None

    def share(self, row: int, column: int | None, mode: str) -> Interval | None:
        """What a cell may have been; None if nothing is printed there."""
        number = None if column is None else self.cells[row][column]
        return number and number.between(mode, self.scale(column))

    @functools.cached_property
    def sizes(self) -> set[int]:
        """How many items its rows count."""
        return {self.count(row, "support") for row in self.rows()} - {None}

    @functools.cached_property
    def tested(self) -> bool:
        """Whether the items that it counts can be the tested ones alone."""
        column = self.column("support")
        head = "" if column is None else quantities.bare(self.columns[column].said)
        return bool(quantities.TESTED.search(head))

    def count(self, row: int, key: str) -> int | None:
        """A cell that counts items."""
        column = self.column(key)
        number = None if column is None else self.cells[row][column]
        return None if number is None else int(number.value)

    def rows(self, *keys: str) -> list[int]:
        """The rows that are of a kind; without one, those that are none."""
        wanted = keys or ("",)
        return [r for r, role in enumerate(self._roles) if role in wanted]

    @functools.cached_property
    def _roles(self) -> tuple[str, ...]:
        return tuple(map(self.role, self.labels))

    @functools.cached_property
    def places(self) -> dict[int, int]:
        """Where each row stands among those that are a class, a model or a fold."""
        return {row: place for place, row in enumerate(self.rows())}

    def role(self, label: str) -> str:
        """What a row is that is no class, model or fold."""
        found = quantities.row(label)
        if found in ("mean", "macro", "micro", "weighted", "samples"):
            return found
        if self.kind in ("scores", "counts", "folds") or found == "deviation":
            return found
        return ""


def sheet(grid: Grid, name: str) -> Sheet:
    """A table with its numbers read.

    Raises:
        Fault: for a cell, a label or a fact that cannot be meant.
    """
    grid = kinds.upright(grid)
    heads = tuple(quantities.read(head) for head in grid.columns[1:])
    labels = tuple(row[0] for row in grid.rows)
    if not grid.rows:
        raise Fault(grid.lines[0], "only heads; give at least one row")
    kind = str(grid.facts.get("kind") or kinds.kind_of(grid, heads))
    kind = {"report": "scores", "comparison": "results"}.get(kind, kind)
    if kind == "results" and kinds.kind_of(grid, heads) == "folds":
        kind = "folds"
    if kind not in kinds.KINDS:
        what = f"kind {kind!r} is none of {', '.join(kinds.KINDS)}"
        raise Fault(grid.fact_lines.get("kind", grid.lines[0]), what)
    if kind in ("layers", "other"):
        none = tuple((None,) * len(heads) for _ in grid.rows)
        facts = {"of": grid.facts.get("of", "")}
        return Sheet(
            name, kind, labels, heads, none, (False,) * len(heads), facts, grid.lines
        )
    _refuse_twice(grid, labels, kind)
    facts = said.read(grid)
    classes = kinds.square(grid, labels) if kind == "matrix" else 0
    if kind == "matrix":
        heads = tuple(
            Quantity("class", "", head.said) if place < classes else head
            for place, head in enumerate(heads)
        )
    heads = _as_they_are(grid, heads, kind)
    commas = _decimal_commas(grid, heads, kind, facts.get("unit") in ("%", "share"))
    dotted = any(
        re.search("[0-9],[0-9]", cell) for row in grid.rows for cell in row[1:]
    )
    cells = tuple(
        tuple(
            _read(
                *(cell, grid, line, row[0], place),
                *(_wanted(heads[place], kind), commas[place]),
                heads[place].key in quantities.COUNTS and dotted,
            )
            for place, cell in enumerate(row[1:])
        )
        for line, row in zip(grid.lines[1:], grid.rows, strict=True)
    )
    if kind == "scores":
        cells = tuple(map(_no_support, labels, itertools.repeat(heads), cells))
    made = Sheet(
        *(name, kind, labels, heads, cells, (False,) * len(heads), facts, grid.lines),
        classes=classes,
        of=str(facts.get("of", "")),
        by_class=kinds.by_class(grid),
        first=kinds.first_head(grid),
        words=_words(grid, cells),
        guess=kinds.guess(grid, heads) if kind == "scores" else "",
    )
    percents = tuple(_percent(made, grid, column) for column in range(len(heads)))
    if kind == "matrix":  # one unit for all its cells
        any_ = any(percents[:classes])
        percents = (*(any_,) * classes, *percents[classes:])
    made = replace(made, percents=percents, cells=_in_unit(cells, percents))
    for line, problem in _impossible(made):
        raise Fault(line, problem)
    return made


def _words(grid: Grid, cells: tuple[tuple[Number | None, ...], ...]) -> tuple[str, ...]:
    return tuple(
        " ".join([row[0], *(w for w, n in zip(row[1:], one, strict=True) if n is None)])
        for row, one in zip(grid.rows, cells, strict=True)
    )


def _refuse_twice(grid: Grid, labels: tuple[str, ...], kind: str) -> None:
    seen: dict[str, int] = {}
    for head in grid.columns[1:]:
        key = head.lower()
        if not key:
            raise Fault(grid.lines[0], "a column without a name; name each once")
        if key in seen:
            raise Fault(grid.lines[0], f"column {head!r} stands twice; name each once")
        seen[key] = 1
    seen = {}
    for line, label in zip(grid.lines[1:], labels, strict=True):
        key = label.lower()
        if key in seen and kind != "results":
            what = f"row {label!r} stands in line {seen[key]} too; tell the two apart"
            raise Fault(line, what)
        seen.setdefault(key, line)


# --- cells ------------------------------------------------------------------------


def _decimal_commas(
    grid: Grid, heads: tuple[Quantity, ...], kind: str, shares: bool
) -> tuple[bool, ...]:
    """In which columns a comma stands before decimals.

    In one of scores it does, since no score has thousands; in one of items it does
    not; elsewhere where it cannot be one of thousands.
    """
    sure = shares or any(
        re.fullmatch(r"0?,\d+|\d+,(\d{1,2}|\d{4,})", match)
        for row in grid.rows
        for cell, head in zip(row[1:], heads, strict=True)
        if head.key in ("", "class")
        for match in re.findall(r"[\d.]*,[\d,.]*", cell)
    )
    return tuple(
        kind != "counts" and (sure if head.key in ("", "class") else True)
        if head.key not in quantities.COUNTS
        else False
        for head in heads
    )


def _as_they_are(
    grid: Grid, heads: tuple[Quantity, ...], kind: str
) -> tuple[Quantity, ...]:
    """What columns hold that are not what their heads alone say.

    Right items where a column called correct counts; of columns called positive, total
    or samples that do not, nothing that is known.
    """
    made = []
    counted = {head.key for head in heads} & {"support", "total"}
    for place, head in enumerate(heads, 1):
        cells = [numbers.TIDY.sub("", row[place]).strip() for row in grid.rows]
        cells = [cell for cell in cells if cell.lower() not in BLANK]
        whole = all(numbers.WHOLE_NUMBER.fullmatch(cell) for cell in cells)
        numeric = any(numbers.CELL.fullmatch(cell) for cell in cells)
        right = head.key == "accuracy" and "correct" in quantities.bare(head.said)
        sure = quantities.TESTED.search(quantities.bare(head.said))
        key = head.key
        if kind in ("results", "folds") and right and whole and counted and cells:
            key = "right"
        elif kind in ("results", "folds", "scores") and not whole and numeric:
            other = key in ("positive", "negative", "total")
            key = "" if other or (key == "support" and not sure) else key
        made.append(head._replace(key=key))
    return tuple(made)


def _no_support(
    label: str, heads: tuple[Quantity, ...], cells: tuple[Number | None, ...]
) -> tuple[Number | None, ...]:
    """A row without the accuracy that scikit-learn's own table has for its support."""
    if quantities.row(label) != "accuracy":
        return cells
    return tuple(
        None if number and head.key == "support" and number.value < 1 else number
        for head, number in zip(heads, cells, strict=True)
    )


def _wanted(head: Quantity, kind: str) -> bool:
    return bool(head.key) or kind in ("matrix", "counts")


def _read(
    cell: str,
    grid: Grid,
    line: int,
    label: str,
    place: int,
    wanted: bool,
    commas: bool,
    dotted: bool,
) -> Number | None:
    text = numbers.TIDY.sub("", cell).strip()
    if text.lower() in BLANK:
        return None
    if dotted and numbers.THOUSANDS.fullmatch(text):
        text = text.replace(".", "")
    number = numbers.number(text, commas)
    if number is None and wanted:
        where = f"{label!r}, {grid.columns[place + 1]!r}: {text!r}"
        if text.lower() in ("nan", "inf", "-inf", "none", "null"):
            what = f"{where} is no number; leave the cell blank if nothing was printed"
            raise Fault(line, what)
        raise Fault(line, f"{where} is no number; correct it, or put ? for unreadable")
    return number


# --- units ------------------------------------------------------------------------


def _percent(made: Sheet, grid: Grid, column: int) -> bool:
    """Whether a column is in per cent.

    Raises:
        Fault: if shares and per cents stand in one column.
    """
    head = made.columns[column]
    unit = made.facts.get("unit", "")
    if isinstance(unit, dict):
        unit = unit.get(grid.columns[column + 1], "")
    if head.key in quantities.COUNTS or made.kind == "counts":
        return False
    if not head.key:
        return False
    if "%" in grid.columns[column + 1] or unit == "%":
        return True
    found = [
        (r, row[column])
        for r, row in enumerate(made.cells)
        if row[column] is not None and made.role(made.labels[r]) != "deviation"
        and row[column].right is None
    ]  # fmt: skip
    if head.key == "class":
        found = [
            (made.lines[r + 1], row[place])
            for r, row in enumerate(made.cells[: made.classes])
            for place, row_ in enumerate(row[: made.classes])
            if row_ is not None
        ]
        _refuse_two_units(made)
        if unit in ("share", "items"):
            return False
        return any(number.percent for _, number in found) or _sums_to(made, 100)
    marked = [number.percent for _, number in found]
    if any(marked):
        return True
    if unit == "share" or not any(abs(n.value) > 1 for _, n in found):
        return False
    small = [(r, n) for r, n in found if 0 < abs(n.value) <= 1 and n.places]
    large = [(r, n) for r, n in found if abs(n.value) > 1]
    if small:  # the fewer are the odder
        few, many = sorted((small, large), key=len)
        (row, number), (_, other) = few[0], many[0]
        where = f"{made.labels[row]!r}, {head.said!r}"
        what = f"{where}: {number.text!r} beside {other.text!r}: shares or per cent?"
        raise Fault(made.lines[row + 1], f"{what} write all alike, or say unit: %")
    return True


def _in_unit(
    cells: tuple[tuple[Number | None, ...], ...], percents: tuple[bool, ...]
) -> tuple[tuple[Number | None, ...], ...]:
    """Right items of so many in the unit of their column."""
    return tuple(
        tuple(
            n.hundredfold() if n is not None and n.right and percents[c] else n
            for c, n in enumerate(row)
        )
        for row in cells
    )


def _refuse_two_units(made: Sheet) -> None:
    """Rows in shares and rows in per cents stand in no one matrix.

    Raises:
        Fault: if they do.
    """
    found: dict[int, list[int]] = {1: [], 100: []}
    for r, row in enumerate(made.cells[: made.classes]):
        cells = [n for n in row[: made.classes] if n is not None]
        total = sum(n.value for n in cells)
        for whole in found:
            if any(n.places for n in cells) and abs(total - whole) < 0.05 * whole:
                found[whole].append(r)
    if found[1] and found[100]:
        row = min(found.values(), key=len)[0]
        what = f"row {made.labels[row]!r}: shares or per cent? the other rows are not"
        raise Fault(made.lines[row + 1], f"{what}; write all alike")


def _sums_to(made: Sheet, whole: float) -> bool:
    """Whether most rows, or columns, of a matrix add up to a whole that is printed.

    A matrix whose rows all hold 100 items looks the same, unless their number is said.
    """
    size = made.classes
    cells = [row[:size] for row in made.cells[:size]]
    if any(n is None for row in cells for n in row):
        return False
    decimals = max(n.places for row in cells for n in row)
    room = 0.5 * size * float(f"1e-{decimals}") + 1e-9
    down = [sum(n.value for n in row) for row in cells]
    across = [sum(row[place].value for row in cells) for place in range(size)]
    near = max(
        sum(abs(total - whole) <= room for total in totals) for totals in (down, across)
    )
    if not decimals:
        return near == size and made.facts.get("n") != size * whole
    return 2 * near >= size or abs(sum(down) - whole) <= size * room


def counts(made: Sheet) -> bool:
    """Whether a matrix counts items, as far as it is legible.

    Whole numbers do, but for a matrix that is said, or seen, to be in per cent.
    """
    inside = [n for row in made.cells[: made.classes] for n in row[: made.classes]]
    whole = any(inside) and all(
        n is None or not n.places and not n.percent for n in inside
    )
    return made.kind == "matrix" and whole and not made.percents[0]


def _impossible(made: Sheet) -> Iterator[tuple[int, str]]:
    """Numbers that no such column can hold."""
    counted = made.kind == "counts" or counts(made)
    for r, (label, row) in enumerate(zip(made.labels, made.cells, strict=True)):
        for c, number in enumerate(row):
            if number is None:
                continue
            head, where = made.columns[c], f"{label!r}, {made.columns[c].said!r}"
            where, value = f"{where}: {number.text!r}", number.value
            if head.key == "class" and r < made.classes and number.spread is not None:
                what = "two numbers in a cell; give the counts alone, or the shares"
                yield made.lines[r + 1], f"{where}: {what}"
            score = quantities.read(label).key not in ("", *quantities.COUNTS)
            if made.classes and r >= made.classes and score:
                if not 0 <= value <= 100:
                    yield made.lines[r + 1], f"{where} is no share; correct it"
                continue
            counts_here = (
                head.key in quantities.COUNTS
                or counted
                and (head.key in ("class", "") and made.role(label) != "deviation")
            )
            if made.kind == "counts" and number.percent:
                continue
            if head.key == "" and made.kind != "counts":
                continue
            if head.key in ("total",) and made.kind == "matrix" and not counted:
                continue
            if counts_here:
                whole = float(value).is_integer()
                if not whole or value < 0:
                    what = "counts items; give a whole number, not below 0"
                    yield made.lines[r + 1], f"{where} {what}"
                elif value > MOST_ITEMS:
                    what = "counts more items than any test has; correct it"
                    yield made.lines[r + 1], f"{where} {what}"
                continue
            top = 100 if made.percents[c] else 1
            low = -top if head.key in quantities.SIGNED else 0
            if not low <= value <= top:
                unit = "above 100 % or below 0" if made.percents[c] else "no share"
                yield made.lines[r + 1], f"{where} is {unit}; correct cell or unit"
            if number.spread is not None and number.spread < 0:
                what = "a deviation is not below 0; correct it"
                yield made.lines[r + 1], f"{where}: {what}"
