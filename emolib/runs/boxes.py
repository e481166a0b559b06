"""Exercises in boxes: how long one takes, what it is for, a hint behind a toggle.

A notebook's source holds an exercise's words and its stub. What else a box tells
stands with the notes for teachers, `book/teaching/NOTEBOOK.yaml`, in their order:

    exercises:
      - {minutes: 10, aim: to deal people by hand, hint: Choose names first.}

Boxes are drawn where a script becomes a notebook: they are the same in JupyterLab,
which knows their class, in the book and in every edition.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

BOX = """\
{before}

<div class="alert alert-info">

**{number}.** ({minutes} minutes; aim: {aim}) {words}

<details><summary>Hint</summary>
{hint}
</details>

</div>"""

_WORDS = re.compile(r"(?P<before>.*?)\*\*(?P<number>\d+)\.\*\* (?P<words>.+)", re.S)


def boxed(cells: list[NotebookNode], told: list[dict]) -> None:
    """Draw a box around the words of each exercise of which something is told.

    Args:
        cells: of a notebook; an exercise's words end the cell before its stub.
        told: minutes, aim and hint by the order of the exercises.
    """
    for text, stub in zip(cells, cells[1:], strict=False):
        found = _WORDS.fullmatch(text.source) if text.cell_type == "markdown" else None
        if found and f"exercises.check_{found['number']}(" in stub.source:
            for one in told[int(found["number"]) - 1 :][:1]:
                told_of = {**one, "hint": _as_html(one["hint"])}
                before = found["before"].rstrip()
                words = {**found.groupdict(), "before": before}
                text.source = BOX.format(**words, **told_of).strip()


def of(notebook: Path) -> list[dict]:
    """What is told of a notebook's exercises, given by its percent script."""
    import yaml

    notes = notebook.resolve().parents[1] / "book" / "teaching"
    place = notes / f"{notebook.stem}.yaml"
    if not place.is_file():
        return []
    return yaml.safe_load(place.read_text("utf-8")).get("exercises", [])


def _as_html(hint: str) -> str:
    """A hint as it may stand inside a toggle, where Markdown is not read.

    >>> _as_html("`a < b`, or not?")
    '<code>a &lt; b</code>, or not?'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(hint, quote=False))
