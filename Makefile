# Everything happens in .venv; needed beforehand: Python 3.11, 3.12 or 3.13, and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Processes that run the tests side by side; a file's tests stay together, for the servers they share,
# and files begin in their order: those of few and long tests would come last otherwise.
JOBS ?= 2
PINS := pyproject.toml constraints.txt
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo studio test lint format types pytest fuzz faults bench docs clean

help:
	@echo "make demo    install into $(VENV), paint the demo collection into data/"
	@echo "make studio  install the extra studio too, open the page to paint on"
	@echo "make test    install the test extras too; run tests, linter, formatter and type checker"
	@echo "make lint    ruff check and ruff format --check"
	@echo "make format  let ruff put the code in order"
	@echo "make types   mypy, strict"
	@echo "make pytest  the tests alone; make pytest ARGS='tests/flows -x' for some of them, JOBS=4 on four cores"
	@echo "make fuzz    10,000 broken pages and pictures through each reader of them: some minutes"
	@echo "make faults  accidents of every kind in full counts, some minutes"
	@echo "make bench   measure speed and memory, printed as JSON lines; ARGS=--quick for minutes"
	@echo "make docs    the documentation as pages, into build/site"
	@echo "make clean   remove $(VENV) and caches; what was painted stays"

demo: $(VENV)/.installed
	@$(BIN)/atelier demo --workspace data
	@echo "To have the command atelier at hand in this terminal: . $(BIN)/activate"

studio: $(VENV)/.installed-studio
	@$(BIN)/atelier studio --workspace data

test: lint types pytest

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-test
	$(BIN)/mypy

pytest: $(VENV)/.installed-test
	$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

fuzz: $(VENV)/.installed-test
	ATELIER_FUZZ_CASES=10000 $(BIN)/pytest -o timeout=7200 \
		tests/scraping/test_fuzz_parse.py tests/images/test_fuzz_pictures.py $(ARGS)

faults: $(VENV)/.installed-test
	ATELIER_FAULTS=full $(BIN)/pytest -o timeout=1800 -m faults tests/faults $(ARGS)
	$(BIN)/python docs/fault_table.py

bench: $(VENV)/.installed-test
	$(BIN)/python -m benchmarks.engine $(ARGS)
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.scraping
	$(BIN)/python -m benchmarks.pipeline
	$(BIN)/python -m benchmarks.gallery

docs: $(VENV)/.installed-test
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "build/site/index.html; with search: $(BIN)/python -m http.server --directory build/site"

format: $(VENV)/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

# The stamps follow the pins: a second make installs nothing, a changed pin installs again.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
		{ echo "Python 3.11, 3.12 or 3.13 is needed: run make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(PINS) | $(VENV)/.made
	@echo "Installing into $(VENV): a minute or two, once."
	@$(PIP) -e .
	@touch $@

$(VENV)/.installed-studio: $(PINS) | $(VENV)/.made
	@echo "Installing into $(VENV), the studio included: a minute or two, once."
	@$(PIP) -e '.[studio]'
	@touch $(VENV)/.installed $@

$(VENV)/.installed-test: $(PINS) | $(VENV)/.made
	@echo "Installing into $(VENV), test extras included: a minute or two, once."
	@$(PIP) -e '.[test]'
	@touch $(VENV)/.installed $@
