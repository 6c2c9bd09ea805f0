#!/bin/bash
# Measures how long a resize of a table in use stops tracked traffic: the longest gap of a UDP
# ping-pong meanwhile.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: resize.sh LONGEST-GAP INSERT-ENTRIES NUMBER...      as root, and the numbers rising
# The entries are those of a network namespace of its own. The buckets and the limit are this
# machine's: both are changed meanwhile, and put back.
set -euo pipefail
max=/proc/sys/net/netfilter/nf_conntrack_max
hashsize=/sys/module/nf_conntrack/parameters/hashsize
export LC_ALL=C

# gap BUCKETS: prints the longest gap in two seconds. After one second the table gets so many
# buckets; with 0 it keeps them.
gap() {
	"$longest_gap" 2 &
	sleep 1
	(($1 == 0)) || nsenter --net="/proc/$MACHINE_PID/ns/net" sh -c "echo $1 >$hashsize"
	wait $!
}

measure() {
	local there=0 number
	longest_gap=$1 insert_entries=$2
	shift 2
	ip link set lo up
	nft 'add table ip bench; add chain ip bench out { type filter hook output priority 0; };
		add rule ip bench out ct state established accept'
	echo '| entries | without a resize, ms | more buckets, ms | fewer buckets, ms |'
	echo '| ---: | ---: | ---: | ---: |'
	for number in "$@"; do
		"$insert_entries" "$there" $((number - there))
		there=$number
		echo "| $number | $(gap 0) | $(gap 524288) | $(gap 262144) |"
	done
}

if [[ ${RESIZE_INSIDE-} == yes ]]; then
	measure "$@"
	exit
fi
[[ $EUID == 0 ]] || { echo "resize.sh: needs root" >&2; exit 1; }
old_max=$(<"$max") old_hashsize=$(<"$hashsize")
trap 'echo "$old_hashsize" >"$hashsize"; echo "$old_max" >"$max"' EXIT
trap 'exit 1' INT TERM
most=${!#}
echo 262144 >"$hashsize"
((old_max > most + 1000)) || echo $((most + 1000)) >"$max"
RESIZE_INSIDE=yes MACHINE_PID=$$ unshare --net "$0" "$@"
