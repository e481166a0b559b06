"""What leaks are worth: the same model with and without each, on the same clips.

A run is named as EXPERIMENT/PROTOCOL?NAME=VALUE; people are apart unless a protocol is
named.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import TYPE_CHECKING

from emolib import EmolibError, results

if TYPE_CHECKING:
    import pandas as pd

    from emolib.records import Recorded, Seeds

MODELS = ("linear", "network")
"""The two models that the laboratory of leaks puts them before."""

APART = "subjects-apart"
_WHOLE = f"whole/{APART}"
PAIRS = {
    "windows of a clip": ("windows/items-apart", "windows/clips-apart"),
    "copies of a clip": ("copies/items-apart", "copies/clips-apart"),
    "pictures twice": ("pictures/items-apart", "pictures/clips-apart"),
    "the person": ("whole/clips-apart", _WHOLE),
    "sentence, people known": ("whole/clips-apart", "whole/sentences-apart"),
    "sentence, people apart": (_WHOLE, "whole/people-and-sentences-apart"),
    "scaler on everything": ("before?step=scaled", "inside?step=scaled"),
    "features by all labels": ("before?step=selected", "inside?step=selected"),
    "each person's own scale": ("before?step=by person", _WHOLE),
    "epoch by the test side": ("stopped?on=test", "stopped?on=inside"),
    "settings by the test folds": ("set-on-test", "set-inside"),
    "the highest of the runs": ("luckiest", _WHOLE),
    "a stacker told by heart": ("self-taught", "stacked"),
    "scale, features, settings": ("all-but-people", "inside?step=selected"),
    "scale, features, copies": ("all-open/items-apart", "copies/subjects-apart"),
}
"""For each leak the run with it and the one without."""


def run_of(
    known: results.Committed, corpus: str, model: str, name: str
) -> Recorded | Seeds | None:
    """A run by its name; None if there is none.

    Args:
        known: the laboratory's records.
        corpus: whose clips.
        model: one of `MODELS`; a stacker, which asks both, stands with the network.
        name: as the module says.
    """
    name, _, more = name.partition("?")
    experiment, _, protocol = name.partition("/")
    if experiment in ("self-taught", "stacked"):
        model = "both" if model == "network" else "none"
    fields = dict([more.split("=")] if more else [], corpus=corpus, model=model)
    try:
        return known.find(experiment, protocol or APART, **fields)
    except EmolibError:
        return None


def priced(known: results.Committed, corpora: Iterable[str]) -> pd.DataFrame:
    """What each leak is worth where there is a run with it and one without.

    Both by the same seeds; the highest of several runs stands beside all of them.

    Returns:
        A row a leak, model and corpus: as `results.comparisons`, over people or, where
        they are too few, over clips; and seeds.
    """
    import pandas as pd

    pairs = {}
    for leak, model, corpus in product(PAIRS, MODELS, corpora):
        pair = tuple(run_of(known, corpus, model, one) for one in PAIRS[leak])
        if None not in pair:
            if "luckiest" not in PAIRS[leak]:
                pair = results.same_seeds(*pair)
            pairs[leak, model, corpus] = pair
    table = results.comparisons(pairs, over="either")
    table["seeds"] = [without.seeds for _, without in pairs.values()]
    names = ["leak", "model", "corpus"]
    table.index = pd.MultiIndex.from_tuples(pairs, names=names)
    return table


def in_points(table: pd.DataFrame) -> pd.DataFrame:
    """Differences with their intervals as text, a column a model and corpus.

    Args:
        table: as `priced` gives it.

    >>> import pandas as pd
    >>> names = ["leak", "model", "corpus"]
    >>> at = pd.MultiIndex.from_tuples([("luck", "linear", "tess")], names=names)
    >>> row = {"difference": 0.05, "low": 0.01, "high": 0.09, "p_holm": 0.02}
    >>> in_points(pd.DataFrame([row], at)).to_numpy().tolist()
    [['+5.0 [1.0, 9.0]*']]
    """
    import pandas as pd

    text = [
        f"{100 * one.difference:+.1f} [{100 * one.low:.1f}, {100 * one.high:.1f}]"
        + "*" * (one.p_holm < 0.05)
        for one in table.itertuples()
    ]
    text = pd.Series(text, table.index, dtype=object)
    wide = text.unstack([1, 2], sort=False)  # noqa: PD010 - of texts, in their order
    wide = wide[sorted(wide, key=lambda column: column[0])]  # by model
    leaks = dict.fromkeys(table.index.get_level_values(0))
    return wide.reindex(leaks).fillna("")
