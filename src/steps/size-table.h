/* Computes and prints how large the table of a host should be, for plan --connections. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/context.h"

/*
 * Prints the sizes for the connections that the options name, and the lines that set them; changes
 * nothing. EXIT_COMMAND_LINE: no table can hold so many entries.
 */
enum exit_code size_table(struct context *context);
