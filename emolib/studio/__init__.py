"""The studio: renders stand-ins for corpora from causes that are known.

No published corpus may be passed on, so the project renders its own: faces and
voices that are plainly synthetic, in files named and laid out like the published
ones, so that the same code reads both. What every clip was rendered from is
written to `causes.csv`, which no loader looks at.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from emolib import EmolibError, UsageError, data_folder
from emolib.files import write_atomic
from emolib.studio import twins
from emolib.studio.causes import DOSES, Causes, check_settings

__all__ = ["DOSES", "Causes", "provide", "render_corpus"]

RECORD, TRUTH = "RENDERED.json", "causes.csv"
HERE = Path(__file__).parent


def render_corpus(
    corpus: str = "ravdess",
    out: str | Path | None = None,
    profile: str = "quick",
    settings: Mapping[str, float] | None = None,
    seed: int = 0,
    subjects: int | None = None,
    emotions: Sequence[str] | None = None,
    workers: int | None = None,
    progress: bool = True,
    published: bool = False,
) -> Path:
    """Render the twin of a corpus.

    Files appear whole or not at all. Called again after an interruption, it goes
    on where it stopped; after a change of the studio itself it renders anew.

    Args:
        corpus: whose twin; "all" renders one after the other.
        out: data folder to put the corpus' folder in; by default
            `demo-PROFILE` in the data folder.
        profile: smoke, quick or paper.
        settings: doses of causes from 0 to 1, such as `{"setup": 0}`; see `DOSES`.
        seed: other seeds give other people, rooms and takes.
        subjects: how many people, if not as many as the profile says.
        emotions: canonical names of the classes wanted, if not all.
        workers: processes; all processors by default.
        progress: tell on standard error how far it is.
        published: as many clips of each person as the corpus has, though no finer
            than the profile says.

    Returns:
        The data folder, to be given to `corpora.index`.

    Raises:
        UsageError: for an unknown corpus, profile or setting, a dose out of
            range, people or classes that the corpus does not have, or a folder
            that holds anything but this rendering.
        EmolibError: if a file cannot be written (disk full, no permission).
    """
    doses = check_settings(settings)
    if workers is not None and workers < 1:
        raise UsageError(f"workers is a number from 1 on, not {workers}")
    out = data_folder(out) if out else data_folder() / f"demo-{profile}"
    asked = {
        "profile": profile,
        "seed": seed,
        "settings": dict(doses),
        "subjects": subjects,
        "emotions": sorted(set(emotions)) if emotions else None,
    }
    asked |= {"published": True} if published else {}
    names = twins.TWINS if corpus == "all" else [corpus]
    requests = [{"corpus": name, **asked} for name in names]
    for request, clips in [(one, planned(one)) for one in requests]:
        _render(out / request["corpus"], request, clips, workers, progress)
    return out


def planned(request: Mapping) -> list[twins.Clip]:
    """All clips that a rendering holds, by what its `RENDERED.json` asks for."""
    return twins.plan(
        request["corpus"],
        "paper" if request.get("published") else request["profile"],
        request["seed"],
        check_settings(request["settings"]),
        request["subjects"],
        request["emotions"],
    )


def provide(folder: str | Path, *names: str, **wanted: Any) -> None:
    """Render what is missing in a folder of demo data, so that a notebook runs.

    Such a folder is known by its name, `demo-PROFILE` or `demo-PROFILE-WORD`. In any
    other recordings are expected, and nothing is done. Of several processes that
    come at the same time one renders, and the others wait for it.

    Args:
        folder: a data folder, as for `corpora.index`.
        names: the corpora wanted.
        wanted: what else is asked of `render_corpus`, such as `subjects`; a folder
            holds one rendering of a corpus.

    Raises:
        UsageError, EmolibError: as `render_corpus` does.
    """
    place = data_folder(folder)
    demo, _, rest = place.name.partition("-")
    profile = rest.partition("-")[0]
    if demo != "demo" or profile not in twins.PROFILES:
        return
    from filelock import FileLock

    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / ".lock").touch()
    except OSError as error:
        raise EmolibError(f"{place}: no demo data can be rendered: {error}") from error
    with FileLock(place / ".lock"):
        for name in names:
            render_corpus(name, place, profile, **wanted)


def _render(
    folder: Path,
    request: dict,
    clips: Sequence[twins.Clip],
    workers: int | None,
    progress: bool,
) -> None:
    """Write what is not there yet of a twin."""
    from emolib.studio import files

    twin = twins.TWINS[request["corpus"]]
    form = twins.form(request["corpus"], request["profile"])
    _prepare(folder, request, _files(folder, twin, clips))
    if not (folder / TRUTH).exists():
        files.write_truth(folder / TRUTH, clips, form, twin.album)
    for name, write in twin.tables.items():
        if not (folder / name).exists():
            write(clips, folder / name)
    if not twin.album:
        missing = [c for c in clips if not all((folder / f).exists() for f in c.files)]
        files.render_all(folder, missing, form, workers, progress)
    elif not (folder / twin.album).exists():
        files.render_album(folder / twin.album, clips, form, workers, progress)


def _files(folder: Path, twin: twins.Twin, clips: Sequence[twins.Clip]) -> set[Path]:
    """All files that belong into a twin's folder."""
    names = {RECORD, TRUTH, *twin.tables, *(name for c in clips for name in c.files)}
    return {folder / name for name in names | ({twin.album} - {""})}


def _prepare(folder: Path, request: dict, ours: set[Path]) -> None:
    """Make sure the folder holds whole files of this rendering, or nothing.

    The record is written before the first clip, so that nothing rendered can
    ever be taken for real.
    """
    record = folder / RECORD
    found = {path for path in folder.rglob("*") if not path.is_dir()}
    if record in found:  # an older studio may have rendered more
        ours = ours | _listed(folder / TRUTH)
    leftover = {path for path in found if _whole(path) in ours}
    foreign = sorted(found - ours - leftover)
    if foreign or (found - leftover and record not in found):
        raise UsageError(
            f"{folder} holds files that are not of this rendering, such as "
            f"{(foreign or sorted(found))[0].relative_to(folder)}; choose another "
            "folder with --out, or empty this one"
        )
    stated = _read(record) if record in found else {}
    differing = [
        f"{key} {stated.get(key)!r} instead of {wanted!r}"
        for key, wanted in request.items()
        if stated and stated.get(key) != wanted
    ]
    if differing:
        raise UsageError(
            f"{folder} holds another rendering ({'; '.join(differing)}); choose "
            "another folder with --out, or remove this one"
        )
    request = request | {"studio": _studio_version()}
    if stated != request:  # nothing there, or clips of an older studio
        leftover |= found - {record}
    for path in sorted(leftover, key=(folder / TRUTH).__eq__):  # the list goes last
        path.unlink(missing_ok=True)
    if stated != request:
        text = json.dumps(request, indent=1) + "\n"
        write_atomic(record, lambda temporary: temporary.write_text(text, "utf-8"))


def _listed(truth: Path) -> set[Path]:
    """The files that a table of causes says it is about."""
    if not truth.exists():
        return set()
    with truth.open(encoding="utf-8", newline="") as file:
        return {
            truth.parent / row[kind]
            for row in csv.DictReader(file)
            for kind in ("sound", "film", "still")
            if row.get(kind)
        }


def _whole(path: Path) -> Path | None:
    """What `.STEM-RANDOM.SUFFIX`, left by a killed process, was to become."""
    stem = path.stem.removeprefix(".").rpartition("-")[0]
    return path.with_name(stem + path.suffix) if path.name.startswith(".") else None


def _read(record: Path) -> dict:
    try:
        return json.loads(record.read_text("utf-8"))
    except ValueError as error:
        raise UsageError(
            f"{record} is damaged ({error}); remove the folder and render it again"
        ) from error


def _studio_version() -> str:
    """A hash of the code that decides what a rendering looks like.

    Of what it says, not of how it is laid out, commented or imported.
    """
    asking = ("__init__.py", "places.py", "probes.py", "traces.py", "truth.py")
    others = {HERE / name for name in asking}
    digest = hashlib.sha256()
    for path in sorted(set(HERE.rglob("*.py")) - others):
        digest.update(_meaning(path.read_text("utf-8")).encode())
    return digest.hexdigest()[:12]


def _meaning(source: str) -> str:
    """Python source without imports, comments and layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [part for part in node.body if not _is_silent(part)]
    return ast.dump(tree)


def _is_silent(part: ast.stmt) -> bool:
    """Whether a statement is an import or a docstring."""
    said = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    return said or isinstance(part, ast.Import | ast.ImportFrom)
