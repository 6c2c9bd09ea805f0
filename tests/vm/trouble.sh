#!/bin/bash
# Hosts in trouble, with real packets: checks what status and advise say about each, and that the
# advice helps.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

config=/etc/conntrack-persist.conf
advice=/etc/conntrack-persist.conf.d/50-advise.conf
here=10.9.0.1
flows=/usr/local/libexec/flows
# status prints this if nf_conntrack is not loaded.
absent='nf_conntrack is not loaded: nothing is tracked and nothing can be full.'

# of FILTER: prints on one line what jq finds in the object that the last run printed.
of() {
	jq -r "$1" <<<"$output" 2>/dev/null | paste -sd ' '
}

# holds EXPRESSION: prints "yes", or the expression with its figures.
holds() {
	# A missing figure makes the expression invalid.
	if ((${1/null/})) 2>/dev/null; then echo yes; else echo "$1"; fi
}

# counter NAME: prints this counter of the network namespace, summed over processors.
counter() {
	local columns column sum=0
	{
		read -ra columns
		for column in "${!columns[@]}"; do
			[ "${columns[column]}" != "$1" ] || break
		done
		while read -ra columns; do
			sum=$((sum + 16#${columns[column]}))
		done
	} </proc/net/stat/nf_conntrack
	echo "$sum"
}

# full_messages: prints how many of these messages the kernel has logged.
full_messages() {
	dmesg | grep -c 'nf_conntrack: table full, dropping packet'
}

# first_message: prints the time at which the journal received it.
first_message() {
	journalctl --dmesg --output=json |
		jq -rs 'map(select(.MESSAGE | strings | endswith("table full, dropping packet")))
			| first.__REALTIME_TIMESTAMP | tonumber / 1000000 | floor | todate'
}

# sizes: prints max and the buckets.
sizes() {
	cat "$proc/nf_conntrack_max" "$sys/parameters/hashsize" | paste -sd ' '
}

count() {
	cat "$proc/nf_conntrack_count"
}

# The host tracks what "left" sends to it; left and right have values of their own.
network() {
	local name number=0
	for name in left right; do
		ip netns add "$name"
		ip link add "to-$name" type veth peer name to-host netns "$name"
		ip address add "10.9.$number.1/24" dev "to-$name"
		ip link set "to-$name" up
		ip -n "$name" address add "10.9.$number.2/24" dev to-host
		ip -n "$name" link set to-host up
		ip netns exec "$name" sysctl --quiet net.ipv4.tcp_max_tw_buckets=65535
		number=$((number + 1))
	done
	# Many connections that begin or end at the same moment are no problem.
	sysctl --quiet net.core.{somaxconn,netdev_max_backlog}=65535 net.ipv4.tcp_max_{syn_backlog,orphans,tw_buckets}=65535
}

# This loads nf_conntrack. No host may learn that the port of a datagram or of a connection is
# closed: on a slow machine the end of a connection is sent again, and the answer would count as
# another way to end.
rules() {
	nft 'add table inet t; add chain inet t in { type filter hook input priority 0; };
		add chain inet t out { type filter hook output priority 0; };
		add chain inet t untracked { type filter hook output priority raw; };
		add rule inet t in ct state established,related accept;
		add rule inet t out icmp type destination-unreachable drop;
		add rule inet t untracked tcp flags rst drop'
	event_await 'UDEV add'
}

# connect PORT COUNT: opens connections from left and holds them until disconnect.
connect() {
	port=$1
	"$flows" serve "$here" "$port" &
	server=$!
	wait_for listens
	ip netns exec left "$flows" tcp "$here" "$port" "$2" &
	client=$!
}

listens() {
	[ -n "$(ss --no-header --listening --tcp "sport = :$port")" ]
}

# The server closes the connections that its clients have closed, so that no connection is reset.
disconnect() {
	kill "$client"
	wait "$client" 2>/dev/null
	wait_for none_established
	kill "$server"
	wait "$server" 2>/dev/null
}

none_established() {
	[ "$(established "$port")" = 0 ]
}

# established PORT: prints the number of tracked connections to it.
established() {
	conntrack -L -p tcp --state ESTABLISHED --dport "$1" 2>/dev/null | wc -l
}

datagrams() {
	ip netns exec "${2:-left}" "$flows" udp "$here" 10000 "$1"
}

at_least() {
	[ "$("${@:2}")" -ge "$1" ]
}

# remember: saves the counters for grown.
remember() {
	before_drop=$(counter drop)
	before_failed=$(counter insert_failed)
	before_chain=$(counter chainlength)
	before_messages=$(full_messages)
}

# grown: prints by how much each counter has grown since.
grown() {
	echo "drop $(($(counter drop) - before_drop)) insert_failed $(($(counter insert_failed) - before_failed))" \
		"chainlength $(($(counter chainlength) - before_chain)) messages $(($(full_messages) - before_messages))"
}

# modules: lists all loaded modules.
modules() {
	cut -d ' ' -f 1 /proc/modules | sort | paste -sd ' '
}

# row NAME: prints this row of the screen that status printed, on one line.
row() {
	# Continued lines of a row begin with blanks.
	awk -v name="$1" '/^[^ ]/ { on = $1 == name } on' <<<"$output" | tr -s ' \n' ' ' | sed "s/^$1 //; s/ \$//"
}

# verdict NAME WORD PATTERN: checks the verdict of status, as JSON and as text.
verdict() {
	local before table words
	before=$(modules)
	ctp --json status
	table=$output
	check "$1: status says $2" "$status $(of .table.verdict)" "0 $2"
	ctp status
	words=$(row verdict)
	# shellcheck disable=SC2053 # a pattern
	[[ $words != $3 ]] || words=$3
	check "$1: and in words" "$status $words" "0 $3"
	check "$1: it loads nothing to look" "$(modules)" "$before"
	[ -z "$(row entries)" ] ||
		echo "# $1: $(row entries); dropped: $(row dropped); log: $(row in)"
	output=$table
}

# advised NAME KIND: checks that this is one of the findings and that it is complete, and saves its
# lines as a drop-in.
advised() {
	local before
	before=$(modules)
	ctp --json advise
	check "$1: advise loads nothing to look" "$(modules)" "$before"
	check "$1: advise finds $2" "$status $(of ".findings[] | select(.kind == \"$2\") | .kind")" "0 $2"
	check "$1: with a title, evidence and a reason" \
		"$(of ".findings[] | select(.kind == \"$2\") | [.title, .evidence, .reason] | map(length > 0) | all")" true
	mkdir -p "${advice%/*}"
	jq -r ".findings[] | select(.kind == \"$2\") | .lines // empty" <<<"$output" >"$advice"
	sed 's/^/# advised: /' "$advice"
	check "$1: and lines for the configuration" "$([ -s "$advice" ]; echo $?)" 0
}

# cured NAME: installs the lines.
cured() {
	ctp install
	check "$1: the advised lines are installed" "$status" 0
	[ "$status" = 0 ] || echo "# install: ${output@Q}"
	ctp --quiet check
	check "$1: and in force" "$status $output" '0 '
}

# not_advised NAME KIND: checks that this is no longer a finding.
not_advised() {
	local before
	before=$(modules)
	ctp --json advise
	check "$1: advise loads nothing to look" "$(modules)" "$before"
	check "$1: advise finds $2 no more" "$status $(of ".findings[] | select(.kind == \"$2\") | .kind")" '0 '
}

# The limit is too small.
full() {
	printf '[conntrack]\nmax = 2000\n' >"$config"
	ctp install
	verdict before not-loaded "$absent"
	rules
	check 'full: a small table is in force' "$(sizes)" '2000 2048'
	remember
	connect 7001 5000
	wait_for at_least "$((before_drop + 3000))" counter drop
	check 'full: connections up to the limit, no more' "$(count)" 2000
	echo "# full: $(grown)"
	check 'full: the kernel says so' "$(holds "$(full_messages) > $before_messages")" yes
	check 'full: there is no ctnetlink to ask' "$(grep -c '^nf_conntrack_netlink ' /proc/modules)" 0
	verdict full full 'Full: new connections are dropped. Next: conntrack-persist advise'
	check 'full: use and limit' "$(of '.table | .entries, .max, (.share | round)')" '2000 2000 100'
	check 'full: drops are counted' "$(holds "$(of .table.counters.drop) >= 3000")" yes
	check 'full: and nothing failed for its chain' "$(of .table.counters.chainlength)" 0
	check 'full: the messages are counted' \
		"$(holds "0 < $(of .table.messages.count) && $(of .table.messages.count) <= $(full_messages)")" yes
	check 'full: with their times, the first as in the journal' \
		"$(of '.table.messages | .first <= .last') $(of .table.messages.first)" "true $(first_message)"
	check 'full: what is in the table' "$(of .table.protocols.tcp)" 2000
	check 'full: and in which state' "$(holds "$(of .table.tcp_states.ESTABLISHED) >= 1900")" yes
	advised full larger-max
	disconnect
}

full_cured() {
	cured full
	conntrack -F 2>/dev/null
	remember
	connect 7002 5000
	wait_for at_least 5000 established 7002
	check 'full, cured: all of them are tracked' "$(established 7002)" 5000
	check 'full, cured: without a drop' "$(grown)" 'drop 0 insert_failed 0 chainlength 0 messages 0'
	verdict 'full, cured' was-full \
		'Not full now, but it was, last at *. Next: conntrack-persist advise'
	check 'full, cured: entries' "$(holds "$(of .table.entries) >= 5000")" yes
	not_advised 'full, cured' larger-max
	disconnect
	rm "$advice"
}

# The administrator has set a large limit and few buckets.
chains() {
	local lost
	ctp --quiet uninstall
	rm -f "$config"
	conntrack -F 2>/dev/null
	echo 512 >"$sys/parameters/hashsize"
	echo 100000 >"$proc/nf_conntrack_max"
	# The time is longer than a slow guest needs for all of them.
	echo 600 >"$proc/nf_conntrack_udp_timeout"
	remember
	check 'chains: all is sent' "$(datagrams 25000)" 25000
	echo "# chains: $(count) entries, $(grown)"
	check 'chains: flows are lost, far from the limit' "$(holds "$(count) < 24000")" yes
	lost=$((25000 - $(count)))
	# The counter "drop" must not grow, because it counts entries for which there was no room at
	# all.
	check 'chains: each of them is counted twice, and nothing is said' "$(grown)" \
		"drop 0 insert_failed $lost chainlength $lost messages 0"
	verdict chains chains \
		'Full, far from max: chains are too long for 512 buckets. New connections are dropped, and no message says so. Next: conntrack-persist advise'
	check 'chains: use and limit' "$(of '.table | .entries, .max, .buckets')" "$(count) 100000 512"
	check 'chains: entries a bucket' "$(of ".table.entries_per_bucket * 512 | (. - $(count)) | fabs < 512")" true
	check 'chains: drops are counted' "$(of '.table.counters | .chainlength, .insert_failed, .drop')" \
		"$(counter chainlength) $(counter insert_failed) $(counter drop)"
	advised chains more-buckets
}

chains_cured() {
	cured chains
	# The table has more than 10,000 entries.
	ctp check
	check 'chains: the buckets wait, and check says how to set them now' \
		"$status $(cat "$sys/parameters/hashsize") $(told 'conntrack-persist apply --force')" '0 512 1'
	ctp apply --force
	check 'chains: apply --force sets them' "$status $(($(cat "$sys/parameters/hashsize") > 512))" '0 1'
	echo 600 >"$proc/nf_conntrack_udp_timeout"
	conntrack -F 2>/dev/null
	remember
	check 'chains, cured: all is sent again' "$(datagrams 25000)" 25000
	check 'chains, cured: all is tracked' "$(holds "$(count) >= 25000")" yes
	check 'chains, cured: and nothing lost' "$(grown)" 'drop 0 insert_failed 0 chainlength 0 messages 0'
	verdict 'chains, cured' was-full \
		'Not full now, but it was, last at *. Next: conntrack-persist advise'
	not_advised 'chains, cured' more-buckets
	sizes >/vm/advised
}

# live NAMESPACE KEY: prints its value there.
live() {
	ip netns exec "$1" cat "$proc/nf_conntrack_$2"
}

# here_live: prints the values that the configuration of the second boot sets.
here_live() {
	cat "$proc"/nf_conntrack_{max,udp_timeout} | paste -sd ' '
}

# there NAME FIELD: prints a field of that namespace's object from the output of status.
there() {
	of ".table.namespaces[] | select(.name | endswith(\"$1\")) | $2"
}

namespaces() {
	verdict 'after a reboot' not-loaded "$absent"
	rules
	check 'after a reboot: what was advised is in force' "$(sizes)" "$(cat /vm/advised)"
	printf '[conntrack]\nmax = 5000\n[timeouts]\nudp = 600\n' >"$config"
	rm -f "$advice"
	ctp install
	check 'namespaces: here the values hold' "$(here_live)" '5000 600'
	check 'namespaces: there the kernel'"'"'s own do' "$(live left udp_timeout) $(live right udp_timeout)" '30 30'
	echo 300 >"$proc/nf_conntrack_udp_timeout"
	ip netns exec left sh -c "echo 500 >$proc/nf_conntrack_udp_timeout"
	ctp --quiet apply
	ip netns exec left nft 'add table inet t; add chain inet t out { type filter hook output priority 0; };
		add rule inet t out ct state new accept'
	check 'namespaces: all is sent' "$(datagrams 100)" 100
	check 'namespaces: left tracks as well' "$(live left count) $(live right count)" '100 0'
	ctp --json status
	check 'namespaces: status names both' "$(there left .error) $(there right .error)" 'null null'
	check 'namespaces: their entries' "$(there left .entries) $(there right '.entries // 0')" '100 0'
	check 'namespaces: their values' "$(there left .differs | grep -c 'udp_timeout 500') $(
		there right .differs | grep -c 'udp_timeout 30')" '1 1'

	ctp status
	check 'namespaces: a row tells of both' "$(row namespaces)" \
		'2 others: left 100 entries, differs: udp_timeout 500 (wanted 600); right 0 entries, differs: udp_timeout 30 (wanted 600)'

	echo 6000 >"$proc/nf_conntrack_max"
	ctp --netns=left apply
	check 'namespaces: apply to one of them' "$status $(live left udp_timeout) $(live right udp_timeout)" '0 600 30'
	ctp --netns=all apply
	check 'namespaces: apply to all of them' "$status $(live left udp_timeout) $(live right udp_timeout)" '0 600 600'
	check 'namespaces: the host'"'"'s limit is left alone' "$(cat "$proc/nf_conntrack_max")" 6000
	ctp --json status
	check 'namespaces: no value differs any more' "$(there left .differs) $(there right .differs)" 'null null'
	ctp --quiet apply
	ip netns exec left nft flush ruleset
}

# Most of the table is closed connections, and connections without a packet for days.
timeouts() {
	local number
	conntrack -F 2>/dev/null
	# The timeouts are set by hand, because a test cannot wait a day and a half for the kernel's
	# five days to go down.
	for ((number = 1; number <= 2000; number++)); do
		echo "-I -p tcp -s 10.9.0.2 -d $here --sport $((20000 + number)) --dport 7003" \
			'--state ESTABLISHED -u ASSURED,SEEN_REPLY -t 300000'
	done >/vm/idle
	conntrack --load-file /vm/idle >/dev/null 2>&1
	check 'timeouts: idle connections are there' "$(established 7003)" 2000
	# The time is longer than a slow guest needs for all of them.
	echo 600 >"$proc/nf_conntrack_tcp_timeout_time_wait"
	connect 7004 2500
	wait_for at_least 2500 established 7004
	check 'timeouts: connections are there' "$(established 7004)" 2500
	disconnect
	wait_for at_least 2500 closed
	check 'timeouts: closed connections are there' "$(closed)" 2500
	verdict timeouts nearly-full \
		'Nearly full: room for 500 more entries. Next: conntrack-persist advise'
	check 'timeouts: what is in the table' "$(of '.table.tcp_states | .ESTABLISHED, .TIME_WAIT')" '2000 2500'
	check 'timeouts: how long it has been idle' "$(of .table.idle)" 2000
	advised timeouts shorter-timeouts
	check 'timeouts: those that fill the table' \
		"$(grep -cE '^tcp_(established|time_wait) = ' "$advice")" 2
	cured timeouts
	check 'timeouts: shorter ones are in force' \
		"$(holds "$(cat "$proc/nf_conntrack_tcp_timeout_established") < 432000 &&
			$(cat "$proc/nf_conntrack_tcp_timeout_time_wait") < 120")" yes
	not_advised timeouts shorter-timeouts
	rm "$advice"
	ctp install
}

closed() {
	conntrack -L -p tcp --state TIME_WAIT --dport 7004 2>/dev/null | wc -l
}

# flood PORT COUNT: sends half-open connections from left until it is killed. No program on left
# answers the replies.
flood() {
	ip netns exec left "$flows" flood "$here" "$1" "$2" &
	flooders+=($!)
}

# half_open STATE: prints the number of half-open connections in this state
half_open() {
	conntrack -L -p tcp --state "$1" 2>/dev/null | wc -l
}

below() {
	[ "$("${@:2}")" -lt "$1" ]
}

# A SYN flood to a port without a listener, and to a port that answers.
half_open_flood() {
	conntrack -F 2>/dev/null
	printf '[conntrack]\nmax = 2000\n' >"$config"
	rm -f "$advice"
	ctp --force install
	check 'flood: a small table, with the timeouts of the kernel' "$(sizes) $(
		cat "$proc"/nf_conntrack_tcp_timeout_syn_{sent,recv} | paste -sd ' ')" '2000 2048 120 60'
	ip netns exec left nft 'add table inet s; add chain inet s out { type filter hook output priority raw; };
		add rule inet s out tcp flags & (rst | ack) == rst drop'
	"$flows" serve "$here" 7006 &
	server=$!
	port=7006
	wait_for listens
	flooders=()
	flood 7005 3000
	flood 7006 600
	wait_for at_least 1990 count
	wait_for at_least 300 half_open SYN_RECV
	echo "# flood: $(half_open SYN_SENT) in SYN_SENT, $(half_open SYN_RECV) in SYN_RECV of $(count)"
	verdict flood full 'Full: *. Next: conntrack-persist advise'
	check 'flood: most of it is half-open' \
		"$(holds "$(of '.table.tcp_states | .SYN_SENT + .SYN_RECV') > 1800")" yes
	advised flood half-open
	check 'flood: that is the most urgent finding, and a larger max is none' \
		"$(of '.findings[0].kind') $(of '.findings[] | select(.kind == "larger-max") | .kind')" 'half-open '
	check 'flood: with the timeouts of both states, SYNPROXY and notrack' "$(grep -cE '^tcp_syn_(sent|recv) = 20s$' "$advice") $(
		of '.findings[0].reason' | grep -c 'SYNPROXY.*notrack')" '2 1'
	rm "$advice"
	conntrack-persist --ini advise >/vm/advice
	mv /vm/advice "$advice"
	check 'flood: advise --ini has these lines, too' "$(grep -cE '^tcp_syn_(sent|recv) = 20s$' "$advice")" 2
	cured flood
	# Existing entries keep their former timeouts.
	wait_for below 1500 count
	ctp --json status
	check 'flood: while it goes on, the table is not full any more' \
		"$status $(holds "$(of .table.entries) < 1600") $(of .table.verdict)" '0 yes was-full'
	kill "${flooders[@]}" "$server"
	wait "${flooders[@]}" "$server" 2>/dev/null
	ip netns exec left nft delete table inet s
	rm "$advice"
}

# The new max is smaller than the number of entries.
lowered() {
	local before
	conntrack -F 2>/dev/null
	printf '[conntrack]\nmax = 10000\n' >"$config"
	ctp install
	# The entries are answered, because the kernel drops entries without an answer before it
	# drops a packet.
	connect 7007 5000
	wait_for at_least 5000 established 7007
	check 'lowered: 5,000 entries are there' "$(established 7007)" 5000
	before=$(sizes; cat /etc/{modprobe,sysctl}.d/*conntrack-persist.conf)
	sed -i 's/^max = .*/max = 4000/' "$config"
	ctp plan
	check 'lowered: plan foretells it' "$status $(told 'max would be lowered from 10,000 to 4,000')" '2 1'
	ctp install
	check 'lowered: install refuses' "$status $(told 'refused: max would be lowered from 10,000 to 4,000 while 5,' \
		'new connections would be dropped' '--force')" '3 3'
	ctp apply
	check 'lowered: apply refuses' "$status $(told 'refused: max would be lowered from 10,000 to 4,000 while 5,')" '3 1'
	check 'lowered: nothing was set or written' "$(sizes; cat /etc/{modprobe,sysctl}.d/*conntrack-persist.conf)" "$before"
	remember
	ctp --force install
	check 'lowered: --force sets it, and says what happens' "$status $(cat "$proc/nf_conntrack_max") $(
		told 'max would be lowered from 10,000 to 4,000 while 5,' 'new connections would be dropped')" '0 4000 2'
	check 'lowered: who is tracked stays' "$(established 7007)" 5000
	check 'lowered: new connections are dropped' "$(datagrams 100) $(holds "$(counter drop) - $before_drop >= 100")" '100 yes'
	verdict lowered full 'Full: new connections are dropped. Next: conntrack-persist advise'
	disconnect
}

nobody_left() {
	conntrack-persist --quiet users >/dev/null 2>&1
}

# The rules were removed, but the module is still loaded.
not_needed() {
	nft flush ruleset
	conntrack -F 2>/dev/null
	ip netns exec left conntrack -F 2>/dev/null
	wait_for nobody_left
	check 'not needed: loaded all the same' "$(module_state)" live
	verdict 'not needed' unused 'Nothing is tracked in any network namespace. Next: conntrack-persist users'
	advised 'not needed' disable
	cured 'not needed'
	check 'not needed: gone' "$(module_state)" absent
	modprobe nf_conntrack 2>/dev/null
	check 'not needed: and kept off' "$? $(module_state)" '1 absent'
	verdict 'not needed, cured' not-loaded "$absent"
	rm "$advice"
	ctp install
	check 'the way back: install' "$status" 0
	rules
	check 'the way back: it loads, with its values' \
		"$(module_state) $(here_live)" 'live 5000 600'
}

echo "# Linux $(uname -r), boot $BOOT"
events_start
systemctl is-system-running --wait >/dev/null
network
case $BOOT in
1)
	full
	full_cured
	chains
	chains_cured
	reboot_guest
	;;
2)
	namespaces
	timeouts
	not_needed
	half_open_flood
	lowered
	finish
	;;
esac
