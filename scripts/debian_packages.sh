#!/bin/sh
# Installs the Debian packages that the tests of real servers need, and starts none of them.
#   root:                 installs what is missing
#   a person at a shell:  asks before it uses sudo
#   anybody else:         installs nothing; scripts/test.sh says what is left out
# Packages that are already there, and their services, are not touched.
set -eu

PACKAGES="curl postgresql postfix dovecot-imapd dovecot-lmtpd"
POLICY=/usr/sbin/policy-rc.d

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing() {
    for package in $PACKAGES; do
        installed "$package" || printf '%s ' "$package"
    done
}

forbid_services() {
    # Debian asks this file before it starts a service (invoke-rc.d(8)); 101 means no.
    [ -e $POLICY ] && return
    printf '#!/bin/sh\nexit 101\n' >$POLICY
    chmod 755 $POLICY
    trap 'rm -f $POLICY' EXIT
}

keep_off_at_boot() {
    command -v systemctl >/dev/null || return 0
    for service in $1; do
        systemctl disable --quiet "${service%-imapd}" 2>/dev/null || true
    done
}

install_as_root() {
    wanted=$(missing)
    echo "Installing the Debian packages ${wanted}..."
    forbid_services
    echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
    apt-get -qq update
    # --no-remove: another mail server on this machine stays; then apt says so and we stop.
    DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-remove \
        --no-install-recommends -o DPkg::Lock::Timeout=300 $wanted >"$1" 2>&1 </dev/null || {
        tail -n 20 "$1"
        return 1
    }
    keep_off_at_boot "$wanted"
}

ask() {
    printf 'The tests of real servers need the Debian packages %s\nInstall them now with sudo? No service is started. [y/N] ' "$(missing)"
    read -r answer
    case $answer in y | Y | yes) return 0 ;; *) return 1 ;; esac
}

main() {
    command -v apt-get >/dev/null || return 0
    [ -n "$(missing)" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        log=$(mktemp)
        install_as_root "$log"
        rm -f "$log"
    elif [ -t 0 ] && [ -t 1 ] && [ -z "${CI:-}" ] && command -v sudo >/dev/null; then
        ask && sudo sh "$0"
    fi
}

main
