"""Copies for students: numbers and works as text, nothing there is written over."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from emolib import records, runs
from emolib.book import copies
from emolib.book.quoting import SPACE

KNOWN = {
    "claim": {"C.audio.accuracy": [{"text": f"96.82{SPACE}%"}]},
    "measured": {
        "study/one/apart/accuracy@real": [
            {"text": "44.0 %", "told": {"width": "1.0"}},
            {"text": "45.0 %", "told": {"width": "0.5"}},
        ]
    },
    "compared": {"notebooks/03_toy": {"a > b @real": {"text": "+3.0 points"}}},
    "cite": {"someone2020": "Someone 2020", "two2021": "One and Two 2021"},
}


def told(text: str) -> str:
    notebook = new_notebook(cells=[new_markdown_cell(text)])
    return copies.readable(notebook, "notebooks/03_toy", KNOWN).cells[0].source


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{claim}`C.audio.accuracy` stated", "96.82 % stated"),
        ("{measured}`study/one/apart/accuracy@real?width=0.5`", "45.0 %"),
        ("{measured}`study/one/apart/accuracy@real`", copies.OWN),
        ("{measured}`study/other/apart/accuracy@demo`", copies.OWN),
        ("it is {compared}`a > b\n@real` ahead", "it is +3.0 points ahead"),
        ("{compared}`b > a @demo`", copies.OWN),
        (
            "a work {cite}`someone2020,two2021`",
            "a work (Someone 2020; One and Two 2021)",
        ),
        ("see [the data](../book/data)", "see the data (in the book)"),
        ("see [a site](https://a.b)", "see [a site](https://a.b)"),
        ("plain `code` stays", "plain `code` stays"),
    ],
)
def test_roles_become_text(written, read):
    assert told(written) == read


def test_plumbing_is_folded_and_the_original_is_left_as_it_is():
    cells = [
        new_code_cell("import os", metadata={"tags": ["hide-input"]}),
        new_code_cell("x = 1"),
    ]
    notebook = new_notebook(cells=cells)
    made = copies.readable(notebook, "notebooks/03_toy", KNOWN)
    assert made.cells[0].metadata["jupyter"] == {"source_hidden": True}
    assert "jupyter" not in made.cells[1].metadata
    assert "jupyter" not in notebook.cells[0].metadata


SCRIPT = """\
# %% [markdown]
# # A study
# It states {claim}`C.audio.accuracy` {cite}`livingstone2018ravdess`; here it is
# {measured}`toy/coin/subjects-apart/accuracy@demo`.

# %% tags=["hide-input"]
x = 1
"""


def test_copies_hold_no_role_and_are_never_written_over(tmp_path, monkeypatch):
    sources = tmp_path / "notebooks"
    sources.mkdir()
    for name in ("03_one.py", "04_other.py"):
        (sources / name).write_text(SCRIPT)
    monkeypatch.setattr(runs.notebook, "NOTEBOOKS", sources)
    monkeypatch.setattr(records, "load", lambda folder: [])
    mine = tmp_path / "mine" / "04_other.ipynb"
    mine.parent.mkdir()
    mine.write_text("my own work")
    one = mine.parent / "03_one.ipynb"
    left = "is there already, and is left as it is"
    assert copies.copies(mine.parent) == {one: "", mine: left}
    assert mine.read_text() == "my own work"
    notebook = nbformat.read(one, as_version=4)
    nbformat.validate(notebook)
    told = "It states 96.82 % (Livingstone and Russo 2018); here it is\n"
    assert notebook.cells[0].source == f"# A study\n{told}{copies.OWN}."
    assert copies.copies(mine.parent) == {one: left, mine: left}
    # JupyterLab writes it anew; that the chapter changed is told all the same.
    notebook.cells.append(new_code_cell("my own"))
    nbformat.write(notebook, one)
    (sources / "03_one.py").write_text(SCRIPT.replace("x = 1", "x = 2"))
    told = copies.copies(mine.parent)
    assert "the chapter has changed since; rename yours" in told[one]
    assert told[mine] == left and nbformat.read(one, 4).cells[-1].source == "my own"


def test_works_are_cited_by_authors_and_year():
    found = copies.cited(copies.ROOT / "book" / "references.bib")
    assert found["livingstone2018ravdess"] == "Livingstone and Russo 2018"
    assert found["satvik2025"].startswith("Satvik et al.")
