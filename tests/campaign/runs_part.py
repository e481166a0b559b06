"""Work that is killed, or that meets a full disk: nothing lost, all as without."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import state_part
from common import Judged, Outcome, Task, TryAgain

NUMBER = 17  # of each job, killed and on a full disk
STEPS = 12
LOST = "kept before, and done again"


class Job(NamedTuple):
    """Work of `STEPS` steps in a folder, each kept once it is done.

    `run` gives what comes out and how many steps it did itself; `kept` counts those
    that are on disk.
    """

    prepare: Callable[[Path], None]
    run: Callable[[Path, float], tuple[object, int]]
    kept: Callable[[Path], int]
    room: int  # pages that surely hold all of it


# -- features ------------------------------------------------------------------


def clips(folder: Path) -> None:
    for number in range(STEPS):
        (folder / f"{number:02}.wav").write_bytes(bytes([number + 1]) * 3000)


def features(folder: Path, pause: float) -> tuple[object, int]:
    from emolib.features import store

    calls = []
    kept = state_part.Bytes.__call__

    def slow(self, path: str) -> np.ndarray:
        time.sleep(pause)
        calls.append(path)
        return kept(self, path)

    # The class by another name would be another feature, in another folder.
    state_part.Bytes.__call__ = slow
    name, store.folder_name = store.folder_name, lambda feature: "bytes"
    try:
        paths = sorted(map(str, folder.glob("*.wav")))
        table = pd.DataFrame({"clip": paths, "path": paths})
        one = state_part.Bytes()
        found = store.extract(one, table, folder / "disk", 1, progress=False)
        return [float(array.sum()) for array in found.arrays], len(calls)
    finally:
        state_part.Bytes.__call__, store.folder_name = kept, name


def lines(folder: Path) -> int:
    indices = (folder / "disk").rglob("*.index")
    return sum(file.read_bytes().count(b"\n") for file in indices)


# -- records -------------------------------------------------------------------


def folds(folder: Path, pause: float) -> tuple[object, int]:
    from emolib import records

    run, table, space = state_part.opened(folder / "disk", STEPS)
    done = 0
    for fold in range(STEPS):
        if run.has(fold):
            continue
        time.sleep(pause)
        run.add(fold, state_part.answers(table, space, fold, STEPS))
        done += 1
    (found,) = records.load(folder / "disk")
    return [found["metrics"], records.predictions(found).to_numpy().tolist()], done


def recorded(folder: Path) -> int:
    from emolib import EmolibError, records

    with suppress(EmolibError):
        return sum(len(one["folds"]) for one in records.load(folder / "disk"))
    return 0


# -- checkpoints ---------------------------------------------------------------


def epochs(folder: Path, pause: float) -> tuple[object, int]:
    (folder / "disk").mkdir(exist_ok=True)
    before = trained(folder)
    found = state_part.trained(folder / "disk", STEPS, pause)
    return found, STEPS - before


def trained(folder: Path) -> int:
    import json

    from safetensors import safe_open

    file = folder / "disk" / "run.ckpt"
    if not file.exists():
        return 0
    with safe_open(file, framework="numpy") as kept:
        return len(json.loads(kept.metadata()["rows"]))


JOBS = {
    "features": Job(clips, features, lines, 50),
    "records": Job(lambda folder: None, folds, recorded, 14),
    "checkpoints": Job(lambda folder: None, epochs, trained, 14),
}


# -- killed, and out of room -----------------------------------------------------


def killed(job: Job, name: str, folder: Path, after: float) -> None:
    """Begin the job in a process of its own, and kill it some time later."""
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        f"import pathlib, runs_part; from emolib import experiment\n"
        f"from emolib.training import loop; print('ready', flush=True)\n"
        f"runs_part.JOBS[{name!r}].run(pathlib.Path({str(folder)!r}), 0.02)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    process.stdout.readline()
    time.sleep(after)
    process.kill()
    process.wait()


@contextmanager
def little_room(disk: Path, room: int) -> Iterator[None]:
    """A file system of `room` bytes at `disk`, or no file larger than that."""
    disk.mkdir(exist_ok=True)
    mounted = _ran("mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(disk))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    if not mounted:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room // 4, before[1]))
    try:
        yield
    finally:
        if mounted:
            _ran("mount", "-o", "remount,size=50m", str(disk))
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _ran(*command: str) -> bool:
    with suppress(OSError):
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return False


def work(task: Task) -> dict:
    from emolib import EmolibError

    what, _, name = task.row.partition(", ")
    job, folder = JOBS[name], Path(task.path)
    folder.mkdir()
    job.prepare(folder)
    told = ""
    if what == "killed":
        killed(job, name, folder, float(task.kind) / 1000)
    elif what == "full disk":
        with little_room(folder / "disk", int(task.kind)):
            try:
                job.run(folder, 0)
                told = "all fitted"
            except EmolibError as error:
                told = str(error)
    try:
        kept = job.kept(folder)
        came, done = job.run(folder, 0)
        left = [path.name for path in (folder / "disk").rglob(".*-????????*")]
        assert name != "records" or not left, f"left there: {left}"
        return {"came": repr(came), "kept": kept, "done": done, "told": told}
    finally:
        if os.path.ismount(folder / "disk"):
            _ran("umount", "-l", str(folder / "disk"))


def tasks(share: float, seed: int, folder: Path) -> Iterator[Task]:
    count = max(1, round(NUMBER * share))
    random = np.random.default_rng((seed, 77))
    for name, job in JOBS.items():
        whole = folder / f"whole-{name}"
        yield Task(f"whole, {name}", "whole", str(whole), str(whole))
        for number in range(count):
            after = int(random.integers(0, 500))
            path = folder / f"killed-{name}-{number}"
            yield Task(f"killed, {name}", str(after), str(path), str(whole))
            room = int(random.integers(1, job.room)) * 4096
            path = folder / f"full-{name}-{number}"
            yield Task(f"full disk, {name}", str(room), str(path), str(whole))


def judged(
    all_tasks: list[Task], outcomes: dict[str, Outcome], _: TryAgain
) -> Iterator[Judged]:
    for task in all_tasks:
        found, whole = outcomes[task.path], outcomes[task.original]
        assert whole.kind == "value", whole
        if task.kind == "whole":
            continue
        if found.kind != "value":
            kind = "lost" if found.kind == "refused" else found.kind
            yield Judged(task, kind, found.detail)
            continue
        came = found.detail
        if came["came"] != whole.detail["came"]:
            yield Judged(task, "silent", "another result than without")
        elif came["kept"] + came["done"] != STEPS:
            detail = f"{LOST}: {came['kept']} kept, {came['done']} done"
            yield Judged(task, "lost", detail)
        elif task.row.startswith("full") and came["told"] != "all fitted":
            named = Path(task.path).name in came["told"]
            yield Judged(task, "refused" if named else "unnamed", came["told"])
        else:
            yield Judged(task, "same")
