"""The command line: `emolib --help`. Thin: each command calls one function."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Sequence
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emolib import EmolibError, UsageError
from emolib.files import shown

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer(
    help="""Recognising emotion from voice and face, with people kept apart.

    Any command takes --debug: show where an error came from.

    \b
    Example:
      emolib run confidence-fusion
    """,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
data_app = typer.Typer(
    help="""List, check, fetch and render corpora.

    \b
    Example:
      emolib data check ravdess
    """
)
app.add_typer(data_app, name="data", no_args_is_help=True)


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    csv = "csv"
    json = "json"


class Profile(StrEnum):
    """How much work a run is."""

    smoke = "smoke"
    quick = "quick"
    real = "real"
    paper = "paper"


class Source(StrEnum):
    """Whose recordings."""

    demo = "demo"
    real = "real"


class DemoProfile(StrEnum):
    """How much is rendered."""

    smoke = "smoke"
    quick = "quick"
    paper = "paper"


Data = Annotated[
    str | None,
    typer.Option(
        metavar="DIR",
        help="Where corpora lie, from the project's root; else EMOLIB_DATA, else data.",
    ),
]
Out = Annotated[str | None, typer.Option(metavar="DIR", help="Where results go.")]
StudyOption = Annotated[
    str | None, typer.Option(metavar="STUDY", help="Slug or letter; all without it.")
]
FormatOption = Annotated[Format, typer.Option(help="How to print it.")]


@app.command("clean")
def clean(
    what: Annotated[
        list[str] | None, typer.Argument(metavar="[cache|demo|build|runs]...")
    ] = None,
) -> None:
    """What lies on disk and can be made again; what you name is deleted.

    Corpora and the records that come with the book are never touched.

    \b
    Examples:
      emolib clean
      emolib clean cache demo
    """
    from emolib import disk

    for name in what or []:
        disk.places(name)  # a wrong name is refused before anything is deleted
    for name in what or disk.KEPT:
        taken = disk.free(name) if what else sum(map(disk.size, disk.places(name)))
        done = "freed" if what else disk.KEPT[name][1]
        print(f"{name:6}{taken / 1e6:>10,.1f} MB  {done}")


# -- data -------------------------------------------------------------------


@data_app.command("list")
def data_list(format: FormatOption = Format.table) -> None:
    """The corpora this project reads, and how to get them.

    Those of your own stand at the end; EMOLIB_CORPORA names their folder.

    \b
    Example:
      emolib data list
    """
    from emolib.corpora import known

    if format is Format.table:
        _corpora_told(known())
        return
    import pandas as pd

    rows = [
        {
            "name": corpus.name,
            "clips": corpus.clips or float("nan"),
            "subjects": corpus.subjects or float("nan"),
            "licence": corpus.licence,
            "access": corpus.access,
            "url": corpus.url,
        }
        for corpus in known().values()
    ]
    _show(pd.DataFrame(rows, dtype=object), format)


def _corpora_told(known: dict) -> None:
    """Each corpus in a few lines that fit the terminal."""
    wide = max(map(len, known))
    folded = {"width": max(shutil.get_terminal_size().columns, 40)}
    folded["subsequent_indent"] = " " * (wide + 2)
    for corpus in known.values():
        size = f"{corpus.clips} clips of {corpus.subjects} people; " * bool(
            corpus.clips and corpus.subjects
        )
        text = f"{corpus.name:{wide}}  {size}{corpus.licence}; {corpus.access}"
        print(textwrap.fill(text, **folded, break_on_hyphens=False))
        if corpus.url:
            print(" " * (wide + 2) + corpus.url)


@data_app.command("check")
def data_check(
    corpus: str, data: Data = None, format: FormatOption = Format.table
) -> None:
    """Compare the files of a corpus with what is documented of it.

    Exits with status 1 if something is wrong.

    \b
    Example:
      emolib data check ravdess --data ~/corpora
    """
    from emolib.corpora import check

    report = check(corpus, data, progress=True)
    _show(report.table(), format)
    if not report.ok:
        raise EmolibError(f"{corpus}: {report.folder} needs a hand, see the faults")


@data_app.command("fetch")
def data_fetch(
    corpus: str,
    data: Data = None,
    accept_licence: Annotated[
        bool,
        typer.Option("--accept-licence", help="You have read it and agree to it."),
    ] = False,
) -> None:
    """Download a corpus that may be downloaded, checked and unpacked.

    Its licence and address are shown first; of one that may not, whom to ask.

    \b
    Example:
      emolib data fetch ravdess --accept-licence
    """
    from emolib.corpora import fetch

    print(fetch(corpus, data, accept_licence=accept_licence))


@data_app.command("demo")
def data_demo(
    out: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            help="Data folder to render into; by default data/demo-PROFILE.",
        ),
    ] = None,
    corpus: Annotated[
        str, typer.Option(help="Whose twin to render; all for each of them.")
    ] = "ravdess",
    profile: Annotated[DemoProfile, typer.Option(help="How much.")] = DemoProfile.quick,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="CAUSE=VALUE", help="Dose a cause, 0 to 1."),
    ] = None,
    subjects: Annotated[
        int | None, typer.Option(metavar="N", help="This many people instead.")
    ] = None,
    emotions: Annotated[
        list[str] | None,
        typer.Option("--emotion", metavar="NAME", help="This class; may be repeated."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Other seeds, other people.")] = 0,
) -> None:
    """Render demo data: the twin of a corpus, from known causes.

    \b
    Examples:
      emolib data demo --out data/no-room --profile smoke --set setup=0
      emolib data demo --corpus crema-d --subjects 3 --emotion happy
    """
    from emolib.studio import render_corpus

    doses = {}
    for setting in settings or []:
        cause, _, value = setting.partition("=")
        try:
            doses[cause] = float(value)
        except ValueError as error:
            raise UsageError(
                f"--set takes CAUSE=VALUE with a number, got {setting!r}"
            ) from error
    print(render_corpus(corpus, out, profile.value, doses, seed, subjects, emotions))


# -- runs -------------------------------------------------------------------


@app.command()
def notebooks(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Made if it is not there.")
    ],
) -> None:
    """Copy the notebooks into a folder of your own, to run and to change.

    In the copies the documents' numbers, and those of records that come with the book,
    are text. A notebook that lies there already is left alone; of a copy is said
    whether its chapter has changed since.

    \b
    Example:
      emolib notebooks my-notebooks
    """
    from emolib.book.copies import copies

    for path, told in copies(folder).items():
        print(f"{path} {told}".rstrip())


@app.command()
def run(
    study: Annotated[str, typer.Argument(help="Slug, letter, .py notebook, or all.")],
    profile: Annotated[Profile, typer.Option(help="How much work.")] = Profile.quick,
    data: Data = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "-p", metavar="NAME VALUE", help="Change a parameter; may be repeated."
        ),
    ] = None,
    out: Out = None,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh", help="Make committed records of older code or inputs again."
        ),
    ] = False,
) -> None:
    """Execute a study's notebook, or all of them.

    Names and values are checked before anything runs. The executed notebook
    goes to --out (by default runs/notebooks), its records to the folder that the
    notebook's parameter `runs` names: runs, with profile real book/results.
    Records that come with the book are kept, and named as such, where the code
    or the inputs have changed since, unless --fresh is given.

    \b
    Examples:
      emolib run C --profile smoke
      emolib run confidence-fusion -p voice_epochs 10 -p seed 1
      emolib run all --out _build/executed
    """
    from emolib import runs

    given = dict(text.split("=", 1) for text in parameters or [])
    studies = list(runs.notebooks()) if study == "all" else [study]
    if not studies:
        raise UsageError(f"{runs.notebook.NOTEBOOKS} holds no notebook")
    studies = [_here(one) if one.endswith(".py") else one for one in studies]
    for one in studies:
        runs.resolve(runs.notebook_of(one), profile.value, given)
    for one in studies:
        print(runs.execute(one, profile.value, data, given, _here(out), fresh))


def _here(path: str | None) -> str | None:
    """A file or folder of the command line: it counts from where one stands."""
    return str(Path(path).absolute()) if path else None


@app.command()
def sweep(
    plan: Annotated[str, typer.Argument(metavar="PLAN.yaml")],
    workers: Annotated[int, typer.Option(min=1, help="Runs at a time.")] = 1,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler instead.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Leave out what is done and fresh.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would run, and how long.")
    ] = False,
    data: Data = None,
    out: Out = None,
) -> None:
    """Execute a notebook once for each point of a plan.

    The plan, in YAML, says study and profile; grid, a list of values for each
    parameter, or points, a list of them; seeds; minutes and gigabytes that a run may
    take. Exits with status 1 if a point failed; the others are kept. What was measured
    stands beside the points, in results.csv, and compared in index.html.

    \b
    Examples:
      emolib sweep seeds.yaml --dry-run
      emolib sweep seeds.yaml --workers 2
      emolib sweep seeds.yaml --scheduler tcp://10.0.0.1:8786 --resume
    """
    from emolib import runs

    out = _here(out)
    asked = runs.read_plan(plan), out, workers, scheduler, resume, data, not dry_run
    points = runs.sweep(*asked)
    _show(points, Format.table)
    if failed := list(points.loc[points["status"] == "failed", "folder"]):
        raise EmolibError(
            f"{len(failed)} of {len(points)} points failed; read log.txt in "
            f"{', '.join(failed)}, then run the same with --resume"
        )


@app.command()
def results(
    study: StudyOption = None,
    source: Annotated[
        Source | None, typer.Option(help="Rendered or published recordings.")
    ] = None,
    experiment: Annotated[
        str | None, typer.Option(metavar="NAME", help="A row of a study's tables.")
    ] = None,
    profile: Annotated[Profile | None, typer.Option(help="How much work.")] = None,
    metric: Annotated[
        str | None, typer.Option(metavar="NAME", help="Such as accuracy or uar.")
    ] = None,
    sweep: Annotated[
        str | None, typer.Option(metavar="NAME", help="A folder of runs/sweeps.")
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """What has been measured: records of book/results and runs.

    With --sweep: of its points, with their parameters. A table for the eye leaves
    out what does not tell its rows apart.

    \b
    JSON is a list of objects, one a metric, with the keys study, experiment,
    source, corpus, protocol, model, seed, profile, metric, value, low, high, n,
    unit, record, kept (committed or local), of (the code and inputs that it is of,
    today's or older), then a key for each parameter of the records, or the plan.

    \b
    Examples:
      emolib results --study C --source real --metric accuracy
      emolib results --sweep confidence_fusion --format csv
    """
    from emolib import records, runs
    from emolib.evaluation import intervals

    table = records.table(study=runs.slug(study) if study else None, parameters=True)
    if study and table.empty:
        runs.check_study(study)
    table.insert(table.columns.get_loc("of"), "kept", runs.kept(table))
    if sweep:
        table = runs.of_sweep(table, sweep)
    asked = {"source": source, "experiment": experiment, "profile": profile}
    for name, value in {**asked, "metric": metric}.items():
        table = _only(table, name, value)
    if format is Format.table:
        units = zip(table["n"], table["unit"], strict=True)
        notes = [intervals.note(n, unit) for n, unit in units]
        table = _telling(table, known=[*records.COLUMNS, "kept", "of", "point"])
        if any(notes):
            table = table.assign(note=notes)
    _show(table, format)


def _only(table: pd.DataFrame, name: str, value: str | None) -> pd.DataFrame:
    """The rows with this value; one that no row has is refused."""
    from emolib.notebook import near

    there = sorted(set(table[name]))
    if value and there and value not in there:
        hint = f"{near(value, there)}; there is {', '.join(there)}"
        raise UsageError(f"no results with {name} {value!r}{hint}")
    return table[table[name] == value] if value else table


def _telling(table: pd.DataFrame, known: list[str]) -> pd.DataFrame:
    """Without what only a program needs, and parameters that all rows share."""
    table = table.drop(columns=["corpus", "seed", "unit", "record"])
    parameters = [name for name in table if name not in known]
    alike = [
        name
        for name in parameters
        if table[name].isna().any() or table[name].map(str).nunique() < 2
    ]
    return table.drop(columns=alike)


@app.command()
def receipt(
    study: Annotated[str, typer.Argument(help="Slug or letter.")],
    published: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Another list of what a build made."),
    ] = None,
    tolerance: Annotated[
        float, typer.Option(min=0, help="How far two values may lie apart, in points.")
    ] = 1.0,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="To be handed in.")
    ] = None,
) -> None:
    """Hold what your runs gave against what the book published.

    Says what agrees within the tolerance, what does not and why that may be, such as
    another seed, other code, another library; and where the tolerance is wider than the
    gap between two protocols, that it cannot tell them apart. The book's side is the
    records that come with it and the list of what its own build made, never yours.

    \b
    Example:
      emolib receipt C --out receipt.json
    """
    from emolib import receipts, records, runs

    runs.check_study(study)
    slug = runs.slug(study)
    mine = [r for r in records.load(records.runs_folder() / slug) if r["complete"]]
    if not mine:
        raise EmolibError(f"no results of {study} of your own yet: emolib run {study}")
    book, told = receipts.published(slug, published)
    found = receipts.receipt(mine, book, tolerance / 100)
    if out:
        receipts.write(found, out, mine, book, told, tolerance / 100)
    print(f"{len(mine)} records of yours in {shown(records.runs_folder())}, {told}.\n")
    _show(found.drop(columns=["record", "in_book", "finished"]), Format.table)


@app.command()
def receipts(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A class's work.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where tables go.")] = Path(),
    roster: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="The class, as a platform exports it."),
    ] = None,
) -> None:
    """Gather what a class handed in: notebooks with outputs, and receipts of runs.

    A folder a student, or files that begin with who they are of and `_`. Writes
    receipts.csv, a line an exercise or a number, and gradebook.csv, a line a student:
    with --roster the platform's own columns first, so that it takes the file back.

    \b
    Example:
      emolib receipts handed-in --roster class.csv
    """
    from emolib.editions import gathering

    lines, grades, trouble = gathering.write(folder, out, roster)
    print(lines, grades, *trouble, sep="\n")


@app.command()
def ledger(
    study: StudyOption = None,
    format: FormatOption = Format.table,
    check: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE|-",
            help="Hold your own tables against themselves: YAML, CSV, Markdown.",
        ),
    ] = None,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="With --check: 0 whatever is found.")
    ] = False,
) -> None:
    """What the documents state, and what became of it.

    With --check: what the checks find in a file of yours, or in standard input (-).
    The exit status is 0 if all that could be checked agrees, 1 if something does not,
    2 if the file cannot be read or nothing in it can be checked.

    \b
    JSON is a list of objects, one a claim, with the keys id, document, where,
    quantity, stated, unit, kind, protocol, n, verdict_on_paper, inference,
    verdict_by_run, rests_on, finding, records; with --check, one a result: outcome,
    check, inference, table, row, about, evidence, noticed, tried, all_noticed,
    all_tried.

    \b
    Examples:
      emolib ledger --study confidence-fusion --format csv
      emolib ledger --check my_table.md
    """
    from emolib import ledger

    if check:
        found = ledger.check(check)
        if format is Format.table:
            print(ledger.told(found), end="")
        else:
            _show(found, format)
        code = ledger.status(found)
        if code and not exit_zero:
            raise typer.Exit(code)
        return
    table = ledger.table(study)
    if format is Format.table:
        shown = ("id", "stated", "unit", "verdict_on_paper", "inference")
        shown = (*shown, "verdict_by_run", "rests_on")
        table = table[[*shown, "quantity"]]
    _show(table, format)


class Edition(StrEnum):
    """For whom."""

    student = "student"
    instructor = "instructor"
    grading = "grading"


@app.command()
def edition(
    whom: Annotated[Edition, typer.Argument(help="For whom.")],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="A folder that is not there yet.")
    ],
    studies: Annotated[
        list[str] | None,
        typer.Option("--study", metavar="STUDY", help="Grade this one alone; repeat."),
    ] = None,
) -> None:
    """Write what a class needs into a folder; for reading also as a zip beside it.

    student: notebooks with stubs, and the built book; no solution in any file.
    instructor: the same, solutions, notes, a syllabus, slides. grading: a course for
    nbgrader. The last two need `make extras`.

    \b
    Examples:
      emolib edition student --out course
      emolib edition instructor --out teaching
      emolib edition grading --out grading --study what-a-split-is
    """
    from emolib import editions

    if whom is Edition.grading:
        print(editions.grading(out, studies or ()))
        return
    if studies:
        raise UsageError("--study narrows the grading edition alone")
    print(getattr(editions, whom.value)(out))


class AuditFormat(StrEnum):
    """How an audit is written."""

    text = "text"
    json = "json"
    html = "html"


@app.command()
def audit(
    predictions: Annotated[Path, typer.Argument(metavar="PREDICTIONS.csv")],
    clips: Annotated[
        Path | None,
        typer.Option(
            metavar="CLIPS.csv", help="What else is known of the clips, a row each."
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=YOURS", help="A column that has another name."),
    ] = None,
    format: Annotated[AuditFormat, typer.Option()] = AuditFormat.text,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write there, not here.")
    ] = None,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="0 whatever is found.")
    ] = False,
) -> None:
    """What can be claimed of predictions, anyone's, and what cannot.

    A row is an item: clip, subject, label, prediction, and side (train, validation,
    test) or fold; if known, corpus, sentence, copy, start and stop, a column p_CLASS
    of probabilities a class, and rater_NAME for each of several raters' labels. What
    the sides share, intervals over people, tests against chance and the commonest
    class, calibration. Exit status 1 if a clip or a person is trained on and tested.

    \b
    JSON is a list of objects with the keys part, about, outcome, says, value, low,
    high, p, n, unit.

    \b
    Examples:
      emolib audit predictions.csv
      emolib audit predictions.csv --clips clips.csv --column subject=who
      emolib audit predictions.csv --format html --out audit.html
    """
    from emolib import files
    from emolib.audit import audit as audited

    pairs = [pair.partition("=") for pair in column or []]
    if wrong := [name for name, sign, own in pairs if not (sign and name and own)]:
        raise UsageError(f"--column {wrong[0]}: wanted is NAME=YOURS")
    found = audited(predictions, clips, columns={n: own for n, _, own in pairs})
    written = {"text": str, "json": type(found).json, "html": type(found).html}
    content = written[format](found)
    if out:
        files.write_atomic(
            out.resolve(), lambda path: path.write_text(content, "utf-8")
        )
    else:
        print(content)
    if not (found.ok or exit_zero):
        raise EmolibError(f"{predictions}: what is tested is trained on, see above")


class PredictFormat(StrEnum):
    """How answers are printed."""

    table = "table"
    json = "json"


Weights = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="A network's, its record or card beside it."),
]
Checksums = Annotated[
    list[str] | None,
    typer.Option(metavar="SHA256", help="One for each --weights, 8 digits or more."),
]


@app.command()
def predict(
    media: Annotated[
        Path,
        typer.Argument(metavar="MEDIA", help="Or a folder; - for a film from a pipe."),
    ],
    study: Annotated[
        str | None,
        typer.Option(metavar="STUDY", help="Its networks, where a run here kept them."),
    ] = None,
    every: Annotated[
        int, typer.Option(metavar="N", help="Of films, look at one picture in N.")
    ] = 5,
    format: Annotated[PredictFormat, typer.Option()] = PredictFormat.table,
    copy: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Film (.mp4) or picture (.png) with answers."
        ),
    ] = None,
    weights: Weights = None,
    checksum: Checksums = None,
) -> None:
    """What small models, or a study's networks, say of a sound, picture or film.

    Without --study: which of seven emotions a voice sounds like, learned from EmoDB,
    and whether a face smiles, learned from the London faces. They abstain where they
    are not sure; how often they are right stands below. They read displays, not
    feelings. The copy of a film has no sound.

    \b
    JSON is a list of objects with the keys file, part (voice or face), start, stop
    (seconds), answer, sure, reason (why there is no answer), remedy, left, top,
    width, height (of the face, in pixels), model, tested (what is known of it), then
    a key p_CLASS for each class.

    \b
    Examples:
      emolib predict clip.mp4
      emolib predict recordings --format json
      emolib predict clip.mp4 --copy answered.mp4
      emolib predict clip.mp4 --study C
      ffmpeg -i CAMERA -f yuv4mpegpipe - | emolib predict - --every 25
      emolib predict clip.mp4 --weights faces.safetensors --checksum 6f31c0aa
    """
    from emolib import predict as asking

    tell = asking.Table(sys.stdout)
    if format is PredictFormat.json:
        tell = asking.Json(sys.stdout)
    models = asking.models(study, weights or (), checksum or ())
    try:
        failed = asking.predict(media, models, tell, every, copy)
    finally:
        tell.end()
    if failed:
        raise EmolibError(f"{media}: {failed} files could not be used, see above")


@app.command("app")
def live(
    port: Annotated[int, typer.Option(help="Where on the machine.")] = 7860,
    host: Annotated[
        str, typer.Option(help="0.0.0.0 lets other machines reach it.")
    ] = "127.0.0.1",
    weights: Weights = None,
    checksum: Checksums = None,
) -> None:
    """Open the live demo: a page that asks the models of your voice and face.

    Record or upload; it shows what each model says, how sure it is, what it looked
    at, and how often it was right. Listens on this machine alone, asks no other, and
    keeps nothing. Needs Gradio: make extras.

    \b
    Examples:
      emolib app --port 8000
      emolib app --weights faces.safetensors --checksum 6f31c0aa
    """
    from emolib import app as demo

    demo.serve(host, port, weights or (), checksum or ())


def _show(table: pd.DataFrame, format: Format) -> None:
    if format is Format.json:
        entries = json.loads(table.to_json(orient="records"))  # NaN becomes null
        print(json.dumps(entries, indent=1, ensure_ascii=False))
    elif format is Format.csv:
        print(table.to_csv(index=False), end="")
    elif table.empty:
        print("nothing yet")
    else:
        print(table.to_string(index=False, na_rep="", float_format="{:.3f}".format))


# -- entry ------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; errors become one line and an exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in arguments
    if isinstance(sys.stdout, TextIOWrapper):  # names of files may be in any encoding
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        app(_joined([a for a in arguments if a != "--debug"]), prog_name="emolib")
    except BrokenPipeError:  # `emolib results | head`
        sys.stderr.close()
    except Exception as error:
        if debug:
            raise
        told = isinstance(error, EmolibError)
        what = str(error) if told else f"{type(error).__name__}: {error} (see --debug)"
        print(f"emolib: {what}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UsageError) else 1)


def _joined(arguments: list[str]) -> list[str]:
    """`-p NAME VALUE` as `-p NAME=VALUE`: typer repeats only single values."""
    joined, rest = [], iter(arguments)
    for argument in rest:
        joined.append(argument)
        if argument == "-p":
            name, value = next(rest, ""), next(rest, None)
            if value is None or not name.isidentifier():
                left, sign, right = name.partition("=")
                hint = f"; write `-p {left} {right}`" if sign and right else ""
                raise UsageError(f"-p takes NAME VALUE, got {name!r}{hint}")
            joined.append(f"{name}={value}")
    return joined


if __name__ == "__main__":
    main()
