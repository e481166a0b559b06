"""Several records that differ in their seed alone, taken together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.labels import LabelSpace
from emolib.records.provenance import plain
from emolib.records.reading import TODAY, Fold, Recorded, known_people


class Seeds:
    """Runs that differ in their seed alone, taken together.

    Attributes:
        runs: one a seed.
    """

    def __init__(self, runs: Sequence[Recorded]) -> None:
        self.runs = list(runs)
        keys = {run.record.get("key") for run in self.runs}
        seeds = {run.record["seed"] for run in self.runs}
        if len(keys) != 1 or len(seeds) != len(self.runs):
            raise UsageError(
                f"{', '.join(run.record['id'] for run in self.runs) or 'no runs'} "
                "differ in more than their seed, or not in it"
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

    def fold(self, number: int) -> Fold:
        """Each seed's model of one fold, for the design of another network."""
        return Fold(self, number)

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

        if not all(run.record["complete"] for run in self.runs):
            return {}
        classes, (first, *_) = np.array(list(self.space)), self._tables
        each = [
            classes[table[list(classes)].to_numpy().argmax(axis=1)]
            for table in self._tables
        ]
        answers = first["label"], each, first["subject"]
        trained_on = known_people(self.record["folds"])
        found = intervals.score_intervals(*answers, trained_on=trained_on)
        return {name: plain(asdict(score)) for name, score in found.items()}

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
        """The mean probabilities over seeds, one row a thing predicted.

        They are the answers of an ensemble, all seeds' models asked together, and no
        metric here is theirs: a run that is made of them, such as a fused one, is
        fused from ensembles.
        """
        first, classes = self._tables[0].copy(), list(self.space)
        stack = np.stack([table[classes].to_numpy() for table in self._tables])
        first[classes] = stack.mean(axis=0)
        return first

    @cached_property
    def _tables(self) -> list[pd.DataFrame]:
        """Each seed's predictions, of the same items."""
        tables = [run.predictions for run in self.runs]
        told = [table[["clip", "subject", "label", "fold"]] for table in tables]
        if not all(one.equals(told[0]) for one in told):
            raise UsageError(f"{self.record['id']}: seeds answered for other items")
        return tables

    def model(self, *_: Any, **__: Any) -> Any:
        """Refused, as are `answers`: each seed has a model of its own."""
        raise UsageError(
            f"{self.record['id']} and {len(self.runs) - 1} more seeds have a model "
            "each: ask one of .runs"
        )

    answers = model
