"""The endpoint VMFerry of every host: the commands that the program calls, and PowerShell's error for any other."""

from __future__ import annotations

import pytest

from core.powershell.command import Command, command
from core.remoting.session import Answer, Session
from lab import cmdlets
from lab.powershell.cmdlet import CmdletTable
from lab.powershell.role_capability import of_the_program
from tests.core.remoting.simulated_host import on_a_loop, pipeline, running_workers
from tests.laboratory import RunningLab


async def answer_of(lab: RunningLab, *calls: Command) -> Answer:
    connection = next(c for c in lab.connections(configuration="VMFerry") if c.endpoint.name == "HV-01")
    async with running_workers(1) as workers:
        session = Session(connection.endpoint, connection.credential, workers)
        try:
            return await session.run(pipeline(*calls))
        finally:
            await session.close()


UNKNOWN = ["New-VM", "Get-Process", "Get-Command", "Set-VMVideo", "Out-String", "select", "No-Such"]


@pytest.mark.parametrize("name", UNKNOWN)
@on_a_loop
async def test_any_other_command_is_unknown_there(shared_lab: RunningLab, name: str) -> None:
    answer = await answer_of(shared_lab, command(name), command("Write-Output", InputObject="next"))
    [error] = answer.errors
    assert (error.error_id, error.category, error.target) == ("CommandNotFoundException", "ObjectNotFound", name)
    assert error.message.startswith(f"The term '{name}' is not recognized as the name of a cmdlet")
    assert answer.output == ("next",)


@pytest.mark.parametrize("name", ["Hyper-V\\Get-VMHost", "get-vmhost"])
@on_a_loop
async def test_a_command_is_known_by_its_module_and_in_any_letter_case(shared_lab: RunningLab, name: str) -> None:
    answer = await answer_of(
        shared_lab, command(name) | command("Microsoft.PowerShell.Utility\\Select-Object", ExpandProperty="Name")
    )
    assert (answer.output, answer.errors) == (("HV-01",), ())


def test_the_lab_serves_every_command_that_the_role_capability_shows() -> None:
    table = CmdletTable.of_modules(cmdlets.served_modules())
    assert [name for name in sorted(of_the_program()) if table.find(name, "2022") is None] == []
