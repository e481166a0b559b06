"""A notebook as a file: which there are, what its parameters are, its clean form.

A notebook's source is a percent script, `notebooks/NN_slug.py`; the `.ipynb`
beside it is generated. One cell tagged `parameters` declares what a run may
change, typed, at the values of the profile `quick`; a second one tagged
`profiles` holds what the profiles change, and what is allowed:

    # %% tags=["parameters"]
    profile: str = "quick"
    epochs: int = 3

    # %% tags=["profiles"]
    PROFILES = {"quick": {"profile": "quick", "epochs": 3}, "smoke": {"epochs": 1}}
    RANGES = {"profile": ["smoke", "quick"], "epochs": (1, 500)}

Both are read here without being executed; what settles them in the notebook
itself is `emolib.notebook`.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emolib import ROOT, EmolibError, UsageError
from emolib.files import shown, write_atomic
from emolib.notebook import NAMES, TYPES, Front, Parameter, near
from emolib.runs import boxes

if TYPE_CHECKING:
    from types import ModuleType

    from nbformat import NotebookNode

STUDIES = {
    "A": "posed-genuine",
    "B": "speech-and-stills",
    "C": "confidence-fusion",
    "D": "early-fusion",
    "E": "real-or-fake",
}
"""The five documents' letters and the slugs of their notebooks."""

NOTEBOOKS = ROOT / "notebooks"


# -- which ------------------------------------------------------------------


def notebooks(folder: Path | None = None) -> dict[str, Path]:
    """Every notebook's source by slug, in the order of their numbers."""
    found = sorted((folder or NOTEBOOKS).glob("[0-9][0-9]_*.py"))
    return {path.stem[3:].replace("_", "-"): path for path in found}


def slug(study: str) -> str:
    """The slug of a study given by slug or letter.

    >>> slug("C")
    'confidence-fusion'
    """
    return STUDIES.get(study.upper(), study)


def check_study(study: str) -> None:
    """Make sure that a study, by letter or slug, has a document or a notebook.

    Raises:
        UsageError: if there is no such study; near misses are named.
    """
    known = dict.fromkeys([*STUDIES.values(), *notebooks()])
    if slug(study) not in known:
        raise UsageError(
            f"no study {study!r}{near(slug(study), known)}; there is {', '.join(known)}"
        )


def notebook_of(study: str) -> Path:
    """The source of a study given by letter or slug, or a notebook's own path.

    Raises:
        UsageError: if there is no such notebook; near misses are named.
    """
    if study.endswith(".py") and (ROOT / study).is_file():
        return ROOT / study
    known = notebooks()
    if slug(study) not in known:
        raise UsageError(
            f"no notebook {study!r}{near(slug(study), known)}; there is "
            f"{', '.join(known) or 'none yet'}, or give the path of a percent script"
        )
    return known[slug(study)]


# -- parameters -------------------------------------------------------------


def declared(notebook: Path) -> dict[str, Parameter]:
    """The parameters a notebook declares in its tagged cell.

    Raises:
        UsageError: if a line there is not `name: type = value`, with a type
            among `TYPES`.
    """
    found = {}
    for line in ast.parse(_tagged(notebook, "parameters")).body:
        try:
            name, kind = line.target.id, ast.unparse(line.annotation)
            kind, _, items = kind.rstrip("]").partition("[")
            default = ast.literal_eval(line.value)
            parameter = Parameter(name, kind, default, items)
            parameter.value(default)
        except (AttributeError, KeyError, ValueError, UsageError) as error:
            raise UsageError(
                f"{notebook.name}, parameters cell: {ast.unparse(line)!r} should "
                f"read `name: type = value`, with a type among {', '.join(TYPES)} "
                "and a value of it"
            ) from error
        found[name] = parameter
    return found


def front(notebook: Path) -> Front:
    """What a notebook may be run with: parameters, profiles, ranges.

    Raises:
        UsageError: if a cell is not as it should be.
    """
    literals = _literals(notebook)
    profiles, ranges = literals.get("PROFILES", {}), literals.get("RANGES", {})
    return Front(notebook.name, declared(notebook), profiles, ranges)


def resolve(
    notebook: Path, profile: str = "quick", given: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The value of every parameter, by the profile and what is given, checked.

    Where a profile takes its corpora from `data`, `EMOLIB_DATA` names another place.

    Raises:
        UsageError: for a profile the notebook does not have, a name it does
            not declare, or a value of another type or out of range.
    """
    if "profile" in (given or {}):
        raise UsageError("the profile is chosen with --profile, not as a parameter")
    return front(notebook).settled(profile, given or {})


def to_inject(
    notebook: Path, values: dict[str, Any], given: dict[str, Any]
) -> dict[str, Any]:
    """What of the values papermill has to inject.

    A notebook that settles its parameters needs what is given and the profile's
    name; one that does not, all that differs from its own cell.

    Args:
        values: from `resolve`.
        given: what was asked for explicitly.
    """
    named = {"profile", *given}
    if not settles(notebook):
        named |= {n for n, p in declared(notebook).items() if values[n] != p.default}
    return {name: value for name, value in values.items() if name in named}


def settles(notebook: Path) -> bool:
    """Whether a notebook calls `emolib.notebook.settle`."""
    return bool(re.search(r"\bsettle\(PROFILES, RANGES\)", code_of(notebook)))


def check_fronts(folder: Path | None = None) -> None:
    """Hold each notebook that settles its parameters to what its front says.

    Raises:
        UsageError: naming the notebook and what is wrong.
    """
    for notebook in notebooks(folder).values():
        if settles(notebook):
            front(notebook).check()


def _literals(notebook: Path) -> dict[str, dict[str, Any]]:
    """PROFILES and RANGES of the profiles cell."""
    try:
        lines = ast.parse(_tagged(notebook, "profiles")).body
        found = {line.targets[0].id: ast.literal_eval(line.value) for line in lines}
        known = {"PROFILES", "RANGES"}
        if found.keys() <= known and all(isinstance(v, dict) for v in found.values()):
            presets = found.get("PROFILES", {})
            wrong = [name for name in presets if name not in NAMES]
            if not wrong and all(isinstance(p, dict) for p in presets.values()):
                return found
    except (AttributeError, ValueError, SyntaxError, TypeError):
        pass
    raise UsageError(
        f"{notebook.name}, profiles cell: it must hold literals, such as "
        'PROFILES = {"smoke": {"epochs": 1}} and RANGES = {"epochs": (1, 500)}, '
        f"with keys of PROFILES among {', '.join(NAMES)}"
    )


def _tagged(notebook: Path, tag: str) -> str:
    found = [source for source, tags in _code(notebook) if tag in tags]
    if len(found) > 1:
        raise UsageError(f"{notebook.name}: {len(found)} cells are tagged {tag!r}")
    return found[0] if found else ""


# -- the clean notebook -----------------------------------------------------


def read(notebook: Path) -> NotebookNode:
    """A percent script as a notebook without outputs, its exercises in boxes.

    A cell's id comes from its content, so that reading the same text again
    gives the same bytes and an inserted cell changes no other.
    """
    nbformat()
    import jupytext

    found = jupytext.read(notebook, fmt="py:percent")
    found.metadata = {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    found.nbformat, found.nbformat_minor = 4, 5
    boxes.boxed(found.cells, boxes.of(notebook))
    seen: dict[str, int] = {}
    for cell in found.cells:
        content = f"{cell.cell_type} {cell.source}"
        seen[content] = seen.get(content, 0) + 1
        cell["id"] = sha(f"{content} {seen[content]}")[:8]
    return found


def sync_notebooks(
    check: bool = False,
    folder: Path | None = None,
    made: Callable[[dict[Path, NotebookNode]], dict[Path, NotebookNode]] | None = None,
) -> list[Path]:
    """Write the `.ipynb` beside each percent script, where it differs.

    Args:
        check: write nothing, refuse instead.
        folder: by default the project's `notebooks`.
        made: what is to be written of the clean notebooks, by their source; by
            default the notebooks themselves.

    Returns:
        What was written.

    Raises:
        EmolibError: under `check`, if one is missing, outdated or left over.
    """
    folder = folder or NOTEBOOKS
    clean = {path: read(path) for path in sorted(folder.glob("*.py"))}
    wanted = {
        path.with_suffix(".ipynb"): (nbformat().writes(one).rstrip() + "\n").encode()
        for path, one in (made(clean) if made else clean).items()
    }
    changed = [p for p in wanted if not p.exists() or p.read_bytes() != wanted[p]]
    orphans = [p for p in sorted(folder.glob("*.ipynb")) if p not in wanted]
    if check and (changed or orphans):
        names = ", ".join(shown(path) for path in [*changed, *orphans])
        raise EmolibError(
            f"{names}: not what the .py of that name gives. Edit the .py, then "
            "`python -m emolib.runs` writes the .ipynb; delete one that has no .py"
        )
    for path in changed:
        write_atomic(path, lambda temporary, p=path: temporary.write_bytes(wanted[p]))
    return changed


def refresh_prose(executed: NotebookNode, source: NotebookNode) -> NotebookNode:
    """The source's cells with the executed notebook's outputs.

    Text may be edited without running anything again: the code must be the
    same, everything else is taken from the source.

    Raises:
        EmolibError: if a code cell differs.
    """
    import copy

    ran = [c for c in executed.cells if c.cell_type == "code"]
    injected = [c for c in ran if "injected-parameters" in tags_of(c)]
    ran = [c for c in ran if c not in injected]
    cells = []
    for cell in copy.deepcopy(source.cells):
        if cell.cell_type == "code":
            before = ran.pop(0) if ran else None
            if before is None or before.source != cell.source:
                raise EmolibError(
                    f"the code was changed since it ran: {cell.source[:60]!r}; "
                    "execute the notebook again"
                )
            cell.outputs = before.outputs
            cell.execution_count = before.execution_count
        cells.append(cell)
        if "parameters" in tags_of(cell):
            cells += injected
    result = copy.deepcopy(executed)
    result.cells = cells
    return result


def nbformat() -> ModuleType:
    """The library, without the grammar of addresses that would come with it.

    Nothing here needs that grammar, and it takes as long as all the rest.
    """
    import importlib

    absent = sys.modules.setdefault("rfc3987_syntax", None) is None
    try:
        return importlib.import_module("nbformat")
    finally:
        if absent:
            del sys.modules["rfc3987_syntax"]


def tags_of(cell: NotebookNode) -> list[str]:
    """A cell's tags."""
    return cell.metadata.get("tags", [])


def code_of(notebook: Path) -> str:
    """All code of a notebook, without its prose."""
    return "\n\n".join(source for source, _ in _code(notebook))


def _code(notebook: Path) -> tuple[tuple[str, list[str]], ...]:
    """The code cells' sources and tags, which a run asks for again and again."""
    return _code_in(notebook.read_text("utf-8"))


@cache
def _code_in(text: str) -> tuple[tuple[str, list[str]], ...]:
    nbformat()
    import jupytext

    cells = jupytext.reads(text, fmt="py:percent").cells
    return tuple((c.source, tags_of(c)) for c in cells if c.cell_type == "code")


def sha(text: str) -> str:
    """A text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()
