/* Names the owner of a process, for the two parts of the search for owners. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/owners.h"
#include "model/table/owner-lines.h"

/* Names the owner of a process: its container, else its unit, else its command. */
void owner_search_process(struct owner_search *search, unsigned long pid, struct group_owner *ret);
