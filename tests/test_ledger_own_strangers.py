"""Honest tables as a stranger pastes them: read, never accused, told why if silent."""

import pytest
from test_ledger_own import check, wrong

from emolib import UsageError, ledger

# 100 items, 40 happy (30 right) and 60 sad (51 right), as scikit-learn's dictionary is
# written by pandas: the accuracy stands in every column, supports are no whole numbers.
WRITTEN = """\
,precision,recall,f1-score,support
happy,0.7692307692307693,0.75,0.7594936708860759,40.0
sad,0.8360655737704918,0.85,0.8429752066115702,60.0
accuracy,0.81,0.81,0.81,0.81
macro avg,0.8026481715006305,0.8,0.801234438748823,100.0
weighted avg,0.8093316519546028,0.81,0.8095825923213716,100.0
"""
BOXED = """\
┏━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━┓
┃ Layer (type)     ┃ Output Shape       ┃  Param # ┃
┡━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━┩
│ conv2d (Conv2D)  │ (None, 46, 46, 32) │      320 │
├──────────────────┼────────────────────┼──────────┤
│ flatten (Flatten)│ (None, 67712)      │        0 │
├──────────────────┼────────────────────┼──────────┤
│ dense (Dense)    │ (None, 7)          │  473,991 │
└──────────────────┴────────────────────┴──────────┘
 Total params: 474,311 (1.81 MB)
"""
RULED = "+---+---+---+\n| Model | n | Accuracy |\n+===+===+===+\n| a | 40 | 0.850 |\n"
RULED += "+---+---+---+\n"
# 180 items: 50 6 4 / 5 70 5 / 9 3 28, here with the predicted classes down.
TURNED = """\
| %s | happy | sad | angry | Precision |
|---|---|---|---|---|
| happy | 50 | 5 | 9 | 78.1%% |
| sad | 6 | 70 | 3 | 88.6%% |
| angry | 4 | 5 | 28 | 75.7%% |
"""
MARGINS = """\
True,happy,sad,angry,Total,Recall
happy,50,6,4,60,83.3%
sad,5,70,5,80,87.5%
angry,9,3,28,40,70%
Total,64,79,37,180,
Precision,78.1%,88.6%,75.7%,,82.2%
"""
# Their mean F1, 0.72, is not that of the mean precision and recall, 0.75.
AVERAGED = "Class,Precision,Recall,F1\njoy,0.90,0.60,0.72\nsadness,0.60,0.90,0.72\n"
METRICS = "positive: 110\nnegative: 94\n\nMetric,A,B\nAccuracy,0.873,%s\n"
METRICS += "Sensitivity,0.855,0.900\nSpecificity,0.894,0.851\n"
HONEST = {
    "a report written by pandas": WRITTEN,
    "layers as Keras 3 prints them": BOXED,
    "a table ruled with crosses": RULED,
    "a matrix with its totals and rates": MARGINS,
    "predicted classes down, as it says": TURNED % "Predicted / Actual",
    "scores down, models across": METRICS % "0.877",
    "folds across": "Fold,1,2,3,4,5,Mean\nAccuracy,0.80,0.85,0.75,0.90,0.70,0.80\n",
    "ranks in brackets": "Model,Accuracy\nSVM,0.822 (2)\nCNN,0.856 (1)\n",
    "right items in brackets": "Model,Accuracy (%)\nSVM,82.2 (148)\nCNN,85.6 (154)\n",
    "an interval that says so": 'n: 110\n\nModel,Accuracy\nA,"0.85 (95% CI 0.8-0.9)"\n',
    "clips of a corpus": "Emotion,Clips,Precision,Recall,F1\n"
    "angry,376,0.781,0.833,0.806\nhappy,391,0.886,0.875,0.881\n"
    "sad,211,0.757,0.700,0.727\n",
    **{
        f"a mean called {label}": f"{AVERAGED}{label},0.75,0.75,0.72\n"
        for label in (
            *("Mean ± SD", "Mittelwert", "Moyenne", "Resultado", "Combined", "Global"),
            *("Mean (2 classes)", "Average per class", "Overall performance", "Ø"),
        )
    },
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_table_is_read_and_not_accused(tmp_path, name):
    found = check(tmp_path, HONEST[name])
    assert wrong(found) == [] and len(found)
    assert "other" not in found.attrs["kinds"].values()


@pytest.mark.parametrize(
    ("text", "old", "new", "bad"),
    [
        (WRITTEN, "0.75,", "0.76,", "f1"),
        (WRITTEN, "60.0", "61.0", "supports"),
        (BOXED, "473,991", "473,992", "layers"),
        (RULED, "0.850", "0.856", "granularity"),
        (MARGINS, "78.1%", "78.2%", "margins"),
        (MARGINS, "87.5%", "87.6%", "margins"),
        (MARGINS, "64,79", "65,79", "totals"),
        (TURNED % "Predicted vs. true", "88.6", "88.7", "margins"),
        (METRICS % "0.877", "0.877", "0.878", "granularity"),
        ("class,a\nx,10\ny,20\nGrand total,30\n", "30", "31", "totals"),
    ],
)
def test_what_it_says_is_still_held_to(tmp_path, text, old, new, bad):
    assert wrong(check(tmp_path, text)) == []
    assert bad in [name for name, _ in wrong(check(tmp_path, text.replace(old, new)))]


def test_a_matrix_that_was_turned_over_without_a_word_is_one_tension(tmp_path):
    found = check(tmp_path, TURNED % "")
    assert wrong(found) == [("transposed", "all rows")]
    assert {*found.query("check == 'transposed'")["outcome"]} == {
        "in tension, by inference"
    }
    # One wrong rate makes it no matrix turned over.
    other = check(tmp_path, (TURNED % "").replace("78.1", "78.9"))
    assert {name for name, _ in wrong(other)} == {"margins"}


def test_what_may_be_no_count_of_tested_items_is_told(tmp_path):
    found = check(tmp_path, HONEST["clips of a corpus"])
    assert any("call it support" in told for told in found["evidence"])
    tested = "n: 978\n\n" + HONEST["clips of a corpus"]  # 376 + 391 + 211
    assert "whole-items" in [name for name, _ in wrong(check(tmp_path, tested))]


def test_what_says_little_is_told_to_say_little(tmp_path):
    """Of all folds together no more is known than that it lies between them."""
    folds = "Speaker,Accuracy\nS1,0.74\nS2,0.81\nS3,0.73\nAverage,0.76\n"
    found = check(tmp_path, folds)
    assert ledger.status(found) == 0 and "says little" in ledger.told(found)
    assert any("a column n" in told for told in found["evidence"])
    counted = "Speaker,n,Accuracy\nS1,23,0.739\nS2,31,0.806\nAverage,54,0.778\n"
    found = check(tmp_path, counted)
    assert "says little" not in ledger.told(found)
    assert not any("a column n" in told for told in found["evidence"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (",a,b\na,5 (50%),5 (50%)\nb,1 (10%),9 (90%)\n", "two numbers in a cell"),
        ("Model,Sensitivity\nA,94/110 (85.5%)\n", "is no number"),
        (MARGINS.replace("78.1%", "178.1%"), "is no share"),
        ("folds: 2\nfold sizes: 20+20, 21\na,accuracy\nb,0.8\n", "positive+negative"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_with_its_place(tmp_path, text, told):
    with pytest.raises(UsageError, match=r"mine.md:[0-9]+: ") as error:
        check(tmp_path, text)
    assert told in str(error.value)


def test_a_blank_cell_of_a_matrix_is_told(tmp_path):
    table = "| | a | b |\n|---|---|---|\n| a | 50 | |\n| b | 5 | 70 |\n"
    found = check(tmp_path, table)
    assert ledger.status(found) == 2 and "write 0" in found["evidence"][0]
    beside = f"{table}\nclass,recall,support\na,0.80,50\nb,0.93,75\n"
    assert wrong(check(tmp_path, beside)) == []


def test_a_matrix_of_an_array_is_read(tmp_path):
    array = "n: %d\n\narray([[50,  6],\n       [ 5, 70]])\n"
    assert wrong(check(tmp_path, array % 131)) == []
    assert wrong(check(tmp_path, array % 132)) == [("totals", "all rows")]


# 10 positive and 14 negative items in two folds of twelve: 7 + 5 and 3 + 9 of them.
FOLDS = "positive: 10\nnegative: 14\nfolds: 2\naggregation: mean\naverage: positive\n"
FOLDS += "fold sizes: %s\nmodel,accuracy,sensitivity,specificity\na,%s,0.6905,0.7889\n"


def test_folds_may_be_told_apart_by_their_classes(tmp_path):
    """5 of 7 and 2 of 3 positive, 4 of 5 and 7 of 9 negative items right: 9 and 9."""
    for sizes in ("7+5, 3+9", "even"):
        assert wrong(check(tmp_path, FOLDS % (sizes, "0.7500"))) == []
        assert wrong(check(tmp_path, FOLDS % (sizes, "0.7917"))) == [("folds", "a")]
    found = check(tmp_path, FOLDS % ("even", "0.7917"))
    (bad,) = found.loc[found["check"] == "folds", "outcome"]
    assert bad == "in tension, by inference"  # that each fold holds both is inferred
    assert wrong(check(tmp_path, FOLDS % ("6+6, 4+8", "0.7500"))) == [("folds", "a")]
