"""The way from items to a record, once, for every study.

An experiment takes items, a protocol and a learner; it trains and tests fold
by fold and records each fold before the next one starts. A learner is a
function that gets the positions to train on and to test on and returns what it
predicts for the latter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolib import UsageError, protocols
from emolib.files import write_atomic
from emolib.labels import LabelSpace

if TYPE_CHECKING:
    import keras
    from sklearn.base import ClassifierMixin

    from emolib.records import Run

ITEM_COLUMNS = ["clip", "subject", "sentence", "emotion", "corpus"]


@dataclass
class Learned:
    """What a learner hands back for one fold."""

    probabilities: np.ndarray
    parameters_count: int | None = None
    history: pd.DataFrame | None = None
    model: object = field(default=None, repr=False)


Learner = Callable[[protocols.Split, Path], Learned]


def items_of(manifest: pd.DataFrame, parts: list[list[dict]] | None = None):
    """Items from clips: one a clip, or several a clip.

    Args:
        manifest: one row a clip.
        parts: for each clip, what tells its items apart, such as
            `[{"frame": 0}, {"frame": 5}]`; without it each clip is one item.

    Returns:
        A table with one row an item, in the order of the clips.

    >>> clips = pd.DataFrame({c: ["x"] for c in ITEM_COLUMNS})
    >>> items_of(clips, [[{"frame": 0}, {"frame": 5}]])["frame"].tolist()
    [0, 5]
    """
    if parts is None:
        parts = [[{}]] * len(manifest)
    repeated = manifest[ITEM_COLUMNS].loc[
        manifest.index.repeat([len(one) for one in parts])
    ]
    items = repeated.reset_index(drop=True)
    told = pd.DataFrame([part for one in parts for part in one], index=items.index)
    return pd.concat([items, told], axis=1)


def run_folds(
    run: Run,
    protocol: protocols.Protocol,
    items: pd.DataFrame,
    learn: Learner,
    only: int | None = None,
    keep_model: bool = False,
) -> Run:
    """Train and test fold by fold; a fold that is recorded is not run again.

    Args:
        run: from `records.open_run`.
        protocol: how to split; it is held to its promise first.
        items: one row a thing the model sees.
        learn: trains on one side of a split and predicts the other.
        only: how many folds to run at most.
        keep_model: leave each fold's Keras model beside its record, as
            `model-FOLD.keras`.
    """
    classes = run.record["space"]["classes"]
    for split in protocols.checked(protocol, items)[:only]:
        if run.has(split.fold):
            continue
        checkpoint = run.folder / f"fold-{split.fold}-{run.code}.safetensors"
        learned = learn(split, checkpoint)
        if keep_model:
            write_atomic(run.folder / f"model-{split.fold}.keras", learned.model.save)
        tested = items.iloc[split.test].rename(columns={"emotion": "label"})
        scores = pd.DataFrame(
            learned.probabilities, columns=classes, index=tested.index
        )
        run.add(
            split.fold,
            pd.concat([tested, scores], axis=1),
            history=learned.history,
            leak=protocols.leak_report(items, split),
            parameters_count=learned.parameters_count,
        )
        checkpoint.unlink(missing_ok=True)
    return run


def keras_learner(
    x: np.ndarray,
    items: pd.DataFrame,
    space: LabelSpace,
    build: Callable[[np.ndarray], keras.Model],
    *,
    epochs: int,
    batch: int,
    seed: int,
    reduce_rate: tuple[int, float] | None = None,
    validate_on: str = "people",
) -> Learner:
    """A learner that trains a Keras model.

    Args:
        x: inputs, one row an item; see `training.fit_keras`.
        items: the rows' classes and people.
        build: makes a fresh compiled model; it is given the inputs of the
            training side, for what must be fitted to them.
        epochs, batch, seed, reduce_rate: as in `training.fit_keras`.
        validate_on: "test" watches the test side after each epoch, as many
            papers do, so that the learning rate is steered by the answers;
            "people" sets a fifth of the training people apart instead, "clips"
            a tenth of the training clips; "nothing" does without.
    """
    from emolib import training

    targets = space.one_hot(items["emotion"])

    def learn(split: protocols.Split, checkpoint: Path) -> Learned:
        train, watched = _watched(items, split, validate_on, seed)
        inputs = x[train]
        training.seed_everything(seed)
        model = training.traced(build(inputs))
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        history = training.fit_keras(
            model,
            inputs,
            targets[train],
            epochs=epochs,
            batch=batch,
            seed=seed,
            validation=None if watched is None else (x[watched], targets[watched]),
            reduce_rate=reduce_rate,
            checkpoint=checkpoint,
        )
        tested = training.named(x[split.test])
        scores = model.predict(tested, batch_size=256, verbose=0)
        return Learned(scores, model.count_params(), history, model)

    return learn


def sklearn_learner(
    x: np.ndarray,
    items: pd.DataFrame,
    space: LabelSpace,
    build: Callable[[], ClassifierMixin],
) -> Learner:
    """A learner that fits a scikit-learn classifier on one vector an item."""
    targets = space.encode(items["emotion"])

    def learn(split: protocols.Split, checkpoint: Path) -> Learned:
        model = build().fit(x[split.train], targets[split.train])
        scores = np.zeros((len(split.test), len(space)), dtype=np.float32)
        scores[:, model.classes_] = model.predict_proba(x[split.test])
        return Learned(scores, model=model)

    return learn


def by_clip(
    predictions: pd.DataFrame, space: LabelSpace, rule: str = "mean"
) -> pd.DataFrame:
    """One prediction a clip from those of its frames or windows.

    Args:
        predictions: columns clip, subject, label, fold and one a class.
        rule: "mean" of the probabilities, "vote" of the decisions, or "max":
            the most confident frame decides.

    Returns:
        The same columns, one row a clip and fold.
    """
    classes = list(space)
    scores = predictions[classes]
    keys = ["clip", "subject", "label", "fold"]
    table = predictions[keys]
    if rule == "vote":
        winners = scores.to_numpy().argmax(axis=1)
        scores = pd.DataFrame(np.eye(len(classes))[winners], columns=classes)
        scores.index = predictions.index
    elif rule == "max":
        most = scores.max(axis=1).groupby([table[k] for k in keys]).idxmax()
        return predictions.loc[most, keys + classes].reset_index(drop=True)
    elif rule != "mean":
        raise UsageError(f"rule {rule!r} is none of mean, vote, max")
    return pd.concat([table, scores], axis=1).groupby(keys, as_index=False).mean()


def _watched(items: pd.DataFrame, split: protocols.Split, validate_on: str, seed: int):
    """Positions to train on, and to watch (or None)."""
    if validate_on == "test":
        return split.train, split.test
    if validate_on == "nothing":
        return split.train, None
    by, share = {"people": ("subject", 0.2), "clips": ("clip", 0.1)}[validate_on]
    return protocols.split_validation(items, split.train, share, by, seed)
