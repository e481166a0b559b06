"""Document A's networks against the layers that it prints."""

import numpy as np
import pandas as pd
import pytest

from emolib import UsageError, labels, ledger
from emolib.ledger import layers as printed
from emolib.models import posed_genuine as networks
from emolib.models.common import layer_table
from emolib.training import with_keras

STACK = (77, 150)
FACES = dict.fromkeys(networks.REGIONS, (16, 16, 1))


def test_the_parameters_are_the_document_s_layer_by_layer():
    table = layer_table(networks.audio_lstm(STACK, 14))
    theirs = [int(row[-1]) for row in ledger.document("A").table["A.table3"].rows]
    assert theirs == [73, 0, 2400, 0, 8896, 0, 0, 0, 131584, 16512, 0, 1806]
    assert table["parameters"].tolist() == [0, 0, *theirs]


def test_the_shapes_are_the_document_s_but_for_three_that_cannot_be():
    rows = ledger.document("A").table["A.table3"].rows
    theirs = [printed.read(*map(str, row)) for row in rows]
    ours = layer_table(networks.audio_lstm(STACK, 14))["output"]
    other = {
        row.name: shape
        for row, shape in zip(theirs, ours[2:], strict=True)
        if " x ".join(map(str, row.shape)) != shape
    }
    assert other == {
        "separable-conv2d-3": "19 x 37 x 128",
        "max-pooling2d-3": "9 x 18 x 128",
        "reshape": "162 x 128",
    }
    # The rows around them say the same, without any network.
    (mended,) = printed.mended(theirs)
    slips = [theirs[row].name for row, cell in sorted(mended.wrong) if cell == "shape"]
    assert slips == list(other) and len(mended.wrong) == 3


def test_steps_are_the_places_of_the_stack_row_by_row():
    """The LSTM is handed all moments of the top rows before any of those below."""
    import keras

    model = networks.audio_lstm(STACK, 14, width=0.1)
    outputs = [model.layers[7].output, model.layers[9].output]
    chance = np.random.default_rng(0).normal(size=(2, *STACK)).astype("float32")
    places, steps = keras.Model(model.input, outputs)(chance)
    np.testing.assert_array_equal(places[:, 3, 5], steps[:, 3 * 18 + 5])


def test_rows_are_brought_to_one_spread_and_the_filling_stays():
    import keras

    like = np.random.default_rng(0).normal(-40, 9, (30, *STACK)).astype("float32")
    like[:, 10] *= 3
    like[:, :, 100:] = 0
    model = networks.audio_lstm(STACK, 14, standardised=True, like=like)
    deep = networks.audio_lstm((*STACK, 1), 14, standardised=True, like=like[..., None])
    deep.set_weights(model.get_weights())
    np.testing.assert_allclose(deep(like[..., None]), model(like), rtol=1e-5)
    scaled = keras.Model(model.input, model.get_layer("sound_standardised").output)
    found = np.asarray(scaled(like))
    assert not found[:, :, 100:].any()
    rows = np.moveaxis(found[:, :, :100], 1, 0).reshape(77, -1)
    np.testing.assert_allclose(rows.mean(axis=1), 0, atol=1e-3)
    np.testing.assert_allclose(rows.std(axis=1), 1, atol=1e-3)


@pytest.mark.parametrize(
    ("build", "more", "kinds"),
    [
        ("audio_lstm", {"attention": True}, "MultiHeadAttention"),
        ("audio_cnn", {}, "Flatten"),
        ("audio_lstm", {}, "LSTM"),
    ],
)
def test_what_stands_in_the_middle(build, more, kinds):
    model = getattr(networks, build)(STACK, 14, width=0.1, **more)
    middle = set(layer_table(model)["kind"])
    others = {"MultiHeadAttention", "LSTM"} - {kinds}
    assert kinds in middle and not middle & others


def test_regions_of_a_face_are_changed_alike():
    """One picture three times, in training: the same change of all three."""
    import keras
    from keras import layers

    parts = [layers.Input((16, 16, 1)) for _ in range(3)]
    changer = keras.Model(parts, networks._changed_alike(parts, "sideways"))
    picture = np.random.default_rng(0).random((4, 16, 16, 1), "float32")
    with_keras.seed(0)
    one, two, three = changer([picture] * 3, training=True)
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, three)
    assert abs(np.asarray(one) - picture).mean() > 0.01


@pytest.mark.parametrize("branches", [("face",), ("eyes", "brows"), networks.REGIONS])
def test_a_face_is_looked_at_by_the_branches_that_are_asked_for(branches):
    model = networks.face_regions(FACES, 14, width=0.1, branches=branches)
    assert list(model.input) == list(branches)
    x = {name: np.zeros((2, 16, 16, 1), "uint8") for name in branches}
    np.testing.assert_allclose(np.sum(model(x), axis=1), 1, rtol=1e-5)
    with pytest.raises(UsageError, match="no region nose"):
        networks.face_regions(FACES, 14, branches=("nose",))


def test_both_are_heard_and_seen_in_one_decision():
    shape = {"sound": STACK, **FACES}
    model = networks.joint(shape, 14, width=0.1)
    chance = np.random.default_rng(0)
    x = {"sound": chance.normal(size=(2, *STACK)).astype("float32")}
    x |= {n: chance.integers(0, 256, (2, 16, 16, 1), "uint8") for n in FACES}
    before = np.asarray(model(x))
    for name in shape:
        other = x | {name: x[name][::-1]}
        assert abs(np.asarray(model(other)) - before).max() > 1e-6, name
    with pytest.raises(UsageError, match="no sound"):
        networks.joint(FACES, 14)


@pytest.mark.parametrize("shape", [(77, 150, 2), (7, 150), (77,)])
def test_a_stack_too_small_to_be_pooled_is_refused(shape):
    with pytest.raises(UsageError, match="8 rows"):
        networks.audio_cnn(shape, 14)


def test_clips_are_filed_as_the_document_files_them(capsys):
    clips = pd.DataFrame(
        {
            "corpus": ["mav", "mav", "tess", "emodb", "vivae"],
            "emotion": ["sad", "pain", "neutral", "bored", "angry"],
            "subject": ["6", "6", "OAF", "03", ""],
            "clip": list("abcde"),
        }
    )
    filed = networks.filed(clips)
    assert filed["fourteen"].tolist() == ["sad", "posed neutral", "angry"]
    assert filed["filed"].tolist() == ["genuine", "posed", "genuine"]
    assert filed["subject"].tolist() == ["mav 6", "tess OAF", "vivae e"]
    said = capsys.readouterr().out
    assert "mav: 1 of 2 left out (pain)" in said and "bored" in said
    with pytest.raises(UsageError, match="does not file crema-d"):
        networks.filed(clips.assign(corpus="crema-d"))


def test_the_classes_and_corpora_are_the_ledger_s():
    order = ledger.claim("A.task.order").stated.split(", ")
    posed = [f"posed {emotion}" for emotion in order]
    assert labels.FOURTEEN.classes == (*order, *posed)
    table = ledger.document("A").table["A.table1"]
    assert set(networks.FILED) == set(table.columns) - {"class"}
    groups = ledger.document("A").table["A.table2"].groups
    for name, corpora in groups.items():
        for corpus in corpora:
            assert networks.FILED[corpus] == name.split()[1]


def test_sounds_are_changed_in_training_only():
    import keras

    deep = (*STACK, 1)
    model = networks.audio_augmented(deep, 14, width=0.1)
    plain = networks.audio_lstm(deep, 14, width=0.1)
    plain.set_weights(model.get_layer("audio_lstm").get_weights())
    x = np.random.default_rng(0).normal(-40, 9, (2, *deep)).astype("float32")
    asked = model(x, training=False)
    np.testing.assert_allclose(asked, plain(x), rtol=1e-5)
    before = keras.Model(model.inputs, model.layers[-2].output)
    with_keras.seed(0)
    assert abs(np.asarray(before([x], training=True)) - x).mean() > 1
    np.testing.assert_allclose(before([x], training=False), x, rtol=1e-5)
