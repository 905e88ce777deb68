/*
 * The stand-in programs' only Windows half: it hands its command line to the
 * daemon standind through a spool folder, prints what comes back, writes the
 * registry values it is told to, and returns the exit code it is given.
 *
 * Not Windows and not Exchange. Built with mingw-w64 against kernel32,
 * advapi32 and msvcrt only.
 *
 * Request, NAME.req: lines "key=value", complete with the line "end". (Not a
 * rename: wineserver looks at the new name after it, and the daemon is quicker.)
 * Answer, NAME.out, grows while the command runs: frames of one kind byte,
 * a little-endian 32-bit length and that many bytes:
 *   O text for stdout       E text for stderr      B nothing, still at work
 *   R registry value: key NUL name NUL type NUL data (type SZ, DWORD or -)
 *   X exit code, four bytes, the last frame
 */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PICKED_UP_WITHIN_MS 60000
#define SILENT_FOR_MS 60000
#define PAUSE_MS 20

static char spool[MAX_PATH] = "\\\\?\\unix\\run\\standin\\spool";

static int broken(const char *why)
{
	fprintf(stderr, "stand-in program: %s (error %lu)\r\n", why, GetLastError());
	return 1;
}

static void say(DWORD handle, const char *text, DWORD size)
{
	HANDLE out = GetStdHandle(handle);
	DWORD wrote;

	while (size > 0 && WriteFile(out, text, size, &wrote, NULL) && wrote > 0) {
		text += wrote;
		size -= wrote;
	}
}

/* set_value writes one registry value below HKEY_LOCAL_MACHINE; type "-" removes it. */
static void set_value(const char *key)
{
	const char *name = key + strlen(key) + 1;
	const char *type = name + strlen(name) + 1;
	const char *data = type + strlen(type) + 1;
	DWORD number;
	HKEY open;

	if (RegCreateKeyExA(HKEY_LOCAL_MACHINE, key, 0, NULL, 0, KEY_SET_VALUE, NULL, &open, NULL) != ERROR_SUCCESS)
		return;
	if (strcmp(type, "DWORD") == 0) {
		number = strtoul(data, NULL, 10);
		RegSetValueExA(open, name, 0, REG_DWORD, (const BYTE *)&number, sizeof number);
	} else if (strcmp(type, "SZ") == 0) {
		RegSetValueExA(open, name, 0, REG_SZ, (const BYTE *)data, strlen(data) + 1);
	} else {
		RegDeleteValueA(open, name);
	}
	RegCloseKey(open);
}

static void environment(FILE *f, const char *name)
{
	const char *value = getenv(name);

	if (value != NULL)
		fprintf(f, "env.%s=%s\n", name, value);
}

/* input hands over the first line of standard input: adprep asks for a letter there. */
static void input(FILE *f, const char *module)
{
	const char *name = strrchr(module, '\\');
	char line[256];

	if (name == NULL || _strnicmp(name + 1, "adprep", 6) != 0 || fgets(line, sizeof line, stdin) == NULL)
		return;
	line[strcspn(line, "\r\n")] = 0;
	fprintf(f, "input=%s\n", line);
}

static int ask(const char *request)
{
	char module[MAX_PATH] = "", folder[MAX_PATH] = "";
	FILE *f = fopen(request, "wb");

	if (f == NULL)
		return 0;
	GetModuleFileNameA(NULL, module, sizeof module);
	GetCurrentDirectoryA(sizeof folder, folder);
	fprintf(f, "module=%s\ncommand=%s\nfolder=%s\n", module, GetCommandLineA(), folder);
	input(f, module);
	environment(f, "SystemRoot");
	environment(f, "COMPUTERNAME");
	environment(f, "USERNAME");
	environment(f, "TEMP");
	fputs("end\n", f);
	return fclose(f) == 0;
}

/* get reads exactly size bytes, waiting for them; 0 when nothing came for too long. */
static int get(HANDLE f, char *to, DWORD size)
{
	DWORD got, silent = 0;

	while (size > 0) {
		got = 0;
		if (ReadFile(f, to, size, &got, NULL) && got > 0) {
			to += got;
			size -= got;
			silent = 0;
			continue;
		}
		if (silent > SILENT_FOR_MS)
			return 0;
		Sleep(PAUSE_MS);
		silent += PAUSE_MS;
	}
	return 1;
}

static int frames(HANDLE f)
{
	unsigned char head[5];
	unsigned size;
	char *body;
	int code;

	while (get(f, (char *)head, sizeof head)) {
		size = head[1] | head[2] << 8 | head[3] << 16 | (unsigned)head[4] << 24;
		body = calloc(size + 4, 1);
		if (body == NULL || !get(f, body, size))
			break;
		if (head[0] == 'O')
			say(STD_OUTPUT_HANDLE, body, size);
		if (head[0] == 'E')
			say(STD_ERROR_HANDLE, body, size);
		if (head[0] == 'R')
			set_value(body);
		if (head[0] == 'X') {
			memcpy(&code, body, sizeof code);
			return code;
		}
		free(body);
	}
	return broken("the daemon stopped answering");
}

int main(void)
{
	char base[MAX_PATH + 64], request[MAX_PATH + 72], answer[MAX_PATH + 72];
	const char *elsewhere = getenv("STANDIN_SPOOL");
	HANDLE f = INVALID_HANDLE_VALUE;
	DWORD waited = 0;
	int code;

	if (elsewhere != NULL)
		snprintf(spool, sizeof spool, "%s", elsewhere);
	snprintf(base, sizeof base, "%s\\%08lx%08lx", spool, GetCurrentProcessId(), GetTickCount());
	snprintf(request, sizeof request, "%s.req", base);
	snprintf(answer, sizeof answer, "%s.out", base);
	if (!ask(request))
		return broken("cannot leave a request");
	for (;;) {
		f = CreateFileA(answer, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
				NULL, OPEN_EXISTING, 0, NULL);
		if (f != INVALID_HANDLE_VALUE)
			break;
		if (waited > PICKED_UP_WITHIN_MS) {
			DeleteFileA(request);
			return broken("the daemon does not answer");
		}
		Sleep(waited < 200 ? PAUSE_MS / 4 : PAUSE_MS);
		waited += PAUSE_MS;
	}
	code = frames(f);
	CloseHandle(f);
	DeleteFileA(answer);
	return code;
}
