"""How fast the studio renders, and in how much memory.

    python benchmarks/studio.py [speed] [--json FILE]

Each part is a table; without a name all parts run. The exit status is 1 if a
bound is missed. Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from features import facts

from emolib.demo import face, files, render_corpus, twins

RENDER = """
import sys
from pathlib import Path
from emolib.demo import render_corpus
corpus, subjects, out = sys.argv[1:]
render_corpus(
    corpus, out, "smoke", subjects=int(subjects), workers=1, progress=False
)
print(Path("/proc/self/status").read_text())
"""


def row(what: str, value: float, unit: str, bound: float | None = None) -> dict:
    """A line of the table; a bound is the most that is allowed."""
    return {
        "what": what,
        "value": value,
        "unit": unit,
        "bound": "" if bound is None else f"<= {bound:g}",
        "kept": bound is None or value <= bound,
    }


def speed() -> list[dict]:
    """Frames, sound and stills a second in one process; a twin in all; memory."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        render_corpus("ravdess", folder, "quick", progress=False)
        seconds = time.perf_counter() - start
        rows = [
            row("RAVDESS, quick: 480 films with sound", seconds, "s", 120),
            row("the same, time on processors", processor_time(), "s"),
            row("frames of 160 x 160 drawn", frames_a_second(), "a second"),
            row("sound of 16 kHz", sound_a_second(), "s a second"),
            row("stills of 48 x 48, a person each", stills_a_second(), "a second"),
        ]
        for corpus, people in (("ravdess", 1), ("fer2013", 200)):
            few, many = (
                peak_memory(corpus, n, f"{folder}/{n}") for n in (people, 4 * people)
            )
            rows += [
                row(f"peak memory, {corpus}, {people} people", few, "MB"),
                row("four times as many", many / few, "x", 1.1),
            ]
    return rows


def processor_time() -> float:
    """Of this process and its workers so far, which wait for more to do."""
    here = psutil.Process()
    times = [p.cpu_times() for p in (here, *here.children(recursive=True))]
    return sum(time.user + time.system for time in times)


def frames_a_second(clips: int = 20) -> float:
    form = twins.form("ravdess", "quick")
    count = round(form.seconds * form.frame_rate)

    def draw(clip: twins.Clip) -> int:
        drawn = face.frames(clip.causes, count, form.frame_rate, form.size, np.zeros(2))
        return sum(1 for _ in drawn)

    return a_second(draw, twins.plan("ravdess", "quick")[:clips])


def sound_a_second(clips: int = 20) -> float:
    form = twins.form("ravdess", "quick")

    def speak(clip: twins.Clip) -> float:
        speech = files.sound(clip.causes, form)
        return len(speech.samples) / speech.rate

    return a_second(speak, twins.plan("ravdess", "quick")[:clips])


def stills_a_second(clips: int = 40) -> float:
    form = twins.form("fer2013", "quick")

    def draw(clip: twins.Clip) -> int:
        return len(files.picture(clip.causes, form)) // form.size[1]

    return a_second(draw, twins.plan("fer2013", "quick")[:clips])


def a_second(work, clips: list[twins.Clip]) -> float:
    """What work gives, all clips together, by the time it takes in one process."""
    work(clips[0])  # imports, and what is kept
    start = time.perf_counter()
    given = sum(map(work, clips))
    return given / (time.perf_counter() - start)


def peak_memory(corpus: str, subjects: int, out: str) -> float:
    """Highest resident memory, in MB, of a process that renders alone."""
    command = [sys.executable, "-c", RENDER, corpus, str(subjects), out]
    status = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # Not getrusage: a child starts with its parent's peak there.
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


PARTS = {"speed": speed}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; default all")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    about = facts(None)
    for name, value in about.items():
        print(f"{name}: {value}")
    tables = {part: pd.DataFrame(PARTS[part]()) for part in chosen.parts or PARTS}
    for part, table in tables.items():
        print(f"\n{part}")
        print(table.to_string(index=False, float_format="{:.4g}".format))
    if chosen.json:
        rows = {part: table.to_dict("records") for part, table in tables.items()}
        chosen.json.write_text(json.dumps({**about, **rows}, indent=1) + "\n")
    return 0 if all(table["kept"].all() for table in tables.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
