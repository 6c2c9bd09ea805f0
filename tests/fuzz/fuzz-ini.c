/* Fuzz harness: any bytes as a configuration file. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>

#include "base/problems.h"
#include "model/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems = {0};
	struct config config;

	if (config_new(&config) == 0) {
		if (config_read(&config, "fuzz.conf", (const char *)data, size, &problems) == 0)
			config_check(&config, &problems);
		config_done(&config);
	}
	problems_done(&problems);
	return 0;
}
