"""Explanations against models whose reasons are known."""

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from emolib import UsageError, experiment, explain, learners
from emolib.features.audio import Stack
from emolib.labels import LabelSpace
from emolib.models import posed_genuine
from emolib.training import with_keras

# -- places left out --------------------------------------------------------


def test_occlusion_finds_the_one_place_that_matters():
    """The probability is the brightness of a patch at rows 8-16, columns 24-32."""

    def predict(pictures):
        bright = pictures[:, 8:16, 24:32].mean(axis=(1, 2, 3)) / 255
        return np.stack([bright, 1 - bright], axis=1)

    picture = np.full((32, 40, 3), 255, np.uint8)
    fall = explain.occlusion(predict, picture, 0, side=8, step=8)
    assert fall.shape == (4, 5)
    expected = np.zeros((4, 5))
    expected[1, 3] = 1 - 127 / 255
    assert np.allclose(fall, expected)
    assert np.allclose(explain.occlusion(predict, picture, 1, 8, 8), -expected)
    assert (picture == 255).all()
    with pytest.raises(UsageError, match="does not fit"):
        explain.occlusion(predict, picture, 0, side=33)


WEIGHTS = np.array([0.4, 0.0, -0.2, 0.1])


def linear(held):
    return 0.3 + held @ WEIGHTS


def test_lime_finds_the_weights_of_a_linear_model():
    found = explain.lime(linear, 4, draws=2000)
    assert np.allclose(found, WEIGHTS, atol=0.004)  # ridge makes them smaller
    assert np.abs(found[[0, 2, 3]] / WEIGHTS[[0, 2, 3]]).max() < 1


# -- every number drawn anew ------------------------------------------------


@pytest.fixture(scope="module")
def table():
    chance = np.random.default_rng(0)
    train = chance.normal(size=(400, 4)) * [1, 2, 1, 3]
    return train.astype(np.float32)


def two(x):
    """Probabilities that are linear in the features; nothing is cut off."""
    one = 0.5 + 0.02 * x.reshape(len(x), -1) @ WEIGHTS
    return np.stack([one, 1 - one], axis=1)


def test_tabular_lime_by_hand(table):
    """A weight is the slope times what being in one's own quartile adds on average.

    Features are drawn each by itself, and the kernel is a product over features, so
    a feature's weight is what it would be alone.
    """
    from scipy.stats import truncnorm

    one = np.array([2.0, -0.1, 0.3, -4.0])
    found = explain.Tabular(two, table, draws=20000).reasons(one, 0)
    weights = found.table.set_index("feature")["weight"]
    for number, values in enumerate(table.T.astype(np.float64)):
        cuts = np.quantile(values, [0, 0.25, 0.5, 0.75, 1])
        means = []
        for low, high in pairwise(cuts):
            inside = values[(values > low) & (values <= high)]
            mean, spread = inside.mean(), inside.std()
            ends = (low - mean) / spread, (high - mean) / spread
            means.append(truncnorm.mean(*ends, mean, spread))
        own = np.searchsorted(cuts[1:4], one[number])
        others = np.mean(np.delete(means, own))
        expected = 0.02 * WEIGHTS[number] * (means[own] - others)
        assert weights[number] == pytest.approx(expected, abs=4e-4)
    assert found.fit > 0.5
    assert found.answer == pytest.approx(two(one[None])[0, 0])
    kept = explain.Tabular(two, table, draws=500).reasons(one, 0, features=2)
    assert set(kept.table["feature"]) <= {0, 2, 3}


def test_tabular_lime_is_limes_own(table):
    """Other draws, so the weights are alike and not equal; the words are the same."""
    from lime.lime_tabular import LimeTabularExplainer

    one = table[7]
    names = [f"Feature_{number}" for number in range(4)]
    theirs = LimeTabularExplainer(table, feature_names=names, random_state=0)
    asked = theirs.explain_instance(one, two, labels=(0,), num_samples=20000)
    ours = explain.Tabular(two, table, draws=20000).reasons(one, 0)
    weights = dict(zip(ours.table["condition"], ours.table["weight"], strict=True))
    assert weights == pytest.approx(dict(asked.as_list(0)), abs=4e-4)
    assert ours.fit == pytest.approx(asked.score, abs=0.02)
    assert ours.linear == pytest.approx(asked.local_pred[0], abs=1e-3)


def test_features_filled_with_zeros_are_drawn_as_zeros():
    train = np.zeros((40, 2, 3, 1), np.float32)
    train[:5, 0, 0] = 1  # seven in eight are zeros: three quartiles are empty
    asked = []

    def predict(x):
        asked.append(x)
        return two(np.pad(x.reshape(len(x), -1)[:, :1], ((0, 0), (0, 3))))

    lime = explain.Tabular(predict, train, draws=300)
    given = np.concatenate(asked)
    assert given.shape == (300, 2, 3, 1)
    assert (given.reshape(300, -1)[:, 1:] == 0).all()
    share = (given[:, 0, 0, 0] > 0.5).mean()
    assert share == pytest.approx(1 / 8, abs=0.06)
    assert lime.map(train[0], 0).shape == (2, 3, 1)
    assert lime.condition(0, 3) == "Feature_0 > 0.00"


def test_a_feature_in_words():
    """Rows and frames by division; bands by the mel scale's own formula."""
    stack = Stack(rate=16000, mels=64, coefficients=13, bins=4, hop=512)
    assert explain.place(9881, stack)["what"] == "MFCC 2"
    assert explain.place(77 * 150, stack)["what"] == "STFT, 0 to 2000 Hz"
    low = explain.place(6913, stack)
    assert (low["row"], low["frame"], low["seconds"]) == (46, 13, 0.42)

    def hertz(mel):  # Slaney's, above 1000 Hz
        return 1000 * 6.4 ** ((mel - 15) / 27)

    top = 15 + 27 * np.log(8) / np.log(6.4)
    expected = [hertz(top * k / 65) for k in (46, 48)]
    assert low["what"] == f"{expected[0]:.0f} to {expected[1]:.0f} Hz"


# -- bands, moments, cells --------------------------------------------------

RATE = 8000


@pytest.fixture(scope="module")
def tone():
    """One second of noise, with a tone at 3 kHz from 0.5 to 0.6 s."""
    times = np.arange(RATE) / RATE
    sound = np.where((times >= 0.5) & (times < 0.6), np.sin(6000 * np.pi * times), 0)
    return sound + 1e-3 * np.random.default_rng(0).normal(size=RATE)


def test_parts_add_up_to_the_sound_and_hold_what_lies_in_them(tone):
    found = explain.parts(tone, RATE, bands=4, moments=10)
    assert np.allclose(found.sum(axis=0), tone, atol=1e-5)
    power = (found**2).sum(axis=1).reshape(4, 10)
    # Four bands of mel up to 4 kHz: 3 kHz lies in the last.
    assert np.unravel_index(power.argmax(), power.shape) == (3, 5)
    assert power[3, 5] / power.sum() > 0.75
    held = np.ones(40, bool)
    held[3 * 10 + 4 : 3 * 10 + 7] = False
    assert ((held @ found) ** 2).sum() < 0.02 * (tone**2).sum()  # clicks at its ends


def test_a_map_over_a_stack_by_bands_and_moments():
    stack = Stack(rate=RATE, mels=8, coefficients=3, frames=20, hop=400)  # 1 s
    map = np.zeros((11, 20))
    map[7, 9] = 1  # the highest band, at 0.45 s
    found = explain.by_part(map, stack, 1.0, bands=2, moments=2).reshape(2, 2)
    assert found[1] == pytest.approx([1, 0], abs=0.01) and not found[0].any()
    map = np.zeros((11, 20))
    map[9, 15] = 1  # an MFCC, at 0.75 s
    found = explain.by_part(map, stack, 1.0, bands=2, moments=2).reshape(2, 2)
    assert np.allclose(found, [[0, 0.5], [0, 0.5]])
    assert not explain.by_part(map, stack, 0.5, bands=2, moments=2).any()  # padding


def test_cells_of_several_pictures_are_covered():
    pair = np.zeros(1, [("face", "u1", (4, 4, 1)), ("eyes", "u1", (2, 2, 1))])
    fill = pair.copy()
    fill["face"], fill["eyes"] = 7, 9
    held = np.ones((2, 8), bool)
    held[1, [0, 7]] = False  # the face's first quarter, the eyes' last
    found = explain.covered(pair[0], held, fill[0], cells=2)
    assert not found["face"][0].any() and not found["eyes"][0].any()
    face, eyes = found[1]["face"][..., 0], found[1]["eyes"][..., 0]
    assert face.tolist() == [[7, 7, 0, 0], [7, 7, 0, 0], [0] * 4, [0] * 4]
    assert eyes.tolist() == [[0, 0], [0, 9]]
    assert explain.by_cell(np.arange(16).reshape(4, 4), 2).tolist() == [
        2.5,
        4.5,
        10.5,
        12.5,
    ]


def test_sounds_and_pictures_are_asked_alike(tone):
    """What is left is what is held; maps come out over the same places."""
    stack = Stack(rate=RATE, mels=8, coefficients=3, frames=20, hop=400)
    sounds = explain.Sounds([tone, tone[: RATE // 2]], stack, bands=2, moments=5)
    whole = np.ones((2, 10), bool)
    expected = np.stack([stack.of(one) for one in sounds.samples])
    assert np.allclose(sounds.left(whole), expected, atol=1e-2)
    assert sounds.over(np.ones((2, 5, 9))).shape == (2, 10)
    x = np.zeros(2, [("face", "u1", (4, 4, 1)), ("eyes", "u1", (4, 4, 1))])
    x["face"][:, 0, 0] = 200
    pictures = explain.Pictures(x, np.zeros_like(x)[0], cells=2)
    maps = {"face": np.ones((2, 4, 4)), "eyes": np.zeros((2, 2, 2))}
    assert pictures.over(maps).tolist() == [[1] * 4 + [0] * 4] * 2

    def predict(given):
        bright = given["face"].mean(axis=(1, 2, 3)) / 255
        return np.stack([bright, 1 - bright], axis=1)

    found = explain.lime_each(predict, pictures, [0, 1], draws=400)
    weight = 200 / 16 / 255
    assert found[0] == pytest.approx([weight] + [0] * 7, abs=2e-3)
    assert found[1] == pytest.approx([-weight] + [0] * 7, abs=2e-3)
    assert np.array_equal(pictures.left(np.ones((2, 8), bool)), x)


# -- Grad-CAM ---------------------------------------------------------------


@pytest.fixture(scope="module")
def branched():
    """Two pictures of grey levels, a convolution each, weighed by one dense layer."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(1)
    inputs = {n: layers.Input((6, 5, 1), dtype="uint8", name=n) for n in ("a", "b")}
    seen = []
    for name, given in inputs.items():
        x = layers.Rescaling(1 / 255)(given)
        x = layers.Conv2D(3, 2, activation="relu", name=f"{name}_1")(x)
        seen.append(layers.GlobalAveragePooling2D()(x))
    x = layers.Concatenate()(seen)
    return keras.Model(inputs, layers.Dense(4, activation="softmax", name="told")(x))


def convolved(model, layer, picture):
    """What a convolution's filters give, by hand."""
    from scipy.signal import correlate2d

    kernel, bias = (np.asarray(w) for w in model.get_layer(layer).get_weights())
    each = [
        correlate2d(picture / 255, kernel[..., 0, k], "valid") + bias[k]
        for k in range(3)
    ]
    return np.maximum(np.stack(each, axis=-1), 0)


def test_gradcam_of_each_branch_by_hand(branched):
    chance = np.random.default_rng(0)
    x = np.zeros(3, [("a", "u1", (6, 5, 1)), ("b", "u1", (6, 5, 1))])
    x["a"], x["b"] = chance.integers(0, 256, (2, 3, 6, 5, 1))
    told, _ = (np.asarray(w) for w in branched.get_layer("told").get_weights())
    numbers = [0, 3, 2]
    for branch, rows in {"a": slice(0, 3), "b": slice(3, 6)}.items():
        found = explain.gradcam(branched, x, numbers, f"{branch}_1")
        assert found.shape == (3, 5, 4)
        for row, (map, number) in enumerate(zip(found, numbers, strict=True)):
            fired = convolved(branched, f"{branch}_1", x[branch][row, ..., 0])
            # The slope of a score in a mean of 20 places is a 20th of the weight.
            expected = np.maximum(fired @ told[rows, number] / 20, 0)
            if expected.any():
                expected /= expected.max()
            assert np.allclose(map, expected, atol=1e-5)
    with pytest.raises(UsageError, match="a_1, b_1"):
        explain.gradcam(branched, x, numbers, "told")


def test_gradcam_below_an_lstm_uses_the_mean_slope():
    """The mean slope of a filter is what lifting all its places does to the score."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(2)
    sound = layers.Input((8, 6, 1), name="sound")
    x = layers.SeparableConv2D(2, 3, padding="same", activation="relu", name="c")(sound)
    x = layers.Reshape((8, 12))(x)
    x = layers.LSTM(5)(x)
    model = keras.Model(sound, layers.Dense(3, activation="softmax", name="d")(x))
    given = np.random.default_rng(3).normal(size=(1, 8, 6, 1)).astype(np.float32)
    found = explain.gradcam(model, given.repeat(3, axis=0), [0, 1, 2], "c")
    below = keras.Model(sound, model.get_layer("c").output)
    fired = np.asarray(below(given))[0].astype(np.float64)
    above, last = layers.Input((8, 6, 2)), model.get_layer("d")
    scores = model.layers[-2](model.layers[-3](above)) @ last.kernel + last.bias
    rest, step = keras.Model(above, scores), 1e-2
    lifts = [step * sign * unit for unit in np.eye(2) for sign in (1, -1)]
    up, down = (
        np.asarray(rest(np.stack([fired + lift for lift in lifts])))
        .reshape(2, 2, 3)
        .swapaxes(0, 1)
    )
    expected = np.maximum(fired @ ((up - down) / (2 * step)), 0)
    expected = np.moveaxis(expected, -1, 0)
    most = expected.max(axis=(1, 2), keepdims=True)
    assert most.any()
    assert np.allclose(found, expected / np.where(most > 0, most, 1), atol=2e-3)


def test_the_document_s_networks_can_be_asked():
    """Branches behind one augmentation, a layer that standardises, an LSTM on top."""
    shape = {"sound": (24, 40, 1), "face": (16, 16, 1), "eyes": (16, 16, 1)}
    model = posed_genuine.joint(shape, 14, width=0.1)
    chance = np.random.default_rng(0)
    x = np.zeros(2, [(name, "f4" if name == "sound" else "u1", one)
                     for name, one in shape.items()])  # fmt: skip
    for name, one in shape.items():
        x[name] = chance.integers(0, 256, (2, *one))
    high = {"sound_3": (6, 10), "eyes_3": (4, 4)}
    for layer, size in high.items():
        found = explain.gradcam(model, x, [0, 13], layer)
        assert found.shape == (2, *size) and found.max() <= 1
    answers = [with_keras.predict(m, x) for m in (model, explain.shuffled(model))]
    assert not np.allclose(*answers)


# -- can it be believed -----------------------------------------------------


def test_taking_places_away_by_hand():
    """The answer of a linear model falls by the weights, the largest first."""
    maps = WEIGHTS[None]
    shares = [0, 0.25, 0.5, 0.75, 1]
    falls = [float(linear(explain.kept(maps, s))[0]) for s in shares]
    assert falls == pytest.approx([0.6, 0.2, 0.1, 0.1, 0.3])
    rises = [float(linear(explain.kept(maps, s, insert=True))[0]) for s in shares]
    assert rises == pytest.approx([0.3, 0.7, 0.8, 0.8, 0.6])
    equal = explain.kept(np.zeros((1000, 4)), 0.25)  # lots decide
    assert (equal.sum(axis=1) == 3).all()
    assert equal.mean(axis=0) == pytest.approx([0.75] * 4, abs=0.05)


def run_of(values):
    """A run of four clips of two people with these probabilities of the right class."""
    table = pd.DataFrame({"clip": list("abcd"), "subject": ["p", "p", "q", "q"]})
    table["label"] = "happy"
    table["happy"], table["sad"] = values, 1 - np.array(values)
    return SimpleNamespace(predictions=table, space=LabelSpace("m", ("happy", "sad")))


def test_what_a_map_takes_away_sooner_than_chance():
    by_map = {0.1: run_of([0.5, 0.3, 0.2, 0.4]), 0.3: run_of([0.1, 0.1, 0.2, 0.0])}
    by_lot = {0.1: run_of([0.9, 0.7, 0.6, 0.4]), 0.3: run_of([0.5, 0.5, 0.4, 0.4])}
    found = explain.advantage(by_map, by_lot)
    # Person p: 0.4 at both shares; q: 0.2 and 0.3.
    assert found.value == pytest.approx((0.4 + 0.25) / 2)
    assert found.n == 2 and found.low < found.value < found.high
    with pytest.raises(UsageError, match="give the same"):
        explain.advantage(by_map, {0.1: by_lot[0.1]})


def test_shuffled_weights_are_the_same_numbers_elsewhere(branched):
    before = [w.copy() for w in branched.get_weights()]
    copy = explain.shuffled(branched)
    for own, other in zip(before, copy.get_weights(), strict=True):
        assert np.allclose(np.sort(own.ravel()), np.sort(other.ravel()))
    assert not np.allclose(before[0], copy.get_weights()[0])
    same = zip(before, branched.get_weights(), strict=True)
    assert all(np.array_equal(a, b) for a, b in same)


def test_a_cascade_goes_down_from_the_decision(branched):
    before = [w.copy() for w in branched.get_weights()]
    steps = []
    for name, copy in explain.cascade(branched):
        pairs = zip(before, copy.get_weights(), strict=True)
        steps.append((name, sum(not np.array_equal(a, b) for a, b in pairs)))
    names, changed = zip(*steps, strict=True)
    assert names[0] == branched.layers[-1].name
    learned = [layer.name for layer in branched.layers if layer.trainable_weights]
    assert sorted(", ".join(names).split(", ")) == sorted(learned)
    assert list(changed) == sorted(changed) and changed[0] < changed[-1]
    last, end = explain.shuffled(branched).get_weights(), copy.get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(last, end, strict=True))


def test_maps_alike():
    from scipy.stats import spearmanr

    one, other = np.random.default_rng(0).integers(0, 9, (2, 3, 4, 5))
    expected = [spearmanr(a.ravel(), b.ravel())[0] for a, b in zip(one, other)]  # noqa: B905
    assert np.allclose(explain.alike(one, other), expected)
    assert np.isnan(explain.alike(np.zeros((1, 4)), np.ones((1, 4)))).all()


def test_a_map_against_the_true_cause():
    map = np.array([[3.0, 1.0], [2.0, -1.0]])
    mask = np.array([[True, False], [False, True]])
    found = explain.agreement(map, mask)
    # Of the four pairs (3 or -1 against 1 or 2) two are in order.
    assert found == (0.5, 0.5, 0.5)
    assert explain.agreement(map, map > 1.5) == (1.0, 5 / 6, 0.5)
    with pytest.raises(UsageError, match="everything or nothing"):
        explain.agreement(map, map > -2)


def test_what_two_seeds_have_in_common():
    maps = [np.array([5, 4, 3, 2, 1]), np.array([4, 5, 1, 2, 3]), np.arange(5)]
    # Tops of two: {0, 1}, {0, 1}, {3, 4}.
    assert explain.overlap(maps, top=2) == pytest.approx((1 + 0 + 0) / 3)


# -- all of it --------------------------------------------------------------


@pytest.fixture(scope="module")
def case():
    """A network that calls a face happy if its lower left cell is light."""
    import keras
    from keras import layers

    face = layers.Input((8, 8, 1), dtype="uint8", name="face")
    x = layers.Rescaling(1 / 255)(face)
    x = layers.Conv2D(1, 1, activation="relu", name="face_3")(x)
    last = layers.Dense(2, activation="softmax")(layers.Flatten()(x))
    model = keras.Model({"face": face}, last)
    weights = np.zeros((8, 8, 2), np.float32)
    weights[4:, :4] = [1, -1]
    bias = np.array([-8, 8], np.float32)
    model.set_weights(
        [np.ones((1, 1, 1, 1)), np.zeros(1), weights.reshape(64, 2), bias]
    )
    chance = np.random.default_rng(0)
    clips = [f"c{number}" for number in range(24)]
    moods = ["happy", "sad"] * 12
    told = {"sentence": "", "corpus": "x", "source": "demo", "emotion": moods}
    people = [clip[:2] for clip in clips]
    manifest = pd.DataFrame({"clip": clips, "path": clips, "subject": people, **told})
    x = np.zeros(24, [("face", "u1", (8, 8, 1))])
    x["face"] = chance.integers(0, 100, (24, 8, 8, 1))
    x["face"][::2, 4:, :4] = 255
    x["face"][1::2, 4:, :4] = 0
    examples = experiment.examples(manifest, x, LabelSpace("m", ("happy", "sad")))
    run = SimpleNamespace(
        model=lambda fold: model, record={"id": "r"},
        predictions=pd.DataFrame({"clip": clips[8:], "fold": 0}),
    )  # fmt: skip
    made = explain.Case.of_faces(run, examples, count=12)
    return replace(made, things=replace(made.things, cells=2))


def test_a_case_asks_about_strangers(case):
    assert len(case.learned) == 8 and len(case.strangers) == 16
    assert len(case.examples) == 12 and case.things.places == 4
    assert set(case.examples.items["clip"]) <= set(case.strangers.items["clip"])
    fill = case.learned.x["face"].mean(axis=0)
    assert np.allclose(case.things.fill["face"], fill, atol=1)
    x = case.examples.x
    assert (case.predict(x).argmax(axis=1) == case.numbers).all()
    read_later = learners.Part(x, np.arange(3), "")
    assert np.allclose(case.predict(read_later), case.predict(x[:3]))


def test_the_cell_that_decides_is_found_and_missed(case):
    """Without the one cell the answer is what the mean face gets; others do nothing."""
    orders = case.orders(["lime", "gradcam", "random"], draws=100)
    assert (np.abs(orders["lime"]).argmax(axis=1) == 2).all()
    orders = {"right": orders["lime"], "wrong": -orders["lime"]}
    found = {
        (told["model"], told["way"]): answers
        for answers, told in case.asked_again(
            orders, [("removed", 0.25), ("added", 0.25)]
        )
    }
    mean_face = case.predict(case.things.fill[None])[0]
    gone = found["right", "removed"]
    assert np.allclose(gone[["happy", "sad"]], mean_face, atol=1e-3)
    here = found["right", "added"]
    assert (here[["happy", "sad"]].idxmax(axis=1) == here["label"]).all()
    assert list(gone.columns) == ["clip", "subject", "label", "fold", "happy", "sad"]
    with pytest.raises(UsageError, match="none of gradcam"):
        case.orders(["gradcan"])


def test_maps_are_held_against_causes_people_by_people(case):
    place = np.zeros((12, 4))
    place[:, 2] = 1
    right = case.agreements(place, iter(place), share=0.25)
    assert right.loc["own", "value"] == 1 and right.loc["own", "people"] == 3
    wrong = case.agreements(-place, iter(place), share=0.25)
    assert wrong["value"].tolist() == [0, 0]
    told = case.when_shuffled()
    assert list(told.index) == ["face"] and 0 <= told.loc["face", "empty"] <= 1


def test_each_clip_s_map_is_held_against_its_cause_for_a_record(case):
    place = np.zeros((12, 4))
    place[:, 2] = 1
    place[0] = 0  # a clip in which nothing changes is left out
    maps = {"lime": np.arange(4) * place + 0.1}
    maps["lime"][1] = [9, 0, 0, 0]  # one map that names another place
    found = {told["whose"]: t for t, told in case.causes_found(maps, iter(place))}
    own, other = found["own"], found["another's"]
    assert list(own.columns[-3:]) == ["fold", "elsewhere", "cause"]
    assert own["clip"].tolist() == case.examples.items["clip"].tolist()[1:]
    assert own["cause"].tolist() == [pytest.approx(1 / 3)] + [1.0] * 10
    assert other["cause"].tolist() == [0.5, pytest.approx(1 / 3)] + [1.0] * 9


def test_what_the_network_answers_is_what_is_explained(case):
    """A sad face with a light corner: the network says happy, and that is asked for."""
    x = case.examples.x.copy()
    x["face"][:, 4:, :4] = 255
    mistaken = replace(case.examples, x=x)
    things = replace(case.things, x=x)
    asked = replace(case, examples=mistaken, things=things, answered=True)
    assert (asked.numbers == 0).all() and set(case.numbers) == {0, 1}
    kept = {"all": np.zeros((12, 4))}
    ((same, _),) = asked.asked_again(kept, [("removed", 0.0)])
    assert set(same["label"]) == {"stays"} and (same["stays"] > 0.5).all()
    gone = {"corner": np.tile([0.0, 0, 1, 0], (12, 1))}
    ((lost, told),) = asked.asked_again(gone, [("removed", 0.25)])
    mean_face = case.predict(case.things.fill[None])[0]
    assert np.allclose(lost[["stays", "changes"]], mean_face, atol=1e-3)
    assert [*told.pop("space")] == ["stays", "changes"]
    assert told == {"model": "corner", "way": "removed", "share": 0.25}


def test_maps_change_when_weights_are_dealt_out_unless_they_tell_nothing(case):
    found = {told["layers"]: table for table, told in case.when_dealt()}
    assert list(found) == ["decision", "all"]
    for table in found.values():
        assert list(table.columns[-2:]) == ["alike", "changed"]
        assert np.allclose(table[["alike", "changed"]].sum(axis=1), 1)
    # The convolution has one weight, which is dealt out in vain.
    assert found["decision"]["alike"].tolist() == found["all"]["alike"].tolist()


def test_each_seed_s_network_is_a_case(case):
    examples = experiment.together(case.learned, case.strangers)
    both = explain.cases(SimpleNamespace(runs=[case.run] * 2), examples, 12)
    assert [len(one.examples) for one in both] == [12, 12]
    assert [set(one.layers) for one in both] == [{"face"}, {"face"}]
    assert all(one.answered for one in both)


def test_a_clip_of_each_class_is_a_stranger_s_if_there_is_one(case):
    both = case.one_each(["happy", "sad"])
    assert not any(case.met(one) for one in both.values())
    assert [one.items["emotion"].item() for one in both.values()] == ["happy", "sad"]
    none = case.strangers.take(case.strangers.items["emotion"] == "sad")
    assert len(case.surest(3)) == 3 and not case.met(case.surest(3))
    maps = case.cams(examples=case.surest(1, mapped=True)).values()
    assert all(one.any() for one in maps)
    known = replace(case, strangers=none).one_each(["happy"])["happy"]
    assert case.met(known)
    with pytest.raises(UsageError, match="r: no clip is angry"):
        case.one_each(["angry"])


def test_a_bound_has_sounds_on_both_sides_only_where_it_may_stand():
    stacks = np.zeros((4, 3, 2), np.float32)
    stacks[:, 1] = np.array([-4, -3, -2, -1])[:, None]
    stacks[3, 1, 1] = 0  # filling is not counted
    bounds = explain.bounds(["feature 2 <= -2.50", "-9.00 < feature 3 <= 5.00"])
    assert explain.below(stacks, bounds) == [4 / 7, 0, 1]
    # At the cell itself what is filling counts, as it does for LIME.
    assert explain.below(stacks, bounds, cell=True) == [0.5, 0, 1]
    table = explain.possible({"so": stacks}, bounds)
    both = explain.possible({"high": stacks + 99, "so": stacks}, bounds)
    first, short = explain.nearest(both, most=1)
    assert [*first] == ["a quartile has", "so"] and [*short.index] == ["so", "high"]
    assert table["so"].tolist() == [0.57, 0, 1, 1, 0.27]  # .32, .25 and .25 apart
    assert table["a quartile has"].tolist()[:2] == ["0.25", "0.25 or 0.50"]
    assert list(table.index)[:2] == ["row 1, frame 0: -2.5", "row 1, frame 1: -9.0"]


# -- torch -------------------------------------------------------------------


def lit(classes=2):
    """A torch network that asks if the lower left quarter of 8 x 8 pixels is light."""
    import torch
    from torch import nn

    network = nn.Sequential()
    network.add_module("maps", nn.Conv2d(1, 1, 1))
    network.add_module("fired", nn.ReLU())
    network.add_module("flat", nn.Flatten())
    network.add_module("told", nn.Linear(64, classes))
    weights = torch.zeros(classes, 8, 8)
    weights[0, 4:, :4], weights[1, 4:, :4] = 1, -1
    with torch.no_grad():
        network.maps.weight.fill_(1 / 255)
        network.maps.bias.zero_()
        network.told.weight.copy_(weights.reshape(classes, 64))
        network.told.bias.copy_(torch.tensor([-8.0, 8.0]))
    network.register_forward_pre_hook(
        lambda _, given: (given[0].float().movedim(-1, 1),)
    )
    return network


def test_gradcam_of_a_torch_network_by_hand():
    """Two filters; each weighs as much as its mean slope, their sum is cut at zero."""
    import torch
    from torch import nn

    from emolib.explain import gradients

    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(1, 2, 2), nn.ReLU(), nn.Flatten(),
                            nn.Linear(2 * 5 * 4, 3))  # fmt: skip
    network.register_forward_pre_hook(lambda _, given: (given[0].movedim(-1, 1),))
    x = np.random.default_rng(0).integers(0, 9, (20, 6, 5, 1)).astype(np.uint8)
    numbers = np.arange(20) % 3
    found = gradients.gradcam(network, x, numbers)
    assert found.shape == (20, 5, 4) and gradients.last_maps(network, x) == "1"
    with torch.no_grad():
        fired = network[1](network[0](torch.tensor(x).float().movedim(-1, 1))).numpy()
    slopes = network[3].weight.detach().numpy().reshape(3, 2, 5, 4)
    for map, maps, number in zip(found, fired, numbers, strict=True):
        weights = slopes[number].mean(axis=(1, 2))
        expected = np.maximum(np.tensordot(weights, maps, 1), 0)
        expected /= expected.max() if expected.any() else 1
        assert np.allclose(map, expected, atol=1e-5)
    with pytest.raises(UsageError, match="of these, one gives maps: 0, 1"):
        gradients.gradcam(network, x, numbers, "conv")
    with pytest.raises(UsageError, match="gives no maps; of these one does: 0, 1"):
        gradients.gradcam(network, x, numbers, "3")


def test_gradcam_of_films_and_of_one_of_two_tasks():
    import torch
    from torch import nn

    from emolib.explain import gradients

    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.maps = nn.Conv3d(3, 4, 3, padding=1)
            self.one, self.other = nn.Linear(4, 2), nn.Linear(4, 6)

        def forward(self, x):
            x = self.maps(x.movedim(-1, 1)).relu().mean((2, 3, 4))
            return {"authenticity": self.one(x), "emotion": self.other(x)}

    torch.manual_seed(1)
    x = np.random.default_rng(0).random((2, 3, 8, 6, 3), np.float32)
    found = gradients.gradcam(Two(), x, [0, 5], "maps", "emotion")
    assert found.shape == (2, 3, 8, 6)
    with pytest.raises(UsageError, match="answers authenticity, emotion"):
        gradients.gradcam(Two(), x, [0, 1], "maps", "mood")


def test_integrated_gradients_make_up_the_score():
    """Of a line exactly weight times difference; of any network the score's rise."""
    import torch
    from torch import nn

    x = np.random.default_rng(0).random((18, 4), np.float32)
    base, numbers = np.full(4, 0.5, np.float32), np.arange(18) % 3
    line = nn.Linear(4, 3)
    found = explain.integrated(line, x, numbers, base, steps=2)
    weights = line.weight.detach().numpy()[numbers]
    assert np.allclose(found, weights * (x - base), atol=1e-6)
    torch.manual_seed(0)
    bent = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
    found = explain.integrated(bent, x, numbers, base)
    with torch.no_grad():
        risen = (bent(torch.tensor(x)) - bent(torch.tensor(base))).numpy()
    assert np.allclose(found.sum(axis=1), risen[np.arange(18), numbers], atol=1e-5)


def test_integrated_gradients_are_captum_s():
    attr = pytest.importorskip("captum.attr")
    import torch
    from torch import nn

    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(),
                            nn.Linear(4 * 36, 3)).eval()  # fmt: skip
    x = np.random.default_rng(0).random((5, 3, 8, 8), np.float32)
    base, numbers = x.mean(axis=0), [0, 1, 2, 0, 1]
    ours = explain.integrated(network, x, numbers, base, steps=20)
    theirs = attr.IntegratedGradients(network).attribute(
        torch.tensor(x), torch.tensor(base[None]), target=torch.tensor(numbers),
        n_steps=20,
    )  # fmt: skip
    assert np.allclose(ours, theirs.numpy(), atol=1e-5)
    maps = attr.LayerGradCam(network, network[1]).attribute(
        torch.tensor(x), target=torch.tensor(numbers), relu_attributions=True
    )
    from emolib.explain import gradients

    theirs = maps.detach().numpy()[:, 0]
    most = theirs.max(axis=(1, 2), keepdims=True)
    theirs = theirs / np.where(most > 0, most, 1)
    assert np.allclose(gradients.gradcam(network, x, numbers, "1"), theirs, atol=1e-5)


@pytest.fixture(scope="module", params=["one task", "two tasks"])
def torch_case(request):
    """As `case`, in torch; of two tasks the run is asked the one."""
    from torch import nn

    network, two = lit(), request.param == "two tasks"

    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.lit = network

        def forward(self, x):
            told = self.lit(x)
            return {"mood": -told, "emotion": told}

    chance = np.random.default_rng(0)
    moods = ["happy", "sad"] * 12
    told = {"sentence": "", "corpus": "x", "source": "demo", "emotion": moods}
    told |= {"mood": moods[::-1]}
    clips = [f"c{number}" for number in range(24)]
    people = [clip[:2] for clip in clips]
    manifest = pd.DataFrame({"clip": clips, "path": clips, "subject": people, **told})
    x = chance.integers(0, 100, (24, 8, 8, 1)).astype(np.uint8)
    x[::2, 4:, :4], x[1::2, 4:, :4] = 255, 0
    space = LabelSpace("m", ("happy", "sad"))
    spaces = {"mood": space, "emotion": space} if two else space
    examples = experiment.examples(manifest, x, spaces)
    run = SimpleNamespace(
        model=lambda fold: Both() if two else network,
        record={"id": "r", "task": "emotion"},
        predictions=pd.DataFrame({"clip": clips[8:], "fold": 0}),
    )
    return explain.Case.of_pictures(run, examples, count=12, cells=2)


def test_a_torch_network_has_the_same_case(torch_case):
    case = torch_case
    assert len(case.examples) == 12 and case.things.places == 4
    assert (case.predict(case.examples.x).argmax(axis=1) == case.numbers).all()
    kinds = ["lime", "gradcam", "integrated", "random"]
    orders = case.orders(kinds, draws=100)
    # The mean picture is half light there: lighter speaks for, darker too for the other
    for kind in ("lime", "integrated"):
        assert (orders[kind].argmax(axis=1) == 2).all(), kind
    light = case.numbers == 0
    assert (orders["gradcam"][light].argmax(axis=1) == 2).all()
    assert not orders["gradcam"][~light].any()  # light speaks for the other class
    orders = {"right": orders["integrated"], "wrong": -orders["integrated"]}
    ways = [("removed", 0.25), ("added", 0.25)]
    found = {(told["model"], told["way"]): answers
             for answers, told in case.asked_again(orders, ways)}  # fmt: skip
    mean_face = case.predict(case.things.fill[None])[0]
    gone = found["right", "removed"]
    assert np.allclose(gone[["happy", "sad"]], mean_face, atol=1e-3)
    stays = found["wrong", "removed"]
    assert (stays[["happy", "sad"]].idxmax(axis=1) == stays["label"]).all()
    told = case.when_shuffled()
    assert list(told.index) == ["picture"] and 0 < told.loc["picture", "empty"] < 1
    maps = {"for": np.full((12, 2, 2), 4.0), "against": np.full((12, 2, 2), -4.0)}
    pictures, laid, titles = case.laid_over(maps)
    assert (pictures[1] == case.examples.x[0]).all() and titles[2].endswith(": for")
    assert [one.max() for one in laid] == [1, 0, 1, 0]  # what speaks against is none


def test_shuffled_torch_weights_are_the_same_numbers_elsewhere():
    from emolib.explain import gradients

    network = lit()
    other = gradients.shuffled(network, seed=1)
    for own, dealt in zip(network.parameters(), other.parameters(), strict=True):
        one, two = own.detach().numpy(), dealt.detach().numpy()
        assert sorted(one.ravel()) == sorted(two.ravel())
    assert not np.array_equal(network.told.weight.detach(), other.told.weight.detach())


def test_integrated_gradients_are_torch_s_alone(case):
    with pytest.raises(UsageError, match="for torch"):
        case.orders(["integrated"])


def test_cells_of_films_are_covered_moment_by_moment():
    x = np.arange(2 * 3 * 4 * 4 * 1, dtype=np.uint8).reshape(2, 3, 4, 4, 1)
    films = explain.Films(x, np.zeros((3, 4, 4, 1), np.uint8), cells=2)
    assert films.places == 12
    held = np.ones((2, 12), bool)
    assert np.array_equal(films.left(held), x)
    held[1, 5] = False  # of the second film, second picture, its upper right
    found = films.left(held)
    changed = np.argwhere((found != x)[..., 0])
    assert {tuple(row) for row in changed} == {
        (1, 1, row, column) for row in (0, 1) for column in (2, 3)
    }
    maps = np.zeros((2, 1, 2, 2))
    maps[:, :, 0, 1] = 1  # of one moment only: all pictures share it
    assert films.over(maps)[0].tolist() == [0, 1, 0, 0] * 3
