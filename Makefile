# Everything from a bare Python 3.11, 3.12 or 3.13: `make book`, `make test`.
PYTHON ?= python3
PROFILE ?= quick
TORCH := torch==2.13.0
# The address of PyTorch's CPU index, if you do not want CUDA (see README.md).
TORCH_INDEX ?=

BIN := .venv/bin
READY := .venv/.ready
AXE := .venv/axe/.ready
EXTRAS := .venv/.extras
REVEAL := .venv/reveal/.ready

.PHONY: book extras test campaign lab lint format lock oracles
.PHONY: campaign-runs check-colab picture zip clean help
help:
	@echo "make book    execute the notebooks, build _build/html/index.html"
	@echo "make test    run the tests"
	@echo "make campaign  damage, kill and plant thousands of faults"
	@echo "make campaign-runs  kill sweeps, their runs and kernels at random"
	@echo "make extras  install what app, teaching, clusters and some tests need"
	@echo "make lab     copy the notebooks to my-notebooks/, open them in JupyterLab"
	@echo "make lint    check style and generated files"
	@echo "make format  mend style, write notebooks/*.ipynb from the .py"
	@echo "make lock    resolve the dependencies anew"
	@echo "make oracles  ask other libraries what ours must give"
	@echo "make check-colab  try notebooks alone, with what Colab brings"
	@echo "make picture  take the README's picture of the built title page"
	@echo "make zip     the built book as one file, _build/book.zip"
	@echo "make clean   remove builds, caches, demo data and your runs"
	@echo "PROFILE=smoke|quick says how much work the build does"

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; \
	sys.exit(0 if (3, 11) <= v <= (3, 13) else \
	f"Python 3.11, 3.12 or 3.13 is needed, $(PYTHON) is {v[0]}.{v[1]}: \
	make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet \
	  $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $(TORCH)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes \
	  -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

book: $(READY)
	$(BIN)/python -m emolib.book build --profile $(PROFILE)

# For the tests in the browser; without it they leave out what it looks at.
$(AXE): tests/axe.txt | $(READY)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --upgrade \
	  --target .venv/axe -r tests/axe.txt
	@touch $@

# What the live demo, teaching, clusters and opensmile need beyond the book.
extras: $(EXTRAS) $(REVEAL)
$(EXTRAS): requirements-extra.lock | $(READY)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes \
	  -r requirements-extra.lock
	@touch $@

# For slides; without it no edition for instructors is written.
$(REVEAL): .ci/reveal.txt | $(READY)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --upgrade \
	  --target .venv/reveal -r .ci/reveal.txt
	@touch $@

# In four parts, two at a time, the longest first: what imports Keras or torch, which
# takes seconds; what starts processes; the rest; what looks at pages in a browser.
TESTS := $(wildcard tests/test_*.py tests/*/test_*.py)
importing = $(shell grep -lE '^ *(import|from) ($(1))\b' $(2))
NETWORKS = $(call importing,keras|torch,$(TESTS))
BROWSERS = $(call importing,chromium,$(filter-out $(NETWORKS),$(TESTS)))
SO_FAR = $(NETWORKS) $(BROWSERS)
PROCESSES = $(call importing,subprocess|kills,$(filter-out $(SO_FAR),$(TESTS)))
OTHERS = $(filter-out $(SO_FAR) $(PROCESSES),$(TESTS))
PARTS := test-processes test-networks test-others test-browsers
.PHONY: $(PARTS)
test: $(READY) $(AXE) $(REVEAL)
	@$(MAKE) --no-print-directory --keep-going --jobs=2 $(PARTS)

test-processes: $(READY)
	@$(BIN)/python -m pytest $(PROCESSES)

test-networks: $(READY)
	@$(BIN)/python -m pytest $(NETWORKS)

test-others: $(READY)
	@$(BIN)/python -m pytest $(OTHERS)

test-browsers: $(READY) $(AXE)
	@$(BIN)/python -m pytest $(BROWSERS)

campaign: $(READY)
	$(BIN)/python tests/campaign

campaign-runs: $(READY)
	$(BIN)/python tests/campaign/kills.py

lab: $(READY)
	$(BIN)/python -m emolib.cli notebooks my-notebooks
	$(BIN)/python -m jupyterlab --notebook-dir=my-notebooks

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m emolib.runs --check

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m emolib.runs

lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python .ci/lock

# Installed apart: none of these may come near the project's own environment.
oracles: $(READY)
	rm -rf _build/oracles
	$(BIN)/python -m pip install --quiet --no-deps --target _build/oracles \
	  -r tests/oracles/requirements.txt
	PYTHONPATH=_build/oracles $(BIN)/python tests/oracles/backbones.py
	PYTHONPATH=_build/oracles $(BIN)/python tests/oracles/scores.py

# Notebooks alone, in an environment with Colab's versions; needs the package index.
check-colab: $(READY)
	$(BIN)/python -m pip install --quiet uv
	TORCH_INDEX=$(TORCH_INDEX) $(BIN)/python .ci/check_colab

# The README's picture, from the built title page.
picture: $(READY)
	$(BIN)/python .ci/picture

# The whole book as one file, to hand on or to put on any server.
zip: $(READY)
	cd _build && ../$(BIN)/python -c \
	  'import shutil; print(shutil.make_archive("book", "zip", ".", "html"))'

clean:
	rm -rf _build runs cache data/demo-*
