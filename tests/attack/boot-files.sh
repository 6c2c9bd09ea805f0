#!/bin/bash
# Files that start something at boot, in hostile images: many links, large units, scripts and
# presets cost a bounded amount, and what was left out is named.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"

image=$work/image
wants=$image/etc/systemd/system/multi-user.target.wants
units=$image/usr/lib/systemd/system
scripts=$image/etc/network/if-up.d
fresh() {
	rm -rf "$image"
	mkdir -p "$wants" "$units" "$scripts" "$image/usr/lib/systemd/system-preset"
}
# repeat COUNT TEXT: prints the text that many times.
repeat() {
	python3 -c 'import sys; sys.stdout.write(sys.argv[2] * int(sys.argv[1]))' "$@"
}
# links COUNT: makes services that start at boot.
links() {
	python3 -c 'import os, sys
for i in range(int(sys.argv[2])): os.symlink("/x", sys.argv[1] + "/u%d.service" % i)' "$wants" "$1"
}
script() {
	printf '#!/bin/sh\n' >"$scripts/$1"
	cat >>"$scripts/$1"
	chmod +x "$scripts/$1"
}
users() {
	bounded "$1" "$2" -- "$program" --root="$image" users
}

fresh
links 9990
users '9,990 services' 0
head -c 4000000 /dev/zero | tr '\0' a >"$units/base"
python3 -c 'import os, sys
for i in range(9990): os.link(sys.argv[1] + "/base", sys.argv[1] + "/u%d.service" % i)' "$units"
users '9,990 names of a large unit' 1
says '9,990 names of a large unit' '16 MiB of units were read before it'

fresh
links 1
{ printf '[Unit]\nWants='; seq -f 'w%.0f.service' -s ' ' 200000; } >"$units/u0.service"
users 'a unit that pulls in 200,000 others' 1
says 'a unit that pulls in 200,000 others' 'more than 10,000 units start at boot'
printf '[Unit]\nWants=u1.service\n' >"$units/u0.service"
printf '[Unit]\nWants=u0.service docker.service\n' >"$units/u1.service"
users 'units that pull in each other' 2
ln -sf b.service "$units/a.service"
ln -sf a.service "$units/b.service"
ln -s /x "$wants/a.service"
users 'aliases of each other' 2

fresh
{ echo -n 'nft ' && repeat 1300000 '/a '; } | script paths
{ echo 'iptables <<E' && repeat 2000000 $'x\n'; } | script rules
users 'scripts of many words and lines' 1
fresh
repeat 1000000 $'nft\n' | script lines
users 'a script of a million commands' 0
fresh
seq -f '/etc/s%.0f' 300000 | script names
users 'a script that names 300,000 others' 1
says 'a script that names 300,000 others' '10,000 files of scripts were read before it'
fresh
printf '#!/bin/sh\n/etc/network/if-up.d/self\n' >"$scripts/self"
chmod +x "$scripts/self"
users 'a script that runs itself' 0

fresh
{ echo -n 'nft ' && repeat 2000000 $'\\\n'; } | script continued
users 'a command of two million lines' 0
printf '[Service]\nExecStart=nft \\\n' >"$units/u0.service"
repeat 2000000 $'\\\n' >>"$units/u0.service"
links 1
users 'a command of a unit of two million lines' 0

# interfaces(5) can source other files.
fresh
interfaces=$image/etc/network/interfaces
printf 'source interfaces\nsource *\nsource-directory /etc/network\n' >"$interfaces"
users 'interfaces that sources itself' 0
mkdir "$image/etc/network/d"
for number in {1..20}; do
	printf 'source /etc/network/d/%s\n' "$((number + 1))" >"$image/etc/network/d/$number"
done
echo 'source d/1' >"$interfaces"
users 'interfaces that are sourced 20 deep' 1
says 'interfaces that are sourced 20 deep' 'sourced more than 16 files deep'
repeat 150000 $'source /etc/network/d/*\n' >"$interfaces"
users 'interfaces with 150,000 patterns' 1
says 'interfaces with 150,000 patterns' 'compared with 100,000 names'

# Quadlets of podman.
fresh
quadlets=$image/etc/containers/systemd
mkdir -p "$quadlets"
for number in {1..10}; do ln -s . "$quadlets/l$number"; done
users 'folders of quadlets that are links to themselves' 1
says 'folders of quadlets that are links to themselves' 'more than 100,000 names'
rm "$quadlets"/l*
printf '[Container]\nNetwork=a.network\nPod=a.network\n[Install]\nWantedBy=a\n' >"$quadlets/a.network"
cp "$quadlets/a.network" "$quadlets/a.container"
repeat 80000 $'[Container]\nNetwork=a.network\nNetwork=b.network\n' >>"$quadlets/a.container"
users 'a quadlet of 160,000 networks' 2
ln -sf a.container "$quadlets/a.container"
users 'a quadlet that is a link to itself' 1
mkdir -p "$image/etc/docker"
rm "$quadlets/a.container"
ln -s /x "$wants/docker.service"
{ printf '{"iptables": ' && repeat 2000000 '['; } >"$image/etc/docker/daemon.json"
users 'a daemon.json of deep lists' 2

fresh
ln -s /x "$wants/keepalived.service"
mkdir -p "$image/etc/keepalived/a"
repeat 300000 $'include a/*\n' >"$image/etc/keepalived/keepalived.conf"
users 'keepalived with 300,000 includes' 1
says 'keepalived with 300,000 includes' '1,000 lines with include'
echo 'include keepalived.conf' >"$image/etc/keepalived/keepalived.conf"
users 'keepalived that includes itself' 0
ln -s /x "$wants/libvirtd.service"
mkdir -p "$image/etc/libvirt/qemu/networks/autostart"
repeat 400000 '<forward ' >"$image/etc/libvirt/qemu/networks/autostart/a.xml"
users 'a network of 400,000 tags' 2
repeat 400000 '<!-- a ' >"$image/etc/libvirt/qemu/networks/autostart/a.xml"
users 'a network of 400,000 comments' 2
ln -s /x "$wants/wg-quick@a.service"
mkdir -p "$image/etc/wireguard"
{ printf '[Peer]\nAllowedIPs=' && repeat 400000 '0.0.0.0/1,'; } >"$image/etc/wireguard/a.conf"
users 'a tunnel of 400,000 addresses' 2

fresh
repeat 200000 $'enable a*b*c*d*e*f*\n' >"$image/usr/lib/systemd/system-preset/a.preset"
users 'presets of 4 MB' 1
says 'presets of 4 MB' 'more than 256 KiB'
repeat 11000 $'enable *a*b*c*d*e*f*\n' >"$image/usr/lib/systemd/system-preset/a.preset"
users 'presets with many stars' 0
finish
