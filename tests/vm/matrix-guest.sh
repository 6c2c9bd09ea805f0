#!/bin/bash
# One guest of the matrix: tries every way to load nf_conntrack, what keeps it from loading, and how
# to undo that.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

config=/etc/conntrack-persist.conf
# The row says how often the module is loaded under load.
loads=$(sed -n 's/.*\bvm_loads=\([0-9]*\).*/\1/p' /proc/cmdline)
at_boot=/etc/modules-load.d/conntrack.conf
with=files
! has_program || with=program

# become NAME: activates another configuration as an administrator does. /vm/NAME.conf has the
# configuration; /vm/NAME has the files rendered from it, for guests without the program.
become() {
	if [ "$with" = program ]; then
		cp "/vm/$1.conf" "$config"
		ctp install
		[ "$status" = 0 ] || echo "# install: ${output@Q}"
	else
		rm -f /etc/{modprobe.d,sysctl.d,udev/rules.d}/*conntrack-persist*
		cp -a "/vm/$1/etc/." /etc/
		udevadm control --reload
	fi
}

first_installation() {
	scenario 'program modules-load.d'
	check 'before: the system is up and nothing failed' \
		"$(systemctl is-system-running --wait) $(failed_units)" 'running '
	check 'before: nf_conntrack is not loaded' "$(module_state)" absent
	become tune
	check 'before: install' "$status $(grep -c '^create ' <<<"$output")" "$(absent_status) 4"
	check 'before: installing loads nothing' "$(module_state)" absent
	echo nf_conntrack >"$at_boot"
}

loaded_at_boot() {
	scenario "$with modules-load.d"
	check 'the system is up and nothing failed' \
		"$(systemctl is-system-running --wait) $(failed_units)" 'running '
	udevadm settle
	check 'nf_conntrack is there' "$(module_state)" live
	check 'the values are in force' "$(wrong_values)" ''
	if [ "$with" = program ]; then
		wait_for service_is active
		ctp --quiet check
		check 'check' "$status $output" '0 '
		ctp --quiet status
		check 'status' "$status" 0
	fi
	rm "$at_boot"
	unloaded 'then' nf_conntrack
}

# A kernel with CONFIG_MODPROBE_PATH="" loads no module by itself.
loads_nothing() {
	[ -z "$(</proc/sys/kernel/modprobe)" ]
}

# load_by_hand MODULE...: loads them where the kernel does not when a rule needs them.
load_by_hand() {
	! loads_nothing || modprobe -a "$@"
}

# absent_status: prints the exit status of install and check while the module is absent: they warn
# if the kernel loads nothing.
absent_status() {
	if loads_nothing; then echo 2; else echo 0; fi
}

each_way() {
	scenario "$with nft"
	if loads_nothing; then
		check 'the kernel loads nothing for a rule' \
			"$(nft_rule 2>/dev/null || echo refused) $(module_state)" 'refused absent'
	fi
	load_by_hand nfnetlink nf_tables nft_ct
	nft_rule
	loaded 'load by a rule'
	nft delete table inet t
	unloaded 'rule deleted' nft_ct

	scenario "$with iptables"
	load_by_hand nft_compat xt_conntrack
	iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
	loaded 'load by a rule'
	iptables -D INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
	unloaded 'rule deleted' xt_conntrack

	scenario "$with modprobe"
	modprobe nf_conntrack
	loaded 'load by name'
	unloaded 'modprobe -r' nf_conntrack
}

# Every value is read back after each load, when udevd has finished. Another process reads all
# values in a loop and keeps one processor busy.
under_load() {
	local round loaded=0 reader wrong bad=0 started=$SECONDS
	scenario "$with under load"
	load_start "$(($(nproc) - 1))"
	while :; do
		cat "$proc"/* "$sys"/parameters/*
	done >/dev/null 2>&1 &
	reader=$!
	for ((round = 1; round <= loads; round++)); do
		modprobe nf_conntrack
		event_await 'UDEV add' || break
		wrong=$(wrong_values)
		if [ -n "$wrong" ]; then
			echo "# load $round: $wrong"
			wrong=${wrong//[^;]/}
			bad=$((bad + ${#wrong}))
		fi
		unload nf_conntrack || break
		loaded=$((loaded + 1))
		((loaded % 20)) || echo "# $loaded loads of $loads, $((SECONDS - started)) s"
	done
	kill "$reader"
	wait "$reader" 2>/dev/null
	load_stop
	check "loads and unloads" "$loaded" "$loads"
	check "wrong values of $loads loads" "$bad" 0
	[ "$with" = files ] || wait_for service_is inactive
	check 'nothing failed' "$(failed_units)" ''
}

# writes_of_hashsize: has udevd act on an event, and prints how often it opens hashsize to write it.
# "udevadm test" writes nothing since systemd 256.
writes_of_hashsize() {
	local udevd tracer
	udevd=$(systemctl show -P MainPID systemd-udevd)
	strace -f -qq -e trace=/^open -o /run/opened -p "$udevd,$(pgrep -d , -P "$udevd")" 2>/dev/null &
	tracer=$!
	wait_for grep -q '^TracerPid:.*[1-9]' "/proc/$udevd/status"
	udevadm trigger --settle --action=change "$sys"
	kill "$tracer"
	wait "$tracer" 2>/dev/null
	grep -cE 'hashsize", O_(WRONLY|RDWR)' /run/opened
}

# Each write of hashsize makes the kernel allocate a table, even if the size stays.
builds_no_table() {
	echo "# pages of $(getconf PAGE_SIZE) bytes, $(getconf LONG_BIT) bits: $hashsize buckets become $buckets"
	modprobe nf_conntrack
	event_await 'UDEV add'
	check 'a later event leaves the table alone' "$(writes_of_hashsize)" 0
	echo 1024 >"$sys/parameters/hashsize"
	check 'if hashsize was changed: it is written once' "$(writes_of_hashsize) $(wrong_values)" '1 '
	unload nf_conntrack
}

# A kernel that sends the event before the keys exist does so at each load of this guest.
events() {
	scenario "$with events"
	# Only on the rows of other machine types the buckets are rounded to a number of their own.
	[ -z "$hashsize" ] || builds_no_table
	[[ $(uname -r) != *early-event* ]] || early
	late
}

# The next steps make the kernel log errors, as they should. If the module was unloaded before
# systemd saw its device, systemd logs that the service lost a dependency: the unit has not failed.
the_journal() {
	scenario "$with journal"
	journalctl --sync
	check 'no failure so far' "$(journalctl --boot --no-pager --output=cat |
		grep -i conntrack | grep -iE 'fail|error|invalid|unknown|ignoring' |
		grep -vE '^Dependency failed for|failed with result .dependency' | sort -u | head -n 3)" ''
}

# The longest timeout that a kernel accepts depends on its ticks a second. With 1,000 it refuses
# this one.
long_timeout() {
	local wrong
	[ "$with" = program ] || return 0
	scenario "$with modprobe"
	become long
	modprobe nf_conntrack
	event_await 'UDEV add'
	wrong='nf_conntrack_generic_timeout is 3000000, not 120; '
	[[ $(uname -r) != *hz-1000* ]] || wrong='nf_conntrack_generic_timeout is 600, not 120; '
	check '3,000,000 s: the values' "$(wrong_values)" "$wrong"
	ctp check
	case $(uname -r) in
		*hz-1000*)
			check '3,000,000 s: check says what the kernel accepts' \
				"$status $(told 'kernels built with HZ=1000 refuse 3,000,000 s')" '2 1'
			ctp apply
			check '3,000,000 s: apply says what the kernel accepts' "$(told '2,147,483 with HZ=1000')" 1
			;;
		*) check '3,000,000 s: check' "$status" 0 ;;
	esac
	unload nf_conntrack
	systemctl reset-failed
	become tune
}

# nothing_loads HOW: checks that nothing loads the module
nothing_loads() {
	modprobe nf_conntrack 2>/dev/null
	check "$1: modprobe fails" "$? $(module_state)" '1 absent'
	nft_rule 2>/dev/null
	check "$1: an nft rule fails" "$? $(module_state)" '1 absent'
	nft delete table inet t 2>/dev/null
}

back() {
	become tune
	[ "$with" = files ] || check 'the way back: install' "$status" "$(absent_status)"
	load_by_hand nfnetlink nf_tables nft_ct
	nft_rule
	loaded 'the way back'
	nft delete table inet t
	unloaded 'the way back' nft_ct
}

too_large() {
	local words=('hashsize = 200000000 takes 1.4 GiB at once' 'would load; lower max and hashsize' 'lower max and hashsize')
	scenario "$with too large"
	if [ "$with" = program ]; then
		cp /vm/huge.conf "$config"
		ctp plan
		check 'plan tells' "$status $(told "${words[@]}")" '2 3'
	fi
	become huge
	if [ "$with" = program ]; then
		check 'install tells' "$status $(told "${words[@]}" 'cannot load on this host')" '2 4'
		ctp check
		check 'check tells' "$status $(told "${words[@]}" 'cannot load')" '2 4'
	fi
	nothing_loads 'hashsize that RAM has no room for'
	back
}

disabled() {
	scenario "$with disable"
	become disable
	if [ "$with" = program ]; then
		check 'install' "$status $(module_state)" '0 absent'
		ctp --quiet check
		check 'check' "$status $output" '0 '
	fi
	blocked 'blocked'
	back
}

# A kernel with CONFIG_MODPROBE_PATH="" loads modules again when the path is set as check says.
modprobe_set() {
	local line='kernel.modprobe = /sbin/modprobe'
	loads_nothing || return 0
	scenario "$with nft"
	if [ "$with" = program ]; then
		ctp check
		check 'check says that the kernel loads nothing' \
			"$status $(told "add \"$line\" to /etc/sysctl.d/modprobe.conf")" '2 1'
	fi
	echo "$line" >/etc/sysctl.d/modprobe.conf
	/lib/systemd/systemd-sysctl
	if [ "$with" = program ]; then
		ctp --quiet check
		check 'kernel.modprobe is set: check' "$status $output" '0 '
	fi
	nft_rule
	loaded 'kernel.modprobe is set: load by a rule'
	nft delete table inet t
	unloaded 'kernel.modprobe is set: rule deleted' nft_ct
}

echo "# Linux $(uname -r), systemd $(systemctl --version | sed -n '1s/.*(\(.*\)).*/\1/p'), boot $BOOT"
events_start
if [ "$with $BOOT" = 'program 1' ]; then
	first_installation
	reboot_guest
fi
loaded_at_boot
each_way
events
under_load
the_journal
long_timeout
too_large
disabled
modprobe_set
finish
