#!/bin/bash
# Network namespaces of this machine's kernel are found and entered, their values are set, and those
# of the test's own namespace stay. The test runs in a namespace of its own and sees only the ones
# that it makes, which end with it: if it fails, no value of this machine has changed.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
program=$CONNTRACK_PERSIST
proc=/proc/sys/net/netfilter

if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo "needs root"; exit 77; }
	[[ -r $proc/nf_conntrack_max ]] || { echo "nf_conntrack is not loaded"; exit 77; }
	# Seen from another namespace, the host's is one of the others, and its max is not taken for
	# one of that namespace. The program reads only what the namespace has.
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
# ctp STATUS ARGUMENT...: runs the program, which must exit with this status; sets output.
ctp() {
	local status=0
	output=$("$program" -c "$work/c.conf" "${@:2}" 2>&1) || status=$?
	[[ $status == "$1" ]] || fail "${*:2}: exit $status, not $1" "$output"
}
says() {
	[[ $output == *"$1"* ]] || fail "not said: $1" "$output"
}
# snapshot [FILE]: prints all values of the test's own namespace, or of that one.
snapshot() {
	if (($#)); then
		nsenter --net="$1" bash -c "$(declare -p proc); $(declare -f snapshot); snapshot"
		return
	fi
	(cd "$proc" && grep -d skip . ./* | grep -Ev "nf_conntrack_(count|max|buckets|expect_max):")
}
# is FILE KEY VALUE: checks the value in that namespace.
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
# Files that a crash left, and a file that is no namespace at all.
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
says "left out, because only the host has them: max"
[[ $(snapshot) == "$before" ]] || fail 'the own values are others'
[[ $(snapshot /run/netns/green) == "$fresh" ]] || fail 'the values of green are others'
ctp 0 --json apply --netns=/run/netns/blue
says '"changed": false'

ctp 0 apply --netns="/proc/$process/ns/net"
is "/proc/$process/ns/net" nf_conntrack_udp_timeout 47
nsenter --net="/proc/$process/ns/net" bash -c "echo 99 >$proc/nf_conntrack_udp_timeout"

# Each namespace is visited once, by its first name; a file that is no namespace is skipped.
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

# A namespace that appears while the program runs is set, too. A new name may wait for its own.
: >/run/netns/late
(sleep 1; unshare --net=/run/netns/late true) &
late=$!
ctp 0 apply --netns=all
wait "$late"
is /run/netns/late nf_conntrack_udp_timeout 47
# The service goes on for some seconds: names in a row are one run.
mkfifo "$work/begin"
(
	read -r <"$work/begin"
	for ((i = 0; i < 8; i++)); do
		: >"/run/netns/burst$i"
		unshare --net="/run/netns/burst$i" true
		sleep 0.4
	done
) &
burst=$!
RUNTIME_DIRECTORY=/run/conntrack-persist "$program" -c "$work/c.conf" -q apply --netns=all &
lingers=$!
echo >"$work/begin"
wait "$burst" "$lingers"
for ((i = 0; i < 8; i++)); do
	is "/run/netns/burst$i" nf_conntrack_udp_timeout 47
	umount "/run/netns/burst$i"
	rm "/run/netns/burst$i"
done
umount /run/netns/late
rm /run/netns/late
# One that has the name, and often the inode, of one that has just gone is another one.
RUNTIME_DIRECTORY=/run/conntrack-persist "$program" -c "$work/c.conf" -q apply --netns=all &
lingers=$!
# The pauses between listings grow to half a second, and the kernel frees an inode a moment later:
# neither sends an event to wait for.
for ((i = 0; i < 8; i++)); do
	: >/run/netns/again
	unshare --net=/run/netns/again true
	for ((k = 0; k < 40; k++)); do
		[[ $(nsenter --net=/run/netns/again cat /proc/sys/net/netfilter/nf_conntrack_udp_timeout) != 47 ]] || break
		kill -0 "$lingers" 2>/dev/null || fail "the service ended at the ${i}th namespace of a name"
		sleep 0.1
	done
	is /run/netns/again nf_conntrack_udp_timeout 47
	sleep 1
	umount /run/netns/again
	rm /run/netns/again
	sleep 0.05
done
wait "$lingers"

for wrong in left mounts /etc /run/netns/left "/proc/$process/ns/mnt"; do
	ctp 1 apply --netns="$wrong"
	says "$wrong is no network namespace"
done
ctp 1 apply --netns=red
says "there are: blue, green, /proc/$process/ns/net"
ctp 1 apply --netns=..
ctp 1 apply --netns=/proc/$$/ns/net
says 'this process already runs in the network namespace'

# The rules of each namespace are found, and the process that looked is back in its own namespace.
if nsenter --net=/run/netns/green nft 'add table inet t; add chain inet t c { type filter hook input priority 0; };
	add rule inet t c ct state established accept' 2>/dev/null; then
	ctp 2 users
	says 'nft inet t c, namespace green'
fi
# Root of a user namespace could enter a network namespace that belongs to it, but could not return
# to the host's: the program does not enter.
# shellcheck disable=SC2016
output=$(unshare --user --map-root-user bash -c '
	unshare --net bash -c "echo >\"\$0\"; exec sleep infinity" "$0" &
	read -r <"$0"
	"$1" -c "$2" apply --netns="/proc/$!/ns/net" 2>&1 || echo "exit $?"
	kill $!' "$work/ready" "$program" "$work/c.conf")
says 'cannot enter it: Operation not permitted
exit 1'
[[ $(snapshot) == "$before" ]] || fail 'the own values are others'

# A hook needs no way back, so it works there, as in the containers of an ordinary user.
# shellcheck disable=SC2016
output=$(unshare --user --map-root-user bash -c '
	unshare --net bash -c "echo >\"\$0\"; exec sleep infinity" "$0" &
	read -r <"$0"
	echo "{\"pid\": $!}" | "$1" hook -c "$2" 2>&1
	nsenter --net="/proc/$!/ns/net" cat "$3/nf_conntrack_udp_timeout"
	kill $!' "$work/ready" "$program" "$work/c.conf" "$proc")
says 'nf_conntrack_udp_timeout: 30 -> 47'
says $'\n47'

# A process can name the namespace that it is in, and keeps its standard input. In that of the host
# nothing is done.
# shellcheck disable=SC2016
output=$(echo 'this is for the next command' | unshare --net bash -c '
	"$0" hook --netns=/proc/self/ns/net -c "$1" 2>&1
	cat - "$2/nf_conntrack_udp_timeout"' "$program" "$work/c.conf" "$proc")
says 'namespace /proc/self/ns/net'
says 'nf_conntrack_udp_timeout: 30 -> 47'
says $'this is for the next command\n47'
ctp 0 hook --netns=/proc/$$/ns/net
[[ $(snapshot) == "$before" ]] || fail 'the own values are others'
