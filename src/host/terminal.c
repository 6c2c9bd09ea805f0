/* The terminal: its size, its screen while it is drawn on, its keys. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/terminal.h"

#include <ctype.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/buffer.h"
#include "base/text.h"

#define COLUMNS	 80
#define LINES	 24
#define SIZE_TOP 1000

/*
 * ECMA-48, and the private modes that all terminals have from xterm; one that does not know a mode
 * leaves it out.
 */
#define SCREEN_OTHER "\033[?1049h"
#define SCREEN_OWN   "\033[?1049l"
#define CURSOR_HIDE  "\033[?25l"
#define CURSOR_SHOW  "\033[?25h"
#define WRAP_OFF     "\033[?7l"
#define WRAP_ON	     "\033[?7h"
#define CURSOR_HOME  "\033[H"
#define CLEAR_LINE   "\033[K"
#define CLEAR_BELOW  "\033[J"

bool terminal_is_there(void)
{
	const char *name = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(name && strcmp(name, "dumb") == 0);
}

static unsigned int size_from(const char *variable, unsigned int otherwise)
{
	const char *text = getenv(variable);
	uint64_t number;

	if (!text || text_parse_number(text, strlen(text), SIZE_TOP, &number) < 0 || number == 0)
		return otherwise;
	return (unsigned int)number;
}

unsigned int terminal_columns(int fd)
{
	struct winsize size = {0};
	unsigned int columns;

	if (!isatty(fd))
		return 0;
	(void)ioctl(fd, TIOCGWINSZ, &size);
	columns = size.ws_col ? size.ws_col : size_from("COLUMNS", COLUMNS);
	return columns < COLUMNS_LEAST ? COLUMNS_LEAST : columns;
}

void terminal_size(unsigned int *ret_columns, unsigned int *ret_lines)
{
	bool is_terminal = terminal_is_there();
	struct winsize size = {0};

	if (is_terminal)
		(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	*ret_columns = size.ws_col ? size.ws_col : size_from("COLUMNS", COLUMNS);
	*ret_lines = !is_terminal ? 0 : size.ws_row ? size.ws_row : size_from("LINES", LINES);
}

/* setlocale() would change how the whole process takes bytes for characters, libraries included. */
bool terminal_speaks_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool speaks;

	if (locale == (locale_t)0)
		return false;
	speaks = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return speaks;
}

static int put(const char *text, size_t length)
{
	(void)fwrite(text, 1, length, stdout);
	return fflush(stdout) == EOF || ferror(stdout) ? -EIO : 0;
}

int terminal_start(struct terminal *terminal)
{
	static const char start[] = SCREEN_OTHER CURSOR_HIDE WRAP_OFF;
	struct termios raw;

	if (terminal->drawing)
		return 0;
	if (isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &terminal->before) == 0) {
		raw = terminal->before;
		/* Signals of keys stay. */
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		raw.c_cc[VMIN] = 1;
		raw.c_cc[VTIME] = 0;
		/*
		 * In the background the kernel stops the program here, until it is in the
		 * foreground.
		 */
		terminal->raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
	}
	terminal->keys = terminal->raw;
	terminal->drawing = true;
	return put(start, sizeof(start) - 1);
}

void terminal_stop(struct terminal *terminal)
{
	static const char stop[] = WRAP_ON CURSOR_SHOW SCREEN_OWN;

	if (terminal->raw)
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal->before);
	if (terminal->drawing)
		(void)put(stop, sizeof(stop) - 1);
	*terminal = (struct terminal){0};
}

int terminal_draw(const char *text)
{
	struct buffer CLEANUP(buffer_clear) frame = {0};

	buffer_add(&frame, CURSOR_HOME);
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		bool last = *line.next == '\0';

		/*
		 * Before the text: behind one as wide as the terminal it would take the last cell.
		 */
		buffer_add(&frame, last ? CLEAR_BELOW : CLEAR_LINE);
		buffer_add_bytes(&frame, line.text, line.length);
		/* None after the last one: at the bottom it would scroll. */
		buffer_add(&frame, last ? "" : "\r\n");
	}
	return frame.error < 0 ? frame.error : put(frame.data, frame.length);
}

char terminal_read_key(struct terminal *terminal)
{
	char key = 0;

	terminal->keys = read(STDIN_FILENO, &key, 1) == 1;
	return (char)tolower((unsigned char)key);
}
