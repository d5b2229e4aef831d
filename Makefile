# Everything that is done with a clone. Each target does the set-up it needs, once.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint format check conformance bench lock picture

VENV := .venv
PYTHON := $(VENV)/bin/python
UV_VERSION := 0.13.9
COMPILE := $(VENV)/bin/uv pip compile -q --universal --generate-hashes --no-header \
	--python-version 3.11

# Where this is set, every start would compile the libraries again: 3 seconds each.
export PYTHONDONTWRITEBYTECODE :=

DATABASE ?= sqlite
WITH_sqlite := $(PYTHON)
WITH_postgres := $(PYTHON) -m tests.postgres $(PYTHON)
WITH_DATABASE = $(or $(WITH_$(DATABASE)),$(error DATABASE is sqlite or postgres))
TESTING := DJANGO_SETTINGS_MODULE=tests.settings $(PYTHON)

help: ## List what can be done
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 18

run: $(VENV)/.runtime .static/staticfiles.json ## Set up what is missing and serve the playground
	@$(PYTHON) manage.py migrate --verbosity 0
	@$(PYTHON) manage.py prepare
	@exec $(PYTHON) -m playground

test: $(VENV)/.dev ## Run all tests, browser tests included; DATABASE=postgres: on PostgreSQL
	@$(PYTHON) -m tests.browser
	@$(WITH_DATABASE) -m pytest -q -n logical --maxprocesses 8 $(ARGS)

lint: $(VENV)/.dev ## Check format, code, templates and types
	@$(PYTHON) -m ruff format --check --quiet . || { echo "Run: make format"; exit 1; }
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m djlint --quiet --lint templates
	@$(PYTHON) -m mypy

format: $(VENV)/.dev ## Put the code into its format
	@$(PYTHON) -m ruff format --quiet .
	@$(PYTHON) -m ruff check --quiet --fix .

check: lint ## All that must hold before a change goes in: lint, migrations, system check, tests
	@$(TESTING) manage.py makemigrations --check --dry-run
	@$(TESTING) manage.py check --fail-level WARNING
	@$(MAKE) --no-print-directory test

conformance: $(VENV)/.dev ## Run the official SDK's own tests against the simulator
	@$(PYTHON) -m tests.simulator.conformance

bench: $(VENV)/.dev .static/staticfiles.json ## Measure start-up, pages, pictures, uploads and runs
	@$(PYTHON) -m bench $(ARGS)

picture: $(VENV)/.dev .static/staticfiles.json ## Make docs/editor.png, the picture of the README
	@$(PYTHON) -m docs.make_picture

lock: $(VENV)/.uv ## Write requirements*.txt anew from requirements*.in
	@$(COMPILE) --upgrade requirements.in -o requirements.txt
	@$(COMPILE) --upgrade requirements-dev.in -o requirements-dev.txt

# Set-up. A file in .venv says that a step is done for what it depends on.

$(VENV)/.uv:
	@./.ci/venv $(VENV)
	@$(PYTHON) -m pip install -q --disable-pip-version-check uv==$(UV_VERSION) \
		|| echo "uv cannot be installed; pip does its work."
	@touch $@

# What is locked and nothing else. pip is slower, and leaves alone what is not listed.
INSTALL = VIRTUAL_ENV=$(CURDIR)/$(VENV) $(VENV)/bin/uv pip sync -q --require-hashes $(1) \
	|| $(PYTHON) -m pip install -q --disable-pip-version-check --require-hashes -r $(1)

$(VENV)/.runtime: requirements.txt | $(VENV)/.uv
	@echo "Installing the packages of $<."
	@$(call INSTALL,$<)
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing the packages of $<."
	@$(call INSTALL,$<)
	@touch $@

.static/staticfiles.json: $(VENV)/.runtime $(shell find static -type f 2>/dev/null)
	@$(PYTHON) manage.py collectstatic --no-input --verbosity 0
