"""A reference and wrong answers for each exercise of chapter C."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
from answers import also, hold
from scipy import stats
from sklearn.linear_model import LogisticRegression

from emolib import protocols
from emolib.exercises import confidence_fusion as exercises
from emolib.features import audio

CLASSES = ["calm", "sad"]


def test_windows_of_a_clip_on_both_sides():
    right = 1 - 0.85**10 - 0.15**10
    hold(exercises.check_1, right, [0.85, 0.85**10, 0.15, "most", 85])
    drawn = np.random.default_rng(0).random((20_000, 10)) < 0.15
    mixed = drawn.any(axis=1) & ~drawn.all(axis=1)
    also(exercises.check_1, mixed.mean())


def test_the_interval_over_people():
    rng = np.random.default_rng(1)
    skill = rng.uniform(0.3, 0.9, 8)
    subject = np.repeat(np.arange(8), 30)
    right = rng.random(240) < skill[subject]
    scores = np.where(right[:, None], [0.8, 0.2], [0.2, 0.8])
    table = pd.DataFrame({"subject": subject.astype(str), "label": "calm"})
    run = SimpleNamespace(
        record={"space": {"classes": CLASSES}},
        predictions=table.join(pd.DataFrame(scores, columns=CLASSES)),
    )
    means = pd.Series(right.astype(float)).groupby(subject).mean().to_numpy()

    def spread(values, reach):
        error = values.std(ddof=1) / np.sqrt(len(values))
        return values.mean() - reach * error, values.mean() + reach * error

    low, high = stats.t.interval(0.95, 7, means.mean(), stats.sem(means))
    wrong = [
        spread(means, 1.96),
        spread(right.astype(float), 1.96),
        (high, low),
        (low, high, 0.5),
        low,
        (0.0, 1.0),
    ]
    hold(exercises.check_2, (low, high), wrong, run)
    by_hand = means.mean() + stats.t.ppf([0.025, 0.975], 7) * means.std(ddof=1) / 8**0.5
    also(exercises.check_2, tuple(by_hand), run)


def windows(hop, length=10):
    """Windows of twenty clips of 60 frames, as a chapter cuts them."""
    parts = audio.windows(np.zeros((60, 1)), length, hop)
    rows = [
        {"clip": f"c{clip}", "subject": f"s{clip % 4}", "sentence": "kids",
         "emotion": CLASSES[clip % 2], "start": start, "stop": stop}
        for clip in range(20) for start, stop in parts
    ]  # fmt: skip
    return pd.DataFrame(rows)


def run_of(items, protocol):
    split = protocols.checked(protocol, items)[0]
    leak = protocols.leak_report(items, split)
    record = {"protocol": protocol.name, "folds": [{"leak": leak}]}
    metrics = {"accuracy": {"value": 0.9}}
    return SimpleNamespace(record=record, metrics=metrics)


def test_windows_that_do_not_overlap():
    at_random = protocols.RandomItems(0.15)
    chapter = run_of(windows(3), at_random)
    wrong = [
        chapter,
        run_of(windows(9), at_random),
        run_of(windows(10), protocols.RandomClips(0.15)),
        run_of(windows(3).drop(columns=["start", "stop"]), at_random),
        0.9,
    ]
    hold(exercises.check_3, run_of(windows(10), at_random), wrong, chapter)
    also(exercises.check_3, run_of(windows(12), at_random), chapter)  # with gaps


def trusted(train, truth, test):
    """Each model's word by how often it was right in training."""
    fused = np.ones_like(test[0])
    for seen, asked in zip(train, test, strict=True):
        said = seen.argmax(axis=1)
        trust = np.array([(truth[said == c] == c).mean() for c in range(4)])
        fused *= np.where(asked == asked.max(axis=1, keepdims=True), trust, 0.2)
    return fused / fused.sum(axis=1, keepdims=True)


def test_a_rule_that_learns_whom_to_trust():
    def product(train, truth, test):
        return test[0] * test[1] / (test[0] * test[1]).sum(axis=1, keepdims=True)

    def surer(train, truth, test):
        first = test[0].max(axis=1, keepdims=True) >= test[1].max(axis=1, keepdims=True)
        return np.where(first, test[0], test[1])

    def peeking(train, truth, test):
        fused = trusted(train, truth, test) + test[0].mean(axis=0)
        return fused / fused.sum(axis=1, keepdims=True)

    def unnormalised(train, truth, test):
        return 2 * trusted(train, truth, test)

    wrong = [product, surer, peeking, unnormalised, lambda *_: np.zeros(4), 0.5]
    hold(exercises.check_4, trusted, wrong)

    def learned(train, truth, test):
        model = LogisticRegression(max_iter=1000).fit(np.hstack(train), truth)
        return model.predict_proba(np.hstack(test))

    also(exercises.check_4, learned)


def test_one_step_of_an_lstm():
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def step(x, said, kept, kernel, recurrent, bias):
        i, f, new, o = np.split(x @ kernel + said @ recurrent + bias, 4)
        kept = sigmoid(f) * kept + sigmoid(i) * np.tanh(new)
        return sigmoid(o) * np.tanh(kept), kept

    def swapped(x, said, kept, kernel, recurrent, bias):
        f, i, new, o = np.split(x @ kernel + said @ recurrent + bias, 4)
        kept = sigmoid(f) * kept + sigmoid(i) * np.tanh(new)
        return sigmoid(o) * np.tanh(kept), kept

    def linear(x, said, kept, kernel, recurrent, bias):
        i, f, new, o = np.split(x @ kernel + said @ recurrent + bias, 4)
        kept = sigmoid(f) * kept + sigmoid(i) * np.tanh(new)
        return sigmoid(o) * kept, kept

    def forgetful(x, said, kept, kernel, recurrent, bias):
        i, _, new, o = np.split(x @ kernel + said @ recurrent + bias, 4)
        kept = sigmoid(i) * np.tanh(new)
        return sigmoid(o) * np.tanh(kept), kept

    hold(exercises.check_5, step, [swapped, linear, forgetful, lambda *_: 0, "step"])

    def unit_by_unit(x, said, kept, kernel, recurrent, bias):
        n, now, memory = len(kept), [], []
        for u in range(n):
            i, f, new, o = (
                x @ kernel[:, k] + said @ recurrent[:, k] + bias[k]
                for k in (u, n + u, 2 * n + u, 3 * n + u)
            )
            memory.append(sigmoid(f) * kept[u] + sigmoid(i) * np.tanh(new))
            now.append(sigmoid(o) * np.tanh(memory[-1]))
        return now, memory

    also(exercises.check_5, unit_by_unit)
