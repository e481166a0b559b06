"""One table of everything, for whom systems were right, and the studies' cards."""

import dataclasses
import itertools
import re

import numpy as np
import pandas as pd
import pytest

from emolib import ROOT, EmolibError, ledger, records
from emolib.book import cards, everything, fairness, figures, gates, quoting
from emolib.corpora.people import people
from emolib.ledger import verdicts

EVIL = "<script>planted()</script>|`*[x](javascript:planted())\n# planted\n"


@pytest.fixture(scope="module")
def quoted():
    return quoting.quotable(set())


@pytest.fixture(scope="module")
def rows(quoted):
    return everything.rows(quoted)


def answers(record):
    """What a record answered, from its file alone."""
    return pd.read_parquet(ROOT / record["record"] / "predictions.parquet")


def right(record):
    table, classes = answers(record), record["space"]["classes"]
    return table[classes].idxmax(axis=1) == table["label"]


def test_every_number_of_the_table_is_what_its_record_holds(rows, quoted):
    sets = [one for one in quoting.grouped(quoted) if one.source == "real"]
    page = everything.page(rows).splitlines()[5:]
    shown = 0
    for row, line in zip(rows, page, strict=False):
        system = row.system
        wanted = [kind for kind in everything.KINDS if getattr(system, kind)]
        assert list(row.runs) == wanted, system.name
        roles = re.findall(r"\{measured\}`([^`]+)`", line)
        assert len(roles) == len(wanted)
        assert line.startswith((f"| [{system.name[0]}", f"| {system.name[:5]}"))
        for kind, role in zip(row.runs, roles, strict=True):
            name, _, wanted = role.partition("?")
            name = name.removesuffix("/accuracy@real")
            named = [one for one in sets if one.name == name]
            (one,) = [one for one in named if quoting.fits(one.told, wanted)]
            assert one is row.runs[kind] or one.records == row.runs[kind].records
            value = np.mean([right(record).mean() for record in one.records])
            assert one.metric("accuracy").startswith(f"{100 * value:.1f}"), role
            shown += 1
        if claim := row.claim:
            assert f"{{claim}}`{claim.id}`" in line
        if row.tested is None:
            continue
        shares = answers(row.tested.records[0])["label"].value_counts(normalize=True)
        classes = len(row.tested.records[0]["space"]["classes"])
        floors = re.findall(r"\[([\d.\\]+)\s\\%\]\(#record", line)
        told = [f"{100 * one:.1f}" for one in (1 / classes, shares.max())]
        assert [text.replace("\\", "") for text in floors] == told, system.name
    assert shown > 15


def test_systems_of_documents_are_no_stand_ins_and_met_nobody(rows):
    for row in rows:
        for kind in ("own", "apart"):
            for record in row.runs[kind].records if kind in row.runs else ():
                systems = ledger.document(record["study"]).systems
                assert verdicts.basis_of(record, systems).basis != "stand-in"
                assert row.system.claim[0] == ledger.document(record["study"]).letter
        for kind in ("apart", "simple"):
            for record in row.runs[kind].records if kind in row.runs else ():
                assert verdicts.shared(record) == 0, record["id"]
        if row.claim and "own" in row.runs:
            record = row.runs["own"].records[0]
            allowed = verdicts.ALLOWED[row.claim.protocol]
            other = "our reading" in row.system.name
            assert (verdicts.shared(record) > allowed) == other, row.system.name


def test_a_planted_record_of_another_kind_does_not_land_in_the_table(rows, quoted):
    before = everything.page(rows)
    one = next(r for r in rows if r.system.name == "C, voice").runs["apart"].records[0]
    other = [
        one | {"source": "demo", "id": "demo-1", "key": "x"},
        one | {"protocol": "random-clips", "experiment": "other", "id": "o-1"},
        one | {"study": "leakage", "id": "leak-1", "key": "y"},
        one | {"experiment": "voice-planted", "id": "p-1", "key": "z"},
    ]
    assert everything.page(everything.rows([*quoted, *other])) == before
    # One that cannot be told from the one that is meant is not passed over in silence.
    twin = one | {"id": "twin-1", "key": "w"}
    with pytest.raises(EmolibError, match="fits 2 runs"):
        everything.rows([*quoted, twin])


def test_what_a_record_calls_itself_is_shown_and_does_nothing(rows):
    row = next(r for r in rows if r.system.name == "B, voice")
    evil = {"corpus": EVIL, "protocol": EVIL, "model": EVIL}

    class Run:
        def __init__(self, run):
            self.runs = [type("One", (), {"record": run.record | evil})()]
            self.space, self.record = run.space, self.runs[0].record
            self.metrics, self.of = run.metrics, run.of

    runs = {k: dataclasses.replace(r, run=Run(r.run)) for k, r in row.runs.items()}
    system = dataclasses.replace(row.system, name=EVIL, by=EVIL)
    planted = everything.Row(system, runs)
    planted.__dict__["floors"] = row.floors
    for text in (everything.page([planted]), everything.title([planted])):
        assert "planted" in text
        assert not re.search(r"(?<!\\)(<script|\]\(java|`\*)|\n#", text)
        line = next(one for one in text.splitlines() if "planted" in one)
        assert (
            len(re.findall(r"(?<!\\)\|", line))
            == text.splitlines()[-3].count(" | ") + 2
        )


def test_verdicts_by_kind_of_system(monkeypatch):
    text = everything.verdict_table()
    for id, found in records.by_claim().items():
        (line,) = [line for line in text.splitlines() if line.startswith(f"| [`{id}`]")]
        counts = [int(n) for n in re.findall(r"\\\((\d+)\\[,)]", line)]
        assert sum(counts) == len(found), id
    # A stand-in that reaches a number says nothing in the document's own columns.
    claim = ledger.claim("C.audio.accuracy")
    high = {"accuracy": {"value": 0.99, "low": 0.98, "high": 1.0}}
    folds = [{"leak": None}]
    other = {"protocol": "subjects-apart", "folds": folds, "metrics": high}
    other |= {"model": "another", "parameters": {}, "experiment": "planted"}
    other |= {"record": "planted-1"}
    monkeypatch.setattr(records, "by_claim", lambda: {claim.id: [other]})
    (line,) = [x for x in everything.verdict_table().splitlines() if claim.id in x]
    assert line.endswith("|  |  | reproduced under its protocol \\(1\\) |")


# -- for whom -------------------------------------------------------------------------


def test_what_is_known_of_people():
    actors = people("ravdess")
    assert actors.index[0] == "ravdess-01" and len(actors) == 24
    assert (actors.iloc[1::2]["sex"] == "woman").all() and actors["age"].isna().all()
    assert people("emodb")["sex"].value_counts().to_dict() == {"man": 5, "woman": 5}
    assert people("tess")["age"].to_list() == [64, 26]
    assert people("unknown").empty


def test_groups_hold_what_the_records_hold(quoted):
    found = fairness.asked(quoted)
    assert [one.name for one in found] == list(fairness.RUNS)
    text = fairness.by_group(found).replace("\\", "").replace(quoting.SPACE, " ")
    lines = text.splitlines()
    for one in found:
        (record, *_), seeds = one.run.records, one.run.records
        table = pd.concat(
            answers(r).assign(right=right(r).to_numpy(float)) for r in seeds
        )
        if table["clip"].duplicated().any() and len(seeds) > 1:
            continue  # copies of a clip are put together first: another test's
        women = table["subject"].map(people(record["corpus"].split()[0])["sex"])
        if set(women) == {"woman"}:
            continue
        for who, sex in (("women", "woman"), ("men", "man")):
            part = table[women == sex]
            mine = [x for x in lines if x.startswith(f"| [{one.name}]")]
            (line,) = [x for x in mine if f"| {who} |" in x]
            n, clips = part["subject"].nunique(), part["clip"].nunique()
            assert f"| {n}, {clips} | {100 * part['right'].mean():.1f} %" in line
    assert not list(gates.outcome_words(text))
    (told,) = [line for line in lines if line.startswith("Tests in this table")]
    shown = [one for one in lines if re.search(r"points, p [=<] 0\.0[0-4]", one)]
    assert told.count(" less ") == len(shown) == 1 and "Voice, simple (women" in told
    each = fairness.by_person(found)
    assert each.count("ravdess\\-") == 24 and each.count("emodb\\-") == 10


def test_people_are_points(quoted, monkeypatch):
    monkeypatch.setattr(quoting, "quotable", lambda made: quoted)
    picture, table = figures.people()
    points = [part.get_offsets() for part in picture.axes[0].collections]
    points = np.concatenate(points[::2])  # behind each group's stand its means
    assert len(points) == len(table) > 100
    assert sorted(points[:, 0]) == pytest.approx(sorted(100 * table["right"]))
    one = next(one for one in fairness.asked(quoted) if one.name == "C, voice")
    by_hand = pd.concat(
        answers(r).assign(right=right(r).to_numpy(float)) for r in one.run.records
    )
    by_hand = by_hand.groupby("subject")["right"].mean()
    assert table.loc["C, voice", "right"].to_dict() == pytest.approx(by_hand.to_dict())


def test_people_are_dealt_to_groups_anew():
    share = {"a": 0.9, "b": 0.8, "c": 0.7, "d": 0.2, "e": 0.4, "f": 0.3, "g": 0.6}
    clips = pd.DataFrame(
        [(who, float(n < 10 * p)) for who, p in share.items() for n in range(10)],
        columns=["subject", "right"],
    )
    first = clips["subject"].isin(["a", "b", "c"])
    gap, p = fairness.difference(clips[first], clips[~first])
    # By hand: all 35 ways, each side of the observed difference, twice the smaller.
    values = np.array(list(share.values()))
    ways = []
    for chosen in itertools.combinations(range(7), 3):
        mask = np.isin(np.arange(7), chosen)
        ways.append(values[mask].mean() - values[~mask].mean())
    ways = np.array(ways)
    assert gap == pytest.approx(values[:3].mean() - values[3:].mean())
    sides = (ways >= gap - 1e-9).mean(), (ways <= gap + 1e-9).mean()
    assert p == pytest.approx(min(1.0, 2 * min(sides)))


def test_groups_alike_are_not_called_different():
    rng = np.random.default_rng(0)
    ps = []
    for _ in range(60):
        chance = rng.uniform(0.3, 0.7, 10)
        names = np.repeat([f"p{n}" for n in range(10)], 30)
        hits = rng.random(300) < np.repeat(chance, 30)
        clips = pd.DataFrame({"subject": names, "right": hits.astype(float)})
        first = clips["subject"].isin([f"p{n}" for n in range(5)])
        ps.append(fairness.difference(clips[first], clips[~first])[1])
    assert np.mean(np.array(ps) < 0.05) < 0.13


# -- cards ----------------------------------------------------------------------------


def test_a_card_holds_what_the_records_hold(rows):
    text = cards.study_cards(rows).replace("\\", "").replace(quoting.SPACE, " ")
    for document in ledger.all_documents():
        assert f"{{dropdown}} Study {document.letter}\n" in text
    run = next(r for r in rows if r.system.name == "C, voice").runs["apart"]
    (record,) = run.records
    table, classes = answers(record), record["space"]["classes"]
    shares = table[classes].to_numpy()
    sure, hit = shares.max(axis=1), right(record).to_numpy()
    place = np.minimum((sure * 10).astype(int), 9)
    gaps = [
        abs(hit[place == n].mean() - sure[place == n].mean()) * (place == n).mean()
        for n in range(10)
        if (place == n).any()
    ]
    (line,) = [x for x in text.splitlines() if f"#record-{record['id']}" in x]
    assert f"| {sum(gaps):.2f} | {100 * sure.mean():.1f} % | 1 |" in line
    assert f"| {len(table)} |" in line and f"{100 * hit.mean():.1f} % [" in line


@pytest.mark.parametrize("page", ["everything", "fairness", "what_survives"])
def test_closing_pages_tell_outcomes_with_their_tests(page):
    text = (ROOT / "book" / f"{page}.md").read_text("utf-8")
    assert list(gates.outcome_words(text)) == []
    assert list(gates.typed_numbers(text)) == []
