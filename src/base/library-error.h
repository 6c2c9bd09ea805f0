/* What the errors of loading a library mean. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <errno.h>
#include <stdbool.h>

/* Returns whether an error says that a library is not installed (-ELIBACC), or is there and cannot be used (-ELIBBAD). */
static inline bool library_is_unusable(int error)
{
	return error == -ELIBACC || error == -ELIBBAD;
}
