"""The book: staging, roles, formulas, and a planted fault for every gate."""

import dataclasses
import json
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import toy_book

from emolib import (
    ROOT,
    EmolibError,
    __version__,
    ledger,
    plots,
    receipts,
    records,
    runs,
)
from emolib.book import (
    alone,
    copies,
    figures,
    gates,
    generated,
    published,
    quoting,
    stage,
)
from emolib.book import build as building
from emolib.book.__main__ import main
from emolib.book.sphinx_extension import to_mathml
from emolib.labels import RAVDESS_SORTED
from emolib.records.provenance import checksum

PAGE, SCRIPT = "book/index.md", "notebooks/01_toy.py"


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A toy book, built once; it quotes its own records and a few of the project's.

    It lists the claims of two documents: with all claims and records each of the builds
    here would be as long as the ledger and the grids.
    """
    root = toy_book.make(tmp_path_factory.mktemp("toy"))
    few = toy_book.few_records(root / "few")
    every = ledger.table()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMOLIB_RUNS", str(root / "runs"))
        patch.setattr(records.reading, "committed_folder", lambda: few)
        patch.setattr(
            ledger, "table", lambda: every[every["document"].isin(["B", "C"])]
        )
        build(root)
        yield root


@pytest.fixture
def book(toy):
    """The toy book, for a test that changes its sources; they are put back."""
    changed = (PAGE, SCRIPT, "_config.yml")
    before = {name: (toy / name).read_text() for name in changed}
    yield toy
    for name, text in before.items():
        (toy / name).write_text(text)


def build(root: Path) -> Path:
    return building.build("smoke", root=root, demo=())


def problems(root: Path) -> list[str]:
    with pytest.raises(building.BookError) as caught:
        build(root)
    return [str(problem) for problem in caught.value.problems]


def change(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text()
    assert text.count(old) == 1
    (root / name).write_text(text.replace(old, new))


def html(root: Path, page: str) -> str:
    return (root / "_build" / "html" / f"{page}.html").read_text()


def downloaded(root: Path) -> nbformat.NotebookNode:
    """What lies under the button of the toy's page."""
    place = root / "_build" / "html" / "_sources" / "notebooks"
    return nbformat.read(place / "01_toy.ipynb", 4)


# -- what is built ------------------------------------------------------------


def test_numbers_are_looked_up_and_lead_to_their_source(toy):
    page = html(toy, "book/index")
    claim = re.search(r'<span class="claim"><a [^>]*>.*?</span></a>', page)[0]
    assert "96.82\N{NO-BREAK SPACE}%" in claim
    assert 'title="document C, Abstract; IV.A: accuracy, audio"' in claim
    measured = re.search(r'<span class="measured"><a [^>]*>.*?</span></a>', page)[0]
    told = "100.0 % (nobody errs: at least 68.8 %)"
    assert told in measured.replace("\N{NO-BREAK SPACE}", " ")
    assert "interval over 8 subjects; record coin-" in measured
    compared = re.search(r'<span class="compared"><a [^>]*>.*?</span></a>', page)[0]
    told = compared.replace("\N{NO-BREAK SPACE}", " ")
    assert "+100.0 points [100.0, 100.0], p = 0.008, 40 clips" in told
    assert "p corrected (Holm) for 1 comparison" in compared
    assert ", of older code" in measured  # the toy's record tells of none
    assert "<td><p>older code</p></td>" in html(toy, "book/provenance")
    for link in claim, measured, compared:
        leads_to, target = re.search(r'href="(\w+).html#([\w-]+)"', link).groups()
        assert leads_to == ("claims" if link is claim else "provenance")
        assert f'id="{target}"' in html(toy, f"book/{leads_to}")
    assert 'class="measured"' in html(toy, "notebooks/01_toy")


def test_formulas_are_mathml_and_no_script_is_fetched(toy):
    page = html(toy, "book/index")
    assert page.count("<math ") == 2 and '<span class="eqno">(1)' in page
    for path in (toy / "_build" / "html").rglob("*.html"):
        loaded = re.findall(
            r'<(?:script|link|img|iframe)[^>]+(?:src|href)="([^"]+)', path.read_text()
        )
        assert not [a for a in loaded if re.match(r"(https?:)?//", a)]


def test_a_figure_s_caption_leads_to_its_data(toy):
    page = html(toy, "notebooks/01_toy")
    assert page.count('alt="A line that falls"') == 1
    caption = re.search(
        r'<p class="figure-caption" id="figure-t-figure1">.*?</p>', page
    )
    assert "<strong>Figure 1</strong> It falls." in caption[0]
    place = re.search(r'href="\.\./([^"]+)" download', caption[0])[1]
    data = toy / "_build" / "html" / place
    assert data.read_text() == "height\n3\n2\n1\n"


def test_an_executed_page_says_what_it_was_made_from(toy):
    page = html(toy, "notebooks/01_toy").split("This page was made from")[1]
    executed = toy / "_build" / "executed" / "smoke" / "01_toy.ipynb"
    ran = nbformat.read(executed, 4).metadata["emolib"]["ran"]
    told = re.sub("<[^>]+>", "", page)
    lock, day = ran["lock"][:8], ran["finished"][:10]
    assert f"Lock: {lock}\n" in told and f"Ran: {day}, in " in told
    assert f"on {ran['platform']} with {ran['processors']} processors" in told
    assert re.search(r"Sources: [0-9a-f]{8}, \d+ files\n", told)
    assert "Data at hand: rendered by the notebook itself\nLock" in told
    assert "Parameters: profile smoke\n" in told


def test_the_first_page_is_where_a_reader_looks_for_it(toy):
    assert "url=book/index.html" in html(toy, "index").replace("'", "")


def test_a_changed_word_executes_nothing_and_buttons_lead_to_the_repository(book):
    """Two things of one build: what its prose says, and where it is published from.

    Published as README says: the line filled in, `make format`, a build.
    """
    unpublished = html(book, "notebooks/01_toy")
    assert "colab" not in unpublished and "binder" not in unpublished
    assert "github.com" not in html(book, "book/index")
    title, parameters, *_ = downloaded(book).cells
    assert title.source.endswith(f"What it measured was {copies.OWN}.")
    assert parameters.source.startswith("profile") and not parameters.outputs
    executed = book / "_build" / "executed" / "smoke" / "01_toy.ipynb"
    before = executed.read_bytes()
    change(book, PAGE, "was measured", "was found")
    change(book, SCRIPT, "What it measured was", "What came out was")
    change(book, "_config.yml", 'url: ""', "url: https://github.com/someone/emotions")
    how = {"folder": book / "notebooks", "made": partial(alone.beside, root=book)}
    assert runs.sync_notebooks(**how) == [book / "notebooks" / "01_toy.ipynb"]
    build(book)
    assert executed.read_bytes() == before
    assert runs.sync_notebooks(check=True, **how) == []
    beside = nbformat.read(book / "notebooks" / "01_toy.ipynb", 4)
    assert beside == downloaded(book)
    address = f"git+https://github.com/someone/emotions@v{__version__}"
    assert address in beside.cells[0].source
    assert "was found" in html(book, "book/index")
    page = html(book, "notebooks/01_toy")
    assert "What came out was" in page and "text text text" in page
    place = f"github/someone/emotions/blob/v{__version__}/notebooks/01_toy.ipynb"
    assert f"https://colab.research.google.com/{place}" in page
    assert f"https://mybinder.org/v2/gh/someone/emotions/v{__version__}?" in page
    assert "https://github.com/someone/emotions" in page


def test_what_a_build_made_is_listed_and_no_run_besides(toy, tmp_path):
    place = tmp_path / "published.json"
    asked = {"profile": "smoke", "root": toy, "demo": (), "to": place}
    own = sorted((toy / "runs" / "toy").iterdir())
    told = json.loads((own[0] / "record.json").read_text())

    def written(folder, **changes):
        again = told | changes
        again["checksum"] = checksum(again)
        folder.mkdir(exist_ok=True)
        (folder / "record.json").write_text(json.dumps(again))

    further = own[0].with_name("coin-further")
    written(further, id="coin-further")
    try:
        published.write(**asked)
        listed = [one["id"] for one in receipts.read(place)]
        assert listed == [folder.name for folder in own]
        late = told["provenance"] | {"finished": "2999-01-01T00:00:00+00:00"}
        written(own[0], provenance=late)
        with pytest.raises(EmolibError, match="made again since its page ran"):
            published.write(**asked)
    finally:
        shutil.rmtree(further)
        written(own[0])


def test_what_was_changed_since_is_not_published(book, tmp_path):
    change(book, SCRIPT, 'print("text " * 60)', 'print("text " * 61)')
    with pytest.raises(EmolibError, match="build the book first: 01_toy .*01_toy.py"):
        published.write("smoke", root=book, demo=(), to=tmp_path / "list.json")
    assert not list(tmp_path.iterdir())


def test_widgets_leave_no_state_behind():
    notebook = nbformat.v4.new_notebook(metadata={"widgets": {"state": {}}})
    bar = {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "100 of 100"}
    output = nbformat.v4.new_output("display_data", data=bar)
    notebook.cells = [nbformat.v4.new_code_cell("bar", outputs=[output])]
    published = stage.published(notebook)
    assert "widgets" not in published.metadata
    assert published.cells[0].outputs[0].data == {"text/plain": "100 of 100"}


def test_large_pictures_get_few_colours_and_what_is_played_lies_in_files():
    import base64
    import io

    import numpy as np
    import soundfile
    from IPython.display import Audio
    from PIL import Image

    lots = np.random.default_rng(0)
    pictures = {}
    for name, side in ("large", 300), ("small", 20):
        file = io.BytesIO()
        shades = lots.integers(0, 255, (side, side, 3), np.uint8)
        Image.fromarray(shades).save(file, "png")
        pictures[name] = base64.b64encode(file.getvalue()).decode()
    wave = np.sin(np.arange(8000) / 9)
    html = Audio(wave, rate=8000)._repr_html_()
    film = '<video controls><source src="data:video/mp4;base64,AAAA"></video>'
    shown = [{"image/png": p} for p in pictures.values()] + [{"text/html": html + film}]
    outputs = [nbformat.v4.new_output("display_data", data=one) for one in shown]
    page = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("1", outputs=outputs)]
    )
    large, small, played = (o.data for o in stage.published(page).cells[0].outputs)
    assert len(large["image/png"]) < len(pictures["large"]) / 2
    assert small["image/png"] == pictures["small"]
    places = re.findall(r'src="\.\./([^"]+)"', played["text/html"])
    files = {p.removeprefix("book/"): c for p, c in stage.media(page).items()}
    assert [*files] == places and "base64" not in played["text/html"]
    assert 'type="audio/flac"' in played["text/html"] and places[1].endswith(".mp4")
    heard, _ = soundfile.read(io.BytesIO(files[places[0]]), dtype="int16")
    was = base64.b64decode(re.search('base64,([^"]+)', html)[1])
    assert (heard == soundfile.read(io.BytesIO(was), dtype="int16")[0]).all()


def test_words_in_data_frames_are_aligned_left_and_numbers_right():
    frame = pd.DataFrame(
        {"who": ["a", "b"], "n": [1, 2], "share": ["5 %", "-6.5 %"], "x": [0.5, None]},
        index=pd.Index(["first", "second"], name="row"),
    )
    for html in frame.to_html(), frame._repr_html_():
        marked = re.findall(r'class="text">([^<]+)<', stage.align(html))
        assert marked == ["who", "a", "b"]


def test_what_is_not_known_is_a_dash():
    table = pd.DataFrame({"n": pd.array([1, None], "Int64"), "x": [None, 0.5]})
    shown = stage.align(table.to_html())
    assert "NaN" not in shown and "NA" not in shown
    assert re.findall(r"<td>([^<]+)<", shown) == ["1", "–", "–", "0.5"]


# -- what comes from records, tables and names is text ------------------------

EVIL = """\
"><img src=x onerror=planted()><script>planted()</script>`|*[x](javascript:planted())
{raw}`planted` $x$ &lt;

# planted

:::{raw} html
<script>planted()</script>
:::
```{raw} html
<script>planted()</script>
```
"""


def hostile(value):
    """The same with hostile text behind every text in it."""
    if isinstance(value, str):
        return value + EVIL
    if isinstance(value, dict):
        return {key: hostile(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(hostile, value))
    if isinstance(value, pd.DataFrame):
        texts = value.columns.difference(["id", "about", "read", "beside", "document"])
        return value.assign(**{c: value[c].map(hostile) for c in texts})
    return value


def test_hostile_text_is_shown_and_does_nothing(book, monkeypatch):
    from bs4 import BeautifulSoup

    from emolib import corpora
    from emolib.ledger import verdicts

    monkeypatch.setattr(figures, "drawn", lambda source: {})  # of a corpus by name
    for where, name in (
        *((ledger, name) for name in ("table", "findings", "settings", "told")),
        *((verdicts, name) for name in ("by_run", "bearing")),
    ):
        before = getattr(where, name)
        monkeypatch.setattr(where, name, lambda *a, f=before, **k: hostile(f(*a, **k)))
    quotable = quoting.quotable
    monkeypatch.setattr(
        quoting,
        "quotable",
        lambda made: (
            quotable(made)
            # Each alone: of several seeds the predictions would be read again.
            + [hostile(r) | {"key": r["id"]} for r in quotable(made)]
        ),
    )
    one = corpora.CORPORA["ravdess"]
    texts = {n: hostile(v) for n, v in vars(one).items() if isinstance(v, str)}
    kept = {"name": one.name, "citation": one.citation}  # held to letters elsewhere
    one = dataclasses.replace(one, **{**texts, **kept})
    monkeypatch.setattr(corpora, "CORPORA", {one.name: one})
    names = ("corpora", "findings-B", "findings-C", "open-C")
    included = "".join(f"```{{include}} generated/{n}.md\n```\n\n" for n in names)
    (book / PAGE).write_text((book / PAGE).read_text() + included)
    build(book)
    bearing = book / "_build" / "source" / "book" / "generated" / "claim-records.md"
    assert (
        r"planted\(\)" in bearing.read_text()
    )  # one of the few records bears on a claim
    for name in ("index", "provenance", "claims", "check_your_table"):
        soup = BeautifulSoup(html(book, f"book/{name}"), "html.parser")
        assert "planted()" in soup.get_text(), name
        assert not [s for s in soup.find_all("script") if "planted" in s.get_text()]
        assert not soup.select("[onerror], a[href^=javascript]")
        # A corpus' own title is a heading; nothing in it starts another.
        headings = soup.select("h1, h2, h3, h4")
        assert not [h for h in headings if h.get_text().startswith("planted")]


# -- gates --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It reaches 96.8 % here.", ["96.8 %"]),
        ("It reaches 97% here.", ["97%"]),
        (
            "Some 3 points or 5 percent, 5 per cent.",
            ["3 points", "5 percent", "5 per cent"],
        ),
        ("**96.8** % and _0.5_", ["96.8 %", "0.5"]),
        ("between .3 and -0.25", [".3", "-0.25"]),
        ("96,8 % in German", ["96,8 %"]),
        ("the `96.8` %", ["`…` %"]),
        ("# A heading with 0.5\n\n> a quote with 0.6", ["0.5", "0.6"]),
        ("| a | b |\n|---|---|\n| 0.5 | c |", ["0.5"]),
        ("```{note} Of 0.5\n:class: x0.6\nAnd 0.7\n```", ["0.5", "0.7"]),
        (":::{figure} a/0.5.png\n:alt: x\nA caption, 0.6\n:::", ["0.6"]),
        ("![alt 5 %](a.png) [a link 0.5](http://a.b/0.6)", ["5 %", "0.5"]),
        ("<p>0.5 <!-- 0.6 --></p>", ["0.5"]),
        # and what is no typed measurement
        ("`0.5`, $0.5$ and {math}`0.5`", []),
        ("$$\n0.5\n$$\n\n```python\n0.5\n```", []),
        ("{claim}`C.audio.accuracy` and {measured}`a/b/c/d@real` % 0.5", ["0.5"]),
        ("---\ntitle: 0.5\n---\n\n% 0.6\n\n<!-- 0.7 -->", []),
        ("1440 clips by 24 people, 1,440 in all, wav2vec2, 1.2.3, v1.2, 64x64", []),
        ("Python 3.11, CC BY-NC-SA 4.0, section 4.2, Figure 3 points up", []),
        ("## Equations 3.1 and 3.2: two\n\nEquation 4.1; Tables 4.4 to 4.6", []),
        ("Table 4.2 and 0.97, Tables 4.2 and 4.3 %", ["0.97", "4.3 %"]),
        ("<https://a.b/0.5> and https://a.b/0.6", []),
    ],
)
def test_typed_numbers(text, found):
    assert [number for _, number in gates.typed_numbers(text)] == found


def test_a_typed_number_shuts_the_gate_before_anything_runs(book):
    change(book, PAGE, "was measured", "and 97.5 % were measured")
    change(book, SCRIPT, "What it measured was", "It was 97.5 %, or")
    change(book, SCRIPT, 'print("text', 'raise RuntimeError("text')
    found = problems(book)
    assert [f.split(":")[0] for f in found] == [
        "book/index.md, line 4",
        "notebooks/01_toy.py, cell 1, line 3",
    ]
    assert all("97.5 %" in f and "{measured}" in f for f in found)


def test_a_broken_reference_or_number_shuts_the_gate_each_time(book):
    text = (book / PAGE).read_text()
    (book / PAGE).write_text(
        f"{text}\n[nowhere](nowhere.md)\n\n"
        "{measured}`toy/coin/subjects-apart/acuracy@demo`\n\n"
        "{measured}`toy/twice/subjects-apart/accuracy@demo`\n\n"
        "{measured}`toy/twice/subjects-apart/accuracy@demo?width=3`\n\n"
        "{compared}`toy/coin/subjects-apart ~ toy/tails/subjects-apart @demo`\n\n"
        "{claim}`C.audio.acuracy`\n\n$\\notacommand{x}$\n"
    )
    change(book, SCRIPT, "# ## A picture", "# ## A picture\n#\n# {claim}`C.none`")
    # Twice: a page that Sphinx has already read must not pass the second time.
    for found in problems(book), problems(book):
        text = "\n".join(found)
        assert "book/index.md, line 28: " in text and "nowhere" in text
        assert "did you mean toy/coin/subjects-apart/accuracy@demo" in text
        assert "fits 2 records, not one: record-twice-" in text
        assert "none has width=3" in text
        assert "@demo` a difference is shown (+100.0 points" in text
        assert "{claim}`C.audio.acuracy` names no claim in the ledger" in text
        assert "no MathML is known for \\notacommand" in text
        assert "notebooks/01_toy.ipynb, cell 8, line 3: {claim}`C.none`" in text
        assert len(found) == 8
    assert "acuracy" not in html(book, "book/index")  # the sound book stays


def test_a_failing_cell_shuts_the_gate(book):
    change(book, SCRIPT, "import tempfile\n", 'raise ValueError("planted")\n')
    (found,) = problems(book)
    assert found.startswith("notebooks/01_toy.py: ")
    assert "cell 3 (A record) failed: ValueError: planted" in found


def test_an_executed_notebook_that_was_tampered_with_shuts_the_gate(book):
    path = book / "_build" / "executed" / "smoke" / "01_toy.ipynb"
    before = path.read_text()
    notebook = nbformat.reads(before, as_version=4)
    error = nbformat.v4.new_output("error", ename="OSError", evalue="planted")
    notebook.cells[-1].execution_count = None
    notebook.cells[-2].outputs.append(error)
    path.write_text(nbformat.writes(notebook))
    try:
        count = len(notebook.cells)
        assert problems(book) == [
            f"notebooks/01_toy.ipynb, cell {count - 1}: the cell failed with "
            "OSError: planted",
            f"notebooks/01_toy.ipynb, cell {count}: the cell was not executed",
        ]
    finally:
        path.write_text(before)


def test_a_page_whose_sources_changed_as_it_ran_shuts_the_gate(book):
    planted = f'Path({str(book / SCRIPT)!r}).open("a").write("# %%\\n1\\n")\n1 / 1\n'
    head = (book / SCRIPT).read_text().partition("import pandas")[0]
    (book / SCRIPT).write_text(head + planted)
    (found,) = problems(book)
    assert "01_toy.py: outdated as soon as it ran" in found
    assert "01_toy.py changed" in found


def test_an_executed_notebook_is_looked_at_cell_by_cell():
    def cell(source="1", number=1, output=None, **metadata):
        outputs = [output] if output else []
        return nbformat.v4.new_code_cell(
            source, execution_count=number, outputs=outputs, metadata=metadata
        )

    error = nbformat.v4.new_output("error", ename="KeyError", evalue="'x'")
    picture = nbformat.v4.new_output("display_data", data={"image/png": "…"})
    alt = {"mystnb": {"image": {"alt": "a line"}}}
    cells = [cell(), cell("", None), cell(output=picture, **alt)]
    cells += [cell(number=None), cell(output=error), cell(output=picture)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    found = [str(p) for p in gates.executed_problems("notebooks/x.ipynb", notebook)]
    assert [f[:25] for f in found] == [
        f"notebooks/x.ipynb, cell {n}" for n in (4, 5, 6)
    ]
    assert "not executed" in found[0] and "KeyError: 'x'" in found[1]
    assert "alt text" in found[2]


def test_cells_that_ran_out_of_order_or_twice_are_named():
    for counts, told in ([1, 3, 2], "cell 2 ran as number 3"), ([1, 1], "cell 2 ran"):
        cells = [nbformat.v4.new_code_cell("1", execution_count=n) for n in counts]
        page = nbformat.v4.new_notebook(cells=cells)
        (found,) = gates.executed_problems("notebooks/x.ipynb", page)
        assert told in str(found)


def test_a_page_listed_and_not_there_is_named(book):
    (book / PAGE).rename(book / "away.md")
    try:
        assert problems(book) == ["_toc.yml: lists book/index.md, which is not there"]
    finally:
        (book / "away.md").rename(book / PAGE)


def test_the_command_exits_with_1_and_lists_every_reason(monkeypatch, capsys):
    reasons = [gates.Problem("a", "one"), gates.Problem("b", "two")]

    def refuse(profile, out):
        raise building.BookError(reasons)

    monkeypatch.setattr("emolib.book.__main__.build", refuse)
    assert main(["build", "--profile", "smoke"]) == 1
    assert "2 things keep the book" in (said := capsys.readouterr().err)
    assert "  a: one\n  b: two\n" in said
    with pytest.raises(SystemExit) as caught:
        main(["build", "--profile", "smke"])
    assert caught.value.code == 2


# -- formulas and the book's own pages ------------------------------------------


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        (r"\frac{a}{b}", ["<mfrac>", "<mi>a</mi>", "<mi>b</mi>"]),
        (r"\hat{y}=\arg\max_k p_k", [">arg<", ">max<", "<mover"]),
        (r"\begin{aligned}a&=b\\c&=d\end{aligned}", ["<mtable", "<mtr>"]),
        (r"a < b \& \{c\}", ["&#x0003C;"]),
    ],
)
def test_tex_becomes_mathml(tex, parts):
    mathml = to_mathml(tex)
    assert all(part in mathml for part in parts) and "\\" not in mathml


@pytest.mark.parametrize("tex", [r"\nocommand{x}", r"\frac{1", r"a & b"])
def test_tex_that_is_not_understood_is_refused(tex):
    with pytest.raises(ValueError):
        to_mathml(tex)


@pytest.mark.parametrize("letter", "ABCDE")
def test_a_document_s_page_shows_all_that_was_found(letter):
    page = (ROOT / "book" / f"document_{letter.lower()}.md").read_text("utf-8")
    told = generated.findings_list(letter)
    for id in ["rest", *(f.id for f in ledger.document(letter).findings)]:
        for edge in (f"% begin {id}", f"% end {id}"):
            assert page.count(f'"{edge}"') == 1, id
            # The page takes what stands between the first of each.
            assert told.partition(edge)[2].startswith("\n"), id
    for name in re.findall(r"generated/([\w-]+)\.png", page):
        assert name in figures.FIGURES
    assert f"generated/open-{letter}.md" in page


def test_pictures_show_what_the_ledger_holds():
    printed, reordered = figures.rows_of_figure_7()[0].axes
    names = [tick.get_text() for tick in reordered.get_yticklabels()]
    assert names == list(RAVDESS_SORTED)
    assert [bar.get_width() for bar in printed.patches][5] == 156
    # All accuracies of three tables are whole numbers of one set of images.
    given, wanted = figures.sizes(12600, 12630, *(f"E.table4.{n}" for n in (4, 5, 6)))
    assert given.idxmax() == 12617 and given.max() == wanted == 23
    assert figures.sizes(1, 172, "D.table2")[0].max() <= 2
    # JAFFE is right throughout once neutral stands second; read off its own card.
    before, after = figures.counts_of_table_1()[0].axes
    assert [t.get_text() for t in after.get_xticklabels()][:2] == ["angry", "neutral"]
    jaffe = [t.get_text() for t in after.get_yticklabels()].index("jaffe")
    agree = [axis.collections[0].get_array()[jaffe].sum() for axis in (before, after)]
    assert agree == [3, 7]
    without, _ = figures.recalls_of_table_15()[0].axes
    assert without.get_yticklabels()[1].get_text() == "posed neutral, 17"
    sieve = figures.sizes_of_the_mix()[0].axes[0]
    assert [t.get_text() for t in sieve.texts] == ["2734", "2750", "2761"]


def test_pictures_are_drawn_again_only_if_what_they_show_changed(tmp_path, monkeypatch):
    drawn, table = [], pd.DataFrame({"a": [True]}, pd.Index([7], name="size"))

    def draw():
        drawn.append(1)
        return plots.sieve(table, ""), table

    boxes = plots.flow({"one": (0, 0), "other": (1, 0)}, [("one", "other")])
    two = {"one": draw, "boxes": lambda: (boxes, None)}
    monkeypatch.setattr(figures, "FIGURES", two)
    for _ in range(2):
        files = figures.drawn(tmp_path)
        for path, content in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(content)
    assert drawn == [1] and files["book/generated/one.png"].startswith(b"\x89PNG")
    tables = {path: text for path, text in files.items() if path.endswith(".csv")}
    assert tables == {"book/_static/figures/one.csv": b"size,a\n7,True\n"}
    (tmp_path / "book/_static/figures/one.csv").unlink()
    figures.drawn(tmp_path)
    (tmp_path / figures.DRAWN).write_text("of another ledger")
    figures.drawn(tmp_path)
    assert drawn == [1, 1, 1]


NO_NUMBERS = {
    *("title-cast", "document-b-microexpressions", "document-b-blocks"),
    *("document-e-earlier", "people"),
}
"""Pictures of faces and boxes have no table; of people the toy's few records tell
nothing, see `test_people_are_points`."""


def test_a_picture_s_table_has_a_row_a_point():
    # By hand: Tables 4.4, 4.5 and 4.6 have two, five and four networks.
    picture, table = figures.real_or_fake()
    points = picture.axes[0].lines[-1].get_xdata()
    assert len(table) == len(points) == 2 + 5 + 4
    assert table["accuracy"].to_list() == pytest.approx(points / 100)
    assert table["accuracy"].iloc[0] == 0.48387 and set(table["clips"]) == {120}
    # Two panels of eight bars; two of eight corpora by seven emotions.
    picture, table = figures.rows_of_figure_7()
    assert len(table) == sum(len(axis.patches) for axis in picture.axes) == 2 * 8
    assert table["printed"].iloc[5] == 156
    _, table = figures.counts_of_table_1()
    assert len(table) == 2 * 8 * 7
    jaffe = table.xs("jaffe", level="corpus").groupby("panel", sort=False)
    assert jaffe["documented"].sum().to_list() == [3, 7]


def test_a_picture_s_caption_leads_to_its_table(book):
    """Of every picture that a page shows, as a chapter's captions lead to theirs."""
    from bs4 import BeautifulSoup

    pages = [path.read_text("utf-8") for path in (ROOT / "book").glob("*.md")]
    shown = re.findall(
        r"^```\{figure\} generated/[\w-]+\.png\n.*?^```$", "\n".join(pages), re.M | re.S
    )
    (book / PAGE).write_text((book / PAGE).read_text() + "\n\n".join(["", *shown]))
    build(book)
    page = BeautifulSoup(html(book, "book/index"), "html.parser")
    names = {re.search(r"generated/([\w-]+)", one)[1] for one in shown}
    assert names == set(figures.FIGURES) - {"title-cast"}
    found = {Path(f.img["src"]).stem: f for f in page.select("figure")}
    assert set(found) == names
    for name, figure in found.items():
        links = [a for a in figure.select("figcaption a") if a.has_attr("download")]
        told = [(link.get_text(), link["href"]) for link in links]
        wanted = [("Data", f"../_static/figures/{name}.csv")]
        assert told == ([] if name in NO_NUMBERS else wanted)
        for _, place in told:
            table = pd.read_csv(book / "_build" / "html" / "book" / place)
            assert len(table) and not table.columns.str.startswith("Unnamed").any()


def test_the_book_s_own_pages_type_no_number():
    pages = sorted((ROOT / "book").glob("*.md"))
    assert pages
    for page in pages:
        assert gates.typed_in_page(page.name, page.read_text("utf-8")) == []


def test_importing_the_book_is_cheap():
    code = (
        "import sys, emolib.book.build; print([m for m in HEAVY if m in sys.modules])"
    )
    heavy = "HEAVY = ['sphinx', 'tensorflow', 'torch', 'librosa', 'matplotlib']; "
    done = subprocess.run([sys.executable, "-c", heavy + code], capture_output=True)
    assert done.stdout.strip() == b"[]"
