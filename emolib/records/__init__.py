"""The record: what a run leaves on disk.

One folder a run, `runs/<study>/<experiment>-<hash>/`, holding `record.json` (what
was run, on what, by which code, and the metrics) and `predictions.parquet` (one
row a thing predicted). Metrics are computed from the predictions and nothing
else: `recompute` gives them again. `run` makes records, `reading` reads them,
`search` finds them, `seeds` takes several together, `provenance` says where they
came from.
"""

from emolib.records.provenance import identity, manifest_hash, plain, provenance
from emolib.records.reading import (
    Recorded,
    committed_folder,
    folders,
    history,
    load,
    of,
    predictions,
    recompute,
    runs_folder,
)
from emolib.records.run import OPENED, Run, open_run
from emolib.records.search import (
    COLUMNS,
    by_claim,
    field,
    find,
    fits,
    matching,
    of_one_key,
    table,
)
from emolib.records.seeds import Seeds

__all__ = [
    "OPENED",
    "COLUMNS",
    "Recorded",
    "Run",
    "Seeds",
    "by_claim",
    "committed_folder",
    "field",
    "find",
    "fits",
    "folders",
    "history",
    "identity",
    "load",
    "manifest_hash",
    "matching",
    "of",
    "of_one_key",
    "open_run",
    "plain",
    "predictions",
    "provenance",
    "recompute",
    "runs_folder",
    "table",
]
