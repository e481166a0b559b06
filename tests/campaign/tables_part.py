"""Strangers' tables: damaged ones are read or refused, and the page agrees with Python.

Two thousand mutated tables go through `ledger.check` as files; ten thousand random
ones, honest, planted and mutated, are checked here and in Chromium.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from common import Judged, Outcome, Task, TryAgain

sys.path.insert(0, str(Path(__file__).parents[1]))

MUTATED, COMPARED, BATCH = 2000, 10_000, 100
SLOW = "means over folds"
"""Each of its tables takes a programme over whole numbers some hundred times."""


def work(task: Task) -> object:
    import benchmark
    import test_browser_check as page

    from emolib import ledger

    if task.row == "mutated table":
        found = ledger.check(task.path)
        return len(ledger.told(found)) > 0 and ledger.status(found)
    texts = page.texts(benchmark.load("tables"), 10, int(task.kind))
    return [(text, page.said(text, power=False)) for text in texts]


def tasks(share: float, seed: int, folder: Path) -> Iterator[Task]:
    import benchmark
    from test_ledger_own import mutated

    bench, chance = benchmark.load("tables"), random.Random(seed)
    kinds = itertools.cycle(kind for kind in bench.KINDS if kind != SLOW)
    for number in range(max(1, round(MUTATED * share))):
        made, _, style = bench.tried(next(kinds), number, seed + 70)
        path = folder / f"{number}.md"
        path.write_text(mutated(bench.written(made, style), chance), "utf-8")
        yield Task("mutated table", style, str(path))
    for batch in range(max(1, round(COMPARED * share / BATCH))):
        yield Task("page and Python", str(1000 * (seed + 1) + batch), f"batch {batch}")


def judged(
    all_tasks: list[Task], outcomes: dict[str, Outcome], _: TryAgain
) -> Iterator[Judged]:
    compared = []
    for task in all_tasks:
        found = outcomes[task.path]
        if task.row == "page and Python" and found.kind == "value":
            compared.append(task)
        elif found.kind == "value":
            yield Judged(task, "same")
        elif found.kind == "refused" and Path(task.path).name not in found.detail:
            yield Judged(task, "unnamed", found.detail)
        else:
            yield Judged(task, found.kind, found.detail)
    yield from _in_the_page(compared, outcomes)


def _in_the_page(
    compared: list[Task], outcomes: dict[str, Outcome]
) -> Iterator[Judged]:
    import chromium
    import test_browser_check as page

    if not chromium.PROGRAM:
        print("no Chromium: the page's own checks are left out")
        return
    browser = chromium.Browser()
    with tempfile.TemporaryDirectory() as folder:
        browser.open(page.written(Path(folder)))
        for task in compared:
            texts, ours = zip(*outcomes[task.path].detail, strict=True)
            script = page.SAID.replace("power: one.power,", "")
            theirs = browser.run(script % json.dumps(texts))
            other = [t for t, a, b in zip(texts, ours, theirs, strict=True) if a != b]
            column = "silent" if other else "same"
            yield Judged(task, column, "\n---\n".join(other[:3]))
    browser.close()
