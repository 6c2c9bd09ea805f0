/* model/table/relations: what programs say of their waiting times, and which timeout breaks them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/config/schema.h"
#include "model/table/relation-lines.h"

typedef void (*reader)(const char *text, struct relation_line *ret);

static void expect(reader read, const char *text, uint64_t seconds, unsigned int line,
		   const char *words)
{
	struct relation_line found;

	read(text, &found);
	if (found.seconds != seconds || found.line != line || strcmp(found.words, words) != 0)
		fail_msg("%s: %llu s in line %u: %s", text, (unsigned long long)found.seconds,
			 found.line, found.words);
}

static void wireguard(const char *text, struct relation_line *ret)
{
	char interface[INTERFACE_SIZE];

	relation_read_wireguard(text, ret, interface);
}

static void keepalives_of_wireguard(void **state)
{
	char interface[INTERFACE_SIZE];
	struct relation_line found;

	(void)state;
	expect(wireguard, "", 0, 0, "");
	expect(wireguard, "[Peer]\nPersistentKeepalive = off\n", 0, 0, "");
	expect(wireguard, "[Peer]\nPersistentKeepalive = 0\n", 0, 0, "");
	expect(wireguard, "#PersistentKeepalive = 25\n", 0, 0, "");
	expect(wireguard, "\tPERSISTENTkeepalive=25\t# why\r\n", 25, 1, "PERSISTENTkeepalive=25");
	expect(wireguard, "PersistentKeepalive=25\nPersistentKeepalive=60\nPersistentKeepalive=60",
	       60, 2, "PersistentKeepalive=60");
	expect(wireguard, "PersistentKeepalive=65536\n", 0, 0, "");
	relation_read_wireguard("Name=wg0\n", &found, interface);
	assert_string_equal(interface, "wg0");
	relation_read_wireguard("interface-name=a-name-that-is-too-long\n", &found, interface);
	assert_string_equal(interface, "");
}

static void half_closed_connections_of_haproxy(void **state)
{
	(void)state;
	expect(relation_read_haproxy, "", 0, 0, "");
	/* Times of a section that has no connections, and of a comment. */
	expect(relation_read_haproxy, "defaults\n timeout client 1h\nglobal\n timeout client 2h\n",
	       0, 0, "");
	expect(relation_read_haproxy, "frontend a\n #timeout client 1h\n", 0, 0, "");
	/* Milliseconds, rounded up, and units. */
	expect(relation_read_haproxy, "frontend a\n timeout client 1001\n", 2, 2,
	       "timeout client 1001");
	expect(relation_read_haproxy, "frontend a\n timeout client 1m\n timeout server 1h\n", 60, 2,
	       "timeout client 1m");
	expect(relation_read_haproxy, "backend a\n timeout client 1h\n timeout server 2m\n", 120, 3,
	       "timeout server 2m");
	expect(relation_read_haproxy, "listen a\n timeout client 1h\n timeout server 2m\n", 3600, 2,
	       "timeout client 1h");
	expect(relation_read_haproxy, "listen a\n timeout client 1x\n timeout client\n", 0, 0, "");
	/* A tunnel, and the time of half-closed connections, which overrides both. */
	expect(relation_read_haproxy, "backend a\n timeout tunnel 1d\n timeout server 2m\n", 86400,
	       2, "timeout tunnel 1d");
	expect(relation_read_haproxy,
	       "backend a\n timeout tunnel 1d\n timeout server 2m\n timeout server-fin 9s\n", 9, 4,
	       "timeout server-fin 9s");
	/* Defaults are those of the last such section; a section may override them. */
	expect(relation_read_haproxy,
	       "defaults\n timeout client 1h\ndefaults\n timeout client 5s\nfrontend a\n", 5, 4,
	       "timeout client 5s");
	expect(relation_read_haproxy,
	       "defaults\n timeout client 1h\nfrontend a\n timeout client 5s\n", 5, 4,
	       "timeout client 5s");
	expect(relation_read_haproxy, "listen a\n timeout client 99999999999999999999d\n", 0, 0,
	       "");
	expect(relation_read_haproxy, "listen a\n timeout client 300000000d\n", 315360000, 2,
	       "timeout client 300000000d");
}

static void other_programs(void **state)
{
	(void)state;
	expect(relation_read_nginx, "proxy_timeout 1h;\n", 0, 0, "");
	expect(relation_read_nginx, "proxy_half_close off;\nproxy_timeout 1h;\n", 0, 0, "");
	expect(relation_read_nginx, "# proxy_half_close on;\n", 0, 0, "");
	expect(relation_read_nginx, " proxy_half_close on;\r\n", 600, 1, "proxy_half_close on");
	expect(relation_read_nginx, "proxy_timeout 90;\nproxy_half_close on;\nproxy_timeout 5;\n",
	       90, 1, "proxy_timeout 90");
	expect(relation_read_envoy, "idle_timeout: 5s\n", 0, 0, "");
	expect(relation_read_envoy, "x: envoy.tcp_proxy\n", 3600, 1, "tcp_proxy");
	expect(relation_read_envoy, "x: envoy.tcp_proxy\n idle_timeout: \"5s\"\n", 5, 2,
	       "idle_timeout: \"5s\"");
	expect(relation_read_resolv, "", 5, 0, "");
	expect(relation_read_resolv, "#options timeout:9\n", 5, 0, "");
	expect(relation_read_resolv, "options timeout:9 rotate\noptions timeout:2\n", 2, 2,
	       "options timeout:2");
	expect(relation_read_resolv, "options timeout:99\n", 30, 1, "options timeout:99");
	expect(relation_read_resolv, "options timeout:x\n", 5, 0, "");
	expect(relation_read_vpc_cni, "{\"type\": \"bridge\"}", 0, 0, "");
	expect(relation_read_vpc_cni, "{\n\"type\": \"aws-cni\"}", 30, 2, "aws-cni");
}

static void long_words_are_cut(void **state)
{
	char text[512] = "options timeout:7 ";
	struct relation_line found;

	(void)state;
	memset(text + strlen(text), 'x', 300);
	relation_read_resolv(text, &found);
	assert_int_equal(found.seconds, 7);
	assert_int_equal(strlen(found.words), RELATION_WORDS_SIZE - 1);
}

/* Returns the warnings of one timeout and one relation, as one text. */
static void judge(const char *timeout, uint64_t wanted, enum relation_kind kind, uint64_t seconds,
		  const char *part)
{
	struct relations CLEANUP(relations_done) relations = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	const struct relation_line found = {.line = 3, .seconds = seconds, .words = "a line"};
	struct setting setting = {.row = &schema[schema_find("timeouts", timeout)],
				  .wanted = wanted,
				  .source = {.file = "/a.conf", .line = 2}};
	const struct plan plan = {.settings = &setting, .setting_count = 1};

	assert_int_equal(relations_note(&relations, kind, "/b.conf", &found), 0);
	relations_judge(&relations, &plan, &problems);
	assert_int_equal(problems.count, part ? 1 : 0);
	if (!part)
		return;
	assert_int_equal(problems.items[0].severity, SEVERITY_WARNING);
	assert_string_equal(problems.items[0].file, "/a.conf");
	assert_non_null(strstr(problems.items[0].text, part));
	assert_non_null(strstr(problems.items[0].text, "(/b.conf:3)"));
}

static void each_demand_has_its_bound(void **state)
{
	(void)state;
	judge("udp_stream", 25, RELATION_KEEPALIVE, 25, "write \"udp_stream = 30\", or more");
	judge("udp_stream", 26, RELATION_KEEPALIVE, 25, NULL);
	judge("udp", 25, RELATION_KEEPALIVE, 25, "write \"udp = 30\", or more");
	judge("udp", 4, RELATION_RESOLVER, 5, "write \"udp = 5\", or more");
	judge("udp", 5, RELATION_RESOLVER, 5, NULL);
	judge("udp_stream", 4, RELATION_RESOLVER, 5, NULL);
	judge("tcp_close_wait", 59, RELATION_HALF_CLOSED, 60,
	      "write \"tcp_close_wait = 60\", or more");
	judge("tcp_close_wait", 60, RELATION_HALF_CLOSED, 60, NULL);
	judge("tcp_syn_sent", 31, RELATION_ADDRESS_REUSE, 30, "write \"tcp_syn_sent = 20\"");
	judge("tcp_syn_sent", 30, RELATION_ADDRESS_REUSE, 30, NULL);
	/* A timeout of 0 has a warning of its own. */
	judge("udp", 0, RELATION_RESOLVER, 5, NULL);
}

static void the_strictest_is_kept(void **state)
{
	struct relations CLEANUP(relations_done) relations = {0};
	const uint64_t seconds[] = {10, 30, 0, 20};

	(void)state;
	assert_int_equal(relations_least(&relations, "udp"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(seconds); i++) {
		const struct relation_line found = {.line = 1, .seconds = seconds[i]};

		for (int kind = 0; kind < RELATION_KINDS; kind++)
			assert_int_equal(
				relations_note(&relations, (enum relation_kind)kind, "/x", &found),
				0);
	}
	assert_int_equal(relations.count, RELATION_KINDS);
	assert_int_equal(relations_least(&relations, "udp"), 35);
	assert_int_equal(relations_least(&relations, "udp_stream"), 35);
	assert_int_equal(relations_least(&relations, "tcp_close_wait"), 30);
	assert_int_equal(relations_least(&relations, "tcp_syn_sent"), 0);
	for (size_t i = 0; i < relations.count; i++)
		assert_int_equal(relations.items[i].found.seconds,
				 relations.items[i].kind == RELATION_ADDRESS_REUSE ? 10 : 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keepalives_of_wireguard),
		cmocka_unit_test(half_closed_connections_of_haproxy),
		cmocka_unit_test(other_programs),
		cmocka_unit_test(long_words_are_cut),
		cmocka_unit_test(each_demand_has_its_bound),
		cmocka_unit_test(the_strictest_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
