#!/bin/bash
# Builds a kernel that runs as an ordinary process (User Mode Linux), once for each recipe; prints
# its folder.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: uml-kernel.sh VARIANT
#
# The folder has linux, the kernel; initrd; release; config; and modules.tar, empty for a kernel
# without modules. The kernel is of Debian 12's linux-source-6.1, and takes about 8 minutes of a
# processor. A second variant takes less, because make and ccache have what does not differ.
#
# The variants:
#   modules       nf_conntrack is a module, as in the kernels of distributions
#   early-event   the same, and the event comes before the keys, as in RHEL 8's 4.18
#   built-in      nf_conntrack and the firewalls are built in, and modules can be loaded (Talos, WSL2)
#   no-modules    the same with CONFIG_MODULES=n
#   no-netfilter  there is no netfilter at all
#   hz-1000       as modules, with 1,000 ticks a second, where all others have 100
#   no-procfs     as modules, without CONFIG_NF_CONNTRACK_PROCFS
#   no-modprobe   as modules, with CONFIG_MODPROBE_PATH="": the kernel never starts modprobe
#   chain-limits  as modules, with the limit on chains of 5.15 to 5.15.104
#
# VM_CACHE      see image.sh
# UML_JOBS      how many compilers run at once (default: one for each processor)
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
variants='modules early-event built-in no-modules no-netfilter hz-1000 no-procfs no-modprobe chain-limits'
variant=${1:?usage: uml-kernel.sh VARIANT}
if [[ " $variants " != *" $variant "* ]]; then
	echo "uml-kernel.sh: no variant $variant; there are: $variants" >&2
	exit 64
fi
suite=bookworm
# shellcheck source=suite.sh
. "$here/suite.sh"

# config: prints the configuration of the variant.
config() {
	cat "$here/uml.config"
	echo "CONFIG_LOCALVERSION=\"-um-$variant\""
	[ "$variant" = no-modules ] || printf 'CONFIG_%s=y\n' MODULES MODULE_UNLOAD
	case $variant in
		no-netfilter) ;;
		built-in | no-modules) sed 's/=m$/=y/' "$here/uml-netfilter.config" ;;
		no-procfs) sed /NF_CONNTRACK_PROCFS/d "$here/uml-netfilter.config" ;;
		*) cat "$here/uml-netfilter.config" ;;
	esac
	[ "$variant" != no-modprobe ] || echo 'CONFIG_MODPROBE_PATH=""'
}

# restore_sources: takes back what the variant before this one changed in the current directory.
# shellcheck disable=SC2317 # runs in the chroot
restore_sources() {
	local file
	find arch kernel net -name '*.orig' | while read -r file; do
		cmp -s "$file" "${file%.orig}" || cp "$file" "${file%.orig}"
	done
}

# edit_source FILE SED-ARGUMENT...: changes one of the sources and keeps it as it was for
# restore_sources. Fails if nothing changes, because another version of the sources may differ.
# shellcheck disable=SC2317 # runs in the chroot
edit_source() {
	[ -e "$1.orig" ] || cp "$1" "$1.orig"
	sed -i "${@:2}" "$1"
	! cmp -s "$1" "$1.orig" || {
		echo "There is nothing to change in $1."
		return 1
	}
}

# Processors with AMX save more registers than this kernel has room for.
# shellcheck disable=SC2317 # runs in the chroot
patch_all() {
	edit_source arch/x86/um/user-offsets.c 's/HOST_FP_SIZE, 2696/HOST_FP_SIZE, 11264/'
}

# Some variants have a function of their own, so that a change of one function rebuilds one kernel.

# User Mode Linux offers no choice of ticks.
# shellcheck disable=SC2317 # runs in the chroot
patch_hz_1000() {
	edit_source arch/um/Kconfig '/^config HZ$/,/default/ s/default 100/default 1000/'
}

# This takes commit 38dc717e9715 back: the event is sent when the module's directory is complete,
# before the module initializes itself. Then it waits, so that udevd always meets the module before
# its keys exist: on the one processor of such a guest udevd comes too late otherwise, and even a
# rule that does not wait is right.
# shellcheck disable=SC2317 # runs in the chroot
patch_early_event() {
	edit_source kernel/module/main.c '/kobject_uevent(&mod->mkobj.kobj, KOBJ_ADD);/d'
	edit_source kernel/module/sysfs.c \
		-e 's/^#include <linux\/module\.h>/&\n#include <linux\/delay.h>/' \
		-e '/^int mod_sysfs_setup/,/^}/ s/^\tadd_notes_attrs.*/&\n\tkobject_uevent(\&mod->mkobj.kobj, KOBJ_ADD);\n\tif (strcmp(mod->name, "nf_conntrack") == 0)\n\t\tmsleep(250);/'
}

# Linux 5.15 to 5.15.104 refuses an entry if a chain is longer than a random number from 8 to 31;
# later kernels have 50 to 79.
# shellcheck disable=SC2317 # runs in the chroot
patch_chain_limits() {
	edit_source net/netfilter/nf_conntrack_core.c \
		-e 's/^#define MIN_CHAINLEN\t50u$/#define MIN_CHAINLEN\t8u/' \
		-e 's/^#define MAX_CHAINLEN\t(80u - MIN_CHAINLEN)$/#define MAX_CHAINLEN\t(32u - MIN_CHAINLEN)/'
}

# build_kernel: builds in /out of the chroot, where the objects stay, so that make compiles for the
# next variant only what differs; the results are in /build.
# shellcheck disable=SC2317 # runs in the chroot
build_kernel() {
	local make=(make -s ARCH=um O=/out) targets=(linux)
	mkdir -p /out /build/modules
	KCONFIG_ALLCONFIG=/build/allno.config "${make[@]}" allnoconfig
	# What the configuration asks for and cannot have would be missed later.
	if grep -E '^CONFIG_.*=[^n]' /build/allno.config | grep -vxFf /out/.config; then
		echo 'The configuration has no such choices.'
		return 1
	fi
	! grep -qx CONFIG_MODULES=y /out/.config || targets+=(modules)
	"${make[@]}" -j"$JOBS" "${targets[@]}"
	"${make[@]}" kernelrelease >/build/release
	[ "${#targets[@]}" = 1 ] || "${make[@]}" INSTALL_MOD_PATH=/build/modules INSTALL_MOD_STRIP=1 modules_install
	rm -f /build/modules/lib/modules/*/{build,source}
	strip --strip-debug -o /build/linux /out/linux
	cd /build/initrd
	find . | cpio --quiet -o -H newc | gzip -1 >/build/initrd.gz
}

packages=linux-source-6.1,gcc,libc6-dev,make,flex,bison,bc,ccache,kmod,xz-utils,busybox-static,cpio
chroot=$cache/$suite-uml-chroot-$(cat "$here/suite.sh" - <<<"$packages" | sha256sum | cut -c 1-16)
patch=patch_${variant//-/_}
steps=(restore_sources patch_all "$patch" build_kernel)
[ "$(type -t "$patch")" = function ] || unset 'steps[2]'
functions=$(declare -f edit_source "${steps[@]}")
recipe=$({ config; echo "$functions"; cat "$here/uml-init"; echo "$chroot"; } | sha256sum | cut -c 1-16)
kernel=$cache/$suite-uml-$variant-$recipe
# if_there: prints the folder and ends, if the kernel is there. One that is there need not wait for
# the build of another one.
if_there() {
	[ -d "$kernel" ] || return 0
	touch "$kernel"
	echo "$kernel"
	exit
}
if_there
take_turn "$suite-uml"
if_there
if [ ! -d "$chroot" ]; then
	make_work "$suite-uml-chroot"
	find_mirror "$suite"
	echo "uml-kernel.sh: building a chroot of $suite" >&2
	mmdebstrap "${bootstrap[@]}" --include="$packages" "$suite" "$work/root" "$mirror" >&2
	tar -C "$work/root/usr/src" -xJf "$work/root/usr/src/linux-source-6.1.tar.xz"
	rm "$work/root/usr/src/linux-source-6.1.tar.xz"
	keep_work "${chroot#"$cache/"}"
fi
touch "$chroot"
root=$chroot/root

make_work "$suite-uml-$variant"
echo "uml-kernel.sh: building the kernel $variant" >&2
rm -rf "$root/build"
mkdir -p "$root/build/initrd"/{bin,dev,proc,root}
config >"$root/build/allno.config"
install -m 755 "$here/uml-init" "$root/build/initrd/init"
cp "$root/bin/busybox" "$root/build/initrd/bin/"
env -i PATH=/usr/lib/ccache:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 CCACHE_DIR=/ccache \
	KBUILD_BUILD_TIMESTAMP=@0 JOBS="${UML_JOBS:-$(nproc)}" \
	chroot "$root" bash -euc "$functions
		cd /usr/src/linux-source-6.1
		$(printf '%s\n' "${steps[@]}")" \
	>"$work/log" 2>&1 </dev/null || {
	tail -n 60 "$work/log" >&2
	exit 1
}
install -m 755 "$root/build/linux" "$work/linux"
cp "$root/build/initrd.gz" "$work/initrd"
cp "$root/build/release" "$work/"
cp "$root/out/.config" "$work/config"
# The suite's /lib may be a link.
mkdir -p "$root/build/tree/usr"
[ ! -d "$root/build/modules/lib" ] || mv "$root/build/modules/lib" "$root/build/tree/usr/"
tar -C "$root/build/tree" --owner=0 --group=0 -cf "$work/modules.tar" usr
rm -rf "$root/build"
keep_work "$suite-uml-$variant-$recipe"
echo "$kernel"
