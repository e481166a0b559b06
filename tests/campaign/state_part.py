"""Damaged index files, archives, tables, plans, records and checkpoints."""

from __future__ import annotations

import json
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd
from common import Judged, Outcome, Task, TryAgain
from damage import KINDS, damaged, misspelt

NUMBER = 500  # damaged ones of each
CLIPS = 8
PLAIN = "plain text carries no checksum: another word is another entry"


class Case(NamedTuple):
    """A kind of state: made once in a folder, damaged in one of its files, used.

    `use` gives what must be the same as before; `plain` files hold text that people
    write, in which nothing could tell one entry from another.
    """

    make: Callable[[Path], None]
    files: str  # which of them are damaged
    use: Callable[[Path], object]
    plain: bool = False


# -- features ------------------------------------------------------------------


@dataclass(frozen=True)
class Bytes:
    """A file's bytes as a feature."""

    name: ClassVar[str] = "bytes"

    def __call__(self, path: str) -> np.ndarray:
        return np.frombuffer(Path(path).read_bytes(), np.uint8).astype(np.float32)


def extracted(folder: Path) -> list:
    from emolib.features import store

    paths = sorted(map(str, folder.glob("*.wav")))
    clips = pd.DataFrame({"clip": [Path(p).stem for p in paths], "path": paths})
    found = store.extract(Bytes(), clips, folder / "cache", 1, progress=False)
    return [array.tolist() for array in found.arrays]


def features(folder: Path) -> None:
    for number in range(CLIPS):
        (folder / f"{number}.wav").write_bytes(bytes([number + 1]) * 40)
    extracted(folder)


# -- archives ------------------------------------------------------------------


def archive(folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        for number in range(CLIPS):
            content = np.random.default_rng(number).bytes(200)
            bundle.writestr(f"Actor_{number:02}/clip-{number}.wav", content * 2)


def unpacked(folder: Path) -> dict:
    from emolib.corpora.download import unpack

    unpack(folder / "a.zip", folder / "in")
    stray = {path.name for path in folder.iterdir()} - {"a.zip", "in"}
    assert not stray, f"written outside: {stray}"
    files = [path for path in (folder / "in").rglob("*") if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): blake2b(path.read_bytes()).hexdigest()
        for path in sorted(files)
    }


# -- tables --------------------------------------------------------------------

ROWS = [
    [
        "Number",
        "Subject Label",
        "Clip",
        "Clip Name",
        "Emotion",
        "Emotion Code",
        "Gender",
    ],
    *(
        [
            number,
            number % 4 + 1,
            number,
            f"S00{number % 4 + 1}_00{number}",
            name,
            1,
            "F",
        ]
        for number, name in enumerate(["Anger", "Fear", "Sadness", "Disgust"] * 2, 1)
    ),
]


def sheet(suffix: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        from emolib.corpora.sheets import write_xlsx

        clips = folder / "BAUM1a_MP4_all"
        clips.mkdir()
        for row in ROWS[1:]:
            (clips / f"{row[3]}.mp4").touch()
        path = folder / f"Annotations_BAUM1a{suffix}"
        if suffix == ".xlsx":
            write_xlsx(path, ROWS)
        else:
            path.write_text("\n".join(",".join(map(str, row)) for row in ROWS) + "\n")

    return make


def indexed(folder: Path) -> list:
    from emolib.corpora import index

    found = index("baum-1", folder)
    return found[["clip", "emotion", "subject"]].to_numpy().tolist()


def ledger_table(suffix: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        from emolib import ROOT

        if suffix == ".yaml":
            shutil.copy(ROOT / "book" / "examples" / "scores.yaml", folder / "a.yaml")
            return
        rows = [
            ["class", "precision", "recall", "f1", "support"],
            ["happy", "0.80", "0.70", "0.75", "100"],
            ["sad", "0.60", "0.50", "0.55", "100"],
            ["accuracy", "", "", "0.60", "200"],
        ]
        if suffix == ".csv":
            text = "\n".join(map(",".join, rows))
        else:
            rows.insert(1, ["---"] * 5)
            text = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        (folder / f"a{suffix}").write_text(text + "\n")

    return make


def ledger_checked(folder: Path) -> list:
    from emolib import ledger

    (path,) = folder.glob("a.*")
    return ledger.check(path).to_numpy().tolist()


# -- plans ---------------------------------------------------------------------


def plan(folder: Path) -> None:
    (folder / "plan.yaml").write_text(
        "study: confidence-fusion\nprofile: smoke\n"
        "grid:\n  seed: [0, 1]\n  voice_epochs: [3]\n"
    )


def points(folder: Path) -> list:
    from emolib import runs

    found = runs.read_plan(folder / "plan.yaml")
    return [found.study, found.profile, found.points]


# -- records -------------------------------------------------------------------


def opened(folder: Path, folds: int) -> tuple:
    """A run to be recorded, its clips and its classes."""
    from emolib import records
    from emolib.labels import LabelSpace

    space = LabelSpace("moods", ("calm", "happy", "sad"))
    table = pd.DataFrame({"clip": [f"clip-{number:02}" for number in range(24)]})
    table["path"], table["corpus"], table["source"] = "a.wav", "moods", "demo"
    table["subject"] = [f"s{number % 6}" for number in range(24)]
    table["emotion"] = [space.classes[number % 3] for number in range(24)]
    run = records.open_run(
        study="confidence-fusion",
        experiment="audio",
        source="demo",
        corpus="moods",
        protocol="subjects-apart",
        model="cnn",
        profile="smoke",
        seed=0,
        manifest=table,
        space=space,
        folds=folds,
        code="1",
        inputs={"digest": "abc"},
        parameters={"epochs": 3},
        learner={"kind": "answers"},
        folder=folder,
    )
    return run, table, space


def answers(table: pd.DataFrame, space: tuple, fold: int, folds: int) -> pd.DataFrame:
    part = table[table.index % folds == fold]
    drawn = np.random.default_rng(fold).dirichlet(np.ones(3), len(part))
    known = part[["clip", "subject"]].assign(label=part["emotion"])
    return known.join(pd.DataFrame(drawn, part.index, list(space)))


def record(folder: Path) -> None:
    run, table, space = opened(folder / "runs", 2)
    for fold in range(2):
        run.add(fold, answers(table, space, fold, 2))


def recorded(folder: Path) -> list:
    from emolib import records

    found = records.load(folder / "runs")
    return [
        [
            {k: v for k, v in one.items() if k not in ("record", "provenance")},
            records.predictions(one).to_numpy().tolist(),
            records.recompute(one),
        ]
        for one in found
    ]


# -- checkpoints ---------------------------------------------------------------


SIZE = 2000


class Numbers:
    """A model of a few numbers, as `training.loop` sees one."""

    def __init__(self) -> None:
        self.rate, self.weights = 0.1, np.zeros(SIZE)

    def read(self) -> dict:
        return {"model/weights": self.weights, "rate": np.array(self.rate)}

    def write(self, arrays: dict) -> None:
        self.weights = arrays["model/weights"]
        self.rate = float(arrays.get("rate", self.rate))

    def describe(self) -> str:
        return "numbers"

    def reduce_rate(self, factor: float) -> None:
        self.rate *= factor


def trained(folder: Path, epochs: int = 4, pause: float = 0) -> list:
    from emolib.training.loop import Loop

    x, y = np.arange(12.0).reshape(6, 2), np.eye(6)
    state = Numbers()
    # What stands for no validation, rate or early stop, a checkpoint, its interval.
    loop = Loop(
        *(state, x, y, epochs, 2, 0, None, (1, 0.5), None),
        *(folder / "run.ckpt", 0.0, False),
    )
    with loop.resumed():
        while not loop.over:
            time.sleep(pause)
            state.weights = state.weights + state.rate * (loop.done + 1)
            loop.end_epoch({"loss": 1 / (loop.done + 1), "accuracy": 0.5}, 1.0)
    return [state.weights.tolist(), state.rate, loop.history().to_dict("list")]


def checkpoint(folder: Path) -> None:
    trained(folder, epochs=2)


CASES = {
    "index of features": Case(features, "*/*/*.index", extracted),
    "stored features": Case(features, "*/*/*.bin", extracted),
    "archive": Case(archive, "a.zip", unpacked),
    "table, csv": Case(sheet(".csv"), "*.csv", indexed, plain=True),
    "table, xlsx": Case(sheet(".xlsx"), "*.xlsx", indexed),
    "table, ledger yaml": Case(
        ledger_table(".yaml"), "a.*", ledger_checked, plain=True
    ),
    "plan": Case(plan, "plan.yaml", points, plain=True),
    "record": Case(record, "**/record.json", recorded),
    "predictions": Case(record, "**/predictions.parquet", recorded),
    "checkpoint": Case(checkpoint, "run.ckpt", trained),
}


def work(task: Task) -> str:
    found = CASES[task.row].use(Path(task.path))
    return json.dumps(found, default=str, sort_keys=True)


def tasks(share: float, seed: int, folder: Path) -> Iterator[Task]:
    count = max(2, round(NUMBER * share))
    for place, (name, case) in enumerate(CASES.items()):
        whole = folder / f"{place}"
        whole.mkdir()
        case.make(whole)
        kept = folder / f"{place}-whole"
        _copy(whole, kept)
        yield Task(name, "whole", str(kept), str(kept))
        for number in range(count):
            random = np.random.default_rng((seed, place, number))
            copy = folder / f"{place}-{number}"
            _copy(whole, copy)
            (file,) = copy.glob(case.files)
            kind = _damage(
                file, case.plain or "record.json" in case.files, number, random
            )
            yield Task(name, kind, str(copy), str(kept))


def _copy(source: Path, target: Path) -> None:
    """With paths and times of files as they were: the store knows files by them."""
    shutil.copytree(source, target)
    for index in target.glob("*/*/*.index"):
        _rename_in_index(index, source, target)


def _rename_in_index(index: Path, source: Path, target: Path) -> None:
    from emolib.features import parts

    lines = []
    for line in index.read_bytes().splitlines():
        known = json.loads(line.rpartition(b"\t")[0])
        known[0] = known[0].replace(str(source), str(target))
        lines.append(parts.line_of(json.dumps(known).encode()))
    index.write_bytes(b"".join(lines))


def _damage(file: Path, text: bool, number: int, random: np.random.Generator) -> str:
    content = file.read_bytes()
    if text and number % 2:
        file.write_bytes(misspelt(content, random))
        return "misspelt"
    file.write_bytes(damaged(content, number // 2 if text else number, random))
    return KINDS[(number // 2 if text else number) % len(KINDS)].__name__


def judged(
    all_tasks: list[Task], outcomes: dict[str, Outcome], _: TryAgain
) -> Iterator[Judged]:
    for task in all_tasks:
        found, whole = outcomes[task.path], outcomes[task.original]
        assert whole.kind == "value", whole
        if task.kind == "whole":
            continue
        if found.kind == "refused":
            named = Path(task.path).name in found.detail
            yield Judged(task, "refused" if named else "unnamed", found.detail)
        elif found.kind != "value":
            yield Judged(task, found.kind, found.detail)
        elif found.detail == whole.detail.replace(task.original, task.path):
            yield Judged(task, "same")
        elif CASES[task.row].plain:
            yield Judged(task, "known", PLAIN)
        else:
            yield Judged(task, "silent", _first_difference(whole.detail, found.detail))


def _first_difference(whole: str, found: str) -> str:
    pairs = zip(whole, found, strict=False)
    place = next((i for i, (a, b) in enumerate(pairs) if a != b), 0)
    start = max(0, place - 60)
    return f"was {whole[start : place + 60]}\nis  {found[start : place + 60]}"
