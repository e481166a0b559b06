"""Slides of the path through each chapter: as pages, and for RISE in JupyterLab.

The pages are opened from disk. reveal.js lies beside them; it comes from where `make
extras` put it. Pictures are those of executed notebooks, if there are any.
"""

from __future__ import annotations

import base64
import copy
import html
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from emolib import ROOT, EmolibError
from emolib.editions import teaching

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from emolib.editions.teaching import Notes, Step

REVEAL = ROOT / ".venv" / "reveal" / "sphinx_revealjs" / "_static" / "revealjs"
NEEDED = (
    *("LICENSE", "dist/reset.css", "dist/reveal.css", "dist/reveal.js"),
    "plugin/notes/notes.js",
)
WIDTH, HEIGHT = 1280, 720

STYLE = """\
.reveal { font: 34px/1.35 system-ui, sans-serif; color: #1b1b1b; background: #fff }
.reveal section { padding: 24px 40px; box-sizing: border-box; text-align: left }
.reveal h1 { font-size: 60px; line-height: 1.15; margin: 110px 0 30px }
.reveal h2 { font-size: 42px; line-height: 1.15; margin: 0 0 18px }
.reveal p { margin: 0 0 18px } .reveal li { margin: 0 0 14px }
.reveal img { display: block; max-width: 1180px; max-height: 430px; margin: 0 auto }
.reveal .minutes { color: #555; font-size: 24px }
"""

PAGE = """\
<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="stylesheet" href="reveal/dist/reset.css">
<link rel="stylesheet" href="reveal/dist/reveal.css">
<link rel="stylesheet" href="slides.css">
<div class="reveal"><div class="slides">
{sections}
</div></div>
<script src="reveal/dist/reveal.js"></script>
<script src="reveal/plugin/notes/notes.js"></script>
<script>
Reveal.initialize({{width: {width}, height: {height}, center: false, hash: true,
  slideNumber: true, transition: "none", plugins: [RevealNotes]}});
</script></html>
"""


def frame(out: Path) -> None:
    """The folder that slides lie in: reveal.js and the style.

    Raises:
        EmolibError: if reveal.js is not here.
    """
    if not (REVEAL / NEEDED[-1]).is_file():
        raise EmolibError("reveal.js is not here: make extras")
    for name in NEEDED:
        place = out / "reveal" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REVEAL / name, place)
    (out / "slides.css").write_text(STYLE, encoding="utf-8")


def deck(of: Notes, notebook: NotebookNode, out: Path) -> Path:
    """The slides of a notebook.

    Args:
        notebook: executed, if there shall be pictures.
        out: from `frame`.

    Returns:
        The page.
    """
    cells = teaching.split(notebook)
    parts = [_opening(of)]
    for number, step in enumerate(of.path, 1):
        shown = picture(teaching.section(cells, step.at))
        parts.append(_slide(step, _kept(shown, f"{of.name}-{number}", out)))
    parts += [_thoughts(of), _exercises(cells)]
    title, sections = html.escape(of.title), "\n".join(parts)
    size = {"width": WIDTH, "height": HEIGHT}
    place = out / f"{of.name}.html"
    content = PAGE.format(title=title, sections=sections, **size)
    place.write_text(content, encoding="utf-8")
    return place


def picture(cells: Iterable[NotebookNode]) -> tuple[bytes, str] | None:
    """The first picture that some cells show, and words for it."""
    for cell in cells:
        for output in cell.get("outputs", []):
            if content := output.get("data", {}).get("image/png"):
                told = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
                return base64.b64decode(content), told
    return None


def _kept(shown: tuple[bytes, str] | None, name: str, out: Path) -> str:
    """A picture as a file beside the slides, and what shows it."""
    if not shown:
        return ""
    content, told = shown
    place = out / "pictures" / f"{name}.png"
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(content)
    return f'<img src="pictures/{name}.png" alt="{html.escape(told)}">'


def _opening(of: Notes) -> str:
    aims = teaching.items(of.aims)
    return (
        f"<section><h1>{html.escape(of.title)}</h1></section>\n"
        f"<section><h2>Afterwards you can</h2>{aims}</section>"
    )


def _slide(step: Step, image: str) -> str:
    return (
        f"<section><h2>{html.escape(step.at)}</h2><p>{html.escape(step.show)}</p>"
        f'{image}<aside class="notes"><p>{step.minutes} minutes</p>'
        f"<p>{html.escape(step.say)}</p></aside></section>"
    )


def _thoughts(of: Notes) -> str:
    thoughts = teaching.items(thought for thought, _ in of.misconceptions)
    answers = teaching.items(say for _, say in of.misconceptions)
    return (
        f"<section><h2>True, or not?</h2>{thoughts}"
        f'<aside class="notes">{answers}</aside></section>'
    )


def _exercises(cells: list[NotebookNode]) -> str:
    found = sum("exercises.check_" in c.source for c in cells if c.cell_type == "code")
    return (
        f"<section><h2>Exercises</h2><p>{found} at the end of the notebook. Put your "
        "answer in the place of … and run the cell; save it before you hand it in.</p>"
        "</section>"
    )


def contents(decks: Iterable[tuple[str, Path]]) -> str:
    """A page that leads to all slides."""
    keys = (
        "<p>Arrow keys lead on; S opens a window with notes and a clock, F fills the "
        "screen, ? shows all keys.</p>"
    )
    return teaching.page(
        "Slides", [keys, teaching.links((t, place.name) for t, place in decks)]
    )


# -- RISE -------------------------------------------------------------------

RISE_STYLE = """\
/* RISE reads this file beside a notebook: no edge is cut, no cell is to be added. */
.reveal .slides section { padding: 0 3rem !important; box-sizing: border-box }
.reveal :is(h1, h2, h3) { text-transform: none !important }
.jp-Notebook-footer { display: none }
"""


def for_rise(of: Notes, notebook: NotebookNode) -> NotebookNode:
    """A notebook that RISE shows by the path: what lies beside it is passed over.

    All of it can be run; what is passed over still computes what slides need.
    """
    made = copy.deepcopy(notebook)
    made.cells = teaching.split(made)
    shown = [
        {id(cell) for cell in teaching.section(made.cells, step.at)} for step in of.path
    ]
    for number, cell in enumerate(made.cells):
        kind = "slide" if number == 0 else "skip"
        if any(id(cell) in cells for cells in shown):
            kind = _kind(cell, of)
        cell.metadata["slideshow"] = {"slide_type": kind}
    # Other themes ask a host for their fonts.
    made.metadata["rise"] = {"theme": "white", "scroll": True, "center": False}
    return made


def _kind(cell: NotebookNode, of: Notes) -> str:
    if cell.cell_type == "code":
        hidden = "hide-input" in cell.metadata.get("tags", [])
        return "skip" if hidden else "-"
    at = teaching.heading(cell)[1]
    return "slide" if at in {step.at for step in of.path} else "subslide"
