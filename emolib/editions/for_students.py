"""What students are handed: notebooks with stubs, and the book, without a solution."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from emolib import ROOT, EmolibError, UsageError, runs
from emolib.editions import leaks, solutions

BOOK = ROOT / "_build" / "html"

READ_ME = """\
Emotion from Voice and Face: the book, and its notebooks to work in

book/index.html     open it in a browser; it needs no server and no network
notebooks/          open them in JupyterLab, where the package emolib is installed

Each notebook ends with exercises. Put your answer in the place of ... and run the
cell: the check says what is not right yet. Save the notebook with its outputs before
you hand it in.
"""


def student(out: Path, say: Callable[[str], None] = print) -> Path:
    """Write the student edition, and the same as a zip beside it.

    Args:
        out: a folder that is not there yet, or empty.
        say: is told what is done.

    Returns:
        The zip.

    Raises:
        UsageError: if something lies in the folder already.
        EmolibError: if a solution was found in it; the folder is left to be looked at.
    """
    new_folder(out)
    shutil.copytree(built(say), out / "book")
    say(f"{out / 'book'}: copied")
    from emolib.book.copies import copies

    say(f"{out / 'notebooks'}: {len(copies(out / 'notebooks'))} notebooks")
    (out / "README.txt").write_text(READ_ME, encoding="utf-8")
    refuse_solutions(out)
    say(f"{out}: no solution in any file")
    return packed(out)


def packed(folder: Path) -> Path:
    """A folder as a zip beside it, in which everything lies in that folder."""
    where = folder.resolve()
    return Path(shutil.make_archive(str(where), "zip", where.parent, where.name))


def new_folder(out: Path) -> None:
    """Make a folder.

    Raises:
        UsageError: if something lies in it already.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out}: is there already; name another folder, or delete it")
    out.mkdir(parents=True, exist_ok=True)


def built(say: Callable[[str], None] = print) -> Path:
    """The folder of the built book; built now if there is none."""
    if not (BOOK / "index.html").is_file():
        from emolib.book.build import build

        say("no built book here: building it, which says below how long it takes")
        build()
    return BOOK


def refuse_solutions(folder: Path) -> None:
    """Make sure that a folder gives no solution away.

    Raises:
        EmolibError: naming each file and what it holds.
    """
    if held := leaks.found(folder, marks()):
        lines = [f"  {path.relative_to(folder)}: {mark}" for path, mark in held[:20]]
        told = "\n".join(lines)
        raise EmolibError(f"{folder}: {len(held)} lines of solutions in it:\n{told}")


def marks() -> list[str]:
    """By what the solutions of all exercises are known.

    What a chapter shows before its exercises is no secret.
    """
    sources = list(runs.notebooks().values())
    code = [solutions.solution(e) for s in sources for e in solutions.exercises(s)]
    shown = [s.read_text("utf-8").partition("# ## Exercises")[0] for s in sources]
    return leaks.marks(code, shown)
