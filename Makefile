# One command each; every one does the set-up it needs. A fresh machine needs Python 3.11+ and make, Node for the browser part.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PLAYGROUND := node_modules/.bin/agentsplayground

# Written once, read by every process that the tests start: else each of them compiles every library anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install run test e2e bench audit chaos soak lint clean

help:
	@echo "make run      the bot with two example plans, and the Agents Playground where Node is present"
	@echo "make install  the set-up alone: $(VENV) from the hashed lock file"
	@echo "make test     the tests, set-up included (BOTH=1: every conversation on SQLite and on PostgreSQL)"
	@echo "make e2e      the browser run: the Playground in headless Chromium"
	@echo "make bench    right answers and times, beside two date libraries (BENCH=--quick: a short run)"
	@echo "make audit    known holes in the libraries of the lock file"
	@echo "make chaos    processes killed while they deliver, and what became of each post (CHAOS='--kills 1000')"
	@echo "make soak     the long volumes; make test runs a sample of each"
	@echo "make lint     style, types and the rules between the folders"

install: $(VENV)/.installed

$(VENV)/bin/python:
	@echo "· making $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Boucle needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "· installing what Boucle needs (about half a minute the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "· installing what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(PLAYGROUND): package-lock.json
	@echo "· installing the Agents Playground"
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

run: $(VENV)/.installed
	@$(BIN)/python -m bot examples
	@if command -v npm >/dev/null 2>&1; then $(MAKE) --no-print-directory $(PLAYGROUND); else echo "· Node is not here, so no Playground; talk with the bot in another terminal: $(BIN)/boucle chat"; fi
	@$(BIN)/python -m bot serve --playground

# Three at once on two cores: many tests wait for what others do.
test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest tests --ignore=tests/e2e -n 3 --dist worksteal $(if $(BOTH),--both)

e2e: $(VENV)/.installed-dev
	@if command -v npm >/dev/null 2>&1; then $(MAKE) --no-print-directory $(PLAYGROUND); fi
	@$(BIN)/python -m pytest tests/e2e -m e2e -rs

# Recognizers-Text needs an emoji of its own time, so it gets an environment of its own; its lock says how it is made.
.venv-bench/.installed: tests/bench/requirements.lock
	@echo "· installing Recognizers-Text, to compare with"
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r tests/bench/requirements.lock
	@touch $@

bench: $(VENV)/.installed-dev .venv-bench/.installed
	@$(BIN)/python -m tests.bench $(BENCH)

.venv-audit/.installed: tests/audit/requirements.lock
	@echo "· installing the auditor"
	@$(PYTHON) -m venv .venv-audit
	@.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/audit/requirements.lock
	@touch $@

audit: $(VENV)/.installed-dev .venv-audit/.installed
	@$(BIN)/python -m tests.audit .venv-audit/bin/pip-audit

# CHAOS="--kills 1000 --seed 7 --on postgresql": how many, which choices, on which database.
chaos: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.soak.chaos $(CHAOS)

soak: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.soak.chaos --kills 1000 --seed 7
	@$(BIN)/python -m tests.soak.races 10000

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

clean:
	@rm -rf $(VENV) .venv-bench .venv-audit node_modules build *.egg-info
