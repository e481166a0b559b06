"""The works that document D compares with, from end to end, against hand work."""

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from emolib import UsageError, experiment, labels, learners, protocols, training
from emolib.models import compared_fusion, early_fusion

SPACE = labels.LabelSpace("two", ("happy", "sad"))
FRAME = (32, 32, 3)


def up_to(model, layer="seen"):
    return keras.Model(model.input, model.get_layer(layer).output)


def of_clips(clips, parts, people=4):
    """A table of clips, each with so many items: half of each class."""
    return pd.DataFrame(
        {
            "clip": [f"c{i:02}" for i in range(clips)],
            "subject": [f"s{i % people}" for i in range(clips)],
            "emotion": [SPACE.classes[i // people % 2] for i in range(clips)],
            "sentence": "", "corpus": "toy", "source": "demo",
        }
    ), [[{"frame": n} for n in range(parts)]] * clips  # fmt: skip


@pytest.fixture(scope="module")
def streams():
    training.with_keras.seed(0)
    small = {"units": 6, "width": 1 / 32}
    return [early_fusion.stream_cnn(FRAME, 2, **small) for _ in range(2)]


@pytest.fixture(scope="module")
def segments():
    rng = np.random.default_rng(0)
    fields = [(name, "u1", (15, *FRAME)) for name in ("frames", "flows")]
    x = np.zeros(10, fields)
    for name in ("frames", "flows"):
        x[name] = rng.integers(0, 256, x[name].shape)
    return x


def test_a_belief_network_gets_the_means_of_both_streams(streams, segments):
    frames, flows = streams
    shape = {name: (15, *FRAME) for name in ("frames", "flows")}
    training.with_keras.seed(1)
    model = compared_fusion.belief_over(
        shape, 2, frames=frames, flows=flows, units=(5, 4), before=3, like=segments
    )
    by_hand = [
        np.stack([up_to(one).predict(part, verbose=0).mean(axis=0) for part in parts])
        for one, parts in ((frames, segments["frames"]), (flows, segments["flows"]))
    ]
    vectors = np.hstack(by_hand)
    assert vectors.shape == (10, 12)
    told = up_to(model, "streams").predict(
        {name: segments[name] for name in shape}, verbose=0
    )
    np.testing.assert_allclose(told, vectors, atol=1e-4)
    training.with_keras.seed(1)  # the machines learn from the same, in the same way
    belief = early_fusion.deep_belief((12,), 2, units=(5, 4), before=3, like=vectors)
    seen = up_to(model).predict({name: segments[name] for name in shape}, verbose=0)
    hidden = up_to(belief).predict(vectors, verbose=0)
    np.testing.assert_allclose(seen, hidden, atol=1e-3)


def test_streams_stay_as_they_were_and_the_rest_learns(streams, segments):
    frames, flows = streams
    before = [one.copy() for one in frames.get_weights() + flows.get_weights()]
    shape = {name: (15, *FRAME) for name in ("frames", "flows")}
    model = compared_fusion.belief_over(
        shape, 2, frames=frames, flows=flows, units=(5, 4), like=segments
    )
    trainable = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    assert trainable == 12 * 5 + 5 + 5 * 4 + 4 + 4 * 2 + 2
    each = model.get_layer("frames_each").get_weights()
    y = np.eye(2)[np.arange(10) % 2]
    first = up_to(model).predict({n: segments[n] for n in shape}, verbose=0)
    training.fit_keras(model, segments, y, epochs=3, batch=5, seed=0, progress=False)
    held = model.get_layer("frames_each").get_weights()
    now = [*held, *frames.get_weights(), *flows.get_weights()]
    for one, other in zip([*each, *before], now, strict=True):
        np.testing.assert_array_equal(one, other)
    later = up_to(model).predict({n: segments[n] for n in shape}, verbose=0)
    assert np.abs(later - first).max() > 1e-4


def test_the_chain_of_zhang_runs_through_a_study(tmp_path):
    """Frames, then segments, then clips; nobody who is tested was trained on."""
    manifest, parts = of_clips(8, 3)
    sad = np.repeat((manifest["emotion"] == "sad").to_numpy(), 3)
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 60, (24, *FRAME)).astype(np.uint8)
    pictures[sad] += 120
    frames = experiment.examples(manifest, pictures, SPACE, parts)
    study = experiment.Study("toy", runs=tmp_path)
    people = protocols.SubjectKFold(2)
    looking = learners.Network(
        early_fusion.stream_cnn,
        {"units": 256, "width": 1 / 32, "rate": 3e-3}, epochs=6, batch=8,
    )  # fmt: skip
    stream = study.run("streams", frames, looking, people, keep=True)

    both = np.zeros(16, [(n, "u1", (2, *FRAME)) for n in ("frames", "flows")])
    places = [3 * (row // 2) + row % 2 for row in range(16)]
    for name in both.dtype.names:
        both[name] = pictures[np.array(places)[:, None] + [0, 1]]
    segments = experiment.examples(manifest, both, SPACE, [p[:2] for p in parts])
    belief = learners.Network(
        compared_fusion.belief_over,
        {"frames": stream, "flows": stream, "units": (6, 4), "rate": 0.01},
        epochs=20, batch=8,
    )  # fmt: skip
    run = study.run("belief", segments, belief, people, keep=True)
    answers = compared_fusion.pooled(run, segments, people, GaussianNB())
    assert list(answers) == ["clip", "subject", "label", "fold", *SPACE]
    assert sorted(answers["clip"]) == sorted(manifest["clip"])
    right = answers[list(SPACE)].idxmax(axis=1) == answers["label"]
    assert right.mean() > 0.9
    # The same by hand, for one fold.
    split = protocols.checked(people, segments.items)[1]
    seen = training.with_keras.predict(up_to(run.model(1)), both)
    means = seen.reshape(8, 2, -1).mean(axis=1)
    test = manifest["clip"].isin(segments.items["clip"].iloc[split.test]).to_numpy()
    truth = SPACE.encode(manifest["emotion"])
    by_hand = GaussianNB().fit(means[~test], truth[~test]).predict_proba(means[test])
    of_fold = answers[answers["fold"] == 1]
    np.testing.assert_allclose(of_fold[list(SPACE)], by_hand, atol=1e-6)
    with pytest.raises(UsageError, match="did not divide these items"):
        compared_fusion.pooled(run, segments, protocols.ClipKFold(2), GaussianNB())


def test_attention_reads_what_another_network_sees():
    training.with_keras.seed(0)
    start = early_fusion.spatial_transformer((48, 48, 1), 3, width=0.25)
    model = compared_fusion.attentive_over((4, 48, 48, 1), 3, start=start, units=5)
    x = np.random.default_rng(0).integers(0, 256, (6, 4, 48, 48, 1)).astype(np.uint8)
    moments = np.stack([up_to(start).predict(clip, verbose=0) for clip in x])
    reading = early_fusion.attentive_lstm(moments.shape[1:], 3, units=5)
    reading.set_weights(model.layers[-1].get_weights())
    told = model.predict(x, verbose=0)
    np.testing.assert_allclose(told, reading.predict(moments, verbose=0), atol=1e-4)
    assert len(model.trainable_variables) == len(reading.trainable_variables)


def answered(scores, folds):
    """A table of answers: two people a fold, classes in turn."""
    count = len(scores)
    table = pd.DataFrame(
        {
            "clip": [f"c{n:02}" for n in range(count)],
            "subject": [f"s{fold}" for fold in folds],
            "label": [SPACE.classes[n % 2] for n in range(count)],
            "fold": folds,
        }
    )
    return table.join(pd.DataFrame(scores, columns=list(SPACE)))


@pytest.fixture
def two_models():
    rng = np.random.default_rng(0)
    folds = np.repeat([0, 1, 2], 20)
    first = rng.dirichlet([2, 2], 60)
    second = np.where(np.arange(60)[:, None] % 2 == [0, 1], 0.7, 0.3)
    return answered(first, folds), answered(second, folds)


def test_joined_late_is_learned_from_the_other_folds(two_models):
    ways = {"logistic regression": LogisticRegression()}
    (answers,) = compared_fusion.joined_late(two_models, SPACE, ways).values()
    x = np.hstack([table[list(SPACE)].to_numpy() for table in two_models])
    y = np.arange(60) % 2
    here = two_models[0]["fold"] == 1
    by_hand = LogisticRegression().fit(x[~here], y[~here]).predict_proba(x[here])
    of_fold = answers[answers["fold"] == 1]
    np.testing.assert_allclose(of_fold[list(SPACE)], by_hand, atol=1e-9)
    assert (answers[list(SPACE)].idxmax(axis=1) == answers["label"]).all()
    # What is tested has no part in how it is joined.
    turned = [table.copy() for table in two_models]
    for table in turned:
        table.loc[here, "label"] = table.loc[here, "label"].to_numpy()[::-1]
    (again,) = compared_fusion.joined_late(turned, SPACE, ways).values()
    np.testing.assert_array_equal(
        again.loc[again["fold"] == 1, list(SPACE)], of_fold[list(SPACE)]
    )


def test_answers_that_do_not_belong_together_are_refused(two_models):
    ways = early_fusion.late_fusion()
    first, second = two_models
    with pytest.raises(UsageError, match="answer about other clips"):
        compared_fusion.joined_late([first, second[::-1]], SPACE, ways)
    with pytest.raises(UsageError, match="one fold alone"):
        one = [table[table["fold"] == 0] for table in two_models]
        compared_fusion.joined_late(one, SPACE, ways)


class Stored:
    """What `store.extract` gives, of arrays at hand."""

    def __init__(self, manifest, arrays):
        self.manifest, self.arrays = manifest, arrays


def test_films_are_cut_into_segments_without_their_first_frame():
    manifest, _ = of_clips(4, 1)
    lengths = [16, 24, 40, 3]
    numbered = [np.arange(n, dtype=np.uint8)[:, None, None, None] for n in lengths]
    frames, flows = (
        [np.tile(film + add, (1, 2, 2, 3)) for film in numbered] for add in (0, 100)
    )
    features = {
        "frames": Stored(manifest, frames),
        "flows": Stored(manifest[1:].reset_index(drop=True), flows[1:]),  # one is lost
    }
    cut = compared_fusion.segments(features, SPACE, ["c00", "c01", "c02"])
    assert cut.items["clip"].tolist() == ["c01"] * 2 + ["c02"] * 3
    assert cut.items["start"].tolist() == [0, 16, 0, 16, 32]
    assert cut.shape == {name: (15, 2, 2, 3) for name in features}
    told = cut.x["frames"][:, :, 0, 0, 0]
    assert told[0].tolist() == [*range(1, 16)]
    assert told[1].tolist() == [*range(17, 24), *[23] * 8]
    np.testing.assert_array_equal(cut.x["flows"], cut.x["frames"] + 100)


def test_films_are_taken_at_moments():
    manifest, _ = of_clips(3, 1)
    films = [
        np.tile(np.arange(n, dtype=np.uint8)[:, None, None, None], (1, 2, 2, 1))
        for n in (9, 3, 5)
    ]
    taken = compared_fusion.moments(
        Stored(manifest, films), SPACE, ["c00", "c01"], count=3
    )
    assert taken.x[..., 0, 0, 0].tolist() == [[0, 4, 8], [0, 1, 2]]
    assert taken.items["emotion"].tolist() == ["happy", "happy"]
