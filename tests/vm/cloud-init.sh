#!/bin/bash
# cloud-init writes the configuration and runs install, as in the example of docs/images.md.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

# The example's value, for a machine with 1 GB.
values=(
	"$sys/parameters/hashsize 131072"
	"$proc/nf_conntrack_max 131072"
	"$proc/nf_conntrack_tcp_timeout_established 21600"
)
files=(/etc/modprobe.d/conntrack-persist.conf /etc/sysctl.d/90-conntrack-persist.conf
	/etc/udev/rules.d/60-conntrack-persist.rules)

cloud-init status --wait >/vm/status 2>&1
# cloud-init prints exactly this about itself; it prints "done" after an error, too.
check 'cloud-init has done its work' "$? $(grep -o 'status: .*' /vm/status)" '0 status: done'
check 'cloud-init met no error' "$(jq -c .v1.errors /run/cloud-init/result.json)" '[]'

if [ "$BOOT" = 1 ]; then
	check 'the configuration is the one of the user-data' "$(grep -c 'tcp_established = 6h' /etc/conntrack-persist.conf)" 1
	ctp check
	check 'check' "$status" 0
	sha256sum "${files[@]}" /var/lib/conntrack-persist/manifest >/vm/sums
	check 'the files are there' "$?" 0
fi

scenario "boot $BOOT"
check 'nf_conntrack is not there before it is asked for' "$(module_state)" absent
events_start
nft_rule
loaded 'an nft rule'
check 'the files are those of the first boot' "$(sha256sum --quiet -c /vm/sums 2>&1)" ''
[ "$BOOT" != 1 ] || reboot_guest
finish
