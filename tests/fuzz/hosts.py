"""Hosts of the lab in this process, reached over the real wire, whose answers are twisted on their way out."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.estate.connection import Connection
from core.remoting.endpoint import Credential, Endpoint
from lab.hyperv.host import Host
from lab.laboratory import Laboratory
from lab.powershell.commands import Pipeline
from lab.powershell.streams import ErrorRecord, ProgressRecord
from lab.powershell.values import Value
from lab.scenarios import scenario
from lab.wire.listener import OpenRunspace
from lab.wire.pipelines import RunningPipeline
from lab.wire.runspace import Runspace
from tests.core.recovery import planning
from tests.fuzz.twisting import Twister
from tests.laboratory import GROUP

SCENARIOS = Path(scenario.__file__).parent


class _TwistedStreams:
    """What a pipeline prints, twisted."""

    def __init__(self, streams: RunningPipeline, twister: Twister) -> None:
        self._streams = streams
        self._twister = twister

    def output(self, value: Value) -> None:
        self._streams.output(self._twister.text(value) if isinstance(value, str) else value)

    def error(self, record: ErrorRecord) -> None:
        self._streams.error(replace(record, message=self._twister.text(record.message)))

    def warning(self, text: str) -> None:
        self._streams.warning(self._twister.text(text))

    def verbose(self, text: str) -> None:
        self._streams.verbose(text)

    def progress(self, record: ProgressRecord) -> None:
        self._streams.progress(record)


class _TwistedRunspace:
    def __init__(self, runspace: Runspace, hosts: TwistingHosts) -> None:
        self._runspace = runspace
        self._hosts = hosts

    async def run(self, pipeline: Pipeline, streams: RunningPipeline) -> None:
        twister = self._hosts.twister
        if twister is None:
            await self._runspace.run(pipeline, streams)
            return
        put = streams.outbox.put
        streams.outbox.put = lambda fragment: put(twister.fragment(fragment))
        await self._runspace.run(pipeline, _TwistedStreams(streams, twister))

    def close(self) -> None:
        self._runspace.close()


class TwistingHosts(Laboratory):
    """A laboratory that tells the truth while ``twister`` is None."""

    twister: Twister | None = None

    def _opener(self, host: Host) -> OpenRunspace:
        inner = super()._opener(host)
        return lambda *session: _TwistedRunspace(inner(*session), self)


def connections(ready: dict[str, Any]) -> list[Connection]:
    """Connections to the hosts of a laboratory that has started."""
    return [
        Connection(
            GROUP,
            Endpoint(host["name"], host["address"], host["port"], host["scheme"], "negotiate", operation_timeout=10),
            Credential(host["username"], host["password"]),
        )
        for host in ready["hosts"]
    ]


@contextlib.asynccontextmanager
async def twisting_hosts(folder: Path) -> AsyncIterator[tuple[TwistingHosts, list[Connection]]]:
    """The hosts of two sites, of a cluster, and of machines that are replicated, and how they are reached."""
    laboratory = TwistingHosts(scenario.read(_all_hosts(folder)), 1, 0.0, 0.0, None)
    try:
        yield laboratory, connections(await laboratory.start())
    finally:
        await laboratory.close()


def _all_hosts(folder: Path) -> str:
    """The path of a scenario that holds those of several."""
    replicated = Path(planning.scenario(folder, planning.NAMES[:3]))
    texts = [
        (SCENARIOS / "two-sites.toml").read_text(encoding="utf-8"),
        # Only one host can have a name.
        _hosts_of((SCENARIOS / "cluster.toml").read_text(encoding="utf-8").replace("HV-DR", "HV-CDR")),
        _hosts_of(replicated.read_text(encoding="utf-8")),
    ]
    file = folder / "all.toml"
    file.write_text("\n".join(texts), encoding="utf-8")
    return str(file)


def _hosts_of(text: str) -> str:
    """A scenario without what is said once for all of its hosts."""
    return text[text.index("[[hosts]]") :]
