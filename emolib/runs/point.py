"""One run of a sweep: a process of its own, which ends when whoever began it does.

What is not whole yet lies in `running-TOKEN` in the point's folder, and is published
from there by one rename. To take a point over is to take that folder away: whoever
had it, and may still run on another machine, has nothing left to publish.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from emolib import ROOT, EmolibError

DRIVER = ".driver"
"""In a sweep's folder: the token of whoever drives it, and a number that grows."""

PATIENCE = 60
"""Seconds without a sign of the driver after which its runs end."""


def attempt(job: dict[str, Any]) -> tuple[str, float, str]:
    """Run a point, here, in a process of its own; see `sweeps.sweep`.

    Args:
        job: `study`, `profile`, `data`, `parameters`, `place` (its folder), `folder`
            and `token` (of the sweep), and `minutes` and `gigabytes` (or None).

    Returns:
        "done" or "failed", the seconds it took, and what was wrong.
    """
    began = time.monotonic()
    place = Path(job["place"])
    own = place / f"running-{secrets.token_hex(4)}"
    try:
        problem = sees(job["folder"], job["token"]) or _attempted(job, place, own)
    except OSError as error:
        problem = f"{error}; make room, then run the same with --resume"
    for path in list(own.glob("*.ipynb")) + list(own.glob("log.txt")):
        with suppress(OSError):  # what was running has failed
            path.replace(place / path.name.replace(".running.", ".failed."))
    shutil.rmtree(own, ignore_errors=True)
    seconds = round(time.monotonic() - began, 1)
    told = problem.replace(f"{own.name}/", "")  # what it names has been moved
    return "failed" if problem else "done", seconds, told


def _attempted(job: dict[str, Any], place: Path, own: Path) -> str:
    """Begin the process and wait for it; what was wrong."""
    own.mkdir(parents=True)
    for other in place.glob("running-*"):
        if other != own:
            left = other.with_name(f".left-{other.name}")
            with suppress(OSError):
                other.rename(left)
            shutil.rmtree(left, ignore_errors=True)
    file = own / "job.json"
    file.write_text(json.dumps(job | {"own": str(own)}), encoding="utf-8")
    # Points may share records; the first that comes makes them.
    environment = os.environ | {"EMOLIB_WAIT": "1", "EMOLIB_PARENT": str(os.getpid())}
    command = [sys.executable, "-m", "emolib.runs.point", str(file)]
    with (own / "log.txt").open("w") as log:
        code = subprocess.run(
            command, stdout=log, stderr=log, env=environment, cwd=ROOT, check=False
        ).returncode
    if code < 0:
        name = signal.Signals(-code).name
        return f"ended by {name}; if nobody sent it, memory ran out"
    if code and not own.exists():
        return "another process has taken over this run"
    lines = (own / "log.txt").read_text("utf-8", "replace").split("\n") if code else []
    told = [line for line in lines if line.strip()] or [f"exit status {code}"]
    return told[-1].removeprefix("emolib: ") if code else ""


def sees(folder: str, token: str, patience: float = 20) -> str:
    """Whether this machine sees a sweep's folder, as its driver does: "" if it does.

    It reads what the driver wrote, and writes beside it. A shared folder may take
    seconds to show what is new.
    """
    here, until = Path(folder), time.monotonic() + patience
    while _beat(here).split(" ")[0] != token:
        if time.monotonic() > until:
            return (
                f"{socket.gethostname()} does not see {folder} as the sweep's driver "
                "does; it must be one folder, shared, at the same path"
            )
        time.sleep(0.5)
    try:
        mark = here / f".seen-{token}-{socket.gethostname()}-{os.getpid()}"
        mark.write_text(token)
    except OSError as error:
        return f"{socket.gethostname()} cannot write in {folder} ({error})"
    return ""


def _beat(folder: Path) -> str:
    with suppress(OSError):
        return (folder / DRIVER).read_text("utf-8")
    return ""


def end_with(parent: str | int) -> None:
    """Let this process end at once when that one does, where the system can tell."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != int(parent):  # too late for the signal
            os._exit(3)


class Watch(threading.Thread):
    """Ends a run whose driver or folder is gone, and one that goes over its limits."""

    def __init__(self, job: dict[str, Any]) -> None:
        super().__init__(daemon=True)
        self.job, self.reached = job, ""

    def run(self) -> None:
        began, last, silent = time.monotonic(), "", 0
        while True:
            # Counted, not timed: a machine that slept has missed nothing.
            beat = _beat(Path(self.job["folder"]))
            last, silent = beat, 0 if beat != last else silent + 1
            if beat.endswith(" ended") or silent > self.job.get("patience", PATIENCE):
                _end("the sweep has ended")
            if not Path(self.job["own"]).exists():
                _end("another process has taken over this run")
            self.reached = self.reached or self._over((time.monotonic() - began) / 60)
            if self.reached:
                _kill_children()
            time.sleep(1)

    def _over(self, minutes: float) -> str:
        import psutil

        allowed, memory = self.job.get("minutes"), self.job.get("gigabytes")
        if allowed and minutes > allowed:
            return f"it took longer than the {allowed} minutes of the plan"
        held = 0
        for child in psutil.Process().children(recursive=True) if memory else []:
            with suppress(psutil.Error):
                held += child.memory_info().rss
        if memory and held > memory * 1e9:
            return f"it held {held / 1e9:.1f} GB, the plan allows {memory}"
        return ""


def _kill_children() -> None:
    import psutil

    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            child.kill()


def _end(why: str) -> NoReturn:
    print(f"emolib: {why}", file=sys.stderr, flush=True)
    _kill_children()
    os._exit(3)


def main(file: str) -> None:
    """What the process does."""
    from emolib.runs.execution import execute

    end_with(os.environ["EMOLIB_PARENT"])
    job = json.loads(Path(file).read_text("utf-8"))
    watch = Watch(job)
    watch.start()
    asked = (job[name] for name in ("study", "profile", "data", "parameters", "place"))
    try:
        execute(*asked, meanwhile=Path(job["own"]))
    except EmolibError as error:
        told = f"{watch.reached}. {error}" if watch.reached else str(error)
        sys.exit(f"emolib: {' '.join(told.split())}")


if __name__ == "__main__":
    main(sys.argv[1])
