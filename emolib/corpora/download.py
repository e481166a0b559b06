"""Fetching a corpus: over https, against a checksum, going on where it stopped."""

from __future__ import annotations

import fnmatch
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from emolib import EmolibError, UsageError, data_folder
from emolib.corpora.advice import how_to_get
from emolib.corpora.base import RENDERED, Download
from emolib.corpora.registry import corpus
from emolib.files import sweep, write_atomic
from emolib.progress import Line, reported

BLOCK = 1 << 20
MOST_REDIRECTS = 10
MOST_SWOLLEN = 100
"""Recordings hardly shrink in an archive, tables to a tenth; beyond this it is a
trap."""


def fetch(
    name: str,
    data: str | Path | None = None,
    accept_licence: bool = False,
    progress: bool = True,
) -> Path:
    """Download a corpus and unpack it into its folder.

    Licence and address are shown before anything is asked for. What is already there
    is not fetched or unpacked again. The archives stay in the folder's `.archives`,
    which may be deleted afterwards.

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
    this, folder = corpus(name), data_folder(data) / name
    if not this.downloads:
        raise UsageError(
            f"{name} cannot be fetched; its folder is {folder}: "
            f"{how_to_get(this, folder.parent)}"
        )
    if not accept_licence:
        raise UsageError(
            f"{this.title} comes under {this.licence} ({this.url}); read it, and if "
            "you agree ask again with --accept-licence"
        )
    Line().say(f"{this.title}: {this.licence}; {this.url}")
    if (folder / RENDERED).exists():
        raise UsageError(
            f"{folder} holds rendered clips of the same names; fetch into another "
            "folder with --data, or move them away"
        )
    for told in this.downloads:
        Line().say(f"from {told.url}")
        files = listed(told)
        several = progress and len(files) > 1
        entries = files.items()
        if several:
            entries = reported(entries, len(files), name, "files")
        for file, archive in entries:
            zipped = file.endswith(".zip")
            place = folder / ".archives" if zipped else folder
            path = download(archive, place, progress and not several, file)
            if zipped:
                unpack(path, folder)
    return folder


def listed(told: Download) -> dict[str, Download]:
    """Files by name; where a repository is to be asked for them, by its answer.

    Raises:
        EmolibError: if it is no https, or the answer is none of Zenodo, Dataverse or
            figshare, or names no such file.
    """
    if not told.url.startswith("https://"):
        raise EmolibError(f"{told.url}: refused, it is not https")
    if not told.files:
        return {told.url.split("?")[0].rpartition("/")[2]: told}
    import requests

    try:
        with _answer(told.url, {"Accept": "application/json"}) as answer:
            found = list(_entries(answer.json(), told.url))
    except requests.RequestException as error:
        raise EmolibError(f"{told.url}: {error}; ask again later") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise EmolibError(
            f"{told.url}: not a list of files as Zenodo, Dataverse or figshare answer; "
            "fetch the corpus by hand"
        ) from error
    files = {n: one for n, one in found if fnmatch.fnmatch(n, told.files)}
    if bad := [n for n in files if n != Path(n).name or n.startswith(".")]:
        raise EmolibError(f"{told.url}: refused, {bad[0]!r} is no file's name")
    if not files:
        raise EmolibError(f"{told.url}: it names no file like {told.files}")
    return files


def _entries(answer: Any, url: str) -> Iterator[tuple[str, Download]]:
    """Name and download of each file that a repository tells."""
    if "data" in answer:  # Dataverse
        place = urljoin(url, "/api/access/datafile/")
        for entry in answer["data"]["latestVersion"]["files"]:
            one = entry["dataFile"]
            where, md5 = f"{place}{one['id']}", f"md5:{one['md5']}"
            yield one["filename"], Download(where, md5, one["filesize"])
        return
    for one in answer["files"]:
        if "computed_md5" in one:  # figshare
            md5 = f"md5:{one['computed_md5']}"
            yield one["name"], Download(one["download_url"], md5, one["size"])
        else:  # Zenodo
            where = one["links"]["self"]
            yield one["key"], Download(where, one["checksum"], one["size"])


def download(
    archive: Download, folder: Path, progress: bool = True, name: str = ""
) -> Path:
    """Download one file, unless a whole copy is there; returns its path."""
    import pooch
    import requests

    file_name = name or archive.url.split("?")[0].rpartition("/")[2]
    part = folder / f"{file_name}.part"
    pooch.get_logger().setLevel("WARNING")  # what happens is reported here

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
    """Write the rest to the part file, and no byte more than there should be."""
    import requests

    headers = {"Range": f"bytes={have}-"} if have else {}
    with _answer(url, headers) as answer:
        # A server that cannot start in the middle answers 200 with the whole.
        resumed = answer.status_code == requests.codes.partial_content
        blocks = answer.iter_content(BLOCK)
        missing = size - have if resumed else size
        if progress:
            blocks = reported(blocks, missing // BLOCK + 1, part.stem, "MB")
        with part.open("ab" if resumed else "wb") as file:
            for block in blocks:
                file.write(block[:missing])
                missing -= len(block)
                if missing < 0:
                    break


def _answer(url: str, headers: dict[str, str]):
    """The answer at the end of a chain of redirects, each of them https."""
    import requests

    place = url
    for _ in range(MOST_REDIRECTS + 1):
        if not place.startswith("https://"):
            raise EmolibError(f"{url}: refused, it leads to {place}, which is no https")
        answer = requests.get(
            place, headers=headers, stream=True, timeout=60, allow_redirects=False
        )
        if not answer.is_redirect:
            answer.raise_for_status()
            return answer
        answer.close()
        place = urljoin(place, answer.headers["location"])
    raise EmolibError(f"{url}: refused, more than {MOST_REDIRECTS} redirects")


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip; members that are already there in full are left alone.

    Raises:
        EmolibError: if it is no zip or a damaged one, is encrypted, would land
            outside the folder, or takes more room than there is or than recordings
            can: then nothing is unpacked; or if a member turns out damaged: then
            those before it are there.
    """
    try:
        with zipfile.ZipFile(archive) as bundle:
            _count(archive, bundle)
            found = bundle.infolist()
            members = [one for one in found if not one.filename.endswith("/")]
            _refuse(archive, members, folder)
            targets = [folder.resolve() / member.filename for member in members]
            for place in {target.parent for target in targets}:
                sweep(place)
            for member, target in zip(members, targets, strict=True):
                whole = target.is_file() and target.stat().st_size == member.file_size
                if not whole:
                    _unpack_one(bundle, member, target)
    except (OSError, ValueError, NotImplementedError, *_DAMAGE) as error:
        raise EmolibError(
            f"{archive}: cannot be unpacked ({error}); delete it and fetch it again"
        ) from error


_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
"""What zipfile raises of an archive that is not what it says."""


def _count(archive: Path, bundle: zipfile.ZipFile) -> None:
    """Hold the members that were found against the number at the archive's end."""
    with archive.open("rb") as file:
        file.seek(-22 - len(bundle.comment), os.SEEK_END)
        told = int.from_bytes(file.read(22)[10:12], "little")
    found = len(bundle.infolist())
    if not found or told not in (found, 0xFFFF):  # which stands for more
        raise zipfile.BadZipFile(f"{found} members found, {told} announced")


def _refuse(archive: Path, members: list[zipfile.ZipInfo], folder: Path) -> None:
    inside = folder.resolve()
    for member in members:
        place = (inside / member.filename).resolve()
        if place == inside or not place.is_relative_to(inside):
            raise EmolibError(
                f"{archive}: refused, {member.filename} would be written outside "
                f"{folder}"
            )
        if member.flag_bits & 1:
            raise EmolibError(
                f"{archive}: refused, {member.filename} is encrypted; unpack it by "
                f"hand into {folder}"
            )
    needed = sum(member.file_size for member in members)
    if needed > MOST_SWOLLEN * archive.stat().st_size:
        raise EmolibError(
            f"{archive}: refused, its members take {needed} bytes, more than "
            f"{MOST_SWOLLEN} times the archive's"
        )
    above = next(place for place in (inside, *inside.parents) if place.exists())
    free = shutil.disk_usage(above).free
    if needed > free:
        raise EmolibError(
            f"{archive}: its members take {needed} bytes and {folder} has room for "
            f"{free}; make room and ask again"
        )


def _unpack_one(bundle: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    def write(temporary: Path) -> None:
        with bundle.open(member) as source, temporary.open("wb") as file:
            shutil.copyfileobj(source, file, BLOCK)
        if (size := temporary.stat().st_size) != member.file_size:
            told = f"{member.filename} has {size} of {member.file_size} bytes"
            raise zipfile.BadZipFile(told)

    write_atomic(target, write)
