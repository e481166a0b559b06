"""A corpus of one's own, as an outsider brings it: the page's own code is run."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from emolib import ROOT, UsageError, cli, corpora, labels
from emolib.corpora import CORPORA, Corpus, Named, known, register, registry
from emolib.features import store
from emolib.media import write_sound

PAGE = (ROOT / "book" / "bring_your_own_data.md").read_text("utf-8")
EXAMPLE = ROOT / "book" / "examples" / "glasovi.py"
WORDS = {
    "nevtralno": "neutral",
    "veselje": "happy",
    "žalost": "sad",
    "jeza": "angry",
    "strah": "fearful",
    "presenečenje": "surprised",
}
SENTENCES = ("M AA' M AX", "N OO' S IH")  # as the studio spells sounds
BARE = {"title": "A corpus", "patterns": (".wav",)}


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """Nine rendered speakers, six emotions, two sentences; said to be rendered."""
    from emolib.studio import Causes, voice

    folder = tmp_path_factory.mktemp("home") / "recordings"
    for person in range(1, 10):
        for word, emotion in WORDS.items():
            for sentence in (1, 2):
                causes = Causes(person, emotion, sentence=sentence, female=person % 2)
                said = voice.speak(causes, 0.7, 16000, SENTENCES[sentence - 1])
                name = f"glasovi/G{person}/G{person}-{word}-{sentence}.wav"
                write_sound(folder / name, said.samples, said.rate)
    (folder / "glasovi" / "RENDERED.json").write_text("{}")
    return folder


@pytest.fixture
def home(recordings, tmp_path, monkeypatch):
    """A home as the page describes it; everything that is written stays in it."""
    monkeypatch.setenv("HOME", str(recordings.parent))
    own = recordings.parent / "my-corpora"
    own.mkdir(exist_ok=True)
    (own / "glasovi.py").write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    monkeypatch.setenv("EMOLIB_CORPORA", "~/my-corpora")
    monkeypatch.setenv("EMOLIB_DATA", "~/recordings")
    monkeypatch.setenv("EMOLIB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(store, "ROOT", tmp_path)
    monkeypatch.setattr(registry, "_registered", {})
    monkeypatch.setattr(labels, "SPACES", dict(labels.SPACES))
    return recordings.parent


# ---- the page ----


def test_it_takes_an_outsider_under_forty_lines():
    lines = EXAMPLE.read_text("utf-8").splitlines()
    assert len(lines) < 40
    assert "examples/glasovi.py" in PAGE


def test_the_commands_of_the_page(home):
    (commands,) = blocks("bash")
    environment = dict(os.environ)
    for name in ("EMOLIB_CORPORA", "EMOLIB_DATA"):
        environment.pop(name)
    path = f"{Path(sys.executable).parent}:{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-e", "-c", commands],
        env=environment | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    listed = [line for line in done.stdout.splitlines() if line.startswith("glasovi,")]
    assert listed and listed[0].startswith("glasovi,108,9,all rights reserved")
    assert "note" not in done.stdout and "fault" not in done.stdout


def test_the_code_of_the_page(home):
    from emolib import records

    known_here = {}
    for code in blocks("python"):
        exec(compile(code, "bring_your_own_data.md", "exec"), known_here)

    clips, table, shared = (known_here[name] for name in ("clips", "table", "shared"))
    assert len(clips) == 108 and set(clips["source"]) == {"demo"}
    assert clips.groupby("original")["emotion"].first().to_dict() == WORDS
    assert clips["subject"].nunique() == 9 and set(clips["channel"]) == {"speech"}
    assert list(table.index) == ["clips apart", "sentences apart", "people apart"]
    assert (table["value"] > 2 / 6).all() and table.loc["people apart", "people"] == 9
    assert shared.loc["people apart", "subject"] == 0 < shared.loc["clips apart"].max()
    (record,) = [
        r for r in records.load(records.runs_folder())
        if r["protocol"] == "subjects-apart"
    ]  # fmt: skip
    assert record["corpus"] == "glasovi"
    space = corpora.corpus("glasovi").space
    assert record["space"] == {"name": "glasovi", "classes": list(space)}
    pairs = corpora.index("glasovi-pairs", home / "recordings" / "glasovi")
    assert pairs["emotion"].value_counts().to_dict() == {"angry": 18, "sad": 18}


def test_a_package_brings_a_corpus_along(home, monkeypatch):
    """As installing one would: its code and its list of entry points on the path."""
    (text,) = blocks("toml")
    (group, points), *_ = tomllib.loads(text)["project"]["entry-points"].items()
    site = home / "site"
    (site / "my_package").mkdir(parents=True)
    (site / "my_package" / "__init__.py").touch()
    (site / "my_package" / "glasovi.py").write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    facts = site / "my_package-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Name: my-package\nVersion: 1.0\n")
    lines = [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (facts / "entry_points.txt").write_text("\n".join(lines))
    monkeypatch.delenv("EMOLIB_CORPORA")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr(registry, "_installed", registry._installed.__wrapped__)
    assert known()["glasovi"].subjects == 9
    assert len(corpora.index("glasovi")) == 108


# ---- what is refused, and where nothing is run ----


def own(
    name="mine", classes=("happy", "sad"), pattern=r"(?P<emotion>\w+)_\d+",
    clip="{stem}", **more,
):  # fmt: skip
    space = labels.LabelSpace(name, classes)
    parse = Named(pattern, space, clip=clip)
    return Corpus(name=name, space=space, parse=parse, **BARE | more)


def test_without_a_word_from_the_reader_nothing_is_run(home, monkeypatch):
    monkeypatch.delenv("EMOLIB_CORPORA")
    for place in ("corpora", "glasovi"):
        folder = home / "recordings" / place
        folder.mkdir(exist_ok=True)
        (folder / "corpus.py").write_text("raise SystemExit('run')")
    assert list(known()) == list(CORPORA)
    with pytest.raises(UsageError, match="no corpus 'glasovi'.*EMOLIB_CORPORA"):
        corpora.index("glasovi")
    for place in ("corpora", "glasovi"):
        (home / "recordings" / place / "corpus.py").unlink()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("corpus = 1", r"bad\.py: it should say CORPUS = Corpus\(...\), and says None"),
        ("CORPUS = 'x'", "and says 'x'"),
        ("def", r"bad\.py: no corpus can be made of it \(SyntaxError"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        (
            EXAMPLE.read_text("utf-8").replace('"glasovi"', '"tess"', 1),
            r"bad\.py: there is another corpus 'tess'; give this one another",
        ),
        (
            EXAMPLE.read_text("utf-8").replace('Space("glasovi"', 'Space("tess"'),
            "label space 'tess' is there with other classes",
        ),
        (
            EXAMPLE.read_text("utf-8").replace('"jeza": "angry"', '"jeza": "angy"'),
            "has no class angy; it has neutral",
        ),
        (
            EXAMPLE.read_text("utf-8").replace("<subject>", "<speaker>"),
            "'speaker' cannot be read off names: a column is one of subject,",
        ),
        (
            EXAMPLE.read_text("utf-8").replace("[12])", "[12"),
            "is no regular expression",
        ),
    ],
)
def test_a_file_that_is_no_corpus_is_named(tmp_path, monkeypatch, text, message):
    (tmp_path / "bad.py").write_text(text, "utf-8")
    (tmp_path / "_helper.py").write_text("raise SystemExit('run')")
    monkeypatch.setenv("EMOLIB_CORPORA", str(tmp_path))
    monkeypatch.setattr(labels, "SPACES", dict(labels.SPACES))
    with pytest.raises(UsageError, match=message):
        known()
    with pytest.raises(SystemExit) as end:
        cli.main(["data", "list"])
    assert end.value.code == 2


def test_a_place_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv("EMOLIB_CORPORA", str(tmp_path / "no"))
    with pytest.raises(UsageError, match="no: not there, though EMOLIB_CORPORA names"):
        known()


def test_a_file_is_read_again_when_it_has_changed(home):
    file = home / "my-corpora" / "glasovi.py"
    assert known()["glasovi"] is known()["glasovi"]
    file.write_text(EXAMPLE.read_text("utf-8").replace("subjects=9", "subjects=8"))
    os.utime(file, (1, 1))
    assert known()["glasovi"].subjects == 8


def test_registering_again_replaces_and_a_published_name_is_refused(home):
    register(own())
    again = register(own(subjects=2))
    assert corpora.corpus("mine") is again and labels.SPACES["mine"] == again.space
    with pytest.raises(UsageError, match="another corpus 'glasovi'"):
        register(own("glasovi"))
    with pytest.raises(UsageError, match="label space 'mine' is there with other"):
        register(own(classes=("sad", "happy")))
    assert corpora.corpus("mine") is again


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"name": "../mine"}, "cannot name a corpus"),
        ({"name": "Mine"}, "cannot name a corpus"),
        ({"patterns": ".wav"}, r"must be suffixes such as \('.wav',\)"),
        ({"patterns": ("wav",)}, "must be suffixes"),
        ({"counts": {"angry": 3}}, "has no class angry"),
        ({"pattern": r"(?P<subject>\w+)"}, r"has no group \(\?P<emotion>"),
        ({"clip": "{speaker}/{stem}"}, "cannot name a clip: .*not 'speaker'"),
    ],
)
def test_facts_that_cannot_be(facts, message):
    with pytest.raises(UsageError, match=message):
        own(**facts)


@pytest.mark.parametrize(
    ("parse", "message"),
    [
        (lambda path: {"emotion": "bored"}, "mine reads the emotion 'bored' off it"),
        (lambda path: {"emotion": "sad", "speaker": "1"}, "mine reads speaker off it"),
        (lambda path: {}["a"], r"mine cannot read this name \(KeyError: 'a'\)"),
        (lambda path: "sad", "mine reads a, d, s off it"),
        (lambda path: 3, r"mine cannot read this name \(TypeError"),
    ],
)
def test_a_function_that_reads_names_wrongly(tmp_path, home, parse, message):
    space = labels.LabelSpace("mine", ("happy", "sad"))
    register(Corpus(name="mine", space=space, parse=parse, **BARE))
    (tmp_path / "a.wav").touch()
    with pytest.raises(UsageError, match=rf"a\.wav: (the corpus )?{message}"):
        corpora.index("mine", tmp_path)


def test_a_function_may_leave_out_what_it_does_not_know(tmp_path, home):
    space = labels.LabelSpace("mine", ("happy", "sad"))
    parse = lambda path: {"emotion": "sad", "modality": "audio"}  # noqa: E731
    register(Corpus(name="mine", space=space, parse=parse, **BARE))
    (tmp_path / "a.wav").touch()
    assert corpora.index("mine", tmp_path)["subject"].tolist() == [""]


# ---- names ----

SPACE = labels.LabelSpace("two", ("happy", "sad"))


def test_a_letter_with_its_accent_apart_is_the_same_letter():
    parse = Named(r"(?P<emotion>\w+)-(?P<subject>\w+)", {"žalost": "sad"})
    apart = parse("z\u030calost-A.wav")
    assert apart == parse("žalost-A.wav") | {"clip": "z\u030calost-A"}
    assert apart["original"] == "žalost"


def test_folders_are_read_and_may_name_the_clip():
    parse = Named(r"(?P<emotion>[a-z]+)/\d+", SPACE, clip="{original}/{stem}")
    assert parse("x/y/Joy/01.png") == {
        "clip": "joy/01",
        "subject": "",
        "modality": "image",
        "original": "joy",
        "emotion": "happy",
    }
    assert parse("01.png") is None and parse("anger/01.png") is None


@pytest.mark.parametrize(
    ("file", "modality"),
    [("1.wav", "audio"), ("1.mp4", "audio-video"), ("1.JPG", "image")],
)
def test_the_modality_follows_from_the_suffix(file, modality):
    assert Named(r"(?P<emotion>\d)", {"1": "sad"})(file)["modality"] == modality


def test_a_modality_that_a_file_cannot_have():
    parse = Named(
        r"(?P<emotion>\d)(?P<modality>[av])",
        {"1": "sad"},
        reads={"modality": {"a": "audio", "v": "video"}},
    )
    assert parse("1v.mp4")["modality"] == "video" and parse("1a.wav")
    assert parse("1v.wav") is None and parse("1a.mp4") is None


def test_what_cannot_be_read_is_not_the_corpus_own():
    parse = Named(
        r"(?P<emotion>\d)(?P<intensity>[a-z])?",
        {"1": "sad"},
        {"intensity": {"l": "low"}},
    )
    assert parse("1L.wav")["intensity"] == "low" and parse("1.wav")["intensity"] == ""
    assert parse("1x.wav") is None and parse("2l.wav") is None
