/* Fuzz harness: any bytes as the rules of a legacy table, of both families; what is refused has no findings. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "model/users/uses.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_table(const uint8_t *data, size_t size, bool ipv6)
{
	const struct xtables_table table = {
		.name = "filter", .ipv6 = ipv6, .entries = data, .size = size};
	struct uses uses = {0};

	if (uses_of_xtables(&table, "", &uses) < 0 && uses.count > 0)
		abort();
	uses_done(&uses);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_table(data, size, false);
	check_table(data, size, true);
	return 0;
}
