"""The layer rule: gui -> core -> wire <- lab, kept for every import, wherever in a file it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What a layer may never import.
FORBIDDEN = {
    "core": {"PySide6", "shiboken6", "qasync", "gui", "lab", "tests"},
    "gui": {"pypsrp", "requests", "lab", "tests"},
    "lab": {"core", "gui", "pypsrp", "tests"},
}
# The one package of core that may import what speaks to the wire.
CONFINED = {"pypsrp": "core.remoting", "requests": "core.remoting"}


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and top-level name of every absolute import; a relative one cannot leave its layer."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in ("__import__", "import_module", "importlib.import_module")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            names = [str(node.args[0].value)]
        else:
            continue
        for name in names:
            yield node.lineno, name.partition(".")[0]


def violations(module: str, source: str) -> list[str]:
    """What breaks the layer rule in ``source``, the text of ``module`` (``core.remoting.session``)."""
    layer = module.partition(".")[0]
    found = []
    for line, name in imported(ast.parse(source)):
        home = CONFINED.get(name) if layer == "core" else None
        if name in FORBIDDEN[layer] or (home and not f"{module}.".startswith(f"{home}.")):
            found.append(f"{module}, line {line}: imports {name}")
    return found


def module_name(path: Path) -> str:
    """The name under which ``path`` is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("layer", sorted(FORBIDDEN))
def test_layer_imports_only_what_it_may(layer: str) -> None:
    files = sorted((ROOT / layer).rglob("*.py"))
    assert ROOT / layer / "__init__.py" in files
    found = [each for path in files for each in violations(module_name(path), path.read_text("utf-8"))]
    assert not found, "\n".join(found)


BREACHES = [
    (f"{layer}.somewhere", f"import {name}", name) for layer, names in FORBIDDEN.items() for name in sorted(names)
] + [
    ("core.estate.hosts", "import pypsrp", "pypsrp"),
    ("core.estate.hosts", "from requests import Session", "requests"),
    ("core.remoting_elsewhere", "import pypsrp", "pypsrp"),
    ("core", "from PySide6.QtCore import QObject", "PySide6"),
    ("core.jobs.queue", "import json, gui.models.tree", "gui"),
    ("core.jobs.queue", "def show():\n    from gui import app\n", "gui"),
    ("gui.app", "class Window:\n    async def go(self):\n        import lab.wire as wire\n", "lab"),
    ("gui.app", "if TYPE_CHECKING:\n    from pypsrp.wsman import WSMan\n", "pypsrp"),
    ("lab.__main__", "import importlib\nimportlib.import_module('core.powershell')", "core"),
    ("lab.__main__", "__import__('gui')", "gui"),
]


@pytest.mark.parametrize(("module", "source", "name"), BREACHES)
def test_breach_is_reported(module: str, source: str, name: str) -> None:
    [found] = violations(module, source)
    assert found.startswith(f"{module}, line ")
    assert found.endswith(f": imports {name}")


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("core.remoting", "import pypsrp"),
        ("core.remoting.session", "from pypsrp.wsman import WSMan\nimport requests"),
        ("core.estate.hosts", "from . import lab\nfrom .gui import tree\nfrom ..remoting import session"),
        ("gui.app", "import asyncio, core.jobs\nfrom PySide6.QtWidgets import QApplication\nimport qasync"),
        ("lab.wire.server", "import h11, psrpcore, spnego\nfrom lab.hyperv import host"),
        ("lab.wire.server", "'import core'  # import gui"),
    ],
)
def test_permitted_imports_are_not_reported(module: str, source: str) -> None:
    assert violations(module, source) == []
