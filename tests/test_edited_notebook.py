"""A cell that is edited and run again shows its new result, never the old one."""

import re

import nbformat
import pytest

from emolib import runs

NOTEBOOK = """\
# %% tags=["parameters"]
profile: str = "quick"  # how much work

# %% tags=["profiles"]
PROFILES = {"quick": {"profile": "quick"}}
RANGES = {}

# %%
import numpy as np
import pandas as pd
from emolib import experiment, labels, learners, notebook, protocols
from emolib.models import baselines

notebook.settle(PROFILES, RANGES)
space = labels.LabelSpace("coin", ("heads", "tails"))
clips = pd.DataFrame({"clip": [f"toy/{n}" for n in range(60)]})
clips = clips.assign(corpus="toy", source="demo", sentence="", path=__PATH__)
clips["subject"] = [f"toy-{n % 6}" for n in range(60)]
clips["emotion"] = [space.classes[n // 6 % 2] for n in range(60)]
meaningless = np.random.default_rng(0).normal(size=(60, 1, 20))

# %%
noise = 0.1
drawn = np.random.default_rng(1).standard_normal((60, 4, 20))
x = (meaningless + noise * drawn).reshape(240, 20)
items = experiment.examples(
    clips, x, space, parts=[[{"copy": n} for n in range(4)]] * 60
)

# %%
study = experiment.Study("toy", profile, runs=__RUNS__)
run = study.run(
    "copies",
    items,
    learners.Classifier(baselines.nearest(), "nearest"),
    protocols.AugmentedBeforeSplit(0.25),
)
print(f"right: {run.metrics['accuracy']['value']:.3f}")
"""


@pytest.fixture
def source(tmp_path):
    (tmp_path / "clip.wav").write_bytes(b"a clip")
    path = tmp_path / "01_toy.py"
    text = NOTEBOOK.replace("__PATH__", repr(str(tmp_path / "clip.wav")))
    path.write_text(text.replace("__RUNS__", repr(str(tmp_path / "runs"))))
    return path


def right(notebook):
    texts = [o.get("text", "") for c in notebook.cells for o in c.get("outputs", [])]
    return float(re.search(r"right: ([\d.]+)", "".join(texts))[1])


def edited(text):
    assert "noise = 0.1\n" in text
    return text.replace("noise = 0.1\n", "noise = 3.0\n")


def test_by_emolib_run(source, tmp_path):
    def executed():
        return nbformat.read(runs.execute(source, out=tmp_path / "out"), 4)

    assert right(executed()) == 1
    source.write_text(edited(source.read_text()))
    assert right(executed()) < 0.9
    source.write_text(source.read_text().replace("noise = 3.0\n", "noise = 0.1\n"))
    assert right(executed()) == 1  # and back again, from its record


def test_in_one_kernel_as_in_jupyterlab(source):
    from nbclient import NotebookClient

    notebook = runs.read(source)
    client = NotebookClient(notebook, kernel_name="python3", timeout=120)
    with client.setup_kernel():
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number)
        assert right(notebook) == 1
        cell = next(c for c in notebook.cells if "noise =" in c.source)
        cell.source = edited(cell.source)
        for number in range(notebook.cells.index(cell), len(notebook.cells)):
            client.execute_cell(notebook.cells[number], number)
        assert right(notebook) < 0.9
