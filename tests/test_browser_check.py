"""The page that checks a pasted table, in Chromium: what Python says, it says."""

import json
import os
import random
import time

import benchmark
import chromium
import pytest

from emolib import ROOT
from emolib.ledger.own import answers, pasted, quantities, sheets
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
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(PAGE.format(style=STYLE.as_uri(), script=SCRIPT.as_uri()))
    return path.as_uri()


@pytest.fixture(scope="module")
def browser(page):
    started = chromium.Browser()
    started.open(page)
    yield started
    started.close()


def said(text: str, power: bool) -> dict:
    """What Python says of a text, without folds by a programme."""

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
        found = answers.answers(sheet, programme=False)
        cells = [[list(cell) for cell in answer.cells] for answer in found]
        told = [[*flat(a), c] for a, c in zip(found, cells, strict=True)]
        one = {"kind": sheet.kind, "answers": told}
        if power:
            counts = answers.power(sheet, found, programme=False)
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
    """A slice; `EMOLIB_TABLES=10000` does it on so many."""
    asked = int(os.environ.get("EMOLIB_TABLES", "300"))
    given = texts(bench, each=asked // len(bench.KINDS), seed=21)
    for first in range(0, len(given), 250):
        assert differing(browser, given[first : first + 250], power=False) == []


def test_the_page_knows_the_same_power(browser, bench):
    assert differing(browser, texts(bench, each=3, seed=22), power=True) == []


def test_both_know_the_same_names(browser):
    for name in ("NAMES", "WHY_NOT"):
        theirs = json.loads(browser.run(f"JSON.stringify(emolibCheck.{name})"))
        ours = json.loads(json.dumps(getattr(quantities, name)))
        assert theirs == ours, name
    rows = json.loads(browser.run("JSON.stringify(emolibCheck.ROWS)"))
    assert rows == json.loads(json.dumps(quantities._ROWS))
    facts = json.loads(browser.run("JSON.stringify(emolibCheck.FACTS)"))
    assert facts == [*pasted.FACTS]


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
    assert len(browser.requests) == 3  # the page, its style, its script


def test_what_is_pasted_is_shown_as_text(browser, page):
    browser.open(page)
    hostile = '<img src=x onerror="window.planted=1">'
    text = f"{hostile}\nmodel,accuracy,n\n{hostile},0.85,4\n".replace('"', "'")
    shown = browser.run(PRESS % json.dumps(text))
    assert "<img src=x" in shown and browser.run("window.planted === undefined")
    assert not browser.run("document.querySelectorAll('.table-answers img').length")
    shown = browser.run(PRESS % json.dumps("model,accuracy\na,<b>much</b>\n"))
    assert "Line 2:" in shown and "<b>much</b>" in shown
