# `make demo` and `make test` need Python 3.11 or later and fetch what else they need. PYTHON=... chooses the interpreter.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test lint wheel bench samples docs clean

export PYTHON PIP_NO_INPUT := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
BIN := .venv/bin

# What tests open documents and pages with (without it, they are skipped), and what the sample meetings speak with.
LOOK := libreoffice-writer poppler-utils chromium chromium-driver
SPEAK := flite festival festvox-kallpc16k espeak-ng

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 14

demo: ## minutes of the sample team meeting, in demo/
	@.ci/venv
	@.ci/demo

test: ## everything that is checked on each change
	@.ci/venv dev
	@.ci/debian $(LOOK) || echo "== going on without: the tests that need them are skipped"
	@$(MAKE) --no-print-directory lint wheel
	@echo "== tests"
	@$(BIN)/python -m pytest -n auto -rfEs
	@echo "== tests that train networks"
	@$(BIN)/python -m pytest -n auto -rfEs -m training
	@echo "== tests that drive a browser and other programs, and what the documents show"
	@$(BIN)/python -m pytest -n auto --dist loadfile -rfEs -m long

lint: ## style and types
	@.ci/venv dev
	@echo "== style and types"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@.ci/types

wheel: ## the wheel alone, in an environment of its own, away from the checkout
	@.ci/venv dev
	@.ci/wheel

bench: ## the numbers of the README, measured here, on one page
	@.ci/venv dev
	@$(BIN)/python bench/page.py

samples: ## sample_meetings/ again, from their scripts
	@.ci/venv dev
	@.ci/debian $(SPEAK)
	@$(BIN)/python sample_meetings/make.py
	@$(BIN)/python sample_meetings/golden.py

docs: ## docs/commands.md, from the commands themselves
	@.ci/venv dev
	@mkdir -p docs
	@$(BIN)/python -m typer bigvoice.cli.app utils docs --name bigvoice --output docs/commands.md

clean: ## away with what was made, but for .venv
	rm -rf build dist demo bench/work *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
