#!/bin/bash
# Only the files are installed, without the program: the values are active however and whenever
# nf_conntrack loads.
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
		"$(modprobe --showconfig | grep '^options nf_conntrack')" 'options nf_conntrack hashsize=262000 acct=1'
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
	nft_rule
	check 'a rule loads nf_conntrack' "$(module_state)" live
	event_await 'UDEV add'
	check 'loaded by a rule: the values hold' "$(wrong_values)" ''
	nft delete table inet t
	unload nft_ct
	check 'loaded by a rule: unloaded again' "$(module_state)" absent
}

again_and_again() {
	local round
	load_start "$(nproc)"
	for ((round = 1; round <= 20; round++)); do
		modprobe nf_conntrack
		event_await 'UDEV add'
		check "processors busy, load $round of 20: the values hold" "$(wrong_values)" ''
		unload nf_conntrack
		check "processors busy, unload $round of 20" "$(module_state)" absent
	done
	load_stop
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
