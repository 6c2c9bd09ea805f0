/* model/config-names: what was meant by a name or section that does not exist. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"

#include "model/config-names.h"

struct row {
	const char *section, *name, *text;
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		config_explain_name(rows[i].section, rows[i].name, &b);
		expect_text(rows[i].name, b.data, rows[i].text);
	}
}

static void pasted_kernel_name_is_told_its_place(void **state)
{
	static const char max[] = "the kernel's name; write it as \"max\" in [conntrack]";
	static const char old_max[] = "an old kernel's name; write it as \"max\" in [conntrack]";
	static const char buckets[] = "the kernel's name; write it as \"hashsize\" in [conntrack]";
	static const char established[] =
		"the kernel's name; write it as \"tcp_established\" in [timeouts]";
	static const char old_established[] =
		"an old kernel's name; write it as \"tcp_established\" in [timeouts]";
	static const struct row rows[] = {
		{"conntrack", "nf_conntrack_max", max},
		{"timeouts", "net.netfilter.nf_conntrack_max", max},
		{"conntrack", "net/netfilter/nf_conntrack_max", max},
		{"conntrack", "net.nf_conntrack_max", max},
		{"conntrack", "net/nf_conntrack_max", max},
		{"conntrack", "ip_conntrack_max", old_max},
		{"conntrack", "net.ipv4.ip_conntrack_max", old_max},
		{"conntrack", "net/ipv4/ip_conntrack_max", old_max},
		{"conntrack", "net.ipv4.netfilter.ip_conntrack_max", old_max},
		{"conntrack", "net/ipv4/netfilter/ip_conntrack_tcp_timeout_established",
		 old_established},
		{"conntrack", "nf_conntrack_buckets", buckets},
		{"conntrack", "net.netfilter.nf_conntrack_buckets", buckets},
		{"conntrack", "ip_conntrack_buckets",
		 "an old kernel's name; write it as \"hashsize\" in [conntrack]"},
		{"timeouts", "net.netfilter.nf_conntrack_tcp_timeout_established", established},
		{"timeouts", "net.netfilter.nf_conntrack_sctp_timeout_shutdown_ack_sent",
		 "the kernel's name; write it as \"sctp_shutdown_ack_sent\" in [timeouts]"},
		{"timeouts", "nf_flowtable_tcp_timeout",
		 "the kernel's name; write it as \"flowtable_tcp\" in [timeouts]"},
		{"timeouts", "net.netfilter.nf_hooks_lwtunnel",
		 "the kernel's name; write it as \"nf_hooks_lwtunnel\" in [options]"},
		{"options", "nf_conntrack_tcp_loose",
		 "the kernel's name; write it as \"tcp_loose\" in [options]"},
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

/* Without its module's name, as the names of [options] are. */
static void shortened_kernel_name_is_told_its_place(void **state)
{
	static const struct row rows[] = {
		{"timeouts", "tcp_timeout_established",
		 "the kernel's name; write it as \"tcp_established\" in [timeouts]"},
		{"options", "generic_timeout",
		 "the kernel's name; write it as \"generic\" in [timeouts]"},
		{"timeouts", "udp_timeout", "the kernel's name; write it as \"udp\" in [timeouts]"},
		{"timeouts", "udp_timeout_stream",
		 "the kernel's name; write it as \"udp_stream\" in [timeouts]"},
		{"conntrack", "buckets",
		 "the kernel's name; write it as \"hashsize\" in [conntrack]"},
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void counter_is_read_only(void **state)
{
	static const char text[] = "read-only in the kernel (the number of entries now); the limit "
				   "is [conntrack] max";
	static const struct row rows[] = {
		{"conntrack", "nf_conntrack_count", text},
		{"options", "net.netfilter.nf_conntrack_count", text},
		{"conntrack", "net/netfilter/nf_conntrack_count", text},
		{"conntrack", "net.ipv4.netfilter.ip_conntrack_count", text},
		{"conntrack", "count", text},
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void name_of_another_section_is_told_its_own(void **state)
{
	static const struct row rows[] = {
		{"timeouts", "max", "not a setting of [timeouts]; write it in [conntrack]"},
		{"conntrack", "tcp_loose", "not a setting of [conntrack]; write it in [options]"},
		{"options", "udp", "not a setting of [options]; write it in [timeouts]"},
		{"conntrack", "synchronous", "not a setting of [conntrack]; write it in [apply]"},
		{"apply", "unload", "not a setting of [apply]; write it in [disable]"},
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void unknown_name_is_told_the_nearest(void **state)
{
#define ALLOWED "allowed: what \"conntrack-persist keys\" lists"
	static const struct row rows[] = {
		{"conntrack", "hash_size",
		 "unknown setting; did you mean \"hashsize\" in [conntrack]? " ALLOWED},
		{"conntrack", "maxx",
		 "unknown setting; did you mean \"max\" in [conntrack]? " ALLOWED},
		{"timeouts", "tcp_etsablished",
		 "unknown setting; did you mean \"tcp_established\" in [timeouts]? " ALLOWED},
		{"options", "tcp_etsablished",
		 "unknown setting; did you mean \"tcp_established\" in [timeouts]? " ALLOWED},
		/* as near in its own section as in another */
		{"options", "tcp_max_retran",
		 "unknown setting; did you mean \"tcp_max_retrans\" in [options]? " ALLOWED},
		{"timeouts", "tcp_max_retran",
		 "unknown setting; did you mean \"tcp_max_retrans\" in [timeouts]? " ALLOWED},
		{"conntrack", "quite_something_else", "unknown setting; " ALLOWED},
		{"conntrack", "net.core.somaxconn", "unknown setting; " ALLOWED},
		{"conntrack",
		 "a_name_that_is_longer_than_any_which_the_distance_between_two_words_is_told_of",
		 "unknown setting; " ALLOWED},
		{"timeouts", "net.netfilter.nf_conntrack_tcp_timeout_etsablished",
		 "unknown setting; did you mean \"tcp_established\" in [timeouts]? " ALLOWED},
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void unknown_section_is_told_the_nearest(void **state)
{
#define SECTIONS "allowed: [conntrack], [timeouts], [options], [apply], [disable]"
	static const struct {
		const char *section, *text;
	} rows[] = {
		{"timeout", "did you mean [timeouts]? " SECTIONS},
		{"Options", "did you mean [options]? " SECTIONS},
		{"contrack", "did you mean [conntrack]? " SECTIONS},
		{"network", SECTIONS},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		config_explain_section(rows[i].section, &b);
		expect_text(rows[i].section, b.data, rows[i].text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pasted_kernel_name_is_told_its_place),
		cmocka_unit_test(shortened_kernel_name_is_told_its_place),
		cmocka_unit_test(counter_is_read_only),
		cmocka_unit_test(name_of_another_section_is_told_its_own),
		cmocka_unit_test(unknown_name_is_told_the_nearest),
		cmocka_unit_test(unknown_section_is_told_the_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
