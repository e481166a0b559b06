"""What the published networks share: pictures in, weights from a file, numbers."""

from __future__ import annotations

import hashlib
import pickle
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import nn

from emolib import ROOT, UsageError
from emolib.files import shown

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""Means and spreads of red, green and blue that torchvision's weights expect."""
KINETICS = ((0.45,) * 3, (0.225,) * 3)
"""The same for pytorchvideo's."""


class Incoming:
    """Brings pictures as the store holds them to what a network reads.

    Colours come last and are numbers from 0 to 255, of whatever type; they go in
    first, from 0 to 1 and, if `scale` is given, less its means, by its spreads.
    """

    def __init__(self, scale: tuple[Sequence[float], Sequence[float]] | None) -> None:
        self.scale = scale

    def __call__(self, network: nn.Module, given: tuple) -> tuple:
        x = given[0].movedim(-1, 1) / 255
        if self.scale:
            room = (-1, *[1] * (x.ndim - 2))
            mean, spread = (x.new_tensor(part).view(room) for part in self.scale)
            x = (x - mean) / spread
        return (x, *given[1:])


def prepared(
    network: nn.Module,
    shape: Sequence[int],
    head: str,
    scale: tuple[Sequence[float], Sequence[float]] | None,
    least: tuple[int, ...],
    weights: str | None = None,
    checksum: str | None = None,
    frozen: bool = False,
) -> nn.Module:
    """A network that takes a shape of pictures, with published weights if wanted.

    Args:
        network: the network, as published.
        shape: of one input: (height, width, 3), with pictures in time before it.
        head: the name of its last layer.
        scale: as `Incoming`'s.
        least: height and width, at least, that the network can read; for a network
            on films, the pictures in time before them.
        weights, checksum: as `load`'s; without, it keeps its random start.
        frozen: train the last layer alone. Averages of batch normalisation go on
            following the pictures, as they do in torch unless told otherwise.
    """
    *lengths, colours = shape
    alike = len(lengths) == len(least) and colours == 3
    if not alike or any(a < b for a, b in zip(lengths, least, strict=True)):
        raise UsageError(
            f"inputs of {tuple(shape)} do not fit: this network takes {(*least, 3)} at "
            "least, colours last"
        )
    if weights:
        load(network, weights, checksum, head)
    if frozen:
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(name.startswith(f"{head}."))
    network.register_forward_pre_hook(Incoming(scale))
    return network


# -- weights ----------------------------------------------------------------


def load(
    network: nn.Module, path: str | Path, checksum: str | None, head: str = "head"
) -> None:
    """Give a network published weights.

    Args:
        network: with the names and shapes of the file.
        path: safetensors, or what `torch.save` wrote of a state, bare or under
            "model_state"; a relative one counts from the project's root.
        checksum: the file's SHA-256, or its first eight digits or more, as they
            stand in the names of torchvision's files.
        head: the name of the last layer. If the file's has other classes, the
            network keeps its own.

    Raises:
        UsageError: if there is no such file, the checksum is another, the file
            holds anything but tensors (nothing of it is run) or is of another
            network. The network is then as it was.
    """
    path = ROOT / Path(path).expanduser()
    _check(path, checksum)
    state, own = _state(path), network.state_dict()
    state = {_renamed(name): value for name, value in state.items()}
    for name, value in own.items():
        if name.endswith("num_batches_tracked"):  # a count that old files lack
            state.setdefault(name, value)
        elif name.startswith(f"{head}.") and name in state:
            classes, units = state[name].shape[:1], state[name].shape[1:]
            if units == value.shape[1:] and classes != value.shape[:1]:
                state[name] = value
    wrong = [f"lacks {name}" for name in own if name not in state]
    wrong += [f"has {name} besides" for name in state if name not in own]
    wrong += [
        f"has {name} of {tuple(state[name].shape)}, not {tuple(value.shape)}"
        for name, value in own.items()
        if name in state and state[name].shape != value.shape
    ]
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise UsageError(
            f"{shown(path)} holds the weights of another network: it "
            f"{', '.join(wrong[:3])}{more}; give the file that belongs to this one"
        )
    network.load_state_dict(state)


def _check(path: Path, checksum: str | None) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(
            f"{shown(path)}: cannot be read ({error.strerror}); weights name a file"
        ) from error
    wanted = (checksum or "").lower()
    if len(wanted) < 8:
        raise UsageError(
            f"{shown(path)}: give its checksum with it, eight digits or more of the "
            f"SHA-256 that its publisher states (this file's is {found})"
        )
    if not found.startswith(wanted):
        raise UsageError(
            f"{shown(path)} has the checksum {found}, not {wanted}: another file, or "
            "a damaged one; fetch it again"
        )


def _state(path: Path) -> Mapping[str, torch.Tensor]:
    """The tensors of a file by name; nothing in it is run."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise UsageError(
            f"{shown(path)} holds more than tensors, code perhaps; it is refused and "
            "nothing of it was run. Ask its publisher for safetensors"
        ) from error
    except (SafetensorError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise UsageError(f"{shown(path)}: not a file of weights ({error})") from error
    if isinstance(state, Mapping) and set(state) == {"model_state"}:
        state = state["model_state"]
    plain = isinstance(state, Mapping) and all(
        isinstance(name, str) and isinstance(value, torch.Tensor)
        for name, value in state.items()
    )
    if not plain:
        raise UsageError(f"{shown(path)}: not a network's state, names with tensors")
    return state


# torchvision's published transformer has older names than its code.
_OLDER = {"mlp.linear_1.": "mlp.0.", "mlp.linear_2.": "mlp.3."}


def _renamed(name: str) -> str:
    for older, name_today in _OLDER.items():
        name = name.replace(older, name_today)
    return name


# -- building ---------------------------------------------------------------


def named(**parts: nn.Module) -> nn.Sequential:
    """Layers one after the other, each with a name."""
    return nn.Sequential(OrderedDict(parts))


def eights(count: float) -> int:
    """A number of channels as a multiple of eight, hardly ever a tenth too few.

    >>> eights(24), eights(18), eights(3), eights(12)
    (24, 24, 8, 16)
    """
    near = max(8, int(count + 4) // 8 * 8)
    return near if near >= 0.9 * count else near + 8


def he(network: nn.Module, spread: float | None = None) -> nn.Module:
    """Start convolutions as He and others do, biases at 0.

    Args:
        network: all of its convolutions are started anew.
        spread: of its linear layers, if these are, too.
    """
    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.Conv3d)):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(layer, nn.Linear) and spread:
            nn.init.normal_(layer.weight, std=spread)
        else:
            continue
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    return network


def with_a_head_never_called(network: nn.Module, classes: int) -> nn.Module:
    """Set `fc` on a network that has no place for it, as published code does.

    torch takes the layer in, counts it and hands it to the optimizer, but these
    networks go through their blocks and never call it: it gets no gradient, and the
    answers keep the classes of the head that was there before.
    """
    *_, last = (m for m in network.modules() if isinstance(m, nn.Linear))
    network.fc = nn.Linear(last.in_features, classes)
    return network
