/* Reads YAML, and JSON, which is YAML too, within bounds. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"
#include "model/sources/yaml-scalars.h"

/*
 * Bounds on hostile texts. A configuration of kube-proxy has about a hundred scalars in two levels,
 * and the manifest of a pod some hundreds in seven levels.
 */
#define YAML_NODES_MAX 20000U
#define YAML_DEPTH_MAX 32U
/* A scalar with a longer path is counted and not listed. */
#define YAML_PATH_MAX 256U

/*
 * Reads all documents of a text. *ret is owned by the caller, and unchanged on failure. Returns
 * -EINVAL for a text that is not YAML; -ELOOP for one with an alias, which may stand for more text
 * than memory holds; -E2BIG for one beyond the bounds above; -ELIBACC or -ELIBBAD if libyaml is not
 * installed; -EOPNOTSUPP if the program was built without it; or -ENOMEM. *ret_line, which is set
 * on failure only, is the line where reading ended, or 0.
 */
MUST_CHECK int yaml_read(const char *text, size_t length, struct yaml_scalars *ret,
			 unsigned int *ret_line);
