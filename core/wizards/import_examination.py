"""What is wrong with the choices of an Import Wizard: told at once, or after asking the host."""

from __future__ import annotations

import ntpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.checks.finding import passed_of, problems_of
from core.estate.inventory import Inventory
from core.hyperv.paths import folder_fault, is_on_share, tidy
from core.hyperv.query import UnexpectedAnswer
from core.importing.checks import Case, examined, refused
from core.importing.configurations import contents_of, is_configuration
from core.importing.facts import Report, read_disk_places, read_existing, read_report
from core.language import _
from core.moving.rating import failure_problem
from core.remoting.errors import RemotingError
from core.remoting.records import ErrorRecord
from core.wizards.wizard import Problem, Step, obstacles

if TYPE_CHECKING:
    from core.wizards.import_machine import ImportWizard

_LEAST_MEMORY = 32
"""MB that a virtual machine starts with at least (documentation of Set-VMMemory)."""

_FIELDS = {
    "import_type": frozenset({"type", "configuration"}),
    "storage_folders": frozenset({"type", "configuration", "disks_folder"}),
    "memory": frozenset({"memory"}),
    "processor": frozenset({"processors"}),
    "locate_disks": frozenset({"disks"}),
    "connect_network": frozenset({"networks"}),
}
"""The problems that keep somebody on a page, by its kind; those of others show themselves there, or on the summary."""


class ImportExamination:
    """Looks at the choices of ``wizard``, step by step."""

    def __init__(self, wizard: ImportWizard) -> None:
        self._wizard = wizard

    def at_once(self, step: Step) -> tuple[Problem, ...]:
        """What can be told without asking anyone; for the summary, of the first step that has something."""
        wizard = self._wizard
        if step.page == wizard.SUMMARY:
            others = (each for each in wizard.steps() if each.page != wizard.SUMMARY)
            return next((found for each in others if (found := obstacles(self.at_once(each)))), ())
        return tuple(self._typed(step.page))

    async def asked(self, step: Step) -> tuple[Problem, ...]:
        """What is wrong after asking the host."""
        wizard = self._wizard
        if found := obstacles(self.at_once(step)):
            return found
        try:
            if step.page == wizard.LOCATE:
                return await self._look()
            if step.page in (wizard.BEFORE, wizard.SELECT, wizard.DESTINATION):
                return ()
            return await self._compare(step)
        except RemotingError as error:
            return (failure_problem(step.page, error),)
        except UnexpectedAnswer as error:
            what = _("{host} gave an unexpected answer.").format(host=wizard.host.name)
            return (Problem(step.page, f"{what} {error}", _("Look at the host itself.")),)

    def _typed(self, page: str) -> Iterator[Problem]:
        choices, host = self._wizard.choices, self._wizard.host.name
        if page == self._wizard.LOCATE:
            typed = tidy(choices.folder.strip())
            folder = ntpath.dirname(typed) if is_configuration(typed) else typed
            if fault := folder_fault(folder):
                yield Problem("folder", fault, _("Type a full path on {host}, such as E:\\Exports.").format(host=host))
        elif page == self._wizard.SELECT and self._wizard.machine is None:
            yield from self._unreadable()
        elif page == self._wizard.DESTINATION and choices.kind.copies:
            for name in ("machine_folder", "checkpoint_folder", "paging_folder"):
                yield from self._folder_problems(name)
        elif page == self._wizard.STORAGE and choices.kind.copies:
            yield from self._folder_problems("disks_folder")
        elif page == self._wizard.MEMORY:
            if choices.memory and not (choices.memory.isdecimal() and int(choices.memory) >= _LEAST_MEMORY):
                what = _("{text} is not an amount of memory.").format(text=choices.memory)
                yield Problem("memory", what, _("Type how many MB, at least {least}.").format(least=_LEAST_MEMORY))
        elif page == self._wizard.PROCESSOR:
            if choices.processors and not (choices.processors.isdecimal() and int(choices.processors) > 0):
                what = _("{text} is not a number of processors.").format(text=choices.processors)
                yield Problem("processors", what, _("Type a whole number."))
        elif page == self._wizard.DISKS and (choices.disk_folder or self._wizard.missing_disks()):
            yield from self._folder_problems("disk_folder")
        elif page == self._wizard.NETWORK and self._wizard.inventory is not None:
            switches = {each.name.lower() for each in self._wizard.inventory.switches}
            for place, _adapter in self._wizard.unconnected():
                chosen = choices.switches.get(place, "")
                if chosen and chosen.lower() not in switches:
                    what = _("{host} has no switch “{switch}” any more.").format(host=host, switch=chosen)
                    yield Problem("switch", what, _("Choose another switch on the page Connect Network."))

    def _folder_problems(self, name: str) -> Iterator[Problem]:
        folder = str(getattr(self._wizard.choices, name)).strip()
        fault = folder_fault(tidy(folder))
        if fault is None and self._wizard.inventory is not None and folder[1:2] == ":":
            letters = {volume.drive_letter for volume in self._wizard.inventory.volumes}
            if folder[0].upper() not in letters:
                fault = _("{host} has no drive {drive}.").format(host=self._wizard.host.name, drive=folder[:2])
        if fault:
            yield Problem(name, fault, _("Type a full path on {host}.").format(host=self._wizard.host.name))

    def _unreadable(self) -> Iterator[Problem]:
        chosen, inventory = self._wizard.configuration, self._wizard.inventory
        if chosen is None:
            yield Problem("configuration", _("No virtual machine is chosen."), _("Choose one from the list."))
        elif inventory is not None:
            yield refused(chosen.refusal or ErrorRecord(""), chosen.path, inventory)

    async def _look(self) -> tuple[Problem, ...]:
        """Read what lies in the folder; with one machine there is nothing to choose."""
        place = tidy(self._wizard.choices.folder.strip())
        self._wizard.contents = await contents_of(self._wizard.ask, place)
        self._wizard.report = None
        found = self._wizard.contents.configurations
        if found and all(each.path != self._wizard.choices.path for each in found):
            self._wizard.take(next((each for each in found if each.machine is not None), found[0]))
        inventory = self._wizard.inventory
        if found and any(each.machine is not None for each in found):
            return ()
        if found and inventory is not None:
            return (refused(found[0].refusal or ErrorRecord(""), found[0].path, inventory),)
        return (self._nothing_found(place),)

    def _nothing_found(self, place: str) -> Problem:
        names = {"host": self._wizard.host.name, "folder": place}
        if is_on_share(place):
            what = _("What lies in {folder} cannot be seen: your sign-in reaches no further than {host}.")
            cure = _(
                "Type the whole path of the configuration file (.vmcx or .xml): {host} reads it with its own account."
                " Or sign in by CredSSP."
            )
            return Problem("folder", what.format(**names), cure.format(**names))
        if not self._wizard.contents.is_there:
            what = _("{folder} is not there on {host}.").format(**names)
            return Problem("folder", what, _("Choose another folder."))
        if self._wizard.contents.refusal is not None:
            message = " ".join(self._wizard.contents.refusal.lines)
            what = _("{host} says: {message}").format(host=self._wizard.host.name, message=message)
            return Problem("folder", what, _("Choose another folder."))
        what = _("There is no configuration of a virtual machine in {folder}.").format(**names)
        cure = _("Choose the folder that was exported or copied, with “Virtual Machines” in it, or the one above it.")
        return Problem("folder", what, cure)

    async def _compare(self, step: Step) -> tuple[Problem, ...]:
        """Ask for a report, and look at what it lacks; only what belongs to the page, or to one before it, keeps."""
        self._wizard.checks = ()
        picture = await self._wizard.estate.refresh(self._wizard.host)
        inventory = picture.inventory
        if picture.failure is not None or inventory is None:
            return (failure_problem(step.page, picture.failure),) if picture.failure is not None else ()
        found = await self._read(inventory)
        if isinstance(found, Problem):
            return (found,)
        case = found
        findings = examined(case)
        problems = problems_of(findings)
        if step.page == self._wizard.SUMMARY:
            self._wizard.checks = passed_of(findings)
            return problems
        return tuple(each for each in problems if each.field in _FIELDS[step.page])

    async def _read(self, inventory: Inventory) -> Case | Problem:
        report = await read_report(self._wizard.ask, self._wizard.wanted())
        if isinstance(report, ErrorRecord):
            return refused(report, self._wizard.choices.path, inventory)
        self._wizard.report = report
        self._wizard.files = await read_disk_places(self._wizard.ask, self._paths(report))
        if self._needs_more(report):
            # What the first report has shown is mended in the next.
            again = await read_report(self._wizard.ask, self._wizard.wanted())
            if isinstance(again, ErrorRecord):
                return refused(again, self._wizard.choices.path, inventory)
            self._wizard.report = report = again
        targets = self._wizard.targets()
        there = await read_existing(self._wizard.ask, targets)
        existing = tuple(path for path in targets if path.lower() in there)
        return Case(self._wizard.wanted(), report, inventory, self._wizard.files, existing)

    def _needs_more(self, report: Report) -> bool:
        """Whether there is something to mend that the report was made without."""
        return self._wizard.mends().are_any and report.left is report.before

    def _paths(self, report: Report) -> tuple[str, ...]:
        """Where the disks are looked for."""
        source = tidy(self._wizard.choices.disk_folder.strip())
        paths = [drive.path for drive in report.drives if drive.path]
        if source and self._wizard.choices.kind.copies:
            return tuple(ntpath.join(source, ntpath.basename(path)) for path in paths)
        return tuple(paths)
