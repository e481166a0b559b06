"""Notes for teachers: `book/teaching`, a file a notebook and a syllabus.

aims: [...]
minutes: {read: 45, exercises: 60}
exercises:
  - {minutes: 10, aim: what it is for, hint: behind a toggle}
misconceptions:
  - {thought: what a student says, say: what to say}
path:
  - {at: a heading, minutes: 5, show: on the slide, say: to the teacher}
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from emolib import ROOT, UsageError, runs
from emolib.editions import solutions
from emolib.runs import boxes

if TYPE_CHECKING:
    from nbformat import NotebookNode

FOLDER = ROOT / "book" / "teaching"
PATH_MINUTES = 45
"""What a path through a chapter takes."""


@dataclass(frozen=True)
class Step:
    """A stop on the way through a chapter in class."""

    at: str
    minutes: int
    show: str
    say: str


@dataclass(frozen=True)
class Notes:
    """What a teacher is told of a notebook.

    Attributes:
        name: of the notebook, such as `07_leakage`.
        title: its own.
        minutes: what reading it and doing its exercises take.
        misconceptions: what students say, and what to say to that.
    """

    name: str
    title: str
    aims: tuple[str, ...]
    minutes: dict[str, int]
    misconceptions: tuple[tuple[str, str], ...]
    path: tuple[Step, ...]


def notes(source: Path) -> Notes | None:
    """The notes on a notebook, given by its percent script; None if there are none.

    Raises:
        UsageError: if they do not fit the notebook.
    """
    place = FOLDER / f"{source.stem}.yaml"
    if not place.is_file():
        return None
    told = yaml.safe_load(place.read_text("utf-8"))
    cells = split(runs.read(source))
    headings = [heading(cell) for cell in cells]
    try:
        found = Notes(
            source.stem,
            headings[0][1],
            tuple(told["aims"]),
            told["minutes"],
            tuple((one["thought"], one["say"]) for one in told["misconceptions"]),
            tuple(Step(**step) for step in told["path"]),
        )
    except (KeyError, TypeError) as error:
        raise UsageError(f"{place}: {error}") from error
    known = {name for _, name in headings}
    if lost := [step.at for step in found.path if step.at not in known]:
        raise UsageError(f"{place}: {source.name} has no heading {lost[0]!r}")
    if (sum_ := sum(step.minutes for step in found.path)) != PATH_MINUTES:
        raise UsageError(f"{place}: the path takes {sum_} minutes, not {PATH_MINUTES}")
    together = sum(box["minutes"] for box in boxes.of(source))
    if together not in (0, found.minutes["exercises"]):
        raise UsageError(f"{place}: the exercises take {together} minutes")
    return found


def syllabus() -> dict[str, list[dict]]:
    """The meetings, for six and for twelve of them."""
    return yaml.safe_load((FOLDER / "syllabus.yaml").read_text("utf-8"))


# -- a notebook by its headings ---------------------------------------------


def split(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells, with text cut so that each heading begins one."""
    import nbformat

    found = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            found.append(cell)
            continue
        for number, text in enumerate(re.split(r"(?m)^(?=#{1,4} )", cell.source)):
            if text.strip():
                part = nbformat.v4.new_markdown_cell(text.strip())
                part.metadata.update(cell.metadata)
                part["id"] = f"{cell.get('id', 'cell')}-{number}"
                found.append(part)
    return found


def heading(cell: NotebookNode) -> tuple[int, str]:
    """Level and text of the heading that a cell begins with; 0 if with none."""
    found = re.match(r"(#{1,4}) (.+)", cell.source)
    if cell.cell_type != "markdown" or not found:
        return 0, ""
    return len(found[1]), found[2].strip()


def section(cells: Iterable[NotebookNode], at: str) -> list[NotebookNode]:
    """The cells under a heading, those of its own sections included."""
    found: list[NotebookNode] = []
    level = 0
    for cell in cells:
        depth, name = heading(cell)
        if found and depth and depth <= level:
            break
        if name == at and not found:
            level = depth
        if level:
            found.append(cell)
    return found


# -- pages ------------------------------------------------------------------

PAGE = """\
<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 17px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto;
  padding: 0 1rem; color: #1b1b1b; background: #fff }}
h1, h2 {{ line-height: 1.2 }} td, th {{ padding: .3rem .6rem; vertical-align: top;
  text-align: left; border-bottom: 1px solid #ccc }}
table {{ border-collapse: collapse }}
pre {{ background: #f4f4f4; padding: .8rem; overflow-x: auto; font-size: 14px }}
</style>
<main>{body}</main></html>
"""


def page(title: str, body: Iterable[str]) -> str:
    """A page of its own, that loads nothing."""
    whole = "\n".join([f"<h1>{html.escape(title)}</h1>", *body])
    return PAGE.format(title=html.escape(title), body=whole)


def items(texts: Iterable[str]) -> str:
    """A list."""
    return f"<ul>{''.join(f'<li>{html.escape(text)}</li>' for text in texts)}</ul>"


def links(named: Iterable[tuple[str, str]]) -> str:
    """A list of links, given by what they say and where they lead."""
    lines = (
        f'<li><a href="{html.escape(to)}">{html.escape(name)}</a></li>'
        for name, to in named
    )
    return f"<ul>{''.join(lines)}</ul>"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table."""
    top = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    lines = (
        "".join(f"<td>{html.escape(str(value))}</td>" for value in row) for row in rows
    )
    return f"<table><tr>{top}</tr>{''.join(f'<tr>{x}</tr>' for x in lines)}</table>"


def notes_page(of: Notes, source: Path) -> str:
    """What a teacher is told of a notebook, with the solutions of its exercises."""
    return page(of.title, _told(of, source))


def _told(of: Notes, source: Path) -> Iterator[str]:
    minutes = ", ".join(f"{name} {count}" for name, count in of.minutes.items())
    yield f"<p>Minutes: {html.escape(minutes)}, the path in class {PATH_MINUTES}.</p>"
    yield "<h2>Afterwards students can</h2>" + items(of.aims)
    yield f"<h2>{PATH_MINUTES} minutes in class</h2>"
    steps = [(s.minutes, s.at, s.show, s.say) for s in of.path]
    yield table(["minutes", "heading", "on the slide", "say or do"], steps)
    yield "<h2>What students think, and what to say</h2>"
    yield table(["thought", "say"], of.misconceptions)
    yield "<h2>Solutions</h2><p>Others may be right, too: the checks ask what an "
    yield "answer does, not how it is written.</p>"
    told = boxes.of(source)
    for one in solutions.exercises(source):
        code = html.escape(solutions.solution(one))
        aims = [f"<p>{box['minutes']} minutes; aim: {box['aim']}.</p>" for box in told]
        yield f"<h3>Exercise {one.number}</h3>{''.join(aims[one.number - 1 :][:1])}"
        yield f"<pre>{code}</pre>"


def syllabus_page() -> str:
    """Both syllabuses."""
    return page("Syllabus", _meetings())


def _meetings() -> Iterator[str]:
    yield "<p>Each meeting is ninety minutes: the path through a chapter, then "
    yield "exercises and talk. The public repository holds all references: whoever "
    yield "looks there finds them. Marks should rest on what students explain.</p>"
    for name, meetings in syllabus().items():
        yield f"<h2>{name.capitalize()} meetings</h2>"
        rows = [
            (
                number,
                one["title"],
                one["path"] or one.get("instead", ""),
                one["before"],
                "; ".join(
                    f"{of}: {', '.join(map(str, which))}"
                    for of, which in one["exercises"].items()
                ),
            )
            for number, one in enumerate(meetings, 1)
        ]
        yield table(["", "meeting", "in class", "before", "exercises"], rows)
