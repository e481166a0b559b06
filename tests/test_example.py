"""The worked example of CONTRIBUTING.md, followed word by word."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from emolib import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
COPIED = ("emolib", "tests/exercises", "tests/example", "pyproject.toml")
BESIDE = ("requirements.lock", "_config.yml", "_toc.yml", "book/references.bib")


def test_a_study_a_claim_and_an_exercise_are_added_as_the_page_says(tmp_path):
    for name in (*COPIED, *BESIDE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    section = PAGE.partition("## A worked example")[2]
    commands = re.search(r"```bash\n(.*?)```", section, re.S)[1]
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-e", "-c", commands],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONPATH": str(tmp_path), "PATH": programs},
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"F\.level\.accuracy +97\.2 +% +inconsistent", done.stdout)
    assert re.search(
        r"loud-or-soft +level +demo +subjects-apart.* accuracy", done.stdout
    )
    clean, ran = (
        nbformat.read(tmp_path / place / "17_loud_or_soft.ipynb", as_version=4)
        for place in ("notebooks", "runs/notebooks")
    )
    boxes = [cell.source for cell in clean.cells if "alert" in cell.source]
    assert len(boxes) == 1 and "(5 minutes; aim: to read decibels" in boxes[0]
    told = [output.get("text", "") for cell in ran.cells
            for output in cell.get("outputs", [])]  # fmt: skip
    assert "Exercise 1: not yet answered.\n" in told
