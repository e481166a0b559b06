"""Gates: what must hold before a page is published.

Sphinx publishes a notebook that failed halfway without a word, and a number
typed into a sentence outlives the run that it came from. Each function here
looks at one page and returns everything that is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import nbformat


@dataclass(frozen=True)
class Problem:
    """One thing that keeps the book from being published."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


# Stand-ins for what is not prose: a code span or formula, a role, and a comparison.
_CODE, _ROLE, _COMPARED = "\ue000", "\ue001", "\ue002"

# A name that happens to hold a number: "section 4.2", "Equations 3.1 and 3.2",
# "Python 3.11", "CC BY 4.0".
_NAME = re.compile(
    r"\b(?:sections|tables|figures|equations)\s+\d+\.\d+\s+(?:and|to)\s+\d+\.\d+"
    r"(?!\s*(?:%|per|points))"
    r"|\b(?:python|version|sections?|tables?|figures?|equations?|chapters?|articles?"
    r"|CC[ -]BY(?:-\w+)*)\s+\d+(?:\.\d+)*",
    re.IGNORECASE,
)
_PER_CENT = r"\s*(?:%|‰|per\s?cent\b|percentage\b|points?\b)"
_TYPED = re.compile(
    rf"(?<![\w.,])[-+−±]?\d*[.,]?\d+{_PER_CENT}"  # 96 %, 96,8 %, 3 points
    r"|(?<![\w.,])[-+−±]?\d*\.\d+(?!\w|\.\d)"  # 0.97 and .97, not 1.2.3 or v1.2
    rf"|{_CODE}\s*(?:%|per\s?cent\b)"  # a number hidden in code, its % outside
)
_NOT_PROSE = {
    *("bibliography", "code", "code-block", "code-cell", "image", "include"),
    *("literalinclude", "math", "raw", "tableofcontents", "toctree"),
}


def typed_numbers(text: str) -> Iterator[tuple[int, str]]:
    """Measured or quoted numbers that a page's prose spells out.

    Looked for are decimal numbers and numbers followed by %, per cent or
    points, in everything that a reader reads as text: paragraphs, headings,
    tables, captions, link texts. Left alone are code, formulas, roles, the
    addresses of links, options of directives, front matter and comments.

    Args:
        text: a page in MyST Markdown.

    Yields:
        the line, from 1, and the number as it stands there.

    >>> list(typed_numbers("It has `40` bands and\\nreaches 96.8 % of them."))
    [(2, '96.8 %')]
    """
    for line, passage in _prose(text, 1):
        passage = _NAME.sub(lambda name: re.sub(r"\S", "x", name.group()), passage)
        for match in _TYPED.finditer(passage):
            number = match.group().replace(_CODE, "`…`")
            yield line + passage.count("\n", 0, match.start()), " ".join(number.split())


@lru_cache(1)
def _parser():
    from markdown_it.renderer import RendererHTML
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser

    extensions = {"amsmath", "attrs_block", "attrs_inline", "colon_fence"}
    extensions |= {"deflist", "dollarmath", "fieldlist", "linkify", "tasklist"}
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)


def _prose(text: str, first: int) -> Iterator[tuple[int, str]]:
    """Passages of prose with the line that each begins on."""
    line = first
    for token in _parser().parse(text):
        if token.map:
            line = first + token.map[0]
        if token.type == "inline":
            yield line, "".join(_words(token.children))
        elif token.type == "html_block":
            yield line, re.sub(r"<!--.*?-->|<[^>]*>", _blank, token.content, flags=re.S)
        elif token.type in ("fence", "colon_fence"):
            yield from _directive(token.info.strip(), token.content, line)


def _directive(info: str, content: str, line: int) -> Iterator[tuple[int, str]]:
    match = re.match(r"\{([\w:-]+)\}\s*(.*)", info)
    if not match or match[1] in _NOT_PROSE:
        return
    if match[1] != "figure":  # a figure's argument is a path
        yield line, match[2]
    options = re.match(r"---\n(?:.*\n)*?---\n|(?::[\w-]+:.*\n)*", content)
    yield from _prose(
        content[options.end() :], line + 1 + content.count("\n", 0, options.end())
    )


def _words(tokens) -> Iterator[str]:
    address = False  # inside a link that shows its own address
    for token in tokens:
        if token.type == "link_open":
            address = token.markup in ("autolink", "linkify")
        elif token.type == "link_close":
            address = False
        elif token.type == "text":
            yield _CODE if address else token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif token.type == "image":
            yield from _words(token.children)
        elif token.type == "myst_role":
            yield _COMPARED if token.meta["name"] == "compared" else _ROLE
        elif token.type == "html_inline":
            yield _COMPARED if token.content == NO_OUTCOME else ""
        elif token.content:
            yield _CODE + "\n" * token.content.count("\n")


def _blank(match: re.Match) -> str:
    return "\n" * match.group().count("\n")


NO_OUTCOME = "<!-- no outcome -->"
"""In a sentence, says that its words are about no result."""

_OUTCOME = re.compile(
    r"\b(?:ahead(?!\s+of\s+time)"
    r"|(?:is|are|was|were|stays?|stayed|falls?|fell|lags?|far|left)\s+behind"
    r"|beats?|beaten|outperforms?|surpass(?:es)?|exceeds?"
    r"|helps?|helped|hurts?|gains?|improves?|improved|superior|inferior"
    r"|(?:no\s+)?(?:better|worse)|best|worst|wins|loses|leads(?!\s+to)|falls(?!\s+into)"
    r"|drops|rises|collapses?|suffers?|costs|(?:above|below)\s+(?:chance|guessing)"
    r"|(?:more|less|fewer|higher|lower|larger|smaller|stronger|weaker)"
    r"\s+(?:accurate\s+)?than)\b",
    re.IGNORECASE,
)


def outcome_words(text: str) -> Iterator[tuple[int, str]]:
    """Words that tell how a comparison went, in sentences without a `compared` role.

    Questions are left alone, and sentences that hold the comment `NO_OUTCOME`.

    Args:
        text: a page in MyST Markdown.

    Yields:
        the line, from 1, and the word with the sentence that it stands in.

    >>> list(outcome_words("It ran. The voice helps. Does the face help?"))
    [(1, 'helps: The voice helps.')]
    """
    for line, passage in _prose(text, 1):
        for sentence in re.finditer(r"(?:[^.!?]|[.!?](?=\S))+[.!?]?", passage):
            words = sentence.group()
            if _COMPARED in words or words.rstrip().endswith("?"):
                continue
            for match in _OUTCOME.finditer(words):
                place = passage.count("\n", 0, sentence.start() + match.start())
                shown = re.sub("[\ue000-\ue002]", "…", " ".join(words.split()))
                yield line + place, f"{' '.join(match.group().split())}: {shown}"


def typed_in_page(page: str, text: str) -> list[Problem]:
    """Numbers typed in a Markdown page, by line."""
    return [Problem(f"{page}, line {n}", _advice(x)) for n, x in typed_numbers(text)]


def typed_in_notebook(page: str, notebook: nbformat.NotebookNode) -> list[Problem]:
    """Numbers typed in a notebook's Markdown cells, by cell and line."""
    return [
        Problem(f"{page}, cell {number}, line {line}", _advice(typed))
        for number, cell in enumerate(notebook.cells, 1)
        if cell.cell_type == "markdown"
        for line, typed in typed_numbers(cell.source)
    ]


def _advice(typed: str) -> str:
    return (
        f"the number “{typed}” is typed; write {{measured}}`…` for what a run "
        "measured, {claim}`…` for what a document says, `…` for a version or a setting"
    )


def executed_problems(page: str, notebook: nbformat.NotebookNode) -> list[Problem]:
    """Cells that failed, did not run, or show a picture that no one can read aloud."""
    problems, figures = [], set()
    ran = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    counts = [c.execution_count for c in ran]
    if None not in counts and counts != list(range(1, len(ran) + 1)):
        first = next(n for n, count in enumerate(counts, 1) if n != count)
        what = f"code cell {first} ran as number {counts[first - 1]}"
        problems.append(Problem(page, f"{what}: not run once, from top to bottom"))
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        where = f"{page}, cell {number}"
        errors = [o for o in cell.outputs if o.output_type == "error"]
        if errors:
            what = f"{errors[0].ename}: {errors[0].evalue}"
            problems.append(Problem(where, f"the cell failed with {what}"))
        elif cell.execution_count is None:
            problems.append(Problem(where, "the cell was not executed"))
        pictures = [o for o in cell.outputs if "image/png" in o.get("data", {})]
        if pictures and not cell.metadata.get("mystnb", {}).get("image", {}).get("alt"):
            what = 'its picture has no alt text; add mystnb={"image": {"alt": "…"}}'
            problems.append(Problem(where, f"{what} to the cell's first line"))
        for told in filter(None, map(figure_in, cell.outputs)):
            if told["id"] in figures:
                what = f"a figure {told['id']!r} stands above already"
                problems.append(Problem(where, what))
            figures |= {told["id"]} - {""}
    return problems


def figure_in(output: nbformat.NotebookNode) -> dict[str, str] | None:
    """What `emolib.notebook.figure` tells of a figure beside its caption."""
    return output.get("metadata", {}).get("emolib", {}).get("figure")
