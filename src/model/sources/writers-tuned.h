/* Adds what tuned sets: sysctl keys, hashsize, options of the module and of the boot loader. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/text-file.h"
#include "model/sources/tuned-profile.h"
#include "model/sources/writers.h"

struct tuned_settings {
	/*
	 * for each value, whether sysctl.d sets it again behind tuned; NULL: tuned.conf has
	 * reapply_sysctl = 0
	 */
	const bool *again;
	bool inactive; /* whether nothing starts tuned */
};

/* Adds the settings of the merged profile. */
void writers_of_tuned(const struct values *values, const struct tuned_profile *profile,
		      const struct tuned_settings *settings, struct writers *writers);

/*
 * Sets ret[i] for each value that one of these files of sysctl.d, or /etc/sysctl.conf, sets as
 * tuned reads them: those in /run and /etc, and no key with a dash. ret has an element a value.
 */
void tuned_find_again(const struct values *values, const struct writers *writers,
		      const struct text_file *files, size_t count, bool *ret);

/* Adds what to do about a value that tuned overrides: a profile that includes the active one. */
void tuned_add_advice(const struct writer *writer, struct buffer *b);
