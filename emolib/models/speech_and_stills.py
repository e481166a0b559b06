"""The networks of document B: an LSTM for speech, CNNs for stills, films, all three.

The document names some layers twice and differently, and leaves others open.
What it leaves open is filled by one rule, so that nothing is tuned in secret:
Keras' own defaults (no padding, 2x2 pools, Adam at 0.001), 3x3 convolutions and
ReLU.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from emolib import UsageError
from emolib.models.common import compiled

if TYPE_CHECKING:
    import keras

VGG16_MD5 = "6d6bbae143d832006294945121d1f1fc"
"""Of the file of weights without a top, as it stands in Keras' own source."""


def speech_lstm(
    classes: int = 7, activation: str = "linear", like: np.ndarray | None = None
) -> keras.Model:
    """The network for a clip's mean MFCCs, read as a sequence of 40 numbers.

    An LSTM of 123 units, dense layers of 64 and 32 units with a dropout of 0.2
    each, softmax; Adam.

    Args:
        classes: length of the probability vector.
        activation: of the LSTM; "linear" is the document's, "tanh" Keras' own.
        like: training inputs (n, 40, 1). The network then begins by bringing
            each coefficient to the mean 0 and variance 1 it has in them. The
            document does not speak of it.

    Returns:
        A compiled model that takes float32 arrays (n, 40, 1).
    """
    import keras
    from keras import layers

    means = layers.Input((40, 1), name="mfcc_means")
    x = means
    if like is not None:
        mean, variance = like.mean(axis=0), like.var(axis=0)
        x = layers.Normalization(axis=(1, 2), mean=mean, variance=variance)(x)
    x = layers.LSTM(123, activation=activation, name="hearing")(x)
    for units in (64, 32):
        x = layers.Dense(units, activation="relu")(x)
        x = layers.Dropout(0.2)(x)
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(means, emotions, name="speech_lstm"))


def still_cnn(
    size: int = 48,
    channels: int = 3,
    classes: int = 7,
    filters: Sequence[int] = (64, 128, 256),
    dense: int = 512,
    dropout: float = 0.0,
    pool_first: bool = False,
    augment: str = "",
    width: float = 1.0,
) -> keras.Model:
    """A network for still images.

    With the defaults that of the document's mixed image set. The one for JAFFE
    has `channels=1`; the one for CK+48 `filters=(64, 128), dropout=0.25`.

    Args:
        size: height and width in pixels: 48, or 88 as another passage says.
        channels: 3 for colour, 1 for grey.
        classes: length of the probability vector.
        filters: of each convolution; a pooling goes with each.
        dense: units of the layer before the last.
        dropout: share dropped after each pooling and after the dense layer.
        pool_first: put the first pooling before the first convolution, as the
            document's section 5.2.1 has it; 5.1.1 has it behind.
        augment: "" for none, "sideways" for rotation, zoom, shift and a flip
            from left to right, "both" for these and a flip upside down, which
            the document has too. Only training images are changed.
        width: factor on all filters and units; 1 is the document's.

    Returns:
        A compiled model that takes uint8 images (n, size, size, channels) and
        begins by dividing them by 255.
    """
    import keras
    from keras import layers

    images = layers.Input((size, size, channels), dtype="uint8", name="images")
    x = layers.Rescaling(1 / 255)(images)
    if augment:
        for layer in augmentation(vertical=augment == "both"):
            x = layer(x)
    for number, count in enumerate(filters):
        early = pool_first and number == 0
        x = layers.MaxPooling2D()(x) if early else x
        x = layers.Conv2D(round(count * width), 3, activation="relu")(x)
        x = x if early else layers.MaxPooling2D()(x)
        x = layers.Dropout(dropout)(x) if dropout else x
    x = layers.Flatten()(x)
    x = layers.Dense(round(dense * width), activation="relu", name="seeing")(x)
    x = layers.Dropout(dropout)(x) if dropout else x
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(images, emotions, name="still_cnn"))


def augmentation(vertical: bool) -> list[keras.Layer]:
    """Rotation, zoom, shift and flips, which act in training only.

    The document does not say how far; ten degrees and a tenth of the picture
    are what its kind of generator is usually given.

    Args:
        vertical: also flip upside down.
    """
    from keras import layers

    flips = "horizontal_and_vertical" if vertical else "horizontal"
    return [
        layers.RandomRotation(10 / 360, fill_mode="nearest"),
        layers.RandomZoom(0.1, fill_mode="nearest"),
        layers.RandomTranslation(0.1, 0.1, fill_mode="nearest"),
        layers.RandomFlip(flips),
    ]


def still_vgg(
    size: int = 48, classes: int = 7, dense: int = 256, weights: Path | None = None
) -> keras.Model:
    """VGG16, frozen, with a new top: the document's model for CFE.

    Args:
        size: height and width in pixels, at least 32.
        classes: length of the probability vector.
        dense: units of the new top's hidden layer; not given in the document.
        weights: file of VGG16's convolutions trained on ImageNet, the `.h5` that
            Keras publishes. Without it they stay as they were drawn, which is a
            frozen random projection: a floor for what transfer must beat.

    Returns:
        A compiled model that takes uint8 images (n, size, size, 3). All up to
        its layer "frozen" never changes, see `after`.

    Raises:
        UsageError: if the file of weights is not the published one.
    """
    import keras
    from keras import layers
    from keras.applications import VGG16, vgg16

    images = layers.Input((size, size, 3), dtype="uint8", name="images")
    x = vgg16.preprocess_input(keras.ops.cast(images, "float32"))
    base = VGG16(include_top=False, weights=None, input_tensor=x)
    if weights:
        base.load_weights(_checked(Path(weights)))
    base.trainable = False
    x = layers.Flatten(name="frozen")(base.output)
    x = layers.Dense(dense, activation="relu", name="seeing")(x)
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(images, emotions, name="still_vgg"))


def _checked(weights: Path) -> Path:
    """A file of weights, after making sure that it is the one meant."""
    if not weights.is_file():
        raise UsageError(f"{weights}: no such file of weights")
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "md5").hexdigest()
    if found != VGG16_MD5:
        raise UsageError(
            f"{weights} is not VGG16 without its top as Keras publishes it (md5 "
            f"{found} instead of {VGG16_MD5}); download it again"
        )
    return weights


def film_pooled(stills: keras.Model, frames: int, classes: int = 7) -> keras.Model:
    """The video model: what the image model sees, averaged over the frames.

    Args:
        stills: a trained `still_cnn`, without its last layer used on each frame.
        frames: frames of a clip.
        classes: length of the probability vector.

    Returns:
        A compiled model that takes uint8 frames (n, frames, size, size, channels).
    """
    return _film(stills, frames, classes, recurrent=0)


def film_lstm(
    stills: keras.Model, frames: int, classes: int = 7, units: int = 64
) -> keras.Model:
    """The video model with a recurrent top, which may see how a display moves.

    Args:
        stills, frames, classes: as `film_pooled`.
        units: of the LSTM.
    """
    return _film(stills, frames, classes, recurrent=units)


def _film(
    stills: keras.Model, frames: int, classes: int, recurrent: int
) -> keras.Model:
    import keras
    from keras import layers

    film = layers.Input((frames, *stills.input.shape[1:]), dtype="uint8", name="film")
    seen = until(stills, "seeing")
    x = layers.TimeDistributed(seen, name="each_frame")(film)
    if recurrent:
        x = layers.LSTM(recurrent, name="watching")(x)
    else:
        x = layers.GlobalAveragePooling1D(name="watching")(x)
    emotions = layers.Dense(classes, activation="softmax")(x)
    name = "film_lstm" if recurrent else "film_pooled"
    return compiled(keras.Model(film, emotions, name=name))


def joined(
    first: keras.Model,
    second: keras.Model,
    layers_joined: tuple[str, str],
    classes: int = 7,
    dense: int = 64,
    name: str = "joined",
) -> keras.Model:
    """Two trained models side by side under a new top, to be trained further.

    This is both steps of the document's Figure 4.1: image and film become the
    visual model, the visual model and the voice become the whole.

    Args:
        first, second: compiled models; their weights go on to be trained.
        layers_joined: the layer of each whose output is handed on.
        classes: length of the probability vector.
        dense: units of the layer that joins them.
        name: of that layer, and of the new model.

    Returns:
        A compiled model that takes the inputs of both, as a list.
    """
    import keras
    from keras import layers

    parts = [
        until(model, layer)
        for model, layer in zip((first, second), layers_joined, strict=True)
    ]
    # Named, so that two models that were joined before can be joined again.
    x = layers.Concatenate(name=f"{name}_parts")([part.output for part in parts])
    x = layers.Dense(dense, activation="relu", name=name)(x)
    emotions = layers.Dense(classes, activation="softmax")(x)
    inputs = [tensor for part in parts for tensor in part.inputs]
    return compiled(keras.Model(inputs, emotions, name=name))


def until(model: keras.Model, layer: str) -> keras.Model:
    """The model up to a layer, sharing its weights."""
    import keras

    return keras.Model(model.inputs, model.get_layer(layer).output)


def after(model: keras.Model, layer: str) -> keras.Model:
    """What follows a layer, as a compiled model of its own that shares weights.

    The counterpart of `until`. Where everything up to the layer is frozen, its
    output can be computed once, and only this part needs training.

    Args:
        model: layers one behind the other, without branches.
        layer: the name of the last one that is left out.
    """
    import keras

    behind = model.get_layer(layer)
    x = inputs = keras.Input(behind.output.shape[1:])
    for part in model.layers[model.layers.index(behind) + 1 :]:
        x = part(x)
    return compiled(keras.Model(inputs, x, name=f"after_{layer}"))


def inside_lstm(layer: keras.Layer, x: np.ndarray) -> dict[str, np.ndarray]:
    """What goes on in an LSTM layer, step by step; Keras shows the last output only.

    Args:
        layer: an LSTM layer that has its weights.
        x: what it reads, (n, steps, features).

    Returns:
        Arrays (n, steps, units): the gates `input`, `forget` and `output`, shares
        between 0 and 1, and `said`, the layer's output after each step.
    """
    from scipy.special import expit

    kernel, recurrent, bias = (w.astype(np.float64) for w in layer.get_weights())
    squash = np.tanh if layer.activation.__name__ == "tanh" else lambda z: z
    said = kept = np.zeros((len(x), layer.units))
    steps = []
    for step in np.moveaxis(x.astype(np.float64), 1, 0):
        z = step @ kernel + said @ recurrent + bias
        taken, forgotten, new, told = np.split(z, 4, axis=1)
        taken, forgotten, told = expit(taken), expit(forgotten), expit(told)
        kept = forgotten * kept + taken * squash(new)
        said = told * squash(kept)
        steps.append((taken, forgotten, told, said))
    found = (np.stack(part, axis=1) for part in zip(*steps, strict=True))
    return dict(zip(("input", "forget", "output", "said"), found, strict=True))
