/* Makes a JSON object of the table. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/table/table.h"
#include "report/report.h"

/*
 * Makes the JSON object; the caller owns it and passes it to report_set_member(). Unknown figures
 * are null. no_addresses: lists of addresses are null. NULL: no memory.
 */
json_t *status_json(struct report *report, const struct table *table,
		    const struct judgement *judgement, bool no_addresses);
