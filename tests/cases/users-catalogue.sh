# Functions for the cases users-*, which put programs into an empty image.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
printf '[conntrack]\nmode = disable\n' >d.conf
units=$IMAGE/etc/systemd/system
# enable UNIT...: makes the units start at boot.
enable() {
	mkdir -p "$units/multi-user.target.wants"
	local unit
	for unit in "$@"; do
		ln -s "/usr/lib/systemd/system/$unit" "$units/multi-user.target.wants/$unit"
	done
}
# file PATH LINE...: writes a file
file() {
	mkdir -p "$IMAGE${1%/*}"
	printf '%s\n' "${@:2}" >"$IMAGE$1"
}
# found TITLE: prints what users finds, and checks that users and mode disable agree; then the image
# is empty again.
found() {
	local said code
	step "$1"
	said=$(ask --root="$IMAGE" users | grep -E '^(certain|likely|exit|warning|Nothing)')
	echo "$said"
	code=$(ask --root="$IMAGE" -c d.conf -q install | tail -n 1)
	case $said in
	*certain*) [[ $code == 'exit 3' ]] || fail "$1: install: $code" ;;
	*) [[ $code == 'exit 0' ]] || fail "$1: install: $code" ;;
	esac
	rm -rf "$IMAGE"
	mkdir "$IMAGE"
}
