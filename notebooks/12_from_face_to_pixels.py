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
# # Primer: how a face becomes 48x48, and where its eyes are
#
# Collections of faces hand out pictures of 48 rows and 48 columns, in grey
# {cite}`goodfellow2015challenges`; the networks of this book look at such pictures, and at
# the eyes and brows cut out of them. Here each step to them is done by hand, beside OpenCV
# or this book's package: grey, face, cut, small, eyes.
#
# **What you will learn**
#
# - what a picture is to a program, and how one is made grey and small;
# - how a program finds a face, and two eyes in it, by questions about light and dark;
# - what is left of a raised brow when a face is small;
# - when the eyes are not found, and what then stands in for them.
#
# **How long it takes.** Half an hour; it runs in less than a minute. The faces are drawn
# by a program: they show the steps, and where eyes are is known to the pixel.

# %% [markdown]
# ## Parameters

# %% tags=["parameters"]
profile: str = "quick"  # how much work
seed: int = 0  # of the people
person: int = 2  # whose face is looked at; those with even numbers are women
emotion: str = "happy"  # what it shows
side: int = 240  # pixels of the whole picture, down and across
size: int = 48  # pixels of the face, down and across
people: int = 6  # in whose faces eyes are looked for

# %% tags=["profiles", "hide-input"]
# fmt: off
PROFILES = {
    "quick": {
        "profile": "quick", "seed": 0, "person": 2, "emotion": "happy",
        "side": 240, "size": 48, "people": 6,
    },
    "smoke": {"people": 2}, "real": {}, "paper": {},
}
RANGES = {
    "profile": ["smoke", "quick", "real", "paper"], "seed": (0, 1_000_000),
    "person": (1, 1000), "emotion": ["neutral", "happy", "sad", "surprised"],
    "side": (160, 640), "size": (16, 96), "people": (1, 50),
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

from emolib import plots
from emolib.exercises import from_face_to_pixels as exercises
from emolib.features import faces, regions
from emolib.studio import Causes, face, places

show = notebook.figure

# %% [markdown]
# ## A picture is a table of numbers
# Rows from the top, columns from the left, and in each place three numbers from 0 to 255:
# how much red, green and blue.


# %%
def shown(who, what):
    """Who shows what, for the program that draws."""
    return Causes(who, what, female=float(who % 2 == 0), seed=seed)


picture = face.still(shown(person, emotion), (side, side))
print(picture.shape, picture.dtype, "in the corner:", picture[0, 0])

# %% [markdown]
# ## Grey
# The eye sees green as lighter than red, and blue as darkest. So grey is a sum with
# weights, those of old television. How far is it from OpenCV's grey, at most?

# %%
red, green, blue = np.moveaxis(picture.astype(float), 2, 0)
grey = np.rint(0.299 * red + 0.587 * green + 0.114 * blue).astype(np.uint8)
by_opencv = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
int(np.abs(grey.astype(int) - by_opencv).max())

# %% [markdown]
# ## The sum of a rectangle
# To find the face, thousands of places have to be asked how light they are. A table saves
# the adding: each entry holds the sum of all pixels above it and to the left. Then any
# rectangle, large or small, is the sum of four entries, two of them taken away.

# %%
table = np.zeros((side + 1, side + 1))
table[1:, 1:] = grey.cumsum(axis=0).cumsum(axis=1)


def light(top, left, height, width):
    """The mean of a rectangle, or of many at a time."""
    below, right = top + height, left + width
    total = table[below, right] - table[top, right] - table[below, left]
    return (total + table[top, left]) / (height * width)


print("as OpenCV has it:", np.array_equal(table, cv2.integral(grey)))

# %% [markdown]
# ## A question about light and dark
# In a face the strip of the eyes is darker than the strip of the cheeks below. So ask of
# each square of a face's size: by how much is its second fifth darker than its third?

# %%
box = faces.find_face(picture)  # left, top, width, height: what is to be found
fifth = box[2] // 5
tops, lefts = np.mgrid[: side - 5 * fifth : 3, : side - 5 * fifth : 3]
eyes_strip = light(tops + fifth, lefts, fifth, 5 * fifth)
darker = light(tops + 2 * fifth, lefts, fifth, 5 * fifth) - eyes_strip
place = np.unravel_index(darker.argmax(), darker.shape)
print("our question: left, top:", 3 * place[1], 3 * place[0])
print("the cascade:  left, top:", *box[:2])


# %%
def boxed(image, *boxes):
    """A copy with boxes drawn on it."""
    drawn = np.dstack([image] * 3) if image.ndim == 2 else image.copy()
    for left, top, width, height in boxes:
        ends = (int(left), int(top)), (int(left + width), int(top + height))
        cv2.rectangle(drawn, *ends, (255, 200, 0), max(1, len(image) // 60))
    return drawn


# %% mystnb={"image": {"alt": "A drawn face in colour; the same in grey; a map of answers, brightest where the square lies on the face; the face with the box around it"}}
views = {"picture": picture, "grey": boxed(grey), "darker by": darker}
views["the cascade's box"] = boxed(grey, box)
answers = pd.DataFrame(darker.round(1), tops[:, 0], lefts[0])
show(
    plots.pictures(list(views.values()), [*views], 4, 1.8), "Figure 1",
    "From a picture to the face in it. The map: how much darker the strip "
    "of the eyes would be, by where the square's corner lies.",
    answers.rename_axis("top"), "pixels.darker",
)  # fmt: skip

# %% [markdown]
# One question is easily fooled, by a collar or a window frame. Viola and Jones
# {cite}`viola2001rapid` let a program choose thousands of such questions from many faces,
# and put them in a row, a *cascade*: what fails an early question is not asked the later
# ones, so that most of a picture costs next to nothing. It asks at all sizes. Nothing in it
# knows what a face is: on other skin, in other light, turned aside, it may fail.

# %% [markdown]
# ## Small
# The box is cut out and made small. Each small pixel covers a patch of the large picture,
# with parts of pixels at its edge; its value is their mean, each counted by its share.


# %%
def shares(small, large):
    """Row i: how much of each large pixel belongs to small pixel i."""
    edges, pixels = np.linspace(0, large, small + 1)[:, None], np.arange(large)
    ends = np.minimum(edges[1:], pixels + 1), np.maximum(edges[:-1], pixels)
    return np.maximum(ends[0] - ends[1], 0) * small / large


left, top, width, height = box
cut = grey[top : top + height, left : left + width]
small = shares(size, height) @ cut @ shares(size, width).T
theirs = cv2.resize(cut, (size, size), interpolation=cv2.INTER_AREA)
print(cut.shape, "to", small.shape, "off by", np.abs(small - theirs).max())

# %% [markdown]
# The largest difference to OpenCV is what comes of rounding. Why not keep one pixel in
# every few, and throw the others away? A thin line, such as a lid or the frame of glasses,
# then comes out in pieces, or is gone.

# %% mystnb={"image": {"alt": "The face at its own size, averaged to 48 pixels, picked at 48 pixels with ragged lines, and averaged to 24 and 12 pixels"}}
kept = np.arange(size) * height // size
made = {
    "cut out": cut,
    f"{size}, means": small,
    "picked": cut[np.ix_(kept, kept)],
}
for n in (size // 2, size // 4):
    made[f"{n}, means"] = shares(n, height) @ cut @ shares(n, width).T
squares = [boxed(one.astype(np.uint8)) for one in made.values()]
drawing = plots.pictures(squares, [*made], 5, 1.45)
show(drawing, "Figure 2", "One face, ever smaller.")

# %% [markdown]
# ## What is left of a raised brow
# From a neutral face to a surprised one the brows rise. Where they are is known, as the
# program drew them. By how many pixels do they rise above the eyes, in faces of each size?


# %%
def middle(box):
    return np.array(box[:2]) + np.array(box[2:]) / 2


def above(what):
    """How far the brows lie above the eyes, as a share of the face's width."""
    at = places.still(shown(person, what), (side, side))
    return (middle(at.eyes) - middle(at.brows))[1] / at.head


raised = above("surprised") - above("neutral")
pd.Series({n: raised * n for n in (192, 96, 48, 24, 12)}, name="pixels")

# %% [markdown]
# Where that is less than a pixel, no line moves: a few pixels get a little lighter or
# darker. A network may still go by that, and so may noise.
#
# ## Where the eyes are
# There is a cascade for eyes, too. It is let loose on the face, made larger, because it
# learned from larger eyes. An eye is found many times over, a little aside, a little
# larger: such finds are merged, and one that stands alone is dropped. What is left may
# still be a nostril, or the corner of a mouth. So two count as a pair only if they are
# level, alike in size, and on both sides of the middle.

# %%
search = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_eye.xml")
large = cv2.resize(cut, (192, 192), interpolation=cv2.INTER_CUBIC)
every = np.array(search.detectMultiScale(large, 1.1, 0)).reshape(-1, 4)
finds = np.array(search.detectMultiScale(large, 1.1, 1)).reshape(-1, 4)


def pair(one, other):
    """Whether two finds, the left one first, could be a pair of eyes."""
    apart, lower = (middle(other) - middle(one)) / 192
    aside = (middle(one) + middle(other))[0] / 384 - 0.5
    alike = abs(np.log(one[2] / other[2])) < 0.5 and abs(lower) < apart / 4
    return 0.25 < apart < 0.6 and abs(aside) < 0.15 and alike


pairs = [(one, other) for one in finds for other in finds if pair(one, other)]
pd.Series({"all": len(every), "merged": len(finds), "pairs": len(pairs)})

# %% [markdown]
# The package does the same (`regions.locate`), and cuts the *eye frame* and the *brows*
# around the middle between the eyes, in distances between them. Both cuts are tied to the
# eyes: so a brow that is raised lies higher in its cut.

# %% mystnb={"image": {"alt": "Dots on the enlarged face, thick on both eyes, the pair that is left, and the face, eye frame and brows as pictures of 48 by 48 pixels"}}
located = regions.locate(grey)
found = {"all finds": boxed(large, *[(*middle(f), 1, 1) for f in every])}
found["a pair"] = boxed(large, *(pairs[0] if pairs else ()))
found["cuts"] = boxed(grey, located.eyes, located.brows)
for name, part in zip(
    regions.NAMES, regions.Regions(size).of(cut)[:3], strict=True
):
    found[name] = boxed(part)
show(
    plots.pictures(list(found.values()), [*found], 6, 1.2), "Figure 3",
    "From what looks like an eye (middles of finds) to what networks see.",
)  # fmt: skip

# %% [markdown]
# ## When they are not found
# Where there is no pair, the eyes are taken to be where most faces have them: 38 hundredths
# down the face's box, or the picture's, if no face is found either. That always gives two
# cuts, and never says so by itself. So the rule is kept beside each picture, and counted:
# here for heads that lean, and for pictures that become smaller (a face takes about half of
# their width).

# %%
greys = {}
for who in range(1, people + 1):
    drawn = face.still(shown(who, emotion), (side, side))
    greys[who] = cv2.cvtColor(drawn, cv2.COLOR_RGB2GRAY)


def leaning(image, degrees):
    about = cv2.getRotationMatrix2D((side / 2, side / 2), degrees, 1)
    edge = {"borderMode": cv2.BORDER_REPLICATE}
    return cv2.warpAffine(image, about, (side, side), **edge)


leans = [(d, regions.locate(leaning(image, d)).rule)
         for image in greys.values() for d in (0, 10, 20, 30)]  # fmt: skip
degrees, by = zip(*leans, strict=True)
pd.crosstab(pd.Series(degrees, name="degrees"), pd.Series(by, name="cut by"))

# %% [markdown]
# And how far off are the cuts, as a share of the face's width? Here we know, because these
# faces are drawn. Of photographs somebody has to say where the eyes are.


# %%
def looked(who, pixels):
    """Of so many pixels: by which rule it is cut, and how far beside."""
    image = cv2.resize(greys[who], (pixels, pixels), None, 0, 0, 3)
    at = regions.locate(image)
    true = places.still(shown(who, emotion), (side, side))
    off = middle(at.eyes) / pixels - middle(true.eyes) / side
    far = np.hypot(*off) * side / true.head
    return {"pixels": pixels, "by": at.rule, "missed by": far}


lengths = (side, 48, 24, 16)
sizes = pd.DataFrame([looked(who, n) for who in greys for n in lengths])
sizes.groupby(["pixels", "by"])["missed by"].agg(["count", "mean", "max"])

# %% [markdown]
# ## Summary
#
# | Step | Keeps | Throws away |
# | --- | --- | --- |
# | grey | light and dark | colour: a blush |
# | cut | the face, if it is found | hands, posture, who else is there |
# | small | what is as large as a pixel | fine lines, small movements |
# | eye frame, brows | what moves around the eyes | where in the face it was |
#
# - A face is found by questions about light and dark, which some faces do not fit.
# - Where eyes are not found, a rule stands in for them; count how often.
#
# Next: [what moves from picture to picture](13_optical_flow).
#
# ## Exercises
#
# Put your answer in the place of `...`; the check says what is not right yet.
#
# **1.** Write `area(table, top, left, height, width)`: the sum of a rectangle's pixels by
# four entries of a table as above.

# %%
area = ...
exercises.check_1(area)

# %% [markdown]
# **2.** Write `shrink(picture, size)` for a grey, square picture whose side is so many
# times the size: every small pixel is the mean of its block.

# %%
shrink = ...
exercises.check_2(shrink)

# %% [markdown]
# **3.** Write `tilt(left, right)`: by how many degrees the line from the left eye in the
# picture to the right one falls. Both are given as `(across, down)`; where it rises, the
# answer is below zero.

# %%
tilt = ...
exercises.check_3(tilt)

# %% [markdown]
# ## Provenance

# %% tags=["hide-input"]
pd.Series({"OpenCV": cv2.__version__, "seed": seed, "profile": profile})
