/*
 * Prints what the shipped program finds of the kernel's messages; tests/host/kernel-log.sh sees to
 * what there is.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "host/systemd/journal.h"

int main(void)
{
	struct full_messages messages;

	journal_find_full_messages(&messages);
	(void)printf("known=%d since_boot=%d count=%" PRIu64 " namespaces=%" PRIu64
		     " expectations=%" PRIu64 " first=%" PRIu64 " last=%" PRIu64 "\n",
		     messages.known, messages.since_boot, messages.count, messages.namespaces,
		     messages.expectations, messages.first, messages.last);
	return 0;
}
