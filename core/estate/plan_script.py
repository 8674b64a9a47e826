"""A plan as the PowerShell that somebody could run instead of the program, from any computer that reaches the hosts."""

from __future__ import annotations

from core.estate.connection import Connection
from core.estate.estate import Estate
from core.jobs.plan import Plan
from core.powershell.script import Computer, remote_script

_USUAL_PORTS = {"http": 5985, "https": 5986}


def plan_script(plan: Plan, estate: Estate) -> str:
    """The actions of ``plan`` one after the other, each on its host; one that fails keeps the others from running."""
    parts = []
    for action in plan.actions:
        computer = computer_of(estate.picture(action.host).connection)
        comment = _one_line(f"# {action.host.name}: {action.title}")
        parts.append(f"{comment}\n{remote_script(computer, action.pipeline)}")
    if len(parts) > 1:
        parts.insert(0, "$ErrorActionPreference = 'Stop'")
    return "\n\n".join(parts)


def computer_of(connection: Connection) -> Computer:
    """The host as the program itself reaches it."""
    endpoint = connection.endpoint
    port = None if endpoint.port == _USUAL_PORTS[endpoint.scheme] else endpoint.port
    return Computer(endpoint.address, port, endpoint.scheme == "https")


def _one_line(text: str) -> str:
    """``text`` for a comment: whatever would end the line there is a blank."""
    return " ".join(text.split())
