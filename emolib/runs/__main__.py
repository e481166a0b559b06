"""`python -m emolib.runs [--check]`: write or check the generated notebooks.

Where `_config.yml` names a repository, they are made to be opened alone.
"""

import sys
from functools import partial

from emolib import EmolibError
from emolib.book import alone
from emolib.files import shown
from emolib.runs.notebook import check_fronts, sync_notebooks

if __name__ == "__main__":
    try:
        check_fronts()
        place = alone.repository()
        made = partial(alone.notebooks, repository=place) if place else None
        changed = sync_notebooks(check="--check" in sys.argv[1:], made=made)
    except EmolibError as error:
        sys.exit(f"emolib: {error}")
    for path in changed:
        print(f"wrote {shown(path)}")
