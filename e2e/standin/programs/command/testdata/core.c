/* A core for the wizard of the stand-in's Exchange setup: it says the state that C:\STATE.TXT
 * holds, and otherwise writes down in C:\TOLD.TXT what it was told. With C:\FAILS.TXT it fails. */
#include <windows.h>
#include <stdio.h>
#include <string.h>

static int copy(FILE *to, const char *name)
{
	char line[512];
	FILE *from = fopen(name, "r");

	if (from == NULL)
		return 0;
	while (fgets(line, sizeof line, from))
		fputs(line, to);
	fclose(from);
	return 1;
}

int main(void)
{
	char line[512];
	char *file;
	FILE *told;

	snprintf(line, sizeof line, "%s", GetCommandLineA());
	if (strstr(line, "/StandInState"))
		return !copy(stdout, "C:\\STATE.TXT");
	told = fopen("C:\\TOLD.TXT", "a");
	fprintf(told, "%s\n", strstr(line, "COR.EXE"));
	file = strstr(line, "/UnattendFile \"");
	if (file) {
		file += strlen("/UnattendFile \"");
		file[strcspn(file, "\"")] = 0;
		copy(told, file);
	}
	fclose(told);
	return copy(stdout, "C:\\FAILS.TXT") ? 7 : 0;
}
