#!/bin/bash
# Checks the limits of the other attacks: they stop a command that uses too much, and not one that
# does not.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"

bounded 'a command that ends well' 0 -- true
bounded 'a command that fails' 1 -- false
seconds_allowed=1
# shellcheck disable=SC2016
bounded 'an endless loop' 125 -- bash -c 'while :; do :; done'
says 'an endless loop' 'more processor time than allowed'
seconds_allowed=3
mebibytes_allowed=16
# shellcheck disable=SC2016
bounded 'much memory' 125 -- bash -c 'text=$(head -c 32M /dev/zero | tr "\0" x); : "$text"'
says 'much memory' 'MiB of memory, allowed are 16'
# shellcheck disable=SC2016
bounded 'a command that crashes' 139 -- bash -c 'kill -SEGV $$'
finish
