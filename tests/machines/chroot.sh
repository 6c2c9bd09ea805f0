# A function that run and tests/vm/program.sh share: chroots to build in for other machine types.
# Source it after tests/vm/chroot.sh and scripts/lib.sh.
# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later

declare -A triplets=([i386]=i686-linux-gnu [arm64]=aarch64-linux-gnu [ppc64el]=powerpc64le-linux-gnu [s390x]=s390x-linux-gnu)

# find_machine_chroot SUITE TYPE: sets chroot and root for a machine type, and configure to the
# words for configure. i386 has a chroot of its own, because CI builds for it alone; the other types
# share one. While a chroot is built, no program of another machine type runs.
find_machine_chroot() {
	local name=cross types=(arm64 ppc64el s390x) other package libraries packages
	[ "$2" != i386 ] || name=m32 types=(i386)
	libraries=$("$top/scripts/packages" --list build | tr ' ' '\n' | grep -e '-dev$')
	packages=autoconf,automake,kmod,make,mount,pkg-config,python3
	for other in "${types[@]}"; do
		packages+=,gcc-${triplets[$other]}
		for package in $libraries libcmocka-dev libselinux1-dev libyaml-dev; do
			packages+=,$package:$other
		done
	done
	# Debian calls the folder of i386 by another name than the compiler.
	configure="--disable-man --host=${triplets[$2]} PKG_CONFIG_LIBDIR=/usr/lib/${triplets[$2]/i686/i386}/pkgconfig:/usr/share/pkgconfig"
	find_chroot "$1" "$name" "$packages" --architectures="$(IFS=,; echo "amd64,${types[*]}")" --skip=check/qemu
}
