#!/bin/bash
# A locked kernel: with lockdown=confidentiality everything works. Once kernel.modules_disabled is
# set, no module can be loaded or removed, and the program says so.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

locked_down() {
	scenario 'lockdown'
	check 'it is on' "$(grep -o '\[[a-z]*\]' /sys/kernel/security/lockdown)" '[confidentiality]'
	ctp install
	check 'install' "$status" 0
	modprobe nf_conntrack
	loaded 'load'
	echo 5 >"$proc/nf_conntrack_udp_timeout"
	echo 1024 >"$sys/parameters/hashsize"
	ctp --quiet check
	check 'check sees what was changed' "$status" 2
	ctp --quiet apply
	check 'apply sets it, the buckets too' "$status $(wrong_values)" '0 '
	ctp --quiet status
	check 'status' "$status" 0
	ctp --quiet unload
	check 'unload' "$status $(module_state)" '0 absent'
	event_await 'UDEV remove'
}

# For each reason that keeps the kernel from loading the module, the program names the reason; the
# test carries out the proposal, and then all is in order.
no_module() {
	local release
	release=$(uname -r)
	scenario 'no module tree, no module, no loader'
	ctp check
	check 'nothing is in the way' "$status $(module_state)" '0 absent'
	mount -t tmpfs -o mode=0755 none /lib/modules
	modprobe nf_conntrack 2>/dev/null
	check 'modprobe has no tree' "$? $(module_state)" '1 absent'
	ctp check
	check 'no tree' "$status $(told "/lib/modules/$release, which has the modules of the running kernel, is missing")" '2 1'
	mkdir "/lib/modules/$release"
	: >"/lib/modules/$release/modules.dep"
	ctp check
	check 'a tree without it' "$status $(told "/lib/modules/$release has no nf_conntrack")" '2 1'
	umount /lib/modules
	echo /bin/true >/proc/sys/kernel/modprobe
	printf 'table ip t {\n chain c {\n  ct state new\n }\n}\n' | nft -f - 2>/dev/null
	check 'a rule does not load it' "$(module_state)" 'absent'
	ctp check
	check 'another loader' "$status $(told 'kernel.modprobe = /bin/true, which is not modprobe')" '2 1'
	sysctl -qw kernel.modprobe=/sbin/modprobe
	ctp check
	check 'as proposed' "$status $(told 'In order')" '0 1'
}

no_more_modules() {
	scenario 'modules_disabled, not loaded'
	echo 1 >/proc/sys/kernel/modules_disabled
	modprobe nf_conntrack 2>/dev/null
	check 'it is so' "$? $(module_state)" '1 absent'
	ctp check
	# The result is not "in order", although the next boot may end it, because until then every
	# rule that needs the module fails.
	check 'check: it cannot load' "$status $(told modules_disabled 'cannot load')" '2 2'
	ctp plan
	check 'plan' "$status $(told modules_disabled)" '2 1'
	ctp --quiet apply
	check 'apply has nothing to apply to' "$status" 0
	ctp status
	check 'status' "$status $(told 'not loaded')" '0 1'
}

modules_stay() {
	scenario 'modules_disabled, loaded'
	modprobe nf_conntrack
	loaded 'load'
	echo 1 >/proc/sys/kernel/modules_disabled
	echo 5 >"$proc/nf_conntrack_udp_timeout"
	ctp --quiet apply
	check 'apply' "$status $(wrong_values)" '0 '
	ctp unload
	check 'unload says that it may not' "$status $(module_state) $(told modules_disabled)" '1 live 1'
	printf '[conntrack]\nmode = disable\n' >/etc/conntrack-persist.conf
	ctp install
	check 'mode disable is for the next boot' "$(module_state) $(told 'nf_conntrack')" 'live 1'
	reboot_guest
}

events_start
case ${BOOT:-1} in
1)
	locked_down
	no_module
	no_more_modules
	reboot_guest
	;;
2) modules_stay ;;
3)
	scenario 'after mode disable'
	modprobe nf_conntrack 2>/dev/null
	check 'it is kept out' "$? $(module_state)" '1 absent'
	finish
	;;
esac
