"""Twelve corpora, in the layouts people have them in: names, tables, pictures."""

import zipfile
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from emolib import EmolibError, UsageError, corpora, media
from emolib.corpora import CORPORA, check, index, mix
from emolib.corpora.sheets import read_csv, read_xlsx, write_xlsx
from emolib.labels import CKPLUS, EMODB, FACES
from emolib.media import MediaError, read_image


def make(folder, *names):
    """Files without content: an index never opens a clip."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def only(frame):
    """The one row of a manifest, without what is empty or the same for all."""
    assert len(frame) == 1 and tuple(frame.columns) == corpora.COLUMNS
    row = frame.iloc[0].drop(["path", "corpus", "source"]).to_dict()
    return {column: value for column, value in row.items() if value}


# ---- names ----

ROWS = {
    "AudioWAV/1001_IEO_ANG_HI.wav": {
        "clip": "crema-d/1001_IEO_ANG_HI",
        "subject": "crema-d-1001",
        "emotion": "angry",
        "original": "anger",
        "authenticity": "posed",
        "intensity": "high",
        "sentence": "IEO",
        "modality": "audio",
        "channel": "speech",
    },
    "VideoFlash/1091_WSI_DIS_XX.flv": {
        "clip": "crema-d/video/1091_WSI_DIS_XX",
        "subject": "crema-d-1091",
        "emotion": "disgusted",
        "original": "disgust",
        "authenticity": "posed",
        "sentence": "WSI",
        "modality": "audio-video",
        "channel": "speech",
    },
    "female/F01A02.wav": {
        "clip": "shemo/F01A02",
        "subject": "shemo-F01",
        "emotion": "angry",
        "original": "anger",
        "authenticity": "posed",
        "modality": "audio",
        "channel": "speech",
    },
    "full_set/S11_achievement_peak_02.wav": {
        "clip": "vivae/S11_achievement_peak_02",
        "subject": "vivae-S11",
        "emotion": "achievement",
        "original": "achievement",
        "authenticity": "posed",
        "intensity": "peak",
        "repetition": "2",
        "modality": "audio",
    },
    "MAV/46_pleasure.wav": {
        "clip": "mav/46_pleasure",
        "subject": "mav-46",
        "emotion": "pleasure",
        "original": "pleasure",
        "authenticity": "posed",
        "modality": "audio",
    },
    "CK+48/surprise/S010_004_00000017.png": {
        "clip": "ck+48/S010_004_00000017",
        "subject": "ck+48-S010",
        "emotion": "surprised",
        "original": "surprise",
        "authenticity": "posed",
        "sentence": "S010_004",
        "repetition": "17",
        "modality": "image",
    },
    "KA.AN1.39.tiff": {
        "clip": "jaffe/KA.AN1.39",
        "subject": "jaffe-KA",
        "emotion": "angry",
        "original": "anger",
        "authenticity": "posed",
        "repetition": "1",
        "modality": "image",
    },
    "CFE/sadness/S012_3.JPG": {
        "clip": "cfe/sad/S012_3",
        "subject": "cfe-S012",
        "emotion": "sad",
        "original": "sadness",
        "authenticity": "posed",
        "modality": "image",
    },
    "cfe/Fear/0012.png": {
        "clip": "cfe/fearful/0012",
        "emotion": "fearful",
        "original": "fear",
        "authenticity": "posed",
        "modality": "image",
    },
    "fer2013/train/disgust/Training_659019.jpg": {
        "clip": "fer2013/train/disgusted/Training_659019",
        "emotion": "disgusted",
        "original": "disgust",
        "modality": "image",
        "split_hint": "train",
    },
    "fer2013/test/disgust/PublicTest_659019.jpg": {
        "clip": "fer2013/test/disgusted/PublicTest_659019",
        "emotion": "disgusted",
        "original": "disgust",
        "modality": "image",
        "split_hint": "validation",
    },
    "raf-db/DATASET/test/4/test_0002_aligned.jpg": {
        "clip": "raf-db/test_0002",
        "emotion": "happy",
        "original": "happiness",
        "modality": "image",
        "split_hint": "test",
    },
    "fed/real/happy/a.png": {
        "clip": "fed/real/happy/a",
        "emotion": "happy",
        "original": "happy",
        "authenticity": "genuine",
        "modality": "image",
    },
    "fed/Fake/Anger/S3_a.png": {
        "clip": "fed/fake/angry/S3_a",
        "subject": "fed-S3",
        "emotion": "angry",
        "original": "anger",
        "authenticity": "posed",
        "modality": "image",
    },
    "Train_SASE-FE/1/D2N2SUR.MP4": {
        "clip": "sase-fe/1/D2N2Sur",
        "subject": "sase-fe-1",
        "emotion": "surprised",
        "original": "D2N2Sur",
        "authenticity": "posed",
        "modality": "video",
    },
    "1/N2C.mp4": {
        "clip": "sase-fe/1/N2C",
        "subject": "sase-fe-1",
        "emotion": "contempt",
        "original": "N2C",
        "authenticity": "genuine",
        "modality": "video",
    },
}


@pytest.mark.parametrize("file", ROWS)
def test_rows_by_hand(tmp_path, file):
    expected = ROWS[file]
    name = expected["clip"].partition("/")[0]
    assert only(index(name, make(tmp_path / "x", file))) == expected


EMOTIONS = {
    "crema-d": {
        "1040_ITH_SAD_X.wav": "sad",  # the corpus' one odd name
        "1002_DFA_ANG_XX.wav": "angry",
        "1002_DFA_DIS_LO.wav": "disgusted",
        "1002_DFA_FEA_MD.wav": "fearful",
        "1002_DFA_HAP_HI.wav": "happy",
        "1002_DFA_NEU_XX.wav": "neutral",
    },
    "shemo": {
        "F01A02.wav": "angry",
        "M01F01.wav": "fearful",
        "M02H01.wav": "happy",
        "f21n37.wav": "neutral",
        "M04S11.wav": "sad",
        "M56W03.wav": "surprised",
    },
    "vivae": {
        "S01_achievement_low_01.wav": "achievement",
        "S01_anger_moderate_01.wav": "angry",
        "S01_fear_strong_01.wav": "fearful",
        "S01_pain_peak_01.wav": "pain",
        "S01_pleasure_low_01.wav": "pleasure",
        "S10_surprise_low_12.wav": "surprised",
    },
    "mav": {
        "6_anger.wav": "angry",
        "42_disgust.wav": "disgusted",
        "45_fear.wav": "fearful",
        "46_pain.wav": "pain",
        "53_sadness.wav": "sad",
        "55_surprise.wav": "surprised",
        "58_happiness.wav": "happy",
        "59_pleasure.wav": "pleasure",
        "61_neutral.wav": "neutral",
    },
    "ck+48": {
        "anger/S010_004_00000017.png": "angry",
        "contempt/S138_008_00000007.png": "contempt",
        "disgust/S005_001_00000009.png": "disgusted",
        "fear/S011_003_00000012.png": "fearful",
        "happy/S010_006_00000013.png": "happy",
        "sadness/S011_002_00000020.png": "sad",
        "surprise/S999_001_00000014.png": "surprised",
    },
    "jaffe": {
        "KA.AN1.39.tiff": "angry",
        "KL.DI4.173.tiff": "disgusted",
        "KM.FE3.25.tif": "fearful",
        "kr.ha2.75.TIFF": "happy",
        "MK.NE1.113.png": "neutral",
        "NM.SA1.95.jpg": "sad",
        "YM.SU3.60.tiff": "surprised",
    },
    "cfe": {
        "anger/a.jpg": "angry",
        "disgust/a.jpg": "disgusted",
        "fear/a.jpg": "fearful",
        "Happiness/a.jpg": "happy",
        "neutral/a.jpg": "neutral",
        "sad/a.jpg": "sad",
        "Surprised/a.jpg": "surprised",
    },
    "fer2013": {
        "train/angry/im0.png": "angry",
        "train/disgust/im0.png": "disgusted",
        "train/fear/im0.png": "fearful",
        "validation/happy/im0.png": "happy",
        "test/sad/im0.png": "sad",
        "test/surprise/im0.png": "surprised",
        "neutral/im0.png": "neutral",
    },
    "raf-db": {
        "1/train_00001_aligned.jpg": "surprised",
        "2/train_00002_aligned.jpg": "fearful",
        "3/train_00003_aligned.jpg": "disgusted",
        "4/train_00004_aligned.jpg": "happy",
        "5/train_00005_aligned.jpg": "sad",
        "6/test_0001_aligned.jpg": "angry",
        "7/test_0002.jpg": "neutral",
    },
    "fed": {
        "real/anger/1.jpg": "angry",
        "real/disgust/1.jpg": "disgusted",
        "real/fear/1.jpg": "fearful",
        "fake/happy/1.jpg": "happy",
        "fake/neutral/1.jpg": "neutral",
        "fake/sadness/1.jpg": "sad",
        "fake/surprise/1.jpg": "surprised",
    },
    "sase-fe": {
        "1/N2A.MP4": "angry",
        "1/H2N2C.MP4": "contempt",
        "1/H2N2D.MP4": "disgusted",
        "1/S2N2H.MP4": "happy",
        "1/H2N2S.MP4": "sad",
        "1/N2Sur.MP4": "surprised",
    },
}


@pytest.mark.parametrize("name", EMOTIONS)
def test_every_emotion(tmp_path, name):
    make(tmp_path, *EMOTIONS[name])
    frame = index(name, tmp_path)
    found = frame["path"].str.removeprefix(f"{tmp_path}/")
    assert dict(zip(found, frame["emotion"], strict=True)) == EMOTIONS[name]
    assert set(frame["emotion"]) == set(CORPORA[name].space)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("crema-d", "1092_DFA_ANG_XX.wav"),  # no such actor
        ("crema-d", "1000_DFA_ANG_XX.wav"),
        ("crema-d", "1001_DFA_SUR_XX.wav"),  # no such emotion
        ("crema-d", "1001_XXX_ANG_XX.wav"),
        ("shemo", "F01D02.wav"),
        ("shemo", "X01A02.wav"),
        ("vivae", "S12_anger_low_01.wav"),
        ("vivae", "S01_sadness_low_01.wav"),
        ("vivae", "S01_anger_high_01.wav"),
        ("mav", "7_anger.wav"),
        ("mav", "6_contempt.wav"),
        ("ck+48", "neutral/S010_004_00000017.png"),  # it has no neutral class
        ("ck+48", "anger/S010_004.png"),
        ("jaffe", "XX.AN1.39.tiff"),
        ("jaffe", "KA.CO1.39.tiff"),
        ("cfe", "happily_surprised/a.jpg"),  # compound
        ("fed", "unsure/happy/a.jpg"),
        ("fed", "real/a.jpg"),
        ("raf-db", "4/valid_00001.jpg"),
        ("sase-fe", "1/H2N2H.MP4"),  # nobody was asked for what they felt
        ("sase-fe", "1/N2F.MP4"),
    ],
)
def test_names_that_are_not_the_corpus_own(tmp_path, name, file):
    make(tmp_path, next(iter(EMOTIONS[name])), file)
    assert len(index(name, tmp_path)) == 1
    faults = check(name, tmp_path).table().query("check == 'name'")
    assert faults["item"].tolist() == [str(tmp_path / file)]


@pytest.mark.parametrize(
    ("name", "total", "subjects"),
    [
        ("crema-d", 7442, 91),
        ("shemo", 3000, 87),
        ("vivae", 1085, 11),
        ("mav", 90, 10),
        ("ck+48", 981, 118),
        ("jaffe", 213, 10),
        ("cfe", 0, 0),
        ("fer2013", 35887, 0),
        ("raf-db", 15339, 0),
        ("fed", 0, 0),
        ("baum-1", 273 + 1222, 31),
        ("sase-fe", 600, 50),
    ],
)
def test_documented_counts(name, total, subjects):
    corpus = CORPORA[name]
    assert (corpus.clips, corpus.subjects) == (total, subjects)
    assert not corpus.counts or set(corpus.counts) == set(corpus.space)


def test_every_card_cites_a_source_that_the_book_has():
    from emolib import ROOT

    sources = (ROOT / "book" / "references.bib").read_text()
    for corpus in CORPORA.values():
        assert f"{{{corpus.citation}," in sources, corpus.name
        assert corpus.title and corpus.description.endswith(".")
        assert "tried by us" in corpus.access and corpus.licence


def test_one_person_of_sase_fe_has_the_same_file_names_as_the_next(tmp_path):
    make(tmp_path, "Train_SASE-FE/1/N2A.MP4", "Train_SASE-FE/2/N2A.MP4")
    frame = index("sase-fe", tmp_path)
    assert frame["clip"].tolist() == ["sase-fe/1/N2A", "sase-fe/2/N2A"]
    assert frame["subject"].tolist() == ["sase-fe-1", "sase-fe-2"]


def test_sound_and_video_of_one_crema_d_clip(tmp_path):
    make(tmp_path, "AudioWAV/1001_DFA_ANG_XX.wav", "VideoFlash/1001_DFA_ANG_XX.flv")
    make(tmp_path, "AudioMP3/1001_DFA_ANG_XX.mp3")
    assert sorted(index("crema-d", tmp_path)["modality"]) == ["audio", "audio-video"]
    assert len(index("crema-d", tmp_path, modality="audio")) == 1


def test_other_files_that_come_with_a_corpus_are_ignored(tmp_path):
    make(tmp_path, "KA.AN1.39.tiff", "README", "README_FIRST.txt", "jaffe.csv")
    assert len(index("jaffe", tmp_path)) == 1


def test_an_aligned_picture_and_its_original_are_one_clip(tmp_path):
    make(tmp_path, "aligned/5/train_00001_aligned.jpg", "original/5/train_00001.jpg")
    with pytest.raises(UsageError, match="are there twice.*remove one copy"):
        index("raf-db", tmp_path)


def test_an_empty_folder_of_an_emotion(tmp_path):
    make(tmp_path, "train/happy/im0.png", "other/.hidden")
    (tmp_path / "train" / "disgust").mkdir()
    with pytest.raises(UsageError, match="train/disgust: the folder.*is empty; fill"):
        index("fer2013", tmp_path)
    faults = check("fer2013", tmp_path).table().query("check == 'folder'")
    assert faults["item"].tolist() == [str(tmp_path / "train" / "disgust")]


# ---- FER2013's table ----


@pytest.fixture
def faces():
    """Eight faces' worth of grey noise."""
    return np.random.default_rng(0).integers(0, 256, (8, 48, 48), dtype=np.uint8)


USAGES = ("Training",) * 5 + ("PublicTest",) * 2 + ("PrivateTest",)


def csv_of(pictures, path):
    """As published: emotion i, the pixels, the part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        file.write("emotion,pixels,Usage\n")
        for number, (pixels, usage) in enumerate(zip(pictures, USAGES, strict=True)):
            values = " ".join(map(str, pixels.flat))
            file.write(f"{number % 7},{values},{usage}\n")
    return path


def test_a_row_of_the_csv_is_a_clip(tmp_path, faces):
    path = csv_of(faces, tmp_path / "fer2013" / "fer2013.csv")

    frame = index("fer2013", tmp_path)

    assert frame["clip"].tolist() == [f"fer2013/{number:05}" for number in range(8)]
    assert frame["emotion"].tolist() == [
        *("angry", "disgusted", "fearful", "happy", "sad", "surprised", "neutral"),
        "angry",
    ]
    hints = [*["train"] * 5, *["validation"] * 2, "test"]
    assert frame["split_hint"].tolist() == hints
    assert set(frame["subject"]) == {""} and set(frame["modality"]) == {"image"}
    for picture, clip in zip(faces, frame["path"], strict=True):
        assert media.row_of(clip)[0] == str(path)
        np.testing.assert_array_equal(read_image(clip), np.stack([picture] * 3, -1))
    assert check("fer2013", tmp_path).ok


def test_the_csv_in_other_dialects(tmp_path, faces):
    """The contest's other copy: columns in another order, spaces, quotes, CRLF."""
    path = tmp_path / "icml_face_data.csv"
    with path.open("w", newline="") as file:
        file.write("\ufeffemotion, Usage, pixels\r\n")
        for pixels in faces:
            file.write(f'3,Training,"{" ".join(map(str, pixels.flat))}"\r\n')
    frame = index("fer2013", tmp_path)
    assert set(frame["emotion"]) == {"happy"} and len(frame) == 8
    np.testing.assert_array_equal(read_image(frame["path"][7])[:, :, 1], faces[7])


def test_a_csv_that_is_not_the_published_one(tmp_path, faces):
    path = tmp_path / "fer2013.csv"
    path.write_text("emotion,pixels\n3,1 2 3\n")
    with pytest.raises(EmolibError, match="must name the columns emotion, pixels and"):
        index("fer2013", tmp_path)
    for row in ("7,1 2,Training", "3,1 2,Mine", "x,1 2,Training", "3"):
        path.write_text(f"emotion,pixels,Usage\n0,1 2,Training\n{row}\n")
        with pytest.raises(EmolibError, match="fer2013.csv: row 2 holds no known"):
            index("fer2013", tmp_path)


def test_rows_that_hold_no_picture_are_named(tmp_path, faces):
    path = csv_of(faces, tmp_path / "fer2013.csv")
    lines = path.read_text().splitlines()
    for row, value in ((3, " 256 "), (4, " -1 "), (6, " x ")):
        first, _, rest = lines[row].split(" ", 2)
        lines[row] = first + value + rest
    lines[5] = lines[5][:3000] + ",Training"
    path.write_text("\n".join(lines))

    frame = index("fer2013", tmp_path)
    faults = check("fer2013", tmp_path).table().query("verdict == 'fault'")

    bad = dict(zip(faults["item"], faults["found"], strict=True))
    paths = frame["path"]
    assert bad.pop(paths[4]) == "truncated"
    assert bad == dict.fromkeys(paths[[2, 3, 5]], "not image")
    with pytest.raises(MediaError, match="fer2013.csv#.*truncated"):
        read_image(paths[4])
    path.unlink()
    with pytest.raises(MediaError, match="fer2013.csv: missing"):
        read_image(paths[0])


def test_the_csv_and_the_folders_hold_the_same_pictures(tmp_path, faces):
    csv_of(faces, tmp_path / "fer2013.csv")
    make(tmp_path, "train/angry/Training_1.jpg")
    with pytest.raises(UsageError, match="in a table .*csv.* as files .*keep one"):
        index("fer2013", tmp_path)


def test_a_csv_of_full_size_is_indexed(tmp_path):
    pixels = b" ".join([b"17"] * 48 * 48)
    rows = [b"%d,%s,Training\n" % (n % 7, pixels) for n in range(7)]
    with (tmp_path / "fer2013.csv").open("wb") as file:
        file.write(b"emotion,pixels,Usage\n")
        for _ in range(35887 // 7):
            file.writelines(rows)
        file.writelines(rows[: 35887 % 7])
    frame = index("fer2013", tmp_path)
    assert len(frame) == 35887 and frame["clip"].is_unique
    assert (read_image(frame["path"].iloc[-1]) == 17).all()


# ---- tables of labels ----


def test_raf_db_as_published(tmp_path):
    make(tmp_path, "basic/Image/aligned/train_00001_aligned.jpg")
    make(tmp_path, "basic/Image/aligned/test_0001_aligned.jpg")
    listing = tmp_path / "basic" / "EmoLabel" / "list_patition_label.txt"
    listing.parent.mkdir()
    listing.write_text("train_00001.jpg 5\ntrain_00002.jpg 1\ntest_0001.jpg 7\n")
    frame = index("raf-db", tmp_path)
    assert frame[["clip", "emotion", "split_hint"]].to_numpy().tolist() == [
        ["raf-db/test_0001", "neutral", "test"],
        ["raf-db/train_00001", "sad", "train"],
    ]


def test_raf_db_with_labels_as_csv(tmp_path):
    make(tmp_path, "test_0001_aligned.jpg")
    (tmp_path / "test_labels.csv").write_text("image,label\ntest_0001_aligned.jpg,6\n")
    assert only(index("raf-db", tmp_path))["emotion"] == "angry"


@pytest.mark.parametrize("part", ["", " train"])
def test_pictures_that_a_list_names_and_that_are_not_there(tmp_path, part):
    """In two columns and in three; what is there is used, the rest is named."""
    make(tmp_path, "Image/aligned/train_00003_aligned.jpg")
    lines = [f"train_{n:05}.jpg{part} {n}\n" for n in range(1, 6)]
    (tmp_path / "list_patition_label.txt").write_text("".join(lines))
    assert only(index("raf-db", tmp_path))["emotion"] == "disgusted"
    told = check("raf-db", tmp_path).table().query("item == 'rows without a clip'")
    assert told[["found", "verdict"]].to_numpy().tolist() == [
        ["4: train_00001, train_00002, train_00004, ...", "note"]
    ]


@pytest.mark.parametrize("between", ["test", "0.9", "train 2"])
def test_a_list_with_something_else_between_name_and_number(tmp_path, between):
    make(tmp_path, "train_00001_aligned.jpg")
    line = f"train_00001.jpg {between} 5\n"
    (tmp_path / "list_patition_label.txt").write_text(line)
    with pytest.raises(EmolibError, match="'train_00001.jpg .*between picture and"):
        index("raf-db", tmp_path)


def test_pictures_without_labels(tmp_path):
    make(tmp_path, "train_00001_aligned.jpg", "train_00002_aligned.jpg")
    for call in (index, check):
        with pytest.raises(UsageError, match="has a label.*list_patition_label.txt"):
            call("raf-db", tmp_path)
    (tmp_path / "list_patition_label.txt").write_text("train_00001.jpg 5\n")
    assert len(index("raf-db", tmp_path)) == 1
    missing = check("raf-db", tmp_path).table().query("check == 'label'")
    assert missing["item"].tolist() == [str(tmp_path / "train_00002_aligned.jpg")]


def test_the_list_of_compound_emotions_is_refused(tmp_path):
    make(tmp_path, "train_0001_aligned.jpg")
    (tmp_path / "list_patition_label.txt").write_text("train_0001.jpg 11\n")
    with pytest.raises(EmolibError, match="'train_0001.jpg 11' is not a picture with"):
        index("raf-db", tmp_path)


HEAD = ["No", "Subject", "Clip", "Clip Name", "Emotion", "Emotion Code", "Gender"]
ACTED = [
    HEAD,
    [1, 1, 1, "S001_001", "Anger", 1, "F"],
    [2, 1, 2, "S001_002", "Interest", 6, "F"],
    [3, 31, 4, "S031_004", "Happiness", 7, "M"],  # 7 is sadness
]
SPONTANEOUS = [
    HEAD,
    [1, 1, 1, "S001_001", "Contempt", 5, "F"],
    [2, 1, 2, "S001_002", "Thinking", 12, "F"],
]
CLIPS = (
    "BAUM1a_MP4_all/s001/S001_001.mp4",
    "BAUM1a_MP4_all/s001/S001_002.mp4",
    "BAUM1a_MP4_all/s031/S031_004.mp4",
    "BAUM1s_MP4 - All/s001/S001_001.mp4",
    "BAUM1s_MP4 - All/s001/S001_002.mp4",
)


def baum1_tables(folder, suffix):
    for part, rows in (("a", ACTED), ("s", SPONTANEOUS)):
        path = folder / f"Annotations_BAUM1{part}{suffix}"
        if suffix == ".xlsx":
            write_xlsx(path, rows)
        else:
            path.write_text("\n".join(";".join(map(str, row)) for row in rows))


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_baum1_takes_emotions_from_its_tables(tmp_path, suffix):
    make(tmp_path, *CLIPS)
    baum1_tables(tmp_path, suffix)

    frame = index("baum-1", tmp_path)

    columns = ["clip", "subject", "emotion", "original", "authenticity"]
    assert frame[columns].to_numpy().tolist() == [
        ["baum-1/BAUM1a/S001_001", "baum-1-S001", "angry", "anger", "posed"],
        ["baum-1/BAUM1a/S001_002", "baum-1-S001", "interested", "interest", "posed"],
        ["baum-1/BAUM1s/S001_001", "baum-1-S001", "contempt", "contempt", "genuine"],
        ["baum-1/BAUM1s/S001_002", "baum-1-S001", "thinking", "thinking", "genuine"],
    ]
    assert set(frame["modality"]) == {"audio-video"}
    # Name and code contradict each other: no label is better than a wrong one.
    missing = check("baum-1", tmp_path).table().query("check == 'label'")
    assert missing["item"].tolist() == [str(tmp_path / CLIPS[2])]


def test_baum1_as_a_real_copy_has_it(tmp_path):
    """A legend behind the gender, a word misspelt, a clip of another subject's row,
    codes beside the wrong name, rows without a clip and clips without a row; folders
    spelt in four ways."""
    folders = (
        *("BAUM1a_MP4_all", "BAUM1a_MP4 - All", "BAUM1s_MP4 - All", "BAUM1s_MP4_all"),
    )
    names = ("s001/S001_001", "s001/S001_002", "s015/S015_007", "s019/S019_023")
    make(tmp_path, *(f"{f}/{n}.mp4" for f, n in zip(folders, names, strict=True)))
    make(tmp_path, "BAUM1a_MP4_all/s001/S001_005.mp4")
    (tmp_path / "Annotations_BAUM1a.csv").write_text(
        "Number,Subject Label,Clip,Clip Name,Emotion,Emotion Code,Gender,,,,\n"
        "1,1,1,S001_001,Intrest,6,Male,,Anger,1,43\n"
        "2,1,2,S001_002,Boredom,2,Male,,Boredom,2,27\n"
        "3,1,3,S001_003,Mistery,3,Male,,Disgust,3,35\n"
        "4,1,5,S001_005,Mistery,3,Male,,Fear,4,36\n"
    )
    (tmp_path / "Annotations_BAUM1s.csv").write_text(
        "Number,Subject Label,Clip,Clip Name,Emotion,Emotion Code,Gender,,,,\n"
        "1,15,7,S015_007,Anger,2,Male,,,,\n"
        "2,20,2,S019_023,Sadness,10,Female,,,,\n"
        "3,20,3,S020_003,Fear,7,Female,,,,\n"
    )
    frame = index("baum-1", tmp_path)
    assert frame[["clip", "subject", "emotion"]].to_numpy().tolist() == [
        ["baum-1/BAUM1a/S001_001", "baum-1-S001", "interested"],
        ["baum-1/BAUM1a/S001_002", "baum-1-S001", "bored"],
        ["baum-1/BAUM1s/S019_023", "baum-1-S019", "sad"],
    ]
    labels_of = check("baum-1", tmp_path).table().query("check == 'label'")
    assert labels_of[["found", "verdict"]].to_numpy().tolist() == [
        ["no label", "fault"],  # S001_005: no legend's word is taken for its own
        ["no label", "fault"],  # S015_007: a name and another's code
        ["1: BAUM1s/S020_003", "note"],
    ]


def test_baum1_needs_its_folders_and_its_tables(tmp_path):
    make(tmp_path / "a", *CLIPS)
    with pytest.raises(UsageError, match="no clip of baum-1 has a label.*annotations_"):
        index("baum-1", tmp_path / "a")
    make(tmp_path / "b", "videos/S001_001.mp4")
    with pytest.raises(UsageError, match="no clip of baum-1 here"):
        index("baum-1", tmp_path / "b")
    (tmp_path / "a" / "Annotations_BAUM1a.xlsx").write_text("no workbook")
    with pytest.raises(EmolibError, match="BAUM1a.xlsx: cannot be read as an xlsx"):
        index("baum-1", tmp_path / "a")


def test_xlsx_comes_back_as_written_and_the_same_every_time(tmp_path):
    rows = [["a", "", "<&> ü  b"], [], [None, 1, 2.5]]
    contents = set()
    for name in ("a.xlsx", "b.xlsx"):
        write_xlsx(tmp_path / name, rows)
        contents.add((tmp_path / name).read_bytes())
    assert len(contents) == 1
    assert read_xlsx(tmp_path / "a.xlsx") == [
        ["a", "", "<&> ü  b"],
        [],
        ["", "1", "2.5"],
    ]


def test_xlsx_as_office_programs_write_it(tmp_path):
    """Shared strings in runs, cells by name with gaps, a second sheet."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as book:
        book.writestr(
            "xl/sharedStrings.xml",
            f"<sst {main}><si><t>Clip</t></si><si><r><t>An</t></r><r><t>ger</t></r>"
            "<rPh sb='0' eb='1'><t>sound</t></rPh></si></sst>",
        )
        book.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet {main}><sheetData><row r="2"><c r="B2" t="s"><v>0</v></c>'
            '<c r="E2" t="s"><v>1</v></c><c r="F2"><v>1</v></c>'
            '<c r="H2" t="str"><f>1+1</f><v>two</v></c></row></sheetData></worksheet>',
        )
        book.writestr("xl/worksheets/sheet2.xml", f"<worksheet {main}/>")
    cells = ["", "Clip", "", "", "Anger", "1", "", "two"]
    assert read_xlsx(tmp_path / "a.xlsx") == [cells]


@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_csv_in_three_dialects(tmp_path, divider):
    text = "\ufeff" + divider.join(["Clip", ' "a b" ', "1"]) + "\r\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    assert read_csv(tmp_path / "a.csv") == [["Clip", "a b", "1"]]


# ---- pictures ----


def test_check_opens_every_picture(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)
    good = tmp_path / "anger" / "S010_004_00000017.png"
    good.parent.mkdir()
    Image.fromarray(pixels).save(good)
    assert check("ck+48", tmp_path).ok
    (good.parent / "S010_004_00000018.png").write_bytes(good.read_bytes()[:500])
    (good.parent / "S010_004_00000019.png").write_text("please log in")

    faults = check("ck+48", tmp_path).table().query("verdict == 'fault'")

    found = {
        item.rpartition("_")[2]: what for item, what in faults[["item", "found"]].values
    }
    assert found == {"00000018.png": "truncated", "00000019.png": "not image"}


def test_counts_that_nobody_documented_are_no_expectation(tmp_path):
    path = tmp_path / "real" / "happy" / "1.png"
    path.parent.mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(path)
    report = check("fed", tmp_path)
    table = report.table().set_index("item")
    assert report.ok and set(table["expected"]) <= {"", "readable"}
    assert table.loc["image happy", "verdict"] == "ok"
    assert table.loc["image sad", "verdict"] == "note"  # none at all
    assert "subjects" not in set(table["check"])


# ---- several corpora in one ----


@pytest.fixture
def data(tmp_path):
    """JAFFE has a neutral face and no contempt, CK+48 the other way round."""
    make(tmp_path / "ck+48", *EMOTIONS["ck+48"])
    make(tmp_path / "jaffe", *EMOTIONS["jaffe"])
    return tmp_path


def test_a_mix_needs_a_map_for_what_the_space_lacks(data):
    with pytest.raises(UsageError) as caught:
        mix(["ck+48", "jaffe"], FACES, data=data)
    message = str(caught.value)
    assert message.startswith("ck+48 has contempt, but label space 'faces' holds only")
    with pytest.raises(UsageError, match="jaffe has neutral, but label space 'ck"):
        mix(["ck+48", "jaffe"], CKPLUS, data=data)
    with pytest.raises(
        UsageError, match="ck.48 has contempt, surprised; jaffe has sur"
    ):
        mix(["ck+48", "jaffe"], EMODB, data=data)
    with pytest.raises(UsageError, match="the map leads to sneering, but"):
        mix(["ck+48", "jaffe"], FACES, {"contempt": "sneering"}, data=data)


def test_a_mix_renames_or_leaves_out_by_its_map(data):
    names = ["ck+48", "jaffe"]
    without = mix(names, FACES, {"contempt": None}, data=data)
    counted = mix(names, FACES, {"contempt": "disgusted"}, data=data)

    assert Counter(without["corpus"]) == {"ck+48": 6, "jaffe": 7}
    assert set(without["emotion"]) == set(FACES)
    assert Counter(counted["emotion"])["disgusted"] == 3 and len(counted) == 14
    contempt = counted[counted["original"] == "contempt"]
    assert contempt["emotion"].tolist() == ["disgusted"]
    assert tuple(counted.columns) == corpora.COLUMNS
    assert counted.index.tolist() == list(range(14))


def test_a_mix_of_corpora_with_one_class_list_needs_no_map(data):
    make(data / "cfe", *EMOTIONS["cfe"])
    assert len(mix(["jaffe", "cfe"], FACES, data=data)) == 14


def test_a_mix_is_rendered_or_recorded_never_both(data):
    make(data / "cfe", *EMOTIONS["cfe"], "RENDERED.json")
    with pytest.raises(UsageError, match="'jaffe': 'real', 'cfe': 'demo'"):
        mix(["jaffe", "cfe"], FACES, data=data)


@pytest.mark.parametrize("names", [[], ["jaffe", "jaffe"]])
def test_a_mix_names_each_corpus_once(data, names):
    with pytest.raises(UsageError, match="name each corpus once"):
        mix(names, FACES, data=data)
