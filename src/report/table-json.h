/* The table as a JSON object. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/table/table.h"
#include "report/report.h"

/* Returns a new reference for report_set_member(), NULL without memory. What is not known is null. */
json_t *status_json(struct report *report, const struct table *table,
		    const struct judgement *judgement);
