"""What staging generates: the numbers that roles look up, and tables of pages."""

from __future__ import annotations

import math
import platform
import re
from importlib.metadata import version
from pathlib import Path

from emolib import UsageError

NUMBERS = "numbers.json"
"""The file, beside the staged pages, that the roles look numbers up in."""

_SPACE = "\N{NO-BREAK SPACE}"
_PACKAGES = (
    *("numpy", "scipy", "pandas", "scikit-learn", "librosa", "av"),
    *("opencv-python-headless", "tensorflow", "keras", "torch", "papermill"),
    *("jupyter-book", "sphinx", "myst-nb"),
)


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


def numbers(quoted: list[dict]) -> dict[str, dict[str, list[dict]]]:
    """Every number that a page can name: its text, hover title and link target.

    `measured` names a record's metric as STUDY/EXPERIMENT/PROTOCOL/METRIC@SOURCE.
    A name with several entries is ambiguous: the role that uses it says so.

    Args:
        quoted: records, from `quotable`.
    """
    from emolib import ledger

    measured: dict[str, list[dict]] = {}
    for record in quoted:
        for metric, found in record["metrics"].items():
            name = "{study}/{experiment}/{protocol}/{}@{source}".format(
                metric, **record
            )
            title = (
                f"{metric} of {record['model']} on {record['corpus']} "
                f"({record['source']} data), protocol {record['protocol']}; 95 % "
                f"interval over {found['n']} {found['unit']}s; record {record['id']}"
            )
            text = per_cent(found["value"], found["low"], found["high"])
            entry = {
                "text": text,
                "title": title,
                "target": anchor("record", record["id"]),
            }
            measured.setdefault(name, []).append(entry)
    stated = {
        claim.id: [
            {
                "text": claim.text.replace(" ", _SPACE),
                "title": f"document {claim.document}, {claim.where}: {claim.quantity}",
                "target": anchor("claim", claim.id),
            }
        ]
        for claim in map(ledger.claim, ledger.claims()["id"])
    }
    return {"measured": measured, "claim": stated}


def per_cent(value: float, low: float | None, high: float | None) -> str:
    """A share and, where there is one, its interval in per cent.

    >>> per_cent(0.4931, 0.451, 0.5342).replace(_SPACE, " ")
    '49.3 % [45.1, 53.4]'
    """
    share = f"{100 * value:.1f}{_SPACE}%"
    if low is None or high is None or math.isnan(low):
        return share
    return f"{share}{_SPACE}[{100 * low:.1f},{_SPACE}{100 * high:.1f}]"


def record_table(quoted: list[dict]) -> str:
    """The records that the book may quote, each under an anchor of its own."""
    head = ("Record", "Accuracy", "Data", "Protocol", "Model", "Ran", "On")
    rows = []
    for record in sorted(quoted, key=lambda r: (r["study"], r["source"] != "real")):
        ran, accuracy = record["provenance"], record["metrics"]["accuracy"]
        rows.append(
            (
                f"[`{record['id']}`]{{#{anchor('record', record['id'])}}}",
                per_cent(accuracy["value"], accuracy["low"], accuracy["high"]),
                f"{record['corpus']}, {record['source']}",
                record["protocol"],
                f"{record['model']}, seed {record['seed']}",
                f"{ran['finished'][:10]}, {duration(ran['seconds'])}",
                f"{ran['platform']}, {ran['device']}",
            )
        )
    if not rows:
        return "No notebook has left a record yet.\n"
    return f"```{{table}}\n:class: wide\n\n{table(head, rows)}```\n"


def claim_table() -> str:
    """The documents' numbers, each under an anchor of its own."""
    from emolib import ledger

    claims = ledger.claims().to_dict("records")
    return table(
        ("Claim", "Where", "Quantity", "Stated", "On paper"),
        [
            (
                f"[`{claim['id']}`]{{#{anchor('claim', claim['id'])}}}",
                f"{claim['document']}, {claim['where']}",
                claim["quantity"],
                f"{claim['stated']}{_SPACE}{claim['unit']}".strip(),
                claim["verdict_on_paper"],
            )
            for claim in claims
        ],
    )


def version_table() -> str:
    """With what the pages were built; nothing that names a person or a machine."""
    rows = [("Python", platform.python_version())]
    rows += [(package, version(package)) for package in _PACKAGES]
    rows.append(("platform", f"{platform.system()} {platform.machine()}"))
    return table(("Program", "Version"), rows)


def corpus_cards(demo: Path) -> str:
    """Every corpus: an overview, then a card each.

    Args:
        demo: the folder of the book's rendered corpora.
    """
    from emolib.corpora import CORPORA

    head = ("Corpus", "Clips", "People", "Emotions", "Licence", "Found here")
    rows, cards = [], []
    for name, corpus in CORPORA.items():
        label = anchor("corpus", name)
        link = f"[{name}](#{label})"
        facts = (corpus.clips or "unknown", corpus.subjects or "unknown")
        facts += (len(corpus.space), corpus.licence)
        rows.append((link, *facts, found_here(name, demo)))
        clips = "Clips of each emotion, as documented" if corpus.counts else "Emotions"
        counts = [f"{e} {corpus.counts.get(e, '')}".strip() for e in corpus.space]
        where = f"<{corpus.url}> ({corpus.access})" if corpus.url else corpus.access
        tables = f"; labels in {_names(corpus.tables)}" if corpus.tables else ""
        cards.append(
            f"({label})=\n## {corpus.title}\n\n"
            f"{corpus.description} {{cite}}`{corpus.citation}`\n\n"
            f"- Where to get it: {where}\n"
            f"- Licence: {corpus.licence}\n"
            f"- {clips}: {', '.join(counts)}\n"
            f"- Folder: `{name}`; files end in {_names(corpus.patterns)}{tables}\n"
        )
    return table(head, rows) + "\n" + "\n".join(cards)


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def found_here(name: str, demo: Path) -> str:
    """Whether this machine has the recordings, or only their rendered twin."""
    from emolib import corpora

    found = []
    for data in (None, demo):
        try:
            manifest = corpora.index(name, data)
        except UsageError:
            continue
        kind = {"real": "real recordings", "demo": "rendered twin"}
        found.append(f"{kind[manifest['source'].iloc[0]]}, {len(manifest)} clips")
    return "; ".join(dict.fromkeys(found)) or "no"


def duration(seconds: float) -> str:
    """A span of time as people say it.

    >>> duration(42), duration(420), duration(10_000)
    ('42 s', '7 min', '2.8 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def anchor(kind: str, name: str) -> str:
    """The place on a page that a link can lead to, in letters any link may have.

    >>> anchor("claim", "C.audio.accuracy")
    'claim-c-audio-accuracy'
    """
    return f"{kind}-{re.sub('[^a-z0-9]+', '-', name.lower())}"


def table(head: tuple, rows: list[tuple]) -> str:
    """A Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: object) -> str:
    return str(text).replace("|", r"\|").replace("\n", " ")
