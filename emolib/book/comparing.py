"""Comparisons in sentences: which a test carries, and words that lack one.

    {compared}`study/experiment/protocol?width=1 > study/experiment/protocol @real`

says that the first is more accurate than the second, and is printed only if a
paired test over people shows it, corrected (Holm) for all comparisons of the
study's chapter and document page on that source; `~` says that no difference is
shown. `over=clips` behind it compares for the very speakers where they are too
few for more, `primary` marks the one comparison of a study that was named before it
was made. What no test carries fails the build.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from emolib import EmolibError, UsageError
from emolib.book.quoting import SPACE, Quoted, named

LEVEL = 0.05
PRIMARY = re.compile(r"\{compared\}`[^`]+\sprimary`")
_ROLE = re.compile(r"\{compared\}`([^`]+)`")
_PAIR = re.compile(r"(\S+) ([>~]) (\S+) @(real|demo)( over=clips)?( primary)?")


@dataclass(frozen=True)
class Pair:
    """Two runs that a sentence compares.

    Attributes:
        one, other: `study/experiment/protocol`, with `?name=value` behind it.
        sign: ">" or "~".
        over: what is resampled, "subject" or "clips".
        primary: whether it is the one that was named beforehand.
    """

    one: str
    sign: str
    other: str
    source: str
    over: str
    primary: bool = False

    @classmethod
    def read(cls, text: str) -> Pair:
        """A role's text as a pair.

        Raises:
            UsageError: if it is none.

        >>> Pair.read("s/a/p > s/b/p @real").sign
        '>'
        """
        match = _PAIR.fullmatch(normal(text))
        if not match:
            raise UsageError(
                "it should read `STUDY/EXPERIMENT/PROTOCOL > "
                "STUDY/EXPERIMENT/PROTOCOL @real`, with > or ~ between, @real or "
                "@demo, and perhaps over=clips and primary behind"
            )
        one, sign, other, source, over, primary = match.groups()
        resampled = "clips" if over else "subject"
        return cls(one, sign, other, source, resampled, bool(primary))


@dataclass(frozen=True)
class _Tested:
    """A pair with its test, before it is corrected."""

    pair: Pair
    runs: tuple[Quoted, Quoted]
    found: Mapping[str, Any]

    @property
    def key(self) -> tuple:
        """The same for both orders of a pair, whatever the sign."""
        ids = (tuple(one["id"] for one in run.records) for run in self.runs)
        return (frozenset(ids), self.pair.over)


def normal(text: str) -> str:
    """A role's text on one line, with single spaces."""
    return " ".join(text.split())


def comparisons(
    pages: Mapping[str, str], sets: Iterable[Quoted], studies: Mapping[str, str]
) -> dict[str, dict[str, dict[str, Any]]]:
    """What each page's `{compared}` roles print, or why they must not.

    Args:
        pages: texts by their names, such as `notebooks/03_confidence_fusion`.
        sets: what may be quoted.
        studies: slugs by the documents' letters.

    Returns:
        By page and text: an entry with text, title and target, or with `problem`.
    """
    sets = list(sets)
    known: dict[str, _Tested | str] = {}
    families: dict[tuple[str, str], dict[tuple, float]] = {}
    primary: dict[str, set[tuple]] = {}
    told: dict[str, dict[str, Any]] = {}
    for page, text in pages.items():
        for role in map(normal, _ROLE.findall(text)):
            if role not in known:
                known[role] = _tested(role, sets)
            if isinstance(tested := known[role], str):
                told.setdefault(page, {})[role] = {"problem": tested}
                continue
            family = (study_of(page, studies) or _slug(tested.pair), tested.pair.source)
            families.setdefault(family, {})[tested.key] = tested.found["p"]
            if tested.pair.primary:
                primary.setdefault(family[0], set()).add(tested.key)
            told.setdefault(page, {})[role] = (tested, family)
    corrected = {name: _corrected(tests) for name, tests in families.items()}
    for entries in told.values():
        for role, entry in entries.items():
            if isinstance(entry, tuple):
                tested, family = entry
                if tested.pair.primary and len(primary[family[0]]) > 1:
                    entries[role] = {"problem": "another one is primary as well"}
                    continue
                p, of_many = corrected[family][tested.key], len(corrected[family])
                entries[role] = _printed(tested, p, of_many)
    return told


def _tested(role: str, sets: list[Quoted]) -> _Tested | str:
    """The test that a role asks for, or why there is none."""
    from emolib import results

    try:
        pair = Pair.read(role)
        runs = tuple(named(name, pair.source, sets) for name in (pair.one, pair.other))
        if pair.over == "clips" and (people := _people(runs)) >= results.LEAST_PEOPLE:
            raise UsageError(f"{people} people were tested: compare over people")
        found = results.compared(*(one.run for one in runs), over=pair.over)
    except EmolibError as error:
        return str(error)
    return _Tested(pair, runs, found)


def _people(runs: tuple[Quoted, Quoted]) -> int:
    """How many people both tested."""
    one, other = (set(run.run.predictions["subject"]) for run in runs)
    return len(one & other)


def _corrected(tests: Mapping[tuple, float]) -> dict[tuple, float]:
    from emolib.evaluation.comparison import holm

    return dict(zip(tests, map(float, holm(list(tests.values()))), strict=True))


def _printed(tested: _Tested, p: float, of_many: int) -> dict[str, Any]:
    found, pair = tested.found, tested.pair
    difference, low, high = (
        f"{100 * found[n]:+.1f}".replace("-", "\N{MINUS SIGN}")
        for n in ("difference", "low", "high")
    )
    shown = p < LEVEL
    if shown and pair.sign == "~":
        return {"problem": f"a difference is shown ({difference} points, {told_p(p)})"}
    if pair.sign == ">" and not (shown and found["difference"] > 0):
        many = f" (corrected for {of_many} comparisons)" if of_many > 1 else ""
        return {
            "problem": f"no test carries it: {difference} points, {told_p(p)}{many}"
        }
    low, high = low.removeprefix("+"), high.removeprefix("+")
    interval = f"{difference}{SPACE}points{SPACE}[{low},{SPACE}{high}]"
    text = interval if pair.sign == ">" else f"no difference shown: {interval}"
    clips = f"{found['clips']}{SPACE}clips"
    text += f", {told_p(p)}, {clips}"
    if pair.over == "clips":
        text += ", for these speakers"
    if pair.primary:
        text += ", named beforehand"
    return {
        "text": text,
        "title": _title(tested, p, of_many),
        "target": tested.runs[0].target,
        "committed": all(run.committed for run in tested.runs),
    }


def _title(tested: _Tested, p: float, of_many: int) -> str:
    one, other = tested.runs
    ids = [", ".join(r["id"] for r in run.records) for run in tested.runs]
    unit = "people" if tested.pair.over == "subject" else "clips"
    return (
        f"accuracy of {ids[0]}{one.of} less that of {ids[1]}{other.of}, on the "
        f"{tested.found['clips']} clips that both tested; 95 % interval and sign-flip "
        f"test over {tested.found['n_subjects']} {unit}; p corrected (Holm) for "
        f"{of_many} comparison{'s' if of_many > 1 else ''}"
    )


def told_p(p: float) -> str:
    """A p as it is printed.

    >>> told_p(0.0004).replace(SPACE, " "), told_p(0.25).replace(SPACE, " ")
    ('p < 0.001', 'p = 0.25')
    """
    if p < 0.001:
        return f"p{SPACE}<{SPACE}0.001"
    return f"p{SPACE}={SPACE}{p:.3f}" if p < 0.1 else f"p{SPACE}={SPACE}{p:.2f}"


def _slug(pair: Pair) -> str:
    return pair.one.partition("/")[0]


def study_of(page: str, studies: Mapping[str, str]) -> str:
    """The study whose chapter or document page this is, or ""."""
    name = PurePosixPath(page).stem
    slug = re.sub(r"^\d\d_", "", name).replace("_", "-")
    if slug in studies.values():
        return slug
    letter = re.fullmatch(r"document_([a-z])", name)
    return studies.get(letter[1].upper(), "") if letter else ""
