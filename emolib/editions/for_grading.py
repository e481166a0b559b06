"""What nbgrader grades: notebooks whose locked checks raise where an answer is wrong.

A check that only prints would give a stub full marks. Here each exercise is two cells,
the answer and its check; the check is locked and raises, or gives part of the points.
Answers run against a copy of the package beside the course, in which there are no
references, and small: with the profile `smoke`.
"""

from __future__ import annotations

import copy
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from emolib import PUBLISHED, ROOT, EmolibError, runs
from emolib.editions import solutions
from emolib.editions.for_students import new_folder
from emolib.runs.notebook import tags_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from emolib.editions.solutions import Exercise

SECONDS = 300
"""What a cell may take; the longest of a chapter's own take half of that."""

PROFILES = {"speech_and_stills": "quick"}
"""By study, where `smoke` is too small for an exercise: there the voice network of
chapter B is trained for two epochs, and exercise 2 wants it to learn."""

CONFIGURATION = f'''\
"""How nbgrader grades this course: `nbgrader autograde ASSIGNMENT` in this folder."""

import os
from pathlib import Path

from nbgrader import preprocessors as steps

here = Path(__file__).resolve().parent
# Answers run against this copy of the package; no reference lies beside it.
os.environ["PYTHONPATH"] = str(here / "package")

c = get_config()
c.CourseDirectory.course_id = "emotion"
c.CourseDirectory.root = str(here)
c.ClearSolutions.code_stub = {{"python": "# your answer"}}
c.Execute.timeout = {SECONDS}  # seconds for a cell; what takes longer is not graded
c.Autograde.sanitize_preprocessors = [
    steps.ClearOutput,
    "emolib.editions.mending.Mend",
    steps.DeduplicateIds,
    steps.OverwriteKernelspec,
    steps.OverwriteCells,
    steps.CheckCellMetadata,
]
'''

READ_ME = """\
A course for nbgrader; an assignment is a notebook.

release/     hand these out
submitted/   put what comes back here: submitted/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb
source/      the same with solutions: keep it to yourself

    nbgrader autograde ASSIGNMENT
    nbgrader generate_feedback ASSIGNMENT
    nbgrader export                         grades.csv

Answers are programs that strangers wrote. Copy this folder to a machine (or into a
container) that holds nothing else, install emolib there, and grade there. On a machine
with a clone of the project, an answer that knows its place could read references.
"""


def grading(
    out: Path,
    studies: Iterable[str] = (),
    say: Callable[[str], None] = print,
) -> Path:
    """Write a course for nbgrader: sources, what is handed out, a package to run in.

    Args:
        out: a folder that is not there yet, or empty.
        studies: slugs or letters of notebooks; all of them by default.
        say: is told what is done.

    Returns:
        The folder.

    Raises:
        EmolibError: if nbgrader is not installed, or refuses.
    """
    if not importlib.util.find_spec("nbgrader"):
        raise EmolibError("nbgrader is not installed here: make extras")
    chosen = [runs.notebook_of(one) for one in studies] or [*runs.notebooks().values()]
    new_folder(out)
    for source in chosen:
        place = out / "source" / source.stem / f"{source.stem}.ipynb"
        place.parent.mkdir(parents=True)
        nbformat.write(graded(runs.read(source), source.stem[3:]), place)
    (out / "nbgrader_config.py").write_text(CONFIGURATION, encoding="utf-8")
    (out / "README.txt").write_text(READ_ME, encoding="utf-8")
    package(out / "package")
    for source in chosen:
        nbgrader(out, "generate_assignment", source.stem, "--force")
        say(f"{out / 'release' / source.stem}: to be handed out")
    return out


def nbgrader(course: Path, *arguments: str) -> str:
    """Run nbgrader in a course; what it says.

    Raises:
        EmolibError: if it fails, with its last words.
    """
    command = [sys.executable, "-m", "nbgrader", *arguments]
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command,
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PATH": programs},
    )
    if done.returncode:
        said = "\n".join(done.stdout.splitlines()[-5:])
        raise EmolibError(f"nbgrader {' '.join(arguments)} failed in {course}:\n{said}")
    return done.stdout


def package(folder: Path) -> None:
    """A copy of the package as a checkout holds it, without tests and references."""
    skip = shutil.ignore_patterns("__pycache__", "editions")
    shutil.copytree(ROOT / "emolib", folder / "emolib", ignore=skip)
    for name in ("book/results", "benchmarks"):
        only_data = shutil.ignore_patterns("*.py", "__pycache__")
        shutil.copytree(PUBLISHED / name, folder / name, ignore=only_data)
    for name in ("_toc.yml", "requirements.lock"):
        shutil.copy(ROOT / name, folder / name)


# -- a notebook -------------------------------------------------------------


def graded(notebook: NotebookNode, study: str) -> NotebookNode:
    """A notebook with an answer cell and a locked check for each exercise.

    Args:
        notebook: as it lies in the project.
        study: the module of its checks.
    """
    made = copy.deepcopy(notebook)
    made.cells = []
    for number, cell in enumerate(notebook.cells):
        if of := solutions.exercise(cell, study):
            made.cells += _exercise(of)
            continue
        made.cells.append(copy.deepcopy(cell))
        if cell.cell_type == "code":
            _mark(made.cells[-1], f"given-{number}", locked=True)
        if "parameters" in tags_of(cell):
            small = f'profile = "{PROFILES.get(study, "smoke")}"  # while it is graded'
            made.cells.append(_cell(small, "given-profile", locked=True))
    return made


def _exercise(of: Exercise) -> list[NotebookNode]:
    name = f"{of.study}-{of.number}"
    answer = (
        f"{of.name} = ...\n### BEGIN SOLUTION\n{solutions.solution(of)}\n"
        "### END SOLUTION"
    )
    checks = importlib.import_module(f"emolib.exercises.{of.study}")
    points = getattr(checks, f"check_{of.number}").parts
    check = f"{of.check[:-1]}, grade=True)"
    if points > 1:
        check = of.check.replace("(", ".points(", 1)
    given = [_cell(of.before, f"{name}-given", locked=True)] if of.before else []
    return [
        *given,
        _cell(answer, f"{name}-answer", solution=True),
        _cell(check, f"{name}-check", grade=True, locked=True, points=points),
    ]


def _cell(source: str, name: str, **told: bool | int) -> NotebookNode:
    cell = nbformat.v4.new_code_cell(source, id=runs.notebook.sha(name)[:8])
    return _mark(cell, name, **told)


def _mark(cell: NotebookNode, name: str, **told: bool | int) -> NotebookNode:
    plain = {"grade": False, "solution": False, "locked": False, "task": False}
    cell.metadata["nbgrader"] = {
        **plain,
        **told,
        "grade_id": name,
        "schema_version": 3,
        "cell_type": "code",
    }
    return cell
