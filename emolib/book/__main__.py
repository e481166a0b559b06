"""The command line of the book: `python -m emolib.book build`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from emolib import EmolibError, UsageError
from emolib.book.build import PROFILES, build


def main(arguments: list[str] | None = None) -> int:
    """Build the book; 0 if it was written, 1 if it must not be, 2 for wrong use."""
    parser = argparse.ArgumentParser(
        prog="python -m emolib.book",
        description=__doc__,
        epilog="example: python -m emolib.book build --profile smoke",
    )
    parser.add_argument("command", choices=["build"])
    parser.add_argument("--profile", choices=PROFILES, default="quick")
    parser.add_argument("--out", type=Path, help="default: _build in the project")
    given = parser.parse_args(arguments)
    try:
        index = build(given.profile, given.out)
    except EmolibError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    print(f"\nThe book: {index}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
