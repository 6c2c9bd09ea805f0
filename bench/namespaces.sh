#!/bin/bash
# Measures what many network namespaces cost: setting all of them, finding all of them right, and
# check. It makes them in namespaces of its own, so that it changes nothing on this machine.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: namespaces.sh PROGRAM COUNT...
set -euo pipefail
program=$1
shift
if [[ ${BENCH_INSIDE-} != yes ]]; then
	[[ -r /proc/sys/net/netfilter/nf_conntrack_max ]] || { echo "namespaces.sh: nf_conntrack is not loaded" >&2; exit 1; }
	echo '| namespaces of processes | set all: processor, wall clock | all are right | check |'
	echo '| ---: | ---: | ---: | ---: |'
	for count; do
		BENCH_INSIDE=yes unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private "$0" "$program" "$count"
	done
	exit
fi
mount -t tmpfs none /run
mount -t tmpfs -o mode=755 none /etc
mkdir /run/work
printf '[timeouts]\nudp = 47\ntcp_established = 6h\n[options]\nacct = yes\ntcp_loose = no\n' >/run/work/conf
{ cat /run/work/conf; printf '[apply]\nnamespaces = all\n'; } >/run/work/all
count=$1
for ((i = 0; i < count; i++)); do
	unshare --net sleep infinity &
done
until (($(readlink /proc/[0-9]*/ns/net | sort -u | wc -l) > count)); do sleep 0.2; done

# cost ARGUMENT...: runs the program and prints seconds of the processor and of the clock.
cost() {
	local TIMEFORMAT='%U %S %R' user system wall
	# The program ends with 2 if something else on this machine is not as configured.
	read -r user system wall < <({ time "$program" -q "$@" >/dev/null 2>&1 || :; } 2>&1)
	echo "$((10#${user/./} + 10#${system/./})) ms, $((10#${wall/./})) ms"
}
first=$(cost -c /run/work/conf apply --netns=all)
second=$(cost -c /run/work/conf apply --netns=all)
echo "| $count | $first | $second | $(cost -c /run/work/all check) |"
