/* WIZARD.EXE PAGES.TXT PROGRAM [ARGUMENT...] starts a program, answers the pages
 * of its wizard as PAGES.TXT says, and ends with the program's own exit code.
 * Where it stops by itself, the last line says why and the code is one of END_. */
#include "wizard.h"

enum { POLL = 250, SETTLE = 6000, ENABLE = 15000, MOST_VISITS = 5 };

static struct book book;
static struct screen now;

static void each_item(const char *text, void *data)
{
	(void)data;
	say("wizard:   item: %s", text);
}

/* report says what stands on the screen; a field shows only how long its text is. */
static void report(void)
{
	int i;
	say("wizard:   title: %s", now.title);
	for (i = 0; i < now.count; i++) {
		const struct control *c = &now.control[i];
		if (!lstrcmpiA(c->class, "Edit") && !(c->style & ES_READONLY))
			say("wizard:   field: %d characters", (int)strlen(c->text));
		else if (c->text[0])
			say("wizard:   %s%s: %.200s", c->class, c->enabled ? "" : " (disabled)", c->text);
		items(c, each_item, 0);
	}
}

/* match finds the page by its headings. */
static struct page *match(void)
{
	int i, k;
	for (i = 0; i < book.pages; i++) {
		struct page *p = &book.page[i];
		if (p->box != now.box || !p->headings)
			continue;
		for (k = 0; k < p->headings && has(&now, p->heading[k]); k++)
			;
		if (k == p->headings)
			return p;
	}
	return 0;
}

/* bare is a window on which no text stands yet: a slow machine has shown it before its page. */
static int bare(void)
{
	int i;
	for (i = 0; i < now.count && !now.control[i].text[0]; i++)
		;
	return i == now.count;
}

static const char *missing(const struct page *p)
{
	int i;
	for (i = 0; i < p->texts; i++)
		if (!has(&now, p->text[i]))
			return p->text[i];
	return 0;
}

/* act does what the page asks for; it waits for controls that are still disabled. */
static int act(const struct page *p)
{
	int i;
	for (i = 0; i < p->deeds; i++) {
		DWORD began = GetTickCount();
		while (!perform(&now, &p->deed[i])) {
			HWND window = now.window;
			if (GetTickCount() - began > ENABLE) {
				say("wizard: stopped: page %s: cannot %s \"%s\": there is no such control, it is disabled, or it does not take the value.",
				    p->name, p->deed[i].verb, p->deed[i].which);
				report();
				return 0;
			}
			Sleep(POLL);
			take(&now, window, now.box);
		}
	}
	return 1;
}

static int stop(int code, const char *why, const char *what)
{
	say(why, what);
	report();
	return code;
}

/* visit answers a page that has just come; 0 goes on. */
static int visit(struct page *p)
{
	say("wizard: page: %s", p->name);
	report();
	if (++p->visits > MOST_VISITS)
		return stop(END_CIRCLE, "wizard: stopped: the wizard goes in circles: page %s came again and again.", p->name);
	return act(p) ? 0 : END_CONTROL;
}

/* strange says why a screen that stayed for a while cannot be answered. */
static int strange(const struct page *p, const char *lacks)
{
	if (p && p->box == now.box) {
		say("wizard: stopped: page %s has changed: it does not say \"%s\".", p->name, lacks);
		report();
		return END_CHANGED;
	}
	if (now.box)
		return stop(END_BOX, "wizard: stopped: a box came up: %s", now.title);
	return stop(END_UNKNOWN, "wizard: stopped: the wizard shows a page that is not in the list: %s", now.title);
}

static int ended(HANDLE process, DWORD *code)
{
	return WaitForSingleObject(process, 0) == WAIT_OBJECT_0 && GetExitCodeProcess(process, code);
}

/* away is a look at the program while it shows no window; 0 goes on. */
static int absent(HANDLE process, const struct page *page, DWORD since, int *done)
{
	DWORD code = 0, gone = (GetTickCount() - since) / 1000;
	if (ended(process, &code)) {
		if (gone < (DWORD)book.linger && !(page && page->last))
			return 0;
		*done = 1;
		if (!page || page->last) {
			say("wizard: the program ended with %lu.", code);
			return (int)code;
		}
		say("wizard: stopped: the program ended with %lu at page %s, which is not the last.", code, page->name);
		return END_GONE;
	}
	if (page && !page->last && gone > (DWORD)book.grace) {
		say("wizard: stopped: the window went at page %s and none came in %d s.", page->name, book.grace);
		return *done = 1, END_GONE;
	}
	if (page && page->last && gone > (DWORD)(page->wait ? page->wait : book.wait)) {
		say("wizard: stopped: the wizard is gone after page %s, and the program does not end.", page->name);
		return *done = 1, END_HANG;
	}
	return 0;
}

static int drive(HANDLE process, DWORD id)
{
	struct page *page = 0, *boxed = 0;
	HWND at = 0, box_at = 0;
	unsigned long sum = 0;
	DWORD changed = GetTickCount(), since = changed;
	int done = 0, code, box;
	for (;; Sleep(POLL)) {
		HWND window = look(&book, id, &box);
		struct page *p;
		const char *lacks;
		int wait;
		if (!window) {
			at = 0;
			code = absent(process, page, since, &done);
			if (done)
				return code;
			continue;
		}
		since = GetTickCount();
		take(&now, window, box);
		if (!now.deaf && now.sum != sum) {
			sum = now.sum;
			changed = since;
			continue; /* a page that is still being drawn */
		}
		p = now.deaf ? 0 : match();
		lacks = p ? missing(p) : 0;
		wait = page && page->wait ? page->wait : book.wait;
		if (p && !lacks && (box ? p != boxed || window != box_at : p != page || window != at)) {
			/* what lies under a box keeps its page: it was answered */
			*(box ? &boxed : &page) = p;
			*(box ? &box_at : &at) = window;
			code = visit(p);
			if (code)
				return code;
			changed = GetTickCount();
		} else if (!now.deaf && !bare() && (!p || lacks) && since - changed > SETTLE) {
			return strange(p, lacks);
		} else if ((since - changed) / 1000 >= (DWORD)wait) {
			return stop(END_HANG, "wizard: stopped: nothing has changed for long at page %s.", page ? page->name : "(none yet)");
		}
	}
}

/* rest is the command line after the first two words, which are ours. */
static char *rest(char *line)
{
	int word;
	for (word = 0; word < 2; word++) {
		int quoted = 0;
		for (; *line && (quoted || (*line != ' ' && *line != '\t')); line++)
			if (*line == '"')
				quoted = !quoted;
		while (*line == ' ' || *line == '\t')
			line++;
	}
	return line;
}

int main(int argc, char **argv)
{
	STARTUPINFOA start;
	PROCESS_INFORMATION made;
	int code;
	if (argc < 3) {
		say("wizard: stopped: use: WIZARD.EXE PAGES.TXT PROGRAM [ARGUMENT...]");
		return END_USE;
	}
	if (!read_book(&book, argv[1]))
		return END_USE;
	memset(&start, 0, sizeof start);
	start.cb = sizeof start;
	if (!CreateProcessA(0, rest(GetCommandLineA()), 0, 0, TRUE, 0, 0, 0, &start, &made)) {
		say("wizard: stopped: %s cannot be started, error %lu.", argv[2], GetLastError());
		return END_USE;
	}
	code = drive(made.hProcess, made.dwProcessId);
	CloseHandle(made.hThread);
	CloseHandle(made.hProcess);
	return code;
}
