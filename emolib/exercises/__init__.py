"""What checks a reader's answers.

A chapter's checks stand in a module of this package named after its study. Each is
a function that takes the answer (a value, a function, a table, a run), raises
`Wrong` with a hint that does not give the answer away, or returns a word more:

    @check
    def check_1(answer):
        share = a_number(answer, 0, 1)
        if abs(share - 0.125) > 0.01:
            raise Wrong("count the classes again: chance is one of them in ...")
        return "So little is what guessing gives."

In the notebook it prints what is right or wrong and raises nothing, so that all
cells can be run with exercises still open:

    answer = ...
    exercises.check_1(answer)

A grading edition says `exercises.check_1(answer, grade=True)`, which raises. A check of
an answer that has parts is marked `@check(parts=3)` and says of a wrong answer how much
of it is right, `Wrong(hint, share=2 / 3)`; `exercises.check_3.points(answer)` gives the
points for that.
"""

from __future__ import annotations

import contextlib
import functools
import io
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class Wrong(Exception):
    """An answer that is not right, a hint, and how much of it is right all the same."""

    def __init__(self, hint: str, share: float = 0.0) -> None:
        super().__init__(hint)
        self.share = share


class Check:
    """A check of one exercise, made by `check`.

    Attributes:
        parts: how many things are right or wrong on their own.
    """

    def __init__(self, function: Callable[..., str | None], parts: int = 1) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self.parts = parts
        self.exercise = function.__name__.replace("check_", "Exercise ")

    def __call__(self, answer: Any, *more: Any, grade: bool = False) -> None:
        """Print whether the answer is right.

        Args:
            answer: the reader's; `...` where there is none yet.
            more: what else the check looks at, such as the page's own run.
            grade: raise where the answer is not right.

        Raises:
            Wrong: under `grade`.
        """
        share, told = self._graded(answer, *more) if grade else self._of(answer, *more)
        if grade and share < 1:
            raise Wrong(told, share)
        print(told)

    def points(self, answer: Any, *more: Any) -> float:
        """How many of the parts are right; what is not right yet is printed.

        Raises:
            Wrong: if none is.
        """
        share, told = self._graded(answer, *more)
        if not share:
            raise Wrong(told)
        print(told)
        return round(self.parts * share, 3)

    def judge(self, answer: Any, *more: Any) -> tuple[bool, str]:
        """Whether the answer is right, and what to say of it."""
        share, told = self._of(answer, *more)
        return share == 1, told

    def _graded(self, answer: Any, *more: Any) -> tuple[float, str]:
        """The same without a word on stderr, which nbgrader takes for a failure."""
        with contextlib.redirect_stderr(io.StringIO()):
            return self._of(answer, *more)

    def _of(self, answer: Any, *more: Any) -> tuple[float, str]:
        """How much of the answer is right, from 0 to 1, and what to say of it."""
        if answer is ...:
            return 0, f"{self.exercise}: not yet answered."
        try:
            more_words = self._function(answer, *more) or ""
        except Wrong as hint:
            told = f"{self.exercise}: not yet. {_sentence(str(hint))}"
            return min(hint.share, 0.99), told
        except Exception as error:  # a reader's function may raise anything
            problem = f"{type(error).__name__}: {error}"
            return 0, f"{self.exercise}: not yet. Trying it raised {problem}"
        return 1, f"{self.exercise}: right. {more_words}".strip()


def check(function: Callable[..., str | None] | None = None, parts: int = 1) -> Any:
    """Make a check of a function named `check_N`.

    >>> @check
    ... def check_1(answer):
    ...     if a_number(answer) != 4:
    ...         raise Wrong("add them again")
    >>> check_1(5)
    Exercise 1: not yet. Add them again.
    >>> check_1(4)
    Exercise 1: right.
    """
    if function is None:
        return functools.partial(Check, parts=parts)
    return Check(function)


def a_number(answer: Any, least: float = -math.inf, most: float = math.inf) -> float:
    """The answer as a number between two others.

    Raises:
        Wrong: if it is none.
    """
    try:
        number = float("x" if isinstance(answer, (str, bool)) else answer)
    except (TypeError, ValueError):
        raise Wrong(f"a number is asked for, not {_kind(answer)}") from None
    if not least <= number <= most:
        ends = (f"from {least:g}", f"up to {most:g}")
        told = [t for t, e in zip(ends, (least, most), strict=True) if math.isfinite(e)]
        raise Wrong(f"a number {' '.join(told)} is asked for".replace("  ", " "))
    return number


def a_function(answer: Any) -> Callable[..., Any]:
    """The answer as a function.

    Raises:
        Wrong: if it cannot be called.
    """
    if not callable(answer):
        raise Wrong(f"a function is asked for, not {_kind(answer)}")
    return answer


def a_split(answer: Any, items: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Where the answer, a function, divides the items: two sides, neither empty.

    Raises:
        Wrong: if it gives anything else.
    """
    import numpy as np

    divide = a_function(answer)
    try:
        train, test = (np.asarray(side, dtype=int) for side in divide(items))
    except (TypeError, ValueError):
        raise Wrong(
            "positions to train on and positions to test are asked for"
        ) from None
    if not len(train) or not len(test):
        raise Wrong("one side is empty")
    return train, test


def a_table(answer: Any, *columns: str) -> pd.DataFrame:
    """The answer as a table with these columns, and at least one row.

    Raises:
        Wrong: if it is none, or lacks one.
    """
    import pandas as pd

    if not isinstance(answer, pd.DataFrame):
        raise Wrong(f"a table is asked for, not {_kind(answer)}")
    if missing := [name for name in columns if name not in answer]:
        raise Wrong(f"the table lacks the column {', '.join(missing)}")
    if answer.empty:
        raise Wrong("the table has no rows")
    return answer


def _kind(answer: Any) -> str:
    return "nothing" if answer is None else f"a value of type {type(answer).__name__}"


def _sentence(hint: str) -> str:
    end = "" if hint.endswith((".", "?", "!")) else "."
    return f"{hint[:1].upper()}{hint[1:]}{end}"
