#!/bin/bash
# Checks that the hook of container engines is what oci-hooks(5) calls a 1.0.0 hook, that it names
# the installed program, and that only --with-oci-hooks installs it.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}" "${builddir:?is set by make check}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# judge FILE PROGRAM: the schema of oci-hooks(5), as strict as this file needs it. There is no
# "timeout", because a runtime fails the start when it passes; the program ends by itself.
cat >"$work/judge" <<'END'
import json, sys

def same_once(pairs):
    assert len(dict(pairs)) == len(pairs), "a member is there twice"
    return dict(pairs)

with open(sys.argv[1]) as file:
    hook = json.load(file, object_pairs_hook=same_once)
assert set(hook) == {"version", "hook", "when", "stages"}, sorted(hook)
assert hook["version"] == "1.0.0", hook["version"]
assert hook["when"] == {"always": True}, hook["when"]
assert hook["stages"] == ["createRuntime"], hook["stages"]
assert set(hook["hook"]) == {"path", "args"}, sorted(hook["hook"])
assert hook["hook"]["path"] == sys.argv[2] and sys.argv[2].startswith("/"), hook["hook"]["path"]
# The program takes "hook" for its verb only as the first word, and args[0] is its name.
assert hook["hook"]["args"] == ["conntrack-persist", "hook"], hook["hook"]["args"]
END
judge() {
	python3 "$work/judge" "$@" 2>"$work/said"
}

sed 's|@sbindir@|/usr/sbin|' "$srcdir/oci/conntrack-persist.json.in" >"$work/hook.json"
judge "$work/hook.json" /usr/sbin/conntrack-persist || { tail -n 1 "$work/said"; exit 1; }
# Planted faults are found.
for fault in 's/1\.0\.0/1.1.0/' 's/"args".*/&,/' 's/\["conntrack-persist", "hook"\]/&, "timeout": 1/' \
	's/createRuntime/prestart/' 's/"hook"\]/"-v", "hook"]/' 's/true/false/' 's/"always"/"always": true, &/' 's|/usr/sbin|.|'; do
	sed "$fault" "$work/hook.json" >"$work/faulty.json"
	! judge "$work/faulty.json" /usr/sbin/conntrack-persist || { echo "not found: $fault"; exit 1; }
done

# make install writes it only with the option.
made=$(env -u MAKEFLAGS -u MAKELEVEL make -n -C "$builddir" install-data DESTDIR="$work/root" 2>/dev/null |
	grep -c 'oci/conntrack-persist\.json' || :)
if grep -q '^ocihooks_DATA = ' "$builddir/Makefile"; then
	((made > 0)) || { echo 'configured with --with-oci-hooks, and make install leaves the hook out'; exit 1; }
else
	((made == 0)) || { echo 'make install installs the hook unasked'; exit 1; }
fi
