"""Fusion rules by hand, the learned one against leaks, and real published answers."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax

from emolib import EmolibError, UsageError, data_folder, fusion
from emolib.corpora import ravdess_visual
from emolib.labels import RAVDESS

SOUND = np.array([[0.7, 0.2, 0.1], [0.5, 0.4, 0.1], [0.2, 0.6, 0.2]])
FACE = np.array([[0.1, 0.8, 0.1], [0.4, 0.5, 0.1], [0.6, 0.3, 0.1]])


def test_the_more_confident_model_decides_and_the_first_one_in_a_tie():
    fused = fusion.confidence([SOUND, FACE])
    np.testing.assert_array_equal(fused, [FACE[0], SOUND[1], SOUND[2]])
    # Rows two and three are ties: order of the models settles them.
    fused = fusion.confidence([FACE, SOUND])
    np.testing.assert_array_equal(fused, [FACE[0], FACE[1], FACE[2]])


def test_product_and_mean_by_hand():
    joint = SOUND * FACE
    expected = joint / joint.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(fusion.product([SOUND, FACE]), expected)
    np.testing.assert_allclose(fusion.mean([SOUND, FACE]), (SOUND + FACE) / 2)


def test_product_survives_vetoes_and_many_models():
    vetoed = fusion.product([[[1.0, 0.0, 0.0]], [[0.0, 0.5, 0.5]]])
    assert np.isfinite(vetoed).all()
    assert vetoed.sum() == pytest.approx(1)
    assert fusion.product([[[0.5, 0.5, 0.0]], [[0.2, 0.2, 0.6]]])[0, 2] < 1e-300
    many = fusion.product([[[0.6, 0.4]]] * 5000)  # 0.6**5000 is 0 in floating point
    assert many[0].tolist() == [1, 0]


@pytest.mark.parametrize("name", fusion.FUSIONS)
def test_every_rule_returns_probabilities_and_leaves_one_model_alone(name):
    fused = fusion.FUSIONS[name]([SOUND, FACE, SOUND])
    np.testing.assert_allclose(fused.sum(axis=1), 1)
    np.testing.assert_allclose(fusion.FUSIONS[name]([SOUND]), SOUND)


@pytest.mark.parametrize(
    ("tables", "problem"),
    [
        ([SOUND, FACE[:2]], "one shape"),
        ([], "one .* table a model"),
        ([SOUND * 7], "softmax"),
        ([np.where(SOUND > 0.6, np.nan, SOUND)], "softmax"),
        ([SOUND - 1 / 3], "softmax"),
    ],
)
def test_what_is_no_probability_is_refused(tables, problem):
    with pytest.raises(UsageError, match=problem):
        fusion.product(tables)


# ---- the learned rule


def two_models(items=600, classes=3, seed=0):
    """One model that knows something, one that always takes class 0 for 1."""
    random = np.random.default_rng(seed)
    truth = random.integers(classes, size=items)
    clear = np.eye(classes)[truth]
    knowing = softmax(2 * clear + random.normal(size=(items, classes)), axis=1)
    shifted = softmax(
        3 * np.roll(clear, 1, axis=1) + random.normal(size=(items, classes)), axis=1
    )
    return [knowing, shifted], truth, np.arange(items) % 12


def share_right(probabilities, truth):
    return (probabilities.argmax(axis=1) == truth).mean()


def test_stacking_learns_what_the_product_cannot():
    tables, truth, people = two_models()
    validation, test = np.arange(600) < 300, np.arange(600) >= 300
    stacker = fusion.Stacked().fit(
        [t[validation] for t in tables], truth[validation], people[validation]
    )
    fused = stacker.predict_proba([t[test] for t in tables])
    np.testing.assert_allclose(fused.sum(axis=1), 1)
    assert share_right(fused, truth[test]) > 0.9
    assert share_right(fusion.product([t[test] for t in tables]), truth[test]) < 0.5


def test_a_class_never_learned_keeps_its_column_and_gets_nothing():
    tables, truth, people = two_models()
    seen = truth != 1
    stacker = fusion.Stacked().fit([t[seen] for t in tables], truth[seen], people[seen])
    fused = stacker.predict_proba(tables)
    assert fused.shape == (600, 3)
    assert (fused[:, 1] == 0).all()


def test_stacking_over_folds_never_sees_the_fold_it_answers_for():
    tables, truth, people = two_models()
    folds = people % 4
    fused = fusion.stacked(tables, truth, folds, people)
    lied = np.where(folds == 2, (truth + 1) % 3, truth)
    np.testing.assert_array_equal(
        fusion.stacked(tables, lied, folds, people)[folds == 2], fused[folds == 2]
    )
    by_hand = fusion.Stacked().fit(
        [t[folds != 2] for t in tables], truth[folds != 2], people[folds != 2]
    )
    np.testing.assert_allclose(
        by_hand.predict_proba([t[folds == 2] for t in tables]), fused[folds == 2]
    )


def test_stacking_refuses_what_it_cannot_learn_from():
    tables, truth, people = two_models(60)
    with pytest.raises(UsageError, match="fit first"):
        fusion.Stacked().predict_proba(tables)
    with pytest.raises(UsageError, match="60 items, 59 truths"):
        fusion.Stacked().fit(tables, truth[1:], people)
    with pytest.raises(UsageError, match="two groups"):
        fusion.Stacked().fit(tables, truth, np.zeros(60))
    with pytest.raises(UsageError, match="two classes"):
        fusion.Stacked().fit(tables, np.zeros(60, int), people)


# ---- published answers on RAVDESS


def write_answers(folder, order, layout, seed=0):
    """Five small files of logits whose columns are in the given order."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    expected = {}
    for fold in range(5):
        names = [
            f"01-01-{emotion:02}-01-01-{repetition:02}-{fold + 1:02}"
            for emotion in range(1, 9)
            for repetition in (1, 2)
        ]
        logits = 2.5 * np.eye(8)[np.repeat(range(8), 2)]
        logits += random.normal(size=logits.shape)
        expected |= {
            f"ravdess/{name[3:]}": row
            for name, row in zip(names, softmax(logits, axis=1), strict=True)
        }
        table = pd.DataFrame(logits[:, order], columns=[f"embs{i}" for i in range(8)])
        path = folder / f"test_fold{fold}.csv"
        if layout == "columns":
            table.assign(name=names).to_csv(path, sep=";", index=False)
        else:
            lists = [str(row) for row in logits[:, order].tolist()]
            frame = pd.DataFrame({"name": [f"{n}.csv" for n in names], "list": lists})
            frame.to_csv(path, header=False, index=False)
    return pd.DataFrame(expected, index=list(RAVDESS)).T.sort_index()


@pytest.mark.parametrize(
    ("model", "layout"), [("wav2vec2", "columns"), ("bilstm", "lists")]
)
def test_reader_finds_the_order_of_the_columns(tmp_path, model, layout):
    order = np.random.default_rng(7).permutation(8)
    folder = tmp_path / "ravdess_visual/posteriors" / ravdess_visual.MODELS[model]
    expected = write_answers(folder, order, layout)
    table = ravdess_visual.posteriors(tmp_path, model)
    assert list(table.columns[:4]) == ["performance", "subject", "fold", "label"]
    assert list(table.columns[4:]) == list(RAVDESS)
    assert list(table["performance"]) == list(expected.index)
    np.testing.assert_allclose(table[list(RAVDESS)], expected)
    first = table.iloc[0]
    assert (first["subject"], first["fold"], first["label"]) == (
        "ravdess-01",
        0,
        "neutral",
    )


def test_reader_names_the_file_that_is_wrong(tmp_path):
    with pytest.raises(UsageError, match="ravdess_visual is not a folder"):
        ravdess_visual.posteriors(tmp_path, "wav2vec2")
    with pytest.raises(UsageError, match="no answers of model 'hubert'"):
        ravdess_visual.posteriors(tmp_path, "hubert")
    folder = tmp_path / "ravdess_visual/posteriors/audio_wav2vec2"
    write_answers(folder, range(8), "columns")
    whole = (folder / "test_fold3.csv").read_text()
    (folder / "test_fold3.csv").write_text(whole.replace("01-01-05", "01-01-09"))
    with pytest.raises(EmolibError, match="test_fold3.csv: '01-01-09"):
        ravdess_visual.posteriors(tmp_path, "wav2vec2")
    (folder / "test_fold3.csv").write_text(whole.replace("-04", "-01"))
    with pytest.raises(EmolibError, match="answered more than once"):
        ravdess_visual.posteriors(tmp_path, "wav2vec2")
    (folder / "test_fold3.csv").unlink()
    with pytest.raises(EmolibError, match="test_fold3.csv: cannot be read"):
        ravdess_visual.posteriors(tmp_path, "wav2vec2")


def test_action_units_come_sorted_without_the_share_of_speech(tmp_path):
    folder = tmp_path / "ravdess_visual"
    folder.mkdir()
    (folder / "action_units_mean.csv").write_text(
        "AU01_r;AU02_c;speech;name;path;index\n"
        "1.5;0.5;0.1;01-01-02-01-01-01-02;x;0\n"
        "2.5;1.0;0.2;01-01-01-01-01-01-02;x;1\n"
    )
    clips, matrix, names = ravdess_visual.action_units(tmp_path)
    assert clips == ["ravdess/01-01-01-01-01-02", "ravdess/01-02-01-01-01-02"]
    assert matrix.tolist() == [[2.5, 1.0], [1.5, 0.5]]
    assert names == ["AU01_r", "AU02_c"]


@pytest.mark.skipif(
    not (data_folder() / "ravdess_visual").is_dir(),
    reason="EMOLIB_DATA does not hold ravdess_visual",
)
def test_published_answers_fuse_to_the_numbers_known_for_them():
    sound, face = (ravdess_visual.posteriors(None, m) for m in ("wav2vec2", "bilstm"))
    assert list(sound["performance"]) == list(face["performance"])
    tables = [t[list(RAVDESS)].to_numpy() for t in (sound, face)]
    truth = RAVDESS.encode(sound["label"])
    assert len(truth) == 1440
    right = {
        name: 100 * share_right(f(tables), truth) for name, f in fusion.FUSIONS.items()
    }
    assert right["product"] == pytest.approx(86.9, abs=0.3)
    assert right["confidence"] == pytest.approx(82.8, abs=0.3)
    assert 100 * share_right(tables[0], truth) == pytest.approx(81.8, abs=0.3)
    assert 100 * share_right(tables[1], truth) == pytest.approx(62.1, abs=0.5)
    units = ravdess_visual.action_units()
    assert units[0] == list(sound["performance"])
    assert units[1].shape == (1440, 35)
