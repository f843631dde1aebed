# `make play` and `make test` set up everything they need; only Python 3.11+ and make are assumed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: play test lint types contracts check table judge studies bench clean

play: $(VENV)/.installed
	@$(BIN)/pagerdrill play

test: $(VENV)/.dev
	$(BIN)/pytest -n auto --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

check: test lint types contracts

table: $(VENV)/.dev
	$(BIN)/python -m tests.acts.table $(if $(UPDATE),UPDATE)

judge: $(VENV)/.dev
	$(BIN)/python -m tests.judge.table $(if $(UPDATE),UPDATE)

studies: $(VENV)/.dev
	$(BIN)/python -m tests.oncall.whatif.studies $(if $(UPDATE),UPDATE)

bench: $(VENV)/.dev
	$(BIN)/python tests/bench/bench.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "PagerDrill needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	@echo "setting up (once)..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml
	@echo "setting up (once)..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
