"""Sweeps: one run for each combination of values, here or on a cluster."""

from __future__ import annotations

import itertools
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emolib import ROOT, EmolibError, UsageError, data_folder
from emolib.files import shown, write_atomic
from emolib.runs.execution import with_data
from emolib.runs.freshness import is_fresh
from emolib.runs.notebook import near, notebook_of, resolve

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import pandas as pd


MOST_POINTS = 10_000


@dataclass(frozen=True)
class Plan:
    """A sweep: one run for each combination of the grid's values."""

    study: str
    profile: str
    grid: dict[str, list]

    @property
    def points(self) -> list[dict[str, Any]]:
        """Every combination, the last name changing fastest."""
        combinations = itertools.product(*self.grid.values())
        return [dict(zip(self.grid, values, strict=True)) for values in combinations]


def read_plan(path: str | Path) -> Plan:
    """Read and check a sweep's plan.

        study: confidence-fusion
        profile: smoke
        grid:
          seed: [0, 1, 2]
          voice_epochs: [3, 10]

    Args:
        path: a relative one counts from the project's root.

    Raises:
        UsageError: naming the file and what is wrong in it.
    """
    import yaml

    path = ROOT / path
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise UsageError(
            f"{path}: no such file; a relative path counts from the project's root"
        ) from error
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise UsageError(f"{path}: cannot be read as YAML ({error})") from error
    keys = ("study", "profile", "grid")
    has = f"a plan has the keys {', '.join(keys)} (profile may be left out)"
    if not isinstance(content, dict):
        raise UsageError(f"{path}: it holds no keys; {has}")
    if unknown := [key for key in content if key not in keys]:
        meant = near(str(unknown[0]), keys)
        raise UsageError(f"{path}: no key {unknown[0]!r}{meant} in a plan; {has}")
    if missing := [key for key in ("study", "grid") if key not in content]:
        raise UsageError(f"{path}: no {' and no '.join(missing)}; {has}")
    grid = content["grid"]
    if not isinstance(grid, dict) or not all(
        isinstance(name, str) and isinstance(values, list) and values
        for name, values in grid.items()
    ):
        raise UsageError(f"{path}: grid must give each parameter a list of values")
    plan = Plan(content["study"], content.get("profile", "quick"), grid)
    for name in ("study", "profile"):
        if not isinstance(getattr(plan, name), str):
            told = f"{path}: {name} is {getattr(plan, name)!r}"
            raise UsageError(f"{told}; give its name, or leave out the line")
    count = math.prod(len(values) for values in grid.values())
    if count > MOST_POINTS:
        raise UsageError(
            f"{path}: the grid has {count} points, one run each, and no more than "
            f"{MOST_POINTS} are begun; give fewer values"
        )
    try:
        notebook = notebook_of(plan.study)
        for point in plan.points:
            resolve(notebook, plan.profile, point)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error
    return plan


def sweep(
    plan: Plan,
    out: str | Path | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    resume: bool = False,
    data: str | Path | None = None,
) -> pd.DataFrame:
    """Run every point of a plan, each in a process of its own.

    A point that fails stops no other. Each has a folder named by its
    parameters, with the executed notebook and a log; `points.csv` beside them
    says which is which and what became of it.

    Args:
        plan: from `read_plan`.
        out: by default `runs/sweeps/<study>`.
        workers: how many at a time on this machine.
        scheduler: address of a Dask scheduler, whose workers see this folder,
            in place of `workers`.
        resume: leave out points that are already done and fresh.
        data: where corpora lie; as `execute`.

    Returns:
        One row a point: `point`, its parameters, `status` (done, kept or
        failed), `seconds`, `folder`.
    """
    import pandas as pd

    from emolib.records import identity

    notebook = notebook_of(plan.study)
    folder = ROOT / (out or f"runs/sweeps/{notebook.stem[3:]}")
    data = str(data_folder(data).resolve()) if data else None
    rows, waiting = [], {}
    for point in plan.points:
        given = with_data(notebook, point, data)
        values = resolve(notebook, plan.profile, given)
        named = {"data": data} if data else {}  # declared or not
        place = folder / identity({"profile": plan.profile, **named, **values})
        row = {"point": len(rows), **point, "status": "waiting", "seconds": None}
        rows.append(row | {"folder": shown(place)})
        executed = place / f"{notebook.stem}.ipynb"
        if resume and is_fresh(executed, notebook, plan.profile, given):
            rows[-1]["status"] = "kept"
        else:
            arguments = _arguments(plan, values, data, place)
            waiting[len(rows) - 1] = (arguments, str(place / "log.txt"))
    began = time.monotonic()
    with _executor(workers, scheduler) as executor:
        from concurrent.futures import as_completed

        futures = {executor.submit(_run_point, *w): n for n, w in waiting.items()}
        for done, future in enumerate(as_completed(futures), start=1):
            row = rows[futures[future]]
            row["status"], row["seconds"] = future.result()
            left = (time.monotonic() - began) / done * (len(futures) - done)
            print(
                f"{done}/{len(futures)}  {row['folder']}  {row['status']} after "
                f"{row['seconds']:.0f} s, about {left:.0f} s left",
                file=sys.stderr,
                flush=True,
            )
            table = pd.DataFrame(rows)
            write_atomic(
                folder / "points.csv", lambda path, t=table: t.to_csv(path, index=False)
            )
    return pd.DataFrame(rows)


def of_sweep(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The results of a sweep's points, beside the parameters of each.

    Args:
        table: from `records.table`.
        name: the sweep's folder, in `runs/sweeps` or from the project's root.

    Returns:
        A row for each point and metric: `table` with the column `point` and, where
        the record does not have it already, one for each parameter of the grid.

    Raises:
        UsageError: if there is no such sweep.
    """
    import pandas as pd

    places = [ROOT / "runs" / "sweeps" / name, ROOT / name]
    folder = next((p for p in places if (p / "points.csv").is_file()), None)
    if folder is None:
        known = sorted(p.parent.name for p in places[0].parent.glob("*/points.csv"))
        hint = f"{near(name, known)}; there is {', '.join(known) or 'none'}"
        raise UsageError(f"no sweep {name!r} in runs/sweeps{hint}")
    points = pd.read_csv(folder / "points.csv")
    ids = table["record"].str.rpartition("/")[2]
    found = []
    for point in points.to_dict("records"):
        rows = table[ids.isin(_records_of(ROOT / point["folder"]))].copy()
        for key in [n for n in points if n not in ("status", "seconds", "folder")]:
            if key not in rows:
                rows[key] = [point[key]] * len(rows)
        found.append(rows)
    return pd.concat(found, ignore_index=True) if found else table.iloc[:0]


def _records_of(folder: Path) -> set[str]:
    """Ids of the records that the notebooks executed in a folder made or used."""
    found: set[str] = set()
    for path in folder.glob("*.ipynb"):
        made_from = json.loads(path.read_text("utf-8"))["metadata"].get("emolib", {})
        found |= set(made_from.get("records", []))
    return found


def _arguments(plan: Plan, values: dict, data: str | None, out: Path) -> list:
    options = ["--profile", plan.profile, "--out", str(out)]
    options += ["--data", data] if data else []
    # All of them: on a cluster's machine EMOLIB_DATA may say something else.
    for name, value in values.items():
        options += ["-p", name, str(value)] if name != "profile" else []
    return ["run", plan.study, *options]


def _run_point(arguments: list[str], log: str) -> tuple[str, float]:
    """Run one point, as the command line would, in a process of its own."""
    began = time.monotonic()
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    # Points may share records; the first that comes makes them.
    environment = os.environ | {"EMOLIB_WAIT": "1"}
    with Path(log).open("w") as file:
        command = [sys.executable, "-m", "emolib.cli", *arguments]
        finished = subprocess.run(
            command, stdout=file, stderr=file, env=environment, check=False
        )
    status = "failed" if finished.returncode else "done"
    return status, round(time.monotonic() - began, 1)


@contextmanager
def _executor(workers: int, scheduler: str | None) -> Iterator[Executor]:
    """Threads that wait for processes here, or a Dask cluster's workers."""
    if not scheduler:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(workers) as executor:
            yield executor
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
        yield client.get_executor(pure=False)
