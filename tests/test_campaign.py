"""A small slice of the campaign; `make campaign` runs all of it."""

import subprocess
import sys

from emolib import ROOT

COLUMNS = ("refused", "same", "known", "silent", "raw", "crash", "hang", "lost")


def test_a_slice_of_the_campaign():
    command = [sys.executable, ROOT / "tests" / "campaign", "--share", "0.02"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    head, *lines = (line for line in done.stdout.splitlines() if " " * 3 in line)
    assert set(COLUMNS) < set(head.split())
    total = next(line for line in lines if line.startswith("all")).split()
    assert int(total[1]) > 200 and total[5:] == ["."] * 7
