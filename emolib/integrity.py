"""What a file says of itself, held against what it holds.

Decoders are made to play on: a page of sound is dropped, a wrong length is taken
for the end, and nobody is told. Here a file's own lengths, counts and checksums
are compared before it is used, and what is wrong becomes the file's own error. A
format without a checksum (samples of a wav, most of a jpg) can change without a
trace, and so will pass.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from emolib import EmolibError

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 2**26
"""A larger picture, or frame, is refused: a small file can claim any size."""

TRUNCATED = "truncated"
DAMAGED = "damaged"

_UNKNOWN_LENGTH = 0xFFFFFFFF  # of a writer that could not seek back
_PCM_TAGS = (1, 3, 0xFFFE)  # whole numbers, floats, "see below"
_FLAC_RATES = (0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100)
_FLAC_RATES += (48000, 96000)
_FLAC_BITS = {1: 8, 2: 12, 4: 16, 5: 20, 6: 24, 7: 32}
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_SIGNATURES = {
    **dict.fromkeys(("audio", "video"), (b"RIFF", b"FORM", b"fLaC", b"ftyp", b"OggS")),
    "image": (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"BM"),
}
_ADVICE = {
    "missing": "check the path",
    "empty": "the file has no bytes; copy or download it again",
    "truncated": "the file ends early or is damaged; copy or download it again",
    "damaged": "what it says of itself and what it holds differ; copy or download "
    "it again",
    "zero length": "the file holds no samples; leave it out",
    "silent": "every sample is below -90 dBFS; leave it out",
    "not finite": "it holds NaN or infinite samples; leave it out",
    "beyond full scale": "its floats are not between -1 and 1, as those of 16-bit "
    "scale are; divide them by 32768 and write it again",
    "impossible rate": "no recording has such a sampling rate; its header is damaged",
    "too large": f"more than {MOST_PIXELS} pixels; scale it down",
    "no audio stream": "it holds no sound; use the clip's sound file",
    "no video stream": "it holds no picture; use the clip's video file",
}


class MediaError(EmolibError):
    """A file that cannot be used, and why.

    Attributes:
        path: the file.
        problem: a short fixed phrase, such as "truncated", to count by.
        lasting: the file itself is at fault; False where the system refused to
            read it, which may be well tomorrow.
    """

    def __init__(self, path: str | Path, problem: str, lasting: bool = True) -> None:
        self.path = Path(path)
        self.problem = problem
        self.lasting = lasting
        advice = _ADVICE.get(problem, "leave it out or replace it")
        super().__init__(f"{path}: {problem} ({advice})")


def existing(path: str | Path) -> Path:
    """The path of a file that is there, can be read and is not empty."""
    path = Path(path)
    try:
        if not path.is_file():
            raise MediaError(path, "missing")
        with path.open("rb") as file:
            if not file.read(1):
                raise MediaError(path, "empty")
    except ValueError as error:  # a zero byte: no file is named so
        raise MediaError(path, "missing") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise MediaError(path, f"cannot be read: {reason}", lasting=False) from error
    return path


@contextmanager
def decoding(path: Path, kind: str) -> Iterator[None]:
    """Whatever a damaged file trips in a decoder becomes the file's own error."""
    try:
        yield
    except EmolibError:
        raise
    except MemoryError as error:  # FFmpeg's too: of what a header claims
        raise MediaError(path, "more than memory holds", lasting=False) from error
    except Exception as error:
        raise _unreadable(path, kind) from error


def _unreadable(path: Path, kind: str) -> MediaError:
    """A known beginning that does not decode was cut; another never was media."""
    with path.open("rb") as file:
        start = file.read(12)
    known = any(signature in start for signature in _SIGNATURES[kind])
    return MediaError(path, "truncated" if known else f"not {kind}")


# -- what is asked ----------------------------------------------------------


def sound_fault(path: Path) -> str:
    """What is wrong with a sound file by its own account; "" if nothing is.

    Looks into wav, aiff, flac and ogg; of others decoders have to tell.
    """
    with path.open("rb") as file:
        start = file.read(12)
        if start[:4] == b"RIFF" and start[8:] in (b"WAVE", b""):
            return _wave_fault(file)
        if start[:4] == b"FORM":
            return _aiff_fault(file, start[8:])
        if start[:4] == b"fLaC":
            return _flac_fault(file)
        if start[:4] == b"OggS":
            return _ogg_fault(file)
    return ""


def flac_digest(path: Path) -> bytes:
    """The MD5 of its samples that a flac carries; b"" if it carries none."""
    with path.open("rb") as file:
        start = file.read(42)
    digest = start[26:42]
    return digest if start[:4] == b"fLaC" and any(digest) else b""


def flac_digest_of(samples: np.ndarray, bits: int) -> bytes:
    """The same of samples as they were decoded.

    Args:
        samples: int16 or int32, their upper `bits` bits in use.
        bits: 8, 16 or 24.
    """
    packed = np.ascontiguousarray(samples, samples.dtype.newbyteorder("<"))
    packed = packed.view(np.uint8).reshape(-1, packed.itemsize)
    used = np.ascontiguousarray(packed[:, packed.shape[1] - bits // 8 :])
    return md5(used, usedforsecurity=False).digest()


def film_fault(path: Path) -> str:
    """What is wrong with a film by its own account; "" if nothing is.

    Looks into mp4, mov, avi and flv.
    """
    with path.open("rb") as file:
        start = file.read(12)
        if start[4:8] == b"ftyp":
            return _mp4_fault(file)
        if start[:4] == b"RIFF" and start[8:] == b"AVI ":
            return _avi_fault(file)
        if start[:3] == b"FLV":
            return _flv_fault(file)
    return ""


def picture_fault(content: bytes, image: Image) -> str:
    """What is wrong with a picture by its own account; "" if nothing is.

    Args:
        content: the file.
        image: what Pillow made of it.
    """
    if content.startswith(b"\x89PNG"):
        return _png_fault(content)
    if content.startswith(b"\xff\xd8\xff"):
        return _jpg_fault(content)
    if content.startswith(b"BM"):
        return _bmp_fault(content)
    if image.format == "TIFF":
        return _tiff_fault(len(content), image.tag_v2)
    return ""


# -- sound ------------------------------------------------------------------


def _wave_fault(file: BinaryIO) -> str:
    align = 1

    def look(name: bytes, length: int) -> str:
        nonlocal align
        if name == b"fmt ":
            layout = file.read(16)
            if len(layout) < 16:
                return TRUNCATED
            tag, channels, rate, per_second, align, bits = struct.unpack(
                "<HHIIHH", layout
            )
            if tag in _PCM_TAGS and (
                align != channels * -(-bits // 8) or per_second != rate * align
            ):
                return DAMAGED
            align = align if tag in _PCM_TAGS else 1
        if name == b"data" and length != _UNKNOWN_LENGTH and length % (align or 1):
            return DAMAGED
        return ""

    return _chunks_fault(file, "<", b"data", look)


def _aiff_fault(file: BinaryIO, form: bytes) -> str:
    promised = None

    def look(name: bytes, length: int) -> str:
        nonlocal promised
        if name == b"COMM":
            layout = file.read(8)
            if len(layout) < 8:
                return TRUNCATED
            channels, frames, bits = struct.unpack(">hIh", layout)
            promised = channels * frames * -(-bits // 8)
        if name == b"SSND" and promised is not None and form == b"AIFF":
            (offset,) = struct.unpack(">I", file.read(4).ljust(4, b"\0"))
            # Some writers count the byte that makes the length even.
            return "" if 0 <= length - 8 - offset - promised <= 1 else DAMAGED
        return ""

    return _chunks_fault(file, ">", b"SSND", look)


def _chunks_fault(
    file: BinaryIO, order: str, samples: bytes, look: Callable[[bytes, int], str]
) -> str:
    """Walk the chunks of a wav or aiff: each within the file, none after the last.

    libsndfile reads a file that was cut up to where it ends, and samples up to
    where a wrong length says, without a word.
    """
    size = os.fstat(file.fileno()).st_size
    found = False
    while len(head := file.read(8)) == 8:
        name, length = struct.unpack(f"{order}4sI", head)
        start = file.tell()
        if found and (not _is_name(name) or start + length > size):
            file.seek(start - 8)
            # Writers that fill up whole blocks leave zeros.
            return DAMAGED if any(file.read()) else ""
        if fault := look(name, length):
            return fault
        if name == samples:
            found = True
            if length == _UNKNOWN_LENGTH:
                return ""
            if start + length > size:
                return TRUNCATED
        file.seek(start + length + length % 2)
    if not found:
        return TRUNCATED
    return DAMAGED if any(head) else ""


def _is_name(name: bytes) -> bool:
    return all(32 <= byte < 127 for byte in name)


def _flac_fault(file: BinaryIO) -> str:
    """Whether the header says the same as the first frame, which has a checksum."""
    file.seek(4)
    last = False
    facts = b""
    while not last:
        head = file.read(4)
        if len(head) < 4:
            return TRUNCATED
        last, kind = bool(head[0] & 0x80), head[0] & 0x7F
        content = file.read(int.from_bytes(head[1:], "big"))
        facts = content if kind == 0 else facts
    frame = file.read(16)  # headers take 16 bytes, whole frames may take fewer
    if len(facts) < 34 or len(frame) < 10:
        return TRUNCATED
    if frame[0] != 0xFF or frame[1] & 0xFE != 0xF8:
        return DAMAGED
    packed = int.from_bytes(facts[10:18], "big")  # 20 bits, 3, 5, 36
    rate, channels, bits = packed >> 44, (packed >> 41 & 7) + 1, (packed >> 36 & 31) + 1
    given = _flac_frame_rate(frame.ljust(16, b"\0"))
    layout = frame[3] >> 4
    own_channels = layout + 1 if layout < 8 else 2
    own_bits = _FLAC_BITS.get(frame[3] >> 1 & 7, bits)
    same = given in (0, rate) and own_channels == channels and own_bits == bits
    return "" if same else DAMAGED


def _flac_frame_rate(frame: bytes) -> int:
    """The rate in a frame's header; 0 where it leaves that to the file's."""
    code = frame[2] & 15
    if code < len(_FLAC_RATES):
        return _FLAC_RATES[code]
    place = 4 + max(1, f"{frame[4]:08b}".find("0"))  # behind its number, as in UTF-8
    place += {6: 1, 7: 2}.get(frame[2] >> 4, 0)  # behind its length
    if code == 12:
        return frame[place] * 1000
    hertz = int.from_bytes(frame[place : place + 2], "big")
    return hertz if code == 13 else 10 * hertz


def _ogg_fault(file: BinaryIO) -> str:
    """Every page has a checksum, a number, and the last one a mark."""
    file.seek(0)
    numbers: dict[bytes, int] = {}
    ended: dict[bytes, bool] = {}
    while head := file.read(27):
        if len(head) < 27:
            return TRUNCATED
        if head[:5] != b"OggS\0":
            return DAMAGED
        stream, (number, checksum) = head[14:18], struct.unpack("<II", head[18:26])
        lengths = file.read(head[26])
        content = file.read(sum(lengths))
        if len(lengths) < head[26] or len(content) < sum(lengths):
            return TRUNCATED
        page = head[:22] + bytes(4) + head[26:] + lengths + content
        if _ogg_checksum(page) != checksum or number != numbers.get(stream, 0):
            return DAMAGED
        numbers[stream] = number + 1
        ended[stream] = bool(head[5] & 4)
    return "" if all(ended.values()) else TRUNCATED


def _ogg_checksum(page: bytes) -> int:
    """Ogg's CRC is zlib's with every byte, and the result, read backwards."""
    crc = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{crc:032b}"[::-1], 2)


# -- films ------------------------------------------------------------------


def _mp4_fault(file: BinaryIO) -> str:
    """Boxes up to the end of the file, and samples that lie in it side by side."""
    size = os.fstat(file.fileno()).st_size
    place, chunks = 0, []
    while place < size:
        file.seek(place)
        kind, inside, end = _box(file.read(16), place, size)
        if not _is_name(kind) or end < inside:
            return DAMAGED
        if end > size:
            return TRUNCATED
        if kind == b"moov":
            file.seek(inside)
            try:
                chunks += _chunks(file.read(end - inside))
            except (LookupError, ValueError, struct.error):
                return DAMAGED
        place = end
    if not chunks:  # a film in fragments has its tables elsewhere
        return ""
    starts, lengths = np.concatenate(chunks, axis=1)
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], (starts + lengths)[order]
    if starts.min() < 0 or ends.max() > size:
        return TRUNCATED
    return DAMAGED if (ends[:-1] > starts[1:]).any() else ""


def _box(head: bytes, place: int, last: int) -> tuple[bytes, int, int]:
    """A box's kind, where its content begins and where it ends."""
    length, kind = int.from_bytes(head[:4], "big"), head[4:8]
    if length == 1:
        return kind, place + 16, place + int.from_bytes(head[8:16], "big")
    return kind, place + 8, place + length if length else last


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place + 8 <= len(content):
        kind, inside, end = _box(content[place : place + 16], place, len(content))
        if not inside <= end <= len(content):
            raise ValueError(kind)
        yield kind, content[inside:end]
        place = end


def _chunks(moov: bytes) -> list[np.ndarray]:
    """Where the chunks of pictures and sound begin, and how many bytes they take.

    Raises:
        LookupError, ValueError: if a table is missing or they contradict each other.
    """
    found = []
    for track in (content for kind, content in _boxes(moov) if kind == b"trak"):
        media = dict(_boxes(dict(_boxes(track))[b"mdia"]))
        tables = dict(_boxes(dict(_boxes(media[b"minf"]))[b"stbl"]))
        if not media.keys() >= {b"mdhd", b"hdlr"}:
            raise ValueError("mdia")
        if media[b"hdlr"][8:12] not in (b"vide", b"soun") or b"stz2" in tables:
            continue  # a camera's own notes; sizes told in the other way
        if b"co64" in tables:
            starts = _table(tables[b"co64"], 4, 1, ">u8")[:, 0]
        else:
            starts = _table(tables[b"stco"], 4, 1)[:, 0]
        if len(starts):
            found.append(np.stack([starts, _lengths(len(starts), tables)]))
    return found


def _lengths(chunks: int, tables: Mapping[bytes, bytes]) -> np.ndarray:
    runs = _table(tables[b"stsc"], 4, 3)  # from a chunk on, so many samples in each
    first, described = runs[:, 0] - 1, int.from_bytes(tables[b"stsd"][4:8], "big")
    if runs[:, 2].min() < 1 or runs[:, 2].max() > described:
        raise ValueError("stsd")
    if first[0] or (np.diff(first) <= 0).any() or first[-1] >= chunks:
        raise ValueError("stsc")
    samples = np.repeat(runs[:, 1], np.diff([*first, chunks]))
    alike, count = struct.unpack(">II", tables[b"stsz"][4:12].ljust(8, b"\0"))
    if samples.sum() != count:
        raise ValueError("stsz")
    if alike:
        return samples * alike
    sizes = _table(tables[b"stsz"], 8, 1)
    if not sizes.all():
        raise ValueError("stsz")
    before = np.append(0, np.cumsum(sizes))
    return np.diff(before[np.append(0, np.cumsum(samples))])


def _table(box: bytes, skip: int, columns: int, kind: str = ">u4") -> np.ndarray:
    rows = int.from_bytes(box[skip : skip + 4], "big")
    numbers = np.frombuffer(box, kind, rows * columns, skip + 4)
    return numbers.astype(np.int64).reshape(rows, columns)


def _avi_fault(file: BinaryIO) -> str:
    """One RIFF after the other up to the end, and whole chunks in each of them."""
    size = os.fstat(file.fileno()).st_size
    place = odd = movi = 0
    while place < size:
        file.seek(place)
        head = file.read(12)
        if len(head) < 12 or head[:4] != b"RIFF" or head[8:11] != b"AVI":
            file.seek(place)
            return DAMAGED if any(file.read()) else ""
        (length,) = struct.unpack_from("<I", head, 4)
        odd = length % 2  # then a byte follows, which the last one may lack
        end, inner = place + 8 + length, place + 12
        while inner + 8 <= min(end, size):
            file.seek(inner)
            name, length = struct.unpack("<4sI", file.read(8))
            if name == b"LIST" and file.read(4) == b"movi":
                movi = inner + 8
            if name == b"idx1" and not _indexed(file, file.read(length), movi):
                return DAMAGED
            inner += 8 + length + length % 2
            if not _is_name(name) or inner > end + 1:
                return DAMAGED if end <= size else TRUNCATED
        place = end + odd
    return "" if place - size <= odd else TRUNCATED


def _indexed(file: BinaryIO, index: bytes, movi: int) -> bool:
    """Whether every entry of an avi's index names a chunk that lies there.

    Places count from `movi`, of some writers from the file's beginning.
    """
    base = None
    for start in range(0, len(index) - 15, 16):
        name, _, place, length = struct.unpack_from("<4sIII", index, start)
        for guess in (movi, 0) if base is None else (base,):
            file.seek(guess + place)
            if file.read(8) == struct.pack("<4sI", name, length):
                base = guess
                break
        else:
            return False
    return True


def _flv_fault(file: BinaryIO) -> str:
    """One tag after the other, each with its length, up to the end of the file."""
    size = os.fstat(file.fileno()).st_size
    file.seek(5)
    place = int.from_bytes(file.read(4), "big") + 4
    while place < size:
        file.seek(place)
        head = file.read(11)
        if head[:1] not in (b"\x08", b"\x09", b"\x12"):
            return DAMAGED if any(head + file.read()) else ""
        place += 11 + int.from_bytes(head[1:4], "big") + 4
    return "" if place == size else TRUNCATED


# -- pictures ---------------------------------------------------------------


def _png_fault(content: bytes) -> str:
    """Every chunk has a checksum; Pillow does not compare that of the pixels."""
    place = 8
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        end = place + 8 + length
        if end + 4 > len(content):
            return TRUNCATED
        if struct.unpack_from(">I", content, end)[0] != zlib.crc32(
            memoryview(content)[place + 4 : end]
        ):
            return DAMAGED
        if content[place + 4 : place + 8] == b"IEND":
            return ""
        place = end + 4
    return TRUNCATED


def _jpg_fault(content: bytes) -> str:
    """FFmpeg says what libjpeg, through Pillow, keeps to itself."""
    import av

    place = 2  # up to the pixels one segment begins where the one before ends
    while content[place : place + 2] != b"\xff\xda":
        if content[place : place + 1] != b"\xff":
            return DAMAGED
        filled = content[place + 1 : place + 2] == b"\xff"
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        place += 1 if filled else 2 + length
    decoder = av.CodecContext.create("mjpeg", "r")
    decoder.options = {"err_detect": "crccheck+bitstream+buffer+explode"}
    decoder.thread_count = 1
    try:
        decoder.decode(av.Packet(content))
    except av.InvalidDataError:
        return DAMAGED
    except av.FFmpegError:
        pass  # a kind of jpg that FFmpeg does not know
    return ""


def _bmp_fault(content: bytes) -> str:
    """Whether the pixels take the bytes that the header says."""
    if len(content) < 54:
        return TRUNCATED
    (told,) = struct.unpack_from("<I", content, 2)
    width, height, _, bits, packing, length = struct.unpack_from("<iiHHII", content, 18)
    if told and told != len(content):
        return DAMAGED if told < len(content) else TRUNCATED
    row = (abs(width) * bits + 31) // 32 * 4
    if packing == 0 and length and length != row * abs(height):
        return DAMAGED
    return ""


def _tiff_fault(size: int, tags: Mapping) -> str:
    """Whether uncompressed pixels take the bytes that the header says.

    What is a row off is damaged; less may be a writer that fills up its blocks.
    """
    width, height, told = tags[256], tags[257], sum(tags.get(279, (0,)))
    if tags.get(259, 1) != 1 or tags.get(284, 1) != 1 or not 0 < told <= size:
        return ""
    row = -(-width * sum(tags.get(258, (1,))) // 8)
    return "" if 0 <= told - row * height < row else DAMAGED
