"""Weights that somebody brings, by path and checksum, and what is known of them.

Two kinds are taken. Weights that a run of this project kept, here or elsewhere, with
its `record.json` beside them: the record says which network they are of, what it
learned from and how often it was right. And weights of one of the published networks
of document E that somebody trained to name emotions in faces, with a card of the same
name beside them, such as `faces.json` beside `faces.safetensors`; `CARD` is one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from emolib import EmolibError, UsageError, records, trained
from emolib.records import reading
from emolib.trained import Trained

CARD = {
    "network": "ViT_B.16",
    "size": 224,
    "classes": ["angry", "happy", "neutral"],
    "trained": "which pictures, of whom, posed or not; how often right, on whom",
}
"""What a card holds: the network by its name in document E's tables, width and height
of a face in pixels, the classes in the order of its outputs, what is known of it."""


def models(files: Sequence[Path], checksums: Sequence[str]) -> list[Trained]:
    """The networks of files of weights, one for a voice and one for a face at most.

    Args:
        files: safetensors, or of a published network also what `torch.save` wrote.
        checksums: of each file its SHA-256, or eight digits of it or more.

    Raises:
        UsageError: if a file is not the one that is meant, holds anything but
            tensors (nothing of it is run) or is of another network, or if nothing
            is known of it.
    """
    if len(files) != len(checksums):
        raise UsageError(
            f"{len(files)} files of weights and {len(checksums)} checksums: give "
            "--checksum SHA256 once for each --weights FILE, in their order"
        )
    found = [_of_file(*pair) for pair in zip(files, checksums, strict=True)]
    for part in ("voice", "face"):
        if sum(one.part == part for one in found) > 1:
            raise UsageError(f"two files of weights are about a {part}: give one")
    return found


def _of_file(path: Path, checksum: str) -> Trained:
    _check(path, checksum)
    card = path.with_suffix(".json")
    if card.is_file():
        return _published(path, checksum, _read(card))
    if (path.parent / "record.json").is_file():
        return _of_a_run(path)
    raise UsageError(
        f"{path}: nothing is known of its training; put beside it the record.json of "
        f"the run that kept it, or a card, {card.name}, such as {json.dumps(CARD)}"
    )


def _check(path: Path, checksum: str) -> None:
    """That a file is the one that is meant, and no pickle by another name."""
    from safetensors import SafetensorError, safe_open

    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    if len(checksum) < 8 or not found.startswith(checksum.lower()):
        raise UsageError(
            f"{path}: its SHA-256 is {found}, and {checksum or 'nothing'} was given; "
            "eight digits or more are wanted, as whoever made the file states them. "
            "If they differ, it is another file or a damaged one"
        )
    if path.suffix != ".safetensors":
        return
    try:
        with safe_open(path, framework="numpy"):
            pass
    except SafetensorError as error:
        raise UsageError(
            f"{path}: no safetensors ({error}); nothing of it was run"
        ) from error


def _of_a_run(path: Path) -> Trained:
    """A network of this project, as its record describes it."""
    number = path.stem.removeprefix("weights-")
    if path.suffix != ".safetensors" or not number.isdecimal():
        raise UsageError(
            f"{path}: a run keeps its weights as weights-0.safetensors, numbered by "
            "fold; give the file its name back"
        )
    run = records.Recorded(
        reading.read_record(path.parent / "record.json"), path.parent
    )
    try:
        return trained.of_run(run, int(number))
    except EmolibError as error:
        raise UsageError(
            f"{path}: not the weights of the run whose record.json lies beside it, or "
            f"of another version of the book ({error})"
        ) from error


def _published(path: Path, checksum: str, card: dict) -> Trained:
    """A published network that somebody trained to name emotions in faces."""
    from emolib.models import real_or_fake
    from emolib.models.backbones import common
    from emolib.training import with_torch

    size, classes = card["size"], tuple(card["classes"])
    shape, name = (size, size, 3), card["network"]
    network = real_or_fake.one_head(shape, len(classes), network=name)
    # Without a head that may differ: one that was never trained would answer at random.
    common.load(network, path.resolve(), checksum, head="")
    return Trained(
        "face",
        f"{name} of {path.name}",
        f"told of its training: {card['trained']}; nothing of that was looked into, "
        "and how often it is right was not measured here",
        classes,
        trained.framed(size, face=True),
        partial(with_torch.predict, network),
    )


def _read(file: Path) -> dict:
    """A card, whose every entry is what it should be."""
    from emolib.models.real_or_fake import NETWORKS

    try:
        card = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{file}: not JSON ({error})") from error
    card = card if isinstance(card, dict) else {}
    classes, size = card.get("classes"), card.get("size")
    named = isinstance(classes, list) and all(isinstance(c, str) for c in classes)
    problems = {
        f"network must be one of {', '.join(NETWORKS)}": card.get("network")
        not in [*NETWORKS],
        "size must be pixels, from 16 to 1024": not isinstance(size, int)
        or not 16 <= size <= 1024,
        "classes must be two names or more, all different": not named
        or not 2 <= len(set(classes)) == len(classes),
        "trained must tell what is known of its training, or that nothing is": not (
            isinstance(card.get("trained"), str) and card["trained"].strip()
        ),
    }
    if wrong := [text for text, is_so in problems.items() if is_so]:
        raise UsageError(f"{file}: {'; '.join(wrong)}. A card is {json.dumps(CARD)}")
    return card
