"""Whether a cell shows numbers of records that come with the book, and says so.

Such numbers stand: they stay as they are when the reader changes a parameter above. So
a line below a table, and a figure's caption, say where they come from. A cell shows
them if it asks for such a record, or names runs that come from one or a table that an
earlier cell made of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from emolib import records

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

SENTENCE = "With numbers of records that come with the book."

_asked = False  # whether the cell that runs has asked for a record
_told = False  # whether it has said so
_tables: set[str] = set()  # names that cells gave to tables made of such records


def watch(shell: InteractiveShell) -> None:
    """Have every cell from now on say it; asked again, it changes nothing."""
    shell.events.register("pre_run_cell", _before)
    shell.events.register("post_run_cell", _after)


def asked(runs: records.Recorded | records.Seeds) -> None:
    """Note that runs were asked for."""
    global _asked
    _asked = _asked or _stands(runs)


def sentence() -> str:
    """What a figure says that is shown now; "" if nothing in it stands."""
    global _told
    shell = _shell()
    if shell is None or not _of_records(shell):
        return ""
    _told = True
    return f" {SENTENCE}"


def _before(*_: Any) -> None:
    global _asked, _told
    _asked = _told = False


def _after(result: ExecutionResult) -> None:
    shell = _shell()
    stands, code = _of_records(shell), shell.user_ns["In"][-1]
    named = {name: shell.user_ns.get(name) for name in _names(code, ast.Store)}
    _tables.difference_update(named)
    if not stands or not result.success:
        return
    _tables.update(name for name, value in named.items() if _is_table(value))
    shows = result.result is not None or re.search(r"\b(display|print)\(", code)
    if shows and not _told:
        from IPython.display import HTML, display

        display(HTML(f'<p class="figure-caption">{SENTENCE}</p>'))


def _shell() -> InteractiveShell | None:
    from IPython import get_ipython

    return get_ipython()


def _of_records(shell: InteractiveShell) -> bool:
    code = shell.user_ns["In"][-1]
    named = _names(code, ast.Load)
    earlier = named & _tables - _names(code, ast.Store)
    return _asked or bool(earlier) or any(_stands(shell.user_ns.get(n)) for n in named)


def _names(code: str, use: type) -> set[str]:
    """The names that a cell uses so."""
    try:
        nodes = ast.walk(ast.parse(code))
    except SyntaxError:
        return set()
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, use)}


def _stands(value: Any, deep: int = 3) -> bool:
    """Whether a value is a run whose record comes with the book, or holds one."""
    if isinstance(value, (records.Recorded, records.Seeds)):
        home = records.committed_folder().resolve()
        return value.folder.resolve().is_relative_to(home)
    held = value.values() if isinstance(value, Mapping) else value
    holds = isinstance(value, (Mapping, list, tuple))
    return holds and deep > 0 and any(_stands(one, deep - 1) for one in held)


def _is_table(value: Any) -> bool:
    held = list(value.values()) if isinstance(value, Mapping) else value
    if isinstance(held, (list, tuple)):
        return any(isinstance(one, (pd.DataFrame, pd.Series)) for one in held)
    return isinstance(value, (pd.DataFrame, pd.Series))
