#!/bin/bash
# A host with AppArmor and the profiles of Debian: the hook of containers, the services and the
# witness work as without it.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh
# shellcheck source=containers.sh
. ./containers.sh

key=/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established

# denied: prints what AppArmor denied us.
denied() {
	dmesg | grep 'apparmor="DENIED"' | grep -E 'comm="(conntrack-persi|modprobe)|conntrack'
}

# in_container RUNTIME COMMAND...: runs it in a container of podman.
in_container() {
	podman --runtime "$1" run --rm --network=none "$container_image" "${@:2}" 2>&1
}

echo "# Linux $(uname -r), systemd $(udevadm --version), boot $BOOT"
events_start
scenario 'AppArmor'
check 'it is there' "$(cat /sys/module/apparmor/parameters/enabled) $(systemctl is-active apparmor.service)" 'Y active'
printf '[apply]\nwitness = yes\n' >>/etc/conntrack-persist.conf
ctp install
check 'install' "$status" 0
systemctl start conntrack-persist-witness.service
check 'the witness is pinned' "$? $(find /sys/fs/bpf/conntrack-persist -mindepth 1 -print -quit | wc -l)" '0 1'
nft_rule
loaded 'nft rule'
systemctl start conntrack-persist-check.service
check 'the service of the timer finds no drift' "$? $(failed_units)" '0 '
echo 5 >"$proc/nf_conntrack_udp_timeout"
ctp check
check 'check names who changed a value' "$status $(told 'set by')" '2 1'
ctp --quiet apply
check 'apply' "$status $(wrong_values)" '0 '

scenario 'AppArmor, containers'
# shellcheck disable=SC2119
make_container_root
make_podman_image 2>/dev/null
for runtime in crun runc; do
	check "podman with $runtime confines its container" \
		"$(in_container "$runtime" cat /proc/self/attr/current | sed 's/-[0-9].*(/ (/')" 'containers-default (enforce)'
	check "podman with $runtime: the hook has set the timeout before the first process" \
		"$(in_container "$runtime" cat "$key")" 21600
done
nft delete table inet t
unload nft_ct
ctp uninstall
check 'uninstall' "$status $(failed_units)" '0 '
check 'nothing was denied' "$(denied)" ''
finish
