"""Where the time of a book goes: each notebook's wall and CPU time, by part.

    python benchmarks/book.py --profile quick
    python benchmarks/book.py --profile smoke --against HEAD~20 C

Each notebook runs in a process of its own, cell by cell as in a kernel, from empty
records and an empty store; a thread looks a hundred times a second at what the main
thread is doing and counts it to a part. With `--against REVISION` the notebooks of
that revision run too, in the same call, one after the other; what it needs beside
the checkout (the environment) is this one's. Rendering is counted where it happens;
data that lies there already is used.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve()
ROOT = HERE.parent.parent

PARTS = {
    "tracing": r"tracing_compilation|func_graph|autograph|keras/src/(ops/symbolic|"
    r"models/functional\.py:__init__)|polymorphic_function/concrete_function",
    "arithmetic": r"tensorflow/python/eager/(execute|context)|torch/|sklearn/|"
    r"scipy/(fft|linalg|optimize)|emolib/features/audio",
    "records, checkpoints": r"emolib/records|training/loop\.py:_(save|load|call|told)|"
    r"safetensors|pyarrow|emolib/(code|files)\.py",
    "intervals, tests": r"emolib/evaluation",
    "studio": r"emolib/(studio|demo)",
    "features, media": r"emolib/(features|media|corpora)|/av/|/cv2/",
    "figures": r"matplotlib|seaborn|emolib/plots",
    "Keras around it": r"keras/|tensorflow/",
    "imports": r"importlib|<frozen",
}
"""What a part is known by, in the frames from the innermost outwards; the first part
that any frame belongs to."""


def part_of(frame) -> str:
    """The part that what is going on belongs to."""
    places = []
    while frame:
        code = frame.f_code
        places.append(f"{code.co_filename}:{code.co_name}")
        frame = frame.f_back
    stack = "\n".join(places)
    return next((n for n, known in PARTS.items() if re.search(known, stack)), "rest")


def measure(notebook: Path, profile: str, runs: str) -> dict:
    """Run a notebook's cells here and say where the time went."""
    import jupytext
    from IPython.core.interactiveshell import InteractiveShell

    counts: dict[str, int] = {}
    main, done = threading.main_thread().ident, threading.Event()

    def look() -> None:
        while not done.wait(0.01):
            part = part_of(sys._current_frames()[main])
            counts[part] = counts.get(part, 0) + 1

    cells = jupytext.read(notebook, fmt="py:percent").cells
    shell = InteractiveShell.instance()
    watcher = threading.Thread(target=look, daemon=True)
    began, cpu = time.perf_counter(), time.process_time()
    watcher.start()
    for cell in cells:
        if cell.cell_type != "code":
            continue
        shell.run_cell(cell.source, store_history=True).raise_error()
        if "parameters" in cell.metadata.get("tags", []):
            given = f"# Parameters\nprofile = {profile!r}"
            if "\nruns: " in cell.source:
                given += f"\nruns = {runs!r}"
            shell.run_cell(given, store_history=True).raise_error()
        if "profiles" in cell.metadata.get("tags", []) and "settle" not in "".join(
            c.source for c in cells
        ):  # notebooks from before they settled it themselves
            shell.run_cell(f"globals().update(PROFILES.get({profile!r}, {{}}))")
            shell.run_cell(given)
    done.set()
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    total = sum(counts.values()) or 1
    parts = {name: wall * count / total for name, count in counts.items()}
    return {"wall": wall, "cpu": cpu, "parts": parts}


def run(tree: Path, notebook: str, profile: str) -> dict:
    """Measure a notebook of a tree in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "PYTHONPATH": str(tree),
            "EMOLIB_RUNS": str(Path(folder) / "runs"),
            "MPLBACKEND": "agg",
        }
        command = [sys.executable, str(HERE), "--measure", notebook, str(tree)]
        command += ["--profile", profile, "--runs", str(Path(folder) / "runs")]
        finished = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True
        )
    if finished.returncode:
        sys.exit(f"{notebook} failed:\n{finished.stderr[-3000:]}")
    return json.loads(finished.stdout.splitlines()[-1])


def table(name: str, found: dict[str, dict]) -> None:
    """Print one notebook's times, a row a part, a column a tree."""
    parts = sorted({p for one in found.values() for p in one["parts"]})
    print(f"\n{name}\n{'':24}" + "".join(f"{tree:>12}" for tree in found))
    for row in ("wall", "cpu"):
        cells = "".join(f"{one[row]:12.1f}" for one in found.values())
        print(f"{row + ', seconds':24}{cells}")
    for part in parts:
        cells = (one["parts"].get(part, 0) for one in found.values())
        print(f"  {part:22}" + "".join(f"{seconds:12.1f}" for seconds in cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("which", nargs="*", help="numbers or parts of their names")
    parser.add_argument("--profile", default="quick")
    parser.add_argument("--against", help="a revision to measure beside this one")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--runs", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        notebook, tree = options.measure
        sys.path.insert(0, tree)
        found = measure(Path(tree, notebook), options.profile, options.runs)
        print(json.dumps(found))
        return
    trees = {"this": ROOT}
    with tempfile.TemporaryDirectory() as folder:
        if options.against:
            other = Path(folder, "other")
            git = ["git", "-C", str(ROOT), "worktree"]
            subprocess.run(
                [*git, "add", "-f", "--detach", str(other), options.against],
                check=True, capture_output=True,
            )  # fmt: skip
            trees = {options.against[:10]: other, **trees}
        names = sorted(p.name for p in (ROOT / "notebooks").glob("[0-9]*.py"))
        chosen = [
            n for n in names if not options.which or any(w in n for w in options.which)
        ]
        totals: dict[str, dict] = {t: {"wall": 0, "cpu": 0, "parts": {}} for t in trees}
        try:
            for name in chosen:
                found = {}
                for tree, place in trees.items():
                    if (place / "notebooks" / name).exists():
                        one = run(place, f"notebooks/{name}", options.profile)
                        found[tree] = one
                        totals[tree]["wall"] += one["wall"]
                        totals[tree]["cpu"] += one["cpu"]
                        for part, seconds in one["parts"].items():
                            before = totals[tree]["parts"].get(part, 0)
                            totals[tree]["parts"][part] = before + seconds
                table(name, found)
            table("all of them", totals)
        finally:
            if options.against:
                subprocess.run([*git, "remove", "--force", str(other)], check=False)


if __name__ == "__main__":
    main()
