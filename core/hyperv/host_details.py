"""What a move wants to know of a host beyond its inventory: free memory, processor, network links, domain."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from core.hyperv.computers import ComputerSystem, OperatingSystem, Processor
from core.hyperv.disks import Asker
from core.hyperv.query import Question, Reading, ask
from core.powershell.command import Switch, command


class NetworkLink(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-NetAdapter: bits a second, 0 or None for a link that is down."""

    name: str
    speed: int | None


_SYSTEM = Question("system", command("Get-CimInstance", ClassName="Win32_OperatingSystem"), OperatingSystem)
_PROCESSORS = Question("processors", command("Get-CimInstance", ClassName="Win32_Processor"), Processor)
LINKS = Question("links", command("Get-NetAdapter", Physical=Switch.PRESENT), NetworkLink)
_COMPUTER = Question("computer", command("Get-CimInstance", ClassName="Win32_ComputerSystem"), ComputerSystem)


@dataclass(frozen=True, slots=True)
class HostDetails:
    """Free memory in bytes, maker and name of the processor, the fastest link in bytes a second, whether it belongs to
    a domain; None: not told.
    """

    memory_free: int | None = None
    processor_maker: str | None = None
    processor_name: str | None = None
    link: int | None = None
    is_in_domain: bool | None = None


async def read_details(asker: Asker) -> HostDetails:
    """The details of the host that ``asker`` asks; what it does not tell is None.

    Raises RemotingError when it cannot be asked, and UnexpectedAnswer.
    """
    reading = Reading.of((await asker(ask((_SYSTEM, _PROCESSORS, LINKS, _COMPUTER)))).output)
    systems, processors = reading.records(_SYSTEM), reading.records(_PROCESSORS)
    computers = reading.records(_COMPUTER)
    return HostDetails(
        memory_free=systems[0].free_memory if systems else None,
        processor_maker=processors[0].manufacturer if processors else None,
        processor_name=processors[0].name.strip() if processors else None,
        link=fastest_link(reading),
        is_in_domain=computers[0].part_of_domain if computers else None,
    )


def fastest_link(reading: Reading) -> int | None:
    """Bytes a second of the fastest link, of the answer to LINKS; None where none tells its speed."""
    speeds = [link.speed for link in reading.records(LINKS) if link.speed]
    return max(speeds) // 8 if speeds else None
