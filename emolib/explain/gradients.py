"""Explanations of torch networks: Grad-CAM, integrated gradients, shuffled weights.

What `filters` and `checks` do for Keras, with torch's own hooks and slopes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from emolib import UsageError

if TYPE_CHECKING:
    import torch

BATCH = 16


def is_torch(model: object) -> bool:
    """Whether a model is torch's; without importing it."""
    return hasattr(model, "named_modules")


def gradcam(
    model: torch.nn.Module,
    x: np.ndarray,
    numbers: Sequence[int],
    layer: str = "",
    task: str = "",
) -> np.ndarray:
    """Where filters of a layer fire that speak for a class; as `filters.gradcam`.

    Args:
        model: gives logits; of several tasks a dict of them.
        x: inputs, one row an item: pictures, or films.
        numbers: of the class that each item is asked for.
        layer: name of the layer; of none the last that gives maps.
        task: whose logits are meant, where there are several.

    Returns:
        (items, height, width), of films with time before them, in the layer's own
        resolution, each divided by its highest value; 0 throughout where nothing
        speaks for the class.

    Raises:
        UsageError: for a layer that the model lacks or that gives no maps.
    """
    name = layer or last_maps(model, x[:1])
    if name not in dict(model.named_modules()):
        known = ", ".join(maps_of(model, x[:1]))
        raise UsageError(f"{name!r} is no layer; of these, one gives maps: {known}")
    given: list[torch.Tensor] = []
    hook = model.get_submodule(name).register_forward_hook(
        lambda *parts: given.append(parts[2])
    )
    try:
        found = []
        for some in _batches(len(x)):
            given.clear()
            score = _scores(model, _tensor(model, x[some]), numbers[some], task)
            fired = given[-1]
            if fired.ndim < 4:
                known = ", ".join(maps_of(model, x[:1]))
                raise UsageError(f"{name!r} gives no maps; of these one does: {known}")
            slope = _slope(score, fired)
            places = tuple(range(2, fired.ndim))
            weights = slope.mean(dim=places, keepdim=True)
            found.append((weights * fired).sum(1).clamp(min=0).detach().cpu().numpy())
    finally:
        hook.remove()
    maps = np.concatenate(found)
    most = maps.reshape(len(maps), -1).max(axis=1).reshape(-1, *[1] * (maps.ndim - 1))
    return np.divide(maps, most, out=np.zeros_like(maps), where=most > 0)


def integrated(
    model: torch.nn.Module,
    x: np.ndarray,
    numbers: Sequence[int],
    base: np.ndarray,
    task: str = "",
    steps: int = 32,
) -> np.ndarray:
    r"""What each number of an input adds to a class's score (Sundararajan et al. 2017).

    .. math:: (x_i - b_i) \int_0^1
        \frac{\partial s(b + t (x - b))}{\partial x_i} \, dt

    the slope on the straight way from a base to the input, by Gauss and Legendre's
    rule, as captum has it. All together they make up the score less that of the base.

    Args:
        model, x, numbers, task: as in `gradcam`.
        base: where the way begins, such as the mean picture; like one row of `x`.
        steps: places at which slopes are taken.

    Returns:
        Like `x`, float32.
    """
    import torch

    places, shares = np.polynomial.legendre.leggauss(steps)
    start, found = _tensor(model, base[None]), []
    for some in _batches(len(x)):
        way, total = _tensor(model, x[some]) - start, 0.0
        for place, share in zip((places + 1) / 2, shares / 2, strict=True):
            at = (start + place * way).detach().requires_grad_()
            score = _scores(model, at, numbers[some], task)
            total = total + share * torch.autograd.grad(score.sum(), at)[0]
        found.append((way * total).detach().cpu().numpy())
    return np.concatenate(found)


def shuffled(model: torch.nn.Module, seed: int = 0) -> torch.nn.Module:
    """A copy whose weights are the same numbers elsewhere, layer by layer."""
    import copy

    import torch

    other, chance = copy.deepcopy(model), np.random.default_rng(seed)
    with torch.no_grad():
        for weight in other.parameters():
            values = weight.cpu().numpy()
            dealt = chance.permutation(values.ravel()).reshape(values.shape)
            weight.copy_(torch.from_numpy(dealt))
    return other


def maps_of(model: torch.nn.Module, x: np.ndarray) -> list[str]:
    """The layers that give maps of more than one place, in the order they are used."""
    import torch

    found: dict[str, None] = {}

    def noted(name: str) -> Callable:
        def note(_, __, output) -> None:
            maps = getattr(output, "ndim", 0) >= 4 and output.shape[-1] > 1
            found.update({name: None} if maps else {})

        return note

    leaves = [(n, m) for n, m in model.named_modules() if not any(m.children())]
    hooks = [module.register_forward_hook(noted(name)) for name, module in leaves]
    try:
        with torch.no_grad():
            model.eval()(_tensor(model, x))
    finally:
        for hook in hooks:
            hook.remove()
    return list(found)


def last_maps(model: torch.nn.Module, x: np.ndarray) -> str:
    """The last layer that gives maps of more than one place."""
    if not (names := maps_of(model, x)):
        raise UsageError("none of this network's layers gives maps")
    return names[-1]


def _scores(model, x: torch.Tensor, numbers: Sequence[int], task: str) -> torch.Tensor:
    """Each row's score for its own class, before softmax."""
    import torch

    given = model.eval()(x)
    if isinstance(given, Mapping):
        if task not in given:
            raise UsageError(f"task={task!r}: this network answers {', '.join(given)}")
        given = given[task]
    wanted = torch.as_tensor(np.asarray(numbers), dtype=torch.int64, device=x.device)
    return given.gather(1, wanted[:, None])[:, 0]


def _slope(score: torch.Tensor, fired: torch.Tensor) -> torch.Tensor:
    import torch

    (slope,) = torch.autograd.grad(score.sum(), fired, allow_unused=True)
    return torch.zeros_like(fired) if slope is None else slope


def _tensor(model: torch.nn.Module, x: np.ndarray) -> torch.Tensor:
    """As floats that slopes go through, where the model lies."""
    import torch

    device = next(model.parameters()).device
    return torch.tensor(np.asarray(x, np.float32), device=device, requires_grad=True)


def _batches(count: int) -> list[slice]:
    return [slice(start, start + BATCH) for start in range(0, count, BATCH)]
