"""The networks of document D, and the small parts of the two works it compares with.

Its text has lost single digits, nearly always a 2: the filters of its Figure 6 are
printed as 32, 64, 18, 56 and 51, its dense layers once as 2048 and 104, a pooling
window without its numbers. 32, 64, 128, 256 and 512 are read here, for four reasons:
one lost 2 in each of the last three explains all of them; VGG16, of which the network
is a reduced form, doubles in this way up to 512; no one chooses 51 filters behind 56;
and at 64 pixels the last pooling then leaves 2 x 2 x 512 = 2,048 numbers, as many as
the first dense layer has units. `PRINTED` holds what the text has.

The size of its pictures is never given. 64 x 64 is the default throughout: the
network of Figure 6 has 7,868,229 parameters then. At the 224 of VGG16 it has
55,054,149, of which 51 million join the last pooling to the first dense layer, for
172 sounds. Five poolings need at least 32 pixels, and five 3x3 convolutions without
padding 94; VGG16 pads, and so do these.

What else is open is filled by one rule, so that nothing is tuned in secret: Keras'
own defaults (2x2 pools, a batch of 32), ReLU, Adam. The learning rate is lower for
frames than for sound, as the document has it: 0.0001 and 0.001. The dropout of 0.25
stands behind the convolutions and that of 0.4 behind the dense layers, as its text
describes the network of two inputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from emolib import UsageError
from emolib.models import baselines
from emolib.models.common import compiled, layer_table, scaled

if TYPE_CHECKING:
    import keras
    from sklearn.pipeline import Pipeline

FILTERS = (32, 64, 128, 256, 512)
PRINTED = (32, 64, 18, 56, 51)
DENSE = (2048, 1024)
FRAME_RATE, SOUND_RATE = 1e-4, 1e-3


class Change(NamedTuple):
    """A row of the experiments of Table 3: filters and items a step."""

    filters: tuple[int, ...]
    batch: int


CHANGES = {
    "starting model": Change((16, 32, 64, 128), 32),
    "change 1": Change((16, 32, 64, 128, 256), 32),
    "change 2": Change(FILTERS, 32),
    "change 3": Change(FILTERS, 30),
    "change 4": Change(FILTERS, 50),
    "change 5": Change((*FILTERS, 512), 30),
}
"""The mel network's changes, each with those before it.

The third is the network of Figure 6, which fixes what the first two did: one more
convolution, then larger filters. How small they were before is not said; half of
each is our reading. Of changes 4 and 5 the one replaces the batch of change 3, the
other adds a sixth convolution to it, of 512 filters, the most that VGG16 has.
"""


# -- the document's own -----------------------------------------------------


def reduced_vgg(
    shape: tuple[int, int, int],
    classes: int,
    *,
    filters: Sequence[int] = FILTERS,
    dense: Sequence[int] = DENSE,
    dropout: Sequence[float] = (0.25, 0.4),
    width: float = 1.0,
    rate: float = FRAME_RATE,
) -> keras.Model:
    """The network of Figure 6, for frames, flow pictures or pictures of sound.

    Five times a 3x3 convolution and a 2x2 pooling, dropout, two dense layers,
    dropout, softmax.

    Args:
        shape: height, width and channels of a picture.
        classes: length of the probability vector.
        filters: of each convolution; `CHANGES` has those of Table 3.
        dense: units of the dense layers before the last. Table 5 counts two dense
            layers for mel spectrograms and three for all else, section 7.2 two and
            a softmax layer for mel spectrograms: (2048, 1024) is the latter.
        dropout: behind the convolutions and behind the dense layers.
        width: factor on all filters and units; 1 is the document's.
        rate: learning rate.

    Returns:
        A compiled model that takes uint8 pictures and begins by dividing them by
        255.

    Raises:
        UsageError: if a picture is too small for so many poolings.
    """
    from keras import layers

    picture = layers.Input(shape, dtype="uint8", name="picture")
    x = _branch(picture, filters, dropout[0], width, "picture")
    return _decided(picture, x, classes, dense, dropout[1], width, rate, "reduced_vgg")


def early_fusion(
    shape: Mapping[str, tuple[int, int, int]],
    classes: int,
    *,
    filters: Sequence[int] = FILTERS,
    dense: Sequence[int] = DENSE,
    dropout: Sequence[float] = (0.25, 0.4),
    width: float = 1.0,
    rate: float = FRAME_RATE,
) -> keras.Model:
    """The networks of two and of three inputs: Figure 8, and its third branch.

    Each input has convolutions of its own, dropout and a flattening; what they
    give is laid end to end, and the dense layers come after it. The dropout of a
    branch is printed as 0.5, which is 0.25 if a 2 was lost; that is what Figure 6
    has, and the default here.

    Args:
        shape: height, width and channels of each input's pictures, by its name.
        classes, filters, dense, dropout, width, rate: as `reduced_vgg`.

    Returns:
        A compiled model that takes uint8 pictures by name.
    """
    from keras import layers

    inputs = {
        name: layers.Input(one, dtype="uint8", name=name) for name, one in shape.items()
    }
    parts = [_branch(x, filters, dropout[0], width, name) for name, x in inputs.items()]
    x = layers.Concatenate(name="together")(parts)
    return _decided(inputs, x, classes, dense, dropout[1], width, rate, "early_fusion")


def levels(inputs: Sequence[str]) -> dict[str, int]:
    """How many convolutions and dense layers a network of these inputs has.

    >>> levels(["frame", "mel"])
    {'conv levels': 10, 'dense levels': 3}
    """
    shape = {name: (64, 64, 1 if name == "mel" else 3) for name in inputs}
    kinds = layer_table(early_fusion(shape, 5, width=0.02))["kind"].value_counts()
    of_kind = {"conv levels": "Conv2D", "dense levels": "Dense"}
    return {name: int(kinds[kind]) for name, kind in of_kind.items()}


def _branch(
    picture: keras.KerasTensor,
    filters: Sequence[int],
    dropout: float,
    width: float,
    name: str,
) -> keras.KerasTensor:
    """The convolutions of one input, called by its name and numbered, flattened."""
    from keras import layers

    least = 2 ** len(filters)
    if min(picture.shape[1:3]) < least:
        raise UsageError(
            f"pictures of {picture.shape[1]} x {picture.shape[2]} are too small for "
            f"{len(filters)} poolings: take {least} pixels or more, or fewer filters"
        )
    x = layers.Rescaling(1 / 255)(picture)
    for number, count in enumerate(filters, start=1):
        x = layers.Conv2D(
            scaled(count, width), 3, padding="same", activation="relu",
            name=f"{name}_{number}",
        )(x)  # fmt: skip
        x = layers.MaxPooling2D()(x)
    return layers.Flatten(name=f"{name}_flat")(layers.Dropout(dropout)(x))


def _decided(
    inputs: keras.KerasTensor | dict[str, keras.KerasTensor],
    x: keras.KerasTensor,
    classes: int,
    dense: Sequence[int],
    dropout: float,
    width: float,
    rate: float,
    name: str,
) -> keras.Model:
    """The dense layers and the answer; the last of them is called "seen"."""
    import keras
    from keras import layers

    for number, units in enumerate(dense, start=1):
        called = "seen" if number == len(dense) else None
        x = layers.Dense(scaled(units, width), activation="relu", name=called)(x)
    x = layers.Dropout(dropout)(x) if dropout else x
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(inputs, emotions, name=name), rate)


# -- Zhang et al. (2019), sections 6.1 and 6.3 ------------------------------


def segments(frames: int, length: int = 16) -> list[np.ndarray]:
    """Which frames of a clip make up each segment, in turn.

    What is left at the end and fills at least half a segment is filled up with the
    last frame; less than that is dropped, unless it is all there is.

    Args:
        frames: of the clip.
        length: of a segment. Its first frame gives a flow and no picture of its
            own, so that 16 make 15 of both.

    >>> [part.tolist() for part in segments(7, length=3)]
    [[0, 1, 2], [3, 4, 5]]
    >>> [part.tolist() for part in segments(2, length=3)]
    [[0, 1, 1]]
    """
    if frames < 1 or length < 2:
        raise UsageError(f"frames={frames} and length={length}: give 1 and 2 or more")
    starts = range(0, frames, length)
    kept = [s for s in starts if s == 0 or 2 * (frames - s) >= length]
    return [np.minimum(np.arange(s, s + length), frames - 1) for s in kept]


def stream_cnn(
    shape: tuple[int, int, int],
    classes: int,
    *,
    units: int = 4096,
    width: float = 1.0,
    rate: float = FRAME_RATE,
) -> keras.Model:
    """One of the two streams: VGG16, for frames or for flow pictures.

    Thirteen convolutions, five poolings, two dense layers and softmax; the second
    dense layer, called "seen", is what the streams hand on. The work's begin with
    ImageNet's weights, these with drawn ones, of a variance (He's) at which thirteen
    layers neither fade nor explode.

    Args:
        shape: 227 x 227 x 3 in that work; at least 32 pixels.
        classes: length of the probability vector.
        units: of each dense layer, whatever the width.
        width: factor on all filters; 1 is VGG16's.
        rate: learning rate.
    """
    import keras
    from keras import layers

    picture = layers.Input(shape, dtype="uint8", name="picture")
    x = layers.Rescaling(1 / 127.5, offset=-1)(picture)
    for filters, times in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(times):
            x = layers.Conv2D(
                scaled(filters, width), 3, padding="same", activation="relu",
                kernel_initializer="he_normal",
            )(x)  # fmt: skip
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    for name in ("first", "seen"):
        x = layers.Dense(
            units, activation="relu", kernel_initializer="he_normal", name=name
        )(x)  # fmt: skip
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(picture, emotions, name="stream_cnn"), rate)


def deep_belief(
    shape: tuple[int],
    classes: int,
    *,
    units: Sequence[int] = (1024, 512),
    before: int = 10,
    rbm_rate: float = 0.05,
    rate: float = SOUND_RATE,
    like: np.ndarray | None = None,
) -> keras.Model:
    """A deep belief network: machines that learn without labels, then with them.

    Each restricted Boltzmann machine learns to reconstruct what the one before it
    makes of the training inputs; its weights become those of a dense layer with a
    sigmoid. The layers and a softmax are then trained together. The last of them is
    called "seen": its mean over a clip's segments describes the clip.

    Args:
        shape: length of the two streams' vectors, laid end to end: 8192.
        classes: length of the probability vector.
        units: of each machine; the document does not give them.
        before: how often each machine goes through the inputs.
        rbm_rate: learning rate of the machines.
        rate: of what follows.
        like: training inputs (n, length). Without them the layers are as drawn, to
            be given weights.
    """
    import keras
    from keras import layers

    vectors = layers.Input(shape, name="vectors")
    x, unit = _unit_interval(vectors, like)
    for number, count in enumerate(units, start=1):
        called = "seen" if number == len(units) else None
        layer = layers.Dense(count, activation="sigmoid", name=called)
        x = layer(x)
        if like is not None:
            unit, weights = _boltzmann(unit, count, before, rbm_rate)
            layer.set_weights(weights)
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(vectors, emotions, name="deep_belief"), rate)


def _boltzmann(
    inputs: np.ndarray, units: int, times: int, rate: float
) -> tuple[np.ndarray, list[np.ndarray]]:
    """What a machine makes of its inputs, and its weights as a dense layer's.

    Its chance is numpy's own, which the training has seeded.
    """
    from sklearn.neural_network import BernoulliRBM

    machine = BernoulliRBM(units, learning_rate=rate, n_iter=times)
    hidden = machine.fit_transform(inputs)
    return hidden, [machine.components_.T, machine.intercept_hidden_]


def _unit_interval(
    x: keras.KerasTensor, like: np.ndarray | None
) -> tuple[keras.KerasTensor, np.ndarray | None]:
    """Inputs brought to 0 to 1 by the training side's least and largest values.

    Both are weights that training leaves alone, as in `common.normalised`.
    """
    from keras import layers

    layer = layers.BatchNormalization(
        center=False, scale=False, epsilon=1e-12, trainable=False
    )
    brought = layers.ReLU(max_value=1.0)(layer(x))
    if like is None:
        return brought, None
    like = np.asarray(like, dtype=np.float32)
    least, span = like.min(axis=0), np.ptp(like, axis=0)
    span[span == 0] = 1
    layer.set_weights([least, span**2])
    return brought, (like - least) / span


# -- Luna-Jimenez et al. (2021), section 7.1 --------------------------------


def spatial_transformer(
    shape: tuple[int, int, int],
    classes: int,
    *,
    width: float = 1.0,
    rate: float = SOUND_RATE,
) -> keras.Model:
    """A network that first chooses where to look: a spatial transformer.

    A small network finds shift, turn, scale and shear, and the picture is sampled
    anew there; it begins by changing nothing. What it sees then goes through four
    convolutions and a dense layer called "seen", which is what a clip's sequence is
    made of. That work's network was trained on AffectNet before and looks at
    saliency besides.

    Args:
        shape: 48 x 48 in that work.
        classes: length of the probability vector.
        width: factor on all filters and units.
        rate: learning rate.
    """
    import keras
    from keras import layers

    picture = layers.Input(shape, dtype="uint8", name="picture")
    scaled_down = layers.Rescaling(1 / 255)(picture)
    x = scaled_down
    for filters, size in ((8, 7), (10, 5)):
        x = layers.Conv2D(scaled(filters, width), size, activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dense(scaled(32, width), activation="relu")(layers.Flatten()(x))
    where = layers.Dense(6, kernel_initializer="zeros", name="where")
    x = looked_at(scaled_down, where(x))
    where.bias.assign(np.float32([1, 0, 0, 0, 1, 0]))
    for filters in (16, 32):
        for _ in range(2):
            x = layers.Conv2D(scaled(filters, width), 3, activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(scaled(64, width), activation="relu", name="seen")(x)
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(picture, emotions, name="spatial_transformer"), rate)


def looked_at(pictures: keras.KerasTensor, where: keras.KerasTensor):
    """Pictures sampled anew where an affine map says, between four points each.

    Args:
        pictures: (n, height, width, channels).
        where: (n, 6): the two rows of the map from a place in the new picture to
            one in the old, both from -1 to 1.
    """
    from keras import ops

    height, width, channels = pictures.shape[1:]
    across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    grid = np.stack([across.ravel(), down.ravel(), np.ones(across.size)])
    places = ops.matmul(ops.reshape(where, (-1, 2, 3)), grid.astype(np.float32))
    x = ops.clip((places[:, 0] + 1) * ((width - 1) / 2), 0, width - 1)
    y = ops.clip((places[:, 1] + 1) * ((height - 1) / 2), 0, height - 1)
    left, upper = ops.floor(x), ops.floor(y)
    flat = ops.reshape(pictures, (-1, height * width, channels))
    found = 0
    for right in (0, 1):
        for lower in (0, 1):
            column = ops.minimum(left + right, width - 1)
            row = ops.minimum(upper + lower, height - 1)
            index = ops.cast(row * width + column, "int32")[..., None]
            index = ops.repeat(index, channels, axis=-1)
            share = (x - left if right else 1 - (x - left)) * (
                y - upper if lower else 1 - (y - upper)
            )
            found = found + share[..., None] * ops.take_along_axis(flat, index, axis=1)
    return ops.reshape(found, (-1, height, width, channels))


def attentive_lstm(
    shape: tuple[int, int],
    classes: int,
    *,
    units: int = 150,
    dropout: float = 0.3,
    rate: float = SOUND_RATE,
) -> keras.Model:
    """Two LSTMs read a clip's vectors both ways; attention weighs the moments.

    Args:
        shape: moments and length of a vector; moments of nothing but zeros are
            padding, which nothing is read from.
        classes: length of the probability vector.
        units: of each LSTM and direction; 150 in the work it comes from.
        dropout: share dropped behind each.
        rate: learning rate.
    """
    import keras
    from keras import layers, ops

    moments = layers.Input(shape, name="moments")
    x = layers.Masking()(moments)
    for _ in range(2):
        x = layers.Bidirectional(layers.LSTM(units, return_sequences=True))(x)
        x = layers.Dropout(dropout)(x)
    told = layers.Dense(1, activation="tanh")(x)
    there = ops.any(ops.not_equal(moments, 0), axis=-1, keepdims=True)
    told = ops.where(there, told, -1e9)
    weights = layers.Softmax(axis=1, name="attention")(told)
    x = ops.sum(weights * x, axis=1)
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(moments, emotions, name="attentive_lstm"), rate)


def transferred(
    shape: tuple[int, ...],
    classes: int,
    *,
    start: keras.Model,
    frozen: bool = True,
    layer: str = "seen",
    rate: float = FRAME_RATE,
) -> keras.Model:
    """A trained network under a new answer: its features taken, or fine-tuned.

    Args:
        shape: of an input, as the network that it starts from takes it.
        classes: length of the probability vector; may be another.
        start: the trained network; it stays as it is.
        frozen: leave all that it has learned as it is; False trains it on.
        layer: whose output is handed on.
        rate: learning rate.
    """
    import keras
    from keras import layers

    if tuple(start.input.shape[1:]) != tuple(shape):
        raise UsageError(
            f"the network to start from takes {tuple(start.input.shape[1:])}, "
            f"not {tuple(shape)}"
        )
    base = keras.models.clone_model(start)
    base.set_weights(start.get_weights())
    for one in base.layers:
        one.trainable = not frozen
    emotions = layers.Dense(classes, activation="softmax", name="answer")
    model = keras.Model(base.input, emotions(base.get_layer(layer).output))
    return compiled(model, rate)


def late_fusion(seed: int = 0) -> dict[str, Pipeline]:
    """What joins two models' probabilities: the four ways compared.

    Args:
        seed: of the thirds on which support vector machines' scores are made
            probabilities.
    """
    return {
        "logistic regression": baselines.linear(),
        "k-NN": baselines.nearest(5),
        "linear SVM": baselines.svm(seed, "linear"),
        "RBF SVM": baselines.svm(seed),
    }


def voted(probabilities: np.ndarray, clips: Sequence[str]) -> dict[str, np.ndarray]:
    """For each clip the share of its frames that vote for each class.

    >>> said = np.array([[0.9, 0.1], [0.4, 0.6], [0.4, 0.6]])
    >>> voted(said, ["a", "a", "b"])["a"].tolist()
    [0.5, 0.5]
    """
    votes = np.eye(probabilities.shape[1])[probabilities.argmax(axis=1)]
    clips = np.asarray(clips)
    return {clip: votes[clips == clip].mean(axis=0) for clip in dict.fromkeys(clips)}
