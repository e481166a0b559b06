"""Ask mlscorecheck which scores can be: writes scores.json beside this.

Run by `make oracles`. Rows of two classes and means over folds are drawn at random,
every other one with a score a step of its last digit away; its own documented examples
come first. It is asked with half a unit of the last digit as the uncertainty.
"""

import importlib.metadata
import json
import logging
import random
import warnings
from pathlib import Path

from mlscorecheck.check.binary import (
    check_1_dataset_known_folds_mos,
    check_1_testset_no_kfold,
)

FILE = Path(__file__).with_name("scores.json")
ROWS, FOLDS = 1000, 300
NAMES = {
    "accuracy": "acc",
    "sensitivity": "sens",
    "specificity": "spec",
    "precision": "ppv",
    "npv": "npv",
    "f1": "f1",
    "balanced": "bacc",
    "kappa": "kappa",
    "mcc": "mcc",
    "informedness": "bm",
    "jaccard": "ji",
    "gmean": "gm",
}
"""Ours -> theirs."""

# From its documentation: positive and negative items, scores, uncertainty.
OWN = [
    (100, 200, {"accuracy": 0.9567, "sensitivity": 0.8545, "specificity": 0.9734}, 4),
    (530, 902, {"accuracy": 0.92, "sensitivity": 0.22, "specificity": 0.86,
                "f1": 0.3}, 2),
    (530, 902, {"accuracy": 0.62, "sensitivity": 0.22, "specificity": 0.86,
                "f1": 0.3}, 2),
]  # fmt: skip


def of_two(tp, tn, p, n):
    """Scores of one matrix; those that divide by nothing are left out."""
    fn, fp = p - tp, n - tn
    sens, spec = tp / p, tn / n
    found = {
        "accuracy": (tp + tn) / (p + n),
        "sensitivity": sens,
        "specificity": spec,
        "balanced": (sens + spec) / 2,
        "informedness": sens + spec - 1,
        "f1": 2 * tp / (2 * tp + fp + fn),
        "jaccard": tp / (tp + fp + fn),
        "gmean": (sens * spec) ** 0.5,
    }
    if tp + fp and tn + fn:
        found["precision"], found["npv"] = tp / (tp + fp), tn / (tn + fn)
        below = (tp + fp) * p * n * (tn + fn)
        found["mcc"] = (tp * tn - fp * fn) / below**0.5
        chance = ((tp + fp) * p + (tn + fn) * n) / (p + n) ** 2
        found["kappa"] = (found["accuracy"] - chance) / (1 - chance)
    return found


def printed(draw, scores, places, planted):
    """Scores rounded, and one of them a step away."""
    units = {name: round(value * 10**places) for name, value in scores.items()}
    if planted:
        name = draw.choice([*units])
        units[name] += draw.choice([-1, 1])
        if not 0 <= units[name] <= 10**places:
            return None
    return {name: unit / 10**places for name, unit in units.items()}


def rows():
    """Rows of two classes with its verdict."""
    draw, found = random.Random(0), []
    asked = [(*one, False) for one in OWN]
    while len(asked) < ROWS + len(OWN):
        p, n = draw.randint(5, 250), draw.randint(5, 250)
        scores = of_two(draw.randint(1, p), draw.randint(1, n), p, n)
        chosen = draw.sample([*scores], min(len(scores), draw.randint(2, 5)))
        places, planted = draw.randint(2, 4), len(asked) % 2 == 1
        some = {name: scores[name] for name in chosen}
        if min(some.values()) < 0.02:  # it knows no score below 0 to a half unit
            continue
        if told := printed(draw, some, places, planted):
            asked.append((p, n, told, places, planted))
    for p, n, scores, places, planted in asked:
        verdict = check_1_testset_no_kfold(
            testset={"p": p, "n": n},
            scores={NAMES[name]: value for name, value in scores.items()},
            eps=0.5 * 10**-places,
        )
        found.append([p, n, scores, places, planted, bool(verdict["inconsistency"])])
    return found


def folds():
    """Means over folds with its verdict."""
    draw, found = random.Random(1), []
    while len(found) < FOLDS:
        count, places = draw.choice([2, 3, 5, 10]), draw.randint(2, 4)
        sizes = [(draw.randint(2, 25), draw.randint(2, 25)) for _ in range(count)]
        right = [(draw.randint(p // 2, p), draw.randint(n // 2, n)) for p, n in sizes]
        pairs = list(zip(right, sizes, strict=True))
        sens = sum(a / p for (a, _), (p, _) in pairs) / count
        spec = sum(b / n for (_, b), (_, n) in pairs) / count
        accuracy = sum((a + b) / (p + n) for (a, b), (p, n) in pairs) / count
        scores = {"accuracy": accuracy, "sensitivity": sens, "specificity": spec}
        told = printed(draw, scores, places, len(found) % 2 == 1)
        if told is None:
            continue
        verdict = check_1_dataset_known_folds_mos(
            dataset={"p": sum(p for p, _ in sizes), "n": sum(n for _, n in sizes)},
            folding={"folds": [{"p": p, "n": n} for p, n in sizes]},
            scores={NAMES[name]: value for name, value in told.items()},
            eps=0.5 * 10**-places,
            verbosity=0,
        )
        planted = len(found) % 2 == 1
        found.append([sizes, told, places, planted, bool(verdict["inconsistency"])])
    return found


def main():
    """Ask both and write them down."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    made = {"mlscorecheck": importlib.metadata.version("mlscorecheck")}
    made |= {"rows": rows(), "folds": folds()}
    lines = [f'"mlscorecheck": {json.dumps(made["mlscorecheck"])}']
    for name in ("rows", "folds"):
        each = ",\n".join(json.dumps(one) for one in made[name])
        lines.append(f'"{name}": [\n{each}\n]')
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
