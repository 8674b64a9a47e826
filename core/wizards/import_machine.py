"""The Import Wizard: the pages of Hyper-V Manager's, for one machine on one host.

The host makes a compatibility report as soon as the type of import is chosen; what it objects to and can be mended gets
a page of its own, which is there as long as the host objects.
"""

from __future__ import annotations

import ntpath
from collections.abc import Iterator

from core.amounts import size_text
from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.estate.inventory import Inventory
from core.hyperv.computer_account import rights_on_share
from core.hyperv.paths import tidy
from core.hyperv.records import NetworkAdapter
from core.importing.checks import lost_media, missing_disks, unconnected
from core.importing.configurations import Configuration, Contents, Described
from core.importing.facts import DiskFiles, Report
from core.importing.imported import Folders, Import, Mends
from core.importing.planning import import_plan
from core.jobs.plan import Plan
from core.language import _
from core.moving.networks import NetworkChoice
from core.powershell.command import Pipeline
from core.remoting.session import Answer
from core.wizards.import_choices import ImportChoices
from core.wizards.import_examination import ImportExamination
from core.wizards.wizard import Problem, Step, obstacles

_MB = 1 << 20


class ImportWizard:
    """Imports a machine to ``host``. ``is_introduced``: a page says beforehand what it is about."""

    BEFORE = "before_you_begin"
    LOCATE = "locate"
    SELECT = "select"
    TYPE = "import_type"
    DESTINATION = "import_destination"
    STORAGE = "storage_folders"
    NETWORK = "connect_network"
    MEMORY = "memory"
    PROCESSOR = "processor"
    DISKS = "locate_disks"
    SUMMARY = "summary"

    def __init__(self, estate: Estate, host: HostKey, *, is_introduced: bool = True) -> None:
        self.estate = estate
        self.host = host
        self.is_introduced = is_introduced
        self.choices = ImportChoices()
        self.contents = Contents()
        self.report: Report | None = None
        self.files = DiskFiles((), False, frozenset())
        self.checks: tuple[str, ...] = ()
        self._examination = ImportExamination(self)
        if (inventory := self.inventory) is not None:
            places = inventory.host
            self.choices.machine_folder = self.choices.checkpoint_folder = tidy(places.virtual_machine_path)
            self.choices.paging_folder = tidy(places.virtual_machine_path)
            self.choices.disks_folder = tidy(places.virtual_hard_disk_path)

    @property
    def title(self) -> str:
        """The title of the window, as Hyper-V Manager writes it."""
        return _("Import Virtual Machine")

    @property
    def commit(self) -> str:
        """The word on the last button."""
        return _("&Import")

    @property
    def picture(self) -> Picture:
        """The host that gets the machine."""
        return self.estate.picture(self.host)

    @property
    def inventory(self) -> Inventory | None:
        """Its inventory, as far as it was read."""
        return self.picture.inventory

    @property
    def configuration(self) -> Configuration | None:
        """The configuration that is chosen."""
        return next((each for each in self.contents.configurations if each.path == self.choices.path), None)

    @property
    def machine(self) -> Described | None:
        """The machine that it describes."""
        return self.configuration.machine if self.configuration is not None else None

    @property
    def target_name(self) -> str:
        """What the host is called."""
        return self.host.name

    @property
    def target_inventory(self) -> Inventory | None:
        """Its inventory, as far as it was read."""
        return self.inventory

    def take(self, configuration: Configuration) -> None:
        """Go on with a configuration that was found; what was chosen to mend another does not fit it."""
        choices = self.choices
        if configuration.path != choices.path:
            choices.path, self.report = configuration.path, None
            choices.memory = choices.processors = choices.disk_folder = ""
            choices.switches.clear()

    def switch(self, place: int) -> str:
        """The switch chosen for an adapter; empty: not connected."""
        return self.choices.switches.get(place, "")

    def set_switch(self, place: int, switch: str) -> None:
        """Keep which switch was chosen."""
        self.choices.switches[place] = switch

    def unconnected(self) -> tuple[tuple[int, NetworkAdapter], ...]:
        """The adapters whose switch the host does not have, with their places."""
        if self.report is None:
            return ()
        missing = unconnected(self.report)
        return tuple((place, each) for place, each in enumerate(self.report.adapters) if each in missing)

    def adapter(self, step: Step) -> tuple[int, NetworkAdapter] | None:
        """The adapter that a step is about, with its place."""
        return next((pair for pair in self.unconnected() if step.key == f"{self.NETWORK} {pair[0]}"), None)

    def missing_disks(self) -> tuple[str, ...]:
        """The disk files that the host does not find where the configuration says."""
        return missing_disks(self.report, self.files) if self.report is not None else ()

    def steps(self) -> Iterator[Step]:
        """The route, as the choices stand."""
        if self.is_introduced:
            yield Step(self.BEFORE, _("Before You Begin"), _("Before You Begin"))
        yield Step(self.LOCATE, _("Locate Folder"), _("Locate Folder"))
        yield Step(self.SELECT, _("Select Virtual Machine"), _("Select Virtual Machine"))
        yield Step(self.TYPE, _("Choose Import Type"), _("Choose Import Type"))
        if self.choices.kind.copies:
            destination = _("Choose Folders for Virtual Machine Files")
            yield Step(self.DESTINATION, _("Choose Destination"), destination)
            storage = _("Choose Folders to Store Virtual Hard Disks")
            yield Step(self.STORAGE, _("Choose Storage Folders"), storage)
        yield from self._mending_steps()
        yield Step(self.SUMMARY, _("Summary"), _("Completing Import Wizard"))

    def _mending_steps(self) -> Iterator[Step]:
        report, inventory = self.report, self.inventory
        if report is None or inventory is None:
            return
        if report.machine.memory_startup > inventory.host.memory_capacity:
            yield Step(self.MEMORY, _("Configure Memory"), _("Configure Memory"))
        if report.machine.processor_count > inventory.host.logical_processor_count:
            yield Step(self.PROCESSOR, _("Configure Processor"), _("Configure Processor"))
        if self.missing_disks() or self.choices.disk_folder:
            yield Step(self.DISKS, _("Locate Virtual Hard Disks"), _("Locate Virtual Hard Disks"))
        found = self.unconnected()
        for place, adapter in found:
            several = _("Connect {adapter}").format(adapter=adapter.name)
            name = several if len(found) > 1 else _("Connect Network")
            yield Step(f"{self.NETWORK} {place}", name, _("Connect Network"), self.NETWORK)

    def problems(self, step: Step) -> tuple[Problem, ...]:
        """What can be told at once from the choices on ``step``."""
        return self._examination.at_once(step)

    async def examine(self, step: Step) -> tuple[Problem, ...]:
        """What is wrong with the choices on ``step``, after asking the host; for the summary everything again."""
        return await self._examination.asked(step)

    async def plan(self) -> Plan:
        """The plan that the choices come to. Raises ValueError when a step still has problems."""
        for step in self.steps():
            if found := obstacles(self.problems(step)):
                raise ValueError(found[0].what)
        report, inventory = self.report, self.inventory
        if report is None or inventory is None:
            raise ValueError(_("The host has not been asked."))
        others = [each.machine_id for each in inventory.machines if each.name.lower() == report.machine.name.lower()]
        return import_plan(
            self.wanted(),
            report.machine,
            self.host,
            self.targets(),
            sum(file.file_size for file in self.files.files) if self.choices.kind.copies else 0,
            others,
            rights=rights_on_share(inventory.host),
            summary=self.summary(),
            checks=self.checks,
        )

    def targets(self) -> tuple[str, ...]:
        """The files that become copies of disks: with their parents, as far as those could be read."""
        if self.report is None or not self.choices.kind.copies:
            return ()
        attached = (drive.path for drive in self.report.drives if drive.path)
        wanted = self.wanted()
        paths = (wanted.target(path) for path in (*(file.path for file in self.files.files), *attached))
        return tuple({path.lower(): path for path in paths}.values())

    def wanted(self) -> Import:
        """What the choices come to."""
        choices = self.choices
        folders = None
        if choices.kind.copies:
            folders = Folders(
                tidy(choices.machine_folder.strip()),
                tidy(choices.checkpoint_folder.strip()),
                tidy(choices.paging_folder.strip()),
                tidy(choices.disks_folder.strip()),
            )
        source = tidy(choices.disk_folder.strip()) if folders is not None else ""
        return Import(choices.path, choices.kind, folders, source, self.mends())

    def summary(self) -> tuple[tuple[str, str], ...]:
        """What the summary page lists."""
        choices, report = self.choices, self.report
        if report is None:
            return ()
        lines = [
            (_("Virtual machine:"), report.machine.name),
            (_("Import from:"), ntpath.dirname(choices.path)),
            (_("Import file:"), ntpath.basename(choices.path)),
            (_("Import type:"), choices.kind.word),
        ]
        if (folders := self.wanted().folders) is not None:
            lines += [
                (_("Configuration folder:"), folders.machine),
                (_("Checkpoint folder:"), folders.checkpoints),
                (_("Smart Paging folder:"), folders.paging),
                (_("Virtual hard disk folder:"), folders.disks),
            ]
        if source := self.wanted().disk_source:
            lines.append((_("Virtual hard disks from:"), source))
        mends = self.mends()
        if mends.memory is not None:
            lines.append((_("Memory:"), size_text(mends.memory)))
        if mends.processors is not None:
            lines.append((_("Virtual processors:"), str(mends.processors)))
        lines += [(_("Virtual hard disk:"), new) for _old, new in mends.disks]
        for choice in mends.networks:
            adapter = _("{adapter}:").format(adapter=choice.adapter.name)
            lines.append((adapter, choice.switch_name or _("Not Connected")))
        return tuple(lines)

    async def ask(self, question: Pipeline) -> Answer:
        """Ask the host. Raises RemotingError."""
        return await self.estate.ask(self.host, question)

    def mends(self) -> Mends:
        """What has to be changed of the planned machine, as the choices stand."""
        report, inventory, choices = self.report, self.inventory, self.choices
        if report is None or inventory is None:
            return Mends()
        memory = processors = None
        machine = report.machine
        if machine.memory_startup > inventory.host.memory_capacity and choices.memory.isdecimal():
            memory = int(choices.memory) * _MB
        if machine.processor_count > inventory.host.logical_processor_count and choices.processors.isdecimal():
            processors = int(choices.processors)
        disks: tuple[tuple[str, str], ...] = ()
        if (source := tidy(choices.disk_folder.strip())) and not choices.kind.copies:
            disks = tuple((path, ntpath.join(source, ntpath.basename(path))) for path in self.missing_disks())
        return Mends(
            tuple(NetworkChoice(each, choices.switches.get(place, "")) for place, each in self.unconnected()),
            memory,
            machine.dynamic_memory_enabled and memory is not None and machine.memory_minimum > memory,
            processors,
            disks,
            lost_media(report),
        )
