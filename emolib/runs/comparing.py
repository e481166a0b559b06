"""What a sweep has measured: one table, and a page that compares its points."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

from emolib import ROOT, UsageError
from emolib.files import shown, write_atomic
from emolib.notebook import near
from emolib.runs.freshness import made_from

if TYPE_CHECKING:
    import pandas as pd

ABOUT = ("point", "status", "seconds", "error", "folder")
"""What `points.csv` says of a point beside its parameters."""


def folder_of(name: str) -> Path:
    """The folder of a sweep: its name in `runs/sweeps`, or its path from the root.

    Raises:
        UsageError: if there is no such sweep.
    """
    places = [ROOT / "runs" / "sweeps" / name, ROOT / name]
    folder = next((p for p in places if (p / "points.csv").is_file()), None)
    if folder is None:
        known = sorted(p.parent.name for p in places[0].parent.glob("*/points.csv"))
        hint = f"{near(name, known)}; there is {', '.join(known) or 'none'}"
        raise UsageError(f"no sweep {name!r} in runs/sweeps{hint}")
    return folder


def points_of(folder: Path) -> pd.DataFrame:
    """A sweep's points: a row each, with its parameters and what became of it."""
    import pandas as pd

    text = {"error": str, "folder": str}
    return pd.read_csv(folder / "points.csv", dtype=text, keep_default_na=False)


def of_sweep(table: pd.DataFrame, name: str | Path) -> pd.DataFrame:
    """The results of a sweep's points, beside the parameters of each.

    Args:
        table: from `records.table`.
        name: the sweep's folder, in `runs/sweeps` or from the project's root.

    Returns:
        A row for each point and metric: `table` with the column `point` and one for
        each parameter of the plan. Where a record has another value under that name,
        such as a seed of its own, the plan's stands in `plan.NAME`.

    Raises:
        UsageError: if there is no such sweep.
    """
    import pandas as pd

    folder = folder_of(str(name))
    points = points_of(folder)
    ids = table["record"].str.rpartition("/")[2]
    found = []
    for number, place in zip(points["point"], points["folder"], strict=True):
        made = [one for p in (ROOT / place).glob("*.ipynb") for one in _records(p)]
        rows = table[ids.isin(made)]
        # A record that comes with the book may lie in runs, too: it is one.
        twice = rows.assign(record=ids[rows.index]).duplicated(
            ["record", "metric"], keep="last"
        )
        found.append(rows[~twice].assign(point=number))
    whole = pd.concat(found, ignore_index=True) if found else table.iloc[:0]
    for key in [name for name in points if name not in ABOUT]:
        asked = whole["point"].map(points.set_index("point")[key])
        own = whole.get(key, asked)
        same = own.isna() | (own.astype(str) == asked.astype(str))
        same |= pd.to_numeric(own, "coerce") == pd.to_numeric(asked, "coerce")
        whole[key if same.all() else f"plan.{key}"] = asked
    return whole


def _records(path: Path) -> list[str]:
    whole = not path.name.endswith((".running.ipynb", ".failed.ipynb"))
    return made_from(path).get("records", []) if whole else []


def kept(table: pd.DataFrame) -> pd.Series:
    """Of each row, whether its record comes with the book: committed, or local."""
    from emolib.records.reading import committed_folder

    inside = table["record"].str.startswith(f"{shown(committed_folder())}/")
    return inside.map({True: "committed", False: "local"})


def write(folder: Path) -> None:
    """Write what a sweep measured, `results.csv`, and its page, `index.html`."""
    from emolib import records

    found = of_sweep(records.table(parameters=True), folder)
    found.insert(0, "kept", kept(found))
    found = found.dropna(axis=1, how="all") if len(found) else found
    results, page = folder / "results.csv", _page(folder, found)
    write_atomic(results, lambda path: found.to_csv(path, index=False))
    write_atomic(
        folder / "index.html", lambda path: path.write_text(page, encoding="utf-8")
    )


def _page(folder: Path, found: pd.DataFrame) -> str:
    points = points_of(folder)
    names = [name for name in points if name not in ABOUT]
    told = points.copy()
    links = [
        f'<a href="{html.escape(Path(place).name)}/">{number}</a>'
        for number, place in zip(points["point"], points["folder"], strict=True)
    ]
    for name in told:
        told[name] = [html.escape(str(value)) for value in told[name]]
    told = told.drop(columns="folder").assign(point=links)
    counts = ", ".join(f"{n} {s}" for s, n in points["status"].value_counts().items())
    parts = [told.to_html(index=False, escape=False, border=0)]
    for metric in dict.fromkeys(found["metric"]):
        parts += [f"<h2>{html.escape(metric)}</h2>", _compared(found, metric, names)]
    return _PAGE.format(
        name=html.escape(folder.name), counts=counts, body="\n".join(parts)
    )


def _compared(found: pd.DataFrame, metric: str, names: list[str]) -> str:
    """One metric: a row for each combination of the plan, its seeds together."""
    rows = found[found["metric"] == metric]
    keys = [f"plan.{name}" if f"plan.{name}" in rows else name for name in names]
    keys = [key for key in keys if not key.endswith("seed")]
    what = ["experiment", "protocol", "source"]
    cells = (
        rows.groupby([*keys, *what], sort=False, dropna=False)
        .apply(_cell, include_groups=False)
        .rename("value")
        .reset_index()
    )
    title = cells[what].agg(", ".join, axis=1)
    if not keys:
        keys, cells = ["all"], cells.assign(all="seeds together")
    table = cells.assign(title=title).pivot_table(
        index=keys, columns="title", values="value", aggfunc="first", dropna=False
    )
    return table.fillna("").reset_index().to_html(index=False, border=0)


def _cell(rows: pd.DataFrame) -> str:
    """A value with its interval; of several the mean, the least and the greatest."""
    values = rows["value"]
    if len(values) > 1:
        span = f"{values.min():.3f} to {values.max():.3f}, {len(values)} runs"
        return f"{values.mean():.3f} ({span})"
    low, high = rows["low"].iloc[0], rows["high"].iloc[0]
    return f"{values.iloc[0]:.3f}" + (f" [{low:.3f}, {high:.3f}]" if low == low else "")


_PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sweep {name}</title>
<style>
body {{ font: 16px/1.5 sans-serif; margin: 2rem auto; max-width: 75rem }}
table {{ border-collapse: collapse; display: block; overflow-x: auto }}
td, th {{ border-bottom: 1px solid #bbb; padding: .3rem .8rem; text-align: right }}
</style>
<h1>Sweep {name}</h1>
<p>Points: {counts}. In brackets behind one run: its 95 % interval, over people; behind
the mean of several: the least and the greatest. All numbers, one a row:
<a href="results.csv">results.csv</a>.</p>
{body}
</html>
"""
