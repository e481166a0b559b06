"""What the networks share: normalisation that travels with the weights."""

import numpy as np
import pytest

from emolib import training
from emolib.models import common

LIKE = np.random.default_rng(0).normal([3, -5, 9], [1, 20, 0.1], (50, 7, 3))


def built(like=None, axis=-1):
    import keras
    from keras import layers

    inputs = layers.Input((7, 3))
    x = layers.Flatten()(common.normalised(inputs, like, axis))
    return common.compiled(keras.Model(inputs, layers.Dense(2, "softmax")(x)))


def inside(model):
    """What comes in to the layer that flattens."""
    import keras

    flatten = next(layer for layer in model.layers if "flatten" in layer.name)
    return keras.Model(model.inputs, flatten.input)(LIKE.astype(np.float32)).numpy()


@pytest.mark.parametrize("axis", [-1, (1, 2)])
def test_what_is_like_the_training_side_is_brought_to_mean_0_and_variance_1(axis):
    model = built(LIKE, axis)
    others = (0, 1) if axis == -1 else 0
    expected = (LIKE - LIKE.mean(axis=others)) / LIKE.std(axis=others)
    assert inside(model) == pytest.approx(expected, abs=1e-3)


def test_frames_without_their_clips_serve_as_well():
    flat = LIKE.reshape(-1, 3)
    assert inside(built(flat)) == pytest.approx(inside(built(LIKE)), abs=1e-3)


def test_without_a_training_side_inputs_stay_what_they_are():
    assert inside(built()) == pytest.approx(LIKE, rel=1e-6)


def test_padding_counts_in_neither_and_stays():
    import keras

    like = LIKE.astype(np.float32).copy()
    like[::2, :4] = 0
    inputs = keras.Input((7, 3))
    model = keras.Model(inputs, common.normalised(inputs, like, padded=True))
    brought, sounds = model(like).numpy(), like.any(axis=-1)
    assert (brought[~sounds] == 0).all()
    assert brought[sounds].mean(axis=0) == pytest.approx(0, abs=1e-3)
    assert brought[sounds].std(axis=0) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("way", ["load_weights", "set_weights"])
@pytest.mark.parametrize("nested", [False, True])
def test_a_rebuilt_model_takes_it_from_the_weights(tmp_path, way, nested):
    import keras

    def whole(like=None):
        if not nested:
            return built(like)
        films = keras.Input((2, 7, 3))
        return keras.Model(films, keras.layers.TimeDistributed(built(like))(films))

    x = np.stack([LIKE, LIKE[::-1]], axis=1) if nested else LIKE
    first, second = whole(LIKE), whole()
    expected = first.predict(x, verbose=0)
    if way == "set_weights":
        second.set_weights(first.get_weights())
    else:
        first.save_weights(tmp_path / "a.weights.h5")
        second.load_weights(tmp_path / "a.weights.h5")
    assert np.array_equal(second.predict(x, verbose=0), expected)


def test_a_second_fold_is_brought_to_its_own_training_side():
    """The network that was traced for the first takes the weights of the second."""
    first = training.traced(built(LIKE))
    second = training.traced(built(LIKE * 3 + 1))
    assert second is first
    expected = (LIKE - (3 * LIKE + 1).mean(axis=(0, 1))) / (3 * LIKE).std(axis=(0, 1))
    assert inside(second) == pytest.approx(expected, abs=1e-3)


def test_training_leaves_it_alone():
    model = built(LIKE)
    before = inside(model)
    model.fit(LIKE, np.eye(2)[np.arange(50) % 2], epochs=2, verbose=0)
    assert np.array_equal(inside(model), before)


@pytest.mark.parametrize("activation", ["tanh", "linear"])
def test_inside_an_lstm_is_what_keras_says_outside(activation):
    import keras

    layer = keras.layers.LSTM(4, activation=activation, return_sequences=True)
    x = LIKE[:, :5].astype(np.float32) / 10
    expected = layer(x).numpy()
    found = common.inside_lstm(layer, x)
    np.testing.assert_allclose(found["said"], expected, atol=1e-5)
    # Keras hands on the memory of the last step.
    last = keras.layers.LSTM(4, activation=activation, return_state=True)
    last.build(x.shape)
    last.set_weights(layer.get_weights())
    memory = last(x)[2].numpy()
    np.testing.assert_allclose(found["memory"][:, -1], memory, atol=1e-5)
    for gate in ("input", "forget", "output"):
        assert found[gate].min() >= 0 and found[gate].max() <= 1
