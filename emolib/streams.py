"""What FFmpeg gives of films and of their sound, held against their containers.

FFmpeg conceals what it can: a picture that does not decode is the one before with
blocks in it, a packet that is lost is not missed. Here its flags, the times of what
went in and came out, and the lengths that were promised are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np

from emolib import integrity
from emolib.integrity import MOST_PIXELS, MediaError, decoding

MOST_CHANNELS = 8

_PICTURES = {"max_pixels": str(MOST_PIXELS)}
_SOUND = {"err_detect": "crccheck+explode"}
_ROUNDED = 0.25  # seconds by which a length told in words may be off
_EDGE = 1e-6  # room for floating point
_LONGEST_GAP = 1000  # frames; longer ones are time stamps gone wrong


@contextmanager
def opened(path: Path, kind: str) -> Iterator:
    """The open container, which is sure to have a stream of this kind."""
    import av

    if fault := integrity.film_fault(path):
        raise MediaError(path, fault)
    with decoding(path, kind):
        # Titles and comments may be in any encoding, and are not used.
        container = av.open(str(path), metadata_errors="replace")
    with container:
        streams = getattr(container.streams, kind)
        if not streams:
            raise MediaError(path, f"no {kind} stream")
        with decoding(path, kind):
            codec = streams[0].codec_context
            codec.options = _PICTURES if kind == "video" else _SOUND
            bare = codec.name == "aac" and not codec.extradata
        if bare and container.format.name == "flv":  # it lost how to read its sound
            raise MediaError(path, "damaged")
        yield container


def pictures_of(container, path: Path) -> Iterator[tuple[int, object]]:
    """A video's frames and their numbers by time stamp, 0 for the first.

    One without a time stamp follows the frame before; of two at one time the
    first counts.
    """
    stream = container.streams.video[0]
    second = 1 / stream.time_base
    rate = _rate_of(stream)
    times_told = "mp4" in container.format.name
    start = None if container.format.name == "avi" else stream.start_time or 0
    shape = before = None
    last = -1
    for frame in decoded(container, stream, path):
        shape = shape or (frame.width, frame.height)
        start = frame.pts if start is None else start
        number = last + 1
        if frame.pts is not None:
            number = round((frame.pts - start) / second * rate)
            # They come in the order in which they are shown; an avi tells no times.
            back = before is not None and frame.pts <= before and times_told
            before = frame.pts
            if back or number - last > _LONGEST_GAP:
                raise MediaError(path, "damaged")
        late = last < 0 and number > 0
        if late or (frame.width, frame.height) != shape:
            raise MediaError(path, "damaged")
        if number > last:
            yield number, frame
            last = number


def frame_rate(path: str | Path) -> float:
    """Frames a second by which a film's frames are numbered.

    Raises:
        MediaError: if the file cannot be used or has no picture.
    """
    with opened(Path(path), "video") as container:
        return float(_rate_of(container.streams.video[0]))


def _rate_of(stream) -> Fraction:
    """Frames a second: of the finest grid that fits, unless most of it is empty."""
    mean = stream.average_rate or Fraction(25)
    grid = stream.guessed_rate or mean
    if stream.container.format.name == "avi":
        return 1 / stream.time_base  # it counts its pictures and tells no times
    return grid if grid < 1.5 * mean else mean


def sound_of(path: Path) -> tuple[np.ndarray, int]:
    """Samples of a film's sound, or a sound file's, as floats, and their rate."""
    import av

    with opened(path, "audio") as container:
        stream = container.streams.audio[0]
        to_float = av.AudioResampler(format="fltp")
        blocks, layout = [], None
        for frame in decoded(container, stream, path):
            layout = layout or frame.layout
            # Damaged AAC may claim dozens of channels: what lies there is no sound.
            if frame.layout != layout or layout.nb_channels > MOST_CHANNELS:
                raise MediaError(path, "damaged")
            with decoding(path, "audio"):
                blocks += [part.to_ndarray().T for part in to_float.resample(frame)]
        samples = joined(blocks)
        plain = container.format.name == "avi" and stream.codec.name.startswith("pcm")
        if plain and stream.rate * stream.time_base != 1:
            raise MediaError(path, "damaged")
        if stream.duration:
            # The last block is filled up to the codec's size; the header is exact.
            samples = samples[: round(stream.duration * stream.time_base * stream.rate)]
        return samples, stream.rate


def decoded(container, stream, path: Path) -> Iterator:
    """A stream's frames; refuses it if frames are missing, at its end or before.

    The end is told by time and not by count, because a sound file's edit list may
    hide packets at both ends; two packets' grace for the same reason. Before it,
    each packet of pictures that is to be shown gives a frame of its time.
    """
    # An flv tells one length for all it holds.
    alone = bool(stream.duration) or not container.duration
    latest = step = 0.0  # in seconds
    due, begun = set(), stream.type != "video"
    packets = container.demux(stream if alone else None)
    if container.format.name == "flac":
        packets = _gapless(packets, path)
    with decoding(path, stream.type):
        for packet in packets:
            if packet.pts is not None:
                step = float((packet.duration or 0) * packet.time_base)
                latest = max(latest, float(packet.pts * packet.time_base) + step)
            if packet.stream.index != stream.index:
                continue
            if packet.size and not packet.is_discard and packet.pts is not None:
                due.add(packet.pts)
            begun = begun or packet.is_keyframe
            if packet.size and not begun:
                raise MediaError(path, "damaged")  # its first picture is lost
            for frame in packet.decode():
                if frame.is_corrupt or packet.is_corrupt:
                    raise MediaError(path, "damaged")
                due.discard(frame.pts)
                yield frame
    length = (stream.start_time or 0) + (stream.duration or 0)
    promised, grace = float(length * stream.time_base), 2 * step
    if not alone:
        promised, grace = container.duration / 10**6, _ROUNDED
    if latest + grace < promised - _EDGE:
        raise MediaError(path, "truncated")
    if due and stream.type == "video":
        raise MediaError(path, "damaged")


def _gapless(packets: Iterable, path: Path) -> Iterator:
    """A flac's packets; FFmpeg leaves out what does not look like one."""
    place = time = None
    for packet in packets:
        if packet.size:
            if place is not None and (packet.pos, packet.pts) != (place, time):
                raise MediaError(path, "damaged")
            place, time = packet.pos + packet.size, packet.pts + packet.duration
        yield packet
    if place is not None and place < path.stat().st_size:
        raise MediaError(path, "damaged")


def joined(blocks: list[np.ndarray]) -> np.ndarray:
    """Blocks of samples one after the other; of a single one no copy is made."""
    if not blocks:
        return np.empty((0, 1), np.float32)
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
