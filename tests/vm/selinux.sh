#!/bin/bash
# A host with SELinux and Debian's policy: files get the labels of the policy whichever program
# makes them, and confined programs set the values, also in enforcing mode.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

files=(/etc/modprobe.d/conntrack-persist.conf /etc/sysctl.d/90-conntrack-persist.conf
	/etc/udev/rules.d/60-conntrack-persist.rules /var/lib/conntrack-persist /var/lib/conntrack-persist/manifest)

# mislabelled: lists those of our files whose label differs from the policy's label for their path.
mislabelled() {
	local file
	for file in "${files[@]}"; do
		matchpathcon -V "$file" >/dev/null || echo -n "$file is $(stat -c %C "$file"); "
	done
}

# domain PROCESS: prints the domain of a process
domain() {
	tr -d '\0' <"/proc/$1/attr/current" | cut -d : -f 3
}

# denials: prints all denials so far.
denials() {
	dmesg 2>/dev/null | grep 'avc: *denied'
}

# denied: prints the denials that concern our files and values.
denied() {
	denials | grep -E 'comm="(conntrack-persi|modprobe)|tcontext=[^ ]*:(sysctl_net_t|sysfs_t|udev_rules_t|modules_[a-z]*_t)'
}

labels() {
	scenario 'labels'
	check 'init and udevd are confined' "$(domain 1) $(domain "$(systemctl show -P MainPID systemd-udevd)")" 'init_t udev_t'
	# A file that is made here without a label of its own shows the difference.
	chcon -t tmp_t /etc/sysctl.d
	ctp install
	check 'install' "$status $(mislabelled)" '0 '
	rm /etc/sysctl.d/90-conntrack-persist.conf
	mkdir -p /run/conntrack-persist
	touch /run/conntrack-persist/restore
	systemctl start conntrack-persist-restore.service
	check 'restored by its service, in a sandbox' "$(mislabelled)" ''
	restorecon -F /etc/sysctl.d
}

permissive() {
	scenario 'permissive'
	nft_rule
	loaded 'nft rule'
	nft delete table inet t
	unload nft_ct
	check 'nothing is denied' "$(denied)" ''
}

enforcing() {
	scenario 'enforcing'
	setenforce 1
	check 'it is so' "$(getenforce)" Enforcing
	nft_rule
	event_await 'UDEV add'
	check 'nft rule: the values are in force' "$(module_state) $(wrong_values)" 'live '
	ctp --quiet check
	check 'nft rule: check' "$status $output" '0 '
	nft delete table inet t
	unload nft_ct
	# docs/support.md has a line about this.
	check 'udevd may not see that the service is there' \
		"$(denials | grep -c 'comm="(udev-worker)".*:systemd_unit_t:.*permissive=0' | sed 's/[1-9][0-9]*/yes/')" yes
	echo 'SUBSYSTEM=="module", KERNEL=="nf_conntrack", ENV{SYSTEMD_WANTS}+="conntrack-persist.service"' \
		>/etc/udev/rules.d/61-local.rules
	udevadm control --reload
	modprobe nf_conntrack
	loaded 'modprobe, with a rule for the service'
	echo 5 >"$proc/nf_conntrack_udp_timeout"
	ctp --quiet apply
	check 'apply' "$status $(wrong_values)" '0 '
	ip netns add container
	systemd-run --quiet --wait conntrack-persist hook --netns=/run/netns/container
	check 'the hook, run by a service' "$? $(ip netns exec container cat "$proc/nf_conntrack_udp_timeout")" '0 45'
	ip netns delete container
	printf '[apply]\nwitness = yes\n' >>/etc/conntrack-persist.conf
	ctp install
	systemctl start conntrack-persist-witness.service
	check 'the witness is pinned' "$status $(find /sys/fs/bpf/conntrack-persist -mindepth 1 -print -quit | wc -l)" '0 1'
	echo 6 >"$proc/nf_conntrack_udp_timeout"
	ctp check
	check 'check names who changed a value' "$status $(told 'set by')" '2 1'
	ctp --quiet apply
	unload nf_conntrack
	rm "${files[@]:0:3}"
	ctp install
	check 'install' "$status $(mislabelled)" '0 '
	ctp uninstall
	check 'uninstall' "$status $(ls "${files[@]}" 2>/dev/null)" '0 '
	check 'nothing else is denied' "$(denied)" ''
	setenforce 0
}

case ${BOOT:-1} in
1)
	scenario 'first boot'
	check 'SELinux is there' "$(getenforce)" Permissive
	restorecon -RFx /
	reboot_guest
	;;
2)
	events_start
	labels
	permissive
	enforcing
	finish
	;;
esac
