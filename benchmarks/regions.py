"""How far cut eyes and brows lie from the true ones, and how often none are found.

    python benchmarks/regions.py [--profile quick] [--photographs DIR] [--json FILE]
        [--twins NAME ...]

Every still of the profile is rendered and cut: as a picture of 48 x 48 pixels and as
large as its corpus has it; one in sixteen again as if no eyes were found, and no face
either. Twins may be measured one by one: a file that is there keeps the rows of the
others if they are of the same commit.

Distances are between the middles of the cut and of the true box, as shares of the
face's width. Of photographs, whose truth is not known, only the shares of the rules
are told. The exit status is 1 if a bound is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from unittest import mock

import cv2
import pandas as pd
from features import facts

from emolib.features import regions
from emolib.studio import places, twins

TWINS = ("ck+48", "jaffe", "fer2013", "raf-db", "fed", "cfe")
BOUND = 0.06
BLIND = {  # what is not found
    "eyes not found": {"_eyes": lambda _: None},
    "nor a face": {"_eyes": lambda _: None, "_face": lambda _: None},
}


def measure(names: list[str], profile: str) -> list[dict]:
    """A row for each corpus and way of looking."""
    rows = []
    for corpus in names:
        rows.append(row(corpus, "48 x 48", places.missed(corpus, profile)))
        if twins.form(corpus, profile).size != (48, 48):
            rows.append(row(corpus, "as it is", places.missed(corpus, profile, None)))
        for way, patches in BLIND.items():
            with mock.patch.multiple(regions, **patches):
                found = places.missed(corpus, profile, every=16)
            rows.append(row(corpus, way, found))
    return rows


def row(corpus: str, way: str, found: pd.DataFrame) -> dict:
    """Means, worst tenths and shares of the rules."""
    told = {"corpus": corpus, "way": way, "pictures": len(found)}
    for part in ("eyes", "brows"):
        told[part] = round(float(found[part].mean()), 4)
        told[f"{part}, worst tenth"] = round(float(found[part].quantile(0.9)), 4)
    shares = {f"by {r}": float((found["rule"] == r).mean()) for r in regions.RULES}
    return told | {name: round(share, 4) for name, share in shares.items()}


def photographs(folder: Path) -> list[dict]:
    """By which rule photographed faces are cut; at several sizes."""
    rows = []
    for size in (48, 100, None):
        found, start = Counter(), time.process_time()
        paths = [*sorted(folder.rglob("*.jpg")), *sorted(folder.rglob("*.png"))]
        for path in paths:
            grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            if size:
                grey = cv2.resize(grey, (size, size), interpolation=cv2.INTER_AREA)
            found[regions.locate(grey).rule] += 1
        seconds = (time.process_time() - start) / max(len(paths), 1)
        rows.append({
            "photographs": folder.name,
            "way": f"{size} x {size}" if size else "as it is",
            "pictures": len(paths),
            **{f"by {r}": round(found[r] / len(paths), 4) for r in regions.RULES},
            "processor ms": round(1000 * seconds, 1),
        })  # fmt: skip
    return rows


def kept(file: Path | None, about: dict, names: list[str]) -> list[dict]:
    """The rows of other twins, if they were measured by the same code."""
    if not file or not file.exists():
        return []
    found = json.loads(file.read_text("utf-8"))
    same = all(found[name] == about[name] for name in ("commit", "profile"))
    return [row for row in found["rows"] if same and row["corpus"] not in names]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--profile", default="quick", help="smoke, quick or paper")
    parser.add_argument("--twins", nargs="+", default=TWINS, choices=TWINS)
    parser.add_argument("--photographs", type=Path, help="folder of faces, jpg or png")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    chosen = parser.parse_args()
    about = facts(None) | {
        "opencv": version("opencv-python-headless"),
        "profile": chosen.profile,
        "bound": BOUND,
    }
    rows = measure(chosen.twins, chosen.profile)
    found = {**about, "rows": kept(chosen.json, about, chosen.twins) + rows}
    for name, value in about.items():
        print(f"{name}: {value}")
    print(pd.DataFrame(found["rows"]).to_string(index=False))
    if chosen.photographs:
        found["photographs"] = photographs(chosen.photographs)
        print(pd.DataFrame(found["photographs"]).to_string(index=False))
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n")
    small = [row for row in rows if row["way"] == "48 x 48"]
    return int(any(row[part] >= BOUND for row in small for part in ("eyes", "brows")))


if __name__ == "__main__":
    sys.exit(main())
