"""Receipts: what agrees with the book, and planted differences by their names."""

import json

import pandas as pd
import pytest

from emolib import UsageError, receipts

BOOK = pd.DataFrame(
    [
        ("subjects-apart", 0, 0.25, 0.50),
        ("subjects-apart", 0, 0.50, 0.54),
        ("random-clips", 0, 0.25, 0.80),
        ("folders-apart", 0, 0.25, 0.504),
    ],
    columns=["protocol", "seed", "design.width", "value"],
).assign(
    study="toy", experiment="voice", source="demo", profile="quick", metric="accuracy",
    corpus="ravdess", model="network", record="here", of="today's code",
)  # fmt: skip


@pytest.fixture
def published(tmp_path):
    """The book's results, as they come back from their file."""
    BOOK.to_csv(tmp_path / "results.csv", index=False)
    return receipts.read(tmp_path / "results.csv")


def outcome(published, tolerance=receipts.TOLERANCE, row=2, **changes):
    mine = BOOK.iloc[[row]].assign(record="mine", **changes)
    (one,) = receipts.receipt(mine, published, tolerance).to_dict("records")
    return one["outcome"], one["why"]


def test_the_same_run_agrees_within_the_tolerance(published):
    assert outcome(published) == ("agrees", "")
    assert outcome(published, value=0.805) == ("agrees", "")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"seed": 1}, "seed 1, in the book 0"),
        ({"design.width": 0.125}, "design.width 0.125, in the book 0.25"),
        ({"protocol": "augmented-before-split"}, "protocol augmented-before-split"),
        ({"profile": "smoke"}, "profile smoke, in the book quick"),
        ({"copies": 3}, "copies 3, in the book nothing"),
    ],
)
def test_another_seed_half_the_width_and_a_leak_are_flagged(published, changes, told):
    found, why = outcome(published, **changes)
    assert found == "another run" and told in why
    # Even if chance gives the same number.
    assert outcome(published, value=0.80, **changes)[0] == "another run"


def test_the_same_names_with_another_value_differ(published):
    found, why = outcome(published, value=0.83)
    assert found == "differs" and "other inputs" in why


def test_what_the_tolerance_cannot_tell_apart_is_said_to_be_so(published):
    found, why = outcome(published, row=0)
    assert found == "cannot tell apart"
    assert "folders-apart lies 0.4 points away, within the tolerance of 1.0" in why
    assert outcome(published, row=0, tolerance=0.002)[0] == "agrees"
    assert outcome(published, row=2, tolerance=0.35)[0] == "cannot tell apart"


def test_what_the_book_does_not_hold_is_named(published):
    assert outcome(published, experiment="mine")[0] == "not in the book"


def test_a_receipt_is_a_small_file(published, tmp_path):
    table = receipts.receipt(BOOK, published)
    receipts.write(table, tmp_path / "receipt.json")
    told = json.loads((tmp_path / "receipt.json").read_text())
    assert told["outcomes"] == {"cannot tell apart": 2, "agrees": 2}
    assert len(told["numbers"]) == 4 and told["tolerance"] == receipts.TOLERANCE


def test_a_file_that_is_none_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        receipts.read(tmp_path / "none.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UsageError, match="no column"):
        receipts.read(tmp_path / "other.csv")
