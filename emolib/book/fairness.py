"""For whom a system was right: by sex, by age where it is published, by person.

Only runs in which nobody was both trained on and tested are asked. Groups are of
different people, so they are compared by dealing people to the groups anew
(permutation), and all such tests of the page are corrected together (Holm).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emolib.book import comparing, everything, quoting
from emolib.book.markdown import Markup, link, plain, table
from emolib.book.quoting import SPACE, Quoted, per_cent
from emolib.corpora.people import MAN, WOMAN, people

if TYPE_CHECKING:
    import pandas as pd

_PRETRAINED = "confidence-fusion/published/subjects-apart"
RUNS = {
    **{
        one.name: one.apart
        for one in everything.SYSTEMS
        # In A's, the corpus decides the class, and all of one corpus are women.
        if one.apart and not one.name.startswith("A")
    },
    "Voice, simple": "confidence-fusion/statistics/subjects-apart",
    "Face, simple": "confidence-fusion/action-units/subjects-apart?folds=5",
    "Voice, pretrained": f"{_PRETRAINED}?model=wav2vec2",
    "Face, pretrained": f"{_PRETRAINED}?model=bilstm",
    "German voice, simple": "leakage/whole/subjects-apart?corpus=emodb&model=linear",
}
"""The runs that are asked, by how the page calls them."""

YOUNG = 30
"""Ages are told below and from this one on."""


@dataclass(frozen=True)
class Asked:
    """A run, and how often it was right about each clip of each person.

    Attributes:
        clips: a row a clip: subject, right (the share of seeds), sex, age.
    """

    name: str
    run: Quoted
    clips: pd.DataFrame = field(compare=False)


def asked(quoted: Iterable[dict]) -> list[Asked]:
    """Those of `RUNS` that are among some records, with what is known of the people."""
    import pandas as pd

    from emolib import results

    sets = quoting.grouped(quoted)
    found = []
    for name, wanted in RUNS.items():
        if (run := everything.run_of(wanted, sets)) is None:
            continue
        known = pd.concat(map(people, run.records[0]["corpus"].split()))
        clips = results.rightness(run.run).join(known, on="subject")
        found.append(Asked(name, run, clips))
    return found


def groups(clips: pd.DataFrame) -> dict[str, dict[str, pd.DataFrame]]:
    """Clips by what people are divided by, and by the group; of two groups or more."""
    old = clips["age"] >= YOUNG
    found = {
        "sex": {"women": clips["sex"] == WOMAN, "men": clips["sex"] == MAN},
        "age": {
            f"below {YOUNG}": clips["age"].notna() & ~old.fillna(True),
            f"{YOUNG} and above": old.fillna(False),
        },
    }
    kept = {
        by: {name: clips[which] for name, which in parts.items() if which.any()}
        for by, parts in found.items()
    }
    return {by: parts for by, parts in kept.items() if len(parts) > 1}


def difference(one: pd.DataFrame, other: pd.DataFrame) -> tuple[float, float]:
    """How much more often clips of one group are told, person by person, and p.

    The exact share of all ways to deal these people to two groups of these sizes in
    which the means over people differ as much, or of `DEALS` drawn ones where there
    are more.
    """
    from scipy.stats import permutation_test

    sides = [part.groupby("subject")["right"].mean() for part in (one, other)]
    found = permutation_test(
        sides,
        lambda a, b, axis: a.mean(axis) - b.mean(axis),
        vectorized=True,
        n_resamples=DEALS,
        rng=0,
    )
    return float(found.statistic), float(found.pvalue)


DEALS = 9_999


def by_group(found: Iterable[Asked]) -> str:
    """Each run by sex and by age: people, clips, accuracy with its interval, test.

    Below the table stand by name the differences that are shown.
    """
    from emolib.evaluation.comparison import holm

    rows, tests = [], {}
    for one in found:
        for one_or_other in groups(one.clips).values():
            each = one_or_other.values()
            if all(part["subject"].nunique() >= LEAST for part in each):
                tests[len(rows)] = difference(*each)
            for name, part in one_or_other.items():
                rows.append([one, name, part])
    adjusted = holm([p for _, p in tests.values()]) if tests else []
    said = {
        place: _difference(gap, p)
        for (place, (gap, _)), p in zip(tests.items(), adjusted, strict=True)
    }
    lines = [(*_group(*row), said.get(place, "")) for place, row in enumerate(rows)]
    head = ("System", "Who", "People, clips", "Right", "Less the next line's")
    shown = [
        f"{plain(rows[place][0].name)} ({rows[place][1]} less {rows[place + 1][1]})"
        for place, p in zip(tests, adjusted, strict=True)
        if p < comparing.LEVEL
    ]
    told = f"Tests in this table: {len(tests)}; each p is corrected for all of them. "
    told += f"A difference is shown for {', '.join(shown) or 'none'}."
    return f"{table(head, lines)}\n{told}\n"


def _group(one: Asked, name: str, part: pd.DataFrame) -> tuple:
    from emolib.evaluation import intervals

    n = part["subject"].nunique()
    right = intervals.interval(part["right"], part["subject"])
    ends = (right.low, right.high) if n >= intervals.FEW else (None, None)
    corpus = one.run.records[0]["corpus"].upper()
    system = Markup(f"{link(one.name, one.run.target)}, {plain(corpus)}")
    told = ", ".join(filter(None, [per_cent(right.value, *ends), intervals.note(n)]))
    return system, name, f"{n}, {len(part)}", told


def _difference(gap: float, p: float) -> str:
    points = f"{100 * gap:+.1f}".replace("-", "\N{MINUS SIGN}")
    return f"{points}{SPACE}points, {comparing.told_p(p)}"


LEAST = 4
"""Groups of fewer people are not tested: of three and three no p is below .1."""


def by_person(found: Iterable[Asked]) -> str:
    """Each person's share of clips that each run told, folded by corpus."""
    told: dict[str, list[Asked]] = {}
    for one in found:
        told.setdefault(one.run.records[0]["corpus"], []).append(one)
    return "\n".join(_people_of(corpus, some) for corpus, some in told.items())


def _people_of(corpus: str, found: list[Asked]) -> str:
    facts = people(corpus)
    right = [
        one.clips.groupby("subject")["right"].agg(["mean", "size"]) for one in found
    ]
    lines = [
        (
            name,
            facts.loc[name, "sex"],
            *([str(facts.loc[name, "age"])] if facts["age"].notna().any() else []),
            *(
                f"{per_cent(each.loc[name, 'mean'], None, None)} of "
                f"{each.loc[name, 'size']}"
                for each in right
            ),
        )
        for name in facts.index
    ]
    aged = ("Age",) if facts["age"].notna().any() else ()
    head = ("Person", "Sex", *aged, *(link(o.name, o.run.target) for o in found))
    title = f"{corpus.upper()}: {len(lines)} people"
    return f":::{{dropdown}} {plain(title)}\n{table(head, lines, 'wide')}:::\n"


def drawn(found: Iterable[Asked]) -> dict[str, pd.DataFrame]:
    """What the picture shows: by run, how often each person was right, and group."""
    return {
        one.name: one.clips.groupby("subject").agg(
            right=("right", "mean"), group=("sex", "first")
        )
        for one in found
    }
