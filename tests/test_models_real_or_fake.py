"""Document E's losses by hand, its two heads on a toy, its networks over time."""

import importlib
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import accuracy_score, precision_score

from emolib import (
    UsageError,
    experiment,
    labels,
    learners,
    ledger,
    protocols,
    training,
)
from emolib.models import backbones
from emolib.models import real_or_fake as networks
from emolib.models.backbones import common, resnet
from emolib.training import loop, with_torch

CLASSES = {"emotion": 6, "authenticity": 2}
CHANCE = np.random.default_rng(0)
LOGITS = CHANCE.normal(size=(5, 6)) * 2
Y = np.array([0, 2, 5, 5, 3])
LOGITS[np.arange(3), Y[:3]] += 3  # of these three it is right


def by_hand(z, y, alpha, gamma, outputs, sign):
    """Equation 3.2 as it is printed, item by item and class by class."""
    total = 0
    for row, truth in zip(z, y, strict=True):
        if outputs == "softmax":
            s = np.exp(row) / np.exp(row).sum()
        else:
            s = 1 / (1 + np.exp(-row))
        for i, si in enumerate(s):
            yi = i == truth
            first = alpha * (1 - si) ** gamma * yi * np.log(si)
            second = (1 - alpha) * si**gamma * (1 - yi) * np.log(1 - si)
            total += -first - sign * second
    return total / len(z)


EVERY = [
    (alpha, gamma, outputs, terms)
    for alpha, gamma in ((0.25, 2.0), (0.6, 0.5), (1.0, 0.0))
    for outputs in ("softmax", "sigmoid")
    for terms in networks.TERMS
]


@pytest.mark.parametrize(("alpha", "gamma", "outputs", "terms"), EVERY)
def test_the_multi_focal_loss_and_its_gradient_by_hand(alpha, gamma, outputs, terms):
    sign = {"both": 1, "opposed": -1, "true class": 0}[terms]
    logits = torch.tensor(LOGITS, requires_grad=True)
    loss = networks.multi_focal(logits, torch.tensor(Y), alpha, gamma, outputs, terms)
    assert loss.item() == pytest.approx(by_hand(LOGITS, Y, alpha, gamma, outputs, sign))
    loss.backward()
    slope, step = np.zeros_like(LOGITS), 1e-6
    for place in np.ndindex(LOGITS.shape):
        moved = [LOGITS.copy(), LOGITS.copy()]
        moved[0][place] -= step
        moved[1][place] += step
        low, high = (by_hand(z, Y, alpha, gamma, outputs, sign) for z in moved)
        slope[place] = (high - low) / (2 * step)
    np.testing.assert_allclose(logits.grad, slope, atol=1e-7)


def test_cross_entropy_is_a_focal_loss_that_looks_away_from_nothing():
    logits, y = torch.tensor(LOGITS), torch.tensor(Y)
    objective = networks.Objective()
    softmax = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
    expected = -np.log(softmax[np.arange(5), Y]).mean()  # equation 3.1
    assert objective.loss("emotion", logits, y).item() == pytest.approx(expected)
    focal = networks.multi_focal(logits, y, alpha=1, gamma=0)
    assert focal.item() == pytest.approx(expected)


def test_read_as_custom_has_it_the_loss_has_no_end():
    """Sure of a wrong class, ever surer: as meant it rises, as read it falls."""
    y, meant, read = torch.zeros(1, dtype=int), [], []
    for sure in (1.0, 10.0, 100.0, 1000.0):
        logits = torch.tensor([[0.0, sure]])
        # The first half, which rises, is left out by alpha.
        meant.append(networks.multi_focal(logits, y, alpha=0).item())
        read.append(networks.multi_focal(logits, y, alpha=0, terms="opposed").item())
    assert meant == sorted(meant) and meant[-1] == pytest.approx(1000)
    assert read == sorted(read, reverse=True) and read[-1] == pytest.approx(-1000)
    # With alpha as published, the second half outweighs the first.
    sure = networks.multi_focal(logits, y, terms="opposed")
    assert sure.item() == pytest.approx(0.25 * 1000 - 0.75 * 1000)


@pytest.mark.parametrize("outputs", ["softmax", "sigmoid"])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_where_a_network_is_sure_loss_and_gradient_stay_numbers(outputs, gamma):
    logits = torch.tensor([[200.0, 0, -200], [-200.0, 200, 0]], requires_grad=True)
    loss = networks.multi_focal(logits, torch.tensor([0, 0]), 0.25, gamma, outputs)
    loss.backward()
    assert torch.isfinite(loss) and torch.isfinite(logits.grad).all()


# -- totals ------------------------------------------------------------------


def test_weights_are_scikit_learns_precision_and_accuracy():
    for seed in range(40):
        chance = np.random.default_rng(seed)
        count = (2, 6)[seed % 2]
        y, predicted = chance.integers(0, count, (2, 3 + seed % 9))
        given = torch.tensor(predicted), torch.tensor(y)
        theirs = precision_score(y, predicted, average="macro", zero_division=0)
        assert networks.precision(*given) == pytest.approx(theirs)
        assert networks.accuracy(*given) == pytest.approx(accuracy_score(y, predicted))
        micro = precision_score(y, predicted, average="micro")
        assert networks.accuracy(*given) == pytest.approx(micro)


class Saying(torch.nn.Module):
    """Says what it is told, through heads that have an objective."""

    def __init__(self, said, **objective):
        super().__init__()
        self.said = {k: torch.nn.Parameter(torch.tensor(v)) for k, v in said.items()}
        self.heads = networks.Heads(1, 1, CLASSES, networks.Objective(**objective))

    def forward(self, x):
        return self.said


@pytest.mark.parametrize("total", networks.TOTALS)
def test_a_step_by_hand(total):
    """Equation 3.3: each loss times what the batch got right; no more gradient."""
    said = {"emotion": LOGITS, "authenticity": CHANCE.normal(size=(5, 2))}
    y = {"emotion": Y, "authenticity": np.array([0, 1, 1, 0, 1])}
    right = {task: said[task].argmax(axis=1) == y[task] for task in y}
    model = Saying(said, total=total, emotion_loss="multi-focal", gamma=1.0)
    given = {task: torch.tensor(part) for task, part in y.items()}
    loss, measured = networks.both_tasks(model, None, given)
    weights = {
        "sum": lambda task: 1.0,
        "batch accuracy": lambda task: right[task].mean(),
        "precision": lambda task: precision_score(
            y[task], said[task].argmax(axis=1), average="macro", zero_division=0
        ),
    }[total]
    losses = {
        "emotion": by_hand(LOGITS, Y, 0.25, 1.0, "softmax", 1),
        "authenticity": by_hand(
            said["authenticity"], y["authenticity"], 1, 0, "softmax", 1
        ),
    }
    assert loss.item() == pytest.approx(sum(weights(t) * losses[t] for t in losses))
    for task in losses:
        assert measured[f"{task}_loss"] == pytest.approx(losses[task])
        assert measured[f"{task}_weight"] == pytest.approx(weights(task))
        assert measured[f"{task}_accuracy"] == pytest.approx(right[task].mean())
    both = (right["emotion"] & right["authenticity"]).mean()
    assert measured["accuracy"] == pytest.approx(both)
    loss.backward()
    truth = np.eye(2)[y["authenticity"]]
    z = said["authenticity"]
    softmax = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    slope = weights("authenticity") * (softmax - truth) / 5
    np.testing.assert_allclose(model.said["authenticity"].grad, slope, atol=1e-7)


def test_a_task_without_a_right_answer_is_not_trained_at_all():
    """Weighted by precision, what goes worst counts least."""
    wrong = {"emotion": LOGITS, "authenticity": np.array([[1.0, 0.0]] * 5)}
    y = {"emotion": torch.tensor(Y), "authenticity": torch.ones(5, dtype=int)}
    model = Saying(wrong, total="precision")
    networks.both_tasks(model, None, y)[0].backward()
    assert not model.said["authenticity"].grad.any()
    assert model.said["emotion"].grad.any()


def test_words_that_are_none_are_refused():
    for given in (
        {"total": "product"},
        {"emotion_loss": "hinge"},
        {"terms": "all"},
        {"alpha": 2},
        {"gamma": -1},
        {"gama": 1},
    ):
        with pytest.raises(UsageError):
            networks.hydra_net((32, 32, 3), CLASSES, width=0.1, **given)
    with pytest.raises(UsageError, match="emotion and authenticity"):
        networks.hydra_net((32, 32, 3), 12, width=0.1)


# -- two heads ---------------------------------------------------------------


def linears(network):
    layers = [m for m in network.modules() if isinstance(m, torch.nn.Linear)]
    return [(layer.in_features, layer.out_features) for layer in layers]


def test_heads_have_the_published_widths():
    with torch.device("meta"):
        hydra = networks.hydra_net((224, 224, 3), CLASSES)
        inception = networks.inception_two_heads((160, 160, 3), CLASSES)
        slow = networks.slow_two_heads((8, 224, 224, 3), CLASSES)
    assert linears(hydra) == [(512, 512), (512, 6), (512, 512), (512, 2)]
    wanted = [(512, 256), (256, 6), (512, 256), (256, 2)]
    assert linears(inception)[-4:] == wanted
    assert linears(slow) == [(2048, 512), (512, 6), (2048, 512), (512, 2)]


DEEP = {"width": 0.1, "depth": 0.1}
SHORT = {"width": 0.1, "repeats": (1, 1, 1)}
PICTURE, FILM = (80, 80, 3), (4, 32, 32, 3)
PUBLISHED = [
    ("vgg16", "vgg16", PICTURE, {"width": 0.02}),
    ("efficientnet_v2_m", "efficientnet_v2", PICTURE, DEEP),
    ("vit_b_16", "vit", PICTURE, DEEP),
    ("inception_resnet_v1", "inception_resnet", PICTURE, SHORT),
    ("resnet18", "resnet", PICTURE, {"width": 0.1, "blocks": 1}),
    ("x3d_s", "x3d", FILM, {"width": 0.3, "depth": 0.2}),
    ("slow_r50", "slow", FILM, {"width": 0.1, "blocks": (1, 1, 1, 1)}),
]


@pytest.mark.parametrize(("name", "file", "shape", "design"), PUBLISHED)
def test_two_heads_stand_on_any_published_network(name, file, shape, design):
    module = importlib.import_module(f"{backbones.__name__}.{file}")
    network = getattr(module, name)(shape, 1, frozen=True, **design)
    network = networks.with_two_heads(network, module.HEAD, CLASSES, 8)
    answers = network(torch.randint(0, 256, (2, *shape), dtype=torch.uint8))
    assert {task: part.shape for task, part in answers.items()} == {
        "emotion": (2, 6), "authenticity": (2, 2)
    }  # fmt: skip
    sum(part.sum() for part in answers.values()).backward()
    learns = {n for n, p in network.named_parameters() if p.requires_grad}
    assert all(n.startswith(f"{module.HEAD}.") for n in learns) and len(learns) == 8


def test_unit_length_forgets_how_much_came_in():
    heads = networks.Heads(4, 8, CLASSES, networks.Objective(), unit_length=True)
    x = torch.randn(3, 4)
    assert torch.allclose(heads(x)["emotion"], heads(7 * x)["emotion"], atol=1e-6)


def toy(each, shape=()):
    """Six numbers tell the emotion, one what is posed; as films, if wanted."""
    chance = np.random.default_rng(1)
    emotion, posed = (part.ravel() for part in np.mgrid[:6, :2].repeat(each, axis=-1))
    x = np.hstack([np.eye(6)[emotion], posed[:, None]]) * 3
    x = (x + chance.normal(size=x.shape) * 0.3).astype(np.float32)
    if shape:
        films = chance.integers(0, 20, (len(x), *shape), dtype=np.uint8)
        films[:, :, :14, :14] += (
            (x.clip(0, 3) * 70)
            .astype(np.uint8)
            .repeat(2, axis=1)[:, None, :, None, None]
        )  # a stripe each
        x = films
    named = labels.SASEFE.decode(emotion), labels.AUTHENTICITY.decode(posed)
    items = pd.DataFrame({"emotion": named[0], "authenticity": named[1]})
    items["twelve"] = labels.TWELVE.decode(6 * posed + emotion)
    items["subject"] = np.arange(len(items)) % 4
    items["clip"] = items.index.map(str)
    items["sentence"], items["corpus"] = "", "toy"
    spaces = {"emotion": labels.SASEFE, "authenticity": labels.AUTHENTICITY}
    return experiment.Examples(items, x, spaces, items)


def perceptron(shape, classes, **objective):
    """One hidden layer in the place of a published network."""
    parts = {"hidden": torch.nn.Linear(*shape, 24), "active": torch.nn.ReLU()}
    network = common.named(**parts, last=torch.nn.Linear(24, 1))
    return networks.with_two_heads(network, "last", classes, 16, **objective)


@pytest.mark.parametrize("total", networks.TOTALS)
def test_both_heads_learn_and_the_model_is_told_by_its_design(total):
    examples = toy(each=8)
    split = protocols.checked(protocols.SubjectKFold(4), examples.items)[0]
    learner = learners.TorchNetwork(
        perceptron, {"total": total, "emotion_loss": "multi-focal", "gamma": 1.0},
        epochs=30, batch=24, rate=0.02, step=networks.both_tasks,
    )  # fmt: skip
    fitted = learner.fit(examples, split, seed=0)
    answers = fitted.predict(examples.x[split.test])
    right = []
    for task, target in examples.targets.items():
        right.append(answers[task].argmax(axis=1) == target[split.test])
        assert right[-1].mean() > 0.9, task
    both = labels.TWELVE.decode(networks.together(**answers).argmax(axis=1))
    twelve = examples.items["twelve"].iloc[split.test]
    assert ((np.array(both) == twelve) == np.all(right, axis=0)).all()
    history = fitted.history
    assert history["loss"].iloc[-1] < 0.2 * history["loss"][0]
    assert (history["emotion_weight"].iloc[-1] == 1) or total != "sum"
    assert learner.parameters["design.total"] == total


def test_a_checkpoint_of_another_objective_is_not_continued(tmp_path):
    y = {"emotion": Y, "authenticity": np.array([0, 1, 1, 0, 1])}
    x = np.zeros((5, 32, 32, 3), np.uint8)

    def fit(**objective):
        network = networks.hydra_net((32, 32, 3), CLASSES, width=0.02, **objective)
        training.fit_torch(
            network, x, y, epochs=1, batch=5, seed=0, progress=False,
            step=networks.both_tasks, checkpoint=tmp_path / "kept",
        )  # fmt: skip

    fit()
    with pytest.raises(UsageError, match="another call: model is"):
        fit(total="precision")
    learner = learners.TorchNetwork(networks.hydra_net, step=networks.both_tasks)
    assert learner.code() != replace(learner, step=None).code()


def test_pictures_are_flipped_and_turned_in_training_only():
    x = torch.rand(64, 3, 20, 30)
    network = torch.nn.Identity()
    assert torch.equal(networks.augmented(network, 0.0).eval()(x), x)
    torch.manual_seed(0)
    found = network.train()(x)
    kept = (found - x).abs().amax((1, 2, 3)) < 1e-5
    flipped = (found - x.flip(3)).abs().amax((1, 2, 3)) < 1e-5
    assert (kept ^ flipped).all() and 16 < kept.sum() < 48
    turned = networks.augmented(torch.nn.Identity(), 10.0)
    dot = torch.zeros(200, 1, 41, 81)
    dot[:, :, 19:22, 70:73] = 1  # thirty to the right of the middle
    seen = turned.train()(dot)
    down = (seen.sum((1, 3)) * torch.arange(41)).sum(1) / seen.sum((1, 2, 3)) - 20
    across = (seen.sum((1, 2)) * torch.arange(81)).sum(1) / seen.sum((1, 2, 3)) - 40
    far = (down**2 + across**2).sqrt()
    angles = torch.rad2deg(torch.asin(down / far)).abs()
    assert (far - 31).abs().max() < 0.6  # turned, not stretched
    assert 8 < angles.max() < 10.6


# -- over time ---------------------------------------------------------------


def test_the_3d_cnn_is_the_published_code_s():
    """20 pictures of 224 x 224 come to 125,440 numbers there, before two layers."""
    with torch.device("meta"):
        network = networks.cnn_3d((20, 224, 224, 3), 12)
    assert linears(network) == [(125440, 512), (512, 12)]
    small = networks.cnn_3d((5, 15, 33, 3), 12, width=0.2)
    assert small(torch.zeros(2, 5, 15, 33, 3)).shape == (2, 12)
    with pytest.raises(UsageError, match="do not fit"):
        networks.cnn_3d((1, 15, 33, 3), 12)


def test_the_published_lstm_goes_over_colours():
    with torch.device("meta"):
        theirs = networks.frame_lstm((20, 224, 224, 3), 12, over="colours")
        ours = networks.frame_lstm((20, 224, 224, 3), 12)
    assert theirs.lstm1.lstm.input_size == 1003520  # the number in that code
    assert ours.lstm1.lstm.input_size == 224 * 224 * 3
    small = networks.frame_lstm((4, 6, 5, 3), 12, width=0.1).eval()
    x = torch.rand(2, 4, 6, 5, 3) * 255
    steps = small.lstm1.lstm(x.movedim(4, 2).flatten(2) / 255)[0]
    assert torch.allclose(small.lstm1(x.movedim(4, 1) / 255), steps[:, -1], atol=1e-6)
    assert not torch.allclose(small(x), small(x.flip(1)), atol=1e-6)


def test_the_rows_of_table_4_7_are_learners_that_train():
    rows = ledger.document("E").table["E.table4.7"].rows
    theirs = [row[2] for row in rows if row[1] == "3D-CNN"]
    assert theirs == list(networks.OPTIMISED)
    examples = toy(4, (2, 16, 16, 3))
    examples = replace(examples, spaces={"twelve": labels.TWELVE})
    split = protocols.checked(protocols.SubjectKFold(4), examples.items)[0]
    for name, settings in networks.OPTIMISED.items():
        design = {"width": 0.1} | settings.get("design", {})
        learner = learners.TorchNetwork(
            networks.cnn_3d, **(settings | {"design": design}), epochs=1, batch=18
        )
        fitted = learner.fit(examples, split)
        assert np.isfinite(fitted.history["loss"]).all(), name
        assert learner.parameters["decay"] == (0.01 if "Reg" in name else 0)


def test_decay_is_the_optimizer_s():
    """Without a gradient, a step of SGD shrinks weights by rate times decay."""
    examples = toy(4, (2, 16, 16, 3))
    examples = replace(examples, spaces={"authenticity": labels.AUTHENTICITY})
    split = protocols.checked(protocols.SubjectKFold(4), examples.items)[0]
    learned = {}
    for decay in (0.0, 0.5):
        learner = learners.TorchNetwork(
            networks.cnn_3d, {"width": 0.1}, epochs=1, batch=len(examples),
            optimizer="SGD", rate=0.1, decay=decay,
        )  # fmt: skip
        learned[decay] = learner.fit(examples, split).weights()
    with_torch.seed(0)
    start = networks.cnn_3d(examples.shape, 2, width=0.1).state_dict()
    for name in ("conv1.weight", "fc2.weight"):
        shrunk = learned[0.0][name] - 0.1 * 0.5 * start[name].numpy()
        np.testing.assert_allclose(learned[0.5][name], shrunk, atol=1e-6)


def test_two_heads_learn_over_time_too():
    examples = toy(2, (2, 16, 16, 3))
    torch.manual_seed(0)
    network = networks.cnn_3d_two_heads(examples.shape, CLASSES, width=0.2)
    y = {task: torch.tensor(part) for task, part in examples.targets.items()}
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    for _ in range(40):
        loss, measured = networks.both_tasks(network, torch.tensor(examples.x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if measured["accuracy"] == 1:
            break
    assert measured["accuracy"] == 1


# -- the scheduler -----------------------------------------------------------


@pytest.mark.parametrize("patience", [0, 2])
def test_rates_fall_where_torchs_scheduler_lets_them_fall(patience):
    """Its patience is one less than `reduce_rate`'s."""
    for seed in range(20):
        chance = np.random.default_rng(seed)
        losses = list(np.exp(-np.arange(25) / 9) + chance.normal(size=25) * 0.05)
        model = resnet.network(2, 0.02, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(
            optimizer, factor=0.5, patience=patience, threshold=loop.LEAST,
            threshold_mode="abs", eps=0,
        )  # fmt: skip
        rate = 1.0
        for epoch, loss in enumerate(losses, 1):
            theirs.step(loss)
            if loop._stalled(losses[:epoch], patience + 1, loop.LEAST):
                rate *= 0.5
            assert optimizer.param_groups[0]["lr"] == rate


# -- what a network begins with, and what its answers cost ----------------------


SMALL = {"network": "HydraNet", "width": 0.1, "blocks": 1}


def test_a_network_begins_with_all_but_the_last_layer_of_another():
    torch.manual_seed(0)
    before = networks.one_head((32, 32, 3), 7, **SMALL)
    begun = networks.one_head((32, 32, 3), 12, **SMALL, start=before, before="faces")
    states = before.state_dict(), begun.state_dict()
    for name, value in states[0].items():
        if name.startswith("fc."):
            assert states[1][name].shape[0] == 12
        else:
            assert torch.equal(value, states[1][name]), name
    with torch.no_grad():  # it has its own copy
        next(begun.parameters()).add_(1.0)
    assert not torch.equal(next(before.parameters()), next(begun.parameters()))


def test_frozen_means_that_the_last_layer_alone_learns():
    begun = networks.one_head((32, 32, 3), 12, **SMALL, frozen=True)
    learns = {n for n, part in begun.named_parameters() if part.requires_grad}
    assert learns == {"fc.weight", "fc.bias"}


@pytest.mark.parametrize("other", [{"width": 0.2}, {"network": "VGG16"}])
def test_a_network_of_another_kind_is_no_beginning(other):
    design = {**SMALL, **other}
    design.pop("blocks" if "network" in other else "", None)
    start = networks.one_head((32, 32, 3), 7, **design)
    with pytest.raises(UsageError, match="one of its own kind"):
        networks.one_head((32, 32, 3), 12, **SMALL, start=start)


def test_an_unknown_network_is_refused_by_name():
    with pytest.raises(UsageError, match="no network 'VGG'; there are VGG16"):
        networks.one_head((32, 32, 3), 12, network="VGG")


@pytest.mark.parametrize(
    "line",
    ["VGG19 v.pth 8a90c0de", "VGG16 v.pth", "VGG16 my data/v.pth 8a90c0de", ""],
)
def test_weights_for_no_network_here_are_not_passed_over(line):
    """Whichever network is asked for: it is said before the first one trains."""
    good = "X3D data/x3d.pyth 8a90c0de"
    with pytest.raises(UsageError, match="wanted are a network"):
        networks.published([good, line], "X3D")
    kept = {"weights": "data/x3d.pyth", "checksum": "8a90c0de"}
    assert networks.published([good], "X3D") == kept


@pytest.mark.parametrize("build", ["hydra_net", "inception_two_heads"])
def test_two_heads_begin_with_what_one_head_has_learned(build):
    named = {"hydra_net": "HydraNet", "inception_two_heads": "InceptionResNetV1"}[build]
    size = {"width": 0.1, "blocks": 1} if build == "hydra_net" else {"width": 0.05}
    if build == "inception_two_heads":
        size["repeats"] = (1, 1, 1)
    start = networks.one_head((80, 80, 3), 5, network=named, **size)
    both = getattr(networks, build)((80, 80, 3), CLASSES, start=start, **size)
    head = networks.NETWORKS[named][1]
    own = both.state_dict()
    for name, value in start.state_dict().items():
        assert name.startswith(head) or torch.equal(own[name], value), name


def predictions(task, labels_of, scores, classes):
    table = pd.DataFrame(scores.astype(np.float32), columns=list(classes))
    clip = [f"c{n}" for n in range(len(table))]
    told = pd.DataFrame({"clip": clip, "subject": "p", "frame": 0, "fold": 0})
    return told.assign(label=labels_of).join(table)


def answers_of_two():
    chance = np.random.default_rng(3)
    found = {}
    for task, space in (("emotion", labels.SASEFE), ("authenticity", AUTHENTIC)):
        scores = chance.dirichlet(np.ones(len(space)), 12)
        truth = chance.choice(list(space), 12)
        found[task] = predictions(task, truth, scores, space)
    return found


AUTHENTIC = labels.AUTHENTICITY


@pytest.mark.parametrize("total", networks.TOTALS)
def test_what_answers_cost_by_hand(total):
    told, expected, losses = answers_of_two(), 0.0, {}
    for task, space in (("emotion", labels.SASEFE), ("authenticity", AUTHENTIC)):
        table, classes = told[task], list(space)
        p = table[classes].to_numpy()[range(12), space.encode(table["label"])]
        losses[task] = -np.log(p).mean()
        guess = table[classes].idxmax(axis=1)
        weight = {
            "sum": 1.0,
            "precision": precision_score(
                table["label"], guess, average="macro", zero_division=0
            ),
            "batch accuracy": accuracy_score(table["label"], guess),
        }[total]
        expected += weight * losses[task]
    found = networks.tested_loss(told, networks.Objective(total=total))
    assert found["total"] == pytest.approx(expected, rel=1e-5)
    assert found["emotion"] == pytest.approx(losses["emotion"], rel=1e-5)


def test_one_batch_is_counted_by_each_total_and_the_objective_put_back():
    shape, classes = (4, 4, 3), {"emotion": 6, "authenticity": 2}
    heads = networks.Heads(48, 4, classes, networks.Objective(total="precision"))
    chance = np.random.default_rng(0)
    targets = {task: chance.integers(0, count, 9) for task, count in classes.items()}
    x = chance.normal(size=(9, *shape)).astype(np.float32)
    table = networks.totals(
        torch.nn.Sequential(torch.nn.Flatten(), heads),
        SimpleNamespace(x=x, targets=targets),
    )
    assert heads.objective.total == "precision"
    assert (table.loc["sum"].filter(like="weight") == 1).all()
    losses = table.filter(like="loss")
    assert (losses == losses.iloc[0]).all(axis=None)
    assert (table.loc["batch accuracy"].filter(like="weight") < 1).all()


def test_both_are_right_where_each_is():
    told = answers_of_two()
    both = networks.both_right(told["emotion"], told["authenticity"])
    assert list(both.columns[-12:]) == list(labels.TWELVE)
    np.testing.assert_allclose(both[list(labels.TWELVE)].sum(axis=1), 1, rtol=1e-5)
    each = [
        told[task][list(space)].idxmax(axis=1) == told[task]["label"]
        for task, space in (("emotion", labels.SASEFE), ("authenticity", AUTHENTIC))
    ]
    right = both[list(labels.TWELVE)].idxmax(axis=1) == both["label"]
    assert right.tolist() == (each[0] & each[1]).tolist()


def test_answers_of_other_items_are_not_put_together():
    told = answers_of_two()
    turned = told["authenticity"].iloc[::-1].reset_index(drop=True)
    with pytest.raises(UsageError, match="same items in the same order"):
        networks.both_right(told["emotion"], turned)
