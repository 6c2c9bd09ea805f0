#!/bin/bash
# Checks the worked example of CONTRIBUTING.md: its diff applies, and its two commands fail, then
# pass, as the page says.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}" "${builddir:?is set by make check}"
command -v patch >/dev/null || { echo "no patch here"; exit 77; }
fail() {
	printf '%s\n' "$@"
	exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# block LANGUAGE: prints the fenced block of that language below the heading of the example.
block() {
	awk -v fence="\`\`\`$1" '/^## / { here = /One change, from the line/ }
		here && inside && /^```/ { exit } inside { print } here && $0 == fence { inside = 1 }' "$srcdir/CONTRIBUTING.md"
}
block diff >"$work/diff"
block sh >"$work/commands"
block text >"$work/red"
[[ $(wc -l <"$work/commands") == 2 ]] || fail 'there are not two commands'
[[ -s $work/diff && -s $work/red ]] || fail 'the diff or the red output is missing'

# This copies the sources and what was built from them into one tree. The dependency files are left
# out, because they name the other tree, and the files that autotools make get the present time so
# that they are not made again.
cp -a "$builddir" "$work/tree"
tar -C "$srcdir" --exclude=.git --exclude=./build --exclude='./build-[!a]*' --exclude='*.o' --exclude='*.a' --exclude=.deps --exclude=./Makefile \
	--exclude=./config.status --exclude=./tests/fuzz/corpus -cf - . | tar -C "$work/tree" -xf -
chmod -R u+w "$work/tree"
find "$work/tree" -name '*.Po' -exec sh -c 'for list; do echo "# dummy" >"$list"; done' - {} +
touch "$work/tree"/{aclocal.m4,configure,config.h.in,Makefile.in,config.status,Makefile,stamp-h1,config.h}
cd "$work/tree"
export MAKEFLAGS="-- srcdir=. top_srcdir=. VPATH=."
unset MFLAGS MAKELEVEL CONNTRACK_PERSIST_TWIN
make -s tests/conntrack-persist-twin >"$work/log" 2>&1 || fail "$(tail "$work/log")"

# The test is changed first, then the source: the diff names the two files in this order.
csplit -s -f "$work/part" "$work/diff" '/^--- /' '{1}'
patch -s -p1 <"$work/part01"
if bash -e "$work/commands" >"$work/log" 2>&1; then
	fail 'green without the change of the source'
fi
while IFS= read -r line; do
	grep -qxF -e "$line" "$work/log" || fail "the commands do not print: $line" "$(cat "$work/log")"
done <"$work/red"
patch -s -p1 <"$work/part02"
bash -e "$work/commands" >"$work/log" 2>&1 || fail "red with the change of the source" "$(cat "$work/log")"
