"""What staging generates: the numbers that roles look up, and tables of pages."""

from __future__ import annotations

import json
import platform
import re
import textwrap
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from emolib import UsageError
from emolib.book import comparing, quoting
from emolib.book.markdown import (
    Markup,
    anchor,
    code,
    labelled,
    link,
    plain,
    sentence,
    table,
)
from emolib.book.quoting import SPACE, per_cent

NUMBERS = "numbers.json"
"""The file, beside the staged pages, that the roles look numbers up in."""

_PACKAGES = (
    *("numpy", "scipy", "pandas", "scikit-learn", "librosa", "av"),
    *("opencv-python-headless", "tensorflow", "keras", "torch", "papermill"),
    *("jupyter-book", "sphinx", "myst-nb"),
)


def numbers(
    quoted: list[dict], pages: Mapping[str, str], studies: Mapping[str, str]
) -> dict[str, dict]:
    """What the roles print: `measured`, `claim`, and `compared` page by page.

    Args:
        quoted: records, from `quoting.quotable`.
        pages: texts by name, for the comparisons that they make.
        studies: slugs by the documents' letters.
    """
    from emolib import ledger

    asked = re.compile(r"([\w-]+/[\w-]+/[\w-]+)[^\s`]*[?&]learned=")
    learned = {name for text in pages.values() for name in asked.findall(text)}
    sets = quoting.grouped(quoted, learned)
    stated = {
        claim.id: [
            {
                "text": claim.text.replace(" ", SPACE),
                "title": f"document {claim.document}, {claim.where}: {claim.quantity}",
                "target": anchor("claim", claim.id),
            }
        ]
        for source in ledger.all_documents()
        for claim in source.claims
    }
    return {
        "measured": quoting.measured(sets, pages.values()),
        "compared": comparing.comparisons(pages, sets, studies),
        "claim": stated,
    }


def record_table(quoted: list[dict]) -> str:
    """The records that the book may quote, each under an anchor, folded by study."""
    from emolib.records.reading import OLDER

    if not quoted:
        return "No notebook has left a record yet.\n"
    head = ("Record", "Accuracy", "Data", "Protocol", "Model", "Of", "Ran", "On")
    folded = []
    for study in dict.fromkeys(sorted(record["study"] for record in quoted)):
        some = [record for record in quoted if record["study"] == study]
        rows = [
            _of_record(one) for one in sorted(some, key=lambda r: r["source"] != "real")
        ]
        older = sum(row[5] == OLDER for row in rows)
        name = plain(study.replace("-", " ").capitalize())
        title = f"{name}: {len(rows)} records"
        title += f", {older} of older code" * bool(older)
        folded.append(f":::{{dropdown}} {title}\n{table(head, rows, 'wide')}:::\n")
    return "\n".join(folded)


def _of_record(record: dict) -> tuple[str, ...]:
    from emolib.evaluation import intervals
    from emolib.records import Recorded

    ran, accuracy = record["provenance"], record["metrics"]["accuracy"]
    text = per_cent(accuracy["value"], accuracy["low"], accuracy["high"])
    return (
        labelled(code(record["id"]), anchor("record", record["id"])),
        f"{text}, {note}" if (note := intervals.beside(accuracy)) else text,
        f"{record['corpus']}, {record['source']}",
        record["protocol"],
        f"{record['model']}, seed {record['seed']}",
        Recorded(record).of,
        f"{ran['finished'][:10]}, {duration(ran['seconds'])}",
        f"{ran['platform']}, {ran['device']}",
    )


def claim_table() -> str:
    """The documents' numbers, each under an anchor of its own, folded by document.

    A script makes the tables sortable; their columns are named in `book/_static`.
    """
    from emolib import ledger

    head = ("Claim", "Stated", "On paper", "By run", "Found")
    found, folded = ledger.table(), []
    for letter, claims in found.groupby("document", sort=False):
        rows = [
            (
                _named_claim(claim),
                f"{claim['stated']}{SPACE}{claim['unit']}".strip(),
                _beside(claim["verdict_on_paper"], _inferred(claim)),
                _beside(claim["verdict_by_run"], _cut(claim["rests_on"], 60)),
                _cut(claim["finding"], 200),
            )
            for claim in claims.to_dict("records")
        ]
        counts = claims["verdict_on_paper"].value_counts()
        wrong = counts.get("inconsistent", 0)
        title = f"Document {letter}: {len(claims)} claims, {wrong} inconsistent"
        folded.append(f":::{{dropdown}} {title}\n{table(head, rows, 'ledger')}:::\n")
    return "\n".join(folded)


def _cut(text: str, most: int) -> str:
    return textwrap.shorten(text, most, placeholder=" …")


def _named_claim(claim: dict) -> Markup:
    """A claim's name, what it is of, and where it stands."""
    name = labelled(code(claim["id"]), anchor("claim", claim["id"]))
    where = f" *{plain(claim['where'])}*" if claim["where"] else ""
    return Markup(f"{name} {plain(claim['quantity'])}{where}")


def _beside(verdict: str, note: str) -> Markup:
    """A verdict, and in italics what is said of it."""
    return Markup(f"{plain(verdict)} *({plain(note)})*" if note else plain(verdict))


def _inferred(claim: dict) -> str:
    told = claim["inference"] and "inference" not in claim["verdict_on_paper"]
    return "by inference" if told else ""


def claim_file() -> str:
    """The same as CSV: what `emolib ledger --format csv` prints."""
    from emolib import ledger

    return ledger.table().to_csv(index=False)


def claim_records() -> str:
    """The records on real recordings behind each verdict by run."""
    from emolib import ledger, records
    from emolib.ledger import verdicts

    told = []
    for id, found in sorted(records.by_claim().items()):
        claim, systems = ledger.claim(id), ledger.document(id[0]).systems
        verdict = plain(verdicts.by_run(claim, found, systems))
        told.append(f"\n{claim_link(id)}: {verdict}\n\n")
        told += [f"- {plain(verdicts.bearing(claim, r, systems))}\n" for r in found]
    return "".join(told) or "No run on real recordings bears on a claim yet.\n"


def findings_list(letter: str) -> str:
    """What the checks found in a document, ready to be included in a page.

    First the findings that have words of ours, each between `% begin ID` and
    `% end ID`, so that a page can include them one by one; then all the rest, folded,
    between `% begin rest` and `% end rest`.
    """
    from emolib import ledger

    found = ledger.findings(letter)
    worded, rest = found[found["id"] != ""], found[found["id"] == ""]
    told = [*map(_finding, worded.itertuples()), "% begin rest\n"]
    for outcome, title in _FOLDED.items():
        lines = [plain(e) for e in rest.loc[rest["outcome"] == outcome, "evidence"]]
        if "consistent" in outcome and outcome != "inconsistent":
            results = ledger.audited(letter)
            lines = [plain(r.evidence) for r in results if r.outcome == outcome]
        if lines:
            listed = "".join(f"- {line}\n" for line in lines)
            told.append(f":::{{dropdown}} {title} ({len(lines)})\n{listed}:::\n")
    return "\n".join([*told, "% end rest\n"])


_FOLDED = {
    "inconsistent": "What the checks found besides",
    "in tension, by inference": "What is in tension, by inference",
    "textual tension": "What is said twice, and not alike",
    "called significant": "What is called significant",
    "repeated word for word": "What is repeated",
    "remark": "What a reader should know",
    "cannot be checked": "What the document does not give enough for",
    "consistent": "What agrees",
    "trivially consistent": "What agrees because it is printed again, or nearly must",
}


def _finding(row) -> str:
    """One finding: our title, the evidence, the claims, the innocent explanation."""
    title = plain(row.title[:1].upper() + row.title[1:])
    inferred = row.inference and "inference" not in row.outcome
    kind = f"*{plain(row.outcome)}*" + (", by inference" if inferred else "")
    word = _BLAME.get(row.outcome, "About")
    word += ", or one of them" if row.either and row.outcome in _BLAME else ""
    claims = _linked(word, row.about, tables=row.either)
    claims += _linked("In tension, by inference", row.read)
    claims += _linked("Only involved", row.beside)
    innocent = (
        f"\nA possible innocent explanation: {plain(row.innocent)}\n"
        if row.innocent
        else ""
    )
    return (
        f"% begin {row.id}\n"
        f"({anchor('finding', row.id)})=\n"
        f"**{title}** ({kind}, by {code(row.check)})\n\n"
        f"> {plain(row.evidence)}{claims}\n{innocent}"
        f"\n% end {row.id}\n"
    )


_BLAME = {"inconsistent": "Wrong", "in tension, by inference": "In tension"}


def _linked(word: str, names: list[str], tables: bool = False) -> str:
    """Some claims under a word, cut short if there are many; empty for none.

    Args:
        tables: whether what stands in a table may be meant as well.
    """
    claims = [claim_link(id) for id in names if not _is_table(id)]
    more = f" and {len(claims) - 4} more" if len(claims) > 4 else ""
    where = [_where(id) for id in names if tables and _is_table(id)]
    more += "".join(f", or numbers of {plain(place)}" for place in where)
    return f" {word}: {', '.join(claims[:4])}{more}." if claims else ""


def _where(id: str) -> str:
    """Where a table stands."""
    from emolib import ledger

    return ledger.document(id[0]).table[id].where


def ledger_summary(letter: str = "") -> str:
    """Root causes, then claims, by outcome: of one document, or of all side by side."""
    from emolib import ledger
    from emolib.ledger import verdicts

    counted = ledger.summary(letter or None)
    if letter:
        rows = [
            (outcome, str(row.causes or ""), str(row.claims))
            for (_, outcome), row in counted.iterrows()
        ]
        return table(("On paper", "Root causes", "Claims"), rows)
    letters = [source.letter for source in ledger.all_documents()]
    rows = [
        (outcome, *(_causes_and_claims(counted, name, outcome) for name in letters))
        for outcome in verdicts.ON_PAPER
    ]
    return table(("On paper", *letters), rows)


def in_short(letter: str) -> str:
    """A document's page in a few lines of counts, to stand below its title."""
    from emolib import ledger

    claims = ledger.table()
    claims = claims[claims["document"] == letter]
    paper = _counted(claims["verdict_on_paper"])
    run = _counted(claims["verdict_by_run"])
    got = claims["verdict_by_run"] == "reproduced under its protocol"
    if unstated := int((got & (claims["protocol"] == "unstated")).sum()):
        run += (
            f". Of those reproduced {unstated} had no protocol stated: read as the "
            "plainest split, clips at random"
        )
    settings = ledger.settings(letter)
    left = int((settings["value"] == "").sum())
    return (
        ":::{admonition} In short\n:class: in-short\n\n"
        f"{len(claims)} numbers and statements of the document are looked at.\n\n"
        f"- On paper: {paper}.\n"
        f"- By run, on real recordings: {run}.\n"
        f"- Not stated: {left} of {len(settings)} settings that a rebuilder needs.\n"
        "\n[What the verdicts mean](#verdicts)\n:::\n"
    )


def _counted(found) -> str:
    """How often each verdict, in the order of the lists of verdicts."""
    from emolib.ledger import verdicts

    counts = found.value_counts()
    known = [v for v in (*verdicts.ON_PAPER, *verdicts.BY_RUN) if v in counts]
    order = dict.fromkeys([*known, *counts.index])
    return "; ".join(f"**{counts[verdict]}** {plain(verdict)}" for verdict in order)


def _causes_and_claims(counted, letter: str, outcome: str) -> str:
    if (letter, outcome) not in counted.index:
        return ""
    causes, claims = counted.loc[(letter, outcome)]
    return f"{causes} ({claims})" if causes else f"({claims})"


def ledger_power() -> str:
    """What changes of consistent numbers the checks catch, as the benchmark found."""
    from emolib import ROOT

    found = json.loads((ROOT / POWER).read_text("utf-8"))
    head = ("Check", "Numbers", "One step: caught", "Random: caught")
    rows = [
        (
            row["check"],
            str(row["numbers"]),
            f"{100 * row['step']:.0f}{SPACE}%",
            f"{100 * row['random']:.0f}{SPACE}%",
        )
        for row in found["power"]
    ]
    alarms = found["alarms"]
    told = (
        f"False alarms: {alarms['accused']} in {alarms['reports']:,} honest reports, "
        f"drawn at random and printed by scikit-learn {alarms['scikit_learn']}."
    )
    if among := alarms.get("among_them"):
        told += f" Among them: {among}."
    return f"{table(head, rows)}\n{told}\n"


def tables_power() -> str:
    """What the checks of pasted tables catch and accuse, as the benchmark found."""
    from emolib import ROOT

    found = json.loads((ROOT / TABLES).read_text("utf-8"))
    head = (
        *("Kind of table", "Honest ones", "Accused", "Nothing to check"),
        *("Steps planted", "Noticed", "under any heads"),
    )
    rows = [
        (
            row["kind"],
            f"{row['tables']:,}",
            str(row["accused"] + row["refused"]),
            f"{row['not checkable']:,}",
            f"{row['planted']:,}",
            *(
                f"{100 * row[name]:.0f}{SPACE}%"
                for name in ("caught", "caught under any words")
            ),
        )
        for row in found["kinds"]
    ]
    asked = found["mlscorecheck"]
    beside = (
        f"Of {asked['rows']:,} rows of scores of two classes mlscorecheck accuses "
        f"{asked['accused']:,}. Of these {asked['ours']:,} are accused as pasted "
        f"tables, since digits may be cut off, and {asked['rounded']:,} with the line "
        f"`digits: rounded` above them; then {asked['more']:,} more are, all with a "
        "step planted: a plain search over all matrices finds none for them. Of honest "
        f"rows {asked['honest']:,} are accused. Asked with a whole unit of the last "
        "digit as its uncertainty, so that digits may be cut off there too, it accuses "
        f"{asked['accused if cut']:,}; {asked['ours if cut']:,} of them are accused "
        "here."
    )
    own = asked["own"]
    tables = own["examples"] - own["no table"]
    beside += (
        f"\n\nIts README and the docstrings of its checks hold {own['examples']} "
        f"different examples of two classes, on one test, several, or folds. "
        f"{own['no table']} are means over data sets of unequal numbers of folds, "
        f"which no table here says. Of the other {tables} our verdict is its verdict "
        f"on {own['agree']}. Not compared are its examples of several classes "
        f"({own['others']['multiclass']}), of regression "
        f"({own['others']['regression']}) and on data sets that it holds "
        f"({own['others']['bundles']}); {own['fail as printed']} docstrings end in an "
        "error as they are printed."
    )
    times = found["first verdict"]
    told = (
        f"The first verdict on the example above takes the command {times['command']}"
        f"{SPACE}s of a processor's time from its start, once it is installed; the "
        f"page {times['page opened']}{SPACE}s from opening it, of which "
        f"{times['pressed']}{SPACE}s after the press of the button."
    )
    return f"{table(head, rows)}\n{beside}\n\n{told}\n"


TABLES = "benchmarks/tables.json"
"""What `benchmarks/tables.py` writes."""

POWER = "benchmarks/ledger.json"
"""What `benchmarks/ledger.py` writes."""


def coverage_table() -> str:
    """How often 95 % intervals cover the truth, as the benchmark found."""
    from emolib import ROOT
    from emolib.evaluation import intervals
    from emolib.evaluation.near_one import COVERAGE

    found = json.loads((ROOT / COVERAGE).read_text("utf-8"))
    means = ("0.5", "0.8", "0.95", "0.99")
    kinds = {"t": "t on people", "drawn": "people drawn"}
    rows = [
        (
            f"{100 * row['spread']:.0f}{SPACE}points",
            row["people"],
            f"{kinds[row['interval']]}{', in use' if row['in use'] else ''}",
            *(f"{100 * row[mean]:.0f}{SPACE}%" for mean in means),
        )
        for row in found["rows"]
        if row["score"] == "accuracy"
    ]
    low = [
        f"{100 * row[mean]:.1f}{SPACE}% with {row['people']} people, "
        f"{100 * row['spread']:.0f}{SPACE}points and a mean of {mean}"
        for row in found["rows"]
        for mean in ("0.5", "0.8")
        if row["score"] == "accuracy" and row["in use"] and row[mean] < 0.93
    ]
    cells: dict[tuple, list] = {}
    for row in found["rows"]:
        for mean in ("0.5", "0.8") if row["in use"] else ():
            cells.setdefault((row["spread"], row["people"], mean), []).append(row[mean])
    apart = max(100 * (max(scores) - min(scores)) for scores in cells.values())
    head = ("Spread", "People", "Interval", *(f"at a mean of {mean}" for mean in means))
    told = (
        f"From {found['sets']:,} sets of people a cell, {found['clips']} clips each; "
        f"in use: t below {intervals.MANY} people. The spread is that of people's own "
        "shares at a mean of a half; it is less at the ends. Half of our records on "
        "real people have less than the smaller one, most less than the larger. UAR "
        "and macro F1, whose shares come from leaving each person out in turn, are "
        f"covered within {apart:.1f}{SPACE}points of it at means of 0.5 and 0.8. Of "
        f"accuracies below 93 % there are, of what is in use: {'; '.join(low)}."
    )
    return f"{table(head, rows)}\n{told}\n"


LIVE = "benchmarks/live.json"
"""What `benchmarks/live.py` writes."""

_WAYS = {
    "plain loop": "a loop of OpenCV's that finds the face and draws a box",
    "demo": "a picture, from its pixels to the words",
    "packed": "the same, unpacked first as the page sends it",
    "newest": "from when it was taken, ten pictures a second",
    "voice": "a stretch of sound, from its end to the words",
}


def live_table() -> str:
    """How long the live demo takes to answer and to begin, as the benchmark found."""
    from emolib import ROOT

    found = json.loads((ROOT / LIVE).read_text("utf-8"))
    rows = [
        (
            _WAYS[row["way"]],
            *(f"{row[name]:.0f} ms" for name in ("median ms", "p95 ms")),
            f"{row['aim ms']} ms" if row["aim ms"] else "",
        )
        for row in found["rows"]
    ]
    begun = "".join(
        f"\nStudy {one['study']} first answered after {one['processor seconds']:.0f} "
        "seconds of one processor, demo data rendered and networks trained in them"
        + (
            f"; on a machine with {one['load']:.0f} programs at work that took "
            f"{one['seconds']:.0f} seconds.\n"
            if one["load"] > found["processors"]
            else ".\n"
        )
        for one in found.get("first", [])
    )
    when = f"Measured on {found['date'][:10]}, {found['processors']} processors.\n"
    head = ("What is waited for", "Half within", "95 of 100 within", "Aim")
    return f"{table(head, rows)}\n{when}{begun}"


def draws_table(letter: str) -> str:
    """Which counts the test items of each class are a share of, report by report.

    Empty for a document that does not say what its reports were drawn from.
    """
    from emolib import ledger
    from emolib.ledger.checks import draws

    document = ledger.document(letter)
    reports: dict[tuple, tuple[str, list[draws.Drawn]]] = {}
    for report in document.of_kind("scores"):
        if drawn := draws.drawn_from(document, report):
            where = report.where.split(",")[0]
            reports.setdefault(tuple(d.n for d in drawn), (where, drawn))
    columns = [[_draw(d) for d in drawn] for _, drawn in reports.values()]
    if not columns:
        return ""
    labels = [d.label for d in next(iter(reports.values()))[1]]
    rows = list(zip(labels, *columns, strict=True))
    head = ("Class", *(where for where, _ in reports.values()))
    return table(head, rows, "wide")


def _draw(drawn) -> str:
    """The items tested, and the counts that they are a share of."""
    used = [
        f"{corpus} {n}" + ("*" if corpus in drawn.as_printed else "")
        for corpus, n in drawn.used.items()
    ]
    return f"{drawn.n}: {' + '.join(used) or '?'}"


def open_settings(letter: str) -> str:
    """What a document leaves open, part by part."""
    from emolib import ledger

    settings = ledger.settings(letter)
    left = settings[settings["value"] == ""]
    lines = [f"Of {len(settings)} settings that we looked for, {len(left)} are open.\n"]
    for part, rows in left.groupby("part", sort=False):
        named = [
            plain(row.name_ + (f" ({row.note})" if row.note else ""))
            for row in rows.rename(columns={"name": "name_"}).itertuples()
        ]
        lines.append(f"- **{plain(part)}**: {'; '.join(named)}")
    return "\n".join(lines) + "\n"


def _is_table(id: str) -> bool:
    from emolib import ledger

    return any(id in source.table for source in ledger.all_documents())


def claim_link(id: str) -> str:
    """A link to a claim's row in the table of all claims."""
    return link(code(id), anchor("claim", id))


def checked_example(path: Path) -> str:
    """What `emolib ledger --check` prints of one of the page's examples."""
    from emolib import ledger

    return ledger.told(ledger.check(path))


def audited_example(path: Path) -> str:
    """What `emolib audit` prints of the page's example."""
    from emolib.audit import audit

    return _printed(str(audit(path)))


def audited_published() -> str:
    """What the audit says of published answers about RAVDESS' voices, from the record
    that holds them; empty where the book's records are not there."""
    from emolib import results
    from emolib.audit import audit

    known = results.real("confidence-fusion")
    wanted = {"experiment": "joined", "pair": "published", "model": "voice"}
    runs = [*known.all(**wanted).values()]
    return _printed(str(audit(runs[0].predictions))) if runs else ""


def model_card(name: str) -> str:
    """The card of a model that comes with the book, and how it did, row by row."""
    from emolib import shipped

    card = shipped.card(name)
    size = (shipped.FOLDER / f"{name}.safetensors").stat().st_size
    cite = re.sub(r"[^\w:-]", "", card["cite"])
    told = [
        ("Says", plain(card["classes"])),
        ("How", plain(card["how"])),
        ("Learned from", Markup(f"{plain(card['data'])} {{cite}}`{cite}`")),
        ("Licence", plain(f"{card['licence']}; {card['attribution']}")),
        ("Size", plain(f"{card['numbers']:,} numbers in {size // 1000} kB, no item")),
        (
            "Answers from",
            f"{_share(card['threshold'])} on, a threshold above which, of people left "
            f"out while it learned, {_share(card['aim'])} of the answers were right",
        ),
    ]
    limits = "".join(f"- {plain(limit)}\n" for limit in card["not"])
    head = ("Tried on", "People", "Items", "Right if all are answered")
    head += ("Answered", "Right of those", "Calibration error", "Mean confidence")
    rows = [_tried(row) for row in card["rows"]]
    beside = table(("What", "It is"), told)
    return f"{beside}\n**What it is not**\n\n{limits}\n{table(head, rows, 'wide')}"


def _tried(row: dict) -> tuple:
    few = f"{row['people']} {row['unit']}s" if row["unit"] != "subject" else ""
    sure = _share(row["sure"])
    if row["sure_before_calibration"] != row["sure"]:
        sure += f", {_share(row['sure_before_calibration'])} before calibration"
    return (
        row["tested"],
        few or str(row["people"]),
        str(row["items"]),
        *(_measured(row[name]) for name in ("accuracy", "answered", "right")),
        "" if row["ece"] is None else f"{row['ece']:.2f}",
        sure,
    )


def _measured(metric: dict) -> str:
    if metric["value"] is None:
        return ""
    return per_cent(metric["value"], metric["low"], metric["high"])


def _share(value: float) -> str:
    return per_cent(value, None, None)


def predicted_example(demo: Path) -> str:
    """What `emolib predict` prints of a rendered film of the book's data."""
    import io

    from emolib import predict

    found = sorted((demo / "ravdess").rglob("01-01-03-02-*.mp4"))
    if not found:
        return "no rendered film is here\n"
    out = io.StringIO()
    tell = predict.Table(out)
    predict.predict(found[0], predict.models(), tell, every=25)
    tell.end()
    return _printed(out.getvalue(), indented=5)


def _printed(text: str, indented: int = 3) -> str:
    """What a command prints, in lines that a page has room for; where an indented one
    goes on, it is set in so far."""
    wrapped = []
    for line in text.splitlines():
        indent = " " * (indented if line.startswith("  ") else 3)
        wrapped += textwrap.wrap(line, 84, subsequent_indent=indent) or [""]
    return "\n".join(wrapped) + "\n"


def version_table() -> str:
    """With what the pages were built; nothing that names a person or a machine."""
    rows = [("Python", platform.python_version())]
    rows += [(package, version(package)) for package in _PACKAGES]
    rows.append(("platform", f"{platform.system()} {platform.machine()}"))
    return table(("Program", "Version"), rows)


def corpus_cards(demo: Path) -> str:
    """Every corpus: an overview, then a card each.

    Args:
        demo: the folder of the book's rendered corpora.
    """
    from emolib.corpora import CORPORA

    head = ("Corpus", "Clips", "People", "Emotions", "Licence", "Found here")
    rows, cards = [], []
    for name, corpus in CORPORA.items():
        label = anchor("corpus", name)
        facts = (corpus.clips or "unknown", corpus.subjects or "unknown")
        facts += (len(corpus.space), corpus.licence)
        rows.append((link(name, label), *facts, found_here(name, demo)))
        clips = "Clips of each emotion, as documented" if corpus.counts else "Emotions"
        counts = [f"{e} {corpus.counts.get(e, '')}".strip() for e in corpus.space]
        where = _place(corpus.url, corpus.access)
        tables = f"; labels in {_names(corpus.tables)}" if corpus.tables else ""
        cite = re.sub(r"[^\w:-]", "", corpus.citation)
        cards.append(
            f"({label})=\n## {plain(corpus.title)}\n\n"
            f"{sentence(corpus.description)} {{cite}}`{cite}`\n\n"
            f"- Where to get it: {where}\n"
            f"- Licence: {plain(corpus.licence)}\n"
            f"- {clips}: {plain(', '.join(counts))}\n"
            f"- Folder: {code(name)}; files end in {_names(corpus.patterns)}{tables}\n"
        )
    return table(head, rows) + "\n" + "\n".join(cards)


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(map(code, names))


def _place(url: str, access: str) -> str:
    """An address, as a link where it is one of the web, and how to get access."""
    if re.fullmatch(r"https?://[^\s<>\\]+", url):
        return f"<{url}> ({sentence(access)})"
    return sentence(f"{url} ({access})" if url else access)


def found_here(name: str, demo: Path) -> str:
    """Whether this machine has the recordings, or only their rendered twin."""
    from emolib import corpora

    found = []
    for data in (None, demo):
        try:
            manifest = corpora.index(name, data)
        except UsageError:
            continue
        kind = {"real": "real recordings", "demo": "rendered twin"}
        found.append(f"{kind[manifest['source'].iloc[0]]}, {len(manifest)} clips")
    return "; ".join(dict.fromkeys(found)) or "no"


def duration(seconds: float) -> str:
    """A span of time as people say it.

    >>> duration(42), duration(420), duration(10_000)
    ('42 s', '7 min', '2.8 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
