"""Pictures drawn from the ledger's data, for the pages on the documents.

A page shows one as `generated/NAME.png`. Each function here gathers what a picture
shows and calls the function of `plots` that draws it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from emolib import ROOT

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from emolib.ledger.tables import Table

DRAWN = "book/generated/figures.txt"
"""The file, beside the staged pictures, that says what they were drawn from."""


def drawn(source: Path) -> dict[str, bytes]:
    """Every picture by its path among the staged files, and `DRAWN`.

    Pictures already staged are taken as they are while ledger, corpora and the code
    that draws stay the same: drawing all takes longer than staging all the rest.

    Args:
        source: the folder of the staged book.
    """
    paths = {name: f"book/generated/{name}.png" for name in FIGURES}
    known = {path: source / path for path in (DRAWN, *paths.values())}
    digest = _digest().encode()
    if all(file.is_file() for file in known.values()):
        files = {path: file.read_bytes() for path, file in known.items()}
        if files[DRAWN] == digest:
            return files
    pictures = {path: png(FIGURES[name]()) for name, path in paths.items()}
    return {DRAWN: digest, **pictures}


def _digest() -> str:
    """A hash of all that the pictures are drawn from."""
    code = ROOT / "emolib"
    rooms = ("ledger/**/*", "corpora/*.py", "plots/*.py", "studio/*.py")
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


def stated_and_measured() -> Figure:
    """Every study's main numbers, and what real recordings of new people give."""
    from emolib import plots
    from emolib.book import everything, quoting

    found = everything.rows(quoting.quotable(set()))
    return plots.stated_and_measured(everything.drawn(found))


def one_network() -> Figure:
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
    rungs = results.ladder(runs).drop(columns="note")
    return plots.ladder(rungs, {"stated ": stated}, 1 / 5, width=4.6)


def people() -> Figure:
    """For whom systems were right, person by person."""
    from emolib.book import fairness, quoting

    return fairness.picture(fairness.asked(quoting.quotable(set())))


def cast() -> Figure:
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
    return plots.pictures(
        faces, [emotion for emotion, _ in shown], columns=6, width=0.7
    )


# --- document A -----------------------------------------------------------------------


def counts_of_table_1() -> Figure:
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
    return plots.agreements(panels)


def recalls_of_table_15() -> Figure:
    """Posed recalls of Table 15, and those that whole pictures can give."""
    from emolib import ledger, plots

    document = ledger.document("A")
    titles = {"without eyes and eyebrows": "without", "with them": "with"}
    panels = {
        title: _recalls(document.table[f"A.table15-{half}"])
        for title, half in titles.items()
    }
    return plots.possible_shares(panels, "recall")


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


def sizes_of_the_mix() -> Figure:
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
    wholes = [size.whole for size in sizes]
    return plots.sieve(pd.DataFrame(columns, index=wholes), "pictures in the mix")


def ways_to_recognise_microexpressions() -> Figure:
    """Figure 2.1: five groups of methods; which, stands in the picture only."""
    from emolib import plots

    groups = [
        f"{name} group" for name in ("first", "second", "third", "fourth", "fifth")
    ]
    places = {group: (1.3, 1 - 0.5 * n) for n, group in enumerate(groups)}
    ends = {"film of a face": (0, 0), "microexpression": (2.6, 0)}
    pairs = [("film of a face", group) for group in groups]
    pairs += [(group, "microexpression") for group in groups]
    return plots.flow({**ends, **places}, pairs)


def recogniser_in_blocks() -> Figure:
    """Figure 2.2: another group's recogniser, by the sentences around it."""
    from emolib import plots

    blocks = [f"{name} block" for name in ("visual", "audio", "linguistic")]
    joint, end = "co-attention\nblock", "valence\nand arousal"
    places = {block: (0, 0.8 * (1 - n)) for n, block in enumerate(blocks)}
    pairs = [*((block, joint) for block in blocks), (joint, end)]
    return plots.flow({**places, joint: (1.3, 0), end: (2.5, 0)}, pairs)


# --- document C -----------------------------------------------------------------------


def rows_of_figure_7() -> Figure:
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
    return plots.totals(panels)


# --- document D -----------------------------------------------------------------------


def by_epoch(rows: Mapping[str, str]) -> Figure:
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
    return plots.lines(pd.DataFrame(lines, index=epochs), "epochs", "accuracy")


def copies() -> Figure:
    """Table 4: the same network with and without copies."""
    rows = {
        "four copies": "D.augmentation.augmented-x-4.{}",
        "two copies": "D.augmentation.augmented-x-2.{}",
        "no copies": "D.augmentation.original.{}",
    }
    return by_epoch(rows)


def two_or_three_inputs() -> Figure:
    """Tables 7 and 8: two inputs and three."""
    rows = {
        "normal, two inputs": "D.ravdess-normal.{}.2-input-f-mel",
        "normal, three": "D.ravdess-normal.{}.3-input",
        "strong, two inputs": "D.ravdess-strong.{}.2-input-f-mel",
        "strong, three": "D.ravdess-strong.{}.3-input",
    }
    return by_epoch(rows)


def sizes_of_document_d() -> Figure:
    """Test sets that could give the accuracies of Tables 3 and 6."""
    from emolib import ledger, plots

    tables = map(ledger.document("D").table.get, ("D.table3", "D.table6"))
    return plots.sizes({t.where: sizes(1, t.at_most, t.id) for t in tables})


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


def earlier_recogniser_of_document_e() -> Figure:
    """Figure 2.1: Huynh and Kim's recogniser, by the sentences about it."""
    from emolib import plots

    way = ["face found,\nthen tracked", "points of\nthe face", "LSTM with\na bias"]
    kinds = "one bias of\neach kind"
    return plots.branches("film", [[*way, kinds, "boosted\ntrees"]], "real\nor fake")


def real_or_fake() -> Figure:
    """Tables 4.4 to 4.6: real against fake, beside guessing."""
    from emolib import ledger, plots

    document = ledger.document("E")
    found = {
        f"{table.where}: {label}": float(table.row(label)["real-fake accuracy"]) / 100
        for table in map(document.table.get, ("E.table4.4", "E.table4.5", "E.table4.6"))
        for label in table.labels
    }
    clips = ledger.claim("E.temporal.best").n
    return plots.beside_guessing(found, 0.5, clips)


def losses_of_document_e() -> Figure:
    """Tables 4.3 and 4.7: losses over accuracies."""
    import pandas as pd

    from emolib import ledger, plots

    document = ledger.document("E")
    groups = {"E.table4.3": "single images", "E.table4.7": "over time"}
    rows = [
        {
            "accuracy": float(cells["accuracy"]) / 100,
            "loss": float(cells["loss"]),
            "group": f"{group}, {document.table[name].where}",
        }
        for name, group in groups.items()
        for cells in map(document.table[name].row, document.table[name].labels)
    ]
    return plots.losses(pd.DataFrame(rows), 12)


def sizes_of_document_e() -> Figure:
    """Test sets that could give the accuracies on images."""
    from emolib import plots

    two_tasks = ("E.table4.4", "E.table4.5", "E.table4.6")
    return plots.sizes(
        {
            "Table 4.3": sizes(12300, 12900, "E.table4.3"),
            "Tables 4.4 to 4.6": sizes(12300, 12900, *two_tasks),
        }
    )


FIGURES: dict[str, Callable[[], Figure]] = {
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
"""Each picture by the name of its file."""
