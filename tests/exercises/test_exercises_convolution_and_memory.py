"""The exercises of the primer on convolution and memory: right and wrong answers."""

import math

import keras
from answers import also, hold

from emolib.exercises import convolution_and_memory as exercises


def numbers(k, coming, leaving, separable):
    if separable:
        return k * k * coming + coming * leaving + leaving
    return k * k * coming * leaving + leaving


def by_keras(k, coming, leaving, separable):
    kind = keras.layers.SeparableConv2D if separable else keras.layers.Conv2D
    layer = kind(leaving, k)
    layer.build((None, 16, 16, coming))
    return layer.count_params()


def test_check_1():
    hold(
        exercises.check_1,
        numbers,
        [
            lambda k, coming, leaving, separable: numbers(k, coming, leaving, False),
            lambda k, coming, leaving, separable: numbers(k, coming, leaving, True),
            lambda *given: numbers(*given) - given[2],
            lambda *given: numbers(*given) + given[1] * given[3],
            lambda k, coming, leaving, separable: k * k * leaving + leaving,
            lambda k, coming, leaving, separable: k * coming * leaving + leaving,
            320,
        ],
    )
    also(exercises.check_1, by_keras)


def test_check_2():
    by_logarithms = math.floor(math.log(0.5) / math.log(0.95)) + 1
    hold(exercises.check_2, by_logarithms, [10, 13, 15, 20, 13.5, "many", 0])
    steps = 0
    while 0.95**steps >= 0.5:
        steps += 1
    also(exercises.check_2, steps)
    assert "was so before" in exercises.check_2.judge(15)[1]


def seen(stack):
    reach = 1
    for window, stride in reversed(stack):
        reach = (reach - 1) * stride + window
    return reach


def forwards(stack):
    reach, apart = 1, 1
    for window, stride in stack:
        reach += (window - 1) * apart
        apart *= stride
    return reach


def test_check_3():
    hold(
        exercises.check_3,
        seen,
        [
            lambda stack: 1 + sum(window - 1 for window, _ in stack),
            lambda stack: sum(window for window, _ in stack),
            lambda stack: math.prod(window for window, _ in stack),
            lambda stack: math.prod(stride for _, stride in stack),
            lambda stack: seen(stack[::-1]),
            22,
        ],
    )
    also(exercises.check_3, forwards)
