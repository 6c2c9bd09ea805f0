#!/bin/bash
# With too little memory the answer is complete, or the run fails with a message: no finding is
# silently left out.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"

writers=3000
image
mkdir -p "$work/image/etc/sysctl.d"
for ((i = 0; i < writers; i++)); do
	echo "net.netfilter.nf_conntrack_max = $((70000 + i))"
done >"$work/image/etc/sysctl.d/99-others.conf"
printf '[conntrack]\nmax = 131072\nhashsize = 65536\n' >"$work/image/etc/conntrack-persist.conf"

# sweep NAME PROGRAM ARGUMENT...: runs with more and more memory, from too little on, until the
# answer was complete five times.
sweep() {
	local name=$1 status=0 expected size failed=0 whole=0
	shift
	"$@" >"$work/whole" 2>"$work/whole-err" </dev/null || expected=$?
	expected=${expected-0}
	for ((size = 2048; whole < 5 && size < 65536; size += 160)); do
		status=0
		prlimit --as=$((size * 1024)) "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
		# The loader fails with 127.
		if [[ $status == 1 || $status == 127 ]]; then
			failed=$((failed + 1)) whole=0
			[[ -s $work/err ]] || fail "$name, $size KiB: fails without a message"
			! grep -qE '^In order|"state": "in-order"' "$work/out" || fail "$name, $size KiB: fails and says in order"
		elif [[ $status != "$expected" ]]; then
			fail "$name, $size KiB: exit $status: $(tail -n 3 "$work/err")"
		elif diff "$work/whole" "$work/out" >"$work/diff" && diff "$work/whole-err" "$work/err" >"$work/diff"; then
			whole=$((whole + 1))
		else
			whole=0
			fail "$name, $size KiB: exit $status, and $(wc -l <"$work/diff") lines differ: $(head -n 5 "$work/diff" | cut -c 1-200)"
		fi
	done
	printf '%s: fails with a message %d times, enough are %d KiB\n' "$name" $failed $((size - 5 * 160))
	((failed > 0 && whole > 0)) || fail "$name: the sizes do not go from too little to enough"
}

sweep check "$program" check --root="$work/image"
sweep 'check in JSON' "$program" check --json --root="$work/image"
sweep 'plan in JSON' "$program" plan --json --root="$work/image"
sweep adoption "$program" plan --from-system --root="$work/image"
sweep keys "$program" keys --json

# The same on a running host.
export CONNTRACK_PERSIST_HOST=$work/image
mkdir -p "$work/image/"{proc/sys/kernel,proc/sys/net/netfilter,sys/module/nf_conntrack/parameters,etc/modules-load.d}
echo 6.1.0-13-amd64 >"$work/image/proc/sys/kernel/osrelease"
echo 'MemTotal:        3915436 kB' >"$work/image/proc/meminfo"
echo live >"$work/image/sys/module/nf_conntrack/initstate"
echo 65536 >"$work/image/sys/module/nf_conntrack/parameters/hashsize"
for name in max buckets count; do
	echo 65536 >"$work/image/proc/sys/net/netfilter/nf_conntrack_$name"
done
for ((i = 0; i < 300; i++)); do
	echo nf_nat >"$work/image/etc/modules-load.d/$i.conf"
	mkdir -p "$work/image/namespaces/n$i/proc/sys/net/netfilter"
	for name in max buckets count; do
		echo 65536 >"$work/image/namespaces/n$i/proc/sys/net/netfilter/nf_conntrack_$name"
	done
done
sweep users "$twin" users
sweep 'users in JSON' "$twin" users --json
sweep status "$twin" status
sweep 'status in JSON' "$twin" status --json
sweep 'metrics' "$twin" status --prometheus
sweep advise "$twin" advise --json
sweep 'check of a host' "$twin" check --json
finish
