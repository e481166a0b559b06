"""A table with its numbers read: what kind it is, what each cell may have been."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from emolib.ledger.arithmetic import Interval
from emolib.ledger.own import quantities
from emolib.ledger.own.pasted import Fault, Grid
from emolib.ledger.own.quantities import Quantity

KINDS = ("scores", "matrix", "results", "folds", "counts", "layers", "other")
ROUNDING = ("rounded", "cut")
"""How digits were left out: to the nearest, a half either way; or cut off."""

_NUMBER = r"[-+\u2212]?(?:[0-9][0-9.,]*|[.,][0-9]+)"
CELL = re.compile(rf"({_NUMBER})\s*(%?)")
SPREAD = re.compile(
    rf"({_NUMBER})\s*(%?)\s*(?:(?:\u00b1|\+/-|\+-|\\pm)\s*({_NUMBER})\s*(%?)"
    rf"|\(\s*(?:\u00b1\s*)?({_NUMBER})\s*(%?)\s*\))\s*(%?)"
)
INTERVAL = re.compile(
    rf"({_NUMBER})\s*(%?)\s*[\[(]\s*({_NUMBER})\s*%?\s*(?:[-\u2013\u2014,;]|to)\s*"
    rf"({_NUMBER})\s*%?\s*[\])]\s*(%?)"
)
RIGHT = re.compile(r"([0-9]+)\s*/\s*([0-9]+)")
"""Right items of so many."""
TIDY = re.compile(r"\\(?=%)|\$")
"""What LaTeX writes around a number."""
THOUSANDS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")
_EXACTLY = 12
BLANK = ("", "-", "--", "\u2013", "\u2014", "n/a", "na", "?")
SCORED = ("precision", "recall", "f1", "sensitivity")
CLASS_HEADS = (
    "class",
    "classes",
    "emotion",
    "emotions",
    "label",
    "labels",
    *("category", "categories", "class name", "class label", "emotion class"),
    *("expression", "expressions", "gesture", "affect", "sentiment", "target"),
)
MODEL_HEADS = (
    *("model", "method", "system", "classifier", "algorithm", "approach", "network"),
    *("architecture", "configuration", "setting", "variant", "experiment", "backbone"),
    *("features", "feature", "feature set", "modality", "study", "reference", "paper"),
)
CORPUS_HEADS = ("corpus", "dataset", "data set", "database", "test corpus")
PEOPLE_HEADS = (
    *("speaker", "subject", "session", "actor", "participant", "person"),
    *("test speaker", "test subject", "held out speaker", "left out speaker"),
)
FOLD_HEADS = ("fold", "folds", "run", "split", "iteration", "k", "repetition", "seed")
NO_CLASSES = (*MODEL_HEADS, *CORPUS_HEADS, *PEOPLE_HEADS, *FOLD_HEADS)
"""Heads of rows that are no classes."""
EMOTIONS = (
    *("happy", "happiness", "joy", "sad", "sadness", "angry", "anger", "fear"),
    *("fearful", "neutral", "calm", "disgust", "disgusted", "surprise", "surprised"),
    *("contempt", "boredom", "bored"),
)
MOST_ITEMS = 10**7
_NEARLY = 1.001e-9


@dataclass(frozen=True)
class Number:
    """A number as printed.

    Args:
        value: in the unit of its column.
        places: digits after the point.
        spread, spread_places: what stands behind it after +- or in brackets.
        text: as printed.
        right: right items of how many, if it is printed so.
    """

    value: float
    places: int
    text: str
    spread: float | None = None
    spread_places: int = 0
    percent: bool = False
    right: tuple[int, int] | None = None

    def hundredfold(self) -> Number:
        """The same in per cent."""
        return replace(self, value=100 * self.value)

    def between(self, mode: str, scale: float = 1) -> Interval:
        """What it may have been before digits were left out, as a share.

        >>> Number(0.5, 1, "0.5").between("rounded")
        Interval(low=0.45, high=0.55)
        """
        return _between(self.value, self.places, mode, scale)

    def spread_between(self, mode: str, scale: float = 1) -> Interval | None:
        """The same of what stands behind it."""
        if self.spread is None:
            return None
        return _between(self.spread, self.spread_places, mode, scale)


def _between(value: float, places: int, mode: str, scale: float) -> Interval:
    unit = float(f"1e-{places}")
    if mode == "rounded":
        return Interval((value - 0.5 * unit) * scale, (value + 0.5 * unit) * scale)
    # What is cut off is less than a unit: the next number would be printed as itself.
    below = _NEARLY if unit * scale > 1e-7 else 0.0
    if value <= 0:  # what is cut off to nothing may have been either side of it
        most = unit * scale - below if value == 0 else value * scale
        return Interval((value - unit) * scale + below, most)
    return Interval(value * scale, (value + unit) * scale - below)


@dataclass(frozen=True)
class Sheet:
    """A table whose numbers are read.

    Args:
        name: what it is called in answers.
        kind: one of `KINDS`.
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
        return self.kind == "scores" or bool(quantities.TESTED.search(head))

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
    heads = tuple(quantities.read(head) for head in grid.columns[1:])
    labels = tuple(row[0] for row in grid.rows)
    if not grid.rows:
        raise Fault(grid.lines[0], "only heads; give at least one row")
    kind = str(grid.facts.get("kind") or _kind(grid, heads))
    kind = {"report": "scores", "comparison": "results"}.get(kind, kind)
    if kind == "results" and _kind(grid, heads) == "folds":
        kind = "folds"
    if kind not in KINDS:
        what = f"kind {kind!r} is none of {', '.join(KINDS)}"
        raise Fault(grid.fact_lines.get("kind", grid.lines[0]), what)
    if kind in ("layers", "other"):
        none = tuple((None,) * len(heads) for _ in grid.rows)
        facts = {"of": grid.facts.get("of", "")}
        return Sheet(
            name, kind, labels, heads, none, (False,) * len(heads), facts, grid.lines
        )
    _refuse_twice(grid, labels, kind)
    facts = _facts(grid)
    classes = _square(grid, labels) if kind == "matrix" else 0
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
    made = Sheet(
        *(name, kind, labels, heads, cells, (False,) * len(heads), facts, grid.lines),
        classes=classes,
        of=str(facts.get("of", "")),
        by_class=_by_class(grid),
        first=_first(grid),
        words=_words(grid, cells),
        guess=_guess(grid, heads) if kind == "scores" else "",
    )
    percents = tuple(_percent(made, grid, column) for column in range(len(heads)))
    if kind == "matrix":  # one unit for all its cells
        any_ = any(percents[:classes])
        percents = (*(any_,) * classes, *percents[classes:])
    made = replace(made, percents=percents, cells=_in_unit(cells, percents))
    for line, problem in _impossible(made):
        raise Fault(line, problem)
    return made


# --- what kind of table it is -----------------------------------------------------


def _kind(grid: Grid, heads: tuple[Quantity, ...]) -> str:
    words = [quantities.bare(head) for head in grid.columns]
    if any("output shape" in word for word in words):
        return "layers"
    labels = [quantities.bare(row[0]) for row in grid.rows]
    if _classes_of(grid):
        return "matrix"
    keys, first = {head.key for head in heads}, _first(grid)
    numbered = sum(bool(re.fullmatch(r"(\S+ )?[0-9]+", label)) for label in labels) > 1
    if keys & {*quantities.NAMES} - {*quantities.COUNTS}:
        if (first in FOLD_HEADS and numbered) or _of_folds(labels):
            return "folds"
        roles = {quantities.row(label) for label in labels}
        if first in PEOPLE_HEADS or (first in CORPUS_HEADS and "mean" in roles):
            return "folds"
        if keys & {*SCORED} and first not in (*MODEL_HEADS, *CORPUS_HEADS):
            averages = grid.facts.get("average")
            supports = "support" in words or "supports" in words
            if not averages and (_of_classes(grid) or supports):
                return "scores"
        return "results"
    if _counts_items(grid):
        return "matrix" if _matrix_like(grid) else "counts"
    return "other"


def _counts_items(grid: Grid) -> bool:
    """Whether all cells are whole numbers, but for words in fewer than half of each."""
    for place in range(1, len(grid.columns)):
        cells = [row[place] for row in grid.rows if row[place] not in BLANK]
        others = [cell for cell in cells if not re.fullmatch("-?[0-9][0-9,]*", cell)]
        if 2 * len(others) > len(cells) or any(map(CELL.match, others)):
            return False
    return any(cell not in BLANK for row in grid.rows for cell in row[1:])


def _first(grid: Grid) -> str:
    return re.sub(r" (no|number|id)$", "", quantities.bare(grid.columns[0]))


def _by_class(grid: Grid) -> bool:
    labels = [quantities.bare(row[0]) for row in grid.rows]
    emotions = sum(label in EMOTIONS for label in labels)
    return _first(grid) in CLASS_HEADS or 2 * emotions >= len(labels)


def _of_classes(grid: Grid) -> bool:
    """Whether rows are classes by their names or by those that stand below them."""
    roles = {quantities.row(row[0]) for row in grid.rows}
    averaged = {"macro", "weighted", "micro", "samples", "accuracy"} & roles
    return _by_class(grid) or bool(averaged)


def _guess(grid: Grid, heads: tuple[Quantity, ...]) -> str:
    """What the rows of a report may be that only its supports make one."""
    said = grid.facts.get("kind") or _of_classes(grid)
    return "" if said else "if its rows are classes; of models say kind: results"


def _words(grid: Grid, cells: tuple[tuple[Number | None, ...], ...]) -> tuple[str, ...]:
    return tuple(
        " ".join([row[0], *(w for w, n in zip(row[1:], one, strict=True) if n is None)])
        for row, one in zip(grid.rows, cells, strict=True)
    )


def _of_folds(labels: list[str]) -> bool:
    return sum(bool(re.fullmatch(r"(fold|run|split) ?\d+", one)) for one in labels) > 1


PREFIX = re.compile(
    r"^(true|actual|predicted|pred\.?|real class|class)\s*[:=]?\s+", re.I
)
SIDES = ("true", "actual", "predicted", "pred")
"""Words above a matrix' rows."""


def _class_name(text: str) -> str:
    """A class as it stands on either side of a matrix."""
    return quantities.bare(PREFIX.sub("", text)) or text.strip()


def _classes_of(grid: Grid) -> int:
    """How many classes a matrix has; 0 if the table is none.

    Its first rows and columns bear the same names in the same order; totals, recalls
    and precisions may follow.
    """
    across = [_class_name(head) for head in grid.columns[1:]]
    down = [_class_name(row[0]) for row in grid.rows]
    same = 0
    for one, other in zip(across, down, strict=False):
        if not one or not _alike(one, other):
            break
        same += 1
    extra = {*across[same:]} | {*down[same:]}
    known = all(quantities.read(name).key or quantities.row(name) for name in extra)
    margins = extra and {"total", "sum", "all"} & {*across[:same]}
    while same and across[same - 1] in ("total", "sum", "all", "totals"):
        same -= 1
        margins = True
    return same if same > 1 and (known or margins) else 0


def _alike(one: str, other: str) -> bool:
    """Whether two names are of one class: the same, or one cut short."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) > 2 and long.startswith(short))


def _matrix_like(grid: Grid) -> bool:
    """Whether whole numbers are of a matrix, if of one that is not square.

    Half its names, or more, stand on both sides, or its head says what they are.
    """
    across = {_class_name(head) for head in grid.columns[1:]}
    down = {_class_name(row[0]) for row in grid.rows}
    across, down = (
        {n for n in side if not quantities.row(n)} for side in (across, down)
    )
    both = len(across & down)
    said = {*quantities.bare(grid.columns[0]).split()} & {*SIDES}
    fewer = min(len(across), len(down))
    return fewer > 1 and (both > 1 and 2 * both >= fewer or bool(said))


def _square(grid: Grid, labels: tuple[str, ...]) -> int:
    found = _classes_of(grid)
    if found:
        return found
    across = [_class_name(head) for head in grid.columns[1:]]
    down = [_class_name(label) for label in labels]
    if len(across) != len(down):
        size = f"{len(down)} rows by {len(across)} columns"
        what = f"the matrix is not square: {size}; give a row for each class, or say "
        what += "kind: counts"
        raise Fault(grid.lines[0], what)
    for line, one, other in zip(grid.lines[1:], down, across, strict=True):
        if one != other:
            what = f"row {one!r} stands where column {other!r} does; same order"
            raise Fault(line, what)
    raise Fault(grid.lines[0], "a matrix has two classes at least; give them all")


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


# --- numbers ----------------------------------------------------------------------


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
        cells = [TIDY.sub("", row[place]).strip() for row in grid.rows]
        cells = [cell for cell in cells if cell.lower() not in BLANK]
        whole = all(WHOLE_NUMBER.fullmatch(cell) for cell in cells)
        numbers = any(CELL.fullmatch(cell) for cell in cells)
        right = head.key == "accuracy" and "correct" in quantities.bare(head.said)
        sure = quantities.TESTED.search(quantities.bare(head.said))
        key = head.key
        if kind in ("results", "folds") and right and whole and counted and cells:
            key = "right"
        elif kind in ("results", "folds", "scores") and not whole and numbers:
            other = key in ("positive", "negative", "total")
            key = "" if other or (key == "support" and not sure) else key
        made.append(head._replace(key=key))
    return tuple(made)


WHOLE_NUMBER = re.compile(r"-?[0-9][0-9,]*|[0-9]{1,3}(\.[0-9]{3})+")


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
    text = TIDY.sub("", cell).strip()
    if text.lower() in BLANK:
        return None
    if dotted and THOUSANDS.fullmatch(text):
        text = text.replace(".", "")
    number = _number(text, commas)
    if number is None and wanted:
        where = f"{label!r}, {grid.columns[place + 1]!r}: {text!r}"
        if text.lower() in ("nan", "inf", "-inf", "none", "null"):
            what = f"{where} is no number; leave the cell blank if nothing was printed"
            raise Fault(line, what)
        raise Fault(line, f"{where} is no number; correct it, or put ? for unreadable")
    return number


def _number(text: str, commas: bool) -> Number | None:
    """A cell's number.

    >>> _number("0.70 (0.01)", False).spread, _number("85,3 %", True).value
    (0.01, 85.3)
    """
    if match := RIGHT.fullmatch(text):
        right, n = int(match[1]), int(match[2])
        if not 0 < n <= MOST_ITEMS or right > n:
            return None
        return Number(right / n, _EXACTLY, text, right=(right, n))
    match = CELL.fullmatch(text)
    parts = [match[1], "", match[2]] if match else None
    if interval := INTERVAL.fullmatch(text):  # it is no deviation
        low, value, high = (_plain(interval[k], commas) for k in (3, 1, 4))
        if None in (low, value, high) or not float(low) <= float(value) <= float(high):
            return None
        parts, match = [interval[1], "", interval[2] or interval[5]], interval
    if not match:
        match = SPREAD.fullmatch(text)
        if not match:
            return None
        percent = match[2] or match[4] or match[6] or match[7]
        parts = [match[1], match[3] or match[5], percent]
    value, spread = (_plain(part, commas) for part in parts[:2])
    if value is None or (parts[1] and spread is None):
        return None
    return Number(
        float(value),
        _places(value),
        text,
        float(spread) if spread else None,
        _places(spread or ""),
        bool(parts[2]),
    )


def _plain(text: str, commas: bool) -> str | None:
    """Digits with a point; None if the commas or points make no number."""
    text = text.replace("\u2212", "-")
    if commas:
        text = re.sub(r"\.(?=\d{3}(\D|$))", "", text) if "," in text else text
        text = text.replace(",", ".")
    else:
        text = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", text)
    return text if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", text) else None


def _places(text: str) -> int:
    return len(text.partition(".")[2])


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
    """Whether a matrix counts items.

    Whole numbers do, but for a matrix that is said, or seen, to be in per cent.
    """
    size = made.classes
    whole = all(
        n is not None and not n.places and not n.percent
        for row in made.cells[:size]
        for n in row[:size]
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


# --- facts ------------------------------------------------------------------------

WHOLE = {"n": 1, "positive": 1, "negative": 1, "folds": 2, "classes": 2}


def _facts(grid: Grid) -> dict[str, object]:
    """What is said of a table, its numbers read."""
    found: dict[str, object] = {}
    for name, value in grid.facts.items():
        line = grid.fact_lines.get(name, grid.lines[0])
        if name in WHOLE:
            digits = re.sub(r"[ ,.'](?=\d{3}\b)", "", str(value))
            if not digits.isdigit() or not WHOLE[name] <= int(digits) <= MOST_ITEMS:
                what = f"give a whole number from {WHOLE[name]} on"
                raise Fault(line, f"{name}: {value!r}; {what}")
            found[name] = int(digits)
        elif name == "accuracy":
            number = _number(str(value), "," in str(value))
            if number is None or number.value < 0 or number.value > 100:
                raise Fault(line, f"accuracy: {value!r} is none; give 81.5 % or 0.815")
            found[name] = number
        elif name == "average":
            found[name] = _chosen(
                line, name, value, ("positive", "macro", "weighted", "micro"),
                {"binary": "positive"},
            )  # fmt: skip
        elif name == "aggregation":
            found[name] = _chosen(line, name, value, ("mean", "pooled"), {})
        elif name == "digits":
            found[name] = _chosen(line, name, value, ("rounded", "cut or rounded"), {})
        elif name == "fold sizes":
            found[name] = _sizes(line, str(value))
        elif name == "stratified":
            found[name] = str(value).lower() in ("yes", "true", "1")
        elif name == "unit" and not isinstance(value, dict):
            told = {"%": "%", "per cent": "%", "percent": "%", "": ""}
            told |= {"share": "share", "shares": "share", "items": "items"}
            said = told.get(str(value).lower())
            if said is None:
                raise Fault(line, f'unit: {value!r}; give "%", share or items')
            found[name] = said
        else:
            found[name] = value
    return found


def _chosen(
    line: int, name: str, value: object, known: tuple[str, ...], same: dict[str, str]
) -> str:
    said = same.get(str(value).lower(), str(value).lower())
    if said not in known:
        raise Fault(line, f"{name}: {value!r}; give {', '.join(known)} or nothing")
    return said


def _sizes(line: int, value: str) -> list[int] | str:
    if value.lower() == "even":
        return "even"
    parts = re.split(r"[\s,;]+", value.strip("[] "))
    if not all(part.isdigit() and int(part) for part in parts):
        raise Fault(line, f"fold sizes: {value!r}; give whole numbers, or even")
    return [int(part) for part in parts]
