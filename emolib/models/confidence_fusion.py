"""The two networks of document C: a CNN for frames, a CNN and LSTM for voice.

The document names layers, filters and units, and leaves the rest open. What
it leaves open is filled by one rule, so that nothing is tuned in secret: Keras'
own default (no padding, 2x2 pools, Adam at 0.001), ReLU as the activation, and
a dropout rate that the caller can change. Its third audio convolution is
described without batch normalisation, and has none here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from emolib.models.common import compiled, normalised, scaled

if TYPE_CHECKING:
    import keras


def frame_cnn(
    shape: Sequence[int] = (64, 64, 3),
    classes: int = 8,
    *,
    dense: Sequence[int] = (256, 128),
    dropout: float = 0.3,
    width: float = 1.0,
    rate: float = 1e-4,
) -> keras.Model:
    """The network for single frames.

    Four times a 3x3 convolution (32, 64, 128, 256 filters) and a max pooling,
    then two dense layers with dropout, then softmax; Adam.

    Args:
        shape: height and width of a frame in pixels, each at least 46, and 3
            colours.
        classes: length of the probability vector.
        dense: units of the dense layers; the document gives no number.
        dropout: share of units dropped after each dense layer.
        width: factor on all filters and units; 1 is the document's.
        rate: learning rate; 0.0001 is the document's.

    Returns:
        A compiled model that takes uint8 frames (n, height, width, 3): the
        division by 255 is its first layer, so batches travel as bytes.
    """
    import keras
    from keras import layers

    frames = layers.Input(tuple(shape), dtype="uint8", name="frames")
    x = layers.Rescaling(1 / 255)(frames)
    for filters in (32, 64, 128, 256):
        x = layers.Conv2D(scaled(filters, width), 3, activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    for units in dense:
        x = layers.Dense(scaled(units, width), activation="relu")(x)
        x = layers.Dropout(dropout)(x)
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(frames, emotions, name="frame_cnn"), rate)


def audio_cnn_lstm(
    shape: Sequence[int],
    classes: int = 8,
    *,
    dropout: float = 0.3,
    width: float = 1.0,
    like: np.ndarray | None = None,
) -> keras.Model:
    """The network for a clip's MFCCs.

    Each coefficient is brought to the mean 0 and variance 1 that it has in the
    training inputs; padding, frames of nothing but zeros, stays zero. The
    document says that MFCCs are normalised, not how. Then convolutions of 64 and
    128 filters, each with batch normalisation, pooling and dropout; one of 256,
    pooling and dropout; three LSTM layers of 256, 128 and 64 units that read the
    pooled frames in order of time, the last giving only its final state; a dense
    layer of 64 with dropout; softmax.

    Args:
        shape: time steps of an input, at least 12, and coefficients of each.
        classes: length of the probability vector.
        dropout: share dropped after each pooling and after the dense layer.
        width: factor on all filters and units. 1 is the document's; 1/3 keeps
            the shape at about a ninth of the work.
        like: training inputs (n, steps, coefficients).

    Returns:
        A compiled model that takes float32 arrays (n, steps, coefficients).
    """
    import keras
    from keras import layers

    steps, coefficients = shape
    mfcc = layers.Input((steps, coefficients), name="mfcc")
    x = normalised(mfcc, like, padded=True)
    x = layers.Reshape((steps, coefficients, 1), name="one_channel")(x)
    for filters in (64, 128):
        x = layers.Conv2D(scaled(filters, width), 3, activation="relu")(x)
        x = layers.BatchNormalization()(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Conv2D(scaled(256, width), 3, activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Dropout(dropout)(x)
    pooled, bands, filters = x.shape[1:]
    x = layers.Reshape((pooled, bands * filters))(x)
    x = layers.LSTM(scaled(256, width), return_sequences=True)(x)
    x = layers.LSTM(scaled(128, width), return_sequences=True)(x)
    x = layers.LSTM(scaled(64, width))(x)
    x = layers.Dense(scaled(64, width), activation="relu")(x)
    x = layers.Dropout(dropout)(x)
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(mfcc, emotions, name="audio_cnn_lstm"))
