#!/bin/bash
# Prints large files and functions; fails over 600 lines in a file or 150 in a function.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
cd "$srcdir/src"
find . -name '*.c' -print0 | xargs -0 awk '
	function file_end() { if (lines > 400) print last ": " lines " lines"; if (lines > 600) bad = 1 }
	FNR == 1 { if (last) file_end(); last = FILENAME }
	{ lines = FNR }
	/^{/ { from = FNR }
	/^}/ && from { long = FNR - from - 1
		if (long > 80) print FILENAME ":" from ": a function of " long " lines"
		if (long > 150) bad = 1
		from = 0 }
	END { file_end(); exit bad }'
