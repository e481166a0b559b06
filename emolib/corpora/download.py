"""Fetching a corpus: over https, against a checksum, going on where it stopped."""

from __future__ import annotations

import zipfile
from pathlib import Path

from emolib import EmolibError, UsageError, data_folder
from emolib.corpora.base import Download
from emolib.corpora.manifest import RENDERED
from emolib.corpora.registry import corpus
from emolib.files import write_atomic
from emolib.progress import reported

BLOCK = 1 << 20


def fetch(
    name: str,
    data: str | Path | None = None,
    accept_licence: bool = False,
    progress: bool = True,
) -> Path:
    """Download a corpus and unpack it into its folder.

    What is already there is not fetched or unpacked again. The archives stay in
    the folder's `.archives`, which may be deleted afterwards.

    Args:
        name: as `index`.
        data: the folder that holds the corpora; see `emolib.data_folder`.
        accept_licence: that you have read the corpus' licence and agree to it.
        progress: report on stderr.

    Returns:
        The corpus' folder.

    Raises:
        UsageError: if the licence is not accepted, this corpus has to be
            fetched by hand, or the folder holds what the studio rendered.
        EmolibError: if the connection fails, or an archive is not the published
            one.
    """
    this = corpus(name)
    if not this.downloads:
        raise UsageError(f"{name} cannot be fetched: {this.access}; see {this.url}")
    if not accept_licence:
        raise UsageError(
            f"{this.title} comes under {this.licence} ({this.url}); read it, and if "
            "you agree ask again with --accept-licence"
        )
    folder = data_folder(data) / name
    if (folder / RENDERED).exists():
        raise UsageError(
            f"{folder} holds rendered clips of the same names; fetch into another "
            "folder with --data, or move them away"
        )
    for archive in this.downloads:
        if not archive.url.startswith("https://"):
            raise EmolibError(f"{archive.url}: refused, it is not https")
        unpack(download(archive, folder / ".archives", progress), folder)
    return folder


def download(archive: Download, folder: Path, progress: bool = True) -> Path:
    """Download one archive, unless a whole copy is there; returns its path."""
    import pooch
    import requests

    file_name = archive.url.split("?")[0].rpartition("/")[2]
    part = folder / f"{file_name}.part"

    def go_on(url: str, target: str, _: object) -> None:
        """Append what is missing to the part file, then hand it over."""
        have = part.stat().st_size if part.exists() else 0
        if have < archive.size:
            _append(url, part, have, archive.size, progress)
        part.replace(target)

    try:
        path = pooch.retrieve(
            archive.url, archive.checksum, file_name, folder, downloader=go_on
        )
    except requests.RequestException as error:
        raise EmolibError(
            f"{archive.url}: {error}; ask again to go on where it stopped"
        ) from error
    except ValueError as error:
        raise EmolibError(
            f"{archive.url}: not the published file, its checksum is not "
            f"{archive.checksum}; ask again to fetch it from the start"
        ) from error
    except OSError as error:
        raise EmolibError(
            f"{part}: cannot be written ({error.strerror or error}); make room and "
            "ask again to go on where it stopped"
        ) from error
    return Path(path)


def _append(url: str, part: Path, have: int, size: int, progress: bool) -> None:
    import requests

    headers = {"Range": f"bytes={have}-"} if have else {}
    with requests.get(url, headers=headers, stream=True, timeout=60) as answer:
        answer.raise_for_status()
        if url.startswith("https:") and not answer.url.startswith("https:"):
            raise EmolibError(f"{url}: refused, it leads to {answer.url}")
        # A server that cannot start in the middle answers 200 with the whole.
        resumed = answer.status_code == requests.codes.partial_content
        blocks = answer.iter_content(BLOCK)
        if progress:
            missing = size - have if resumed else size
            blocks = reported(blocks, missing // BLOCK + 1, part.stem, "MB")
        with part.open("ab" if resumed else "wb") as file:
            for block in blocks:
                file.write(block)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip; members that are already there in full are left alone.

    Raises:
        EmolibError: if a member would land outside the folder; then nothing is
            unpacked.
    """
    inside = folder.resolve()
    with zipfile.ZipFile(archive) as bundle:
        members = [member for member in bundle.infolist() if not member.is_dir()]
        for member in members:
            if not (inside / member.filename).resolve().is_relative_to(inside):
                raise EmolibError(
                    f"{archive}: refused, {member.filename} would be written outside "
                    f"{folder}"
                )
        for member in members:
            target = inside / member.filename
            if not (target.exists() and target.stat().st_size == member.file_size):
                data = bundle.read(member)
                write_atomic(target, lambda path, data=data: path.write_bytes(data))
