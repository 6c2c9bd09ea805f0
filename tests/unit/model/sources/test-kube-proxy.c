/*
 * model/sources/kube-proxy: what kube-proxy sets, with its defaults, its arithmetic and its
 * releases.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "model/sources/kube-proxy.h"
#include "model/sources/kube-words.h"

#define ROW(name, number)                                                        \
	{                                                                        \
		.kind = VALUE_SYSCTL, .key = "net.netfilter.nf_conntrack_" name, \
		.wanted = (number), .rounded = (number)                          \
	}

/* kube-proxy would set none of these numbers by default. */
static struct value items[] = {
	ROW("max", 200000),
	{.kind = VALUE_HASHSIZE, .key = "nf_conntrack.hashsize", .wanted = 50000, .rounded = 50176},
	ROW("tcp_timeout_established", 21600),
	ROW("tcp_timeout_close_wait", 60),
	ROW("udp_timeout", 45),
	ROW("udp_timeout_stream", 180),
	ROW("tcp_be_liberal", 0),
};
static const struct values values = {.items = items, .count = ARRAY_SIZE(items)};

/* Lines "PATH=VALUE"; a line without a value is null. */
static struct yaml_scalars parse_scalars(const char *text)
{
	static struct yaml_scalar found[16];
	struct yaml_scalars scalars = {.items = found, .documents = 1};
	unsigned int line = 1;

	for (; *text; line++) {
		struct yaml_scalar *one = &found[scalars.count++];
		size_t size = strcspn(text, "\n"), name = strcspn(text, "=\n");

		*one = (struct yaml_scalar){.document = 1, .line = line, .is_null = name == size};
		one->path = strndup(text, name);
		one->value = strndup(text + name + (name < size), size - name - (name < size));
		text += size + (text[size] == '\n');
	}
	return scalars;
}

static void free_scalars(const struct yaml_scalars *scalars)
{
	for (size_t i = 0; i < scalars->count; i++) {
		free(scalars->items[i].path);
		free(scalars->items[i].value);
	}
}

/* "KEY:LINE VALUE EFFECT" for each value. */
static void expect_writers(const char *what, const struct kube_proxy *proxy, const char *wanted)
{
	struct writers writers = {0};
	struct buffer CLEANUP(buffer_clear) b = {0};

	writers_of_kube_proxy(&values, proxy, &writers);
	for (size_t i = 0; i < writers.count; i++) {
		const struct writer *writer = &writers.items[i];
		const char *key = writer->value->key;

		buffer_printf(&b, "%s:%u %s %s\n",
			      strchr(key, '_') + strlen(writer->value->kind == VALUE_SYSCTL
								? "_conntrack_"
								: "_conntrack."),
			      writer->line, writer->text,
			      writer->inactive		   ? "inactive"
			      : !writer_takes_away(writer) ? "stays"
			      : writer->possible	   ? "possible"
							   : "overrides");
	}
	expect_text(what, b.data ? b.data : "", wanted);
	writers_done(&writers);
}

static void expect_section(const char *text, unsigned int minor, unsigned int processors,
			   const char *wanted)
{
	static const struct kube_proxy_origin origin = {.line = 1};
	struct yaml_scalars scalars = parse_scalars(text);
	struct kube_proxy proxy = {.path = "/k", .minor = minor, .processors = processors};

	assert_int_equal(kube_proxy_find_document(&scalars), 1);
	kube_proxy_read_document(&scalars, 1, &origin, &proxy);
	free_scalars(&scalars);
	assert_null(proxy.wrong);
	expect_writers(text, &proxy, wanted);
}

/* One row for each default of the published types, and one for each way to get it. */
static void each_default_is_known(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{"conntrack/maxPerCore=0\nconntrack/tcpEstablishedTimeout=0s\n"
		 "conntrack/tcpCloseWaitTimeout=0s",
		 ""},
		{"conntrack/maxPerCore\nconntrack/tcpEstablishedTimeout=0s\n"
		 "conntrack/tcpCloseWaitTimeout=0s",
		 "max:1 262144 overrides\nhashsize:1 65536 overrides\n"},
		{"conntrack/min\nconntrack/maxPerCore=1\nconntrack/tcpEstablishedTimeout=0s\n"
		 "conntrack/tcpCloseWaitTimeout=0s",
		 "max:2 131072 overrides\nhashsize:2 32768 stays\n"},
		{"conntrack/min=300000\nconntrack/tcpEstablishedTimeout=0s\n"
		 "conntrack/tcpCloseWaitTimeout=0s",
		 "max:1 300000 overrides\nhashsize:1 75000 overrides\n"},
		{"conntrack/maxPerCore=0\nconntrack/tcpEstablishedTimeout\n"
		 "conntrack/tcpCloseWaitTimeout=0s",
		 "tcp_timeout_established:2 86400 overrides\n"},
		{"conntrack/maxPerCore=0\nconntrack/tcpEstablishedTimeout=0s\n"
		 "conntrack/tcpCloseWaitTimeout",
		 "tcp_timeout_close_wait:3 3600 overrides\n"},
		{"conntrack/maxPerCore=0\nconntrack/tcpEstablishedTimeout=0s\n"
		 "conntrack/tcpCloseWaitTimeout=0s\nconntrack/udpTimeout=0s\n"
		 "conntrack/udpStreamTimeout\nconntrack/tcpBeLiberal=false",
		 ""},
		{"conntrack", "max:1 262144 overrides\nhashsize:1 65536 overrides\n"
			      "tcp_timeout_established:1 86400 overrides\n"
			      "tcp_timeout_close_wait:1 3600 overrides\n"},
		{"kind=KubeProxyConfiguration",
		 "max:1 262144 overrides\nhashsize:1 65536 overrides\n"
		 "tcp_timeout_established:1 86400 overrides\n"
		 "tcp_timeout_close_wait:1 3600 overrides\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_section(rows[i].text, 30, 8, rows[i].wanted);
}

#define NO_TIMEOUTS "\nconntrack/tcpEstablishedTimeout=0s\nconntrack/tcpCloseWaitTimeout=0s"

static void each_field_is_read(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{"tcpEstablishedTimeout=1h1m1s", "tcp_timeout_established:4 3661 overrides\n"},
		{"tcpEstablishedTimeout=6h", "tcp_timeout_established:4 21600 stays\n"},
		{"tcpCloseWaitTimeout=1.5m", "tcp_timeout_close_wait:4 90 overrides\n"},
		{"tcpCloseWaitTimeout=2000000us", "tcp_timeout_close_wait:4 2 overrides\n"},
		/* kube-proxy writes whole seconds, so that less than one second becomes 0. */
		{"tcpCloseWaitTimeout=999ms", "tcp_timeout_close_wait:4 0 overrides\n"},
		{"tcpCloseWaitTimeout=-1h", ""},
		{"tcpCloseWaitTimeout=0", ""},
		{"udpTimeout=46s", "udp_timeout:4 46 overrides\n"},
		{"udpStreamTimeout=3m", "udp_timeout_stream:4 180 stays\n"},
		{"tcpBeLiberal=true", "tcp_be_liberal:4 1 overrides\n"},
		{"max=500000", "max:4 500000 overrides\nhashsize:4 125000 overrides\n"},
		{"max=0", ""},
		{"other=1", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		buffer_printf(&b, "conntrack/maxPerCore=0" NO_TIMEOUTS "\nconntrack/%s",
			      rows[i].text);
		expect_section(b.data, 30, 8, rows[i].wanted);
	}
}

static void value_that_is_none_is_named(void **state)
{
	static const char *const rows[] = {
		"conntrack/min=many",
		"conntrack/maxPerCore=1e3",
		"conntrack/max=4294967296",
		"conntrack/tcpEstablishedTimeout=1h1x",
		"conntrack/tcpEstablishedTimeout=86400",
		"conntrack/tcpEstablishedTimeout=",
		"conntrack/udpTimeout=99999999999h",
		"conntrack/udpStreamTimeout=.s",
		"conntrack/tcpBeLiberal=yes",
	};
	static const struct kube_proxy_origin origin = {.line = 10};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct yaml_scalars scalars = parse_scalars(rows[i]);
		struct kube_proxy proxy = {.path = "/k"};

		kube_proxy_read_document(&scalars, 1, &origin, &proxy);
		free_scalars(&scalars);
		if (!proxy.wrong || proxy.wrong_line != 10 || !strstr(rows[i], proxy.wrong))
			fail_msg("%s: %s in line %u", rows[i], proxy.wrong, proxy.wrong_line);
	}
}

/* 1,048,576 at most since 1.36; without processors the least is known. */
static void max_follows_the_processors(void **state)
{
	static const struct {
		unsigned int minor, processors;
		const char *text, *wanted;
	} rows[] = {
		{30, 1, "", "131072"},
		{30, 4, "", "131072"},
		{30, 5, "", "163840"},
		{35, 96, "", "3145728"},
		{36, 96, "", "1048576"},
		{38, 96, "", "1048576"},
		{38, 32, "", "1048576"},
		{0, 96, "", "1048576 or 3145728"},
		{36, 96, "conntrack/min=2000000", "1048576"},
		{36, 2, "conntrack/min=2000000", "2000000"},
		{30, 0, "", "131072 or more (32768 a processor)"},
		{30, 0, "conntrack/maxPerCore=500000", "500000 or more (500000 a processor)"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		static const struct kube_proxy_origin origin = {.line = 1};
		struct yaml_scalars scalars = parse_scalars(rows[i].text);
		struct kube_proxy proxy = {
			.path = "/k", .minor = rows[i].minor, .processors = rows[i].processors};
		struct writers writers = {0};

		kube_proxy_read_document(&scalars, 1, &origin, &proxy);
		free_scalars(&scalars);
		writers_of_kube_proxy(&values, &proxy, &writers);
		expect_text(rows[i].wanted, writers.items[0].text, rows[i].wanted);
		writers_done(&writers);
	}
}

/* 1.23 to 1.28 raise only, each key; 1.38 raises max only; of 1.36 and 1.37 some releases do. */
static void release_decides_what_is_lowered(void **state)
{
	static const struct {
		unsigned int minor;
		const char *max, *timeout;
	} rows[] = {
		{22, "overrides", "overrides"}, {23, "stays", "stays"},
		{28, "stays", "stays"},		{29, "overrides", "overrides"},
		{35, "overrides", "overrides"}, {36, "possible", "overrides"},
		{37, "possible", "overrides"},	{38, "stays", "overrides"},
		{0, "possible", "possible"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char wanted[128];

		(void)snprintf(wanted, sizeof(wanted),
			       "max:2 199999 %s\nhashsize:2 49999 stays\n"
			       "tcp_timeout_established:3 21599 %s\n",
			       rows[i].max, rows[i].timeout);
		expect_section("kind=KubeProxyConfiguration\nconntrack/maxPerCore=199999\n"
			       "conntrack/tcpEstablishedTimeout=5h59m59s\n"
			       "conntrack/tcpCloseWaitTimeout=0s",
			       rows[i].minor, 1, wanted);
		/* Each release sets a value that is larger than the live one. */
		expect_section("kind=KubeProxyConfiguration\nconntrack/maxPerCore=200001\n"
			       "conntrack/tcpEstablishedTimeout=7h\n"
			       "conntrack/tcpCloseWaitTimeout=0s",
			       rows[i].minor, 1,
			       "max:2 200001 overrides\nhashsize:2 50000 stays\n"
			       "tcp_timeout_established:3 25200 overrides\n");
	}
}

static void larger_max_stays_where_that_is_wished(void **state)
{
	static const char small[] = "conntrack/maxPerCore=100000\nconntrack/min=1" NO_TIMEOUTS;

	(void)state;
	items[0].at_least = items[1].at_least = true;
	expect_section("conntrack/min=200000" NO_TIMEOUTS, 30, 0,
		       "max:1 200000 or more (32768 a processor) stays\n"
		       "hashsize:1 50000 or more (8192 a processor) stays\n");
	expect_section(small, 30, 4, "max:1 400000 stays\nhashsize:1 100000 stays\n");
	expect_section(small, 30, 1, "max:1 100000 overrides\nhashsize:1 25000 stays\n");
	expect_section(small, 28, 1, "max:1 100000 stays\nhashsize:1 25000 stays\n");
	expect_section(small, 0, 1, "max:1 100000 possible\nhashsize:1 25000 stays\n");
	expect_section(small, 30, 0,
		       "max:1 100000 or more (100000 a processor) possible\n"
		       "hashsize:1 25000 or more (25000 a processor) stays\n");
	items[0].at_least = items[1].at_least = false;
}

static void what_does_not_run_is_inactive(void **state)
{
	struct kube_proxy proxy = {.path = "/k", .inactive = true, .processors = 1, .minor = 30};

	(void)state;
	expect_writers("inactive", &proxy,
		       "max:0 131072 inactive\nhashsize:0 32768 inactive\n"
		       "tcp_timeout_established:0 86400 inactive\n"
		       "tcp_timeout_close_wait:0 3600 inactive\n");
}

static void line_of_a_text_in_a_text(void **state)
{
	static const struct kube_proxy_origin block = {.line = 6};
	static const struct kube_proxy_origin quoted = {.line = 6, .lines_are_lost = true};
	struct yaml_scalars scalars =
		parse_scalars("conntrack/min=1\nconntrack/maxPerCore=400000" //
			      NO_TIMEOUTS);
	struct kube_proxy proxy = {.path = "/k", .minor = 30, .processors = 1};

	(void)state;
	kube_proxy_read_document(&scalars, 1, &block, &proxy);
	expect_writers("block", &proxy, "max:7 400000 overrides\nhashsize:7 100000 overrides\n");
	kube_proxy_read_document(&scalars, 1, &quoted, &proxy);
	expect_writers("quoted", &proxy, "max:6 400000 overrides\nhashsize:6 100000 overrides\n");
	free_scalars(&scalars);
}

static void other_kinds_are_none(void **state)
{
	struct yaml_scalars scalars = parse_scalars("kind=KubeletConfiguration");

	(void)state;
	assert_int_equal(kube_proxy_find_document(&scalars), 0);
	free_scalars(&scalars);
}

static void releases_are_read(void **state)
{
	static const struct {
		const char *text;
		unsigned int minor;
	} rows[] = {
		{"v1.28.4", 28},
		{"registry.k8s.io/kube-proxy:v1.28.4", 28},
		{"localhost:5000/kube-proxy:v1.36.0-rc.1@sha256:0/1:v1.9", 36},
		{"index.docker.io/rancher/hardened-kubernetes:v1.31.2-rke2r1-build20241023", 31},
		{"registry.k8s.io/kube-proxy@sha256:v1.2", 0},
		{"registry.k8s.io/kube-proxy:latest", 0},
		{"v2.1", 0},
		{"", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number(rows[i].text, kube_release_minor(rows[i].text), rows[i].minor);
}

/* Reads a command; "config FILE", or what is set. */
static void expect_command(const char *command, const char *wanted)
{
	struct kube_words words = {0};
	struct kube_proxy proxy = {.path = "/k", .minor = 30, .processors = 1};
	const char *config;
	size_t first;

	assert_int_equal(kube_words_add(&words, command, strlen(command), 1), 0);
	first = kube_words_find_program(&words);
	if (first == SIZE_MAX) {
		expect_text(command, "no program", wanted);
		kube_words_done(&words);
		return;
	}
	config = kube_words_read(&words, first, &proxy);
	if (config)
		expect_text(command, config, wanted);
	else
		expect_writers(command, &proxy, wanted);
	kube_words_done(&words);
}

static void flags_are_read(void **state)
{
#define LEFT " --conntrack-max-per-core=0 --conntrack-tcp-timeout-close-wait=0s "
	(void)state;
	expect_command("/usr/bin/kube-proxy" LEFT "--conntrack-tcp-timeout-established=0", "");
	expect_command("kube-proxy" LEFT, "tcp_timeout_established:0 86400 overrides\n");
	expect_command("kube-proxy" LEFT "--conntrack-tcp-timeout-established 2h30m --v=2",
		       "tcp_timeout_established:1 9000 overrides\n");
	/* Underscores are as good as dashes. */
	expect_command("hyperkube proxy" LEFT "--conntrack_tcp_timeout_established=1h",
		       "tcp_timeout_established:1 3600 overrides\n");
	expect_command("hyperkube kubelet" LEFT, "no program");
	expect_command("@kube-proxy" LEFT "--conntrack-tcp-timeout-established=0s "
		       "--conntrack-udp-timeout=1m --conntrack-tcp-be-liberal",
		       "udp_timeout:1 60 overrides\ntcp_be_liberal:1 1 overrides\n");
	expect_command("sh -c 'exec kube-proxy" LEFT "--conntrack-tcp-timeout-established=1s 2>&1'",
		       "tcp_timeout_established:1 1 overrides\n");
	/* If there is a file, the flags have no effect. */
	expect_command("kube-proxy --conntrack-min=1 --config=/a/b", "/a/b");
	expect_command("kube-proxy --config '/a/b' --conntrack-min=1", "/a/b");
	expect_command("kube-proxy --config", "max:0 131072 overrides\nhashsize:0 32768 stays\n"
					      "tcp_timeout_established:0 86400 overrides\n"
					      "tcp_timeout_close_wait:0 3600 overrides\n");
	expect_command("kube-proxying --conntrack-min=1", "no program");
#undef LEFT
}

/* The words, with "|" between them, and what the call returned. */
static void expect_pod(const char *text, const char *wanted)
{
	struct yaml_scalars scalars = parse_scalars(text);
	struct kube_words words = {0};
	struct buffer CLEANUP(buffer_clear) b = {0};
	unsigned int minor = 0;
	int found = kube_words_add_pod(&words, &scalars, &minor);

	buffer_printf(&b, "%d %u ", found, minor);
	for (size_t i = 0; i < words.count; i++)
		buffer_printf(&b, "|%s:%u", words.items[i].text, words.items[i].line);
	expect_text(text, b.data, wanted);
	kube_words_done(&words);
	free_scalars(&scalars);
}

static void container_of_a_pod_is_found(void **state)
{
	(void)state;
	expect_pod("kind=Pod\nspec/containers/[0]/args/[0]=--v=2\n"
		   "spec/containers/[0]/command/[0]=kube-proxy\n"
		   "spec/containers/[0]/image=x/kube-proxy:v1.30.1\nspec/containers/[0]/name=a",
		   "1 30 |kube-proxy:3|--v=2:2");
	expect_pod("kind=Pod\nspec/containers/[0]/name=other\nspec/containers/[1]/name=kube-proxy\n"
		   "spec/containers/[1]/command/[0]=/bin/sh -c 'hyperkube proxy --v=2'",
		   "1 0 |/bin/sh:4|-c:4|hyperkube:4|proxy:4|--v=2:4");
	expect_pod("kind=Pod\nspec/containers/[0]/name=a\n"
		   "spec/containers/[0]/image=registry.k8s.io/kube-proxy:v1.36.1\n"
		   "spec/containers/[0]/args/[0]=--v=2",
		   "1 36 |kube-proxy:3|--v=2:4");
	expect_pod("kind=Pod\nspec/containers/[0]/name=kube-apiserver\n"
		   "spec/containers/[0]/command/[0]=kube-apiserver",
		   "0 0 ");
	expect_pod("kind=DaemonSet\nspec/containers/[0]/name=kube-proxy\n"
		   "spec/containers/[0]/command/[0]=kube-proxy",
		   "0 0 ");
}

static void expect_distribution(const char *first, const char *second, const char *wanted)
{
	struct kube_words words = {0};
	struct buffer CLEANUP(buffer_clear) b = {0};
	const char *const texts[] = {first, second};
	bool disabled = false;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct yaml_scalars scalars = parse_scalars(texts[i]);

		assert_int_equal(kube_words_add_distribution(&words, &scalars, &disabled), 0);
		free_scalars(&scalars);
	}
	buffer_add(&b, disabled ? "disabled" : "");
	for (size_t i = 0; i < words.count; i++)
		buffer_printf(&b, "|%s:%u", words.items[i].text, words.items[i].line);
	expect_text(first, b.data ? b.data : "", wanted);
	kube_words_done(&words);
}

static void flags_of_a_distribution_are_read(void **state)
{
	static const char command[] = "k3s server --kube-proxy-arg=a=1 '--kube-proxy-arg' 'b=2' "
				      "--disable-kube-proxy=false";
	struct kube_words words = {0}, nested = {0};
	bool disabled = true;

	(void)state;
	expect_distribution("token=x\nkube-proxy-arg/[0]=a=1\nkube-proxy-arg/[1]=--b=2", "",
			    "|--a=1:2|--b=2:3");
	expect_distribution("kube-proxy-arg/[0]=a=1", "kube-proxy-arg/[0]=b=2", "|--b=2:1");
	expect_distribution("kube-proxy-arg/[0]=a=1", "kube-proxy-arg+/[0]=b=2",
			    "|--a=1:1|--b=2:1");
	expect_distribution("kube-proxy-arg=a=1", "kube-proxy-args/[0]=b=2", "|--a=1:1");
	expect_distribution("kube-proxy-arg", "disable-kube-proxy=true", "disabled");
	assert_int_equal(kube_words_add(&words, command, strlen(command), 3), 0);
	assert_int_equal(kube_words_add_nested(&nested, &words, &disabled), 0);
	assert_false(disabled);
	assert_int_equal(nested.count, 2);
	expect_text("first", nested.items[0].text, "--a=1");
	expect_text("second", nested.items[1].text, "--b=2");
	kube_words_done(&nested);
	kube_words_done(&words);
}

static void words_of_a_process_are_read(void **state)
{
	static const char text[] = "kube-proxy\0--config\0/a b\0\0";
	struct kube_words words = {0};

	(void)state;
	assert_int_equal(kube_words_add_process(&words, text, sizeof(text) - 1), 0);
	assert_int_equal(words.count, 3);
	expect_text("one word", words.items[2].text, "/a b");
	assert_false(kube_words_have_variable(&words, 0));
	assert_int_equal(kube_words_add(&words, "$FLAGS", 6, 1), 0);
	assert_true(kube_words_have_variable(&words, 0));
	kube_words_done(&words);
}

static void words_are_bounded(void **state)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	struct kube_words words = {0};

	(void)state;
	for (size_t i = 0; i < KUBE_WORDS_MAX; i++)
		buffer_add(&b, "a ");
	assert_int_equal(kube_words_add(&words, b.data, b.length, 1), 0);
	assert_false(words.cut);
	assert_int_equal(kube_words_add(&words, "b", 1, 1), 0);
	assert_true(words.cut);
	assert_int_equal(words.count, KUBE_WORDS_MAX);
	kube_words_done(&words);
	assert_false(words.cut);
}

/* Each timeout has a field of its own, and is left alone with a value of its own. */
static void advice_names_the_field_of_the_key(void **state)
{
	static const struct {
		size_t value;
		const char *expected;
	} rows[] = {
		{2, "set tcpEstablishedTimeout to 0s "},
		{3, "set tcpCloseWaitTimeout to 0s "},
		{4, "set udpTimeout to 0s "},
		{5, "set udpStreamTimeout to 0s "},
		{6, "set tcpBeLiberal to false "},
		{0, "set maxPerCore and min to 0 "},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char number[] = "77";
		const struct writer writer = {.value = &items[rows[i].value], .text = number};
		struct buffer CLEANUP(buffer_clear) text = {0};

		kube_proxy_add_advice(&writer, &text);
		assert_non_null(text.data);
		assert_int_equal(strncmp(text.data, rows[i].expected, strlen(rows[i].expected)), 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_default_is_known),
		cmocka_unit_test(each_field_is_read),
		cmocka_unit_test(value_that_is_none_is_named),
		cmocka_unit_test(max_follows_the_processors),
		cmocka_unit_test(release_decides_what_is_lowered),
		cmocka_unit_test(larger_max_stays_where_that_is_wished),
		cmocka_unit_test(what_does_not_run_is_inactive),
		cmocka_unit_test(line_of_a_text_in_a_text),
		cmocka_unit_test(other_kinds_are_none),
		cmocka_unit_test(releases_are_read),
		cmocka_unit_test(flags_are_read),
		cmocka_unit_test(container_of_a_pod_is_found),
		cmocka_unit_test(flags_of_a_distribution_are_read),
		cmocka_unit_test(words_of_a_process_are_read),
		cmocka_unit_test(words_are_bounded),
		cmocka_unit_test(advice_names_the_field_of_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
