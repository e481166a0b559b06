"""Published networks: held to what the publishers' own code gives for equal weights."""

import hashlib
import importlib
import json
import os
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from oracles import formula
from safetensors.torch import save_file
from torch import nn

from emolib import UsageError, code, experiment, labels, learners, protocols
from emolib.models import backbones
from emolib.models.backbones import common, resnet, slow, vit, x3d
from emolib.training import with_torch

ORACLES = json.loads(
    (Path(__file__).parent / "oracles" / "backbones.json").read_text("utf-8")
)
PLACES = {
    "vgg16": ("vgg16", 1000),
    "efficientnet_v2_m": ("efficientnet_v2", 1000),
    "vit_b_16": ("vit", 1000),
    "resnet18": ("resnet", 1000),
    "inception_resnet_v1": ("inception_resnet", 8631),
    "x3d_s": ("x3d", 400),
    "slow_r50": ("slow", 400),
}
SMALL = {
    "vgg16": {"width": 0.1},
    "efficientnet_v2_m": {"width": 0.2, "depth": 0.1},
    "vit_b_16": {"width": 0.1, "depth": 0.1},
    "resnet18": {"width": 0.1, "blocks": 1},
    "inception_resnet_v1": {"width": 0.1, "repeats": (1, 1, 1)},
    "x3d_s": {"width": 0.3, "depth": 0.1},
    "slow_r50": {"width": 0.1, "blocks": (1, 1, 1, 1)},
}
ALL = pytest.mark.parametrize("name", PLACES)
# Single precision beside the publishers' code in double precision. Gradients through
# a batch of two are worse off: a normalisation may divide by next to nothing.
NEAR, NEAR_GRADIENT = 1e-4, 1e-2


@pytest.fixture(autouse=True)
def one_thread():
    """Several threads wait for one another where others work as well."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def module(name):
    return importlib.import_module(f"{backbones.__name__}.{PLACES[name][0]}")


def apart(found, expected):
    """The largest difference, in units of the largest number expected."""
    found, expected = np.array(found), np.array(expected)
    return abs(found - expected).max() / abs(expected).max()


@ALL
def test_a_full_network_gives_what_the_published_one_gives(name):
    """Names, shapes and outputs; in training a step's outputs, gradient, averages."""
    oracle = ORACLES[name]
    with torch.device("meta"):  # without the random start, which takes longest
        network = module(name).network(PLACES[name][1])
    found = formula.told(formula.fill(network), oracle["input"])
    for part in ("parameters", "tensors", "names", "input", "dropped"):
        assert found[part] == oracle[part], part
    differences = {
        f"{stage} {part}": apart(found[stage][part], oracle[stage][part])
        for stage in ("outputs", "training")
        for part in ("first", "norm")
    }
    if oracle["averages"]:
        differences["averages"] = apart(found["averages"], oracle["averages"])
    print(name, found["parameters"], max(differences.values()))
    assert max(differences.values()) < NEAR, differences
    assert apart(found["gradient"], oracle["gradient"]) < NEAR_GRADIENT


def test_known_numbers_of_parameters():
    assert ORACLES["vit_b_16"]["parameters"] == 86_567_656
    assert ORACLES["efficientnet_v2_m"]["parameters"] == 54_139_356


def other_eps(network):
    network.layer3[0].bn1.eps = 1e-2


def other_step(network):
    block = network.layer3[0]
    block.conv1.stride, block.conv2.stride = block.conv2.stride, block.conv1.stride


def other_order(network):
    stage = network.layer2
    stage[0].relu = nn.Identity()


@pytest.mark.parametrize("fault", [other_eps, other_step, other_order])
def test_a_fault_is_further_off_than_is_allowed(fault):
    network = formula.fill(resnet.network(1000))
    fault(network)
    found = formula.told(network, ORACLES["resnet18"]["input"])
    expected = ORACLES["resnet18"]["outputs"]["first"]
    assert apart(found["outputs"]["first"], expected) > 3 * NEAR


# -- as a learner's build ----------------------------------------------------


@ALL
def test_a_small_one_learns_as_a_learner_builds_it(name):
    """Bytes go in, colours last; every weight gets a gradient; two see no other."""
    build = getattr(module(name), name)
    learner = learners.TorchNetwork(build, SMALL[name])
    assert len(learner.code()) == 16 and learner.spec()["build"].endswith(name)
    film = name in ("x3d_s", "slow_r50")
    shape = (4, 32, 32, 3) if film else (80, 80, 3)
    torch.manual_seed(0)
    network = build(shape, 6, **learner.design)
    x = torch.from_numpy(formula.scattered("bytes", 2 * int(np.prod(shape))))
    x = ((x + 1) * 127).to(torch.uint8).reshape(2, *shape)
    # Without oneDNN, which on one processor wrote past its memory here.
    with torch.backends.mkldnn.flags(enabled=False):
        outputs = network(x)
        assert outputs.shape == (2, 6)
        nn.functional.cross_entropy(outputs, torch.tensor([0, 5])).backward()
    assert all(p.grad is not None for p in network.parameters())
    full = sum(p.numel() for p in network.parameters())
    assert full < ORACLES[name]["parameters"] / 10


def test_a_learner_fits_one_and_builds_it_again(tmp_path):
    """Bright faces are happy; a model of the same spec, given the weights, agrees."""
    space = labels.LabelSpace("two", ("happy", "sad"))
    rows = [
        {"clip": f"{i}", "path": str(tmp_path / f"{i}.png"), "corpus": "toy"}
        | {"source": "demo", "subject": f"{i // 4}", "sentence": "1"}
        | {"emotion": space.classes[i % 2]}
        for i in range(16)
    ]
    for row in rows:
        Path(row["path"]).write_bytes(row["clip"].encode())
    x = np.where(space.encode([row["emotion"] for row in rows]), 40, 200)
    x = np.broadcast_to(x[:, None, None, None], (16, 32, 32, 3)).astype(np.uint8)
    given = experiment.examples(pd.DataFrame(rows), x, space)
    split = protocols.checked(protocols.SubjectKFold(2), given.items)[0]
    learner = learners.TorchNetwork(vit.vit_b_16, SMALL["vit_b_16"], epochs=4, batch=4)
    fitted = learner.fit(given, split)
    answers = fitted.predict(x[split.test])["emotion"]
    truth = space.encode(given.items["emotion"].iloc[split.test])
    assert (answers.argmax(1) == truth).all()
    again = vit.vit_b_16(given.shape, given.classes, **learner.design)
    with_torch.put_weights(again, fitted.weights())
    assert np.allclose(with_torch.predict(again, x[split.test]), answers, atol=1e-6)


def test_pictures_are_brought_to_what_published_weights_expect():
    build = resnet.resnet18((32, 32, 3), 4, width=0.1, blocks=1)
    plain = resnet.network(4, 0.1, 1)
    plain.load_state_dict(build.state_dict())
    x = torch.randint(0, 256, (2, 32, 32, 3), dtype=torch.uint8)
    mean, spread = (np.array(part) for part in common.IMAGENET)
    by_hand = ((x.numpy() / 255 - mean) / spread).transpose(0, 3, 1, 2)
    expected = plain.eval()(torch.from_numpy(by_hand).float())
    assert torch.allclose(build.eval()(x), expected, atol=1e-5)


def test_a_frozen_network_learns_in_its_last_layer_alone():
    network = vit.vit_b_16((32, 32, 3), 4, width=0.1, depth=0.1, frozen=True)
    learns = [n for n, p in network.named_parameters() if p.requires_grad]
    assert learns == ["heads.head.weight", "heads.head.bias"]


def test_pictures_that_do_not_fit_are_refused():
    for shape in ((16, 16, 3), (64, 64, 1), (4, 64, 64, 3), (64,)):
        with pytest.raises(UsageError, match="do not fit"):
            resnet.resnet18(shape, 4)
    with pytest.raises(UsageError, match="cut into 16 x 16"):
        vit.vit_b_16((40, 40, 3), 4)


def test_moving_a_definition_is_no_other_code():
    assert code.meaning(slow.slow_r50) != code.meaning(x3d.x3d_s)


@pytest.mark.parametrize("network", [slow.network, x3d.network])
def test_a_head_set_as_fc_is_never_called(network):
    """The published code of a study sets one, and keeps the classes it had."""
    network = common.with_a_head_never_called(network(400, width=0.1), 12)
    outputs = network(torch.zeros(2, 3, 4, 32, 32))
    outputs.sum().backward()
    assert outputs.shape == (2, 400)
    assert network.fc.weight.shape[0] == 12 and network.fc.weight.grad is None


# -- weights -----------------------------------------------------------------


def small(classes=4):
    return resnet.network(classes, 0.1, 1)


def checksum(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture
def kept(tmp_path):
    """A network, and its weights in the three forms that are published."""
    torch.manual_seed(1)
    network = small(9)
    nn.init.normal_(network.bn1.running_mean)
    state = network.state_dict()
    save_file(state, tmp_path / "weights.safetensors")
    torch.save(state, tmp_path / "weights.pth")
    torch.save({"model_state": state}, tmp_path / "weights.pyth")
    return network, tmp_path


@pytest.mark.parametrize("ending", ["safetensors", "pth", "pyth"])
@pytest.mark.parametrize("classes", [4, 9])
def test_weights_are_taken_but_a_head_of_other_classes(kept, ending, classes):
    network, folder = kept
    file, other = folder / f"weights.{ending}", small(classes)
    head = other.fc.weight.clone()
    common.load(other, file, checksum(file)[:8].upper(), head="fc")
    for name, value in other.state_dict().items():
        if not name.startswith("fc.") or classes == 9:
            assert torch.equal(value, network.state_dict()[name]), name
    assert classes == 9 or torch.equal(other.fc.weight, head)


def test_a_build_takes_weights(kept):
    network, folder = kept
    file = folder / "weights.pth"
    given = {"weights": str(file), "checksum": checksum(file)}
    found = resnet.resnet18((32, 32, 3), 4, width=0.1, blocks=1, **given)
    assert torch.equal(found.bn1.running_mean, network.bn1.running_mean)


def test_older_names_of_the_transformer_are_known(tmp_path):
    network = vit.network(4, 0.1, 0.1, (32, 32))
    older = {
        name.replace("mlp.0.", "mlp.linear_1.").replace("mlp.3.", "mlp.linear_2."): v
        for name, v in network.state_dict().items()
    }
    assert set(older) != set(network.state_dict())
    torch.save(older, tmp_path / "vit.pth")
    other = vit.network(4, 0.1, 0.1, (32, 32))
    common.load(other, tmp_path / "vit.pth", checksum(tmp_path / "vit.pth"))
    assert torch.equal(other.encoder.layers[0].mlp[3].weight, older[
        "encoder.layers.encoder_layer_0.mlp.linear_2.weight"])  # fmt: skip


class Trap:
    """Whoever unpickles it runs a command."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return os.system, (f"touch {self.file}",)


def test_code_in_a_pickle_is_refused_and_not_run(tmp_path):
    mark = tmp_path / "run"
    torch.save({"fc.weight": Trap(mark)}, tmp_path / "new.pth")
    (tmp_path / "old.pt").write_bytes(pickle.dumps(Trap(mark), protocol=2))
    for file in (tmp_path / "new.pth", tmp_path / "old.pt"):
        with pytest.raises(UsageError, match="nothing of it was run"):
            common.load(small(), file, checksum(file))
    assert not mark.exists()


def test_what_is_wrong_with_weights_is_said_and_the_network_left_alone(kept):
    _, folder = kept
    good, network = folder / "weights.pth", small(4)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    torch.save(resnet.network(4, 0.2, 1).state_dict(), folder / "wider.pth")
    torch.save(vit.network(4, 0.1, 0.1).state_dict(), folder / "vit.pth")
    torch.save([torch.zeros(3)], folder / "list.pth")
    (folder / "cut.pth").write_bytes(good.read_bytes()[:2000])
    (folder / "cut.safetensors").write_bytes(b"\xff" * 50)
    said = {
        "none.pth": "cannot be read",
        "wider.pth": "another network.*conv1.weight of",
        "vit.pth": "another network.*lacks conv1.weight",
        "list.pth": "not a network's state",
        "cut.pth": "not a file of weights",
        "cut.safetensors": "not a file of weights",
    }
    for name, text in said.items():
        file = folder / name
        given = checksum(file) if file.exists() else "0" * 8
        with pytest.raises(UsageError, match=text):
            common.load(network, file, given, head="fc")
    for given, text in ((None, checksum(good)), ("0" * 64, "another file")):
        with pytest.raises(UsageError, match=text):
            common.load(network, good, given, head="fc")
    after = network.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
