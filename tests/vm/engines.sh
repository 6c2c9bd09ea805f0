#!/bin/bash
# Every container engine of docs/containers.md starts containers: the first process prints its
# timeout. What the page says is done to the letter. No start is lost, whatever is missing.
# SPDX-License-Identifier: LGPL-2.1-or-later
# The functions of the engines are called by their names.
# shellcheck disable=SC2317,SC2119
# shellcheck source=lib.sh
. ./lib.sh
# shellcheck source=containers.sh
. ./containers.sh

config=/etc/conntrack-persist.conf
doc=/usr/local/share/doc/conntrack-persist
page=$doc/containers.md
key=/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established
hooks=/usr/share/containers/oci/hooks.d
wrapper=/usr/local/sbin/runc-with-hook
lxc=/var/lib/lxc/box
machine=/var/lib/machines/box
# What the configuration says, and what the kernel has without it.
ours=21600
kernels=432000

# page_block FIRST-LINE: prints the block of the page that begins with this line.
page_block() {
	awk -v first="$1" '
		/^```/ { if (hit) exit; inside = !inside; number = 0; next }
		inside && ++number == 1 && index($0, first) == 1 { hit = 1 }
		hit' "$page"
}

# without_module: unloads nf_conntrack, which the rules of Docker loaded at boot.
without_module() {
	systemctl stop docker.service docker.socket 2>/dev/null
	nft flush ruleset
	[ "$(module_state)" = absent ] || ctp unload
	check 'the module is not loaded' "$(module_state)" absent
}

# make_service NAME LINES: makes a service that writes its value to a file.
make_service() {
	printf "[Service]\nType=oneshot\n$2\nStandardOutput=truncate:/run/%s.out\nExecStart=/bin/sh -c 'cat %s 2>/dev/null || echo absent'\n" \
		"$1" "$key" >"/etc/systemd/system/$1.service"
}

make_containers() {
	make_container_root
	# The first process of each container writes its value to the file /first as well, because
	# not every engine passes on what it prints.
	cat >"$container_root/bin/first" <<-END
		#!/bin/sh
		{ cat $key 2>/dev/null || echo absent; } >/first
		cat /first
		[ "\$1" != stay ] || exec sleep 100000
	END
	chmod 755 "$container_root/bin/first"
	rm "$container_root/sbin/init"
	printf '#!/bin/sh\nexec /bin/first stay\n' >"$container_root/sbin/init"
	chmod 755 "$container_root/sbin/init"
	make_podman_image 2>/dev/null
	podman save --quiet --format oci-archive "$container_image" >/var/tmp/image.tar
	systemctl start containerd
	ctr image import /var/tmp/image.tar >/dev/null
	reference=$(ctr image ls -q | head -n 1)
	mkdir -p /var/lib/machines "$lxc"
	cp -a "$container_root" "$machine"
	cp -a "$container_root" "$lxc/rootfs"
	# The image of the guest has no bridge for LXC.
	printf '%s\n' 'lxc.include = /usr/share/lxc/config/common.conf' 'lxc.uts.name = box' \
		"lxc.rootfs.path = dir:$lxc/rootfs" 'lxc.apparmor.profile = unconfined' 'lxc.net.0.type = empty' >"$lxc/config"
	make_service private 'PrivateNetwork=yes\nDynamicUser=yes\nProtectKernelTunables=yes'
	make_service path 'NetworkNamespacePath=/run/netns/path'
}

# take_ways: does what the page says for each engine.
take_ways() {
	mkdir -p /etc/systemd/system/{private,path,systemd-nspawn@}.service.d
	install -m 755 "$doc/examples/runc-with-hook.sh" "$wrapper"
	page_block 'lxc.hook.start-host' >/usr/share/lxc/config/common.conf.d/90-conntrack-persist.conf
	awk '/^```/ { inside = 0 } /^```ini/ { inside = 1; next } inside' "$page" >/var/tmp/drop-ins
	printf '[Service]\n%s\n' "$(grep ^ExecStartPost= /var/tmp/drop-ins)" \
		>/etc/systemd/system/systemd-nspawn@.service.d/conntrack-persist.conf
	for unit in private path; do
		printf '[Service]\n%s\n' "$(grep ^ExecStartPre= /var/tmp/drop-ins)" \
			>"/etc/systemd/system/$unit.service.d/conntrack-persist.conf"
	done
	systemctl daemon-reload
	check 'the page has the lines' "$(cat /usr/share/lxc/config/common.conf.d/90-conntrack-persist.conf \
		/etc/systemd/system/{private,systemd-nspawn@}.service.d/conntrack-persist.conf | grep -c conntrack-persist)" 3
}

# start_ENGINE: starts one container and prints what its first process saw.
start_podman_crun() { podman --runtime crun run --rm --network=none "$container_image" first; }
start_podman_runc() { podman --runtime runc run --rm --network=none "$container_image" first; }
start_podman_pod() {
	podman pod create --name pod --network=none --infra-image "$container_image" --infra-command '/bin/sleep 1000' >/dev/null
	podman run --rm --pod pod "$container_image" first
	podman pod rm --force --time 0 pod >/dev/null
}
start_containerd() { ctr run --snapshotter native --runc-binary "$wrapper" --rm "$reference" "c$RANDOM" /bin/first; }
start_docker() { docker run --rm "$container_image" first; }
start_lxc() {
	rm -f "$lxc/rootfs/first"
	lxc-start -F -n box -- /bin/first >/dev/null 2>&1 && cat "$lxc/rootfs/first"
}
# of_unit NAME: starts the service and prints what it wrote.
of_unit() {
	rm -f "/run/$1.out"
	systemctl start "$1.service" && cat "/run/$1.out"
}
start_private_network() { of_unit private; }
start_namespace_path() {
	ip netns add path
	of_unit path
	ip netns delete path
}
start_unshare() {
	# This is the command of the page.
	local line
	line=$(sed -n "s/^    sudo \(unshare --net sh -c .*\) ip link$/\1/p" "$page")
	bash -c "$line cat $key" 2>/dev/null || echo absent
}
start_nspawn_path() {
	ip netns add web
	conntrack-persist --quiet apply --netns=web >/dev/null 2>&1
	systemd-nspawn --quiet --network-namespace-path=/run/netns/web -D "$machine" /bin/first | tr -d '\r'
	ip netns delete web
}

at_once='podman_crun podman_runc podman_pod containerd lxc private_network namespace_path unshare nspawn_path'

# starts HOW COUNT VALUE ENGINE...: each engine starts so many containers, whose first processes
# must all see that value.
starts() {
	local engine number said right
	for engine in "${@:4}"; do
		right=0
		for ((number = 1; number <= $2; number++)); do
			said=$("start_$engine" 2>&1)
			if [ "$said" = "$3" ]; then
				right=$((right + 1))
			else
				echo "# $engine: ${said@Q}"
			fi
		done
		check "$1: ${engine//_/ }: the first process sees $3" "$right of $2" "$2 of $2"
	done
}

# value_of PID: prints the value in the network namespace of a process.
value_of() {
	nsenter --net="/proc/$1/ns/net" cat "$key" 2>/dev/null || echo absent
}

# has_value PID VALUE
has_value() {
	[ "$(value_of "$1")" = "$2" ]
}

# leader: prints the first process of the machine of systemd-nspawn.
leader() {
	machinectl show -p Leader --value box 2>/dev/null
}

# stop_nspawn: ends the machine at once, because its first process ignores the wish to halt. The
# next one can only be registered once this one is gone.
stop_nspawn() {
	systemctl kill --signal=KILL systemd-nspawn@box
	wait_for machine_is_gone
	systemctl reset-failed systemd-nspawn@box 2>/dev/null
}
machine_is_gone() {
	[ -z "$(leader)" ] && [[ $(systemctl is-active systemd-nspawn@box) == @(inactive|failed) ]]
}

# starts_nspawn HOW COUNT VALUE: the value comes after the first process.
starts_nspawn() {
	local number pid right=0
	for ((number = 1; number <= $2; number++)); do
		systemctl start systemd-nspawn@box
		pid=$(leader)
		wait_for has_value "$pid" "$3" && [ "$(systemctl is-active systemd-nspawn@box)" = active ] && right=$((right + 1))
		stop_nspawn
	done
	check "$1: nspawn with a network of its own: soon $3" "$right of $2" "$2 of $2"
}

# are_right COUNT VALUE: returns whether so many namespaces besides the host's have the value, and
# none has another.
are_right() {
	seen=$(
		for pid in $(lsns --noheadings --type net --output PID); do
			[ "$pid" = 1 ] || value_of "$pid"
		done
		ip netns exec named cat "$key" 2>/dev/null || echo absent
	)
	seen=$(sort <<<"$seen" | uniq -c | awk '{ printf "%s%s times %s", (NR > 1 ? ", " : ""), $1, $2 }')
	[ "$seen" = "$1 times $2" ]
}

# stay: starts containers that run on, most of them without a hook: 100 namespaces.
stay() {
	local number
	podman --runtime crun run --detach --name stay --network=none "$container_image" first stay >/dev/null
	ctr run --detach --snapshotter native "$reference" stay /bin/first stay
	lxc-start -n box -d -- /bin/first stay
	systemctl start systemd-nspawn@box
	printf '[Service]\nPrivateNetwork=yes\nExecStart=sleep 100000\n' >/run/systemd/system/stay.service
	systemctl start stay
	ip netns add named
	for ((number = 7; number <= 100; number++)); do
		unshare --net sleep 100000 &
		others+=($!)
	done
}

leave() {
	kill "${others[@]}"
	wait "${others[@]}" 2>/dev/null
	ip netns delete named
	systemctl stop stay
	stop_nspawn
	lxc-stop -n box -k
	ctr task kill --signal KILL stay
	wait_for ctr task delete stay >/dev/null 2>&1
	ctr container delete stay
	podman rm --force --time 0 stay >/dev/null
}

# namespaces WHICH: installs with this setting.
namespaces() {
	mkdir -p "$config.d"
	printf '[apply]\nnamespaces = %s\n' "$1" >"$config.d/namespaces.conf"
	ctp install
	check "namespaces = $1: installed" "$status" 0
}

# soon HOW COUNT: Docker's containers without the hook get the values from the path unit.
soon() {
	local number right=0
	for ((number = 1; number <= $2; number++)); do
		docker run --detach --runtime runc --name "soon$number" "$container_image" first stay >/dev/null
		wait_for has_value "$(docker inspect --format '{{.State.Pid}}' "soon$number")" "$ours" && right=$((right + 1))
		docker rm --force "soon$number" >/dev/null
	done
	check "$1: docker without the wrapper: soon $ours" "$right of $2" "$2 of $2"
}

# named COUNT: adds network namespaces by ip.
named() {
	local number right=0
	for ((number = 1; number <= $1; number++)); do
		ip netns add named
		wait_for named_is_right && right=$((right + 1))
		ip netns delete named
	done
	check "ip netns add: soon $ours" "$right of $1" "$1 of $1"
}
named_is_right() {
	[ "$(ip netns exec named cat "$key")" = "$ours" ]
}

# start_full_RUNTIME: podman keeps its containers in memory here, because no container of any engine
# starts if its own file system is full.
podman_in_memory() { TMPDIR=/run podman --root /run/pods "$@"; }
start_full_crun() { podman_in_memory --runtime crun run --rm --network=none "$container_image" first; }
start_full_runc() { podman_in_memory --runtime runc run --rm --network=none "$container_image" first; }

# full_disk: the program finds no room for anything.
full_disk() {
	podman_in_memory load --quiet --input /var/tmp/image.tar >/dev/null
	dd if=/dev/zero of=/filled bs=1M status=none 2>/dev/null
	dd if=/dev/zero of=/filled2 bs=1k status=none 2>/dev/null
	check 'no room' "$(df --output=avail / | tail -n 1 | tr -d ' ')" 0
	starts 'five starts each' 5 "$ours" full_crun full_runc private_network namespace_path unshare
	rm /filled /filled2
}

docker_starts() {
	systemctl start docker
	make_docker_image
	page_block '{' >/etc/docker/daemon.json
	systemctl reload docker
	wait_for docker_has_wrapper
	starts 'five starts' 5 "$ours" docker
	namespaces all
	soon 'five starts' 5
}
docker_has_wrapper() {
	[ "$(docker info --format '{{.DefaultRuntime}}')" = runc-with-hook ]
}

# The first boot: nf_conntrack comes after the containers.
first_boot() {
	make_containers
	without_module
	take_ways
	ctp install
	check 'install' "$status" 0

	scenario 'without nf_conntrack'
	# shellcheck disable=SC2086
	starts 'one start each' 1 absent $at_once
	starts_nspawn 'one start' 1 absent
	check 'nothing was loaded' "$(module_state)" absent

	scenario 'nf_conntrack is loaded after 100 namespaces'
	namespaces all
	others=()
	stay
	are_right 100 absent
	check 'before' "$seen" '100 times absent'
	modprobe nf_conntrack
	wait_for are_right 100 "$ours"
	check 'after' "$seen" "100 times $ours"
	leave

	scenario 'nf_conntrack is loaded'
	named 5
	namespaces host
	# shellcheck disable=SC2086
	starts 'five starts each' 5 "$ours" $at_once
	starts_nspawn 'five starts' 5 "$ours"

	scenario 'the disk is full'
	full_disk
	reboot_guest
}

# The second boot: Docker has loaded nf_conntrack.
second_boot() {
	systemctl start containerd
	reference=$(ctr image ls -q | head -n 1)
	scenario 'docker'
	docker_starts

	scenario 'the configuration is broken'
	namespaces host
	echo 'no setting' >>"$config"
	# shellcheck disable=SC2086
	starts 'one start each' 1 "$kernels" $at_once docker
	starts_nspawn 'one start' 1 "$kernels"
	sed -i '$d' "$config"
	ctp --quiet check
	check 'repaired: check' "$status" 0

	scenario 'the program was deleted by hand'
	mv "$(type -P conntrack-persist)" /var/tmp/
	# shellcheck disable=SC2086
	starts 'one start each' 1 "$kernels" $at_once docker
	starts_nspawn 'one start' 1 "$kernels"

	scenario 'the hook package was removed as well'
	rm -r "$hooks"
	starts 'one start each' 1 "$kernels" podman_crun podman_runc
}

case $BOOT in
	1) first_boot ;;
	2) second_boot ;;
esac
finish
