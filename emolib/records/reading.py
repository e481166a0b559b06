"""Reading records: one, all that fit, a table, several that differ in seed alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emolib import ROOT, EmolibError, UsageError
from emolib.labels import LabelSpace
from emolib.records.provenance import plain

COLUMNS = (
    *("study", "experiment", "source", "corpus", "protocol", "model", "seed"),
    *("profile", "metric", "value", "low", "high", "n", "unit", "record"),
)
"""What `table` gives, one row a metric."""

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
    return ROOT / "book" / "results"


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
    def metrics(self) -> dict[str, dict]:
        """Each with value, low, high, n and the unit resampled."""
        return self.record["metrics"]

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
        from emolib import learners

        return learners.rebuilt(self.record, self.folder, fold)

    def fold(self, number: int) -> Fold:
        """This run's model of one fold, for the design of another network."""
        return Fold(self, number)

    def answers(self, examples: Any, fold: int = 0) -> pd.DataFrame:
        """What the model of one fold says of other items, seen before or not."""
        from emolib import learners

        scores = learners.answered(self.record, self.model(fold), examples.x)
        task = self.record["task"]
        told = examples.items[["clip", "subject"]].assign(
            label=examples.items[task], fold=0
        )
        classes = self.record["space"]["classes"]
        scores = pd.DataFrame(scores, columns=classes, index=told.index)
        return pd.concat([told, scores], axis=1)


class Fold:
    """One fold's model of a run, as a value in a network's design."""

    def __init__(self, run: Recorded, number: int) -> None:
        self.run, self.number = run, number


class Seeds:
    """Runs that differ in their seed alone, taken together.

    Attributes:
        runs: one a seed.
    """

    def __init__(self, runs: Sequence[Recorded]) -> None:
        self.runs = list(runs)
        keys = {run.record.get("key") for run in self.runs}
        if len(keys) != 1 or not self.runs:
            raise UsageError(
                f"{', '.join(run.record['id'] for run in self.runs)} differ in more "
                "than their seed"
            )

    def __iter__(self) -> Iterator[Recorded]:
        return iter(self.runs)

    @property
    def record(self) -> dict:
        """The first run's record."""
        return self.runs[0].record

    @property
    def folder(self) -> Path:
        return self.runs[0].folder

    @property
    def space(self) -> LabelSpace:
        return self.runs[0].space

    @property
    def seeds(self) -> int:
        """How many seeds stand behind its numbers."""
        return len(self.runs)

    @property
    def history(self) -> pd.DataFrame:
        """The first seed's."""
        return self.runs[0].history

    @property
    def of(self) -> str:
        """Today's code if all are; else what one of them is of."""
        return next((run.of for run in self.runs if run.of != TODAY), TODAY)

    @cached_property
    def metrics(self) -> dict[str, dict]:
        """Means over seeds; people are resampled on the mean over seeds."""
        from emolib.evaluation import intervals

        each = [run.metrics for run in self.runs]
        means = {
            name: values
            | {
                end: _mean([one[name][end] for one in each])
                for end in ("value", "low", "high")
            }
            for name, values in each[0].items()
        }
        right, people = self.right()
        found = plain(asdict(intervals.interval(right, people)))
        means["accuracy"] = means["accuracy"] | found
        return means

    @property
    def spread(self) -> dict[str, tuple[float, float]]:
        """The least and the greatest value over seeds of each metric."""
        values = {
            name: [run.metrics[name]["value"] for run in self.runs]
            for name in self.runs[0].metrics
        }
        return {name: (min(found), max(found)) for name, found in values.items()}

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """The mean probabilities over seeds, one row a thing predicted."""
        tables = [run.predictions for run in self.runs]
        first, classes = tables[0].copy(), list(self.space)
        for table in tables[1:]:
            if not table[["clip", "fold"]].equals(first[["clip", "fold"]]):
                raise UsageError(f"{self.record['id']}: seeds answered for other items")
        stack = np.stack([table[classes].to_numpy() for table in tables])
        first[classes] = stack.mean(axis=0)
        return first

    def right(self) -> tuple[np.ndarray, np.ndarray]:
        """For each item the share of seeds that are right, and whose item it is."""
        shares, classes = [], np.array(list(self.space))
        for run in self.runs:
            table = run.predictions
            guess = classes[table[list(classes)].to_numpy().argmax(axis=1)]
            shares.append((guess == table["label"].to_numpy()).astype(float))
        return np.mean(shares, axis=0), table["subject"].to_numpy()


def _mean(values: list) -> float | None:
    return None if None in values else float(np.mean(values))


# -- finding ----------------------------------------------------------------


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


def table(
    folders: Iterable[str | Path] | None = None,
    study: str | None = None,
    parameters: bool = False,
) -> pd.DataFrame:
    """Complete records as a table, one row a metric; see `COLUMNS`.

    Args:
        folders: where to look; by default `folders()`.
        study: only this study's.
        parameters: with the column `of`, and one for each of the records'
            parameters.
    """
    rows = []
    for record in _complete(folders):
        if study not in (None, record["study"]):
            continue
        shared = {n: record[n] for n in COLUMNS if n in record and n != "unit"}
        if parameters:
            shared |= {"of": of(record), **record["parameters"]}
        for metric, values in record["metrics"].items():
            rows.append({"metric": metric, **values} | shared)
    more = sorted({name for row in rows for name in row} - {*COLUMNS, "of"})
    columns = [*COLUMNS, *(["of"] if parameters else []), *more]
    result = pd.DataFrame(rows, columns=columns if parameters else list(COLUMNS))
    return result.astype(dict.fromkeys(["value", "low", "high"], float))


def find(
    study: str,
    experiment: str,
    protocol: str,
    source: str,
    seeds: int | None = None,
    **more: Any,
) -> dict | list[dict]:
    """The one complete record that matches; with `seeds`, so many of one set.

    Args:
        seeds: how many records that differ in seed alone are wanted, as a list.
        more: further fields or parameters to match: `profile`, `model`,
            `seed`, `corpus`, `task`, or any of the run's own parameters, by its
            name or the last part of it (`width` for `design.width`).

    Raises:
        EmolibError: if there is none, or more than one; the message says what
            there is.
    """
    wanted = {
        "study": study, "experiment": experiment, "protocol": protocol,
        "source": source, **more,
    }  # fmt: skip
    found = matching(**wanted)
    if seeds is not None:
        sets: dict[Any, list[dict]] = {}
        for record in found:
            sets.setdefault(record.get("key", record["id"]), []).append(record)
        found = [record[0] for record in sets.values()]
        if len(found) == 1:
            together = sorted(next(iter(sets.values())), key=lambda r: r["seed"])
            if len(together) >= seeds:
                return together[:seeds]
            raise EmolibError(
                f"{len(together)} seeds of {study}/{experiment}/{protocol} on {source} "
                f"data, {seeds} are wanted"
            )
    if len(found) > 1:
        raise EmolibError(
            f"{len(found)} records match {study}/{experiment}/{protocol} on "
            f"{source} data: {'; '.join(r['record'] for r in found)}. "
            f"They differ in {_differences(found)}: say which"
        )
    return found[0]


def matching(**wanted: Any) -> list[dict]:
    """All complete records with these fields and parameters, committed ones first.

    Raises:
        EmolibError: if there is none; the message says what there is.
    """
    # A committed record comes first; its local twin is the same run.
    known = {r["id"]: r for r in reversed(_complete())}
    candidates = list(reversed(known.values()))
    for name, value in wanted.items():
        left = [r for r in candidates if field(r, name) == value]
        if not left:
            there = sorted({str(field(r, name)) for r in candidates}) or ["none"]
            asked = ", ".join(f"{k} {v}" for k, v in wanted.items())
            raise EmolibError(
                f"no complete record of {asked}: no {name} {value!r}; there is "
                f"{', '.join(there)}. Looked in {_names(folders())}"
            )
        candidates = left
    return candidates


def by_claim() -> dict[str, list[dict]]:
    """For each claim's id, the complete records on real data that bear on it."""
    found: dict[str, list[dict]] = {}
    for record in _complete():
        for claim in record["claims"] if record["source"] == "real" else []:
            found.setdefault(claim, []).append(record)
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
    return metrics_of(predictions(record), record["space"])


def of(record: dict) -> str:
    """Of which code a record is: today's, an older one, or a notebook's.

    What a notebook's own function meant when the record was made can only be
    told by running the notebook.
    """
    from emolib import learners

    codes = {fold["code"] for fold in record["folds"]}
    if "learner" not in record:
        return OLDER
    if parents := record.get("parents"):
        made = {
            r["id"]: r for folder in folders() for r in load(folder / record["study"])
        }
        each = [of(made[p["id"]]) for p in parents if p["id"] in made]
        return next((one for one in each if one != TODAY), TODAY)
    if record["learner"]["kind"] == "answers":  # published by others
        return TODAY
    today = learners.code_today(record["learner"])
    if today is None:
        return NOTEBOOK
    return TODAY if codes <= {today} else OLDER


def metrics_of(predictions: pd.DataFrame, space: dict) -> dict[str, dict]:
    """Accuracy, UAR and F1 with their intervals, from predictions."""
    from emolib.evaluation.intervals import score_intervals

    classes = np.array(space["classes"])
    predicted = classes[predictions[space["classes"]].to_numpy().argmax(axis=1)]
    found = score_intervals(predictions["label"], predicted, predictions["subject"])
    return {metric: plain(asdict(found[metric])) for metric in found}


def _complete(places: Iterable[str | Path] | None = None) -> list[dict]:
    places = folders() if places is None else places
    return [r for place in places for r in load(place) if r["complete"]]


def field(record: dict, name: str) -> Any:
    """A record's field or parameter; a parameter also by the last part of its name."""
    if name in record:
        return record[name]
    parameters = record["parameters"]
    if name in parameters:
        return parameters[name]
    ending = [full for full in parameters if full.endswith(f".{name}")]
    return parameters[ending[0]] if len(ending) == 1 else None


def _differences(candidates: list[dict]) -> str:
    """The fields and parameters that tell records apart."""
    fixed = ("corpus", "protocol", "model", "profile", "seed", "task", "unit")
    names = [*fixed, *sorted({n for r in candidates for n in r["parameters"]})]
    told = [
        f"{name} ({', '.join(values)})"
        for name in names
        if len(values := sorted({str(field(r, name)) for r in candidates})) > 1
    ]
    return ", ".join(told) or "their data"


def _names(places: Iterable[Path]) -> str:
    inside = [p.relative_to(ROOT) if p.is_relative_to(ROOT) else p for p in places]
    return " and ".join(p.as_posix() for p in inside)


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
    return found


def read_predictions(folder: Path, folds: list[dict]) -> pd.DataFrame:
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
