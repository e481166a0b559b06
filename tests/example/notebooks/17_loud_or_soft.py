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
# # Loud or soft
# Document F tells anger from sadness by loudness alone, in {claim}`F.level.accuracy`
# of clips.

# %% [markdown]
# ## Parameters

# %% tags=["parameters"]
profile: str = "quick"  # how much work; names the records
runs: str = "runs"  # where records are written
seed: int = 0  # of the people
people: int = 12  # who speak

# %% tags=["profiles", "hide-input"]
PROFILES = {
    "quick": {"profile": "quick", "runs": "runs", "seed": 0, "people": 12},
    "smoke": {"people": 6},
}
RANGES = {"profile": ["smoke", "quick"], "seed": (0, 1_000_000), "people": (6, 100)}

# %% tags=["hide-input"]
from emolib import notebook

notebook.settle(PROFILES, RANGES)

# %%
import numpy as np
import pandas as pd

from emolib import experiment, labels, learners, protocols, results
from emolib.exercises import loud_or_soft as exercises
from emolib.models import loud_or_soft as models
from emolib.studio import Causes, probes

study = experiment.Study("loud-or-soft", profile, seed, runs)

# %% [markdown]
# ## Levels

# %%
two = labels.LabelSpace("two", ("sad", "angry"))
said = [(who, emotion) for who in range(1, people + 1) for emotion in two.classes]
clips = pd.DataFrame(said, columns=["subject", "emotion"]).astype(str)
clips["clip"] = clips["subject"] + "-" + clips["emotion"]
clips = clips.assign(corpus="studio", source="demo", sentence="")
levels = [models.level(probes.sound(Causes(*one, seed=seed))) for one in said]
heard = experiment.examples(clips, np.array(levels)[:, None], two)
clips.assign(level=levels).groupby("emotion")["level"].describe()

# %% [markdown]
# ## People apart

# %%
learner = learners.Classifier(models.threshold(), "threshold")
ran = study.run("level", heard, learner, protocols.SubjectKFold(3))
ran.metrics["accuracy"]

# %% [markdown]
# With nobody on both sides: {measured}`loud-or-soft/level/subjects-apart/accuracy@demo`.
#
# ## Summary
# - The voices are synthesised, and tell nothing of people.
#
# ## Exercises
# **1.** One recording has twice the pressure of another at every moment. How many decibels
# louder is it?

# %%
decibels = ...
exercises.check_1(decibels)

# %% [markdown]
# ## Provenance

# %% tags=["hide-input"]
results.provenance({"level": ran})
