#!/bin/bash
# Who fills the table, in scenes with real traffic: the right owner or source comes first in status,
# on the screen and in JSON, and its share is within one point of what conntrack -L says, counted by
# hand. docs/tests.md lists the scenes. Then the metrics that a real boot leaves for node_exporter.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2317 # wait_for calls functions by their name
# shellcheck source=lib.sh
. ./lib.sh
# shellcheck source=containers.sh
. ./containers.sh

flows=/usr/local/libexec/flows
# This host, seen from the world; all strangers have one address.
here=198.51.100.1
stranger=203.0.113.66
# Nothing answers at these addresses.
nowhere=192.0.2.1
nowhere6=2001:db8:1::1

# count: prints how many entries this network namespace has.
count() {
	cat "$proc/nf_conntrack_count"
}

holds_entries() {
	[ "$(count)" -ge "$1" ]
}

# listens tcp|udp PORT: returns whether a socket of this host has the port.
listens() {
	grep -q ":$(printf %04X "$2") 00000000:0000 0[A7]" "/proc/net/$1"
}

# by_hand CONDITION...: counts the lines of conntrack -L that match the condition of awk, whose
# words are those of a line.
by_hand() {
	awk "$1 { found++ } END { print found + 0 }" /run/entries
}

# points NUMBER NUMBER: returns whether two shares are at most one point apart.
points() {
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(a - b <= 1 && b - a <= 1) }'
}

# read_table: looks at the table in each way. Entries that come or go meanwhile are few.
read_table() {
	{
		conntrack -L -f ipv4
		conntrack -L -f ipv6
	} >/run/entries 2>/dev/null
	conntrack-persist --color=never status >/run/screen 2>/run/messages
	conntrack-persist --json status >/run/json 2>/dev/null
}

# first_on_screen ROW: prints the first holder of a row, "NAME ENTRIES (SHARE %)".
first_on_screen() {
	awk -v row="$1" '/^[^ ]/ { inside = index($0, row " ") == 1; sub("^" row, "") } inside' /run/screen |
		tr -s '\n ' ' ' | sed 's/^ //; s/,.*//; s/ $//'
}

# first_in_json LIST: prints the first holder of a list, "NAME SHARE".
first_in_json() {
	jq -r "(.table.holders.$1 // [])[0] | \"\\(if .kind then .kind else .network // .address end)\\(
		if (.name // \"\") != \"\" then \" \" + .name else \"\" end) \\(.share)\"" /run/json
}

# is_first ROW LIST NAME CONDITION: checks that the holder comes first, with the share that its
# entries have by hand. CONDITION: see by_hand.
is_first() {
	local part whole share screen json
	part=$(by_hand "$4")
	whole=$(by_hand 1)
	share=$(awk -v part="$part" -v whole="$whole" 'BEGIN { printf "%.2f", whole ? 100 * part / whole : 0 }')
	screen=$(first_on_screen "$1")
	json=$(first_in_json "$2")
	check "$3 is first in $1" "${screen% *[0-9] (*}" "$3"
	check "$3 is first in JSON" "${json% *}" "$3"
	check 'it has entries by hand' "$((part > 50))" 1
	points "$share" "$(sed -E 's/.*\(([0-9]+) %\).*/\1/' <<<"$screen")"
	check "its share on the screen is right: $screen, by hand $part of $whole" "$?" 0
	points "$share" "${json##* }"
	check "its share in JSON is right: $json, by hand $share" "$?" 0
}

owner_first() {
	read_table
	is_first 'top owners' owners "$@"
}

source_first() {
	read_table
	is_first 'top sources' sources "$@"
}

network_first() {
	read_table
	is_first 'top sources' networks "$@"
}

# clear_table: the next scene begins without entries.
clear_table() {
	conntrack -F >/dev/null 2>&1
	ip netns exec world conntrack -F >/dev/null 2>&1
}

# start_unit NAME COMMAND...: starts a service that runs until stop_unit.
start_unit() {
	systemd-run --quiet --collect --unit="$1" "${@:2}"
}

stop_unit() {
	systemctl --quiet stop "$1"
}

# make_world: strangers behind a router, two clients behind a bridge, and a way out.
make_world() {
	modprobe nf_conntrack_netlink
	make_way_out
	# Entries must outlive slow looks.
	sysctl -qw net.netfilter.nf_conntrack_max=65536
	for key in udp_timeout udp_timeout_stream tcp_timeout_{syn_sent,syn_recv,close,time_wait} icmp_timeout; do
		sysctl -qw "net.netfilter.nf_conntrack_$key=3600"
	done
	ip netns add world
	ip link add world type veth peer name eth0 netns world
	ip address add "$here/24" dev world
	ip link set world up
	ip -n world link set lo up
	ip -n world link set eth0 up
	ip -n world address add 198.51.100.2/24 dev eth0
	ip -n world address add fd98::2/64 dev eth0 nodad
	ip -n world route add default via "$here"
	ip route add 203.0.113.0/24 via 198.51.100.2
	ip route add 100.64.0.0/10 via 198.51.100.2
	# Strangers have an address that no namespace here has.
	ip netns exec world nft 'table ip world {
		chain leaving { type nat hook postrouting priority 100; ip saddr 198.51.100.2 snat to '"$stranger"'; }
		chain answers { type filter hook prerouting priority -400; }
	}'
	ip link add lan0 type bridge
	ip address add 10.77.0.1/24 dev lan0
	ip address add fd77::1/64 dev lan0 nodad
	ip link set lan0 up
	local name number=2
	for name in alice bob; do
		ip netns add "$name"
		ip link add "v$name" type veth peer name eth0 netns "$name"
		ip link set "v$name" master lan0 up
		ip -n "$name" address add "10.77.0.$number/24" dev eth0
		ip -n "$name" address add "fd77::$number/64" dev eth0 nodad
		ip -n "$name" link set eth0 up
		ip -n "$name" route add default via 10.77.0.1
		ip -n "$name" route add default via fd77::1
		number=$((number + 1))
	done
	nft 'table inet gateway {
		chain leaving { type nat hook postrouting priority 100; ip saddr 10.77.0.0/24 oifname out masquerade; }
		chain through { type filter hook forward priority 0; ct state new accept; }
		chain arriving { type filter hook input priority 0; ct state new accept; }
	}'
	# Docker's policy of this chain would drop what the clients and the world send.
	iptables -P FORWARD ACCEPT
}

# in_world COMMAND...: a stranger does it.
in_world() {
	ip netns exec world "$@" >/dev/null
}

podman_container() {
	scenario 'podman container'
	podman run --quiet --detach --name web "$container_image" sleep 100000 >/dev/null
	clear_table
	podman exec web flows udp "$nowhere" 10000 200 >/dev/null
	owner_first 'container web' '/src=10\.88\./'
}

docker_container() {
	scenario 'docker.io container'
	docker run --detach --name shop --publish 8080:80 "$container_image" flows serve 0.0.0.0 80 >/dev/null
	clear_table
	docker exec shop flows udp "$nowhere" 10000 200 >/dev/null
	in_world "$flows" udp "$here" 1 60
	owner_first 'container shop' '/src=172\.17\.0\..*dst=192/'
}

half_open() {
	scenario half-open
	clear_table
	docker exec --detach shop flows tcp "$nowhere" 443 200
	wait_for holds_entries 200
	owner_first 'container shop' '/SYN_SENT src=172\.17\./'
	check 'nothing answered' "$(jq .table.tcp_states.SYN_SENT /run/json 2>/dev/null | grep -c '^200$')" 1
	# The server is the first process there, which such a signal does not end.
	docker exec shop killall flows
}

port_forward() {
	scenario 'port forward'
	clear_table
	in_world "$flows" tcp "$here" 8080 150 &
	wait_for holds_entries 150
	owner_first 'container shop' '/ESTABLISHED.*dport=8080/'
	check 'the forward is named' "$(sed -n 's/^forwards to \(172\.17\.[0-9.]*:80\) .*/\1/p' /run/screen | wc -l)" 1
	kill %%
}

nspawn_machine() {
	scenario 'nspawn machine'
	cp -a "$container_root" /var/lib/machines/build
	start_unit build-machine systemd-nspawn --quiet --machine=build --directory=/var/lib/machines/build \
		--network-bridge=lan0 --keep-unit /bin/sh -c 'ip address add 10.77.0.20/24 dev host0; ip link set host0 up
			ip route add default via 10.77.0.1; while :; do flows udp 192.0.2.1 10000 200; sleep 2; done'
	clear_table
	wait_for holds_entries 200
	owner_first 'machine build' '/ src=10\.77\.0\.20/'
	stop_unit build-machine
}

lxc_container() {
	scenario LXC
	make_lxc_container mail lxcbr0 10.0.3.9/24
	lxc-start --name mail -- /bin/sleep 100000
	lxc-wait --name mail --state RUNNING
	clear_table
	lxc-attach --name mail -- /bin/flows udp "$nowhere" 10000 200 >/dev/null
	owner_first 'container mail' '/ src=10\.0\.3\.9/'
	lxc-stop --kill --name mail
}

local_server() {
	scenario 'local server'
	start_unit shop "$flows" serve "$here" 7080
	clear_table
	wait_for listens tcp 7080
	in_world "$flows" tcp "$here" 7080 200 &
	wait_for holds_entries 200
	owner_first 'unit shop.service' '/ESTABLISHED.*dport=7080/'
	kill %%
}

syn_flood() {
	scenario 'SYN flood'
	ip netns exec world nft 'add rule ip world answers tcp flags & (syn|ack) == syn|ack drop'
	clear_table
	in_world "$flows" flood "$here" 7080 500 &
	wait_for holds_entries 500
	owner_first 'unit shop.service' '/SYN_RECV.*dport=7080/'
	source_first "$stranger" "/src=$stranger .*dport=7080/"
	kill %%
	ip netns exec world nft flush chain ip world answers
	stop_unit shop
}

local_client() {
	scenario 'local client'
	clear_table
	start_unit crawler "$flows" tcp "$nowhere" 443 200
	wait_for holds_entries 200
	owner_first 'unit crawler.service' '/SYN_SENT src=198\.18\.0\.1/'
	stop_unit crawler
}

nat_clients() {
	scenario 'NAT clients behind a bridge'
	clear_table
	ip netns exec alice "$flows" udp "$nowhere" 10000 300 >/dev/null
	ip netns exec bob "$flows" udp "$nowhere" 10000 100 >/dev/null
	owner_first 'namespace alice' '/ src=10\.77\.0\.2 /'
	source_first 10.77.0.2 '/ src=10\.77\.0\.2 /'
	check 'the kernel translated them' "$(by_hand '/ src=10\.77\.0\.2 .*dst=198\.18\.0\.1 /')" 300
}

port_scanner() {
	scenario scanner
	clear_table
	in_world "$flows" udp "$here" 1 300
	in_world "$flows" udp 10.77.0.2 1 100
	ip netns exec bob "$flows" udp "$nowhere" 10000 60 >/dev/null
	source_first "$stranger" "/ src=$stranger /"
}

udp_flood() {
	scenario 'UDP flood'
	clear_table
	in_world "$flows" sources "$here" 9999 250
	in_world "$flows" queries "$here" 9999 50
	network_first 100.64.0.0/24 '/ src=100\.64\.0\./'
	owner_first 'this host' '/dport=9999/'
}

dns_server() {
	scenario DNS
	start_unit resolver "$flows" answer "$here" 53
	wait_for listens udp 53
	clear_table
	in_world "$flows" queries "$here" 53 200
	owner_first 'unit resolver.service' '/dport=53 /'
	check 'its port is the first' "$(first_on_screen 'top ports' | sed 's/ .*//')" udp/53
	stop_unit resolver
}

by_ipv6() {
	scenario IPv6
	clear_table
	ip netns exec alice "$flows" udp "$nowhere6" 10000 200 >/dev/null
	ip netns exec bob "$flows" udp "$nowhere" 10000 60 >/dev/null
	owner_first 'namespace alice' '/ src=fd77::2 /'
	source_first fd77::2 '/ src=fd77::2 /'
}

many_small_sources() {
	scenario 'many small sources'
	clear_table
	in_world "$flows" networks "$here" 9999 500
	read_table
	check 'they are there by hand' "$(by_hand '/ src=100\.6/')" 500
	check 'none is heavy' "$(grep -c '^top sources no heavy one; the largest has 1 (under 1 %)' /run/screen)" 1
}

two_equal_ones() {
	scenario 'two equal ones'
	clear_table
	podman exec web flows udp "$nowhere" 10000 200 >/dev/null
	docker exec shop flows udp "$nowhere" 10000 200 >/dev/null
	read_table
	check 'both by hand' "$(by_hand '/ src=10\.88\./') $(by_hand '/ src=172\.17\./')" '200 200'
	check 'both are the first' "$(jq -r '.table.holders.owners[:2][] | .name + " " + (.entries | tostring)' /run/json | sort | tr '\n' ' ')" \
		'shop 200 web 200 '
	check 'with half each' "$(grep -o '200 ([0-9]* %)' /run/screen | sort -u | head -n 2 | tr '\n' ' ')" '200 (50 %) '
}

# The control group and the folder of a pod, as the kubelet and containerd make them.
one_pod_full() {
	local uid=11111111-2222-3333-4444-555555555555 group id was
	scenario 'one pod full'
	id=$(printf '%064d' 7)
	group=/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid//-/_}.slice/cri-containerd-$id.scope
	mkdir -p "$group" "/var/log/pods/shop_cart-0_$uid"
	clear_table
	ip netns exec alice "$flows" udp "$nowhere" 10000 60 >/dev/null
	was=$(<"$proc/nf_conntrack_max")
	# shellcheck disable=SC2016 # another shell expands this
	unshare --net bash -c 'echo $$ >"$1/cgroup.procs"
		ip link set lo up
		nft "table ip pod { chain out { type filter hook output priority 0; ct state new accept; }; }"
		sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3600 2>/dev/null
		touch /run/pod-ready
		read -r _ </run/pod-wait
		/usr/local/libexec/flows udp 127.0.0.1 10000 400 >/dev/null
		touch /run/pod-full
		exec sleep 100000' pod "$group" &
	[ -p /run/pod-wait ] || mkfifo /run/pod-wait
	wait_for test -e /run/pod-ready
	sysctl -qw net.netfilter.nf_conntrack_max=300
	echo go >/run/pod-wait
	wait_for test -e /run/pod-full
	read_table
	check 'the verdict names it' "$(tr -s '\n ' ' ' </run/screen | grep -c '^verdict Full: pod shop/cart-0 has 300 of 300 entries')" 1
	check 'and so does JSON' "$(jq -r .table.full_namespace /run/json)" 'pod shop/cart-0'
	is_first 'top owners' owners 'namespace alice' '/ src=10\.77\.0\.2 /'
	sysctl -qw "net.netfilter.nf_conntrack_max=$was"
	kill %%
}

namespace_that_ends() {
	local round good=0
	scenario 'a namespace that ends during the look'
	clear_table
	ip netns exec alice "$flows" udp "$nowhere" 10000 200 >/dev/null
	(
		trap 'exit 0' TERM
		while :; do
			unshare --net true
			ip netns add short
			ip netns delete short
		done
	) &
	for round in 1 2 3 4 5 6 7 8; do
		read_table
		[ -s /run/messages ] || good=$((good + 1))
		[ "$(first_on_screen 'top owners' | sed 's/ [0-9].*//')" = 'namespace alice' ] || check "look $round" "$(</run/screen)" alice
	done
	kill %%
	wait %% 2>/dev/null
	check 'each of 8 looks is quiet' "$good" 8
	owner_first 'namespace alice' '/ src=10\.77\.0\.2 /'
}

ordinary_user() {
	scenario 'an ordinary user'
	setpriv --reuid=65534 --regid=65534 --clear-groups conntrack-persist --color=never status >/run/screen 2>&1
	check 'status works' "$?" 0
	check 'and has no holders' "$(grep -c '^top' /run/screen)" 0
	check 'and says so' "$(tr -s '\n ' ' ' </run/screen | grep -c 'not shown .*who holds\|not shown .*entries\|root')" 1
}

without_ctnetlink() {
	scenario 'no ctnetlink'
	clear_table
	ip netns exec alice "$flows" udp "$nowhere" 10000 300 >/dev/null
	ip netns exec bob "$flows" udp "$nowhere" 10000 100 >/dev/null
	read_table
	wait_for modprobe -r nf_conntrack_netlink
	conntrack-persist --color=never status >/run/screen 2>/run/messages
	conntrack-persist --json status >/run/json 2>/dev/null
	check 'it is not loaded again' "$(grep -c nf_conntrack_netlink /proc/modules)" 0
	is_first 'top owners' owners 'namespace alice' '/ src=10\.77\.0\.2 /'
	modprobe nf_conntrack_netlink
}

# Each run of the service notes a look below /run, through its sandbox, so that status can say when
# the table will be full.
metrics_are_written() {
	local directory=/var/lib/prometheus/node-exporter round
	local file=$directory/conntrack-persist.prom looks=/run/conntrack-persist/looks
	scenario metrics
	mkdir -p "$directory"
	ctp install
	check 'installed' "$status $(module_state)" '0 live'
	# The entries of the first run must be there at the last one.
	sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3600
	clear_table
	rm -f "$looks"
	for round in 1 2 3 4 5 6 7 8; do
		in_world "$flows" queries "$here" $((20000 + round)) 200
		systemctl start conntrack-persist-metrics.service
		check "run $round is in the record" "$(wc -l <"$looks")" "$round"
		sleep 1
	done
	check 'the user of node exporter reads them' "$(setpriv --reuid=65534 --regid=65534 --clear-groups \
		grep -c '^conntrack_persist_owner_entries{' "$file" | sed 's/[1-9][0-9]*/some/')" some
	sysctl -qw net.netfilter.nf_conntrack_max=3000
	conntrack-persist --color=never status >/run/screen
	check 'so one look foretells a full table' "$(grep -c '^full in  *about [0-9]' /run/screen)" 1
	check 'the record is not for others to write' "$(stat -c '%a %u' "$looks")" '644 0'
	systemctl --quiet enable conntrack-persist-metrics.timer
}

# The timer runs at boot; its second run finds the look of the first one.
metrics_after_boot() {
	scenario 'metrics after a boot'
	modprobe nf_conntrack_netlink
	has_looks() {
		[ "$(wc -l </run/conntrack-persist/looks)" -ge 2 ]
	}
	wait_for has_looks 2>/dev/null
	check 'two looks of the timer are in the record' "$?" 0
	check 'and the metrics are of this boot' "$(($(stat -c %Y /var/lib/prometheus/node-exporter/conntrack-persist.prom) >= $(
		sed -n 's/^btime //p' /proc/stat)))" 1
	check 'nothing failed' "$(failed_units)" ''
}

if [ "$BOOT" = 2 ]; then
	metrics_after_boot
	finish
fi
systemctl start docker lxc-net
make_container_root "$flows"
make_podman_image 2>/dev/null
make_docker_image
make_world
podman_container
docker_container
half_open
port_forward
nspawn_machine
lxc_container
local_server
syn_flood
local_client
nat_clients
port_scanner
udp_flood
dns_server
by_ipv6
many_small_sources
two_equal_ones
one_pod_full
namespace_that_ends
ordinary_user
without_ctnetlink
metrics_are_written
reboot_guest
