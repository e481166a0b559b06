"""Several inputs side by side: which frames of a film go with which sound."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolib import experiment
from emolib.features import augment, inputs
from emolib.labels import LabelSpace

if TYPE_CHECKING:
    import keras

    from emolib.experiment import Examples
    from emolib.features.store import Features
    from emolib.records import Recorded


def every_frame(features: Features, step: int = 1) -> dict[str, list[int]]:
    """For each clip the numbers of its stored pictures, or of each so manieth."""
    return {
        clip: list(range(0, len(array), step))
        for clip, array in zip(features.manifest["clip"], features.arrays, strict=True)
    }


def frames_by_lot(features: Features, count: int, seed: int = 0) -> dict:
    """For each clip so many of its pictures at random, the same in any set of clips."""
    found = {}
    for clip, places in every_frame(features).items():
        chance = augment.generator(seed, 0, clip)
        few = min(count, len(places))
        found[clip] = sorted(chance.choice(places, few, replace=False).tolist())
    return found


def frames_within(
    features: Features, count: int, share: tuple[float, float]
) -> dict[str, list[int]]:
    """For each clip so many pictures, evenly spaced between two shares of the film."""
    return {
        clip: (np.linspace(*share, count) * (len(places) - 1))
        .round()
        .astype(int)
        .tolist()
        for clip, places in every_frame(features).items()
    }


def surest_frames(
    answers: pd.DataFrame, examples: Examples, count: int, own: bool = False
) -> dict[str, list[int]]:
    """For each clip the pictures of which a model is surest, in order of time.

    Args:
        answers: the model's about these examples, from `Run.answers`.
        examples: a picture a row, with the number of its frame.
        count: how many of a clip.
        own: of those that look most like the clip's own class, which only one who
            knows the answer can choose; else like any class.
    """
    table, classes = examples.items[["clip", "frame"]], list(examples.space)
    scores = answers[classes].to_numpy()
    truth = examples.space.encode(answers["label"])
    sure = scores[np.arange(len(scores)), truth] if own else scores.max(axis=1)
    table = table.assign(sure=sure).sort_values("sure", ascending=False, kind="stable")
    first = table.groupby("clip").head(count).sort_values(["clip", "frame"])
    return {clip: part.tolist() for clip, part in first.groupby("clip")["frame"]}


def samples(
    features: Mapping[str, Features | Sequence[Features]],
    space: LabelSpace,
    frames: Mapping[str, Sequence[int]] | None = None,
    clips: Iterable[str] | None = None,
    **settings: Any,
) -> Examples:
    """Pictures side by side, several items a clip, read where they are used.

    Args:
        features: by the name of the input. Of films a picture is taken for each number
            in `frames`; of several features of the sound, as it is and then changed,
            the first goes with the first frame, the second with the second.
        space: the classes; clips of others are left out.
        frames: for each clip the numbers of its frames. Without films each sound
            gives an item for each of its features.
        clips: only these, by name.
        settings: what records are to tell of the choice.
    """
    each = {n: [f] if hasattr(f, "arrays") else [*f] for n, f in features.items()}
    manifest, rows = inputs.shared(*itertools.chain(*each.values()))
    wanted = manifest["emotion"].isin(space.classes)
    for some in (frames, None if clips is None else set(clips)):
        wanted &= True if some is None else manifest["clip"].isin(some)
    manifest = manifest[wanted].reset_index(drop=True)
    left = iter([row[wanted.to_numpy()] for row in rows])
    of_input = {name: [next(left) for _ in part] for name, part in each.items()}
    filmed = [name for name, part in each.items() if part[0].arrays[0].ndim == 4]
    heard = [len(part) for name, part in each.items() if name not in filmed]
    parts = [
        _items_of(list(frames[clip]) if filmed else None, max(heard, default=1))
        for clip in manifest["clip"]
    ]
    streams = {
        name: _stream(each[name], of_input[name], parts, name in filmed)
        for name in each
    }
    x = (
        next(iter(streams.values()))
        if len(streams) == 1
        else inputs.Together(**streams)
    )
    found = experiment.examples(manifest, x, space, parts)
    return replace(found, settings={"inputs": " & ".join(each), **settings})


def strangers(
    run: Recorded, examples: Examples, count: int, fold: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and classes, by number: one item each of what a fold was tested on."""
    tested = run.predictions.query("fold == @fold").drop_duplicates("label")
    first = examples.items.reset_index().groupby("clip")["index"].first()
    rows = first[tested["clip"][:count]].tolist()
    own = examples.space.encode(examples.items["emotion"].iloc[rows])
    return examples.x[rows], own


def cams(
    model: keras.Model, x: np.ndarray, numbers: Sequence[int], layer: int = 3
) -> dict[str, np.ndarray]:
    """Grad-CAM's maps of each input of a network whose branches bear its names.

    Args:
        model: such as of `models.early_fusion`.
        x: inputs, with a field for each.
        numbers: of the class that each is asked for.
        layer: which convolution of each branch.
    """
    from emolib.explain import gradcam

    return {n: gradcam(model, x, numbers, f"{n}_{layer}") for n in x.dtype.names}


def hidden(examples: Examples, name: str) -> Examples:
    """The same examples without one of several inputs: all have its mean picture."""
    x = np.array(examples.x[:])
    x[name] = x[name].mean(axis=0).round().astype(x.dtype[name].base)
    return replace(examples, x=x)


def _items_of(frames: list[int] | None, sounds: int) -> list[dict]:
    """What tells the items of a clip apart: the frame, the copy of the sound."""
    if frames is None:
        return [{"copy": copy} for copy in range(sounds)]
    items = [{"frame": frame, "copy": k % sounds} for k, frame in enumerate(frames)]
    return items if sounds > 1 else [{"frame": item["frame"]} for item in items]


def _stream(
    several: Sequence[Features],
    rows: Sequence[np.ndarray],
    parts: Sequence[Sequence[dict]],
    film: bool,
) -> inputs.Stream:
    """One input of all items: frames of films, or pictures of a sound."""
    starts = np.cumsum([0, *(len(part) for part in several)])
    height = several[0].arrays[0].shape[0]
    take = []
    for clip, items in enumerate(parts):
        for item in items:
            if film:
                take.append((rows[0][clip], item["frame"]))
            else:
                copy = item.get("copy", 0)
                take.append((starts[copy] + rows[copy][clip], 0, height))
    arrays = [part.arrays for part in several]
    chained = arrays[0] if len(arrays) == 1 else inputs.Chain(*arrays)
    return inputs.Stream(chained, take, None if film else height)
