#!/bin/bash
# Replaces the unit tests if configure found no cmocka.
# SPDX-License-Identifier: LGPL-2.1-or-later
echo "skipped: the unit tests need cmocka (Debian: libcmocka-dev, Fedora: libcmocka-devel)"
exit 77
