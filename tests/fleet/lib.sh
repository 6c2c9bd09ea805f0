# Functions for the tests of configuration managers: results, the collection, playbooks and their
# results.
# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
top=$(cd "$here/../.." && pwd)
# Guests and chroots on a busy machine are slow, but no good run takes that long.
patience=900

# check NAME GOT WANTED: prints one line of result, and after a wrong one the output of the last
# playbook.
check() {
	if [[ $2 == "$3" ]]; then
		echo "ok - $1"
		return
	fi
	echo "not ok - $1: got ${2@Q}, wanted ${3@Q}"
	tail -n 60 <<<"${said-}" | cut -c -2000 | sed 's/^/    /'
}

# make_work: sets work, a folder that is removed at the end.
make_work() {
	work=$(mktemp -d)
	# No chroot stays mounted, because its mounts show folders of this machine.
	trap 'leave; umount -R "$work/chroot" 2>/dev/null; rm -rf --one-file-system "$work"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# Steps of a script before its folder is removed; each script can define its own.
leave() {
	:
}

# use_collection: builds the collection as a release does, installs it, and hides the user's
# settings of Ansible.
use_collection() {
	export ANSIBLE_HOME=$work/home ANSIBLE_LOCAL_TEMP=$work/home/tmp ANSIBLE_CONFIG=$work/ansible.cfg ANSIBLE_NOCOLOR=1
	export ANSIBLE_COLLECTIONS_PATH=$work/collections ANSIBLE_RETRY_FILES_ENABLED=0 ANSIBLE_DEPRECATION_WARNINGS=0
	export ANSIBLE_HOST_KEY_CHECKING=0 ANSIBLE_TIMEOUT=$patience ANSIBLE_LOCALHOST_WARNING=0
	export LC_ALL=C.UTF-8
	mkdir -p "$work/home/tmp"
	: >"$work/ansible.cfg"
	# The copy has no links and modes that a clone may have.
	cp -rL "$top/ansible" "$work/sources"
	if ! ansible-galaxy collection build --output-path "$work" "$work/sources" >"$work/log" 2>&1 ||
		! ansible-galaxy collection install "$work"/conntrack_persist-conntrack-*.tar.gz -p "$work/collections" \
			>>"$work/log" 2>&1; then
		cat "$work/log"
		echo 'not ok - the collection is built and installed'
		return 1
	fi
}

# play PLAYBOOK ARGUMENT...: runs it on the hosts of $work/inventory; sets said.
play() {
	said=$(ansible-playbook --inventory "$work/inventory" "$@" 2>&1 </dev/null) || :
}

# blocks README FIRST: prints the indented blocks of a README whose first line matches the pattern
# FIRST, without the indentation.
blocks() {
	awk -v first="$2" '/^    / { line = substr($0, 5); if (!inside) wanted = line ~ first; inside = 1; if (wanted) print line; next }
		{ inside = 0 }' "$1"
}

# make_clone DIR: makes a git clone of these sources, including uncommitted changes, as a reader of
# a README has one.
make_clone() {
	# shellcheck disable=SC2016
	bash -c 'source "$1/scripts/lib.sh" && copy_sources "$2"' - "$top" "$1"
	git -C "$1" init -q
	git -C "$1" add -A
	git -C "$1" -c user.name=Nobody -c user.email=nobody@localhost commit -q -m 'The sources'
}

# recap [HOST]: prints the result of the last playbook for that host or for all: "changed N",
# "failed", "unreachable".
recap() {
	awk -v host="${1:-[^ ]*}" '/^PLAY RECAP/ { on = 1; next }
		on && $0 ~ "^" host " *:" {
			if ($6 != "failed=0") print "failed"
			else if ($5 != "unreachable=0") print "unreachable"
			else print "changed " substr($4, 9)
		}' <<<"$said" | sort -u | paste -sd ' '
}

#
# Chroots: each below an overlay, with a kernel's /proc and a /sys that cannot be written
#
# make_base: sets and exports FLEET_BASE, what they lie over. Where it is not there yet it takes a
# network to make it, and thus another namespace than the chroots' own.
make_base() {
	local suite packages log
	log=$(mktemp)
	suite=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
	read -ra packages <<<"$("$top/scripts/packages" --list build | tr '\n' ' ')"
	if ! FLEET_BASE=$("$here/chroot.sh" "$suite" "${packages[@]}" dpkg-dev python3 python3-apt kmod procps sudo systemd udev 2>"$log"); then
		cat "$log"
		rm "$log"
		echo 'not ok - a chroot is made'
		return 1
	fi
	rm "$log"
	export FLEET_BASE
}

# use_chroots PROGRAM: makes a package of the built program for them.
use_chroots() {
	local program=$1
	mkdir -p "$work/chroot"
	mount -t tmpfs -o mode=755 chroots "$work/chroot"
	make -s -C "$(dirname "$program")" install DESTDIR="$work/package" >"$work/log" 2>&1 || {
		cat "$work/log"
		echo 'not ok - the program is installed'
		return 1
	}
	new_inventory
}

# new_inventory: makes an empty inventory of chroots.
new_inventory() {
	printf '%s\n' 'all:' '  vars:' '    ansible_connection: community.general.chroot' \
		'    ansible_python_interpreter: /usr/bin/python3' '  hosts:' >"$work/inventory"
}

# new_chroot NAME: makes a chroot and its line of the inventory.
new_chroot() {
	local root=$work/chroot/$1 layers=$work/chroot/.$1
	mkdir -p "$root" "$layers"/{upper,work}
	mount -t overlay -o "lowerdir=$FLEET_BASE,upperdir=$layers/upper,workdir=$layers/work" "$1" "$root"
	mount -t proc proc "$root/proc"
	mount -t sysfs -o ro sysfs "$root/sys"
	# Packages come only from inside, also if the chroot was made with a mirror.
	: >"$root/etc/apt/sources.list"
	rm -rf "$root"/etc/apt/sources.list.d/* "$root"/var/lib/apt/lists/*
	printf '    %s: {ansible_host: %s}\n' "$1" "$root" >>"$work/inventory"
}

# add_repository NAME: adds a repository with the package of the program, as a distribution has one.
add_repository() {
	local root=$work/chroot/$1 control=$work/package/DEBIAN/control
	if [[ ! -e $work/conntrack-persist.deb ]]; then
		mkdir -p "${control%/*}"
		printf '%s: %s\n' Package conntrack-persist Version 0 Architecture "$(dpkg --print-architecture)" \
			Maintainer 'Nobody <nobody@localhost>' Description 'for the tests' >"$control"
		dpkg-deb --root-owner-group --build "$work/package" "$work/conntrack-persist.deb" >"$work/log"
	fi
	mkdir -p "$root/srv/repository"
	cp "$work/conntrack-persist.deb" "$root/srv/repository/"
	chroot "$root" sh -c 'cd /srv/repository && dpkg-scanpackages . >Packages 2>/dev/null &&
		echo "deb [trusted=yes] file:/srv/repository ./" >/etc/apt/sources.list &&
		apt-get -q -o APT::Sandbox::User=root update' >"$work/log" 2>&1 || cat "$work/log"
}
