#!/bin/bash
# Checks what people read: words that the house style forbids, thousands separators in pages, and
# the width of pages and of comments in scripts. tests/lint/words.sh checks the spelling.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: prose.sh [TOP]
#   TOP  a folder laid out as the sources; without it the sources themselves, and then planted faults
#        must be found
# tests/lint/prose-exceptions lists texts that stay as they are, by place and reason.
set -euo pipefail
: "${srcdir:?is set by make check}"

# A pattern, and what to write instead.
forbidden='shall|must, will
all the same|anyway, still
anew|again
in force|active
(is|are|was|were) to be|must be, should be
(has|have|had) to be|must be
see(s|n)? to (it|that)|make sure
(take|takes|took|taken|taking) (it |them |that |this |those )?out|remove
pass(es|ed|ing)? over|skip, ignore
in these words|say which
tell(s|ing)? of|describe, report
(is|are|was|were) told|is reported
somebody|a user, another program
brought to the values|set'
pages_width=160
comments_width=100

# in_pages TOP: prints the paragraphs of pages and manuals, each as "FILE:LINE: text", without
# blocks of commands, code spans, quotes and targets of links.
in_pages() {
	(cd "$1" && find README.md CONTRIBUTING.md NEWS docs man conntrack-persist.conf examples ansible puppet systemd \
		\( -name '*.md' -o -name '*.scd' -o -name NEWS -o -name '*.conf' -o -name '*.catalog' \) ! -path '*/pictures/*' 2>/dev/null) |
		sort | while read -r file; do
		awk -v file="$file" '
			function flush() { if (text != "") print file ":" start ": " text; text = "" }
			/^[ \t]*```/ { fence = !fence; flush(); next }
			fence || /^(    |\t\t)[^ \t]/ { flush(); next }
			/^[ \t]*$/ || /^[ \t]*[|#*-] ?/ { flush() }
			/^[ \t]*$/ { next }
			{
				line = $0
				sub(/^[ \t]*[;#>]+ ?/, "", line)
				gsub(/`[^`]*`/, "CODE", line)
				gsub(/"[^"]*"/, "QUOTE", line)
				gsub(/\]\([^)]*\)/, "]", line)
				if (text == "") start = NR
				text = text " " line
			}
			END { flush() }' "$1/$file"
	done
}

# in_sources TOP: prints each comment and text of the C sources, each as "FILE: text".
in_sources() {
	(cd "$1" && find src tests -name '*.[ch]' 2>/dev/null) | sort | while read -r file; do
		awk -v file="$file" '
			{ all = all $0 "\n" }
			END {
				gsub(/"[ \t]*\n[ \t]*"/, "", all)
				token = "/[*]([^*]|[*]+[^*/])*[*]+/|\"([^\"\\\\]|\\\\.)*\"|\x27([^\x27\\\\]|\\\\.)*\x27"
				while (match(all, token)) {
					text = substr(all, RSTART, RLENGTH)
					all = substr(all, RSTART + RLENGTH)
					gsub(/\n[ \t]*[*]?/, " ", text)
					gsub(/[ \t]+/, " ", text)
					if (text ~ / /) print file ": " text
				}
			}' "$1/$file"
	done
}

# scripts TOP: the scripts of tests, scripts and bench.
scripts() {
	(cd "$1" || exit
	find tests scripts bench -type f ! -path '*/hosts/*' ! -path '*/expected*' ! -path '*/data/*' ! -path '*/corpus/*' \
		\( -name '*.sh' -print -o -path 'tests/cases/*/cmd' -print -o ! -name '*.*' -exec grep -qE '^#!/bin/(ba)?sh' {} \; -print \) 2>/dev/null || :) | sort -u
}

# in_scripts TOP: prints each comment of scripts, with the lines that it goes on in.
in_scripts() {
	scripts "$1" | while read -r file; do
		awk -v file="$file" '
			function flush() { if (text != "") print file ":" start ": " text; text = "" }
			/^[ \t]*#[^!]/ { line = $0; sub(/^[ \t]*# ?/, "", line); if (text == "") start = NR; text = text " " line; next }
			{ flush() }
			END { flush() }' "$1/$file"
	done
}

# without_exceptions TOP: leaves the listed texts out.
without_exceptions() {
	local list=$1/tests/lint/prose-exceptions
	if [[ -e $list ]]; then
		grep -vF -f <(sed -n 's/^\([^#|]*\) | \(.*\) | .*/\2/p' "$list") || :
	else
		cat
	fi
}

# find_forbidden TOP
find_forbidden() {
	local pattern instead bad=0 found
	{ in_pages "$1"; in_sources "$1"; in_scripts "$1"; } | without_exceptions "$1" >"$texts"
	while IFS= read -r line; do
		pattern=${line%|*} instead=${line##*|}
		found=$(grep -iE "(^|[^[:alnum:]_-])($pattern)([^[:alnum:]_-]|\$)" "$texts") || continue
		found=$(sed -E "s/^([^ ]*: ).*(.{60})\<($pattern)\>/\1...\2\3/I" <<<"$found" | cut -c1-200)
		echo "write \"$instead\" instead of \"$pattern\":"
		echo "$found"
		bad=1
	done <<<"$forbidden"
	return $bad
}

# find_plain_numbers TOP: numbers of five digits and more in the prose of pages. Text that a reader
# types has plain digits: "= N" and the defaults of the manuals; so have numbers of issues,
# "[systemd 24031]".
find_plain_numbers() {
	local found
	found=$({ in_pages "$1" | without_exceptions "$1" | grep -vE '^[^:]*:[0-9]+:  *\|' | grep -E '^(README|CONTRIBUTING|docs|man)' |
		sed -E 's/\[[a-z]+ [0-9]+\]?//g; s/= [0-9]+//g; s/[dD]efault:? [0-9]+//g' | grep -oE '^[^ ]*:[0-9]+: |(^|[ (])[0-9]{5,}($|[ ,.;)])' |
		awk '/:[0-9]+: $/ { place = $0; next } { print place $0 }'; } || :)
	[[ -z $found ]] || { echo "$found"; return 1; }
}

# find_wide TOP: lines of pages over 160 columns, but for tables, links, pictures and blocks of
# commands; and comments of scripts over 100.
find_wide() {
	local bad=0 file
	while read -r file; do
		awk -v file="$file" -v most="$pages_width" '
			/^[ \t]*```/ { fence = !fence; next }
			fence || /^(    |\t|\||<|!?\[|- \[|- (Does|What|Where|When|Who)|;)/ { next }
			length > most { print file ":" FNR ": over " most " columns"; bad = 1 }
			END { exit bad }' "$1/$file" || bad=1
	done < <(cd "$1" && find README.md CONTRIBUTING.md NEWS docs man \( -name '*.md' -o -name '*.scd' -o -name NEWS \) 2>/dev/null | sort)
	while read -r file; do
		expand -t8 "$1/$file" | awk -v file="$file" -v most="$comments_width" '
			/^ *# / && !/shellcheck|[^ ]  +[^ ]/ && length > most { print file ":" FNR ": a comment over " most " columns"; bad = 1 }
			END { exit bad }' || bad=1
	done < <(scripts "$1")
	return $bad
}

check() {
	local bad=0
	find_forbidden "$1" || bad=1
	find_plain_numbers "$1" || { echo 'write these numbers with thousands separators'; bad=1; }
	find_wide "$1" || bad=1
	return $bad
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
texts=$work/texts
if [[ -n ${1:-} ]]; then
	check "$1"
	exit
fi
check "$srcdir"

# Each exception is still needed, and has a reason.
grep -v '^#' "$srcdir/tests/lint/prose-exceptions" | while IFS= read -r line; do
	[[ $line == *' | '*' | '?* ]] || { echo "an exception without place, text or reason: $line"; exit 1; }
	text=${line#* | } text=${text% | *}
	grep -rqF -- "$text" "$srcdir/${line%% | *}" || { echo "an exception that is not needed any more: $line"; exit 1; }
done

# finds FILE TEXT: fails unless the check rejects a file with this text.
finds() {
	rm -rf "$work/planted"
	mkdir -p "$work/planted/$(dirname "$1")"
	printf '%b\n' "$2" >"$work/planted/$1"
	if check "$work/planted" >"$work/out"; then
		echo "a planted fault is not found in $1: $2"
		exit 1
	fi
}
finds docs/planted.md 'The values are all the\nsame set.'
finds man/planted.scd 'The rule is to be installed.'
finds README.md 'Somebody sets them.'
finds src/model/planted.c 'static const char text[] = "the file is written an"\n\t\t\t   "ew";'
finds src/model/planted.c '/*\n * The live value shall\n * be kept.\n */'
finds tests/unit/planted.c 'int a; /* The value in force. */'
finds tests/planted.sh '#!/bin/bash\n# The module is passed\n# over.'
finds tests/cases/planted/cmd '# What it tells of.'
finds docs/planted.md 'There are 262144 entries.'
finds docs/planted.md "$(printf '%0161d' 0)"
finds scripts/planted "#!/bin/bash\n# $(printf '%0100d' 0)"
