#!/bin/bash
# A layer includes only itself and those below it; a room of model/ only itself and those that
# docs/architecture.md allows.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: layers.sh [SOURCES]     SOURCES: a folder laid out as src/; without it src/ itself, and
# then planted faults must be found
set -euo pipefail
: "${srcdir:?is set by make check}"

# includes FOLDER: prints what each file of it includes of this project, as "FILE INCLUDED".
includes() {
	grep -rE --include='*.[ch]' '^#include "' "$1" | sed -E 's/^([^:]+):#include "([^"]+)".*/\1 \2/'
}

# only FOLDER ALLOWED...: fails if a file of FOLDER includes a file that is neither in FOLDER nor
# below one of the prefixes ALLOWED.
only() {
	local folder=$1 file included prefix
	shift
	while read -r file included; do
		for prefix in "$folder/" "$@"; do
			[[ $included != "$prefix"* ]] || continue 2
		done
		echo "$file may not include \"$included\""
		status=1
	done < <(includes "$folder")
}

# This reads the rows of docs/architecture.md: "| `model/plan` | ... | config |".
# shellcheck disable=SC2016
rooms() {
	sed -nE 's/^\| `model\/([a-z]+)` \|.*\| ([a-z, ]+|-) \|$/\1 \2/p' "$srcdir/docs/architecture.md" | tr -d ','
}

check() {
	status=0
	local room allowed
	only base
	only model base/
	only host model/ base/
	only gather host/ model/ base/
	only report host/ model/ base/
	only steps gather/ report/ host/ model/ base/
	only verbs steps/ gather/ report/ host/ model/ base/
	while read -r room allowed; do
		# shellcheck disable=SC2086,SC2046
		only "model/$room" base/ $([[ $allowed == - ]] || printf 'model/%s/ ' $allowed)
	done < <(rooms)
	diff <(cd model && printf '%s\n' */ | tr -d / | sort) <(rooms | cut -d ' ' -f 1 | sort) ||
		{ echo 'docs/architecture.md < > the rooms of model/'; status=1; }
	return $status
}

if [[ $# -gt 0 ]]; then
	cd "$1"
	check
	exit
fi
cd "$srcdir/src"
check
# planted FILE INCLUDED: fails unless the check finds this include in a copy.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
planted() {
	rm -rf "$work/src"
	cp -r "$srcdir/src" "$work/src"
	chmod -R u+w "$work/src"
	echo "#include \"$2\"" >>"$work/src/$1"
	if "$srcdir/tests/lint/layers.sh" "$work/src" >"$work/found"; then
		echo "\"$2\" in $1 was not found"
		exit 1
	fi
	grep -qF "$1 may not include \"$2\"" "$work/found"
}
planted host/files/tree.c steps/context.h
planted gather/reading.c options.h
planted model/config/config.c model/plan/plan.h
planted report/report.c gather/reading.h
