/* model/uses-nft: what of a ruleset as "nft -j list ruleset" tells it needs connection tracking. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"

#include <errno.h>
#include <jansson.h>

#include "base/buffer.h"
#include "model/uses.h"

#define METAINFO "{\"metainfo\": {\"version\": \"1.0.6\", \"json_schema_version\": 1}}"
#define RULE(table, chain, expr)                                                          \
	"{\"rule\": {\"family\": \"inet\", \"table\": \"" table "\", \"chain\": \"" chain \
	"\", \"handle\": 4, \"expr\": [" expr "]}}"
#define ACCEPT "{\"accept\": null}"
#define CT_STATE                                                                  \
	"{\"match\": {\"op\": \"in\", \"left\": {\"ct\": {\"key\": \"state\"}}, " \
	"\"right\": [\"established\", \"related\"]}}"
#define DPORT                                                                           \
	"{\"match\": {\"op\": \"==\", \"left\": {\"payload\": {\"protocol\": \"tcp\", " \
	"\"field\": \"dport\"}}, \"right\": 22}}"

/* Of a list of these items, "NAME: EVIDENCE" of each finding, a line each. */
static void expect_at(const char *items, const char *where, const char *wanted)
{
	struct uses CLEANUP(uses_done) uses = {0};
	struct buffer CLEANUP(buffer_clear) text = {0}, found = {0};

	buffer_printf(&text, "{\"nftables\": [" METAINFO "%s%s]}", *items ? ", " : "", items);
	assert_int_equal(uses_of_nft(text.data, where, &uses), 0);
	for (size_t i = 0; i < uses.count; i++) {
		buffer_printf(&found, "%s: %s\n", uses.items[i].name, uses.items[i].evidence);
		assert_int_equal(uses.items[i].certainty, USE_CERTAIN);
		expect_text("kind", uses.items[i].kind, "rules");
		expect_part("breaks", uses.items[i].breaks, "whole file");
	}
	expect_text(text.data, found.data ? found.data : "", wanted);
	assert_false(uses.out_of_memory);
}

static void expect_found(const char *items, const char *wanted)
{
	expect_at(items, "", wanted);
}

/* A rule with this statement needs it, in these words. */
static void expect_statement(const char *statement, const char *words)
{
	struct buffer CLEANUP(buffer_clear) item = {0}, wanted = {0};

	buffer_printf(&item, RULE("t", "c", "%s"), statement);
	if (words)
		buffer_printf(&wanted, "nft inet t c: 1 rule with %s\n", words);
	expect_found(item.data, words ? wanted.data : "");
}

static void ruleset_without_tracking_has_no_findings(void **state)
{
	(void)state;
	expect_found("", "");
	expect_found("{\"table\": {\"family\": \"inet\", \"name\": \"ct\", \"handle\": 1}}, "
		     "{\"chain\": {\"family\": \"inet\", \"table\": \"nat\", \"name\": \"snat\", "
		     "\"type\": \"filter\", \"hook\": \"input\", \"prio\": 0}}, "
		     "{\"chain\": {\"family\": \"inet\", \"table\": \"nat\", \"name\": \"x\"}}, "
		     "{\"set\": {\"family\": \"ip\", \"name\": \"ct\", \"table\": \"t\", "
		     "\"type\": \"ipv4_addr\"}}, " RULE("nat", "snat", DPORT ", " ACCEPT),
		     "");
}

static void rules_of_a_chain_are_counted(void **state)
{
	(void)state;
	expect_found(RULE("t", "c", CT_STATE ", " ACCEPT),
		     "nft inet t c: 1 rule with connection state (ct)\n");
	/* a rule counts once, whatever it has */
	expect_found(RULE("t", "c", CT_STATE ", " CT_STATE) ", " RULE("t", "c", DPORT) ", " RULE(
			     "t", "c", CT_STATE ", {\"notrack\": null}"),
		     "nft inet t c: 2 rules with connection state (ct), notrack\n");
}

static void each_chain_has_its_own_finding(void **state)
{
	(void)state;
	expect_found(RULE("t", "c", CT_STATE) ", " RULE("t", "d", DPORT) ", " RULE(
			     "t", "e", "{\"notrack\": null}") ", " RULE("u", "e", CT_STATE),
		     "nft inet t c: 1 rule with connection state (ct)\n"
		     "nft inet t e: 1 rule with notrack\n"
		     "nft inet u e: 1 rule with connection state (ct)\n");
	/* of another family */
	expect_found(RULE("t", "c", CT_STATE) ", {\"rule\": {\"family\": \"ip\", \"table\": \"t\", "
					      "\"chain\": \"c\", \"expr\": [" CT_STATE "]}}",
		     "nft inet t c: 1 rule with connection state (ct)\n"
		     "nft ip t c: 1 rule with connection state (ct)\n");
}

static void namespace_is_named(void **state)
{
	(void)state;
	expect_at(RULE("t", "c", CT_STATE), "namespace red",
		  "nft inet t c, namespace red: 1 rule with connection state (ct)\n");
	expect_at("{\"flowtable\": {\"family\": \"ip\", \"name\": \"f\", \"table\": \"t\"}}", "red",
		  "nft ip t f, red: flowtables\n");
}

static void every_statement_is_known(void **state)
{
	(void)state;
	expect_statement("{\"ct helper\": \"ftp\"}", "helpers (ct helper)");
	expect_statement("{\"ct timeout\": \"t\"}", "timeout policies (ct timeout)");
	expect_statement("{\"ct expectation\": \"e\"}", "expectations (ct expectation)");
	expect_statement("{\"ct count\": {\"val\": 3, \"inv\": true}}",
			 "limits of connections (ct count)");
	expect_statement("{\"notrack\": null}", "notrack");
	expect_statement("{\"snat\": {\"addr\": \"192.0.2.1\"}}", "address translation (snat)");
	expect_statement("{\"dnat\": {\"addr\": \"10.0.0.1\", \"port\": 80}}",
			 "address translation (dnat)");
	expect_statement("{\"masquerade\": null}", "masquerading");
	expect_statement("{\"masquerade\": {\"flags\": \"random\"}}", "masquerading");
	expect_statement("{\"redirect\": {\"port\": 8080}}", "redirection");
	expect_statement("{\"flow\": {\"op\": \"add\", \"flowtable\": \"@f\"}}",
			 "flow offload, flowtables");
	expect_statement("{\"synproxy\": {\"mss\": 1460, \"wscale\": 7}}", "synproxy");
	expect_statement("{\"mangle\": {\"key\": {\"ct\": {\"key\": \"mark\"}}, \"value\": 1}}",
			 "connection state (ct)");
}

static void values_are_searched_to_the_bottom(void **state)
{
	(void)state;
	/* a verdict map over connection states, and a meter that counts connections */
	expect_statement("{\"vmap\": {\"key\": {\"ct\": {\"key\": \"state\"}}, \"data\": {\"set\": "
			 "[[\"new\", {\"accept\": null}]]}}}",
			 "connection state (ct)");
	expect_statement("{\"set\": {\"op\": \"add\", \"elem\": {\"payload\": {\"protocol\": "
			 "\"ip\", \"field\": \"saddr\"}}, \"stmt\": [[{\"ct count\": {\"val\": "
			 "3}}]], \"set\": \"@m\"}}",
			 "limits of connections (ct count)");
	expect_statement("{\"match\": {\"op\": \"==\", \"left\": {\"&\": [{\"ct\": {\"key\": "
			 "\"mark\"}}, 255]}, \"right\": 1}}",
			 "connection state (ct)");
}

static void words_that_are_no_keys_do_not_count(void **state)
{
	(void)state;
	expect_statement("{\"log\": {\"prefix\": \"ct snat notrack\"}}", NULL);
	expect_statement("{\"jump\": {\"target\": \"masquerade\"}}", NULL);
	expect_statement("\"ct\"", NULL);
	expect_statement("{\"ctx\": 1}, {\"CT\": 1}, {\"c\": 1}", NULL);
	/* beside the expressions */
	expect_found("{\"rule\": {\"family\": \"ip\", \"table\": \"t\", \"chain\": \"c\", "
		     "\"comment\": \"ct\", \"ct\": 1, \"expr\": [" ACCEPT "]}}",
		     "");
}

static void extensions_of_iptables_are_known(void **state)
{
	static const char *const names[] = {
		"conntrack", "state",	  "CT",		 "NOTRACK",  "connmark", "CONNMARK",
		"connbytes", "connlabel", "connlimit",	 "cluster",  "helper",	 "SNAT",
		"DNAT",	     "nat",	  "MASQUERADE",	 "REDIRECT", "NETMAP",	 "SYNPROXY",
		"CLUSTERIP", "ipvs",	  "CONNSECMARK",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct buffer CLEANUP(buffer_clear) statement = {0};

		buffer_printf(&statement, "{\"xt\": {\"type\": \"match\", \"name\": \"%s\"}}",
			      names[i]);
		expect_statement(statement.data, names[i]);
	}
	expect_statement("{\"xt\": {\"type\": \"match\", \"name\": \"conntrack\"}}, "
			 "{\"xt\": {\"type\": \"target\", \"name\": \"CONNMARK\"}}, " CT_STATE,
			 "connection state (ct), conntrack, CONNMARK");
}

static void other_extensions_do_not_count(void **state)
{
	(void)state;
	expect_statement("{\"xt\": {\"type\": \"match\", \"name\": \"tcp\"}}", NULL);
	expect_statement("{\"xt\": {\"type\": \"match\", \"name\": \"snat\"}}", NULL);
	expect_statement("{\"xt\": {\"type\": \"match\", \"name\": 5}}", NULL);
	expect_statement("{\"xt\": {\"type\": \"match\"}}", NULL);
	/* nft 1.0.6 tells no more */
	expect_statement("{\"xt\": null}", NULL);
	expect_statement("{\"xt\": \"conntrack\"}", NULL);
	expect_statement("{\"xt\": {\"ct\": \"conntrack\"}}", NULL);
}

static void chains_of_type_nat_are_told(void **state)
{
	static const char chain[] = "{\"chain\": {\"family\": \"ip\", \"table\": \"t\", \"name\": "
				    "\"post\", \"handle\": 1, "
				    "\"type\": \"nat\", \"hook\": \"postrouting\", \"prio\": 100, "
				    "\"policy\": \"accept\"}}";
	struct buffer CLEANUP(buffer_clear) items = {0};

	(void)state;
	expect_found(chain, "nft ip t post: a chain of type nat\n");
	/* what was counted before comes before */
	buffer_printf(&items, RULE("t", "c", CT_STATE) ", %s, " RULE("t", "c", "{\"snat\": 1}"),
		      chain);
	expect_found(items.data, "nft inet t c: 1 rule with connection state (ct)\n"
				 "nft ip t post: a chain of type nat\n"
				 "nft inet t c: 1 rule with address translation (snat)\n");
	/* only the word nat */
	expect_found("{\"chain\": {\"name\": \"c\", \"type\": \"route\"}}, "
		     "{\"chain\": {\"name\": \"c\", \"type\": 1}}",
		     "");
}

static void objects_are_told(void **state)
{
	static const struct {
		const char *kind, *words;
	} rows[] = {
		{"ct helper", "helpers (ct helper)"},
		{"ct timeout", "timeout policies (ct timeout)"},
		{"ct expectation", "expectations (ct expectation)"},
		{"flowtable", "flowtables"},
		{"synproxy", "synproxy"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) item = {0}, wanted = {0};

		buffer_printf(&item,
			      RULE("t", "c", CT_STATE) ", {\"%s\": {\"family\": \"ip\", \"name\": "
						       "\"n\", \"table\": \"t\", \"handle\": 9}}",
			      rows[i].kind);
		buffer_printf(&wanted,
			      "nft inet t c: 1 rule with connection state (ct)\nnft ip t n: %s\n",
			      rows[i].words);
		expect_found(item.data, wanted.data);
	}
	expect_found("{\"counter\": {\"family\": \"ip\", \"name\": \"ct\", \"table\": \"t\"}}", "");
}

/* Long names are cut, odd ones named as far as they can be. */
static void odd_items_do_no_harm(void **state)
{
	struct buffer CLEANUP(buffer_clear) item = {0}, wanted = {0};

	(void)state;
	expect_found("1, null, [], \"ct\", {}, {\"rule\": null}, {\"rule\": {}}, {\"chain\": 3}",
		     "");
	expect_found("{\"rule\": {\"expr\": [" CT_STATE "]}}",
		     "nft ? ?: 1 rule with connection state (ct)\n");
	expect_found(
		"{\"rule\": {\"family\": 1, \"table\": [], \"chain\": {}, \"expr\": {\"ct\": 1}}}",
		"nft ? ?: 1 rule with connection state (ct)\n");
	expect_found("{\"flowtable\": 1}", "nft ? ?: flowtables\n");
	for (int i = 0; i < 2; i++)
		buffer_printf(&item, RULE("%0300d", "c", CT_STATE) ", ", 0);
	buffer_printf(
		&item,
		"{\"flowtable\": {\"family\": \"ip\", \"table\": \"t\", \"name\": \"%0300d\"}}", 0);
	buffer_printf(&wanted,
		      "nft inet %0246d: 2 rules with connection state (ct)\n"
		      "nft ip t %0246d: flowtables\n",
		      0, 0);
	expect_found(item.data, wanted.data);
}

static void other_texts_are_refused(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"nftables",
		"[]",
		"3",
		"{}",
		"{\"nftables\": {}}",
		"{\"nftables\": null}",
		"{\"nftables\": \"[]\"}",
		"{\"nftables\": []",
		"{\"nftables\": []} x",
		"[{\"nftables\": []}]",
		"{\"Nftables\": []}",
		"{\"nftables\": [\"\\u0000\"]}",
		"{\"nftables\": [\"\xff\"]}",
		"table inet filter {\n}\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct uses CLEANUP(uses_done) uses = {0};

		expect_number(texts[i], (uint64_t)-uses_of_nft(texts[i], "", &uses), EBADMSG);
		assert_int_equal(uses.count, 0);
	}
}

/* Leaves all over the stack the byte that jansson has for "out of memory". */
__attribute__((noinline)) static void soil_stack(void)
{
	volatile unsigned char soil[4096];

	for (size_t i = 0; i < sizeof(soil); i++)
		soil[i] = json_error_out_of_memory;
}

/* jansson tells no error then, and leaves what was there. */
static void sound_json_without_a_list_is_no_lack_of_memory(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};

	(void)state;
	soil_stack();
	assert_int_equal(uses_of_nft("{}", "", &uses), -EBADMSG);
}

/* Deeper than any rule: refused by the reader, never a stack that ends. */
static void endless_depth_is_refused(void **state)
{
	struct buffer CLEANUP(buffer_clear) deep = {0};
	struct uses CLEANUP(uses_done) uses = {0};

	(void)state;
	buffer_add(&deep, "{\"nftables\": [{\"rule\": {\"expr\": ");
	for (int i = 0; i < 100000; i++)
		buffer_add(&deep, "[");
	assert_int_equal(uses_of_nft(deep.data, "", &uses), -EBADMSG);
	assert_int_equal(uses.count, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ruleset_without_tracking_has_no_findings),
		cmocka_unit_test(rules_of_a_chain_are_counted),
		cmocka_unit_test(each_chain_has_its_own_finding),
		cmocka_unit_test(namespace_is_named),
		cmocka_unit_test(every_statement_is_known),
		cmocka_unit_test(values_are_searched_to_the_bottom),
		cmocka_unit_test(words_that_are_no_keys_do_not_count),
		cmocka_unit_test(extensions_of_iptables_are_known),
		cmocka_unit_test(other_extensions_do_not_count),
		cmocka_unit_test(chains_of_type_nat_are_told),
		cmocka_unit_test(objects_are_told),
		cmocka_unit_test(odd_items_do_no_harm),
		cmocka_unit_test(other_texts_are_refused),
		cmocka_unit_test(sound_json_without_a_list_is_no_lack_of_memory),
		cmocka_unit_test(endless_depth_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
