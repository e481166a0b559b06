"""Pictures drawn from the ledger's data, for the pages on the documents.

A page shows one as `generated/NAME.png`. Each function here gathers what a picture
shows, calls the function of `plots` that draws it, and gives both, or no table where
no numbers are drawn. The caption of a picture with a table ends with a link to it, on
pages as in chapters.
"""

from __future__ import annotations

import hashlib
import html
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from emolib import ROOT

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from emolib.ledger.tables import Table

    Drawn = tuple[Figure, pd.DataFrame | None]

DATA = "_static/figures"
"""Where the tables that figures draw lie as CSV, from the book's folder."""

DRAWN = "book/generated/figures.txt"
"""The file, beside the staged pictures, that says what they were drawn from."""


def drawn(source: Path) -> dict[str, bytes]:
    """Every picture and table by its path among the staged files, and `DRAWN`.

    Those already staged are taken as they are while ledger, corpora and the code
    that draws stay the same: drawing all takes longer than staging all the rest.

    Args:
        source: the folder of the staged book.
    """
    digest, told = _digest(), source / DRAWN
    if told.is_file():
        then, *paths = told.read_text("utf-8").split("\n")
        known = {path: source / path for path in (*paths, DRAWN)}
        if then == digest and all(file.is_file() for file in known.values()):
            return {path: file.read_bytes() for path, file in known.items()}
    files = {}
    for name, draw in FIGURES.items():
        picture, table = draw()
        files[f"book/generated/{name}.png"] = png(picture)
        if table is not None:
            text = table.to_csv(float_format="%.9g", lineterminator="\n")
            files[data_file(name)] = text.encode()
    return {**files, DRAWN: "\n".join([digest, *files]).encode()}


def data_file(name: str) -> str:
    """The staged file of what a figure draws, by the figure's name."""
    return f"book/{DATA}/{name}.csv"


def data_link(name: str) -> str:
    """What a caption ends with, as HTML: a link to what the figure draws."""
    return f' <a href="../{DATA}/{html.escape(name)}.csv" download>Data</a>'


def _digest() -> str:
    """A hash of all that the pictures are drawn from."""
    code = ROOT / "emolib"
    rooms = ("ledger/**/*", "corpora/*.py", "plots/*.py", "studio/*.py", "results.py")
    rooms += ("book/everything.py", "book/fairness.py")
    used = {path for room in rooms for path in code.glob(room)}
    used |= set((ROOT / "book" / "results").glob("*/*/record.json"))
    files = sorted({*used, Path(__file__)})
    texts = [path.read_bytes() for path in files if path.is_file()]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def png(figure: Figure) -> bytes:
    """A figure as the bytes of a PNG file, sharp on dense screens."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=200, metadata={"Software": None})
    return file.getvalue()


# --- the title page -------------------------------------------------------------------


def stated_and_measured() -> Drawn:
    """Every study's main numbers, and what real recordings of new people give."""
    from emolib import plots
    from emolib.book import everything, quoting

    table = everything.drawn(everything.rows(quoting.quotable(set())))
    return plots.stated_and_measured(table), table.rename_axis("system")


def one_network() -> Drawn:
    """Document D's network for sound on strong voices, under three protocols."""
    from emolib import ledger, plots, results
    from emolib.ledger import verdicts

    told = {
        "augmented-before-split": "copies on both sides",
        "random-clips": "clips apart",
        "subjects-apart": "people apart",
    }
    real = results.real("early-fusion")
    runs = {
        what: real.find("copies", protocol, intensity="strong", copies=2)
        for protocol, what in told.items()
    }
    stated = verdicts.stated(ledger.claim("D.ravdess-strong.40.mel"))
    rungs, chance = results.ladder(runs).drop(columns="note"), 1 / 5
    table = rungs.assign(stated=stated, chance=chance).set_index("name")
    return plots.ladder(rungs, {"stated ": stated}, chance, width=4.6), table


def people() -> Drawn:
    """For whom systems were right, person by person."""
    import pandas as pd

    from emolib import plots
    from emolib.book import fairness, quoting

    shares = fairness.drawn(fairness.asked(quoting.quotable(set())))
    table = pd.concat(shares, names=["system", "person"]) if shares else None
    return plots.people(shares), table


def cast() -> Drawn:
    """A few of the drawn people, in four rooms."""
    from emolib import plots
    from emolib.studio import face
    from emolib.studio.causes import Causes

    shown = (
        ("happy", 0.9),
        ("angry", 0.9),
        ("surprised", 1.0),
        ("sad", 0.9),
        ("disgusted", 0.9),
        ("fearful", 0.9),
    )
    people = [
        Causes(n, emotion, strength, setup=n % 4, female=1 - n % 2, seed=0)
        for n, (emotion, strength) in enumerate(shown, start=1)
    ]
    faces = [face.still(person, (160, 160)) for person in people]
    emotions = [emotion for emotion, _ in shown]
    return plots.pictures(faces, emotions, columns=6, width=0.7), None


# --- document A -----------------------------------------------------------------------


def counts_of_table_1() -> Drawn:
    """Table 1 beside the corpora, under its own heads and in the order that fits."""
    import pandas as pd

    from emolib import ledger, plots
    from emolib.ledger import reading, tables

    document = ledger.document("A")
    table = document.table["A.table1"]
    read = reading.read_order(document, table)
    documented = reading.documented_counts(table)
    panels = {}
    printed = {label: label for label in read}
    for title, named in ("heads as printed", printed), ("heads reordered", read):
        numbers = pd.DataFrame(
            {
                named[row]: [tables.whole(table, row, corpus) for corpus in documented]
                for row in read
            },
            index=list(documented),
        )
        agree = numbers.apply(
            lambda counts: [
                n == documented[corpus].get(counts.name, 0)
                for corpus, n in counts.items()
            ]
        )
        met = f"{int(agree.to_numpy().sum())} of {agree.size} as documented"
        panels[f"{title}: {met}"] = numbers, agree
    cells = {
        title: numbers.melt(
            var_name="emotion", value_name="printed", ignore_index=False
        ).assign(documented=agree.melt()["value"].to_numpy())
        for title, (numbers, agree) in panels.items()
    }
    table = pd.concat(cells, names=["panel", "corpus"])
    return plots.agreements(panels), table


def recalls_of_table_15() -> Drawn:
    """Posed recalls of Table 15, and those that whole pictures can give."""
    import pandas as pd

    from emolib import ledger, plots

    document = ledger.document("A")
    titles = {"without eyes and eyebrows": "without", "with them": "with"}
    panels = {
        title: _recalls(document.table[f"A.table15-{half}"])
        for title, half in titles.items()
    }
    table = pd.concat(panels, names=["panel", "class"])
    return plots.possible_shares(panels, "recall"), table


def _recalls(table: Table) -> pd.DataFrame:
    """Items, recall, and whether all scores can be, of each posed class."""
    import pandas as pd

    from emolib.ledger import arithmetic

    rows = {}
    for label in table.labels:
        cells = table.row(label)
        if label.startswith("posed"):
            scores = {
                m: arithmetic.rounded(cells[m]) for m in ("precision", "recall", "f1")
            }
            n = int(cells["support"])
            possible = bool(arithmetic.possible_hits(n, **scores))
            rows[label] = {
                "n": n,
                "share": float(cells["recall"]),
                "possible": possible,
            }
    return pd.DataFrame.from_dict(rows, orient="index")


# --- document B -----------------------------------------------------------------------


def sizes_of_the_mix() -> Drawn:
    """Sizes of document B's mix that its two accuracies can come from."""
    import pandas as pd

    from emolib import ledger, plots

    sizes = ledger.checks.set_sizes(ledger.document("B"), "B.mix")
    claims = {
        "test": ledger.claim("B.mix.accuracy"),
        "training": ledger.claim("B.mix.training-accuracy"),
    }
    columns = {
        f"{name}, {claim.text}": [size.gives[name] for size in sizes]
        for name, claim in claims.items()
    }
    wholes = pd.Index([size.whole for size in sizes], name="pictures in the mix")
    table = pd.DataFrame(columns, wholes)
    return plots.sieve(table, wholes.name), table


def ways_to_recognise_microexpressions() -> Drawn:
    """Figure 2.1: five groups of methods; which, stands in the picture only."""
    from emolib import plots

    groups = [
        f"{name} group" for name in ("first", "second", "third", "fourth", "fifth")
    ]
    places = {group: (1.3, 1 - 0.5 * n) for n, group in enumerate(groups)}
    ends = {"film of a face": (0, 0), "microexpression": (2.6, 0)}
    pairs = [("film of a face", group) for group in groups]
    pairs += [(group, "microexpression") for group in groups]
    return plots.flow({**ends, **places}, pairs), None


def recogniser_in_blocks() -> Drawn:
    """Figure 2.2: another group's recogniser, by the sentences around it."""
    from emolib import plots

    blocks = [f"{name} block" for name in ("visual", "audio", "linguistic")]
    joint, end = "co-attention\nblock", "valence\nand arousal"
    places = {block: (0, 0.8 * (1 - n)) for n, block in enumerate(blocks)}
    pairs = [*((block, joint) for block in blocks), (joint, end)]
    return plots.flow({**places, joint: (1.3, 0), end: (2.5, 0)}, pairs), None


# --- document C -----------------------------------------------------------------------


def rows_of_figure_7() -> Drawn:
    """Row totals beside the corpus, under the printed names and in the order that fits.

    The order is the one that the check of a matrix' names finds.
    """
    import pandas as pd

    from emolib import ledger, plots
    from emolib.corpora import CORPORA
    from emolib.ledger import tables
    from emolib.ledger.checks import orders

    document, corpus = ledger.document("C"), CORPORA["ravdess"]
    matrix = document.table["C.audio.matrix"]
    printed = tables.totals(matrix)
    order, *_ = orders.reading(document, matrix)
    share = sum(printed.values()) / corpus.clips
    panels = {}
    for title, names in ("names as printed", matrix.labels), ("names reordered", order):
        expected = [share * corpus.counts[name] for name in names]
        columns = {"printed": list(printed.values()), "expected": expected}
        panels[title] = pd.DataFrame(columns, index=list(names))
    return plots.totals(panels), pd.concat(panels, names=["panel", "emotion"])


# --- document D -----------------------------------------------------------------------


def by_epoch(rows: Mapping[str, str]) -> Drawn:
    """Accuracies of document D over the epochs.

    Args:
        rows: by name, the ids of claims with `{}` where the number of epochs stands.
    """
    import pandas as pd

    from emolib import ledger, plots

    epochs = [10, 20, 30, 40]
    lines = {
        name: [ledger.claim(row.format(n)).value for n in epochs]
        for name, row in rows.items()
    }
    table = pd.DataFrame(lines, pd.Index(epochs, name="epochs"))
    return plots.lines(table, "epochs", "accuracy"), table


def copies() -> Drawn:
    """Table 4: the same network with and without copies."""
    rows = {
        "four copies": "D.augmentation.augmented-x-4.{}",
        "two copies": "D.augmentation.augmented-x-2.{}",
        "no copies": "D.augmentation.original.{}",
    }
    return by_epoch(rows)


def two_or_three_inputs() -> Drawn:
    """Tables 7 and 8: two inputs and three."""
    rows = {
        "normal, two inputs": "D.ravdess-normal.{}.2-input-f-mel",
        "normal, three": "D.ravdess-normal.{}.3-input",
        "strong, two inputs": "D.ravdess-strong.{}.2-input-f-mel",
        "strong, three": "D.ravdess-strong.{}.3-input",
    }
    return by_epoch(rows)


def sizes_of_document_d() -> Drawn:
    """Test sets that could give the accuracies of Tables 3 and 6."""
    from emolib import ledger

    tables = map(ledger.document("D").table.get, ("D.table3", "D.table6"))
    return by_size({t.where: sizes(1, t.at_most, t.id) for t in tables})


def by_size(panels: Mapping[str, tuple[pd.Series, int]]) -> Drawn:
    """How many printed accuracies test sets could give, from `sizes` by table."""
    import pandas as pd

    from emolib import plots

    parts = {
        title: pd.DataFrame({"accuracies it can give": given, "of": wanted})
        for title, (given, wanted) in panels.items()
    }
    return plots.sizes(panels), pd.concat(parts, names=["panel", "items tested"])


def sizes(least: int, most: int, *names: str) -> tuple[pd.Series, int]:
    """How many of some tables' accuracies each size can give, and how many there are.

    Accuracies in whole per cent, which nearly any size gives, are left out.

    Args:
        least, most: the sizes to try.
        names: tables.
    """
    import pandas as pd

    from emolib import ledger
    from emolib.ledger import arithmetic, reading

    claims = ledger.document(names[0][0]).claims
    texts = {
        reading.percents(claim)
        for claim in claims
        if claim.table in names and reading.is_accuracy(claim)
    }
    texts = [text for text in texts if arithmetic.decimals(text)]
    given = arithmetic.sizes_giving(texts, most)[least - 1 :]
    return pd.Series(given, index=range(least, most + 1)), len(texts)


# --- document E -----------------------------------------------------------------------


def earlier_recogniser_of_document_e() -> Drawn:
    """Figure 2.1: Huynh and Kim's recogniser, by the sentences about it."""
    from emolib import plots

    way = ["face found,\nthen tracked", "points of\nthe face", "LSTM with\na bias"]
    kinds = "one bias of\neach kind"
    steps = [*way, kinds, "boosted\ntrees"]
    return plots.branches("film", [steps], "real\nor fake"), None


def real_or_fake() -> Drawn:
    """Tables 4.4 to 4.6: real against fake, beside guessing."""
    import pandas as pd

    from emolib import ledger, plots

    document = ledger.document("E")
    found = {
        f"{table.where}: {label}": float(table.row(label)["real-fake accuracy"]) / 100
        for table in map(document.table.get, ("E.table4.4", "E.table4.5", "E.table4.6"))
        for label in table.labels
    }
    clips, chance = ledger.claim("E.temporal.best").n, 0.5
    table = pd.DataFrame({"accuracy": found, "chance": chance, "clips": clips})
    return plots.beside_guessing(found, chance, clips), table.rename_axis("system")


def losses_of_document_e() -> Drawn:
    """Tables 4.3 and 4.7: losses over accuracies."""
    import pandas as pd

    from emolib import ledger, plots

    document = ledger.document("E")
    groups = {"E.table4.3": "single images", "E.table4.7": "over time"}
    rows = [
        {
            "network": label,
            "accuracy": float(cells["accuracy"]) / 100,
            "loss": float(cells["loss"]),
            "group": f"{group}, {document.table[name].where}",
        }
        for name, group in groups.items()
        for label in document.table[name].labels
        for cells in [document.table[name].row(label)]
    ]
    table = pd.DataFrame(rows).set_index("network")
    return plots.losses(table, 12), table


def sizes_of_document_e() -> Drawn:
    """Test sets that could give the accuracies on images."""
    two_tasks = ("E.table4.4", "E.table4.5", "E.table4.6")
    return by_size(
        {
            "Table 4.3": sizes(12300, 12900, "E.table4.3"),
            "Tables 4.4 to 4.6": sizes(12300, 12900, *two_tasks),
        }
    )


FIGURES: dict[str, Callable[[], Drawn]] = {
    "title-results": stated_and_measured,
    "title-cast": cast,
    "what-survives": one_network,
    "people": people,
    "document-a-counts": counts_of_table_1,
    "document-a-recalls": recalls_of_table_15,
    "document-b-sizes": sizes_of_the_mix,
    "document-b-microexpressions": ways_to_recognise_microexpressions,
    "document-b-blocks": recogniser_in_blocks,
    "document-c-rows": rows_of_figure_7,
    "document-d-copies": copies,
    "document-d-inputs": two_or_three_inputs,
    "document-d-sizes": sizes_of_document_d,
    "document-e-earlier": earlier_recogniser_of_document_e,
    "document-e-real-fake": real_or_fake,
    "document-e-losses": losses_of_document_e,
    "document-e-sizes": sizes_of_document_e,
}
"""Each picture, with its table, by the name of its file."""
