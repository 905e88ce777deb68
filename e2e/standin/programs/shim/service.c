/*
 * A service that runs and does nothing: what WMI and services.msc see of a
 * service that the daemon standind keeps. Windows 2000 has no sc.exe, so scripts
 * there ask WMI, and Wine's WMI knows only what its own service manager runs.
 */
#include <windows.h>

static SERVICE_STATUS_HANDLE handle;
static HANDLE ended;

static void report(DWORD state)
{
	SERVICE_STATUS status = { SERVICE_WIN32_OWN_PROCESS, state, SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN, 0, 0, 0, 0 };

	SetServiceStatus(handle, &status);
}

static void WINAPI control(DWORD what)
{
	if (what == SERVICE_CONTROL_STOP || what == SERVICE_CONTROL_SHUTDOWN)
		SetEvent(ended);
}

static void WINAPI work(DWORD count, char **arguments)
{
	(void)count;
	ended = CreateEventA(NULL, TRUE, FALSE, NULL);
	handle = RegisterServiceCtrlHandlerA(arguments[0], control);
	if (handle == 0)
		return;
	report(SERVICE_RUNNING);
	WaitForSingleObject(ended, INFINITE);
	report(SERVICE_STOPPED);
}

int main(void)
{
	char name[] = "";
	SERVICE_TABLE_ENTRYA table[] = { { name, work }, { NULL, NULL } };

	return !StartServiceCtrlDispatcherA(table);
}
