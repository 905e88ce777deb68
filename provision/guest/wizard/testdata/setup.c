/* A stand-in Setup wizard: SETUP.EXE [reorder|change|box|hang|crash|silent|warn] shows pages as
 * Exchange 2003 setup does, and writes what it was told into C:\TOLD.TXT. */
#include <windows.h>
#include <stdio.h>
#include <string.h>

enum { WELCOME, LICENCE, KEY, COMPONENTS, TYPE, ORGANIZATION, SUMMARY, PROGRESS, FINISH, PAGES };
enum { NEXT = 12324, AGREE = 100, REFUSE, FIELD = 200, CREATE = 300, JOIN };

static HWND sheet, inner, next;
static int order[PAGES] = {WELCOME, LICENCE, KEY, COMPONENTS, TYPE, ORGANIZATION, SUMMARY, PROGRESS, FINISH};
static int at = -1, ticks;
static const char *mode = "";
static char told[1024];

static int is(const char *word) { return strcmp(mode, word) == 0; }

static HWND put(const char *class, const char *text, DWORD style, int x, int y, int id)
{
	return CreateWindowA(class, text, WS_CHILD | WS_VISIBLE | style, x, y, 300, 20, inner, (HMENU)(INT_PTR)id, 0, 0);
}

static void refuse(void)
{
	char text[64];
	int i, good = 1;
	if (order[at] == LICENCE)
		good = IsDlgButtonChecked(inner, AGREE) == BST_CHECKED;
	for (i = 0; order[at] == KEY && i < 5; i++) {
		GetDlgItemTextA(inner, FIELD + i, text, sizeof text);
		good = good && strlen(text) == 5;
	}
	if (order[at] == ORGANIZATION)
		good = GetDlgItemTextA(inner, FIELD, text, sizeof text) > 0;
	EnableWindow(next, good);
}

static void show(void)
{
	static const char *title[PAGES] = {"Welcome to the Microsoft Exchange Installation Wizard", "License Agreement", "Product Identification",
		"Component Selection", "Installation Type", "Organization Name", "Installation Summary", "Component Progress",
		"Completing the Microsoft Exchange Wizard"};
	int page = order[++at], i;
	if (inner)
		DestroyWindow(inner);
	inner = CreateWindowA("INNER", "", WS_CHILD | WS_VISIBLE, 0, 0, 400, 300, sheet, 0, 0, 0);
	put("Static", is("change") && page == COMPONENTS ? "Choose Components" : title[page], 0, 0, 0, 1);
	if (page == LICENCE) {
		put("Edit", "You may use this software in a laboratory.", ES_READONLY | ES_MULTILINE, 0, 40, 2);
		put("Button", is("control") ? "I &consent, unless I agree not" : "I &agree", (is("control") ? WS_DISABLED : 0) | BS_AUTORADIOBUTTON | WS_GROUP, 0, 60, AGREE);
		put("Button", "I &disagree", BS_AUTORADIOBUTTON, 0, 80, REFUSE);
		CheckDlgButton(inner, REFUSE, BST_CHECKED);
	}
	for (i = 0; page == KEY && i < 5; i++)
		put("Edit", "", WS_BORDER, i * 50, 40, FIELD + i);
	if (page == COMPONENTS) {
		HWND list = put("ListBox", "", LBS_NOTIFY, 0, 40, 3);
		SendMessageA(list, LB_ADDSTRING, 0, (LPARAM)(is("text") ? "Nothing" : "Messaging and Collaboration Services"));
	}
	if (page == TYPE) {
		put("Button", "&Create a new Exchange Organization", BS_AUTORADIOBUTTON | WS_GROUP, 0, 40, CREATE);
		put("Button", "&Join an existing Exchange 5.5 Organization", BS_AUTORADIOBUTTON, 0, 60, JOIN);
		CheckDlgButton(inner, JOIN, BST_CHECKED);
	}
	if (page == ORGANIZATION)
		put("Edit", "", WS_BORDER, 0, 40, FIELD);
	SetWindowTextA(next, page == FINISH ? "Finish" : "&Next >");
	EnableWindow(next, page != PROGRESS);
	if (page == PROGRESS) {
		if (is("crash"))
			TerminateProcess(GetCurrentProcess(), 5);
		if (is("hang"))
			Sleep(INFINITE);
		if (is("box"))
			MessageBoxA(sheet, "Setup failed while installing sub-component Active Directory with error code 0xC103798A.", "Microsoft Exchange Installation Wizard", MB_ICONERROR | MB_RETRYCANCEL);
		if (is("warn"))
			MessageBoxA(sheet, "The group Pre-Windows 2000 Compatible Access has members.", "Microsoft Exchange Installation Wizard", MB_ICONWARNING);
		SetTimer(sheet, 1, 300, 0);
		return;
	}
	refuse();
}

static void leave(void)
{
	char text[64];
	int i;
	for (i = 0; order[at] == KEY && i < 5; i++) {
		GetDlgItemTextA(inner, FIELD + i, text, sizeof text);
		strcat(strcat(told, text), i < 4 ? "-" : "\n");
	}
	if (order[at] == TYPE)
		strcat(told, IsDlgButtonChecked(inner, CREATE) ? "create\n" : "join\n");
	if (order[at] == ORGANIZATION) {
		GetDlgItemTextA(inner, FIELD, text, sizeof text);
		strcat(strcat(told, text), "\n");
	}
	if (order[at] == FINISH) {
		FILE *f = fopen("C:\\TOLD.TXT", "w");
		fputs(told, f);
		fclose(f);
		DestroyWindow(sheet);
		return;
	}
	show();
}

static LRESULT CALLBACK page(HWND window, UINT message, WPARAM w, LPARAM l)
{
	if (message == WM_COMMAND && window == inner)
		refuse();
	return DefWindowProcA(window, message, w, l);
}

static LRESULT CALLBACK frame(HWND window, UINT message, WPARAM w, LPARAM l)
{
	if (message == WM_COMMAND && LOWORD(w) == NEXT && IsWindowEnabled(next))
		leave();
	if (message == WM_TIMER && w == 2) {
		KillTimer(window, 2);
		show();
	} else if (message == WM_TIMER && ++ticks == 5) {
		KillTimer(window, 1);
		show();
	}
	if (message == WM_DESTROY)
		PostQuitMessage(0);
	return DefWindowProcA(window, message, w, l);
}

int WINAPI WinMain(HINSTANCE self, HINSTANCE none, LPSTR line, int how)
{
	WNDCLASSA class = {0};
	MSG message;
	(void)none, (void)how;
	mode = line;
	if (is("silent")) {
		Sleep(1500);
		return 7;
	}
	if (is("reorder")) {
		order[1] = KEY, order[2] = LICENCE, order[4] = ORGANIZATION, order[5] = TYPE;
	}
	class.hInstance = self;
	class.lpszClassName = "INNER";
	class.lpfnWndProc = page;
	RegisterClassA(&class);
	class.lpszClassName = "SHEET";
	class.lpfnWndProc = frame;
	RegisterClassA(&class);
	sheet = CreateWindowA("SHEET", "Microsoft Exchange Installation Wizard", WS_OVERLAPPEDWINDOW | WS_VISIBLE, 0, 0, 500, 400, 0, 0, self, 0);
	next = CreateWindowA("Button", "", WS_CHILD | WS_VISIBLE, 400, 350, 80, 20, sheet, (HMENU)NEXT, self, 0);
	if (is("late"))
		SetTimer(sheet, 2, 7000, 0);
	else
		show();
	while (GetMessageA(&message, 0, 0, 0) > 0) {
		TranslateMessage(&message);
		DispatchMessageA(&message);
	}
	return 0;
}
