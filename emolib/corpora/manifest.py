"""Finding a corpus' files and listing them: the manifest."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from emolib import UsageError, data_folder
from emolib.corpora.advice import how_to_get, listing, nothing_of
from emolib.corpora.base import COLUMNS, RENDERED, WORDS, Corpus
from emolib.corpora.registry import corpus, known


class Found(NamedTuple):
    """What lies in a corpus' folder.

    Attributes:
        rows: a row of the manifest for each clip.
        misnamed: files whose names are not the corpus' own.
        unlabelled: clips of which no table says the emotion.
        empty: folders named after an emotion that hold nothing.
        absent: clips of which a table says the emotion, and that are not there.
    """

    rows: list[dict[str, str]]
    misnamed: list[Path]
    unlabelled: list[Path]
    empty: list[Path]
    absent: list[str]


def index(
    name: str,
    data: str | Path | None = None,
    modality: str | None = None,
    channel: str = "speech",
) -> pd.DataFrame:
    """The manifest of a corpus: one row a clip, read off the files' names.

    No recording or picture is opened, only tables of labels. Files whose names
    are not the corpus' own, and clips without a label, are left out; `check`
    lists them.

    Args:
        name: of a published corpus, or of one's own; see `known`.
        data: the folder that holds the corpora, or the corpus' own; see
            `emolib.data_folder` for what None means.
        modality: keep only "audio", "video", "audio-video" or "image". RAVDESS
            has one performance as an audio-only and as an audio-visual file;
            each modality has it once.
        channel: "speech", "song" or "both". Clips of a corpus that does not tell
            channels apart are always kept.

    Returns:
        `COLUMNS`, all strings, "" where nothing is known; sorted by clip.
        `source` is "demo" for what the studio rendered, else "real". A row of
        a table of pictures has a path that `media.read_image` understands.

    Raises:
        UsageError: if the folder is not there, is empty or holds something
            else (a rendering among recordings too), if one clip is there twice,
            the folder of an emotion is empty, or no clip has the modality and
            channel asked for.
    """
    this = corpus(name)
    folder = locate(name, data)
    found = scan(this, folder)
    rows, empty = found.rows, found.empty
    if empty:
        raise UsageError(
            f"{empty[0]}: the folder of this emotion is empty; fill it, or remove it "
            "to do without"
        )
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
        if (channel == "both" or row["channel"] in ("", channel))
        and modality in (row["modality"], None)
    ]
    if not kept:
        found = Counter(f"{row['modality']} {row['channel']}" for row in rows)
        raise UsageError(
            f"{folder}: no clip of {name} with modality {modality or 'any'} and "
            f"channel {channel}; found {listing(found)}"
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
    holds_corpora = data is None or any((folder / c).is_dir() for c in known())
    if holds_corpora or not folder.is_dir():
        raise UsageError(
            f"{own}: no such folder; {how_to_get(corpus(name), folder)}; another "
            "place can be named with --data or EMOLIB_DATA"
        )
    return folder.resolve()


def scan(this: Corpus, folder: Path) -> Found:
    """What there is of a corpus under a folder.

    Raises:
        UsageError: if there is no clip of it (says what there is instead), if
            pictures are there as files and in a table, or a rendering lies
            among the recordings.
    """
    rendered = any((f / RENDERED).exists() for f in (folder, *folder.parents))
    source = "demo" if rendered else "real"
    clips, tables, misnamed, others, empty = [], {}, [], [], []
    for path in _files(folder, empty):
        if path.name.lower() in this.tables:
            tables |= this.read_table(path)
        elif path.suffix.lower() not in this.patterns:
            others.append(path)
        elif _told(path) != path:  # a table cannot hold a name of another encoding
            misnamed.append(_told(path))
        elif (columns := _parsed(this, path)) is None:
            misnamed.append(path)
        else:
            clips.append({"clip": path.stem, "path": str(path)} | columns)
    listed = [columns for columns in tables.values() if "path" in columns]
    if listed and clips:
        raise UsageError(
            f"{folder}: the pictures of {this.name} are there in a table "
            f"({listed[0]['path']}) and as files ({clips[0]['path']}); keep one of them"
        )
    absent = [] if listed else sorted(set(tables) - {clip["clip"] for clip in clips})
    clips = listed or [clip | tables.get(clip["clip"], {}) for clip in clips]
    found = Found(
        rows=[_row(this, clip, source) for clip in clips if "emotion" in clip],
        misnamed=misnamed,
        unlabelled=[Path(clip["path"]) for clip in clips if "emotion" not in clip],
        empty=[path for path in empty if path.name.lower() in WORDS],
        absent=absent,
    )
    if not found.rows:
        raise UsageError(nothing_of(this, folder, found, others))
    return found


def _told(path: Path) -> Path:
    """A path with what is no Unicode in its name written out."""
    return Path(str(path).encode("utf-8", "backslashreplace").decode())


def _parsed(this: Corpus, path: Path) -> dict[str, str] | None:
    """What a file's name says; whatever is wrong with how it is read is said so."""
    try:
        columns = this.parse(path)
        strangers = set(columns or ()) - set(COLUMNS)
    except Exception as error:  # one's own code may raise anything
        raise UsageError(
            f"{path}: the corpus {this.name} cannot read this name "
            f"({type(error).__name__}: {error})"
        ) from error
    if strangers:
        raise UsageError(
            f"{path}: the corpus {this.name} reads {', '.join(sorted(strangers))} off "
            f"it; a manifest's columns are {', '.join(COLUMNS)}"
        )
    return columns


def _row(this: Corpus, clip: dict[str, str], source: str) -> dict[str, str]:
    row = dict.fromkeys(COLUMNS, "") | clip
    if row["emotion"] not in this.space:
        raise UsageError(
            f"{row['path']}: {this.name} reads the emotion {row['emotion']!r} off it, "
            f"which is none of its classes ({', '.join(this.space)})"
        )
    row["clip"] = f"{this.name}/{clip['clip']}"
    row["corpus"], row["source"] = this.name, source
    if row["subject"]:
        row["subject"] = f"{this.name}-{row['subject']}"
    return row


def duplicates(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Pairs of paths that hold the same clip."""
    seen: dict[str, str] = {}
    pairs = []
    for row in sorted(rows, key=lambda row: row["path"]):
        first = seen.setdefault(row["clip"], row["path"])
        if first != row["path"]:
            pairs.append((first, row["path"]))
    return pairs


def _is_folder(entry: os.DirEntry) -> bool:
    """Whether to look into it; a link back to a folder above would never end."""
    try:
        above = Path(entry.path).parent.resolve()
        circle = entry.is_symlink() and above.is_relative_to(os.path.realpath(entry))
        return entry.is_dir() and not circle
    except OSError:  # a link to itself: whoever opens it says that it is missing
        return False


def _files(folder: Path, empty: list[Path], top: bool = True) -> Iterator[Path]:
    """Files below a folder, hidden ones left out; notes what folders are empty."""
    entries = [entry for entry in os.scandir(folder) if not entry.name.startswith(".")]
    if not entries:
        empty.append(folder)
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.name == RENDERED and not top:
            # Taken together with recordings it would pass for one of them.
            raise UsageError(
                f"{folder} is a rendering among other files; name it with --data, or "
                "keep it apart"
            )
        if _is_folder(entry):
            yield from _files(Path(entry.path), empty, top=False)
        else:
            yield Path(entry.path)
