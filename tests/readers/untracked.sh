#!/bin/bash
# The rules of docs/notrack.md leave a service out of the table, and what the page says of half of
# them, of a late priority, of address translation and of ICMP errors is so: with questions and
# answers by UDP in a network namespace of their own.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
for tool in nft iptables conntrack python3; do
	command -v "$tool" >/dev/null || { echo "no $tool here"; exit 77; }
done
if [[ ${1-} != alone ]]; then
	exec unshare --user --map-root-user --net --mount "$0" alone
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
ip link set lo up
# The lock of iptables is a file of the test.
export XTABLES_LOCKFILE=$work/lock

# shown NUMBER: prints the commands of that block of the page, without sudo, with files of the test.
"$srcdir/tests/page-blocks" --write "$work/blocks" "$srcdir/docs/notrack.md"
blocks=("$work"/blocks/*-commands)
shown() {
	sed "s/sudo //; s|/etc/|$work/|" "${blocks[$1]}/text"
}

# begin: sets up a firewall with connection state, and removes the rules and entries of earlier
# steps. It counts packets by their state.
begin() {
	nft flush ruleset
	conntrack -F 2>/dev/null
	nft -f - <<-'END'
		table inet filter {
		    chain input {
		        type filter hook input priority filter;
		        ct state established,related accept
		        ct state untracked counter comment "untracked"
		        icmp type destination-unreachable ct state invalid counter comment "icmp"
		    }
		}
	END
}

# ask PORT: sends five questions from different ports; with a server, it waits for the answers.
ask() {
	python3 - "$@" <<-'END'
		import socket, sys
		port, served = int(sys.argv[1]), len(sys.argv) < 3
		server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		if served:
		    server.bind(("127.0.0.1", port))
		for _ in range(5):
		    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		    client.settimeout(5)
		    client.sendto(b"question", ("127.0.0.1", port))
		    if served:
		        server.sendto(b"answer", server.recvfrom(9)[1])
		        client.recv(9)
	END
}

# expect WHAT FOUND WANTED: fails if they differ
expect() {
	[[ $2 == "$3" ]] || { echo "$1: $2, not $3"; bad=1; }
}
entries() { cat /proc/sys/net/netfilter/nf_conntrack_count; }
counted() { nft list ruleset 2>/dev/null | grep "$1" | grep -oE 'packets [0-9]+'; }

begin
ask 53
expect 'without rules' "$(entries)" 5
expect 'no packet is untracked' "$(counted untracked)" 'packets 0'

begin
shown 0 >"$work/rules"
# shellcheck source=/dev/null
. "$work/rules" >/dev/null
ask 53
expect 'the four rules of nft' "$(entries)" 0
expect 'questions and answers are untracked' "$(counted untracked)" 'packets 10'
ask 53 unserved
expect 'an ICMP error about them is invalid' "$(counted icmp)" 'packets 5'
ask 99
expect 'another port' "$(entries)" 5

begin
# shellcheck source=/dev/null
. <(shown 1)
ask 53
expect 'the four rules of iptables' "$(entries)" 0
expect 'these are untracked, too' "$(counted untracked)" 'packets 10'

begin
sed '/sport/d' "$work/untracked-dns.nft" | nft -f -
ask 53
expect 'questions alone' "$(entries) $(conntrack -L -p udp 2>/dev/null | grep -c 'sport=53 .*UNREPLIED')" '5 5'

begin
sed 's/priority raw/priority filter/' "$work/untracked-dns.nft" | nft -f -
ask 53
expect 'with the priority filter' "$(entries)" 5

begin
nft -f "$work/untracked-dns.nft"
nft 'table ip nat { chain output { type nat hook output priority -100; udp dport 53 counter dnat to 127.0.0.1:5353 comment "nat"; }; }'
ask 53
expect 'address translation does not see them' "$(counted nat | head -n 1) $(entries)" 'packets 0 0'

nft flush ruleset
conntrack -F 2>/dev/null
nft -f "$work/untracked-dns.nft"
ask 99
expect 'these rules alone start no tracking' "$(entries)" 0
exit $bad
