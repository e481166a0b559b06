"""Study B: what its chapter takes for granted."""

import os

import cv2
import numpy as np
import pandas as pd
import pytest

from emolib import corpora, experiment, labels, learners, protocols, results
from emolib.features import store
from emolib.features.faces import Still
from emolib.models import baselines
from emolib.models import speech_and_stills as networks

FOLDERS = {  # CK+48's names, in an order that is neither sorted nor the space's
    "surprise": "surprised", "anger": "angry", "sadness": "sad", "happy": "happy",
    "contempt": "contempt", "disgust": "disgusted", "fear": "fearful",
}  # fmt: skip
LINEAR = learners.Classifier(baselines.linear(), "linear")
NETWORK = learners.Network(
    networks.still_cnn, {"filters": [16, 16], "dense": 64}, epochs=12, batch=4
)


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
    stored = store.extract(Still(48), manifest, cache=folder, progress=False)
    examples = experiment.examples(stored, space=labels.CKPLUS)
    if learner is LINEAR:
        vectors = examples.x.reshape(len(examples), -1).astype(float)
        examples = experiment.examples(stored, vectors, labels.CKPLUS)
    study = experiment.Study("speech-and-stills", "smoke", runs=folder)
    run = study.run("order", examples, learner, protocols.SubjectKFold(2, seed=0))
    return run.predictions.sort_values("clip", ignore_index=True)


@pytest.mark.parametrize("learner", [LINEAR, NETWORK], ids=lambda one: one.name)
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
    if learner is LINEAR:  # a network is shown the shuffled pictures in other batches
        np.testing.assert_allclose(first[classes], second[classes], atol=1e-3)


def test_sparse_cross_entropy_is_the_same_loss():
    """JAFFE's is sparse; the answer is written as a number, and that is all."""
    import keras

    chances = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]], np.float32)
    sparse = keras.losses.sparse_categorical_crossentropy(np.array([1, 2]), chances)
    spelled = keras.losses.categorical_crossentropy(np.eye(3)[[1, 2]], chances)
    np.testing.assert_allclose(sparse, spelled, rtol=1e-6)
    np.testing.assert_allclose(spelled, -np.log([0.2, 0.8]), rtol=1e-5)


def test_an_overlap_of_people_hurts_where_each_shows_everything_once(tmp_path):
    """The reading of CFE in the chapter, where the cause is known.

    Each person looks their own way, and each display is there once a person. A
    model that knows the person answers what it has seen them show.
    """
    draw, shown = np.random.default_rng(0), list(labels.FACES)
    looks = draw.normal(0, 3, (40, 30))
    displays = draw.normal(0, 1, (7, 30))
    rows = [(person, emotion) for person in range(40) for emotion in range(7)]
    x = np.array([looks[p] + displays[e] for p, e in rows])
    x += draw.normal(0, 0.7, x.shape)
    manifest = pd.DataFrame(
        {"clip": f"{p}-{e}", "subject": f"p{p}", "sentence": "", "corpus": "toy",
         "emotion": shown[e], "source": "demo", "path": __file__}
        for p, e in rows
    )  # fmt: skip
    examples = experiment.examples(manifest, x, labels.FACES)
    nearest = learners.Classifier(baselines.nearest(), "nearest")
    rungs = {
        "at random": protocols.RandomItems(0.5, seed=0),
        "people apart": protocols.SubjectKFold(2, seed=0),
    }
    study = experiment.Study("speech-and-stills", "smoke", runs=tmp_path)
    found = {
        way: study.run("overlap", examples, nearest, rung)
        for way, rung in protocols.matched(rungs, examples.items).items()
    }
    table = results.accuracies(found)["value"]
    assert table["at random"] < table["people apart"] - 0.05
