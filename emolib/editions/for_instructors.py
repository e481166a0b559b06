"""What an instructor needs: solutions, notes, syllabus, slides, the student edition."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from emolib import ROOT, runs
from emolib.editions import slides, solutions, teaching
from emolib.editions.for_students import new_folder, packed, student

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from emolib.editions.teaching import Notes

EXECUTED = ROOT / "_build" / "executed"


def instructor(out: Path, say: Callable[[str], None] = print) -> Path:
    """Write the instructor's edition, and the same as a zip beside it.

    Args:
        out: a folder that is not there yet, or empty.
        say: is told what is done.

    Returns:
        The zip. It holds solutions: it is not for the server.
    """
    new_folder(out)
    slides.frame(out / "slides")
    student(out / "student", say)
    decks, told = [], []
    ran = {source: executed(source) for source in runs.notebooks().values()}
    for source, place in ran.items():
        clean = nbformat.read(out / "student" / "notebooks" / f"{source.stem}.ipynb", 4)
        _write(solved(clean, source.stem[3:]), out / "solutions" / source.stem)
        if not (notes := teaching.notes(source)):
            say(f"{source.stem}: no notes in {teaching.FOLDER.name}, so no slides")
            continue
        _write(slides.for_rise(notes, clean), out / "lab" / source.stem)
        pictured = nbformat.read(place, as_version=4) if place else clean
        deck = slides.deck(notes, pictured, out / "slides")
        decks.append((notes.title, deck))
        told.append(
            (notes, _page(out, source.stem, teaching.notes_page(notes, source)))
        )
        say(f"{source.stem}: solutions, notes, slides")
    (out / "lab").mkdir(exist_ok=True)
    (out / "lab" / "rise.css").write_text(slides.RISE_STYLE, encoding="utf-8")
    if not any(ran.values()):
        say("no executed notebooks in _build: the slides have no pictures; make book")
    (out / "slides" / "index.html").write_text(slides.contents(decks), "utf-8")
    _page(out, "syllabus", teaching.syllabus_page())
    (out / "index.html").write_text(contents(told), encoding="utf-8")
    return packed(out)


def solved(notebook: NotebookNode, study: str) -> NotebookNode:
    """A copy of a notebook in which a solution stands in place of each stub."""
    made = copy.deepcopy(notebook)
    for cell in made.cells:
        if of := solutions.exercise(cell, study):
            lines = (of.before, solutions.solution(of), of.check)
            cell.source = "\n\n".join(filter(None, lines))
    return made


def executed(source: Path) -> Path | None:
    """Where a notebook lies as the book last executed it, if it did."""
    found = (EXECUTED / name / f"{source.stem}.ipynb" for name in ("quick", "smoke"))
    return next((path for path in found if path.is_file()), None)


def _write(notebook: NotebookNode, place: Path) -> None:
    place.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, place.with_suffix(".ipynb"))


def _page(out: Path, name: str, content: str) -> Path:
    place = out / "notes" / f"{name}.html"
    place.parent.mkdir(exist_ok=True)
    place.write_text(content, encoding="utf-8")
    return place


def contents(told: list[tuple[Notes, Path]]) -> str:
    """The page that a teacher opens first."""
    pages = teaching.links((of.title, f"notes/{place.name}") for of, place in told)
    return teaching.page(
        "Teaching with this book",
        [
            '<p><a href="notes/syllabus.html">Syllabus</a>, for six and for twelve '
            'meetings. <a href="slides/index.html">Slides</a> for the projector; the '
            "folder <code>lab</code> has the same for RISE in JupyterLab. The folder "
            "<code>student</code>, or <code>student.zip</code> beside it, is what goes "
            "on a server. All else is for you: <code>solutions</code> holds the "
            "notebooks with answers.</p>",
            f"<h2>Notes on each notebook</h2>{pages}",
        ],
    )
