"""Document D's networks against hand counts; they learn what they can learn."""

import numpy as np
import pytest

from emolib import UsageError, training
from emolib.models import common, early_fusion

SHAPES = {name: (64, 64, 3) for name in ("frame", "flow", "mel")}
SMALL = (16, 16, 1)
TOY = {"filters": (8, 8), "dense": (32, 16), "dropout": (0.0, 0.0), "rate": 3e-3}


def convolution(inputs, filters):
    return 3 * 3 * inputs * filters + filters


def dense(inputs, units):
    return inputs * units + units


FIVE = [
    convolution(a, b)
    for a, b in zip((3, 32, 64, 128, 256), early_fusion.FILTERS, strict=True)
]


def counts(model):
    table = common.layer_table(model)
    return list(table.parameters[table.parameters > 0])


def test_figure_6_has_the_parameters_of_its_description():
    # 64 pixels: 32, 16, 8, 4, 2 after each pooling; 2 x 2 x 512 = 2048
    top = [dense(2048, 2048), dense(2048, 1024), dense(1024, 5)]
    model = early_fusion.reduced_vgg((64, 64, 3), 5)
    assert counts(model) == FIVE + top
    assert model.count_params() == sum(FIVE) + sum(top) == 7_868_229
    rates = [layer.rate for layer in model.layers if "dropout" in layer.name]
    assert rates == [0.25, 0.4]


def test_what_the_size_of_a_picture_and_the_lost_digits_are_worth():
    """The numbers that the module argues with."""
    first = dense(7 * 7 * 512, 2048)  # 224 pixels
    rest = dense(2048, 1024) + dense(1024, 5)
    assert first == 51_382_272
    assert sum(FIVE) + first + rest == 55_054_149
    printed = [
        convolution(a, b)
        for a, b in zip((3, 32, 64, 18, 56), early_fusion.PRINTED, strict=True)
    ]
    model = early_fusion.reduced_vgg((64, 64, 3), 5, filters=early_fusion.PRINTED)
    assert counts(model)[:5] == printed
    lost = [str(n).replace("2", "") for n in (128, 256, 512)]
    assert lost == [str(n) for n in early_fusion.PRINTED[2:]]


@pytest.mark.parametrize("names", [("frame", "mel"), ("frame", "flow", "mel")])
def test_joined_networks_have_a_branch_an_input_and_one_top(names):
    shapes = {name: SHAPES[name] for name in names}
    model = early_fusion.early_fusion(shapes, 5)
    n = len(names)
    assert model.count_params() == n * sum(FIVE) + dense(n * 2048, 2048) + dense(
        2048, 1024
    ) + dense(1024, 5)
    kinds = list(common.layer_table(model).kind)
    # Table 5: five convolutions an input; three dense layers after they meet.
    assert (kinds.count("Conv2D"), kinds.count("Dense")) == (5 * n, 3)
    assert kinds.index("Concatenate") < kinds.index("Dense")
    assert {tensor.name for tensor in model.inputs} == set(names)


def test_the_five_changes_of_table_3():
    changes = early_fusion.CHANGES
    assert [len(c.filters) for c in changes.values()] == [4, 5, 5, 5, 5, 6]
    assert [c.batch for c in changes.values()] == [32, 32, 32, 30, 50, 30]
    assert changes["change 3"].filters == early_fusion.FILTERS  # Figure 6
    for change in changes.values():
        model = early_fusion.reduced_vgg(
            (64, 64, 1), 5, filters=change.filters, dense=(32,), width=1 / 8
        )
        kinds = list(common.layer_table(model).kind)
        assert kinds.count("MaxPooling2D") == len(change.filters)


def test_pictures_too_small_for_the_poolings_are_refused():
    with pytest.raises(UsageError, match="16 x 16 are too small for 5 poolings: take"):
        early_fusion.reduced_vgg((16, 16, 3), 5)


# -- they learn -------------------------------------------------------------


def quadrants(items=48, seed=0):
    """Pictures whose class is the quarter that is bright."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, items)
    x = rng.integers(0, 60, (items, *SMALL)).astype(np.uint8)
    for picture, label in zip(x, y, strict=True):
        top, left = 8 * (label // 2), 8 * (label % 2)
        picture[top : top + 8, left : left + 8] += 150
    return x, y


def learned(build, shape, x, y, epochs, **design):
    """How many of fresh items it is right about, and the model."""
    training.with_keras.seed(0)
    model = build(shape, 4, **design)
    half = len(x) // 2
    targets = np.eye(4, dtype=np.float32)[y[:half]]
    training.fit_keras(
        model, x[:half], targets, epochs=epochs, batch=8, seed=0, progress=False
    )
    answers = training.with_keras.predict(model, x[half:])
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)
    return (answers.argmax(axis=1) == y[half:]).mean(), model


def test_one_input_learns():
    x, y = quadrants()
    right, _ = learned(early_fusion.reduced_vgg, SMALL, x, y, 40, **TOY)
    assert right > 0.9


def test_two_inputs_learn_what_neither_tells_alone():
    """One input tells the row of the quarter, the other its column."""
    rng = np.random.default_rng(0)
    x = np.zeros(96, [("rows", "u1", SMALL), ("columns", "u1", SMALL)])
    y = rng.integers(0, 4, len(x))
    for one, label in zip(x, y, strict=True):
        one["rows"][8 * (label // 2) :][:8] = 200
        one["columns"][:, 8 * (label % 2) :][:, :8] = 200
    shape = {"rows": SMALL, "columns": SMALL}
    right, model = learned(early_fusion.early_fusion, shape, x, y, 20, **TOY)
    assert right > 0.9
    blind = x[48:].copy()
    blind["rows"] = 0
    answers = training.with_keras.predict(model, blind).argmax(axis=1)
    assert (answers == y[48:]).mean() < 0.8


def test_gradients_reach_every_layer_of_every_network():
    import tensorflow as tf

    built = [
        early_fusion.reduced_vgg((32, 32, 3), 4, width=1 / 8),
        early_fusion.early_fusion({"a": (32, 32, 3), "b": (32, 32, 1)}, 4, width=1 / 8),
        early_fusion.stream_cnn((32, 32, 3), 4, units=64, width=1 / 8),
        early_fusion.spatial_transformer((48, 48, 1), 4),
        early_fusion.attentive_lstm((6, 5), 4, units=4),
        early_fusion.deep_belief((12,), 4, units=(8, 6)),
    ]
    rng = np.random.default_rng(0)
    # It begins by changing nothing, whatever the layers before it say.
    built[3].get_layer("where").kernel.assign(rng.normal(0, 0.01, (32, 6)))
    for model in built:
        x = {
            tensor.name: rng.integers(0, 256, (8, *tensor.shape[1:])).astype("float32")
            for tensor in model.inputs
        }
        x = x if len(x) > 1 else next(iter(x.values()))
        with tf.GradientTape() as tape:
            loss = -tf.reduce_sum(tf.math.log(model(x, training=False)[:, 0]))
        slopes = tape.gradient(loss, [v.value for v in model.trainable_variables])
        for variable, slope in zip(model.trainable_variables, slopes, strict=True):
            assert slope is not None and float(tf.norm(slope)) > 0, variable.path


# -- the works compared with ------------------------------------------------


def test_a_stream_is_vgg16():
    from keras.applications import VGG16

    # At 227 pixels each would take half a gigabyte.
    published = VGG16(weights=None, input_shape=(32, 32, 3), classes=5)
    ours = early_fusion.stream_cnn((32, 32, 3), 5)
    assert counts(ours) == counts(published)
    assert ours.get_layer("seen").output.shape[-1] == 4096


def test_segments_cover_a_clip():
    parts = early_fusion.segments(40)
    assert [len(part) for part in parts] == [16, 16, 16]
    assert np.concatenate(parts).tolist() == [*range(40), *[39] * 8]
    assert len(early_fusion.segments(39)) == 2  # 7 of 16 are too few
    with pytest.raises(UsageError, match="frames=0"):
        early_fusion.segments(0)


def test_a_belief_network_begins_where_its_machines_ended():
    """Its hidden layers give what scikit-learn's machines give."""
    import keras
    from sklearn.neural_network import BernoulliRBM

    rng = np.random.default_rng(0)
    like = rng.normal(3, 7, (60, 1)) * rng.choice([0, 1], (60, 12)) + 5
    like[:, 3] = 4  # never moves
    training.with_keras.seed(0)
    model = early_fusion.deep_belief((12,), 4, units=(8, 6), before=5, like=like)

    span = np.where(np.ptp(like, axis=0) == 0, 1, np.ptp(like, axis=0))
    hidden = (like - like.min(axis=0)) / span
    training.with_keras.seed(0)  # numpy too
    for units in (8, 6):
        machine = BernoulliRBM(units, learning_rate=0.05, n_iter=5)
        hidden = machine.fit_transform(hidden.astype(np.float32))
    seen = keras.Model(model.input, model.get_layer("seen").output)
    np.testing.assert_allclose(seen.predict(like, verbose=0), hidden, atol=1e-4)
    # Built without inputs and given its weights it is the same network.
    again = early_fusion.deep_belief((12,), 4, units=(8, 6))
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(
        again.predict(like, verbose=0), model.predict(like, verbose=0), atol=1e-6
    )


def test_a_belief_network_learns():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 160)
    x = np.eye(4)[y] @ rng.normal(size=(4, 20)) + 0.3 * rng.normal(size=(160, 20))
    x = x.astype(np.float32)
    right, _ = learned(
        early_fusion.deep_belief, (20,), x, y, 40, units=(32, 16), like=x[:80],
        rate=0.01,
    )  # fmt: skip
    assert right > 0.9


def test_a_transformer_begins_by_looking_straight_and_can_look_elsewhere():
    picture = np.random.default_rng(0).random((2, 9, 9, 3)).astype(np.float32)

    def looked(*where):
        where = np.tile(np.float32(where), (2, 1))
        return np.asarray(early_fusion.looked_at(picture, where))

    np.testing.assert_allclose(looked(1, 0, 0, 0, 1, 0), picture, atol=1e-5)
    # A quarter of the width, two of nine pixels, to the right.
    moved = looked(1, 0, 0.5, 0, 1, 0)
    np.testing.assert_allclose(moved[:, :, :7], picture[:, :, 2:], atol=1e-5)
    halfway = looked(1, 0, 0.125, 0, 1, 0)  # half a pixel: the mean of two
    expected = (picture[:, :, :-1] + picture[:, :, 1:]) / 2
    np.testing.assert_allclose(halfway[:, :, :-1], expected, atol=1e-5)
    model = early_fusion.spatial_transformer((48, 48, 1), 4)
    np.testing.assert_array_equal(
        model.get_layer("where").bias.numpy(), [1, 0, 0, 0, 1, 0]
    )


def test_attention_reads_no_padding():
    import keras

    training.with_keras.seed(0)
    model = early_fusion.attentive_lstm((6, 3), 4, units=4)
    x = np.random.default_rng(0).normal(size=(5, 6, 3)).astype(np.float32)
    x[:, 4:] = 0
    weights = keras.Model(model.input, model.get_layer("attention").output)
    found = weights.predict(x, verbose=0)[..., 0]
    assert (found[:, 4:] == 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    shorter = early_fusion.attentive_lstm((4, 3), 4, units=4)
    shorter.set_weights(model.get_weights())
    np.testing.assert_allclose(
        shorter.predict(x[:, :4], verbose=0), model.predict(x, verbose=0), atol=1e-6
    )


def test_features_taken_stay_and_fine_tuned_ones_move():
    x, y = quadrants()
    _, start = learned(early_fusion.reduced_vgg, SMALL, x, y, 20, **TOY)
    before = start.get_weights()
    for frozen in (True, False):
        right, model = learned(
            early_fusion.transferred, SMALL, x, y, 20, start=start, frozen=frozen,
            rate=0.01,
        )  # fmt: skip
        after = model.get_layer("seen").get_weights()[0]
        same = np.array_equal(after, start.get_layer("seen").get_weights()[0])
        assert same == frozen and right > 0.7
    for then, now in zip(before, start.get_weights(), strict=True):
        np.testing.assert_array_equal(then, now)
    with pytest.raises(UsageError, match=r"takes \(16, 16, 1\), not \(8, 8, 1\)"):
        early_fusion.transferred((8, 8, 1), 4, start=start)


def test_late_fusion_learns_which_model_to_believe():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 120)
    good = np.eye(3)[y] + rng.random((120, 3))
    poor = rng.random((120, 3)) * 3
    both = np.hstack([table / table.sum(axis=1)[:, None] for table in (good, poor)])
    for name, joiner in early_fusion.late_fusion().items():
        answers = joiner.fit(both[:60], y[:60]).predict_proba(both[60:])
        assert (answers.argmax(axis=1) == y[60:]).mean() > 0.85, name


def test_three_streamed_inputs_through_a_study(tmp_path):
    """From arrays of three kinds to a record, read where they are used."""
    from dataclasses import dataclass
    from hashlib import blake2b

    import pandas as pd

    from emolib import labels, learners, protocols
    from emolib.experiment import Study, examples
    from emolib.features.inputs import Stream, Together

    @dataclass
    class Stored:
        arrays: list

        def __getitem__(self, number):
            return self.arrays[number]

        @property
        def checksums(self):
            return [
                blake2b(a.tobytes(), digest_size=8).hexdigest() for a in self.arrays
            ]

    (tmp_path / "clip").write_text("any file")
    space = labels.LabelSpace("two", ("happy", "sad"))
    rng = np.random.default_rng(0)
    clips = pd.DataFrame(
        {
            "clip": [f"c{i}" for i in range(24)],
            "path": str(tmp_path / "clip"), "corpus": "toy", "source": "demo",
            "sentence": "",
            "subject": [f"s{i % 6}" for i in range(24)],
            "emotion": [space.classes[i // 6 % 2] for i in range(24)],
        }
    )  # fmt: skip
    sad = (clips["emotion"] == "sad").to_numpy()
    films = Stored([rng.integers(0, 90, (3, *SMALL)).astype(np.uint8) for _ in sad])
    for film, label in zip(films.arrays, sad, strict=True):
        film[:, :8] += np.uint8(150 * label)
    sounds = Stored([rng.integers(0, 90, SMALL).astype(np.uint8) for _ in sad])
    places = [(clip, frame) for clip in range(24) for frame in range(3)]
    x = Together(
        frame=Stream(films, places),
        flow=Stream(films, places),
        mel=Stream(sounds, [(clip, 0, 16) for clip, _ in places], 16),
    )
    parts = [[{"frame": frame} for frame in range(3)] for _ in range(24)]
    given = examples(clips, x, space, parts)
    network = learners.Network(early_fusion.early_fusion, TOY, epochs=12, batch=12)
    study = Study("toy", runs=tmp_path)
    run = study.run("joined", given, network, protocols.SubjectKFold(3), folds=1)
    answers = run.predictions
    right = answers["label"] == answers[list(space.classes)].idxmax(axis=1)
    assert len(answers) == 24 and right.mean() > 0.9
    assert run.record["model"] == "early-fusion"
