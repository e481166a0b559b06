"""The area under the ROC curve against scikit-learn; the forced choice by hand."""

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student
from sklearn.metrics import roc_auc_score

from emolib import UsageError
from emolib.evaluation.ranking import (
    above_median,
    area,
    both_kinds,
    forced_choice,
    of_two,
)


def drawn(people, each, spread, seed):
    """Scores of people who share an offset of their own; half are positive."""
    chance = np.random.default_rng(seed)
    positive = np.tile([True, False], people * each // 2)
    groups = np.repeat(np.arange(people), each)
    scores = positive + chance.normal(size=people * each)
    flip = chance.normal(size=people)[groups] * spread
    return scores + flip * (2 * positive - 1), positive, groups


def test_area_is_scikit_learns_with_ties_too():
    scores, positive, groups = drawn(9, 8, 0.5, 1)
    for some in (scores, scores.round()):
        found = area(some, positive, groups).value
        assert found == pytest.approx(roc_auc_score(positive, some))


def test_where_nobody_shares_anything_the_interval_is_delongs():
    scores, positive, _ = drawn(10, 8, 0, 2)
    found = area(scores, positive, np.arange(80))
    above = scores[positive][:, None] > scores[~positive]
    variance = above.mean(1).var(ddof=1) / 40 + above.mean(0).var(ddof=1) / 40
    half = student.ppf(0.975, 79) * variance**0.5
    assert found.high - found.value == pytest.approx(half, rel=0.02)


def test_it_covers_the_truth_as_often_as_it_says_where_people_differ():
    truth = norm.cdf(1 / np.sqrt(2 + 4 * 0.5**2))
    inside = 0
    for seed in range(400):
        found = area(*drawn(30, 10, 0.5, seed))
        inside += found.low <= truth <= found.high
    assert 0.92 < inside / 400 < 0.98


def test_one_kind_alone_has_no_area_and_one_person_no_interval():
    with pytest.raises(UsageError, match="both kinds"):
        area([1.0, 2.0], [True, True], ["p", "q"])
    found = area([2.0, 1.0], [True, False], ["p", "p"])
    assert found.value == 1 and np.isnan(found.low)


# -- forced choice -----------------------------------------------------------


def test_forced_choice_by_hand():
    """Two people, two emotions: three pairs the right way round, one tied."""
    people = ["p"] * 4 + ["q"] * 4
    emotions = ["sad", "sad", "angry", "angry"] * 2
    genuine = [True, False] * 4
    scores = [0.9, 0.8, 0.2, 0.1, 0.5, 0.5, 0.99, 0.3]
    assert above_median(scores, people, emotions).tolist() == [
        1,
        0,
        1,
        0,
        0.5,
        0.5,
        1,
        0,
    ]
    found = forced_choice(scores, genuine, people, emotions)
    # p: 1, 1, 1, 1; q: half, half, 1, 1.
    assert found.value == (4 + 3) / 8 and found.n == 2
    half = student.ppf(0.975, 1) * 0.25 / 2**0.5 / 2**0.5
    assert found.low == pytest.approx(max(0.875 - half, 0))
    # Judged one by one at a half, the same scores are right about five of eight.
    alone = np.mean((np.array(scores) > 0.5) == genuine)
    assert alone == 5 / 8


def test_order_of_clips_and_scales_of_people_make_no_difference():
    chance = np.random.default_rng(0)
    people = np.repeat(np.arange(6), 12)
    emotions = np.tile(np.repeat(list("abcdef"), 2), 6)
    genuine = np.tile([True, False], 36)
    scores = chance.normal(size=72) + genuine
    found = forced_choice(scores, genuine, people, emotions).value
    pairs = scores.reshape(-1, 2)
    assert found == (pairs[:, 0] > pairs[:, 1]).mean()
    order = chance.permutation(72)
    moved = scores + 100 * people
    again = forced_choice(moved[order], genuine[order], people[order], emotions[order])
    assert again.value == found


def test_one_score_for_all_is_right_half_of_the_time_in_whatever_order():
    for genuine in ([True, False] * 3, [False, True] * 3):
        same = forced_choice(np.zeros(6), genuine, list("ppqqrr"), ["sad"] * 6)
        assert same.value == 0.5


def test_more_than_two_clips_are_cut_at_the_median():
    """Of three the middle one is not above it, as in the winners' own code."""
    assert above_median([1, 2, 3], list("ppp"), ["sad"] * 3).tolist() == [0, 0, 1]
    scores, people, emotions = [4, 1, 3, 3], list("pppp"), ["sad"] * 4
    assert above_median(scores, people, emotions).tolist() == [1, 0, 0.5, 0.5]
    drawn = np.random.default_rng(0).normal(size=7)
    chosen = above_median(drawn, ["p"] * 7, ["sad"] * 7)
    assert (chosen == (drawn > np.median(drawn))).all()


def test_clips_without_a_counterpart_are_refused_and_can_be_found():
    genuine, people = [True, False, True, True], ["p", "p", "q", "q"]
    emotions = ["sad"] * 4
    with pytest.raises(UsageError, match="2 of 4 clips have no counterpart"):
        forced_choice([1, 0, 1, 0], genuine, people, emotions)
    assert both_kinds(genuine, people, emotions).tolist() == [True, True, False, False]
    with pytest.raises(UsageError, match="no finite"):
        above_median([1, np.nan], ["p", "p"], ["sad"] * 2)


# -- of two ------------------------------------------------------------------


def test_of_two_by_hand():
    """Person p: 3 and 1 beside 2 and 1: 2 wins, a tie, a loss; q: one of one; r: none.

    Happy clips of p stand for themselves.
    """
    scores = [3, 1, 2, 1, 5, 4, 9, 0.5, 0.7]
    positive = [True, True, False, False, True, False, True, True, False]
    people = ["p"] * 4 + ["q"] * 2 + ["r"] + ["p"] * 2
    emotions = ["sad"] * 7 + ["happy"] * 2
    found = of_two(scores, positive, people, emotions)
    assert found.value == pytest.approx((2 + 0.5 + 0 + 1 + 0) / 6)
    assert found.n == 2
    with pytest.raises(UsageError, match="no person"):
        of_two([1, 2], [True, False], ["p", "q"], ["sad"] * 2)


def test_of_two_is_the_forced_choice_where_there_is_one_of_either_kind():
    chance = np.random.default_rng(3)
    people, positive = np.repeat(np.arange(12), 2), np.tile([True, False], 12)
    given = chance.normal(size=24) + positive, positive, people, ["sad"] * 24
    one, other = of_two(*given), forced_choice(*given)
    assert one.value == other.value and one.n == other.n == 12
    assert one.low == pytest.approx(other.low) and one.high == pytest.approx(other.high)


def test_of_two_does_not_suppose_that_kinds_are_equally_many():
    """A perfect order is perfect; the cut at the median cannot be."""
    scores, positive = [4, 3, 2, 1], [True, False, False, False]
    given = scores, positive, ["p"] * 4, ["sad"] * 4
    assert of_two(*given).value == 1 and forced_choice(*given).value == 0.75
