"""Solutions of the exercises, from the references that the tests hold the checks to.

A reference is written once, in `tests/exercises/`. Here its source is read, never run:
the definitions and lines that it needs, then the name that the notebook gives it. Where
a test's reference is of small stand-ins for what a chapter has at hand, the lines for
the chapter stand in `tests/exercises/in_chapters.py`, and a test holds those too.
"""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emolib import ROOT, UsageError
from emolib.runs import notebook

if TYPE_CHECKING:
    from nbformat import NotebookNode

TESTS = ROOT / "tests" / "exercises"
STUB = re.compile(
    r"(?P<before>(?:.+\n)*?)(?P<name>\w+) = \.\.\.\n"
    r"(?P<check>exercises\.check_(?P<number>\d+)\((?P=name)(?:, (?P<more>.+))?\))"
)
"""What a cell with an exercise looks like: a stub and its check, perhaps with lines
before them that are given."""


@dataclass(frozen=True)
class Exercise:
    """One exercise of a notebook.

    Attributes:
        study: the module of its checks, such as `leakage`.
        number: from 1.
        name: what the answer is to be called.
        check: the call that checks it.
        before: what stands in the cell before the stub.
        more: names that the call takes from the notebook.
    """

    study: str
    number: int
    name: str
    check: str
    before: str
    more: frozenset[str]


def exercise(cell: NotebookNode, study: str) -> Exercise | None:
    """The exercise that a cell holds, if it holds one."""
    found = STUB.fullmatch(cell.source) if cell.cell_type == "code" else None
    if not found:
        return None
    more = frozenset(_loaded(ast.parse(found["more"] or "")))
    of = found["name"], found["check"], found["before"].strip()
    return Exercise(study, int(found["number"]), *of, more)


def exercises(source: Path) -> list[Exercise]:
    """All exercises of a notebook, given by its percent script."""
    cells = notebook.read(source).cells
    found = [exercise(cell, source.stem[3:]) for cell in cells]
    return [one for one in found if one]


def solution(of: Exercise, tests: Path = TESTS) -> str:
    """Code that answers an exercise, to stand in the place of its stub.

    Raises:
        UsageError: if the tests are not here, or hold no reference to its check.
    """
    script = tests / f"test_exercises_{of.study}.py"
    if not script.is_file():
        raise UsageError(f"{script}: is not there; references come with a clone alone")
    if given := _in_chapter(of, tests):
        return given
    tree = ast.parse(text := script.read_text("utf-8"))
    for test in tree.body:
        for call in ast.walk(test):
            if _holds(call, f"check_{of.number}"):
                return _Source(text, tree).answer(of, test, call)
    raise UsageError(f"{script}: it holds no reference to check_{of.number}")


def _in_chapter(of: Exercise, tests: Path) -> str:
    """Lines that were written for the chapter, if there are any."""
    place = tests / "in_chapters.py"
    if not place.is_file():
        return ""
    for line in ast.parse(place.read_text("utf-8")).body:
        if isinstance(line, ast.Assign) and line.targets[0].id == of.study.upper():
            return textwrap.dedent(ast.literal_eval(line.value).get(of.number, ""))
    return ""


def _holds(call: ast.AST, check: str) -> bool:
    return (
        isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "hold"
        and getattr(call.args[0], "attr", "") == check
    )


class _Source:
    """A test module, asked for the lines that an expression needs."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        self._text, self._tree = text, tree

    def answer(self, of: Exercise, test: ast.FunctionDef, call: ast.Call) -> str:
        reference = call.args[1]
        local = [line for line in test.body if line.lineno < call.lineno]
        wanted = self._needed(_loaded(reference), local, of.more)
        lines = [line for line in self._tree.body + local if line in wanted]
        imports = [n for n in lines if isinstance(n, ast.Import | ast.ImportFrom)]
        others = [n for n in lines if n not in imports]
        parts = ["\n".join(map(self._lines, imports)), *map(self._lines, others)]
        told = self._lines(reference)
        if others and parts[-1].startswith(f"{told} = "):
            parts[-1] = f"{of.name}{parts[-1].removeprefix(told)}"
        elif told != of.name:
            parts.append(f"{of.name} = {told}")
        return re.sub(r"\n{3,}", "\n\n\n", "\n".join(filter(None, parts))).strip()

    def _needed(self, names: set[str], local: list, given: frozenset) -> list[ast.stmt]:
        """Statements that bind these names, and what they need in turn."""
        found, left = [], set(names)
        while left:
            name = left.pop()
            for line in [*local, *self._tree.body]:
                if name not in given and name in _bound(line) and line not in found:
                    found.append(line)
                    left |= _loaded(line)
        return found

    def _lines(self, node: ast.AST) -> str:
        """The source of a node, with its decorators, from the margin on."""
        lines = self._text.splitlines()
        if not isinstance(node, ast.stmt):
            return ast.get_source_segment(self._text, node)
        decorated = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(d.lineno for d in decorated)])
        text = textwrap.dedent("\n".join(lines[first - 1 : node.end_lineno]))
        return f"\n{text}\n" if isinstance(node, ast.FunctionDef) else text


def _bound(line: ast.stmt) -> set[str]:
    """Names that a statement binds where it stands."""
    if isinstance(line, ast.FunctionDef | ast.ClassDef):
        return {line.name}
    if isinstance(line, ast.Import | ast.ImportFrom):
        return {a.asname or a.name.split(".")[0] for a in line.names}
    return _stored(line) - _own(line)


def _stored(node: ast.AST) -> set[str]:
    """Names that code assigns to, or to a part of."""
    names = {n.id for n in ast.walk(node) if _is(n, ast.Name, ast.Store)}
    parts = [n.value for n in ast.walk(node) if _is(n, ast.Subscript, ast.Store)]
    return names | {part.id for part in parts if isinstance(part, ast.Name)}


def _loaded(node: ast.AST) -> set[str]:
    """Names that code reads and does not bind itself."""
    read = {n.id for n in ast.walk(node) if _is(n, ast.Name, ast.Load)}
    inside = isinstance(node, ast.FunctionDef | ast.Lambda)
    return read - _own(node) - (_stored(node) if inside else set())


def _own(node: ast.AST) -> set[str]:
    """Names that live inside a comprehension, a function or a lambda in this code."""
    loops = [n.target for n in ast.walk(node) if isinstance(n, ast.comprehension)]
    found = {n.id for t in loops for n in ast.walk(t) if isinstance(n, ast.Name)}
    return found | {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}


def _is(node: ast.AST, kind: type, context: type) -> bool:
    return isinstance(node, kind) and isinstance(node.ctx, context)
