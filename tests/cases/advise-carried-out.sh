# Functions for the cases advise-carried-out-*, which follow each advice.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
mkdir -p "$HOST/proc/net/stat"
drop_in=$HOST/etc/conntrack-persist.conf.d/50-advise.conf

# host MAX BUCKETS: makes a fresh host; its table has what `entries` writes.
host() {
	rm -rf "$HOST"/etc/* "$HOST"/var/lib/* "$HOST"/run "$HOST"/namespaces "$HOST/proc/net/nf_conntrack" "$HOST/kernel-messages"
	mkdir -p "$HOST/etc/conntrack-persist.conf.d"
	loaded
	modules 'nf_conntrack 1 xt_conntrack,' 'xt_conntrack 1'
	echo "$1" | tee "$HOST/$KEYS/nf_conntrack_max" >"$HOST/proc/sys/net/nf_conntrack_max"
	echo "$2" | tee "$HOST/$KEYS/nf_conntrack_buckets" >"$HOST/$MODULE/parameters/hashsize"
	echo 120 | tee "$HOST/$KEYS"/nf_conntrack_{tcp_timeout_syn_sent,tcp_timeout_time_wait} >"$HOST/$KEYS/nf_conntrack_udp_timeout_stream"
	echo 60 >"$HOST/$KEYS/nf_conntrack_tcp_timeout_syn_recv"
	printf '%s\n' 'entries searched found new invalid ignore delete chainlength insert insert_failed drop early_drop' \
		"0 0 0 0 0 0 0 ${3-0} 0 0 0 0" >"$HOST/proc/net/stat/nf_conntrack"
	echo 0 >"$HOST/$KEYS/nf_conntrack_count"
}
# entries NUMBER "PROTOCOL TIME [STATE]" SOURCE DESTINATION REPLY FLAGS: writes entries; a port
# "any" differs in each.
entries() {
	awk -v n="$1" -v head="$2" -v source="$3" -v to="$4" -v reply="$5" -v flags="$6" 'BEGIN {
		for (i = 0; i < n; i++) {
			s = source == "any" ? 1024 + i : source
			d = to == "any" ? 1024 + i : to
			printf "ipv4 2 %s src=10.0.0.1 dst=10.9.0.1 sport=%s dport=%s %ssrc=10.9.0.1 dst=10.0.0.1 sport=%s dport=%s %smark=0 use=1\n", head, s, d, reply ? "" : "[UNREPLIED] ", d, s, flags
		}
	}' >>"$HOST/proc/net/nf_conntrack"
	wc -l <"$HOST/proc/net/nf_conntrack" >"$HOST/$KEYS/nf_conntrack_count"
}
proposed() {
	json advise | python3 -c '
import json, sys
for finding in json.load(sys.stdin)["findings"]:
    for setting in finding["settings"]:
        print(setting["name"], "=", setting["value"])' | sort
}
# follow NAME: pastes the lines of the screen with blanks before them, then installs only the lines.
follow() {
	local before again
	step "$1"
	ctp advise | grep -Ev '^(note: |exit 0$)'
	before=$(proposed)
	[[ -n $before ]] || fail "$1: no line was advised"
	step "$1: the lines of the screen"
	ctp advise | sed -n '/^\[/,/^$/s/^/    /p' >"$drop_in"
	[[ $(ask -q plan | tail -1) == 'exit 2' ]] || fail "$1: plan does not take the lines of the screen"
	rm "$drop_in"
	"$CONNTRACK_PERSIST_TWIN" -q advise --ini >lines
	mv lines "$drop_in"
	[[ $(ask -q plan | tail -1) == 'exit 2' ]] || fail "$1: plan does not take the lines"
	step "$1: installed"
	ctp -q install
	[[ $(ask -q check | tail -1) == 'exit 0' ]] || fail "$1: not active after install"
	again=$(comm -12 <(echo "$before") <(proposed))
	[[ -z $again ]] || fail "$1: proposed again: $again"
	# The advice repeats the lines of the file, so that its output can replace the file.
	again=$(comm -23 <(cut -d= -f1 "$drop_in" | sort) <("$CONNTRACK_PERSIST_TWIN" -q advise --ini | cut -d= -f1 | sort))
	[[ -z $again ]] || fail "$1: lost: $again"
}
