"""The command line of the book: `python -m emolib.book build`.

`published` lists what a finished build made, for readers' receipts. `outcome-words` and
`loose-records` list what a finished study is held to.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from emolib import ROOT, EmolibError, UsageError
from emolib.book import held, published
from emolib.book.build import PROFILES, build
from emolib.book.gates import Problem

LISTS = {"outcome-words": held.outcomes, "loose-records": held.loose_records}


def main(arguments: list[str] | None = None) -> int:
    """Build the book; 0 if it was written, 1 if it must not be, 2 for wrong use.

    A list exits with 1 if it holds anything of a finished study.
    """
    parser = argparse.ArgumentParser(
        prog="python -m emolib.book",
        description=__doc__,
        epilog="example: python -m emolib.book build --profile smoke",
    )
    parser.add_argument("command", choices=["build", "published", *LISTS])
    parser.add_argument("--profile", choices=PROFILES, default="quick")
    parser.add_argument("--out", type=Path, help="default: _build in the project")
    given = parser.parse_args(arguments)
    if given.command in LISTS:
        return _list(LISTS[given.command])
    try:
        if given.command == "published":
            print(published.write(given.profile, given.out))
            return 0
        index = build(given.profile, given.out)
    except EmolibError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    print(f"\nThe book: {index}")
    return 0


def _list(find: Callable[[Path], Iterable[tuple[str, Problem]]]) -> int:
    found = list(find(ROOT))
    for study, problem in found:
        done = " (finished)" if study in held.DONE else ""
        print(f"{problem}{done}")
    print(f"{len(found)} in all", file=sys.stderr)
    return 1 if held.refused(iter(found)) else 0


if __name__ == "__main__":
    sys.exit(main())
