"""Chapter B's exercises: a reference and wrong answers for each check."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from answers import also, hold
from scipy.special import expit

from emolib import experiment, inputs, labels, learners, protocols
from emolib.exercises import speech_and_stills as exercises
from emolib.models import baselines


def step(x, said, memory, kernel, recurrent, bias, squash=np.tanh, order=(0, 1, 2, 3)):
    parts = np.split(x @ kernel + said @ recurrent + bias, 4, axis=1)
    taken, forgotten, new, told = (parts[i] for i in order)
    memory = expit(forgotten) * memory + expit(taken) * np.tanh(new)
    return expit(told) * squash(memory), memory


def test_one_step_of_an_lstm():
    wrong = [
        lambda *given: step(*given, squash=lambda z: z),
        lambda *given: step(*given, order=(1, 0, 2, 3)),
        lambda *given: step(*given)[::-1],
        lambda *given: step(*given)[0],
        "tanh",
    ]
    hold(exercises.check_1, step, wrong)

    def gate_by_gate(x, said, memory, kernel, recurrent, bias):
        n = memory.shape[1]
        cuts = [slice(k * n, k * n + n) for k in range(4)]
        i, f, new, o = (
            x @ kernel[:, c] + said @ recurrent[:, c] + bias[c] for c in cuts
        )
        memory = memory / (1 + np.exp(-f)) + np.tanh(new) / (1 + np.exp(-i))
        return np.tanh(memory) / (1 + np.exp(-o)), memory

    also(exercises.check_1, gate_by_gate)


X = np.random.default_rng(0).normal(20, 5, (12, 4, 1)).astype(np.float32)


def given(x):
    """Examples, as far as the check looks at them."""
    return SimpleNamespace(x=x, digest=inputs.checksum(x))


def made(accuracy, x, of=None, **design):
    """Examples, and a run of them, or of others, as far as the check looks at it."""
    design = {"activation": "linear", "standardised": False} | design
    digest = given(x if of is None else of).digest
    record = {
        "folds": [{}], "learner": {"design": design}, "inputs": {"digest": digest},
    }  # fmt: skip
    metrics = {"accuracy": {"value": accuracy}}
    return given(x), SimpleNamespace(record=record, metrics=metrics)


def test_the_literal_variant_on_smaller_numbers():
    heard, literal = made(0.14, X)
    bent = X / 30
    bent[3] *= 1.1
    wrong = [
        (heard, literal),
        made(0.7, X / 30, activation="tanh"),
        made(0.7, X / 30, standardised=True),
        made(0.7, X - 20),
        made(0.7, bent),
        made(0.7, X[:, :2] / 30),
        made(0.7, X / 30, of=X / 20),
        made(0.15, X / 30),
        made(0.28, X / 30),  # less than twice what guessing gets
        made(0.7, X / 30)[1],
        30,
    ]
    hold(exercises.check_2, made(0.7, X / 30), wrong, literal, heard)
    also(exercises.check_2, list(made(0.6, X / 100)), literal, heard)
    also(exercises.check_2, made(0.3, X / 20), literal, heard)


@pytest.fixture
def frames():
    """Six people, three sequences each, three frames a sequence."""
    rows = [
        {"clip": f"{p}-{s}-{f}", "subject": f"p{p}", "sentence": f"{p}-{s}",
         "emotion": ["happy", "sad", "angry"][s], "corpus": "toy"}
        for p in range(6) for s in range(3) for f in range(3)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def sequences_apart(items):
    """The last sequence of each person is tested."""
    last = items.groupby("subject")["sentence"].transform("max")
    test = (items["sentence"] == last).to_numpy()
    return np.flatnonzero(~test), np.flatnonzero(test)


def by(protocol):
    def divide(items):
        split = protocols.checked(protocol, items)[0]
        return split.train, split.test

    return divide


def test_sequences_apart_and_people_known(frames):
    wrong = [
        by(protocols.RandomItems(0.3, seed=0)),
        by(protocols.SubjectKFold(3, seed=0)),
        lambda items: (np.arange(3), np.arange(0)),
        lambda items: (np.arange(9), np.arange(6)),
        lambda items: np.arange(5),
        0.3,
    ]
    hold(exercises.check_3, sequences_apart, wrong, frames)

    def by_emotion(items):
        sad = (items["emotion"] == "sad").to_numpy()  # a sequence of each person's
        return np.flatnonzero(~sad), np.flatnonzero(sad)

    also(exercises.check_3, by_emotion, frames)


@pytest.fixture
def faces():
    """Eight people, each of four displays once, somewhat alike."""
    draw = np.random.default_rng(0)
    shown = ["happy", "sad", "angry", "neutral"]
    rows = [
        {"clip": f"{p}-{e}", "subject": f"p{p}", "sentence": "", "emotion": e,
         "corpus": "toy", "path": "", "source": "demo"}
        for p in range(8) for e in shown
    ]  # fmt: skip
    people = np.repeat(np.arange(8), 4)[:, None] * np.ones(6)
    displays = np.tile(np.eye(4, 6), (8, 1))
    x = draw.normal(0, 0.8, (32, 6)) + people + displays
    return experiment.examples(pd.DataFrame(rows), x, labels.FACES)


def seeds_of(examples, learner, seeds, size=0.5):
    rows = []
    for seed in seeds:
        rungs = {
            "at random": protocols.RandomItems(size, seed=seed),
            "people apart": protocols.SubjectKFold(2, seed=seed),
        }
        rungs = protocols.matched(rungs, examples.items)
        row = {
            way: exercises._accuracy(examples, learner, r) for way, r in rungs.items()
        }
        rows.append({"seed": seed, **row})
    return pd.DataFrame(rows)


def test_ten_seeds_of_one_split(faces):
    learner = learners.Classifier(baselines.linear(), "linear")
    right = seeds_of(faces, learner, range(1, 11))
    turned = right.rename(
        columns={"at random": "people apart", "people apart": "at random"}
    )
    wrong = [
        right.head(4),
        turned,
        right.assign(seed=range(11, 21)),
        seeds_of(faces, learner, range(1, 11), size=0.25),
        right.drop(columns="seed"),
        [0.5] * 10,
    ]
    hold(exercises.check_4, right, wrong, faces, learner)
    others = seeds_of(faces, learner, range(30, 42))
    also(exercises.check_4, others.iloc[::-1], faces, learner)


def dealt(clips, emotions, chance, within=True):
    found = clips.copy()
    groups = np.unique(emotions) if within else [""]
    for emotion in groups:
        rows = np.flatnonzero(emotions == emotion if within else emotions != "")
        found["mfcc_means"][rows] = clips["mfcc_means"][chance.permutation(rows)]
    return found


def in_place(clips, emotions, chance):
    clips["mfcc_means"] = dealt(clips, emotions, chance)["mfcc_means"]
    return clips


def all_of_it(clips, emotions, chance):
    return clips[chance.permutation(len(clips))]


def test_voices_dealt_out_anew():
    wrong = [
        lambda clips, emotions, chance: dealt(clips, emotions, chance, within=False),
        lambda clips, emotions, chance: clips.copy(),
        lambda clips, emotions, chance: dealt(
            clips, emotions, np.random.default_rng(7)
        ),
        in_place,
        all_of_it,
        None,
    ]
    hold(exercises.check_5, dealt, wrong)

    def by_pandas(clips, emotions, chance):
        found, places = clips.copy(), pd.Series(np.arange(len(clips)))
        lots = places.groupby(emotions).transform(chance.permutation)
        found["mfcc_means"] = clips["mfcc_means"][lots]
        return found

    also(exercises.check_5, by_pandas)
