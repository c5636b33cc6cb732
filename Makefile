# `make help` lists the words. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NATIVE := $(wildcard matcher/src/*.c matcher/src/*.h matcher/*.pyx matcher/*.pxi tables/*.py) setup.py pyproject.toml

.PHONY: help demo test check build golden fmt clean

help: ## list these words
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(VENV)/.built ## set up, check, test and compile the example policies, decide their conversations
	@$(BIN)/python examples/demo.py

test: $(VENV)/.test ## set up and pass every test
	$(BIN)/python -m pytest

build: $(VENV)/.built ## set up the virtual environment and build the extension

check: $(VENV)/.lint ## lint, types, import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src/solon
	$(BIN)/lint-imports
	$(BIN)/cython-lint matcher/*.pyx matcher/*.pxi

golden: $(VENV)/.test ## write the expected outputs of the tests anew; read the diff
	SOLON_UPDATE=1 $(BIN)/python -m pytest tests/dsl

fmt: $(VENV)/.lint ## format the Python sources
	$(BIN)/ruff format .

clean: ## remove what the build made
	rm -rf $(VENV) build src/*.egg-info matcher/*.so matcher/_engine.c matcher/data compiler/data

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Solon needs Python 3.11 or newer, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

# One installation builds the extension and the tables; each needs the ones before it.
$(VENV)/.built: $(NATIVE) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[author]'
	@touch $@

$(VENV)/.test: $(NATIVE) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ $(VENV)/.built

$(VENV)/.lint: $(NATIVE) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[lint,test]'
	@touch $@ $(VENV)/.test $(VENV)/.built
