/* Finds kube-proxy and the values that its flags and its configuration set. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/gathering.h"
#include "model/sources/writers.h"

/*
 * Adds the values that kube-proxy sets: kube-proxy of a static pod, of a service, of a process, and
 * inside of k3s, RKE2 and MicroK8s. What could not be read is noted as unread. -ENOMEM.
 */
MUST_CHECK int find_kube_proxy(const struct gathering *gathering, struct host_writers *found);
