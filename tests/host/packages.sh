#!/bin/bash
# Checks with a local repository that scripts/packages names each package that it will install or
# upgrade, and does nothing else.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=hosts.sh
source "${srcdir:?is set by make check}/tests/host/hosts.sh"

# offer NAME VERSION FIELD...: adds a package to the repository.
offer() {
	local folder=$work/offer deb=$host/srv/repository/$1_$2.deb
	rm -rf "$folder"
	mkdir -p "$folder/DEBIAN" "$host/srv/repository"
	printf '%s\n' "Package: $1" "Version: $2" 'Architecture: all' 'Maintainer: Nobody <nobody@localhost>' 'Description: test' \
		"${@:3}" >"$folder/DEBIAN/control"
	dpkg-deb --root-owner-group --build "$folder" "$deb" >"$work/log"
	{
		cat "$folder/DEBIAN/control"
		printf '%s\n' "Filename: ./${deb##*/}" "Size: $(stat -c %s "$deb")" "SHA256: $(sha256sum <"$deb" | cut -d ' ' -f 1)" ''
	} >>"$host/srv/repository/Packages"
}

# new_repository STORY: scdoc and a package that it needs are missing; another one that it needs is
# installed but too old.
new_repository() {
	new_host "packages, $1"
	new_clone /root/clone
	rm -rf "$host"/etc/apt/sources.list{,.d} "$host"/var/lib/apt/lists/*
	echo 'deb [trusted=yes] file:/srv/repository ./' >"$host/etc/apt/sources.list"
	echo 'APT::Sandbox::User "root";' >"$host/etc/apt/apt.conf.d/99-test"
	on_host dpkg --purge --force-depends scdoc >"$work/log" 2>&1
	offer ctp-old 1
	on_host dpkg --install "/srv/repository/ctp-old_1.deb" >"$work/log" 2>&1
	offer ctp-old 2 'Depends: ctp-new'
	offer ctp-new 1
	offer ctp-extra 1
	# A newer version exists, but nothing needs it.
	offer make 99:1
	offer scdoc 99:1 'Depends: ctp-old (>= 2)' 'Recommends: ctp-extra' "${@:2}"
	: >"$host/var/log/dpkg.log"
}

# done_by_dpkg ACTION: lists the packages from dpkg's log.
done_by_dpkg() {
	awk -v action="$1" '$3 == action { sub(/:.*/, "", $4); print $4 }' "$host/var/log/dpkg.log" | sort | paste -sd ' '
}

names_all_packages() {
	command -v apt-get >/dev/null || { echo 'no apt-get here: what it does is not looked at'; return 0; }
	new_repository 'without a terminal'
	runs 0 scripts/packages build
	says 'packages for build: missing are scdoc'
	says 'apt-get will install these packages (2): ctp-new scdoc'
	says 'apt-get will upgrade these packages (1): ctp-old (1 to 2)'
	[[ $(done_by_dpkg install) == 'ctp-new scdoc' ]] || fail "installed: $(done_by_dpkg install)" "$output"
	[[ $(done_by_dpkg upgrade) == ctp-old ]] || fail "upgraded: $(done_by_dpkg upgrade)" "$output"
	[[ ${output%%'will upgrade'*} != *Unpacking* && $output == *'will upgrade'*Unpacking* ]] || fail 'named too late' "$output"
	runs 0 scripts/packages build
	says 'none is missing'

	new_repository 'refused on a terminal'
	answers 1 'n\n' 'scripts/packages --ask build'
	says 'apt-get will upgrade these packages (1): ctp-old (1 to 2)'
	says 'Install them? [Y/n]'
	says 'no package was installed'
	[[ ! -s $host/var/log/dpkg.log ]] || fail 'dpkg has done something' "$(cat "$host/var/log/dpkg.log")"

	new_repository 'one would have to be removed' 'Conflicts: make'
	runs 1 scripts/packages build
	says 'cannot install these packages'
	[[ ! -s $host/var/log/dpkg.log ]] || fail 'dpkg has done something' "$(cat "$host/var/log/dpkg.log")"
}

names_all_packages
exit $bad
