"""The exercises of the chapter on the studio: references pass, wrong answers fail."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from answers import also, hold
from scipy.stats import binom
from sklearn.model_selection import cross_val_predict

from emolib import protocols
from emolib.exercises import the_studio as exercises
from emolib.models import baselines
from emolib.studio import DOSES, probes

PARTS = [name for name in DOSES if "." in name or name in ("sentence", "take")]


@pytest.fixture(scope="module")
def items():
    return probes.items(probes.dealt(6, 16))


def only(part):
    return {name: float(name == part) for name in PARTS}


def test_check_1():
    groups = {name: 0.0 for name in DOSES}
    hold(
        exercises.check_1,
        only,
        [
            lambda part: {part: 1.0},  # everything else stays at 1
            lambda part: groups | {part: 1.0},  # its group is at 0
            lambda part: [part],
            only("take"),
        ],
    )
    whole = {name.partition(".")[0] for name in DOSES}
    also(exercises.check_1, lambda part: dict.fromkeys(DOSES, 0.0) | {
        name: 1.0 for name in (part, part.partition(".")[0]) if name in {part, *whole}
    })  # fmt: skip


def test_check_2():
    wrong = [[], ["6", "12"], "6", ["5", "6", "7"], 6, None]
    hold(exercises.check_2, ["6"], wrong)
    also(exercises.check_2, {6})


def test_check_3():
    hold(exercises.check_3, 4, [1, 2, 3, 5, 10, 2.5, "many"])
    enough = next(n for n in range(11) if binom.sf(n - 1, 10, 0.1) < 0.05)
    also(exercises.check_3, float(enough))


def p_of(truth, named, least=0, twice=1):
    chance = np.random.default_rng(0)
    right = (truth == named).sum()
    counts = [(chance.permutation(truth) == named).sum() for _ in range(999)]
    return min(1, twice * (least + (np.array(counts) >= right).sum()) / 1000)


def test_check_4():
    hold(
        exercises.check_4,
        lambda truth, named: p_of(truth, named, least=1),
        [
            lambda truth, named: 0.0,
            lambda truth, named: 1 - (truth == named).mean(),
            lambda truth, named: p_of(truth, named, least=1, twice=2),
            0.05,
        ],
    )

    def of_all_orders(truth, named):
        right = (np.array([*permutations(truth)]) == named).sum(axis=1)
        return (right >= (truth == named).sum()).mean()

    also(exercises.check_4, of_all_orders)


def test_check_5(items):
    sentences = protocols.pairs(protocols.SentenceKFold(2), items)
    wrong = [
        protocols.pairs(protocols.SubjectKFold(3), items),
        protocols.pairs(protocols.RandomClips(), items),
        sentences[:1],
        protocols.SentenceKFold(2),
        [(["a"], ["b"])],
    ]
    hold(exercises.check_5, sentences, wrong, items)
    said = items["sentence"].to_numpy()
    also(
        exercises.check_5,
        [
            (np.flatnonzero(said != s), np.flatnonzero(said == s))
            for s in np.unique(said)
        ],
        items,
    )


def test_check_6(items):
    bright = items["emotion"].isin(["happy", "calm", "surprised"])
    below = items["setup"] < 2
    wrong = [bright & below, (bright & below) | ~bright, below, np.ones(3, bool), "all"]
    hold(exercises.check_6, bright == below, wrong, items)
    glad = ("happy", "calm", "surprised")
    told = zip(items["emotion"], items["setup"], strict=True)
    also(exercises.check_6, [(e in glad) == (room < 2) for e, room in told], items)


def test_check_7():
    items = probes.items(probes.dealt(6, 8))
    chance = np.random.default_rng(0)
    whose = pd.get_dummies(items["subject"]).to_numpy(float)
    shown = pd.get_dummies(items["emotion"]).to_numpy(float)
    noise = chance.normal(size=(len(items), 4))

    def looked_at(cause="", dose=1.0):
        person = 0 if cause == "identity" else 2
        return {"face": np.hstack([person * whose, shown, noise])}

    rungs = {
        "clips apart": protocols.ClipKFold(3),
        "people apart": protocols.SubjectKFold(3),
    }
    matched = protocols.matched(rungs, items)
    right = {}
    for cause in ("", "identity", "setup"):
        x = looked_at(cause)["face"]
        both = [exercises._nearest(x, items, rule) for rule in matched.values()]
        right[cause] = both[0] - both[1]
    swapped = {cause: -gap for cause, gap in right.items()}
    wrong = [swapped, right | {"setup": 0.5}, {"": 0.1}, "identity"]
    hold(exercises.check_7, right, wrong, looked_at, items, matched)

    def hits(cause, rule):
        x, y = looked_at(cause)["face"], items["emotion"]
        folds = protocols.pairs(rule, items)
        return (cross_val_predict(baselines.nearest(), x, y, cv=folds) == y).mean()

    apart = {cause: [hits(cause, rule) for rule in matched.values()] for cause in right}
    gaps = {cause: clips - people for cause, (clips, people) in apart.items()}
    also(exercises.check_7, gaps, looked_at, items, matched)
