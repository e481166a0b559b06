"""Tables over runs, against scikit-learn and numbers worked out by hand."""

import shutil
from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn import metrics

from emolib import (
    EmolibError,
    UsageError,
    experiment,
    labels,
    ledger,
    protocols,
    records,
    results,
)
from emolib.book import quoting
from emolib.evaluation import intervals
from emolib.evaluation.intervals import score_intervals
from emolib.records import reading

SPACE = labels.LabelSpace("two", ("happy", "sad"))
PEOPLE, TAKES = 8, 6


@pytest.fixture
def clips(tmp_path):
    (tmp_path / "clip.wav").write_bytes(b"a clip")
    numbers = range(PEOPLE * TAKES)
    return pd.DataFrame(
        {
            "clip": [f"toy/{n:02}" for n in numbers],
            "path": str(tmp_path / "clip.wav"),
            "corpus": "toy",
            "source": "real",
            "subject": [f"toy-{n // TAKES}" for n in numbers],
            "sentence": "1",
            "emotion": [SPACE.classes[n % 2] for n in numbers],
        }
    )


@pytest.fixture
def answered(clips, tmp_path, monkeypatch):
    """Record answers of which so many of each person are wrong."""
    for module in (reading, records):
        monkeypatch.setattr(module, "committed_folder", lambda: tmp_path / "runs")
    monkeypatch.setattr(reading, "folders", lambda: [tmp_path / "runs"])
    monkeypatch.setattr(records.run, "OPENED", opened := {})  # what other tests ran
    monkeypatch.setattr(records, "OPENED", opened)

    def make(name, wrong, seed=0, frames=1, of=clips, parameter=0):
        study = experiment.Study("toy", seed=seed, runs=tmp_path / "runs")
        place = of.groupby("subject").cumcount()
        right = place >= wrong
        score = np.where((of["emotion"] == "happy") == right, 0.8, 0.2)
        table = of[["clip", "subject"]].assign(
            label=of["emotion"], fold=0, happy=score, sad=1 - score
        )
        return study.add_answers(
            name,
            pd.concat([table] * frames, ignore_index=True),
            [],
            "hand",
            protocol=protocols.LeaveOneSubjectOut(),
            manifest=of,
            space=SPACE,
            commit=True,
            parameter=parameter,
        )

    return make


def test_accuracies_are_scikit_learns_and_names_become_levels(answered):
    runs = {("toy", "good"): answered("good", 1), ("toy", "bad"): answered("bad", 3)}
    table = results.accuracies(runs)
    for name, run in runs.items():
        truth, guess = results.answered(run)
        wanted = metrics.accuracy_score(truth, guess)
        assert table.loc[name, "value"] == pytest.approx(wanted)
        matrix = metrics.confusion_matrix(truth, guess, labels=SPACE.classes)
        np.testing.assert_array_equal(results.confusion(run), matrix)
        found = metrics.recall_score(truth, guess, average=None, labels=SPACE.classes)
        np.testing.assert_allclose(results.per_class(run)["recall"], found)
    assert list(table["people"]) == [PEOPLE, PEOPLE] and list(table["folds"]) == [1, 1]
    known = any(f["leak"].get("subject") for f in run.record["folds"])
    assert set(table["note"]) == {intervals.note(PEOPLE, trained_on=known)}
    rungs = results.ladder(runs)
    assert list(rungs["name"]) == ["toy, good", "toy, bad"]
    assert set(rungs["group"]) == {"toy"}


def test_where_nobody_errs_a_table_says_what_fits_so_many_people(answered):
    row = results.accuracies({"all": answered("all", 0)}).loc["all"]
    # Were everyone right in `low` of cases, so many would err nowhere once in twenty.
    assert row["value"] == row["high"] == 1
    assert row["low"] ** PEOPLE == pytest.approx(0.05)
    assert row["note"].startswith("nobody errs")


def test_two_runs_are_compared_on_the_clips_that_both_tested(answered, clips):
    good = answered("good", 1)
    bad = answered("bad", 3, of=clips.iloc[:42])  # seven of the eight people
    found = results.compared(good, bad)
    assert found["clips"] == 42 and found["n_subjects"] == 7
    assert found["difference"] == pytest.approx(2 / 6)
    assert found["p"] == pytest.approx(2 / 2**7)  # everyone is better, by hand
    assert results.compared(bad, good)["difference"] == pytest.approx(-2 / 6)


def test_frames_are_put_together_to_their_clip_first(answered):
    one, many = answered("one", 2), answered("many", 2, frames=5)
    assert len(many.predictions) == 5 * len(one.predictions)
    found = results.compared(one, many)
    assert found["difference"] == 0 and found["p"] == 1


def test_of_several_people_s_answers_about_a_clip_the_share_that_is_right_counts():
    """Put together, they would be what most of them say."""
    said = {"clip": ["a"] * 4, "subject": "p", "label": "happy", "happy": [1, 1, 1, 0]}
    table = pd.DataFrame(said).assign(sad=[0, 0, 0, 1], fold=0)
    given = {"folds": [{}], "learner": {"kind": "answers"}, "unit": "clip"}
    for record, share in (
        (given, 0.75),
        (given | {"parents": [{"id": "x"}]}, 1.0),
        (given | {"unit": "frame"}, 1.0),
        (given | {"learner": {"kind": "Classifier"}}, 1.0),
    ):
        run = SimpleNamespace(record=record, space=SPACE, predictions=table)
        assert results.rightness(run)["right"].tolist() == [share]


def test_pieces_of_a_clip_belong_together_whichever_fold_they_were_tested_in():
    pieces = {"clip": "a", "subject": "p", "label": "happy", "happy": [0.9, 0.4]}
    table = pd.DataFrame(pieces).assign(sad=[0.1, 0.6])
    for folds in ([0, 0], [0, 1]):
        run = SimpleNamespace(record={"folds": [{}]}, space=SPACE)
        run.predictions = table.assign(fold=folds)
        assert results.rightness(run)["right"].tolist() == [1.0]


def test_too_few_clips_or_people_are_not_compared(answered, clips):
    few = answered("few", 1, of=clips.iloc[:24])
    with pytest.raises(UsageError, match="24 clips in common"):
        results.compared(few, answered("other", 2))
    people = clips.assign(subject=[f"toy-{n % 4}" for n in range(len(clips))])
    pair = answered("a", 1, of=people), answered("b", 5, of=people)
    with pytest.raises(UsageError, match="4 people"):
        results.compared(*pair)
    assert results.compared(*pair, over="clips")["n_subjects"] == len(clips)


def test_several_comparisons_are_adjusted_together(answered):
    good, middle, bad = (answered(n, w) for n, w in (("g", 0), ("m", 1), ("b", 4)))
    table = results.comparisons({"g > m": (good, middle), "m > b": (middle, bad)})
    assert list(table["p_holm"]) == pytest.approx([2 * p for p in table["p"]])


def test_seeds_are_found_together_and_their_mean_is_theirs(answered):
    for seed, wrong in enumerate((1, 2, 3)):
        answered("seeds", wrong, seed)
    with pytest.raises(EmolibError, match="differ in seed"):
        records.find("toy", "seeds", "leave-one-subject-out", "real")
    found = records.find("toy", "seeds", "leave-one-subject-out", "real", seeds=3)
    assert [record["seed"] for record in found] == [0, 1, 2]
    runs = results.real("toy").find("seeds", "leave-one-subject-out")
    assert runs.seeds == 3 and len(results.real("toy").all()) == 1
    row = results.accuracies({"seeds": runs}).loc["seeds"]
    assert row["value"] == pytest.approx(
        4 / 6
    )  # of each person's six, 1 to 3 are wrong
    assert (row["least"], row["most"]) == (pytest.approx(3 / 6), pytest.approx(5 / 6))
    with pytest.raises(EmolibError, match="3 seeds .*4 are wanted"):
        results.real("toy").find("seeds", "leave-one-subject-out", seeds=4)


@pytest.mark.parametrize("again", [True, False])
def test_what_is_made_again_takes_the_place_of_what_was_read(
    answered, monkeypatch, again
):
    monkeypatch.setenv("EMOLIB_FRESH", "1" if again else "")
    old = answered("one", 1)
    read = results.real("toy")
    shutil.rmtree(old.folder)
    new = answered("one", 2)
    found = read.find("one", "leave-one-subject-out").record["id"]
    assert found == (new if again else old).record["id"]


def test_committed_records_are_found_or_the_message_says_what_there_is(answered):
    answered("good", 1)
    answered("good", 1, parameter=1)
    committed = results.real("toy")
    assert committed and not results.demo("toy")
    with pytest.raises(EmolibError, match="2 records of toy on real data fit"):
        committed.find("good", "leave-one-subject-out")
    run = committed.find("good", "leave-one-subject-out", parameter=1)
    assert run.record["parameters"]["parameter"] == 1
    with pytest.raises(EmolibError, match="there is good/leave-one-subject-out"):
        committed.find("bad", "leave-one-subject-out")
    (told,) = results.provenance({"x": run}).to_dict("records")
    made = run.record["provenance"]
    assert told["record"] == run.record["id"] and told["machine"] == made["platform"]
    assert made["lock"].startswith(told["lock"]) and len(told["lock"]) == 8
    assert told["data"] == "toy"  # answers that come from no recordings
    run.record["inputs"]["manifest"] = "0123456789"
    assert list(results.provenance({"x": run})["data"]) == ["toy 01234567"]


def test_where_a_record_is_missing_a_sentence_stands_in_its_place(answered, capsys):
    answered("good", 1)
    assert results.real("toy").grid("good", "seed") and not capsys.readouterr().out
    assert results.accuracies(results.real("toy").grid("bad", "seed")).empty
    told = capsys.readouterr().out
    assert told.startswith("No record of toy/bad on real recordings lies in ")
    assert "`emolib run toy --profile real` makes records" in told
    assert not results.real("other").all() and not results.demo("other").grid("bad")
    told = capsys.readouterr().out.splitlines()
    assert [line[: line.index(" lies in")] for line in told] == [
        "No record of other on real recordings",
        "No record of other on rendered data",
    ]
    for runs, words in (
        (results.real("other"), "real recordings .*, given the recordings"),
        (results.demo("other"), "rendered data .* this run has made none"),
    ):
        with pytest.raises(EmolibError, match=f"No record of other on {words}"):
            runs.find("good", "leave-one-subject-out")


def test_what_sides_share_is_shown_as_shares(clips, tmp_path, answered):
    from emolib import learners
    from emolib.models import baselines

    x = np.random.default_rng(0).normal(size=(len(clips), 3))
    given = experiment.examples(clips, x, SPACE)
    study = experiment.Study("toy", runs=tmp_path / "runs")
    nearest = learners.Classifier(baselines.nearest(), "nearest")
    ways = {"clips": protocols.RandomClips(0.25), "people": protocols.SubjectKFold(4)}
    runs = {name: study.run("toy", given, nearest, way) for name, way in ways.items()}
    table = results.leaks(runs)
    assert table.loc["clips", "subject"] == 1 and table.loc["people", "subject"] == 0
    assert table.loc["people", "train"] + table.loc["people", "test"] == len(clips)
    assert results.accuracies(runs).loc["people", "items"] == 36
    counts = results.leaks(runs, counted=True)
    assert counts.loc["people", ["test", "subject"]].tolist() == [len(clips), 0]
    assert counts.loc["clips", "subject"] == counts.loc["clips", "test"] > 0
    assert "train" not in counts  # over folds it would be no number of items


@pytest.fixture
def three(answered):
    """Three seeds, of each person's six one, one and four wrong."""
    return records.Seeds(
        [answered("seeds", wrong, seed) for seed, wrong in enumerate((1, 1, 4))]
    )


def test_tables_of_seeds_agree_with_each_other(three):
    accuracy = results.accuracies({"x": three}).loc["x", "value"]
    matrix = results.confusion(three).to_numpy()
    assert matrix.sum() == 3 * PEOPLE * TAKES
    assert np.trace(matrix) / matrix.sum() == pytest.approx(accuracy)
    each = [results.confusion(run).to_numpy() for run in three]
    np.testing.assert_array_equal(matrix, sum(each))
    table = results.per_class(three)
    np.testing.assert_allclose(table["recall"], np.diag(matrix) / matrix.sum(axis=1))
    truth, scores = results.answers({"x": three})["x"]
    assert len(truth) == len(scores) == 3 * PEOPLE * TAKES
    assert (scores.idxmax(axis=1) == truth).mean() == pytest.approx(accuracy)
    # The mean of their probabilities is an ensemble, and no seed's answer.
    mean = three.predictions
    right = (mean[list(SPACE)].idxmax(axis=1) == mean["label"]).mean()
    assert right != pytest.approx(accuracy)


def test_intervals_of_seeds_resample_people_on_the_mean_over_seeds(answered):
    random, whose = np.random.default_rng(0), np.arange(PEOPLE * TAKES) // TAKES
    three = records.Seeds(
        [answered("uneven", random.integers(0, 6, PEOPLE)[whose], s) for s in range(3)]
    )
    predictions = [run.predictions for run in three]
    guesses = [table[list(SPACE)].idxmax(axis=1) for table in predictions]
    first = predictions[0]
    wanted = score_intervals(first["label"], guesses, first["subject"])
    for name, score in wanted.items():
        found = three.metrics[name]
        assert found == asdict(score)
        each = [run.metrics[name]["value"] for run in three]
        assert found["value"] == pytest.approx(np.mean(each))


def test_a_seed_that_occurs_twice_is_no_set(answered, clips):
    one = answered("twice", 1, seed=4)
    again = answered("twice", 1, of=clips[::-1], seed=4)
    other = answered("twice", 2, seed=5)
    key = one.record["key"]
    told = [{**run.record, "key": key} for run in (one, again, other)]
    assert len({record["id"] for record in told}) == 3
    sets = records.of_one_key(told)
    assert sorted(sets) == sorted(record["id"] for record in told)
    assert list(records.of_one_key(told[1:])) == [key]
    with pytest.raises(UsageError, match="or not in it"):
        records.Seeds([one, one])
    for run in (one, again, other):
        run.record["key"] = key
        run._write(run.record["folds"], run.record["metrics"])
    committed = results.real("toy")
    with pytest.raises(EmolibError, match="3 records of toy on real data fit"):
        committed.find("twice", "leave-one-subject-out", seeds=2)
    with pytest.raises(EmolibError, match="3 records match"):
        records.find("toy", "twice", "leave-one-subject-out", "real", seeds=2)
    assert [run.seeds for run in committed.all().values()] == [1, 1, 1]


def test_lists_are_found_by_lists_and_by_tuples(answered):
    answered("rates", 1, parameter=(3, 0.5))
    answered("rates", 1, parameter=(4, 0.5))
    place = ("rates", "leave-one-subject-out")
    for rate in ((3, 0.5), [3, 0.5]):
        run = results.real("toy").find(*place, parameter=rate)
        assert run.record["parameters"]["parameter"] == [3, 0.5]
        assert (
            records.find("toy", *place, "real", parameter=rate)["id"]
            == (run.record["id"])
        )
        assert len(results.real("toy").all(parameter=rate)) == 1


def test_an_unknown_metric_and_an_incomplete_run_are_refused(answered, three):
    run = answered("good", 1)
    for some in (run, three):
        with pytest.raises(UsageError, match=r"'acuracy' \(did you mean accuracy"):
            results.accuracies({"x": some}, "acuracy")
    for one in (run, three.runs[1]):
        one.record |= {"complete": False, "metrics": {}, "folds_planned": 8}
    for some in (run, records.Seeds(three.runs)):
        with pytest.raises(UsageError, match="is not complete: it has 1 of 8"):
            results.accuracies({"x": some})


def test_runs_that_were_told_another_truth_are_not_compared(answered, clips):
    turned = clips.assign(emotion=clips["emotion"].to_numpy()[::-1])
    with pytest.raises(UsageError, match="another truth of clip toy/00 and 47 more"):
        results.compared(answered("one", 1), answered("other", 1, of=turned))


def test_each_person_is_told_by_run_or_by_draw(answered):
    for seed, wrong in enumerate((0, 3)):
        answered("one", wrong, seed=seed, parameter=1)
    answered("one", 1, parameter=2)
    known = results.real("toy")
    found = known.grids(["one"], "parameter", protocol="leave-one-subject-out")
    assert not known.grids(["one"], "parameter", protocol="random-clips")
    table = results.by_person(found)
    assert len(table) == PEOPLE and [*table] == [("one", 1), ("one", 2)]
    assert table.iloc[0].tolist() == [0.75, pytest.approx(5 / 6)]
    draws = results.by_person(found, draws=True)
    assert draws["one", 1, "seed 0"].eq(1).all() and draws.shape == (PEOPLE, 3)
    assert draws["one", 1, "seed 1"].eq(0.5).all()


def test_seeds_have_no_model_of_their_own(three, clips):
    for ask in (three.model, three.answers):
        with pytest.raises(UsageError, match="a model each: ask one of .runs"):
            ask(0)


def test_a_report_is_scikit_learns_and_says_nothing_of_few(answered, clips):
    run = answered("report", 2)
    truth, guess = results.answered(run)
    theirs = metrics.classification_report(truth, guess, output_dict=True)
    ours = results.report(run)
    for name in SPACE:
        assert ours.loc[name, "f1"] == pytest.approx(theirs[name]["f1-score"])
        assert ours.loc[name, "support"] == theirs[name]["support"]
    for ours_named, named in (("macro average", "macro avg"),
                              ("weighted average", "weighted avg")):  # fmt: skip
        for column in ("precision", "recall"):
            wanted = theirs[named][column]
            assert ours.loc[ours_named, column] == pytest.approx(wanted)
    assert ours.loc["accuracy", "f1"] == pytest.approx(theirs["accuracy"])
    assert ours.loc["commonest class alone", "f1"] == 0.5
    few = results.report(run, few=len(truth))
    assert few.loc[list(SPACE), ["precision", "recall", "f1"]].isna().all(axis=None)


def test_a_report_of_seeds_counts_each_item_once(three, clips):
    together, alone = results.report(three), results.report(three.runs[0])
    assert together["support"].tolist() == alone["support"].tolist()
    assert together.loc["accuracy", "support"] == len(clips)
    few = results.report(three, few=len(clips) // 2 + 1)  # not three times as many
    assert few.loc["happy", ["precision", "recall", "f1"]].isna().all()


def test_in_a_report_beside_a_document_s_what_is_unknown_is_a_dash(answered):
    ours = answered("report", 2)
    few = ledger.reported("A.table5", ours)
    assert few.loc["happy", ("here", "precision")].replace(".", "").isdigit()
    assert few.loc["accuracy", ("here", "precision")] == ledger.DASH
    assert few.loc["commonest class alone", ("document", "f1")] == "0.38"
    assert few.loc["commonest class alone", ("document", "recall")] == ledger.DASH


def test_areas_are_scikit_learns(answered):
    run = answered("areas", 2)
    table = run.predictions
    for name in SPACE:
        wanted = metrics.roc_auc_score(table["label"] == name, table[name])
        assert results.areas(run)[name] == pytest.approx(wanted)
    assert results.area(run, "sad")["area"] == pytest.approx(wanted)
    alone = results.area(run, "sad", ["the same"] * len(table))["area"]
    pairs = [
        np.sign(a - b)
        for _, part in table.groupby("subject")
        for a in part.loc[part["label"] == "sad", "sad"]
        for b in part.loc[part["label"] != "sad", "sad"]
    ]
    assert alone == pytest.approx(0.5 + np.mean(pairs) / 2)
    assert results.areas(run, few=1000).isna().all()
    (truth, part) = results.halves(run, {"a": ["sad"]})["a"]
    assert list(part) == ["sad"] and len(truth) == len(part)


def trained(clips, folder, seed, right, wrong=0, watched=None, **limits):
    """A network of two folds; how much of 40 items it is right about by epoch."""
    history = {"epoch": [*range(1, len(right) + 1)], "accuracy": right}
    history |= {
        "loss": [0.5] * len(right),
        "val_loss": watched or [np.nan] * len(right),
    }
    run = records.open_run(
        study="toy", experiment="net", source="real", corpus="toy",
        protocol="subjects-apart", model="net", profile="quick", seed=seed,
        manifest=clips, space=SPACE, folds=2, folder=folder,
        inputs={"digest": str(seed), "rows": "", "shape": []},
        learner={"kind": "Network"},
        parameters={"stop_after": watched and 3, **limits},
    )  # fmt: skip
    right = clips.groupby("subject").cumcount() >= wrong
    score = np.where((clips["emotion"] == "happy") == right, 0.8, 0.2)
    table = clips[["clip", "subject"]].assign(label=clips["emotion"])
    table = table.assign(happy=score, sad=1 - score)
    half = clips["subject"] < "toy-4"
    for fold, rows in enumerate((half, ~half)):
        told = {"leak": {"train": 40}, "trained": {"items": 40}}
        run.add(fold, table[rows], history=pd.DataFrame(history), **told)
    return run


def test_whether_a_network_has_learned_is_told_by_its_training_alone(clips, tmp_path):
    """Half of the items are of each class: of 40, 26 right pass, 25 do not."""
    never = trained(clips, tmp_path, 0, [0.625], wrong=0)  # right about all it tested
    found = results.trainings(never)
    assert found["learned"].tolist() == [False, False]
    assert found["commonest"].tolist() == [0.5, 0.5]
    theirs = binomtest(25, 40, 0.5, alternative="greater").pvalue
    assert found["p"].tolist() == [pytest.approx(theirs)] * 2
    assert results.that_learned(never) is None
    learned = trained(clips, tmp_path, 1, [0.5, 0.65], wrong=6)  # right about nothing
    assert results.that_learned(learned) is learned
    # The epoch that is kept is that of the least loss on what was set apart.
    back = trained(clips, tmp_path, 2, [0.5, 0.9], watched=[1.0, 1.1])
    assert results.trainings(back)["epoch"].tolist() == [1, 1]
    assert results.that_learned(back) is None
    assert results.trainings(learned)["epoch"].tolist() == [2, 2]


def test_how_networks_were_trained_is_told_over_folds_and_seeds():
    steady = {"accuracy": [0.5, 0.75], "rate": [0.01, 0.01]}
    slowed = {"accuracy": [0.25, 0.5], "rate": [0.01, 0.001]}
    folds = [pd.DataFrame(one) for one in (steady, slowed)]
    both = pd.concat([one.assign(fold=n) for n, one in enumerate(folds)])
    last = folds[1].assign(fold=1)
    seeds = [SimpleNamespace(history=history) for history in (both, last)]
    found = results.trained({"a": SimpleNamespace(runs=seeds)})
    assert found.loc["a", "in training"] == pytest.approx((0.75 + 0.5 + 0.5) / 3)
    assert found.loc["a", "rate fell"] == "2 of 3"
    assert list(results.trained({})) == ["in training", "rate fell"]


def test_a_network_that_the_limit_stopped_is_told_from_one_that_its_loss_did(
    clips, tmp_path
):
    limit = {"epochs": 3, "stop_after": 1}
    early = trained(clips, tmp_path, 0, [0.6, 0.7], **limit)
    full = trained(clips, tmp_path, 1, [0.6, 0.7, 0.8], **limit)
    planned = trained(clips, tmp_path, 2, [0.6, 0.7, 0.8], epochs=3, stop_after=None)
    runs = {"x": records.Seeds([early, full]), "y": planned}
    told = results.accuracies(runs, epochs=True)["epochs"].tolist()
    assert told == ["2 to 3 of 3, cut off 2 of 4", "3 of 3"]


def test_draws_that_did_not_learn_are_counted_and_the_others_told(clips, tmp_path):
    runs = [trained(clips, tmp_path, n, [a], wrong=n)
            for n, a in enumerate((0.8, 0.5, 0.8))]  # fmt: skip
    three = records.Seeds(runs)
    assert [one.record["seed"] for one in results.that_learned(three).runs] == [0, 2]
    table = results.accuracies({"x": three, "y": runs[0]}, failed=True)
    assert table["failed"].tolist() == [1, 0]
    assert table.loc["x", "value"] == pytest.approx(1 - (0 + 1 + 2) / 3 / TAKES)
    assert table.loc["x", "learned"] == pytest.approx(1 - (0 + 2) / 2 / TAKES)
    assert table.loc["y", "learned"] == table.loc["y", "value"]
    assert "failed" not in results.accuracies({"y": runs[0]}, failed=True)
    # Sentences mean all draws unless they say learned=True.
    made = [run.record | {"record": str(run.folder)} for run in runs]
    asked = "{study}/{experiment}/{protocol}".format(**runs[0].record)
    assert not any("learned" in one.told for one in quoting.grouped(made))
    sets = quoting.grouped(made, {asked})
    for wanted, seeds in {
        "": [0, 1, 2],
        "seed_of=x": [],
        "learned=True": [0, 2],
    }.items():
        fit = [one for one in sets if quoting.fits(one.told, wanted)]
        assert [r["seed"] for one in fit for r in one.records] == seeds
    # What is made of its answers has not learned either.
    study = experiment.Study("toy", runs=tmp_path)
    of_its = runs[1].predictions.drop(columns=["unit", "task"])
    made = study.add_answers("made", of_its, [runs[1]], "hand")
    assert results.that_learned(made) is None


def test_what_needs_no_model_stands_beside_what_does(answered):
    table = results.accuracies({"x": answered("floors", 1)}, floors=True)
    assert table.loc["x", ["commonest", "guessing"]].tolist() == [0.5, 0.5]


def test_few_people_are_compared_over_clips_where_that_is_asked_for(answered, clips):
    people = clips.assign(subject=[f"toy-{n % 4}" for n in range(len(clips))])
    pair = answered("few a", 1, of=people), answered("few b", 5, of=people)
    many = answered("many a", 1), answered("many b", 5)
    table = results.comparisons({"few": pair, "many": many}, over="either")
    assert table["over"].tolist() == ["clips", "subject"]


def test_what_answers_pay_is_scikit_learns(answered):
    run = answered("pays", 2)
    table = run.predictions
    scores = table[list(SPACE)].to_numpy(float)
    wanted = metrics.log_loss(table["label"], scores, labels=list(SPACE))
    assert results.cross_entropy(run) == pytest.approx(wanted, rel=1e-6)


def test_rungs_are_compared_by_the_seeds_that_both_have(answered):
    for seed, wrong in enumerate((1, 1, 4)):
        answered("many", wrong, seed)
    for seed in (2, 1):
        answered("few", 1, seed)
    answered("other", 1, 7)
    many, few, other = (
        results.real("toy").find(name, "leave-one-subject-out")
        for name in ("many", "few", "other")
    )
    pair = results.same_seeds(many, few)
    assert [[run.record["seed"] for run in of.runs] for of in pair] == [[1, 2], [1, 2]]
    # Of six, one and four wrong against one wrong; with seed 0 it would be a sixth.
    assert results.compared(*pair)["difference"] == pytest.approx(-1 / 4)
    with pytest.raises(UsageError, match="no seed in common"):
        results.same_seeds(many, other)
