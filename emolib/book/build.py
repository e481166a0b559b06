"""Building the book, from demo data to HTML, doing again only what changed."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import yaml

from emolib import ROOT, EmolibError, progress, runs
from emolib.book import alone, copies, executing, finishing, gates, generated, held
from emolib.book.gates import Problem
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
    pages, notebooks = contents(root)
    # What takes no time to check comes before what takes minutes to run.
    told = held.refused(held.outcomes(root))
    _refuse(_typed(root, pages, notebooks) + told)
    data = root / "data" / f"demo-{profile}"
    place = executing.Executed.by(profile, out, root, demo)
    progress.timed(place.expected(place.outdated(notebooks), len(notebooks)))
    for corpus in demo:
        progress.timed(f"{_name(data / corpus, root)}: rendered, or being rendered")
        _render(corpus, data, profile)
    outdated = place.outdated(notebooks)  # by what was rendered anew as well
    for notebook in [n for n in notebooks if n not in outdated]:
        progress.timed(f"{notebook.stem}: up to date")
    wrong = place.execute(outdated)
    problems = [Problem(_name(n, root), wrong[n]) for n in notebooks if n in wrong]
    executed = {
        f"notebooks/{n.stem}.ipynb": place.with_todays_prose(n)
        for n in notebooks
        if n not in wrong
    }
    for page, notebook in executed.items():
        problems += gates.executed_problems(page, notebook)
    _refuse(problems + held.refused(held.loose_records(root, executed)))
    progress.timed("pages")
    with place.pages_timed():
        stage(root, out / "source", executed, data)
        _refuse(html(out / "source", out))
    _to_download(root, notebooks, out)
    return out / "html" / "index.html"


def contents(root: Path) -> tuple[list[Path], list[Path]]:
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


def _to_download(root: Path, notebooks: Iterable[Path], out: Path) -> None:
    """Under a page's button lies its notebook as it is opened, with numbers as text.

    What the executed one shows, the page shows: it would be a third of the book.
    """
    numbers = json.loads((out / "source" / generated.NUMBERS).read_text("utf-8"))
    known = numbers | {"cite": copies.cited(root / "book" / "references.bib")}
    clean = {path: runs.read(path) for path in notebooks}
    for path, one in alone.notebooks(clean, alone.repository(root), known).items():
        place = out / "html" / "_sources" / f"{copies.page(path)}.ipynb"
        runs.notebook.nbformat().write(one, place)


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
