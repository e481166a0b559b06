"""Checks of the exercises of chapter C."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from emolib.exercises import Wrong, a_function, a_number, check


@check
def check_1(answer: float) -> str:
    """The share of clips that have windows on both sides of a split by window."""
    share = a_number(answer, 0, 1)
    both = 1 - 0.85**10 - 0.15**10
    if abs(share - 0.85) < 0.005:
        raise Wrong(
            "that is the share of windows that are trained on. Of a clip, all ten "
            "windows would have to fall on one side to keep it there"
        )
    if abs(share - 0.85**10) < 0.005:
        raise Wrong("so many clips lie on the training side alone; how many do not?")
    if abs(share - both) > 0.005:
        raise Wrong(
            "ask for the opposite: with which probability do ten draws, each 0.15 "
            "for the test, all come out alike?"
        )
    return "A split by window divides clips only where all ten draws agree."


@check
def check_2(answer: tuple[float, float], run: Any) -> str:
    """The 95 % interval of a run's accuracy, from the means of its people."""
    try:
        low, high = (a_number(end, 0, 1) for end in answer)
    except TypeError:
        raise Wrong("two numbers are asked for, the lower end and the upper") from None
    except ValueError:
        raise Wrong("two numbers are asked for, no more and no fewer") from None
    table = _clips_of(run)
    means = table.groupby("subject")["right"].mean()
    expected, normal = _spread(means, "t"), _spread(means, "normal")
    over_clips = _spread(table["right"], "normal")
    if _near((low, high), expected):
        return f"{len(means)} people, so {len(means) - 1} degrees of freedom."
    if _near((low, high), normal):
        raise Wrong(
            "1.96 holds for a mean of very many; with so few people the distribution "
            "is wider: which one, with how many degrees of freedom?"
        )
    if _near((low, high), over_clips):
        raise Wrong(
            "this takes every clip for a new witness. Clips of one person resemble "
            "each other: what varies is people"
        )
    if low >= high:
        raise Wrong("the lower end comes first")
    raise Wrong(
        "take one mean for each person, then the mean of these, their standard "
        "deviation over the root of how many there are, and a quantile"
    )


@check
def check_3(answer: Any, run: Any) -> str:
    """A run on windows of one clip that do not overlap, split at random."""
    record = _a_record(answer)
    leak = record["folds"][0]["leak"]
    if record["protocol"] != "random-items":
        raise Wrong(
            f"the windows should still be drawn one by one, not by {record['protocol']}"
        )
    if leak.get("overlap_share") is None:
        raise Wrong("these items are no windows: they have no start and stop")
    if leak["overlap_share"] > 0:
        raise Wrong(
            f"{leak['overlap_share']:.0%} of the tested windows still overlap one "
            "that is trained on; compare window_hop with window"
        )
    if leak["clip_share"] == 0:
        raise Wrong("no clip has windows on both sides: then there is nothing to find")
    now, before = (one.metrics["accuracy"]["value"] for one in (answer, run))
    return (
        f"{100 * now:.1f} % where overlapping windows had {100 * before:.1f} %: "
        "what is left comes from the same clip, heard at another moment."
    )


@check
def check_4(answer: Callable) -> str:
    """A rule of fusion that learns, by class, which model to trust."""
    rule = a_function(answer)
    train, truth = _two_halves(400, seed=1)
    test, asked = _two_halves(200, seed=2)
    fused = np.asarray(rule(train, truth, test), dtype=float)
    if fused.shape != test[0].shape:
        raise Wrong(f"one row an item and one column a class, not {fused.shape}")
    if not (fused >= 0).all() or np.abs(fused.sum(axis=1) - 1).max() > 1e-6:
        raise Wrong("probabilities are not negative, and each row sums to one")
    few = np.asarray(rule(train, truth, [table[:7] for table in test]), dtype=float)
    if np.abs(few - fused[:7]).max() > 1e-6:
        raise Wrong(
            "the answer for an item changes with what else is tested: nothing may be "
            "learned from the test side"
        )
    right = (fused.argmax(axis=1) == asked).mean()
    if right < 0.95:
        raise Wrong(
            f"{right:.0%} right, where one model knows two of four classes and the "
            "other the other two. How often was each model right, in training, when "
            "it named a class?"
        )
    return f"{right:.0%} right, where the more confident of the two gets 75 %."


@check
def check_5(answer: Callable) -> str:
    """One step of an LSTM cell."""
    step = a_function(answer)
    rng = np.random.default_rng(0)
    x, said, kept = rng.normal(size=3), rng.normal(size=4), rng.normal(size=4)
    kernel, recurrent = rng.normal(size=(3, 16)), rng.normal(size=(4, 16))
    bias = rng.normal(size=16)
    found = step(x, said, kept, kernel, recurrent, bias)
    if not isinstance(found, tuple) or len(found) != 2:
        raise Wrong("return two things: what is said now, and the memory now")
    now_said, now_kept = (np.asarray(part, dtype=float) for part in found)
    expected = _lstm_step(x, said, kept, kernel, recurrent, bias)
    if now_kept.shape != (4,) or now_said.shape != (4,):
        raise Wrong("each of the two is as long as the memory was")
    if not np.allclose(now_kept, expected[1], atol=1e-6):
        swapped = _lstm_step(x, said, kept, kernel, recurrent, bias, (1, 0, 2, 3))
        if np.allclose(now_kept, swapped[1], atol=1e-6):
            raise Wrong("the memory is off: which quarter of the sum is which gate?")
        raise Wrong(
            "the memory is off: what of the old is kept, what of the new added?"
        )
    if not np.allclose(now_said, expected[0], atol=1e-6):
        raise Wrong(
            "the memory is right; what is said is off: look at its last formula"
        )
    return "Six lines, and there are three such layers in the network."


def _clips_of(run: Any) -> pd.DataFrame:
    """Who is asked, and whether the answer is right, a row a clip."""
    table, classes = run.predictions, run.record["space"]["classes"]
    guess = np.array(classes)[table[classes].to_numpy().argmax(axis=1)]
    right = (guess == table["label"].to_numpy()).astype(float)
    return pd.DataFrame({"subject": table["subject"].to_numpy(), "right": right})


def _spread(values: pd.Series, kind: str) -> tuple[float, float]:
    from scipy import stats

    error = values.std(ddof=1) / np.sqrt(len(values))
    law = stats.t(len(values) - 1) if kind == "t" else stats.norm
    reach = law.ppf(0.975) * error
    return values.mean() - reach, values.mean() + reach


def _near(found: tuple, expected: tuple) -> bool:
    return bool(np.abs(np.subtract(found, expected)).max() < 0.004)


def _a_record(answer: Any) -> dict:
    record = getattr(answer, "record", None)
    if not isinstance(record, dict) or not record.get("folds"):
        raise Wrong("a run is asked for, as study.run returns it")
    return record


def _two_halves(count: int, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Answers of two models, each sure always and right about its own two classes."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(4, size=count)
    coin = rng.integers(2, size=count)
    first = np.where(truth < 2, truth, 2 + coin)  # guesses among the other two
    second = np.where(truth < 2, coin, truth)
    tables = [0.94 * np.eye(4)[named] + 0.015 for named in (first, second)]
    return [table / table.sum(axis=1, keepdims=True) for table in tables], truth


def _lstm_step(x, said, kept, kernel, recurrent, bias, order=(0, 1, 2, 3)):
    from scipy.special import expit

    quarters = np.split(x @ kernel + said @ recurrent + bias, 4)
    taken, forgotten, new, told = (quarters[place] for place in order)
    now = expit(forgotten) * kept + expit(taken) * np.tanh(new)
    return expit(told) * np.tanh(now), now
