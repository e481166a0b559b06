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
# # Primer: convolution, separable convolution, and an LSTM
#
# Three layers stand in nearly every network of this book. Here each is computed by hand on
# arrays so small that they can be read, then on a face, and held against Keras. How many
# numbers each has to learn is derived, and held against Keras as well.
#
# **What you will learn**
#
# - a convolution: one small filter, asked at every place;
# - why a separable convolution has fewer numbers to learn, and what it cannot say;
# - what pooling throws away, and how much of a picture one number at the end has seen;
# - what an LSTM remembers, what makes it forget, and where its four times as many numbers
#   come from.
#
# **How long it takes.** Three quarters of an hour; it runs in half a minute. The face is
# drawn by a program. Nothing is trained: all weights are chosen, or drawn by lot.

# %% [markdown]
# ## Parameters

# %% tags=["parameters"]
profile: str = "quick"  # how much work
seed: int = 0  # of the person and of every lot
person: int = 2  # whose face it is; those with even numbers are women
emotion: str = "happy"  # what it shows
filters: int = 16  # of the layers that are held against Keras
rows: int = 77  # of the sound that the whole network takes
columns: int = 150  # moments of it

# %% tags=["profiles", "hide-input"]
# fmt: off
PROFILES = {
    "quick": {
        "profile": "quick", "seed": 0, "person": 2, "emotion": "happy",
        "filters": 16, "rows": 77, "columns": 150,
    },
    "smoke": {}, "real": {}, "paper": {},
}
RANGES = {
    "profile": ["smoke", "quick", "real", "paper"], "seed": (0, 1_000_000),
    "person": (1, 1000), "emotion": ["neutral", "happy", "sad", "angry"],
    "filters": (1, 256), "rows": (8, 200), "columns": (8, 400),
}
# fmt: on

# %% tags=["hide-input"]
from emolib import notebook

notebook.settle(PROFILES, RANGES)

# %% tags=["hide-input"]
# ruff: noqa: I001
import keras
import numpy as np
import pandas as pd
from keras import layers
from scipy.special import expit

from emolib import plots
from emolib.exercises import convolution_and_memory as exercises
from emolib.models import common, posed_genuine
from emolib.studio import Causes, probes

show = notebook.figure
lots = np.random.default_rng(seed)


# %%
def farthest(ours, theirs):
    """The largest difference, beside the largest number."""
    off, largest = np.abs(ours - theirs).max(), np.abs(theirs).max()
    return f"{off:.0e} of {float(largest):.3g}"


# %% [markdown]
# ## Convolution
# A filter is a small table of weights. It is laid on the picture; what lies below each
# weight is multiplied by it, and all is added up. Then it moves on by a pixel. Below, the
# filter asks: is it lighter on the right than on the left?

# %%
tiny = np.array([[0, 0, 0, 1, 1, 1]] * 3 + [[1, 1, 1, 0, 0, 0]] * 3)
edge = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])


def slid(picture, weights):
    """One number a place at which the filter fits into the picture."""
    high, wide = weights.shape
    down, across = np.subtract(picture.shape, weights.shape) + 1
    return np.array(
        [[(picture[r : r + high, c : c + wide] * weights).sum()
          for c in range(across)] for r in range(down)]
    )  # fmt: skip


print(tiny, "\n\n", slid(tiny, edge), sep="")

# %% [markdown]
# Six rows became four: at the edge it does not fit. (With `padding="same"` zeros are put
# around first, and six stay six.) The nine weights are the same at all places
# {cite}`lecun1998gradient`: what is learned in one corner is known in all others. The same
# on a face:

# %%
causes = Causes(person, emotion, female=float(person % 2 == 0), seed=seed)
face = probes.still(causes) / 255
to_the_right, downwards = slid(face, edge), slid(face, edge.T)
kept = np.maximum(to_the_right, 0)  # ReLU: what is below zero is zero
even = kept[: len(kept) // 2 * 2, : len(kept) // 2 * 2]
pooled = even.reshape(len(even) // 2, 2, -1, 2).max(axis=(1, 3))
print(face.shape, "to", kept.shape, "to", pooled.shape)

# %% mystnb={"image": {"alt": "A drawn face; where it gets lighter to the right; where it gets lighter downwards; the first without what is below zero; the same at half the size"}}
views = {"face": np.dstack([face] * 3), "to the right": to_the_right}
views |= {"downwards": downwards, "ReLU": kept, "pooled": pooled}
drawing = plots.pictures([*views.values()], [*views], 5, 1.45)
show(
    drawing,
    "Figure 1",
    "A face, two filters, and what follows upon the first.",
)

# %% [markdown]
# *Pooling* keeps the largest number of each block of two by two. It forgets where in the
# block that was: a face that is a pixel further on looks nearly the same.
#
# ## Many channels
# What comes in may have several channels (red, green, blue, or the answers of earlier
# filters), and a layer has many filters. Each has a weight for each place *and each
# channel*, and a number that is added at the end, the bias. So a layer learns
#
# $$k \cdot k \cdot \text{in} \cdot \text{out} + \text{out}$$
#
# numbers, however large the picture is.


# %%
def convolved(x, weights, bias):
    """x: (down, across, in); weights: (k, k, in, out)."""
    k = weights.shape[:2]
    patches = np.lib.stride_tricks.sliding_window_view(x, k, (0, 1))
    return np.einsum("rcijk,jkio->rco", patches, weights) + bias


def by_keras(layer, x, *weights):
    """What Keras' layer says with these weights."""
    layer.build((None, *x.shape))
    layer.set_weights(weights)
    return layer(x[None].astype("float32")).numpy()[0], layer.count_params()


# %%
coming = np.dstack([face, face[::-1], face.T])
weights, bias = lots.normal(size=(3, 3, 3, filters)), lots.normal(size=filters)
theirs, count = by_keras(layers.Conv2D(filters, 3), coming, weights, bias)
print("off by", farthest(convolved(coming, weights, bias), theirs))
print(3 * 3 * 3 * filters + filters, "numbers; Keras counts", count)

# %% [markdown]
# ## Separable convolution
# It does in two steps what the other does in one {cite}`chollet2017xception`. First each
# channel is filtered by itself, by one filter. Then, at each place, the channels are mixed:
# each number that goes out is a sum of those that came in, with weights.

# %%
own, mixing = (
    lots.normal(size=(3, 3, 3, 1)),
    lots.normal(size=(1, 1, 3, filters)),
)
each = [slid(coming[..., c], own[..., c, 0]) for c in range(3)]
separable = np.dstack(each) @ mixing[0, 0] + bias
layer = layers.SeparableConv2D(filters, 3)
theirs_separable, count_separable = by_keras(layer, coming, own, mixing, bias)
print("off by", farthest(separable, theirs_separable))
print(
    3 * 3 * 3 + 3 * filters + filters, "numbers; Keras counts", count_separable
)

# %% [markdown]
# So it learns $k \cdot k \cdot \text{in} + \text{in} \cdot \text{out} + \text{out}$ numbers,
# a sum where the other has a product. Nearly as many multiplications are done at each
# place. Of an ordinary convolution's that is $1/\text{out} + 1/k^2$, but for the bias: with
# many filters of three by three, about a ninth. For the three layers of document A:

# %%
sizes = [(1, 32), (32, 64), (64, 128)]
costs = pd.DataFrame(sizes, columns=["in", "out"])
costs["convolution"] = 9 * costs["in"] * costs["out"] + costs["out"]
costs["separable"] = costs["in"] * (9 + costs["out"]) + costs["out"]
costs.assign(share=costs["separable"] / costs["convolution"])

# %% [markdown]
# What is given up for that? A separable convolution *is* an ordinary one, whose weights are
# products: one factor for the place, one for the mixture. All filters look at a channel
# through the same window. Of weights drawn by lot, how much can such products keep?

# %%
product = own * mixing  # (3, 3, in, out)
print("off by", farthest(separable, convolved(coming, product, bias)))
strengths = [
    np.linalg.svd(weights[:, :, c].reshape(9, filters))[1] for c in range(3)
]
shares = [s[0] ** 2 / (s**2).sum() for s in strengths]
print(f"kept by the nearest product: {np.mean(shares):.2f} of the squares")

# %% [markdown]
# A network that is trained with such layers finds what it can say with them. (A first layer
# has one channel, so there is little to save.)
#
# ## What a memory is
# A convolution sees a few pixels. In a sequence, what matters may be long ago. The simplest
# memory is a number that is multiplied by a weight at each step, and to which the new one
# is added. Of what came in at step 0 there is left:

# %% mystnb={"image": {"alt": "Three lines over thirty steps: with weight 0.8 it vanishes, with 1 it stays, with 1.1 it grows and grows"}}
left = pd.DataFrame({w: np.power(w, np.arange(31)) for w in (0.8, 1.0, 1.1)})
drawing_2 = plots.lines(left, "steps", "what is left of a 1")
show(
    drawing_2,
    "Figure 2",
    "A memory with a fixed weight.",
    left,
    "memory.weights",
)

# %% [markdown]
# Below one it forgets, above one it drowns in the past. With exactly one it keeps
# everything, wanted or not. An LSTM decides at each step anew
# {cite}`hochreiter1997lstm,gers2000forget`. Three *gates*, numbers from zero (shut) to one
# (open), say how much of the new is *taken*, how much of the old is *kept*, how much is
# *told*. Each gate is a small layer of its own, which sees what comes in and what was told
# last.

# %% mystnb={"image": {"alt": "One LSTM cell: the memory passes above, gates open and close the ways into it and out of it"}}
show(plots.cell(), "Figure 3", "One step of an LSTM.")


# %%
def step(x, said, memory, kernel, recurrent, bias):
    take, keep, new, tell = np.split(x @ kernel + said @ recurrent + bias, 4)
    memory = expit(keep) * memory + expit(take) * np.tanh(new)
    return expit(tell) * np.tanh(memory), memory


# %% [markdown]
# ## An LSTM that remembers what it is told to
# Numbers come in, now and then with a mark. One unit, whose weights are chosen: where there
# is a mark it takes the number and forgets the old one; else it takes nothing and keeps
# what it has. The columns of the weights are, in Keras' order: take, keep, new, tell. (Most
# papers call the gates *input*, *forget* and *output*; an open forget gate keeps.)

# %%
values = lots.uniform(0, 1, 24)
marks = np.isin(np.arange(24), [3, 8, 13]).astype(float)
sequence = np.column_stack([values, marks])
kernel = np.array(
    [[0, 0, 1, 0], [20, -20, 0, 0.0]]
)  # of the number, of the mark
offsets, recurrent = np.array([-10, 10, 0, 10.0]), np.zeros((1, 4))
told, memory = np.zeros((24, 1)), np.zeros(1)
for n, x in enumerate(sequence):
    told[n], memory = step(x, told[n - 1], memory, kernel, recurrent, offsets)
lstm = layers.LSTM(1, return_sequences=True)
chosen = (kernel, recurrent, offsets)
theirs_lstm, count_lstm = by_keras(lstm, sequence, *chosen)
print("off by", farthest(told, theirs_lstm))

# %% mystnb={"image": {"alt": "Seven stripes over 24 steps: numbers that come in, marks, gates, memory and what is said; the memory changes at the three marks only"}}
inside = common.inside_lstm(lstm, sequence[None])
stripes = {name: part[0] for name, part in inside.items()}
stripes = {
    "number (in)": values[:, None],
    "mark (in)": marks[:, None],
} | stripes
drawing_4 = plots.gates(stripes)
show(drawing_4, "Figure 4", "The memory holds a number until the next mark.")

# %% [markdown]
# Trained networks find such weights themselves, less clearly: a gate stands half open, and
# so what is kept fades.
#
# ## How many numbers
# Four small layers (three gates, and what is new), each with a weight for every input and
# for everything told last, and a bias:
#
# $$4 \cdot \bigl((\text{in} + \text{units}) \cdot \text{units} + \text{units}\bigr).$$
#
# Nothing in it depends on how long the sequence is. Here is the network of document A for
# sound, layer by layer, as Keras counts it, and as the three formulas do:


# %%
def counted(layer):
    """The numbers that a layer learns, by the formulas above."""
    coming, leaving = layer.input.shape[-1], layer.output.shape[-1]
    return {
        "SeparableConv2D": coming * (9 + leaving) + leaving,
        "LSTM": 4 * ((coming + leaving) * leaving + leaving),
        "Dense": coming * leaving + leaving,
    }.get(type(layer).__name__, 0)


network = posed_genuine.audio_lstm((rows, columns), classes=14)
table = common.layer_table(network).iloc[1:]
table.assign(formula=[counted(layer) for layer in network.layers[1:]])

# %% [markdown]
# ## Summary
#
# | Layer | Numbers it learns | What it can tell |
# | --- | --- | --- |
# | convolution | k k in out + out | patterns of a small place, wherever they are |
# | separable | k k in + in out + out | the same, all filters through one window a channel |
# | pooling | none | that there was something near, not where |
# | LSTM | 4 ((in + units) units + units) | what came before, as long as a gate keeps it |
#
# ## Exercises
#
# Put your answer in the place of `...`; the check says what is not right yet.
#
# **1.** Write `numbers(k, coming, leaving, separable)`: how many a convolution of k by k
# learns, with biases; `separable` is true or false.

# %%
numbers = ...
exercises.check_1(numbers)

# %% [markdown]
# **2.** The gate that keeps stands at `0.95` all the time, and nothing new is taken.
# After how many whole steps is less than half of the memory left?

# %%
steps = ...
exercises.check_2(steps)

# %% [markdown]
# **3.** Write `seen(stack)`: how many pixels, in one direction, one number at the end
# depends on. The stack is a list of `(window, stride)`: a convolution of three is
# `(3, 1)`, a pooling of two `(2, 2)`.

# %%
seen = ...
exercises.check_3(seen)

# %% [markdown]
# ## Provenance

# %% tags=["hide-input"]
pd.Series({"Keras": keras.__version__, "seed": seed, "profile": profile})
