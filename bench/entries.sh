#!/bin/bash
# Fills the table of a network namespace, and prints what it costs to count the entries in each way.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: entries.sh COUNT-ENTRIES INSERT-ENTRIES NUMBER...      as root, and the numbers rising
# The kernel's limit is one number for all namespaces: it is raised meanwhile, and put back.
set -euo pipefail
max=/proc/sys/net/netfilter/nf_conntrack_max
hashsize=/sys/module/nf_conntrack/parameters/hashsize
export LC_ALL=C

# in_seconds COMMAND...: prints how long it takes, and its share of a processor.
in_seconds() {
	local TIMEFORMAT='%R %U %S'
	{ time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ print $1, $2 + $3 }'
}

row() {
	printf '| %d | %s | %.2f | %.2f | %s |\n' "$@"
}

fill_and_count() {
	local count_entries=$1 insert_entries=$2 there=0 number way counted seconds processor memory
	shift 2
	echo '| entries | way | seconds | of a processor | memory, KiB |'
	echo '| ---: | --- | ---: | ---: | ---: |'
	for number in "$@"; do
		"$insert_entries" "$there" $((number - there))
		there=$number
		for way in ctnetlink file; do
			# It runs once before, so that the processor's caches are warm; missing
			# entries would make the figures worthless.
			"$count_entries" cost "$way" >/dev/null
			read -r counted seconds processor memory < <("$count_entries" cost "$way")
			((counted == number)) || { echo "entries.sh: $counted entries by $way, not $number" >&2; exit 1; }
			row "$number" "$way" "$seconds" "$processor" "$memory"
			[[ $way == ctnetlink ]] || continue
			read -r counted seconds processor memory < <("$count_entries" cost-holders "$way")
			row "$number" "$way, with holders" "$seconds" "$processor" "$memory"
		done
		for way in 'conntrack -L' 'cat /proc/net/nf_conntrack'; do
			# shellcheck disable=SC2086
			read -r seconds processor < <(in_seconds $way)
			row "$number" "$way" "$seconds" "$processor" ''
		done
	done
}

if [[ ${1-} == alone ]]; then
	fill_and_count "${@:2}"
	exit
fi
was_max=$(<$max)
was_hashsize=$(<$hashsize)
# The larger value is set first, so that nothing is dropped.
restore() {
	echo "$was_hashsize" >$hashsize
	echo "$was_max" >$max
}
trap restore EXIT
trap 'exit 1' INT TERM
((was_hashsize >= ${*: -1})) || echo "${*: -1}" >$hashsize
((was_max >= ${*: -1})) || echo "${*: -1}" >$max
unshare --net "$0" alone "$@"
