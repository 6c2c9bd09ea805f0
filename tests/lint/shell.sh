#!/bin/bash
# No script has anything that shellcheck minds.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
command -v shellcheck >/dev/null || { echo "no shellcheck here"; exit 77; }
cd "$srcdir"
{
	find . \( -name .git -o -name build-aux -o -name autom4te.cache -o -name m4 \) -prune -o -name '*.sh' -type f -print0
	grep -rlZ --exclude-dir=.git --exclude-dir=build-aux --exclude-dir=autom4te.cache -m 1 \
		'^#!/bin/\(ba\)\?sh' quickstart run-tests scripts tests bench debian .ci 2>/dev/null || :
} | sort -zu | grep -zvE '/cases/|/field/hosts/|configure' | xargs -0 shellcheck -x
