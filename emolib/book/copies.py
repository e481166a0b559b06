"""A student's own copy of the notebooks, in which every number can be read.

In a notebook as it lies in the project, prose holds the names of numbers; only the
book looks them up. In a copy, what a document states and what committed records hold
is text; a number of the run itself is the reader's to make, and stands in the output
above.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emolib import ROOT
from emolib.book import comparing, generated, quoting
from emolib.book.quoting import SPACE

if TYPE_CHECKING:
    from nbformat import NotebookNode

OWN = "(in the output above)"
"""What stands for a number of the reader's own run."""

_COPY_OF = "emolib_copy_of"
"""In a copy's metadata: the hash of the chapter as it was then."""

_ROLE = re.compile(r"\{(measured|compared|claim|cite)\}`([^`]+)`")
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#)[^)\s]+\)")


def copies(folder: Path) -> dict[Path, str]:
    """Copy every notebook into a folder, ready to be run and changed there.

    Args:
        folder: made if it is not there. What lies in it already is left alone.

    Returns:
        Each notebook, and "" if it was copied now, else what became of it.
    """
    import nbformat

    from emolib import runs
    from emolib.files import write_atomic

    sources = runs.notebooks().values()
    every = {folder / f"{source.stem}.ipynb": source for source in sources}
    now = {p: runs.notebook.sha(s.read_text("utf-8")) for p, s in every.items()}
    told = {path: _there(path, now[path]) for path in every}
    made = {path: every[path] for path in every if not told[path]}
    clean = {path: runs.read(source) for path, source in made.items()}
    numbers = known({page(path): notebook for path, notebook in clean.items()})
    folder.mkdir(parents=True, exist_ok=True)
    for path in made:
        notebook = readable(clean[path], page(path), numbers)
        notebook.metadata[_COPY_OF] = now[path]
        text = nbformat.writes(notebook) + "\n"
        write_atomic(path, lambda place, t=text: place.write_text(t, encoding="utf-8"))
    return told


def _there(copy: Path, now: str) -> str:
    """What is said of a copy that is there already; "" of one that is not.

    Args:
        copy: the file.
        now: the hash of its chapter.
    """
    if not copy.exists():
        return ""
    try:
        of = json.loads(copy.read_text("utf-8"))["metadata"].get(_COPY_OF)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        of = None  # no copy, whatever its name
    told = "is there already, and is left as it is"
    if of and of != now:
        told += ": the chapter has changed since; rename yours to get it as it is now"
    return told


def readable(
    notebook: NotebookNode, page: str, known: Mapping[str, Any]
) -> NotebookNode:
    """A notebook with text where it has the names of numbers and of works.

    Args:
        notebook: as it lies in the project.
        page: its name in the book, such as `notebooks/03_confidence_fusion`.
        known: what `generated.numbers` gives, and `cite`: texts by key. Of records
            that do not come with the book nothing is told.
    """
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = _ROLE.sub(lambda role: _told(role, page, known), cell.source)
            cell.source = _LINK.sub(r"\1 (in the book)", text)
        elif "hide-input" in cell.metadata.get("tags", []):
            cell.metadata["jupyter"] = {"source_hidden": True}
    return notebook


def _told(role: re.Match, page: str, known: Mapping[str, Any]) -> str:
    kind, text = role.groups()
    if kind == "cite":
        keys = [key.strip() for key in text.split(",")]
        return f"({'; '.join(known['cite'].get(key, key) for key in keys)})"
    if kind == "compared":
        entry = known["compared"].get(page, {}).get(comparing.normal(text), {})
        return _plain([entry] if "text" in entry else [])
    name, _, wanted = text.partition("?")
    entries = [
        entry
        for entry in known[kind].get(name, [])
        if quoting.fits(entry.get("told", {}), wanted)
    ]
    return _plain(entries)


def _plain(entries: list[dict]) -> str:
    """The one entry that comes with the book, as text."""
    kept = [entry["text"] for entry in entries if entry.get("committed", True)]
    return kept[0].replace(SPACE, " ") if len(kept) == 1 else OWN


def known(notebooks: Mapping[str, NotebookNode]) -> dict[str, Any]:
    """Every number that comes with the book, and how works are cited.

    Args:
        notebooks: by the names of their pages.
    """
    from emolib import runs

    pages = {
        name: "\n\n".join(c.source for c in nb.cells if c.cell_type == "markdown")
        for name, nb in notebooks.items()
    }
    committed = quoting.quotable(set())
    numbers = generated.numbers(committed, pages, runs.STUDIES)
    return {**numbers, "cite": cited(ROOT / "book" / "references.bib")}


def cited(references: Path) -> dict[str, str]:
    """Authors and year of each work, by its key."""
    from pybtex.database import parse_file

    found = {}
    for key, entry in parse_file(str(references)).entries.items():
        told = (_authors(entry.persons.get("author", [])), entry.fields.get("year", ""))
        found[key] = " ".join(filter(None, told))
    return found


def _authors(people: list) -> str:
    names = [" ".join(person.last_names).strip("{}") for person in people]
    return " and ".join(names) if len(names) < 3 else f"{names[0]} et al."


def page(path: Path) -> str:
    """The name in the book of a notebook's page."""
    return f"notebooks/{path.stem}"
