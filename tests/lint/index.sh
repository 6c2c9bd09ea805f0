#!/bin/bash
# docs/index.md lists every page, and the twelve questions that README.md answers or links, each with the same words.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
cd "$srcdir"
bad=0
complain() {
	echo "$*"
	bad=1
}
# questions PAGE: those of its table that link to an answer.
questions() {
	sed -nE 's/^\| ([^|]*[?]) \| \[[^]]*\]\([^)]*\) \|$/\1/p' "$1"
}
count=$(questions docs/index.md | wc -l)
[[ $count == 12 ]] || complain "docs/index.md has $count of the twelve questions"
diff <(questions README.md) <(questions docs/index.md) || complain "README.md and docs/index.md do not have the same questions"
for page in docs/*.md docs/*.yml docs/*.json; do
	[[ ! -e $page || $page == docs/index.md ]] || grep -qF "](${page#docs/})" docs/index.md || complain "docs/index.md lacks $page"
done
exit $bad
