#!/bin/bash
# Makes configure and what belongs to it, from a bare checkout.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p build-aux
exec autoreconf --force --install
