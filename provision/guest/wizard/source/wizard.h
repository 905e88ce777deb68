/* What the parts of WIZARD.EXE share. Windows 2000 and later, msvcrt alone. */
#ifndef WIZARD_H
#define WIZARD_H

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <commctrl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 512, MOST_PAGES = 64, MOST_LINES = 24, MOST_CONTROLS = 200, MOST_ITEMS = 40, MOST_SECRETS = 16 };

/* How the driver ends where the wizard does not end by itself. codes.go names the same. */
enum { END_USE = 240, END_UNKNOWN, END_CHANGED, END_CONTROL, END_BOX, END_HANG, END_GONE, END_CIRCLE };

struct deed {
	char verb[12];
	char which[LONGEST];
	char value[LONGEST];
};

struct page {
	char name[64];
	int box, last, wait;
	int headings, texts, deeds, visits;
	char heading[MOST_LINES][LONGEST];
	char text[MOST_LINES][LONGEST];
	struct deed deed[MOST_LINES];
};

struct book {
	char title[LONGEST];
	int wait, linger, grace, pages;
	struct page page[MOST_PAGES];
};

struct control {
	HWND window;
	char class[64];
	char text[LONGEST];
	LONG style;
	int enabled;
};

struct screen {
	HWND window;
	int box, count, deaf;
	char title[LONGEST];
	struct control control[MOST_CONTROLS];
	unsigned long sum;
};

/* pages.c */
int read_book(struct book *book, const char *path);
/* window.c */
HWND look(const struct book *book, DWORD process, int *box);
void take(struct screen *screen, HWND window, int box);
int ask(HWND window, UINT message, WPARAM w, LPARAM l, DWORD *answer);
int has(const struct screen *screen, const char *text);
void plain(char *to, const char *from);
int items(const struct control *c, void (*each)(const char *text, void *data), void *data);
/* deeds.c */
int perform(const struct screen *screen, const struct deed *deed);
void hide(const char *secret);
void say(const char *format, ...);

#endif
