# Functions for the cases resize-waits-*, whose table has too many entries for a resize.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
loaded
run_by_systemd
printf '[conntrack]\nmax = 1000000\nhashsize = 1000000\nmax_policy = exact\nmemory_limit = 2G\n' >c.conf
count=$HOST$KEYS/nf_conntrack_count
# resize SETTING: installs with this setting
resize() {
	sed -i '/apply/,$d' c.conf
	printf '[apply]\nresize = %s\n' "$1" >>c.conf
}
# sizes: prints the live sizes
sizes() {
	echo "hashsize $(<"$HOST$MODULE/parameters/hashsize"), max $(<"$HOST$KEYS/nf_conntrack_max")"
}
anew() {
	loaded
	rm -f "$HOST/written"
	echo "$1" >"$count"
}
