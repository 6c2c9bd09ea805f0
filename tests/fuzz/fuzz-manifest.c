/* Fuzz harness: any bytes as a manifest; what is taken for one must come back the same. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/installed/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Formats what was parsed and parses it again: the bytes of both must agree. */
static void check_round_trip(const struct manifest *manifest)
{
	struct manifest again = {0};
	char *bytes = NULL, *bytes_again = NULL;
	size_t size = 0, size_again = 0;

	if (manifest_format(manifest, &bytes, &size) < 0)
		return;
	if (manifest_parse(bytes, size, &again) < 0 ||
	    manifest_format(&again, &bytes_again, &size_again) < 0 || size != size_again ||
	    memcmp(bytes, bytes_again, size) != 0)
		abort();
	manifest_done(&again);
	free(bytes);
	free(bytes_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest manifest = {0};

	if (manifest_parse((const char *)data, size, &manifest) == 0) {
		check_round_trip(&manifest);
		manifest_done(&manifest);
	}
	return 0;
}
