"""What is done to a notebook that was handed in before nbgrader runs it.

Cells that were deleted are put back; of a cell that is there twice the one that was
changed counts; an answer that reaches for checks or references is not run. All of it is
told in the notebook and in nbgrader's log.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

REACHES = (
    "this answer reaches for the checks or their references: it is not run, and gets "
    "no points"
)
_PLACES = re.compile(r"test_exercises|tests[./\\]+exercises|in_chapters|__editable__")
_MODULES = re.compile(
    r"(tests|answers|in_chapters|test_exercises\w*|emolib\.(exercises|editions)"
    r"|inspect|importlib)(\.|$)"
)


class Mend(NbGraderPreprocessor):
    """Brings a submission back to the cells that were handed out."""

    def preprocess(
        self, nb: NotebookNode, resources: dict
    ) -> tuple[NotebookNode, dict]:
        """nbgrader's own interface; it runs in the course's folder."""
        told = resources["nbgrader"]
        name = told["notebook"]
        place = Path("release") / told["assignment"] / f"{name}.ipynb"
        handed_out = nbformat.read(place, as_version=4)
        for problem in mended(nb, handed_out):
            self.log.warning("%s, %s: %s", told["student"], name, problem)
        return nb, resources


def mended(nb: NotebookNode, handed_out: NotebookNode) -> list[str]:
    """Mend a notebook in place; what was wrong with it.

    Args:
        handed_out: the notebook as it was released.
    """
    wanted = {_id(cell): cell for cell in handed_out.cells if _id(cell)}
    problems = [*_doubled(nb, wanted), *_deleted(nb, handed_out)]
    for cell in nb.cells:
        locked = _id(cell) in wanted and not cell.metadata.nbgrader.get("solution")
        if cell.cell_type == "code" and not locked and reaches(cell.source):
            cell.source = f"raise ImportError({REACHES!r})"
            problems.append(f"{_id(cell) or 'a cell of their own'}: {REACHES}")
    return problems


def _id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _doubled(nb: NotebookNode, wanted: dict[str, NotebookNode]) -> Iterator[str]:
    """Of each cell that was handed out one is left: the last that was changed."""
    groups: dict[str, list[NotebookNode]] = {}
    for cell in nb.cells:
        if _id(cell) in wanted:
            groups.setdefault(_id(cell), []).append(cell)
    for name, cells in groups.items():
        if len(cells) == 1:
            continue
        changed = [c for c in cells if c.source.strip() != wanted[name].source.strip()]
        kept = (changed or cells)[-1]
        dropped = [id(cell) for cell in cells if cell is not kept]
        nb.cells = [cell for cell in nb.cells if id(cell) not in dropped]
        yield f"{name} is there {len(cells)} times: the last that was changed counts"


def _deleted(nb: NotebookNode, handed_out: NotebookNode) -> Iterator[str]:
    """What is missing is put back behind what stood before it."""
    place = 0
    for cell in handed_out.cells:
        if not _id(cell):
            continue
        there = [n for n, one in enumerate(nb.cells) if _id(one) == _id(cell)]
        if there:
            place = max(place, there[0] + 1)
            continue
        nb.cells.insert(place, copy.deepcopy(cell))
        place += 1
        yield f"{_id(cell)} was deleted: it was put back as it was handed out"


def _rebinds(node: ast.AST) -> bool:
    """Whether code gives the checks' own name to something else."""
    stored = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    return stored and node.id == "exercises"


def reaches(code: str) -> bool:
    """Whether code looks at checks or references, other than by calling a check.

    It finds what is written plainly. Who hides it well can do anything that a program
    can; answers are for people to read, too.

    >>> reaches("exercises.check_1(answer)"), reaches("answer = exercises.CLOSED")
    (False, True)
    """
    if _PLACES.search(code):
        return True
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return False  # it does not run either
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute):
            called = re.fullmatch(r"check_\d+", node.attr)
            of_checks = getattr(node.value, "id", "") == "exercises"
            stored = isinstance(node.ctx, ast.Store | ast.Del)
            if of_checks and (stored or not called):
                return True
            if node.attr in ("_function", "__globals__", "__code__", "__wrapped__"):
                return True
        elif _rebinds(node):
            return True
        if any(_MODULES.match(name) for name in names):
            return True
    return False
