"""The studio's twins: files that are whole, named right, and the same each time.

What a face and a voice look and sound like is tested in `test_studio_face` and
`test_studio_voice`.
"""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
import psutil
import pytest
import soundfile

from emolib import EmolibError, UsageError, cli, corpora, media, studio
from emolib.corpora.sheets import read_xlsx
from emolib.labels import RAVDESS, SASEFE, TESS
from emolib.studio import Causes, face, files, render_corpus, twins

# What is published, written down here once more.
# fmt: off
COUNTS = {
    "ravdess": {"neutral": 96} | dict.fromkeys(RAVDESS.classes[1:], 192),
    "tess": dict.fromkeys(TESS, 400),
    "emodb": {
        "angry": 127, "bored": 81, "disgusted": 46, "fearful": 69, "happy": 71,
        "sad": 62, "neutral": 79,
    },
    "crema-d": {
        "angry": 1271, "disgusted": 1271, "fearful": 1271, "happy": 1271,
        "neutral": 1087, "sad": 1271,
    },
    "shemo": {
        "angry": 1059, "fearful": 38, "happy": 201, "neutral": 1028, "sad": 449,
        "surprised": 225,
    },
    "mav": dict.fromkeys((*TESS, "pain", "pleasure"), 10),
    "ck+48": {
        "angry": 135, "contempt": 54, "disgusted": 177, "fearful": 75, "happy": 207,
        "sad": 84, "surprised": 249,
    },
    "jaffe": {
        "angry": 30, "disgusted": 29, "fearful": 32, "happy": 31, "neutral": 30,
        "sad": 31, "surprised": 30,
    },
    "fer2013": {
        "angry": 4953, "disgusted": 547, "fearful": 5121, "happy": 8989, "sad": 6077,
        "surprised": 4002, "neutral": 6198,
    },
    "raf-db": {
        "surprised": 1619, "fearful": 355, "disgusted": 877, "happy": 5957,
        "sad": 2460, "angry": 867, "neutral": 3204,
    },
    "sase-fe": dict.fromkeys(SASEFE, 100),
}
CLIPS = {"vivae": 1085, "baum-1": 273 + 1222}
SPEECH = r"(0[13])-01-(0[1-8])-(0[12])-(0[12])-(0[12])-(\d\d)"
EMOTION = "(anger|disgust|fear|happy|neutral|sad|surprise)"
NAMES = {
    "ravdess": rf"Actor_\d\d/{SPEECH}\.(wav|mp4)",
    "tess": r"(OAF|YAF)_\w+/\1_[a-z]+_(neutral|happy|sad|angry|fear|disgust|ps)\.wav",
    "emodb": r"wav/(03|08|09|1[0-6])[ab](0[1-9]|10)[WLEAFTN][a-z]\.wav",
    "crema-d": r"AudioWAV/10\d\d_[A-Z]{3}_(ANG|DIS|FEA|HAP|NEU|SAD)_(LO|MD|HI|XX)\.wav",
    "shemo": r"(female/F|male/M)\d\d[AFHNSW]\d\d\.wav",
    "vivae": r"full_set/S\d\d_(achievement|anger|fear|pain|pleasure|surprise)"
             r"_(low|moderate|strong|peak)_\d\d\.wav",
    "mav": r"\d+_(anger|disgust|fear|pain|sadness|surprise|happiness|pleasure|neutral)"
           r"\.wav",
    "ck+48": r"(anger|contempt|disgust|fear|happy|sadness|surprise)"
             r"/S\d{3}_\d{3}_\d{8}\.png",
    "jaffe": r"(KA|KL|KM|KR|MK|NA|NM|TM|UY|YM)\.(AN|DI|FE|HA|NE|SA|SU)\d\.\d+\.tiff",
    "cfe": rf"{EMOTION}/S\d+_\w+\.jpg",
    "fer2013": r"fer2013\.csv",
    "raf-db": r"EmoLabel/list_patition_label\.txt"
              r"|Image/aligned/(train_\d{5}|test_\d{4})_aligned\.jpg",
    "fed": rf"(real|fake)/{EMOTION}/S\d+_\w+\.jpg",
    "baum-1": r"Annotations_BAUM1[as]\.xlsx|BAUM1[as]_MP4_all/s(\d{3})/S\1_\d{3}\.mp4",
    "sase-fe": r"\d+/(N2(A|C|D|H|S|Sur)|H2N2[ACDS]|S2N2H|D2N2Sur)\.MP4",
}
RATES = {
    "ravdess": 48000, "tess": 24414, "emodb": 16000, "crema-d": 16000, "shemo": 44100,
    "vivae": 44100, "mav": 44100,
}
PICTURES = {
    "ck+48": (48, 48), "jaffe": (256, 256), "raf-db": (100, 100, 3),
    "cfe": (96, 96, 3), "fed": (224, 224, 3),
}
# fmt: on
ONE = {"subjects": 1}
SMALL = dict.fromkeys(twins.TWINS, ONE) | dict.fromkeys(
    ("fer2013", "raf-db"), {"subjects": 9}
)
CORPORA = pytest.mark.parametrize("corpus", twins.TWINS)
ONE_ACTOR = """
import sys
from emolib.studio import render_corpus
render_corpus("ravdess", sys.argv[1], "smoke", subjects=1, workers=2, progress=False)
"""


def render(out, corpus="ravdess", **options):
    options = {"profile": "smoke", "workers": 2, "progress": False} | ONE | options
    return render_corpus(corpus, out, **options)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The smallest twin of every corpus."""
    out = tmp_path_factory.mktemp("twins")
    for corpus, options in SMALL.items():
        render(out, corpus, **options)
    return out


@pytest.fixture
def rendered(data):
    return data / "ravdess"


@cache
def plan(corpus="ravdess"):
    return twins.plan(corpus, "smoke", **SMALL[corpus])


def contents(folder):
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


# Sizes.


@pytest.mark.parametrize("profile", twins.PROFILES)
@CORPORA
def test_classes_have_their_published_proportions(corpus, profile):
    clips = twins.plan(corpus, profile)
    published = COUNTS.get(corpus) or corpora.corpus(corpus).space
    total = sum(COUNTS[corpus].values()) if corpus in COUNTS else CLIPS.get(corpus)
    found = Counter(clip.causes.emotion for clip in clips)
    assert set(found) == set(published)
    assert len(clips) == len(set(map(repr, clips)))
    if profile == "paper":
        assert found == COUNTS.get(corpus, found) and total in (len(clips), None)
    elif corpus in COUNTS:
        shares = {name: len(clips) * n / total for name, n in COUNTS[corpus].items()}
        step = 3 if corpus == "ck+48" else 1  # pictures of one sequence stay together
        assert all(abs(found[name] - shares[name]) < step for name in shares)


@CORPORA
def test_people_are_as_many_as_published(corpus):
    people = {clip.causes.identity for clip in twins.plan(corpus, "paper")}
    documented = corpora.corpus(corpus).subjects
    assert len(people) == documented or not documented


def test_parts_have_their_published_sizes():
    def parts(corpus):
        return Counter(clip.part for clip in twins.plan(corpus, "paper"))

    published = {"Training": 28709, "PublicTest": 3589, "PrivateTest": 3589}
    assert parts("fer2013") == published
    assert parts("raf-db") == {"train": 12271, "test": 3068}
    assert parts("baum-1") == {"BAUM1a": 273, "BAUM1s": 1222}


@pytest.mark.parametrize(("profile", "clips"), [("smoke", 120), ("quick", 480)])
def test_ravdess_is_complete_in_fewer_actors(profile, clips):
    plan = twins.plan("ravdess", profile)
    people = Counter(clip.causes.identity for clip in plan)
    assert len(plan) == clips and set(people.values()) == {clips // len(people)}


def test_people_and_classes_can_be_chosen():
    plan = twins.plan("crema-d", "quick", subjects=3, emotions=["sad", "happy"])
    assert {clip.causes.emotion for clip in plan} == {"happy", "sad"}
    assert {clip.sound[9:13] for clip in plan} == {"1001", "1002", "1003"}


# Causes.


def test_no_two_corpora_share_a_person_or_a_room():
    seen = Counter()
    for corpus in twins.TWINS:
        clips = twins.plan(corpus, "smoke")
        seen.update({("person", clip.causes.identity) for clip in clips})
        seen.update({("room", clip.causes.setup) for clip in clips})
    assert set(seen.values()) == {1}


def test_frames_of_one_sequence_are_one_take():
    takes = Counter(clip.causes.take for clip in twins.plan("ck+48", "quick"))
    assert set(takes.values()) == {3}


@pytest.mark.parametrize(("corpus", "levels"), [("vivae", 4), ("ravdess", 2)])
def test_strength_is_not_tied_to_the_person(corpus, levels):
    clips = twins.plan(corpus, "smoke")
    pairs = {(clip.causes.identity, clip.causes.strength) for clip in clips}
    assert len(pairs) == levels * len({person for person, _ in pairs})


# Names and formats.


@CORPORA
def test_names_are_the_published_ones(data, corpus):
    found = set(contents(data / corpus)) - {"RENDERED.json", "causes.csv"}
    assert found
    for name in found:
        assert re.fullmatch(NAMES[corpus], name), name


@CORPORA
def test_the_loader_reads_back_what_was_rendered(data, corpus):
    """Each clip under the emotion it was rendered from, and nothing besides."""
    manifest = corpora.index(corpus, data)
    truth = pd.read_csv(data / corpus / "causes.csv")
    names = [column for column in ("sound", "film", "still") if column in truth]
    known = {
        file: emotion
        for column in names
        for file, emotion in zip(truth[column], truth["emotion"], strict=True)
    }
    if corpus == "fer2013":
        manifest["path"] = [f"fer2013.csv#{row}" for row in range(len(manifest))]
    paths = manifest["path"].str.removeprefix(f"{(data / corpus).resolve()}/")
    assert dict(zip(paths, manifest["emotion"], strict=True)) == known
    assert set(manifest["source"]) == {"demo"}
    assert corpora.check(corpus, data).ok


def test_authenticity_is_that_of_the_names(data):
    for corpus in ("fed", "baum-1", "sase-fe"):
        manifest = corpora.index(corpus, data)
        truth = pd.read_csv(data / corpus / "causes.csv")
        genuine = Counter(truth["authenticity"].map({1.0: "genuine", 0.0: "posed"}))
        assert Counter(manifest["authenticity"]) == genuine and len(genuine) == 2


@pytest.mark.parametrize("corpus", RATES)
def test_sounds_have_the_published_rate_and_width(data, tmp_path, corpus):
    for path in (data / corpus).rglob("*.wav"):
        about = soundfile.info(path)
        assert about.samplerate == min(RATES[corpus], 16000)
    clip = replace(twins.plan(corpus, "paper")[0], film="")
    files.render_clip(tmp_path, clip, twins.form(corpus, "paper"))
    about = soundfile.info(tmp_path / clip.sound)
    assert (about.samplerate, about.channels) == (RATES[corpus], 1)
    assert (about.format, about.subtype) == ("WAV", "PCM_16")


@pytest.mark.parametrize("corpus", ["ravdess", "baum-1", "sase-fe"])
def test_films_are_h264_and_aac(data, corpus):
    clip = plan(corpus)[0]
    with av.open(str(data / corpus / clip.film)) as film:
        codecs = {stream.type: stream.codec_context.name for stream in film.streams}
        pictures = film.streams.video[0]
        about = pictures.width, pictures.height, pictures.average_rate
    sound = {} if corpus == "sase-fe" else {"audio": "aac"}
    assert codecs == {"video": "h264"} | sound
    assert about == (96, 96, 10)


@pytest.mark.parametrize("corpus", PICTURES)
def test_pictures_have_the_published_size(data, corpus):
    for clip in plan(corpus):
        drawn = cv2.imread(str(data / corpus / clip.still), cv2.IMREAD_UNCHANGED)
        assert drawn.shape == PICTURES[corpus] and drawn.dtype == np.uint8
        assert drawn.std() > 10


def test_fer2013_is_one_table(data):
    table = pd.read_csv(data / "fer2013/fer2013.csv")
    assert list(table.columns) == ["emotion", "pixels", "Usage"]
    names = ["angry", "disgusted", "fearful", "happy", "sad", "surprised", "neutral"]
    emotions = [clip.causes.emotion for clip in plan("fer2013")]
    assert [names[code] for code in table["emotion"]] == emotions
    for row, clip in zip(table["pixels"], plan("fer2013"), strict=True):
        drawn = files.picture(clip.causes, twins.form("fer2013", "smoke"))
        assert np.array_equal(np.array(row.split(), int).reshape(48, 48), drawn)


def test_raf_db_lists_its_labels(data):
    text = (data / "raf-db/EmoLabel/list_patition_label.txt").read_text()
    codes = ["surprised", "fearful", "disgusted", "happy", "sad", "angry", "neutral"]
    listed = dict(line.split() for line in text.splitlines())
    for clip in plan("raf-db"):
        name = Path(clip.still).name.replace("_aligned", "")
        assert codes[int(listed.pop(name)) - 1] == clip.causes.emotion
    assert not listed


def test_baum1_annotates_its_clips(data):
    rows = read_xlsx(data / "baum-1/Annotations_BAUM1a.xlsx")
    names = {Path(clip.film).stem for clip in plan("baum-1") if clip.part == "BAUM1a"}
    assert {row[3] for row in rows[1:]} == names
    acted = "Anger Boredom Disgust Fear Happiness Interest Sadness Surprise Unsure"
    for row in rows[1:]:
        assert acted.split()[int(row[5]) - 1] == row[4]
        assert row[6] in ("Female", "Male") and row[3].startswith(f"S{int(row[1]):03}")


@pytest.mark.parametrize("corpus, is_green", [("baum-1", True), ("sase-fe", False)])
def test_baum1_alone_stands_before_a_green_wall(data, corpus, is_green):
    for clip in plan(corpus):
        corner = media.frame_at(data / corpus / clip.film)[4:20, 4:20]
        red, green, blue = corner.mean(axis=(0, 1))
        assert (green > max(red, blue) + 50) == is_green, clip.film


def test_its_camera_keeps_less_and_its_voices_are_the_same():
    form, clip = twins.form("baum-1", "quick"), plan("baum-1")[0].causes
    both = [replace(clip, place=p, doses=(("setup", 0.0),)) for p in ("green", "grey")]
    shown = [face.still(one, form.size) for one in both]
    faces = [one[60:100, 60:100, 0] for one in shown]
    edges = [cv2.Laplacian(one, cv2.CV_32F).std() for one in faces]
    assert edges[0] < 0.8 * edges[1], edges
    assert np.array_equal(*(files.sound(one, form).samples for one in both))


def test_both_files_hold_the_same_sound(rendered):
    clip, form = plan()[7], twins.form("ravdess", "smoke")
    speech = files.sound(clip.causes, form)
    written, rate = soundfile.read(rendered / clip.sound, dtype="float32")
    assert rate == 16000 and np.abs(written - speech.samples).max() < 2**-14
    heard, _ = media.read_sound(rendered / clip.film)
    assert np.corrcoef(heard[: len(written)], written[: len(heard)])[0, 1] > 0.98
    with av.open(str(rendered / clip.film)) as film:
        shown = film.streams.video[0]
        seconds = shown.frames / shown.average_rate
        assert abs(seconds - len(written) / rate) <= 0.5 / shown.average_rate + 1e-9


@CORPORA
def test_truth_table_lists_each_clip_and_what_it_was_made_of(data, corpus):
    truth = pd.read_csv(data / corpus / "causes.csv")
    assert len(truth) == len(plan(corpus)) and not truth.isna().any(axis=None)
    assert truth["strength"].between(0, 1).all()
    assert ("identity.tract" in truth) == bool(twins.TWINS[corpus].form.sound_rate)
    assert ("setup.light.side" in truth) == bool(twins.TWINS[corpus].form.size[0])


def test_each_person_speaks_a_sentence_of_the_corpus():
    form = twins.form("emodb", "smoke")
    same = {"identity": 1, "emotion": "neutral", "take": "one"}
    lengths = {
        len(files.sound(Causes(sentence=sentence, **same), form).samples)
        for sentence in range(10)
    }
    english = replace(form, says="tess")
    first = files.sound(Causes(**same), english).samples
    assert len(lengths) > 3
    assert not np.array_equal(first, files.sound(Causes(**same), form).samples)


# The same bytes, always.


@pytest.mark.parametrize("corpus", ["ravdess", "fer2013"])
def test_same_bytes_from_one_process_and_from_many(data, tmp_path, corpus):
    render(tmp_path, corpus, workers=1, **SMALL[corpus])
    assert contents(tmp_path / corpus) == contents(data / corpus)


def test_a_clip_does_not_depend_on_what_was_rendered_before(rendered, tmp_path):
    code = (
        "import sys; from pathlib import Path; from emolib.studio import files, twins\n"
        "clip = twins.plan('ravdess', 'smoke', subjects=1)[21]\n"
        "form = twins.form('ravdess', 'smoke')\n"
        "files.render_clip(Path(sys.argv[1]), clip, form)\n"
    )
    environment = os.environ | {"PYTHONHASHSEED": "17"}
    subprocess.run([sys.executable, "-c", code, tmp_path], check=True, env=environment)
    alone = contents(tmp_path)
    assert len(alone) == 2
    assert alone.items() <= contents(rendered).items()


def test_another_seed_gives_another_corpus(rendered, tmp_path):
    clip = twins.plan("ravdess", "smoke", seed=1)[0]
    files.render_clip(tmp_path, clip, twins.form("ravdess", "smoke"))
    assert not set(contents(tmp_path).values()) & set(contents(rendered).values())


def test_killed_rendering_leaves_whole_files_and_goes_on(rendered, tmp_path):
    command = [sys.executable, "-c", ONE_ACTOR, tmp_path]
    running = subprocess.Popen(command, start_new_session=True)
    until = time.monotonic() + 30
    while len(list(tmp_path.rglob("03-*.wav"))) < 4 and time.monotonic() < until:
        time.sleep(0.01)
    # The workers too: left alone, they would finish what they hold.
    family = psutil.Process(running.pid).children(recursive=True)
    for process in [*family, running]:
        process.kill()
    running.wait()
    psutil.wait_procs(family)
    folder, whole = tmp_path / "ravdess", contents(rendered)
    (folder / "Actor_01/.03-01-01-01-01-01-01-0a1b2c3d.wav").write_bytes(b"half")
    partial = {p: b for p, b in contents(folder).items() if "/." not in p}
    assert 4 <= len(partial) < len(whole)
    assert partial.items() <= whole.items()
    kept = {path: (folder / path).stat().st_mtime_ns for path in partial}
    render(tmp_path)
    assert contents(folder) == whole
    videos = {path.replace("/03-", "/01-").replace(".wav", ".mp4") for path in kept}
    pairs = {path for path in videos if path in kept and path.endswith(".mp4")}
    assert pairs
    for path in pairs:  # a clip with both files is not rendered again
        assert (folder / path).stat().st_mtime_ns == kept[path]


def test_half_a_table_is_written_anew(data, tmp_path):
    folder = shutil.copytree(data / "fer2013", tmp_path / "fer2013")
    whole = (folder / "fer2013.csv").rename(folder / ".fer2013-0a1b2c3d.csv")
    whole.write_bytes(whole.read_bytes()[:5000])
    render(tmp_path, "fer2013", **SMALL["fer2013"])
    assert contents(folder) == contents(data / "fer2013")


def test_a_changed_studio_renders_anew(tmp_path, monkeypatch, data):
    folder = shutil.copytree(data / "mav", tmp_path / "mav")
    sound = next(folder.rglob("*.wav"))
    sound.write_bytes(b"from an older studio")
    render(tmp_path, "mav")
    assert sound.read_bytes() == b"from an older studio"
    monkeypatch.setattr(studio, "_studio_version", lambda: "newer")
    render(tmp_path, "mav")
    assert sound.read_bytes() == (data / "mav" / sound.relative_to(folder)).read_bytes()


def test_what_an_older_studio_rendered_more_of_goes(tmp_path, monkeypatch):
    folder = render(tmp_path, "cfe", subjects=None) / "cfe"
    before = len(list(folder.rglob("*.jpg")))
    monkeypatch.setattr(studio, "_studio_version", lambda: "newer")
    fewer, *others = studio.twins.SIZES["cfe"]
    fewer = studio.twins.Size(fewer.people // 2, fewer.clips // 2)
    monkeypatch.setitem(studio.twins.SIZES, "cfe", (fewer, *others))
    render(tmp_path, "cfe", subjects=None)
    assert before > len(list(folder.rglob("*.jpg"))) > 0
    mine = folder / "mine.jpg"
    mine.write_bytes(b"not of the studio")
    monkeypatch.setattr(studio, "_studio_version", lambda: "newer still")
    with pytest.raises(UsageError, match=r"mine\.jpg"):
        render(tmp_path, "cfe", subjects=None)


def test_a_notebook_gets_the_demo_data_it_lacks(tmp_path):
    quick = "from emolib import studio; studio.provide('{}', 'mav')"
    command = [sys.executable, "-c", quick.format(tmp_path / "demo-smoke")]
    both = [subprocess.Popen(command) for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    found = corpora.index("mav", tmp_path / "demo-smoke")
    assert len(found) == len(twins.plan("mav", "smoke"))
    for recordings in ("demo", "demo-of-mine", "corpora"):
        studio.provide(tmp_path / recordings, "mav")
        assert not (tmp_path / recordings).exists()
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EmolibError, match="no demo data can be rendered"):
        studio.provide(tmp_path / "file" / "demo-smoke", "mav")


def test_the_command_line_renders_what_is_asked_for(tmp_path, capsys):
    asked = "data demo --corpus all --profile smoke --set emotion=0.5 --subjects 1"
    with pytest.raises(SystemExit) as end:
        cli.main([*asked.split(), "--emotion", "sad", "--out", str(tmp_path / "all")])
    assert end.value.code == 2 and "vivae has no class sad" in capsys.readouterr().err
    assert not (tmp_path / "all").exists()
    asked = asked.replace("all", "mav")
    with pytest.raises(SystemExit) as end:
        cli.main([*asked.split(), "--emotion", "sad", "--out", str(tmp_path)])
    assert not end.value.code and capsys.readouterr().out.strip() == str(tmp_path)
    truth = pd.read_csv(tmp_path / "mav/causes.csv")
    assert list(truth["emotion"]) == ["sad"] and truth["emotion.voice"].item() == 0.5
    assert len(list(tmp_path.rglob("*.wav"))) == 1


# What is refused.


def test_folders_with_other_files_are_refused(tmp_path):
    real = tmp_path / "ravdess/Actor_01/03-01-01-01-01-01-01.wav"
    real.parent.mkdir(parents=True)
    real.write_bytes(b"precious")
    with pytest.raises(UsageError, match="03-01-01-01-01-01-01.wav"):
        render(tmp_path)
    real.rename(real.with_name("notes.txt"))
    with pytest.raises(UsageError, match="notes.txt"):
        render(tmp_path)
    assert contents(tmp_path) == {"ravdess/Actor_01/notes.txt": b"precious"}


def test_another_rendering_is_not_mixed_in(rendered):
    before = contents(rendered)
    with pytest.raises(UsageError, match="seed 0 instead of 3"):
        render(rendered.parent, seed=3)
    with pytest.raises(UsageError, match="settings"):
        render(rendered.parent, settings={"emotion": 0.5})
    with pytest.raises(UsageError, match="subjects 1 instead of 2"):
        render(rendered.parent, subjects=2)
    assert contents(rendered) == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"corpus": "nowhere"}, "no twin 'nowhere'; it has ravdess, tess"),
        ({"profile": "huge"}, "no profile 'huge'; it has smoke"),
        ({"settings": {"mood": 1}}, "no cause 'mood'; it has identity"),
        ({"settings": {"setup": 1.5}}, "setup is a number from 0 to 1, not 1.5"),
        ({"settings": {"setup": float("nan")}}, "from 0 to 1, not nan"),
        ({"settings": {"setup": "1"}}, "from 0 to 1, not '1'"),
        ({"workers": 0}, "workers"),
        ({"subjects": 0}, "a twin of ravdess shows 1 to 24 people, not 0"),
        ({"subjects": 25}, "1 to 24 people, not 25"),
        ({"emotions": ["joy"]}, "ravdess has no class joy; it has neutral, calm"),
        ({"corpus": "tess", "emotions": ["calm"]}, "tess has no class calm"),
        ({"corpus": "all", "emotions": ["happy"]}, "vivae has no class happy"),
    ],
)
def test_wrong_requests_are_refused_before_anything_is_written(
    tmp_path, options, message
):
    with pytest.raises(UsageError, match=message):
        render(tmp_path, **options)
    assert not list(tmp_path.iterdir())


def test_a_size_without_people_is_refused(monkeypatch):
    monkeypatch.setitem(twins.SIZES, "mav", (twins.Size(0, 0),) * 3)
    with pytest.raises(UsageError, match="1 to 10 people, not 0"):
        twins.plan("mav", "smoke")


WRONG = [{"strength": 1.2}, {"emotion": "joy"}, {"place": "blue"}]


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_causes_are_refused(wrong):
    with pytest.raises(UsageError):
        Causes(**{"identity": 1, "emotion": "happy"} | wrong)


@pytest.mark.parametrize("corpus", ["ravdess", "jaffe"])
def test_a_full_disk_is_told_and_leaves_nothing_half(tmp_path, monkeypatch, corpus):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(EmolibError, match="No space left on device") as caught:
        render(tmp_path, corpus, workers=1)
    assert not isinstance(caught.value, UsageError)
    left = set(contents(tmp_path / corpus))
    assert {"RENDERED.json", "causes.csv"} <= left
    assert not [name for name in left if name.endswith((".wav", ".tiff"))]
    assert not [name for name in left if Path(name).name.startswith(".")]
    record = json.loads((tmp_path / corpus / "RENDERED.json").read_text())
    assert record["corpus"] == corpus and record["seed"] == 0
