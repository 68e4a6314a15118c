# Needs git, make and Python 3.11 or later; everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
TESTS ?=
PYTHONS ?= python3.11 python3.12 python3.13
# Hundreds of processes of the tests import newsbt: it is compiled once.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: looks run test docs docs-write docs-slow errors-page test-slow nightly mutants breaks faults fuzz matrix lowest vendors screens check bench gate calibration clean

run: $(VENV)/.run
	$(BIN)/newsbt run configs/rival_release.yaml

test: $(VENV)/.test
	$(BIN)/python -m pytest -n $(JOBS) -m "not slow" $(TESTS)

# The documentation site, in docs/_build/html, and what its pages promise, held to the code: every command and every block of
# Python of README and docs/ is run.
docs: $(VENV)/.docs
	$(BIN)/sphinx-build -q -W --keep-going -E docs docs/_build/html
	$(BIN)/python -m pytest -n $(JOBS) -m "not slow" tests/docs

# Pages that take more than half a minute, SLOW of tests/docs/test_pages.py; pytest ends with 5 where there are none.
docs-slow: $(VENV)/.docs
	@$(BIN)/python -m pytest -n $(JOBS) -m slow tests/docs || { test $$? -eq 5 && echo "No page is slow: make docs runs all of them."; }

# Write into the pages, or PAGES, the figures that their commands print today.
PAGES ?= README.md $(shell find docs -name '*.md' -not -path '*/_build/*')
docs-write: $(VENV)/.test
	PYTHONPATH=tests/helpers $(BIN)/python -m doc_blocks $(PAGES)

test-slow: $(VENV)/.test
	$(BIN)/python -m pytest -n $(JOBS) -m slow

# What CI leaves out: the slow tests, and hypothesis with examples of its own instead of the seeded ones.
nightly: test-slow
	HYPOTHESIS_PROFILE=wide $(BIN)/python -m pytest -n $(JOBS) tests/property

# Faults planted in the execution code, one at a time: which of them no test notices. With SEED=7 SITES=400, so many
# drawn by that seed from all areas of tests/mutants/files.txt: 2 hours on 2 cores; goes on where it was stopped.
mutants: $(VENV)/.test
	PYTHONPATH=tests:tests/helpers $(BIN)/python -m mutants --jobs $(JOBS) \
		$(if $(SEED),--seed $(SEED)) $(if $(SITES),--sites $(SITES)) $(if $(AREAS),--areas $(AREAS))
	PYTHONPATH=tests $(BIN)/python -m breaks $(if $(SEED),,--every 24)

# Each promise that has a patch in tests/breaks is broken in a copy of the code; its test must fail (docs/promises.md).
breaks: $(VENV)/.test
	PYTHONPATH=tests $(BIN)/python -m breaks

# Every command killed after its own system calls, KILLS=200 of those that open and write, and on machines that fail it.
faults: $(VENV)/.test
	NEWSBT_KILLS=$(or $(KILLS),20) $(BIN)/python -m pytest -m slow tests/faults $(TESTS)

# Damaged and hostile files for every reader, half of them changed valid ones: INPUTS=5000 of each, or MINUTES=120.
fuzz: $(VENV)/.test
	PYTHONPATH=tests:tests/helpers $(BIN)/python -m fuzz --jobs $(JOBS) \
		$(if $(INPUTS),--inputs $(INPUTS)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

# Every Python that is promised with the newest dependencies, then the oldest with the lowest.
matrix:
	set -e; for python in $(PYTHONS); do $(MAKE) test PYTHON=$$python VENV=.venv-$$python; done
	$(MAKE) lowest

lowest: .venv-lowest/.test
	.venv-lowest/bin/python -m pytest -n $(JOBS) -m "not slow"

.venv-lowest/.test: pyproject.toml
	$(firstword $(PYTHONS)) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet uv
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest/bin/python --compile-bytecode \
		--resolution lowest-direct -e '.[test]'
	touch $@

# What vendors' own client libraries make of made-up answers, against the frames that are kept of it; nothing is fetched.
# `python -m vendors` there writes them anew.
vendors: .venv-vendors/.test
	.venv-vendors/bin/python -m pytest -q tests/vendors

.venv-vendors/.test: pyproject.toml tests/vendors/requirements.txt
	$(PYTHON) -m venv .venv-vendors
	.venv-vendors/bin/python -m pip install --quiet -e '.[test]' -r tests/vendors/requirements.txt
	touch $@

# docs/errors.md, from the table of errors and what is printed.
errors-page: $(VENV)/.test
	PYTHONPATH=tests:tests/helpers $(BIN)/python -m errors_page

# What commands show in a terminal at four widths (tests/data/screens), written anew; git diff says what changed.
screens: $(VENV)/.test
	PYTHONPATH=tests/helpers $(BIN)/python -m screens

# Pictures of the pages at two widths, light and dark, into artefacts/looks, and what axe-core finds of them; needs npm,
# chromium and chromium-driver. The site is among them once it is built.
AXE := artefacts/axe-core/package/axe.min.js
looks: $(VENV)/.test $(AXE)
	PYTHONPATH=tests $(BIN)/python -m browser.looks $(AXE)

$(AXE):
	mkdir -p artefacts/axe-core
	cd artefacts/axe-core && tar xzf "$$(npm pack --silent axe-core@4.11.0)"

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q --doctest-modules src/newsbt

# Hours: how often a placebo p is small by chance, and with an effect; goes on where it was stopped.
calibration: $(VENV)/.bench
	$(BIN)/python -m benchmarks.calibration
	$(BIN)/python -m benchmarks.calibration --table

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks

# Whether anything became slower since the commit of benchmarks/kept.json, or AGAINST: an hour on 2 cores.
gate: $(VENV)/.test
	$(BIN)/python -m benchmarks.gate $(if $(AGAINST),--against $(AGAINST))

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.run: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet -e .
	touch $@

$(VENV)/.test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet -e '.[test]'
	touch $@

$(VENV)/.docs: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet -e '.[test,docs]'
	touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet -e '.[test,dev]'
	touch $@

$(VENV)/.bench: pyproject.toml benchmarks/requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet -e '.[test]' -r benchmarks/requirements.txt
	touch $@

clean:
	rm -rf $(VENV) build dist docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
