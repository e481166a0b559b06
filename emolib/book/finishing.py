"""The written pages, finished for those who read them.

What the theme loads and this book does not need is taken out; a page says beneath its
title how long it takes; a picture leads to itself in full size; and the search page
gets the text of all pages in a script, so that it finds words, and shows what stands
around them, in a book that was opened from disk.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from emolib.book.generated import duration

WORDS_A_MINUTE = 220
"""How fast a page is read."""

# Icons come from `icons.css`, and the search page has a script of its own.
_UNUSED = ("_static/vendor", "_static/searchtools.js", "_static/language_data.js")
_UNUSED += ("searchindex.js",)
_LOADED = re.compile(
    r'<(?:link|script)[^>]*(?:href|src)="[^"]*(?:vendor/fontawesome/|searchtools\.js|'
    r'language_data\.js|searchindex\.js)[^"]*"[^>]*>(?:</script>)?\n?'
)
_PICTURE = re.compile(
    r'(<a [^>]*>\s*)?(<img [^>]*src="((?:\.\./)?_images/[^"]+)"[^>]*>)'
)
_SEARCH = "search.html"
_SCRIPTS = ("_static/search_text.js", "_static/search.js")


def finish(html: Path, source: Path) -> None:
    """Finish the pages that Sphinx has written.

    Args:
        html: their folder.
        source: the staged sources, for what executed notebooks tell of themselves.
    """
    found = []
    for path in sorted(html.rglob("*.html")):
        address = path.relative_to(html).as_posix()
        text = _LOADED.sub("", path.read_text("utf-8"))
        text = _PICTURE.sub(_leading_to_itself, text)
        # A list's entries are its items: docutils gives works a role of their own.
        text = text.replace('role="doc-biblioentry"', 'role="listitem"')
        page = read(text)
        if page.sections and address != _SEARCH:
            notebook = source / Path(address).with_suffix(".ipynb")
            line = f'</h1>\n<p class="page-facts">{facts(page, notebook)}.</p>'
            # The theme gives the title before the article as well, for printing.
            above, article, below = text.partition("<article")
            text = above + article + below.replace("</h1>", line, 1)
            found.append({"address": address, **page.told()})
        if address == _SEARCH:
            scripts = "".join(f'<script src="{name}"></script>\n' for name in _SCRIPTS)
            text = text.replace("</body>", f"{scripts}</body>", 1)
        path.write_text(text, encoding="utf-8")
    told = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    script = f"window.SEARCH_TEXT = {told};\n"
    (html / _SCRIPTS[0]).write_text(script, encoding="utf-8")
    for path in [*(html / name for name in _UNUSED), *html.rglob("*.map")]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _leading_to_itself(picture: re.Match) -> str:
    link, image, place = picture.groups()
    return picture[0] if link else f'<a class="picture" href="{place}">{image}</a>'


def facts(page: Page, notebook: Path) -> str:
    """How long a page takes to read and, if a notebook made it, took to run."""
    minutes = max(1, round(page.words / WORDS_A_MINUTE))
    told = f"{minutes} minute{'s' if minutes > 1 else ''} to read"
    if not notebook.is_file():
        return told
    made_from = json.loads(notebook.read_text("utf-8"))["metadata"]["emolib"]
    ran = duration(sum(made_from.get("seconds", [])))
    profile = made_from["profile"]
    return (
        f"{told}; ran in {ran} with the profile <code>{profile}</code>, which needs "
        "neither a download nor a GPU"
    )


@dataclass
class Page:
    """What a reader finds on a page, section by section.

    Attributes:
        sections: anchor, title and text of each; the first has no anchor.
        words: how many are read from top to bottom, tables, code and what is folded
            left out.
    """

    sections: list[dict[str, str]] = field(default_factory=list)
    words: int = 0

    def told(self) -> dict:
        """For the search page."""
        return {"title": self.sections[0]["title"], "sections": self.sections}


def read(html: str) -> Page:
    """The article of a page.

    >>> read("<article><h1>One</h1>two <pre>three</pre></article>").sections
    [{'anchor': '', 'title': 'One', 'text': 'two three'}]
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.page.words = len("".join(reader.prose).split())
    for section in reader.page.sections:
        section |= {key: " ".join(section[key].split()) for key in ("title", "text")}
    return reader.page


class _Reader(HTMLParser):
    _HEADINGS = ("h1", "h2", "h3", "h4")
    _SILENT = ("script", "style", "svg", "button")
    _NOT_READ = ("table", "pre", "details", "math")
    _INLINE = ("a", "span", "em", "strong", "code", "sub", "sup", "cite")
    _VOID = ("img", "br", "hr", "input", "source", "meta", "link", "wbr", "col")

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.prose: list[str] = []
        self._open: list[str] = []
        self._anchor = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._VOID:
            return
        given = dict(attrs)
        if tag == "a" and "headerlink" in (given.get("class") or ""):
            tag = "script"  # as silent; closed by the next </a>
        self._open.append(tag)
        if "article" not in self._open:
            return
        if tag == "section":
            self._anchor = given.get("id") or ""
        if tag in self._HEADINGS:
            anchor = self._anchor if self.page.sections else ""
            self.page.sections.append({"anchor": anchor, "title": "", "text": ""})
        if tag not in self._INLINE:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open[-1:] == ["script"]:
            tag = "script"
        while tag in self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "article" not in self._open or not self.page.sections:
            return
        if any(tag in self._open for tag in self._SILENT):
            return
        heading = any(tag in self._open for tag in self._HEADINGS)
        section = self.page.sections[-1]
        section["title" if heading else "text"] += data
        if not any(tag in self._open for tag in self._NOT_READ):
            self.prose.append(data)
