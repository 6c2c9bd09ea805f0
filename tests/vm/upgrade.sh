#!/bin/bash
# From the package of the first version to this one on a host that boots: one host after the other,
# each with another configuration.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

config=/etc/conntrack-persist.conf
sysctl=/etc/sysctl.d/90-conntrack-persist.conf
# Each is set up in one boot, and looked at in the next one.
hosts=(none auto number timer force disable image)

# generated: lists our files with their checksums and times.
generated() {
	find /etc /var/lib/conntrack-persist -name '*conntrack-persist*' -type f ! -name lock -printf '%T@ ' \
		-exec sha256sum {} \; 2>/dev/null | sort -k 3
	sha256sum /var/lib/conntrack-persist/manifest 2>/dev/null
}

# noted_values: prints the values that must stay. This version also sets the parameter of acct, with
# which new network namespaces begin, at each load.
noted_values() {
	kernel_values | grep -v parameters/acct
}

# keep: notes the files and the values; same WHAT: checks that they are as they were noted.
keep() {
	generated >/root/files
	noted_values >/root/values
}

same() {
	check "$1: no file is changed" "$(diff /root/files <(generated))" ''
	check "$1: no value is changed" "$(diff /root/values <(noted_values))" ''
	check "$1: nothing failed" "$(failed_units)" ''
}

# configuration HOST: prints what the administrator of that host wrote for the first version.
configuration() {
	case $1 in
		auto | image) printf '[conntrack]\nmax = auto\n[timeouts]\nudp = 45\n' ;;
		number) printf '[conntrack]\nmax = 100000\n[timeouts]\nudp = 45\n[options]\nacct = yes\n' ;;
		timer) printf '[conntrack]\nmax = 100000\n[timeouts]\nudp = 45\n[apply]\non_drift = restore\n' ;;
		force) printf '[conntrack]\nmax = 70000\n' ;;
		disable) printf '[conntrack]\nmode = disable\n' ;;
	esac
}

# set_up HOST: makes a host of the first version and gives it this version's package.
set_up() {
	local max
	scenario "$1"
	deb -i /vm/debs/old.deb
	check 'the package of the first version' "$status $(dpkg-query -W -f '${Version}' conntrack-persist)" '0 0.1'
	[ "$1" = none ] || configuration "$1" >"$config"
	case $1 in
		force)
			echo '# mine' >"$sysctl"
			ctp --force install
			;;
		image) ctp --root=/ install ;;
		*) ctp install ;;
	esac
	check 'installed by the first version' "$status" 0
	[ "$1" != timer ] || systemctl enable --quiet --now conntrack-persist-check.timer
	[ "$1" = disable ] || echo nf_conntrack >/etc/modules-load.d/conntrack.conf
	# An image has not booted yet, so that nothing has chosen its sizes.
	if [ "$1" != disable ] && [ "$1" != image ]; then
		modprobe nf_conntrack
		event_await 'UDEV add'
		wait_for service_is active
	fi
	max=$(cat "$proc/nf_conntrack_max" 2>/dev/null)
	echo "# $1: max is ${max:-absent}"
	keep
	deb -i /vm/debs/new.deb
	check 'the package of this version' "$status" 0
	same 'the package'
	if [ "$1" != image ]; then
		ctp check
		check 'check: no drift' "$status" 0
	fi
	systemctl start conntrack-persist-check.service
	same 'the timer'
}

# booted HOST: looks at it after the first boot with this version, then installs, and uninstalls.
booted() {
	local before now wanted=0
	scenario "$1, rebooted"
	check 'the system is up and nothing failed' "$(systemctl is-system-running --wait) $(failed_units)" 'running '
	udevadm settle
	if [ "$1" = disable ]; then
		check 'nf_conntrack is kept off' "$(module_state)" absent
		blocked 'after the upgrade'
	elif [ "$1" = image ]; then
		check 'its sizes were chosen at boot' "$(systemctl is-active conntrack-persist-sizes.service) $(
			grep -c "hashsize=$(cat "$sys/parameters/hashsize")" /etc/modprobe.d/conntrack-persist.conf) $(
			cat "$proc/nf_conntrack_udp_timeout")" 'active 1 45'
	else
		wait_for service_is active
		same 'the boot'
	fi
	before=$(cat "$proc/nf_conntrack_max" 2>/dev/null || echo 0)
	ctp check
	check 'check: no drift' "$status" 0
	[ "$1" != none ] || wanted=3
	ctp install
	check 'install' "$status" "$wanted"
	now=$(cat "$proc/nf_conntrack_max" 2>/dev/null || echo 0)
	check 'install does not lower the live max' "$((now >= before))" 1
	if [ "$1" != none ]; then
		ctp check
		check 'check after install' "$status" 0
		ctp install
		check 'a second install writes nothing' "$status $(grep -cE '^(create|update) ' <<<"$output")" '0 0'
	fi
	if [ "$1" = number ]; then back; fi
	ctp uninstall
	check 'uninstall' "$status" 0
	if [ "$1" = force ]; then
		check 'what --force replaced is back' "$(cat "$sysctl")" '# mine'
		rm "$sysctl"
	fi
	check 'nothing else is left' "$(find /etc/{modprobe,sysctl,modules-load}.d /etc/udev/rules.d -name '*conntrack-persist*')" ''
	deb --purge conntrack-persist
	check 'purged' "$status" 0
	rm -f "$config" /etc/modules-load.d/conntrack.conf
	[ "$(module_state)" = absent ] || unload nf_conntrack
	check 'nothing failed' "$(failed_units)" ''
}

# From this version's files to the first one again, which may refuse their record, by name.
back() {
	local values
	values=$(kernel_values)
	deb -i --force-downgrade /vm/debs/old.deb
	check 'back: the package' "$status" 0
	check 'back: no value is changed' "$(diff <(echo "$values") <(kernel_values))" ''
	ctp install
	check 'back: install' "$status" 0
	check 'back: no value is changed by install' "$(diff <(echo "$values") <(kernel_values))" ''
	deb -i /vm/debs/new.deb
	check 'forward again: the package' "$status" 0
	ctp check
	check 'forward again: no drift' "$status" 0
	ctp install
	check 'forward again: install' "$status" 0
	check 'forward again: nothing failed' "$(failed_units)" ''
}

echo "# Linux $(uname -r), systemd $(udevadm --version), boot $BOOT"
events_start
((BOOT == 1)) || booted "${hosts[BOOT - 2]}"
((BOOT <= ${#hosts[@]})) || finish
set_up "${hosts[BOOT - 1]}"
reboot_guest
