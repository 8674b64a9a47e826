"""What the summary of a move says, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from core.amounts import size_text
from core.estate.inventory import Inventory
from core.language import _
from core.moving.estimate import Estimate
from core.moving.move import Move, NetworkWay
from core.moving.placement import Item, ItemKind
from core.moving.places import arriving_space, leaving_space

Line = tuple[str, str]


def summary_of(move: Move, destination: Inventory, estimate: Estimate) -> tuple[Line, ...]:
    """Name and value of each line; ``destination`` is the inventory of the host that the items go to."""
    return (
        (_("Virtual machine:"), _machine(move)),
        (_("Move type:"), move.kind.word),
        *_hosts(move),
        *(_item_line(move, item) for item in move.placement.items),
        *_networks(move),
        *_space(move, destination),
        (_("Estimated duration:"), estimate.words),
        (_("If it fails:"), failure_words(move)),
    )


def failure_words(move: Move) -> str:
    """What becomes of the machine when the move fails or is cancelled."""
    names = {"machine": move.machine.name, "host": move.source.host.name, "destination": move.destination.host.name}
    if not move.is_live:
        return _("{machine} goes on with its files where they are; copies made so far are removed.").format(**names)
    text = _("{machine} stays on {host} as it is; copies made so far on {destination} are removed.").format(**names)
    if move.networks and move.network_way is NetworkWay.RECONNECT:
        text += " " + _("Adapters that were disconnected for the move have to be connected again: Undo does it.")
    return text


def _machine(move: Move) -> str:
    return _("{machine} ({state})").format(machine=move.machine.name, state=move.machine.state.word)


def _hosts(move: Move) -> Iterator[Line]:
    if move.is_live:
        yield (_("From:"), move.source.host.name)
        yield (_("Destination computer:"), move.destination.host.name)
    else:
        yield (_("Computer:"), move.source.host.name)


def _item_line(move: Move, item: Item) -> Line:
    name = _("Disk {name} ({position}):") if item.kind is ItemKind.DISK else _("{name}:")
    title = name.format(name=item.name, position=item.position)
    folder = move.placement.folder_of(item)
    if folder is None:
        return (title, _("{path} (stays)").format(path=item.path))
    target = move.placement.target_of(item)
    paths = _("{source}\n→ {target}").format(source=item.path, target=target)
    if not item.size:
        return (title, paths)
    return (title, _("{paths} ({size})").format(paths=paths, size=size_text(item.size)))


def _networks(move: Move) -> Iterator[Line]:
    chosen = {choice.adapter: choice.switch_name for choice in move.networks}
    for adapter in move.adapters if move.is_live else ():
        before = adapter.switch_name or _("Not connected")
        after = chosen.get(adapter, adapter.switch_name or "") or _("Not connected")
        yield (_("{adapter}:").format(adapter=adapter.name), _("{before} → {after}").format(before=before, after=after))
    if move.networks and move.network_way is NetworkWay.RECONNECT:
        words = _(
            "The adapters are disconnected before the move and connected after it: they are without network meanwhile."
        )
        yield (_("Connection:"), words)


def _space(move: Move, destination: Inventory) -> Iterator[Line]:
    freed = leaving_space(move)
    for volume, arriving in arriving_space(move, destination):
        after = volume.size_remaining - arriving + freed.get(volume.drive_letter or "", 0)
        yield (
            _("Free space after the move:"),
            _("{size} on {drive}:").format(size=size_text(max(after, 0)), drive=volume.drive_letter),
        )
