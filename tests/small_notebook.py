"""A notebook with the exercises of the primer on splits and little besides them."""

from __future__ import annotations

from pathlib import Path

import jupytext

from emolib import ROOT, runs

PRIMER = ROOT / "notebooks" / "10_what_a_split_is.py"
KEPT = ("parameters", "profiles")


def make(folder: Path) -> Path:
    """Write its percent script: the primer's own cells, but for those that compute."""
    notebook = runs.read(PRIMER)
    heading = next(n for n, c in enumerate(notebook.cells) if "## Exer" in c.source)
    imports = "from emolib.exercises import what_a_split_is as exercises"
    settled = "\nnotebook.settle(PROFILES, RANGES)"
    front = [
        cell for cell in notebook.cells[:heading]
        if set(KEPT) & {*runs.notebook.tags_of(cell)} or cell.source.endswith(settled)
    ]  # fmt: skip
    middle = notebook.cells[heading]
    middle.source = f"## Summary\n## {middle.source.partition('## Exer')[2]}"
    front[-1].source += f"\n{imports}"
    notebook.cells = [*notebook.cells[:1], *front, *notebook.cells[heading:-2]]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PRIMER.name
    jupytext.write(notebook, path, fmt="py:percent")
    return path
