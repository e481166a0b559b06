"""Running notebooks: one, all, or a sweep over parameters.

A notebook's source is a percent script, `notebooks/NN_slug.py`; the `.ipynb`
beside it is generated. One cell tagged `parameters` declares what a run may
change, typed, at the values of the profile `quick`; a second one tagged
`profiles` says what the other profiles change:

    # %% tags=["parameters"]
    profile: str = "quick"
    epochs: int = 3

    # %% tags=["profiles"]
    PROFILES = {"smoke": {"epochs": 1}, "paper": {"epochs": 50}}

Both are read without being executed, and every name and value is checked
before anything runs. An executed notebook remembers what it was made from, so
that only what changed needs to run again.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emolib import ROOT, EmolibError, UsageError, data_folder
from emolib.files import shown, write_atomic

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import pandas as pd
    from nbformat import NotebookNode

STUDIES = {
    "A": "posed-genuine",
    "B": "speech-and-stills",
    "C": "confidence-fusion",
    "D": "early-fusion",
    "E": "real-or-fake",
}
"""The five documents' letters and the slugs of their notebooks."""

PROFILES = ("smoke", "quick", "real", "paper")
NOTEBOOKS = ROOT / "notebooks"
TYPES = {
    "int": (int, "a whole number"),
    "float": (float, "a number"),
    "str": (str, "text"),
    "bool": (bool, "true or false"),
    "list": (list, "a list such as [1, 2]"),
}


# -- which notebook ---------------------------------------------------------


def notebooks(folder: Path | None = None) -> dict[str, Path]:
    """Every notebook's source by slug, in the order of their numbers."""
    found = sorted((folder or NOTEBOOKS).glob("[0-9][0-9]_*.py"))
    return {path.stem[3:].replace("_", "-"): path for path in found}


def slug(study: str) -> str:
    """The slug of a study given by slug or letter.

    >>> slug("C")
    'confidence-fusion'
    """
    return STUDIES.get(study.upper(), study)


def check_study(study: str) -> None:
    """Make sure that a study, by letter or slug, has a document or a notebook.

    Raises:
        UsageError: if there is no such study; near misses are named.
    """
    known = dict.fromkeys([*STUDIES.values(), *notebooks()])
    if slug(study) not in known:
        raise UsageError(
            f"no study {study!r}{_near(slug(study), known)}; there is "
            f"{', '.join(known)}"
        )


def notebook_of(study: str) -> Path:
    """The source of a study given by letter or slug, or a notebook's own path.

    Raises:
        UsageError: if there is no such notebook; near misses are named.
    """
    if study.endswith(".py") and (ROOT / study).is_file():
        return ROOT / study
    known = notebooks()
    if slug(study) not in known:
        raise UsageError(
            f"no notebook {study!r}{_near(slug(study), known)}; there is "
            f"{', '.join(known) or 'none yet'}, or give the path of a percent script"
        )
    return known[slug(study)]


def _near(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


# -- parameters -------------------------------------------------------------


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: `epochs: int = 3`.

    Args:
        type: a key of `TYPES`.
        items: for a list, the type of what it holds, if that is declared.
    """

    name: str
    type: str
    default: Any
    items: str = ""

    def value(self, given: Any) -> Any:
        """The value given, as text or as a YAML or Python value, in this type.

        >>> Parameter("epochs", "int", 3).value("5")
        5
        >>> Parameter("epochs", "int", 3).value("ten")
        Traceback (most recent call last):
        emolib.UsageError: epochs must be a whole number, got 'ten'
        """
        kind, description = TYPES[self.type]
        refused = UsageError(f"{self.name} must be {description}, got {given!r}")
        if isinstance(given, str) and kind is not str:
            try:
                given = _from_text(given, kind)
            except (ValueError, SyntaxError) as error:
                raise refused from error
        if kind is float and type(given) is int:
            given = float(given)
        # `type`, because True is an int to isinstance.
        if type(given) is not kind or given in (float("inf"), float("-inf")):
            raise refused
        if self.items:
            item = Parameter(f"each item of {self.name}", self.items, None)
            given = [item.value(one) for one in given]
        return given


def _from_text(text: str, kind: type) -> Any:
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind is list:
        return ast.literal_eval(text)
    if not re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?", text, re.IGNORECASE):
        raise ValueError(text)  # Python's own "1_000", "nan" and " 7" are not meant
    return kind(text)


def declared(notebook: Path) -> dict[str, Parameter]:
    """The parameters a notebook declares in its tagged cell.

    Raises:
        UsageError: if a line there is not `name: type = value`, with a type
            among `TYPES`.
    """
    found = {}
    for line in ast.parse(_tagged(notebook, "parameters")).body:
        try:
            name, kind = line.target.id, ast.unparse(line.annotation)
            kind, _, items = kind.rstrip("]").partition("[")
            default = ast.literal_eval(line.value)
            parameter = Parameter(name, kind, default, items)
            parameter.value(default)
        except (AttributeError, KeyError, ValueError, UsageError) as error:
            raise UsageError(
                f"{notebook.name}, parameters cell: {ast.unparse(line)!r} should "
                f"read `name: type = value`, with a type among {', '.join(TYPES)} "
                "and a value of it"
            ) from error
        found[name] = parameter
    return found


def resolve(
    notebook: Path, profile: str = "quick", given: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What to inject: the profile's values, then the ones given, all checked.

    Where a profile takes its corpora from `data`, `EMOLIB_DATA` names another place.

    Raises:
        UsageError: for a profile the notebook does not have, a name it does
            not declare, or a value of another type.
    """
    known = declared(notebook)
    presets = {"quick": {}, **_profiles(notebook)}
    if profile not in presets:
        raise UsageError(
            f"{notebook.name} has no profile {profile!r}{_near(profile, presets)}; it "
            f"has {', '.join(presets)}"
        )
    if "profile" in (given or {}):
        raise UsageError("the profile is chosen with --profile, not as a parameter")
    place = os.environ.get("EMOLIB_DATA") or "data"
    preset = {n: place if v == "data" else v for n, v in presets[profile].items()}
    values = {}
    for name, value in {**preset, **(given or {})}.items():
        if name not in known:
            raise UsageError(
                f"{notebook.name} has no parameter {name!r}{_near(name, known)}; it "
                f"has {', '.join(known) or 'none'}"
            )
        values[name] = known[name].value(value)
    if "profile" in known and profile != known["profile"].default:
        values["profile"] = profile
    return values


def _profiles(notebook: Path) -> dict[str, dict[str, Any]]:
    source = _tagged(notebook, "profiles")
    if not source:
        return {}
    try:
        found = ast.literal_eval(ast.parse(source).body[0].value)
        wrong = [name for name in found if name not in PROFILES or name == "quick"]
        if not wrong and all(isinstance(found[name], dict) for name in found):
            return found
    except (AttributeError, IndexError, ValueError, SyntaxError, TypeError):
        pass
    raise UsageError(
        f"{notebook.name}, profiles cell: it must be one literal, such as "
        'PROFILES = {"smoke": {"epochs": 1}}, with keys among smoke, real, paper '
        "(quick is what the parameters cell says)"
    )


def _tagged(notebook: Path, tag: str) -> str:
    cells = [c for c in read(notebook).cells if tag in c.metadata.get("tags", [])]
    if len(cells) > 1:
        raise UsageError(f"{notebook.name}: {len(cells)} cells are tagged {tag!r}")
    return cells[0].source if cells else ""


# -- the clean notebook -----------------------------------------------------


def read(notebook: Path) -> NotebookNode:
    """A percent script as a notebook without outputs.

    A cell's id comes from its content, so that reading the same text again
    gives the same bytes and an inserted cell changes no other.
    """
    import jupytext

    found = jupytext.read(notebook, fmt="py:percent")
    found.metadata = {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    found.nbformat, found.nbformat_minor = 4, 5
    seen: dict[str, int] = {}
    for cell in found.cells:
        content = f"{cell.cell_type} {cell.source}"
        seen[content] = seen.get(content, 0) + 1
        cell["id"] = _sha(f"{content} {seen[content]}")[:8]
    return found


def sync_notebooks(check: bool = False, folder: Path | None = None) -> list[Path]:
    """Write the `.ipynb` beside each percent script, where it differs.

    Args:
        check: write nothing, refuse instead.
        folder: by default the project's `notebooks`.

    Returns:
        What was written.

    Raises:
        EmolibError: under `check`, if one is missing, outdated or left over.
    """
    import nbformat

    folder = folder or NOTEBOOKS
    wanted = {}
    for path in sorted(folder.glob("*.py")):
        content = (nbformat.writes(read(path)).rstrip() + "\n").encode()
        wanted[path.with_suffix(".ipynb")] = content
    changed = [p for p in wanted if not p.exists() or p.read_bytes() != wanted[p]]
    orphans = [p for p in sorted(folder.glob("*.ipynb")) if p not in wanted]
    if check and (changed or orphans):
        names = ", ".join(shown(path) for path in [*changed, *orphans])
        raise EmolibError(
            f"{names}: not what the .py of that name gives. Edit the .py, then "
            "`python -m emolib.runs` writes the .ipynb; delete one that has no .py"
        )
    for path in changed:
        write_atomic(path, lambda temporary, p=path: temporary.write_bytes(wanted[p]))
    return changed


def refresh_prose(executed: NotebookNode, source: NotebookNode) -> NotebookNode:
    """The source's cells with the executed notebook's outputs.

    Text may be edited without running anything again: the code must be the
    same, everything else is taken from the source.

    Raises:
        EmolibError: if a code cell differs.
    """
    import copy

    ran = [c for c in executed.cells if c.cell_type == "code"]
    injected = [c for c in ran if "injected-parameters" in _tags(c)]
    ran = [c for c in ran if c not in injected]
    cells = []
    for cell in copy.deepcopy(source.cells):
        if cell.cell_type == "code":
            before = ran.pop(0) if ran else None
            if before is None or before.source != cell.source:
                raise EmolibError(
                    f"the code was changed since it ran: {cell.source[:60]!r}; "
                    "execute the notebook again"
                )
            cell.outputs = before.outputs
            cell.execution_count = before.execution_count
        cells.append(cell)
        if "parameters" in _tags(cell):
            cells += injected
    result = copy.deepcopy(executed)
    result.cells = cells
    return result


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


# -- freshness --------------------------------------------------------------


def sources(notebook: Path, values: dict[str, Any] | None = None) -> dict[str, str]:
    """What a notebook's outputs depend on: hashes by path from the project's root.

    Its own code cells (not its prose), every module of emolib it imports,
    directly or through others, with the data files beside them, and the
    committed records of its study, unless the values given to its parameters
    make it write them.
    """
    code = _code(notebook)
    try:
        files = sorted(_modules(code))
    except SyntaxError as error:
        raise UsageError(f"{shown(notebook)}: not Python: {error}") from error
    files += sorted({y for f in files for y in f.parent.glob("*.yaml")})
    study = notebook.stem[3:].replace("_", "-")
    committed = ROOT / "book" / "results"
    if ROOT / (values or {}).get("runs", "runs") != committed:
        files += sorted((committed / study).rglob("record.json"))
    hashes = {shown(f): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
    own = shown(notebook) if notebook.is_relative_to(ROOT) else notebook.name
    return {own: _sha(code), **hashes}


def why_stale(
    executed: Path,
    notebook: Path,
    profile: str = "quick",
    parameters: dict[str, Any] | None = None,
) -> str:
    """Why an executed notebook must run again; "" if it need not."""
    if not executed.exists():
        return "never executed"
    try:
        made_from = json.loads(executed.read_text("utf-8"))["metadata"]["emolib"]
    except (ValueError, KeyError):
        return f"{shown(executed)} does not say what it was made from"
    if made_from["profile"] != profile:
        return f"executed with profile {made_from['profile']}"
    values = resolve(notebook, profile, parameters)
    if made_from["parameters"] != values:
        return "executed with other parameters"
    before, now = made_from["sources"], sources(notebook, values)
    changed = sorted(
        p for p in before.keys() | now.keys() if before.get(p) != now.get(p)
    )
    return f"{', '.join(changed)} changed" if changed else ""


def is_fresh(
    executed: Path,
    notebook: Path,
    profile: str = "quick",
    parameters: dict[str, Any] | None = None,
) -> bool:
    """Whether an executed notebook is what executing it again would give."""
    return not why_stale(executed, notebook, profile, parameters)


def _code(notebook: Path) -> str:
    cells = read(notebook).cells
    return "\n\n".join(c.source for c in cells if c.cell_type == "code")


def _modules(code: str) -> set[Path]:
    """Files of emolib that this code imports, directly or through others."""
    # Magics are not Python; what stands in for one keeps its block whole.
    code = re.sub(r"^(\s*)[%!].*$", r"\1pass", code, flags=re.MULTILINE)
    found: set[Path] = set()
    waiting = [(code, "")]
    while waiting:
        text, package = waiting.pop()
        for name in _imported(ast.parse(text), package):
            for file in _files_of(name):
                if file not in found:
                    found.add(file)
                    inside = file.relative_to(ROOT).parent.as_posix().replace("/", ".")
                    waiting.append((file.read_text("utf-8"), inside))
    return found


def _imported(tree: ast.AST, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: len(package.split(".")) - node.level + 1]
            module = ".".join([*(parts if node.level else []), node.module or ""])
            yield from (f"{module.strip('.')}.{a.name}" for a in node.names)


def _files_of(name: str) -> Iterator[Path]:
    """The files that importing a dotted name of emolib executes."""
    parts = name.split(".")
    if parts[0] != "emolib":
        return
    for end in range(1, len(parts) + 1):
        place = ROOT.joinpath(*parts[:end])
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if file.exists():
                yield file


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# -- execution --------------------------------------------------------------


def execute(
    study: str | Path,
    profile: str = "quick",
    data: str | Path | None = None,
    parameters: dict[str, Any] | None = None,
    out: str | Path | None = None,
) -> Path:
    """Execute a notebook with papermill, from the project's root.

    Args:
        study: letter, slug, or the path of a percent script.
        profile: how much work; see `PROFILES`.
        data: where corpora lie: the notebook's parameter `data` if it has one and
            `parameters` does not, else `EMOLIB_DATA`; see `emolib.data_folder`.
        parameters: values to change, as text or in their types.
        out: the folder for the executed notebook, by default `runs/notebooks`.

    Returns:
        The executed notebook. Its metadata `emolib` holds the sources,
        parameters and profile it was made from, the records it made or used,
        and the seconds of each cell.

    Raises:
        UsageError: before anything runs, if a name or a value is wrong.
        EmolibError: if a cell fails; what ran is kept as `NN_slug.failed.ipynb`.
    """
    import nbformat

    notebook = notebook_of(str(study))
    environment = {"EMOLIB_NOTEBOOK_HASH": _sha(_code(notebook))}
    if data and "data" not in declared(notebook):
        environment["EMOLIB_DATA"] = str(data_folder(data).resolve())
    values = resolve(notebook, profile, _with_data(notebook, parameters, data))
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
            executed = _papermill(notebook, target, values, progress)
        made_from["records"] = sorted(set(opened.read_text("utf-8").split()))
    made_from["seconds"] = progress.seconds
    content = nbformat.writes(_finished(executed, made_from)) + "\n"
    write_atomic(target, lambda path: path.write_text(content, encoding="utf-8"))
    return target


def _with_data(
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
        tags = _tags(cell)
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
        if cell.cell_type == "code" and "injected-parameters" not in _tags(cell):
            self._began = time.monotonic()
            number = len(self.seconds) + 1
            self.where = f"cell {number} ({self._headings.get(cell['id'], '')})"

    def done(self, cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        if "injected-parameters" in _tags(cell):
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


# -- sweeps -----------------------------------------------------------------


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
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UsageError(f"{path}: cannot be read as YAML ({error})") from error
    keys = ("study", "profile", "grid")
    has = f"a plan has the keys {', '.join(keys)} (profile may be left out)"
    if not isinstance(content, dict):
        raise UsageError(f"{path}: it holds no keys; {has}")
    if unknown := [key for key in content if key not in keys]:
        near = _near(str(unknown[0]), keys)
        raise UsageError(f"{path}: no key {unknown[0]!r}{near} in a plan; {has}")
    if missing := [key for key in ("study", "grid") if key not in content]:
        raise UsageError(f"{path}: no {' and no '.join(missing)}; {has}")
    grid = content["grid"]
    if not isinstance(grid, dict) or not all(
        isinstance(values, list) and values for values in grid.values()
    ):
        raise UsageError(f"{path}: grid must give each parameter a list of values")
    plan = Plan(str(content["study"]), content.get("profile", "quick"), grid)
    notebook = notebook_of(plan.study)
    try:
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
        given = _with_data(notebook, point, data)
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


def main() -> None:
    """`python -m emolib.runs [--check]`: write or check the generated notebooks."""
    try:
        changed = sync_notebooks(check="--check" in sys.argv[1:])
    except EmolibError as error:
        sys.exit(f"emolib: {error}")
    for path in changed:
        print(f"wrote {shown(path)}")


if __name__ == "__main__":
    main()
