/* Explains a name that no setting has: a kernel name, a name of another section, or a typo. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"

/*
 * Adds the reason and a proposal for a name that no setting of this section has. The text follows
 * "section.name: ".
 */
void config_explain_name(const char *section, const char *name, const char *value,
			 struct buffer *b);

/* Adds "section.name: " with the reason and a proposal for a pair that has no section above it. */
void config_explain_orphan(const char *name, const char *value, struct buffer *b);

/*
 * Adds the most similar section and the list of all sections. The text follows "[section]: unknown
 * section; ".
 */
void config_explain_section(const char *section, struct buffer *b);
