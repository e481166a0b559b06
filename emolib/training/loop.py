"""What happens between two epochs, whatever the framework."""

from __future__ import annotations

import hashlib
import json
import math
import sys
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from emolib import EmolibError, UsageError
from emolib.files import write_atomic

Inputs = Any
"""An array, a memory map or a stream: it has a length and a shape, and gives the
rows that it is asked for."""

Targets = np.ndarray | Mapping[str, np.ndarray]
Pair = tuple[Inputs, Targets]

MEASURED = ("loss", "accuracy", "val_loss", "val_accuracy")

LEAST = 1e-4
"""How far a loss must fall to count as better, as in Keras' ReduceLROnPlateau."""


class State(Protocol):
    """All numbers that a training depends on, whatever the framework."""

    rate: float

    def read(self) -> dict[str, np.ndarray]: ...
    def write(self, arrays: dict[str, np.ndarray]) -> None: ...
    def describe(self) -> str: ...
    def reduce_rate(self, factor: float) -> None: ...


def generator(seed: int, epoch: int) -> np.random.Generator:
    """The source of chance of one epoch."""
    return np.random.default_rng([seed, epoch])


def batches(
    items: int, batch: int, seed: int | None = None, epoch: int = 0
) -> list[np.ndarray]:
    """Rows of each batch; shuffled if there is a seed, else in order.

    Rows are sorted within a batch: the step is the same, and a memory map is
    read from front to back.
    """
    order = np.arange(items)
    if seed is not None:
        order = generator(seed, epoch).permutation(items)
    return [np.sort(order[i : i + batch]) for i in range(0, items, batch)]


def named(x: np.ndarray) -> np.ndarray | dict[str, np.ndarray]:
    """A batch as a model wants it: a structured array's fields by their names.

    >>> pairs = np.zeros(2, [("film", "u1", 3), ("voice", "f4")])
    >>> {name: part.shape for name, part in named(pairs).items()}
    {'film': (2, 3), 'voice': (2,)}
    """
    fields = getattr(x.dtype, "names", None)
    return {name: x[name] for name in fields} if fields else x


def rows_of(y: Targets, rows: np.ndarray) -> Targets:
    """Some rows of targets, of each of several."""
    if isinstance(y, Mapping):
        return {name: part[rows] for name, part in y.items()}
    return y[rows]


def targets_in(y: Targets) -> dict[str, np.ndarray]:
    """Targets by name, whether there are several or one."""
    return dict(y) if isinstance(y, Mapping) else {"": y}


@dataclass
class Loop:
    """One training: its history, its checkpoint, its end.

    Learning rate and early stopping follow from the history alone, so nothing
    of them needs keeping beside it.
    """

    state: State
    x: Inputs
    y: Targets
    epochs: int
    batch: int
    seed: int
    validation: Pair | None
    reduce_rate: tuple[int, float] | None
    stop_after: int | None
    checkpoint: Path | None
    save_every: float
    progress: bool
    rows: list[dict] = field(default_factory=list)
    best: dict[str, np.ndarray] = field(default_factory=dict)
    kept: int = 0
    saved: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.checkpoint = Path(self.checkpoint) if self.checkpoint else None
        for x, y in filter(None, [(self.x, self.y), self.validation]):
            for part in targets_in(y).values():
                if len(x) != len(part) or not len(x):
                    raise UsageError(
                        f"{len(x)} inputs and {len(part)} targets: there must be as "
                        "many of one as of the other, and at least one"
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
        if self.checkpoint:
            _ = self._call  # before anything of it changes
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
        row |= dict.fromkeys(MEASURED, math.nan)
        row |= {name: float(value) for name, value in measured.items()}
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
        if self.over or time.monotonic() - self.saved >= self.save_every:
            self._save()
        self._say(self._line(row))

    def history(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows)

    @cached_property
    def _call(self) -> dict[str, str]:
        """What must be the same for a checkpoint to be continued."""
        targets = targets_in(self.y)
        return {
            "model": hashlib.sha256(self.state.describe().encode()).hexdigest()[:12],
            "rate": f"{self.state.rate:.6g}",
            "x": _told(self.x, self.batch),
            "y": " ".join(_told(part, self.batch) for part in targets.values()),
            "validation": _told(self.validation[0], self.batch)
            if self.validation
            else "none",
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
        arrays = self.state.read() | {f"best/{k}": v for k, v in self.best.items()}
        notes = {"call": self._call, "rows": self.rows}
        notes["checksum"] = _checksum(arrays, notes)
        content = save(arrays, {name: json.dumps(note) for name, note in notes.items()})
        try:
            write_atomic(self.checkpoint, lambda path: path.write_bytes(content))
        except EmolibError as error:
            raise EmolibError(f"{error}; {self._kept()}") from error
        self.kept, self.saved = self.done, time.monotonic()

    def _load(self) -> None:
        from safetensors import SafetensorError, safe_open

        if not self.checkpoint or not self.checkpoint.exists():
            return
        try:
            with safe_open(self.checkpoint, framework="numpy") as file:
                arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                notes = {k: json.loads(v) for k, v in file.metadata().items()}
                kept, call, rows = notes.pop("checksum"), notes["call"], notes["rows"]
        except (SafetensorError, AttributeError, KeyError, ValueError) as error:
            raise UsageError(
                f"{self.checkpoint} is no checkpoint of this module ({error}); "
                "remove it or name another"
            ) from error
        if kept != _checksum(arrays, notes):
            raise UsageError(
                f"{self.checkpoint} is damaged or was edited: it holds something else "
                "than was written. Remove it to start anew"
            )
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


def _checksum(arrays: dict[str, np.ndarray], notes: dict) -> str:
    """Of all that a checkpoint holds."""
    digest = hashlib.blake2b(json.dumps(notes, sort_keys=True).encode(), digest_size=8)
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(array.reshape(-1).view(np.uint8))
    return digest.hexdigest()


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


def _told(x: Inputs, batch: int) -> str:
    """What tells two sets of inputs apart: type, shape and a checksum."""
    if hasattr(x, "checksum"):
        return f"{x.dtype} {x.shape}, checksum {x.checksum()}"
    found = 0
    for rows in batches(len(x), batch):  # never all of it at once
        found = zlib.crc32(np.ascontiguousarray(x[rows]).tobytes(), found)
    return f"{x.dtype} {x.shape}, checksum {found:08x}"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
