#!/bin/bash
# Checks that the screens of docs/status.md and of the unit tests, and the pictures of README.md,
# are byte for byte what the program shows.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}" "${builddir:?is set by make check}"
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
export CONNTRACK_PERSIST_DRAW=$builddir/tests/draw-table
"$srcdir/scripts/render-screens" "$fresh"
"$srcdir/scripts/render-pictures" "$fresh"
for drawn in docs/status.md tests/unit/data/screens; do
	diff -r "$srcdir/$drawn" "$fresh/$drawn" || {
		echo "refresh them with: make refresh-screens"
		exit 1
	}
done
for picture in status status-narrow check check-narrow; do
	cmp "$srcdir/docs/pictures/$picture.svg" "$fresh/docs/pictures/$picture.svg" || {
		echo "refresh them with: make refresh-screens"
		exit 1
	}
	grep -qF "docs/pictures/$picture.svg" "$srcdir/README.md" || { echo "README.md lacks the picture $picture"; exit 1; }
done
(($(grep -c '^<!-- draw-table' "$srcdir/docs/status.md") >= 6)) || { echo "the page has lost its screens"; exit 1; }
