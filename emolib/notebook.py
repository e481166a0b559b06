"""What a notebook's cells call: its parameters settled, its components, its figures.

A notebook begins with two cells of literals and one call:

    # %% tags=["parameters"]
    profile: str = "quick"  # how much work; names the records
    epochs: int = 30  # 50 in the document

    # %% tags=["profiles", "hide-input"]
    PROFILES = {
        "quick": {"profile": "quick", "epochs": 30},
        "smoke": {"epochs": 2},
    }
    RANGES = {"profile": ["smoke", "quick"], "epochs": (1, 500)}

    # %% tags=["hide-input"]
    from emolib import notebook

    notebook.settle(PROFILES, RANGES)

What was given explicitly wins over the profile, and the profile over `quick`. Given
is what papermill injected, what the first cell holds other than `quick`, and what
cells of the reader's own assign; all of it is read from the kernel's history, so
that a run from papermill, JupyterLab or Colab means the same, once or again.
"""

from __future__ import annotations

import ast
import difflib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emolib import EmolibError, UsageError, progress

if TYPE_CHECKING:
    import pandas as pd
    from IPython.display import HTML
    from matplotlib.figure import Figure

NAMES = ("smoke", "quick", "real", "paper")
"""The profiles there are, from the least work to the most."""

TYPES = {
    "int": (int, "a whole number"),
    "float": (float, "a number"),
    "str": (str, "text"),
    "bool": (bool, "true or false"),
    "list": (list, "a list such as [1, 2]"),
}


# -- a notebook's front -----------------------------------------------------


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: `epochs: int = 3`.

    Args:
        type: a key of `TYPES`.
        items: for a list, the type of what it holds, if that is known.
    """

    name: str
    type: str
    default: Any
    items: str = ""

    @classmethod
    def like(cls, name: str, default: Any) -> Parameter:
        """The parameter that a default value makes.

        >>> Parameter.like("doses", [0.0, 1.0])
        Parameter(name='doses', type='list', default=[0.0, 1.0], items='float')
        """
        items = type(default[0]).__name__ if type(default) is list and default else ""
        return cls(name, type(default).__name__, default, items)

    def value(self, given: Any) -> Any:
        """The value given, as text or as a YAML or Python value, in this type.

        >>> Parameter("epochs", "int", 3).value("5")
        5
        >>> Parameter("epochs", "int", 3).value("ten")
        Traceback (most recent call last):
        emolib.UsageError: epochs must be a whole number, got 'ten'
        """
        kind, description = TYPES[self.type]
        refused = UsageError(f"{self.name} must be {description}, got {given!r}")
        if isinstance(given, str) and kind is not str:
            try:
                given = _from_text(given, kind)
            except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
                raise refused from error
        if kind is float and type(given) is int:
            given = float(given)
        # `type`, because True is an int to isinstance.
        if type(given) is not kind or given in (float("inf"), float("-inf")):
            raise refused
        if self.items:
            item = Parameter(f"each item of {self.name}", self.items, None)
            given = [item.value(one) for one in given]
        return given

    def within(self, given: Any, allowed: tuple | list | None) -> Any:
        """The value, if it is among those allowed; a list's items one by one.

        Args:
            given: in the parameter's type, from `value`.
            allowed: `(least, most)`, a list of what may be chosen, or None.

        >>> Parameter("epochs", "int", 3).within(-3, (1, 500))
        Traceback (most recent call last):
        emolib.UsageError: epochs must lie between 1 and 500, got -3
        """
        if isinstance(given, list):
            return [self.within(one, allowed) for one in given]
        if isinstance(allowed, tuple):
            least, most = allowed
            if not least <= given <= most:
                raise UsageError(
                    f"{self.name} must lie between {least} and {most}, got {given!r}"
                )
        elif allowed is not None and given not in allowed:
            raise UsageError(
                f"{self.name} must be one of {', '.join(map(str, allowed))}, got "
                f"{given!r}{near(str(given), map(str, allowed))}"
            )
        return given


def _from_text(text: str, kind: type) -> Any:
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind is list:
        return ast.literal_eval(text)
    if not re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?", text, re.IGNORECASE):
        raise ValueError(text)  # Python's own "1_000", "nan" and " 7" are not meant
    return kind(text)


def near(name: str, known: Iterable[str]) -> str:
    """A hint at the known name that one is nearest to, or nothing.

    >>> near("epoch", ["epochs", "seed"])
    ' (did you mean epochs?)'
    """
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


@dataclass(frozen=True)
class Front:
    """What a notebook may be run with: parameters, profiles, ranges.

    Args:
        name: of the notebook, for what is refused.
        parameters: by name, at the values of the profile `quick`.
        profiles: what each profile changes.
        ranges: for a parameter `(least, most)` or a list of what is allowed.
    """

    name: str
    parameters: Mapping[str, Parameter]
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ranges: Mapping[str, tuple | list] = field(default_factory=dict)

    def settled(self, profile: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Every parameter's value: what is given, else the profile's, else `quick`'s.

        Where a profile takes its corpora from `data`, `EMOLIB_DATA` names another
        place.

        Raises:
            UsageError: for a profile that the notebook does not have, a name that
                no parameter bears, or a value of another type or out of range.
        """
        presets = {"quick": {}, **self.profiles}
        if not isinstance(profile, str) or profile not in presets:
            raise UsageError(
                f"{self.name} has no profile {profile!r}{near(str(profile), presets)}; "
                f"it has {', '.join(presets)}"
            )
        place = os.environ.get("EMOLIB_DATA") or "data"
        preset = {n: place if v == "data" else v for n, v in presets[profile].items()}
        named = {"profile": profile} if "profile" in self.parameters else {}
        asked = {**preset, **given, **named}
        defaults = {name: p.default for name, p in self.parameters.items()}
        values = {n: self._checked(n, v) for n, v in {**defaults, **asked}.items()}
        return {name: values[name] for name in self.parameters}

    def _checked(self, name: str, value: Any) -> Any:
        if name not in self.parameters:
            known = list(self.parameters)
            raise UsageError(
                f"{self.name} has no parameter {name!r}{near(name, known)}; it has "
                f"{', '.join(known) or 'none'}"
            )
        parameter = self.parameters[name]
        return parameter.within(parameter.value(value), self.ranges.get(name))

    def check(self) -> None:
        """Make sure that every profile settles, and that numbers have their range.

        Raises:
            UsageError: naming what is wrong.
        """
        quick, cell = self.profiles.get("quick", {}), self.parameters
        for name in dict.fromkeys([*quick, *cell]):
            if name not in quick or name not in cell:
                where = "PROFILES['quick']" if name in cell else "the parameters cell"
                raise UsageError(f"{self.name}: {name} is missing in {where}")
            if not _same(quick[name], cell[name].default):
                raise UsageError(
                    f"{self.name}: {name} is {cell[name].default!r} in the parameters "
                    f"cell and {quick[name]!r} in PROFILES['quick']"
                )
        for profile, preset in self.profiles.items():
            if profile not in NAMES:
                raise UsageError(
                    f"{self.name}, profiles cell: {profile!r} is no profile; there is "
                    f"{', '.join(NAMES)}"
                )
            if preset.get("profile", profile) != profile:
                raise UsageError(
                    f"{self.name}, profiles cell: {profile!r} calls itself "
                    f"{preset['profile']!r}"
                )
            try:
                self.settled(profile, {})
            except UsageError as error:
                raise UsageError(f"{self.name}, {profile}: {error}") from error
        for name in self.ranges:
            if name not in self.parameters:
                raise UsageError(
                    f"{self.name}, RANGES: no parameter {name!r}"
                    f"{near(name, self.parameters)}"
                )
        for name, parameter in self.parameters.items():
            number = {"int", "float"} & {parameter.type, parameter.items}
            if number and name not in self.ranges:
                raise UsageError(
                    f"{self.name}, RANGES: {name} is a number and has no range"
                )


# -- settling ---------------------------------------------------------------


def settle(
    profiles: Mapping[str, Mapping[str, Any]], ranges: Mapping[str, tuple | list]
) -> None:
    """Give every parameter its value, by the named profile and what was given.

    The values are assigned in the notebook. It may be called again at any time.

    Args:
        profiles: what each profile changes; `quick` holds every parameter.
        ranges: for a parameter `(least, most)` or a list of what is allowed.

    Raises:
        UsageError: in one line, for a name that no parameter bears, a value of
            another type or out of range.
    """
    from IPython import get_ipython

    from emolib import standing

    shell = get_ipython()
    if shell is None:
        raise UsageError("settle reads a notebook's history: run it in a notebook")
    if "profile" not in profiles.get("quick", {}):
        raise UsageError("PROFILES needs every parameter under 'quick'")
    parameters = {n: Parameter.like(n, v) for n, v in profiles["quick"].items()}
    front = Front("this notebook", parameters, profiles, ranges)
    given = given_in(shell.user_ns["In"], profiles["quick"], shell.user_ns)
    profile = given.pop("profile", "quick")
    values = front.settled(profile, given)
    shell.user_ns.update(values)
    _in_one_line()
    standing.watch(shell)
    print(_told(front, values, given))


def _in_one_line() -> None:
    """Errors of ours, and a reader's training, in one line under the cell.

    Told here and not in their own modules: what a run is known by is the code of those,
    and how they are shown changes no result.
    """
    from emolib.training.loop import Loop

    def render(error: EmolibError) -> list[str]:
        return [f"{type(error).__name__}: {error}"]

    def say(loop: Loop, text: str) -> None:
        if loop.progress:
            vars(loop).setdefault("line", progress.Line()).say(text)

    EmolibError._render_traceback_ = render  # IPython asks for it
    if progress.in_a_readers_notebook():
        Loop._say = say


def given_in(
    cells: Iterable[str], quick: Mapping[str, Any], namespace: Mapping[str, Any]
) -> dict[str, Any]:
    """What cells that have run give explicitly, the later ones before the earlier.

    Only cells that do nothing but assign are looked at: the parameters cell (what
    it holds other than `quick`; it cancels what came before), the one that
    papermill injects, and cells of the reader's own.

    Args:
        cells: the sources, in the order in which they ran.
        quick: every parameter at its default.
        namespace: values of what is not written as a literal.

    >>> cells = ["profile: str = 'quick'; epochs: int = 3", "epochs = 5"]
    >>> given_in(cells, {"profile": "quick", "epochs": 3}, {})
    {'epochs': 5}
    """
    given: dict[str, Any] = {}
    for source in cells:
        assigned, annotated = _assigned(source, namespace)
        injected = source.lstrip().startswith("# Parameters")  # papermill's own words
        if injected and "profile" not in annotated:
            given |= assigned
        elif "profile" in annotated or quick.keys() <= assigned.keys():
            given = {n: v for n, v in assigned.items() if not _same(v, quick.get(n))}
        else:
            given |= {n: v for n, v in assigned.items() if n in quick}
    return given


def _assigned(
    source: str, namespace: Mapping[str, Any]
) -> tuple[dict[str, Any], set[str]]:
    """What a cell assigns if it does nothing else, and which names it annotates."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return {}, set()
    assigned, annotated = {}, set()
    for line in body:
        targets = line.targets if isinstance(line, ast.Assign) else []
        if isinstance(line, ast.AnnAssign) and line.value:
            targets = [line.target]
        if len(targets) != 1 or not isinstance(targets[0], ast.Name):
            return {}, set()
        name = targets[0].id
        if isinstance(line, ast.AnnAssign):
            annotated.add(name)
        try:
            assigned[name] = ast.literal_eval(line.value)
        except (ValueError, TypeError, MemoryError, RecursionError):
            if name in namespace:
                assigned[name] = namespace[name]
    return assigned, annotated


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _told(front: Front, values: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """One line on what the parameters are, and why."""
    profile = values.get("profile", "quick")
    changed = [
        f"{name} = {value!r}"
        for name, value in values.items()
        if name not in ("profile", *given)
        and not _same(value, front.parameters[name].default)
    ]
    told = f"Profile {profile}" + (f": {', '.join(changed)}." if changed else ".")
    if given:
        told += f" Given: {', '.join(f'{n} = {values[n]!r}' for n in given)}."
    return told


# -- what a page shows ------------------------------------------------------


def components(letter: str, profile: str = "quick", records: bool = False) -> HTML:
    """What a document describes, part by part, and what became of it here.

    Args:
        letter: the document's.
        profile: of this run. There are words for `quick` and for `real`: `smoke`
            is a smaller `quick`, `paper` a larger `real`.
        records: tell also what the profile `real` does, where that is something
            else: the records that most of the page's numbers are from are of it.
    """
    import pandas as pd
    from IPython.display import HTML

    from emolib import ledger

    here = "real" if profile in ("real", "paper") else "quick"

    def told(entry: ledger.Component) -> str:
        text = getattr(entry, here) or entry.quick
        besides = records and here == "quick" and entry.real
        return f"{text}; in the records: {entry.real}" if besides else text

    rows = [
        {
            "Part": entry.part,
            "The document": entry.document,
            f"Here ({here})": told(entry),
            "Kept?": entry.status,
            "Why": entry.why,
            "Seen in": entry.where,
        }
        for entry in ledger.components(letter)
    ]
    with pd.option_context("display.max_colwidth", None):
        table = pd.DataFrame(rows)
        html = table.to_html(index=False, border=0, classes="components")
    return HTML(html)


def benchmark(name: str, part: str = "rows") -> pd.DataFrame:
    """What a benchmark of the project has found, and when.

    Args:
        name: of its file in `benchmarks/`, such as "regions".
        part: which of the file's tables.

    Raises:
        UsageError: if there is no such file, or no such table in it.
    """
    import json

    import pandas as pd

    from emolib import PUBLISHED

    file = PUBLISHED / "benchmarks" / f"{name}.json"
    if not file.is_file():
        known = sorted(path.stem for path in file.parent.glob("*.json"))
        raise UsageError(
            f"no benchmark {name!r} was kept; there are {', '.join(known)}"
        )
    found = json.loads(file.read_text("utf-8"))
    tables = [key for key, value in found.items() if isinstance(value, list)]
    if part not in tables:
        raise UsageError(f"{file.name} has no table {part!r}, but {', '.join(tables)}")
    facts = [found.get(key) for key in ("date", "commit", "platform")]
    if "load_before" in found:  # what else the machine did tells what times are worth
        facts.append("load {load_before} on {processors} processors".format(**found))
    if "accuracy" in found:  # what is told of a network hangs on what it knows
        facts.append(f"of a network right about {found['accuracy']:.0%}")
    print("measured", ", ".join(fact for fact in facts if fact))
    return pd.DataFrame(found[part])


def figure(
    picture: Figure,
    number: str,
    caption: str,
    data: pd.DataFrame | pd.Series | Mapping[str, pd.DataFrame] | None = None,
    id: str = "",
) -> None:
    """Show a figure with its number, its caption and the data that it draws.

    Where numbers of records that come with the book are in it, the caption says so.

    Args:
        picture: the figure, or one of its axes.
        number: such as "Figure 7".
        caption: plain text.
        data: what is drawn, or several tables by name; left as a file in the folder
            `figures` of the runs.
        id: names the figure and its file, such as "C.figure7".

    Raises:
        UsageError: for data without an id, or an id that cannot name a file.
    """
    from html import escape

    import matplotlib.pyplot as plt
    from IPython.display import HTML, display

    from emolib import standing

    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*" if id or data is not None else "", id):
        raise UsageError(
            f"{number}: id {id!r} should name the figure and its file in letters, "
            "digits, points and dashes, such as 'C.figure7'"
        )
    caption += standing.sentence()
    told = {"number": number, "caption": caption, "id": id, "data": ""}
    shown = f"<strong>{escape(number)}</strong> {escape(caption)}"
    if data is not None:
        told["data"], place = _kept(data, id)
        shown += f" Data: <code>{escape(place)}</code>"
    display(picture.get_figure())
    plt.close(picture.get_figure())  # else the cell's end shows it again
    display(
        HTML(f'<p class="figure-caption">{shown}</p>'),
        metadata={"emolib": {"figure": told}},
    )


def _kept(
    data: pd.DataFrame | pd.Series | Mapping[str, pd.DataFrame], id: str
) -> tuple[str, str]:
    """The data as CSV, and the file that they were written to."""
    import pandas as pd

    from emolib import records
    from emolib.files import shown, write_atomic

    table = data
    if isinstance(data, Mapping):
        table = pd.concat(data) if data else pd.DataFrame()
    table = table.to_frame() if isinstance(table, pd.Series) else table
    plain = isinstance(table.index, pd.RangeIndex)
    text = table.to_csv(index=not plain, lineterminator="\n")
    path = records.runs_folder() / "figures" / f"{id}.csv"
    write_atomic(path, lambda place: place.write_text(text, encoding="utf-8"))
    return text, shown(path)
