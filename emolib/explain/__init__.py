"""Why a model answered as it did, and whether that can be believed.

An explanation is a map: one number a place of what the model was given. LIME fits a
linear model to what becomes of the answer when places are left out or drawn anew;
Grad-CAM asks which filters speak for a class, and where they fire; integrated
gradients add up slopes on the way from a mean picture. Each gives a picture for any
model, of sense or not. So maps are checked: does the answer fall sooner when the
places they name are taken away than when as many others are (`kept`, `advantage`);
does the map change when the weights are shuffled (`shuffled`, `alike`); does it lie
where the cause is known to lie (`agreement`); is it the same for another seed
(`overlap`).

Ribeiro et al. (2016) for LIME, Selvaraju et al. (2017) for Grad-CAM, Sundararajan et
al. (2017) for integrated gradients, Samek et al. (2017) for removal, Adebayo et al.
(2018) for shuffled weights.
"""

from __future__ import annotations

from emolib.explain.cases import Case, cases, recorded, sounds
from emolib.explain.checks import (
    Agreement,
    advantage,
    agreement,
    alike,
    cascade,
    kept,
    overlap,
    shuffled,
)
from emolib.explain.filters import gradcam
from emolib.explain.gradients import integrated
from emolib.explain.linear import (
    Reasons,
    Tabular,
    below,
    bounds,
    in_words,
    likeliest,
    lime,
    lime_each,
    nearest,
    place,
    possible,
)
from emolib.explain.places import (
    Films,
    Pictures,
    Sounds,
    by_cell,
    by_part,
    covered,
    enlarged,
    occlusion,
    parts,
)

__all__ = [
    "Agreement",
    "Case",
    "Films",
    "Pictures",
    "Reasons",
    "Sounds",
    "Tabular",
    "advantage",
    "agreement",
    "alike",
    "below",
    "bounds",
    "by_cell",
    "by_part",
    "cascade",
    "cases",
    "covered",
    "enlarged",
    "gradcam",
    "in_words",
    "integrated",
    "kept",
    "likeliest",
    "lime",
    "lime_each",
    "nearest",
    "occlusion",
    "overlap",
    "parts",
    "place",
    "possible",
    "recorded",
    "shuffled",
    "sounds",
]
