"""The record: what a run leaves on disk.

One folder a run, `runs/<study>/<experiment>-<hash>/`, holding `record.json` (what
was run, on what, by which code, and the metrics) and `predictions.parquet` (one
row a thing predicted). Metrics are computed from the predictions and nothing
else: `recompute` gives them again. `run` makes records, `reading` reads them,
`provenance` says where they came from.
"""

from emolib.records.provenance import identity, manifest_hash, plain, provenance
from emolib.records.reading import (
    COLUMNS,
    Recorded,
    Seeds,
    by_claim,
    committed_folder,
    field,
    find,
    folders,
    history,
    load,
    matching,
    of,
    predictions,
    recompute,
    runs_folder,
    table,
)
from emolib.records.run import Run, open_run

__all__ = [
    "COLUMNS",
    "Recorded",
    "Run",
    "Seeds",
    "by_claim",
    "committed_folder",
    "field",
    "find",
    "folders",
    "history",
    "identity",
    "load",
    "manifest_hash",
    "matching",
    "of",
    "open_run",
    "plain",
    "predictions",
    "provenance",
    "recompute",
    "runs_folder",
    "table",
]
