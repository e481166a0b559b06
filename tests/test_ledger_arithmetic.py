"""The ledger's arithmetic, against hand computations and planted faults."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, chi2, chisquare
from sklearn.metrics import classification_report, log_loss
from sklearn.model_selection import train_test_split

from emolib import UsageError
from emolib.ledger import arithmetic, checks, layers, ordering, reading
from emolib.ledger.arithmetic import Interval, f1_bounds, possible_hits, rounded

# --- rounding --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("0.72", 0.715, 0.725), ("100", 99.5, 100.5), ("29.062", 29.0615, 29.0625)],
)
def test_a_printed_number_is_an_interval(text, low, high):
    assert rounded(text) == pytest.approx((low, high))
    assert rounded(text, 0.01) == pytest.approx((low / 100, high / 100))


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1,254", "1254"), ("73 %", "73"), (".5", ".5"), ("-3", "-3"), ("3,5", None)]
    + [(cell, None) for cell in ("", "?", "VGG16", "19-36", "1,25")],
)
def test_numbers_in_cells(cell, number):
    assert arithmetic.number(cell) == number


# --- sizes and counts ------------------------------------------------------------


def test_implied_sizes():
    assert arithmetic.implied_sizes(2267, 0.15) == range(15107, 15114)
    for test_n, share in [(1, 0.2), (7, 0.15), (30, 0.1), (29, 0.29)]:
        sizes = arithmetic.implied_sizes(test_n, share)
        around = range(max(2, sizes[0] - 1), sizes[-1] + 2)
        found = [
            n
            for n in around
            if len(train_test_split(range(n), test_size=share)[1]) == test_n
        ]
        assert found == [n for n in sizes if n >= 2]  # sklearn wants two to split
    with pytest.raises(ValueError, match="between 0 and 1"):
        arithmetic.implied_sizes(2267, 15)


def test_sizes_that_give_percentages_are_all_found():
    """Against trying every number of right items, one by one."""
    for texts in (["8.333", "9.167"], ["66.7"], ["15.121"], ["50", "33.33"]):
        tried = [
            n
            for n in range(1, 301)
            if all(
                any(
                    round(100 * k / n, arithmetic.decimals(t)) == float(t)
                    for k in range(n)
                )
                for t in texts
            )
        ]
        assert arithmetic.possible_sizes(texts, 300) == tried
    given = arithmetic.sizes_giving(["15.121", "13.333"], 120)
    assert given[119] == 1 and max(given) == 1  # 120 give the second alone


def test_match_counts_names_what_is_certain():
    documented = {"a": 10, "b": 20, "c": 20, "d": 40}
    printed = {"a": 40, "b": 20, "c": 10, "d": 7}
    assert arithmetic.match_counts(printed, documented) == {
        "a": "d",
        "b": "b",
        "c": "a",
    }
    assert arithmetic.match_counts({"a": 20}, documented) == {}  # b or c


# --- scores ------------------------------------------------------------------------


def test_f1_bounds_hold_every_f1_of_numbers_that_round_so():
    rng = np.random.default_rng(0)
    for _ in range(300):
        p, r = rng.uniform(0.02, 1, 2)
        allowed = f1_bounds(rounded(f"{p:.2f}"), rounded(f"{r:.2f}"))
        assert allowed.low - 1e-9 <= 2 * p * r / (p + r) <= allowed.high + 1e-9
    assert not rounded("0.79").meets(f1_bounds(rounded("0.71"), rounded("0.78")))
    assert f1_bounds(rounded("0.00"), rounded("0.00")).low == 0


def test_possible_hits_finds_what_happened_and_refuses_what_cannot():
    """A report that scikit-learn prints of random answers is always possible."""
    rng = np.random.default_rng(1)
    for n in (5, 23, 60):
        truth = np.repeat([0, 1, 2], n)
        answers = np.where(rng.random(3 * n) < 0.6, truth, rng.integers(0, 3, 3 * n))
        report = classification_report(truth, answers, output_dict=True)
        for name in "012":
            row = {
                m: f"{report[name][f]:.2f}" for m, f in zip("prf", FIELDS, strict=True)
            }
            p, r, f = (rounded(row[m]) for m in "prf")
            right = int(((truth == int(name)) & (answers == int(name))).sum())
            predicted = int((answers == int(name)).sum())
            hits = possible_hits(n, p, r, f, 3 * n)
            assert any(k == right and a <= predicted <= b for k, a, b in hits)
    assert possible_hits(17, recall=rounded("0.73")) == []  # 12/17, 13/17
    assert possible_hits(4, rounded("0.00"), rounded("0.00")) == [(0, 0, 10**9)]
    assert possible_hits(4, rounded("0.50"), rounded("0.00")) == []


FIELDS = ("precision", "recall", "f1-score")


def test_means():
    values = [Interval(0.1, 0.3), Interval(0.5, 0.7)]
    assert arithmetic.mean_bounds(values) == pytest.approx((0.3, 0.5))
    assert arithmetic.mean_bounds(values, [3, 1]) == pytest.approx((0.2, 0.4))


def test_gather_keeps_the_items():
    cells = pd.DataFrame(np.arange(16).reshape(4, 4), list("abcd"), list("abcd"))
    groups = {"x": "ac", "y": "bd"}
    found = reading.gather(cells, groups)
    assert found.to_numpy().sum() == cells.to_numpy().sum()
    assert found.loc["x", "y"] == 1 + 3 + 9 + 11


# --- the order of names ---------------------------------------------------------------


def test_chi_square_is_scipy_s():
    totals, shares = [30, 14, 34, 45], [1, 2, 3, 4]
    expected = np.array(shares) * sum(totals) / sum(shares)
    theirs = chisquare(totals, expected)
    assert arithmetic.chi_square(totals, shares) == pytest.approx(tuple(theirs))
    statistic, _ = arithmetic.chi_square(totals, shares, share=10)
    assert statistic == pytest.approx(20**2 / 10 + 6**2 / 20 + 4**2 / 30 + 5**2 / 40)


COUNTS = {"a": 100, "b": 200, "c": 400}
TRUTH = np.array([[90, 6, 4], [25, 150, 25], [10, 50, 340]])  # a, b, c
SCORES = {("recall", "a"): 0.9, ("recall", "b"): 0.75, ("recall", "c"): 0.85}


def test_a_planted_permutation_is_found():
    """A matrix drawn in a known order is recognised among all the others."""
    matrix = pd.DataFrame(TRUTH, index=list("cab"), columns=list("cab"))
    others = {"abc": "abc", "acb": "acb", "bca": "bca"}
    table = checks.reorder(matrix, others, COUNTS, SCORES)
    assert table["chi_square"].idxmin() == "abc" and table.loc["abc", "chi_square"] == 0
    assert table["scores_met"].to_dict() == {"printed": 0, "abc": 3, "acb": 1, "bca": 0}
    assert ordering.fitting_order(matrix, COUNTS) == list("abc")
    with pytest.raises(UsageError, match="each of them once"):
        checks.rename_classes(matrix, "abb")


def test_scores_place_classes_of_equal_size():
    alike = {"a": 100, "b": 100, "c": 400}
    truth = np.array([[60, 30, 10], [5, 90, 5], [0, 40, 360]])  # really b, a, c
    matrix = pd.DataFrame(truth, index=list("abc"), columns=list("abc"))
    assert ordering.fitting_order(matrix, alike) == list("abc")  # nothing tells
    told = {("recall", "a"): 0.9, ("recall", "b"): 0.6}
    assert ordering.fitting_order(matrix, alike, told) == list("bac")


def test_orders_that_fit_equally_well_are_counted_and_nothing_more_is_said():
    """Of eight classes one is half as large: seven factorial orders place it alike."""
    names = [*"abcdefgh"]
    counts = dict.fromkeys(names, 40) | {"a": 20}
    totals = dict.fromkeys(names, 8) | {"a": 8, "f": 4}
    matrix = pd.DataFrame({"items": totals})
    found = ordering.weighed(*ordering.costs(matrix, counts, None, 2, 0.2), slack=0.5)
    assert found.ways == 5040 and found.settled == {names.index("f")}
    assert found.names[5] == "a" and found.told.startswith("5,040 orders")
    one = ordering.weighed(["b", "a"], np.array([[0.0, 9], [9, 0]]))
    assert (one.ways, one.settled, one.gain) == (1, {0, 1}, 0)
    assert one.told == "no other order of the names fits as well"


def test_orders_without_number_are_not_all_counted():
    names = [chr(97 + i) for i in range(12)]
    found = ordering.weighed(names, np.zeros((12, 12)))
    assert found.ways == ordering.MANY and not found.settled
    assert found.told.startswith("at least 100,000")
    assert [*found.names] == sorted(names)


def test_a_score_without_a_value_may_be_printed_as_none():
    """Nobody is ever called a: its precision is no number, and printed as 0."""
    matrix = pd.DataFrame([[0, 5], [0, 7]], list("ab"), list("ab"))
    counts, printed = {"a": 50, "b": 70}, {("precision", "a"): 0.0}
    assert ordering.order_fit(matrix, counts, printed)["scores_met"] == 1


def test_one_wrong_count_does_not_hide_the_order():
    names, right = ["happy", "angry", "sad"], ["angry", "happy", "sad"]
    counts = dict(zip(right, [500, 900, 300], strict=True))
    totals = [100, 180, 300]  # a fifth of each, but sad
    matrix = pd.DataFrame({"items": totals}, index=names)
    found = ordering.fitting_order(matrix, counts, None, 2, 0.2)
    assert found == right
    fit = ordering.order_fit(matrix.set_axis(found), counts, share=0.2)
    assert fit["near"] == 2


def test_tails_are_scipy_s():
    for statistic, n in [(0.0, 3), (3.2, 2), (28.25, 9), (295.3, 8), (2400, 3)]:
        totals = [100 + np.sqrt(statistic * 100), *[100] * (n - 1)]
        found, p = arithmetic.chi_square(totals, [100] * n, share=1)
        assert found == pytest.approx(statistic)
        assert p == pytest.approx(chi2.sf(statistic, n), rel=1e-6, abs=1e-300)


# --- chance ---------------------------------------------------------------------------


def test_chance_is_the_binomial_tail():
    for right, n, chance in [(16, 120, 1 / 12), (28, 120, 1 / 12), (0, 9, 0.5)]:
        theirs = binom.sf(right - 1, n, chance)
        assert arithmetic.chance_probability(right, n, chance) == pytest.approx(theirs)


def test_joint_accuracy_and_gain():
    low, apart, high = arithmetic.joint_bounds(0.6, 0.7)
    assert (low, apart, high) == pytest.approx((0.3, 0.42, 0.6))
    assert arithmetic.joint_bounds(0.3, 0.4)[0] == 0
    assert arithmetic.smallest_p(0) == 1 and arithmetic.smallest_p(5) == 2 / 32


def test_wrong_answers_bound_the_cross_entropy():
    """One of ten right: nine times ln 2, over ten items, is 0.6238."""
    assert arithmetic.least_cross_entropy(0.1) == pytest.approx(0.62383, abs=1e-5)
    assert arithmetic.least_cross_entropy(1) == 0
    generator = np.random.default_rng(0)
    shares = generator.dirichlet(np.ones(3), size=500)
    true = generator.integers(3, size=500)
    accuracy = (shares.argmax(axis=1) == true).mean()
    assert log_loss(true, shares) > arithmetic.least_cross_entropy(accuracy)


def test_whole_set_bounds():
    assert arithmetic.whole_set_bounds(96.82, 0.15) == pytest.approx((14.523, 99.523))


# --- layers ---------------------------------------------------------------------------


def found(*rows: tuple[str, str, str]) -> dict[int, list[str]]:
    return dict(layers.problems([layers.read(*row) for row in rows]))


def test_layers_of_a_keras_summary_hold():
    """A network that Keras itself would print so; parameters computed by hand."""
    rows = [
        ("conv2d (Conv2D)", "(None, 62, 62, 32)", "896"),  # 3*3*3*32 + 32
        ("batch_normalization (BatchNormalization)", "(None, 62, 62, 32)", "128"),
        ("max_pooling2d (MaxPooling2D)", "(None, 31, 31, 32)", "0"),
        ("separable_conv2d (SeparableConv2D)", "(None, 31, 31, 64)", "2,400"),
        ("conv2d_1 (Conv2D)", "(None, 16, 16, 64)", "102464"),  # 5*5*64*64 + 64
        ("reshape (Reshape)", "(None, 16, 1024)", "0"),
        ("lstm (LSTM)", "(None, 16, 100)", "450000"),  # 4*(100*(100+1024)+100)
        ("bidirectional (Bidirectional LSTM)", "(None, 64)", "34048"),
        ("flatten (Flatten)", "(None, 64)", "0"),
        ("dense (Dense)", "(None, 128)", "8320"),
        ("dropout (Dropout)", "(None, 128)", "0"),
        ("dense_1 (Dense)", "(None, 7)", "903"),
    ]
    assert found(*rows) == dict.fromkeys(range(12), [])


@pytest.mark.parametrize(
    ("before", "row", "told"),
    [
        (
            ("conv2d", "(9, 9, 8)", ""),
            ("dense", "(9, 9, 4)", "40"),
            "36 would be right",
        ),
        (("x (Dropout)", "(40, 8)", "0"), ("lstm", "(16)", "1537"), "1600 would be"),
        (
            ("x (Dropout)", "(40, 8)", "0"),
            ("lstm", "(16)", "2112"),
            "they fit 16 inputs",
        ),
        (("conv2d", "(9, 9, 8)", ""), ("flatten", "(649)", "0"), "648 values"),
        (("conv2d", "(9, 9, 8)", ""), ("flatten", "(128)", "0"), "one more pooling"),
        (
            ("conv2d", "(9, 9, 8)", ""),
            ("max_pooling2d", "(4, 4, 16)", "0"),
            "(4, 4, 8)",
        ),
        (
            ("conv2d", "(9, 9, 8)", ""),
            ("conv2d_1", "(9, 30, 8)", "584"),
            "cannot follow",
        ),
        (
            ("conv2d", "(9, 9, 8)", ""),
            ("conv2d_1", "(9, 9, 4)", "1168"),
            "16 filters of",
        ),
        (("flatten", "(20736)", "0"), ("reshape", "(162, 1128)", "0"), "20736 values"),
        (("dense", "(64)", ""), ("dropout", "(32)", "0"), "(64,) would follow"),
        (("dense", "(64)", ""), ("batch_normalization", "(64)", "64"), "256 would be"),
    ],
)
def test_a_planted_slip_in_a_layer_is_told(before, row, told):
    (problem,) = found(before, row)[1]
    assert told in problem


def test_one_slip_is_told_from_its_neighbours():
    """The middle of three rows is wrong: those beside it only look so."""
    rows = [
        ("conv2d", "(9, 9, 8)", "80"),  # 3*3*1*8 + 8
        ("max_pooling2d", "(9, 9, 8)", "0"),  # 4, 4, 8 in truth
        ("flatten", "(128)", "0"),
        ("dense", "(10)", "1290"),
    ]
    table = [layers.read(*row) for row in rows]
    (way,) = layers.mended(table)
    assert way.wrong == {(1, "shape")} and way.shapes[1] == (4, 4, 8)
    table[1] = layers.read("max_pooling2d", "(4, 4, 8)", "0")
    assert [way.wrong for way in layers.mended(table)] == [frozenset()]


def test_a_slip_in_parameters_is_no_slip_in_shapes():
    rows = [("flatten", "(64)", "0"), ("dense", "(10)", "605"), ("dense", "(2)", "22")]
    (way,) = layers.mended([layers.read(*row) for row in rows])
    assert way.wrong == {(1, "parameters")}


def test_layers_that_cannot_be_checked_are_left_alone():
    assert found(("conv2d", "", ""), ("flatten", "", "")) == {}
    assert found(("attention", "(4, 4)", "7"), ("attention", "(4, 2)", "9")) == {}
