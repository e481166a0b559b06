"""What a page's sentences may quote: records, by name, seeds taken together.

`{measured}` names a metric as STUDY/EXPERIMENT/PROTOCOL/METRIC@SOURCE, and where
several runs bear a name, what tells them apart behind it: `?width=0.5&seed=1`, by
the record's fields and parameters, these also by the last part of their name. Where
runs that come with the book fit, what was run for it besides is not meant. Where some
of several seeds have not learned, `?learned=True` means the others alone. `commonest`
as a metric is what an answer that is always the commonest class would get.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from emolib import UsageError
from emolib.book.markdown import anchor

if TYPE_CHECKING:
    from emolib.records import Recorded, Seeds

SPACE = "\N{NO-BREAK SPACE}"
COMMONEST = "commonest"
_MEASURED = re.compile(r"\{measured\}`([^`?]+)")
_FIELDS = ("corpus", "model", "profile", "task", "unit")


def quotable(made: set[str]) -> list[dict]:
    """The records that pages may quote: the committed ones and the book's own.

    A reader's further experiments in `runs/` leave the book as it is.

    Args:
        made: ids of the records that the book's notebooks made or used.
    """
    from emolib import records

    committed, *local = records.folders()
    found = {r["id"]: r for folder in local for r in records.load(folder)}
    found = {id: record for id, record in found.items() if id in made}
    found |= {r["id"]: r for r in records.load(committed)}
    return [found[id] for id in sorted(found) if found[id]["complete"]]


@dataclass(frozen=True)
class Quoted:
    """A run that sentences may quote, or several that differ in seed alone.

    Attributes:
        name: STUDY/EXPERIMENT/PROTOCOL.
        told: what tells it from others of its name, as text by name.
    """

    name: str
    source: str
    run: Recorded | Seeds = field(compare=False)
    told: Mapping[str, str] = field(compare=False)

    @property
    def records(self) -> list[dict]:
        """One a seed."""
        return [one.record for one in getattr(self.run, "runs", [self.run])]

    @property
    def committed(self) -> bool:
        """Whether it comes with the book."""
        return _committed(self.records[0])

    @property
    def target(self) -> str:
        """Where a link to it leads."""
        return anchor("record", self.records[0]["id"])

    def metric(self, name: str) -> str:
        """A metric as it is printed: mean, interval, and range over seeds."""
        from emolib import results
        from emolib.evaluation import intervals, near_one

        if name == COMMONEST:
            shares = results.answered(self.run)[0].value_counts(normalize=True)
            return per_cent(shares.max(), None, None)
        found = self.run.metrics[name]
        text = per_cent(found["value"], found["low"], found["high"])
        if found["low"] == 1:
            at_least = per_cent(near_one.least(found["n"]), None, None)
            text = f"{per_cent(1, None, None)} (nobody errs: at least {at_least})"
        if len(self.records) > 1:
            least, most = (f"{100 * end:.1f}" for end in self.run.spread[name])
            seeds = f"{len(self.records)}{SPACE}seeds"
            text += f" ({least}{SPACE}to{SPACE}{most} over {seeds})"
        note = intervals.beside(found).replace(" ", SPACE)
        return f"{text} ({note})" if note else text

    def title(self, metric: str) -> str:
        """What a reader sees on pointing at a metric."""
        from emolib.evaluation.near_one import held

        one, ids = self.records[0], ", ".join(one["id"] for one in self.records)
        if metric == COMMONEST:
            return f"the commonest class among what was tested; record {ids}{self.of}"
        found = self.run.metrics[metric]
        near = held(metric, found)
        return (
            f"{metric} of {one['model']} on {one['corpus']} ({one['source']} data), "
            f"protocol {one['protocol']}; 95 % interval over {found['n']} "
            f"{found['unit']}s; record {ids}{self.of}{'.' * bool(near)}{near}"
        )

    @cached_property
    def of(self) -> str:
        """A word where it is not of today's code and inputs, else nothing."""
        from emolib.records.reading import TODAY

        return "" if self.run.of == TODAY else f", of {self.run.of}"


def grouped(quoted: Iterable[dict], learned: Container[str] = ()) -> list[Quoted]:
    """Records by what they are runs of, those that differ in seed alone together.

    Args:
        quoted: the records.
        learned: names of runs, of which the seeds that have learned are wanted too.
    """
    from emolib import results
    from emolib.records import Recorded, Seeds

    sets: dict[tuple, list[dict]] = {}
    for record in quoted:
        # Another profile has other data, whatever the parameters.
        key = (record.get("key", record["id"]), record["source"], record["profile"])
        sets.setdefault((*key, _committed(record)), []).append(record)
    found = []
    for together in sets.values():
        seeds = {record["seed"] for record in together}
        alone = len(seeds) < len(together)  # other data under one seed: no set
        for some in [[r] for r in together] if alone else [together]:
            runs = [Recorded(r) for r in sorted(some, key=lambda r: r["seed"])]
            run = Seeds(runs) if len(runs) > 1 else runs[0]
            name = "{study}/{experiment}/{protocol}".format(**run.record)
            source = run.record["source"]
            found.append(Quoted(name, source, run, _told(some)))
            if name not in learned or len(runs) == 1:
                continue
            left = results.that_learned(run)
            if left is not run and left is not None:
                told = _told([one.record for one in left.runs]) | {"learned": "True"}
                found.append(Quoted(name, source, left, told))
    return found


def _told(together: list[dict]) -> dict[str, str]:
    one = together[0]
    told = {name: str(one[name]) for name in _FIELDS if name in one}
    if len(together) == 1:
        told["seed"] = str(one["seed"])
    return told | {name: str(value) for name, value in one["parameters"].items()}


def _committed(record: dict) -> bool:
    from emolib import ROOT
    from emolib.records.run import committed

    return committed(ROOT / record["record"])


def fits(told: Mapping[str, str], wanted: str) -> bool:
    """Whether a run is the one meant by `NAME=VALUE&...`, percent-encoded.

    >>> fits({"design.width": "0.5", "seed": "1"}, "width=0.5&seed=1")
    True
    >>> fits({"feature.row": "F & Mel"}, "row=F%20%26%20Mel")
    True
    """
    if "learned" in told and "learned=" not in wanted:
        return False  # some seeds of a run that goes by the same names
    for selector in filter(None, wanted.split("&")):
        name, _, value = selector.partition("=")
        ends = [n for n in told if n.split(".")[-1] == name]
        full = name if name in told else ends[0] if len(ends) == 1 else None
        if full is None or told[full] != unquote(value):
            return False
    return True


def named(name: str, source: str, sets: Iterable[Quoted]) -> Quoted:
    """The one run of a name, `STUDY/EXPERIMENT/PROTOCOL?NAME=VALUE&...`.

    Raises:
        UsageError: if none fits, or several do.
    """
    sets = list(sets)
    bare, _, wanted = name.partition("?")
    alike = [one for one in sets if (one.name, one.source) == (bare, source)]
    found = [one for one in alike if fits(one.told, wanted)]
    found = [one for one in found if one.committed] or found
    if len(found) != 1:
        near = ", ".join(sorted({one.name for one in sets if one.source == source}))
        ids = "; ".join(record["id"] for one in alike for record in one.records)
        hint = f"there is {ids}" if alike else f"there is {near or 'none'}"
        raise UsageError(f"{name} fits {len(found)} runs on {source} data; {hint}")
    return found[0]


def per_cent(value: float, low: float | None, high: float | None) -> str:
    """A share and, where there is one, its interval in per cent.

    >>> per_cent(0.4931, 0.451, 0.5342).replace(SPACE, " ")
    '49.3 % [45.1, 53.4]'
    """
    share = f"{100 * value:.1f}{SPACE}%"
    if low is None or high is None or math.isnan(low):
        return share
    return f"{share}{SPACE}[{100 * low:.1f},{SPACE}{100 * high:.1f}]"


def measured(
    sets: Iterable[Quoted], texts: Iterable[str]
) -> dict[str, list[dict[str, Any]]]:
    """Every metric that `{measured}` can name; several entries are ambiguous.

    Only those that the texts name are printed; of the others the name is enough, for
    who has misspelt one.
    """
    asked = {name for text in texts for name in _MEASURED.findall(text)}
    found: dict[str, list[dict[str, Any]]] = {}
    for one in sets:
        for metric in (*one.records[0]["metrics"], COMMONEST):
            name = f"{one.name}/{metric}@{one.source}"
            entries = found.setdefault(name, [])
            if name not in asked:
                continue
            entry = {
                "text": one.metric(metric),
                "title": one.title(metric),
                "target": one.target,
                "told": dict(one.told),
                "committed": one.committed,
            }
            entries.append(entry)
    return found
