/* What was found on the host: files as they lie there, and the figures that sizes follow from. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/observed.h"

#include <stdlib.h>

void observed_file_clear(struct observed_file *file)
{
	free(file->bytes);
	*file = (struct observed_file){0};
}
