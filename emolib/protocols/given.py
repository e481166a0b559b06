"""Folds as others published them, so that a result stands beside theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.protocols.draws import known_values
from emolib.protocols.splits import Split, SubjectKFold


@dataclass(frozen=True)
class GivenFolds(SubjectKFold):
    """Test these people together; each fold tests people never trained on.

    Args:
        people: for each fold, whom it tests.
    """

    people: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        named = [one for of_fold in self.people for one in of_fold]
        if len(self.people) != self.folds or len(set(named)) < len(named):
            raise UsageError(
                f"{self.folds} folds are to be given, each with people of its own"
            )

    def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator[Split]:
        subjects = known_values(items, "subject", at_least=self.folds)
        named = {one for of_fold in self.people for one in of_fold}
        if others := sorted(set(subjects) ^ named):
            raise UsageError(f"{', '.join(others)}: in no fold, or in no clip")
        for fold, tested in enumerate(self.people):
            test = np.isin(subjects, tested)
            yield Split(fold, np.flatnonzero(~test), np.flatnonzero(test))


def folds_of(answers: pd.DataFrame) -> GivenFolds:
    """The folds that published answers were given in.

    Args:
        answers: with columns subject and fold.
    """
    of_fold = answers.groupby("fold")["subject"].unique()
    people = tuple(tuple(sorted(who)) for who in of_fold)
    return GivenFolds(len(people), people=people)
