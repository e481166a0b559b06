"""One table of everything: what each document states beside what was measured.

Which claims and runs stand side by side is said here, once: the page of all, the title
page's table and its picture, and the cards of the studies are drawn from it. No number
is: pages hold the names, and look the numbers up as sentences do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from emolib.book import quoting
from emolib.book.markdown import Markup, anchor, code, link, plain, table
from emolib.book.quoting import Quoted, per_cent
from emolib.ledger import verdicts

if TYPE_CHECKING:
    import pandas as pd

    from emolib.ledger.document import Claim


@dataclass(frozen=True)
class System:
    """A document's system, or a question that people answered, and what ran of it.

    Runs are named as in sentences, `STUDY/EXPERIMENT/PROTOCOL?NAME=VALUE&...`, all on
    real recordings; empty where there is none.

    Args:
        name: the document's letter and what is told from what.
        claim: the document's number.
        own: a run by the document's protocol, or the plainest reading of it; where the
            name says so, by another reading, which its chapter argues for.
        apart: one in which nobody was both trained on and tested.
        simple: of a simple model, nobody on both sides; `by` says which.
        people: what people answered about the same recordings.
    """

    name: str
    claim: str = ""
    own: str = ""
    apart: str = ""
    simple: str = ""
    by: str = ""
    people: str = ""


_A, _B = "posed-genuine/binary-", "speech-and-stills/speech-"
_C, _D = "confidence-fusion/", "early-fusion/copies/"
_NESTED = "baselines/nested/subjects-apart"
_VOTES = "posed-genuine/people-votes/subjects-apart"
SYSTEMS = (
    System("A, face", "A.visual.accuracy"),
    System("A, voice", "A.audio.accuracy"),
    System(
        "A, genuine or posed",
        "A.comparison.accuracy.this-work-audio",
        own=f"{_A}network/random-clips?made=delivered",
        apart=f"{_A}network/subjects-apart?made=delivered",
        simple=f"{_A}facts/subjects-apart?fact=bandwidth",
        by="the highest frequency alone",
    ),
    System(
        "B, voice",
        "B.audio.accuracy",
        own=f"{_B}tanh/random-clips?test_size=0.2",
        apart=f"{_B}tanh/leave-one-subject-out",
        simple=f"{_B}linear/leave-one-subject-out",
        by="mean MFCCs, linear",
    ),
    System("B, pictures", "B.mix.accuracy"),
    System(
        "C, voice",
        "C.audio.accuracy",
        own=f"{_C}voice/random-clips",
        apart=f"{_C}voice/subjects-apart",
        simple=f"{_NESTED}?model=voice",
        by="functionals, chosen inside, linear",
    ),
    System(
        "C, voice, windows (our reading)",
        "C.audio.accuracy",
        own=f"{_C}voice-windows/random-items?width=1.0",
    ),
    System(
        "C, face",
        "C.video.accuracy",
        simple=f"{_NESTED}?model=face",
        by="action units, chosen inside, linear",
    ),
    System(
        "C, both",
        "C.fusion.accuracy",
        simple=f"{_NESTED}?model=product",
        by="the two above, multiplied",
    ),
    System("D, BAUM-1", "D.abstract.baum-1"),
    System("D, RAVDESS", "D.abstract.ravdess"),
    System(
        "D, strong voices",
        "D.ravdess-strong.40.mel",
        own=f"{_D}augmented-before-split?intensity=strong&copies=2",
        apart=f"{_D}subjects-apart?intensity=strong&copies=2",
        simple="confounds/five/subjects-apart?intensity=strong",
        by="statistics of mel bands, linear",
    ),
    System(
        "D, normal voices",
        "D.ravdess-normal.40.mel",
        own=f"{_D}augmented-before-split?intensity=normal&copies=2",
        apart=f"{_D}subjects-apart?intensity=normal&copies=2",
        simple="confounds/five/subjects-apart?intensity=normal",
        by="statistics of mel bands, linear",
    ),
    System("E, pictures", "E.single-task.best"),
    System("E, films", "E.temporal.best"),
    System("Actors' voices", people=f"{_VOTES}?model=voice"),
    System("Actors' faces", people=f"{_VOTES}?model=face"),
    System("Actors, both", people=f"{_VOTES}?model=both"),
    System(
        "Faces, genuine or posed",
        simple="posed-genuine/people-read/subjects-apart",
        by="a face reader's means, linear",
        people="posed-genuine/people-rated/subjects-apart",
    ),
)
"""Every row; of documents' systems those that were run come with a run or two."""

KINDS = ("own", "apart", "simple", "people")


@dataclass(frozen=True)
class Row:
    """A system with the runs that were found, by `KINDS`."""

    system: System
    runs: dict[str, Quoted] = field(compare=False)

    @property
    def claim(self) -> Claim | None:
        """What its document states."""
        from emolib import ledger

        return ledger.claim(self.system.claim) if self.system.claim else None

    @property
    def tested(self) -> Quoted | None:
        """The run whose test items tell what guessing gets: people apart, if any."""
        order = ("apart", "own", "simple", "people")
        return next((self.runs[kind] for kind in order if kind in self.runs), None)

    @cached_property
    def floors(self) -> dict[str, float]:
        """What needs no model, of what `tested` tested: `guessing`, `commonest`."""
        if self.tested is None:
            return {}
        run = self.tested.run.runs[0]
        shares = run.predictions["label"].value_counts(normalize=True)
        return {"guessing": 1 / len(run.space), "commonest": float(shares.max())}


def rows(quoted: Iterable[dict]) -> list[Row]:
    """All systems with their runs among some records.

    Raises:
        UsageError: if a run's name fits several.
    """
    sets = quoting.grouped(quoted)
    return [Row(one, dict(_runs(one, sets))) for one in SYSTEMS]


def _runs(system: System, sets: list[Quoted]) -> Iterator[tuple[str, Quoted]]:
    for kind in KINDS:
        if run := run_of(getattr(system, kind), sets):
            yield kind, run


def run_of(name: str, sets: Iterable[Quoted]) -> Quoted | None:
    """The run of a name on real recordings; None where there is none.

    Raises:
        UsageError: if the name fits several.
    """
    bare, _, wanted = name.partition("?")
    alike = [one for one in sets if (one.name, one.source) == (bare, "real")]
    there = any(quoting.fits(one.told, wanted) for one in alike)
    return quoting.named(name, "real", alike) if there else None


def page(found: Iterable[Row]) -> str:
    """The table of everything."""
    head = ("System", "Tried on", "Stated", "Ours, by its protocol")
    head += ("Ours, people apart", "Guessing, commonest class", "A simple model")
    head += ("People themselves",)
    return table(head, [_cells(row) for row in found], "everything")


def _cells(row: Row) -> tuple:
    tested, runs = row.tested, row.runs
    floors = [
        link(per_cent(row.floors[name], None, None), tested.target) if tested else ""
        for name in ("guessing", "commonest")
    ]
    systems = [basis(runs[kind]) for kind in ("own", "apart") if kind in runs]
    notes = {kind: ["one seed"] * _alone(runs[kind]) for kind in runs}
    if "own" in runs:
        protocol = runs["own"].records[0]["protocol"].replace("-", " ")
        notes["own"].insert(0, protocol)
    notes |= {"simple": [row.system.by], "people": []}
    return (
        _with(_name(row), dict.fromkeys(systems)),
        tested.records[0]["corpus"].upper() if tested else "not run",
        _stated(row),
        *(_measured(row, kind, notes) for kind in ("own", "apart")),
        Markup(", ".join(filter(None, floors))),
        *(_measured(row, kind, notes) for kind in ("simple", "people")),
    )


def _measured(row: Row, kind: str, notes: Mapping[str, list[str]]) -> Markup | str:
    if kind not in row.runs:
        return ""
    return _with(role(getattr(row.system, kind)), notes[kind])


def _with(text: str, notes: Iterable[str]) -> Markup:
    """Text, and in italics what is said of it."""
    told = "; ".join(notes)
    return Markup(f"{plain(text)} *{plain(told)}*" if told else plain(text))


def _alone(run: Quoted) -> bool:
    return len(run.records) == 1


def _stated(row: Row) -> Markup | str:
    return Markup(f"{{claim}}`{row.system.claim}`") if row.claim else ""


def _name(row: Row) -> Markup | str:
    """The system's name; of a document's, a link to its chapter."""
    from emolib import ledger

    if not row.claim:
        return row.system.name
    slug = ledger.document(row.claim.document).study
    return Markup(f"[{plain(row.system.name)}]({chapter(slug)})")


def chapter(slug: str) -> str:
    """Where a page of the book finds a study's chapter."""
    from emolib import ROOT

    stem = slug.replace("-", "_")
    (path,) = (ROOT / "notebooks").glob(f"[0-9][0-9]_{stem}.py")
    return f"../notebooks/{path.stem}"


def role(name: str, metric: str = "accuracy") -> Markup:
    """A run's metric as sentences quote it."""
    name, _, wanted = name.partition("?")
    return Markup(f"{{measured}}`{name}/{metric}@real{'?' * bool(wanted)}{wanted}`")


def basis(run: Quoted) -> str:
    """What a run is a run of: as described, changed and how, or a stand-in."""
    from emolib import ledger

    record = run.records[0]
    return verdicts.told_basis([record], ledger.document(record["study"]).systems)


def title(found: Iterable[Row]) -> str:
    """The title page's table: systems of documents that met new people."""
    rows = [
        (_name(row), _stated(row), role(row.system.apart))
        for row in found
        if row.claim and "apart" in row.runs
    ]
    told = table(("System", "Stated", "New people"), rows)
    heading = "As stated, and for new people on real recordings"
    return f"```{{table}} {heading}\n:name: findings\n\n{told}```\n"


def drawn(found: Iterable[Row]) -> pd.DataFrame:
    """What the picture shows, a row a system of a document: shares, missing if not run.

    Columns: stated; own; value, low and high with people apart, without an interval
    where people are too few to say anything of others; guessing.
    """
    import pandas as pd

    from emolib import results

    shown = {}
    for row in found:
        if not row.claim:
            continue
        metrics = {kind: run.run.metrics["accuracy"] for kind, run in row.runs.items()}
        apart = metrics.get("apart", {})
        if apart and apart["n"] < results.LEAST_PEOPLE:
            apart = {"value": apart["value"]}
        shown[row.system.name] = {
            "stated": verdicts.stated(row.claim),
            "own": metrics.get("own", {}).get("value"),
            **{name: apart.get(name) for name in ("value", "low", "high")},
            "guessing": row.floors.get("guessing") if apart else None,
        }
    return pd.DataFrame.from_dict(shown, orient="index").astype(float)


def verdict_table() -> str:
    """The verdict by run on each claim that a run bears on, by kind of system."""
    from emolib import ledger, records

    told, counts = [], Counter()
    for id, found in sorted(records.by_claim().items()):
        claim, systems = ledger.claim(id), ledger.document(id[0]).systems
        counts[verdicts.by_run(claim, found, systems)] += 1
        kinds = {kind: [] for kind in BASES}
        for record in found:
            kinds[verdicts.basis_of(record, systems).basis].append(record)
        name = Markup(f"{link(code(id), anchor('claim', id))} {plain(claim.quantity)}")
        each = (_verdict(claim, some, systems) for some in kinds.values())
        told.append((name, claim.text, *each))
    if not told:
        return "No run on real recordings bears on a claim yet.\n"
    head = ("Claim", "Stated", *(kind[0].upper() + kind[1:] for kind in BASES))
    of = sum(len(document.claims) for document in ledger.all_documents())
    counts["not run"] += of - len(told)
    known = [f"{counts[v]} {plain(v)}" for v in verdicts.BY_RUN if counts[v]]
    return f"{table(head, told)}\nOf all {of} claims: {'; '.join(known)}.\n"


def _verdict(claim: Claim, some: list[dict], systems: Sequence) -> str:
    """A verdict, on how many records it rests, and what is missed or did not learn."""
    if not some:
        return ""
    verdict = verdicts.by_run(claim, some, systems)
    told = [str(len(some))]
    if lost := sum(not verdicts.learned(record) for record in some):
        told.append(f"{lost} of them did not learn")
    if verdict == "not reproduced":
        told.append(f"at most {verdicts.nearest(claim, some)}")
    return f"{verdict} ({', '.join(told)})"


BASES = ("as described", "changed", "stand-in")
"""Kinds of systems, by what they have of the document's."""
