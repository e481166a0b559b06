"""A book of five pages and one notebook, small enough to build in a test."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from emolib import ROOT

INDEX = """\
# A toy book

Document C states {claim}`C.audio.accuracy`; here
{measured}`toy/coin/subjects-apart/accuracy@demo` was measured, which is
{compared}`toy/coin/subjects-apart > toy/tails/subjects-apart
@demo` ahead. Two of one name: {measured}`toy/twice/subjects-apart/uar@demo?width=2`.
The rule is
$\\hat{y} = \\arg\\max_k p_k$ with `0.5` for a tie:

$$
p_k = \\frac{e^{z_k}}{\\sum_j e^{z_j}}
$$ (softmax)

{eq}`softmax` is explained in [the notebook](../notebooks/01_toy).

![A face and a voice](_static/logo.svg)

| one | two | three | four | five | six | seven | eight |
|---|---|---|---|---|---|---|---|
| a word | a word | a word | a word | a word | a word | a word | a word |

```bash
a-command --with a-line --that-is much-longer --than any-telephone --is-wide at-all
```
"""

NOTEBOOK = """\
# %% [markdown]
# # A toy notebook
#
# What it measured was {measured}`toy/coin/subjects-apart/uar@demo`.

# %% tags=["parameters"]
profile: str = "quick"  # how much work

# %% tags=["profiles"]
PROFILES = {"smoke": {}}

# %% [markdown]
# ## A record

# %%
import tempfile
from pathlib import Path

import pandas as pd

from emolib import labels, records

folder = Path(tempfile.mkdtemp())
clips = pd.DataFrame({"clip": [f"toy/{n}" for n in range(40)]})
clips["path"] = [str(folder / f"{n}.wav") for n in range(40)]
clips["subject"] = [f"toy-{n % 8}" for n in range(40)]
clips["source"] = "demo"
for path in clips["path"]:
    Path(path).write_text("a clip")

# %%
space = labels.LabelSpace("coin", ("heads", "tails"))
guesses = clips[["clip", "subject"]].assign(label="heads", heads=0.7, tails=0.3)
for experiment, width in ("coin", 1), ("tails", 1), ("twice", 1), ("twice", 2):
    run = records.open_run(
        study="toy", experiment=experiment, source="demo", corpus="toy", seed=0,
        protocol="subjects-apart", model="coin", profile=profile, manifest=clips,
        space=space, folds=1, parameters={"width": width},
    )
    if not run.has(0):
        wrong = guesses.assign(heads=0.3, tails=0.7)
        run.add(0, wrong if experiment == "tails" else guesses)
pd.DataFrame({f"a long column {n}": [n] for n in range(12)})

# %% [markdown]
# ## A picture

# %% mystnb={"image": {"alt": "A line that falls"}}
import matplotlib.pyplot as plt

from emolib import notebook

figure, axes = plt.subplots(figsize=(5, 2))
line = pd.Series([3, 2, 1], name="height")
axes.plot(line)
notebook.figure(figure, "Figure 1", "It falls.", data=line, id="T.figure1")

# %%
print("text " * 60)
"""

TOC = """\
format: jb-book
root: book/index
chapters:
- file: notebooks/01_toy
- file: book/provenance
- file: book/claims
- file: book/check_your_table
- file: book/references
"""


def make(root: Path) -> Path:
    """Write the toy's sources; settings, style and provenance are the book's own.

    Wherever the book itself is published from, the toy is not yet.
    """
    (root / "notebooks").mkdir(parents=True)
    shutil.copytree(ROOT / "book" / "_static", root / "book" / "_static")
    shutil.copytree(ROOT / "book" / "examples", root / "book" / "examples")
    pages = ("provenance", "claims", "check_your_table", "references")
    pages = tuple(f"book/{page}.md" for page in pages)
    for name in ("_config.yml", *pages, "book/references.bib"):
        shutil.copy(ROOT / name, root / name)
    settings = (root / "_config.yml").read_text()
    settings, found = re.subn(r"(?m)^  url:.*$", '  url: ""', settings)
    assert found == 1
    (root / "_config.yml").write_text(settings)
    (root / "_toc.yml").write_text(TOC)
    (root / "book" / "index.md").write_text(INDEX)
    (root / "notebooks" / "01_toy.py").write_text(NOTEBOOK)
    return root


def few_records(to: Path) -> Path:
    """Copies of some committed records: of each study some three of one name."""
    for study in sorted((ROOT / "book" / "results").iterdir()):
        alike: dict[str, list[Path]] = {}
        for folder in sorted(study.iterdir()):
            alike.setdefault(folder.name.rpartition("-")[0], []).append(folder)
        for folder in min(alike.values(), key=lambda few: abs(len(few) - 3)):
            shutil.copytree(folder, to / study.name / folder.name)
    return to
