# Functions for the cases upgrade-*: hosts with 32 GB that the first version installed. Their files
# are in upgrade-stays.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
echo 'MemTotal: 32000000 kB' >"$HOST/proc/meminfo"
# upgraded NAME LIVE: makes such a host, with this live max and as many buckets.
upgraded() {
	step "$1"
	rm -rf "$HOST/etc" "$HOST/var" "$HOST/run"
	cp -a "$CASE/../upgrade-stays/$1/." "$HOST/"
	# The sources may be read-only, as in make distcheck; these are the modes that install gave
	# its files.
	find "$HOST" -type d -exec chmod 755 {} +
	find "$HOST/etc" "$HOST/var" -type f -exec chmod 644 {} +
	mkdir -p "$HOST/etc" "$HOST/run"
	loaded
	echo "$2" >"$HOST$KEYS/nf_conntrack_max"
	echo "$2" >"$HOST$MODULE/parameters/hashsize"
	echo 45 >"$HOST$KEYS/nf_conntrack_udp_timeout"
	echo 21600 >"$HOST$KEYS/nf_conntrack_tcp_timeout_established"
	: >"$HOST/journal.log"
	stamp >before
}
stamp() { (cd "$HOST" && find etc var run -printf '%p %i %T@ %C@\n' 2>/dev/null | sort); }
# untouched VERB...: checks that the run changes no file and no value.
untouched() {
	ctp -q "$@"
	stamp | diff before - || fail "$* wrote a file"
	[[ -z $(written) ]] || fail "$* wrote a value"
}
