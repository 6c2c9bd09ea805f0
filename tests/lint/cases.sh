#!/bin/bash
# A case fails if it runs the program on a host that it has changed and no step line says how.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}" "${CONNTRACK_PERSIST_TWIN:?is set by make check}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() {
	printf '%s\n' "$@"
	bad=1
}

for cmd in "$srcdir"/tests/cases/*/cmd; do
	name=$(basename "$(dirname "$cmd")")
	[[ $(head -n 1 "$cmd") == '# '* ]] || complain "$name: the first line does not say what the case is about"
	# run-case.sh does not see these runs, so that their output may only be searched or kept.
	! grep -n 'CONNTRACK_PERSIST_TWIN' "$cmd" | grep -v '[|>]' || complain "$name: run the program with ctp or ask"
done

# planted LINE: runs a case of this line, whose output nobody compares.
planted() {
	rm -rf "$work/case"
	mkdir "$work/case"
	printf '%s\n' '# A case.' "$1" >"$work/case/cmd"
	"$srcdir/tests/run-case.sh" "$work/case" 2>&1
}
change="echo 1 >\"\$HOST/etc/file\""
for line in 'ctp -V' 'configured; ctp -V' "step a; ctp -V; $change; ctp -V" "step a; ctp -V; $change; ask -V | has . ; ctp -V"; do
	said=$(planted "$line") && complain "accepted without a step line: $line"
	[[ $said == *'no step line says what is different before: conntrack-persist -V'* ]] || complain "$line: $said"
done
for line in 'step a; ctp -V; ctp -V' "step a; $change; ctp -V" "step a; ctp -V; step b; $change; ctp -V" "$change; ask -V | has ."; do
	said=$(planted "$line") || complain "refused: $line" "$said"
done
exit "$bad"
