# Two commands do everything on a fresh machine: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test test-full bench browser chromium clean

help: ## Say what there is to make.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-10s %s\n", $$1, $$2}'

demo: $(READY) ## Run the main job: a Mega Asset, two members' reels, and their proof.
	$(BIN)/sizzle demo --out demo-out

test: $(READY) browser ## Lint, type-check, check the architecture, and run the tests.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist loadfile -m "not full"

test-full: $(READY) browser ## Run the slow proofs too.
	$(BIN)/pytest -n auto --dist loadfile

bench: $(READY) ## Measure beside peers, and write the tables of docs/benchmarks.md.
	$(BIN)/python -m benchmarks

# Debian's package, where we may install it; elsewhere the browser tests say what is missing.
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || $(MAKE) --quiet chromium

chromium:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq chromium >/dev/null || true; fi

clean: ## Remove what was made.
	rm -rf $(VENV) demo-out

$(READY): pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one with PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint .ci/constraints.txt --editable '.[dev]'
	@touch $@
