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
# # Primer: several tasks, and the focal loss
#
# A network can be asked two things about one face: which emotion does it show, and is it
# genuine or posed? Document E does so, with one network and two heads, and trains it by a
# *focal* loss. Here both are taken apart: what an answer costs, what the focal loss changes
# about that, and what two tasks do to the layers that they share.
#
# **What you will learn**
#
# - cross-entropy and focal loss by hand, and which items each of them learns from;
# - what two heads are, and why their pulls on a shared layer add up;
# - what the weights of a sum of losses do;
# - how often both answers are right, given how often each is.
#
# **How long it takes.** Half an hour; it runs in less than a minute. The faces are drawn by
# a program; a small network of this kind is trained in seconds.

# %% [markdown]
# ## Parameters

# %% tags=["parameters"]
profile: str = "quick"  # how much work
seed: int = 0  # of the people and of the weights
people: int = 12  # whose faces are shown
takes: int = 2  # pictures of each person, emotion and kind
hidden: int = 32  # units of the layer that both tasks share, and of each head
rounds: int = 150  # steps of training
gammas: list[float] = [
    0.0,
    1.0,
    2.0,
    5.0,
]  # of the focal loss; 0 is cross-entropy

# %% tags=["profiles", "hide-input"]
# fmt: off
PROFILES = {
    "quick": {
        "profile": "quick", "seed": 0, "people": 12, "takes": 2, "hidden": 32,
        "rounds": 150, "gammas": [0.0, 1.0, 2.0, 5.0],
    },
    "smoke": {"people": 6, "takes": 1, "rounds": 20}, "real": {}, "paper": {},
}
RANGES = {
    "profile": ["smoke", "quick", "real", "paper"], "seed": (0, 1_000_000),
    "people": (3, 100), "takes": (1, 20), "hidden": (1, 512), "rounds": (1, 5000),
    "gammas": (0.0, 10.0),
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

from emolib import plots
from emolib.exercises import several_tasks as exercises
from emolib.models import real_or_fake
from emolib.studio import Causes, probes

show = notebook.figure

# %% [markdown]
# ## What an answer costs
# A network gives each class a number of any size, its *logits*. Softmax makes shares of
# them that add up to one. *Cross-entropy* looks at the share $p$ of the true class only,
# and costs $-\log p$: nothing where the network is sure and right, ever more where it is
# sure and wrong.

# %%
logits = np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 0.0], [4.0, 0.0, 1.0]])
truth = np.array([0, 1, 2])
powers = np.exp(logits - logits.max(axis=1, keepdims=True))
softmax = powers / powers.sum(axis=1, keepdims=True)
p = softmax[np.arange(3), truth]
cost = -np.log(p)
given, wanted = torch.tensor(logits), torch.tensor(truth)
by_torch = functional.cross_entropy(given, wanted)
print(f"by hand {cost.mean():.4f}, by torch {by_torch:.4f}")
pd.DataFrame({"p": p, "cost": cost})

# %% [markdown]
# ## The focal loss
# Of many items most are soon easy. Each costs little, but they are many, and together they
# still pull. Lin and others {cite}`lin2017focal` looked for objects in pictures, where
# nearly every place is background, and multiplied the cost by how unsure the network is,
# to a power:
#
# $$-(1 - p)^\gamma \log p.$$

# %%
focal = {gamma: (1 - p) ** gamma * cost for gamma in gammas}
reading = {"alpha": 1.0, "terms": "true class"}
theirs = [real_or_fake.multi_focal(given, wanted, gamma=gamma, **reading).item()
          for gamma in gammas]  # fmt: skip
means = [each.mean() for each in focal.values()]
pd.DataFrame({"by hand": means, "multi_focal": theirs}, gammas)

# %% mystnb={"image": {"alt": "Cost over the probability of the true class, one line for each gamma, with a logarithmic axis: the larger gamma, the steeper the cost falls towards sure answers"}}
sure = np.linspace(0.01, 0.99, 99)
costs = {g: (1 - sure) ** g * -np.log(sure) for g in gammas}
curves = pd.DataFrame(costs, sure)
drawing = plots.lines(curves, "p of the true class", "cost", logarithmic="y")
title = "What an answer costs, by gamma."
show(drawing, "Figure 1", title, curves, "focal.cost")

# %% [markdown]
# A thousand items are easy, with `0.95` for the true class, and ten are hard, with `0.2`.
# Whose are the costs? The share of all cost that the ten have:

# %%
easy = 1000 * (0.05 ** np.array(gammas)) * -np.log(0.95)
hard = 10 * (0.8 ** np.array(gammas)) * -np.log(0.2)
pd.Series(hard / (easy + hard), gammas, name="share of the ten")

# %% [markdown]
# That is what it is for. Mind what it also says: an item whose label is wrong is hard for
# ever, and counts ever more.
#
# ### As document E has it
# Its equation also looks at the classes that are not true, weighs both halves by $\alpha$,
# and adds up all classes:
#
# $$-\sum_i \bigl( \alpha (1 - p_i)^\gamma y_i \log p_i
#   + (1 - \alpha) p_i^\gamma (1 - y_i) \log (1 - p_i) \bigr).$$

# %%
alpha, true = 0.25, np.eye(3)[truth]
first = alpha * (1 - softmax) ** 2 * true * np.log(softmax)
second = (1 - alpha) * softmax**2 * (1 - true) * np.log(1 - softmax)
whole = real_or_fake.multi_focal(given, wanted, alpha=alpha, gamma=2.0)
by_hand = -(first + second).sum(axis=1).mean()
print(f"by hand {by_hand:.4f}, multi_focal {whole:.4f}")

# %% [markdown]
# ## Faces with two labels
# Each face shows one of four emotions, posed or genuine. A third of the people is tested,
# and the others are learned from.

# %%
EMOTIONS = ("happy", "sad", "angry", "surprised")
causes = [
    Causes(who, emotion, authenticity=kind, repetition=take, take=str(who),
           female=float(who % 2 == 0), seed=seed)
    for who in range(1, people + 1) for emotion in EMOTIONS
    for kind in (0.0, 1.0) for take in range(takes)
]  # fmt: skip
known = np.array([one.identity > people // 3 for one in causes])
emotion = torch.tensor([EMOTIONS.index(one.emotion) for one in causes])
genuine = torch.tensor([int(one.authenticity) for one in causes])
y = {"emotion": emotion, "authenticity": genuine}

# %%
stills = np.stack([probes.still(one) for one in causes]).astype(np.float32)
halved = stills.reshape(-1, 24, 2, 24, 2).mean(axis=(2, 4))
rows = halved.reshape(len(causes), -1)
spread = rows[known].std(axis=0) + 1
x = torch.tensor((rows - rows[known].mean(axis=0)) / spread)
print(int(known.sum()), "to learn from,", int((~known).sum()), "to test")

# %% [markdown]
# ## One network, two heads
# A layer sees the picture; two *heads* see what it makes of it. What the layer learns for
# one task is there for the other, too {cite}`caruana1997multitask`. (The heads are those of
# the study of document E, only smaller.)

# %%
COUNTS = {"emotion": len(EMOTIONS), "authenticity": 2}


def network():
    torch.manual_seed(seed)
    objective = real_or_fake.Objective()
    heads = real_or_fake.Heads(hidden, hidden, COUNTS, objective)
    return nn.Sequential(nn.Linear(x.shape[1], hidden), nn.ReLU(), heads)


network()

# %% [markdown]
# ## Two pulls on one layer
# A loss pulls at each weight: its gradient. The losses are added, so the pulls are: each
# head is pulled by its own task alone, and the shared layer by both.

# %%
untrained = network()
told = {task: logits[known] for task, logits in untrained(x).items()}
losses = {
    task: functional.cross_entropy(told[task], y[task][known]) for task in y
}


def pull(loss):
    """On the weights of the shared layer."""
    shared = untrained[0].weight
    return torch.autograd.grad(loss, shared, retain_graph=True)[0].flatten()


# %%
pulls = {task: pull(loss) for task, loss in losses.items()}
off = pull(sum(losses.values())) - sum(pulls.values())
angle = functional.cosine_similarity(*pulls.values(), dim=0)
print("the sum's pull less the pulls' sum:", float(off.abs().max()))
print("cosine between both:", round(float(angle), 2))

# %% [markdown]
# A cosine of one would mean that both tasks want the same, one below zero that what is good
# for the one is bad for the other; near zero they hardly meddle with each other.
#
# ## How much each task counts
# The sum needs weights: a loss that is larger, or falls more slowly, pulls more. Here
# authenticity's weight goes from nothing to all of it.


# %%
def trained(loss_of):
    """A network after some steps on a loss of both heads' answers."""
    model = network()
    adam = torch.optim.Adam(model.parameters(), lr=0.003)
    for _ in range(rounds):
        adam.zero_grad()
        loss_of(model(x[known])).backward()
        adam.step()
    return model


# %%
def weighted(share):
    """Both losses, authenticity's with this share."""
    parts = {"emotion": 1 - share, "authenticity": share}
    return lambda told: sum(
        w * functional.cross_entropy(told[task], y[task][known])
        for task, w in parts.items()
    )


# %%
def right(model):
    """For each tested face and task, whether the answer is right."""
    with torch.no_grad():
        told = model(x[~known])
    return {
        task: (told[task].argmax(1) == y[task][~known]).numpy() for task in y
    }


# %%
models = {share: trained(weighted(share)) for share in (0, 0.25, 0.5, 0.75, 1)}
shares = {share: {task: hits.mean() for task, hits in right(model).items()}
          for share, model in models.items()}  # fmt: skip
by_share = pd.DataFrame(shares).T

# %% mystnb={"image": {"alt": "Two lines over the weight of authenticity: how often each task's answer is right for faces of people not learned from"}}
drawing_2 = plots.lines(by_share, "weight of authenticity", "right")
text = "Two tasks, by their weights."
show(drawing_2, "Figure 2", text, by_share, "tasks.weights")

# %% [markdown]
# At the ends a head is not trained at all, and guesses. In between: few faces, one seed.
# Try another `seed` before you read anything into a bend. The weights can be learned, too
# {cite}`kendall2018multitask`, or follow from how the network does: document E weighs each
# loss by the *precision* of its task in the batch, so that what goes badly counts less.

# %%
answer, shown = torch.tensor([0, 0, 1, 1, 1]), torch.tensor([0, 1, 1, 1, 0])
of_zero, of_one = (shown[answer == c].eq(c).float().mean() for c in (0, 1))
by_package = real_or_fake.precision(answer, shown)
print(f"by hand {(of_zero + of_one) / 2:.4f}, precision {by_package:.4f}")

# %% [markdown]
# ## What gamma does to a network
# The emotion head alone, trained with each gamma. How often is it right about strangers,
# and how sure is it of its answer, on average?


# %%
def focused(gamma):
    """The focal loss of the emotion head."""
    of = {"gamma": gamma, **reading}
    loss = real_or_fake.multi_focal
    return lambda told: loss(told["emotion"], emotion[known], **of)


# %%
by_gamma = {}
for gamma in gammas:
    scores = trained(focused(gamma))(x[~known])["emotion"].detach()
    said = scores.softmax(dim=1)
    hit = (said.argmax(1) == emotion[~known]).float().mean()
    sure_of_it = said.amax(1).mean()
    by_gamma[gamma] = {"right": float(hit), "sure": float(sure_of_it)}
pd.DataFrame(by_gamma).T

# %% [markdown]
# Where answers that are sure no longer cost anything, nothing pushes the network to be
# surer. What it calls a probability is then another number: compare *sure* with *right*.
#
# ## Both right
# Document E counts a face as right if both answers are. From how often each is right that
# cannot be told: it depends on whether both fail at the same faces.

# %%
each = right(models[0.5])
both = each["emotion"] & each["authenticity"]
found = {task: hits.mean() for task, hits in each.items()} | {
    "both": both.mean()
}
found["product of both"] = found["emotion"] * found["authenticity"]
pd.Series(found)

# %% [markdown]
# ## Summary
#
# - Cross-entropy costs $-\log p$. The focal loss multiplies that by $(1 - p)^\gamma$: what
#   is easy hardly counts, and probabilities change their meaning.
# - Heads share layers; on these the pulls of all tasks add up, by the weights of the sum.
# - How often all answers are right has to be counted.
#
# See all of it on films, at its full size, in [the study of document E](05_real_or_fake).
#
# ## Exercises
#
# Put your answer in the place of `...`; the check says what is not right yet.
#
# **1.** Write `focal(p, gamma)`: the focal loss of each item, from an array with the
# probability of its true class.

# %%
focal_loss = ...
exercises.check_1(focal_loss)

# %% [markdown]
# **2.** An item has `0.9` for its true class. With which gamma does it cost a fiftieth of
# what it costs with cross-entropy?

# %%
which_gamma = ...
exercises.check_2(which_gamma)

# %% [markdown]
# **3.** One answer is right in a share `a` of the faces, the other in a share `b`. Write
# `limits(a, b)`: the least and the largest share of faces in which both can be right.

# %%
limits = ...
exercises.check_3(limits)

# %% [markdown]
# ## Provenance

# %% tags=["hide-input"]
pd.Series({"torch": torch.__version__, "seed": seed, "profile": profile})
