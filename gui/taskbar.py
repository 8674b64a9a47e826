"""The button of the program on the taskbar of Windows, which shows how far the jobs are."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from uuid import UUID

from PySide6.QtWidgets import QWidget

from core.jobs.status import JobState, JobStatus

APPLICATION_ID = "VMFerry.VMFerry"
"""What tells Windows which windows belong together."""

# ShObjIdl_core.h of the Windows SDK: the class, its interface, and the places of its functions in it.
_TASKBAR_LIST = UUID("56fdf344-fd6d-11d0-958a-006097c9a090")
_ITASKBAR_LIST_3 = UUID("ea1afb91-9e28-4b86-90e9-5e9f8a5eefaf")
_INIT, _SET_VALUE, _SET_STATE = 3, 9, 10
_NO_PROGRESS, _NORMAL = 0, 2
_IN_PROCESS = 1


def progress(statuses: Sequence[JobStatus]) -> int | None:
    """How far the jobs that run are together, in percent; None when none runs."""
    running = [each.percent for each in statuses if each.state in (JobState.RUNNING, JobState.FINDING_OUT)]
    return round(sum(running) / len(running)) if running else None


def name_program() -> None:
    """Tell Windows what this program is, before it has a window; elsewhere nothing is to be told."""
    if sys.platform == "win32":
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(APPLICATION_ID)


class Taskbar:
    """The button of ``window``. Where there is none like it, nothing is shown."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._shown: int | None = None
        self._button = _button()

    def show(self, statuses: Sequence[JobStatus]) -> None:
        """Show how far the jobs are."""
        percent = progress(statuses)
        if self._button is None or percent == self._shown:
            return
        self._shown = percent
        handle = ctypes.c_void_p(int(self._window.winId()))
        if percent is None:
            _call(self._button, _SET_STATE, handle, ctypes.c_int(_NO_PROGRESS))
        else:
            _call(self._button, _SET_STATE, handle, ctypes.c_int(_NORMAL))
            _call(self._button, _SET_VALUE, handle, ctypes.c_ulonglong(percent), ctypes.c_ulonglong(100))


def _button() -> ctypes.c_void_p | None:
    """The interface to the taskbar, None where it cannot be had. Qt has made this thread ready for it."""
    if sys.platform != "win32":
        return None
    found = ctypes.c_void_p()
    wanted = (ctypes.c_char_p(_TASKBAR_LIST.bytes_le), None, _IN_PROCESS, ctypes.c_char_p(_ITASKBAR_LIST_3.bytes_le))
    if ctypes.windll.ole32.CoCreateInstance(*wanted, ctypes.byref(found)) != 0:
        return None
    return found if _call(found, _INIT) == 0 else None


def _call(interface: ctypes.c_void_p, place: int, *arguments: ctypes._SimpleCData[object]) -> int:
    """Call the function at ``place`` of a COM interface; returns its HRESULT."""
    functions = ctypes.cast(interface, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
    prototype = ctypes.WINFUNCTYPE(ctypes.c_long, ctypes.c_void_p, *(type(argument) for argument in arguments))
    return int(prototype(functions[place])(interface, *arguments))
