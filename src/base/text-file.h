/* One text file that was read: its path and its text. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Owns nothing. path: as the reader of the file names it; text: the whole content, NUL-terminated. */
struct text_file {
	const char *path;
	const char *text;
};
