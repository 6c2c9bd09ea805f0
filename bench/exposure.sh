#!/bin/bash
# Runs in a guest: measures the time between modprobe's return and the last value, for each way of
# setting the values in turn.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=../tests/vm/lib.sh
. ./lib.sh

# bench/run has put the files of each way here; files of the way before are removed first.
ways=(usual rule preset synchronous)
files=(/etc/modprobe.d/conntrack-persist.conf /etc/sysctl.d/90-conntrack-persist.conf
	/etc/udev/rules.d/60-conntrack-persist.rules /etc/sysctl.d/90-usual.conf /etc/udev/rules.d/90-usual.rules)
read -ra wishes </bench/wishes
read -r rounds </bench/rounds

# take WAY: puts its files in place, so that udevd reads them.
take() {
	rm -f "${files[@]}"
	cp -a "/bench/ways/$1/." /
	udevadm control --reload
	udevadm settle
}

# series NAME: prints "RESULT name way microseconds" for each load.
series() {
	local round way
	for ((round = 1; round <= rounds; round++)); do
		for way in "${ways[@]}"; do
			take "$way"
			echo "RESULT $1 $way $(/bench/exposure-probe "${wishes[@]}")"
			event_await 'UDEV add'
			[ "$way" = usual ] || wait_for systemctl --quiet is-active conntrack-persist.service
			unload nf_conntrack
		done
	done
}

systemctl is-system-running --wait >/dev/null
events_start
echo "KERNEL $(uname -r), systemd $(udevadm --version), $(nproc) emulated processors"
series idle
load_start "$(nproc)"
series busy
load_stop
finish
