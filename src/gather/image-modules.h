/* Whether a kernel of an image has nf_conntrack among its modules. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/gathering.h"
#include "model/runtime/module-origin.h"

/*
 * Looks into the lists of modules of the kernels in an image. MODULE_FILE_NOT_IN_TREE: none of them
 * has nf_conntrack; *ret_release, which the caller frees, is then the release of the last one.
 * MODULE_FILE_UNKNOWN: the image has no kernel. What could not be read is noted. -ENOMEM.
 */
MUST_CHECK int gather_image_modules(const struct gathering *gathering, enum module_file *ret,
				    char **ret_release);
