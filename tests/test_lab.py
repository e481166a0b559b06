"""A student's copy in a real JupyterLab: run, edited, run again with a profile."""

import os
import shutil
from importlib import util

import chromium
import nbformat
import pytest
from lab import Lab, streams, told

from emolib import ROOT, records, runs
from emolib.book import copies
from emolib.editions import slides, teaching

pytestmark = pytest.mark.skipif(
    not chromium.PROGRAM, reason="needs Chromium (Debian: apt-get install chromium)"
)

SCRIPT = """\
# %% [markdown]
# # A small study
# The document states {claim}`C.audio.accuracy` {cite}`satvik2025`; this run has
# {measured}`toy/coin/subjects-apart/accuracy@demo`.

# %% tags=["parameters"]
profile: str = "quick"  # how much work
epochs: int = 2  # passes over the data

# %% tags=["profiles", "hide-input"]
PROFILES = {"quick": {"profile": "quick", "epochs": 2}, "smoke": {"epochs": 1}}
RANGES = {"profile": ["quick", "smoke"], "epochs": (1, 9)}

# %% tags=["hide-input"]
from emolib import notebook

notebook.settle(PROFILES, RANGES)

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
from emolib import experiment, labels, learners, protocols
from emolib.exercises import confidence_fusion as exercises

# %%
def dense(shape, classes):
    import keras

    model = keras.Sequential(
        [keras.Input(shape), keras.layers.Dense(classes, "softmax")]
    )
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    return model

# %%
space = labels.LabelSpace("coin", ("heads", "tails"))
clips = pd.DataFrame({"clip": [f"toy/{n}" for n in range(24)]})
clips = clips.assign(corpus="toy", source="demo", sentence="", path="clip.wav")
clips["subject"] = [f"toy-{n % 6}" for n in range(24)]
clips["emotion"] = [space.classes[n // 6 % 2] for n in range(24)]
given = experiment.examples(clips, np.eye(24, dtype="float32"), space)

# %%
study = experiment.Study("toy", profile)
network = learners.Network(dense, epochs=epochs)
run = study.run("coin", given, network, protocols.SubjectKFold(2))
len(run.history)

# %%
mixed_clips = ...
exercises.check_1(mixed_clips)

# %%
"the end"
"""
PARAMETERS, SETTLED, TRAINED, EXERCISE = 1, 3, 7, 8
PRIMER = "13_optical_flow"  # the one that runs fastest


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A copy as `make lab` makes it, opened."""
    root = tmp_path_factory.mktemp("lab")
    (root / "notebooks").mkdir()
    (root / "notebooks" / "03_small.py").write_text(SCRIPT)
    mine = root / "mine"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs.notebook, "NOTEBOOKS", root / "notebooks")
        patch.setattr(records, "load", lambda folder: [])
        patch.setenv("EMOLIB_RUNS", str(root / "runs"))
        copies.copies(mine)
        (mine / "clip.wav").write_bytes(b"a clip")
        started = Lab(mine)
    try:
        started.open("03_small.ipynb")
        yield started
    finally:
        started.close()


def test_run_all_one_edited_exercise_and_another_profile(lab):
    cells = lab.run_all()
    numbers = [cell["number"] for cell in cells if cell["number"]]
    assert numbers == [*range(1, len(cells))]
    assert told(cells[SETTLED]) == "Profile quick.\n"
    # Of two folds the last epoch's line; then how many epochs there were.
    first, second, count = told(cells[TRAINED]).splitlines()
    assert first.startswith("epoch 2/2") and second.startswith("epoch 2/2")
    assert first.endswith("done") and count == "4"
    assert told(cells[EXERCISE]) == "Exercise 1: not yet answered.\n"
    # No log of TensorFlow, and nothing in red.
    assert [streams(cell) for cell in cells if streams(cell)] == [{"stdout"}] * 2

    # Numbers as text, and the plumbing folded.
    title = lab.browser.run("app.shell.currentWidget.content.widgets[0].node.innerText")
    assert "The document states 96.82 % (Satvik et al.)" in title
    assert "(in the output above)" in title and "{" not in title
    assert [cell["hidden"] for cell in cells[:6]] == [False, False, *[True] * 3, False]
    shown = """app.shell.currentWidget.content.widgets.map(
        cell => cell.node.querySelector(".cm-content")?.checkVisibility() ?? false)"""
    assert lab.browser.run(shown)[1:6] == [True, False, False, False, True]
    if place := os.environ.get("EMOLIB_PICTURES"):
        from pathlib import Path

        lab.browser.picture(Path(place) / "lab.png")

    # A reader's answers, a wrong one and the right one.
    answer = cells[EXERCISE]["source"]
    wrong = lab.rewrite(EXERCISE, answer.replace("...", "0.85"))
    assert "not yet. That is the share of windows" in told(wrong)
    right = lab.rewrite(EXERCISE, answer.replace("...", "1 - 0.85**10 - 0.15**10"))
    assert told(right).startswith("Exercise 1: right.")

    # Any cell can be run again after run-all; another profile makes another result.
    again = lab.rewrite(TRAINED, cells[TRAINED]["source"])
    assert told(again).endswith("4")
    smoke = cells[PARAMETERS]["source"].replace('"quick"', '"smoke"')
    lab.rewrite(PARAMETERS, smoke)
    cells = lab.run_all()
    assert told(cells[SETTLED]) == "Profile smoke: epochs = 1.\n"
    assert told(cells[TRAINED]).endswith("done\n2")
    given = smoke.replace("epochs: int = 2", "epochs: int = 3")
    lab.rewrite(PARAMETERS, given)
    cells = lab.run_all()
    assert told(cells[SETTLED]) == "Profile smoke. Given: epochs = 3.\n"
    assert told(cells[TRAINED]).endswith("done\n6")


def test_a_primer_of_the_book_runs_as_a_reader_opens_it(tmp_path, monkeypatch):
    for name in (f"notebooks/{PRIMER}.py", f"book/teaching/{PRIMER}.yaml"):
        (tmp_path / name).parent.mkdir(parents=True)
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(runs.notebook, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(records, "load", lambda folder: [])  # it quotes none
    monkeypatch.setenv("EMOLIB_RUNS", str(tmp_path / "runs"))
    copies.copies(tmp_path / "mine")
    lab = Lab(tmp_path / "mine")
    try:
        lab.open(f"{PRIMER}.ipynb")
        sources = [cell["source"] for cell in lab.cells()]
        (place,) = (n for n, one in enumerate(sources) if one.startswith("profile: s"))
        lab.rewrite(place, sources[place].replace('"quick"', '"smoke"'))
        cells = lab.run_all()
        shown = "document.querySelectorAll('.jp-OutputArea-output {}').length"
        tables = lab.browser.run(shown.format("table.dataframe"))
        pictures = lab.browser.run(shown.format('img[src^="data:image"]'))
        captions = lab.browser.run(shown.format(".figure-caption"))
        text = lab.browser.run("app.shell.currentWidget.content.node.innerText")
    finally:
        lab.close()
    numbers = [cell["number"] for cell in cells if cell["number"]]
    assert numbers == [*range(2, len(numbers) + 2)]
    assert {name for cell in cells for name in streams(cell)} == {"stdout"}
    said = [told(cell) for cell in cells]
    assert any(one.startswith("Profile smoke") for one in said)
    assert sum("not yet answered" in one for one in said) == 3
    assert tables >= 4 and pictures == captions > 3
    assert "(Farneb" in text and "{cite}" not in text  # works as they are cited


@pytest.mark.skipif(
    not util.find_spec("jupyterlab_rise"), reason="needs RISE: `make extras`"
)
def test_rise_shows_slides_whole_and_asks_no_other_host(tmp_path):
    source = runs.notebooks()["what-a-split-is"]
    made = slides.for_rise(teaching.notes(source), runs.read(source))
    nbformat.write(made, tmp_path / "slides.ipynb")
    (tmp_path / "rise.css").write_text(slides.RISE_STYLE)
    started = Lab(tmp_path)
    try:
        page = started.browser
        page.open(f"{started.address}/rise/slides.ipynb?token={started.token}")
        page.wait("document.querySelectorAll('.reveal section').length > 9")
        page.wait("document.querySelector('.reveal h1')?.checkVisibility()")
        title = "document.querySelector('.reveal h1').getBoundingClientRect()"
        page.wait(f"{title}.left >= 20 && {title}.right <= innerWidth")
        footer = "document.querySelector('.jp-Notebook-footer')?.checkVisibility()"
        assert not page.run(footer)
        own = (started.address, "data:", "blob:")
        assert [one for one in page.requests if not one.startswith(own)] == []
    finally:
        started.close()
