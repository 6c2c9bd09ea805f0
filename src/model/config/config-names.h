/* What was meant by a name that no setting has: the kernel's name, another section, a slip of the finger. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"

/* Adds what is wrong and what to write instead, to follow "section.name: ". */
void config_explain_name(const char *section, const char *name, const char *value,
			 struct buffer *b);

/* Adds "section.name: " and what to write for a pair that has no section above it. */
void config_explain_orphan(const char *name, const char *value, struct buffer *b);

/* Adds the nearest section and those there are, to follow "[section]: unknown section; ". */
void config_explain_section(const char *section, struct buffer *b);
