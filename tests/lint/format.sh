#!/bin/bash
# Checks that the C sources are formatted as .clang-format says.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
command -v clang-format >/dev/null || { echo "no clang-format here"; exit 77; }
cd "$srcdir"
find src tests bench -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run -Werror
