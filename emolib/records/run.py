"""Making a record, fold by fold.

    run = open_run(study="confidence-fusion", experiment="audio", ...)
    for split in protocol.split(items):
        if not run.has(split.fold):
            ...train, predict...
            run.add(split.fold, predictions, history=history, leak=leak)

`record.json` and `predictions.parquet` are rewritten after each fold, so that a
run killed halfway goes on where it stopped.
"""

from __future__ import annotations

import json
import logging
import math
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from emolib import ROOT, EmolibError, UsageError
from emolib.files import sweep, write_atomic
from emolib.labels import LabelSpace
from emolib.records.provenance import (
    answers_checksum,
    checksum,
    identity,
    plain,
    provenance,
)
from emolib.records.reading import (
    ELSEWHERE,
    OLDER,
    TODAY,
    Recorded,
    committed_folder,
    known_people,
    metrics_of,
    read_predictions,
    read_record,
    runs_folder,
)

_log = logging.getLogger("emolib")
OPENED: dict[str, Run] = {}
"""The runs that this process has made or used, by id."""
_locks: dict[Path, IO] = {}
_NOT_IDENTITY = ("claims", "profile", "manifest")


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
    code: str = "",
    inputs: Mapping | None = None,
    learner: Mapping | None = None,
    parents: Sequence[Mapping] | None = None,
    positions: Sequence[str] = (),
    corpora: Sequence[str] = (),
    parameters: Mapping | None = None,
    claims: Iterable[str] = (),
    task: str = "emotion",
    unit: str = "clip",
    folder: str | Path | None = None,
) -> Run:
    """Start a run, or go on with the one of the same identity.

    What a model was given makes up the identity: everything but `claims`,
    `profile`, `folder`, the code, and what of `inputs` is not their `digest`.
    Change one value of the inputs and it is another run in another folder. Each fold
    remembers the code that computed it and the positions it trained and tested on;
    where either is another, the fold counts as missing and is computed again. In
    a record that comes with the book it is kept, and the run says so in `of`:
    only `EMOLIB_FRESH=1` makes it again.

    Args:
        source: "demo" or "real", of the clips that are tested.
        manifest: the clips the run may use; predictions may name no others.
        space: the classes, in the order of the probability columns.
        folds: how many folds make the run complete.
        code: what the code means that computes a fold; see `code.meaning`.
        inputs: what `Examples.inputs` says of them; `digest` is part of the
            identity, `sketch` tells whether other inputs are those of another
            machine.
        learner: what rebuilds the model; see `learners`.
        parents: the records that fused answers were made from.
        positions: of each fold, a hash of the positions on its two sides.
        corpora: all that clips come from, those that are not tested too.
        parameters: everything else that changes the result.
        claims: the ledger's ids this run bears on.
        task: what is predicted: "emotion", "authenticity", ...
        unit: what one row predicts: "clip", "frame" or "window".
        folder: where runs are kept; by default `runs_folder()`.

    Raises:
        UsageError: if a parameter is an absolute path (a record must mean the
            same on another machine).
        EmolibError: if another process is writing this run. `EMOLIB_WAIT=1`, which
            a sweep sets for its points, waits for it instead.
    """
    _check_finite(dict(parameters or {}) | dict(learner or {}))
    parameters = plain(dict(parameters or {}))
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
    header |= {"learner": plain(dict(learner))} if learner else {}
    header |= {"parents": plain([dict(p) for p in parents])} if parents else {}
    inputs = plain(dict(inputs or {}))
    same = {k: v for k, v in header.items() if k not in _NOT_IDENTITY}
    name = f"{experiment}-{identity(same, {'digest': inputs.get('digest')})}"
    # Records that differ in their seed alone, or in last digits, have one key.
    apart = _parents_by_key({k: v for k, v in same.items() if k != "seed"})
    key = identity(apart, {n: inputs.get(n) for n in ("rows", "shape")})
    header |= {"corpora": list(corpora) or corpus.split()}
    header |= {"id": name, "key": key, "inputs": inputs, "claims": list(claims)}
    place = (ROOT / Path(folder).expanduser() if folder else runs_folder()) / study
    return Run(_place(place, header), header, set(manifest["clip"]), code, positions)


def _check_finite(value: Any) -> None:
    """Refuse numbers that JSON has no word for: two of them would look the same."""
    if isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            _check_finite(one)
    elif isinstance(value, float) and not math.isfinite(value):
        raise UsageError(f"{value} cannot stand in a record; use a number or None")


def _parents_by_key(value: Any) -> Any:
    """The runs that are named, by their keys alone, which leave out the seed."""
    if isinstance(value, dict):
        named = {"key", "digest"} <= value.keys() or {"key", "answers"} <= value.keys()
        own = ("id", "record", "digest", "answers") if named else ()
        return {k: _parents_by_key(v) for k, v in value.items() if k not in own}
    return [_parents_by_key(v) for v in value] if isinstance(value, list) else value


def fresh() -> bool:
    """Whether records that come with the book shall be made again."""
    return os.environ.get("EMOLIB_FRESH") == "1"


def committed(folder: Path) -> bool:
    """Whether a record's folder is among those that come with the book."""
    return folder.resolve().is_relative_to(committed_folder().resolve())


def _place(place: Path, header: dict) -> Path:
    """The folder of a run; a committed twin from another machine comes first."""
    own = place / header["id"]
    if own.exists() or fresh() or not committed(place):
        return own
    return next(_twins(place, header), own)


def _twins(place: Path, header: dict) -> Iterator[Path]:
    """Folders of the same run on inputs that differ at most in last digits."""
    for file in sorted(place.glob(f"{header['experiment']}-*/record.json")):
        found = read_record(file)
        same = found.get("key") == header["key"] and found["seed"] == header["seed"]
        if same and found["complete"] and _alike(found["inputs"], header["inputs"]):
            yield file.parent


def _alike(one: dict, other: dict) -> bool:
    """Whether inputs differ at most in last digits, as between processors."""
    a, b = (np.array(inputs.get("sketch") or []) for inputs in (one, other))
    return len(a) == len(b) > 0 and np.linalg.norm(a - b) <= 1e-4 * np.linalg.norm(b)


class Run(Recorded):
    """A run being made: ask `has(fold)`, then `add(fold, predictions)`.

    Attributes:
        code: what the code means that computes its folds; a checkpoint kept
            between folds should carry it in its name.
    """

    def __init__(
        self,
        folder: Path,
        header: dict,
        clips: set[str],
        code: str,
        positions: Sequence[str],
    ) -> None:
        super().__init__(
            header | {"complete": False, "folds": [], "metrics": {}}, folder
        )
        self._clips, self.code = clips, code
        self._positions = list(positions)
        self._since = time.monotonic()
        self._of = TODAY
        # Twice: a complete run needs no lock, an unlocked read may be outdated.
        self._read()
        if not self.record["complete"]:
            _lock(folder)
            sweep(folder, older=0)  # nobody else writes here now
            self._read()
            if self.record["complete"]:  # by whoever was waited for
                _unlock(folder)
        OPENED[self.record["id"]] = self
        # Whoever executes a notebook learns which records it made or used.
        if log := os.environ.get("EMOLIB_RUNS_LOG"):
            with Path(log).open("a", encoding="utf-8") as file:
                file.write(f"{self.record['id']}\n")

    def _read(self) -> None:
        if not (self.folder / "record.json").exists():
            return
        found = read_record(self.folder / "record.json")
        if found["id"] != self.record["id"]:
            self._of = ELSEWHERE
        stale = [f["fold"] for f in found["folds"] if not self._current(f)]
        if stale and committed(self.folder) and not fresh():
            self._of = OLDER if self._of == TODAY else self._of
        elif stale:
            _log.warning(
                "%s: fold %s was computed by other code and will be computed again",
                self.record["id"],
                ", ".join(map(str, stale)),
            )
            found["folds"] = [f for f in found["folds"] if f["fold"] not in stale]
            found |= {"complete": False, "metrics": {}}
        if self._of != TODAY:
            _log.warning(
                "%s: a record of the book, of %s; `emolib run --fresh` makes it again",
                found["id"],
                self._of,
            )
        self.record = found | {"claims": self.record["claims"]}

    def _current(self, fold: dict) -> bool:
        """Whether a fold is what today's code would compute."""
        number = fold["fold"]
        known = number < len(self._positions) and "positions" in fold
        moved = known and fold["positions"] != self._positions[number]
        return fold["code"] == self.code and not moved

    @property
    def of(self) -> str:
        """Of which code and inputs its folds are."""
        return self._of

    def has(self, fold: int) -> bool:
        """Whether this fold is already recorded."""
        return any(f["fold"] == fold for f in self.record["folds"])

    def add(
        self,
        fold: int,
        predictions: pd.DataFrame,
        history: pd.DataFrame | None = None,
        leak: dict | None = None,
        trained: dict | None = None,
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
            trained: how many items, clips and people it was trained on.
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
            "answers": answers_checksum(predictions),
            "seconds": round(now - self._since if seconds is None else seconds, 3),
            "parameters_count": parameters_count,
            "code": self.code,
            "digest": self.record["inputs"].get("digest"),
            "trained": trained or {},
            "leak": leak or {},
            "history": {} if history is None else history.to_dict("list"),
        }
        if fold < len(self._positions):
            entry["positions"] = self._positions[fold]
        self._since = now
        others = [f for f in self.record["folds"] if f["fold"] != fold]
        together = pd.concat([read_predictions(self.folder, others), predictions])
        together = together.sort_values("fold", kind="stable", ignore_index=True)

        # A record never lists a fold whose rows are not there: what is about to
        # be replaced is struck off first, what is new is listed last.
        on_disk = self.folder / "record.json"
        if on_disk.exists() and len(read_record(on_disk)["folds"]) > len(others):
            self._write(others, {})
        write_atomic(
            self.folder / "predictions.parquet",
            lambda path: together.to_parquet(path, index=False),
        )
        folds = sorted([*others, plain(entry)], key=lambda f: f["fold"])
        whole = len(folds) == self.record["folds_planned"]
        # An incomplete record is never quoted, so it needs no intervals yet.
        asked = together, self.record["space"], known_people(folds)
        self._write(folds, metrics_of(*asked) if whole else {})
        if whole:
            _unlock(self.folder)
            self._replace()

    def _replace(self) -> None:
        """Once a record of the book is made again, its twin from elsewhere goes."""
        place = self.folder.parent
        if fresh() and committed(place):
            for twin in list(_twins(place, self.record)):
                if twin != self.folder:
                    shutil.rmtree(twin)

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
        if wrong := sorted(set(predictions["label"].astype(str)) - set(classes)):
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
        self.record["checksum"] = checksum(self.record)
        text = json.dumps(self.record, indent=1, allow_nan=False, ensure_ascii=False)
        write_atomic(
            self.folder / "record.json",
            lambda path: path.write_text(text + "\n", encoding="utf-8"),
        )


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
