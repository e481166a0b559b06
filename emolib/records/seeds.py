"""Several records that differ in their seed alone, taken together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.labels import LabelSpace
from emolib.records.provenance import plain
from emolib.records.reading import TODAY, Recorded


class Seeds:
    """Runs that differ in their seed alone, taken together.

    Attributes:
        runs: one a seed.
    """

    def __init__(self, runs: Sequence[Recorded]) -> None:
        self.runs = list(runs)
        keys = {run.record.get("key") for run in self.runs}
        if len(keys) != 1 or not self.runs:
            raise UsageError(
                f"{', '.join(run.record['id'] for run in self.runs)} differ in more "
                "than their seed"
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

        each = [run.metrics for run in self.runs]
        means = {
            name: values
            | {
                end: _mean([one[name][end] for one in each])
                for end in ("value", "low", "high")
            }
            for name, values in each[0].items()
        }
        right, people = self.right()
        found = plain(asdict(intervals.interval(right, people)))
        means["accuracy"] = means["accuracy"] | found
        return means

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
        """The mean probabilities over seeds, one row a thing predicted."""
        tables = [run.predictions for run in self.runs]
        first, classes = tables[0].copy(), list(self.space)
        for table in tables[1:]:
            if not table[["clip", "fold"]].equals(first[["clip", "fold"]]):
                raise UsageError(f"{self.record['id']}: seeds answered for other items")
        stack = np.stack([table[classes].to_numpy() for table in tables])
        first[classes] = stack.mean(axis=0)
        return first

    def right(self) -> tuple[np.ndarray, np.ndarray]:
        """For each item the share of seeds that are right, and whose item it is."""
        shares, classes = [], np.array(list(self.space))
        for run in self.runs:
            table = run.predictions
            guess = classes[table[list(classes)].to_numpy().argmax(axis=1)]
            shares.append((guess == table["label"].to_numpy()).astype(float))
        return np.mean(shares, axis=0), table["subject"].to_numpy()


def _mean(values: list) -> float | None:
    return None if None in values else float(np.mean(values))
