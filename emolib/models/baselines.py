"""Simple classifiers on one vector a clip: what a network has to beat.

Each of the first three takes vectors such as `emolib.features.audio.statistics` gives
and class names or numbers, and answers `predict_proba`, whose columns follow its
`classes_`. All standardise the vectors by the training items' mean and spread.

Behind them stands a small network on log-mel bands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from emolib.models.common import compiled, normalised, scaled

if TYPE_CHECKING:
    import keras
    from sklearn.pipeline import Pipeline


def linear() -> Pipeline:
    """Multinomial logistic regression."""
    from sklearn.linear_model import LogisticRegression

    return _standardised(LogisticRegression(max_iter=2000))


def svm(seed: int = 0, kernel: str = "rbf") -> Pipeline:
    """Support vector machine with a Gaussian or another kernel.

    A support vector machine gives no probabilities of its own: its scores are
    turned into some by a sigmoid a class, fitted on held-out thirds of the
    training items, so each class needs three. The class it predicts is the most
    probable one.

    Args:
        seed: decides which training items fall into which third.
        kernel: "rbf" is the Gaussian one; "linear" none.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import SVC

    thirds = StratifiedKFold(3, shuffle=True, random_state=seed)
    machine = SVC(C=10, kernel=kernel)
    return _standardised(CalibratedClassifierCV(machine, cv=thirds, ensemble=False))


def nearest(neighbours: int = 1) -> Pipeline:
    """The class of the nearest training item, or most of the nearest few.

    With one it has nothing to learn and so cannot generalise: where it scores high,
    test items have near copies among the training items.
    """
    from sklearn.neighbors import KNeighborsClassifier

    return _standardised(KNeighborsClassifier(n_neighbors=neighbours))


def _standardised(classifier) -> Pipeline:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), classifier)


def log_mel_cnn(
    shape: tuple[int, int],
    classes: int,
    *,
    width: float = 1.0,
    bands: int = 12,
    frames: int = 24,
    rate: float = 1e-3,
    like: np.ndarray | None = None,
) -> keras.Model:
    """A small convolutional network on log-mel bands, with SpecAugment in training.

    Args:
        shape: bands and frames.
        classes: length of the probability vector.
        width: share of the filters, 32, 64, 96, 128.
        bands, frames: at most so many neighbouring ones are hidden, two strips each.
        rate: of Adam.
        like: training inputs, whose mean and spread each band is brought to.
    """
    import keras
    from keras import layers

    given = layers.Input(shape, name="bands")
    x = layers.Permute((2, 1))(given)
    x = normalised(x, None if like is None else np.swapaxes(np.asarray(like), 1, 2))
    for _ in range(2):
        x = _hiding(bands, frames)(x)
    x = layers.Reshape((shape[1], shape[0], 1))(x)
    for stride, filters in ((2, 32), (1, 64), (1, 96), (1, 128)):
        count, how = scaled(filters, width), {"padding": "same", "use_bias": False}
        x = layers.Conv2D(count, 3, stride, **how)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.MaxPooling2D(2)(x)
    x = layers.Dropout(0.3)(layers.GlobalAveragePooling2D()(x))
    emotions = layers.Dense(classes, activation="softmax")(x)
    return compiled(keras.Model(given, emotions, name="log_mel_cnn"), rate)


def _hiding(bands: int, frames: int) -> keras.Layer:
    """A layer that hides a strip of bands and one of frames, in training only.

    What is hidden becomes 0, which is the mean of inputs that were normalised.
    """
    import keras
    from keras import ops, random

    class Hiding(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.chance = random.SeedGenerator()

        def call(self, x: keras.KerasTensor, training: bool = False):
            if not training:
                return x
            over_time = self._seen(x, x.shape[1], frames)[:, :, None]
            return x * over_time * self._seen(x, x.shape[2], bands)[:, None, :]

        def _seen(self, x: keras.KerasTensor, length: int, most: int):
            shape = (ops.shape(x)[0], 1)
            wide = random.uniform(shape, 0, most + 1, seed=self.chance)
            wide = ops.floor(wide)
            first = random.uniform(shape, 0, 1, seed=self.chance) * (length - wide)
            first = ops.floor(first)
            place = ops.arange(length, dtype=x.dtype)[None]
            hidden = ops.logical_and(place >= first, place < first + wide)
            return 1 - ops.cast(hidden, x.dtype)

    return Hiding()


def hidden(
    spectrogram: np.ndarray, count: int, *, bands: int, frames: int, seed: int = 0
) -> list[np.ndarray]:
    """A spectrogram as the network sees it in training, so many times.

    Args:
        spectrogram: rows of bands, columns of frames.
        count: the first is the spectrogram as it is.
        bands, frames: as `log_mel_cnn` has them.
        seed: of what is hidden.

    Returns:
        Spectrograms; what is hidden has their mean.
    """
    from emolib.training import with_keras

    with_keras.seed(seed)
    level = spectrogram.mean()
    x = np.repeat((spectrogram.T - level)[None], count - 1, axis=0)
    for _ in range(2):
        x = _hiding(bands, frames)(x, training=True)
    return [spectrogram, *(np.asarray(one).T + level for one in x)]
