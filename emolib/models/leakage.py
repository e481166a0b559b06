"""What the leakage laboratory fits: two fixed models, and choices made right and wrong.

Beside the two stands what may be done with classifiers inside the training side or,
as it must not be, with a look at the test side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emolib import UsageError, code, protocols
from emolib.fusion import FLOOR
from emolib.learners import Classifier, Fitted, Learner

if TYPE_CHECKING:
    from pathlib import Path

    from emolib.experiment import Examples


def linear(shrinkage: float = 0.1) -> Any:
    """Linear discriminant analysis on vectors that come in comparable units.

    Args:
        shrinkage: how far the classes' covariance is drawn to a sphere, 0 to 1.
    """
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)


def network(epochs: int = 40, width: int = 32, decay: float = 1e-4) -> Any:
    """A network with one hidden layer, trained for exactly so many epochs.

    With one seed its first epochs are the same however many follow.

    Args:
        epochs: how often each training item is seen.
        width: hidden units.
        decay: how strongly weights are shrunk.
    """
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        (width,),
        alpha=decay,
        batch_size=64,
        learning_rate_init=0.005,
        max_iter=epochs,
        n_iter_no_change=epochs + 1,
    )


def stack(one: Any, other: Any, held_out: bool = True) -> Any:
    """A linear model on what two classifiers say, in logs of probabilities.

    Args:
        one, other: the classifiers.
        held_out: whether it learns from answers about items that the classifiers
            had not learned (five folds of the training items, fewer where a class
            has fewer); else from what they say of their own.
    """
    from sklearn.ensemble import StackingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    return StackingClassifier(
        [("one", one), ("other", other)],
        make_pipeline(FunctionTransformer(_logs), linear()),
        cv=Parts(held_out),
        stack_method="predict_proba",
    )


def _logs(shares: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(shares, FLOOR))


@dataclass(frozen=True)
class Parts:
    """What a stacker's models learn from, and what it is told of.

    Args:
        held_out: folds; else all items are both.
    """

    held_out: bool

    def split(self, x: Any, y: Any, groups: Any = None) -> Iterator[tuple]:
        from sklearn.model_selection import StratifiedKFold

        if not self.held_out:
            yield np.arange(len(y)), np.arange(len(y))
            return
        least = np.unique(y, return_counts=True)[1].min()
        yield from StratifiedKFold(max(2, min(5, least))).split(x, y)

    def get_n_splits(self, x: Any = None, y: Any = None, groups: Any = None) -> int:
        return len([*self.split(x, y)])


@dataclass(frozen=True)
class Chosen(Learner):
    """Of several classifiers the one that is right most often, fold by fold.

    Args:
        candidates: what is chosen from; of equally good ones the first.
        on: "inside": on held-out people of the training side (on held-out clips, if
            there is but one person); "test": on the very items that it is then
            scored on.
        name: how tables call it.
        folds: of the training side.
    """

    candidates: tuple[Classifier, ...]
    on: str
    name: str = "classifier"
    folds: int = 3

    def __post_init__(self) -> None:
        if self.on not in ("inside", "test") or not self.candidates:
            raise UsageError(
                f"on={self.on!r}, {len(self.candidates)} candidates: choose on inside "
                "or test, and from one at least"
            )

    def fit(
        self,
        examples: Examples,
        split: protocols.Split,
        seed: int = 0,
        checkpoint: Path | None = None,
    ) -> Fitted:
        return _fit_chosen(self, examples, split, seed)

    def spec(self) -> dict:
        each = [candidate.spec() for candidate in self.candidates]
        return {"kind": "Chosen", "name": self.name, **self.parameters, "of": each}

    def code(self) -> str:
        each = " ".join(candidate.code() for candidate in self.candidates)
        return f"{code.meaning(_fit_chosen)} {each}"

    @property
    def parameters(self) -> dict:
        return {"on": self.on, "folds": self.folds, "candidates": len(self.candidates)}


def _fit_chosen(
    learner: Chosen, examples: Examples, split: protocols.Split, seed: int
) -> Fitted:
    if learner.on == "test":
        fitted = [one.fit(examples, split, seed) for one in learner.candidates]
        right = [_right(one, examples, split.test) for one in fitted]
        return fitted[int(np.argmax(right))]
    train, _ = protocols.sides(examples.items, split)
    part = examples.take(train)
    alone = part.items["subject"].nunique() < learner.folds
    apart = protocols.ClipKFold if alone else protocols.SubjectKFold
    task = next(iter(examples.spaces))
    inner = protocols.checked(apart(learner.folds, split.seed), part.items, task)
    right = [
        sum(_right(one.fit(part, s, seed), part, s.test) * len(s.test) for s in inner)
        for one in learner.candidates
    ]
    return learner.candidates[int(np.argmax(right))].fit(examples, split, seed)


def _right(fitted: Fitted, examples: Examples, rows: np.ndarray) -> float:
    """How often a model is right about some examples."""
    task = next(iter(examples.spaces))
    scores = fitted.predict(np.asarray(examples.x)[rows])[task]
    return float((scores.argmax(axis=1) == examples.targets[task][rows]).mean())
