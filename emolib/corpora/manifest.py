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
            else (a rendering among recordings too), if one clip is there twice,
            or no clip has the modality and channel asked for.
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
        return own.resolve()
    # Only a folder that was named can be the corpus' own.
    holds_corpora = data is None or any((folder / c).is_dir() for c in CORPORA)
    if holds_corpora or not folder.is_dir():
        raise UsageError(
            f"{own}: no such folder; {_how_to_get(corpus(name))}; another place can be "
            "named with --data or EMOLIB_DATA"
        )
    return folder.resolve()


def scan(this: Corpus, folder: Path) -> tuple[list[dict[str, str]], list[Path]]:
    """All clips of a corpus under a folder, and files whose names do not fit.

    Raises:
        UsageError: if there is no clip of it (says what there is instead), or a
            rendering lies among the recordings.
    """
    rendered = any((f / RENDERED).exists() for f in (folder, *folder.parents))
    rows, misnamed, others = [], [], []
    for path in _files(folder, top=True):
        if path.suffix.lower() not in this.patterns:
            others.append(path)
        elif (parsed := this.parse(path)) is None:
            misnamed.append(path)
        else:
            row = dict.fromkeys(COLUMNS, "") | {"channel": "speech"} | parsed
            row |= {
                "clip": f"{this.name}/{path.stem}",
                "path": str(path),
                "corpus": this.name,
                "source": "demo" if rendered else "real",
                "subject": f"{this.name}-{parsed['subject']}",
            }
            rows.append(row)
    if not rows:
        raise UsageError(_nothing_of(this, folder, misnamed + others))
    return rows, misnamed


def duplicates(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Pairs of paths that hold the same clip."""
    seen: dict[str, str] = {}
    pairs = []
    for row in sorted(rows, key=lambda row: row["path"]):
        first = seen.setdefault(row["clip"], row["path"])
        if first != row["path"]:
            pairs.append((first, row["path"]))
    return pairs


def _files(folder: Path, top: bool) -> Iterator[Path]:
    """Files below a folder, hidden ones left out."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name == RENDERED and not top:
            # Taken together with recordings it would pass for one of them.
            raise UsageError(
                f"{folder} is a rendering among other files; name it with --data, or "
                "keep it apart"
            )
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _files(Path(entry.path), top=False)
        else:
            yield Path(entry.path)


def _nothing_of(this: Corpus, folder: Path, others: list[Path]) -> str:
    """What to say of a folder without a single clip of the corpus."""
    if not others:
        return f"{folder}: the folder is empty; {_how_to_get(this)}"
    resembling = Counter(
        other.name
        for path in others
        for other in CORPORA.values()
        if path.suffix.lower() in other.patterns and other.parse(path)
    )
    if resembling:
        what = f"its files look like {_listing(resembling)}; name that corpus or"
    else:
        what = f"it has {len(others)} other file(s), such as {others[0].name};"
    return f"{folder}: no clip of {this.name} here: {what} give another folder"


def _how_to_get(this: Corpus) -> str:
    hint = f"put {this.title} there ({this.url}: {this.access})"
    if this.twin:
        hint += f", or render a stand-in with `emolib data demo --corpus {this.name}`"
    return hint


def _listing(counts: Counter[str]) -> str:
    return ", ".join(f"{what} ({n})" for what, n in counts.most_common())
