/*
 * FIND of Windows 2003, for the stand-in: Wine 10's knows none of its switches.
 *
 *   FIND [/V] [/C] [/N] [/I] "string" [file ...]
 *
 * Exit code 0 when a line was found, 1 when none was, 2 for a mistake. Needs no
 * daemon. kernel32 and msvcrt only.
 */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wish {
	int others, count, numbers, anycase;
	char text[1024];
};

static int matches(const struct wish *w, const char *line)
{
	size_t size = strlen(w->text);

	for (; size > 0 && *line; line++)
		if ((w->anycase ? _strnicmp : strncmp)(line, w->text, size) == 0)
			return !w->others;
	return w->others;
}

/* search prints the lines of one file that match and returns their number. */
static long search(const struct wish *w, FILE *f, const char *name)
{
	static char line[65536];
	long number = 0, found = 0;

	if (name != NULL && !w->count)
		printf("\n---------- %s\n", name);
	while (fgets(line, sizeof line, f) != NULL) {
		number++;
		line[strcspn(line, "\r\n")] = 0;
		if (!matches(w, line))
			continue;
		found++;
		if (w->count)
			continue;
		if (w->numbers)
			printf("[%ld]", number);
		printf("%s\n", line);
	}
	if (w->count && name != NULL)
		printf("\n---------- %s: %ld\n", name, found);
	if (w->count && name == NULL)
		printf("%ld\n", found);
	return found;
}

/* next reads one argument; a quoted one tells so, with doubled quotes as one. */
static int next(const char **at, char *word, size_t size, int *quoted)
{
	size_t n = 0;

	while (**at == ' ' || **at == '\t')
		(*at)++;
	*quoted = **at == '"';
	if (**at == 0)
		return 0;
	*at += *quoted;
	for (; **at && n + 1 < size; (*at)++) {
		if (*quoted && **at == '"') {
			if ((*at)[1] != '"') {
				(*at)++;
				break;
			}
			(*at)++;
		} else if (!*quoted && (**at == ' ' || **at == '\t')) {
			break;
		}
		word[n++] = **at;
	}
	word[n] = 0;
	return 1;
}

static int option(struct wish *w, const char *word)
{
	for (; *word == '/'; word += 2) {
		switch (word[1] | 0x20) {
		case 'v': w->others = 1; break;
		case 'c': w->count = 1; break;
		case 'n': w->numbers = 1; break;
		case 'i': w->anycase = 1; break;
		default: return 0;
		}
	}
	return *word == 0;
}

int main(void)
{
	static char word[65536];
	struct wish w = { 0, 0, 0, 0, "" };
	const char *at = GetCommandLineA();
	int quoted, given = 0, files = 0, missing = 0;
	long found = 0;
	FILE *f;

	next(&at, word, sizeof word, &quoted);
	while (next(&at, word, sizeof word, &quoted)) {
		if (!quoted && word[0] == '/') {
			if (!option(&w, word)) {
				fprintf(stderr, "FIND: Invalid switch\n");
				return 2;
			}
		} else if (!given) {
			if (!quoted) {
				fprintf(stderr, "FIND: Parameter format not correct\n");
				return 2;
			}
			snprintf(w.text, sizeof w.text, "%s", word);
			given = 1;
		} else {
			files++;
			f = fopen(word, "r");
			if (f == NULL) {
				fprintf(stderr, "File not found - %s\n", word);
				missing = 1;
				continue;
			}
			found += search(&w, f, _strupr(word));
			fclose(f);
		}
	}
	if (!given) {
		fprintf(stderr, "FIND: Parameter format not correct\n");
		return 2;
	}
	if (files == 0)
		found = search(&w, stdin, NULL);
	return found > 0 ? 0 : missing ? 2 : 1;
}
