"""Notebooks: declared parameters, generated files, freshness, execution, sweeps."""

import ast
import json
import os
import re
import subprocess
import sys
import textwrap
from concurrent.futures import Future
from pathlib import Path
from threading import Timer

import nbformat
import pandas as pd
import pytest

from emolib import ROOT, EmolibError, UsageError, cli, runs
from emolib.book import alone
from emolib.notebook import Parameter
from emolib.runs import freshness, sweeps
from emolib.runs.notebook import tags_of, to_inject

NOTEBOOK = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A tiny study
#
# What it is about.
#
# **How long it takes.** Some seconds.

# %% tags=["parameters"]
profile: str = "quick"
epochs: int = 3  # passes over the data
rate: float = 0.1
loud: bool = False
folds: list[int] = [0, 1]

# %% tags=["profiles"]
PROFILES = {"smoke": {"epochs": 1}, "paper": {"epochs": 50, "rate": 1e-4}}

# %% [markdown]
# ## What it does

# %%
import os
import sys

from emolib import ROOT
from emolib.labels import RAVDESS

print("trained", epochs, rate, loud, folds, profile)

# %%
[sys.executable, os.getcwd() == str(ROOT), os.environ.get("EMOLIB_DATA"), len(RAVDESS)]

# %%
if epochs == 13:
    raise ValueError("thirteen epochs")
"""


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "07_tiny.py"
    path.write_text(NOTEBOOK)
    return path


def edited(notebook, old, new):
    assert old in notebook.read_text()
    notebook.write_text(notebook.read_text().replace(old, new))
    return notebook


# -- parameters -------------------------------------------------------------


QUICK = {
    "profile": "quick",
    "epochs": 3,
    "rate": 0.1,
    "loud": False,
    "folds": [0, 1],
}


def test_profile_then_given_values(notebook):
    assert runs.resolve(notebook) == QUICK
    smoke = QUICK | {"epochs": 1, "profile": "smoke"}
    assert runs.resolve(notebook, "smoke") == smoke
    given = {"epochs": "007", "loud": "TRUE", "rate": "2", "folds": "[2]"}
    values = runs.resolve(notebook, "paper", given)
    assert values == {
        "epochs": 7,
        "rate": 2.0,
        "loud": True,
        "folds": [2],
        "profile": "paper",
    }
    assert isinstance(values["rate"], float)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("epochs", "ten", "epochs must be a whole number, got 'ten'"),
        ("epochs", "true", "epochs must be a whole number, got 'true'"),
        ("epochs", "1.5", "epochs must be a whole number, got '1.5'"),
        ("epochs", True, "epochs must be a whole number, got True"),
        ("epochs", 3.0, "epochs must be a whole number, got 3.0"),
        ("rate", "nan", "rate must be a number, got 'nan'"),
        ("rate", "1e999", "rate must be a number, got '1e999'"),
        ("loud", "1", "loud must be true or false, got '1'"),
        ("loud", 1, "loud must be true or false, got 1"),
        ("folds", "0, 1", "folds must be a list"),
        ("folds", "[0, 'x']", "each item of folds must be a whole number, got 'x'"),
        ("epoch", "3", r"no parameter 'epoch' \(did you mean epochs\?\); it has prof"),
        ("profile", "smoke", "--profile"),
    ],
)
def test_wrong_parameters_are_refused(notebook, name, value, message):
    with pytest.raises(UsageError, match=message):
        runs.resolve(notebook, given={name: value})


def test_text_stays_text():
    text = Parameter("name", "str", "")
    assert [text.value(v) for v in ("007", "true")] == ["007", "true"]
    with pytest.raises(UsageError, match="must be text, got 7"):
        text.value(7)


def test_presets_are_checked_like_given_values(notebook):
    with pytest.raises(UsageError, match="no profile 'real'"):
        runs.resolve(notebook, "real")
    edited(notebook, '{"epochs": 1}', '{"epoch": 1}')
    with pytest.raises(UsageError, match="did you mean epochs"):
        runs.resolve(notebook, "smoke")
    edited(notebook, '{"epoch": 1}', "dict(epochs=1)")
    with pytest.raises(UsageError, match="must hold literals"):
        runs.resolve(notebook, "smoke")
    edited(notebook, "smoke", "smok")
    with pytest.raises(UsageError, match="keys of PROFILES among smoke, quick, real"):
        runs.resolve(notebook)


@pytest.mark.parametrize(
    "line", ["epochs = 3", "epochs: int", "epochs: Path = 3", "epochs: int = 'x'"]
)
def test_parameters_must_be_declared_with_type_and_value(notebook, line):
    edited(notebook, "epochs: int = 3", line)
    with pytest.raises(UsageError, match="name: type = value"):
        runs.declared(notebook)


def test_studies_by_letter_slug_and_near_miss(notebook, monkeypatch):
    monkeypatch.setattr(runs.notebook, "NOTEBOOKS", notebook.parent)
    assert runs.notebook_of("tiny") == notebook == runs.notebook_of(str(notebook))
    with pytest.raises(UsageError, match=r"did you mean tiny\?"):
        runs.notebook_of("tinny")
    notebook.rename(notebook.with_name("03_confidence_fusion.py"))
    assert runs.notebook_of("c").name == "03_confidence_fusion.py"


def test_emolib_data_is_the_place_of_recordings(notebook, monkeypatch):
    edited(notebook, "folds: list", 'data: str = "data/demo-quick"\nfolds: list')
    edited(notebook, '"rate": 1e-4', '"rate": 1e-4, "data": "data"')
    assert runs.resolve(notebook, "paper")["data"] == "data"
    monkeypatch.setenv("EMOLIB_DATA", "/corpora")
    assert runs.resolve(notebook, "paper")["data"] == "/corpora"
    assert runs.resolve(notebook, "paper", {"data": "mine"})["data"] == "mine"
    assert runs.resolve(notebook)["data"] == "data/demo-quick"  # demo data stay


def settling(notebook):
    """The same notebook with profiles, ranges and the line that settles them."""
    edited(notebook, 'PROFILES = {"smoke"', f'PROFILES = {{"quick": {QUICK}, "smoke"')
    ranges = '{"epochs": (1, 500), "rate": (0, 1), "folds": (0, 9)}'
    edited(notebook, "1e-4}}\n", f"1e-4}}}}\nRANGES = {ranges}\n")
    line = "from emolib import notebook\nnotebook.settle(PROFILES, RANGES)"
    heading = "# %% [markdown]\n# ## What it"
    return edited(notebook, heading, f"# %%\n{line}\n\n{heading}")


def test_a_notebook_that_settles_is_given_only_what_was_asked_for(notebook, tmp_path):
    values, given = runs.resolve(notebook, "smoke", {"rate": 1}), {"rate": "1"}
    smoke = {"profile": "smoke", "epochs": 1, "rate": 1.0}
    assert to_inject(notebook, values, given) == smoke
    settling(notebook)
    runs.check_fronts(notebook.parent)
    values = runs.resolve(notebook, "smoke", {"rate": 1})
    del smoke["epochs"]
    assert to_inject(notebook, values, given) == smoke
    path = runs.execute(notebook, "smoke", None, given, tmp_path / "out")
    node = nbformat.read(path, 4)
    (injected,) = (c for c in node.cells if "injected-parameters" in tags_of(c))
    assert "epochs" not in injected.source and "rate = 1.0" in injected.source
    assert "trained 1 1.0 False [0, 1] smoke" in str(node)
    assert node.metadata.emolib.parameters == QUICK | smoke | {"epochs": 1}
    assert runs.is_fresh(path, notebook, "smoke", given)


def test_out_of_range_is_refused_before_a_kernel_starts(notebook, tmp_path):
    settling(notebook)
    with pytest.raises(UsageError, match="epochs must lie between 1 and 500, got -3"):
        runs.execute(notebook, "smoke", None, {"epochs": "-3"}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("epochs: int = 3", "epochs: int = 4", "epochs is 4 in the parameters"),
        ("epochs: int = 3", "epoch: int = 3", "epochs is missing in the parameters"),
        ("loud: bool", "soft: int = 2\nloud: bool", "soft is missing in PROFILES"),
        ('"epochs": 50', '"epochs": 501', "between 1 and 500, got 501"),
        ('"rate": (0, 1), ', "", "rate is a number and has no range"),
    ],
)  # fmt: skip
def test_a_front_that_contradicts_itself_is_found(notebook, old, new, message):
    edited(settling(notebook), old, new)
    with pytest.raises(UsageError, match=f"07_tiny.py.*{message}"):
        runs.check_fronts(notebook.parent)


def test_the_project_s_fronts_hold():
    runs.check_fronts()


# -- the clean notebook -----------------------------------------------------


def test_generated_notebook_is_checked_and_stable(notebook):
    folder, beside = notebook.parent, notebook.with_suffix(".ipynb")
    with pytest.raises(EmolibError, match="07_tiny.ipynb"):
        runs.sync_notebooks(check=True, folder=folder)
    assert runs.sync_notebooks(folder=folder) == [beside]
    assert runs.sync_notebooks(check=True, folder=folder) == []
    first = beside.read_bytes()
    beside.unlink()
    runs.sync_notebooks(folder=folder)
    assert beside.read_bytes() == first

    node = nbformat.read(beside, 4)
    nbformat.validate(node)
    assert node.metadata.kernelspec.name == "python3"
    assert [c.metadata.get("tags") for c in node.cells[1:3]] == [
        ["parameters"],
        ["profiles"],
    ]
    (folder / "08_left_over.ipynb").write_text("{}")
    with pytest.raises(EmolibError, match="08_left_over.ipynb"):
        runs.sync_notebooks(check=True, folder=folder)


def test_an_inserted_cell_changes_no_other_id(notebook):
    before = [c["id"] for c in runs.read(notebook).cells]
    assert len(set(before)) == len(before)
    edited(notebook, "# %%\nimport os", "# %%\n1 + 1\n\n# %%\nimport os")
    after = [c["id"] for c in runs.read(notebook).cells]
    assert [i for i in after if i in before] == before


def test_the_project_s_notebooks_are_in_sync():
    runs.sync_notebooks(check=True, made=alone.beside)


# -- freshness --------------------------------------------------------------


def test_sources_follow_imports_and_ignore_prose(notebook):
    before = runs.sources(notebook)
    own = {"07_tiny.py", "emolib/__init__.py", "emolib/labels.py"}
    assert own | {"requirements.lock"} == set(before)
    edited(notebook, "What it is about", "Something else")
    assert runs.sources(notebook) == before
    edited(notebook, "import os\n", "import os\n%matplotlib inline\n")
    after = runs.sources(notebook)
    assert {p for p in after if after[p] != before.get(p)} == {"07_tiny.py"}
    # records imports files, and evaluation inside a function
    edited(notebook, "import ROOT", "import ROOT, records")
    wanted = {"emolib/files.py", "emolib/evaluation/intervals.py"}
    assert wanted <= set(runs.sources(notebook))


def test_records_a_run_writes_are_not_its_sources():
    notebook = runs.notebook_of("B")
    sources = [runs.sources(notebook, {"runs": r}) for r in ("runs", "book/results")]
    assert sources[0] == runs.sources(notebook)
    only = sources[0].keys() - sources[1].keys()
    assert only and all(name.startswith("book/results/") for name in only)


READS = """\
from emolib import near_one, shipped
results.real("one").all(), results.demo(
    "two"
)
notebook.benchmark("flow", "cold")
"""
MADE_FROM = (
    *("emolib/near_one.py", "emolib/shipped/__init__.py", "emolib/shipped/voice.json"),
    *("emolib/shipped/voice.safetensors", "emolib/words.yaml", "requirements.lock"),
    *(f"book/results/{study}/a/record.json" for study in ("tiny", "one", "two")),
    *("benchmarks/flow.json", "benchmarks/intervals.json"),
)


def test_a_page_is_stale_by_whatever_it_was_made_from(tmp_path, monkeypatch):
    others = ("benchmarks/live.json", "book/results/three/a/record.json")
    for name in (*MADE_FROM, *others, "07_tiny.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / MADE_FROM[0]).write_text('COVERAGE = "benchmarks/intervals.json"')
    notebook = tmp_path / "07_tiny.py"
    notebook.write_text(f"# %%\n{READS}")
    monkeypatch.setattr(freshness, "ROOT", tmp_path)
    freshness._files_of.cache_clear()
    try:
        before = runs.sources(notebook)
        for name in (*MADE_FROM, *others):
            (tmp_path / name).write_text((tmp_path / name).read_text() + " \n")
            after = runs.sources(notebook)
            changed = [p for p in after if after[p] != before[p]]
            known = [(tmp_path / name).as_posix()] if name in MADE_FROM else []
            assert changed == known and before.keys() == after.keys()
            before = after
    finally:
        freshness._files_of.cache_clear()


def test_chapters_name_what_they_read_where_they_read_it():
    """Else `sources` would not find it, and the page would be old without a word."""
    reading = re.compile(r"results\.(real|demo|Committed)|notebook\.benchmark")
    found = set()
    for slug, notebook in runs.notebooks().items():
        code = re.sub(r"(?m)^(\s*)[%!].*", r"\1pass", runs.notebook.code_of(notebook))
        assert not re.search(r"records\.(load|find|matching|table|by_claim)\(", code)
        for node in ast.walk(ast.parse(code)):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if reading.fullmatch(called):
                named = node.args[0]
                if ast.unparse(named) == "study.slug":
                    assert f'study = experiment.Study("{slug}"' in code
                else:
                    assert isinstance(named, ast.Constant), f"{slug}: {called}"
                found.add(called)
    assert len(found) == 4


def test_the_closure_holds_every_module_python_loads():
    code = "import emolib.records, emolib.protocols, emolib.evaluation.intervals"
    show = "import sys; print(*[m for m in sys.modules if m.startswith('emolib')])"
    command = [sys.executable, "-c", f"{code}\n{show}"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True)
    files = {
        f.relative_to(ROOT).with_suffix("").as_posix() for f in freshness._modules(code)
    }
    modules = {f.removesuffix("/__init__").replace("/", ".") for f in files}
    assert set(loaded.stdout.split()) <= modules


# -- execution --------------------------------------------------------------


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The tiny notebook, executed with a profile, a parameter and a data folder."""
    folder = tmp_path_factory.mktemp("executed")
    notebook = folder / "07_tiny.py"
    notebook.write_text(NOTEBOOK)
    given = {"rate": "0.5"}
    out = folder / "out"
    elsewhere = Path.cwd()
    os.chdir(folder)
    try:
        path = runs.execute(notebook, "smoke", "some/data", given, out)
    finally:
        os.chdir(elsewhere)
    assert path == out / "07_tiny.ipynb"
    return notebook, path


def test_executed_by_this_python_from_the_root(executed):
    _, path = executed
    node = nbformat.read(path, 4)
    nbformat.validate(node)
    printed, shown = (c.outputs[0] for c in node.cells if c.get("outputs"))
    assert printed.text == "trained 1 0.5 False [0, 1] smoke\n"
    python, at_root, data, classes = eval(shown.data["text/plain"])
    assert (python, at_root, classes) == (sys.executable, True, 8)
    assert data == str(ROOT / "some/data")
    assert "EMOLIB_DATA" not in os.environ


def test_executed_notebook_says_what_it_was_made_from(executed):
    notebook, path = executed
    text = path.read_text()
    made_from = json.loads(text)["metadata"]["emolib"]
    assert made_from["parameters"] == QUICK | {
        "epochs": 1,
        "rate": 0.5,
        "profile": "smoke",
    }
    assert made_from["sources"] == runs.sources(notebook)
    assert (len(made_from["seconds"]), made_from["records"]) == (5, [])
    node = nbformat.read(path, 4)
    assert "papermill" not in node.metadata and str(notebook.parent) not in text
    injected = [c for c in node.cells if "injected-parameters" in tags_of(c)]
    assert [tags_of(c) for c in injected] == [["injected-parameters", "remove-cell"]]
    assert list(path.parent.iterdir()) == [path]


def test_freshness_of_an_execution(executed, tmp_path):
    notebook, path = executed
    given = {"rate": 0.5}
    assert runs.is_fresh(path, notebook, "smoke", given)
    assert "profile smoke" in runs.why_stale(path, notebook)
    assert "parameters" in runs.why_stale(path, notebook, "smoke")
    assert runs.why_stale(tmp_path / "no.ipynb", notebook) == "never executed"
    copy = tmp_path / notebook.name
    copy.write_text(NOTEBOOK.replace("What it is about", "Another prose"))
    assert runs.is_fresh(path, copy, "smoke", given)
    copy.write_text(NOTEBOOK.replace("thirteen epochs", "13 epochs"))
    assert runs.why_stale(path, copy, "smoke", given) == "07_tiny.py changed"


def test_prose_is_refreshed_without_running(executed, tmp_path):
    notebook, path = executed
    before = nbformat.read(path, 4)
    copy = tmp_path / notebook.name
    text = NOTEBOOK.replace("What it is about", "Another prose")
    copy.write_text(
        text.replace("# ## What it does", "# ## What it did\n\n# %% [markdown]\n# New.")
    )
    after = runs.refresh_prose(before, runs.read(copy))
    nbformat.validate(after)
    assert "Another prose" in after.cells[0].source
    assert [c.source for c in after.cells if c.cell_type == "markdown"][-1] == "New."
    code = [c for c in before.cells if c.cell_type == "code"]
    kept = [c for c in after.cells if c.cell_type == "code"]
    assert [c.source for c in kept] == [c.source for c in code]
    assert [c.outputs for c in kept] == [c.outputs for c in code]
    assert after.metadata.emolib == before.metadata.emolib
    copy.write_text(NOTEBOOK.replace("thirteen epochs", "13 epochs"))
    with pytest.raises(EmolibError, match="code was changed"):
        runs.refresh_prose(before, runs.read(copy))


def test_a_failing_cell_is_named_and_its_notebook_kept(notebook, tmp_path, capsys):
    with pytest.raises(EmolibError, match="ValueError: thirteen epochs") as caught:
        runs.execute(notebook, parameters={"epochs": 13}, out=tmp_path / "out")
    assert "cell 5 (What it does)" in str(caught.value)
    (kept,) = (tmp_path / "out").iterdir()
    assert kept.name == "07_tiny.failed.ipynb" and str(kept) in str(caught.value)
    assert "trained 13" in kept.read_text()
    log = capsys.readouterr().err
    assert "07_tiny  cell 3/5" in log and "trained 13" in log


def test_nothing_runs_on_a_wrong_value(notebook, tmp_path):
    with pytest.raises(UsageError):
        runs.execute(notebook, parameters={"epoch": 1}, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


# -- sweeps -----------------------------------------------------------------


@pytest.fixture
def plan(notebook, tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(
        textwrap.dedent(f"""\
        study: {notebook}
        profile: smoke
        grid:
          epochs: [2, 13]
          folds: [[0], [1]]
        """)
    )
    return path


def test_a_plan_s_points(plan):
    points = runs.read_plan(plan).points
    assert points[:2] == [{"epochs": 2, "folds": [0]}, {"epochs": 2, "folds": [1]}]
    assert len(points) == 4


def test_a_plan_of_listed_points_seeds_and_limits(plan, notebook):
    edited(notebook, "loud: bool", "seed: int = 0\nloud: bool")
    edited(plan, "grid:", "seeds: 2\nminutes: 5\ngigabytes: 1.5\npoints:")
    edited(plan, "epochs: [2, 13]", "- {rate: 0.1, epochs: 3}")
    edited(plan, "folds: [[0], [1]]", "- {rate: 0.2, epochs: 1}")
    plan = runs.read_plan(plan)
    assert (plan.minutes, plan.gigabytes) == (5, 1.5)
    assert [tuple(point.values()) for point in plan.points] == [
        *((0.1, 3, 0), (0.1, 3, 1), (0.2, 1, 0), (0.2, 1, 1))
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "grid:",
            "gird:",
            r"'gird' \(did you mean grid\?\).* keys study, profile, grid, points",
        ),
        ("study:", "grid:\n#", "no study; a plan has"),
        ("profile:", "profil:", r"no key 'profil' \(did you mean profile\?\)"),
        ("epochs:", "epoch:", "no parameter 'epoch'"),
        ("[2, 13]", "2", "list of values"),
        ("[2, 13]", "[2, ten]", "got 'ten'"),
        ("smoke", "smke", "no profile 'smke'"),
        ("[2, 13]", "[2, 13", "cannot be read as YAML"),
        ("[2, 13]", "[" * 60_000, "cannot be read as YAML"),
        ("smoke", "", "profile is None; give its name"),
        ("smoke", "7", "profile is 7; give its name"),
        ("epochs:", "7:", "grid must give each parameter"),
        ("[2, 13]", str([2] * 9000), "18000 points, one run each"),
        ("study: ", "study: x", "no notebook 'x"),
        ("[2, 13]", "[2, 2]", "points 0 and 2 are the same"),
        ("grid:", "minutes: 0\ngrid:", "minutes must be a number above 0, got 0"),
        ("grid:", "gigabytes: yes\ngrid:", "gigabytes must be a number above 0"),
        ("grid:", "seeds: two\ngrid:", "seeds must be a number of seeds, or a list"),
        ("grid:", "seeds: 2\ngrid:", "no parameter 'seed'"),
        ("grid:", "points: [{rate: 1}, {}]\ngrid:", "that name the same parameters"),
        ("grid:", "points: [{epochs: 1}]\ngrid:", "epochs is given twice"),
    ],
)
def test_wrong_plans_are_refused_before_anything_runs(plan, old, new, message):
    with pytest.raises(UsageError, match=message) as caught:
        runs.read_plan(edited(plan, old, new))
    assert str(plan) in str(caught.value)


def test_a_plan_that_is_not_there(plan):
    with pytest.raises(UsageError, match=r"other\.yaml: no such file$"):
        runs.read_plan(plan.with_name("other.yaml"))


def test_a_sweep_gives_its_first_sign_of_life_after_two_seconds(capsys):
    point = Future()  # that has not come to its first cell by then
    Timer(3.5, point.set_result, [("done", 3.5, "")]).start()
    assert [*sweeps._finished({point: 0}, [])] == [(0, ("done", 3.5, ""))]
    said = capsys.readouterr().err
    assert re.search(r"^[^\n]*0 of 1 after [23] s, no cell yet\n", said)


def test_a_sweep_runs_points_resumes_and_keeps_other_data_apart(
    plan, notebook, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)  # what the command line names counts from here
    edited(notebook, "folds: list", 'data: str = "data"\nfolds: list')
    edited(plan, "folds: [[0], [1]]", "loud: [true]")
    out, one = tmp_path / "sweep", tmp_path / "one"
    with pytest.raises(SystemExit) as end:  # as the command line runs it
        cli.main(["sweep", "plan.yaml", "--out=sweep", f"--data={one}", "--workers=2"])
    table, said = capsys.readouterr()
    assert end.value.code == 1 and "done" in table and "failed" in table
    assert "1 of 2 points failed" in said and "log.txt" in said
    assert "2 to go: how long is not known, no run with `smoke` was made here" in said
    points = pd.read_csv(out / "points.csv")
    assert points["status"].tolist() == ["done", "failed"]
    done, failed = points["folder"]
    executed = json.loads((ROOT / done / "07_tiny.ipynb").read_text())
    assert "trained 2 0.1 True" in str(executed)
    assert executed["metadata"]["emolib"]["parameters"] == QUICK | {
        "epochs": 2,
        "loud": True,
        "data": str(one),
        "profile": "smoke",
    }
    assert "thirteen epochs" in (ROOT / failed / "log.txt").read_text()
    assert "ValueError: thirteen epochs" in points["error"][1]
    left = (ROOT / failed).iterdir()
    assert sorted(p.name for p in left) == ["07_tiny.failed.ipynb", "log.txt"]
    with pytest.raises(SystemExit):  # what it would do, by how long it took
        cli.main(["sweep", str(plan), f"--out={out}", f"--data={one}", "--dry-run"])
    assert "by 1 earlier runs" in capsys.readouterr().err
    quick = edited(plan, "smoke", "quick").rename(tmp_path / "quick.yaml")
    with pytest.raises(SystemExit):
        cli.main(["sweep", str(quick), "--out=other", "--dry-run"])
    assert "of one the notebook says: Some seconds" in capsys.readouterr().err
    plan.write_text(quick.read_text().replace("quick", "smoke"))

    edited(plan, "[2, 13]", "[2]")
    plan = runs.read_plan(plan)
    again = runs.sweep(plan, out, data=one, resume=True)
    other = runs.sweep(plan, out, data=tmp_path / "two", resume=True)
    assert [t["status"].item() for t in (again, other)] == ["kept", "done"]
    assert other["folder"].item() != done == again["folder"].item()


def test_no_scheduler_answers(plan, tmp_path):
    with pytest.raises(EmolibError, match="no Dask scheduler answers"):
        runs.sweep(runs.read_plan(plan), tmp_path, scheduler="bogus://1")
