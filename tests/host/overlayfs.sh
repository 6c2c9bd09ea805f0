#!/bin/bash
# Containers and live images: the same guarantees on overlayfs, with layers on one file system and
# on two.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Everything lies below /tmp, which is an overlayfs in a mount namespace of this test's own. The
# programs are run from /mnt, because the path of theirs can lie below /tmp.
set -euo pipefail
: "${builddir:?is set by make check}"
if [[ ${1-} != inside ]]; then
	script=$(realpath "$0")
	cd "$builddir"
	user=()
	[[ $EUID == 0 ]] || user=(--user --map-root-user)
	unshare "${user[@]}" --mount true 2>/dev/null || { echo 'needs root, or namespaces of users'; exit 77; }
	# Bash reads the script from a descriptor for the same reason.
	# Without rights on the host, overlayfs keeps its marks in user attributes.
	exec unshare "${user[@]}" --mount --propagation private bash -s inside "${user[0]+,userxattr}" <"$script"
fi

marks=$2
mount --bind . /mnt
cd /mnt
fail() {
	printf 'FAILED: %s\n' "$layers: $1" "${@:2}"
	exit 1
}
# layers OPTION: mounts a new overlayfs at /tmp; with "same" the lower layer is on the same file
# system.
layers() {
	local option=$1
	layers="layers with $option"
	mount -t tmpfs none /tmp
	mkdir /tmp/{lower,upper}
	[[ $option == same ]] || mount -t tmpfs none /tmp/lower
	mount -t tmpfs none /tmp/upper
	[[ $option != same ]] || mount --bind /tmp/upper /tmp/lower
	mkdir -p /tmp/upper/{upper,work} /tmp/lower/lower
	fill /tmp/lower/lower
	[[ $option == same ]] && option= || option=,$option
	option=lowerdir=/tmp/lower/lower,upperdir=/tmp/upper/upper,workdir=/tmp/upper/work$option$marks
	mount -t overlay -o "$option" none /tmp ||
		{ echo 'this kernel mounts no overlayfs here'; exit 77; }
}
# fill FOLDER: makes an installed image, with files that have one name and two names.
fill() {
	local kind
	for kind in names links; do
		mkdir -p "$1/$kind"/{etc,var/lib}
		printf '[conntrack]\nmax = 100000\n' >"$1/$kind/etc/conntrack-persist.conf"
		./conntrack-persist --quiet --root="$1/$kind" install
	done
	find "$1/links" -type f -exec ln {} {}.other \;
}

for option in same xino=off xino=on; do
	layers $option
	for test in commit directory; do
		said=$(tests/unit/host/files/test-tree-$test 2>&1) || fail "test-tree-$test" "$said"
	done
	for kind in names links; do
		image=/tmp/$kind
		printf '[conntrack]\nmax = 200000\n' >"$image/etc/conntrack-persist.conf"
		said=$(./conntrack-persist --root=$image install 2>&1) || fail "$kind: install" "$said"
		said=$(./conntrack-persist --root=$image check 2>&1) || fail "$kind: check" "$said"
		said=$(./conntrack-persist --root=$image uninstall 2>&1) || fail "$kind: uninstall" "$said"
		left=$(find $image -type f -name '*conntrack-persist*' ! -name '*.other' ! -name conntrack-persist.conf)
		[[ -z $left ]] || fail "$kind: uninstall left" "$left"
	done
done
