"""What a record says of where it came from: hashes, versions, machine."""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emolib import PUBLISHED, EmolibError, UsageError
from emolib.media import row_of

_PACKAGES = (
    *("numpy", "scipy", "pandas", "scikit-learn", "librosa", "soundfile"),
    *("opencv-python-headless", "av", "tensorflow", "keras", "torch", "jax"),
)


def identity(parameters: dict, inputs: dict | None = None) -> str:
    """Twelve hexadecimal digits that name a set of parameters and inputs.

    The order of keys does not matter, nor whether a number is Python's or
    numpy's.

    >>> identity({"seed": 1, "epochs": 3}) == identity({"epochs": 3, "seed": 1})
    True
    >>> identity({"seed": 1}) == identity({"seed": 2})
    False
    """
    content = {"parameters": plain(parameters), "inputs": plain(inputs or {})}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def manifest_hash(manifest: pd.DataFrame) -> str:
    """A hash of which clips there are and what they hold, wherever they lie.

    Of each file it reads the size and four kilobytes from the middle: sizes
    alone do not tell two renderings of one length apart, and whole corpora are
    too large to read. What was rendered into memory has no files, only names.

    Raises:
        EmolibError: if a file of the manifest is not there.
    """
    if "path" not in manifest:
        return table_digest(manifest.sort_values("clip").astype(str))
    places = {path: row_of(path) for path in manifest["path"].unique()}
    files = [table or path for path, (table, _) in places.items()]
    probes = {file: _probe(Path(file)) for file in dict.fromkeys(files)}
    digest = hashlib.sha256()
    for clip, path in sorted(zip(manifest["clip"], manifest["path"], strict=True)):
        table, row = places[path]
        digest.update(f"{clip}\0{row or ''}{probes[table or path]}\n".encode())
    return digest.hexdigest()


def _probe(path: Path) -> str:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size // 2 - 2048))
            return f"{size} {hashlib.sha256(file.read(4096)).hexdigest()}"
    except OSError as error:
        raise EmolibError(
            f"{path}: named in the manifest, cannot be read ({error.strerror}); "
            "index the corpus again"
        ) from error


def plain(value: Any) -> Any:
    """Python's own types, ready for JSON: NaN and infinity become None.

    >>> plain({"rates": np.array([0.5, np.nan])})
    {'rates': [0.5, None]}
    """
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray, pd.Series)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise UsageError(
        f"{value!r} ({type(value).__name__}) cannot stand in a record; "
        "use numbers, text, true/false, lists and dicts of them"
    )


def checksum(record: dict) -> str:
    """Of all that a record says: it finds accidents, not intent."""
    said = {k: v for k, v in record.items() if k not in ("checksum", "record")}
    text = json.dumps(said, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def answers_checksum(predictions: pd.DataFrame) -> str:
    """Of a fold's predictions: names of columns, and what they hold row by row."""
    digest = hashlib.blake2b(digest_size=8)
    for name, column in predictions.items():
        digest.update(f"{name}\0".encode())
        if pd.api.types.is_numeric_dtype(column):
            digest.update(column.to_numpy(np.float64).tobytes())
        else:
            words = column.fillna("").astype(str).tolist()  # a row at a time is slow
            digest.update("\0".join(words).encode())
    return digest.hexdigest()


def provenance(seconds: float) -> dict:
    """What ran, when and on what; nothing that names a person or a machine."""
    return {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "notebook": os.environ.get("EMOLIB_NOTEBOOK_HASH"),
        **_of_this_process(),
        "device": _device(),
        "peak_memory_mb": _peak_memory(),
    }


@cache
def _of_this_process() -> dict:
    """What does not change while a process runs."""
    package = Path(__file__).parents[1]
    return {
        "emolib": _hash_files(sorted(package.rglob("*.py")), package.parent),
        "lock": _hash_files([PUBLISHED / "requirements.lock"], PUBLISHED),
        "python": platform.python_version(),
        "packages": _versions(),
        "platform": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
    }


def table_digest(table: pd.DataFrame) -> str:
    """A hash of answers: clips, labels and probabilities.

    Rounded, so that the last digits of another processor make no difference.
    """
    digest = hashlib.sha256()
    for column in sorted(map(str, table.columns)):
        values = table[column]
        if values.dtype.kind == "f":
            rounded = np.rint(values.to_numpy(np.float64) * 1e5).astype(np.int64)
            content = rounded.tobytes()
        else:
            content = "\0".join(map(str, values.tolist())).encode()
        digest.update(column.encode() + b"\0" + content)
    return digest.hexdigest()[:16]


def _hash_files(files: Iterable[Path], base: Path) -> str | None:
    digest = hashlib.sha256()
    found = [file for file in files if file.exists()]
    for file in found:
        digest.update(file.relative_to(base).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest() if found else None


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _device() -> str:
    """The accelerator that a framework already loaded can see, else "cpu"."""
    if (torch := sys.modules.get("torch")) and torch.cuda.is_available():
        return torch.cuda.get_device_name()
    if (jax := sys.modules.get("jax")) and jax.default_backend() != "cpu":
        return jax.devices()[0].device_kind
    if tensorflow := sys.modules.get("tensorflow"):
        for device in tensorflow.config.list_physical_devices("GPU"):
            details = tensorflow.config.experimental.get_device_details(device)
            return details.get("device_name", "gpu")
    return "cpu"


def _peak_memory() -> float | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Bytes on macOS, kilobytes elsewhere.
    return round(peak / 2 ** (20 if sys.platform == "darwin" else 10), 1)
