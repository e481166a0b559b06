"""Which stack of features the bounds of document A's Table 11 can be of, on real sound.

    python benchmarks/stackings.py --data DIR [--clips 15] [--json FILE]

LIME's bounds are quartiles. For each bound that the document prints, and each stack
that its 77 rows may have been, the share of recordings of TESS and EmoDB, as published,
whose value lies no higher: in all of that row, without filling ("rows"), and in the
named cell itself, filling and all ("cells"). A stack in which it is none, or all, is
out.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pandas as pd
from features import facts

from emolib import corpora, explain, ledger, pieces

CORPORA = ("tess", "emodb")


def measure(data: Path, clips: int) -> dict[str, pd.DataFrame]:
    """A row a bound: the share below it in each stack, by row and by cell."""
    every = pd.concat([corpora.index(name, data) for name in CORPORA])
    some = pieces.drawn(every, clips, seed=0)
    print(some.groupby("corpus").size().to_dict(), file=sys.stderr)
    bounds = explain.bounds(ledger.printed("A.table11").index)
    stacks = pieces.stackings(some)
    ways = {"rows": False, "cells": True}
    return {n: explain.possible(stacks, bounds, cell) for n, cell in ways.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="holds tess/ emodb/")
    parser.add_argument("--clips", type=int, default=15, help="of each class at most")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    chosen = parser.parse_args()
    told = facts(chosen.data) | {"clips": f"TESS, EmoDB, {chosen.clips} a class"}
    text = json.dumps(told)[:-1]
    for part, table in measure(chosen.data, chosen.clips).items():
        print(table.to_string())
        rows = table.rename_axis("bound").reset_index().to_dict("records")
        lines = ",\n  ".join(json.dumps(row) for row in rows)
        text += f', "{part}": [\n  {lines}\n]'
    if chosen.json:
        chosen.json.write_text(text + "}\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
