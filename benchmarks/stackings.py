"""Which stack of features the bounds of document A's Table 11 can be of, on real sound.

    python benchmarks/stackings.py --data DIR [--clips 15] [--json FILE]

LIME's bounds are quartiles. For each bound that the document prints, and each stack
that its 77 rows may have been, the share of recordings of TESS and EmoDB, as published,
whose value in that row lies below the bound: a stack in which it is none, or all, is
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


def measure(data: Path, clips: int) -> pd.DataFrame:
    """A row a bound: the share below it in each stack."""
    every = pd.concat([corpora.index(name, data) for name in CORPORA])
    some = pieces.drawn(every, clips, seed=0)
    print(some.groupby("corpus").size().to_dict(), file=sys.stderr)
    bounds = explain.bounds(ledger.printed("A.table11").index)
    return explain.possible(pieces.stackings(some), bounds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="holds tess/ emodb/")
    parser.add_argument("--clips", type=int, default=15, help="of each class at most")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    chosen = parser.parse_args()
    table = measure(chosen.data, chosen.clips)
    print(table.to_string())
    if chosen.json:
        rows = table.rename_axis("bound").reset_index().to_dict("records")
        told = facts(chosen.data) | {"clips": f"TESS, EmoDB, {chosen.clips} a class"}
        lines = ",\n  ".join(json.dumps(row) for row in rows)
        text = f'{json.dumps(told)[:-1]}, "rows": [\n  {lines}\n]}}\n'
        chosen.json.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
