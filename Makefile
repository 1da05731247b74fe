# What a person types. Everything runs in .venv, which is made from requirements.lock by plain pip.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then echo $$p; break; fi; done)
BIN := .venv/bin
READY := .venv/ready
PEERS := .venv-peers/ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup run test test-server check format lock reference rehearse bench soak clean

help: ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(READY) ## Make .venv from the lock

$(READY): requirements.lock pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found; set PYTHON=/path/to/python."; exit 2; }
	@echo "Making .venv from requirements.lock with $(PYTHON): a minute or two."
	@rm -rf .venv && $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@touch $(READY)

run: setup ## Run the DAG in Airflow over the three sample snapshots, and print what came of it
	@$(BIN)/python -m service.cli survey load sample_data/survey/answers.csv --invited sample_data/survey/invited.csv
	@RESIDENT_INDEX_TRUTH_DIR="$${RESIDENT_INDEX_TRUTH_DIR-sample_data/truth}" $(BIN)/python -m service.airflow_run

test: setup ## Run every test, a file on each core
	@$(BIN)/python -m pytest -m "not soak" -n auto --dist loadfile

test-server: setup ## Every test that uses a database, on a PostgreSQL that is not embedded (TESTS="tests/unit/store")
	@$(BIN)/python -m tests.on_a_server $(TESTS)

check: setup ## Format, lint, types, layers, docs
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/meta

format: setup ## Format and mend what can be mended
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

lock: setup ## Resolve pyproject.toml anew into requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--no-annotate --extra dev pyproject.toml -o requirements.lock > /dev/null

reference: setup ## Write the reference pages anew
	@$(BIN)/python -m service.reference_pages

rehearse: setup ## Start what docker-compose.yml names as local processes and run the DAG by its REST API
	@$(BIN)/python -m rehearsal

$(PEERS): benchmarks/peers/requirements.txt
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found; set PYTHON=/path/to/python."; exit 2; }
	@echo "Making .venv-peers, the libraries that linkage is measured against, with $(PYTHON): a minute or two."
	@rm -rf .venv-peers && $(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install -qq --require-hashes -r benchmarks/peers/requirements.txt
	@touch $(PEERS)

bench: setup $(PEERS) ## Flow (SIZES="--residents 350000"), lookups at a million residents, linkage beside its peers: hours (LINKAGE="--cases accuracy")
	@$(BIN)/python -m benchmarks.flow $(SIZES)
	@$(BIN)/python -m benchmarks.lookups
	@$(BIN)/python -m benchmarks.linkage $(LINKAGE)

soak: setup ## Long tests
	@$(BIN)/python -m pytest -m soak

clean: ## Remove both environments, runs and the embedded database
	@rm -rf .venv .venv-peers var build *.egg-info
