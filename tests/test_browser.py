"""The built book in Chromium: opened from disk, in light and dark, on a telephone.

Looks at a toy book, or at the folder that `EMOLIB_BOOK` names.
"""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import chromium
import pandas as pd
import pytest
import toy_book

from emolib import ROOT, records
from emolib.book import figures, stage
from emolib.book.build import build

pytestmark = pytest.mark.skipif(
    not chromium.PROGRAM, reason="needs Chromium (Debian: apt-get install chromium)"
)

PHONE, THEMES = 360, ("light", "dark")
AXE = ROOT / ".venv" / "axe" / "axe_playwright_python" / "axe.min.js"

# Text whose colour differs too little from what lies behind it, by WCAG's formula.
# Large text may have less contrast; what is not shown has none.
TOO_FAINT = """
(() => {
  document.getAnimations().forEach(animation => animation.finish());
  // Each colour and each element is looked at once: a page has many of few.
  const once = (of, known = new Map()) => key =>
    known.has(key) ? known.get(key) : known.set(key, of(key)).get(key);
  const canvas = document.createElement("canvas")
    .getContext("2d", {willReadFrequently: true});
  const rgba = once(colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  });
  const over = (top, below) =>
    [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const behind = once(element => element
    ? over(rgba(getComputedStyle(element).backgroundColor),
           behind(element.parentElement))
    : rgba(getComputedStyle(document.documentElement).colorScheme === "dark"
           ? "black" : "white"));
  const light = colour => {
    const [r, g, b] = colour.slice(0, 3).map(c => c / 255).map(
      c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = [];
  const texts = document.createTreeWalker(document.body, 4);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const words = texts.currentNode.textContent.trim();
    if (!words || !element.checkVisibility({visibilityProperty: true})) continue;
    if (element.closest("script, style, .headerlink, .visually-hidden")) continue;
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const back = behind(element);
    const pair = [light(over(rgba(style.color), back)), light(back)];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${ratio.toFixed(2)}: ${words}`);
  }
  return faint;
})()
"""
WITHOUT_ALT = "[...document.images].filter(i => !i.alt.trim()).map(i => i.src)"
TOO_WIDE = """
document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5).map(e => e.outerHTML.slice(0, 80))
"""
# What keeps someone from reading the page, by axe-core: rule, how often, and where.
# First, colours that change with the theme come to rest.
BARRIERS = """
Promise.all(document.getAnimations().map(one => one.finished)).then(() =>
  axe.run({resultTypes: ["violations"]})).then(found => JSON.stringify(
  found.violations
    .filter(({impact}) => ["serious", "critical"].includes(impact))
    .map(({id, nodes}) => `${id}, ${nodes.length} times: ${nodes[0].html}`)))
"""


LARGE = 400_000  # bytes of a page


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Every page of the book under test."""
    if chosen := os.environ.get("EMOLIB_BOOK"):
        folder = ROOT / chosen
    else:
        root = toy_book.make(tmp_path_factory.mktemp("toy"))
        few = toy_book.few_records(root / "few")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("EMOLIB_RUNS", str(root / "runs"))
            # With all records, and with pictures that no page of it shows, this build
            # would take as long as a book's.
            patch.setattr(records.reading, "committed_folder", lambda: few)
            patch.setattr(figures, "FIGURES", {})
            folder = build("smoke", root=root, demo=()).parent
    found = sorted(
        p for part in ("book", "notebooks") for p in folder.glob(f"{part}/*.html")
    )
    assert folder / "book" / "index.html" in found
    return [folder / "index.html", *found]


@pytest.fixture(scope="module")
def browser():
    started = chromium.Browser()
    yield started
    started.close()


@pytest.fixture(scope="module")
def seen(pages):
    """What is seen of each page, by its file; two browsers look, at the large first."""
    browsers: SimpleQueue = SimpleQueue()

    def look(page):
        browser = browsers.get()
        try:
            return looked(browser, page, themes=page != pages[0])  # which leads on
        finally:
            browsers.put(browser)

    order = sorted(pages, key=lambda page: page.stat().st_size, reverse=True)
    both = [chromium.Browser(), chromium.Browser()]
    try:
        for browser in both:
            browsers.put(browser)
        with ThreadPoolExecutor(len(both)) as pool:
            found = dict(zip(order, pool.map(look, order), strict=True))
    finally:
        for browser in both:
            browser.close()
    return {page: found[page] for page in pages}


def looked(browser, page, themes: bool) -> dict:
    """What a page asks for and shows, loaded once, and once more on a telephone."""
    browser.open(page.as_uri())
    found = {
        "asked": [*browser.requests],
        "outside": outside(browser),
        "errors": [*browser.errors],
        "without words": browser.run(WITHOUT_ALT),
    }
    whole = "EMOLIB_BOOK" in os.environ  # then also pages that take axe half a minute
    by_axe = AXE.is_file() and (whole or page.stat().st_size < LARGE)
    for theme in THEMES if themes else ():
        browser.wear(theme == "dark")
        browser.wait(f"document.documentElement.dataset.theme === '{theme}'", 30)
        found["faint", theme] = browser.run(TOO_FAINT)
        if by_axe:
            browser.run(f"{AXE.read_text('utf-8')};0")
            found["barriers", theme] = json.loads(browser.run(BARRIERS))
    browser.open(page.as_uri(), width=PHONE)
    found["width"] = browser.run("innerWidth")
    found["too wide"] = browser.run(TOO_WIDE)
    return found


def outside(browser) -> list[str]:
    """What the page asked for that does not lie beside it."""
    return [
        a for a in browser.requests if not a.startswith(("file:", "data:", "blob:"))
    ]


def test_pages_ask_no_other_host_for_anything(seen):
    for page, found in seen.items():
        assert found["asked"] and found["outside"] == [], page


def test_a_picture_from_elsewhere_would_be_noticed(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<img src="https://example.org/x.png"><script src="//a.b/c.js">')
    browser.open(page.as_uri())
    assert "https://example.org/x.png" in outside(browser)


def test_every_picture_has_words_for_it(seen):
    for page, found in seen.items():
        assert found["without words"] == [], page


@pytest.mark.parametrize("theme", THEMES)
def test_text_stands_out(seen, pages, theme):
    for page in pages[1:]:
        assert seen[page]["faint", theme] == [], page


def test_pages_fit_a_telephone(seen):
    for page, found in seen.items():
        assert found["width"] == PHONE, page
        assert found["too wide"] == [], page


def test_faint_text_and_a_wide_page_would_be_noticed(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<meta name="viewport" content="width=device-width, minimum-scale=1">'
        '<main style="color: #777; background: #fff"><p>4.48 to 1</p>'
        '<p style="color: #767676">4.54 to 1</p><img src="x" alt="">'
        '<p style="width: 600px">wide</p></main>'
    )
    browser.open(page.as_uri(), width=PHONE)
    assert browser.run(TOO_FAINT) == ["4.48: 4.48 to 1", "4.48: wide"]
    assert len(browser.run(WITHOUT_ALT)) == 1
    assert any("wide" in element for element in browser.run(TOO_WIDE))


def test_the_names_of_rows_stay_in_sight_and_lie_over_no_others(browser, tmp_path):
    levels = pd.MultiIndex.from_product([["one", "two"], ["a", "b"], ["x", "y"]])
    frame = pd.DataFrame({f"column {n}": range(8) for n in range(9)}, levels)
    shown = [stage.align(frame.to_html()), stage.align(frame.loc["one", "a"].to_html())]
    page = tmp_path / "page.html"
    page.write_text(
        f'<link rel="stylesheet" href="{(ROOT / "book/_static/book.css").as_uri()}">'
        "<style>table { width: 1200px } div { width: 300px }</style>"
        + "".join(f'<div class="cell_output">{table}</div>' for table in shown)
    )
    browser.open(page.as_uri(), width=PHONE)
    left = """[...document.querySelectorAll('.cell_output')].flatMap(box => {
        box.scrollLeft = 600;
        return [...box.querySelectorAll('tbody th')].map(name =>
            [name.innerText, name.getBoundingClientRect().left >= 0])})"""
    in_sight = [name for name, seen in browser.run(left) if seen]
    assert in_sight == ["one", "two", "x", "y"]


def test_the_first_page_leads_on_and_formulas_are_drawn(browser, pages):
    browser.open(pages[0].as_uri())
    for _ in range(20):  # the redirect to book/index.html
        if browser.run("!!document.querySelector('main h1')"):
            break
    assert browser.run("location.pathname").endswith("/book/index.html")
    wide = "[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect())"
    assert all(w > 5 for w in browser.run(f"{wide}.map(box => box.width)"))


def test_pages_complain_of_nothing_and_are_light(seen, pages):
    for page in pages[1:]:
        assert seen[page]["errors"] == [], page
        files = {address.split("?")[0] for address in seen[page]["asked"]}
        assert not [f for f in files if "fontawesome" in f or f.endswith(".woff2")]
        shared = [
            page.parent.joinpath(f.removeprefix("file://"))
            for f in files
            if "/_static/" in f and "/figures/" not in f and "/media/" not in f
        ]
        assert 0 < sum(file.stat().st_size for file in shared) < 1_000_000, page


def test_a_page_with_its_pictures_the_search_and_the_whole_book_are_light(pages):
    html = pages[0].parent
    for page in pages:
        own = {*re.findall(r'src="\.\./(_images/[^"]+)"', page.read_text("utf-8"))}
        files = [page, *(html / name for name in own)]
        assert sum(file.stat().st_size for file in files) < 2_000_000, page
    search = html / "_static" / "search_text.js"
    assert 0 < search.stat().st_size < 3_000_000
    every = [file for file in html.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in every) < 40_000_000


def test_the_studio_s_film_has_controls_and_a_name(pages):
    chapters = [page for page in pages if page.stem == "06_the_studio"]
    for page in chapters:  # of the whole book
        film = re.search(
            r"<video ([^>]*)>\s*<source src=\"([^\"]+)\"", page.read_text()
        )
        assert "controls" in film[1] and "aria-label=" in film[1]
        assert 20_000 < (page.parent / film[2]).stat().st_size < 200_000


def test_a_complaint_would_be_noticed(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<script src='none.js'></script><script>nothing()</script>")
    browser.open(page.as_uri())
    assert len(browser.errors) == 2


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe: `make .venv/axe/.ready`")
@pytest.mark.parametrize("theme", THEMES)
def test_pages_have_no_barriers(seen, theme):
    asked = {
        p: f["barriers", theme] for p, f in seen.items() if ("barriers", theme) in f
    }
    assert asked == dict.fromkeys(asked, [])
    whole = "EMOLIB_BOOK" in os.environ
    assert len(asked) == len(seen) - 1 if whole else len(asked) >= 4


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe: `make .venv/axe/.ready`")
def test_a_barrier_would_be_noticed(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        "<html lang='en'><title>A page</title><main><h1>A page</h1>"
        "<button></button><img src='x'></main>"
    )
    browser.open(page.as_uri())
    browser.run(f"{AXE.read_text('utf-8')};0")
    found = json.loads(browser.run(BARRIERS))
    assert [one.split(",")[0] for one in found] == ["button-name", "image-alt"]


# The contrast of a number in a row that is pointed at.
HOVERED = """
(() => {
  const row = document.createElement("div");
  row.style.background = "var(--pst-color-table-row-hover-bg)";
  row.style.color = "var(--pst-color-link-hover)";
  row.append("a number that is pointed at");
  document.querySelector("article").append(row);
  return true;
})()
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_number_that_is_pointed_at_stands_out(browser, pages, dark):
    browser.open(pages[1].as_uri(), dark=dark)
    theme = browser.run("document.documentElement.dataset.theme")
    assert theme == ("dark" if dark else "light")
    assert browser.run(HOVERED) and browser.run(TOO_FAINT) == []


def test_a_tap_on_a_number_shows_its_source_and_a_second_way_leads_there(
    browser, pages
):
    (page,) = [p for p in pages if p.name == "index.html" and p.parent.name == "book"]
    browser.open(page.as_uri(), width=PHONE)
    number = "document.querySelector('.claim a')"
    tapped = "new PointerEvent('click', {bubbles: true, cancelable: true, pointerType: "
    assert browser.run(f"{number}.dispatchEvent({tapped}'touch'}}))") is False
    note = "document.querySelector('.source-note')"
    assert browser.run(f"{note}.checkVisibility()")
    assert browser.run(f"{note}.textContent").startswith("document ")
    way = browser.run(f"{note}.querySelector('a').href")
    assert way == browser.run(f"{number}.href")
    browser.run("document.body.click()")
    assert not browser.run(f"{note}.checkVisibility()")


def test_what_is_sought_is_found_with_the_words_around_it(browser, pages, seen):
    search = pages[0].parent / "search.html"
    browser.open(f"{search.as_uri()}?q=coma+separated")
    status = "document.querySelector('.search-summary').textContent"
    assert browser.run(status) == "0 sections hold “coma separated”."
    browser.open(f"{search.as_uri()}?q=Comma-separated+values")
    first = "document.querySelector('ul.search li')"
    assert browser.run(f"{first}.querySelector('a').textContent") == "All claims"
    assert browser.run(f"{first}.querySelectorAll('mark').length") >= 2
    assert browser.errors == []
    for page in pages[1:]:
        assert not [a for a in seen[page]["asked"] if "search" in a], page


def test_the_tables_of_claims_are_searched_narrowed_and_sorted(browser, pages):
    (page,) = [p for p in pages if p.name == "claims.html"]
    count = "document.querySelector('.ledger-filter output').textContent"
    rows = "[...document.querySelectorAll('table.ledger tbody tr')]"
    shown = f"{rows}.filter(row => row.checkVisibility())"
    browser.open(page.as_uri())
    everything = browser.run(f"{rows}.length")
    assert everything >= 150
    assert browser.run(count) == f"{everything} of {everything} claims"
    assert browser.run(f"{shown}.length") == 0  # all are folded

    browser.open(f"{page.as_uri()}?document=C&on-paper=consistent")
    left = browser.run(f"{shown}.map(row => row.cells[0].textContent.trim()[0])")
    assert set(left) == {"C"} and len(left) < everything
    browser.run(
        "{const field = document.querySelector('.ledger-filter input');"
        "field.value = '96.82 audio';"
        "field.dispatchEvent(new Event('input', {bubbles: true}))}"
    )
    found = browser.run(f"{shown}.map(row => row.cells[0].textContent.trim())")
    assert any(words.startswith("C.audio.accuracy ") for words in found)
    assert len(found) < len(left)

    # Headings are buttons, so that a keyboard reaches them.
    browser.open(f"{page.as_uri()}?document=C")
    head = "[...document.querySelectorAll('table.ledger th')].find(h => "
    head += "h.checkVisibility() && h.textContent === 'Stated')"
    for direction in ("ascending", "descending"):
        browser.run(f"{head}.querySelector('button').click()")
        assert browser.run(f"{head}.getAttribute('aria-sort')") == direction
    numbers = browser.run(f"{shown}.map(row => parseFloat(row.cells[1].textContent))")
    numbers = [n for n in numbers if n is not None]
    assert numbers == sorted(numbers, reverse=True) and numbers[0] == 2880


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_a_link_to_a_claim_lands_on_its_marked_row(browser, pages, width):
    (page,) = [p for p in pages if p.name == "claims.html"]
    browser.open(f"{page.as_uri()}#claim-c-audio-accuracy", width=width)
    row = "document.querySelector('tr:has(:target)')"
    top, bottom = browser.run(
        f"{{const box = {row}.getBoundingClientRect(); [box.top, innerHeight]}}"
    )
    assert 0 <= top < bottom
    marked = browser.run(f"getComputedStyle({row}).backgroundColor")
    other = f"getComputedStyle({row}.nextElementSibling).backgroundColor"
    assert marked != browser.run(other)
    verdict = f"{row}.cells[2].getBoundingClientRect().right"
    assert browser.run(verdict) <= width  # in sight without scrolling sideways
