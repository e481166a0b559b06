"""`python -m emolib.runs [--check]`: write or check the generated notebooks.

Where `_config.yml` names a repository, they are made to be opened alone.
"""

import sys

from emolib import EmolibError
from emolib.book import alone
from emolib.files import shown
from emolib.runs.notebook import check_fronts, sync_notebooks

if __name__ == "__main__":
    try:
        check_fronts()
        changed = sync_notebooks(check="--check" in sys.argv[1:], made=alone.beside)
    except EmolibError as error:
        sys.exit(f"emolib: {error}")
    for path in changed:
        print(f"wrote {shown(path)}")
