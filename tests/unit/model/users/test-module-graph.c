/*
 * model/module-graph: who is above nf_conntrack, in which order they go, and what stands against
 * it.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "base/buffer.h"
#include "model/users/module-graph.h"

static int read_text(const char *text, struct module_graph *ret)
{
	return module_graph_read(text, "nf_conntrack", ret);
}

/*
 * "NAME OUTSIDE HOLDER,HOLDER;" for each, in the order of removal, in which holders stand in front.
 */
static void expect_graph(const char *text, const char *wanted)
{
	struct module_graph CLEANUP(module_graph_done) graph = {0};
	struct buffer CLEANUP(buffer_clear) found = {0};

	expect_number(text, (uint64_t)-read_text(text, &graph), 0);
	for (size_t i = 0; i < graph.count; i++) {
		const struct graph_module *module = &graph.items[i];

		assert_ptr_equal(module_graph_find(&graph, module->name), module);
		buffer_printf(&found, "%s %ld", module->name, module->outside);
		for (size_t j = 0; j < module->holder_count; j++) {
			assert_true(module->holders[j] < i);
			buffer_printf(&found, "%s%s", j ? "," : " ",
				      graph.items[module->holders[j]].name);
		}
		buffer_add(&found, ";");
	}
	expect_text(text, found.data ? found.data : "", wanted);
}

/*
 * Prints the obstacle to each removal as "NAME WHY;", and nothing for modules that can be removed.
 */
static void expect_obstacles(const char *text, const char *wanted)
{
	struct module_graph CLEANUP(module_graph_done) graph = {0};
	struct buffer CLEANUP(buffer_clear) found = {0};
	size_t count = 0;

	expect_number(text, (uint64_t)-read_text(text, &graph), 0);
	for (size_t i = 0; i < graph.count; i++) {
		const char *obstacle = graph_module_obstacle(&graph.items[i]);

		if (obstacle)
			buffer_printf(&found, "%s %s;", graph.items[i].name, obstacle);
		count += obstacle != NULL;
	}
	expect_text(text, found.data ? found.data : "", wanted);
	assert_int_equal(module_graph_obstacles(&graph), count);
}

/* The earlier content of the graph stays. */
static void expect_error(const char *text, int error)
{
	struct graph_module item = {0};
	struct module_graph graph = {&item, 7};

	expect_number(text, (uint64_t)-read_text(text, &graph), (uint64_t)-error);
	assert_ptr_equal(graph.items, &item);
	assert_int_equal(graph.count, 7);
}

static void nothing_loaded_is_an_empty_graph(void **state)
{
	static const char *const texts[] = {
		"",
		"nf_tables 364544 11 - Live 0x0000000000000000\n",
		/* neither is the module */
		"nf_conntrack_ftp 24576 0 - Live 0x0\nnf_conntrac 1 0 - Live 0x0\n"
		"xnf_conntrack 1 0 - Live 0x0\n",
		/* above a module of another name */
		"nf_defrag_ipv4 16384 1 ip_vs, Live 0x0\nip_vs 200704 0 - Live 0x0\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		expect_graph(texts[i], "");
		expect_obstacles(texts[i], "");
	}
}

static void module_alone_is_its_own_leaf(void **state)
{
	(void)state;
	expect_graph("nf_conntrack 196608 0 - Live 0x0000000000000000\n", "nf_conntrack 0;");
	expect_graph("nf_conntrack 196608 3 - Live 0xffffffffc0a31000\n", "nf_conntrack 3;");
	/* the end of the text ends the line */
	expect_graph("nf_conntrack 196608 0 - Live 0x0", "nf_conntrack 0;");
	expect_graph("nf_conntrack 196608 0 - Live", "nf_conntrack 0;");
}

/* /proc/modules of Debian 12's kernel. */
static void ordinary_host_is_put_in_order(void **state)
{
	static const char text[] =
		"xt_conntrack 16384 1 - Live 0x0000000000000000\n"
		"nft_ct 24576 0 - Live 0x0000000000000000\n"
		"nft_chain_nat 16384 1 - Live 0x0000000000000000\n"
		"nf_nat 57344 1 nft_chain_nat, Live 0x0000000000000000\n"
		"nf_conntrack 188416 3 xt_conntrack,nft_ct,nf_nat, Live 0x0000000000000000\n"
		"nf_defrag_ipv6 24576 1 nf_conntrack, Live 0x0000000000000000\n"
		"nf_defrag_ipv4 16384 1 nf_conntrack, Live 0x0000000000000000\n"
		"nf_tables 311296 2 nft_ct,nft_chain_nat, Live 0x0000000000000000\n"
		"libcrc32c 16384 2 nf_nat,nf_conntrack, Live 0x0000000000000000\n"
		"x_tables 61440 1 xt_conntrack, Live 0x0000000000000000\n";

	(void)state;
	expect_graph(text, "xt_conntrack 1;nft_ct 0;nft_chain_nat 1;nf_nat 0 nft_chain_nat;"
			   "nf_conntrack 0 xt_conntrack,nft_ct,nf_nat;");
	expect_obstacles(text, "xt_conntrack is in use;nft_chain_nat is in use;");
}

/* Each once, behind all that hold it, however the lines stand. */
static void diamonds_are_put_in_order(void **state)
{
	(void)state;
	expect_graph("nf_conntrack 1 2 a,b, Live 0x0\na 1 1 top, Live 0x0\nb 1 1 top, Live 0x0\n"
		     "top 1 0 - Live 0x0\n",
		     "top 0;a 0 top;b 0 top;nf_conntrack 0 a,b;");
	/* a is above b, and right above nf_conntrack too */
	expect_graph("a 1 0 - Live 0x0\nb 1 1 a, Live 0x0\nnf_conntrack 1 2 a,b, Live 0x0\n",
		     "a 0;b 0 a;nf_conntrack 0 a,b;");
	expect_graph("nf_conntrack 1 2 b,a, Live 0x0\nb 1 1 a, Live 0x0\na 1 0 - Live 0x0\n",
		     "a 0;b 0 a;nf_conntrack 0 b,a;");
	expect_graph("nf_conntrack 1 2 a,b, Live 0x0\na 1 2 c,d, Live 0x0\nb 1 2 d,c, Live 0x0\n"
		     "c 1 1 e, Live 0x0\nd 1 1 e, Live 0x0\ne 1 4 - Live 0x0\n",
		     "e 4;c 0 e;d 0 e;a 0 c,d;b 0 d,c;nf_conntrack 0 a,b;");
}

static void chain_of_ten_is_put_in_order(void **state)
{
	struct buffer CLEANUP(buffer_clear) text = {0}, wanted = {0};

	(void)state;
	buffer_add(&text, "nf_conntrack 1 1 m1, Live 0x0\n");
	for (int i = 1; i < 9; i++)
		buffer_printf(&text, "m%d 1 1 m%d, Live 0x0\n", i, i + 1);
	buffer_add(&text, "m9 1 2 - Live 0x0\n");
	buffer_add(&wanted, "m9 2;");
	for (int i = 8; i > 0; i--)
		buffer_printf(&wanted, "m%d 0 m%d;", i, i + 1);
	buffer_add(&wanted, "nf_conntrack 0 m1;");
	expect_graph(text.data, wanted.data);
	expect_obstacles(text.data, "m9 is in use;");
}

static void what_is_not_above_is_left_out(void **state)
{
	(void)state;
	expect_graph("ext4 1 1 - Live 0x0\nnf_conntrack 1 1 nft_ct, Live 0x0\n"
		     "nf_tables 1 9 nft_ct,nft_fib, Live 0x0\nnft_fib 1 0 - Live 0x0\n"
		     "nft_ct 1 0 - Live 0x0\n",
		     "nft_ct 0;nf_conntrack 0 nft_ct;");
	/* a holder of another that is no text's line is none of ours */
	expect_graph("snd 1 1 gone, Live 0x0\nnf_conntrack 1 0 - Live 0x0\n", "nf_conntrack 0;");
	/* nor is a cycle that nothing of ours is in */
	expect_graph("a 1 1 b, Live 0x0\nb 1 1 a, Live 0x0\nnf_conntrack 1 0 - Live 0x0\n",
		     "nf_conntrack 0;");
}

/* Names that begin alike are not the same. */
static void names_are_compared_whole(void **state)
{
	(void)state;
	expect_graph("nf_nat_ftp 1 0 - Live 0x0\nnf_na 1 5 - Live 0x0\n"
		     "nf_conntrack_ftp 1 1 nf_nat_ftp, Live 0x0\nnf_nat 1 1 nf_nat_ftp, Live 0x0\n"
		     "nf_conntrack 1 3 nf_nat_ftp,nf_conntrack_ftp,nf_nat, Live 0x0\n",
		     "nf_nat_ftp 0;nf_conntrack_ftp 0 nf_nat_ftp;nf_nat 0 nf_nat_ftp;"
		     "nf_conntrack 0 nf_nat_ftp,nf_conntrack_ftp,nf_nat;");
}

static void root_may_be_another(void **state)
{
	struct module_graph CLEANUP(module_graph_done) graph = {0};

	(void)state;
	assert_int_equal(module_graph_read("nf_conntrack 1 1 nf_nat, Live 0x0\n"
					   "nf_nat 1 1 xt_nat, Live 0x0\nxt_nat 1 0 - Live 0x0\n",
					   "nf_nat", &graph),
			 0);
	assert_int_equal(graph.count, 2);
	assert_null(module_graph_find(&graph, "nf_conntrack"));
	assert_null(module_graph_find(&graph, "xt_na"));
	assert_ptr_equal(module_graph_find(&graph, "xt_nat"), &graph.items[0]);
	assert_ptr_equal(module_graph_find(&graph, "nf_nat"), &graph.items[1]);
}

static void holder_in_use_is_told(void **state)
{
	(void)state;
	expect_obstacles("nf_conntrack 1 2 nft_ct,nf_nat, Live 0x0\nnft_ct 1 1 - Live 0x0\n"
			 "nf_nat 1 0 - Live 0x0\n",
			 "nft_ct is in use;");
	/* its holders and another user */
	expect_obstacles("nf_conntrack 1 2 nft_ct, Live 0x0\nnft_ct 1 0 - Live 0x0\n",
			 "nf_conntrack is in use;");
	expect_obstacles("nf_conntrack 1 1 nft_ct, Live 0x0\nnft_ct 1 0 - Live 0x0\n", "");
}

/*
 * Between the plan and the removal a rule came: the second look finds what the first did not know.
 */
static void holder_that_appears_is_found_by_a_second_look(void **state)
{
	static const char before[] = "nf_conntrack 1 1 nft_ct, Live 0x0\nnft_ct 1 0 - Live 0x0\n";
	static const char after[] = "xt_nat 1 1 - Live 0x0\nnf_nat 1 1 xt_nat, Live 0x0\n"
				    "nf_conntrack 1 2 nf_nat,nft_ct, Live 0x0\n"
				    "nft_ct 1 0 - Live 0x0\n";
	struct module_graph CLEANUP(module_graph_done) first = {0}, second = {0};

	(void)state;
	assert_int_equal(read_text(before, &first), 0);
	assert_int_equal(read_text(after, &second), 0);
	assert_null(module_graph_find(&first, "nf_nat"));
	assert_int_equal(module_graph_obstacles(&first), 0);
	assert_non_null(module_graph_find(&second, "nf_nat"));
	assert_int_equal(module_graph_obstacles(&second), 1);
	expect_graph(after, "xt_nat 1;nf_nat 0 xt_nat;nft_ct 0;nf_conntrack 0 nf_nat,nft_ct;");
	expect_obstacles(after, "xt_nat is in use;");
}

static void permanent_module_is_told(void **state)
{
	(void)state;
	expect_graph("nf_conntrack 1 0 [permanent], Live 0x0\n", "nf_conntrack 0;");
	expect_obstacles("nf_conntrack 1 0 [permanent], Live 0x0\n",
			 "nf_conntrack cannot be unloaded at all;");
	expect_graph("nf_conntrack 1 1 a,[permanent], Live 0x0\na 1 2 [permanent], Live 0x0\n",
		     "a 2;nf_conntrack 0 a;");
	expect_obstacles("nf_conntrack 1 1 a,[permanent], Live 0x0\na 1 2 [permanent], Live 0x0\n",
			 "a cannot be unloaded at all;nf_conntrack cannot be unloaded at all;");
	/* of another, it does not matter */
	expect_obstacles("nf_conntrack 1 0 - Live 0x0\next4 1 0 [permanent], Live 0x0\n", "");
}

/* CONFIG_MODULE_UNLOAD=n */
static void kernel_without_counts_is_told(void **state)
{
	(void)state;
	expect_graph("nft_ct 24576 - - Live 0x0\nnf_conntrack 188416 - - Live 0x0\n",
		     "nf_conntrack -1;");
	expect_obstacles(
		"nf_conntrack 188416 - - Live 0x0\n",
		"nf_conntrack cannot be unloaded: this kernel is built without support for it;");
}

static void modules_on_their_way_are_told(void **state)
{
	static const char moving[] = "nf_conntrack is being loaded or unloaded;";

	(void)state;
	expect_obstacles("nf_conntrack 1 1 - Loading 0x0\n", moving);
	expect_obstacles("nf_conntrack 1 0 - Unloading 0x0\n", moving);
	/* more than one thing against it: the one that passes by itself */
	expect_obstacles("nf_conntrack 1 - [permanent], Loading 0x0\n", moving);
	/* only this word stands for one that is there */
	expect_obstacles("nf_conntrack 1 0 - Livid 0x0\n", moving);
	expect_obstacles("nf_conntrack 1 0 - Liv 0x0\n", moving);
	expect_obstacles("nf_conntrack 1 0 - Dead 0x0\n", moving);
	expect_obstacles("nf_conntrack 1 1 a, Live 0x0\na 1 1 - Loading 0x0\n",
			 "a is being loaded or unloaded;");
	expect_obstacles("nf_conntrack 1 0 - Live 0x0\nb 1 1 - Loading 0x0\n", "");
}

/* While a module is unloaded its count is -1 (kernel/module: module_refcount). */
static void count_of_a_module_that_goes_is_read(void **state)
{
	(void)state;
	expect_obstacles("nf_conntrack 1 1 nft_ct, Live 0x0\nnft_ct 1 -1 - Unloading 0x0\n",
			 "nft_ct is being loaded or unloaded;");
	expect_graph("floppy 1 -1 - Unloading 0x0\nnf_conntrack 1 0 - Live 0x0\n",
		     "nf_conntrack 0;");
}

static void letters_behind_the_address_are_passed_over(void **state)
{
	(void)state;
	expect_graph("nf_conntrack 1 1 acme, Live 0xffffffffc0a31000 (E)\n"
		     "acme 1 0 - Live 0xffffffffc0a00000 (POE)\n"
		     "other 1 0 - Live 0xffffffffc0a90000 (OE+)\n",
		     "acme 0;nf_conntrack 0 acme;");
	expect_obstacles("nf_conntrack 1 0 - Live 0x0 (OE)\n", "");
}

static void cycles_are_refused(void **state)
{
	(void)state;
	expect_error("nf_conntrack 1 1 nf_conntrack, Live 0x0\n", -ELOOP);
	expect_error("nf_conntrack 1 1 a, Live 0x0\na 1 1 nf_conntrack, Live 0x0\n", -ELOOP);
	expect_error("nf_conntrack 1 1 a, Live 0x0\na 1 1 b, Live 0x0\nb 1 1 c, Live 0x0\n"
		     "c 1 1 a, Live 0x0\n",
		     -ELOOP);
}

static void listed_holders_have_to_be_there(void **state)
{
	(void)state;
	expect_error("nf_conntrack 1 1 nft_ct, Live 0x0\n", -EBADMSG);
	expect_error("nf_conntrack 1 1 a, Live 0x0\na 1 1 b, Live 0x0\n", -EBADMSG);
	expect_error("nf_conntrack 1 2 a,, Live 0x0\na 1 0 - Live 0x0\n", -EBADMSG);
	expect_error("nf_conntrack 1 2 , Live 0x0\n", -EBADMSG);
}

/* A holder is one user at least: fewer is no text of the kernel's. */
static void fewer_users_than_holders_are_refused(void **state)
{
	(void)state;
	expect_error("nf_conntrack 1 0 a, Live 0x0\na 1 0 - Live 0x0\n", -EBADMSG);
	expect_error("nf_conntrack 1 1 a,b, Live 0x0\na 1 0 - Live 0x0\nb 1 0 - Live 0x0\n",
		     -EBADMSG);
}

static void malformed_lines_are_refused(void **state)
{
	static const char sound[] = "nf_conntrack 188416 0 - Live 0x0\n";
	static const char *const lines[] = {
		"\n",
		"   \n",
		"word\n",
		"a 1\n",
		"a 1 0\n",
		"a 1 0 -\n",
		"a 1 0 -",
		"a 1 0 - \n",
		"a 1 x - Live 0x0\n",
		"a 1 0x1 - Live 0x0\n",
		"a 1 1a - Live 0x0\n",
		"a 1 +1 - Live 0x0\n",
		"a 1 -- - Live 0x0\n",
		"a 1 -x - Live 0x0\n",
		"a 1 / - Live 0x0\n",
		"a 1 : - Live 0x0\n",
		"a 1 99999999999999999999 - Live 0x0\n",
		"a 1 184467440737095516160 - Live 0x0\n",
		"a\t1\t0\t-\tLive\t0x0\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct buffer CLEANUP(buffer_clear) before = {0}, behind = {0};

		expect_error(lines[i], -EBADMSG);
		buffer_printf(&before, "%s%s%s", lines[i], strchr(lines[i], '\n') ? "" : "\n",
			      sound);
		expect_error(before.data, -EBADMSG);
		buffer_printf(&behind, "%s%s", sound, lines[i]);
		expect_error(behind.data, -EBADMSG);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_loaded_is_an_empty_graph),
		cmocka_unit_test(module_alone_is_its_own_leaf),
		cmocka_unit_test(ordinary_host_is_put_in_order),
		cmocka_unit_test(diamonds_are_put_in_order),
		cmocka_unit_test(chain_of_ten_is_put_in_order),
		cmocka_unit_test(what_is_not_above_is_left_out),
		cmocka_unit_test(names_are_compared_whole),
		cmocka_unit_test(root_may_be_another),
		cmocka_unit_test(holder_in_use_is_told),
		cmocka_unit_test(holder_that_appears_is_found_by_a_second_look),
		cmocka_unit_test(permanent_module_is_told),
		cmocka_unit_test(kernel_without_counts_is_told),
		cmocka_unit_test(modules_on_their_way_are_told),
		cmocka_unit_test(count_of_a_module_that_goes_is_read),
		cmocka_unit_test(letters_behind_the_address_are_passed_over),
		cmocka_unit_test(cycles_are_refused),
		cmocka_unit_test(listed_holders_have_to_be_there),
		cmocka_unit_test(fewer_users_than_holders_are_refused),
		cmocka_unit_test(malformed_lines_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
