/* Makes a JSON object of a timeout that becomes shorter, with the entries that this concerns. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/cutoffs-json.h"

/* The most holders in the list. */
#define LISTED 10U

static json_t *make_holder(struct report *report, const struct cutoff_holder *holder, bool hide)
{
	char address[HOLDER_TEXT_SIZE];

	if (holder->owner)
		return report_pack(report, "{s:s, s:o, s:n, s:I}", "kind",
				   owner_kind_to_string(holder->owner->kind), "name",
				   report_string(holder->owner->name), "address", "entries",
				   (json_int_t)holder->entries);
	holder_to_text(&holder->address, false, address);
	return report_pack(report, "{s:n, s:n, s:s?, s:I}", "kind", "name", "address",
			   hide ? NULL : address, "entries", (json_int_t)holder->entries);
}

static json_t *make_holders(struct report *report, const struct cutoff_json *request)
{
	struct cutoff_holder items[LISTED];
	size_t count;
	json_t *list;

	if (!request->cutoff)
		return json_null();
	if (cutoff_top(request->cutoff, request->holders, items, ARRAY_SIZE(items), &count) < 0)
		return NULL;
	list = json_array();
	for (size_t i = 0; i < count; i++)
		report_add_item(report, list,
				make_holder(report, &items[i], request->no_addresses));
	return list;
}

static json_t *make_count(const struct cutoff *cutoff, uint64_t count)
{
	return cutoff ? json_integer((json_int_t)count) : json_null();
}

json_t *cutoff_to_json(struct report *report, const struct cutoff_json *request)
{
	const struct cutoff *cutoff = request->cutoff;

	return report_pack(report, "{s:s, s:I, s:I, s:o, s:o, s:o, s:s?, s:o}", "timeout",
			   request->name, "live", (json_int_t)request->live, "shorter",
			   (json_int_t)request->shorter, "entries",
			   make_count(cutoff, cutoff ? cutoff->entries : 0), "silent",
			   make_count(cutoff, cutoff ? cutoff->silent : 0), "silence_unknown",
			   make_count(cutoff, cutoff ? cutoff->unclear : 0), "reason",
			   request->unknown, "holders", make_holders(report, request));
}
