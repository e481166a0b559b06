"""A reader's receipt: what came out of a run, held against what the book published.

    emolib receipt C --published _build/html/_static/results.csv

says number by number what agrees within a tolerance, what does not and why that may be:
another seed, another width, another protocol. It claims nothing where the tolerance is
wider than the gap that a study is about: there it cannot tell the two apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emolib import UsageError, __version__
from emolib.files import write_atomic

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 0.01
"""How far two accuracies of the same run may lie apart, as a share: where thread counts
or libraries differ, the last digits of a sum do, and training makes more of them."""

COLUMNS = (
    *("study", "experiment", "protocol", "metric", "mine", "published", "outcome"),
    "why",
)
_NAMED = ("study", "experiment", "source", "metric")
_RESULT = {"value", "low", "high", "n", "unit", "record", "of"}


def receipt(
    mine: pd.DataFrame, published: pd.DataFrame, tolerance: float = TOLERANCE
) -> pd.DataFrame:
    """Hold a reader's results against the book's.

    Args:
        mine: as `records.table(parameters=True)` gives it.
        published: the same of the book, from `read`.
        tolerance: how far two values may lie apart and agree.

    Returns:
        One row for each of the reader's numbers, `COLUMNS`. The outcome is

        - agrees: the same run, and the value within the tolerance;
        - cannot tell apart: so it is, and so would be another protocol's value;
        - differs: the same run by every name, and another value;
        - another run: something was changed; `why` says what;
        - not in the book: nothing there bears its name.
    """
    import pandas as pd

    theirs = published.to_dict("records")
    rows = [_row(one, theirs, tolerance) for one in mine.to_dict("records")]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(one: Mapping[str, Any], theirs: list[dict], tolerance: float) -> dict:
    near = [o for o in theirs if all(o[name] == one[name] for name in _NAMED)]
    told = {name: one[name] for name in ("study", "experiment", "protocol", "metric")}
    told["mine"] = one["value"]
    if not near:
        why = "no run of the book bears this name on such data"
        return told | {"published": None, "outcome": "not in the book", "why": why}
    changes, other = min(
        ((_changes(one, o), o) for o in near), key=lambda pair: len(pair[0])
    )
    told["published"] = other["value"]
    if changes:
        return told | {"outcome": "another run", "why": "; ".join(changes)}
    if abs(one["value"] - other["value"]) > tolerance:
        why = "the same by every name: other inputs, another machine or library"
        return told | {"outcome": "differs", "why": why}
    for rung in near:
        gap = abs(rung["value"] - other["value"])
        alone = [c.split(" ")[0] for c in _changes(other, rung)]
        if alone and set(alone) <= {"protocol"} and gap <= tolerance:
            why = (
                f"{rung['protocol']} lies {100 * gap:.1f} points away, within the "
                f"tolerance of {100 * tolerance:.1f}"
            )
            return told | {"outcome": "cannot tell apart", "why": why}
    return told | {"outcome": "agrees", "why": ""}


def _changes(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """In what two runs differ, but for what came out."""
    names = [n for n in dict.fromkeys([*one, *other]) if n not in {*_RESULT, *_NAMED}]
    return [
        f"{name} {_shown(one.get(name))}, in the book {_shown(other.get(name))}"
        for name in names
        if _shown(one.get(name)) != _shown(other.get(name))
    ]


def _shown(value: Any) -> str:
    """A parameter as text, the same whether it has been in a file or not.

    >>> _shown(1.0), _shown("1"), _shown(None), _shown(float("nan")), _shown("a")
    ('1', '1', 'nothing', 'nothing', 'a')
    """
    if value is None or value != value:
        return "nothing"
    if isinstance(value, bool):
        return str(value)
    try:
        return f"{float(value):.12g}"
    except (TypeError, ValueError):
        return str(value)


def read(path: Path) -> pd.DataFrame:
    """What a book published: the file `_static/results.csv` beside its pages.

    Raises:
        UsageError: if it is not there or not such a file.
    """
    import pandas as pd

    try:
        found = pd.read_csv(path)
    except FileNotFoundError as error:
        raise UsageError(
            f"{path}: no such file; it lies in `_static` beside the pages of a book"
        ) from error
    except (ValueError, OSError) as error:
        raise UsageError(f"{path}: cannot be read ({error})") from error
    if missing := {*_NAMED, "protocol", "value"} - set(found):
        raise UsageError(f"{path}: it has no column {', '.join(sorted(missing))}")
    return found


def write(table: pd.DataFrame, path: Path, tolerance: float = TOLERANCE) -> None:
    """Leave a receipt as a small file that can be handed in.

    Args:
        table: from `receipt`.
    """
    content = {
        "emolib": __version__,
        "tolerance": tolerance,
        "outcomes": {k: int(n) for k, n in table["outcome"].value_counts().items()},
        "numbers": json.loads(table.to_json(orient="records")),
    }
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    write_atomic(path, lambda place: place.write_text(text, encoding="utf-8"))
