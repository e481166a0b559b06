"""The networks against hand counts and a second implementation; the baselines."""

import numpy as np
import pytest

from emolib.models import baselines, common, confidence_fusion


def convolution(inputs, filters):
    return 3 * 3 * inputs * filters + filters


def dense(inputs, units):
    return inputs * units + units


def lstm(inputs, units):
    return 4 * dense(inputs + units, units)  # four gates over input and own state


@pytest.fixture(scope="module")
def audio():
    import keras

    keras.utils.set_random_seed(0)
    return confidence_fusion.audio_cnn_lstm((14, 16), 5, width=1 / 8)


def counts(model):
    table = common.layer_table(model)
    return list(table.parameters[table.parameters > 0])


def test_frame_network_has_the_parameters_of_its_description():
    model = confidence_fusion.frame_cnn()
    # 64 pixels: 62, 31, 29, 14, 12, 6, 4, 2 after each convolution and pooling
    expected = [
        convolution(3, 32),
        convolution(32, 64),
        convolution(64, 128),
        convolution(128, 256),
        dense(2 * 2 * 256, 256),
        dense(256, 128),
        dense(128, 8),
    ]
    assert counts(model) == expected
    assert model.count_params() == sum(expected) == 684_744
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-4)


def test_audio_network_has_the_parameters_of_its_description():
    model = confidence_fusion.audio_cnn_lstm((130, 40))
    # 130 frames: 128, 126, 63, 61, 30; 40 bins: 38, 36, 18, 16, 8
    expected = [
        2 * 40,  # mean and variance of each coefficient, never trained
        convolution(1, 64),
        4 * 64,
        convolution(64, 128),
        4 * 128,
        convolution(128, 256),
        lstm(8 * 256, 256),
        lstm(256, 128),
        lstm(128, 64),
        dense(64, 64),
        dense(64, 8),
    ]
    assert counts(model) == expected
    assert model.count_params() == sum(expected) == 2_981_960 + 2 * 40
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-3)


def test_width_scales_every_layer_but_the_last():
    table = common.layer_table(confidence_fusion.audio_cnn_lstm((32, 40), width=1 / 3))
    last = [int(shape.split(" x ")[-1]) for shape in table.output]
    kinds = dict(zip(table.layer, last, strict=True))
    convolutions = [n for name, n in kinds.items() if name.startswith("conv2d")]
    states = [n for name, n in kinds.items() if name.startswith("lstm")]
    assert (convolutions, states) == ([21, 43, 85], [85, 43, 21])
    assert last[-1] == 8


def test_layer_table_names_kinds_and_shapes(audio):
    table = common.layer_table(audio)
    assert list(table.columns) == ["layer", "kind", "output", "parameters"]
    assert list(table.kind)[list(table.layer).index("one_channel") :] == [
        "Reshape",
        *["Conv2D", "BatchNormalization"] * 2,
        *["MaxPooling2D", "Dropout", "Conv2D", "MaxPooling2D", "Dropout"],
        *["Reshape", "LSTM", "LSTM", "LSTM", "Dense", "Dropout", "Dense"],
    ]
    assert table.set_index("layer").output["one_channel"] == "14 x 16 x 1"
    assert table.parameters.sum() == audio.count_params()


def test_audio_network_computes_what_torch_computes(audio):
    """The same layers in torch, with the same weights, give the same answers.

    Among other things this shows that time stays time on the way from the
    convolutions to the LSTM layers.
    """
    import torch
    from torch import nn

    rng = np.random.default_rng(0)
    # kernels as first drawn; biases and normalisation anything but 0 and 1
    audio.set_weights(
        [
            w if w.ndim > 1 else rng.uniform(0.1, 0.9, w.shape)
            for w in audio.get_weights()
        ]
    )
    x = rng.normal(size=(3, 14, 16)).astype(np.float32)
    weighted = [layer for layer in audio.layers if layer.count_params()]
    used = 0

    def weights(*names):
        nonlocal used
        layer = weighted.pop(0)
        arrays = [torch.from_numpy(w) for w in layer.get_weights()]
        used += sum(a.numel() for a in arrays)
        return arrays

    @torch.no_grad()
    def fill(module, **arrays):
        for name, array in arrays.items():
            getattr(module, name).copy_(array)
        return module.eval()

    def convolve(t):
        kernel, bias = weights()
        module = nn.Conv2d(t.shape[1], len(bias), 3)
        return fill(module, weight=kernel.permute(3, 2, 0, 1), bias=bias)(t).relu()

    def normalise(t):
        scale, shift, mean, variance = weights()
        module = nn.BatchNorm2d(t.shape[1], eps=1e-3)
        return fill(
            module, weight=scale, bias=shift, running_mean=mean, running_var=variance
        )(t)

    def remember(t):
        kernel, recurrent, bias = weights()
        module = nn.LSTM(t.shape[2], len(recurrent), batch_first=True)
        return fill(
            module,
            weight_ih_l0=kernel.T,
            weight_hh_l0=recurrent.T,
            bias_ih_l0=bias,
            bias_hh_l0=torch.zeros_like(bias),
        )(t)[0]

    def connect(t):
        kernel, bias = weights()
        module = nn.Linear(t.shape[1], len(bias))
        return fill(module, weight=kernel.T, bias=bias)(t)

    with torch.no_grad():
        mean, variance = weights()
        t = ((torch.from_numpy(x) - mean) / (variance + 1e-6).sqrt())[:, None]
        t = normalise(convolve(normalise(convolve(t))))
        t = nn.functional.max_pool2d(t, 2)
        t = nn.functional.max_pool2d(convolve(t), 2)
        t = t.permute(0, 2, 3, 1).flatten(2)  # (items, time, bands and filters)
        t = remember(remember(remember(t)))[:, -1]
        expected = connect(connect(t).relu()).softmax(1).numpy()

    assert used == audio.count_params()
    answers = audio.predict(x, verbose=0)
    assert np.ptp(answers, axis=0).max() > 1e-4  # the items are told apart
    np.testing.assert_allclose(answers, expected, atol=1e-5)


def test_coefficients_are_brought_to_what_they_are_in_training():
    import keras

    rng = np.random.default_rng(0)
    like = rng.normal(50, 9, (200, 14, 16)).astype(np.float32)
    like[:, :3] = 0  # padding: left out of mean and variance, and left as it is
    model = confidence_fusion.audio_cnn_lstm((14, 16), 5, width=1 / 8, like=like)
    inside = model.get_layer("one_channel")
    seen = keras.Model(model.input, inside.output).predict(like, verbose=0)[..., 0]
    assert (seen[:, :3] == 0).all()
    np.testing.assert_allclose(seen[:, 3:].mean(axis=(0, 1)), 0, atol=1e-3)
    np.testing.assert_allclose(seen[:, 3:].std(axis=(0, 1)), 1, atol=1e-3)
    # Built again without them and given its weights, it is the same network.
    again = confidence_fusion.audio_cnn_lstm((14, 16), 5, width=1 / 8)
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(
        again.predict(like[:4], verbose=0), model.predict(like[:4], verbose=0)
    )


def test_frames_are_scaled_inside_the_model():
    import keras

    model = confidence_fusion.frame_cnn((46, 46, 3), width=1 / 16)
    frames = np.random.default_rng(0).integers(0, 256, (2, 46, 46, 3), dtype=np.uint8)
    scaled = keras.Model(model.input, model.layers[1].output).predict(frames, verbose=0)
    np.testing.assert_allclose(scaled, frames / 255, atol=1e-6)
    np.testing.assert_allclose(model.predict(frames, verbose=0).sum(1), 1, atol=1e-5)


@pytest.fixture(scope="module")
def flowers():
    from sklearn.datasets import load_iris

    data = load_iris()
    return data.data, data.target_names[data.target]


@pytest.mark.parametrize("name", ["linear", "svm", "nearest"])
def test_baselines_standardise_and_give_probabilities(name, flowers):
    x, y = flowers
    make = getattr(baselines, name)
    model = make().fit(x[::2], y[::2])
    probabilities = model.predict_proba(x[1::2])
    assert list(model.classes_) == sorted(set(y))
    np.testing.assert_allclose(probabilities.sum(1), 1)
    predicted = model.classes_[probabilities.argmax(1)]
    assert (predicted == model.predict(x[1::2])).all()
    assert (predicted == y[1::2]).mean() > 0.9

    stretched = x * [1e4, 1, 1, 1e-4]
    again = make().fit(stretched[::2], y[::2])
    np.testing.assert_allclose(
        again.predict_proba(stretched[1::2]), probabilities, atol=1e-6
    )


def test_nearest_knows_the_items_it_was_given(flowers):
    x, y = flowers
    noise = np.random.default_rng(0).permutation(y)  # nothing that could be learnt
    x, kept = np.unique(x, axis=0, return_index=True)
    assert baselines.nearest().fit(x, noise[kept]).score(x, noise[kept]) == 1
