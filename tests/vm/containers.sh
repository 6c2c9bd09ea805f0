# Helpers for the scenarios in which container engines start containers: one root with busybox, an
# image of it for each engine, and a way out for packets that nothing answers.
# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later

# The folder of the root: busybox with all its names, and the programs of make_container_root.
container_root=/var/lib/container-root
# The image of it that podman and docker have.
container_image=localhost/busybox

# make_container_root [PROGRAM...]: makes the root. A program is copied to /bin there, with the
# libraries that it needs.
make_container_root() {
	local program library
	mkdir -p "$container_root"/{bin,dev,etc,proc,sys,run,tmp,var,root,sbin,usr/bin}
	cp /bin/busybox "$container_root/bin/busybox"
	chroot "$container_root" /bin/busybox --install -s /bin
	ln -sf ../bin/busybox "$container_root/sbin/init"
	echo 'root:x:0:0::/root:/bin/sh' >"$container_root/etc/passwd"
	echo 'root:x:0:' >"$container_root/etc/group"
	echo 'ID=busybox' >"$container_root/etc/os-release"
	for program in "$@"; do
		cp "$program" "$container_root/bin/"
		while read -r library; do
			install -D "$library" "$container_root$library"
		done < <(ldd "$program" 2>/dev/null | grep -o '/[^ ]*')
	done
}

# make_podman_image, make_docker_image: make the image of the root. docker.service must be running.
make_podman_image() {
	mkdir -p /etc/containers
	# Debian's package also brings a configuration for CNI, whose plugins are not here.
	printf '[network]\nnetwork_backend = "netavark"\n' >/etc/containers/containers.conf
	tar -C "$container_root" -c . | podman import - "$container_image" >/dev/null
}

make_docker_image() {
	tar -C "$container_root" -c . | docker import - "$container_image" >/dev/null
}

# make_lxc_container NAME: makes a container of LXC that has the root and a network card on the
# bridge lxcbr0, whose address is the third word.
make_lxc_container() {
	mkdir -p "/var/lib/lxc/$1"
	cp -a "$container_root" "/var/lib/lxc/$1/rootfs"
	cat >"/var/lib/lxc/$1/config" <<CONFIG
lxc.uts.name = $1
lxc.rootfs.path = dir:/var/lib/lxc/$1/rootfs
lxc.apparmor.profile = unconfined
lxc.net.0.type = veth
lxc.net.0.link = $2
lxc.net.0.flags = up
lxc.net.0.ipv4.address = $3
lxc.net.0.ipv4.gateway = auto
CONFIG
}

# make_way_out: packets to all other networks leave by a cable that ends nowhere, so that each flow
# makes an entry and nothing answers.
make_way_out() {
	ip link add out type veth peer name nowhere
	ip link set nowhere up
	ip address add 198.18.0.1/24 dev out
	ip address add 2001:db8:ff::1/64 dev out nodad
	ip link set out up
	ip route add default via 198.18.0.2 dev out
	ip route add default via 2001:db8:ff::2 dev out
	ip neighbour add 198.18.0.2 lladdr 02:00:00:00:00:02 dev out nud permanent
	ip neighbour add 2001:db8:ff::2 lladdr 02:00:00:00:00:02 dev out nud permanent
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}
