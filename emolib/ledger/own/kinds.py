"""What kind of table it is: seen by its heads, its rows and what was said of it."""

from __future__ import annotations

import re
from dataclasses import replace

from emolib.ledger.own import quantities
from emolib.ledger.own.numbers import BLANK, CELL
from emolib.ledger.own.pasted import Fault, Grid
from emolib.ledger.own.quantities import Quantity

KINDS = ("scores", "matrix", "results", "folds", "counts", "layers", "other")
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


def upright(grid: Grid) -> Grid:
    """A table with its scores across, and of a matrix the true classes down.

    It is turned over where its rows are called by scores and no column is, or where
    what stands above or before its rows says that these are the predicted classes.
    """
    known = [quantities.read(row[0]).key for row in grid.rows]
    scores = {*known} - {"", *quantities.COUNTS}
    heads = {quantities.read(head).key for head in grid.columns[1:]} - {"total"}
    if classes_of(grid):
        labels = [quantities.bare(row[0]) for row in grid.rows]
        said = TURNED.match(quantities.bare(grid.columns[0]))
        turn = said or all(label.startswith("pred") for label in labels)
    else:
        turn = (
            scores and heads <= {""} and 2 * len([k for k in known if k]) >= len(known)
        )
    if not turn:
        return grid
    labels, *columns = zip(*grid.rows, strict=True)
    return replace(
        grid,
        columns=(grid.columns[0], *labels),
        rows=tuple(zip(grid.columns[1:], *zip(*columns, strict=True), strict=True)),
        lines=(grid.lines[0],) * len(grid.columns),
    )


TURNED = re.compile(
    r"pred(icted|iction|ictions)?( class| label)? (vs |and )?"
    r"(true|actual|real|truth|target)"
)
"""What says that predicted classes stand down, and true ones across."""


def kind_of(grid: Grid, heads: tuple[Quantity, ...]) -> str:
    words = [quantities.bare(head) for head in grid.columns]
    if any("output shape" in word for word in words):
        return "layers"
    labels = [quantities.bare(row[0]) for row in grid.rows]
    if classes_of(grid):
        return "matrix"
    keys, first = {head.key for head in heads}, first_head(grid)
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


def first_head(grid: Grid) -> str:
    return re.sub(r" (no|number|id)$", "", quantities.bare(grid.columns[0]))


def by_class(grid: Grid) -> bool:
    labels = [quantities.bare(row[0]) for row in grid.rows]
    emotions = sum(label in EMOTIONS for label in labels)
    return first_head(grid) in CLASS_HEADS or 2 * emotions >= len(labels)


def _of_classes(grid: Grid) -> bool:
    """Whether rows are classes by their names or by those that stand below them."""
    roles = {quantities.row(row[0]) for row in grid.rows}
    averaged = {"macro", "weighted", "micro", "samples", "accuracy"} & roles
    return by_class(grid) or bool(averaged)


def guess(grid: Grid, heads: tuple[Quantity, ...]) -> str:
    """What the rows of a report may be that only its supports make one."""
    said = grid.facts.get("kind") or _of_classes(grid)
    return "" if said else "if its rows are classes; of models say kind: results"


def _of_folds(labels: list[str]) -> bool:
    return sum(bool(re.fullmatch(r"(fold|run|split) ?\d+", one)) for one in labels) > 1


PREFIX = re.compile(
    r"^(true|actual|predicted|pred\.?|real class|class)\s*[:=]?\s+", re.I
)
SIDES = ("true", "actual", "predicted", "pred")
"""Words above a matrix' rows."""


def class_name(text: str) -> str:
    """A class as it stands on either side of a matrix."""
    return quantities.bare(PREFIX.sub("", text)) or text.strip()


def classes_of(grid: Grid) -> int:
    """How many classes a matrix has; 0 if the table is none.

    Its first rows and columns bear the same names in the same order; totals, recalls
    and precisions may follow.
    """
    across = [class_name(head) for head in grid.columns[1:]]
    down = [class_name(row[0]) for row in grid.rows]
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
    across = {class_name(head) for head in grid.columns[1:]}
    down = {class_name(row[0]) for row in grid.rows}
    across, down = (
        {n for n in side if not quantities.row(n)} for side in (across, down)
    )
    both = len(across & down)
    said = {*quantities.bare(grid.columns[0]).split()} & {*SIDES}
    fewer = min(len(across), len(down))
    return fewer > 1 and (both > 1 and 2 * both >= fewer or bool(said))


def square(grid: Grid, labels: tuple[str, ...]) -> int:
    found = classes_of(grid)
    if found:
        return found
    across = [class_name(head) for head in grid.columns[1:]]
    down = [class_name(label) for label in labels]
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
