"""Choices are made inside; a stranger is heard by other clips."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emolib import UsageError, experiment, learners, protocols, records
from emolib.labels import LabelSpace
from emolib.models import choosing
from emolib.models.choosing import Candidate, Nested
from emolib.protocols.given import GivenFolds, folds_of

SPACE = LabelSpace("two", ("happy", "sad"))
FIELDS = 10


def examples_of(shift=0.0, noise=0.0, seed=0, people=8, clips=12):
    """People with clips of two emotions, in one field that tells them and in others.

    `shift` is how far people lie apart; `noise` 1 leaves nothing of the emotion.
    """
    random = np.random.default_rng(seed)
    kind = np.tile(np.arange(clips) % 2, people)
    person = np.repeat(np.arange(people), clips)
    own = shift * random.normal(size=(people, 4))
    x = np.zeros(len(kind), [(f"f{n}", np.float32, (4,)) for n in range(FIELDS)])
    for name in x.dtype.names:
        x[name] = random.normal(size=(len(kind), 4))
    x["f0"] += own[person] + (1 - noise) * 2 * np.outer(kind, [1, 0, 0, 0])
    manifest = pd.DataFrame(
        {
            "clip": [f"{p}-{n}" for n, p in enumerate(person)],
            "subject": [f"p{p}" for p in person],
            "emotion": np.array(SPACE.classes)[kind],
        }
    ).assign(sentence="", corpus="c", source="demo")
    return experiment.examples(manifest, x, SPACE)


def folds(examples, count=4):
    return protocols.checked(protocols.SubjectKFold(count), examples.items)


def right(examples, learner, split, seed=0):
    fitted = learner.fit(examples, split, seed)
    given = learners.part_of(examples, split.test)
    scores = fitted.predict(given)["emotion"]
    return scores.argmax(axis=1) == examples.targets["emotion"][split.test]


EACH = tuple(Candidate((f"f{n}",)) for n in range(FIELDS))


def test_a_candidate_is_what_scikit_learn_makes_of_it():
    examples = examples_of()
    split, *_ = folds(examples)
    one = Candidate(("f0", "f1"), components=3)
    scores = (
        Nested({"voice": (one,)}, "one")
        .fit(examples, split)
        .predict(learners.part_of(examples, split.test))["emotion"]
    )
    table = np.hstack([examples.x["f0"], examples.x["f1"]])
    lda = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    other = make_pipeline(StandardScaler(), PCA(3), lda)
    other.fit(table[split.train], examples.targets["emotion"][split.train])
    np.testing.assert_allclose(
        scores, other.predict_proba(table[split.test]), atol=1e-3
    )


def test_parts_are_multiplied():
    examples = examples_of()
    split, *_ = folds(examples)
    given = learners.part_of(examples, split.test)
    several = {"voice": EACH[:1], "face": EACH[1:2]}
    one, other = (
        Nested({part: of}, part).fit(examples, split).predict(given)["emotion"]
        for part, of in several.items()
    )
    both = Nested(several, "both").fit(examples, split).predict(given)["emotion"]
    wanted = one * other
    np.testing.assert_allclose(
        both, wanted / wanted.sum(axis=1, keepdims=True), atol=1e-5
    )


def test_of_noise_a_choice_inside_makes_no_skill_and_a_look_outside_does():
    """Ten fields of noise: some are right by luck about those who are tested."""
    inside, outside = [], []
    for seed in range(3):
        examples = examples_of(noise=1, seed=seed)
        for split in folds(examples, 2):
            chosen = right(examples, Nested({"voice": EACH}, "chosen"), split)
            inside.append(chosen.mean())
            each = [right(examples, Nested({"v": (c,)}, "c"), split) for c in EACH]
            outside.append(max(one.mean() for one in each))
    assert abs(np.mean(inside) - 0.5) < 0.08 and np.mean(outside) > 0.6


@pytest.mark.parametrize("heard", [0, 4])
def test_labels_of_the_test_side_change_nothing(heard):
    examples = examples_of(shift=1)
    split, *_ = folds(examples)
    learner = Nested({"voice": EACH[:3]}, "chosen", heard=heard)
    given = learners.part_of(examples, split.test)
    turned = examples.items["emotion"].to_numpy().copy()
    turned[split.test] = np.where(turned[split.test] == "sad", "happy", "sad")
    manifest = examples.manifest.assign(emotion=turned)
    other = experiment.examples(manifest, examples.x, SPACE)
    a, b = (
        one.take(np.arange(len(one))) and learner.fit(one, split, 3).predict(given)
        for one in (examples, other)
    )
    np.testing.assert_array_equal(a["emotion"], b["emotion"])


def test_the_candidate_that_tells_is_chosen_and_kept_in_the_history():
    examples = examples_of()
    split, *_ = folds(examples)
    fitted = Nested({"voice": EACH[::-1]}, "chosen").fit(examples, split)
    best = fitted.history.loc[fitted.history["inside"].idxmax()]
    assert best["candidate"] == "f0, lda" and best["inside"] > 0.7
    assert right(examples, Nested({"voice": EACH}, "chosen"), split).mean() > 0.7


def test_inside_is_what_scikit_learn_finds_over_the_same_people():
    examples = examples_of(noise=0.5)
    split, *_ = folds(examples)
    several = (
        *(Candidate(("f0", "f1"), components=n) for n in (2, 3)),
        *(Candidate(("f0", "f1")), Candidate(("f0",), "logistic", strength=0.1)),
    )
    found = choosing._asked_inside(several, examples, split.train, split.seed, 3)
    part = examples.take(split.train)
    inner = protocols.pairs(protocols.SubjectKFold(3), part.items)
    y = part.targets["emotion"]
    for one, inside in zip(several, found, strict=True):
        table = np.hstack([part.x[name] for name in one.features])
        lda = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
        last = LogisticRegression(C=0.1) if one.model == "logistic" else lda
        steps = [PCA(one.components)] if one.components else []
        model = make_pipeline(StandardScaler(), *steps, last)
        told = cross_val_predict(model, table, y, cv=inner)
        assert inside == pytest.approx((told == y).mean(), abs=0.02)


def test_hearing_a_stranger_helps_where_people_lie_apart_and_does_no_harm_else():
    gains = {}
    for shift in (0.0, 4.0):
        examples = examples_of(shift=shift, people=16, clips=24)
        cold, warm = (
            np.mean(
                [
                    right(examples, Nested({"v": EACH[:1]}, "v", heard=n), one).mean()
                    for one in folds(examples)
                ]
            )
            for n in (0, 8)
        )
        gains[shift] = warm - cold
    assert abs(gains[0.0]) < 0.03 and gains[4.0] > 0.1


def test_nobody_is_heard_by_the_clip_that_is_asked_about():
    examples = examples_of()
    split, *_ = folds(examples)
    found = choosing._circle(examples, split, 8, seed=1)
    people = examples.items["subject"].to_numpy()
    assert (people[found] == people[split.test][:, None]).all()
    assert not (found == split.test[:, None]).any()
    assert all(len(set(row)) == 8 for row in found.tolist())
    assert (found != choosing._circle(examples, split, 8, seed=2)).any()
    with pytest.raises(UsageError, match="p0 has 12 clips; 12 others"):
        choosing._circle(examples, replace(split, test=np.arange(12)), 12, 0)


def test_a_persons_mean_is_shrunk_as_a_mixed_model_shrinks_it():
    """Of people who lie 2 apart, with clips that spread by 1: 4 n / (4 n + 1)."""
    random = np.random.default_rng(0)
    people = np.repeat(np.arange(400), 10)
    x = 2 * random.normal(size=(400, 1))[people] + random.normal(size=(4000, 1))
    learned = choosing._Learned(EACH[0], None, None)
    learned._less_means(x, people)
    assert learned._kept(8)[0] == pytest.approx(32 / 33, abs=0.005)
    assert learned._kept(1)[0] == pytest.approx(4 / 5, abs=0.02)


def test_given_folds_are_kept_and_refuse_strangers():
    examples = examples_of()
    answers = pd.DataFrame({"subject": [f"p{n}" for n in range(8)], "fold": [0, 1] * 4})
    given = folds_of(answers)
    for split, tested in zip(
        protocols.checked(given, examples.items), given.people, strict=True
    ):
        assert set(examples.items["subject"].iloc[split.test]) == set(tested)
    with pytest.raises(UsageError, match="p7, p9: in no fold"):
        list(folds_of(answers.replace("p7", "p9")).split(examples.items))
    with pytest.raises(UsageError, match="people of its own"):
        GivenFolds(2, people=(("a",), ("a",)))


def test_what_most_folds_chose():
    names = [str(one) for one in choosing.FACE]
    several = [
        pd.DataFrame({"candidate": names, "inside": np.eye(4)[best]})
        for best in (2, 1, 2, 1, 3)
    ]
    assert choosing.most_chosen(several, "face") == names[1]


def test_the_plan_names_each_candidate_once():
    for some in (choosing.VOICE, choosing.FACE):
        assert len({str(one) for one in some}) == len(some)
    assert len(choosing.VOICE) == 24 and len(choosing.FACE) == 4


def test_nothing_was_asked_that_is_not_in_the_plan():
    """Of each committed record: the question, and what was chosen from."""
    found = records.load(records.committed_folder() / "baselines")
    assert found
    lists = {"voice": choosing.VOICE, "face": choosing.FACE}
    for record in found:
        asked = f"{record['experiment']}/{record['model']}"
        assert asked in choosing.EVALUATED[record["corpus"]], record["id"]
        if record["experiment"] == "nested" and record["model"] in lists:
            several = [str(one) for one in lists[record["model"]]]
            assert record["learner"]["parts"] == {record["model"]: several}
            assert record["learner"]["folds"] == choosing.INSIDE
