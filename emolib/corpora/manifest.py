"""Finding a corpus' files and listing them: the manifest."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from emolib import UsageError, data_folder
from emolib.corpora import emodb, ravdess, tess
from emolib.corpora.base import Corpus

CORPORA: dict[str, Corpus] = {
    module.CORPUS.name: module.CORPUS for module in (ravdess, tess, emodb)
}

# fmt: off
COLUMNS = (
    "clip", "path", "corpus", "source", "subject", "emotion", "authenticity",
    "intensity", "sentence", "repetition", "modality", "split_hint", "original",
)
# fmt: on

RENDERED = "RENDERED.json"
"""The studio leaves this file at the top of what it renders."""


def corpus(name: str) -> Corpus:
    """The corpus of that name; an unknown one is refused."""
    if name not in CORPORA:
        raise UsageError(f"no corpus {name!r}; there are {', '.join(CORPORA)}")
    return CORPORA[name]


def index(
    name: str,
    data: str | Path | None = None,
    modality: str | None = None,
    channel: str = "speech",
) -> pd.DataFrame:
    """The manifest of a corpus: one row a clip, read off the files' names.

    No file is opened. Files whose names are not the corpus' own are left out;
    `check` lists them.

    Args:
        name: a key of `CORPORA`.
        data: the folder that holds the corpora, or the corpus' own; see
            `emolib.data_folder` for what None means.
        modality: keep only "audio", "video" or "audio-video". RAVDESS has one
            performance as an audio-only and as an audio-visual file; each
            modality has it once.
        channel: "speech", "song" or "both".

    Returns:
        `COLUMNS`, all strings, "" where nothing is known; sorted by clip.
        `source` is "demo" for what the studio rendered, else "real".

    Raises:
        UsageError: if the folder is not there, is empty or holds something
            else, if one clip is there twice, or nothing is left to keep.
    """
    this = corpus(name)
    folder = locate(name, data)
    rows, _ = scan(this, folder)
    doubles = duplicates(rows)
    if doubles:
        first, second = doubles[0]
        raise UsageError(
            f"{folder}: {len(doubles)} clip(s) of {name} are there twice, such as "
            f"{first} and {second}; remove one copy"
        )
    kept = [
        row
        for row in rows
        if channel in (row["channel"], "both") and modality in (row["modality"], None)
    ]
    if not kept:
        found = Counter(f"{row['modality']} {row['channel']}" for row in rows)
        raise UsageError(
            f"{folder}: no clip of {name} with modality {modality or 'any'} and "
            f"channel {channel}; found {_listing(found)}"
        )
    frame = pd.DataFrame(kept, columns=COLUMNS, dtype=str)
    return frame.sort_values("clip", ignore_index=True)


def locate(name: str, data: str | Path | None = None) -> Path:
    """The folder a corpus is looked for in; one that is not there is refused."""
    folder = data_folder(data)
    own = folder / name
    if own.is_dir():
        return own
    holds_corpora = any((folder / other).is_dir() for other in CORPORA)
    if holds_corpora or not folder.is_dir():
        raise UsageError(
            f"{own}: no such folder; {_how_to_get(corpus(name), own)}, or name "
            "another place with --data or EMOLIB_DATA"
        )
    return folder


def scan(this: Corpus, folder: Path) -> tuple[list[dict[str, str]], list[Path]]:
    """All clips of a corpus under a folder, and files whose names do not fit.

    Raises:
        UsageError: if there is no clip of it; says what there is instead.
    """
    rows, others = [], []
    rendered = any((above / RENDERED).exists() for above in folder.absolute().parents)
    for path, source in _files(folder.absolute(), "demo" if rendered else "real"):
        fits = path.suffix.lower() in this.patterns
        parsed = this.parse(path) if fits else None
        if parsed is None:
            others.append(path)
        else:
            row = dict.fromkeys(COLUMNS, "") | {"channel": "speech"} | parsed
            row |= {
                "clip": f"{this.name}/{path.stem}",
                "path": str(path),
                "corpus": this.name,
                "source": source,
                "subject": f"{this.name}-{parsed['subject']}",
            }
            rows.append(row)
    if not rows:
        raise UsageError(_nothing_of(this, folder, others))
    return rows, [path for path in others if path.suffix.lower() in this.patterns]


def duplicates(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Pairs of paths that hold the same clip."""
    seen: dict[str, str] = {}
    pairs = []
    for row in sorted(rows, key=lambda row: row["path"]):
        first = seen.setdefault(row["clip"], row["path"])
        if first != row["path"]:
            pairs.append((first, row["path"]))
    return pairs


def _files(folder: Path, source: str) -> Iterator[tuple[Path, str]]:
    """Files below a folder, hidden ones left out, with their source."""
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    if any(entry.name == RENDERED for entry in entries):
        source = "demo"
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _files(Path(entry.path), source)
        else:
            yield Path(entry.path), source


def _nothing_of(this: Corpus, folder: Path, others: list[Path]) -> str:
    """What to say of a folder without a single clip of the corpus."""
    if not others:
        return f"{folder}: the folder is empty; {_how_to_get(this, folder)}"
    resembling = Counter(
        other.name
        for path in others
        for other in CORPORA.values()
        if path.suffix.lower() in other.patterns and other.parse(path)
    )
    if resembling:
        what = f"its files look like {_listing(resembling)}; name that corpus"
    else:
        what = f"it has {len(others)} other file(s), such as {others[0].name}"
    return f"{folder}: no clip of {this.name} here: {what}, or give another folder"


def _how_to_get(this: Corpus, folder: Path) -> str:
    return (
        f"put {this.title} there ({this.url}: {this.access}) or render a stand-in "
        f"with `emolib data demo --corpus {this.name} --out {folder.parent}`"
    )


def _listing(counts: Counter[str]) -> str:
    return ", ".join(f"{what} ({n})" for what, n in counts.most_common())
