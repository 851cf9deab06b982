#!/bin/sh
# Runs the suite on SQLite, then on PostgreSQL. `make test` and `make test-long` call this;
# arguments go to pytest. In CI and as root nothing may be left out.
set -eu

BIN=.venv/bin
LEFT_OUT=""
FAILED=""

leave_out() { LEFT_OUT="${LEFT_OUT}  - $1
"; }

has() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ]; }

has_postgresql() { has initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }

note_what_is_left_out() {
    has_postgresql || leave_out "the whole suite on PostgreSQL: initdb is missing (Debian package postgresql)"
    has dovecot || leave_out "reading from a real IMAP server: Dovecot is missing (dovecot-imapd, dovecot-lmtpd)"
    if ! has postfix; then
        leave_out "sending through a real SMTP server: Postfix is missing (postfix)"
    elif [ "$(id -u)" != 0 ]; then
        leave_out "sending through a real SMTP server: Postfix runs as root only; use: sudo make test"
    fi
    [ -z "$LEFT_OUT" ] || printf 'Left out:\n%s' "$LEFT_OUT"
}

nothing_may_be_left_out() { [ "${CI:-}" = true ] || [ "$(id -u)" = 0 ]; }

run_on() {
    store=$1
    shift
    printf '== tests on %s\n' "$store"
    $BIN/pytest -q -n 2 --store="$store" "$@" || failed_on "$store" $?
}

failed_on() {
    [ "$2" != 5 ] || { echo "No test of this kind exists."; return; }
    FAILED="$FAILED $1"
}

sh scripts/debian_packages.sh || echo "The Debian packages could not be installed (see above)."
note_what_is_left_out
if nothing_may_be_left_out; then
    [ -z "$LEFT_OUT" ] || { echo "In CI and as root nothing may be left out."; exit 1; }
    set -- --no-skips "$@"
fi
run_on sqlite "$@"
if has_postgresql; then run_on postgresql "$@"; fi
[ -z "$FAILED" ] || { echo "Tests failed on:$FAILED"; exit 1; }
