"""What a run takes beside its cells: `emolib run` against plain papermill.

    python benchmarks/overhead.py                     the smallest notebook
    python benchmarks/overhead.py --profile smoke 01 07

Seconds from the start of the command to its end, less those that the cells took. Each
notebook runs once unmeasured, so that what it renders and stores is there for both.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def ours(number: str, profile: str, folder: Path) -> tuple[float, float]:
    """Seconds of the command, and of its cells."""
    slug = next(ROOT.glob(f"notebooks/{number}_*.py")).stem[3:].replace("_", "-")
    took = _timed(BIN / "emolib", "run", slug, "--profile", profile, "--out", folder)
    told = _executed(folder, number)["metadata"]["emolib"]["seconds"]
    return took, sum(told)


def plain(number: str, profile: str, folder: Path) -> tuple[float, float]:
    """The same by papermill alone."""
    source = next(ROOT.glob(f"notebooks/{number}_*.ipynb"))
    given = ["--cwd", ROOT, "--no-progress-bar", "-p", "profile", profile]
    took = _timed(BIN / "papermill", *given, source, folder / source.name)
    cells = _executed(folder, number)["cells"]
    return took, sum(_seconds(c) for c in cells if c["cell_type"] == "code")


def _timed(*command: object) -> float:
    began = time.monotonic()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    told = [str(part) for part in command]
    subprocess.run(told, check=True, cwd=ROOT, capture_output=True, env=environment)
    return time.monotonic() - began


def _executed(folder: Path, number: str) -> dict:
    return json.loads(next(folder.glob(f"{number}_*.ipynb")).read_text("utf-8"))


def _seconds(cell: dict) -> float:
    """What a cell took, as papermill notes it."""
    told = cell["metadata"]["papermill"]
    began, ended = (datetime.fromisoformat(told[f"{n}_time"]) for n in ("start", "end"))
    return (ended - began).total_seconds()


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("numbers", nargs="*", default=["10"])
    parser.add_argument("--profile", default="smoke")
    asked = parser.parse_args()
    print("notebook  way        seconds  of cells  beside them")
    for number in asked.numbers:
        for way in (None, ours, plain):
            with tempfile.TemporaryDirectory() as folder:
                took, cells = (way or ours)(number, asked.profile, Path(folder))
            if way:
                numbers = f"{took:7.1f}  {cells:8.1f}  {took - cells:11.1f}"
                print(f"{number:8}  {way.__name__:9}  {numbers}", flush=True)


if __name__ == "__main__":
    main()
