/* Labels nothing, because the program was built without libselinux. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/files/labels.h"

int labels_open(struct labels **ret)
{
	*ret = NULL;
	return 0;
}

struct labels *labels_close(struct labels *labels)
{
	(void)labels;
	return NULL;
}

int labels_begin(struct labels *labels, const char *path, mode_t kind)
{
	(void)labels;
	(void)path;
	(void)kind;
	return 0;
}

void labels_end(const struct labels *labels)
{
	(void)labels;
}

const char *labels_unlabelled(const struct labels *labels)
{
	(void)labels;
	return NULL;
}
