"""Sweeps: one run for each combination of values, here or on a cluster."""

from __future__ import annotations

import itertools
import math
import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from emolib import ROOT, EmolibError, UsageError, data_folder, progress
from emolib.files import shown, write_atomic
from emolib.runs import comparing
from emolib.runs.execution import with_data
from emolib.runs.freshness import differs, made_from, sources
from emolib.runs.notebook import front, near, notebook_of
from emolib.runs.point import DRIVER, attempt, sees

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    import pandas as pd


MOST_POINTS = 10_000
OVERHEAD = 3  # seconds of a run beside its cells
SOON, EVERY = 2, 30  # seconds to the first sign of life, and from one to the next
OUTCOME = ("status", "seconds", "error")


@dataclass(frozen=True)
class Plan:
    """A sweep: one run for each listed point with each combination of the grid."""

    study: str
    profile: str = "quick"
    grid: dict[str, list] = field(default_factory=dict)
    listed: list[dict[str, Any]] = field(default_factory=lambda: [{}])
    minutes: float | None = None
    gigabytes: float | None = None

    @property
    def points(self) -> list[dict[str, Any]]:
        """Every combination, the last name changing fastest."""
        names, values = list(self.grid), itertools.product(*self.grid.values())
        together = [dict(zip(names, one, strict=True)) for one in values]
        return [{**listed, **one} for listed in self.listed for one in together]

    @property
    def swept(self) -> list[str]:
        """The names that the plan gives values."""
        return [*self.listed[0], *self.grid]


KEYS = ("study", "profile", "grid", "points", "seeds", "minutes", "gigabytes")


def read_plan(path: str | Path) -> Plan:
    """Read and check a sweep's plan.

        study: confidence-fusion
        profile: smoke
        grid:
          voice_epochs: [3, 10]
        seeds: 3

    `grid` gives each parameter a list of values, `points` is a list of points, with
    names and values; with both, each point is run with each combination of the grid.
    `seeds` is a number or a list. A run may take so many `minutes`, and hold so many
    `gigabytes`.

    Args:
        path: the file.

    Raises:
        UsageError: naming the file and what is wrong in it.
    """
    import yaml

    path = Path(path).absolute()
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file") from error
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise UsageError(f"{path}: cannot be read as YAML ({error})") from error
    try:
        plan = _plan(content)
        notebook = notebook_of(plan.study)
        settled = front(notebook).settled
        known: dict[str, int] = {}
        for number, point in enumerate(plan.points):
            values = str(settled(plan.profile, point))
            if values in known:
                raise UsageError(f"points {known[values]} and {number} are the same")
            known[values] = number
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error
    return plan


def _plan(content: Any) -> Plan:
    has = f"a plan has the keys {', '.join(KEYS)}"
    if not isinstance(content, dict):
        raise UsageError(f"it holds no keys; {has}")
    if unknown := [key for key in content if key not in KEYS]:
        meant = near(str(unknown[0]), KEYS)
        raise UsageError(f"no key {unknown[0]!r}{meant} in a plan; {has}")
    if "study" not in content:
        raise UsageError(f"no study; {has}")
    if not {"grid", "points", "seeds"} & content.keys():
        raise UsageError(f"no grid, no points and no seeds; {has}")
    for name in ("study", "profile"):
        if not isinstance(found := content.get(name, ""), str):
            told = f"{name} is {found!r}"
            raise UsageError(f"{told}; give its name, or leave out the line")
    for name in ("minutes", "gigabytes"):
        found = content.get(name, 1)
        if isinstance(found, bool) or not isinstance(found, (int, float)) or found <= 0:
            raise UsageError(f"{name} must be a number above 0, got {found!r}")
    grid, listed = content.get("grid", {}), content.get("points", [{}])
    lists = [*grid.values()] if isinstance(grid, dict) and _all([*grid], str) else None
    if lists is None or not _all(lists, list) or not all(lists):
        raise UsageError("grid must give each parameter a list of values")
    alike = isinstance(listed, list) and all(isinstance(one, dict) for one in listed)
    if not alike or not listed or any(one.keys() != listed[0].keys() for one in listed):
        raise UsageError(
            "points must be a list of points that name the same parameters"
        )
    seeds = content.get("seeds", [])
    if isinstance(seeds, int):
        seeds = list(range(min(seeds, MOST_POINTS + 1)))
    if not isinstance(seeds, list) or ("seeds" in content and not seeds):
        raise UsageError("seeds must be a number of seeds, or a list of them")
    grid = {**grid, **({"seed": seeds} if seeds else {})}
    twice = set(grid) & set(listed[0])
    if twice or (seeds and "seed" in content.get("grid", {})):
        raise UsageError(f"{', '.join(twice) or 'seed'} is given twice")
    if own := {*grid, *listed[0]} & {*comparing.ABOUT}:
        raise UsageError(f"{', '.join(own)} is a column of points.csv, and not swept")
    count = len(listed) * math.prod(len(values) for values in grid.values())
    if count > MOST_POINTS:
        raise UsageError(
            f"the plan has {count} points, one run each, and no more than "
            f"{MOST_POINTS} are begun; give fewer values"
        )
    limits = (content.get("minutes"), content.get("gigabytes"))
    profile = content.get("profile", "quick")
    return Plan(content["study"], profile, grid, listed, *limits)


def _all(values: Any, kind: type) -> bool:
    return isinstance(values, list) and all(isinstance(one, kind) for one in values)


def sweep(
    plan: Plan,
    out: str | Path | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    resume: bool = False,
    data: str | Path | None = None,
    begin: bool = True,
) -> pd.DataFrame:
    """Run every point of a plan, each in a process of its own.

    A point that fails stops no other. Each has a folder named by its
    parameters, with the executed notebook and a log; `points.csv` beside them
    says which is which and what became of it. At the end stand there what was
    measured, `results.csv`, and a page that compares the points, `index.html`.

    Args:
        plan: from `read_plan`.
        out: by default `runs/sweeps/<study>`.
        workers: how many at a time on this machine.
        scheduler: address of a Dask scheduler, whose workers see this folder,
            in place of `workers`.
        resume: leave out points that are already done and fresh.
        data: where corpora lie; as `execute`.
        begin: run them; else only say what would be run.

    Returns:
        One row a point: `point`, its parameters, `status` (done, kept or
        failed), `seconds`, `error`, `folder`.

    Raises:
        EmolibError: if somebody else drives this sweep, no scheduler answers, or its
            workers do not see the folder.
    """
    import pandas as pd

    notebook = notebook_of(plan.study)
    folder = ROOT / (out or f"runs/sweeps/{notebook.stem[3:]}")
    data = str(data_folder(data).resolve()) if data else None
    rows, jobs = _points(plan, notebook, folder, resume, data)
    if not begin:
        progress.timed(_planned(plan, notebook, rows, workers))
        return pd.DataFrame(rows)
    with (
        _driving(folder) as token,
        _executor(workers, scheduler, folder, token) as (
            executor,
            at_a_time,
        ),
    ):
        progress.timed(_planned(plan, notebook, rows, at_a_time))
        _keep(folder, rows)
        more = {"folder": str(folder), "token": token}
        futures = {executor.submit(attempt, job | more): n for n, job in jobs.items()}
        for number, outcome in _finished(futures, [j["place"] for j in jobs.values()]):
            rows[number] |= dict(zip(OUTCOME, outcome, strict=True))
            with suppress(EmolibError):  # a full disk; told of at the end
                _keep(folder, rows)
        _keep(folder, rows)
        comparing.write(folder)
    return pd.DataFrame(rows)


def _points(
    plan: Plan, notebook: Path, folder: Path, resume: bool, data: str | None
) -> tuple[list[dict], dict[int, dict]]:
    """A row for each point, and by its number the job of each that is to run."""
    from emolib.records import identity

    settled = front(notebook).settled
    named = with_data(notebook, None, data)
    rows, jobs, now = [], {}, {}
    for number, point in enumerate(plan.points):
        values = settled(plan.profile, {**named, **point})
        place = folder / identity(
            {"profile": plan.profile, **({"data": data} if data else {}), **values}
        )
        row = {"point": number, **point, "status": "waiting", "seconds": None}
        rows.append(row | {"error": "", "folder": shown(place)})
        executed = place / f"{notebook.stem}.ipynb"
        if resume and executed.exists():
            runs = values.get("runs", "runs")
            now[runs] = now.get(runs) or sources(notebook, values)
            if not differs(executed, plan.profile, values, now[runs]):
                seconds = round(sum(made_from(executed)["seconds"]), 1)
                rows[-1] |= {"status": "kept", "seconds": seconds}
                continue
        jobs[number] = {
            "study": plan.study,
            "profile": plan.profile,
            "data": data,
            # All of them: on a cluster's machine EMOLIB_DATA may say something else.
            "parameters": {n: v for n, v in values.items() if n != "profile"},
            "place": str(place),
            "minutes": plan.minutes,
            "gigabytes": plan.gigabytes,
        }
    return rows, jobs


# -- what is told ------------------------------------------------------------


def _planned(plan: Plan, notebook: Path, rows: list[dict], at_a_time: int) -> str:
    """What is about to run, and how long that takes."""
    waiting = sum(row["status"] == "waiting" for row in rows)
    name = f"{notebook.stem}.ipynb"
    places = [*(ROOT / row["folder"] for row in rows), ROOT / "runs" / "notebooks"]
    earlier = [made_from(place / name) for place in places]
    took = [sum(e["seconds"]) for e in earlier if e.get("profile") == plan.profile]
    if took:
        pace = OVERHEAD + sum(took) / len(took)
        left = f"about {_time(pace * math.ceil(waiting / max(at_a_time, 1)))}"
        left += f" at {at_a_time} a time, by {len(took)} earlier runs"
    else:
        left = f"how long is not known, no run with `{plan.profile}` was made here"
        text = notebook.read_text("utf-8") if plan.profile == "quick" else ""
        if found := re.search(r"How long it takes\.\**([^*]+?)\n#? *\n", text):
            says = " ".join(found[1].replace("\n#", " ").split())
            left = f"no earlier run to go by; of one the notebook says: {says}"
    swept = "; ".join(
        f"{name}: {', '.join(dict.fromkeys(str(row[name]) for row in rows))}"
        for name in plan.swept
    )
    return (
        f"{notebook.stem[3:]}, profile {plan.profile}. {swept}\n{len(rows)} runs, "
        f"{len(rows) - waiting} kept, {waiting} to go: {left}"
    )


def _finished(
    futures: dict[Future, int], places: list[str]
) -> Iterator[tuple[int, tuple[str, float, str]]]:
    """Numbers and outcomes as they come, with a line for each and now and then."""
    from concurrent.futures import FIRST_COMPLETED, wait

    began = time.monotonic()
    told = began + SOON - EVERY
    waiting, total = set(futures), len(futures)
    while waiting:
        done, waiting = wait(waiting, timeout=1, return_when=FIRST_COMPLETED)
        for future in done:
            outcome = _outcome(future)
            yield futures[future], outcome
            took = _time(outcome[1])
            progress.timed(f"point {futures[future]} {outcome[0]} after {took}")
        now, count = time.monotonic(), total - len(waiting)
        if done or now - told > EVERY:
            come = count + sum(_shares(places))  # runs, and parts of some
            pace = (now - began) / come if come else None
            left = (
                f"about {_time(pace * (total - come))} left" if pace else "no cell yet"
            )
            progress.timed(f"{count} of {total} after {_time(now - began)}, {left}")
            told = now


def _shares(places: list[str]) -> Iterator[float]:
    """How far each run has come that is under way: cells done, of all."""
    for place in places:
        for log in Path(place).glob("running-*/log.txt"):
            with suppress(OSError):
                found = re.findall(
                    r"  cell (\d+)/(\d+)  ", log.read_text("utf-8", "replace")
                )
                yield int(found[-1][0]) / int(found[-1][1]) if found else 0.0


def _outcome(future: Future) -> tuple[str, float, str]:
    try:
        return future.result()
    except Exception as error:  # whatever a cluster may raise: KilledWorker, ...
        told = f"the cluster gave it up: {type(error).__name__} {error}"
        return "failed", 0.0, told.split("\n")[0]


def _keep(folder: Path, rows: list[dict]) -> None:
    import pandas as pd

    table = pd.DataFrame(rows)
    write_atomic(folder / "points.csv", lambda path: table.to_csv(path, index=False))


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


# -- who drives, and what runs it ----------------------------------------------


@contextmanager
def _driving(folder: Path) -> Iterator[str]:
    """Be the one who drives a sweep, and let its runs see that somebody does."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DRIVER).touch()
    with (folder / DRIVER).open("r+b", buffering=0) as file:
        with suppress(ImportError):  # Windows: two drivers are the user's to avoid
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                told = f"{folder}: another process runs this sweep; wait for it"
                raise EmolibError(told) from error
            except OSError:  # a file system without locks
                pass
        token, over = secrets.token_hex(8), threading.Event()

        def beat() -> None:
            for number in itertools.count():
                # Of one length: written over in place, it needs no room on a disk.
                with suppress(OSError):
                    _rewrite(file, f"{token} {number:08}")
                if over.wait(1):
                    break
            with suppress(OSError):
                _rewrite(file, f"{token}    ended")

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield token
        finally:
            over.set()
            thread.join()
            for mark in folder.glob(".seen-*"):
                mark.unlink(missing_ok=True)


def _rewrite(file: IO[bytes], text: str) -> None:
    file.seek(0)
    file.write(text.encode())


@contextmanager
def _executor(
    workers: int, scheduler: str | None, folder: Path, token: str
) -> Iterator[tuple[Executor, int]]:
    """Threads that wait for processes here, or a Dask cluster's workers; how many."""
    if not scheduler:
        from concurrent.futures import ThreadPoolExecutor

        executor = ThreadPoolExecutor(workers)
        try:
            yield executor, workers
        finally:  # runs that have begun end when they see that the driver has
            executor.shutdown(wait=False, cancel_futures=True)
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("a scheduler needs dask: pip install -e '.[sweep]'") from error
    try:
        client = Client(scheduler, timeout=5)
    except (OSError, ValueError) as error:
        raise EmolibError(
            f"{scheduler}: no Dask scheduler answers there ({error}); start one with "
            "`dask scheduler`, and `dask worker ADDRESS` on each machine"
        ) from error
    with client:
        try:
            found = client.run(sees, str(folder), token)
        except Exception as error:  # emolib is not there, or the worker went
            raise EmolibError(f"{scheduler}: a worker failed: {error}") from error
        if problems := [problem for problem in found.values() if problem]:
            raise EmolibError("; ".join(problems))
        marks = len(list(folder.glob(f".seen-{token}-*")))
        if marks < len(found):
            raise EmolibError(
                f"{len(found)} workers wrote in {folder}, of {marks} it is seen here; "
                "it must be one folder, shared, at the same path"
            )
        yield client.get_executor(pure=False), sum(client.nthreads().values())
