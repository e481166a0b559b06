"""Weights that somebody brings, by path and checksum."""

import hashlib
import importlib.util
import json
import pickle
import shutil

import cv2
import keras  # noqa: F401  (sorts this file among the tests that load it)
import pytest
import torch
from safetensors.torch import save_file
from test_trained import face, run  # noqa: F401

from emolib import UsageError, app, cli, further
from emolib.app import answers
from emolib.models.real_or_fake import one_head

CLASSES = ["angry", "happy", "neutral"]
CARD = {
    "network": "HydraNet",
    "size": 32,
    "classes": CLASSES,
    "trained": "nobody's pictures, its start is random",
}


def sha(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def network(classes=3):
    torch.manual_seed(0)
    return one_head((32, 32, 3), classes, network="HydraNet").eval()


def brought(folder, name="faces.safetensors", card=CARD, classes=3):
    """A file of weights with its card."""
    path, state = folder / name, network(classes).state_dict()
    if name.endswith(".safetensors"):
        save_file({key: value.contiguous() for key, value in state.items()}, path)
    else:
        torch.save(state, path)
    if card is not None:
        path.with_suffix(".json").write_text(json.dumps(card))
    return path


@pytest.fixture
def ask(capsys):
    def call(*arguments):
        status = 0
        try:
            cli.main([*map(str, arguments)])
        except SystemExit as end:
            status = end.code or 0
        return (status, *capsys.readouterr())

    return call


@pytest.mark.parametrize("name", ["faces.safetensors", "faces.pth"])
def test_a_published_network_with_a_card_answers(tmp_path, ask, face, name):  # noqa: F811
    path, picture = brought(tmp_path, name), tmp_path / "face.png"
    cv2.imwrite(str(picture), face[:, :, ::-1])
    given = ("--weights", path, "--checksum", sha(path)[:8].upper())
    status, said, log = ask("predict", picture, *given, "--format", "json")
    assert status == 0, log
    (row,) = json.loads(said)
    (one,) = further.models([path], [sha(path)])
    x, box = one.given(face)
    with torch.no_grad():
        wanted = network()(torch.from_numpy(x).float()).softmax(1)[0].numpy()
    shares = [row[f"p_{name}"] for name in CLASSES]
    assert shares == pytest.approx(wanted, abs=1e-3)
    assert row["answer"] == CLASSES[int(wanted.argmax())]
    assert (row["left"], row["width"]) == (box[0], box[2])
    assert row["model"] == f"HydraNet of {name}"
    assert CARD["trained"] in row["tested"] and "not measured" in row["tested"]


def test_weights_of_a_run_elsewhere_are_told_by_its_record(tmp_path, run, face):  # noqa: F811
    kept, pictures, seen = run
    there = shutil.copytree(kept.folder, tmp_path / "from" / "elsewhere")
    shutil.rmtree(kept.folder)
    path = there / "weights-0.safetensors"
    (one,) = further.models([path], [sha(path)])
    assert kept.record["id"] in one.name and "rendered clips" in one.tested
    assert one.answer(face)[0].label in one.classes
    other = path.rename(there / "weights-1.safetensors")
    with pytest.raises(UsageError, match="not the weights of the run"):
        further.models([other], [sha(other)])
    named = shutil.copy(other, there / "mine.safetensors")
    with pytest.raises(UsageError, match=r"keeps its weights as weights-0"):
        further.models([named], [sha(named)])
    strange = there / "weights-0.safetensors"  # those of something else by its name
    save_file({"a": torch.zeros(2)}, strange)
    with pytest.raises(UsageError, match="not the weights of the run"):
        further.models([strange], [sha(strange)])


def pickled(path):
    class Bad:
        def __reduce__(self):
            return (open, (str(path.parent / "harm"), "w"))

    path.write_bytes(pickle.dumps({"a": Bad()}))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: path.unlink(), "cannot be read"),
        (lambda path: path.write_bytes(b"damaged"), "no safetensors"),
        (pickled, "no safetensors"),
        (lambda path: brought(path.parent, classes=4), "weights of another network"),
        (lambda path: save_file({"a": torch.zeros(1)}, path), "of another network"),
        (lambda path: path.with_suffix(".json").unlink(), "nothing is known"),
        (lambda path: path.with_suffix(".json").write_text("{"), "not JSON"),
        (lambda path: path.with_suffix(".json").write_text("[]"), "A card is"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(tmp_path, ask, make, told):
    path = brought(tmp_path)
    make(path)
    checksum = sha(path) if path.exists() else "0" * 64
    status, said, log = ask(
        "predict", tmp_path / "a.png", "--weights", path, "--checksum", checksum
    )
    assert status == 2 and told in log and "faces" in log and not said
    assert "Traceback" not in log and not (tmp_path / "harm").exists()


def test_a_pickle_with_code_is_refused_and_not_run(tmp_path):
    path = tmp_path / "faces.pth"
    path.with_suffix(".json").write_text(json.dumps(CARD))
    pickled(path)
    with pytest.raises(UsageError, match="nothing of it was run"):
        further.models([path], [sha(path)])
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"network": "VGG"}, "network must be one of VGG16"),
        ({"size": "32"}, "size must be pixels"),
        ({"classes": ["happy", "happy"]}, "all different"),
        ({"classes": "happy sad"}, "two names or more"),
        ({"trained": " "}, "trained must tell what is known"),
    ],
)
def test_a_card_must_tell_everything(tmp_path, change, told):
    path = brought(tmp_path, card=CARD | change)
    with pytest.raises(UsageError, match=told):
        further.models([path], [sha(path)])


@pytest.mark.parametrize("checksum", ["", "abc", "0" * 8, "0" * 64])
def test_another_checksum_is_refused(tmp_path, checksum):
    path = brought(tmp_path)
    with pytest.raises(UsageError, match="another file or a damaged one"):
        further.models([path], [checksum])


def test_each_file_needs_its_checksum_and_its_own_part(tmp_path, ask):
    path = brought(tmp_path)
    picture = tmp_path / "a.png"
    status, _, log = ask("predict", picture, "--weights", path)
    assert status == 2 and "--checksum SHA256 once for each" in log
    with pytest.raises(UsageError, match="two files of weights are about a face"):
        further.models([path, path], [sha(path)] * 2)
    both = ("--study", "C", "--weights", path, "--checksum", sha(path))
    status, _, log = ask("predict", picture, *both)
    assert status == 2 and "one of them is asked" in log


def test_the_live_demo_lets_them_be_chosen(tmp_path, face):  # noqa: F811
    path = brought(tmp_path)
    given = [path], [sha(path)]
    models = answers.Models("data", further.models(*given))
    *_, found = models.of("given")
    assert "faces.safetensors" in models.titles["given"]
    page = answers.seen(face, found)
    assert CARD["trained"] in page.replace("&#x27;", "'") and "not calibrated" in page
    if importlib.util.find_spec("gradio"):
        told = json.dumps(app.demo("data", *given).config, default=str)
        assert models.titles["given"] in told


def test_the_live_demo_says_on_the_command_line_what_is_wrong(tmp_path, ask):
    path = brought(tmp_path)
    status, _, log = ask("app", "--weights", path, "--checksum", "0" * 64)
    lacking = importlib.util.find_spec("gradio") is None
    assert status == 2 and ("Gradio" if lacking else "its SHA-256 is") in log
