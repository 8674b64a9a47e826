/* Starts VM Ferry with the Python runtime beside it. No console: Python runs within this program.

   "vmferry.exe -m lab ..." runs the practice lab in a process of its own, as the program itself asks for it;
   all other arguments are the program's. */

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdlib.h>
#include <wchar.h>

typedef int (*main_function)(int, wchar_t **);

enum { LONGEST_PATH = 32768, FAILED = 2 };

static int fail(const wchar_t *what)
{
    wchar_t text[LONGEST_PATH + 200];

    _snwprintf(text, sizeof text / sizeof *text - 1,
               L"VM Ferry cannot start: %ls (error %lu).\n\nRepair or reinstall it in the Windows settings.",
               what, GetLastError());
    text[sizeof text / sizeof *text - 1] = 0;
    MessageBoxW(NULL, text, L"VM Ferry", MB_ICONERROR | MB_OK);
    return FAILED;
}

int wmain(int argc, wchar_t **argv)
{
    static wchar_t library[LONGEST_PATH + 64];
    wchar_t **given = calloc((size_t)argc + 6, sizeof *given);
    wchar_t *end;
    HMODULE python;
    main_function run;
    int count = 0;

    /* A library is never looked for in the folder that the user happens to stand in. */
    SetDllDirectoryW(L"");
    if (given == NULL || !GetModuleFileNameW(NULL, library, LONGEST_PATH))
        return fail(L"there is not enough memory");
    end = wcsrchr(library, L'\\');
    wcscpy(end ? end + 1 : library, L"runtime\\" PYTHON_LIBRARY);
    python = LoadLibraryExW(library, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (python == NULL)
        return fail(library);
    run = (main_function)(void *)GetProcAddress(python, "Py_Main");
    if (run == NULL)
        return fail(library);

    given[count++] = argv[0];
    given[count++] = L"-I"; /* neither the user's environment variables nor his packages */
    given[count++] = L"-B"; /* nothing is written beside the program */
    given[count++] = L"-m";
    if (argc > 2 && wcscmp(argv[1], L"-m") == 0 && wcscmp(argv[2], L"lab") == 0) {
        argc--;
        argv++;
    } else {
        given[count++] = L"gui";
    }
    while (--argc > 0)
        given[count++] = *++argv;
    return run(count, given);
}
