"""What the studies' networks share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

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
        jit_compile=False,
    )
    return model


def normalised(
    x: keras.KerasTensor,
    like: np.ndarray | None = None,
    axis: int | Sequence[int] = -1,
) -> keras.KerasTensor:
    """Bring inputs to the mean 0 and variance 1 that they have in the training side.

    Both are weights of the layer, so a model is the same again when it is built
    without `like` and given its weights: by `load_weights`, or by `give_weights`.

    Args:
        x: what goes in.
        like: training inputs; their last axes are those of `x`. None leaves the
            mean at 0 and the variance at 1.
        axis: positions along these axes have a mean and a variance each; all
            other axes are averaged over.
    """
    from keras import layers

    layer = layers.Normalization(axis=axis)
    layer.build(x.shape)
    if like is not None:
        kept = {a % len(x.shape) - len(x.shape) for a in np.atleast_1d(axis)}
        others = tuple(a for a in range(-like.ndim, 0) if a not in kept)
        layer.adapt_mean.assign(like.mean(axis=others))
        layer.adapt_variance.assign(like.var(axis=others))
        layer.finalize_state()
    return layer(x)


def give_weights(model: keras.Model, weights: Sequence[np.ndarray]) -> None:
    """As Keras' `set_weights`, which leaves `normalised` at what it was before."""
    from keras import layers

    model.set_weights(weights)
    for layer in model._flatten_layers():
        if isinstance(layer, layers.Normalization):
            layer.finalize_state()
