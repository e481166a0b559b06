"""What the parts of the campaign hand to one another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Task(NamedTuple):
    """One input.

    `row` is its line in the table, `kind` what was done to it, `original` the path
    of the undamaged one, or whatever else its outcome is held against.
    """

    row: str
    kind: str
    path: str
    original: str = ""


class Outcome(NamedTuple):
    """What became of one input.

    `kind` is "value" (then `detail` is what came out), "refused" (the project's own
    error), "raw" (any other), "memory", "crash" or "hang".
    """

    kind: str
    detail: Any


class Judged(NamedTuple):
    """A column of the table for one input: see `COLUMNS`."""

    task: Task
    column: str
    detail: str = ""


TryAgain = Callable[[Callable, list[Task]], dict[str, Outcome]]

GOOD = {
    "refused": "refused in words that name the file",
    "same": "nothing changed",
    "known": "changed without a trace, and nobody could know: see the reasons",
}
BAD = {
    "silent": "changed without a word",
    "unnamed": "refused without naming the file",
    "raw": "an error of Python or of a library",
    "memory": "took more memory than there is",
    "crash": "took its process along",
    "hang": "no end",
    "lost": "what was there before is gone",
}
