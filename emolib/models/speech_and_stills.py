"""The networks of document B: an LSTM for speech, CNNs for stills, films, all three.

The document names some layers twice and differently, and leaves others open.
What it leaves open is filled by one rule, so that nothing is tuned in secret:
Keras' own defaults (no padding, 2x2 pools, Adam at 0.001), 3x3 convolutions and
ReLU. Where a default does not learn, the function that departs from it says so.

All take the shape of one input and the number of classes, and give a compiled
model. A network that goes on from a trained one is given that one: as a model, or,
in a learner's design, as the run that trained it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from emolib import UsageError
from emolib.models.common import (
    augmentation,
    compiled,
    inside_lstm,
    normalised,
    scaled,
)

if TYPE_CHECKING:
    import keras

VGG16_MD5 = "6d6bbae143d832006294945121d1f1fc"
"""Of the file of weights without a top, as it stands in Keras' own source."""


# -- voices -----------------------------------------------------------------


def speech_lstm(
    shape: tuple[int, int],
    classes: int,
    *,
    activation: str = "linear",
    standardised: bool = False,
    rate: float = 1e-3,
    like: np.ndarray | None = None,
) -> keras.Model:
    """The network for a clip's mean MFCCs, read as a sequence of 40 numbers.

    An LSTM of 123 units, dense layers of 64 and 32 units with a dropout of 0.2
    each, softmax; Adam.

    Args:
        shape: (40, 1); or moments and coefficients, for clips as they sound,
            filled up with zeros.
        classes: length of the probability vector.
        activation: of the LSTM; "linear" is the document's, "tanh" Keras' own.
        standardised: begin by bringing each coefficient to the mean 0 and
            variance 1 that it has in the training inputs. The document does not
            speak of it.
        rate: learning rate.
        like: training inputs.
    """
    from keras import layers

    means = layers.Input(shape, name="mfcc_means")
    x = _brought(means, like) if standardised else means
    x = layers.LSTM(123, activation=activation, name="hearing")(x)
    return _speech(means, x, classes, "speech_lstm", rate)


def speech_dense(
    shape: tuple[int, int],
    classes: int,
    *,
    standardised: bool = True,
    rate: float = 1e-3,
    like: np.ndarray | None = None,
) -> keras.Model:
    """The network for mean MFCCs without its LSTM: the dense layers alone.

    Args:
        shape, classes, standardised, rate, like: as `speech_lstm`.
    """
    from keras import layers

    means = layers.Input(shape, name="mfcc_means")
    x = _brought(means, like) if standardised else means
    x = layers.Flatten(name="hearing")(x)
    return _speech(means, x, classes, "speech_dense", rate)


def before_training(x: np.ndarray, activation: str, seed: int = 0) -> dict[str, float]:
    """How much an untrained `speech_lstm` says, and how many of its gates are stuck.

    Args:
        x: what it reads, (n, 40).
        activation: of the LSTM.
        seed: of its weights.

    Returns:
        The largest input and output; the share of gates below 0.01 or above 0.99,
        at all steps and at the first; the mean probability of the class chosen.
    """
    from emolib import training

    training.with_keras.seed(seed)
    x = np.asarray(x, dtype=np.float32)[:, :, None]
    model = speech_lstm(x.shape[1:], 7, activation=activation)
    inside = inside_lstm(model.get_layer("hearing"), x)
    gates = np.stack([inside[name] for name in ("input", "forget", "output")])
    stuck = (gates < 0.01) | (gates > 0.99)
    return {
        "largest input": float(np.abs(x).max()),
        "largest output": float(np.abs(inside["said"]).max()),
        "gates stuck": float(stuck.mean()),
        "at the first step": float(stuck[:, :, 0].mean()),
        "certainty": float(np.max(model(x), axis=1).mean()),
    }


def _brought(means: keras.KerasTensor, like: np.ndarray | None) -> keras.KerasTensor:
    """Each coefficient at mean 0 and variance 1, be it a step or a column."""
    if means.shape[-1] == 1:
        return normalised(means, like, axis=(1, 2))
    return normalised(means, like, padded=True)


def _speech(
    means: keras.KerasTensor,
    x: keras.KerasTensor,
    classes: int,
    name: str,
    rate: float,
) -> keras.Model:
    """What comes behind the LSTM."""
    import keras
    from keras import layers

    for units in (64, 32):
        x = layers.Dense(units, activation="relu")(x)
        x = layers.Dropout(0.2)(x)
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(means, emotions, name=name), rate)


# -- pictures ---------------------------------------------------------------


def still_cnn(
    shape: tuple[int, int, int],
    classes: int,
    *,
    filters: Sequence[int] = (64, 128, 256),
    dense: int = 512,
    dropout: float = 0.0,
    pool_first: bool = False,
    augment: str = "",
    shift: float = 0.0,
    width: float = 1.0,
    rate: float = 1e-3,
) -> keras.Model:
    """A network for still images.

    With the defaults that of the document's mixed image set. The one for JAFFE
    takes grey pictures; the one for CK+48 has two convolutions and dropout.

    Args:
        shape: height, width and channels: 48 x 48, or 88 x 88 as another passage
            says; 3 channels for colour, 1 for grey.
        classes: length of the probability vector.
        filters: of each convolution; a pooling goes with each.
        dense: units of the layer before the last.
        dropout: share dropped after each pooling and after the dense layer.
        pool_first: put the first pooling before the first convolution, as the
            document's section 5.2.1 has it; 5.1.1 has it behind.
        augment: how training pictures are changed, see `common.augmentation`; "" leaves
            them as they are.
        shift: if they are changed, the share of a picture that it is shifted by at
            most.
        width: factor on all filters and units; 1 is the document's.
        rate: learning rate.

    Returns:
        A compiled model that takes uint8 images and begins by dividing them by 255.
    """
    import keras
    from keras import layers

    images = layers.Input(shape, dtype="uint8", name="images")
    x = layers.Rescaling(1 / 255)(images)
    for layer in augmentation(augment, shift) if augment else ():
        x = layer(x)
    for number, count in enumerate(filters):
        early = pool_first and number == 0
        x = layers.MaxPooling2D()(x) if early else x
        x = layers.Conv2D(scaled(count, width), 3, activation="relu")(x)
        x = x if early else layers.MaxPooling2D()(x)
        x = layers.Dropout(dropout)(x) if dropout else x
    x = layers.Flatten()(x)
    x = layers.Dense(scaled(dense, width), activation="relu", name="seeing")(x)
    x = layers.Dropout(dropout)(x) if dropout else x
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(images, emotions, name="still_cnn"), rate)


def vgg16(shape: tuple[int, int, int], weights: str | Path = "") -> keras.Model:
    """VGG16 without its top, frozen: what CFE's new top is given.

    It subtracts the mean colour of ImageNet and puts blue before red, as its
    weights expect. Since it never changes, its output is computed once.

    Args:
        shape: height and width of at least 32 pixels, 3 channels.
        weights: file of VGG16's convolutions trained on ImageNet, the `.h5` that
            Keras publishes. Without it they are drawn, which makes a frozen random
            projection: a floor for what transfer must beat. Drawn ones halve the
            signal at each of thirteen convolutions; see `vgg_top`.

    Returns:
        A model that takes uint8 images and gives one vector each.

    Raises:
        UsageError: if the file of weights is not the published one.
    """
    import keras
    from keras import layers
    from keras.applications import VGG16
    from keras.applications import vgg16 as published

    images = layers.Input(shape, dtype="uint8", name="images")
    x = published.preprocess_input(keras.ops.cast(images, "float32"))
    base = VGG16(include_top=False, weights=None, input_tensor=x)
    if weights:
        base.load_weights(_checked(Path(weights)))
    base.trainable = False
    seen = layers.Flatten(name="frozen")(base.output)
    return keras.Model(images, seen, name="vgg16")


def vgg_top(
    shape: tuple[int],
    classes: int,
    *,
    dense: int = 256,
    dropout: float = 0.0,
    rate: float = 1e-3,
    like: np.ndarray | None = None,
) -> keras.Model:
    """The new top of the document's model for CFE, on what VGG16 gives.

    Args:
        shape: of `vgg16`'s output.
        classes: length of the probability vector.
        dense: units of the hidden layer; not given in the document.
        dropout: share dropped after it.
        rate: learning rate.
        like: training inputs; each number is brought to the mean 0 and variance 1
            that it has in them. Without that the top of drawn convolutions does
            not learn: what they give varies by a few hundredths.
    """
    import keras
    from keras import layers

    seen = layers.Input(shape, name="seen")
    x = normalised(seen, like)
    x = layers.Dense(dense, activation="relu", name="seeing")(x)
    x = layers.Dropout(dropout)(x) if dropout else x
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(seen, emotions, name="vgg_top"), rate)


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


# -- films, and all together ------------------------------------------------


def continued(
    shape: tuple[int, ...], classes: int, *, start: keras.Model, rate: float = 1e-3
) -> keras.Model:
    """A trained model to be trained further, on other inputs of the same shape.

    Args:
        shape, classes: as the model that it starts from has them.
        start: the trained model; it stays as it is.
        rate: learning rate.
    """
    import keras

    found = tuple(start.input.shape[1:]), start.output.shape[-1]
    if found != (tuple(shape), classes):
        raise UsageError(
            f"the model to start from takes {found[0]} and knows {found[1]} classes, "
            f"not {tuple(shape)} and {classes}"
        )
    model = keras.models.clone_model(start)
    model.set_weights(start.get_weights())
    return compiled(model, rate)


def film_lstm(
    shape: tuple[int, ...],
    classes: int,
    *,
    stills: keras.Model,
    units: int = 64,
    rate: float = 1e-3,
) -> keras.Model:
    """The video model: what the image model sees of each frame, read in order.

    Args:
        shape: frames of a clip, then the shape of each.
        classes: length of the probability vector.
        stills: a trained `still_cnn`, without its last layer used on each frame.
        units: of the LSTM.
        rate: learning rate.
    """
    import keras
    from keras import layers

    film = layers.Input(shape, dtype="uint8", name="film")
    x = layers.TimeDistributed(until(stills, "seeing"), name="each_frame")(film)
    x = layers.LSTM(units, name="watching")(x)
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(film, emotions, name="film_lstm"), rate)


def joined(
    shape: dict[str, tuple[int, ...]],
    classes: int,
    *,
    first: keras.Model,
    second: keras.Model,
    parts: tuple[str, str],
    dense: int = 64,
    name: str = "joined",
    rate: float = 1e-3,
) -> keras.Model:
    """Two trained models side by side under a new top, to be trained further.

    This is both steps of the document's Figure 4.1: image and film become the
    visual model, the visual model and the voice become the whole.

    Args:
        shape: of each input, by name; both models' inputs bear these names.
        classes: length of the probability vector.
        first, second: trained models; their weights go on to be trained.
        parts: the layer of each whose output is handed on.
        dense: units of the layer that joins them.
        name: of that layer, and of the new model.
        rate: learning rate.
    """
    import keras
    from keras import layers

    halves = [
        until(model, layer) for model, layer in zip((first, second), parts, strict=True)
    ]
    inputs = [tensor for half in halves for tensor in half.inputs]
    if sorted(shape) != sorted(tensor.name for tensor in inputs):
        raise UsageError(
            f"the inputs are {', '.join(shape)}, the models to join take "
            f"{', '.join(tensor.name for tensor in inputs)}"
        )
    # Named, so that two models that were joined before can be joined again.
    x = layers.Concatenate(name=f"{name}_parts")([half.output for half in halves])
    x = layers.Dense(dense, activation="relu", name=name)(x)
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(inputs, emotions, name=name), rate)


def until(model: keras.Model, layer: str) -> keras.Model:
    """The model up to a layer, sharing its weights."""
    import keras

    return keras.Model(model.inputs, model.get_layer(layer).output)
