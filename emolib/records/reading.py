"""Reading records: what one says, what it predicts, and of which code it is."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolib import PUBLISHED, ROOT, EmolibError
from emolib.labels import LabelSpace
from emolib.records.provenance import (
    answers_checksum,
    checksum,
    plain,
    table_digest,
)

if TYPE_CHECKING:
    from emolib.records.seeds import Seeds

TODAY, OLDER, NOTEBOOK = "today's code", "older code", "a notebook's code"
ELSEWHERE = "inputs of another machine"
"""What a record is of, beside today's code. Features differ in their last digits
from processor to processor; the record then answers for inputs that are ours but
for these."""


def runs_folder() -> Path:
    """Where new records go: `EMOLIB_RUNS`, else `runs` in the project."""
    return ROOT / Path(os.environ.get("EMOLIB_RUNS") or "runs").expanduser()


def committed_folder() -> Path:
    """Where the records that come with the book lie."""
    return PUBLISHED / "book" / "results"


def folders() -> list[Path]:
    """Where records are read from: the committed ones, then the local ones."""
    return [committed_folder(), runs_folder()]


class Recorded:
    """A run as its record tells it.

    Attributes:
        record: what `record.json` holds.
        folder: where it lies.
    """

    def __init__(self, record: dict, folder: Path | None = None) -> None:
        self.record = record
        self.folder = folder or ROOT / record["record"]

    @property
    def space(self) -> LabelSpace:
        """The classes, in the order of the probability columns."""
        space = self.record["space"]
        return LabelSpace(space["name"], tuple(space["classes"]))

    @property
    def predictions(self) -> pd.DataFrame:
        """All folds so far: clip, subject, unit, task, fold, label, classes."""
        return read_predictions(self.folder, self.record["folds"])

    @property
    def digest(self) -> str:
        """A hash of what it answered."""
        return table_digest(self.predictions)

    @property
    def metrics(self) -> dict[str, dict]:
        """Each with value, low, high, n and the unit resampled."""
        # Old records say in their leak reports alone whom they were trained on.
        known = {"trained_on": known_people(self.record["folds"])}
        return {name: known | told for name, told in self.record["metrics"].items()}

    @property
    def history(self) -> pd.DataFrame:
        """One row an epoch, with its fold."""
        return history(self.record)

    @property
    def of(self) -> str:
        """Of which code the record is; see `of`."""
        return of(self.record)

    @property
    def seeds(self) -> int:
        """How many seeds stand behind its numbers."""
        return 1

    def model(self, fold: int = 0) -> Any:
        """The trained model of a fold, built again and given its weights."""
        from emolib import rebuilding

        return rebuilding.rebuilt(self.record, self.folder, fold)

    @property
    def runs(self) -> list[Recorded]:
        """One a seed: this one."""
        return [self]

    def fold(self, number: int) -> Fold:
        """This run's model of one fold, for the design of another network."""
        return Fold(self, number)

    def answers(self, examples: Any, fold: int = 0) -> pd.DataFrame:
        """What the model of one fold says of other items, seen before or not."""
        from emolib import rebuilding

        scores = rebuilding.answered(self.record, self.model(fold), examples.x)
        task = self.record["task"]
        told = examples.items[["clip", "subject"]].assign(
            label=examples.items[task], fold=fold
        )
        classes = self.record["space"]["classes"]
        scores = pd.DataFrame(scores, columns=classes, index=told.index)
        return pd.concat([told, scores], axis=1)


class Fold:
    """One fold's model of a run, as a value in a network's design."""

    def __init__(self, run: Recorded | Seeds, number: int) -> None:
        self.run, self.number = run, number

    @property
    def runs(self) -> list[Fold]:
        """One a seed."""
        return [Fold(one, self.number) for one in self.run.runs]


def load(folder: str | Path) -> list[dict]:
    """Every record in or below a folder, sorted by place.

    Each is what `record.json` holds, and `record`: its folder (from the
    project's root where it lies inside it).
    """
    found = []
    for file in sorted(Path(folder).rglob("record.json")):
        place = file.parent.resolve()
        place = place.relative_to(ROOT) if place.is_relative_to(ROOT) else place
        found.append(read_record(file) | {"record": place.as_posix()})
    return found


def predictions(record: dict) -> pd.DataFrame:
    """A record's predictions: clip, subject, unit, task, fold, label, classes."""
    return read_predictions(ROOT / record["record"], record["folds"])


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
    trained_on = known_people(record["folds"])
    return metrics_of(predictions(record), record["space"], trained_on)


def of(record: dict) -> str:
    """Of which code a record is: today's, an older one, or a notebook's.

    What a notebook's own function meant when the record was made can only be
    told by running the notebook.
    """
    from emolib import rebuilding

    codes = {fold["code"] for fold in record["folds"]}
    if "learner" not in record:
        return OLDER
    if parents := record.get("parents"):
        places = [f / record["study"] / p["id"] for f in folders() for p in parents]
        made = {r["id"]: r for place in places for r in load(place)}
        there = [(made[p["id"]], p["digest"]) for p in parents if p["id"] in made]
        if any(_digest_today(one) != digest for one, digest in there):
            return OLDER  # a parent was made again since
        each = [of(one) for one, _ in there]
        return next((one for one in each if one != TODAY), TODAY)
    if record["learner"]["kind"] == "answers":  # published by others
        return TODAY
    today = rebuilding.code_today(record["learner"])
    if today is None:
        return NOTEBOOK
    return TODAY if codes <= {today} else OLDER


_digests: dict[tuple[Path, int], str] = {}  # of answers, by file and when written


def _digest_today(record: dict) -> str:
    """The digest of a record's answers, taken once while its file stays as it is."""
    file = ROOT / record["record"] / "predictions.parquet"
    key = file, file.stat().st_mtime_ns if file.exists() else 0
    if key not in _digests:
        _digests[key] = table_digest(predictions(record))
    return _digests[key]


def known_people(folds: list[dict]) -> bool | None:
    """Whether people tested were trained on too; None where no fold can tell."""
    shared = [(fold.get("leak") or {}).get("subject") for fold in folds]
    told = [count for count in shared if count is not None]
    return any(told) if told else None


def metrics_of(
    predictions: pd.DataFrame, space: dict, trained_on: bool | None = None
) -> dict[str, dict]:
    """Accuracy, UAR and F1 with their intervals, from predictions."""
    from emolib.evaluation.intervals import score_intervals

    classes = np.array(space["classes"])
    predicted = classes[predictions[space["classes"]].to_numpy().argmax(axis=1)]
    answers = predictions["label"], predicted, predictions["subject"]
    found = score_intervals(*answers, trained_on=trained_on)
    return {metric: plain(asdict(found[metric])) for metric in found}


# -- files ------------------------------------------------------------------


def read_record(file: Path) -> dict:
    """What a `record.json` holds; one that is damaged or incomplete is refused."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise EmolibError(
            f"{file}: not a readable record ({error}); delete its folder and run again"
        ) from error
    needed = ("id", "study", "experiment", "complete", "folds", "metrics", "space")
    missing = [key for key in needed if not isinstance(found, dict) or key not in found]
    if missing:
        raise EmolibError(
            f"{file}: not a record, it lacks {', '.join(missing)}; delete its folder "
            "and run again"
        )
    # Those of the older form, without a learner, have none.
    kept = "learner" in found or "checksum" in found
    if kept and found.get("checksum") != checksum(found):
        raise EmolibError(
            f"{file}: damaged or edited, it is not what was written; delete its folder "
            "and run again"
        )
    return found


def read_predictions(folder: Path, folds: list[dict]) -> pd.DataFrame:
    """Rows of the folds that the record lists; others were never finished."""
    if not folds:
        return pd.DataFrame()
    file = folder / "predictions.parquet"
    try:
        return _rows_of(pd.read_parquet(file), folds)
    except Exception as error:  # a damaged file can trip the reader anywhere
        raise EmolibError(
            f"{file}: cannot be read ({error}); delete its folder and run again"
        ) from error


def _rows_of(found: pd.DataFrame, folds: list[dict]) -> pd.DataFrame:
    listed = {f["fold"]: f["rows"] for f in folds}
    found = found[found["fold"].isin(listed)].reset_index(drop=True)
    if found.groupby("fold").size().to_dict() != listed:
        raise ValueError("its rows are not those record.json lists")
    for fold in folds:
        rows = found[found["fold"] == fold["fold"]]
        if "answers" in fold and fold["answers"] != answers_checksum(rows):
            raise ValueError(f"fold {fold['fold']} is not what was written")
    return found
