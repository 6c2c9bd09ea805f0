#!/bin/bash
# Checks that docs/sources.md agrees with the catalogue of sources, which check and the other verbs
# use.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}" "${builddir:?is set by make check}"
page=$srcdir/docs/sources.md
grep -q '^<!-- list-sources -->$' "$page" || { echo "$page has lost its list"; exit 1; }
fresh=$(CONNTRACK_PERSIST_SOURCES=$builddir/tests/list-sources "$srcdir/scripts/list-sources" <"$page")
diff -u "$page" - <<<"$fresh" || {
	echo "docs/sources.md is out of date: scripts/list-sources writes it anew"
	exit 1
}
