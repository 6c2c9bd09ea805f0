/* Makes a JSON object of a timeout that becomes shorter, with the entries that this concerns. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/table/cutoffs.h"
#include "report/report.h"

/* Nothing is owned. */
struct cutoff_json {
	const struct cutoff *cutoff; /* NULL: `unknown` says why */
	const struct holders *holders;
	const char *name; /* in [timeouts] */
	const char *unknown;
	uint32_t live, shorter; /* seconds */
	bool no_addresses;
};

/*
 * Makes the object; the caller owns it and passes it to report_add_item(). Unknown figures are
 * null. NULL: no memory.
 */
json_t *cutoff_to_json(struct report *report, const struct cutoff_json *request);
