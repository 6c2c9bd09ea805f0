#!/bin/bash
# Who fills the table, on this very machine: entries of its kernel, namespaces behind a bridge and a
# process with a socket get the owners that they have, and the shares are those of conntrack -L.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${CONNTRACK_PERSIST:?is set by make check}"

# For the time of the test this is another network namespace, with a /run of its own, here and
# nowhere else.
if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo "needs root"; exit 77; }
	for tool in conntrack ip python3 setpriv; do
		command -v "$tool" >/dev/null || { echo "no $tool here; see scripts/packages"; exit 77; }
	done
	# Making an entry would load it on this machine.
	[[ -e /sys/module/nf_conntrack_netlink || ! -e /proc/modules ]] ||
		grep -qs '/nf_conntrack_netlink\.ko$' "/lib/modules/$(uname -r)/modules.builtin" ||
		{ echo "nf_conntrack_netlink is not loaded, and this test loads nothing"; exit 77; }
	exec unshare --net --mount --propagation private "$0" alone
fi
mount -t tmpfs none /run
mkdir /run/netns
work=$(mktemp -d)
ip link set lo up
ip link add br0 type bridge 2>/dev/null || { echo "no bridge here"; exit 77; }
trap 'kill "${server-}" 2>/dev/null || :; ip netns delete web 2>/dev/null || :; ip netns delete db 2>/dev/null || :; rm -rf "$work"' EXIT
fail() {
	printf '%s\n' "$@"
	exit 1
}

ip address add 10.77.0.1/24 dev br0
ip address add fd77::1/64 dev br0 nodad
ip link set br0 up
number=2
for name in web db; do
	ip netns add $name
	ip link add v$name type veth peer name eth0 netns $name
	ip link set v$name master br0 up
	ip -n $name address add 10.77.0.$number/24 dev eth0
	ip -n $name address add fd77::$number/64 dev eth0 nodad
	ip -n $name link set eth0 up
	number=$((number + 1))
done

# put NUMBER SOURCE DESTINATION PORT [SERVER PORT]
put() {
	local i reply=()
	for ((i = 1; i <= $1; i++)); do
		[[ -z ${5-} ]] || reply=(--reply-src "$5" --reply-dst "$2" --reply-port-src "$6" --reply-port-dst $((40000 + i)))
		echo "-I -p tcp -s $2 -d $3 ${reply[*]} --sport $((40000 + i)) --dport $4 --state ESTABLISHED -t 9000 -u SEEN_REPLY,ASSURED"
	done >"$work/entries"
	conntrack -R "$work/entries" >/dev/null 2>&1 || fail "conntrack -R $*"
}
# holders LIST: each of the list as "NAME ENTRIES".
holders() {
	"$CONNTRACK_PERSIST" --json status 2>/dev/null | python3 -c '
import json, sys
table = json.load(sys.stdin)["table"]["holders"]
for one in table[sys.argv[1]]:
    name = one.get("name") if "kind" in one else one.get("address", one.get("network", one.get("port")))
    kind = one["kind"] + " " if "kind" in one else ""
    port = ":%d" % one["port"] if "port" in one and "address" in one else ""
    print(kind + str(name) + port, one["entries"])' "$1"
}
# holders_are LIST LINE...
holders_are() {
	diff <(holders "$1") <(printf '%s\n' "${@:2}") || fail "$1 < > what was put there"
}
clear() {
	conntrack -F >/dev/null 2>&1
}

# A client behind the bridge, by both families; a port forward; an address from elsewhere to
# another.
put 300 10.77.0.2 192.0.2.1 443
put 100 fd77::2 2001:db8::1 443
put 50 198.51.100.7 203.0.113.1 80 10.77.0.3 8080
put 30 198.51.100.8 203.0.113.9 25
holders_are owners 'namespace web 400' 'namespace db 50'
holders_are forwards '10.77.0.3:8080 50'
holders_are sources '10.77.0.2 300' 'fd77::2 100' '198.51.100.7 50' '198.51.100.8 30'
# As by hand.
by_hand=$(conntrack -L -s 10.77.0.2 2>/dev/null | wc -l)
((by_hand == 300)) || fail "conntrack -L has $by_hand entries from 10.77.0.2"

# A server on this host: a real socket, and the process that has it.
clear
coproc SERVER { exec python3 -c '
import socket, sys
listener = socket.socket(socket.AF_INET6)
listener.bind(("::", 4711))
listener.listen()
print("ready", flush=True)
sys.stdin.read()'; }
server=$SERVER_PID
read -r ready <&"${SERVER[0]}"
[[ $ready == ready ]] || fail 'the server does not listen'
put 40 10.66.6.6 10.77.0.1 4711
put 10 2001:db8::6 fd77::1 4711
put 5 10.66.6.6 10.77.0.1 4712
owner=$(holders owners)
mapfile -t lines <<<"$owner"
[[ ${#lines[@]} == 2 && ${lines[0]} =~ ^(process\ python3|unit\ .*|container\ .*|pod\ .*|machine\ .*)\ 50$ && ${lines[1]} == 'this host  5' ]] ||
	fail 'the server does not own its entries:' "$owner"

# Two equal ones, and then many small ones of which none is heavy.
clear
put 100 10.77.0.2 192.0.2.1 443
put 100 10.77.0.3 192.0.2.1 443
[[ $(holders owners | sort) == 'namespace db 100'$'\n''namespace web 100' ]] || fail 'two equal owners'
clear
for ((i = 0; i < 200; i++)); do
	echo "-I -p udp -s 10.9.$i.1 -d 192.0.2.1 --sport 53 --dport 53 -t 900"
done >"$work/entries"
conntrack -R "$work/entries" >/dev/null 2>&1
"$CONNTRACK_PERSIST" status | grep -q '^top sources no heavy one; the largest has 1 (under 1 %)' || fail 'no heavy one' "$("$CONNTRACK_PERSIST" status)"

# A namespace that ends takes its addresses along.
ip netns delete db
clear
put 10 10.77.0.3 192.0.2.1 443
[[ -z $(holders owners) ]] || fail 'a namespace that has gone owns entries'

# Nothing of the entries is for an ordinary user.
cp "$CONNTRACK_PERSIST" "$work/program"
chmod 755 "$work" "$work/program"
setpriv --reuid=65534 --regid=65534 --clear-groups "$work/program" status >"$work/said" || fail 'as nobody'
! grep -q '^top' "$work/said" || fail 'an ordinary user sees who holds the entries'
echo 'owners, sources and port forwards as they are'
