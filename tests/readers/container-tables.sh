#!/bin/bash
# Checks what docs/docker.md says about whose table has a container's connections: network
# namespaces as Docker makes them, a host with a bridge between a container and the outside, in a
# user namespace.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
for tool in nft ip conntrack python3; do
	command -v "$tool" >/dev/null || { echo "no $tool here"; exit 77; }
done
if [[ ${1-} != alone ]]; then
	exec unshare --user --map-root-user --net --mount "$0" alone
fi
bad=0

# new_namespace: sets pid, the id of a process in a network namespace of its own; the process ends
# with this shell.
new_namespace() {
	local ready
	coproc { exec unshare --net bash -c 'ip link set lo up; echo ready; read -r _'; }
	pid=$COPROC_PID
	read -r ready <&"${COPROC[0]}"
	[[ $ready == ready ]]
}
# inside PID COMMAND...: runs it in that namespace
inside() { nsenter --net --target "$1" "${@:2}"; }
entries() { inside "$1" cat /proc/sys/net/netfilter/nf_conntrack_count; }
ask() {
	inside "$1" python3 -c '
import socket
for _ in range(5):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"question", ("192.0.2.9", 53))'
}
# expect WHAT FOUND WANTED: fails if they differ
expect() {
	[[ $2 == "$3" ]] || { echo "$1: $2, not $3"; bad=1; }
}
# begin: removes the entries of earlier steps.
begin() {
	local one
	for one in $$ "$container"; do
		inside "$one" conntrack -F 2>/dev/null
	done
}

new_namespace 2>/dev/null
container=$pid
new_namespace 2>/dev/null
world=$pid
ip link set lo up
ip link add bridge0 type veth peer name eth0 netns "$container"
ip link add out0 type veth peer name eth0 netns "$world"
ip addr add 172.17.0.1/16 dev bridge0
ip addr add 192.0.2.1/24 dev out0
ip link set bridge0 up
ip link set out0 up
inside "$container" ip addr add 172.17.0.2/16 dev eth0
inside "$container" ip link set eth0 up
inside "$container" ip route add default via 172.17.0.1
inside "$world" ip addr add 192.0.2.9/24 dev eth0
inside "$world" ip link set eth0 up
echo 1 >/proc/sys/net/ipv4/ip_forward

ask "$container"
expect 'without rules' "$(entries $$) $(entries "$container")" '0 0'

nft -f - <<'END'
table ip nat {
    chain postrouting {
        type nat hook postrouting priority 100;
        ip saddr 172.17.0.0/16 oifname != "bridge0" masquerade
    }
}
END
ask "$container"
expect 'translated by the host' "$(entries $$) $(entries "$container")" '5 0'

begin
inside "$container" nft -f - <<'END'
table ip nat {
    chain output {
        type nat hook output priority -100;
        ip daddr 127.0.0.11 udp dport 53 dnat to 127.0.0.11:5353
    }
}
END
ask "$container"
expect 'with the rules of the name server inside' "$(entries $$) $(entries "$container")" '5 5'

# The timeouts of the host, of a container from before apply and of one from after it.
echo 3600 >/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established
new_namespace 2>/dev/null
for one in "$container" "$pid"; do
	expect 'timeout inside' "$(inside "$one" cat /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established)" 432000
	if inside "$one" sh -c 'echo 100000 >/proc/sys/net/netfilter/nf_conntrack_max' 2>/dev/null; then
		expect 'max can be set inside' yes no
	fi
done
exit $bad
