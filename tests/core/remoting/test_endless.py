"""A host that never says that something has ended is not asked for ever."""

from __future__ import annotations

import pytest

from core.powershell.command import command
from core.remoting import errors
from lab.wire.outbox import Outbox
from tests.core.remoting.simulated_host import on_a_loop, pipeline, simulated_host

_MESSAGE_TYPE = slice(21 + 4, 21 + 8)
_PIPELINE_STATE = (0x00041006).to_bytes(4, "little")
"""Where a fragment says what its message is, and that of the state of a pipeline (MS-PSRP 2.2.1, 2.2.2.21)."""


@on_a_loop
async def test_a_shell_that_never_opens_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Outbox, "put", lambda outbox, _fragment: outbox.end())
    async with simulated_host() as host, host.session() as session:
        with pytest.raises(errors.ProtocolFault):
            await session.run(pipeline(command("Write-Output", InputObject="text")))


@pytest.mark.parametrize(("changes", "kind"), [(False, errors.ProtocolFault), (True, errors.OutcomeUnknown)])
@on_a_loop
async def test_a_pipeline_whose_state_never_comes_has_an_unknown_outcome(
    changes: bool, kind: type[errors.RemotingError]
) -> None:
    put = Outbox.put

    def without_state(outbox: Outbox, fragment: bytes) -> None:
        if fragment[_MESSAGE_TYPE] != _PIPELINE_STATE:
            put(outbox, fragment)

    async with simulated_host() as host, host.session() as session:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Outbox, "put", without_state)
            with pytest.raises(kind):
                await session.run(pipeline(command("Write-Output", InputObject="text")), changes=changes)
        answer = await session.run(pipeline(command("Write-Output", InputObject="again")))
        assert answer.output == ("again",)
