"""The cmdlets that simulated hosts serve, a module for each kind of object."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def served_modules() -> list[ModuleType]:
    """All modules of this package, for ``CmdletTable.of_modules``."""
    return [importlib.import_module(f"{__name__}.{entry.name}") for entry in pkgutil.iter_modules(__path__)]
