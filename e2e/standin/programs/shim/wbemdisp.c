/*
 * The stand-in's scripting side of WMI, as wbemdisp.dll, where Wine's own knows neither services nor methods: what
 * GetObject("winmgmts:...") gives has ExecQuery, its objects have the properties that the query's answer names, and
 * methods. Everything is asked of winmgmt.exe, which is a stand-in program like the others:
 *
 *   winmgmt.exe query TEXT                      prints NAME=VALUE lines, a blank line after each object; exit code 0
 *   winmgmt.exe call PATH METHOD ARGUMENT...    its exit code is the method's return value
 *
 * Moniker options such as {impersonationLevel=impersonate} are not looked at: who is logged on may do all of it.
 */
#define COBJMACROS
#include <windows.h>
#include <ole2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INVALID_CLASS ((HRESULT)0x80041010)
#define NAME_FIRST 100
#define METHOD_FIRST 1000
#define MOST_OBJECTS 256
#define MOST_NAMES 32

static const CLSID winmgmts = {0x172BDDF8, 0xCEEA, 0x11D1, {0x8B, 0x05, 0x00, 0x60, 0x08, 0x06, 0xD9, 0xB6}};
static const char *methods[] = {"Win32Shutdown", "JoinDomainOrWorkgroup", "StartService", "StopService"};

/* run starts winmgmt.exe, keeps what it prints, and gives its exit code. */
static DWORD run(const char *line, char *said, DWORD size)
{
	SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
	STARTUPINFOA start;
	PROCESS_INFORMATION made;
	HANDLE from, to;
	char *command = malloc(strlen(line) + 32);
	DWORD got, have = 0, code = 1;

	memset(&start, 0, sizeof start);
	start.cb = sizeof start;
	sprintf(command, "winmgmt.exe %s", line);
	CreatePipe(&from, &to, &inherit, 0);
	SetHandleInformation(from, HANDLE_FLAG_INHERIT, 0);
	start.dwFlags = STARTF_USESTDHANDLES;
	start.hStdOutput = to;
	start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
	if (CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &start, &made)) {
		CloseHandle(to);
		while (have + 1 < size && ReadFile(from, said + have, size - have - 1, &got, NULL) && got > 0)
			have += got;
		WaitForSingleObject(made.hProcess, INFINITE);
		GetExitCodeProcess(made.hProcess, &code);
		CloseHandle(made.hProcess);
		CloseHandle(made.hThread);
	} else {
		CloseHandle(to);
	}
	CloseHandle(from);
	said[have] = 0;
	free(command);
	return code;
}

/* narrow gives a text of a variant in one byte a character; the caller frees it. */
static char *narrow(VARIANT *v)
{
	VARIANT text;
	char *bytes;
	int size;

	VariantInit(&text);
	if (V_VT(v) == VT_NULL || V_VT(v) == VT_EMPTY || FAILED(VariantChangeType(&text, v, 0, VT_BSTR)))
		return strdup("");
	size = WideCharToMultiByte(CP_ACP, 0, V_BSTR(&text), -1, NULL, 0, NULL, NULL);
	bytes = malloc(size);
	WideCharToMultiByte(CP_ACP, 0, V_BSTR(&text), -1, bytes, size, NULL, NULL);
	VariantClear(&text);
	return bytes;
}

static BSTR wide(const char *bytes)
{
	WCHAR text[1024];

	MultiByteToWideChar(CP_ACP, 0, bytes, -1, text, 1024);
	return SysAllocString(text);
}

/* Every object of this file starts so: a table of functions, and how many hold it. Kinds differ by what Invoke does. */
enum kind { SERVICES, SET, OBJECT };
struct thing {
	const IDispatchVtbl *vtbl;
	LONG held;
	enum kind kind;
	int count; /* objects of a set, properties of an object */
	struct thing *objects[MOST_OBJECTS];
	char *names[MOST_NAMES], *values[MOST_NAMES];
};
struct list { /* an enumeration of a set */
	const IEnumVARIANTVtbl *vtbl;
	LONG held;
	int at;
	struct thing *set;
};

static struct thing *make(enum kind kind);

static HRESULT WINAPI thing_query(IDispatch *me, REFIID iid, void **out)
{
	if (IsEqualGUID(iid, &IID_IUnknown) || IsEqualGUID(iid, &IID_IDispatch)) {
		*out = me;
		IDispatch_AddRef(me);
		return S_OK;
	}
	*out = NULL;
	return E_NOINTERFACE;
}

static ULONG WINAPI thing_add(IDispatch *me) { return InterlockedIncrement(&((struct thing *)me)->held); }

static ULONG WINAPI thing_release(IDispatch *me)
{
	return InterlockedDecrement(&((struct thing *)me)->held); /* a script's few objects live as long as its process */
}

static HRESULT WINAPI thing_infos(IDispatch *me, UINT *n) { (void)me; *n = 0; return S_OK; }

static HRESULT WINAPI thing_info(IDispatch *me, UINT i, LCID l, ITypeInfo **t)
{
	(void)me, (void)i, (void)l;
	*t = NULL;
	return E_NOTIMPL;
}

static HRESULT WINAPI thing_names(IDispatch *me, REFIID iid, LPOLESTR *names, UINT count, LCID l, DISPID *ids)
{
	struct thing *t = (struct thing *)me;
	char name[64];
	int i;

	(void)iid, (void)l;
	WideCharToMultiByte(CP_ACP, 0, names[0], -1, name, sizeof name, NULL, NULL);
	for (i = 1; i < (int)count; i++)
		ids[i] = DISPID_UNKNOWN;
	ids[0] = DISPID_UNKNOWN;
	if (t->kind == SERVICES && _stricmp(name, "ExecQuery") == 0)
		ids[0] = 1;
	if (t->kind == SET && _stricmp(name, "Count") == 0)
		ids[0] = 1;
	for (i = 0; t->kind == OBJECT && i < t->count; i++)
		if (_stricmp(name, t->names[i]) == 0)
			ids[0] = NAME_FIRST + i;
	for (i = 0; t->kind == OBJECT && i < (int)(sizeof methods / sizeof *methods); i++)
		if (_stricmp(name, methods[i]) == 0)
			ids[0] = METHOD_FIRST + i;
	return ids[0] == DISPID_UNKNOWN ? DISP_E_UNKNOWNNAME : S_OK;
}

/* objects_of reads the lines of an answer into a set. */
static struct thing *objects_of(char *said)
{
	struct thing *set = make(SET), *now = NULL;
	char *line, *value, *next;

	for (line = said; *line != 0; line = next) {
		next = line + strcspn(line, "\n");
		if (*next != 0)
			*next++ = 0;
		line[strcspn(line, "\r")] = 0;
		value = strchr(line, '=');
		if (value == NULL) {
			now = NULL;
			continue;
		}
		*value++ = 0;
		if (now == NULL && set->count < MOST_OBJECTS)
			now = set->objects[set->count++] = make(OBJECT);
		if (now->count < MOST_NAMES) {
			now->names[now->count] = strdup(line);
			now->values[now->count++] = strdup(value);
		}
	}
	return set;
}

static HRESULT query(VARIANT *text, VARIANT *result)
{
	static char said[1 << 16];
	char *asked = narrow(text), *line = malloc(strlen(asked) + 16);

	sprintf(line, "query \"%s\"", asked);
	if (run(line, said, sizeof said) != 0)
		return INVALID_CLASS;
	V_VT(result) = VT_DISPATCH;
	V_DISPATCH(result) = (IDispatch *)objects_of(said);
	return S_OK;
}

static HRESULT call(struct thing *object, const char *method, DISPPARAMS *params, VARIANT *result)
{
	char line[2048], said[1024], *argument;
	const char *path = "";
	DWORD code;
	int i, at;

	for (i = 0; i < object->count; i++)
		if (strcmp(object->names[i], "__RELPATH") == 0)
			path = object->values[i];
	at = snprintf(line, sizeof line, "call %s %s", path, method);
	for (i = params->cArgs - 1; i >= 0; i--) {
		argument = narrow(&params->rgvarg[i]);
		at += snprintf(line + at, sizeof line - at, " \"%s\"", argument);
		free(argument);
		if (at >= (int)sizeof line)
			return E_INVALIDARG;
	}
	code = run(line, said, sizeof said);
	if (result != NULL) {
		V_VT(result) = VT_I4;
		V_I4(result) = code;
	}
	return S_OK;
}

static HRESULT list_of(struct thing *set, VARIANT *result);

static HRESULT WINAPI thing_invoke(IDispatch *me, DISPID id, REFIID iid, LCID l, WORD flags, DISPPARAMS *params,
				   VARIANT *result, EXCEPINFO *problem, UINT *bad)
{
	struct thing *t = (struct thing *)me;
	VARIANT unwanted;

	(void)iid, (void)l, (void)flags, (void)problem, (void)bad;
	VariantInit(&unwanted);
	if (result == NULL)
		result = &unwanted;
	if (t->kind == SERVICES && id == 1 && params->cArgs > 0)
		return query(&params->rgvarg[params->cArgs - 1], result);
	if (t->kind == SET && id == DISPID_NEWENUM)
		return list_of(t, result);
	if (t->kind == SET && id == 1) {
		V_VT(result) = VT_I4;
		V_I4(result) = t->count;
		return S_OK;
	}
	if (t->kind == OBJECT && id >= NAME_FIRST && id < NAME_FIRST + t->count) {
		V_VT(result) = VT_BSTR;
		V_BSTR(result) = wide(t->values[id - NAME_FIRST]);
		return S_OK;
	}
	if (t->kind == OBJECT && id >= METHOD_FIRST)
		return call(t, methods[id - METHOD_FIRST], params, result);
	return DISP_E_MEMBERNOTFOUND;
}

static const IDispatchVtbl thing_table = {
	thing_query, thing_add, thing_release, thing_infos, thing_info, thing_names, thing_invoke,
};

static struct thing *make(enum kind kind)
{
	struct thing *t = calloc(1, sizeof *t);

	t->vtbl = &thing_table;
	t->held = 1;
	t->kind = kind;
	return t;
}

static HRESULT WINAPI list_query(IEnumVARIANT *me, REFIID iid, void **out)
{
	if (IsEqualGUID(iid, &IID_IUnknown) || IsEqualGUID(iid, &IID_IEnumVARIANT)) {
		*out = me;
		IEnumVARIANT_AddRef(me);
		return S_OK;
	}
	*out = NULL;
	return E_NOINTERFACE;
}

static ULONG WINAPI list_add(IEnumVARIANT *me) { return InterlockedIncrement(&((struct list *)me)->held); }
static ULONG WINAPI list_release(IEnumVARIANT *me) { return InterlockedDecrement(&((struct list *)me)->held); }

static HRESULT WINAPI list_next(IEnumVARIANT *me, ULONG want, VARIANT *to, ULONG *got)
{
	struct list *s = (struct list *)me;
	ULONG n = 0;

	for (; n < want && s->at < s->set->count; n++, s->at++) {
		V_VT(&to[n]) = VT_DISPATCH;
		V_DISPATCH(&to[n]) = (IDispatch *)s->set->objects[s->at];
		IDispatch_AddRef(V_DISPATCH(&to[n]));
	}
	if (got != NULL)
		*got = n;
	return n == want ? S_OK : S_FALSE;
}

static HRESULT WINAPI list_skip(IEnumVARIANT *me, ULONG n) { ((struct list *)me)->at += n; return S_OK; }
static HRESULT WINAPI list_reset(IEnumVARIANT *me) { ((struct list *)me)->at = 0; return S_OK; }
static HRESULT WINAPI list_clone(IEnumVARIANT *me, IEnumVARIANT **out) { (void)me; *out = NULL; return E_NOTIMPL; }

static const IEnumVARIANTVtbl list_table = {
	list_query, list_add, list_release, list_next, list_skip, list_reset, list_clone,
};

static HRESULT list_of(struct thing *set, VARIANT *result)
{
	struct list *s = calloc(1, sizeof *s);

	s->vtbl = &list_table;
	s->held = 1;
	s->set = set;
	V_VT(result) = VT_UNKNOWN;
	V_UNKNOWN(result) = (IUnknown *)s;
	return S_OK;
}

/* The class factory is also what parses names: nothing of it is kept. */
static HRESULT WINAPI parser_query(IParseDisplayName *me, REFIID iid, void **out);
static ULONG WINAPI parser_add(IParseDisplayName *me) { (void)me; return 2; }
static ULONG WINAPI parser_release(IParseDisplayName *me) { (void)me; return 1; }

static HRESULT WINAPI parser_parse(IParseDisplayName *me, IBindCtx *ctx, LPOLESTR name, ULONG *eaten, IMoniker **out)
{
	(void)me, (void)ctx;
	*eaten = lstrlenW(name);
	return CreatePointerMoniker((IUnknown *)make(SERVICES), out);
}

static const IParseDisplayNameVtbl parser_table = {parser_query, parser_add, parser_release, parser_parse};
static IParseDisplayName parser = {(IParseDisplayNameVtbl *)&parser_table};

static HRESULT WINAPI factory_query(IClassFactory *me, REFIID iid, void **out);
static ULONG WINAPI factory_add(IClassFactory *me) { (void)me; return 2; }
static ULONG WINAPI factory_release(IClassFactory *me) { (void)me; return 1; }

static HRESULT WINAPI factory_create(IClassFactory *me, IUnknown *outer, REFIID iid, void **out)
{
	(void)me, (void)outer;
	return parser_query(&parser, iid, out);
}

static HRESULT WINAPI factory_lock(IClassFactory *me, BOOL lock) { (void)me, (void)lock; return S_OK; }

static const IClassFactoryVtbl factory_table = {factory_query, factory_add, factory_release, factory_create, factory_lock};
static IClassFactory factory = {(IClassFactoryVtbl *)&factory_table};

static HRESULT WINAPI parser_query(IParseDisplayName *me, REFIID iid, void **out)
{
	*out = IsEqualGUID(iid, &IID_IUnknown) || IsEqualGUID(iid, &IID_IParseDisplayName) ? me : NULL;
	return *out != NULL ? S_OK : E_NOINTERFACE;
}

static HRESULT WINAPI factory_query(IClassFactory *me, REFIID iid, void **out)
{
	*out = IsEqualGUID(iid, &IID_IUnknown) || IsEqualGUID(iid, &IID_IClassFactory) ? (void *)me : NULL;
	if (IsEqualGUID(iid, &IID_IParseDisplayName))
		*out = &parser;
	return *out != NULL ? S_OK : E_NOINTERFACE;
}

__declspec(dllexport) HRESULT WINAPI DllGetClassObject(REFCLSID clsid, REFIID iid, void **out)
{
	*out = NULL;
	if (!IsEqualGUID(clsid, &winmgmts))
		return CLASS_E_CLASSNOTAVAILABLE;
	return factory_query(&factory, iid, out);
}

__declspec(dllexport) HRESULT WINAPI DllCanUnloadNow(void) { return S_FALSE; }
