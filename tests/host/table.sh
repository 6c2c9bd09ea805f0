#!/bin/bash
# Reads the real table of this machine's kernel: entries and counters in a network namespace of the
# test are counted through ctnetlink and through the kernel's files, and both must agree.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${builddir:?is set by make check}"

# For the time of the test this is another network namespace, which only the test sees.
if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo "needs root"; exit 77; }
	for tool in conntrack ip nft setpriv; do
		command -v "$tool" >/dev/null || { echo "no $tool here; see scripts/packages"; exit 77; }
	done
	# Making an entry would load the module on this machine.
	[[ -e /sys/module/nf_conntrack_netlink || ! -e /proc/modules ]] ||
		grep -qs '/nf_conntrack_netlink\.ko$' "/lib/modules/$(uname -r)/modules.builtin" ||
		{ echo "nf_conntrack_netlink is not loaded, and this test loads nothing"; exit 77; }
	exec unshare --net "$0" alone
fi
# The copy is at a place where every user may run it.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cp "$builddir/tests/count-entries" "$work/"
ask=$work/count-entries

fail() {
	printf '%s\n' "$@"
	exit 1
}

# The kernel may have been built without these files.
entries_by=(live ctnetlink)
counters_by=(live ctnetlink)
[[ ! -e /proc/net/nf_conntrack ]] || entries_by+=(file)
[[ ! -e /proc/net/stat/nf_conntrack ]] || counters_by+=(file)

# entries_are TEXT: checks the entries in both ways.
entries_are() {
	local way
	for way in "${entries_by[@]}"; do
		diff <("$ask" entries "$way" 2000) <(printf '%s' "$1") || fail "entries by $way < > what was put there"
	done
}

put() {
	conntrack -I -s 10.0.0.1 -d 10.0.0.2 "$@" >/dev/null 2>&1 || fail "conntrack -I $*"
}
put6() {
	conntrack -I -s fd00::1 -d fd00::2 "$@" >/dev/null 2>&1 || fail "conntrack -I $*"
}

entries_are ''

# No entry is near the end of its timeout or of a class of ages, because this takes seconds.
put -p tcp --sport 1 --dport 80 --state ESTABLISHED -t 300000 -u SEEN_REPLY,ASSURED
put -p tcp --sport 2 --dport 443 --state ESTABLISHED -t 1500 -u SEEN_REPLY,ASSURED
put -p tcp --sport 3 --dport 80 --state ESTABLISHED -t 80000 -u SEEN_REPLY
put -p tcp --sport 4 --dport 80 --state CLOSE_WAIT -t 20000 -u SEEN_REPLY,ASSURED
put6 -p tcp --sport 5 --dport 443 --state TIME_WAIT -t 3000 -u SEEN_REPLY,ASSURED
put -p tcp --sport 6 --dport 80 --state SYN_SENT -t 500
put -p tcp --sport 7 --dport 80 --state SYN_RECV -t 500
put -p tcp --sport 8 --dport 80 --state FIN_WAIT -t 500
put -p tcp --sport 9 --dport 80 --state LAST_ACK -t 500
put -p tcp --sport 10 --dport 65535 --state CLOSE -t 500
put -p udp --sport 11 --dport 53 -t 500
put6 -p udp --sport 12 --dport 53 -t 500000 -u SEEN_REPLY,ASSURED
put -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 5 -t 500
put6 -p icmpv6 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 5 -t 500
put -p gre --srckey 1 --dstkey 2 -t 500
put6 -p sctp --sport 13 --dport 5060 --state ESTABLISHED --orig-vtag 1 --reply-vtag 2 -t 500
put -p dccp --sport 14 --dport 5061 --state OPEN --role client -t 500
put -p udplite --sport 15 --dport 5062 -t 500 -m 7 -w 3
put -p 89 -t 500
entries_are 'total 19
protocol icmp 1
protocol tcp 10
protocol udp 2
protocol dccp 1
protocol gre 1
protocol icmpv6 1
protocol 89 1
protocol sctp 1
protocol udplite 1
state SYN_SENT 1
state-and-time SYN_SENT 10m 1
state SYN_RECV 1
state-and-time SYN_RECV 10m 1
state ESTABLISHED 3
state-and-time ESTABLISHED 1h 1
state-and-time ESTABLISHED 1d 1
state-and-time ESTABLISHED 5d 1
state FIN_WAIT 1
state-and-time FIN_WAIT 10m 1
state CLOSE_WAIT 1
state-and-time CLOSE_WAIT 6h 1
state LAST_ACK 1
state-and-time LAST_ACK 10m 1
state TIME_WAIT 1
state-and-time TIME_WAIT 1h 1
state CLOSE 1
state-and-time CLOSE 10m 1
time 10m 13
time 1h 2
time 6h 1
time 1d 1
time 5d 1
time more 1
unreplied 13
assured 5
idle 1
udp-unreplied 1
udp-assured 1
tcp-port 80 7
tcp-port 443 2
tcp-port 65535 1
udp-port 53 2
'"$(printf 'tcp-source %d 1\n' {1..10})
udp-source 11 1
udp-source 12 1
$(printf 'tcp-unreplied %d 1\n' {6..10})
udp-unreplied 11 1
"

# There are more entries than fit into several answers of the kernel.
conntrack -F >/dev/null 2>&1
for ((port = 1; port <= 3000; port++)); do
	echo "-I -p tcp -s 10.0.1.1 -d 10.0.1.2 --sport $port --dport 22 --state ESTABLISHED -t 100000 -u SEEN_REPLY,ASSURED"
done >"$work/many"
conntrack -R "$work/many" >/dev/null 2>&1 || fail 'conntrack -R'
entries_are 'total 3000
protocol tcp 3000
state ESTABLISHED 3000
state-and-time ESTABLISHED 5d 3000
time 5d 3000
assured 3000
tcp-port 22 3000
'"$(printf 'tcp-source %d 1\n' {1..3000})
"

# This makes something to count: segments of a connection whose entry was removed are invalid. The
# connection goes to itself, because there is only one port that it can come from.
nft 'add table inet t; add chain inet t c { type filter hook input priority 0; }; add rule inet t c ct state invalid counter'
ip link set lo up 2>/dev/null || fail 'ip link set lo up'
echo 0 >/proc/sys/net/netfilter/nf_conntrack_tcp_loose
echo 40000 40000 >/proc/sys/net/ipv4/ip_local_port_range
exec 3<>/dev/tcp/127.0.0.1/40000
conntrack -F >/dev/null 2>&1
echo invalid >&3
read -r echoed <&3
[[ $echoed == invalid ]] || fail 'the connection has not come about'

# The kernel's own file is read by other means; without the file there is nothing to compare with.
sums() {
	local -A columns=()
	local name numbers number i sum
	{
		read -ra names
		mapfile -t lines
	} </proc/net/stat/nf_conntrack
	for ((i = 0; i < ${#names[@]}; i++)); do columns[${names[i]}]=$i; done
	read -ra numbers <<<"${lines[0]}"
	echo "entries $((16#${numbers[0]}))"
	for name in found invalid chainlength insert_failed drop early_drop search_restart; do
		[[ -n ${columns[$name]-} ]] || continue
		sum=0
		for line in "${lines[@]}"; do
			read -ra numbers <<<"$line"
			number=${numbers[columns[$name]]}
			sum=$((sum + 16#$number))
		done
		echo "$name $sum"
	done
}
if [[ -e /proc/net/stat/nf_conntrack ]]; then
	# The connection may still send a packet, so the sums must be the same before and after.
	for ((round = 0; round < 1000; round++)); do
		before=$(sums)
		said=()
		for way in "${counters_by[@]}"; do said+=("$("$ask" counters "$way")"); done
		[[ $(sums) != "$before" ]] || break
	done
	((round < 1000)) || fail 'the counters never stand still'
	[[ $before =~ invalid\ [1-9] ]] || fail 'nothing was invalid' "$before"
	for ((i = 0; i < ${#said[@]}; i++)); do
		wanted=$before
		# This file has only the counters.
		[[ ${counters_by[i]} != ctnetlink ]] || wanted=${before#entries *$'\n'}
		[[ ${said[i]} == "$wanted" ]] || fail "counters by ${counters_by[i]}: ${said[i]}" "-- not --" "$wanted"
	done
fi
exec 3>&-

# For a user who may not read the entries there is a message; the file of the counters is readable
# for everybody.
as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$ask" "$@" || :
}
[[ $(as_nobody entries ctnetlink) == 'Operation not permitted' ]] || fail 'entries by ctnetlink, as nobody'
[[ $(as_nobody entries live) =~ ^(Operation not permitted|Permission denied)$ ]] || fail 'entries, as nobody'
[[ $(as_nobody counters ctnetlink) == 'Operation not permitted' ]] || fail 'counters by ctnetlink, as nobody'
[[ ! -e /proc/net/stat/nf_conntrack || $(as_nobody counters live) == *$'\ninvalid '* ]] || fail 'counters, as nobody'

# Root without the capability reads the file, because root owns it.
put -p 89 -t 500
without_capability() {
	setpriv --bounding-set=-net_admin --inh-caps=-net_admin "$ask" "$@" || :
}
[[ $(without_capability entries ctnetlink) == 'Operation not permitted' ]] || fail 'entries by ctnetlink, as root without right'
[[ ! -e /proc/net/nf_conntrack || $(without_capability entries live) == total* ]] || fail 'entries, as root without right'

# One way fails, and the other must be enough: the file is hidden from one process only.
libmnl=$(ldconfig -p | awk '$1 == "libmnl.so.0" && !found { print $NF; found = 1 }')
without() {
	# shellcheck disable=SC2016
	unshare --mount --propagation private bash -c '
		[[ $1 != *files* ]] || mount -t tmpfs none /proc/$$/net
		[[ $1 != *libmnl* ]] || mount --bind /dev/null "$2"
		exec "${@:3}"' - "$1" "$libmnl" "$ask" "${@:2}" || :
}
[[ $(without files counters file) == 'No such file or directory' ]] || fail 'the files are not hidden'
[[ $(without libmnl entries ctnetlink) == 'Accessing a corrupted shared library' ]] || fail 'libmnl is not hidden'
[[ $(without files entries live) == total* ]] || fail 'entries, without their file'
[[ $(without files counters live) == "$("$ask" counters ctnetlink)" ]] || fail 'counters, without their file'
[[ ! -e /proc/net/nf_conntrack || $(without libmnl entries live) == total* ]] || fail 'entries, without libmnl'
[[ $(without files,libmnl entries live) == 'Accessing a corrupted shared library' ]] || fail 'entries by nothing'
echo "entries by ${entries_by[*]}; counters by ${counters_by[*]}"
