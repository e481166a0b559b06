"""The records that come with the book: what steered them, and what they are runs of."""

import re

import pytest

from emolib import ROOT, ledger, protocols, records
from emolib.book import everything, quoting
from emolib.ledger import verdicts

AS_DOCUMENTED = {
    "confidence-fusion": {"voice", "voice-zeros-behind"},
    "early-fusion": {"sound-pictures", "sound-changes"},
    "speech-and-stills": {"speech-literal", "speech-standardised", "speech-tanh"},
}
"""The experiments that watch the test side because the document does, and say so."""


def steered(record):
    """Whether the test side was watched where the record keeps something apart from it.

    What the documents do, they do with clips drawn at random: with people or corpora
    apart nothing excuses it. Records of before there were learners are not judged.
    """
    if "learner" not in record or record["parameters"].get("watch") != "test":
        return False
    apart = protocols.protocol(record["protocol"]).claims_apart
    documented = record["experiment"] in AS_DOCUMENTED.get(record["study"], ())
    return bool(apart) and not (documented and apart == ("clip",))


def test_no_committed_record_watched_what_it_tested():
    found = records.load(records.committed_folder())
    assert len(found) > 50
    watching = [record["record"] for record in found if steered(record)]
    assert not watching


@pytest.mark.parametrize(
    ("experiment", "protocol", "watch", "refused"),
    [
        ("voice", "random-clips", "test", False),
        ("voice", "subjects-apart", "test", True),
        ("voice-ladder", "random-clips", "test", True),
        ("voice-ladder", "random-clips", "nothing", False),
        ("voice-ladder", "leave-one-corpus-out", "test", True),
        ("voice-ladder", "random-items", "test", False),  # it keeps nothing apart
        ("joined", "subjects-apart", None, False),
    ],
)
def test_a_record_that_watched_what_it_kept_apart_is_named(
    experiment, protocol, watch, refused
):
    record = {
        "study": "confidence-fusion", "experiment": experiment, "protocol": protocol,
        "parameters": {"watch": watch} if watch else {}, "learner": {"kind": "Network"},
    }  # fmt: skip
    assert steered(record) == refused
    del record["learner"]
    assert not steered(record)


def test_the_title_table_holds_documents_systems_only():
    """As described or with a change that is named: no stand-in has its number there."""
    page = (ROOT / "book" / "index.md").read_text("utf-8")
    assert "generated/title.md" in page
    quoted = quoting.quotable(set())
    table, sets = everything.title(everything.rows(quoted)), quoting.grouped(quoted)
    roles = re.findall(r"\{measured\}`([^`?]+)/\w+@real(?:\?([^`]+))?`", table)
    assert len(roles) == table.count("{measured}") > 1
    for name, wanted in roles:
        real = [one for one in sets if one.source == "real" and one.name == name]
        (quoted,) = [one for one in real if quoting.fits(one.told, wanted)]
        (source,) = (
            d for d in ledger.all_documents() if name.startswith(f"{d.study}/")
        )
        for record in quoted.records:
            basis = verdicts.basis_of(record, source.systems).basis
            assert basis in ("as described", "changed"), record["id"]
