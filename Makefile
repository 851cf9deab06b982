# Everything that a person does with this repository. `make` alone prints the table.
# Only Python 3.11 or newer and make are presumed; the rest is set up in .venv/.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
ARGS ?=
MINUTES ?= 5
SECONDS ?= 60

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long check crash-matrix soak fuzz reference lock bench clean

help: ## Print this table
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

setup: $(READY) ## Create .venv/ with the command marketing-agent and all that development needs

$(READY): pyproject.toml constraints.txt scripts/setup.sh
	@PYTHON="$(PYTHON)" sh scripts/setup.sh
	@touch $@

demo: $(READY) ## Run the main job in a throw-away world, then serve it (flags: ARGS="--exit")
	@$(BIN)/marketing-agent demo $(ARGS)

test: $(READY) ## Run the whole suite on SQLite, then on PostgreSQL
	@sh scripts/test.sh $(ARGS)

test-long: $(READY) ## Run the tests that take minutes, on both databases
	@sh scripts/test.sh --long $(ARGS)

check: $(READY) ## Lint, format, types, layers, house rules
	@sh scripts/check.sh

crash-matrix: $(READY) ## Kill a worker at every step on both databases, and write the table
	@sh scripts/debian_packages.sh
	@PYTHONPATH=tests:src $(BIN)/python -m crash $(ARGS)

soak: $(READY) ## Kill workers at random for MINUTES on each database, with failing servers
	@sh scripts/debian_packages.sh
	@for store in sqlite postgresql; do \
		PYTHONPATH=tests:src $(BIN)/python -m crash.soak --store $$store --minutes $(MINUTES) $(ARGS) || exit 1; \
	done

fuzz: $(READY) ## Look SECONDS long for mails that break each reader's promises (one: ARGS="strip")
	@PYTHONPATH=tests:src $(BIN)/python -m fuzz --seconds $(SECONDS) $(ARGS)

reference: $(READY) ## Write docs/reference anew from the code
	@PYTHONPATH=scripts $(BIN)/python -m reference

lock: $(READY) ## Pin every dependency anew in constraints.txt
	@PYTHON="$(PYTHON)" sh scripts/lock.sh

bench: $(READY) ## Print the speed of the main paths
	@for each in benchmarks/*.py; do echo "== $$each"; $(BIN)/python $$each || exit 1; done

clean: ## Remove .venv/ and every cache
	@rm -rf .venv .venv-tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .fuzz build dist
	@find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
