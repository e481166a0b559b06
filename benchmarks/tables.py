"""What the checks of pasted tables catch, and whether they accuse an honest one.

Honest tables of each kind are computed from random confusion matrices, in exact
fractions, and written as a stranger might: in Markdown, as CSV, with decimal commas or
as as printed; in shares or per cents; rounded half to even, half up, or cut off; under
heads and labels from wide lists, many of which the checks do not know. In a planted one
a single score is a step of its last digit away from what it was: once under the heads
that the page names, once under any. What mlscorecheck accuses is pasted as tables, too.

    python benchmarks/tables.py            writes benchmarks/tables.json
    python benchmarks/tables.py --tables 200 --planted 50 --out -
    python benchmarks/tables.py --times    how long the first verdict takes, alone
    python benchmarks/tables.py --beside   what mlscorecheck accuses, alone
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from emolib import ROOT
from emolib.ledger.own import answers, pasted, sheets
from emolib.ledger.own.check import WRONG, _names

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


def folds_together(draw: np.random.Generator) -> Made:
    """Accuracies of folds that are not told to be of one size; below, of all items."""
    way, count = Printing(draw), int(draw.integers(3, 11))
    sizes = [int(n) for n in draw.integers(5, 80, count)]
    right = [int(draw.binomial(n, draw.uniform(0.4, 0.95))) for n in sizes]
    rows = [
        [str(k + 1), way.score(Fraction(r, n))]
        for k, (r, n) in enumerate(zip(right, sizes, strict=True))
    ]
    rows.append(["Overall", way.score(Fraction(sum(right), sum(sizes)))])
    return Made(way.facts, ["fold", "accuracy"], rows)


def people_left_out(draw: np.random.Generator) -> Made:
    """Means over people of unequal numbers of items, and all items said above."""
    way, count = Printing(draw), int(draw.integers(3, 11))
    sizes = [int(n) for n in draw.integers(5, 60, count)]
    rows = []
    for k in range(int(draw.integers(1, 4))):
        shares = [Fraction(int(draw.binomial(n, 0.7)), n) for n in sizes]
        rows.append([f"model {k}", way.score(sum(shares) / count)])
    title = str(draw.choice(_TITLES))
    facts = [*way.facts, f"n: {sum(sizes)}", "", title]
    return Made(facts, ["model", "accuracy"], rows)


def beside_a_corpus(draw: np.random.Generator) -> Made:
    """Accuracies beside numbers of something else than the items tested."""
    way, head = Printing(draw), str(draw.choice(_OTHER_COUNTS))
    rows = []
    for k in range(int(draw.integers(2, 6))):
        whole, tested = int(draw.integers(60, 3000)), int(draw.integers(20, 400))
        share = Fraction(int(draw.binomial(tested, 0.7)), tested)
        rows.append([f"model {k}", str(whole), way.score(share)])
    return Made(way.facts, ["model", head, "accuracy"], rows)


def excerpt(draw: np.random.Generator) -> Made:
    """Some classes of a report, with the number of all classes or items."""
    whole = report(draw, size=int(draw.integers(3, 9)))
    rows = [row for row in whole.rows if row[0].startswith("class ")]
    kept = sorted(
        draw.choice(len(rows), int(draw.integers(2, len(rows))), replace=False)
    )
    said = f"classes: {len(rows)}"
    if draw.random() < 0.5:
        said = f"n: {sum(int(row[-1]) for row in rows)}"
    return replace(whole, facts=[*whole.facts, said], rows=[rows[k] for k in kept])


def one_against_the_rest(draw: np.random.Generator) -> Made:
    """Accuracies of each class against all others, beside the class's own items."""
    cells, way = _matrix(draw, int(draw.integers(3, 9))), Printing(draw)
    total, rows = int(cells.sum()), []
    for k in range(len(cells)):
        wrong = int(cells[k].sum() + cells[:, k].sum() - 2 * cells[k, k])
        share = Fraction(total - wrong, total)
        rows.append([f"class {k}", way.score(share), str(cells[k].sum())])
    return Made(way.facts, ["class", "accuracy", "n"], rows)


def report_beside_a_corpus(draw: np.random.Generator) -> Made:
    """Scores of classes beside the items that a whole corpus has of each."""
    whole, head = report(draw, size=int(draw.integers(2, 9))), str(draw.choice(_CLIPS))
    rows = [
        [*row[:-1], str(draw.integers(40, 2000))]
        for row in whole.rows
        if row[0].startswith("class ")
    ]
    return replace(whole, heads=[*whole.heads[:-1], head], rows=rows)


def named_otherwise(draw: np.random.Generator) -> Made:
    """A report without supports whose averages have a name that no check knows."""
    cells, way = _matrix(draw, int(draw.integers(2, 9))), Printing(draw)
    rates, counts = _rates(cells), [int(row.sum()) for row in cells]
    weights = counts if draw.random() < 0.5 else [1] * len(counts)
    means = [
        sum(w * value for w, value in zip(weights, column, strict=True)) / sum(weights)
        for column in zip(*rates, strict=True)
    ]
    rows = [[f"class {k}", *map(way.score, one)] for k, one in enumerate(rates)]
    rows.append([str(draw.choice(_UNKNOWN_MEANS)), *map(way.score, means)])
    return Made(way.facts, ["Emotion", "precision", "recall", "F1"], rows)


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
    "folds counted together": folds_together,
    "people left out": people_left_out,
    "scores beside a corpus": beside_a_corpus,
    "excerpt of a report": excerpt,
    "one class against the rest": one_against_the_rest,
    "report beside a corpus": report_beside_a_corpus,
    "average under another name": named_otherwise,
}
"""By name; those that are new stand last, since their place seeds what is drawn."""

SLOW = "means over folds"
"""Of each of its tables a programme over whole numbers is solved some times."""

SILENT = ("people left out", "scores beside a corpus", "one class against the rest")
"""Kinds of which nothing can be checked."""

# --- under other words ------------------------------------------------------------

_TITLES = (
    *("Leave-one-speaker-out accuracy", "LOSO results", "Repeated hold-out, averaged"),
    *("Means over sessions", "Avg. of the subjects", "10-fold cross-validation"),
    *("Subject-wise evaluation", "Median of repeated trials", "Jackknife estimates"),
    "Leaving one participant out each time: leave-one-out",
)
_OTHER_COUNTS = (
    *("Size", "Clips", "Samples", "Images", "Corpus size", "Train samples", "Videos"),
    *("Size (MB)", "Instances", "Params (k)", "Utterances", "Epochs", "Hidden units"),
    *("No. of recordings", "Files", "Examples", "Year", "Count", "Segments", "Windows"),
)
_CLIPS = (
    *("Clips", "Samples", "# samples", "No. of images", "Instances", "Utterances"),
    *("Number of samples", "Videos", "Recordings", "Examples", "Size", "Count"),
)
_UNKNOWN_MEANS = (
    *("Ø", "Resultado", "Ours", "Final", "Fused", "Medelvärde", "Whole set", "Score"),
    *("Mean ± SD", "Mittelwert", "Average per class", "Overall performance"),
)
_CLASS_NAMES = (
    *("alder", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo", "hazel", "ivy"),
    *("joy", "sadness", "anger", "fear", "disgust", "neutral", "calm", "surprise"),
)
_MACRO = (
    *("macro avg", "Macro average", "Mean", "Overall", "Average", "Average (macro)"),
    *("Avg. (unweighted)", "Macro-averaged score", "Mean (macro)", "Average/Total"),
    *("Unweighted mean", "MACRO", "Mean over classes", "Macro mean", "Average of all"),
    *("Averaged (macro)", "Overall mean", "Macro F1", "Unweighted average recall"),
)
_OTHER_WORDS = {
    "class": (
        *("class", "Class", "Emotion", "Label", "Category", "Expression", "Gesture"),
        *("Species", "", "Phoneme", "State", "Sign", "Affective state", "Word"),
    ),
    "support": (
        *("support", "Support", "n", "N", "# samples", "No. of images", "Items"),
        *("Instances", "Test items", "Test clips", "Utterances", "Number of samples"),
    ),
    "model": (
        *("model", "Method", "Approach", "Network", "", "Dataset", "Front end"),
        *("Recogniser", "Features", "Architecture", "Team", "Tool", "Experiment"),
        *("Class of model", "Input", "Participant group", "Design", "Corpus"),
    ),
    "n": ("n", "N", "items", "Test items", "Test samples", "Tested", "Number tested"),
    "Acc": ("Acc", "Acc.", "Accuracy", "Test accuracy", "Recognition rate"),
    "precision": ("precision", "Prec.", "Precision"),
    "recall": ("recall", "Rec.", "Recall"),
    "F1": ("F1", "F1-score", "F-score", "f-measure", "F1 score"),
    "fold": ("fold", "Fold", "Run", "Split", "Speaker", "Subject", "Session", "Actor"),
    "true": ("true", "Actual", "", "True label", "Actual \\ Predicted", "Truth"),
    "weighted avg": (
        *("weighted avg", "Weighted average", "Average (weighted)", "avg / total"),
        *("Overall (weighted)", "Weighted mean", "Overall", "Weighted F1"),
    ),
    "accuracy": ("accuracy", "Accuracy", "Overall accuracy", "Test accuracy"),
    "mean": ("mean", "Mean", "Average", "Avg.", "Overall mean"),
    "Overall": ("Overall", "Total", "All", "Average", "Overall (pooled)", "Avg./Total"),
    "std": ("std", "SD", "Std. dev.", "Standard deviation"),
}
"""A head or label -> what else it may be called."""


def reworded(made: Made, draw: np.random.Generator) -> Made:
    """The same table under other heads and labels."""
    names = [str(name) for name in draw.permutation(_CLASS_NAMES)]
    ways = [lambda k: f"class {k}", lambda k: names[k], lambda k: str(k)]
    named = ways[int(draw.integers(3))]
    kept: dict[str, str] = {}

    def other(word: str, of_folds: bool = False) -> str:
        if word.startswith("class ") and word[6:].isdigit():
            return named(int(word[6:]))
        known = _OTHER_WORDS.get(word)
        if word in _MACRO[:4] and not of_folds:
            known = _MACRO
        return str(draw.choice(known)) if known else word

    heads = [kept.setdefault(head, other(head)) for head in made.heads]
    labels = [made.heads[0]] * 2
    while len({*labels}) < len(labels):
        of_folds = made.heads[0] == "fold"
        labels = [kept.get(row[0]) or other(row[0], of_folds) for row in made.rows]
    rows = [[label, *row[1:]] for label, row in zip(labels, made.rows, strict=True)]
    return replace(made, heads=heads, rows=rows)


# --- written down -----------------------------------------------------------------


def written(made: Made, style: str) -> str:
    """A table as a stranger might write it."""
    rows = [made.heads, *([str(cell) for cell in row] for row in made.rows)]
    if style == "semicolons":
        lines = [
            ";".join([label, *(cell.replace(".", ",") for cell in cells)])
            for label, *cells in rows[1:]
        ]
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
    grids = pasted.read(text)
    names = _names([grid.title for grid in grids])
    read = [sheets.sheet(g, name) for g, name in zip(grids, names, strict=True)]
    found = [answer for sheet in read for answer in answers.answers(sheet)]
    return [*found, *answers.beside(read)]


def accused(text: str) -> list[answers.Answer]:
    """What is said to be wrong in a text."""
    return [answer for answer in said(text) if answer.outcome in WRONG]


# --- measured ---------------------------------------------------------------------


def tried(
    kind: str, number: int, seed: int = 0, other_words: bool = True
) -> tuple[Made, np.random.Generator, str]:
    """An honest table, the draws that go on from it, and the style to write it in."""
    place = [*KINDS].index(kind)
    draw = np.random.default_rng([seed, place, number])
    made = KINDS[kind](draw)
    if other_words:
        made = reworded(made, np.random.default_rng([seed, place, number, 1]))
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


def caught(kind: str, tables: int, seed: int = 1, other_words: bool = False) -> float:
    """The share of planted one-step changes that are noticed."""
    hits = tries = 0
    for number in range(tables):
        made, draw, style = tried(kind, number, seed, other_words)
        other = planted(made, draw)
        if other is None:
            continue
        tries += 1
        try:
            hits += bool(accused(written(other, style)))
        except pasted.Fault:  # refused is noticed
            hits += 1
    return round(hits / max(1, tries), 3)


HEADS = {"balanced": "balanced accuracy", "gmean": "G-mean"}


def beside_mlscorecheck() -> dict[str, int]:
    """Of rows of two classes that it accuses, how many are accused as pasted tables.

    As they stand, and with the word that no digits are cut off; asked for half a unit
    of the last digit as its uncertainty, and for a whole one, as if they were cut off.
    """
    asked = json.loads((ROOT / "tests/oracles/scores.json").read_text("utf-8"))["rows"]
    found = {"rows": len(asked), "accused": 0, "ours": 0, "rounded": 0, "more": 0}
    found |= {"honest": 0, "accused if cut": 0, "ours if cut": 0}
    for p, n, scores, places, is_planted, is_accused, if_cut in asked:
        heads = ["model", *(HEADS.get(name, name) for name in scores)]
        row = ["a", *(f"{value:.{places}f}" for value in scores.values())]
        lines = [f"positive: {p}", f"negative: {n}", "average: positive", "unit: share"]
        text = "\n".join([*lines, "", ",".join(heads), ",".join(row), ""])
        ours, sure = bool(accused(text)), bool(accused("digits: rounded\n" + text))
        found["accused"] += is_accused
        found["ours"] += is_accused and ours
        found["accused if cut"] += if_cut
        found["ours if cut"] += if_cut and ours
        found["rounded"] += is_accused and sure
        found["more"] += sure and not is_accused
        found["honest"] += (ours or sure) and not is_accused and not is_planted
    return found


def own_examples() -> dict[str, object]:
    """Its own examples of two classes as pasted tables: our verdict beside its.

    Of those that no table says, and of other tasks, the number.
    """
    own = json.loads((ROOT / "tests/oracles/scores.json").read_text("utf-8"))["own"]
    found = {"examples": len(own["tables"]), "no table": 0, "agree": 0, "apart": []}
    for one in own["tables"]:
        if "why" in one:
            found["no table"] += 1
            continue
        bad = bool(accused(_own_example(one)))
        found["agree"] += bad == one["accused"]
        if bad != one["accused"]:
            found["apart"].append([one["check"], one["scores"], one["accused"], bad])
    return {**found, "others": own["others"], "fail as printed": len(own["failed"])}


def _own_example(one: dict) -> str:
    """An example as a table: a row of one test, or of means over folds."""
    sizes = one.get("folds", [])
    lines = ["average: positive", "unit: share"]
    if len(sizes) == 1 or "of" in one:
        p, n = one.get("of") or sizes[0]
        lines += [f"positive: {p}", f"negative: {n}"]
    if "of" in one:
        lines += [f"folds: {one['unknown']}", "fold sizes: even", "aggregation: mean"]
    elif len(sizes) > 1:
        lines += [f"folds: {len(sizes)}", "aggregation: mean"]
        lines.append("fold sizes: " + ", ".join(f"{p}+{n}" for p, n in sizes))
    heads = ["model", *(HEADS.get(name, name) for name in one["scores"])]
    places = one["places"]
    row = ["a", *(f"{value:.{places}f}" for value in one["scores"].values())]
    return "\n".join([*lines, "", ",".join(heads), ",".join(row), ""])


def first_verdict(tries: int = 9) -> dict[str, float]:
    """Seconds until the example of the page has its verdict, the fewest of some tries.

    The command: its processor time, from a process that begins. The page: from opening
    it, with the example pasted and the button pressed by a script; and of that, from
    the press.
    """
    sys.path.insert(0, str(ROOT / "tests"))
    import chromium
    import test_browser_check as page

    example = ROOT / "book" / "examples" / "models.md"
    command = [sys.executable, "-m", "emolib.cli", "ledger", "--check", str(example)]
    commands, opened, pressed = [], [], []
    for _ in range(tries):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        commands.append(used)
    press = page.PRESS % json.dumps(example.read_text("utf-8"))
    script = f"(() => {{ const start = performance.now(); {press}; return "
    script += "[performance.timeOrigin, start, performance.now()]; })()"
    with tempfile.TemporaryDirectory() as folder:
        browser, address = chromium.Browser(), page.written(Path(folder))
        for _ in range(tries):
            browser.open(address)
            loaded = browser.run(
                "performance.getEntriesByType('navigation')[0].duration"
            )
            _, start, end = browser.run(script)
            pressed.append((end - start) / 1000)
            opened.append(loaded / 1000 + pressed[-1])
        browser.close()
    best = {"command": commands, "page opened": opened, "pressed": pressed}
    return {name: round(min(seconds), 3) for name, seconds in best.items()}


def measured(kind: str, tables: int, most: int) -> dict[str, object]:
    """All of one kind; fewer of the one that takes a programme over whole numbers."""
    if kind == SLOW:
        tables, most = min(tables, tables // 5 + 1), most // 2 or 1
    row = alarms(kind, tables)
    row["planted"] = most
    row["caught"] = caught(kind, most)
    row["caught under any words"] = caught(kind, most, other_words=True)
    return row


def main() -> None:
    """Measure all and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tables", type=int, default=10_000)
    parser.add_argument("--planted", type=int, default=1_000)
    parser.add_argument("--kinds", nargs="*", default=[*KINDS])
    parser.add_argument("--out", default=str(Path(__file__).with_suffix(".json")))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--times", action="store_true", help="the times alone")
    parser.add_argument("--beside", action="store_true", help="mlscorecheck alone")
    asked = parser.parse_args()
    out, found, times, beside = Path(asked.out), [], {}, {}
    kinds = [] if asked.times or asked.beside else asked.kinds
    if asked.out != "-" and len(kinds) < len(KINDS) and out.exists():
        known = json.loads(out.read_text("utf-8"))
        found = [row for row in known["kinds"] if row["kind"] not in kinds]
        times, beside = known["first verdict"], known.get("mlscorecheck", {})
    if asked.times or len(kinds) == len(KINDS):
        times = first_verdict()
    if asked.beside or len(kinds) == len(KINDS):
        beside = beside_mlscorecheck() | {"own": own_examples()}

    def write() -> None:
        made = {"first verdict": times, "mlscorecheck": beside, "kinds": found}
        text = json.dumps(made, indent=1) + "\n"
        if asked.out == "-":
            sys.stdout.write(text)
        else:
            out.write_text(text, encoding="utf-8")

    with ProcessPoolExecutor(asked.jobs) as pool:
        waiting = [
            pool.submit(measured, kind, asked.tables, asked.planted) for kind in kinds
        ]
        for one in as_completed(waiting):
            row = one.result()
            print(row, file=sys.stderr, flush=True)
            found.append(row)
            found.sort(key=lambda row: [*KINDS].index(row["kind"]))
            if asked.out != "-":  # as far as it is
                write()
    if asked.out == "-" or not kinds:
        write()


if __name__ == "__main__":
    main()
