"""Grad-CAM: filters that speak for a class (Selvaraju et al., 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from emolib import UsageError

if TYPE_CHECKING:
    import keras


def gradcam(
    model: keras.Model, x: np.ndarray, numbers: Sequence[int], layer: str
) -> np.ndarray:
    r"""Where those filters of a convolution fire that speak for a class (Grad-CAM).

    .. math:: \max\Big(0, \sum_k a_k A_k\Big) \qquad
        a_k = \text{mean over places of } \partial s / \partial A_k

    with :math:`A_k` what filter k gives at each place, and s the class's score before
    softmax. Where a recurrent layer follows, a place's own slope differs from the
    mean: the map says where such filters fire, not when the layer listened.

    Args:
        model: with one output; several inputs come as fields of `x`.
        x: inputs, one row an item.
        numbers: of the class that each item is asked for.
        layer: name of the convolution, each branch having its own.

    Returns:
        (items, height, width) in the convolution's own resolution, each divided by
        its highest value; 0 throughout where nothing speaks for the class.

    Raises:
        UsageError: for a layer that the model lacks or that gives no maps.
    """
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.utils.scores import CategoricalScore

    shapes = {one.name: one.output.shape for one in model.layers}
    if len(shapes.get(layer, ())) != 4:
        maps = ", ".join(name for name, shape in shapes.items() if len(shape) == 4)
        raise UsageError(f"{layer!r} gives no maps; of these layers one does: {maps}")
    asked = Gradcam(_linear(model), clone=False)
    found = []
    for start in range(0, len(x), 32):
        some = slice(start, start + 32)
        found.append(
            asked(
                CategoricalScore([int(n) for n in numbers[some]]),
                _inputs(model, x[some]),
                penultimate_layer=layer,
                # Separable convolutions are none to it: it would look further on.
                seek_penultimate_conv_layer=False,
                # Enlarged, it gives one map resized to every input.
                expand_cam=False,
                normalize_cam=False,
            )
        )
    maps = np.concatenate([np.asarray(one) for one in found])
    most = maps.max(axis=(1, 2), keepdims=True)
    return np.divide(maps, most, out=np.zeros_like(maps), where=most > 0)


def _linear(model: keras.Model) -> keras.Model:
    """A copy that gives scores before softmax and takes floating-point inputs.

    Through whole numbers, such as grey levels, tf-keras-vis sees no slope.
    """
    import keras

    inputs = keras.tree.map_structure(
        lambda one: keras.Input(one.shape[1:], name=one.name, dtype="float32"),
        model.input,
    )
    copy = keras.models.clone_model(model, input_tensors=inputs)
    copy.set_weights(model.get_weights())
    for name in copy.output_names:
        copy.get_layer(name).activation = keras.activations.linear
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        for layer in copy.layers:  # step by step outside a graph it takes twice as long
            if isinstance(layer, keras.layers.RNN):
                layer.call = tensorflow.function(layer.call)
    return copy


def _inputs(model: keras.Model, x: np.ndarray) -> list[np.ndarray]:
    """Each of a model's inputs, in its order."""
    if not x.dtype.names:
        return [np.asarray(x, np.float32)]
    return [np.asarray(x[one.name], np.float32) for one in model.inputs]
