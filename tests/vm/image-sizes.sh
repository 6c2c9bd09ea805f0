#!/bin/bash
# One image without sizes boots on machines with different RAM: each machine has its own sizes from
# the first load on.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

unit=conntrack-persist-sizes.service
chosen=cc887faaf5d147dda4e821a0ccca85b2
memory=ffbf6366d66d407b9b1dce2dce590fe5
files=(/etc/modprobe.d/conntrack-persist.conf /etc/sysctl.d/90-conntrack-persist.conf
	/etc/udev/rules.d/60-conntrack-persist.rules /var/lib/conntrack-persist/manifest)

# 2 % of the RAM at 264 bytes for each entry, rounded down to a power of two.
size=262144
[ "$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)" -gt 2097152 ] || size=131072
[ "$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)" -gt 1048576 ] || size=65536

# The values in the kernel: buckets, entries, and a value that is not a size.
in_force() {
	cat "$sys/parameters/hashsize" "$proc/nf_conntrack_max" "$proc/nf_conntrack_udp_timeout" 2>&1 | xargs
}

entries() {
	journalctl --boot --no-pager --output=cat "MESSAGE_ID=$1" | wc -l
}

# The result of the unit, and whether udevd and the programs that load modules waited for it.
unit_ran() {
	local other
	check "$1: the unit ran" "$(systemctl is-active $unit)" active
	for other in systemd-udevd systemd-modules-load systemd-sysctl; do
		check "$1: before $other" "$(($(systemctl show -P ActiveEnterTimestampMonotonic $unit) <
			$(systemctl show -P ExecMainStartTimestampMonotonic "$other")))" 1
	done
}

by_a_rule() {
	check "$1: nf_conntrack is not loaded" "$(module_state)" absent
	nft 'add table inet t; add chain inet t c { type filter hook input priority 0; };
		add rule inet t c ct state established accept'
	check "$1: the buckets are right at once" "$(cat "$sys/parameters/hashsize")" "$size"
	event_await 'UDEV add'
	check "$1: loaded by a rule, the values are right" "$(in_force)" "$size $size 45"
	nft delete table inet t
	unload nft_ct
}

# Each reader of the files below /run runs alone, without the rule.
readers() {
	check 'read-only: modprobe reads the buckets' \
		"$(modprobe --showconfig | grep '^options nf_conntrack')" "options nf_conntrack hashsize=$size"
	modprobe nf_conntrack
	event_await 'UDEV add'
	echo 1234 >$proc/nf_conntrack_max
	/lib/systemd/systemd-sysctl
	check 'read-only: systemd-sysctl leaves max, which is a floor' "$(cat $proc/nf_conntrack_max)" 1234
	sysctl --system >/dev/null 2>&1
	check 'read-only: sysctl --system leaves max as well' "$(cat $proc/nf_conntrack_max)" 1234
	unload nf_conntrack
}

# This shows why the files below /run have different names.
same_names() {
	mv /run/modprobe.d/conntrack-persist{-sizes,}.conf
	mv /run/sysctl.d/9{1-conntrack-persist-sizes,0-conntrack-persist}.conf
	mv /run/udev/rules.d/6{1-conntrack-persist-sizes,0-conntrack-persist}.rules
	udevadm control --reload
	# modprobe.d contains nothing but sizes here, so that /etc has no file of this name.
	check 'same names: modprobe reads the one below /run, because it is alone' \
		"$(modprobe --showconfig | grep -c '^options nf_conntrack')" 1
	modprobe nf_conntrack
	event_await 'UDEV add'
	# The service of the load uses the record of the installation. Without the record only udevd
	# sets values.
	systemctl mask --runtime --quiet conntrack-persist.service
	unload nf_conntrack
	modprobe nf_conntrack
	event_await 'UDEV add'
	check 'same names: udevd leaves max to the kernel, as the rule in /etc hides the one below /run' \
		"$(($(cat $proc/nf_conntrack_max) == size))" 0
}

# More buckets than a small machine has memory for are reported before the load fails.
no_memory() {
	local conf=/etc/conntrack-persist.conf.d/large.conf
	printf '[conntrack]\nmax = 268434944\nmemory_limit = 1000G\n' >$conf
	conntrack-persist --quiet --no-live install 2>/dev/null
	systemctl restart $unit 2>/dev/null
	check 'no memory: the unit fails' "$(systemctl is-failed $unit)" failed
	journalctl --sync
	check 'no memory: one entry, an error' \
		"$(journalctl --boot --no-pager -p err --output=cat "MESSAGE_ID=$memory" | wc -l)" 1
	modprobe nf_conntrack 2>/dev/null
	check 'no memory: the module does not load' "$? $(module_state)" '1 absent'
	rm $conf
	conntrack-persist --quiet --no-live install
	systemctl restart $unit
	check 'no memory: mended' "$(systemctl is-active $unit)" active
}

stamps() {
	stat -c '%n %i %Y %Z' "${files[@]}"
}

first_boot() {
	unit_ran 'first boot'
	check 'first boot: the system is up and nothing failed' \
		"$(systemctl is-system-running --wait) $(systemctl --failed --plain --no-legend)" 'running '
	check 'first boot: one entry tells of it' "$(entries $chosen)" 1
	check 'first boot: nothing is below /run' "$(find /run/modprobe.d /run/sysctl.d /run/udev/rules.d -name 'conntrack*' 2>/dev/null)" ''
	by_a_rule 'first boot'
	conntrack-persist --quiet check
	check 'first boot: check finds nothing' "$?" 0
	[ "$size" != 65536 ] || no_memory
	echo nf_conntrack >/etc/modules-load.d/conntrack.conf
	stamps >/root/stamps
	sync
	reboot_guest
}

second_boot() {
	unit_ran 'second boot'
	check 'second boot: loaded by modules-load.d, the values are right' "$(in_force)" "$size $size 45"
	check 'second boot: nothing is written' "$(stamps | diff /root/stamps -)" ''
	check 'second boot: no entry' "$(entries $chosen)" 0
	# The root file system stays read-only, as when the image was made.
	rm -r "${files[@]}" /etc/modules-load.d/conntrack.conf
	tar -C / -xf /root/made.tar
	echo '/dev/vda / ext4 ro 0 0' >/etc/fstab
	sync
	reboot_guest
}

read_only_boot() {
	unit_ran 'read-only'
	touch /etc/writable 2>/dev/null
	check 'read-only: /etc is' "$?" 1
	check 'read-only: one entry tells of it' "$(entries $chosen)" 1
	by_a_rule read-only
	conntrack-persist --quiet check
	check 'read-only: check finds nothing' "$?" 0
	readers
	same_names
}

echo "# Linux $(uname -r), udev $(udevadm --version), $(grep MemTotal /proc/meminfo), boot $BOOT"
events_start
case $BOOT in
	1) first_boot ;;
	2) second_boot ;;
	*) read_only_boot ;;
esac
finish
