/* Sets fields and presses buttons, by message: no focus is needed. */
#include "wizard.h"
#include <stdarg.h>

static char secrets[MOST_SECRETS][LONGEST];
static int hidden;

/* hide keeps a value out of every line that is said. */
void hide(const char *secret)
{
	if (*secret && hidden < MOST_SECRETS)
		strcpy(secrets[hidden++], secret);
}

void say(const char *format, ...)
{
	char line[2 * LONGEST], *at;
	int i;
	va_list list;
	va_start(list, format);
	_vsnprintf(line, sizeof line - 1, format, list);
	va_end(list);
	line[sizeof line - 1] = 0;
	for (i = 0; i < hidden; i++)
		while (strlen(secrets[i]) > 3 && (at = strstr(line, secrets[i])) != 0)
			memset(at, '*', strlen(secrets[i]));
	for (at = line; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = (*at == '\r' || *at == '\n' || *at == '\t') ? ' ' : '?';
	printf("%s\n", line);
	fflush(stdout);
}

static int is_class(const struct control *c, const char *class)
{
	return !lstrcmpiA(c->class, class);
}

/* edit_kind is a field that can be written into. */
static int fits(const struct control *c, const char *verb)
{
	if (!strcmp(verb, "choose"))
		return is_class(c, "ComboBox") || is_class(c, "ListBox") || is_class(c, "SysListView32");
	if (!strcmp(verb, "type") || !strcmp(verb, "secret"))
		return is_class(c, "Edit") && !(c->style & ES_READONLY);
	return is_class(c, "Button");
}

/* find takes a control by its number among those of its kind, by its own text
 * (buttons), or by the text that stands before it (fields). */
static const struct control *find(const struct screen *s, const struct deed *d)
{
	char want[LONGEST], have[LONGEST];
	int i, number = atoi(d->which), labelled = 0, button = d->verb[0] == 'p' || d->verb[0] == 'u' || !strcmp(d->verb, "check");
	plain(want, d->which);
	for (i = 0; i < s->count; i++) {
		const struct control *c = &s->control[i];
		plain(have, c->text);
		if (!fits(c, d->verb)) {
			if (!button && !number && *have && strstr(have, want))
				labelled = 1;
			continue;
		}
		if (button ? (!strcmp(d->verb, "press") ? !strcmp(have, want) : strstr(have, want) != 0) : number ? !--number : labelled)
			return c;
	}
	return 0;
}

static void notify(const struct control *c, WORD what)
{
	PostMessageA(GetParent(c->window), WM_COMMAND, MAKEWPARAM(GetDlgCtrlID(c->window), what), (LPARAM)c->window);
}

static int tick(const struct screen *s, const struct control *c, WPARAM want)
{
	DWORD state;
	int i;
	if (!ask(c->window, BM_GETCHECK, 0, 0, &state))
		return 0;
	if (state == want)
		return 1;
	ask(c->window, BM_CLICK, 0, 0, 0);
	ask(c->window, BM_GETCHECK, 0, 0, &state);
	if (state == want)
		return 1;
	for (i = 0; want && (c->style & BS_TYPEMASK) == BS_AUTORADIOBUTTON && i < s->count; i++)
		if (is_class(&s->control[i], "Button") && (s->control[i].style & BS_TYPEMASK) == BS_AUTORADIOBUTTON &&
		    GetParent(s->control[i].window) == GetParent(c->window))
			ask(s->control[i].window, BM_SETCHECK, 0, 0, 0);
	ask(c->window, BM_SETCHECK, want, 0, 0);
	notify(c, BN_CLICKED);
	ask(c->window, BM_GETCHECK, 0, 0, &state);
	return state == want;
}

static int choose(const struct control *c, const char *text)
{
	DWORD row;
	if (is_class(c, "ComboBox")) {
		ask(c->window, CB_SELECTSTRING, (WPARAM)-1, (LPARAM)text, &row);
		notify(c, CBN_SELCHANGE);
		return row != (DWORD)CB_ERR;
	}
	if (is_class(c, "ListBox")) {
		ask(c->window, LB_SELECTSTRING, (WPARAM)-1, (LPARAM)text, &row);
		notify(c, LBN_SELCHANGE);
		return row != (DWORD)LB_ERR;
	}
	return 0;
}

/* fill writes into a field, and reads back whether it is there: what a field's
 * own code answers to the message says less. */
static int fill(const struct control *c, const char *text)
{
	char have[LONGEST] = "";
	ask(c->window, WM_SETTEXT, 0, (LPARAM)text, 0);
	ask(c->window, WM_GETTEXT, sizeof have, (LPARAM)have, 0);
	return !lstrcmpiA(have, text);
}

/* perform does one deed; 0 says that its control is missing, disabled or refuses. */
int perform(const struct screen *s, const struct deed *d)
{
	const struct control *c = find(s, d);
	DWORD ok = 0;
	if (!c || !IsWindowEnabled(c->window))
		return 0;
	if (!strcmp(d->verb, "press")) {
		notify(c, BN_CLICKED);
		ok = 1;
	} else if (!strcmp(d->verb, "check") || !strcmp(d->verb, "uncheck")) {
		ok = (DWORD)tick(s, c, *d->verb == 'c' ? BST_CHECKED : BST_UNCHECKED);
	} else if (!strcmp(d->verb, "choose")) {
		ok = (DWORD)choose(c, d->value);
	} else {
		ok = (DWORD)fill(c, d->value);
	}
	if (ok && !strcmp(d->verb, "secret"))
		say("wizard:   did: secret %s", d->which);
	else if (ok)
		say("wizard:   did: %s %s %s", d->verb, d->which, d->value);
	return (int)ok;
}
