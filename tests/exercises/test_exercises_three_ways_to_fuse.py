"""The exercises of the primer on fusion: references pass, wrong answers fail."""

import numpy as np
from answers import also, hold

from emolib.exercises import three_ways_to_fuse as exercises
from emolib.fusion import product


def test_check_1():
    reference = float(product([[[0.6, 0.4]]] * 3)[0, 0])
    hold(exercises.check_1, reference, [0.6, 0.6**3, 0.692, 1 - 0.4**3, 0.9, "sure"])
    also(exercises.check_1, 1 / (1 + (0.4 / 0.6) ** 3))
    assert "so much two" in exercises.check_1.judge(0.692)[1].lower()


def with_gaps(tables, there):
    given = np.where(there[..., None], tables, 0).sum(axis=0)
    count = there.sum(axis=0)[:, None]
    return np.where(count, given / np.maximum(count, 1), 1 / tables.shape[2])


def filled(tables, there):
    """Who is missing says that all are alike: pulled towards that."""
    return np.where(there[..., None], tables, 1 / tables.shape[2]).mean(axis=0)


def clip_by_clip(tables, there):
    rows = [tables[here, n].mean(axis=0) if here.any() else np.full(4, 0.25)
            for n, here in enumerate(there.T)]  # fmt: skip
    return np.array(rows)


def test_check_2():
    hold(
        exercises.check_2,
        with_gaps,
        [
            filled,
            lambda tables, there: tables.mean(axis=0),
            lambda tables, there: np.where(there[..., None], tables, 0).mean(axis=0),
            lambda tables, there: (
                np.where(there[..., None], tables, 0).sum(axis=0)
                / np.where(there.any(axis=0), there.sum(axis=0), np.nan)[:, None]
            ),
            lambda tables, there: np.nan_to_num(
                with_gaps(tables, there) * there.any(axis=0)[:, None]
            ),
            lambda tables, there: np.nan_to_num(tables[0], nan=0.25),
            0.25,
        ],
    )
    also(exercises.check_2, clip_by_clip)


def test_check_3():
    hold(
        exercises.check_3,
        lambda raised, smile: (raised * smile)[:, None],
        [
            lambda raised, smile: np.column_stack([raised, smile]),
            lambda raised, smile: np.column_stack([raised + smile, raised - smile]),
            lambda raised, smile: np.column_stack([raised**2, smile**2]),
            lambda raised, smile: raised * smile,
            lambda raised, smile: (raised * smile - (raised * smile).mean())[:, None],
            "both",
        ],
    )
    another = {"way": lambda raised, smile: np.column_stack(
        [(raised > 0) & (smile > 0), (raised < 0) & (smile < 0)]
    )}  # fmt: skip
    also(exercises.check_3, another["way"])
