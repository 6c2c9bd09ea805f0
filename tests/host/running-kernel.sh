#!/bin/bash
# Installs on this very machine, whose kernel may have nf_conntrack built in and whose PID 1 may not
# be systemd: the real values are set, changed and repaired. Only the test sees the installed files,
# and every value is restored.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
proc=/proc/sys/net/netfilter
sys=/sys/module/nf_conntrack
program=$CONNTRACK_PERSIST

# For the time of the test, /etc and /var/lib are other folders that only the test sees.
if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo "needs root"; exit 77; }
	exec unshare --mount --propagation private "$0" alone
fi
work=$(mktemp -d)
cp -a /etc "$work/etc"
mount -t tmpfs -o mode=755 none /etc
mount -t tmpfs -o mode=755 none /var/lib
# Files of a real installation stay; if there is none, the folder is made here, and uninstall
# removes it.
runtime=/run/conntrack-persist
had_runtime=no
if [[ -d $runtime ]]; then
	had_runtime=yes
	mount -t tmpfs none "$runtime"
fi
cp -a "$work/etc/." /etc/
find /etc -depth -path '*conntrack-persist*' -delete

fail() {
	printf '%s\n' "$@"
	exit 1
}

# ctp STATUS ARGUMENT...: runs the program, which must exit with this status; sets output.
ctp() {
	local status=0
	output=$("$program" "${@:2}" 2>&1) || status=$?
	[[ $status == "$1" ]] || fail "${*:2}: exit $status, not $1" "$output"
}

# says TEXT: checks that the last run printed this text.
says() {
	[[ $output == *"$1"* ]] || fail "not said: $1" "$output"
}

# This lists every value that can be set. The count of entries is left out, because it changes by
# itself.
snapshot() {
	[[ ! -d $proc ]] || (cd "$proc" && grep -s . ./* | grep -v nf_conntrack_count)
	[[ ! -r $sys/parameters/hashsize ]] || cat "$sys/parameters/hashsize"
}

# count NUMBER: prints it with thousands separators, as screens show it.
count() {
	sed -E ':again; s/([0-9])([0-9]{3})($|,)/\1,\2\3/; t again' <<<"$1"
}

is() {
	[[ $(cat "$1") == "$2" ]] || fail "$1 is $(cat "$1"), not $2"
}

before=$(snapshot)
# Without nf_conntrack, or if another namespace owns these values, fewer can be checked.
values=none
if [[ -d $proc ]]; then
	values=own
	[[ $(stat -c %a "$proc/nf_conntrack_max") == 444 ]] || values=all
	max=$(<"$proc/nf_conntrack_max")
	udp=$(<"$proc/nf_conntrack_udp_timeout")
	hashsize=$(<"$sys/parameters/hashsize")
fi
restore() {
	# The larger size is set first, so that nothing is dropped.
	[[ $values != all ]] || {
		echo "$hashsize" >"$sys/parameters/hashsize"
		echo "$max" >"$proc/nf_conntrack_max"
	}
	[[ $values == none ]] || echo "$udp" >"$proc/nf_conntrack_udp_timeout"
	[[ $had_runtime == yes ]] || rm -rf "$runtime"
	rm -rf "$work"
}
trap restore EXIT

printf '[timeouts]\nudp = 47\n' >/etc/conntrack-persist.conf
if [[ $values == all ]]; then
	wanted_hashsize=$((hashsize * 2))
	wanted_max=$((wanted_hashsize * 2))
	printf '[conntrack]\nmax = %s\nhashsize = %s\n' "$wanted_max" "$wanted_hashsize" >>/etc/conntrack-persist.conf
fi
values_hold() {
	[[ $values == none ]] || is "$proc/nf_conntrack_udp_timeout" 47
	[[ $values != all ]] || {
		is "$proc/nf_conntrack_max" "$wanted_max"
		is "$sys/parameters/hashsize" "$wanted_hashsize"
		is "$proc/nf_conntrack_buckets" "$wanted_hashsize"
	}
}

ctp 2 plan
if [[ $values == all && ! -e $sys/initstate ]]; then
	says "nf_conntrack.hashsize=$wanted_hashsize"
fi
[[ $(snapshot) == "$before" ]] || fail 'plan changed a value'

if [[ $values == own ]]; then
	# Only another namespace can set the default for max.
	ctp 0 install
	says 'namespace'
else
	ctp 0 install
fi
[[ -d /run/systemd/system ]] || says 'systemd'
values_hold
[[ $values == own ]] || ctp 0 check

# Values changed by hand are repaired. A second run has nothing to do.
if [[ $values == all ]]; then
	echo 48 >"$proc/nf_conntrack_udp_timeout"
	echo "$max" >"$proc/nf_conntrack_max"
	echo "$hashsize" >"$sys/parameters/hashsize"
	ctp 2 check
	says "net.netfilter.nf_conntrack_udp_timeout: 48 -> 47"
	says "net.netfilter.nf_conntrack_max: $(count "$max") -> $(count "$wanted_max")"
	says "nf_conntrack.hashsize: $(count "$hashsize") -> $(count "$wanted_hashsize")"
	ctp 0 apply
	values_hold
	ctp 0 --json apply
	says '"changed": false'
fi

# The namespace of the test gets its own values; those of the host are reported, not set.
if [[ $values == all ]]; then
	echo "$max" >"$proc/nf_conntrack_max"
	# shellcheck disable=SC2016
	said=$(unshare --net bash -c '
		"$1" apply 2>&1
		echo "exit $?"
		cat /proc/sys/net/netfilter/nf_conntrack_udp_timeout' - "$program")
	[[ $said == *$'exit 1\n47' ]] || fail "in a network namespace: $said"
	[[ $said == *'this value belongs to the initial network namespace'* ]] || fail "in a network namespace: $said"
	is "$proc/nf_conntrack_max" "$max"
fi

# Rules are found in a namespace of the test; those of this machine stay.
if [[ $values == all ]] && unshare --net nft 'add table inet t; add chain inet t c { type filter hook input priority 0; };
	add rule inet t c ct state established accept' 2>/dev/null; then
	# shellcheck disable=SC2016
	said=$(unshare --net bash -c '
		nft "add table inet t; add chain inet t c { type filter hook input priority 0; };
			add rule inet t c ct state established accept"
		before=$(nft list ruleset)
		"$1" users 2>&1
		echo "exit $?"
		[[ $(nft list ruleset) == "$before" ]] || echo "the rules are others"' - "$program")
	[[ $said == *'nft inet t c'*'1 rule with connection state (ct)'*'exit 2' ]] || fail "users: $said"
fi

ctp 0 uninstall
[[ -z $(find /etc /var/lib -path '*conntrack-persist*' ! -name conntrack-persist.conf) ]] ||
	fail 'uninstall left something'

[[ $had_runtime == yes || ! -e $runtime ]] || fail "$runtime is left"
restore
trap - EXIT
[[ $(snapshot) == "$before" ]] || fail 'this machine is not as it was' "$(diff <(echo "$before") <(snapshot))"
echo "values of this machine's kernel that the test could set: $values"
