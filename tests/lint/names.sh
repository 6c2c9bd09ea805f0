#!/bin/bash
# Checks names: no two structs or enums share one, and no static function has a name that says
# nothing in a back trace.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"

# faults FOLDER: prints each name that breaks a rule.
faults() {
	grep -rhoE --include='*.[ch]' '^\s*(struct|enum) [a-z0-9_]+ \{' "$1" | sed 's/^\s*//; s/ {$//' | sort | uniq -d |
		sed 's/$/ is defined twice/'
	grep -rnE --include='*.c' '^static [^=;]*\b(add|take|tell|judge|is_known|load|keep|look|compare|print)\(' "$1" || :
	# A function that prints has "report" in its name, and a parameter is named after its
	# content.
	grep -rnE --include='*.c' '^[a-z][^=;(]*\b(tell|what|who)_[a-z_]+\(' "$1" | grep -v /model/sources/ || :
	grep -rnE --include='*.[ch]' 'struct (runtime \*live|[a-z_]+ \*one)\b' "$1" || :
	# A function that turns an enum into text has a name that says so.
	grep -rnE --include='*.[ch]' '^(static )?const char \*[a-z0-9_]+\((const )?enum ' "$1" |
		grep -vE '\*([a-z0-9_]+_(to_string|describe)|[a-z0-9_]*describe[a-z0-9_]*)\(' | sed 's/$/   (name it *_to_string or *_describe)/' || :
}

found=$(faults "$srcdir/src")
[[ -z $found ]] || { echo "$found"; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'struct a {\n};\n' | tee "$work/one.h" >"$work/two.h"
printf 'static int add(int x)\n{\n}\nconst char *color_word(enum color color);\n' >"$work/three.c"
printf 'static void tell_rest(const struct runtime *live)\n{\n}\nvoid a_done(struct a *one);\n' >"$work/four.c"
[[ $(faults "$work" | wc -l) == 6 ]] || { echo 'planted faults were not found:'; faults "$work"; exit 1; }
