/* Prints how Windows reads an answer file. For each line "section|key" of the
 * second file: what setupapi's INF reader gives, then what the profile reader
 * does, each on a line of its own. Built by wine_test.go with
 *   i686-w64-mingw32-gcc -o READINF.EXE readinf.c -lsetupapi
 */
#include <windows.h>
#include <setupapi.h>
#include <stdio.h>
#include <string.h>

static void inf_value(HINF inf, const char *section, const char *key, char *out, DWORD size)
{
    INFCONTEXT line;
    DWORD field, count;

    out[0] = 0;
    if (!SetupFindFirstLineA(inf, section, key, &line)) {
        lstrcpynA(out, "(none)", size);
        return;
    }
    count = SetupGetFieldCount(&line);
    for (field = 1; field <= count; field++) {
        char value[1024] = "";
        SetupGetStringFieldA(&line, field, value, sizeof value, NULL);
        if (field > 1)
            strncat(out, ",", size - strlen(out) - 1);
        strncat(out, value, size - strlen(out) - 1);
    }
}

int main(int argc, char **argv)
{
    char wanted[256], value[2048];
    UINT bad;
    HINF inf;
    FILE *keys;

    if (argc != 3)
        return 2;
    inf = SetupOpenInfFileA(argv[1], NULL, INF_STYLE_OLDNT, &bad);
    keys = fopen(argv[2], "r");
    if (inf == INVALID_HANDLE_VALUE || !keys) {
        printf("open: error %lu, line %u\n", GetLastError(), bad);
        return 1;
    }
    while (fgets(wanted, sizeof wanted, keys)) {
        char *key = strchr(wanted, '|');
        if (!key)
            return 3;
        *key++ = 0;
        key[strcspn(key, "\r\n")] = 0;
        inf_value(inf, wanted, key, value, sizeof value);
        printf("%s\n", value);
        GetPrivateProfileStringA(wanted, key, "(none)", value, sizeof value, argv[1]);
        printf("%s\n", value);
    }
    return 0;
}
