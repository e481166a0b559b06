"""What chance alone would give, and what many tests together say."""

import numpy as np
import pytest
from scipy.stats import fisher_exact, kstest

from emolib.evaluation import chance
from emolib.evaluation.chance import judged
from emolib.evaluation.comparison import holm


def test_shuffling_agrees_with_the_exact_test():
    """With two classes, what shuffling estimates is Fisher's exact test."""
    draws = np.random.default_rng(4)
    for agreeing in (0.5, 0.6, 0.7):
        truth = draws.integers(2, size=60)
        guessed = np.where(draws.random(60) < agreeing, truth, 1 - truth)
        table = [
            [np.sum((truth == i) & (guessed == j)) for j in (0, 1)] for i in (0, 1)
        ]
        exact = fisher_exact(table, alternative="greater").pvalue
        found = judged(truth, guessed, np.arange(60) % 6)
        assert found.p == pytest.approx(exact, abs=0.02)
        assert found.accuracy == np.mean(truth == guessed)


def test_chance_alone_is_found_as_often_as_stated(monkeypatch):
    """Even if all clips of a person get one answer."""
    monkeypatch.setattr(chance, "SHUFFLES", 199)
    draws, people = np.random.default_rng(5), np.repeat(np.arange(8), 12)
    p = [
        judged(draws.integers(4, size=96), draws.integers(4, size=8)[people], people).p
        for _ in range(200)
    ]
    # Counts tie, so p-values are never too small, sometimes too large.
    assert np.mean(np.array(p) <= 0.05) < 0.09
    assert kstest(p, "uniform", alternative="greater").pvalue > 0.05


def test_holm_is_never_kinder_than_a_single_test():
    p = [0.04, 0.001, 0.3, 0.01]
    assert holm(p) == pytest.approx([0.08, 0.004, 0.3, 0.03])
    assert holm([0.6, 0.7]).tolist() == [1, 1]
