"""The exercises of the primer on splits: references pass, wrong answers fail."""

import numpy as np
from answers import also, hold
from sklearn.model_selection import GroupShuffleSplit

from emolib.exercises import what_a_split_is as exercises


def shared(items, train, test):
    return items["clip"].iloc[test].isin(items["clip"].iloc[train]).mean()


def test_check_1():
    hold(
        exercises.check_1,
        shared,
        [
            lambda items, train, test: shared(items, test, train),
            lambda items, train, test: (
                len({*items["clip"].iloc[test]} & {*items["clip"].iloc[train]})
                / items["clip"].nunique()
            ),
            lambda items, train, test: (
                items["subject"].iloc[test].isin(items["subject"].iloc[train]).mean()
            ),
            lambda items, train, test: 1 - shared(items, train, test),
            lambda items, train, test: len(test),
            0.5,
        ],
    )
    another = {"way": lambda items, train, test: np.mean(
        [clip in set(items["clip"].to_numpy()[train])
         for clip in items["clip"].to_numpy()[test]]
    )}  # fmt: skip
    also(exercises.check_1, another["way"])


def strangers(items):
    tested = items["subject"].isin(items["subject"].unique()[::4])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


def by_scikit_learn(items):
    return next(GroupShuffleSplit(1, random_state=0).split(items, groups=items.subject))


def clips_apart(items):
    tested = items["clip"].isin(items["clip"].unique()[::4])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


def test_check_2():
    hold(
        exercises.check_2,
        strangers,
        [
            clips_apart,
            lambda items: np.split(np.arange(len(items)), 2),
            lambda items: strangers(items)[::-1],
            lambda items: (strangers(items)[0][1:], strangers(items)[1]),
            lambda items: (np.arange(len(items)), strangers(items)[1]),
            lambda items: (strangers(items)[0], []),
            lambda items: strangers(items)[0],
            "people",
        ],
    )
    also(exercises.check_2, by_scikit_learn)


def test_check_3():
    right = {"telephone": "clips", "museum": "people", "repair": "windows"}
    hold(
        exercises.check_3,
        right,
        [
            right | {"telephone": "people"},
            right | {"museum": "clips", "repair": "clips"},
            right | {"museum": "rooms"},
            {"museum": "people"},
            ["clips", "people", "windows"],
        ],
    )
    also(exercises.check_3, dict(reversed(right.items())))
