"""Rows of two classes and means over folds, held to what mlscorecheck says of them.

`tests/oracles/scores.json` holds its answers; `make oracles` asks it again.
"""

import json
from pathlib import Path

import benchmark
import numpy as np

from emolib import ROOT
from emolib.ledger.arithmetic import Interval
from emolib.ledger.own import fitting

TOLD = json.loads((ROOT / "benchmarks" / "tables.json").read_text())["mlscorecheck"]
ASKED = json.loads((Path(__file__).parent / "oracles" / "scores.json").read_text())


def around(scores: dict[str, float], places: int) -> list[tuple[str, Interval]]:
    half = 0.5 * 10**-places
    return [
        (key, Interval(value - half, value + half)) for key, value in scores.items()
    ]


def searched(p: int, n: int, scores: dict[str, float], places: int) -> bool:
    """Whether one of all matrices gives the scores: a plain search, formulas anew."""
    tp, tn = np.meshgrid(np.arange(p + 1.0), np.arange(n + 1.0), indexing="ij")
    fn, fp = p - tp, n - tn
    with np.errstate(all="ignore"):
        chance = ((tp + fp) * p + (tn + fn) * n) / (p + n) ** 2
        given = {
            "accuracy": (tp + tn) / (p + n),
            "sensitivity": tp / p,
            "specificity": tn / n,
            "precision": tp / (tp + fp),
            "npv": tn / (tn + fn),
            "f1": 2 * tp / (2 * tp + fp + fn),
            "balanced": (tp / p + tn / n) / 2,
            "informedness": tp / p + tn / n - 1,
            "jaccard": tp / (tp + fp + fn),
            "gmean": np.sqrt(tp * tn / (p * n)),
            "mcc": (tp * tn - fp * fn) / np.sqrt((tp + fp) * p * n * (tn + fn)),
            "kappa": ((tp + tn) / (p + n) - chance) / (1 - chance),
        }
    room = 0.5 * 10**-places + 1e-9
    near = [abs(given[name] - value) <= room for name, value in scores.items()]
    return bool(np.logical_and.reduce(near).any())


def test_rows_of_two_classes_can_be_where_it_says_so():
    """A thousand rows, half of them with a planted step.

    What it accuses we accuse; where we say more, a search over all matrices does too.
    """
    assert len(ASKED["rows"]) >= 1000
    ours = more = 0
    for p, n, scores, places, planted, accused, if_cut in ASKED["rows"]:
        bad = fitting.of_two(p, n, around(scores, places)) == []
        assert (bad or not accused) and (accused or not if_cut)
        if bad and not accused:
            more += 1
            assert planted and not searched(p, n, scores, places)
        ours += bad and planted
    both = [row[5] for row in ASKED["rows"] if row[4]]
    assert ours == sum(both) + more and ours > 0.8 * len(both)


def test_as_pasted_tables_they_are_accused_as_the_page_says():
    """Where digits may have been cut off fewer are; where they may not, all."""
    bench = benchmark.load("tables")
    found, told = bench.beside_mlscorecheck(), {**TOLD}
    told.pop("own")
    assert found == told
    assert found["rounded"] == found["accused"] == sum(row[5] for row in ASKED["rows"])
    assert 0.8 * found["accused"] < found["ours"] and found["honest"] == 0
    assert found["ours if cut"] == found["accused if cut"] > 100


def test_its_own_examples_get_its_verdict():
    """Those of its README and docstrings that a table can say, folds among them."""
    found = benchmark.load("tables").own_examples()
    assert found == TOLD["own"] and found["apart"] == []
    tables = [one for one in ASKED["own"]["tables"] if "why" not in one]
    assert found["agree"] == len(tables) >= 20
    assert {one["accused"] for one in tables} == {True, False}
    assert sum(len(one.get("folds", [])) > 1 or "of" in one for one in tables) > 8


def test_means_over_folds_can_be_where_it_says_so():
    assert len(ASKED["folds"]) >= 300
    other = [
        one
        for one in ASKED["folds"]
        if (fitting.of_folds(one[0], dict(around(one[1], one[2]))) is False) != one[4]
    ]
    assert other == []
