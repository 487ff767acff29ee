# Roundtable: one front door. `make` alone lists what can be done.
#
# Nothing but Python 3.11 or newer and make has to be on the machine. Each step leaves a stamp behind, so that
# a second start does only what has changed since.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --require-virtualenv
# The tools of the front end (node, npm) are installed into the virtual environment.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Packages are compiled once, when they are installed, and not at every start, whatever the machine is set to.
unexport PYTHONDONTWRITEBYTECODE
# Two workers suit two cores: the tests wait on databases and browsers as much as they compute.
WORKERS ?= 2
ARGS ?=

ASSETS := $(wildcard webapp/assets/*.* webapp/assets/*/*.*)
RUN_READY := $(VENV)/.ready-to-run
TEST_READY := $(VENV)/.ready-to-test
NODE_READY := node_modules/.ready
BUILT := webapp/static/dist/manifest.json

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run walk front setup browser test journeys prove crash upgrade-dump pictures bench bench-quick check format lint types imports templates lock clean

help: ## Show this list
	@echo "Roundtable: active case management for neighbourhood teams"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Run

run: $(RUN_READY) $(BUILT) ## Start web and worker with the demonstration, and print address and sign-ins
	@exec $(BIN)/roundtable serve $(ARGS)

walk: setup ## Walk the twelve demonstration cases, and a year of reviews that nobody does, through pages, diagrams and worker, with a moved clock
	@$(BIN)/python -m tests.walk $(ARGS)

front: $(BUILT) ## Build styles and scripts

##@ Test

test: setup browser ## Run every test: both databases, journeys in a browser; sets itself up
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

journeys: setup browser ## Run the journeys in a browser only
	@$(BIN)/python -m pytest -n $(WORKERS) -m journey $(ARGS)

prove: setup ## Try chance for long: random diagrams through the engine, random acts through the office, every upgrade (over an hour)
	@ROUNDTABLE_PROVE=1 $(BIN)/python -m pytest tests/engine tests/model tests/upgrade $(ARGS)

upgrade-dump: setup ## Write down a service of this version with a case wherever one can wait, for the versions to come to upgrade
	@$(BIN)/python -m tests.upgrade

pictures: setup browser ## Draw the pictures of the README from the running service
	@$(BIN)/python -m tests.journeys.pictures

crash: setup ## Kill the service at each named point of what it writes, on both databases, and see what is left
	@$(BIN)/python -m tests.crash

bench: setup ## Measure how quick it is and stays, on SQLite and PostgreSQL (about an hour)
	@$(BIN)/python -m tests.bench $(ARGS)

bench-quick: setup ## The same figures on small data
	@$(BIN)/python -m tests.bench --quick $(ARGS)

check: lint types imports templates test ## What CI runs: format, lint, types, imports, templates, tests

##@ Parts of the check

format: $(TEST_READY) ## Put the code into its form
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

lint: $(TEST_READY) ## Form and habits of the code
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: $(TEST_READY) ## Types, strictly
	@$(BIN)/mypy

imports: $(TEST_READY) ## Who may import whom
	@$(BIN)/lint-imports

templates: $(TEST_READY) ## The pages' templates
	@if [ -d webapp/templates ]; then $(BIN)/djlint webapp/templates --lint --quiet; fi

##@ Set up

setup: $(TEST_READY) $(BUILT) ## Make the environment for work and tests

browser: $(TEST_READY) ## Find or install a browser for the journeys
	@$(BIN)/python -m tests.browser

lock: $(TEST_READY) ## Bring the lock files up to date (pass ARGS=--upgrade for newer versions)
	@$(PIP) install -q uv
	@$(BIN)/uv pip compile $(LOCKING) --group build -o requirements.lock $(ARGS)
	@$(BIN)/uv pip compile $(LOCKING) --group build --group dev -c requirements.lock -o requirements-dev.lock $(ARGS)
	@npm install --package-lock-only --loglevel=error

# Hashes pin the packages; the address they come from stays each machine's own matter.
LOCKING := -q pyproject.toml --universal -p 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

clean: ## Remove what was built and installed; the data in var/ stays
	rm -rf $(VENV) node_modules webapp/static/dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Roundtable needs Python 3.11 or newer; say which with: make PYTHON=python3.12"; exit 1; }
	@echo "Making the virtual environment"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# With everything for the tests installed, the parts for running are there as well.
$(RUN_READY): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Roundtable runs on"
	@$(PIP) install -qq --require-hashes -r requirements.lock
	@$(PIP) install -qq --no-deps --no-build-isolation -e .
	@touch $@

$(TEST_READY): requirements-dev.lock requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Roundtable runs on and is tested with"
	@$(PIP) install -qq --require-hashes -r requirements-dev.lock
	@$(PIP) install -qq --no-deps --no-build-isolation -e .
	@touch $(RUN_READY) $@

# npm comes from the virtual environment, so that either set-up will do.
$(NODE_READY): package.json package-lock.json .npmrc | $(RUN_READY)
	@echo "Installing the front end's packages"
	@npm ci --loglevel=error
	@touch $@

$(BUILT): $(NODE_READY) $(ASSETS)
	@echo "Building styles and scripts"
	@npm run build --silent
