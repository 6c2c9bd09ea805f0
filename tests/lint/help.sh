#!/bin/bash
# Checks that every verb and option of --help is in the manual page and in both completions.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
help=$("$CONNTRACK_PERSIST" --help)
verbs=$(awk '/^Verbs:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' <<<"$help")
options=$(sed -nE '/^Options of some verbs/,/^Exit/ s/^ +(-., )?(--[a-z-]+).*/\2/p' <<<"$help" | sort -u)
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
# "help VERB" prints the same line about the verb as the list, then a usage line, an example and the
# meaning of each exit status.
for verb in $verbs; do
	one=$("$CONNTRACK_PERSIST" help "$verb")
	[[ $one == "Usage: conntrack-persist $verb [OPTION]..."$'\n'*$'\n\nExamples:\n  '*$'\n\nExit status: 0 '* ]] || {
		echo "help $verb lacks a part"
		missing=1
	}
	# Each example runs its verb.
	while read -r example; do
		[[ $example =~ ^(sudo )?conntrack-persist\ [^\>]*$verb ]] || { echo "help $verb: $example"; missing=1; }
	done < <(sed -n '/^Examples:/,/^$/s/^  //p' <<<"$one")
	[[ $one == "$("$CONNTRACK_PERSIST" "$verb" --help)" ]] || { echo "$verb --help is not help $verb"; missing=1; }
	help+=$'\n'$one
done
awk 'length > 79 { print "over 79 columns: " $0; bad = 1 } END { exit bad }' <<<"$help"
exit $missing
