/* Checks the options that nf_conntrack is loaded with. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "model/config/module-options.h"
#include "model/plan/sizes.h"
#include "model/sources/lint-internal.h"

#define DOES_NOT_LOAD "neither nf_conntrack nor any rule that needs it loads; "

static const char *value_of(const struct parameter *parameter)
{
	return parameter->value ? parameter->value : "";
}

static void add_advice(struct buffer *b, const struct module_option *option, const char *value,
		       size_t length, const char *before)
{
	if (option->section)
		lint_add_advice(b, module_option_setting(option), value, length);
	else if (text_is_safe_line(value, length))
		buffer_printf(b, "write \"%s%s=%.*s\"", before, option->name,
			      length > 0 ? (int)length : 1, length > 0 ? value : "1");
	else
		buffer_printf(b, "write %s%s= and a number", before, option->name);
}

/* Reports more buckets than a kernel accepts or this host has memory for. */
static bool judge_amount(const struct lint_place *place, const struct parameter *parameter,
			 const struct module_option *option, uint64_t buckets)
{
	uint64_t bytes =
		sizes_bucket_bytes(buckets, place->facts->page_size, place->facts->word_size);
	struct buffer text = {0};

	if (buckets > HASHSIZE_MAX) {
		buffer_printf(&text,
			      "the kernel refuses %.*s, because it allows at most %s "
			      "buckets: " DOES_NOT_LOAD,
			      (int)parameter->length, parameter->word,
			      text_count(HASHSIZE_MAX).text);
	} else if (place->facts->ram && bytes > place->facts->ram) {
		buffer_printf(&text,
			      "%.*s takes %s at once, but this host has %s in all: " DOES_NOT_LOAD,
			      (int)parameter->length, parameter->word, text_amount(bytes).text,
			      text_amount(place->facts->ram).text);
	} else {
		return false;
	}
	add_advice(&text, option, "", 0, "");
	lint_tell(place, SEVERITY_WARNING, &text);
	return true;
}

/* Reports a size that the kernel accepts, but reads in another way than most people expect. */
static void judge_taken_size(const struct lint_place *place, const struct parameter *parameter,
			     const struct module_option *option, const struct lint_number *number)
{
	bool is_hashsize = module_option_setting(option) == SETTING_HASHSIZE;
	struct buffer text = {0};

	if (number->value == 0) {
		buffer_printf(&text, "%.*s has no effect: the kernel chooses its own number; ",
			      (int)parameter->length, parameter->word);
		if (is_hashsize)
			add_advice(&text, option, "", 0, "");
		else
			buffer_add(&text, "remove it");
	} else if (number->form != NUMBER_DECIMAL &&
		   !(number->has_digits && number->digits == number->value)) {
		buffer_printf(&text, "the kernel reads %.*s as %s and uses %s; ",
			      (int)parameter->value_length, parameter->value,
			      number->form == NUMBER_HEX ? "hexadecimal" : "octal",
			      text_count(number->value).text);
		add_advice(&text, option, parameter->value, parameter->value_length, "");
	} else if (is_hashsize && place->path && !lint_is_planned(place, SETTING_MAX)) {
		buffer_printf(&text,
			      "with hashsize and without max the kernel sets max to 8 x hashsize, "
			      "%s; write \"[conntrack] hashsize = %" PRIu64
			      "\" and \"max = %" PRIu64 "\" in conntrack-persist.conf",
			      text_count(sizes_own_max(sizes_round_buckets(
						 number->value, place->facts->page_size,
						 place->facts->word_size)))
				      .text,
			      number->value, number->value);
	} else {
		return;
	}
	lint_tell(place, SEVERITY_WARNING, &text);
}

static void tell_refused(const struct lint_place *place, const struct parameter *parameter,
			 const struct module_option *option, const char *before)
{
	struct buffer text = {0};

	buffer_printf(&text, "the kernel refuses %.*s: " DOES_NOT_LOAD, (int)parameter->length,
		      parameter->word);
	/*
	 * A value that makes no sense: for a switch, propose to switch it on, which the line was
	 * meant for.
	 */
	if (option->is_size)
		add_advice(&text, option, value_of(parameter), parameter->value_length, before);
	else
		add_advice(&text, option, "1", 1, before);
	lint_tell(place, SEVERITY_WARNING, &text);
}

static void judge_known(const struct lint_place *place, const struct parameter *parameter,
			const struct module_option *option, const char *before)
{
	struct lint_number number;

	if (!option->is_size) {
		if (!parameter_is_accepted(parameter))
			tell_refused(place, parameter, option, before);
		return;
	}
	number = lint_read_number(value_of(parameter), parameter->value_length, true);
	if (number.form == NUMBER_NONE || number.negative)
		tell_refused(place, parameter, option, before);
	else if (!judge_amount(place, parameter, option, number.value))
		judge_taken_size(place, parameter, option, &number);
}

/* Returns the option with the most similar name, or NULL if none is similar. */
static const struct module_option *nearest_option(const char *name)
{
	const struct module_option *nearest = NULL;
	size_t best = 3;

	for (size_t i = 0; i < MODULE_OPTIONS; i++)
		if (text_is_nearer(name, module_options[i].name, &best))
			nearest = &module_options[i];
	return nearest;
}

/*
 * Reports an unknown option, because the kernel still loads the module and only logs that.
 */
static void judge_unknown(const struct lint_place *place, const struct parameter *parameter,
			  const char *before)
{
	char *CLEANUP(free_pointer) name = strndup(parameter->name, parameter->name_length);
	const struct module_option *nearest;
	struct buffer text = {0};
	int setting;

	if (!name) {
		place->problems->out_of_memory = true;
		return;
	}
	if (strcmp(name, "nf_conntrack_helper") == 0) {
		if (facts_before(place->facts, 6, 0))
			return;
		lint_add(place, SEVERITY_WARNING,
			 "Linux 6.0 and later ignore the option %s; " LINT_ADVICE_HELPER, name);
		return;
	}
	buffer_printf(&text, "nf_conntrack has no option \"%s\", and the kernel ignores it; ",
		      name);
	nearest = nearest_option(name);
	setting = lint_find_setting(name);
	if (setting >= 0)
		lint_add_advice(&text, setting, value_of(parameter), parameter->value_length);
	else if (nearest)
		add_advice(&text, nearest, value_of(parameter), parameter->value_length, before);
	else
		buffer_add(&text, "remove it (there are hashsize, expect_hashsize, acct, tstamp, "
				  "enable_hooks)");
	lint_tell(place, SEVERITY_WARNING, &text);
}

void lint_judge_option(const struct lint_place *place, const struct parameter *option,
		       const char *before)
{
	const struct module_option *known = module_option_find(option->name, option->name_length);

	if (known)
		judge_known(place, option, known, before);
	else
		judge_unknown(place, option, before);
}

/*
 * Returns whether "hashsize = 65536" has blanks around the "=", and then moves *inout_rest behind
 * it and sets ret_meant to the option that was meant.
 */
static bool is_spaced(const struct parameter *option, const char **inout_rest,
		      struct parameter *ret_meant)
{
	const char *rest = *inout_rest;
	struct parameter sign, value;

	if (option->value && option->value_length == 0 && option->word[option->length - 1] == '=') {
		if (!parameter_next(&rest, &value) || memchr(value.word, '=', value.length))
			return false;
	} else {
		if (option->value || !parameter_next(&rest, &sign) || sign.word[0] != '=')
			return false;
		value = (struct parameter){.word = sign.word + 1, .length = sign.length - 1};
		/* No value follows. */
		if (value.length == 0)
			(void)parameter_next(&rest, &value);
	}
	*ret_meant = *option;
	ret_meant->value = value.word;
	ret_meant->value_length = value.length;
	*inout_rest = rest;
	return true;
}

static void tell_spaced(const struct lint_place *place, const struct parameter *option,
			const struct parameter *meant, const char *before)
{
	const struct module_option *known = module_option_find(option->name, option->name_length);
	size_t length = (size_t)(meant->value + meant->value_length - option->word);
	struct buffer text = {0};

	if (!known) {
		judge_unknown(place, meant, before);
		return;
	}
	buffer_printf(&text, "blanks split \"%.*s\", so that the kernel ", (int)length,
		      option->word);
	if (parameter_is_accepted(option))
		buffer_printf(&text, "reads %s without a value as \"on\"; ", known->name);
	else
		buffer_printf(&text, "refuses %s without a value: " DOES_NOT_LOAD, known->name);
	add_advice(&text, known, meant->value, meant->value_length, before);
	lint_tell(place, SEVERITY_WARNING, &text);
}

void lint_judge_options(const struct lint_place *place, const char *options)
{
	static const char before[] = "options nf_conntrack ";
	struct parameter option, meant;
	bool in_comment = false;

	while (parameter_next(&options, &option) && !lint_is_enough(place, SEVERITY_WARNING)) {
		if (option.word[0] == '#' && !in_comment) {
			lint_add(place, SEVERITY_WARNING,
				 "a # after an option does not begin a comment, so that modprobe "
				 "passes these words to the kernel, too; write the comment on a "
				 "line of its own");
			in_comment = true;
		}
		/*
		 * Only words of a comment that are options are reported, because the kernel parses
		 * each word behind "#" too.
		 */
		if (in_comment && !module_option_find(option.name, option.name_length))
			continue;
		if (is_spaced(&option, &options, &meant))
			tell_spaced(place, &option, &meant, before);
		else
			lint_judge_option(place, &option, before);
	}
}
