"""Ask mlscorecheck which scores can be: writes scores.json beside this.

Run by `make oracles`. Rows of two classes and means over folds are drawn at random,
every other one with a score a step of its last digit away. It is asked with half a unit
of the last digit as the uncertainty, and rows with a whole one, too. Its own examples,
of its docstrings and its README, run as they stand there; kept are the numbers that
they ask about, and what it answers.
"""

import copy
import importlib.metadata
import inspect
import json
import logging
import math
import random
import re
import textwrap
import warnings
from pathlib import Path

from mlscorecheck.aggregated import stratified_configurations_sklearn
from mlscorecheck.check import binary, bundles, multiclass, regression
from mlscorecheck.check.binary import (
    check_1_dataset_known_folds_mos,
    check_1_testset_no_kfold,
)
from mlscorecheck.experiments import lookup_dataset

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

OTHERS = {"f1p": "f1", "f1n": "F1 of the negative", "fm": "Fowlkes-Mallows"}
"""Theirs -> a column's head."""


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
    """Rows of two classes with its verdicts."""
    draw, found = random.Random(0), []
    asked = []
    while len(asked) < ROWS:
        p, n = draw.randint(5, 250), draw.randint(5, 250)
        scores = of_two(draw.randint(1, p), draw.randint(1, n), p, n)
        chosen = draw.sample([*scores], min(len(scores), draw.randint(2, 5)))
        places, planted = draw.randint(2, 4), len(asked) % 2 == 0
        some = {name: scores[name] for name in chosen}
        if min(some.values()) < 0.02:  # it knows no score below 0 to a half unit
            continue
        if told := printed(draw, some, places, planted):
            asked.append((p, n, told, places, planted))
    for p, n, scores, places, planted in asked:
        verdicts = [
            check_1_testset_no_kfold(
                testset={"p": p, "n": n},
                scores={NAMES[name]: value for name, value in scores.items()},
                eps=units * 10**-places,
            )
            for units in (0.5, 1)  # rounded; or cut off, which it leaves room for so
        ]
        accused = [bool(verdict["inconsistency"]) for verdict in verdicts]
        found.append([p, n, scores, places, planted, *accused])
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


# --- its own examples -------------------------------------------------------------


def own():
    """Its own examples, once each: of two classes as tables, of others their number."""
    asked, failed = heard()
    tables, others = {}, {}
    for part, name, given, verdict in asked:
        if part != "binary":
            others.setdefault(part, {})[json.dumps([name, given])] = True
            continue
        table = {"check": name, **as_table(name, given), "accused": bool(verdict)}
        tables.setdefault(json.dumps(table), table)
    counts = {part: len(some) for part, some in others.items()}
    return {"tables": [*tables.values()], "others": counts, "failed": failed}


def heard():
    """What its examples ask it, with its verdicts; and examples that raise an error."""
    asked, texts, failed = [], [], []

    def listening(part, name, check):
        def listened(*_, **given):
            kept = copy.deepcopy({k: v for k, v in given.items() if k != "verbosity"})
            result = check(**given)
            asked.append((part, name, kept, result.get("inconsistency")))
            return result

        return listened

    for part in (binary, multiclass, regression, *map(bundles.__dict__.get, BUNDLES)):
        for name, check in inspect.getmembers(part, inspect.isfunction):
            if name.startswith("check_") and ">>>" in (check.__doc__ or ""):
                example = textwrap.dedent(check.__doc__.split("Examples:")[1])
                texts.append((name, re.sub(r"(?m)^\s*(>>>|\.\.\.) ?", "", example)))
                kind = part.__name__.split(".")[2]
                setattr(part, name, listening(kind, name, check))
    about = importlib.metadata.metadata("mlscorecheck")
    readme = about.get_payload() or about["Description"]
    found = re.findall(
        r"code-block:: Python\n\n((?:[ ]+.*\n|\s*\n)+)", readme.replace("\r", "")
    )
    texts.append(("README", "\n".join(map(textwrap.dedent, found))))
    for name, text in texts:
        try:
            exec(text, {})  # noqa: S102
        except (ImportError, NameError, SyntaxError):
            failed.append(name)
    return asked, failed


BUNDLES = ("retina", "ehg", "skinlesion")


def as_table(name, given):
    """The folds, scores and places of an example, or why no table says the same.

    A fold is a pair of positive and negative items; one of them is a test set. Where
    the division into folds is not given, there is their number.
    """
    scores = {}
    for key, value in given["scores"].items():
        ours = [mine for mine, theirs in NAMES.items() if theirs == key]
        scores[ours[0] if ours else OTHERS.get(key, key)] = value
    made = {"scores": scores, "places": round(-math.log10(given["eps"]))}
    made["bounds"] = any("bounds" in key for key in given)
    sets = given.get("testsets") or given.get("evaluations") or [given]
    sets = [one.get("testset") or one for one in sets]
    if "unknown" in name:
        if len(sets) > 1:
            return made | {"why": "means over data sets, each of folds of its own"}
        folds = sets[0]["folding"]["n_folds"] * sets[0]["folding"]["n_repeats"]
        return made | {"of": items(sets[0]), "unknown": folds}
    if "som" in name.split("_") and "mos" not in name or name == ONE_SET:
        p, n = (sum(part) for part in zip(*map(counted_together, sets), strict=True))
        return made | {"folds": [[p, n]]}
    if "kfold_som" in name or "no_kfold" in name:
        return made | {"folds": [counted_together(one) for one in sets]}
    each = [folds_of(one) for one in sets]
    if len({len(one) for one in each}) > 1:
        return made | {"why": "means over data sets, each of folds of its own"}
    return made | {"folds": [fold for one in each for fold in one]}


ONE_SET = "check_1_testset_no_kfold"


def items(one):
    """Positive and negative items of a data set, by name or by number."""
    given = one.get("dataset", one)
    known = lookup_dataset(given["dataset_name"]) if "dataset_name" in given else given
    return [known["p"], known["n"]]


def counted_together(one):
    """The same, as often as it was tested."""
    times = one.get("folding", {}).get("n_repeats", 1)
    return [times * count for count in items(one)]


def folds_of(one):
    """Positive and negative items of each fold."""
    folding = one["folding"]
    if "folds" in folding:
        return [[fold["p"], fold["n"]] for fold in folding["folds"]]
    p, n = items(one)
    made = stratified_configurations_sklearn(p, n, folding["n_folds"])
    return [[a, b] for b, a in made] * folding["n_repeats"]


def main():
    """Ask it and write its answers down."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    made = {"mlscorecheck": importlib.metadata.version("mlscorecheck")}
    made |= {"rows": rows(), "folds": folds(), "own": own()}
    lines = [f'"{name}": {json.dumps(made[name])}' for name in ("mlscorecheck", "own")]
    for name in ("rows", "folds"):
        each = ",\n".join(json.dumps(one) for one in made[name])
        lines.append(f'"{name}": [\n{each}\n]')
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
