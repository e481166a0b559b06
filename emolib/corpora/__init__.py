"""Published corpora: a table of their clips, a check of their files, downloads.

One module a corpus says how its files are named and what is documented of it
(`ravdess`, `tess`, `raf_db` ...); `base` says what a corpus is, `names` how names
are read, `registry` which corpora there are; `manifest`, `mixed`, `report` and
`download` do the same work for all of them; `sheets` reads the tables that some
bring along.
"""

from emolib.corpora.base import COLUMNS, Corpus, Download
from emolib.corpora.download import fetch
from emolib.corpora.manifest import index
from emolib.corpora.mixed import mix
from emolib.corpora.names import Named, number
from emolib.corpora.registry import CORPORA, corpus, known, register
from emolib.corpora.report import Report, check, sizes

__all__ = [
    "COLUMNS",
    "CORPORA",
    "Corpus",
    "Download",
    "Named",
    "Report",
    "check",
    "corpus",
    "fetch",
    "index",
    "known",
    "mix",
    "number",
    "register",
    "sizes",
]
