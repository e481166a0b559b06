"""Clips by corpus, person and side: who is asked, after learning from whom."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolib import UsageError, experiment, protocols
from emolib.features import audio, store
from emolib.labels import AUTHENTICITY, LabelSpace

if TYPE_CHECKING:
    from emolib.experiment import Examples
    from emolib.learners import Learner
    from emolib.records import Run, Seeds

from emolib.pieces.answers import asked, divided, fused
from emolib.pieces.items import cut_alike, filled, summed, told, vectors


def drawn(manifest: pd.DataFrame, most: int, seed: int = 0) -> pd.DataFrame:
    """At most so many clips of each emotion of each corpus, by lot."""
    lots = manifest.sample(frac=1, random_state=seed)
    kept = lots.groupby(["corpus", "emotion"]).head(most)
    return kept.sort_values(["corpus", "clip"], ignore_index=True)


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
