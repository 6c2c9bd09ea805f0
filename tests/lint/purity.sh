#!/bin/bash
# Checks that the archives of model and base call nothing outside the program: no files, clocks,
# environment or output.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${builddir:?is set by make check}"
touching='open|openat|fopen|fdopen|freopen|creat|read|pread|write|pwrite|close|fclose|fread|fwrite|fgets|fputs|puts|putchar'
touching+='|printf|fprintf|vprintf|vfprintf|dprintf|perror|syslog|getenv|secure_getenv|setenv|time|clock_gettime|gettimeofday'
touching+='|stat|lstat|fstat|fstatat|access|opendir|readdir|uname|sysconf|getuid|geteuid|system|popen|fork|execve|exit|abort'
touching+='|json_load_file|json_dump_file|json_loadf|json_dumpf|ini_parse|ini_parse_file'
for archive in src/base/libbase.a src/model/libmodel.a; do
	if nm --undefined-only "$builddir/$archive" | awk '/ U / { print $2 }' | sed 's/@.*//; s/^__\(.*\)_chk$/\1/' |
		grep -xE "$touching"; then
		echo "called by $archive"
		exit 1
	fi
done
