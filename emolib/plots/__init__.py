"""Every figure the book shows.

Each function takes data, draws one matplotlib figure and returns it. Colours
stay readable for colour-blind readers and in print; nothing is drawn that
the data does not hold.
"""

from emolib.plots.alone import told_alone
from emolib.plots.documents import (
    agreements,
    beside_guessing,
    circumplex,
    losses,
    possible_shares,
    sieve,
    sizes,
    stated_and_measured,
    totals,
)
from emolib.plots.leaks import prices
from emolib.plots.networks import (
    branches,
    cell,
    gates,
    layers,
    overlays,
    spectrum,
)
from emolib.plots.studio import (
    amounts,
    band_changes,
    displays,
    responses,
    tracks,
    voices,
)
from emolib.plots.study import (
    bars,
    cepstra,
    confusions,
    curves,
    flow,
    grids,
    ladder,
    lines,
    network,
    people,
    pictures,
    precision_recall,
    roc,
    scores,
    stacks,
    verdicts,
)
from emolib.plots.style import OURS, STATED, STYLE, WARM

__all__ = [
    "OURS",
    "STATED",
    "STYLE",
    "WARM",
    "agreements",
    "amounts",
    "band_changes",
    "bars",
    "beside_guessing",
    "branches",
    "cell",
    "cepstra",
    "circumplex",
    "confusions",
    "curves",
    "displays",
    "flow",
    "gates",
    "grids",
    "ladder",
    "layers",
    "lines",
    "losses",
    "network",
    "people",
    "overlays",
    "pictures",
    "possible_shares",
    "precision_recall",
    "prices",
    "responses",
    "roc",
    "scores",
    "sieve",
    "sizes",
    "spectrum",
    "stacks",
    "stated_and_measured",
    "told_alone",
    "totals",
    "tracks",
    "verdicts",
    "voices",
]
