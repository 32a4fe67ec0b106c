# `make demo` and `make test` do all their own set-up; `make lock` renews the pinned versions.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint bench lock clean

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

demo: $(VENV)/.installed
	$(BIN)/cdisc-tools demo

test: lint
	$(BIN)/python -m pytest --numprocesses 2

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml

bench: $(VENV)/.installed
	$(BIN)/python -m tests.bench

lock:
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-header \
		--generate-hashes --all-extras --group dev --upgrade --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) demo_output
