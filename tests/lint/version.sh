#!/bin/bash
# Checks that NEWS and the files that packages are made from have the version of configure.ac.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
cd "$srcdir"
bad=0
# same FILE VERSION [WANTED]: fails unless both versions are equal
same() {
	[[ $2 == "${3-$version}" ]] || {
		echo "$1 says ${2:-no version}, configure.ac ${3-$version}"
		bad=1
	}
}

version=$(sed -n 's/^AC_INIT(\[conntrack-persist\], \[\([0-9.]*\)\])$/\1/p' configure.ac)
[[ -n $version ]] || { echo 'no version in configure.ac'; exit 1; }

entry=$(grep -m 1 '^[0-9]' NEWS)
same NEWS "${entry%% *}"
[[ $entry =~ ^[0-9.]+\ \((not\ released\ yet|[0-9]{4}-[0-9]{2}-[0-9]{2})\)$ ]] || {
	echo "NEWS: \"$entry\" is not VERSION (YYYY-MM-DD), nor VERSION (not released yet)"
	bad=1
}
same rpm/conntrack-persist.spec "$(sed -n 's/^Version:[[:blank:]]*//p' rpm/conntrack-persist.spec)"
# The part behind the last hyphen is the package's own revision.
[[ ! -e debian/changelog ]] ||
	same debian/changelog "$(sed -n '1s/^conntrack-persist (\([^)]*\)).*/\1/p' debian/changelog | sed 's/-[^-]*$//')"
# Ansible and Puppet require three numbers.
case $version in
*.*.*) three=$version ;;
*) three=$version.0 ;;
esac
same ansible/galaxy.yml "$(sed -n 's/^version: //p' ansible/galaxy.yml)" "$three"
same puppet/metadata.json "$(sed -n 's/^  "version": "\(.*\)",$/\1/p' puppet/metadata.json)" "$three"
# A page shows the names of files.
same docs/packages.md "$(grep -oE 'conntrack-persist-[0-9.]+[0-9]' docs/packages.md | sort -u | sed 's/^conntrack-persist-//' | paste -sd ' ')"
# A built program prints the version that it was built from.
same 'the program' "$("$CONNTRACK_PERSIST" --version | sed -n '1s/^conntrack-persist //p')"
exit $bad
