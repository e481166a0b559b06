"""Executing one notebook, its parameters checked before anything runs."""

from __future__ import annotations

import importlib
import os
import re
import secrets
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emolib import ROOT, EmolibError, data_folder
from emolib.files import shown
from emolib.runs.freshness import made_from, sources
from emolib.runs.notebook import (
    code_of,
    declared,
    nbformat,
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
    meanwhile: Path | None = None,
) -> Path:
    """Execute a notebook with papermill, from the project's root.

    While it runs, what ran so far lies in `NN_slug.running.ipynb`; whole, it takes
    its place by one rename.

    Args:
        study: letter, slug, or the path of a percent script.
        profile: how much work: smoke, quick, real or paper.
        data: where corpora lie: the notebook's parameter `data` if it has one and
            `parameters` does not, else `EMOLIB_DATA`; see `emolib.data_folder`.
        parameters: values to change, as text or in their types.
        out: the folder for the executed notebook, by default `runs/notebooks`.
        fresh: make records that come with the book again, where they are of older
            code or inputs; else they are kept, and named as such.
        meanwhile: the folder, in the same file system, of what is not whole yet; by
            default `out`. It must be there: who takes it away keeps this run from
            publishing anything.

    Returns:
        The executed notebook. Its metadata `emolib` holds the sources,
        parameters (all of them) and profile it was made from, the rendered corpora
        that lay in its data folder, the records it made or used, the seconds of each
        cell, and on what it ran.

    Raises:
        UsageError: before anything runs, if a name or a value is wrong.
        EmolibError: if a cell fails; what ran is kept as `NN_slug.failed.ipynb`.
    """
    notebook = notebook_of(str(study))
    environment = {"EMOLIB_NOTEBOOK_HASH": sha(code_of(notebook))}
    if fresh:
        environment["EMOLIB_FRESH"] = "1"
    if data and "data" not in declared(notebook):
        environment["EMOLIB_DATA"] = str(data_folder(data).resolve())
    given = with_data(notebook, parameters, data)
    values = resolve(notebook, profile, given)
    made = {
        "sources": sources(notebook, values),
        "parameters": values,
        "profile": profile,
    }
    target = ROOT / (out or "runs/notebooks") / f"{notebook.stem}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    running = (meanwhile or target.parent) / f"{notebook.stem}.running.ipynb"
    progress = _Progress(notebook.stem, read(notebook), target)
    with tempfile.TemporaryDirectory() as folder:
        opened = Path(folder) / "records"
        opened.touch()
        with _environment({**environment, "EMOLIB_RUNS_LOG": str(opened)}):
            injected = to_inject(notebook, values, given)
            executed = _papermill(notebook, running, injected, progress)
        made["records"] = sorted(set(opened.read_text("utf-8").split()))
    made["seconds"] = progress.seconds
    made["rendered"], made["ran"] = _rendered(values), _ran(progress.seconds)
    content = nbformat().writes(_finished(executed, made)) + "\n"
    try:  # no folder is made here, see `meanwhile`
        running.write_text(content, encoding="utf-8")
        running.replace(target)
    except OSError as error:
        raise EmolibError(
            f"{shown(target)}: cannot be published ({error.strerror or error}): the "
            "disk is full, or another process has taken over this run"
        ) from error
    _failed(target).unlink(missing_ok=True)
    return target


def _rendered(values: dict[str, Any]) -> dict[str, str]:
    """What the studio rendered into a notebook's data folder: digests by corpus."""
    from emolib.corpora.base import RENDERED

    folder = data_folder(values["data"]) if "data" in values else None
    found = sorted(folder.glob(f"*/{RENDERED}")) if folder else []
    return {f.parent.name: sha(f.read_text("utf-8")) for f in found}


def _ran(seconds: list[float]) -> dict[str, Any]:
    """When and on what a notebook ran."""
    from emolib.records.provenance import provenance

    told = provenance(sum(seconds))
    names = ("finished", "lock", "python", "platform", "processors")
    return {name: told[name] for name in names}


def _failed(path: Path) -> Path:
    """Where a notebook stays that did not get to its end."""
    return path.with_name(f"{path.name.split('.')[0]}.failed.ipynb")


def with_data(
    notebook: Path, parameters: dict[str, Any] | None, data: str | Path | None
) -> dict[str, Any]:
    """The parameters, with the data folder if the notebook declares one."""
    named = {"data": str(data)} if data and "data" in declared(notebook) else {}
    return {**named, **(parameters or {})}


def _papermill(
    notebook: Path, running: Path, values: dict, progress: _Progress
) -> NotebookNode:
    nbformat()
    from papermill.exceptions import PapermillExecutionError

    failed = _failed(running)
    try:
        return _tried(notebook, running, values, progress)
    except BaseException as error:
        with suppress(OSError):  # saved cell by cell: it holds what ran
            running.replace(failed)
        if isinstance(error, PapermillExecutionError):
            problem = f"{error.ename}: {error.evalue}"
        elif isinstance(error, RuntimeError):  # the kernel died or never started
            problem = f"{error}; if memory ran out, choose a smaller profile"
        elif isinstance(error, OSError):
            problem = f"{error}; make room, then run the same again"
        else:
            raise
        raise EmolibError(
            f"{shown(notebook)}: {progress.where} failed: {problem}. What ran is kept "
            f"as {shown(failed)}"
        ) from error


def _tried(
    notebook: Path, running: Path, values: dict, progress: _Progress, more: int = 2
) -> NotebookNode:
    """Execute; where no kernel came up, which happens on a busy machine, again."""
    import papermill

    # What `_ran` asks at the end is read while the kernel starts.
    later = ("emolib.records.provenance",)
    threading.Thread(target=importlib.import_module, args=later).start()
    try:
        return papermill.execute_notebook(
            read(notebook),
            running,
            parameters=values,
            cwd=ROOT,
            engine_name=_own_engine(),
            kernel_name="python3",
            kernel_manager_class=_own_kernel(),
            progress_bar=False,
            stdout_file=progress,
            on_cell_start=progress.start,
            on_cell_executed=progress.done,
        )
    except RuntimeError:
        if progress.began or not more:
            raise
        return _tried(notebook, running, values, progress, more - 1)


def _own_engine() -> str:
    """The name of an engine that writes the notebook down when there is time for it.

    Papermill's writes it before and after every cell, prose too: a hundred pictures,
    checked and written three hundred times, are ten seconds of a run. This one is
    silent for nine times as long as the last writing took; the end is always written.
    """
    from papermill.engines import (
        NBClientEngine,
        NotebookExecutionManager,
        papermill_engines,
    )

    class Seldom(NBClientEngine):
        @classmethod
        def execute_managed_notebook(
            cls, nb_man: NotebookExecutionManager, kernel_name: str, **more: Any
        ) -> None:
            write, due = nb_man.save, 0.0

            def save() -> None:
                nonlocal due
                began = time.monotonic()
                if began >= due:
                    write()
                    ended = time.monotonic()
                    due = ended + 9 * (ended - began)

            nb_man.save = save
            try:
                super().execute_managed_notebook(nb_man, kernel_name, **more)
            finally:
                nb_man.save = write

    papermill_engines.register("seldom", Seldom)
    return "seldom"


def _own_kernel() -> type:
    """A manager whose kernel is this very Python, and ends with this process.

    Jupyter would start whatever is installed under the name python3, which
    may be another environment's.
    """
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec

    class OwnKernel(AsyncKernelManager):
        transport_encryption = "auto"  # the kernel grumbles without
        transport, ip = _address()
        shutdown_wait_time = 1.0  # TensorFlow takes all it is given

        @property
        def kernel_spec(self) -> KernelSpec:
            spec = get_kernel_dict()
            place = spec["argv"].index("-m")
            spec["argv"][place : place + 2] = ["-c", _KERNEL]
            return KernelSpec(**spec)

    return OwnKernel


def _address() -> tuple[str, str]:
    """Where a kernel is to be reached: transport and, of sockets, how names begin.

    Of ports, kernels that start together may choose the same; names of files are
    this kernel's own. They must be short, and Windows has none.
    """
    name = str(Path(tempfile.gettempdir()) / f"emolib-{secrets.token_hex(8)}")
    named = hasattr(socket, "AF_UNIX") and len(name) < 90
    return ("ipc", name) if named else ("tcp", "127.0.0.1")


_KERNEL = (
    "import os, runpy; from emolib.runs.point import end_with; "
    "end_with(os.environ['JPY_PARENT_PID']); "
    "runpy.run_module('ipykernel_launcher', run_name='__main__')"
)


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
        self.began = 0.0
        self.seconds: list[float] = []
        self.where = "before the first cell"

    def _last_times(self, previous: Path) -> list[float]:
        times = made_from(previous).get("seconds", [])
        return times if len(times) == self._total else []

    def write(self, text: str) -> None:
        """What a cell prints; others may run beside this notebook."""
        lines = [f"{self._name}  | {line}\n" for line in text.splitlines()]
        sys.stderr.write("".join(lines))

    def flush(self) -> None:
        sys.stderr.flush()

    def start(self, cell: NotebookNode, cell_index: int) -> None:
        if cell.cell_type == "code" and "injected-parameters" not in tags_of(cell):
            self.began = time.monotonic()
            number = len(self.seconds) + 1
            self.where = f"cell {number} ({self._headings.get(cell['id'], '')})"

    def done(self, cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        if "injected-parameters" in tags_of(cell):
            return
        self.seconds.append(round(time.monotonic() - self.began, 2))
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
