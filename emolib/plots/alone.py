"""What a model tells that is given one thing alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from emolib.plots.study import grids

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def told_alone(
    recall: pd.Series, rows: Sequence[str], guessing: Mapping[str, float]
) -> Figure:
    """Recall by what was given: of emotions, of each corpus' people, of corpora.

    Args:
        recall: by what was asked (emotion, subject or corpus), corpus, and what a model
            was told from.
        rows: what it was told from, from top to bottom.
        guessing: is white, by panel: "emotion", "corpus", and "who, CORPUS" of people.
    """
    panels = {
        asked: recall[asked].unstack(0).reindex([*rows])  # noqa: PD010 - of one value each
        for asked in ("emotion", "subject", "corpus")
    }
    panels["corpus"].columns = ["all three"]
    people = panels.pop("subject")
    return grids(panels | {f"who, {name}": people[[name]] for name in people}, guessing)
