"""The plan that a move comes to: one call or several, each with its goal and what takes it back."""

from __future__ import annotations

from collections.abc import Iterator

from core.estate.connection import HostKey
from core.hyperv.paths import same_path
from core.jobs.goal import Arrived, Fact, Facts
from core.jobs.plan import Action, Expectation, Folder, Migration, Plan, PlannedAdapter, PlannedEnd
from core.language import _
from core.moving.move import Move, MoveKind, NetworkWay
from core.moving.networks import NetworkChoice, connected
from core.moving.placement import ItemKind
from core.powershell.command import ParameterValue, Pipeline, Statement, command


def plan_of(move: Move, *, summary: tuple[tuple[str, str], ...] = (), checks: tuple[str, ...] = ()) -> Plan:
    """The plan that carries ``move`` out."""
    machine = move.machine
    actions = [_moving(move)]
    if move.is_live and move.network_way is NetworkWay.RECONNECT:
        actions = [*_disconnecting(move), *actions, *_connecting(move)]
    return Plan(
        title=_title(move),
        host=move.source.host,
        actions=tuple(actions),
        summary=summary,
        expectation=Expectation(move.source.host, machine.machine_id, machine.name, machine.state),
        end=_end(move),
        checks=checks,
    )


def _title(move: Move) -> str:
    names = {"machine": move.machine.name, "host": move.destination.host.name}
    if move.kind is MoveKind.STORAGE:
        return _("Move the storage of {machine}").format(**names)
    return _("Move {machine} to {host}").format(**names)


def _moving(move: Move) -> Action:
    back = move.back()
    return _bare(
        move,
        undo_text=_undo_text(move),
        undo=_bare(back, undo_text=_("Moving it again undoes that."), title=_("Move it back")),
        title=_title(move),
    )


def _bare(move: Move, *, title: str, undo_text: str, undo: Action | None = None) -> Action:
    return Action(
        title=title,
        host=move.source.host,
        pipeline=move.pipeline,
        goal=_goal(move),
        undo_text=undo_text,
        undo=undo,
        migration=Migration(move.destination.host, move.memory, move.placement.storage),
    )


def _goal(move: Move) -> Arrived | Facts:
    if move.is_live:
        return Arrived(move.machine.machine_id, move.source.host, move.destination.host)
    return Facts(move.source.host, tuple(_facts(move)))


def _facts(move: Move) -> Iterator[Fact]:
    """Where the moved items are once the storage has moved."""
    named = {
        ItemKind.CONFIGURATION: "Path",
        ItemKind.CHECKPOINTS: "SnapshotFileLocation",
        ItemKind.SMART_PAGING: "SmartPagingFilePath",
    }
    machine = Statement((command("Get-VM", Id=move.machine.machine_id),))
    folders: list[tuple[str, ParameterValue | None]] = []
    for item in move.placement.moved:
        target = move.placement.target_of(item)
        if item.position is not None:
            places: tuple[tuple[str, ParameterValue | None], ...] = (
                ("ControllerType", item.position.controller_type),
                ("ControllerNumber", item.position.controller_number),
                ("ControllerLocation", item.position.controller_location),
                ("Path", target),
            )
            yield Fact(machine | command("Get-VMHardDiskDrive"), places)
        elif item.kind in named:
            folders.append((named[item.kind], target))
    if folders:
        yield Fact(machine, tuple(folders))


def _undo_text(move: Move) -> str:
    names = {"host": move.source.host.name}
    if not move.is_live:
        return _("Moving the storage back undoes it. Until it has been copied, it is used where it is.")
    text = _("Moving the machine back undoes it. Until the machine has switched, it stays on {host}.").format(**names)
    if move.goes_through_report:
        text += " " + _("The network adapters have to be connected again by hand then.")
    return text


def _disconnecting(move: Move) -> Iterator[Action]:
    for choice in move.networks:
        former = NetworkChoice(choice.adapter, choice.adapter.switch_name or "")
        yield _reconnection(
            move,
            move.source.host,
            NetworkChoice(choice.adapter, ""),
            undo_text=_("Connecting it to {switch} again undoes it.").format(switch=former.switch_name),
            undo=_reconnection(move, move.source.host, former, undo_text=""),
        )


def _connecting(move: Move) -> Iterator[Action]:
    for choice in move.networks:
        if choice.switch_name:
            yield _reconnection(
                move,
                move.destination.host,
                choice,
                undo_text=_("Disconnecting it undoes it."),
                undo=_reconnection(move, move.destination.host, NetworkChoice(choice.adapter, ""), undo_text=""),
            )


def _reconnection(
    move: Move, host: HostKey, choice: NetworkChoice, *, undo_text: str, undo: Action | None = None
) -> Action:
    adapters = command("Get-VM", Id=move.machine.machine_id) | command("Get-VMNetworkAdapter")
    names = {"adapter": choice.adapter.name, "machine": move.machine.name, "switch": choice.switch_name}
    if choice.switch_name:
        title = _("Connect {adapter} of {machine} to {switch}").format(**names)
        state: tuple[str, ParameterValue | None] = ("SwitchName", choice.switch_name)
    else:
        title = _("Disconnect {adapter} of {machine}").format(**names)
        state = ("Connected", False)
    fact = Fact(adapters, (("Name", choice.adapter.name), ("MacAddress", choice.adapter.mac_address), state))
    return Action(
        title=title,
        host=host,
        pipeline=Pipeline((connected(adapters, choice),)),
        goal=Facts(host, (fact,)),
        undo_text=undo_text,
        undo=undo,
    )


def _end(move: Move) -> PlannedEnd:
    """How the machine is to stand.

    Disks that stay are left out: what a move leaves behind when it fails is looked for among these files.
    """
    chosen = {choice.adapter: choice.switch_name for choice in move.networks}
    adapters = tuple(
        PlannedAdapter(each.mac_address, each.name, chosen.get(each, each.switch_name or "")) for each in move.adapters
    )
    disks = tuple(move.placement.target_of(item) for item in move.placement.moved if item.kind is ItemKind.DISK)
    return PlannedEnd(move.destination.host, disks, adapters, tuple(_former_folders(move)))


def _former_folders(move: Move) -> Iterator[Folder]:
    """The folders that items leave and that nothing else of the machine is in afterwards."""
    kept = [item.folder for item in move.placement.staying_items]
    if not move.is_live:
        kept += [item.folder for item in move.placement.after()]
    for folder in dict.fromkeys(item.folder for item in move.placement.moved):
        if not any(_is_within(used, folder) for used in kept):
            yield Folder(move.source.host, folder)


def _is_within(folder: str, outer: str) -> bool:
    return same_path(folder, outer) or folder.lower().startswith(outer.rstrip("\\").lower() + "\\")
