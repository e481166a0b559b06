"""Choices look where they say, and stackers learn from what they say."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from emolib import UsageError, experiment, protocols
from emolib.labels import LabelSpace
from emolib.learners import Classifier
from emolib.models import leakage
from emolib.protocols.influence import self_taught

SPACE = LabelSpace("two", ("happy", "sad"))


@pytest.fixture(scope="module")
def examples():
    """Six people, 12 clips each; the class shows in the first number."""
    random = np.random.default_rng(0)
    rows = [(f"{p}-{n}", f"p{p}", n % 2) for p in range(6) for n in range(12)]
    clips = pd.DataFrame(rows, columns=["clip", "subject", "kind"])
    x = random.normal(size=(72, 4)) + 3 * np.outer(clips["kind"], [1, 0, 0, 0])
    emotion = np.array(SPACE.classes)[clips["kind"]]
    manifest = clips.assign(emotion=emotion, sentence="", corpus="c", source="demo")
    return experiment.examples(manifest, x.astype(np.float32), SPACE)


class Contrary(BaseEstimator):
    """Says the class that a threshold on one number is not of, or that it is of."""

    def __init__(self, sign=1):
        self.sign = sign

    def fit(self, x, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, x):
        sad = (self.sign * (x[:, 0] - 1.5) > 0).astype(float)
        return np.column_stack([1 - sad, sad])


def chosen(on):
    each = tuple(Classifier(Contrary(sign), "contrary") for sign in (-1, 1))
    return leakage.Chosen(each, on, "contrary")


def test_a_choice_looks_where_it_says(examples):
    split, *_ = protocols.checked(protocols.SubjectKFold(3), examples.items)
    assert chosen("inside").fit(examples, split).model.sign == 1
    assert chosen("test").fit(examples, split).model.sign == 1
    # On a test side whose labels are turned over, only who looks there is led astray.
    turned = examples.items["emotion"].to_numpy().copy()
    turned[split.test] = np.where(turned[split.test] == "sad", "happy", "sad")
    items = examples.manifest.assign(emotion=turned)
    other = experiment.examples(items, examples.x, SPACE)
    assert chosen("inside").fit(other, split).model.sign == 1
    assert chosen("test").fit(other, split).model.sign == -1


def test_of_one_person_clips_decide(examples):
    alone = examples.take(examples.items["subject"].isin(["p0", "p1"]))
    split, *_ = protocols.checked(protocols.SubjectKFold(2), alone.items)
    assert chosen("inside").fit(alone, split).model.sign == 1


def test_a_choice_from_nothing_or_nowhere_is_refused():
    with pytest.raises(UsageError, match="on='train'"):
        chosen("train")
    with pytest.raises(UsageError, match="0 candidates"):
        leakage.Chosen((), "test")


def test_the_first_epochs_are_the_same_however_many_follow(examples):
    y = examples.targets["emotion"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        short, long = (
            leakage.network(n).set_params(random_state=1).fit(examples.x, y)
            for n in (3, 9)
        )
    assert len(long.loss_curve_) == 9 and long.loss_curve_[:3] == short.loss_curve_


@pytest.mark.parametrize("held_out", [True, False])
def test_a_stacker_learns_from_what_it_says(examples, held_out):
    x, y = np.array(examples.x), examples.targets["emotion"]

    def stack(models, x, y):
        return leakage.stack(*models, held_out).fit(x, y)

    models = [leakage.linear(), leakage.linear(0.9)]
    assert self_taught(stack, models, x, y) == (0 if held_out else 2 * len(x))
    fitted = leakage.stack(*models, held_out).fit(x[:36], y[:36])
    said = fitted.predict_proba(x[36:]).argmax(axis=1)
    assert (said == y[36:]).mean() > 0.7
