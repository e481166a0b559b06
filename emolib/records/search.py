"""Finding records: the one that is meant, all that fit, all as a table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from emolib import ROOT, EmolibError
from emolib.records import reading
from emolib.records.provenance import plain
from emolib.records.reading import load, of

COLUMNS = (
    *("study", "experiment", "source", "corpus", "protocol", "model", "seed"),
    *("profile", "metric", "value", "low", "high", "n", "unit", "record"),
)
"""What `table` gives, one row a metric."""


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
            told = {name: values[name] for name in COLUMNS if name in values}
            rows.append({"metric": metric} | told | shared)
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
        sets = of_one_key(found)
        found = [together[0] for together in sets.values()]
        if len(sets) == 1:
            together = next(iter(sets.values()))
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
        left = [r for r in candidates if fits(r, **{name: value})]
        if not left:
            there = sorted({str(field(r, name)) for r in candidates}) or ["none"]
            asked = ", ".join(f"{k} {v}" for k, v in wanted.items())
            raise EmolibError(
                f"no complete record of {asked}: no {name} {value!r}; there is "
                f"{', '.join(there)}. Looked in {_names(reading.folders())}"
            )
        candidates = left
    return candidates


def of_one_key(found: Iterable[dict]) -> dict[str, list[dict]]:
    """Records that differ in their seed alone together, by key and in its order.

    Where one seed occurs twice they differ in more, and each stands alone by its id.

    >>> found = [{"id": f"a-{seed}", "key": "a", "seed": seed} for seed in (1, 0)]
    >>> {key: [one["seed"] for one in some] for key, some in of_one_key(found).items()}
    {'a': [0, 1]}
    """
    sets: dict[str, list[dict]] = {}
    for record in sorted(found, key=lambda r: r["seed"]):
        sets.setdefault(record.get("key", record["id"]), []).append(record)
    apart: dict[str, list[dict]] = {}
    for key, together in sets.items():
        if len({record["seed"] for record in together}) == len(together):
            apart[key] = together
        else:
            apart |= {record["id"]: [record] for record in together}
    return apart


def by_claim() -> dict[str, list[dict]]:
    """For each claim's id, the complete records on real data that bear on it."""
    found: dict[str, list[dict]] = {}
    for record in _complete():
        for claim in record["claims"] if record["source"] == "real" else []:
            found.setdefault(claim, []).append(record)
    return found


def _complete(places: Iterable[str | Path] | None = None) -> list[dict]:
    places = reading.folders() if places is None else places
    return [r for place in places for r in load(place) if r["complete"]]


def fits(record: dict, **wanted: Any) -> bool:
    """Whether a record has these fields and parameters, as they stand in a record.

    >>> fits({"seed": 0, "parameters": {"protocol.folds": 5}}, seed=0, folds=5)
    True
    """
    return all(field(record, name) == plain(value) for name, value in wanted.items())


def field(record: dict, name: str) -> Any:
    """A record's field or parameter; a parameter also by the last part of its name.

    >>> field({"seed": 0, "parameters": {"protocol.folds": 5}}, "folds")
    5
    """
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
