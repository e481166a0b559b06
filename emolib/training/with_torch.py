"""Training with torch."""

from __future__ import annotations

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
    generator,
    named,
    rows_of,
)

if TYPE_CHECKING:
    import torch

Step = Callable[..., tuple["torch.Tensor", Mapping[str, float]]]
"""Of model, inputs and targets: the loss of a batch, and what else to report."""


def seed(seed: int) -> None:
    """Seed Python, numpy and torch, and ask for repeatable kernels."""
    import random

    import torch

    # Two threads of a small network wait for each other longer than they compute
    # (75 ms a step instead of 40), and a sum divided otherwise comes out otherwise.
    torch.set_num_threads(1)
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - what a model's own code may draw from
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True, warn_only=True)


def fit_torch(
    model: torch.nn.Module,
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
    optimizer: torch.optim.Optimizer | None = None,
    step: Step | None = None,
    mixed: bool = False,
) -> pd.DataFrame:
    """Train a torch model on the device it lies on, as `fit_keras` does.

    Args:
        optimizer: over the model's parameters; Adam at 0.001 if not given.
        step: what a batch gives: called with model, inputs and targets (dicts of
            tensors where there are several), it returns the loss and what else to
            report, numbers by name; a loss weighted by what the batch got right,
            or two heads, are written here. If not given, cross-entropy on logits
            and accuracy. Targets are class numbers or rows of probabilities.
        mixed: on a GPU, multiply in bfloat16 and lay pictures out as it likes them,
            channels last; elsewhere nothing changes.

    All else, what it returns and what it raises is as in `fit_keras`. The model
    comes back in evaluation mode.
    """
    import torch

    optimizer = optimizer or torch.optim.Adam(model.parameters())
    step = step or classify
    if mixed := mixed and next(model.parameters()).is_cuda:
        model.to(memory_format=torch.channels_last)
    loop = Loop(
        TorchState(model, optimizer), x, y, epochs, batch, seed, validation,
        reduce_rate, stop_after, checkpoint, save_every, progress,
    )  # fmt: skip
    with loop.resumed():
        while not loop.over:
            began = time.perf_counter()
            # Dropout, too, then depends on seed and epoch alone.
            torch.manual_seed(generator(seed, loop.done).integers(2**63))
            divided = batches(len(x), batch, seed, loop.done)
            measured = _pass(model, x, y, divided, step, mixed, optimizer)
            if validation:
                divided = batches(len(validation[0]), batch)
                found = _pass(model, *validation, divided, step, mixed)
                measured |= {f"val_{name}": value for name, value in found.items()}
            loop.end_epoch(measured, time.perf_counter() - began)
    model.eval()
    return loop.history()


def classify(model: torch.nn.Module, x, y) -> tuple[torch.Tensor, dict[str, float]]:
    """A step of one classifier: cross-entropy on logits, and accuracy."""
    import torch

    outputs = model(x)
    classes = y.argmax(1) if y.ndim > 1 else y
    right = (outputs.argmax(1) == classes).float().mean()
    return torch.nn.functional.cross_entropy(outputs, y), {"accuracy": right.item()}


def predict(
    model: torch.nn.Module, x: Inputs, batch: int = 256
) -> np.ndarray | dict[str, np.ndarray]:
    """Probabilities from a model's logits, batch by batch; a dict for several."""
    import torch

    model.eval()
    device = next(model.parameters()).device
    parts = []
    with torch.no_grad():
        for rows in batches(len(x), batch):
            answered = model(_tensors(named(x[rows]), device))
            parts.append(_softmax(answered))
    if isinstance(parts[0], Mapping):
        return {k: np.concatenate([part[k] for part in parts]) for k in parts[0]}
    return np.concatenate(parts)


def weights(model: torch.nn.Module) -> dict[str, np.ndarray]:
    """All of a model's state, as arrays by name."""
    return {k: np.ascontiguousarray(v.cpu()) for k, v in model.state_dict().items()}


def put_weights(model: torch.nn.Module, arrays: Mapping[str, np.ndarray]) -> None:
    """Give a model of the same build the state of `weights`."""
    import torch

    model.load_state_dict({k: torch.from_numpy(v) for k, v in arrays.items()})
    model.eval()


def _softmax(logits):
    if isinstance(logits, Mapping):
        return {name: _softmax(part) for name, part in logits.items()}
    return logits.softmax(1).cpu().numpy()


def _pass(
    model: torch.nn.Module,
    x: Inputs,
    y: Targets,
    divided: list[np.ndarray],
    step: Step,
    mixed: bool,
    optimizer: torch.optim.Optimizer | None = None,
) -> dict[str, float]:
    """Go through the batches once, learning if there is an optimizer."""
    import torch

    device = next(model.parameters()).device
    model.train(optimizer is not None)
    totals: dict[str, float] = {}
    with torch.set_grad_enabled(optimizer is not None):
        for rows in divided:
            given = _tensors(named(x[rows]), device)
            true = _tensors(rows_of(y, rows), device)
            with torch.autocast(device.type, torch.bfloat16, enabled=mixed):
                loss, measured = step(model, given, true)
            if optimizer:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            for name, value in {"loss": loss.item(), **measured}.items():
                totals[name] = totals.get(name, 0.0) + float(value) * len(rows)
    items = sum(len(rows) for rows in divided)
    return {name: total / items for name, total in totals.items()}


def _tensors(arrays, device):
    import torch

    if isinstance(arrays, Mapping):
        return {name: _tensors(array, device) for name, array in arrays.items()}
    if arrays.dtype.kind in "iu" and arrays.ndim == 1:
        arrays = arrays.astype(np.int64)  # class numbers
    return torch.from_numpy(np.ascontiguousarray(arrays)).to(device)


class TorchState:
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

    def describe(self) -> str:
        """The model's build and its optimizer's settings, as text."""
        groups = self.optimizer.state_dict()["param_groups"]
        settings = [
            {k: v for k, v in group.items() if k not in ("lr", "params")}
            for group in groups
        ]
        return f"{self.model} {type(self.optimizer).__name__} {settings}"

    @property
    def rate(self) -> float:
        return float(self.optimizer.param_groups[0]["lr"])

    def reduce_rate(self, factor: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] *= factor
