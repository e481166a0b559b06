"""Whether a map can be believed: four checks.

Places taken away (Samek et al., 2017), weights shuffled (Adebayo et al., 2018), a
cause that is known, another seed.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.evaluation.intervals import Interval, interval

if TYPE_CHECKING:
    import keras

    from emolib.records import Recorded, Seeds


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
    *_, (_, copy) = cascade(model, seed)
    return copy


def cascade(model: keras.Model, seed: int = 0) -> Iterator[tuple[str, keras.Model]]:
    """The same from the decision downwards, a layer more at each step.

    A map that stays while the layers that decide are dealt out anew does not tell of
    their decision.

    Yields:
        The name of what was dealt out last (layers of one kind and shape, such as
        those of several branches, together) and the model, the same one each time.
    """
    import keras

    copy, chance = keras.models.clone_model(model), np.random.default_rng(seed)
    copy.set_weights(model.get_weights())
    learned = [layer for layer in reversed(copy.layers) if layer.trainable_weights]
    kinds = itertools.groupby(learned, lambda one: (type(one), one.output.shape))
    for _, layers in kinds:
        names = []
        for layer in layers:
            names.append(layer.name)
            for weight in layer.trainable_weights:
                values = np.asarray(weight)
                weight.assign(chance.permutation(values.ravel()).reshape(values.shape))
        yield ", ".join(reversed(names)), copy


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
