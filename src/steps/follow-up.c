/*
 * Makes the running host follow the files: notifies systemd and udevd, sets the values, starts the
 * service.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/follow-up.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/library-error.h"
#include "steps/apply-namespaces.h"
#include "steps/set-values.h"
#include "steps/sizes-guard.h"

/*
 * Warns that systemd or udevd could not be notified. This is no failure, because the files take
 * effect at the next boot at the latest.
 */
static void warn(struct context *context, const char *what, int error)
{
	const char *why = strerror(-error);

	/* bus_reload_rules() returns it if systemd's job ended with another result than "done". */
	if (error == -EIO)
		why = "systemd's job failed";
	else if (library_is_unusable(error))
		why = "a library is not installed, or cannot be used (libsystemd, libudev)";
	report_message(context->report, SEVERITY_WARNING,
		       "%s: %s; the files take effect at the next boot", what, why);
}

static void say_reload(struct context *context)
{
	int error;

	if (!bus_has_systemd(context->bus)) {
		report_message(context->report, SEVERITY_NOTE,
			       "systemd and udevd were not asked to read the files, because "
			       "systemd does not run here%s",
			       bus_has_udev(context->bus) ? "; udevd notices new rules by itself"
							  : " (a container, a chroot)");
		return;
	}
	error = bus_reload_units(context->bus);
	if (error < 0)
		warn(context, "systemd could not be asked to reload", error);
	if (!bus_has_udev(context->bus)) {
		report_message(
			context->report, SEVERITY_NOTE,
			"udevd was not asked to read the rule, because it does not run here");
		return;
	}
	error = bus_reload_rules(context->bus);
	if (error < 0)
		warn(context, "udevd could not be asked to reload", error);
}

void follow_up_without(struct context *context)
{
	say_reload(context);
}

/* On a host with another init than systemd, says what the services would have done. */
static void say_services_missing(struct context *context)
{
	if (!bus_has_systemd(context->bus) && bus_has_udev(context->bus))
		report_message(
			context->report, SEVERITY_NOTE,
			"no service and no timer of this program runs here, because they need "
			"systemd, so that nothing verifies the values after a load; run "
			"\"conntrack-persist check\" by cron to learn of drift");
}

/*
 * Replays the module's event, so that the rule acts as it would have at the load: it sets the
 * values and gives the device the tag by which systemd knows it.
 */
static void replay(struct context *context, const struct comparison *comparison, bool changed)
{
	bool service = bus_has_systemd(context->bus);
	int error;

	if (!bus_has_udev(context->bus) || comparison_is_masked(comparison, PATH_UDEV) ||
	    (!changed && bus_device_is_marked(context->bus)))
		return;
	error = bus_replay_event(context->bus);
	if (error == -ENOTSUP && changed)
		report_message(
			context->report, SEVERITY_NOTE,
			"the rule does not act here, because this kernel sends no events for its "
			"built-in nf_conntrack; sysctl.d sets the values at boot, and %s the "
			"hashsize%s%s",
			service ? "conntrack-persist-builtin.service" : "nothing",
			comparison->plan.sizes.at_least ? " and max" : "",
			service ? ""
				: "; have a script of your init run \"conntrack-persist apply\"");
	else if (error < 0 && error != -ENOTSUP)
		warn(context,
		     "the event of the loaded nf_conntrack could not be sent to udevd again",
		     error);
}

/*
 * Starts the service, which verifies the values again from within its sandbox and so gets a state
 * in systemd.
 */
static enum exit_code start_service(struct context *context)
{
	char result[32] = "";
	int error;

	if (!bus_has_systemd(context->bus) || !bus_device_is_marked(context->bus))
		return EXIT_DONE;
	error = bus_start_unit(context->bus, BUS_SERVICE, result, sizeof(result));
	if (error == -ENXIO) {
		report_message(context->report, SEVERITY_NOTE,
			       "not started: " BUS_SERVICE
			       ", because it is not installed; the values are set without it, but "
			       "nothing verifies each load");
		return EXIT_DONE;
	}
	if (error < 0) {
		warn(context, BUS_SERVICE " was not started", error);
		return EXIT_DONE;
	}
	if (strcmp(result, "done") == 0 || strcmp(result, "skipped") == 0)
		return EXIT_DONE;
	report_message(context->report, SEVERITY_ERROR,
		       BUS_SERVICE " ended with \"%s\"; see: journalctl -u " BUS_SERVICE, result);
	return EXIT_FAILED;
}

/*
 * Starts the path unit of namespaces = all, or stops the one of an earlier installation. Without
 * systemd nothing notices new namespaces.
 */
static void follow_namespaces(struct context *context, const struct comparison *comparison,
			      bool there)
{
	char result[32] = "";
	int error;

	if (!comparison->plan.all_namespaces)
		return;
	if (!bus_has_systemd(context->bus)) {
		report_message(context->report, SEVERITY_NOTE,
			       "namespaces = all: systemd does not run here, so that nothing sets "
			       "the values of network namespaces when nf_conntrack loads or a "
			       "namespace is made: run \"conntrack-persist apply\" then");
		return;
	}
	if (!there)
		return;
	error = bus_start_unit(context->bus, BUS_NAMESPACES_PATH, result, sizeof(result));
	if (error == -ENXIO)
		report_message(context->report, SEVERITY_NOTE,
			       "not started: " BUS_NAMESPACES_PATH
			       ", because it is not installed; nothing notices new network "
			       "namespaces");
	else if (error < 0)
		warn(context, BUS_NAMESPACES_PATH " was not started", error);
}

void follow_up_stop_namespaces(struct context *context, const struct comparison *comparison)
{
	char result[32] = "";
	int error = 0;

	if (!bus_has_systemd(context->bus))
		return;
	for (size_t i = 0; i < comparison->installed.path_count; i++)
		if (strcmp(comparison->differences[i].path, PATH_NAMESPACES_SERVICE) == 0 &&
		    comparison->differences[i].action == ACTION_REMOVE)
			error = bus_stop_unit(context->bus, BUS_NAMESPACES_PATH, result,
					      sizeof(result));
	if (error < 0 && error != -ENXIO)
		warn(context, BUS_NAMESPACES_PATH " was not stopped", error);
}

static void note_pending(const struct values *values, struct activation *ret)
{
	struct buffer CLEANUP(buffer_clear) names = {0};

	values_list_pending(values, &names);
	ret->pending = values_count(values, VALUE_PENDING);
	ret->table_waits = values->table_waits;
	(void)snprintf(ret->pending_names, sizeof(ret->pending_names), "%s",
		       names.data ? names.data : "");
}

enum exit_code follow_up(struct context *context, const struct comparison *comparison, bool changed,
			 struct activation *ret)
{
	struct runtime CLEANUP(runtime_done) runtime = {0};
	struct apply_result result = {0};
	enum exit_code code, others;
	size_t set;

	if (changed) {
		follow_up_stop_namespaces(context, comparison);
		say_reload(context);
	}
	if (comparison->plan.mode != MODE_TUNE)
		return EXIT_DONE;
	if (changed)
		say_services_missing(context);
	code = runtime_observe_settled(context, comparison, &runtime);
	if (code == EXIT_DONE)
		code = preflight_run(context, comparison, &runtime);
	if (code != EXIT_DONE)
		return code;
	ret->looked = true;
	ret->there = module_is_there(runtime.module);
	ret->blocked = runtime.blocked;
	follow_namespaces(context, comparison, ret->there);
	if (!ret->there) {
		(void)runtime_report(context, comparison, &runtime, LIVE_STATES);
		return EXIT_DONE;
	}
	/*
	 * The values are set before the event, so that this run reports the values that were seen
	 * above, whoever sets them.
	 */
	apply_values(context, &runtime, true, &result);
	ret->set = result.set;
	note_pending(&runtime.values, ret);
	guard_say_waiting(context, &runtime);
	ret->out_of_reach = result.out_of_reach;
	if (result.failed > result.out_of_reach)
		code = EXIT_FAILED;
	replay(context, comparison, changed);
	if (code == EXIT_DONE && result.out_of_reach == 0)
		code = start_service(context);
	others = apply_other_namespaces(context, comparison, runtime.module, &set);
	ret->set += set;
	return code == EXIT_DONE ? others : code;
}
