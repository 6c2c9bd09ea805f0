# Helpers for the scenarios that run inside a guest: checks, the values, waiting for udev, load,
# common scenarios.
# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later

# Seconds after which a wait gives up. An emulated guest on a busy machine is slow, but no good run
# takes that long.
patience=300
failed=0
# The last event that event_next saw.
event=''

service=conntrack-persist.service
sys=/sys/module/nf_conntrack
proc=/proc/sys/net/netfilter

# The row may want other buckets than values.conf. The kernel rounds them up to whole pages, and a
# bucket is as wide as a pointer.
hashsize=$(sed -n 's/.*\bvm_hashsize=\([0-9]*\).*/\1/p' /proc/cmdline)
page=$(($(getconf PAGE_SIZE) * 8 / $(getconf LONG_BIT)))
buckets=$(((${hashsize:-262000} + page - 1) / page * page))

# The values of values.conf, as the kernel shows them: file, value, first release that has the file,
# first release that no longer has it.
values=(
	"$proc/nf_conntrack_max 1000000"
	"$sys/parameters/hashsize $buckets"
	"$proc/nf_conntrack_buckets $buckets"
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

# kernel_from RELEASE: returns whether this kernel is that release or newer.
kernel_from() {
	printf '%s\n' "$1" "$(uname -r)" | sort -CV
}

# On each kernel only one result is right: the value, or no such file.
for number in "${!values[@]}"; do
	read -r file _ first gone <<<"${values[number]}"
	if ! kernel_from "${first:-0}" || { [ -n "$gone" ] && kernel_from "$gone"; }; then
		values[number]="$file absent"
	fi
done

# scenario NAME: names the checks after it; the name comes before theirs.
scenario() {
	scenario="$1: "
}

# check NAME GOT WANTED: prints one line of result.
check() {
	if [ "$2" = "$3" ]; then
		echo "ok - ${scenario-}$1"
	else
		echo "not ok - ${scenario-}$1: got ${2@Q}, wanted ${3@Q}"
		failed=$((failed + 1))
	fi
}

# finish: prints the last line of each scenario.
finish() {
	[ "$failed" = 0 ]
	exit
}

# reboot_guest: ends this boot; the scenario runs again with a higher BOOT. Call it only before any
# check has failed.
reboot_guest() {
	[ "$failed" = 0 ] || exit 1
	exit 100
}

# reboot_with IMAGE: does the same, and the next boot uses that initramfs.
reboot_with() {
	[ "$failed" = 0 ] || exit 1
	cp "$1" /boot/next
	exit 101
}

# wait_for COMMAND...: repeats the command until it succeeds. Use it for changes that send no event.
wait_for() {
	local end=$((SECONDS + patience))
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# module_state: prints "absent", or the state of nf_conntrack that the kernel shows.
module_state() {
	local state=absent
	# The folder may vanish between the test and the read.
	{ read -r state </sys/module/nf_conntrack/initstate; } 2>/dev/null
	echo "${state:-absent}"
}

# wrong_values: prints the values that differ.
wrong_values() {
	local value file wanted got
	for value in "${values[@]}"; do
		read -r file wanted _ <<<"$value"
		got=absent
		{ read -r got <"$file"; } 2>/dev/null
		[ "$got" = "$wanted" ] || echo -n "${file##*/} is $got, not $wanted; "
	done
}

# unload MODULE: removes it with the modules that it needs. A deleted rule releases its module a
# little later.
unload() {
	wait_for modprobe -r "$1" 2>/dev/null
	event_await 'UDEV remove'
}

# events_start: follows the events of modules that the kernel and udevd send.
events_start() {
	local line
	coproc events { exec stdbuf --output=L udevadm monitor --kernel --udev --property --subsystem-match=module; }
	events_fd=${events[0]}
	# When the last line of the heading appears, it listens.
	while read -r -t "$patience" -u "$events_fd" line; do
		[[ $line != 'KERNEL - '* ]] || return 0
	done
	return 1
}

# event_next: waits for an event of nf_conntrack and sets event to its origin and action: "KERNEL
# add" once it is sent, "UDEV add" once all rules have been applied, and "... synthetic" if a write
# to the uevent file caused it.
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

# event_await EVENT: waits for this event and skips those before it.
event_await() {
	while event_next; do
		[ "$event" != "$1" ] || return 0
	done
	return 1
}

# load_start PROCESSORS, load_stop: keep so many processors busy.
load_start() {
	local processor
	load=()
	for ((processor = 0; processor < $1; processor++)); do
		while :; do :; done &
		load+=($!)
	done
}

load_stop() {
	# Without a process wait(1) would wait for udevadm monitor, too.
	[ "${#load[@]}" != 0 ] || return 0
	kill "${load[@]}"
	wait "${load[@]}" 2>/dev/null
	load=()
}

# has_program: returns whether the program is installed here, not only the files.
has_program() {
	type -P conntrack-persist >/dev/null
}

# ctp ARGUMENT...: runs the program. Only the exit status counts; a check that needs the output
# reads it from the file.
ctp() {
	output=$(conntrack-persist "$@" 2>&1)
	status=$?
}

# deb ARGUMENT...: runs dpkg; if it fails, its output is printed.
deb() {
	output=$(DEBIAN_FRONTEND=noninteractive dpkg "$@" 2>&1)
	status=$?
	[ "$status" = 0 ] || echo "# dpkg $*: ${output@Q}" >&2
}

# kernel_values: prints all live values.
kernel_values() {
	grep -r . "$sys/parameters" "$proc" 2>/dev/null | grep -vE 'nf_conntrack_(count|max_used)|nf_log' | sort
}

# told TEXT...: prints how many of these texts the last run printed.
told() {
	local text count=0
	for text in "$@"; do
		if grep -qF -e "$text" <<<"$output"; then
			count=$((count + 1))
		else
			echo "# not told: $text: ${output@Q}" >&2
		fi
	done
	echo "$count"
}

# failed_units: prints the units that systemd reports as failed.
failed_units() {
	systemctl --failed --plain --no-legend
}

# service_is STATE: checks the state of the service
service_is() {
	[ "$(systemctl show -P ActiveState "$service")" = "$1" ]
}

# nft_rule: adds a rule that needs nf_conntrack, in a table of its own. To remove it: nft delete
# table inet t.
nft_rule() {
	nft 'add table inet t; add chain inet t c { type filter hook input priority 0; };
		add rule inet t c ct state established accept'
}

# loaded HOW: checks everything that must be true after each load. It consumes the event of the
# load, so that the next one is seen in time.
loaded() {
	check "$1: nf_conntrack is there" "$(module_state)" live
	event_await 'UDEV add'
	check "$1: the values are in force" "$(wrong_values)" ''
	if has_program; then
		wait_for service_is active
		check "$1: the service is up" "$(systemctl is-active "$service")" active
		ctp --quiet check
		check "$1: check" "$status $output" '0 '
	fi
	check "$1: nothing failed" "$(failed_units)" ''
}

# unloaded HOW MODULE: the same after an unload, for the service, too.
unloaded() {
	unload "$2"
	if has_program; then
		wait_for service_is inactive
		check "$1: unloaded, the service went with it" "$(module_state) $(systemctl is-active "$service")" \
			'absent inactive'
	else
		check "$1: unloaded" "$(module_state)" absent
	fi
}

# early_event: makes the kernel send the event before the keys exist, as kernels up to about 5.10
# do. On later kernels the test sends the event itself while the module allocates a huge table. The
# queue is stopped before the kernel sends its own event, so that this one cannot correct what the
# first one did not do. Fails if the moment was missed.
early_event() {
	local loader udev=0 kernel=0
	modprobe nf_conntrack hashsize=67108864 &
	loader=$!
	until [ "$(module_state)" = coming ]; do
		kill -0 "$loader" || break
	done
	echo add >"$sys/uevent"
	# udevd makes this file when it receives the event.
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

# early: runs early_event again if the moment was missed. It needs a second processor that sends the
# event. On a kernel that sends its own event early, each load is one.
early() {
	local attempt
	case $(uname -r) in
		*early-event*)
			modprobe nf_conntrack hashsize=67108864
			event_await 'UDEV add'
			check 'early event of the kernel, with a large table: the values hold' "$(wrong_values)" ''
			unload nf_conntrack
			return
			;;
	esac
	if [ "$(nproc)" = 1 ]; then
		echo '# early event: not tried, because there is one processor'
		return
	fi
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

# late: when udevd sees the event, the module is already unloaded again, and must not be loaded.
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

# above: prints the modules that need nf_conntrack, from depmod's list of this kernel.
above() {
	sed -n 's|^\([^:]*\)\.ko[^:]*: .*[/ ]nf_conntrack\.ko.*|\1|p' "/lib/modules/$(uname -r)/modules.dep" | sed 's|.*/||'
}

# outcome COMMAND...: prints the result, and the state of nf_conntrack after it.
outcome() {
	local word=works
	"$@" >/dev/null 2>&1 || word=fails
	echo "$word, $(module_state)"
}

# blocked HOW: tries everything that must not load nf_conntrack. Each command fails with its own
# message; what counts is that nf_conntrack is not loaded.
blocked() {
	local name failed=''
	modprobe nf_conntrack 2>/dev/null
	check "$1: by name" "$? $(module_state)" '1 absent'
	modprobe ip_conntrack 2>/dev/null
	check "$1: by alias" "$(module_state)" absent
	modprobe -i nf_conntrack 2>/dev/null
	check "$1: by modprobe -i" "$(module_state)" absent
	modprobe nf_conntrack hashsize=1024 2>/dev/null
	check "$1: with an option of its own" "$(module_state)" absent
	for name in $(above); do
		modprobe "$name" 2>/dev/null
		[ "$(module_state)" = absent ] || failed+="$name "
	done
	check "$1: as a dependency of each of $(above | wc -l) modules" "$failed" ''
	nft_rule 2>/dev/null
	check "$1: by an nft rule" "$? $(module_state)" '1 absent'
	check "$1: by iptables" "$(outcome iptables -A INPUT -m conntrack --ctstate NEW -j ACCEPT)" 'fails, absent'
	check "$1: by ip6tables" "$(outcome ip6tables -A INPUT -m conntrack --ctstate NEW -j ACCEPT)" 'fails, absent'
	check "$1: by NAT" "$(outcome iptables -t nat -A POSTROUTING -j MASQUERADE)" 'fails, absent'
	check "$1: by conntrack" "$(outcome conntrack -L)" 'fails, absent'
	check "$1: from a user namespace" "$(outcome setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn \
		nft 'add table inet u; add chain inet u c { type filter hook input priority 0; };
		add rule inet u c ct state new accept')" 'fails, absent'
	nft delete table inet t 2>/dev/null
}
