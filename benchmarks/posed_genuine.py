"""Memory and passes of study A's features, at once and four times its demo set.

    python benchmarks/posed_genuine.py [--data DIR] [--profile smoke] [--json FILE]

Stacks of all sounds and regions of all pictures are extracted in a process of their
own: from the first corpus, from all, and from all under four names each. Told are the
peak of memory, what of it came with the extraction, and how often a file was opened.
The exit status is 1 if a bound is missed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

import pandas as pd
from features import facts

from emolib import corpora, studio
from emolib.features import audio, regions, store
from emolib.media import row_of
from emolib.models.posed_genuine import FILED

FEATURES = {"sounds": audio.Stack(), "pictures": regions.Regions()}
READERS = {"sounds": (audio, "read_sound"), "pictures": (regions, "read_image")}
PICTURES = ("ck+48", "jaffe", "fer2013", "raf-db")
TIMES = 4
GROWTH = 1.2  # what may grow is the list of clips: some hundred bytes for each


def extract(kind: str, paths: list[str], cache: Path) -> dict:
    """Extract, in this process; the peak of memory in MB, and files opened."""
    from emolib.media import read_image, read_sound

    room, name = READERS[kind]
    reading = read_sound if kind == "sounds" else read_image
    clips = pd.DataFrame({"clip": paths, "path": paths})
    # One clip first, so that libraries are there before anything is counted.
    store.extract(FEATURES[kind], clips[:1], cache / "first", progress=False)
    before, calls = peak(), itertools.count()  # counts right in several threads

    def counted(*given, **named):
        next(calls)
        return reading(*given, **named)

    with mock.patch.object(room, name, counted):
        found = store.extract(FEATURES[kind], clips, cache / "all", progress=False)
    return {
        "clips": len(found),
        "peak": round(peak(), 1),
        "more": round(peak() - before, 1),
        "opened": round(next(calls) / len(clips), 3),
    }


def peak() -> float:
    """Highest resident memory of this process so far, in MB."""
    # Not getrusage: a child starts with its parent's peak there.
    status = Path("/proc/self/status").read_text().splitlines()
    line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def apart(kind: str, paths: list[str], cache: Path) -> dict:
    """The same in a process that does nothing else."""
    code = (
        "import json, pathlib, sys; sys.path.insert(0, sys.argv[1])\n"
        "import posed_genuine as this\n"
        "paths = json.load(sys.stdin)\n"
        "found = this.extract(sys.argv[2], paths, pathlib.Path(sys.argv[3]))\n"
        "print(json.dumps(found))"
    )
    place = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", code, place, kind, str(cache)],
        input=json.dumps(paths),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def renamed(paths: list[str], folder: Path) -> list[str]:
    """The clips under four names; of a table of pictures the table's name."""
    folder.mkdir()
    links = []
    for copy in range(TIMES):
        for path in paths:
            file = Path(row_of(path)[0] or path)
            link = folder / f"{copy}-{abs(hash(str(file)))}{file.suffix}"
            if not link.exists():
                link.symlink_to(file)
            links.append(f"{link}{path[len(str(file)) :]}")
    return links


def measure(data: Path, folder: Path) -> list[dict]:
    """A row for each kind and number of clips."""
    rows = []
    for kind in FEATURES:
        names = [name for name in FILED if (name in PICTURES) == (kind == "pictures")]
        sets = [corpora.index(name, data)["path"].tolist() for name in names]
        every = [path for paths in sets for path in paths]
        ways = {
            f"{names[0]} alone": sets[0],
            f"{len(names)} corpora": every,
            f"{len(names)} corpora, {TIMES} times": renamed(every, folder / kind),
        }
        for number, (way, paths) in enumerate(ways.items()):
            found = apart(kind, paths, folder / f"{kind}-{number}")
            rows.append({"features": kind, "of": way, **found})
    return rows


def bounds(rows: list[dict]) -> list[dict]:
    """What is asked of the rows, and whether it holds."""
    told = []
    for kind in FEATURES:
        _, once, often = (row for row in rows if row["features"] == kind)
        growth = round(often["peak"] / once["peak"], 3)
        told.append({"bound": f"{kind}: {TIMES} times over once", "found": growth,
                     "at most": GROWTH, "kept": growth <= GROWTH})  # fmt: skip
        most = max(row["opened"] for row in rows if row["features"] == kind)
        told.append({"bound": f"{kind}: times a clip is read", "found": most,
                     "at most": 1, "kept": most <= 1})  # fmt: skip
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="folder with all nine corpora")
    parser.add_argument("--profile", default="smoke", help="rendered if there is none")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        data = chosen.data or folder / f"demo-{chosen.profile}"
        if chosen.data is None:
            studio.provide(data, *FILED)
        about, rows = facts(data), measure(data, folder)
    held = bounds(rows)
    for name, value in about.items():
        print(f"{name}: {value}")
    print(pd.DataFrame(rows).to_string(index=False))
    print(pd.DataFrame(held).to_string(index=False))
    if chosen.json:
        text = json.dumps({**about, "rows": rows, "bounds": held}, indent=1)
        chosen.json.write_text(text + "\n")
    return 0 if all(row["kept"] for row in held) else 1


if __name__ == "__main__":
    sys.exit(main())
