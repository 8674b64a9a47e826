"""Whether the operating systems of machines can be told to shut down, which their host knows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from core.hyperv.query import Reading, RowQuestion, ask
from core.language import _
from core.operating.subject import Subject
from core.powershell.command import Pipeline, command
from core.remoting.session import Answer

_SERVICE = "9F8233AC-BE49-4C79-8EE3-E7E1985B2077"
"""The ID of the integration service for shutting down, the same in every language (field reports)."""
_SILENT = (12, 13)
"""No Contact and Lost Communication (OperationalStatus of Msvm_ShutdownComponent; as the module's numbers assumed)."""


async def why_not_shut_down(
    asker: Callable[[Pipeline], Awaitable[Answer]], subjects: Sequence[Subject]
) -> dict[UUID, str]:
    """For each machine that cannot be shut down through its operating system: why, in a sentence.

    Raises RemotingError when the host cannot be asked, and UnexpectedAnswer.
    """
    questions = {
        subject: RowQuestion(
            str(subject.machine.machine_id),
            command("Get-VM", Id=subject.machine.machine_id) | command("Get-VMIntegrationService"),
            ("Id", "Enabled", "PrimaryOperationalStatus"),
        )
        for subject in subjects
    }
    reading = Reading.of((await asker(ask(tuple(questions.values())))).output)
    found: dict[UUID, str] = {}
    for subject, question in questions.items():
        machine = subject.machine
        for row in reading.rows(question):
            if not str(row.get("Id")).upper().endswith(_SERVICE):
                continue
            if row.get("Enabled") is False:
                told = _("{machine} cannot be told to shut down: its integration service for that is turned off.")
                found[machine.machine_id] = told.format(machine=machine.name)
            elif row.get("PrimaryOperationalStatus") in _SILENT:
                told = _("{machine} cannot be told to shut down: its operating system does not answer the host.")
                found[machine.machine_id] = told.format(machine=machine.name)
    return found
