#!/bin/sh
# Every check that needs no database and no server. `make check` calls this.
set -eu

BIN=.venv/bin

step() {
    printf '%s\n' "== $1"
    shift
    "$@"
}

step "lint" $BIN/ruff check
step "format" $BIN/ruff format --check
step "layers" $BIN/lint-imports
step "types" $BIN/mypy
step "house rules" $BIN/pytest -q tests/style
