"""What the checks of pasted tables catch, and whether they accuse an honest one.

Honest tables of each kind are computed from random confusion matrices, in exact
fractions, and written as a stranger might: in Markdown, as CSV, with decimal commas or
as printed; in shares or per cents; rounded half to even, half up, or cut off. In a
planted one a single score is a step of its last digit away from what it was.

    python benchmarks/tables.py            writes benchmarks/tables.json
    python benchmarks/tables.py --tables 200 --planted 50 --out -
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from emolib.ledger.own import answers, pasted, sheets
from emolib.ledger.own.check import WRONG

STYLES = ("markdown", "csv", "semicolons", "printed")


@dataclass(frozen=True)
class Made:
    """A table before it is written down.

    Args:
        facts: lines that stand before it.
        heads: of its columns.
        rows: of cells; a `Score` is a number that can be planted, text stands as it is.
    """

    facts: list[str]
    heads: list[str]
    rows: list[list[object]]


@dataclass(frozen=True)
class Score:
    """A score as printed: a whole number of units of its last digit."""

    units: int
    places: int
    after: str = ""
    top: int = field(default=10**9)

    def __str__(self) -> str:
        sign = "-" if self.units < 0 else ""
        whole, rest = divmod(abs(self.units), 10**self.places)
        point = f".{rest:0{self.places}d}" if self.places else ""
        return f"{sign}{whole}{point}{self.after}"


class Printing:
    """One way of printing, for all numbers of a table."""

    def __init__(self, draw: np.random.Generator) -> None:
        self.way = str(draw.choice(["even", "up", "cut"], p=[0.5, 0.25, 0.25]))
        self.percent = bool(draw.random() < 0.5)
        self.places = int(draw.integers(1, 4) if self.percent else draw.integers(2, 5))

    def score(self, value: Fraction | float, after: str = "") -> Score:
        """A share as it is printed."""
        scaled = Fraction(value) * (100 if self.percent else 1) * 10**self.places
        units = {
            "even": lambda: round(scaled),
            "up": lambda: math.floor(scaled + Fraction(1, 2)),
            "cut": lambda: math.trunc(scaled),
        }[self.way]()
        top = (100 if self.percent else 1) * 10**self.places
        return Score(units, self.places, after, top)

    @property
    def facts(self) -> list[str]:
        return ["unit: %"] if self.percent else ["unit: share"]


# --- honest tables ----------------------------------------------------------------


def _matrix(draw: np.random.Generator, size: int, most: int = 120) -> np.ndarray:
    """A random confusion matrix whose rows are not empty."""
    supports = draw.integers(5, most, size)
    good = draw.uniform(0.2, 0.98)
    rows = []
    for k, n in enumerate(supports):
        odds = draw.dirichlet(np.full(size, 0.7)) * (1 - good)
        odds[k] += good
        rows.append(draw.multinomial(n, odds / odds.sum()))
    return np.array(rows)


def _rates(cells: np.ndarray) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Precision, recall and F1 of each class; 0 where nothing is divided by."""
    found = []
    for k in range(len(cells)):
        right, true, said = (
            int(cells[k, k]),
            int(cells[k].sum()),
            int(cells[:, k].sum()),
        )
        precision = Fraction(right, said) if said else Fraction(0)
        found.append(
            (precision, Fraction(right, true), Fraction(2 * right, true + said))
        )
    return found


def _accuracy(cells: np.ndarray) -> Fraction:
    return Fraction(int(np.trace(cells)), int(cells.sum()))


def report(draw: np.random.Generator, size: int = 0, supports: bool = True) -> Made:
    """Scores of classes, with averages and an accuracy."""
    cells, way = _matrix(draw, size or int(draw.integers(2, 9))), Printing(draw)
    counts = [int(row.sum()) for row in cells]
    rates, total = _rates(cells), sum(counts)
    names = [f"class {k}" for k in range(len(cells))]
    rows = [
        [name, *map(way.score, scores), str(n)]
        for name, scores, n in zip(names, rates, counts, strict=True)
    ]
    columns = list(zip(*rates, strict=True))
    macro = [sum(column) / len(cells) for column in columns]
    weighted = [
        sum(n * value for n, value in zip(counts, column, strict=True)) / total
        for column in columns
    ]
    kind = int(draw.integers(0, 4))
    if kind != 1:
        rows.append(["accuracy", "", "", way.score(_accuracy(cells)), str(total)])
    if kind != 2:
        label = str(draw.choice(["macro avg", "Macro average", "Mean", "Overall"]))
        rows.append([label, *map(way.score, macro), str(total)])
    if kind == 0:
        rows.append(["weighted avg", *map(way.score, weighted), str(total)])
    heads = [
        "class",
        "Prec.",
        "Rec.",
        str(draw.choice(["f-measure", "F1-score", "F1"])),
    ]
    heads.append("support")
    if not supports:
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    return Made(way.facts, heads, rows)


def two_class_report(draw: np.random.Generator) -> Made:
    """A report on two classes."""
    return report(draw, size=2)


def report_without_supports(draw: np.random.Generator) -> Made:
    """A report whose supports are not printed."""
    return report(draw, supports=False)


def matrix(draw: np.random.Generator) -> Made:
    """A matrix of counts with totals, recalls, and the accuracy stated."""
    cells, way = _matrix(draw, int(draw.integers(2, 8))), Printing(draw)
    names = [f"class {k}" for k in range(len(cells))]
    rows = [
        [name, *map(str, row), str(row.sum()), way.score(rate[1])]
        for name, row, rate in zip(names, cells, _rates(cells), strict=True)
    ]
    rows.append(["total", *map(str, cells.sum(0)), str(cells.sum()), ""])
    stated = way.score(_accuracy(cells), " %" if way.percent else "")
    facts = [f"accuracy: {stated}", f"n: {cells.sum()}", "unit: items"]
    head = "recall (%)" if way.percent else "recall"
    return Made(facts, ["true", *names, "total", head], rows)


def matrix_of_shares(draw: np.random.Generator) -> Made:
    """A matrix of which each row adds up to a whole."""
    cells, way = _matrix(draw, int(draw.integers(2, 8))), Printing(draw)
    names = [f"class {k}" for k in range(len(cells))]
    rows = [
        [name, *(way.score(Fraction(int(n), int(row.sum()))) for n in row)]
        for name, row in zip(names, cells, strict=True)
    ]
    stated = way.score(_accuracy(cells), " %" if way.percent else "")
    return Made([*way.facts, f"accuracy: {stated}"], ["true", *names], rows)


def _of_two(cells: np.ndarray) -> dict[str, Fraction | float]:
    """Scores of two classes, the first being the positive one."""
    tp, fn, fp, tn = (int(n) for n in cells.ravel())
    p, n = tp + fn, fp + tn
    precision, recall, f1 = _rates(cells)[0]
    specificity, accuracy = Fraction(tn, n), _accuracy(cells)
    chance = Fraction((tp + fp) * p + (tn + fn) * n, (p + n) ** 2)
    below = (tp + fp) * p * n * (tn + fn)
    return {
        "accuracy": accuracy,
        "precision": precision,
        "recall": recall,
        "specificity": specificity,
        "F1": f1,
        "balanced accuracy": (recall + specificity) / 2,
        "kappa": (accuracy - chance) / (1 - chance) if chance < 1 else Fraction(0),
        "MCC": (tp * tn - fp * fn) / math.sqrt(below) if below else 0.0,
    }


def models_of_two(draw: np.random.Generator, stated: bool = True) -> Made:
    """Scores of two classes by model, one test set."""
    p, n = (int(size) for size in draw.integers(10, 200, 2))
    way, heads = Printing(draw), [*_of_two(np.eye(2, dtype=int))]
    chosen = sorted(draw.choice(len(heads), int(draw.integers(3, 7)), replace=False))
    heads = [heads[place] for place in chosen]
    rows = []
    for k in range(int(draw.integers(1, 4))):
        tp, tn = (int(draw.binomial(size, draw.uniform(0.4, 0.98))) for size in (p, n))
        scores = _of_two(np.array([[tp, p - tp], [n - tn, tn]]))
        rows.append([f"model {k}", *(way.score(scores[head]) for head in heads)])
    facts = [*way.facts, f"positive: {p}", f"negative: {n}"]
    facts += ["average: positive"] if stated else []
    return Made(facts, ["model", *heads], rows)


def models(draw: np.random.Generator) -> Made:
    """Averages over several classes by model, with the items tested."""
    size, way = int(draw.integers(2, 8)), Printing(draw)
    average = str(draw.choice(["", "macro ", "weighted "]))
    weighted = average == "weighted " or (not average and draw.random() < 0.5)
    rows = []
    for k in range(int(draw.integers(2, 6))):
        cells = _matrix(draw, size)
        counts, rates = [int(row.sum()) for row in cells], _rates(cells)
        weights = counts if weighted else [1] * size
        means = [
            sum(w * value for w, value in zip(weights, column, strict=True))
            / sum(weights)
            for column in zip(*rates, strict=True)
        ]
        scores = [way.score(value) for value in (_accuracy(cells), *means)]
        rows.append([f"model {k}", *scores, str(sum(counts))])
    heads = ["model", "Acc", *(f"{average}{m}" for m in ("precision", "recall", "F1"))]
    return Made(way.facts, [*heads, "n"], rows)


def folds(draw: np.random.Generator) -> Made:
    """Accuracies of folds with their mean and deviation."""
    way, count = Printing(draw), int(draw.integers(3, 11))
    sizes = [int(n) for n in draw.integers(10, 80, count)]
    shares = [Fraction(int(draw.binomial(n, 0.8)), n) for n in sizes]
    rows = [
        [str(k + 1), way.score(share), str(n)]
        for k, (share, n) in enumerate(zip(shares, sizes, strict=True))
    ]
    rows.append(["mean", way.score(sum(shares) / count), ""])
    deviation = float(np.std([float(s) for s in shares], ddof=int(draw.integers(0, 2))))
    rows.append(["std", way.score(deviation), ""])
    return Made(way.facts, ["fold", "accuracy", "n"], rows)


def means_over_folds(draw: np.random.Generator) -> Made:
    """Means and deviations over folds of equal shares of two classes."""
    count, way = int(draw.choice([3, 5, 10])), Printing(draw)
    way.places = max(way.places, 2)
    p, n = (int(size) for size in draw.integers(count + 5, 90, 2))
    order = [1] * p + [0] * n
    sizes = [(sum(order[k::count]), len(order[k::count])) for k in range(count)]
    rows = []
    for k in range(int(draw.integers(1, 3))):
        found = []
        for size, whole in sizes:
            tp = int(draw.binomial(size, 0.8))
            tn = int(draw.binomial(whole - size, 0.7))
            found.append(
                (
                    Fraction(tp + tn, whole),
                    Fraction(tp, size),
                    Fraction(tn, whole - size),
                )
            )
        cells = []
        for column in zip(*found, strict=True):
            spread = way.score(float(np.std([float(v) for v in column], ddof=1)))
            cells.append(way.score(sum(column) / count, f" +- {spread}"))
        rows.append([f"model {k}", *cells])
    facts = [f"positive: {p}", f"negative: {n}", f"folds: {count}", "stratified: yes"]
    facts += ["aggregation: mean", "deviation: standard"]
    heads = ["model", "accuracy", "sensitivity", "specificity"]
    return Made([*way.facts, *facts], heads, rows)


def class_counts(draw: np.random.Generator) -> Made:
    """Items of each class, with totals."""
    counts = draw.integers(0, 900, (int(draw.integers(2, 9)), 2))
    rows = [
        [f"class {k}", *map(_count, row), _count(row.sum())]
        for k, row in enumerate(counts)
    ]
    rows.append(["total", *map(_count, counts.sum(0)), _count(counts.sum())])
    return Made([], ["class", "train", "test", "total"], rows)


def _count(n: int) -> Score:
    return Score(int(n), 0)


KINDS: dict[str, Callable[[np.random.Generator], Made]] = {
    "report": report,
    "report of two classes": two_class_report,
    "report without supports": report_without_supports,
    "matrix of counts": matrix,
    "matrix of shares": matrix_of_shares,
    "models, two classes": models_of_two,
    "models, several classes": models,
    "folds": folds,
    "means over folds": means_over_folds,
    "class counts": class_counts,
}


# --- written down -----------------------------------------------------------------


def written(made: Made, style: str) -> str:
    """A table as a stranger might write it."""
    rows = [made.heads, *([str(cell) for cell in row] for row in made.rows)]
    if style == "semicolons":
        lines = [";".join(row).replace(".", ",") for row in rows[1:]]
        lines = [";".join(rows[0]), *lines]
    elif style == "csv":
        lines = [",".join(row) for row in rows]
    elif style == "printed" and all(cell for row in rows for cell in row):
        lines = ["   ".join(f"{cell:>12}" for cell in row) for row in rows]
    else:
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join([*made.facts, "", *lines, ""])


def planted(made: Made, draw: np.random.Generator) -> Made | None:
    """The same table with one score a step of its last digit away."""
    places = [
        (r, c)
        for r, row in enumerate(made.rows)
        for c, cell in enumerate(row)
        if isinstance(cell, Score)
    ]
    r, c = places[int(draw.integers(len(places)))]
    score = made.rows[r][c]
    step = int(draw.choice([-1, 1]))
    if not 0 <= score.units + step <= score.top:
        step = -step
    if not 0 <= score.units + step <= score.top:
        return None
    rows = [list(row) for row in made.rows]
    rows[r][c] = replace(score, units=score.units + step)
    return replace(made, rows=rows)


def said(text: str) -> list[answers.Answer]:
    """Everything that is said of a text.

    Raises:
        Fault: if it cannot be read.
    """
    read = [sheets.sheet(grid, "table") for grid in pasted.read(text)]
    found = [answer for sheet in read for answer in answers.answers(sheet)]
    return [*found, *answers.beside(read)]


def accused(text: str) -> list[answers.Answer]:
    """What is said to be wrong in a text."""
    return [answer for answer in said(text) if answer.outcome in WRONG]


# --- measured ---------------------------------------------------------------------


def tried(
    kind: str, number: int, seed: int = 0
) -> tuple[Made, np.random.Generator, str]:
    """An honest table, the draws that go on from it, and the style to write it in."""
    draw = np.random.default_rng([seed, [*KINDS].index(kind), number])
    made = KINDS[kind](draw)
    return made, draw, str(draw.choice(STYLES))


def alarms(kind: str, tables: int, seed: int = 0) -> dict[str, object]:
    """How many honest tables are accused, refused or found uncheckable."""
    told, refused, silent = [], 0, 0
    for number in range(tables):
        made, _, style = tried(kind, number, seed)
        text = written(made, style)
        try:
            found = said(text)
        except pasted.Fault as fault:
            refused += 1
            told.append(f"{number}: refused: {fault.problem}")
            continue
        wrong = [answer for answer in found if answer.outcome in WRONG]
        silent += all(answer.outcome == "cannot be checked" for answer in found)
        told += [f"{number}: {one.check}: {one.told}" for one in wrong[:1]]
    count = {"tables": tables, "accused": len(told) - refused, "refused": refused}
    return {"kind": kind, **count, "not checkable": silent, "first": told[:3]}


def caught(kind: str, tables: int, seed: int = 1) -> float:
    """The share of planted one-step changes that are noticed."""
    hits = tries = 0
    for number in range(tables):
        made, draw, style = tried(kind, number, seed)
        other = planted(made, draw)
        if other is None:
            continue
        tries += 1
        try:
            hits += bool(accused(written(other, style)))
        except pasted.Fault:  # refused is noticed
            hits += 1
    return round(hits / max(1, tries), 3)


def main() -> None:
    """Measure both and write them down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tables", type=int, default=10_000)
    parser.add_argument("--planted", type=int, default=1_000)
    parser.add_argument("--kinds", nargs="*", default=[*KINDS])
    parser.add_argument("--out", default=str(Path(__file__).with_suffix(".json")))
    asked = parser.parse_args()
    out, found = Path(asked.out), []
    if asked.out != "-" and len(asked.kinds) < len(KINDS) and out.exists():
        known = json.loads(out.read_text("utf-8"))
        found = [row for row in known if row["kind"] not in asked.kinds]
    for kind in asked.kinds:
        start = time.perf_counter()
        row = alarms(kind, asked.tables)
        row["planted"] = asked.planted
        row["caught"] = caught(kind, asked.planted)
        took = time.perf_counter() - start
        print(f"{kind}: {row} ({took:.0f} s)", file=sys.stderr, flush=True)
        found.append(row)
        found.sort(key=lambda row: [*KINDS].index(row["kind"]))
        text = json.dumps(found, indent=1) + "\n"
        if asked.out != "-":  # as far as it is
            out.write_text(text, encoding="utf-8")
    if asked.out == "-":
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
