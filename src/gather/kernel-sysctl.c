/* The file of sysctl lines that SUSE ships with each kernel. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/kernel-sysctl.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "gather/reading.h"

int find_kernel_sysctl(const struct gathering *gathering, struct host_writers *found)
{
	static const struct {
		const char *before, *behind;
	} places[] = {{"/usr/lib/modules/", "/sysctl.conf"}, {"/boot/sysctl.conf-", ""}};
	struct reading reading = {.gathering = gathering, .kind = "sysctl files of the kernel"};
	const char *release = gathering->image ? "" : kernel_release(gathering->kernel);
	int error = 0;

	if (!*release || strchr(release, '/'))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(places) && error == 0; i++) {
		struct buffer CLEANUP(buffer_clear) path = {0};
		char *CLEANUP(free_pointer) text = NULL;

		buffer_printf(&path, "%s%s%s", places[i].before, release, places[i].behind);
		error = path.data ? reading_file(&reading, path.data, &text) : -ENOMEM;
		if (error == 0 && text)
			writers_of_text(&found->values, path.data, text, NULL, SOURCE_SYSTEMD,
					false, &found->writers);
	}
	return error;
}
