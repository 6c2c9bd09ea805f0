/* model/acl: which lists let others than root write. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <string.h>

#include "base/cleanup.h"
#include "model/installed/acl.h"

#define OWNER	      "\1\0\7\0\xff\xff\xff\xff"
#define GROUP	      "\4\0\5\0\xff\xff\xff\xff"
#define GROUPW	      "\4\0\7\0\xff\xff\xff\xff"
#define MASK	      "\x10\0\5\0\xff\xff\xff\xff"
#define MASKW	      "\x10\0\7\0\xff\xff\xff\xff"
#define OTHER	      "\x20\0\5\0\xff\xff\xff\xff"
#define OTHERW	      "\x20\0\2\0\xff\xff\xff\xff"
#define USERW	      "\2\0\2\0\xfe\xff\0\0"
#define USER	      "\2\0\5\0\xfe\xff\0\0"
#define ROOTW	      "\2\0\7\0\0\0\0\0"
#define NAMEDW	      "\x8\0\2\0\0\1\0\0"
#define NAMED0	      "\x8\0\7\0\0\0\0\0"
#define LIST(entries) "\2\0\0\0" entries, sizeof("\2\0\0\0" entries) - 1

static void lists_are_judged(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		gid_t group;
		bool loose;
	} lists[] = {
		{LIST(OWNER GROUP OTHER), 0, false},
		{LIST(OWNER GROUPW OTHER), 0, false},
		{LIST(OWNER GROUPW OTHER), 5, true},
		{LIST(OWNER GROUPW MASK OTHER), 5, false},
		{LIST(OWNER USERW GROUP MASKW OTHER), 0, true},
		{LIST(OWNER USERW GROUP MASK OTHER), 0, false},
		{LIST(OWNER USER GROUP MASKW OTHER), 0, false},
		{LIST(OWNER ROOTW GROUP MASKW OTHER), 0, false},
		{LIST(OWNER GROUP NAMEDW MASKW OTHER), 0, true},
		{LIST(OWNER GROUP NAMED0 MASKW OTHER), 0, false},
		{LIST(OWNER GROUP NAMEDW MASK OTHER), 0, false},
		/* The mask is no bound to the others. */
		{LIST(OWNER GROUP MASK OTHERW), 0, true},
		/* The mask may come first: the order is the kernel's, not the format's. */
		{LIST(MASK OWNER USERW GROUP OTHER), 0, false},
		/* An entry that is not understood is not trusted. */
		{LIST(OWNER "\x40\0\7\0\0\0\0\0"), 0, true},
		{LIST(OWNER "\2\0"), 0, true},
		{"\3\0\0\0", 4, 0, true},
		{"\2\0\0", 3, 0, true},
		{"", 0, 0, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (acl_lets_others_write(lists[i].bytes, lists[i].size, lists[i].group) !=
		    lists[i].loose)
			fail_msg("list %zu", i);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
