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
for page in README.md CONTRIBUTING.md NEWS docs man/*.scd conntrack-persist.conf src scripts tests bench systemd examples debian rpm \
	ansible puppet completion quickstart run-tests; do
	[[ ! -e $page ]] || pages+=("$page")
done
# AKS is a service of Azure; the others are parts of words in tests, such as "\\x41nd", and German
# "als".
ignored=aks,nd,te,hel,als,instal
# The cases command-line and command-line-words contain misspelt words on purpose.
skipped='tests/cases/command-line*,tests/fuzz/corpus,*.svg,*.png'
codespell --ignore-words-list="$ignored" --skip="$skipped" "${pages[@]}"

# A planted mistake is found.
planted=$(mktemp)
trap 'rm -f "$planted"' EXIT
echo 'The val''eu is rec''ieved.' >"$planted"
if codespell --ignore-words-list="$ignored" --skip="$skipped" "$planted" >/dev/null; then
	echo 'a planted mistake is not found'
	exit 1
fi
