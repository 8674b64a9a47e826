"""What the program can do about problems before a move: plans, each with what undoes it.

The cmdlets and parameters are those that Microsoft documents; that a cmdlet takes effect at once is known. Nothing here
removes anything: what cannot be taken back is left to the administrator.
"""

from __future__ import annotations

import enum
from dataclasses import replace

from core.estate.connection import HostKey
from core.hyperv.computers import DvdDrive
from core.hyperv.records import Machine
from core.hyperv.states import Authentication, MachineState
from core.jobs.goal import Fact, Facts
from core.jobs.plan import Action, Expectation, Plan
from core.language import _
from core.powershell.command import Command, ParameterValue, Pipeline, Statement, command


class Limit(enum.Enum):
    """A host's limits, by the property of Get-VMHost and the parameter of Set-VMHost."""

    LIVE = "MaximumVirtualMachineMigrations"
    STORAGE = "MaximumStorageMigrations"


def enable_migrations(host: HostKey) -> Plan:
    """Let a host take part in live migrations."""
    names = {"host": host.name}
    undo = _on_host(
        host,
        _("Disable live migrations on {host}").format(**names),
        command("Disable-VMMigration"),
        ("VirtualMachineMigrationEnabled", False),
        _("Enabling them undoes it."),
    )
    action = _on_host(
        host,
        _("Enable live migrations on {host}").format(**names),
        command("Enable-VMMigration"),
        ("VirtualMachineMigrationEnabled", True),
        _("Disabling them again undoes it; machines that have moved meanwhile stay where they are."),
        undo,
    )
    what = _("{host} takes part in incoming and outgoing live migrations.").format(**names)
    return _plan(action, what)


def use_kerberos(host: HostKey) -> Plan:
    """Let a host prove itself with Kerberos in live migrations."""
    setting = "VirtualMachineMigrationAuthenticationType"
    names = {"host": host.name}
    undo = _on_host(
        host,
        _("Use CredSSP for live migrations on {host}").format(**names),
        command("Set-VMHost", **{setting: "CredSSP"}),
        (setting, int(Authentication.CREDSSP)),
        _("Using Kerberos undoes it."),
    )
    action = _on_host(
        host,
        _("Use Kerberos for live migrations on {host}").format(**names),
        command("Set-VMHost", **{setting: "Kerberos"}),
        (setting, int(Authentication.KERBEROS)),
        _("Using CredSSP again undoes it."),
        undo,
    )
    what = _("{host} signs in to other hosts by delegation, which the directory has to allow.").format(**names)
    return _plan(action, what)


def raise_limit(host: HostKey, limit: Limit, present: int, wanted: int) -> Plan:
    """Let a host make ``wanted`` migrations at once instead of ``present``."""
    names = {"host": host.name, "present": present, "wanted": wanted}
    kind, back = _("Allow {wanted} live migrations at once on {host}"), _("Allow {present} again on {host}")
    if limit is Limit.STORAGE:
        kind = _("Allow {wanted} storage migrations at once on {host}")
    undo = _on_host(
        host,
        back.format(**names),
        command("Set-VMHost", **{limit.value: present}),
        (limit.value, present),
        _("Raising it undoes that."),
    )
    action = _on_host(
        host,
        kind.format(**names),
        command("Set-VMHost", **{limit.value: wanted}),
        (limit.value, wanted),
        _("Setting the limit to {present} again undoes it.").format(**names),
        undo,
    )
    return _plan(action, _("More migrations at once make each of them slower, and their blackouts longer."))


def eject(host: HostKey, machine: Machine, drive: DvdDrive) -> Plan:
    """Take an ISO file out of a machine's DVD drive."""
    names = {"machine": machine.name, "path": drive.path or ""}
    drives = command("Get-VM", Id=machine.machine_id) | command("Get-VMDvdDrive")
    place: tuple[tuple[str, ParameterValue], ...] = (
        ("ControllerNumber", drive.controller_number),
        ("ControllerLocation", drive.controller_location),
    )
    there = command("Get-VM", Id=machine.machine_id) | Command("Get-VMDvdDrive", place)
    undo = Action(
        _("Insert {path} again").format(**names),
        host,
        Pipeline((there | command("Set-VMDvdDrive", Path=drive.path),)),
        Facts(host, (Fact(drives, (*place, ("Path", drive.path))),)),
        _("Ejecting it undoes that."),
    )
    action = Action(
        _("Eject the ISO file from {machine}").format(**names),
        host,
        Pipeline((there | command("Set-VMDvdDrive", Path=None),)),
        Facts(host, (Fact(drives, (*place, ("Path", drive.path)), is_absent=True),)),
        _("Inserting {path} again undoes it.").format(**names),
        undo,
    )
    what = _("{path} is taken out of a DVD drive of {machine}; the file stays where it is.").format(**names)
    return _plan(action, what, expectation=_expectation(host, machine))


def allow_other_processors(host: HostKey, machine: Machine) -> Plan | None:
    """Let a machine go to another processor of the same maker; a running one is shut down and started again.

    None for a saved or paused machine: it would have to be started first, by somebody who knows what it does.
    """
    if machine.state is MachineState.OFF:
        actions: tuple[Action, ...] = (_compatibility(host, machine),)
    elif machine.state is MachineState.RUNNING:
        down, up = _shut_down(host, machine), _start(host, machine)
        actions = (
            replace(down, undo=up),
            _compatibility(host, machine),
            replace(up, undo=down),
        )
    else:
        return None
    names = {"machine": machine.name}
    what = _("{machine} sees fewer features of the processor, as every processor of the maker has them.")
    if len(actions) > 1:
        what = _("{machine} is shut down, sees fewer features of the processor, and is started again.")
    return Plan(
        title=_("Let {machine} go to other processors").format(**names),
        host=host,
        actions=actions,
        summary=((_("What changes:"), what.format(**names)),),
        expectation=_expectation(host, machine),
    )


def _compatibility(host: HostKey, machine: Machine) -> Action:
    picked = command("Get-VM", Id=machine.machine_id)
    setting = "CompatibilityForMigrationEnabled"

    def change(title: str, allowed: bool, undo_text: str, undo: Action | None = None) -> Action:
        return Action(
            title.format(machine=machine.name),
            host,
            Pipeline((picked | command("Set-VMProcessor", **{setting: allowed}),)),
            Facts(host, (Fact(picked | command("Get-VMProcessor"), ((setting, allowed),)),)),
            undo_text,
            undo,
        )

    back = change(_("Keep {machine} to this processor again"), False, _("Letting it go undoes that."))
    undo_text = _("Turning the setting off again, while the machine is off, undoes it.")
    return change(_("Let {machine} go to other processors"), True, undo_text, back)


def _shut_down(host: HostKey, machine: Machine) -> Action:
    return Action(
        _("Shut down {machine}").format(machine=machine.name),
        host,
        Pipeline((command("Get-VM", Id=machine.machine_id) | command("Stop-VM"),)),
        _in_state(host, machine, MachineState.OFF),
        _("Starting the machine again undoes it."),
    )


def _start(host: HostKey, machine: Machine) -> Action:
    return Action(
        _("Start {machine}").format(machine=machine.name),
        host,
        Pipeline((command("Get-VM", Id=machine.machine_id) | command("Start-VM"),)),
        _in_state(host, machine, MachineState.RUNNING),
        _("Shutting it down undoes it."),
    )


def _in_state(host: HostKey, machine: Machine, state: MachineState) -> Facts:
    source = Statement((command("Get-VM", Id=machine.machine_id),))
    return Facts(host, (Fact(source, (("State", int(state)),)),))


def _on_host(
    host: HostKey,
    title: str,
    call: Command,
    setting: tuple[str, ParameterValue],
    undo_text: str,
    undo: Action | None = None,
) -> Action:
    goal = Facts(host, (Fact(Statement((command("Get-VMHost"),)), (setting,)),))
    return Action(title, host, Pipeline((Statement((call,)),)), goal, undo_text, undo)


def _plan(action: Action, what: str, expectation: Expectation | None = None) -> Plan:
    summary = ((_("What changes:"), what),)
    return Plan(action.title, action.host, (action,), summary=summary, expectation=expectation)


def _expectation(host: HostKey, machine: Machine) -> Expectation:
    return Expectation(host, machine.machine_id, machine.name, machine.state)
