#!/bin/bash
# Checks that numbers of five and more digits have thousands separators in the rows and messages of
# all cases. Digits stay plain if a reader types them or if they quote a line of a file: "NAME = N",
# NAME=N, text between quotes, and what FILE:LINE sets.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
rows='(mode|table|memory|ok|set|differs|pending|failed|absent|host|unreadable|cannot load|loaded|certain|likely|entries|buckets|drops|expected|critical)  '
messages='(warning|note|err|info|refused|left out|cannot [a-z]+|hashsize stays|Plan|[^ ]*[.]conf:[0-9]+): '
# plain FILE...: prints the lines with such a number and without separators.
plain() {
	# A line that the case itself prints about a file begins neither with a row nor with a
	# message.
	grep -HnE "^(${rows}|${messages}|          )" "$@" |
		sed -E 's/^([^:]*:[0-9]+:)/\1\n/; h' | awk '
			/^[^ ]*expected[^ ]*:[0-9]+:$/ { place = $0; next }
			{ line = $0
			  gsub(/"[^"]*"/, ""); gsub(/[A-Za-z0-9_.]+ = [0-9]+/, ""); gsub(/[^ ]*=[0-9]+/, "")
			  gsub(/(refuse|reads|refuses|takes) (-?|0x)[0-9]+/, ""); gsub(/as well \([0-9a-fx]+\)/, ""); gsub(/[.a-z]*(:[0-9]+)? (may set|sets) (a computed value, )?[0-9]+( or more [(][0-9]+ a processor[)])?/, ""); gsub(/[^ ]*\/[^ ]*/, "")
			  if ($0 ~ /(^|[^0-9,.])[0-9][0-9][0-9][0-9][0-9]+/) { print place " " line; bad = 1 } }
			END { exit bad }'
}
# Planted lines of this kind must be found, and other lines must not.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%s\n' 'differs   net.netfilter.nf_conntrack_max: 65536 -> 100,000' 'warning: 70000 rules' 'a.conf:2: max: 12345 is few' \
	>"$work/expected-bad"
printf '%s\n' 'differs   net.netfilter.nf_conntrack_max: 65,536 -> 100,000 (a.conf:2)' 'warning: write "max = 70000"' \
	'a.conf:2: allowed: max = 12345 at most' 'cannot set nf.max = 100000: no' 'nf_conntrack_max 100000' >"$work/expected-good"
[[ $(plain "$work/expected-bad" | wc -l) == 3 ]] || { echo "plain numbers are not found"; exit 1; }
plain "$work/expected-good"
plain "$srcdir"/tests/cases/*/expected.txt
