# shellcheck shell=bash disable=SC2034,SC2154
# Chroots of Debian to build and try things in. Source it after suite.sh.
# SPDX-License-Identifier: LGPL-2.1-or-later

# find_chroot SUITE NAME PACKAGES [OPTION...]: sets chroot and root, and makes the chroot if it does
# not exist, with these packages (divided by commas) and options of mmdebstrap. It is kept as images
# are, so use it below an overlay, or clean up.
find_chroot() {
	local name=$1-$2 recipe
	take_turn "$name"
	recipe=$(cat "${BASH_SOURCE[0]%/*}/suite.sh" - <<<"${*:3}" | sha256sum | cut -c 1-16)
	chroot=$cache/$name-$recipe
	if [ ! -d "$chroot" ]; then
		make_work "$name"
		find_mirror "$1"
		echo "${0##*/}: building the chroot $name" >&2
		mmdebstrap "${bootstrap[@]}" --include="$3" "${@:4}" "$1" "$work/root" "$mirror" >&2
		keep_work "$name-$recipe"
	fi
	touch "$chroot"
	root=$chroot/root
}
