"""Get- and Set-VMSwitchTeam, Add- and Remove-VMSwitchTeamMember: switches with several physical adapters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.switches import asked_interfaces, asked_switches, switch_record
from lab.cmdlets.targets import reported
from lab.hyperv.host import Host, NetworkInterface, SwitchTeam, VirtualSwitch
from lab.hyperv.messages import failed
from lab.hyperv.wiring import bindings
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMSwitchTeam", "VirtualizationObject")
ALGORITHMS = {"HyperVPort": 4, "Dynamic": 5}
"""VMSwitchLoadBalancingAlgorithm with its numbers (assumed)."""


def team_record(switch: VirtualSwitch, team: SwitchTeam, host: Host) -> Record:
    """The team of a switch as Get-VMSwitchTeam prints it."""
    members: list[Value] = list(team.members)
    properties: dict[str, Value] = {
        "Name": switch.name,
        "Id": switch.switch_id,
        "NetAdapterInterfaceDescription": members,
        "TeamingMode": hyperv_enum("VMSwitchTeamingMode", "SwitchIndependent", 1),
        "LoadBalancingAlgorithm": hyperv_enum(
            "VMSwitchLoadBalancingAlgorithm", team.algorithm, ALGORITHMS[team.algorithm]
        ),
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(TYPES, properties, f"VMSwitchTeam (Name = '{switch.name}')", switch)


@cmdlet("Get-VMSwitchTeam")
async def get_vm_switch_team(call: Call) -> AsyncIterator[Value]:
    """The teams of switches; a named switch without one is an error."""
    everything = not {"Name", "VMSwitch"} & set(call.parameters)
    for switch in list(call.host.switches) if everything else asked_switches(call, "Name"):
        with reported(call):
            if switch.team is not None:
                yield team_record(switch, switch.team, call.host)
            elif not everything:
                raise failed("switch_without_team", call.host.language, switch=switch.name)


@cmdlet("Set-VMSwitchTeam")
async def set_vm_switch_team(call: Call) -> AsyncIterator[Value]:
    """Give teams other members or another way to share their load."""
    for switch, team in _asked_teams(call, "Name"):
        with reported(call):
            interfaces = asked_interfaces(call, switch)
            if interfaces:
                _set_members(switch, team, [interface.description for interface in interfaces])
            team.algorithm = display_text(call.parameters.get("LoadBalancingAlgorithm", team.algorithm))
            if call.switch("Passthru"):
                yield switch_record(switch, call.host)


@cmdlet("Add-VMSwitchTeamMember")
async def add_vm_switch_team_member(call: Call) -> AsyncIterator[Value]:
    """Add physical adapters to teams."""
    for switch, team in _asked_teams(call, "VMSwitchName"):
        with reported(call):
            added = _named_interfaces(call)
            _set_members(switch, team, [*team.members, *(interface.description for interface in added)])
            if call.switch("Passthru"):
                yield switch_record(switch, call.host)


@cmdlet("Remove-VMSwitchTeamMember")
async def remove_vm_switch_team_member(call: Call) -> AsyncIterator[Value]:
    """Take physical adapters out of teams, as long as one remains."""
    for switch, team in _asked_teams(call, "VMSwitchName"):
        with reported(call):
            members = bindings(call.host).get(switch, [])
            removed = _named_interfaces(call, switch)
            for interface in removed:
                if interface not in members:
                    names = {"name": interface.name, "switch": switch.name}
                    raise failed("team_member_unknown", call.host.language, **names)
            left = [interface.description for interface in members if interface not in removed]
            if not left:
                raise failed("team_last_member", call.host.language, switch=switch.name)
            _set_members(switch, team, left)
            if call.switch("Passthru"):
                yield switch_record(switch, call.host)


def _asked_teams(call: Call, name_parameter: str) -> Iterator[tuple[VirtualSwitch, SwitchTeam]]:
    for switch in asked_switches(call, name_parameter):
        with reported(call):
            if switch.team is None:
                raise failed("switch_without_team", call.host.language, switch=switch.name)
            yield switch, switch.team


def _named_interfaces(call: Call, switch: VirtualSwitch | None = None) -> list[NetworkInterface]:
    """The physical adapters that the call names; raises OperationFailed when it names none."""
    interfaces = asked_interfaces(call, switch)
    if not interfaces:
        raise failed("team_without_member", call.host.language)
    return interfaces


def _set_members(switch: VirtualSwitch, team: SwitchTeam, members: list[str]) -> None:
    team.members = members
    switch.interface = members[0]
