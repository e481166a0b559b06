"""How far long work has come: on a terminal, in a log, under a reader's cell."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator


class Line:
    """One line of progress.

    It goes to stderr, so that results stay alone on standard output. In a reader's own
    notebook stderr is red and stays: there the line stands under the cell, and the next
    one takes its place. (`emolib run` and the book keep stderr apart.)
    """

    def __init__(self) -> None:
        self._shown = None

    def say(self, text: str, end: str = "\n") -> None:
        """Show it."""
        if not in_a_readers_notebook():
            print(text, end=end, file=sys.stderr, flush=True)
        elif self._shown:
            self._shown.update({"text/plain": text}, raw=True)
        else:
            from IPython.display import display

            self._shown = display({"text/plain": text}, raw=True, display_id=True)


def in_a_readers_notebook() -> bool:
    """Whether this runs in a notebook that neither the book nor `emolib run` began."""
    if "IPython" not in sys.modules or "EMOLIB_NOTEBOOK_HASH" in os.environ:
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")


def timed(text: str) -> None:
    """A line of a log on stderr, with the time of day before it."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def reported(
    results: Iterable, total: int | None, what: str, unit: str = "clips"
) -> Iterator:
    """The same results, with a line now and then: done and time left.

    Args:
        results: passed on one by one, each as one unit of work done.
        total: how many there will be; None where nobody knows.
        what: the work, as it begins the line.
        unit: what is counted.
    """
    start = last = time.monotonic()
    terminal, line = sys.stderr.isatty(), Line()
    every, end = (0.5, "\r") if terminal else (10.0, "\n")
    for done, result in enumerate(results, 1):
        yield result
        now = time.monotonic()
        if now - last >= every:
            told = f"{what}: {done} {unit} "
            if total is not None:
                left = (now - start) / done * (total - done)
                told = f"{what}: {done} of {total} {unit}, {left:.0f} s left "
            line.say(told, end)
            last = now
