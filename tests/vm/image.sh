#!/bin/bash
# Builds the root image, the kernel and a tiny initrd of a guest, once for each recipe; prints their
# folder.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: image.sh SUITE[+SPACE]
#
# SPACE makes another user space of a suite:
#   backports  systemd and udev are those of the suite's backports
#   sysvinit   SysV init starts the guest, and systemd is not there
#
# VM_CACHE     where images are kept (default: below the user's cache folder)
# VM_PACKAGES  Debian packages to have in the guest besides those of guest-packages
#
# Exit status 77: the mirror that this machine uses does not serve SUITE.
set -euo pipefail

suite=${1:?usage: image.sh SUITE}
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=suite.sh
. "$here/suite.sh"
# shellcheck source=guest-image.sh
. "$here/guest-image.sh"
read -ra packages <<<"$(tr '\n' ' ' <"$here/guest-packages") ${VM_PACKAGES:-}"
release=${suite%+*}
space=${suite#"$release"}
case $space in
	'' | +backports) ;;
	+sysvinit)
		mapfile -t packages < <(printf '%s\n' "${packages[@]}" sysvinit-core sysv-rc | grep -v ^systemd)
		;;
	*)
		echo "image.sh: no user space $suite" >&2
		exit 64
		;;
esac
recipe=$(cat "$here"/{image.sh,guest-image.sh,suite.sh,initrd-init} - <<<"${packages[*]}" | sha256sum | cut -c 1-16)
image=$cache/$suite-$recipe

take_turn "$suite"
if [ -d "$image" ]; then
	touch "$image"
	echo "$image"
	exit
fi
make_work "$suite"
find_mirror "$release"
mirrors=("$mirror")
if [ "$space" = +backports ]; then
	mirrors+=("deb $mirror $release-backports main")
	bootstrap+=(--setup-hook="printf 'Package: src:systemd\nPin: release n=$release-backports\nPin-Priority: 900\n' \
		>\"\$1/etc/apt/preferences.d/backports\"")
fi

echo "image.sh: building $suite" >&2
root=$work/root
# Most of a kernel package is drivers; a guest only needs those of the disk and of the virtual
# network cards.
mmdebstrap "${bootstrap[@]}" \
	--include="$(IFS=,; echo "${packages[*]}")" \
	--dpkgopt='path-exclude=*/kernel/sound/*' \
	--dpkgopt='path-exclude=*/kernel/drivers/*' \
	--dpkgopt='path-include=*/kernel/drivers/block/*' \
	--dpkgopt='path-include=*/kernel/drivers/virtio/*' \
	--dpkgopt='path-include=*/kernel/drivers/net/*.ko*' \
	--dpkgopt='path-exclude=*/kernel/drivers/net/*/*' \
	"$release" "$root" "${mirrors[@]}" >&2

quiet_host "$root" getty.target serial-getty@ttyS0.service apt-daily{,-upgrade}.timer dpkg-db-backup.timer \
	e2scrub_all.timer e2scrub_reap.service fstrim.timer systemd-tmpfiles-clean.timer

kernel=$(basename "$(echo "$root"/lib/modules/*)")
cp "$root/boot/vmlinuz-$kernel" "$work/kernel"
make_initrd "$root" "$kernel" "$root/bin/busybox" "$here/initrd-init"
make_disk "$root"
echo "$kernel" >"$work/release"
rm -rf "$root"

keep_work "$suite-$recipe"
echo "$image"
