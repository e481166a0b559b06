"""The exercises of the primer on several tasks: references pass, wrong ones fail."""

import math

import numpy as np
import torch
from answers import also, hold

from emolib.exercises import several_tasks as exercises
from emolib.models.real_or_fake import multi_focal


def focal(p, gamma):
    return -((1 - p) ** gamma) * np.log(p)


def by_the_package(p, gamma):
    logits = np.log(np.column_stack([p, 1 - p]))
    zero = torch.tensor([0])
    how = {"alpha": 1.0, "gamma": gamma, "terms": "true class"}
    return [multi_focal(torch.tensor(row[None]), zero, **how).item() for row in logits]


def test_check_1():
    hold(
        exercises.check_1,
        focal,
        [
            lambda p, gamma: -focal(p, gamma),
            lambda p, gamma: -(p**gamma) * np.log(p),
            lambda p, gamma: -np.log(p),
            lambda p, gamma: -((1 - p) ** gamma) * np.log10(p),
            lambda p, gamma: focal(p, gamma).mean(),
            lambda p, gamma: -((1 - p) * gamma) * np.log(p),
            2.0,
        ],
    )
    also(exercises.check_1, by_the_package)


def test_check_2():
    reference = math.log(50) / math.log(10)
    hold(exercises.check_2, reference, [2, 1.5, 50, math.log(50) / -math.log(0.9), "e"])
    also(exercises.check_2, -np.log10(0.02))


def limits(a, b):
    return max(0, a + b - 1), min(a, b)


def from_the_wrong_ones(a, b):
    wrong = (1 - a) + (1 - b)
    return 1 - np.clip(wrong, 0, 1), 1 - max(1 - a, 1 - b)


def test_check_3():
    hold(
        exercises.check_3,
        limits,
        [
            lambda a, b: (0, min(a, b)),
            lambda a, b: (a * b, min(a, b)),
            lambda a, b: (a * b, a * b),
            lambda a, b: (max(0, a + b - 1), max(a, b)),
            lambda a, b: (min(a, b), max(0, a + b - 1)),
            lambda a, b: a * b,
            0.5,
        ],
    )
    also(exercises.check_3, from_the_wrong_ones)
