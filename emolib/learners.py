"""Learners: a model as a value.

A learner says how a model is built, of what design, and how it is trained. It is
frozen and can be compared; its fields are the parameters of a record, and from
the record and the weights beside it the model is built again. What it learns from
comes with `fit`:

    network = Network(audio_cnn_lstm, {"width": 0.3}, epochs=30, watch="test")
    fitted = network.fit(examples, split, seed=0)
    probabilities = fitted.predict(examples.x)["emotion"]
"""

from __future__ import annotations

import difflib
import inspect
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolib import UsageError, code, estimators, protocols, training
from emolib.files import write_atomic

if TYPE_CHECKING:
    from emolib.experiment import Examples

WATCH = ("nothing", "test", "people", "clips")
"""What may be watched while training; "test" lets the answers steer it, as many
papers do; "people" sets a fifth of the training people apart instead, "clips" a
tenth of the training clips."""


@dataclass
class Fitted:
    """A model that has learned one fold.

    Attributes:
        model: the framework's own.
        answer: inputs to probabilities by task.
        weights: what to keep of it, arrays by name; none for a classifier.
        history: one row an epoch.
        trained: the positions that were trained on.
    """

    model: Any = field(repr=False)
    answer: Callable[[Any], dict[str, np.ndarray]] = field(repr=False)
    trained: np.ndarray = field(repr=False)
    weights: Callable[[], dict[str, np.ndarray]] | None = field(
        default=None, repr=False
    )
    history: pd.DataFrame | None = field(default=None, repr=False)
    parameters_count: int | None = None

    def predict(self, x: Any) -> dict[str, np.ndarray]:
        """Probabilities by task, one row an item."""
        return self.answer(x)

    def save(self, file: Path, notes: Mapping[str, str]) -> None:
        """Keep the weights, and with them what they belong to.

        Raises:
            UsageError: for a model that is built again by fitting it again.
        """
        from safetensors.numpy import save

        if self.weights is None:
            raise UsageError("a classifier's model is not kept: fit it again")
        content = save(self.weights(), dict(notes))
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(file, lambda path: path.write_bytes(content))


class Learner(ABC):
    """What `Study.run` takes. Subclasses are frozen dataclasses."""

    name: str

    @abstractmethod
    def fit(
        self,
        examples: Examples,
        split: protocols.Split,
        seed: int = 0,
        checkpoint: Path | None = None,
    ) -> Fitted:
        """Learn the training side of a split, never more of the test side than
        `watch` says."""

    @abstractmethod
    def spec(self) -> dict:
        """All of it in JSON's types; from this the model is built again."""

    @abstractmethod
    def code(self) -> str:
        """What the code means that it runs."""

    def of_seed(self, number: int) -> Learner:
        """This learner; of several seeds' runs in a design, that one's."""
        design = getattr(self, "design", {})
        runs = {n: getattr(v, "runs", [v]) for n, v in design.items()}
        chosen = {n: of[number if len(of) > 1 else 0] for n, of in runs.items()}
        return replace(self, design=chosen) if design else self

    @property
    def parameters(self) -> dict:
        """What stands among a record's parameters."""
        told = {}
        for name, value in self.spec().items():
            if name == "design":
                told |= {f"design.{part}": given for part, given in value.items()}
            elif name not in ("kind", "build", "meaning", "name"):
                told[name] = value
        return told


# -- networks ---------------------------------------------------------------


@dataclass(frozen=True)
class Network(Learner):
    """A Keras network.

    Args:
        build: makes it, freshly compiled: `build(shape, classes, **design)`, with
            the shape of one input (a dict for structured inputs) and the number of
            classes (a dict by task, if there are several). If it has a parameter
            `like`, it is given the training side's inputs, for what must be fitted
            to them; that must become weights of the network.
        design: what else `build` is given. A run in it stands for that run's
            trained network of the same fold, `run.fold(0)` for its first.
        epochs, batch, reduce_rate, stop_after: as in `training.fit_keras`.
        watch: one of `WATCH`.
    """

    build: Callable
    design: Mapping[str, Any] = field(default_factory=dict)
    epochs: int = 10
    batch: int = 32
    reduce_rate: tuple[int, float] | None = None
    stop_after: int | None = None
    watch: str = "nothing"

    def __post_init__(self) -> None:
        _check_watch(self.watch)
        _check_design(self.build, self.design)

    @property
    def name(self) -> str:
        return _named(self.build)

    def fit(self, examples, split, seed=0, checkpoint=None) -> Fitted:
        return _fit_network(self, examples, split, seed, checkpoint)

    def spec(self) -> dict:
        return _spec(self)

    def code(self) -> str:
        return code.meaning(self.build, _fit_network)


def _fit_network(
    network: Network,
    examples: Examples,
    split: protocols.Split,
    seed: int,
    checkpoint: Path | None,
) -> Fitted:
    from emolib.training import with_keras

    train, watched = protocols.sides(examples.items, split, network.watch)
    x = part_of(examples, train)
    y = _one_hot(examples, train)
    with_keras.seed(seed)
    model = _built(network.build, examples, network.design, split.fold, like=x)
    model = training.traced(model, network.code())
    history = training.fit_keras(
        model,
        x,
        y,
        epochs=network.epochs,
        batch=network.batch,
        seed=seed,
        validation=None
        if watched is None
        else (part_of(examples, watched), _one_hot(examples, watched)),
        reduce_rate=network.reduce_rate,
        stop_after=network.stop_after,
        checkpoint=checkpoint,
    )
    task, kept = next(iter(examples.spaces)), with_keras.weights(model)

    def answer(given: Any) -> dict[str, np.ndarray]:
        with_keras.put_weights(model, kept)  # another fold may have trained it since
        return by_task(with_keras.predict(model, given), task)

    return Fitted(model, answer, train, lambda: kept, history, model.count_params())


@dataclass(frozen=True)
class TorchNetwork(Learner):
    """A torch network.

    Args:
        build, design: as `Network`'s; the module gives logits (a dict by task, if
            there are several).
        epochs, batch, reduce_rate, stop_after: as in `training.fit_torch`.
        optimizer: a name in `torch.optim`.
        rate, momentum, decay: the optimizer's, `decay` of weights; a momentum or
            decay of 0 is not handed on.
        step: as in `training.fit_torch`; a function that can be imported, or one
            of a notebook.
        mixed: as in `training.fit_torch`.
        watch: one of `WATCH`.
    """

    build: Callable
    design: Mapping[str, Any] = field(default_factory=dict)
    epochs: int = 10
    batch: int = 32
    optimizer: str = "Adam"
    rate: float = 0.001
    momentum: float = 0.0
    decay: float = 0.0
    reduce_rate: tuple[int, float] | None = None
    stop_after: int | None = None
    step: Callable | None = None
    mixed: bool = False
    watch: str = "nothing"

    def __post_init__(self) -> None:
        _check_watch(self.watch)
        _check_design(self.build, self.design)

    @property
    def name(self) -> str:
        return _named(self.build)

    def fit(self, examples, split, seed=0, checkpoint=None) -> Fitted:
        return _fit_torch_network(self, examples, split, seed, checkpoint)

    def spec(self) -> dict:
        return _spec(self)

    def code(self) -> str:
        steps = [self.step] if self.step else []
        return code.meaning(self.build, _fit_torch_network, *steps)


def _fit_torch_network(
    network: TorchNetwork,
    examples: Examples,
    split: protocols.Split,
    seed: int,
    checkpoint: Path | None,
) -> Fitted:
    import torch

    from emolib.training import with_torch

    train, watched = protocols.sides(examples.items, split, network.watch)
    x = part_of(examples, train)
    with_torch.seed(seed)
    model = _built(network.build, examples, network.design, split.fold, like=x)
    model = model.to("cuda" if torch.cuda.is_available() else "cpu")
    settings = {"momentum": network.momentum, "weight_decay": network.decay}
    settings = {name: value for name, value in settings.items() if value}
    kind = getattr(torch.optim, network.optimizer, None)
    if not isinstance(kind, type):
        raise UsageError(f"torch.optim has no optimizer {network.optimizer!r}")
    optimizer = kind(model.parameters(), lr=network.rate, **settings)
    history = training.fit_torch(
        model,
        x,
        _numbers(examples, train),
        epochs=network.epochs,
        batch=network.batch,
        seed=seed,
        validation=None
        if watched is None
        else (part_of(examples, watched), _numbers(examples, watched)),
        reduce_rate=network.reduce_rate,
        stop_after=network.stop_after,
        checkpoint=checkpoint,
        optimizer=optimizer,
        step=network.step,
        mixed=network.mixed,
    )
    task, count = (
        next(iter(examples.spaces)),
        sum(p.numel() for p in model.parameters()),
    )

    def answer(given: Any) -> dict[str, np.ndarray]:
        return by_task(with_torch.predict(model, given), task)

    kept = partial(with_torch.weights, model)
    return Fitted(model, answer, train, kept, history, count)


# -- classifiers ------------------------------------------------------------


@dataclass(frozen=True)
class Classifier(Learner):
    """A scikit-learn classifier on one vector an item.

    Args:
        estimator: an instance with `predict_proba`; each fold fits a clone of it. A
            `random_state` that is not set becomes the run's seed.
        name: how tables call it.
    """

    estimator: Any
    name: str = "classifier"

    def __post_init__(self) -> None:
        if not hasattr(self.estimator, "predict_proba"):
            raise UsageError(
                f"{self.estimator!r} gives no probabilities (predict_proba); calibrate "
                "it, as baselines.svm does"
            )

    def fit(self, examples, split, seed=0, checkpoint=None) -> Fitted:
        return _fit_classifier(self, examples, split, seed)

    def spec(self) -> dict:
        own: list = []
        told = {"kind": "Classifier", "name": self.name}
        told["estimator"] = estimators.described(self.estimator, own)
        return told | ({"meaning": code.meaning(*own)} if own else {})

    def code(self) -> str:
        own: list = []
        estimators.described(self.estimator, own)
        return code.meaning(_fit_classifier, *own)

    @property
    def parameters(self) -> dict:
        """The settings that are not as scikit-learn has them."""
        return estimators.unusual(self.estimator)


def _fit_classifier(
    learner: Classifier, examples: Examples, split: protocols.Split, seed: int
) -> Fitted:
    from sklearn.base import clone
    from threadpoolctl import threadpool_limits

    (task, space), *others = examples.spaces.items()
    if others:
        raise UsageError("a classifier answers one question; give it one task")
    train, _ = protocols.sides(examples.items, split)
    model = clone(learner.estimator)
    given = model.get_params()
    unset = [n for n in given if n.endswith("random_state") and given[n] is None]
    model.set_params(**dict.fromkeys(unset, seed))
    # One thread, whatever the machine has: sums divided otherwise come out otherwise.
    with threadpool_limits(1, "blas"):
        model.fit(np.asarray(part_of(examples, train)), examples.targets[task][train])

    def answer(x: Any) -> dict[str, np.ndarray]:
        scores = np.zeros((len(x), len(space)), dtype=np.float32)
        with threadpool_limits(1, "blas"):
            scores[:, model.classes_] = model.predict_proba(np.asarray(x))
        return {task: scores}

    return Fitted(model, answer, train)


FITS = {
    "Network": _fit_network,
    "TorchNetwork": _fit_torch_network,
    "Classifier": _fit_classifier,
}
"""What each kind of learner runs, beside what it is given."""


def _spec(learner: Network | TorchNetwork) -> dict:
    told = {}
    build = learner.build
    if build.__module__ == "__main__" or "<locals>" in build.__qualname__:
        # What it takes from outside makes it another network.
        told["meaning"] = code.meaning(build)
    for part in fields(learner):
        value = getattr(learner, part.name)
        if part.name in ("build", "step"):
            value = _address(value) if value else None
        elif part.name == "design":
            value = {name: _given(one) for name, one in value.items()}
        elif isinstance(value, tuple):
            value = list(value)
        told[part.name] = value
    return {"kind": type(learner).__name__, **told}


def _given(value: Any) -> Any:
    """A value of a design in JSON's types; a run by its record."""
    run, fold = getattr(value, "run", value), getattr(value, "number", None)
    if hasattr(run, "record"):
        told = {"record": run.record["id"], "key": run.record.get("key")}
        return told | {"fold": fold, "answers": run.digest}
    if isinstance(value, (list, tuple)):
        return [_given(one) for one in value]
    return value


def _built(
    build: Callable, examples: Examples, design: Mapping, fold: int, like: Any
) -> Any:
    given = {name: _model_of(value, fold) for name, value in design.items()}
    if "like" in inspect.signature(build).parameters:
        given["like"] = like
    return build(examples.shape, examples.classes, **given)


def _model_of(value: Any, fold: int) -> Any:
    """A run in a design as its trained model; anything else as it is."""
    run, number = getattr(value, "run", value), getattr(value, "number", fold)
    return run.model(number) if hasattr(run, "record") else value


def _check_design(build: Callable, design: Mapping) -> None:
    """Make sure that the function takes what the design gives it."""
    known = inspect.signature(build).parameters
    every = any(p.kind is p.VAR_KEYWORD for p in known.values())
    for name in design:
        if name not in known and not every:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise UsageError(
                f"{_named(build)} takes no {name!r}{hint}; it takes {', '.join(known)}"
            )


def _named(build: Callable) -> str:
    return getattr(build, "__name__", "network").replace("_", "-")


def _address(function: Callable) -> str:
    code.source_of(function)  # a lambda is refused here
    return f"{function.__module__}:{function.__qualname__}"


def by_task(answers: Any, task: str) -> dict[str, np.ndarray]:
    """A model's outputs by task, whether it has one or several."""
    return dict(answers) if isinstance(answers, Mapping) else {task: answers}


# -- inputs and targets -----------------------------------------------------


class Part:
    """Some rows of inputs, read where they are used.

    Args:
        x: the inputs.
        rows: which of them.
        digest: what tells the inputs from others.
    """

    def __init__(self, x: Any, rows: np.ndarray, digest: str) -> None:
        self.x, self.rows, self.digest = x, rows, digest
        self.dtype, self.shape = x.dtype, (len(rows), *x.shape[1:])

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: Any) -> np.ndarray:
        return self.x[self.rows[rows]]

    def checksum(self) -> str:
        """Tells these rows of these inputs from any others."""
        return f"{self.digest} {zlib.crc32(self.rows.tobytes()):08x}"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        found = self.x[self.rows]
        return found if dtype is None else found.astype(dtype)


def part_of(examples: Examples, rows: np.ndarray) -> Part:
    """Some of the examples' inputs."""
    return Part(examples.x, rows, examples.digest)


def _one_hot(examples: Examples, rows: np.ndarray) -> Any:
    found = {
        task: np.eye(len(space), dtype=np.float32)[examples.targets[task][rows]]
        for task, space in examples.spaces.items()
    }
    return found if len(found) > 1 else next(iter(found.values()))


def _numbers(examples: Examples, rows: np.ndarray) -> Any:
    found = {task: examples.targets[task][rows] for task in examples.spaces}
    return found if len(found) > 1 else next(iter(found.values()))


def _check_watch(watch: str) -> None:
    if watch not in WATCH:
        raise UsageError(f"watch={watch!r} is none of {', '.join(WATCH)}")
