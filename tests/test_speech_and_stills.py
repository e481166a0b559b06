"""Study B: the order in which folders and files are found changes nothing."""

import os

import cv2
import numpy as np
import pytest

from emolib import corpora, experiment, labels, protocols, records
from emolib.features.faces import Still
from emolib.models import baselines
from emolib.models import speech_and_stills as networks

FOLDERS = {  # CK+48's names, in an order that is neither sorted nor the space's
    "surprise": "surprised", "anger": "angry", "sadness": "sad", "happy": "happy",
    "contempt": "contempt", "disgust": "disgusted", "fear": "fearful",
}  # fmt: skip


@pytest.fixture
def pictures(tmp_path):
    """Four people in greys of their own, each class a bar at a height of its own."""
    draw = np.random.default_rng(0)
    for place, folder in enumerate(FOLDERS):
        (tmp_path / "ck+48" / folder).mkdir(parents=True)
        for person in range(1, 5):
            image = draw.integers(0, 40, (48, 48)).astype(np.uint8) + 20 * person
            image[6 * place + 2 : 6 * place + 7] = 250
            name = f"S{person:03}_{place + 1:03}_00000009.png"
            assert cv2.imwrite(str(tmp_path / "ck+48" / folder / name), image)
    return tmp_path


def found(data, monkeypatch, order):
    """The manifest when the system lists files in some order."""
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda folder: order(list(scandir(folder))))
    manifest = corpora.index("ck+48", data)
    monkeypatch.undo()
    return manifest


def answers(manifest, folder, learner):
    """What a model says of people that it has not seen."""
    items = experiment.items_of(manifest)
    x = np.stack([Still(48)(path) for path in manifest["path"]])
    run = records.open_run(
        study="speech-and-stills", experiment="order", source="real",
        corpus="ck+48", protocol="subjects-apart", model="any", profile="smoke",
        seed=0, manifest=manifest, space=labels.CKPLUS, folds=2, folder=folder,
    )  # fmt: skip
    protocol = protocols.SubjectKFold(2, seed=0)
    experiment.run_folds(run, protocol, items, learner(x, items))
    return run.predictions.sort_values("clip", ignore_index=True)


def linear(x, items):
    vectors = x.reshape(len(x), -1).astype(float)
    return experiment.sklearn_learner(vectors, items, labels.CKPLUS, baselines.linear)


def network(x, items):
    return experiment.keras_learner(
        x,
        items,
        labels.CKPLUS,
        lambda like: networks.still_cnn(filters=(16, 16), dense=64),
        epochs=12,
        batch=4,
        seed=0,
        validate_on="nothing",
    )


@pytest.mark.parametrize("learner", [linear, network])
def test_shuffled_folders_change_no_class(pictures, monkeypatch, learner):
    straight = corpora.index("ck+48", pictures)
    shuffle = np.random.default_rng(1).permutation
    for order in (lambda entries: entries[::-1], shuffle):
        assert found(pictures, monkeypatch, order).equals(straight)
    other = straight.sample(frac=1, random_state=2, ignore_index=True)
    first = answers(straight, pictures / "first", learner)
    second = answers(other, pictures / "second", learner)
    classes = list(labels.CKPLUS)
    for table in (first, second):
        assert list(table)[-7:] == classes
        folder = [path.split("/")[-2] for path in straight["path"]]  # sorted by clip
        assert table["label"].tolist() == [FOLDERS[name] for name in folder]
        assert (table[classes].idxmax(axis=1) == table["label"]).mean() > 0.9
    if learner is linear:  # a network is shown the shuffled pictures in other batches
        np.testing.assert_allclose(first[classes], second[classes], atol=1e-3)
