#!/bin/bash
# How many entries come and go, on this very machine: real UDP connections are made, expire by the
# kernel's timeout and are deleted, and both rates are those that conntrack -L shows.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${CONNTRACK_PERSIST:?is set by make check}"

# For the time of the test this is another network namespace, with a /run of its own, here and
# nowhere else.
if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo "needs root"; exit 77; }
	for tool in conntrack ip nft python3; do
		command -v "$tool" >/dev/null || { echo "no $tool here; see scripts/packages"; exit 77; }
	done
	# Listing entries by netlink would load it on this machine.
	[[ -e /sys/module/nf_conntrack_netlink || ! -e /proc/modules ]] ||
		grep -qs '/nf_conntrack_netlink\.ko$' "/lib/modules/$(uname -r)/modules.builtin" ||
		{ echo "nf_conntrack_netlink is not loaded, and this test loads nothing"; exit 77; }
	exec unshare --net --mount --propagation private "$0" alone
fi
mount -t tmpfs none /run
mkdir -p /run/netns /run/conntrack-persist
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
	printf '%s\n' "$@"
	exit 1
}
record=/run/conntrack-persist/sample
ip link set lo up
nft -f - <<'END' || { echo "no nf_tables here"; exit 77; }
table inet track {
	chain output {
		type filter hook output priority 0
		ct state new,established counter
	}
}
END
[[ -e /proc/sys/net/netfilter/nf_conntrack_count ]] || { echo "no nf_conntrack here"; exit 77; }

# send FROM TO: one packet from each of these ports, to a port where a socket takes them.
cat >"$work/send.py" <<'END'
import socket, sys

target = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
target.bind(("127.0.0.1", 9))
for port in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.bind(("127.0.0.1", port))
    sender.sendto(b"x", ("127.0.0.1", 9))
    sender.close()
END
send() {
	python3 "$work/send.py" "$@"
}
# list: the entries as conntrack -L shows them, one line for each, in order: source port and id.
list() {
	conntrack -L -p udp -o id 2>/dev/null | sed -E 's/.* sport=([0-9]+) dport=9 .* id=([0-9]+).*/\1 \2/' | sort
}
# seconds_ago SECONDS: the record is as old as that, whatever the machine was busy with.
seconds_ago() {
	local now
	now=$(date +%s%6N)
	awk -v when="$((now - $1 * 1000000))" '$1 == "when" { print "when", when; next } { print }' "$record" >"$work/record"
	cat "$work/record" >"$record"
}
# look: the entries that came and went, rounded, from both rates and the time.
look() {
	"$CONNTRACK_PERSIST" --json status 2>/dev/null | python3 -c '
import json, sys
rates = json.load(sys.stdin)["table"]["rates"]
if rates is None:
    print("unknown")
else:
    seconds = rates["seconds"]
    print(round(rates["in"] * seconds), round(rates["out"] * seconds), "exact" if rates["in_error"] == rates["out_error"] == 0 else "estimated")'
}
# compare WHAT: status and conntrack -L say the same of what came and what went since the last call.
compare() {
	local came went said
	list >"$work/now"
	[[ ! -s $work/now ]] || ! grep -qv '^[0-9]* [0-9]*$' "$work/now" || fail "$1: conntrack -L shows no ids"
	came=$(comm -13 "$work/before" "$work/now" | wc -l)
	went=$(comm -23 "$work/before" "$work/now" | wc -l)
	seconds_ago 5
	said=$(look)
	[[ $said == "$came $went exact" ]] || fail "$1: $said, but conntrack -L says $came came, $went went"
	# The list and the look are of the same entries: none has changed in between.
	cmp -s "$work/now" <(list) || fail "$1: entries have changed meanwhile"
	mv "$work/now" "$work/before"
	echo "$1: $said" >>"$work/story"
}
# No entry expires unless the test says so.
echo 86400 >/proc/sys/net/netfilter/nf_conntrack_udp_timeout
send 20001 20300
[[ $(look) == unknown ]] || fail 'the first look knows rates'
list >"$work/before"
[[ $(wc -l <"$work/before") == 300 ]] || fail "$(wc -l <"$work/before") entries, not 300"
compare 'nothing happens'
send 20301 20500
compare '200 come'
for port in {20001..20050}; do
	conntrack -D -p udp --orig-port-src "$port" >/dev/null 2>&1 || fail "no entry of port $port"
done
compare '50 go'
# The next packet gives an entry the shorter timeout; it expires by itself, and the kernel shows it
# no more.
echo 1 >/proc/sys/net/netfilter/nf_conntrack_udp_timeout
send 20051 20090
for ((i = 0; i < 600; i++)); do
	conntrack -L -p udp --orig-port-src 20090 2>/dev/null | grep -q . || break
	sleep 0.1
done
echo 86400 >/proc/sys/net/netfilter/nf_conntrack_udp_timeout
send 20501 20510
compare '40 expire, 10 come'
# A connection that was closed and made again with the same ports is another entry. Once in a while
# the kernel gives it the same place and so the same id; conntrack -L says so as well.
for port in {20101..20120}; do
	conntrack -D -p udp --orig-port-src "$port" >/dev/null 2>&1 || fail "no entry of port $port"
done
send 20101 20120
compare '20 are made again'
diff - <(sed '$d' "$work/story") <<'END' || fail 'another story'
nothing happens: 0 0 exact
200 come: 200 0 exact
50 go: 0 50 exact
40 expire, 10 come: 10 40 exact
END

# More entries than a sample has: an estimate, within its bound.
max=$(</proc/sys/net/netfilter/nf_conntrack_max)
((max >= 60000)) || { echo "max is $max here, too few for a large table" >&2; exit 77; }
send 21000 45999
seconds_ago 5
"$CONNTRACK_PERSIST" status >/dev/null 2>&1
send 46000 51999
seconds_ago 5
"$CONNTRACK_PERSIST" --json status 2>/dev/null | python3 -c '
import json, sys
rates = json.load(sys.stdin)["table"]["rates"]
came = rates["in"] * rates["seconds"]
error = rates["in_error"] * rates["seconds"]
if not 0 < error < 1800 or rates["out"] != 0:
    sys.exit(f"a bound that says nothing: {rates}")
# The bound holds 19 times in 20; twice the bound holds always, for a test that runs often.
if abs(came - 6000) > 2 * error:
    sys.exit(f"6000 came, not {came} with an error of {error}")' || fail 'the estimate is wrong'
# Its record is of no use in another network namespace.
seconds_ago 5
unshare --net "$CONNTRACK_PERSIST" --json status 2>/dev/null |
	python3 -c 'import json, sys; sys.exit(json.load(sys.stdin)["table"]["rates"] is not None)' ||
	fail 'another network namespace takes the record for its own'
