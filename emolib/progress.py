"""How far long work has come, on a terminal and in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator


def reported(results: Iterable, total: int, what: str, unit: str = "clips") -> Iterator:
    """The same results, with a line on stderr now and then: done and time left.

    Args:
        results: passed on one by one, each as one unit of work done.
        total: how many there will be.
        what: the work, as it begins the line.
        unit: what is counted.
    """
    start = last = time.monotonic()
    terminal = sys.stderr.isatty()
    every, end = (0.5, "\r") if terminal else (10.0, "\n")
    for done, result in enumerate(results, 1):
        yield result
        now = time.monotonic()
        if now - last >= every:
            left = (now - start) / done * (total - done)
            text = f"{what}: {done} of {total} {unit}, {left:.0f} s left "
            print(text, end=end, file=sys.stderr, flush=True)
            last = now
