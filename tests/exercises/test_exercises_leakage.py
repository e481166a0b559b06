"""The exercises of the chapter on leakage: references pass, wrong answers fail."""

from itertools import combinations
from math import comb

import numpy as np
from answers import also, hold
from scipy.sparse.csgraph import connected_components
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, KFold, cross_val_predict
from sklearn.preprocessing import StandardScaler

from emolib.exercises import leakage as exercises

LEAKS = ["windows", "copies", "pictures", "person", "sentence", "scaler", "epoch"]


def scaled(x, train):
    return (x - x[train].mean(axis=0)) / x[train].std(axis=0)


def test_check_1():
    hold(
        exercises.check_1,
        scaled,
        [
            lambda x, train: (x - x.mean(axis=0)) / x.std(axis=0),
            lambda x, train: scaled(x, train)[train],
            lambda x, train: x - x[train].mean(axis=0),
            lambda x, train: np.concatenate(
                [scaled(x, train)[train], scaled(x[30:], np.arange(10))]
            ),
            0,
        ],
    )
    also(
        exercises.check_1,
        lambda x, train: StandardScaler().fit(x[train]).transform(x),
    )


def test_check_2():
    right = {"windows", "copies", "pictures", "person"}
    wrong = [right | {"sentence"}, right - {"person"}, {"luck"}, "windows", set()]
    hold(exercises.check_2, right, wrong, LEAKS)
    also(exercises.check_2, sorted(right), LEAKS)


def luck(scores, n):
    return np.mean([max(some) for some in combinations(scores, n)])


def test_check_3():
    hold(
        exercises.check_3,
        luck,
        [
            lambda scores, n: max(scores),
            lambda scores, n: np.mean(scores),
            lambda scores, n: max(scores[:n]),
            0.6,
        ],
    )
    also(exercises.check_3, by_rank)


def by_rank(scores, n):
    """How often each is the highest."""
    ordered = enumerate(sorted(scores))
    return sum(s * comb(k, n - 1) for k, s in ordered) / comb(len(scores), n)


def groups(pictures):
    gaps = np.linalg.norm(pictures[:, None] - pictures[None], axis=2)
    return (gaps < 0.1 * np.median(gaps)).argmax(axis=1)


def test_check_4():
    hold(
        exercises.check_4,
        groups,
        [
            lambda pictures: range(len(pictures)),
            lambda pictures: np.zeros(len(pictures)),
            lambda pictures: (
                np.linalg.norm(pictures[:, None] - pictures[None], axis=2) < 1
            ).argmax(axis=1),
            lambda pictures: [0],
        ],
    )
    also(exercises.check_4, what_hangs_together)


def what_hangs_together(pictures):
    gaps = np.linalg.norm(pictures[:, None] - pictures[None], axis=2)
    return connected_components(gaps < 0.1 * np.median(gaps))[1]


def told(model, x, y, people):
    cv = GroupKFold(3)
    return cross_val_predict(model, x, y, groups=people, cv=cv, method="predict_proba")


def test_check_5():
    hold(
        exercises.check_5,
        told,
        [
            lambda model, x, y, people: clone(model).fit(x, y).predict_proba(x),
            lambda model, x, y, people: cross_val_predict(
                model, x, y, cv=KFold(3, shuffle=True), method="predict_proba"
            ),
            lambda model, x, y, people: told(model, x, y, people)[::-1],
            lambda model, x, y, people: np.ones(36) / 3,
        ],
    )
    also(exercises.check_5, person_by_person)


def person_by_person(model, x, y, people):
    found = np.empty((len(y), len(set(y))))
    for person in set(people):
        out = people == person
        found[out] = clone(model).fit(x[~out], y[~out]).predict_proba(x[out])
    return found
