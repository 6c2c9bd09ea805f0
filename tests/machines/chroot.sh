# A function that run and tests/vm/program.sh share: chroots to build in for other machine types.
# Source it after tests/vm/chroot.sh and scripts/lib.sh.
# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later

# Each is built for in one chroot of this machine's type.
cross=(arm64 ppc64el s390x)
declare -A triplets=([arm64]=aarch64-linux-gnu [ppc64el]=powerpc64le-linux-gnu [s390x]=s390x-linux-gnu)

# find_machine_chroot SUITE TYPE: sets chroot and root for a machine type, and configure to the
# words for configure. While a chroot is built, no program of another machine type runs, except
# i386. An x86-64 machine runs programs of i386 without an emulator, so that type has a chroot of
# its own.
find_machine_chroot() {
	local other package libraries packages
	packages=$("$top/scripts/packages" --list build | xargs | tr ' ' ,),libcmocka-dev,libselinux1-dev,libyaml-dev
	if [ "$2" = i386 ]; then
		configure=''
		find_chroot "$1" m32 "$packages,kmod,mount,python3" --architectures=i386 --skip=check/qemu
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
	find_chroot "$1" cross "$packages" --architectures="$(IFS=,; echo "amd64,${cross[*]}")" --skip=check/qemu
}
