# Every target makes what it needs: `make run` on a fresh clone is enough.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
BIN := .venv/bin
DATA ?= data
export DAGSTER_DISABLE_TELEMETRY := yes
export DBT_SEND_ANONYMOUS_USAGE_STATS := 0

.DEFAULT_GOAL := help
.PHONY: help run dashboard test check proof bench lock clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

# uv makes the environment; when the machine has none it is installed into the environment itself.
.venv/.installed: requirements.lock pyproject.toml
	@if command -v uv >/dev/null; then uv venv --quiet --allow-existing --python $(PYTHON) .venv; \
	else $(PYTHON) -m venv .venv || { echo "make: cannot create .venv: on Debian, 'apt-get install python3-venv' first" >&2; exit 1; }; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check uv; fi
	@UV=$$(command -v uv || echo $(BIN)/uv); \
	VIRTUAL_ENV=$(CURDIR)/.venv $$UV pip install --quiet --require-hashes -r requirements.lock; \
	VIRTUAL_ENV=$(CURDIR)/.venv $$UV pip install --quiet --no-deps -e .
	@$(BIN)/python -m compileall -q -j 0 pipelines dashboards .venv/lib/python3*/site-packages >/dev/null 2>&1 || true
	@touch $@

run: .venv/.installed ## sync the demo organisation into $(DATA)/ and print the headline figures
	@$(BIN)/rxladder demo --if-missing --to $(DATA)/demo
	@$(BIN)/rxladder sync --exports $(DATA)/demo/exports --data $(DATA)

dashboard: .venv/.installed ## show the published figures in a browser; the demo's when nothing is published yet
	@[ -e $(DATA)/current ] || $(MAKE) --no-print-directory run
	@$(BIN)/rxladder dashboard --data $(DATA)

.venv/lrs/.installed: tests/peers/lrs.lock .venv/.installed
	@UV=$$(command -v uv || echo $(BIN)/uv); $$UV venv --quiet --allow-existing --python $(BIN)/python .venv/lrs; \
	VIRTUAL_ENV=$(CURDIR)/.venv/lrs $$UV pip install --quiet --require-hashes -r tests/peers/lrs.lock
	@touch $@

# A file to a worker, in the order of tests/conftest.py. Python may keep what it compiles: a test starts many processes.
test: .venv/.installed .venv/lrs/.installed ## every test
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

check: .venv/.installed ## lint, types, SQL style, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright
	@$(BIN)/sqlfluff lint --disable-progress-bar dbt_project/models dbt_project/tests
	@$(BIN)/lint-imports

proof: .venv/.installed .venv/lrs/.installed ## what is too long for every commit: kills, replays, sizes; results by commit
	@$(BIN)/python -m benchmarks.proof

bench: .venv/.installed ## speed and size against a hand-written DuckDB script
	@$(BIN)/python -m benchmarks.sync
	@$(BIN)/python -m benchmarks.pull

lock: .venv/.installed ## resolve the dependencies anew
	@$$(command -v uv || echo $(BIN)/uv) pip compile --quiet --universal --generate-hashes --no-header \
	  --no-annotate --python-version 3.11 --group dev -o requirements.lock pyproject.toml
	@$$(command -v uv || echo $(BIN)/uv) pip compile --quiet --universal --generate-hashes --no-header \
	  --no-annotate --python-version 3.11 --group lrs -o tests/peers/lrs.lock

clean: ## remove the environment and the data folder
	@rm -rf .venv $(DATA)
