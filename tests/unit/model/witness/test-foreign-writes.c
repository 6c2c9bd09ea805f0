/* model/witness/foreign-writes: each write is counted once, over looks and loads of the witness. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/witness/foreign-writes.h"

#define MAX_KEY "net.netfilter.nf_conntrack_max"

/* A ring whose events a test chooses. */
struct fixture {
	struct witness_event events[8];
	struct witness_ring ring;
	struct foreign_writes writes;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){.ring = {.events = fixture.events, .loaded = 5}};
	*state = &fixture;
	return 0;
}

/* Adds a write. value: "foreign", or another word for a write of the configured value. */
static void add_event(struct fixture *f, unsigned int ring, const char *value)
{
	struct witness_event *event = &f->events[f->ring.count++];

	*event = (struct witness_event){.ring = ring, .sequence = ++f->ring.made[ring]};
	(void)snprintf(event->after, sizeof(event->after), "%s", value);
}

static const char *find_key(const struct witness_event *event, const void *data)
{
	(void)data;
	return strcmp(event->after, "foreign") == 0 ? MAX_KEY : NULL;
}

static void count(struct fixture *f)
{
	foreign_writes_count(&f->writes, &f->ring, find_key, NULL);
}

static void each_write_counts_once(void **state)
{
	struct fixture *f = *state;

	add_event(f, 0, "foreign");
	add_event(f, 0, "configured");
	add_event(f, 1, "foreign");
	count(f);
	count(f);
	expect_number("total", foreign_writes_total(&f->writes), 2);
	add_event(f, 0, "foreign");
	count(f);
	expect_number("total", foreign_writes_total(&f->writes), 3);
	expect_number("lost", f->writes.lost, 0);
	expect_number("of the key", foreign_writes_find(&f->writes, MAX_KEY)->count, 3);
}

/* 1,000 writes came between two looks, and three of them have a record. */
static void overwritten_writes_are_lost(void **state)
{
	struct fixture *f = *state;

	add_event(f, 0, "foreign");
	count(f);
	f->ring.count = 0;
	f->ring.made[0] += 997;
	for (int i = 0; i < 3; i++)
		add_event(f, 0, "foreign");
	count(f);
	count(f);
	expect_number("total", foreign_writes_total(&f->writes), 4);
	expect_number("lost", f->writes.lost, 997);
}

/* A witness that is loaded again counts its writes from 1 on. */
static void another_witness_begins_anew(void **state)
{
	struct fixture *f = *state;

	add_event(f, 0, "foreign");
	add_event(f, 0, "foreign");
	count(f);
	f->ring = (struct witness_ring){.events = f->events, .loaded = 9};
	add_event(f, 0, "foreign");
	count(f);
	expect_number("total", foreign_writes_total(&f->writes), 3);
	expect_number("lost", f->writes.lost, 0);
}

static void record_is_read_as_it_was_written(void **state)
{
	struct fixture *f = *state;
	struct buffer CLEANUP(buffer_clear) b = {0}, again = {0};
	struct foreign_writes read;

	add_event(f, 0, "foreign");
	add_event(f, 1, "configured");
	f->ring.made[1] += 4;
	assert_non_null(foreign_writes_find(&f->writes, "net.netfilter.nf_conntrack_acct"));
	count(f);
	foreign_writes_format(&f->writes, &b);
	expect_text("record", b.data,
		    "loaded 5\nseen 1 5\nlost 4\nkey net.netfilter.nf_conntrack_acct 0\n"
		    "key " MAX_KEY " 1\n");
	foreign_writes_parse(b.data, &read);
	foreign_writes_format(&read, &again);
	expect_part("again", again.data, "key " MAX_KEY " 1\n");
	expect_number("seen", read.seen[1], 5);
	expect_number("lost", read.lost, 4);
}

static void broken_lines_are_ignored(void **state)
{
	char text[] =
		"loaded\nkey UPPER 5\nkey a\nkey b 7\nseen 1\n\nlost x\nkey "
		"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk 9\n";
	struct foreign_writes read;

	(void)state;
	foreign_writes_parse(text, &read);
	expect_number("keys", read.key_count, 1);
	expect_number("count", read.keys[0].count, 7);
	expect_number("seen", read.seen[0], 0);
}

static void keys_have_a_bound(void **state)
{
	struct fixture *f = *state;
	char key[16];

	for (unsigned int i = 0; i < FOREIGN_KEYS_MAX; i++) {
		(void)snprintf(key, sizeof(key), "key%u", i);
		assert_non_null(foreign_writes_find(&f->writes, key));
	}
	assert_null(foreign_writes_find(&f->writes, "one.more"));
	assert_non_null(foreign_writes_find(&f->writes, "key0"));
}

#define ALONE(test) cmocka_unit_test_setup(test, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(each_write_counts_once),	    ALONE(overwritten_writes_are_lost),
		ALONE(another_witness_begins_anew), ALONE(record_is_read_as_it_was_written),
		ALONE(broken_lines_are_ignored),    ALONE(keys_have_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
