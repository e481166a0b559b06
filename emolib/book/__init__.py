"""The book: executed notebooks and pages, checked and turned into HTML.

    python -m emolib.book build --profile quick

renders demo data if there is none, executes the notebooks that changed, lays
everything out under `_build/source` (see `stage`), refuses what must not be
published (see `gates`) and writes `_build/html/index.html`.
"""
