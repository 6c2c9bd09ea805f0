# Helpers for the scenarios that run inside a guest: checks, the values, waiting for udev, load on the processors.
# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later

# Seconds after which a wait is given up. An emulated guest on a busy machine is slow: no good run comes near.
patience=300
failed=0
# The last event that event_next saw.
event=''

sys=/sys/module/nf_conntrack
proc=/proc/sys/net/netfilter

# What values.conf asks for, as the kernel shows it: file, value, the first release that has the file and
# the first that no longer has it. The kernel rounds the buckets up to whole pages.
values=(
	"$proc/nf_conntrack_max 1000000"
	"$sys/parameters/hashsize 262144"
	"$proc/nf_conntrack_buckets 262144"
	"$proc/nf_conntrack_expect_max 4096"
	"$proc/nf_conntrack_tcp_timeout_established 21600"
	"$proc/nf_conntrack_tcp_timeout_time_wait 30"
	"$proc/nf_conntrack_generic_timeout 120"
	"$proc/nf_conntrack_udp_timeout 45"
	"$proc/nf_conntrack_udp_timeout_stream 100"
	"$proc/nf_conntrack_frag6_timeout 33"
	"$proc/nf_conntrack_dccp_timeout_request 111 0 6.16"
	"$proc/nf_conntrack_gre_timeout 44"
	"$proc/nf_flowtable_tcp_timeout 55 5.14"
	"$proc/nf_conntrack_tcp_loose 0"
	"$proc/nf_conntrack_acct 1"
)

# kernel_from RELEASE: this kernel is that one or a newer one.
kernel_from() {
	printf '%s\n' "$1" "$(uname -r)" | sort -CV
}

# For each kernel only one way is right: the value, or no such file.
for number in "${!values[@]}"; do
	read -r file _ first gone <<<"${values[number]}"
	if ! kernel_from "${first:-0}" || { [ -n "$gone" ] && kernel_from "$gone"; }; then
		values[number]="$file absent"
	fi
done

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

# wrong_values: those that differ.
wrong_values() {
	local value file wanted got
	for value in "${values[@]}"; do
		read -r file wanted _ <<<"$value"
		got=absent
		{ read -r got <"$file"; } 2>/dev/null
		[ "$got" = "$wanted" ] || echo -n "${file##*/} is $got, not $wanted; "
	done
}

# unload MODULE: with what it needs. A rule that was deleted lets go of its module a little later.
unload() {
	wait_for modprobe -r "$1" 2>/dev/null
	event_await 'UDEV remove'
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
