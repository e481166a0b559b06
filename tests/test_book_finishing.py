"""Pages as Sphinx writes them, finished: what goes, what comes, what is searched."""

import json

import pytest

from emolib.book import finishing

PAGE = """\
<html><head>
<link href="../_static/vendor/fontawesome/6/css/all.min.css" rel="stylesheet" />
<link rel="preload" as="font" href="../_static/vendor/fontawesome/6/fa.woff2" />
<script src="../_static/vendor/fontawesome/6/js/all.min.js"></script>
<link href="../_static/book.css" rel="stylesheet" />
</head><body><h1>One, for printing</h1><p>not of the article</p>
<article class="bd-article"><section id="one"><h1>One<a class="headerlink">#</a></h1>
<p>A <em>leak</em>.</p><script>let hidden = 1;</script>
<section id="two"><h2>Two &amp; more</h2><p>Three words here.</p><pre>x = 1</pre>
<table><tr><td>ten</td></tr></table>
<p><img alt="A line" src="../_images/line.png" /></p>
<a class="reference internal image-reference" href="x"><img src="../_images/y.png"></a>
<div role="list"><div role="doc-biblioentry"></div></div>
</section></section></article><p>below</p></body></html>
"""


@pytest.fixture
def html(tmp_path):
    """A folder of pages, and what the theme puts beside them."""
    folder = tmp_path / "html"
    for name in ("book", "notebooks", "_static/vendor/fontawesome", "_static/styles"):
        (folder / name).mkdir(parents=True)
    (folder / "book" / "page.html").write_text(PAGE)
    (folder / "notebooks" / "01_toy.html").write_text(PAGE)
    search = (
        '<body><div id="search-results"></div><script src="searchindex.js"></script>'
    )
    (folder / "search.html").write_text(search + "</body>")
    for name in (
        "searchindex.js",
        "_static/searchtools.js",
        "_static/styles/a.css.map",
    ):
        (folder / name).write_text("x")
    made_from = {"profile": "quick", "seconds": [30.0, 45.2]}
    notebook = tmp_path / "source" / "notebooks" / "01_toy.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text(json.dumps({"metadata": {"emolib": made_from}}))
    finishing.finish(folder, tmp_path / "source")
    return folder


def test_a_page_is_read_section_by_section_and_only_its_article():
    page = finishing.read(PAGE)
    assert page.sections == [
        {"anchor": "", "title": "One", "text": "A leak."},
        {"anchor": "two", "title": "Two & more", "text": "Three words here. x = 1 ten"},
    ]
    assert page.words == 9


def test_what_nobody_needs_is_neither_loaded_nor_there(html):
    page = (html / "book" / "page.html").read_text()
    assert "fontawesome" not in page and "_static/book.css" in page
    assert not (html / "_static" / "vendor").exists()
    assert not list(html.rglob("*.map")) and not (html / "searchindex.js").exists()


def test_a_page_says_how_long_it_takes_below_its_title(html):
    page = (html / "book" / "page.html").read_text()
    assert page.count('<p class="page-facts">1 minute to read.</p>') == 1
    assert page.index("<article") < page.index("page-facts") < page.index("leak")
    notebook = (html / "notebooks" / "01_toy.html").read_text()
    assert "1 minute to read; ran in 75 s with the profile <code>quick" in notebook


def test_a_picture_leads_to_itself_once(html):
    page = (html / "book" / "page.html").read_text()
    assert '<a class="picture" href="../_images/line.png"><img alt="A line"' in page
    assert page.count('class="picture"') == 1


def test_works_are_items_of_their_list(html):
    page = (html / "book" / "page.html").read_text()
    assert '<div role="list"><div role="listitem">' in page


def test_the_search_page_alone_loads_the_text(html):
    search = (html / "search.html").read_text()
    assert "searchindex.js" not in search
    assert search.index("search_text.js") < search.index("_static/search.js")
    assert "search_text.js" not in (html / "book" / "page.html").read_text()
    text = (html / "_static" / "search_text.js").read_text()
    found = json.loads(text.removeprefix("window.SEARCH_TEXT = ").rstrip(";\n"))
    assert [page["address"] for page in found] == [
        "book/page.html",
        "notebooks/01_toy.html",
    ]
    assert found[0]["title"] == "One" and found[0]["sections"][1]["anchor"] == "two"
