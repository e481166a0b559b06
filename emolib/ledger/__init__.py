"""The documents' tables as data: what each claims, and what its numbers say.

One YAML file a document. `claims` gives every number, `claim` one of them; a
verdict on paper needs no run, only the document's own numbers (see `checks`).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pandas as pd
import yaml

from emolib import EmolibError, UsageError

VERDICTS = {
    "leaks": "as described or counted, what was tested had been trained on",
    "contradicted": "another number or statement of the document says otherwise",
    "doubtful": "another number or statement of the document speaks against it",
    "holds": "other numbers of the document give it again",
    "open": "the document gives nothing to check it by",
}
"""What can be found on paper, worst first; a claim gets the worst of its findings."""


@dataclass(frozen=True)
class Figure:
    """A figure under a title of ours."""

    number: int
    title: str
    shows: str


@dataclass(frozen=True)
class Setting:
    """A hyper-parameter; an empty value is one that the document leaves open."""

    part: str
    name: str
    where: str
    value: str = ""
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Claim:
    """One number, or statement, of a document.

    Args:
        id: `LETTER.system.quantity`, a class score `LETTER.system.metric.class`.
        stated: as printed, digits kept; "above", "about" before a bound.
        n: the items behind it, if known; `n_from` is "stated" or "implied".
    """

    id: str
    where: str
    quantity: str
    stated: str
    kind: str
    unit: str = ""
    data: str = ""
    split: str = ""
    n: int | None = None
    n_from: str = ""

    @property
    def document(self) -> str:
        """The document's letter."""
        return self.id.split(".")[0]

    @property
    def value(self) -> float | None:
        """The number stated; None for a statement in words."""
        try:
            return float(self.stated.split()[-1])
        except ValueError:
            return None

    @property
    def text(self) -> str:
        """As the book prints it: "96.82 %"."""
        return f"{self.stated} {self.unit}".strip()


@dataclass(frozen=True)
class Matrix:
    """A printed confusion matrix: true classes down, predicted across."""

    id: str
    where: str
    title: str
    classes: tuple[str, ...]
    rows: tuple[list[int], ...]


@dataclass(frozen=True)
class Finding:
    """What a document's numbers say of each other.

    Args:
        claims: ids that the verdict is about; `beside`: those held against them.
        innocent: the explanation that supposes least; empty if all is well.
    """

    id: str
    verdict: str
    title: str
    claims: tuple[str, ...]
    detail: str
    beside: tuple[str, ...] = ()
    innocent: str = ""


@dataclass(frozen=True)
class Document:
    """One document, as its YAML file has it."""

    letter: str
    study: str
    title: str
    authors: tuple[str, ...]
    kind: str
    system: str
    year: int | None = None
    figures: tuple[Figure, ...] = ()
    settings: tuple[Setting, ...] = ()
    claims: tuple[Claim, ...] = ()
    matrices: tuple[Matrix, ...] = ()
    findings: tuple[Finding, ...] = ()


PARTS = {
    "figures": (Figure, ("number",)),
    "settings": (Setting, ("part", "name")),
    "claims": (Claim, ("id",)),
    "matrices": (Matrix, ("id",)),
    "findings": (Finding, ("id",)),
}
"""The lists of a YAML file: what an entry is, and what names it."""


def document(study: str) -> Document:
    """A document by its study's slug or letter.

    Raises:
        UsageError: if no document has it.

    >>> document("C").study
    'confidence-fusion'
    """
    for known in _documents():
        if study in (known.study, known.letter):
            return known
    names = ", ".join(f"{d.study} ({d.letter})" for d in _documents())
    raise UsageError(f"the ledger has no study {study!r}; it has {names}")


def claims(study: str | None = None) -> pd.DataFrame:
    """Every claim of one study, or of all, with the verdict on paper.

    Columns: id, document, where, quantity, stated, unit, kind, n,
    verdict_on_paper, finding.
    """
    rows = []
    for source in _chosen(study):
        for c in source.claims:
            found = [f for f in source.findings if c.id in f.claims]
            found.sort(key=lambda f: list(VERDICTS).index(f.verdict))
            rows.append(
                {
                    "id": c.id,
                    "document": c.document,
                    "where": c.where,
                    "quantity": c.quantity,
                    "stated": c.stated,
                    "unit": c.unit,
                    "kind": c.kind,
                    "n": c.n,
                    "verdict_on_paper": found[0].verdict if found else "open",
                    "finding": "; ".join(f.title for f in found),
                }
            )
    return pd.DataFrame(rows).astype({"n": "Int64"})


def claim(id: str) -> Claim:
    """One claim.

    >>> claim("C.audio.accuracy").text
    '96.82 %'
    """
    return _one("claims", id)


def matrix(id: str) -> pd.DataFrame:
    """A printed confusion matrix, true classes down, in the printed order."""
    printed = _one("matrices", id)
    return pd.DataFrame(
        printed.rows,
        index=pd.Index(printed.classes, name="true"),
        columns=pd.Index(printed.classes, name="predicted"),
    )


def finding(id: str) -> Finding:
    """One finding."""
    return _one("findings", id)


def findings(study: str | None = None) -> pd.DataFrame:
    """Every finding: id, verdict, title, claims, detail, beside, innocent."""
    return pd.DataFrame([f for source in _chosen(study) for f in source.findings])


def figures(study: str) -> list[tuple[int, str]]:
    """Numbers and (our) titles of a document's figures."""
    return [(figure.number, figure.title) for figure in document(study).figures]


def settings(study: str) -> pd.DataFrame:
    """What a document says of its training: part, name, where, value, unit, note.

    An empty value is one that it leaves open.
    """
    return pd.DataFrame(list(document(study).settings))


def scores(system: str) -> dict[tuple[str, str], float]:
    """The class scores of a system as (metric, class) -> value, for `checks.reorder`.

    >>> scores("C.audio")["recall", "neutral"]
    0.88
    """
    return {
        tuple(c.id.rsplit(".", 2)[1:]): c.value
        for source in _documents()
        for c in source.claims
        if c.kind == "class score" and c.id.rsplit(".", 2)[0] == system
    }


def _chosen(study: str | None) -> tuple[Document, ...]:
    return (document(study),) if study else _documents()


def _one(part: str, id: str) -> Claim | Matrix | Finding:
    for source in _documents():
        for entry in getattr(source, part):
            if entry.id == id:
                return entry
    raise UsageError(
        f"the ledger's {part} have no id {id!r}; `emolib ledger` lists them"
    )


# --- reading the files ----------------------------------------------------------


@functools.cache
def _documents() -> tuple[Document, ...]:
    read = [load(path) for path in Path(__file__).parent.glob("*.yaml")]
    return tuple(sorted(read, key=lambda source: source.letter))


def load(path: Path) -> Document:
    """Read and check one YAML file.

    Raises:
        EmolibError: with file and line, if it is malformed, an id, figure, setting
            or label is given twice, a field is missing, unknown or of the wrong
            type, a percentage is above 100, a matrix is not square, or a finding
            names an unknown claim.
    """
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise _fault(path, mark.line + 1 if mark else 1, problem) from None
    if not isinstance(tree, dict) or set(tree) != {"document", *PARTS, "line"}:
        wanted = ", ".join(["document", *PARTS])
        raise _fault(path, 1, f"the file must hold exactly {wanted}")
    source = _make(Document, tree["document"], path)
    parts: dict[str, dict] = {part: {} for part in PARTS}
    for part, (kind, key) in PARTS.items():
        for entry in tree[part] or []:
            made = _make(kind, entry, path)
            name = " ".join(str(getattr(made, field)) for field in key)
            problem = _problem(made, source.letter, parts["claims"])
            if name in parts[part]:
                problem = f"{part}: {name} is given twice"
            if problem:
                raise _fault(path, entry["line"], problem)
            parts[part][name] = made
    return replace(source, **{part: tuple(m.values()) for part, m in parts.items()})


def _make(kind: type, entry: object, path: Path):
    """A dataclass from a YAML mapping; every field present, known, of its type."""
    if not isinstance(entry, dict):
        raise _fault(path, 1, f"{entry!r} stands where a {kind.__name__} should")
    given = {name: value for name, value in entry.items() if name != "line"}
    types = {field.name: field.type for field in fields(kind)}
    for name, value in given.items():
        if name not in types:
            problem = f"no such field: {name}; a {kind.__name__} has {list(types)}"
            raise _fault(path, entry["line"], problem)
        wanted = _TYPES.get(types[name], list)
        if not isinstance(value, wanted):
            hint = "; quote it, so that its digits stay" if wanted is str else ""
            problem = f"{name}: {value!r} is not of type {wanted.__name__}{hint}"
            raise _fault(path, entry["line"], problem)
        if wanted is list:
            given[name] = tuple(value)
    try:
        return kind(**given)
    except TypeError as error:  # a field without a default is missing
        raise _fault(path, entry["line"], str(error)) from None


_TYPES = {"str": str, "int": int, "int | None": int}
"""What YAML gives for a field's annotation; every other one is a list."""


def _problem(entry: object, letter: str, claims: dict[str, Claim]) -> str:
    """What is wrong with an entry beyond its fields' types; empty if nothing."""
    name = getattr(entry, "id", "")
    if name and not name.startswith(f"{letter}."):
        return f"{name}: an id of document {letter} starts with {letter}."
    if isinstance(entry, Claim):
        if entry.unit == "%" and not 0 <= (entry.value or 0) <= 100:
            return f"{name}: {entry.text} is no percentage of a whole"
        if entry.n_from not in (("",) if entry.n is None else ("stated", "implied")):
            return f"{name}: give n with n_from, stated or implied, or neither"
    if isinstance(entry, Matrix):
        size, widths = len(entry.classes), [len(row) for row in entry.rows]
        if len(set(entry.classes)) < size:
            return f"{name}: a label is repeated in {list(entry.classes)}"
        if widths != [size] * size:
            return f"{name}: {size} classes want {size} rows of {size}, not {widths}"
        if not all(isinstance(n, int) and n >= 0 for row in entry.rows for n in row):
            return f"{name}: cells must be whole numbers, none below zero"
    if isinstance(entry, Finding):
        if entry.verdict not in VERDICTS:
            return f"{name}: verdict {entry.verdict!r} is none of {list(VERDICTS)}"
        for named in (*entry.claims, *entry.beside):
            if named not in claims:
                return f"{name}: no claim {named}"
    return ""


def _fault(path: Path, line: int, problem: str) -> EmolibError:
    return EmolibError(f"{path}:{line}: {problem}; correct this line of the ledger")


class _Loader(yaml.SafeLoader):
    """Safe YAML that keeps each mapping's line and refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                problem = f"{key.value} is given twice"
                raise yaml.MarkedYAMLError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return {
            **super().construct_mapping(node, deep),
            "line": node.start_mark.line + 1,
        }
