/* Reads what the witness recorded, for check, and loads or unloads it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/witness.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "gather/owners.h"
#include "host/witness/witness.h"
#include "model/plan/sizes.h"

void witness_look_done(struct witness_look *look)
{
	witness_ring_done(&look->ring);
	*look = (struct witness_look){0};
}

/*
 * Finds the control group of a writer. One that has ended, as that of each one-shot service, has
 * the name that was recorded, behind the path of the nearest group above it that is left. *ret_gone
 * says whether it has ended. Adds nothing if the group is the root, or unknown.
 */
static void find_group(const struct witness_event *event, struct buffer *group, bool *ret_gone)
{
	witness_find_group(event, group, ret_gone);
	if (*ret_gone && event->group_name[0])
		buffer_printf(group, "/%s", event->group_name);
}

/* Adds the owner of the control group; nothing if it is unknown. */
static void find_owner(const struct context *context, const struct witness_event *event,
		       const char *group, bool gone, struct buffer *owner)
{
	struct owner_search CLEANUP(owner_search_done) search = {.gathering = &context->gathering};
	struct group_owner found;
	const char *last = strrchr(group, '/');

	if (gone && !event->group_name[0]) {
		buffer_printf(owner, "a control group that is gone%s%s", last ? ", below " : "",
			      group);
		return;
	}
	if (!last)
		return;
	owner_search_group(&search, group, &found);
	if (found.kind == OWNER_UNIT)
		buffer_add(owner, found.name);
	else if (found.kind != OWNER_PROCESS)
		buffer_printf(owner, "%s %s", owner_kind_to_string(found.kind), found.name);
	else
		buffer_add(owner, last + 1);
}

bool witness_is_foreign(const struct witness_look *look, const struct value *value,
			const struct witness_event *event)
{
	struct value written = *value;
	uint64_t number;

	if (value->kind != VALUE_SYSCTL || !witness_is_about(event, value->key) ||
	    !witness_find_number(event, &number) || number == value->goal ||
	    witness_when(&look->times, event->time) < look->installed)
		return false;
	value_found(&written, event->after, 0);
	return !value_is_in_force(&written);
}

/*
 * Returns the last write of nf_conntrack_buckets, the key that is another way to set hashsize, of
 * which the kernel made this number by rounding; or NULL.
 */
static const struct witness_event *find_buckets_writer(const struct witness_look *look,
						       uint64_t buckets)
{
	uint64_t written;

	for (size_t i = look->ring.count; i-- > 0;)
		if (witness_is_about(&look->ring.events[i], "net.netfilter.nf_conntrack_buckets") &&
		    witness_find_number(&look->ring.events[i], &written) &&
		    sizes_round_buckets(written, look->page_size, look->word_size) == buckets)
			return &look->ring.events[i];
	return NULL;
}

/* Returns the write that made the live value, or NULL. */
static const struct witness_event *find_live_writer(const struct witness_look *look,
						    const struct value *value)
{
	uint64_t number;

	if (!look->readable || value->state != VALUE_DIFFERS || !value_find_number(value, &number))
		return NULL;
	if (value->kind == VALUE_HASHSIZE)
		return find_buckets_writer(look, number);
	return value->kind == VALUE_SYSCTL ? witness_find_writer(&look->ring, value->key, number)
					   : NULL;
}

/*
 * Returns the last write of another number than the configured one, either of those in other
 * network namespaces or of the rest; or NULL.
 */
static const struct witness_event *find_foreign(const struct witness_look *look,
						const struct value *value, bool elsewhere)
{
	for (size_t i = look->ring.count; i-- > 0;) {
		const struct witness_event *event = &look->ring.events[i];

		if ((event->place == WITNESS_ELSEWHERE) == elsewhere &&
		    witness_is_foreign(look, value, event))
			return event;
	}
	return NULL;
}

static void add_json(struct context *context, const struct witness_look *look,
		     const struct value *value, const struct witness_event *event, bool wins)
{
	struct buffer CLEANUP(buffer_clear) group = {0}, owner = {0};
	bool gone = false;
	json_t *item;

	find_group(event, &group, &gone);
	find_owner(context, event, group.data ? group.data : "", gone, &owner);
	item = report_pack(
		context->report,
		"{s:s, s:s, s:i, s:o, s:b, s:b, s:s, s:b, s:b, s:b, s:s, s:o, s:o, s:o, s:o, s:I}",
		"key", value->key, "path", "", "line", 0, "value", report_string(event->after),
		"wins", wins, "same", 0, "when", "at run time", "computed", 0, "inactive", 0,
		"possible", 0, "kind", "witness", "group",
		report_string(group.data ? group.data : ""), "owner",
		report_string(owner.data ? owner.data : ""), "command",
		report_string(event->command), "before", report_string(event->before), "time_usec",
		(json_int_t)witness_when(&look->times, event->time));
	report_set_member(context->report, item, "pid",
			  event->process ? json_integer(event->process) : json_null());
	report_set_member(context->report, item, "uid",
			  event->uid != UINT32_MAX ? json_integer(event->uid) : json_null());
	report_set_member(context->report, item, "gone", json_boolean(gone));
	report_set_member(context->report, item, "place",
			  json_string(witness_place_to_string(event->place)));
	report_set_member(context->report, item, "namespace",
			  event->namespace ? json_integer((json_int_t)event->namespace)
					   : json_null());
	report_add_item(context->report, json_object_get(report_object(context->report), "writers"),
			item);
}

static void add_all_json(struct context *context, const struct witness_look *look,
			 const struct values *values)
{
	report_set_member(context->report, report_object(context->report), "witness",
			  report_pack(context->report, "{s:I, s:I}", "writes",
				      (json_int_t)look->ring.writes, "lost",
				      (json_int_t)look->ring.lost));
	for (size_t i = 0; i < values->count; i++) {
		const struct value *value = &values->items[i];
		const struct witness_event *live, *foreign, *elsewhere;

		live = find_live_writer(look, value);
		foreign = live ? live : find_foreign(look, value, false);
		elsewhere = find_foreign(look, value, true);
		if (foreign)
			add_json(context, look, value, foreign,
				 live && live->place == WITNESS_HERE);
		if (elsewhere)
			add_json(context, look, value, elsewhere, false);
	}
}

/* Returns why the records could not be read, and what to do; a literal. */
static const char *error_describe(int error)
{
	switch (error) {
	case -ENOENT:
		return "no witness is loaded; \"systemctl status " WITNESS_SERVICE "\" says why";
	case -EPERM:
	case -EACCES:
		return "only root can read its records";
	default:
		return strerror(-error);
	}
}

static void say_unreadable(struct context *context, const struct values *values, int error)
{
	bool differs = values_count(values, VALUE_DIFFERS) > 0;

	report_message(context->report,
		       differs && error != -EPERM && error != -EACCES ? SEVERITY_WARNING
								      : SEVERITY_NOTE,
		       "the witness%s: %s",
		       differs ? " cannot name who changed a value" : " has nothing to say",
		       error_describe(error));
}

/*
 * Finds out where each write was. A record without a namespace is of a kernel that does not show
 * it; a writer that still runs has one.
 */
static void set_places(struct witness_ring *ring)
{
	uint64_t own = witness_own_namespace();

	for (size_t i = 0; i < ring->count; i++) {
		if (ring->events[i].namespace == 0)
			ring->events[i].namespace = witness_find_namespace(&ring->events[i]);
		witness_set_place(&ring->events[i], own);
	}
}

int witness_look_again(const struct context *context, const struct comparison *comparison,
		       struct witness_look *ret)
{
	struct witness_look look = {.readable = true, .context = context};
	int error;

	if (!comparison->plan.witness || !context->gathering.live)
		return -ENOENT;
	look.page_size = comparison->facts.page_size;
	look.word_size = comparison->facts.word_size;
	witness_clock(&look.times.boot, &look.times.epoch);
	if (comparison->installed.manifest_file.changed_ns > 0)
		look.installed = (uint64_t)comparison->installed.manifest_file.changed_ns / 1000;
	/* The state of the pins needs no bpf(2), which the sandbox of a service may not have. */
	error = witness_is_loaded() ? witness_read(&look.ring) : -ENOENT;
	/* Another user cannot look into the directory of the pins. */
	if (error == -ENOENT && !kernel_may_change(context->kernel))
		error = -EACCES;
	if (error == 0) {
		set_places(&look.ring);
		*ret = look;
	}
	return error;
}

void witness_look(struct context *context, const struct comparison *comparison,
		  const struct values *values, struct witness_look *ret)
{
	int error;

	if (!comparison->plan.witness || !context->gathering.live)
		return;
	error = witness_look_again(context, comparison, ret);
	if (error < 0)
		say_unreadable(context, values, error);
	else
		add_all_json(context, ret, values);
}

void witness_describe_event(const struct witness_look *look, const struct witness_event *event,
			    struct buffer *b)
{
	struct buffer CLEANUP(buffer_clear) group = {0}, owner = {0};
	bool gone = false;

	find_group(event, &group, &gone);
	find_owner(look->context, event, group.data ? group.data : "", gone, &owner);
	witness_add_writer(event, owner.data ? owner.data : "", b);
}

void witness_describe_value(const struct witness_look *look, const struct value *value,
			    struct buffer *b)
{
	const struct witness_event *event = find_live_writer(look, value);

	if (!look->readable || value->state != VALUE_DIFFERS)
		return;
	if (!event && value->kind != VALUE_SYSCTL) {
		buffer_add(b, "the witness does not see who sets it, because it is no sysctl");
		return;
	}
	if (!event) {
		buffer_add(b, "not set by sysctl since the witness was loaded, ");
		witness_add_moment(&look->times, look->ring.loaded, b);
		if (look->ring.lost > 0)
			buffer_printf(b, ", or its record was overwritten (%s were)",
				      text_count(look->ring.lost).text);
		return;
	}
	buffer_add(b, event->place == WITNESS_HERE ? "set by " : "set by an unknown process; ");
	witness_describe_event(look, event, b);
	buffer_add(b, event->place == WITNESS_HERE ? ", " : " wrote the same number ");
	witness_add_moment(&look->times, event->time, b);
	if (event->place != WITNESS_HERE)
		buffer_add(b, ", perhaps in another network namespace, which this kernel does not "
			      "show");
}

void witness_foretell(struct context *context, const struct comparison *comparison)
{
	if (!context->gathering.live)
		return;
	if (comparison->plan.witness && !witness_is_loaded())
		report_say(context->report,
			   "witness = yes: install loads a BPF program that sees every write to a "
			   "sysctl of this host and records those of conntrack keys, with the "
			   "process and its control group. It refuses none.");
	else if (!comparison->plan.witness && witness_is_loaded())
		report_say(context->report,
			   "witness = no: install unloads the BPF program that records who writes "
			   "a conntrack key.");
}

enum exit_code witness_load(struct context *context)
{
	struct buffer CLEANUP(buffer_clear) log = {0};
	int error = 0;
	enum witness_obstacle obstacle = witness_start(&log, &error);
	bool said; /* whether the errno says more than the sentence */

	if (obstacle == WITNESS_FINE)
		return EXIT_DONE;
	said = obstacle >= WITNESS_PROGRAM_REFUSED && error < 0;
	report_message(context->report, SEVERITY_WARNING, "no witness is loaded: %s%s%s%s",
		       witness_obstacle_describe(obstacle), said ? " (" : "",
		       said ? strerror(-error) : "", said ? ")" : "");
	if (log.length > 0)
		report_message(context->report, SEVERITY_NOTE, "the verifier said: %s", log.data);
	return EXIT_DONE;
}

enum exit_code witness_unload(struct context *context)
{
	int error = witness_stop();

	if (error >= 0)
		return EXIT_DONE;
	report_errno(context, "remove", PATH_WITNESS, error);
	return EXIT_FAILED;
}

/*
 * Has the service load it, so that systemd shows its state. Without systemd, or if a witness of
 * another version must be replaced while the service is active, this process loads it.
 */
static void load_by_service(struct context *context)
{
	char result[32] = "";

	if (bus_has_systemd(context->bus) &&
	    bus_start_unit(context->bus, WITNESS_SERVICE, result, sizeof(result)) == 0 &&
	    witness_is_loaded())
		return;
	/* The sandbox of a restoration has no bpf(2). */
	if (!context->options->restore)
		(void)witness_load(context);
}

void witness_follow(struct context *context, const struct comparison *comparison)
{
	if (!context->gathering.live)
		return;
	if (comparison->plan.witness)
		load_by_service(context);
	else if (!context->options->restore)
		(void)witness_unload(context);
}
