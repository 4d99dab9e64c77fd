# Two commands do all the set-up: `make demo` and `make test`. Each creates .venv when it is missing.
PYTHON ?= python3
BIN := .venv/bin
# The holdout's secret. A real deployment sets its own; the demo's is public, so that its figures can be reproduced.
export ONEOFFER_SALT ?= oneoffer-demo

# Compiled test files are kept from run to run, whatever the environment says: without them each collection takes twice as long.
unexport PYTHONDONTWRITEBYTECODE
PYTEST := $(BIN)/python -m pytest
# Two processes, each with a Spark session: see docs/testing.md.
WORKERS ?= 2

.PHONY: demo test test-fast test-full reliability check figures airflow cluster mlflow operations-test lock clean

demo: .venv/.core
	$(BIN)/oneoffer doctor
	$(BIN)/oneoffer demo

test: .venv/.dev
	$(BIN)/oneoffer doctor
	$(PYTEST) -n $(WORKERS)

test-fast: .venv/.dev
	$(PYTEST) -n $(WORKERS) -m "not slow and not full"

# Every tier: a week of the demo's nights, every bad input, every way to end a night.
test-full: .venv/.dev
	$(PYTEST) -n $(WORKERS) -m ""

# What publication, auditor and gates withstand, in full; the figures of docs/reliability.json, which the README cites.
reliability: .venv/.dev
	ONEOFFER_RELIABILITY_JSON=docs/reliability.json $(PYTEST) -m "" tests/reliability

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The model figures of the README, registered under a name of their own so that the demo's champions stay.
FIGURES := $(BIN)/oneoffer train --conf conf/demo --as-of 2017-10-01 --set deployment.name=figures
figures: .venv/.core
	$(BIN)/oneoffer demo --only-data
	$(FIGURES)
	$(FIGURES) --set models.models.customer_value.label.window_days=30 \
	  --set models.models.attrition.population.purchased_within_days=90

# Airflow on this machine, with the demo's deployment: prints the page to open. See docs/airflow.md.
airflow: .venv/.core .venv-airflow/.done
	airflow_dags/start

# A Spark cluster, and MLflow as a server, on this machine: each prints how a night uses it. See docs/operations.md.
cluster: .venv/.core
	operations/spark_cluster

mlflow: .venv/.core
	operations/mlflow_server

# What needs Airflow's own environment; `make test` leaves the folder out, whose tests fail without it.
operations-test: .venv/.dev .venv-airflow/.done
	$(PYTEST) tests/operations

.venv-airflow/.done: airflow_dags/requirements.lock
	test -x .venv-airflow/bin/python || $(PYTHON) -m venv .venv-airflow
	.venv-airflow/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

.venv/.core: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "oneoffer needs Python 3.11, 3.12 or 3.13; name one with: make demo PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "oneoffer needs venv: apt-get install python3-venv"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

.venv/.dev: .venv/.core requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

# Needs uv. Only the maintainers run it; the lock files hold hashes and no index address.
lock:
	uv pip compile --universal --generate-hashes --quiet --custom-compile-command "make lock" \
	  --extra demo pyproject.toml -o requirements.lock
	uv pip compile --universal --generate-hashes --quiet --custom-compile-command "make lock" \
	  --extra demo --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	uv pip compile --universal --generate-hashes --quiet --custom-compile-command "make lock" --python-version 3.11 \
	  airflow_dags/requirements.in -o airflow_dags/requirements.lock

clean:
	rm -rf .venv .venv-airflow work
