/* One text file that was read: its path and its text. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Owns nothing. `path` is the name by which the reader opened the file, `text` its whole content,
 * ended by a NUL.
 */
struct text_file {
	const char *path;
	const char *text;
};
