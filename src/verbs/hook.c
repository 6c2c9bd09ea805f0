/* The verb hook: sets the values in the network namespace of a container that is about to start. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "host/standard-input.h"
#include "model/runtime/container-state.h"
#include "steps/set-values.h"
#include "steps/unconfigured.h"
#include "verbs/verbs.h"

static enum exit_code read_state(struct context *context, struct container_state *ret)
{
	char *CLEANUP(free_pointer) text = NULL;
	const char *reason = "";
	size_t size = 0;
	int error = standard_input_read(CONTAINER_STATE_MAX, &text, &size);

	if (error == 0)
		error = container_state_parse(text, size, ret, &reason);
	if (error == -EBADMSG)
		report_message(context->report, SEVERITY_ERROR,
			       "cannot understand the state of the container on standard input: %s",
			       reason);
	else if (error == -EFBIG)
		report_message(context->report, SEVERITY_ERROR,
			       "the state of the container on standard input is larger than 1 MiB");
	else if (error < 0)
		report_errno(context, "read", "the state of the container on standard input",
			     error);
	return error < 0 ? EXIT_FAILED : EXIT_DONE;
}

/* Returns whether this process is in the network namespace of the host. */
static bool is_in_host_namespace(const struct context *context)
{
	struct network_namespace CLEANUP(network_namespace_done) host = {0};

	return kernel_find_namespace(context->kernel, "/proc/1/ns/net", &host) == -EALREADY;
}

/*
 * Finds a namespace by its path or name, which is that of a process if pid is not 0. Returns
 * EXIT_DIFFERS if it is the host's. If this process is in it already, ret->inode is 0.
 */
static enum exit_code find_namespace(struct context *context, const char *which, unsigned long pid,
				     struct network_namespace *ret)
{
	int error = kernel_find_namespace(context->kernel, which, ret);

	if (error == -EALREADY && is_in_host_namespace(context)) {
		report_say(context->report, "Nothing to do: the container uses the network "
					    "namespace of the host.");
		return EXIT_DIFFERS;
	}
	if (error == -EALREADY) {
		ret->path = strdup(which);
		error = ret->path ? 0 : -ENOMEM;
	}
	if (error == -ENOENT && pid)
		report_message(context->report, SEVERITY_ERROR,
			       "there is no process %lu, which the state of the container names",
			       pid);
	else if (error == -EINVAL)
		report_message(context->report, SEVERITY_ERROR, "%s is no network namespace",
			       which);
	else if (error < 0)
		report_errno(context, "open", which, error);
	return error < 0 ? EXIT_FAILED : EXIT_DONE;
}

/* Finds the namespace of the container's first process, as a runtime names it. */
static enum exit_code find_container(struct context *context, struct network_namespace *ret)
{
	struct container_state state = {0};
	enum exit_code code = read_state(context, &state);
	char path[64];

	if (code != EXIT_DONE)
		return code;
	(void)snprintf(path, sizeof(path), "/proc/%lu/ns/net", state.pid);
	code = find_namespace(context, path, state.pid, ret);
	if (code == EXIT_DONE && state.id[0])
		ret->name = text_format("of container %s", state.id);
	return code;
}

/* Sets the values in the namespace that this process has entered. */
static enum exit_code set_values(struct context *context, const struct comparison *comparison)
{
	struct runtime CLEANUP(runtime_done) runtime = {0};
	struct apply_result result = {0};
	enum module_state module;
	enum exit_code code = runtime_find_module(context, &module);

	if (code == EXIT_DONE)
		code = runtime_observe_namespace(context, comparison, module, &runtime);
	if (code != EXIT_DONE)
		return code;
	if (!module_is_there(runtime.module)) {
		report_say(context->report,
			   "Nothing to do: nf_conntrack is %s, and a hook does not load it.",
			   module_state_describe(runtime.module));
		return EXIT_DONE;
	}
	apply_values(context, &runtime, true, &result);
	report_set_changed(context->report, result.set > 0);
	runtime_report_state(context, result.failed > 0, &runtime);
	return result.failed > 0 ? EXIT_FAILED : EXIT_DONE;
}

static enum exit_code visit_namespace(struct context *context, const struct comparison *comparison,
				      const struct network_namespace *namespace)
{
	int error = namespace->inode ? kernel_move_to_namespace(context->kernel, namespace) : 0;
	enum exit_code code = EXIT_FAILED;

	report_set_member(context->report, report_object(context->report), "namespaces",
			  json_array());
	report_begin_namespace(context->report, namespace);
	report_say_namespace(context->report);
	if (error < 0) {
		report_message(context->report, SEVERITY_ERROR, "cannot enter it: %s",
			       error == -ENOENT ? "it disappeared in the meantime"
						: strerror(-error));
	} else {
		code = set_values(context, comparison);
	}
	report_end_namespace(context->report, code == EXIT_DONE ? "in-order" : "drift");
	return code;
}

static enum exit_code run_hook(struct context *context)
{
	struct comparison CLEANUP(comparison_done) comparison = {0};
	struct network_namespace CLEANUP(network_namespace_done) namespace = {0};
	const char *which = context->options->netns;
	enum exit_code code = which ? find_namespace(context, which, 0, &namespace)
				    : find_container(context, &namespace);

	if (code == EXIT_DONE)
		code = comparison_make_plan_quietly(context, &comparison);
	if (code != EXIT_DONE)
		return code == EXIT_DIFFERS ? EXIT_DONE : code;
	if (plan_is_unconfigured(&comparison.plan) || comparison.plan.mode == MODE_DISABLE) {
		report_say(context->report, "Nothing to do: the configuration sets no value.");
		return EXIT_DONE;
	}
	return visit_namespace(context, &comparison, &namespace);
}

const struct verb verb_hook = {
	.name = "hook",
	.help = "Set the values of a container that starts; runtimes run this",
	.about = "Reads the state of a container on standard input, as OCI runtimes give it to a "
		 "createRuntime hook, and sets the configured timeouts and options in the "
		 "container's network namespace before its first process runs. With --netns it "
		 "does so in that namespace, and reads nothing. It never keeps a container from "
		 "starting: it logs each failure and exits 0 within a second.",
	.examples = "  conntrack-persist hook --netns=/proc/self/ns/net\n",
	.exits = "Exit status: 0 whatever happens, because a runtime does not start the "
		 "container if a hook fails.",
	.run = run_hook,
	.flags = VERB_RUNNING | VERB_NETNS,
};
