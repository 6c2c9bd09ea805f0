#!/bin/bash
# The screens of docs/status.md and of the unit tests are byte for byte what the program draws.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}" "${builddir:?is set by make check}"
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
CONNTRACK_PERSIST_DRAW=$builddir/tests/draw-table "$srcdir/scripts/render-screens" "$fresh"
for drawn in docs/status.md tests/unit/data/screens; do
	diff -r "$srcdir/$drawn" "$fresh/$drawn" || {
		echo "refresh them with: make refresh-screens"
		exit 1
	}
done
(($(grep -c '^<!-- draw-table' "$srcdir/docs/status.md") >= 6)) || { echo "the page has lost its screens"; exit 1; }
