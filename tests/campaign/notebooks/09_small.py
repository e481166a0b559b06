# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A small run
#
# Two records, of three folds each, made without a network. The second is the same for
# every width: points of a sweep share it.
#
# **How long it takes.** Some seconds.

# %% tags=["parameters"]
profile: str = "quick"
width: int = 1  # tells the points of a sweep apart
seed: int = 0
pause: float = 0.2  # seconds that a fold takes
log: str = ""  # a file that gets a line for each fold that is computed
fail: bool = False
memory: int = 0  # megabytes that it holds

# %% tags=["profiles"]
PROFILES = {
    "quick": {
        "profile": "quick",
        "width": 1,
        "seed": 0,
        "pause": 0.2,
        "log": "",
        "fail": False,
        "memory": 0,
    },
    "smoke": {"pause": 0.1},
}
RANGES = {
    "profile": ["smoke", "quick"],
    "width": (1, 99),
    "seed": (0, 99),
    "pause": (0, 99),
    "memory": (0, 9999),
}

# %%
import time
from pathlib import Path

import numpy as np
import pandas as pd

from emolib import notebook, records
from emolib.labels import LabelSpace

notebook.settle(PROFILES, RANGES)

# %%
held = bytearray(memory * 10**6)
space = LabelSpace("moods", ("calm", "happy", "sad"))
clips = pd.DataFrame({"clip": [f"clip-{number:02}" for number in range(24)]})
clips["path"], clips["corpus"], clips["source"] = "a.wav", "moods", "demo"
clips["subject"] = [f"s{number % 6}" for number in range(24)]
clips["emotion"] = [space.classes[number % 3] for number in range(24)]


# %%
def answers(fold, random):
    part = clips[clips.index % 3 == fold]
    drawn = random.dirichlet(np.ones(3), len(part))
    known = part[["clip", "subject"]].assign(label=part["emotion"])
    return known.join(pd.DataFrame(drawn, part.index, list(space)))


def made(experiment, width):
    run = records.open_run(
        study="small",
        experiment=experiment,
        source="demo",
        corpus="moods",
        protocol="subjects-apart",
        model="none",
        profile=profile,
        seed=seed,
        manifest=clips,
        space=space,
        folds=3,
        code="1",
        inputs={"digest": "abc"},
        parameters={"width": width} if width else {},
    )
    for fold in range(3):
        if run.has(fold):
            continue
        time.sleep(pause)
        run.add(fold, answers(fold, np.random.default_rng((seed, width, fold))))
        if log:
            with Path(log).open("a") as file:
                file.write(f"{run.record['id']} {fold}\n")
    return run


# %%
own = made("own", width)

# %%
if fail:
    raise ValueError("asked to fail")

# %%
shared = made("shared", 0)

# %% [markdown]
# ## Where it is

# %%
for run in (own, shared):
    print(run.folder / "record.json")
