"""What is looked at before an import: what the host objects to, with a cure, and what it would only say too late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.amounts import size_text
from core.checks.finding import Finding, Passed
from core.estate.inventory import Inventory
from core.hyperv.computer_account import computer_account, rights_on_share
from core.hyperv.computers import Objection
from core.hyperv.failure_codes import ACCESS_DENIED, codes_in, explain, explain_codes
from core.hyperv.paths import is_on_share, same_path
from core.hyperv.records import HardDiskDrive, NetworkAdapter
from core.hyperv.states import MachineState
from core.importing.facts import DiskFiles, Report
from core.importing.imported import Import, ImportType
from core.language import _
from core.moving.checks.switches import is_about
from core.remoting.records import ErrorRecord
from core.wizards.wizard import Problem

NOT_FOUND = frozenset({0x80070002, 0x80070003})
_IN_USE, _INVALID, _EXISTS = 0x80070020, 0x8007000D, 0x800700B7
_SAVED = frozenset({MachineState.SAVED, MachineState.FAST_SAVED})


@dataclass(frozen=True, slots=True)
class Case:
    """An import with everything that was read about it; ``targets`` are files that are where copies would go."""

    wanted: Import
    report: Report
    inventory: Inventory
    files: DiskFiles
    targets: tuple[str, ...] = ()

    @property
    def names(self) -> dict[str, str]:
        """What texts call the things involved."""
        return {"machine": self.report.machine.name, "host": self.inventory.host.name}


def refused(record: ErrorRecord, path: str, inventory: Inventory) -> Problem:
    """Why a host makes no report about the configuration at ``path``, and what to do."""
    host = inventory.host
    codes = codes_in(record.message)
    names = {"host": host.name, "path": path, "account": computer_account(host)}
    if ACCESS_DENIED in codes and is_on_share(path):
        what = _("{host} may not read {path}: it reads shares with its own account, {account}, and not with yours.")
        return Problem("configuration", what.format(**names), rights_on_share(host))
    if _IN_USE in codes:
        what = _("{path} is in use: a virtual machine is registered with this file, here or on another host.")
        cure = _("Export that virtual machine, and import what was exported.")
        return Problem("configuration", what.format(**names), cure)
    if _INVALID in codes:
        what = _("{path} is not the configuration of a virtual machine that {host} can read.")
        return Problem("configuration", what.format(**names), _("Choose another file, or look for a newer host."))
    if NOT_FOUND & set(codes):
        what = _("{host} does not find {path}.").format(**names)
        return Problem("configuration", what, _("Go back to Locate Folder: it may have been moved or imported."))
    explanation = explain(record)
    what = _("{host} says: {message}").format(host=host.name, message=" ".join(record.lines))
    cure = explanation.cure if explanation is not None else _("Choose another folder.")
    return Problem("configuration", what, cure)


def unconnected(report: Report) -> tuple[NetworkAdapter, ...]:
    """The adapters whose switch the host does not find: a planned machine does not tell its name any more (assumed)."""
    return tuple(each for each in report.adapters if any(is_about(source, each) for source in report.before.sources))


def missing_disks(report: Report, files: DiskFiles) -> tuple[str, ...]:
    """The disks whose own file the host does not find; what is missing below them is another thing."""
    return tuple(
        path
        for drive in report.drives
        if (path := drive.path)
        and path.lower() not in files.existing
        and any(_is_about_file(source, drive) for source in report.before.sources)
    )


def lost_media(report: Report) -> tuple[str, ...]:
    """The files that lie in other drives than disks and are not found, such as ISO files."""
    disks = {(drive.path or "").lower() for drive in report.drives}
    missing = (each for each in report.before.sources if NOT_FOUND & set(codes_in(each.message)))
    return tuple(dict.fromkeys(each.path for each in missing if each.path and each.path.lower() not in disks))


def examined(case: Case) -> tuple[Finding, ...]:
    """The problems, and sentences about what is in order."""
    found = [*_identity(case), *_resources(case), *_disks(case), *_media(case), *_room(case)]
    is_kept = any(isinstance(each, Problem) and not each.is_warning for each in found)
    return (*found, *_left(case, is_kept=is_kept))


def _identity(case: Case) -> Iterator[Finding]:
    if case.wanted.kind is ImportType.COPY:
        return
    there = case.inventory.machine(case.report.machine.machine_id)
    codes = {code for each in case.report.left.listed for code in codes_in(each.message)}
    if there is not None or _EXISTS in codes:
        name = there.name if there is not None else case.report.machine.name
        what = _("{host} has a virtual machine with this ID already: {machine}.")
        cure = _("Choose “Copy the virtual machine (create a new unique ID)”, or remove the one that is there.")
        yield Problem("type", what.format(host=case.inventory.host.name, machine=name), cure)


def _resources(case: Case) -> Iterator[Finding]:
    machine, host, mends = case.report.machine, case.inventory.host, case.wanted.mends
    supported = host.supported_vm_versions
    if supported and machine.version not in supported:
        what = _("{machine} has the configuration version {version}, which {host} does not run.")
        cure = _("Choose a host that does; the Microsoft page on configuration versions lists them.")
        yield Problem("type", what.format(version=machine.version, **case.names), cure)
    memory = machine.memory_startup if mends.memory is None else mends.memory
    if memory > host.memory_capacity:
        what = _("{machine} starts with {memory} of memory, and {host} has {most}.")
        names = {"memory": size_text(memory), "most": size_text(host.memory_capacity)}
        yield Problem("memory", what.format(**names, **case.names), _("Give it less on the page Configure Memory."))
    count = machine.processor_count if mends.processors is None else mends.processors
    if count > host.logical_processor_count:
        what = _("{machine} has {count} virtual processors, and {host} offers {most}.")
        names = {"count": str(count), "most": str(host.logical_processor_count)}
        cure = _("Give it fewer on the page Configure Processor.")
        yield Problem("processors", what.format(**names, **case.names), cure)


def _disks(case: Case) -> Iterator[Finding]:
    mended = {old.lower() for old, _new in case.wanted.mends.disks}
    missing = {path.lower() for path in missing_disks(case.report, case.files)}
    for drive in case.report.drives:
        path = drive.path or ""
        about = [source for source in case.report.left.sources if _is_about_file(source, drive)]
        if path.lower() in missing and (about or path.lower() not in mended):
            what = _("The virtual hard disk {path} is not there.").format(path=path)
            yield Problem("disks", what, _("Say where it is on the page Locate Virtual Hard Disks."))
        elif about:
            what = _("{path} is there, but a parent that it builds on is not.").format(path=path)
            yield Problem(
                "disks",
                f"{what} {_last_line(about[0].message)}",
                _("Put the parent back where it was, or connect the disk with it by Set-VHD -ParentPath."),
            )
    if case.report.drives and not missing:
        yield Passed(_("Every virtual hard disk of {machine} is where it is looked for.").format(**case.names))


def _media(case: Case) -> Iterator[Finding]:
    for path in lost_media(case.report):
        what = _("{path}, which is in a drive of {machine}, is not there: the drive becomes empty.")
        cure = _("Insert it again in the settings of the machine.")
        yield Problem("media", what.format(path=path, **case.names), cure, is_warning=True)


def _room(case: Case) -> Iterator[Finding]:
    if case.wanted.folders is None:
        return
    folder = case.wanted.folders.disks
    for target in case.targets:
        what = _("{file} is there already, and nothing is overwritten.").format(file=target)
        yield Problem("disks_folder", what, _("Choose another folder for the virtual hard disks."))
    needed = sum(file.file_size for file in case.files.files)
    volume = case.inventory.volume_of(folder)
    names = {"drive": folder[:2], "needed": size_text(needed)}
    if is_on_share(folder):
        account = computer_account(case.inventory.host)
        told = _("{host} writes to the share as {account}; the room there is not known.")
        yield Problem(
            "disks_folder",
            told.format(account=account, **case.names),
            rights_on_share(case.inventory.host),
            is_warning=True,
        )
    elif volume is None:
        what = _("{host} has no drive {drive}.").format(drive=folder[:2], **case.names)
        yield Problem("disks_folder", what, _("Choose another folder for the virtual hard disks."))
    elif needed > volume.size_remaining:
        names["free"] = size_text(volume.size_remaining)
        what = _("Drive {drive} has {free} free, but the import needs {needed}.").format(**names)
        yield Problem("disks_folder", what, _("Choose another drive, or make room on this one."))
    elif not case.files.are_all:
        told = _("How much room the import needs is not known: not all virtual hard disks of {machine} can be read.")
        cure = _("Compare their size with the free space of drive {drive} yourself, or go on.").format(**names)
        yield Problem("disks_folder", told.format(**case.names), cure, is_warning=True)
    else:
        names["free"] = size_text(volume.size_remaining)
        yield Passed(_("Drive {drive} has {free} free; the import needs {needed}.").format(**names))


def _left(case: Case, *, is_kept: bool) -> Iterator[Finding]:
    """What no check explains, once nothing else keeps the import: it shows itself again when that is cured."""
    if is_kept:
        return
    left = case.report.left
    lost = {path.lower() for path in lost_media(case.report)}
    explained = {
        (source.message_id, source.message)
        for source in left.sources
        if (source.path or "").lower() in lost or any(is_about(source, each) for each in case.report.adapters)
    }
    shown = False
    for objection in left.listed:
        if (objection.message_id, objection.message) in explained:
            continue
        shown = True
        what = _("{host} objects to the import: {message}")
        what = what.format(host=case.inventory.host.name, message="\n".join(objection.message.splitlines()))
        explanation = explain_codes(codes_in(objection.message), "Import-VM")
        if explanation is not None:
            yield Problem("summary", f"{what}\n{explanation.cause}", explanation.cure)
        elif case.report.machine.state in _SAVED:
            yield Problem("summary", f"{what}\n{_saved()[0]}", _saved()[1])
        else:
            cure = _("Change what {host} objects to, then try again.").format(host=case.inventory.host.name)
            yield Problem("summary", what, cure)
    if not shown:
        yield Passed(_("{host} has compared {machine} with itself and objects to nothing.").format(**case.names))


def _saved() -> tuple[str, str]:
    """Why a saved state may not fit, and the cure (Microsoft on processor compatibility)."""
    return (
        _(
            "The virtual machine was saved while it ran. Its saved state can be restored only with processors of the"
            " same maker that offer the same features."
        ),
        _("Start it where it was saved, shut it down there and export it again, or choose a host like that one."),
    )


def _is_about_file(source: Objection, drive: HardDiskDrive) -> bool:
    return (
        bool(source.path and drive.path)
        and same_path(source.path or "", drive.path or "")
        and bool(NOT_FOUND & set(codes_in(source.message)))
    )


def _last_line(text: str) -> str:
    return text.splitlines()[-1] if text else ""
