#!/bin/bash
# Every verb and option of --help stands in the manual page and in both completions.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
help=$("$CONNTRACK_PERSIST" --help)
verbs=$(awk '/^Verbs:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' <<<"$help")
options=$(grep -oE '\-\-[a-z-]+' <<<"$(sed -n '/^Options:/,/^Exit:/p' <<<"$help")" | sort -u)
[[ -n $verbs && -n $options ]]
missing=0
for page in man/conntrack-persist.8.scd completion/conntrack-persist.bash completion/_conntrack-persist; do
	for word in $verbs $options; do
		grep -q -e "$word" "$srcdir/$page" || {
			echo "$page lacks $word"
			missing=1
		}
	done
done
awk 'length > 80 { print "over 80 columns: " $0; bad = 1 } END { exit bad }' <<<"$help"
exit $missing
