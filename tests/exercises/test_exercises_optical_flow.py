"""The exercises of the primer on optical flow: references pass, wrong answers fail."""

import numpy as np
from answers import also, hold

from emolib.exercises import optical_flow as exercises


def shortest(i_x, i_y, i_t):
    return -i_t * np.array([i_x, i_y]) / (i_x**2 + i_y**2)


def test_check_1():
    hold(
        exercises.check_1,
        shortest,
        [
            lambda i_x, i_y, i_t: -shortest(i_x, i_y, i_t),
            lambda i_x, i_y, i_t: (-i_t / i_x, 0),
            lambda i_x, i_y, i_t: -i_t * np.array([i_x, i_y]) / np.hypot(i_x, i_y),
            lambda i_x, i_y, i_t: -i_t / np.hypot(i_x, i_y),
            lambda i_x, i_y, i_t: None,
            (1, 2),
        ],
    )
    another = {"way": lambda i_x, i_y, i_t: np.linalg.lstsq([[i_x, i_y]], [-i_t])[0]}
    also(exercises.check_1, another["way"])


def moved(i_x, i_y, i_t):
    slopes = np.column_stack([i_x.ravel(), i_y.ravel()])
    found, _, rank, _ = np.linalg.lstsq(slopes, -i_t.ravel())
    return found if rank == 2 else None


def by_eigenvalues(i_x, i_y, i_t):
    slopes = np.stack([i_x.ravel(), i_y.ravel()])
    normal = slopes @ slopes.T
    if np.linalg.eigvalsh(normal)[0] < 1:
        return None
    return np.linalg.inv(normal) @ slopes @ -i_t.ravel()


def everywhere(i_x, i_y, i_t):
    slopes = np.column_stack([i_x.ravel(), i_y.ravel()])
    return np.linalg.lstsq(slopes, -i_t.ravel())[0]


def test_check_2():
    hold(
        exercises.check_2,
        moved,
        [
            everywhere,
            lambda i_x, i_y, i_t: moved(i_x, i_y, -i_t),
            lambda i_x, i_y, i_t: moved(i_y, i_x, i_t),
            lambda i_x, i_y, i_t: None,
            lambda i_x, i_y, i_t: shortest(i_x[3, 3], i_y[3, 3], i_t[3, 3]),
            lambda i_x, i_y, i_t: np.linalg.solve(
                np.array([[(i_x * i_x).sum(), (i_x * i_y).sum()],
                          [(i_x * i_y).sum(), (i_y * i_y).sum()]]),
                [-(i_x * i_t).sum(), -(i_y * i_t).sum()],
            ),
            0.75,
        ],
    )  # fmt: skip
    assert "straight edge" in exercises.check_2.judge(everywhere)[1]
    also(exercises.check_2, by_eigenvalues)


def without_head(field):
    return field - np.median(field, axis=(0, 1))


def test_check_3():
    hold(
        exercises.check_3,
        without_head,
        [
            lambda field: field,
            lambda field: field - field.mean(axis=(0, 1)),
            lambda field: field - np.median(field),
            lambda field: np.median(field, axis=(0, 1)),
            lambda field: field - np.median(field, axis=1, keepdims=True),
            "the median",
        ],
    )
    told = exercises.check_3.judge(lambda field: field - field.mean(axis=(0, 1)))[1]
    assert "drawn along" in told

    def commonest(field):
        motions, often = np.unique(field.reshape(-1, 2), axis=0, return_counts=True)
        return field - motions[often.argmax()]

    also(exercises.check_3, commonest)
