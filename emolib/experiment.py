"""The way from clips to a record, once, for every study.

    heard = experiment.examples(voice, audio.pad(voice.arrays), space)
    study = experiment.Study("confidence-fusion", profile=profile, seed=seed)
    run = study.run("voice", heard, network, protocols.RandomClips(0.15, seed=seed))

Examples are what a model is given: inputs, the table of what they are, and the
classes. A study takes examples, a learner and a protocol; it trains and tests
fold by fold and records each fold before the next one starts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolib import ROOT, UsageError, inputs, protocols, records
from emolib.labels import LabelSpace
from emolib.learners import Learner, part_of
from emolib.rebuilding import hold_to, kept, weights_file
from emolib.records.provenance import table_digest
from emolib.records.run import committed

if TYPE_CHECKING:
    from emolib.records import Recorded, Run, Seeds

ITEM_COLUMNS = ["clip", "subject", "sentence", "emotion", "corpus"]


@dataclass(frozen=True, eq=False)
class Examples:
    """Items with their inputs, row by row, and their classes.

    Attributes:
        items: one row an item: clip, subject, sentence, emotion, corpus, and what
            tells the items of a clip apart.
        x: inputs, one row an item, in memory or read where they are used.
        spaces: for each task, a column of the items, its classes.
        manifest: the clips.
        settings: of the feature that the inputs are.
    """

    items: pd.DataFrame
    x: Any
    spaces: dict[str, LabelSpace]
    manifest: pd.DataFrame
    settings: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.items) != len(self.x):
            raise UsageError(
                f"{len(self.items)} items and {len(self.x)} inputs: there must be one "
                "of each, in the same order"
            )
        if not len(self.items):
            raise UsageError("no items: nothing was read, or everything was left out")
        if isinstance(self.x, np.ndarray):  # what is given is not changed in place
            held = self.x.view()
            held.flags.writeable = False
            object.__setattr__(self, "x", held)
        object.__setattr__(self, "items", self.items.copy())
        _ = self.targets  # a label without a class is refused here

    def __len__(self) -> int:
        return len(self.items)

    @property
    def space(self) -> LabelSpace:
        """The classes of the first task."""
        return next(iter(self.spaces.values()))

    @property
    def tasks(self) -> list[Examples]:
        """The same examples, asked one task each."""
        return [replace(self, spaces={t: s}) for t, s in self.spaces.items()]

    @property
    def targets(self) -> dict[str, np.ndarray]:
        """Class numbers of each task."""
        return {task: s.encode(self.items[task]) for task, s in self.spaces.items()}

    @property
    def shape(self) -> tuple | dict[str, tuple]:
        """The shape of one input; of each of several by name."""
        if fields := getattr(self.x.dtype, "fields", None):
            return {name: fields[name][0].shape for name in self.x.dtype.names}
        return tuple(self.x.shape[1:])

    @property
    def classes(self) -> int | dict[str, int]:
        """How many classes there are; of each of several tasks by name."""
        counts = {task: len(space) for task, space in self.spaces.items()}
        return counts if len(counts) > 1 else len(self.space)

    @property
    def digest(self) -> str:
        """Sixteen digits that differ as soon as rows, classes or inputs do.

        Taken anew each time: the array behind the inputs may have been changed.
        """
        content = f"{self.rows} {self.x.dtype} {self.x.shape} {inputs.checksum(self.x)}"
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @property
    def rows(self) -> str:
        """The same of the table and the classes alone, without the inputs."""
        digest = hashlib.sha256()
        for column in sorted(self.items):
            digest.update(f"{column}\0".encode())
            digest.update("\0".join(map(str, self.items[column])).encode())
        for task, space in self.spaces.items():
            digest.update(f"{task} {space.name} {space.classes}".encode())
        return digest.hexdigest()[:16]

    @cached_property
    def manifest_hash(self) -> str:
        """Of the clips' files."""
        return records.manifest_hash(self.manifest)

    def told(self, sketch: bool) -> dict:
        """What a record says of what its model was given."""
        shape = self.shape
        if isinstance(shape, dict):
            shape = {name: list(part) for name, part in shape.items()}
        return {
            "digest": self.digest,
            "rows": self.rows,
            "sketch": inputs.sketch(self.x) if sketch else [],
            "shape": shape if isinstance(shape, dict) else list(shape),
            "classes": self.classes,
            "manifest": self.manifest_hash,
        }

    @property
    def described(self) -> np.ndarray | None:
        """A small description of each item; see `protocols.leak_report`."""
        return inputs.described(self.x)

    def take(self, rows: np.ndarray | pd.Series) -> Examples:
        """Some of the examples, by positions or by a row of true and false."""
        rows = np.asarray(rows)
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        items = self.items.iloc[rows].reset_index(drop=True)
        kept = self.manifest[self.manifest["clip"].isin(items["clip"])]
        manifest = kept.reset_index(drop=True)
        take = getattr(self.x, "take", None) if hasattr(self.x, "checksum") else None
        x = take(rows) if take else self.x[rows]
        return Examples(items, x, self.spaces, manifest, self.settings)


def together(*parts: Examples) -> Examples:
    """Examples of several corpora as one; their classes must be the same."""
    first = parts[0]
    if any(part.spaces != first.spaces for part in parts):
        raise UsageError("these examples have other classes; map them onto one space")
    return Examples(
        pd.concat([part.items for part in parts], ignore_index=True),
        np.concatenate([np.asarray(part.x) for part in parts]),
        first.spaces,
        pd.concat([part.manifest for part in parts], ignore_index=True),
        first.settings,
    )


def examples(
    source: Any,
    x: Any = None,
    space: LabelSpace | Mapping[str, LabelSpace] | None = None,
    parts: Sequence[Sequence[dict]] | None = None,
    task: str = "emotion",
) -> Examples:
    """Items and their inputs.

    Args:
        source: what `store.extract` gave, or a manifest.
        x: inputs, one row an item: an array, a structured array for a model with
            several inputs, or a `store.Stream`. If not given, the stored arrays,
            which must be of one shape.
        space: the classes; for several tasks those of each, by column.
        parts: for each clip, what tells its items apart, such as
            `[{"frame": 0}, {"frame": 5}]`; without it each clip is one item.
        task: the column of the classes, where there is one task.
    """
    manifest = getattr(source, "manifest", source)
    if x is None:
        x = _stacked(source)
    if not hasattr(x, "dtype"):  # a list or a table
        x = np.asarray(x)
    if isinstance(x, np.ndarray) and x.dtype.names:
        from numpy.lib.recfunctions import repack_fields

        x = repack_fields(x)  # some fields of an array keep the bytes of the others
    if not isinstance(space, (LabelSpace, Mapping)):
        raise UsageError(
            f"which classes? Give a label space, such as labels.RAVDESS, not {space!r}"
        )
    spaces = {task: space} if isinstance(space, LabelSpace) else dict(space)
    columns = [*ITEM_COLUMNS, *(t for t in spaces if t not in ITEM_COLUMNS)]
    feature = getattr(source, "feature", None)
    settings = asdict(feature) if is_dataclass(feature) else {}
    items = items_of(manifest, parts, columns)
    return Examples(items, x, spaces, manifest, settings)


def items_of(
    manifest: pd.DataFrame,
    parts: Sequence[Sequence[dict]] | None = None,
    columns: Sequence[str] = ITEM_COLUMNS,
) -> pd.DataFrame:
    """Items from clips: one a clip, or several a clip.

    >>> clips = pd.DataFrame({c: ["x"] for c in ITEM_COLUMNS})
    >>> items_of(clips, [[{"frame": 0}, {"frame": 5}]])["frame"].tolist()
    [0, 5]
    """
    if missing := [c for c in columns if c not in manifest]:
        raise UsageError(f"the manifest has no column {', '.join(missing)}")
    if parts is None:
        return manifest[list(columns)].reset_index(drop=True)
    if len(parts) != len(manifest):
        raise UsageError(f"{len(manifest)} clips, but parts of {len(parts)}")
    counts = [len(one) for one in parts]
    repeated = manifest[list(columns)].loc[manifest.index.repeat(counts)]
    items = repeated.reset_index(drop=True)
    of_clip = pd.DataFrame([part for one in parts for part in one], index=items.index)
    return pd.concat([items, of_clip], axis=1)


@dataclass(frozen=True)
class Study:
    """One document's study: what all its runs share.

    Args:
        slug: such as "confidence-fusion".
        profile: how much work; stands in the records.
        seed: of the networks; several seeds count on from it.
        runs: where records are written, from the project's root.
    """

    slug: str
    profile: str = "quick"
    seed: int = 0
    runs: str | Path | None = None

    def run(
        self,
        name: str,
        examples: Examples,
        learner: Learner,
        protocol: protocols.Protocol,
        *,
        claims: Iterable[str] = (),
        seeds: int = 1,
        folds: int | None = None,
        keep: bool = False,
        commit: bool = False,
    ) -> Run | Seeds | dict[str, Run | Seeds]:
        """Train and test fold by fold; what is recorded is not run again.

        A run is known by what its models are given: another input, class,
        learner, protocol or seed is another run.

        Args:
            name: of the experiment, written out, so that a record leads back here.
            examples: what is divided.
            learner: what learns.
            protocol: how it is divided; it is held to its promise first.
            claims: the ledger's ids that the run bears on.
            seeds: how many seeds; the split stays the same. Several seeds' runs in
                a network's design are taken one by one.
            folds: run only the first so many folds.
            keep: leave each fold's weights beside the record, so that `model` and
                `answers` can be asked of the run.
            commit: a large run on rendered data that lies with the book, where
                `runs` says so.

        Returns:
            A run, or several seeds together; with several tasks, one for each.
        """
        if seeds < 1 or (folds is not None and folds < 1):
            raise UsageError(f"seeds={seeds}, folds={folds}: give 1 or more")
        if not isinstance(learner, Learner):
            raise UsageError(
                f"{type(learner).__name__} is no learner; wrap it, as in "
                "learners.Classifier(estimator, name)"
            )
        more = (protocol, list(claims))
        made = [
            self._run(
                name, examples, learner.of_seed(i), *more, self.seed + i,
                folds, keep, commit,
            )
            for i in range(seeds)
        ]  # fmt: skip
        by_task = {
            task: records.Seeds([one[task] for one in made]) if seeds > 1 else run
            for task, run in made[0].items()
        }
        return by_task if len(by_task) > 1 else next(iter(by_task.values()))

    def _run(
        self, name, examples, learner, protocol, claims, seed, folds, keep, commit
    ) -> dict[str, Run]:
        items, first = examples.items, next(iter(examples.spaces))
        splits = protocols.checked(protocol, items, first)
        tested = np.unique(np.concatenate([split.test for split in splits]))
        told = self._told(examples.manifest, items.iloc[tested], commit)
        code, given = learner.code(), examples.told(committed(told["folder"]))
        settings = {f"feature.{k}": v for k, v in examples.settings.items()}
        settings |= learner.parameters
        settings |= {f"protocol.{k}": v for k, v in protocol.parameters.items()}
        if len(splits[:folds]) < len(splits):
            settings["folds_all"] = len(splits)
        runs = {
            task: records.open_run(
                **told,
                experiment=name,
                protocol=protocol.name,
                model=learner.name,
                seed=seed,
                manifest=examples.manifest,
                space=space,
                folds=len(splits[:folds]),
                code=code,
                inputs=given,
                learner=learner.spec(),
                positions=[split.positions for split in splits[:folds]],
                corpora=sorted(set(examples.manifest["corpus"])),
                parameters=settings,
                claims=claims,
                task=task,
                unit=_unit(items),
            )
            for task, space in examples.spaces.items()
        }
        for split in splits[:folds]:
            notes = {"code": code, "positions": split.positions}
            notes |= {"digest": given["digest"]}
            lacking = [
                file
                for run in runs.values()
                for file in [weights_file(run.record, run.folder, split.fold)]
                if keep and not kept(file, notes)
            ]
            if lacking or not all(run.has(split.fold) for run in runs.values()):
                self._begins(learner, protocol, items, split)
                self._fold(examples, learner, split, seed, runs, lacking, notes)
        return runs

    def _begins(self, learner, protocol, items, split) -> None:
        """Make sure that no network begins with one that knows who is tested here."""
        tested = items.iloc[split.test]
        for value in getattr(learner, "design", {}).values():
            run, fold = getattr(value, "run", value), getattr(value, "number", None)
            if not hasattr(run, "record") or not protocol.claims_apart:
                continue
            known = run.predictions
            fold = split.fold if fold is None else fold
            corpora = set(run.record["corpora"])
            shared = tested[tested["corpus"].isin(corpora)]
            unseen = known.loc[known["fold"] == fold, "clip"]
            apart = protocols.protocol(run.record["protocol"]).claims_apart
            if len(shared) and (
                not shared["clip"].isin(unseen).all()
                or set(protocol.claims_apart) - set(apart)
            ):
                raise protocols.LeakError(
                    f"fold {split.fold} of {protocol.name!r} would begin with a model "
                    f"of {run.record['id']} that may have learned from "
                    f"{shared['clip'].iloc[0]} or its person, which is tested here; "
                    "train it under the same protocol"
                )

    def _fold(self, examples, learner, split, seed, runs, weights, notes) -> None:
        """Train and test one fold, and record what is not recorded."""
        run = next(iter(runs.values()))
        name = f"fold-{split.fold}-{run.code}.safetensors"
        checkpoint = weights_file(run.record, run.folder, 0).parent / name
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        fitted = learner.fit(examples, split, seed, checkpoint)
        for file in weights:
            fitted.save(file, notes)
        learned = examples.items.iloc[fitted.trained]
        trained = {
            "items": len(learned),
            "clips": learned["clip"].nunique(),
            "people": learned["subject"].nunique(),
        }
        used = replace(split, train=fitted.trained)
        leak = protocols.leak_report(examples.items, used, examples.described)
        tested = examples.items.iloc[split.test]
        for task, scores in fitted.predict(part_of(examples, split.test)).items():
            if runs[task].has(split.fold):
                before = runs[task].predictions.query("fold == @split.fold")
                before = before[list(examples.spaces[task])].to_numpy()
                hold_to(before, scores, runs[task].record["id"])
                continue
            table = tested.assign(label=tested[task])
            classes = list(examples.spaces[task])
            scores = pd.DataFrame(scores, columns=classes, index=table.index)
            runs[task].add(
                split.fold,
                pd.concat([table, scores], axis=1),
                history=fitted.history,
                leak=leak,
                trained=trained,
                parameters_count=fitted.parameters_count,
            )
        checkpoint.unlink(missing_ok=True)

    def add_answers(
        self,
        name: str,
        answers: pd.DataFrame,
        parents: Sequence[Recorded | Seeds],
        model: str,
        protocol: protocols.Protocol | None = None,
        manifest: pd.DataFrame | None = None,
        space: LabelSpace | None = None,
        claims: Iterable[str] = (),
        commit: bool = False,
        task: str | None = None,
        **parameters: Any,
    ) -> Run:
        """Record answers that come from those of other runs, such as fused ones.

        They are known by their parents' predictions and by what they say.

        Args:
            name: of the experiment, written out.
            answers: clip, subject, label, fold and one column a class, as
                `by_clip` and `Run.answers` give them; with a column frame, one row a
                frame.
            parents: the runs that they were made from; none if others published
                them: then protocol, manifest and space are needed.
            model: the rule, as tables call it.
            protocol: if it is not the parents' own.
            manifest: the clips, if they are others than the parents'.
            space: the classes, if they are others than the parents'.
            claims: the ledger's ids that the answers bear on.
            commit: as in `run`.
            task: what was asked, if it is not what the first parent was asked.
            parameters: what else tells them apart.
        """
        wanted = ["clip", "subject", "label", "fold"]
        if missing := [c for c in wanted if c not in answers]:
            raise UsageError(f"{name}: the answers have no column {', '.join(missing)}")
        known = protocol is not None and manifest is not None and space is not None
        if not parents and not known:
            raise UsageError(
                f"{name}: answers that come from no run need protocol, manifest, space"
            )
        ways = {run.record["protocol"] for run in parents}
        if protocol is None and len(ways) > 1:
            raise UsageError(
                f"{name}: its parents were tested under {' and '.join(sorted(ways))}; "
                "say which protocol the answers are of"
            )
        first = {"seed": self.seed, "task": "emotion", "parameters": {}, "folds": []}
        if parents:
            first, space = parents[0].record, space or parents[0].space
        each = [run for parent in parents for run in getattr(parent, "runs", [parent])]
        named = [
            {
                "id": run.record["id"],
                "key": run.record.get("key"),
                "digest": run.digest,
            }
            for run in each
        ]
        if manifest is None:
            source, corpus = first["source"], first["corpus"]
            manifest = answers[["clip"]].assign(source=source, corpus=corpus)
        told = self._told(manifest, answers, commit)
        folds = sorted(answers["fold"].unique())
        settings = {} if protocol is None else protocol.parameters
        settings = {f"protocol.{k}": v for k, v in settings.items()} or {
            k: v for k, v in first["parameters"].items() if k.startswith("protocol.")
        }
        run = records.open_run(
            **told,
            experiment=name,
            protocol=protocol.name if protocol else first["protocol"],
            model=model,
            seed=first["seed"],
            manifest=manifest,
            space=space,
            folds=len(folds),
            inputs=_answers_told(answers, list(space), committed(told["folder"])),
            corpora=sorted(set(manifest["corpus"])),
            parents=named,
            learner={"kind": "answers", "name": model},
            parameters=settings | parameters,
            claims=claims,
            task=task or first["task"],
            unit=_unit(answers),
        )
        leaks = _worst_leaks([one.record for one in each])
        for number, fold in enumerate(folds):
            if not run.has(number):
                part = answers[answers["fold"] == fold].drop(columns="fold")
                leak = None if protocol else leaks.get(fold)
                run.add(number, part, leak=leak)
        return run

    def _told(
        self, manifest: pd.DataFrame, tested: pd.DataFrame, commit: bool
    ) -> dict[str, Any]:
        """What a record says of where it belongs; rendered data stays apart."""
        clips = manifest[manifest["clip"].isin(tested["clip"])]
        sources = sorted(set(clips["source"]))
        if len(sources) != 1:
            raise UsageError(
                f"the clips that are tested are {' and '.join(sources) or 'unknown'}; "
                "a record must say what it ran on"
            )
        folder = ROOT / Path(self.runs or records.runs_folder()).expanduser()
        with_book = folder.resolve() == records.committed_folder().resolve()
        if with_book and sources == ["demo"] and not commit:
            folder = records.runs_folder()
        return {
            "study": self.slug,
            "source": sources[0],
            "corpus": " ".join(clips["corpus"].unique()),
            "profile": self.profile,
            "folder": folder,
        }


def by_clip(
    predictions: pd.DataFrame, space: LabelSpace, rule: str = "mean"
) -> pd.DataFrame:
    """One prediction a clip from those of its frames or windows.

    Args:
        predictions: columns clip, subject, label, fold and one a class.
        rule: "mean" of the probabilities, "vote" of the decisions, or "max":
            the most confident frame decides.

    Returns:
        The same columns, one row a clip and fold.
    """
    classes = list(space)
    scores = predictions[classes]
    keys = ["clip", "subject", "label", "fold"]
    table = predictions[keys]
    if rule == "vote":
        winners = scores.to_numpy().argmax(axis=1)
        scores = pd.DataFrame(np.eye(len(classes))[winners], columns=classes)
        scores.index = predictions.index
    elif rule == "max":
        most = scores.max(axis=1).groupby([table[k] for k in keys]).idxmax()
        return predictions.loc[most, keys + classes].reset_index(drop=True)
    elif rule != "mean":
        raise UsageError(f"rule {rule!r} is none of mean, vote, max")
    return pd.concat([table, scores], axis=1).groupby(keys, as_index=False).mean()


def _answers_told(answers: pd.DataFrame, classes: list[str], sketch: bool) -> dict:
    """What a record says of answers that it was given."""
    rows = answers[["clip", "subject", "label", "fold"]]
    found = {"digest": table_digest(answers), "rows": table_digest(rows.astype(str))}
    scores = answers[classes].to_numpy(np.float64)
    return found | {"sketch": inputs.sketch(scores) if sketch else []}


def _worst_leaks(parents: list[dict]) -> dict[int, dict]:
    """By fold, the most that any parent's sides share."""
    worst: dict[int, dict] = {}
    for fold in (fold for parent in parents for fold in parent["folds"]):
        known = worst.setdefault(fold["fold"], dict(fold["leak"]))
        for kind, value in fold["leak"].items():
            if value is not None and (known.get(kind) is None or value > known[kind]):
                known[kind] = value
    return worst


def _stacked(source: Any) -> np.ndarray:
    shapes = {array.shape for array in source.arrays}
    if len(shapes) != 1:
        raise UsageError(
            f"the stored arrays have {len(shapes)} shapes; give x, padded "
            "(audio.pad), cut into windows, or as a store.Stream"
        )
    return np.stack(list(source.arrays))


def _unit(items: pd.DataFrame) -> str:
    if "frame" in items:
        return "frame"
    return "window" if "start" in items else "clip"
