#!/bin/bash
# Measures what the witness adds to each access of a sysctl: the same accesses by turns with it and
# without it.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: witness.sh PROGRAM SYSCTL-ACCESSES      as root, in a mount namespace and a network
# namespace of its own. The program is attached to this machine's root control group meanwhile.
set -euo pipefail
export LC_ALL=C
program=$1 accesses=$2
count=${BENCH_ACCESSES:-50000} rounds=${BENCH_ROUNDS:-41}
timeout=/proc/sys/net/netfilter/nf_conntrack_udp_timeout
kinds=("a read of another sysctl" "a write of another sysctl" "a read of a conntrack key" "a write of a conntrack key")
pins=/sys/fs/bpf/conntrack-persist

measure() {
	case $1 in
	0) "$accesses" /proc/sys/net/ipv4/ip_default_ttl "$count" ;;
	1) "$accesses" /proc/sys/net/ipv4/ip_default_ttl "$count" 64 ;;
	2) "$accesses" "$timeout" "$count" ;;
	3) "$accesses" "$timeout" "$count" 30 ;;
	esac
}

# middle NUMBER...: the median.
middle() {
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

mount -t bpf bpf /sys/fs/bpf
trap '"$program" --quiet apply --witness=unload' EXIT
declare -A without with added
for ((round = 0; round < rounds; round++)); do
	for kind in 0 1 2 3; do
		a=$(measure "$kind")
		"$program" --quiet apply --witness=load
		[[ -e $pins ]] || { echo "witness.sh: the witness could not be loaded" >&2; exit 1; }
		b=$(measure "$kind")
		"$program" --quiet apply --witness=unload
		without[$kind]+=" $a" with[$kind]+=" $b" added[$kind]+=" $((b - a))"
	done
done
echo '| access | without, ns | with, ns | added, ns |'
echo '| --- | ---: | ---: | ---: |'
for kind in 0 1 2 3; do
	# shellcheck disable=SC2086
	echo "| ${kinds[kind]} | $(middle ${without[$kind]}) | $(middle ${with[$kind]}) | $(middle ${added[$kind]}) |"
done
