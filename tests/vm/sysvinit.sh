#!/bin/bash
# SysV init starts this host, with udev and without systemd: the files work, and install says what
# it leaves out and what to do instead.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

config=/etc/conntrack-persist.conf

host() {
	scenario "$1"
	check 'SysV init is PID 1' "$(tr '\0' ' ' </proc/1/cmdline | cut -d ' ' -f 1)" init
	check 'systemd is not there' "$(type -P systemctl) $(compgen -G '/run/systemd/system')" ' '
	wait_for test -S /run/udev/control
	udevadm settle
}

first_installation() {
	scenario 'install'
	check 'before: nf_conntrack is not loaded' "$(module_state)" absent
	ctp install
	check 'it writes the files' "$status $(grep -c '^create ' <<<"$output")" '0 4'
	check 'it says what it leaves out and what to do' \
		"$(told 'udevd notices new rules by itself' 'no timer of this program runs here' 'by cron to learn of drift')" 3
	check 'it loads nothing' "$(module_state)" absent
	ctp install
	check 'a second one changes and says nothing of it' "$status $(grep -c 'create\|by cron' <<<"$output")" '0 0'
	sed -i '$a[apply]\non_drift = restore' "$config"
	ctp install
	check 'on_drift = restore is said to have no effect' "$(told 'has no effect, because systemd does not run here')" 1
	sed -i '/^\[apply\]$/,$d' "$config"
	ctp --quiet install
	ctp --quiet check
	check 'check' "$status $output" '0 '
}

# all_right HOW MODULE: checks the values after a load, and unloads.
all_right() {
	check "$1: nf_conntrack is there" "$(module_state)" live
	event_await 'UDEV add'
	check "$1: the values are active" "$(wrong_values)" ''
	ctp --quiet check
	check "$1: check" "$status $output" '0 '
	unload "$2"
	check "$1: unloaded" "$(module_state)" absent
}

each_way() {
	local round
	scenario 'load'
	nft_rule
	check 'by an nft rule: nf_conntrack is there' "$(module_state)" live
	event_await 'UDEV add'
	check 'by an nft rule: the values are active' "$(wrong_values)" ''
	echo 31 >"$proc/nf_conntrack_udp_timeout"
	ctp --quiet check
	check 'changed by hand: check' "$status" 2
	ctp --quiet apply
	check 'changed by hand: apply' "$status $(wrong_values)" '0 '
	nft delete table inet t
	unload nft_ct
	modprobe nf_conntrack
	all_right 'by name' nf_conntrack
	load_start "$(nproc)"
	for ((round = 1; round <= 20; round++)); do
		modprobe nf_conntrack
		event_await 'UDEV add'
		check "processors busy, load $round of 20: the values are active" "$(wrong_values)" ''
		unload nf_conntrack
	done
	load_stop
	late
}

disabled() {
	scenario 'disable'
	cp "$config" /root/tune.conf
	printf '[conntrack]\nmode = disable\n' >"$config"
	ctp install
	check 'install' "$status $(module_state)" '0 absent'
	check 'install names no timer' "$(grep -c 'by cron' <<<"$output")" 0
	blocked 'blocked'
	cp /root/tune.conf "$config"
	ctp --quiet install
	check 'the way back: install' "$status" 0
	modprobe nf_conntrack
	all_right 'the way back' nf_conntrack
	ctp uninstall
	check 'uninstall' "$status $(compgen -G '/etc/*/*conntrack-persist*')" '0 '
}

echo "# Linux $(uname -r), udev $(udevadm --version), $(dpkg-query -W -f '${Package} ${Version}' sysvinit-core), boot $BOOT"
host "boot $BOOT"
events_start
if [ "$BOOT" = 1 ]; then
	first_installation
	each_way
	echo nf_conntrack >>/etc/modules
	reboot_guest
fi
check 'nf_conntrack was loaded at boot' "$(module_state)" live
check 'the values are active' "$(wrong_values)" ''
ctp --quiet check
check 'check' "$status $output" '0 '
unload nf_conntrack
disabled
finish
