/* Finds the wizard's window and reads what stands on it. */
#include "wizard.h"
#include <ctype.h>

int ask(HWND window, UINT message, WPARAM w, LPARAM l, DWORD *answer)
{
	DWORD_PTR got = 0;
	int ok = SendMessageTimeoutA(window, message, w, l, SMTO_ABORTIFHUNG, 3000, &got) != 0;
	if (answer)
		*answer = ok ? (DWORD)got : 0;
	return ok;
}

/* plain is a text in small letters, without marks for keys and with single blanks. */
void plain(char *to, const char *from)
{
	char *begin = to, *end = to + LONGEST - 1;
	for (; *from && to < end; from++) {
		if (*from == '&' || *from == '<' || *from == '>')
			continue;
		if (isspace((unsigned char)*from)) {
			if (to > begin && to[-1] != ' ')
				*to++ = ' ';
			continue;
		}
		*to++ = (char)tolower((unsigned char)*from);
	}
	while (to > begin && to[-1] == ' ')
		to--;
	*to = 0;
}

struct seek {
	const struct book *book;
	DWORD owners[8];
	int count;
	HWND wizard, box;
};

static int ours(const struct seek *s, DWORD process)
{
	int i;
	for (i = 0; i < s->count; i++)
		if (s->owners[i] == process)
			return 1;
	return 0;
}

static int titled(const struct book *b, HWND window)
{
	char title[LONGEST], have[LONGEST], want[LONGEST];
	title[0] = 0;
	GetWindowTextA(window, title, sizeof title);
	plain(have, title);
	plain(want, b->title);
	return strstr(have, want) != 0;
}

/* owners finds the programs that have a window with the title. */
static BOOL CALLBACK owners(HWND window, LPARAM data)
{
	struct seek *s = (struct seek *)data;
	DWORD process = 0;
	GetWindowThreadProcessId(window, &process);
	if (IsWindowVisible(window) && titled(s->book, window) && !ours(s, process) && s->count < 8)
		s->owners[s->count++] = process;
	return TRUE;
}

/* windows finds the wizard, and the box that lies over it. */
static BOOL CALLBACK windows(HWND window, LPARAM data)
{
	struct seek *s = (struct seek *)data;
	DWORD process = 0;
	HWND owner = GetWindow(window, GW_OWNER);
	char class[64] = "";
	int dialog;
	GetWindowThreadProcessId(window, &process);
	GetClassNameA(window, class, sizeof class);
	dialog = !strcmp(class, "#32770");
	if (!IsWindowVisible(window) || !ours(s, process) || strstr(class, "tooltips"))
		return TRUE;
	if (IsWindowEnabled(window) && dialog && (owner ? IsWindowVisible(owner) : !titled(s->book, window))) {
		if (!s->box)
			s->box = window;
	} else if (titled(s->book, window) && !s->wizard) {
		s->wizard = window;
	}
	return TRUE;
}

/* look gives the window to act on, or null where there is none. */
HWND look(const struct book *book, DWORD process, int *box)
{
	struct seek s;
	memset(&s, 0, sizeof s);
	s.book = book;
	s.owners[s.count++] = process;
	EnumWindows(owners, (LPARAM)&s);
	EnumWindows(windows, (LPARAM)&s);
	*box = s.box != 0;
	return s.box ? s.box : s.wizard;
}

static void mix(struct screen *s, const char *text)
{
	for (; *text; text++)
		s->sum = s->sum * 31 + (unsigned char)*text;
	s->sum = s->sum * 31 + 7;
}

static BOOL CALLBACK child(HWND window, LPARAM data)
{
	struct screen *s = (struct screen *)data;
	struct control *c = &s->control[s->count];
	DWORD answer = 0;
	if (!IsWindowVisible(window) || s->count == MOST_CONTROLS)
		return TRUE;
	memset(c, 0, sizeof *c);
	c->window = window;
	GetClassNameA(window, c->class, sizeof c->class);
	c->style = GetWindowLongA(window, GWL_STYLE);
	c->enabled = IsWindowEnabled(window);
	if (!s->deaf && !ask(window, WM_GETTEXT, LONGEST, (LPARAM)c->text, 0))
		s->deaf = 1;
	c->text[LONGEST - 1] = 0;
	if (!s->deaf && strstr(c->class, "progress"))
		ask(window, PBM_GETPOS, 0, 0, &answer);
	s->sum = s->sum * 31 + answer + (unsigned long)(c->enabled ? 1 : 0);
	mix(s, c->text);
	s->count++;
	return TRUE;
}

void take(struct screen *s, HWND window, int box)
{
	memset(s, 0, sizeof *s);
	s->window = window;
	s->box = box;
	s->sum = (unsigned long)(DWORD_PTR)window;
	GetWindowTextA(window, s->title, sizeof s->title);
	mix(s, s->title);
	EnumChildWindows(window, child, (LPARAM)s);
}

/* Where a control of comctl32 puts a text: memory of its own process. */
struct away {
	HANDLE process;
	char *place;
};

static int away(struct away *a, HWND window)
{
	DWORD id = 0;
	GetWindowThreadProcessId(window, &id);
	a->place = 0;
	a->process = OpenProcess(PROCESS_VM_OPERATION | PROCESS_VM_READ | PROCESS_VM_WRITE, FALSE, id);
	if (a->process)
		a->place = VirtualAllocEx(a->process, 0, 2 * LONGEST, MEM_COMMIT, PAGE_READWRITE);
	return a->place != 0;
}

static void back(struct away *a)
{
	if (a->place)
		VirtualFreeEx(a->process, a->place, 0, MEM_RELEASE);
	if (a->process)
		CloseHandle(a->process);
}

/* far_text asks a list or tree for one text; item is its own structure. */
static int far_text(const struct away *a, HWND window, UINT message, WPARAM w, const void *item, SIZE_T size, char *text)
{
	SIZE_T done;
	text[0] = 0;
	if (!WriteProcessMemory(a->process, a->place, item, size, &done) || !ask(window, message, w, (LPARAM)a->place, 0) ||
	    !ReadProcessMemory(a->process, a->place + LONGEST, text, LONGEST, &done))
		return 0;
	text[LONGEST - 1] = 0;
	return *text != 0;
}

static int list_items(const struct control *c, const struct away *a, void (*each)(const char *, void *), void *data)
{
	char text[LONGEST];
	DWORD count, row, n = 0;
	int column;
	ask(c->window, LVM_GETITEMCOUNT, 0, 0, &count);
	for (row = 0; row < count && row < MOST_ITEMS; row++)
		for (column = 0; column < 4; column++) {
			LVITEMA item;
			memset(&item, 0, sizeof item);
			item.iSubItem = column;
			item.cchTextMax = LONGEST;
			item.pszText = a->place + LONGEST;
			if (far_text(a, c->window, LVM_GETITEMTEXTA, row, &item, sizeof item, text))
				each(text, data), n++;
			else
				break;
		}
	return (int)n;
}

static int tree_items(const struct control *c, const struct away *a, void (*each)(const char *, void *), void *data)
{
	char text[LONGEST];
	DWORD node, next;
	int n = 0;
	ask(c->window, TVM_GETNEXTITEM, TVGN_ROOT, 0, &node);
	while (node && n < MOST_ITEMS) {
		TVITEMA item;
		memset(&item, 0, sizeof item);
		item.mask = TVIF_TEXT | TVIF_HANDLE;
		item.hItem = (HTREEITEM)(DWORD_PTR)node;
		item.cchTextMax = LONGEST;
		item.pszText = a->place + LONGEST;
		if (far_text(a, c->window, TVM_GETITEMA, 0, &item, sizeof item, text))
			each(text, data), n++;
		ask(c->window, TVM_GETNEXTITEM, TVGN_CHILD, (LPARAM)node, &next);
		while (!next && node) {
			ask(c->window, TVM_GETNEXTITEM, TVGN_NEXT, (LPARAM)node, &next);
			if (!next)
				ask(c->window, TVM_GETNEXTITEM, TVGN_PARENT, (LPARAM)node, &node);
		}
		node = next;
	}
	return n;
}

/* items gives the texts in a list, a combo box, a list view or a tree. */
int items(const struct control *c, void (*each)(const char *, void *), void *data)
{
	char text[LONGEST];
	struct away a;
	DWORD count = 0, i, size;
	int n = 0, combo = !lstrcmpiA(c->class, "ComboBox"), tree = !lstrcmpiA(c->class, "SysTreeView32");
	if (combo || !lstrcmpiA(c->class, "ListBox")) {
		static WCHAR wide[LONGEST]; /* Wine does not turn these texts into ANSI between programs */
		DWORD_PTR got;
		ask(c->window, combo ? CB_GETCOUNT : LB_GETCOUNT, 0, 0, &count);
		for (i = 0; i < count && i < MOST_ITEMS; i++) {
			memset(wide, 0, sizeof wide);
			ask(c->window, combo ? CB_GETLBTEXTLEN : LB_GETTEXTLEN, i, 0, &size);
			if (size >= LONGEST || !SendMessageTimeoutW(c->window, combo ? CB_GETLBTEXT : LB_GETTEXT, i, (LPARAM)wide, SMTO_ABORTIFHUNG, 3000, &got))
				continue;
			if (WideCharToMultiByte(CP_ACP, 0, wide, -1, text, sizeof text, 0, 0))
				each(text, data), n++;
		}
	} else if (tree || !lstrcmpiA(c->class, "SysListView32")) {
		if (away(&a, c->window))
			n = (tree ? tree_items : list_items)(c, &a, each, data);
		back(&a);
	}
	return n;
}

struct wanted {
	const char *text;
	int found;
};

static void compare(const char *text, void *data)
{
	char have[LONGEST];
	struct wanted *w = data;
	plain(have, text);
	if (strstr(have, w->text))
		w->found = 1;
}

/* has says whether a plain text stands anywhere on the screen but in a field. */
int has(const struct screen *s, const char *text)
{
	struct wanted w = {text, 0};
	int i;
	compare(s->title, &w);
	for (i = 0; i < s->count && !w.found; i++) {
		if (lstrcmpiA(s->control[i].class, "Edit") || s->control[i].style & ES_READONLY)
			compare(s->control[i].text, &w);
		if (!w.found)
			items(&s->control[i], compare, &w);
	}
	return w.found;
}
