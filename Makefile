# Two commands do everything on a fresh machine: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_READY := $(VENV)/.demo-ready
READY := $(VENV)/.ready
PIP := $(BIN)/pip install --quiet --constraint .ci/constraints.txt

# Plays in real time and pages in a browser: they mostly wait, so they run beside the others, at a
# higher priority, which keeps pictures from being dropped.
PLAYS := tests/web_player tests/api/editor
# What loads torch, or forks a program that has loaded it: one process loads it for all of these, and
# all others are collected and run without. `tests/test_conventions.py` says what is missing here.
LOADED := tests/ranker tests/cli tests/test_main_job.py tests/api/test_living_histories.py \
	tests/api/test_second_machine.py tests/api/test_wired_service.py \
	tests/api/test_cluster.py tests/api/test_chaos.py tests/api/test_fleet.py \
	tests/database/test_rolling_upgrade.py tests/api/events/test_kills.py \
	tests/api/outreach/test_audience_jobs.py tests/api/pinpoint/test_kills.py tests/sending/test_kills.py \
	tests/sending/test_journey_kills.py tests/sending/test_open_reels.py tests/api/server/test_operation.py \
	tests/api/server/test_clock.py tests/deploy/test_alerts.py \
	tests/histories/test_newest_events.py tests/api/ingests/test_treatments.py \
	tests/api/portal/test_marketers_day.py
PYTEST := $(BIN)/pytest -m "not full"
WORKERS := $(shell getconf _NPROCESSORS_ONLN)
# Where this make can do it, the output of what runs side by side is shown whole once it has ended,
# and only that of most tests as it comes.
SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=)

# Each program that tests start would compile all that it imports, where this forbids to keep it.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test test-full check lint style architecture types tests most loaded plays bench tools debian clean

help: ## List what there is to make.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(DEMO_READY) ## Run the main job: a Mega Asset, two members' reels, and their proof.
	$(BIN)/sizzle demo --out demo-out

test: $(READY) tools ## Lint, check types and architecture, and run the tests.
	@$(MAKE) --no-print-directory --keep-going --jobs=4 $(SYNC:%=%target) \
		plays loaded tests lint

test-full: $(READY) tools ## Run the slow tests too.
	@$(MAKE) --no-print-directory --keep-going --jobs=3 $(SYNC:%=%target) \
		plays loaded tests PYTEST=$(BIN)/pytest

lint: style architecture types ## Check format, style, architecture and types; run no tests.

check: $(READY) ## Check one file and run its tests: make check FILE=sizzle/clips.py
	@test -f "$(FILE)" || { echo "Name a file: make check FILE=sizzle/clips.py"; exit 2; }
	$(if $(filter %.py,$(FILE)),$(BIN)/ruff format --check $(FILE))
	$(if $(filter %.py,$(FILE)),$(BIN)/ruff check $(FILE))
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(PYTEST) $$($(BIN)/python .ci/tests_of.py $(FILE))

style: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

architecture: $(READY)
	$(BIN)/lint-imports

types: $(READY)
	nice -n 19 $(BIN)/mypy

tests: $(READY)
	@$(MAKE) --no-print-directory $(SYNC:%=%none) most

most:
	nice -n 17 $(PYTEST) -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
		$(PLAYS:%=--ignore=%) $(LOADED:%=--ignore=%)

# After the others, so that it uses what they leave idle as long as they run.
loaded: $(READY)
	nice -n 19 $(PYTEST) $(LOADED)

plays: $(READY)
	$(PYTEST) $(PLAYS)

bench: $(READY) ## Measure beside peers, and write the tables of docs/benchmarks.md.
	$(BIN)/python -m benchmarks

# What some tests need beside Python: Debian's packages, where we may install them, and Node.js from
# PyPI. Where it cannot be had, the tests that need it are skipped and say so; with CI=true they fail.
tools: $(READY)
	@for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do \
		command -v $$name >/dev/null && exit 0; done; $(MAKE) --quiet debian PACKAGE=chromium
	@PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null || $(MAKE) --quiet debian PACKAGE=nginx
	@PATH="$$PATH:/usr/sbin" command -v ip >/dev/null || $(MAKE) --quiet debian PACKAGE=iproute2
	@{ command -v node && command -v npm; } >/dev/null || $(PIP) --editable '.[node]' || true

debian:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq $(PACKAGE) >/dev/null || true; fi

clean: ## Remove what was made.
	rm -rf $(VENV) demo-out

$(READY): $(DEMO_READY)
	$(PIP) --editable '.[dev]'
	@touch $@

$(DEMO_READY): pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one with PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@touch $@
