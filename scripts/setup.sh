#!/bin/sh
# Creates .venv/ with everything pinned by constraints.txt. `make setup` calls this.
set -eu

PYTHON=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

stop() { say "$@"; exit 1; }

require_python() {
    command -v "$PYTHON" >/dev/null ||
        stop "Python 3.11 or newer is needed and $PYTHON was not found. Install it, or say which: make setup PYTHON=/path/to/python3.11"
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        stop "Python 3.11 or newer is needed; $PYTHON is $("$PYTHON" -V 2>&1). Say which to use: make setup PYTHON=python3.11"
    "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null ||
        stop "This Python cannot create virtual environments. On Debian and Ubuntu install the package python3-venv, then run make again."
}

create_environment() {
    [ -x .venv/bin/python ] && .venv/bin/python -c 'import pip' 2>/dev/null && return
    say "Creating .venv/ ..."
    "$PYTHON" -m venv .venv || stop "The virtual environment could not be created in $(pwd)/.venv (see above)."
}

install_packages() {
    say "Installing what constraints.txt pins ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        -c constraints.txt -e '.[dev]' ||
        stop "The packages could not be installed (see above). Is the package index reachable?"
}

require_python
create_environment
install_packages
