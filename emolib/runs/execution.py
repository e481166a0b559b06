"""Executing one notebook, its parameters checked before anything runs."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emolib import ROOT, EmolibError, data_folder
from emolib.files import shown, write_atomic
from emolib.runs.freshness import sources
from emolib.runs.notebook import (
    code_of,
    declared,
    notebook_of,
    read,
    resolve,
    sha,
    tags_of,
    to_inject,
)

if TYPE_CHECKING:
    from nbformat import NotebookNode


def execute(
    study: str | Path,
    profile: str = "quick",
    data: str | Path | None = None,
    parameters: dict[str, Any] | None = None,
    out: str | Path | None = None,
    fresh: bool = False,
) -> Path:
    """Execute a notebook with papermill, from the project's root.

    Args:
        study: letter, slug, or the path of a percent script.
        profile: how much work: smoke, quick, real or paper.
        data: where corpora lie: the notebook's parameter `data` if it has one and
            `parameters` does not, else `EMOLIB_DATA`; see `emolib.data_folder`.
        parameters: values to change, as text or in their types.
        out: the folder for the executed notebook, by default `runs/notebooks`.
        fresh: make records that come with the book again, where they are of older
            code or inputs; else they are kept, and named as such.

    Returns:
        The executed notebook. Its metadata `emolib` holds the sources,
        parameters (all of them) and profile it was made from, the records it made or
        used, and the seconds of each cell.

    Raises:
        UsageError: before anything runs, if a name or a value is wrong.
        EmolibError: if a cell fails; what ran is kept as `NN_slug.failed.ipynb`.
    """
    import nbformat

    notebook = notebook_of(str(study))
    environment = {"EMOLIB_NOTEBOOK_HASH": sha(code_of(notebook))}
    if fresh:
        environment["EMOLIB_FRESH"] = "1"
    if data and "data" not in declared(notebook):
        environment["EMOLIB_DATA"] = str(data_folder(data).resolve())
    given = with_data(notebook, parameters, data)
    values = resolve(notebook, profile, given)
    made_from = {
        "sources": sources(notebook, values),
        "parameters": values,
        "profile": profile,
    }
    target = ROOT / (out or "runs/notebooks") / f"{notebook.stem}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    progress = _Progress(notebook.stem, read(notebook), target)
    with tempfile.TemporaryDirectory() as folder:
        opened = Path(folder) / "records"
        opened.touch()
        with _environment({**environment, "EMOLIB_RUNS_LOG": str(opened)}):
            injected = to_inject(notebook, values, given)
            executed = _papermill(notebook, target, injected, progress)
        made_from["records"] = sorted(set(opened.read_text("utf-8").split()))
    made_from["seconds"] = progress.seconds
    content = nbformat.writes(_finished(executed, made_from)) + "\n"
    write_atomic(target, lambda path: path.write_text(content, encoding="utf-8"))
    return target


def with_data(
    notebook: Path, parameters: dict[str, Any] | None, data: str | Path | None
) -> dict[str, Any]:
    """The parameters, with the data folder if the notebook declares one."""
    named = {"data": str(data)} if data and "data" in declared(notebook) else {}
    return {**named, **(parameters or {})}


def _papermill(
    notebook: Path, target: Path, values: dict, progress: _Progress
) -> NotebookNode:
    import papermill
    from papermill.exceptions import PapermillExecutionError

    # Saved there cell by cell, so that a failure leaves what ran before it.
    failed = target.with_suffix(".failed.ipynb")
    where = f"{shown(notebook)}: {{}} failed: {{}}. What ran is kept as {shown(failed)}"
    try:
        executed = papermill.execute_notebook(
            read(notebook),
            failed,
            parameters=values,
            cwd=ROOT,
            kernel_name="python3",
            kernel_manager_class=_own_kernel(),
            progress_bar=False,
            stdout_file=sys.stderr,
            on_cell_start=progress.start,
            on_cell_executed=progress.done,
        )
    except PapermillExecutionError as error:
        problem = f"{error.ename}: {error.evalue}"
        raise EmolibError(where.format(progress.where, problem)) from error
    except RuntimeError as error:  # nbclient: the kernel died or never started
        problem = f"{error}; if memory ran out, choose a smaller profile"
        raise EmolibError(where.format(progress.where, problem)) from error
    failed.unlink()
    return executed


def _own_kernel() -> type:
    """A manager whose kernel is this very Python.

    Jupyter would start whatever is installed under the name python3, which
    may be another environment's.
    """
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec

    class OwnKernel(AsyncKernelManager):
        transport_encryption = "auto"  # the kernel grumbles without

        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(**get_kernel_dict())

    return OwnKernel


def _finished(executed: NotebookNode, made_from: dict) -> NotebookNode:
    """The executed notebook without papermill's notes (times, this machine's paths)."""
    executed.metadata.pop("papermill", None)
    executed.metadata["emolib"] = made_from
    for cell in executed.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        tags = tags_of(cell)
        if not tags:
            cell.metadata.pop("tags", None)
        elif "injected-parameters" in tags:
            cell.metadata["tags"] = [*tags, "remove-cell"]
            cell["id"] = "parameters"
    return executed


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


class _Progress:
    """One line a code cell, with the time left going by the last execution."""

    def __init__(self, name: str, notebook: NotebookNode, previous: Path) -> None:
        self._name = name
        self._headings: dict[str, str] = {}
        heading = ""
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                titles = re.findall(r"^#+ +(.+)$", cell.source, re.MULTILINE)
                heading = titles[-1] if titles else heading
            self._headings[cell["id"]] = heading
        self._total = sum(c.cell_type == "code" for c in notebook.cells)
        self._expected = self._last_times(previous)
        self._began = 0.0
        self.seconds: list[float] = []
        self.where = "before the first cell"

    def _last_times(self, previous: Path) -> list[float]:
        try:
            found = json.loads(previous.read_text("utf-8"))
            times = found["metadata"]["emolib"]["seconds"]
        except (OSError, ValueError, KeyError):
            return []
        return times if len(times) == self._total else []

    def start(self, cell: NotebookNode, cell_index: int) -> None:
        if cell.cell_type == "code" and "injected-parameters" not in tags_of(cell):
            self._began = time.monotonic()
            number = len(self.seconds) + 1
            self.where = f"cell {number} ({self._headings.get(cell['id'], '')})"

    def done(self, cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        if "injected-parameters" in tags_of(cell):
            return
        self.seconds.append(round(time.monotonic() - self._began, 2))
        count = len(self.seconds)
        left = ""
        if self._expected:
            pace = sum(self.seconds) / max(sum(self._expected[:count]), 0.01)
            left = f", about {pace * sum(self._expected[count:]):.0f} s left"
        print(
            f"{self._name}  cell {count}/{self._total}  {self.seconds[-1]:.1f} s of "
            f"{sum(self.seconds):.0f} s{left}  {self._headings.get(cell['id'], '')}",
            file=sys.stderr,
            flush=True,
        )
