"""Strangers' tables: as they are pasted, what is told of them, what is refused."""

import io
import random
import sys
from fractions import Fraction

import benchmark
import numpy as np
import pytest

from emolib import UsageError, ledger
from emolib.ledger.arithmetic import Interval
from emolib.ledger.own import answers, fitting, pasted, sheets
from emolib.ledger.own.check import WRONG


@pytest.fixture(scope="module")
def bench():
    return benchmark.load("tables")


def check(tmp_path, text: str, name: str = "mine.md"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return ledger.check(path)


def wrong(found) -> list[tuple[str, str]]:
    bad = found[found["outcome"].isin(WRONG)]
    return list(zip(bad["check"], bad["row"], strict=True))


# --- the commonest tables, as they are written ------------------------------------

# 100 items: 40 happy (30 right), 60 sad (51 right); every number by hand.
ROWS = [
    ("happy", "0.77", "0.75", "0.76", "40"),
    ("sad", "0.84", "0.85", "0.84", "60"),
    ("Mean", "0.80", "0.80", "0.80", "100"),
]
HEADS = ("Emotion", "Prec.", "Rec.", "f-measure", "Support")


def lines(mark: str) -> list[str]:
    return [mark.join(row) for row in (HEADS, *ROWS)]


def with_commas() -> list[str]:
    return [
        line if not k else line.replace(".", ",") for k, line in enumerate(lines(";"))
    ]


STYLES = {
    "csv": lines(","),
    "tabs": lines("\t"),
    "decimal commas": with_commas(),
    "bars": lines("|"),
    "markdown": [
        *(f"| {' | '.join(HEADS)} |", "|:--|--:|--:|--:|--:|"),
        *(f"| **{row[0]}** | {' | '.join(row[1:])} |" for row in ROWS),
    ],
    "printed": [
        "             Prec.   Rec.  f-measure   Support",
        "",
        "happy         0.77   0.75       0.76        40",
        "sad           0.84   0.85       0.84        60",
        "",
        "Mean          0.80   0.80       0.80       100",
    ],
    "yaml": [
        *("tables:", "  - cells: |"),
        *(f"      {line}" for line in lines(" | ")),
    ],
}


@pytest.mark.parametrize("style", STYLES)
def test_a_report_is_read_as_strangers_write_it(tmp_path, style):
    text = "\n".join(STYLES[style]) + "\n"
    found = check(tmp_path, text)
    assert wrong(found) == [] and ledger.status(found) == 0
    fits = set(found.loc[found["outcome"] == "consistent", "check"])
    assert fits == {"f1", "whole-items", "averages", "supports", "one-matrix"}
    assert "the one matrix that fits: 30 10 / 9 51" in [*found["evidence"]]
    for old, new, check_, row in (
        ("0.76", "0.79", "f1", "happy"),
        ("0.85", "0.84", "whole-items", "sad"),
        ("100", "110", "supports", "Mean"),
    ):
        other = check(tmp_path, text.replace(old, new).replace(
            old.replace(".", ","), new.replace(".", ",")))  # fmt: skip
        assert (check_, row) in wrong(other) and ledger.status(other) == 1


MODELS = """\
positive: 110
negative: 94

| Model | Accuracy (%) | Sensitivity | Specificity | Balanced accuracy | Kappa | AUC |
|---|---|---|---|---|---|---|
| small | 87.25 | 85.45 | 89.36 | 87.41 | 0.74 | 0.91 |
"""


def test_only_what_is_a_share_of_items_is_held_to_them(tmp_path):
    """94 of 110 positive items, 84 of 94 negative ones: 178 of 204."""
    found = check(tmp_path, MODELS)
    assert wrong(found) == []
    assert "the one matrix that fits: 94 16 / 10 84" in [*found["evidence"]]
    (left,) = found.loc[found["outcome"] == "cannot be checked", "evidence"]
    assert left.startswith("AUC: ")
    # Without the two numbers, accuracy alone has so many items; kappa has none.
    only_n = MODELS.replace("positive: 110\nnegative: 94", "n: 204")
    found = check(tmp_path, only_n)
    assert wrong(found) == []
    told = " ".join(found.loc[found["outcome"] == "cannot be checked", "evidence"])
    for name in ("Sensitivity", "Specificity", "Balanced accuracy", "Kappa", "AUC"):
        assert name in told
    # An accuracy and a kappa that no one matrix gives, though each could be.
    for old, new in (("87.25", "87.21"), ("0.74", "0.71"), ("85.45", "86.36")):
        assert wrong(check(tmp_path, MODELS.replace(old, new)))


def test_scores_of_a_row_are_read_as_averages_where_only_that_fits(tmp_path):
    """3 of 4 and 5 of 6 right: the macro recall is 0.792, the weighted one 0.8."""
    table = "positive: 4\nnegative: 6\nmodel,accuracy,recall\na,0.80,%s\n"
    assert wrong(check(tmp_path, table % "0.75", "a.csv")) == []
    found = check(tmp_path, table % "0.79", "a.csv")
    assert wrong(found) == [] and "remark" in set(found["outcome"])
    assert any("say average: macro" in told for told in found["evidence"])
    stated = "average: positive\n" + table % "0.79"
    assert wrong(check(tmp_path, stated, "a.csv")) == [("one-matrix", "a")]


def test_a_mean_f1_is_not_above_that_of_the_means(tmp_path):
    """However averaged; and not below P + R - 1, which two classes can come near to."""
    table = "model,precision,recall,F1\na,0.90,0.50,%s\n"
    for f1, bad in (("0.64", False), ("0.40", False), ("0.66", True), ("0.37", True)):
        assert bool(wrong(check(tmp_path, table % f1, "a.csv"))) == bad


FOLDS = "fold;accuracy;n\n1;0,80;40\n2;0,85;40\n3;0,75;40\nmean;0,80;\nstd;0,04;\n"


def test_folds_their_mean_and_deviation(tmp_path):
    """Over all three 0.041, of a sample 0.05; both are deviations."""
    for text, bad in (
        (FOLDS, []),
        (FOLDS.replace("0,04", "0,05"), []),
        (FOLDS.replace("0,04", "0,08"), [("deviation", "std")]),
        (FOLDS.replace("mean;0,80", "mean;0,83"), [("mean", "mean")]),
        (FOLDS.replace("3;0,75", "3;0,76"), [("granularity", "3")]),
    ):
        assert wrong(check(tmp_path, text, "a.csv")) == bad


MEANS = """\
positive: 10
negative: 15
folds: 5
stratified: yes
aggregation: mean
model,accuracy,sensitivity,specificity
a,0.720 (0.05),0.600 (0.20),0.800 +- 0.1
"""


def test_means_over_folds_need_whole_items_in_each(tmp_path):
    """Two positive items in each of five folds: means of tenths alone."""
    assert wrong(check(tmp_path, MEANS, "a.csv")) == []
    bad = MEANS.replace("0.600 (", "0.650 (")
    assert wrong(check(tmp_path, bad, "a.csv")) == [("folds", "a")]
    apart = MEANS.replace("0.720 (", "0.760 (")  # 0.4 * 0.6 + 0.6 * 0.8 = 0.72
    assert wrong(check(tmp_path, apart, "a.csv")) == [("folds", "a")]
    unknown = MEANS.replace("stratified: yes\n", "")
    found = check(tmp_path, unknown.replace("0.600 (", "0.650 ("), "a.csv")
    assert wrong(found) == [] and any("say stratified" in e for e in found["evidence"])
    wide = MEANS.replace("(0.20)", "(0.60)")  # 0.6 * 0.4 * 5/4 = 0.3 = 0.55 squared
    assert wrong(check(tmp_path, wide, "a.csv")) == [("deviation", "a")]


MATRIX = "| true | a | b |%s\n|---|---|---|%s\n| a | %s | %s |%s\n| b | %s | %s |%s\n"


def test_matrices_in_counts_per_cents_and_shares(tmp_path):
    plain = MATRIX % ("", "", "30", "10", "", "9", "51", "")
    found = check(tmp_path, plain)
    assert ledger.status(found) == 2 and "counts alone" in found["evidence"][0]
    assert wrong(check(tmp_path, f"accuracy: 81 %\n{plain}")) == []
    bad = check(tmp_path, f"accuracy: 82 %\n{plain}")
    assert wrong(bad) == [("accuracy", "accuracy")]
    assert wrong(check(tmp_path, f"n: 101\n{plain}")) == [("totals", "all rows")]
    margins = (" recall | total |", "---|---|", "30", "10", " 0.75 | 40 |")
    text = MATRIX % (*margins, "9", "51", " 0.85 | 60 |")
    assert wrong(check(tmp_path, text)) == []
    assert wrong(check(tmp_path, text.replace("0.85", "0.84"))) == [("margins", "b")]
    for unit, cells in (("%", "75.0 25.0 15.0 85.0"), ("", "0.75 0.25 0.15 0.85")):
        one, two, three, four = (cell + unit for cell in cells.split())
        text = MATRIX % ("", "", one, two, "", three, four, "")
        assert wrong(check(tmp_path, text)) == []
        more = text.replace(four, four.replace("85", "97"))
        assert wrong(check(tmp_path, more)) == [("sums", "b")]
        assert wrong(check(tmp_path, f"accuracy: 90 %\n{text}"))
    assert wrong(check(tmp_path, "[[30 10]\n [9 51]]\naccuracy: 82 %\n")) == []
    assert wrong(check(tmp_path, "accuracy: 82 %\n[[30 10]\n [9 51]]\n"))


def test_a_matrix_turned_over_is_one_cause(tmp_path):
    report = "\n".join(STYLES["markdown"][:-1])
    matrix = MATRIX.replace("a", "happy").replace("b", "sad")
    right = matrix % ("", "", "30", "10", "", "9", "51", "")
    turned = matrix % ("", "", "30", "9", "", "10", "51", "")
    assert wrong(check(tmp_path, f"{report}\n\n{right}")) == []
    assert wrong(check(tmp_path, f"{report}\n\n{turned}")) == [
        ("transposed", "all rows")
    ]
    other = f"of: voice\n{report}\n\nof: face\n{turned}"
    assert wrong(check(tmp_path, other)) == []


def test_digits_may_be_rounded_either_way_or_cut_off(tmp_path):
    """5 of 8 is 0.625; 2 of 3 is 0.66 where digits are cut off."""
    table = "model,accuracy,n\na,%s,8\nb,%s,3\n"
    for one, other in (("0.62", "0.67"), ("0.63", "0.67"), ("0.62", "0.66")):
        assert wrong(check(tmp_path, table % (one, other), "a.csv")) == []
    found = check(tmp_path, table % ("0.63", "0.66"), "a.csv")  # now one, now the other
    (bad,) = found[found["outcome"].isin(WRONG)].itertuples()
    assert bad.outcome == "in tension, by inference" and bad.row == "b"
    assert wrong(check(tmp_path, table % ("0.64", "0.67"), "a.csv"))


def test_what_is_cut_off_to_nothing_may_have_been_below_it(tmp_path):
    """One of two positive items right and two of five negative ones: a MCC of -0.09."""
    table = "positive: 2\nnegative: 5\nmodel,accuracy,MCC\na,0.4,%s\n"
    for mcc, bad in (("0.0", False), ("-0.0", False), ("-0.1", False), ("0.4", True)):
        assert bool(wrong(check(tmp_path, table % mcc, "a.csv"))) == bad


def test_more_is_noticed_where_digits_are_known_to_be_rounded(tmp_path):
    """2 of 3 is 0.67; 0.66 if it is cut off."""
    table = "model,accuracy,n\nb,0.66,3\n"
    assert wrong(check(tmp_path, table, "a.csv")) == []
    found = check(tmp_path, "digits: rounded\n" + table, "a.csv")
    assert wrong(found) == [("granularity", "b")]


def test_claims_alone_are_checked(tmp_path):
    text = """\
claims:
  - {id: x.accuracy, quantity: "%s", stated: "82.43", unit: "%%", n: 100}
"""
    found = check(tmp_path, text % "accuracy of the voice", "a.yaml")
    assert wrong(found) == [("granularity", "x.accuracy")]
    for other in ("sensitivity", "balanced accuracy", "UAR", "kappa", "luck"):
        found = check(tmp_path, text % other, "a.yaml")
        assert wrong(found) == [] and ledger.status(found) == 2


def test_counts_and_layers(tmp_path):
    counts = "class,train,test,total\na,100,20,120\nb,50,10,60\ntotal,150,30,180\n"
    assert wrong(check(tmp_path, counts, "a.csv")) == []
    assert wrong(check(tmp_path, counts.replace(",30,", ",31,"), "a.csv"))
    layers = 'Layer (type),Output Shape,Param #\nc (Conv2D),"(None, 9, 9, 8)",80\n'
    layers += 'f (Flatten),"(None, 648)",0\nd (Dense),"(None, 2)",%s\n'
    assert wrong(check(tmp_path, layers % "1298", "a.csv")) == []
    assert wrong(check(tmp_path, layers % "1299", "a.csv"))


def test_standard_input_is_read(tmp_path, monkeypatch):
    class Given:
        buffer = io.BytesIO(MODELS.encode())

    monkeypatch.setattr(sys, "stdin", Given)
    assert ledger.status(ledger.check("-")) == 0


def test_what_is_told_is_told_row_by_row_with_its_power(tmp_path):
    said = ledger.told(check(tmp_path, MODELS))
    assert said.startswith("What could be checked can be true together.")
    assert "small: fits granularity and one-matrix" in said
    assert "would be noticed:" in said and " of " in said.splitlines()[-1]
    none = "model,auc\na,0.75\nb,0.85\n"
    assert ledger.told(check(tmp_path, none, "a.csv")).startswith("Nothing could be")


def test_a_power_that_is_told_is_that_of_the_table(tmp_path):
    """Of 4 items each step of a hundredth is noticed, of 1,000 items none is."""
    for n, noticed in ((4, 2), (1000, 0)):
        found = check(tmp_path, f"model,accuracy,n\na,0.75,{n}\n", "a.csv")
        row = found[found["check"] == "granularity"].iloc[0]
        assert (row["noticed"], row["tried"]) == (noticed, 2)


def test_a_report_with_a_blank_cell_is_checked_as_far_as_it_goes(tmp_path):
    text = "\n".join(STYLES["csv"][:3]).replace("0.75", "")
    found = check(tmp_path, text, "a.csv")
    assert wrong(found) == [] and "one-matrix" in set(found["check"])


# --- what is refused --------------------------------------------------------------

REPORT = "\n".join(STYLES["markdown"]) + "\n"


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (REPORT.replace("0.75", "NaN"), 3, "leave the cell blank"),
        (REPORT.replace("0.75", "good"), 3, "'good' is no number"),
        (REPORT.replace("0.75", "about 0.75"), 3, "is no number"),
        (REPORT.replace("0.75", "75"), 3, "shares or per cent?"),
        (REPORT.replace("40", "-40"), 3, "counts items"),
        (REPORT.replace("40", "40.5"), 3, "counts items"),
        (REPORT.replace("**sad**", "happy"), 4, "stands in line 3 too"),
        (REPORT.replace("| 0.75 ", ""), 3, "4 cells under 5 heads"),
        ("kind: novel\n" + REPORT, 1, "is none of"),
        ("n: many\n" + REPORT, 1, "give a whole number"),
        ("people tested: 30\n" + REPORT, 1, "is no fact that a check knows"),
        ("kind: matrix\n| true | a | b |\n| a | 3 | 4 |\n", 2, "not square"),
        ("kind: matrix\n| true | a | b |\n| a | 3 | 4 |\n| c | 3 | 4 |\n", 4, "order"),
        ("model,accuracy\na,\x07\n", 2, "control character"),
        ("a,b\n|", 2, "without cells"),
        ("class;n\na;3\nb\nc;4\n", 3, "between two rows"),
        ("just words\n", 1, "no table found"),
        ("", 1, "no table found"),
    ],
)
def test_bad_input_is_refused_with_its_line(tmp_path, text, line, told):
    with pytest.raises(UsageError) as error:
        check(tmp_path, text)
    assert f"mine.md:{line}: " in str(error.value) and told in str(error.value)


def test_files_that_are_no_text_or_too_long_are_refused(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes("modèle,accuracy\n".encode("latin-1"))
    with pytest.raises(UsageError, match=r"mine.csv:1: .*save it as UTF-8"):
        ledger.check(path)
    path.write_text("model,accuracy\n" + "a,0.5\n" * 100_000)
    with pytest.raises(UsageError, match=r"mine.csv:2002: more than 2,000 rows"):
        ledger.check(path)
    path.write_text("model,accuracy\n" + "a,0.5\n" * 1_000_000)
    with pytest.raises(UsageError, match="more than 2 MB"):
        ledger.check(path)
    with pytest.raises(UsageError, match="cannot be read"):
        ledger.check(tmp_path)


def mutated(text: str, draw: random.Random) -> str:
    """A text with a few places cut, doubled, exchanged or overwritten."""
    for _ in range(draw.randint(1, 4)):
        place, other = sorted(draw.randrange(len(text) + 1) for _ in "ab")
        odd = draw.choice(
            ["|", ",", ";", "\n", "-", "%", "9", "nan", "\t", "é", ":", '"']
        )
        text = draw.choice(
            [
                text[:place] + text[place + 1 :],
                text[:place] + odd + text[place:],
                text[:place] + text[place:other] * 2 + text[other:],
                text[:place] + text[other:],
            ]
        )
    return text


def test_mutated_tables_raise_nothing_of_their_own(bench):
    """Read or refused; never a traceback."""
    draw = random.Random(3)
    for number in range(100):
        kind = [*bench.KINDS][number % len(bench.KINDS)]
        made, _, style = bench.tried(kind, number, seed=7)
        text = mutated(bench.written(made, style), draw)
        try:
            for grid in pasted.read(text):
                sheet = sheets.sheet(grid, "t")
                found = answers.answers(sheet, programme=False)
                answers.power(sheet, found, programme=False)
        except pasted.Fault as fault:
            assert fault.problem and fault.line >= 0


def test_a_table_of_totals_alone_is_read(tmp_path):
    found = check(tmp_path, "class,train,test\ntotal,1,2\n", "a.csv")
    assert wrong(found) == []


# --- honest tables and planted ones -----------------------------------------------


@pytest.mark.parametrize("place", range(10))
def test_honest_tables_are_not_accused(bench, place):
    """Others than the benchmark's own: another seed."""
    kind = [*bench.KINDS][place]
    found = bench.alarms(kind, 12, seed=12)
    assert found["accused"] == found["refused"] == found["not checkable"] == 0, found


def test_planted_changes_are_caught(bench):
    assert bench.caught("models, two classes", 20, seed=3) >= 0.7
    assert bench.caught("class counts", 20, seed=3) == 1


# --- the matrices behind a row ----------------------------------------------------


def test_all_matrices_of_two_classes_are_found():
    """Against a plain search over every matrix."""
    draw = np.random.default_rng(0)
    for _ in range(30):
        p, n = (int(size) for size in draw.integers(1, 25, 2))
        keys = list(draw.choice(fitting.OF_TWO, 3, replace=False))
        tp, tn = int(draw.integers(0, p + 1)), int(draw.integers(0, n + 1))
        scores = []
        for key in keys:
            value = fitting.binary(tp, tn, p, n, key, "positive")[0]
            scores.append((key, Interval(value - 0.02, value + 0.01)))
        plain = [
            (a, b)
            for a in range(p + 1)
            for b in range(n + 1)
            if all(
                any(
                    low - fitting.EDGE <= v <= high + fitting.EDGE
                    for v in fitting.binary(a, b, p, n, key, "positive")
                )
                for key, (low, high) in scores
            )
        ]
        assert (tp, tn) in plain
        assert fitting.of_two(p, n, scores) == plain


def test_a_report_has_a_matrix_where_a_search_finds_one():
    """Three classes of three items: every matrix, against margins that some has."""
    small = [(a, b, 3 - a - b) for a in range(4) for b in range(4 - a)]
    margins = {
        (m[0][0], m[1][1], m[2][2], *(sum(row[c] for row in m) for c in range(3)))
        for m in ((x, y, z) for x in small for y in small for z in small)
    }
    draw = np.random.default_rng(1)
    for _ in range(300):
        right = [int(k) for k in draw.integers(0, 4, 3)]
        said = [int(r + draw.integers(0, 4)) for r in right]
        each = [[(r, s, s)] for r, s in zip(right, said, strict=True)]
        found = fitting.predicted(each, [3, 3, 3])
        assert found == ((*right, *said) in margins)


def test_exact_fractions_print_as_they_should(bench):
    way = bench.Printing(np.random.default_rng(0))
    way.percent, way.places = True, 1
    for name, told in (("even", "12.2"), ("up", "12.3"), ("cut", "12.2")):
        way.way = name
        assert str(way.score(Fraction(1225, 10_000))) == told
