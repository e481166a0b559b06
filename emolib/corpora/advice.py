"""What to say of a folder that lacks a corpus: how to get it, or what lies there."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from emolib import ROOT, data_folder
from emolib.corpora.base import RENDERED, Corpus
from emolib.corpora.registry import CORPORA, known
from emolib.files import shown

if TYPE_CHECKING:
    from emolib.corpora.manifest import Found


def nothing_of(this: Corpus, folder: Path, found: Found, others: list[Path]) -> str:
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
        return f"{folder}: the folder is empty; {how_to_get(this, place)}"
    resembling = Counter(
        other.name
        for path in others
        for other in known().values()
        if path.name.lower() in other.tables
        or (path.suffix.lower() in other.patterns and other.parse(path))
    )
    if resembling:
        what = f"its files look like {listing(resembling)}; name that corpus or"
    else:
        what = f"it has {len(others)} other file(s), such as {others[0].name};"
    return f"{folder}: no clip of {this.name} here: {what} give another folder"


def how_to_get(this: Corpus, place: Path) -> str:
    """What to do about a corpus that a data folder lacks."""
    where = f"{this.url}: {this.access}" if this.url else this.access
    hint = f"put {this.title} there ({where}; licence: {this.licence})"
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


def listing(counts: Counter[str]) -> str:
    return ", ".join(f"{what} ({n})" for what, n in counts.most_common())
