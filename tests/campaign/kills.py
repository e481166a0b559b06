"""A sweep of small runs that is killed at random: nothing lost, nothing twice.

    python tests/campaign/kills.py [--number 54] [--starts 200] [--seed 0]

Each trial begins a sweep, kills its driver, one of its workers or one of its kernels
with SIGKILL, or fills its disk, at a random moment, and goes on with `--resume`. In
the end there must be the table of a sweep that nobody disturbed, no fold may have been
computed twice, and no process and no file may be left over.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

SMALL = Path(__file__).parent / "notebooks" / "09_small.py"
MARK = "EMOLIB_TRIAL"
PLAN = """\
study: {study}
grid: {{width: [{widths}], log: ["{log}"]}}
"""
NO_DISK = "may mount no file system here, so no disk can be filled"
KINDS = ("driver", "worker", "kernel", "driver", "worker", "kernel", "driver", "disk")


class Trial:
    """A sweep in a folder, whose processes are told by a mark in their environment."""

    def __init__(self, folder: Path, widths: str = "1, 2, 3") -> None:
        self.folder, self.mark = folder, secrets.token_hex(8)
        self.log = folder.with_name(f"{folder.name}.folds")
        folder.mkdir(parents=True, exist_ok=True)
        self.plan = folder.with_name(f"{folder.name}.yaml")
        self.plan.write_text(PLAN.format(study=SMALL, log=self.log, widths=widths))

    def begin(self, *more: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "emolib.cli", "sweep", str(self.plan)]
        command += ["--out", str(self.folder / "sweep"), "--workers", "2", *more]
        runs = str(self.folder / "runs")
        environment = os.environ | {MARK: self.mark, "EMOLIB_RUNS": runs}
        with self.folder.with_name(f"{self.folder.name}.txt").open("a") as said:
            return subprocess.Popen(
                command, stdout=said, stderr=said, env=environment, process_group=0
            )

    def processes(self, kind: str = "") -> list[psutil.Process]:
        """Those of this sweep that live; `worker` and `kernel` are one run's."""
        words = {"worker": "emolib.runs.point", "kernel": "ipykernel_launcher"}
        word = words.get(kind, "")
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                ours = process.environ().get(MARK) == self.mark
                ended = process.status() == psutil.STATUS_ZOMBIE
                line = " ".join(process.cmdline())
                launches = kind == "worker" and "ipykernel_launcher" in line
                if ours and not ended and word in line and not launches:
                    found.append(process)
        return found

    def alone(self, seconds: float = 20) -> None:
        """All its processes end, by themselves and soon."""
        until = time.monotonic() + seconds
        while left := self.processes():
            told = [" ".join(process.cmdline())[:200] for process in left]
            assert time.monotonic() < until, f"left over: {told}"
            time.sleep(0.1)

    def whole(self) -> None:
        """Go on to the end."""
        assert self.begin("--resume").wait() == 0, self.said()
        self.alone()

    def said(self) -> str:
        return self.folder.with_name(f"{self.folder.name}.txt").read_text()[-3000:]

    def table(self) -> list:
        """What was measured, without what differs from one trial to another."""
        found = pd.read_csv(self.folder / "sweep" / "results.csv")
        found["record"] = found["record"].str.rpartition("/")[2]
        found = found.drop(columns=[n for n in found if n.endswith("log")])
        return found.fillna("").astype(str).to_numpy().tolist()

    def check(self, table: list) -> None:
        """Hold what is there to a table of a sweep that nobody disturbed."""
        assert self.table() == table
        folds = self.log.read_text().split("\n")[:-1]
        assert len(folds) == len(set(folds)), f"computed twice: {sorted(folds)}"
        left = [path for path in self.folder.rglob("*") if _left_over(path)]
        assert not left, f"left over: {left}"


def _left_over(path: Path) -> bool:
    name = path.name
    begun = name.startswith(("running-", ".left-", ".seen-", ".lock"))
    return begun or name.endswith((".running.ipynb", ".failed.ipynb"))


def undisturbed(folder: Path, widths: str = "1, 2, 3") -> tuple[list, float]:
    """The table of a sweep that nobody disturbs, and the seconds it took."""
    trial, began = Trial(folder, widths), time.monotonic()
    trial.whole()
    took = time.monotonic() - began
    trial.check(trial.table())
    folds = 3 * len(widths.split()) + 3  # those of one record are shared
    assert len(trial.log.read_text().splitlines()) == folds
    return trial.table(), took


def disturbed(
    kind: str,
    folder: Path,
    table: list,
    random: np.random.Generator,
    took: float,
    widths: str = "1, 2, 3",
) -> tuple[str, bool]:
    """One trial: what happened, and whether anything was hit."""
    trial = Trial(folder, widths)
    if kind == "disk":
        room = int(random.integers(20, 400)) * 1024
        with little_room(folder, room) as grow:
            code = trial.begin().wait()
            trial.alone()
            grow()
            trial.whole()
            trial.check(table)
        return f"disk of {room // 1024} kB, exit status {code}", code != 0
    told, hit = [], False
    for again in range(1 + int(random.integers(2)) * (kind == "driver")):
        driver = trial.begin(*["--resume"] * again)
        after = float(random.uniform(0, 0.8 * took))
        until = time.monotonic() + after
        while time.monotonic() < until and driver.poll() is None:
            time.sleep(0.02)
        one = victim(trial, kind, driver, random)
        if one:
            one.kill()
            hit = True
        told.append(f"{kind} after {after:.1f} s{'' if one else ': none was left'}")
        driver.wait()
        trial.alone()
    trial.whole()
    trial.check(table)
    return ", ".join(told), hit


def victim(
    trial: Trial, kind: str, driver: subprocess.Popen, random: np.random.Generator
) -> subprocess.Popen | psutil.Process | None:
    """Whom to kill: the driver, or a process of that kind as soon as there is one."""
    while driver.poll() is None:
        if kind == "driver":
            return driver
        if found := trial.processes(kind):
            return found[int(random.integers(len(found)))]
        time.sleep(0.02)
    return None


@contextmanager
def little_room(folder: Path, room: int) -> Iterator[Callable[[], None]]:
    """A file system of `room` bytes, with a function that gives it more."""
    options = ["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(folder)]
    subprocess.run(options, check=True)
    grow = ["mount", "-o", "remount,size=50m", str(folder)]
    try:
        yield lambda: subprocess.run(grow, check=True) and None
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def can_mount() -> bool:
    with (
        tempfile.TemporaryDirectory() as folder,
        suppress(OSError, subprocess.CalledProcessError),
        little_room(Path(folder), 4096),
    ):
        return True
    return False


# -- starts ------------------------------------------------------------------


def start(number: int) -> str:
    """Start a kernel, ask it something, end it: "" if that went well."""
    from emolib.runs.execution import _own_kernel

    manager = _own_kernel()()

    async def ask() -> str:
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=120)
            return ""
        except RuntimeError as error:
            return str(error)
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    import asyncio

    return asyncio.run(ask())


def starts(number: int, at_a_time: int = 8) -> list[str]:
    """Start so many kernels, from so many processes; what went wrong."""
    with get_context("spawn").Pool(at_a_time) as pool:
        return [found for found in pool.map(start, range(number), 1) if found]


# -- plain papermill ------------------------------------------------------------


def plainly(notebook: str, folder: Path) -> tuple[list, list]:
    """What a notebook leaves by plain papermill, and what by `emolib run`."""
    from emolib import ROOT, records

    found = []
    for name in ("plain", "ours"):
        # A chapter is told where; the small one takes the usual place.
        place = folder / name
        place.mkdir(parents=True)
        at = [] if str(SMALL) == notebook else ["-p", "runs", str(place)]
        command = ["emolib.cli", "run", notebook, "--profile", "smoke"]
        command += ["--out", str(place)]
        if name == "plain":
            source = place / "clean.ipynb"
            import nbformat

            from emolib import runs

            nbformat.write(runs.read(runs.notebook_of(notebook)), source)
            command = ["papermill", str(source), str(place / "out.ipynb")]
            command += ["-k", "python3", "-p", "profile", "smoke"]
        environment = {"EMOLIB_RUNS": str(place), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", *command, *at],
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        left = {r["id"]: r["metrics"] for r in records.load(place) if r["complete"]}
        found.append(sorted(left.items()))
    return found[0], found[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--number", type=int, default=54, help="of kills")
    parser.add_argument("--starts", type=int, default=200, help="of kernels")
    parser.add_argument("--widths", default="1, 2, 3", help="a sweep's points")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--chapter", default="leakage", help="by plain papermill, too")
    chosen = parser.parse_args()
    random, began = np.random.default_rng(chosen.seed), time.monotonic()
    wrong = starts(chosen.starts) if chosen.starts else []
    print(f"{chosen.starts} kernels, eight at a time: {len(wrong)} lost", flush=True)
    kinds = KINDS
    if not can_mount():
        kinds = tuple(kind for kind in KINDS if kind != "disk")
        print(f"disk full: not tried; {NO_DISK}", flush=True)
    with tempfile.TemporaryDirectory() as place:
        if chosen.chapter:
            plain, ours = plainly(chosen.chapter, Path(place) / "chapter")
            alike = plain == ours and len(plain) > 0
            print(
                f"{chosen.chapter} by plain papermill: {len(plain)} records, ", end=""
            )
            print("as by emolib run" if alike else "others by emolib run", flush=True)
            wrong += [] if alike else ["plain papermill gives other records"]
        table, took = undisturbed(Path(place) / "whole", chosen.widths)
        print(f"undisturbed: {took:.0f} s", flush=True)
        number = hits = 0
        while hits < chosen.number:  # who kills too late has hit nothing
            kind, folder = kinds[number % len(kinds)], Path(place) / str(number)
            number += 1
            try:
                told, hit = disturbed(kind, folder, table, random, took, chosen.widths)
                hits += hit
                print(f"{hits:3}  same table  {told}", flush=True)
            except AssertionError as error:
                hits += 1
                wrong.append(f"{number} {kind}: {error}")
                print(wrong[-1], flush=True)
    left = [kind for kind in dict.fromkeys(KINDS) if kind not in kinds]
    tried = f"without {', '.join(left)}; " if left else ""
    took = time.monotonic() - began
    print(f"seed {chosen.seed}, {tried}{len(wrong)} wrong, {took:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
