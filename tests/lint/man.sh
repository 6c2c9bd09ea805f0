#!/bin/bash
# Checks that the manual pages are well-formed, describe every setting and no other, and show
# examples that the program accepts.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() {
	echo "$*"
	bad=1
}

for page in "$srcdir"/man/*.scd; do
	scdoc <"$page" >/dev/null || complain "${page##*/}: scdoc refuses it"
done
"$srcdir/scripts/markdown-to-scdoc" -v name=page -v section=7 -v about=test "$srcdir/docs/troubleshooting.md" >"$work/page.scd"
scdoc <"$work/page.scd" >/dev/null || complain "troubleshooting.md: scdoc refuses what is made of it"

# Prints a line "[section] name" for each setting in the program's order; with "full" also ", unit,
# default X" as the pages write it.
settings() {
	"$CONNTRACK_PERSIST" --json keys | python3 -c '
import json, sys
for key in json.load(sys.stdin)["keys"]:
    unit = {"s": ", seconds", "": ""}.get(key["unit"], ", " + key["unit"])
    full = unit + ", default " + key["default"] if len(sys.argv) > 1 else ""
    print("[" + key["section"] + "] " + key["name"] + full)' "$@"
}
# Reads the same from a page, whose sections are named after those of the configuration.
documented() {
	awk '
		/^# / { section = /^# \[/ ? $2 : "" }
		section && /^\*[a-z0-9_]+\*/ { sub(/^\*/, ""); sub(/\*/, ""); print section " " $0 }' "$srcdir/man/$1"
}
settings >"$work/names"
[[ -s $work/names ]]
documented conntrack-persist.conf.5.scd | cut -d' ' -f1,2 | diff "$work/names" - ||
	complain "conntrack-persist.conf(5): lacks < or has > what the program does not know"
settings full | diff - <(documented conntrack-persist-keys.7.scd) ||
	complain "conntrack-persist-keys(7): lacks < or has > what the program does not know"

# Tries the examples in conntrack-persist.conf(5) on a host with 2 GB and the larger entries of old
# kernels. If an example is also a file of its own, its first line names that file.
export CONNTRACK_PERSIST_HOST=$work/host
mkdir -p "$work/shown" "$work/host/etc" "$work/host/var/lib" "$work/host/proc/sys/kernel"
echo 'MemTotal:        2014616 kB' >"$work/host/proc/meminfo"
echo 5.10.0-32-amd64 >"$work/host/proc/sys/kernel/osrelease"
awk -v to="$work/shown" '
	!open && /^# / { on = $0 == "# EXAMPLES" }
	on && /^```/ { open = !open; name = ""; next }
	open && !name { name = $1 == ";" && $2 ~ /\.conf:$/ ? substr($2, 1, length($2) - 1) : "unnamed" ++n ".conf" }
	open { print >(to "/" name) }' "$srcdir/man/conntrack-persist.conf.5.scd"
for example in "$work"/shown/*; do
	code=0
	"$CONNTRACK_PERSIST_TWIN" --quiet --config="$example" plan >/dev/null 2>"$work/messages" || code=$?
	[[ $code -eq 2 && ! -s $work/messages ]] || {
		cat "$work/messages"
		complain "conntrack-persist.conf(5): its example ${example##*/} is not accepted without a warning (exit $code)"
	}
done
# If a line ends in "prints:", the block after it must be what the program printed in some case.
# Line breaks of the terminal count as blanks; "..." stands for lines that are left out.
python3 - "$srcdir" <<'END' || bad=1
import pathlib, re, sys
top = pathlib.Path(sys.argv[1])
said = " ".join(path.read_text(errors="replace") for path in sorted(top.glob("tests/cases/*/expected.txt")))
said = " ".join(said.replace("HOST/", "/").split())
count = bad = 0
for page in sorted(top.glob("man/*.scd")) + [top / "docs/troubleshooting.md"]:
    for block in re.findall(r"prints:\n\n```\n(.*?)\n```", page.read_text(), re.S):
        for part in re.split(r"(?m)^\.\.\.$", block):
            count += 1
            part = " ".join(part.split())
            if part not in said:
                print(f"{page.name}: no case prints: {part}")
                bad = 1
if count < 8:
    print(f"only {count} printed blocks were found in the pages")
    bad = 1
sys.exit(bad)
END
# conntrack-persist(8) names what the program and its units have.
# has SECTION WORD...: the section has each word.
has() {
	local text word
	text=$(awk -v section="$1" '/^# / { on = $0 == "# " section } on' "$srcdir/man/conntrack-persist.8.scd")
	(($# > 3)) || complain "only ${*:2} for $1"
	for word in "${@:2}"; do
		grep -qF -- "$word" <<<"$text" || complain "conntrack-persist(8): $1 lacks $word"
	done
}
mapfile -t words < <(grep -rhoE '(getenv|size_from)\("[A-Z_]+"' "$srcdir/src" | sed 's/.*"\(.*\)"/\1/' | sort -u)
has ENVIRONMENT "${words[@]}"
mapfile -t words < <(cd "$srcdir/systemd" && printf '%s\n' *.timer *.service.in | sed 's/\.in$//')
has FILES "${words[@]}"
mapfile -t words < <(sed -n 's/^#define JOURNAL_[A-Z_]*\s*"\([0-9a-f]\{32\}\)".*/\1/p' "$srcdir/src/host/systemd/journal.h"
	grep -rhoE '"CONNTRACK_PERSIST_[A-Z]+=' "$srcdir/src" | tr -d '"=' | sort -u)
has JOURNAL "${words[@]}"
mapfile -t words < <("$CONNTRACK_PERSIST" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/*\1*/p')
has VERBS "${words[@]}"
for file in "$srcdir"/examples/*.conf; do
	name=$(basename "$file" .conf)
	diff "$file" "$work/shown/$name.conf" ||
		complain "conntrack-persist.conf(5) shows another $name.conf than examples/"
done
exit $bad
