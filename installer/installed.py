"""What the installer has left on a computer, looked at from outside."""

from __future__ import annotations

import re
from pathlib import Path

from installer import product
from installer.computer import Computer, Outcome

HOME = r"C:\Program Files\VM Ferry"
PROGRAM = rf"{HOME}\{product.PROGRAM}"
SHORTCUT = "VM Ferry.lnk"
_UNINSTALL = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall"


class Failed(Exception):
    """Something is not as it should be; the text says what was found."""


class Installed:
    """The program on ``computer``, if it is there. ``files`` are those that a whole installation has."""

    def __init__(self, computer: Computer, files: frozenset[Path]) -> None:
        self._computer = computer
        self.files = files

    def install(self, msi: Path, *properties: str) -> None:
        """Install without a word. Raises Failed."""
        self._succeed(["msiexec", "/i", self._computer.seen(msi), "/qn", *properties])

    def repair(self, version: str) -> None:
        """Bring back what is damaged. Raises Failed."""
        # What "/fa" stands for, which Wine does not know.
        anew = ("REINSTALL=ALL", "REINSTALLMODE=amus")
        self._succeed(["msiexec", "/i", product.product_code(version), *anew, "/qn"])

    def remove(self, version: str) -> None:
        """Take it away. Raises Failed."""
        self._succeed(["msiexec", "/x", product.product_code(version), "/qn"])

    def expect(self, version: str, further: frozenset[str] = frozenset()) -> None:
        """The files of ``version`` with ``further`` ones, one entry among the programs, the registry. Raises Failed."""
        self.expect_files(HOME, further)
        [entry] = self._entries() or [""]
        if not re.search(rf"DisplayVersion\s+REG_SZ\s+{re.escape(version)}\s", entry) or HOME not in entry:
            raise Failed(f"among the programs: {entry}")
        if product.product_code(version) not in entry.upper():
            raise Failed(f"among the programs without its code: {entry}")
        kept = self.kept()
        if not re.search(rf"\bVersion\s+REG_SZ\s+{re.escape(version)}\s", kept + "\n"):
            raise Failed(f"the registry says: {kept}")

    def expect_files(self, home: str, further: frozenset[str] = frozenset()) -> None:
        """Just the files of the program, and ``further`` ones, are in its folder. Raises Failed."""
        different = self.found(home) ^ self.files ^ {Path(name) for name in further}
        if different:
            raise Failed(f"{len(different)} files too many or missing, such as {min(different)}")

    def expect_shortcuts(self, *, desktop: bool, menu: bool) -> None:
        """Shortcuts are where they should be, and nowhere else. Raises Failed."""
        places = ("users", "ProgramData/Microsoft/Windows/Start Menu")
        found = {path.parent.name for place in places for path in (self._computer.drive / place).rglob(SHORTCUT)}
        wanted = {name for name, is_wanted in (("Desktop", desktop), ("Programs", menu)) if is_wanted}
        if found != wanted:
            raise Failed(f"shortcuts are in {sorted(found)}, not in {sorted(wanted)}")

    def expect_gone(self, home: str) -> None:
        """Nothing is left of it. Raises Failed."""
        if self._computer.path(home).exists():
            raise Failed(f"left in the program's folder: {sorted(self.found(home))[:5]}")
        self.expect_shortcuts(desktop=False, menu=False)
        if left := [*self._entries(), *filter(None, [self.kept()])]:
            raise Failed(f"left in the registry: {left}")

    def found(self, home: str) -> frozenset[Path]:
        """What lies in the program's folder."""
        folder = self._computer.path(home)
        return frozenset(path.relative_to(folder) for path in folder.rglob("*"))

    def kept(self) -> str:
        """What the installer keeps for the next one."""
        return self._computer.registry(rf"HKLM\{product.REGISTRY_KEY}")

    def _entries(self) -> list[str]:
        """The program among the programs of the computer."""
        entries = re.split(r"\n(?=HKEY_)", self._computer.registry(_UNINSTALL))
        return [entry for entry in entries if re.search(r"DisplayName\s+REG_SZ\s+VM Ferry\s", entry)]

    def _succeed(self, command: list[str]) -> None:
        outcome: Outcome = self._computer.run(command)
        if outcome.code:
            raise Failed(f"{' '.join(command)} ended with {outcome.code}: {outcome.text}")
