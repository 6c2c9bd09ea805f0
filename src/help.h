/* Makes the texts of --help and "help VERB". */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "verbs/verbs.h"

/* Adds the help of the program: its verbs and every option. The text ends with a line feed. */
void help_add_all(const struct verb *const *verbs, size_t count, struct buffer *b);

/* Adds the help of one verb, with the options that it takes. The text ends with a line feed. */
void help_add_verb(const struct verb *verb, struct buffer *b);
