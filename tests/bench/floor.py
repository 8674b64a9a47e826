"""What bare pypsrp needs: the floor below which no program on top of it can be, and what an administrator scripts."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from core.estate.connection import Connection
from core.powershell.command import Pipeline
from core.remoting.values import to_wire

SCRIPTED = (
    (("Get-VMHost",),),
    (("Get-VM",),),
    (("Get-VM",), ("Get-VMHardDiskDrive",)),
    (("Get-VM",), ("Get-VMNetworkAdapter",)),
    (("Get-VM",), ("Get-VMSnapshot",)),
    (("Get-VMSwitch",),),
    (("Get-Volume",),),
)
"""The cmdlets that bring what a refresh reads, as typed objects."""


def fetch(connections: Sequence[Connection], pipeline: Pipeline, threads: int) -> None:
    """Run ``pipeline`` on every host, ``threads`` at once, and do nothing with the answers."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda connection: _run(connection, pipeline), connections))


def script(connections: Sequence[Connection]) -> int:
    """Read typed objects, one cmdlet and one host after the other; the number of objects."""
    objects = 0
    for connection in connections:
        with RunspacePool(_wsman(connection)) as pool:
            for cmdlets in SCRIPTED:
                shell = PowerShell(pool)
                for (name,) in cmdlets:
                    shell.add_cmdlet(name)
                objects += len(shell.invoke())
    return objects


def _run(connection: Connection, pipeline: Pipeline) -> None:
    with RunspacePool(_wsman(connection)) as pool:
        shell = PowerShell(pool)
        for statement in pipeline.statements:
            for command in statement.commands:
                shell.add_cmdlet(command.name)
                for name, value in command.parameters:
                    shell.add_parameter(name, to_wire(value))
            shell.add_statement()
        shell.invoke()


def _wsman(connection: Connection) -> WSMan:
    endpoint, credential = connection.endpoint, connection.credential
    return WSMan(
        endpoint.address,
        port=endpoint.port,
        ssl=False,
        auth=endpoint.authentication,
        username=credential.user_name,
        password=credential.password,
        no_proxy=True,
    )
