# Functions for the cases check-cannot-load-*: hosts on which something keeps nf_conntrack from
# loading.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
configured
printf '[conntrack]\nmax = 100000\n' >c.conf
printf '[conntrack]\nmax = 100000\n[apply]\nsynchronous = yes\n' >s.conf
d=$HOST/etc/modprobe.d
look() {
	step "$1"
	ctp "${@:2}" check | grep -Ev '^(mode|table|memory|ok) '
}
mkdir -p "$HOST/usr/lib/modprobe.d"
