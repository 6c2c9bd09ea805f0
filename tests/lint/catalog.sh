#!/bin/bash
# The message catalog explains each message id of the journal and no other, and names only fields
# that are sent.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
top=${srcdir:-.}
catalog=$top/systemd/conntrack-persist.catalog

sent=$(sed -n 's/^#define JOURNAL_[A-Z_]*\s*"\([0-9a-f]\{32\}\)".*/\1/p' "$top/src/host/systemd/journal.h" | sort)
explained=$(sed -n 's/^-- \([0-9a-f]\{32\}\)$/\1/p' "$catalog" | sort)
[[ -n $sent ]] || { echo 'no message id in journal.h'; exit 1; }
diff <(echo "$sent") <(echo "$explained") || { echo 'journal.h < > catalog'; exit 1; }

fields=$(grep -o '@CONNTRACK_PERSIST_[A-Z]*@' "$catalog" | tr -d @ | sort -u)
[[ -n $fields ]] || { echo 'no field in the catalog'; exit 1; }
while read -r field; do
	grep -qr "\"$field=" "$top/src" || { echo "the catalog names $field, which nothing sends"; exit 1; }
done <<<"$fields"
