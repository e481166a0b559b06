"""Chapter A's exercises: a reference and wrong answers for each check."""

from dataclasses import replace
from heapq import nlargest

import numpy as np
import pandas as pd
import pytest
from answers import also, hold

from emolib import experiment, labels
from emolib.exercises import posed_genuine as exercises


def located(feature):
    row, frame = divmod(feature, 150)
    return ("mel", row, frame) if row < 64 else ("MFCC", row - 64, frame)


def test_where_a_feature_lies():
    wrong = [
        lambda feature: ("mel", feature % 77, feature // 77),  # column by column
        lambda feature: ("mel", feature // 150, feature % 150),  # no coefficients
        lambda feature: ("MFCC", feature // 150, feature % 150),
        lambda feature: (*located(feature)[:2], feature % 150 + 1),
        lambda feature: feature // 150,
        9881,
    ]
    hold(exercises.check_1, located, wrong)

    def unravelled(feature):
        row, frame = np.unravel_index(feature, (77, 150))
        return [("mel", row, frame), ("MFCC", row - 64, frame)][int(row > 63)]

    also(exercises.check_1, unravelled)


def separable(channels, filters, kernel):
    return kernel**2 * channels + channels * filters + filters


def test_weights_of_a_separable_convolution():
    from keras import layers

    def built(channels, filters, kernel):
        layer = layers.SeparableConv2D(filters, kernel)
        layer.build((None, 9, 9, channels))
        return layer.count_params()

    wrong = [
        lambda channels, filters, kernel: kernel**2 * channels * filters + filters,
        lambda channels, filters, kernel: separable(channels, filters, 3),
        lambda channels, filters, kernel: separable(channels, filters, 3) - filters,
        lambda channels, filters, kernel: channels * filters,
        [73, 2400, 8896],
    ]
    hold(exercises.check_2, separable, wrong)
    also(exercises.check_2, built)


@pytest.fixture
def heard():
    """Three sounds of 40, 90 and 150 frames, as a stack holds them."""
    draw = np.random.default_rng(0)
    x = np.zeros((3, 77, 150, 1), np.float32)
    rows = []
    for n, frames in enumerate((40, 90, 150)):
        x[n, :64, :frames, 0] = -draw.uniform(0, 60 + n, (64, frames))
        x[n, 64:, :frames, 0] = draw.normal(0, 20, (13, frames))
        rows.append({"clip": str(n), "subject": "", "sentence": "", "emotion": "sad",
                     "corpus": "tess", "source": "demo", "path": ""})  # fmt: skip
    return experiment.examples(pd.DataFrame(rows), x, labels.TESS)


def quietly(heard, value=None, rows=64, ahead=0):
    x = np.array(heard.x)
    for one, frames in zip(x, (40, 90, 150), strict=True):
        low = one[:64].min() if value is None else value
        one[:rows, frames - ahead :] = low
    return replace(heard, x=x)


def test_filling_as_quiet_as_silence(heard):
    wrong = [
        heard,  # as it was
        quietly(heard, value=-30),
        quietly(heard, ahead=3),  # the end of the sound is lost
        quietly(heard, rows=20),
        replace(heard, x=np.full_like(heard.x, -80)),
        heard.take([0, 1]),
        "silence",
    ]
    hold(exercises.check_3, quietly(heard), wrong, heard)
    lower = quietly(heard, value=-80)  # silence is lower than any sound
    also(exercises.check_3, lower, heard)


def sides(scores):
    return np.stack([scores[:, :7].sum(axis=1), scores[:, 7:].sum(axis=1)], axis=1)


def in_place(scores):
    scores[:, 0] = 0
    return sides(scores)


def test_probability_of_either_side():
    wrong = [
        lambda scores: sides(scores)[:, ::-1],
        lambda scores: np.eye(2)[(scores.argmax(axis=1) > 6).astype(int)],
        lambda scores: np.stack([scores[:, :7].max(1), scores[:, 7:].max(1)], axis=1),
        lambda scores: np.stack(
            [scores[:, ::2].sum(1), scores[:, 1::2].sum(1)], axis=1
        ),
        lambda scores: sides(scores)[:, 1],
        in_place,
        0.5,
    ]
    hold(exercises.check_4, sides, wrong)
    also(exercises.check_4, lambda scores: scores.reshape(-1, 2, 7).sum(axis=2))


@pytest.fixture
def items():
    corpora = ["tess", "shemo", "mav", "vivae", "emodb"]
    return pd.DataFrame({"corpus": np.repeat(corpora, 4)})


def leaving(*names, half=False):
    def divide(items):
        out = items["corpus"].isin(names).to_numpy()
        test = np.flatnonzero(out)
        return np.flatnonzero(~out), test[: len(test) // 2] if half else test

    return divide


def test_corpora_new_on_both_sides(items):
    wrong = [
        leaving("tess"),  # posed alone is tested
        leaving("mav", "vivae", "emodb"),  # posed alone is left to learn from
        lambda items: (np.arange(0, 20, 2), np.arange(1, 20, 2)),
        leaving("tess", "emodb", half=True),
        leaving("crema-d"),
        lambda items: np.arange(4),
        "tess",
    ]
    hold(exercises.check_5, leaving("tess", "emodb"), wrong, items)
    also(exercises.check_5, leaving("shemo", "mav"), items)


def top(weights):
    return set(np.argsort(-np.abs(weights))[:10].tolist())


def alike(one, other):
    return len(top(one) & top(other)) / len(top(one) | top(other))


def test_explanations_that_name_the_same():
    def signed(one, other):
        tops = [set(np.argsort(-w)[:10].tolist()) for w in (one, other)]
        return len(tops[0] & tops[1]) / len(tops[0] | tops[1])

    wrong = [
        lambda one, other: len(top(one) & top(other)) / 10,
        lambda one, other: float(np.corrcoef(one, other)[0, 1]),
        signed,
        lambda one, other: 0.0,
        0.5,
    ]
    hold(exercises.check_6, alike, wrong)

    def by_counting(one, other):
        ten = [nlargest(10, range(400), key=lambda n, w=w: w[n] ** 2)
               for w in (one, other)]  # fmt: skip
        both = len([n for n in ten[0] if n in ten[1]])
        return both / (20 - both)

    also(exercises.check_6, by_counting)
