#!/bin/bash
# No misspelt words, and nothing left for later in the sources.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
command -v codespell >/dev/null || { echo "no codespell here"; exit 77; }
cd "$srcdir"
! grep -rnE 'TODO|FIXME|XXX' src
pages=()
for page in README.md CONTRIBUTING.md NEWS docs man/*.scd conntrack-persist.conf src scripts; do
	[[ ! -e $page ]] || pages+=("$page")
done
codespell "${pages[@]}"
