#!/bin/bash
# A layer includes only itself and those below it: verbs, host, model, base.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
cd "$srcdir/src"
! grep -rnE '#include "(model|host|verbs)/' base
! grep -rnE '#include "(host|verbs)/' model
! grep -rnE '#include "verbs/' host
