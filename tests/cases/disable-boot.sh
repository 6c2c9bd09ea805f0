# The services, rules and scripts of the next boot: functions for the cases disable-boot-*.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2034
printf '[conntrack]\nmode = disable\n' >d.conf
units=$IMAGE/etc/systemd/system
installed=$IMAGE/etc/modprobe.d/conntrack-persist.conf
fresh() {
	rm -rf "$IMAGE"
	mkdir -p "$units/multi-user.target.wants" "$IMAGE/usr/lib/systemd/system" "$IMAGE/etc/iptables" \
		"$IMAGE/etc/ufw" "$IMAGE/etc/network"
}
# enable UNIT [TARGET]: makes a link to the file of a unit; the image may or may not have the file.
enable() {
	mkdir -p "$units/${2:-multi-user.target}.wants"
	ln -s "/usr/lib/systemd/system/$1" "$units/${2:-multi-user.target}.wants/$1"
}
# unit NAME LINE...: writes a unit
unit() {
	printf '%s\n' "${@:2}" >"$IMAGE/usr/lib/systemd/system/$1"
}
script() {
	mkdir -p "${1%/*}"
	printf '#!/bin/sh\n%s\n' "${@:2}" >"$1"
	chmod +x "$1"
}
ctp_image() {
	ctp -c d.conf --root="$IMAGE" "$@"
}
# refused TITLE: checks that install writes nothing and exits 3, users exits 2, and plan predicts
# it.
refused() {
	step "$1"
	ctp_image -q install
	[[ ! -e $installed ]] || fail "$1: written all the same"
	[[ $(ask --root="$IMAGE" users | tail -n 1) == 'exit 2' ]] || fail "$1: users"
	ask -c d.conf --root="$IMAGE" plan | has 'install refuses this without --force' || fail "$1: plan"
	fresh
}
# accepted TITLE: checks that install writes, users finds nothing, and check says that all is in
# order.
accepted() {
	step "$1"
	ctp_image -q install
	[[ -e $installed ]] || fail "$1: not written"
	ctp_image -q check
	ctp --root="$IMAGE" users | tail -n 2
	fresh
}
stateful='-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'
save() {
	printf '*filter\n:INPUT DROP [0:0]\n%s\nCOMMIT\n' "$1"
}

# quadlet NAME LINE...: writes a file of podman, with the generator that reads it.
quadlets=$IMAGE/etc/containers/systemd
quadlet() {
	local generators=$IMAGE/usr/lib/systemd/system-generators
	mkdir -p "$quadlets" "$generators"
	printf '#!' >"$generators/podman-system-generator"
	mkdir -p "$(dirname "$quadlets/$1")"
	printf '%s\n' "${@:2}" >"$quadlets/$1"
}
wanted=('[Install]' 'WantedBy = multi-user.target')
# docker [OPTION]: makes Docker start at boot, with this option of dockerd.
docker() {
	enable docker.service
	mkdir -p "$IMAGE/etc/docker" "$IMAGE/etc/default" "$units/docker.service.d"
	unit docker.service '[Service]' 'EnvironmentFile=-/etc/default/docker' "ExecStart=/usr/sbin/dockerd -H fd:// ${1-}"
}
# likely TITLE: checks that install writes and warns, and check is in order.
likely() {
	step "$1"
	ctp_image -q install
	[[ -e $installed ]] || fail "$1: not written"
	ctp_image -q check
	ctp --root="$IMAGE" users
	fresh
}
fresh
