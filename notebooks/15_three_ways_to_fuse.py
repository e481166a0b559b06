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
# # Primer: early, late and intermediate fusion
#
# A clip has a voice and a face. Where should what is known of both come together: before
# a model sees them, after two models have answered, or in the middle of one network? The
# studies of this book do all three. Here each is done in a few lines, and it is shown what
# each of them can see, and what it does when one of the two is missing.
#
# **What you will learn**
#
# - four rules that make one answer of two, by hand, and where each comes from;
# - what early, late and intermediate fusion are, in code;
# - what no late fusion can see: what only both together mean;
# - what happens when the camera is covered.
#
# **How long it takes.** Three quarters of an hour; it runs in less than a minute. Voices
# and faces are made by a program, and displayed weakly: they show how fusion works, and
# say nothing of people.

# %% [markdown]
# ## Parameters

# %% tags=["parameters"]
profile: str = "quick"  # how much work
seed: int = 0  # of the people, the lots and the weights
people: int = 8  # who speak
takes: int = 3  # clips of each person and emotion
strength: float = 0.5  # how much of an emotion shows
folds: int = 4  # groups of people, each tested once
rounds: int = 60  # steps of a network's training

# %% tags=["profiles", "hide-input"]
# fmt: off
PROFILES = {
    "quick": {
        "profile": "quick", "seed": 0, "people": 8, "takes": 3, "strength": 0.5,
        "folds": 4, "rounds": 60,
    },
    "smoke": {"people": 6, "takes": 1, "folds": 2, "rounds": 20},
    "real": {}, "paper": {},
}
RANGES = {
    "profile": ["smoke", "quick", "real", "paper"], "seed": (0, 1_000_000),
    "people": (6, 100), "takes": (1, 50), "strength": (0.0, 1.0), "folds": (2, 6),
    "rounds": (1, 1000),
}
# fmt: on

# %% tags=["hide-input"]
from emolib import notebook

notebook.settle(PROFILES, RANGES)

# %% tags=["hide-input"]
# ruff: noqa: I001
import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn import functional

from emolib import fusion, protocols
from emolib.evaluation import intervals
from emolib.exercises import three_ways_to_fuse as exercises
from emolib.features import audio
from emolib.models import baselines
from emolib.plots.style import finished, styled
from emolib.studio import Causes, probes

show = notebook.figure
lots = np.random.default_rng(seed)

# %% [markdown]
# ## Two witnesses
# Two models have answered about one clip: how likely each of three classes is. The voice
# is for the first class, the face for the third, and neither for the second. What is the
# answer of both?

# %%
voice_says = np.array([[0.50, 0.40, 0.10]])
face_says = np.array([[0.05, 0.40, 0.55]])
two = np.stack([voice_says, face_says])  # (models, clips, classes)

surer = two.max(axis=2).argmax(axis=0)
by_hand = {"confidence": two[surer, np.arange(two.shape[1])]}
by_hand["mean"] = two.mean(axis=0)
joint = two.prod(axis=0)
by_hand["product"] = joint / joint.sum(axis=1, keepdims=True)
pd.DataFrame(
    {name: table[0] for name, table in by_hand.items()}, ["A", "B", "C"]
).T

# %% [markdown]
# - *Confidence*: whoever is surer decides alone. So does document C. A model that is always
#   very sure then always decides, right or wrong.
# - *Mean*: everybody has a vote, as large as their probability.
# - *Product*: a class needs both. It comes from Bayes' rule, if the two are independent
#   once the class is known, and classes equally frequent {cite}`kittler1998combining`. One
#   zero is a veto.
#
# The package has the same rules. A fourth is *learned*: a model whose inputs are the
# answers of the others {cite}`wolpert1992stacked`.

# %%
same = {name: np.allclose(rule(two), by_hand[name])
        for name, rule in fusion.FUSIONS.items()}  # fmt: skip
twice = fusion.product([voice_says, voice_says])
print(same, "and if the second only repeats the first:", twice.round(2))

# %% [markdown]
# The last line: a witness who repeats what the first one said makes the product surer,
# though nothing new was said. Voice and face of one person are not so independent either.
#
# ## Clips
# Every person shows every emotion several times, in voice and face. Of a voice we take the
# mean and spread of its MFCCs, of a face a coarse picture: one vector each.

# %%
EMOTIONS = ("neutral", "happy", "sad", "angry")
causes = [
    Causes(who, emotion, strength=strength, repetition=take, take=str(who),
           sentence=take % 2, female=float(who % 2 == 0), seed=seed)
    for who in range(1, people + 1) for emotion in EMOTIONS
    for take in range(takes)
]  # fmt: skip
y = np.array([EMOTIONS.index(one.emotion) for one in causes])
who = np.array([one.identity for one in causes])

# %%
sounds, stills = map(probes.sound, causes), map(probes.still, causes)
voice = np.stack([audio.statistics(audio.Mfcc(16000).of(s)) for s in sounds])
coarse = [one.reshape(12, 4, 12, 4).mean(axis=(1, 3)) / 255 for one in stills]
face = np.stack(coarse).reshape(len(causes), -1)
print("voice", voice.shape, "face", face.shape)

# %% [markdown]
# All models below are tested on people whom they have not met
# ([another primer](10_what_a_split_is) says why).


# %%
clips = pd.DataFrame({"clip": np.arange(len(y)).astype(str), "subject": who})
rung = protocols.SubjectKFold(folds, seed=seed)
splits = protocols.checked(rung, clips, label="subject")


def answers(x, asked=None):
    """Of each clip, what a linear model that never met its person says."""
    found = np.zeros((len(y), len(EMOTIONS)))
    for split in splits:
        model = baselines.linear().fit(x[split.train], y[split.train])
        told = model.predict_proba((x if asked is None else asked)[split.test])
        found[split.test] = told
    return found


# %% [markdown]
# ## Late fusion
# Two models, each of its own; then a rule. The learned rule, too, is only ever given what
# was said of other people.

# %%
alone = {"voice": answers(voice), "face": answers(face)}
tables = list(alone.values())
late = {f"late: {n}": rule(tables) for n, rule in fusion.FUSIONS.items()}
fold = np.zeros(len(y), int)
for n, split in enumerate(splits):
    fold[split.test] = n
late["late: learned"] = fusion.stacked(tables, y, fold, who)

# %% mystnb={"image": {"alt": "A point for each clip: how likely the voice's model finds the true emotion, to the right, and the face's model, upwards; points lie all over the square"}}
true_class = {
    name: table[np.arange(len(y)), y] for name, table in alone.items()
}
with styled() as plt:
    scatter, axis = plt.subplots(figsize=(4.4, 3.6))
    for number, emotion in enumerate(EMOTIONS):
        here = [each[y == number] for each in true_class.values()]
        axis.plot(*here, "o", ms=4, alpha=0.7, label=emotion)
    axis.set(
        xlabel="the voice's", ylabel="the face's", xlim=(0, 1), ylim=(0, 1)
    )
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
caption = "The true emotion's probability by both models, one point a clip."
show(finished(scatter), "Figure 1", caption)

# %% [markdown]
# Points near two corners are what fusion is for: there one of the two knows. Points near
# zero in both are lost to any rule.
#
# ## Early fusion
# Both vectors are laid end to end, and one model sees all. (Document D does so with
# pictures of sound and film.)

# %%
early = {"early": answers(np.hstack([voice, face]))}

# %% [markdown]
# ## Intermediate fusion
# One network: each of the two has its own layer, which makes of it what the rest needs;
# then both are joined, and layers above see both {cite}`ngiam2011multimodal`. All of it is
# trained together, so that what one layer looks for depends on the other. (Documents A and
# B do so.)


# %%
class Joined(nn.Module):
    """A layer for each part, and one that sees both."""

    def __init__(self, sizes, classes):
        super().__init__()
        self.own = nn.ModuleList([nn.Linear(size, 16) for size in sizes])
        self.both, self.answer = nn.Linear(32, 16), nn.Linear(16, classes)

    def forward(self, parts):
        pairs = zip(self.own, parts, strict=True)
        each = torch.cat([layer(part).relu() for layer, part in pairs], dim=1)
        return self.answer(self.both(each).relu())


# %%
def trained(parts, truth, classes, steps):
    """A network after so many steps on all that there is to learn from."""
    torch.manual_seed(seed)
    model = Joined([part.shape[1] for part in parts], classes)
    adam = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(steps):
        adam.zero_grad()
        functional.cross_entropy(model(parts), torch.tensor(truth)).backward()
        adam.step()
    return model


def standard(part, train):
    """Brought to the mean 0 and spread 1 of the training side."""
    off, spread = part - part[train].mean(axis=0), part[train].std(axis=0)
    return torch.tensor(off / (spread + 1e-6), dtype=torch.float32)


# %%
middle = {"intermediate": np.zeros((len(y), len(EMOTIONS)))}
for one in splits:
    ready = [standard(part, one.train) for part in (voice, face)]
    learned = [part[one.train] for part in ready]
    joined = trained(learned, y[one.train], len(EMOTIONS), rounds)
    with torch.no_grad():
        said = joined([part[one.test] for part in ready]).softmax(dim=1)
    middle["intermediate"][one.test] = said

# %%
ways = alone | late | early | middle
right = {
    name: (table.argmax(axis=1) == y) * 1.0 for name, table in ways.items()
}
pd.Series(
    {name: str(intervals.interval(each, who)) for name, each in right.items()}
)

# %% [markdown]
# Share of clips that are right, with intervals over people. With so few of them the
# intervals overlap widely: a table like this does not yet say that one way is ahead of
# another, and how many tries went into each is part of the comparison
# ([baselines](09_baselines)).
#
# ## What only both together mean
# Take two numbers: how raised a voice is, and how much a face smiles. Raised with a smile
# is a joke, and so is a flat voice with a stern face; the other two are meant seriously. So
# each of the two, alone, says nothing at all.

# %%
raised, smile = lots.uniform(-1, 1, (2, 600))
joke = (raised * smile > 0).astype(int)
both = np.column_stack([raised, smile])
parts = {"voice alone": both[:, :1], "face alone": both[:, 1:], "early": both}
toy = {name: baselines.linear().fit(x[:400], joke[:400]).predict_proba(x[400:])
       for name, x in parts.items()}  # fmt: skip
toy["late: mean"] = fusion.mean([toy["voice alone"], toy["face alone"]])
columns = torch.tensor(both.T[:, :, None], dtype=torch.float32)
jokes = trained(list(columns[:, :400]), joke[:400], 2, 4 * rounds)
toy["intermediate"] = jokes(list(columns[:, 400:])).detach().numpy()
pd.Series({n: (t.argmax(1) == joke[400:]).mean() for n, t in toy.items()})

# %% [markdown]
# Late fusion is given two answers in which nothing is left of it. The early *linear* model
# sees both numbers, and can only add them up. A layer that sees both and is not linear can
# tell. Whether voices and faces hold such things is for the data to say.
#
# ## The camera is covered
# In place of each face stands the mean of all. Late fusion may leave the face out and take
# the voice's answer; if nobody tells it, it goes on with what the face's model says. A
# model of both has learned to lean on both.

# %%
blank = np.repeat(face.mean(axis=0)[None], len(y), axis=0)
seen = answers(face, blank)
covered = {"late, told so": alone["voice"]}
covered["late: mean"] = fusion.mean([alone["voice"], seen])
stacked = np.hstack([voice, face]), np.hstack([voice, blank])
covered["early"] = answers(*stacked)
pd.Series(
    {name: (t.argmax(axis=1) == y).mean() for name, t in covered.items()}
)

# %% [markdown]
# ## Summary
#
# | Way | Joined | Sees what only both mean | One is missing |
# | --- | --- | --- | --- |
# | early | inputs | if the model is not linear | has to be filled in |
# | intermediate | layers | yes | has to be filled in |
# | late | answers | no | can be left out |
#
# Early and late got their names from work on films {cite}`snoek2005early`. See
# [confidence](03_confidence_fusion) and [early fusion](04_early_fusion) at work.
#
# ## Exercises
#
# Put your answer in the place of `...`; the check says what is not right yet.
#
# **1.** Of two classes, A and B, three models each give A `0.6`. What does the product
# rule give A?

# %%
three_agree = ...
exercises.check_1(three_agree)

# %% [markdown]
# **2.** Write `with_gaps(tables, there)`: the mean of the models' answers, each clip over
# those models that have one. `tables` is (models, clips, classes), `there` (models,
# clips), true or false; where it is false the table holds no numbers. Where nobody
# answers, all classes are equally likely.

# %%
with_gaps = ...
exercises.check_2(with_gaps)

# %% [markdown]
# **3.** Write `inputs(raised, smile)`: a table, a row a clip, from which a *linear* model
# learns to tell jokes as above. It may not be told which are jokes.

# %%
inputs = ...
exercises.check_3(inputs)

# %% [markdown]
# ## Provenance

# %% tags=["hide-input"]
pd.Series({"torch": torch.__version__, "seed": seed, "profile": profile})
