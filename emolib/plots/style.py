"""How figures look: colours, sizes, and what each ends with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from matplotlib.figure import Figure

OURS, STATED, WARM = "#1f5fa8", "#b3501f", "#c8860a"
PALETTE = (OURS, WARM, "#3a7d44", "#7a3b8f", STATED, "#5f6b76", "#2a9d8f", "#a34a6a")
STYLE = {
    "figure.dpi": 110,
    "figure.facecolor": "white",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "image.cmap": "cividis",
}


@contextmanager
def styled() -> Iterator[ModuleType]:
    """Pyplot, with the book's settings."""
    import matplotlib.pyplot as plt

    with plt.rc_context(STYLE):
        yield plt


def finished(figure: Figure) -> Figure:
    """Lay the figure out and take it off pyplot's list, so it shows once."""
    import matplotlib.pyplot as plt

    figure.set_layout_engine("constrained")
    plt.close(figure)
    return figure
