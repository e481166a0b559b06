"""Which corpora there are: the published ones, and those of one's own.

A corpus of one's own comes from outside this package, in one of three ways:

- `EMOLIB_CORPORA` names a folder, or several, whose files say `CORPUS = Corpus(...)`,
  one a file; or such a file;
- an installed package names it in the entry point group `emolib.corpora`;
- a notebook calls `register(Corpus(...))`.

These are the only places from which code is run. A data folder never is one:
recordings come from others.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from emolib import ROOT, UsageError, labels
from emolib.corpora import (
    baum1,
    cfe,
    ck48,
    crema_d,
    emodb,
    fed,
    fer2013,
    jaffe,
    mav,
    raf_db,
    ravdess,
    sase_fe,
    shemo,
    tess,
    vivae,
)
from emolib.corpora.base import Corpus
from emolib.files import shown

# fmt: off
CORPORA: dict[str, Corpus] = {
    module.CORPUS.name: module.CORPUS
    for module in (
        ravdess, tess, emodb, crema_d, shemo, vivae, mav,
        ck48, jaffe, cfe, fer2013, raf_db, fed, baum1, sase_fe,
    )
}
# fmt: on
"""The published ones."""

_registered: dict[str, Corpus] = {}


def corpus(name: str) -> Corpus:
    """The corpus of that name; an unknown one is refused.

    >>> corpus("ravdess").subjects, corpus("emodb").licence
    (24, 'CC0 1.0')
    """
    found = known()
    if name not in found:
        raise UsageError(
            f"no corpus {name!r}; there are {', '.join(found)}, and those of your own "
            "in the folder that EMOLIB_CORPORA names"
        )
    return found[name]


def known() -> dict[str, Corpus]:
    """Every corpus by name: the published ones, then those of one's own.

    Raises:
        UsageError: if one's own cannot be read, or two have one name.

    >>> {"ravdess", "tess"} <= set(known())
    True
    """
    found = dict(CORPORA)
    for where, own in _own():
        if found.setdefault(own.name, own) is not own:
            raise UsageError(
                f"{where}: there is another corpus {own.name!r}; give this one another "
                "name"
            )
        labels.register(own.space)
    return found


def register(own: Corpus) -> Corpus:
    """Make a corpus known until this process ends; again, with the same name, anew.

    Raises:
        UsageError: if there is a corpus of that name that was not registered so, or
            a label space of the same name with other classes.
    """
    before = dict(_registered)
    _registered[own.name] = own
    try:
        known()
    except UsageError:
        _registered.clear()
        _registered.update(before)
        raise
    return own


def _own() -> Iterator[tuple[str, Corpus]]:
    """Where each corpus of one's own comes from, and the corpus."""
    for point in _installed():
        where = f"{point.value} ({point.dist.name})"
        yield where, _made(where, point.load)
    for place in filter(None, os.environ.get("EMOLIB_CORPORA", "").split(os.pathsep)):
        path = ROOT / Path(place).expanduser()
        if not path.exists():
            raise UsageError(f"{path}: not there, though EMOLIB_CORPORA names it")
        for file in sorted(path.glob("[!._]*.py")) if path.is_dir() else [path]:
            yield shown(file), _from_file(file, file.stat().st_mtime_ns)
    for own in _registered.values():
        yield "the corpus that was registered", own


@cache
def _installed() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group="emolib.corpora"))


@cache
def _from_file(file: Path, changed: int) -> Corpus:
    """What a file calls CORPUS; it is run once, and again when it has changed."""
    spec = importlib.util.spec_from_file_location(f"corpus_{file.stem}", file)
    module = importlib.util.module_from_spec(spec)

    def run() -> object:
        spec.loader.exec_module(module)
        return getattr(module, "CORPUS", None)

    return _made(shown(file), run)


def _made(where: str, make: Callable[[], object]) -> Corpus:
    try:
        found = make()
    except Exception as error:  # whatever the code of others may raise
        raise UsageError(
            f"{where}: no corpus can be made of it ({type(error).__name__}: {error})"
        ) from error
    if not isinstance(found, Corpus):
        raise UsageError(
            f"{where}: it should say CORPUS = Corpus(...), and says {found!r}"
        )
    return found
