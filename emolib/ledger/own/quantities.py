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
        *("overall acc", "test acc", "testing acc"),
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
        *("support", "supports", "n", "items", "count", "test size", "test set size"),
        *("tested", "items tested", "n test", "test n"),
        *(
            f"{test}{many}{name}"
            for name in (
                *("samples", "instances", "clips", "examples", "images", "utterances"),
                *("recordings", "videos", "items"),
            )
            for many in ("", "# ", "#", "no of ", "number of ")
            for test in ("", "test ", "tested ")
            if name != "items" or many or test
        ),
        *(
            f"{many}test {name}"
            for name in ("samples", "instances", "clips", "images", "items")
            for many in ("# ", "#", "no of ", "number of ")
        ),
    ),
    "positive": ("positive", "positives", "p items"),
    "negative": ("negative", "negatives", "n items"),
    "right": (
        *("correct items", "number correct", "no correct", "# correct", "n correct"),
        *("correct predictions", "number of correct predictions"),
    ),
    "total": (
        *("total", "sum", "all", "row total", "row sum", "column total", "totals"),
        *("grand total", "row totals", "overall total", "in total"),
    ),
}
"""Key of a quantity -> what its column is called, in small letters and bare words."""

COUNTS = ("support", "positive", "negative", "total", "right")
"""Quantities that count items."""

TESTED = re.compile(r"^(n|items|supports?)$|(^| )(test|tested|testing)( |$)")
"""Heads of items that can be the tested ones alone."""

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

AVERAGES = {
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
        if word in AVERAGES and not found:
            found = AVERAGES[word]
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

ROWS = {
    "accuracy": tuple(n for n in NAMES["accuracy"] if "correct" not in n),
    "micro": ("micro", "micro avg", "micro average", "micro averaged"),
    "macro": (
        *("macro", "macro avg", "macro average", "macro averaged", "macro mean"),
        *("unweighted average", "unweighted avg", "unweighted mean"),
    ),
    "weighted": (
        *("weighted", "weighted avg", "weighted average", "weighted averaged"),
        *("weighted mean", "wtd avg"),
    ),
    "samples": ("samples", "samples avg", "samples average"),
    "mean": (
        *("mean", "average", "avg", "overall", "mean value", "average value"),
        *("combined", "global", "summary", "mittel", "mittelwert", "durchschnitt"),
        *("moyenne", "media", "promedio", "gemiddelde"),
    ),
    "other": ("best", "worst", "max", "min", "maximum", "minimum", "median", "range"),
    "total": (
        *("total", "sum", "all", "column total", "totals", "grand total", "in total"),
        *("overall total", "sum total", "total all", "sum of all", "altogether"),
        *("total number", "total n", "n total", "total count", "column totals"),
        *("total clips", "total samples", "total images", "total items", "gesamt"),
        *("all classes", "all emotions", "insgesamt", "summe", "somme", "suma"),
    ),
    "deviation": (
        *("std", "sd", "stdev", "std dev", "standard deviation", "deviation"),
        *("std deviation", "st dev"),
    ),
}
_ROW_OF = {name: key for key, names in ROWS.items() for name in names}

RECALLS = {
    **dict.fromkeys(NAMES["balanced"], "macro"),
    **dict.fromkeys(("wa", "war", "weighted accuracy", "average accuracy"), "mean"),
    **dict.fromkeys(("mean accuracy", "avg accuracy", "weighted recall"), "mean"),
}
"""Rows that are a mean of recalls -> which mean; it may stand under any head."""

MEANS = ("mean", "avg", "average", "averaged", "averages", "overall")
FILLING = (
    *("pooled", "combined", "grand", "total", "score", "scores", "value", "of", "over"),
    *("the", "all", "classes", "class", "emotions", "per", "each", "performance"),
    *("result", "results", "sd", "std", "dev"),
)
METRIC = re.compile(
    r"\b(f 1 score|f 1 measure|f1 score|f1 measure|f score|f measure|fscore|fmeasure"
    r"|f 1|f1|precision|prec|recall|rec|accuracy|acc|sensitivity)\b"
)


@functools.cache
def row(label: str) -> str:
    """What a row is that is no class, model or fold; empty if it is one.

    >>> row("Macro avg"), row("happy"), row("Std. dev."), row("Average (weighted)")
    ('macro', '', 'deviation', 'weighted')
    """
    words = bare(label)
    if words in _ROW_OF:
        return _ROW_OF[words]
    if words in RECALLS:
        return RECALLS[words]
    left = re.sub(r"\b[0-9]+\b", " ", re.sub(METRIC, " ", words)).split()
    kinds = {AVERAGES[word] for word in left if word in AVERAGES}
    said = [word for word in left if word in MEANS]
    if not (kinds or said) or not {*left} <= {*AVERAGES, *MEANS, *FILLING}:
        return ""
    return kinds.pop() if len(kinds) == 1 else "mean"


def named(label: str) -> str:
    """The score that a row of averages is named after; empty if after none.

    >>> named("UAR"), named("Macro F1"), named("Mean")
    ('recall', 'f1', '')
    """
    words = bare(label)
    if words in RECALLS:
        return "recall"
    found = re.search(METRIC, words)
    key = _KEYS.get(found[0], "") if found else ""
    return "recall" if key in ("accuracy", "sensitivity") else key
