"""Executing the book's notebooks, those that must run again, two at a time."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import TYPE_CHECKING

from emolib import EmolibError, progress, records, runs
from emolib.book.generated import duration
from emolib.corpora.base import RENDERED
from emolib.files import write_atomic
from emolib.runs.freshness import made_from
from emolib.runs.point import end_with

if TYPE_CHECKING:
    from nbformat import NotebookNode

TIME = "seconds-of-pages.txt"
"""Beside executed notebooks: how long the pages took the last time."""

ALLOWED = {"smoke": 75, "quick": 240}
"""Seconds that a notebook may take on two quiet cores."""

AT_ONCE = 2
"""How many run side by side, on any machine: each may hold gigabytes. It changes no
result, for how many threads share a step follows neither this nor the machine."""


@dataclass(frozen=True)
class Executed:
    """A folder of executed notebooks.

    Attributes:
        folder: where they lie, or will.
        profile: how much work they do.
        rendered: folders of the corpora that were rendered for them.
    """

    folder: Path
    profile: str
    rendered: Sequence[Path]

    @classmethod
    def by(
        cls, profile: str, out: Path | None, root: Path, demo: Iterable[str]
    ) -> Executed:
        """Those of a build; arguments as `build.build` takes them."""
        folder = (out or root / "_build").resolve() / "executed" / profile
        data = root / "data" / f"demo-{profile}"
        return cls(folder, profile, [data / corpus for corpus in demo])

    def outdated(self, notebooks: Iterable[Path]) -> dict[Path, str]:
        """Which must run again, and why; those that take longest come first."""
        why = {notebook: self._why_stale(notebook) for notebook in notebooks}
        # One that never ran takes long if there is much of it.
        size = {notebook: notebook.stat().st_size for notebook in why}
        order = sorted(why, key=lambda n: (self._last(n), size[n]), reverse=True)
        return {notebook: why[notebook] for notebook in order if why[notebook]}

    def expected(self, outdated: Collection[Path], of: int) -> str:
        """How long a build takes, going by the last time here.

        Args:
            outdated: what it executes.
            of: how many notebooks the book has.
        """
        missing = sum(not (one / RENDERED).exists() for one in self.rendered)
        first = f"{missing} corpora to render, a minute or two; " if missing else ""
        pages = f"the pages, {self._pages()}"
        if not outdated:
            return f"{first}no notebook to execute; {pages}"
        seconds = [self._last(notebook) for notebook in outdated]
        together = max(sum(seconds) / AT_ONCE, *seconds)
        return (
            f"{first}{len(seconds)} of {of} notebooks to execute, {AT_ONCE} at a time: "
            f"about {duration(together)} going by the last time here or, where there "
            f"was none, by what two quiet cores may take; then {pages}"
        )

    @contextmanager
    def pages_timed(self) -> Iterator[None]:
        """Remember how long the pages take, for `expected` of the next build."""
        began = time.monotonic()
        yield
        told = str(round(time.monotonic() - began))
        write_atomic(self.folder / TIME, lambda place: place.write_text(told))

    def _pages(self) -> str:
        try:
            return f"about {duration(int((self.folder / TIME).read_text('utf-8')))}"
        except (OSError, ValueError):
            return "some minutes"

    def execute(self, outdated: Mapping[Path, str]) -> dict[Path, str]:
        """Execute notebooks; one that fails stops no other.

        Should this process end, whatever ends it, so do they.

        Args:
            outdated: which, in this order, and why.

        Returns:
            Those that failed, and how.
        """
        failed: dict[Path, str] = {}
        # Processes: papermill works in one, and passes its environment on.
        begin = get_context("spawn"), end_with, (os.getpid(),)
        pool = ProcessPoolExecutor(AT_ONCE, *begin)
        try:
            futures = {pool.submit(self._one, n, w): n for n, w in outdated.items()}
            for count, future in enumerate(as_completed(futures), 1):
                notebook, told = futures[future], "executed"
                try:
                    future.result()
                except (EmolibError, BrokenProcessPool) as error:
                    failed[notebook], told = str(error), "failed"
                progress.timed(f"{notebook.stem}: {told}, {count} of {len(outdated)}")
        except BaseException:
            for worker in active_children():
                worker.kill()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
        return failed

    def with_todays_prose(self, notebook: Path) -> NotebookNode:
        """An executed notebook, and around its outputs what its script says now."""
        executed = runs.notebook.nbformat().read(self._path(notebook), 4)
        return runs.refresh_prose(executed, runs.read(notebook))

    def _path(self, notebook: Path) -> Path:
        return self.folder / f"{notebook.stem}.ipynb"

    def _last(self, notebook: Path) -> float:
        """Seconds that it took the last time here, else what it may take."""
        seconds = made_from(self._path(notebook)).get("seconds", [])
        return sum(seconds) or ALLOWED[self.profile]

    def _one(self, notebook: Path, why: str) -> None:
        told = textwrap.shorten(why, 150)
        progress.timed(f"{notebook.stem}: executing ({told})")
        runs.execute(str(notebook), self.profile, out=self.folder)
        # Sources may have been edited while their notebook ran.
        if why := self._why_stale(notebook):
            raise EmolibError(f"outdated as soon as it ran: {why}; build again")

    def _why_stale(self, notebook: Path) -> str:
        """By its sources, the data, or the records that it left."""
        path = self._path(notebook)
        if reason := runs.why_stale(path, notebook, self.profile):
            return reason
        for corpus in self.rendered:
            rendered = corpus / RENDERED
            if not rendered.exists():
                return f"{corpus.name} is not rendered yet"
            if rendered.stat().st_mtime > path.stat().st_mtime:
                return f"{corpus.name} was rendered anew"
        files = [f for folder in records.folders() for f in folder.rglob("record.json")]
        there = {file.parent.name for file in files}  # by its id
        gone = ", ".join(sorted(set(made_from(path)["records"]) - there))
        return f"record {gone} is gone" if gone else ""
