"""Clips taken apart into items, and answers put together again.

    seen = pieces.frames(store.extract(faces.Frames(5), films), space, every=5)
    heard = pieces.vectors(store.extract(audio.Mfcc(), clips), space, audio.statistics)

What several chapters do with what `store.extract` gave, before `Study.run`, and with
the answers of trained models behind it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolib import UsageError, experiment, fusion, protocols
from emolib.features import audio, augment, inputs, movement, recording, store
from emolib.labels import AUTHENTICITY, SASEFE, LabelSpace
from emolib.notebook import near

if TYPE_CHECKING:
    import keras

    from emolib.experiment import Examples
    from emolib.features.store import Features
    from emolib.learners import Learner, TorchNetwork
    from emolib.protocols import Protocol
    from emolib.records import Recorded, Run, Seeds
    from emolib.studio import Causes

_TOLD = ("clip", "subject", "label", "fold")
"""What a table of answers holds besides a column a class."""

STACKED = "stacked"
"""The rule that learns from answers of the other folds."""


def vectors(
    features: Features,
    space: LabelSpace | Mapping[str, LabelSpace],
    of: Callable[[np.ndarray], np.ndarray],
) -> Examples:
    """One vector a clip.

    Args:
        features: from `store.extract`.
        space: the classes.
        of: makes a vector of an array, such as `audio.statistics`.
    """
    x = np.stack([of(array) for array in features.arrays])
    return experiment.examples(features, x, space)


def tabled(
    features: Features, of: Callable[[np.ndarray], np.ndarray] | None = None
) -> pd.DataFrame:
    """One vector a clip as a table, a row a clip.

    Args:
        features: from `store.extract`.
        of: makes a vector of an array; by default the array is one.
    """
    vectors = [array if of is None else of(array) for array in features.arrays]
    return pd.DataFrame(np.stack(vectors), features.manifest["clip"])


def side_by_side(
    tables: Mapping[str, pd.DataFrame], clips: pd.DataFrame, space: LabelSpace
) -> Examples:
    """Several descriptions of the same clips, a field each.

    Args:
        tables: of each field a row a clip, such as `tabled` gives.
        clips: their manifest. A clip that one of the tables lacks is left out.
        space: the classes.
    """
    known = [clips["clip"].isin(table.index) for table in tables.values()]
    clips = clips[np.all(known, axis=0)].reset_index(drop=True)
    kinds = [(n, np.float32, (t.shape[1],)) for n, t in tables.items()]
    x = np.zeros(len(clips), kinds)
    for name, table in tables.items():
        x[name] = table.loc[clips["clip"]]
    return experiment.examples(clips, x, space)


def turned(pictures: np.ndarray, kind: str, seed: int = 0) -> np.ndarray:
    """Pictures as training sees them: turned, scaled and flipped at random.

    Args:
        pictures: 0 to 255, shape (pictures, height, width, channels).
        kind: as `models.common.augmentation` takes it.
        seed: of the lots.
    """
    import keras

    from emolib.models import common

    keras.utils.set_random_seed(seed)
    x = np.asarray(pictures, np.float32)
    for layer in common.augmentation(kind):
        x = layer(x, training=True)
    return np.asarray(x).round().astype(np.uint8)


def spread(array: np.ndarray, count: int) -> np.ndarray:
    """So many pictures of a film, evenly spaced, its ends left out.

    >>> spread(np.arange(9), 3)
    array([2, 4, 6])
    """
    places = np.linspace(0, len(array) - 1, count + 2)[1:-1]
    return array[places.round().astype(int)]


def frames(features: Features, space: LabelSpace, every: int = 1) -> Examples:
    """Each frame of each film as an item, read where it is used.

    Args:
        features: from `store.extract` with `faces.Frames`.
        space: the classes.
        every: the film's own frames from one to the next; numbers them.
    """
    counts = [len(array) for array in features.arrays]
    parts = [[{"frame": every * i} for i in range(count)] for count in counts]
    places = [(n, i) for n, count in enumerate(counts) for i in range(count)]
    return experiment.examples(
        features, store.Stream(features.arrays, places), space, parts
    )


def films(features: Features, space: LabelSpace | Mapping[str, LabelSpace]) -> Examples:
    """Each clip's pictures as one item, read where they are used.

    Args:
        features: from `store.extract` with `faces.Moments`.
        space: the classes; for several tasks those of each, by column.
    """
    count = len(features.arrays[0])
    places = [(number, 0, count) for number in range(len(features.arrays))]
    return experiment.examples(
        features, store.Stream(features.arrays, places, count), space
    )


def out_of_order(films: Examples, seed: int = 0) -> Examples:
    """The same films, the pictures of each in an order of its own, drawn by lot.

    What a network has of them it does not have from their order in time.

    Args:
        films: from `films`.
        seed: of the lots.
    """
    x = np.array(films.x[:])
    for clip, shots in zip(films.items["clip"], x, strict=True):
        shots[:] = augment.generator(seed, 0, clip).permutation(shots)
    return replace(films, x=x)


def windows(features: Features, space: LabelSpace, length: int, hop: int) -> Examples:
    """Windows of each clip, read where they are used; see `audio.windows`.

    A clip shorter than `length` is one window, filled up with zeros behind.
    """
    cuts = [audio.windows(array, length, hop) for array in features.arrays]
    parts = [[{"start": a, "stop": b} for a, b in of_clip] for of_clip in cuts]
    places = [(n, a, b) for n, of_clip in enumerate(cuts) for a, b in of_clip]
    stream = store.Stream(features.arrays, places, length)
    return experiment.examples(features, stream, space, parts)


def copies(
    several: Sequence[Features],
    space: LabelSpace,
    of: Callable[[np.ndarray], np.ndarray],
) -> Examples:
    """Each clip with its augmented copies, one vector each.

    Args:
        several: features of the same clips: copy 0 as they are, then one changed
            way after the other, such as `augment.Augmented` makes.
        space: the classes.
        of: makes a vector of an array.

    Raises:
        UsageError: if they are not of the same clips.
    """
    first = several[0]
    clips = list(first.manifest["clip"])
    if any(list(one.manifest["clip"]) != clips for one in several):
        raise UsageError("these features are not of the same clips in the same order")
    parts = [[{"copy": n} for n in range(len(several))]] * len(clips)
    x = [of(one.arrays[n]) for n in range(len(clips)) for one in several]
    return experiment.examples(first, np.stack(x), space, parts)


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


def drawn(manifest: pd.DataFrame, most: int, seed: int = 0) -> pd.DataFrame:
    """At most so many clips of each emotion of each corpus, by lot."""
    lots = manifest.sample(frac=1, random_state=seed)
    kept = lots.groupby(["corpus", "emotion"]).head(most)
    return kept.sort_values(["corpus", "clip"], ignore_index=True)


def summed(stack: np.ndarray) -> np.ndarray:
    """One vector of a stack (rows, frames), of what is not filling.

    Mean and spread of each row and of its changes, as `audio.statistics` has them.

    >>> summed(np.array([[1.0, 3.0, 0.0]])).tolist()
    [2.0, 1.0, 2.0, 0.0]
    """
    stack = stack[..., 0] if stack.ndim == 3 else stack
    return audio.statistics(stack[:, stack.any(axis=0)].T)


def in_short(examples: Examples) -> Examples:
    """The same examples, each stack as one vector; see `summed`."""
    return replace(examples, x=np.stack([*map(summed, examples.x)]))


def stackings(clips: pd.DataFrame) -> dict[str, np.ndarray]:
    """What 77 rows of document A's input may have been, by name: (sounds, 77, 150).

    At 16 kHz, but for the one that is brought to librosa's own rate.
    """

    def rows(
        mels: int = 0, coefficients: int = 0, bins: int = 0, rate: int = 16000
    ) -> np.ndarray:
        feature = audio.Stack(rate, mels, coefficients, bins)
        feature = feature if rate == 16000 else recording.Delivered(feature)
        return np.stack([*store.extract(feature, clips).arrays])

    def levels(bins: int) -> np.ndarray:
        """As mel bands have them: below the clip's loudest, and filling stays zero."""
        found = rows(bins=bins)
        level = 20 * np.log10(np.maximum(found, 1e-5))
        level -= level.max(axis=(1, 2), keepdims=True)
        return np.where(found == 0, 0, np.maximum(level, -audio.DYNAMIC_RANGE))

    mel, mfcc = np.split(rows(64, 13), [64], axis=1)
    parts = {
        "64 mel, 13 MFCC": (mel, mfcc),
        "13 MFCC, 64 mel": (mfcc, mel),
        "64 mel not in dB": (10 ** (mel / 10), mfcc),
        "64 STFT, 13 MFCC": (rows(bins=64), mfcc),
        "64 STFT in dB, 13 MFCC": (levels(64), mfcc),
        "32 mel, 32 STFT in dB, 13 MFCC": (rows(32), levels(32), mfcc),
        "64 mel, 13 MFCC at 22,050 Hz": (rows(64, 13, rate=22050),),
        "60 mel, 17 MFCC": (rows(60, 17),),
        "65 mel, 12 MFCC": (rows(65, 12),),
        "77 mel": (rows(77),),
        "57 mel, 20 MFCC": (rows(57, 20),),
        "37 mel, 40 MFCC": (rows(37, 40),),
    }
    return {name: np.concatenate(of, axis=1) for name, of in parts.items()}


def stacked(
    features: Features,
    space: LabelSpace | Mapping[str, LabelSpace],
    task: str = "emotion",
) -> Examples:
    """Arrays of one shape, one a clip, as pictures that are read where they are used.

    Args:
        features: from `store.extract`.
        space: the classes; for several tasks those of each.
        task: the column of the classes, where there is one task.
    """
    rows = len(features.arrays[0])
    places = [(number, 0, rows) for number in range(len(features.arrays))]
    stream = store.Stream(features.arrays, places, rows, channel=True)
    return experiment.examples(features, stream, space, task=task)


def gathered(run: Run, groups: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """A run's answers about groups of its classes, for `Study.add_answers`.

    A group is as probable as the most probable of its classes, so that the answer
    is the group of the class that the run decided for.

    Args:
        run: of one seed.
        groups: the classes of each, by its name.
    """
    table = run.predictions
    group_of = {name: group for group, of in groups.items() for name in of}
    most = pd.DataFrame({g: table[list(of)].max(axis=1) for g, of in groups.items()})
    told = table[["clip", "subject", "fold"]]
    told = told.assign(label=table["label"].map(group_of).to_numpy())
    return told.join(most.div(most.sum(axis=1), axis=0))


def couples(
    sounds: Examples,
    faces: Examples,
    troupes: int = 10,
    matched: bool = True,
    seed: int = 0,
) -> Examples:
    """Each sound with a face of somebody else, as inputs of one model.

    The people of each corpus, voices and faces, are dealt in turn into troupes, and a
    sound's face is drawn within its own. A troupe counts as one subject: with
    subjects apart, neither a voice nor a face is on both sides.

    Args:
        sounds: their inputs become the field `sound`.
        faces: with a field for each input; the same classes.
        troupes: how many.
        matched: the face shows the sound's class, and a sound without such a face in
            its troupe is left out, and told; else it is any face.
        seed: of what is drawn. People are dealt without it.
    """
    task = next(iter(sounds.spaces))
    if sounds.spaces != faces.spaces:
        raise UsageError("sounds and faces have other classes; no class is shared")
    groups = [_troupe(part.items, troupes) for part in (sounds, faces)]
    who = groups[0]
    if matched:
        groups = [
            group + " " + part.items[task]
            for group, part in zip(groups, (sounds, faces), strict=True)
        ]
    choice = {
        k: list(rows) for k, rows in faces.items.groupby(groups[1]).groups.items()
    }
    kept = np.flatnonzero(groups[0].isin(choice))
    if left := len(sounds) - len(kept):
        print(f"{left} of {len(sounds)} sounds left out: no face for them")
    chance = np.random.default_rng(seed)
    drawn = np.array([chance.choice(choice[groups[0].iloc[n]]) for n in kept])
    heard, shape = sounds.take(kept), sounds.shape
    fields = [(name, faces.x.dtype[name]) for name in faces.x.dtype.names]
    x = np.zeros(len(kept), [("sound", np.float32, shape), *fields])
    x["sound"] = np.asarray(heard.x[np.arange(len(kept))])
    for name, _ in fields:
        x[name] = faces.x[name][drawn]
    shown = faces.items["corpus"].iloc[drawn].to_numpy()
    clips = heard.manifest.set_index("clip").loc[heard.items["clip"]].reset_index()
    clips = clips.assign(subject=who.iloc[kept].to_numpy(), sentence="", shown=shown)
    return experiment.examples(clips, x, sounds.spaces)


def _troupe(items: pd.DataFrame, troupes: int) -> pd.Series:
    """The troupe of each item's person: those of a corpus are dealt in turn."""
    people = items[["corpus", "subject"]].drop_duplicates().sort_values("subject")
    number = people.groupby("corpus").cumcount() % troupes
    name = dict(zip(people["subject"], "troupe " + number.astype(str), strict=True))
    return items["subject"].map(name)


def by_corpus(examples: Examples) -> Examples:
    """The same examples, asked for their corpus."""
    named = tuple(examples.items["corpus"].unique())
    return replace(examples, spaces={"corpus": LabelSpace("corpora", named)})


def joint_controls(
    study: experiment.Study,
    voice: Run | Seeds,
    face: Run | Seeds,
    both: Run | Seeds,
    again: Examples,
) -> None:
    """Record what a joint network is compared with, of each of its seeds.

    The product of two answers, the same divided by the classes' shares (`divided`),
    and the joint network's own answers to other pairs.

    Args:
        study: whose records these are.
        voice, face: networks of one medium, on the same pairs.
        both: the joint network, whose weights were kept.
        again: the pairs with other faces of the same classes.
    """
    for heard, seen, joint in zip(voice.runs, face.runs, both.runs, strict=True):
        alone = [heard, seen]
        answers = fused(alone, "product")
        study.add_answers("joint-product", answers, alone, "product", commit=True)
        once = divided(answers, again)
        study.add_answers("joint-divided", once, alone, "divided", commit=True)
        answers = asked(joint, again, some=True)
        study.add_answers("joint-dealt", answers, [joint], "dealt", commit=True)


def divided(answers: pd.DataFrame, examples: Examples) -> pd.DataFrame:
    """A product of two answers, divided by how frequent each class is.

    An answer tells how probable a class is, and so holds how frequent it was where the
    model learned; a product of two holds that twice. Of inputs that are independent
    once the class is known, Bayes' rule counts it once.

    Args:
        answers: one row a clip, as `fused` gives them.
        examples: all that the folds were made of, with the classes of what they
            learned from: what a fold tests is not counted.

    Returns:
        The same rows; probabilities sum to one.
    """
    classes = [name for name in answers if name not in _TOLD]
    task, parts = next(iter(examples.spaces)), []
    for _, part in answers.groupby("fold"):
        learned = ~examples.items["clip"].isin(part["clip"])
        counts = examples.items.loc[learned, task].value_counts()
        scores = part[classes] / counts.reindex(classes, fill_value=0).clip(lower=1)
        parts.append(scores.div(scores.sum(axis=1), axis=0))
    return answers.assign(**pd.concat(parts).loc[answers.index])


def listened(
    clips: pd.DataFrame, ways: Mapping[str, Any], space: Mapping[str, LabelSpace]
) -> dict[str, Examples]:
    """The same clips as several ways bring them in.

    Records are told which way it was, its own settings, and those of its feature.

    Args:
        clips: a manifest.
        ways: by name, such as `recording.Delivered`: each holds a feature.
        space: the classes of each task.
    """
    found = {}
    for made, way in ways.items():
        heard = vectors(store.extract(way, clips), space, np.asarray)
        own = {"made": made} | heard.settings
        found[made] = replace(heard, settings=own.pop("feature") | own)
    return found


def people_asked(study: experiment.Study, data: str, model: Learner) -> None:
    """Record what people said of published films and clips, and a face reader.

    Of PEDFE the upper half of the films by their mean rating is called genuine, and a
    model is given the means of a program that reads faces, with clips and with people
    apart; of CREMA-D each vote is an answer. What is not at hand is passed over.

    Args:
        study: whose records these are.
        data: the folder that holds the ratings.
        model: such as a logistic regression.
    """
    from emolib.corpora import ratings
    from emolib.labels import CREMAD

    apart = protocols.SubjectKFold(5)
    if ratings.given(data, "pedfe"):
        films = ratings.pedfe(data)
        rated = [], "people", apart, films, AUTHENTICITY
        study.add_answers("people-rated", ratings.judged(films), *rated)
        read = films.dropna().reset_index(drop=True)
        means = read.filter(like="pyfeat_").to_numpy()
        given = experiment.examples(read, means, AUTHENTICITY, task="authenticity")
        for protocol in (protocols.ClipKFold(5), apart):
            study.run("people-read", given, model, protocol)
    for way in ratings.ASKED if ratings.given(data, "cremad") else ():
        votes = ratings.crema_d_votes(data, way)
        answers = ratings.one_by_one(votes)
        study.add_answers("people-votes", answers, [], way, apart, votes, CREMAD)


def told(examples: Examples, **settings: Any) -> Examples:
    """The same examples, and what else their records are to tell of them."""
    return replace(examples, settings={**examples.settings, **settings})


def growing(examples: Examples, known: Sequence[str], new: str) -> dict[int, Examples]:
    """Of several corpora all that are known, then one fewer and so on, and a new one.

    Args:
        examples: of these corpora, or of more.
        known: to learn from; the last one goes first.
        new: to be tested.

    Returns:
        By how many are known, which records are told.
    """
    corpus, counts = examples.items["corpus"], range(len(known), 0, -1)
    some = {n: corpus.isin([*known[:n], new]) for n in counts}
    return {n: told(examples.take(rows), corpora=n) for n, rows in some.items()}


def of_new(
    examples: Examples,
    known: Sequence[str],
    new: str,
    sizes: Sequence[int] = (0,),
    few: bool = False,
) -> Iterator[tuple[Examples, protocols.OtherCorpora]]:
    """As `growing`, each with how it is divided.

    Args:
        examples, known, new: as `growing` takes them.
        sizes: how many clips are learned from, each in turn; 0 is all.
        few: only all known corpora together.
    """
    grown = growing(examples, known, new)
    some = {len(known): grown[len(known)]} if few else grown
    for part, size in itertools.product(some.values(), sizes):
        yield part, protocols.OtherCorpora((new,), train_size=size)


def more_corpora(
    study: experiment.Study,
    heard: tuple[Examples, Sequence[str], str],
    seen: tuple[Examples, Sequence[str], str],
    network: Learner,
    linear: Learner,
    sizes: Sequence[int] = (0,),
    few: bool = False,
    seeds: int = 1,
) -> None:
    """Record what is said of a corpus that was never met, after more and more others.

    Of sounds by a network, and by a linear model that is told their length alone, and
    one that is given all cut to one length; of faces by a linear model.

    Args:
        study: whose records these are.
        heard, seen: examples, corpora to learn from, the new one.
        network, linear: what learns.
        sizes: of the network, as in `of_new`.
        few: as in `of_new`.
        seeds: of the network.
    """
    sounds, *rest = heard
    lengths = replace(sounds, x=1.0 * filled(sounds)[:, None], settings={})
    for part, new in of_new(*heard, sizes, few):
        way = part, network, new
        study.run("sound-more-corpora", *way, seeds=seeds, commit=True)
    for part, new in of_new(lengths, *rest, few=few):
        study.run("sound-length", part, linear, new, commit=True)
    for part, new in of_new(cut_alike(sounds), *rest, few=few):
        study.run("sound-cut", part, linear, new, commit=True)
    for part, new in of_new(*seen, few=few):
        study.run("face-more-corpora", part, linear, new, commit=True)


def filled(examples: Examples) -> np.ndarray:
    """How many columns of each stack hold a sound; what is behind is zeros."""
    return (np.array(examples.x) != 0).any(axis=(1, 3)).sum(axis=1)


def cut_alike(examples: Examples) -> Examples:
    """Stacks as `in_short`, all cut to the length of the shortest sound among them."""
    shortest = int(filled(examples).min())
    cut = replace(examples, x=np.array(examples.x)[:, :, :shortest])
    return told(in_short(cut), columns=shortest)


def by_person(examples: Examples) -> Examples:
    """The same examples, asked who it is."""
    named = tuple(dict.fromkeys(examples.items["subject"]))
    return replace(examples, spaces={"subject": LabelSpace("who", named)})


def left_out(examples: Examples, task: str) -> dict[str, protocols.OtherCorpora]:
    """Each corpus of one kind with each of another, to be tested together.

    Args:
        examples: of corpora that are all of one kind each.
        task: the column that says of which.
    """
    one, other = examples.items.groupby(task, sort=False)["corpus"].unique()
    found = [protocols.OtherCorpora(pair) for pair in itertools.product(one, other)]
    return {" and ".join(protocol.test): protocol for protocol in found}


def as_filed(clips: pd.DataFrame, stack: audio.Stack) -> Examples:
    """Rendered voices once more, now as genuine as document A files their corpora.

    All else is as it was, and nothing is written: each is one vector, see `summed`.

    Args:
        clips: of rendered corpora, from `models.posed_genuine.filed`.
        stack: what is summed.
    """
    from emolib.studio import traces

    genuine = clips["filed"].eq("genuine").astype(float)
    voices = traces.as_genuine(clips, genuine, stack.rate)
    x = np.stack([summed(stack.of(samples)) for samples in voices])
    return told(experiment.examples(clips, x, {"filed": AUTHENTICITY}), felt=True)


def between_corpora(
    examples: Examples, folds: int = 5
) -> dict[tuple[str, str], tuple[Examples, protocols.Protocol]]:
    """Each corpus to learn from, with each to be tested, itself with people apart.

    All are held to one number of items to learn from, the least that one has.

    Args:
        examples: of several corpora.
        folds: groups of people within a corpus, or as many as it has people.

    Returns:
        By the names of both, what is given and how it is divided; records are told
        which was `learned`.
    """
    corpus, found = examples.items["corpus"], {}
    for learned, tested in itertools.product(corpus.unique(), repeat=2):
        part = examples.take(corpus.isin([learned, tested]))
        part = replace(part, settings={**examples.settings, "learned": learned})
        groups = min(folds, part.items["subject"].nunique())
        within = learned == tested
        way = protocols.OtherCorpora((tested,))
        found[learned, tested] = (
            part,
            protocols.SubjectKFold(groups) if within else way,
        )
    task = next(iter(examples.spaces))
    least = min(
        len(split.train)
        for part, way in found.values()
        for split in protocols.checked(way, part.items, task)
    )
    return {
        n: (part, replace(way, train_size=least)) for n, (part, way) in found.items()
    }


def dosed(
    where: str, authenticity: float, setup: float, *,
    people: int, clips: int, stack: audio.Stack, seed: int = 0, **how: Any,
) -> tuple[Examples, Examples]:  # fmt: skip
    """Posed and genuine clips from different rooms: as vectors, and as networks' input.

    Args:
        where: "voice" or "face".
        authenticity: how much of what is genuine is let in, 0 to 1.
        setup: how much the rooms differ, 0 to 1.
        people, clips: how many, and of each how many.
        stack: of sounds.
        seed, how: as `studio.probes.tied` takes them.
    """
    from emolib.studio import probes

    doses = {"authenticity": authenticity, "setup": setup}
    causes = probes.tied(people, clips, doses, seed=seed, **how)
    if where == "face":
        stills = np.stack(probes.each(causes, probes.still))
        flat, field = stills.reshape(len(stills), -1) / 255, ("face", "u1")
        deep = np.zeros(len(stills), [(*field, (*stills.shape[1:], 1))])
        deep["face"] = stills[..., None]
    else:
        deep = np.stack([stack.of(one) for one in probes.each(causes, probes.sound)])
        flat = np.stack([summed(one) for one in deep])
    told = {"where": where, **doses}
    return rendered(causes, flat, **told), rendered(causes, deep, **told)


def dose_controls(
    study: experiment.Study,
    dosed: Callable[..., tuple[Examples, Examples]],
    flat: Examples,
    run: Run,
    linear: Learner,
    protocol: Protocol,
) -> None:
    """Record what stands beside a linear model's answers at some doses.

    With the rooms at full dose, clips that were moved to the other class's rooms, by
    the same models; at no dose or the full one of either, neutral clips alone.

    Args:
        study: whose records these are.
        dosed: the function `dosed` at these doses; `how` is left to be given.
        flat: the vectors that it gives.
        run: of `linear` on these.
        linear, protocol: of `run`.
    """
    doses = [flat.settings[name] for name in ("authenticity", "setup")]
    if doses[1] == 1:
        moved = refitted(linear, flat, protocol, dosed(swapped=True)[0])
        told = flat.settings | {"commit": True}
        study.add_answers("dose-swapped", moved, [run], "linear", **told)
    if set(doses) <= {0.0, 1.0}:
        neutral, _ = dosed(emotions=["neutral"])
        study.run("dose-neutral", neutral, linear, protocol, commit=True)


def over_felt(
    causes: Sequence[Causes],
    felt: Mapping[str, str],
    trace: float,
    by_lot: bool = False,
    seed: int = 0,
) -> Examples:
    """Pictures of clips whose posed displays lie over a trace of what is felt.

    Args:
        causes: of both kinds of clip of each person and emotion.
        felt: what is felt behind each emotion that is shown.
        trace: how much of it still shows, as in `probes.over_felt`; in genuine clips
            nothing does.
        by_lot: what is felt is drawn instead, of all emotions but the one shown.
        seed: of these lots.

    Returns:
        Grey pictures, 0 to 1, each less the mean of those of its person and emotion.
    """
    from emolib.studio import probes

    lots, x = np.random.default_rng(seed), []
    for one in causes:
        drawn = lots.choice([name for name in SASEFE if name != one.emotion])
        below = str(drawn) if by_lot else felt[one.emotion]
        left = 0.0 if one.authenticity else trace
        x.append(probes.over_felt(one, below, left).mean(axis=2).ravel())
    grey = np.stack(x).astype(np.float32) / 255
    who, shown = zip(*((one.identity, one.emotion) for one in causes), strict=True)
    less_mean = movement.within(grey, who, shown)
    return rendered(causes, less_mean, trace=trace, by_lot=by_lot)


def rendered(
    causes: Sequence[Causes],
    x: np.ndarray,
    space: LabelSpace = AUTHENTICITY,
    **settings: float | str,
) -> Examples:
    """Clips that the studio rendered into memory, without files.

    Args:
        causes: of each clip, such as `probes.tied` deals. Clips are named by person
            and repetition: with other doses or rooms the same clip bears the same name.
        x: what was rendered, one row a clip.
        space: the classes, of the task "authenticity"; 1 is genuine, 0 posed.
        settings: what records are to tell of the rendering, such as the doses.
    """
    kinds = {1.0: "genuine", 0.0: "posed"}
    manifest = pd.DataFrame(
        {
            "clip": f"studio/{one.identity:03}-{one.repetition:02}",
            "subject": f"studio-{one.identity:03}",
            "sentence": str(one.sentence),
            "emotion": one.emotion,
            "authenticity": kinds[one.authenticity],
        }
        for one in causes
    ).assign(corpus="studio", source="demo")
    found = experiment.examples(manifest, x, space, task="authenticity")
    return replace(found, settings=settings)


def emotion_told(run: Recorded, clips: pd.DataFrame) -> pd.DataFrame:
    """How genuine a run finds each clip that it tested, if told what it shows.

    Args:
        run: of one seed, about authenticity, or about emotions shown in two ways, such
            as `labels.TWELVE`: then of the two ways to show the clip's own emotion.
        clips: the manifest of what it tested, or of more.

    Returns:
        One row a clip: clip, subject, label, fold, genuine, posed, for `forced` and
        `Study.add_answers`.
    """
    table = experiment.by_clip(run.predictions, run.space)
    if set(run.space) == set(AUTHENTICITY):
        return table
    known = clips.set_index("clip").loc[table["clip"]]
    rows, emotions = np.arange(len(table)), known["emotion"]
    columns = [[*table].index(name) for name in emotions]
    others = [[*table].index(f"posed {name}") for name in emotions]
    scores = table.to_numpy(object)
    ways = np.stack([scores[rows, columns], scores[rows, others]], axis=1)
    ways = ways.astype(np.float64)
    told = table[["clip", "subject", "fold"]].assign(label=[*known["authenticity"]])
    kinds = pd.DataFrame(
        ways / ways.sum(axis=1, keepdims=True), columns=[*AUTHENTICITY]
    )
    return told.join(kinds)


def asked(run: Recorded, examples: Examples, some: bool = False) -> pd.DataFrame:
    """What each fold's model says of its own test side as it is in these examples.

    For clips that were changed after training, such as by noise: nobody is asked
    about a clip that their model was trained on.

    Args:
        run: one that kept its weights.
        examples: of the clips that it tested, or of some of them.
        some: pass over clips that it did not test, as where some folds were not run.

    Returns:
        One row a clip, as `experiment.by_clip` gives them.

    Raises:
        UsageError: if it did not test one of the clips.
    """
    fold_of = run.predictions.drop_duplicates("clip").set_index("clip")["fold"]
    if some:
        examples = examples.take(examples.items["clip"].isin(fold_of.index))
    folds = examples.items["clip"].map(fold_of).to_numpy()
    if unknown := sorted(set(examples.items["clip"]) - set(fold_of.index)):
        raise UsageError(
            f"{run.record['id']} did not test {unknown[0]} and {len(unknown) - 1} more "
            "of these clips"
        )
    parts = [
        run.answers(examples.take(folds == fold), fold).assign(fold=fold)
        for fold in fold_of.unique()
        if (folds == fold).any()
    ]
    return experiment.by_clip(pd.concat(parts, ignore_index=True), run.space)


def one_of_each(
    clips: pd.DataFrame, seed: int = 0, kind: str = "authenticity"
) -> pd.DataFrame:
    """One clip of either kind for each person and emotion that has both, by lot.

    Args:
        clips: a manifest.
        seed: of the lots.
        kind: the column that says of which kind a clip is.
    """
    lots = clips.sample(frac=1, random_state=seed)
    one = lots.drop_duplicates(["subject", "emotion", kind])
    both = one.groupby(["subject", "emotion"])[kind].transform("nunique") == 2
    return one[both].sort_index(ignore_index=True)


def foreseen(
    networks: Mapping[str, TorchNetwork],
    examples: Examples,
    protocol: Protocol,
    batches: int = 3,
) -> pd.Series:
    """Hours that a seed of each network will take on this machine, told beforehand.

    Each trains twice on a few batches; the second time, when everything is warm, is
    taken for what all batches of all folds and epochs take. Answering is left out.

    Args:
        networks: by name.
        examples: what they will be given.
        protocol: how these will be divided.
        batches: how many are tried.
    """
    splits = protocols.checked(protocol, examples.items, next(iter(examples.spaces)))
    items, hours = sum(len(split.train) for split in splits), {}
    for name, learner in networks.items():
        few = np.arange(min(len(examples), batches * learner.batch))
        trial = replace(learner, epochs=2, reduce_rate=None, watch="nothing")
        tried = trial.fit(examples, replace(splits[0], train=few, test=few)).history
        each = tried["seconds"].iloc[-1] / len(few)
        hours[name] = each * items * learner.epochs / 3600
    return pd.Series(hours, name="hours a seed", dtype=float)


def about(answers: pd.DataFrame, clips: pd.DataFrame) -> pd.DataFrame:
    """Of answers, those about clips of this manifest, in their own order."""
    return answers[answers["clip"].isin(clips["clip"])].reset_index(drop=True)


def forced(
    answers: pd.DataFrame, clips: pd.DataFrame, positive: str = "genuine"
) -> pd.DataFrame:
    """Answers to single clips as answers to a choice among a person's clips.

    Of clips of one person and emotion, the upper half by how probable `positive` is
    are called so; see `ranking.above_median`. A tie is a toss that nobody wins.

    Args:
        answers: one row a clip, for two classes, as `experiment.by_clip` gives them;
            they go into `Study.add_answers` again.
        clips: the manifest of these clips, or of more; it says what each shows.
        positive: one of the classes.

    Raises:
        UsageError: if a clip is not in the manifest, or has no counterpart.
    """
    from emolib.evaluation import ranking

    classes = [name for name in answers if name not in _TOLD]
    if len(classes) != 2 or positive not in classes:
        raise UsageError(
            f"a choice is between two classes of which one is {positive!r}, not "
            f"among {', '.join(classes)}"
        )
    emotions = answers["clip"].map(clips.set_index("clip")["emotion"])
    if emotions.isna().any():
        missing = answers["clip"][emotions.isna()].iloc[0]
        raise UsageError(f"what {missing} shows stands nowhere in these clips")
    genuine, people = answers["label"] == positive, answers["subject"]
    if alone := int((~ranking.both_kinds(genuine, people, emotions)).sum()):
        raise UsageError(
            f"{alone} of {len(answers)} clips have no counterpart: take those of "
            "one_of_each"
        )
    chosen = ranking.above_median(answers[positive], people, emotions)
    other = next(name for name in classes if name != positive)
    return answers.assign(**{positive: chosen, other: 1 - chosen})


def asked_in_both_ways(
    run: Run, clips: pd.DataFrame, pairs: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A model's answers to each clip by itself, and to the two of a person and emotion.

    Args:
        run: of two classes, or of twelve, which are told the emotion.
        clips: the manifest of what was tested.
        pairs: those with a counterpart, from `one_of_each`.
    """
    alone = about(emotion_told(run, clips), pairs)
    return alone, forced(alone, clips)


def refitted(
    learner: Learner, clean: Examples, protocol: Protocol, changed: Examples
) -> pd.DataFrame:
    """The same for a model that keeps no weights: each fold is learned once more.

    Args:
        learner: such as a `learners.Classifier`.
        clean: what it learns from.
        protocol: how the run was divided.
        changed: the same clips as they are to be asked about.
    """
    parts, label = [], next(iter(clean.spaces))
    for split in protocols.checked(protocol, clean.items, label):
        fitted = learner.fit(clean, split)
        tested = clean.items["clip"].iloc[split.test]
        ask = changed.take(changed.items["clip"].isin(tested))
        task, space = next(iter(ask.spaces.items()))
        scores = pd.DataFrame(fitted.predict(ask.x)[task], columns=list(space))
        told = ask.items[["clip", "subject"]].assign(label=ask.items[task])
        parts.append(told.assign(fold=split.fold).join(scores))
    return experiment.by_clip(pd.concat(parts, ignore_index=True), clean.space)


def joined(
    voice_and_face: Sequence[pd.DataFrame],
    space: LabelSpace,
    rules: Iterable[str] = ("confidence", "product"),
    names: Sequence[str] = ("voice", "face"),
) -> dict[str, pd.DataFrame]:
    """Answers of several models about the same clips, and what rules make of them.

    Args:
        voice_and_face: one row a clip, as `experiment.by_clip` gives them.
        space: the classes.
        rules: names in `fusion.FUSIONS`, or "stacked", which is learned for each
            fold from the others.
        names: what the models are called.

    Returns:
        The tables given by their names, and one under the name of each rule.

    Raises:
        UsageError: if the tables are not of the same clips, with the same person,
            truth and fold, or a rule is unknown.
    """
    classes, first = list(space), voice_and_face[0]
    keys = ["clip", "subject", "label"]
    _alike(voice_and_face, names)
    both = [table[classes].to_numpy() for table in voice_and_face]
    found = dict(zip(names, voice_and_face, strict=True))
    for rule in rules:
        if rule == STACKED:
            truth = space.encode(first["label"])
            scores = fusion.stacked(both, truth, first["fold"], first["subject"])
        else:
            scores = _rule(rule)(both)
        told = first[[*keys, "fold"]].reset_index(drop=True)
        found[rule] = told.join(pd.DataFrame(scores, columns=classes))
    return found


def fused(runs: Sequence[Recorded], rule: str) -> pd.DataFrame:
    """What a rule makes of several runs' answers about the same clips.

    Args:
        runs: each of one seed, of the same classes.
        rule: as `joined` takes it.
    """
    answers = [experiment.by_clip(one.predictions, one.space) for one in runs]
    names = [run.record["experiment"] for run in runs]
    return joined(answers, runs[0].space, [rule], names)[rule]


def joined_late(
    runs: Sequence[Recorded | Seeds], space: LabelSpace, seed: int = 0
) -> dict[str, pd.DataFrame]:
    """A voice's and a face's answers, their product, and four classifiers upon both.

    Args:
        runs: of the voice and of the face, on the same clips.
        space: the classes.
        seed: of the classifiers.
    """
    from emolib.models import compared_fusion, early_fusion

    told = [experiment.by_clip(run.predictions, space) for run in runs]
    tables = joined(told, space, ["product"])
    ways = early_fusion.late_fusion(seed)
    tables |= compared_fusion.joined_late(told, space, ways)
    return {name.replace(" ", "-"): table for name, table in tables.items()}


def by_units(
    data: str, clips: pd.DataFrame, space: LabelSpace, intensity: str
) -> Examples:
    """RAVDESS's clips of one intensity as means of action units of their films.

    Args:
        data: the folder that holds `ravdess_visual`.
        clips: a manifest; clips of other corpora are left out.
        space: the classes.
        intensity: "normal" or "strong".
    """
    from emolib.corpora import ravdess, ravdess_visual

    known, means, _ = ravdess_visual.action_units(data)
    row_of = pd.Series(range(len(known)), known)
    some = (clips["corpus"] == "ravdess") & (clips["intensity"] == intensity)
    some = clips[some].reset_index(drop=True)
    some = some.assign(clip=some["clip"].map(ravdess.performance))
    found = experiment.examples(some, means[row_of[some["clip"]]], space)
    return replace(found, settings={"intensity": intensity})


def _alike(tables: Sequence[pd.DataFrame], names: Iterable[str]) -> None:
    """Refuse answers that are not of the same clips, people, truths and folds."""
    for key in ("clip", "subject", "label", "fold"):
        if any(list(tables[0][key]) != list(table[key]) for table in tables):
            raise UsageError(
                f"{' and '.join(names)} answer about other {key}s, or in another order"
            )


def _rule(name: str) -> Callable:
    if name not in fusion.FUSIONS:
        known = [*fusion.FUSIONS, STACKED]
        raise UsageError(
            f"no rule {name!r}{near(name, known)}; there are {', '.join(known)}"
        )
    return fusion.FUSIONS[name]


@dataclass(frozen=True)
class Balanced(protocols.RandomClips):
    """Clips at random, balanced by a column that the model is not asked for.

    Two tasks divided so test the same clips, and can be compared on all of them.

    Args:
        by: the column.
    """

    by: str = "fourteen"

    def split(
        self, items: pd.DataFrame, label: str = "emotion"
    ) -> Iterator[protocols.Split]:
        return super().split(items, self.by)
