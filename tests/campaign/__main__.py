"""Thousands of damaged files, tables and records: is anything silent, raw or lost?

    python tests/campaign [--share 1] [--seed 0] [--only media ...] [--keep FOLDER]

Each input is tried in a process that may die. At the end stands a table, and below it
why some changes cannot be known. The exit status is 1 if one input was changed
silently, lost, met by a raw error, a crash or a hang.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import leaks_part
import media_part
import names_part
import runs_part
import state_part
import tables_part
from common import BAD, GOOD, Judged, Outcome, Task
from workers import tried

PARTS = {
    "media": media_part,
    "state": state_part,
    "runs": runs_part,
    "leaks": leaks_part,
    "names": names_part,
    "tables": tables_part,
}


def run(name: str, share: float, seed: int, folder: Path) -> list[Judged]:
    part = PARTS[name]
    tasks = list(part.tasks(share, seed, folder))

    def outcomes(work: Callable, tasks: list[Task]) -> dict[str, Outcome]:
        return {task.path: outcome for task, outcome in tried(work, tasks)}

    return list(part.judged(tasks, outcomes(part.work, tasks), outcomes))


def table(found: list[Judged]) -> str:
    columns = [*GOOD, *BAD]
    counts: dict[str, Counter] = defaultdict(Counter)
    for one in found:
        counts[one.task.row][one.column] += 1
        counts["all"][one.column] += 1
    head = f"{'':24}" + "".join(f"{name:>9}" for name in ("inputs", *columns))
    lines = [
        head,
        *(_line(row, count) for row, count in counts.items() if row != "all"),
    ]
    return "\n".join([*lines, _line("all", counts["all"])])


def _line(row: str, count: Counter) -> str:
    numbers = [count.total(), *(count[name] for name in (*GOOD, *BAD))]
    return f"{row:24}" + "".join(f"{number or '.':>9}" for number in numbers)


def reasons(found: list[Judged]) -> str:
    counts = Counter((o.detail, o.task.row) for o in found if o.column == "known")
    lines = [f"  {row}: {n}, {why}" for (why, row), n in sorted(counts.items())]
    return "\n".join(["known, and why nobody could know:", *lines])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--share", type=float, default=1.0, help="of all inputs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--keep", type=Path, help="copy what failed there")
    chosen = parser.parse_args()
    start = time.monotonic()
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    found: list[Judged] = []
    for name in chosen.only:
        with tempfile.TemporaryDirectory(dir=shared) as folder:
            part = run(name, chosen.share, chosen.seed, Path(folder))
            _show(part, chosen.keep)
            found += part
    print(table(found))
    print(reasons(found))
    print(f"seed {chosen.seed}, {time.monotonic() - start:.0f} s")
    return 1 if any(one.column in BAD for one in found) else 0


def _show(found: list[Judged], keep: Path | None) -> None:
    for one in found:
        if one.column in BAD:
            print(f"{one.column}: {one.task}\n{one.detail}\n")
            if keep and Path(one.task.path).is_file():
                keep.mkdir(parents=True, exist_ok=True)
                for path in filter(None, (one.task.path, one.task.original)):
                    shutil.copy(path, keep / f"{one.column}-{Path(path).name}")


if __name__ == "__main__":
    sys.exit(main())
