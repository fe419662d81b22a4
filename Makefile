# Everything starts here. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= packline-data
WORKERS ?= 2
# A worker takes a whole file, so that what its tests share is made once; tests/conftest.py says what comes first.
PYTEST_OPTIONS = -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup run serve test test-sqlite test-postgres check lint types contracts migrations format

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "%-16s %s\n", $$1, $$2}'

$(BIN)/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

setup: $(BIN)/.installed ## Make .venv with the pinned dependencies

run: setup ## Run the main job on examples/ebike-48v
	$(BIN)/packline run examples/ebike-48v --data $(DATA)

serve: setup ## Serve the pages of that data directory
	$(BIN)/packline serve --data $(DATA)

test: test-sqlite test-postgres ## All tests, on SQLite and on PostgreSQL

test-sqlite: setup
	$(BIN)/python -m pytest $(PYTEST_OPTIONS)

test-postgres: setup
	$(BIN)/python -m tests.on_postgresql tests/packline tests/reliability $(PYTEST_OPTIONS)

check: lint types contracts migrations ## Lint, types, import contracts, migrations

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup ## Format the code and sort the imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

migrations: setup
	$(BIN)/packline admin makemigrations --check --dry-run
