"""The icons of the program, by name. Shape tells states apart, not colour alone."""

from __future__ import annotations

import functools
from pathlib import Path

from PySide6.QtGui import QIcon

import resources
from core.hyperv.states import MachineState

FOLDER = Path(resources.__file__).parent / "icons"


@functools.cache
def icon(name: str) -> QIcon:
    """The icon in ``resources/icons/<name>.svg``.

    Raises FileNotFoundError when there is none: Qt would show nothing and say nothing.
    """
    path = FOLDER / f"{name}.svg"
    if not path.is_file():
        raise FileNotFoundError(path)
    return QIcon(str(path))


def machine_icon(state: MachineState) -> QIcon:
    """The icon of a machine in ``state``."""
    if state.is_critical:
        return icon("machine-critical")
    match state:
        case MachineState.RUNNING:
            return icon("machine-running")
        case MachineState.OFF | MachineState.HIBERNATED:
            return icon("machine-off")
        case MachineState.SAVED | MachineState.FAST_SAVED:
            return icon("machine-saved")
        case MachineState.PAUSED:
            return icon("machine-paused")
        case _:
            return icon("machine-changing")


def host_icon(is_practice: bool, is_down: bool, is_waiting: bool) -> QIcon:
    """The icon of a host: simulated or real; not answering, not read so far, or answering."""
    name = "host-down" if is_down else "host-waiting" if is_waiting else "host"
    return icon(f"practice-{name}" if is_practice else name)
