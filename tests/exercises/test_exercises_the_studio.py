"""The exercises of the chapter on the studio: references pass, wrong answers fail."""

import numpy as np
import pandas as pd
import pytest
from answers import hold

from emolib import protocols
from emolib.exercises import the_studio as exercises
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


def test_check_2():
    hold(exercises.check_2, ["6"], [[], ["6", "12"], "6", ["5", "6", "7"]])
    hold(exercises.check_2, {6}, [6, None])


def test_check_3():
    hold(exercises.check_3, 4, [1, 2, 3, 5, 10, 2.5, "many"])


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


def test_check_6(items):
    bright = items["emotion"].isin(["happy", "calm", "surprised"])
    below = items["setup"] < 2
    wrong = [bright & below, (bright & below) | ~bright, below, np.ones(3, bool), "all"]
    hold(exercises.check_6, bright == below, wrong, items)


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
