"""Whether a plan still fits what is true on its hosts, looked at just before anything is sent."""

from __future__ import annotations

from core.clusters.whereabouts import owner_now
from core.estate.estate import Estate
from core.hyperv.records import Machine
from core.hyperv.states import OperationalStatus
from core.jobs.plan import Expectation, Plan
from core.jobs.premises import broken_premise, running_elsewhere
from core.language import _
from core.remoting.errors import HostReadOnly


class NotStarted(Exception):
    """A plan cannot be carried out: ``what`` keeps it from it, and the ``cure``. Nothing was sent."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure


class PlanOutdated(NotStarted):
    """A plan no longer fits what is true on the host."""


async def check(plan: Plan, estate: Estate) -> None:
    """Read the machine again, and the replications that the plan builds on.

    Raises NotStarted when a host of the plan is not to be changed, PlanOutdated when the plan does not fit any more,
    and RemotingError when the host cannot be asked. A backup or a merge of disks under way only has to be waited for.
    """
    managed = {picture.key: picture.connection for picture in estate.pictures}
    for key in plan.hosts:
        if key not in managed:
            raise PlanOutdated(
                _("{host} is not connected. Nothing was sent.").format(host=key.name),
                _("Connect to it, then try again."),
            )
        if managed[key].is_read_only:
            refusal = HostReadOnly(key.name)
            raise NotStarted(f"{refusal.sentence} {refusal.cause}", refusal.cure)
    await _machine_fits(plan, estate)
    if (broken := await broken_premise(plan.premises, estate)) is not None:
        raise PlanOutdated(broken, _("Look at both hosts again before you go on."))
    if (running := await running_elsewhere(plan.standstills, estate)) is not None:
        raise PlanOutdated(running, _("Look at both hosts again before you go on."))


async def _machine_fits(plan: Plan, estate: Estate) -> None:
    wanted = plan.expectation
    if wanted is None:
        return
    picture = await estate.reread(wanted.host)
    if picture.failure is not None:
        raise picture.failure
    machine = picture.inventory.machine(wanted.machine_id) if picture.inventory else None
    if machine is None and (owner := await owner_now(estate, wanted.host, wanted.machine_id)) is not None:
        what = _("{machine} has moved to the node {owner} meanwhile. Nothing was sent.")
        cure = _("Close this, and begin again for {machine} on {owner}.")
        names = {"machine": wanted.machine_name, "owner": owner.name}
        raise PlanOutdated(what.format(**names), cure.format(**names))
    if machine is None:
        raise PlanOutdated(
            _("{machine} is no longer on {host}. Nothing was sent.").format(
                machine=wanted.machine_name, host=wanted.host.name
            ),
            _("Close the wizard and look where the machine is now."),
        )
    _fits(machine, wanted, plan)


def waits_for_operation(machine: Machine) -> str:
    """What is under way on the machine and ends by itself, in a sentence; empty when nothing is."""
    if OperationalStatus.BACKING_UP in machine.operational_status:
        return _("A backup of {machine} is under way.").format(machine=machine.name)
    if OperationalStatus.MERGING_DISKS in machine.operational_status:
        return _("Disks of {machine} are being merged.").format(machine=machine.name)
    return ""


def _fits(machine: Machine, wanted: Expectation, plan: Plan) -> None:
    if machine.state != wanted.state:
        raise PlanOutdated(
            _("{machine} was {before} and is {now} now. Nothing was sent.").format(
                machine=wanted.machine_name, before=wanted.state.word, now=machine.state.word
            ),
            _("Look at it again before you go on.")
            if plan.is_brief or plan.premises
            else _("Close the wizard and start it again if you still want to move the machine."),
        )
    if machine.is_busy and not waits_for_operation(machine):
        raise PlanOutdated(
            _("Another operation has begun on {machine}. Nothing was sent.").format(machine=wanted.machine_name),
            _("Wait until it has ended, then try again."),
        )
