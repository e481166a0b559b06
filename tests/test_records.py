"""Records: identity, resuming, killing, provenance, finding."""

import getpass
import json
import os
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from emolib import ROOT, EmolibError, UsageError, records
from emolib.labels import LabelSpace
from emolib.records import reading

SPACE = LabelSpace("moods", ("happy", "angry", "calm"))


@pytest.fixture
def manifest(tmp_path):
    rows = []
    for number in range(12):
        path = tmp_path / "corpus" / f"{number}.wav"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes([number]) * 9000)
        subject = f"person-{number // 3}"
        rows.append(
            (f"corpus/{number}", str(path), "demo", subject, SPACE.classes[number % 3])
        )
    return pd.DataFrame(rows, columns=["clip", "path", "source", "subject", "emotion"])


@pytest.fixture
def open_run(manifest, tmp_path, monkeypatch):
    monkeypatch.setenv("EMOLIB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(reading, "folders", lambda: [records.runs_folder()])
    fixed = {
        "study": "confidence-fusion",
        "experiment": "audio",
        "source": "demo",
        "corpus": "moods",
        "protocol": "subjects-apart",
        "model": "cnn",
        "profile": "smoke",
        "seed": 0,
        "manifest": manifest,
        "space": SPACE,
        "folds": 2,
        "code": "1",
        "inputs": {"digest": "abc"},
        "parameters": {"epochs": 3},
    }
    return lambda **changes: records.open_run(**fixed | changes)


def predictions(manifest, fold, seed=0):
    """Half of the clips, with probabilities drawn at random."""
    part = manifest[manifest.index % 2 == fold]
    drawn = np.random.default_rng([seed, fold]).dirichlet(np.ones(3), len(part))
    table = part[["clip", "subject"]].assign(label=part["emotion"])
    return table.join(pd.DataFrame(drawn, part.index, list(SPACE)))


def completed(run, manifest, seed=0):
    for fold in range(run.record["folds_planned"]):
        run.add(fold, predictions(manifest, fold, seed))
    return run


# -- identity ---------------------------------------------------------------


def test_one_identity_one_folder(open_run):
    first = open_run()
    assert open_run(parameters={"epochs": np.int64(3)}).folder == first.folder
    assert open_run(claims=["C.audio.accuracy"]).folder == first.folder
    assert open_run(profile="quick").folder == first.folder
    others = [
        open_run(parameters={"epochs": 4}),
        open_run(seed=1),
        open_run(inputs={"digest": "other"}),
        open_run(learner={"kind": "Network"}),
        open_run(task="authenticity"),
        open_run(protocol="random-clips"),
        open_run(space=LabelSpace("moods", SPACE.classes[::-1])),
    ]
    assert len({run.folder for run in [first, *others]}) == 8


def test_a_manifest_is_known_by_content_not_place(manifest, tmp_path):
    here = records.manifest_hash(manifest)
    (tmp_path / "corpus").rename(tmp_path / "moved")
    moved = manifest.assign(path=manifest["path"].str.replace("corpus", "moved"))
    moved = moved.sample(frac=1, random_state=0)
    assert records.manifest_hash(moved) == here
    # The same size, other samples: another rendering of the same clips.
    (tmp_path / "moved" / "3.wav").write_bytes(b"x" * 9000)
    assert records.manifest_hash(moved) != here
    with pytest.raises(EmolibError, match=r"corpus.*0\.wav: named in the manifest"):
        records.manifest_hash(manifest)


def test_what_a_record_may_not_say(open_run):
    with pytest.raises(UsageError, match="parameter data is an absolute path"):
        open_run(parameters={"data": "/somewhere/else"})
    with pytest.raises(UsageError, match="cannot stand in a record"):
        open_run(parameters={"model": object()})


# -- folds ------------------------------------------------------------------


def test_resumes_by_fold_and_computes_again(open_run, manifest):
    run = open_run(claims=["C.audio.accuracy"])
    history = pd.DataFrame({"epoch": [1, 2], "val_loss": [0.5, np.nan]})
    leak = {"subject_share": np.float64(0), "near_duplicate": float("nan")}
    run.add(0, predictions(manifest, 0), history, leak, parameters_count=7, seconds=2.5)
    assert run.has(0) and not run.has(1) and not run.record["complete"]
    assert records.table().empty

    again = open_run()
    assert again.has(0) and not again.has(1)
    again.add(1, predictions(manifest, 1))
    assert again.record["complete"]

    record = records.find("confidence-fusion", "audio", "subjects-apart", "demo")
    assert records.recompute(record) == record["metrics"] == again.metrics
    table = records.predictions(record)
    assert list(table.columns) == [
        *("clip", "subject", "unit", "task", "fold", "label"),
        *SPACE.classes,
    ]
    assert (table[list(SPACE)].dtypes == np.float32).all()
    assert sorted(table["clip"]) == sorted(manifest["clip"])

    guess = np.array(SPACE.classes)[table[list(SPACE)].to_numpy().argmax(axis=1)]
    values = {name: found["value"] for name, found in record["metrics"].items()}
    truth = table["label"]
    assert values["accuracy"] == pytest.approx(metrics.accuracy_score(truth, guess))
    assert values["uar"] == pytest.approx(metrics.balanced_accuracy_score(truth, guess))
    macro = metrics.f1_score(truth, guess, average="macro")
    assert values["macro_f1"] == pytest.approx(macro)
    assert record["metrics"]["uar"]["unit"] == "subject"
    assert record["metrics"]["uar"]["n"] == 4

    text = (again.folder / "record.json").read_text()
    assert "NaN" not in text and '"near_duplicate": null' in text
    fold = record["folds"][0]
    assert (fold["parameters_count"], fold["seconds"]) == (7, 2.5)
    kept = records.history(record)
    pd.testing.assert_frame_equal(kept, history.assign(fold=0)[kept.columns])


def test_a_fold_done_again_replaces_itself(open_run, manifest):
    run = completed(open_run(), manifest)
    before = run.metrics
    run.add(1, predictions(manifest, 1, seed=5))
    assert len(run.predictions) == len(manifest)
    assert run.metrics != before
    assert open_run().metrics == run.metrics


def test_folds_of_other_code_or_positions_are_computed_again(
    open_run, manifest, caplog
):
    completed(open_run(positions=["a", "b"]), manifest)
    assert open_run(positions=["a", "b"]).record["complete"]
    run = open_run(code="2", positions=["a", "b"])
    assert not run.has(0) and not run.has(1)
    assert "computed by other code" in caplog.text
    run = open_run(positions=["a", "c"])
    assert run.has(0) and not run.has(1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"clip": "corpus/99"}, "clip corpus/99 .* not in the manifest"),
        ({"label": "bored"}, "label 'bored' is none of"),
        ({"happy": 2.0}, "must add up to 1"),
        ({"happy": np.nan}, "must add up to 1, got nan"),
    ],
)
def test_predictions_that_do_not_fit_are_refused(open_run, manifest, change, message):
    run = open_run()
    with pytest.raises(EmolibError, match=message):
        run.add(0, predictions(manifest, 0).assign(**change))
    with pytest.raises(UsageError, match="lack column angry"):
        run.add(0, predictions(manifest, 0).drop(columns="angry"))
    with pytest.raises(UsageError, match="2 folds, numbered from 0"):
        run.add(2, predictions(manifest, 0))
    assert not (run.folder / "record.json").exists()


# -- accidents --------------------------------------------------------------

WRITER = """
import sys
import pandas as pd
from emolib import records
from emolib.labels import LabelSpace

manifest = pd.read_csv(sys.argv[1])
run = records.open_run(
    study="s", experiment="e", source="demo", corpus="c", protocol="p", model="m",
    profile="smoke", seed=0, manifest=manifest, folds=10**6,
    code="1",
    space=LabelSpace("moods", ("happy", "angry", "calm")),
)
print("open", flush=True)
table = manifest.rename(columns={"emotion": "label"}).assign(happy=1, angry=0, calm=0)
fold = len(run.record["folds"])
while True:
    assert not run.has(fold)
    run.add(fold, table)
    fold += 1
"""


@pytest.fixture
def writer(open_run, manifest, tmp_path):
    """Start a process that adds folds to one run until it is killed."""
    csv = tmp_path / "manifest.csv"
    manifest.to_csv(csv, index=False)
    started = []

    def start():
        command = [sys.executable, "-c", WRITER, str(csv)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "open\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_killed_at_any_moment_nothing_is_lost(writer, tmp_path):
    known = 0
    for seconds in (0.0, 0.013, 0.031):
        process = writer()
        while not (found := records.load(tmp_path / "runs")) or (
            len(found[0]["folds"]) <= known
        ):
            time.sleep(0.01)
        time.sleep(seconds)  # into the middle of something
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        (record,) = records.load(tmp_path / "runs")
        assert len(record["folds"]) > known
        known = len(record["folds"])
        assert len(records.predictions(record)) == known * 12
        assert record["metrics"] == {}  # of a whole record only


def test_one_writer_a_run(writer, open_run, manifest):
    same = {"study": "s", "experiment": "e", "corpus": "c", "protocol": "p"}
    same |= {"model": "m", "folds": 10**6, "parameters": {}, "inputs": {}}
    process = writer()
    with pytest.raises(EmolibError, match=f"process {process.pid} is writing"):
        open_run(**same)
    process.kill()
    process.wait()
    run = open_run(**same)
    assert run.folder == open_run(**same).folder  # a cell run twice


WAITER = """
import sys
import pandas as pd
from emolib import records
from emolib.labels import LabelSpace
from emolib.records.run import _locks

run = records.open_run(
    study="s", experiment="e", source="demo", corpus="c", protocol="p", model="m",
    profile="smoke", seed=0, manifest=pd.read_csv(sys.argv[1]), folds=2,
    code="1",
    space=LabelSpace("moods", ("happy", "angry", "calm")),
)
print(run.record["complete"], len(_locks), (run.folder / ".lock").exists())
"""


def test_points_of_a_sweep_wait_for_each_other(open_run, manifest, tmp_path):
    csv = tmp_path / "manifest.csv"
    manifest.to_csv(csv, index=False)
    same = {"study": "s", "experiment": "e", "corpus": "c", "protocol": "p"}
    run = open_run(**same, model="m", parameters={}, inputs={})
    waiter = subprocess.Popen(
        [sys.executable, "-c", WAITER, str(csv)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"EMOLIB_WAIT": "1"},
    )
    told = waiter.stderr.readline()
    assert f"{run.folder}: waiting for process {os.getpid()}" in told
    completed(run, manifest)
    assert waiter.communicate(timeout=60)[0] == "True 0 False\n"


def test_a_complete_run_may_be_open_everywhere(open_run, manifest):
    folder = completed(open_run(), manifest).folder
    assert {p.name for p in folder.iterdir()} == {"record.json", "predictions.parquet"}
    assert open_run().record["complete"] and not (folder / ".lock").exists()


def test_rows_of_an_unfinished_fold_do_not_count(open_run, manifest):
    """What a kill between the two files leaves: rows that no record lists."""
    run = open_run()
    run.add(0, predictions(manifest, 0))
    file = run.folder / "predictions.parquet"
    rows = pd.read_parquet(file)
    pd.concat([rows, rows.assign(fold=1)]).to_parquet(file)
    again = open_run()
    assert not again.has(1) and len(again.predictions) == 6
    again.add(1, predictions(manifest, 1))
    assert len(again.predictions) == 12


def test_damaged_files_are_named(open_run, manifest, tmp_path):
    run = completed(open_run(), manifest)
    (record,) = records.load(tmp_path / "runs")
    rows = run.predictions
    rows.iloc[1:].to_parquet(run.folder / "predictions.parquet")
    with pytest.raises(EmolibError, match="rows are not those"):
        records.recompute(record)
    (run.folder / "predictions.parquet").write_bytes(b"PAR1")
    with pytest.raises(EmolibError, match="predictions.parquet: cannot be read"):
        records.recompute(record)
    (run.folder / "record.json").write_text('{"study": ')
    with pytest.raises(EmolibError, match="record.json: not a readable record"):
        records.table()


# -- provenance, finding ----------------------------------------------------


def test_a_flipped_number_or_answer_is_found(open_run, manifest):
    run = completed(open_run(learner={"kind": "answers"}), manifest)
    file = run.folder / "record.json"
    whole = file.read_text()
    value = json.dumps(run.record["metrics"]["accuracy"]["value"])
    without = {k: v for k, v in json.loads(whole).items() if k != "checksum"}
    for changed in (whole.replace(value, "0.99", 1), json.dumps(without)):
        assert changed != whole
        file.write_text(changed)
        with pytest.raises(EmolibError, match=r"record.json: damaged or edited"):
            records.load(run.folder)
    file.write_text(whole)
    (found,) = records.load(run.folder)
    answers = run.folder / "predictions.parquet"
    table = pd.read_parquet(answers)
    table.loc[3, "calm"] = np.nextafter(table.loc[3, "calm"], np.float32(1))
    table.to_parquet(answers, index=False)
    with pytest.raises(EmolibError, match=r"parquet: .*fold 0 is not what was"):
        records.predictions(found)


def test_provenance_names_no_place_and_nobody(open_run, manifest, tmp_path):
    run = completed(open_run(), manifest)
    text = (run.folder / "record.json").read_text()
    for private in (str(ROOT), str(tmp_path), socket.gethostname(), getpass.getuser()):
        assert private not in text
    found = json.loads(text)["provenance"]
    assert found["packages"]["numpy"] == np.__version__
    assert found["peak_memory_mb"] > 10 and len(found["emolib"]) == 64


def test_table_has_the_documented_columns(open_run, manifest):
    completed(open_run(), manifest)
    table = records.table(study="confidence-fusion")
    assert tuple(table.columns) == records.COLUMNS
    assert set(table["metric"]) >= {"accuracy", "uar", "macro_f1"}
    assert (table["low"] <= table["value"]).all() and (table["unit"] == "subject").all()
    assert records.table(study="early-fusion").empty
    assert tuple(records.table([]).columns) == records.COLUMNS


def test_find_says_what_there_is(open_run, manifest):
    completed(open_run(), manifest)
    completed(open_run(parameters={"epochs": 4}), manifest)
    what = ("confidence-fusion", "audio", "subjects-apart", "demo")
    with pytest.raises(EmolibError, match=r"2 records match.*epochs \(3, 4\): say whi"):
        records.find(*what)
    assert records.find(*what, epochs=4)["parameters"] == {"epochs": 4}
    with pytest.raises(EmolibError, match="no profile 'real'; there is smoke"):
        records.find(*what, profile="real")
    with pytest.raises(EmolibError, match="no experiment 'video'; there is audio"):
        records.find("confidence-fusion", "video", "subjects-apart", "demo")


def test_records_by_claim_are_those_on_real_data(open_run, manifest):
    completed(open_run(claims=["C.audio.accuracy"]), manifest)
    assert records.by_claim() == {}
    real = manifest.assign(source="real")
    claims = ["C.audio.accuracy", "C.audio.recall"]
    run = completed(open_run(source="real", manifest=real, claims=claims), real)
    found = records.by_claim()
    assert [r["id"] for r in found["C.audio.recall"]] == [run.record["id"]]
    assert sorted(found) == claims
