/*
 * Handles the live values from before the first change: install records them, uninstall names them
 * or sets them again.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/before.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "model/installed/manifest-before.h"
#include "steps/set-values.h"
#include "steps/sizes-guard.h"

/*
 * Files of ours without a manifest count as an installation too, because only the manifest may have
 * been lost.
 */
static bool is_installed(const struct comparison *comparison)
{
	if (comparison->installed.manifest_file.kind != FILE_ABSENT)
		return true;
	for (size_t i = 0; i < comparison->installed.path_count; i++)
		if (comparison->differences[i].seen->kind != FILE_ABSENT &&
		    comparison->differences[i].state != STATE_FOREIGN &&
		    comparison->differences[i].state != STATE_MASKED)
			return true;
	return false;
}

int before_record(struct context *context, struct comparison *comparison)
{
	struct manifest *manifest = &comparison->manifest;
	struct runtime CLEANUP(runtime_done) runtime = {0};
	int error = 0;

	if (!runtime_is_wanted(context) || (is_installed(comparison) && !manifest->records_before))
		return 0;
	manifest->records_before = true;
	if (!runtime_peek(context, comparison, &runtime))
		error = values_of_plan(&comparison->plan, &runtime.values);
	for (size_t i = 0; i < runtime.values.count && error == 0; i++) {
		const struct value *value = &runtime.values.items[i];

		/* The parameter for new network namespaces follows the key of the same setting. */
		if (value->kind == VALUE_INHERITED)
			continue;
		error = manifest_add_before(manifest, value->key,
					    value->live[0] ? value->live : NULL);
	}
	return error;
}

static void plan_value(const struct before_value *value, struct plan *plan)
{
	static const char prefix[] = "net.netfilter.";
	uint64_t number;
	int id;

	if (!value->live ||
	    text_parse_number(value->live, strlen(value->live), UINT64_MAX, &number) < 0)
		return;
	if (strcmp(value->key, "nf_conntrack.hashsize") == 0)
		plan->sizes.hashsize = number <= HASHSIZE_MAX ? number : 0;
	if (strncmp(value->key, prefix, strlen(prefix)) != 0)
		return;
	id = schema_find_key(value->key + strlen(prefix));
	if (id >= 0)
		plan->settings[plan->setting_count++] =
			(struct setting){.row = &schema[id], .wanted = number};
}

int before_plan(const struct context *context, const struct manifest *manifest,
		struct comparison *ret)
{
	struct comparison comparison = {0};
	struct plan *plan = &comparison.plan;

	plan->settings = calloc(manifest->before_count + 1, sizeof(*plan->settings));
	if (!plan->settings)
		return -ENOMEM;
	plan->sizes.resize = context->options->force ? RESIZE_NOW : RESIZE_AUTO;
	plan->sizes.page_size = kernel_page_size(context->kernel);
	plan->sizes.word_size = kernel_word_size(context->kernel);
	for (size_t i = 0; i < manifest->before_count; i++)
		plan_value(&manifest->before[i], plan);
	*ret = comparison;
	return 0;
}

void before_say(struct context *context, const struct comparison *before)
{
	struct runtime CLEANUP(runtime_done) runtime = {0};
	struct buffer CLEANUP(buffer_clear) words = {0};

	if (!runtime_peek(context, before, &runtime))
		return;
	for (size_t i = 0; i < runtime.values.count; i++) {
		const struct value *value = &runtime.values.items[i];

		if (value->kind == VALUE_INHERITED ||
		    (value->state != VALUE_DIFFERS && value->state != VALUE_PENDING))
			continue;
		buffer_printf(&words, "%s%s was %s", words.length > 0 ? ", " : "", value->row->name,
			      text_count(value->wanted).text);
	}
	if (words.data)
		report_say(context->report, "Before conntrack-persist, %s.%s", words.data,
			   context->options->dry_run ? " With --live, uninstall sets that again."
						     : "");
}

enum exit_code before_set(struct context *context, const struct comparison *before, bool *ret_set)
{
	struct runtime CLEANUP(runtime_done) runtime = {0};
	struct apply_result result = {0};

	*ret_set = false;
	if (!runtime_peek(context, before, &runtime))
		return EXIT_DONE;
	apply_values(context, &runtime, false, &result);
	guard_say_waiting(context, &runtime);
	*ret_set = result.set > 0;
	return result.failed > 0 ? EXIT_FAILED : EXIT_DONE;
}
