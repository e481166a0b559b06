"""Damaged sound, pictures and films: read as before, refused, or silently otherwise."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from fractions import Fraction
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from common import Judged, Outcome, Task, TryAgain
from damage import KINDS, damaged, differences
from PIL import Image

NUMBER = 240  # damaged files a format
RATE = 16000


class Format(NamedTuple):
    """A kind of file: how one is written, and read to a digest."""

    suffix: str
    write: Callable[[Path], None]
    reader: str


# -- reading, in a worker ------------------------------------------------------


def work(task: Task) -> list[str]:
    """Digests of all that comes out: one a frame, or one for some hundred samples."""
    from emolib import media

    reader = FORMATS[task.row].reader
    if reader == "sound":
        samples, rate = media.read_sound(task.path, mono=False)
        starts = range(0, len(samples), PIECE)
        return [f"{rate} {digest(samples[start : start + PIECE])}" for start in starts]
    if reader == "film":
        return [
            f"{number} {picture.shape} {digest(picture)}"
            for number, picture in media.read_frames(task.path)
        ]
    row = f"#{ROW_START}" if reader == "row" else ""
    picture = media.read_image(task.path + row)
    return [f"{picture.shape} {digest(picture)}"]


PIECE = 441


def digest(array: np.ndarray) -> str:
    return blake2b(np.ascontiguousarray(array), digest_size=8).hexdigest()


# -- writing the originals -----------------------------------------------------


def voice(seconds: float = 0.6) -> np.ndarray:
    random = np.random.default_rng(1)
    time = np.arange(int(seconds * RATE)) / RATE
    tones = sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 8))
    sound = 0.2 * tones * (1 + np.sin(9 * time)) / 2 + random.normal(0, 0.01, len(time))
    return sound.astype(np.float32)


def sound(form: str, subtype: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        import soundfile

        rate = 48000 if subtype == "OPUS" else RATE
        soundfile.write(path, voice(), rate, format=form, subtype=subtype)

    return write


def flac_without_length(path: Path) -> None:
    sound("FLAC", "PCM_16")(path)
    content = bytearray(path.read_bytes())
    content[21] &= 0xF0
    content[22:42] = bytes(20)
    path.write_bytes(content)


def scene(size: int = 64) -> np.ndarray:
    down, right = np.mgrid[:size, :size]
    random = np.random.default_rng(2)
    waves = [128 + 90 * np.sin(right / (5 + k) + down / (7 - k)) for k in range(3)]
    return (np.stack(waves, -1) + random.normal(0, 6, (size, size, 3))).astype(np.uint8)


def picture(mode: str = "RGB", **options) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        from PIL import Image

        Image.fromarray(scene()).convert(mode).save(path, **options)

    return write


ROW_START = 21


def table_of_pictures(path: Path) -> None:
    head, random = "emotion,pixels,Usage\n", np.random.default_rng(3)
    assert len(head) == ROW_START
    rows = [" ".join(map(str, random.integers(0, 256, 48**2))) for _ in range(2)]
    path.write_text(
        head + "".join(f'{n},"{row}",Training\n' for n, row in enumerate(rows))
    )


def film(
    codec: str, sound_codec: str, form: str | None = None
) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        import av

        with av.open(str(path), "w", format=form) as container:
            pictures = container.add_stream(codec, rate=Fraction(25))
            pictures.width = pictures.height = 64
            pictures.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            heard = container.add_stream(sound_codec, rate=44100, layout="mono")
            samples = np.resize(voice(), 44100)
            if heard.format.name.startswith("s16"):
                samples = (samples * 32767).astype(np.int16)
            block = av.AudioFrame.from_ndarray(samples[None], heard.format.name, "mono")
            block.sample_rate = 44100
            block.pts, block.time_base = 0, Fraction(1, 44100)
            container.mux(heard.encode(block))
            container.mux(heard.encode(None))
            for number in range(25):
                pixels = np.roll(scene(), 2 * number, axis=1)
                container.mux(pictures.encode(av.VideoFrame.from_ndarray(pixels)))
            container.mux(pictures.encode(None))

    return write


MP4 = film("libx264", "aac")
FORMATS = {
    "wav, 16 bit": Format(".wav", sound("WAV", "PCM_16"), "sound"),
    "wav, 24 bit": Format(".wav", sound("WAVEX", "PCM_24"), "sound"),
    "wav, float": Format(".wav", sound("WAV", "FLOAT"), "sound"),
    "aiff": Format(".aiff", sound("AIFF", "PCM_16"), "sound"),
    "flac, 16 bit": Format(".flac", sound("FLAC", "PCM_16"), "sound"),
    "flac, 24 bit": Format(".flac", sound("FLAC", "PCM_24"), "sound"),
    "flac, no length": Format(".flac", flac_without_length, "sound"),
    "ogg, vorbis": Format(".ogg", sound("OGG", "VORBIS"), "sound"),
    "ogg, opus": Format(".opus", sound("OGG", "OPUS"), "sound"),
    "mp3": Format(".mp3", sound("MP3", "MPEG_LAYER_III"), "sound"),
    "mp4, film": Format(".mp4", MP4, "film"),
    "mp4, sound": Format(".mp4", MP4, "sound"),
    "mov, film": Format(".mov", film("libx264", "pcm_s16le"), "film"),
    "mov, sound": Format(".mov", film("libx264", "pcm_s16le"), "sound"),
    "avi, film": Format(".avi", film("mpeg4", "pcm_s16le"), "film"),
    "avi, sound": Format(".avi", film("mpeg4", "pcm_s16le"), "sound"),
    "flv, film": Format(".flv", film("flv1", "aac", "flv"), "film"),
    "flv, sound": Format(".flv", film("flv1", "aac", "flv"), "sound"),
    "jpg": Format(".jpg", picture(quality=90), "picture"),
    "jpg, progressive": Format(
        ".jpg", picture(quality=90, progressive=True), "picture"
    ),
    "png": Format(".png", picture(), "picture"),
    "png, palette": Format(".png", picture("P"), "picture"),
    "tif": Format(".tif", picture(), "picture"),
    "tif, packed": Format(".tif", picture(compression="tiff_lzw"), "picture"),
    "bmp": Format(".bmp", picture(), "picture"),
    "csv row": Format(".csv", table_of_pictures, "row"),
}


# -- what cannot be known --------------------------------------------------------


class Blind(NamedTuple):
    """A stretch of a file that nothing in it vouches for, and why.

    `moves`: it may also get longer or shorter without a trace.
    """

    start: int
    stop: int
    reason: str
    moves: bool = False


RAW = "plain samples and pixels carry no checksum"
CODED = "the codec has no checksum: what still decodes is another sound or picture"
TABLES = "the tables that a jpg is decoded by carry no checksum"
LOOSE = "a tif tells no length of its own, and bytes may stand unused"
LAST = "containers tell lengths loosely: the last two frames may be missing"
WORDS = "an flv tells its length in words that writers round, by a quarter of a second"
FIRST = "an avi does not number its pictures: they are counted from the first there"
ENDLESS = "a flac without a length does not tell where it ends"
PLACE = "where its pixels lie stands in a tif once"
ONCE = "the rate stands in an aiff once"
TIMES = "an mp4's times are plain numbers: only their order and their end are compared"


def judged(
    all_tasks: list[Task], outcomes: dict[str, Outcome], try_again: TryAgain
) -> Iterator[Judged]:
    """What became of each, and of what changed without a word, why nobody could know.

    A change counts as unknowable if the file reads as before once the stretches that
    nothing vouches for are as before: then all else that was damaged did no harm.
    """
    silent: list[tuple[Task, str, Task]] = []
    for task in all_tasks:
        if task.kind == "whole":
            assert outcomes[task.path].kind == "value", outcomes[task.path]
            continue
        found, whole = outcomes[task.path], outcomes[task.original]
        if found.kind != "value":
            named = Path(task.path).name in found.detail or found.kind != "refused"
            yield Judged(task, found.kind if named else "unnamed", found.detail)
        elif found.detail == whole.detail:
            yield Judged(task, "same")
        elif reason := _only_shorter(task.row, found.detail, whole.detail):
            yield Judged(task, "known", reason)
        else:
            silent.append((task, *_restored(task)))
    again = try_again(work, [task for *_, task in silent])
    for task, reason, restored in silent:
        same = again[restored.path].detail == outcomes[task.original].detail
        yield Judged(task, "known" if reason and same else "silent", reason)


def _only_shorter(row: str, found: list[str], whole: list[str]) -> str:
    """Why a film may lack its end, if that is all it lacks."""
    kind, _, what = row.partition(", ")
    if what == "no length" and whole[: len(found) - 1] == found[:-1]:
        return ENDLESS
    missing = len(whole) - len(found)
    if row == "avi, film" and 0 < missing <= 2:
        later = [picture.partition(" ")[2] for picture in whole[missing:]]
        if later == [picture.partition(" ")[2] for picture in found]:
            return FIRST
    if what not in ("film", "sound") or missing < 0 or len(found) < 2:
        return ""
    if whole[: len(found) - 1] != found[:-1]:  # the last piece may be a part
        return ""
    frame = 1 if what == "film" else 1024 / PIECE
    if missing <= 2 * frame + 1:
        return LAST
    return (
        WORDS
        if kind == "flv" and missing <= 100 // (4 if what == "film" else 1)
        else ""
    )


def _restored(task: Task) -> tuple[str, Task]:
    """The damaged file with what nothing vouches for as it was, and the reason."""
    before, after = Path(task.original).read_bytes(), Path(task.path).read_bytes()
    path, reason = Path(task.path), ""
    target = path.with_name(f"{path.stem}-restored{path.suffix}")
    content = bytearray(after)
    for blind in blind_stretches(task.row, before):
        if len(before) == len(after):
            if content[blind.start : blind.stop] != before[blind.start : blind.stop]:
                reason = blind.reason
            content[blind.start : blind.stop] = before[blind.start : blind.stop]
        elif blind.moves and blind.start <= differences(before, after)[0] < blind.stop:
            content, reason = bytearray(before), blind.reason
    target.write_bytes(content)
    return reason, task._replace(path=str(target))


def blind_stretches(form: str, content: bytes) -> list[Blind]:
    kind = form.split(",")[0]
    if kind == "wav":
        return [Blind(content.index(b"data") + 8, len(content), RAW)]
    if kind == "aiff":
        rate = content.index(b"COMM") + 16
        return [
            Blind(rate, rate + 10, ONCE),
            Blind(content.index(b"SSND") + 16, len(content), RAW),
        ]
    if kind == "mp3":
        return [Blind(0, len(content), CODED, moves=True)]
    if kind in ("mp4", "mov"):
        return [*_in_mp4(content, RAW if form == "mov, sound" else CODED)]
    if kind == "avi":
        return [Blind(content.index(b"movi") + 4, content.index(b"idx1"), CODED)]
    if kind == "flv":
        return [Blind(13, len(content), CODED, moves=True)]
    if kind == "jpg":
        tables, pixels = content.index(b"\xff\xdb"), content.index(b"\xff\xda")
        return [
            Blind(tables, pixels, TABLES),
            Blind(pixels, len(content), CODED, moves=True),
        ]
    if kind == "bmp":
        return [Blind(54, len(content), RAW)]
    if kind == "tif":
        with Image.open(BytesIO(content)) as image:
            start = image.tag_v2[273][0]
        reason = CODED if "packed" in form else LOOSE
        told = content.index(struct.pack("<HHII", 273, 4, 1, start)) + 8
        return [
            Blind(told, told + 4, PLACE),
            Blind(start, len(content), reason, moves="packed" not in form),
        ]
    if kind == "csv row":
        return [Blind(ROW_START, content.index(b"Training"), RAW, moves=True)]
    return []


def _in_mp4(content: bytes, payload: str) -> Iterator[Blind]:
    for name in (
        b"mvhd",
        b"tkhd",
        b"mdhd",
        b"elst",
        b"stts",
        b"ctts",
        b"stsd",
        b"mdat",
    ):
        place = content.find(name)
        while place > 0:
            (length,) = struct.unpack_from(">I", content, place - 4)
            reason = payload if name == b"mdat" else TIMES
            yield Blind(place + 4, place - 4 + length, reason)
            place = content.find(name, place - 4 + length)


def tasks(share: float, seed: int, folder: Path) -> Iterator[Task]:
    """Each format's whole file first, then as many damaged ones."""
    count = max(2, round(NUMBER * share))
    for place, (name, form) in enumerate(FORMATS.items()):
        whole = folder / f"{place}{form.suffix}"
        form.write(whole)
        yield Task(name, "whole", str(whole), str(whole))
        for number in range(count):
            random = np.random.default_rng((seed, place, number))
            path = folder / f"{place}-{number}{form.suffix}"
            path.write_bytes(damaged(whole.read_bytes(), number, random))
            kind = KINDS[number % len(KINDS)].__name__
            yield Task(name, kind, str(path), str(whole))
