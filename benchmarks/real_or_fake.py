"""Memory of study E's sequences, in training, at once and ten times over.

    python benchmarks/real_or_fake.py [--clips 1200] [--json FILE]

Films of noise are put into a store, and a network over time learns of them for one
epoch, each number of clips in a process of its own. Told are how much lies on disk,
the peak of memory of the process' own, and what of it came with reading and learning.
Parts of the store that were read stay mapped as long as nobody else wants the room;
they are told apart. Answers are given for 256 clips at a time, so that fewer than that
many in the test would take less. The exit status is 1 if a further clip takes more than
its rows in tables may.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
from features import facts

from emolib import labels, learners, pieces, protocols
from emolib.features import store

TIMES, MOST = 10, 4  # kilobytes a clip: what may grow is the table, and answers
SHAPE = (4, 24, 24, 3)  # small, so that there are many


@dataclass(frozen=True)
class Noise:
    """A film of noise, by the number that is its file's name."""

    name: ClassVar[str] = "noise"

    def __call__(self, path: str) -> np.ndarray:
        draw = np.random.default_rng(int(Path(path).stem))
        return draw.integers(0, 256, SHAPE).astype(np.uint8)


def learn(count: int, folder: Path) -> dict:
    """Store and learn in this process; the peak of memory in MB."""
    from emolib.models import real_or_fake

    clips = table(count, folder)
    learner = learners.TorchNetwork(
        real_or_fake.frame_lstm, {"width": 0.05}, epochs=1, batch=16
    )
    # A few first, so that libraries are there before anything is counted.
    fit(learner, clips[:32], folder / "first")
    with Watched() as small:
        fit(learner, clips[:32], folder / "second")
    with Watched() as whole:
        fit(learner, clips, folder / "all")
    return {
        "clips": count,
        "on disk": round(count * np.prod(SHAPE) / 1e6, 1),
        "peak": round(whole.most["RssAnon"], 1),
        "more": round(whole.most["RssAnon"] - small.most["RssAnon"], 1),
        "mapped": round(whole.most["RssFile"], 1),
    }


class Watched:
    """The highest resident memory of this process within a block, by kind, in MB."""

    def __enter__(self) -> Watched:
        self.most, self.over = dict.fromkeys(("RssAnon", "RssFile"), 0.0), False
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over = True
        self.thread.join()

    def _watch(self) -> None:
        while not self.over:
            for line in Path("/proc/self/status").read_text().splitlines():
                kind, _, size = line.partition(":")
                if kind in self.most:
                    now = int(size.split()[0]) / 1024
                    self.most[kind] = max(self.most[kind], now)
            time.sleep(0.005)


def table(count: int, folder: Path) -> pd.DataFrame:
    """A manifest of so many films."""
    paths = [folder / f"{number}.film" for number in range(count)]
    for path in paths:
        path.touch()
    return pd.DataFrame(
        {
            "clip": [path.stem for path in paths],
            "path": [str(path) for path in paths],
            "subject": [f"p{number % 8}" for number in range(count)],
            "emotion": [list(labels.SASEFE)[number % 6] for number in range(count)],
            "authenticity": [("genuine", "posed")[n % 2] for n in range(count)],
            "sentence": "", "corpus": "noise", "source": "demo",
        }
    )  # fmt: skip


def fit(learner: learners.TorchNetwork, clips: pd.DataFrame, cache: Path) -> None:
    """Store, read, learn and answer."""
    stored = store.extract(Noise(), clips, cache, progress=False)
    examples = pieces.films(stored, {"emotion": labels.SASEFE})
    (split, *_) = protocols.checked(protocols.SubjectKFold(4), examples.items)
    fitted = learner.fit(examples, split)
    fitted.predict(learners.part_of(examples, split.test))


def apart(count: int) -> dict:
    """The same in a process that does nothing else."""
    code = (
        "import json, pathlib, sys; sys.path.insert(0, sys.argv[1])\n"
        "import real_or_fake as this\n"
        "print(json.dumps(this.learn(int(sys.argv[2]), pathlib.Path(sys.argv[3]))))"
    )
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(__file__).parent)
        done = subprocess.run(
            [sys.executable, "-c", code, place, str(count), folder],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clips", type=int, default=1200, help="at once")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    chosen = parser.parse_args()
    about = facts(Path("noise"))
    rows = [apart(chosen.clips), apart(TIMES * chosen.clips)]
    further = rows[1]["clips"] - rows[0]["clips"]
    growth = round(1024 * (rows[1]["peak"] - rows[0]["peak"]) / further, 1)
    for name, value in about.items():
        print(f"{name}: {value}")
    print(pd.DataFrame(rows).to_string(index=False))
    film = np.prod(SHAPE) / 1024
    print(f"a further clip, {film:.0f} KB, takes {growth} KB; at most {MOST} may it")
    if chosen.json:
        told = {**about, "rows": rows, "growth": growth, "at most": MOST}
        chosen.json.write_text(json.dumps(told, indent=1) + "\n")
    return 0 if growth <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
