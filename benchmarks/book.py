"""Where the time of a book goes: each notebook's wall and CPU time, by part.

    python benchmarks/book.py --profile quick
    python benchmarks/book.py --profile smoke --against HEAD~20 03

Each notebook runs in a process of its own, cell by cell as in a kernel; a thread looks
a hundred times a second at what the main thread is doing and counts it to a part. With
`--against REVISION` the notebooks of that revision run too, in the same call, one after
the other, in this environment.

All of them run in copies, in a temporary folder, where nothing lies yet: no records,
no stored features, no demo data. So each side renders its own, counted to "studio", in
the first notebook that asks for it: one notebook of `smoke` against another revision
takes some four minutes on two quiet cores. How far it is stands on standard error.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from functools import cache
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
"""What a part is known by: a place of code. Of several that a stack of frames leads
through, the first here counts."""
NAMES = [*PARTS, "rest"]


@cache
def number_of(place: str) -> int:
    """The number of the part that a place of code, `file:function`, belongs to.

    >>> NAMES[number_of("site-packages/matplotlib/axes/_axes.py:plot")]
    'figures'
    """
    found = (n for n, known in enumerate(PARTS.values()) if re.search(known, place))
    return next(found, len(PARTS))


def part_of(frame) -> str:
    """The part that what is going on belongs to."""
    first = len(PARTS)
    while frame:
        code = frame.f_code
        first = min(first, number_of(f"{code.co_filename}:{code.co_name}"))
        frame = frame.f_back
    return NAMES[first]


def measure(notebook: Path, profile: str, runs: str) -> dict:
    """Run a notebook's cells here and say where the time went."""
    import jupytext
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    counts: dict[str, int] = {}
    main, done = threading.main_thread().ident, threading.Event()

    def look() -> None:
        while not done.wait(0.01):
            part = part_of(sys._current_frames()[main])
            counts[part] = counts.get(part, 0) + 1

    cells = jupytext.read(notebook, fmt="py:percent").cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    config = Config({"HistoryManager": {"hist_file": ":memory:"}})
    shell = InteractiveShell.instance(config=config)
    watcher = threading.Thread(target=look, daemon=True)
    began = said = time.perf_counter()
    watcher.start()
    for number, cell in enumerate(code, 1):
        if time.perf_counter() > said + 5:
            said = time.perf_counter()
            say(f"  cell {number} of {len(code)} after {said - began:.0f} s")
        shell.run_cell(cell.source, store_history=True).raise_error()
        if "parameters" in cell.metadata.get("tags", []):
            given = f"# Parameters\nprofile = {profile!r}"
            if "\nruns: " in cell.source:
                given += f"\nruns = {runs!r}"
            shell.run_cell(given, store_history=True).raise_error()
        if "profiles" in cell.metadata.get("tags", []) and "settle" not in "".join(
            c.source for c in code
        ):  # notebooks from before they settled it themselves
            shell.run_cell(f"globals().update(PROFILES.get({profile!r}, {{}}))")
            shell.run_cell(given)
    done.set()
    wall = time.perf_counter() - began
    total = sum(counts.values()) or 1
    parts = {name: wall * count / total for name, count in counts.items()}
    return {"wall": wall, "parts": parts}


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def run(tree: Path, notebook: str, profile: str) -> dict:
    """Measure a notebook of a tree in a process of its own; what it says is shown."""
    runs = str(tree / "runs")
    environment = os.environ | {
        "PYTHONPATH": str(tree),
        "EMOLIB_RUNS": runs,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as in a kernel
    }
    for name in ("EMOLIB_DATA", "EMOLIB_FRESH"):  # neither is of this measurement
        environment.pop(name, None)
    command = [sys.executable, str(HERE), "--measure", notebook, str(tree)]
    command += ["--profile", profile, "--runs", runs]
    before = processor_seconds()
    finished = subprocess.run(
        command, cwd=tree, env=environment, stdout=subprocess.PIPE, text=True
    )
    if finished.returncode:
        sys.exit(f"{notebook} failed; why stands above")
    found = json.loads(finished.stdout.splitlines()[-1])
    return found | {"cpu": processor_seconds() - before}


def processor_seconds() -> float:
    """What this process' children, and theirs, have used until they ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def copied(tree: Path, to: Path) -> Path:
    """A copy of what git keeps or would keep of a tree, as it lies there now."""
    listed = ["git", "-C", str(tree), "ls-files", "-z", "-co", "--exclude-standard"]
    names = subprocess.run(listed, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (tree / name).is_file():  # and was not removed since
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(tree / name, to / name)
    return to


def of_revision(revision: str, to: Path) -> Path:
    """The tree of a revision; the repository itself is left as it was."""
    command = ["git", "-C", str(ROOT), "archive", revision]
    packed = subprocess.run(command, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(to, filter="data")
    return to


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
    sys.stdout.flush()


def added(times: list[dict]) -> dict:
    """The times of several notebooks as one's."""
    names = {name for one in times for name in one["parts"]}
    parts = {n: sum(one["parts"].get(n, 0) for one in times) for n in names}
    return {row: sum(one[row] for one in times) for row in ("wall", "cpu")} | {
        "parts": parts
    }


def compare(trees: dict[str, Path], names: list[str], profile: str) -> None:
    """Measure notebooks in each of the trees that has them, and print the tables."""
    every: dict[str, list[dict]] = {tree: [] for tree in trees}
    for name in names:
        found = {}
        for tree, place in trees.items():
            if (place / "notebooks" / name).exists():
                say(f"{name} of {tree}")
                found[tree] = run(place, f"notebooks/{name}", profile)
                every[tree].append(found[tree])
        table(name, found)
    if len(names) > 1:
        table("all of them", {tree: added(times) for tree, times in every.items()})


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
        print("\n" + json.dumps(found))  # after what the notebook printed
        return
    names = sorted(p.name for p in (ROOT / "notebooks").glob("[0-9]*.py"))
    which = options.which or [""]
    chosen = [name for name in names if any(part in name for part in which)]
    if not chosen:
        parser.error(f"no notebook is meant by {which}; there are {', '.join(names)}")
    with tempfile.TemporaryDirectory() as folder:
        trees = {"this": copied(ROOT, Path(folder, "this"))}
        if options.against:
            try:
                other = of_revision(options.against, Path(folder, "other"))
            except subprocess.CalledProcessError as error:
                parser.error(error.stderr.decode().strip())
            trees = {options.against[:10]: other, **trees}
        compare(trees, chosen, options.profile)


if __name__ == "__main__":
    main()
