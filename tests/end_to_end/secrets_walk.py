"""``python -m tests.end_to_end.secrets_walk LAB FOLDER``: uses the window with passwords as a day of work does.

``LAB`` is what the lab has said of itself, without passwords; what the user saves goes into ``FOLDER``. Everything that
can be logged is logged, to standard error.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QSpinBox

from core.estate.connection import HostKey
from core.estate.profiles import SERVERS, Profile
from core.jobs.journal_export import as_table, as_transcript
from core.jobs.plan import Plan
from core.jobs.status import JobState
from core.powershell.command import Pipeline, command
from core.remoting.errors import RemotingError
from core.support import bundle, log
from core.wizards.enable_replication import EnableWizard
from core.wizards.move import MoveWizard
from core.wizards.move_choices import MoveOption
from gui.application import make_application, make_runner, opened, telling_unforeseen
from gui.connect_dialog import ConnectDialog
from gui.console import Console
from gui.help.commands import versions
from gui.options import Options
from tests.end_to_end.planted import PASSWORDS, WRONG
from tests.gui.driving import click, dialog, find, is_all_shown, retype, until

ADMIN, OPERATOR = r"CONTOSO\admin", r"CONTOSO\operator"
ENDED_WELL = (JobState.COMPLETED,)


class Walk:
    """One user with passwords for several hosts. ``steps`` says what has been done."""

    def __init__(self, console: Console, hosts: dict[str, dict[str, Any]], folder: Path) -> None:
        self._console = console
        self._hosts = hosts
        self._folder = folder
        self.steps: list[str] = []

    async def all_of_it(self) -> None:
        """Every way of signing in, then changes, what is left of them, and what goes wrong."""
        await self._refused()
        await self._typed("HV-A")
        for name, way, user in (
            ("HV-B", "ntlm", ADMIN),
            ("HV-C", "credssp", ADMIN),
            ("HV-D", "basic", ADMIN),
            ("HV-E", "certificate", ""),
            ("HV-F", "negotiate", OPERATOR),
        ):
            await self._connected(name, way, user)
        await until(lambda: is_all_shown(self._console))
        await self._tested("HV-F")
        await self._moved()
        await self._replicated()
        await self._failed()
        await self._saved()
        await self._broken()
        self._console.window.actions_offered.open_practice.trigger()
        await until(lambda: any(each.connection.is_practice for each in self._console.estate.pictures))
        self.steps.append("practice lab")
        self.steps.append("memory only" if await self._console.secrets.probe() else "key store")

    def _profile(self, name: str, way: str, user: str) -> Profile:
        host = self._hosts[name]
        return Profile(
            address=host["address"],
            name=name,
            scheme=host["scheme"],
            port=host["port"],
            authentication=way,
            user_name=user,
            trust="file" if host["ca_file"] else "system",
            ca_file=host["ca_file"] or "",
            certificate_file=host.get("certificate_file", "") if way == "certificate" else "",
            certificate_key_file=host.get("certificate_key_file", "") if way == "certificate" else "",
        )

    async def _refused(self) -> None:
        picture = await self._console.profiles.connect(self._profile("HV-A", "negotiate", ADMIN), WRONG)
        assert isinstance(picture.failure, RemotingError)
        self.steps.append("wrong password")

    async def _typed(self, name: str) -> None:
        self._console.window.actions_offered.connect_to_server.trigger()
        connect, host = dialog(ConnectDialog), self._hosts[name]
        retype(find(connect, QLineEdit, "address"), host["address"])
        find(connect, QSpinBox, "port").setValue(host["port"])
        retype(find(connect, QLineEdit, "user_name"), ADMIN)
        find(connect, QLineEdit, "password").setText(PASSWORDS[ADMIN.upper()])
        find(connect, QLineEdit, "listed_name").setText(name)
        click(connect, "connect_now")
        await until(lambda: self._has(name))
        self.steps.append("negotiate, typed")

    async def _connected(self, name: str, way: str, user: str) -> None:
        profile = self._profile(name, way, user)
        picture = await self._console.profiles.connect(profile, PASSWORDS.get(user.upper(), ""))
        assert picture.failure is None, (name, picture.failure, picture.failure.cause)
        self.steps.append(way)

    def _has(self, name: str) -> bool:
        return any(each.key.name == name and each.inventory for each in self._console.estate.pictures)

    async def _tested(self, name: str) -> None:
        profile = self._profile(name, "negotiate", OPERATOR)
        for password in (PASSWORDS[OPERATOR.upper()], WRONG):
            _steps = [step async for step in self._console.profiles.test(profile.connection(password))]
        self.steps.append("connection test")

    async def _moved(self) -> None:
        wizard = MoveWizard(self._console.estate, key("HV-A"), await self._machine("WEB"))
        wizard.choices.destination, wizard.choices.option = "HV-B", MoveOption.SINGLE_LOCATION
        assert (await self._carried_out(await wizard.plan())) in ENDED_WELL
        self.steps.append("move")

    async def _replicated(self) -> None:
        wizard = EnableWizard(self._console.estate, key("HV-A"), await self._machine("CRM"))
        wizard.choices.server = "HV-B"
        await wizard.read_disks()
        assert (await self._carried_out(await wizard.plan())) in ENDED_WELL
        self.steps.append("replication")

    async def _failed(self) -> None:
        machine = await self._machine("CRM")
        wizard = MoveWizard(self._console.estate, key("HV-A"), machine)
        wizard.choices.destination, wizard.choices.option = "HV-B", MoveOption.SINGLE_LOCATION
        plan = await wizard.plan()
        lost = command("Get-VM", Id=machine.machine_id) | command("Move-VMStorage", DestinationStoragePath="Q:\\None")
        action = replace(plan.actions[0], pipeline=Pipeline((lost,)))
        assert (await self._carried_out(replace(plan, actions=(action,)))) is JobState.FAILED
        self.steps.append("failed job")

    async def _machine(self, name: str) -> Any:
        inventory = (await self._console.estate.reread(key("HV-A"))).inventory
        assert inventory is not None
        return next(each for each in inventory.machines if each.name == name)

    async def _carried_out(self, plan: Plan) -> JobState:
        return (await self._console.jobs.carry_out(plan)).state

    async def _saved(self) -> None:
        """Everything that a user can save to a file."""
        console = self._console
        entries = await console.jobs.journal.entries()
        assert any(entry.script for entry in entries)
        (self._folder / "journal.csv").write_text(as_table(entries), encoding="utf-8")
        (self._folder / "transcript.ps1").write_text(as_transcript(entries), encoding="utf-8")
        await console.profiles.export_to(self._folder / "servers.json")
        assert "HV-F" in (self._folder / "servers.json").read_text(encoding="utf-8")
        self.steps.append("exports")

    async def _broken(self) -> None:
        """Exceptions that nobody foresaw, with a password at hand and in their own words; then the bundle."""
        with telling_unforeseen(self._console):
            for password in PASSWORDS.values():
                for told in (password, repr(password), json.dumps(password)):
                    QTimer.singleShot(0, partial(_break, password, told))
                    thread = threading.Thread(target=_break, args=(password, told))
                    thread.start()
                    await asyncio.to_thread(thread.join)
                    task = asyncio.create_task(_breaking(password, told))
                    await asyncio.wait([task])
                    del task
            await until(lambda: _unforeseen() == 18)
        found = bundle.Findings(
            versions(), log.lines(_log_folder()), await self._console.jobs.journal.entries(), self._profiles()
        )
        for with_names in (True, False):
            bundle.write(self._folder / f"bundle-{with_names}.zip", found, with_names=with_names)
        self.steps.append("crashes and bundles")

    def _profiles(self) -> list[Profile]:
        return [self._profile(name, "negotiate", ADMIN) for name in ("HV-A", "HV-B")]


async def _breaking(password: str, told: str) -> None:
    _break(password, told)


def _break(password: str, told: str) -> None:
    local = password
    raise ArithmeticError(f"{told} is wrong, {len(local)}")


def _unforeseen() -> int:
    """How many errors that nobody foresaw the log has."""
    return [line["event"] for line in log.lines(_log_folder())].count("unforeseen")


def key(name: str) -> HostKey:
    return HostKey(SERVERS, name)


def _log_folder() -> Path:
    return Options().folder / "log"


async def walk(ready: dict[str, Any], folder: Path) -> list[str]:
    """What was done."""
    async with opened(Options()) as console:
        found = Walk(console, {host["name"]: host for host in ready["hosts"]}, folder)
        await found.all_of_it()
        return found.steps


def main() -> None:
    """Walk, and print the steps as JSON."""
    logging.basicConfig(level=1, stream=sys.stderr)
    ready, folder = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2])
    with make_runner(make_application("en")) as runner:
        print(json.dumps(runner.run(walk(ready, folder))))


if __name__ == "__main__":
    main()
