#!/bin/bash
# Every setting is documented in conntrack-persist.conf(5), and the pages are sound.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
missing=0
while read -r name; do
	grep -qF "*$name*" "$srcdir/man/conntrack-persist.conf.5.scd" || {
		echo "conntrack-persist.conf(5) lacks $name"
		missing=1
	}
done < <("$CONNTRACK_PERSIST" keys | awk '/^  / && $1 != "NAME" { print $1 }')
for page in conntrack-persist.8 conntrack-persist.conf.5; do
	scdoc <"$srcdir/man/$page.scd" >/dev/null || missing=1
done
exit $missing
