"""Finding a corpus' files and listing them: the manifest."""

from __future__ import annotations

import os
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from emolib import ROOT, UsageError, data_folder
from emolib.corpora.base import COLUMNS, WORDS, Corpus
from emolib.corpora.registry import CORPORA, corpus, known
from emolib.files import shown
from emolib.labels import LabelSpace

RENDERED = "RENDERED.json"
"""The studio leaves this file at the top of what it renders."""


class Found(NamedTuple):
    """What lies in a corpus' folder.

    Attributes:
        rows: a row of the manifest for each clip.
        misnamed: files whose names are not the corpus' own.
        unlabelled: clips of which no table says the emotion.
        empty: folders named after an emotion that hold nothing.
    """

    rows: list[dict[str, str]]
    misnamed: list[Path]
    unlabelled: list[Path]
    empty: list[Path]


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
    rows, _, _, empty = scan(this, folder)
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
    holds_corpora = data is None or any((folder / c).is_dir() for c in known())
    if holds_corpora or not folder.is_dir():
        raise UsageError(
            f"{own}: no such folder; {_how_to_get(corpus(name), folder)}; another "
            "place can be named with --data or EMOLIB_DATA"
        )
    return folder.resolve()


def mix(
    names: Iterable[str],
    space: LabelSpace,
    mapping: Mapping[str, str | None] | None = None,
    data: str | Path | None = None,
    modality: str | None = None,
) -> pd.DataFrame:
    """Several corpora in one manifest, all in the classes of one label space.

    Corpora differ in what they hold: CK+48 has contempt and no neutral face,
    JAFFE the other way round. So whatever the space lacks needs a decision, and
    the map says it.

    Args:
        names: as `index`, one a corpus.
        space: the classes that the manifest may hold.
        mapping: an emotion to the class to count it as, or to None to leave its
            clips out. Those that it does not name keep theirs.
        data: as `index`.
        modality: as `index`.

    Returns:
        As `index`, one corpus after the other.

    Raises:
        UsageError: if a corpus is named twice or none is, if some are rendered
            and others recorded, if an emotion is neither in the space nor in the
            map, or the map leads out of the space.
    """
    names = list(names)
    if not names or len(set(names)) < len(names):
        raise UsageError(f"name each corpus once, at least one; got {names}")
    frame = pd.concat([index(name, data, modality) for name in names])
    sources = frame.drop_duplicates("corpus").set_index("corpus")["source"].to_dict()
    if len(set(sources.values())) > 1:
        raise UsageError(
            f"rendered (demo) and recorded (real) clips do not go together: {sources}"
        )
    classes = {emotion: emotion for emotion in space} | dict(mapping or {})
    outside = frame[~frame["emotion"].isin(classes)]
    strangers = [
        f"{name} has {', '.join(sorted(set(part)))}"
        for name, part in outside.groupby("corpus", sort=False)["emotion"]
    ]
    targets = sorted({c for c in classes.values() if c is not None and c not in space})
    if strangers or targets:
        what = "; ".join(strangers) or f"the map leads to {', '.join(targets)}"
        raise UsageError(
            f"{what}, but label space {space.name!r} holds only {', '.join(space)}; "
            "map each of the others to one of these, or to None to leave it out"
        )
    frame["emotion"] = frame["emotion"].map(classes)
    return frame.dropna(subset="emotion").reset_index(drop=True)


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
        elif (columns := this.parse(path)) is None:
            misnamed.append(path)
        else:
            clips.append({"clip": path.stem, "path": str(path)} | columns)
    listed = [columns for columns in tables.values() if "path" in columns]
    if listed and clips:
        raise UsageError(
            f"{folder}: the pictures of {this.name} are there in a table "
            f"({listed[0]['path']}) and as files ({clips[0]['path']}); keep one of them"
        )
    clips = listed or [clip | tables.get(clip["clip"], {}) for clip in clips]
    found = Found(
        rows=[_row(this, clip, source) for clip in clips if "emotion" in clip],
        misnamed=misnamed,
        unlabelled=[Path(clip["path"]) for clip in clips if "emotion" not in clip],
        empty=[path for path in empty if path.name.lower() in WORDS],
    )
    if not found.rows:
        raise UsageError(_nothing_of(this, folder, found, others))
    return found


def _row(this: Corpus, clip: dict[str, str], source: str) -> dict[str, str]:
    row = dict.fromkeys(COLUMNS, "") | clip
    if row["emotion"] not in this.space:
        raise UsageError(
            f"{row['path']}: {this.name} reads the emotion {row['emotion']!r} off it, "
            f"which is none of its classes ({', '.join(this.space)})"
        )
    row["clip"] = f"{this.name}/{clip['clip']}"
    row["corpus"], row["source"] = this.name, source
    if clip["subject"]:
        row["subject"] = f"{this.name}-{clip['subject']}"
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
        if entry.is_dir():
            yield from _files(Path(entry.path), empty, top=False)
        else:
            yield Path(entry.path)


def _nothing_of(this: Corpus, folder: Path, found: Found, others: list[Path]) -> str:
    """What to say of a folder without a single clip of the corpus."""
    if found.unlabelled:
        return (
            f"{folder}: no clip of {this.name} has a label, such as "
            f"{found.unlabelled[0]}; put the table of labels beside them (a file named "
            f"{' or '.join(this.tables)})"
        )
    others = found.misnamed + others
    if not others:
        place = folder.parent if folder.name == this.name else folder
        return f"{folder}: the folder is empty; {_how_to_get(this, place)}"
    resembling = Counter(
        other.name
        for path in others
        for other in known().values()
        if path.name.lower() in other.tables
        or (path.suffix.lower() in other.patterns and other.parse(path))
    )
    if resembling:
        what = f"its files look like {_listing(resembling)}; name that corpus or"
    else:
        what = f"it has {len(others)} other file(s), such as {others[0].name};"
    return f"{folder}: no clip of {this.name} here: {what} give another folder"


def _how_to_get(this: Corpus, place: Path) -> str:
    """What to do about a corpus that a data folder lacks."""
    where = f"{this.url}: {this.access}" if this.url else this.access
    hint = f"put {this.title} there ({where})"
    if this.twin:
        command = f"emolib data demo --corpus {this.name}{_rendered_into(place)}"
        hint += f", or render a stand-in with `{command}`"
    return hint


def _rendered_into(place: Path) -> str:
    """The options that render into a data folder, unless recordings may lie there."""
    demo = re.fullmatch("demo-(smoke|quick|paper)", place.name)
    profile = f" --profile {demo[1]}" if demo else ""
    if demo and place.parent == data_folder():  # where it goes by itself
        return profile
    corpora = [place / name for name in CORPORA if (place / name).is_dir()]
    recorded = any(any(c.iterdir()) and not (c / RENDERED).exists() for c in corpora)
    recordings = (data_folder().resolve(), (ROOT / "data").resolve())
    if recorded or place.resolve() in recordings or place.name in CORPORA:
        return profile
    return f"{profile} --out {shlex.quote(shown(place))}"


def _listing(counts: Counter[str]) -> str:
    return ", ".join(f"{what} ({n})" for what, n in counts.most_common())
