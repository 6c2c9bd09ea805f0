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
# shellcheck source=../vm/chroot.sh
. "$here/../vm/chroot.sh"
find_chroot "$suite" fleet "$(IFS=,; echo "$*")"
echo "$root"
