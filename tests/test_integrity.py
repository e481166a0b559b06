"""What files say of themselves, against libraries that write them."""

import zlib

import numpy as np
import pytest
import soundfile

from emolib.integrity import flac_digest, sound_fault

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
