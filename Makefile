# Everything is done by `make run` and `make test`; each installs what it needs first.
# Finished steps leave a stamp in .venv, so that a repeated command goes straight to its work.

SHELL := bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
ARGS ?=
ASSET_SOURCES := $(shell find assets -type f 2>/dev/null) package.json package-lock.json

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: .venv/installed-base build/assets.stamp ## Start the product with demo data on http://127.0.0.1:8000 (HOST, PORT, DATA_DIR)
	@exec $(PY) manage.py serve $(ARGS)

.PHONY: test
test: .venv/installed-dev build/assets.stamp ## Run the tests on SQLite and on PostgreSQL (ARGS="-k planning")
	@exec bin/test $(ARGS)

.PHONY: check
check: .venv/installed-dev build/assets.stamp ## Format, lint, types, migrations, templates, production settings, house rules
	@exec bin/check $(ARGS)

.PHONY: format
format: .venv/installed-dev ## Format and fix what can be fixed by itself
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .

.PHONY: bench
bench: .venv/installed-bench ## Measure the planner, the search for places and every page (ARGS="slots")
	@exec $(PY) -m benchmarks $(ARGS)

.PHONY: messages
messages: .venv/installed-base ## Collect the texts to translate into locale/, and compile them
	@exec $(PY) bin/messages.py

.PHONY: assets
assets: .venv/installed-base build/assets.stamp ## Bundle scripts and styles into build/static

.PHONY: install
install: .venv/installed-dev build/assets.stamp ## Install everything for development, start nothing

.PHONY: lock
lock: .venv/made ## Write the lock files anew from pyproject.toml and package.json (ARGS=--upgrade)
	@bin/lock $(ARGS)
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm install --package-lock-only --ignore-scripts --silent

.PHONY: clean
clean: ## Remove what was built and installed; the data in var/ stays
	rm -rf .venv node_modules build .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

.venv/made: requirements/uv.txt
	@bin/venv
	@touch $@

.venv/installed-base: requirements/base.txt requirements/build.txt | .venv/made
	@bin/install base build
	@touch $@

# A superset of base: the second `make run` after it finds nothing left to do.
.venv/installed-dev: requirements/dev.txt | .venv/made
	@bin/install dev
	@touch $@ .venv/installed-base

.venv/installed-bench: requirements/bench.txt | .venv/installed-dev
	@bin/install bench
	@touch $@

build/assets.stamp: $(ASSET_SOURCES) | .venv/installed-base
	@bin/assets
	@touch $@
