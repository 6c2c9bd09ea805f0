# Helpers for the scenarios that run inside a guest: checks, waiting for udev, load on the processors.
# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later

# Seconds after which a wait is given up. An emulated guest on a busy machine is slow: no good run comes near.
patience=300
failed=0
# The last event that event_next saw.
event=''

# check NAME GOT WANTED: one line of result.
check() {
	if [ "$2" = "$3" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1: got ${2@Q}, wanted ${3@Q}"
		failed=$((failed + 1))
	fi
}

# finish: the last line of each scenario.
finish() {
	[ "$failed" = 0 ]
	exit
}

# reboot_guest: ends this boot; the scenario runs again with BOOT counted up. Only before any check has failed.
reboot_guest() {
	[ "$failed" = 0 ] || exit 1
	exit 100
}

# wait_for COMMAND...: until it succeeds. For what sends no event.
wait_for() {
	local end=$((SECONDS + patience))
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# module_state: absent, or what the kernel says of nf_conntrack.
module_state() {
	local state=absent
	# The folder may vanish between a test and the reading.
	{ read -r state </sys/module/nf_conntrack/initstate; } 2>/dev/null
	echo "${state:-absent}"
}

# events_start: follow what the kernel and udevd tell of modules.
events_start() {
	local line
	coproc events { exec stdbuf --output=L udevadm monitor --kernel --udev --property --subsystem-match=module; }
	events_fd=${events[0]}
	# The last line of the heading is printed when it listens.
	while read -r -t "$patience" -u "$events_fd" line; do
		[[ $line != 'KERNEL - '* ]] || return 0
	done
	return 1
}

# event_next: waits for an event of nf_conntrack. Sets event to its origin and action: "KERNEL add" once sent,
# "UDEV add" once all rules are done with it, and "... synthetic" where a write to the uevent file made it.
event_next() {
	local line origin='' action='' synthetic=''
	while read -r -t "$patience" -u "$events_fd" line; do
		case $line in
			KERNEL* | UDEV*)
				origin=''
				[[ $line != *' /module/nf_conntrack '* ]] || origin=${line%%[ []*}
				action=''
				synthetic=''
				;;
			ACTION=*) action=${line#*=} ;;
			SYNTH_UUID=*) synthetic=' synthetic' ;;
			'')
				event="$origin $action$synthetic"
				[ -z "$origin" ] || return 0
				;;
		esac
	done
	event='nothing in time'
	return 1
}

# event_await EVENT: skips those before it.
event_await() {
	while event_next; do
		[ "$event" != "$1" ] || return 0
	done
	return 1
}

# load_start, load_stop: keep every processor busy.
load_start() {
	local processor
	load=()
	for ((processor = 0; processor < $(nproc); processor++)); do
		while :; do :; done &
		load+=($!)
	done
}

load_stop() {
	kill "${load[@]}"
	wait "${load[@]}" 2>/dev/null
	load=()
}
