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
# # Primer: what a split is
#
# A model is trained on some recordings and tested on others. Which go where is the
# *split*: one line of code that decides what the number at the end means. Here one
# small set of voices is dealt out in three ways to one plain model, by hand and then
# with this book's package.
#
# **What you will learn**
#
# - to split by hand: positions, fit, predict, count;
# - what the two sides of a split can share, and how to count it;
# - why one model gets several numbers, and which question each of them answers;
# - why training sides should be equally large, and what an interval over people says.
#
# **How long it takes.** Half an hour to read and try; it runs in half a minute. The voices
# are synthesised: they show how a split works, and tell nothing of people.

# %% [markdown]
# ## Parameters

# %% tags=["parameters"]
profile: str = "quick"  # how much work; names the records
runs: str = "runs"  # where records are written
seed: int = 0  # of the people and of every lot
people: int = 12  # who speak
takes: int = 3  # clips of each person and emotion
folds: int = 4  # parts that are tested in turn
window: int = 16  # MFCC frames in a window
hop: int = 8  # MFCC frames from one window to the next

# %% tags=["profiles", "hide-input"]
# fmt: off
PROFILES = {
    "quick": {
        "profile": "quick", "runs": "runs", "seed": 0, "people": 12, "takes": 3,
        "folds": 4, "window": 16, "hop": 8,
    },
    "smoke": {"people": 6, "takes": 2, "folds": 3}, "real": {}, "paper": {},
}
RANGES = {
    "profile": ["smoke", "quick", "real", "paper"], "seed": (0, 1_000_000),
    "people": (6, 100), "takes": (2, 50), "folds": (2, 6), "window": (4, 40),
    "hop": (1, 40),
}
# fmt: on

# %% tags=["hide-input"]
from emolib import notebook

notebook.settle(PROFILES, RANGES)

# %% tags=["hide-input"]
# ruff: noqa: I001
from itertools import zip_longest

import numpy as np
import pandas as pd
from IPython.display import Audio

from emolib import experiment, labels, learners, plots, protocols, results
from emolib.evaluation import intervals
from emolib.exercises import what_a_split_is as exercises
from emolib.features import audio
from emolib.models import baselines
from emolib.studio import Causes, probes

pd.options.display.precision = 3
show = notebook.figure
study = experiment.Study("what-a-split-is", profile, seed, runs)

# %% [markdown]
# ## A few voices
# Every person says two sentences, in four emotions, several times: each is a *clip*.

# %%
EMOTIONS = ("neutral", "happy", "sad", "angry")
causes = [
    Causes(who, emotion, repetition=take, sentence=take % 2, take=str(who),
           female=float(who % 2 == 0), seed=seed)
    for who in range(1, people + 1) for emotion in EMOTIONS
    for take in range(takes)
]  # fmt: skip
sounds = [probes.sound(one) for one in causes]
Audio(sounds[takes], rate=16000)

# %% [markdown]
# A row of the table below is a *window*: about half a second of a clip, as one vector of
# numbers ([another primer](11_from_waveform_to_mfcc) makes them). Windows overlap. So
# several rows are of one clip, and many of one person.

# %%
columns = ["clip", "subject", "sentence", "emotion"]
told = [
    (f"{c.identity:02}-{c.emotion}-{c.repetition}", f"person {c.identity:02}",
     str(c.sentence), c.emotion)
    for c in causes
]  # fmt: skip
clips = pd.DataFrame(told, columns=columns).assign(
    corpus="studio", source="demo"
)
cepstra = [audio.Mfcc(16000).of(sound) for sound in sounds]
cuts = [audio.windows(array, window, hop) for array in cepstra]
places = [(n, a, b) for n, cut in enumerate(cuts) for a, b in cut]
x = np.stack([audio.statistics(cepstra[n][a:b]) for n, a, b in places])
parts = [[{"start": a, "stop": b} for a, b in cut] for cut in cuts]
four = labels.LabelSpace("four", EMOTIONS)
voices = experiment.examples(clips, x, four, parts)
items, y = voices.items, voices.targets["emotion"]
items[[*columns, "start", "stop"]]

# %% [markdown]
# ## A split by hand
# The rows are shuffled; a quarter of the positions is tested, the others are trained
# on. A split is just that: two lists of positions. Then fit, predict, count.

# %%
lots = np.random.default_rng(seed)
order = lots.permutation(len(items))
test, train = np.split(order, [len(order) // 4])


def right(train, test):
    """For each tested row, whether a model of the others is right about it."""
    model = baselines.linear().fit(x[train], y[train])
    return (model.predict(x[test]) == y[test]).astype(float)


print(f"{100 * right(train, test).mean():.1f} %")

# %% [markdown]
# Is that how well it recognises emotions? How many tested windows are of a clip of which
# it learned another window, and how many of a person whom it had met?


# %%
def met(column, train, test):
    """Which tested rows have their value of a column on the training side."""
    return items[column].iloc[test].isin(items[column].iloc[train])


pd.Series({c: met(c, train, test).mean() for c in ("clip", "subject")})

# %% [markdown]
# ## Three ways to deal
# What is dealt need not be rows. Deal clips, and all windows of a clip go to one side.
# Deal people, and all clips of a person do.


# %%
def dealt(names):
    """Positions to train on and to test: a quarter of the names is tested."""
    order = lots.permutation(np.unique(names))
    tested = np.isin(names, order[: len(order) // 4])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


WAYS = {
    "windows": items.index, "clips": items["clip"], "people": items["subject"]
}  # fmt: skip
splits = {way: dealt(names) for way, names in WAYS.items()}


# %%
def drawn(test):
    """A row a person, a column a window: 1 where it is tested."""
    tested = pd.Series(np.isin(items.index, test).astype(float))
    rows = [part.tolist() for _, part in tested.groupby(items["subject"])]
    wide = np.array([*zip_longest(*rows, fillvalue=np.nan)]).T
    return np.repeat(wide, max(1, wide.shape[1] // len(wide)), axis=0)


# %% mystnb={"image": {"alt": "Three pictures with a row for each person and a column for each window: tested windows are scattered dots, then short runs, then whole rows"}}
maps = [drawn(of) for _, of in splits.values()]
show(
    plots.pictures(maps, [*WAYS], 3, 2.4), "Figure 1",
    "Which windows are tested (bright). A row is a person, a column a window.",
)  # fmt: skip

# %%
rows = {
    way: {
        "train": len(one[0]), "test": len(one[1]), "right": right(*one).mean(),
        "known clip": met("clip", *one).mean(),
        "known person": met("subject", *one).mean(),
    }
    for way, one in splits.items()
}  # fmt: skip
pd.DataFrame(rows).T

# %% [markdown]
# None of the three numbers is wrong. Each answers another question:
#
# | Dealt | What the test is like | The question that the number answers |
# | --- | --- | --- |
# | windows | parts of recordings of which other parts were learned | can it fill in a gap in a recording that it knows? |
# | clips | new recordings of people who were learned | will it know tomorrow's recording of somebody it has met? |
# | people | people who were never heard | will it know a stranger? |
#
# Much of what is built is for strangers, and a voice is peculiar: a model that has
# learned it may go by that. What passes from one side to the other so is called a
# *leak* {cite}`kapoor2023leakage`, if the number is told as if it were about strangers.

# %% [markdown]
# ## The same with the package
# A *protocol* is a rule that deals, and says what it holds apart; `checked` refuses a
# split that breaks the promise. Here each part is tested in turn, every window once.

# %%
RUNGS = {
    "windows": protocols.ItemKFold(folds, seed=seed),
    "clips": protocols.ClipKFold(folds, seed=seed),
    "people": protocols.SubjectKFold(folds, seed=seed),
}
{way: rung.claims_apart for way, rung in RUNGS.items()}

# %% [markdown]
# `leak_report` counts what the two sides share; a share of one is all of the test side.

# %%
reports = {
    way: protocols.leak_report(items, protocols.checked(rung, items)[0], x)
    for way, rung in RUNGS.items()
}
pd.DataFrame(reports).filter(regex="^train$|^test$|_share$", axis=0).dropna()

# %% [markdown]
# Mind the sentence: people are apart, and everybody says the same two. Whether that
# matters, this split cannot say; another one could.
#
# ### Equally much to learn from
# Training sides differ in size, and a model that has seen more may know more. Then two
# things differ at a time. `matched` holds all three to the smallest of them.

# %%
ladder = protocols.matched(RUNGS, items)


def every_row(rung):
    """For each row whether a model that did not learn it is right about it."""
    found = pd.Series(np.nan, items.index)
    for split in protocols.checked(rung, items):
        learned, _ = protocols.sides(items, split)  # as many as matched says
        found.iloc[split.test] = right(learned, split.test)
    return found


by_hand = pd.DataFrame({way: every_row(rung) for way, rung in ladder.items()})
by_hand.mean()

# %%
# The same by the package, which keeps a record:
linear = learners.Classifier(baselines.linear(), "linear")
ran = {w: study.run("dealt", voices, linear, r) for w, r in ladder.items()}
results.accuracies(ran)

# %% mystnb={"image": {"alt": "Accuracy with windows, clips and people dealt, each with an interval over people, beside the line of guessing"}}
steps = results.ladder(ran)
show(
    plots.ladder(steps, {}, 1 / len(EMOTIONS)), "Figure 2",
    "One model, the same windows, by what was dealt.", steps, "split.ladder",
)  # fmt: skip

# %% [markdown]
# ## Whom an interval is about
# Other people would have given other numbers. How far off could they lie? The windows
# are many, but they are not as many independent tries: windows of one person are right
# or wrong together. So people are what has to be drawn again. An interval over windows
# treats each as if it came from somebody else, and promises too much.

# %%
who, strange = items["subject"], by_hand["people"]
print("over windows:", intervals.interval(strange, items.index, unit="window"))
print("over people: ", intervals.interval(strange, who))
# %% mystnb={"image": {"alt": "One bar for each person: how often the model is right about a stranger's windows"}}
by_person = strange.groupby(who).mean()
show(
    plots.bars(by_person, "right, as a share of the windows"), "Figure 3",
    "Each person as a stranger.", by_person, "split.people",
)  # fmt: skip

# %% [markdown]
# Two numbers are compared on the same people, and the interval is about the difference.
# If it holds zero, or `p` is not small, these people do not show one. Where people are
# known to the model, an interval over them is about other clips of known people, never
# about strangers. (Windows of a clip answer together: this difference is of clips.)

# %%
results.comparisons({"clips, people": (ran["clips"], ran["people"])})

# %% [markdown]
# ## Summary
#
# - A split is two lists of positions. What is dealt decides what both sides share, and
#   which of three questions is answered. Say first which is yours.
# - Count what is shared before you believe a number; match sizes before you compare two.
# - An interval over people says how far a number may move with other people, and nothing
#   about what nobody varied.
#
# Next: [a dozen leaks and their price](07_leakage), and [what no split rules out](08_confounds).
#
# ## Exercises
#
# Put your answer in the place of `...`; the check says what is not right yet, and does
# not give the answer away.
#
# **1.** Write `shared(items, train, test)`: the share of tested rows whose clip has a row
# on the training side.

# %%
shared = ...
exercises.check_1(shared)

# %% [markdown]
# **2.** Write `strangers(items)`: positions to train on, and to test. Every row is on one
# side, people are apart, and a tenth to a half of them are tested.

# %%
strangers = ...
exercises.check_2(strangers)

# %% [markdown]
# **3.** A `"telephone"` learns its owner's voice in the shop, then serves the owner for
# years. One in a `"museum"` hears whoever comes in. A `"repair"` program learns from a
# recording with gaps and names the emotion in the gaps. What has to be dealt, so that the
# number is about what each will meet? Answer with a dict of the three: "windows", "clips"
# or "people".

# %%
machines = ...
exercises.check_3(machines)

# %% [markdown]
# ## Provenance

# %% tags=["hide-input"]
results.provenance(ran)
