/* model/runtime/container-state: the state that a runtime gives a hook, also a hostile one. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "model/runtime/container-state.h"

static void state_has_pid_and_id(void **state)
{
	static const struct {
		const char *text;
		unsigned long pid;
		const char *id;
	} rows[] = {
		/* As runc 1.1.5 and crun 1.8.1 write it. */
		{"{\"ociVersion\":\"1.0.2-dev\",\"id\":\"web\",\"status\":\"creating\","
		 "\"pid\":1234,\"bundle\":\"/run/b\"}",
		 1234, "web"},
		{"{ \"pid\" : 1,\n\"annotations\": {\"a\": \"b\", \"pid\": \"7\"} }\n", 1, ""},
		{"{\"pid\":4194304,\"id\":7}", 4194304, ""},
		{"{\"id\":\"\\u00e9\\ud83d\\ude00\",\"pid\":2}", 2, "\xc3\xa9\xf0\x9f\x98\x80"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct container_state found = {0};
		const char *reason = "";

		assert_int_equal(
			container_state_parse(rows[i].text, strlen(rows[i].text), &found, &reason),
			0);
		assert_int_equal(found.pid, rows[i].pid);
		assert_string_equal(found.id, rows[i].id);
	}
}

static void hostile_state_is_refused(void **state)
{
	static const struct {
		const char *text, *reason;
	} rows[] = {
		{"", "it is not a JSON object"},
		{" ", "it is not a JSON object"},
		{"[]", "it is not a JSON object"},
		{"7", "it is not a JSON object"},
		{"null", "it is not a JSON object"},
		{"{\"pid\":1234", "it is not a JSON object"},
		{"{\"pid\":1234} x", "it is not a JSON object"},
		{"{\"pid\":1,\"pid\":2}", "it is not a JSON object"},
		{"{\"a\":{\"b\":1,\"b\":1},\"pid\":2}", "it is not a JSON object"},
		{"{\"pid\":01}", "it is not a JSON object"},
		{"{\"pid\":0x10}", "it is not a JSON object"},
		{"{\"pid\":99999999999999999999}", "it is not a JSON object"},
		{"{\"id\":\"\\u0000\",\"pid\":2}", "it is not a JSON object"},
		{"{\"id\":\"\\ud83d\",\"pid\":2}", "it is not a JSON object"},
		{"{\"id\":\"\\ude00\",\"pid\":2}", "it is not a JSON object"},
		{"{\"id\":\"\xff\",\"pid\":2}", "it is not a JSON object"},
		{"\xef\xbb\xbf{\"pid\":2}", "it is not a JSON object"},
		{"{}", "it has no \"pid\""},
		{"{\"PID\":3}", "it has no \"pid\""},
		{"{\"pid\":null}", "its \"pid\" is not the number of a process"},
		{"{\"pid\":\"3\"}", "its \"pid\" is not the number of a process"},
		{"{\"pid\":3.0}", "its \"pid\" is not the number of a process"},
		{"{\"pid\":0}", "its \"pid\" is not the number of a process"},
		{"{\"pid\":-1}", "its \"pid\" is not the number of a process"},
		{"{\"pid\":4194305}", "its \"pid\" is not the number of a process"},
		{"{\"pid\":4294967297}", "its \"pid\" is not the number of a process"},
		{"{\"pid\":[1]}", "its \"pid\" is not the number of a process"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct container_state found = {.pid = 77};
		const char *reason = "";

		assert_int_equal(
			container_state_parse(rows[i].text, strlen(rows[i].text), &found, &reason),
			-EBADMSG);
		expect_text(rows[i].text, reason, rows[i].reason);
		assert_int_equal(found.pid, 77);
	}
}

/* A NUL in the middle is no end of the text. */
static void nul_is_no_end(void **state)
{
	static const char text[] = "{\"pid\":2}\0,";
	struct container_state found;
	const char *reason = "";

	(void)state;
	assert_int_equal(container_state_parse(text, sizeof(text), &found, &reason), -EBADMSG);
}

/* Fills CONTAINER_STATE_MAX bytes with a text, again and again; the caller frees the result. */
static char *make_large(const char *head, const char *part)
{
	char *text = malloc(CONTAINER_STATE_MAX + 1);
	size_t used = strlen(head);

	assert_non_null(text);
	memcpy(text, head, used);
	while (used < CONTAINER_STATE_MAX) {
		size_t room = CONTAINER_STATE_MAX - used;
		size_t length = strlen(part) < room ? strlen(part) : room;

		memcpy(text + used, part, length);
		used += length;
	}
	text[used] = '\0';
	return text;
}

static void size_and_depth_are_bounded(void **state)
{
	static const char *const parts[][2] = {
		{"", "["},
		{"{\"pid\":2,\"a\":", "["},
		{"{\"pid\":2,\"a\":[", "[],"},
		{"", "{\"a\":"},
		{"{\"pid\":2,\"a\":[", "1,"},
		{"{\"pid\":", "9"},
		{"{\"id\":\"", "a"},
		{"", " "},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		char *CLEANUP(free_pointer) text = make_large(parts[i][0], parts[i][1]);
		struct container_state found;
		const char *reason = "";

		assert_int_equal(container_state_parse(text, CONTAINER_STATE_MAX, &found, &reason),
				 -EBADMSG);
		assert_int_equal(
			container_state_parse(text, CONTAINER_STATE_MAX + 1, &found, &reason),
			-EFBIG);
	}
}

static void long_id_is_cut(void **state)
{
	char text[1024], id[600];
	struct container_state found;
	const char *reason = "";

	(void)state;
	memset(id, 'a', sizeof(id));
	id[sizeof(id) - 1] = '\0';
	(void)snprintf(text, sizeof(text), "{\"id\":\"%s\",\"pid\":9}", id);
	assert_int_equal(container_state_parse(text, strlen(text), &found, &reason), 0);
	assert_int_equal(strlen(found.id), CONTAINER_ID_SIZE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(state_has_pid_and_id),
		cmocka_unit_test(hostile_state_is_refused),
		cmocka_unit_test(nul_is_no_end),
		cmocka_unit_test(size_and_depth_are_bounded),
		cmocka_unit_test(long_id_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
