/* Turns a configuration into settings and files: the plan that every verb receives as const. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan/plan.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "model/plan/boot-sizes.h"
#include "model/plan/plan-sizes.h"
#include "model/plan/render.h"
#include "model/plan/sizes.h"

const struct artifact *plan_find_artifact(const struct plan *plan, const char *path)
{
	for (size_t i = 0; i < plan->artifact_count; i++)
		if (strcmp(plan->artifacts[i].path, path) == 0)
			return &plan->artifacts[i];
	return NULL;
}

void plan_done(struct plan *plan)
{
	for (size_t i = 0; i < plan->artifact_count; i++)
		artifact_done(&plan->artifacts[i]);
	free(plan->artifacts);
	free(plan->settings);
	free(plan->sizes.inputs);
	*plan = (struct plan){0};
}

/*
 * Returns the line that sets a value. If only one of max and hashsize is set, the other follows
 * from its line.
 */
static struct setting_source find_source(const struct config *config, size_t id)
{
	const struct config_value *value = &config->values[id];
	size_t other = id;

	if (!value->set && id == SETTING_MAX)
		other = SETTING_HASHSIZE;
	if (!value->set && id == SETTING_HASHSIZE)
		other = SETTING_MAX;
	return (struct setting_source){
		.file = config->values[other].file,
		.line = config->values[other].line,
		.follows = other != id && config->values[other].set ? &schema[other] : NULL,
	};
}

static void add_setting(struct plan *plan, const struct config *config, size_t id, uint64_t wanted)
{
	assert(plan->setting_count < schema_count);
	plan->settings[plan->setting_count++] = (struct setting){
		.row = &schema[id],
		.wanted = wanted,
		.source = find_source(config, id),
		.at_least = id == SETTING_MAX && plan->sizes.at_least,
	};
}

/*
 * Returns whether frag6_low_thresh must be written after frag6_high_thresh. The kernel refuses a
 * low threshold above the high one at any moment, and it starts with its defaults: a high threshold
 * that rises must be written first, one that falls last.
 */
static bool comes_after_ceiling(const struct config *config, size_t low, int high)
{
	return high >= 0 && config->values[low].set && config->values[high].set &&
	       config->values[high].number >= strtoull(schema[high].fallback, NULL, 10);
}

/* Fills the settings of the plan in the order in which they are written. max: 0 to leave it out. */
static int plan_settings(struct plan *plan, const struct config *config, uint64_t max)
{
	const struct config_value *expect = &config->values[SETTING_EXPECT_MAX];

	free(plan->settings);
	plan->setting_count = 0;
	plan->settings = calloc(schema_count, sizeof(*plan->settings));
	if (!plan->settings)
		return -ENOMEM;
	if (max)
		add_setting(plan, config, SETTING_MAX, max);
	if (expect->set)
		add_setting(plan, config, SETTING_EXPECT_MAX, expect->number);

	for (size_t i = SETTING_FIRST_KEY; i < schema_count; i++) {
		int high = schema[i].ceiling ? schema_find(schema[i].section, schema[i].ceiling)
					     : -1;
		bool done = false;

		for (size_t k = 0; k < plan->setting_count; k++)
			done = done || plan->settings[k].row == &schema[i];
		if (done || !config->values[i].set)
			continue;
		if (comes_after_ceiling(config, i, high))
			add_setting(plan, config, (size_t)high, config->values[high].number);
		add_setting(plan, config, i, config->values[i].number);
	}
	return 0;
}

static int add_artifact(struct plan *plan, const char *path, struct buffer *body)
{
	int error;

	assert(plan->artifact_count < artifact_path_count);
	error = artifact_from_body(path, body, &plan->artifacts[plan->artifact_count]);
	if (error == 0)
		plan->artifact_count++;
	return error;
}

static bool lists(const struct sizes *sizes, uint64_t number)
{
	uint64_t rounded[ROUNDED_MAX];
	size_t count = render_list_rounded(sizes, rounded);

	for (size_t i = 0; i < count; i++)
		if (rounded[i] == number)
			return true;
	return false;
}

/*
 * Replaces the rule by one with the rounded sizes of other kernels, if that one is installed and
 * lists this kernel's size too.
 */
static int keep_rule(struct plan *plan, const char *installed, const struct sizes *wished)
{
	static const enum rule_kernels others[] = {RULE_ANY_KERNEL, RULE_64_BIT_KERNEL};
	struct artifact *rule = &plan->artifacts[plan->artifact_count - 1];
	uint64_t own = sizes_round_buckets(wished->hashsize, wished->page_size, wished->word_size);
	struct sizes sizes = *wished;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct buffer b = {0};
		struct artifact other = {0};
		int error;

		sizes.kernels = others[i];
		if (!lists(&sizes, own))
			continue;
		render_udev(&b, plan->settings, plan->setting_count, &sizes);
		error = artifact_from_body(rule->path, &b, &other);
		if (error < 0)
			return error;
		if (strcmp(other.digest, installed) == 0) {
			artifact_done(rule);
			*rule = other;
			return 0;
		}
		artifact_done(&other);
	}
	return 0;
}

static int add_rule(struct plan *plan, const struct plan_request *request,
		    const struct sizes *sizes)
{
	struct buffer b = {0};
	int error;

	render_udev(&b, plan->settings, plan->setting_count, sizes);
	error = add_artifact(plan, PATH_UDEV, &b);
	/* If the kernel is unknown, the rule must list the sizes of all kernels. */
	if (error < 0 || !request->rule || !sizes->page_size)
		return error;
	return keep_rule(plan, request->rule, sizes);
}

/*
 * Refuses a program path with characters that mean something to a shell, because the install line
 * contains it.
 */
static void judge_program(const struct plan_request *request, struct problems *problems)
{
	const struct config_value *value = &request->config->values[SETTING_SYNCHRONOUS];
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-";
	const char *program = request->program;

	if (value->number && (program[0] != '/' || program[strspn(program, allowed)] != '\0'))
		problems_add(problems, SEVERITY_ERROR, value->file, value->line,
			     "apply.synchronous: the path of this program has characters that a "
			     "line of modprobe.d cannot contain; build it with another --sbindir, "
			     "or remove this line");
}

/*
 * Warns about a timeout that is not longer than the keepalive time. Equal ones are too short: the
 * entry ends before the probe is sent (measured on Linux 6.18). 0 has a warning of its own.
 */
static void judge_keepalive(const struct plan_request *request, struct problems *problems)
{
	int id = schema_find("timeouts", "tcp_established");
	const struct config_value *value = &request->config->values[id];
	uint64_t keepalive = request->facts->keepalive, enough = keepalive + KEEPALIVE_MARGIN;
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (!value->set || value->number == 0 || value->number > keepalive)
		return;
	buffer_printf(&text,
		      "timeouts.tcp_established: %" PRIu64
		      " s is not longer than the keepalive time of this host "
		      "(net.ipv4.tcp_keepalive_time = %" PRIu64
		      "). The kernel forgets an idle connection before the first keepalive probe, "
		      "so that idle sessions, such as those of ssh and databases, hang; ",
		      value->number, keepalive);
	if (enough <= schema[id].max)
		buffer_printf(&text, "write \"tcp_established = %" PRIu64 "\", or more", enough);
	else
		buffer_add(&text, "lower the keepalive time");
	problems->out_of_memory |= text.error < 0;
	problems_add(problems, SEVERITY_WARNING, value->file, value->line, "%s",
		     text.data ? text.data : "");
}

static int add_namespace_drop_ins(struct plan *plan)
{
	static const struct {
		const char *path;
		bool sets_at_load;
	} rows[] = {{PATH_NAMESPACES_SERVICE, true},
		    {PATH_NAMESPACES_BUILTIN, true},
		    {PATH_NAMESPACES_CHECK, false},
		    {PATH_NAMESPACES_RESTORE, false}};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows) && error == 0; i++) {
		struct buffer b = {0};

		render_namespaces_drop_in(&b, rows[i].sets_at_load);
		error = add_artifact(plan, rows[i].path, &b);
	}
	return error;
}

/* Adds what the services that print the witness's records need, and need for nothing else. */
static int add_witness_drop_ins(struct plan *plan)
{
	static const char *const paths[] = {PATH_WITNESS_CHECK, PATH_WITNESS_METRICS};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(paths) && error == 0; i++) {
		struct buffer b = {0};

		render_witness_drop_in(&b);
		error = add_artifact(plan, paths[i], &b);
	}
	return error;
}

/* Returns whether the configuration has a value that each network namespace has separately. */
static bool has_namespace_value(const struct config *config)
{
	for (size_t i = SETTING_FIRST_KEY; i < schema_count; i++)
		if (config->values[i].set && schema_is_per_namespace(&schema[i]))
			return true;
	return false;
}

/* Adds the files that last: those of an installation. */
static int plan_lasting(struct plan *plan, const struct plan_request *request)
{
	struct sizes sizes = plan->sizes;
	struct buffer b = {0};
	int error;

	if (sizes.of_boot)
		sizes.max = sizes.hashsize = 0;
	error = plan_settings(plan, request->config, sizes.max);
	if (error < 0)
		return error;
	if (sizes.hashsize || sizes.expect_hashsize || plan->synchronous ||
	    render_has_parameter(plan->settings, plan->setting_count)) {
		render_modprobe_tune(&b, &sizes, plan->settings, plan->setting_count,
				     plan->synchronous ? request->program : NULL);
		error = add_artifact(plan, PATH_MODPROBE, &b);
		if (error < 0)
			return error;
	}
	if (plan->setting_count > 0) {
		render_sysctl(&b, plan->settings, plan->setting_count);
		error = add_artifact(plan, PATH_SYSCTL, &b);
		if (error < 0)
			return error;
	}
	/*
	 * The rule of an image without values still starts the service, which verifies each load.
	 */
	if (plan->setting_count > 0 || plan->sizes.hashsize || plan->sizes.from_ram)
		error = add_rule(plan, request, &sizes);
	if (error == 0 && plan->restore) {
		render_drop_in(&b);
		error = add_artifact(plan, PATH_DROP_IN, &b);
	}
	if (error == 0 && plan->all_namespaces)
		error = add_namespace_drop_ins(plan);
	return error == 0 && plan->witness ? add_witness_drop_ins(plan) : error;
}

/* Adds the files of one boot: the sizes for each reader, and the record of them. */
static int plan_of_boot(struct plan *plan)
{
	struct sizes sizes = plan->sizes;
	struct buffer b = {0};
	int error;

	sizes.expect_hashsize = 0;
	render_modprobe_tune(&b, &sizes, NULL, 0, NULL);
	error = add_artifact(plan, PATH_BOOT_MODPROBE, &b);
	if (error < 0)
		return error;
	/* Only the first setting, which is max, belongs into this file. */
	render_sysctl(&b, plan->settings, 1);
	error = add_artifact(plan, PATH_BOOT_SYSCTL, &b);
	if (error < 0)
		return error;
	render_udev(&b, plan->settings, 1, &sizes);
	error = add_artifact(plan, PATH_BOOT_UDEV, &b);
	if (error < 0)
		return error;
	render_boot_sizes(&b, &sizes);
	return add_artifact(plan, PATH_BOOT_SIZES, &b);
}

static int plan_tune(struct plan *plan, const struct plan_request *request,
		     struct problems *problems)
{
	const struct config_value *values = request->config->values;
	int error;

	plan->synchronous = values[SETTING_SYNCHRONOUS].number;
	plan->witness = values[SETTING_WITNESS].number;
	plan->restore = values[SETTING_ON_DRIFT].number == DRIFT_RESTORE;
	plan->all_namespaces = values[SETTING_NAMESPACES].number == NAMESPACES_ALL &&
			       has_namespace_value(request->config);
	if (values[SETTING_NAMESPACES].number == NAMESPACES_ALL && !plan->all_namespaces)
		problems_add(problems, SEVERITY_NOTE, values[SETTING_NAMESPACES].file,
			     values[SETTING_NAMESPACES].line,
			     "apply.namespaces: all has no effect, because no timeout or option is "
			     "configured, and sizes hold for all network namespaces anyway");
	error = plan_lasting(plan, request);
	if (error < 0 || !plan->sizes.of_boot)
		return error;
	error = plan_settings(plan, request->config, plan->sizes.max);
	return error < 0 ? error : plan_of_boot(plan);
}

static int plan_disable(struct plan *plan, const struct plan_request *request)
{
	struct buffer b = {0};

	render_modprobe_disable(&b,
				request->config->values[SETTING_ENFORCE].number == ENFORCE_BLOCK);
	return add_artifact(plan, PATH_MODPROBE, &b);
}

int plan_build(const struct plan_request *request, struct problems *problems, struct plan *ret)
{
	struct plan plan = {
		.mode = (enum mode)request->config->values[SETTING_MODE].number,
		.artifacts = calloc(artifact_path_count, sizeof(*plan.artifacts)),
	};
	int error;

	if (!plan.artifacts)
		return -ENOMEM;
	if (plan.mode == MODE_DISABLE) {
		error = plan_disable(&plan, request);
	} else {
		judge_program(request, problems);
		judge_keepalive(request, problems);
		error = plan_resolve_sizes(request, problems, &plan.sizes);
		plan.sizes.hashsize_source = find_source(request->config, SETTING_HASHSIZE);
		plan.sizes.expect_hashsize_source =
			find_source(request->config, SETTING_EXPECT_HASHSIZE);
		if (error == 0 && !problems_have_error(problems))
			error = plan_tune(&plan, request, problems);
	}
	if (error == 0 && problems->out_of_memory)
		error = -ENOMEM;
	if (error < 0) {
		plan_done(&plan);
		return error;
	}
	*ret = plan;
	return 0;
}
