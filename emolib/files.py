"""Files written whole or not at all, and how a path is shown."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from emolib import ROOT, EmolibError


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


def shown(path: Path) -> str:
    """A path as messages and records show it: from the project's root if inside.

    >>> shown(ROOT / "book" / "index.md")
    'book/index.md'
    """
    inside = path.is_relative_to(ROOT)
    return (path.relative_to(ROOT) if inside else path).as_posix()
