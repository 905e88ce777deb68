/*
 * The stand-in's userinit.exe: what Windows does at a logon, and no more.
 *
 * It runs the HKEY_CURRENT_USER RunOnce entries that setup made of [GuiRunOnce], one after another, waiting for each and
 * forgetting it first (a reboot in the middle loses it), then starts every HKEY_LOCAL_MACHINE Run entry, and stays.
 *
 * It is the first program of a boot, so it also stands in for wineboot: it holds Wine's "booted" event, signalled. Without
 * that every other program would wait for a wineboot.exe, which the stand-in leaves out because it costs ten seconds.
 */
#include <windows.h>
#include <winternl.h>
#include <stdio.h>
#include <stdlib.h>

#define VALUES_MAX 64
#define NAME_MAX_CHARS 256
#define COMMAND_MAX_CHARS 1024

struct entry {
    char name[NAME_MAX_CHARS];
    char command[COMMAND_MAX_CHARS];
};

NTSTATUS NTAPI NtCreateEvent(PHANDLE, ACCESS_MASK, const OBJECT_ATTRIBUTES *, int type, BOOLEAN set);

static void hold_boot_event(void)
{
    static WCHAR name[] = L"\\KernelObjects\\__wineboot_event";
    UNICODE_STRING text = {sizeof(name) - sizeof(WCHAR), sizeof(name), name};
    OBJECT_ATTRIBUTES attributes;
    HANDLE event;

    InitializeObjectAttributes(&attributes, &text, 0x80 /* OBJ_OPENIF */, NULL, NULL);
    if (NtCreateEvent(&event, EVENT_ALL_ACCESS, &attributes, 0 /* notification */, FALSE) >= 0)
        SetEvent(event);
}

static int by_name(const void *a, const void *b)
{
    return lstrcmpiA(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* entries reads the text values of a key, in the order of their names; how many there were. */
static int entries(HKEY root, const char *path, struct entry *found)
{
    HKEY key;
    DWORD i;
    int n = 0;

    if (RegOpenKeyExA(root, path, 0, KEY_READ, &key) != ERROR_SUCCESS)
        return 0;
    for (i = 0; n < VALUES_MAX; i++) {
        struct entry *e = &found[n];
        DWORD name = sizeof(e->name), command = sizeof(e->command) - 1, type;
        LONG rc = RegEnumValueA(key, i, e->name, &name, NULL, &type, (BYTE *)e->command, &command);

        if (rc == ERROR_NO_MORE_ITEMS)
            break;
        if (rc != ERROR_SUCCESS || (type != REG_SZ && type != REG_EXPAND_SZ))
            continue;
        e->command[command] = 0;
        n++;
    }
    RegCloseKey(key);
    qsort(found, n, sizeof(*found), by_name);
    return n;
}

static void run(const char *command, BOOL wait)
{
    STARTUPINFOA start = {sizeof(start)};
    PROCESS_INFORMATION process;
    char line[2 * COMMAND_MAX_CHARS];

    ExpandEnvironmentStringsA(command, line, sizeof(line));
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, "C:\\", &start, &process)) {
        printf("Windows cannot find '%s' (error %lu).\r\n", line, GetLastError());
        fflush(stdout);
        return;
    }
    if (wait)
        WaitForSingleObject(process.hProcess, INFINITE);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
}

static void forget(const char *path, const char *name)
{
    HKEY key;

    if (RegOpenKeyExA(HKEY_CURRENT_USER, path, 0, KEY_SET_VALUE, &key) != ERROR_SUCCESS)
        return;
    RegDeleteValueA(key, name);
    RegFlushKey(key);
    RegCloseKey(key);
}

int main(void)
{
    static const char once[] = "Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce";
    static const char always[] = "Software\\Microsoft\\Windows\\CurrentVersion\\Run";
    static struct entry found[VALUES_MAX];
    int i, n;

    hold_boot_event();
    n = entries(HKEY_CURRENT_USER, once, found);
    for (i = 0; i < n; i++) {
        forget(once, found[i].name);
        run(found[i].command, TRUE);
    }
    n = entries(HKEY_LOCAL_MACHINE, always, found);
    for (i = 0; i < n; i++)
        run(found[i].command, FALSE);
    Sleep(INFINITE);
    return 0;
}
