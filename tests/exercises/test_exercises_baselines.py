"""The exercises of the chapter on baselines: references pass, wrong answers fail."""

from collections import Counter

import numpy as np
from answers import also, hold
from scipy.stats import binom
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    cross_val_predict,
    cross_val_score,
)

from emolib.exercises import baselines as exercises


def chosen_inside(models, x, y, people):
    way = GroupKFold(4)
    told = [cross_val_score(m, x, y, groups=people, cv=way).mean() for m in models]
    return int(np.argmax(told))


def among_clips(models, x, y, people):
    way = KFold(4, shuffle=True, random_state=0)
    return int(np.argmax([cross_val_score(m, x, y, cv=way).mean() for m in models]))


def test_check_1():
    by_heart = [
        among_clips,
        lambda models, x, y, people: int(
            np.argmax([m.fit(x, y).score(x, y) for m in models])
        ),
        lambda models, x, y, people: 1,
        lambda models, x, y, people: models[0],
        1,
    ]
    hold(exercises.check_1, chosen_inside, by_heart)

    def each_left_out(models, x, y, people):
        way = {"groups": people, "cv": LeaveOneGroupOut()}
        right = [(cross_val_predict(m, x, y, **way) == y).sum() for m in models]
        return right.index(max(right))

    also(exercises.check_1, each_left_out)


def joined(a, b, shares):
    both = a * b / shares
    return both / both.sum(axis=1, keepdims=True)


def test_check_2():
    hold(
        exercises.check_2,
        joined,
        [
            lambda a, b, shares: joined(a, b, 1),
            lambda a, b, shares: a * b / shares,
            lambda a, b, shares: joined(a, b, shares**2),
            lambda a, b, shares: (a + b) / 2,
            lambda a, b, shares: a[0],
        ],
    )

    def by_logarithms(a, b, shares):
        both = np.exp(np.log(a) + np.log(b) - np.log(shares))
        return (both.T / both.sum(axis=1)).T

    also(exercises.check_2, by_logarithms)


def shrunk(clips, between, within):
    share = len(clips) * between / (len(clips) * between + within)
    return share * clips.mean(axis=0)


def test_check_3():
    hold(
        exercises.check_3,
        shrunk,
        [
            lambda clips, between, within: clips.mean(axis=0),
            lambda clips, between, within: (
                between / (between + within) * clips.mean(axis=0)
            ),
            lambda clips, between, within: shrunk(clips, between**0.5, within**0.5),
            lambda clips, between, within: clips,
        ],
    )

    def number_by_number(clips, between, within):
        told = zip(clips.T, between, within, strict=True)
        return [x.mean() * b / (b + w / len(x)) for x, b, w in told]

    also(exercises.check_3, number_by_number)


def luckiest(systems, share, clips):
    below = binom.cdf(np.arange(clips), clips, share) ** systems
    return (clips - below.sum()) / clips


def test_check_4():
    def drawn(systems, share, clips):
        draw = np.random.default_rng(0)
        return draw.binomial(clips, share, (4000, systems)).max(axis=1).mean() / clips

    few = [lambda *of: luckiest(of[0], of[1], 10), lambda *of: luckiest(2, *of[1:])]
    wrong = [*few, lambda *of: of[1], lambda *of: 1.0, 0.5]
    hold(exercises.check_4, luckiest, wrong)
    also(exercises.check_4, drawn)


def unplanned(planned, asked):
    return list((Counter(asked) - Counter(planned)).elements())


def test_check_5():
    hold(
        exercises.check_5,
        unplanned,
        [
            lambda planned, asked: sorted(set(asked) - set(planned)),
            lambda planned, asked: asked,
            lambda planned, asked: list(set(planned) - set(asked)),
            lambda planned, asked: len(asked) - len(planned),
        ],
    )

    def crossed_off(planned, asked):
        found = []
        for question in asked:
            if question in planned:
                planned.remove(question)
            else:
                found.append(question)
        return found

    also(exercises.check_5, crossed_off)
