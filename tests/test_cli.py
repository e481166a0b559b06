"""The command line: exit statuses, messages, output formats."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from emolib import cli, ledger, predict, receipts, records, runs

NOTEBOOK = """\
# %% tags=["parameters"]
profile: str = "quick"
epochs: int = 3

# %%
import os
print("trained", epochs, profile, os.environ.get("EMOLIB_FRESH"))
if epochs == 13:
    raise ValueError("thirteen")
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A notebook of its own, and no records but its own."""
    (tmp_path / "03_confidence_fusion.py").write_text(NOTEBOOK)
    monkeypatch.setattr(runs.notebook, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(records.reading, "folders", lambda: [tmp_path / "runs"])
    return tmp_path


@pytest.fixture
def emolib(capsys):
    """Run the command line here: status, output, errors."""

    def call(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main([str(a) for a in arguments])
        return (end.value.code or 0, *capsys.readouterr())

    return call


def in_a_process(*arguments):
    command = [sys.executable, "-m", "emolib.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def record(folder, **changes):
    entry = {"value": 0.5, "low": None, "high": 0.75, "n": 4, "unit": "subject"}
    content = {
        "study": "confidence-fusion",
        "experiment": "audio",
        "source": "demo",
        "corpus": "ravdess",
        "protocol": "subjects-apart",
        "model": "cnn",
        "seed": 0,
        "profile": "smoke",
        "complete": True,
        "metrics": {"accuracy": entry},
        "id": folder.name,
        "folds": [],
        "space": {"name": "two", "classes": ["happy", "sad"]},
        "parameters": {},
        **changes,
    }
    folder.mkdir(parents=True)
    (folder / "record.json").write_text(json.dumps(content))


COMMANDS = ["", "run", "sweep", "results", "ledger", "data", "data list"]
COMMANDS += [
    "data check",
    "data fetch",
    "data demo",
    "predict",
    "clean",
    "edition",
    "receipts",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(emolib, command):
    status, text, _ = emolib(*command.split(), "--help")
    assert status == 0 and f"emolib {command}".strip() in text.split("Example")[1]


def test_wrong_use_exits_2_without_traceback(emolib):
    for arguments in (
        ["run", "C", "-p", "epochs"],
        ["run", "C", "--profile", "fast"],
        ["data", "check", "ravdes"],
        ["data", "demo", "--profile", "real"],
    ):
        status, _, log = emolib(*arguments)
        assert status == 2 and log and "Traceback" not in log, arguments
    done = in_a_process("run", "Z")
    assert done.returncode == 2
    assert done.stderr and "Traceback" not in done.stderr
    assert "Traceback" in in_a_process("run", "Z", "--debug").stderr


def test_help_imports_nothing_heavy():
    code = (
        "import sys, emolib.cli; print(*{'pandas', 'numpy', 'rich'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("\n", 0)


def test_run_executes_and_prints_where(emolib, project, monkeypatch):
    monkeypatch.chdir(project)  # what the command line names counts from here
    out = project / "out"
    arguments = ("run", "C", "--profile", "quick", "-p", "epochs", "5", "--out", "out")
    status, text, log = emolib(*arguments)
    assert status == 0 and text == f"{out / '03_confidence_fusion.ipynb'}\n"
    assert "cell 2/2" in log and "trained 5 quick None" in log
    named = ("run", "03_confidence_fusion.py", "--fresh", "--out", out)
    assert "trained 3 quick 1" in emolib(*named)[2]
    assert "EMOLIB_FRESH" not in os.environ


def test_failed_work_exits_1(emolib, project):
    status, _, log = emolib("run", "all", "-p", "epochs", "13", "--out", project / "o")
    assert status == 1 and "ValueError: thirteen" in log.splitlines()[-1]
    assert "Traceback" not in log


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-p", "epoch", "3"], "did you mean epochs?"),
        (["-p", "epochs", "ten"], "epochs must be a whole number, got 'ten'"),
        (["-p", "epochs=3"], "got 'epochs=3'; write `-p epochs 3`"),
        (["--profile", "smoke"], "no profile 'smoke'"),
    ],
)
def test_wrong_values_are_refused_before_running(emolib, project, arguments, message):
    status, _, log = emolib("run", "C", *arguments)
    assert status == 2 and message in log
    assert "cell 1" not in log


def test_a_value_may_hold_any_text():
    assert cli._joined(["-p", "note", "a=b c", "-p", "rate", "-1"]) == [
        *("-p", "note=a=b c"),
        *("-p", "rate=-1"),
    ]


KEYS = (*records.COLUMNS, "kept", "of")


def test_results_in_each_format(emolib, project):
    assert emolib("results") == (0, "nothing yet\n", "")
    assert emolib("results", "--format", "json")[1] == "[]\n"
    record(project / "runs" / "a", parameters={"width": 0.5, "few": [1, 2]})
    record(project / "runs" / "b", study="early-fusion", parameters={"width": 1.0})
    record(project / "runs" / "c", complete=False)

    status, text, _ = emolib("results", "--study", "C", "--format", "json")
    (entry,) = json.loads(text)
    assert status == 0 and tuple(entry) == (*KEYS, "few", "width")
    assert (entry["metric"], entry["value"], entry["low"]) == ("accuracy", 0.5, None)
    assert (entry["of"], entry["width"]) == ("older code", 0.5)
    _, text, _ = emolib("results", "--format", "csv")
    assert text.splitlines()[0] == ",".join((*KEYS, "few", "width"))
    assert len(text.splitlines()) == 3
    _, text, _ = emolib("results")
    assert "subjects-apart" in text and "older code" in text
    # What tells the rows apart is shown, what only some have is not.
    head = text.splitlines()[0]
    assert "width" in head and "few" not in head
    assert text.count("few people") == 2 and "note" in head  # of four
    assert "width" not in emolib("results", "--study", "C")[1]


def test_results_that_are_asked_for(emolib, project):
    record(project / "runs" / "a")
    record(project / "runs" / "b", source="real", experiment="video", profile="real")

    def experiments(*options):
        _, text, _ = emolib("results", *options, "--format", "json")
        return [entry["experiment"] for entry in json.loads(text)]

    assert experiments() == ["audio", "video"]
    assert experiments("--source", "real") == ["video"]
    assert experiments("--experiment", "audio", "--metric", "accuracy") == ["audio"]
    assert experiments("--profile", "smoke") == ["audio"]
    status, _, log = emolib("results", "--experiment", "vidio")
    assert status == 2 and "(did you mean video?); there is audio, video" in log
    assert emolib("results", "--metric", "f1")[0] == 2
    assert emolib("results", "--source", "rael")[0] == 2


def test_results_of_a_sweep(emolib, project):
    sweep = project / "sweep"
    rows = ["point,voice_epochs,seed,status,seconds,folder"]
    for point, made in enumerate((["a"], ["a", "b"])):
        folder = sweep / str(point)
        folder.mkdir(parents=True)
        metadata = {"metadata": {"emolib": {"records": made}}}
        (folder / "03_confidence_fusion.ipynb").write_text(json.dumps(metadata))
        rows.append(f"{point},{point + 3},0,done,1.0,{folder}")
    (sweep / "points.csv").write_text("\n".join(rows))
    for name in "abc":
        record(project / "runs" / name)
    _, text, _ = emolib("results", "--sweep", sweep, "--format", "json")
    found = [(e["record"][-1], e["point"], e["voice_epochs"]) for e in json.loads(text)]
    assert found == [("a", 0, 3), ("a", 1, 4), ("b", 1, 4)]
    assert "voice_epochs" in emolib("results", "--sweep", sweep)[1]
    status, _, log = emolib("results", "--sweep", "nowhere")
    assert status == 2 and "no sweep 'nowhere' in runs/sweeps" in log


def test_results_of_a_study(emolib, project):
    assert emolib("results", "--study", "E") == (0, "nothing yet\n", "")
    status, _, log = emolib("results", "--study", "confidense-fusion")
    assert status == 2 and "did you mean confidence-fusion?" in log
    record(project / "runs" / "a", study="my-own")
    assert "audio" in emolib("results", "--study", "my-own")[1]


def test_a_table_of_one_s_own_lies_where_one_stands(emolib, project, monkeypatch):
    monkeypatch.chdir(project)
    (project / "mine.csv").write_text("model,accuracy,n\na,0.75,4\nb,0.85,4\n")
    status, said, _ = emolib("ledger", "--check", "mine.csv")
    assert status == 1 and "accuracy 0.85 cannot come from 4\nitems" in said
    assert emolib("ledger", "--check", "mine.csv", "--exit-zero")[0] == 0
    (project / "mine.csv").write_text("model,accuracy,n\na,0.75,4\n")
    assert emolib("ledger", "--check", "mine.csv")[0] == 0
    (project / "mine.csv").write_text("model,auc\na,0.75\nb,0.85\n")
    status, said, _ = emolib("ledger", "--check", "mine.csv")
    assert status == 2 and "does not follow from one\n    confusion matrix" in said
    status, _, log = emolib("ledger", "--check", "other.csv")
    assert status == 2 and "other.csv: cannot be read" in log


def test_help_names_the_keys_of_json(emolib):
    keys = re.findall(r"[\w]+", emolib("results", "--help")[1])
    assert {*KEYS} <= {*keys}
    keys = re.findall(r"[\w]+", emolib("ledger", "--help")[1])
    assert {*ledger.table("C").columns} <= {*keys}
    keys = re.findall(r"[\w]+", emolib("predict", "--help")[1])
    assert {*predict.KEYS} <= {*keys}


def test_ledger_and_corpora_are_listed(emolib, monkeypatch):
    status, text, _ = emolib("ledger", "--study", "C", "--format", "json")
    entries = json.loads(text)
    keys = "id document where quantity stated verdict_on_paper verdict_by_run"
    assert status == 0 and {*keys.split(), "finding", "records"} <= entries[0].keys()
    status, text, _ = emolib("data", "list", "--format", "csv")
    assert status == 0 and "ravdess,1440" in text
    monkeypatch.setenv("COLUMNS", "70")
    status, text, _ = emolib("data", "list")
    addresses = [line for line in text.splitlines() if "http" in line]
    assert status == 0 and "1440 clips of 24 people; CC BY" in text and addresses
    assert all(len(line) <= 70 for line in text.splitlines() if line not in addresses)
    assert emolib("ledger", "--study", "Z")[0] == 2


def test_clean_tells_what_lies_there_and_frees_what_is_named(
    emolib, tmp_path, monkeypatch
):
    from emolib import disk

    for name in ("cache/a", "data/demo-quick/b", "data/ravdess/c", "runs/d"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(bytes(2_000_000))
    (tmp_path / "data" / "demo-mine").symlink_to(tmp_path / "data" / "ravdess")
    for function in (disk.places, disk.free):
        monkeypatch.setattr(function, "__defaults__", (tmp_path,))
    status, text, _ = emolib("clean")
    assert status == 0 and [line.split()[1] for line in text.splitlines()] == [
        *("2.0", "2.0", "0.0", "2.0")
    ]
    assert emolib("clean", "cache", "data")[0] == 2 and (tmp_path / "cache/a").exists()
    status, text, _ = emolib("clean", "cache", "demo")
    assert status == 0 and text.count("2.0 MB  freed") == 2
    left = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["c", "d"]


def test_demo_renders_and_checks(emolib, tmp_path):
    wrong = emolib("data", "demo", "--out", tmp_path / "d", "--set", "setup=none")
    assert wrong[0] == 2 and "CAUSE=VALUE" in wrong[2]
    wrong = emolib("data", "check", "ravdess", "--data", tmp_path / "none")
    assert wrong[0] == 2 and str(tmp_path / "none") in wrong[2]


def test_a_name_in_another_encoding_is_printed(tmp_path):
    import soundfile

    folder = tmp_path / "tess" / "OAF_Sad"
    folder.mkdir(parents=True)
    soundfile.write(folder / "OAF_back_sad.wav", np.sin(np.arange(4000) / 9), 16000)
    odd = os.fsencode(folder) + b"/OAF_\xff_sad.wav"
    try:
        os.link(folder / "OAF_back_sad.wav", odd)
    except OSError:
        pytest.skip("no such names here")
    arguments = ["data", "check", "tess", "--data", str(tmp_path), "--format"]
    code = (  # a process of its own: its output has an encoding, and pytest's has not
        "import sys; from emolib import cli\n"
        "for form in ('table', 'csv', 'json'):\n"
        "    try: cli.main([*sys.argv[1:], form])\n"
        "    except SystemExit as end: print('==', form, end.code, flush=True)\n"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, check=True)
    told = re.findall(rb"(?s)(.*?)^== (\w+) (\d+)\n", done.stdout, re.M)
    assert [(form, status) for _, form, status in told] == [
        (b"table", b"1"), (b"csv", b"1"), (b"json", b"1")
    ]  # fmt: skip
    assert all(b"udcff" in text for text, _, _ in told)
    lines = done.stderr.splitlines()
    assert len(lines) == 3 and all(b"needs a hand" in line for line in lines)


def test_a_receipt_holds_runs_against_the_book(emolib, tmp_path, monkeypatch):
    monkeypatch.setenv("EMOLIB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(records, "committed_folder", lambda: tmp_path / "book")
    monkeypatch.setattr(receipts, "LIST", tmp_path / "published.json")
    more = {"inputs": {}, "task": "emotion", "provenance": {"finished": "2026"}}
    for number in (0, 1):
        place = tmp_path / "runs" / "confidence-fusion" / f"audio-{number}"
        record(place, seed=number, **more)
    mine = records.load(tmp_path / "runs")
    out = tmp_path / "receipt.json"
    status, told, _ = emolib("receipt", "C", "--out", out)
    assert status == 0 and "held against 0 records of confidence-fusion" in told
    assert "it lists none of those that its own quick build made" in told
    assert json.loads(out.read_text())["outcomes"] == {"not in the book": 2}

    receipts.LIST.write_text(receipts.text(mine[:1]))
    status, told, _ = emolib("receipt", "C", "--out", out)
    assert status == 0 and "agrees" in told and "seed 1, in the book 0" in told
    assert "0 records of confidence-fusion that come with the book and 1 that" in told
    assert json.loads(out.read_text())["outcomes"] == {"agrees": 1, "another run": 1}

    none = tmp_path / "none.json"
    status, _, error = emolib("receipt", "C", "--published", none)
    assert status == 2 and "none.json: no such file" in error
    monkeypatch.setenv("EMOLIB_RUNS", str(tmp_path / "elsewhere"))
    status, _, error = emolib("receipt", "C")
    assert status == 1 and "emolib run C" in error
