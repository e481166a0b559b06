"""What a finished study is held to, in its chapter and on its document's page.

An outcome is told with its test (`compared`), one of which was named beforehand, and
each committed record is made by a cell that names it and stands in the page's
provenance. Until a study is among
`DONE`, what is missing is listed and stops nothing:

    python -m emolib.book outcome-words
    python -m emolib.book loose-records
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from emolib import runs
from emolib.book.comparing import PRIMARY, study_of
from emolib.book.gates import Problem, outcome_words

if TYPE_CHECKING:
    import nbformat

DONE: tuple[str, ...] = (
    "posed-genuine",
    "speech-and-stills",
    "confidence-fusion",
    "early-fusion",
    "leakage",
    "confounds",
    "baselines",
    "what-a-split-is",
    "from-waveform-to-mfcc",
)
"""The slugs of finished studies and laboratories."""


def outcomes(root: Path) -> Iterator[tuple[str, Problem]]:
    """Outcomes told without a test, each with the slug of its study.

    And chapters that together with their document's page mark no test as primary.
    """
    named: set[str] = set()
    for path in sorted((root / "book").glob("document_*.md")):
        study = study_of(path.stem, runs.STUDIES)
        text = path.read_text("utf-8")
        named |= {study} if PRIMARY.search(text) else set()
        for line, told in outcome_words(text):
            yield study, Problem(f"book/{path.name}, line {line}", told)
    for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.py")):
        study = study_of(path.stem, runs.STUDIES) or _slug(path)
        primary = study in named or PRIMARY.search(path.read_text("utf-8"))
        if study in runs.STUDIES.values() and not primary:
            yield study, Problem(f"notebooks/{path.name}", "no comparison is primary")
        for number, cell in enumerate(runs.read(path).cells, 1):
            told = outcome_words(cell.source) if cell.cell_type == "markdown" else ()
            for line, words in told:
                where = f"notebooks/{path.name}, cell {number}, line {line}"
                yield study, Problem(where, words)


def loose_records(
    root: Path, executed: Mapping[str, nbformat.NotebookNode] | None = None
) -> Iterator[tuple[str, Problem]]:
    """Committed records that no cell makes, or that their page does not name.

    Args:
        root: the project.
        executed: executed notebooks by their path, for their provenance.
    """
    from emolib import records

    results = root / "book" / "results"
    for folder in sorted(path for path in results.glob("*") if path.is_dir()):
        study = folder.name
        stem = study.replace("-", "_")
        paths = sorted((root / "notebooks").glob(f"[0-9][0-9]_{stem}.py"))
        if not paths:
            yield study, Problem(_of(root, folder), "no notebook bears its name")
            continue
        notebook = runs.read(paths[0])
        named, nameless = run_names(notebook)
        for call in nameless:
            where, what = (
                f"notebooks/{paths[0].name}",
                f"{call}: its name is no literal",
            )
            yield study, Problem(where, what)
        page = (executed or {}).get(f"notebooks/{paths[0].stem}.ipynb")
        shown = provenance_text(page) if page else None
        for record in records.load(folder):
            where = record["record"]
            if record["experiment"] not in named:
                what = f"no cell of {paths[0].name} runs {record['experiment']!r}"
                yield study, Problem(where, what)
            # What is not complete may lie there, and is never quoted.
            if record["complete"] and shown is not None and record["id"] not in shown:
                what = f"is not in the provenance of {paths[0].stem}"
                yield study, Problem(where, what)


def refused(found: Iterator[tuple[str, Problem]]) -> list[Problem]:
    """Of these, what finished studies are held to."""
    return [problem for study, problem in found if study in DONE]


def run_names(notebook: nbformat.NotebookNode) -> tuple[set[str], list[str]]:
    """What a notebook's studies run, by name, and calls whose name is no literal.

    A function of the package that is handed a study runs what it names, too.
    """
    code = "\n\n".join(c.source for c in notebook.cells if c.cell_type == "code")
    tree = ast.parse(re.sub(r"^(\s*)[%!].*$", r"\1pass", code, flags=re.MULTILINE))
    studies = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _calls(node.value, "Study")
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    named, nameless = _names(tree, studies)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            places = [n for n, a in enumerate(node.args) if ast.unparse(a) in studies]
            if places:
                handed = _names(*_function(ast.unparse(node.func), places[0]))
                named, nameless = named | handed[0], nameless + handed[1]
    return named, nameless


def _names(tree: ast.AST, studies: set[str]) -> tuple[set[str], list[str]]:
    named, nameless = set(), []
    for node in ast.walk(tree):
        if not (_calls(node, "run") or _calls(node, "add_answers")):
            continue
        if ast.unparse(node.func.value) not in studies:
            continue
        given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "name")]
        name = given[0].value if given and isinstance(given[0], ast.Constant) else None
        if isinstance(name, str):
            named.add(name)
        else:
            nameless.append(ast.unparse(node)[:60])
    return named, nameless


def _function(name: str, place: int) -> tuple[ast.AST, set[str]]:
    """The code of a function of the package, and how it calls what it is handed."""
    module, _, name = name.rpartition(".")
    found = getattr(importlib.import_module(f"emolib.{module}"), name)
    return ast.parse(inspect.getsource(found)), {
        [*inspect.signature(found).parameters][place]
    }


def _calls(node: ast.AST, name: str) -> bool:
    """Whether this is a call of something's method of that name."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr == name


def provenance_text(notebook: nbformat.NotebookNode) -> str:
    """What an executed notebook shows below its heading Provenance."""
    below, shown = False, []
    for cell in notebook.cells:
        below |= bool(re.search(r"^#+ Provenance\b", cell.source, re.MULTILINE))
        for output in cell.get("outputs", []) if below else []:
            shown += [str(text) for text in output.get("data", {}).values()]
            shown.append(output.get("text", ""))
    return "\n".join(shown)


def _slug(path: Path) -> str:
    return path.stem[3:].replace("_", "-")


def _of(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
