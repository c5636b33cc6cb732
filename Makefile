# `make help` lists the words. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NATIVE := $(wildcard matcher/src/*.c matcher/src/*.h matcher/*.pyx matcher/*.pxi tables/*.py) setup.py pyproject.toml

FUZZ_SECONDS ?= 600
SOAK_SECONDS ?= 60
FUZZ_MUTANTS ?= 1000000
FUZZ_POLICIES ?= 2000
FUZZ_MESSAGES ?= 20000
SOAK_SWAPS ?= 10000
LEAKS_DECISIONS ?= 1000000
INTERPRETERS ?= python3.12 python3.13

.PHONY: help demo test check build golden fuzz soak-service sanitize fmt bench bench-gate bench-report accuracy vsix clean soak leaks race determinism

help: ## list these words
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(VENV)/.built ## set up, check, test and compile the example policies, decide their conversations
	@$(BIN)/python examples/demo.py

test: $(VENV)/.test ## set up, pass every test and hold the budgets of bench-gate
	$(BIN)/python -m pytest
	$(BIN)/python -m benchmarks.gate

build: $(VENV)/.built ## set up the virtual environment and build the extension

check: $(VENV)/.lint ## lint, types, import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src/solon
	$(BIN)/lint-imports
	PATH=$(BIN):$$PATH $(BIN)/cython-lint matcher/*.pyx matcher/*.pxi

golden: $(VENV)/.test ## write the expected outputs of the tests anew; read the diff
	SOLON_UPDATE=1 $(BIN)/python -m pytest tests/dsl tests/matcher/test_audit.py tests/test_golden_artifacts.py

fuzz: $(VENV)/.test ## FUZZ_MUTANTS artifacts within FUZZ_SECONDS; FUZZ_POLICIES, FUZZ_MESSAGES against the reference
	$(BIN)/python fuzz/loader.py --seconds $(FUZZ_SECONDS) --mutants $(FUZZ_MUTANTS)
	$(BIN)/python fuzz/agreement.py --policies $(FUZZ_POLICIES) --messages $(FUZZ_MESSAGES)

soak: $(VENV)/.test ## SOAK_SWAPS swaps of an artifact under load, from threads and from processes
	$(BIN)/python fuzz/soak.py --swaps $(SOAK_SWAPS)

leaks: $(VENV)/.test ## memory after LEAKS_DECISIONS decisions, a thousand loads and swaps
	$(BIN)/python fuzz/leaks.py --decisions $(LEAKS_DECISIONS)

race: $(VENV)/.test ## one engine, many threads, under the thread sanitizer
	$(BIN)/python fuzz/race.py

determinism: $(VENV)/.test ## the same bytes and verdicts under INTERPRETERS
	$(BIN)/python fuzz/determinism.py $(INTERPRETERS)

# A whole copy of the package stands before the installed one, also for the processes that tests start. The sanitizers
# must be loaded before Python; malloc in place of Python's own pools lets them see each object's end.
SANITIZED := build/sanitize
UNDER_SANITIZERS = PYTHONPATH=$(CURDIR)/$(SANITIZED)/lib PYTHONMALLOC=malloc ASAN_OPTIONS=detect_leaks=0 \
	UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 LD_PRELOAD=$$($(CC) -print-file-name=libasan.so) $(BIN)/python

soak-service: $(VENV)/.test ## solon serve under load for SOAK_SECONDS, with swaps and bad clients; its description tried
	$(BIN)/python fuzz/soak_service.py --seconds $(SOAK_SECONDS)
	SOLON_EXAMPLES=200 $(BIN)/python -m pytest tests/service/test_openapi.py

sanitize: $(SANITIZED)/.built ## hostile tests, mutated artifacts and the agreement under address and undefined-behaviour sanitizers
	$(UNDER_SANITIZERS) -c 'from solon.matcher import _engine; assert "$(SANITIZED)/" in _engine.__file__, _engine.__file__'
	$(UNDER_SANITIZERS) -m pytest -p no:cacheprovider tests/test_artifact.py tests/test_hostile.py tests/test_agreement.py
	$(UNDER_SANITIZERS) fuzz/loader.py --seconds $(FUZZ_SECONDS) --mutants $(FUZZ_MUTANTS)

$(SANITIZED)/.built: $(NATIVE) $(wildcard */*.py matcher/*/*.py compiler/*/*.py) | $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $$($(BIN)/python -c \
		'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"])')
	rm -rf $(SANITIZED)
	SOLON_SANITIZE=address,undefined $(BIN)/python setup.py --quiet build --build-base $(SANITIZED) --build-lib $(SANITIZED)/lib
	@touch $@

fmt: $(VENV)/.lint ## format the Python sources
	$(BIN)/ruff format .

bench: $(VENV)/.bench ## measure the figures beside their peers and print one table
	$(BIN)/python -m benchmarks

bench-gate: $(VENV)/.built ## fail where a figure has fallen behind its committed budget
	$(BIN)/python -m benchmarks.gate

bench-report: $(VENV)/.bench ## the same, written to docs/performance.md
	$(BIN)/python -m benchmarks --report

accuracy: $(VENV)/.accuracy ## what is found and what falsely, in data that others labelled, beside the peers; writes docs/accuracy.md
	$(BIN)/python -m benchmarks.accuracy --report

vsix: ## build the extension for Visual Studio Code (needs node and npm): editors/vscode/solon.vsix
	cd editors/vscode && npm ci --no-audit --no-fund --ignore-scripts && npm test && \
		SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) npm run package

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

# A peer that cannot be had is named in the table; the figures beside the others stand.
$(VENV)/.bench: $(VENV)/.built
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

# The peers need much, and not all of it everywhere: where they cannot be had, Solon is measured alone.
$(VENV)/.accuracy: $(VENV)/.built
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[accuracy]' || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check zstandard
	@touch $@
