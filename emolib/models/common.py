"""What the studies' networks share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolib import UsageError

if TYPE_CHECKING:
    import keras


def layer_table(model: keras.Model) -> pd.DataFrame:
    """One row a layer: its name, kind, output shape and number of parameters.

    The shape leaves out the batch. The parameters are all of them, also those
    that batch normalisation keeps without training them.
    """
    return pd.DataFrame(
        {
            "layer": layer.name,
            "kind": type(layer).__name__,
            "output": " x ".join(str(length) for length in layer.output.shape[1:]),
            "parameters": layer.count_params(),
        }
        for layer in model.layers
    )


def scaled(count: int, width: float) -> int:
    """A layer's units or filters, times a factor, at least one.

    >>> scaled(64, 1 / 3), scaled(2, 0.1)
    (21, 1)
    """
    return max(1, round(count * width))


def compiled(model: keras.Model, rate: float = 1e-3) -> keras.Model:
    """The model ready for `training.fit_keras`: Adam, cross-entropy, accuracy."""
    import keras

    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
        # XLA, Keras' choice when not told, is up to five times slower here on a CPU.
        jit_compile=False if keras.backend.backend() == "tensorflow" else "auto",
    )
    return model


def normalised(
    x: keras.KerasTensor,
    like: np.ndarray | None = None,
    axis: int | Sequence[int] = -1,
    padded: bool = False,
) -> keras.KerasTensor:
    """Bring inputs to the mean 0 and variance 1 that they have in the training side.

    Both are weights that training leaves alone, so a model is the same again when it
    is built without `like` and given its weights.

    Args:
        x: what goes in.
        like: training inputs; their last axes are those of `x`. None leaves the
            mean at 0 and the variance at 1.
        axis: positions along it have a mean and a variance each; several axes are
            the last ones, and all others are averaged over.
        padded: steps of nothing but zeros are padding; they count in neither and
            stay zero.
    """
    import keras
    from keras import layers

    kept = x.shape[-np.size(axis) :]
    if like is not None:
        like = np.asarray(like)
        rows = like.reshape(-1, *kept)
        rows = rows[rows.any(axis=-1)] if padded else rows
        found = rows.mean(axis=0).ravel(), rows.var(axis=0).ravel()
    # Not Keras' own Normalization: that one copies its weights to constants, and
    # does not notice when they are given anew.
    layer = layers.BatchNormalization(
        center=False, scale=False, epsilon=1e-6, trainable=False
    )
    flat = layers.Reshape((-1, int(np.prod(kept))))(x) if np.ndim(axis) else x
    brought = layer(flat)
    if np.ndim(axis):
        brought = layers.Reshape(x.shape[1:])(brought)
    if like is not None:
        layer.set_weights(found)
    if not padded:
        return brought
    sounds = keras.ops.any(keras.ops.not_equal(x, 0), axis=-1, keepdims=True)
    return layers.Multiply()([brought, keras.ops.cast(sounds, "float32")])


def augmentation(kind: str = "both", shift: float = 0.0) -> list[keras.Layer]:
    """Rotation, zoom, shift and flips, which act in training only.

    Documents A and B do not say how far; ten degrees and a tenth of the picture
    are what such generators are usually given.

    Args:
        kind: "moved" turns and zooms; "sideways", "upside down" and "both" flip
            besides.
        shift: at most that share of the picture, in both directions. Document B
            shifts in one section (5.2.1) and not in two (5.1.1, 6.1).
    """
    from keras import layers

    flips = {
        "moved": None,
        "sideways": "horizontal",
        "upside down": "vertical",
        "both": "horizontal_and_vertical",
    }
    if kind not in flips:
        raise UsageError(f"augment={kind!r} is none of {', '.join(flips)}")
    changes = [
        layers.RandomRotation(10 / 360, fill_mode="nearest"),
        layers.RandomZoom(0.1, fill_mode="nearest"),
    ]
    if shift:
        changes.append(layers.RandomTranslation(shift, shift, fill_mode="nearest"))
    return [*changes, layers.RandomFlip(flips[kind])] if flips[kind] else changes


def inside_lstm(layer: keras.Layer, x: np.ndarray) -> dict[str, np.ndarray]:
    """What goes on in an LSTM layer, step by step; Keras shows the last output only.

    Args:
        layer: an LSTM layer that has its weights.
        x: what it reads, (n, steps, features).

    Returns:
        Arrays (n, steps, units): the gates `input`, `forget` and `output`, shares
        between 0 and 1; `memory` after each step, and `said`, the layer's output.
    """
    from scipy.special import expit

    kernel, recurrent, bias = (w.astype(np.float64) for w in layer.get_weights())
    squash = np.tanh if layer.activation.__name__ == "tanh" else lambda z: z
    said = memory = np.zeros((len(x), layer.units))
    steps = []
    for step in np.moveaxis(x.astype(np.float64), 1, 0):
        z = step @ kernel + said @ recurrent + bias
        taken, forgotten, new, told = np.split(z, 4, axis=1)
        taken, forgotten, told = expit(taken), expit(forgotten), expit(told)
        memory = forgotten * memory + taken * squash(new)
        said = told * squash(memory)
        steps.append((taken, forgotten, told, memory, said))
    found = (np.stack(part, axis=1) for part in zip(*steps, strict=True))
    names = ("input", "forget", "output", "memory", "said")
    return dict(zip(names, found, strict=True))
