"""A small network for each study, learned in a minute from what the studio renders.

For whoever tries a study's model and has run none yet. They are the studies' own
networks, thin and briefly trained, on few rendered faces and voices, with people apart;
their records and weights lie with the local runs, as those of any other run. Each
takes one input: what a document joins, such as D's early fusion, is not among them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from emolib import corpora, labels, learners, pieces, protocols, runs, studio
from emolib.experiment import Study, examples
from emolib.features import audio, faces, pictures, regions, store

DATA = "data/demo-smoke"
NAME = "starter"  # of the experiments

_APART = protocols.SubjectKFold(2)


def make(study: str, data: str = DATA) -> None:
    """Train a study's starter networks; those that are there are not trained again.

    Args:
        study: slug or letter.
        data: a folder of demo data, rendered where it is missing.

    Raises:
        UsageError: for an unknown study.
    """
    runs.check_study(study)
    slug = runs.slug(study)
    MAKERS[slug](Study(slug, "smoke"), data)


def _learned(study: Study, given: Any, build: Callable, epochs: int, **design) -> None:
    network = learners.Network(build, design, epochs, batch=32)
    study.run("starter", given, network, _APART, folds=1, keep=True)


def _clips(data: str, *names: str, **wanted: Any) -> Any:
    import pandas as pd

    studio.provide(data, *names)
    found = [corpora.index(name, data, **wanted) for name in names]
    return pd.concat(found, ignore_index=True)


def _posed_genuine(study: Study, data: str) -> None:
    from emolib.models import posed_genuine as networks

    task = {"space": labels.FOURTEEN, "task": "fourteen"}
    clips = networks.filed(_clips(data, "tess", "emodb"))
    heard = store.extract(audio.Stack(), clips)
    x = np.stack(list(heard.arrays))[..., None]
    design = {"width": 0.25, "standardised": True}
    _learned(study, examples(heard, x, **task), networks.audio_lstm, 8, **design)
    shown = networks.filed(_clips(data, "jaffe", "fer2013"))
    looks = store.extract(regions.Regions(), shown)
    given = examples(looks, regions.fields(looks.arrays), **task)
    _learned(study, given, networks.face_regions, 8, width=0.25)


def _speech_and_stills(study: Study, data: str) -> None:
    from emolib.models import speech_and_stills as networks

    voice = store.extract(audio.Mfcc(16000), _clips(data, "tess"))
    means = np.stack([array.mean(axis=0) for array in voice.arrays])[:, :, None]
    heard = examples(voice, means, labels.TESS)
    steady = {"activation": "tanh", "standardised": True}
    _learned(study, heard, networks.speech_lstm, 30, **steady)
    looks = store.extract(faces.Still(48, False), _clips(data, "ck+48"))
    seen = examples(looks, space=labels.CKPLUS)
    _learned(study, seen, networks.still_cnn, 15, width=0.25)


def _confidence_fusion(study: Study, data: str) -> None:
    from emolib.models import confidence_fusion as networks

    films = _clips(data, "ravdess", modality="audio-video")
    look, mfcc = faces.Frames(5, 64, face=True), audio.Mfcc(16000)
    frames, voice = store.extract_together([look, mfcc], films)
    heard = examples(voice, audio.pad(voice.arrays), labels.RAVDESS)
    _learned(study, heard, networks.audio_cnn_lstm, 10, width=0.25)
    seen = pieces.frames(frames, labels.RAVDESS, every=5)
    _learned(study, seen, networks.frame_cnn, 5, width=0.25, rate=0.001)


def _early_fusion(study: Study, data: str) -> None:
    from emolib.models import early_fusion as networks

    films = _clips(data, "ravdess", modality="audio-video")
    look, mel = faces.Frames(5, 32, face=True), pictures.SoundPicture(size=32)
    frames, sounds = store.extract_together([look, mel], films)
    drawn = examples(sounds, space=labels.RAVDESS)
    _learned(study, drawn, networks.reduced_vgg, 15, width=0.25, rate=0.001)
    seen = pieces.frames(frames, labels.RAVDESS, every=5)
    _learned(study, seen, networks.reduced_vgg, 5, width=0.25, rate=0.001)


def _real_or_fake(study: Study, data: str) -> None:
    from emolib.models import real_or_fake as networks

    clips = networks.twelve(_clips(data, "sase-fe"))
    looks = store.extract(faces.Moments(2, 80), clips)
    seen = pieces.frames(looks, {"twelve": labels.TWELVE})
    size = {"network": "InceptionResNetV1", "width": 0.125, "repeats": (1, 1, 1)}
    how = {"batch": 8, "optimizer": "SGD", "rate": 0.01, "momentum": 0.9}
    reader = learners.TorchNetwork(networks.one_head, size, 3, **how)
    study.run("starter", seen, reader, _APART, folds=1, keep=True)


MAKERS: dict[str, Callable[[Study, str], None]] = {
    "posed-genuine": _posed_genuine,
    "speech-and-stills": _speech_and_stills,
    "confidence-fusion": _confidence_fusion,
    "early-fusion": _early_fusion,
    "real-or-fake": _real_or_fake,
}
