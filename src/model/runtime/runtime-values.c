/* The plan's values in the running kernel: configured, live, and the state that follows. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/runtime/runtime-values.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "model/config/module-options.h"
#include "model/plan/sizes.h"

void values_done(struct values *values)
{
	free(values->items);
	*values = (struct values){0};
}

bool resize_waits(enum resize resize, uint64_t entries)
{
	switch (resize) {
	case RESIZE_NOW:
		return false;
	case RESIZE_NEXT_LOAD:
		return entries > 0;
	case RESIZE_AUTO:
		return entries >= RESIZE_ENTRIES;
	}
	return true;
}

static void add_parameter(struct values *values, enum value_kind kind, enum setting_id id,
			  uint64_t wanted, const struct sizes *sizes)
{
	struct value *value = &values->items[values->count++];

	*value = (struct value){
		.kind = kind,
		.source = id == SETTING_HASHSIZE ? sizes->hashsize_source
						 : sizes->expect_hashsize_source,
		.row = &schema[id],
		.wanted = wanted,
		.goal = wanted,
		.rounded = sizes_round_buckets(wanted, sizes->page_size, sizes->word_size),
		.bytes = sizes_bucket_bytes(wanted, sizes->page_size, sizes->word_size),
		.error = -ENOENT,
	};
	(void)snprintf(value->key, sizeof(value->key), "nf_conntrack.%s", schema[id].name);
	(void)snprintf(value->path, sizeof(value->path), PATH_PARAMETERS "/%s", schema[id].name);
}

static void add_sysctl(struct values *values, const struct setting *setting)
{
	struct value *value = &values->items[values->count++];

	*value = (struct value){
		.kind = VALUE_SYSCTL,
		.source = setting->source,
		.row = setting->row,
		.wanted = setting->wanted,
		.goal = setting->wanted,
		.rounded = setting->wanted,
		.at_least = setting->at_least,
		.error = -ENOENT,
	};
	(void)snprintf(value->key, sizeof(value->key), "net.netfilter.%s", setting->row->key);
	(void)snprintf(value->path, sizeof(value->path), PATH_PROC "/%s", setting->row->key);
}

/* Adds the parameter that new network namespaces take this setting from, if there is one. */
static void add_inherited(struct values *values, const struct setting *setting)
{
	const char *parameter = module_option_inherited(setting->row);
	struct value *value;

	if (!parameter)
		return;
	value = &values->items[values->count++];
	*value = (struct value){
		.kind = VALUE_INHERITED,
		.source = setting->source,
		.row = setting->row,
		.wanted = setting->wanted,
		.goal = setting->wanted,
		.rounded = setting->wanted,
		.error = -ENOENT,
	};
	(void)snprintf(value->key, sizeof(value->key), "nf_conntrack.%s", parameter);
	(void)snprintf(value->path, sizeof(value->path), PATH_PARAMETERS "/%s", parameter);
}

int values_of_plan(const struct plan *plan, struct values *ret)
{
	const struct sizes *sizes = &plan->sizes;
	struct values values = {.items =
					calloc(2 * plan->setting_count + 2, sizeof(*values.items))};

	if (!values.items)
		return -ENOMEM;
	if (sizes->hashsize) {
		add_parameter(&values, VALUE_HASHSIZE, SETTING_HASHSIZE, sizes->hashsize, sizes);
		/*
		 * Fewer buckets under a larger max that is kept would make long chains, so that
		 * hashsize is a floor too.
		 */
		values.items[0].at_least = sizes->at_least;
	}
	if (sizes->expect_hashsize)
		add_parameter(&values, VALUE_EXPECT_HASHSIZE, SETTING_EXPECT_HASHSIZE,
			      sizes->expect_hashsize, sizes);
	for (size_t i = 0; i < plan->setting_count; i++)
		add_sysctl(&values, &plan->settings[i]);
	for (size_t i = 0; i < plan->setting_count; i++)
		add_inherited(&values, &plan->settings[i]);
	*ret = values;
	return 0;
}

int values_of_schema(struct values *ret)
{
	static const struct sizes none;
	struct values values = {.items = calloc(schema_count, sizeof(*values.items))};

	if (!values.items)
		return -ENOMEM;
	add_parameter(&values, VALUE_HASHSIZE, SETTING_HASHSIZE, 0, &none);
	add_parameter(&values, VALUE_EXPECT_HASHSIZE, SETTING_EXPECT_HASHSIZE, 0, &none);
	for (size_t i = 0; i < schema_count; i++)
		if (schema[i].key)
			add_sysctl(&values, &(struct setting){.row = &schema[i]});
	*ret = values;
	return 0;
}

void values_keep_namespace(struct values *values, bool own_max)
{
	size_t count = 0;

	for (size_t i = 0; i < values->count; i++) {
		struct value value = values->items[i];

		if (value.kind != VALUE_SYSCTL)
			continue;
		value.host = !schema_is_per_namespace(value.row) &&
			     !(own_max && value.row == &schema[SETTING_MAX]);
		values->items[count++] = value;
	}
	values->count = count;
}

void values_leave_inherited(struct values *values)
{
	size_t count = 0;

	for (size_t i = 0; i < values->count; i++)
		if (values->items[i].kind != VALUE_INHERITED)
			values->items[count++] = values->items[i];
	values->count = count;
}

void value_found(struct value *value, const char *text, int error)
{
	value->error = error;
	value->live[0] = '\0';
	if (error < 0)
		return;
	/* The kernel shows a switch of the module as a letter, and takes a number. */
	if (value->kind == VALUE_INHERITED)
		text = strcmp(text, "Y") == 0 ? "1" : strcmp(text, "N") == 0 ? "0" : text;
	if (strlen(text) < sizeof(value->live) && text_is_plain(text))
		memcpy(value->live, text, strlen(text) + 1);
	else
		value->error = -EBADMSG;
}

bool value_find_number(const struct value *value, uint64_t *ret)
{
	bool negative = value->row == &schema[SETTING_MAX] && value->live[0] == '-';
	const char *digits = value->live + negative;
	uint64_t number;

	if (value->error < 0 ||
	    text_parse_number(digits, strlen(digits), UINT64_MAX, &number) < 0 ||
	    (negative && (number == 0 || number > (uint64_t)INT_MAX + 1)))
		return false;
	if (value->row == &schema[SETTING_MAX] && number == 0)
		number = UINT32_MAX;
	*ret = negative ? (uint64_t)UINT32_MAX + 1 - number : number;
	return true;
}

bool value_is_in_force(const struct value *value)
{
	uint64_t live;

	if (!value_find_number(value, &live))
		return false;
	if (value->at_least && live > value->rounded)
		return live != value->own;
	return live == value->rounded;
}

/*
 * Finds the max that the kernel computes from the buckets in our modprobe.d file. If max is 8 times
 * another number of buckets, an administrator may have chosen it.
 */
static void find_own(const struct values *values, struct value *max)
{
	for (size_t i = 0; i < values->count; i++)
		if (values->items[i].kind == VALUE_HASHSIZE)
			max->own = sizes_own_max(values->items[i].rounded);
}

static const struct value *find_table(const struct values *values)
{
	for (size_t i = 0; i < values->count; i++)
		if (values->items[i].kind == VALUE_HASHSIZE)
			return &values->items[i];
	return NULL;
}

/*
 * Finds the max to write now. A larger max over the present buckets would make long chains, for
 * which kernels from 5.15 on drop packets.
 */
static void find_goal(const struct values *values, struct value *max)
{
	const struct value *table = find_table(values);
	uint64_t buckets, live;

	max->goal = max->wanted;
	if (!values->table_waits || !table || value_is_in_force(table) ||
	    !value_find_number(table, &buckets) || !value_find_number(max, &live) ||
	    live >= max->wanted || max->wanted <= RESIZE_RATIO * buckets)
		return;
	max->goal = live > RESIZE_RATIO * buckets ? live : RESIZE_RATIO * buckets;
}

bool value_is_set(const struct value *value)
{
	uint64_t live;

	return value_is_in_force(value) || (value->goal != value->wanted &&
					    value_find_number(value, &live) && live == value->goal);
}

static enum value_state value_judge(const struct value *value, enum module_state module,
				    bool blocked, bool table_waits)
{
	if (!module_is_there(module))
		return blocked ? VALUE_CANNOT_LOAD : VALUE_PENDING;
	if (value->host)
		return VALUE_HOST;
	if (value->error == -ENOENT)
		return VALUE_ABSENT;
	if (value->error < 0)
		return VALUE_UNREADABLE;
	if (value_is_in_force(value))
		return VALUE_OK;
	/* Only a new load activates the value, so that it is not wrong until then. */
	if (value->kind == VALUE_EXPECT_HASHSIZE || value_is_set(value) ||
	    (value->kind == VALUE_HASHSIZE && table_waits))
		return VALUE_PENDING;
	return VALUE_DIFFERS;
}

void values_judge(struct values *values, enum module_state module, bool blocked)
{
	for (size_t i = 0; i < values->count; i++) {
		if (values->items[i].row == &schema[SETTING_MAX]) {
			find_own(values, &values->items[i]);
			find_goal(values, &values->items[i]);
		}
		values->items[i].state =
			value_judge(&values->items[i], module, blocked, values->table_waits);
	}
}

/*
 * Returns whether writing the value makes the table smaller. Many entries in few buckets make long
 * chains, so that buckets shrink only after max.
 */
static bool table_shrinks(const struct value *value)
{
	uint64_t live;

	return value->kind == VALUE_HASHSIZE && value_find_number(value, &live) &&
	       live > value->rounded;
}

size_t values_order(const struct values *values, size_t *ret)
{
	size_t count = 0;

	for (int last = 0; last <= 1; last++)
		for (size_t i = 0; i < values->count; i++)
			if (values->items[i].state == VALUE_DIFFERS &&
			    table_shrinks(&values->items[i]) == last)
				ret[count++] = i;
	return count;
}

const struct value *values_find_lowered_max(const struct values *values)
{
	for (size_t i = 0; i < values->count; i++) {
		const struct value *value = &values->items[i];
		uint64_t live;

		if (value->row == &schema[SETTING_MAX] && value->state == VALUE_DIFFERS &&
		    value_find_number(value, &live) && live > value->wanted)
			return value;
	}
	return NULL;
}

bool values_leaves_room(uint64_t max, uint64_t entries)
{
	return entries < sizes_crowding_entries(max);
}

size_t values_count(const struct values *values, enum value_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < values->count; i++)
		count += values->items[i].state == state;
	return count;
}

void values_list_pending(const struct values *values, struct buffer *b)
{
	size_t left = values_count(values, VALUE_PENDING);

	for (size_t i = 0; i < values->count; i++) {
		if (values->items[i].state != VALUE_PENDING)
			continue;
		left--;
		buffer_printf(b, "%s%s", values->items[i].row->name,
			      left == 0	  ? ""
			      : left == 1 ? " and "
					  : ", ");
	}
}

const char *value_state_to_string(enum value_state state)
{
	static const char *const words[] = {
		[VALUE_OK] = "ok",
		[VALUE_DIFFERS] = "differs",
		[VALUE_PENDING] = "pending",
		[VALUE_ABSENT] = "absent",
		[VALUE_CANNOT_LOAD] = "cannot load",
		[VALUE_UNREADABLE] = "unreadable",
		[VALUE_HOST] = "host",
	};

	return words[state];
}

/* Adds the kernel's bounds of this value (net/netfilter/nf_conntrack_standalone.c, 4.18 to 7.2). */
static void explain_bounds(const struct value *value, struct buffer *b)
{
	buffer_add(b, "the kernel refuses this number; ");
	if (value->row->type == TYPE_SECONDS) {
		buffer_add(b, "it accepts 0 to 2,147,483,647 / HZ seconds: 2,147,483 with HZ=1000, "
			      "8,589,934 with HZ=250");
		return;
	}
	if (value->row->ceiling || strstr(value->row->name, "frag6_high")) {
		buffer_add(b, "the low threshold must not exceed the high one, which up to Linux "
			      "5.10 can only be lowered");
		return;
	}
	buffer_printf(b, "it accepts %s to %s", text_count(value->row->min).text,
		      text_count(value->row->max).text);
}

static void explain_lost(const struct value *value, struct buffer *b)
{
	buffer_add(b, "the kernel accepted it, but ");
	buffer_add_number(b, value->live[0] ? value->live : "another value");
	buffer_add(b, " is active, because another source sets it as well");
}

void value_explain(const struct value *value, int error, struct buffer *b)
{
	switch (-error) {
	case EROFS:
		buffer_printf(b,
			      "%s is mounted read-only here, which is usual in a container; run "
			      "the command on the host",
			      value->kind == VALUE_SYSCTL ? "/proc/sys" : "/sys");
		return;
	case EACCES:
	case EOPNOTSUPP:
		buffer_add(b, "this value belongs to the initial network namespace, and this is "
			      "another one; run the command on the host itself");
		return;
	case EPERM:
		buffer_add(b, "not permitted, not even to root: a security module or the control "
			      "group of this process forbids it; look for denials in the log");
		return;
	case EINVAL:
	case ERANGE:
		explain_bounds(value, b);
		return;
	case ENOMEM:
		if (value->kind == VALUE_SYSCTL) {
			buffer_add(b, "the kernel has no memory for it");
			return;
		}
		buffer_printf(b,
			      "the kernel cannot get %s for %s buckets; lower hashsize, or reboot",
			      text_amount(value->bytes).text, text_count(value->rounded).text);
		return;
	case EBUSY:
		if (strcmp(value->row->name, "nf_hooks_lwtunnel") == 0 && value->wanted == 0)
			buffer_add(b, "the kernel cannot switch it off before the next boot");
		else
			explain_lost(value, b);
		return;
	case EIO:
		/* No disk takes part in this write. */
		buffer_add(b, "the kernel did not accept the whole number (EIO); its log may have "
			      "the reason");
		return;
	default:
		buffer_add(b, strerror(-error));
	}
}
