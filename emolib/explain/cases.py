"""One network asked about people whom it has not met: every method, every check.

case = Case.of_sounds(run, heard, stack, count=16)
orders = case.orders(["gradcam", "random"])
for answers, told in case.asked_again(orders, [("removed", 0.3)]):
    study.add_answers("explained", answers, [run], **told)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolib import UsageError
from emolib.evaluation.intervals import interval
from emolib.explain import gradients
from emolib.explain.checks import agreement, alike, cascade, kept, shuffled
from emolib.explain.filters import gradcam
from emolib.explain.linear import Tabular, lime_each
from emolib.explain.places import Films, Pictures, Sounds, by_cell
from emolib.features import audio
from emolib.labels import LabelSpace
from emolib.learners import by_task

if TYPE_CHECKING:
    import keras
    import torch

    from emolib.experiment import Examples, Study
    from emolib.features.faces import Moments
    from emolib.records import Recorded, Seeds

WAYS = ("removed", "added")
"""Places are taken away, or put in where there was nothing."""

STAYS = LabelSpace("stays", ("stays", "changes"))
"""What becomes of an answer when places go, or come."""

CAUSE = LabelSpace("cause", ("elsewhere", "cause"))
"""What a map ranks higher: the places of the true cause, or others."""

DEALT = LabelSpace("dealt", ("alike", "changed"))
"""What becomes of a map when weights are dealt out anew."""


@dataclass(frozen=True)
class Case:
    """A network of a run's first fold, and clips that it has not learned from.

    Args:
        run: whose weights were kept.
        learned: what the network learned from.
        strangers: what it did not.
        examples: those of the strangers that are asked about, each for its own class.
        things: their sounds, pictures or films, of which places can be left out.
        layers: of each input the convolution to be asked where it fires; of a torch
            network none means the last one that gives maps.
        answered: ask about each clip for the class that the network answers, not for
            the clip's own: why it said so, right or wrong.
    """

    run: Recorded
    learned: Examples
    strangers: Examples
    examples: Examples
    things: Sounds | Pictures
    layers: Mapping[str, str]
    answered: bool = False

    @classmethod
    def of_sounds(
        cls, run: Recorded, examples: Examples, stack: audio.Stack,
        count: int, seed: int = 0,
    ) -> Case:  # fmt: skip
        """So many clips, by lot, of a network that is given stacks of sounds."""
        learned, strangers, some = _sides(run, examples, count, seed)
        layers = {"sound": "sound_3"}
        return cls(run, learned, strangers, some, sounds(some, stack), layers)

    @classmethod
    def of_faces(
        cls, run: Recorded, examples: Examples, count: int, seed: int = 0
    ) -> Case:
        """The same of one that is given regions of faces; the mean face covers."""
        learned, strangers, some = _sides(run, examples, count, seed)
        mean_face = np.zeros_like(some.x[0])
        for name in some.x.dtype.names:
            mean_face[name] = learned.x[name].mean(axis=0)
        layers = {name: f"{name}_3" for name in some.x.dtype.names}
        pictures = Pictures(some.x, mean_face)
        return cls(run, learned, strangers, some, pictures, layers)

    @classmethod
    def of_pictures(
        cls, run: Recorded, examples: Examples, count: int, seed: int = 0,
        layer: str = "", cells: int = 8,
    ) -> Case:  # fmt: skip
        """So many pictures, or films, by lot, of a torch network.

        What is covered shows the mean picture of those that it learned from; of a
        film each moment is cut into cells of its own.
        """
        learned, strangers, some = _sides(run, examples, count, seed)
        mean = _mean(learned.x).astype(some.x.dtype)
        kind = Films if some.x.ndim == 5 else Pictures
        things = kind(some.x, mean, cells)
        return cls(run, learned, strangers, some, things, {"picture": layer})

    @cached_property
    def model(self) -> keras.Model | torch.nn.Module:
        """The network."""
        return self.run.model(0)

    @property
    def task(self) -> str:
        """What the run was asked; it may be one of the network's tasks."""
        known = self.examples.spaces
        wanted = self.run.record.get("task", "")
        return wanted if wanted in known else next(iter(known))

    @cached_property
    def numbers(self) -> np.ndarray:
        """The class that each clip is asked for."""
        return self._asked_for(self.examples)

    def _asked_for(self, examples: Examples) -> np.ndarray:
        if self.answered:
            return self.predict(examples.x).argmax(axis=1)
        return examples.targets[self.task]

    def one_each(self, classes: Iterable[str], seed: int = 0) -> dict[str, Examples]:
        """A clip of each class by lot: a stranger's, else one it has learned from.

        Raises:
            UsageError: if no clip is of one of the classes.
        """
        task, chance, found = self.task, np.random.default_rng(seed), {}
        for name in classes:
            sides = (self.strangers, self.learned)
            places = [np.flatnonzero(side.items[task] == name) for side in sides]
            if not any(map(len, places)):
                raise UsageError(f"{self.run.record['id']}: no clip is {name}")
            side, rows = next(
                pair for pair in zip(sides, places, strict=True) if len(pair[1])
            )
            found[name] = side.take(chance.choice(rows, 1))
        return found

    def surest(self, count: int, mapped: bool = False) -> Examples:
        """The strangers of whom the network is surest that they are what is asked for.

        Args:
            count: how many.
            mapped: whether those come first, of the forty surest, whose Grad-CAM maps
                are none of them empty.
        """
        own = self._asked_for(self.strangers)
        sure = self.predict(self.strangers.x)[np.arange(len(own)), own].argsort()
        if mapped:
            sure = sure[-40:]
            maps = self.cams(examples=self.strangers.take(sure)).values()
            whole = np.all([one.any(axis=(1, 2)) for one in maps], axis=0)
            sure = sure[whole.argsort(kind="stable")]
        return self.strangers.take(sure[-count:])

    def met(self, example: Examples) -> bool:
        """Whether one of these clips is among those that the network learned from."""
        return bool(example.items["clip"].isin(self.learned.items["clip"]).any())

    def predict(self, x: Any) -> np.ndarray:
        """Probabilities; of stacks also where the network has them with a channel."""
        given = np.asarray(x)  # it may be read where it is used
        if not given.dtype.names:
            given = given.reshape(-1, *self.examples.x.shape[1:])
        if gradients.is_torch(self.model):
            from emolib.training import with_torch

            return by_task(with_torch.predict(self.model, given), self.task)[self.task]
        from emolib.training import with_keras

        return with_keras.predict(self.model, given)

    @cached_property
    def trained_cams(self) -> dict[str, np.ndarray]:
        """`cams` of the network as it was trained, of the case's own clips."""
        return self.cams()

    def cams(
        self,
        model: keras.Model | torch.nn.Module | None = None,
        examples: Examples | None = None,
    ) -> dict[str, np.ndarray]:
        """Grad-CAM's maps by input, for the class that each clip is asked for."""
        of, asked = model or self.model, examples or self.examples
        own = self.numbers if asked is self.examples else self._asked_for(asked)
        if gradients.is_torch(of):
            given = np.asarray(asked.x)
            return {
                name: gradients.gradcam(of, given, own, layer, self.task)
                for name, layer in self.layers.items()
            }
        return {
            name: gradcam(of, asked.x, own, layer)
            for name, layer in self.layers.items()
        }

    def integrated(self, steps: int = 32) -> np.ndarray:
        """Integrated gradients from the mean picture, colours added up; torch only."""
        if not gradients.is_torch(self.model):
            raise UsageError("integrated gradients are there for torch networks")
        x, base = np.asarray(self.examples.x), self.things.fill
        found = gradients.integrated(
            self.model, x, self.numbers, base, self.task, steps
        )
        return found.sum(axis=-1)

    def laid_over(
        self, maps: Mapping[str, np.ndarray], count: int = 2
    ) -> tuple[list[np.ndarray], list[np.ndarray], list[str]]:
        """The first clips, each under each map's part that speaks for its class.

        Args:
            maps: by their name, one a clip, such as `cams` and `integrated` give.
            count: how many clips.

        Returns:
            Pictures, maps and titles for `plots.overlays`: one clip after the other,
            each map a share of its own most.
        """
        kinds = self.examples.items[self.task][:count]
        over = [np.maximum(of[k], 0) for k in range(count) for of in maps.values()]
        return (
            [self.examples.x[k] for k in range(count) for _ in maps],
            [one / max(one.max(), 1e-9) for one in over],
            [f"{kind}: {name}" for kind in kinds for name in maps],
        )

    def orders(
        self,
        kinds: Sequence[str],
        draws: int = 400,
        tabular_draws: int = 1000,
        seed: int = 0,
    ) -> dict[str, np.ndarray]:
        """Maps over the same places, by which they can be taken away.

        Args:
            kinds: "gradcam", "lime" (places left out), "tabular" (LIME on numbers,
                added up over the places), "integrated" (gradients, of torch
                networks) or "random".
            draws: of LIME on places.
            tabular_draws: of LIME on numbers.
            seed: of all draws.
        """
        clips = list(zip(self.examples.x, self.numbers, strict=True))

        def tabular() -> np.ndarray:
            drawn = Tabular(self.predict, self.learned.x, tabular_draws, seed)
            shape = self.things.shape
            maps = [drawn.map(x, number).reshape(shape) for x, number in clips]
            return self.things.over(np.stack(maps))

        def one(kind: str) -> np.ndarray:
            if kind == "gradcam":
                return self._joined(self.trained_cams)
            if kind == "integrated":
                return self.things.over(self.integrated())
            if kind == "lime":
                return lime_each(self.predict, self.things, self.numbers, draws, seed)
            if kind == "tabular":
                return tabular()
            if kind != "random":
                raise UsageError(
                    f"{kind!r} is none of gradcam, lime, tabular, integrated, random"
                )
            shape = len(clips), self.things.places
            return np.random.default_rng(seed).random(shape)

        return {kind: one(kind) for kind in kinds}

    def _joined(self, cams: dict[str, np.ndarray]) -> np.ndarray:
        """Maps of one input, or of several, over the same places."""
        return self.things.over(next(iter(cams.values())) if len(cams) == 1 else cams)

    def asked_again(
        self,
        orders: Mapping[str, np.ndarray],
        ways: Iterable[tuple[str, float]],
        seed: int = 0,
    ) -> Iterator[tuple[pd.DataFrame, dict[str, Any]]]:
        """What the network answers when places go, or come, in each order.

        Args:
            orders: from `orders`.
            ways: one of `WAYS`, and which share of the places.
            seed: of the lots between places of one value.

        Yields:
            Answers for `Study.add_answers`, their space, and what tells them apart:
            model (the order), way and share. Where the case asks for the network's own
            answers, right is one that stays.
        """
        for kind, (way, share) in itertools.product(orders, ways):
            if way not in WAYS:
                raise UsageError(f"{way!r} is none of {', '.join(WAYS)}")
            held = kept(orders[kind], share, way == "added", seed)
            scores = self.predict(self.things.left(held))
            space = STAYS if self.answered else self.examples.spaces[self.task]
            told = {"model": kind, "way": way, "share": share, "space": space}
            yield self._answers(scores, space), told

    def _answers(self, scores: np.ndarray, space: LabelSpace) -> pd.DataFrame:
        if not self.answered:
            labels = self.examples.items[self.task]
            return self._told(labels, space, scores)
        rows = np.arange(len(scores))
        own, others = scores[rows, self.numbers], scores.copy()
        others[rows, self.numbers] = 0  # the likeliest other answer is what counts
        pairs = np.stack([own, others.max(axis=1)], axis=1)
        return self._told("stays", space, pairs / pairs.sum(axis=1, keepdims=True))

    def _told(
        self, labels: Any, space: LabelSpace, scores: np.ndarray, rows: Any = None
    ) -> pd.DataFrame:
        """A table for `Study.add_answers`, of all clips or some."""
        items = self.examples.items.iloc[slice(None) if rows is None else rows]
        told = [name for name in ("clip", "subject", "frame") if name in items]
        table = items[told].assign(label=labels, fold=0)
        scores = pd.DataFrame(scores, columns=list(space), index=table.index)
        return pd.concat([table, scores], axis=1)

    def when_shuffled(self, seed: int = 0) -> pd.DataFrame:
        """How alike Grad-CAM's maps are when all weights are dealt out anew.

        Returns:
            A row an input: rank correlation (1: the same), its interval over people,
            their number, and the share of the trained network's maps that are empty.
        """
        deal = gradients.shuffled if gradients.is_torch(self.model) else shuffled
        trained, other = self.cams(), self.cams(deal(self.model, seed))
        rows = {}
        for name, maps in trained.items():
            found = alike(maps, other[name])
            known = ~np.isnan(found)
            told = _over_people(found[known], self.examples.items["subject"][known])
            some = maps.reshape(len(maps), -1).any(axis=1)
            rows[name] = told | {"empty": 1 - some.mean()}
        return pd.DataFrame(rows).T

    def when_dealt(self, seed: int = 0) -> Iterator[tuple[pd.DataFrame, dict]]:
        """Whether Grad-CAM's maps change when a Keras network's weights are dealt out.

        Those of the decision alone, then those of all layers; see `cascade`. A map is
        still asked for what the trained network answers.

        Yields:
            Answers for `Study.add_answers`, their space, and what tells them apart:
            model (the kind) and layers. The probability of alike is the rank
            correlation of both maps, or 0; of a clip where one of them is empty 0,
            where both are 1.
        """
        steps, maps = cascade(self.model, seed), self._joined(self.trained_cams)
        other = next(steps)[1]
        for layers in ("decision", "all"):
            for _ in steps if layers == "all" else ():  # dealt out on, the same model
                pass
            after = self._joined(self.cams(other))
            found, some = alike(maps, after), maps.any(axis=1) | after.any(axis=1)
            same = np.where(np.isnan(found), ~some, np.maximum(found, 0))
            scores = np.stack([same, 1 - same], axis=1)
            told = {"model": "gradcam", "layers": layers, "space": DEALT}
            yield self._told("changed", DEALT, scores), told

    def agreements(
        self, order: np.ndarray, changes: Iterable[np.ndarray], share: float = 0.2
    ) -> pd.DataFrame:
        """How often a place of the true cause has a higher value than another one.

        Args:
            order: maps over places.
            changes: of each clip, how much each place changes without the cause; see
                `sound_changes`, `face_changes`.
            share: of the places, those that change most, are the cause's.

        Returns:
            For each clip's own map, and for another clip's: the area under the ROC
            curve (0.5 by chance), its interval over people, and their number.
        """
        masks = _masks(changes, share)
        people = self.examples.items["subject"].iloc[list(masks)]
        return pd.DataFrame(
            {
                whose: _over_people(_areas(maps, masks), people)
                for whose, maps in _whose(order).items()
            }
        ).T

    def causes_found(
        self,
        orders: Mapping[str, np.ndarray],
        changes: Iterable[np.ndarray],
        share: float = 0.2,
    ) -> Iterator[tuple[pd.DataFrame, dict[str, Any]]]:
        """The same clip by clip, to be recorded.

        Args:
            orders: maps over places, by kind.
            changes, share: as in `agreements`.

        Yields:
            Answers for `Study.add_answers`, their space, and what tells them apart:
            model (the kind) and whose. The probability of cause is the area under the
            ROC curve; right is more than a half.
        """
        masks = _masks(changes, share)
        for kind, order in orders.items():
            for whose, maps in _whose(order).items():
                areas = np.array(_areas(maps, masks))
                scores = np.stack([1 - areas, areas], axis=1)
                told = {"model": kind, "whose": whose, "space": CAUSE}
                yield self._told("cause", CAUSE, scores, list(masks)), told

    def sound_changes(self, cause: str) -> Iterator[np.ndarray]:
        """By how much the mel bands of each part change without a cause."""
        stack = self.things.stack

        def levels(samples: np.ndarray) -> np.ndarray:
            found = stack.of(samples)
            found[stack.mels :] = 0
            return found

        def change(own: np.ndarray, without: np.ndarray) -> np.ndarray:
            both = replace(self.things, samples=[own, without])
            maps = both.over(np.stack([levels(own), levels(without)]))
            return np.abs(maps[0] - maps[1])

        return self._changes(cause, change, stack.rate)

    def face_changes(self, cause: str) -> Iterator[np.ndarray]:
        """By how many grey levels each cell of each region changes without a cause."""
        import cv2

        from emolib.features import regions

        def grey(picture: np.ndarray) -> np.ndarray:
            flat = picture.ndim == 2
            return picture if flat else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)

        def change(own: np.ndarray, without: np.ndarray) -> np.ndarray:
            found = cv2.absdiff(grey(own), grey(without))
            at = regions.locate(grey(own))
            planes = {"face": found}
            planes |= {n: regions.cut(found, getattr(at, n)) for n in at._fields[1:]}
            cells = self.things.cells
            return np.concatenate([by_cell(planes[n], cells) for n in self.layers])

        return self._changes(cause, change)

    def picture_changes(self, cause: str, moments: Moments) -> Iterator[np.ndarray]:
        """By how many grey levels each cell of a film's pictures changes.

        Args:
            cause: that is taken away.
            moments: how pictures were taken from the films; an item is one of them,
                by its number in the column frame, or all of a film.
        """
        import cv2

        from emolib.features import faces
        from emolib.studio import traces

        def wanted(length: int) -> np.ndarray:
            ends = moments.start * (length - 1), moments.stop * (length - 1)
            return np.linspace(*ends, moments.count).round().astype(int)

        items = self.examples.items
        clips = self.examples.manifest.set_index("clip", drop=False)
        both = traces.pictures(clips.loc[items["clip"]], cause, wanted)
        numbers = items["frame"] if "frame" in items else [None] * len(items)
        for number, pair in zip(numbers, both, strict=True):
            boxes = [faces.find_face(picture) for picture in pair[0]]
            box = next(filter(None, boxes))
            cells = []
            for own, *two in zip(boxes, *pair, strict=True):
                box = own or box
                cut = (faces._cut(one, box, moments.size) for one in two)
                grey = [cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in cut]
                cells.append(by_cell(cv2.absdiff(*grey), self.things.cells))
            yield np.concatenate(cells) if number is None else cells[int(number)]

    def _changes(
        self, cause: str, change: Callable, rate: int = 16000
    ) -> Iterator[np.ndarray]:
        from emolib.studio import traces

        clips = self.examples.manifest.set_index("clip", drop=False)
        asked = clips.loc[self.examples.items["clip"]]
        for own, without in traces.pairs(asked, cause, rate):
            yield change(own, without)


def recorded(
    study: Study,
    asked: Iterable[tuple[str, Case, Mapping[str, np.ndarray]]],
    ways: Sequence[tuple[str, float]],
    changes: Mapping[str, Sequence[np.ndarray]],
    seed: int = 0,
) -> None:
    """Put each case to all three tests, and record what comes of it.

    Args:
        study: whose records these are.
        asked: of each case where it is from, itself, and its maps' orders.
        ways: of taking places out or putting them in, as `Case.asked_again` has them.
        changes: by where, what changes in each clip without the cause.
        seed: of what is drawn.
    """
    for where, case, orders in asked:
        told = {"where": where, "commit": True}
        for answers, so in case.asked_again(orders, ways, seed):
            study.add_answers("explained", answers, [case.run], **told, **so)
        for answers, so in case.when_dealt(seed):
            study.add_answers("explained-weights", answers, [case.run], **told, **so)
        for answers, so in case.causes_found(orders, changes[where]):
            study.add_answers("explained-cause", answers, [case.run], **told, **so)


def cases(
    run: Recorded | Seeds,
    examples: Examples,
    count: int,
    seed: int = 0,
    stack: audio.Stack | None = None,
) -> list[Case]:
    """The network of each seed's first fold, asked why it answers strangers as it does.

    Args:
        run: whose weights were kept.
        examples: those that it was divided from.
        count: how many clips of the strangers are asked about.
        seed: of the lots.
        stack: what sounds were turned into; without it faces are meant.
    """
    how = (examples, stack, count, seed) if stack else (examples, count, seed)
    made = Case.of_sounds if stack else Case.of_faces
    return [replace(made(one, *how), answered=True) for one in run.runs]


def sounds(examples: Examples, stack: audio.Stack) -> Sounds:
    """The clips' sounds, whose parts can be left out."""
    paths = examples.manifest.set_index("clip")["path"]
    files = [paths[clip] for clip in examples.items["clip"]]
    return Sounds([audio.samples_at(file, stack.rate) for file in files], stack)


def _sides(
    run: Recorded, examples: Examples, count: int, seed: int
) -> tuple[Examples, Examples, Examples]:
    """Whom a run's first fold has learned from, whom not, and some of these."""
    strange = run.predictions.query("fold == 0")["clip"]
    unknown = examples.items["clip"].isin(strange).to_numpy()
    if not unknown.any():
        raise UsageError(f"{run.record['id']}: none of these clips was tested")
    strangers = examples.take(unknown)
    chance = np.random.default_rng(seed)
    size = min(count, len(strangers))
    rows = np.sort(chance.choice(len(strangers), size, replace=False))
    some = strangers.take(rows)
    some = replace(some, x=np.asarray(some.x))  # few, and asked again and again
    return examples.take(~unknown), strangers, some


def _mean(x: Any) -> np.ndarray:
    """The mean row of inputs, read in parts."""
    total = np.zeros(x.shape[1:])
    for start in range(0, len(x), 256):
        rows = np.arange(start, min(start + 256, len(x)))
        total += np.asarray(x[rows], np.float64).sum(axis=0)
    return total / len(x)


def _masks(changes: Iterable[np.ndarray], share: float) -> dict[int, np.ndarray]:
    """By number, of the clips that change, where they change most."""
    masks = [change > np.quantile(change, 1 - share) for change in changes]
    return {number: mask for number, mask in enumerate(masks) if mask.any()}


def _whose(order: np.ndarray) -> dict[str, np.ndarray]:
    """Each clip's own map, and another clip's, which knows nothing of this one."""
    return {"own": order, "another's": np.roll(order, 1, axis=0)}


def _areas(maps: np.ndarray, masks: Mapping[int, np.ndarray]) -> list[float]:
    return [agreement(maps[number], mask).auc for number, mask in masks.items()]


def _over_people(values: Sequence[float], people: pd.Series) -> dict[str, float]:
    if not len(values):
        return {"value": np.nan, "low": np.nan, "high": np.nan, "people": 0}
    found = interval(values, people)
    ends = {"value": found.value, "low": found.low, "high": found.high}
    return ends | {"people": found.n}
