#!/bin/bash
# Sources keep to 100 columns, and no comment begins with a word that leaves its subject open (the
# folders in `done` so far, but for what gather reads of the boot).
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: comments.sh [SOURCES]     SOURCES: a folder laid out as src/; without it src/ itself, and
# then planted faults must be found
set -euo pipefail
: "${srcdir:?is set by make check}"
done=(base gather host model report steps verbs)

check() {
	local status=0 file
	while read -r file; do
		expand -t8 "$file" | awk -v file="$file" 'length > 100 { print file ":" NR ": over 100 columns"; found = 1 } END { exit found }' || status=1
		# The first words of a comment follow its opening, or the star of the next line.
		awk -v file="$file" '
			function judge(text) {
				if (text ~ /^(What|Who|Whose|Whom|Whatever|Whoever|That|Those|It|One that|One who|Everything that) /) {
					print file ":" NR ": a comment that begins with \"" text "\""
					found = 1
				}
			}
			opened { sub(/^[ \t]*\* /, ""); judge($0); opened = 0 }
			/\/\*$/ { opened = 1 }
			match($0, /\/\* /) { judge(substr($0, RSTART + 3)) }
			END { exit found }' "$file" || status=1
	done < <(cd "$1" && find "${done[@]}" -name '*.[ch]' ! -path 'gather/boot-*' ! -path 'gather/users.*' -printf "$1/%p\n")
	return $status
}

if [[ -n ${1:-} ]]; then
	check "$1"
	exit
fi
check "$srcdir/src"

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
# finds LINE: fails unless the check rejects a file with this line.
finds() {
	mkdir -p "${done[@]/#/$planted/}"
	printf '%b\n' "$1" >"$planted/base/planted.c"
	if check "$planted" >"$planted/out"; then
		echo "a planted fault is not found: $1"
		exit 1
	fi
}
finds "/* $(printf '%0100d' 0) */"
finds "\\t\\t\\t\\t\\t\\t\\t\\t\\t\\t\\t\\tint too_far;"
finds '/* What is left of it. */'
finds '\t/*\n\t * Those that are left.\n\t */'
finds 'int a; /* It is here. */'
