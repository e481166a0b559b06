"""Answers of trained models put together, asked again, and asked in another way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolib import UsageError, experiment, fusion, protocols
from emolib.features import store
from emolib.labels import AUTHENTICITY, LabelSpace
from emolib.notebook import near

if TYPE_CHECKING:
    from emolib.experiment import Examples
    from emolib.features.store import Features
    from emolib.learners import Learner, TorchNetwork
    from emolib.protocols import Protocol
    from emolib.records import Recorded, Run, Seeds


_TOLD = ("clip", "subject", "label", "fold")
"""What a table of answers holds besides a column a class."""

STACKED = "stacked"
"""The rule that learns from answers of the other folds."""


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
