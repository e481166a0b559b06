"""Scores, intervals, tests and power, against two libraries that papers use."""

import numpy as np
import pytest

from emolib import labels
from emolib.evaluation import intervals, metrics, near_one, power
from emolib.evaluation.comparison import holm, mcnemar

audmetric = pytest.importorskip("audmetric", reason="needs audmetric: `make extras`")
pytest.importorskip("statsmodels", reason="needs statsmodels: `make extras`")
CASES = 200


def answers(random):
    """Truth, two systems' answers, whose each item is; often a class lacks answers."""
    classes = np.array(list("abcdefg"))[: random.integers(2, 8)]
    items = random.integers(len(classes) + 1, 120)
    truth = random.choice(classes, items)
    systems = [
        np.where(random.random(items) < right, truth, random.choice(classes, items))
        for right in random.uniform(0, 1, 2)
    ]
    return truth, *systems, random.integers(0, 9, items)


def test_scores_are_audmetrics_on_random_answers():
    random = np.random.default_rng(0)
    for _ in range(CASES):
        truth, predicted, _, _ = answers(random)
        seen = sorted({*truth, *predicted})
        known = sorted({*truth})  # a recall is defined where the class occurs
        space = labels.LabelSpace("seen", tuple(seen))
        cells = metrics.confusion(truth, predicted, space)
        ours = metrics.scores(cells)
        assert ours["accuracy"] == pytest.approx(audmetric.accuracy(truth, predicted))
        recall = audmetric.recall_per_class(truth, predicted, seen, zero_division=0)
        wanted = np.mean([recall[name] for name in known])
        assert ours["uar"] == pytest.approx(wanted)
        f1 = audmetric.fscore_per_class(truth, predicted, seen, zero_division=0)
        shares = [np.mean(truth == name) for name in seen]
        weighted = np.dot([f1[name] for name in seen], shares)
        assert ours["weighted_f1"] == pytest.approx(weighted)
        wanted = audmetric.unweighted_average_fscore(truth, predicted, seen)
        assert ours["macro_f1"] == pytest.approx(wanted)
        wanted = audmetric.confusion_matrix(truth, predicted, seen)
        np.testing.assert_array_equal(cells, wanted)


def test_of_few_people_an_interval_is_statsmodels_t_on_their_means():
    from statsmodels.stats.weightstats import DescrStatsW

    random = np.random.default_rng(1)
    for _ in range(CASES):
        people, clips = random.integers(2, intervals.MANY), random.integers(2, 30)
        values = random.normal(5, 1, (people, clips))  # no shares: no bounds
        values += random.normal(0, 1, (people, 1))
        ours = intervals.interval(values.ravel(), np.repeat(np.arange(people), clips))
        wanted = DescrStatsW(values.mean(axis=1)).tconfint_mean()
        assert (ours.low, ours.high) == pytest.approx(wanted)


def test_where_nobody_errs_the_least_is_clopper_and_pearsons():
    from statsmodels.stats.proportion import proportion_confint

    for n in range(1, 60):
        low, _ = proportion_confint(n, n, alpha=0.1, method="beta")
        assert near_one.least(n) == pytest.approx(low)


def test_mcnemar_and_holm_are_statsmodels():
    from statsmodels.stats import contingency_tables, multitest

    random = np.random.default_rng(2)
    several = []
    for _ in range(CASES):
        truth, a, b, _ = answers(random)
        ours = mcnemar(a, b, truth)
        table = [[0, ours["only_a"]], [ours["only_b"], 0]]
        wanted = contingency_tables.mcnemar(table, exact=True).pvalue
        assert ours["p"] == pytest.approx(wanted)
        several.append(ours["p"])
    _, adjusted, _, _ = multitest.multipletests(several, method="holm")
    np.testing.assert_allclose(holm(several), adjusted)


@pytest.mark.parametrize(("people", "mean"), [(10, 0.55), (10, 0.65), (50, 0.55)])
def test_power_is_that_of_a_t_test_where_people_are_about_normal(people, mean):
    """With so many clips a person, chance within a person adds next to nothing."""
    from statsmodels.stats.power import TTestPower

    spread, clips = 0.1, 2000
    wanted = TTestPower().power((mean - 0.5) / spread, people, 0.05)
    ours = power.of_accuracy(people, mean, spread, clips)
    assert ours == pytest.approx(wanted, abs=0.025)
