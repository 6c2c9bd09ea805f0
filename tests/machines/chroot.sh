# Functions that run and tests/vm/program.sh share: chroots to build in for other machine types.
# Source it after tests/vm/suite.sh and scripts/lib.sh.
# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later

# Each is built for in one chroot of this machine's type.
cross=(arm64 ppc64el s390x)
declare -A triplets=([arm64]=aarch64-linux-gnu [ppc64el]=powerpc64le-linux-gnu [s390x]=s390x-linux-gnu)

# find_chroot SUITE NAME ARCHITECTURES PACKAGES: sets chroot and root, and makes them if they do not
# exist.
find_chroot() {
	local recipe
	take_turn "$1-$2"
	recipe=$(cat "$top/tests/vm/suite.sh" - <<<"$4" | sha256sum | cut -c 1-16)
	chroot=$cache/$1-$2-$recipe
	if [ ! -d "$chroot" ]; then
		make_work "$1-$2"
		find_mirror "$1"
		say "${0##*/}: building a chroot of $1 for $3" >&2
		# While it is built, no program of another machine type runs, except i386.
		mmdebstrap "${bootstrap[@]}" --architectures="$3" --skip=check/qemu --include="$4" "$1" "$work/root" "$mirror" >&2
		keep_work "$1-$2-$recipe"
	fi
	touch "$chroot"
	root=$chroot/root
}

# find_machine_chroot SUITE TYPE: does it for a machine type, and sets configure to the words for
# configure. An x86-64 machine runs programs of i386 without an emulator, so that type has a chroot
# of its own.
find_machine_chroot() {
	local other package libraries packages
	packages=$("$top/scripts/packages" --list build | xargs | tr ' ' ,),libcmocka-dev,libselinux1-dev,libyaml-dev
	if [ "$2" = i386 ]; then
		configure=''
		find_chroot "$1" m32 i386 "$packages,kmod,mount,python3"
		return
	fi
	libraries=$(tr , '\n' <<<"$packages" | grep -e '-dev$')
	packages=autoconf,automake,kmod,make,mount,pkg-config,python3
	for other in "${cross[@]}"; do
		packages+=,gcc-${triplets[$other]}
		for package in $libraries; do
			packages+=,$package:$other
		done
	done
	configure="--disable-man --host=${triplets[$2]} PKG_CONFIG_LIBDIR=/usr/lib/${triplets[$2]}/pkgconfig:/usr/share/pkgconfig"
	find_chroot "$1" cross "$(IFS=,; echo "amd64,${cross[*]}")" "$packages"
}
