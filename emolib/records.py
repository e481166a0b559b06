"""The record: what a run leaves on disk.

One folder a run, `runs/<study>/<experiment>-<hash>/`, holding `record.json`
(what was run, on what, by which code, and the metrics) and
`predictions.parquet` (one row a thing predicted). Both are rewritten after each
fold, so that a run killed halfway goes on where it stopped:

    run = open_run(study="confidence-fusion", experiment="audio", ...)
    for split in protocol.split(items):
        if not run.has(split.fold):
            ...train, predict...
            run.add(split.fold, predictions, history=history, leak=leak)

Metrics are computed from the predictions and nothing else: `recompute` gives
them again.
"""

from __future__ import annotations

import ast
import hashlib
import json
import logging
import math
import os
import platform
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from emolib import ROOT, EmolibError, UsageError
from emolib.files import write_atomic
from emolib.labels import LabelSpace

COLUMNS = (
    *("study", "experiment", "source", "corpus", "protocol", "model", "seed"),
    *("profile", "metric", "value", "low", "high", "n", "unit", "record"),
)
"""What `table` gives, one row a metric."""

_PACKAGES = (
    *("numpy", "scipy", "pandas", "scikit-learn", "librosa", "soundfile"),
    *("opencv-python-headless", "av", "tensorflow", "keras", "torch"),
)
_log = logging.getLogger("emolib")
_locks: dict[Path, IO] = {}


def runs_folder() -> Path:
    """Where new records go: `EMOLIB_RUNS`, else `runs` in the project."""
    return ROOT / Path(os.environ.get("EMOLIB_RUNS") or "runs").expanduser()


def folders() -> list[Path]:
    """Where records are read from: the committed ones, then the local ones."""
    return [ROOT / "book" / "results", runs_folder()]


# -- identity ---------------------------------------------------------------


def identity(parameters: dict, inputs: dict | None = None) -> str:
    """Twelve hexadecimal digits that name a set of parameters and inputs.

    The order of keys does not matter, nor whether a number is Python's or
    numpy's.

    >>> identity({"seed": 1, "epochs": 3}) == identity({"epochs": 3, "seed": 1})
    True
    >>> identity({"seed": 1}) == identity({"seed": 2})
    False
    """
    content = {"parameters": _plain(parameters), "inputs": _plain(inputs or {})}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def manifest_hash(manifest: pd.DataFrame) -> str:
    """A hash of which clips there are and what they hold, wherever they lie.

    Of each file it reads the size and four kilobytes from the middle: sizes
    alone do not tell two renderings of one length apart, and whole corpora are
    too large to read.

    Raises:
        EmolibError: if a file of the manifest is not there.
    """
    probes = {path: _probe(Path(path)) for path in manifest["path"].unique()}
    digest = hashlib.sha256()
    for clip, path in sorted(zip(manifest["clip"], manifest["path"], strict=True)):
        digest.update(f"{clip}\0{probes[path]}\n".encode())
    return digest.hexdigest()


def _probe(path: Path) -> str:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size // 2 - 2048))
            return f"{size} {hashlib.sha256(file.read(4096)).hexdigest()}"
    except OSError as error:
        raise EmolibError(
            f"{path}: named in the manifest, cannot be read ({error.strerror}); "
            "index the corpus again"
        ) from error


def _plain(value: Any) -> Any:
    """Python's own types, ready for JSON: NaN and infinity become None."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray, pd.Series)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise UsageError(
        f"{value!r} ({type(value).__name__}) cannot stand in a record; "
        "use numbers, text, true/false, lists and dicts of them"
    )


# -- writing ----------------------------------------------------------------


def open_run(
    *,
    study: str,
    experiment: str,
    source: str,
    corpus: str,
    protocol: str,
    model: str,
    profile: str,
    seed: int,
    manifest: pd.DataFrame,
    space: LabelSpace,
    folds: int,
    parameters: dict | None = None,
    claims: Iterable[str] = (),
    task: str = "emotion",
    unit: str = "clip",
    folder: str | Path | None = None,
) -> Run:
    """Start a run, or go on with the one of the same identity.

    Everything but `claims` and `folder` makes up the identity: change one value
    or one file of the corpus and it is another run in another folder. The code
    is not part of it; instead, each fold remembers the code that computed it,
    and a fold of other code counts as missing (comments and docstrings do not
    matter). `EMOLIB_KEEP_FOLDS=1` keeps such folds.

    Args:
        source: "demo" or "real", as the manifest says.
        manifest: the clips the run may use; predictions may name no others.
        space: the classes, in the order of the probability columns.
        folds: how many folds make the run complete.
        parameters: everything else that changes the result.
        claims: the ledger's ids this run bears on.
        task: what is predicted: "emotion", "authenticity", ...
        unit: what one row predicts: "clip" or "frame".
        folder: where runs are kept; by default `runs_folder()`.

    Raises:
        UsageError: if `source` is not the manifest's, or a parameter is an
            absolute path (a record must mean the same on another machine).
        EmolibError: if another process is writing this run. `EMOLIB_WAIT=1`, which
            a sweep sets for its points, waits for it instead.
    """
    if set(manifest["source"]) != {source}:
        raise UsageError(
            f"{study}/{experiment}: source {source!r}, but the manifest's clips are "
            f"{sorted(set(manifest['source']))}; a record must say what it ran on"
        )
    parameters = _plain(parameters or {})
    for name, value in parameters.items():
        if isinstance(value, str) and Path(value).is_absolute():
            raise UsageError(
                f"parameter {name} is an absolute path ({value}); leave it out: "
                "the record knows the data by its content"
            )
    header = {
        "study": study,
        "experiment": experiment,
        "source": source,
        "corpus": corpus,
        "protocol": protocol,
        "model": model,
        "profile": profile,
        "seed": int(seed),
        "task": task,
        "unit": unit,
        "space": {"name": space.name, "classes": list(space.classes)},
        "folds_planned": int(folds),
        "parameters": parameters,
    }
    inputs = {"manifest": manifest_hash(manifest)}
    name = f"{experiment}-{identity(header, inputs)}"
    place = ROOT / Path(folder).expanduser() if folder else runs_folder()
    header |= {"id": name, "inputs": inputs, "claims": list(claims)}
    return Run(place / study / name, header, set(manifest["clip"]))


class Run:
    """A run being made: ask `has(fold)`, then `add(fold, predictions)`.

    Attributes:
        folder: where it lies.
        record: what `record.json` holds, or will hold after the first fold.
        code: hash of the code that computes its folds; a checkpoint kept
            between folds should carry it in its name.
    """

    def __init__(self, folder: Path, header: dict, clips: set[str]) -> None:
        self.folder = folder
        self._clips = clips
        self.code = code_hash(header["study"])
        self._since = time.monotonic()
        self.record = header | {"complete": False, "folds": [], "metrics": {}}
        # Twice: a complete run needs no lock, an unlocked read may be outdated.
        self._read()
        if not self.record["complete"]:
            _lock(folder)
            self._read()
            if self.record["complete"]:  # by whoever was waited for
                _unlock(folder)
        # Whoever executes a notebook learns which records it made or used.
        if log := os.environ.get("EMOLIB_RUNS_LOG"):
            with Path(log).open("a", encoding="utf-8") as file:
                file.write(f"{self.record['id']}\n")

    def _read(self) -> None:
        if not (self.folder / "record.json").exists():
            return
        found = _read_record(self.folder / "record.json")
        stale = [f["fold"] for f in found["folds"] if f["code"] != self.code]
        if stale and os.environ.get("EMOLIB_KEEP_FOLDS") != "1":
            _log.warning(
                "%s: fold %s was computed by other code and will be computed again "
                "(EMOLIB_KEEP_FOLDS=1 keeps it)",
                self.record["id"],
                ", ".join(map(str, stale)),
            )
            found["folds"] = [f for f in found["folds"] if f["fold"] not in stale]
            found |= {"complete": False, "metrics": {}}
        self.record = found | {"claims": self.record["claims"]}

    def has(self, fold: int) -> bool:
        """Whether this fold is already recorded."""
        return any(f["fold"] == fold for f in self.record["folds"])

    def add(
        self,
        fold: int,
        predictions: pd.DataFrame,
        history: pd.DataFrame | None = None,
        leak: dict | None = None,
        parameters_count: int | None = None,
        seconds: float | None = None,
    ) -> None:
        """Record one fold, on disk, before the next one starts.

        Args:
            fold: its number, from 0.
            predictions: columns clip, subject, label and one probability a class
                (named like the class); `unit`, and for frames `frame`, may be
                there too.
            history: one row an epoch, as training gives it.
            leak: the split's leak report.
            parameters_count: weights of the model.
            seconds: what it took; by default the time since the fold before.

        Raises:
            UsageError: if the predictions do not fit the run.
            EmolibError: if they hold NaN, or cannot be written.
        """
        predictions = self._checked(fold, predictions)
        now = time.monotonic()
        entry = {
            "fold": int(fold),
            "rows": len(predictions),
            "seconds": round(now - self._since if seconds is None else seconds, 3),
            "parameters_count": parameters_count,
            "code": self.code,
            "leak": leak or {},
            "history": {} if history is None else history.to_dict("list"),
        }
        self._since = now
        others = [f for f in self.record["folds"] if f["fold"] != fold]
        together = pd.concat([_read_predictions(self.folder, others), predictions])
        together = together.sort_values("fold", kind="stable", ignore_index=True)

        # A record never lists a fold whose rows are not there: what is about to
        # be replaced is struck off first, what is new is listed last.
        on_disk = self.folder / "record.json"
        if on_disk.exists() and len(_read_record(on_disk)["folds"]) > len(others):
            self._write(others, {})
        write_atomic(
            self.folder / "predictions.parquet",
            lambda path: together.to_parquet(path, index=False),
        )
        folds = sorted([*others, _plain(entry)], key=lambda f: f["fold"])
        self._write(folds, _metrics(together, self.record["space"]))
        if self.record["complete"]:
            _unlock(self.folder)

    def _checked(self, fold: int, predictions: pd.DataFrame) -> pd.DataFrame:
        """The predictions in the record's columns and types, or a refusal."""
        name = f"{self.record['id']}, fold {fold}"
        classes = self.record["space"]["classes"]
        if not 0 <= fold < self.record["folds_planned"]:
            raise UsageError(
                f"{name}: the run has {self.record['folds_planned']} folds, "
                "numbered from 0"
            )
        wanted = ["clip", "subject", "label", *classes]
        if missing := [c for c in wanted if c not in predictions.columns]:
            raise UsageError(f"{name}: predictions lack column {', '.join(missing)}")
        if unknown := sorted(set(predictions["clip"]) - self._clips):
            raise UsageError(
                f"{name}: clip {unknown[0]} and {len(unknown) - 1} more are not in "
                "the manifest the run was opened with"
            )
        if wrong := sorted(set(predictions["label"]) - set(classes)):
            raise UsageError(f"{name}: label {wrong[0]!r} is none of {classes}")
        probabilities = predictions[classes].to_numpy(np.float32)
        sums = probabilities.sum(axis=1)
        if not len(sums) or not np.allclose(sums, 1, atol=1e-2):
            worst = sums[np.argmax(np.abs(sums - 1))] if len(sums) else "no row"
            raise EmolibError(
                f"{name}: probabilities of a row must add up to 1, got {worst}"
            )
        frame = ["frame"] if "frame" in predictions else []
        table = predictions[["clip", "subject", *frame]].reset_index(drop=True)
        table["unit"] = self.record["unit"]
        table["task"] = self.record["task"]
        table["fold"] = int(fold)
        table["label"] = predictions["label"].astype(str).to_numpy()
        scores = pd.DataFrame(probabilities, columns=classes)
        return pd.concat([table, scores], axis=1)

    def _write(self, folds: list[dict], metrics: dict) -> None:
        self.record |= {
            "complete": len(folds) == self.record["folds_planned"],
            "folds": folds,
            "metrics": metrics,
            "provenance": provenance(sum(f["seconds"] for f in folds)),
        }
        text = json.dumps(self.record, indent=1, allow_nan=False, ensure_ascii=False)
        write_atomic(
            self.folder / "record.json",
            lambda path: path.write_text(text + "\n", encoding="utf-8"),
        )

    @property
    def predictions(self) -> pd.DataFrame:
        """All folds so far."""
        return _read_predictions(self.folder, self.record["folds"])

    @property
    def metrics(self) -> dict[str, dict]:
        """Each with value, low, high, n and the unit resampled."""
        return self.record["metrics"]


def _metrics(predictions: pd.DataFrame, space: dict) -> dict[str, dict]:
    from emolib.evaluation.intervals import score_intervals

    classes = np.array(space["classes"])
    predicted = classes[predictions[space["classes"]].to_numpy().argmax(axis=1)]
    found = score_intervals(predictions["label"], predicted, predictions["subject"])
    return {metric: _plain(asdict(found[metric])) for metric in found}


def _lock(folder: Path) -> None:
    """Let one process write a run; the system lets go when the process ends."""
    try:
        import fcntl
    except ImportError:  # Windows: two writers are the user's to avoid
        return
    if folder in _locks:  # the same notebook ran its cell again
        return
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / ".lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read() or "unknown"
        if os.environ.get("EMOLIB_WAIT") != "1":
            file.close()
            raise EmolibError(
                f"{folder}: process {holder} is writing this run; wait for it, or "
                "stop it (a notebook's kernel holds its runs until it is shut down)"
            ) from error
        _log.warning("%s: waiting for process %s, which writes it", folder, holder)
        fcntl.flock(file, fcntl.LOCK_EX)
    if not os.fstat(file.fileno()).st_nlink:  # removed by whoever held it
        file.close()
        _lock(folder)
        return
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    _locks[folder] = file


def _unlock(folder: Path) -> None:
    if file := _locks.pop(folder, None):
        (folder / ".lock").unlink(missing_ok=True)
        file.close()


# -- provenance -------------------------------------------------------------


def provenance(seconds: float) -> dict:
    """What ran, when and on what; nothing that names a person or a machine."""
    return {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "emolib": _hash_files(sorted((ROOT / "emolib").rglob("*.py"))),
        "notebook": os.environ.get("EMOLIB_NOTEBOOK_HASH"),
        "lock": _hash_files([ROOT / "requirements.lock"]),
        "python": platform.python_version(),
        "packages": _versions(),
        "platform": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "device": _device(),
        "peak_memory_mb": _peak_memory(),
    }


def code_hash(study: str) -> str:
    """A hash of the code a study's predictions depend on.

    Comments, docstrings and layout do not count; nor do modules that come
    after the predictions (evaluation, plots) or belong to another study.
    """
    package = ROOT / "emolib"
    modules = ("labels", "media", "protocols", "training", "fusion", "experiment")
    files = [package / f"{module}.py" for module in modules]
    files += (package / "features").rglob("*.py")
    own = package / "models" / f"{study.replace('-', '_')}.py"
    shared = [package / "models" / f"{m}.py" for m in ("__init__", "baselines")]
    files += [own, *shared] if own.exists() else (package / "models").rglob("*.py")
    digest = hashlib.sha256()
    for file in sorted(f for f in files if f.exists()):
        digest.update(f"{file.relative_to(package).as_posix()}\n".encode())
        digest.update(_meaning(file.read_text(encoding="utf-8")).encode())
    return digest.hexdigest()[:16]


def _meaning(source: str) -> str:
    """Python source without comments, docstrings and layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                value.value = ""
    return ast.dump(tree)


def _hash_files(files: Iterable[Path]) -> str | None:
    digest = hashlib.sha256()
    found = [file for file in files if file.exists()]
    for file in found:
        digest.update(file.relative_to(ROOT).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest() if found else None


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _device() -> str:
    """The accelerator that a framework already loaded can see, else "cpu"."""
    if (torch := sys.modules.get("torch")) and torch.cuda.is_available():
        return torch.cuda.get_device_name()
    if tensorflow := sys.modules.get("tensorflow"):
        for device in tensorflow.config.list_physical_devices("GPU"):
            details = tensorflow.config.experimental.get_device_details(device)
            return details.get("device_name", "gpu")
    return "cpu"


def _peak_memory() -> float | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Bytes on macOS, kilobytes elsewhere.
    return round(peak / 2 ** (20 if sys.platform == "darwin" else 10), 1)


# -- reading ----------------------------------------------------------------


def load(folder: str | Path) -> list[dict]:
    """Every record in or below a folder, sorted by place.

    Each is what `record.json` holds, and `record`: its folder (from the
    project's root where it lies inside it).
    """
    found = []
    for file in sorted(Path(folder).rglob("record.json")):
        place = file.parent.resolve()
        place = place.relative_to(ROOT) if place.is_relative_to(ROOT) else place
        found.append(_read_record(file) | {"record": place.as_posix()})
    return found


def table(
    folders: Iterable[str | Path] | None = None, study: str | None = None
) -> pd.DataFrame:
    """Complete records as a table, one row a metric; see `COLUMNS`."""
    rows = [
        {"metric": metric, **values}
        | {name: record[name] for name in COLUMNS if name in record and name != "unit"}
        for record in _complete(folders)
        if study in (None, record["study"])
        for metric, values in record["metrics"].items()
    ]
    result = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = ["value", "low", "high"]
    return result.astype(dict.fromkeys(numbers, float))


def find(study: str, experiment: str, protocol: str, source: str, **more: Any) -> dict:
    """The one complete record that matches.

    Args:
        more: further fields or parameters to match: `profile`, `model`,
            `seed`, `corpus`, `task`, or any of the run's own parameters.

    Raises:
        EmolibError: if there is none, or more than one; the message says what
            there is.
    """
    wanted = {
        "study": study,
        "experiment": experiment,
        "protocol": protocol,
        "source": source,
        **more,
    }
    # A committed record comes first; its local twin is the same run.
    matching = {r["id"]: r for r in reversed(_complete())}
    candidates = list(reversed(matching.values()))
    for name, value in wanted.items():
        left = [r for r in candidates if _field(r, name) == value]
        if not left:
            there = sorted({str(_field(r, name)) for r in candidates}) or ["none"]
            asked = ", ".join(f"{k} {v}" for k, v in wanted.items())
            raise EmolibError(
                f"no complete record of {asked}: no {name} {value!r}; there is "
                f"{', '.join(there)}. Looked in {_names(folders())}"
            )
        candidates = left
    if len(candidates) > 1:
        raise EmolibError(
            f"{len(candidates)} records match {study}/{experiment}/{protocol} on "
            f"{source} data: {'; '.join(r['record'] for r in candidates)}. "
            f"They differ in {_differences(candidates)}: say which"
        )
    return candidates[0]


def by_claim() -> dict[str, list[dict]]:
    """For each claim's id, the complete records on real data that bear on it."""
    found: dict[str, list[dict]] = {}
    for record in _complete():
        for claim in record["claims"] if record["source"] == "real" else []:
            found.setdefault(claim, []).append(record)
    return found


def predictions(record: dict) -> pd.DataFrame:
    """A record's predictions: clip, subject, unit, task, fold, label, classes."""
    return _read_predictions(ROOT / record["record"], record["folds"])


def history(record: dict) -> pd.DataFrame:
    """A record's training history, one row an epoch, with its fold."""
    parts = [
        pd.DataFrame({"fold": fold["fold"], **fold["history"]})
        for fold in record["folds"]
        if fold["history"]
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def recompute(record: dict) -> dict[str, dict]:
    """The metrics again, from the predictions alone."""
    return _metrics(predictions(record), record["space"])


def _complete(places: Iterable[str | Path] | None = None) -> list[dict]:
    places = folders() if places is None else places
    return [r for place in places for r in load(place) if r["complete"]]


def _field(record: dict, name: str) -> Any:
    return record[name] if name in record else record["parameters"].get(name)


def _differences(candidates: list[dict]) -> str:
    """The fields and parameters that tell records apart."""
    fixed = ("corpus", "protocol", "model", "profile", "seed", "task", "unit")
    names = [*fixed, *sorted({n for r in candidates for n in r["parameters"]})]
    told = [
        f"{name} ({', '.join(values)})"
        for name in names
        if len(values := sorted({str(_field(r, name)) for r in candidates})) > 1
    ]
    return ", ".join(told) or "their data"


def _names(places: Iterable[Path]) -> str:
    inside = [p.relative_to(ROOT) if p.is_relative_to(ROOT) else p for p in places]
    return " and ".join(p.as_posix() for p in inside)


def _read_record(file: Path) -> dict:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EmolibError(
            f"{file}: not a readable record ({error}); delete its folder and run again"
        ) from error


def _read_predictions(folder: Path, folds: list[dict]) -> pd.DataFrame:
    """Rows of the folds that the record lists; others were never finished."""
    if not folds:
        return pd.DataFrame()
    file = folder / "predictions.parquet"
    try:
        found = pd.read_parquet(file)
    except (OSError, ValueError) as error:
        raise EmolibError(
            f"{file}: cannot be read ({error}); delete its folder and run again"
        ) from error
    listed = {f["fold"]: f["rows"] for f in folds}
    found = found[found["fold"].isin(listed)].reset_index(drop=True)
    if found.groupby("fold").size().to_dict() != listed:
        raise EmolibError(
            f"{file}: its rows are not those record.json lists; delete its folder "
            "and run again"
        )
    return found
