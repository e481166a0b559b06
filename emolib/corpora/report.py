"""Is a copy of a corpus whole? Its counts, names and files, in one table."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from emolib import EmolibError
from emolib.corpora.base import Corpus
from emolib.corpora.manifest import duplicates, locate, scan
from emolib.corpora.registry import corpus
from emolib.media import MediaError, read_frames, read_image, read_sound
from emolib.progress import reported

Row = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Report:
    """What `check` found.

    Attributes:
        corpus: its name.
        folder: where it was looked for.
        rows: one line a finding: what was checked, of what, what was found and
            expected, and the verdict: "ok"; "note" for what differs from the
            documents but may well be so; "fault" for what needs a hand.

    >>> Report("tess", Path("tess"), [("clips", "tess", "2", "2800", "note")]).ok
    True
    """

    corpus: str
    folder: Path
    rows: list[Row]

    @property
    def ok(self) -> bool:
        """Whether nothing needs a hand."""
        return all(verdict != "fault" for *_, verdict in self.rows)

    def table(self) -> pd.DataFrame:
        """The findings as columns check, item, found, expected, verdict."""
        columns = ["check", "item", "found", "expected", "verdict"]
        return pd.DataFrame(self.rows, columns=columns, dtype=str)


MADE = {"posed": "asked for", "genuine": "felt", "": "nobody knows"}
"""What a corpus' makers say of what it shows."""


def sizes(clips: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """How many clips there are, how many were published, and how they came about.

    Args:
        clips: a manifest of each corpus, by its name.

    >>> clips = pd.DataFrame({"authenticity": ["posed", "posed"]})
    >>> sizes({"tess": clips}).loc["tess"].tolist()
    ['asked for', 2, 2800]
    """
    rows = {
        name: {
            "its makers": ", ".join(
                MADE[kind] for kind in table["authenticity"].unique()
            ),
            "here": len(table),
            "published": corpus(name).clips or "unknown",
        }
        for name, table in clips.items()
    }
    return pd.DataFrame(rows).T


def check(name: str, data: str | Path | None = None, progress: bool = False) -> Report:
    """Compare a copy of a corpus with its documents, and open every file.

    Counts of clips and people that differ are notes, because a part of a corpus
    is a fine thing to work on; so are sampling rates that most files do not
    have. Names that do not fit, clips that are there twice, have no label or
    cannot be used, empty folders of an emotion, and a copy without any speech, are
    faults.

    Args:
        name: as `index`.
        data: as `index`.
        progress: report on stderr when it takes long.

    Raises:
        UsageError: if there is no clip of the corpus at all.
    """
    this, folder = corpus(name), locate(name, data)
    found = scan(this, folder)
    rows, labels = found.rows, " or ".join(this.tables)
    paths = [row["path"] for row in rows]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        opened = pool.map(_open, rows)
        if progress:
            opened = reported(opened, len(paths), f"check {name}")
        results = dict(zip(paths, opened, strict=True))
    return Report(
        name,
        folder,
        [
            *_counts(this, rows),
            *(
                ("name", str(path), path.stem, f"a name of {name}", "fault")
                for path in found.misnamed
            ),
            *(
                ("label", str(path), "no label", f"a row in {labels}", "fault")
                for path in found.unlabelled
            ),
            *_absent(found.absent),
            *(
                ("folder", str(path), "empty", "files of this emotion", "fault")
                for path in found.empty
            ),
            *(
                ("copy", b, f"again in {a}", "once", "fault")
                for a, b in duplicates(rows)
            ),
            *_files(results),
        ],
    )


def _absent(clips: list[str]) -> Iterator[Row]:
    """A row of a table without its clip is fine in a part of a corpus."""
    if clips:
        some = ", ".join(clips[:3]) + (", ..." if len(clips) > 3 else "")
        yield "label", "rows without a clip", f"{len(clips)}: {some}", "0", "note"


def _open(row: dict[str, str]) -> str | int | None:
    """A clip's sampling rate, None if it has no sound, or what is wrong with it."""
    try:
        if row["modality"] == "image":
            read_image(row["path"])
        if "video" in row["modality"]:
            for _ in read_frames(row["path"], every=1_000_000):
                pass
        if "audio" in row["modality"]:
            return read_sound(row["path"])[1]
    except MediaError as error:
        return error.problem
    except (EmolibError, OSError) as error:  # of memory, or of the disk
        return str(error)
    return None


def _counts(this: Corpus, rows: list[dict[str, str]]) -> Iterator[Row]:
    """Clips of each emotion and people, for each modality of each channel."""
    channels = {row["channel"] or "speech" for row in rows}
    if "speech" not in channels:
        found = f"none, but {' and '.join(sorted(channels))}"
        yield "clips", "speech", found, "what `index` takes unless told", "fault"
    for channel in sorted(channels, key=lambda name: (name != "speech", name)):
        of_channel = [row for row in rows if (row["channel"] or "speech") == channel]
        for modality in sorted({row["modality"] for row in of_channel}):
            same = [row for row in of_channel if row["modality"] == modality]
            yield from _counts_of(this, channel, modality, same)


def _counts_of(
    this: Corpus, channel: str, modality: str, rows: list[dict[str, str]]
) -> Iterator[Row]:
    usual = channel == "speech"
    item = modality if usual else f"{modality} {channel}"
    counts = this.counts if usual else this.channels.get(channel, {})
    found = Counter(row["emotion"] for row in rows)
    for emotion in this.space if usual else [e for e in this.space if counts.get(e)]:
        yield _count("clips", f"{item} {emotion}", found[emotion], counts.get(emotion))
    if usual and this.total:
        yield _count("clips", f"{item} in all", len(rows), this.total)
    subjects = len({row["subject"] for row in rows} - {""})
    if subjects or this.subjects:
        documented = this.subjects if usual else 0
        yield _count("subjects", item, subjects, documented or None)


def _count(what: str, item: str, found: int, documented: int | None) -> Row:
    fits = found > 0 if documented is None else found == documented
    expected = "" if documented is None else str(documented)
    return what, item, str(found), expected, "ok" if fits else "note"


def _files(results: dict[str, str | int | None]) -> Iterator[Row]:
    rates = Counter(result for result in results.values() if isinstance(result, int))
    usual = rates.most_common(1)[0][0] if rates else None
    if usual:
        yield "rate", "most files", f"{usual} Hz", "", "ok"
    for path, result in results.items():
        if isinstance(result, str):
            yield "file", path, result, "readable", "fault"
        elif result not in (usual, None):
            yield "rate", path, f"{result} Hz", f"{usual} Hz", "note"
