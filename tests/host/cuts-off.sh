#!/bin/bash
# What a shorter timeout does to live connections, on this very machine: the kernel keeps the time
# of an entry until its next packet, and plan counts the entries that the timeout would have ended.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${CONNTRACK_PERSIST:?is set by make check}"

# For the time of the test this is another network namespace, here and nowhere else.
if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo "needs root"; exit 77; }
	for tool in ip nft python3; do
		command -v "$tool" >/dev/null || { echo "no $tool here; see scripts/packages"; exit 77; }
	done
	exec unshare --net --mount --propagation private "$0" alone
fi
mount -t tmpfs none /run
work=$(mktemp -d)
trap 'kill "${traffic-}" 2>/dev/null || :; rm -rf "$work"' EXIT
fail() {
	printf '%s\n' "$@"
	exit 1
}
keys=/proc/sys/net/netfilter/nf_conntrack
ip link set lo up
nft -f - <<'END' || { echo "no nf_tables here"; exit 77; }
table inet track {
	chain output {
		type filter hook output priority 0
		ct state new,established counter
	}
}
END
[[ -e ${keys}_count ]] || { echo "no nf_conntrack here"; exit 77; }

# Real connections: TCP from port 7101 on to 7100, UDP from 7201 on to 7200. Each line of input is a
# command, each answered with a line: "udp N" sends from the first N sockets and gets an answer for
# each, "tcp N" the same for TCP, "sleep S" waits until S seconds of the kernel's clock have passed.
cat >"$work/traffic.py" <<'END'
import socket, sys, time

server = socket.create_server(("127.0.0.1", 7100))
pairs = []
for i in range(10):
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    client.bind(("127.0.0.1", 7101 + i))
    client.connect(("127.0.0.1", 7100))
    pairs.append((client, server.accept()[0]))
echo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
echo.bind(("127.0.0.1", 7200))
streams = []
for i in range(10):
    stream = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stream.bind(("127.0.0.1", 7201 + i))
    stream.connect(("127.0.0.1", 7200))
    streams.append(stream)
print("ready", flush=True)
for line in sys.stdin:
    command, number = line.split()
    if command == "sleep":
        time.sleep(float(number))
    for i in range(int(float(number))):
        if command == "tcp":
            client, peer = pairs[i]
            client.send(b"x")
            peer.recv(1)
            peer.send(b"x")
            client.recv(1)
        if command == "udp":
            streams[i].send(b"x")
            echo.sendto(b"x", echo.recvfrom(1)[1])
            streams[i].recv(1)
    print("done", flush=True)
END
coproc TRAFFIC { exec python3 "$work/traffic.py"; }
traffic=$TRAFFIC_PID
answer() {
	local line
	read -r -t 60 line <&"${TRAFFIC[0]}" || fail "traffic: no answer"
	[[ $line == "$1" ]] || fail "traffic: $line, not $1"
}
traffic() {
	echo "$*" >&"${TRAFFIC[1]}"
	answer 'done'
}
answer ready

# remaining PROTOCOL PORT: the seconds that the entry of this source port has left.
remaining() {
	awk -v protocol="$1" -v port="sport=$2" '$3 == protocol && $0 ~ "127.0.0.1 " port " " { print $5 }' /proc/net/nf_conntrack
}
# cutoffs LINE...: each timeout that these lines make shorter, with its entries, the silent ones,
# the unknown ones, and how many have a holder.
cutoffs() {
	printf '%s\n' '[timeouts]' "$@" >"$work/wish.conf"
	{ "$CONNTRACK_PERSIST" --json -c "$work/wish.conf" plan 2>"$work/said" || :; } | python3 -c '
import json, sys
for one in json.load(sys.stdin).get("cutoffs", []):
    print(one["timeout"], one["entries"], one["silent"], one["silence_unknown"], sum(h["entries"] for h in one["holders"]))'
}
cutoffs_are() {
	local wanted=$1 found
	found=$(cutoffs "${@:2}")
	[[ $found == "$wanted" ]] || fail "plan for ${*:2}: < > what is there" "$(diff <(echo "$found") <(echo "$wanted"))" "$(cat /proc/net/nf_conntrack "$work/said")"
}

# The kernel takes UDP for a stream from its third second on.
traffic udp 10
traffic sleep 3
traffic udp 10
traffic tcp 10
cutoffs_are $'tcp_established 10 0 0 0\nudp_stream 10 0 0 0' 'tcp_established = 1h' 'udp_stream = 60'

# 4 of each stay silent, the others do not.
traffic sleep 4
traffic tcp 6
traffic udp 6
cutoffs_are $'tcp_established 10 4 0 4\nudp_stream 10 4 0 4' 'tcp_established = 3' 'udp_stream = 3'
cutoffs_are $'tcp_established 10 0 0 0\nudp_stream 10 0 0 0' 'tcp_established = 1h' 'udp_stream = 1m'
[[ -z $(cutoffs 'tcp_established = 10d' 'udp_stream = 1h') ]] || fail 'a longer timeout cuts nothing off'

# A shorter timeout ends nothing at once: an entry keeps its time until its next packet.
echo 1000 >"${keys}_tcp_timeout_established"
echo 100 >"${keys}_udp_timeout_stream"
(($(remaining tcp 7110) > 400000)) || fail 'a shorter timeout changed an entry without a packet'
traffic tcp 1
traffic udp 1
(($(remaining tcp 7101) <= 1000)) || fail 'the next packet did not bring the shorter timeout'
(($(remaining udp 7201) <= 100 && $(remaining udp 7210) > 0)) || fail 'the next packet did not bring the shorter timeout of UDP'
# Of the other nine of TCP nothing is known now, because they have more time than the timeout.
cutoffs_are 'tcp_established 10 0 9 0' 'tcp_established = 500'

# For ever silent after it: the entry ends after the shorter time.
echo 2 >"${keys}_udp_timeout_stream"
traffic udp 1
for ((i = 0; i < 100; i++)); do
	[[ -n $(remaining udp 7201) ]] || break
	traffic sleep 0.1
done
[[ -z $(remaining udp 7201) && -n $(remaining udp 7202) ]] || fail 'the entry with a packet did not end after the shorter time, or another one did'

# Nothing of the entries is for an ordinary user, and nothing is refused to him.
cp "$CONNTRACK_PERSIST" "$work/program"
chmod 755 "$work" "$work/program"
chmod 644 "$work/wish.conf"
setpriv --reuid=65534 --regid=65534 --clear-groups "$work/program" -c "$work/wish.conf" plan >"$work/said" 2>&1 || (($? == 2)) || fail 'as nobody' "$(cat "$work/said")"
grep -q '^shorter   tcp_established 1,000 -> 500 s: only root can count the entries' "$work/said" || fail 'as nobody' "$(cat "$work/said")"
echo 'a shorter timeout ends entries after their next packet, and plan counts the silent ones'
