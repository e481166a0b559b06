"""The networks of document B: sizes by hand, weights shared, gates as described."""

import numpy as np
import pytest

from emolib import UsageError, training
from emolib.models import speech_and_stills as networks

FILM = np.random.default_rng(0).integers(0, 256, (2, 3, 48, 48, 3), dtype=np.uint8)
PICTURE, MEANS = (48, 48, 3), (40, 1)


def sizes(model):
    counts = [layer.count_params() for layer in model.layers]
    return [count for count in counts if count]


def narrow(shape=PICTURE, **design):
    return networks.still_cnn(shape, 7, width=0.1, **design)


def voice(**design):
    return networks.speech_lstm(MEANS, 7, **design)


def whole(stills, heard):
    film = networks.film_lstm(FILM.shape[1:], 7, stills=stills)
    shape = {"images": PICTURE, "film": FILM.shape[1:]}
    parts = {"first": stills, "second": film, "parts": ("seeing", "watching")}
    visual = networks.joined(shape, 7, **parts, name="visual")
    parts = {"first": visual, "second": heard, "parts": ("visual", "hearing")}
    return networks.joined(shape | {"mfcc_means": MEANS}, 7, **parts, name="whole")


def test_the_speech_network_has_the_described_layers():
    # An LSTM has four gates, each with weights for input, state and a bias.
    lstm = 4 * (1 * 123 + 123 * 123 + 123)
    by_hand = [lstm, 123 * 64 + 64, 64 * 32 + 32, 32 * 7 + 7]
    assert sizes(voice()) == by_hand


@pytest.mark.parametrize("activation", ["linear", "tanh"])
def test_the_lstm_computes_what_the_formula_says(activation):
    model = voice(activation=activation)
    x = np.random.default_rng(1).normal(size=(1, 40, 1)).astype(np.float32)
    w, u, b = (a.astype(np.float64) for a in model.get_layer("hearing").get_weights())
    squash = np.tanh if activation == "tanh" else lambda z: z

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    h = c = np.zeros(123)
    for step in x[0]:
        i, f, g, o = np.split(step @ w + h @ u + b, 4)
        c = sigmoid(f) * c + sigmoid(i) * squash(g)
        h = sigmoid(o) * squash(c)
    part = networks.until(model, "hearing")
    np.testing.assert_allclose(part.predict(x, verbose=0)[0], h, atol=1e-5)


def test_standardised_inputs_have_the_training_sides_spread():
    import keras

    like = np.random.default_rng(2).normal(50, 9, (500, 40, 1)).astype(np.float32)
    model = voice(standardised=True, like=like)
    brought = keras.Model(model.inputs, model.get_layer("hearing").input)
    seen = brought.predict(like, verbose=0)
    assert abs(seen.mean()) < 1e-3 and abs(seen.std() - 1) < 1e-2
    # What was fitted travels with the weights.
    again = voice(standardised=True)
    again.set_weights(model.get_weights())
    given = like[:3]
    expected = model.predict(given, verbose=0)
    np.testing.assert_allclose(again.predict(given, verbose=0), expected, atol=1e-6)


def test_without_the_lstm_the_dense_layers_are_the_same():
    dense = networks.speech_dense(MEANS, 7, standardised=False)
    assert sizes(dense) == [40 * 64 + 64, 64 * 32 + 32, 32 * 7 + 7]
    assert sizes(voice())[2:] == sizes(dense)[1:]


def test_moments_are_read_in_their_order_and_padding_stays_nothing():
    import keras

    like = np.random.default_rng(6).normal(5, 3, (50, 9, 40)).astype(np.float32)
    like[:, :4] = 0  # filled up in front
    model = networks.speech_lstm((9, 40), 7, standardised=True, like=like)
    assert sizes(model)[1] == 4 * (40 * 123 + 123 * 123 + 123)
    brought = keras.Model(model.inputs, model.get_layer("hearing").input)
    seen = brought.predict(like, verbose=0)
    assert not seen[:, :4].any()
    assert abs(seen[:, 4:].mean()) < 1e-2 and abs(seen[:, 4:].std() - 1) < 1e-2


def test_large_inputs_stick_the_gates_of_a_linear_lstm():
    x = np.random.default_rng(8).normal(-200, 50, (20, 40))
    found = {kind: networks.before_training(x, kind) for kind in ("linear", "tanh")}
    assert (
        found["linear"]["largest output"] > 100 > 1 >= found["tanh"]["largest output"]
    )
    assert found["linear"]["gates stuck"] > 0.5
    small = networks.before_training(x / 1000, "linear")
    assert small["gates stuck"] == 0 and small["certainty"] < 0.3


def test_the_still_network_has_the_described_layers():
    conv = [64 * (9 * 3 + 1), 128 * (9 * 64 + 1), 256 * (9 * 128 + 1)]
    # 48 -> 46, 23 -> 21, 10 -> 8, 4 pixels; both orders of pooling end at 4.
    dense = [4 * 4 * 256 * 512 + 512, 512 * 7 + 7]
    assert sizes(networks.still_cnn(PICTURE, 7)) == conv + dense
    pooled = networks.still_cnn(PICTURE, 7, pool_first=True)
    assert sizes(pooled) == conv + dense
    first = [type(x).__name__ for x in pooled.layers[2:4]]
    assert first == ["MaxPooling2D", "Conv2D"]
    assert sizes(networks.still_cnn((88, 88, 3), 7))[3] == 9 * 9 * 256 * 512 + 512
    grey = networks.still_cnn((48, 48, 1), 7)
    assert grey.input.shape[1:] == (48, 48, 1)


def test_augmentation_changes_training_images_only():
    model = narrow(augment="both", shift=0.1)
    images = FILM[:, 0]
    once, again = model(images, training=False), model(images, training=False)
    np.testing.assert_array_equal(once, again)
    augmented = model(images, training=True)
    assert np.abs(np.array(augmented) - np.array(once)).max() > 1e-6


def test_augmentation_does_what_its_words_say():
    def kinds(*how):
        return [type(layer).__name__ for layer in networks.augmentation(*how)]

    assert kinds("moved") == ["RandomRotation", "RandomZoom"]
    assert kinds("both", 0.1)[2:] == ["RandomTranslation", "RandomFlip"]
    assert networks.augmentation("sideways")[-1].mode == "horizontal"
    assert networks.augmentation("upside down")[-1].mode == "vertical"
    with pytest.raises(UsageError, match="none of moved, sideways"):
        networks.augmentation("sidewards")


def test_vgg16_is_frozen():
    model = networks.vgg16(PICTURE)
    assert not model.trainable_weights
    # The 13 convolutions of VGG16, as published (Simonyan & Zisserman, 2015).
    assert model.count_params() == 14_714_688
    assert model.predict(FILM[0], verbose=0).shape == (3, 512)


def test_the_new_top_brings_what_vgg16_gives_to_one_spread():
    like = np.random.default_rng(5).normal(9, 4, (300, 512)).astype(np.float32)
    top = networks.vgg_top((512,), 7, like=like)
    trained = sum(np.prod(w.shape) for w in top.trainable_weights)
    assert trained == 512 * 256 + 256 + 256 * 7 + 7
    brought = networks.until(top, top.layers[1].name).predict(like, verbose=0)
    assert abs(brought.mean()) < 1e-2 and abs(brought.std() - 1) < 1e-2


def test_a_film_is_read_in_its_order():
    model = networks.film_lstm(FILM.shape[1:], 7, stills=narrow())
    there = model.predict(FILM, verbose=0)
    back = model.predict(FILM[:, ::-1], verbose=0)
    assert np.abs(there - back).max() > 1e-5


def test_a_trained_model_goes_on_and_leaves_its_start_as_it_was():
    start = narrow(augment="both")
    model = networks.continued(PICTURE, 7, start=start)
    images, answers = FILM[:, 0], np.eye(7, dtype=np.float32)[:2]
    expected = start.predict(images, verbose=0)
    np.testing.assert_allclose(model.predict(images, verbose=0), expected, atol=1e-6)
    training.fit_keras(
        model, images, answers, epochs=1, batch=2, seed=0, progress=False
    )
    np.testing.assert_array_equal(start.predict(images, verbose=0), expected)
    assert np.abs(model.predict(images, verbose=0) - expected).max() > 1e-4
    with pytest.raises(UsageError, match="knows 7 classes"):
        networks.continued(PICTURE, 8, start=start)


def test_both_steps_of_fusion_go_on_from_trained_weights():
    heard = voice()
    model = whole(narrow(), heard)
    assert [tensor.name for tensor in model.inputs] == ["images", "film", "mfcc_means"]
    inputs = [FILM[:, 1], FILM, np.ones((2, 40, 1), np.float32)]
    assert model.predict(inputs, verbose=0).sum(axis=1) == pytest.approx([1, 1])
    before = heard.get_layer("hearing").get_weights()[0].copy()
    model.fit(inputs, np.eye(7, dtype=np.float32)[:2], verbose=0)
    after = heard.get_layer("hearing").get_weights()[0]
    assert np.abs(after - before).max() > 0  # the same weights, trained further


def test_models_that_take_other_inputs_are_not_joined():
    parts = {"first": narrow(), "second": voice(), "parts": ("seeing", "hearing")}
    with pytest.raises(UsageError, match="the models to join take images, mfcc_means"):
        networks.joined({"images": PICTURE, "film": FILM.shape[1:]}, 7, **parts)


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path):
    file = tmp_path / "vgg16.h5"
    with pytest.raises(UsageError, match="no such file"):
        networks.vgg16(PICTURE, file)
    file.write_bytes(b"something else")
    with pytest.raises(UsageError, match="download it again"):
        networks.vgg16(PICTURE, file)


def test_a_joined_model_trains_on_named_inputs():
    heard = voice(activation="tanh")
    model = whole(narrow(), heard)
    clips = np.zeros(
        2,
        [
            ("images", "u1", PICTURE),
            ("film", "u1", FILM.shape[1:]),
            ("mfcc_means", "f4", MEANS),
        ],
    )
    clips["images"], clips["film"] = FILM[:, 1], FILM
    clips["mfcc_means"] = np.random.default_rng(4).normal(size=(2, 40, 1))
    answers = np.eye(7, dtype=np.float32)[:2]
    history = training.fit_keras(
        model, clips, answers, epochs=2, batch=2, seed=0, progress=False
    )
    assert history["loss"].iloc[1] < history["loss"].iloc[0]
