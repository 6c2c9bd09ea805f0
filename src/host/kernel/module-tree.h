/* Looks for the file of nf_conntrack in the module tree of the running kernel. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/cleanup.h"
#include "model/runtime/module-origin.h"

/*
 * As kernel_find_module_file(), for the tree of a release below root, the directory that stands for
 * /.
 */
MUST_CHECK int module_tree_look(const char *root, const char *release, enum module_file *ret);
