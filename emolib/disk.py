"""What the project keeps on disk and can make again."""

from __future__ import annotations

import shutil
from pathlib import Path

from emolib import ROOT, UsageError

KEPT = {
    "cache": ("cache", "features, computed again when they are asked for"),
    "demo": ("data/demo-*", "rendered data, rendered again in minutes"),
    "build": ("_build", "the built book and executed notebooks"),
    "runs": ("runs", "records, weights and notebooks of your own runs: hours, perhaps"),
}
"""By name: where it lies from the project's root, and what making it again takes."""


def places(what: str, root: Path = ROOT) -> list[Path]:
    """The folders of one kind that are there.

    Raises:
        UsageError: if there is no such kind.
    """
    if what not in KEPT:
        raise UsageError(f"{what!r}: one of {', '.join(KEPT)} can be freed")
    return [
        folder
        for folder in sorted(root.glob(KEPT[what][0]))
        if folder.is_dir() and not folder.is_symlink()
    ]


def size(folder: Path) -> int:
    """Bytes in a folder; what is behind a link lies elsewhere and is not counted."""
    files = (path for path in folder.rglob("*") if not path.is_symlink())
    return sum(path.stat().st_size for path in files if path.is_file())


def free(what: str, root: Path = ROOT) -> int:
    """Delete what is kept of one kind; returns how many bytes that were."""
    freed = 0
    for folder in places(what, root):
        freed += size(folder)
        shutil.rmtree(folder)
    return freed
