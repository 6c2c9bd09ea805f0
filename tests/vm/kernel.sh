#!/bin/bash
# Gets another kernel of Debian's for the guests of a suite, once; prints its folder.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: kernel.sh SUITE RELEASE[-FLAVOUR]
#
# RELEASE is the beginning of a kernel release in the suite or its backports, such as 6.17: the
# newest of these is taken. FLAVOUR is cloud or rt. The folder has kernel, initrd, release, and
# modules.tar, which is unpacked over the suite's root.
#
# VM_CACHE     see image.sh
#
# Exit status 77: the mirror that this machine uses does not serve such a kernel.
set -euo pipefail

suite=${1:?usage: kernel.sh SUITE RELEASE[-FLAVOUR]}
wanted=${2:?usage: kernel.sh SUITE RELEASE[-FLAVOUR]}
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=suite.sh
. "$here/suite.sh"
# shellcheck source=guest-image.sh
. "$here/guest-image.sh"
recipe=$(cat "$here"/{kernel.sh,guest-image.sh,suite.sh,initrd-init} | sha256sum | cut -c 1-16)
kernel=$cache/$suite-kernel-$wanted-$recipe

take_turn "$suite-kernel-$wanted"
if [ -d "$kernel" ]; then
	touch "$kernel"
	echo "$kernel"
	exit
fi
make_work "$suite-kernel-$wanted"
find_mirror "$suite"

# packages: prints "RELEASE PATH SHA256 KIND" of each package of the kernels that are wanted; from
# 6.19 on a kernel is in several. A mirror may lack the backports of a suite.
packages() {
	local part name=${wanted%%-*} flavour=''
	[ "$name" = "$wanted" ] || flavour=-${wanted#*-}
	for part in "$suite" "$suite-backports"; do
		/usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file \
			"${mirror%/}/dists/$part/main/binary-amd64/Packages.xz" "$work/$part.xz" >/dev/null 2>&1 || continue
		xz -dc "$work/$part.xz" | awk -v name="^${name//./\\\\.}([.][.0-9]+)?[-+][^-]*$flavour-amd64$" '
			$1 == "Package:" {
				release = $2
				wanted = sub(/^linux-(image|binary|modules|base)-/, "", release) && release ~ name
				kind = substr($2, 1, length($2) - length(release))
			}
			$1 == "Filename:" { file = $2 }
			$1 == "SHA256:" && wanted { print release, file, $2, kind }'
		rm "$work/$part.xz"
	done
}
packages >"$work/packages"
# A mirror keeps some of the packages of a kernel longer than the one with its modules.
release=$(awk '
	$4 == "linux-binary-" { apart[$1] = 1 }
	$4 == "linux-modules-" { modules[$1] = 1 }
	{ releases[$1] = 1 }
	END { for (release in releases) if (!apart[release] || modules[release]) print release }' \
	"$work/packages" | sort -V | tail -n 1)
if [ -z "$release" ]; then
	echo "kernel.sh: the mirror does not serve $wanted for $suite" >&2
	exit 77
fi
echo "kernel.sh: getting $release for $suite" >&2
root=$work/root
mkdir "$root"
while read -r name path sum _; do
	[ "$name" = "$release" ] || continue
	/usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file "${mirror%/}/$path" "$work/kernel.deb" "SHA256:$sum" \
		>"$work/log" 2>&1 || {
		cat "$work/log" >&2
		exit 1
	}
	dpkg-deb --fsys-tarfile "$work/kernel.deb" | tar -C "$root" -xf -
	rm "$work/kernel.deb"
done <"$work/packages"
rm -f "$work/packages" "$work/log"
# Since 7.2 the modules are below /usr.
mkdir -p "$root/usr/lib"
[ ! -d "$root/lib/modules" ] || mv "$root/lib/modules" "$root/usr/lib/"
rm -rf "${root:?}/lib"
ln -s usr/lib "$root/lib"
echo "$release" >"$work/release"
# And so is the kernel.
find "$root" -type f -name 'vmlinuz*' -exec mv {} "$work/kernel" \;
# Most of the modules are drivers; a guest only needs those of the disk and of the virtual network
# cards.
find "$root/lib/modules/$release/kernel" -name '*.ko*' \( -path '*/drivers/*' -o -path '*/sound/*' \) \
	! -path '*/drivers/block/*' ! -path '*/drivers/virtio/*' ! -path '*/drivers/net/*.ko*' -delete
find "$root/lib/modules/$release/kernel/drivers/net" -mindepth 2 -name '*.ko*' -delete
depmod -b "$root" "$release"

make_initrd "$root" "$release" "$(command -v busybox)" "$here/initrd-init"
# The suite's /lib may be a link.
mkdir -p "$work/tree/usr/lib"
mv "$root/lib/modules" "$work/tree/usr/lib/"
tar -C "$work/tree" --owner=0 --group=0 -cf "$work/modules.tar" usr
rm -rf "$root" "$work/tree"

keep_work "$suite-kernel-$wanted-$recipe"
echo "$kernel"
