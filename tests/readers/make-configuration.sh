#!/bin/bash
# Sourced: makes random valid configurations, as users write them, and knows by itself what number
# each setting means.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034
#
# table_take PROGRAM       once: what the program's "keys" lists
# seed_take SEED           the same seed makes the same configurations again
# configuration_make DIR   writes DIR/etc/conntrack-persist.conf and drop-ins, and tells in these
# what they mean:
declare -A want=()     # SECTION.NAME: the number or the word in force, of those that are set
declare -A keys=()     # SECTION.NAME: its file below /proc/sys/net/netfilter
declare -A optional=() # KEY: some kernels lack it

largest_max=$((8 * 268434944))

#
# Random choices. Everything random comes from here; bash changed its numbers in 5.1.
#
seed_take() {
	local i
	RANDOM=$(($1 % 32768))
	for ((i = 0; i < $1 / 32768 % 1000; i++)); do : $RANDOM; done
}

below() { number=$((RANDOM % $1)); }
one_of() { below $#; shift $number; one=$1; }
chance() { ((RANDOM % $2 < $1)); }

# random_number LEAST MOST: sets a random number of random length, and often one of the two bounds.
random_number() {
	local least=$1 most=$2 bits=1
	while ((most >> bits > 0)); do bits=$((bits + 1)); done
	below 8
	case $number in
	0) number=$least ;;
	1) number=$most ;;
	*)
		below $bits
		number=$(((RANDOM << 45 | RANDOM << 30 | RANDOM << 15 | RANDOM) & ((2 << number) - 1)))
		((number >= least)) || number=$least
		((number <= most)) || number=$most
		;;
	esac
}

# random_quantity LEAST MOST [UNIT FACTOR]...: sets text, and value as a plain number.
random_quantity() {
	local least=$1 most=$2 factor
	shift 2
	below $(($# / 2))
	shift $((2 * number))
	factor=$2
	random_number $(((least + factor - 1) / factor)) $((most / factor))
	text=$number$1
	value=$((number * factor))
}

#
# The table
#
table_take() {
	local id kind least most key some
	ids=()
	declare -gA kinds=() leasts=() mosts=()
	while read -r id kind least most key some; do
		ids+=("$id")
		kinds[$id]=$kind leasts[$id]=$least mosts[$id]=$most
		[[ $key == - ]] || keys[$id]=$key
		[[ $some == no ]] || optional[$key]=yes
	done < <("$1" --json keys | awk -F'"' '
		/^    \{/ { split("", f) }
		/^      "/ { f[$2] = $3 ~ /null/ ? "-" : $4 }
		/^    \}/ {
			kind = "number"; least = "-"; most = "-"
			if (f["bounds"] == "yes, no") kind = "switch"
			else if (f["bounds"] ~ /%/) kind = "share"
			else if (f["bounds"] == "0-") { kind = "bytes"; least = 0; most = "4611686018427387903" }
			else if (split(f["bounds"], n, "-") == 2 && f["bounds"] ~ /^[0-9-]+$/) { least = n[1]; most = n[2] }
			else { kind = "choice"; least = f["bounds"]; gsub(/, /, "|", least) }
			if (f["unit"] == "s") kind = "seconds"
			if (f["allowed"] ~ /or auto$/) kind = "size"
			some = f["since"] f["until"] f["kernel_option"] == "---" ? "no" : "yes"
			print f["section"] "." f["name"], kind, least, most, f["key"], some
		}')
	((${#ids[@]} > 50 && ${#keys[@]} > 40)) || { echo 'keys --json lists too little'; exit 1; }
}

# random_value ID: sets a random valid value of the setting, as text, and its meaning as a number.
random_value() {
	case ${kinds[$1]} in
	switch)
		one_of yes no true false on off 1 0
		text=$one value=0
		[[ $text != @(yes|true|on|1) ]] || value=1
		;;
	choice)
		# shellcheck disable=SC2086
		IFS='|' eval "one_of ${leasts[$1]//|/ }"
		text=$one value=$one
		;;
	share)
		if chance 1 2; then
			random_quantity 1 100 % 1
		else
			# This is more than the largest table takes.
			random_quantity 1099511627776 4611686018427387903 '' 1 K 1024 M 1048576 G 1073741824
		fi
		;;
	seconds) random_quantity "${leasts[$1]}" "${mosts[$1]}" '' 1 '' 1 s 1 m 60 h 3600 d 86400 ;;
	bytes) random_quantity 0 "${mosts[$1]}" '' 1 '' 1 K 1024 M 1048576 G 1073741824 ;;
	size)
		random_quantity "${leasts[$1]}" "${mosts[$1]}" '' 1
		! chance 1 5 || text=auto value=auto
		;;
	number) random_quantity "${leasts[$1]}" "${mosts[$1]}" '' 1 ;;
	esac
}

# settle ID NUMBER: records what the setting means in the end.
settle() { texts[$1]=$2 want[$1]=$2; }

# These rules concern several settings together. The kernel rounds buckets to 512 or more.
settle_sizes() {
	local max=${want[conntrack.max]-auto} hashsize=${want[conntrack.hashsize]-auto}
	if [[ $max != auto ]]; then
		((max <= largest_max)) || settle conntrack.max $((max = largest_max))
		[[ $hashsize == auto ]] || ((max <= (hashsize + 511) / 512 * 512 * 8)) ||
			settle conntrack.hashsize $(((max + 7) / 8))
	fi
}

settle_fragments() {
	local low=options.frag6_low_thresh high=options.frag6_high_thresh
	# The number is longer than bash can calculate with.
	[[ ! -v want[$high] ]] || ! chance 1 8 || settle $high 18446744073709551615
	if [[ -v want[$high] ]]; then
		[[ ${#want[$high]} == 20 ]] || ((want[$high] >= ${want[$low]-3145728})) ||
			settle $high "${want[$low]-3145728}"
	elif [[ -v want[$low] ]] && ((want[$low] > 4194304)); then
		settle $low 4194304
	fi
}

#
# The files
#
comment() {
	one_of 'max = 5' '[timeouts]' 'größer als "nötig"' '' 'a ; b # c = d' $'\ttab\t' \
		'net.netfilter.nf_conntrack_max=1' 'ends in \ ' $'ends in \\' '= = [' \
		'a very long line: at most 198 bytes are read of one, with all that stands in it, blanks, values, comments'
}

# add LINE: adds it with one of the line endings of the file.
add() {
	[[ $line_ends != mixed ]] || one_of $'\n' $'\r\n'
	[[ $line_ends == mixed ]] || one=$line_ends
	contents+=$1$one
}

add_noise() {
	local begin
	while chance 1 6; do
		one_of '' ' ' $'\t' '; ' ';' '# ' '#' $' \t# ' '  ;'
		begin=$one
		comment
		[[ $begin == *[\;#]* ]] || one=
		add "$begin$one"
	done
}

add_setting() {
	local line=${1#*.} before after
	one_of '' ' ' ' ' ' ' $'\t' '   '
	before=$one
	one_of '' ' ' ' ' ' ' $'\t' $' \t '
	after=$one
	line+="$before=$after$2"
	one_of '' '' '' '' ' ' $'\t ' ' ;' $'\t; ' '  ; '
	line+=$one
	[[ $one != *\;* ]] || { comment; line+=$one; }
	add "$line"
}

# write_file PATH: writes the settings that belong to this file, in any order.
write_file() {
	local contents='' line_ends section='' id order=()
	one_of $'\n' $'\n' $'\n' $'\r\n' mixed
	line_ends=$one
	! chance 1 8 || contents=$'\xef\xbb\xbf'
	for id in "${!texts[@]}"; do
		[[ ${places[$id]} == *" $1 "* ]] || continue
		if chance 1 2; then order+=("$id"); else order=("$id" "${order[@]}"); fi
	done
	! chance 3 4 || mapfile -t order < <(printf '%s\n' "${order[@]}" | sort)
	for id in "${order[@]}"; do
		[[ -n $id ]] || continue
		if [[ ${id%.*} != "$section" ]]; then
			section=${id%.*}
			add_noise
			one_of '' '' ' ' ' ; x' $'\t;[a]'
			add "[$section]$one"
		fi
		add_noise
		# The last file that sets a key decides.
		if [[ ${places[$id]} == *" $1 " ]]; then
			text=${texts[$id]}
		else
			random_value "$id"
		fi
		add_setting "$id" "$text"
	done
	add_noise
	! chance 1 5 || { contents=${contents%$'\n'}; contents=${contents%$'\r'}; }
	printf '%s' "$contents" >"$1"
}

configuration_make() {
	local main=$1/etc/conntrack-persist.conf id name share files=()
	declare -A texts=() places=()
	want=()
	rm -rf "$main" "$main.d"
	! chance 5 6 || files+=("$main")
	# The files are read in the order of their bytes.
	for name in 10-a 50-X 50-x 9-b B a é; do
		! chance 1 5 || files+=("$main.d/$name.conf")
	done
	((${#files[@]} > 0)) || return 0
	mkdir "$main.d"
	# Few settings, or only settings that are no kernel keys: then not every file is needed.
	one_of 0 0 1 4 9
	share=$one
	for id in "${ids[@]}"; do
		chance "$share" 10 || { [[ $share == 0 && ! -v keys[$id] ]] && chance 1 5; } || continue
		random_value "$id"
		texts[$id]=$text want[$id]=$value
	done
	[[ ${want[conntrack.mode]-} != disable ]] || ! chance 2 3 || settle conntrack.mode tune
	[[ -v want[conntrack.max] ]] || ! chance 2 3 || settle conntrack.max 262144
	settle_sizes
	settle_fragments
	for id in "${!texts[@]}"; do
		one_of "${files[@]}"
		places[$id]=" $one "
		for name in "${files[@]}"; do
			! chance 1 5 || places[$id]+="$name "
		done
		sort_places "$id"
	done
	for name in "${files[@]}"; do write_file "$name"; done
	! chance 1 3 || printf 'not read' >"$main.d/README"
	! chance 1 3 || printf '[conntrack]\nmax = 1\n' >"$main.d/z.conf.bak"
}

# Each file once, in the order in which they are read.
sort_places() {
	local file sorted=' '
	for file in "${files[@]}"; do
		[[ ${places[$1]} != *" $file "* ]] || sorted+="$file "
	done
	places[$1]=$sorted
}
