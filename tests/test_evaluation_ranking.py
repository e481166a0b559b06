"""The area under the ROC curve against scikit-learn, and its interval by hand."""

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student
from sklearn.metrics import roc_auc_score

from emolib import UsageError
from emolib.evaluation.ranking import area


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
