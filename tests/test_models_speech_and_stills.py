"""The networks of document B: sizes by hand, weights shared, gates as described."""

import numpy as np
import pytest

from emolib import UsageError, training
from emolib.models import speech_and_stills as networks

FILM = np.random.default_rng(0).integers(0, 256, (2, 3, 48, 48, 3), dtype=np.uint8)


def sizes(model):
    counts = [layer.count_params() for layer in model.layers]
    return [count for count in counts if count]


def test_the_speech_network_has_the_described_layers():
    # An LSTM has four gates, each with weights for input, state and a bias.
    lstm = 4 * (1 * 123 + 123 * 123 + 123)
    by_hand = [lstm, 123 * 64 + 64, 64 * 32 + 32, 32 * 7 + 7]
    assert sizes(networks.speech_lstm()) == by_hand


@pytest.mark.parametrize("activation", ["linear", "tanh"])
def test_the_lstm_computes_what_the_formula_says(activation):
    model = networks.speech_lstm(activation=activation)
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
    like = np.random.default_rng(2).normal(50, 9, (500, 40, 1)).astype(np.float32)
    model = networks.speech_lstm(like=like)
    seen = networks.until(model, model.layers[1].name).predict(like, verbose=0)
    assert abs(seen.mean()) < 1e-3 and abs(seen.std() - 1) < 1e-2


def test_the_still_network_has_the_described_layers():
    conv = [64 * (9 * 3 + 1), 128 * (9 * 64 + 1), 256 * (9 * 128 + 1)]
    # 48 -> 46, 23 -> 21, 10 -> 8, 4 pixels; both orders of pooling end at 4.
    dense = [4 * 4 * 256 * 512 + 512, 512 * 7 + 7]
    assert sizes(networks.still_cnn()) == conv + dense
    assert sizes(networks.still_cnn(pool_first=True)) == conv + dense
    first = [type(x).__name__ for x in networks.still_cnn(pool_first=True).layers[2:4]]
    assert first == ["MaxPooling2D", "Conv2D"]
    assert sizes(networks.still_cnn(88))[3] == 9 * 9 * 256 * 512 + 512
    grey = networks.still_cnn(channels=1)
    assert grey.input.shape[1:] == (48, 48, 1)


def test_augmentation_changes_training_images_only():
    model = networks.still_cnn(width=0.05, augment="both")
    images = FILM[:, 0]
    once, again = model(images, training=False), model(images, training=False)
    np.testing.assert_array_equal(once, again)
    augmented = model(images, training=True)
    assert np.abs(np.array(augmented) - np.array(once)).max() > 1e-6
    kinds = [layer.mode for layer in networks.augmentation(vertical=False)[-1:]]
    assert kinds == ["horizontal"]


def test_vgg16_is_frozen_but_for_its_top():
    model = networks.still_vgg()
    trained = sum(np.prod(w.shape) for w in model.trainable_weights)
    assert trained == 1 * 1 * 512 * 256 + 256 + 256 * 7 + 7
    # The 13 convolutions of VGG16, as published (Simonyan & Zisserman, 2015).
    assert model.count_params() - trained == 14_714_688


def test_the_pooled_film_is_the_mean_of_its_frames():
    stills = networks.still_cnn(width=0.1)
    film = networks.film_pooled(stills, frames=3)
    seen = networks.until(film, "watching").predict(FILM, verbose=0)
    each = networks.until(stills, "seeing")
    frames = [each.predict(FILM[:, i], verbose=0) for i in range(3)]
    np.testing.assert_allclose(seen, np.mean(frames, axis=0), rtol=1e-4, atol=1e-5)


def test_a_recurrent_film_sees_the_order_of_frames_and_a_pooled_one_does_not():
    stills = networks.still_cnn(width=0.1)
    for build, differs in ((networks.film_lstm, True), (networks.film_pooled, False)):
        model = build(stills, frames=3)
        there = model.predict(FILM, verbose=0)
        back = model.predict(FILM[:, ::-1], verbose=0)
        assert (np.abs(there - back).max() > 1e-5) == differs


def test_both_steps_of_fusion_go_on_from_trained_weights():
    stills = networks.still_cnn(width=0.1)
    film = networks.film_lstm(stills, frames=3)
    visual = networks.joined(stills, film, ("seeing", "watching"), name="visual")
    voice = networks.speech_lstm()
    whole = networks.joined(visual, voice, ("visual", "hearing"), name="whole")
    assert [tensor.name for tensor in whole.inputs] == ["images", "film", "mfcc_means"]
    inputs = [FILM[:, 1], FILM, np.ones((2, 40, 1), np.float32)]
    assert whole.predict(inputs, verbose=0).sum(axis=1) == pytest.approx([1, 1])
    before = voice.get_layer("hearing").get_weights()[0].copy()
    whole.fit(inputs, np.eye(7, dtype=np.float32)[:2], verbose=0)
    after = voice.get_layer("hearing").get_weights()[0]
    assert np.abs(after - before).max() > 0  # the same weights, trained further


@pytest.mark.parametrize("activation", ["linear", "tanh"])
def test_inside_the_lstm_every_step_is_what_keras_says(activation):
    import keras

    lstm = networks.speech_lstm(activation=activation).get_layer("hearing")
    x = np.random.default_rng(3).normal(size=(4, 40, 1)).astype(np.float32)
    inside = networks.inside_lstm(lstm, x)
    every = keras.layers.LSTM(123, activation=activation, return_sequences=True)
    every.build(x.shape)
    every.set_weights(lstm.get_weights())
    np.testing.assert_allclose(inside["said"], np.array(every(x)), atol=1e-5)
    kernel, _, bias = lstm.get_weights()  # nothing comes back at the first step
    first = 1 / (1 + np.exp(-(x[:, 0] @ kernel + bias)))
    for name, part in zip(("input", "forget", "output"), (0, 1, 3), strict=True):
        found = first[:, 123 * part : 123 * (part + 1)]
        np.testing.assert_allclose(inside[name][:, 0], found, atol=1e-6)


def test_a_frozen_part_and_what_follows_are_the_whole():
    whole = networks.still_vgg()
    before = networks.until(whole, "frozen").predict(FILM[:, 0], verbose=0)
    top = networks.after(whole, "frozen")
    found = top.predict(before, verbose=0)
    np.testing.assert_allclose(found, whole.predict(FILM[:, 0], verbose=0), atol=1e-6)
    assert len(top.trainable_weights) == len(top.weights) == 4


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path):
    file = tmp_path / "vgg16.h5"
    with pytest.raises(UsageError, match="no such file"):
        networks.still_vgg(weights=file)
    file.write_bytes(b"something else")
    with pytest.raises(UsageError, match="download it again"):
        networks.still_vgg(weights=file)


def test_a_joined_model_trains_on_named_inputs_and_survives_being_saved(tmp_path):
    import keras

    stills = networks.still_cnn(width=0.1)
    voice = networks.speech_lstm(activation="tanh")
    stills.save(tmp_path / "stills.keras")
    again = keras.models.load_model(tmp_path / "stills.keras", compile=False)
    film = networks.film_lstm(again, frames=3)
    visual = networks.joined(stills, film, ("seeing", "watching"), name="visual")
    whole = networks.joined(visual, voice, ("visual", "hearing"), name="whole")
    clips = np.zeros(
        2,
        [
            ("images", "u1", (48, 48, 3)),
            ("film", "u1", (3, 48, 48, 3)),
            ("mfcc_means", "f4", (40, 1)),
        ],
    )
    clips["images"], clips["film"] = FILM[:, 1], FILM
    clips["mfcc_means"] = np.random.default_rng(4).normal(size=(2, 40, 1))
    answers = np.eye(7, dtype=np.float32)[:2]
    history = training.fit_keras(
        whole, clips, answers, epochs=2, batch=2, seed=0, progress=False
    )
    assert history["loss"].iloc[1] < history["loss"].iloc[0]
    whole.save(tmp_path / "whole.keras")
    loaded = keras.models.load_model(tmp_path / "whole.keras", compile=False)
    given = [clips["images"], clips["film"], clips["mfcc_means"]]
    np.testing.assert_allclose(
        loaded.predict(training.named(clips), verbose=0),
        whole.predict(given, verbose=0),
        atol=1e-6,
    )
