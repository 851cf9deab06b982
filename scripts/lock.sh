#!/bin/sh
# Writes constraints.txt anew: every dependency of every extra, for every platform, pinned.
# uv resolves; it lives in .venv-tools/, apart from what the product needs. No index address and
# no host name is written, and `make check` refuses a file that holds one.
set -eu

PYTHON=${PYTHON:-python3}
NEW=$(mktemp)
trap 'rm -f "$NEW"' EXIT

[ -x .venv-tools/bin/uv ] || {
    "$PYTHON" -m venv .venv-tools
    .venv-tools/bin/python -m pip install --quiet --disable-pip-version-check uv
}

echo '# Every dependency, pinned. `make lock` writes this file; pip reads it with -c.' >"$NEW"
.venv-tools/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --all-extras \
    --no-header --no-annotate --no-emit-index-url --no-emit-find-links --upgrade --quiet >>"$NEW"
cat "$NEW" >constraints.txt
echo "constraints.txt holds $(grep -c == constraints.txt) pins. Run make test before committing it."
