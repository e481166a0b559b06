"""What files say of themselves, against libraries that write them."""

import zlib

import av
import numpy as np
import pytest
import soundfile

from emolib.integrity import film_fault, flac_digest, sound_fault

SOUND = np.random.default_rng(0).uniform(-0.5, 0.5, (30_000, 2))
FORMATS = [
    *(("WAV", kind) for kind in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT")),
    *(("WAV", kind) for kind in ("DOUBLE", "ULAW", "ALAW", "MS_ADPCM", "GSM610")),
    *(("WAVEX", kind) for kind in ("PCM_16", "FLOAT")),
    *(("AIFF", kind) for kind in ("PCM_S8", "PCM_16", "PCM_24", "FLOAT", "ULAW")),
    *(("FLAC", kind) for kind in ("PCM_S8", "PCM_16", "PCM_24")),
    *(("OGG", kind) for kind in ("VORBIS", "OPUS")),
    ("MP3", "MPEG_LAYER_III"),
    ("AU", "PCM_16"),
]
RATES = [8000, 16000, 24414, 44100, 48000, 96000, 12345, 11000, 700_010]


@pytest.mark.parametrize(("form", "kind"), FORMATS)
@pytest.mark.parametrize("channels", [1, 2])
def test_what_a_library_writes_is_sound(tmp_path, form, kind, channels):
    if kind == "GSM610" and channels == 2:
        pytest.skip("one channel only")
    path = tmp_path / "a"
    rate = 48000 if kind == "OPUS" else 16000
    for length in (1, 7, 4096, 30_000):
        sound = SOUND[:length, :channels]
        soundfile.write(path, sound, rate, format=form, subtype=kind)
        assert sound_fault(path) == ""


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("length", [50, 300, 30_000])
def test_every_way_in_which_a_flac_tells_its_rate_is_understood(tmp_path, rate, length):
    path = tmp_path / "a.flac"
    soundfile.write(path, SOUND[:length], min(rate, 655_350))
    assert sound_fault(path) == ""
    assert len(flac_digest(path)) == 16
    content = bytearray(path.read_bytes())
    content[19] ^= 4
    path.write_bytes(content)
    assert sound_fault(path) in ("", "damaged")  # odd rates stand in the header alone


def test_one_flipped_bit_anywhere_in_an_ogg_is_found(tmp_path):
    path = tmp_path / "a.ogg"
    soundfile.write(path, SOUND[:3000], 16000)
    content = path.read_bytes()
    for place in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[place] ^= 16
        path.write_bytes(damaged)
        assert sound_fault(path) != "" or place < 4  # then it is no ogg at all


def test_the_checksum_of_ogg_is_that_of_its_polynomial():
    from emolib.integrity import _ogg_checksum

    page, slow = bytes(range(256)), 0
    for byte in page:
        slow ^= byte << 24
        for _ in range(8):
            slow = (slow << 1 ^ (0x04C11DB7 if slow >> 31 else 0)) & 0xFFFFFFFF
    assert _ogg_checksum(page) == slow != zlib.crc32(page)


# ---- films ----


def written(path, codec, sound):
    """A second of pictures and sound."""
    with av.open(str(path), "w") as container:
        pictures = container.add_stream(codec, rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        heard = container.add_stream(sound, rate=44100, layout="mono")
        block = av.AudioFrame(format=heard.format.name, layout="mono", samples=44100)
        for plane in block.planes:
            plane.update(bytes(plane.buffer_size))
        block.sample_rate, block.pts = 44100, 0
        container.mux([*heard.encode(block), *heard.encode(None)])
        noise = np.random.default_rng(0)
        for _ in range(10):
            pixels = noise.integers(0, 255, (48, 64, 3)).astype(np.uint8)
            container.mux(pictures.encode(av.VideoFrame.from_ndarray(pixels)))
        container.mux(pictures.encode(None))
    return path.read_bytes()


FILMS = {
    "mp4": ("libx264", "aac"),
    "mov": ("libx264", "pcm_s16le"),
    "avi": ("mpeg4", "pcm_s16le"),
    "flv": ("flv1", "aac"),
}


@pytest.mark.parametrize("kind", FILMS)
def test_a_film_of_which_bytes_are_lost_or_too_many_contradicts_itself(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    content = written(path, *FILMS[kind])
    assert film_fault(path) == ""
    for place in range(300, len(content) - 300, len(content) // 23):
        for changed in (
            content[:place],
            content[:place] + content[place + 40 :],
            content[:place] + bytes(40) + content[place:],
        ):
            path.write_bytes(changed)
            assert film_fault(path) in ("truncated", "damaged")


def changed_number(content, box, place, add):
    """A box of an mp4 in which one number is another."""
    content = bytearray(content)
    at = content.index(box) + 4 + place
    number = int.from_bytes(content[at : at + 4], "big") + add
    content[at : at + 4] = number.to_bytes(4, "big")
    return content


@pytest.mark.parametrize(
    ("box", "place", "add"),
    [
        (b"stco", 8, 3),  # where a chunk begins: into the next
        (b"stco", 8, 2**28),  # beyond the file
        (b"stsc", 12, 1),  # samples in a chunk
        (b"stsc", 16, 1),  # how they are described
        (b"stsz", 8, -1),  # how many there are
        (b"stsz", 12, 2**20),  # how long one is
    ],
)
def test_tables_of_an_mp4_that_do_not_fit_each_other(tmp_path, box, place, add):
    path = tmp_path / "a.mp4"
    content = written(path, *FILMS["mp4"])
    path.write_bytes(changed_number(content, box, place, add))
    assert film_fault(path) in ("truncated", "damaged")


def test_an_index_of_an_avi_that_points_elsewhere(tmp_path):
    path = tmp_path / "a.avi"
    content = bytearray(written(path, *FILMS["avi"]))
    content[content.index(b"idx1") + 8 + 16 + 8] ^= 4  # the second entry's place
    path.write_bytes(content)
    assert film_fault(path) == "damaged"
