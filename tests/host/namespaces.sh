#!/bin/bash
# Network namespaces of this machine's kernel: found, entered, their own values set, those of the own one left as they are.
# The test is in one of its own, and sees none but those that it makes, which go with it: whatever goes wrong in it, no value
# of this machine is another one.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
program=$CONNTRACK_PERSIST
proc=/proc/sys/net/netfilter

if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo "needs root"; exit 77; }
	[[ -r $proc/nf_conntrack_max ]] || { echo "nf_conntrack is not loaded"; exit 77; }
	# Seen from another one the host's is one of the others, and its max is not taken for a namespace's own. Nothing is asked
	# for but what it has.
	config=$(mktemp)
	trap 'rm -f "$config"' EXIT
	max=$(<"$proc/nf_conntrack_max")
	printf '[conntrack]\nmax = %s\nhashsize = %s\n' "$max" "$max" >"$config"
	said=$(unshare --net "$program" -c "$config" -v apply --netns=/proc/$$/ns/net 2>&1)
	[[ $said == *"host      net.netfilter.nf_conntrack_max: the host's own"* ]] || { echo "$said"; exit 1; }
	unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private "$0" alone
	exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mount -t tmpfs none /run
mount -t tmpfs -o mode=755 none /etc
mkdir -p /run/netns

fail() {
	printf '%s\n' "$@"
	exit 1
}
# ctp STATUS ARGUMENT...: runs the program, which has to exit so; sets output.
ctp() {
	local status=0
	output=$("$program" -c "$work/c.conf" "${@:2}" 2>&1) || status=$?
	[[ $status == "$1" ]] || fail "${*:2}: exit $status, not $1" "$output"
}
says() {
	[[ $output == *"$1"* ]] || fail "not said: $1" "$output"
}
# snapshot [FILE]: all that the own namespace, or that one, has of its own.
snapshot() {
	if (($#)); then
		nsenter --net="$1" bash -c "$(declare -p proc); $(declare -f snapshot); snapshot"
		return
	fi
	(cd "$proc" && grep -d skip . ./* | grep -Ev "nf_conntrack_(count|max|buckets|expect_max):")
}
# is FILE KEY VALUE: the value in that namespace.
is() {
	local live
	live=$(nsenter --net="$1" cat "$proc/$2")
	[[ $live == "$3" ]] || fail "$1: $2 is $live, not $3"
}

before=$(snapshot)
max=$(<"$proc/nf_conntrack_max")
for name in blue green; do
	: >"/run/netns/$name"
	unshare --net="/run/netns/$name" true
done
# What a crash leaves behind, and what is something else altogether.
: >/run/netns/left
: >/run/netns/mounts
unshare --mount=/run/netns/mounts true 2>/dev/null || :
ln -s /run/netns/blue /run/netns/same
mkfifo "$work/ready"
# shellcheck disable=SC2016
unshare --net bash -c 'echo >"$0"; exec sleep infinity' "$work/ready" &
process=$!
read -r <"$work/ready"
printf '[conntrack]\nmax = %s\nhashsize = %s\n' $((max * 2)) $((max * 2)) >"$work/c.conf"
printf '[timeouts]\nudp = 47\ntcp_established = 6h\n[options]\nacct = yes\n' >>"$work/c.conf"
fresh=$(snapshot /run/netns/green)

ctp 0 apply --netns=blue
says 'set       net.netfilter.nf_conntrack_udp_timeout'
is /run/netns/blue nf_conntrack_udp_timeout 47
is /run/netns/blue nf_conntrack_tcp_timeout_established 21600
is /run/netns/blue nf_conntrack_acct 1
says "left out as the host's own: max"
[[ $(snapshot) == "$before" ]] || fail 'the own values are others'
[[ $(snapshot /run/netns/green) == "$fresh" ]] || fail 'the values of green are others'
ctp 0 --json apply --netns=/run/netns/blue
says '"changed": false'

ctp 0 apply --netns="/proc/$process/ns/net"
is "/proc/$process/ns/net" nf_conntrack_udp_timeout 47
nsenter --net="/proc/$process/ns/net" bash -c "echo 99 >$proc/nf_conntrack_udp_timeout"

# Each once, by its first name; what is none is passed over.
ctp 0 apply --netns=all
says 'namespace blue
ok        3 values
namespace green
'
says "namespace of sleep ($process)
set       net.netfilter.nf_conntrack_udp_timeout: 99 -> 47
ok        2 values
3 network namespaces: 9 values are active"
is /run/netns/green nf_conntrack_udp_timeout 47
[[ $(snapshot) == "$before" ]] || fail 'the own values are others'

for wrong in left mounts /etc /run/netns/left "/proc/$process/ns/mnt"; do
	ctp 1 apply --netns="$wrong"
	says "$wrong is no network namespace"
done
ctp 1 apply --netns=red
says "there are: blue, green, /proc/$process/ns/net"
ctp 1 apply --netns=..
ctp 1 apply --netns=/proc/$$/ns/net
says 'the network namespace that this process is in'

# The rules of each are found, and what asked for them is back where it was.
if nsenter --net=/run/netns/green nft 'add table inet t; add chain inet t c { type filter hook input priority 0; };
	add rule inet t c ct state established accept' 2>/dev/null; then
	ctp 2 users
	says 'nft inet t c, namespace green'
fi
# Root of a user namespace gets into one that belongs to it, and would not get back to the host's: it goes nowhere.
# shellcheck disable=SC2016
output=$(unshare --user --map-root-user bash -c '
	unshare --net bash -c "echo >\"\$0\"; exec sleep infinity" "$0" &
	read -r <"$0"
	"$1" -c "$2" apply --netns="/proc/$!/ns/net" 2>&1 || echo "exit $?"
	kill $!' "$work/ready" "$program" "$work/c.conf")
says 'cannot enter it: Operation not permitted
exit 1'
[[ $(snapshot) == "$before" ]] || fail 'the own values are others'
