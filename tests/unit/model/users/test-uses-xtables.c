/* model/uses-xtables: rules of legacy tables as the kernel hands them out, and what is none of that. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

/* Behind the C library's: they stand back for what that has. */
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "base/buffer.h"
#include "model/users/uses.h"

/* Rules as they grow; the last one begins at `last`. */
struct blob {
	unsigned char bytes[4096];
	size_t size, last;
	bool ipv6;
};

/* Both families. */
static const bool families[] = {false, true};

static size_t head_size(bool ipv6)
{
	return ipv6 ? sizeof(struct ip6t_entry) : sizeof(struct ipt_entry);
}

static size_t target_field(const struct blob *blob)
{
	return blob->last + (blob->ipv6 ? offsetof(struct ip6t_entry, target_offset)
					: offsetof(struct ipt_entry, target_offset));
}

static size_t next_field(const struct blob *blob)
{
	return blob->last + (blob->ipv6 ? offsetof(struct ip6t_entry, next_offset)
					: offsetof(struct ipt_entry, next_offset));
}

static void put_number(struct blob *blob, size_t at, size_t number)
{
	const uint16_t value = (uint16_t)number;

	memcpy(blob->bytes + at, &value, sizeof(value));
}

/* A match or target with so many bytes of its own. */
static void put_extension(struct blob *blob, const char *name, size_t own)
{
	struct xt_entry_match match = {.u.user.match_size = (uint16_t)(sizeof(match) + own)};

	assert_true(strlen(name) <= sizeof(match.u.user.name));
	memcpy(match.u.user.name, name, strlen(name));
	assert_true(blob->size + sizeof(match) + own <= sizeof(blob->bytes));
	memcpy(blob->bytes + blob->size, &match, sizeof(match));
	memset(blob->bytes + blob->size + sizeof(match), 0xa5, own);
	blob->size += sizeof(match) + own;
}

/* A rule with the matches named, up to a NULL, and this target ("" is a verdict). */
static void put_rule(struct blob *blob, const char *const *matches, const char *target)
{
	blob->last = blob->size;
	memset(blob->bytes + blob->size, 0, head_size(blob->ipv6));
	blob->size += head_size(blob->ipv6);
	for (; *matches; matches++)
		put_extension(blob, *matches, 8);
	put_number(blob, target_field(blob), blob->size - blob->last);
	put_extension(blob, target, 8);
	put_number(blob, next_field(blob), blob->size - blob->last);
}

static void put_match_rule(struct blob *blob, const char *match, const char *target)
{
	put_rule(blob, (const char *[]){match, NULL}, target);
}

/* From memory of just that size, so that a byte too far is one for the sanitizers. */
static int find(const struct blob *blob, size_t size, const char *name, const char *where,
		struct uses *uses)
{
	struct xtables_table table = {name, blob->ipv6, NULL, size};
	unsigned char *copy = malloc(size > 0 ? size : 1);
	int error;

	assert_non_null(copy);
	memcpy(copy, blob->bytes, size);
	table.entries = copy;
	error = uses_of_xtables(&table, where, uses);
	free(copy);
	return error;
}

/* evidence NULL: nothing is found. */
static void expect_found(const struct blob *blob, const char *evidence)
{
	struct uses CLEANUP(uses_done) uses = {0};

	assert_int_equal(find(blob, blob->size, "filter", "", &uses), 0);
	assert_int_equal(uses.count, evidence != NULL);
	if (!evidence)
		return;
	assert_int_equal(uses.items[0].certainty, USE_CERTAIN);
	expect_text("kind", uses.items[0].kind, "rules");
	expect_text("name", uses.items[0].name,
		    blob->ipv6 ? "ip6tables-legacy table filter" : "iptables-legacy table filter");
	expect_text("evidence", uses.items[0].evidence, evidence);
	expect_part("breaks", uses.items[0].breaks, "whole table");
}

static void expect_refused(const char *what, const struct blob *blob, size_t size)
{
	struct uses CLEANUP(uses_done) uses = {0};

	expect_number(what, (uint64_t)-find(blob, size, "filter", "", &uses), EBADMSG);
	assert_int_equal(uses.count, 0);
}

static void table_without_rules_has_no_findings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		struct blob blob = {.ipv6 = families[i]};

		expect_found(&blob, NULL);
		put_rule(&blob, (const char *[]){NULL}, "");
		put_match_rule(&blob, "tcp", "REJECT");
		put_rule(&blob, (const char *[]){NULL}, "ERROR");
		expect_found(&blob, NULL);
	}
}

static void rules_that_need_it_are_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		struct blob blob = {.ipv6 = families[i]};

		put_rule(&blob, (const char *[]){NULL}, "");
		put_rule(&blob, (const char *[]){"tcp", "conntrack", "connmark", NULL}, "CT");
		expect_found(&blob, "1 rule with conntrack");
		/* once a rule, whatever it has; the first word is kept */
		put_rule(&blob, (const char *[]){"connmark", "state", NULL}, "CONNMARK");
		expect_found(&blob, "2 rules with conntrack or the like");
		put_match_rule(&blob, "tcp", "");
		put_rule(&blob, (const char *[]){NULL}, "NOTRACK");
		put_rule(&blob, (const char *[]){NULL}, "ERROR");
		expect_found(&blob, "3 rules with conntrack or the like");
	}
}

static void every_extension_is_known(void **state)
{
	static const char *const names[] = {"conntrack", "state",      "CT",	    "NOTRACK",
					    "connmark",	 "CONNMARK",   "connbytes", "connlabel",
					    "connlimit", "cluster",    "helper",    "SNAT",
					    "DNAT",	 "MASQUERADE", "REDIRECT",  "NETMAP",
					    "SYNPROXY",	 "CLUSTERIP",  "ipvs",	    "CONNSECMARK"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct blob match = {.ipv6 = i % 2}, target = {.ipv6 = i % 2};
		char wanted[64];

		(void)snprintf(wanted, sizeof(wanted), "1 rule with %s", names[i]);
		put_match_rule(&match, names[i], "");
		expect_found(&match, wanted);
		put_match_rule(&target, "tcp", names[i]);
		expect_found(&target, wanted);
	}
}

static void other_extensions_do_not_count(void **state)
{
	static const char *const names[] = {"tcp",
					    "conntrac",
					    "conntrack2",
					    "ct",
					    "snat",
					    "LOG",
					    "TPROXY",
					    "socket",
					    "mark",
					    "MARK",
					    "",
					    "nat",
					    "conntrack.890123456789012345"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct blob blob = {0};

		put_match_rule(&blob, names[i], names[i]);
		expect_found(&blob, NULL);
	}
}

/* The kernel ends them; who does not read past them. */
static void names_without_an_end_are_cut(void **state)
{
	struct blob blob = {0};
	char name[XT_EXTENSION_MAXNAMELEN + 1];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	put_match_rule(&blob, name, name);
	expect_found(&blob, NULL);
}

/* The least that is an extension: a head with nothing of its own. */
static void extensions_may_be_empty(void **state)
{
	struct blob blob = {.ipv6 = true};

	(void)state;
	blob.size = head_size(true);
	put_extension(&blob, "state", 0);
	put_number(&blob, target_field(&blob), blob.size);
	put_extension(&blob, "CT", 0);
	put_number(&blob, next_field(&blob), blob.size);
	expect_found(&blob, "1 rule with state");
}

static void table_and_namespace_are_named(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};
	struct blob blob = {.ipv6 = true};

	(void)state;
	put_match_rule(&blob, "state", "");
	assert_int_equal(find(&blob, blob.size, "mangle", "namespace red", &uses), 0);
	assert_int_equal(uses.count, 1);
	expect_text("name", uses.items[0].name, "ip6tables-legacy table mangle, namespace red");
}

/* The table alone loads the module; it breaks only with the next rule. */
static void empty_table_nat_is_likely(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		struct uses CLEANUP(uses_done) uses = {0};
		struct blob blob = {.ipv6 = families[i]};

		put_rule(&blob, (const char *[]){NULL}, "");
		assert_int_equal(find(&blob, blob.size, "nat", "", &uses), 0);
		assert_int_equal(uses.count, 1);
		assert_int_equal(uses.items[0].certainty, USE_LIKELY);
		expect_text("evidence", uses.items[0].evidence,
			    "the table is there, without such a rule");
		uses_done(&uses);
		put_rule(&blob, (const char *[]){NULL}, "MASQUERADE");
		assert_int_equal(find(&blob, blob.size, "nat", "", &uses), 0);
		assert_int_equal(uses.count, 1);
		assert_int_equal(uses.items[0].certainty, USE_CERTAIN);
		expect_text("evidence", uses.items[0].evidence, "1 rule with MASQUERADE");
	}
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		struct blob blob = {.ipv6 = families[i]};
		size_t first;

		put_rule(&blob, (const char *[]){"tcp", "state", NULL}, "CT");
		first = blob.size;
		put_match_rule(&blob, "conntrack", "");
		for (size_t size = 1; size < blob.size; size++)
			if (size != first)
				expect_refused("cut short", &blob, size);
		/* where a rule ends the table may end */
		blob.size = first;
		expect_found(&blob, "1 rule with state");
	}
}

/* Each number that the fields of a rule may have, but the right one. */
static void every_wrong_offset_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		struct blob sound = {.ipv6 = families[i]}, blob;
		size_t head = head_size(families[i]), target;

		put_rule(&sound, (const char *[]){NULL}, "");
		put_match_rule(&sound, "state", "CT");
		target = sound.size - sound.last - sizeof(struct xt_entry_target) - 8;
		for (size_t number = 0; number <= UINT16_MAX; number++) {
			blob = sound;
			put_number(&blob, target_field(&blob), number);
			/* what stands in front of the match is a target too, then */
			if (number != target && number != head)
				expect_refused("target_offset", &blob, blob.size);
			blob = sound;
			put_number(&blob, next_field(&blob), number);
			if (number != sound.size - sound.last)
				expect_refused("next_offset", &blob, blob.size);
		}
	}
}

static void every_wrong_size_of_an_extension_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		struct blob sound = {.ipv6 = families[i]}, blob;
		const size_t whole = sizeof(struct xt_entry_match) + 8;

		put_match_rule(&sound, "state", "CT");
		for (size_t number = 0; number <= UINT16_MAX; number++) {
			blob = sound;
			put_number(&blob, head_size(blob.ipv6), number);
			if (number != whole)
				expect_refused("match_size", &blob, blob.size);
			blob = sound;
			put_number(&blob, head_size(blob.ipv6) + whole, number);
			/* a target may be smaller than the room that it has */
			if (number < sizeof(struct xt_entry_target) || number > whole)
				expect_refused("target_size", &blob, blob.size);
		}
	}
}

/* Whatever a byte is: it ends, with an answer, and within the bytes. */
static void no_changed_byte_does_harm(void **state)
{
	struct blob sound = {0}, blob;

	(void)state;
	put_rule(&sound, (const char *[]){"tcp", "state", NULL}, "CT");
	put_match_rule(&sound, "conntrack", "");
	for (size_t at = 0; at < sound.size; at++)
		for (unsigned int byte = 0; byte <= UINT8_MAX; byte++) {
			struct uses CLEANUP(uses_done) uses = {0};
			int error;

			blob = sound;
			blob.bytes[at] = (unsigned char)byte;
			error = find(&blob, blob.size, "filter", "", &uses);
			assert_true(error == 0 || error == -EBADMSG);
			assert_true(error == 0 || uses.count == 0);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_without_rules_has_no_findings),
		cmocka_unit_test(rules_that_need_it_are_counted),
		cmocka_unit_test(every_extension_is_known),
		cmocka_unit_test(other_extensions_do_not_count),
		cmocka_unit_test(names_without_an_end_are_cut),
		cmocka_unit_test(extensions_may_be_empty),
		cmocka_unit_test(table_and_namespace_are_named),
		cmocka_unit_test(empty_table_nat_is_likely),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_wrong_offset_is_refused),
		cmocka_unit_test(every_wrong_size_of_an_extension_is_refused),
		cmocka_unit_test(no_changed_byte_does_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
