/* Reads one command of a script: sysctl, echo, printf, tee, modprobe, and scripts that it runs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/shell-commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void shell_words_done(struct shell_words *words)
{
	buffer_clear(&words->text);
	free(words->items);
	*words = (struct shell_words){0};
}

void shell_words_reset(struct shell_words *words)
{
	buffer_reset(&words->text);
	words->count = 0;
	words->has_target = words->has_input = words->has_here = false;
}

void shell_output_done(struct shell_output *output)
{
	buffer_clear(&output->text);
}

/* The words of a command that are left, the program first. */
struct command {
	const struct shell_words *words;
	size_t at;
	const struct shell_visitor *visitor;
};

static bool has_word(const struct command *command, size_t i)
{
	return command->at + i < command->words->count;
}

/* Returns a word of zeroes behind the last one. */
static struct shell_word word_at(const struct command *command, size_t i)
{
	return has_word(command, i) ? command->words->items[command->at + i]
				    : (struct shell_word){0};
}

/* Returns the text of the word, "" behind the last one. */
static const char *text_at(const struct command *command, size_t i)
{
	return has_word(command, i) ? command->words->text.data + word_at(command, i).start : "";
}

static bool is_one_of(const char *text, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(text, *names) == 0)
			return true;
	return false;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Returns whether the word is "NAME=VALUE" before a command. */
static bool is_assignment(const char *text)
{
	size_t length =
		strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

	return length > 0 && text[length] == '=';
}

/* Skips what may come before a program: keywords of the shell, assignments, sudo and the like. */
static void skip_prefixes(struct command *command)
{
	static const char *const words[] = {
		"if",  "then",	  "else", "elif",   "do",     "while", "until",	  "{",
		"}",   "!",	  "time", "exec",   "sudo",   "nohup", "command", "builtin",
		"env", "busybox", "nice", "ionice", "setsid", "run0",  NULL};
	static const char *const users[] = {"-u", "-g", NULL};	/* sudo -u USER */
	static const char *const levels[] = {"-n", "-c", NULL}; /* nice -n NUMBER */
	bool wrapped = false, is_nice = false;

	for (; has_word(command, 0); command->at++) {
		const char *text = text_at(command, 0);

		is_nice = text_ends_with(text, "nice") || (is_nice && *text == '-');
		if (is_one_of(base_name(text), words))
			wrapped = true;
		else if (wrapped && is_one_of(text, is_nice ? levels : users))
			command->at++;
		else if (!(wrapped && *text == '-') && !is_assignment(text))
			break;
	}
}

static int pass_setting(const struct command *command, unsigned int line, const char *name,
			const char *value, bool computed)
{
	const struct shell_visitor *visitor = command->visitor;
	const struct shell_setting setting = {line, name, value, computed};

	return visitor->set ? visitor->set(visitor->set_data, &setting) : 0;
}

static int pass_path(int (*visit)(void *data, unsigned int line, const char *path),
		     const struct command *command, size_t i)
{
	return visit ? visit(command->visitor->data, word_at(command, i).line, text_at(command, i))
		     : 0;
}

/* Copies without blanks at both ends. */
static void copy_trimmed(struct buffer *b, const char *text, size_t length)
{
	while (length > 0 && strchr(" \t\r\n", text[length - 1]))
		length--;
	while (length > 0 && strchr(" \t\r\n", *text)) {
		text++;
		length--;
	}
	buffer_add_bytes(b, text, length);
}

/* Handles "KEY=VALUE" of sysctl. In "$KEY=1" the key is not known. */
static int read_sysctl_word(const struct command *command, size_t i)
{
	struct shell_word word = word_at(command, i);
	const char *text = text_at(command, i), *sign = strchr(text, '=');
	struct buffer CLEANUP(buffer_clear) name = {0}, value = {0};

	if (!sign)
		return 0;
	buffer_add(&name, "");
	buffer_add(&value, "");
	copy_trimmed(&name, text, (size_t)(sign - text));
	copy_trimmed(&value, sign + 1, strlen(sign + 1));
	if (name.error < 0 || value.error < 0)
		return -ENOMEM;
	if (strpbrk(name.data, "$`"))
		return 0;
	/* procps 3 and busybox take "-w KEY = VALUE" no better than the kernel; nothing is set. */
	return pass_setting(command, word.line, name.data, value.data,
			    word.computed && strpbrk(value.data, "$`"));
}

/* sysctl [-qew] KEY=VALUE ..., sysctl -p [FILE ...] */
static int run_sysctl(const struct command *command)
{
	static const char *const to_file[] = {"-p",   "-f",   "--load", "-qp", "-ep",
					      "-eqp", "-qep", "-pe",	"-pq", NULL};
	bool loads = false, named = false;
	size_t count = command->words->count - command->at, at = 1;
	int error = 0;

	for (size_t i = 1; i < count && error == 0; i++) {
		const char *text = text_at(command, i);

		if (is_one_of(text, to_file)) {
			loads = true;
			at = i;
		} else if (text_starts_with(text, "--load=") ||
			   (text_starts_with(text, "-p") && text[2] == '/')) {
			const char *path = text + (text[1] == '-' ? strlen("--load=") : 2);

			named = true;
			if (command->visitor->file)
				error = command->visitor->file(command->visitor->data,
							       word_at(command, i).line, path);
		} else if (*text != '-' && loads) {
			named = true;
			if (!word_at(command, i).computed)
				error = pass_path(command->visitor->file, command, i);
		} else if (*text != '-') {
			error = read_sysctl_word(command, i);
		}
	}
	if (error == 0 && loads && !named && command->visitor->file)
		error = command->visitor->file(command->visitor->data, word_at(command, at).line,
					       "/etc/sysctl.conf");
	return error;
}

static bool is_echo_option(const char *text)
{
	size_t length = strlen(text);

	return length > 1 && *text == '-' && strspn(text + 1, "neE") == length - 1;
}

/* Keeps the text that echo or printf prints. */
static int print_words(const struct command *command, bool is_printf, struct shell_output *output)
{
	size_t i = 1;
	const char *separator = "";

	while (!is_printf && is_echo_option(text_at(command, i)))
		i++;
	/* A format that only prints its argument: printf '%s\n' VALUE. */
	if (is_printf && strchr(text_at(command, i), '%'))
		i++;
	for (; has_word(command, i); i++) {
		const char *text = text_at(command, i);
		size_t length = strlen(text);

		if (length >= 2 && strcmp(text + length - 2, "\\n") == 0)
			length -= 2;
		buffer_add(&output->text, separator);
		buffer_add_bytes(&output->text, text, length);
		output->computed |= word_at(command, i).computed;
		separator = " ";
	}
	output->known = true;
	return output->text.error;
}

/* Tells that the output goes into this file. */
static int write_to(const struct command *command, struct shell_word file,
		    const struct shell_output *output)
{
	const char *path = command->words->text.data + file.start;
	struct buffer CLEANUP(buffer_clear) value = {0};

	if (file.computed || *path != '/')
		return 0;
	buffer_add(&value, "");
	if (output->known && output->text.data)
		copy_trimmed(&value, output->text.data, output->text.length);
	if (!output->known)
		buffer_add(&value, "the output of a command");
	return value.error < 0 ? -ENOMEM
			       : pass_setting(command, file.line, path, value.data,
					      output->computed || !output->known);
}

/* tee [-a] PATH ... */
static int run_tee(const struct command *command, const struct shell_output *input)
{
	int error = 0;

	for (size_t i = 1; has_word(command, i) && error == 0; i++)
		if (*text_at(command, i) != '-')
			error = write_to(command, word_at(command, i), input);
	return error;
}

/* Makes "/sys/module/nf_conntrack/parameters/hashsize"; false: it is too long. */
static bool name_parameter(const char *module, const char *name, size_t length, char *ret,
			   size_t size)
{
	int written =
		snprintf(ret, size, "/sys/module/%s/parameters/%.*s", module, (int)length, name);

	for (char *c = ret; *c; c++)
		if (*c == '-')
			*c = '_';
	return written < (int)size;
}

/* modprobe [OPTION ...] MODULE [PARAMETER=VALUE ...]; insmod PATH */
static int run_modprobe(const struct command *command)
{
	const char *module;
	char name[96];
	size_t i = 1;
	int error;

	for (; *text_at(command, i) == '-'; i++)
		/* "modprobe -r" removes. */
		if (is_one_of(text_at(command, i), (const char *const[]){"-r", "--remove", NULL}))
			return 0;
	if (!has_word(command, i))
		return 0;
	module = text_at(command, i);
	error = pass_path(command->visitor->module, command, i);
	for (i++; has_word(command, i) && error == 0; i++) {
		const char *text = text_at(command, i), *sign = strchr(text, '=');

		if (!sign ||
		    !name_parameter(module, text, (size_t)(sign - text), name, sizeof(name)))
			continue;
		error = pass_setting(command, word_at(command, i).line, name, sign + 1,
				     word_at(command, i).computed);
	}
	return error;
}

/* sh -c TEXT, or sh FILE. */
static int run_shell(const struct command *command, const char **ret_script, unsigned int *ret_line)
{
	size_t i = 1;
	bool is_text = false;

	for (; *text_at(command, i) == '-'; i++)
		is_text = is_text ||
			  (text_at(command, i)[1] != '-' && strchr(text_at(command, i), 'c'));
	if (!has_word(command, i))
		return 0;
	if (!is_text)
		return *text_at(command, i) == '/' ? pass_path(command->visitor->script, command, i)
						   : 0;
	*ret_script = text_at(command, i);
	*ret_line = word_at(command, i).line;
	return 0;
}

static int run_program(const struct command *command, const struct shell_output *input,
		       struct shell_output *output, const char **ret_script, unsigned int *ret_line)
{
	static const char *const shells[] = {"sh", "bash", "dash", "ash", "ksh", "zsh", NULL};
	static const char *const loaders[] = {"modprobe", "insmod", NULL};
	static const char *const readers[] = {".", "source", NULL};
	const char *program = text_at(command, 0), *name = base_name(program);

	if (strcmp(name, "sysctl") == 0)
		return run_sysctl(command);
	if (strcmp(name, "echo") == 0 || strcmp(name, "printf") == 0)
		return print_words(command, *name == 'p', output);
	if (strcmp(name, "tee") == 0)
		return run_tee(command, input);
	if (is_one_of(name, loaders))
		return run_modprobe(command);
	if (is_one_of(name, shells))
		return run_shell(command, ret_script, ret_line);
	if (is_one_of(program, readers) && *text_at(command, 1) == '/')
		return pass_path(command->visitor->script, command, 1);
	return *program == '/' ? pass_path(command->visitor->script, command, 0) : 0;
}

int shell_command(const struct shell_words *words, bool pipe, struct shell_output *inout_output,
		  const struct shell_visitor *visitor, const char **ret_script,
		  unsigned int *ret_line)
{
	struct command command = {.words = words, .visitor = visitor};
	struct shell_output CLEANUP(shell_output_done) input = *inout_output, output = {0};
	int error = 0;

	*inout_output = (struct shell_output){0};
	skip_prefixes(&command);
	if (!input.waits || words->has_input) {
		buffer_reset(&input.text);
		input.known = words->has_input;
		input.computed = words->has_input && words->input.computed;
		if (words->has_input)
			buffer_add(&input.text, words->text.data + words->input.start);
	}
	if (input.text.error < 0)
		return input.text.error;
	if (has_word(&command, 0) && !word_at(&command, 0).computed)
		error = run_program(&command, &input, &output, ret_script, ret_line);
	if (error == 0 && words->has_target && has_word(&command, 0))
		error = write_to(&command, words->target, &output);
	if (error < 0)
		return error;
	output.waits = pipe;
	*inout_output = output;
	output = (struct shell_output){0};
	return 0;
}
