#!/bin/bash
# The files alone, without the program: the values hold however and whenever nf_conntrack comes.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

rule=/etc/udev/rules.d/60-conntrack-persist.rules

at_boot() {
	check 'at boot: the system is up and nothing failed' \
		"$(systemctl is-system-running --wait) $(systemctl --failed --plain --no-legend)" 'running '
	check 'at boot: the program is not here' "$(type -P conntrack-persist)" ''
	check 'at boot: nf_conntrack is not loaded' "$(module_state)" absent
}

readers() {
	local output
	check 'modprobe reads the options' \
		"$(modprobe --showconfig | grep '^options nf_conntrack')" 'options nf_conntrack hashsize=262000'
	output=$(/lib/systemd/systemd-sysctl 2>&1)
	check 'systemd-sysctl reads the values before they exist' "$? $(grep conntrack <<<"$output")" '0 '
	output=$(sysctl --system 2>&1 >/dev/null)
	check 'sysctl --system reads the values before they exist' "$?" 0
	if udevadm verify --help >/dev/null 2>&1; then
		output=$(udevadm verify "$rule" 2>&1)
		check 'udevadm verify finds nothing' "$? $(grep "$rule" <<<"$output")" '0 '
	fi
	check 'reading the files loads nothing' "$(module_state)" absent
}

by_a_rule() {
	nft 'add table inet t; add chain inet t c { type filter hook input priority 0; };
		add rule inet t c ct state established accept'
	check 'a rule loads nf_conntrack' "$(module_state)" live
	event_await 'UDEV add'
	check 'loaded by a rule: the values hold' "$(wrong_values)" ''
	nft delete table inet t
	unload nft_ct
	check 'loaded by a rule: unloaded again' "$(module_state)" absent
}

again_and_again() {
	local round
	load_start
	for ((round = 1; round <= 20; round++)); do
		modprobe nf_conntrack
		event_await 'UDEV add'
		check "processors busy, load $round of 20: the values hold" "$(wrong_values)" ''
		unload nf_conntrack
		check "processors busy, unload $round of 20" "$(module_state)" absent
	done
	load_stop
}

# The kernel sent the event before the keys were there, up to some 5.10. So that later kernels do the same, the
# event is sent by hand while the module makes a huge table. The queue is stopped before the kernel sends its own,
# which therefore cannot mend what the first did not do. Fails if the moment was missed.
early_event() {
	local loader udev=0 kernel=0
	modprobe nf_conntrack hashsize=67108864 &
	loader=$!
	until [ "$(module_state)" = coming ]; do
		kill -0 "$loader" || break
	done
	echo add >"$sys/uevent"
	# udevd makes this file as it takes the event in.
	until [ -e /run/udev/queue ] || [ "$(module_state)" != coming ]; do :; done
	udevadm control --stop-exec-queue
	early=$(module_state)
	wait "$loader"
	[ "$early" = coming ] || return

	while [ "$udev$kernel" != 11 ] && event_next; do
		case $event in
			'UDEV add synthetic') udev=1 ;;
			'KERNEL add') kernel=1 ;;
			'UDEV add') break ;;
		esac
	done
	early="coming, then $event"
	[ "$udev$kernel" = 11 ]
}

early() {
	local attempt
	for ((attempt = 1; attempt <= 10; attempt++)); do
		early_event && break
		echo "# early event, attempt $attempt: missed ($early)"
		udevadm control --start-exec-queue
		unload nf_conntrack
	done
	check 'early event: sent while the module was coming, and alone' "$((attempt <= 10))" 1
	check 'early event: the values hold' "$(wrong_values)" ''
	udevadm control --start-exec-queue
	event_await 'UDEV add'
	check "early event, then the kernel's own: the values hold" "$(wrong_values)" ''
	unload nf_conntrack
}

late() {
	local round
	for ((round = 1; round <= 3; round++)); do
		udevadm control --stop-exec-queue
		modprobe nf_conntrack
		wait_for modprobe -r nf_conntrack
		check "late event $round of 3: unloaded before it" "$(module_state)" absent
		udevadm control --start-exec-queue
		event_await 'UDEV remove'
		check "late event $round of 3: nothing loads again" "$(module_state)" absent
		[ "$(module_state)" = absent ] || unload nf_conntrack
	done
}

journal() {
	journalctl --sync
	check 'the journal tells of no failure' "$(journalctl --boot --no-pager --output=cat |
		grep -i conntrack | grep -iE 'fail|error|invalid|unknown' | sort -u | head -n 3)" ''
}

echo "# Linux $(uname -r), udev $(udevadm --version)"
events_start
at_boot
readers
by_a_rule
again_and_again
early
late
journal
finish
