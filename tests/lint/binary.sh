#!/bin/bash
# Checks that the built program has the usual hardening of distributions, starts no program and
# keeps no file in /tmp, and that nothing is installed setuid.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${builddir:?is set by make check}"
program=${1:-$builddir/conntrack-persist}
bad=0
complain() {
	echo "$program: $*"
	bad=1
}
# has GREP-ARGUMENT...: returns whether standard input has a match. It reads the whole input.
has() {
	local text
	text=$(cat)
	grep -q "$@" <<<"$text"
}

header=$(readelf --wide --file-header "$program")
segments=$(readelf --wide --program-headers "$program")
dynamic=$(readelf --wide --dynamic "$program")
symbols=$(readelf --wide --dyn-syms "$program" | awk '{ sub(/@.*/, "", $8); if ($7 == "UND") print $8 }')
# A build for sanitizers, coverage or fuzzing is not meant for a host, so it is not checked.
if has -E '^__(asan|ubsan|gcov|sanitizer)' < <(nm "$program" 2>/dev/null | awk '{ print $NF }'); then
	echo 'an instrumented build: nothing to see here'
	exit 77
fi

has 'Type:.*DYN' <<<"$header" || complain 'not position independent (-pie)'
has 'GNU_RELRO' <<<"$segments" || complain 'no -z relro'
has -E 'BIND_NOW|FLAGS.*NOW' <<<"$dynamic" || complain 'no -z now'
has -E 'GNU_STACK.* RW ' <<<"$segments" || complain 'the stack may be executed'
[[ -z $(awk '/LOAD/ && / RWE /' <<<"$segments") ]] || complain 'memory that may be written and executed'
has -E 'RPATH|RUNPATH' <<<"$dynamic" && complain 'looks for libraries in a folder of its own'
has -x '__stack_chk_fail' <<<"$symbols" || complain 'no -fstack-protector-strong'
has -xE '__[a-z]+_chk' <<<"$symbols" || complain 'no _FORTIFY_SOURCE'
if has 'X86-64' <<<"$header"; then
	# The linker keeps the mark only if the start files of the C library have it, too.
	object=$(find "$builddir/src" -maxdepth 1 -name '*main.o' -print -quit)
	has 'IBT, SHSTK' < <(readelf --wide --notes "$object") || complain "no -fcf-protection in $object"
fi

# These functions start a program, with or without a shell, or make files in /tmp. fork alone starts
# none: the verb hook waits for a copy of itself.
starts='system|popen|vfork|clone|posix_spawn|posix_spawnp|exec[lv]p?e?|execvpe|fexecve|wordexp'
temporary='mkstemp|mkstemps|mkostemp|mkdtemp|mktemp|tmpnam|tempnam|tmpfile'
if found=$(grep -xE "$starts|$temporary|(mkstemp|mkostemp|tmpfile)64" <<<"$symbols"); then
	complain "calls ${found//$'\n'/, }"
fi
has -E '(^|[^a-z])/(var/)?tmp(/|$)' < <(strings -d "$program") && complain 'names /tmp'

# Each library that the program opens by name has a note for people who make packages and images,
# and each note names such a library. The program contains no other names of libraries, except those
# that it is linked with.
announced=$(readelf --string-dump=.note.dlopen "$program" | sed -n 's/.*"soname":\["\([^"]*\)"\].*/\1/p' | sort -u)
linked=$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<<"$dynamic")
opened=$(strings -d "$program" | grep -xE 'lib[A-Za-z0-9_+-]+\.so(\.[0-9]+)*' | grep -vxF "$linked" | sort -u)
if ! diff <(echo "$opened") <(echo "$announced"); then
	complain 'the libraries that it opens (left) are not those of its notes (right)'
fi
# A readelf that does not know this type of note prints it anyway and exits with 1.
has 'FDO .*407c0c0a' < <(readelf --wide --notes "$program" 2>&1) || complain 'its notes are of another type'
if ! readelf --string-dump=.note.dlopen "$program" | sed -n 's/^.*\] *\(\[{.*\)/\1/p' | python3 -c '
import json, sys
for line in sys.stdin:
    (note,) = json.loads(line)
    if set(note) != {"soname", "feature", "description", "priority"} or note["priority"] not in ("required", "recommended"):
        sys.exit(line)'; then
	complain 'one of its notes cannot be read'
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make -s -C "$builddir" install DESTDIR="$work" >"$work/log" 2>&1 || {
	cat "$work/log"
	complain 'make install failed'
}
rm -f "$work/log"
odd=$(find "$work" ! -type l \( -perm /6000 -o -perm /022 \) -not -path "$work")
[[ -z $odd ]] || complain "installed setuid, setgid or writable by others: ${odd//$work/}"
exit $bad
