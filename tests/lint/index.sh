#!/bin/bash
# docs/index.md lists every page, and the twelve questions that README.md has with the same words
# and the same links. Each link leads to a heading with the answer in its first lines.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
cd "$srcdir/docs"
bad=0
complain() {
	echo "$*"
	bad=1
}
# questions PAGE: those of its table that link to an answer, "QUESTION|PAGE#HEADING" as seen from
# docs/.
questions() {
	sed -nE 's/^\| ([^|]*[?]) \| \[[^]]*\]\(([^)]*)\) \|$/\1|\2/p' "$1"
}
# first_screen PAGE#HEADING: the lines of the page from that heading on, or from the top.
first_screen() {
	awk -v place="${1#"${1%%#*}"}" '
		function anchor(title) {
			title = tolower(title)
			gsub(/[^a-z0-9_ -]/, "", title)
			gsub(/ /, "-", title)
			return "#" title
		}
		!on && (place == "" || /^#/ && anchor(substr($0, index($0, " ") + 1)) == place) { on = 1 }
		on && ++lines <= 24' "${1%%#*}"
}
count=$(questions index.md | wc -l)
[[ $count == 12 ]] || complain "docs/index.md has $count of the twelve questions"
diff <(questions ../README.md | sed -E 's/\|#/|..\/README.md#/; s/\|docs\//|/') <(questions index.md) ||
	complain "README.md and docs/index.md do not have the same questions and answers"
# A word of each answer, in the order of the questions.
answers=('max = 1048576' 'uninstall --live' 'Yes[.]' 'Set .max. .* on the host' 'changes no firewall rule' 'plan --connections=500000' 'Neither[.]'
	'max_policy = at_least' '^[|] 2 [|] .*differs' '^top sources' 'grafana[.]json' '2 % of RAM')
index=0
while IFS='|' read -r question link; do
	grep -q -e "${answers[index]}" <<<"$(first_screen "$link")" ||
		complain "\"$question\" is not answered in the first lines of $link: ${answers[index]}"
	index=$((index + 1))
done < <(questions index.md)
for page in *.md *.yml *.json; do
	[[ ! -e $page || $page == index.md ]] || grep -qF "]($page)" index.md || complain "docs/index.md lacks $page"
done
exit $bad
