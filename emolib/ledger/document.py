"""A document of the ledger: what its YAML file may hold."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from emolib.ledger import arithmetic
from emolib.ledger.tables import Table

PROTOCOLS = {
    "whole-corpus": "tested, at least in part, on what was trained on",
    "random-items": "frames, or other pieces of a clip, drawn at random for the test",
    "random-clips": "whole clips drawn at random; the same people on both sides",
    "augmented-before-split": (
        "copies made before the split, so that both sides have some"
    ),
    "subjects-apart": "nobody on both sides",
    "other-corpora": "trained on one corpus, tested on another",
    "unstated": "not said, or not enough to tell",
}
"""What a claim's split does, by the names of `emolib.protocols`; empty: no test."""

QUANTIFIERS = {
    "every": "in every case",
    "most": "in most cases",
    "some": "in some case",
    "": "in general; exceptions are told and refute nothing",
}
"""How many of a statement's comparisons must hold for it to be true."""

BASES = {
    "as described": "the document's system as it describes it",
    "changed": "the document's system with a change that is named",
    "stand-in": "another model in its place",
}
"""What a run that bears on a claim is a run of."""

_EXACT = ("count", "corpus", "setting")
_BOUNDS = ("above", "below", "about")
ID = re.compile(r"[A-Za-z][\w-]*(?:\.[\w-]+)+")
"""An id within an expression: letters first, at least one dot."""


@dataclass(frozen=True)
class Figure:
    """A figure under a title of ours."""

    number: int | str
    title: str
    shows: str


@dataclass(frozen=True)
class Equation:
    """A numbered equation under a title of ours."""

    number: int | str
    title: str
    where: str


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
        at_most: all the items there are, where n is not known.
        protocol: what its split does, one of `PROTOCOLS`; empty without a test.
        corpus: names in `emolib.corpora`, comma between, where its items come from.
        classes: how many classes there are to guess among.
        same_as: the claim that gives the same quantity in another place.
        equals: what other claims make of it: "A.x.clips * 2 / 3".
        quote: a few of the document's own words, for what is said in words.
        antecedent: what they compare with, or refer to, as the document has it.
        holds: what they say, as comparisons: "A.x.accuracy > A.y.accuracy".
        quantifier: how many of these they say hold, one of `QUANTIFIERS`.
        against: the claim whose words do not say the same.
        one_of: claims of which it must be one.
        best_of: tables of whose accuracies it is said to be the best.
        reads: the table that it was read off.
        inference: whether the claim is read into the document here.
        table: the table whose cell it is; empty for one written out.
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
    at_most: int | None = None
    protocol: str = ""
    corpus: str = ""
    classes: int | None = None
    same_as: str = ""
    equals: str = ""
    quote: str = ""
    antecedent: str = ""
    holds: tuple[str, ...] = ()
    quantifier: str = ""
    against: str = ""
    one_of: tuple[str, ...] = ()
    best_of: tuple[str, ...] = ()
    reads: str = ""
    inference: bool = False
    note: str = ""
    table: str = ""

    @property
    def document(self) -> str:
        """The document's letter."""
        return self.id.split(".")[0]

    @property
    def digits(self) -> str:
        """The number stated, as printed; empty for a statement in words."""
        words = self.stated.removesuffix("%").split()
        plain = len(words) == 1 or (len(words) == 2 and self.bound in _BOUNDS)
        return (arithmetic.number(words[-1]) or "") if plain else ""

    @property
    def value(self) -> float | None:
        """The number stated; None for a statement in words."""
        return float(self.digits) if self.digits else None

    @property
    def bound(self) -> str:
        """The word before the number: "above", "below", "about" or nothing."""
        words = self.stated.removesuffix("%").split()
        return words[0].lower() if len(words) > 1 else ""

    @property
    def interval(self) -> arithmetic.Interval | None:
        """What the number may have been before rounding; a percentage as a share.

        What was counted or set is not rounded. About a number is one unit of its last
        digit away, or less.
        """
        if not self.digits:
            return None
        whole = self.unit != "%" and not arithmetic.decimals(self.digits)
        if self.kind in _EXACT and whole and not self.bound:
            return arithmetic.Interval(self.value, self.value)
        scale = 0.01 if self.unit == "%" else 1
        low, high = arithmetic.rounded(self.digits, scale)
        if self.bound == "above":
            return arithmetic.Interval(self.value * scale, math.inf)
        if self.bound == "below":
            return arithmetic.Interval(-math.inf, self.value * scale)
        if self.bound == "about":
            middle, reach = self.value * scale, high - low
            return arithmetic.Interval(middle - reach, middle + reach)
        return arithmetic.Interval(low, high)

    @property
    def sizes(self) -> tuple[str, ...]:
        """Numbers joined by x: "48 x 48"; empty for anything else."""
        parts = re.split(r" ?x ?", self.stated)
        plain = len(parts) > 1 and all(map(arithmetic.number, parts))
        return tuple(parts) if plain else ()

    @property
    def said(self) -> str:
        """The document's own words, and where they stand."""
        return f"\u201c{self.quote}\u201d ({self.where})"

    @property
    def text(self) -> str:
        """As the book prints it: "96.82 %"."""
        return f"{self.stated} {self.unit}".strip()


@dataclass(frozen=True)
class Finding:
    """Our words on what a check found; the verdict itself is the check's.

    Args:
        check: the name of the check that found it, or several, comma between.
        about: claims and tables that the checks name.
        innocent: the explanation that supposes least; what it does not know it hedges.
        inference: whether more was concluded than the document's numbers force.
        cause: the finding that explains this one; it is no root cause then.
    """

    id: str
    check: str
    about: tuple[str, ...]
    title: str
    innocent: str = ""
    inference: bool = False
    cause: str = ""

    @property
    def checks(self) -> tuple[str, ...]:
        """The names of its checks."""
        return tuple(re.split(r", *", self.check))


@dataclass(frozen=True)
class System:
    """A model that runs are of, and what it is beside the document's own system.

    Args:
        model: as records call it.
        basis: one of `BASES`; a model that is not listed is a stand-in.
        what: the change, or what stands in.
        given: what else a record must have, fields or parameters, to be of it.
    """

    model: str
    basis: str
    what: str = ""
    given: Mapping[str, object] = field(default_factory=dict)


STATUS = {
    "faithful": "as the document describes it",
    "changed": "done otherwise, for a reason",
    "missing": "not done, for a reason",
}
"""What became of a component of a document in its chapter."""


@dataclass(frozen=True)
class Component:
    """One thing that a document describes, or announces, and what we made of it.

    Args:
        part: what it is: "Figure 7", "Table 4", "Equation 2", a setting as
            "audio filters", or a name of one's own for several of them together.
        document: what the document says of it.
        quick: what the profile quick does.
        real: what the profile real does; empty where it does the same.
        status: one of `STATUS`.
        why: the reason, unless it is faithful.
        where: the heading, test or record that shows it, unless it is missing.
        covers: the figures, tables, equations and settings that the entry speaks of,
            each named as above; empty if `part` is its name.
    """

    part: str
    document: str
    status: str
    quick: str = ""
    real: str = ""
    why: str = ""
    where: str = ""
    covers: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The things that it speaks of."""
        return self.covers or (self.part,)


@dataclass(frozen=True)
class Document:
    """One document, as its YAML file has it; or a reader's own tables."""

    letter: str
    study: str
    title: str
    authors: tuple[str, ...]
    kind: str
    system: str
    year: int | None = None
    venue: str = ""
    figures: tuple[Figure, ...] = ()
    equations: tuple[Equation, ...] = ()
    settings: tuple[Setting, ...] = ()
    components: tuple[Component, ...] = ()
    systems: tuple[System, ...] = ()
    claims: tuple[Claim, ...] = ()
    tables: tuple[Table, ...] = ()
    findings: tuple[Finding, ...] = ()

    @functools.cached_property
    def claim(self) -> Mapping[str, Claim]:
        """Claims by id."""
        return {claim.id: claim for claim in self.claims}

    @functools.cached_property
    def table(self) -> Mapping[str, Table]:
        """Tables by id."""
        return {table.id: table for table in self.tables}

    @functools.cached_property
    def parts(self) -> tuple[str, ...]:
        """Everything that a component can speak of, by the names used there.

        A table without a number of its own goes by its id; one that gives the
        numbers of a figure stands under the figure's name.
        """
        named = [f"Figure {figure.number}" for figure in self.figures]
        for table in self.tables:
            numbered = re.match(r"Table [\w.]+", table.where)
            if numbered or "Fig." not in table.where:
                named.append(numbered[0] if numbered else table.id)
        named += [f"Equation {equation.number}" for equation in self.equations]
        named += [f"{setting.part} {setting.name}" for setting in self.settings]
        return tuple(dict.fromkeys(named))

    @property
    def uncovered(self) -> list[str]:
        """The parts that no component speaks of."""
        spoken = {name for entry in self.components for name in entry.names}
        return [name for name in self.parts if name not in spoken]

    def of_kind(self, *kinds: str) -> list[Table]:
        """Tables of some kinds, in their order."""
        return [table for table in self.tables if table.kind in kinds]


def ids_in(expression: str) -> list[str]:
    """The claims that an expression names.

    >>> ids_in("A.test.clips / A.all.clips * 100")
    ['A.test.clips', 'A.all.clips']
    """
    return ID.findall(expression)
