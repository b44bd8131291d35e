# make demo    a demo company on this machine, with its address and logins
# make test    all tests, with real mail servers and a real browser where they are installed; the quick ones
#              first (test-plain), then whole installations, fuzzers and small soaks (test-long)
# make test-oldest  what asks the database most, on PostgreSQL 14 or the oldest that can be had
# make check   style, types, the floors of the house, migrations
# make bench   figures, each beside its floor
# make soak    the long runs
# make messages  bring the translations in step with the sources, and say which words are missing
# make codes   put new codes of reasons into docs/reference/codes.md
# make clean   remove what the tools left behind (not .venv, not data)
#
# Needs Python 3.11 or newer and make. Everything else is installed into .venv from the package index.

PYTHON ?= python3
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
OLDEST_ROOMS := tests/kernel tests/people tests/mailroom tests/desk tests/intake tests/notices tests/incidents
TRANSLATIONS := $(patsubst %.po,%.mo,$(shell find src/tocsin -name '*.po'))

.PHONY: demo test test-plain test-long test-oldest check bench soak messages codes clean
.DELETE_ON_ERROR:

demo: $(RUNTIME) $(TRANSLATIONS)
	@$(BIN)/tocsin demo $(ARGS)

test: test-plain test-long

# Of files named by ARGS, one of these two may have nothing to run, which pytest says by 5.
test-plain: $(DEV) $(TRANSLATIONS)
	@echo "Running the tests in $(JOBS) processes."
	@$(BIN)/python -m pytest -n $(JOBS) -m "not long and not soak" $(ARGS) || [ $$? = 5 ]

test-long: $(DEV) $(TRANSLATIONS)
	@echo "Running the long tests in $(JOBS) processes: whole installations, fuzzers, small soaks."
	@$(BIN)/python -m pytest -n $(JOBS) -m "long and not soak" $(ARGS) || [ $$? = 5 ]

test-oldest: $(DEV) $(TRANSLATIONS)
	@if programs=$$($(BIN)/python -m tests.harness.servers); then \
		echo "Running what asks the database most on $$($$programs/postgres --version)."; \
		$(BIN)/python -m pytest -n $(JOBS) --postgres $$programs -m "not long and not soak and not browser" \
			$(OLDEST_ROOMS); \
	else echo "Skipped: the tests on the oldest PostgreSQL."; fi

check: $(DEV) $(TRANSLATIONS)
	@echo "Looking at style."
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "Looking at types."
	@$(BIN)/mypy
	@echo "Looking at the floors of the house."
	@$(BIN)/lint-imports
	@echo "Looking for models without a migration."
	@$(BIN)/python -m tests.harness.migrations

bench: $(DEV) $(TRANSLATIONS)
	@$(BIN)/python -m bench $(ARGS)

soak: $(DEV) $(TRANSLATIONS)
	@$(BIN)/python -m pytest -m soak $(ARGS)

messages: $(DEV)
	@$(BIN)/python -m tests.harness.messages

codes: $(DEV)
	@$(BIN)/python -m tests.harness.codes

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Tocsin needs Python 3.11 or newer; name one with: make PYTHON=python3.11 ..."; exit 1; }
	@echo "Making a Python environment in $(VENV)."
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python cannot make environments here. On Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(RUNTIME): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Tocsin and what it needs (a minute or two)."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(DEV): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Tocsin, what it needs, and the tools for tests (a minute or two)."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(RUNTIME)

%.mo: %.po build_backend.py | $(BIN)/python
	@$(BIN)/python build_backend.py
	@touch -c $@

clean:
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist $(TRANSLATIONS)
