#!/bin/bash
# Builds the root image, the kernel and a tiny initrd of a guest of another machine type, once for
# each recipe; prints their folder.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: machine.sh SUITE@TYPE
#
# TYPE is i386, arm64, arm64-16k (pages of 16 KiB), ppc64el (pages of 64 KiB) or s390x (big endian).
# No program of the other machine type runs on this one: the packages are only unpacked, and this
# script does what their own scripts would do. The folder has root.ext4, kernel, initrd, release,
# and machine: the command that starts such a machine, and in the next line its console.
#
# VM_CACHE     where images are kept (default: below the user's cache folder)
# VM_PACKAGES  Debian packages to have in the guest besides those of guest-packages
#
# Exit status 77: the mirror that this machine uses does not serve SUITE.
set -euo pipefail

wanted=${1:?usage: machine.sh SUITE@TYPE}
suite=${wanted%%@*}
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=suite.sh
. "$here/suite.sh"
# shellcheck source=guest-image.sh
. "$here/guest-image.sh"
case ${wanted#*@} in
	i386) architecture=i386 package=linux-image-686-pae console=ttyS0
		command='qemu-system-i386 -cpu max' ;;
	arm64) architecture=arm64 package=linux-image-arm64 console=ttyAMA0
		command='qemu-system-aarch64 -M virt -cpu cortex-a57' ;;
	# A cortex-a57 has no pages of 16 KiB.
	arm64-16k) architecture=arm64 package=linux-image-arm64-16k console=ttyAMA0
		command='qemu-system-aarch64 -M virt -cpu cortex-a76' ;;
	ppc64el) architecture=ppc64el package=linux-image-powerpc64le console=hvc0
		command='qemu-system-ppc64 -M pseries -cpu power9' ;;
	s390x) architecture=s390x package=linux-image-s390x console=ttysclp0
		command='qemu-system-s390x -M s390-ccw-virtio -cpu max' ;;
	*)
		echo "machine.sh: there is no machine type ${wanted#*@}" >&2
		exit 64
		;;
esac
# A package does not pull in those that every Debian system has.
mapfile -t packages < <(sed "s/^linux-image-.*/$package/" "$here/guest-packages"
	printf '%s\n' base-files base-passwd bash coreutils dash diffutils findutils grep gzip hostname libc-bin login \
		mawk mount ncurses-base sed tar util-linux
	tr ' ' '\n' <<<"${VM_PACKAGES:-}")
recipe=$(cat "$here"/{machine.sh,guest-image.sh,suite.sh,machine-init} - <<<"${packages[*]}" | sha256sum | cut -c 1-16)
image=$cache/$wanted-$recipe

take_turn "$wanted"
if [ -d "$image" ]; then
	touch "$image"
	echo "$image"
	exit
fi
make_work "$wanted"
find_mirror "$suite"

echo "machine.sh: building $wanted" >&2
root=$work/root
[ "$suite" = bullseye ] || bootstrap+=(--setup-hook=/usr/share/mmdebstrap/hooks/merged-usr/setup00.sh)
mmdebstrap "${bootstrap[@]}" --variant=extract --architectures="$architecture" --skip=check/qemu \
	--include="$(printf '%s\n' "${packages[@]}" | grep . | paste -sd ,)" \
	--dpkgopt='path-exclude=*/kernel/sound/*' \
	--dpkgopt='path-exclude=*/kernel/drivers/*' \
	--dpkgopt='path-include=*/kernel/drivers/block/*' \
	--dpkgopt='path-include=*/kernel/drivers/virtio/*' \
	--dpkgopt='path-include=*/kernel/drivers/s390/*' \
	--dpkgopt='path-include=*/kernel/drivers/char/virtio_console.ko*' \
	--dpkgopt='path-include=*/kernel/drivers/net/*.ko*' \
	--dpkgopt='path-exclude=*/kernel/drivers/net/*/*' \
	"$suite" "$root" "$mirror" >&2

# The scripts of the packages would have made these.
cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
echo 'messagebus:x:100:100::/nonexistent:/usr/sbin/nologin' >>"$root/etc/passwd"
echo 'messagebus:x:100:' >>"$root/etc/group"
systemd-sysusers --root="$root" 2>/dev/null
[ -e "$root/bin/sh" ] || ln -s dash "$root/bin/sh"
ln -sf mawk "$root/usr/bin/awk"
for name in iptables ip6tables; do
	ln -sf "$name-nft" "$root/usr/sbin/$name"
done
kernel=$(basename "$(echo "$root"/lib/modules/*)")
depmod -b "$root" "$kernel"

quiet_host "$root" getty.target "serial-getty@$console.service" systemd-tmpfiles-clean.timer

cp "$root"/boot/vmlinu[xz]-"$kernel" "$work/kernel"
make_initrd "$root" "$kernel" "$root/bin/busybox" "$here/machine-init"
make_disk "$root"
echo "$kernel" >"$work/release"
printf '%s\n' "$command" "$console" >"$work/machine"
rm -rf "$root"

keep_work "$wanted-$recipe"
echo "$image"
