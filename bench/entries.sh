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
	printf '| %d | %d | %s | %.2f | %.2f | %s |\n' "$@"
}

# median COLUMN FILE: prints the median of a column of numbers.
median() {
	awk -v column="$1" '{ print $column }' "$2" | sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'
}

# cost_of WHAT WAY ENTRIES: prints what one run of count-entries says. Missing entries would make
# the figures worthless.
cost_of() {
	local said
	said=$("$count_entries" "$1" "$2")
	(("${said%% *}" == $3)) || { echo "entries.sh: ${said%% *} entries by $2, not $3" >&2; return 1; }
	echo "$said"
}

# by_ctnetlink ENTRIES CLIENTS: counts alone, with holders, and as status does by turns, so that
# what else runs on the machine costs each the same; prints the medians and their ratios.
by_ctnetlink() {
	local what round
	# It runs once before, so that the processor's caches are warm.
	"$count_entries" cost ctnetlink >/dev/null
	rm -f "$work"/cost*
	for ((round = 1; round <= rounds; round++)); do
		for what in cost cost-holders cost-status; do
			cost_of "$what" ctnetlink "$1" >>"$work/$what"
		done
	done
	row "$1" "$2" ctnetlink "$(median 2 "$work/cost")" "$(median 3 "$work/cost")" "$(median 4 "$work/cost")"
	row "$1" "$2" 'ctnetlink, with holders' "$(median 2 "$work/cost-holders")" "$(median 3 "$work/cost-holders")" \
		"$(median 4 "$work/cost-holders")"
	row "$1" "$2" 'ctnetlink, as status' "$(median 2 "$work/cost-status")" "$(median 3 "$work/cost-status")" \
		"$(median 4 "$work/cost-status")"
	ratio 'with holders' cost cost-holders
	ratio 'sample, more than holders' cost-holders cost-status
}

# ratio WHAT FILE OTHER: notes how much more the other way costs.
ratio() {
	paste "$work/$2" "$work/$3" |
		awk -v what="$1" '{ before += $3; after += $7; memory = $8 - $4 > memory ? $8 - $4 : memory }
			END { printf "<!-- %d rounds: %s %+.1f %% of a processor, %+d KiB -->\n", NR, what, (after / before - 1) * 100, memory }' \
			>>"$work/notes"
}

# fill_and_count PORTS NUMBER...: each client has so many ports.
fill_and_count() {
	local ports=$1 there=0 number clients way seconds processor memory
	shift
	for number in "$@"; do
		"$insert_entries" "$there" $((number - there)) "$ports"
		there=$number clients=$(((number + ports - 1) / ports))
		by_ctnetlink "$number" "$clients"
		# The other ways do not look at the clients.
		((ports == 60000)) || continue
		"$count_entries" cost file >/dev/null
		read -r _ seconds processor memory < <(cost_of cost file "$number")
		row "$number" "$clients" /proc/net/nf_conntrack "$seconds" "$processor" "$memory"
		for way in 'conntrack -L' 'cat /proc/net/nf_conntrack'; do
			# shellcheck disable=SC2086
			read -r seconds processor < <(in_seconds $way)
			row "$number" "$clients" "$way" "$seconds" "$processor" ''
		done
	done
}

if [[ ${1-} == alone ]]; then
	count_entries=$3 insert_entries=$4 rounds=${BENCH_ROUNDS:-5}
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	fill_and_count "$2" "${@:5}"
	cat "$work/notes"
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
echo '| entries | clients | way | seconds | of a processor | memory, KiB |'
echo '| ---: | ---: | --- | ---: | ---: | ---: |'
# Few clients with many entries each are the usual case; many with few are the worst for holders.
unshare --net "$0" alone 60000 "$@"
unshare --net "$0" alone 10 "$@"
