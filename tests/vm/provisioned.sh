#!/bin/bash
# A host that is managed over ssh: brings up its network and obeys a word in /run/next: reboot or
# done.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

card=$(basename "$(echo /sys/class/net/e*)")
mkfifo /run/next
ip link set lo up
ip address add 10.0.2.15/24 dev "$card"
ip link set "$card" up
systemctl start ssh

if [ "${BOOT:-1}" != 1 ]; then
	scenario 'after the reboot'
	events_start
	ctp --json check
	check 'check: in order, and waiting for nf_conntrack' "$status $(told '"state": "pending"')" '0 1'
	nft_rule
	event_await 'UDEV add'
	wait_for service_is active
	ctp --json check
	check 'check: in order once a rule has loaded it' "$status $(told '"state": "in-order"')" '0 1'
	check 'nothing failed' "$(failed_units)" ''
fi
read -r word </run/next
[ "$word" != reboot ] || reboot_guest
scenario 'the controller'
check 'ends it' "$word" 'done'
finish
