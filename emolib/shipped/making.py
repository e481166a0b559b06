"""The two shipped models made, and held against people they did not learn from.

What has to be chosen (how strongly weights are held back, the temperature, the
threshold) is chosen on training people, divided anew within each fold, so that nothing
is chosen on what it is scored on. The shipped model learns from all people by the same
steps; what other corpora say is asked of it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from emolib import EmolibError, corpora, labels, protocols
from emolib.evaluation import calibration, intervals
from emolib.features import store
from emolib.models import baselines
from emolib.shipped import smile, voice
from emolib.shipped.linear import Linear

INNER = 3
"""How many parts the training people are divided into to choose."""

AIMS = {"voice": 0.8, "smile": 0.95}
"""Right answers among those given that the threshold is to reach on inner people."""

STRENGTHS = {"voice": (0.02, 0.1, 0.5), "smile": (0.1, 1.0, 10.0)}
"""Values of C that are chosen from: large ones hold weights back less."""

VIEWS = 6
"""Of each training picture: itself, and a little larger, turned or moved."""

GENERATOR = 0

WORKERS = 4
"""Threads that look for faces; OpenCV lets them work side by side."""

CONDITIONS: dict[str, Callable[[np.ndarray, int, np.random.Generator], np.ndarray]] = {
    "blurred": lambda image, width, rng: _blurred(image, 0.025 * width),
    "grainy": lambda image, width, rng: _grainy(image, 25, rng),
    "dark": lambda image, width, rng: _grainy(image * 0.15, 2, rng),
    "turned 15 degrees left": lambda image, width, rng: _turned(image, 15),
    "turned 15 degrees right": lambda image, width, rng: _turned(image, -15),
    "face of 60 pixels": lambda image, width, rng: _smaller(image, 60 / width),
}
"""A picture made difficult; the face's width in it is known."""

CORPORA = {"ravdess": "RAVDESS", "tess": "TESS"}
SOUNDS = ("white noise", "pink noise", "brown noise", "hum")
RATIOS = (20, 10, 0)  # decibels of a voice above noise


# -- the voice --------------------------------------------------------------


class Known(NamedTuple):
    """What a model is made from, and how from some of it."""

    items: pd.DataFrame
    x: np.ndarray
    y: np.ndarray
    fit: Callable[[np.ndarray], Linear]

    def whole(self) -> Linear:
        """The model that is shipped: it learns from everybody."""
        return self.fit(np.arange(len(self.x)))


def voices(data: str) -> Known:
    """EmoDB as the voice model hears it."""
    heard = _functionals("emodb", data)
    items, x = heard.manifest, np.stack(list(heard.arrays))
    given = voice.asked(x)
    y = labels.EMODB.encode(items["emotion"])

    def fit(rows: np.ndarray) -> Linear:
        limits = tuple(0.5 * voice.measures(x[rows]).min(axis=0))
        learn = _learner(given, y, labels.EMODB.classes)
        return _chosen("voice", learn, items.iloc[rows], rows, given, y, limits)

    return Known(items, x, y, fit)


def make_voice(data: str) -> tuple[Linear, list[dict]]:
    """The voice model and the rows of its card."""
    items, x, y, fit = known = voices(data)
    people = items["subject"].to_numpy()
    rows, asked = [], _Asked(labels.EMODB.classes)
    for split in protocols.LeaveOneSubjectOut().split(items):
        model = fit(split.train)
        asked.add(model, x[split.test], y[split.test], people[split.test])
    rows.append(asked.row("EmoDB, each speaker left out", beside=True))
    model = known.whole()
    for name, title in CORPORA.items():
        rows += _elsewhere(model, _functionals(name, data), title)
    rows += _noises(model, items["path"], y, people)
    return model, rows


def _functionals(name: str, data: str) -> store.Features:
    found = store.extract(voice.Functionals(), corpora.index(name, data))
    if len(found.problems):
        raise EmolibError(f"{name}: {found.problems.to_string(index=False)}")
    return found


def _elsewhere(model: Linear, heard: store.Features, title: str) -> Iterator[dict]:
    """Clips of classes that both have, and those of classes that it cannot say."""
    x, emotions = np.stack(list(heard.arrays)), heard.manifest["emotion"].to_numpy()
    people = heard.manifest["subject"].to_numpy()
    both = np.isin(emotions, model.classes)
    asked = _Asked(model.classes)
    y = labels.EMODB.encode(emotions[both])
    asked.add(model, x[both], y, people[both])
    yield asked.row(f"{title}, emotions that both have", beside=True)
    for emotion in sorted(set(emotions[~both])):
        of_it = emotions == emotion
        other = _Asked(model.classes)
        other.add(model, x[of_it], np.full(of_it.sum(), -1), people[of_it])
        yield other.row(f"{title}, {emotion}, which it cannot say")


def _noises(model: Linear, paths, y: np.ndarray, people: np.ndarray) -> Iterator[dict]:
    """What is no voice; and a quarter of its own training clips under noise."""
    rng = np.random.default_rng(GENERATOR)
    length, hear = 3 * voice.RATE, voice.Functionals().of
    for kind in SOUNDS:
        x = np.stack([hear(_sound(kind, length, rng)) for _ in range(20)])
        asked = _Asked(model.classes)
        asked.add(model, x, np.full(len(x), -1), np.arange(len(x)))
        yield asked.row(kind, unit="sound")
    for ratio in RATIOS:
        some = np.arange(0, len(y), 4)
        clips = (voice.audio.samples_at(paths[row], voice.RATE) for row in some)
        x = np.stack([hear(_under(clip, ratio, rng)) for clip in clips])
        asked = _Asked(model.classes)
        asked.add(model, x, y[some], people[some])
        yield asked.row(f"EmoDB, its own training clips, {ratio} dB above white noise")


def _sound(kind: str, length: int, rng: np.random.Generator) -> np.ndarray:
    if kind == "hum":
        times, pitch = np.arange(length) / voice.RATE, rng.uniform(80, 300)
        parts = [np.sin(2 * np.pi * k * pitch * times) / k for k in range(1, 8)]
        return (0.1 * np.sum(parts, axis=0)).astype(np.float32)
    power = {"white noise": 0, "pink noise": 0.5, "brown noise": 1}[kind]
    waves = np.fft.rfft(rng.standard_normal(length))
    waves[1:] /= np.arange(1, len(waves)) ** power
    waves[:3] = 0
    made = np.fft.irfft(waves, length)
    return (0.1 * made / made.std()).astype(np.float32)


def _under(clip: np.ndarray, ratio: float, rng: np.random.Generator) -> np.ndarray:
    noise = rng.standard_normal(len(clip)) * clip.std() * 10 ** (-ratio / 20)
    return np.clip(clip + noise, -0.999, 0.999).astype(np.float32)


# -- the smile --------------------------------------------------------------


CLASSES = ("no smile", "smile")


def smiles(data: str) -> tuple[Known, list[np.ndarray], list[smile.Face]]:
    """The London faces as the smile detector sees them; pictures and faces besides."""
    items, images = _london(Path(data) / "london_faces")
    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(smile.find, images))
    if lost := [items["clip"][k] for k, face in enumerate(found) if face is None]:
        raise EmolibError(f"no face is found in {', '.join(lost)}")
    rng = np.random.default_rng(GENERATOR)
    jitters = [np.zeros(4), *rng.normal(0, (0.03, 0.04, 0.03, 0.03), (VIEWS - 1, 4))]
    views = np.stack([
        [smile.described(image, face.eyes, jitter) for jitter in jitters]
        for image, face in zip(images, found, strict=True)
    ])  # fmt: skip
    x = views[:, 0]
    y = (items["emotion"] == "happy").to_numpy().astype(int)

    def fit(rows: np.ndarray) -> Linear:
        learn = _learner(views, y, CLASSES)
        return _chosen("smile", learn, items.iloc[rows], rows, x, y)

    return Known(items, x, y, fit), images, found


def make_smile(data: str) -> tuple[Linear, list[dict]]:
    """The smile detector and the rows of its card."""
    known, images, found = smiles(data)
    items, x, y, fit = known
    people = items["subject"].to_numpy()
    splits = list(protocols.SubjectKFold(folds=10).split(items))
    models = [fit(split.train) for split in splits]
    plain = _Asked(CLASSES)
    for split, model in zip(splits, models, strict=True):
        rows = split.test
        why = [smile.reason(images[row], found[row]) for row in rows]
        plain.add(model, x[rows], y[rows], people[rows], rows, why)
    rows = [plain.row("London faces, people apart", beside=True)]
    of = items.iloc[plain.rows].reset_index(drop=True)
    for column in ("sex", "group"):
        for value in sorted(set(of[column])):
            rows.append(plain.row(value, only=(of[column] == value).to_numpy()))
    model_of = {r: m for s, m in zip(splits, models, strict=True) for r in s.test}
    for name, change in CONDITIONS.items():

        def said(row: int, change=change):
            width, rng = found[row].box[2], np.random.default_rng(row)
            return smile.answer(change(images[row], width, rng), model_of[row])[0]

        asked = _Asked(CLASSES)
        with ThreadPoolExecutor(WORKERS) as pool:
            for row, answer in enumerate(pool.map(said, range(len(x)))):
                asked.add_answer(answer, y[row], people[row])
        rows.append(asked.row(name))
    return known.whole(), rows


def _london(folder: Path) -> tuple[pd.DataFrame, list[np.ndarray]]:
    """Two pictures a person, neutral and smiling."""
    from emolib.media import read_image

    table = folder / "info.csv"
    if not table.is_file():
        raise EmolibError(f"{table}: missing; the London faces belong there")
    with table.open(encoding="utf-8") as file:
        known = list(csv.DictReader(file))
    items, images = [], []
    for row in known:
        for name, emotion in (("neutral", "neutral"), ("smiling", "happy")):
            clip = f"{name}/{row['face_id']}.jpg"
            images.append(read_image(folder / clip))
            told = {"clip": clip, "subject": row["face_id"], "emotion": emotion}
            group = row["face_eth"].replace("_", " ")
            items.append(told | {"sex": row["face_gender"], "group": group})
    return pd.DataFrame(items), images


def _blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    import cv2

    return cv2.GaussianBlur(image, (0, 0), sigma)


def _grainy(image: np.ndarray, spread: float, rng: np.random.Generator) -> np.ndarray:
    noise = rng.normal(0, spread, image.shape)
    return np.rint(image + noise).clip(0, 255).astype(np.uint8)


def _turned(image: np.ndarray, degrees: float) -> np.ndarray:
    import cv2

    rows, columns = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), degrees, 1)
    edge = cv2.BORDER_REPLICATE
    return cv2.warpAffine(image, matrix, (columns, rows), borderMode=edge)


def _smaller(image: np.ndarray, scale: float) -> np.ndarray:
    import cv2

    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


# -- both -------------------------------------------------------------------


def _learner(x: np.ndarray, y: np.ndarray, classes: tuple[str, ...]) -> Callable:
    """A function of rows and strength to weights; of several views all are learned."""

    def learn(rows: np.ndarray, strength: float) -> Linear:
        from threadpoolctl import threadpool_limits

        given, wanted = x[rows], y[rows]
        if given.ndim == 3:
            wanted = np.repeat(wanted, given.shape[1])
            given = given.reshape(-1, given.shape[2])
        fitted = baselines.linear().set_params(logisticregression__C=strength)
        if x.ndim == 3:  # gradients of one scale as they are
            fitted.set_params(standardscaler="passthrough")
        with threadpool_limits(1):
            fitted.fit(given.astype(np.float64), wanted)
        scaler, logistic = fitted[0], fitted[-1]
        weights, offset = logistic.coef_.T, logistic.intercept_
        if weights.shape[1] == 1:  # of two classes there is one column
            weights, offset = np.hstack([-weights, weights]) / 2, offset * [-0.5, 0.5]
        if hasattr(scaler, "mean_"):
            weights = weights / scaler.scale_[:, None]
            offset = offset - scaler.mean_ @ weights
        return Linear(classes, weights, offset)

    return learn


def _chosen(
    name: str,
    learn: Callable,
    items: pd.DataFrame,
    rows: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    limits: tuple[float, ...] = (),
) -> Linear:
    """Strength, temperature and threshold from people left out within these rows."""
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax, softmax

    splits = list(protocols.SubjectKFold(folds=INNER).split(items))
    order = np.concatenate([split.test for split in splits])
    truth = y[rows][order]
    found = []
    for strength in STRENGTHS[name]:
        parts = [learn(rows[s.train], strength).logits(x[rows[s.test]]) for s in splits]
        logits = np.concatenate(parts)

        def loss(log_temperature: float, logits=logits) -> float:
            shares = log_softmax(logits / np.exp(log_temperature), axis=1)
            return -float(shares[np.arange(len(truth)), truth].mean())

        best = minimize_scalar(loss, bounds=(-3, 4), method="bounded")
        found.append((best.fun, strength, float(np.exp(best.x)), logits))
    _, strength, temperature, logits = min(found, key=lambda one: one[0])
    shares = softmax(logits / temperature, axis=1)
    threshold = _threshold(shares.max(axis=1), shares.argmax(axis=1) == truth, name)
    made = learn(rows, strength)
    return Linear(
        made.classes, made.weights, made.offset, temperature, threshold, limits
    )


def _threshold(sure: np.ndarray, right: np.ndarray, name: str) -> float:
    """The lowest that the aim is reached above; 1 if it is not at all."""
    order = np.argsort(-sure)
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    reached = np.flatnonzero(shares >= AIMS[name])
    return float(sure[order][reached[-1]]) if len(reached) else 1.0


class _Asked:
    """Answers gathered, and what they are worth."""

    def __init__(self, classes: tuple[str, ...]) -> None:
        self.classes = classes
        self.shares, self.plain, self.truth = [], [], []
        self.people, self.why, self.numbers = [], [], []

    @property
    def rows(self) -> np.ndarray:
        return np.array(self.numbers)

    def add(self, model, x, y, people, rows=(), why=None) -> None:
        """Rows of voices, or of faces with what keeps each from being answered."""
        given = voice.asked(x) if why is None else x
        why = [voice.reason(r, model.limits) for r in x] if why is None else why
        for row, reason in zip(given, why, strict=True):
            self.why.append(model.answer(row, reason).reason)
        self.shares.append(model.probabilities(given))
        self.plain.append(_plain(model, given))
        self.truth += list(y)
        self.people += list(people)
        self.numbers += list(rows)

    def add_answer(self, said, y, person) -> None:
        """What the detector says of a picture, whatever keeps it from answering."""
        shares = [said.probabilities.get(c, 0.5) for c in self.classes]
        self.shares.append(np.array([shares]))
        self.plain.append(self.shares[-1])
        self.truth.append(y)
        self.people.append(person)
        self.why.append(said.reason)

    def row(self, tested, beside=False, only=None, unit="subject") -> dict:
        """A row of a card: what was asked, of how many, and what came of it.

        Where nothing was found in an item, an answer is a wrong one.
        """
        shares, plain = np.concatenate(self.shares), np.concatenate(self.plain)
        truth, why = np.array(self.truth), np.array(self.why)
        people = np.array(self.people)
        if only is not None:
            shares, plain, truth = shares[only], plain[only], truth[only]
            why, people = why[only], people[only]
        nothing = (shares.max(axis=1) == 0.5) & (why != "unsure")
        right = (shares.argmax(axis=1) == truth) & ~nothing
        given, possible = why == "", bool((truth >= 0).all())

        def scored(values, groups) -> dict:
            if not len(values) or not possible:
                return {"value": None, "low": None, "high": None}
            return _rounded(intervals.interval(values, groups, unit=unit))

        calm = shares[~nothing], truth[~nothing]
        known = possible and len(calm[0])
        return {
            "tested": tested,
            "beside": beside,
            "people": len(set(people.tolist())),
            "unit": unit,
            "items": len(truth),
            "accuracy": scored(right, people),
            "answered": _rounded(intervals.interval(given, people, unit=unit)),
            "right": scored(right[given], people[given]),
            "ece": _round(calibration.expected_calibration_error(*calm))
            if known
            else None,
            "sure": _round(shares.max(axis=1).mean()),
            "sure_before_calibration": _round(plain.max(axis=1).mean()),
            "reasons": {
                reason: int((why == reason).sum()) for reason in sorted({*why} - {""})
            },
        }


def _plain(model: Linear, x: np.ndarray) -> np.ndarray:
    """Its probabilities without the temperature."""
    from scipy.special import softmax

    return softmax(model.logits(x), axis=1)


def _rounded(found: intervals.Interval) -> dict:
    ends = {"value": found.value, "low": found.low, "high": found.high}
    return {name: None if np.isnan(v) else _round(v) for name, v in ends.items()}


def _round(value: float) -> float:
    return round(float(value), 4)
