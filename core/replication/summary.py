"""What the summary of a replication says, line by line."""

from __future__ import annotations

import ntpath
from collections.abc import Iterator

from core.amounts import size_text
from core.language import _
from core.replication.addresses import FailoverAddresses, Family
from core.replication.estimate import CopyEstimate, Rates, points_words
from core.replication.protection import CopyMethod, Points, Protection, Window

Line = tuple[str, str]


def summary_of(protection: Protection, rates: Rates, estimate: CopyEstimate | None) -> tuple[Line, ...]:
    """Name and value of each line."""
    link = protection.link
    return (
        (_("Virtual machine:"), _machine(protection)),
        (_("Primary server:"), protection.primary.name),
        (_("Replica server:"), link.server),
        (_("Port:"), str(link.port)),
        (_("Authentication:"), link.authentication.word),
        *_certificate(protection),
        (_("Compression:"), _("Yes") if link.compresses else _("No")),
        (_("Replicated disks:"), "\n".join(_disks(protection))),
        *_left_out(protection),
        *_frequency(protection),
        (_("Recovery points:"), _points(protection, rates)),
        (_("Resynchronisation:"), _window(protection.window)),
        (_("Initial copy:"), copy_words(protection)),
        *_estimate(estimate),
        *_adapters(protection),
        (_("If it fails:"), _failure(protection)),
    )


def frequency_word(seconds: int) -> str:
    """A frequency as Hyper-V Manager writes it."""
    if seconds < 60:
        return _("{count} seconds").format(count=seconds)
    return _("{count} minutes").format(count=seconds // 60)


def history_words(points: Points) -> str:
    """Which recovery points are kept."""
    if not points.history:
        return _("Only the latest recovery point")
    if not points.consistent_hours:
        return _("The latest, and {count} hourly ones").format(count=points.history)
    words = _("The latest, and {count} hourly ones; application-consistent every {hours} hours")
    return words.format(count=points.history, hours=points.consistent_hours)


def copy_words(protection: Protection) -> str:
    """How the initial copy travels, and when."""
    copy = protection.copy
    lines = [copy.method.word]
    if copy.method is CopyMethod.MEDIA:
        lines.append(_("Written to {folder} on {host}").format(folder=copy.folder, host=protection.primary.name))
    elif copy.begins is not None:
        told = _("Begins at {time} by the clock of {host}")
        lines.append(told.format(time=f"{copy.begins:%Y-%m-%d %H:%M}", host=protection.primary.name))
    else:
        lines.append(_("Begins immediately"))
    if protection.size:
        lines.append(size_text(protection.size))
    return "\n".join(lines)


def _points(protection: Protection, rates: Rates) -> str:
    needed = points_words(protection.points.history, rates.writes)
    return "\n".join((history_words(protection.points), needed)) if protection.points.history else needed


def _failure(protection: Protection) -> str:
    names = {"machine": protection.machine.name, "host": protection.primary.name}
    return _("{machine} goes on unprotected on {host}.").format(**names)


def _machine(protection: Protection) -> str:
    return _("{machine} ({state})").format(machine=protection.machine.name, state=protection.machine.state.word)


def _certificate(protection: Protection) -> Iterator[Line]:
    if protection.link.thumbprint:
        yield (_("Certificate:"), protection.link.thumbprint)


def _disks(protection: Protection) -> Iterator[str]:
    sizes = {file.path.lower(): file.file_size for file in protection.files}
    for drive in protection.disks:
        path = drive.path or ""
        size = sizes.get(path.lower())
        name = ntpath.basename(path)
        yield _("{name} ({size})").format(name=name, size=size_text(size)) if size is not None else name


def _left_out(protection: Protection) -> Iterator[Line]:
    if protection.excluded:
        yield (_("Left out:"), "\n".join(ntpath.basename(path) for path in protection.excluded))


def _frequency(protection: Protection) -> Iterator[Line]:
    if protection.frequency is not None:
        yield (_("Replication frequency:"), frequency_word(protection.frequency))


def _window(window: Window | None) -> str:
    if window is None:
        return _("By hand")
    words = _("By itself where it is needed, between {begin} and {end}")
    return words.format(begin=window.begin[:5], end=window.end[:5])


def _estimate(estimate: CopyEstimate | None) -> Iterator[Line]:
    if estimate is not None:
        yield (_("Estimated duration:"), "\n".join((estimate.words, *estimate.lines)))


def _adapters(protection: Protection) -> Iterator[Line]:
    for planned in protection.adapters:
        server = protection.replica.name if protection.replica is not None else protection.link.server
        names = {"adapter": planned.adapter.name, "primary": protection.primary.name, "server": server}
        if planned.primary is not None:
            yield (_("{adapter} on {primary}:").format(**names), address_words(planned.primary))
        if planned.replica is not None:
            yield (_("{adapter} on {server}:").format(**names), address_words(planned.replica))
        if planned.test_switch is not None:
            yield (_("{adapter} in tests:").format(**names), planned.test_switch or _("Not connected"))


def address_words(addresses: FailoverAddresses) -> str:
    """The addresses of both families, a line for each."""
    lines = []
    for family in Family:
        block = addresses.block(family).canonical
        if block.is_empty:
            lines.append(_("{family}: by DHCP").format(family=family.word))
            continue
        servers = ", ".join(filter(None, (block.preferred_dns, block.alternate_dns)))
        words = _("{family}: {address} / {mask}, gateway {gateway}, DNS {servers}")
        none = _("none")
        lines.append(
            words.format(
                family=family.word,
                address=block.address,
                mask=block.mask,
                gateway=block.gateway or none,
                servers=servers or none,
            )
        )
    return "\n".join(lines)
