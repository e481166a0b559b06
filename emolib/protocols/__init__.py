"""Protocols: which items may be trained on, which are tested, and what leaks.

An item is one thing a model sees: a clip, a frame of it, a window of its
sound, an augmented copy. Items come as a DataFrame with the columns `item,
clip, subject, sentence, emotion, corpus` and, where they apply, `frame`,
`start` and `stop` (a window) and `copy` (0 the original, 1.. its augmented
copies). A protocol says in `claims_apart` which columns never share a value
between its two sides; `checked` holds it to that, and `leak_report` counts
what the sides share all the same.
"""

from emolib.protocols.draws import LeakError
from emolib.protocols.leaks import checked, leak_report
from emolib.protocols.sizes import matched, pairs, sides, split_validation
from emolib.protocols.splits import (
    PROTOCOLS,
    AugmentedBeforeSplit,
    ClipKFold,
    InOrder,
    LeaveOneCorpusOut,
    LeaveOneSubjectOut,
    OtherCorpora,
    Protocol,
    RandomClips,
    RandomItems,
    SentenceKFold,
    Split,
    SubjectKFold,
    WholeCorpus,
    protocol,
)

__all__ = [
    "AugmentedBeforeSplit",
    "ClipKFold",
    "InOrder",
    "LeakError",
    "LeaveOneCorpusOut",
    "LeaveOneSubjectOut",
    "OtherCorpora",
    "PROTOCOLS",
    "Protocol",
    "RandomClips",
    "RandomItems",
    "SentenceKFold",
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
