/* Reads the file of pages: a line a statement, # begins a comment. */
#include "wizard.h"

static char *trim(char *s)
{
	char *end;
	while (*s == ' ' || *s == '\t')
		s++;
	end = s + strlen(s);
	while (end > s && strchr(" \t\r\n", end[-1]))
		*--end = 0;
	return s;
}

static void copy(char *to, const char *from, size_t size)
{
	strncpy(to, from, size - 1);
	to[size - 1] = 0;
}

/* first cuts the first word, or the first text between double quotes, off s. */
static char *first(char *s, char **rest)
{
	char *end;
	if (*s == '"') {
		end = strchr(++s, '"');
	} else {
		end = strpbrk(s, " \t");
	}
	if (!end) {
		*rest = s + strlen(s);
		return s;
	}
	*end = 0;
	*rest = trim(end + 1);
	return s;
}

static int add_deed(struct page *p, const char *verb, char *rest)
{
	struct deed *d;
	if (p->deeds == MOST_LINES)
		return 0;
	d = &p->deed[p->deeds++];
	copy(d->verb, verb, sizeof d->verb);
	if (!strcmp(verb, "type") || !strcmp(verb, "secret") || !strcmp(verb, "choose")) {
		copy(d->which, first(rest, &rest), LONGEST);
		copy(d->value, rest, LONGEST);
		if (!strcmp(verb, "secret"))
			hide(d->value);
		return 1;
	}
	copy(d->which, rest, LONGEST);
	return *rest != 0;
}

static int statement(struct book *b, char *verb, char *rest)
{
	struct page *p = b->pages ? &b->page[b->pages - 1] : 0;
	if (!strcmp(verb, "page") || !strcmp(verb, "box")) {
		if (b->pages == MOST_PAGES || !*rest)
			return 0;
		p = &b->page[b->pages++];
		copy(p->name, rest, sizeof p->name);
		p->box = *verb == 'b';
		return 1;
	}
	if (!strcmp(verb, "wait") && atoi(rest) > 0) {
		*(p ? &p->wait : &b->wait) = atoi(rest);
		return 1;
	}
	if (!p && !strcmp(verb, "title"))
		return copy(b->title, rest, LONGEST), *rest != 0;
	if (!p && !strcmp(verb, "linger") && atoi(rest) > 0)
		return b->linger = atoi(rest);
	if (!p && !strcmp(verb, "grace") && atoi(rest) > 0)
		return b->grace = atoi(rest);
	if (!p)
		return 0;
	if (!strcmp(verb, "last"))
		return p->last = 1;
	if (!strcmp(verb, "heading") && p->headings < MOST_LINES)
		return plain(p->heading[p->headings++], rest), *rest != 0;
	if (!strcmp(verb, "text") && p->texts < MOST_LINES)
		return plain(p->text[p->texts++], rest), *rest != 0;
	if (!strcmp(verb, "press") || !strcmp(verb, "check") || !strcmp(verb, "uncheck") ||
	    !strcmp(verb, "type") || !strcmp(verb, "secret") || !strcmp(verb, "choose"))
		return add_deed(p, verb, rest);
	return 0;
}

int read_book(struct book *b, const char *path)
{
	char line[LONGEST];
	int number = 0;
	FILE *f = fopen(path, "r");
	if (!f) {
		say("wizard: stopped: the file of pages %s cannot be read.", path);
		return 0;
	}
	b->wait = 600;
	b->linger = 3;
	b->grace = 30;
	while (fgets(line, sizeof line, f)) {
		char *rest = trim(line), *verb;
		number++;
		if (!*rest || *rest == '#')
			continue;
		verb = first(rest, &rest);
		if (!statement(b, verb, rest)) {
			say("wizard: stopped: line %d of %s is no statement that the driver knows.", number, path);
			fclose(f);
			return 0;
		}
	}
	fclose(f);
	if (!*b->title || !b->pages)
		say("wizard: stopped: %s names no title or no page.", path);
	return *b->title && b->pages;
}
