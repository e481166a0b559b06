"""Files written whole or not at all, and how a path is shown."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from emolib import ROOT, EmolibError

_TEMPORARY = re.compile(r"\..*-[0-9a-f]{8}", re.DOTALL)


def write_atomic(path: str | Path, write: Callable[[Path], None]) -> None:
    """Write a file whole or not at all.

    Args:
        path: the file; folders above it are made.
        write: writes to the path it is given: a temporary name beside `path`
            with the same suffix, which then takes its place.

    Raises:
        EmolibError: if the system refuses (full disk, no permission). What
            stood at `path` before is still there.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.stem}-{secrets.token_hex(4)}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        temporary.replace(path)
    except OSError as error:
        raise EmolibError(
            f"{path}: cannot be written ({error.strerror or error}); make room or "
            "choose another folder, then run the same again"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def sweep(folder: Path, older: float = 3600) -> None:
    """Delete what writes left in a folder that were killed before they were done.

    Args:
        folder: where to look, not below it; it need not exist.
        older: seconds since a file was last written to; a younger one may be another
            process's that is still at work.
    """
    for path in folder.glob(".*-????????*"):
        with suppress(OSError):
            forgotten = time.time() - path.stat().st_mtime >= older
            if _TEMPORARY.fullmatch(path.stem) and forgotten:
                path.unlink()


def shown(path: Path) -> str:
    """A path as messages and records show it: from the project's root if inside.

    >>> shown(ROOT / "book" / "index.md")
    'book/index.md'
    """
    inside = path.is_relative_to(ROOT)
    return (path.relative_to(ROOT) if inside else path).as_posix()
