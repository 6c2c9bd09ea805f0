#!/bin/bash
# Prometheus' own promtool takes our metrics and the rules of docs/alerts.yml, and those rules raise their alerts.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
page=$srcdir/docs/monitoring.md
metrics=$srcdir/tests/unit/data/metrics.prom
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	printf '%s\n' "$@"
	exit 1
}

promtool=$(command -v promtool) || {
	status=0
	# The package would start a server.
	promtool=$("$srcdir/tests/unpack.sh" prometheus)/usr/bin/promtool || status=$?
	((status != 77)) || { echo "no promtool here, nor in this distribution's package prometheus"; exit 77; }
	[[ $status == 0 && -x $promtool ]] || fail 'no promtool in package prometheus'
}

# refuses WHAT TEXT: promtool minds metrics of this text, which end in a malformed line.
refuses() {
	if printf '%s\n' "$2" | "$promtool" check metrics >"$work/log" 2>&1; then
		fail "promtool takes $1"
	fi
}

# well_formed FILE: by promtool, and by what it leaves to the collector.
well_formed() {
	local twice
	"$promtool" check metrics <"$1" >"$work/log" 2>&1 || fail "promtool on $1:" "$(<"$work/log")"
	[[ ! -s $work/log ]] || fail "promtool on $1:" "$(<"$work/log")"
	twice=$(grep -v '^#' "$1" | sed 's/ [^ ]*$//' | sort | uniq -d)
	[[ -z $twice ]] || fail "$1: twice: $twice"
	! grep -vE '^(# (HELP|TYPE) )?conntrack_persist_' "$1" || fail "$1: names that are not ours"
}

well_formed "$metrics"
# Of this machine as it is.
"$CONNTRACK_PERSIST" --prometheus status >"$work/host.prom"
well_formed "$work/host.prom"
text=$(<"$metrics")
refuses 'a label without an end' "$text"$'\n''conntrack_persist_live{key="x} 1'
refuses 'a value that is no number' "$text"$'\n''conntrack_persist_module_loaded yes'
refuses 'a gauge with the name of a counter' "$text"$'\n''# HELP a_total x'$'\n''# TYPE a_total gauge'$'\n''a_total 1'
refuses 'a metric without help' "$text"$'\n''conntrack_persist_x 1'

# The page names every metric with its labels, in the order in which they come.
# shellcheck disable=SC2016
told=$(sed -n '/^## The metrics/,/^## Alerts/s/^| `\([a-z_{}]*\)` .*/\1/p' "$page")
given=$(sed -n 's/^conntrack_persist_\([a-z_]*\)\({[a-z]*\)\?.*/\1\2/p' "$metrics" | sed 's/{.*/&}/' | uniq)
[[ $told == "$given" ]] || fail 'docs/monitoring.md names other metrics' "$(diff <(echo "$told") <(echo "$given"))"

# What the rules speak of is there.
cp "$srcdir/docs/alerts.yml" "$work/rules.yml"
while read -r name; do
	grep -q "^${name}[ {]" "$metrics" || fail "a rule speaks of $name"
done < <(grep 'expr:' "$work/rules.yml" | grep -o 'conntrack_persist_[a-z_]*')
"$promtool" check rules "$work/rules.yml" >"$work/log" 2>&1 || fail 'promtool on the rules:' "$(<"$work/log")"
grep -q ' 6 rules found' "$work/log" || fail 'promtool on the rules:' "$(<"$work/log")"
# The page names each of them.
# shellcheck disable=SC2016
told=$(sed -n '/^## Alerts/,$s/^| `\([A-Za-z]*\)` .*/\1/p' "$page")
[[ $told == "$(sed -n 's/^ *- alert: //p' "$work/rules.yml")" ]] || fail 'docs/monitoring.md names other alerts'
sed 's/ > 0\.8/ > > 0.8/' "$work/rules.yml" >"$work/broken.yml"
if "$promtool" check rules "$work/broken.yml" >"$work/log" 2>&1; then
	fail 'promtool takes a broken rule'
fi

# Each alert is raised on host "bad" alone: "good" is full, drifted, refused and complained to a lesser degree or long ago.
cat >"$work/test.yml" <<'END'
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'node_nf_conntrack_entries{instance="bad"}', values: '900x60'}
      - {series: 'node_nf_conntrack_entries{instance="good"}', values: '800x60'}
      - {series: 'node_nf_conntrack_entries_limit{instance="bad"}', values: '1000x60'}
      - {series: 'node_nf_conntrack_entries_limit{instance="good"}', values: '1000x60'}
      - {series: 'conntrack_persist_chain_failures_total{instance="bad"}', values: '5x20 6x39'}
      - {series: 'conntrack_persist_chain_failures_total{instance="good"}', values: '5x60'}
      - {series: 'conntrack_persist_values{instance="bad",state="differs"}', values: '1x60'}
      - {series: 'conntrack_persist_values{instance="bad",state="ok"}', values: '7x60'}
      - {series: 'conntrack_persist_values{instance="good",state="differs"}', values: '0x60'}
      - {series: 'conntrack_persist_values{instance="good",state="ok"}', values: '8x60'}
      - {series: 'conntrack_persist_values{instance="files",state="differs"}', values: '0x60'}
      - {series: 'conntrack_persist_files_differ{instance="bad"}', values: '0x60'}
      - {series: 'conntrack_persist_files_differ{instance="good"}', values: '0x60'}
      - {series: 'conntrack_persist_files_differ{instance="files"}', values: '1x60'}
      - {series: 'conntrack_persist_last_full_message_timestamp_seconds{instance="bad"}', values: '1200x60'}
      - {series: 'conntrack_persist_last_full_message_timestamp_seconds{instance="good"}', values: '60x60'}
      - {series: 'conntrack_persist_namespace_entries{instance="bad",namespace="web"}', values: '1000x60'}
      - {series: 'conntrack_persist_namespace_entries{instance="bad",namespace="db"}', values: '810x60'}
      - {series: 'conntrack_persist_namespace_entries{instance="good",namespace="web"}', values: '800x60'}
      - {series: 'conntrack_persist_namespace_entries_limit{instance="bad",namespace="web"}', values: '1000x60'}
      - {series: 'conntrack_persist_namespace_entries_limit{instance="bad",namespace="db"}', values: '1000x60'}
      - {series: 'conntrack_persist_namespace_entries_limit{instance="good",namespace="web"}', values: '1000x60'}
    promql_expr_test:
      - expr: 'count by (alertname, instance) (ALERTS{alertstate="firing"})'
        eval_time: 25m
        exp_samples:
          - {labels: '{alertname="ConntrackNearlyFull", instance="bad"}', value: 1}
          - {labels: '{alertname="ConntrackNamespaceFull", instance="bad"}', value: 1}
          - {labels: '{alertname="ConntrackNamespaceNearlyFull", instance="bad"}', value: 2}
          - {labels: '{alertname="ConntrackChainsTooLong", instance="bad"}', value: 1}
          - {labels: '{alertname="ConntrackDrift", instance="bad"}', value: 1}
          - {labels: '{alertname="ConntrackDrift", instance="files"}', value: 1}
          - {labels: '{alertname="ConntrackDropsPackets", instance="bad"}', value: 1}
END
"$promtool" test rules "$work/test.yml" >"$work/log" 2>&1 || fail 'the rules raise other alerts:' "$(<"$work/log")"
