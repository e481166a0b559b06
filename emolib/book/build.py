"""Building the book, from demo data to HTML, doing again only what changed."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import textwrap
from pathlib import Path

import nbformat
import yaml

from emolib import ROOT, EmolibError, progress, records, runs
from emolib.book import finishing, gates, held
from emolib.book.gates import Problem
from emolib.book.generated import duration
from emolib.book.stage import stage

PROFILES = ("quick", "smoke")
DEMO = ("ravdess", "tess", "jaffe", "ck+48", "cfe")
"""The corpora whose rendered twins the book's notebooks read."""


class BookError(EmolibError):
    """The book must not be published: every reason, in one message."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        many = f"{len(problems)} things keep" if problems[1:] else "One thing keeps"
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"{many} the book from being published:\n{lines}")


def build(
    profile: str = "quick",
    out: Path | None = None,
    root: Path = ROOT,
    demo: tuple[str, ...] = DEMO,
) -> Path:
    """Build the book.

    Args:
        profile: how much work its notebooks do, "smoke" or "quick".
        out: gets `executed/`, `source/` and `html/`; `_build` by default.
        root: the project.
        demo: corpora to render, where that has not been done.

    Returns:
        the page to open.

    Raises:
        BookError: if the book must not be published; it lists every reason.
    """
    out = (out or root / "_build").resolve()
    pages, notebooks = _contents(root)
    # What takes no time to check comes before what takes minutes to run.
    told = held.refused(held.outcomes(root))
    _refuse(_typed(root, pages, notebooks) + told)
    data = root / "data" / f"demo-{profile}"
    for corpus in demo:
        progress.timed(f"{_name(data / corpus, root)}: rendered, or being rendered")
        _render(corpus, data, profile)
    progress.timed(expected(notebooks, profile, data, out / "executed" / profile))
    executed, problems = {}, []
    for notebook in notebooks:
        try:
            fresh = _executed(notebook, profile, data, out / "executed" / profile)
        except EmolibError as error:
            problems.append(Problem(_name(notebook, root), str(error)))
            continue
        page = f"notebooks/{notebook.stem}.ipynb"
        executed[page] = fresh
        problems += gates.executed_problems(page, fresh)
    _refuse(problems + held.refused(held.loose_records(root, executed)))
    progress.timed("pages")
    stage(root, out / "source", executed, data)
    _refuse(html(out / "source", out))
    return out / "html" / "index.html"


def _contents(root: Path) -> tuple[list[Path], list[Path]]:
    """The pages and the notebooks' scripts that `_toc.yml` lists."""
    toc = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    entries = [toc["root"], *_files(toc)]
    notebooks = [root / f"{e}.py" for e in entries if e.startswith("notebooks/")]
    pages = [root / f"{e}.md" for e in entries if not e.startswith("notebooks/")]
    _refuse(
        [
            Problem("_toc.yml", f"lists {_name(path, root)}, which is not there")
            for path in [*pages, *notebooks]
            if not path.is_file()
        ]
    )
    return pages, notebooks


def _files(entry: object) -> list[str]:
    if isinstance(entry, list):
        return [name for one in entry for name in _files(one)]
    if not isinstance(entry, dict):
        return []
    own = [entry["file"]] if "file" in entry else []
    return own + [name for value in entry.values() for name in _files(value)]


def _typed(root: Path, pages: list[Path], notebooks: list[Path]) -> list[Problem]:
    """Numbers typed in prose, on every page and in every notebook."""
    found = []
    for page in pages:
        found += gates.typed_in_page(_name(page, root), page.read_text("utf-8"))
    for notebook in notebooks:
        found += gates.typed_in_notebook(_name(notebook, root), runs.read(notebook))
    return found


def _render(corpus: str, data: Path, profile: str) -> None:
    from emolib.studio import render_corpus

    render_corpus(corpus, out=data, profile=profile)


def _executed(
    notebook: Path, profile: str, data: Path, folder: Path
) -> nbformat.NotebookNode:
    """A notebook with today's prose and the outputs of today's code."""
    path = folder / f"{notebook.stem}.ipynb"
    if reason := why_stale(path, notebook, profile, data):
        progress.timed(f"{notebook.stem}: executing ({textwrap.shorten(reason, 150)})")
        runs.execute(str(notebook), profile, out=folder)
        # Sources may have been edited while their notebook ran.
        if reason := why_stale(path, notebook, profile, data):
            raise EmolibError(f"outdated as soon as it ran: {reason}; build again")
    else:
        progress.timed(f"{notebook.stem}: up to date")
    return runs.refresh_prose(nbformat.read(path, as_version=4), runs.read(notebook))


ALLOWED = {"smoke": 75, "quick": 240}
"""Seconds that a notebook may take on two quiet cores."""


def expected(notebooks: list[Path], profile: str, data: Path, folder: Path) -> str:
    """What there is to execute, and how long it took here the last time.

    Args:
        folder: of the executed notebooks; of one that is not there yet, what its
            profile allows is taken.
    """
    seconds = []
    for notebook in notebooks:
        path = folder / f"{notebook.stem}.ipynb"
        if why_stale(path, notebook, profile, data):
            last = ALLOWED[profile]
            if path.exists():
                made_from = nbformat.read(path, as_version=4).metadata.get("emolib", {})
                last = sum(made_from.get("seconds", [])) or last
            seconds.append(last)
    if not seconds:
        return "no notebook to execute; the pages take a minute or two"
    return (
        f"{len(seconds)} of {len(notebooks)} notebooks to execute, about "
        f"{duration(sum(seconds))} going by the last time here or, where there was "
        "none, by what two quiet cores may take; then the pages, a minute or two"
    )


def why_stale(executed: Path, notebook: Path, profile: str, data: Path) -> str:
    """Why a notebook must run again: its sources, the data, the records it left."""
    if reason := runs.why_stale(executed, notebook, profile):
        return reason
    for rendered in data.glob("*/RENDERED.json"):
        if rendered.stat().st_mtime > executed.stat().st_mtime:
            return f"{rendered.parent.name} was rendered anew"
    made = nbformat.read(executed, as_version=4).metadata["emolib"]["records"]
    there = {r["id"] for folder in records.folders() for r in records.load(folder)}
    gone = ", ".join(sorted(set(made) - there))
    return f"record {gone} is gone" if gone else ""


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise BookError(problems)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def html(source: Path, out: Path) -> list[Problem]:
    """Staged sources to `out/html`; everything that Sphinx finds wrong with them.

    Pages that did not change are not read again, but all are written, so that
    a reference broken by a change on another page is found. The book of before
    stays until the new one is whole and sound.
    """
    from jupyter_book.sphinx import build_sphinx

    fresh = out / "html.new"
    shutil.rmtree(fresh, ignore_errors=True)
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        status = build_sphinx(
            source,
            fresh,
            path_config=source / "_config.yml",
            noconfig=True,
            confoverrides={
                "external_toc_path": str(source / "_toc.yml"),
                "latex_individualpages": False,
                "nitpicky": True,
            },
            doctreedir=out / "doctrees",
            force_all=True,
            warningiserror=True,
            keep_going=True,
        )
    problems = sphinx_problems(said.getvalue(), source)
    if status != 0 or problems:
        # A page already read is silent next time: forget them all.
        shutil.rmtree(out / "doctrees", ignore_errors=True)
        return problems or [Problem("Sphinx", said.getvalue().strip() or str(status))]
    finishing.finish(fresh, source)
    shutil.rmtree(out / "html", ignore_errors=True)
    fresh.rename(out / "html")
    return []


_WARNING = re.compile(
    r"^(?:(?P<path>/?[^:\n]+?)(?::(?P<line>\d+)|:<[^>]+>)?: )?"
    r"(?:WARNING|ERROR|CRITICAL|SEVERE): (?P<what>.*)$",
    re.MULTILINE,
)


def sphinx_problems(said: str, source: Path) -> list[Problem]:
    """Sphinx' warnings, by the page, line and cell that a writer knows."""
    problems = []
    for match in _WARNING.finditer(re.sub(r"\x1b\[[\d;]*m", "", said)):
        where = (match["path"] or "Sphinx").removeprefix(f"{source}/")
        line = int(match["line"] or 0)
        if where.endswith(".ipynb") and line >= 10_000:
            # myst-nb gives each cell 10 000 lines; its first is number 2.
            where = f"{where}, cell {line // 10_000}"
            line = max(line % 10_000 - 1, 1)
        if line:
            where += f", line {line}"
        problems.append(Problem(where, match["what"]))
    return list(dict.fromkeys(problems))
