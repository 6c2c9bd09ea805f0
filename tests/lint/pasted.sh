#!/bin/bash
# Checks that plan accepts each example of a configuration in the manual, the README and the
# documentation as it is pasted.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CONNTRACK_PERSIST_HOST=$work/host
mkdir -p "$work/host/etc/conntrack-persist.conf.d" "$work/host/var/lib" "$work/host/proc/sys/kernel" "$work/shown"
echo 'MemTotal:        4014616 kB' >"$work/host/proc/meminfo"
echo 6.12.0-1-amd64 >"$work/host/proc/sys/kernel/osrelease"
bad=0

# show PAGE: writes each example of the page to a file. An example begins with a section and ends
# before the first line that is neither a section, a setting, a comment nor empty.
show() {
	awk -v to="$work/shown/$(tr / _ <<<"$1")" '
		/^[ \t]*\[(conntrack|timeouts|options|apply|disable)\][ \t]*(;.*)?$/ { if (!open) file = to "." ++n; open = 1 }
		open && !/^[ \t]*(\[[a-z]+\][ \t]*(;.*)?|[a-z0-9_]+ *=.*|[;#].*)?$/ { open = 0 }
		open { print >file }' "$srcdir/$1"
	# Commands with printf are examples as well; scdoc writes two backslashes for one.
	n=0
	while IFS= read -r text; do
		n=$((n + 1))
		printf '%b' "${text//\\\\/\\}" >"$work/shown/$(tr / _ <<<"$1").printf.$n"
	done < <(sed -n "s/.*printf '\(\[[^']*\)' > *.*conntrack-persist.*/\1/p" "$srcdir/$1")
}

# expect_accepted FILE: checks that plan reads it as a drop-in and finds no error.
expect_accepted() {
	local code=0
	cp "$1" "$work/host/etc/conntrack-persist.conf.d/50-pasted.conf"
	"$CONNTRACK_PERSIST_TWIN" --quiet plan >/dev/null 2>"$work/messages" || code=$?
	[[ $code == [02] ]] || {
		echo "not accepted by plan (exit $code): ${1##*/}"
		cat "$1" "$work/messages"
		bad=1
	}
}

cd "$srcdir"
for page in man/*.scd README.md docs/*.md conntrack-persist.conf examples/*.conf; do
	show "$page"
done
shopt -s nullglob
examples=("$work"/shown/*)
# The examples are the three files of examples/, the configuration with every setting, and those of
# the pages.
((${#examples[@]} >= 12)) || { echo "only ${#examples[@]} examples were found"; bad=1; }
for example in "${examples[@]}"; do
	expect_accepted "$example"
	# Each example is also tried with the indentation of man(1) and of a Markdown list.
	for blanks in '           ' $'\t' '      '; do
		sed "s/^/$blanks/" "$example" >"$work/indented"
		expect_accepted "$work/indented"
	done
done
# The pages teach one order: edit, plan, install. Values that apply alone sets are lost at the next
# load.
taught='^[[:blank:]]*(\$ )?(sudo )?conntrack-persist apply( *#.*)?$'
if grep -nE "$taught" README.md man/*.scd docs/*.md ansible/*.md puppet/*.md; then
	echo "apply is shown as if its values stayed; show plan and install"
	bad=1
fi
exit $bad
