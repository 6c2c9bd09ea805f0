#!/bin/bash
# Every query of docs/grafana.json, and of docs/alerts.yml, returns data in a real Prometheus, of a
# scene that the real node exporter has recorded. The dashboard is one that Grafana can import.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}" "${CONNTRACK_PERSIST_TWIN:?is set by make check}"
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; wait; rm -rf "$work"' EXIT

fail() {
	printf '%s\n' "$@"
	exit 1
}

python3 "$srcdir/tests/readers/dashboard.py" sanity "$srcdir/docs/grafana.json" || fail 'the dashboard is none that can be imported'

# tool NAME PACKAGE: the installed program, or that of the package, which is unpacked and not
# installed: it would start a server.
tool() {
	command -v "$1" || {
		local folder status=0
		folder=$("$srcdir/tests/unpack.sh" "$2") || status=$?
		((status == 0)) || return "$status"
		echo "$folder/usr/bin/$1"
	}
}
# find_tool NAME PACKAGE: sets `found`.
find_tool() {
	local status=0
	found=$(tool "$1" "$2") || status=$?
	((status != 77)) || { echo "no $1 here, nor in a package $2 of this distribution"; exit 77; }
	[[ $status == 0 && -x $found ]] || fail "no $1 in package $2"
}
find_tool prometheus prometheus
prometheus=$found
find_tool promtool prometheus
promtool=$found
find_tool prometheus-node-exporter prometheus-node-exporter
exporter=$found

end=$(date +%s)
python3 "$srcdir/tests/readers/scene.py" "$CONNTRACK_PERSIST_TWIN" "$exporter" "$work" "$end" ||
	fail 'no scene was recorded' "$(tail -n 5 "$work/exporter.log")"
"$promtool" tsdb create-blocks-from openmetrics "$work/scene.om" "$work/data" >"$work/log" 2>&1 ||
	fail 'promtool on the scene:' "$(<"$work/log")"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
echo '{}' >"$work/prometheus.yml"
"$prometheus" --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --storage.tsdb.retention.time=30d \
	--web.listen-address="127.0.0.1:$port" >"$work/server.log" 2>&1 &
server=$!
python3 "$srcdir/tests/readers/dashboard.py" queries "$srcdir/docs/grafana.json" "$srcdir/docs/alerts.yml" \
	"http://127.0.0.1:$port" "$end" || fail 'see above' "$(grep level=error "$work/server.log" | tail -n 5)"
