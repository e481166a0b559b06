"""Study E's networks at full size: pictures a second and memory, trained on a GPU.

    python benchmarks/full_size.py [--pictures 1024] [--films 64] [--json FILE]

Faces are rendered at 224 pixels. Each network trains one epoch after another one that
is not timed: by a plain loop in torch, in the study's way, and in the study's way in
half precision (the learner's `mixed`). Where Triton is there, `torch.compile` is tried
on the plain loop in half precision, its own time told apart. Without a GPU it says so
and stops: at this size an epoch on processors takes hours.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

try:  # before emolib, which keeps it from being loaded beside TensorFlow
    import triton
except ImportError:
    triton = None
import numpy as np
import torch
from features import facts

from emolib import learners, pieces, protocols
from emolib.experiment import Examples
from emolib.models import real_or_fake as networks
from emolib.models.backbones import slow, x3d
from emolib.studio import face, probes

SIDE, MOMENTS = 224, 20
PICTURES = ("VGG16", "EfficientNetV2M", "ViT_B.16", "InceptionResNetV1", "HydraNet")
OVER_TIME = {"3D-CNN": networks.cnn_3d, "LSTM": networks.frame_lstm,
             "X3D": x3d.x3d_s, "slow_r50": slow.slow_r50}  # fmt: skip
COMPILED = ("VGG16", "ViT_B.16", "InceptionResNetV1")


def film(causes) -> np.ndarray:
    """One face over two seconds, in few pictures."""
    size, silent = (SIDE, SIDE), np.zeros(2)
    return np.stack([*face.frames(causes, MOMENTS, MOMENTS / 2, size, silent)])


def examples(people: int, takes: int, draw: Callable) -> Examples:
    """Rendered clips; to be told is whether they are genuine."""
    dealt = probes.dealt(people, takes)
    return pieces.rendered(dealt, np.stack(probes.each(dealt, draw)))


def fit(learner, given) -> float:
    """Seconds of the last epoch in the study's way."""
    everything = np.arange(len(given))
    split = protocols.Split(0, everything, everything)
    return float(learner.fit(given, split, seed=0).history["seconds"].iloc[-1])


def plain(learner, given, half: bool = False, compiled: bool = False) -> dict:
    """Seconds of the last epoch of the loop that torch's own pages teach."""
    torch.manual_seed(0)
    model = learner.build(given.shape, given.classes, **learner.design).cuda()
    if half:
        model = model.to(memory_format=torch.channels_last)
    run = torch.compile(model) if compiled else model
    sgd = torch.optim.SGD(model.parameters(), learner.rate, learner.momentum)
    y = next(iter(given.targets.values())).astype(np.int64)
    data = torch.utils.data.TensorDataset(
        torch.from_numpy(np.asarray(given.x)), torch.from_numpy(y)
    )
    loader = torch.utils.data.DataLoader(data, learner.batch, shuffle=True)
    told = []
    for _ in range(learner.epochs):
        began = time.perf_counter()
        for x, true in loader:
            with torch.autocast("cuda", torch.bfloat16, enabled=half):
                answered = run(x.cuda())
                loss = torch.nn.functional.cross_entropy(answered, true.cuda())
            sgd.zero_grad()
            loss.backward()
            sgd.step()
        torch.cuda.synchronize()
        told.append(time.perf_counter() - began)
    return {"seconds": told[-1], "first": told[0]}


def measured(work) -> tuple[object, float]:
    """What work gives, and the most memory of the GPU that it took, in MB."""
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    found = work()
    return found, torch.cuda.max_memory_allocated() / 2**20


def rows(name: str, learner, given) -> list[dict]:
    """One network, every way."""
    ways = {
        "plain loop": partial(plain, learner, given),
        "study": lambda: {"seconds": fit(learner, given)},
        "study, mixed": lambda: {"seconds": fit(replace(learner, mixed=True), given)},
    }
    if triton and name in COMPILED:
        how = {"half": True, "compiled": True}
        ways["plain loop, mixed, compiled"] = partial(plain, learner, given, **how)
    found = []
    for way, work in ways.items():
        told, most = measured(work)
        each = {"network": name, "way": way, "seconds": round(told["seconds"], 3)}
        each["items a second"] = round(len(given) / told["seconds"], 1)
        each["peak memory, MB"] = round(most)
        if "first" in told:
            each["first epoch, seconds"] = round(told["first"], 2)
        print(each, flush=True)
        found.append(each)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=1024)
    parser.add_argument("--films", type=int, default=64)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    if not torch.cuda.is_available():
        raise SystemExit("no GPU: at full size an epoch on processors takes hours")
    stills = examples(asked.pictures // 8, 8, partial(face.still, size=(SIDE,) * 2))
    films = examples(asked.films // 4, 4, film)
    how = {"optimizer": "SGD", "rate": 0.001, "momentum": 0.9, "epochs": 2}
    found = []
    for name in PICTURES:
        whole = {"network": name}
        learner = learners.TorchNetwork(networks.one_head, whole, batch=64, **how)
        found += rows(name, learner, stills)
    for name, build in OVER_TIME.items():
        found += rows(name, learners.TorchNetwork(build, {}, batch=8, **how), films)
    told = {
        "facts": facts() | {"device": torch.cuda.get_device_name()},
        "pictures": list(stills.x.shape),
        "films": list(films.x.shape),
        "rows": found,
    }
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
