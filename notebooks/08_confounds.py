# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Confounds: right for another reason
#
# A recogniser is right about people it has never met, and still not about emotions: it
# may have gone by the room, the sentence, the loudness, the collection that a clip is
# from. Whatever goes along with the classes and is not what they are named after is a
# *confound*. This chapter looks for such things one by one: in rendered recordings,
# where they can be planted, and in three corpora of real voices and three sets of real
# photographs. At its end people answer the same questions as machines do.
#
# **What you will learn**
#
# - how much of an emotion, a person and a corpus stands in things that nobody means;
# - what leaving people out can rule out, and what it cannot;
# - how to ask a model what it goes by, when two things disagree;
# - how much is left of an answer in another collection;
# - how to say what a machine is worth in people.
#
# **How long it takes.** About two minutes on two processor cores.
#
# ## Parameters

# %% tags=["parameters"]
profile: str = "quick"  # how much work; names the records
data: str = "data/demo-quick"  # voices: tess/ emodb/ ravdess/; face scores
runs: str = "runs"  # where records are written
seed: int = 0  # of lots, and of the studio's people and rooms
people: int = 12  # whose voices are rendered for plants
takes: int = 8  # clips of each of them
all_cells: bool = False  # whether every cell of the grids is run
clips_each: int = 24  # real voices: clips of each class of a corpus, at most
folds: int = 3  # groups of people or clips
several: list[int] = [1, 3, 5, 7]  # raters who vote on a clip

# %% tags=["profiles", "hide-input"]
PROFILES = {
    "quick": {
        "profile": "quick",
        "data": "data/demo-quick",
        "runs": "runs",
        "seed": 0,
        "people": 12,
        "takes": 8,
        "all_cells": False,
        "clips_each": 24,
        "folds": 3,
        "several": [1, 3, 5, 7],
    },
    "smoke": {
        "data": "data/demo-smoke",
        "people": 6,
        "takes": 8,
        "clips_each": 8,
        "folds": 2,
    },
    "real": {
        "data": "data",
        "runs": "book/results",
        "people": 24,
        "takes": 16,
        "all_cells": True,
        "clips_each": 96,
        "folds": 5,
    },
    "paper": {
        "data": "data",
        "people": 24,
        "takes": 16,
        "all_cells": True,
        "clips_each": 1000,
        "folds": 5,
    },
}
RANGES = {
    "profile": ["smoke", "quick", "real", "paper"],
    "seed": (0, 1_000_000),
    "people": (6, 500),  # of fewer no test over people can show anything
    "takes": (4, 100),
    "clips_each": (4, 1000),
    "folds": (2, 10),
    "several": (1, 9),
}

# %% tags=["hide-input"]
from emolib import notebook

notebook.settle(PROFILES, RANGES)

# %% tags=["hide-input"]
import functools
from dataclasses import replace

import numpy as np
import pandas as pd
from emolib import (
    corpora,
    experiment,
    labels,
    learners,
    pieces,
    plots,
    protocols,
    results,
    studio,
)
from emolib.corpora import photographs, ratings
from emolib.exercises import confounds as exercises
from emolib.features import audio, recording, store
from emolib.models import baselines
from emolib.studio import probes, utterances, voice
from IPython.display import display
from scipy.stats import binom

pd.options.display.precision = 3
THREE = ["ravdess", "tess", "emodb"]
studio.provide(data, *THREE)

# %%
study = experiment.Study("confounds", profile, seed, runs)
real, kept = results.real(study.slug), results.demo(study.slug, live=True)
accuracies = functools.partial(results.accuracies, floors=True)
linear = learners.Classifier(baselines.linear(), "linear")
with_book = {"commit": True}  # as grids are that were made once


def cells(table, *some):
    """Every row of a grid or, unless all are asked for, some of them."""
    return {n: table[n] for n in table if all_cells or n in some}


# %% [markdown]
# ## A set-up that goes with the class
#
# The plainest confound: the posed clips were recorded in two rooms and the genuine ones
# in two others. Study A rendered that at several doses, of what is genuine and of what
# rooms add, and asked a linear model about people it had not met
# ([its chapter](01_posed_genuine)). Here are its records:

# %% mystnb={"image": {"alt": "Heat maps of accuracy over the dose of authenticity and the dose of rooms, by voice and by face"}}
scale = ["where", "authenticity", "setup"]
dosed = results.demo("posed-genuine").grid("dose", *scale)
if dosed:
    of_doses = results.accuracies(dosed)["value"].rename_axis(scale)
    dose_tables = {
        where: of_doses[where].unstack()[::-1] for where in ("voice", "face")
    }
    notebook.figure(
        plots.grids(dose_tables, 0.5), "Figure 1",
        "Posed or genuine, linear, people apart, per cent; chance is 50. Setup: rooms.",
        of_doses, "confounds.doses",
    )  # fmt: skip

# %% [markdown]
# Nothing of what is genuine is let in where authenticity is at dose zero, and with rooms at
# full dose they are all that differs: by voice {measured}`posed-genuine/dose/subjects-apart/accuracy@demo?where=voice&authenticity=0.0&setup=1.0`, by face
# {measured}`posed-genuine/dose/subjects-apart/accuracy@demo?where=face&authenticity=0.0&setup=1.0`. With what is genuine in full besides, {measured}`posed-genuine/dose/subjects-apart/accuracy@demo?where=voice&authenticity=1.0&setup=1.0` and
# {measured}`posed-genuine/dose/subjects-apart/accuracy@demo?where=face&authenticity=1.0&setup=1.0`. Between something to recognise and nothing there is by voice
# {compared}`posed-genuine/dose/subjects-apart?where=voice&authenticity=1.0&setup=1.0 ~ posed-genuine/dose/subjects-apart?where=voice&authenticity=0.0&setup=1.0 @demo`, and by face
# {compared}`posed-genuine/dose/subjects-apart?where=face&authenticity=1.0&setup=1.0 ~ posed-genuine/dose/subjects-apart?where=face&authenticity=0.0&setup=1.0 @demo`: the number on such a collection does not tell which it is. And in the other class's rooms the first models are right in
# {measured}`posed-genuine/dose-swapped/subjects-apart/accuracy@demo?where=voice&authenticity=0.0&setup=1.0` and {measured}`posed-genuine/dose-swapped/subjects-apart/accuracy@demo?where=face&authenticity=0.0&setup=1.0`. People were apart throughout.

# %% [markdown]
# ## What a leave-one-out design can rule out
#
# Voices are rendered: who speaks, what they show, which of eight sentences they say and
# in which of eight rooms are drawn by lot, each whatever the others are. Then every clip
# is put on one of two piles. A model is to tell the piles apart, and the rule by which
# they were made is planted: it goes by who speaks, by the sentence, by the room, by the
# emotion shown, or by nothing but another lot.

# %%
lots = np.random.default_rng(seed)
TEXTS = utterances.UTTERANCES["crema-d"][:8]


def dealt_again(causes):
    """The clip with one of eight sentences, in one of eight rooms."""
    sentence, room = lots.integers(8), lots.integers(8)
    return replace(causes, sentence=int(sentence), setup=int(room))


# %%
def spoken(causes):
    """One vector of what is heard."""
    speech = voice.speak(causes, 1.5, 16000, TEXTS[causes.sentence])
    return pieces.summed(bands.of(speech.samples))


# %%
bands = audio.Stack(coefficients=0, level=False)  # 64 mel bands, in decibels
# %%
clips = [dealt_again(one) for one in probes.dealt(people, takes, seed=seed)]
heard = np.stack(probes.each(clips, spoken))
heard.shape

# %% [markdown]
# Half of the people, men and women alike, go on the one pile, half on the other; so do
# half of the sentences, of the rooms and of the emotions.

# %%
LOUD = ("happy", "angry", "fearful", "surprised")
PLANTED = {
    "nothing": [int(lot) for lot in lots.integers(2, size=len(clips))],
    "person": [(one.identity - 1) // 2 % 2 for one in clips],
    "sentence": [one.sentence % 2 for one in clips],
    "room": [one.setup % 2 for one in clips],
    "emotion": [int(one.emotion in LOUD) for one in clips],
}
# %%
piles = labels.LabelSpace("piles", ("left", "right"))
pool = pieces.rendered(clips, heard)


def planted(by):
    """The clips with their piles."""
    table = pool.items.assign(pile=piles.decode(PLANTED[by]))
    table["setup"] = [f"room {one.setup}" for one in clips]
    told = {"pile": piles}
    return replace(pool, items=table, spaces=told, settings={"planted": by})


# %% [markdown]
# Four designs leave something out: clips, people, sentences or rooms, a quarter of them
# at a time. All learn from equally many clips.

# %%
DESIGNS = {
    "clips": protocols.ClipKFold(4, seed=seed),
    "people": protocols.SubjectKFold(4, seed=seed),
    "sentences": protocols.SentenceKFold(4, seed=seed),
    "rooms": protocols.SetupKFold(4, seed=seed),
}
# %%
here = {}
for by in cells(PLANTED, "room"):
    piled = planted(by)
    matched = protocols.matched(DESIGNS, piled.items, label="pile")
    for held, design in matched.items():
        here[by, held] = study.run(
            "planted", piled, linear, design, **with_book
        )

# %% mystnb={"image": {"alt": "Heat map of accuracy by what was planted and what was held apart"}}
grid = accuracies(kept.grid("planted", "planted", "protocol"))
by_design = {rule.name: name for name, rule in DESIGNS.items()}
blind = grid["value"].unstack()[[*by_design]].rename(columns=by_design)
blind = blind.reindex([*PLANTED]).rename_axis(
    index="planted", columns="held apart"
)
notebook.figure(
    plots.grids({"two piles": blind}, 0.5), "Figure 2",
    "How often the pile is told, per cent, by a model of sound; chance is 50.",
    grid, "confounds.planted",
)  # fmt: skip

# %% [markdown]
# People apart is what most careful papers do. A model that knows sentences and nothing
# else has {measured}`confounds/planted/subjects-apart/accuracy@demo?planted=sentence` under it; with sentences apart {measured}`confounds/planted/sentences-apart/accuracy@demo?planted=sentence`, a
# difference of {compared}`confounds/planted/subjects-apart?planted=sentence > confounds/planted/sentences-apart?planted=sentence @demo`. One that knows
# rooms has {measured}`confounds/planted/subjects-apart/accuracy@demo?planted=room`, and with rooms apart {measured}`confounds/planted/setups-apart/accuracy@demo?planted=room`: {compared}`confounds/planted/subjects-apart?planted=room > confounds/planted/setups-apart?planted=room @demo`.
# (That is not a half; why, was not asked.) What one
# wants to be found, the emotion, is found with people apart in {measured}`confounds/planted/subjects-apart/accuracy@demo?planted=emotion` and with
# sentences apart in {measured}`confounds/planted/sentences-apart/accuracy@demo?planted=emotion`, {compared}`confounds/planted/subjects-apart?planted=emotion ~ confounds/planted/sentences-apart?planted=emotion @demo`.
#
# Who speaks was planted as well, and this model does not find it even where it knows
# the people, in {measured}`confounds/planted/clips-apart/accuracy@demo?planted=person` with clips and {measured}`confounds/planted/subjects-apart/accuracy@demo?planted=person` with people apart
# ({compared}`confounds/planted/clips-apart?planted=person ~ confounds/planted/subjects-apart?planted=person @demo`): twelve voices on either pile are no two sides of a
# line. Another model might. And where nothing was planted, {measured}`confounds/planted/setups-apart/accuracy@demo?planted=nothing` with rooms
# apart: look at four intervals, and chance may put one of them beside a half.
#
# So a design that leaves something out rules out what is peculiar to each thing left
# out. What both sides share it cannot see, whatever it leaves out besides. Published
# corpora tell who speaks and what is said. The room, the day, the microphone and who
# cut the files they seldom tell, and what nobody wrote down nobody can hold apart.

# %%
display(grid.drop(columns=["note", "guessing"]))
print("This run, fewer people and clips:")
accuracies({names: run for names, run in here.items() if names[0] in PLANTED})

# %% [markdown]
# ## Silence, bandwidth and loudness alone
#
# Now real voices: RAVDESS, TESS and EmoDB. What does each file say without being listened to? A
# linear model is given one thing alone. *Silence*: how long it is before the first and
# behind the last sound. *Bandwidth*: the highest frequency that is there. *Loudness*.
# *Length*. These five numbers together, the *file*. The *background*: the spectrum of
# the quietest tenth of a clip, in which hardly anybody speaks. And for comparison the
# *voice*: mean and spread of 64 mel bands and of their changes.

# %%
found = [corpora.index(name, data, "audio") for name in THREE]
said = pieces.drawn(pd.concat(found, ignore_index=True), clips_each, seed)
said["subject"] = said["corpus"] + " " + said["subject"]
facts = np.stack([*store.extract(recording.Recording(), said).arrays])
# %%
spectra = store.extract(bands, said)


# %%
def background(stack):
    """The mean spectrum of the quietest tenth of a stack, of what is not filling."""
    frames = stack[:, stack.any(axis=0)]
    quiet = frames.mean(axis=0).argsort()
    return frames[:, quiet[: max(1, len(quiet) // 10)]].mean(axis=1)


# %%
ALONE = {
    "silence": facts[:, :2],
    "bandwidth": facts[:, 2:3],
    "loudness": facts[:, 3:4],
    "length": facts[:, 4:],
    "file": facts,
    "background": np.stack([background(one) for one in spectra.arrays]),
    "voice": np.stack([pieces.summed(one) for one in spectra.arrays]),
}

# %% [markdown]
# Each is asked for three things. For the emotion, with people apart, in each corpus'
# own classes. For the person, who has to be known for that, with clips apart. And for
# the corpus, with people apart; TESS has two speakers, one in each half.


# %%
def of_corpus(name, x, told_from):
    """One corpus' clips, asked for the emotion and for the person."""
    space = corpora.corpus(name).space
    some = np.flatnonzero(said["corpus"] == name)
    one = experiment.examples(
        said.iloc[some].reset_index(drop=True), x[some], space
    )
    whom = labels.LabelSpace(
        "people", tuple(sorted(set(one.items["subject"])))
    )
    one = replace(one, settings={"told_from": told_from})
    return one, replace(one, spaces={"subject": whom})


# %%
for told_from, x in cells(ALONE, "loudness", "voice").items():
    for name in THREE:
        emotion, person = of_corpus(name, x, told_from)
        groups = min(folds, emotion.items["subject"].nunique())
        way = protocols.SubjectKFold(groups)
        here[told_from, name, "emotion"] = study.run(
            "alone", emotion, linear, way
        )
        if len(person.space) > 2:  # TESS has two speakers
            way = protocols.ClipKFold(folds)
            here[told_from, name, "person"] = study.run(
                "alone", person, linear, way
            )
    every = experiment.examples(said, x, labels.EMOTIONS)
    every = replace(every, settings={"told_from": told_from})
    way, which = protocols.SubjectKFold(2, seed=seed), pieces.by_corpus(every)
    here[told_from, "all", "corpus"] = study.run("alone", which, linear, way)

# %% [markdown]
# The same plain model of the voice, once more, of all clips of those five emotions that
# [study D](04_early_fusion) asks for, in strong and in normal voices: what its network is to be
# held against in [the table of everything](../book/everything).

# %%
if all_cells:
    actors_clips = corpora.index("ravdess", data, "audio")
    for intensity in ("strong", "normal"):
        asked_of = actors_clips["intensity"] == intensity
        asked_of &= actors_clips["emotion"].isin(labels.FIVE)
        heard_so = store.extract(
            bands, actors_clips[asked_of].reset_index(drop=True)
        )
        five = pieces.vectors(heard_so, labels.FIVE, pieces.summed)
        five = replace(five, settings={"intensity": intensity})
        study.run("five", five, linear, protocols.SubjectKFold(folds))
accuracies(real.grid("five", "intensity"))

# %%
alone = real.grid("alone", "task", "corpus", "told_from")
# %% mystnb={"image": {"alt": "Heat maps of the mean recall of emotion, person and corpus by what a model was given, on real voices"}}
if alone:
    recall = results.accuracies(alone, "uar")["value"].rename_axis(
        ["asked", "corpus", "told from"]
    )
    guessing = {"emotion": 1 / 8, "corpus": 1 / 3}
    guessing |= {"who, emodb": 1 / 10, "who, ravdess": 1 / 24}
    notebook.figure(
        plots.told_alone(recall, [*ALONE], guessing), "Figure 3",
        "Mean recall of the classes, per cent, real voices. White: what guessing gets "
        "(of emotions, among the eight of RAVDESS).",
        recall, "confounds.alone",
    )  # fmt: skip

# %%
display(accuracies(alone, "uar"))
print("This run, on the voices that it was given:")
asked_here = {names: run for names, run in here.items() if names[0] in ALONE}
accuracies(asked_here, "uar")

# %% [markdown]
# Of eight emotions of RAVDESS the voice tells {measured}`confounds/alone/subjects-apart/accuracy@real?told_from=voice&task=emotion&corpus=ravdess`, 256 numbers of it. The
# file tells {measured}`confounds/alone/subjects-apart/accuracy@real?told_from=file&task=emotion&corpus=ravdess` with five, none of which has to be listened for:
# {compared}`confounds/alone/subjects-apart?told_from=voice&task=emotion&corpus=ravdess ~ confounds/alone/subjects-apart?told_from=file&task=emotion&corpus=ravdess @real`. (It is a plain
# model of few clips; one that [was chosen with care](09_baselines), of all clips and by other
# folds, has {measured}`baselines/nested/subjects-apart/accuracy@real?model=voice`.) Loudness alone has {measured}`confounds/alone/subjects-apart/accuracy@real?told_from=loudness&task=emotion&corpus=ravdess`, silence {measured}`confounds/alone/subjects-apart/accuracy@real?told_from=silence&task=emotion&corpus=ravdess`,
# the background {measured}`confounds/alone/subjects-apart/accuracy@real?told_from=background&task=emotion&corpus=ravdess`; guessing gets one in eight. In EmoDB silence alone has
# {measured}`confounds/alone/subjects-apart/accuracy@real?told_from=silence&task=emotion&corpus=emodb`, the background {measured}`confounds/alone/subjects-apart/accuracy@real?told_from=background&task=emotion&corpus=emodb`. TESS has two speakers: of others it says
# nothing.
#
# Is that a fault? To be loud belongs to being angry, and a pause may be sad. But it may
# as well be the level that somebody set between two takes, and how somebody cut the
# files. No division of these recordings can tell: the same hands cut all of them.
#
# The background also tells which of EmoDB's ten people speaks, {measured}`confounds/alone/clips-apart/accuracy@real?told_from=background&task=subject&corpus=emodb`, and of
# RAVDESS's `24` {measured}`confounds/alone/clips-apart/accuracy@real?told_from=background&task=subject&corpus=ravdess`: what is heard while nobody speaks goes along with who
# it is. And which corpus it is, of people not met, the highest frequency tells alone in
# {measured}`confounds/alone/subjects-apart/accuracy@real?told_from=bandwidth&task=corpus&corpus=emodb ravdess tess`, silence in {measured}`confounds/alone/subjects-apart/accuracy@real?told_from=silence&task=corpus&corpus=emodb ravdess tess`, loudness in {measured}`confounds/alone/subjects-apart/accuracy@real?told_from=loudness&task=corpus&corpus=emodb ravdess tess`. (The first
# leans on what was at hand: RAVDESS was published at `48` kHz, and read from our own copy
# at `16`. These intervals are over the people of all three. Of TESS they hold two, one in each
# half: what other speakers recorded as TESS was would change, they do not say.) Study A found that corpora are told apart even with their
# silence cut off, at one rate and one loudness: {measured}`posed-genuine/corpus-told/subjects-apart/accuracy@real?made=alike`.
#
# ## Emotion against sentence, person and corpus
#
# That something can be told does not say that a model goes by it. To find out, let two
# things disagree. Half of the emotions are taken from one sentence alone and the other
# half from the other; then the model is asked about clips of people it has not met, of
# emotions in the sentence in which it never heard them. A second model learns from as
# many clips drawn by lot. If the first is right less often, the sentence has
# stood in for the emotion. The same with persons in two groups: half of the emotions
# are known from the one, half from the other (there clips are apart, as persons must be
# known); and with corpora, RAVDESS and EmoDB.


# %%
def answers(examples, protocol, allowed):
    """About all clips, by models that learned from those that are allowed."""
    parts, classes = [], list(examples.space)
    for number, (train, test) in enumerate(
        protocols.pairs(protocol, examples.items)
    ):
        learned = allowed(number, train)
        model = baselines.linear()
        model.fit(examples.x[learned], examples.items["emotion"].iloc[learned])
        scores = model.predict_proba(examples.x[test])
        scores = pd.DataFrame(scores, test, model.classes_).reindex(
            columns=classes
        )
        parts.append(scores.fillna(0).assign(fold=number))
    told = examples.items[["clip", "subject"]].assign(
        label=examples.items["emotion"]
    )
    return told.join(pd.concat(parts))


# %%
def tied(agrees):
    """Those of the training side that agree."""
    return lambda number, train: train[agrees[train]]


# %%
def by_lot(agrees):
    """As many of the training side, drawn whether they agree or not."""

    def drawn(number, train):
        chance = np.random.default_rng([seed, number])
        return np.sort(chance.permutation(train)[: agrees[train].sum()])

    return drawn


# %%
from_voice = of_corpus("ravdess", ALONE["voice"], "voice")[0]
shared = said["corpus"].isin(["ravdess", "emodb"]) & said["emotion"].isin(
    labels.FIVE
)
of_two = said[shared].reset_index(drop=True)
two_corpora = experiment.examples(of_two, ALONE["voice"][shared], labels.FIVE)
apart = protocols.SubjectKFold(folds)
actors = from_voice.items["subject"].factorize(sort=True)[0]
# %%
DIVIDED = {
    "sentence": (
        from_voice,
        apart,
        from_voice.items["sentence"].factorize()[0],
    ),
    "person": (from_voice, protocols.ClipKFold(folds), actors // 2 % 2),
    "corpus": (two_corpora, apart, of_two["corpus"].factorize()[0]),
}

# %%
for cause, (examples, divided, group) in DIVIDED.items():
    agrees = group == examples.space.encode(examples.items["emotion"]) % 2
    of = [], "linear", divided, examples.manifest, examples.space
    for learned, rule in {"tied": tied, "by-lot": by_lot}.items():
        table = answers(examples, divided, rule(agrees))
        for asked, rows in {
            "agreeing": agrees,
            "conflicting": ~agrees,
        }.items():
            told = {"against": cause, "learned": learned, "asked": asked}
            study.add_answers("against", table[rows], *of, **told)
accuracies(real.grid("against", "against", "asked", "learned"))

# %% [markdown]
# Where the sentence disagrees the first model is right in {measured}`confounds/against/subjects-apart/accuracy@real?against=sentence&asked=conflicting&learned=tied`, where it
# agrees in {measured}`confounds/against/subjects-apart/accuracy@real?against=sentence&asked=agreeing&learned=tied`; the one that learned by lot has {measured}`confounds/against/subjects-apart/accuracy@real?against=sentence&asked=conflicting&learned=by-lot` where it
# disagrees, which is {compared}`confounds/against/subjects-apart?against=sentence&asked=conflicting&learned=by-lot > confounds/against/subjects-apart?against=sentence&asked=conflicting&learned=tied @real`. With persons it
# is {measured}`confounds/against/clips-apart/accuracy@real?against=person&asked=conflicting&learned=tied` and {measured}`confounds/against/clips-apart/accuracy@real?against=person&asked=agreeing&learned=tied`, and by lot {measured}`confounds/against/clips-apart/accuracy@real?against=person&asked=conflicting&learned=by-lot`: {compared}`confounds/against/clips-apart?against=person&asked=conflicting&learned=by-lot > confounds/against/clips-apart?against=person&asked=conflicting&learned=tied @real`. With corpora
# hardly anything is left where they disagree, {measured}`confounds/against/subjects-apart/accuracy@real?against=corpus&asked=conflicting&learned=tied` against {measured}`confounds/against/subjects-apart/accuracy@real?against=corpus&asked=agreeing&learned=tied`, and by
# lot {measured}`confounds/against/subjects-apart/accuracy@real?against=corpus&asked=conflicting&learned=by-lot`: {compared}`confounds/against/subjects-apart?against=corpus&asked=conflicting&learned=by-lot > confounds/against/subjects-apart?against=corpus&asked=conflicting&learned=tied @real`. Whoever trains on collections that bring
# different emotions, and tests on new people of the same collections, reports the
# second of these numbers. (All are of people not met, but for those on persons.)
#
# ## Another collection: real faces and real voices
#
# Three sets of posed photographs, RaFD, ADFES and WSEFEP, come as numbers
# {cite}`stoeckli2018`: twenty movements of each face, as a program read them. A linear
# model learns from each set and is tested on each, always from equally many
# photographs, at home with people apart; once on seven emotions, once on the five
# that three corpora of voices share. These were asked in the same way by study D
# ([its chapter](04_early_fusion)), by their mel bands.

# %%
if photographs.given(data):
    pictures, movements = photographs.expressions(data)
    for space in (labels.FACES, labels.FIVE):
        some = pictures["emotion"].isin(space.classes).to_numpy()
        shown = pictures[some].reset_index(drop=True)
        faces = experiment.examples(shown, movements[some], space)
        faces = replace(faces, settings={"classes": len(space)})
        for (_, tested), (given, division) in pieces.between_corpora(
            faces
        ).items():
            if space is labels.FIVE or tested == "wsefep":
                study.run("photographs", given, linear, division)
    which_set = pieces.by_corpus(faces)
    study.run("photographs-told", which_set, linear, protocols.SubjectKFold(5))
# %%
pairs = real.grid("photographs", "classes", "learned", "corpus")
accuracies(pairs)

# %%
ends = ["learned", "corpus"]
moved = {
    "faces": real.grid("photographs", *ends, classes=5),
    "voices": results.real("early-fusion").grid(
        "three-corpora", *ends, ends="whole"
    ),
}


# %%
def across(of):
    """Accuracy by what was learned from and what was tested."""
    table = results.accuracies(of)["value"]
    return table.rename_axis(["learned from", "tested"])


shifts = {name: across(of).unstack() for name, of in moved.items() if of}

# %% mystnb={"image": {"alt": "Heat maps of accuracy by the set that was learned from and the set that was tested, for faces and for voices"}}
if shifts:
    notebook.figure(
        plots.grids(shifts, 1 / 5), "Figure 4",
        "Five emotions, linear, per cent; chance is 20. Real faces, real voices.",
        pd.concat(shifts), "confounds.shift",
    )  # fmt: skip

# %% [markdown]
# Faces of RaFD are told in {measured}`confounds/photographs/subjects-apart/accuracy@real?classes=5&learned=rafd&corpus=rafd` by a model that learned at home and in {measured}`confounds/photographs/other-corpora/accuracy@real?classes=5&learned=adfes&corpus=rafd` by
# one that learned from ADFES ({compared}`confounds/photographs/subjects-apart?classes=5&learned=rafd&corpus=rafd ~ confounds/photographs/other-corpora?classes=5&learned=adfes&corpus=rafd @real`).
# Those of WSEFEP in {measured}`confounds/photographs/subjects-apart/accuracy@real?classes=5&learned=wsefep&corpus=wsefep` at home, in {measured}`confounds/photographs/other-corpora/accuracy@real?classes=5&learned=rafd&corpus=wsefep` from RaFD and in {measured}`confounds/photographs/other-corpora/accuracy@real?classes=5&learned=adfes&corpus=wsefep` from
# ADFES: {compared}`confounds/photographs/subjects-apart?classes=5&learned=wsefep&corpus=wsefep > confounds/photographs/other-corpora?classes=5&learned=rafd&corpus=wsefep @real` and {compared}`confounds/photographs/subjects-apart?classes=5&learned=wsefep&corpus=wsefep > confounds/photographs/other-corpora?classes=5&learned=adfes&corpus=wsefep @real`. The other way, from WSEFEP to RaFD,
# it is {measured}`confounds/photographs/other-corpora/accuracy@real?classes=5&learned=wsefep&corpus=rafd`. So it is not the step into another collection that counts alone,
# but which one it leads to. Which of the three a face is from the same numbers tell, of
# people not met, in {measured}`confounds/photographs-told/subjects-apart/accuracy@real`.
#
# Voices of RAVDESS, five emotions, by a model from home: {measured}`early-fusion/three-corpora/subjects-apart/accuracy@real?ends=whole&learned=ravdess&corpus=ravdess`, from TESS {measured}`early-fusion/three-corpora/other-corpora/accuracy@real?ends=whole&learned=tess&corpus=ravdess`,
# from EmoDB {measured}`early-fusion/three-corpora/other-corpora/accuracy@real?ends=whole&learned=emodb&corpus=ravdess`; guessing gets one in five. Unlike RaFD's faces they lose by
# either step, {compared}`early-fusion/three-corpora/subjects-apart?ends=whole&corpus=ravdess > early-fusion/three-corpora/other-corpora?ends=whole&learned=tess&corpus=ravdess @real` and
# {compared}`early-fusion/three-corpora/subjects-apart?ends=whole&corpus=ravdess > early-fusion/three-corpora/other-corpora?ends=whole&learned=emodb&corpus=ravdess @real`. EmoDB's are in another language, each
# corpus has words of its own, and how files were cut is a part of it, as study D found. Mind that faces
# come here as what a program made of them, one that was to know many faces, and voices as
# mel bands.
#
# ## What people can do
#
# Three sets of published answers of people, no recordings. CREMA-D {cite}`cao2014cremad`: which of six
# emotions an actor shows, by voice, by face, by both. PEDFE {cite}`miolla2023pedfe`: whether a display
# was genuine. WSEFEP, the third of the sets of photographs: whether raters named what
# was meant. One rater is one thing; several who vote are another. Here most of one,
# three, five and seven decide, drawn by lot from those who rated a clip; a tie is
# broken by lot.

# %%
nobody_known = protocols.SubjectKFold(5)
CROWDS = {}
if ratings.given(data, "cremad"):
    for medium in ratings.ASKED:
        CROWDS[medium] = ratings.crema_d_votes(data, medium), labels.CREMAD, 1
if ratings.given(data, "pedfe"):
    CROWDS["genuine"] = ratings.pedfe_votes(data), labels.AUTHENTICITY, 1
if photographs.given(data):
    CROWDS["named"] = photographs.wsefep_votes(data), photographs.NAMED, 20
# %%
for asked_for, (votes, classes, draws) in CROWDS.items():
    for many in several:
        crowd = ratings.of_several(votes, classes, many, draws)
        of_crowd = [], asked_for, nobody_known, votes, classes
        study.add_answers("raters", crowd, *of_crowd, raters=many)
# %%
raters = real.grid("raters", "model", "raters")
accuracies(raters)

# %% [markdown]
# Machines on the same clips: on PEDFE a linear model of seven means of a program that
# reads faces (study A's record); on WSEFEP the linear models of above, which learned at
# home or from another set, and FACET, a program that was sold
# {cite}`stoeckli2018`. What FACET learned from nobody says.

# %%
if photographs.given(data):
    sold = photographs.evidence(data)
    sold = sold[sold["corpus"] == "wsefep"].rename(
        columns={"emotion": "label"}
    )
    columns = ["clip", "subject", "label", *labels.FACES]
    by_facet = [], "FACET", nobody_known, sold, labels.FACES
    study.add_answers("facet", sold[columns].assign(fold=0), *by_facet)
# %%
machines = {
    ("named", f"learned from {who}"): run
    for (many, who, tested), run in pairs.items()
    if (many, tested) == (7, "wsefep")
}
read_off = {"experiment": "people-read", "protocol": nobody_known.name}
for run in real.all(experiment="facet").values():
    machines["named", "FACET"] = run
for run in results.real("posed-genuine").all(**read_off).values():
    machines["genuine", "face reader"] = run
accuracies(machines)

# %% [markdown]
# What raters of WSEFEP said is known as *as meant* or *otherwise*, no more. So that both
# can be compared, what the machines answered is put in the same words.


# %%
def in_raters_words(run):
    """A machine's answers, of which only is told whether they are as meant."""
    told = experiment.by_clip(run.predictions, run.space)
    right = told[list(run.space)].idxmax(axis=1) == told["label"]
    told = told[["clip", "subject", "fold"]].assign(label="as meant")
    return told.assign(**{"as meant": 1.0 * right, "otherwise": 1.0 * ~right})


if photographs.given(data):
    for (of_what, program), machine in machines.items():
        if of_what == "named":
            put_so = in_raters_words(machine), [machine], program
            study.add_answers("as-meant", *put_so, space=photographs.NAMED)
accuracies(real.grid("as-meant", "model"))

# %% mystnb={"image": {"alt": "Accuracy by how many raters vote, one line for each kind of clip, and dashed lines where machines are"}}
if raters:
    crowds = results.accuracies(raters)["value"].rename_axis(["by", "raters"])
    reached = results.accuracies(machines)["value"]
    stated = reached.droplevel(0).to_dict()
    notebook.figure(
        plots.lines(crowds.unstack(0), "raters who vote", "accuracy", stated),
        "Figure 5", "What most of several raters name; dashed: machines.",
        crowds, "confounds.raters",
    )  # fmt: skip

# %% [markdown]
# One listener names what an actor of CREMA-D was asked for in {measured}`confounds/raters/subjects-apart/accuracy@real?model=voice&raters=1` of clips; of
# seven, most do in {measured}`confounds/raters/subjects-apart/accuracy@real?model=voice&raters=7`, {compared}`confounds/raters/subjects-apart?model=voice&raters=7 > confounds/raters/subjects-apart?model=voice&raters=1 @real`. One who sees and hears has {measured}`confounds/raters/subjects-apart/accuracy@real?model=both&raters=1`: against
# seven who only hear, {compared}`confounds/raters/subjects-apart?model=both&raters=1 > confounds/raters/subjects-apart?model=voice&raters=7 @real`.
# (Here one vote is drawn for each clip. Other pages quote all single votes, of clips by many
# more often than of those by few: {measured}`posed-genuine/people-votes/subjects-apart/accuracy@real?model=voice` by voice, {measured}`posed-genuine/people-votes/subjects-apart/accuracy@real?model=both` by both.)
#
# Whether a display of PEDFE was genuine one rater says rightly in {measured}`confounds/raters/subjects-apart/accuracy@real?model=genuine&raters=1`, most of
# seven in {measured}`confounds/raters/subjects-apart/accuracy@real?model=genuine&raters=7`. The face reader, with people apart, has {measured}`posed-genuine/people-read/subjects-apart/accuracy@real`,
# less than one rater: {compared}`confounds/raters/subjects-apart?model=genuine&raters=1 > posed-genuine/people-read/subjects-apart @real`. (The {measured}`posed-genuine/people-rated/subjects-apart/accuracy@real`
# on other pages is another question: the mean of what all raters said on a scale, and the
# upper half of all films called genuine, as if it were known that half of them are.) Study E
# asks the same of ratings as ranks ([its chapter](05_real_or_fake)).
#
# On WSEFEP one rater has {measured}`confounds/raters/subjects-apart/accuracy@real?model=named&raters=1`, most of five {measured}`confounds/raters/subjects-apart/accuracy@real?model=named&raters=5`, FACET {measured}`confounds/facet/subjects-apart/accuracy@real`,
# the linear model {measured}`confounds/photographs/subjects-apart/accuracy@real?classes=7&learned=wsefep&corpus=wsefep` after learning at home and {measured}`confounds/photographs/other-corpora/accuracy@real?classes=7&learned=rafd&corpus=wsefep` after learning from RaFD;
# no rater had seen these people before either. Each drawing of raters counts, on the same
# photographs: FACET is ahead of one rater by {compared}`confounds/as-meant/subjects-apart?model=FACET > confounds/raters/subjects-apart?model=named&raters=1 @real`, and beside most of five
# there is {compared}`confounds/as-meant/subjects-apart?model=FACET ~ confounds/raters/subjects-apart?model=named&raters=5 @real`. Between the linear model that learned at home and one rater there is
# {compared}`confounds/as-meant/subjects-apart?model=learned%20from%20wsefep ~ confounds/raters/subjects-apart?model=named&raters=1 @real`. After learning from RaFD it is worth less than one: {compared}`confounds/raters/subjects-apart?model=named&raters=1 > confounds/as-meant/other-corpora?model=learned%20from%20rafd @real`.
#
# Raters err together. If each of seven erred alone, how often would most be right about
# PEDFE?


# %%
def alone_erring(share, many):
    """How often most of so many are right who err each for themselves."""
    return binom.sf(many // 2, many, share)


if raters:
    of_pedfe = results.accuracies(raters)["value"].loc["genuine"]
    independent = [
        alone_erring(of_pedfe.iloc[0], many) for many in of_pedfe.index
    ]
    display(of_pedfe.to_frame("real raters").assign(independent=independent))

# %% [markdown]
# ## Summary
# - A number on people never met can rest on a room or a sentence: planted alone, they
#   give {measured}`confounds/planted/subjects-apart/accuracy@demo?planted=room` and {measured}`confounds/planted/subjects-apart/accuracy@demo?planted=sentence` with people apart.
# - A design that leaves something out sees what it leaves out: with sentences apart the
#   second is {measured}`confounds/planted/sentences-apart/accuracy@demo?planted=sentence`. What both sides share it cannot see.
# - On RAVDESS five numbers about the file tell emotions in {measured}`confounds/alone/subjects-apart/accuracy@real?told_from=file&task=emotion&corpus=ravdess`, a linear
#   model of mel bands in {measured}`confounds/alone/subjects-apart/accuracy@real?told_from=voice&task=emotion&corpus=ravdess`, a chosen one of the voice,
#   of more clips, in {measured}`baselines/nested/subjects-apart/accuracy@real?model=voice`. Whether loudness and pauses are the
#   emotion's or the recording's no division of the same recordings can say.
# - Which corpus a voice is from stands in the highest frequency alone, {measured}`confounds/alone/subjects-apart/accuracy@real?told_from=bandwidth&task=corpus&corpus=emodb ravdess tess`,
#   of files as we have them: RAVDESS was read from our own copy at `16` kHz.
# - Faces of WSEFEP, learned at home or from RaFD: {compared}`confounds/photographs/subjects-apart?classes=5&learned=wsefep&corpus=wsefep > confounds/photographs/other-corpora?classes=5&learned=rafd&corpus=wsefep @real`; faces
#   of RaFD, at home or from ADFES: {compared}`confounds/photographs/subjects-apart?classes=5&learned=rafd&corpus=rafd ~ confounds/photographs/other-corpora?classes=5&learned=adfes&corpus=rafd @real`.
# - A machine's worth in raters is read from ratings of the very clips. On PEDFE a face
#   reader is worth less than one, {compared}`confounds/raters/subjects-apart?model=genuine&raters=1 > posed-genuine/people-read/subjects-apart @real`.
#   On WSEFEP a linear model from another set is as well, {compared}`confounds/raters/subjects-apart?model=named&raters=1 > confounds/as-meant/other-corpora?model=learned%20from%20rafd @real`.
# - Ask before you claim: what else goes with the classes? Can it tell them alone? Is
#   there a clip in which the two disagree?
#
# ## Exercises
#
# Put your answer in the place of `...` and run the cell; the check says what is not
# right yet, and does not give the answer away.
#
# **1.** A model goes by one of these alone: the person, the sentence, the room. In which
# design can it no longer be right by what it knows, whatever kind of model it is? Answer
# with a dict of three names and what has to be held apart: clips, people, sentences or
# rooms. (Go by the principle. In Figure 2 the row of persons shows nothing, since that
# model never found them.)

# %%
shown_by = ...
exercises.check_1(shown_by)

# %% [markdown]
# **2.** How much can stand in one number? Write `best(x, y)`: the largest share of
# classes `y`, zero or one, that are right if everything above some threshold of `x` is
# called the one class and the rest the other, either way round. (What is it of the
# loudness, `facts[:, 3]`, of sad and angry clips of EmoDB?)

# %%
one_threshold = ...
exercises.check_2(one_threshold)

# %% [markdown]
# **3.** Write `unmet(items, train, cause)`: true for the rows whose emotion no row among
# the positions `train` shows together with the same value of the column `cause`. On
# those clips a model has to choose. (How many has a corpus of your own, with people
# apart, for sentences?)

# %%
never_together = ...
exercises.check_3(never_together)

# %% [markdown]
# **4.** Write `majority(share, raters)`: how often most of so many raters are right, an
# odd number, if each is right in this share of cases and errs alone.

# %%
most_of_them = ...
exercises.check_4(most_of_them)

# %% [markdown]
# **5.** Write `worth(machine, share)`: the least odd number of such raters of whom most
# are right at least as often as the machine, `math.inf` if there is none. Then look at
# Figure 5: why is a real crowd worth less than that?

# %%
in_raters = ...
exercises.check_5(in_raters)

# %% [markdown]
# ## Provenance

# %% tags=["hide-input", "hide-output"]
pd.set_option("display.max_rows", None)
results.provenance(real.all() | kept.all())
