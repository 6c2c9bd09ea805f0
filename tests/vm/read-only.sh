#!/bin/bash
# Read-only file systems: a read-only /usr, which is usual, changes nothing; with a read-only /etc
# every verb says what it cannot do.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

files=(/etc/modprobe.d/conntrack-persist.conf /etc/sysctl.d/90-conntrack-persist.conf
	/etc/udev/rules.d/60-conntrack-persist.rules)

# lock FOLDER, unlock FOLDER: mount it read-only, or writable again
lock() {
	mountpoint --quiet "$1" || mount --bind "$1" "$1"
	mount -o remount,ro,bind "$1"
	touch "$1/writable" 2>/dev/null
	check "$1 is read-only" "$?" 1
}

# Programs use this folder, so it stays mounted.
unlock() {
	mount -o remount,rw,bind "$1"
}

read_only_usr() {
	scenario 'read-only /usr'
	lock /usr
	ctp plan
	check 'plan' "$status" 2
	ctp install
	check 'install' "$status" 0
	modprobe nf_conntrack
	loaded 'load'
	ctp check
	check 'check' "$status" 0
	ctp status
	check 'status' "$status" 0
	ctp unload
	check 'unload' "$status $(module_state)" '0 absent'
	event_await 'UDEV remove'
	ctp uninstall
	check 'uninstall' "$status $(ls "${files[@]}" 2>/dev/null)" '0 '
	ctp install
	check 'install again' "$status" 0
}

read_only_etc() {
	scenario 'read-only /etc'
	lock /etc
	ctp plan
	check 'plan: all is there' "$status" 0
	ctp install
	check 'install: nothing to do is no failure' "$status $(told 'Nothing to do')" '0 1'
	modprobe nf_conntrack
	loaded 'load'
	echo 5 >"$proc/nf_conntrack_udp_timeout"
	ctp check
	check 'check' "$status" 2
	ctp apply
	check 'apply' "$status $(wrong_values)" '0 '
	ctp status
	check 'status' "$status" 0
	printf '[conntrack]\nmax = 70000\n' >/run/other.conf
	ctp -c /run/other.conf plan
	check 'another configuration: plan' "$status $(told 'nf_conntrack_max: 1,000,000 -> 70,000')" '2 1'
	ctp -c /run/other.conf install
	check 'another configuration: install says why it cannot' \
		"$status $(told 'mounted read-only' 'nothing was changed')" '1 2'
	ctp uninstall
	check 'uninstall says why it cannot' "$status $(told 'mounted read-only' 'nothing was changed')" '1 2'
	ctp check
	check 'all is as it was' "$status $(wrong_values)" '0 '
	ctp unload
	check 'unload' "$status" 0
	event_await 'UDEV remove'
	unlock /etc
}

# An image-based system makes /etc from /usr/etc plus the changed files; times change, modes stay.
merged_etc() {
	local file
	scenario 'merged /etc'
	unlock /usr
	cp -a /etc /usr/etc
	find /usr/etc -exec touch --no-dereference --date=@0 {} +
	for file in "${files[@]}"; do
		cp --preserve=mode,timestamps "/usr$file" "$file.merged"
		mv "$file.merged" "$file"
	done
	lock /usr
	check 'the files are those of the image' "$(stat -c %Y "${files[@]}" | xargs)" '0 0 0'
	ctp check
	check 'check finds nothing' "$status $(told edited foreign 2>/dev/null)" '0 0'
	rm -r /var/lib/conntrack-persist
	ctp install
	check 'with an empty /var: install' "$status $(told edited 'not written by' 2>/dev/null)" '0 0'
	modprobe nf_conntrack
	loaded 'load'
	ctp unload
	event_await 'UDEV remove'
	unlock /usr
}

echo "# Linux $(uname -r), udev $(udevadm --version)"
events_start
read_only_usr
read_only_etc
merged_etc
finish
