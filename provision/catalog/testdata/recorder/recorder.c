/* Stands in for a program of Windows in tests of job scripts: it writes its name and its arguments, as they
 * are, to C:\CALLS.TXT, then plays C:\PLAY\NAME.CMD with the same arguments where there is one, and
 * returns its exit code. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

static const char *arguments(const char *line)
{
	int quoted = 0;
	while (*line && (quoted || (*line != ' ' && *line != '\t'))) {
		if (*line == '"')
			quoted = !quoted;
		line++;
	}
	while (*line == ' ' || *line == '\t')
		line++;
	return line;
}

int main(void)
{
	static char module[MAX_PATH], play[MAX_PATH + 32], command[9000];
	const char *args = arguments(GetCommandLineA());
	char *name, *dot;
	DWORD code = 0;
	FILE *calls;
	STARTUPINFOA start;
	PROCESS_INFORMATION process;

	GetModuleFileNameA(NULL, module, sizeof module);
	name = strrchr(module, '\\') ? strrchr(module, '\\') + 1 : module;
	if ((dot = strrchr(name, '.')) != NULL)
		*dot = 0;
	calls = fopen("C:\\CALLS.TXT", "ab");
	if (calls != NULL) {
		fprintf(calls, "%s %s\r\n", name, args);
		fclose(calls);
	}
	snprintf(play, sizeof play, "C:\\PLAY\\%s.CMD", name);
	if (GetFileAttributesA(play) == INVALID_FILE_ATTRIBUTES)
		return 0;
	snprintf(command, sizeof command, "cmd /c %s %s", play, args);
	memset(&start, 0, sizeof start);
	start.cb = sizeof start;
	if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &start, &process))
		return 99;
	WaitForSingleObject(process.hProcess, INFINITE);
	GetExitCodeProcess(process.hProcess, &code);
	return (int)code;
}
