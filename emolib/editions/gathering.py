"""A class's work in one table, without nbgrader.

Students hand in what they have: notebooks saved with their outputs, in which each check
has said whether an answer is right, and receipts of runs (`emolib receipt`). Both are
what the student's own machine said. They can be written by hand, and so are good for
seeing who needs help; marks that matter take nbgrader or a talk.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from emolib import UsageError
from emolib.files import write_atomic

MOST = 50_000_000
"""Bytes of a file that is read; a notebook with its pictures has a few million."""

_SAID = re.compile(r"^(Exercise (\d+)): (right|not yet)\.? ?(.*)$", re.MULTILINE)
_ASKED = re.compile(r"\bexercises\.check_(\d+)\(")
_STUDY = re.compile(r"from emolib\.exercises import (\w+) as exercises")


@dataclass(frozen=True)
class Line:
    """One thing of one student: an exercise, a number of a run, or a file in trouble.

    Attributes:
        outcome: right, not yet or not run; agrees, differs and so on; unreadable.
    """

    student: str
    file: str
    study: str
    about: str
    outcome: str
    why: str = ""


def gather(folder: Path, roster: Path | None = None) -> list[Line]:
    """Everything that was handed in, in the order of the files' names.

    A student is a folder in this folder, or what a file's name has before its first
    `_` or `.`; with a roster, whose id the name begins with.

    Raises:
        UsageError: if the folder or the roster is not there or holds nothing.
    """
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".ipynb", ".json") and ".ipynb_checkpoints" not in path.parts
    ]
    if not files:
        raise UsageError(f"{folder}: no notebook (.ipynb) and no receipt (.json) in it")
    ids = [one for row in read_roster(roster) for one in row.values()] if roster else []
    found: list[Line] = []
    for path in files:
        within = path.relative_to(folder)
        name = _student(within.parts[0], ids)
        found += _of_file(path, name, within.as_posix())
    return found


def _student(name: str, ids: list[str]) -> str:
    named = [one for one in ids if one and name.lower().startswith(one.lower())]
    if named:
        return max(named, key=len)
    return re.split(r"_|\.(?=ipynb$|json$)", name)[0]


def _of_file(path: Path, student: str, file: str) -> Iterator[Line]:
    try:
        if path.stat().st_size > MOST:
            raise ValueError(f"larger than {MOST // 1_000_000} MB")
        content = json.loads(path.read_text("utf-8"))
        read = _exercises if path.suffix == ".ipynb" else _numbers
        for study, about, outcome, why in read(content):
            yield Line(student, file, study, about, outcome, why)
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        why = f"{type(error).__name__}: {error}"
        yield Line(student, file, "", "", "unreadable", why)
    except RecursionError:
        yield Line(student, file, "", "", "unreadable", "nested too deeply")


def _exercises(notebook: dict) -> Iterator[tuple[str, str, str, str]]:
    """Each exercise that a notebook asks, and what its check said last."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    sources = ["".join(cell["source"]) for cell in cells]
    study = _STUDY.search("\n".join(sources))
    if not study:
        raise ValueError("no notebook of this book: it imports no exercises")
    said: dict[str, tuple[str, str]] = {}
    for cell, source in zip(cells, sources, strict=True):
        for number in _ASKED.findall(source):
            said.setdefault(number, ("not run", ""))
        for output in cell.get("outputs", []):
            for match in _SAID.finditer("".join(output.get("text", ""))):
                said[match[2]] = (match[3], match[4])
    for number, (outcome, why) in sorted(said.items(), key=lambda pair: int(pair[0])):
        yield study[1], f"exercise {number}", outcome, why


def _numbers(receipt: dict) -> Iterator[tuple[str, str, str, str]]:
    """Each number of a receipt."""
    for one in receipt["numbers"]:
        about = f"{one['experiment']}, {one['protocol']}, {one['metric']}"
        yield one["study"], about, one["outcome"], one["why"] or ""


def read_roster(path: Path) -> list[dict[str, str]]:
    """A class as a learning platform exports it: a CSV file, a row a student.

    Raises:
        UsageError: if it cannot be read.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error})") from error
    rows = list(csv.DictReader(io.StringIO(text)))
    if not rows or any(None in row or None in row.values() for row in rows):
        raise UsageError(f"{path}: wanted is CSV with a row of names, a row a student")
    return rows


def gradebook(
    lines: list[Line], roster: list[dict[str, str]] | None = None
) -> list[dict[str, object]]:
    """A row a student, a column a study: how many of its exercises are right.

    With a roster its columns come first, as the platform exported them, so that it
    takes the file back; a student who handed nothing in has empty cells.
    """
    right: dict[str, dict[str, int]] = {}
    for line in lines:
        if line.about.startswith("exercise"):
            of = right.setdefault(line.student, {})
            of[line.study] = of.get(line.study, 0) + (line.outcome == "right")
    studies = sorted({study for of in right.values() for study in of})
    everyone = dict.fromkeys(line.student for line in lines)
    rows: list[tuple[dict, str]] = [({"student": one}, one) for one in everyone]
    if roster:
        rows = [
            (row, next((v for v in row.values() if v in everyone), ""))
            for row in roster
        ]
    return [
        row | {study: right.get(name, {}).get(study, "") for study in studies}
        for row, name in rows
    ]


def write(
    folder: Path, out: Path, roster: Path | None = None
) -> tuple[Path, Path, list[str]]:
    """Gather a folder into `receipts.csv` and `gradebook.csv`.

    Returns:
        Both files, and what a teacher has to look at: files that cannot be read, names
        that are on no roster, students of the roster of whom there is nothing.
    """
    lines = gather(folder, roster)
    people = read_roster(roster) if roster else []
    book = gradebook(lines, people)
    files = out / "receipts.csv", out / "gradebook.csv"
    for place, rows in zip(files, ([asdict(o) for o in lines], book), strict=True):
        text = _csv(rows)
        write_atomic(place, lambda to, t=text: to.write_text(t, encoding="utf-8"))
    trouble = [f"{o.file}: {o.why}" for o in lines if o.outcome == "unreadable"]
    if people:
        known = {value for row in people for value in row.values()}
        strangers = dict.fromkeys(o.student for o in lines if o.student not in known)
        trouble += [f"{name}: on no line of {roster}" for name in strangers]
        there = {line.student for line in lines}
        absent = [row for row in people if not there & {*row.values()}]
        trouble += [f"{next(iter(row.values()))}: nothing handed in" for row in absent]
    return *files, trouble


def _csv(rows: list[dict]) -> str:
    told = io.StringIO()
    writer = csv.DictWriter(told, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: _plain(v) for k, v in row.items()} for row in rows)
    return told.getvalue()


def _plain(value: object) -> object:
    """Text that no table program takes for a formula.

    >>> _plain("=1+1"), _plain("-0.5"), _plain(3)
    ("'=1+1", '-0.5', 3)
    """
    if not isinstance(value, str) or not value.startswith(("=", "+", "-", "@", "\t")):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value
