"""What LIME on 11,550 numbers costs, and whether it says the same twice.

    python benchmarks/explain.py [--draws 300 1000 5000] [--parts 100 400 1000]
        [--seeds 3] [--epochs 20] [--json FILE]

Document A's audio network, a quarter as wide, learns rendered voices with people
apart; LIME explains one recording of each of three classes of people whom it has not
met. For each number of draws: seconds of the processor and peak memory of drawing and
asking, seconds of one explanation, how well the linear model fits, the ten heaviest
weights added up, and the same of answers that are dealt to the draws by lot; what share
of the ten heaviest another seed finds again, and how the ranks of all weights agree
between seeds. "lime" is the package's own `LimeTabularExplainer`, "shared draws" ours,
which asks the network once for all recordings, "parts" LIME on 80 parts of the sound.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from copy import copy
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from features import facts

from emolib import corpora, experiment, explain, labels, learners, protocols, studio
from emolib.features import audio, store
from emolib.models import posed_genuine

CORPORA = ("tess", "shemo", "emodb", "vivae", "mav")
CLASSES = ("posed angry", "posed sad", "posed neutral")


def case(data: str, epochs: int, clips: int = 200) -> explain.Case:
    """A trained network, and recordings of people whom it has not met."""
    studio.provide(data, *CORPORA)
    found = [corpora.index(name, data) for name in CORPORA]
    filed = posed_genuine.filed(pd.concat(found, ignore_index=True))
    stack = audio.Stack()
    voices = store.extract(stack, filed)
    x = np.stack(list(voices.arrays))[..., None]
    heard = experiment.examples(voices, x, labels.FOURTEEN, task="fourteen")
    network = learners.Network(posed_genuine.audio_lstm, {"width": 0.25}, epochs)
    study = experiment.Study("benchmark-explain")
    apart = protocols.SubjectKFold(2)
    run = study.run("sound", heard, network, apart, folds=1, keep=True)
    return explain.Case.of_sounds(run, heard, stack, clips)


def timed(work: Callable) -> tuple[object, float, float]:
    """What it gives, its seconds, and the most that it held, in MB.

    Seconds are the processor's, since others may be at work.
    """
    tracemalloc.start()
    since = time.process_time()
    result = work()
    seconds, most = time.process_time() - since, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return result, seconds, most / 1e6


def agreement(maps: list[np.ndarray]) -> dict[str, float]:
    """How alike maps of one recording are, seed by seed."""
    each = np.stack([one.ravel() for one in maps])
    pairs = [explain.alike(each[[a]], each[[b]])[0] for a, b in pairs_of(len(maps))]
    return {
        "ten in common": explain.overlap(maps),
        "by lot": 10 / each.shape[1],
        "rank agreement": float(np.mean(pairs)),
    }


def pairs_of(count: int) -> Iterator[tuple[int, int]]:
    return combinations(range(count), 2)


def shared(about: explain.Case, rows: list[int], draws: int, seeds: int) -> dict:
    """LIME on numbers by `explain.Tabular`."""
    told, maps = [], {row: [] for row in rows}
    for seed in range(seeds):
        table, drawing, most = timed(
            lambda seed=seed: explain.Tabular(
                about.predict, about.learned.x, draws, seed
            )
        )
        dealt = copy(table)
        dealt.answers = np.random.default_rng(seed).permutation(table.answers)
        for row in rows:
            one, number = about.examples.x[row], about.numbers[row]
            found, explaining, peak = timed(
                lambda t=table, one=one, n=number: t.reasons(one, n)
            )
            by_lot = dealt.reasons(one, number)
            maps[row].append(table.map(one, number))
            told.append(
                {
                    "seconds drawing": drawing,
                    "seconds explaining": explaining,
                    "peak MB": max(most, peak),
                    "R2": found.fit,
                    "ten weights": found.table["weight"].abs().sum(),
                    "ten weights by lot": by_lot.table["weight"].abs().sum(),
                }
            )
    alike = pd.DataFrame([agreement(those) for those in maps.values()]).mean()
    return {"what": "shared draws", "draws": draws} | {
        **pd.DataFrame(told).mean().to_dict(),
        **alike.to_dict(),
    }


def limes_own(about: explain.Case, row: int, draws: int) -> dict:
    """The same by lime's own class, once."""
    from lime.lime_tabular import LimeTabularExplainer

    flat = about.learned.x.reshape(len(about.learned), -1)
    names = [f"Feature_{number}" for number in range(flat.shape[1])]
    shape = about.examples.x.shape[1:]

    def predict(x: np.ndarray) -> np.ndarray:
        return about.predict(x.reshape(-1, *shape).astype(np.float32)).astype(float)

    table, drawing, most = timed(
        lambda: LimeTabularExplainer(flat, feature_names=names, random_state=0)
    )
    number = int(about.numbers[row])
    found, explaining, peak = timed(
        lambda: table.explain_instance(
            about.examples.x[row].ravel().astype(float), predict, (number,),
            num_samples=draws,
        )
    )  # fmt: skip
    weights = [abs(weight) for _, weight in found.as_list(number)]
    return {
        "what": "lime", "draws": draws, "seconds drawing": drawing,
        "seconds explaining": explaining, "peak MB": max(most, peak),
        "R2": found.score, "ten weights": sum(weights),
    }  # fmt: skip


def parts(about: explain.Case, rows: list[int], draws: int, seeds: int) -> dict:
    """LIME on parts of the sound."""
    some, seconds = [], []
    for row in rows:
        things = explain.Sounds([about.things.samples[row]], about.things.stack)
        maps = []
        for seed in range(seeds):
            asked = about.predict, things, [about.numbers[row]], draws, seed
            since = time.process_time()
            maps.append(explain.lime_each(*asked)[0])
            seconds.append(time.process_time() - since)
        some.append(agreement(maps))
    told = {"what": "parts", "draws": draws, "seconds explaining": np.mean(seconds)}
    return told | pd.DataFrame(some).mean().to_dict()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", default="data/demo-quick")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--draws", type=int, nargs="+", default=[300, 1000, 5000])
    parser.add_argument("--parts", type=int, nargs="+", default=[100, 400, 1000])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write the figures there")
    chosen = parser.parse_args()
    head = facts(Path(chosen.data))  # the load before it is of others
    about = case(chosen.data, chosen.epochs)
    names = about.examples.items["fourteen"]
    rows = [int(np.flatnonzero(names == name)[0]) for name in CLASSES]
    found = []
    for draws in chosen.draws:
        found.append(shared(about, rows, draws, chosen.seeds))
        print(found[-1], file=sys.stderr, flush=True)
        found.append(limes_own(about, rows[0], draws))
        print(found[-1], file=sys.stderr, flush=True)
    found += [parts(about, rows, draws, chosen.seeds) for draws in chosen.parts]
    print(pd.DataFrame(found).set_index(["what", "draws"]).round(4).to_string())
    if chosen.json:
        head |= {
            "load_after": round(os.getloadavg()[0], 2),
            "accuracy": about.run.metrics["accuracy"]["value"],
            "epochs": chosen.epochs,
            "seeds": chosen.seeds,
        }
        lines = ",\n  ".join(json.dumps(row, default=float) for row in found)
        text = f'{json.dumps(head)[:-1]}, "rows": [\n  {lines}\n]}}\n'
        chosen.json.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
