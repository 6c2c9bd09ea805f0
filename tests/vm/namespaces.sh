#!/bin/bash
# namespaces = all on a real host: namespaces that exist when nf_conntrack loads, new ones with a
# name, and what must not do harm.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

config=/etc/conntrack-persist.conf
key=nf_conntrack_udp_timeout
path=conntrack-persist-namespaces.path
setter=conntrack-persist-namespaces.service
drop_in=/etc/systemd/system/conntrack-persist.service.d/50-namespaces.conf
apart=/srv/apart/web
# The configuration of the matrix.
[ -e "$config" ] || cp /vm/tune.conf "$config"
# The number of listns(2), with no question: an older kernel has no such call.
lists=yes
! perl -MErrno=ENOSYS -e 'exit !(syscall(470, 0, 0, 0, 0) < 0 && $! == ENOSYS)' || lists=no

# wrong_in PID...: prints how many of the namespaces of these processes have another value.
wrong_in() {
	local pid wrong=0
	for pid in "$@"; do
		[ "$(nsenter --net="/proc/$pid/ns/net" cat "$proc/$key" 2>/dev/null)" = 45 ] || wrong=$((wrong + 1))
	done
	echo "$wrong"
}
# is_right NAME: returns whether the namespace of that name has the configured value.
is_right() {
	[ "$(ip netns exec "$1" cat "$proc/$key" 2>/dev/null)" = 45 ]
}
# right_in_time NAME: prints yes, or the value that the namespace keeps.
right_in_time() {
	local end=$((SECONDS + 60))
	until is_right "$1"; do
		[ "$SECONDS" -lt "$end" ] || { ip netns exec "$1" cat "$proc/$key"; return; }
		sleep 0.1
	done
	echo yes
}
# shellcheck disable=SC2317 # called by wait_for
is_idle() {
	[ "$(systemctl show -P ActiveState "$setter")" != activating ]
}

existing() {
	local number
	pids=()
	for ((number = 0; number < 100; number++)); do
		unshare --net sleep infinity &
		pids+=($!)
	done
	# shellcheck disable=SC2016
	wait_for eval '[ "$(readlink /proc/[0-9]*/ns/net | sort -u | wc -l)" -gt 100 ]'
	printf '[apply]\nnamespaces = all\n' >>"$config"
	ctp install
	check 'install' "$status" 0
	check 'the module is absent' "$(module_state) $(systemctl is-active "$path")" 'absent inactive'
	modprobe nf_conntrack
	event_await 'UDEV add'
	wait_for service_is active
	check 'module loaded after 100 namespaces: all are right' "$(wrong_in "${pids[@]}")" 0
	check 'the host is right' "$(wrong_values)" ''
	check 'the path unit is up' "$(systemctl is-active "$path")" active
	check 'the service did it in' "$(journalctl --boot -u "$service" --no-pager -o cat |
		grep -c '100 network namespaces: ')" 1
	check 'nothing failed' "$(failed_units)" ''
}

new_names() {
	local number wrong=0 begin end
	begin=$(date +%s%N)
	ip netns add blue
	check 'ip netns add' "$(right_in_time blue)" yes
	end=$(date +%s%N)
	echo "# ip netns add: $(((end - begin) / 1000000)) ms"
	wait_for is_idle
	for ((number = 0; number < 20; number++)); do
		ip netns add "burst$number"
	done
	for ((number = 0; number < 20; number++)); do
		[ "$(right_in_time "burst$number")" = yes ] || wrong=$((wrong + 1))
	done
	check '20 names in a row' "$wrong" 0
	# The file comes first, the namespace later, and only the file is an event.
	wait_for is_idle
	: >/run/netns/slow
	sleep 1
	unshare --net=/run/netns/slow true
	check 'a name whose namespace comes a second later' "$(right_in_time slow)" yes
	wait_for is_idle
	mkdir -p /run/docker/netns
	: >/run/docker/netns/0a1b2c
	unshare --net=/run/docker/netns/0a1b2c true
	ln -s /run/docker/netns/0a1b2c /run/netns/docker
	check 'a name of Docker' "$(right_in_time docker)" yes
	check 'nothing failed' "$(failed_units)" ''
}

# apart_value: prints the value in the namespace that a mount outside /run/netns holds.
apart_value() {
	nsenter --net="$apart" cat "$proc/$key"
}
# shellcheck disable=SC2317 # called by wait_for
apart_is_right() {
	[ "$(apart_value)" = 45 ]
}

# A namespace without a process and without a name in the usual places.
mounted_elsewhere() {
	wait_for is_idle
	mkdir /srv/apart
	: >"$apart"
	unshare --net="$apart" true
	check 'a mount elsewhere holds a namespace' "$(apart_value)" 30
	ctp -v apply --netns=all
	if [ "$lists" = yes ]; then
		check 'apply --netns=all: the kernel lists it' "$status $(apart_value) $(grep -c listns <<<"$output")" '0 45 0'
		check 'it is named' "$(grep -c "^namespace net:\[$(stat -Lc %i "$apart")\]$" <<<"$output")" 1
		nsenter --net="$apart" bash -c "echo 30 >$proc/$key"
		ctp check
		check 'check counts it' "$status $(grep -c 'other network namespaces: namespace net:' <<<"$output")" '2 1'
		# The service does the same in its sandbox.
		ip netns add beside
		wait_for apart_is_right
		check 'the path unit sets it as well' "$(apart_value) $(failed_units)" '45 '
	else
		check 'apply --netns=all: it is out of reach, and -v says so' \
			"$status $(apart_value) $(grep -c 'only a mount or an open file holds was not changed' <<<"$output")" '0 30 1'
		ctp apply --netns="$apart"
		check 'its path leads to it' "$status $(apart_value)" '0 45'
	fi
}

trouble() {
	wait_for is_idle
	cp "$config" /root/conf
	echo 'nonsense = 1' >>"$config"
	ip netns add broken
	wait_for eval "systemctl is-failed --quiet $setter"
	check 'a broken configuration: the unit fails, and the host keeps its values' \
		"$(systemctl show -P ExecMainStatus "$setter") $(wrong_values)" '78 '
	cp /root/conf "$config"
	systemctl reset-failed "$setter"
	ip netns add mended
	check 'a mended configuration: the next name sets both' "$(right_in_time mended) $(right_in_time broken)" 'yes yes'
	wait_for is_idle
	dd if=/dev/zero of=/filled bs=1M status=none 2>/dev/null
	dd if=/dev/zero of=/filled2 bs=1k status=none 2>/dev/null
	ip netns add full
	check 'a full disk' "$(right_in_time full) $(failed_units)" 'yes '
	rm /filled /filled2
	# Killed in the middle, the next start sets the rest.
	wait_for is_idle
	for pid in "${pids[@]}"; do
		nsenter --net="/proc/$pid/ns/net" bash -c "echo 30 >$proc/$key"
	done
	conntrack-persist apply --quiet --netns=all &
	sleep 0.05
	kill -KILL $! 2>/dev/null
	wait $! 2>/dev/null
	ctp --quiet apply
	check 'killed, then started again' "$status $(wrong_in "${pids[@]}")" '0 0'
}

unload_and_back() {
	unload nf_conntrack
	wait_for service_is inactive
	ip netns add absent
	modprobe nf_conntrack
	event_await 'UDEV add'
	wait_for service_is active
	check 'a name that came while the module was absent' "$(right_in_time absent)" yes
	check 'loaded again: all are right' "$(wrong_in "${pids[@]}")" 0
	check 'the one of the mount elsewhere, if the kernel lists it' "$lists $(apart_value)" \
		"$lists $([ "$lists" = yes ] && echo 45 || echo 30)"
}

host_again() {
	sed -i 's/= all/= host/' "$config"
	ctp install
	check 'namespaces = host' "$status $(systemctl is-active "$path") $(find /etc/systemd/system -name '50-namespaces.conf')" \
		'0 inactive '
	ip netns add later
	ctp apply
	check 'new ones keep the values of the kernel' "$(ip netns exec later cat "$proc/$key")" 30
	sed -i 's/= host/= all/' "$config"
	ctp install
	check 'all again, while the module is loaded' "$status $(systemctl is-active "$path") $(right_in_time later)" \
		'0 active yes'
	ctp uninstall
	check 'uninstall' "$status $(systemctl is-active "$path") $([ -e "$drop_in" ] && echo there)" '0 inactive '
	check 'nothing failed' "$(failed_units)" ''
}

echo "# Linux $(uname -r), systemd $(udevadm --version), listns: $lists"
events_start
systemctl is-system-running --wait >/dev/null
existing
new_names
mounted_elsewhere
trouble
unload_and_back
host_again
finish
