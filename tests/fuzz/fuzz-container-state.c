/* Fuzz harness: any bytes as the state of a container. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/runtime/container-state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *CLEANUP(free_pointer) text = malloc(size + 1);
	struct container_state state = {0};
	const char *reason = NULL;
	int error;

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	error = container_state_parse(text, size, &state, &reason);
	if (error == -EBADMSG ? !reason || state.pid != 0
			      : error != 0 || state.pid < 1 || state.pid > CONTAINER_PID_MAX ||
					memchr(state.id, '\0', sizeof(state.id)) == NULL)
		abort();
	return 0;
}
