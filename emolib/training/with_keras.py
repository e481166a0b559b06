"""Training with Keras."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolib.training.loop import (
    Inputs,
    Loop,
    Pair,
    Targets,
    batches,
    named,
    rows_of,
)

if TYPE_CHECKING:
    import keras


def seed(seed: int) -> None:
    """Seed Python, numpy and TensorFlow, and ask for repeatable kernels.

    Call it before a model is built: its first weights are drawn then.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow

        # It warns of every fresh model that it traces it anew, as it must.
        tensorflow.get_logger().setLevel("ERROR")
        tensorflow.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)


def fit_keras(
    model: keras.Model,
    x: Inputs,
    y: Targets,
    *,
    epochs: int,
    batch: int,
    seed: int,
    validation: Pair | None = None,
    reduce_rate: tuple[int, float] | None = None,
    stop_after: int | None = None,
    checkpoint: Path | None = None,
    save_every: float = 60.0,
    progress: bool = True,
) -> pd.DataFrame:
    """Train a compiled Keras model; see the model for loss and optimizer.

    The watched loss, for the two options that look at one, is the validation
    loss, or the training loss where there is no validation.

    Args:
        model: built and compiled, freshly made after `seed(...)`.
        x: inputs, one row an item; a memory map or a stream is read batch by
            batch. For a model with several inputs a structured array, a field
            for each.
        y: targets, as the model's loss wants them; for a model with several
            outputs a dict with an array for each.
        epochs: how often to go through the items, earlier runs from the same
            checkpoint included.
        batch: items a step.
        seed: with the epoch's number, decides the order of the items.
        validation: (x, y) to measure after each epoch, never to learn from.
        reduce_rate: (patience, factor): multiply the learning rate by factor
            when the watched loss has not fallen by more than 0.0001 for
            `patience` epochs, as Keras' ReduceLROnPlateau does.
        stop_after: end when the watched loss has not fallen for that many
            epochs; the model then has the weights of the best epoch.
        checkpoint: file that holds the last whole epoch. If it exists, training
            goes on from it. It is the caller's to remove.
        save_every: seconds between two checkpoints; 0 saves each epoch.
        progress: one line an epoch, with the time left, on standard error.

    Returns:
        One row an epoch: epoch (from 1), loss, accuracy, val_loss,
        val_accuracy, rate (the learning rate used) and seconds, and what else
        the model measures.

    Raises:
        UsageError: if the arrays do not fit together, or the checkpoint was
            made by another call.
        EmolibError: if the loss is not finite, or the checkpoint cannot be
            written.
    """
    loop = Loop(
        KerasState(model), x, y, epochs, batch, seed, validation, reduce_rate,
        stop_after, checkpoint, save_every, progress,
    )  # fmt: skip
    with loop.resumed():
        if not loop.over:
            learn, check = _passes(model, x, y)
        while not loop.over:
            began = time.perf_counter()
            divided = batches(len(x), batch, seed, loop.done)
            measured = learn(x, y, divided)
            if validation:
                found = check(*validation, batches(len(validation[0]), batch))
                measured |= {f"val_{name}": value for name, value in found.items()}
            loop.end_epoch(measured, time.perf_counter() - began)
    return loop.history()


def predict(model: keras.Model, x: Inputs, batch: int = 256) -> np.ndarray | dict:
    """What a model answers, batch by batch; a dict for several outputs."""
    import keras

    if keras.backend.backend() != "tensorflow":
        return model.predict(named(np.asarray(x)), batch_size=batch, verbose=0)
    call = getattr(model, "_emolib_call", None)
    if call is None:
        call = model._emolib_call = _graph(lambda given: model(given, training=False))
    parts = [call(_tensors(named(x[rows]))) for rows in batches(len(x), batch)]
    if isinstance(parts[0], Mapping):
        return {k: np.concatenate([np.asarray(p[k]) for p in parts]) for k in parts[0]}
    return np.concatenate([np.asarray(part) for part in parts])


Pass = Callable[[Inputs, Targets, list[np.ndarray]], dict[str, float]]
"""Goes through batches once and gives the means of what the model measures."""


def _passes(model: keras.Model, x: Inputs, y: Targets) -> tuple[Pass, Pass]:
    """One pass that learns and one that only measures.

    Keras' own `fit` makes an iterator with threads for each pass, which for the
    small networks of this book takes longer than the arithmetic. So with
    TensorFlow the steps are called here, traced once a model.
    """
    import keras

    if keras.backend.backend() != "tensorflow":
        return _kerases_own(model, learn=True), _kerases_own(model, learn=False)
    found = getattr(model, "_emolib_steps", None)
    if found is None:
        # Metrics that are not built yet would be made inside the first step.
        one = np.array([0])
        given, wanted = _tensors(named(x[one])), _tensors(rows_of(y, one))
        model.compute_metrics(None, wanted, model(given, training=False))
        found = model._emolib_steps = (
            _graph(lambda x, y: model.train_step((x, y))),
            _graph(lambda x, y: model.test_step((x, y))),
        )

    def through(step: Callable) -> Pass:
        def measured(x: Inputs, y: Targets, divided: list[np.ndarray]) -> dict:
            model.reset_metrics()
            for rows in divided:
                step(_tensors(named(x[rows])), _tensors(rows_of(y, rows)))
            return _flat(model.get_metrics_result())

        return measured

    return through(found[0]), through(found[1])


def _kerases_own(model: keras.Model, learn: bool) -> Pass:
    """A pass by Keras' own means, as other backends need it."""
    import keras

    def measured(x: Inputs, y: Targets, divided: list[np.ndarray]) -> dict:
        class Batches(keras.utils.PyDataset):
            def __len__(self) -> int:
                return len(divided)

            def __getitem__(self, number: int) -> Pair:
                return named(x[divided[number]]), rows_of(y, divided[number])

        if learn:
            history = model.fit(Batches(), shuffle=False, verbose=0).history
            return {name: values[-1] for name, values in history.items()}
        return _flat(model.evaluate(Batches(), verbose=0, return_dict=True))

    return measured


def _graph(function: Callable) -> Callable:
    """A function of tensors as a graph, the same for every length of a batch."""
    import tensorflow

    return tensorflow.function(function, reduce_retracing=True)


def _tensors(arrays):
    """Arrays as tensors whose first length a graph takes for open."""
    import keras

    if isinstance(arrays, Mapping):
        return {name: _tensors(array) for name, array in arrays.items()}
    return keras.ops.convert_to_tensor(arrays)


def _flat(measured: Mapping) -> dict[str, float]:
    """Keras nests the measures of several outputs."""
    flat = {}
    for name, value in measured.items():
        flat |= _flat(value) if isinstance(value, Mapping) else {name: float(value)}
    return flat


def traced(model: keras.Model, code: str = "") -> keras.Model:
    """A model just like this one that may have been traced already.

    To trace a small network's training step takes longer than an epoch of it.
    So the first network of each configuration is kept, and the next takes its
    place in it: weights, optimizer, learning rate, random generators, all that
    training depends on. A network that was returned before changes by that; it
    is the caller's to save or use it first.

    Args:
        code: what the code means that built it: a loss or a layer of one's own
            stands in the configuration by its name alone.
    """
    # Layers are numbered as they are made, which makes no difference.
    key = code + re.sub(r'(?<=[a-z])_\d+(?=")', "", model.to_json())
    first = _TRACED.pop(key, model)
    _TRACED[key] = first
    if len(_TRACED) > 16:
        del _TRACED[next(iter(_TRACED))]
    if first is not model:
        KerasState(first).write(KerasState(model).read())
    return first


_TRACED: dict[str, keras.Model] = {}


def weights(model: keras.Model) -> dict[str, np.ndarray]:
    """All variables of a model, as arrays by number."""
    return {f"model/{i}": np.array(v) for i, v in enumerate(model.variables)}


def put_weights(model: keras.Model, arrays: Mapping[str, np.ndarray]) -> None:
    """Give a model of the same build the variables of `weights`."""
    if len(arrays) != len(model.variables):
        raise ValueError(f"{len(arrays)} arrays for {len(model.variables)} variables")
    for i, variable in enumerate(model.variables):
        variable.assign(arrays[f"model/{i}"])


class KerasState:
    """All numbers a Keras training depends on, as arrays by name.

    Besides weights these are the moments and the rate of the optimizer and the
    counters of the dropout layers' random generators.
    """

    def __init__(self, model: keras.Model) -> None:
        model.optimizer.build(model.trainable_variables)
        self.model, self.optimizer = model, model.optimizer
        self.parts = {"model": model, "optimizer": model.optimizer}

    def read(self) -> dict[str, np.ndarray]:
        return {
            f"{part}/{i}": np.array(variable)
            for part, owner in self.parts.items()
            for i, variable in enumerate(owner.variables)
        }

    def write(self, arrays: dict[str, np.ndarray]) -> None:
        for name, array in arrays.items():
            part, i = name.split("/")
            self.parts[part].variables[int(i)].assign(array)

    def describe(self) -> str:
        """The model's build and its optimizer's settings, as text."""
        build = re.sub(r'(?<=[a-z])_\d+(?=")', "", self.model.to_json())
        settings = self.optimizer.get_config() | {"name": "", "learning_rate": ""}
        return f"{build} {sorted(settings.items())}"

    @property
    def rate(self) -> float:
        return float(np.array(self.optimizer.learning_rate))

    def reduce_rate(self, factor: float) -> None:
        self.optimizer.learning_rate = self.rate * factor
