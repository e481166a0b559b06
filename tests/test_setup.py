"""The ways to set the project up say the same thing."""

import re
import tomllib

import yaml

from emolib import ROOT

LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DIRECT = PROJECT["dependencies"] + sum(PROJECT["optional-dependencies"].values(), [])
PINS = re.findall(r"^([a-z0-9-]+)==([^ \\]+)(.*)", LOCK, re.M)


def test_the_conda_environment_holds_the_versions_of_the_lock():
    conda, pip = [], []
    for entry in yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]:
        (pip.extend(entry["pip"]) if isinstance(entry, dict) else conda.append(entry))
    locked = {f"{name}=={version}" for name, version, _ in PINS}
    torch = re.search(r"TORCH := (\S+)", (ROOT / "Makefile").read_text())[1]

    assert conda == ["python=3.11", "pip"]
    assert pip[0] == torch and pip[-1] == "-e ."
    assert set(pip[1:-1]) <= locked
    named = {re.match(r"[a-z0-9-]+", entry)[0] for entry in DIRECT}
    assert {entry.split("==")[0] for entry in pip[:-1]} == named


def test_the_lock_pins_with_hashes_and_names_no_host():
    assert "://" not in LOCK and "index-url" not in LOCK
    blocks = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(blocks) == len(PINS)
    assert all("--hash=sha256:" in block for block in blocks)


def test_torch_and_cuda_stay_out_of_the_lock():
    names = {name for name, _, _ in PINS}
    assert not [n for n in names if re.match(r"torch$|nvidia|cuda|triton", n)]


def test_importing_the_package_loads_nothing_heavy():
    import subprocess
    import sys

    heavy = ["numpy", "tensorflow", "keras", "torch", "librosa", "cv2", "pandas"]
    code = f"import emolib, sys; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert out.stdout.strip() == "[]"
