"""Training: one loop for Keras, one for torch, with the same promises.

Both take arrays or memory maps and read one batch at a time. Both shuffle by
seed and epoch alone, so that a run that was killed and called again with the
same checkpoint ends with the very weights of one that ran through. Both return
the history as a table.
"""

from __future__ import annotations

import json
import math
import re
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolib import EmolibError, UsageError
from emolib.files import write_atomic

if TYPE_CHECKING:
    import keras
    import torch

Pair = tuple[np.ndarray, np.ndarray]

MEASURED = ("loss", "accuracy", "val_loss", "val_accuracy")

LEAST = 1e-4
"""How far a loss must fall to count as better, as in Keras' ReduceLROnPlateau."""


def seed_everything(seed: int) -> None:
    """Seed Python, numpy, tensorflow and torch, and ask for repeatable kernels.

    Call it before a model is built: its first weights are drawn then.
    """
    import keras
    import tensorflow
    import torch

    # It warns of every fresh model that it traces it anew, as it must.
    tensorflow.get_logger().setLevel("ERROR")
    keras.utils.set_random_seed(seed)  # Python, numpy and tensorflow
    torch.manual_seed(seed)
    tensorflow.config.experimental.enable_op_determinism()
    torch.use_deterministic_algorithms(True, warn_only=True)


def fit_keras(
    model: keras.Model,
    x: np.ndarray,
    y: np.ndarray,
    *,
    epochs: int,
    batch: int,
    seed: int,
    validation: Pair | None = None,
    reduce_rate: tuple[int, float] | None = None,
    stop_after: int | None = None,
    checkpoint: Path | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Train a compiled Keras model; see the model for loss and optimizer.

    The watched loss, for the two options that look at one, is the validation
    loss, or the training loss where there is no validation.

    Args:
        model: built and compiled, freshly made after `seed_everything(seed)`.
        x: inputs, one row an item; a memory map is read batch by batch. For a
            model with several inputs a structured array, a field for each.
        y: targets, as the model's loss wants them.
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
        progress: one line an epoch, with the time left, on standard error.

    Returns:
        One row an epoch: epoch (from 1), loss, accuracy, val_loss,
        val_accuracy, rate (the learning rate used) and seconds.

    Raises:
        UsageError: if the arrays do not fit together, or the checkpoint was
            made by another call.
        EmolibError: if the loss is not finite, or the checkpoint cannot be
            written.
    """
    loop = _Loop(
        _KerasState(model), x, y, epochs, batch, seed, validation, reduce_rate,
        stop_after, checkpoint, progress,
    )  # fmt: skip
    with loop.resumed():
        if not loop.over:
            items = _keras_batches(x, y, batch, seed)
            # Metrics that are not built yet make Keras trace its step twice.
            nothing = np.zeros((1, *model.output_shape[1:]), np.float32)
            model.compute_metrics(None, y[:1], nothing)
            model.reset_metrics()
            model.fit(
                items,
                validation_data=validation and _keras_batches(*validation, batch),
                initial_epoch=loop.done,
                epochs=epochs,
                callbacks=[_keras_watcher(loop, items)],
                shuffle=False,  # the items come shuffled
                verbose=0,
            )
    return loop.history()


def fit_torch(
    model: torch.nn.Module,
    x: np.ndarray,
    y: np.ndarray,
    *,
    epochs: int,
    batch: int,
    seed: int,
    validation: Pair | None = None,
    reduce_rate: tuple[int, float] | None = None,
    stop_after: int | None = None,
    checkpoint: Path | None = None,
    progress: bool = True,
    optimizer: torch.optim.Optimizer | None = None,
    loss: Callable | None = None,
) -> pd.DataFrame:
    """Train a torch model on the device it lies on, as `fit_keras` does.

    Args:
        optimizer: over the model's parameters; Adam at 0.001 if not given.
        loss: of outputs and targets, a mean over items; cross-entropy on logits
            if not given. Targets are class numbers or rows of probabilities.

    All else, what it returns and what it raises is as in `fit_keras`. The model
    comes back in evaluation mode.
    """
    import torch

    optimizer = optimizer or torch.optim.Adam(model.parameters())
    loss = loss or torch.nn.CrossEntropyLoss()
    loop = _Loop(
        _TorchState(model, optimizer), x, y, epochs, batch, seed, validation,
        reduce_rate, stop_after, checkpoint, progress,
    )  # fmt: skip
    with loop.resumed():
        while not loop.over:
            began = time.perf_counter()
            # Dropout, too, then depends on seed and epoch alone.
            torch.manual_seed(_generator(seed, loop.done).integers(2**63))
            batches = _batches(len(x), batch, seed, loop.done)
            measured = _torch_pass(model, x, y, batches, loss, optimizer)
            if validation:
                batches = _batches(len(validation[0]), batch)
                checked = _torch_pass(model, *validation, batches, loss)
                measured |= {f"val_{name}": checked[name] for name in checked}
            loop.end_epoch(measured, time.perf_counter() - began)
    model.eval()
    return loop.history()


def traced(model: keras.Model) -> keras.Model:
    """A model just like this one that Keras may have traced already.

    To trace a small network's training step takes longer than an epoch of it.
    So the first network of each configuration is kept, and the next takes its
    place in it: weights, optimizer, learning rate, random generators, all that
    training depends on. A network that was returned before changes by that; it
    is the caller's to save or use it first.
    """
    # Layers are numbered as they are made, which makes no difference.
    key = re.sub(r'(?<=[a-z])_\d+(?=")', "", model.to_json())
    first = _TRACED.pop(key, model)
    _TRACED[key] = first
    if len(_TRACED) > 16:
        del _TRACED[next(iter(_TRACED))]
    if first is not model:
        _KerasState(first).write(_KerasState(model).read())
    return first


_TRACED: dict[str, keras.Model] = {}


def _generator(seed: int, epoch: int) -> np.random.Generator:
    return np.random.default_rng([seed, epoch])


def _batches(
    items: int, batch: int, seed: int | None = None, epoch: int = 0
) -> list[np.ndarray]:
    """Rows of each batch; shuffled if there is a seed, else in order.

    Rows are sorted within a batch: the step is the same, and a memory map is
    read from front to back.
    """
    order = np.arange(items)
    if seed is not None:
        order = _generator(seed, epoch).permutation(items)
    return [np.sort(order[i : i + batch]) for i in range(0, items, batch)]


def named(x: np.ndarray) -> np.ndarray | dict[str, np.ndarray]:
    """A batch as Keras wants it: a structured array's fields by their names.

    >>> pairs = np.zeros(2, [("film", "u1", 3), ("voice", "f4")])
    >>> {name: part.shape for name, part in named(pairs).items()}
    {'film': (2, 3), 'voice': (2,)}
    """
    fields = getattr(x.dtype, "names", None)
    return {name: x[name] for name in fields} if fields else x


def _keras_batches(
    x: np.ndarray, y: np.ndarray, batch: int, seed: int | None = None
) -> keras.utils.PyDataset:
    import keras

    class Batches(keras.utils.PyDataset):
        def shuffle(self, epoch: int) -> None:
            self.batches = _batches(len(x), batch, seed, epoch)

        def __len__(self) -> int:
            return len(self.batches)

        def __getitem__(self, index: int) -> Pair:
            rows = self.batches[index]
            return named(x[rows]), y[rows]

    items = Batches()
    items.shuffle(epoch=0)
    return items


def _keras_watcher(
    loop: _Loop, items: keras.utils.PyDataset
) -> keras.callbacks.Callback:
    import keras

    class Watcher(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
            self.began = time.perf_counter()
            items.shuffle(epoch)

        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            loop.end_epoch(logs, time.perf_counter() - self.began)
            self.model.stop_training = loop.over

    return Watcher()


def _torch_pass(
    model: torch.nn.Module,
    x: np.ndarray,
    y: np.ndarray,
    batches: list[np.ndarray],
    loss: Callable,
    optimizer: torch.optim.Optimizer | None = None,
) -> dict[str, float]:
    """Go through the batches once, learning if there is an optimizer."""
    import torch

    device = next(model.parameters()).device
    model.train(optimizer is not None)
    total = right = 0.0
    with torch.set_grad_enabled(optimizer is not None):
        for rows in batches:
            targets = y[rows]
            if targets.ndim == 1:
                targets = targets.astype(np.int64)
            truth = torch.from_numpy(targets).to(device)
            outputs = model(torch.from_numpy(x[rows]).to(device))
            value = loss(outputs, truth)
            if optimizer:
                optimizer.zero_grad()
                value.backward()
                optimizer.step()
            classes = truth.argmax(1) if truth.ndim > 1 else truth
            total += value.item() * len(rows)
            right += (outputs.argmax(1) == classes).sum().item()
    items = sum(len(rows) for rows in batches)
    return {"loss": total / items, "accuracy": right / items}


class _KerasState:
    """All numbers a Keras training depends on, as arrays by name.

    Besides weights these are the moments and the rate of the optimizer and the
    counters of the dropout layers' random generators.
    """

    def __init__(self, model: keras.Model) -> None:
        model.optimizer.build(model.trainable_variables)
        self.optimizer = model.optimizer
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

    @property
    def rate(self) -> float:
        return float(self.optimizer.learning_rate)

    def reduce_rate(self, factor: float) -> None:
        self.optimizer.learning_rate = self.rate * factor


class _TorchState:
    """The same for torch; the loop seeds torch's generator anew each epoch."""

    def __init__(
        self, model: torch.nn.Module, optimizer: torch.optim.Optimizer
    ) -> None:
        self.model, self.optimizer = model, optimizer

    def read(self) -> dict[str, np.ndarray]:
        arrays = {f"model/{k}": v for k, v in self.model.state_dict().items()}
        for i, moments in self.optimizer.state_dict()["state"].items():
            arrays |= {f"optimizer/{i}/{k}": v for k, v in moments.items()}
        arrays = {k: np.array(v.cpu()) for k, v in arrays.items() if v is not None}
        rates = [group["lr"] for group in self.optimizer.param_groups]
        return arrays | {"rates": np.array(rates)}

    def write(self, arrays: dict[str, np.ndarray]) -> None:
        import torch

        weights, moments = {}, {}
        for name, array in arrays.items():
            part, _, rest = name.partition("/")
            if part == "model":
                weights[rest] = torch.from_numpy(array)
            elif part == "optimizer":
                i, _, moment = rest.partition("/")
                moments.setdefault(int(i), {})[moment] = torch.from_numpy(array)
        self.model.load_state_dict(weights)
        if "rates" in arrays:
            groups = self.optimizer.state_dict()["param_groups"]
            for group, rate in zip(groups, arrays["rates"], strict=True):
                group["lr"] = float(rate)
            self.optimizer.load_state_dict({"state": moments, "param_groups": groups})

    @property
    def rate(self) -> float:
        return float(self.optimizer.param_groups[0]["lr"])

    def reduce_rate(self, factor: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] *= factor


@dataclass
class _Loop:
    """What happens between two epochs, whatever the framework.

    Learning rate and early stopping follow from the history alone, so nothing
    of them needs keeping beside it.
    """

    state: _KerasState | _TorchState
    x: np.ndarray
    y: np.ndarray
    epochs: int
    batch: int
    seed: int
    validation: Pair | None
    reduce_rate: tuple[int, float] | None
    stop_after: int | None
    checkpoint: Path | None
    progress: bool
    rows: list[dict] = field(default_factory=list)
    best: dict[str, np.ndarray] = field(default_factory=dict)
    kept: int = 0

    def __post_init__(self) -> None:
        self.checkpoint = Path(self.checkpoint) if self.checkpoint else None
        for x, y in filter(None, [(self.x, self.y), self.validation]):
            if len(x) != len(y) or not len(x):
                raise UsageError(
                    f"{len(x)} inputs and {len(y)} targets: there must be as many "
                    "of one as of the other, and at least one"
                )
        for name in ("epochs", "batch", "stop_after"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise UsageError(f"{name}={value}: give 1 or more")
        patience, factor = self.reduce_rate or (1, 0.5)
        if patience < 1 or not 0 < factor < 1:
            raise UsageError(
                f"reduce_rate=({patience}, {factor}): give a patience of 1 epoch or "
                "more and a factor between 0 and 1"
            )

    @property
    def done(self) -> int:
        return len(self.rows)

    @property
    def watched(self) -> str:
        return "val_loss" if self.validation else "loss"

    @property
    def losses(self) -> list[float]:
        return [row[self.watched] for row in self.rows]

    @property
    def over(self) -> bool:
        stopped = self.stop_after and _stalled(self.losses, self.stop_after)
        return bool(stopped) or self.done >= self.epochs

    @contextmanager
    def resumed(self) -> Iterator[None]:
        """Start where the checkpoint ended; leave the model at a whole epoch."""
        self._load()
        try:
            yield
        except KeyboardInterrupt:
            self._load()
            self._say(f"interrupted in epoch {self.done + 1}; {self._kept()}")
            raise
        if self.stop_after:
            self.state.write(self.best)

    def end_epoch(self, measured: dict[str, float], seconds: float) -> None:
        row = {"epoch": self.done + 1}
        row |= {name: float(measured.get(name, math.nan)) for name in MEASURED}
        row |= {"rate": self.state.rate, "seconds": seconds}
        for name in {"loss", self.watched}:
            if not math.isfinite(row[name]):
                raise EmolibError(
                    f"{name} is {row[name]} in epoch {row['epoch']}: lower the "
                    f"learning rate (now {row['rate']:.2g}) or look for infinite or "
                    f"missing values in the inputs; {self._kept()}"
                )
        better = row[self.watched] < min(self.losses, default=math.inf)
        self.rows.append(row)
        if self.stop_after and better:
            self.best = _model_part(self.state.read())
        if self.reduce_rate and _stalled(self.losses, self.reduce_rate[0], LEAST):
            self.state.reduce_rate(self.reduce_rate[1])
        self._save()
        self._say(self._line(row))

    def history(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows)

    @cached_property
    def _call(self) -> dict[str, str]:
        """What must be the same for a checkpoint to be continued."""
        weights = _model_part(self.state.read()).values()
        return {
            "model": f"{len(weights)} arrays, {sum(a.size for a in weights)} numbers",
            "x": f"{self.x.dtype} {self.x.shape}",
            "y": f"{self.y.shape}, checksum {zlib.crc32(self.y.tobytes()):08x}",
            "validation": f"{self.validation[0].shape if self.validation else None}",
            "batch": f"{self.batch}",
            "seed": f"{self.seed}",
            "reduce_rate": f"{self.reduce_rate and tuple(self.reduce_rate)}",
            "stop_after": f"{self.stop_after}",
        }

    def _save(self) -> None:
        from safetensors.numpy import save

        if not self.checkpoint:
            return
        # One file for everything: weights and history can never be of two epochs.
        content = save(
            self.state.read() | {f"best/{k}": v for k, v in self.best.items()},
            {"call": json.dumps(self._call), "rows": json.dumps(self.rows)},
        )
        try:
            write_atomic(self.checkpoint, lambda path: path.write_bytes(content))
        except EmolibError as error:
            raise EmolibError(f"{error}; {self._kept()}") from error
        self.kept = self.done

    def _load(self) -> None:
        from safetensors import SafetensorError, safe_open

        if not self.checkpoint or not self.checkpoint.exists():
            return
        try:
            with safe_open(self.checkpoint, framework="numpy") as file:
                arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                notes = {k: json.loads(v) for k, v in file.metadata().items()}
                call, rows = notes["call"], notes["rows"]
        except (SafetensorError, AttributeError, KeyError, ValueError) as error:
            raise UsageError(
                f"{self.checkpoint} is no checkpoint of this module ({error}); "
                "remove it or name another"
            ) from error
        differences = [
            f"{name} is {now}, was {call.get(name)}"
            for name, now in self._call.items()
            if call.get(name) != now
        ]
        if len(rows) > self.epochs:
            differences.append(f"epochs is {self.epochs}, {len(rows)} are done")
        if differences:
            raise UsageError(
                f"{self.checkpoint} was made by another call: "
                f"{'; '.join(differences)}. Remove it to start anew, or name another"
            )
        self.rows, self.kept = rows, len(rows)
        best = {k: v for k, v in arrays.items() if k.startswith("best/")}
        self.best = {k.removeprefix("best/"): v for k, v in best.items()}
        self.state.write({k: v for k, v in arrays.items() if k not in best})

    def _kept(self) -> str:
        if not self.checkpoint:
            return "no checkpoint was asked for, so nothing is kept"
        if not self.kept:
            return "no epoch is kept yet"
        return (
            f"epoch {self.kept} is kept in {self.checkpoint}: the same call goes on "
            "from there"
        )

    def _line(self, row: dict) -> str:
        numbers = "".join(
            f"  {name} {row[name]:.4f}"
            for name in MEASURED
            if not math.isnan(row[name])
        )
        left = (
            "done"
            if self.over
            else (f"{_duration(row['seconds'] * (self.epochs - self.done))} left")
        )
        return (
            f"epoch {self.done:>{len(str(self.epochs))}}/{self.epochs}{numbers}"
            f"  {_duration(row['seconds'])}, {left}"
        )

    def _say(self, line: str) -> None:
        if self.progress:
            # Standard error: results stay alone on standard output.
            print(line, file=sys.stderr, flush=True)


def _model_part(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {k: v for k, v in arrays.items() if k.startswith("model/")}


def _stalled(losses: list[float], patience: int, least: float = 0.0) -> bool:
    """Whether the last loss ends `patience` epochs without one that is better.

    The count starts anew after it has run out, and a loss is better if it is
    lower than the best so far by more than `least`.

    >>> [_stalled([3, 2, 2, 2, 2, 2][:n], patience=2) for n in range(1, 7)]
    [False, False, False, True, False, True]
    """
    best, waited = math.inf, 0
    for loss in losses:
        waited = 0 if waited >= patience else waited
        if loss + least < best:
            best, waited = loss, 0
        else:
            waited += 1
    return waited >= patience


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
