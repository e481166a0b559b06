"""The list of what the book's own build made, for readers' receipts.

It is committed, so that a reader's runs are held against what was published and never
against themselves: written once, from a build in a fresh clone, before a release.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from emolib import ROOT, EmolibError, receipts
from emolib.book import quoting
from emolib.book.build import DEMO, contents
from emolib.book.executing import Executed
from emolib.files import write_atomic
from emolib.records.run import committed
from emolib.runs.freshness import made_from


def write(
    profile: str = "quick",
    out: Path | None = None,
    root: Path = ROOT,
    demo: tuple[str, ...] = DEMO,
    to: Path = receipts.LIST,
) -> Path:
    """List the records that a finished build's notebooks made on this machine.

    Those that come with the book are left out, and so are a reader's own.

    Args:
        profile: as the book was built; so are `out`, `root` and `demo`.
        to: the file.

    Raises:
        EmolibError: if a notebook is not as executing it again would give, or a record
            was made again since its notebook ran.
    """
    _, notebooks = contents(root)
    place = Executed.by(profile, out, root, demo)
    if old := place.outdated(notebooks):
        told = "; ".join(f"{notebook.stem} ({why})" for notebook, why in old.items())
        raise EmolibError(f"build the book first: {told}")
    when: dict[str, float] = {}
    for path in (place.folder / f"{notebook.stem}.ipynb" for notebook in notebooks):
        for id in made_from(path)["records"]:
            when[id] = max(when.get(id, 0.0), path.stat().st_mtime)
    known = [one for one in quoting.quotable({*when}) if one["id"] in when]
    made = [one for one in known if not committed(ROOT / one["record"])]
    for record in made:
        finished = datetime.fromisoformat(record["provenance"]["finished"])
        if finished > datetime.fromtimestamp(when[record["id"]], UTC):
            raise EmolibError(
                f"{record['record']}: made again since its page ran; build the book in "
                "a clone of its own"
            )
    write_atomic(to, lambda path: path.write_text(receipts.text(made), "utf-8"))
    return to
