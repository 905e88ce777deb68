/*
 * SETUP.EXE and UPDATE.EXE of the stand-in discs of Exchange 2000 and 2003: they
 * show the pages of the product's Installation Wizard and leave the work to
 * SETUPCOR.EXE and UPDATCOR.EXE beside them, shims. With /UnattendFile, and with
 * switches that they do not know, they show nothing. YEAR is that of the product.
 *
 * Not Microsoft's: the pages carry the headings that published walk-throughs
 * of Exchange 2003 setup show, and nothing else of them.
 */
#include <windows.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if YEAR == 2000
#define PRODUCT "Microsoft Exchange 2000"
#else
#define PRODUCT "Microsoft Exchange"
#endif
#define CAPTION PRODUCT " Installation Wizard"
#define LONGEST 4096

enum page { WELCOME, LICENCE, COMPONENTS, TYPE, ORGANIZATION, ACCOUNT, PER_SEAT, SUMMARY, PROGRESS, FINISH, NONE };
enum { NEXT = 12324, AGREE = 100, REFUSE, FIELD = 200, CREATE = 300, JOIN, ACTION = 400 };

static const char *const heading[] = {
	"Welcome to the " CAPTION, "License Agreement", "Component Selection", "Installation Type",
	"Organization Name", "Server Administrator Account", "Licensing Agreement", "Installation Summary", "Component Progress",
	"Completing the " PRODUCT " Wizard",
};
static const enum page forest_pages[] = {WELCOME, LICENCE, COMPONENTS, ACCOUNT, PROGRESS, FINISH, NONE};
/* Exchange 2000 names the organization where Exchange 2003 leaves that to the first server (KB829360). */
static const enum page naming_pages[] = {WELCOME, LICENCE, COMPONENTS, TYPE, ORGANIZATION, ACCOUNT, PROGRESS, FINISH, NONE};
static const enum page domain_pages[] = {WELCOME, LICENCE, COMPONENTS, PROGRESS, FINISH, NONE};
static const enum page first_pages[] = {WELCOME, LICENCE, COMPONENTS, TYPE, ORGANIZATION, PER_SEAT, SUMMARY, PROGRESS, FINISH, NONE};
static const enum page later_pages[] = {WELCOME, LICENCE, COMPONENTS, PER_SEAT, SUMMARY, PROGRESS, FINISH, NONE};
static const enum page update_pages[] = {WELCOME, LICENCE, COMPONENTS, SUMMARY, PROGRESS, FINISH, NONE};
static const enum page remove_pages[] = {WELCOME, COMPONENTS, SUMMARY, PROGRESS, FINISH, NONE};

static const enum page *at;
static const char *arguments;
static char action[32], core[MAX_PATH], organization[128], said[LONGEST];
static HWND sheet, inner, next;
static HANDLE process, words;
static DWORD code;

/* start starts the core with its words in a pipe, and begins said anew. */
static int start(const char *more)
{
	SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
	STARTUPINFOA how = {.cb = sizeof how, .dwFlags = STARTF_USESTDHANDLES};
	PROCESS_INFORMATION made;
	char line[LONGEST];
	HANDLE to;
	BOOL made_it;

	said[0] = 0;
	snprintf(line, sizeof line, "\"%s\" %s%s", core, arguments, more);
	if (!CreatePipe(&words, &to, &inherited, 0))
		return 0;
	SetHandleInformation(words, HANDLE_FLAG_INHERIT, 0);
	how.hStdOutput = how.hStdError = to;
	made_it = CreateProcessA(core, line, NULL, NULL, TRUE, DETACHED_PROCESS, NULL, NULL, &how, &made);
	if (!made_it)
		snprintf(said, sizeof said, "%s cannot be started, error %lu", core, GetLastError());
	CloseHandle(to);
	if (made_it)
		CloseHandle(made.hThread);
	process = made_it ? made.hProcess : NULL;
	return made_it;
}

/* hear takes what the core has said into said. */
static void hear(void)
{
	size_t kept = strlen(said);
	DWORD waiting, got;

	while (PeekNamedPipe(words, NULL, 0, NULL, &waiting, NULL) && waiting > 0 && kept + 1 < sizeof said &&
	       ReadFile(words, said + kept, (DWORD)(sizeof said - kept - 1), &got, NULL)) {
		kept += got;
		said[kept] = 0;
	}
}

/* ended says whether the core has ended, and takes its code; wait is in milliseconds. */
static int ended(DWORD wait)
{
	DWORD over = WaitForSingleObject(process, wait);

	hear();
	if (over != WAIT_OBJECT_0)
		return 0;
	GetExitCodeProcess(process, &code);
	CloseHandle(process);
	CloseHandle(words);
	return 1;
}

/* run runs the core to its end. */
static DWORD run(const char *more)
{
	if (!start(more))
		return 1;
	while (!ended(100))
		;
	return code;
}

/* answers writes what the pages were told, as the core's own answer file. */
static int answers(char *file, size_t size)
{
	FILE *f;

	snprintf(file, size, "%s\\STANDIN.INI", getenv("TEMP") ? getenv("TEMP") : "C:");
	f = fopen(file, "w");
	if (f == NULL)
		return 0;
	fprintf(f, "[General]\nComponents=\"Messaging and Collaboration Services,System Management Tools\"\n[Organization]\nName=\"%s\"\n", organization);
	return fclose(f) == 0;
}

static void put(const char *class, const char *text, DWORD style, int y, int id)
{
	CreateWindowA(class, text, WS_CHILD | WS_VISIBLE | style, 0, y, 400, 20, inner, (HMENU)(INT_PTR)id, NULL, NULL);
}

static int does(const char *what)
{
	return strcmp(action, what) == 0;
}

/* complete says whether the page has what it needs. */
static int complete(void)
{
	char text[sizeof organization] = "";

	switch (*at) {
	case LICENCE:
	case PER_SEAT:
		return IsDlgButtonChecked(inner, AGREE) == BST_CHECKED;
	case COMPONENTS:
		GetDlgItemTextA(inner, ACTION, text, sizeof text);
		return !does("Remove") || strcmp(text, "Remove") == 0;
	case ORGANIZATION:
		return GetDlgItemTextA(inner, FIELD, text, sizeof text) > 0;
	case PROGRESS:
		return 0;
	default:
		return 1;
	}
}

static void agreement(const char *text)
{
	put("Edit", text, ES_READONLY | ES_MULTILINE, 40, 2);
	put("Button", "I &agree", BS_AUTORADIOBUTTON | WS_GROUP, 60, AGREE);
	put("Button", "I &disagree", BS_AUTORADIOBUTTON, 80, REFUSE);
	CheckDlgButton(inner, REFUSE, BST_CHECKED);
}

/* begin starts the work behind the page of its progress. */
static int begin(void)
{
	char file[MAX_PATH], more[MAX_PATH + 32] = "";

	if (does("DomainPrep"))
		MessageBoxA(sheet, "Members of the \"Pre-Windows 2000 Compatible Access\" group can see who the members of groups are whose membership is hidden.",
			    CAPTION, MB_ICONWARNING | MB_OK);
	if (does("ForestPrep") && organization[0])
		snprintf(more, sizeof more, " /StandInName \"%s\"", organization);
	if (does("Install") || does("Upgrade")) {
		if (!answers(file, sizeof file))
			return 0;
		snprintf(more, sizeof more, " /UnattendFile \"%s\"", file);
	}
	return start(more) && SetTimer(sheet, 1, 100, NULL) != 0;
}

/* stop shows what failed, and ends setup. */
static void stop(void)
{
	MessageBoxA(sheet, said, CAPTION, MB_ICONERROR | MB_OK);
	DestroyWindow(sheet);
}

/* components shows what setup will do; who removes a server chooses that. */
static void components(void)
{
	static const char *const choices[] = {"None", "Change", "Remove", "Reinstall"};
	char text[64];
	size_t i;

	if (!does("Remove")) {
		snprintf(text, sizeof text, "%s: " PRODUCT, does("Install") ? "Typical" : action);
		put("Static", text, 0, 40, 3);
		return;
	}
	put("Static", PRODUCT, 0, 40, 3);
	CreateWindowA("ComboBox", "", WS_CHILD | WS_VISIBLE | CBS_DROPDOWNLIST, 0, 60, 400, 120, inner, (HMENU)ACTION, NULL, NULL);
	for (i = 0; i < sizeof choices / sizeof *choices; i++)
		SendDlgItemMessageA(inner, ACTION, CB_ADDSTRING, 0, (LPARAM)choices[i]);
	SendDlgItemMessageA(inner, ACTION, CB_SETCURSEL, 0, 0);
}

static void show(void)
{
	if (inner != NULL)
		DestroyWindow(inner);
	inner = CreateWindowA("INNER", "", WS_CHILD | WS_VISIBLE, 0, 0, 400, 300, sheet, NULL, NULL, NULL);
	put("Static", heading[*at], 0, 0, 1);
	if (*at == LICENCE)
		agreement("This is a stand-in made for testing Doublehop. It is not Microsoft Exchange.");
	if (*at == PER_SEAT)
		agreement("Exchange is licensed per seat.");
	if (*at == COMPONENTS)
		components();
	if (*at == TYPE) {
		put("Button", "&Create a new Exchange Organization", BS_AUTORADIOBUTTON | WS_GROUP, 40, CREATE);
		put("Button", "&Join or upgrade an existing Exchange 5.5 Organization", BS_AUTORADIOBUTTON, 60, JOIN);
		CheckDlgButton(inner, CREATE, BST_CHECKED);
	}
	if (*at == ORGANIZATION)
		put("Edit", "First Organization", WS_BORDER, 40, FIELD);
	if (*at == ACCOUNT)
		put("Edit", "Administrator", WS_BORDER, 40, FIELD);
	SetWindowTextA(next, *at == FINISH ? "&Finish" : "&Next >");
	EnableWindow(next, complete());
	if (*at == PROGRESS && !begin()) {
		code = 1;
		stop();
	}
}

/* leave takes what the page was told. */
static void leave(void)
{
	if (*at == ORGANIZATION)
		GetDlgItemTextA(inner, FIELD, organization, sizeof organization);
	if (*at == TYPE && IsDlgButtonChecked(inner, CREATE) != BST_CHECKED) {
		MessageBoxA(sheet, "There is no Exchange 5.5 organization to join.", CAPTION, MB_ICONERROR | MB_OK);
		return;
	}
	at++;
	if (*at == NONE)
		DestroyWindow(sheet);
	else
		show();
}

static LRESULT CALLBACK page(HWND window, UINT message, WPARAM w, LPARAM l)
{
	if (message == WM_COMMAND && window == inner)
		EnableWindow(next, complete());
	return DefWindowProcA(window, message, w, l);
}

static LRESULT CALLBACK frame(HWND window, UINT message, WPARAM w, LPARAM l)
{
	if (message == WM_COMMAND && LOWORD(w) == NEXT && IsWindowEnabled(next))
		leave();
	if (message == WM_TIMER && ended(0)) {
		KillTimer(sheet, 1);
		if (code == 0)
			leave();
		else
			stop();
	}
	if (message == WM_DESTROY && window == sheet)
		PostQuitMessage(0);
	return DefWindowProcA(window, message, w, l);
}

static int has(const char *word)
{
	const char *p;

	for (p = arguments; *p; p++)
		if (_strnicmp(p, word, strlen(word)) == 0)
			return 1;
	return 0;
}

/* plan asks the core what there is to do here and what the organization is called, and chooses the pages. */
static void plan(void)
{
	run(" /StandInState");
	said[strcspn(said, "\r\n")] = 0;
	snprintf(action, sizeof action, "%.*s", (int)strcspn(said, " "), said);
	if (strchr(said, ' ') != NULL)
		snprintf(organization, sizeof organization, "%.100s", strchr(said, ' ') + 1);
	code = 0;
	if (does("ForestPrep"))
		at = YEAR == 2000 && organization[0] == 0 ? naming_pages : forest_pages;
	else if (does("DomainPrep"))
		at = domain_pages;
	else if (does("Remove"))
		at = remove_pages;
	else if (does("Update"))
		at = update_pages;
	else
		at = organization[0] == 0 ? first_pages : later_pages;
}

int WINAPI WinMain(HINSTANCE self, HINSTANCE none, LPSTR line, int how)
{
	WNDCLASSA class = {.hInstance = self};
	MSG message;

	(void)none, (void)how;
	arguments = line;
	GetModuleFileNameA(NULL, core, sizeof core);
	strcpy(strrchr(core, '\\') + 1, toupper((unsigned char)strrchr(core, '\\')[1]) == 'U' ? "UPDATCOR.EXE" : "SETUPCOR.EXE");
	if (has("/unattendfile") || (*line && !has("/forestprep") && !has("/domainprep") && !has("/choosedc")))
		return (int)run("");
	plan();
	class.lpszClassName = "INNER", class.lpfnWndProc = page;
	RegisterClassA(&class);
	class.lpszClassName = "SHEET", class.lpfnWndProc = frame;
	RegisterClassA(&class);
	sheet = CreateWindowA("SHEET", CAPTION, WS_OVERLAPPEDWINDOW, 0, 0, 500, 400, NULL, NULL, self, NULL);
	next = CreateWindowA("Button", "", WS_CHILD | WS_VISIBLE, 400, 350, 80, 20, sheet, (HMENU)NEXT, self, NULL);
	show();
	ShowWindow(sheet, SW_SHOW);
	while (GetMessageA(&message, NULL, 0, 0) > 0) {
		TranslateMessage(&message);
		DispatchMessageA(&message);
	}
	return (int)code;
}
