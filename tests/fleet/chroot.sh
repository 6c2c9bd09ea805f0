#!/bin/bash
# Makes a chroot of a suite with some packages, once for each list of packages; prints its folder.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: chroot.sh SUITE PACKAGE...
#
# The chroot is kept as the guests' images are: use it below an overlay.
#
# VM_CACHE     see ../vm/image.sh
#
# Exit status 77: the mirror that this machine uses does not serve SUITE.
set -euo pipefail

suite=${1:?usage: chroot.sh SUITE PACKAGE...}
shift
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=../vm/suite.sh
. "$here/../vm/suite.sh"

recipe=$(cat "$here/chroot.sh" "$here/../vm/suite.sh" - <<<"$*" | sha256sum | cut -c 1-16)
chroot=$cache/$suite-fleet-$recipe
take_turn "$suite-fleet"
if [ ! -d "$chroot" ]; then
	make_work "$suite-fleet"
	find_mirror "$suite"
	echo "chroot.sh: building a chroot of $suite" >&2
	mmdebstrap "${bootstrap[@]}" --include="$(IFS=,; echo "$*")" "$suite" "$work/root" "$mirror" >&2
	keep_work "$suite-fleet-$recipe"
fi
touch "$chroot"
echo "$chroot/root"
