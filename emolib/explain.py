"""Why a model answered as it did, and whether that can be believed.

An explanation is a map: one number a place of what the model was given. LIME fits a
linear model to what becomes of the answer when places are left out or drawn anew;
Grad-CAM asks which filters speak for a class, and where they fire. Either gives a
picture for any model, of sense or not. So maps are checked: does the answer fall
sooner when the places they name are taken away than when as many others are
(`kept`, `advantage`); does the map change when the weights are shuffled (`shuffled`,
`alike`); does it lie where the cause is known to lie (`agreement`); is it the same
for another seed (`overlap`).

Ribeiro et al. (2016) for LIME, Selvaraju et al. (2017) for Grad-CAM, Samek et al.
(2017) for removal, Adebayo et al. (2018) for shuffled weights.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.evaluation.intervals import Interval, interval
from emolib.features import audio

if TYPE_CHECKING:
    import keras

    from emolib.records import Recorded, Seeds

GREY = 127
BLOCK = 256  # draws that exist as inputs at the same time

Answer = Callable[[np.ndarray], np.ndarray]


# -- places left out --------------------------------------------------------


def occlusion(
    predict: Callable[[np.ndarray], np.ndarray],
    picture: np.ndarray,
    number: int,
    side: int = 16,
    step: int = 8,
) -> np.ndarray:
    """By how much a class becomes less probable when a place is covered.

    A grey square is laid over one place after the other. Where the probability
    falls, the model looked; where it rises, something spoke against the class.

    Args:
        predict: pictures (n, height, width, colours) to probabilities.
        picture: uint8, RGB.
        number: of the class.
        side, step: of the square, and from one place to the next, in pixels.

    Returns:
        The fall at each place, shape (places down, places across).

    Raises:
        UsageError: if the square is larger than the picture.
    """
    tops, lefts = (range(0, size - side + 1, step) for size in picture.shape[:2])
    if not tops or not lefts:
        raise UsageError(f"a square of {side} pixels does not fit {picture.shape[:2]}")
    places = [(top, left) for top in tops for left in lefts]
    pictures = np.repeat(picture[None], len(places) + 1, axis=0)
    for covered, (top, left) in zip(pictures[1:], places, strict=True):
        covered[top : top + side, left : left + side] = GREY
    first, *others = np.asarray(predict(pictures))[:, number]
    return (first - np.array(others)).reshape(len(tops), len(lefts))


def lime(answer: Answer, places: int, draws: int = 500, seed: int = 0) -> np.ndarray:
    """What each place adds to an answer, by a linear model of what is left of it.

    As LIME does for pictures: in each draw every place is kept or left out with equal
    chance; what keeps more of the whole weighs more. The linear model is lime's own.

    Args:
        answer: takes rows of True (kept) and False (left out), (n, places), and
            gives one number a row, such as the probability of a class.
        places: how many there are.
        draws: how many rows.
        seed: of the draws.

    Returns:
        One weight a place.
    """
    held = np.random.default_rng(seed).random((draws, places)) < 0.5
    held[0] = True  # lime takes the first row for what is explained
    distances = 1 - np.sqrt(held.mean(axis=1))  # cosine, from a row of ones
    answers = np.asarray(answer(held), np.float64)[:, None]
    given = held.astype(np.float64)
    _, found, _, _ = _base(0.25, seed).explain_instance_with_data(
        given, answers, distances, 0, places, feature_selection="none"
    )
    return _by_number(found, places)


def _base(width: float, seed: int) -> Any:
    """lime's linear model, with its own kernel."""
    from lime.lime_base import LimeBase

    return LimeBase(
        lambda distances: np.sqrt(np.exp(-(distances**2) / width**2)),
        random_state=seed,
    )


def _by_number(found: Sequence[tuple[int, float]], count: int) -> np.ndarray:
    weights = np.zeros(count)
    numbers, values = zip(*found, strict=True)
    weights[list(numbers)] = values
    return weights


# -- every number drawn anew ------------------------------------------------


@dataclass(frozen=True)
class Reasons:
    """What LIME's linear model says of one instance.

    Attributes:
        table: feature, condition (as lime words it) and weight, the heaviest first.
        fit: R2 of the linear model on the draws that it was fitted to.
        answer: what the network says of the instance.
        linear: what the linear model says of it.
    """

    table: pd.DataFrame
    fit: float
    answer: float
    linear: float


class Tabular:
    """LIME for tables: each feature is drawn anew, whatever the others are.

    As `lime.lime_tabular` does it: a quartile of the training data is drawn, then a
    value within it, and the linear model is told which features fell into the
    instance's own quartile. Nothing of that depends on the instance, so here the
    network is asked once for all instances.

    Args:
        predict: inputs in the training data's shape to probabilities.
        train: training data, one row an item.
        draws: how many; lime's default is 5000.
        seed: of the draws.
    """

    def __init__(
        self, predict: Answer, train: np.ndarray, draws: int = 5000, seed: int = 0
    ) -> None:
        self.predict, self.shape, self.seed = predict, train.shape[1:], seed
        train = np.asarray(train, np.float32).reshape(len(train), -1)
        self.cuts = np.quantile(train, [0.25, 0.5, 0.75], axis=0)
        self._within(train)
        chance = np.random.default_rng(seed)
        self.drawn = np.empty((draws, train.shape[1]), np.uint8)
        answers = []
        for start in range(0, draws, BLOCK):
            block = self.drawn[start : start + BLOCK]
            block[:] = _drawn(self.shares, block.shape, chance)
            answers.append(predict(self._values(block, chance)))
        self.answers = np.concatenate(answers)

    def bins(self, x: np.ndarray) -> np.ndarray:
        """The quartile, 0 to 3, of each feature."""
        flat = np.asarray(x).reshape(-1, self.cuts.shape[1])
        return sum((flat > cut).astype(np.uint8) for cut in self.cuts)

    def reasons(
        self, one: np.ndarray, number: int, features: int | None = 10
    ) -> Reasons:
        """The features that speak for or against a class, by one instance.

        Args:
            one: the instance.
            number: of the class.
            features: how many to keep, as lime does, by a first linear model of
                all; None keeps all.
        """
        bins = self.bins(one)
        count = bins.shape[1]
        held = np.ones((len(self.drawn) + 1, count), np.float32)
        np.equal(self.drawn, bins, out=held[1:], casting="unsafe")
        distances = np.sqrt(count - held.sum(axis=1, dtype=np.float64))
        answers = np.concatenate([self.predict(one[None]), self.answers])
        width = 0.75 * np.sqrt(count)
        _, found, fit, linear = _base(width, self.seed).explain_instance_with_data(
            held, answers.astype(np.float64), distances, number, features or count,
            feature_selection="highest_weights" if features else "none",
        )  # fmt: skip
        numbers = [int(feature) for feature, _ in found]
        table = pd.DataFrame(
            {
                "feature": numbers,
                "condition": [self.condition(n, bins[0, n]) for n in numbers],
                "weight": [float(weight) for _, weight in found],
            }
        )
        return Reasons(table, float(fit), float(answers[0, number]), float(linear[0]))

    def map(self, one: np.ndarray, number: int) -> np.ndarray:
        """The weights of all features, in the shape of the instance."""
        table = self.reasons(one, number, features=None).table
        pairs = list(zip(table["feature"], table["weight"], strict=True))
        return _by_number(pairs, len(table)).reshape(self.shape)

    def condition(self, feature: int, quartile: int) -> str:
        """A quartile in lime's words, such as `0.25 < Feature_3 <= 0.50`."""
        cuts, name = self.cuts[:, feature], f"Feature_{feature}"
        if quartile == 0:
            return f"{name} <= {cuts[0]:.2f}"
        if quartile == 3:
            return f"{name} > {cuts[2]:.2f}"
        return f"{cuts[quartile - 1]:.2f} < {name} <= {cuts[quartile]:.2f}"

    def _within(self, train: np.ndarray) -> None:
        """By quartile and feature: how often, mean, spread, and its two ends."""
        bins = self.bins(train)
        ends = [train.min(axis=0), *self.cuts, train.max(axis=0)]
        self.low, self.high = np.array(ends[:-1]), np.array(ends[1:])
        inside = np.stack([bins == quartile for quartile in range(4)])
        counts = inside.sum(axis=1)
        self.shares = counts / len(train)
        counts = np.maximum(counts, 1)
        self.means = np.stack([(train * one).sum(axis=0) for one in inside]) / counts
        squares = np.stack(
            [
                (((train - mean) * one) ** 2).sum(axis=0)
                for one, mean in zip(inside, self.means, strict=True)
            ]
        )
        self.spread = np.sqrt(squares / counts) + 1e-11

    def _values(self, bins: np.ndarray, chance: np.random.Generator) -> np.ndarray:
        """Values within quartiles: normal about their mean, cut off at their ends."""
        from scipy.special import ndtr, ndtri

        places = bins, np.arange(bins.shape[1])
        mean, spread = self.means[places], self.spread[places]
        low, high = self.low[places], self.high[places]
        least, most = ndtr((low - mean) / spread), ndtr((high - mean) / spread)
        drawn = mean + spread * ndtri(
            least + chance.random(bins.shape) * (most - least)
        )
        values = np.clip(drawn, low, high).astype(np.float32)
        return values.reshape(-1, *self.shape)


def _drawn(
    shares: np.ndarray, shape: tuple[int, ...], chance: np.random.Generator
) -> np.ndarray:
    """Quartiles by the share of the training data that lies in each."""
    upto = np.cumsum(shares, axis=0)[:3]
    lots = chance.random(shape)
    return sum((lots >= edge).astype(np.uint8) for edge in upto)


def place(feature: int, stack: audio.Stack) -> dict[str, Any]:
    """Which row and frame of a stack of sound a flattened feature is, in words.

    >>> place(9881, audio.Stack())
    {'row': 65, 'frame': 131, 'what': 'MFCC 2', 'seconds': 4.19}
    """
    row, frame = divmod(feature, stack.frames)
    edges = audio.mel_edges(stack.rate, stack.mels + 1)
    if row < stack.mels:
        what = f"{edges[row]:.0f} to {edges[row + 2]:.0f} Hz"
    elif row < stack.mels + stack.coefficients:
        what = f"MFCC {row - stack.mels + 1}"
    else:
        width = stack.rate / 2 / stack.bins
        number = row - stack.mels - stack.coefficients
        what = f"STFT, {number * width:.0f} to {(number + 1) * width:.0f} Hz"
    seconds = round(frame * stack.hop / stack.rate, 2)
    return {"row": row, "frame": frame, "what": what, "seconds": seconds}


# -- a sound in bands and moments -------------------------------------------


def parts(
    samples: np.ndarray, rate: int, bands: int = 8, moments: int = 10
) -> np.ndarray:
    """A sound taken apart into bands and moments that add up to it.

    What is left of it when some are left out is the sum of the others, and can be
    heard: `held @ parts(...)`.

    Args:
        samples: mono.
        rate: samples a second.
        bands: of frequency, equally wide in mel, from the lowest.
        moments: equally long.

    Returns:
        float32 (bands x moments, samples): all moments of the lowest band, then of
        the next.
    """
    from scipy.fft import irfft, rfft

    spectrum = rfft(samples)
    heard = np.linspace(0, rate / 2, len(spectrum))
    filters = _shares(heard, audio.mel_edges(rate, bands))
    moments_at = np.linspace(0, len(samples), moments + 1)
    windows = _shares(np.arange(len(samples)) + 0.5, moments_at)
    split = irfft(filters * spectrum, len(samples), axis=1)
    found = split[:, None] * windows
    return found.reshape(-1, len(samples)).astype(np.float32)


def by_part(
    map: np.ndarray,
    stack: audio.Stack,
    seconds: float,
    bands: int = 8,
    moments: int = 10,
) -> np.ndarray:
    """A map over a stack as one over the sound's bands and moments.

    A mel row adds to the band that it lies in. MFCCs speak of all bands, so what a
    moment's other rows hold is dealt out evenly. What lies behind the clip's end
    belongs to nothing.

    Args:
        map: (rows, frames) as the stack has them.
        stack: what the sound was turned into.
        seconds: length of the sound.
        bands, moments: as in `parts`.

    Returns:
        (bands x moments,)
    """
    middles = audio.mel_edges(stack.rate, stack.mels + 1)[1:-1]
    rows = np.full((bands, len(map)), 1 / bands)
    rows[:, : stack.mels] = _shares(middles, audio.mel_edges(stack.rate, bands))
    times = np.arange(stack.frames) * stack.hop / stack.rate
    frames = _shares(times, np.linspace(0, seconds, moments + 1)) * (times <= seconds)
    return (rows @ map @ frames.T).ravel()


def _shares(places: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """How far each place lies between two edges, (edges - 1, places).

    Around an edge one passes into the next; at each place they add up to 1.
    """
    widths = np.diff(edges)
    fade = 0.2 * np.minimum(widths[:-1], widths[1:])[:, None]
    above = np.clip((places - edges[1:-1, None]) / fade + 0.5, 0, 1)
    above = np.vstack([np.ones(len(places)), above, np.zeros(len(places))])
    return above[:-1] - above[1:]


# -- a picture in cells -----------------------------------------------------


def covered(
    one: np.ndarray, held: np.ndarray, fill: np.ndarray, cells: int = 8
) -> np.ndarray:
    """A picture in which cells are filled with something else.

    Args:
        one: (height, width, channels); of several pictures a row of a structured
            array, whose fields' cells come one picture after the other.
        held: which cells stay, (n, pictures x cells x cells), row by row.
        fill: what covers, such as the mean of the training pictures; like `one`.
        cells: how many a side.

    Returns:
        n pictures.
    """
    import cv2

    if names := one.dtype.names:
        found = np.empty(len(held), one.dtype)
        each = np.split(held, len(names), axis=1)
        for name, its in zip(names, each, strict=True):
            found[name] = covered(one[name], its, fill[name], cells)
        return found
    grids = held.reshape(-1, cells, cells).astype(np.uint8)
    size = one.shape[1::-1]
    kept_here = [cv2.resize(g, size, interpolation=cv2.INTER_NEAREST) for g in grids]
    return np.where(np.stack(kept_here)[..., None], one, fill).astype(one.dtype)


def by_cell(map: np.ndarray, cells: int = 8) -> np.ndarray:
    """A map as means over `cells` x `cells` cells, row by row."""
    return _resized(map, (cells, cells)).ravel()


def enlarged(map: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A map as high and wide as what was looked at."""
    return _resized(map, shape)


def _resized(map: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    import cv2

    smaller = shape[0] <= map.shape[0] and shape[1] <= map.shape[1]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return cv2.resize(map.astype(np.float32), shape[::-1], interpolation=way)


# -- filters that speak for a class -----------------------------------------


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
    return copy


def _inputs(model: keras.Model, x: np.ndarray) -> list[np.ndarray]:
    """Each of a model's inputs, in its order."""
    if not x.dtype.names:
        return [np.asarray(x, np.float32)]
    return [np.asarray(x[one.name], np.float32) for one in model.inputs]


# -- can it be believed -----------------------------------------------------


def kept(
    maps: np.ndarray, share: float, insert: bool = False, seed: int = 0
) -> np.ndarray:
    """Which places stay when a share is taken away, those of the highest value first.

    Args:
        maps: (items, places).
        share: of the places, 0 to 1.
        insert: begin with nothing and put this share in instead.
        seed: of the lots that are drawn between equal values.

    Returns:
        True where a place stays, (items, places).

    >>> kept(np.array([[3.0, 1, 2, 0]]), 0.5).tolist()
    [[False, True, False, True]]
    """
    lots = np.random.default_rng(seed).random(maps.shape)
    order = np.lexsort((lots, -maps), axis=-1)
    first = order[:, : round(share * maps.shape[1])]
    stays = np.full(maps.shape, not insert)
    np.put_along_axis(stays, first, insert, axis=1)
    return stays


def advantage(
    sooner: Mapping[Hashable, Recorded | Seeds],
    later: Mapping[Hashable, Recorded | Seeds],
) -> Interval:
    """By how much less probable the right class is in some runs than in others.

    Args:
        sooner: runs in which places were taken away by a map, by share.
        later: the same shares by another, such as chance.

    Returns:
        The difference of the probability, a mean over the shares, with its interval
        over people.
    """
    if list(sooner) != list(later):
        raise UsageError(f"shares {list(sooner)} against {list(later)}: give the same")
    pairs = [_right(later[share]) - _right(sooner[share]) for share in sooner]
    each = sum(pairs) / len(pairs)
    return interval(each.to_numpy(), each.index.get_level_values("subject"))


def _right(run: Recorded | Seeds) -> pd.Series:
    """The probability of the right class, by person and clip; the mean over seeds."""
    parts = []
    for one in getattr(run, "runs", [run]):
        table = one.predictions
        scores = table[list(one.space)].to_numpy()
        value = scores[np.arange(len(table)), one.space.encode(table["label"])]
        parts.append(table[["subject", "clip"]].assign(value=value))
    return pd.concat(parts).groupby(["subject", "clip"])["value"].mean()


def shuffled(model: keras.Model, seed: int = 0) -> keras.Model:
    """A copy whose weights are the same numbers in another order, layer by layer.

    It has learned nothing. A map that looks the same for it explains the input or the
    architecture, and not the model.
    """
    import keras

    copy, chance = keras.models.clone_model(model), np.random.default_rng(seed)
    copy.set_weights(model.get_weights())
    for weight in copy.trainable_weights:
        values = np.asarray(weight)
        weight.assign(chance.permutation(values.ravel()).reshape(values.shape))
    return copy


def alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Rank correlation of two maps of each item; NaN where one is the same throughout.

    >>> alike(np.array([[1, 2, 4]]), np.array([[2, 3, 9]])).tolist()
    [1.0]
    """
    from scipy.stats import rankdata

    a, b = (rankdata(m.reshape(len(m), -1), axis=1) for m in (one, other))
    a, b = (ranks - ranks.mean(axis=1, keepdims=True) for ranks in (a, b))
    size = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.divide((a * b).sum(axis=1), size, np.full(len(a), np.nan), where=size > 0)


class Agreement(NamedTuple):
    """How well a map finds where a cause is known to be.

    Attributes:
        auc: how often a place of the cause has a higher value than one that is none;
            0.5 by chance.
        inside: share of the map's positive values that lies in the cause's places.
        area: share of the places that are the cause's; `inside` by chance.
    """

    auc: float
    inside: float
    area: float


def agreement(map: np.ndarray, mask: np.ndarray) -> Agreement:
    """A map against the mask of the true cause.

    Raises:
        UsageError: if the mask holds everything or nothing.
    """
    from sklearn.metrics import roc_auc_score

    map, mask = np.ravel(map), np.ravel(mask).astype(bool)
    if mask.all() or not mask.any():
        raise UsageError("the mask holds everything or nothing: there is no elsewhere")
    positive = np.maximum(map, 0)
    inside = positive[mask].sum() / positive.sum() if positive.any() else np.nan
    auc = roc_auc_score(mask, map)
    return Agreement(float(auc), float(inside), float(mask.mean()))


def overlap(maps: Sequence[np.ndarray], top: int = 10) -> float:
    """What share of the highest places two maps have in common, over all pairs.

    Args:
        maps: of one instance, such as one a seed.
        top: how many places of each; of `n` places two maps drawn by lot would have
            `top / n` of them in common.

    >>> overlap([np.array([3, 2, 1, 0]), np.array([0, 2, 3, 1])], top=2)
    0.5
    """
    best = [set(np.argsort(-np.ravel(one), kind="stable")[:top]) for one in maps]
    shared = [len(a & b) / top for a, b in itertools.combinations(best, 2)]
    return float(np.mean(shared))
