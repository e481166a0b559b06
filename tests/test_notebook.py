"""What a notebook's cells call, tried in real kernels."""

import json
import subprocess
import sys
from contextlib import contextmanager

import pandas as pd
import pytest

from emolib import ROOT, UsageError, ledger, notebook, standing
from emolib.book import gates, stage
from emolib.ledger.document import Component
from emolib.notebook import Front, Parameter, given_in

PARAMETERS = """\
profile: str = "quick"  # how much work
data: str = "data/demo-quick"
epochs: int = 30
rate: float = 0.1
loud: bool = False
doses: list[float] = [0.0, 1.0]
"""
PROFILES = """\
PROFILES = {
    "quick": {
        "profile": "quick",
        "data": "data/demo-quick",
        "epochs": 30,
        "rate": 0.1,
        "loud": False,
        "doses": [0.0, 1.0],
    },
    "smoke": {"data": "data/demo-smoke", "epochs": 2},
    "real": {"data": "data", "epochs": 50},
}
RANGES = {
    "profile": ["smoke", "quick", "real"],
    "epochs": (1, 500),
    "rate": (0, 1),
    "doses": (0, 1),
}
"""
SETTLE = "from emolib import notebook\nnotebook.settle(PROFILES, RANGES)"
SHOW = "import json\nprint(json.dumps([profile, data, epochs, rate, loud, doses]))"
QUICK = ["quick", "data/demo-quick", 30, 0.1, False, [0.0, 1.0]]
SMOKE = ["smoke", "data/demo-smoke", 2, 0.1, False, [0.0, 1.0]]


def front():
    found = {}
    exec(PROFILES, found)
    profiles = found["PROFILES"]
    parameters = {n: Parameter.like(n, v) for n, v in profiles["quick"].items()}
    return Front("07_tiny.py", parameters, profiles, found["RANGES"])


# -- profiles, types, ranges --------------------------------------------------


def test_given_wins_over_the_profile_and_the_profile_over_quick():
    assert list(front().settled("quick", {}).values()) == QUICK
    assert list(front().settled("smoke", {}).values()) == SMOKE
    given = {"epochs": "7", "loud": "true", "rate": 1, "doses": "[0.5]"}
    values = front().settled("smoke", given)
    assert list(values.values()) == ["smoke", SMOKE[1], 7, 1.0, True, [0.5]]
    assert isinstance(values["rate"], float)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"epoch": 3}, r"no parameter 'epoch' \(did you mean epochs\?\); it has prof"),
        ({"epochs": -3}, "epochs must lie between 1 and 500, got -3"),
        ({"epochs": 2.0}, "epochs must be a whole number, got 2.0"),
        ({"epochs": True}, "epochs must be a whole number, got True"),
        ({"epochs": "ten"}, "epochs must be a whole number, got 'ten'"),
        ({"rate": float("nan")}, "rate must lie between 0 and 1, got nan"),
        ({"doses": [0.5, 2]}, "doses must lie between 0 and 1, got 2.0"),
        ({"doses": ["x"]}, "each item of doses must be a number, got 'x'"),
        ({"doses": "[" * 9999}, "doses must be a list"),
    ],
)
def test_wrong_names_types_and_values_are_refused(given, message):
    with pytest.raises(UsageError, match=message):
        front().settled("smoke", given)


@pytest.mark.parametrize("profile", ["smok", ["smoke"], 3])
def test_a_profile_that_is_not_there_is_refused(profile):
    with pytest.raises(UsageError, match="07_tiny.py has no profile"):
        front().settled(profile, {})


def test_emolib_data_is_where_a_profile_finds_recordings(monkeypatch):
    monkeypatch.setenv("EMOLIB_DATA", "/corpora")
    assert front().settled("real", {})["data"] == "/corpora"
    assert front().settled("real", {"data": "data"})["data"] == "data"
    assert front().settled("quick", {})["data"] == "data/demo-quick"


def test_a_front_is_held_to_what_it_says():
    front().check()
    faults = {
        "epochs is a number and has no range": {"epochs": None},
        "no parameter 'epoch'": {"epoch": (1, 2)},
        "epochs must lie between 1 and 40, got 50": {"epochs": (1, 40)},
    }
    for message, change in faults.items():
        ranges = {n: r for n, r in {**front().ranges, **change}.items() if r}
        with pytest.raises(UsageError, match=message):
            Front("x", front().parameters, front().profiles, ranges).check()
    profiles = {**front().profiles, "smoke": {"profile": "quick"}}
    with pytest.raises(UsageError, match="'smoke' calls itself 'quick'"):
        Front("x", front().parameters, profiles, front().ranges).check()


# -- what counts as given -----------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "given"),
    [
        ([PARAMETERS], {}),
        ([PARAMETERS.replace("30", "3")], {"epochs": 3}),
        ([PARAMETERS, "# Parameters\nepochs = 30\n"], {"epochs": 30}),
        ([PARAMETERS, "# Parameters\nepoch = 30\n"], {"epoch": 30}),
        # all of them injected, at their defaults: given all the same
        ([PARAMETERS, "# Parameters\nprofile = 'quick'; epochs = 30"], None),
        # a cell of the reader's own, and what is none
        ([PARAMETERS, "epochs = 5\nother = 1"], {"epochs": 5}),
        ([PARAMETERS, "epochs = 5\nprint(epochs)"], {}),
        ([PARAMETERS, "epochs = 2 * 5"], {"epochs": 10}),
        # the parameters cell run again cancels what came before
        ([PARAMETERS, "epochs = 5", PARAMETERS], {}),
        ([PARAMETERS, "# Parameters\nepochs = 5", PARAMETERS], {}),
        # annotations lost, a typo, a line too many
        ([PARAMETERS.replace("30", "(")], {}),
        ([PARAMETERS + "epoch: int = 3"], {"epoch": 3}),
        (["profile = 'quick'\nepochs = 3"], {"epochs": 3}),
    ],
)
def test_what_counts_as_given(cells, given):
    quick = {"profile": "quick", "epochs": 30}
    if PARAMETERS in cells or any("data:" in c for c in cells):
        quick = front().profiles["quick"]
    found = given_in(cells, quick, {"epochs": 10})
    assert found == ({"profile": "quick", "epochs": 30} if given is None else given)


# -- what a page shows --------------------------------------------------------

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def shown(monkeypatch, tmp_path):
    """What is displayed, as a notebook's outputs; runs of its own."""
    from nbformat.v4 import new_output

    outputs = []

    def display(what, metadata=None):
        data = {"text/html": what.data} if hasattr(what, "data") else {"image/png": ""}
        output = new_output("display_data", data=data, metadata=metadata or {})
        outputs.append(output)

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setenv("EMOLIB_RUNS", str(tmp_path / "runs"))
    return outputs


def staged(outputs):
    """The outputs as the book shows them, its files, and what the gates say."""
    from nbformat.v4 import new_code_cell, new_notebook

    metadata = {"mystnb": {"image": {"alt": "a line"}}}
    cell = new_code_cell("1", outputs=outputs, execution_count=1, metadata=metadata)
    page = new_notebook(cells=[cell])
    problems = [str(p) for p in gates.executed_problems("x.ipynb", page)]
    return stage.published(page).cells[0].outputs, stage.figure_data(page), problems


def test_a_figure_has_its_number_its_caption_and_its_data(shown, tmp_path):
    from matplotlib.figure import Figure

    picture, table = Figure(), pd.DataFrame({"x": [1, 2], "y": [0.5, 1]})
    caption = f"What is drawn {EVIL}."
    notebook.figure(picture, "Figure 7", caption, data=table, id="C.figure7")
    csv = "x,y\n1,0.5\n2,1.0\n"
    assert (tmp_path / "runs" / "figures" / "C.figure7.csv").read_text() == csv
    (image, below), files, problems = staged(shown)
    assert "image/png" in image.data and not problems
    assert files == {"book/_static/figures/C.figure7.csv": csv}
    html = below.data["text/html"]
    assert "<strong>Figure 7</strong> What is drawn &lt;script&gt;" in html
    assert 'href="../_static/figures/C.figure7.csv" download' in html
    assert 'id="figure-c-figure7"' in html and "emolib" not in below.metadata
    assert EVIL not in shown[1].data["text/html"]

    tables = {"one": table, "two": table}
    notebook.figure(picture, "Figure 9", "Two tables", tables, id="C.figure9")
    csv = (tmp_path / "runs" / "figures" / "C.figure9.csv").read_text()
    assert csv.splitlines()[:2] == [",,x,y", "one,0,1,0.5"] and "two,1,2,1.0" in csv

    notebook.figure(picture.subplots(), "Figure 8", "An axis", id="C.figure7")
    _, _, problems = staged(shown)
    assert problems == ["x.ipynb, cell 1: a figure 'C.figure7' stands above already"]


@pytest.mark.parametrize("id", ["", "../up", "a/b", ".hidden", EVIL])
def test_a_figure_s_id_names_a_file(shown, id):
    with pytest.raises(UsageError, match="Figure 7: id .* should name the figure"):
        notebook.figure(None, "Figure 7", "", data=pd.Series([1]), id=id)
    assert not shown


def test_components_in_the_words_of_a_profile(monkeypatch):
    entry = Component(
        part="LSTM",
        document="128 units " + "and so on" * 20,
        quick="43 units",
        real="128 units",
        status="changed",
        why=EVIL,
    )
    alike = Component(
        part="loss", document="not stated", quick="any", status="faithful"
    )
    monkeypatch.setattr(ledger, "components", lambda _: [entry, alike])
    html = notebook.components("C", "smoke").data
    assert "Here (quick)" in html and "43 units" in html
    assert entry.document in html and EVIL not in html
    # Where `real` says nothing it does what `quick` does.
    html = notebook.components("C", "paper").data
    assert "<td>128 units</td>" in html and "<td>any</td>" in html
    html = notebook.components("C", "smoke", records=True).data
    assert "<td>43 units; in the records: 128 units</td>" in html
    assert "<td>any</td>" in html


# -- in kernels ---------------------------------------------------------------


@contextmanager
def kernel():
    """A kernel; a function that runs a cell in it and gives what it printed."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3", cwd=str(ROOT))

    def run(source):
        told = []

        def note(message):
            content = message["content"]
            if message["msg_type"] == "stream" and content["name"] == "stdout":
                told.append(content["text"])
            elif message["msg_type"] == "error":
                told.extend(content["traceback"])

        client.execute_interactive(source, output_hook=note, timeout=60)
        return "".join(told)

    try:
        yield run
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_in_an_interactive_kernel():
    with kernel() as run:
        for cell in (PARAMETERS, PROFILES):
            run(cell)
        assert run(SETTLE) == "Profile quick.\n"
        assert json.loads(run(SHOW)) == QUICK

        # A profile and a value edited; settled twice.
        run(PARAMETERS.replace('"quick"  #', '"smoke"  #').replace("0.1", "1 / 4"))
        told = run(SETTLE)
        assert told == run(SETTLE)
        assert told == (
            "Profile smoke: data = 'data/demo-smoke', epochs = 2. Given: rate = 0.25.\n"
        )
        assert json.loads(run(SHOW)) == [*SMOKE[:3], 0.25, *SMOKE[4:]]

        # A cell of the reader's own; then the first cell as it was.
        run("epochs = 9")
        run(SETTLE)
        assert json.loads(run(SHOW))[:3] == [*SMOKE[:2], 9]
        run(PARAMETERS)
        run(SETTLE)
        assert json.loads(run(SHOW)) == QUICK

        # Refused in one line, before anything else runs.
        run(PARAMETERS.replace("30", "-30"))
        line = "UsageError: epochs must lie between 1 and 500, got -30"
        assert run(SETTLE) == line
        run(PARAMETERS + "epoch: int = 3\n")
        assert "no parameter 'epoch' (did you mean epochs?)" in run(SETTLE)


STANDING = """\
import pandas as pd
from emolib import plots, records, results
kept = results.real("confidence-fusion")
---
runs = kept.grid("action-units", "id")
---
table = results.accuracies(runs)
table.head(1)
---
own = pd.DataFrame({"x": [1]}); own
---
print(len(table))
---
steps = results.ladder(runs)
notebook.figure(plots.ladder(steps, {}, 0.1), "Figure 1", "Rungs.", steps, "C.rungs")
---
notebook.figure(plots.ladder(steps.head(1), {}, 0.1), "Figure 2", "One.")
---
table = own; table
---
table
---
by = {"a": [*runs.values()]}; len(by["a"])
"""


def test_what_comes_from_the_book_s_records_says_so_below_it(tmp_path, monkeypatch):
    import nbclient
    from nbformat.v4 import new_code_cell, new_notebook

    cells = [PARAMETERS, PROFILES, SETTLE, *STANDING.split("---\n")]
    page = new_notebook(cells=[new_code_cell(source) for source in cells])
    monkeypatch.setenv("EMOLIB_RUNS", str(tmp_path / "runs"))  # its figure's data
    nbclient.NotebookClient(page, kernel_name="python3", timeout=120).execute()
    shown = [str(cell.outputs) for cell in page.cells[3:]]
    says = [text.count(standing.SENTENCE) for text in shown]
    # A figure says it as its caption and for the book; what is one's own does not.
    assert says == [0, 0, 1, 0, 1, 2, 2, 0, 0, 1]
    assert f"Rungs. {standing.SENTENCE}" in shown[5]


def papermill(tmp_path, *options):
    """Plain papermill, as anyone would call it: the process, and what was shown."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    cells = [new_code_cell(s) for s in (PARAMETERS, PROFILES, SETTLE, SHOW)]
    cells[0].metadata["tags"] = ["parameters"]
    source, out = tmp_path / "tiny.ipynb", tmp_path / "out.ipynb"
    kernelspec = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(
        new_notebook(cells=cells, metadata={"kernelspec": kernelspec}), source
    )
    command = [sys.executable, "-m", "papermill", "-k", "python3", source, out]
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, cwd=ROOT, check=False
    )
    shown = nbformat.read(out, 4).cells[-1].outputs
    return done, json.loads(shown[0]["text"]) if shown else None


def test_in_plain_papermill(tmp_path):
    # What is given at its default is given: the profile does not take it back.
    options = ("-p", "profile", "smoke", "-p", "epochs", "30", "-p", "loud", "true")
    _, shown = papermill(tmp_path, *options)
    assert shown == [*SMOKE[:2], 30, 0.1, True, [0.0, 1.0]]


def test_plain_papermill_no_longer_lets_a_misspelt_name_pass(tmp_path):
    done, shown = papermill(tmp_path, "-p", "epoch", "3")
    assert done.returncode and shown is None
    assert "no parameter 'epoch' (did you mean epochs?)" in done.stderr


def test_outside_a_notebook_it_says_so():
    with pytest.raises(UsageError, match="run it in a notebook"):
        notebook.settle({"quick": {"profile": "quick"}}, {})


def test_a_benchmark_s_table_with_its_day(capsys):
    table = notebook.benchmark("intervals")
    assert {"people", "interval", "0.95"} <= {*table} and len(table) > 10
    assert capsys.readouterr().out.startswith("measured 20")
    with pytest.raises(UsageError, match="no benchmark 'interval' was kept; there are"):
        notebook.benchmark("interval")
    with pytest.raises(UsageError, match="has no table 'row', but rows"):
        notebook.benchmark("intervals", "row")
    notebook.benchmark("regions")
    assert capsys.readouterr().out.endswith(" on 2 processors\n")
