"""Sweeps that are killed, overtaken and limited, here and on a Dask cluster."""

import ast
import json
import re
import shlex
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from emolib import ROOT, EmolibError, runs
from emolib.runs import execution, point, sweeps

sys.path.insert(0, str(ROOT / "tests" / "campaign"))
import kills

WIDTHS = "1, 2, 3"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A sweep that nobody disturbed: its folder and its table."""
    folder = tmp_path_factory.mktemp("whole") / "whole"
    return folder, kills.undisturbed(folder, WIDTHS)[0]


def test_a_sweep_goes_on_after_kills_as_if_nothing_had_been(whole, tmp_path):
    trial, random = kills.Trial(tmp_path / "killed", WIDTHS), np.random.default_rng(1)
    driver = trial.begin()
    for kind in ("kernel", "worker"):
        kills.victim(trial, kind, driver, random).kill()
    kills.victim(trial, "kernel", driver, random)  # something is under way
    driver.kill()
    driver.wait()
    trial.alone()
    trial.whole()
    trial.check(whole[1])


@pytest.mark.skipif(not kills.can_mount(), reason=kills.NO_DISK)
def test_a_sweep_goes_on_after_its_disk_was_full(whole, tmp_path):
    random = np.random.default_rng(11)  # of a disk of 70 kB
    told, hit = kills.disturbed("disk", tmp_path / "full", whole[1], random, 0, WIDTHS)
    assert hit and told.startswith("disk of 70 kB, exit status ")


def test_a_sweep_leaves_one_table_and_a_page(whole):
    sweep = whole[0] / "sweep"
    found = pd.read_csv(sweep / "results.csv")
    own = found[(found["experiment"] == "own") & (found["metric"] == "accuracy")]
    assert own["width"].tolist() == [1, 2, 3] and set(found["kept"]) == {"local"}
    # A record that points share stands at each of them, with its width.
    shared = found[(found["experiment"] == "shared") & (found["metric"] == "accuracy")]
    assert shared["width"].tolist() == [1, 2, 3] and len(set(shared["value"])) == 1
    assert not found.duplicated(["point", "record", "metric"]).any()
    page = (sweep / "index.html").read_text()
    assert "3 done" in page and f"{own['value'].iloc[0]:.3f} [" in page
    assert list((sweep).glob("*/09_small.ipynb")) and 'href="results.csv"' in page


def test_the_plan_s_value_stands_beside_a_record_s_own(tmp_path):
    lines = ["point,seed,width,status,seconds,error,folder"]
    for number, name in enumerate("ab"):
        place = tmp_path / name
        place.mkdir()
        made = {"metadata": {"emolib": {"records": [name]}}}
        (place / "09_small.ipynb").write_text(json.dumps(made))
        lines.append(f"{number},{number},{number + 5},done,1,,{place}")
    (tmp_path / "points.csv").write_text("\n".join(lines))
    rows = [
        # Once from the book, once here: the same record.
        {"record": "book/results/s/a", "seed": 0, "width": 5, "value": 0.5},
        {"record": "runs/s/a", "seed": 0, "width": 5, "value": 0.5},
        {"record": "runs/s/b", "seed": 7, "width": None, "value": 0.7},
    ]
    table = pd.DataFrame(rows).assign(metric="accuracy")
    assert runs.kept(table).tolist() == ["committed", "local", "local"]
    found = runs.of_sweep(table, tmp_path)
    assert found["record"].tolist() == ["runs/s/a", "runs/s/b"]
    assert found["seed"].tolist() == [0, 7] and found["plan.seed"].tolist() == [0, 1]
    assert found["width"].tolist() == [5, 6]


# -- one run -----------------------------------------------------------------


@pytest.fixture
def job(tmp_path, monkeypatch):
    """What a driver hands to whoever runs a point, and the driver's sign of life."""
    monkeypatch.setenv("EMOLIB_RUNS", str(tmp_path / "runs"))
    folder = tmp_path / "sweep"
    with sweeps._driving(folder) as token:
        yield {
            "study": str(kills.SMALL),
            "profile": "smoke",
            "data": None,
            "parameters": {"pause": 1.0},
            "place": str(folder / "one"),
            "folder": str(folder),
            "token": token,
        }


def begun(place, number=1):
    """Wait until so many owners have begun to write a notebook."""
    until, found = time.monotonic() + 60, set()
    while len(found) < number:
        assert time.monotonic() < until
        found |= {path.parent for path in Path(place).glob("running-*/*.ipynb")}
        time.sleep(0.05)


def test_who_was_overtaken_publishes_nothing(job):
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(point.attempt, job)
        begun(job["place"])
        second = pool.submit(point.attempt, job)
        status, _, told = first.result()
        assert (status, told) == ("failed", "another process has taken over this run")
        assert second.result()[0] == "done"
    assert {p.name for p in Path(job["place"]).iterdir()} == {
        *("09_small.ipynb", "log.txt")
    }


def test_the_last_step_of_an_overtaken_run_fails(tmp_path, monkeypatch):
    out, own = tmp_path / "out", tmp_path / "own"
    own.mkdir()
    kept = execution._papermill

    def overtaken(*arguments):
        found = kept(*arguments)
        own.rename(tmp_path / "left")  # as who takes over does, at the worst moment
        return found

    monkeypatch.setattr(execution, "_papermill", overtaken)
    with pytest.raises(EmolibError, match="another process has taken over"):
        runs.execute(kills.SMALL, "smoke", None, {"pause": 0}, out, meanwhile=own)
    assert not list(out.iterdir()) and not own.exists()


def test_limits_and_a_driver_that_gives_no_sign(job, tmp_path):
    silent = tmp_path / "silent"
    silent.mkdir()
    (silent / point.DRIVER).write_text(f"{job['token']} 00000001")
    asked = {
        "slow": {"minutes": 0.001},
        "large": {"gigabytes": 0.3, "parameters": {"memory": 600, "pause": 9.0}},
        "silent": {"folder": str(silent), "patience": 2, "parameters": {"pause": 60.0}},
        "wrong": {"parameters": {"fail": True, "pause": 0}},
    }
    jobs = {n: job | a | {"place": job["place"] + n} for n, a in asked.items()}
    with ThreadPoolExecutor(4) as pool:
        done = dict(zip(jobs, pool.map(point.attempt, jobs.values()), strict=True))
    assert {status for status, _, _ in done.values()} == {"failed"}
    told = {name: text for name, (_, _, text) in done.items()}
    assert "it took longer than the 0.001 minutes of the plan" in told["slow"]
    assert "GB, the plan allows 0.3" in told["large"]
    assert told["silent"] == "the sweep has ended"
    left = Path(jobs["wrong"]["place"])
    assert "cell 7 (A small run) failed: ValueError: asked to fail" in told["wrong"]
    assert told["wrong"].endswith(f"kept as {left}/09_small.failed.ipynb")
    assert {p.name for p in left.iterdir()} == {"09_small.failed.ipynb", "log.txt"}
    ran = nbformat.read(left / "09_small.failed.ipynb", 4)
    assert "asked to fail" in str([c.get("outputs") for c in ran.cells])


def test_a_machine_that_does_not_see_the_folder(job, tmp_path):
    assert "does not see" in point.sees(str(tmp_path), job["token"], patience=0)
    other = {**job, "token": "0" * 16}
    assert "does not see" in point.sees(other["folder"], other["token"], patience=0)
    assert point.sees(job["folder"], job["token"]) == ""


def test_one_driver_a_sweep(job):
    another = sweeps._driving(Path(job["folder"]))
    with pytest.raises(EmolibError, match="another process runs this sweep"):
        another.__enter__()


def test_kernels_meet_at_names_of_their_own():
    kinds = [execution._own_kernel() for _ in range(2)]
    if sys.platform == "linux":
        assert [kind.transport for kind in kinds] == ["ipc", "ipc"]
        assert kinds[0].ip != kinds[1].ip
    assert kills.start(0) == ""


# -- a cluster -----------------------------------------------------------------


def test_a_dask_worker_that_is_killed_in_mid_run(whole, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    trial = kills.Trial(tmp_path / "dask", WIDTHS)
    monkeypatch.setenv("EMOLIB_RUNS", str(tmp_path / "dask" / "runs"))
    monkeypatch.setenv(kills.MARK, trial.mark)
    sweep = tmp_path / "dask" / "sweep"
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
    ) as cluster:

        def kill() -> None:
            while not trial.processes("kernel"):
                time.sleep(0.05)
            (worker, *_) = trial.processes("worker")
            killed.append((worker.pid, worker.children(recursive=True)))
            worker.parent().kill()  # the Dask worker, not the run

        killed: list = []
        thread = threading.Thread(target=kill)
        thread.start()
        plan = runs.read_plan(trial.plan)
        points = runs.sweep(plan, sweep, scheduler=cluster.scheduler_address)
        thread.join()
    assert points["status"].tolist() == ["done"] * 3
    ((run, below),) = killed
    assert not any(one.is_running() and one.status() != "zombie" for one in below)
    folds = trial.log.read_text().splitlines()
    assert len(folds) == len(set(folds))
    trial.check(whole[1])


def snippets(language):
    page = (ROOT / "book" / "clusters.md").read_text()
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def test_the_page_on_clusters_can_be_read(tmp_path):
    slurm, kubernetes = (ast.parse(code) for code in snippets("python"))
    (called,) = (
        node for node in ast.walk(kubernetes)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "make_cluster_spec"
    )  # fmt: skip
    assert {k.arg for k in called.keywords} >= {"image", "env", "worker_command"}
    assert "SLURMCluster" in ast.unparse(slurm)
    for number, text in enumerate(snippets("yaml")):
        plan = tmp_path / f"{number}.yaml"
        plan.write_text(text)
        assert len(runs.read_plan(plan).points) == 6


def test_the_page_s_job_on_slurm_is_what_it_says():
    jobqueue = pytest.importorskip("dask_jobqueue")
    import dask
    from distributed.cli.dask_worker import main

    (code, *_) = snippets("python")
    head, tail, _ = code.partition("\nprint(cluster.job_script())")
    assert tail  # from there on a cluster would be asked
    here = {"host": "127.0.0.1", "dashboard_address": None}
    space: dict = {}
    with dask.config.set({"jobqueue.slurm.scheduler-options": here}):
        exec(head, space)
        with space["cluster"] as cluster:
            assert isinstance(cluster, jobqueue.SLURMCluster)
            script = cluster.job_script()
            assert cluster.scheduler.allowed_failures == 20
    dask.config.refresh()
    lines = script.splitlines()
    wanted = "-p cpu", "-A my-project", "--cpus-per-task=2", "--mem=8G", "-t 12:00:00"
    assert {f"#SBATCH {line}" for line in wanted} <= set(lines)
    assert lines.index("cd /shared/emolib") < lines.index("source .venv/bin/activate")
    command = next(line for line in lines if "dask_worker" in line)
    words = shlex.split(command.partition("dask_worker ")[2])
    asked = main.make_context("dask worker", words).params
    assert (asked["nthreads"], asked["nanny"]) == (1, True)
    assert (asked["lifetime"], asked["lifetime_stagger"]) == ("11h", "20m")
    assert asked["death_timeout"] == "600"


# -- plain papermill -------------------------------------------------------------


def test_plain_papermill_gives_the_same_record_where_the_page_says(tmp_path):
    plain, ours = kills.plainly(str(kills.SMALL), tmp_path)
    assert plain == ours and len(plain) == 2
    page = nbformat.read(tmp_path / "plain" / "out.ipynb", 4)
    said = page.cells[-1].outputs[0].text.split()
    found = [json.loads(Path(path).read_text())["id"] for path in said]
    assert sorted(found) == [name for name, _ in plain]
    assert all(path.startswith(str(tmp_path / "plain")) for path in said)
