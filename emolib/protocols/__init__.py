"""Protocols: which items may be trained on, which are tested, and what leaks.

An item is one thing a model sees: a clip, a frame of it, a window of its
sound, an augmented copy. Items come as a DataFrame with the columns `item,
clip, subject, sentence, emotion, corpus` and, where they apply, `frame`,
`start` and `stop` (a window) and `copy` (0 the original, 1.. its augmented
copies). A protocol says in `claims_apart` which columns never share a value
between its two sides; `checked` holds it to that, and `leak_report` counts
what the sides share all the same. What no table of items tells, `influence` asks the
whole procedure.
"""

from emolib.protocols.draws import LeakError
from emolib.protocols.leaks import checked, leak_report
from emolib.protocols.sizes import matched, pairs, sides, split_validation
from emolib.protocols.splits import (
    PROTOCOLS,
    AugmentedBeforeSplit,
    ClipKFold,
    InOrder,
    ItemKFold,
    LeaveOneCorpusOut,
    LeaveOneSubjectOut,
    OtherCorpora,
    PeopleAndSentencesKFold,
    Protocol,
    RandomClips,
    RandomItems,
    SentenceKFold,
    SetupKFold,
    Split,
    SubjectKFold,
    WholeCorpus,
    protocol,
)

__all__ = [
    "AugmentedBeforeSplit",
    "ClipKFold",
    "InOrder",
    "ItemKFold",
    "LeakError",
    "LeaveOneCorpusOut",
    "LeaveOneSubjectOut",
    "OtherCorpora",
    "PROTOCOLS",
    "PeopleAndSentencesKFold",
    "Protocol",
    "RandomClips",
    "RandomItems",
    "SentenceKFold",
    "SetupKFold",
    "Split",
    "SubjectKFold",
    "WholeCorpus",
    "checked",
    "leak_report",
    "matched",
    "pairs",
    "protocol",
    "sides",
    "split_validation",
]
