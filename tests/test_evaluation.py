"""Scores, intervals, comparisons, calibration: against sklearn, scipy and by hand."""

import cProfile
import json
import math
import pstats
import tracemalloc
from dataclasses import astuple

import benchmark
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn import metrics as reference

from emolib import ROOT, UsageError
from emolib.evaluation import calibration, items, metrics
from emolib.evaluation.comparison import compare, mcnemar, paired
from emolib.evaluation.intervals import (
    Interval,
    interval,
    note,
    score_intervals,
)
from emolib.evaluation.items import resamples
from emolib.labels import LabelSpace

SPACE = LabelSpace("mood", ("happy", "sad", "angry", "calm"))


def answers(items=300, subjects=12, right=0.6, seed=0):
    """Truth, predictions that are right so often, and the subject of each item."""
    random = np.random.default_rng(seed)
    truth = random.choice(SPACE.classes, items, p=[0.4, 0.3, 0.2, 0.1])
    guess = random.choice(SPACE.classes, items)
    predicted = np.where(random.random(items) < right, truth, guess)
    return truth, predicted, random.integers(subjects, size=items).astype(str)


# ---- metrics


def test_scores_equal_sklearn():
    truth, predicted, _ = answers()
    assert metrics.accuracy(truth, predicted) == pytest.approx(
        reference.accuracy_score(truth, predicted)
    )
    assert metrics.unweighted_average_recall(truth, predicted) == pytest.approx(
        reference.balanced_accuracy_score(truth, predicted)
    )
    for score, average in (
        (metrics.macro_f1, "macro"),
        (metrics.weighted_f1, "weighted"),
    ):
        assert score(truth, predicted) == pytest.approx(
            reference.f1_score(truth, predicted, average=average)
        )


def test_confusion_and_per_class_equal_sklearn_in_the_space_order():
    truth, predicted, _ = answers()
    labels = list(SPACE)
    matrix = metrics.confusion(truth, predicted, SPACE)
    assert list(matrix.index) == list(matrix.columns) == labels
    np.testing.assert_array_equal(
        matrix, reference.confusion_matrix(truth, predicted, labels=labels)
    )
    expected = reference.precision_recall_fscore_support(
        truth, predicted, labels=labels
    )
    table = metrics.per_class(truth, predicted, SPACE)
    np.testing.assert_allclose(table.to_numpy().T, expected)
    assert table["support"].dtype.kind == "i"


def test_classes_that_do_not_occur_by_hand():
    truth, predicted = ["happy", "happy", "sad"], ["happy", "angry", "sad"]
    # angry: predicted once, never true; calm: neither.
    assert metrics.unweighted_average_recall(truth, predicted) == pytest.approx(0.75)
    assert metrics.macro_f1(truth, predicted) == pytest.approx((2 / 3 + 1 + 0) / 3)
    table = metrics.per_class(truth, predicted, SPACE)
    assert table["support"].tolist() == [2, 1, 0, 0]
    assert table.loc["angry", "precision"] == 0
    assert math.isnan(table.loc["angry", "recall"])
    assert table.loc["calm"].isna().sum() == 3


def test_a_printed_matrix_is_scored_like_its_items():
    truth, predicted, _ = answers()
    matrix = metrics.confusion(truth, predicted, SPACE)
    assert metrics.scores(matrix)["macro_f1"] == pytest.approx(
        metrics.macro_f1(truth, predicted)
    )


def test_metrics_refuse_what_makes_no_sense():
    with pytest.raises(UsageError, match=r"shapes \(2,\) and \(1,\)"):
        metrics.accuracy(["sad", "sad"], ["sad"])
    with pytest.raises(UsageError, match="not empty"):
        metrics.accuracy([], [])
    with pytest.raises(UsageError, match="no class glad"):
        metrics.confusion(["sad"], ["glad"], SPACE)


MISSING = [None, np.nan, pd.NA, ""]
FOUR_SCORES = [
    metrics.accuracy,
    metrics.unweighted_average_recall,
    metrics.macro_f1,
    metrics.weighted_f1,
]


@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("kind", [list, pd.Series, lambda x: np.array(x, dtype=object)])
def test_an_item_without_a_class_is_refused_with_its_row(missing, kind):
    whole, holed = ["a", "b", "a", "b"], kind(["a", "b", missing, missing])
    for score in FOUR_SCORES:
        with pytest.raises(UsageError, match=r"predictions: row 2 .* 1 more of 4"):
            score(whole, holed)
        with pytest.raises(UsageError, match="truth: row 2 holds no class"):
            score(holed, whole)
    with pytest.raises(UsageError, match="predictions: row 2"):
        score_intervals(whole, holed, ["p", "q", "p", "q"])
    with pytest.raises(UsageError, match="predictions: row 2"):
        compare(whole, holed, whole, ["p", "q", "p", "q"])
    with pytest.raises(UsageError, match="predictions: row 2"):
        mcnemar(holed, whole, whole)


def test_not_a_number_among_numbers_is_refused():
    with pytest.raises(UsageError, match="predictions: row 1"):
        metrics.accuracy([1, 2], np.array([1, np.nan]))


def test_numbers_are_not_compared_with_text():
    for numbers in ([1, 2], np.array([1, 2]), [True, False], pd.Series([1.0, 2.0])):
        for text in (["1", "2"], np.array(["1", "2"]), pd.Series(["1", "2"])):
            for pair in ((numbers, text), (text, numbers)):
                for score in FOUR_SCORES:
                    with pytest.raises(UsageError, match="never be equal"):
                        score(*pair)
                with pytest.raises(UsageError, match="never be equal"):
                    score_intervals(*pair, ["p", "q"])
    with pytest.raises(UsageError, match="row 0 holds 1 and row 1 '2'"):
        metrics.accuracy([1, "2"], [1, 2])
    assert metrics.accuracy([1, 0], [True, False]) == 1


# ---- intervals


def test_interval_equals_a_bootstrap_done_item_by_item():
    truth, predicted, subjects = answers(items=600, subjects=25)
    slow = []
    for drawn in next(resamples(groups=25, n=150, seed=4)).astype(int):
        times = drawn[subjects.astype(int)]
        again, guessed = np.repeat(truth, times), np.repeat(predicted, times)
        slow.append(reference.balanced_accuracy_score(again, guessed))
    fast = score_intervals(truth, predicted, subjects.astype(int), 150, 4)["uar"]
    np.testing.assert_allclose([fast.low, fast.high], np.quantile(slow, [0.025, 0.975]))
    assert fast.value == reference.balanced_accuracy_score(truth, predicted)
    assert (fast.n, fast.unit) == (25, "subject")


def test_of_few_people_it_is_t_on_their_means():
    random = np.random.default_rng(0)
    for people in (2, 5, 12, 24):
        right = random.random((people, 20)) < random.uniform(0.3, 0.9, (people, 1))
        who = np.repeat(np.arange(people), 20)
        ours = interval(right.ravel(), who)
        theirs = stats.ttest_1samp(right.mean(axis=1), 0).confidence_interval()
        expected = np.clip([theirs.low, theirs.high], 0, 1)
        np.testing.assert_allclose([ours.low, ours.high], expected)


def test_of_few_people_a_score_is_taken_apart_by_leaving_each_out():
    truth, predicted, subjects = answers(items=200, subjects=8)

    def uar(rows):
        return reference.balanced_accuracy_score(truth[rows], predicted[rows])

    whole = uar(np.full(len(truth), True))
    shares = [8 * whole - 7 * uar(subjects != who) for who in np.unique(subjects)]
    half = stats.t.ppf(0.975, 7) * np.std(shares, ddof=1) / np.sqrt(8)
    fast = score_intervals(truth, predicted, subjects)["uar"]
    assert (fast.low, fast.high) == pytest.approx((whole - half, whole + half))


def test_ends_stay_where_scores_can_be():
    alike = interval([1, 1, 1, 0], ["a", "a", "b", "b"])
    assert (alike.low, alike.high) == (0, 1)
    gains = interval([1, 1, 1, -1], ["a", "a", "b", "b"])
    assert (gains.low, gains.high) == (-1, 1)
    assert interval([10, 10, 10, 0], ["a", "a", "b", "b"]).low < 0


@pytest.mark.parametrize("people", [2, 3, 5, 9, 24])
def test_intervals_of_few_people_cover_the_truth_as_often_as_they_say(people):
    random, covered = np.random.default_rng(people), 0
    for _ in range(400):
        ability = np.clip(random.normal(0.6, 0.15, people), 0, 1)
        right = random.random((people, 40)) < ability[:, None]
        spread = interval(right.ravel(), np.repeat(np.arange(people), 40))
        covered += spread.low <= 0.6 <= spread.high
    assert 0.92 < covered / 400 < 0.98


def test_few_people_and_known_people_are_named():
    few = interval([1, 0, 1, 1] * 3, list("aabb") * 3)
    assert (few.n, few.note) == (2, "few people")
    assert str(few).endswith("2 subjects (few people)")
    truth, predicted, subjects = answers()
    known = score_intervals(truth, predicted, subjects, trained_on=True)["macro_f1"]
    assert known.note == "known people"
    assert str(known).endswith("12 subjects (known people)")
    assert note(2, trained_on=True) == "few, known people"
    assert interval([1] * 6, range(6), unit="word").note == ""


def test_resamples_draw_each_subject_alike():
    drawn = next(resamples(groups=10, n=4000, seed=0))
    assert (drawn.sum(axis=1) == 10).all()
    np.testing.assert_allclose(drawn.mean(axis=0), 1, atol=0.06)
    # Drawn with replacement: a given subject is left out of (1 - 1/10)^10.
    assert (drawn == 0).mean() == pytest.approx(0.9**10, abs=0.01)


def test_what_is_drawn_comes_in_blocks_that_fit(monkeypatch):
    (whole,) = resamples(groups=30, n=100, seed=2)
    answered = np.random.default_rng(0).integers(0, 2, (2, 300))
    who = np.arange(300) % 30
    compared = paired(*answered, who, n=100)
    monkeypatch.setattr(items, "_HELD", 30 * 7)
    parts = list(resamples(groups=30, n=100, seed=2))
    assert [len(part) for part in parts] == [7] * 14 + [2]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert paired(*answered, who, n=100) == compared


def test_two_thousand_clips_are_compared_within_little_memory():
    answered = np.random.default_rng(0).integers(0, 2, (2, 2000))
    tracemalloc.start()
    assert paired(*answered, np.arange(2000))["n_subjects"] == 2000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6


@pytest.mark.parametrize("people", [8, 30])
def test_of_several_seeds_people_are_resampled_on_the_mean_over_seeds(people):
    truth, _, _ = answers(items=600)
    who = np.arange(600) % people
    random = np.random.default_rng(5)
    several = [np.where(random.random(600) < 0.6, truth, "x") for _ in range(3)]
    found = score_intervals(truth, several, who)
    right = np.mean([one == truth for one in several], axis=0)
    assert astuple(found["accuracy"]) == pytest.approx(astuple(interval(right, who)))
    alone = [score_intervals(truth, one, who)["uar"] for one in several]
    assert found["uar"].value == pytest.approx(np.mean([one.value for one in alone]))
    # No mean of each one's ends.
    ends = np.mean([(one.low, one.high) for one in alone], axis=0)
    assert found["uar"].high - found["uar"].low < 0.9 * (ends[1] - ends[0])
    assert score_intervals(truth, several[:1], who)["uar"] == alone[0]


def test_interval_equals_scipy_when_every_item_is_its_own_subject():
    values = np.random.default_rng(1).random(60)
    ours = interval(values, np.arange(60), n=5000)
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=5000, method="percentile", rng=0
    ).confidence_interval
    np.testing.assert_allclose([ours.low, ours.high], theirs, atol=0.005)


def test_both_intervals_of_accuracy_agree():
    truth, predicted, subjects = answers()
    one = interval(truth == predicted, subjects)
    assert score_intervals(truth, predicted, subjects)["accuracy"] == one


def test_frames_of_one_person_are_no_evidence_of_their_own():
    """Copying each item 50 times must not narrow the interval."""
    truth, predicted, subjects = answers()
    once = interval(truth == predicted, subjects)
    often = interval(np.repeat(truth == predicted, 50), np.repeat(subjects, 50))
    assert (often.low, often.high) == pytest.approx((once.low, once.high))


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    random = np.random.default_rng(2)
    covered = 0
    for seed in range(200):
        ability = np.clip(random.normal(0.6, 0.15, 24), 0, 1)  # differs by person
        correct = random.random((24, 40)) < ability[:, None]
        spread = interval(correct.ravel(), np.repeat(np.arange(24), 40), 500, seed)
        covered += spread.low <= 0.6 <= spread.high
    assert 0.87 < covered / 200 <= 0.99


def test_intervals_do_not_depend_on_row_order_and_repeat_with_their_seed():
    truth, predicted, subjects = answers()
    order = np.random.default_rng(0).permutation(len(truth))
    many = np.arange(len(truth)) % 30
    for who in (subjects, many):
        one = score_intervals(truth, predicted, who)
        again = score_intervals(truth[order], predicted[order], who[order])
        for name in one:
            assert astuple(one[name])[:3] == pytest.approx(astuple(again[name])[:3])
    assert one == score_intervals(truth, predicted, many)
    assert one != score_intervals(truth, predicted, many, seed=1)


def test_one_subject_has_no_interval_and_says_so():
    alone = interval([1, 0, 1, 1], ["a"] * 4)
    assert alone.value == 0.75
    assert math.isnan(alone.low)
    assert math.isnan(alone.high)
    assert str(alone) == "75.0 %, no interval from one subject (few people)"
    assert str(Interval(0.869, 0.8312, 0.9, 24)) == "86.9 % [83.1, 90.0], 24 subjects"


def test_intervals_refuse_what_makes_no_sense():
    with pytest.raises(UsageError, match="3 items but 2 subjects"):
        interval([1, 0, 1], ["a", "b"])
    with pytest.raises(UsageError, match="name no subject"):
        interval([1, 0], ["a", ""])
    with pytest.raises(UsageError, match="1 of 2 values are not finite"):
        interval([1, math.nan], ["a", "b"])


def test_intervals_take_no_more_calls_for_more_frames_and_draws():
    """All frames and all draws are reckoned at once, not one by one."""

    def calls(items, n):
        given = answers(items=items, subjects=24)
        score_intervals(*given, n=n)  # imports, warm caches
        with cProfile.Profile() as profile:
            score_intervals(*given, n=n)
        return pstats.Stats(profile).total_calls

    few = calls(1500, 100)
    assert calls(15_000, 100) < 1.1 * few and calls(1500, 1000) < 1.1 * few


# ---- comparison


def test_compare_equals_scipy_permutation_test():
    truth, a, subjects = answers(right=0.65)
    _, b, _ = answers(right=0.5)
    gains = (a == truth).astype(int) - (b == truth).astype(int)
    sums = pd.Series(gains).groupby(subjects).sum().to_numpy()
    exact = stats.permutation_test(
        (sums, np.zeros_like(sums)),
        lambda x, y, axis: (x - y).sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=math.inf,
    )
    result = compare(a, b, truth, subjects)
    assert result["p"] == pytest.approx(exact.pvalue)  # 2**12 swaps: all are tried
    assert result["difference"] == pytest.approx(gains.mean())
    assert result["low"] < result["difference"] < result["high"]
    assert result["n_subjects"] == 12
    drawn = compare(a, b, truth, subjects, n=4000)  # fewer than 2**12: drawn
    assert drawn["p"] == pytest.approx(exact.pvalue, abs=0.02)


def test_swapping_the_systems_swaps_the_sign_only():
    truth, a, subjects = answers()
    _, b, _ = answers(right=0.4)
    ab, ba = compare(a, b, truth, subjects), compare(b, a, truth, subjects)
    assert ab["difference"] == -ba["difference"]
    assert ab["p"] == ba["p"]


def test_a_system_does_not_differ_from_itself():
    truth, a, subjects = answers()
    result = compare(a, a, truth, subjects)
    assert (result["difference"], result["p"]) == (0, 1)
    assert mcnemar(a, a, truth) == {"only_a": 0, "only_b": 0, "p": 1.0}


def test_chance_differences_are_called_rarely():
    """Equal systems whose luck differs by person: p < 0.05 in about 5 %."""
    random = np.random.default_rng(3)
    truth = np.ones(24 * 20, dtype=int)
    subjects = np.repeat(np.arange(24), 20)
    called = {"subjects": 0, "items": 0}
    for seed in range(200):
        luck = np.clip(random.normal(0.6, 0.25, (2, 24)), 0, 1)
        a, b = (random.random((2, 24, 20)) < luck[..., None]).reshape(2, -1).astype(int)
        called["subjects"] += compare(a, b, truth, subjects, 400, seed)["p"] < 0.05
        called["items"] += mcnemar(a, b, truth)["p"] < 0.05
    assert called["subjects"] <= 20
    assert called["items"] > 40  # clips of a person are not independent


def test_mcnemar_by_hand():
    truth = np.array(["x"] * 12)
    a = np.array(["x"] * 9 + ["y"] * 3)
    b = np.array(["x"] * 2 + ["y"] * 8 + ["x"] * 2)
    expected = 2 * sum(math.comb(9, k) for k in (0, 1, 2)) / 2**9
    result = mcnemar(a, b, truth)
    assert (result["only_a"], result["only_b"]) == (7, 2)
    assert result["p"] == pytest.approx(expected)


def test_answers_for_other_items_are_not_compared():
    with pytest.raises(UsageError, match="2 predictions for 3 items"):
        compare(["x"] * 3, ["x"] * 2, ["x"] * 3, ["a", "b", "c"])


# ---- calibration


def test_reliability_by_hand():
    probabilities = [[0.9, 0.1], [0.2, 0.8], [0.55, 0.45], [0.45, 0.55]]
    table = calibration.reliability(probabilities, [0, 0, 0, 0], bins=5)
    assert table["count"].tolist() == [0, 0, 2, 1, 1]  # 0.8 lies in the lower bin
    assert table["accuracy"].tolist()[2:] == [0.5, 0.0, 1.0]
    np.testing.assert_allclose(table["confidence"][2:], [0.55, 0.8, 0.9])
    assert table["accuracy"][:2].isna().all()
    expected = (2 * 0.05 + 0.8 + 0.1) / 4
    error = calibration.expected_calibration_error(probabilities, [0, 0, 0, 0], bins=5)
    assert error == pytest.approx(expected)


def test_calibration_bins_equal_sklearn():
    from sklearn.calibration import calibration_curve

    random = np.random.default_rng(0)
    sure = random.uniform(0.5, 1, 500)
    truth = (random.random(500) > sure).astype(int)  # column 0 is always predicted
    table = calibration.reliability(np.column_stack([sure, 1 - sure]), truth, bins=10)
    accuracy, confidence = calibration_curve(1 - truth, sure, n_bins=10)
    filled = table[table["count"] > 0]
    np.testing.assert_allclose(filled["accuracy"], accuracy)
    np.testing.assert_allclose(filled["confidence"], confidence)


def test_calibration_refuses_names_and_other_lengths():
    with pytest.raises(UsageError, match="LabelSpace.encode"):
        calibration.reliability([[0.5, 0.5]], ["sad"])
    with pytest.raises(UsageError, match=r"row 1 .* is \[nan, 0.5\]"):
        calibration.reliability([[0.5, 0.5], [math.nan, 0.5]], [0, 1])
    with pytest.raises(UsageError, match="do not fit 2 truths"):
        calibration.reliability([[0.5, 0.5]], [0, 1])


def test_intervals_cover_what_they_say_but_for_named_exceptions():
    """As published; and no exception stands there that is none."""
    bench = benchmark.load("intervals")
    rows = json.loads((ROOT / "benchmarks/intervals.json").read_text("utf-8"))["rows"]
    cells = ["spread", "people", "in use", "score"]
    table = pd.DataFrame(rows).melt(cells, ["0.5", "0.8"], "mean", "covers")
    table["mean"] = table["mean"].astype(float)
    assert {*bench.MEANS[:2]} == {*table["mean"]}
    assert bench.outside(table).empty
    excepted, bench.EXCEPTIONS = bench.EXCEPTIONS, {}
    needed = bench.outside(table)[["people", "spread"]].itertuples(index=False)
    assert {tuple(cell) for cell in needed} == {*excepted}
