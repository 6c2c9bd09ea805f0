#!/bin/bash
# No misspelt words, and nothing left for later in the sources.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
command -v codespell >/dev/null || { echo "no codespell here"; exit 77; }
cd "$srcdir"
if grep -rnE 'TODO|FIXME|XXX' src; then
	exit 1
fi
pages=()
for page in README.md CONTRIBUTING.md NEWS docs man/*.scd conntrack-persist.conf src scripts; do
	[[ ! -e $page ]] || pages+=("$page")
done
# AKS is a service of Azure.
codespell --ignore-words-list=aks "${pages[@]}"
