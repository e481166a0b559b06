"""A logistic regression as a few arrays: answers without what fitted it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from emolib import EmolibError
from emolib.files import write_atomic
from emolib.shipped import FOLDER


@dataclass(frozen=True)
class Answer:
    """What a model says, or why it says nothing.

    Attributes:
        label: a class; "" where it abstains.
        reason: why it abstains; "" where it answers.
        probabilities: by class; empty where nothing was asked.
    """

    label: str
    reason: str
    probabilities: dict[str, float]

    @property
    def sure(self) -> float | None:
        """The largest probability."""
        return max(self.probabilities.values(), default=None)


@dataclass(frozen=True)
class Linear:
    """Weights, a temperature and a threshold.

    Attributes:
        classes: in the order of the columns.
        weights, offset: of inputs as they come, (numbers, classes) and (classes,).
        temperature: logits are divided by it.
        threshold: below this probability of its first choice it abstains.
        limits: what its inputs had to have while it learned.
    """

    classes: tuple[str, ...]
    weights: np.ndarray
    offset: np.ndarray
    temperature: float = 1.0
    threshold: float = 0.0
    limits: tuple[float, ...] = ()

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Before the temperature, one row an input."""
        return np.asarray(x, np.float64) @ self.weights + self.offset

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """One row an input, columns as `classes`."""
        from scipy.special import softmax

        return softmax(self.logits(x) / self.temperature, axis=1)

    def answer(self, x: np.ndarray, reason: str = "") -> Answer:
        """What it says of one input, unless there is a reason to say nothing."""
        shares = self.probabilities(x[None])[0]
        if not reason and shares.max() < self.threshold:
            reason = "unsure"
        label = "" if reason else self.classes[int(shares.argmax())]
        named = dict(zip(self.classes, map(float, shares), strict=True))
        return Answer(label, reason, named)


def save(model: Linear, path: Path) -> None:
    """Write a model as safetensors, in single precision."""
    from safetensors.numpy import save as packed

    arrays = {
        "weights": model.weights,
        "offset": model.offset,
        "numbers": np.array([model.temperature, model.threshold, *model.limits]),
    }
    content = packed(
        {name: array.astype(np.float32) for name, array in arrays.items()},
        {"classes": "\n".join(model.classes)},
    )
    write_atomic(path, lambda place: place.write_bytes(content))


@cache
def load(name: str) -> Linear:
    """A shipped model.

    Raises:
        EmolibError: if its file is missing or is not what was shipped.
    """
    from safetensors import SafetensorError, safe_open

    path = FOLDER / f"{name}.safetensors"
    try:
        with safe_open(path, framework="numpy") as file:
            classes = tuple(file.metadata()["classes"].split("\n"))
            found = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise EmolibError(
            f"{path}: no weights ({error}); make them again with "
            "python -m emolib.shipped --data DIR"
        ) from error
    temperature, threshold, *limits = map(float, found["numbers"])
    arrays = found["weights"], found["offset"]
    return Linear(classes, *arrays, temperature, threshold, tuple(limits))
