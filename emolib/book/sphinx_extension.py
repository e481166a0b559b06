"""What the book adds to Sphinx: roles for numbers, data of figures, MathML.

`{measured}`, `{compared}` and `{claim}` look their text up in `numbers.json`, which
staging writes beside the pages, so that a page holds the name of a number and
never the number. The caption of a picture that was drawn from a table ends with a
link to it. Formulas are turned into MathML while building: a page needs no
script, and no other host, to show them.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole
from sphinx.util.math import get_node_equation_number

from emolib.book import figures
from emolib.book.comparing import normal
from emolib.book.generated import NUMBERS
from emolib.book.quoting import fits

logger = logging.getLogger(__name__)


@lru_cache(1)
def _numbers(path: Path, written: int) -> dict[str, dict]:
    """What staging wrote then; a thousand roles read it once."""
    return json.loads(path.read_text("utf-8"))


class Number(SphinxRole):
    """A number named by its record (`measured`) or claim, or a comparison of two."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        path = Path(self.env.app.srcdir, NUMBERS)
        self.env.note_dependency(str(path))
        known = _numbers(path, path.stat().st_mtime_ns)[self.name]
        entry = self._compared(known) if self.name == "compared" else self._named(known)
        if isinstance(entry, str):
            complaint = f"{{{self.name}}}`{self.text}` {entry}"
            logger.warning(complaint, location=(self.env.docname, self.lineno))
            return [nodes.inline("", "?", classes=[self.name])], []
        # A cross-reference, so that Sphinx itself checks that it leads somewhere.
        link = addnodes.pending_xref(
            "",
            nodes.inline("", entry["text"]),
            refdomain="std",
            reftype="ref",
            reftarget=entry["target"],
            refexplicit=True,
            refwarn=True,
            refdoc=self.env.docname,
        )
        span = nodes.inline("", "", link, classes=[self.name])
        span["hint"] = entry["title"]
        return [span], []

    def _named(self, known: dict[str, list[dict]]) -> dict | str:
        """The one entry of this name, or what is wrong with the name."""
        name, _, wanted = self.text.partition("?")
        entries = [e for e in known.get(name, []) if fits(e.get("told", {}), wanted)]
        entries = [e for e in entries if e.get("committed")] or entries
        if len(entries) == 1:
            return entries[0]
        if entries:
            found = ", ".join(entry["target"] for entry in entries)
            return f"fits {len(entries)} records, not one: {found}"
        if name in known:
            found = ", ".join(entry["target"] for entry in known[name])
            return f"fits none of {found}: none has {wanted}"
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "none is near it"
        source = "record" if self.name == "measured" else "claim in the ledger"
        return f"names no {source}; {hint}"

    def _compared(self, known: dict[str, dict[str, dict]]) -> dict | str:
        """The entry that staging made of this page's comparison, or the problem."""
        entry = known.get(self.env.docname, {}).get(normal(self.text), {})
        return entry.get("problem", "was not staged") if "text" not in entry else entry


def set_hint(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give each number's link the title that a reader sees on hovering."""
    for span in doctree.findall(lambda node: "hint" in getattr(node, "attributes", {})):
        for link in span.findall(nodes.reference):
            link["reftitle"] = span["hint"]


def link_data(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """End the caption of a picture with a link to the table that it draws."""
    for figure in doctree.findall(nodes.figure):
        parts = figure.findall(nodes.image), figure.findall(nodes.caption)
        for image, caption in zip(*parts, strict=False):
            name = Path(image["uri"]).stem
            if Path(app.srcdir, figures.data_file(name)).is_file():
                caption += nodes.raw("", figures.data_link(name), format="html")


def link_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link each word of the glossary where it first stands on a page.

    In paragraphs only, and not where something else is linked, quoted or code.
    """
    terms = app.env.domaindata["std"]["terms"]
    waiting = {name: place for name, place in terms.items() if place[0] != docname}
    if len(waiting) < len(terms):  # the glossary itself
        return
    for paragraph in list(doctree.findall(nodes.paragraph)):
        for text in list(paragraph.findall(nodes.Text)):
            inside = text.parent
            while inside is not paragraph and isinstance(inside, _WORDS):
                inside = inside.parent
            if inside is paragraph and waiting:
                _link_first(app, docname, text, waiting)


_WORDS = (nodes.emphasis, nodes.strong)


def _link_first(
    app: Sphinx, docname: str, text: nodes.Text, waiting: dict[str, tuple[str, str]]
) -> None:
    """Link, in one piece of text, the terms that wait; they wait no more."""
    # The longest first: "protocol ladder" is not "protocol".
    words = "|".join(re.escape(name) for name in sorted(waiting, key=len, reverse=True))
    made, rest = [], text.astext()
    while match := re.search(rf"\b({words})s?\b", rest, re.IGNORECASE):
        before, rest = rest[: match.start()], rest[match.end() :]
        made.append(nodes.Text(before))
        place = waiting.pop(match[1].lower(), None)
        if place is None:
            made.append(nodes.Text(match[0]))
            continue
        page, label = place
        address = app.builder.get_relative_uri(docname, page)
        link = nodes.reference("", "", internal=True, refuri=f"{address}#{label}")
        link["classes"].append("term")
        link += nodes.Text(match[0])
        made.append(link)
    if made:
        text.parent.replace(text, [*made, nodes.Text(rest)])


# TeX that latex2mathml does not know, in TeX that it does.
_SPELLINGS = (
    (r"\\arg(?![a-zA-Z])", r"\\operatorname{arg}"),
    (r"\\(begin|end)\{(?:aligned|split)\}", r"\\\1{align*}"),
)


def to_mathml(tex: str, display: bool = False) -> str:
    r"""A formula as MathML.

    Args:
        tex: the formula, without dollar signs.
        display: on a line of its own.

    Raises:
        ValueError: if the formula has a command that is not understood or
            braces that do not close; half a formula is worse than none.

    >>> to_mathml("x_i")[-47:-14]
    '<msub><mi>x</mi><mi>i</mi></msub>'
    """
    from latex2mathml.converter import convert

    bare = re.sub(r"\\[{}\\]", "", tex)
    if bare.count("{") != bare.count("}"):
        raise ValueError("its braces do not close")
    for written, known in _SPELLINGS:
        tex = re.sub(written, known, tex)
    mathml = convert(tex, display="block" if display else "inline")
    unknown = re.search(r"\\[a-zA-Z]+", mathml)
    if unknown:
        raise ValueError(f"no MathML is known for {unknown.group()}")
    try:
        ElementTree.fromstring(mathml)
    except ElementTree.ParseError as error:
        raise ValueError(f"it gives broken MathML ({error})") from None
    return mathml


def _math_of(translator, node: nodes.Element, display: bool) -> str:
    try:
        return to_mathml(node.astext(), display)
    except Exception as error:  # the converter raises a class for each slip
        reason = str(error) or type(error).__name__
        logger.warning("formula %r: %s", node.astext(), reason, location=node)
        return ""


def visit_math(translator, node: nodes.math) -> None:
    translator.body.append(_math_of(translator, node, display=False))
    raise nodes.SkipNode


def visit_math_block(translator, node: nodes.math_block) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    translator.body.append(_math_of(translator, node, display=True))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict:
    for name in ("measured", "compared", "claim"):
        app.add_role(name, Number())
    app.connect("doctree-resolved", set_hint)
    app.connect("doctree-resolved", link_data)
    app.connect("doctree-resolved", link_terms)
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    # Jupyter Book sets this for an extension that the book leaves out.
    app.add_config_value("comments_config", {}, "html")
    # Pages parsed by an older version of this file are parsed again.
    version = int(hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8], 16)
    return {"env_version": version, "parallel_read_safe": True}
