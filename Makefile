# vambe-mock. `make` lists the targets; CONTRIBUTING.md says how they are meant.

PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=

# Packages are installed without bytecode, which is quicker; each module's is written at its first import.
unexport PYTHONDONTWRITEBYTECODE

bin     := $(VENV)/bin
pip     := $(bin)/python -m pip --disable-pip-version-check --no-input
install := $(pip) install -qq --progress-bar off --no-deps
# A lock is complete: nothing is resolved, so nothing that an index offers can change what is installed.
locked  := $(install) --no-compile --require-hashes --only-binary :all:
# So its two halves can be installed side by side, which takes little more than half the time.
halves   = $(foreach half,1 2,$(VENV)/half-$(half)/$(1))
halved   = mkdir -p $(dir $(halves)) && awk 'BEGIN { half = 2 } /^[a-z]/ { half = 3 - half } \
	{ print > "$(VENV)/half-" half "/$(1)" }' $(1)
both     = $(halved) && { $(locked) -r $(word 1,$(halves)) & other=$$!; \
	$(locked) -r $(word 2,$(halves)); one=$$?; wait $$other && [ $$one = 0 ]; }

.DEFAULT_GOAL := help
.PHONY: help serve test check coverage dist format fixtures console bench lock clean anew
.SUFFIXES:
.NOTPARALLEL:

help:  ## List the targets.
	@echo "make serve ARGS='--port 9000'   (the first run makes $(VENV) from requirements.lock; PYTHON=python3.12 chooses)"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-9s %s\n", $$1, $$2 }' Makefile

serve: $(VENV)/.project  ## Run the server; ARGS are its flags.
	@exec $(bin)/vambe-mock serve $(ARGS)

# Tests wait a lot for processes of ours, so three at a time keep two cores at work.
test: $(VENV)/.project $(VENV)/.developer  ## Lint, check the types, run the tests; ARGS go to pytest.
	$(bin)/ruff check --extend-exclude $(VENV)
	$(bin)/ruff format --check --extend-exclude $(VENV)
	$(bin)/mypy --num-workers 2
	$(bin)/lint-imports
	$(bin)/python -m pytest -n 3 --dist worksteal $(ARGS)

check: export CI = true
check: test  ## What CI runs: as test, but a missing browser or Node fails instead of skipping.

coverage: $(VENV)/.project $(VENV)/.developer  ## The tests again, with the branches that they reach; twice the time.
	$(bin)/python -m pytest -n 2 --dist worksteal --cov=vambe_mock --cov-branch --cov-report=term:skip-covered \
	  --cov-fail-under=90 $(ARGS)

dist: export SOURCE_DATE_EPOCH = 1580601600
dist: $(VENV)/.project  ## Build the wheel and the sdist, and try both in a fresh environment of each Python.
	rm -rf dist build/again
	$(bin)/python -m hatchling build -d dist
	$(bin)/python -m hatchling build -d build/again
	diff -r dist build/again
	$(bin)/python tests/project/fresh_installs.py $(ARGS) dist/*

format: $(VENV)/.developer  ## Put the code in the project's format.
	$(bin)/ruff check --fix-only --extend-exclude $(VENV)
	$(bin)/ruff format --extend-exclude $(VENV)

fixtures: $(VENV)/.project $(VENV)/.developer  ## Make the committed data sets in fixtures/ anew.
	$(bin)/vambe-mock generate --fixtures fixtures

console:  ## Build the console's page anew from its sources; needs Node.js 20 or newer.
	cd $(console) && npm ci --no-audit --no-fund && npm run --silent build
console := mock_server/vambe_mock/admin/console

bench: $(VENV)/.project $(VENV)/.developer  ## Measure the speed against the naive ways; ARGS are the benchmark's flags.
	$(bin)/python -m benchmarks $(ARGS)

# The server's lock follows the developers' one, so that what was tested is what is served (`one-set-of-versions`).
lock: $(VENV)/.developer  ## Lock the dependencies anew; ARGS=--upgrade takes the newest versions.
	$(uv) pyproject.toml --all-extras --group dev --output-file requirements-dev.lock $(ARGS)
	$(uv) pyproject.toml --group build --constraint requirements-dev.lock --output-file requirements.lock $(ARGS)
	$(uv) tests/older.in --no-deps --output-file tests/older.lock $(ARGS)
uv = $(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

clean:  ## Remove the environment and everything that is made.
	rm -rf $(VENV) build dist *.egg-info .coverage .coverage.* coverage.xml htmlcov
	rm -rf $(console)/node_modules .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +


# The environment. Three stamps, each written when its step is done: the server's packages, the project itself, the
# developers' packages. While a step runs, .unfinished lies there; who finds it makes the environment anew
# (`set-up-all-or-nothing`).

$(VENV)/.server: requirements.lock
	$(stop_at_wrong_python)
	@$(usable) || rm -rf $(VENV)
	@echo "Installing the server's packages into $(VENV); the first time takes half a minute ..."
	@mkdir -p $(VENV) && touch $(VENV)/.unfinished
	@[ -x $(bin)/python ] || $(PYTHON) -m venv $(VENV) 2>$(VENV)/.unfinished || { cat $(VENV)/.unfinished; exit 1; }
	@sed -n '/^pip==/,/[^\\]$$/p' requirements.lock > $(VENV)/pip.lock && $(locked) -r $(VENV)/pip.lock
	@$(call both,requirements.lock) && $(pip) check >/dev/null
	@rm $(VENV)/.unfinished && touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.server
	@touch $(VENV)/.unfinished
	@$(install) --no-build-isolation --editable .
	@rm $(VENV)/.unfinished && touch $@

$(VENV)/.developer: requirements-dev.lock tests/older.lock $(VENV)/.server
	@echo "Installing the developers' packages into $(VENV); the first time takes a minute ..."
	@touch $(VENV)/.unfinished
	@$(call both,requirements-dev.lock) && $(pip) check >/dev/null
	@$(locked) --upgrade --target $(VENV)/older -r tests/older.lock
	@rm $(VENV)/.unfinished && touch $@

# Stamps count only in an environment that is finished, still has its Python, and the one that PYTHON asks for, if any.
version  = $(shell $(1) -c 'import sys; print(sys.version.split()[0])' 2>/dev/null)
asked    = $(if $(filter-out file default,$(origin PYTHON)),$(call version,$(PYTHON)))
another  = $(filter-out $(call version,$(bin)/python),$(asked))
finished = [ -x $(bin)/python ] && [ ! -e $(VENV)/.unfinished ] && [ -z "$(another)" ]
usable   = $(finished) && $(bin)/python -c 'import pip, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 16))' 2>/dev/null
ifneq ($(shell $(finished) && echo yes),yes)
$(VENV)/.server: anew
endif
anew:

# A Python that will not do is one line: what came, what is wanted, what to type.
stop_at_wrong_python = $(eval fault := $(shell $(find_fault)))$(if $(fault),$(error $(fault)))
find_fault = \
	if ! $(PYTHON) -c '' >/dev/null 2>&1; then \
	  echo "$(PYTHON) does not run here; wanted: Python 3.11 or newer; type, on Debian or Ubuntu:" \
	    "sudo apt install python3 python3-venv"; \
	elif ! $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 16))'; then \
	  echo "$(PYTHON) is Python $(call version,$(PYTHON)); wanted: 3.11 to 3.15, which the locks have packages for;" \
	    "type: make $(firstword $(MAKECMDGOALS)) PYTHON=$(or $(suitable),python3.15)"; \
	elif ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$(PYTHON) has no ensurepip; wanted: Python with its venv module; type, on Debian or Ubuntu:" \
	    "sudo apt install python3-venv"; \
	fi
pythons  = python3.15 python3.14 python3.13 python3.12 python3.11
suitable = $(firstword $(foreach python,$(pythons),$(if $(call version,$(python)),$(python))))
