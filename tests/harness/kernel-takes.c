/*
 * Computes how a kernel reads a number that is written to it, for the folder that plays the kernel.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "harness/kernel-takes.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * This file calls no function of the program and uses no constant of its headers, because the cases
 * compare the program with what stands here. A wrong figure in the program's own rounding or bounds
 * then shows as a value that differs.
 */

/*
 * The most seconds of a timeout with HZ=250, as Debian has it: INT_MAX / 250
 * (do_proc_dointvec_jiffies_conv()).
 */
#define SECONDS_MAX 8589934

/*
 * One row for each kind of key; the first row that matches decides (nf_conntrack_standalone.c;
 * tests/unit/data/sysctls.tsv).
 */
static const struct bounds {
	const char *pattern;
	long long least, most;
	unsigned int since[2]; /* older kernels take every int */
} bounds[] = {
	{"*/nf_conntrack_max", 1, INT_MAX, {6, 19}},
	{"*/nf_conntrack_max", 0, INT_MAX, {6, 1}},
	{"*/nf_conntrack_expect_max", 1, INT_MAX, {6, 1}},
	{"*_timeout*", -SECONDS_MAX, SECONDS_MAX, {0, 0}},
	{"*/nf_conntrack_log_invalid", 0, 255, {0, 0}},
	{"*/nf_conntrack_tcp_max_retrans", 0, 255, {5, 15}},
	{"*/nf_conntrack_events", 0, 2, {5, 19}},
	{"*/nf_conntrack_events", 0, 1, {5, 2}},
	{"*_thresh", 0, LLONG_MAX, {0, 0}},
	{"*/nf_conntrack_*max*", INT_MIN, INT_MAX, {0, 0}},
	{"/proc/sys/net/*", 0, 1, {5, 2}},
	{"*", INT_MIN, INT_MAX, {0, 0}},
};

/*
 * proc_get_long(): blanks around a number of which the kernel finds the base; kstrtouint() takes no
 * blank before it.
 */
static int read_number(const char *text, bool blanks, long long *ret)
{
	char *end;

	while (blanks && isspace((unsigned char)*text))
		text++;
	if (!isdigit((unsigned char)*text) &&
	    !(blanks && *text == '-' && isdigit((unsigned char)text[1])))
		return -EINVAL;
	errno = 0;
	*ret = strtoll(text, &end, 0);
	while (blanks ? isspace((unsigned char)*end) : *end == '\n' && !end[1])
		end++;
	return errno == ERANGE || *end ? -EINVAL : 0;
}

/*
 * nf_conntrack_hash_resize() and nf_ct_alloc_hashtable(): whole pages of pointers, at most INT_MAX
 * bytes.
 */
static int take_buckets(const struct played_kernel *kernel, long long number, long long *ret)
{
	long long in_a_page = (long long)(kernel->page / kernel->word);
	long long pages = number / in_a_page + (number % in_a_page != 0);

	if (number == 0)
		return -EINVAL;
	if (number < 0 || pages > INT_MAX / (long long)kernel->page)
		return -ENOMEM;
	*ret = pages * in_a_page;
	return 0;
}

static int take_key(const struct played_kernel *kernel, const char *path, long long number)
{
	for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++) {
		const unsigned int *since = bounds[i].since;

		if (fnmatch(bounds[i].pattern, path, 0) == 0 &&
		    (kernel->release[0] > since[0] ||
		     (kernel->release[0] == since[0] && kernel->release[1] >= since[1])))
			return number < bounds[i].least || number > bounds[i].most ? -EINVAL : 0;
	}
	return 0;
}

/* A switch of the module is shown as a letter. (kernel/params.c: param_set_bool) */
static int take_switch(const char *text, char *stored, size_t size)
{
	if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
		return -EINVAL;
	(void)snprintf(stored, size, "%s\n", text[0] == '1' ? "Y" : "N");
	return 0;
}

int kernel_takes(const struct played_kernel *kernel, const char *path, const char *text,
		 char *stored, size_t size)
{
	bool is_parameter = strncmp(path, "/sys/module/", 12) == 0;
	const char *name = strrchr(path, '/') + 1;
	long long number;
	int error;

	if (is_parameter && (strcmp(name, "acct") == 0 || strcmp(name, "tstamp") == 0))
		return take_switch(text, stored, size);
	error = read_number(text, !is_parameter, &number);
	if (error < 0)
		return error;
	if (is_parameter && number > UINT_MAX)
		return -ERANGE;
	if (strcmp(name, "hashsize") == 0 || strcmp(name, "nf_conntrack_buckets") == 0)
		error = take_buckets(kernel, number, &number);
	else if (is_parameter)
		error = -EACCES;
	else
		error = take_key(kernel, path, number);
	if (error == 0)
		(void)snprintf(stored, size, "%lld\n", number);
	return error;
}
