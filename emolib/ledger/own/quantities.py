"""What the columns of a table are called, and what each quantity is a share of.

The list is explicit: a score that is not in it is never held to whole items, and is
said to be unknown.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple


class Quantity(NamedTuple):
    """What a column holds.

    Args:
        key: one of `NAMES`; empty for anything else.
        average: "macro", "weighted" or "micro" where the head says so.
        said: the head as printed, without its unit.
    """

    key: str
    average: str = ""
    said: str = ""


NAMES = {
    "accuracy": (
        *("accuracy", "acc", "overall accuracy", "total accuracy", "test accuracy"),
        *("classification accuracy", "recognition accuracy", "testing accuracy"),
        *("accuracy rate", "recognition rate", "correct", "correctly classified"),
        "overall acc",
    ),
    "error": ("error", "error rate", "err", "misclassification rate", "test error"),
    "precision": ("precision", "prec", "pre", "ppv", "positive predictive value"),
    "recall": ("recall", "rec"),
    "sensitivity": (
        *("sensitivity", "sens", "sen", "tpr", "true positive rate", "hit rate"),
    ),
    "specificity": (
        *("specificity", "spec", "spe", "tnr", "true negative rate", "selectivity"),
    ),
    "npv": ("npv", "negative predictive value"),
    "f1": (
        *("f1", "f1 score", "f1score", "f1 measure", "f score", "fscore", "f measure"),
        *("fmeasure", "f 1", "f 1 score", "f 1 measure"),
    ),
    "balanced": (
        *("balanced accuracy", "balanced acc", "bacc", "bac", "uar", "ua"),
        *("unweighted average recall", "unweighted accuracy", "average recall"),
        *("mean recall", "mean class accuracy", "unweighted recall"),
    ),
    "kappa": ("kappa", "cohen kappa", "cohens kappa", "cohen s kappa"),
    "mcc": ("mcc", "matthews", "matthews correlation coefficient"),
    "gmean": ("g mean", "gmean", "geometric mean"),
    "fpr": ("fpr", "false positive rate", "false alarm rate"),
    "fnr": ("fnr", "false negative rate", "miss rate"),
    "informedness": (
        *("informedness", "youden", "youden index", "youden s j", "youdens j"),
    ),
    "jaccard": ("jaccard", "jaccard index", "iou"),
    "auc": ("auc", "auroc", "roc auc", "auc roc", "area under the curve"),
    "support": (
        *("support", "supports", "n", "items", "test items", "samples", "instances"),
        *("clips", "examples", "number of samples", "no of samples", "size", "count"),
    ),
    "positive": ("positive", "positives", "p items"),
    "negative": ("negative", "negatives", "n items"),
    "total": ("total", "sum", "all", "row total", "row sum", "column total"),
}
"""Key of a quantity -> what its column is called, in small letters and bare words."""

COUNTS = ("support", "positive", "negative", "total")
"""Quantities that count items."""

SIGNED = ("kappa", "mcc", "informedness")
"""Scores that may be negative."""

DENOMINATORS = {
    "accuracy": "all items",
    "error": "all items",
    "sensitivity": "the positive items",
    "fnr": "the positive items",
    "specificity": "the negative items",
    "fpr": "the negative items",
}
"""Of what each score is a whole number of items; no other score is one.

The recall of a class is one, too, of the class's own items: its support.
"""

WHY_NOT = {
    "balanced": "a mean over classes is no whole number of items",
    "kappa": "kappa is no whole number of items",
    "mcc": "a correlation is no whole number of items",
    "gmean": "a geometric mean is no whole number of items",
    "auc": "an area under a curve does not follow from one confusion matrix",
    "precision": "how many items were predicted positive is not said",
    "npv": "how many items were predicted negative is not said",
    "f1": "precision and recall do not both stand beside it",
    "jaccard": "how many items were predicted positive is not said",
    "informedness": "sensitivity and specificity do not both stand beside it",
    "recall": "it may be of one class or a mean over classes",
    "": "no check knows what this column is",
}
"""Why a score that stands alone cannot be checked."""

_AVERAGES = {
    "macro": "macro",
    "unweighted": "macro",
    "weighted": "weighted",
    "micro": "micro",
    "wtd": "weighted",
}
_KEYS = {name: key for key, names in NAMES.items() for name in names}


def bare(text: str) -> str:
    """Small letters and single blanks: what is compared of a head or a label.

    >>> bare("F1-Score (macro, %)"), bare("Prec.")
    ('f1 score macro', 'prec')
    """
    words = re.sub(r"[^a-z0-9#]+", " ", text.lower().replace("'", " "))
    return words.strip()


@functools.cache
def read(head: str) -> Quantity:
    """What a column's head says.

    >>> read("F1-score (%)").key, read("Macro Recall")[:2], read("Prec.").key
    ('f1', ('balanced', 'macro'), 'precision')
    """
    said = re.sub(r"\s*[\[(]\s*%\s*[\])]|%", "", head).strip()
    words = bare(said)
    if words in _KEYS:
        return Quantity(_KEYS[words], "", said)
    found, rest = "", []
    for word in words.split():
        if word in _AVERAGES and not found:
            found = _AVERAGES[word]
        elif word not in ("avg", "average", "averaged") or not found:
            rest.append(word)
    rest = [word for word in rest if word not in ("avg", "average", "averaged")]
    key = _KEYS.get(" ".join(rest), "") if found else ""
    if key not in ("precision", "recall", "sensitivity", "f1"):
        return Quantity("", "", said)
    if found == "macro" and key in ("recall", "sensitivity"):
        return Quantity("balanced", "macro", said)
    return Quantity("recall" if key == "sensitivity" else key, found, said)


# --- rows that are no class, model or fold ----------------------------------------

_ROWS = {
    "accuracy": ("accuracy", "acc", "overall accuracy", "total accuracy"),
    "micro": ("micro", "micro avg", "micro average", "micro averaged"),
    "macro": (
        *("macro", "macro avg", "macro average", "macro averaged", "macro mean"),
        *("unweighted average", "unweighted avg", "unweighted mean"),
    ),
    "weighted": (
        *("weighted", "weighted avg", "weighted average", "weighted averaged"),
        *("weighted mean", "wtd avg", "avg total", "average total"),
    ),
    "samples": ("samples", "samples avg", "samples average"),
    "mean": ("mean", "average", "avg", "overall", "mean value", "average value"),
    "total": ("total", "sum", "all", "column total", "totals"),
    "deviation": (
        *("std", "sd", "stdev", "std dev", "standard deviation", "deviation"),
        *("std deviation", "st dev"),
    ),
}
_ROW_OF = {name: key for key, names in _ROWS.items() for name in names}


@functools.cache
def row(label: str) -> str:
    """What a row is that is no class, model or fold; empty if it is one.

    >>> row("Macro avg"), row("happy"), row("Std. dev.")
    ('macro', '', 'deviation')
    """
    return _ROW_OF.get(bare(label), "")
