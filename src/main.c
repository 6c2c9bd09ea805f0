/* The verb table; opens what verbs work on and maps their results to exit codes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/paragraph.h"
#include "base/text.h"
#include "gather/foreign-files.h"
#include "help.h"
#include "host/systemd/journal.h"
#include "host/terminal.h"
#include "host/worker.h"
#include "options.h"
#include "steps/drift-timer.h"
#include "suggest.h"
#include "verbs/verbs.h"

static const struct verb *const verbs[] = {
	&verb_plan,   &verb_install, &verb_apply,     &verb_check, &verb_status, &verb_users,
	&verb_advise, &verb_unload,  &verb_uninstall, &verb_keys,  &verb_hook,
};

/*
 * Prints why the program does not start. Words of the command line are made harmless, because
 * another program may pass them on.
 */
static PRINTF_LIKE(1, 2) void complain(const char *format, ...)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct buffer CLEANUP(buffer_clear) shown = {0};
	struct buffer CLEANUP(buffer_clear) lines = {0};
	va_list args;

	va_start(args, format);
	buffer_vprintf(&text, format, args);
	va_end(args);
	if (text.data)
		buffer_add_shown(&shown, text.data, text.length);
	paragraph_add(&lines, shown.data ? shown.data : "out of memory",
		      &(struct paragraph){
			      .width = terminal_columns(STDERR_FILENO),
			      .indent = 2,
			      .used = strlen("conntrack-persist: "),
		      });
	(void)fprintf(stderr, "conntrack-persist: %s\n", lines.data ? lines.data : "out of memory");
}

static void complain_about_command_line(const char *what)
{
	complain("%s", what);
	(void)fputs("Try \"conntrack-persist --help\".\n", stderr);
}

/* A word after the verb is most likely an option's argument. */
static void refuse_surplus(const struct options *options, struct buffer *b)
{
	const char *word = options->surplus;

	buffer_printf(b, "only one command per run; not understood: %s", word);
	if (options->watch && strspn(word, "0123456789") == strlen(word))
		buffer_printf(b, "; did you mean --watch=%s?", word);
	else if (strchr(word, '/') || text_ends_with(word, ".conf"))
		buffer_add(b,
			   "; name a configuration with --config=FILE, an image with --root=DIR");
}

/* Returns the verb of this name; complains if there is none. */
static const struct verb *find_verb(const char *name)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	const char *names[ARRAY_SIZE(verbs)];

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		names[i] = verbs[i]->name;
		if (strcmp(names[i], name) == 0)
			return verbs[i];
	}
	buffer_printf(&text, "there is no verb \"%s\"", name);
	suggest_verb(name, names, ARRAY_SIZE(names), &text);
	complain_about_command_line(text.data ? text.data : "out of memory");
	return NULL;
}

/* Returns the verb of the command line; complains if there is none, or if a word follows it. */
static const struct verb *find_only_verb(const struct options *options)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	const struct verb *found = find_verb(options->verb);

	if (!found || !options->surplus)
		return found;
	refuse_surplus(options, &text);
	complain_about_command_line(text.data ? text.data : "out of memory");
	return NULL;
}

/* Prints the help of the verb that is named as in "help VERB" or "VERB --help", or of all. */
static enum exit_code print_help(const struct options *options)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	const char *name = options->verb;
	const struct verb *verb;

	if (name && strcmp(name, "help") == 0)
		name = options->surplus;
	verb = name ? find_verb(name) : NULL;
	if (name && !verb)
		return EXIT_COMMAND_LINE;
	if (verb)
		help_add_verb(verb, &text);
	else
		help_add_all(verbs, ARRAY_SIZE(verbs), &text);
	if (text.error < 0 || !text.data) {
		complain("out of memory");
		return EXIT_FAILED;
	}
	(void)fputs(text.data, stdout);
	return EXIT_DONE;
}

/* The option that only some verbs take, and the flag of these. */
struct option_of_verbs {
	const char *name;
	bool given;
	unsigned int flag;
};

/* Says that the verb does not take the option, and which ones do. */
static void refuse_misplaced(const struct verb *verb, const struct option_of_verbs *option,
			     struct buffer *b)
{
	size_t count = 0;

	buffer_printf(b, "%s is not an option of %s; it belongs to", option->name, verb->name);
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (verb_takes(verbs[i], option->flag))
			buffer_printf(b, "%s %s", count++ ? "," : "", verbs[i]->name);
}

/*
 * Adds what is wrong if the verb does not take an option that was given. Returns whether that is
 * so.
 */
static bool refuse_others_options(const struct verb *verb, const struct options *options,
				  struct buffer *b)
{
	const struct option_of_verbs rows[] = {
		{"--dry-run", options->dry_run, VERB_DRY_RUN},
		{"--force", options->force, VERB_FORCE},
		{"--no-live", options->no_live, VERB_NO_LIVE},
		{"--at-boot", options->at_boot, VERB_AT_BOOT},
		{"--restore", options->restore, VERB_RESTORE},
		{"--from-system", options->from_system, VERB_FROM_SYSTEM},
		{"--live", options->live, VERB_LIVE},
		{"--diff", options->diff, VERB_DIFF},
		{"--connections", options->connections > 0, VERB_CONNECTIONS},
		{"--new-per-second", options->new_per_second > 0, VERB_CONNECTIONS},
		{"--ini", options->ini, VERB_INI},
		{"--watch", options->watch, VERB_SCREEN},
		{"--prometheus", options->prometheus, VERB_SCREEN},
		{"--no-addresses", options->no_addresses, VERB_NO_ADDRESSES},
		{"--netns", options->netns != NULL, VERB_NETNS},
		{"--witness", options->witness != WITNESS_NO_ORDER, VERB_WITNESS},
		{"--root", options->root != NULL, VERB_RUNNING},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].given && !verb_takes(verb, rows[i].flag)) {
			refuse_misplaced(verb, &rows[i], b);
			return true;
		}
	return false;
}

/* Adds what is wrong with the options of the calculator, if anything is; returns whether it is. */
static bool refuse_calculation(const struct options *options, struct buffer *b)
{
	bool plan = strcmp(options->verb, verb_plan.name) == 0;

	if (options->connections > 0 && (options->from_system || options->diff))
		buffer_add(b, "--connections goes with neither --from-system nor --diff, because "
			      "it only computes sizes");
	else if (options->connections == 0 && options->new_per_second > 0)
		buffer_add(b, "--new-per-second needs --connections=N, the connections that are "
			      "open at the same time");
	else if (options->connections == 0 && plan && options->ini)
		buffer_add(b, "plan takes --ini with --connections=N alone; to print the lines of "
			      "advice, run \"conntrack-persist advise --ini\"");
	else
		return false;
	return true;
}

/* Returns whether the verb takes the options given; complains otherwise. */
static bool vet_options(const struct verb *verb, const struct options *options)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	bool refused = refuse_others_options(verb, options, &text) ||
		       refuse_calculation(options, &text);

	if (!refused && options->at_boot && (options->root || options->dry_run || options->force))
		buffer_add(&text, "--at-boot is for the running host and cannot be combined with "
				  "--root, --dry-run or --force");
	else if (!refused && options->restore && (options->at_boot || options->dry_run))
		buffer_add(&text, "--restore cannot be combined with --at-boot or --dry-run");
	else if (!refused &&
		 options->json + options->ini + options->prometheus + options->watch > 1)
		buffer_add(
			&text,
			"--json, --ini, --prometheus and --watch cannot be combined: choose one");
	else if (!refused)
		return true;
	complain_about_command_line(text.data ? text.data : "out of memory");
	return false;
}

static bool want_color(const struct options *options)
{
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && isatty(STDERR_FILENO) && !(no_color && *no_color) &&
	       !(terminal && strcmp(terminal, "dumb") == 0);
}

/*
 * Returns whether a service runs this: systemd tells its units' processes their runtime directory.
 */
static bool is_in_service(const struct options *options)
{
	const char *directory = getenv("RUNTIME_DIRECTORY");

	return directory && strcmp(directory, PATH_RUNTIME) == 0 && !options->root;
}

/* Returns the verb or option that shows the changes beforehand and needs no root. */
static const char *preview_command(const struct verb *verb)
{
	if (verb == &verb_unload)
		return "--dry-run unload";
	return verb == &verb_uninstall ? "--dry-run uninstall" : "plan";
}

/* Reports a held signal at the end, before it takes effect. */
static void report_signal(const struct context *context)
{
	int number = signals_pending();

	if (number > 0 && !context->signals->reported)
		report_message(context->report, SEVERITY_WARNING,
			       "%s arrived during %s and was held back until that was complete; "
			       "the run now ends by the signal",
			       signal_to_string(number), report_style(context->report)->verb);
}

/* Opens what the verb works on and runs it. */
static enum exit_code run_on_host(const struct verb *verb, struct context *context)
{
	const char *root = context->options->root ? context->options->root
						  : kernel_files_root(context->kernel);
	struct tree *CLEANUP(tree_closep) tree = NULL;
	struct report *CLEANUP(report_freep) report = NULL;
	struct unread CLEANUP(unread_done) unread = {0};
	struct foreign_files CLEANUP(foreign_files_done) files = {0};
	struct report_style style = {
		.verb = verb->name,
		.json = context->options->json,
		.quiet = context->options->quiet,
		.verbose = context->options->verbose,
		.color = want_color(context->options) && !context->options->json,
		/* What the hook prints is logged by the process that waits for it. */
		.journal = verb != &verb_hook && journal_listens(),
	};
	enum exit_code code;
	int error;

	context->watching = verb == &verb_check && is_in_service(context->options) &&
			    journal_listens();
	context->lingers = verb == &verb_apply && context->options->netns &&
			   is_in_service(context->options);
	style.hold = context->watching;
	style.no_notes = context->options->watch;
	error = tree_open(root, &tree);
	if (error == 0 && context->options->root)
		error = tree_confine(tree);
	style.prefix = error < 0 || !context->options->root ? "" : tree_prefix(tree);
	if (report_new(&style, &report) < 0) {
		complain("out of memory");
		return EXIT_FAILED;
	}
	context->tree = tree;
	context->report = report;
	context->gathering = (struct gathering){
		.tree = tree,
		.kernel = context->kernel,
		.image = context->options->root != NULL,
		.live = !context->options->root && !context->options->no_live,
		.sandbox = context->watching,
		.unread = &unread,
		.files = &files,
	};

	if (error < 0) {
		report_message(report, SEVERITY_ERROR, "cannot open the root %s: %s", root,
			       strerror(-error));
		code = EXIT_FAILED;
	} else if ((verb->flags & VERB_CHANGES) && !context->options->dry_run &&
		   !context->options->root && !kernel_may_change(context->kernel)) {
		report_message(report, SEVERITY_ERROR,
			       "%s changes this host and needs root; \"conntrack-persist %s\" "
			       "shows what it would do",
			       verb->name, preview_command(verb));
		code = EXIT_FAILED;
	} else {
		code = verb->run(context);
		report_signal(context);
	}
	if (code != EXIT_DONE && code != EXIT_DIFFERS)
		report_fail(report);
	return report_finish(report) < 0 ? EXIT_FAILED : code;
}

/*
 * Opens / in place of standard descriptors that the caller closed; else the next file opened would
 * get that number, and output would go into the file. / always exists and cannot be written.
 */
static int hold_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/", O_PATH | O_DIRECTORY) < 0)
			return -errno;
	return 0;
}

/*
 * Ignores signals for a broken pipe or a file-size limit, because an error is better than an end in
 * the middle of a change.
 */
static void ignore_ends(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
}

static enum exit_code run(int argc, char **argv, struct held_signals *signals)
{
	struct options options;
	struct buffer CLEANUP(buffer_clear) complaint = {0};
	struct kernel *CLEANUP(kernel_closep) kernel = NULL;
	struct bus *CLEANUP(bus_closep) bus = NULL;
	struct context context = {.options = &options, .signals = signals};
	const struct verb *verb;
	int error;

	error = hold_standard_descriptors();
	if (error < 0) {
		complain("/ cannot be opened: %s", strerror(-error));
		return EXIT_FAILED;
	}
	if (options_parse(argc, argv, &options, &complaint) < 0) {
		complain_about_command_line(complaint.data ? complaint.data : "out of memory");
		return EXIT_COMMAND_LINE;
	}
	if (options.help)
		return print_help(&options);
	if (options.version) {
		(void)puts(PACKAGE_STRING);
		return EXIT_DONE;
	}
	if (!options.verb) {
		complain_about_command_line("a verb is missing, such as plan, install or check");
		return EXIT_COMMAND_LINE;
	}
	verb = find_only_verb(&options);
	if (!verb || !vet_options(verb, &options))
		return EXIT_COMMAND_LINE;
	if (verb->flags & VERB_CHANGES)
		ignore_ends();
	error = kernel_open(&kernel);
	if (error < 0) {
		complain("cannot ask the kernel for its release: %s", strerror(-error));
		return EXIT_FAILED;
	}
	if (bus_open(&bus) < 0) {
		complain("out of memory");
		return EXIT_FAILED;
	}
	context.kernel = kernel;
	context.bus = bus;
	return run_on_host(verb, &context);
}

/*
 * Returns whether a container runtime runs this as a hook. Then even a wrong option must not make
 * the program fail, because the container would not start.
 */
static bool is_hook(int argc, char **argv)
{
	return argc > 1 && strcmp(argv[1], verb_hook.name) == 0;
}

/* Returns whether the command line names the namespace, so that standard input is not the hook's. */
static bool is_namespace_named(int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		if (strncmp(argv[i], "--netns", strlen("--netns")) == 0)
			return true;
	return false;
}

static void log_of_hook(const char *line)
{
	struct buffer CLEANUP(buffer_clear) text = {0};

	buffer_printf(&text, "hook: %s", line);
	journal_log_line(text.data ? text.data : "hook: out of memory");
}

int main(int argc, char **argv)
{
	struct held_signals signals = {0};
	enum exit_code code;

	if (is_hook(argc, argv) && (hold_standard_descriptors() < 0 ||
				    worker_run(!is_namespace_named(argc, argv), log_of_hook)))
		return EXIT_DONE;
	code = run(argc, argv, &signals);

	/* A full disk or a closed pipe must not look like success. */
	if (fflush(stdout) != 0 || ferror(stdout) || fclose(stdout) != 0) {
		complain("standard output could not be written");
		code = EXIT_FAILED;
	}
	signals_release(&signals);
	return (int)code;
}
