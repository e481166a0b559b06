"""A trained model again, from its record and the weights beside it."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from emolib import EmolibError, code, learners


def rebuilt(record: dict, folder: Path, fold: int = 0) -> Any:
    """The trained model of a fold, from its record and its weights.

    Raises:
        EmolibError: if there are no weights, or they are of other code or inputs.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    spec = record.get("learner") or {}
    if spec.get("kind") not in ("Network", "TorchNetwork"):
        raise EmolibError(f"{record['id']}: only a network's model is kept")
    entry = next((f for f in record["folds"] if f["fold"] == fold), None)
    if entry is None:
        raise EmolibError(f"{record['id']} has no fold {fold}")
    file = weights_file(record, folder, fold)
    wanted = {"code": code_today(spec) or entry["code"]}
    wanted |= {"positions": entry.get("positions", "")}
    if not kept(file, wanted):
        raise EmolibError(
            f"{file}: {'of other code' if file.exists() else 'no such weights'}; run "
            "the study again with keep=True, as the chapter does for the models that "
            "it asks later"
        )
    design = _resolved(spec["design"], folder, fold)
    shape, classes = (
        _shape_again(record["inputs"]["shape"]),
        record["inputs"]["classes"],
    )
    model = _imported(spec["build"])(shape, classes, **design)
    try:
        _put(spec["kind"], model, load_file(file))
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise EmolibError(
            f"{file}: these weights are not those of {spec['build']} ({error})"
        ) from error
    return model


def weights_file(record: dict, folder: Path, fold: int) -> Path:
    """Where a fold's weights lie: with the local runs, wherever the record does."""
    from emolib.records import run, runs_folder

    if run.committed(folder):
        folder = runs_folder() / record["study"] / record["id"]
    return folder / f"weights-{fold}.safetensors"


def kept(file: Path, wanted: Mapping[str, str]) -> bool:
    """Whether there are weights, and of this code, these positions and inputs."""
    from safetensors import SafetensorError, safe_open

    if not file.exists():
        return False
    try:
        with safe_open(file, framework="numpy") as weights:
            notes = weights.metadata() or {}
    except SafetensorError:
        return False
    return all(notes.get(name) == value for name, value in wanted.items())


def hold_to(known: np.ndarray, again: np.ndarray, name: str) -> None:
    """Warn where a network trained again for its weights answers otherwise.

    What is asked of it then, such as why it answers so, is not about the record.

    Args:
        known: a fold's recorded probabilities.
        again: those of the network that was trained again.
        name: of the run.
    """
    others = int((known.argmax(1) != again.argmax(1)).sum())
    off = float(np.abs(known - again).max(initial=0))
    if others or off > 0.01:
        warnings.warn(
            f"{name} was trained again for its weights, and {others} of its "
            f"{len(known)} answers are others than those recorded (a probability is "
            f"up to {off:.2f} away): what it is asked now is told of this network",
            stacklevel=4,
        )


def answered(record: dict, model: Any, x: Any) -> np.ndarray:
    """What a rebuilt model says of inputs, in the record's task."""
    if record["learner"]["kind"] == "Network":
        from emolib.training import with_keras as framework
    else:
        from emolib.training import with_torch as framework
    return learners.by_task(framework.predict(model, x), record["task"])[record["task"]]


def code_today(spec: Mapping) -> str | None:
    """What the code means today that a record's learner runs; None if a notebook's."""
    if "meaning" in spec:  # it holds code of the notebook's own
        return None
    own = _code_of(spec["kind"], spec.get("build"), spec.get("step"))
    each = [own, *map(code_today, spec.get("of", ()))]  # it, and what it chooses from
    return None if None in each else " ".join(each)


_CHOOSING = {
    "Chosen": "emolib.models.leakage:_fit_chosen",
    "Nested": "emolib.models.choosing:_fit_nested",
}
"""What learners run that models define."""


@cache
def _code_of(kind: str, build: str | None, step: str | None) -> str | None:
    fit = _imported(_CHOOSING[kind]) if kind in _CHOOSING else learners.FITS.get(kind)
    try:
        reached = [_imported(address) for address in (build, step) if address]
    except EmolibError:
        return None
    return code.meaning(*reached, fit) if fit else None


def _put(kind: str, model: Any, arrays: dict[str, np.ndarray]) -> None:
    if kind == "Network":
        from emolib.training import with_keras as framework
    else:
        from emolib.training import with_torch as framework
    framework.put_weights(model, arrays)


def _resolved(design: Mapping, folder: Path, fold: int) -> dict:
    """A record's design with the models of the runs that it names."""
    from emolib.records.reading import Recorded, read_record

    found = {}
    for name, value in design.items():
        if isinstance(value, dict) and "record" in value:
            place = folder.parent / value["record"]
            parent = Recorded(read_record(place / "record.json"), place)
            number = fold if value["fold"] is None else value["fold"]
            found[name] = parent.model(number)
        else:
            found[name] = tuple(value) if isinstance(value, list) else value
    return found


def _imported(address: str) -> Callable:
    module, _, name = address.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise EmolibError(
            f"{address}: it cannot be imported, so the model cannot be built again "
            "here; run the notebook that defines it"
        ) from error
    return found


def _shape_again(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {name: tuple(part) for name, part in shape.items()}
    return tuple(shape)
