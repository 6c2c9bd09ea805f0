/* Tells which errors of loading a library mean that the library cannot be used. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <errno.h>
#include <stdbool.h>

/*
 * Returns whether the error means that a library is not installed (-ELIBACC), or that it is
 * installed but unusable (-ELIBBAD).
 */
static inline bool library_is_unusable(int error)
{
	return error == -ELIBACC || error == -ELIBBAD;
}
