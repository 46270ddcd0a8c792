# Every target prepares .venv by itself. PYTHON=python3.12 picks an interpreter; without it the newest suitable one is taken.

PYTHON ?= python3.13 python3.12 python3.11 python3
BIN := .venv/bin


NEED_PYTHON := Statusbote needs Python 3.11 or newer: install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python) or say where it is with PYTHON=/path/to/python3.
NEED_VENV := Python's venv module is missing: install it (Debian, Ubuntu: apt-get install python3-venv).

.PHONY: help setup demo run test lint bench texts lock

help: ## shows this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

setup: .venv/program ## prepares .venv and nothing else

demo: .venv/program ## makes an example shop in a folder of its own and plays one order through
	@exec $(BIN)/statusbote demo

run: .venv/program ## runs web and worker with your own data folder (./data)
	@exec $(BIN)/statusbote run

test: .venv/tests ## runs the tests; ARGS="-k story" picks some
	@$(BIN)/python -m pytest -q -n auto --dist worksteal $(ARGS)

lint: .venv/tests ## checks style and types
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: .venv/program ## measures this machine and prints the figures beside the goals
	@$(BIN)/python bench/run.py $(ARGS)

texts: .venv/tests ## brings every room's de.po in step with the texts in code and templates
	@$(BIN)/python tests/texts.py

lock: .venv/tests ## makes the locked requirements anew from pyproject.toml
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --group build --universal --upgrade --generate-hashes --no-header --no-annotate --quiet --output-file requirements.txt
	@$(BIN)/uv pip compile pyproject.toml --group build --extra dev --universal --upgrade --generate-hashes --no-header --no-annotate --quiet --constraint requirements.txt --output-file requirements-dev.txt

.venv/bin/python:
	@found=; \
	for python in $(PYTHON); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    found=yes; \
	    if "$$python" -c 'import ensurepip, venv' 2>/dev/null; then exec "$$python" -m venv .venv; fi; \
	  fi; \
	done; \
	if [ "$$found" ]; then echo "$(NEED_VENV)"; else echo "$(NEED_PYTHON)"; fi >&2; exit 1

.venv/program: .venv/bin/python requirements.txt pyproject.toml
	@echo "Preparing .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/tests: .venv/program requirements-dev.txt
	@echo "Adding what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@
