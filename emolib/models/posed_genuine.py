"""The networks of document A, and where it files the corpora.

The document prints one table of layers twice, for sound and for faces. It is the
sound's: its first shape is that of the stacked features. Of the network for faces
it says that there are three branches, convolutions and poolings, one concatenation,
dense layers and dropout; what it leaves open is taken from the sound's, so that
nothing is tuned in secret. Dropout's rate, Adam's learning rate and how far pictures
are turned, scaled and flipped are not given either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.features import audio
from emolib.labels import FOURTEEN
from emolib.models.common import augmentation, compiled, normalised, scaled

if TYPE_CHECKING:
    import keras

FILTERS = (32, 64, 128)
UNITS = 128
REGIONS = ("face", "eyes", "brows")

FILED = {
    "tess": "posed",
    "shemo": "posed",
    "mav": "genuine",
    "vivae": "genuine",
    "emodb": "genuine",
    "ck+48": "posed",
    "jaffe": "posed",
    "fer2013": "genuine",
    "raf-db": "genuine",
}
"""What the document calls what each corpus holds (3.1, 3.2, Table 1).

CREMA-D stands in its Table 9 alone, FED (or FFER) has no count in it.
"""


def filed(clips: pd.DataFrame) -> pd.DataFrame:
    """Clips with the class that the document would give them.

    Clips of an emotion outside its seven are left out, and their number is printed.

    Args:
        clips: a manifest, of corpora in `FILED`.

    Returns:
        The manifest with two more columns: `filed`, genuine or posed as the document
        files the corpus, and `fourteen`, a class of `labels.FOURTEEN`. People bear
        their corpus' name before their own; a picture of which nobody knows who it
        shows counts as a person of its own.

    Raises:
        UsageError: for a corpus that the document does not file.

    >>> one = {"corpus": "tess", "emotion": "sad", "subject": "OAF", "clip": "x"}
    >>> filed(pd.DataFrame([one]))[["fourteen", "subject"]].values.tolist()
    [['posed sad', 'tess OAF']]
    """
    if strangers := sorted(set(clips["corpus"]) - set(FILED)):
        raise UsageError(
            f"the document does not file {', '.join(strangers)}; it files "
            f"{', '.join(FILED)}"
        )
    known = clips["emotion"].isin(FOURTEEN.classes[:7])
    for corpus, part in clips[~known].groupby("corpus", sort=False):
        print(
            f"{corpus}: {len(part)} of {(clips['corpus'] == corpus).sum()} left out "
            f"({', '.join(sorted(set(part['emotion'])))})"
        )
    kept = clips[known].reset_index(drop=True)
    side = kept["corpus"].map(FILED)
    named = kept["emotion"].where(side == "genuine", "posed " + kept["emotion"])
    who = kept["subject"].where(kept["subject"] != "", kept["clip"])
    people = kept["corpus"] + " " + who
    return kept.assign(filed=side, fourteen=named, subject=people)


# -- sound ------------------------------------------------------------------


def instead() -> dict[str, audio.Stack | audio.Waveform]:
    """What the network may be given in place of its stack, by name.

    The document takes features away, and varies how many there are, without saying
    what is left.
    """
    return {
        "waveform": audio.Waveform(),
        "64 mel": audio.Stack(coefficients=0),
        "13 MFCC": audio.Stack(mels=0),
        "77 STFT": audio.Stack(mels=0, coefficients=0, bins=77),
        "64 mel, 13 MFCC, 64 STFT": audio.Stack(bins=64),
        "128 mel, 40 MFCC": audio.Stack(mels=128, coefficients=40),
        "32 mel, 13 MFCC": audio.Stack(mels=32),
        "half the time": audio.Stack(frames=75),
    }


def audio_lstm(
    shape: tuple[int, ...],
    classes: int,
    *,
    width: float = 1.0,
    dropout: float = 0.5,
    attention: bool = False,
    standardised: bool = False,
    rate: float = 1e-3,
    like: np.ndarray | None = None,
) -> keras.Model:
    """The document's Table 3: separable convolutions, an LSTM, two dense layers.

    What the convolutions give is flattened and cut into steps again, as the table
    has it. A step is one place of the stack: the LSTM passes over all moments of the
    top rows first, then of the rows below.

    Args:
        shape: rows and columns of the stack, each 8 or more; a third axis of length 1
            may follow.
        classes: length of the probability vector.
        width: factor on all filters and units; 1 is the document's.
        dropout: share dropped before the last layer.
        attention: one attention head in place of the LSTM, its answers averaged.
        standardised: bring the inputs to the mean and spread of the training side's,
            row by row; the document does not say so.
        rate: learning rate.
        like: training inputs.
    """
    sound, seen = _heard(shape, width, standardised, like)
    x = _steps(seen, width, attention)
    return _decided({"": sound}, x, classes, width, dropout, rate, "audio_lstm")


def audio_cnn(
    shape: tuple[int, ...],
    classes: int,
    *,
    width: float = 1.0,
    dropout: float = 0.5,
    standardised: bool = False,
    rate: float = 1e-3,
    like: np.ndarray | None = None,
) -> keras.Model:
    """The same without steps and LSTM, as the document's section 5.4 describes it.

    Arguments as in `audio_lstm`.
    """
    from keras import layers

    sound, seen = _heard(shape, width, standardised, like)
    x = layers.Flatten()(seen)
    return _decided({"": sound}, x, classes, width, dropout, rate, "audio_cnn")


def audio_augmented(
    shape: tuple[int, ...],
    classes: int,
    *,
    later: float = 0.1,
    noise: float = 3.0,
    rate: float = 1e-3,
    **design: float,
) -> keras.Model:
    """`audio_lstm` on sounds that are changed anew before each step of training.

    The document names flipping, rotation and scaling of pictures and sounds in one
    sentence. What a sound turned or flipped would be it does not say; as copies get
    them in the other studies, these get a delay and noise.

    Args:
        shape, classes: as in `audio_lstm`.
        later: share of the columns by which a sound begins later, at most.
        noise: standard deviation of what is added to each number of the stack.
        rate: learning rate.
        design: of `audio_lstm`.
    """
    import keras
    from keras import layers

    sound = layers.Input(shape, name="sound")
    x = layers.RandomTranslation(0, (0.0, later), fill_mode="constant")(sound)
    # Keras' noise has a spread of 1 at most.
    x = layers.GaussianNoise(1.0)(layers.Rescaling(1 / noise)(x))
    x = layers.Rescaling(noise)(x)
    answer = audio_lstm(shape, classes, **design)(x)
    return compiled(keras.Model(sound, answer, name="audio_augmented"), rate)


def _heard(
    shape: tuple[int, ...], width: float, standardised: bool, like: np.ndarray | None
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """The stack as an input, and what three separable convolutions make of it."""
    from keras import layers

    if len(shape) < 2 or min(shape[:2]) < 8 or shape[2:] not in ((), (1,)):
        raise UsageError(
            f"a stack of 8 rows and columns or more is wanted, not {shape}"
        )
    sound = layers.Input(shape, name="sound")
    x = _row_by_row(sound, like) if standardised else sound
    if len(x.shape) == 3:
        x = layers.Reshape((*shape[:2], 1), name="one_channel")(x)
    for number, filters in enumerate(FILTERS, 1):
        x = layers.SeparableConv2D(
            scaled(filters, width), 3, padding="same", activation="relu",
            name=f"sound_{number}",
        )(x)  # fmt: skip
        x = layers.MaxPooling2D()(x)
    return sound, x


def _row_by_row(sound: keras.KerasTensor, like: np.ndarray | None) -> keras.KerasTensor:
    """Each row at mean 0 and variance 1; what was filled with zeros stays zero."""
    from keras import layers

    shape = sound.shape[1:3]
    if like is not None:
        like = np.moveaxis(np.asarray(like).reshape(-1, *shape), 1, 2)
    x = layers.Reshape(shape)(sound) if len(sound.shape) == 4 else sound
    x = normalised(layers.Permute((2, 1))(x), like, padded=True)
    return layers.Permute((2, 1), name="sound_standardised")(x)


def _steps(x: keras.KerasTensor, width: float, attention: bool) -> keras.KerasTensor:
    """Places of the stack, one after the other, read by an LSTM or looked up."""
    from keras import layers

    high, wide, filters = x.shape[1:]
    x = layers.Flatten()(x)
    x = layers.Reshape((high * wide, filters))(x)
    if not attention:
        return layers.LSTM(scaled(UNITS, width))(x)
    x = layers.MultiHeadAttention(1, scaled(UNITS, width))(x, x)
    return layers.GlobalAveragePooling1D()(x)


def _decided(
    inputs: dict[str, keras.KerasTensor],
    x: keras.KerasTensor,
    classes: int,
    width: float,
    dropout: float,
    rate: float,
    name: str,
) -> keras.Model:
    """A dense layer, dropout and the decision; one input goes without a name."""
    import keras
    from keras import layers

    x = layers.Dense(scaled(UNITS, width), activation="relu", name="seen")(x)
    x = layers.Dropout(dropout)(x)
    answer = layers.Dense(classes, activation="softmax")(x)
    given = inputs[""] if list(inputs) == [""] else inputs
    return compiled(keras.Model(given, answer, name=name), rate)


# -- faces ------------------------------------------------------------------


def face_regions(
    shape: dict[str, tuple[int, ...]],
    classes: int,
    *,
    width: float = 1.0,
    branches: Sequence[str] = REGIONS,
    dropout: float = 0.5,
    augment: str = "sideways",
    rate: float = 1e-3,
) -> keras.Model:
    """The face, the eyes and the brows, a branch each, seen together.

    Args:
        shape: of each region by name: height, width and one channel.
        classes: length of the probability vector.
        width: factor on all filters and units.
        branches: which of the regions are looked at; face alone is the document's
            "without feature extraction".
        dropout: share dropped before the last layer.
        augment: how training pictures are changed, see `common.augmentation`; all
            regions of a face alike. "" leaves them as they are.
        rate: learning rate.
    """
    given, x = _looked(shape, branches, width, augment)
    return _decided(given, x, classes, width, dropout, rate, "face_regions")


def _looked(
    shape: dict[str, tuple[int, ...]],
    branches: Sequence[str],
    width: float,
    augment: str,
) -> tuple[dict[str, keras.KerasTensor], keras.KerasTensor]:
    """The regions as inputs, and what their branches see."""
    from keras import layers

    if unknown := [name for name in branches if name not in shape]:
        raise UsageError(
            f"no region {', '.join(unknown)}; the inputs are {', '.join(shape)}"
        )
    inputs = {
        name: layers.Input(shape[name], dtype="uint8", name=name) for name in branches
    }
    parts = [layers.Rescaling(1 / 255)(region) for region in inputs.values()]
    if augment:
        parts = _changed_alike(parts, augment)
    seen = [_branch(x, name, width) for name, x in zip(inputs, parts, strict=True)]
    return inputs, layers.Concatenate()(seen) if len(seen) > 1 else seen[0]


def _changed_alike(parts: list[keras.KerasTensor], augment: str) -> list:
    """Regions laid on each other, changed as one picture, and taken apart again."""
    from keras import layers

    x = layers.Concatenate()(parts) if len(parts) > 1 else parts[0]
    for layer in augmentation(augment):
        x = layer(x)
    return [x[..., n : n + 1] for n in range(len(parts))]


def _branch(x: keras.KerasTensor, name: str, width: float) -> keras.KerasTensor:
    """One region's convolutions, named, so that each can be asked where it fires."""
    from keras import layers

    for number, filters in enumerate(FILTERS, 1):
        x = layers.Conv2D(
            scaled(filters, width), 3, padding="same", activation="relu",
            name=f"{name}_{number}",
        )(x)  # fmt: skip
        x = layers.MaxPooling2D()(x)
    return layers.Flatten()(x)


# -- both -------------------------------------------------------------------


def joint(
    shape: dict[str, tuple[int, ...]],
    classes: int,
    *,
    width: float = 1.0,
    dropout: float = 0.5,
    standardised: bool = False,
    augment: str = "sideways",
    rate: float = 1e-3,
    like: np.ndarray | None = None,
) -> keras.Model:
    """What the sound's network hears beside what the face's sees: one decision.

    Args:
        shape: of the inputs by name: sound, and regions of a face.
        classes: length of the probability vector.
        width, dropout, standardised, augment, rate: as in the two networks.
        like: training inputs, a field for each.
    """
    from keras import layers

    if "sound" not in shape:
        raise UsageError(f"no sound among the inputs {', '.join(shape)}")
    regions = [name for name in shape if name != "sound"]
    if like is not None:
        like = np.asarray(like)["sound"]
    sound, heard = _heard(shape["sound"], width, standardised, like)
    faces, seen = _looked(shape, regions, width, augment)
    units = scaled(UNITS, width)
    both = [
        layers.Dense(units, activation="relu", name="heard")(
            _steps(heard, width, attention=False)
        ),
        layers.Dense(units, activation="relu", name="looked")(seen),
    ]
    x = layers.Concatenate()(both)
    given = {"sound": sound, **faces}
    return _decided(given, x, classes, width, dropout, rate, "joint")
