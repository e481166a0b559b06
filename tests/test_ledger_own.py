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


PRINTED = """\
              precision    recall  f1-score   support

           0       0.77      0.75      0.76        40
           1       0.84      0.85      0.84        60

    accuracy                           0.81       100
   macro avg       0.80      0.80      0.80       100
weighted avg       0.81      0.81      0.81       100
"""


def test_a_printed_report_may_call_its_classes_by_numbers(tmp_path):
    found = check(tmp_path, PRINTED, "a.txt")
    assert wrong(found) == [] and "one-matrix" in set(found["check"])
    assert wrong(check(tmp_path, PRINTED.replace("0.85", "0.84"), "a.txt"))


PANDAS = """\
Predicted  happy  sad
True                 
happy         30   10
sad            9   51
"""


def test_what_pandas_prints_is_read_as_what_it_is(tmp_path):
    """Averages by model are no classes, whose F1 would be 0.8350; a crosstab is one."""
    models = (
        "       precision  recall      f1\n"
        "CNN       0.9000  0.8000  0.8000\n"
        "RNN       0.8400  0.8300  0.8301\n"
    )
    found = check(tmp_path, models, "a.txt")
    assert wrong(found) == [] and set(found["check"]) == {"f1-bounds", "one-matrix"}
    assert wrong(check(tmp_path, "accuracy: 81 %\n\n" + PANDAS, "a.txt")) == []
    assert wrong(check(tmp_path, "accuracy: 82 %\n\n" + PANDAS, "a.txt"))


def test_a_report_of_means_over_folds_is_of_no_one_matrix(tmp_path):
    """A mean F1 lies below that of the means, and is of no whole items."""
    table = (
        "class,precision,recall,f1,support\na,0.90%s,0.80%s,0.80%s,7\nb,0.8,0.8,0.8,5"
    )
    assert wrong(check(tmp_path, table % ("", "", ""), "a.csv"))
    assert wrong(check(tmp_path, table % ((" (0.05)",) * 3), "a.csv")) == []
    folds = "5-fold cross-validation\n" + table % ("", "", "")
    assert wrong(check(tmp_path, folds, "a.csv")) == []


def test_a_table_that_no_check_knows_is_told_so(tmp_path):
    table = "Model,Fold 1,Fold 2,Mean\nCNN,0.80,0.85,0.83\n"
    found = check(tmp_path, table, "a.csv")
    assert ledger.status(found) == 2 and "no head is one" in found["evidence"][0]


def test_what_may_be_no_share_of_the_items_is_not_held_to_them(tmp_path):
    """0.83 is none of 25 items; a class's, or a mean over folds, it may be."""
    table = "%s,accuracy,n\n%s,0.83,25\nb,0.84,25\n"
    assert wrong(check(tmp_path, table % ("model", "a"), "a.csv"))
    for head, label, why in (
        ("emotion", "a", "of a class may be of its items or of all"),
        ("model", "a (5-fold CV)", "means over folds"),
        ("model", "a (mean of 3 runs)", "means over folds"),
    ):
        found = check(tmp_path, table % (head, label), "a.csv")
        assert wrong(found) == []
        assert any(why in told for told in found["evidence"])
    titled = "Ten-fold cross-validation\n" + table % ("model", "a")
    assert wrong(check(tmp_path, titled, "a.csv")) == []


# 180 items, 60, 80 and 40 of a class: 50 6 4 / 5 70 5 / 9 3 28; by hand and rounded.
CLASSES = """\
%s,Prec.,Rec.,f-measure,%s
angry,0.781,0.833,0.806,60
happy,0.886,0.875,0.881,80
sad,0.757,0.700,0.727,40
"""
REPORTED = CLASSES % ("Emotion", "Support")
MACRO, BY_ITEMS = "0.808,0.803,0.805,180", "0.822,0.822,0.821,180"
# A macro F1 below the F1 of macro precision and recall, of two matrices.
AVERAGED = "SVM,0.7222,0.7062,0.7083,0.7060,%s\nCNN,0.8222,0.8080,0.8028,0.8047,%s\n"
THREE = "fold,accuracy\n1,0.7391\n2,0.8065\n3,0.7308\n"  # of 23, 31 and 26 items
OF_CLASS = "%s,Accuracy,n\ng0,0.8667,60\ng1,0.8944,80\ng2,0.8833,40\n"
HONEST = {
    **{
        f"averages by {head or 'a blank'} with {n}": f"{head},Accuracy,Precision,"
        f"Recall,F1,{n}\n{AVERAGED % (180, 180)}"
        for head, n in (
            ("Approach", "n"), ("Dataset", "Samples"), ("", "n"), ("Network", "N"),
            ("Class of model", "n"), ("Tool", "items"), ("Front end", "clips"),
        )
    },  # fmt: skip
    "averages that are said to be": "average: macro\nApproach,Accuracy,Precision,"
    f"Recall,F1,Support\n{AVERAGED % (180, 180)}",
    **{
        f"a row called {label}": f"{REPORTED}{label},{row}\n"
        for row, labels in {
            MACRO: (
                *("Macro F1", "UAR", "Balanced accuracy", "Avg. (unweighted)"),
                *("Average (macro)", "Mean (macro)", "Average/Total"),
                *("Macro-averaged score", "Unweighted average recall", "Mean of all"),
                "All three",
            ),
            BY_ITEMS: ("Overall (weighted)", "Average/Total", "Weighted F1", "Overall"),
        }.items()
        for label in labels
    },
    "a mean recall under the last head": f"{REPORTED}UAR,,,0.803,180\n",
    "an accuracy by another name": f"{REPORTED}WAR,,,0.822,180\n",
    **{
        f"{head} that may be any": f"Model,{head},Accuracy\nsmall,100,0.792\n"
        for head in ("Size", "Samples", "Clips", "Instances", "# samples", "Count")
    },
    **{
        title: f"n: 80\n\n{title}\n\nModel,Accuracy\nSVM,75.88\n"
        for title in (
            *("Leave-one-speaker-out accuracy", "Avg. of 3 repetitions", "LOSO", "LOO"),
            *("Repeated holdout", "Median of ten trials", "Jackknife", "LOGO results"),
            *("Per-speaker accuracy", "Leave one subject out", "5 repeats", "5fold"),
        )
    },
    "a protocol in a cell": "n: 80\nModel,Protocol,Accuracy\nSVM,10-fold,75.88\n",
    "folds counted together": THREE + "Overall,0.7625\n",
    "folds together, as said": "aggregation: pooled\n" + THREE + "Mean,0.7625\n",
    "folds with their best": THREE + "Mean,0.7588\nBest,0.8065\nMedian,0.7391\n",
    "precision and F1 of all": "fold,precision,recall,f1,n\n1,0.727,0.800,0.762,20\n"
    "2,0.938,0.750,0.833,40\n3,0.667,0.400,0.500,40\nOverall,0.818,0.675,0.740,100\n",
    "F1 of the means over folds": "fold,precision,recall,f1\n1,0.727,0.800,0.762\n"
    "2,0.938,0.750,0.833\n3,0.667,0.400,0.500\nMean,0.777,0.650,0.708\n",
    **{f"one against the rest, by {h}": OF_CLASS % h for h in ("Gesture", "Word", "")},
    "some classes, of so many": "classes: 3\n" + REPORTED[: REPORTED.index("sad")],
    "some classes, of so many items": "n: 180\n" + REPORTED[: REPORTED.index("sad")],
    "all corpora on average": "Corpus,Clips,Accuracy\nA,1440,80.62\nB,535,86.79\n"
    "Average,1975,82.29\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_table_is_not_accused(tmp_path, name):
    found = check(tmp_path, HONEST[name], "a.csv")
    assert wrong(found) == [] and len(found)


def test_what_follows_if_a_table_is_what_it_is_taken_for_is_a_tension(tmp_path):
    """Two classes of three, or items of both; rows that supports alone make classes."""
    some = REPORTED[: REPORTED.index("sad")]
    for facts in ("", "accuracy: 82.2 %\n"):
        found = check(tmp_path, facts + some, "a.csv")
        bad = found[found["outcome"].isin(WRONG)]
        assert set(bad["outcome"]) == {"in tension, by inference"}
        assert bad["evidence"].str.endswith("each item is of one").all()
    guessed = AVERAGED % (180, 180)
    table = f"Tool,Accuracy,Precision,Recall,F1,Support\n{guessed}"
    bad = check(tmp_path, table, "a.csv").query("outcome in @WRONG")
    assert set(bad["outcome"]) == {"in tension, by inference"}
    assert bad["evidence"].str.endswith("of models say kind: results").all()
    assert wrong(check(tmp_path, "kind: results\n" + table, "a.csv")) == []


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        (f"{REPORTED}Average (macro),0.818,0.803,0.805,180\n", "averages"),
        (f"{REPORTED}UAR,,,0.813,180\n", "averages"),
        (CLASSES.replace(",40", ",43") % ("Emotion", "# test samples"), "whole-items"),
        ("Model,Test samples,Accuracy\na,25,0.83\n", "granularity"),
        ("Model,Test size,Accuracy\na,25,0.83\n", "granularity"),
        (THREE + "Overall,0.8075\n", "mean"),
        (THREE + "Mean,0.7625\n", "mean"),
        ("aggregation: mean\n" + THREE + "Overall,0.7625\n", "mean"),
        ("Speaker,n,Accuracy\ns1,23,0.739\ns2,31,0.806\nMean,54,0.873\n", "mean"),
        ("Corpus,Accuracy\nTESS,0.739\nRAVDESS,0.806\nMean,0.873\n", "mean"),
    ],
)
def test_what_is_known_of_a_table_is_still_held_to_it(tmp_path, text, bad):
    assert bad in [c for c, _ in wrong(check(tmp_path, text, "a.csv"))]


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


@pytest.mark.parametrize(
    ("stated", "bad"),
    [
        ("82.31 %", True), ("82,31", True), ("82.31", True), ("0.8231", True),
        ("82.22 %", False), ("148/180", False), ("0.8222", False),
        ("82.31 +- 1.2", False), ("above 80 %", False), ("eighty", False),
        ("82,22 %", False), ("94/110", True),
    ],
)  # fmt: skip
def test_a_claim_is_read_however_its_number_is_written(tmp_path, stated, bad):
    """148 of 180 are 82.22 %; 94 of 110 are no share of 180. Nothing is skipped."""
    text = f'claims:\n  - {{id: x.y, quantity: accuracy, stated: "{stated}", n: 180}}\n'
    found = check(tmp_path, text, "a.yaml")
    assert bool(wrong(found)) == bad and set(found["row"]) == {"x.y"}
    if stated[0] in "ae":
        assert "is no number alone" in found["evidence"][0]


@pytest.mark.parametrize(
    "text",
    [
        "claims:\n  - {id: x.y, quantity: epochs, stated: '5', kind: setting}\n",
        "tables:\n  - cells: |\n      class | recall\n      a | ?\n      b |\n",
        "model,accuracy\na,?\n",
        'Layer,Output shape,Param #\ninput,"(9, 9)",0\n',
        'Layer,Output shape\ninput,"(9, 9)"\n',
        "kind: other\nmodel,accuracy\na,0.5\n",
    ],
)
def test_no_file_is_answered_by_silence(tmp_path, text):
    found = check(tmp_path, text, "a.yaml" if "\n  - " in text else "a.csv")
    assert len(found) and ledger.status(found) == 2 and all(found["evidence"])


def test_what_a_table_was_taken_for_is_said(tmp_path):
    for text, kind in ((MODELS, "results"), (FOLDS, "folds"), (REPORT, "scores")):
        assert f"table 1 (read as {kind})" in ledger.told(check(tmp_path, text))


KERAS = """\
 Layer (type)                Output Shape              Param #
=================================================================
 conv2d (Conv2D)             (None, 46, 46, 32)        320
 max_pooling2d (MaxPooling2D)  (None, 23, 23, 32)      0
 flatten (Flatten)           (None, 16928)             0
 dense (Dense)               (None, 7)                 118503
=================================================================
Total params: 118,823
Trainable params: 118,823
Non-trainable params: 0
"""


def test_layers_are_answered_row_by_row_with_their_power(tmp_path):
    """3 x 3 x 32 + 32 parameters, then 16,928 x 7 + 7; the sum stands below."""
    found = check(tmp_path, KERAS)
    assert wrong(found) == [] and len(found) == 5
    assert set(found["tried"]) == {22} and found["noticed"].min() > 10
    for old, new, row in (
        ("118503", "118504", "dense (Dense)"),
        ("118,823\nT", "118,824\nT", "Total params"),
    ):
        assert ("layers", row) in wrong(check(tmp_path, KERAS.replace(old, new)))


@pytest.mark.parametrize(
    ("cell", "bad"),
    [
        ("94/110", False), ("94/111", True), ("0.85 [0.80-0.90]", False),
        ("0.8412 [0.80\u20130.90]", True), ("0.85 (0.80, 0.90)", False),
        ("$0.8412$", True), ("85.45 \\%", False), ("84.45 \\%", True),
        ("$0.84 \\pm 0.02$", False),
    ],
)  # fmt: skip
def test_cells_are_read_as_papers_print_them(tmp_path, cell, bad):
    """94 of 110 are 0.85; what has a deviation is a mean, what has an interval none."""
    text = f"n: 110\n\n| model | accuracy |\n|---|---|\n| a | {cell} |\n"
    assert bool(wrong(check(tmp_path, text))) == bad


def test_right_items_beside_all_give_the_accuracy(tmp_path):
    table = "Model,Correct,Total,Accuracy\nA,148,180,0.8222\nB,130,180,%s\n"
    assert wrong(check(tmp_path, table % "0.7222", "a.csv")) == []
    assert wrong(check(tmp_path, table % "0.7278", "a.csv")) == [("granularity", "B")]
    report = CLASSES.replace("0.875", "70/80") % ("Emotion", "Support")
    assert wrong(check(tmp_path, report, "a.csv")) == []
    assert wrong(check(tmp_path, report.replace("70/", "69/"), "a.csv"))


def test_columns_are_what_they_hold(tmp_path):
    sentiments = "Model,Positive,Negative,Neutral,Accuracy\nA,0.85,0.80,0.70,0.78\n"
    assert wrong(check(tmp_path, sentiments, "a.csv")) == []
    thousands = "Model;Accuracy;n\nA;82,28;1.800\nB;%s;1.800\n"
    assert wrong(check(tmp_path, thousands % "82,33", "a.csv")) == []
    assert wrong(check(tmp_path, thousands % "82,31", "a.csv"))


def test_a_matrix_is_seen_by_names_that_are_cut_short_or_marked(tmp_path):
    for heads in ("Pred. angry,Pred. happy,Pred. sad", "ang,hap,sad"):
        text = f"n: 181\n\n,{heads}\nangry,50,6,4\nhappy,5,70,5\nsad,9,3,28\n"
        assert wrong(check(tmp_path, text, "a.csv")) == [("totals", "all rows")]


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
        ("p=40, n=60\n" + REPORT, 1, "is no fact that a check knows"),
        (PRINTED.replace("0.84        60", "good        60"), 4, "is no number"),
        (
            PRINTED.replace("weighted avg       0.81", "weighted avg       nan"),
            8,
            "blank",
        ),
        ("kind: matrix\n| true | a | b |\n| a | 3 | 4 |\n", 2, "not square"),
        ("kind: matrix\n| true | a | b |\n| a | 3 | 4 |\n| c | 3 | 4 |\n", 4, "order"),
        ("| true | a | b | c |\n| a | 3 | 4 | 5 |\n| b | 3 | 4 | 5 |\n", 1, "square"),
        (
            "| | a | b | total |\n| a | 3 | 4 | 7 |\n| c | 3 | 4 | 7 |\n"
            "| b | 3 | 4 | 7 |\n",
            3,
            "same order",
        ),
        ("| Actual | x | y |\n| a | 3 | 4 |\n| b | 3 | 4 |\n", 2, "same order"),
        (
            "| true | a | b |\n| a | 0.75 | 0.25 |\n| b | 15.0 | 85.0 |\n",
            2,
            "per cent?",
        ),
        ("emotion,clips\nangry,192\nhappy,ten\n", 3, "'ten' is no number"),
        (KERAS.replace("118503", "lots"), 6, "'lots' is no number"),
        ("model,accuracy\na,9/8\n", 2, "is no number"),
        ("model,accuracy\na,0.7 [0.8-0.9]\n", 2, "is no number"),
        ("model,accuracy\na,\x07\n", 2, "control character"),
        ("a,b\n|", 2, "without cells"),
        ("class;n\na;3\nb\nc;4\n", 3, "between two rows"),
        ("just words\n", 1, "no table found"),
        (REPORT + "\naccuracy: 81 %\n", 7, "put it above the table"),
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
    with pytest.raises(UsageError, match=r"mine.csv:20002: more than 20,000 rows"):
        ledger.check(path)
    path.write_text("model,accuracy\n" + "a,0.5\n" * 1_000_000)
    with pytest.raises(UsageError, match="more than 2 MB"):
        ledger.check(path)
    with pytest.raises(UsageError, match="cannot be read"):
        ledger.check(tmp_path)


def test_long_tables_are_answered_in_a_few_lines(tmp_path):
    """Of 3,000 rows of scores every other one is wrong, of counts the total."""
    scores = [f"m{k},0.80,0.60,0.{69 + k % 2 * 3}" for k in range(3000)]
    found = check(tmp_path, "\n".join(["model,precision,recall,f1", *scores]), "a.csv")
    assert wrong(found) == [("f1-bounds", f"m{k}") for k in range(1, 3000, 2)]
    told = ledger.told(found)
    assert told.startswith("1,500 contradictions") and "1,460 more" in told
    assert "m0, m2, m4" in told and len(told.splitlines()) < 200
    counts = [f"c{k},{k},1,{k + 1}" for k in range(3000)]
    text = "\n".join(["class,train,test,total", *counts, "total,4498500,3001,4501500"])
    found = check(tmp_path, text, "a.csv")
    assert {*wrong(found)} == {("totals", "total")}


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
                found = answers.answers(sheet, page=True)
                answers.power(sheet, found, page=True)
        except pasted.Fault as fault:
            assert fault.problem and fault.line >= 0


def test_a_report_of_averages_alone_is_read(tmp_path):
    text = "class,recall,support\nweighted avg,0.5,10\nmacro avg,0.5,10\n"
    assert ledger.status(check(tmp_path, text, "a.csv")) == 2


def test_a_table_of_totals_alone_is_read(tmp_path):
    found = check(tmp_path, "class,train,test\ntotal,1,2\n", "a.csv")
    assert wrong(found) == []


# --- honest tables and planted ones -----------------------------------------------


@pytest.mark.parametrize("place", range(17))
def test_honest_tables_are_not_accused(bench, place):
    """Others than the benchmark's own: another seed."""
    kind = [*bench.KINDS][place]
    found = bench.alarms(kind, 12, seed=12)
    assert found["accused"] == found["refused"] == 0, found
    assert found["not checkable"] in (0, 12)[kind in bench.SILENT :], found


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


def test_all_matrices_of_three_classes_are_found():
    """Three classes of three items: every matrix there is, against random scores."""
    small = [(a, b, 3 - a - b) for a in range(4) for b in range(4 - a)]
    every = [(x, y, z) for x in small for y in small for z in small]
    draw, some = np.random.default_rng(1), 0
    for _ in range(100):
        each = []
        for _ in range(3):
            right = sorted({int(k) for k in draw.integers(0, 4, 2)})
            said = [int(r + draw.integers(0, 4)) for r in right]
            most = [int(s + draw.integers(0, 3)) for s in said]
            each.append([*zip(right, said, most, strict=True)])
        all_right = Interval(*sorted(map(int, draw.integers(0, 10, 2))))
        plain = {
            m for m in every
            if all_right.low <= m[0][0] + m[1][1] + m[2][2] <= all_right.high
            and all(
                any(m[k][k] == r and a <= sum(row[k] for row in m) <= b
                    for r, a, b in each[k])
                for k in range(3)
            )
        }  # fmt: skip
        found, whole = fitting.all_matrices(each, [3, 3, 3], all_right)
        assert whole and len(found) == len({*found}) and {*found} == plain
        assert fitting.some_matrix(each, [3, 3, 3], all_right) == bool(plain)
        some += bool(plain)
    assert 20 < some < 80


# 20 items each of three classes: 16, 15 and 16 right, all by hand.
SMALL = """\
| class | precision | recall | f1-score | support |
|---|---|---|---|---|
| angry | 0.7619 | 0.8000 | 0.7805 | 20 |
| happy | 0.7143 | 0.7500 | 0.7317 | 20 |
| sad | 0.8889 | 0.8000 | 0.8421 | 20 |
| accuracy | | | %s | 60 |
"""


def test_the_matrices_behind_a_report_of_three_classes_are_listed(tmp_path):
    """4 + 5 + 4 wrong, 5 + 6 + 2 taken wrongly: one cell is free, from 0 to 2 items."""
    told = " ".join(check(tmp_path, SMALL % "0.7833")["evidence"])
    assert "matrices that fit: 16 2 2 / 5 15 0 / 0 4 16, " in told
    for a in range(3):  # angry for sad; the others follow from rows and columns
        one = f"16 {4 - a} {a} / {3 + a} 15 {2 - a} / {2 - a} {2 + a} 16"
        assert one in told
    assert " more" not in told and "steps" not in told
    # Each class alone can be, and 47 are right: 0.80 would be 48.
    assert wrong(check(tmp_path, SMALL % "0.8000")) == [
        ("accuracy", "accuracy"), ("one-matrix", "all rows")]  # fmt: skip


def test_a_search_for_matrices_that_ends_early_says_so(tmp_path):
    rows = "\n".join(f"class {k},0.50,0.50,0.50,400" for k in range(8))
    found = check(tmp_path, f"class,precision,recall,F1,support\n{rows}\n", "a.csv")
    (told,) = [e for e in found["evidence"] if "steps" in e]
    assert "at least" in told and "the search stopped after 10,000 steps" in told
    many = "\n".join(f"class {k},0.50,0.50,0.50,4" for k in range(60))
    found = check(tmp_path, f"class,precision,recall,F1,support\n{many}\n", "a.csv")
    assert wrong(found) == []


def test_exact_fractions_print_as_they_should(bench):
    way = bench.Printing(np.random.default_rng(0))
    way.percent, way.places = True, 1
    for name, told in (("even", "12.2"), ("up", "12.3"), ("cut", "12.2")):
        way.way = name
        assert str(way.score(Fraction(1225, 10_000))) == told
