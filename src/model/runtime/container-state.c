/* Reads the state that a container runtime gives a hook on standard input. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/runtime/container-state.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

static int refuse(const char **ret_reason, const char *reason)
{
	*ret_reason = reason;
	return -EBADMSG;
}

int container_state_parse(const char *bytes, size_t size, struct container_state *ret,
			  const char **ret_reason)
{
	struct container_state state = {0};
	const json_t *pid;
	const char *id;

	if (size > CONTAINER_STATE_MAX)
		return -EFBIG;
	/* jansson limits the depth by itself, to 2048. */
	json_t *CLEANUP(json_decrefp) root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(root))
		return refuse(ret_reason, "it is not a JSON object");
	pid = json_object_get(root, "pid");
	if (!pid)
		return refuse(ret_reason, "it has no \"pid\"");
	if (!json_is_integer(pid) || json_integer_value(pid) < 1 ||
	    json_integer_value(pid) > CONTAINER_PID_MAX)
		return refuse(ret_reason, "its \"pid\" is not the number of a process");
	state.pid = (unsigned long)json_integer_value(pid);
	id = json_string_value(json_object_get(root, "id"));
	(void)snprintf(state.id, sizeof(state.id), "%s", id ? id : "");
	*ret = state;
	return 0;
}
