"""A reader's receipt: what came out of a run, held against what the book published.

    emolib receipt C --out receipt.json

says number by number what agrees within a tolerance, what does not and why that may be:
another seed, another width, another protocol; other clips, inputs or code under the
same names; another library or machine. It claims nothing where the tolerance is wider
than the gap that a study is about: there it cannot tell the two apart.

The book's side never holds a run of the reader's: it is the records that come with the
book, and the list of those that its own `quick` build made (`book/published.json`,
written by `python -m emolib.book published`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emolib import PUBLISHED, UsageError, __version__
from emolib.files import shown, write_atomic

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 0.01
"""How far two accuracies of the same run may lie apart, as a share: where thread counts
or libraries differ, the last digits of a sum do, and training makes more of them."""

LIST = PUBLISHED / "book" / "published.json"
"""What the book's own build made on rendered data, one record a line."""

COLUMNS = (
    *("study", "experiment", "protocol", "seed", "metric", "mine", "published"),
    *("outcome", "why", "record", "in_book", "finished"),
)
_SAME = ("study", "experiment", "source")
_NAMES = ("protocol", "seed", "profile", "corpus", "model", "task")
_KEPT = ("id", *_SAME, *_NAMES, "parameters", "metrics", "inputs", "folds")
_MACHINE = ("platform", "processors", "device", "python", "lock", "emolib", "packages")


def receipt(
    mine: Iterable[Mapping], published: Iterable[Mapping], tolerance: float = TOLERANCE
) -> pd.DataFrame:
    """Hold a reader's records against the book's.

    Args:
        mine: complete records, as `records.load` gives them.
        published: the book's, from `published`.
        tolerance: how far two values may lie apart and agree.

    Returns:
        One row for each of the reader's numbers, `COLUMNS`. The outcome is

        - agrees: the same run, and the value within the tolerance;
        - cannot tell apart: so it is, and so would be another protocol's value, or
          nobody can tell whether the inputs were the same;
        - differs: the same run, and another value; `why` says what of machine and
          libraries is not as it was;
        - another run: something was changed; `why` says what;
        - not in the book: nothing there bears its name.
    """
    import pandas as pd

    published = list(published)
    rows = [row for one in mine for row in _rows(one, published, tolerance)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(one: Mapping, published: list[Mapping], tolerance: float) -> list[dict]:
    """What is said of each metric of a record."""
    near = [o for o in published if all(o[name] == one[name] for name in _SAME)]
    other = min(near, key=lambda o: _distance(one, o), default=None)
    shared = {n: one[n] for n in ("study", "experiment", "protocol", "seed")}
    shared |= {"record": one["id"], "in_book": other and other["id"]}
    shared["finished"] = one.get("provenance", {}).get("finished")
    rows = []
    for metric, found in one["metrics"].items():
        row = shared | {"metric": metric, "mine": found["value"]}
        if other is None or metric not in other["metrics"]:
            why = "no run of the book bears this name on such data"
            row |= {"published": None, "outcome": "not in the book", "why": why}
        else:
            row["published"] = other["metrics"][metric]["value"]
            row["outcome"], row["why"] = _held(one, other, near, metric, tolerance)
        rows.append(row)
    return rows


def _held(
    one: Mapping, other: Mapping, near: list[Mapping], metric: str, tolerance: float
) -> tuple[str, str]:
    """The outcome of one metric, beside the nearest record of the book, and why."""
    changes = [*_renamed(one, other).values(), *_remade(one, other)]
    machine = _machine(one, other)
    unsure = "; ".join(["inputs that are not the book's to the last digit", *machine])
    alike = _digest(one) == _digest(other)
    if not alike and not machine:
        changes.append("other inputs: data, features or how they were scaled")
    if changes:
        return "another run", "; ".join(changes)
    if _gap(one, other, metric) > tolerance:
        nothing = "nothing that a record holds is another: look at what else ran"
        return "differs", ("; ".join(machine) or nothing) if alike else unsure
    for rung in near:
        names = {name.partition(".")[0] for name in _renamed(other, rung)}
        gap = _gap(rung, other, metric)
        if names == {"protocol"} and gap <= tolerance:
            return "cannot tell apart", (
                f"{rung['protocol']} lies {100 * gap:.1f} points away, within the "
                f"tolerance of {100 * tolerance:.1f}"
            )
    return ("agrees", "") if alike else ("cannot tell apart", unsure)


def _distance(one: Mapping, other: Mapping) -> tuple[int, int, bool]:
    """How much was changed, what goes by another name before what does not."""
    unlike = _digest(one) != _digest(other)
    return len(_renamed(one, other)), len(_remade(one, other)), unlike


def _renamed(one: Mapping, other: Mapping) -> dict[str, str]:
    """By name: what of two runs goes by other names or values, in words."""
    here, there = ({n: r[n] for n in _NAMES} | r["parameters"] for r in (one, other))
    return _unlike(here, there)


def _unlike(here: Mapping, there: Mapping) -> dict[str, str]:
    found = {n: (_text(here.get(n)), _text(there.get(n))) for n in {**here, **there}}
    return {n: f"{n} {a}, in the book {b}" for n, (a, b) in found.items() if a != b}


def _text(value: Any) -> str:
    """A value as it is told.

    >>> _text(1.0), _text(1), _text(None), _text(True), _text([0, "a"])
    ('1', '1', 'nothing', 'True', "[0, 'a']")
    """
    if value is None:
        return "nothing"
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"{value:.12g}" if number else str(value)


def _remade(one: Mapping, other: Mapping) -> list[str]:
    """What is another under the same names, as a record gives it away."""
    found = []
    if one["inputs"].get("rows") != other["inputs"].get("rows"):
        found.append("other clips, people or labels")
    if _of_folds(one, "positions") != _of_folds(other, "positions"):
        found.append("other sides: who is trained on and who is tested")
    if _of_folds(one, "code") != _of_folds(other, "code"):
        found.append("the code that learned is another")
    return found


def _of_folds(record: Mapping, name: str) -> list:
    return [fold.get(name) for fold in record["folds"]]


def _digest(record: Mapping) -> str | None:
    return record["inputs"].get("digest")


def _machine(one: Mapping, other: Mapping) -> list[str]:
    """What of machine and libraries is another, in words."""
    told = []
    for record in (one, other):
        found = _environment(record)
        packages = found.pop("packages", {})
        hashes = {n: (found.pop(n, None) or "")[:8] for n in ("lock", "emolib")}
        told.append(found | packages | hashes)
    return list(_unlike(*told).values())


def _environment(record: Mapping) -> dict:
    made = record.get("provenance", {})
    return {name: made[name] for name in _MACHINE if name in made}


def _gap(one: Mapping, other: Mapping, metric: str) -> float:
    """How far two values lie apart; one that is there once only, as far as can be."""
    values = [r["metrics"].get(metric, {}).get("value") for r in (one, other)]
    if None in values:
        return 0.0 if values == [None, None] else float("inf")
    return abs(values[0] - values[1])


# -- the book's side ------------------------------------------------------------


def published(study: str, file: Path | None = None) -> tuple[list[dict], str]:
    """What the book published of a study, and in words what that is.

    Args:
        study: its slug.
        file: a list of another book's build; by default this one's, if there is one.

    Raises:
        UsageError: if the file that was named is not there or not such a list.
    """
    from emolib import records

    known = records.load(records.committed_folder() / study)
    known = [record for record in known if record["complete"]]
    told = f"held against {len(known)} records of {study} that come with the book"
    if file is None and not LIST.exists():
        return known, (
            f"{told}; it lists none of those that its own quick build made "
            f"({shown(LIST)}), so that rendered runs may not be in it"
        )
    made = [one for one in read(file or LIST) if one["study"] == study]
    told += f" and {len(made)} that its build made ({shown(file or LIST)})"
    return list({one["id"]: one for one in [*made, *known]}.values()), told


def read(path: Path) -> list[dict]:
    """A list that `text` wrote.

    Raises:
        UsageError: if it is not there or not such a list.
    """
    try:
        found = json.loads(path.read_text("utf-8"))
        if all({*_KEPT} <= one.keys() for one in found):
            return found
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file") from error
    except (ValueError, OSError, AttributeError, TypeError, RecursionError) as error:
        raise UsageError(f"{path}: cannot be read ({error})") from error
    raise UsageError(f"{path}: no list of what a book published")


def text(made: Iterable[Mapping]) -> str:
    """Records as the book publishes them: one a line, without answers and histories."""
    lines = []
    for record in sorted(made, key=lambda one: (one["study"], one["id"])):
        kept = {name: record[name] for name in _KEPT}
        known = {n: record["inputs"].get(n) for n in ("digest", "rows")}
        folds = [{n: f.get(n) for n in ("code", "positions")} for f in record["folds"]]
        kept |= {"inputs": known, "folds": folds}
        kept["provenance"] = _environment(record)
        kept["provenance"]["finished"] = record["provenance"]["finished"]
        lines.append(json.dumps(kept, ensure_ascii=False, sort_keys=True))
    return "[\n" + ",\n".join(lines) + "\n]\n"


# -- what is handed in ------------------------------------------------------------


def write(
    table: pd.DataFrame,
    path: Path,
    mine: Iterable[Mapping],
    published: Iterable[Mapping],
    told: str,
    tolerance: float = TOLERANCE,
) -> None:
    """Leave a receipt as a small file that can be handed in.

    Args:
        table: from `receipt`.
        mine: the reader's records.
        published: the book's.
        told: what these are.
    """
    content = {
        "emolib": __version__,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "compared": told,
        "tolerance": tolerance,
        "outcomes": {k: int(n) for k, n in table["outcome"].value_counts().items()},
        "machines": {
            "mine": _machines(mine, set(table["record"])),
            "published": _machines(published, set(table["in_book"])),
        },
        "numbers": json.loads(table.to_json(orient="records")),
    }
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    write_atomic(path, lambda place: place.write_text(text, encoding="utf-8"))


def _machines(known: Iterable[Mapping], ids: set) -> list[dict]:
    """On what the records of these ids ran, and how many on each."""
    found: dict[str, dict] = {}
    for record in known:
        if record["id"] in ids:
            machine = _environment(record)
            one = found.setdefault(json.dumps(machine), machine | {"records": 0})
            one["records"] += 1
    return list(found.values())
