#!/bin/bash
# Checks that text is printed and JSON is built only by the functions that make foreign text
# harmless and notice each failure.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
cd "$srcdir/src"
status=0
# only WHAT FILES PATTERN: fails if a file whose path does not match FILES contains the pattern.
only() {
	if grep -rnE --include='*.[ch]' -- "$3" . | grep -vE "^\./($2):"; then
		echo "$1"
		status=1
	fi
}
only 'is printed elsewhere than in report/report*.c, main.c and what draws on the terminal' \
	'report/report(-json|-messages)?\.c|main\.c|host/terminal\.c|steps/status-loop\.c|host/kernel/namespaces\.c' \
	'\b(v?printf|v?fprintf|fputs|puts|putchar|fputc|putc|fwrite|v?dprintf|perror) ?\('
only 'is JSON that report_set_member(), report_add_item() and report_pack() do not see' \
	'report/report-json\.c|report/report\.[ch]|model/installed/manifest(-before)?\.c|model/sources/tuned-profile\.c' \
	'\bjson_(object_set|object_set_new|array_append|array_append_new|pack|dump[a-z]*) ?\('
exit $status
