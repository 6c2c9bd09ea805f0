#!/bin/bash
# Checks what bash offers after the word of an option, and after --option=, which bash splits into
# words.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
cd "${srcdir:-.}"
# shellcheck source=../../completion/conntrack-persist.bash
source completion/conntrack-persist.bash

failed=0
# offers EXPECTED WORD...: checks what bash offers while the last WORD is typed.
offers() {
	local expected=$1 said
	shift
	COMP_WORDS=(conntrack-persist "$@")
	COMP_CWORD=$#
	_conntrack_persist conntrack-persist "${*: -1}" "${COMP_WORDS[COMP_CWORD - 1]}" || :
	said=${COMPREPLY[*]-}
	[[ $said == "$expected" ]] && return
	echo "after \"$*\": \"$said\", not \"$expected\""
	failed=1
}

offers 'plan' pl
offers 'uninstall' help unins
offers 'help' hel
offers '--dry-run' install --dry
offers '' check --dry
offers '--ini' advise --in
offers 'always' --color al
offers 'always' --color = al
offers 'auto always never' --color =
offers 'README.md' -c READ
offers 'README.md' --config = READ
offers 'completion' plan --root = comple
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/an image"
offers "$work/an image" plan --root "$work/an"
[[ ${#COMPREPLY[@]} -eq 1 ]] || { echo "a name with a blank is ${#COMPREPLY[@]} words"; failed=1; }
exit "$failed"
