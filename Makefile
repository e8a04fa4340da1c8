# GAN Studio. `make` alone lists what there is; `make run` and `make test` set up what they need by themselves.
#
# VENV=folder       where the virtual environment goes (.venv)
# PYTHON=program    which Python makes it (the first of 3.11, 3.12, 3.13, 3.14 that is there)
# TORCH_INDEX=url   where torch's wheel comes from; on Linux without an NVIDIA driver: the CPU wheels, else PyPI
# ARGS="..."        handed to ganstudio (make run) or to pytest (make test)
# NAME=...          one of the figures (make bench), or files, runs or windows alone (make fuzz)
# WORKERS=number    how many processes run the tests side by side; 0: none but the first, which a debugger wants (2)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

VENV ?= .venv
TORCH ?= torch==2.13.0
ARGS ?=
WORKERS ?= 2
NAME ?=
PY := "$(VENV)/bin/python"
PIP := $(PY) -m pip --disable-pip-version-check

.PHONY: help run test test-long test-times test-slow fuzz bench bench-slow lint format screenshot thumbnails wheel bundle lock clean libraries

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.ready  ## Set up and open the window; with no display, train the default experiment without one
	@if $(PY) -m ganstudio.system display; then $(PY) -m ganstudio.system fix; fi
	@$(PY) -m ganstudio $(ARGS)

# What the fast tests and the long ones have in common: side by side, a file in one process, what failed tried once more.
# Compiled files are kept, also where the environment forbids it: the asserts of 300 files, which pytest writes anew, and
# what each program that a test starts would compile for itself.
PYTEST := PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n $(WORKERS) --dist loadfile --reruns 1 --rerun-except 'from pytest-timeout' -raR

test: $(VENV)/.ready-dev libraries  ## Set up and run the fast tests; at least 90 % of the branches outside the window
	$(PYTEST) -m "not slow and not long" --cov --cov-report=term-missing:skip-covered --cov-fail-under=90 $(ARGS)

test-long: $(VENV)/.ready-dev libraries  ## Run the tests that take a second and more each: tests/long.txt
	$(PYTEST) -m "long and not slow" $(ARGS)

test-times: $(VENV)/.ready-dev libraries  ## Run both, and write down anew which are the long ones
	@mkdir -p build
	$(PYTEST) -m "not slow" --junitxml=build/tests.xml $(ARGS)
	$(PY) -m tests.timing build/tests.xml

test-slow: $(VENV)/.ready-dev libraries  ## Run the tests that train to a quality figure
	$(PYTEST) -m slow $(ARGS)

fuzz: $(VENV)/.ready-dev libraries  ## Open 20,000 damaged files, 2,000 damaged runs, and 25 windows before 1,000 such runs
	@$(if $(filter runs windows,$(NAME)),,$(PY) -m tests.fuzzing $(ARGS))
	@$(if $(filter files windows,$(NAME)),,$(PY) -m tests.fuzzing_runs $(ARGS))
	@$(if $(filter files runs,$(NAME)),,$(PY) -m tests.fuzzing_windows $(ARGS))

bench: $(VENV)/.ready-dev libraries  ## Measure the figures, all of them or one: make bench NAME=live_ratio
	@$(PY) -m tests.benchmarks $(NAME)

bench-slow: $(VENV)/.ready-dev libraries  ## Measure the figures that take a quarter of an hour and more to train for
	@$(PY) -m tests.benchmarks --slow $(NAME)

lint: $(VENV)/.ready-dev  ## Check style, types and who imports whom
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	"$(VENV)/bin/lint-imports"

format: $(VENV)/.ready-dev  ## Put the code into its format
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

screenshot: $(VENV)/.ready-dev libraries  ## Make resources/screenshot.png from the real window
	@$(PY) -m ganstudio.gui.screenshot resources/screenshot.png

thumbnails: $(VENV)/.ready-dev libraries  ## Draw the pictures of the presets
	@$(PY) -m ganstudio.gui.library.thumbnails

wheel: $(VENV)/.ready-dev  ## Build the wheel into dist/
	@$(PIP) wheel --quiet --no-deps --wheel-dir dist .
	@ls dist/*.whl

bundle: $(VENV)/.ready-bundle libraries  ## Build the bundle, pack it into dist/, and use what was packed
	@QT_QPA_PLATFORM=xcb $(PY) -m ganstudio.system fix
	@$(PY) -m tests.bundle

lock: $(VENV)/.ready-dev  ## Choose anew which versions a bundle is made of: tests/bundle/lock.txt
	@$(PIP) install --quiet uv
	@$(PY) -m tests.bundle.locking

clean:  ## Remove the virtual environment and everything that was built; runs are kept
	rm -rf "$(VENV)" build dist .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Painting offscreen too takes libraries that a new server lacks: install them, or say how.
libraries: $(VENV)/.made
	@$(PY) -m ganstudio.system fix

$(VENV)/.ready: pyproject.toml | $(VENV)/.torch
	@echo "Installing GAN Studio and what it needs ..."
	@$(PIP) install --quiet --editable .
	@touch "$@"

$(VENV)/.ready-dev: pyproject.toml | $(VENV)/.torch
	@echo "Installing GAN Studio, what it needs and the tools that check it ..."
	@$(PIP) install --quiet --editable '.[dev]'
	@touch "$@" "$(VENV)/.ready"

$(VENV)/.ready-bundle: pyproject.toml tests/bundle/lock.txt | $(VENV)/.torch
	@echo "Installing GAN Studio, what it needs and what makes bundles, each file held against its checksum ..."
	@$(PIP) install --quiet --require-hashes --requirement tests/bundle/lock.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch "$@" "$(VENV)/.ready"

# torch comes first, and alone, because PyPI's wheel for Linux brings gigabytes of CUDA libraries. A wheel that pip
# has at hand (PIP_FIND_LINKS) is taken before any index is asked; what torch depends on comes with the rest.
$(VENV)/.torch: | $(VENV)/.made
	@echo "Installing $(TORCH) (some 200 MB without CUDA; this happens once) ..."
	@index="$(TORCH_INDEX)"; \
	if [ -z "$$index" ] && [ "$$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null; then \
		index=https://download.pytorch.org/whl/cpu; \
	fi; \
	$(PIP) install --quiet --no-deps --no-index "$(TORCH)" 2>/dev/null \
		|| $(PIP) install $${index:+--extra-index-url "$$index"} "$(TORCH)"
	@touch "$@"

$(VENV)/.made:
	@fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'; \
	for python in $(if $(PYTHON),"$(PYTHON)",python3.11 python3.12 python3.13 python3.14 python3 python); do \
		if "$$python" -c "$$fits" 2>/dev/null; then found="$$python"; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
		echo "GAN Studio needs Python 3.11 to 3.14; $(or $(PYTHON),python3) is $$("$(or $(PYTHON),python3)" --version 2>/dev/null || echo not there)."; \
		echo "Install one (Debian, Ubuntu: sudo apt-get install python3 python3-venv), or name one: make PYTHON=/path/to/python3.11"; \
		exit 1; \
	fi >&2; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$found can't make virtual environments: its venv module is missing. On Debian and Ubuntu install it with"; \
		"$$found" -c 'import sys; print("  sudo apt-get install -y python%d.%d-venv" % sys.version_info[:2])'; \
		exit 1; \
	fi >&2; \
	echo "Making a virtual environment in $(VENV) with $$("$$found" --version) ..."; \
	"$$found" -m venv "$(VENV)"
	@touch "$@"
