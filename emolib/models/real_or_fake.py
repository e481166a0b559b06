"""The networks of document E, with its losses.

Networks with one head and published weights are in `backbones`; here two heads are
set on them, and the small networks over time stand, which have no weights to take.
What the document leaves open follows code published under its title
(dimgag/Genuine_Posed_EmotionRecognition), which may not be what ran: widths of heads,
layers of the 3D-CNN and the LSTM, alpha and gamma, rates.

Its scheduler is a learner's `reduce_rate`. torch's reduces after one bad epoch more
than its patience says: the published patience of 2 and factor of 0.5, stepped on the
test loss, are `reduce_rate=(3, 0.5), watch="test"`.

This module imports torch outright.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn import functional

from emolib import UsageError, labels
from emolib.models.backbones import (
    common,
    efficientnet_v2,
    inception_resnet,
    resnet,
    slow,
    vgg16,
    vit,
)
from emolib.models.common import scaled

if TYPE_CHECKING:
    from emolib.experiment import Examples
    from emolib.learners import TorchNetwork
    from emolib.records import Seeds

TASKS = ("emotion", "authenticity")


def twelve(clips: pd.DataFrame) -> pd.DataFrame:
    """Clips with a column `twelve`, their class of `labels.TWELVE`.

    >>> clips = {"emotion": ["sad"] * 2, "authenticity": ["genuine", "posed"]}
    >>> twelve(pd.DataFrame(clips))["twelve"].tolist()
    ['sad', 'posed sad']
    """
    posed = clips["authenticity"].map({"genuine": "", "posed": "posed "})
    return clips.assign(twelve=posed + clips["emotion"])


# -- losses -----------------------------------------------------------------

LOSSES = ("cross-entropy", "multi-focal")
TOTALS = ("sum", "precision", "batch accuracy")
TERMS = {"both": 1.0, "opposed": -1.0, "true class": 0.0}
"""What stands before the second half of the multi-focal loss; see `multi_focal`."""


def multi_focal(
    logits: torch.Tensor,
    y: torch.Tensor,
    alpha: float = 0.25,
    gamma: float = 2.0,
    outputs: str = "softmax",
    terms: str = "both",
) -> torch.Tensor:
    r"""The document's equation 3.2, averaged over the items of a batch.

    .. math:: - \sum_{i} \alpha (1 - \sigma_i)^\gamma y_i \log \sigma_i
              + (1 - \alpha) \sigma_i^\gamma (1 - y_i) \log (1 - \sigma_i)

    A sum ends, by custom, before the next plus, and the minus with it; but then the
    second half, which is below zero, is added: the loss falls without end as the
    network grows sure of a wrong class. So the minus must be meant for both halves,
    as in the work that the document cites.

    Args:
        logits: one row an item, one column a class.
        y: class numbers.
        alpha, gamma: the document gives neither; these are the published code's.
        outputs: "softmax" of all classes or "sigmoid" of each alone makes the
            outputs. The document calls them categorical, and a loss for several
            labels.
        terms: "both" is as meant, "opposed" as custom reads it, "true class" the
            first half alone, as the published code has it.
    """
    # Half precision has too few digits for small shares.
    logits = logits.to(torch.promote_types(logits.dtype, torch.float32))
    if outputs == "sigmoid":
        yes, no = functional.logsigmoid(logits), functional.logsigmoid(-logits)
    else:
        # Without 1 - softmax, which is 0 in float32 where the network is sure.
        classes = logits.shape[1]
        own = torch.eye(classes, dtype=torch.bool, device=logits.device)
        others = logits[:, None].expand(-1, classes, -1).masked_fill(own, -math.inf)
        everything = logits.logsumexp(1, keepdim=True)
        yes, no = logits - everything, others.logsumexp(2) - everything
    true = functional.one_hot(y, logits.shape[1]).to(logits.dtype)
    first = alpha * (gamma * no).exp() * true * yes
    second = (1 - alpha) * (gamma * yes).exp() * (1 - true) * no
    return -(first + TERMS[terms] * second).sum(1).mean()


def costs_so(sure: Iterable[float], **reading: float | str) -> list[float]:
    """What `multi_focal` costs a network that is ever surer of one of six classes.

    Args:
        sure: by how much that class' logit is above the others, which are alike:
            below zero of the true class, else of a wrong one.
        reading: what `multi_focal` takes.

    >>> [round(cost, 4) for cost in costs_so([0], alpha=1.0, gamma=0.0)]  # ln 6
    [1.7918]
    """
    logits = [torch.eye(6)[[0 if far < 0 else 1]] * abs(far) for far in sure]
    return [multi_focal(one, torch.tensor([0]), **reading).item() for one in logits]


def precision(predicted: torch.Tensor, y: torch.Tensor) -> float:
    """Of the answers for each class, the share that is right; the mean over classes.

    Classes that are neither shown nor answered in a batch do not count; one that is
    shown and never answered counts 0, as in scikit-learn.

    >>> precision(torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 1, 1]))
    0.75
    """
    count = int(torch.maximum(predicted.max(), y.max())) + 1
    answered = predicted.bincount(minlength=count)
    right = predicted[predicted == y].bincount(minlength=count)
    there = (answered + y.bincount(minlength=count)) > 0
    return (right / answered.clamp(min=1))[there].mean().item()


def accuracy(predicted: torch.Tensor, y: torch.Tensor) -> float:
    """The share of answers that are right: precision with all classes in one pot."""
    return (predicted == y).float().mean().item()


@dataclass(frozen=True)
class Objective:
    """What a network with two heads is trained for: a row of the document's Table 4.6.

    Args:
        emotion_loss, authenticity_loss: one of `LOSSES` each.
        total: how the two become one: their "sum"; each times its "precision" in
            the batch (equation 3.3, and 4.4 for each class); or each times its
            "batch accuracy", which is what the published code calls precision. No
            gradient goes through a weight: it is a count.
        alpha, gamma, outputs, terms: as in `multi_focal`.
    """

    emotion_loss: str = "cross-entropy"
    authenticity_loss: str = "cross-entropy"
    total: str = "sum"
    alpha: float = 0.25
    gamma: float = 2.0
    outputs: str = "softmax"
    terms: str = "both"

    def __post_init__(self) -> None:
        known = {
            "emotion_loss": LOSSES,
            "authenticity_loss": LOSSES,
            "total": TOTALS,
            "outputs": ("softmax", "sigmoid"),
            "terms": tuple(TERMS),
        }
        for name, words in known.items():
            value = getattr(self, name)
            if value not in words:
                raise UsageError(f"{name}={value!r} is none of {', '.join(words)}")
        if not 0 <= self.alpha <= 1 or self.gamma < 0:
            raise UsageError(
                f"alpha={self.alpha}, gamma={self.gamma}: alpha lies between 0 and 1, "
                "gamma is 0 or more"
            )

    def loss(self, task: str, logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """The loss of one task."""
        if getattr(self, f"{task}_loss") == "cross-entropy":
            return functional.cross_entropy(logits, y)
        return multi_focal(logits, y, self.alpha, self.gamma, self.outputs, self.terms)

    def weight(self, predicted: torch.Tensor, y: torch.Tensor) -> float:
        """How much a task's loss counts in this batch."""
        if self.total == "sum":
            return 1.0
        return (precision if self.total == "precision" else accuracy)(predicted, y)


def both_tasks(
    model: nn.Module, x: torch.Tensor, y: Mapping[str, torch.Tensor]
) -> tuple[torch.Tensor, dict[str, float]]:
    """A step for `TorchNetwork` with a network of two heads.

    Of each task it reports loss, accuracy and weight, and as `accuracy` the share of
    items of which both answers are right, the document's overall accuracy.
    """
    heads = next(part for part in model.modules() if isinstance(part, Heads))
    objective, total, told, right = heads.objective, 0.0, {}, []
    for task, logits in model(x).items():
        answers = logits.argmax(1)
        loss = objective.loss(task, logits, y[task])
        weight = objective.weight(answers, y[task])
        total = total + weight * loss
        right.append(answers == y[task])
        told |= {f"{task}_loss": loss.item(), f"{task}_weight": weight}
        told[f"{task}_accuracy"] = accuracy(answers, y[task])
    both = torch.stack(right).all(0).float().mean().item()
    return total, {"accuracy": both, **told}


def totals(network: nn.Module, examples: Examples) -> pd.DataFrame:
    """What one batch gives by each of `TOTALS`: losses and weights of both tasks.

    Args:
        network: of two heads; its objective is put back.
        examples: of two tasks.
    """
    heads = next(part for part in network.modules() if isinstance(part, Heads))
    own, x = heads.objective, torch.from_numpy(examples.x[:])
    y = {task: torch.from_numpy(of) for task, of in examples.targets.items()}
    found = {}
    for total in TOTALS:
        heads.objective = replace(own, total=total)
        found[total] = both_tasks(network, x, y)[1]
    heads.objective = own
    return pd.DataFrame(found).T.filter(regex="loss|weight")


def tested_loss(
    answers: Mapping[str, pd.DataFrame], objective: Objective
) -> dict[str, float]:
    """What a network's answers cost by its own formula, over all that was tested.

    Args:
        answers: of each task, `predictions` of a run, in one order.
        objective: what the network was trained for. As in training, each task's loss
            is weighted, but by all answers at once and not batch by batch.

    Returns:
        `emotion` and `authenticity`, the loss of each, and `total`.
    """
    found, total = {}, 0.0
    for task, table in answers.items():
        classes = [name for name in table.columns if table[name].dtype == np.float32]
        # The softmax of logarithms of probabilities is these probabilities.
        scores = np.clip(table[classes].to_numpy(np.float64), 1e-12, None)
        logits = torch.from_numpy(np.log(scores))
        y = torch.tensor([classes.index(name) for name in table["label"]])
        found[task] = objective.loss(task, logits, y).item()
        total += objective.weight(logits.argmax(1), y) * found[task]
    return found | {"total": total}


def cost(of: Mapping[str, Seeds], design: Mapping) -> float:
    """`tested_loss`' total of a network's runs, the mean over its seeds.

    Args:
        of: of each task, its runs.
        design: the network's; what it says of an `Objective` counts.
    """
    names = {field.name for field in fields(Objective)} & set(design)
    objective = Objective(**{name: design[name] for name in names})
    each = zip(*(of[task].runs for task in TASKS), strict=True)
    totals = [
        tested_loss(
            {task: run.predictions for task, run in zip(TASKS, pair, strict=True)},
            objective,
        )["total"]
        for pair in each
    ]
    return float(np.mean(totals))


def costs(
    runs: Mapping[str, Mapping[str, Seeds]], learners: Mapping[str, TorchNetwork]
) -> dict[str, float]:
    """`cost` of each learner of two tasks that has run.

    Args:
        runs: for each task, by the learner's name.
        learners: by name.
    """
    return {
        name: cost({task: runs[task][name] for task in TASKS}, one.design)
        for name, one in learners.items()
        if all(name in runs[task] for task in TASKS)
    }


def both_right(emotion: pd.DataFrame, authenticity: pd.DataFrame) -> pd.DataFrame:
    """Answers of two heads as answers about `labels.TWELVE`.

    Args:
        emotion, authenticity: `predictions` of the two runs, row by row of the same
            items.
    """
    keys = [name for name in ("clip", "subject", "frame", "fold") if name in emotion]
    if not emotion[keys].equals(authenticity[keys]):
        raise UsageError("these answers are not of the same items in the same order")
    heads = emotion[list(labels.SASEFE)], authenticity[list(labels.AUTHENTICITY)]
    posed = authenticity["label"].map({"genuine": "", "posed": "posed "})
    both = together(*(head.to_numpy() for head in heads))
    scores = pd.DataFrame(both, columns=list(labels.TWELVE))
    return emotion[keys].assign(label=posed + emotion["label"]).join(scores)


def together(emotion: np.ndarray, authenticity: np.ndarray) -> np.ndarray:
    """Two tasks' probabilities as those of `labels.TWELVE`'s classes.

    The likeliest of the twelve is the likeliest emotion with the likeliest of genuine
    and posed, so its accuracy is the document's overall accuracy.

    >>> together(np.array([[0.75, 0.25]]), np.array([[0.5, 0.5]])).tolist()
    [[0.375, 0.125, 0.375, 0.125]]
    """
    return np.einsum("na,ne->nae", authenticity, emotion).reshape(len(emotion), -1)


# -- one head ---------------------------------------------------------------


def begun(
    network: nn.Module, head: str, start: nn.Module | None, frozen: bool = False
) -> nn.Module:
    """Give a network what another of its kind has learned, all but the last layer.

    Args:
        network: any of `backbones`.
        head: the name of its last layer.
        start: the other one; None leaves the random start.
        frozen: train the last layer alone. Its averages of batch normalisation still
            follow the pictures, as they do in torch.
    """
    if start is not None:
        own, state = network.state_dict(), start.state_dict()
        kept = {k: v for k, v in state.items() if not k.startswith(f"{head}.")}
        wrong = [k for k, v in kept.items() if k not in own or own[k].shape != v.shape]
        if wrong or len(own) != len(state):
            raise UsageError(
                "a network begins with what one of its own kind has learned; this one "
                f"is another: {', '.join(wrong[:3]) or 'it has other layers'}"
            )
        network.load_state_dict(own | kept)
    if frozen:
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(name.startswith(f"{head}."))
    return network


def one_head(
    shape: tuple[int, ...],
    classes: int,
    *,
    network: str,
    start: nn.Module | None = None,
    before: str = "nothing",
    frozen: bool = False,
    augment: float = 0.0,
    **design,
) -> nn.Module:
    """One of `NETWORKS` with one classification head.

    Args:
        network: a key of `NETWORKS`.
        start, frozen: as in `begun`.
        before: what `start` has learned, in a word, for the record.
        augment: as `augmented`'s degrees; 0 leaves pictures as they are.
        design: what else the network takes: width, depth, repeats, weights.
    """
    if network not in NETWORKS:
        raise UsageError(f"no network {network!r}; there are {', '.join(NETWORKS)}")
    build, head = NETWORKS[network]
    found = begun(build(shape, classes, **design), head, start, frozen)
    return augmented(found, augment) if augment else found


NETWORKS = {
    "VGG16": (vgg16.vgg16, vgg16.HEAD),
    "EfficientNetV2M": (efficientnet_v2.efficientnet_v2_m, efficientnet_v2.HEAD),
    "ViT_B.16": (vit.vit_b_16, vit.HEAD),
    "InceptionResNetV1": (inception_resnet.inception_resnet_v1, inception_resnet.HEAD),
    "HydraNet": (resnet.resnet18, resnet.HEAD),
}
"""The networks of Tables 4.3 and 4.4 by the names printed there, and their last
layers; HydraNet's is what stands below its two heads."""


WEIGHTED = (*NETWORKS, "X3D", "3D-RESNET")
"""The networks that may begin with published weights, by the names in the tables."""


def published(given: Iterable[str], network: str) -> dict[str, str]:
    """A network's published weights, if they were given, as a design has them.

    Args:
        given: a line each: a network's name, a file, its checksum.
        network: one of `WEIGHTED`.

    Raises:
        UsageError: if a line is none of that, whichever network is asked for: else
            an hour could go by until it is missed.

    >>> published(["VGG16 data/vgg16.pth 8a90"], "VGG16")
    {'weights': 'data/vgg16.pth', 'checksum': '8a90'}
    >>> published(["VGG16 data/vgg16.pth 8a90"], "HydraNet")
    {}
    """
    known = {}
    for line in given:
        name, *rest = line.split() or [""]
        if name not in WEIGHTED or len(rest) != 2:
            raise UsageError(
                f"weights={line!r}: wanted are a network ({', '.join(WEIGHTED)}), a "
                "file without blanks in its name, and its checksum"
            )
        known[name] = rest
    return dict(zip(("weights", "checksum"), known.get(network, ()), strict=False))


def weights_in(network: str, **design) -> int:
    """How many numbers one of `NETWORKS` with twelve classes learns.

    >>> weights_in("VGG16")  # with a thousand classes 138357544
    134309708
    """
    with torch.device("meta"):  # without room for one of them
        built = one_head((224, 224, 3), 12, network=network, **design)
    return sum(part.numel() for part in built.parameters())


# -- two heads --------------------------------------------------------------


class Heads(nn.Module):
    """A hidden layer and a decision for each task.

    Args:
        coming: numbers that come in.
        units: of a hidden layer.
        classes: of each task.
        objective: what the network is trained for; it is kept here, where a step
            finds it and a checkpoint tells it from another.
        unit_length: bring what comes in to length 1 first.
    """

    def __init__(
        self,
        coming: int,
        units: int,
        classes: Mapping[str, int],
        objective: Objective,
        unit_length: bool = False,
    ) -> None:
        super().__init__()
        for task, count in classes.items():
            layers = nn.Linear(coming, units), nn.ReLU(), nn.Linear(units, count)
            self.add_module(task, nn.Sequential(*layers))
        self.objective, self.unit_length = objective, unit_length

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        if self.unit_length:
            x = functional.normalize(x)
        return {task: head(x) for task, head in self.named_children()}

    def extra_repr(self) -> str:
        return f"{self.objective}, unit_length={self.unit_length}"


def with_two_heads(
    network: nn.Module,
    head: str,
    classes: Mapping[str, int],
    units: int,
    unit_length: bool = False,
    **objective,
) -> nn.Module:
    """Set two heads on a network, in the place of its last layer.

    Args:
        network: any of `backbones`, or of this module.
        head: the name of its last layer.
        classes: how many of each of `TASKS`.
        units: of each head's hidden layer.
        unit_length: as in `Heads`.
        objective: fields of `Objective`.
    """
    if not isinstance(classes, Mapping) or set(classes) != set(TASKS):
        raise UsageError(
            f"two heads want the classes of {' and '.join(TASKS)}, not {classes}; give "
            "examples with these two tasks"
        )
    known = [field.name for field in fields(Objective)]
    if unknown := sorted(set(objective) - set(known)):
        raise UsageError(
            f"no setting {', '.join(unknown)}; losses have {', '.join(known)}"
        )
    coming = network.get_submodule(head).in_features
    heads = Heads(coming, units, classes, Objective(**objective), unit_length)
    network.set_submodule(head, heads)
    return network


def hydra_net(
    shape: tuple[int, ...],
    classes: Mapping[str, int],
    *,
    width: float = 1.0,
    blocks: int = 2,
    start: nn.Module | None = None,
    before: str = "nothing",
    augment: float = 0.0,
    normalised: bool = True,
    weights: str | None = None,
    checksum: str | None = None,
    frozen: bool = False,
    **objective,
) -> nn.Module:
    """ResNet-18 with two heads of 512 units.

    Args:
        width, blocks, normalised, weights, checksum, frozen: as `resnet18`'s.
        start, before: as in `one_head`.
        augment: as `augmented`'s degrees; 0 leaves pictures as they are.
        objective: fields of `Objective`.
    """
    network = resnet.resnet18(
        shape, 1, width, blocks, normalised, weights, checksum, frozen
    )
    network = begun(network, resnet.HEAD, start)
    network = augmented(network, augment) if augment else network
    units = scaled(512, width)
    return with_two_heads(network, resnet.HEAD, classes, units, **objective)


def inception_two_heads(
    shape: tuple[int, ...],
    classes: Mapping[str, int],
    *,
    width: float = 1.0,
    repeats: tuple[int, int, int] = (5, 10, 5),
    unit_length: bool = True,
    start: nn.Module | None = None,
    before: str = "nothing",
    augment: float = 0.0,
    normalised: bool = True,
    weights: str | None = None,
    checksum: str | None = None,
    frozen: bool = False,
    **objective,
) -> nn.Module:
    """InceptionResnetV1 with two heads of 256 units.

    The published code goes through the network once for each head, so that in
    training each sees another dropout; here both see the same.

    Args:
        width, repeats, normalised, weights, checksum, frozen: as
            `inception_resnet_v1`'s.
        unit_length: bring the 512 numbers to length 1 before the heads, as
            facenet-pytorch does where it is not asked to classify.
        start, before: as in `one_head`.
        augment: as `augmented`'s degrees; 0 leaves pictures as they are.
        objective: fields of `Objective`.
    """
    network = inception_resnet.inception_resnet_v1(
        shape, 1, width, tuple(repeats), normalised, weights, checksum, frozen
    )
    network = begun(network, inception_resnet.HEAD, start)
    network = augmented(network, augment) if augment else network
    units, head = scaled(256, width), inception_resnet.HEAD
    return with_two_heads(network, head, classes, units, unit_length, **objective)


def augmented(network: nn.Module, degrees: float = 10.0) -> nn.Module:
    """Flip and turn pictures before a network, in training only.

    Each is flipped sideways or not, and turned by up to so many degrees; the
    document does not say how far.
    """
    network.register_forward_pre_hook(Turning(degrees))
    return network


class Turning:
    """Flips and turns pictures of a network in training, colours first."""

    def __init__(self, degrees: float) -> None:
        self.degrees = degrees

    def __call__(self, network: nn.Module, given: tuple) -> tuple:
        if not network.training:
            return given
        x, *others = given
        flips = torch.randint(0, 2, (len(x),), device=x.device) * 2 - 1
        angles = (torch.rand(len(x), device=x.device) * 2 - 1) * self.degrees
        turns = torch.zeros(len(x), 2, 3, dtype=x.dtype, device=x.device)
        cos, sin = angles.deg2rad().cos(), angles.deg2rad().sin()
        # Shares of a side are another length down than across.
        tall = x.shape[2] / x.shape[3]
        turns[:, 0, 0], turns[:, 0, 1] = cos * flips, -sin * tall * flips
        turns[:, 1, 0], turns[:, 1, 1] = sin / tall, cos
        grid = functional.affine_grid(turns, x.shape, align_corners=False)
        return functional.grid_sample(
            x, grid, padding_mode="border", align_corners=False
        ), *others


# -- over time --------------------------------------------------------------

OPTIMISED = {
    "Adam": {"optimizer": "Adam", "rate": 0.001},
    "RMSprop": {"optimizer": "RMSprop", "rate": 0.01},
    "Adagrad": {"optimizer": "Adagrad", "rate": 0.01},
    "SGD": {"optimizer": "SGD", "rate": 0.001, "momentum": 0.9},
    "SGD + Regularization": {
        "optimizer": "SGD",
        "rate": 0.001,
        "momentum": 0.9,
        "decay": 0.01,
        "design": {"dropout": 0.5},
    },
}
"""The 3D-CNN's rows of Table 4.7 as fields of a `TorchNetwork`.

Optimisers' settings are the published code's; the kind of regularisation is given
nowhere, and is weight decay with dropout here.
"""
HEAD = "fc2"


def cnn_3d(
    shape: tuple[int, ...],
    classes: int,
    *,
    width: float = 1.0,
    dropout: float = 0.0,
) -> nn.Module:
    """Three convolutions over time, height and width, and two dense layers.

    Args:
        shape: of a film: pictures, height, width and three colours.
        classes: logits that it gives.
        width: factor on channels and units.
        dropout: share dropped before the last layer.
    """
    parts, coming = {}, 3
    for number, (channels, stride, pooled) in enumerate(
        ((16, 2, (1, 2, 2)), (32, 1, (1, 2, 2)), (64, 1, (2, 2, 2))), 1
    ):
        leaving, strides = scaled(channels, width), (1, stride, stride)
        around = nn.Conv3d(coming, leaving, (3, 5, 5), strides, (1, 2, 2))
        parts |= {f"conv{number}": around, f"bn{number}": nn.BatchNorm3d(leaving)}
        parts |= {f"relu{number}": nn.ReLU(), f"pool{number}": nn.MaxPool3d(pooled)}
        coming = leaving
    frames, *sides = shape[:3]
    places = frames // 2 * math.prod((side + 1) // 2 // 8 for side in sides)
    units = scaled(512, width)
    network = common.named(
        **parts,
        flatten=nn.Flatten(),
        fc1=nn.Linear(max(1, coming * places), units),
        relu4=nn.ReLU(),
        dropout=nn.Dropout(dropout),
        fc2=nn.Linear(units, classes),
    )
    return common.prepared(network, shape, HEAD, None, least=(2, 15, 15))


class Reading(nn.Module):
    """A film as steps, read by an LSTM; what it says last."""

    def __init__(self, coming: int, units: int, over: str) -> None:
        super().__init__()
        self.lstm, self.over = nn.LSTM(coming, units, 2, batch_first=True), over

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        steps = x.movedim(2, 1) if self.over == "frames" else x
        return self.lstm(steps.flatten(2))[0][:, -1]


def frame_lstm(
    shape: tuple[int, ...],
    classes: int,
    *,
    width: float = 1.0,
    over: str = "frames",
) -> nn.Module:
    """Pictures as rows of numbers, one after the other, read by an LSTM.

    Args:
        shape, classes, width: as `cnn_3d`'s.
        over: "frames" takes a picture for a step. In the published code an LSTM
            reads 20 x 224 x 224 numbers at a step, and the films that it is handed
            have colours first: as they stand, its steps are the three colours, each
            with all pictures at once. "colours" is that.
    """
    if over not in ("frames", "colours"):
        raise UsageError(f"over={over!r} is none of frames, colours")
    steps = shape[0] if over == "frames" else shape[3]
    units, dense = scaled(256, width), scaled(512, width)
    network = common.named(
        lstm1=Reading(math.prod(shape) // steps, units, over),
        fc1=nn.Linear(units, dense),
        relu1=nn.ReLU(),
        fc2=nn.Linear(dense, classes),
    )
    return common.prepared(network, shape, HEAD, None, least=(1, 1, 1))


def cnn_3d_two_heads(
    shape: tuple[int, ...],
    classes: Mapping[str, int],
    *,
    width: float = 1.0,
    dropout: float = 0.0,
    **objective,
) -> nn.Module:
    """`cnn_3d` with two heads: of the document's future work, the small one."""
    network = cnn_3d(shape, 1, width=width, dropout=dropout)
    return with_two_heads(network, HEAD, classes, scaled(256, width), **objective)


def slow_two_heads(
    shape: tuple[int, ...],
    classes: Mapping[str, int],
    *,
    width: float = 1.0,
    blocks: tuple[int, ...] = (3, 4, 6, 3),
    normalised: bool = True,
    weights: str | None = None,
    checksum: str | None = None,
    frozen: bool = False,
    **objective,
) -> nn.Module:
    """slow_r50, the document's best over time, with two heads of 512 units.

    Args:
        width, blocks, normalised, weights, checksum, frozen: as `slow_r50`'s.
        objective: fields of `Objective`.
    """
    network = slow.slow_r50(
        shape, 1, width, tuple(blocks), normalised, weights, checksum, frozen
    )
    units = scaled(512, width)
    return with_two_heads(network, slow.HEAD, classes, units, **objective)
