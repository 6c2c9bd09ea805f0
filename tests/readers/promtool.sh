#!/bin/bash
# Prometheus' own promtool accepts our metrics and the rules of docs/alerts.yml, and these rules
# raise their alerts.
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

# refuses WHAT TEXT: checks that promtool rejects metrics with this text, which end in a malformed
# line.
refuses() {
	if printf '%s\n' "$2" | "$promtool" check metrics >"$work/log" 2>&1; then
		fail "promtool takes $1"
	fi
}

# well_formed FILE: checks a file with promtool, and the rules that promtool leaves to the
# collector.
well_formed() {
	local twice
	"$promtool" check metrics <"$1" >"$work/log" 2>&1 || fail "promtool on $1:" "$(<"$work/log")"
	[[ ! -s $work/log ]] || fail "promtool on $1:" "$(<"$work/log")"
	twice=$(grep -v '^#' "$1" | sed 's/ [^ ]*$//' | sort | uniq -d)
	[[ -z $twice ]] || fail "$1: twice: $twice"
	! grep -vE '^(# (HELP|TYPE) )?conntrack_persist_' "$1" || fail "$1: names that are not ours"
}

well_formed "$metrics"
# The metrics of this machine as it is.
"$CONNTRACK_PERSIST" --prometheus status >"$work/host.prom"
well_formed "$work/host.prom"
text=$(<"$metrics")
refuses 'a label without an end' "$text"$'\n''conntrack_persist_live{key="x} 1'
refuses 'a value that is no number' "$text"$'\n''conntrack_persist_module_loaded yes'
refuses 'a gauge with the name of a counter' "$text"$'\n''# HELP a_total x'$'\n''# TYPE a_total gauge'$'\n''a_total 1'
refuses 'a metric without help' "$text"$'\n''conntrack_persist_x 1'

# The page names every metric with its labels, in the order of the output.
# shellcheck disable=SC2016
told=$(sed -n '/^## The metrics/,$s/^| `\([a-z_{}]*\)` .*/\1/p' "$page")
given=$(sed -n 's/^conntrack_persist_\([a-z_]*\)\({[a-z]*\)\?.*/\1\2/p' "$metrics" | sed 's/{.*/&}/' | uniq)
[[ $told == "$given" ]] || fail 'docs/monitoring.md names other metrics' "$(diff <(echo "$told") <(echo "$given"))"

# The metrics that the rules use exist.
cp "$srcdir/docs/alerts.yml" "$work/rules.yml"
while read -r name; do
	grep -q "^${name}[ {]" "$metrics" || fail "a rule speaks of $name"
done < <(grep -o 'conntrack_persist_[a-z_]*' "$work/rules.yml")
"$promtool" check rules "$work/rules.yml" >"$work/log" 2>&1 || fail 'promtool on the rules:' "$(<"$work/log")"
grep -q ' 11 rules found' "$work/log" || fail 'promtool on the rules:' "$(<"$work/log")"
# The page names each alert.
# shellcheck disable=SC2016
told=$(sed -n '/^## Alerts/,/^## The metrics/s/^| `\([A-Za-z]*\)` .*/\1/p' "$page")
[[ $told == "$(sed -n 's/^ *- alert: //p' "$work/rules.yml")" ]] || fail 'docs/monitoring.md names other alerts'
sed 's/ > 0\.8/ > > 0.8/' "$work/rules.yml" >"$work/broken.yml"
if "$promtool" check rules "$work/broken.yml" >"$work/log" 2>&1; then
	fail 'promtool takes a broken rule'
fi

# Each rule has a severity, what happened, what to do, and a link to a heading of that page. The
# anchors are made as GitHub makes them.
sed -n 's/^#\+ //p' "$srcdir/docs/troubleshooting.md" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g' >"$work/anchors"
awk -v anchors="$work/anchors" '
	BEGIN { while ((getline line < anchors) > 0) known[line] = 1 }
	function check(  name) {
		if (rule && (!severity || !summary || !description || !link)) { print rule " lacks a part"; bad = 1 }
		severity = summary = description = link = 0
	}
	/- alert:/ { check(); rule = $3 }
	/severity: (warning|critical)$/ { severity = 1 }
	/summary: ".*labels.instance/ { summary = 1 }
	/description: ".*[a-z.]"$/ { description = 1 }
	/runbook_url: "troubleshooting.md#[a-z-]*"$/ {
		link = 1
		gsub(/.*#|"/, "")
		if (!($0 in known)) { print rule ": docs/troubleshooting.md has no heading #" $0; bad = 1 }
	}
	END { check(); exit bad }' "$work/rules.yml" || fail 'see above'
# The command at the top of the file puts an address before each link.
command=$(sed -n 's/^# *\(sed -i .*\) alerts.yml$/\1/p' "$work/rules.yml")
[[ $command == sed* ]] || fail 'the command at the top of the rules is gone'
cp "$work/rules.yml" "$work/linked.yml"
(cd "$work" && eval "$command linked.yml")
[[ $(grep -c 'runbook_url: "https://[^"]*/troubleshooting.md#' "$work/linked.yml") == 11 ]] || fail 'the command leaves links as they are'
"$promtool" check rules "$work/linked.yml" >"$work/log" 2>&1 || fail 'promtool on the rules with links:' "$(<"$work/log")"

# Each alert is raised on host "bad" alone: "good" is full, drifted, refused and complained to a
# lesser degree or long ago. The hosts of the forecast: "grows" will be full in 3 h 45 min, "slow"
# in 8 h, "wave" comes and goes each half an hour, "drains" was full, "young" grows fast from
# little.
cat >"$work/test.yml" <<'END'
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'node_nf_conntrack_entries{instance="bad"}', values: '900x120'}
      - {series: 'node_nf_conntrack_entries{instance="good"}', values: '800x120'}
      - {series: 'node_nf_conntrack_entries_limit{instance="bad"}', values: '1000x120'}
      - {series: 'node_nf_conntrack_entries_limit{instance="good"}', values: '1000x120'}
      - {series: 'conntrack_persist_losses_total{instance="counted",counter="drop"}', values: '5x20 6x99'}
      - {series: 'conntrack_persist_losses_total{instance="good",counter="drop"}', values: '5x120'}
      - {series: 'conntrack_persist_losses_total{instance="good",counter="early_drop"}', values: '5+1x120'}
      - {series: 'conntrack_persist_chain_failures_total{instance="bad"}', values: '5x20 6x99'}
      - {series: 'conntrack_persist_chain_failures_total{instance="good"}', values: '5x120'}
      - {series: 'conntrack_persist_values{instance="bad",state="differs"}', values: '1x120'}
      - {series: 'conntrack_persist_values{instance="bad",state="ok"}', values: '7x120'}
      - {series: 'conntrack_persist_values{instance="good",state="differs"}', values: '0x120'}
      - {series: 'conntrack_persist_values{instance="good",state="ok"}', values: '8x120'}
      - {series: 'conntrack_persist_values{instance="files",state="differs"}', values: '0x120'}
      - {series: 'conntrack_persist_files_differ{instance="bad"}', values: '0x120'}
      - {series: 'conntrack_persist_files_differ{instance="good"}', values: '0x120'}
      - {series: 'conntrack_persist_files_differ{instance="files"}', values: '1x120'}
      - {series: 'conntrack_persist_foreign_writes_total{instance="bad",key="net.netfilter.nf_conntrack_max"}', values: '0x20 1x99'}
      - {series: 'conntrack_persist_foreign_writes_total{instance="bad",key="net.netfilter.nf_conntrack_udp_timeout"}', values: '4x120'}
      - {series: 'conntrack_persist_foreign_writes_total{instance="good",key="net.netfilter.nf_conntrack_max"}', values: '0 1x119'}
      - {series: 'conntrack_persist_namespaces_differing{instance="bad",scope="all"}', values: '3x120'}
      - {series: 'conntrack_persist_namespaces_differing{instance="good",scope="all"}', values: '0x120'}
      - {series: 'conntrack_persist_namespaces_differing{instance="files",scope="host"}', values: '3x120'}
      - {series: 'conntrack_persist_last_full_message_timestamp_seconds{instance="bad"}', values: '1200x120'}
      - {series: 'conntrack_persist_last_full_message_timestamp_seconds{instance="good"}', values: '60x120'}
      - {series: 'conntrack_persist_namespace_entries{instance="bad",namespace="web"}', values: '1000x120'}
      - {series: 'conntrack_persist_namespace_entries{instance="bad",namespace="db"}', values: '810x120'}
      - {series: 'conntrack_persist_namespace_entries{instance="good",namespace="web"}', values: '800x120'}
      - {series: 'conntrack_persist_namespace_entries_limit{instance="bad",namespace="web"}', values: '1000x120'}
      - {series: 'conntrack_persist_namespace_entries_limit{instance="bad",namespace="db"}', values: '1000x120'}
      - {series: 'conntrack_persist_namespace_entries_limit{instance="good",namespace="web"}', values: '1000x120'}
      - {series: 'node_textfile_mtime_seconds{instance="bad",file="/var/lib/x/conntrack-persist.prom"}', values: '600x120'}
      - {series: 'node_textfile_mtime_seconds{instance="older",file="conntrack-persist.prom"}', values: '600x120'}
      - {series: 'node_textfile_mtime_seconds{instance="good",file="/var/lib/x/conntrack-persist.prom"}', values: '0+60x120'}
      - {series: 'node_textfile_mtime_seconds{instance="good",file="/var/lib/x/apt.prom"}', values: '0x120'}
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
          - {labels: '{alertname="ConntrackForeignWrites", instance="bad"}', value: 1}
          - {labels: '{alertname="ConntrackNamespacesDiffer", instance="bad"}', value: 1}
          - {labels: '{alertname="ConntrackDropsPackets", instance="bad"}', value: 1}
          - {labels: '{alertname="ConntrackDropsPackets", instance="counted"}', value: 1}
          - {labels: '{alertname="ConntrackMetricsStale", instance="bad"}', value: 1}
          - {labels: '{alertname="ConntrackMetricsStale", instance="older"}', value: 1}
    alert_rule_test:
      - alertname: ConntrackNamespaceNearlyFull
        eval_time: 25m
        exp_alerts:
          - exp_labels: {severity: warning, instance: bad, namespace: web}
            exp_annotations:
              summary: 'bad: the conntrack table of web is 100% full'
              description: 'When it is full, the kernel drops new connections of this network namespace, because each one may hold max entries of its own. On the host, run: sudo conntrack-persist advise'
              runbook_url: 'troubleshooting.md#containers'
          - exp_labels: {severity: warning, instance: bad, namespace: db}
            exp_annotations:
              summary: 'bad: the conntrack table of db is 81% full'
              description: 'When it is full, the kernel drops new connections of this network namespace, because each one may hold max entries of its own. On the host, run: sudo conntrack-persist advise'
              runbook_url: 'troubleshooting.md#containers'
  - interval: 1m
    input_series:
      - {series: 'node_nf_conntrack_entries{instance="grows"}', values: '500+1x200'}
      - {series: 'node_nf_conntrack_entries{instance="slow"}', values: '400+0.5x400'}
      - {series: 'node_nf_conntrack_entries{instance="wave"}', values: '600+6x15 690-6x15 600+6x15 690-6x15 600+6x15 690-6x15 600+6x15 690-6x15'}
      - {series: 'node_nf_conntrack_entries{instance="drains"}', values: '790-1x200'}
      - {series: 'node_nf_conntrack_entries{instance="young"}', values: '0+3x120'}
      - {series: 'conntrack_persist_owner_entries{instance="grows",owner="container web"}', values: '200+0.8x200'}
      - {series: 'conntrack_persist_owner_entries{instance="grows",owner="unit nginx.service"}', values: '100+0.2x200'}
      - {series: 'conntrack_persist_owner_entries{instance="grows",owner="process curl"}', values: '190x200'}
      - {series: 'conntrack_persist_owner_entries{instance="slow",owner="container web"}', values: '200+0.5x400'}
      - {series: 'conntrack_persist_owner_entries{instance="drains",owner="container web"}', values: '400+0.1x200'}
      - {series: 'conntrack_persist_owner_entries{instance="young",owner="container web"}', values: '0+3x120'}
      - {series: 'node_nf_conntrack_entries_limit{instance="grows"}', values: '800x400'}
      - {series: 'node_nf_conntrack_entries_limit{instance="slow"}', values: '800x400'}
      - {series: 'node_nf_conntrack_entries_limit{instance="wave"}', values: '1000x400'}
      - {series: 'node_nf_conntrack_entries_limit{instance="drains"}', values: '1000x400'}
      - {series: 'node_nf_conntrack_entries_limit{instance="young"}', values: '1000x400'}
    promql_expr_test:
      # 576 entries and 240 in four hours are more than 800; there 15 minutes ago as well.
      - expr: 'ALERTS{alertname="ConntrackFullSoon",alertstate="firing"}'
        eval_time: 76m
        exp_samples:
          - {labels: 'ALERTS{alertname="ConntrackFullSoon", alertstate="firing", instance="grows", severity="warning"}', value: 1}
      - expr: 'ALERTS{alertname="ConntrackFullSoon",alertstate="firing"}'
        eval_time: 74m
        exp_samples: []
      # The owner of most new entries is named, and no other one.
      - expr: 'ALERTS{alertname="ConntrackOwnerFillsTable"}'
        eval_time: 76m
        exp_samples:
          - {labels: 'ALERTS{alertname="ConntrackOwnerFillsTable", alertstate="firing", instance="grows", owner="container web", severity="warning"}', value: 1}
      - expr: 'count(ALERTS{alertname="ConntrackFullSoon",instance!="grows"})'
        eval_time: 110m
        exp_samples: []
    alert_rule_test:
      - alertname: ConntrackOwnerFillsTable
        eval_time: 80m
        exp_alerts:
          - exp_labels: {severity: warning, instance: grows, owner: container web}
            exp_annotations:
              summary: 'grows: container web fills the conntrack table'
              description: 'In the last hour this owner got 48 entries more, which is over half of all new ones, and the table will be full in less than 4 hours. On the host, run: sudo conntrack-persist status'
              runbook_url: 'troubleshooting.md#the-table-is-full'
      - alertname: ConntrackFullSoon
        eval_time: 80m
        exp_alerts:
          - exp_labels: {severity: warning, instance: grows}
            exp_annotations:
              summary: 'grows: the conntrack table will be full in less than 4 hours'
              description: 'At the rate of the last hour it would need 820 entries in 4 hours, which is more than its limit. When it is full, the kernel drops new connections. On the host, run: sudo conntrack-persist advise'
              runbook_url: 'troubleshooting.md#the-table-is-full'
END
"$promtool" test rules "$work/test.yml" >"$work/log" 2>&1 || fail 'the rules raise other alerts:' "$(<"$work/log")"
# A changed rule raises other alerts.
sed 's/4 \* 3600/9 * 3600/' "$srcdir/docs/alerts.yml" >"$work/rules.yml"
! "$promtool" test rules "$work/test.yml" >"$work/log" 2>&1 || fail 'the tests do not notice another forecast'
