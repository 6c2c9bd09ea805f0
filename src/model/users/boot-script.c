/* Reads shell commands that run at boot: do they set firewall rules that need tracking? */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/users/boot-script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/users/rules-file.h"

#define WORD_ENDS " \t\r\n'\"`;|&()<>{}=,"

int boot_text_asks(const char *text, size_t size)
{
	struct rules_file file;
	const char *position = text;
	int found = 1;

	memset(&file, 0, offsetof(struct rules_file, name));
	file.script = true;
	while (found > 0) {
		char *CLEANUP(free_pointer) included = NULL;

		found = rules_file_read(&file, &position, text + size, &included);
	}
	rules_file_end(&file);
	return found < 0 ? found : file.asks > 0;
}

/*
 * Returns the next word between start and end, with its length in *ret_size, or NULL if there is
 * none.
 */
static const char *next_word(const char **position, const char *end, size_t *ret_size)
{
	const char *word = *position, *behind;

	while (word < end && (*word == '\0' || strchr(WORD_ENDS, *word)))
		word++;
	behind = word;
	while (behind < end && *behind != '\0' && !strchr(WORD_ENDS, *behind))
		behind++;
	*position = behind;
	*ret_size = (size_t)(behind - word);
	return word < end ? word : NULL;
}

static bool is_word(const char *word, size_t size, const char *name)
{
	return strlen(name) == size && memcmp(word, name, size) == 0;
}

/* "nft" of "/usr/sbin/nft". */
static void drop_folders(const char **inout_word, size_t *inout_size)
{
	for (size_t i = *inout_size; i > 0; i--)
		if ((*inout_word)[i - 1] == '/') {
			*inout_word += i;
			*inout_size -= i;
			break;
		}
}

/*
 * Returns whether the word is iptables, ip6tables-restore, iptables-nft, nft or the like, with any
 * path.
 */
static bool is_rule_program(const char *word, size_t size)
{
	static const char *const stems[] = {"iptables", "ip6tables"};

	drop_folders(&word, &size);
	for (size_t i = 0; i < ARRAY_SIZE(stems); i++) {
		size_t length = strlen(stems[i]);

		if (size >= length && memcmp(word, stems[i], length) == 0 &&
		    (size == length || word[length] == '-'))
			return true;
	}
	return is_word(word, size, "nft") || is_word(word, size, "ovs-ofctl") ||
	       is_word(word, size, "ovs-dpctl");
}

/* Returns whether the word is ipvsadm, or ipvsadm-restore, with any path. */
static bool is_ipvsadm(const char *word, size_t size)
{
	drop_folders(&word, &size);
	return is_word(word, size, "ipvsadm") || is_word(word, size, "ipvsadm-restore");
}

/* Returns whether the program only prints rules, as iptables-save does. */
static bool is_printer(const char *word, size_t size)
{
	static const char suffix[] = "-save";

	return size > strlen(suffix) &&
	       memcmp(word + size - strlen(suffix), suffix, strlen(suffix)) == 0;
}

static bool is_one_of(const char *word, size_t size, const char *const *names)
{
	for (; *names; names++)
		if (is_word(word, size, *names))
			return true;
	return false;
}

size_t boot_line_size(const char *line, unsigned int *ret_lines)
{
	size_t size = strcspn(line, "\n");
	unsigned int lines = 1;

	while (*line != '#' && line[size] == '\n' && line[size + 1] && size > 0 &&
	       line[size - 1] == '\\') {
		size += 1 + strcspn(line + size + 1, "\n");
		lines++;
	}
	*ret_lines = lines;
	return size;
}

int boot_command_read(const char *line, size_t size, struct boot_command *ret)
{
	static const char *const adding[] = {
		"-A",	  "-I",	     "-R",	 "--append",  "--insert",  "--replace", "add",
		"insert", "replace", "add-flow", "add-flows", "mod-flows", NULL};
	static const char *const serving[] = {"-A", "--add-service", "-R", "--restore", NULL};
	static const char *const others[] = {"-D",     "-L",   "-S",	 "-C",	  "--delete",
					     "--list", "list", "delete", "flush", NULL};
	const char *position = line, *word;
	bool program = false, chain = false, target = false, adds = false, removes = false;
	bool ipvsadm = false, serves = false;
	int asks = 0;
	size_t length;

	while ((word = next_word(&position, line + size, &length))) {
		program = program || (is_rule_program(word, length) && !is_printer(word, length));
		ipvsadm = ipvsadm || is_ipvsadm(word, length);
		serves = serves || is_one_of(word, length, serving) ||
			 is_word(word, length, "ipvsadm-restore");
		adds = adds || is_one_of(word, length, adding);
		removes = removes || is_one_of(word, length, others);
		chain = chain || is_word(word, length, "-A") || is_word(word, length, "-I");
		target = target || is_word(word, length, "-j") || is_word(word, length, "-m");
	}
	*ret = (struct boot_command){
		/* "iptables -C ... || iptables -A ..." adds a rule. */
		.sets_rules = (program || (chain && target)) && (adds || !removes),
		.ipvs = ipvsadm && serves,
	};
	if (!ret->sets_rules)
		return 0;
	asks = boot_text_asks(line, size);
	ret->asks = asks > 0;
	ret->reads_input = memmem(line, size, "<<", 2) != NULL;
	ret->is_loader = size > 2 && line[0] == '#' && line[1] == '!';
	return asks < 0 ? asks : 0;
}

const char *boot_command_path(const char **position, const char *end, size_t *ret_size)
{
	const char *word;

	while ((word = next_word(position, end, ret_size)))
		if (*word == '/' && *ret_size > 1 && !is_rule_program(word, *ret_size))
			return word;
	return NULL;
}
