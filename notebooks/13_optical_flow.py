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
# # Primer: optical flow, or what moved where
#
# A film is a row of pictures. From two that follow each other a program can say of each
# pixel where it went: the *optical flow*. Networks of this book look at it, drawn as
# colour. Here the equation behind it is solved by hand for one small window, held against
# this book's package, and then against where everything truly went.
#
# **What you will learn**
#
# - the equation of optical flow, and what it takes for granted;
# - why one pixel cannot say where it went, and a window often can;
# - what the colours of a flow picture mean, and how two dense methods differ;
# - where a program sees motion and nothing moved.
#
# **How long it takes.** Half an hour; it runs in less than a minute. The film is drawn by
# a program, so that the true motion is known: no camera knows it.

# %% [markdown]
# ## Parameters

# %% tags=["parameters"]
profile: str = "quick"  # how much work
seed: int = 0  # of the person
person: int = 3  # who is filmed; those with even numbers are women
emotion: str = "surprised"  # what their face comes to show
side: int = 160  # pixels of a picture, down and across
count: int = 24  # pictures of the film
rate: int = 12  # pictures a second
window: int = 9  # pixels of the window, down and across; odd

# %% tags=["profiles", "hide-input"]
# fmt: off
PROFILES = {
    "quick": {
        "profile": "quick", "seed": 0, "person": 3, "emotion": "surprised",
        "side": 160, "count": 24, "rate": 12, "window": 9,
    },
    "smoke": {"count": 16, "rate": 8}, "real": {}, "paper": {},
}
RANGES = {
    "profile": ["smoke", "quick", "real", "paper"], "seed": (0, 1_000_000),
    "person": (1, 1000), "emotion": ["happy", "sad", "angry", "surprised"],
    "side": (96, 480), "count": (8, 200), "rate": (4, 60), "window": (3, 31),
}
# fmt: on

# %% tags=["hide-input"]
from emolib import notebook

notebook.settle(PROFILES, RANGES)

# %% tags=["hide-input"]
# ruff: noqa: I001
import cv2
import numpy as np
import pandas as pd
from scipy.ndimage import correlate1d

from emolib import plots
from emolib.exercises import optical_flow as exercises
from emolib.features import flow
from emolib.plots.style import finished, styled
from emolib.studio import Causes, face, truth

show = notebook.figure

# %% [markdown]
# ## Two pictures of a film
# A face goes from neutral to its display, slowly. Of some points the program that draws
# tells where they are in each picture.

# %%
female = float(person % 2 == 0)
causes = Causes(person, emotion, authenticity=1, female=female, seed=seed)
how = (
    causes,
    count,
    rate,
    (side, side),
    np.zeros(2),
)  # zeros: nothing is said
film = [cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in face.frames(*how)]
points = truth.points(*how)
{part: places.shape for part, places in points.items()}

# %% [markdown]
# We look at the inner end of a brow, and take the two pictures between which it moves
# furthest, but by less than a pixel.

# %%
brow_moves = np.diff(points["brow"][:, 0], axis=0)  # to the right, down
brow_far = np.hypot(*brow_moves.T)
moment = int(np.where(brow_far < 1, brow_far, 0).argmax())
before, after = film[moment], film[moment + 1]
corner, true = points["brow"][moment, 0], brow_moves[moment]
print("pictures", moment, "and", moment + 1, "brow's end at", corner.round(1))

# %% mystnb={"image": {"alt": "A drawn face twice, nearly alike, and the difference between both, light at the edges of mouth, brows and lids"}}
change = after.astype(float) - before
shown = [before, after, np.abs(change)]
drawing = plots.pictures(shown, ["before", "after", "change"], 3, 2.3)
show(
    drawing,
    "Figure 1",
    "Two pictures of a film, and how much each pixel changed.",
)

# %% [markdown]
# The change says that something moved at the edges. It does not say where to.
#
# ## The equation
# Take for granted that a point keeps its brightness, and that it moves only a little: by
# $u$ to the right and $v$ down. Let brightness rise by $I_x$ from a pixel to the next one
# on the right, by $I_y$ to the one below, and by $I_t$ from this picture to the next. If
# what was on the left comes here, the pixel takes on its brightness. So the change is the
# slope times the way, and it has the opposite sign {cite}`horn1981determining`:
#
# $$I_x u + I_y v = -I_t.$$
#
# All three are there to be counted. A slope is half the difference of both neighbours,
# smoothed over three rows or columns (Scharr's weights, which OpenCV takes, too).


# %%
def slope(picture, axis):
    """How brightness rises along an axis: 0 is down, 1 across."""
    along = correlate1d(picture.astype(float), [-0.5, 0, 0.5], axis)
    return correlate1d(along, [3 / 16, 10 / 16, 3 / 16], 1 - axis)


across, down = slope(before, 1), slope(before, 0)
x, y = np.rint(corner).astype(int)
print(f"{across[y, x]:.1f} u + {down[y, x]:.1f} v = {-change[y, x]:.1f}")

# %% [markdown]
# ## One pixel: one equation, two unknowns
# Any $u$ and $v$ on a straight line solve it. So a pixel tells how far it moved across its
# edge, and nothing of how far along it: look at an edge through a small hole, and you
# cannot tell. This is the *aperture problem*.
#
# ## A window: many equations
# Lucas and Kanade {cite}`lucas1981iterative` take for granted, besides, that a small window
# moves as a whole. Each of its pixels gives a line; where they (nearly) meet is the motion.
# With $A$ the slopes, a row a pixel, least squares say where:
#
# $$A^T A \begin{pmatrix} u \\ v \end{pmatrix} = -A^T I_t.$$

# %%
reach = np.arange(window) - window // 2
here = np.ix_(y + reach, x + reach)
slopes = np.column_stack([across[here].ravel(), down[here].ravel()])
normal, wanted = slopes.T @ slopes, -slopes.T @ change[here].ravel()
by_hand = np.linalg.solve(normal, wanted)
by_emolib = flow.lucas_kanade(before, after, (x, y), window)
ways = {"by hand": by_hand, "lucas_kanade": by_emolib, "truth": true}
pd.DataFrame(ways, ["right", "down"]).T

# %% mystnb={"image": {"alt": "Lines in a plane of motions to the right and down, one for each pixel of the window; most pass near the point that least squares find"}}
lines = pd.DataFrame(slopes, columns=["I_x", "I_y"])
lines["I_t"] = change[here].ravel()
lines = lines[np.hypot(*slopes.T) > 5]  # elsewhere nearly nothing changes
with styled() as plt:
    plane, axis = plt.subplots(figsize=(4.6, 4.2))
    for a, b, c in lines.to_numpy():
        nearest = -c * np.array([a, b]) / (a * a + b * b)
        axis.axline(nearest, nearest + [-b, a], color=plots.OURS, lw=0.3)
    axis.plot(*by_hand, "o", color=plots.STATED, label="least squares")
    axis.plot(*true, "x", color="black", ms=9, label="truth")
    axis.set(xlim=(-2, 2), ylim=(2, -2), xlabel="right", ylabel="down")
    axis.legend()
told = {"lines": lines, "points": pd.DataFrame(ways, ["right", "down"]).T}
title = "Each pixel's line, in pixels of motion."
show(finished(plane), "Figure 2", title, told, "flow.window")

# %% [markdown]
# ## Where nobody can tell
# If all lines have one direction, they meet nowhere or everywhere. How well two directions
# are told apart is the smaller eigenvalue of $A^T A$: small on a wall, which has no slopes,
# and on a straight edge, which has one; large at corners {cite}`shi1994good`.

# %%
sums = [cv2.boxFilter(one, -1, (window, window), normalize=False)
        for one in (across**2, across * down, down**2)]  # fmt: skip
halves, difference = (sums[0] + sums[2]) / 2, (sums[0] - sums[2]) / 2
smaller = halves - np.hypot(difference, sums[1])
print("by formula:", smaller[y, x], "by NumPy:", np.linalg.eigvalsh(normal)[0])

# %% mystnb={"image": {"alt": "The larger eigenvalue, light along all edges of the face; the smaller one, light at ends of brows, eyes, nostrils and corners of the mouth only"}}
larger = halves + np.hypot(difference, sums[1])
maps = {
    "an edge": np.log10(larger + 10),
    "a corner": np.log10(np.maximum(smaller, 0) + 10),
}
titles = ["before", *maps]
powers = "Larger and smaller eigenvalue, as powers of ten."
drawing_3 = plots.pictures([before, *maps.values()], titles, 3, 2.3)
tables = {name: pd.DataFrame(one.round(2)) for name, one in maps.items()}
show(drawing_3, "Figure 3", powers, tables, "flow.corners")

# %% [markdown]
# ## Too far
# The equation holds for small ways: a slope is a straight line only over a pixel or so.
# There are two remedies. *Again*: move the window by what was found, and solve for what is
# left. *Small first*: make the pictures smaller, where a way of eight pixels is one of two.
# Here the picture is moved as a whole, so that the truth is one number.


# %%
def shifted(far):
    """The first picture, moved to the right."""
    move = np.float32([[1, 0, far], [0, 1, 0]])
    return cv2.warpAffine(before, move, (side, side), borderMode=1)


def quarter(picture):
    return cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=3)


def small_first(there):
    """Solved in pictures a quarter as large; the answer four times as far."""
    place = (x + 0.5) / 4 - 0.5, (y + 0.5) / 4 - 0.5
    found = flow.lucas_kanade(
        quarter(before), quarter(there), place, window, 20
    )
    return 4 * found[0]


# %%
rows = []
for far in (0.5, 1, 2, 4, 8):
    there, at = shifted(far), (x, y)
    once, again = (
        flow.lucas_kanade(before, there, at, window, n)[0] for n in (1, 20)
    )
    rows.append([far, once, again, small_first(there)])
pd.DataFrame(rows, columns=["truth", "once", "again", "small first"])

# %% [markdown]
# ## Of every pixel, and drawn as colour
# *Dense* methods give a motion for each pixel, also where nobody can tell: from the
# neighbours. Horn and Schunck asked for a field that is smooth. Farnebäck fits a parabola
# around each pixel and asks how far it was moved {cite}`farneback2003two`. *DIS* moves
# patches until they fit, small pictures first, and smooths {cite}`kroeger2016fast`. Both
# are in OpenCV. A motion is drawn as colour: the hue is where to, the brightness how far.

# %%
found = {name: make()(before, after) for name, make in flow.METHODS.items()}
grid = np.moveaxis(np.mgrid[-1:1:160j, -1:1:160j][::-1], 0, -1)
farthest = float(
    np.percentile(np.hypot(*np.moveaxis(found["dis"], -1, 0)), 99)
)
colours = {"where to": flow.drawn(grid, 1.0)}
colours |= {name: flow.drawn(one, farthest) for name, one in found.items()}

# %% mystnb={"image": {"alt": "A wheel of colours: red to the right, yellowish green down, turquoise to the left, violet up; then the face's motion in these colours by both methods, bright at brows and mouth"}}
drawing_4 = plots.pictures([*colours.values()], [*colours], 3, 2.3)
show(drawing_4, "Figure 4", "Motion as colour; black stands still.")

# %% [markdown]
# ## How far from the truth
# The distance between where a method says that a point went, and where it went, in pixels,
# the mean over all points and pairs of pictures. Above it stands how far somebody is off who
# says that nothing ever moves: that is the mean motion. (The wall has nothing to go by.)


# %%
def off(name):
    """A method's mean error, for each part of the picture."""
    make = flow.METHODS.get(name, lambda: lambda a, _: np.zeros((*a.shape, 2)))
    measure, errors = make(), {part: [] for part in points}
    for n in range(count - 1):
        field = measure(film[n], film[n + 1])
        for part, places in points.items():
            errors[part].append(flow.errors(field, places[n], places[n + 1]))
    return {part: float(np.mean(each)) for part, each in errors.items()}


pd.DataFrame({name: off(name) for name in ("standing still", *flow.METHODS)}).T

# %% [markdown]
# ## Motion where nothing moved
# The equation knows brightness only. Let the same picture come twice, the second time
# under a lamp that is a little brighter; or let a grain of noise lie over it. The mean
# length of the motion that is found, in pixels:

# %%
lots = np.random.default_rng(seed)
lamp = np.clip(before * 1.1, 0, 255).astype(np.uint8)
grain = np.clip(before + lots.normal(0, 4, before.shape), 0, 255).astype(
    np.uint8
)
seconds = {
    "the same": before,
    "lamp": lamp,
    "noise": grain,
    "next picture": after,
}
lengths = {
    what: [np.linalg.norm(make()(before, other), axis=2).mean()
           for make in flow.METHODS.values()]
    for what, other in seconds.items()
}  # fmt: skip
pd.DataFrame(lengths, [*flow.METHODS]).T

# %% [markdown]
# A head that turns moves everything, too, and a hand-held camera does. A network that is
# given flow sees all that, and a film whose lamp flickers looks like a lively face.
#
# ## Summary
#
# - The equation: slope times way is the change, with the opposite sign. It takes for
#   granted that brightness stays and that ways are short.
# - One pixel gives a line, a window a point, if it shows two directions.
# - Dense methods fill in what nobody can tell from what is around it.
# - Light and noise are taken for motion. Colour tells where to, brightness how far.
#
# ## Exercises
#
# Put your answer in the place of `...`; the check says what is not right yet.
#
# **1.** Write `shortest(i_x, i_y, i_t)`: of all motions `(u, v)` that solve one pixel's
# equation, the shortest. Not both slopes are zero.

# %%
shortest = ...
exercises.check_1(shortest)

# %% [markdown]
# **2.** Write `moved(i_x, i_y, i_t)` for the slopes and changes of a window, three arrays
# of one shape: the motion `(u, v)` by least squares, or `None` where the window shows no
# two directions.

# %%
moved = ...
exercises.check_2(moved)

# %% [markdown]
# **3.** A head turns while it smiles. Write `without_head(field)`: a flow of shape
# (height, width, 2) less the motion of the head, which is that of most of its pixels.
# What is left is what the face does.

# %%
without_head = ...
exercises.check_3(without_head)

# %% [markdown]
# ## Provenance

# %% tags=["hide-input"]
pd.Series({"OpenCV": cv2.__version__, "seed": seed, "profile": profile})
