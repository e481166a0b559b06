"""The two works that document D compares with, from end to end and small.

Their networks stand beside the document's own, in `early_fusion`: VGG16, the deep
belief network, the spatial transformer, the recurrent network with attention. What is
here puts one upon the other. A network that was trained on single frames is a part of
the next, its weights left alone; in a study it is that run's network of the same
fold, so that nobody who is tested has been trained on at any stage.

    seen = study.run("late-frames", frames, looking, people, keep=True)
    over = learners.Network(attentive_over, {"start": seen}, epochs=10)
    study.run("late-moments", moments, over, people)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolib import UsageError, protocols
from emolib.models import early_fusion
from emolib.models.common import compiled
from emolib.models.early_fusion import SOUND_RATE, attentive_lstm, deep_belief

if TYPE_CHECKING:
    import keras

    from emolib.experiment import Examples
    from emolib.features.store import Features
    from emolib.labels import LabelSpace
    from emolib.protocols import Protocol
    from emolib.records import Recorded


# -- Zhang et al. (2019): two streams, a belief network, a linear machine ---------


def belief_over(
    shape: Mapping[str, tuple[int, ...]],
    classes: int,
    *,
    frames: keras.Model,
    flows: keras.Model,
    units: Sequence[int] = (1024, 512),
    before: int = 10,
    rate: float = SOUND_RATE,
    like: Any = None,
) -> keras.Model:
    """A belief network on what two streams see in a segment.

    Each frame and each flow picture goes through the stream that was trained on such
    pictures, up to its second dense layer; the mean over the segment's is taken, and
    both are laid end to end: 8192 numbers in that work. The streams stay as they are.

    Args:
        shape: of the fields `frames` and `flows`: 15 pictures of each.
        classes: length of the probability vector.
        frames, flows: the two trained streams.
        units, before, rate: as `early_fusion.deep_belief` has them.
        like: training segments, from which the machines learn without labels.

    Returns:
        A compiled model; its layer "seen" is what describes a segment.
    """
    import keras
    from keras import layers

    streams = {"frames": frames, "flows": flows}
    inputs, parts = {}, []
    for name, stream in streams.items():
        inputs[name] = layers.Input(shape[name], dtype="uint8", name=name)
        seen = _each(_looking(stream, f"{name}_each"), inputs[name])
        parts.append(layers.GlobalAveragePooling1D()(seen))
    vectors = layers.Concatenate(name="streams")(parts)
    if like is not None:
        from emolib.training import with_keras

        like = with_keras.predict(keras.Model(inputs, vectors), like, batch=16)
    belief = deep_belief(
        vectors.shape[1:], classes, units=units, before=before, like=like
    )
    emotions = _upon(belief, vectors)
    return compiled(keras.Model(inputs, emotions, name="belief_over"), rate)


def pooled(
    run: Recorded,
    examples: Examples,
    protocol: Protocol,
    classifier: Any,
    layer: str = "seen",
) -> pd.DataFrame:
    """A classifier's answers about clips, from what a network sees in their items.

    Fold by fold the run's own network is cut at a layer; a clip is the mean of what it
    gives of the clip's items, and the classifier learns from the clips that the
    network was trained on. That work's classifier is a linear support vector machine.

    Args:
        run: one that kept its weights.
        examples: what it was given.
        protocol: how it was divided.
        classifier: an estimator with `predict_proba`; each fold fits a clone.
        layer: of the network.

    Returns:
        One row a clip and fold: clip, subject, label, fold, one column a class.

    Raises:
        UsageError: if the run was divided in another way.
    """
    import keras
    from sklearn.base import clone

    from emolib.training import with_keras

    items, (task, space) = examples.items, next(iter(examples.spaces.items()))
    known = {fold["fold"]: fold.get("positions") for fold in run.record["folds"]}
    found = []
    for split in protocols.checked(protocol, items, task):
        if known.get(split.fold) != split.positions:
            raise UsageError(
                f"{run.record['id']} did not divide these items by this protocol"
            )
        model = run.model(split.fold)
        cut = keras.Model(model.input, model.get_layer(layer).output)
        seen = pd.DataFrame(with_keras.predict(cut, examples.x))
        clips = items.groupby("clip", sort=False)[["subject", task]].first()
        means = seen.groupby(items["clip"].to_numpy(), sort=False).mean()
        truth = space.encode(clips[task])
        train, _ = protocols.sides(items, split)
        learned = clips.index.isin(items["clip"].iloc[train])
        tested = clips.index.isin(items["clip"].iloc[split.test])
        machine = clone(classifier).fit(means[learned].to_numpy(), truth[learned])
        asked = clips[tested].reset_index().rename(columns={task: "label"})
        scores = _scores(machine, means[tested].to_numpy(), space)
        found.append(asked.assign(fold=split.fold).join(scores))
    return pd.concat(found, ignore_index=True)


# -- Luna-Jimenez et al. (2021): separate models, joined late ---------------------


def attentive_over(
    shape: tuple[int, ...],
    classes: int,
    *,
    start: keras.Model,
    units: int = 150,
    dropout: float = 0.3,
    rate: float = SOUND_RATE,
) -> keras.Model:
    """A recurrent network with attention on what another sees frame by frame.

    Args:
        shape: moments of a clip and the shape of a frame.
        classes: length of the probability vector.
        start: trained on single frames, such as `early_fusion.spatial_transformer`;
            it stays as it is.
        units, dropout, rate: as `early_fusion.attentive_lstm` has them.
    """
    import keras
    from keras import layers

    pictures = layers.Input(shape, dtype="uint8", name="pictures")
    moments = _each(_looking(start, "each"), pictures)
    reading = attentive_lstm(moments.shape[1:], classes, units=units, dropout=dropout)
    model = keras.Model(pictures, reading(moments), name="attentive_over")
    return compiled(model, rate)


def joined_late(
    tables: Sequence[pd.DataFrame], space: LabelSpace, ways: Mapping[str, Any]
) -> dict[str, pd.DataFrame]:
    """Separate models' answers, joined by classifiers learned from other folds'.

    What a classifier is given of a clip are the models' probabilities, laid end to
    end. Clips of a fold are joined by one that learned from all other folds, whose
    people are others if the models' folds keep people apart.

    Args:
        tables: a model's answers each, one row a clip, as `experiment.by_clip` gives
            them.
        space: the classes.
        ways: estimators with `predict_proba` by name, such as
            `early_fusion.late_fusion` gives; each fold fits a clone.

    Returns:
        Answers by the same names.

    Raises:
        UsageError: if the tables are not of the same clips, people, truths and folds,
            or all of one fold.
    """
    from sklearn.base import clone

    first, keys = tables[0], ["clip", "subject", "label", "fold"]
    if any(not table[keys].equals(first[keys]) for table in tables):
        raise UsageError("these models answer about other clips, or in another order")
    if first["fold"].nunique() < 2:
        raise UsageError("one fold alone: there is no other to learn from")
    x = np.hstack([table[list(space)].to_numpy() for table in tables])
    truth, found = space.encode(first["label"]), {}
    for name, way in ways.items():
        parts = []
        for fold in first["fold"].unique():
            here = (first["fold"] == fold).to_numpy()
            machine = clone(way).fit(x[~here], truth[~here])
            asked = first.loc[here, keys].reset_index(drop=True)
            parts.append(asked.join(_scores(machine, x[here], space)))
        found[name] = pd.concat(parts, ignore_index=True)
    return found


def segments(
    features: Mapping[str, Features], space: LabelSpace, clips: Iterable[str]
) -> Examples:
    """Films in segments of 16 frames, of which 15 are used, for `belief_over`.

    Args:
        features: of every frame, under the names `frames` and `flows`.
        space: the classes; clips of others are left out.
        clips: which, by name.
    """
    from emolib.experiment import examples
    from emolib.features.inputs import shared

    manifest, rows = shared(*features.values())
    wanted = manifest["clip"].isin(set(clips)) & manifest["emotion"].isin(space.classes)
    kept = [row[wanted.to_numpy()] for row in rows]
    cut, parts = {name: [] for name in features}, []
    for numbers in zip(*kept, strict=True):
        films = [
            one.arrays[n] for one, n in zip(features.values(), numbers, strict=True)
        ]
        places = early_fusion.segments(min(map(len, films)))
        ends = [(int(place[0]), int(place[-1]) + 1) for place in places]
        parts.append([{"start": start, "stop": stop} for start, stop in ends])
        for name, film in zip(features, films, strict=True):
            cut[name] += [film[place[1:]] for place in places]
    fields = [(name, "u1", some[0].shape) for name, some in cut.items()]
    x = np.empty(sum(map(len, parts)), fields)
    for name, some in cut.items():
        x[name] = some
    return examples(manifest[wanted].reset_index(drop=True), x, space, parts)


def moments(
    features: Features, space: LabelSpace, clips: Iterable[str], count: int = 8
) -> Examples:
    """Films as so many frames each, evenly spaced, for `attentive_over`.

    Args:
        features: of every frame.
        space: the classes; clips of others are left out.
        clips: which, by name.
        count: frames of a clip.
    """
    from emolib.experiment import examples

    manifest = features.manifest
    wanted = manifest["clip"].isin(set(clips)) & manifest["emotion"].isin(space.classes)
    films = [features.arrays[row] for row in np.flatnonzero(wanted)]
    places = [
        np.linspace(0, len(film) - 1, count).round().astype(int) for film in films
    ]
    x = np.stack([film[place] for film, place in zip(films, places, strict=True)])
    return examples(manifest[wanted].reset_index(drop=True), x, space)


# -- what both share --------------------------------------------------------------


def _looking(start: keras.Model, name: str) -> keras.Model:
    """A trained network up to its layer "seen", as it is and to stay so."""
    import keras

    base = keras.models.clone_model(start)
    base.set_weights(start.get_weights())
    cut = keras.Model(base.input, base.get_layer("seen").output, name=name)
    cut.trainable = False
    return cut


def _each(network: keras.Model, pictures: keras.KerasTensor) -> keras.KerasTensor:
    """What a network says of each of several pictures: (n, pictures, length).

    All at once; Keras' `TimeDistributed` goes one by one and is slow to be traced.
    """
    from keras import ops

    count, *one = pictures.shape[1:]
    told = network(ops.reshape(pictures, (-1, *one)))
    return ops.reshape(told, (-1, count, told.shape[-1]))


def _upon(network: keras.Model, x: keras.KerasTensor) -> keras.KerasTensor:
    """A network's answer to another tensor; its layer "seen" can be found again."""
    import keras
    from keras import layers

    hidden = keras.Model(network.input, network.get_layer("seen").output)
    seen = layers.Identity(name="seen")(hidden(x))
    return network.layers[-1](seen)


def _scores(machine: Any, x: np.ndarray, space: LabelSpace) -> pd.DataFrame:
    """Probabilities in the space's columns; a class never learned gets 0."""
    scores = np.zeros((len(x), len(space)))
    scores[:, machine.classes_] = machine.predict_proba(x)
    return pd.DataFrame(scores, columns=list(space))
