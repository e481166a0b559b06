"""Strips of a spectrogram are hidden in training; the network learns."""

import numpy as np
import pandas as pd

from emolib import experiment, learners, protocols
from emolib.labels import LabelSpace
from emolib.models import baselines


def test_strips_are_hidden_in_training_alone():
    from emolib.training import with_keras

    with_keras.seed(0)
    layer = baselines._hiding(bands=6, frames=5)
    x = np.ones((40, 30, 20), np.float32)
    assert (np.asarray(layer(x, training=False)) == 1).all()
    seen = np.asarray(layer(x, training=True))
    lines = (seen == 0).all(axis=2).sum(axis=1), (seen == 0).all(axis=1).sum(axis=1)
    for hidden, most in zip(lines, (5, 6), strict=True):
        assert hidden.max() == most and 0 < hidden.mean() < most
    # What is hidden lies in one strip, from edge to edge.
    for one in seen:
        rows = np.flatnonzero((one == 0).all(axis=1))
        assert len(rows) == 0 or len(rows) == np.ptp(rows) + 1
    whole = np.logical_or(
        (seen == 0).all(axis=2)[:, :, None], (seen == 0).all(axis=1)[:, None]
    )
    np.testing.assert_array_equal(seen == 0, whole)


def test_the_network_learns_a_tone():
    x = np.random.default_rng(0).normal(size=(64, 32, 32)).astype(np.float32)
    y = np.arange(64) % 2
    x[y == 1, 8:16] += 3
    space = LabelSpace("two", ("happy", "sad"))
    told = {"emotion": np.array(space.classes)[y], "subject": np.arange(64) // 8}
    names = [f"clip {n}" for n in range(64)]
    manifest = pd.DataFrame({"clip": names, **told}).astype(str)
    manifest = manifest.assign(sentence="", corpus="c", source="demo")
    examples = experiment.examples(manifest, x, space)
    small = {"width": 0.1, "bands": 2, "frames": 4, "rate": 0.01}
    network = learners.Network(baselines.log_mel_cnn, small, epochs=15, batch=16)
    split, *_ = protocols.checked(protocols.SubjectKFold(4), examples.items)
    given = learners.part_of(examples, split.test)
    scores = network.fit(examples, split).predict(given)["emotion"]
    assert (scores.argmax(axis=1) == y[split.test]).mean() > 0.9
