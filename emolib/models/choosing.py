"""Choosing among candidates by people of the training side alone, and joining parts.

What the laboratory of baselines tries: its candidates, the rule by which it chooses
among them, and all that it ever asks about the people it tests.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolib import UsageError, code, protocols
from emolib.fusion import product
from emolib.learners import Fitted, Learner

if TYPE_CHECKING:
    from pathlib import Path

    from sklearn.pipeline import Pipeline

    from emolib.experiment import Examples


@dataclass(frozen=True)
class Candidate:
    """A linear model on some features; one of those that a choice is made from.

    Args:
        features: fields of the inputs, laid end to end and standardised.
        model: "lda", discriminant analysis with the shrinkage of Ledoit and Wolf, or
            "logistic", logistic regression.
        components: of a principal component analysis before it; 0 leaves it out.
        strength: of logistic regression, inverse to how far weights are shrunk.
    """

    features: tuple[str, ...]
    model: str = "lda"
    components: int = 0
    strength: float = 1.0

    def __str__(self) -> str:
        steps = ["+".join(self.features)]
        steps += [f"pca {self.components}"] if self.components else []
        last = f"logistic {self.strength:g}" if self.model == "logistic" else self.model
        return ", ".join([*steps, last])

    def table(self, x: np.ndarray) -> np.ndarray:
        """The candidate's features of some inputs, one row an item."""
        return np.concatenate([x[name] for name in self.features], axis=1)

    def classifier(self) -> Any:
        """What stands behind the components."""
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
        from sklearn.linear_model import LogisticRegression

        if self.model == "logistic":
            return LogisticRegression(C=self.strength, max_iter=2000)
        return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")

    def pipeline(self) -> Pipeline:
        """What is fitted on standardised features."""
        from sklearn.pipeline import make_pipeline

        steps = [_components(self.components)] if self.components else []
        return make_pipeline(*steps, self.classifier())


def _components(count: int) -> Any:
    """Principal components, the quick way where features are more than items."""
    from sklearn.decomposition import KernelPCA

    return KernelPCA(count)


def _voice() -> Iterator[Candidate]:
    for end in ("", " trimmed"):
        mfcc, egemaps, compare = (f"{n}{end}" for n in ("mfcc", "egemaps", "compare"))
        for few in ((mfcc,), (egemaps,), (egemaps, mfcc)):
            yield Candidate(few)
            yield Candidate(few, "logistic", strength=0.1)
        for many in ((compare,), (compare, egemaps, mfcc)):
            yield Candidate(many, components=150)
            yield Candidate(many, components=300)
            yield Candidate(many, "logistic", components=300, strength=0.01)


VOICE = tuple(_voice())
"""What a voice's model is chosen from. "trimmed" is without the silence at both ends
(35 dB below the loudest moment). Written down before anything was tested: for that
there is our word alone, since list and results came into the repository together."""

FACE = tuple(
    Candidate(features, **model)
    for features in (("units",), ("units", "roots"))
    for model in ({}, {"model": "logistic", "strength": 0.1})
)
"""The same for a face: means of action units, and with their square roots."""

FIXED = {
    "mfcc": Candidate(("mfcc",)),
    "egemaps": Candidate(("egemaps",)),
    "compare": Candidate(("compare",), components=300),
    "units": Candidate(("units",)),
}
"""One model a family, taken as it is."""

REBUILT = {
    "voice": Candidate(("egemaps", "mfcc"), "logistic"),
    "face": Candidate(("units",), "logistic"),
}
"""Two plain models whose product is what the chosen ones have to beat: logistic
regression as scikit-learn has it."""

INSIDE = 5
"""The inner rule: of a part's candidates the one that is right most often over so many
groups of the training side's people (fewer where there are fewer people), each asked
about by a model of the others; of equally good ones the first. Nothing is chosen for
the product: parts are chosen alone, and their probabilities multiplied."""

NETWORK = {"width": 0.5, "epochs": 40, "batch": 32}
"""Of `log_mel_cnn`; nothing of it is chosen, and nothing is watched."""

HEARD, DRAWS = 8, 20
"""So many unlabelled clips of a person who is tested are heard, in so many draws."""

EVALUATED = {
    "ravdess": (
        *(f"fixed/{name}" for name in FIXED),
        *("rebuilt/voice", "rebuilt/face", "rebuilt/product", "network/log-mel-cnn"),
        *("nested/voice", "nested/face", "nested/product"),
        *("heard/voice", "heard/product"),
    ),
    "emodb": (
        *("fixed/mfcc", "fixed/egemaps", "fixed/compare", "rebuilt/voice"),
        *("network/log-mel-cnn", "confirmed/voice", "heard/voice"),
    ),
}
"""All that is ever asked about outer folds. The first comparison is nested/product with
rebuilt/product on RAVDESS. On EmoDB nothing is chosen: `confirmed` is the candidate
that most of RAVDESS' outer folds chose, the first of those that stand equal."""


@dataclass(frozen=True)
class Nested(Learner):
    """Parts, each chosen from candidates inside the training side, and their product.

    Args:
        parts: for each part, such as "voice", what is chosen from.
        name: how tables call it.
        heard: so many unlabelled clips of each person who is tested are heard first,
            and the person's mean, shrunk as far as so few clips ask for, is taken
            away (of those trained on, the mean of their clips). A clip that is asked
            about is never among them: they are the next ones in a circle that is
            drawn by lot. 0 hears none, and knows each clip by itself.
        folds: see `INSIDE`.
    """

    parts: Mapping[str, tuple[Candidate, ...]]
    name: str
    heard: int = 0
    folds: int = INSIDE

    def fit(
        self,
        examples: Examples,
        split: protocols.Split,
        seed: int = 0,
        checkpoint: Path | None = None,
    ) -> Fitted:
        return _fit_nested(self, examples, split, seed)

    def spec(self) -> dict:
        told = {part: [str(one) for one in of] for part, of in self.parts.items()}
        return {"kind": "Nested", "name": self.name, **self._given, "parts": told}

    def code(self) -> str:
        return code.meaning(_fit_nested)

    @property
    def _given(self) -> dict:
        return {"heard": self.heard, "folds": self.folds}

    @property
    def parameters(self) -> dict:
        counts = {f"candidates.{part}": len(of) for part, of in self.parts.items()}
        return self._given | counts


def _fit_nested(
    learner: Nested, examples: Examples, split: protocols.Split, seed: int
) -> Fitted:
    from threadpoolctl import threadpool_limits

    train, _ = protocols.sides(examples.items, split)
    task, space = next(iter(examples.spaces.items()))
    given, models, told = examples.digest, [], []
    # One thread, whatever the machine has: sums divided otherwise come out otherwise.
    with threadpool_limits(1, "blas"):
        for part, some in learner.parts.items():
            fold = (some, given, train.tobytes(), split.seed, learner.folds)
            if fold not in _known:
                _known[fold] = _asked_inside(some, examples, train, *fold[-2:])
            inside = _known[fold]
            best = some[int(np.argmax(inside))]
            last = (best, given, train.tobytes(), bool(learner.heard))
            if last not in _known:
                _known[last] = _Learned.of(best, examples, train, last[-1])
            models.append(_known[last])
            told += [(part, str(c), r) for c, r in zip(some, inside, strict=True)]
    circle = _circle(examples, split, learner.heard, seed) if learner.heard else None

    def answer(x: Any) -> dict[str, np.ndarray]:
        if circle is not None and len(x) != len(split.test):
            raise UsageError("who was heard is known of the fold's own test side alone")
        heard = None if circle is None else np.asarray(examples.x)[circle]
        with threadpool_limits(1, "blas"):
            each = [model.answer(np.asarray(x), heard) for model in models]
        scores = np.zeros((len(x), len(space)), np.float32)
        scores[:, models[0].classes] = product(each)
        return {task: scores}

    table = pd.DataFrame(told, columns=["part", "candidate", "inside"])
    history = table if len(table) > len(models) else None
    return Fitted(models, answer, train, history=history)


_known: dict[tuple, Any] = {}
"""What this process has learned or chosen; draws of what is heard share it."""


def _asked_inside(
    candidates: tuple[Candidate, ...],
    examples: Examples,
    train: np.ndarray,
    seed: int,
    folds: int,
) -> list[float]:
    """How often each candidate is right about held-out people of the training side."""
    if len(candidates) == 1:
        return [math.nan]
    part = examples.take(train)
    task = next(iter(examples.spaces))
    groups = min(folds, part.items["subject"].nunique())
    way = protocols.SubjectKFold(groups, seed)
    x, y = np.asarray(part.x), part.targets[task]
    right = np.zeros((len(candidates), len(y)), bool)
    alike: dict[tuple, list[int]] = {}
    for row, candidate in enumerate(candidates):
        alike.setdefault(candidate.features, []).append(row)
    for one in protocols.checked(way, part.items, task):
        for rows in alike.values():
            some = [candidates[row] for row in rows]
            told = _told(some, x, y, one)
            right[np.ix_(rows, one.test)] = [t == y[one.test] for t in told]
    return right.mean(axis=1).tolist()


def _told(
    some: list[Candidate], x: np.ndarray, y: np.ndarray, split: protocols.Split
) -> Iterator[np.ndarray]:
    """What candidates of the same features answer; components are found once."""
    from sklearn.preprocessing import StandardScaler

    table = some[0].table(x)
    scaler = StandardScaler().fit(table[split.train])
    sides = [scaler.transform(table[rows]) for rows in (split.train, split.test)]
    most, few = max(one.components for one in some), sides
    if most:
        found = _components(most)
        few = [found.fit_transform(sides[0]), found.transform(sides[1])]
    for one in some:
        a, b = [side[:, : one.components] for side in few] if one.components else sides
        model = one.classifier().fit(a, y[split.train])
        yield model.classes_[model.predict_proba(b).argmax(axis=1)]


@dataclass
class _Learned:
    """A candidate that has learned; how far people's means lie apart, if it matters."""

    candidate: Candidate
    scaler: Any
    model: Any
    between: np.ndarray | None = None
    within: np.ndarray | None = None

    @classmethod
    def of(cls, candidate, examples, rows, by_person: bool = False) -> _Learned:
        from sklearn.preprocessing import StandardScaler

        y = next(iter(examples.targets.values()))[rows]
        table = candidate.table(np.asarray(examples.x)[rows])
        scaler = StandardScaler().fit(table)
        found = cls(candidate, scaler, candidate.pipeline())
        x = scaler.transform(table)
        if by_person:
            x = found._less_means(x, examples.items["subject"].to_numpy()[rows])
        found.model.fit(x, y)
        return found

    @property
    def classes(self) -> np.ndarray:
        return self.model.classes_

    def _less_means(self, x: np.ndarray, people: np.ndarray) -> np.ndarray:
        """Training items less their people's means; learns how far these lie apart."""
        _, codes, counts = np.unique(people, return_inverse=True, return_counts=True)
        means = np.stack([x[codes == one].mean(axis=0) for one in range(len(counts))])
        left = x - means[codes]
        self.within = (left**2).sum(axis=0) / (len(x) - len(counts))
        by_chance = self.within * (1 / counts).mean()
        self.between = np.maximum(means.var(axis=0, ddof=1) - by_chance, 0)
        return x - np.stack([self._kept(n) for n in counts])[codes] * means[codes]

    def _kept(self, count: int) -> np.ndarray:
        """Which share of a mean of so many clips is the person's own."""
        spread = count * self.between + self.within
        return count * self.between / np.where(spread > 0, spread, 1)

    def answer(self, x: np.ndarray, heard: np.ndarray | None = None) -> np.ndarray:
        """Probabilities; `heard` holds a row of other inputs for each of `x`."""
        table = self.scaler.transform(self.candidate.table(x))
        if heard is not None:
            count = heard.shape[1]
            flat = self.scaler.transform(self.candidate.table(heard.ravel()))
            means = flat.reshape(len(x), count, -1).mean(axis=1)
            table -= self._kept(count) * means
        return self.model.predict_proba(table)


def _circle(
    examples: Examples, split: protocols.Split, count: int, seed: int
) -> np.ndarray:
    """For each tested item the positions of so many others of its person, by lot."""
    chance = np.random.default_rng([seed, split.fold])
    people = examples.items["subject"].to_numpy()[split.test]
    found = np.zeros((len(people), count), int)
    for person in np.unique(people):
        order = chance.permutation(np.flatnonzero(people == person))
        if len(order) <= count:
            raise UsageError(
                f"{person} has {len(order)} clips; {count} others are heard"
            )
        for place in range(1, count + 1):
            found[order, place - 1] = split.test[np.roll(order, -place)]
    return found


def most_chosen(histories: Iterable[pd.DataFrame], part: str) -> str:
    """The candidate that most folds chose, of those that stand equal the first.

    Args:
        histories: of each fold, as a `Nested` run has them.
        part: such as "voice".
    """
    chosen = [of.loc[of["inside"].idxmax(), "candidate"] for of in histories]
    named = [str(one) for one in {"voice": VOICE, "face": FACE}[part]]
    return max(named, key=chosen.count)
