/* model/uses-nft: what of the messages of nf_tables needs connection tracking. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "harness/nft-messages.h"
#include "model/users/uses-nft.h"

/* The memory has exactly this size, so that the sanitizers notice a read beyond it. */
static int read_bytes(struct nft_reader *reader, uint16_t type, const void *bytes, size_t size)
{
	unsigned char *copy = malloc(size > 0 ? size : 1);
	int error;

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	error = nft_reader_read(reader, type, copy, size);
	free(copy);
	return error;
}

/*
 * Bytes of messages that stand here as they were captured: a kernel of the other byte order has
 * others.
 */
static bool has_their_order(void)
{
	const uint16_t one = 1;

	return *(const unsigned char *)&one == 1;
}

/* "NAME: EVIDENCE" of each finding, a line each. */
static void expect_findings(const char *what, const struct uses *uses, const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) found = {0};

	for (size_t i = 0; i < uses->count; i++) {
		buffer_printf(&found, "%s: %s\n", uses->items[i].name, uses->items[i].evidence);
		assert_int_equal(uses->items[i].certainty, USE_CERTAIN);
		expect_text("kind", uses->items[i].kind, "rules");
		expect_part("breaks", uses->items[i].breaks, "whole file");
	}
	expect_text(what, found.data ? found.data : "", wanted);
	assert_false(uses->out_of_memory);
}

static void expect_at(const char *where, const char *lines, const char *wanted)
{
	struct uses CLEANUP(uses_done) uses = {0};
	struct nft_reader reader = {.uses = &uses, .where = where};
	char *CLEANUP(free_pointer) copy = strdup(lines);
	struct nft_message message;
	char *rest = NULL;

	assert_non_null(copy);
	for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		assert_int_equal(nft_message_make(line, &message), 0);
		assert_int_equal(read_bytes(&reader, message.type, message.bytes, message.size), 0);
	}
	nft_reader_finish(&reader);
	expect_findings(lines, &uses, wanted);
}

static void expect_found(const char *lines, const char *wanted)
{
	expect_at("", lines, wanted);
}

/* A rule with this expression needs nf_conntrack, with this text as evidence. */
static void expect_expression(const char *expression, const char *words)
{
	struct buffer CLEANUP(buffer_clear) line = {0}, wanted = {0};

	buffer_printf(&line, "rule inet t c %s", expression);
	if (words)
		buffer_printf(&wanted, "nft inet t c: 1 rule with %s\n", words);
	expect_found(line.data, words ? wanted.data : "");
}

static void rule_set_without_tracking_has_no_findings(void **state)
{
	(void)state;
	expect_found("", "");
	/* names of tables, chains and sets are no expressions */
	expect_found("chain inet ct snat filter\nchain inet nat masq\nset ip ct notrack\n"
		     "set ip ct connlimit counter\nrule inet nat masq payload cmp immediate\n"
		     "object ip t ct 1\nobject ip t ct 8\n",
		     "");
}

static void rules_of_a_chain_are_counted(void **state)
{
	(void)state;
	expect_found("rule inet t c ct immediate\n",
		     "nft inet t c: 1 rule with connection state (ct)\n");
	/* a rule counts once, whatever it has */
	expect_found("rule inet t c ct ct\nrule inet t c payload\nrule inet t c ct notrack\n",
		     "nft inet t c: 2 rules with connection state (ct), notrack\n");
}

static void each_chain_has_its_own_finding(void **state)
{
	(void)state;
	expect_found("rule inet t c ct\nrule inet t d payload\nrule inet t e notrack\n"
		     "rule inet u e ct\nrule ip u e ct\n",
		     "nft inet t c: 1 rule with connection state (ct)\n"
		     "nft inet t e: 1 rule with notrack\n"
		     "nft inet u e: 1 rule with connection state (ct)\n"
		     "nft ip u e: 1 rule with connection state (ct)\n");
}

static void families_are_named(void **state)
{
	(void)state;
	expect_found("flowtable ip t f\nflowtable ip6 t f\nflowtable inet t f\nflowtable arp t f\n"
		     "flowtable bridge t f\nflowtable netdev t f\nflowtable later t f\n",
		     "nft ip t f: flowtables\nnft ip6 t f: flowtables\nnft inet t f: flowtables\n"
		     "nft arp t f: flowtables\nnft bridge t f: flowtables\n"
		     "nft netdev t f: flowtables\nnft ? t f: flowtables\n");
}

static void namespace_is_named(void **state)
{
	(void)state;
	expect_at("namespace red", "rule inet t c ct\nchain ip t p nat\n",
		  "nft inet t c, namespace red: 1 rule with connection state (ct)\n"
		  "nft ip t p, namespace red: a chain of type nat\n");
}

static void every_expression_is_known(void **state)
{
	(void)state;
	expect_expression("ct", "connection state (ct)");
	expect_expression("connlimit", "limits of connections (ct count)");
	expect_expression("notrack", "notrack");
	expect_expression("nat=snat", "address translation (snat)");
	expect_expression("nat=dnat", "address translation (dnat)");
	expect_expression("masq", "masquerading");
	expect_expression("redir", "redirection");
	expect_expression("flow_offload", "flow offload");
	expect_expression("synproxy", "synproxy");
	expect_expression("objref=3", "helpers (ct helper)");
	expect_expression("objref=5", "limits of connections (ct count)");
	expect_expression("objref=7", "timeout policies (ct timeout)");
	expect_expression("objref=9", "expectations (ct expectation)");
	expect_expression("objref=10", "synproxy");
	expect_expression("objref=1", NULL);
	expect_expression("objref=4294967295", NULL);
}

static void expressions_inside_others_count(void **state)
{
	(void)state;
	expect_expression("payload dynset=connlimit", "limits of connections (ct count)");
	expect_expression("dynset=counter,limit,connlimit", "limits of connections (ct count)");
	expect_expression("inner=ct", "connection state (ct)");
	expect_expression("dynset=inner=dynset=ct", "connection state (ct)");
	expect_expression("dynset=counter,limit", NULL);
}

static void other_expressions_do_not_count(void **state)
{
	(void)state;
	expect_expression("counter log limit meta payload cmp lookup immediate", NULL);
	expect_expression("c CT ctx conn masquerade natural", NULL);
}

static void extensions_of_iptables_are_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < XTABLES_EXTENSIONS; i++) {
		struct buffer CLEANUP(buffer_clear) match = {0}, target = {0};

		buffer_printf(&match, "match=%s", xtables_extensions[i]);
		buffer_printf(&target, "target=%s", xtables_extensions[i]);
		expect_expression(match.data, xtables_extensions[i]);
		expect_expression(target.data, xtables_extensions[i]);
	}
	expect_expression("match=tcp match=conntrack target=CONNMARK ct",
			  "connection state (ct), conntrack, CONNMARK");
	expect_expression("match=tcp target=snat match=conntrackx", NULL);
}

static void chains_of_type_nat_are_told(void **state)
{
	(void)state;
	/* what was counted before comes before */
	expect_found("rule inet t c ct\nchain ip t post nat\nrule inet t c nat=snat\n"
		     "chain ip t x route\nchain ip t y nat2\n",
		     "nft inet t c: 1 rule with connection state (ct)\n"
		     "nft ip t post: a chain of type nat\n"
		     "nft inet t c: 1 rule with address translation (snat)\n");
}

static void sets_and_objects_are_told(void **state)
{
	(void)state;
	expect_found("set ip t m connlimit\nset ip t l counter connlimit\n",
		     "nft ip t m: limits of connections (ct count)\n"
		     "nft ip t l: limits of connections (ct count)\n");
	expect_found("object ip t a 3\nobject ip t b 5\nobject ip t c 7\nobject ip t d 9\n"
		     "object ip t e 10\nobject ip t f 11\n",
		     "nft ip t a: helpers (ct helper)\n"
		     "nft ip t b: limits of connections (ct count)\n"
		     "nft ip t c: timeout policies (ct timeout)\n"
		     "nft ip t d: expectations (ct expectation)\n"
		     "nft ip t e: synproxy\n");
}

/* A name that would steer a terminal, or is no UTF-8, is shown as what it does no harm. */
static void odd_names_do_no_harm(void **state)
{
	(void)state;
	expect_found("rule inet \x1b[2J \xff\xfe ct\nobject ip \xc3\xa9t\xc3\xa9 a\x07 3\n",
		     "nft inet ?[2J ??: 1 rule with connection state (ct)\n"
		     "nft ip \xc3\xa9t\xc3\xa9 a?: helpers (ct helper)\n");
}

/* Names without a NUL, none at all, and as long as the kernel takes them, and a byte longer. */
static void names_have_any_size(void **state)
{
	static const unsigned char bare[] = {1, 0, 0, 0, 6, 0, 1,   0,	 'a', 'b',
					     0, 0, 7, 0, 2, 0, 'x', 'y', 'z'};
	static const unsigned char none[] = {1, 0, 0, 0};
	struct uses CLEANUP(uses_done) uses = {0};
	struct nft_reader reader = {.uses = &uses, .where = ""};
	struct buffer CLEANUP(buffer_clear) lines = {0}, wanted = {0};
	struct nft_message message;

	(void)state;
	if (!has_their_order())
		return;
	assert_int_equal(read_bytes(&reader, NFT_MSG_NEWFLOWTABLE, bare, sizeof(bare)), 0);
	assert_int_equal(read_bytes(&reader, NFT_MSG_NEWFLOWTABLE, none, sizeof(none)), 0);
	expect_findings("bare", &uses, "nft inet ab xyz: flowtables\nnft inet ? ?: flowtables\n");
	buffer_printf(&lines, "rule ip %0255d %0255d ct\nrule ip %0255d %0254d ct\n", 1, 2, 1, 2);
	buffer_printf(&wanted,
		      "nft ip %0255d %0255d: 1 rule with connection state (ct)\n"
		      "nft ip %0255d %0254d: 1 rule with connection state (ct)\n",
		      1, 2, 1, 2);
	expect_found(lines.data, wanted.data);
	buffer_clear(&lines);
	buffer_printf(&lines, "rule ip t %0256d ct", 1);
	assert_int_equal(nft_message_make(lines.data, &message), 0);
	assert_int_equal(read_bytes(&reader, message.type, message.bytes, message.size), -EBADMSG);
}

/*
 * Cut anywhere, and with each byte changed, a message is read within its bounds and never crashes.
 */
static void broken_messages_are_refused(void **state)
{
	static const char *const lines[] = {
		"rule inet t c ct dynset=counter,connlimit match=conntrack nat=dnat objref=3",
		"set ip t m connlimit counter", "object ip t o 7", "chain ip t c nat"};
	struct uses CLEANUP(uses_done) uses = {.limit = 8};
	struct nft_reader reader = {.uses = &uses, .where = ""};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct nft_message message;

		assert_int_equal(nft_message_make(lines[i], &message), 0);
		for (size_t size = 0; size < message.size; size++) {
			int error = read_bytes(&reader, message.type, message.bytes, size);

			assert_true(error == 0 || error == -EBADMSG);
			assert_true(size >= 4 || error == -EBADMSG);
		}
		for (size_t at = 0; at < message.size; at++) {
			unsigned char old = message.bytes[at];

			for (unsigned int value = 0; value < 256; value += 51) {
				message.bytes[at] = (unsigned char)value;
				(void)!read_bytes(&reader, message.type, message.bytes,
						  message.size);
			}
			message.bytes[at] = old;
		}
	}
	nft_reader_finish(&reader);
}

static void nesting_has_a_bound(void **state)
{
	struct buffer CLEANUP(buffer_clear) line = {0};
	struct uses CLEANUP(uses_done) uses = {0};
	struct nft_reader reader = {.uses = &uses, .where = ""};
	struct nft_message message;

	(void)state;
	buffer_add(&line, "rule ip t c ");
	for (int i = 0; i < 200; i++)
		buffer_add(&line, "dynset=");
	buffer_add(&line, "ct");
	assert_int_equal(nft_message_make(line.data, &message), 0);
	assert_int_equal(read_bytes(&reader, message.type, message.bytes, message.size), -EBADMSG);
}

/*
 * The findings of any number of chains take no more memory than the limit allows, and all are
 * counted.
 */
static void findings_have_a_bound(void **state)
{
	struct uses CLEANUP(uses_done) uses = {.limit = 10};
	struct nft_reader reader = {.uses = &uses, .where = ""};
	struct nft_message message;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		char line[64];

		(void)snprintf(line, sizeof(line), "rule ip t c%d ct", i);
		assert_int_equal(nft_message_make(line, &message), 0);
		assert_int_equal(read_bytes(&reader, message.type, message.bytes, message.size), 0);
	}
	nft_reader_finish(&reader);
	assert_int_equal(uses.count, 10);
	assert_int_equal(uses.left_out[USE_CERTAIN], 990);
	assert_int_equal(uses_count(&uses, USE_CERTAIN), 1000);
	assert_int_equal(uses_count(&uses, USE_LIKELY), 0);
}

/* Reads a file of messages as they came from a kernel. */
static void expect_real(const char *name, bool whole, const char *wanted)
{
	static unsigned char bytes[1 << 16];
	struct uses CLEANUP(uses_done) uses = {0};
	struct nft_reader reader = {.uses = &uses, .where = ""};
	struct nlmsghdr head;
	char path[4096];
	size_t size;
	FILE *file;

	if (!has_their_order())
		return;
	(void)snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/fuzz-uses-nft/%s",
		       getenv("srcdir") ? getenv("srcdir") : ".", name);
	file = fopen(path, "r");
	assert_non_null(file);
	size = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	assert_true(size > 0 && size < sizeof(bytes));
	for (size_t at = 0; at < size; at += NLMSG_ALIGN(head.nlmsg_len)) {
		memcpy(&head, bytes + at, sizeof(head));
		assert_int_equal(head.nlmsg_type >> 8, 10);
		assert_int_equal(read_bytes(&reader, head.nlmsg_type & 0xff,
					    bytes + at + sizeof(head),
					    head.nlmsg_len - sizeof(head)),
				 0);
	}
	nft_reader_finish(&reader);
	expect_findings(name, &uses, wanted);
	assert_int_equal(nft_reader_is_whole(&reader), whole);
}

/* Linux 6.18, rules by nft 1.0.6. */
static void rules_of_a_real_kernel_are_read(void **state)
{
	(void)state;
	expect_real("real-rules", true,
		    "nft ip nat post: a chain of type nat\n"
		    "nft ip nat pre: a chain of type nat\n"
		    "nft inet filter raw: 1 rule with notrack\n"
		    "nft inet filter input: 10 rules with connection state (ct), helpers (ct "
		    "helper), timeout policies (ct timeout), expectations (ct expectation), limits "
		    "of connections (ct count), synproxy\n"
		    "nft ip nat post: 2 rules with address translation (snat), masquerading\n"
		    "nft ip nat pre: 2 rules with address translation (dnat), redirection\n"
		    "nft inet filter m: limits of connections (ct count)\n"
		    "nft inet filter ftp-std: helpers (ct helper)\n"
		    "nft inet filter slow: timeout policies (ct timeout)\n"
		    "nft inet filter soon: expectations (ct expectation)\n"
		    "nft inet filter s: synproxy\n");
}

/*
 * Jumps by rules, by chains that belong to a rule, and by maps of all kinds; a set whose element
 * has an expression. Then a rule set of which a rule is too long to be handed out, and hides
 * another one.
 */
static void references_show_whether_all_was_read(void **state)
{
	(void)state;
	expect_real("real-references", true,
		    "nft ip b __chain14: 1 rule with connection state (ct)\n"
		    "nft ip b dyn: limits of connections (ct count)\n");
	expect_real("real-hidden", false, "");
}

static void elements_are_wanted_of_some_sets(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};
	struct nft_reader reader = {.uses = &uses, .where = ""};
	static const struct {
		unsigned char head[4], table[8], name[8], flags[8], type[8];
	} set = {{2},
		 {6, 0, 1, 0, 't', 0},
		 {6, 0, 2, 0, 's', 0},
		 {8, 0, 3, 0, 0, 0, 0, 0x20},
		 {8, 0, 6, 0, 0xff, 0xff, 0xff, 0}};

	(void)state;
	if (!has_their_order())
		return;
	/* a map of verdicts that rules change; a set that they change; one that they do not */
	assert_int_equal(read_bytes(&reader, NFT_MSG_NEWSET, &set, sizeof(set)), 0);
	assert_true(reader.wants_elements);
	expect_text("table", reader.set.table, "t");
	expect_text("set", reader.set.name, "s");
	assert_int_equal(read_bytes(&reader, NFT_MSG_NEWSET, &set, sizeof(set) - 8), 0);
	assert_true(reader.wants_elements);
	assert_int_equal(read_bytes(&reader, NFT_MSG_NEWSET, &set, sizeof(set) - 16), 0);
	assert_false(reader.wants_elements);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rule_set_without_tracking_has_no_findings),
		cmocka_unit_test(rules_of_a_chain_are_counted),
		cmocka_unit_test(each_chain_has_its_own_finding),
		cmocka_unit_test(families_are_named),
		cmocka_unit_test(namespace_is_named),
		cmocka_unit_test(every_expression_is_known),
		cmocka_unit_test(expressions_inside_others_count),
		cmocka_unit_test(other_expressions_do_not_count),
		cmocka_unit_test(extensions_of_iptables_are_known),
		cmocka_unit_test(chains_of_type_nat_are_told),
		cmocka_unit_test(sets_and_objects_are_told),
		cmocka_unit_test(odd_names_do_no_harm),
		cmocka_unit_test(names_have_any_size),
		cmocka_unit_test(broken_messages_are_refused),
		cmocka_unit_test(nesting_has_a_bound),
		cmocka_unit_test(findings_have_a_bound),
		cmocka_unit_test(rules_of_a_real_kernel_are_read),
		cmocka_unit_test(references_show_whether_all_was_read),
		cmocka_unit_test(elements_are_wanted_of_some_sets),
	};

	return cmocka_run_group_tests_name("uses-nft", tests, NULL, NULL);
}
