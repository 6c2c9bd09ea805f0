#!/bin/bash
# A layer includes only itself and those below it.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
cd "$srcdir/src"
status=0
# deny LAYER HIGHER...: no file of the layer includes one of those above it.
deny() {
	local layer=$1
	shift
	if grep -rnE "#include \"($(paste -sd '|' <<<"$(printf '%s\n' "$@")"))/" "$layer"; then
		echo "$layer may not include these"
		status=1
	fi
}
deny base model host gather report steps verbs
deny model host gather report steps verbs
deny host gather report steps verbs
exit $status
