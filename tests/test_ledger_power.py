"""What the benchmark of the ledger's checks found, and a small slice of it."""

import json

import benchmark
import pytest

from emolib import ROOT, ledger

FOUND = json.loads((ROOT / "benchmarks" / "ledger.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def bench():
    return benchmark.load("ledger")


def test_most_changes_are_caught_and_nobody_honest_is_accused():
    together = FOUND["power"][-1]
    assert together["check"] == "all together" and together["numbers"] > 400
    assert together["step"] >= 0.75 and together["random"] >= 0.92
    assert FOUND["alarms"]["reports"] >= 10_000
    assert FOUND["alarms"]["accused"] == 0


def test_the_benchmark_is_of_the_checks_that_there_are():
    names = {row["check"] for row in FOUND["power"]} - {"all together"}
    assert names <= {*ledger.checks.CHECKS}


def test_honest_reports_are_not_accused(bench):
    """Others than the benchmark's own: another seed."""
    found = bench.alarms(60, seed=12)
    assert found["accused"] == 0, found["first"]


def test_a_changed_number_is_caught(bench):
    """By hand: with 0.95, a recall of 0.70 gives an F1 of 0.81, not 0.90."""
    document = ledger.document("A")
    claim = document.claim["A.audio.recall.posed-happy"]
    before = bench.accused(ledger.checks.run(document))
    for text, caught in (("0.86", set()), ("0.70", {"f1", "averages", "accuracy"})):
        other = bench.changed(document, claim, text)
        assert other.table["A.table7"].row("posed happy")["recall"] == text
        new = bench.accused(ledger.checks.run(other)) - before
        assert {check for check, _ in new} & caught == caught
        assert bool(new) == bool(caught)
