"""The page that checks a pasted table, in Chromium: what Python says, it says."""

import json
import random
import time
from pathlib import Path

import benchmark
import chromium
import pytest

from emolib import ROOT
from emolib.ledger.own import answers, pasted, sheets, words
from emolib.ledger.own.check import _names

pytestmark = pytest.mark.skipif(
    not chromium.PROGRAM, reason="needs Chromium (Debian: apt-get install chromium)"
)
SCRIPT = ROOT / "book" / "_static" / "check.js"
STYLE = ROOT / "book" / "_static" / "book.css"
PAGE = """\
<!doctype html><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="{style}">
<section id="here-in-the-page"><h2>Here</h2><p>Paste it.</p></section>
<script src="check_words.js" defer></script>
<script src="{script}" defer></script>
"""
SAID = """
(texts => texts.map(text => {
  try {
    const found = emolibCheck.check(text);
    const flat = one => [one.table, one.row, one.check, one.outcome];
    return {
      beside: found.beside.map(flat),
      tables: found.tables.map(one => ({
        kind: one.kind,
        answers: one.answers.map(answer => [...flat(answer), answer.cells]),
        power: one.power,
      })),
    };
  } catch (error) {
    if (!(error instanceof emolibCheck.Fault)) throw error;
    return { line: error.line };
  }
}))(%s)
"""


@pytest.fixture(scope="module")
def bench():
    return benchmark.load("tables")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return written(tmp_path_factory.mktemp("page"))


def written(folder: Path) -> str:
    """The address of a page that checks tables."""
    path = folder / "page.html"
    path.with_name("check_words.js").write_text(words.script())
    path.write_text(PAGE.format(style=STYLE.as_uri(), script=SCRIPT.as_uri()))
    return path.as_uri()


@pytest.fixture(scope="module")
def browser(page):
    started = chromium.Browser()
    started.open(page)
    yield started
    started.close()


def said(text: str, power: bool) -> dict:
    """What Python says of a text by the checks that the page has."""

    def flat(answer: answers.Answer) -> list[str]:
        return [answer.table, answer.row, answer.check, answer.outcome]

    try:
        grids = pasted.read(text)
        names = _names([grid.title for grid in grids])
        read = [sheets.sheet(g, name) for g, name in zip(grids, names, strict=True)]
    except pasted.Fault as fault:
        return {"line": fault.line}
    tables = []
    for sheet in read:
        found = answers.answers(sheet, page=True)
        cells = [[list(cell) for cell in answer.cells] for answer in found]
        told = [[*flat(a), c] for a, c in zip(found, cells, strict=True)]
        one = {"kind": sheet.kind, "answers": told}
        if power:
            counts = answers.power(sheet, found, page=True)
            one["power"] = {check: list(both) for check, both in counts.items()}
        tables.append(one)
    return {"beside": [flat(a) for a in answers.beside(read)], "tables": tables}


def texts(bench, each: int, seed: int) -> list[str]:
    """Of each kind of table honest ones, planted ones and mutated ones."""
    from test_ledger_own import mutated

    found, chance = [], random.Random(seed)
    for kind in bench.KINDS:
        for number in range(each):
            made, draw, style = bench.tried(kind, number, seed)
            if number % 3 == 1:
                made = bench.planted(made, draw) or made
            text = bench.written(made, style)
            found.append(mutated(text, chance) if number % 3 == 2 else text)
    return found


def differing(browser, given: list[str], power: bool) -> list[str]:
    """The texts of which the page does not say what Python says."""
    script = SAID if power else SAID.replace("power: one.power,", "")
    heard = browser.run(script % json.dumps(given))
    pairs = zip(given, heard, strict=True)
    return [text for text, other in pairs if said(text, power) != other]


def test_the_page_says_what_python_says(browser, bench):
    """A slice; `make campaign` does it on ten thousand."""
    given = texts(bench, each=20, seed=21)
    assert differing(browser, given, power=False) == []


def test_the_page_reads_strangers_tables_as_python_does(browser):
    from test_ledger_own import CLASSES, HONEST, KERAS, REPORTED
    from test_ledger_own_strangers import HONEST as OTHERS
    from test_ledger_own_strangers import MARGINS, TURNED

    given = [
        *(HONEST | OTHERS).values(),
        *(text.replace("78.1", "78.2") for text in (TURNED % "", MARGINS)),
        TURNED % "",
        REPORTED,
        *(
            CLASSES.replace("0.875", "70/80") % ("Emotion", n)
            for n in ("# images", "n")
        ),
        *(KERAS, ",ang,hap\nangry,5,6\nhappy,7,8\n", "a,b\nx,5\ny,z\n"),
        "Model,Correct,Total,Accuracy\nA,148,180,82.3\nB,130,180,0.85 [0.8-0.9]\n",
        "Model;Positive;n;Acc\nA;0,8;1.800;$82,3 \\pm 1$\nB;1;1.800;82,31 \\%\n",
        "| true | a | b |\n| a | 0.75 | 0.25 |\n| b | 15.0 | 85.0 |\n",
        "| true | a | b | c |\n| a | 3 | 4 | 5 |\n| b | 3 | 4 | 5 |\n",
        *(t.replace("0.8", "0.7") for t in HONEST.values()),
    ]
    assert differing(browser, given, power=False) == []


def test_letters_digits_and_long_titles_of_any_script_are_read_alike(browser):
    table = """{}
unit: %
positive: 55
negative: 79
average: positive

| model | precision | recall | F1 |
|---|---|---|---|
| model 0 | 51.16 | 40.00 | {} |
| model 1 | 65.31 | 58.18 | 61.54 |
"""
    titles = ["averageé", "meanings of é", "é 1 é 2 é 3", "x" * 70, "\U0001f600 " * 40]
    given = [table.format(title, "44.90") for title in titles]
    given += [table.format("Results", cell) for cell in ("٤٤", "44,90", "44\u00a0%")]
    assert differing(browser, given, power=False) == []


def test_the_page_knows_the_same_power(browser, bench):
    assert differing(browser, texts(bench, each=3, seed=22), power=True) == []


PRESS = """
(text => {
  const field = document.querySelector(".table-check textarea");
  field.value = text;
  document.querySelector(".table-check button").click();
  return document.querySelector(".table-answers").innerText;
})(%s)
"""


@pytest.mark.parametrize("width", [1280, 390])
def test_a_stranger_pastes_a_table_and_reads_a_verdict(browser, page, width):
    browser.open(page, width=width)
    assert browser.requests and all(a.startswith("file:") for a in browser.requests)
    text = (ROOT / "book" / "examples" / "models.md").read_text("utf-8")
    start = time.perf_counter()
    shown = browser.run(PRESS % json.dumps(text))
    took = time.perf_counter() - start
    assert "Not all of these numbers can be true together." in shown
    assert "no confusion matrix of 110 positive and 94 negative items" in shown
    assert "would be noticed" in shown or "noticed:" in shown
    assert took < 30  # under a second on a quiet machine; a hang is noticed
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert browser.run(fits)
    assert len(browser.requests) == 4  # the page, its style, its two scripts


def test_what_is_pasted_is_shown_as_text(browser, page):
    browser.open(page)
    hostile = '<img src=x onerror="window.planted=1">'
    text = f"{hostile}\nmodel,accuracy,n\n{hostile},0.85,4\n".replace('"', "'")
    shown = browser.run(PRESS % json.dumps(text))
    assert "<img src=x" in shown and browser.run("window.planted === undefined")
    assert not browser.run("document.querySelectorAll('.table-answers img').length")
    shown = browser.run(PRESS % json.dumps("model,accuracy\na,<b>much</b>\n"))
    assert "Line 2:" in shown and "<b>much</b>" in shown
