# Everything a person or CI runs. `make help` lists it. Needs make, git and Python 3.11, no more.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python
LOCKS := requirements-setup.lock requirements.lock requirements-dev.lock
READY := .venv/.ready
export PYTHONPATH := .

.PHONY: help setup demo up sandbox sync summary test test-long drive simulate bench check fix docs bench-sandbox screenshots lock clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(READY) ## build the environment in .venv

$(READY): $(LOCKS)
	@PYTHON="$(PYTHON)" bash scripts/setup.sh

demo: setup ## run crm_sync once through Airflow on the sandbox's demo data
	@$(PY) -m scripts.demo

up: setup ## Airflow and the sandbox in the foreground, until Ctrl-C
	@exec $(PY) -m scripts.up

sandbox: setup ## both CRMs alone, on the demo's data, until Ctrl-C
	@mkdir -p .local/sandbox
	@exec $(PY) -m include.sandbox --port $${CRMSYNC_SANDBOX_PORT:-8765} --seed demo --db .local/sandbox/crms.db

sync: setup ## sync once without Airflow
	@$(PY) -m include.crmsync run

summary: setup ## what the latest run did, held and why
	@$(PY) -m include.crmsync summary

test: setup ## the suite, but for what takes minutes
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist loadgroup --no-loadscope-reorder

drive: setup ## edit both CRMs at random, sync, and judge every field (N=100 SEED=1)
	@$(PY) -m tests.end_to_end.driver -n $(or $(N),20) --seed $(or $(SEED),1)

simulate: setup ## random histories over both CRMs (N=2000 SEED=0 PROCESSES=2; CRASHES=1: killed everywhere; MUTANTS=1: planted bugs)
	@$(PY) -m tests.simulation --histories $${N:-2000} --seed $${SEED:-0} --keep "$${KEEP:-}" \
		--processes $${PROCESSES:-0} $${CRASHES:+--crashes} $${MUTANTS:+--mutants}

test-long: setup ## the tests that take minutes: canaries, alerts, every DAG on request, through a whole Airflow
	@$(PY) -m pytest -m long

bench: setup ## measure calls, seconds and memory; writes docs/benchmarks.md (BENCH="--sizes 1000")
	@$(PY) -m benchmarks $(BENCH)

check: setup ## lint, types, import contracts, generated documents
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()"
	@$(PY) scripts/docs_reference.py --check
	@$(PY) scripts/sandbox_reference.py --check

fix: setup ## format, and mend what can be mended safely
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

docs: setup ## write the generated documents anew
	@$(PY) scripts/docs_reference.py
	@$(PY) scripts/sandbox_reference.py

bench-sandbox: setup ## how quick the sandbox is with a million contacts
	@$(PY) -m benchmarks.sandbox

screenshots: setup ## photograph Airflow's UI for the documents, after `make demo`
	@$(PY) -m scripts.screenshots

lock: setup ## resolve the ranges of requirements*.txt and *.in into the lock files
	@.venv/bin/uv pip compile -q requirements-local.in --python-version 3.11.7 --generate-hashes --no-annotate -o requirements.lock
	@.venv/bin/uv pip compile -q requirements-dev.in --python-version 3.11.7 --generate-hashes --no-annotate -o requirements-dev.lock
	@.venv/bin/uv pip compile -q requirements-setup.in --python-version 3.11.7 --generate-hashes --no-annotate -o requirements-setup.lock

clean: ## delete everything that was made: the environment, state, logs
	rm -rf .venv .local .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
