"""The role capability of the least-privilege endpoint: just what the program can send, found in its source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from lab.powershell.documented import documentation
from lab.powershell.role_capability import of_the_program

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "resources" / "VMFerry.psrc"

# Commands that core only prints, for somebody to copy.
ONLY_PRINTED = {
    "Invoke-Command": "a script for a host begins with it",
    "Set-ADAccountControl": "delegation is granted by a script that the administrator runs",
    "Set-ADComputer": "delegation is granted by a script that the administrator runs",
}
# Made from CIM classes, these are functions (Get-Command on a Windows Server).
FUNCTIONS = {
    "Enable-NetFirewallRule",
    "Disable-NetFirewallRule",
    "Get-MSDSMSupportedHW",
    "Get-NetAdapter",
    "Get-NetFirewallRule",
    "Get-NetLbfoTeam",
    "Get-SmbMultichannelConnection",
    "Get-SmbShare",
    "Get-Volume",
}


def sent() -> set[str]:
    """Every text in core that is a command's name by its verb: calls are data, so nothing else can name one."""
    verbs = {name.partition("-")[0] for name in documentation().names()}
    texts = {
        node.value
        for path in (ROOT / "core").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    names = {text for text in texts if re.fullmatch(r"[A-Z][A-Za-z]+-[A-Z][A-Za-z]+", text)}
    return {name for name in names if name.partition("-")[0] in verbs} - set(ONLY_PRINTED)


def listed(key: str) -> list[str]:
    """The entries of one list of the file."""
    found = re.search(rf"^    {key} = @\(\n(.*?)\n    \)", FILE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found, key
    return re.findall(r"'([^']+)'", found[1])


def line_of(name: str) -> str:
    syntax = documentation().syntax(name, "2022")
    module = "its module" if syntax is None else syntax.module
    return f"'{module}\\{name}' to {'VisibleFunctions' if name in FUNCTIONS else 'VisibleCmdlets'}"


def test_it_shows_just_what_the_program_can_send() -> None:
    can_send, shown = sent(), set(of_the_program())
    lacking = [f"add {line_of(name)}" for name in sorted(can_send - shown)]
    idle = [f"take out {name}, which nothing in core names" for name in sorted(shown - can_send)]
    assert not lacking + idle, "resources/VMFerry.psrc: " + "; ".join(lacking + idle)


def test_what_is_only_printed_is_still_in_core() -> None:
    texts = "".join(path.read_text("utf-8") for path in (ROOT / "core").rglob("*.py"))
    for name in ONLY_PRINTED:
        assert name in texts
    assert not set(ONLY_PRINTED) & set(of_the_program())


def test_each_command_stands_with_its_module_in_the_list_of_its_kind() -> None:
    entries = {"VisibleCmdlets": listed("VisibleCmdlets"), "VisibleFunctions": listed("VisibleFunctions")}
    for key, names in entries.items():
        assert names == sorted(names)
        for entry in names:
            assert line_of(entry.partition("\\")[2]) == f"'{entry}' to {key}"


def test_the_modules_of_the_commands_are_imported() -> None:
    imported = set(listed("ModulesToImport"))
    needed = {entry.partition("\\")[0] for key in ("VisibleCmdlets", "VisibleFunctions") for entry in listed(key)}
    # A host has these only where their features were added, and the program asks for them in vain elsewhere.
    assert imported == needed - {"ActiveDirectory", "FailoverClusters", "MPIO"}
