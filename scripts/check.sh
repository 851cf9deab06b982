#!/bin/sh
# Every check that needs no database and no server. `make check` calls this.
# All of them run, so that one look shows everything there is to mend.
set -eu

BIN=.venv/bin
FAILED=""

step() {
    name=$1
    shift
    printf '%s\n' "== $name"
    "$@" || FAILED="$FAILED, $name"
}

step "lint" $BIN/ruff check
step "format" $BIN/ruff format --check
step "layers" $BIN/lint-imports
step "types" $BIN/mypy
step "house rules" $BIN/pytest -q -n 2 tests/style
[ -z "$FAILED" ] || { echo "To mend: ${FAILED#, }."; exit 1; }
