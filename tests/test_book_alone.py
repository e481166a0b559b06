"""Notebooks that are opened alone: where they fetch the package, and what travels."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version

import nbformat
import pytest

from emolib import ROOT, UsageError, __version__, records, runs
from emolib.book import alone

HERE = "https://github.com/someone/emotions"


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ('""', ""),
        ("", ""),
        (HERE, HERE),
        (f"{HERE}.git", HERE),
        (f"{HERE}/", HERE),
        ("https://github.com/a/b.c", "https://github.com/a/b.c"),
        ("https://someone:secret@github.com/a/b", None),
        ("https://github.com.example.org/a/b", None),
        ("https://gitlab.com/a/b", None),
        ("git@github.com:a/b.git", None),
    ],
)
def test_only_a_github_address_is_taken(tmp_path, named, address):
    (tmp_path / "_config.yml").write_text(f"repository:\n  url: {named}\n")
    if address is None:
        with pytest.raises(UsageError, match="should read https://github.com/OWNER/NA"):
            alone.repository(tmp_path)
    else:
        assert alone.repository(tmp_path) == address


def test_the_readme_names_the_line_to_fill_in():
    alone.repository()
    told = (ROOT / "README.md").read_text()
    assert "`url` under `repository` in `_config.yml`" in told
    assert "make format" in told and "`v0.1.0`" in told


SCRIPT = """\
# %% [markdown]
# # A study
# It states {claim}`C.audio.accuracy`.

# %% tags=["hide-input"]
x = 1
"""


def test_it_begins_with_the_cell_and_is_readable(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "load", lambda folder: [])
    source = tmp_path / "03_one.py"
    source.write_text(SCRIPT)
    made = alone.notebooks({source: runs.read(source)}, HERE)[source]
    nbformat.validate(made)
    first, title, folded = made.cells
    assert f'"git+{HERE}@v{__version__}"' in first.source
    assert title.source == "# A study\nIt states 96.82 %."
    assert folded.metadata["cellView"] == "form" == first.metadata["cellView"]
    ast.parse(first.source)
    again = alone.notebooks({source: runs.read(source)}, HERE)[source]
    assert nbformat.writes(again) == nbformat.writes(made)


def test_the_version_is_the_release_s():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert alone.tag() == f"v{told}"


def test_the_first_cell_does_nothing_where_emolib_is_there(tmp_path):
    cell = alone.first_cell("https://nowhere.invalid/a/b").source
    subprocess.run([sys.executable, "-c", cell], check=True, cwd=tmp_path, env=ENV)
    assert not list(tmp_path.iterdir())


ENV = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
ASKED = """\
import runpy, sys, subprocess, json
from importlib import util
found = util.find_spec
util.find_spec = lambda name: None if name == "emolib" else found(name)
subprocess.run = lambda command, check: print(json.dumps(command), check)
"""


def test_it_keeps_what_is_installed_at_its_version(tmp_path):
    """The call of pip is looked at, not made: `make check-colab` makes it."""
    cell = alone.first_cell(HERE).source
    done = subprocess.run(
        [sys.executable, "-c", ASKED + cell],
        check=True, cwd=tmp_path, env=ENV, text=True, capture_output=True,
    )  # fmt: skip
    lines = (tmp_path / "kept.txt").read_text().splitlines()
    kept = dict(line.split("==") for line in lines)
    assert {*kept} == {*alone.KEPT}
    assert all(version(name) == number for name, number in kept.items())
    assert "upgrade" not in done.stdout and "True" in done.stdout


def test_no_notebook_takes_over_a_drive_or_credentials():
    for source in runs.notebooks().values():
        code = runs.notebook.code_of(source)
        assert not re.search(r"google\.colab|drive\.mount|getpass|userdata|token", code)


def test_the_records_travel_in_the_package(tmp_path):
    """The build itself, as pip has it done; then read from a folder of its own."""
    names = ("setup.py", "pyproject.toml", "README.md", "requirements.lock", "LICENSE")
    for name in names:
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for name in ("emolib", "benchmarks"):
        (tmp_path / name).symlink_to(ROOT / name)
    one = sorted((ROOT / "book" / "results" / "leakage").iterdir())[0]
    shutil.copytree(one, tmp_path / one.relative_to(ROOT))
    built = tmp_path / "built"
    subprocess.run(
        [sys.executable, "setup.py", "-q", "build_py", "--build-lib", built],
        check=True, cwd=tmp_path, capture_output=True,
    )  # fmt: skip
    code = (
        "from emolib import ROOT, notebook, records\n"
        "print(ROOT, len(records.load(records.committed_folder() / 'leakage')),"
        " len(notebook.benchmark('intervals')))"
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True, cwd=elsewhere, text=True, capture_output=True,
        env=ENV | {"PYTHONPATH": str(built)},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1].split()[:2] == [str(elsewhere), "1"]
