"""Anyone's predictions: what is found of them, held to planted faults and to peers."""

import json
from collections import Counter

import jsonschema
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from emolib import ROOT, UsageError, audit, cli, results

SCHEMA = json.loads((ROOT / "book/_static/audit.schema.json").read_text())


def of(frame, **more):
    """The findings of a table by part and what they are about."""
    found = audit.audit(frame, **more)
    return found, {(f.part, f.about): f for f in found.findings}


@pytest.fixture(scope="module")
def answers():
    """What a model of scikit-learn says of thirty people, kept apart."""
    x, y = make_classification(
        600, 10, n_informative=6, n_classes=3, random_state=0, class_sep=0.8
    )
    people = np.arange(600) % 30
    folds = GroupKFold(5)
    model = LogisticRegression()
    told = cross_val_predict(
        model, x, y, cv=folds, groups=people, method="predict_proba"
    )
    names = np.array(["angry", "happy", "sad"])
    frame = pd.DataFrame(told, columns=[f"p_{name}" for name in names])
    frame["clip"], frame["subject"] = [f"c{n}" for n in range(600)], people
    frame["label"], frame["prediction"] = names[y], names[told.argmax(axis=1)]
    for number, (_, test) in enumerate(folds.split(x, y, people)):
        frame.loc[test, "fold"] = number
    return frame


def test_a_clean_report_says_what_was_compared_and_what_could_not_be(answers):
    found, by = of(answers)
    assert found.ok
    assert by["shared", "subject"].outcome == by["shared", "clip"].outcome == "apart"
    assert by["shared", "subject"].n == 600
    assert "600 compared with 2400 over all folds" in by["shared", "clip"].says
    assert by["shared", "sentence"].outcome == "unknown"
    assert "no column sentence" in by["shared", "sentence"].says
    for claim in ("above chance", "new people", "each class"):
        assert by["claim", claim].outcome == "can"
    assert by["claim", "new collections"].outcome == "cannot"


@pytest.mark.parametrize(("wrong", "mean"), [(1, "0.99"), (5, "0.95"), (20, "0.8")])
def test_near_one_an_interval_says_how_often_it_holds(wrong, mean):
    told = json.loads((ROOT / "benchmarks/intervals.json").read_text())["rows"]
    much, little = (
        round(100 * row[mean])
        for row in told
        if (row["people"], row["interval"], row["score"]) == (5, "t", "accuracy")
    )
    frame = pd.DataFrame({"subject": np.arange(100) % 5, "label": "happy"})
    frame["clip"] = frame.index.astype(str)
    frame["prediction"] = np.where(frame.index < wrong, "sad", "happy")
    says = of(frame)[1]["score", "accuracy"].says
    assert (f"about {much} to {little} of 100 cases" in says) == (mean != "0.8")
    assert ("holds the truth" in says) == (mean != "0.8")


def test_published_answers_are_read_as_their_record_has_them(tmp_path):
    known = results.real("confidence-fusion")
    run = known.find("joined", "subjects-apart", pair="published", model="voice")
    run.predictions.to_csv(tmp_path / "posteriors.csv", sep=";", index=False)
    by = of(tmp_path / "posteriors.csv")[1]
    one, wanted = by["score", "accuracy"], run.metrics["accuracy"]
    assert (one.value, one.n) == (pytest.approx(wanted["value"]), 24)
    assert one.low == pytest.approx(wanted["low"])
    assert by["shared", "subject"].outcome == "apart"
    assert by["confidence", "gap"].low > 0.1  # far too sure
    assert "as far as this table tells" in by["claim", "new people"].says


def test_where_nobody_errs_the_least_that_fits_is_told():
    frame = pd.DataFrame({"subject": np.arange(60) % 12, "label": "happy"})
    says = of(frame.assign(prediction="happy"))[1]["score", "accuracy"].says
    assert "nobody errs: at least 77.9%, 12 subjects" in says
    assert pytest.approx(0.05, abs=1e-3) == 0.779**12


def test_scores_are_those_of_scikit_learn(answers):
    by = of(answers)[1]
    truth, said = answers["label"], answers["prediction"]
    peers = {
        "accuracy": accuracy_score(truth, said),
        "uar": balanced_accuracy_score(truth, said),
        "macro_f1": f1_score(truth, said, average="macro"),
        "weighted_f1": f1_score(truth, said, average="weighted"),
    }
    for metric, value in peers.items():
        one = by["score", metric]
        assert one.value == pytest.approx(value)
        assert one.low < value < one.high
        assert (one.n, one.unit) == (30, "subject")
    gap = answers.filter(like="p_").max(axis=1).mean() - peers["accuracy"]
    assert by["confidence", "gap"].value == pytest.approx(gap)


def plant(frame, kind):
    """The same answers as from a split that leaks in one way; people apart else."""
    test, train = frame[:120].assign(side="test"), frame[120:240].assign(side="train")
    test, train = (t.reset_index(drop=True).drop(columns="fold") for t in (test, train))
    train["subject"] = (train["subject"] + 100).astype(object)
    train["corpus"], test["corpus"] = "x", "y"
    for side, words in ((test, "abc"), (train, "def")):
        side["sentence"] = [words[n % 3] for n in range(120)]
    if kind == "subject":
        train.loc[7, ["subject", "corpus"]] = [f" {test['subject'][3]} ", "Y"]
    elif kind == "sentence":
        train.loc[7, "sentence"] = "A"
    elif kind == "corpus":
        train.loc[7, "corpus"] = "Y "
    elif kind == "clip":
        train.loc[7, ["clip", "corpus"]] = [test["clip"][3].upper(), "Y"]
    elif kind == "copy":
        test["copy"], train["copy"] = 0, 1
        train.loc[7, ["clip", "corpus"]] = [test["clip"][3], "y"]
    elif kind == "overlap":
        for side in (test, train):
            side["start"], side["stop"] = 0.0, 1.5
        there = ["clip", "corpus", "start", "stop"]
        train.loc[7, there] = [test["clip"][3], "y", 1.4, 3.0]
    return pd.concat([test, train], ignore_index=True)


KINDS = ["clip", "copy", "overlap", "subject", "sentence", "corpus"]


@pytest.mark.parametrize("kind", KINDS)
def test_one_planted_leak_is_found_counted_and_claimed_upon(answers, kind):
    clean, by = of(plant(answers, None))
    assert clean.ok
    assert by["claim", "new collections"].outcome == "can"
    found, by = of(plant(answers, kind))
    assert by["shared", kind].outcome == "shared"
    if kind in audit.GRAVE:
        assert not found.ok
        assert by["claim", "new people"].outcome == "cannot"
    if kind in ("clip", "copy", "overlap"):
        assert by["shared", kind].value == 1 / 120


def test_near_duplicates_are_found_where_features_are_given(answers):
    frame = plant(answers, None)
    features = np.random.default_rng(0).normal(size=(len(frame), 12))
    by = of(frame, features=features)[1]
    assert by["shared", "near_duplicate"].outcome == "apart"
    features[130] = features[4]
    found, by = of(frame, features=features)
    assert (not found.ok, by["shared", "near_duplicate"].outcome) == (True, "shared")


@pytest.mark.parametrize("numbers", [1, 2, 3])
def test_what_lies_near_by_chance_is_no_duplicate(answers, numbers):
    frame = plant(answers, None)
    features = np.random.default_rng(0).normal(size=(len(frame), numbers))
    found, by = of(frame, features=features)
    assert found.ok
    assert by["shared", "near_duplicate"].outcome == "unknown"
    assert "come as near by chance" in by["shared", "near_duplicate"].says


def test_people_of_one_name_in_two_collections_are_two(answers):
    frame = plant(answers, None)
    frame["subject"] = "03"
    assert of(frame)[1]["shared", "subject"].outcome == "apart"
    assert of(frame.drop(columns="corpus"))[1]["shared", "subject"].outcome == "shared"
    frame.loc[200, "corpus"] = ""  # then nobody knows
    assert of(frame)[1]["shared", "subject"].outcome == "shared"


def test_clips_of_one_name_in_two_collections_are_two_and_this_is_said(answers):
    """Copies and overlapping windows as well, and what a second table says of them."""
    frame = plant(answers, None)
    frame["clip"] = frame.groupby("side").cumcount().map("{:03}".format)
    frame["copy"], frame["start"], frame["stop"] = frame.index % 2, 0.0, 1.5
    found, by = of(frame)
    assert found.ok
    for kind in ("clip", "copy", "overlap"):
        assert by["shared", kind].outcome == "apart"
    assert by["shared", "clip, corpus"].n == 120
    assert by["shared", "clip, corpus"].outcome == "unknown"
    clips = frame[["clip", "corpus", "subject", "side"]]
    answered = frame[:120].drop(columns=["subject", "side"])
    both = of(answered, clips=clips)[1]
    assert (
        both["shared", "subject"].outcome == both["shared", "clip"].outcome == "apart"
    )
    alone, by = of(frame.drop(columns="corpus"))
    assert not alone.ok
    assert by["shared", "clip"].value == by["shared", "overlap"].value == 1
    assert ("shared", "clip, corpus") not in by


def test_whoever_stops_training_in_one_fold_may_be_tested_in_another(answers):
    """Each person is tested once, and watched while others are tested."""
    turn, sides = answers["fold"].astype(int), []
    for fold in range(5):
        watched, tested = turn == (fold + 1) % 5, turn == fold
        side = np.select([tested, watched], ["test", "dev"], "train")
        sides.append(answers.assign(fold=fold, side=side))
    whole = pd.concat(sides, ignore_index=True)
    found, by = of(whole)
    assert by["shared", "subject, validation"].outcome == "apart"
    assert (found.ok, by["claim", "new people"].outcome) == (True, "can")
    own = int(turn[answers["subject"] == 0].iloc[0])  # the fold that tests person 0
    whole.loc[(whole["fold"] == own) & (whole["side"] == "dev"), "subject"] = 0
    found, by = of(whole)
    assert by["shared", "subject, validation"].outcome == "shared"
    assert (found.ok, by["claim", "new people"].outcome) == (False, "cannot")


def test_people_who_stop_training_and_are_tested_are_told(answers):
    frame = plant(answers, None)
    watched = frame[:10].assign(side="dev", clip="other", prediction="")
    found, by = of(pd.concat([frame, watched]))
    assert by["shared", "subject, validation"].outcome == "shared"
    assert by["shared", "clip, validation"].outcome == "apart"
    told = by["claim", "new people"]
    assert (found.ok, told.outcome) == (False, "cannot")
    assert "people who are tested are on the validation side" in told.says
    others = watched.assign(subject="somebody")
    found, by = of(pd.concat([frame, others]))
    assert (found.ok, by["claim", "new people"].outcome) == (True, "can")


def test_an_answer_to_all_is_ahead_of_nothing(answers):
    frame = answers.drop(columns=list(answers.filter(like="p_")))
    by = of(frame.assign(prediction=frame["label"].mode()[0]))[1]
    assert by["against", "majority"].outcome == "cannot"
    assert by["against", "chance"].outcome == "cannot"
    assert by["against", "chance"].value == pytest.approx(0)
    assert by["claim", "above chance"].outcome == "cannot"


def test_four_people_can_show_nothing(answers):
    few = answers.assign(subject=answers["subject"] % 4, fold=answers["subject"] % 4)
    by = of(few)[1]
    assert by["against", "chance"].outcome == "cannot"
    assert "few people can show nothing" in by["against", "chance"].says
    assert "few people" in by["score", "accuracy"].says


def test_without_people_there_is_no_interval_and_no_claim_of_others(answers):
    by = of(answers.drop(columns="subject"))[1]
    assert by["score", "accuracy"].low is None
    assert by["against", "chance"].outcome == "unknown"
    assert by["claim", "new people"].outcome == "cannot"


def test_people_trained_on_are_said_beside_every_score(answers):
    lots = np.random.default_rng(0).permutation(600)
    found, by = of(answers.assign(fold=lots % 5))
    assert not found.ok
    assert "known people" in by["score", "accuracy"].says


def test_raters_are_each_held_to_the_others(answers):
    """Three raters, one of whom is wrong once: by hand, (11 + 11 + 11) / 36."""
    frame = answers[:12].drop(columns=list(answers.filter(like="p_")))
    frame = frame.assign(prediction=frame["label"], subject=range(12), fold=range(12))
    for name in "abc":
        frame[f"rater_{name}"] = frame["label"]
    first = frame["label"].iloc[0]
    frame.loc[0, "rater_a"] = "sad" if first != "sad" else "happy"
    agreement = of(frame)[1]["raters", "agreement"]
    # Of item 0 a's two others agree: a is wrong, the model right; b's and c's differ.
    assert agreement.value == pytest.approx(1 / 12)
    unlabelled = of(frame.drop(columns="label"))[1]["score", "accuracy"]
    assert unlabelled.value == 1


def test_what_nkululeko_writes_is_read(answers, tmp_path):
    """The table of its Reporter.print_probabilities (1.14.1), and one of its clips."""
    own = answers.rename(columns=lambda c: c.removeprefix("p_"))
    out = own[["angry", "happy", "sad", "prediction", "label"]].copy()
    out.columns = ["angry", "happy", "sad", "predicted", "truth"]
    out.index = pd.MultiIndex.from_arrays(
        [own["clip"] + ".wav", ["0 days"] * 600, ["0 days 00:00:02.5"] * 600],
        names=["file", "start", "end"],
    )
    out["uncertainty"], out["correct"] = 0.5, out["predicted"] == out["truth"]
    out.iloc[:300].to_csv(tmp_path / "pred.csv")
    clips = pd.DataFrame({"file": own["clip"] + ".wav", "speaker": own["subject"]})
    clips["split"] = np.where(np.arange(600) < 300, "test", "train")
    clips.to_csv(tmp_path / "clips.csv", index=False)
    found, by = of(tmp_path / "pred.csv", clips=tmp_path / "clips.csv")
    assert by["read", "items"].n == 300
    right = (answers["label"] == answers["prediction"])[:300].mean()
    assert by["score", "accuracy"].value == pytest.approx(right)
    assert by["shared", "subject"].value == 1  # whoever is among the last is among all
    assert by["confidence", "calibration"].value < 0.5
    assert not found.ok


def test_what_cannot_be_read_is_refused_in_words(answers, tmp_path):
    no_answer = answers.drop(columns=[*answers.filter(like="p_"), "prediction"])
    empty = answers.astype({"label": object})
    empty.loc[5, "label"] = None
    twice = pd.DataFrame({"clip": ["c1", "C1 "], "side": "train"})
    latin = tmp_path / "latin.csv"
    latin.write_bytes("label,prediction\nfröhlich,wütend\n".encode("latin-1"))
    for table, more, words in [
        (no_answer, {}, "no column prediction"),
        (answers.drop(columns="label"), {}, "no column label"),
        (empty, {}, "row 5 is tested and has no label"),
        (answers.assign(side="trian"), {}, "row 0: side 'trian'"),
        (answers.assign(side="train"), {}, "no row is on the test side"),
        (answers, {"columns": {"subject": "who"}}, "subject=who: the table has"),
        (answers, {"clips": twice}, "names C1 twice"),
        (answers, {"features": np.zeros((3, 2))}, "3 rows of features for 600"),
        (tmp_path / "none.csv", {}, "no such file"),
        (latin, {}, "not a table in CSV, UTF-8"),
    ]:
        with pytest.raises(UsageError, match=words):
            audit.audit(table, **more)


def test_json_is_as_its_schema_says_and_no_name_reaches_a_page_as_code(answers):
    named = answers.replace("happy", "<script>alert(1)</script>")
    named = named.rename(columns={"p_happy": "p_<script>alert(1)</script>"})
    found = of(named.assign(subject="<b>" + named["subject"].astype(str)))[0]
    told = json.loads(found.json())
    jsonschema.validate(told, SCHEMA)
    assert Counter(row["part"] for row in told)["class"] == 3
    assert {*SCHEMA["items"]["properties"]["part"]["enum"]} == {*audit.PARTS}
    assert "<script" not in found.html()
    assert "<b>" not in found.html()
    assert "&lt;script&gt;" in found.html()


def test_clean_splits_raise_no_alarm_and_planted_ones_all_do():
    """A hundred of each, of random sizes; ids of several kinds."""
    lots = np.random.default_rng(0)
    for trial in range(100):
        n, people = int(lots.integers(20, 60)), int(lots.integers(4, 12))
        who = np.arange(n) % people
        frame = pd.DataFrame({"clip": np.arange(n), "subject": who, "fold": who % 3})
        frame["label"] = lots.choice(list("ab"), n)
        frame["prediction"] = lots.choice(list("ab"), n)
        assert audit.audit(frame).ok
        kind = ("clip", "subject")[trial % 2]
        one, other = (lots.choice(np.flatnonzero(who % 3 == fold)) for fold in (0, 1))
        frame[kind] = frame[kind].astype(object)
        frame.loc[other, kind] = f"{frame[kind][one]} "
        assert not audit.audit(frame).ok


def test_command(answers, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    renamed = answers.rename(columns={"subject": "who"})
    renamed.to_csv("clean.csv", index=False)
    renamed.assign(fold=np.arange(600) % 5, who=1).to_csv("leaking.csv", index=False)
    ask = ["audit", "clean.csv", "--column", "subject=who"]
    with pytest.raises(SystemExit) as end:
        cli.main([*ask, "--format", "json"])
    assert not end.value.code
    jsonschema.validate(json.loads(capsys.readouterr().out), SCHEMA)
    with pytest.raises(SystemExit) as end:
        cli.main([*ask, "--format", "html", "--out", "page.html"])
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")
    ask[1] = "leaking.csv"
    with pytest.raises(SystemExit) as end:
        cli.main(ask)
    assert end.value.code == 1
    assert "people who are trained on" in capsys.readouterr().out
    with pytest.raises(SystemExit) as end:
        cli.main([*ask, "--exit-zero"])
    assert not end.value.code
    with pytest.raises(SystemExit) as end:
        cli.main(["audit", "clean.csv", "--column", "subject"])
    assert end.value.code == 2
