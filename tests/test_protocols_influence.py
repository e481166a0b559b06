"""A procedure that lets the test side in is found; an honest one never is."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from emolib import UsageError
from emolib.protocols import Split
from emolib.protocols.influence import reached, self_taught

NOTHING, INPUTS, LABELS, BOTH = (
    {"inputs": i, "labels": k} for k in (False, True) for i in (False, True)
)


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    y = np.arange(60) % 3
    x = random.normal(size=(60, 8)) + 0.7 * np.eye(8)[y]
    return x, y, Split(0, np.arange(40), np.arange(40, 60))


def honest(*steps):
    def answers(x, y, train, test):
        model = make_pipeline(*steps, LogisticRegression(C=0.1))
        return model.fit(x[train], y[train]).predict_proba(x[test])

    return answers


def before(step):
    def answers(x, y, train, test):
        return honest()(step.fit_transform(x, y), y, train, test)

    return answers


def test_a_choice_that_other_labels_do_not_change_is_found_by_other_inputs(data):
    x, y, split = data
    plain = x + 5 * np.eye(8)[y]  # three columns that anybody would choose
    assert reached(before(SelectKBest(k=3)), plain, y, split)["inputs"]
    assert reached(honest(SelectKBest(k=3)), plain, y, split) == NOTHING


def chosen(score):
    """Of two sizes of a tree, the one that `score` likes."""

    def answers(x, y, train, test):
        trees = [DecisionTreeClassifier(max_depth=d, random_state=0) for d in (1, 3)]
        trees = [tree.fit(x[train], y[train]) for tree in trees]
        best = max(trees, key=lambda tree: score(tree, x, y, train, test))
        return best.predict_proba(x[test])

    return answers


def on_test(tree, x, y, train, test):
    return tree.score(x[test], y[test])


def on_train(tree, x, y, train, test):
    return tree.score(x[train], y[train])


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (honest(), NOTHING),
        (honest(StandardScaler()), NOTHING),
        (honest(StandardScaler(), SelectKBest(k=2)), NOTHING),
        (chosen(on_train), NOTHING),
        (before(StandardScaler()), INPUTS),
        (before(MinMaxScaler()), INPUTS),
        (before(PCA(3)), INPUTS),
        (before(SelectKBest(k=2)), BOTH),
        (chosen(on_test), LABELS),
    ],
)
def test_what_reaches_the_answers_is_found(data, answers, found):
    x, y, split = data
    told = reached(answers, x, y, split)
    assert told["labels"] == found["labels"]
    # Other inputs may happen to leave a choice as it is.
    assert told["inputs"] == found["inputs"] or found in (LABELS, BOTH)


def test_a_procedure_without_a_seed_is_refused(data):
    x, y, split = data
    chance = np.random.default_rng(0)
    with pytest.raises(UsageError, match="fix its seed"):
        reached(lambda x, y, train, test: chance.random((20, 3)), x, y, split)


def test_what_was_given_is_left_as_it_is(data):
    x, y, split = data
    kept = x.copy(), y.copy()

    def careless(x, y, train, test):
        x -= x[train].mean(axis=0)
        return honest()(x, y, train, test)

    assert reached(careless, x, y, split) == NOTHING
    assert (x == kept[0]).all() and (y == kept[1]).all()


def test_a_stacker_that_learns_what_its_models_say_of_their_own_items(data):
    x, y, _ = data

    def stack(held_out):
        def fit(models, x, y):
            how = {"cv": 3, "method": "predict_proba"}
            told = [
                cross_val_predict(m, x, y, **how)
                if held_out
                else m.fit(x, y).predict_proba(x)
                for m in models
            ]
            return LogisticRegression().fit(np.hstack(told), y)

        return fit

    models = [LogisticRegression(), DecisionTreeClassifier()]
    assert self_taught(stack(held_out=True), models, x, y) == 0
    assert self_taught(stack(held_out=False), models, x, y) == 2 * len(x)
