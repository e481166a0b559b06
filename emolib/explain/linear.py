"""LIME: a linear model of what becomes of an answer (Ribeiro et al., 2016)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from emolib.features import audio

if TYPE_CHECKING:
    from emolib.explain.places import Pictures, Sounds

BLOCK = 256  # draws that exist as inputs at the same time

Answer = Callable[[np.ndarray], np.ndarray]


# -- places left out --------------------------------------------------------


def lime(answer: Answer, places: int, draws: int = 500, seed: int = 0) -> np.ndarray:
    """What each place adds to an answer, by a linear model of what is left of it.

    As LIME does for pictures: in each draw every place is kept or left out with equal
    chance; what keeps more of the whole weighs more. The linear model is lime's own.

    Args:
        answer: takes rows of True (kept) and False (left out), (n, places), and
            gives one number a row, such as the probability of a class.
        places: how many there are.
        draws: how many rows.
        seed: of the draws.

    Returns:
        One weight a place.
    """
    held = np.random.default_rng(seed).random((draws, places)) < 0.5
    held[0] = True  # lime takes the first row for what is explained
    distances = 1 - np.sqrt(held.mean(axis=1))  # cosine, from a row of ones
    answers = np.asarray(answer(held), np.float64)[:, None]
    given = held.astype(np.float64)
    _, found, _, _ = _base(0.25, seed).explain_instance_with_data(
        given, answers, distances, 0, places, feature_selection="none"
    )
    return _by_number(found, places)


def lime_each(
    predict: Answer,
    things: Sounds | Pictures,
    numbers: Sequence[int],
    draws: int = 500,
    seed: int = 0,
) -> np.ndarray:
    """`lime` of several sounds or pictures, each for a class of its own.

    Args:
        predict: inputs to probabilities.
        things: whose places can be left out.
        numbers: of the class that each is asked for.
        draws, seed: as in `lime`.

    Returns:
        (things, places)
    """

    def one(number: int, wanted: int) -> np.ndarray:
        def answer(held: np.ndarray) -> np.ndarray:
            return predict(things.versions(number, held))[:, wanted]

        return lime(answer, things.places, draws, seed)

    return np.stack([one(k, int(wanted)) for k, wanted in enumerate(numbers)])


def _base(width: float, seed: int) -> Any:
    """lime's linear model, with its own kernel."""
    from lime.lime_base import LimeBase

    return LimeBase(
        lambda distances: np.sqrt(np.exp(-(distances**2) / width**2)),
        random_state=seed,
    )


def _by_number(found: Sequence[tuple[int, float]], count: int) -> np.ndarray:
    weights = np.zeros(count)
    numbers, values = zip(*found, strict=True)
    weights[list(numbers)] = values
    return weights


# -- every number drawn anew ------------------------------------------------


@dataclass(frozen=True)
class Reasons:
    """What LIME's linear model says of one instance.

    Attributes:
        table: feature, condition (as lime words it) and weight, the heaviest first.
        fit: R2 of the linear model on the draws that it was fitted to.
        answer: what the network says of the instance.
        linear: what the linear model says of it.
    """

    table: pd.DataFrame
    fit: float
    answer: float
    linear: float

    def in_words(self, stack: audio.Stack) -> pd.Series:
        """The weights, named by the bands and moments of a stack."""
        places = in_words(self.table["feature"], stack)
        names = places["what"] + ", at " + places["seconds"].astype(str) + " s"
        return pd.Series(self.table["weight"].to_numpy(), names.to_numpy())


class Tabular:
    """LIME for tables: each feature is drawn anew, whatever the others are.

    As `lime.lime_tabular` does it: a quartile of the training data is drawn, then a
    value within it, and the linear model is told which features fell into the
    instance's own quartile. Nothing of that depends on the instance, so here the
    network is asked once for all instances.

    Args:
        predict: inputs in the training data's shape to probabilities.
        train: training data, one row an item.
        draws: how many; lime's default is 5000.
        seed: of the draws.
    """

    def __init__(
        self, predict: Answer, train: np.ndarray, draws: int = 5000, seed: int = 0
    ) -> None:
        self.predict, self.shape, self.seed = predict, train.shape[1:], seed
        train = np.asarray(train, np.float32).reshape(len(train), -1)
        self.cuts = np.quantile(train, [0.25, 0.5, 0.75], axis=0)
        self._within(train)
        chance = np.random.default_rng(seed)
        self.drawn = np.empty((draws, train.shape[1]), np.uint8)
        answers = []
        for start in range(0, draws, BLOCK):
            block = self.drawn[start : start + BLOCK]
            block[:] = _drawn(self.shares, block.shape, chance)
            answers.append(predict(self._values(block, chance)))
        self.answers = np.concatenate(answers)

    def bins(self, x: np.ndarray) -> np.ndarray:
        """The quartile, 0 to 3, of each feature."""
        flat = np.asarray(x).reshape(-1, self.cuts.shape[1])
        return sum((flat > cut).astype(np.uint8) for cut in self.cuts)

    def reasons(
        self, one: np.ndarray, number: int, features: int | None = 10
    ) -> Reasons:
        """The features that speak for or against a class, by one instance.

        Args:
            one: the instance.
            number: of the class.
            features: how many to keep, as lime does, by a first linear model of
                all; None keeps all.
        """
        bins = self.bins(one)
        count = bins.shape[1]
        held = np.ones((len(self.drawn) + 1, count))
        np.equal(self.drawn, bins, out=held[1:], casting="unsafe")
        distances = np.sqrt(count - held.sum(axis=1, dtype=np.float64))
        answers = np.concatenate([self.predict(one[None]), self.answers])
        width = 0.75 * np.sqrt(count)
        _, found, fit, linear = _base(width, self.seed).explain_instance_with_data(
            held, answers.astype(np.float64), distances, number, features or count,
            feature_selection="highest_weights" if features else "none",
        )  # fmt: skip
        numbers = [int(feature) for feature, _ in found]
        table = pd.DataFrame(
            {
                "feature": numbers,
                "condition": [self.condition(n, bins[0, n]) for n in numbers],
                "weight": [float(weight) for _, weight in found],
            }
        )
        return Reasons(table, float(fit), float(answers[0, number]), float(linear[0]))

    def map(self, one: np.ndarray, number: int) -> np.ndarray:
        """The weights of all features, in the shape of the instance."""
        table = self.reasons(one, number, features=None).table
        pairs = list(zip(table["feature"], table["weight"], strict=True))
        return _by_number(pairs, len(table)).reshape(self.shape)

    def condition(self, feature: int, quartile: int) -> str:
        """A quartile in lime's words, such as `0.25 < Feature_3 <= 0.50`."""
        cuts, name = self.cuts[:, feature], f"Feature_{feature}"
        if quartile == 0:
            return f"{name} <= {cuts[0]:.2f}"
        if quartile == 3:
            return f"{name} > {cuts[2]:.2f}"
        return f"{cuts[quartile - 1]:.2f} < {name} <= {cuts[quartile]:.2f}"

    def _within(self, train: np.ndarray) -> None:
        """By quartile and feature: how often, mean, spread, and its two ends."""
        bins = self.bins(train)
        ends = [train.min(axis=0), *self.cuts, train.max(axis=0)]
        self.low, self.high = np.array(ends[:-1]), np.array(ends[1:])
        inside = np.stack([bins == quartile for quartile in range(4)])
        counts = inside.sum(axis=1)
        self.shares = counts / len(train)
        counts = np.maximum(counts, 1)
        self.means = np.stack([(train * one).sum(axis=0) for one in inside]) / counts
        squares = np.stack(
            [
                (((train - mean) * one) ** 2).sum(axis=0)
                for one, mean in zip(inside, self.means, strict=True)
            ]
        )
        self.spread = np.sqrt(squares / counts) + 1e-11

    def _values(self, bins: np.ndarray, chance: np.random.Generator) -> np.ndarray:
        """Values within quartiles: normal about their mean, cut off at their ends."""
        from scipy.special import ndtr, ndtri

        places = bins, np.arange(bins.shape[1])
        mean, spread = self.means[places], self.spread[places]
        low, high = self.low[places], self.high[places]
        least, most = ndtr((low - mean) / spread), ndtr((high - mean) / spread)
        drawn = mean + spread * ndtri(
            least + chance.random(bins.shape) * (most - least)
        )
        values = np.clip(drawn, low, high).astype(np.float32)
        return values.reshape(-1, *self.shape)


def _drawn(
    shares: np.ndarray, shape: tuple[int, ...], chance: np.random.Generator
) -> np.ndarray:
    """Quartiles by the share of the training data that lies in each."""
    upto = np.cumsum(shares, axis=0)[:3]
    lots = chance.random(shape)
    return sum((lots >= edge).astype(np.uint8) for edge in upto)


def place(feature: int, stack: audio.Stack) -> dict[str, Any]:
    """Which row and frame of a stack of sound a flattened feature is, in words.

    >>> place(9881, audio.Stack())
    {'row': 65, 'frame': 131, 'what': 'MFCC 2', 'seconds': 4.19}
    """
    row, frame = divmod(feature, stack.frames)
    edges = audio.mel_edges(stack.rate, stack.mels + 1)
    if row < stack.mels:
        what = f"{edges[row]:.0f} to {edges[row + 2]:.0f} Hz"
    elif row < stack.mels + stack.coefficients:
        what = f"MFCC {row - stack.mels + 1}"
    else:
        width = stack.rate / 2 / stack.bins
        number = row - stack.mels - stack.coefficients
        what = f"STFT, {number * width:.0f} to {(number + 1) * width:.0f} Hz"
    seconds = round(frame * stack.hop / stack.rate, 2)
    return {"row": row, "frame": frame, "what": what, "seconds": seconds}


def in_words(features: Iterable[int], stack: audio.Stack) -> pd.DataFrame:
    """The same of several features, a row each: what, seconds.

    >>> in_words([9881], audio.Stack())["what"].tolist()
    ['MFCC 2']
    """
    found = [place(int(feature), stack) for feature in features]
    return pd.DataFrame(found, columns=["what", "seconds"])


def likeliest(
    answer: Sequence[float], classes: Sequence[str], count: int = 4
) -> list[str]:
    """An answer as lime's own picture words it: a few classes, the rest together.

    >>> likeliest([0.1, 0.6, 0.3], ["a", "b", "c"], count=1)
    ['b 0.60', 'all others 0.40']
    """
    first = np.argsort(answer)[::-1][:count]
    told = [f"{classes[number]} {answer[number]:.2f}" for number in first]
    return [*told, f"all others {np.sum(answer) - np.sum(np.take(answer, first)):.2f}"]


class Bound(NamedTuple):
    """A quartile that one of lime's conditions names.

    Attributes:
        feature: its number.
        value: where it lies.
        shares: how much of the training data lies below it: a quarter, half or three
            quarters, and two of these where the condition does not tell which.
    """

    feature: int
    value: float
    shares: tuple[float, ...]


def bounds(conditions: Iterable[str]) -> list[Bound]:
    """The quartiles that lime's conditions name.

    >>> [tuple(one) for one in bounds(["-2.50 < feature 7 <= 0.10"])]
    [(7, -2.5, (0.25, 0.5)), (7, 0.1, (0.5, 0.75))]
    >>> [one.shares for one in bounds(["feature 3 > 6.35", "feature 9 <= 0.10"])]
    [(0.75,), (0.25,)]
    """
    found = []
    for condition in conditions:
        feature = int(re.search(r"feature (\d+)", condition)[1])
        values = [float(text) for text in re.findall(r"-?\d+\.\d+", condition)]
        alone = (0.75,) if ">" in condition else (0.25,)
        shares = [alone] if len(values) == 1 else [(0.25, 0.5), (0.5, 0.75)]
        found += [Bound(feature, *of) for of in zip(values, shares, strict=True)]
    return found


def below(
    stacks: np.ndarray, found: Iterable[Bound], cell: bool = False
) -> list[float]:
    """What share of sounds does not lie above bounds, were the stack like this.

    LIME's bounds are quartiles. In a stack where nothing in a feature's row lies below
    its bound, or nothing above, it cannot have stood there.

    Args:
        stacks: shape (sounds, rows, frames).
        found: from `bounds`.
        cell: ask the feature itself, as LIME does, filling and all: how much of that
            there is hangs on how long the sounds are. Else all of its row, without
            what is 0, which is filling.
    """
    shares = []
    for feature, bound, _ in found:
        row, frame = divmod(feature, stacks.shape[2])
        values = stacks[:, row, frame] if cell else stacks[:, row]
        values = values if cell else values[values != 0]
        shares.append(float((values <= bound).mean()))
    return shares


def possible(
    stacks: Mapping[str, np.ndarray], found: Sequence[Bound], cell: bool = False
) -> pd.DataFrame:
    """Which of several stacks bounds can be of: `below` of each, side by side.

    Args:
        stacks: by name, each as in `below`.
        found: from `bounds`.
        cell: as in `below`.

    Returns:
        A row a bound, with the share that a quartile would have; then how many of
        them have sounds on both sides, and how far shares lie from those of quartiles
        (the nearer one where there are two) on the average.
    """
    frames = next(iter(stacks.values())).shape[2]
    rows = ["row {}, frame {}: {}".format(*divmod(f, frames), v) for f, v, _ in found]
    shares = {name: below(arrays, found, cell) for name, arrays in stacks.items()}
    table = pd.DataFrame(shares, rows)
    apart = [
        np.min([(table.iloc[n] - share).abs() for share in one.shares], axis=0)
        for n, one in enumerate(found)
    ]
    both_sides = ((table > 0) & (table < 1)).sum()
    table.loc["possible bounds"] = both_sides
    table.loc["mean distance"] = np.mean(apart, axis=0)
    told = [" or ".join(f"{share:.2f}" for share in one.shares) for one in found]
    table.insert(0, "a quartile has", [*told, "", ""])
    return table.round(2)


def nearest(table: pd.DataFrame, most: int = 4) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table of `possible` to be read: some stacks bound by bound, then all in short.

    Args:
        table: from `possible`.
        most: how many stacks; those with the most possible bounds come first, and of
            these the ones whose shares are nearest to quartiles.
    """
    sums = table.loc[["possible bounds", "mean distance"], table.columns[1:]].T
    sums = sums.astype(float).sort_values([*sums], ascending=[False, True])
    return table[[table.columns[0], *sums.index[:most]]], sums
