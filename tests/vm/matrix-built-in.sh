#!/bin/bash
# One guest of the matrix, for kernels with nf_conntrack built in, or with no netfilter at all:
# checks the values after the boot.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

config=/etc/conntrack-persist.conf
builtin=conntrack-persist-builtin.service
with=files
! grep -q 'nf_conntrack.hashsize=' /proc/cmdline || with=words
! has_program || with=program

# kind: prints what this kernel is.
kind() {
	if [ ! -d "$sys" ]; then
		echo none
	elif [ -e "$sys/uevent" ]; then
		echo modules
	else
		echo alone
	fi
}

up() {
	check "$1: the system is up and nothing failed" \
		"$(systemctl is-system-running --wait) $(failed_units)" 'running '
	udevadm settle
}

first_installation() {
	local words wanted
	up before
	cp /vm/tune.conf "$config"
	ctp plan
	words=$(grep -c 'nf_conntrack.hashsize=262000' <<<"$output")
	check 'plan prints the words for the kernel command line' "$words" "$([ "$(kind)" = none ] && echo 0 || echo 1)"
	ctp install
	echo "# install: ${output@Q}"
	if [ "$(kind)" = none ]; then
		cannot_load install
	else
		check 'install' "$status" 0
		check 'install sets the values' "$(wrong_values)" ''
	fi
	wanted=$status
	ctp --json install
	check 'install again changes nothing' "$status $(grep -o '"changed": *[a-z]*' <<<"$output")" "$wanted \"changed\": false"
}

# cannot_load NAME: checks that the run which has just ended warns about a kernel without netfilter,
# once.
cannot_load() {
	check "$1 says that this kernel has no nf_conntrack" \
		"$status $(grep -c '^warning: ' <<<"$output") $(told "/lib/modules/$(uname -r) has no nf_conntrack")" '2 1 1'
}

booted() {
	up boot
	case $with-$(kind) in
		files-alone)
			check 'the values but hashsize are in force' \
				"$(wrong_values | sed -E 's/(hashsize|nf_conntrack_buckets) is [0-9]+, not 262144; //g')" ''
			;;
		*-none) check 'there is no key' "$(compgen -G "$proc/nf_conntrack*")" '' ;;
		*) check 'the values are in force' "$(wrong_values)" '' ;;
	esac
	journalctl --sync
	check 'the journal has no complaint' "$(journalctl --boot --no-pager --output=cat |
		grep -i conntrack | grep -iE 'fail|error|invalid|unknown|ignoring' | sort -u | head -n 3)" ''
}

with_program() {
	case $(kind) in
		none)
			ctp check
			echo "# check: ${output@Q}"
			cannot_load check
			ctp status
			check 'status' "$status $(told 'nf_conntrack is not loaded')" '0 1'
			ctp apply
			echo "# apply: $status ${output@Q}"
			check 'apply' "$status" 0
			ctp users
			check 'users' "$status" 0
			return
			;;
		modules)
			check 'the service is up' "$(systemctl is-active "$service" "$builtin" | paste -sd ' ')" 'active inactive'
			;;
		alone)
			check 'the service for a kernel without modules has run' \
				"$(systemctl show -P Result -P ExecMainStatus -P ConditionResult "$builtin" | paste -sd ' ')" 'success 0 yes'
			;;
	esac
	ctp --quiet check
	check 'check' "$status $output" '0 '
	echo 31 >"$proc/nf_conntrack_udp_timeout"
	echo 1024 >"$sys/parameters/hashsize"
	ctp --quiet check
	check 'changed by hand: check' "$status" 2
	ctp --quiet apply
	check 'changed by hand: apply' "$status $(wrong_values)" '0 '
	# Nothing keeps it out of such a kernel, and nothing unloads it.
	cp /vm/disable.conf "$config"
	ctp install
	check 'mode = disable: install says that nothing can remove it' \
		"$status $(told 'nf_conntrack is built into this kernel: no file and no boot option can remove it')" '0 1'
	ctp unload
	check 'unload is refused' "$status $(told 'is built into this kernel')" '3 1'
	cp /vm/tune.conf "$config"
	ctp install
	check 'the way back: install' "$status $(wrong_values)" '0 '
	ctp --quiet check
	check 'the way back: check' "$status $output" '0 '
}

echo "# Linux $(uname -r), systemd $(systemctl --version | sed -n '1s/.*(\(.*\)).*/\1/p'), boot $BOOT"
scenario "$with built in"
if [ "$with $BOOT" = 'program 1' ]; then
	first_installation
	reboot_guest
fi
booted
[ "$with" = files ] || [ "$with" = words ] || with_program
finish
